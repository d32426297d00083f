"""Compares passcheck's word with what the kernel said and did."""
import collections
import dataclasses
import errno
import json
import pathlib
import sys

import plans

# After this folder: names that both have are meant here.
sys.path.append(str(pathlib.Path(__file__).parents[1]))
from reports import by_address, predicted_groups  # noqa: E402

# Kinds of comparison that no engine answers yet. What is null there is listed as pending; an
# answer is compared, and a kind that is answered everywhere must leave this list.
PENDING = frozenset()

EXIT_CODES = {"ready": 0, "not-ready": 2, "undetermined": 3}
MISSING = "nothing"
CONFINEMENT = {"no-new-privileges", "seccomp"}  # of any kernel that is booted
CLAIMS = ("undetermined", "blocked", "assignable-with", "assignable")  # who claims more is behind
VIRTIO_IOMMU = ("0x1af4", "0x1057")
SHARING = ("iommu-groups.several-endpoints", "isolation.one-device", "isolation.shared-group")


@dataclasses.dataclass(frozen=True)
class Disagreement:
    machine: str
    subject: str
    passcheck: str
    kernel: str

    def __str__(self):
        return f"{self.subject}: passcheck says {self.passcheck}, the kernel {self.kernel}"


class Result:
    """What came of the comparisons of one machine."""

    def __init__(self, machine):
        self.machine = machine
        self.compared = collections.Counter()  # by kind
        self.pending = collections.Counter()
        self.disagreements = []

    def expect(self, kind, subject, passcheck, kernel, agree=None):
        """Compares two words; agree says so where equality does not."""
        if passcheck is None and kind in PENDING:
            self.pending[kind] += 1
            return
        self.compared[kind] += 1
        if not (passcheck == kernel if agree is None else agree):
            self.disagreements.append(
                Disagreement(self.machine, f"{kind}: {subject}", word(passcheck), word(kernel)))


def word(value):
    if isinstance(value, (set, frozenset, list, tuple)):
        return "{" + " ".join(sorted(map(str, value))) + "}"
    return MISSING if value is None else str(value)


def at(value, *keys):
    """Returns the member of a report that keys lead to, or None."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def values(words):
    return dict(item.split("=", 1) for item in words if "=" in item)


def kernel_groups(answers, state="state"):
    """The groups of the machine as sets of functions, by number."""
    return {int(number): frozenset(members)
            for number, *members in answers.lines(state, "GROUP")}


def kernel_functions(answers, state="state"):
    """What each function is: bridge or endpoint."""
    return dict(answers.lines(state, "FUNCTION"))


def group_of(groups):
    return {address: members for members in groups.values() for address in members}


def compare_functions(result, answers, report, state="state"):
    result.expect("functions", "all", sorted(by_address(report)),
                  sorted(kernel_functions(answers, state)))


def compare_groups(result, answers, report, state="state"):
    """The groups as passcheck lists them, and each function's."""
    groups = kernel_groups(answers, state)
    listed = {group["id"]: frozenset(group["functions"]) for group in report["groups"]}
    result.expect("groups", "all", listed, groups)
    numbers = {address: number for number, members in groups.items() for address in members}
    for address, function in by_address(report).items():
        result.expect("group", address, at(function, "isolation", "group"), numbers.get(address))


def compare_sharing(result, answers, report, state="state"):
    """Groups of which a finding says that endpoints share them, against those that do."""
    kinds = kernel_functions(answers, state)
    several = {str(number) for number, members in kernel_groups(answers, state).items()
               if sum(kinds.get(member) == "endpoint" for member in members) > 1}
    for finding in report["findings"]:
        if finding["id"] in SHARING and at(finding, "subject", "type") == "group":
            number = finding["subject"]["id"]
            result.expect("sharing", f"group {number}", True, number in several)


def waiting_functions(answers, report):
    """Functions that a late IOMMU gets with their drivers, until Linux 6.15."""
    hardware = answers.boot.topology
    if hardware.platform != "arm64" and hardware.iommu != "virtio":
        return set()
    return {function["address"] for function in report["functions"]
            if not at(function, "driver") and at(function, "isolation", "group") is None}


def compare_prediction(result, answers, groups, report):
    """The predicted group of each function, against the groups of this boot or of its twin. Where
    extended config space is unseen, what ACS does may be unknown. Who waits for a driver joins the
    group then."""
    members, waiting = group_of(groups), waiting_functions(answers, report)
    for address, predicted in predicted_groups(report).items():
        if address not in members:
            continue
        agree = True if answers.boot.unseen and predicted is None else None
        result.expect("prediction", address, predicted and set(predicted) - waiting,
                      set(members[address]) - waiting, agree)


def opened(words, prefix=""):
    return words[prefix + "viable"] == "1" and words[prefix + "attach"] == "0" and \
        words[prefix + "open"] == "0"


def expected_verdict(words):
    """What VFIO's answers are in the words of the design."""
    if words["group"] == "-" or words["bound"] != "vfio-pci":
        return "blocked"
    if words["vfs"] != words["vfs-left"]:
        return "blocked"  # it can be had at the cost of VFs that are in use
    if opened(words):
        return "assignable"
    if "companions" in words and opened(words, "with-"):
        return "assignable-with"
    return "blocked"


def compare_reset(result, address, words, function):
    """VFIO can reset a function only by a method that the kernel lists."""
    if words.get("open") != "0":
        return
    methods = set(function["reset_methods"])
    resets = words["reset"] == "1"
    # Function 0 may list "bus" although siblings, which came later, forbid it.
    agree = bool(methods) if resets else methods <= {"bus"}
    result.expect("reset", address, methods, "resets" if resets else "does not reset", agree)


def expects(boot, name, address):
    """Whether the machine was booted for that finding about a function."""
    return any(name == each and address in subjects for each, subjects in boot.findings)


def expected_of(boot, address, words):
    """What VFIO's answers come to on this machine."""
    # Kernels that clear a BAR without addresses let VFIO open the function. A guest finds nothing.
    # VFIO also opens what the host needs.
    if expects(boot, "assignability.bar-unplaced", address) or \
            expects(boot, "host-use.vital", address):
        return "blocked"
    # The function can be had by who knows the token, which the probe does not.
    if expects(boot, "caution.vf-token", address) and words["open"] == str(errno.EACCES):
        return "assignable"
    return expected_verdict(words)


def compare_endpoint(result, boot, address, words, function):
    expected = expected_of(boot, address, words)
    verdict = at(function, "assignable", "verdict")
    # An IOMMU is a function too, and has no group.
    iommu = verdict == "not-a-candidate" and (
        function["class"].startswith("0x0806") or
        (function["vendor_id"], function["device_id"]) == VIRTIO_IOMMU)
    said = " ".join(f"{key}={value}" for key, value in words.items())
    result.expect("verdict", f"{address} ({said})", verdict, expected,
                  verdict == expected or iommu)
    if verdict == expected == "assignable-with":
        companions = set(filter(None, words["companions"].split(",")))
        result.expect("companions", address, set(at(function, "assignable", "companions")),
                      companions)
    if verdict == expected == "blocked":
        result.expect("blockers", address, bool(at(function, "assignable", "blockers")), True)
    compare_reset(result, address, words, function)
    compare_picture(result, address, words, function)
    compare_cdev(result, address, words, expected, verdict)


def compare_picture(result, address, words, function):
    """A driver of the boot framebuffer holds memory of a display: VFIO opens it, and cannot map."""
    if words.get("open") != "0" or not function["class"].startswith("0x03"):
        return
    held = any("VFIO cannot map" in caution["why"]
               for caution in at(function, "assignable", "cautions") or [])
    result.expect("picture", f"{address} (errno {words['map']})", held,
                  words["map"] == str(errno.EBUSY))


def compare_cdev(result, address, words, expected, verdict):
    """A function that is opened by itself, through /dev/iommu, where the kernel offers that: it lets
    it go where the group's container does."""
    # Beyond what passcheck judges by more than VFIO's word.
    if "cdev" in words and (expected == "assignable") == opened(words):
        result.expect("cdev", f"{address} (errno {words['cdev']})", verdict == "assignable",
                      words["cdev"] == "0")


def compare_vfio(result, answers, report):
    """The verdict of each function, against VFIO with that function alone."""
    asked = {address: values(words) for address, *words in answers.lines("vfio", "VFIO")}
    functions = by_address(report)
    for address, kind in kernel_functions(answers).items():
        function = functions.get(address, {"class": "", "reset_methods": []})
        if kind == "bridge":
            result.expect("verdict", address, at(function, "assignable", "verdict"),
                          "not-a-candidate")
        elif address not in asked:
            result.expect("verdict", address, "something", "not asked")
        else:
            compare_endpoint(result, answers.boot, address, asked[address], function)


def refusal(answers, pf):
    """Which of the kernel's two refusals its log has for a PF."""
    text = " ".join(" ".join(words) for address, *words in answers.lines("sriov", "LOG")
                    if address == pf)
    if "out of range of [bus" in text:
        return "bus_numbers"
    return "mmio" if "MMIO resources" in text else None


def compare_budget(result, answers, report):
    """How many VFs each PF takes, and what limits them."""
    functions, refused = by_address(report), set()
    for address, *rest in answers.lines("sriov", "PF"):
        factor = refusal(answers, address)
        limits = at(functions, address, "sriov", "max_vfs") or {}
        if factor:
            refused.add(factor)
            result.expect("limit", address, limits.get("limited_by"), factor)
        most, accepted = limits.get("effective"), int(values(rest)["accepted"])
        refuses = limits.get("driver_may_refuse") and accepted < most
        result.expect("limit", f"max VFs of {address}", most, accepted, refuses or None)
    if not answers.boot.vfs:
        result.expect("refusals", "what this machine is there for", set(answers.boot.refusals),
                      refused)


def vf_address(pf, sriov, index):
    """The address of VF index by the PF's offset and stride."""
    domain, bus, rest = pf.split(":")
    device, function = rest.split(".")
    requester = (int(bus, 16) << 8 | int(device, 16) << 3 | int(function, 16)) + \
        sriov["first_vf_offset"] + index * sriov["vf_stride"]
    return f"{domain}:{requester >> 8:02x}:{requester >> 3 & 31:02x}.{requester & 7}"


def compare_vfs(result, answers, report):
    """Where the VFs of each PF are. The report is one made with these VFs enabled."""
    functions = by_address(report)
    enabled = collections.Counter()
    for pf, index, address in answers.lines("sriov", "VF"):
        enabled[pf] += 1
        sriov = at(functions, pf, "sriov")
        result.expect("vf", f"VF {index} of {pf}", vf_address(pf, sriov, int(index)), address)
        result.expect("vf", f"PF of {address}", at(functions, address, "physical_function"), pf)
    for pf, *_ in answers.lines("sriov", "PF"):
        result.expect("vf", f"enabled VFs of {pf}", at(functions, pf, "sriov", "enabled_vfs"),
                      enabled[pf])


def compare_units(result, answers, report):
    """Which functions each IOMMU unit translates."""
    # A unit that firmware describes and the kernel left alone has no name.
    units = {unit["name"]: unit for unit in at(report, "iommu", "units") or [] if unit["name"]}
    kernel = {name: set(functions) for name, *functions in answers.lines("state", "UNIT")}
    result.expect("units", "all", sorted(units), sorted(kernel))
    waiting = waiting_functions(answers, report)
    for name, functions in kernel.items():
        listed = at(units, name, "functions")
        result.expect("unit", name, listed and set(listed) - waiting, functions - waiting)


def compare_confinement(result, answers, report):
    """What confines an audit: all of it, but for Landlock where this kernel runs without it."""
    modules = answers.text("lsm.txt").strip().split(",")
    result.expect("confinement", "of the audit", set(report["run"]["confinement"]),
                  CONFINEMENT | ({"landlock"} & set(modules)))


def claim(function):
    """How much is said of a function: verdicts that claim more are greater."""
    verdict = at(function, "assignable", "verdict")
    return CLAIMS.index(verdict) if verdict in CLAIMS else -1


def compare_race(result, name, report, ends):
    """What an audit that ran while the host changed says, against both ends of each change."""
    known = [by_address(end) for end in ends]
    for address, function in by_address(report).items():
        most = max((claim(functions.get(address)) for functions in known), default=-1)
        result.expect("race", f"{name}: verdict of {address}", at(function, "assignable", "verdict"),
                      f"at most {CLAIMS[most]}" if most >= 0 else "no claim", claim(function) <= most)
        usable = [at(functions, address, "sriov", "usable_vfs", "count") or 0 for functions in known]
        count = at(function, "sriov", "usable_vfs", "count") or 0
        result.expect("race", f"{name}: usable VFs of {address}", count, f"at most {max(usable)}",
                      count <= max(usable))
    result.expect("race", f"{name}: host", report["verdict"], {end["verdict"] for end in ends},
                  report["verdict"] in ("undetermined", *(end["verdict"] for end in ends)))


def seen(report):
    """The state of a host that changes: who is there, and with which driver."""
    return frozenset((address, function["driver"]) for address, function in by_address(report).items())


def compare_races(result, answers, report):
    """Audits that ran while a function came and went, a driver did, and VFs."""
    ends = [report, answers.report("disturbed")]
    races = {name.removesuffix(".json"): answers.report(name.removesuffix(".json"))
             for name in answers.files if name.startswith("race") and name.endswith(".json")}
    for name, race in sorted(races.items()):
        compare_race(result, name, race, ends)
        result.expect("race", f"{name}: exit code", answers.code(name), EXIT_CODES[race["verdict"]])
    result.expect("race", "the host changes", len({seen(race) for race in races.values()}),
                  "several states", len({seen(race) for race in races.values()}) > 1)
    result.expect("race", "then it is as before", differing(report, answers.report("settled")), [])


def verdicts_of(report, check):
    return {finding["verdict"] for finding in report["findings"] if finding["check"] == check}


def has_virtualization(topology):
    """KVM needs the EL2 of an arm64 machine. On x86, emulation has what it needs."""
    return topology.platform != "arm64" or "virtualization=on" in topology.machine


def compare_host(result, answers, report):
    """Interrupt remapping and the host's verdict, against what runs."""
    remapped = bool(answers.lines("state", "CHIP"))
    passed = verdicts_of(report, "interrupt-remapping") == {"pass"}
    result.expect("host", "interrupt remapping", passed, remapped)
    ready = bool(kernel_groups(answers)) and remapped and has_virtualization(answers.boot.topology)
    result.expect("host", "verdict", report["verdict"], "ready" if ready else "not-ready")
    result.expect("host", "exit code", answers.code("before"), EXIT_CODES[report["verdict"]])


def is_refused(answers):
    """From 7.0 on the kernel wants a southbridge at the IOAPIC's address, which QEMU has not:
    check_sb_ioapic(), drivers/iommu/amd/init.c."""
    return "No southbridge IOAPIC found" in answers.text("dmesg.txt")


def found(report, name):
    """What the findings with an id are about."""
    return {finding["subject"]["id"] for finding in report["findings"] if finding["id"] == name}


def compare_findings(result, answers, report):
    """What a machine was booted for: each finding, and what it is about."""
    for name, subjects in answers.boot.findings:
        result.expect("finding", name, found(report, name), set(subjects))


def compare_command_line(result, answers, report):
    """What the parameters came to: the kernel did not start an IOMMU that is there."""
    hardware = answers.boot.topology
    failed = {finding["id"] for finding in report["findings"] if finding["verdict"] == "fail"}
    # Without functions there are no groups, whatever the IOMMU does. No word is virtio-iommu's.
    off = hardware.iommu not in ("none", "virtio") and bool(kernel_functions(answers)) and \
        not kernel_groups(answers)
    result.expect("command line", "turns the IOMMU off", "kernel-cmdline.iommu-off" in failed, off)
    if not off:
        remapped = bool(answers.lines("state", "CHIP"))
        possible = hardware.iommu in ("intel", "amd") and \
            "intremap=on" in hardware.iommu_options and not is_refused(answers)
        result.expect("command line", "turns interrupt remapping off",
                      "kernel-cmdline.interrupt-remapping-off" in failed,
                      possible and not remapped)


def compare_twin(result, answers, report, twin):
    """A twin is the same hardware, and the boot that needs one has its IOMMU off, or groups of a
    time before something was provoked."""
    result.expect("twin", "functions", sorted(kernel_functions(answers)),
                  sorted(kernel_functions(twin)))
    if answers.boot.provoked:
        result.expect("twin", "stale groups", bool(found(report, "isolation.stale-group")),
                      kernel_groups(answers) != kernel_groups(twin))
        return
    result.expect("twin", "groups only with the IOMMU on",
                  (bool(kernel_groups(answers)), bool(kernel_groups(twin))), (False, True))


def compare_nobody(result, answers, report):
    """An unprivileged report may know less; what it says must be what the privileged one says."""
    lesser, functions = answers.report("nobody"), by_address(report)
    result.expect("unprivileged", "functions", sorted(by_address(lesser)), sorted(functions))
    result.expect("unprivileged", "groups", lesser["groups"], report["groups"])
    result.expect("unprivileged", "verdict", lesser["verdict"], report["verdict"],
                  lesser["verdict"] in (report["verdict"], "undetermined"))
    result.expect("unprivileged", "exit code", answers.code("nobody"),
                  EXIT_CODES[lesser["verdict"]])
    known = predicted_groups(report)
    for address, predicted in predicted_groups(lesser).items():
        result.expect("unprivileged", f"prediction for {address}", predicted, known.get(address),
                      predicted in (None, known.get(address)))
    for address, function in by_address(lesser).items():
        compare_lesser_function(result, address, function, functions.get(address, {}))


def compare_lesser_function(result, address, lesser, function):
    verdict = at(lesser, "assignable", "verdict")
    known = at(function, "assignable", "verdict")
    result.expect("unprivileged", f"verdict of {address}", verdict, known,
                  verdict in (known, "undetermined"))
    if at(function, "sriov"):
        result.expect("unprivileged", f"SR-IOV of {address} is not called absent",
                      lesser["sriov"] is not None, True)


def comparable(report):
    """A report without what differs between a live audit and one of its capture."""
    copy = json.loads(json.dumps(report))
    copy["run"]["time"] = copy["host"]["captured"] = None
    copy["run"]["confinement"] = None  # of the kernel that each ran on
    for function in copy["functions"]:
        function["name"] = None  # pci.ids is not in the machine
        told = function["assignable"] or {}
        # What programs have open is searched on a live host alone.
        told["cautions_unknown"] = [caution for caution in told.get("cautions_unknown", ())
                                    if caution["kind"] != "in-use"]
    for finding in copy["findings"]:
        if finding["verdict"] == "unknown":
            finding["remedy"] = None  # a capture is made again, where a host is read again
    return copy


def compare_capture(result, report, replayed):
    """The audit of the capture must be the audit of the machine."""
    result.expect("capture", "the report of its capture", differing(report, replayed), [])


def differing(report, other):
    """The members in which two reports differ."""
    left, right = comparable(report), comparable(other)
    return sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))


def provoked(answers):
    """Yields the messages that the kernel's log has of what the probe was refused, and of which
    function each speaks."""
    if not answers.boot.vfs and not answers.boot.owners:
        for address, *rest in answers.lines("sriov", "PF"):
            words = values(rest)
            factor = refusal(answers, address)
            if factor:
                yield {"mmio": "vf-memory", "bus_numbers": "vf-bus-numbers"}[factor], address
            if words["driver"] == "-" and words["errno"] == str(errno.ENOENT):
                yield "pf-without-driver", address
    remapped = bool(answers.lines("state", "CHIP"))
    functions = by_address(answers.report("before"))
    for address, *rest in answers.lines("vfio", "VFIO"):
        words = values(rest)
        if words["group"] == "-":
            # The kernel offers its IOMMUs to no driver.
            if words.get("bound") == "-" and not functions[address]["class"].startswith("0x0806"):
                yield "vfio-probe-refused", address
            continue
        if words.get("bound") == "-" and words["vfs"] != "0" and words["vfs"] == words["vfs-left"]:
            yield "pf-has-vfs", address
        if words.get("viable") == "1" and words["attach"] == str(errno.EPERM) and not remapped:
            yield "attach-without-remapping", None


def compare_log(result, answers, log):
    """What passcheck makes of the kernel's log: each refusal is a message of it, and its cause is so
    on this machine."""
    causes = {(message["id"], message["function"]): message["cause"]
              for message in log["messages"]}
    result.expect("log", "is of this machine", log["host"]["asked"], True)
    for message, address in sorted(set(provoked(answers)), key=str):
        result.expect("log", f"{message} of {address or 'the host'}",
                      causes.get((message, address)), "confirmed")


def compare(answers, twin=None, replayed=None, log=None):
    """Compares everything. twin: the answers of the same machine with its IOMMU on; replayed: the
    report that passcheck makes of the machine's capture; log: what it says of the kernel's log."""
    report = answers.report("before")
    result = Result(answers.boot.name)
    compare_functions(result, answers, report)
    compare_groups(result, answers, report)
    compare_sharing(result, answers, report)
    if twin:
        compare_twin(result, answers, report, twin)
    compare_prediction(result, answers, kernel_groups(twin or answers), report)
    compare_vfio(result, answers, report)
    compare_units(result, answers, report)
    compare_host(result, answers, report)
    compare_command_line(result, answers, report)
    compare_findings(result, answers, report)
    compare_confinement(result, answers, report)
    if answers.boot.restless:
        compare_races(result, answers, report)
    compare_nobody(result, answers, report)
    if replayed:
        compare_capture(result, report, replayed)
    if log:
        compare_log(result, answers, log)
    compare_sriov(result, answers, report)
    plans.compare(result, answers)
    return result


def compare_way(answers):
    """Compares what plans promise with where a machine with a disk came to."""
    result = Result(answers.boot.name)
    plans.compare_way(result, answers)
    return result


def compare_owners(result, answers, report):
    """The VFs that the machine's configuration made when it booted, against what passcheck reads in
    that configuration."""
    functions = by_address(report)
    for pf, made in answers.lines("made", "NUMVFS"):
        lines = [line for line in at(functions, pf, "sriov", "persistence") or []
                 if line["state"] == "made"]
        result.expect("owner", pf, sum(line["count"] for line in lines), int(made))
        result.expect("owner", f"of {pf}", len({line["owner"] for line in lines}), 1)


def compare_sriov(result, answers, report):
    """The VFs that a boot has, or those that were enabled once it had been audited."""
    if answers.boot.owners:
        compare_owners(result, answers, report)
        return
    if answers.boot.vfs:
        compare_vfs(result, answers, report)
        return
    compare_budget(result, answers, report)
    enabled = answers.report("vfs")
    compare_functions(result, answers, enabled, "vfs-state")
    compare_groups(result, answers, enabled, "vfs-state")
    compare_sharing(result, answers, enabled, "vfs-state")
    compare_prediction(result, answers, kernel_groups(answers, "vfs-state"), enabled)
    compare_vfs(result, answers, enabled)

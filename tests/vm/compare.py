"""Compares passcheck's word with what the kernel said and did."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Disagreement:
    machine: str
    subject: str
    passcheck: str
    kernel: str

    def __str__(self):
        return f"{self.machine}: {self.subject}: passcheck says {self.passcheck}, " \
               f"the kernel {self.kernel}"


@dataclasses.dataclass
class Result:
    """What came of the comparisons of one machine."""
    machine: str
    compared: int = 0
    disagreements: list = dataclasses.field(default_factory=list)

    def expect(self, subject, passcheck, kernel):
        self.compared += 1
        if passcheck != kernel:
            self.disagreements.append(
                Disagreement(self.machine, subject, repr(passcheck), repr(kernel)))


def kernel_groups(answers):
    """The groups of the machine as sets of functions, by id."""
    return {int(words[0]): frozenset(words[1:]) for words in answers.lines("groups.txt", "GROUP")}


def functions(report):
    return {function["address"]: function for function in report["functions"]}


def values(words):
    return dict(word.split("=", 1) for word in words if "=" in word)


def compare_groups(result, answers, report):
    """The groups as passcheck lists them, and each function's."""
    actual = kernel_groups(answers)
    listed = {group["id"]: frozenset(group["functions"]) for group in report["groups"]}
    result.expect("groups", listed, actual)
    group_of = {name: number for number, members in actual.items() for name in members}
    for address, function in functions(report).items():
        result.expect(f"group of {address}", function["isolation"]["group"],
                      group_of.get(address))


def compare_prediction(result, groups, report):
    """The predicted group of each function that is in one, on this boot or its twin's."""
    group_of = {name: members for members in groups.values() for name in members}
    for address, function in functions(report).items():
        if address not in group_of:
            continue
        predicted = function["isolation"]["predicted_group"]
        result.expect(f"predicted group of {address}",
                      predicted and sorted(predicted), sorted(group_of[address]))


def expected_verdict(words, report, address):
    """What VFIO said, in the words of the design."""
    if words.get("group") == "-":
        return "blocked"
    if words["bound"] != "vfio-pci":
        return "blocked"
    if words["viable"] == "1" and words["attach"] == "0" and words["open"] == "0":
        return "assignable"
    if words["viable"] == "0":
        return "assignable-with"
    return "blocked"


def compare_vfio(result, answers, report):
    """The verdict of each endpoint, against VFIO with that function alone."""
    known = functions(report)
    for address, *rest in answers.lines("vfio.txt", "VFIO"):
        words = values(rest)
        assignable = known[address]["assignable"]
        expected = expected_verdict(words, report, address)
        result.expect(f"verdict of {address} ({' '.join(rest)})",
                      assignable and assignable["verdict"], expected)
        if expected == "assignable-with":
            result.expect(f"companions of {address} named", bool(assignable["companions"]), True)


def refusal(answers, pf):
    """Which of the kernel's two refusals its log has for a PF."""
    text = " ".join(" ".join(words) for words in answers.lines("sriov.txt", "LOG")
                    if words[0] == pf)
    if "out of range of [bus" in text:
        return "bus_numbers"
    return "mmio" if "MMIO resources" in text else None


def compare_sriov(result, answers, report):
    """How many VFs each PF takes, and where they are."""
    for address, *rest in answers.lines("sriov.txt", "PF"):
        words, sriov = values(rest), functions(report)[address]["sriov"]
        limits = (sriov or {}).get("max_vfs") or {}
        factor = refusal(answers, address)
        if factor:
            result.expect(f"what limits the VFs of {address}", limits.get("limited_by"), factor)
        else:
            result.expect(f"max VFs of {address}", limits.get("effective"),
                          int(words["accepted"]))
    after = functions(answers.report("vfs.json"))
    for pf, index, address, *_ in answers.lines("sriov.txt", "VF"):
        sriov = after[pf]["sriov"]
        bus, slot = pf.split(":")[1], pf.split(":")[2]
        requester = (int(bus, 16) << 8 | int(slot[:2], 16) << 3 | int(slot[3:])) + \
            sriov["first_vf_offset"] + int(index) * sriov["vf_stride"]
        result.expect(f"address of VF {index} of {pf}",
                      f"{pf[:4]}:{requester >> 8:02x}:{requester >> 3 & 31:02x}.{requester & 7}",
                      address)
        result.expect(f"{address} is a VF of", after.get(address, {}).get("physical_function"), pf)


def finding_verdicts(report, check):
    return {finding["verdict"] for finding in report["findings"] if finding["check"] == check}


def compare_host(result, answers, report):
    """Interrupt remapping and the host's verdict, against what runs."""
    remapped = bool(answers.text("interrupts.txt").strip())
    result.expect("interrupt remapping", "pass" in finding_verdicts(report, "interrupt-remapping"),
                  remapped)
    translates = bool(kernel_groups(answers))
    result.expect("host verdict", report["verdict"],
                  "ready" if translates and remapped else "not-ready")
    code = {"ready": 0, "not-ready": 2, "undetermined": 3}[report["verdict"]]
    result.expect("exit code", int(answers.text("before.code") or -1), code)


def compare(answers, twin=None):
    """Compares everything. twin: the answers of the same machine with its IOMMU on."""
    report = answers.report()
    result = Result(answers.boot.name)
    compare_groups(result, answers, report)
    compare_prediction(result, kernel_groups(twin or answers), report)
    compare_vfio(result, answers, report)
    compare_sriov(result, answers, report)
    compare_host(result, answers, report)
    return result

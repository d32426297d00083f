"""The comparison must notice: an answer that passes, changed in one place, must not pass."""
import copy
import errno
import json
import unittest

import boot
import compare
import machines
import plans
import topology
import ways

PF, VF, PORT, NIC = "0000:01:00.0", "0000:01:00.1", "0000:00:02.0", "0000:02:00.0"
STATE = f"""\
FUNCTION {PORT} bridge
FUNCTION {PF} endpoint
FUNCTION {NIC} endpoint
GROUP 0 {PORT}
GROUP 7 {PF} {NIC}
UNIT dmar0 {PORT} {PF} {NIC}
CHIP IR-PCI-MSI
END
"""
VFS_STATE = f"""\
FUNCTION {PORT} bridge
FUNCTION {PF} endpoint
FUNCTION {VF} endpoint
FUNCTION {NIC} endpoint
GROUP 0 {PORT}
GROUP 7 {PF} {NIC}
GROUP 8 {VF}
END
"""
SRIOV = f"PF {PF} driver=nvme total=1 accepted=1 errno=0\nVF {PF} 0 {VF}\nEND\n"
BLOCKED = "vfs=0 bound=vfio-pci vfs-left=0 viable=0 attach=1 open=-1 reset=0"
VFIO = f"""\
VFIO {PF} group=7 was=nvme {BLOCKED} companions={NIC}, with-viable=1 with-attach=0 with-open=0
VFIO {NIC} group=7 was=igb {BLOCKED} companions={PF}, with-viable=1 with-attach=0 with-open=0
END
"""


def function(address, group, predicted, verdict, **members):
    return {"address": address, "class": "0x010802", "driver": "nvme", "reset_methods": ["flr"],
            "physical_function": None, "sriov": None,
            "isolation": {"group": group, "predicted_group": predicted},
            "assignable": {"verdict": verdict, "companions": [], "blockers": []}} | members


def companions(*addresses):
    return {"verdict": "assignable-with", "companions": list(addresses), "blockers": []}


def pf(enabled):
    return {"total_vfs": 1, "enabled_vfs": enabled, "first_vf_offset": 1, "vf_stride": 1,
            "max_vfs": {"effective": 1, "limited_by": "total_vfs"}}


def report(enabled=0):
    """A report of a machine with a PF and a NIC in one group."""
    functions = [
        function(PORT, 0, [PORT], "not-a-candidate"),
        function(PF, 7, [PF, NIC], None, sriov=pf(enabled), assignable=companions(NIC)),
        function(NIC, 7, [PF, NIC], None, assignable=companions(PF))]
    groups = [{"id": 0, "functions": [PORT]}, {"id": 7, "functions": [PF, NIC]}]
    if enabled:
        functions.append(function(VF, 8, [VF], "assignable", physical_function=PF))
        groups.append({"id": 8, "functions": [VF]})
    return {"verdict": "ready", "host": {"captured": False}, "run": {"time": "now", "confinement": ["no-new-privileges", "seccomp", "landlock"]},
            "findings": [{"check": "interrupt-remapping", "verdict": "pass",
                          "id": "interrupt-remapping.on"}],
            "iommu": {"units": [{"name": "dmar0", "functions": [PORT, PF, NIC]}]},
            "groups": groups, "functions": functions}


def answers(before=None, vfs=None, nobody=None, **texts):
    files = {"lsm.txt": "capability,landlock,lockdown\n", "state.txt": STATE, "vfs-state.txt": VFS_STATE, "sriov.txt": SRIOV, "vfio.txt": VFIO,
             "before.code": "0", "nobody.code": "0", "before.json": json.dumps(before or report()),
             "vfs.json": json.dumps(vfs or report(1)),
             "nobody.json": json.dumps(nobody or before or report())}
    files |= {name.replace("__", "."): text for name, text in texts.items()}
    machine = machines.Boot("example", machines.TOPOLOGIES["intel-ports"])
    return boot.Answers(machine, {name: text.encode() for name, text in files.items()})


def set_at(value, keys, new):
    for key in keys[:-1]:
        value = value[key]
    value[keys[-1]] = new


# What passcheck may get wrong: where in its report, and the wrong word.
WRONG = {
    "a function left out": (("functions",), report()["functions"][1:]),
    "a function invented": (("functions",), report(1)["functions"]),
    "a group left out": (("groups",), report()["groups"][:1]),
    "a group split": (("groups", 1, "functions"), [PF]),
    "a function's group": (("functions", 1, "isolation", "group"), 8),
    "a function without a group": (("functions", 1, "isolation", "group"), None),
    "a prediction too small": (("functions", 1, "isolation", "predicted_group"), [PF]),
    "a prediction too large": (("functions", 0, "isolation", "predicted_group"), [PORT, PF]),
    "no prediction": (("functions", 1, "isolation", "predicted_group"), None),
    "assignable alone": (("functions", 1, "assignable", "verdict"), "assignable"),
    "blocked": (("functions", 1, "assignable", "verdict"), "blocked"),
    "undetermined": (("functions", 1, "assignable", "verdict"), "undetermined"),
    "no verdict": (("functions", 1, "assignable"), None),
    "a bridge as candidate": (("functions", 0, "assignable", "verdict"), "assignable"),
    "a companion left out": (("functions", 1, "assignable", "companions"), []),
    "a companion too many": (("functions", 1, "assignable", "companions"), [NIC, PORT]),
    "too many VFs": (("functions", 1, "sriov", "max_vfs", "effective"), 2),
    "unknown VFs": (("functions", 1, "sriov", "max_vfs", "effective"), None),
    "no SR-IOV": (("functions", 1, "sriov"), None),
    "a unit's functions": (("iommu", "units", 0, "functions"), [PORT]),
    "no unit": (("iommu", "units"), []),
    "not ready": (("verdict",), "not-ready"),
    "undetermined host": (("verdict",), "undetermined"),
    "a command line that turns the IOMMU off": (
        ("findings", 0), {"check": "interrupt-remapping", "verdict": "fail",
                          "id": "kernel-cmdline.iommu-off"}),
    "a group shared that is not": (
        ("findings", 0), {"check": "interrupt-remapping", "verdict": "pass",
                          "id": "isolation.shared-group",
                          "subject": {"type": "group", "id": "0"}}),
    "no seccomp": (("run", "confinement"), ["no-new-privileges", "landlock"]),
    "no Landlock on a kernel that has it": (("run", "confinement"), ["no-new-privileges", "seccomp"]),
    "interrupts not remapped": (("findings", 0, "verdict"), "fail"),
}

WRONG_WITH_VFS = {
    "a wrong offset": (("functions", 1, "sriov", "first_vf_offset"), 2),
    "VFs not counted": (("functions", 1, "sriov", "enabled_vfs"), 0),
    "a VF without its PF": (("functions", 3, "physical_function"), None),
    "a VF's prediction": (("functions", 3, "isolation", "predicted_group"), [PF, VF]),
    "a VF's group": (("groups", 2, "functions"), []),
}

WRONG_OF_NOBODY = {
    "SR-IOV called absent": (("functions", 1, "sriov"), None),
    "a bolder verdict": (("functions", 1, "assignable", "verdict"), "assignable"),
    "a made-up prediction": (("functions", 1, "isolation", "predicted_group"), [PF]),
    "a bolder host": (("verdict",), "not-ready"),
    "groups not seen": (("groups",), []),
}


def changed(original, keys, new):
    wrong = copy.deepcopy(original)
    set_at(wrong, keys, new)
    return wrong


class Comparison(unittest.TestCase):
    def disagreements(self, given, **options):
        return compare.compare(given, **options).disagreements

    def test_agreement_is_agreement(self):
        result = compare.compare(answers(), replayed=report())
        self.assertEqual([], list(map(str, result.disagreements)))
        self.assertGreater(sum(result.compared.values()), 40)

    def test_a_group_that_is_listed_with_another_function_is_that_list(self):
        for names, disagreements in (((PF, NIC), 0), ((NIC,), 1)):
            with self.subTest(names):
                given = changed(report(), ("functions", 1, "isolation", "predicted_group"),
                                list(names))
                given["functions"][2]["isolation"] |= {"predicted_group": None,
                                                       "predicted_group_of": PF}
                found = [each for each in self.disagreements(answers(given))
                         if each.subject == f"prediction: {NIC}"]
                self.assertEqual(disagreements, len(found))

    def test_each_wrong_word_is_noticed(self):
        for name, (keys, new) in WRONG.items():
            with self.subTest(name):
                self.assertTrue(self.disagreements(answers(changed(report(), keys, new))))

    def test_each_wrong_word_about_vfs_is_noticed(self):
        for name, (keys, new) in WRONG_WITH_VFS.items():
            with self.subTest(name):
                self.assertTrue(self.disagreements(answers(vfs=changed(report(1), keys, new))))

    def test_an_unprivileged_report_may_not_say_more(self):
        for name, (keys, new) in WRONG_OF_NOBODY.items():
            with self.subTest(name):
                self.assertTrue(self.disagreements(answers(nobody=changed(report(), keys, new))))

    def test_an_unprivileged_report_may_say_less(self):
        less = changed(report(), ("functions", 1, "isolation", "predicted_group"), None)
        less["functions"][1]["assignable"]["verdict"] = "undetermined"
        less["functions"][1]["sriov"] = {"state": "unreadable"}
        less["verdict"] = "undetermined"
        self.assertEqual([], self.disagreements(answers(nobody=less, nobody__code="3")))

    def test_a_capture_that_says_something_else_is_noticed(self):
        replayed = changed(report(), ("functions", 1, "isolation", "group"), None)
        self.assertTrue(self.disagreements(answers(), replayed=replayed))

    def test_a_capture_need_not_tell_what_programs_have_open(self):
        for kind, same in (("in-use", True), ("power", False)):
            with self.subTest(kind=kind):
                told = {"verdict": "assignable-with", "companions": [NIC], "blockers": [],
                        "cautions_unknown": [{"kind": kind}]}
                replayed = changed(report(), ("functions", 1, "assignable"), told)
                self.assertEqual(self.disagreements(answers(), replayed=replayed) == [], same)

    def test_an_exit_code_that_contradicts_the_verdict_is_noticed(self):
        self.assertTrue(self.disagreements(answers(before__code="2")))

    def test_a_probe_that_stopped_half_way_is_an_error(self):
        for name in ("state", "vfio", "sriov", "vfs-state"):
            with self.subTest(name), self.assertRaises(boot.BootFailed):
                cut = {f"{name}__txt": answers().text(f"{name}.txt").replace("END", "")}
                compare.compare(answers(**cut))

    def test_an_endpoint_that_vfio_was_not_asked_about_is_noticed(self):
        self.assertTrue(self.disagreements(answers(vfio__txt="END\n")))

    def test_what_is_opened_by_itself_must_be_assignable(self):
        for error, agree in ((1, True), (0, False)):
            own = answers(vfio__txt=VFIO.replace(" companions", f" cdev={error} companions"))
            result = compare.compare(own)
            self.assertEqual((result.compared["cdev"], not result.disagreements), (2, agree))

    def test_an_iommu_that_parameters_turned_off_unseen_is_noticed(self):
        off = STATE.replace(f"GROUP 0 {PORT}\nGROUP 7 {PF} {NIC}\n", "")
        subjects = {each.subject for each in self.disagreements(answers(state__txt=off))}
        self.assertIn("command line: turns the IOMMU off", subjects)

    def test_a_twin_that_is_other_hardware_is_noticed(self):
        off = STATE.replace(f"GROUP 0 {PORT}\nGROUP 7 {PF} {NIC}\n", "")
        twin = answers(state__txt=STATE.replace(f"FUNCTION {NIC} endpoint\n", ""))
        subjects = {each.subject for each in
                    self.disagreements(answers(state__txt=off), twin=twin)}
        self.assertIn("twin: functions", subjects)

    def test_a_refusal_that_did_not_come_is_noticed(self):
        given = answers()
        given.boot = machines.BOOTS["intel-too-few-buses"]
        self.assertTrue(self.disagreements(given))

    def test_a_refusal_with_another_factor_is_noticed(self):
        log = f"LOG {PF} nvme {PF}: not enough MMIO resources for SR-IOV\nEND\n"
        subjects = {each.subject for each in
                    self.disagreements(answers(sriov__txt=SRIOV.replace("END\n", log)))}
        self.assertIn(f"limit: {PF}", subjects)

    def test_a_refusal_that_is_not_read_of_the_log_is_noticed(self):
        refused = f"LOG {PF} nvme {PF}: not enough MMIO resources for SR-IOV\nEND\n"
        given = answers(sriov__txt=SRIOV.replace("END\n", refused))
        message = {"id": "vf-memory", "function": PF, "cause": "confirmed"}
        for messages, noticed in (([message], False), ([], True),
                                  ([message | {"cause": "refuted"}], True),
                                  ([message | {"function": NIC}], True)):
            with self.subTest(messages):
                log = {"host": {"asked": True}, "messages": messages}
                subjects = {each.subject for each in self.disagreements(given, log=log)}
                self.assertEqual(f"log: vf-memory of {PF}" in subjects, noticed)

    def test_a_probe_that_is_refused_is_a_message_of_the_log(self):
        given = answers(vfio__txt=f"VFIO {NIC} group=- bound=-\nEND\n")
        message = {"id": "vfio-probe-refused", "function": NIC, "cause": "confirmed"}
        for messages, noticed in (([message], False), ([], True)):
            with self.subTest(messages):
                log = {"host": {"asked": True}, "messages": messages}
                subjects = {each.subject for each in self.disagreements(given, log=log)}
                self.assertEqual(f"log: vfio-probe-refused of {NIC}" in subjects, noticed)

    def test_a_log_that_is_taken_for_one_of_another_machine_is_noticed(self):
        log = {"host": {"asked": False}, "messages": []}
        self.assertIn("log: is of this machine",
                      {each.subject for each in self.disagreements(answers(), log=log)})

    def subjects(self, given):
        return {each.subject for each in self.disagreements(given)}

    def test_remapping_that_the_kernel_refuses_is_not_for_the_command_line(self):
        off, about = STATE.replace("CHIP IR-PCI-MSI\n", ""), "command line: turns interrupt " \
            "remapping off"
        self.assertIn(about, self.subjects(answers(state__txt=off)))
        refused = "AMD-Vi: [Firmware Bug]: : No southbridge IOAPIC found\n"
        self.assertNotIn(about, self.subjects(answers(state__txt=off, dmesg__txt=refused)))

    def test_a_machine_without_functions_tells_nothing_about_its_iommu(self):
        about = "command line: turns the IOMMU off"
        grouped = "".join(line for line in STATE.splitlines(True) if "GROUP" not in line)
        self.assertIn(about, self.subjects(answers(state__txt=grouped)))
        empty = "".join(line for line in grouped.splitlines(True) if "FUNCTION" not in line)
        self.assertNotIn(about, self.subjects(answers(state__txt=empty)))

    def test_a_driver_that_may_refuse_vfs_gives_as_many_as_it_likes(self):
        none = SRIOV.replace("accepted=1", "accepted=0")
        may, about = report(), f"limit: max VFs of {PF}"
        self.assertIn(about, self.subjects(answers(may, sriov__txt=none)))
        may["functions"][1]["sriov"]["max_vfs"]["driver_may_refuse"] = "for want of queues"
        self.assertNotIn(about, self.subjects(answers(may, sriov__txt=none)))

    def test_what_a_machine_was_booted_for_must_be_found_there_and_nowhere_else(self):
        found = {"check": "caution", "verdict": "warn", "id": "caution.in-use",
                 "subject": {"type": "function", "id": PF}}
        whole = report()
        whole["findings"].append(found)
        for subjects, agrees in (((PF,), True), ((NIC,), False), ((PF, NIC), False)):
            with self.subTest(subjects):
                given = answers(whole)
                given.boot = machines.Boot("example", machines.TOPOLOGIES["intel-ports"],
                                           findings=(("caution.in-use", subjects),))
                self.assertEqual(agrees, not self.disagreements(given))

    def test_a_picture_of_the_boot_is_what_vfio_cannot_map(self):
        for held, mapped, agrees in ((True, errno.EBUSY, True), (False, 0, True),
                                     (True, 0, False), (False, errno.EBUSY, False)):
            with self.subTest(held=held, mapped=mapped):
                display = {"class": "0x030000", "assignable": {
                    "cautions": [{"why": "efifb: VFIO cannot map"}] if held else []}}
                result = compare.Result("example")
                compare.compare_picture(result, NIC, {"open": "0", "map": str(mapped)}, display)
                self.assertEqual(agrees, not result.disagreements)

    def test_landlock_that_the_kernel_does_not_have_is_not_asked_for(self):
        without = changed(report(), ("run", "confinement"), ["no-new-privileges", "seccomp"])
        self.assertEqual([], self.disagreements(answers(without, lsm__txt="capability,yama\n")))
        self.assertTrue(self.disagreements(answers(lsm__txt="capability,yama\n")))

    def race(self, keys=(), new=None, disturbed=None, code="0", settled=None):
        """What is noticed of an audit that ran while a NIC came and went, and two that did not."""
        gone = disturbed or self.without_nic()
        given = answers(
            disturbed__json=json.dumps(gone), race0__json=json.dumps(report()), race0__code="0",
            race1__json=json.dumps(changed(gone, keys, new) if keys else gone), race1__code=code,
            settled__json=json.dumps(settled or report()))
        given.boot = machines.Boot("example", machines.TOPOLOGIES["intel-ports"], restless="a,b,c")
        return self.disagreements(given)

    def without_nic(self):
        gone = changed(report(), ("functions", 1, "assignable"),
                       {"verdict": "assignable", "companions": [], "blockers": []})
        del gone["functions"][2]
        return gone

    def test_what_is_said_while_the_host_changes_may_be_what_is_said_before_or_after(self):
        self.assertEqual([], self.race())
        self.assertEqual([], self.race(("functions", 1, "assignable", "verdict"), "undetermined"))

    def test_what_claims_more_than_before_and_after_is_noticed(self):
        blocked = changed(self.without_nic(), ("functions", 1, "assignable", "verdict"), "blocked")
        usable = ("functions", 1, "sriov", "usable_vfs")
        self.assertTrue(self.race(("functions", 1, "assignable", "verdict"), "assignable", blocked))
        self.assertTrue(self.race(usable, {"count": 9}))
        self.assertTrue(self.race(("verdict",), "not-ready", code="2"))
        self.assertTrue(self.race(code="1"))
        self.assertTrue(self.race(disturbed=report()), "a host that never changes")
        self.assertTrue(self.race(settled=self.without_nic()))

    def test_a_boot_of_another_kernel_is_compared_with_that_kernels_twin(self):
        boot_of = topology.find("intel-ports-off@6.12")
        self.assertEqual(("6.12", "intel-ports-on@6.12"), (boot_of.kernel, boot_of.twin))
        self.assertEqual("6.12", topology.find(boot_of.twin).kernel)
        for name in machines.KNOWN:
            self.assertEqual((name, f"{name}@6.12"),
                             (topology.find(name).name, topology.find(f"{name}@6.12").name))


BEFORE, THERE = f"{NIC} driver=igb override=(null) vfs=none\n", f"{NIC} driver=vfio-pci override=vfio-pci vfs=none\n"
OPENED = f"OPEN {NIC} group=7 bound=vfio-pci viable=1 attach=0 open=0\nEND\n"
FOLLOWED = {"untouched.state": BEFORE} | {f"{name}{rest}": text for name in ("now", "script") for rest, text in (
    (".log", "exit 0\n"), ("-undo.log", "exit 0\n"), ("-again.log", "exit 0\n"), ("-there.state", THERE),
    ("-back.state", BEFORE), ("-open.txt", OPENED), (".diff", '{"changes": []}'))}

WRONG_WHEN_FOLLOWED = {
    "a command that failed": ("now.log", "echo: write error\nexit 1\n"),
    "an undo that failed": ("script-undo.log", "exit 1\n"),
    "a script that is not to be run twice": ("script-again.log", "exit 1\n"),
    "another driver": ("now-open.txt", OPENED.replace("bound=vfio-pci", "bound=igb")),
    "a group that is not viable": ("now-open.txt", OPENED.replace("viable=1", "viable=0")),
    "an override that is left": ("now-back.state", BEFORE.replace("(null)", "vfio-pci")),
    "a driver that did not come back": ("script-back.state", BEFORE.replace("igb", "none")),
    "a function that did not come back": ("script-back.state", ""),
    "a report that differs": ("now.diff", '{"changes": [{"summary": "it was ready"}]}'),
}


class Plans(unittest.TestCase):
    def disagreements(self, plan, **changed):
        files = FOLLOWED | changed
        result = compare.Result("example")
        plans.compare(result, boot.Answers(
            machines.Boot("example", machines.TOPOLOGIES["intel-ports"], plan=plan),
            {name: text.encode() for name, text in files.items()}))
        self.assertGreater(sum(result.compared.values()), 10)
        return result.disagreements

    def test_a_plan_that_was_followed_there_and_back_passes(self):
        self.assertEqual([], self.disagreements(NIC))

    def test_what_went_wrong_is_noticed(self):
        for what, (name, text) in WRONG_WHEN_FOLLOWED.items():
            with self.subTest(what):
                self.assertTrue(self.disagreements(NIC, **{name: text}))

    def test_too_few_vfs_are_noticed(self):
        there = {f"{name}-there.state": f"{PF} driver=nvme override=(null) vfs=2\n" for name in ("now", "script")}
        self.assertEqual([], self.disagreements(f"--vfs,2,{PF}", **there))
        self.assertTrue(self.disagreements(f"--vfs,3,{PF}", **there))


MAC = "52:54:00:11:22:33"
MAKES_VFS = {"persistence": [{"state": "made", "owner": "udev", "count": 2}]}
KEPT = {"functions": [{"address": PF, "sriov": MAKES_VFS},
                      {"address": VF, "vf_network": {"mac": MAC, "vlan": 7}}]}
WAY = ways.Way("example", (), boots=(("see a", "follow there"), (f"open there {NIC}", "follow nothing", "see b",
                                                                "differ back a b")),
               opened=(("there", NIC),), same=(("back", "a", "b"),), states=(("b", NIC, "driver", "igb"),),
               owners=(("kept", PF, "udev", 2),), networks=(("kept", VF, (("mac", MAC), ("vlan", 7))),),
               nothing=("nothing",), forecasts=(("edited", "a", "b"),))
EDITED = {"findings": [{"id": "boot-config.will-break",
                        "summary": "at the next boot iommu=off turns DMA remapping off"}]}
WENT = {"there.log": "exit 0\n", "there.sh": "echo\n", "nothing.log": "exit 0\n", "nothing.sh": "",
        "there-open.txt": OPENED, "a.state": BEFORE, "b.state": BEFORE, "a.etc": "'/etc/fstab' 1\n",
        "b.etc": "'/etc/fstab' 1\n", "back.diff": '{"changes": []}', "kept.json": json.dumps(KEPT),
        "kept.xml": f"  <mac address='{MAC}'/>\n", "edited.json": json.dumps(EDITED),
        "a-kernel.txt": "GROUP 7\nCHIP IR-PCI-MSI\nEND\n", "b-kernel.txt": "CHIP IR-PCI-MSI\nEND\n"}
WRONG_ON_THE_WAY = {
    "a file that is left": ("b.etc", "'/etc/fstab' 1\n'/etc/modprobe.d/passcheck-vfio.conf' 1\n"),
    "a file that has changed": ("b.etc", "'/etc/fstab' 2\n"),
    "a plan that should have been done": ("nothing.sh", "echo\n"),
    "a plan without steps": ("there.sh", ""),
    "a command that failed": ("there.log", "exit 2\n"),
    "a boot that did not come": ("b.state", ""),
    "VFs that something else makes": (
        "kept.json", json.dumps(changed(KEPT, ("functions", 0, "sriov", "persistence", 0, "owner"), "other"))),
    "a VLAN that is not told": (
        "kept.json", json.dumps(changed(KEPT, ("functions", 1, "vf_network", "vlan"), 0))),
    "a MAC address that is not in the XML": ("kept.xml", "<interface>\n"),
    "what a next boot did not break": ("b-kernel.txt", WENT["a-kernel.txt"]),
    "what a next boot broke unforeseen": ("b-kernel.txt", "END\n"),
    "what VFIO does not open": ("there-open.txt", OPENED.replace("open=0", "open=-1")),
}


class Ways(unittest.TestCase):
    def disagreements(self, **changed):
        files = {name: text.encode() for name, text in (WENT | changed).items()}
        return compare.compare_way(boot.Answers(WAY, files)).disagreements

    def test_a_way_there_and_back_passes(self):
        self.assertEqual([], self.disagreements())

    def test_what_went_wrong_is_noticed(self):
        for what, (name, text) in WRONG_ON_THE_WAY.items():
            with self.subTest(what):
                self.assertTrue(self.disagreements(**{name: text}))


if __name__ == "__main__":
    unittest.main()

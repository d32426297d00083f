"""A function has one verdict, whatever is asked: every output gives the same answer."""
import json
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import CROWD, DISK, SPARE_NIC  # noqa: E402
from reports import by_address  # noqa: E402
from support import NOT_READY, SOURCE, UNDETERMINED, TreeTest, audit  # noqa: E402
from support import field_hosts, passcheck  # noqa: E402

MET = {"assignable": True, "undetermined": None}  # all others: False
CAN_GO = ("assignable", "assignable-with")
# What steps of a plan remove.
REMOVABLE = {"remapping-off", "interrupts", "vfs-enabled"}
HIGHEST_QEMU_DOMAIN = 0xffff
FUNCTIONS_OF_A_FIELD_TREE = 2  # others have the same verdict for the same reason

DOMAIN = """<domain type='kvm'><name>vm-{0}</name><devices>
<hostdev mode='subsystem' type='pci' managed='yes'><source>
<address domain='0x{1}' bus='0x{2}' slot='0x{3}' function='0x{4}'/></source></hostdev>
</devices></domain>
"""


def verdict_of(function):
    return function["assignable"]["verdict"]


def kinds_of(function):
    return [blocker["kind"] for blocker in function["assignable"]["blocked_by"]]


def is_kept_by_a_word(function):
    """Graphics are in no group by a word of the command line, which a step takes off."""
    return any(caution["kind"] == "igd" and "igfx_off" in caution["why"]
               for caution in function["assignable"]["cautions"])


def domain_number(address):
    return int(address.split(":")[0], 16)


class OneVerdict(TreeTest):
    def expect_table(self, root, functions):
        """The text's table has a line for each function."""
        for order in ("class", "group"):
            table = passcheck("--root", root, "-v", "--by", order).stdout.rpartition("\nFUNCTION ")[2]
            rows = dict(re.findall(
                r"^\W*([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) +([^\s!]+)", table,
                re.MULTILINE))
            self.assertEqual(rows, {name: verdict_of(function).replace("not-a-candidate", "-")
                                    for name, function in functions.items()})

    def expect_requirements(self, root, functions):
        """Each by itself where it has a link: all that have one are not to go together."""
        linked = [name for name in functions if functions[name]["netdevs"]]
        met = {}
        for names in [[name for name in functions if name not in linked],
                      *([name] for name in linked)]:
            words = [word for name in names for word in ("--require", f"passthrough={name}")]
            met |= {result["text"].partition("=")[2]: result["met"]
                    for result in audit(root, *words)["requirements"]} if words else {}
        self.assertEqual(met, {name: MET.get(verdict_of(function), False)
                               for name, function in functions.items()})

    def expect_xml(self, root, name, function):
        result = passcheck("--root", root, "--format", "xml", name)
        can_go = verdict_of(function) in CAN_GO and domain_number(name) <= HIGHEST_QEMU_DOMAIN
        written = "<hostdev" in result.stdout or "<interface" in result.stdout
        self.assertEqual(written, can_go, name)
        if verdict_of(function) == "undetermined":
            self.assertIn(result.returncode, (NOT_READY, UNDETERMINED), name)
        elif not can_go:
            self.assertEqual(result.returncode, NOT_READY, name)

    def expect_plan(self, root, name, function):
        plan = json.loads(passcheck("--root", root, "--format", "json", "plan", name).stdout)
        stands = set(kinds_of(function)) - REMOVABLE
        if is_kept_by_a_word(function):
            self.assertIn("kernel-parameters", [step["id"] for step in plan["steps"]], name)
            stands -= {"no-group"}
        if stands or verdict_of(function) == "not-a-candidate":
            self.assertEqual(plan["verdict"], "obstructed", name)
            self.assertNotIn("driver_override", json.dumps(plan), name)
        elif verdict_of(function) == "undetermined":
            self.assertNotEqual(plan["verdict"], "complete", name)

    def domain_findings(self, root, names):
        """What is found of domains that have one of the functions each."""
        folder = self.directory / "domains"
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        for name in names:
            text = DOMAIN.format(name, *re.split("[:.]", name))
            (folder / f"{name}.xml").write_text(text, encoding="utf-8")
        result = passcheck("--root", root, "--format", "json", "domain", folder)
        return json.loads(result.stdout)["findings"]

    def expect_domains(self, root, functions):
        ids = {name: set() for name in functions}
        for finding in self.domain_findings(root, functions):
            name = (finding["subject"]["id"] or "").removeprefix("vm-")
            ids.setdefault(name, set()).add(finding["id"])
        for name, function in functions.items():
            verdict = verdict_of(function)
            blocked = verdict in ("blocked", "not-a-candidate")
            self.assertEqual("domain-assignability.blocked" in ids[name], blocked, name)
            self.assertEqual("domain-assignability.undetermined" in ids[name],
                             verdict == "undetermined", name)
            # What is behind a VMD endpoint goes with it.
            if any(domain_number(companion) <= HIGHEST_QEMU_DOMAIN
                   for companion in function["assignable"]["companions"]):
                self.assertIn("domain-groups.incomplete", ids[name], name)

    def expect_blockers(self, report, functions):
        """A function is blocked by something, which a finding on it explains. That the host keeps
        what it needs is no fault."""
        found = {(finding["id"], finding["subject"]["id"]) for finding in report["findings"]
                 if finding["verdict"] in ("fail", "warn")
                 or finding["id"] in ("host-use.vital", "assignability.blocked")}
        for name, function in functions.items():
            blockers = function["assignable"]["blocked_by"]
            self.assertEqual(verdict_of(function) == "blocked", bool(blockers), name)
            self.assertEqual([blocker["why"] for blocker in blockers],
                             function["assignable"]["blockers"], name)
            for blocker in blockers:
                self.assertIn((blocker["finding"], name), found)

    def expect_one_verdict(self, root, most=None):
        report = audit(root)
        functions = by_address(report)
        self.expect_blockers(report, functions)
        self.expect_table(root, functions)
        self.expect_requirements(root, functions)
        self.expect_domains(root, {name: function for name, function in functions.items()
                                   if domain_number(name) <= HIGHEST_QEMU_DOMAIN})
        kinds = set()
        for name, function in functions.items():
            kind = verdict_of(function), *kinds_of(function)
            if most and (kind in kinds or len(kinds) == most):
                continue
            kinds.add(kind)
            self.expect_xml(root, name, function)
            self.expect_plan(root, name, function)
        return functions

    def test_fixtures(self):
        for fixture in sorted(pathlib.Path(SOURCE, "fixtures").glob("*/root")):
            with self.subTest(fixture=fixture.parent.name):
                self.expect_one_verdict(fixture)

    def test_a_host_with_its_root_disk_and_default_route(self):
        root = self.directory / "root"
        built = machine.build(root)
        before = audit(root)["verdict"]
        live_on(built, DISK, SPARE_NIC)
        functions = self.expect_one_verdict(root)
        for name in (DISK, SPARE_NIC):
            self.assertEqual(kinds_of(functions[name]), ["host-use"])
        self.assertEqual(audit(root)["verdict"], before)

    def test_functions_that_could_each_go_and_not_all(self):
        root = self.directory / "root"
        built = machine.build(root)
        names = SPARE_NIC, CROWD
        live_on_links(built, *names)
        functions = by_address(audit(root))
        for name in names:
            self.assertIn(verdict_of(functions[name]), CAN_GO)
            self.assertNotEqual(passcheck("--root", root, name).returncode, NOT_READY)
        why = "Together: the host would lose all its network links that are up: eth7 (0000:07:00.0)"
        result = passcheck("--root", root, *names)
        self.assertEqual(result.returncode, NOT_READY)
        self.assertIn(why, result.stdout)
        together = audit(root, *names)["summary"]["together"]
        self.assertTrue(together.startswith("the host would lose all"), together)
        self.assertIsNone(audit(root)["summary"]["together"])
        self.assertEqual(passcheck("--root", root, "--format", "xml", *names).returncode, NOT_READY)
        plan = json.loads(passcheck("--root", root, "--format", "json", "plan", *names).stdout)
        self.assertEqual(plan["verdict"], "obstructed")
        words = [word for name in names for word in ("--require", f"passthrough={name}")]
        self.assertFalse(all(result["met"] for result in audit(root, *words)["requirements"]))
        self.assertIn(("domain-functions.links-shared", "warn"),
                      [(finding["id"], finding["verdict"])
                       for finding in self.domain_findings(root, names)])

    def test_field_trees(self):
        roots = list(field_hosts(self.directory / "field"))
        if not roots:
            self.skipTest("the shared data is not here")
        for root in roots:
            with self.subTest(tree=root.name):
                self.expect_one_verdict(root, FUNCTIONS_OF_A_FIELD_TREE)


def live_on(built, disk, nic):
    """Has the host keep its root file system on the disk, and its default route on the NIC."""
    built.keep_root_on(built.paths[disk])
    built.write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n")
    built.route_through(f"{built.paths[nic]}/net/eth7")
    live_on_links(built)


def live_on_links(built, *nics):
    """Has the host reach the network by a link of each NIC, and by no other."""
    for number, nic in enumerate(nics, 7):
        (built.root / built.paths[nic] / f"net/eth{number}").mkdir(parents=True, exist_ok=True)
    for interface in (built.root / "sys/devices").glob("**/net/*"):
        up = any(interface.parent.parent.name == nic for nic in nics)
        (interface / "operstate").write_text("up\n" if up else "down\n", encoding="utf-8")


if __name__ == "__main__":
    unittest.main()

"""passcheck diff: what changed between two reports."""
import copy
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import (  # noqa: E402
    FAILED, NOT_READY, READY, SOURCE, UNDETERMINED, USAGE, TreeTest, audit, passcheck)


def function(address, device="0x10d3", **more):
    return {"address": address, "vendor_id": "0x8086", "device_id": device,
            "subsystem_vendor_id": "0x8086", "subsystem_device_id": "0xa03c", "serial": None,
            "physical_slot": None, "driver": "vfio-pci", "sriov": None,
            "assignable": {"verdict": "assignable"}, **more}


def finding(finding_id, verdict, summary="something is so", subject=None):
    return {"id": finding_id, "verdict": verdict, "summary": summary,
            "subject": {"type": "function" if subject else "host", "id": subject}}


def report(**more):
    return {"schema_version": "1.0", "tool": {"name": "passcheck", "version": "0.1.0"},
            "host": {"kernel_release": "6.1.0", "product": "Box"}, "run": {"complete": True},
            "verdict": "ready", "findings": [], "requirements": [],
            "groups": [{"id": 1, "functions": ["0000:01:00.0"]},
                       {"id": 2, "functions": ["0000:02:00.0"]}],
            "functions": [function("0000:01:00.0"), function("0000:02:00.0")], **more}


class DiffTest(TreeTest):
    def write(self, name, document):
        path = self.directory / name
        if isinstance(document, bytes):
            path.write_bytes(document)
        else:
            path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    def run_diff(self, old, new, *arguments):
        return passcheck("diff", self.write("old.json", old), self.write("new.json", new),
                         *arguments)

    def changes(self, old, new, code):
        """Returns (effect, kind, subject) of each change, sorted."""
        result = self.run_diff(old, new, "--format", "json")
        self.assertEqual(result.returncode, code, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual({"same": READY, "better": READY, "undetermined": UNDETERMINED,
                          "worse": NOT_READY}[document["result"]], code)
        return sorted((change["effect"], change["kind"], change["subject"])
                      for change in document["changes"])


class Machines(DiffTest):
    """Reports of two machines are compared, and not without a word."""

    def differ(self, old, new):
        text = self.run_diff(old, new).stdout
        said = json.loads(self.run_diff(old, new, "--format", "json").stdout)["machines_differ"]
        self.assertEqual("These may be two different machines" in text, said is not None)
        return said or ""

    def test_what_tells_two_machines_apart(self):
        one = {"kernel_release": "6.1.0", "product": "Box"}
        for more, why in (({"product": "Crate"}, "one is a Box, the other a Crate"),
                          ({"kernel_release": "6.2.0"}, ""),
                          ({"hostname": "b", "machine_id": "1"}, "one is called a, the other b"),
                          ({"hostname": "a", "machine_id": "2"}, "machine ids differ")):
            with self.subTest(more=more):
                old = report(host={**one, "hostname": "a", "machine_id": "1"})
                said = self.differ(old, report(host={**one, **more}))
                self.assertIn(why, said)
                self.assertEqual(bool(said), bool(why))

    def test_functions_that_few_are_the_same_of(self):
        addresses = [f"0000:01:00.{number}" for number in range(6)]
        old = report(groups=[], functions=[function(address) for address in addresses])
        for same, differs in ((6, False), (3, False), (2, True), (0, True)):
            with self.subTest(same=same):
                new = report(groups=[], functions=[
                    function(address, "0x10d3" if index < same else "0x1521")
                    for index, address in enumerate(addresses)])
                self.assertEqual("functions in common" in self.differ(old, new), differs)

    def test_vfs_tell_nothing(self):
        old = report()
        new = report(groups=[], functions=[
            function("0000:01:00.0"), *(function(f"0000:03:00.{number}", "0x1520",
                                                 physical_function="0000:01:00.0")
                                        for number in range(8))])
        self.assertEqual(self.differ(old, new), "")


class Changes(DiffTest):
    def test_a_change_says_what_it_is_about(self):
        before = report(findings=[finding("caution.in-use", "not-applicable", "nobody uses it",
                                          "0000:01:00.0")])
        after = report(findings=[finding("caution.in-use", "warn", "it is in use: the link eth0",
                                         "0000:01:00.0")])
        self.assertIn("0000:01:00.0: was not-applicable and is now warn [caution.in-use]: "
                      "it is in use: the link eth0\n", self.run_diff(before, after).stdout)
        named = report()
        named["functions"].append(function("0000:03:00.0", name="82574L"))
        self.assertIn("0000:03:00.0: 8086:10d3 (82574L) is new\n",
                      self.run_diff(report(), named).stdout)

    def test_a_report_is_the_same_as_itself(self):
        self.assertEqual(self.changes(report(), report(), READY), [])

    def test_a_verdict_that_falls_is_worse_and_one_that_cannot_be_told_undetermined(self):
        for before, after, effect, code in (
                ("ready", "not-ready", "worse", NOT_READY),
                ("not-ready", "ready", "better", READY),
                ("undetermined", "ready", "better", READY),
                ("undetermined", "not-ready", "worse", NOT_READY),
                ("ready", "undetermined", "undetermined", UNDETERMINED),
                ("not-ready", "undetermined", "none", READY)):
            with self.subTest(before=before, after=after):
                self.assertEqual(
                    self.changes(report(verdict=before), report(verdict=after), code),
                    [(effect, "verdict-changed", "host")])

    def test_findings_count_by_their_verdict(self):
        for verdict, effect, code in (("fail", "worse", NOT_READY),
                                      ("unknown", "undetermined", UNDETERMINED),
                                      ("warn", "none", READY)):
            with self.subTest(verdict=verdict):
                more = report(findings=[finding("a.b", verdict)])
                self.assertEqual(self.changes(report(), more, code),
                                 [(effect, "finding-appeared", "host")])
                gone = "none" if verdict == "warn" else "better"
                self.assertEqual(self.changes(more, report(), READY),
                                 [(gone, "finding-vanished", "host")])
        self.assertEqual(self.changes(report(), report(findings=[finding("a.b", "pass")]), READY),
                         [])

    def test_a_finding_that_is_worded_anew_is_the_same(self):
        old = report(findings=[finding("a.b", "fail", "4 of 8 are so")])
        new = report(findings=[finding("a.b", "fail", "5 of 8 are so")])
        self.assertEqual(self.changes(old, new, READY), [])

    def test_of_several_findings_of_one_id_the_new_one_is_named(self):
        old = report(findings=[finding("a.b", "fail", "no VFIO"), finding("a.b", "fail", "no KVM")])
        new = report(findings=[*old["findings"], finding("a.b", "fail", "no IRQ")])
        self.assertIn("no IRQ", self.run_diff(old, new).stdout)
        self.assertEqual(len(self.changes(old, new, NOT_READY)), 1)

    def test_a_function_that_is_gone_is_worse_and_a_new_one_no_matter(self):
        less = report(functions=[function("0000:01:00.0")],
                      groups=[{"id": 1, "functions": ["0000:01:00.0"]}])
        self.assertEqual(self.changes(report(), less, NOT_READY),
                         [("worse", "function-vanished", "0000:02:00.0")])
        self.assertEqual(self.changes(less, report(), READY),
                         [("none", "function-appeared", "0000:02:00.0")])

    def test_another_device_at_an_address_is_another_function(self):
        new = report()
        new["functions"][1]["device_id"] = "0x1572"
        self.assertEqual(self.changes(report(), new, NOT_READY),
                         [("none", "function-appeared", "0000:02:00.0"),
                          ("worse", "function-vanished", "0000:02:00.0")])

    def test_a_function_that_moved_is_known_by_its_slot_or_serial_number(self):
        for place in ({"physical_slot": 4}, {"serial": "00-1b-21-ff-ff-6a-55-4e"}):
            with self.subTest(place=place):
                old = report()
                old["functions"][1].update(place)
                new = copy.deepcopy(old)
                new["functions"][1]["address"] = "0000:04:00.0"
                new["groups"][1]["functions"] = ["0000:04:00.0"]
                self.assertEqual(self.changes(old, new, READY),
                                 [("none", "function-moved", "0000:04:00.0")])

    def test_functions_that_could_be_either_are_not_taken_for_moved(self):
        old, new = report(), report()
        for index, item in enumerate(old["functions"]):
            item["physical_slot"] = 4
            new["functions"][index] = {**item, "address": f"0000:1{index}:00.0"}
        new["groups"] = old["groups"] = []
        kinds = {kind for _, kind, _ in self.changes(old, new, NOT_READY)}
        self.assertEqual(kinds, {"function-appeared", "function-vanished"})

    def test_a_group_that_grew_is_worse_and_one_that_shrank_better(self):
        apart = report()
        together = report(groups=[{"id": 7, "functions": ["0000:01:00.0", "0000:02:00.0"]}])
        self.assertEqual(self.changes(apart, together, NOT_READY),
                         [("worse", "group-grew", "0000:01:00.0")])
        self.assertEqual(self.changes(together, apart, READY),
                         [("better", "group-shrank", "0000:01:00.0")])
        self.assertIn("0000:02:00.0", self.run_diff(apart, together).stdout)

    def test_groups_that_are_numbered_anew_are_the_same(self):
        self.assertEqual(self.changes(report(), report(groups=report()["groups"][::-1]), READY),
                         [])

    def test_a_driver_that_changed_is_told(self):
        new = report()
        new["functions"][0]["driver"] = None
        self.assertEqual(self.changes(report(), new, READY),
                         [("none", "driver-changed", "0000:01:00.0")])

    def test_what_a_guest_can_have_decides(self):
        for verdict, code in (("blocked", NOT_READY), ("assignable-with", NOT_READY),
                              ("undetermined", UNDETERMINED)):
            with self.subTest(verdict=verdict):
                new = report()
                new["functions"][0]["assignable"] = {"verdict": verdict}
                ((_, kind, _),) = self.changes(report(), new, code)
                self.assertEqual(kind, "assignable-changed")

    def test_a_vf_limit_that_fell_is_worse(self):
        def limited(limit):
            document = report()
            document["functions"][0]["sriov"] = {"max_vfs": {"effective": limit}}
            return document
        for before, after, effect, code in ((8, 4, "worse", NOT_READY), (4, 8, "better", READY),
                                            (8, None, "undetermined", UNDETERMINED),
                                            (None, 8, "none", READY)):
            with self.subTest(before=before, after=after):
                self.assertEqual(self.changes(limited(before), limited(after), code),
                                 [(effect, "vf-limit-changed", "0000:01:00.0")])

    def test_a_requirement_that_is_no_longer_met_is_worse(self):
        def asked(met):
            return report(requirements=[{"text": "vfs=nic:8", "met": met, "why": "so"}])
        self.assertEqual(self.changes(asked(True), asked(False), NOT_READY),
                         [("worse", "requirement-changed", "host")])
        self.assertEqual(self.changes(asked(True), asked(None), UNDETERMINED),
                         [("undetermined", "requirement-changed", "host")])


class Hosts(DiffTest):
    """What a comparison is given need not be a report yet."""
    BEFORE = SOURCE / "fixtures/intel-ports-off/root"
    AFTER = SOURCE / "fixtures/intel-ports-on/root"

    def changes_of(self, *operands, code=READY, **options):
        result = passcheck("diff", *operands, "--format", "json", **options)
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout)["changes"]

    def test_captures_are_audited_before_they_are_compared(self):
        archive = self.directory / "after.tar.gz"
        passcheck("capture", "--root", self.AFTER, "-o", archive)
        reports = [self.write(name, audit(root))
                   for name, root in (("a.json", self.BEFORE), ("b.json", self.AFTER))]
        expected = self.changes_of(*reports)
        self.assertIn("verdict-changed", [change["kind"] for change in expected])
        for operands in ((self.BEFORE, self.AFTER), (reports[0], archive),
                         (self.BEFORE, reports[1])):
            with self.subTest(operands=operands):
                self.assertEqual(self.changes_of(*operands), expected)

    def test_of_ndjson_the_last_report_counts(self):
        lines = [json.dumps(report(verdict=verdict)) for verdict in ("not-ready", "ready")]
        old = self.write("old.json", lines[0])
        new = self.write("new.ndjson", "\n".join(lines) + "\n")
        self.assertEqual([change["kind"] for change in self.changes_of(old, new)],
                         ["verdict-changed"])

    def test_reports_of_several_hosts_are_refused(self):
        lines = [json.dumps(report(host={"hostname": name, "product": "Box",
                                         "kernel_release": "6.1.0"})) for name in "ab"]
        result = self.run_diff(report(), "\n".join(lines))
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("several hosts", result.stderr)

    def test_standard_input_is_read(self):
        old = self.write("old.json", report())
        self.assertEqual(self.changes_of(old, "-", input=json.dumps(report())), [])

    def test_a_damaged_archive_is_a_failure(self):
        result = self.run_diff(report(), b"\x1f\x8b damaged")
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("not a whole tar archive", result.stderr)


class Documents(DiffTest):
    def test_what_is_no_report_is_refused_by_name(self):
        wrong = (b"", b"{", b"[]", b"{}", b'"x"', b"null", b"[" * 100000, b'{"a":1}\0', b"\xff" * 64,
                 {**report(), "schema_version": "2.0"}, {**report(), "functions": {}},
                 {**report(), "functions": [1]}, {**report(), "findings": [{}]},
                 {**report(), "groups": None}, {**report(), "groups": report()["groups"] * 2}, {**report(), "verdict": 1},
                 {**report(), "tool": {"name": "lspci"}},
                 {**report(), "functions": report()["functions"] * 2},
                 json.dumps(report()) * 2)
        for document in wrong:
            with self.subTest(document=str(document)[:60]):
                for pair in ((document, report()), (report(), document)):
                    result = self.run_diff(*pair)
                    self.assertEqual((result.returncode, result.stdout), (FAILED, ""))
                    self.assertIn(".json: ", result.stderr)

    def test_a_report_on_some_functions_or_checks_is_refused(self):
        for document in (report(run={"complete": False}), report(functions=[])):
            result = self.run_diff(report(), document)
            self.assertEqual(result.returncode, FAILED)
            self.assertIn("whole reports", result.stderr)

    def test_a_missing_file_is_a_failure_and_a_missing_argument_wrong_usage(self):
        path = self.write("old.json", report())
        self.assertEqual(passcheck("diff", path, self.directory / "no").returncode, FAILED)
        self.assertEqual(passcheck("diff", path).returncode, USAGE)
        self.assertEqual(passcheck("diff", path, path, path).returncode, USAGE)
        self.assertEqual(passcheck("diff", path, path, "--format", "xml").returncode, USAGE)

    def test_no_byte_of_a_report_reaches_the_terminal_raw(self):
        new = report(findings=[finding("a.b", "fail", "\x1b[2Jgone \u202e")])
        self.assertNotIn("\x1b", self.run_diff(report(), new).stdout)

    def test_a_group_of_very_many_functions_is_told_in_short(self):
        functions = [function(f"{domain:04x}:{bus:02x}:00.0") for domain in range(40)
                     for bus in range(256)]
        names = [item["address"] for item in functions]
        apart = report(functions=functions,
                       groups=[{"id": i, "functions": [name]} for i, name in enumerate(names)])
        together = report(functions=functions, groups=[{"id": 0, "functions": names}])
        result = self.run_diff(apart, together)
        self.assertEqual(result.returncode, NOT_READY)
        self.assertIn("10223 more", result.stdout)

    def test_what_passcheck_wrote_it_reads_back(self):
        for root in sorted(SOURCE.glob("fixtures/*/root")):
            with self.subTest(fixture=root.parent.name):
                document = audit(root)
                self.assertEqual(self.changes(document, document, READY), [])

    def test_the_schema_describes_it(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        schema = json.loads((SOURCE / "docs/passcheck-diff.schema.json").read_text())
        new = report(verdict="not-ready", functions=[function("0000:01:00.0", driver=None)],
                     groups=[{"id": 1, "functions": ["0000:01:00.0"]}],
                     findings=[finding("a.b", "fail")])
        for pair in ((report(), new), (new, report())):
            result = self.run_diff(*pair, "--format", "json", "--compact")
            self.assertEqual(result.stdout.count("\n"), 1)
            jsonschema.Draft202012Validator(schema).validate(json.loads(result.stdout))


if __name__ == "__main__":
    unittest.main()

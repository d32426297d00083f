"""--require and --requirements: what is asked of a host, and what comes of it."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import (  # noqa: E402
    FAILED, NOT_READY, SOURCE, UNDETERMINED, USAGE, TreeTest, audit, passcheck)

# What a reader without CAP_SYS_ADMIN gets of a function that has capabilities.
UNREAD = bytes.fromhex("361b1000 00001000 00020801").ljust(0x34, b"\0") + b"\x40" + bytes(11)

TREE = {
    "/proc/cmdline": "quiet\n",
    "/sys/devices/pci0000:00/0000:00:08.0/config": UNREAD,
    "/sys/devices/pci0000:00/0000:00:08.0/vendor": "0x1b36\n",
    "/sys/devices/pci0000:00/0000:00:08.0/device": "0x0010\n",
    "/sys/devices/pci0000:00/0000:00:08.0/class": "0x010802\n",
    "/sys/bus/pci/devices/0000:00:08.0": ("../../../devices/pci0000:00/0000:00:08.0",),
}


class Requirements(TreeTest):
    def document(self, text):
        path = self.directory / "requirements.json"
        path.write_text(text, encoding="utf-8")
        return path

    def test_a_wrong_requirement_is_wrong_usage(self):
        tree = self.tree(TREE)
        for text in ("", "vfs=eth0", "vfs=eth0:0", "passthrough=", "interrupt-remapping=on", "x"):
            with self.subTest(text=text):
                result = passcheck("--root", tree, "--require", text)
                self.assertEqual(result.returncode, USAGE)
                self.assertIn("--require", result.stderr)
                self.assertEqual(result.stdout, "")

    def test_a_wrong_document_is_wrong_usage(self):
        tree = self.tree(TREE)
        for text in ("", "{", "[]", "{}", '["vfs=eth0"]', "[1]", '[["vfs=eth0:1"]]', "[" * 100000,
                     '{"requirements": ["vfs=eth0:1"], "more": []}'):
            with self.subTest(text=text[:40]):
                result = passcheck("--root", tree, "--requirements", self.document(text))
                self.assertEqual(result.returncode, USAGE)
                self.assertIn("requirements.json", result.stderr)
                self.assertEqual(result.stdout, "")

    def test_a_document_that_cannot_be_read_is_a_failure(self):
        tree = self.tree(TREE)
        huge = self.directory / "huge.json"
        huge.write_bytes(b" " * (2 << 20))
        for path in (self.directory / "missing", self.directory, huge):
            with self.subTest(path=path):
                result = passcheck("--root", tree, "--requirements", path)
                self.assertEqual(result.returncode, FAILED)
                self.assertIn(str(path), result.stderr)
                self.assertEqual(result.stdout, "")

    def test_what_is_not_met_leads_to_its_own_plan(self):
        host = SOURCE / "fixtures/intel-sriov-on/root"
        for requirement, plan in (("vfs=0000:02:00.0:500", "passcheck plan --vfs 500 0000:02:00.0"),
                                  ("vfs=nvme:9", "passcheck plan --vfs 9 nvme"),
                                  ("passthrough=nvme:30", None), ("passthrough=nic", None)):
            with self.subTest(requirement=requirement):
                result = passcheck("--root", host, "--require", requirement)
                self.assertEqual(result.returncode, NOT_READY)
                if plan:
                    self.assertIn(f"Next: {plan} prints the steps to what is required", result.stdout)
                else:
                    self.assertNotIn("what is required, or", result.stdout)
                    self.assertNotIn("steps to a ready host", result.stdout)

    def test_options_and_documents_add_up_in_order(self):
        path = self.document('{"requirements": ["isolated=gpu", "interrupt-remapping"]}')
        report = audit(self.tree(TREE), "--requirements", path, "--require", "vfs=eth0:2")
        self.assertEqual([entry["text"] for entry in report["requirements"]],
                         ["isolated=gpu", "interrupt-remapping", "vfs=eth0:2"])

    def test_what_is_unmet_makes_the_host_not_ready(self):
        report = audit(self.tree(TREE), "--check", "sriov", "--require", "passthrough=0000:00:1f.0")
        self.assertEqual(report["verdict"], "not-ready")
        (entry,) = report["requirements"]
        self.assertIs(entry["met"], False)
        self.assertIn("0000:00:1f.0", entry["why"])

    def test_what_cannot_be_told_is_null_and_leaves_the_host_undetermined(self):
        report = audit(self.tree(TREE), "--check", "sriov", "--require", "vfs=nvme:1")
        self.assertEqual(report["verdict"], "undetermined")
        (entry,) = report["requirements"]
        self.assertIsNone(entry["met"])
        self.assertIn("could not be read", entry["why"])

    def test_text_names_the_requirement_and_why_also_when_quiet(self):
        tree = self.tree(TREE)
        for quiet in ((), ("-q",)):
            result = passcheck("--root", tree, *quiet, "--require", "passthrough=gpu")
            self.assertEqual(result.returncode, NOT_READY)
            self.assertIn("passthrough=gpu: this host has no gpu", result.stdout)

    def test_without_requirements_the_list_is_empty(self):
        self.assertEqual(audit(self.tree(TREE))["requirements"], [])

    def test_what_captured_hosts_meet(self):
        for fixture, text, met, why in (
                ("intel-sriov-vfs", "passthrough=nvme:5", True, "is assignable"),
                ("intel-sriov-vfs", "passthrough=nvme:6", False, "has 3 VFs enabled, which vfio-pci refuses"),
                ("intel-sriov-vfs", "passthrough=0000:02:00.1", False, "drivers: 0000:02:00.0"),
                ("intel-sriov-vfs", "passthrough=0000:00:02.0", False, "not-a-candidate"),
                ("intel-ports-on", "passthrough=nic", True, "0000:01:00.0 is assignable"),
                ("intel-ports-on", "passthrough=nic:2", False, "host drivers: 0000:02:00.1"),
                ("intel-ports-on", "passthrough=1b36:0010:2", True, "is assignable"),
                ("no-iommu", "passthrough=nvme", False, "DMA remapping is off"),
                ("intel-igb-vfs", "vfs=eth0:7", True, "the driver igb allows 7"),
                ("intel-igb-vfs", "vfs=eth0:8", False, "the driver igb allows 7"),
                ("intel-small-window", "vfs=0000:02:00.0:100", True, "all 100"),
                ("intel-small-window", "vfs=0000:02:10.0:1", False, "VF BAR 0"),
                ("intel-sriov-on", "vfs=0000:00:1f.2:1", False, "no physical function"),
                ("intel-ports-on", "isolated=eth0", True, "alone in its group"),
                ("intel-ports-on", "isolated=eth1", False, "shares its group with 0000:02:00.1"),
                ("intel-ports-off", "isolated=0000:06:00.0", False, "would share its group with "),
                ("intel-ports-on", "interrupt-remapping", True, "are remapped"),
                ("no-iommu", "interrupt-remapping", False, "no interrupt remapping")):
            with self.subTest(fixture=fixture, text=text):
                report = audit(SOURCE / "fixtures" / fixture, "--require", text)
                (entry,) = report["requirements"]
                self.assertEqual((entry["text"], entry["met"]), (text, met))
                self.assertIn(why, entry["why"])
                self.assertEqual(report["verdict"], "ready" if met else "not-ready")

    def test_a_report_says_of_each_function_whether_it_is_isolated(self):
        root = SOURCE / "fixtures/intel-ports-on"
        said = {function["address"]: function["isolated"] for function in audit(root)["functions"]}
        asked = [word for address in said for word in ("--require", f"isolated={address}")]
        entries = audit(root, *asked)["requirements"]
        self.assertEqual([entry["met"] for entry in entries], list(said.values()))
        self.assertEqual(set(said.values()), {True, False})

    def test_other_verbs_take_none(self):
        result = passcheck("checks", "--require", "vfs=eth0:1")
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("--require", result.stderr)


class Schema(TreeTest):
    """docs/requirements.schema.json says what passcheck takes."""

    def setUp(self):
        super().setUp()
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        schema = json.loads((SOURCE / "docs/requirements.schema.json").read_text())
        self.validator = jsonschema.Draft202012Validator(schema)
        self.validator.check_schema(schema)

    def test_schema_and_program_agree(self):
        documents = ([], {}, ["vfs=eth0:8"], ["vfs=eth0"], [8], {"requirements": ["isolated=gpu"]},
                     {"requirements": []}, {"requirements": ["passthrough=nic:2"], "x": 1},
                     ["interrupt-remapping"], ["interrupt-remapping=1"], "vfs=eth0:8",
                     ["passthrough=8086:1572"], [""], ["passthrough="])
        tree = self.tree(TREE)
        for document in documents:
            with self.subTest(document=document):
                path = self.directory / "document.json"
                path.write_text(json.dumps(document))
                code = passcheck("--root", tree, "--requirements", path).returncode
                self.assertIn(code, (USAGE, NOT_READY, UNDETERMINED))
                self.assertEqual(code != USAGE, self.validator.is_valid(document))


if __name__ == "__main__":
    unittest.main()

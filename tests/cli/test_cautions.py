"""Which functions a guest can have without a caution, and what a caution does to the exit code."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import NOT_READY, READY, SOURCE, passcheck  # noqa: E402

# Of each fixture, the functions that could go to a guest and that nothing is to be said of.
HEALTHY = {
    "amd-ports-on": (
        "0000:00:1f.3 0000:01:00.0 0000:02:00.0 0000:02:00.1 "
        "0000:03:00.0 0000:04:00.0 0000:04:00.1 0000:05:00.0 "
        "0000:06:00.0 0000:07:00.0"),
    "arm64-gicv2m": "0000:00:05.0 0000:00:05.1 0000:01:00.0 0000:02:00.0",
    "arm64-its": "0000:00:05.0 0000:00:05.1 0000:01:00.0 0000:02:00.0",
    "intel-bridges-on": "0000:00:1f.3 0000:02:01.0 0000:05:00.0",
    "intel-igb-vfs": (
        "0000:00:1f.3 0000:01:00.0 0000:01:10.0 0000:01:10.2 "
        "0000:02:00.0 0000:02:00.1 0000:02:10.0 0000:02:10.1 "
        "0000:02:10.2 0000:02:10.3"),
    "intel-ports-off": (
        "0000:00:1f.3 0000:01:00.0 0000:02:00.0 0000:02:00.1 "
        "0000:03:00.0 0000:04:00.0 0000:04:00.1 0000:05:00.0 "
        "0000:06:00.0 0000:07:00.0"),
    "intel-ports-on": "0000:00:1f.3 0000:01:00.0 0000:02:00.0 0000:04:00.1",
    "intel-small-window": "0000:00:1f.3",
    "intel-sriov-on": "0000:00:1f.3",
    "intel-sriov-vfs": "0000:00:1f.3",
    "intel-switches-on": (
        "0000:00:1f.3 0000:03:00.0 0000:08:00.0 0000:0e:00.0 "
        "0000:10:00.0"),
    "no-iommu": (
        "0000:00:1f.3 0000:01:00.0 0000:02:00.0 0000:04:01.0 "
        "0000:04:02.0"),
    "virtio-iommu": (
        "0000:00:05.0 0000:00:05.1 0000:00:1f.3 0000:01:00.0 "
        "0000:02:00.0"),
}


def audit(*arguments):
    return passcheck("--root", *arguments, "--format", "json")


def functions(fixture):
    return json.loads(audit(SOURCE / "fixtures" / fixture).stdout)["functions"]


class Cautions(unittest.TestCase):
    def test_every_fixture_is_named(self):
        self.assertEqual(set(HEALTHY), {path.name for path in (SOURCE / "fixtures").iterdir()
                                        if (path / "expect.json").is_file()})

    def test_healthy_functions_have_none(self):
        for fixture, healthy in HEALTHY.items():
            with self.subTest(fixture=fixture):
                found = [entry["address"] for entry in functions(fixture)
                         if entry["assignable"]["verdict"] != "not-a-candidate"
                         and not entry["assignable"]["cautions"]]
                self.assertEqual(found, healthy.split())

    def test_each_names_a_finding_that_has_a_page(self):
        ids = {caution["finding"] for fixture in HEALTHY for entry in functions(fixture)
               for caution in entry["assignable"]["cautions"]}
        self.assertTrue(ids)
        self.assertEqual(passcheck("explain", *ids).returncode, 0)

    def test_a_caution_fails_only_where_warnings_do(self):
        root = SOURCE / "fixtures/intel-ports-on"
        assignable = {bool(entry["assignable"]["cautions"]): entry["address"]
                      for entry in functions("intel-ports-on")
                      if entry["assignable"]["verdict"] == "assignable"}
        for cautioned, options, expected in ((False, ("--fail-on", "warn"), READY),
                                             (True, (), READY),
                                             (True, ("--fail-on", "warn"), NOT_READY)):
            with self.subTest(cautioned=cautioned, options=options):
                result = audit(root, "--check", "acpi-dmar", *options, assignable[cautioned])
                self.assertEqual(result.returncode, expected)


if __name__ == "__main__":
    unittest.main()

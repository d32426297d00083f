"""What passcheck exits with where functions are asked for, and with --exit-zero."""
import json
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import (  # noqa: E402
    FAILED, NOT_READY, READY, SOURCE, UNDETERMINED, USAGE, TreeTest, passcheck)

READY_HOST = SOURCE / "fixtures/intel-igb-vfs/root"
ALONE, WITH_COMPANION, BLOCKED, BRIDGE = "0000:01:10.0", "0000:00:1f.3", "0000:01:00.0", "0000:00:02.0"
DOMAIN = """<domain type='kvm'><name>guest</name><devices>
<hostdev mode='subsystem' type='pci' managed='yes'><source>
<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source></hostdev>
</devices></domain>
"""


class ExitStatus(TreeTest):
    def exits(self, *arguments):
        return passcheck("--root", READY_HOST, *arguments).returncode

    def half_read(self):
        """The host, with a function of which config space was cut short."""
        root = self.directory / "half"
        shutil.copytree(READY_HOST, root, symlinks=True)
        config = (root / "sys/bus/pci/devices" / ALONE / "config").resolve()
        config.write_bytes(config.read_bytes()[:8])
        return root

    def test_it_is_the_worse_of_the_hosts_and_the_functions_asked_for(self):
        cases = {
            (): READY,
            (ALONE,): READY,
            (WITH_COMPANION,): READY,
            (BLOCKED,): NOT_READY,
            (BRIDGE,): NOT_READY,
            (ALONE, BLOCKED): NOT_READY,
        }
        for functions, code in cases.items():
            for name in ("text", "json"):
                with self.subTest(functions=functions, format=name):
                    self.assertEqual(self.exits("--format", name, *functions), code)

    def test_a_function_that_is_undetermined_exits_so(self):
        root = self.half_read()
        self.assertEqual(passcheck("--root", root).returncode, READY)
        self.assertEqual(passcheck("--root", root, ALONE).returncode, UNDETERMINED)
        self.assertEqual(passcheck("--root", root, ALONE, BLOCKED).returncode, NOT_READY)

    def test_the_verdict_in_the_document_stays_the_hosts(self):
        result = passcheck("--root", READY_HOST, "--format", "json", BLOCKED)
        self.assertEqual(json.loads(result.stdout)["verdict"], "ready")

    def test_exit_zero_leaves_no_verdict_in_the_exit_status(self):
        domain = self.directory / "guest.xml"
        domain.write_text(DOMAIN, encoding="utf-8")
        for arguments in ((BLOCKED,), ("--require", f"passthrough={BLOCKED}"),
                          ("--format", "xml", BLOCKED), ("plan", BRIDGE), ("domain", domain)):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.exits(*arguments), NOT_READY)
                self.assertEqual(self.exits("--exit-zero", *arguments), READY)
        result = passcheck("--root", self.half_read(), "--exit-zero", ALONE)
        self.assertEqual(result.returncode, READY)

    def test_exit_zero_hides_no_failure(self):
        self.assertEqual(self.exits("--exit-zero", "-o", "/dev/null/x"), FAILED)
        self.assertEqual(self.exits("--exit-zero", "0000:ff:1f.7"), USAGE)
        self.assertEqual(self.exits("--exit-zero", "--frobnicate"), USAGE)
        self.assertEqual(self.exits("--exit-zero", "checks"), USAGE)


if __name__ == "__main__":
    unittest.main()

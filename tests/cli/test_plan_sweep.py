# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of what script/plan-sweep asks of all plans: shells and shellcheck take them, what stands is
not asked for again, and their undo leaves /etc as it was."""
import os
import sys
import unittest
import unittest.mock

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests/plans"))
import machine  # noqa: E402
import sweep  # noqa: E402
from support import PASSCHECK, SOURCE, TreeTest, field_hosts  # noqa: E402


class Sweep(TreeTest):
    def expect_clean(self, trees, sample):
        arguments = sweep.parse(["--pairs", "3", "--sample", str(sample), *map(str, trees)])
        complaints, plans, _ = sweep.sweep(PASSCHECK, arguments.trees, arguments)
        self.assertEqual(complaints, [])
        self.assertGreaterEqual(plans, len(arguments.trees))

    def test_fixtures(self):
        self.expect_clean(sorted((SOURCE / "fixtures").glob("*/root")), 3)

    def test_hosts_of_public_reports(self):
        hosts = list(field_hosts(self.directory))
        if not hosts:
            self.skipTest("no trees")
        self.expect_clean(hosts, 2)

    def test_a_host_with_tools(self):
        root = self.directory / "host"
        root.mkdir()
        built = machine.build(root)
        built.write("etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet"\n')
        for name in ("usr/sbin/update-grub", "usr/sbin/update-initramfs"):
            built.write(name, "")
        self.expect_clean([root], 0)

    def test_a_fault_is_seen(self):
        root = self.directory / "host"
        root.mkdir()
        machine.build(root)
        arguments = sweep.parse(["--sample", "3", str(root)])
        with unittest.mock.patch.object(sweep, "KNOWN", ("cat",)):
            complaints, _, _ = sweep.sweep(PASSCHECK, arguments.trees, arguments)
        self.assertTrue(complaints)


if __name__ == "__main__":
    unittest.main()

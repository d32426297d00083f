#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What passcheck says of captured hosts, against what their kernel did when it was asked."""
import functools
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SHARED_DATA, audit, shared_trees, skip, unpack  # noqa: E402

VIABLE = {"1": "assignable", "0": "assignable-with"}


def recorded(name, word):
    """Yields what follows word, where a line of the kernel's record begins with it."""
    record = SHARED_DATA / "vm" / f"{name}.txt"
    for line in record.read_text(encoding="utf-8").splitlines():
        if line.startswith(word + " "):
            yield line.split()[1:]


@functools.cache
def audit_of(archive):
    with tempfile.TemporaryDirectory() as directory:
        return audit(unpack(archive, directory))


class Captures(unittest.TestCase):
    def each(self, suffix):
        for name, archive in shared_trees():
            if not name.endswith(suffix):
                continue
            with self.subTest(name):
                yield name, audit_of(archive)

    def test_hosts_with_their_iommu_on_are_ready_whatever_was_left_out_beside(self):
        for _, report in self.each("-on"):
            self.assertEqual(report["verdict"], "ready")

    def test_hosts_with_their_iommu_off_are_not_ready(self):
        for _, report in self.each("-off"):
            self.assertEqual(report["verdict"], "not-ready")
            self.assertIn("kernel-cmdline.iommu-off",
                          [finding["id"] for finding in report["findings"]])

    def test_groups_are_the_kernels(self):
        for name, report in self.each("-on"):
            groups = {str(group["id"]): group["functions"] for group in report["groups"]}
            self.assertEqual(groups, {line[0]: line[1:] for line in recorded(name, "GROUP")})

    def test_functions_are_assignable_where_vfio_called_their_group_viable(self):
        for name, report in self.each("-on"):
            verdicts = {function["address"]: function["assignable"]["verdict"]
                        for function in report["functions"]}
            for address, *words in recorded(name, "VFIO"):
                viable = re.search(r"viable=(\d)", " ".join(words)).group(1)
                self.assertEqual(verdicts[address], VIABLE[viable], address)

    def test_vfs_are_as_many_as_the_kernel_accepted(self):
        for name, report in self.each("-on"):
            functions = {function["address"]: function for function in report["functions"]}
            for address, *words in recorded(name, "SRIOV"):
                accepted = re.search(r"accepted=(\d+)", " ".join(words)).group(1)
                self.assertEqual(functions[address]["sriov"]["max_vfs"]["effective"],
                                 int(accepted), address)


if __name__ == "__main__":
    if not (SHARED_DATA / "vm").is_dir():
        skip(f"no captures in {SHARED_DATA}/vm")
    unittest.main()

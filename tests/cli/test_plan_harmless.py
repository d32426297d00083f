# SPDX-License-Identifier: GPL-2.0-or-later
"""No command of a plan harms by what the host is called. That none harms what the host needs is for
test_plan_properties.py."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import GPU, NIC, SOUND, SPARE_NIC, VF0  # noqa: E402
from support import TreeTest, passcheck  # noqa: E402

# Each says PWNED on standard error where a shell takes it for more than a name.
PAYLOADS = ("a;echo PWNED>&2;b", "a$(echo PWNED>&2)b", "a`echo PWNED>&2`b", "a'; echo PWNED>&2; 'b",
            'a"; echo PWNED>&2; "b', "a\necho PWNED>&2\nb", "a|echo PWNED>&2", "a&&echo PWNED>&2",
            'a", RUN+="PWNED', "a b", "-n", "a%kb", "\x1b[31ma", "a\\", "*", "~", "#a")


def commands_of(plan):
    for step in plan["steps"]:
        yield from step["commands"]
        yield from step.get("undo", [])
        for other in step["alternatives"]:
            yield from other["commands"]
    for remark in plan.get("remarks", []):
        yield from remark["commands"]


def ask(root, *arguments):
    result = passcheck("--root", root, "plan", "--format", "json", *arguments)
    return json.loads(result.stdout)


def shell_takes(text):
    return subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False)


class HostStrings(TreeTest):
    """Names that hold what shells and udev act on."""

    def build(self, payload):
        root = Path(tempfile.mkdtemp(dir=self.directory))
        tree = machine.build(root)
        for address in (GPU, SOUND, VF0, SPARE_NIC):
            tree.set_driver_again(tree.paths[address], payload)
        (root / tree.paths[NIC] / "net/eth0").rename(root / tree.paths[NIC] / "net" / payload)
        line = payload.replace("\n", " ")
        tree.write("etc/modprobe.d/a.conf",
                   f"options vfio-pci ids=1234:5678,{line}\nsoftdep {line} pre: vfio-pci\n")
        tree.write("etc/modprobe.d/passcheck-vfio.conf", f"softdep {line} pre: vfio-pci\n")
        tree.write("etc/modules-load.d/passcheck-vfio.conf", f"vfio-pci {line}\n")
        tree.write("etc/udev/rules.d/70-passcheck-vfio.rules",
                   f'KERNEL=="{GPU}", ATTR{{driver_override}}="{line}"\n')
        tree.write(f"etc/udev/rules.d/{payload}.rules", f'KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="3"\n')
        tree.write("etc/rc.local", f"echo 3 > /sys/class/net/{line}/device/sriov_numvfs # {line}\n")
        (tree.root / "etc/rc.local").chmod(0o755)
        tree.write("proc/cmdline", f"intel_iommu=off,{line} vfio-pci.ids=1234:5678,{line}\n")
        tree.write("etc/default/grub", f'GRUB_CMDLINE_LINUX="quiet intel_iommu=off,{line}"\n')
        tree.write("sys/class/dmi/id/sys_vendor", f"{line}\n")
        for name in ("usr/sbin/update-grub", "usr/sbin/update-initramfs", "usr/sbin/libvirtd",
                     "usr/sbin/driverctl"):
            tree.write(name, "")
        return root, tree

    def expect_nothing_else_run(self, text, root):
        """Runs text where no program is found, and files of the host are the tree's."""
        text = re.sub(r"/(sys|etc|run|proc)/", rf"{root}/nowhere/\1/", text)
        done = subprocess.run(["/bin/sh", "-c", text], env={"PATH": "/nowhere"}, cwd=self.directory,
                              capture_output=True, text=True, errors="replace", check=False)
        self.assertNotRegex(done.stderr, r"(?m)^PWNED", text)

    def expect_names_only(self, root, *arguments):
        plan = ask(root, *arguments)
        for command in commands_of(plan):
            self.assertTrue(command.isprintable(), command)
            self.assertEqual(shell_takes(command).stderr, "", command)
            if "/udev/" in command:
                self.assertNotIn("RUN+=", command)
            self.expect_nothing_else_run(command, root)
        script = passcheck("--root", root, "plan", "--format", "sh", *arguments).stdout
        self.assertEqual(shell_takes(script).stderr, "")
        self.expect_nothing_else_run(script.replace("exit 1", ":").replace("set -eu", ""), root)

    def test_a_name_stays_a_name(self):
        for payload in PAYLOADS:
            root, tree = self.build(payload)
            for arguments in ((GPU,), (GPU, "--how", "now"), (VF0, SPARE_NIC), (NIC, "--vfs", "4"), (),
                              ("--undo", GPU, NIC)):
                with self.subTest(payload=payload, arguments=arguments):
                    self.expect_names_only(root, *arguments)
            (root / "proc/cmdline").write_text("intel_iommu=on\n")
            with self.subTest(payload=payload, arguments="modprobe.d"):
                self.expect_names_only(root, GPU)
                tree.set_driver_again(tree.paths[GPU], "vfio-pci")
                self.expect_names_only(root, "--undo", GPU)


if __name__ == "__main__":
    unittest.main()

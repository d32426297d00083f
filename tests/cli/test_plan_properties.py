# SPDX-License-Identifier: GPL-2.0-or-later
"""What no plan may do, on every host that there is and on many that there are not: for every function
and every pair, one process builds the plans (tests/plans/plan-properties.c)."""
import os
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
import hosts  # noqa: E402
from support import SHARED_DATA, SOURCE, TreeTest, copy_ready_host  # noqa: E402

PROGRAM = pathlib.Path(os.environ["PASSCHECK_UNIT_TESTS"], "plan-properties")
RANDOM_MACHINES = 24
SYNTAX_PIECE = 4 * 1024 * 1024  # of commands that one shell looks at

# Vendor, device, class, driver.
KINDS = (
    (0x8086, 0x1572, 0x020000, "i40e"), (0x10de, 0x1eb8, 0x030000, "nouveau"),
    (0x10de, 0x10f8, 0x040300, "snd_hda_intel"), (0x144d, 0xa808, 0x010802, "nvme"),
    (0x1b21, 0x0612, 0x010601, "ahci"), (0x1912, 0x0014, 0x0c0330, "xhci_hcd"),
    (0x8086, 0x37c8, 0x0b4000, "c6xx"), (0x1af4, 0x1044, 0x00ff00, None),
)
COMMAND_LINES = ("intel_iommu=on", "quiet", "intel_iommu=off", "intel_iommu=on intremap=off",
                 "intel_iommu=on vfio-pci.ids=8086:1572", "intel_iommu=on nosmp pci=noacpi")
FILES = {
    "etc/modprobe.d/vfio.conf": "options vfio-pci ids=8086:1572,10de:1eb8\nsoftdep nvme pre: vfio-pci\n",
    "etc/modules-load.d/vfio.conf": "vfio-pci\n",
    "etc/initramfs-tools/modules": "vfio-pci\n",
    "etc/udev/rules.d/10-vfio.rules": 'KERNEL=="0000:02:00.0", ATTR{driver_override}="vfio-pci"\n',
    "etc/udev/rules.d/70-passcheck-vfio.rules":
        'KERNEL=="0000:03:00.0", ATTR{driver_override}="i40e"\n',
    "etc/udev/rules.d/70-passcheck-vfs.rules":
        'ACTION=="add|bind", SUBSYSTEM=="pci", KERNEL=="0000:02:00.0", DRIVER=="?*", ATTR{sriov_numvfs}="2"\n',
    "etc/rc.local": "echo 3 > /sys/class/net/eth1/device/sriov_numvfs\n",
    "etc/default/grub": 'GRUB_CMDLINE_LINUX="quiet"\n', "usr/sbin/update-grub": "",
    "usr/sbin/update-initramfs": "", "usr/sbin/libvirtd": "", "usr/sbin/driverctl": "",
}


class RandomMachine:
    """A host whose functions, groups and configuration the seed decides."""

    def __init__(self, root, seed):
        self.random = random.Random(seed)
        self.built = machine.Machine(root)
        self.group = 0
        self.drivers = {}
        for bus in range(1, self.random.randint(3, 9)):
            self.add_device(bus)
        for path, text in FILES.items():
            if self.chance(0.3):
                self.built.write(path, text)
                (self.built.root / path).chmod(0o755)
        self.built.write("proc/cmdline", self.random.choice(COMMAND_LINES) + "\n")
        if self.chance(0.3):
            self.built.write("proc/modules", "kvm 1 0 - Live 0x0\n")
        if self.chance(0.8):
            self.live_on_some()

    def chance(self, probability):
        return self.random.random() < probability

    def next_group(self):
        self.group += 0 if self.chance(0.3) and self.group else 1
        return self.group

    def add_device(self, bus):
        port = self.built.port(bus, bus, self.next_group())
        if self.chance(0.2):
            self.add_pf(bus, port)
            return
        count = self.random.choice((1, 1, 2, 4))
        for function in range(count):
            vendor, device, code, usual = self.random.choice(KINDS)
            driver = self.random.choice((usual, usual, usual, "vfio-pci", None))
            config = machine.endpoint(vendor, device, code, count)
            path = self.built.function(f"0000:{bus:02x}:00.{function}", config, self.next_group(), driver, port)
            self.drivers[path] = driver
            if code >> 16 == 2:
                (self.built.root / path / f"net/eth{bus}").mkdir(parents=True)

    def add_pf(self, bus, port):
        vfs = self.random.randint(0, 2)
        pf = self.built.function(f"0000:{bus:02x}:00.0", hosts.physical_function(4), self.next_group(),
                                 "mlx5_core", port, sriov_totalvfs=4, sriov_numvfs=vfs, sriov_offset=0x80,
                                 sriov_stride=2, sriov_vf_device="101e")
        (self.built.root / pf / f"net/eth{bus}").mkdir(parents=True)
        self.built.write(f"{pf}/resource", machine.RESOURCES)
        for index in range(vfs):
            driver = self.random.choice(("mlx5_core", "vfio-pci"))
            vf = self.built.function(f"0000:{bus:02x}:10.{2 * index}", hosts.virtual_function(),
                                     self.next_group(), driver, port, vendor="0x15b3", device="0x101e")
            self.drivers[vf] = driver
            self.built.link(f"{vf}/physfn", pf)

    def live_on_some(self):
        """The root file system, and the default route, of functions that host drivers have."""
        held = [path for path, driver in self.drivers.items() if driver not in (None, "vfio-pci")]
        if not held:
            return
        self.built.keep_root_on(self.random.choice(held))
        interfaces = [path for path in sorted((self.built.root / "sys/devices").glob("**/net/eth*"))
                      if self.drivers.get(str(path.parent.parent.relative_to(self.built.root))) != "vfio-pci"]
        if not interfaces:
            return
        interface = self.random.choice(interfaces)
        self.built.route_through(str(interface.relative_to(self.built.root)))


class Properties(TreeTest):
    def expect_harmless(self, trees):
        """No command is printed that touches what the host lives on, or that stands twice, and a shell
        reads them all."""
        with tempfile.TemporaryFile("w+", errors="surrogateescape") as commands:
            done = subprocess.run([PROGRAM, *trees], stdout=commands, stderr=subprocess.PIPE, text=True,
                                  check=False)
            complaints = [line for line in done.stderr.splitlines() if not line.startswith("# ")]
            self.assertEqual((complaints[:20], done.returncode), ([], 0))
            self.assertEqual(done.stderr.count("\n# ") + 1, len(trees))
            commands.seek(0)
            self.expect_syntax(commands)

    def expect_syntax(self, commands):
        """One command cannot end a quote that another began: each is a line, and between two there is a
        quote that must be whole."""
        seen = set()
        while lines := commands.readlines(SYNTAX_PIECE):
            fresh = [line for line in dict.fromkeys(lines) if line not in seen]
            seen.update(fresh)
            text = "".join(f"{line}: 'whole'\n" for line in fresh)
            checked = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
            self.assertEqual(checked.stderr, "")
        self.assertTrue(seen)

    def test_fixtures(self):
        self.expect_harmless(sorted((SOURCE / "fixtures").glob("*/root")))

    @unittest.skipUnless(os.geteuid() == 0 and (SHARED_DATA / "field").is_dir(), "trees hold devices")
    def test_hosts_of_public_reports(self):
        for archive in sorted(SHARED_DATA.glob("field/*/trees.tar.gz")):
            folder = self.directory / archive.parent.name
            with tarfile.open(archive) as tar:
                tar.extractall(folder)
            self.expect_harmless(sorted((folder / "trees").iterdir()))

    def test_random_machines(self):
        trees = []
        for seed in range(RANDOM_MACHINES):
            trees.append(self.directory / f"seed{seed}")
            RandomMachine(trees[-1], seed)
        self.expect_harmless(trees)

    def test_a_large_host_is_sampled(self):
        root = self.directory / "large"
        copy_ready_host(root)
        hosts.write_one_group(root, 200, True)
        self.expect_harmless([root])


if __name__ == "__main__":
    unittest.main()

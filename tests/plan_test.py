"""A host of tests/machine.py, and what `passcheck plan` makes of it."""
import json
import shutil
import subprocess

import jsonschema

import machine
from support import NOT_READY, READY, SOURCE, TreeTest, passcheck

# Which files tell how a host boots, and what then changes its kernel command line.
BOOT_LOADERS = {
    "Debian": (("/usr/sbin/update-grub", "/etc/default/grub"), "update-grub"),
    "Fedora": (("/usr/sbin/grubby", "/etc/default/grub", "/usr/sbin/grub2-mkconfig"),
               "grubby --update-kernel=ALL --args='intel_iommu=on'"),
    "SUSE": (("/usr/sbin/grub2-mkconfig", "/etc/default/grub"),
             "grub2-mkconfig -o /boot/grub2/grub.cfg"),
    "Arch": (("/usr/bin/grub-mkconfig", "/etc/default/grub"),
             "grub-mkconfig -o /boot/grub/grub.cfg"),
    "Gentoo": (("/usr/sbin/grub-mkconfig", "/etc/default/grub"),
               "grub-mkconfig -o /boot/grub/grub.cfg"),
    "Proxmox on ZFS": (("/etc/kernel/proxmox-boot-uuids", "/etc/kernel/cmdline"),
                       "proxmox-boot-tool refresh"),
    "Proxmox with GRUB": (("/etc/kernel/proxmox-boot-uuids", "/etc/default/grub"),
                          "proxmox-boot-tool refresh"),
    "kernel-install": (("/etc/kernel/cmdline",), "kernel-install add"),
    "openSUSE": (("/etc/kernel/cmdline", "/usr/bin/sdbootutil"), "sdbootutil update-all-entries"),
    "images of mkinitcpio": (("/etc/kernel/cmdline", "/usr/bin/mkinitcpio", "/efi/EFI/Linux/arch.efi"),
                             "mkinitcpio -P"),
    "systemd-boot": (("/boot/loader/loader.conf",), "/loader/entries/"),
    "Silverblue": (("/run/ostree-booted", "/usr/bin/rpm-ostree"),
                   "rpm-ostree kargs --append-if-missing='intel_iommu=on'"),
}


class PlanTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"
        self.machine = machine.build(self.root)
        with open(SOURCE / "docs/passcheck-plan.schema.json", encoding="utf-8") as file:
            self.schema = jsonschema.Draft202012Validator(json.load(file))

    def plan(self, *arguments):
        result = passcheck("--root", self.root, "plan", "--format", "json", *arguments)
        plan = json.loads(result.stdout)
        self.schema.validate(plan)
        codes = {"complete": READY, "obstructed": NOT_READY, "undetermined": 3}
        self.assertEqual(result.returncode, codes[plan["verdict"]])
        return plan

    def add_pf(self, vfs=2):
        """A second PF of the driver, whose interface is eth1, with that many VFs enabled."""
        address = "0000:0e:00.0"
        port = self.machine.port(0xe, 0xe, 30)
        path = self.machine.function(address, machine.hosts.physical_function(4), 31, "mlx5_core", port,
                                     sriov_totalvfs=4, sriov_numvfs=vfs, sriov_offset=0x80,
                                     sriov_stride=2, sriov_vf_device="101e")
        (self.root / path / "net/eth1").mkdir(parents=True)
        self.machine.write(f"{path}/resource", machine.RESOURCES)
        return address

    def steps(self, *arguments):
        return [(step["id"], step["function"]) for step in self.plan(*arguments)["steps"]]

    def step(self, wanted, *arguments):
        """The one step of that id."""
        step, = (step for step in self.plan(*arguments)["steps"] if step["id"] == wanted)
        return step

    def commands(self, wanted, *arguments):
        return [command for step in self.plan(*arguments)["steps"] if step["id"] == wanted
                for command in step["commands"]]

    def kept(self, *arguments):
        """The ids of the steps that keep it so over reboots."""
        return [step["id"] for step in self.plan(*arguments)["steps"] if step["stage"] == "persist"]

    def switch_off(self, cmdline="quiet\n"):
        """Makes it the host that it is with its IOMMU off."""
        (self.root / "proc/cmdline").write_text(cmdline)
        (self.root / "proc/interrupts").write_text(" 24: 1 PCI-MSI 16384-edge nvme0q0\n")
        shutil.rmtree(self.root / "sys/kernel/iommu_groups")
        (self.root / "sys/kernel/iommu_groups").mkdir()
        shutil.rmtree(self.root / "sys/class/iommu")
        (self.root / "sys/class/iommu").mkdir()
        for path in self.machine.paths.values():
            for name in ("iommu_group", "iommu"):
                (self.root / path / name).unlink(missing_ok=True)
        self.touch("/sys/firmware/acpi/tables/DMAR")

    def touch(self, *paths):
        for path in paths:
            target = self.root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if path == "/etc/kernel/cmdline":
                target.write_text("root=/dev/sda2\n")
            target.touch()

    def written_by_host(self, path, line):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{line}\n")
        file.chmod(0o755)
        return file

    def run_on_tree(self, commands):
        """Runs what changes files, on the tree; what makes other files of them is left out."""
        for command in commands:
            if " /etc/" not in command:
                continue
            for folder in ("initramfs-tools", "modprobe.d", "udev/rules.d", "modules-load.d", "dracut.conf.d"):
                (self.root / "etc" / folder).mkdir(parents=True, exist_ok=True)
            subprocess.run(["sh", "-c", command.replace(" /etc/", f" {self.root}/etc/")], check=True)

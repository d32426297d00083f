"""Plans lead to where they say on this host, and list nothing that is already so."""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest

import jsonschema

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, CROWD, DISK, GPU, NIC, PORT, SATA, SOUND  # noqa: E402
from machine import SPARE_NIC, VF0, VF1, VMD, VMD_DISK  # noqa: E402
from support import NOT_READY, READY, SOURCE, USAGE, TreeTest, audit, passcheck  # noqa: E402

# Which files tell how a host boots, and what then changes its kernel command line.
BOOT_LOADERS = {
    "Debian": (("/usr/sbin/update-grub", "/etc/default/grub"), "update-grub"),
    "Fedora": (("/usr/sbin/grubby", "/etc/default/grub", "/usr/sbin/grub2-mkconfig"),
               "grubby --update-kernel=ALL --args='intel_iommu=on'"),
    "SUSE": (("/usr/sbin/grub2-mkconfig", "/etc/default/grub"),
             "grub2-mkconfig -o /boot/grub2/grub.cfg"),
    "Arch": (("/usr/bin/grub-mkconfig", "/etc/default/grub"),
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
    "Silverblue": (("/run/ostree-booted",), "rpm-ostree kargs --append-if-missing='intel_iommu=on'"),
}

INITRAMFS_TOOLS = {"/usr/sbin/update-initramfs": "update-initramfs -u", "/usr/bin/dracut": "dracut --force",
                   "/usr/bin/mkinitcpio": "mkinitcpio -P"}


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

    def steps(self, *arguments):
        return [(step["id"], step["function"]) for step in self.plan(*arguments)["steps"]]

    def step(self, wanted, *arguments):
        """The one step of that id."""
        step, = (step for step in self.plan(*arguments)["steps"] if step["id"] == wanted)
        return step

    def commands(self, wanted, *arguments):
        return [command for step in self.plan(*arguments)["steps"] if step["id"] == wanted
                for command in step["commands"]]

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
            target.touch()

    def written_by_host(self, path, line):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{line}\n")
        return file

    def run_on_tree(self, commands):
        """Runs what changes files, on the tree; what makes other files of them is left out."""
        for command in commands:
            if " /etc/" not in command:
                continue
            for folder in ("initramfs-tools", "modprobe.d", "udev/rules.d", "modules-load.d", "dracut.conf.d"):
                (self.root / "etc" / folder).mkdir(parents=True, exist_ok=True)
            subprocess.run(["sh", "-c", command.replace(" /etc/", f" {self.root}/etc/")], check=True)


class Binding(PlanTest):
    def test_a_function_goes_to_vfio_pci_by_driver_override(self):
        self.assertEqual(self.commands("bind", SPARE_NIC), [
            f"echo vfio-pci > /sys/bus/pci/devices/{SPARE_NIC}/driver_override",
            f"echo {SPARE_NIC} > /sys/bus/pci/devices/{SPARE_NIC}/driver/unbind",
            f"echo {SPARE_NIC} > /sys/bus/pci/drivers_probe"])

    def test_it_says_why_not_new_id(self):
        step = self.step("bind", SPARE_NIC)
        self.assertIn("new_id would take every 8086:1572, of which this host has 1 more", step["why"])

    def test_a_function_without_driver_needs_no_unbinding(self):
        self.assertNotIn("unbind", " ".join(self.commands("bind", CROWD)))

    def test_companions_go_along(self):
        self.assertEqual([step for step in self.steps(GPU) if step[0] == "bind"],
                         [("bind", GPU), ("bind", SOUND)])
        self.assertEqual([step for step in self.steps(DISK) if step[0] == "bind"],
                         [("bind", DISK), ("bind", SATA)])

    def split_card(self):
        self.machine.write("sys/kernel/iommu_groups/30/type", "DMA-FQ\n")
        self.machine.write("sys/kernel/iommu_groups/30/reserved_regions", "")
        self.machine.join_group(SOUND, 30)

    def test_a_graphics_card_goes_as_a_whole_whatever_its_groups(self):
        self.split_card()
        plan = self.plan(GPU)
        binds = {step["function"]: step["why"] for step in plan["steps"] if step["id"] == "bind"}
        self.assertEqual(list(binds), [GPU, SOUND])
        self.assertIn("of one graphics card", binds[SOUND])
        self.assertIn(SOUND, " ".join(command for step in plan["steps"] if step["stage"] == "guest"
                                      for command in step["commands"]))
        self.assertNotIn("split-device", [remark["kind"] for remark in plan["remarks"]])
        self.assertEqual([step for step in self.steps(SOUND) if step[0] == "bind"], [("bind", SOUND)])
        for address in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[address], "vfio-pci")
        self.assertEqual([step for step in self.steps("--undo", GPU) if step[0] == "unbind-vfio"],
                         [("unbind-vfio", GPU), ("unbind-vfio", SOUND)])

    def test_what_vfio_refuses_of_a_card_stays_and_is_said(self):
        self.split_card()
        self.machine.write("sys/kernel/iommu_groups/30/reserved_regions",
                           "0x00000000000e8000 0x00000000000e8fff direct\n")
        plan = self.plan(GPU)
        self.assertEqual([step["function"] for step in plan["steps"] if step["id"] == "bind"], [GPU])
        self.assertIn("split-device", [remark["kind"] for remark in plan["remarks"]])

    def test_a_bridge_only_leaves_its_driver(self):
        self.assertIn(("unbind-bridge", "0000:00:08.0"), self.steps(CROWD))

    def test_a_companion_that_vfio_pci_refuses_only_leaves_its_driver(self):
        self.machine.set_ids(self.machine.paths[SATA], 0x8086, 0x37c8)
        plan = self.plan(DISK)
        self.assertEqual(plan["verdict"], "complete")
        steps = {(step["id"], step["function"]): step for step in plan["steps"]}
        self.assertNotIn(("bind", SATA), steps)
        self.assertIn("denylist", steps["unbind-companion", SATA]["why"])
        self.assertEqual(steps["unbind-companion", SATA]["commands"],
                         [f"echo {SATA} > /sys/bus/pci/devices/{SATA}/driver/unbind"])
        self.assertIn('driver_override}="none", ATTR{driver/unbind}="%k"',
                      " ".join(steps["udev-rule-none", SATA]["commands"]))
        self.assertNotIn("8086:37c8", json.dumps(plan))

    def test_vmd_takes_its_disks_along(self):
        functions = {function for _, function in self.steps(VMD)}
        self.assertNotIn(VMD_DISK, functions)

    def test_what_is_so_is_no_step(self):
        self.assertNotIn("load-vfio", dict(self.steps(SPARE_NIC)))
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.assertNotIn("bind", dict(self.steps(SPARE_NIC)))

    def test_vfio_pci_is_loaded_where_it_is_not(self):
        (self.root / "proc/modules").write_text("nvme 1 0 - Live 0x0\n")
        self.touch("/lib/modules/6.1.0-51-amd64/modules.builtin")
        self.written_by_host("lib/modules/6.1.0-51-amd64/modules.dep",
                             "kernel/drivers/vfio/pci/vfio-pci.ko:\n"
                             "kernel/drivers/vfio/vfio_iommu_type1.ko:")
        self.assertEqual(self.steps(SPARE_NIC)[0][0], "load-vfio")

    def test_driverctl_is_named_where_it_is(self):
        def summaries():
            return [other["summary"] for step in self.plan(SPARE_NIC)["steps"]
                    for other in step["alternatives"]]
        self.assertFalse(any("driverctl" in summary for summary in summaries()))
        self.touch("/usr/sbin/driverctl")
        self.assertTrue(any("driverctl" in summary for summary in summaries()))

    def test_the_vfs_of_a_physical_function_are_taken_away_first(self):
        steps = self.steps(NIC)
        self.assertLess(steps.index(("disable-vfs", NIC)), steps.index(("bind", NIC)))


    def test_a_physical_function_and_its_vf_do_not_go_together(self):
        plan = self.plan(NIC, VF0)
        self.assertIn(f"binding {NIC} to vfio-pci removes its VFs ({VF0}): name either it or its VFs",
                      plan["obstacles"])

    def share_group(self, driver):
        """Puts a PF with that driver into one group with its VF."""
        self.machine.join_group(VF0, 4)
        self.machine.set_driver_again(self.machine.paths[NIC], driver)

    def test_a_physical_function_in_the_group_of_its_vf_only_leaves_its_driver(self):
        self.share_group("nvme")
        steps = self.steps(VF0)
        self.assertIn(("unbind-pf", NIC), steps)
        for step in ("disable-vfs", "bind", "udev-rule"):
            self.assertNotIn((step, NIC), steps)

    def test_a_vf_in_the_group_of_its_physical_function_goes_with_that(self):
        self.share_group("mlx5_core")
        self.assertEqual(self.plan(VF0)["verdict"], "obstructed")
        self.assertEqual([step for step in self.steps(NIC) if step[0] == "bind"], [("bind", NIC)])


class Persistence(PlanTest):
    def test_unique_ids_go_into_modprobe_d(self):
        self.assertEqual(self.commands("modprobe-options", GPU), [
            "echo 'options vfio-pci ids=10de:1eb8,10de:10f8' >> /etc/modprobe.d/passcheck-vfio.conf",
            "echo 'softdep nouveau pre: vfio-pci' >> /etc/modprobe.d/passcheck-vfio.conf",
            "echo 'softdep snd_hda_intel pre: vfio-pci' >> /etc/modprobe.d/passcheck-vfio.conf"])

    def test_a_driver_is_loaded_by_the_name_of_its_module(self):
        for driver, module in (("snd_hda_intel", "snd_hda_intel"), ("xhci_hcd", "xhci_pci"),
                               ("i801_smbus", "i2c_i801"), ("piix4_smbus", "i2c_piix4"),
                               ("intel-lpss", "intel_lpss_pci")):
            with self.subTest(driver=driver):
                self.machine.set_driver_again(self.machine.paths[SOUND], driver)
                self.assertIn(f"'softdep {module} pre: vfio-pci'",
                              " ".join(self.commands("modprobe-options", GPU)))

    def test_a_function_with_a_twin_gets_a_rule_of_its_own(self):
        steps = self.steps(SPARE_NIC)
        self.assertIn(("udev-rule", SPARE_NIC), steps)
        self.assertNotIn("modprobe-options", dict(steps))

    def test_a_rule_takes_the_function_from_a_driver_that_was_faster(self):
        rule = shlex.split(self.commands("udev-rule", VF0)[0])[1]
        self.assertEqual(rule.split(", ")[2:], [
            f'KERNEL=="{VF0}"', 'ATTR{vendor}=="0x15b3"', 'ATTR{device}=="0x101e"',
            'DRIVER!="vfio-pci"', 'ATTR{driver_override}="vfio-pci"',
            'ATTR{driver/unbind}="%k"', 'ATTR{subsystem/drivers_probe}="%k"'])

    def rule_file(self, *matches, driver):
        line = ", ".join([*matches, f'ATTR{{driver_override}}="{driver}"'])
        return self.written_by_host("etc/udev/rules.d/10-mine.rules", line), line

    def test_a_rule_for_a_driver_of_vfio_is_no_step_by_address_or_by_ids(self):
        for matches in ((f'KERNEL=="{SPARE_NIC}"',),
                        ('ATTR{vendor}=="0x8086"', 'ATTR{device}=="0x1572"')):
            with self.subTest(matches=matches):
                self.rule_file(*matches, driver="vfio-pci")
                self.assertNotIn("udev-rule", dict(self.steps(SPARE_NIC)))

    def test_a_rule_for_the_device_that_was_there_before_does_not_count(self):
        self.rule_file(f'KERNEL=="{SPARE_NIC}"', 'ATTR{vendor}=="0x10de"', driver="vfio-pci")
        self.assertIn("udev-rule", dict(self.steps(SPARE_NIC)))

    def test_a_rule_for_another_driver_gives_way(self):
        file, line = self.rule_file(f'KERNEL=="{SPARE_NIC}"', driver="i40e")
        step = self.step("udev-rule", SPARE_NIC)
        self.assertIn("10-mine.rules gives it to i40e now", step["why"])
        self.run_on_tree(step["commands"])
        self.assertNotIn("i40e", file.read_text())
        self.assertEqual(len(file.read_text().splitlines()), 1)
        self.assertNotIn("udev-rule", dict(self.steps(SPARE_NIC)))
        self.run_on_tree(step["undo"])
        self.assertEqual(file.read_text(), f"{line}\n")

    def test_vfio_pci_is_let_make_the_vfs_of_its_pf_at_boot(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "vfio-pci")
        self.machine.write("sys/module/vfio_pci/parameters/enable_sriov", "Y\n")
        line = "options vfio-pci enable_sriov=1"
        self.touch("/usr/sbin/update-initramfs")
        self.assertEqual(self.commands("enable-sriov", NIC, "--vfs", "2"),
                         [f"echo '{line}' >> /etc/modprobe.d/passcheck-vfio.conf", "update-initramfs -u"])
        for step in self.plan(NIC, "--vfs", "2")["steps"]:
            self.run_on_tree(step["commands"])
        self.assertNotIn("enable-sriov", dict(self.steps(NIC, "--vfs", "2")))
        for step in self.plan("--undo", NIC)["steps"]:
            self.run_on_tree(step["commands"])
        self.assertFalse((self.root / "etc/modprobe.d/passcheck-vfio.conf").exists())

    def test_another_driver_of_vfio_keeps_its_function(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "mlx5_vfio_pci")
        rule, = self.commands("udev-rule", VF0)
        self.assertIn('DRIVER!="mlx5_vfio_pci", ATTR{driver_override}="mlx5_vfio_pci"', rule)
        self.assertEqual(self.commands("module-list", VF0),
                         ["echo 'mlx5_vfio_pci' >> /etc/modules-load.d/passcheck-vfio.conf"])

    def test_options_that_are_there_are_no_step(self):
        folder = self.root / "etc/modprobe.d"
        folder.mkdir(parents=True)
        (folder / "vfio.conf").write_text("options vfio-pci ids=10DE:1eb8,10de:10f8\n"
                                          "softdep nouveau pre: vfio-pci\n"
                                          "softdep snd_hda_intel pre: vfio-pci\n")
        steps = {step["id"]: step for step in self.plan(GPU)["steps"]}
        self.assertNotIn("modprobe-options", steps)
        self.assertNotIn("initramfs", steps)
        self.assertIn("if so, they did not help", steps["ids-existing"]["why"])
        self.assertEqual(steps["ids-existing"]["commands"], [])
        for address in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[address], "vfio-pci")
        self.assertNotIn("ids-existing", dict(self.steps(GPU)))

    def test_ids_that_others_have_are_kept(self):
        for line in ("options vfio-pci ids=1234:5678 disable_vga=1", "options vfio_pci ids=1234:5678"):
            with self.subTest(line=line):
                file = self.written_by_host("etc/modprobe.d/vfio.conf", line)
                words = shlex.split(self.commands("modprobe-options", GPU)[0])
                self.assertEqual(words[-1], "/etc/modprobe.d/vfio.conf")
                subprocess.run([*words[:-1], file], check=True)
                self.assertEqual(file.read_text(), line.replace(
                    "1234:5678", "1234:5678,10de:1eb8,10de:10f8") + "\n")

    def test_ids_on_the_kernel_command_line_are_kept(self):
        self.touch(*BOOT_LOADERS["Fedora"][0])
        with open(self.root / "proc/cmdline", "a+", encoding="utf-8") as file:
            file.seek(0)
            line = file.read().strip()
            file.truncate(0)
            file.write(f"{line} vfio-pci.ids=1234:5678\n")
        self.assertEqual(self.commands("modprobe-options", GPU)[0],
                         "grubby --update-kernel=ALL --remove-args='vfio-pci.ids=1234:5678' "
                         "--args='vfio-pci.ids=1234:5678,10de:1eb8,10de:10f8'")

    def test_ids_that_the_kernel_command_line_replaces_are_not_there(self):
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1eb8,10de:10f8")
        self.assertFalse(any("ids=" in command for command in self.commands("modprobe-options", GPU)))
        self.written_by_host("proc/cmdline", "intel_iommu=on vfio-pci.ids=1234:5678")
        self.assertIn("modprobe-options", dict(self.steps(GPU)))

    def test_the_initramfs_is_made_with_the_hosts_tool(self):
        for path, command in INITRAMFS_TOOLS.items():
            with self.subTest(path=path):
                self.touch(path)
                self.assertEqual(self.commands("initramfs", GPU)[-1], command)
                (self.root / path.lstrip("/")).unlink()
        self.assertEqual(self.commands("initramfs", GPU), [])

    def test_vfs_are_made_again_at_boot(self):
        self.assertIn(("vfs-udev-rule", NIC), self.steps(VF0))
        self.assertIn('ATTR{sriov_numvfs}="2"', " ".join(self.commands("vfs-udev-rule", VF0)))

    def test_a_rule_for_the_interface_is_kept_and_one_for_a_longer_name_is_not_taken_for_it(self):
        rules = self.root / "etc/udev/rules.d/70-vfs.rules"
        rules.parent.mkdir(parents=True)
        for name, planned in (("eth0", False), ("eth01", True)):
            rules.write_text(f'ACTION=="add", NAME=="{name}", ATTR{{device/sriov_numvfs}}="2"\n')
            with self.subTest(name=name):
                self.assertEqual(("vfs-udev-rule", NIC) in self.steps(VF0), planned)

    def test_a_second_line_that_makes_another_number_is_to_go(self):
        self.written_by_host("etc/udev/rules.d/70.rules",
                             f'KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="4"')
        self.assertNotIn("vfs-conflict", dict(self.steps(NIC, "--vfs", "4")))
        self.written_by_host("etc/tmpfiles.d/vfs.conf",
                             f"w /sys/bus/pci/devices/{NIC}/sriov_numvfs - - - - 2")
        self.assertIn("vfs-conflict", dict(self.steps(NIC, "--vfs", "4")))

    def test_a_line_that_makes_another_number_is_changed(self):
        for path, line, wanted in (
                ("etc/udev/rules.d/70.rules", 'KERNEL=="0000:02:00.0", ATTR{sriov_numvfs}="4"',
                 'KERNEL=="0000:02:00.0", ATTR{sriov_numvfs}="2"'),
                ("etc/udev/rules.d/70.rules", 'DRIVER=="mlx5_core", ATTR{sriov_numvfs}="4"',
                 'DRIVER=="mlx5_core", ATTR{sriov_numvfs}="2"'),
                ("etc/tmpfiles.d/vfs.conf", "w /sys/class/net/eth0/device/sriov_numvfs - - - - 3",
                 "w /sys/class/net/eth0/device/sriov_numvfs - - - - 2"),
                ("etc/modprobe.d/vfs.conf", "options mlx5-core num_vfs=16",
                 "options mlx5-core num_vfs=2"),
                ("etc/rc.local", "echo 1 > /sys/class/net/eth0/device/sriov_numvfs",
                 "echo 2 > /sys/class/net/eth0/device/sriov_numvfs")):
            with self.subTest(line=line):
                file = self.written_by_host(path, line)
                self.assertNotIn(("vfs-udev-rule", NIC), self.steps(VF0))
                command, = self.commands("vfs-existing", VF0)
                words = shlex.split(command)
                self.assertEqual(words[-1], f"/{path}")
                subprocess.run([*words[:-1], file], check=True)
                self.assertEqual(file.read_text(), f"{wanted}\n")
                self.assertNotIn(("vfs-existing", NIC), self.steps(VF0))
                file.unlink()

    def test_a_longer_line_that_holds_the_one_that_is_changed_stays(self):
        line = "echo 1 > /sys/class/net/eth0/device/sriov_numvfs"
        file = self.written_by_host("etc/rc.local", f"# {line}\n  {line}")
        command, = self.commands("vfs-existing", VF0)
        subprocess.run([*shlex.split(command)[:-1], file], check=True)
        self.assertEqual(file.read_text(), f"# {line}\n  {line.replace('1', '2', 1)}\n")

    def test_a_line_whose_number_is_not_told_is_looked_at_by_hand(self):
        for line in ("echo $COUNT > /sys/class/net/eth0/device/sriov_numvfs",
                     "sh -c 'echo 4' | tee /sys/class/net/eth0/device/sriov_numvfs"):
            with self.subTest(line=line):
                self.written_by_host("etc/rc.local", line)
                self.assertIn(("vfs-existing", NIC), self.steps(VF0))
                self.assertEqual(self.commands("vfs-existing", VF0), [])

    def test_vfs_that_are_taken_away_first_are_no_other_number(self):
        path = "/sys/class/net/eth0/device/sriov_numvfs"
        self.written_by_host("etc/rc.local", f"echo 0 > {path}\necho 2 > {path}")
        self.assertNotIn(("vfs-existing", NIC), self.steps(VF0))
        self.assertIn(("vfs-existing", NIC), self.steps(NIC, "--vfs", "4"))

    def test_what_another_driver_is_told_is_no_matter(self):
        self.written_by_host("etc/modprobe.d/vfs.conf", "options igb max_vfs=7")
        self.assertIn(("vfs-udev-rule", NIC), self.steps(VF0))


class Parameters(PlanTest):
    def test_each_boot_loader_has_its_own_way(self):
        self.switch_off()
        for name, (files, command) in BOOT_LOADERS.items():
            with self.subTest(name=name):
                self.touch(*files)
                commands = " ".join(self.commands("kernel-parameters", SPARE_NIC))
                self.assertIn(command, commands)
                self.assertIn("intel_iommu=on", commands)
                for file in files:
                    (self.root / file.lstrip("/")).unlink()

    def test_an_unknown_boot_loader_is_said_to_be_unknown(self):
        self.switch_off()
        step = self.step("kernel-parameters", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        self.assertIn("cannot tell which boot loader", step["why"])

    def test_images_that_something_else_makes_are_changed_by_hand(self):
        self.switch_off()
        self.touch("/boot/efi/EFI/Linux/linux.efi")
        step = self.step("kernel-parameters", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        self.assertIn("what makes them is unknown", step["why"])

    def edited(self, before, cmdline):
        """Runs the plan's commands on the host's GRUB settings and returns what becomes of them."""
        if cmdline:
            self.switch_off(cmdline)
        self.touch("/etc/default/grub", "/usr/sbin/update-grub")
        file = self.root / "etc/default/grub"
        file.write_text(before)
        for command in self.commands("kernel-parameters", SPARE_NIC):
            if command != "update-grub":
                subprocess.run(["sh", "-c", command.replace("/etc/default/grub", str(file))], check=True)
        return file.read_text()

    def test_the_line_of_a_kernel_is_edited_and_not_a_comment(self):
        self.switch_off("quiet intel_iommu=off\n")
        file = self.written_by_host("etc/kernel/cmdline", "# root\nroot=x intel_iommu=off\nquiet")
        *edits, update = self.commands("kernel-parameters", SPARE_NIC)
        for command in edits:
            subprocess.run([*shlex.split(command)[:-1], file], check=True)
        self.assertEqual(file.read_text(), "# root\nroot=x intel_iommu=on\nquiet\n")
        self.assertEqual(update, 'kernel-install add "$(uname -r)" "/lib/modules/$(uname -r)/vmlinuz"')

    def test_kernels_of_debian_are_in_boot(self):
        self.switch_off()
        self.touch("/etc/kernel/cmdline", "/etc/debian_version")
        self.assertEqual(self.commands("kernel-parameters", SPARE_NIC)[-1],
                         'kernel-install add "$(uname -r)" "/boot/vmlinuz-$(uname -r)"')

    def test_a_list_that_grub_would_cut_is_left_to_a_person(self):
        self.switch_off("quiet iommu=off,pt;x\n")
        for loader in ("Debian", "Fedora"):
            with self.subTest(loader=loader):
                self.touch(*BOOT_LOADERS[loader][0])
                self.assertEqual(self.commands("kernel-parameters", SPARE_NIC), [])

    def test_settings_without_the_line_get_it(self):
        self.switch_off()
        for before, wanted in (
                ("", ["intel_iommu=on"]),
                ("GRUB_DEFAULT=0\n", ["intel_iommu=on"]),
                ('GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n', ["intel_iommu=on"]),
                ("  GRUB_CMDLINE_LINUX=quiet\n", ["quiet", "intel_iommu=on"])):
            with self.subTest(before=before):
                after = self.edited(before, None)
                self.assertTrue(after.startswith(before))
                words = subprocess.run(["sh", "-c", f"{after}\necho $GRUB_CMDLINE_LINUX"],
                                       capture_output=True, text=True, check=True).stdout.split()
                self.assertEqual(words, wanted)

    def test_settings_that_cannot_be_read_get_the_line_where_they_lack_it(self):
        self.switch_off()
        self.touch("/usr/sbin/update-grub")
        (self.root / "etc/default/grub").mkdir(parents=True)
        commands = self.commands("kernel-parameters", SPARE_NIC)
        self.assertIn("grep -qs '^GRUB_CMDLINE_LINUX=' /etc/default/grub ||", commands[0])
        self.assertIn("sed -i", commands[1])

    def test_settings_of_grub_are_edited_right(self):
        other = 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n'
        self.assertEqual(self.edited(other + 'GRUB_CMDLINE_LINUX=""\n', "quiet\n"),
                         other + 'GRUB_CMDLINE_LINUX="intel_iommu=on "\n')

    def test_a_value_without_quotes_gets_them(self):
        for value, rest in (("", ""), ("quiet", "quiet"), ("'a b=c'", "a b=c")):
            quote = value[:1] if value[:1] == "'" else '"'
            with self.subTest(value=value):
                self.assertEqual(self.edited(f"GRUB_CMDLINE_LINUX={value}\n", "quiet\n"),
                                 f"GRUB_CMDLINE_LINUX={quote}intel_iommu=on {rest}{quote}\n")

    def test_a_value_of_which_no_edit_finds_the_end_is_left_to_a_person(self):
        self.switch_off()
        self.touch("/usr/sbin/update-grub")
        for text in ("GRUB_CMDLINE_LINUX=a  # of the host", "GRUB_CMDLINE_LINUX=a\\ b",
                     'GRUB_CMDLINE_LINUX=a"b"', 'GRUB_CMDLINE_LINUX="a"b',
                     'GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX_DEFAULT=iommu=off # c'):
            with self.subTest(text=text):
                self.written_by_host("etc/default/grub", text)
                step = self.step("kernel-parameters", SPARE_NIC)
                self.assertEqual(step["commands"], [])
                self.assertIn("neither one word nor one text in quotes", step["why"])

    def test_what_keeps_it_off_is_replaced(self):
        self.assertEqual(
            self.edited('GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=off splash"\n'
                        'GRUB_CMDLINE_LINUX="iommu=off"\n', "quiet intel_iommu=off iommu=off\n"),
            'GRUB_CMDLINE_LINUX_DEFAULT="quiet splash"\nGRUB_CMDLINE_LINUX="intel_iommu=on "\n')

    def test_what_is_configured_already_is_only_applied(self):
        self.switch_off("quiet intel_iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet intel_iommu=on"')
        self.assertEqual(self.commands("kernel-parameters", SPARE_NIC), ["update-grub"])
        self.written_by_host("etc/default/grub",
                             'GRUB_CMDLINE_LINUX="intel_iommu=off intel_iommu=on"')
        self.assertGreater(len(self.commands("kernel-parameters", SPARE_NIC)), 1)

    def test_what_the_loader_reads_already_takes_a_reboot_alone(self):
        self.switch_off()
        self.touch("/boot/loader/loader.conf")
        (self.root / "efi").mkdir()
        self.written_by_host("boot/loader/entries/a.conf",
                             "linux /vmlinuz\noptions quiet intel_iommu=on")
        steps = [step for step, _ in self.steps(SPARE_NIC)]
        self.assertNotIn("kernel-parameters", steps)
        self.assertIn("reboot", steps)

    def test_words_that_only_some_entries_have_stay(self):
        self.touch("/boot/loader/loader.conf")
        (self.root / "efi").mkdir()
        for entry, words in (("a", "quiet"), ("b", "quiet iommu=off")):
            self.written_by_host(f"boot/loader/entries/{entry}.conf",
                                 f"linux /vmlinuz\noptions {words} intel_iommu=on")
        self.assertNotIn("kernel-parameters", [step for step, _ in self.steps(SPARE_NIC)])
        self.written_by_host("boot/loader/entries/a.conf",
                             "linux /vmlinuz\noptions quiet iommu=off")
        self.assertIn("kernel-parameters", [step for step, _ in self.steps(SPARE_NIC)])

    def test_words_in_effect_that_no_entry_has_are_kept_and_taken_back(self):
        self.touch("/boot/loader/loader.conf")
        (self.root / "efi").mkdir()
        self.written_by_host("boot/loader/entries/a.conf", "linux /vmlinuz\noptions quiet")
        step = self.step("kernel-parameters", SPARE_NIC)
        self.assertEqual(step["stage"], "persist")
        self.assertIn("s/$/& intel_iommu=on/", step["commands"][0])
        self.assertTrue(step["undo"])
        self.assertNotIn("kernel-parameters", dict(self.steps(SPARE_NIC, "--how", "now")))
        self.written_by_host("boot/loader/entries/a.conf",
                             "linux /vmlinuz\noptions quiet intel_iommu=on")
        self.assertNotIn("kernel-parameters", dict(self.steps(SPARE_NIC)))

    def test_ids_that_the_next_boot_has_are_one_list(self):
        self.written_by_host("lib/modules/6.1.0-51-amd64/modules.builtin", "kernel/drivers/vfio/pci/vfio-pci.ko")
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub",
                             'GRUB_CMDLINE_LINUX="intel_iommu=on vfio-pci.ids=1234:5678"')
        added = " ".join(self.commands("modprobe-options", GPU))
        self.assertIn("&vfio-pci.ids=1234:5678,", added)
        ids = re.search(r"&(vfio-pci.ids=1234:5678,\S+) ", added)[1]
        self.written_by_host("etc/default/grub", f'GRUB_CMDLINE_LINUX="intel_iommu=on {ids}"')
        self.assertNotIn("modprobe-options", dict(self.steps(GPU)))
        self.assertIn("&vfio-pci.ids=1234:5678 ", " ".join(self.commands("drop-options", "--undo", GPU)))

    def test_ids_are_taken_out_of_a_command_line_that_can_be_edited(self):
        self.written_by_host("proc/cmdline", "intel_iommu=on vfio-pci.ids=10de:1eb8")
        step = self.step("drop-options", "--undo", GPU)
        self.assertIn("take these ids out of the kernel command line", step["summary"])
        self.assertEqual(step["why"], "edit it by hand: cannot tell which boot loader this host has")

    def test_ids_that_only_some_entries_have_are_given_to_all(self):
        self.written_by_host("lib/modules/6.1.0-51-amd64/modules.builtin", "kernel/drivers/vfio/pci/vfio-pci.ko")
        self.touch("/boot/loader/loader.conf")
        (self.root / "efi").mkdir()
        words = "linux /vmlinuz\noptions quiet intel_iommu=on"
        self.written_by_host("boot/loader/entries/a.conf", words)
        self.written_by_host("boot/loader/entries/b.conf", f"{words} vfio-pci.ids=10de:1eb8,10de:10f8")
        step = self.step("modprobe-options", GPU)
        self.assertIn("s/$/& vfio-pci.ids=10de:1eb8,10de:10f8/", step["commands"][0])
        self.assertIn("not every line that the next boot may have", step["why"])
        self.written_by_host("boot/loader/entries/a.conf", f"{words} vfio-pci.ids=10de:1eb8,10de:10f8")
        self.assertNotIn("modprobe-options", dict(self.steps(GPU)))

    def test_all_words_of_a_plan_reach_a_line_that_was_not_there_in_one_step(self):
        self.written_by_host("lib/modules/6.1.0-51-amd64/modules.builtin", "kernel/drivers/vfio/pci/vfio-pci.ko")
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub", "GRUB_TIMEOUT=3")
        self.assertNotIn("modprobe-options", dict(self.steps(GPU)))
        self.run_on_tree([line for line in self.commands("kernel-parameters", GPU) if line != "update-grub"])
        self.assertRegex((self.root / "etc/default/grub").read_text(),
                         r"(?m)^GRUB_CMDLINE_LINUX=.*vfio-pci\.ids=.*intel_iommu=on")

    def test_other_words_of_a_list_stay(self):
        self.switch_off("quiet intel_iommu=on iommu=pt,off\n")
        self.touch("/usr/sbin/grubby")
        self.assertEqual(self.commands("kernel-parameters", SPARE_NIC), [
            "grubby --update-kernel=ALL --remove-args='iommu=pt,off' --args='iommu=pt'"])

    def test_a_reboot_comes_before_binding(self):
        self.switch_off()
        steps = [step for step, _ in self.steps(SPARE_NIC)]
        self.assertLess(steps.index("kernel-parameters"), steps.index("reboot"))
        self.assertLess(steps.index("reboot"), steps.index("bind"))

    def test_companions_are_those_of_the_predicted_group(self):
        self.switch_off()
        self.assertIn(("bind", SOUND), self.steps(GPU))

    def test_firmware_comes_first_where_it_has_no_table(self):
        self.switch_off()
        (self.root / "sys/firmware/acpi/tables/DMAR").unlink()
        self.touch("/sys/firmware/acpi/tables/APIC")
        self.assertEqual(self.steps(SPARE_NIC)[0][0], "firmware-iommu")

    def test_nothing_is_changed_where_the_iommu_runs(self):
        steps = dict(self.steps(SPARE_NIC))
        for step in ("firmware-iommu", "kernel-parameters", "reboot"):
            self.assertNotIn(step, steps)


class Ways(PlanTest):
    """--how: one way at a time, each whole."""

    def setUp(self):
        super().setUp()
        self.touch("/usr/sbin/libvirtd")

    def stages(self, *arguments):
        return {step["stage"] for step in self.plan(*arguments)["steps"]}

    def test_a_function_is_bound_now_and_at_every_boot_unless_said_otherwise(self):
        self.assertEqual(self.plan(GPU)["how"], "boot")
        self.assertEqual(self.stages(GPU), {"now", "persist", "guest"})
        self.assertEqual(self.plan(GPU, "--how", "boot"), self.plan(GPU))

    def test_what_is_bound_now_holds_until_a_reboot(self):
        plan = self.plan(GPU, "--how", "now")
        self.assertEqual(plan["how"], "now")
        self.assertEqual({step["stage"] for step in plan["steps"]}, {"now", "guest"})

    def test_libvirt_binds_by_itself(self):
        plan = self.plan(GPU, "--how", "managed")
        self.assertEqual((plan["how"], plan["verdict"]), ("managed", "complete"))
        self.assertEqual([step["id"] for step in plan["steps"]], ["libvirt"])

    def test_the_shorter_way_is_said_first_where_it_leads_there(self):
        text = passcheck("--root", self.root, "plan", GPU).stdout
        self.assertIn(f"passcheck plan --how managed {GPU}", text.splitlines()[1])
        self.assertTrue(self.plan(GPU)["managed_does"])
        (self.root / "usr/sbin/libvirtd").unlink()
        self.assertFalse(self.plan(GPU)["managed_does"])
        self.assertNotIn("managed", passcheck("--root", self.root, "plan", GPU).stdout.splitlines()[1])

    def test_a_bridge_that_must_leave_its_driver_is_none_of_libvirts(self):
        plan = self.plan(CROWD, "--how", "managed")
        self.assertEqual(plan["verdict"], "obstructed")
        self.assertIn("0000:00:08.0", plan["obstacles"][0])
        self.assertFalse(self.plan(CROWD)["managed_does"])

    def test_libvirt_makes_no_vfs(self):
        result = passcheck("--root", self.root, "plan", NIC, "--vfs", "2", "--how", "managed")
        self.assertEqual(result.returncode, USAGE)

    def test_vfs_that_last_until_a_reboot_have_no_rule(self):
        self.assertEqual(self.stages(NIC, "--vfs", "4", "--how", "now"), {"now"})
        self.assertEqual(self.stages(NIC, "--vfs", "4"), {"now", "persist"})


class Host(PlanTest):
    """A plan without a FUNCTION leads to a ready host, by the checks' own words."""

    def test_a_host_whose_iommu_runs_needs_no_step(self):
        self.assertEqual(self.plan()["steps"], [])
        self.assertEqual(self.plan()["functions"], [])

    def test_its_iommu_is_switched_on(self):
        self.switch_off()
        self.touch(*BOOT_LOADERS["Debian"][0])
        plan = self.plan()
        self.assertEqual([step["id"] for step in plan["steps"]],
                         ["kernel-parameters", "reboot", "look"])
        self.assertEqual(plan["obstacles"], [])

    def test_the_firmware_setup_comes_first_by_its_makers_names(self):
        self.switch_off()
        (self.root / "sys/firmware/acpi/tables/DMAR").unlink()
        self.touch("/sys/firmware/acpi/tables/APIC")
        self.written_by_host("sys/class/dmi/id/sys_vendor", "Dell Inc.")
        step = self.plan()["steps"][0]
        self.assertEqual(step["id"], "firmware-iommu")
        self.assertIn('"Virtualization Technology", under Processor Settings', step["summary"])

    def test_virtualisation_that_firmware_keeps_off_is_switched_on(self):
        file = self.root / "proc/cpuinfo"
        file.write_text(file.read_text().replace(" vmx", ""))
        plan = self.plan()
        self.assertEqual(plan["steps"][0]["id"], "firmware-virtualization")
        self.assertEqual(plan["verdict"], "complete")
        self.assertEqual(self.plan(SPARE_NIC)["steps"][0]["id"], "firmware-virtualization")

    def test_a_step_for_later_boots_answers_nothing_of_this_one(self):
        (self.root / "proc/interrupts").unlink()
        self.assertEqual(self.plan()["verdict"], "undetermined")
        self.touch(*BOOT_LOADERS["Debian"][0])
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet iommu=off"')
        plan = self.plan()
        self.assertEqual([step["stage"] for step in plan["steps"]], ["persist"])
        self.assertEqual(plan["verdict"], "undetermined")

    def test_what_no_step_puts_right_stands_in_the_way(self):
        file = self.root / "proc/cpuinfo"
        file.write_text(file.read_text().replace(" vmx", " hypervisor"))
        plan = self.plan()
        self.assertEqual((plan["verdict"], plan["steps"]), ("obstructed", []))
        failures = [finding["summary"] for finding in audit(self.root)["findings"]
                    if finding["verdict"] == "fail" and finding["subject"]["type"] == "host"]
        self.assertTrue(failures)
        for failure in failures:
            self.assertTrue(any(failure in line for line in plan["obstacles"]), failure)


class SecondaryControllers(PlanTest):
    """What sets VFs of an NVMe controller online, with what nvme-cli writes of them."""

    PF = "0000:01:00.0"
    NVME = '''#!/bin/sh
case $1 in
list-secondary)
\tfor line in 0000:0001:0000 0007:0001:0001 0008:0000:0002 0009:0000:0003 000a:0000:0010; do
\t\tIFS=: read -r id state vf <<END
$line
END
\t\techo "     SCID      : Secondary Controller Identifier : 0x$id"
\t\techo "     PCID      : Primary Controller Identifier   : 0x0000"
\t\techo "     SCS       : Secondary Controller State      : 0x$state (State)"
\t\techo "     VFN       : Virtual Function Number         : 0x$vf"
\t\techo "     NVQ       : Num VQ Flex Resources Assigned  : 0x0000"
\tdone ;;
*) shift; echo "$*" >> "$LOG"; [ -z "$REFUSED" ] || case $* in *"$REFUSED"*) exit 1 ;; esac ;;
esac
'''

    def set_online(self, *arguments, refused=""):
        """Returns what the plan's commands ask of nvme-cli; a controller may refuse one call."""
        self.root = SOURCE / "fixtures/intel-sriov-vfs/root"
        command, = self.commands("nvme-online", *arguments)
        devices, log = self.directory / "devices", self.directory / "log"
        (devices / self.PF / "nvme/nvme0").mkdir(parents=True, exist_ok=True)
        nvme = self.directory / "nvme"
        nvme.write_text(self.NVME)
        nvme.chmod(0o755)
        log.write_text("")
        subprocess.run(["sh", "-c", command.replace("/sys/bus/pci/devices", str(devices))], check=True,
                       env={"PATH": f"{self.directory}:{os.environ['PATH']}", "LOG": str(log),
                            "REFUSED": refused})
        return log.read_text().splitlines()

    @staticmethod
    def calls(*ids):
        return [f"/dev/nvme0 -c {id} {rest}" for id in ids for rest in (
            "-r 0 -n 2 -a 8", "-r 1 -n 2 -a 8", "-a 9")]

    def test_those_that_are_offline_of_the_vfs_wanted_are_set_online(self):
        self.assertEqual(self.set_online(self.PF, "--vfs", "2"), self.calls("0x0008"))

    def test_a_controller_with_one_interrupt_for_each_vf_gives_one(self):
        self.assertEqual(self.set_online("0000:01:00.3", refused="-r 1 -n 2"),
                         [f"/dev/nvme0 -c 0x0009 {rest}" for rest in (
                             "-r 0 -n 2 -a 8", "-r 1 -n 2 -a 8", "-r 1 -n 1 -a 8", "-a 9")])

    def test_a_vf_that_goes_to_a_guest_is_set_online_alone(self):
        self.assertEqual(self.set_online("0000:01:00.3"), self.calls("0x0009"))


class Driverctl(PlanTest):
    """What driverctl saved holds at every boot, without anything of a plan's."""
    def setUp(self):
        super().setUp()
        self.touch("/usr/sbin/driverctl")
        self.saved = self.written_by_host(f"etc/driverctl.d/{SPARE_NIC}", "vfio-pci")

    def test_nothing_is_to_be_kept_that_it_keeps(self):
        kept = [step["id"] for step in self.plan(SPARE_NIC)["steps"] if step["stage"] == "persist"]
        self.assertNotIn("vfio-options", kept)

    def test_the_undo_has_it_forget(self):
        step = self.step("driverctl-forget", "--undo", SPARE_NIC)
        self.run_on_tree(step["commands"])
        self.assertFalse(self.saved.exists())


class Undo(PlanTest):
    """The way back: what steps say of themselves, and what --undo finds on the host."""

    def etc(self):
        return {str(path.relative_to(self.root)): path.read_text()
                for path in (self.root / "etc").rglob("*") if path.is_file()}

    def setUp(self):
        super().setUp()
        (self.root / "etc/udev/rules.d").mkdir(parents=True)

    def follow(self, *arguments):
        plan = self.plan(*arguments)
        for step in plan["steps"]:
            self.run_on_tree(step["commands"])
            if step["id"] == "bind":
                self.machine.set_driver_again(self.machine.paths[step["function"]], "vfio-pci")
        return plan

    def test_the_undo_of_each_step_leaves_files_as_they_were(self):
        self.touch("/usr/sbin/update-initramfs")
        self.written_by_host("etc/initramfs-tools/modules", "# others\ndm_mod")
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=1234:5678 disable_vga=1")
        for functions in ((GPU,), (SPARE_NIC,), (VF0,), (GPU, VF0)):
            with self.subTest(functions=functions):
                before = self.etc()
                plan = self.plan(*functions)
                for step in plan["steps"]:
                    self.run_on_tree(step["commands"])
                self.assertNotEqual(self.etc(), before)
                for step in reversed(plan["steps"]):
                    self.run_on_tree(step["undo"])
                self.assertEqual(self.etc(), before)

    def test_what_changed_the_command_line_is_taken_back(self):
        self.switch_off("quiet iommu=off\n")
        for files, path, text in (
                (BOOT_LOADERS["Debian"][0], "etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet"'),
                (BOOT_LOADERS["Debian"][0], "etc/default/grub", 'GRUB_DEFAULT=0'),
                *((BOOT_LOADERS["Debian"][0], "etc/default/grub", text) for text in (
                    'GRUB_CMDLINE_LINUX="iommu=off"', 'GRUB_CMDLINE_LINUX="iommu=off quiet"',
                    "GRUB_CMDLINE_LINUX='quiet iommu=off'", 'GRUB_CMDLINE_LINUX="a.b=c,d iommu=off quiet"',
                    'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=off intel_iommu=off splash"\nGRUB_CMDLINE_LINUX="a"',
                    'GRUB_CMDLINE_LINUX="a intel_iommu=off b"\nGRUB_CMDLINE_LINUX_DEFAULT="iommu=off"',
                    "GRUB_CMDLINE_LINUX=quiet", "GRUB_CMDLINE_LINUX=", "GRUB_CMDLINE_LINUX=iommu=off",
                    "GRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX_DEFAULT=iommu=off",
                    'GRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX_DEFAULT=quiet',
                    "GRUB_CMDLINE_LINUX='iommu=off'\nGRUB_CMDLINE_LINUX_DEFAULT='iommu=off'")),
                (BOOT_LOADERS["kernel-install"][0], "etc/kernel/cmdline", "root=x iommu=off quiet"),
                (BOOT_LOADERS["kernel-install"][0], "etc/kernel/cmdline", "iommu=off root=x"),
                (BOOT_LOADERS["kernel-install"][0], "etc/kernel/cmdline", "# of the host\nroot=x iommu=off"),
                (BOOT_LOADERS["kernel-install"][0], "etc/kernel/cmdline", "root=x quiet")):
            with self.subTest(path=path, text=text):
                self.touch(*files)
                file = self.written_by_host(path, text)
                step = self.step("kernel-parameters", SPARE_NIC)
                self.run_on_tree(step["commands"])
                self.assertIn("intel_iommu=on", file.read_text())
                self.assertNotIn("iommu=off", file.read_text())
                self.run_on_tree(step["undo"])
                self.assertEqual(file.read_text(), f"{text}\n")
                for name in files:
                    (self.root / name.lstrip("/")).unlink()

    def test_a_plan_that_was_followed_is_recognised_and_taken_back(self):
        for functions in ((GPU,), (SPARE_NIC,), (VF0,)):
            with self.subTest(functions=functions):
                self.setUp()
                self.touch("/usr/sbin/update-initramfs")
                self.written_by_host("etc/initramfs-tools/modules", "dm_mod")
                before = self.etc()
                self.follow(*functions)
                undo = self.plan("--undo", *functions)
                self.assertEqual((undo["verdict"], undo["undo"]), ("complete", True))
                taken = {step["function"] for step in undo["steps"] if step["id"] == "unbind-vfio"}
                self.assertLessEqual(set(functions), taken)
                for step in undo["steps"]:
                    self.run_on_tree(step["commands"])
                    if step["id"] == "unbind-vfio":
                        self.machine.set_driver_again(self.machine.paths[step["function"]], "nvme")
                self.assertEqual(self.etc(), before)
                left = [step["id"] for step in self.plan("--undo", *functions)["steps"]]
                self.assertEqual(left, [])

    def test_where_nothing_is_in_place_nothing_is_undone(self):
        self.assertEqual(self.plan("--undo", GPU)["steps"], [])
        self.assertIn("Nothing of a plan is in place", passcheck("--root", self.root, "plan", "--undo", GPU).stdout)

    def test_vfs_go_back_to_none(self):
        self.assertEqual(self.commands("disable-vfs", "--undo", NIC),
                         [f"echo 0 > /sys/bus/pci/devices/{NIC}/sriov_numvfs"])

    def test_vfs_go_before_a_pf_that_vfio_pci_has_and_would_take_them_from(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "vfio-pci")
        for others in ("", "echo 2 > /sys/class/net/eth0/device/sriov_numvfs"):
            with self.subTest(others=others):
                self.written_by_host("etc/rc.local", others)
                steps = [step[0] for step in self.steps("--undo", NIC)]
                self.assertLess(steps.index("disable-vfs"), steps.index("unbind-vfio"))

    def test_the_rule_for_vfs_goes_before_a_pf_whose_driver_would_make_them_again(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "vfio-pci")
        self.written_by_host("etc/udev/rules.d/70-passcheck-vfs.rules",
                             f'ACTION=="add|bind", KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="2"')
        steps = [step[0] for step in self.steps("--undo", NIC)]
        self.assertLess(steps.index("drop-vfs-rule"), steps.index("unbind-vfio"))
        self.assertIn("udevadm control --reload", self.commands("drop-vfs-rule", "--undo", NIC))

    def test_an_initramfs_that_no_command_makes_again_is_told_by_hand(self):
        self.follow(SPARE_NIC)
        self.touch("/etc/NIXOS")
        steps = {step["id"]: step for step in self.plan("--undo", SPARE_NIC)["steps"]}
        self.assertEqual(steps["initramfs"]["commands"], [])
        self.assertIn("out of boot.initrd.kernelModules", steps["initramfs"]["why"])

    def test_vfs_that_go_with_their_pf_keep_nothing_loaded(self):
        self.touch("/usr/sbin/update-initramfs")
        for address in (NIC, VF0, VF1):
            self.machine.set_driver_again(self.machine.paths[address], "vfio-pci")
        self.written_by_host("etc/modules-load.d/passcheck-vfio.conf", "vfio_pci")
        self.assertIn("drop-module-list", dict(self.steps("--undo", NIC)))
        self.assertNotIn("drop-module-list", dict(self.steps("--undo", VF0)))

    def test_only_what_the_host_booted_with_gets_its_picture_back(self):
        (self.root / "proc/cmdline").write_text("intel_iommu=on video=efifb:off\n")
        for boot_vga, comes_back in (("1", True), ("0", False)):
            with self.subTest(boot_vga=boot_vga):
                (self.root / self.machine.paths[GPU] / "boot_vga").write_text(f"{boot_vga}\n")
                self.assertEqual("drop-display-parameters" in dict(self.steps("--undo", GPU)), comes_back)

    def test_ids_that_a_twin_needs_stay_and_it_is_named(self):
        twin = CROWD
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.machine.set_driver(self.machine.paths[twin], "vfio-pci")
        file = self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=8086:1572")
        self.assertEqual(self.steps(SPARE_NIC)[0][0], "libvirt")
        steps = {step["id"]: step for step in self.plan("--undo", SPARE_NIC)["steps"]}
        self.assertIn("echo 8086 1572 > /sys/bus/pci/drivers/vfio-pci/remove_id || true",
                      steps["unbind-vfio"]["commands"])
        self.assertIn(twin, steps["ids-existing"]["summary"])
        self.assertNotIn("drop-options", steps)
        for step in self.plan("--undo", SPARE_NIC, twin)["steps"]:
            self.run_on_tree(step["commands"])
        self.assertNotIn("8086:1572", file.read_text())

    def test_ids_of_others_are_no_step_of_an_undo(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1c03, 10de:10f1")
        self.assertNotIn("drop-options", dict(self.steps("--undo", SPARE_NIC)))

    def test_vfio_pci_forgets_the_ids_before_it_lets_go(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "vfio-pci")
        forgets = "echo 10de 1eb8 > /sys/bus/pci/drivers/vfio-pci/remove_id || true"
        self.assertNotIn(forgets, self.commands("unbind-vfio", "--undo", GPU))
        self.written_by_host("etc/modprobe.d/passcheck-vfio.conf", "options vfio-pci ids=10de:1eb8")
        self.assertEqual(self.commands("unbind-vfio", "--undo", GPU)[0], forgets)

    def test_a_vf_is_let_go_before_its_pf_has_none(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "vfio-pci")
        steps = [step for step in self.steps("--undo", NIC, VF0) if step[0] in ("unbind-vfio", "disable-vfs")]
        self.assertEqual(steps, [("unbind-vfio", VF0), ("disable-vfs", NIC)])

    def test_vfs_that_others_make_stay(self):
        self.written_by_host("etc/rc.local", "echo 2 > /sys/class/net/eth0/device/sriov_numvfs")
        steps = dict(self.steps("--undo", NIC))
        self.assertIn("vfs-existing", steps)
        self.assertNotIn("disable-vfs", steps)

    def test_a_rule_of_others_is_named_and_left(self):
        self.written_by_host("etc/udev/rules.d/10-mine.rules",
                             f'KERNEL=="{SPARE_NIC}", ATTR{{driver_override}}="vfio-pci"')
        self.assertNotIn("udev-rule", dict(self.steps(SPARE_NIC)))
        self.assertEqual(self.commands("udev-rule-existing", "--undo", SPARE_NIC), [])
        self.assertIn("udev-rule-existing", dict(self.steps("--undo", SPARE_NIC)))

    def test_what_others_need_stays(self):
        self.touch("/usr/sbin/update-initramfs")
        self.follow(SPARE_NIC, VF0)
        steps = dict(self.steps("--undo", SPARE_NIC))
        self.assertIn("drop-udev-rule", steps)
        self.assertNotIn("drop-module-list", steps)
        self.assertIn("initramfs", steps)  # which has a copy of the rule

    def test_the_iommu_is_switched_off_only_where_nothing_needs_it(self):
        self.touch(*BOOT_LOADERS["Fedora"][0])
        (self.root / "proc/cmdline").write_text("quiet intel_iommu=on\n")
        self.assertEqual(self.commands("kernel-parameters", "--undo"),
                         ["grubby --update-kernel=ALL --remove-args='intel_iommu=on'"])
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.assertEqual(self.plan("--undo")["verdict"], "obstructed")


class Display(PlanTest):
    """A display that the host shows something on is freed before its driver is taken."""

    def show(self, holder=None):
        (self.root / self.machine.paths[GPU] / "boot_vga").write_text("1\n")
        if holder:
            (self.root / "proc/iomem").write_text(
                f"c0000000-cfffffff : PCI Bus 0000:01\n  c0000000-c00fffff : {GPU}\n"
                f"    c0000000-c007ffff : {holder}\n")

    def test_what_shows_on_it_ends_first(self):
        self.show()
        steps = self.steps(GPU)
        self.assertLess(steps.index(("free-display", GPU)), steps.index(("bind", GPU)))
        commands = " ".join(self.commands("free-display", GPU))
        self.assertIn("display-manager.service", commands)
        self.assertIn("vtconsole", commands)
        self.assertNotIn("persistenced", commands)

    def test_nvidias_daemon_ends_first(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "nvidia")
        self.assertIn("nvidia-persistenced.service", " ".join(self.commands("free-display", GPU)))

    def test_openrc_starts_again_what_it_starts_at_boot(self):
        self.show()
        self.touch("/run/openrc/softlevel")
        step = self.step("free-display", GPU)
        self.assertIn("if rc-service -e display-manager && rc-service -q display-manager status; "
                      "then rc-service display-manager stop; fi", step["commands"])
        self.assertIn("if rc-update show default | grep -qw display-manager; "
                      "then rc-service display-manager start; fi", step["undo"])

    def test_a_driver_of_the_boot_framebuffer_is_unbound_and_kept_off(self):
        self.show("efifb")
        self.assertIn("echo efi-framebuffer.0 > /sys/bus/platform/drivers/efi-framebuffer/unbind",
                      self.commands("free-display", GPU))
        self.assertIn("video=efifb:off", json.dumps(self.plan(GPU)["steps"][0]))
        self.assertNotIn("kernel-parameters", dict(self.steps(GPU, "--how", "now")))

    def test_what_no_driver_has_takes_a_reboot(self):
        self.show("BOOTFB")
        self.assertIn(("reboot", None), self.steps(GPU))
        plan = self.plan(GPU, "--how", "now")
        self.assertEqual((plan["verdict"], plan["steps"]), ("obstructed", []))
        self.assertIn("initcall_blacklist=sysfb_init", plan["obstacles"][0])

    def test_a_word_that_did_not_help_is_not_advised_again(self):
        self.show("BOOTFB")
        (self.root / "proc/cmdline").write_text("intel_iommu=on initcall_blacklist=sysfb_init\n")
        plan = self.plan(GPU)
        self.assertEqual(plan["steps"], [])
        self.assertIn("did not help", plan["obstacles"][0])

    def test_a_display_that_nothing_uses_needs_none(self):
        self.assertNotIn("free-display", dict(self.steps(GPU)))


class Script(PlanTest):
    """--format sh, followed on the tree: /sys and /etc of its commands are the tree's."""

    def script(self, *arguments):
        text = passcheck("--root", self.root, "plan", "--format", "sh", *arguments).stdout
        file = self.directory / "plan.sh"
        file.write_text(text)
        subprocess.run(["sh", "-n", file], check=True)
        if shutil.which("shellcheck"):
            checked = subprocess.run(["shellcheck", file], capture_output=True, text=True, check=False)
            self.assertEqual(checked.stdout, "")
        return text

    def run_script(self, text, word="do"):
        """Runs it with commands of no effect for those that change a kernel or an initramfs."""
        for folder in ("modprobe.d", "udev/rules.d", "modules-load.d", "initramfs-tools"):
            (self.root / "etc" / folder).mkdir(parents=True, exist_ok=True)
        programs = self.directory / "programs"
        programs.mkdir(exist_ok=True)
        for name in ("modprobe", "update-initramfs", "update-grub", "systemctl"):
            (programs / name).write_text("#!/bin/sh\n")
            (programs / name).chmod(0o755)
        text = text.replace("/sys/bus/", f"{self.root}/sys/bus/").replace(" /etc/", f" {self.root}/etc/")
        return subprocess.run(["sh", "-c", text, "plan", word], capture_output=True, text=True, check=False,
                              env={"PATH": f"{programs}:{os.environ['PATH']}"})

    def test_every_way_is_a_script_that_shells_and_shellcheck_take(self):
        self.touch("/usr/sbin/update-initramfs", "/usr/sbin/libvirtd")
        for arguments in ((GPU,), (VF0, "--how", "now"), (GPU, "--how", "managed"), (NIC, "--vfs", "4"),
                          (), ("--undo", GPU), (BLOCKED,), (DISK, SPARE_NIC)):
            with self.subTest(arguments=arguments):
                self.script(*arguments)
        self.switch_off("quiet iommu=off\n")
        for loader, (files, _) in BOOT_LOADERS.items():
            with self.subTest(loader=loader):
                self.touch(*files)
                self.script(SPARE_NIC)
                for file in files:
                    (self.root / file.lstrip("/")).unlink()

    def test_it_stops_where_the_driver_is_another(self):
        text = self.script(SPARE_NIC, "--how", "now")
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "igb")
        done = self.run_script(text)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{SPARE_NIC} is on 'igb', and was on 'i40e'", done.stderr)

    def test_it_stops_where_another_device_or_group_has_come(self):
        text = self.script(SPARE_NIC, "--how", "now")
        ids = self.root / self.machine.paths[SPARE_NIC] / "device"
        ids.write_text("0x1234\n")
        self.assertIn("is another device", self.run_script(text).stderr)
        ids.write_text("0x1572\n")
        self.machine.join_group(SPARE_NIC, 4)
        self.assertIn("is in group 4, and was in 14", self.run_script(text).stderr)

    def test_what_is_done_is_not_done_again_and_is_taken_back(self):
        self.touch("/usr/sbin/update-initramfs")
        self.written_by_host("etc/initramfs-tools/modules", "dm_mod")
        before = {path: path.read_text() for path in (self.root / "etc").rglob("*") if path.is_file()}
        text = self.script(GPU)
        for function in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
        first = self.run_script(text)
        self.assertEqual((first.returncode, first.stderr), (0, ""))
        self.assertNotIn("Bind", first.stdout)
        after = {path: path.read_text() for path in (self.root / "etc").rglob("*") if path.is_file()}
        self.assertNotEqual(after, before)
        self.assertEqual(self.run_script(text).returncode, 0)
        again = {path: path.read_text() for path in (self.root / "etc").rglob("*") if path.is_file()}
        self.assertEqual(again, after)
        for function, driver in ((GPU, "nouveau"), (SOUND, "snd_hda_intel")):
            self.machine.set_driver_again(self.machine.paths[function], driver)
        undone = self.run_script(text, "undo")
        self.assertEqual((undone.returncode, undone.stderr), (0, ""))
        left = {path: path.read_text() for path in (self.root / "etc").rglob("*") if path.is_file()}
        self.assertEqual(left, before)

    def test_a_plan_that_leads_nowhere_does_nothing(self):
        text = self.script(BLOCKED)
        done = self.run_script(text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("firmware", done.stdout)
        self.assertNotIn("sysfs", text.replace("/sys/bus", ""))

    def test_it_ends_at_a_reboot(self):
        self.switch_off()
        self.touch(*BOOT_LOADERS["Debian"][0])
        text = self.script()
        self.assertIn("update-grub", text)
        self.assertTrue(text.index("update-grub") < text.index("Reboot"))
        self.assertNotIn("Check that it worked", text)


class VirtualFunctions(PlanTest):
    def test_vfs_are_made_from_none(self):
        self.assertEqual(self.commands("enable-vfs", NIC, "--vfs", "4"), [
            f"echo 0 > /sys/bus/pci/devices/{NIC}/sriov_numvfs",
            f"echo 4 > /sys/bus/pci/devices/{NIC}/sriov_numvfs"])

    def test_a_class_word_means_those_that_offer_some(self):
        self.assertIn(VF0, self.plan("nic")["functions"])
        plan = self.plan("nic", "--vfs", "2")
        self.assertIn(NIC, plan["functions"])
        self.assertNotIn(VF0, plan["functions"])
        self.assertNotIn("offers no VFs", " ".join(plan["obstacles"]))

    def test_what_is_named_alone_is_answered_for(self):
        plan = self.plan(NIC, VF0, "--vfs", "2")
        self.assertEqual(plan["obstacles"], [f"{VF0} offers no VFs"])

    def test_a_setting_of_the_adapter_that_may_hide_them_is_on_its_page(self):
        self.machine.set_driver(self.machine.paths[CROWD], "mlx5_core")
        self.machine.write(f"{self.machine.paths[CROWD]}/class", "0x020000\n")
        page = passcheck("--root", self.root, CROWD).stdout
        self.assertIn("VFs possible: none, and a setting of the adapter may be why [sriov.hidden]", page)
        self.assertIn("→ Where VFs are wanted: set SRIOV_EN=1", page)

    def test_who_holds_vfs_is_named(self):
        step = self.step("enable-vfs", NIC, "--vfs", "4")
        self.assertRegex(step["why"], f"held now: {VF0}.* on ")

    def test_a_guest_that_has_a_vf_is_shut_down_before_vfs_go(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "vfio-pci")
        step = self.step("enable-vfs", NIC, "--vfs", "4")
        self.assertRegex(step["why"], f"{VF0} on vfio-pci.*; shut down the guests that have them first")

    def test_vfs_that_the_host_lives_on_are_not_taken_away(self):
        interface = f"{self.machine.paths[VF0]}/net/eth7"
        self.machine.write(f"{interface}/operstate", "up\n")
        self.machine.route_through(interface)
        self.assertEqual(self.commands("enable-vfs", NIC, "--vfs", "4"), [])
        self.assertIn("default route", " ".join(self.plan(NIC, "--vfs", "4")["obstacles"]))

    def test_as_many_as_there_are_is_no_step(self):
        self.assertNotIn("enable-vfs", dict(self.steps(NIC, "--vfs", "2")))

    def test_more_than_it_can_have_is_an_obstacle(self):
        plan = self.plan(NIC, "--vfs", "5")
        self.assertEqual(plan["verdict"], "obstructed")
        self.assertIn(NIC, plan["obstacles"][0])

    def test_a_function_that_offers_none_is_an_obstacle(self):
        self.assertEqual(self.plan(GPU, "--vfs", "5")["obstacles"], [f"{GPU} offers no VFs"])


class Obstacles(PlanTest):
    def test_a_ready_host_is_said_to_be_one(self):
        shown = passcheck("--root", SOURCE / "fixtures/intel-ports-on/root", "plan").stdout
        self.assertEqual(shown, "The host is ready. For a device: passcheck plan FUNCTION\n")

    def test_no_kvm_is_said_as_the_audit_says_it(self):
        self.root = SOURCE / "fixtures/arm64-gicv2m/root"
        wrong = "/dev/kvm does not exist: KVM is in the kernel and did not start"
        self.assertIn(wrong, passcheck("--root", self.root).stdout)
        for functions in ((), ("nic",)):
            obstacles = self.plan(*functions)["obstacles"]
            self.assertEqual(len([line for line in obstacles if line.startswith(wrong)]), 1, obstacles)

    def test_the_iommu_stays_on_while_vfio_has_functions(self):
        (self.root / "proc/cmdline").write_text("intel_iommu=on\n")
        for function in (GPU, SPARE_NIC):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
        self.assertEqual(self.plan("--undo")["obstacles"], [
            f"the IOMMU stays on while functions are on drivers of VFIO: {GPU}, {SPARE_NIC}. "
            "Take them back first: passcheck plan --undo FUNCTION"])

    def test_what_no_step_removes_is_named(self):
        for function, why in ((BLOCKED, "firmware"), (PORT, "bridge"), (VMD_DISK, "VMD")):
            with self.subTest(function=function):
                plan = self.plan(function)
                self.assertEqual(plan["verdict"], "obstructed")
                self.assertIn(why, " ".join(plan["obstacles"]))
                self.assertNotIn("qemu", [step["id"] for step in plan["steps"]])

    def test_the_headline_says_whether_steps_are_left(self):
        for arguments in ((BLOCKED,), (GPU, "--vfs", "5")):
            with self.subTest(arguments=arguments):
                steps = self.plan(*arguments)["steps"]
                shown = passcheck("--root", self.root, "plan", *arguments).stdout
                first = shown.splitlines()[0]
                self.assertEqual(first, "Something stands in the way; these steps are to remove it"
                                 if steps else "No steps reach the goal")

    def test_the_page_is_named_where_it_says_what_helps(self):
        """A group that others share has a remedy; a graphics card without VFs has none."""
        for arguments, page in ((("gpu", "--vfs", "5"), None), ((BLOCKED,), BLOCKED)):
            with self.subTest(arguments=arguments):
                shown = passcheck("--root", self.root, "plan", *arguments).stdout
                pointer, = re.findall("What may help: passcheck (.*)", shown) or [None]
                self.assertEqual(pointer, page)
                if page:
                    self.assertIn("→", passcheck("--root", self.root, page).stdout)


    def test_what_stays_with_the_host_is_not_told_to_leave_it(self):
        """Its network link is the only one that is up."""
        self.machine.write(f"{self.machine.paths[SPARE_NIC]}/net/eth9/operstate", "up\n")
        plan = self.plan(SPARE_NIC)
        self.assertEqual(plan["obstacles"], [f"{SPARE_NIC}: the host needs it for the network link "
                                             "eth9, the only one that is up"])
        self.assertNotIn("caution.in-use", [remark["finding"] for remark in plan["remarks"]])

    def test_a_companion_that_the_host_needs_is_named_once(self):
        self.machine.keep_root_on(self.machine.paths[DISK])
        self.assertEqual(self.plan(SATA)["obstacles"],
                         [f"{SATA}: its group holds {DISK}, which the host needs for the file "
                          "system / (nvme0n1)"])

    def test_a_firmware_setting_is_one_step(self):
        """Of two physical functions that lack memory for VFs."""
        second = "0000:0e:00.0"
        self.machine.function(second, machine.hosts.physical_function(4), 46, "mlx5_core",
                              self.machine.port(14, 0x0e, 45), sriov_totalvfs=4, sriov_numvfs=0,
                              sriov_offset=0x80, sriov_stride=2, sriov_vf_device="101e")
        for address in (NIC, second):
            self.machine.write(f"{self.machine.paths[address]}/resource", 17 * machine.NO_RESOURCE)
        names = [name for name, _ in self.steps(NIC, second, "--vfs", "3")]
        self.assertEqual([name for name in names if name.startswith("firmware-")],
                         ["firmware-above-4g", "firmware-sriov"])


class Head(PlanTest):
    def head(self, *arguments):
        return " ".join(passcheck("--root", self.root, "plan", *arguments).stdout.split("\n\n")[0].split())

    def test_what_one_word_took_together_is_named(self):
        several = "Name one to plan for it alone"
        self.assertIn(several, self.head("nic"))
        self.assertNotIn(several, self.head(NIC, GPU))
        self.assertNotIn(several, self.head("group:10"))

    def test_a_reboot_makes_a_forecast_of_what_follows(self):
        self.assertNotIn("forecast", self.head(GPU))
        self.switch_off()
        self.touch(*BOOT_LOADERS["Debian"][0])
        steps = self.plan(GPU)["steps"]
        last = [step["id"] for step in steps].index("look") + 1
        self.assertIn(f"Do steps 1 to {last}, then ask for a plan again: what follows them here is a forecast",
                      self.head(GPU))
        self.assertNotIn("forecast", self.head())


class Guest(PlanTest):
    def test_what_will_share_the_group_goes_to_the_guest_too(self):
        """Before there is an IOMMU, the predicted group tells, as it does which of them are bound."""
        self.switch_off()
        self.touch(*BOOT_LOADERS["Debian"][0])
        hosts = [device["host"] for device in self.devices(GPU)[1:]]
        self.assertEqual([step[1] for step in self.steps(GPU) if step[0] == "bind"], [GPU, SOUND])
        self.assertEqual(hosts, [GPU, SOUND])

    def devices(self, *functions):
        """The devices that QEMU is given."""
        words = shlex.split(self.commands("qemu", *functions)[-1])
        return [json.loads(value) for word, value in zip(words, words[1:]) if word == "-device"]

    def test_qemu_gets_a_root_port_each(self):
        devices = self.devices(SPARE_NIC, VF0)
        self.assertEqual([device["driver"] for device in devices],
                         2 * ["pcie-root-port", "vfio-pci"])
        self.assertEqual([device["host"] for device in devices[1::2]], [VF0, SPARE_NIC])
        self.assertEqual([device["bus"] for device in devices[1::2]],
                         [port["id"] for port in devices[::2]])

    def test_functions_of_one_device_share_a_port(self):
        for functions in ((GPU, SOUND), (GPU,)):
            devices = self.devices(*functions)
            self.assertEqual([device.get("host") for device in devices], [None, GPU, SOUND])
            self.assertEqual([device.get("addr") for device in devices], [None, "0.0", "0.1"])
            self.assertTrue(devices[1]["multifunction"])
            self.assertNotIn("multifunction", devices[2])


    def guest_steps(self, *arguments):
        steps = self.plan(SPARE_NIC, *arguments)["steps"]
        return [step["id"] for step in steps if step["stage"] == "guest"]

    def test_the_stack_that_is_installed_is_spoken_of(self):
        for program, stack in (("usr/sbin/qm", "proxmox"), ("usr/libexec/incus/incusd", "incus"),
                               ("usr/local/bin/kubelet", "kubevirt")):
            path = self.root / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            self.assertEqual(self.guest_steps(), [stack])
            self.assertEqual(self.commands(stack, SPARE_NIC),
                             [f"passcheck --format {stack} {SPARE_NIC}"])
            path.unlink()

    def test_another_stack_can_be_asked_for(self):
        for stack in ("libvirt", "qemu", "proxmox", "kubevirt", "nova", "incus",
                      "cloud-hypervisor"):
            self.assertEqual(self.guest_steps("--for", stack), [stack])
        for stack in ("xen", "sriov-policy"):
            result = passcheck("--root", self.root, "plan", SPARE_NIC, "--for", stack)
            self.assertEqual(result.returncode, USAGE)
            self.assertIn("must be libvirt, qemu, proxmox", result.stderr)


class Text(PlanTest):
    def test_every_command_of_the_plan_is_in_the_text(self):
        text = passcheck("--root", self.root, "plan", GPU).stdout
        for step in self.plan(GPU)["steps"]:
            for command in step["commands"]:
                self.assertIn(f"      {command}\n", text)

    def test_usage(self):
        for arguments, why in ((("--vfs", "2"), "FUNCTION"), ((GPU, "--format", "xml"), "--format"),
                               (("0000:ff:00.0",), "0000:ff:00.0"), ((GPU, "--vfs", "0"), "--vfs"),
                               ((GPU, "--force"), "--force"),
                               ((GPU, "--how", "never"), "boot, managed or now")):
            result = passcheck("--root", self.root, "plan", *arguments)
            self.assertEqual(result.returncode, USAGE)
            self.assertIn(why, result.stderr)
            self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    unittest.main()

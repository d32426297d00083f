"""What a plan sets for every boot is set where this host reads it."""
import json
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from machine import CROWD, GPU, NIC, SOUND, SPARE_NIC, VF0  # noqa: E402
from plan_test import BOOT_LOADERS, PlanTest  # noqa: E402
from support import USAGE, audit, passcheck  # noqa: E402

DRACUT = "dracut --force --regenerate-all"
INITRAMFS_TOOLS = {"/usr/sbin/update-initramfs": "update-initramfs -u -k all", "/usr/bin/dracut": DRACUT,
                   "/usr/bin/mkinitcpio": "mkinitcpio -P"}
KERNEL_INSTALL = 'kernel-install add "$(uname -r)" "/lib/modules/$(uname -r)/vmlinuz"'
INITRAMFS_COPIES = {
    ("/usr/bin/dracut", "/usr/bin/sdbootutil", "/etc/kernel/cmdline"): "sdbootutil mkinitrd",
    ("/usr/bin/dracut", "/usr/bin/sdbootutil"): DRACUT,
    ("/usr/bin/mkinitcpio", "/etc/default/limine", "/usr/bin/limine-mkinitcpio"): "limine-mkinitcpio",
    ("/usr/bin/mkinitcpio", "/etc/default/limine"): "mkinitcpio -P",
    ("/usr/bin/dracut", "/etc/default/limine", "/usr/bin/limine-dracut"): "limine-dracut",
    ("/usr/bin/dracut", "/usr/bin/dracut-rebuild", "/etc/default/grub", "/usr/bin/grub-mkconfig"): "dracut-rebuild",
    ("/usr/bin/dracut", "/etc/kernel/cmdline"): KERNEL_INSTALL,
    ("/usr/bin/mkinitcpio", "/etc/kernel/cmdline"): "mkinitcpio -P",
}
BY_HAND = {"/etc/mkinitfs/mkinitfs.conf": "and run mkinitfs",
           "/usr/bin/booster": "modules_force_load: of /etc/booster.yaml"}


class Persistence(PlanTest):
    def test_unique_ids_go_into_modprobe_d(self):
        self.assertEqual(self.commands("modprobe-options", GPU), [
            "echo 'options vfio-pci ids=10de:1eb8,10de:10f8' >> /etc/modprobe.d/passcheck-vfio.conf",
            "echo 'softdep nouveau pre: vfio-pci' >> /etc/modprobe.d/passcheck-vfio.conf",
            "echo 'softdep snd_hda_intel pre: vfio-pci' >> /etc/modprobe.d/passcheck-vfio.conf"])

    def test_a_driver_is_loaded_by_the_name_of_its_module(self):
        for driver, module in (("snd_hda_intel", "snd_hda_intel"), ("xhci_hcd", "xhci_pci"),
                               ("i801_smbus", "i2c_i801"), ("piix4_smbus", "i2c_piix4"),
                               ("intel-lpss", "intel_lpss_pci"),
                               ("nvidia-gpu", "i2c_nvidia_gpu"), ("nvidia-nvswitch", "nvidia"),
                               ("intel-spi", "spi_intel_pci"),
                               ("i2c_amd_mp2", "i2c_amd_mp2_pci"), ("nForce2_smbus", "i2c_nforce2"),
                               ("vt596_smbus", "i2c_viapro"),
                               ("sof-audio-pci-intel-tgl", "snd_sof_pci_intel_tgl")):
            with self.subTest(driver=driver):
                self.machine.set_driver_again(self.machine.paths[SOUND], driver)
                self.assertIn(f"'softdep {module} pre: vfio-pci'",
                              " ".join(self.commands("modprobe-options", GPU)))

    def test_what_vfio_pci_has_by_hand_is_kept_by_its_ids_and_not_taken_by_a_rule(self):
        for function in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
        self.assertEqual(self.kept(GPU), ["modprobe-options", "initramfs"])

    def test_what_pci_stub_takes_at_boot_goes_to_vfio_pci_by_a_rule(self):
        ids = "10de:1eb8,10de:10f8"
        self.written_by_host("proc/cmdline", f"intel_iommu=on pci-stub.ids={ids} vfio-pci.ids={ids}")
        for function in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[function], "pci-stub")
        self.written_by_host("lib/modules/6.1.0-51-amd64/modules.builtin", "kernel/drivers/pci/pci-stub.ko")
        self.assertIn("pci-stub is a part of the kernel", self.step("udev-rule", GPU)["why"])

    def test_ids_that_initramfs_tools_loads_vfio_pci_with_get_more_and_so_do_files(self):
        self.touch("/usr/sbin/update-initramfs")
        wanted = "10de:1eb8,10de:10f8"
        for options, after in (("# none", None), ("options vfio-pci ids=1234:5678", f"ids=1234:5678,{wanted}"),
                               (f"options vfio-pci ids={wanted}", f"ids={wanted}")):
            with self.subTest(options=options):
                listed = self.written_by_host("etc/initramfs-tools/modules",
                                              "vfio\n  vfio-pci  ids=8086:1572 disable_vga=1")
                file = self.written_by_host("etc/modprobe.d/vfio.conf", options)
                step = self.step("modprobe-options", GPU)
                if not after:
                    self.assertIn(f"'options vfio-pci ids={wanted}'", " ".join(step["commands"]))
                self.run_on_tree(command for command in step["commands"] if " >> " not in command)
                self.assertIn(f"vfio-pci ids=8086:1572,{wanted} disable_vga=1", " ".join(listed.read_text().split()))
                self.assertIn(after or options, file.read_text())
                self.assertIn("update-initramfs -u -k all", self.commands("initramfs", GPU))

    def test_ids_in_a_list_of_modules_that_takes_no_options_are_none(self):
        for path, tool in (("etc/modules", "/usr/sbin/update-initramfs"),
                           ("etc/initramfs-tools/modules", "/usr/bin/dracut")):
            with self.subTest(path=path):
                self.touch(tool)
                self.written_by_host(path, "vfio_pci ids=10de:1eb8,10de:10f8")
                self.assertIn("ids=10de:1eb8,10de:10f8", self.commands("modprobe-options", GPU)[0])

    def refuse_vfio(self, path):
        return self.written_by_host(path, "options kvm  ignore_msrs=1\ninstall  vfio-pci\t/bin/true")

    def test_a_line_that_keeps_modprobe_from_vfio_pci_goes(self):
        file = self.refuse_vfio("etc/modprobe.d/vfio.conf")
        before = file.read_text() + "# last"
        file.write_text(before)
        for how in ("boot", "managed"):
            step = self.step("module-refusal", GPU, "--how", how)
            self.assertEqual((step["stage"], step["why"]),
                             ("persist", "while it stands, modprobe does not load vfio-pci"))
        self.assertNotIn("module-refusal", dict(self.steps(GPU, "--how", "now")))
        self.run_on_tree(step["commands"])
        self.assertEqual(file.read_text(),
                         "options kvm  ignore_msrs=1\n#passcheck: install  vfio-pci\t/bin/true\n# last")
        self.assertNotIn("module-refusal", dict(self.steps(GPU)))
        self.run_on_tree(step["undo"])
        self.assertEqual(file.read_text(), before)

    def test_a_line_that_a_backslash_continues_is_left_to_a_person(self):
        self.written_by_host("etc/modprobe.d/vfio.conf", "install vfio-pci \\\n/bin/true")
        step = self.step("module-refusal", GPU)
        self.assertEqual(step["commands"], [])
        self.assertTrue(step["why"].endswith(": edit /etc/modprobe.d/vfio.conf by hand"))

    def test_a_file_of_a_package_is_changed_in_a_copy_that_hides_it(self):
        line = "options vfio-pci ids=1234:5678"
        theirs = self.written_by_host("usr/lib/modprobe.d/vfio.conf", f"{line}\ninstall vfio-pci /bin/true")
        before, own = theirs.read_text(), self.root / "etc/modprobe.d/vfio.conf"
        steps = [step for step in self.plan(GPU)["steps"]
                 if step["id"] in ("module-refusal", "modprobe-options")]
        self.run_copies([command for step in steps for command in step["commands"]])
        self.assertEqual((theirs.read_text(), own.read_text()), (before, f"{line},10de:1eb8,10de:10f8\n"
                                                                       "#passcheck: install vfio-pci /bin/true\n"))
        self.run_copies([command for step in reversed(steps) for command in step["undo"]])
        self.assertFalse(own.exists())

    def run_copies(self, commands):
        (self.root / "etc/modprobe.d").mkdir(parents=True, exist_ok=True)
        for command in commands:
            subprocess.run(["sh", "-c", re.sub(r" (/etc|/usr/lib)/", rf" {self.root}\1/", command)], check=True)

    def test_of_a_word_that_a_line_has_twice_the_last_is_changed(self):
        file = self.written_by_host("etc/modprobe.d/vfio.conf",
                                    "options vfio-pci ids=1234:5678 ids=1234:5678")
        step = self.step("modprobe-options", GPU)
        self.run_on_tree(step["commands"][:1])
        self.assertEqual(file.read_text(),
                         "options vfio-pci ids=1234:5678 ids=1234:5678,10de:1eb8,10de:10f8\n")
        self.run_on_tree(step["undo"][:1])
        self.assertEqual(file.read_text(), "options vfio-pci ids=1234:5678 ids=1234:5678\n")

    def test_a_function_with_a_twin_gets_a_rule_of_its_own(self):
        steps = self.steps(SPARE_NIC)
        self.assertIn(("udev-rule", SPARE_NIC), steps)
        self.assertNotIn("modprobe-options", dict(steps))

    def test_ids_that_a_driver_of_the_kernel_makes_useless_are_named(self):
        self.written_by_host("lib/modules/6.1.0-51-amd64/modules.builtin",
                             "kernel/drivers/gpu/drm/nouveau/nouveau.ko")
        why = "nouveau is a part of the kernel, so it is there before vfio-pci"
        self.assertEqual(self.step("udev-rule", GPU)["why"], why)
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1eb8")
        self.assertEqual(self.step("udev-rule", GPU)["why"],
                         f"{why}: 10de:1eb8 in /etc/modprobe.d/vfio.conf does not help")

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

    def test_a_rule_is_for_the_functions_that_pass_its_keys(self):
        ids = 'ATTR{vendor}=="0x8086", ATTR{device}=="0x1572"'
        for matches, gives in ((f'KERNEL == "{SPARE_NIC}"', True),
                               (f'KERNEL=="{SPARE_NIC}|0000:7f:00.0"', True),
                               (f'KERNEL=="{SPARE_NIC}", \\\n ', True),
                               (f'KERNELS=="{SPARE_NIC}", ATTRS{{vendor}}=="0x8086"', True),
                               (f'{ids}, KERNEL!="{SPARE_NIC}"', False),
                               (f'{ids}, KERNEL!="0000:7f:00.0"', True),
                               (f'KERNEL=="{SPARE_NIC}", ATTR{{device}}!="0x1572"', False),
                               (f'ACTION=="remove", KERNEL=="{SPARE_NIC}"', False),
                               (f'KERNEL="{SPARE_NIC}", {ids}', False),
                               (f'KERNEL=="{SPARE_NIC}", rest', False)):
            with self.subTest(matches=matches):
                self.rule_file(matches, driver="vfio-pci")
                self.assertEqual("udev-rule" not in dict(self.steps(SPARE_NIC)), gives)

    def test_a_rule_for_more_than_one_function_is_left_to_a_person(self):
        for matches in (f'KERNEL=="{SPARE_NIC}|0000:7f:00.0"', f'KERNEL=="{SPARE_NIC}", \\\n '):
            with self.subTest(matches=matches):
                file, text = self.rule_file(matches, driver="i40e")
                step = self.step("udev-rule", SPARE_NIC)
                self.assertEqual(step["commands"], [])
                self.assertEqual(file.read_text(), f"{text}\n")

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
        self.assertIn("nothing binds it to its driver at boot", self.step("udev-rule", NIC, "--vfs", "2")["why"])
        self.assertEqual(self.commands("enable-sriov", NIC, "--vfs", "2"),
                         [f"echo '{line}' >> /etc/modprobe.d/passcheck-vfio.conf", "update-initramfs -u -k all"])
        self.assertIn("vf-token=", self.step("vf-token", NIC, "--vfs", "2")["summary"])
        for step in self.plan(NIC, "--vfs", "2")["steps"]:
            self.run_on_tree(step["commands"])
        again = dict(self.steps(NIC, "--vfs", "2"))
        self.assertNotIn("enable-sriov", again)
        self.assertNotIn("udev-rule", again)
        for step in self.plan("--undo", NIC)["steps"]:
            self.run_on_tree(step["commands"])
        self.assertFalse((self.root / "etc/modprobe.d/passcheck-vfio.conf").exists())

    def test_another_driver_of_vfio_keeps_its_function(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "mlx5_vfio_pci")
        rule, = self.commands("udev-rule", VF0)
        self.assertIn('DRIVER!="mlx5_vfio_pci", ATTR{driver_override}="mlx5_vfio_pci"', rule)
        self.assertEqual(self.commands("module-list", VF0),
                         ["echo 'mlx5_vfio_pci' >> /etc/modules-load.d/passcheck-vfio.conf"])

    def test_a_variant_that_a_rule_names_is_loaded(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "vfio-pci")
        self.written_by_host("etc/udev/rules.d/10-vf.rules",
                             f'KERNEL=="{VF0}", ATTR{{driver_override}}="mlx5_vfio_pci"')
        self.assertEqual(self.commands("module-list", VF0),
                         ["echo 'mlx5_vfio_pci' >> /etc/modules-load.d/passcheck-vfio.conf"])
        self.written_by_host("etc/modules-load.d/vfio.conf", "mlx5_vfio_pci")
        self.assertEqual(self.commands("module-list", VF0), [])

    def test_vfio_pci_is_loaded_for_a_rule_that_names_it(self):
        self.rule_file(f'KERNEL=="{SPARE_NIC}"', driver="vfio-pci")
        self.assertEqual(self.commands("module-list", SPARE_NIC),
                         ["echo 'vfio-pci' >> /etc/modules-load.d/passcheck-vfio.conf"])
        for path, line in (("etc/modules-load.d/vfio.conf", "vfio-pci"),
                           ("etc/modprobe.d/vfio.conf", "softdep i40e pre: vfio-pci"),
                           ("etc/initramfs-tools/modules", "vfio_pci")):
            with self.subTest(path=path):
                self.touch("/usr/sbin/update-initramfs")
                file = self.written_by_host(path, line)
                self.assertEqual(self.commands("module-list", SPARE_NIC), [])
                file.unlink()

    def test_a_rule_that_leaves_a_vf_with_a_driver_that_was_faster_is_doubted(self):
        probes = 'ATTR{driver/unbind}="%k", ATTR{subsystem/drivers_probe}="%k"'
        for driver in ("mlx5_core", "vfio-pci"):
            self.machine.set_driver_again(self.machine.paths[VF0], driver)
            for rest, doubted in (("", True), (f", {probes}", False), (', RUN+="/sbin/bind"', False)):
                with self.subTest(driver=driver, rest=rest):
                    self.written_by_host("etc/udev/rules.d/10-vf.rules",
                                         f'KERNEL=="{VF0}", ATTR{{driver_override}}="vfio-pci"{rest}')
                    self.assertEqual("udev-rule-existing" in self.kept(VF0), doubted)
        self.written_by_host("etc/udev/rules.d/10-vf.rules", f'KERNEL=="{VF0}", ATTR{{driver_override}}="vfio-pci"')
        self.machine.write(f"{self.machine.paths[NIC]}/sriov_drivers_autoprobe", "0\n")
        self.assertNotIn("udev-rule-existing", self.kept(VF0))

    def test_options_that_are_there_are_copied_into_the_initramfs(self):
        self.touch("/usr/sbin/update-initramfs")
        folder = self.root / "etc/modprobe.d"
        folder.mkdir(parents=True)
        (folder / "vfio.conf").write_text("options vfio-pci ids=10DE:1eb8,10de:10f8\n"
                                          "softdep nouveau pre: vfio-pci\n"
                                          "softdep snd_hda_intel pre: vfio-pci\n")
        steps = {step["id"]: step for step in self.plan(GPU)["steps"]}
        self.assertNotIn("modprobe-options", steps)
        self.assertEqual(steps["initramfs"]["commands"][-1], "update-initramfs -u -k all")
        self.assertIn("if so, they did not help", steps["ids-existing"]["why"])
        self.assertEqual(steps["ids-existing"]["commands"], [])
        for address in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[address], "vfio-pci")
        self.assertNotIn("ids-existing", dict(self.steps(GPU)))

    def test_ids_that_took_nothing_are_copied_into_the_initramfs(self):
        self.touch("/usr/sbin/update-initramfs")
        for address in (GPU, SOUND):
            (self.root / self.machine.paths[address] / "driver").unlink()
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1eb8,10de:10f8")
        steps = {step["id"]: step for step in self.plan(GPU)["steps"]}
        self.assertEqual(steps["initramfs"]["commands"][-1], "update-initramfs -u -k all")
        self.assertIn("no driver has it now", steps["ids-existing"]["why"])

    def test_ids_of_another_subsystem_are_not_those_of_the_function(self):
        for ids, configured in (("10de:1eb8:1043:1", False), ("10de:1eb8", True), ("10DE:ffffffff", True),
                                ("0x10de:0x1eb8:", True), ("10de", False)):
            with self.subTest(ids=ids):
                self.written_by_host("etc/modprobe.d/vfio.conf", f"options vfio-pci ids={ids}")
                self.assertEqual("10de:1eb8" in self.step("modprobe-options", GPU)["summary"], not configured)

    def test_ids_are_added_beside_those_of_another_subsystem_and_taken_out(self):
        before = "options vfio-pci ids=1234:5678,10de:10f8:1043:1,10de:1eb8:1043:1"
        file = self.written_by_host("etc/modprobe.d/vfio.conf", before)
        step = self.step("modprobe-options", GPU)
        self.run_on_tree(step["commands"])
        self.assertEqual(file.read_text(), f"{before},10de:1eb8,10de:10f8\n")
        self.run_on_tree(step["undo"])
        self.assertEqual(file.read_text(), f"{before}\n")

    def need_spare_nic(self):
        """Its network link is the only one that is up."""
        self.machine.write(f"{self.machine.paths[SPARE_NIC]}/net/eth9/operstate", "up\n")

    def test_ids_that_also_match_what_the_host_needs_are_taken_out(self):
        self.need_spare_nic()
        for before, after in (("8086:1572", "10de:1eb8,10de:10f8"),
                              ("1234:5678,8086:1572", "1234:5678,10de:1eb8,10de:10f8"),
                              ("10de:1eb8,8086:ffffffff,10de:10f8", "10de:1eb8,10de:10f8")):
            with self.subTest(before=before):
                line = f"options vfio-pci ids={before} disable_vga=1"
                file = self.written_by_host("etc/modprobe.d/vfio.conf", line)
                step, *softdeps = [step for step in self.plan(GPU)["steps"]
                                   if step["id"] == "modprobe-options"]
                self.assertIn(f"also matches {SPARE_NIC}, which the host needs for the network link ",
                              step["why"])
                self.run_on_tree(step["commands"])
                self.assertEqual(file.read_text(), line.replace(before, after) + "\n")
                self.run_on_tree(step["undo"])
                self.assertEqual(file.read_text(), f"{line}\n")

    def test_ids_that_also_match_the_pf_that_makes_the_vfs_are_taken_out(self):
        self.touch("/usr/sbin/update-initramfs")
        path = self.root / self.machine.paths[NIC]
        ids = ":".join((path / name).read_text().strip().removeprefix("0x") for name in ("vendor", "device"))
        for arguments in ((VF0,), (NIC, "--vfs", "4")):
            with self.subTest(arguments=arguments):
                line = f"options vfio-pci ids=1234:5678,{ids} disable_vga=1"
                file = self.written_by_host("etc/modprobe.d/vfio.conf", line)
                step = self.step("modprobe-options", *arguments)
                self.assertEqual(step["summary"], f"Keep vfio-pci from taking {ids}")
                self.assertIn(f"also matches {NIC}, whose driver makes the VFs", step["why"])
                self.assertIn("update-initramfs -u -k all",
                              [command for step in self.plan(*arguments)["steps"] for command in step["commands"]])
                self.run_on_tree(step["commands"])
                self.assertEqual(file.read_text(), "options vfio-pci ids=1234:5678 disable_vga=1\n")

    def test_ids_on_the_command_line_that_match_the_pf_are_taken_out(self):
        self.touch("/usr/sbin/update-grub")
        path = self.root / self.machine.paths[NIC]
        ids = ":".join((path / name).read_text().strip().removeprefix("0x") for name in ("vendor", "device"))
        self.written_by_host("etc/default/grub", f'GRUB_CMDLINE_LINUX="intel_iommu=on vfio-pci.ids=1234:5678,{ids}"')
        step = self.step("modprobe-options", NIC, "--vfs", "4")
        self.assertTrue(step["summary"].startswith(f"Keep vfio-pci from taking {ids}: vfio-pci.ids=1234:5678 on "))

    def test_what_gives_the_pf_that_makes_the_vfs_to_vfio_at_boot_is_to_go(self):
        rule = f'KERNEL=="{NIC}", ATTR{{driver_override}}="vfio-pci"'
        for path, text in (("etc/udev/rules.d/10.rules", rule), (f"etc/driverctl.d/pci-{NIC}", "vfio-pci")):
            file = self.written_by_host(path, text)
            for arguments in ((VF0,), (NIC, "--vfs", "4")):
                with self.subTest(path=path, arguments=arguments):
                    step = self.step("binding-existing", *arguments)
                    self.assertIn(f"take what gives it to VFIO out of /{path}", step["summary"])
                    self.assertEqual((step["function"], step["commands"]), (NIC, []))
                    self.assertIn(text if path.endswith("rules") else "vfio-pci stands there", step["why"])
            file.unlink()
        self.written_by_host("etc/udev/rules.d/10.rules", rule.replace("vfio-pci", "mlx5_core"))
        self.assertNotIn("binding-existing", dict(self.steps(VF0)))

    def test_ids_that_match_a_pf_that_goes_itself_stay(self):
        path = self.root / self.machine.paths[NIC]
        ids = ":".join((path / name).read_text().strip().removeprefix("0x") for name in ("vendor", "device"))
        self.written_by_host("etc/modprobe.d/vfio.conf", f"options vfio-pci ids={ids}")
        self.assertFalse([step for step in self.plan(NIC)["steps"] if "Keep vfio-pci" in step["summary"]])

    def test_ids_on_the_command_line_that_match_what_the_host_needs_are_taken_out(self):
        self.need_spare_nic()
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="intel_iommu=on vfio-pci.ids=8086:1572"')
        added = " ".join(self.commands("modprobe-options", GPU))
        self.assertIn("&vfio-pci.ids=10de:1eb8,10de:10f8 ", added)
        self.assertNotIn("&vfio-pci.ids=8086:1572", added)

    def test_ids_that_the_host_needs_stay_where_nothing_has_vfio_come_first(self):
        self.need_spare_nic()
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=8086:1572")
        self.assertNotIn("modprobe-options", dict(self.steps(GPU, "--how", "now")))

    def test_quotes_around_ids_are_none_of_the_ids(self):
        self.need_spare_nic()
        for ids, after in (('"1234:5678"', "1234:5678,10de:1eb8,10de:10f8"),
                           ('"8086:1572,1234:5678"', "1234:5678,10de:1eb8,10de:10f8")):
            with self.subTest(ids=ids):
                line = f"options vfio-pci ids={ids} disable_vga=1"
                file = self.written_by_host("etc/modprobe.d/vfio.conf", line)
                step = next(step for step in self.plan(GPU)["steps"] if step["id"] == "modprobe-options")
                self.run_on_tree(step["commands"])
                self.assertIn(line.replace(ids, after), file.read_text())
                self.run_on_tree(step["undo"])
                self.assertEqual(file.read_text(), f"{line}\n")

    def test_blanks_between_quotes_are_no_end_of_the_ids(self):
        for word in ('ids="1234:5678,  8765:4321"', '"ids=1234:5678, 8765:4321"', 'ids="1234:5678,\t8765:4321"'):
            with self.subTest(word=word):
                file = self.written_by_host("etc/modprobe.d/vfio.conf",
                                            f"options vfio-pci {word} disable_vga=1\noptions kvm {word}")
                step = next(step for step in self.plan(GPU)["steps"] if step["id"] == "modprobe-options")
                self.run_on_tree(step["commands"])
                self.assertEqual(file.read_text(), "options vfio-pci ids=1234:5678,8765:4321,10de:1eb8,10de:10f8 "
                                                   f"disable_vga=1\noptions kvm {word}\n")

    def test_ids_that_a_blank_kept_out_of_the_list_stand_in_it_alone(self):
        self.need_spare_nic()
        for ids, after in (("1234:5678, 10de:1eb8,10de:10f8", "1234:5678,10de:1eb8,10de:10f8"),
                           ("10de:1eb8, 10de:10f8 8765:4321", "10de:1eb8,10de:10f8 8765:4321"),
                           ("1234:5678, 8765:4321 10de:10f8", "1234:5678,10de:1eb8,10de:10f8 8765:4321")):
            with self.subTest(ids=ids):
                line = f"options vfio-pci ids={ids} disable_vga=1"
                file = self.written_by_host("etc/modprobe.d/vfio.conf", line)
                step = next(step for step in self.plan(GPU)["steps"] if step["id"] == "modprobe-options")
                self.run_on_tree(step["commands"])
                self.assertIn(line.replace(ids, after), file.read_text())
                self.run_on_tree(step["undo"])
                self.assertEqual(file.read_text(), f"{line}\n")

    def test_a_line_that_sed_does_not_find_is_edited_by_hand(self):
        for line in ("options vfio-pci ids=1234:5678,\\\n8765:4321", "options vfio-pci \\\n ids=1234:5678,8765:4321",
                     "options vfio-pci ids=1234:567\\8,8765:4321"):
            with self.subTest(line=line):
                file = self.written_by_host("etc/modprobe.d/vfio.conf", line)
                step = next(step for step in self.plan(GPU)["steps"] if step["id"] == "modprobe-options")
                self.run_on_tree(step["commands"])
                self.assertEqual(file.read_text(), f"{line}\n")
                self.assertIn("edit /etc/modprobe.d/vfio.conf by hand", step["why"])
                self.assertIn('in its line "options vfio-pci ids=1234:5678,8765:4321", replace '
                              "ids=1234:5678,8765:4321 with ids=1234:5678,8765:4321,10de:1eb8,10de:10f8", step["why"])

    def test_a_list_of_ids_that_is_full_is_left_alone(self):
        for entries, full in ((100, False), (101, True)):
            with self.subTest(entries=entries):
                ids = ",".join(["1234:5678"] * entries)
                self.written_by_host("etc/modprobe.d/vfio.conf", f"options vfio-pci ids={ids}")
                rules = [step["why"] for step in self.plan(GPU)["steps"] if step["id"] == "udev-rule"]
                self.assertEqual(rules, ["vfio-pci has room for 1023 characters of ids"] * 2 * full)

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

    def test_a_driver_that_has_what_the_command_line_gives_vfio_pci_may_have_come_later(self):
        self.written_by_host("proc/cmdline", "intel_iommu=on vfio-pci.ids=10de:1eb8,10de:10f8")
        self.assertIn("vfio-pci.ids= is set, and yet nouveau has it: that driver came first, or "
                      "was bound since",
                      [step["why"] for step in self.plan(GPU)["steps"] if step["id"] == "udev-rule"])

    def test_the_order_of_modules_says_why_also_where_its_ids_are_only_asked_for(self):
        why = "ids= gives vfio-pci only functions that no host driver has yet"
        for line in ("intel_iommu=on vfio-pci.ids=1234:5678", "intel_iommu=on"):
            with self.subTest(line=line):
                self.written_by_host("proc/cmdline", line)
                self.written_by_host("etc/modprobe.d/vfio.conf",
                                     "options vfio-pci ids=10de:1eb8,10de:10f8")
                self.assertIn(why, [step.get("why") for step in self.plan(GPU)["steps"]
                                    if step["id"] == "modprobe-options"])

    def test_ids_that_the_kernel_command_line_replaces_are_not_there(self):
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1eb8,10de:10f8")
        self.assertFalse(any("ids=" in command for command in self.commands("modprobe-options", GPU)))
        self.written_by_host("proc/cmdline", "intel_iommu=on vfio-pci.ids=1234:5678")
        self.assertIn("modprobe-options", dict(self.steps(GPU)))

    def test_the_initramfs_is_made_with_the_hosts_tool(self):
        self.written_by_host("etc/mkinitcpio.conf", "MODULES=()")
        for path, command in INITRAMFS_TOOLS.items():
            with self.subTest(path=path):
                self.touch(path)
                self.assertEqual(self.commands("initramfs", GPU)[-1], command)
                (self.root / path.lstrip("/")).unlink()
        self.assertEqual(self.commands("initramfs", GPU), [])
        self.assertEqual(self.step("initramfs", GPU)["why"],
                         "passcheck found no such tool, but /etc/mkinitcpio.conf. With mkinitcpio: "
                         "write vfio_pci into MODULES=() of /etc/mkinitcpio.conf, and run mkinitcpio -P")
        (self.root / "etc/mkinitcpio.conf").unlink()
        for word in ("update-initramfs -u -k all", DRACUT, "mkinitcpio -P"):
            self.assertIn(word, self.step("initramfs", GPU)["why"])
        self.assertIn("Put vfio-pci", self.step("initramfs", GPU)["summary"])
        self.written_by_host("etc/initramfs-tools/modules", "vfio_pci")
        self.assertIn("it holds a copy of /etc/modprobe.d", self.step("initramfs", GPU)["summary"])

    def test_an_initramfs_is_told_of_vfio_pci_where_its_own_tool_is_not(self):
        forced = "etc/dracut.conf.d/vfio.conf"
        packaged = "usr/lib/dracut/dracut.conf.d/50-vfio.conf"
        tell = "echo 'force_drivers+=\" vfio_pci \"' >> /etc/dracut.conf.d/passcheck-vfio.conf"
        self.touch("/usr/bin/dracut")
        for path, text, told in (("etc/initramfs-tools/modules", "vfio-pci", True),
                                 ("etc/mkinitcpio.conf", "MODULES=(vfio_pci)", True),
                                 (forced, 'omit_drivers+=" vfio-pci "', True),
                                 (forced, 'add_drivers+=" vfio-pci "', True),
                                 (forced, 'force_drivers+="vfio-pci "\nforce_drivers+="nvme "', False),
                                 (forced, 'force_drivers+=" nvme"\nforce_drivers+="vfio-pci "', True),
                                 (forced, 'force_drivers+=" vfio\n vfio-pci "', False),
                                 (forced, 'force_drivers+=" vfio-pci "\nforce_drivers=""', True),
                                 (packaged, 'force_drivers+=" vfio_pci "', False)):
            with self.subTest(path=path, text=text):
                file = self.written_by_host(path, text)
                self.assertEqual(self.commands("initramfs", GPU), [tell] * told + [DRACUT])
                file.unlink()

    def test_mkinitcpio_is_told_in_the_file_that_it_goes_by(self):
        base, drop_in = "etc/mkinitcpio.conf", "etc/mkinitcpio.conf.d/10-modules.conf"
        self.touch("/usr/bin/mkinitcpio")
        for written, changed in (({base: "MODULES=()"}, base),
                                 ({base: "MODULES=(vfio_pci_core)"}, base),
                                 ({base: "MODULES=(\n  nvme\n)"}, base),
                                 ({base: "MODULES=(a)", drop_in: "MODULES+=(b)"}, base),
                                 ({base: "MODULES=(a)", drop_in: "MODULES=(b)"}, drop_in),
                                 ({base: 'MODULES=""'}, None),
                                 ({base: "#MODULES=()\nHOOKS=(base udev)"}, None),
                                 ({base: "HOOKS=(base udev)", drop_in: "MODULES+=(b)"}, None)):
            with self.subTest(written=written):
                files = {path: self.written_by_host(path, text) for path, text in written.items()}
                before = {path: file.read_text() for path, file in files.items()}
                step = self.step("initramfs", GPU)
                if changed:
                    self.run_on_tree(step["commands"][:-1])
                    self.assertEqual([path for path in files if files[path].read_text() != before[path]], [changed])
                    self.assertEqual(self.commands("initramfs", GPU), ["mkinitcpio -P"])
                    self.run_on_tree(step["undo"][:-1])
                else:
                    self.assertEqual(step["commands"], [])
                    self.assertIn("MODULES= of /etc/mkinitcpio.conf, and run mkinitcpio -P", step["why"])
                self.assertEqual({path: file.read_text() for path, file in files.items()}, before)
                for file in files.values():
                    file.unlink()

    def test_mkinitcpio_without_the_hook_for_modprobe_d_is_told_of_it(self):
        self.touch("/usr/bin/mkinitcpio")
        for hooks, modules, why in (("base udev modconf kms", "", None), ("base udev modconf", "vfio_pci", None),
                                    ("base udev kms", "", ", vfio_pci into MODULES= of /etc/mkinitcpio.conf, and run"),
                                    ("base udev kms", "vfio_pci", "write modconf into HOOKS= of /etc/mkinitcpio.conf, and run mkinitcpio -P")):
            with self.subTest(hooks=hooks, modules=modules):
                self.written_by_host("etc/mkinitcpio.conf", f"MODULES=({modules})\nHOOKS=({hooks})")
                step = self.step("initramfs", GPU)
                if why:
                    self.assertEqual(step["commands"], [])
                    self.assertIn(why, step["why"])
                else:
                    self.assertEqual(step["commands"][-1], "mkinitcpio -P")

    def test_dracut_for_any_host_is_told_to_take_files_of_modprobe_d(self):
        self.touch("/usr/bin/dracut")
        self.written_by_host("usr/lib/dracut/dracut.conf.d/11-generic.conf", 'hostonly="no"')
        step = self.step("initramfs", GPU)
        self.assertEqual(step["commands"], [])
        self.assertIn("as /usr/lib/dracut/dracut.conf.d/11-generic.conf says hostonly", step["why"])
        self.assertIn('write force_drivers+=" vfio_pci " into /etc/dracut.conf.d/passcheck-vfio.conf, and run dracut',
                      step["why"])
        self.written_by_host("etc/dracut.conf.d/mine.conf", "install_items+=' /etc/modprobe.d/passcheck-vfio.conf '")
        self.assertEqual(self.commands("initramfs", GPU)[-1], DRACUT)

    def test_a_boot_loader_with_a_copy_of_the_initramfs_gets_a_new_one(self):
        self.written_by_host("etc/mkinitcpio.conf", "MODULES=()")
        for files, command in INITRAMFS_COPIES.items():
            with self.subTest(files=files):
                for file in files:
                    self.touch(file)
                self.assertEqual(self.commands("initramfs", GPU)[-1], command)
                for file in files:
                    (self.root / file.lstrip("/")).unlink()

    def test_dracut_makes_the_initramfs_of_each_kernel_that_may_be_booted(self):
        self.touch("/usr/bin/dracut", "/usr/sbin/grubby")
        self.written_by_host("proc/sys/kernel/osrelease", "6.12.1")
        for release, command in (("6.12.1", "dracut --force"), ("6.12.2", DRACUT)):
            with self.subTest(release=release):
                self.written_by_host("boot/loader/entries/a.conf",
                                     f"linux /vmlinuz\nversion {release}\noptions intel_iommu=on")
                self.assertEqual(self.commands("initramfs", GPU)[-1], command)

    def test_dracut_of_debian_makes_the_initramfs_in_boot_and_the_copy_of_an_entry(self):
        self.touch("/etc/debian_version", "/usr/bin/dracut", "/etc/kernel/postinst.d/dracut", "/usr/sbin/update-grub",
                   "/etc/default/grub")
        self.written_by_host("boot/vmlinuz-6.12", "")
        programs = self.directory / "programs"
        programs.mkdir()
        for name in ("dracut", "kernel-install"):
            (programs / name).write_text(f'#!/bin/sh\necho {name} "$*"\n')
            (programs / name).chmod(0o755)
        dracut, copy = "dracut --force /boot/initrd.img-6.12 6.12", "kernel-install add 6.12 /boot/vmlinuz-6.12"
        for file, made in ((None, [dracut]), ("/etc/kernel/cmdline", [dracut, copy])):
            if file:
                (self.root / "etc/default/grub").unlink()
                self.touch(file)
            command = self.commands("initramfs", GPU)[-1].replace("in /boot/", f"in {self.root}/boot/")
            command = command.replace("#/boot/", f"#{self.root}/boot/")
            done = subprocess.check_output(["/bin/sh", "-c", command], env={"PATH": str(programs)}, text=True)
            with self.subTest(file=file):
                self.assertEqual(done.replace(str(self.root), "").splitlines(), made)
        self.touch("/usr/sbin/update-initramfs")
        self.assertEqual(self.commands("initramfs", GPU)[-1], "update-initramfs -u -k all")

    def test_an_initramfs_of_entries_for_kernels_is_made_by_kernel_install(self):
        self.written_by_host("etc/mkinitcpio.conf", "MODULES=()")
        self.touch("/usr/bin/mkinitcpio", "/etc/kernel/cmdline", "/boot/loader/loader.conf")
        self.written_by_host("proc/sys/kernel/osrelease", "6.12.1")
        for entry, command in (("linux /vmlinuz", "mkinitcpio -P"), ("linux /vmlinuz\nversion 6.12.1", KERNEL_INSTALL)):
            with self.subTest(entry=entry):
                self.written_by_host("boot/loader/entries/a.conf", f"{entry}\noptions quiet")
                self.assertEqual(self.commands("initramfs", GPU)[-1], command)

    def test_an_initramfs_tool_whose_configuration_is_edited_by_hand_is_named(self):
        for path, words in BY_HAND.items():
            with self.subTest(path=path):
                self.touch(path)
                step = self.step("initramfs", GPU)
                self.assertEqual((step["commands"], step["undo"]), ([], []))
                self.assertIn(words, step["why"])
                (self.root / path.lstrip("/")).unlink()

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

    def write_numbers(self, *numbers):
        return self.written_by_host("etc/rc.local", "#!/bin/sh\n" + "\n".join(
            f"echo {number} > /sys/bus/pci/devices/{NIC}/sriov_numvfs" for number in numbers))

    def test_a_line_that_makes_room_for_the_number_stays(self):
        self.write_numbers(0, 4)
        self.assertNotIn("vfs-conflict", dict(self.steps(NIC, "--vfs", "4")))

    def test_a_line_that_takes_vfs_away_again_is_to_go(self):
        self.write_numbers(4, 0)
        step = self.step("vfs-conflict", NIC, "--vfs", "4")
        self.assertIn(f"take the VFs of {NIC} away", step["summary"])
        self.assertNotIn("0 VFs", step["summary"])

    def test_a_line_that_takes_away_what_the_rule_of_a_plan_makes_is_to_go(self):
        for file, text, goes in (
                ("etc/NetworkManager/system-connections/lan",
                 "[connection]\ninterface-name=eth0\n[sriov]\ntotal-vfs=0", True),
                ("etc/modprobe.d/vfs.conf", "options mlx5_core max_vfs=0", False)):
            with self.subTest(file=file):
                written = self.written_by_host(file, text)
                kept = self.kept(NIC, "--vfs", "4")
                self.assertIn("vfs-udev-rule", kept)
                self.assertEqual("vfs-conflict" in kept, goes)
                written.unlink()

    def test_what_a_unit_runs_as_it_stops_stays(self):
        self.written_by_host("etc/systemd/system/vfs.service", "[Service]\n" + "\n".join(
            f"{key}=/bin/sh -c 'echo {number} > /sys/bus/pci/devices/{NIC}/sriov_numvfs'"
            for key, number in (("ExecStart", 4), ("ExecStop", 0))))
        self.assertFalse({"vfs-conflict", "vfs-existing"} & set(self.kept(NIC, "--vfs", "4")))

    def test_a_rule_that_may_act_too_early_is_told_upon_what_else(self):
        interface = next(self.root.glob(f"sys/devices/**/{NIC}/net/eth0"))
        interface.rename(interface.with_name("ens2"))
        for keys, events in (
                (f'KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="4"', "add|bind"),
                ('SUBSYSTEM=="net", KERNEL=="ens2", ATTR{device/sriov_numvfs}="4"', "add|move")):
            with self.subTest(keys=keys):
                file = self.written_by_host("etc/udev/rules.d/70.rules", f'ACTION=="add", {keys}')
                step = self.step("vfs-existing", NIC, "--vfs", "4")
                self.assertIn(f'let it act upon ACTION=="{events}": ', step["why"])
                file.write_text(f'ACTION=="{events}", {keys}\n')
                self.assertNotIn("vfs-existing", dict(self.steps(NIC, "--vfs", "4")))
                file.unlink()

    def test_equal_lines_are_changed_at_once(self):
        file = self.write_numbers(2, 2)
        before = file.read_text()
        step = self.step("vfs-existing", NIC, "--vfs", "4")
        self.assertIn("its 2 equal lines", step["why"])
        self.assertNotIn("vfs-conflict", dict(self.steps(NIC, "--vfs", "4")))
        self.run_on_tree(step["commands"])
        self.assertEqual(file.read_text(), before.replace("echo 2", "echo 4"))
        self.assertNotIn("vfs-existing", dict(self.steps(NIC, "--vfs", "4")))
        self.run_on_tree(step["undo"])
        self.assertEqual(file.read_text(), before)

    def test_equal_lines_that_are_to_go_are_told_once(self):
        self.write_numbers(2, 2, 4)
        step = self.step("vfs-conflict", NIC, "--vfs", "4")
        self.assertIn("take its 2 equal lines out", step["summary"])

    def test_equal_lines_for_several_pfs_are_not_changed_for_one_of_them(self):
        self.add_pf()
        self.written_by_host("etc/netplan/50.yaml", "network:\n  ethernets:\n"
                             "    eth0:\n      virtual-function-count: 2\n"
                             "    eth1:\n      virtual-function-count: 2")
        step = self.step("vfs-existing", NIC, "--vfs", "4")
        self.assertEqual(step["commands"], [])
        self.assertIn("by hand", step["why"])

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

    def test_a_line_for_several_pfs_is_not_changed_for_one_of_them(self):
        other = self.add_pf()
        (self.root / "run").mkdir(exist_ok=True)  # no .link file of it comes before
        for path, line in (
                ("etc/systemd/network/10.link",
                 "[Match]\nDriver=mlx5_core\n[Link]\nSR-IOVVirtualFunctions=2"),
                ("etc/systemd/network/10.link",
                 "[Match]\nOriginalName=eth*\n[Link]\nSR-IOVVirtualFunctions=2"),
                ("etc/udev/rules.d/70.rules",
                 'SUBSYSTEM=="net", KERNEL=="eth0|eth1", ATTR{device/sriov_numvfs}="2"'),
                ("etc/udev/rules.d/70.rules", 'DRIVER=="mlx5_core", ATTR{sriov_numvfs}="2"'),
                ("etc/modprobe.d/vfs.conf", "options mlx5_core num_vfs=2")):
            with self.subTest(line=line):
                file = self.written_by_host(path, line)
                step = self.step("vfs-existing", NIC, "--vfs", "4")
                self.assertEqual((step["commands"], step["undo"]), ([], []))
                self.assertIn(f"4 VFs of {NIC} at every boot instead of 2, and as many as before "
                              f"of {other}", step["summary"])
                self.assertIn("by hand", step["why"])
                self.assertNotIn(("vfs-existing", NIC), self.steps(NIC, "--vfs", "2"))
                file.unlink()

    def test_one_vf_is_told_as_one(self):
        file = self.written_by_host("etc/udev/rules.d/70.rules",
                                    f'KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="2"')
        self.assertIn(f" make 1 VF of {NIC} ",
                      self.step("vfs-existing", NIC, "--vfs", "1")["summary"])
        file.write_text('DRIVER=="mlx5_core", ATTR{sriov_numvfs}="2"\n')
        self.add_pf()
        self.assertIn(f" make 1 VF of {NIC} ",
                      self.step("vfs-existing", NIC, "--vfs", "1")["summary"])

    def test_a_link_file_for_one_pf_stands_in_front_of_that_for_several(self):
        self.add_pf()
        (self.root / "run").mkdir(exist_ok=True)
        self.written_by_host("etc/systemd/network/10.link",
                             "[Match]\nDriver=mlx5_core\n[Link]\nSR-IOVVirtualFunctions=2")
        why = self.step("vfs-existing", NIC, "--vfs", "4")["why"]
        self.assertIn("name sorts before it", why)
        self.assertIn(f"Path=pci-{NIC}", why)

    def test_a_line_for_all_pfs_that_are_asked_for_is_changed_once(self):
        other = self.add_pf()
        file = self.written_by_host("etc/udev/rules.d/70.rules",
                                    'DRIVER=="mlx5_core", ATTR{sriov_numvfs}="2"')
        steps = [step for step in self.plan(NIC, other, "--vfs", "4")["steps"]
                 if step["id"] == "vfs-existing"]
        self.assertEqual(len(steps), 1)
        self.run_on_tree(steps[0]["commands"])
        self.assertIn('="4"', file.read_text())

    def test_who_loses_vfs_with_a_line_that_is_to_go_is_named(self):
        other = self.add_pf()
        self.written_by_host("etc/udev/rules.d/70.rules",
                             f'KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="4"\n'
                             'DRIVER=="mlx5_core", ATTR{sriov_numvfs}="2"')
        self.assertIn(other, self.step("vfs-conflict", NIC, "--vfs", "4")["why"])

    def test_a_line_of_a_package_is_changed_in_a_copy_in_its_place(self):
        self.written_by_host("usr/lib/udev/rules.d/70.rules",
                             f'KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="2"')
        step = self.step("vfs-existing", NIC, "--vfs", "4")
        self.assertEqual(step["commands"], [])
        self.assertIn("/etc/udev/rules.d/70.rules", step["why"])

    def test_a_rule_on_several_lines_is_changed_by_hand(self):
        self.written_by_host("etc/udev/rules.d/70.rules",
                             f'KERNEL=="{NIC}", \\\n ATTR{{sriov_numvfs}}="2"')
        step = self.step("vfs-existing", NIC, "--vfs", "4")
        self.assertEqual(step["commands"], [])
        self.assertIn("by hand", step["why"])

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

    def test_a_rule_with_patterns_that_fit_is_changed_and_not_doubled(self):
        for matches, attribute in (('KERNEL=="0000:0[12]:00.?"', "sriov_numvfs"),
                                   ('SUBSYSTEM=="net", KERNEL=="lan0|eth?"', "device/sriov_numvfs"),
                                   ('SUBSYSTEM=="net", DRIVERS=="mlx5_core"', "device/sriov_numvfs")):
            with self.subTest(matches=matches):
                line = f'{matches}, ATTR{{{attribute}}}="4"'
                file = self.written_by_host("etc/udev/rules.d/70.rules", line)
                self.assertNotIn(("vfs-udev-rule", NIC), self.steps(VF0))
                self.run_on_tree(self.commands("vfs-existing", VF0))
                self.assertEqual(file.read_text(), line.replace('"4"', '"2"') + "\n")

    def test_what_may_not_run_at_boot_is_looked_at_by_hand(self):
        line = "echo 2 > /sys/class/net/eth0/device/sriov_numvfs"
        for path, text, why in (
                ("etc/rc.local", line, "it is not executable"),
                ("etc/network/interfaces", f"auto lo\niface eth0 inet manual\n  up {line}",
                 "no line auto or allow-hotplug has its interface"),
                ("etc/systemd/system/vfs.service",
                 f"[Service]\nExecStart=sh -c '{line}'\n[Install]\nWantedBy=multi-user.target",
                 "it is not enabled")):
            with self.subTest(path=path):
                file = self.written_by_host(path, text)
                file.chmod(0o644)
                step = self.step("vfs-existing", VF0)
                self.assertIn(why, step["why"])
                self.assertEqual(step["commands"], [])
                file.unlink()

    def test_a_line_whose_words_are_not_shown_is_found_by_the_one_that_sets_vfs(self):
        self.written_by_host("etc/rc.local",
                             "curl -u me:secret host; echo 1 > /sys/class/net/eth0/device/sriov_numvfs")
        step = self.step("vfs-existing", VF0)
        self.assertEqual(step["commands"], [])
        self.assertIn("redacted", step["why"])
        self.assertIn("`grep -n sriov_numvfs /etc/rc.local` finds it", step["why"])

    def test_vfs_that_are_taken_away_first_are_no_other_number(self):
        path = "/sys/class/net/eth0/device/sriov_numvfs"
        self.written_by_host("etc/rc.local", f"echo 0 > {path}\necho 2 > {path}")
        self.assertNotIn(("vfs-existing", NIC), self.steps(VF0))
        self.assertIn(("vfs-existing", NIC), self.steps(NIC, "--vfs", "4"))

    def test_a_rule_does_not_set_the_mode_of_switchdev(self):
        for port, told in (("pf0vf0", True), ("p1", False)):
            with self.subTest(port=port):
                net = self.root / self.machine.paths[NIC] / "net"
                (net / "rep0").mkdir(parents=True, exist_ok=True)
                (net / "rep0/phys_port_name").write_text(f"{port}\n")
                step = self.step("vfs-udev-rule", NIC, "--vfs", "4")
                self.assertEqual("switchdev mode" in (step["why"] or ""), told)

    def managed_by_the_operator(self, vfs, externally):
        return self.written_by_host(
            "etc/sriov-operator/sriov-interface-config.yaml",
            f"spec:\n    interfaces:\n        - pciaddress: \"{NIC}\"\n"
            f"          numvfs: {vfs}\n          name: eth0\n"
            f"          externallymanaged: {str(externally).lower()}")

    def test_vfs_of_the_sriov_network_operator_are_changed_by_its_policy(self):
        self.managed_by_the_operator(2, externally=False)
        for stack in ((), ("--for", "kubevirt"), ("--for", "libvirt")):
            with self.subTest(stack=stack):
                step = self.step("vfs-existing", NIC, "--vfs", "4", *stack)
                self.assertIn("set numVfs in its SriovNetworkNodePolicy", step["summary"])
                self.assertEqual(step["commands"], [])
                self.assertNotIn(("vfs-udev-rule", NIC), self.steps(NIC, "--vfs", "4", *stack))
                self.assertNotIn(("vfs-existing", NIC), self.steps(VF0, *stack))

    def test_a_number_that_the_operator_keeps_is_not_written_without_a_word(self):
        for vfs, externally, told in ((2, False, True), (4, False, False), (2, True, False)):
            with self.subTest(vfs=vfs, externally=externally):
                self.managed_by_the_operator(vfs, externally)
                step = self.step("enable-vfs", NIC, "--vfs", "4")
                self.assertEqual("operator keeps the number" in (step["why"] or ""), told)
        self.managed_by_the_operator(2, externally=False)
        self.assertIn("operator keeps the number", self.step("disable-vfs", NIC)["why"])

    def test_vfs_that_the_operator_leaves_to_others_are_made_by_a_rule(self):
        self.managed_by_the_operator(4, externally=True)
        for stack in ((), ("--for", "kubevirt")):
            with self.subTest(stack=stack):
                steps = self.steps(NIC, "--vfs", "4", *stack)
                self.assertIn(("vfs-udev-rule", NIC), steps)
                self.assertNotIn(("vfs-existing", NIC), steps)

    def test_what_another_driver_is_told_is_no_matter(self):
        self.written_by_host("etc/modprobe.d/vfs.conf", "options igb max_vfs=7")
        self.assertIn(("vfs-udev-rule", NIC), self.steps(VF0))


    MODPROBE = """#!/bin/sh
[ "$*" = "-q -R pci:v000010DEd00001EB8" ] || exit 1
echo nouveau
echo nvidiafb
"""

    def in_sandbox(self, command):
        """Runs a command on the tree, with a modprobe that knows the alias of GPU."""
        modprobe = self.directory / "modprobe"
        modprobe.write_text(self.MODPROBE)
        modprobe.chmod(0o755)
        (self.root / self.machine.paths[GPU] / "modalias").write_text("pci:v000010DEd00001EB8\n")
        devices = (self.root / self.machine.paths[GPU]).parent
        command = command.replace("/sys/bus/pci/devices", str(devices)).replace(" /etc/", f" {self.root}/etc/")
        subprocess.run(["sh", "-ec", command], check=True,
                       env={"PATH": f"{self.directory}:{os.environ['PATH']}"})

    def test_a_host_driver_that_nothing_names_is_found_by_aliases(self):
        ids = self.written_by_host("etc/modprobe.d/passcheck-vfio.conf", "options vfio-pci disable_vga=1")
        before = ids.read_text()
        for driver, asks in (("vfio-pci", True), (None, True), ("nouveau", False)):
            with self.subTest(driver=driver):
                (self.root / self.machine.paths[GPU] / "driver").unlink(missing_ok=True)
                if driver:
                    self.machine.set_driver(self.machine.paths[GPU], driver)
                step = self.step("modprobe-options", GPU)
                lines = [line for line in step["commands"] if "modprobe -q -R" in line]
                self.assertEqual(len(lines), int(asks))
                if asks:
                    for _ in range(2):
                        self.in_sandbox(lines[0])
                    self.assertEqual(ids.read_text(), before + "softdep nouveau pre: vfio-pci\n"
                                     "softdep nvidiafb pre: vfio-pci\n")
                    line, = (line for line in step["undo"] if "modprobe -q -R" in line)
                    for _ in range(2):
                        self.in_sandbox(line)
                    self.assertEqual(ids.read_text(), before)

    def test_a_driver_is_looked_for_also_where_ids_go_to_the_command_line(self):
        (self.root / "proc/cmdline").write_text("intel_iommu=on vfio-pci.ids=1234:5678\n")
        self.machine.set_driver_again(self.machine.paths[GPU], "vfio-pci")
        self.assertIn("modprobe -q -R", " ".join(self.commands("modprobe-options", GPU)))

    def test_a_vf_has_no_host_driver_to_be_found(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "vfio-pci")
        self.assertNotIn("modprobe-options", self.kept(VF0))


class Driverctl(PlanTest):
    """What driverctl saved holds at every boot, whatever a plan adds beside it."""
    saved_path = f"/etc/driverctl.d/pci-{SPARE_NIC}"

    def save(self, driver):
        return self.written_by_host(f"etc/driverctl.d/pci-{SPARE_NIC}", driver)

    def setUp(self):
        super().setUp()
        self.touch("/usr/sbin/driverctl")
        self.saved = self.save("vfio-pci")

    def test_nothing_is_to_be_kept_that_it_keeps(self):
        self.assertEqual(self.kept(SPARE_NIC), ["driverctl-existing"])

    def test_the_undo_has_it_forget(self):
        step = self.step("driverctl-forget", "--undo", SPARE_NIC)
        self.run_on_tree(step["commands"])
        self.assertFalse(self.saved.exists())

    def test_another_driver_gives_way_to_vfio_and_comes_back(self):
        for driver in ("i40e", "none", "vfio_pci"):
            with self.subTest(driver=driver):
                self.save(driver)
                self.assertEqual(self.kept(SPARE_NIC), ["driverctl-override"])
                step = self.step("driverctl-override", SPARE_NIC)
                self.run_on_tree(step["commands"])
                self.assertEqual(self.saved.read_text(), "vfio-pci\n")
                self.assertEqual(self.kept(SPARE_NIC), ["driverctl-existing"])
                self.run_on_tree(step["undo"])
                self.assertEqual(self.saved.read_text(), f"{driver}\n")

    def test_another_driver_of_vfio_than_has_it_now_is_told(self):
        for now, saved, told in (("vfio-pci", "mlx5_vfio_pci", True), ("mlx5_vfio_pci", "vfio-pci", True),
                                 ("vfio-pci", "vfio-pci", False), ("i40e", "mlx5_vfio_pci", False)):
            with self.subTest(now=now, saved=saved):
                self.machine.set_driver_again(self.machine.paths[SPARE_NIC], now)
                self.save(saved)
                words = [step["summary"] for step in self.plan(SPARE_NIC)["steps"]
                         if step["id"] == "driverctl-existing" and "which driver of VFIO" in step["summary"]]
                self.assertEqual(len(words), int(told))
                if told:
                    self.assertIn(f"{now} has it now, and {self.saved_path} gives it to {saved} at boot", words[0])

    def test_another_driver_of_vfio_by_a_rule_is_told(self):
        self.saved.unlink()
        for now, told in (("vfio-pci", True), ("mlx5_vfio_pci", False)):
            with self.subTest(now=now):
                self.machine.set_driver_again(self.machine.paths[SPARE_NIC], now)
                self.written_by_host("etc/udev/rules.d/80.rules",
                                     f'KERNEL=="{SPARE_NIC}", ATTR{{driver_override}}="mlx5_vfio_pci"')
                self.assertEqual("udev-rule-existing" in self.kept(SPARE_NIC), told)

    def test_no_rule_makes_good_for_another_driver(self):
        self.save("i40e")
        self.written_by_host("etc/udev/rules.d/70-passcheck-vfio.rules",
                             f'KERNEL=="{SPARE_NIC}", ATTR{{driver_override}}="vfio-pci"')
        self.assertEqual(self.kept(SPARE_NIC), ["driverctl-override"])

    def test_the_undo_leaves_another_driver(self):
        self.save("i40e")
        self.assertNotIn(("driverctl-forget", SPARE_NIC), self.steps("--undo", SPARE_NIC))


class Unraid(PlanTest):
    """What its page System Devices was told holds at every boot."""
    def setUp(self):
        super().setUp()
        self.touch("/etc/unraid-version")

    def bind(self, words):
        self.written_by_host("boot/config/vfio-pci.cfg", f"BIND={words}")

    def test_nothing_is_to_be_kept_that_it_binds(self):
        self.bind(f"{SPARE_NIC}|8086:1572")
        self.assertEqual(self.kept(SPARE_NIC), ["binding-existing"])

    def test_a_binding_of_another_device_is_none(self):
        self.bind(f"{SPARE_NIC}|8086:1533 {NIC}")
        self.assertEqual(self.kept(SPARE_NIC), ["udev-rule"])

    def test_ids_alone_bind_what_has_them(self):
        self.bind("8086:1572")
        self.assertEqual(self.kept(SPARE_NIC), ["binding-existing"])

    def test_the_undo_names_what_it_binds(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        for words, named in ((f"{SPARE_NIC}", True), ("8086:1572", True), ("", False)):
            with self.subTest(words=words):
                self.bind(words)
                self.assertEqual("script-existing" in dict(self.steps("--undo", SPARE_NIC)), named)

    def start(self, name):
        self.written_by_host("boot/config/go", "#!/bin/bash\necho vfio-pci > "
                             f"/sys/bus/pci/devices/{name}/driver_override\n/usr/local/sbin/emhttp")

    def test_the_undo_names_all_that_give_a_function_to_vfio(self):
        self.start(SPARE_NIC)
        self.bind(SPARE_NIC)
        for driver in ("vfio-pci", "i40e"):
            with self.subTest(driver=driver):
                self.machine.set_driver_again(self.machine.paths[SPARE_NIC], driver)
                summaries = [step["summary"] for step in self.plan("--undo", SPARE_NIC)["steps"]
                             if step["id"] == "script-existing"]
                self.assertEqual(len(summaries), 2)
                self.assertIn("See whether the lines of /boot/config/go that give", summaries[0])
                self.assertIn("BIND= of /boot/config/vfio-pci.cfg", summaries[1])

    def test_no_initramfs_has_what_it_runs_at_boot(self):
        self.start(SPARE_NIC)
        for driver in ("vfio-pci", "i40e"):
            with self.subTest(driver=driver):
                self.machine.set_driver_again(self.machine.paths[SPARE_NIC], driver)
                step = self.step("script-existing", SPARE_NIC)
                self.assertIn("/boot/config/go", step["summary"])
                self.assertNotIn("initramfs", step["why"])


class WithoutUdev(PlanTest):
    """Alpine with mdev, which reads no rules of udev."""
    def test_what_a_rule_would_do_is_done_by_a_script(self):
        self.touch("/run/openrc/softlevel")
        for step, arguments, words in (
                ("udev-rule", (SPARE_NIC,), f"echo vfio-pci > /sys/bus/pci/devices/{SPARE_NIC}/driver_override; "),
                ("vfs-udev-rule", (NIC, "--vfs", "2"), f"echo 2 > /sys/bus/pci/devices/{NIC}/sriov_numvfs")):
            with self.subTest(step=step):
                told = self.step(step, *arguments)
                self.assertEqual(told["commands"], [])
                self.assertIn("no udev runs here to read a rule: have a script that runs at boot "
                              f"(/etc/local.d/NAME.start, with OpenRC's service local) do it: {words}", told["why"])

    def test_udev_reads_rules_also_with_openrc(self):
        self.touch("/run/openrc/softlevel", "/run/udev/control")
        self.assertIn("70-passcheck-vfio.rules", self.commands("udev-rule", SPARE_NIC)[0])


class OpenShift(PlanTest):
    """A node whose files and words of the kernel are the cluster's."""
    def setUp(self):
        super().setUp()
        self.touch("/run/ostree-booted", "/usr/bin/rpm-ostree", "/etc/machine-config-daemon/currentconfig")

    def test_files_and_words_are_those_of_a_machine_config(self):
        self.switch_off()
        for step, function, words in (
                ("kernel-parameters", GPU, "change kernelArguments of a MachineConfig"),
                ("modprobe-options", GPU, "in a file of /etc/modprobe.d that a MachineConfig of OpenShift writes "
                 "(storage.files), which the Machine Config Operator applies, add options vfio-pci ids=10de"),
                ("udev-rule", SPARE_NIC, "in a file of /etc/udev/rules.d that a MachineConfig of OpenShift writes")):
            with self.subTest(step=step):
                step = self.step(step, function)
                self.assertEqual(step["commands"], [])
                self.assertIn(words, step["why"])

    def test_the_initramfs_is_that_of_the_clusters_image(self):
        self.assertIn("osImageURL in a MachineConfig", self.step("initramfs", GPU)["why"])

    def test_a_deployment_of_no_cluster_is_its_own(self):
        self.switch_off()
        (self.root / "etc/machine-config-daemon/currentconfig").unlink()
        (self.root / "etc/machine-config-daemon").rmdir()
        self.assertEqual(self.commands("kernel-parameters", GPU),
                         ["rpm-ostree kargs --append-if-missing='intel_iommu=on'"])


class Elemental(PlanTest):
    """An image, whose /etc lies in memory."""
    def setUp(self):
        super().setUp()
        self.touch("/etc/elemental/bootargs.cfg", "/usr/bin/dracut", "/usr/sbin/grub2-mkconfig", "/etc/default/grub")

    def test_files_of_etc_are_written_by_what_is_kept(self):
        step = self.step("udev-rule", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        self.assertIn("in a file of /etc/udev/rules.d that a YAML file in /oem writes, which the next boot "
                      f'applies, add ACTION=="add", SUBSYSTEM=="pci", KERNEL=="{SPARE_NIC}"', step["why"])
        self.assertIn("in a file of /etc/modules-load.d that a YAML file in /oem writes",
                      self.step("module-list", SPARE_NIC)["why"])

    def test_its_initramfs_is_its_own(self):
        self.assertEqual(self.commands("initramfs", GPU), [])

    def test_harvester_binds_what_is_claimed(self):
        self.touch("/etc/harvester-release.yaml")
        step = self.step("udev-rule", SPARE_NIC)
        self.assertEqual(step["why"], "Harvester keeps nothing of /etc over a reboot; in PCI Devices of Harvester's "
                                      "interface (Enable Passthrough), which the next boot applies, add "
                                      f"{SPARE_NIC}")
        self.assertNotIn("module-list", dict(self.steps(SPARE_NIC)))


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

    def test_what_a_loader_reads_is_named_where_that_is_no_file_of_grubs(self):
        self.switch_off()
        self.touch("/etc/default/grub", "/usr/sbin/update-grub")
        for file, words in (("/boot/efi/EFI/ZBM/VMLINUZ.EFI", "org.zfsbootmenu:commandline"),
                            ("/etc/cos/bootargs.cfg", "extra_cmdline of /oem/grubenv")):
            with self.subTest(file=file):
                self.touch(file)
                step = self.step("kernel-parameters", SPARE_NIC)
                self.assertEqual(step["commands"], [])
                self.assertIn(f"edit it by hand: ", step["why"])
                self.assertIn(words, step["why"])
                (self.root / file.lstrip("/")).unlink()
                (self.root / file.lstrip("/")).parent.rmdir()

    def test_a_deployment_without_rpm_ostree_is_changed_by_ostree(self):
        self.switch_off()
        self.touch("/run/ostree-booted", "/usr/bin/ostree")
        step = self.step("kernel-parameters", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        self.assertIn("ostree admin kargs edit-in-place --append-if-missing=WORD", step["why"])
        for rpm_ostree, words in ((False, "the image brings its own: build it"),
                                  (True, "rpm-ostree initramfs --enable")):
            with self.subTest(rpm_ostree=rpm_ostree):
                if rpm_ostree:
                    self.touch("/usr/bin/rpm-ostree")
                self.assertIn(words, self.step("initramfs", SPARE_NIC)["why"])

    def test_entries_that_sdboot_manage_makes_are_not_edited(self):
        self.switch_off()
        self.touch("/boot/loader/loader.conf", "/usr/bin/sdboot-manage")
        step = self.step("kernel-parameters", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        self.assertIn("LINUX_OPTIONS in /etc/sdboot-manage.conf, and run sdboot-manage gen", step["why"])

    def test_words_of_images_may_lie_in_parts(self):
        self.switch_off()
        self.touch("/efi/EFI/Linux/arch.efi", "/usr/bin/mkinitcpio", "/etc/cmdline.d/README")
        self.assertIn("what makes them is unknown", self.step("kernel-parameters", SPARE_NIC)["why"])
        self.touch("/etc/cmdline.d/root.conf")
        step = self.step("kernel-parameters", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        self.assertIn("/etc/cmdline.d/*.conf into them: change them there, and run mkinitcpio -P", step["why"])

    def test_a_kernel_that_waits_for_its_first_boot_gets_the_words_too(self):
        self.switch_off()
        release = (self.root / "proc/sys/kernel/osrelease").read_text().strip()
        self.touch("/etc/kernel/cmdline")
        for entry in (release, "0-rescue-a"):
            self.written_by_host(f"boot/loader/entries/{entry}.conf",
                                 f"version {entry}\nlinux /vmlinuz\noptions root=/dev/sda2")
        self.assertEqual(self.commands("kernel-parameters", SPARE_NIC)[-1],
                         'kernel-install add "$(uname -r)" "/lib/modules/$(uname -r)/vmlinuz"')
        self.written_by_host("efi/loader/entries/new.conf", "version 9.1\nlinux /vmlinuz\noptions root=/dev/sda2")
        for debian, folder, wanted in ((False, "lib/modules", "/lib/modules/{}/vmlinuz"),
                                       (True, "boot", "/boot/vmlinuz-{}")):
            with self.subTest(debian=debian):
                if debian:
                    self.touch("/etc/debian_version")
                self.touch(*(wanted.format(name) for name in ("6.1.0", "9.1")))
                command = self.commands("kernel-parameters", SPARE_NIC)[-1]
                said = subprocess.run(["sh", "-c", command.replace("kernel-install", "echo")
                                       .replace(f"/{folder}/", f"{self.root}/{folder}/")],
                                      check=True, capture_output=True, text=True).stdout.splitlines()
                for name in ("6.1.0", "9.1"):
                    self.assertIn(f"add {name} {self.root}{wanted.format(name)}", said)

    def test_the_undo_leaves_words_that_wait_for_the_next_boot(self):
        self.switch_off()
        (self.root / "efi").mkdir()
        self.written_by_host("lib/modules/6.1.0-51-amd64/modules.builtin", "kernel/drivers/vfio/pci/vfio-pci.ko")
        for files, undo in ((("/usr/sbin/grubby",), "grubby --update-kernel=ALL --remove-args='vfio-pci.ids="),
                            (("/run/ostree-booted", "/usr/bin/rpm-ostree"),
                             "rpm-ostree kargs --delete-if-present='vfio-pci.ids="),
                            (("/boot/loader/loader.conf",), "sed -i ")):
            with self.subTest(files=files):
                self.touch(*files)
                self.written_by_host("boot/loader/entries/ostree-1.conf",
                                     "version 1\nlinux /vmlinuz\noptions quiet intel_iommu=on")
                step = self.step("kernel-parameters", GPU)
                self.assertNotIn("intel_iommu", step["summary"] + " ".join(step["commands"] + step["undo"]))
                self.assertIn(undo, step["undo"][0])
                for file in files:
                    (self.root / file.lstrip("/")).unlink()

    def test_entries_that_a_person_wrote_are_edited_whatever_kernel_install_would_read(self):
        self.switch_off()
        self.touch("/etc/kernel/cmdline", "/boot/loader/loader.conf")
        entry = "title Arch\nlinux /vmlinuz-linux\noptions root=/dev/sda2"
        self.written_by_host("boot/loader/entries/arch.conf", entry)
        self.assertIn("/loader/entries/*.conf", self.commands("kernel-parameters", SPARE_NIC)[0])
        self.written_by_host("boot/loader/entries/b.conf", f"version 6.1\n{entry}")
        self.assertIn("kernel-install add", self.commands("kernel-parameters", SPARE_NIC)[-1])

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

    def done_and_undone(self, path, text):
        """What the step of the plan makes of a file; its undo leaves what there was."""
        file = self.written_by_host(path, text)
        step = self.step("kernel-parameters", SPARE_NIC)
        self.run_on_tree(step["commands"])
        after = file.read_text()
        self.run_on_tree(step["undo"])
        self.assertEqual(file.read_text(), f"{text}\n")
        return after

    def test_the_undo_leaves_what_the_file_had_and_the_running_kernel_lacks(self):
        self.switch_off()
        self.touch("/etc/kernel/proxmox-boot-uuids")
        for before in ("root=x intel_iommu=off boot=zfs", "root=x intel_iommu=on intel_iommu=off boot=zfs"):
            with self.subTest(before=before):
                after = self.done_and_undone("etc/kernel/cmdline", before)
                self.assertEqual(sorted(after.split()), ["boot=zfs", "intel_iommu=on", "root=x"])

    def test_a_word_in_grubs_settings_is_named_where_another_loader_boots(self):
        self.switch_off()
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="intel_iommu=on"')
        for file in ("/etc/unraid-version", "/etc/update-extlinux.conf", "/boot/refind_linux.conf",
                     "/boot/limine.conf"):
            with self.subTest(file=file):
                self.touch(file)
                self.assertIn("intel_iommu=on is in GRUB_CMDLINE_LINUX of /etc/default/grub, which this host does "
                              "not boot by", self.step("kernel-parameters", GPU)["why"])
                (self.root / file.lstrip("/")).unlink()
        self.touch("/etc/default/limine")  # which may be left over beside GRUB
        self.assertNotIn("which this host does not boot by", self.step("kernel-parameters", GPU)["why"])

    def test_a_word_in_a_file_that_is_not_read_goes_where_the_loader_reads_it(self):
        self.switch_off()
        self.touch(*BOOT_LOADERS["Proxmox on ZFS"][0])
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="intel_iommu=on iommu=pt"')
        for arguments in ((), (GPU,)):
            with self.subTest(arguments=arguments):
                step = self.step("kernel-parameters", *arguments)
                self.assertEqual(step["summary"], "Add intel_iommu=on to the kernel command line, "
                                                  "with proxmox-boot-tool")
                self.assertEqual(step["why"], "intel_iommu=on is in GRUB_CMDLINE_LINUX of "
                                              "/etc/default/grub, which this host does not boot by")
                self.assertIn("/etc/kernel/cmdline", step["commands"][0])
                shown = passcheck("--root", self.root, "plan", *arguments).stdout
                self.assertIn("\n  iommu=pt is in a file that this host does not boot by: no step needs "
                              "that [boot-config.wrong-file]\n", shown)
                self.assertNotIn("intel_iommu=on is in a file", shown)

    def test_a_word_in_vain_is_not_told_where_no_step_is_left(self):
        self.switch_off()
        self.touch(*BOOT_LOADERS["Proxmox on ZFS"][0])
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="intel_iommu=on"')
        self.assertNotIn("is in a file that this host does not boot by",
                         passcheck("--root", self.root, "plan", "--vfs", "2", GPU).stdout)

    def test_variables_that_no_boot_of_the_host_reads_stay(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        others = "\n".join(f'GRUB_CMDLINE_LINUX_{name}="iommu=off"' for name in ("RECOVERY", "XEN", "XEN_DEFAULT"))
        after = self.done_and_undone("etc/default/grub",
                                     f'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=off"\n'
                                     f'GRUB_CMDLINE_LINUX="a iommu=off b"\n{others}')
        self.assertEqual(after, 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n'
                                f'GRUB_CMDLINE_LINUX="intel_iommu=on a b"\n{others}\n')

    def test_a_word_that_is_there_is_not_added_and_stays(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        self.assertEqual(self.done_and_undone("etc/default/grub",
                                              'GRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on iommu=off"\n'
                                              'GRUB_CMDLINE_LINUX="a"'),
                         'GRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on"\nGRUB_CMDLINE_LINUX="a"\n')

    def test_a_word_comes_back_behind_the_one_before_it(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="a"')
        for value in ("$GRUB_CMDLINE_LINUX_DEFAULT iommu=off", "${GRUB_CMDLINE_LINUX_DEFAULT} iommu=off a",
                      "$GRUB_CMDLINE_LINUX_DEFAULT pci=config_acs=1@a;1@b iommu=off"):
            with self.subTest(value=value):
                after = self.done_and_undone("etc/default/grub.d/a.cfg", f'GRUB_CMDLINE_LINUX_DEFAULT="{value}"')
                self.assertNotIn("iommu=off", after)

    def test_a_word_that_is_added_to_what_earlier_files_say_stays_apart_from_that(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="a"')
        for words in ("iommu=off", "iommu=off a", "a iommu=off"):
            with self.subTest(words=words):
                self.done_and_undone("etc/default/grub.d/a.cfg", f'GRUB_CMDLINE_LINUX_DEFAULT+=" {words}"')

    def test_a_line_that_does_not_end_is_ended_before_another_is_appended(self):
        self.switch_off()
        self.touch("/usr/sbin/update-grub")
        file = self.written_by_host("etc/default/grub", "")
        file.write_text("GRUB_TIMEOUT=5")
        step = self.step("kernel-parameters", SPARE_NIC)
        self.run_on_tree(step["commands"])
        self.assertEqual(file.read_text(),
                         'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX intel_iommu=on"\n')
        self.run_on_tree(step["undo"])
        self.assertEqual(file.read_text(), "GRUB_TIMEOUT=5")

    def by_hand(self, path, text):
        self.written_by_host(path, text)
        step = self.step("kernel-parameters", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        return step["why"]

    def test_a_word_that_no_command_puts_back_is_left_to_a_person(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        for text in ('GRUB_CMDLINE_LINUX_DEFAULT="dyndbg=\\"file x +p\\" iommu=off"',
                     'GRUB_CMDLINE_LINUX_DEFAULT="iommu=off quiet iommu=off"',
                     'GRUB_CMDLINE_LINUX="iommu=off"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX quiet"'):
            with self.subTest(text=text):
                self.assertIn("no command could put back in its place", self.by_hand("etc/default/grub", text))
        self.assertIn("one text in quotes on one line", self.by_hand(
            "etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=off \\\n a"'))
        self.assertIn("in a comment behind a value", self.by_hand(
            "etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="iommu=off" # iommu=off: slow'))

    def test_quotes_behind_a_word_and_comments_on_others_do_not_matter(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        self.done_and_undone("etc/default/grub",
                             'GRUB_CMDLINE_LINUX_DEFAULT="iommu=off dyndbg=\\"file x +p\\"" # slow\n'
                             'GRUB_CMDLINE_LINUX="a" # b')

    def test_a_line_that_gets_no_word_of_the_kernels_is_left_to_a_person(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/etc/kernel/proxmox-boot-uuids")
        for text, why in (("", "has no line of words"), ("# root", "has no line of words"),
                          ("root=x -- iommu=off", 'has "--"'), ("root=x iommu=off iommu=off", "in its place"),
                          ('root=x dyndbg="a b" iommu=off', "in its place"),
                          ("root=x\nquiet iommu=off", "in its place")):
            with self.subTest(text=text):
                self.assertIn(why, self.by_hand("etc/kernel/cmdline", text))
        (self.root / "etc/kernel/cmdline").write_text("")
        self.assertIn("has no line of words", self.step("kernel-parameters", SPARE_NIC)["why"])

    def test_an_undo_gives_each_entry_the_words_that_it_had(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/boot/loader/loader.conf")
        for place in ("efi", "boot/efi"):
            (self.root / place).mkdir(parents=True, exist_ok=True)
        before = {name: f"linux /vmlinuz\noptions root=x{words}\n"
                  for name, words in (("a", " iommu=off"), ("b", ""), ("c", " intel_iommu=on iommu=off"))}
        files = {name: self.written_by_host(f"boot/loader/entries/{name}.conf", text.strip())
                 for name, text in before.items()}
        step = self.step("kernel-parameters", SPARE_NIC)
        for commands, after in ((step["commands"], dict.fromkeys(
                before, "linux /vmlinuz\noptions root=x intel_iommu=on\n")), (step["undo"], before)):
            for command in commands:
                command = command.replace('"$(bootctl -x)"', f"{self.root}/boot")
                subprocess.run(["sh", "-c", command.replace(" /boot/", f" {self.root}/boot/")], check=True)
            self.assertEqual({name: file.read_text() for name, file in files.items()}, after)

    def test_a_word_behind_the_end_of_an_entrys_words_is_left_to_a_person(self):
        self.switch_off()
        self.touch("/boot/loader/loader.conf")
        (self.root / "efi").mkdir()
        self.assertIn('a.conf has "--"', self.by_hand("boot/loader/entries/a.conf",
                                                      "linux /vmlinuz\noptions quiet -- x"))

    def test_the_step_names_no_word_that_the_next_boot_lacks(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="intel_iommu=off"')
        self.assertEqual(self.step("kernel-parameters", SPARE_NIC)["summary"],
                         "Replace intel_iommu=off with intel_iommu=on on the kernel command line of GRUB")

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
                self.assertIn("neither one word nor one text in quotes on one line", step["why"])

    def test_the_sed_of_busybox_takes_an_edit_and_its_undo(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/run/openrc", "/usr/sbin/grub-mkconfig")
        programs = self.directory / "programs"
        programs.mkdir()
        if shutil.which("busybox"):
            (programs / "sed").symlink_to(shutil.which("busybox"))
        before = "GRUB_CMDLINE_LINUX='console=tty0 quiet iommu=off'\n"
        file = self.written_by_host("etc/default/grub", before.strip())
        step = self.step("kernel-parameters", SPARE_NIC)
        for commands, after in ((step["commands"], "GRUB_CMDLINE_LINUX='intel_iommu=on console=tty0 quiet'\n"),
                                (step["undo"], before)):
            for command in commands[:-1]:
                self.assertNotIn("\\x", command)
                subprocess.run(["sh", "-c", command.replace(" /etc/", f" {self.root}/etc/")], check=True,
                               env={"PATH": f"{programs}:{os.environ['PATH']}"})
            self.assertEqual(file.read_text(), after)

    def test_what_keeps_it_off_is_replaced(self):
        self.assertEqual(
            self.edited('GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=off splash"\n'
                        'GRUB_CMDLINE_LINUX="iommu=off"\n', "quiet intel_iommu=off iommu=off\n"),
            'GRUB_CMDLINE_LINUX_DEFAULT="quiet splash"\nGRUB_CMDLINE_LINUX="intel_iommu=on "\n')

    def test_a_word_between_tabs_goes(self):
        self.assertEqual(self.edited('GRUB_CMDLINE_LINUX="a\tiommu=off\tb"\n', "quiet iommu=off\n"),
                         'GRUB_CMDLINE_LINUX="intel_iommu=on a\tb"\n')

    def test_words_go_where_the_settings_of_grub_set_them_last(self):
        """(/etc/default/grub, a file of grub.d, both as the plan leaves them)"""
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        line, default = "GRUB_CMDLINE_LINUX=", "GRUB_CMDLINE_LINUX_DEFAULT="
        for main, cloud, main_after, cloud_after in (
                (f'{line}"quiet iommu=off"', f'{line}"console=ttyS0"',
                 f'{line}"quiet iommu=off"', f'{line}"intel_iommu=on console=ttyS0"'),
                (f'{line}"quiet"', f'{line}"iommu=off a"', f'{line}"quiet"', f'{line}"intel_iommu=on a"'),
                (f'{line}"quiet iommu=off"', f'{line}"$GRUB_CMDLINE_LINUX a"',
                 f'{line}"intel_iommu=on quiet"', f'{line}"$GRUB_CMDLINE_LINUX a"'),
                (f'{line}"quiet"', f'{line}"$GRUB_CMDLINE_LINUX iommu=off a"',
                 f'{line}"intel_iommu=on quiet"', f'{line}"$GRUB_CMDLINE_LINUX a"'),
                (f'{line}"quiet"', f'{default}"a iommu=off"', f'{line}"intel_iommu=on quiet"', f'{default}"a"'),
                (f'{default}"iommu=off"', f'{default}"a"\nexport {line}b', f'{default}"iommu=off"',
                 f'{default}"a"\nexport {line}b\n{line}"$GRUB_CMDLINE_LINUX intel_iommu=on"'),
                (f'{line}"quiet"', f'{line}"$GRUB_CMDLINE_LINUX_DEFAULT a"',
                 f'{line}"quiet"', f'{line}"intel_iommu=on $GRUB_CMDLINE_LINUX_DEFAULT a"')):
            with self.subTest(main=main, cloud=cloud):
                files = (self.written_by_host("etc/default/grub", main),
                         self.written_by_host("etc/default/grub.d/50-cloud.cfg", cloud))
                step = self.step("kernel-parameters", SPARE_NIC)
                self.run_on_tree(step["commands"])
                self.assertEqual([file.read_text() for file in files], [f"{main_after}\n", f"{cloud_after}\n"])
                self.assertEqual(self.commands("kernel-parameters", SPARE_NIC), ["update-grub"])
                self.run_on_tree(step["undo"])
                self.assertEqual([file.read_text() for file in files], [f"{main}\n", f"{cloud}\n"])

    def test_a_later_file_that_no_edit_can_change_is_named(self):
        self.switch_off("quiet iommu=off\n")
        self.touch("/usr/sbin/update-grub")
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet"')
        for name, text in (("50-cloud.cfg", "GRUB_CMDLINE_LINUX=a # b"),
                           ("50-cloud.cfg", '  GRUB_CMDLINE_LINUX_DEFAULT="iommu=off"'),
                           ("50 cloud.cfg", 'GRUB_CMDLINE_LINUX="a"')):
            with self.subTest(text=text, name=name):
                file = self.written_by_host(f"etc/default/grub.d/{name}", text)
                step = self.step("kernel-parameters", SPARE_NIC)
                self.assertEqual(step["commands"], [])
                self.assertIn(f"edit it by hand: /etc/default/grub.d/{name} has a", step["why"])
                file.unlink()

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
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="vfio-pci.ids=10de:1eb8"')
        self.assertIn("which boot loader this host has. /etc/default/grub has such words, and",
                      self.step("drop-options", "--undo", GPU)["why"])

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

    def test_words_that_grubby_would_replace_stay(self):
        self.touch("/usr/sbin/grubby")
        for entry, running, wanted in (
                ("quiet intel_iommu=sm_on", "quiet", "intel_iommu=sm_on intel_iommu=on"),
                ("quiet intel_iommu=sm_on intel_iommu=sm_on", "quiet", "intel_iommu=sm_on intel_iommu=on"),
                ("quiet intel_iommu=off intel_iommu=sm_on", "quiet intel_iommu=off", "intel_iommu=sm_on intel_iommu=on"),
                (None, "quiet intel_iommu=sm_on", "intel_iommu=sm_on intel_iommu=on"),
                ("quiet iommu.strict=1", "quiet", "intel_iommu=on")):
            with self.subTest(entry=entry, running=running):
                if entry:
                    self.written_by_host("boot/loader/entries/a.conf", f"linux /vmlinuz\noptions {entry}")
                else:
                    (self.root / "boot/loader/entries/a.conf").unlink()
                self.switch_off(f"{running}\n")
                step = self.step("kernel-parameters", SPARE_NIC)
                self.assertIn(f"--args='{wanted}'", step["commands"][0])
                self.assertNotIn("sm_on", step["summary"])
                self.assertIn("--remove-args='intel_iommu=on'", step["undo"][0])

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

    def test_a_group_of_noiommu_mode_goes_once_the_iommu_runs(self):
        self.switch_off()
        self.touch(*BOOT_LOADERS["Debian"][0])
        path = self.machine.paths[SPARE_NIC]
        self.machine.set_driver_again(path, "vfio-pci")
        group = "sys/kernel/iommu_groups/0"
        self.written_by_host(f"{group}/name", "vfio-noiommu")
        self.machine.link(f"{group}/devices/{SPARE_NIC}", path)
        self.machine.link(f"{path}/iommu_group", group)
        plan = self.plan(SPARE_NIC)
        self.assertEqual(plan["obstacles"], [])
        self.assertEqual(plan["steps"][0]["id"], "kernel-parameters")

    def without_smmu(self):
        """Makes the host one of Arm whose table names no SMMU."""
        self.switch_off()
        (self.root / "sys/firmware/acpi/tables/DMAR").unlink()
        # An ITS group, and a root complex whose requests go there alone: no SMMU.
        nodes = struct.pack("<BHBIIIII", 0, 24, 1, 0, 0, 0, 1, 0)
        nodes += struct.pack("<BHBIII", 2, 56, 3, 0, 1, 36).ljust(36, b"\0")
        nodes += struct.pack("<IIIII", 0, 0xffff, 0, 48, 0)
        table = bytearray(b"IORT" + struct.pack("<I", 48 + len(nodes)))
        table += bytes(36 - len(table)) + struct.pack("<III", 2, 48, 0) + nodes
        table[9] = -sum(table) & 0xff
        (self.root / "sys/firmware/acpi/tables/IORT").write_bytes(table)
        self.written_by_host("proc/cpuinfo", "CPU implementer\t: 0x48\nCPU architecture: 8")

    def test_the_smmu_of_an_arm_host_is_switched_on_in_the_firmware_setup(self):
        self.without_smmu()
        plan = self.plan(SPARE_NIC)
        self.assertEqual(plan["steps"][0]["id"], "firmware-iommu")
        self.assertIn("SMMU", plan["steps"][0]["summary"])
        self.assertEqual(plan["obstacles"], [])

    def test_a_virtual_machine_of_arm_without_an_smmu_is_given_one(self):
        self.without_smmu()
        self.written_by_host("sys/class/dmi/id/sys_vendor", "QEMU")
        plan = self.plan(SPARE_NIC)
        self.assertEqual(plan["steps"], [])
        self.assertIn("this host is a virtual machine without a virtual IOMMU", plan["obstacles"])
        self.assertIn("Give this virtual machine a virtual SMMU", json.dumps(plan["remedies"]))
        told = " ".join(self.plan()["obstacles"])
        self.assertEqual(told.count("Give this virtual machine"), 1)

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

    def test_a_daemon_that_does_not_listen_is_started_first_and_stopped_last(self):
        self.assertNotIn("libvirt-start", dict(self.steps(GPU)))  # whether one listens is not known
        (self.root / "run").mkdir(exist_ok=True)
        self.assertEqual([step["id"] for step in self.plan(GPU, "--how", "managed")["steps"]],
                         ["libvirt-start", "libvirt"])
        self.assertEqual(self.commands("libvirt-start", GPU), ["systemctl enable --now libvirtd.socket"])
        back = passcheck("--root", self.root, "plan", GPU).stdout.partition("To take it back later")[2]
        self.assertLess(back.index("virsh detach-device"), back.index("systemctl disable --now"))
        self.written_by_host("run/libvirt/libvirt-sock", "")
        self.assertNotIn("libvirt-start", dict(self.steps(GPU)))

    def test_libvirt_is_not_started_where_another_stack_runs_the_guests(self):
        (self.root / "run").mkdir(exist_ok=True)
        self.written_by_host("usr/sbin/qm", "")
        steps = dict(self.steps(GPU))
        self.assertIn("proxmox", steps)
        self.assertNotIn("libvirt-start", steps)
        self.assertNotIn("libvirt", steps)
        report = passcheck("--root", self.root).stdout
        self.assertNotIn("libvirt.not-running", report)
        # who asks for libvirt gets it started
        asked = [step["id"] for step in self.plan(GPU, "--for", "libvirt")["steps"]]
        self.assertIn("libvirt-start", asked)

    def test_ways_to_a_guest_behind_the_first_are_instead_of_it(self):
        self.written_by_host("run/libvirt/libvirt-sock", "")
        self.written_by_host("proc/sys/kernel/osrelease", "6.8.12-4-pve")
        summaries = [step["summary"] for step in self.plan(GPU)["steps"] if step["stage"] == "guest"]
        self.assertEqual(len(summaries), 3)
        self.assertFalse(summaries[0].startswith("Or "), summaries)
        self.assertTrue(all(summary.startswith("Or ") for summary in summaries[1:]), summaries)

    def test_the_kernel_of_proxmox_ve_is_named_after_it(self):
        self.assertNotIn("proxmox", dict(self.steps(GPU)))
        self.written_by_host("proc/sys/kernel/osrelease", "6.8.12-4-pve")
        self.assertIn("proxmox", dict(self.steps(GPU)))

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
        self.assertIn("Found no step that is left, but could not read all that decides\n",
                      passcheck("--root", self.root, "plan").stdout)
        self.touch(*BOOT_LOADERS["Debian"][0])
        self.written_by_host("etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet iommu=off"')
        plan = self.plan()
        self.assertEqual([step["stage"] for step in plan["steps"]], ["persist"])
        self.assertEqual(plan["verdict"], "undetermined")

    def test_a_virtual_machine_without_an_iommu_is_told_once(self):
        self.switch_off()
        (self.root / "sys/firmware/acpi/tables/DMAR").unlink()
        file = self.root / "proc/cpuinfo"
        file.write_text(file.read_text().replace(" vmx", " vmx hypervisor"))
        told = [obstacle for obstacle in self.plan()["obstacles"] if "virtual IOMMU" in obstacle]
        self.assertEqual(len(told), 1)
        self.assertIn("virtual machine without a virtual IOMMU",
                      " ".join(self.plan(SPARE_NIC)["obstacles"]))

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


if __name__ == "__main__":
    unittest.main()

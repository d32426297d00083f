"""The undo takes back what a plan did, and leaves the rest."""
import itertools
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from machine import CROWD, GPU, NIC, SOUND, SPARE_NIC, VF0, VF1  # noqa: E402
from plan_test import BOOT_LOADERS, PlanTest  # noqa: E402
from support import passcheck  # noqa: E402


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

    def test_a_list_whose_last_line_does_not_end_gets_a_line_of_its_own(self):
        self.touch("/usr/sbin/update-initramfs")
        file = self.written_by_host("etc/initramfs-tools/modules", "")
        file.write_text("# others\ndm_mod")
        step = self.step("initramfs", GPU)
        self.run_on_tree(step["commands"])
        self.assertEqual(file.read_text(), "# others\ndm_mod\nvfio-pci\n")
        self.run_on_tree(step["undo"])
        self.assertEqual(file.read_text(), "# others\ndm_mod")

    def test_a_list_that_was_not_read_leaves_open_what_is_to_be_taken_back(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.assertEqual(self.plan("--undo", SPARE_NIC)["verdict"], "complete")
        (self.root / "etc/modules-load.d").symlink_to("modules-load.d")
        plan = self.plan("--undo", SPARE_NIC)
        self.assertEqual(plan["verdict"], "undetermined")
        self.assertIn("/etc/modules-load.d", str(plan["unknowns"]))

    def test_options_that_were_not_read_leave_open_which_ids_are_told(self):
        (self.root / "etc/modprobe.d").symlink_to("modprobe.d")
        for arguments in ((GPU,), ("--undo", GPU)):
            with self.subTest(arguments=arguments):
                plan = self.plan(*arguments)
                self.assertEqual(plan["verdict"], "undetermined")
                self.assertIn("/etc/modprobe.d could not be read", str(plan["unknowns"]))
        shown = passcheck("--root", self.root, "plan", "--undo", GPU).stdout
        self.assertIn("Found nothing of a plan in place, but could not read all that tells\n", shown)

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

    def test_a_line_of_a_plan_is_taken_out_however_it_is_written(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        ids = "options vfio-pci ids=8086:1572"
        rest = f"# {ids}\n# vfio-pci\n"
        for path, line in (
                ("etc/modules-load.d/passcheck-vfio.conf", "vfio-pci"),
                ("etc/modules-load.d/passcheck-vfio.conf", "  vfio-pci\t"),
                ("etc/modprobe.d/passcheck-vfio.conf", ids),
                ("etc/modprobe.d/passcheck-vfio.conf", f"\t{ids} "),
                ("etc/modprobe.d/passcheck-vfio.conf", ids.replace(" ", "  \t")),
                ("etc/modprobe.d/passcheck-vfio.conf", f"{ids} x=[0].*/&^$"),
                ("etc/modprobe.d/passcheck-vfio.conf", f'{ids} "x=a b"'),
                ("etc/modprobe.d/passcheck-vfio.conf", f"{ids}\nsoftdep a.b*[c]/&$ pre: vfio-pci"),
                ("etc/udev/rules.d/70-passcheck-vfio.rules", f'  KERNEL=="{SPARE_NIC}", '
                 'ATTR{driver_override}="vfio-pci", ENV{x.*[0]/&^$}="1"')):
            for others in (rest, ""):
                with self.subTest(line=line, others=others):
                    file = self.written_by_host(path, f"{others}{line}")
                    steps = [step for step in self.plan("--undo", SPARE_NIC)["steps"]
                             if step["id"] in ("drop-module-list", "drop-options", "drop-udev-rule")]
                    self.assertEqual(len(steps), 1)
                    self.run_on_tree(steps[0]["commands"])
                    self.assertEqual(file.read_text() if file.exists() else "", others)
                    file.unlink(missing_ok=True)

    def test_a_script_takes_a_line_out_however_it_is_written(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        ids = "options vfio-pci ids=8086:1572"
        for line in (ids, f"\t{ids} ", ids.replace(" ", "  \t"), f"{ids} x=[0].*/&^$ ?*"):
            with self.subTest(line=line):
                file = self.written_by_host("etc/modprobe.d/passcheck-vfio.conf", f"# {ids}\n  #  a\\b *\n{line}")
                script = passcheck("--root", self.root, "plan", "--undo", "--format", "sh", SPARE_NIC).stdout
                helpers = script[:script.index("do_steps()")]
                calls = [call for call in script.splitlines() if call.startswith("\tdrop ")]
                self.assertEqual(len(calls), 1)
                call = calls[0].replace(" /etc/", f" {self.root}/etc/")
                subprocess.run(["sh", "-ec", f"{helpers}\n{call}\n{call}"], check=True)
                self.assertEqual(file.read_text(), f"# {ids}\n  #  a\\b *\n")

    def test_where_nothing_is_in_place_nothing_is_undone(self):
        self.assertEqual(self.plan("--undo", GPU)["steps"], [])
        self.assertIn("Nothing of a plan is in place", passcheck("--root", self.root, "plan", "--undo", GPU).stdout)

    def test_a_word_that_waits_for_the_next_boot_is_in_place(self):
        self.switch_off()
        for path, before, tools in (
                ("etc/default/grub", 'GRUB_CMDLINE_LINUX="quiet"', ["/usr/sbin/update-grub"]),
                ("etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"', ["/usr/sbin/update-grub"]),
                ("etc/default/grub", "GRUB_DEFAULT=0", ["/usr/sbin/update-grub"]),
                ("etc/kernel/cmdline", "root=x", ["/etc/kernel/proxmox-boot-uuids"])):
            with self.subTest(path=path):
                self.touch(*tools)
                file = self.written_by_host(path, before)
                self.assertEqual(self.plan("--undo")["steps"], [])
                self.run_on_tree(self.commands("kernel-parameters"))
                self.assertIn("intel_iommu=on", file.read_text())
                step = self.step("kernel-parameters", "--undo")
                self.assertIn("the next boot has it", step["why"])
                self.run_on_tree(step["commands"])
                self.assertEqual(file.read_text(), f"{before}\n")
                self.assertEqual(self.plan("--undo")["steps"], [])

    def test_what_asks_for_passthrough_of_the_iommu_is_told_to_stay(self):
        self.touch("/usr/sbin/update-grub")
        for line, told in (("intel_iommu=on", False), ("intel_iommu=on iommu=pt", True)):
            with self.subTest(line=line):
                (self.root / "proc/cmdline").write_text(f"{line}\n")
                self.written_by_host("etc/default/grub", f'GRUB_CMDLINE_LINUX="{line}"')
                step = self.step("kernel-parameters", "--undo")
                self.assertIn("Remove intel_iommu=on from", step["summary"])
                self.assertEqual("iommu=pt stays" in step["why"], told)

    @staticmethod
    def asks_for_driver(name):
        return [f'modprobe -q "$(cat /sys/bus/pci/devices/{name}/modalias)" || true',
                f"echo {name} > /sys/bus/pci/drivers_probe"]

    def make_vfs(self):
        self.written_by_host("etc/udev/rules.d/70-passcheck-vfs.rules",
                             f'ACTION=="add|bind", KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="2"')

    def test_vfs_that_no_plan_keeps_stay(self):
        self.assertEqual(self.plan("--undo", NIC)["steps"], [])

    def test_vfs_go_with_the_rule_of_a_plan(self):
        self.make_vfs()
        step = self.step("disable-vfs", "--undo", NIC)
        self.assertEqual(step["commands"], [f"echo 0 > /sys/bus/pci/devices/{NIC}/sriov_numvfs"])
        self.assertIn("cannot tell how many there were before", step["why"])
        self.assertRegex(step["why"], f"held now: {VF0}.* on ")
        self.assertIn("drop-vfs-rule", [step[0] for step in self.steps("--undo", NIC)])

    def test_the_way_back_of_vfs_that_no_rule_keeps_is_told_with_their_plan(self):
        shown = passcheck("--root", self.root, "plan", NIC, "--vfs", "4", "--how", "now").stdout
        back = shown[shown.index("To take it back later"):]
        self.assertIn(f"echo 2 > /sys/bus/pci/devices/{NIC}/sriov_numvfs", back)

    def back(self, *arguments):
        shown = passcheck("--root", self.root, "plan", *arguments).stdout
        return [line.strip() for line in shown.partition("To take it back later")[2].splitlines()[1:]]

    def test_the_way_back_of_a_line_that_others_wrote_is_told_with_its_plan(self):
        """What stood there, no undo knows later."""
        for path, line in (
                ("etc/udev/rules.d/70.rules", f'KERNEL=="{NIC}", ATTR{{sriov_numvfs}}="2"'),
                ("etc/netplan/50.yaml",
                 "network:\n  ethernets:\n    eth0:\n      virtual-function-count: 2")):
            with self.subTest(path=path):
                file = self.written_by_host(path, line)
                before = file.read_text()
                back = self.back(NIC, "--vfs", "4")
                self.run_on_tree(self.commands("vfs-existing", NIC, "--vfs", "4"))
                self.assertNotEqual(file.read_text(), before)
                self.run_on_tree(back)
                self.assertEqual(file.read_text(), before)
                self.assertIn(f"echo 2 > /sys/bus/pci/devices/{NIC}/sriov_numvfs", back)
                self.assertNotIn(f"passcheck plan --undo {NIC}", back)
                file.unlink()

    def test_a_rule_of_a_plan_is_taken_back_by_an_undo(self):
        self.make_vfs()
        self.assertEqual(self.back(NIC, "--vfs", "4"), [f"passcheck plan --undo {NIC}"])

    def test_a_rule_of_others_that_gives_it_elsewhere_comes_back_by_its_plan(self):
        file = self.written_by_host("etc/udev/rules.d/80.rules",
                                    f'ACTION=="add", KERNEL=="{SPARE_NIC}", ATTR{{driver_override}}="i40e"')
        before = file.read_text()
        back = self.back(SPARE_NIC)
        self.run_on_tree(self.commands("udev-rule", SPARE_NIC))
        self.assertNotEqual(file.read_text(), before)
        self.run_on_tree(back[:-1])
        self.assertEqual(file.read_text(), before)
        self.assertEqual(back[-1], f"passcheck plan --undo {SPARE_NIC}")

    def test_the_hosts_driver_is_loaded_before_it_is_asked_for(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.assertEqual(self.commands("unbind-vfio", "--undo", SPARE_NIC)[-2:],
                         self.asks_for_driver(SPARE_NIC))

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

    def test_what_a_plan_told_dracut_goes_in_either_spelling(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        for tool, spelling in itertools.product(("/usr/bin/dracut", "/usr/sbin/update-initramfs", "/usr/bin/mkinitcpio"),
                                                ("vfio_pci", "vfio-pci")):
            with self.subTest(tool=tool, spelling=spelling):
                self.touch(tool)
                file = self.written_by_host("etc/dracut.conf.d/passcheck-vfio.conf",
                                            f'force_drivers+=" {spelling} "')
                steps = {step["id"]: step for step in self.plan("--undo", SPARE_NIC)["steps"]}
                self.run_on_tree(steps["drop-initramfs"]["commands"])
                self.assertFalse(file.exists())
                (self.root / tool.lstrip("/")).unlink()

    def test_lines_that_were_written_twice_are_taken_out_once(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        file = self.written_by_host("etc/modprobe.d/passcheck-vfio.conf",
                                    "\n".join(2 * ["options vfio-pci ids=8086:1572", "softdep i40e pre: vfio-pci"]))
        step = self.step("drop-options", "--undo", SPARE_NIC)
        self.run_on_tree(step["commands"][:1])
        self.assertEqual(file.read_text(), 2 * "softdep i40e pre: vfio-pci\n")
        self.run_on_tree(step["commands"][1:])
        self.assertFalse(file.exists())

    def test_a_file_with_several_rules_for_a_function_is_named_once(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        rule = f'KERNEL=="{SPARE_NIC}", ATTR{{driver_override}}="vfio-pci"'
        for name in ("10-a", "10-b"):
            self.written_by_host(f"etc/udev/rules.d/{name}.rules", f'ACTION=="add", {rule}\nACTION=="bind", {rule}')
        steps = [step for step, _ in self.steps("--undo", SPARE_NIC)]
        self.assertEqual(steps.count("udev-rule-existing"), 2)

    def test_what_a_plan_told_mkinitcpio_goes_however_the_list_goes_on(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.touch("/usr/bin/mkinitcpio")
        for before in ("MODULES=()\n", "MODULES=(nvme)\n", "MODULES=(\n  nvme\n)\n"):
            with self.subTest(before=before):
                file = self.written_by_host("etc/mkinitcpio.conf", before.replace("(", "(vfio_pci ").strip("\n"))
                self.run_on_tree(self.commands("drop-initramfs", "--undo", SPARE_NIC))
                self.assertEqual(file.read_text(), before)
        self.written_by_host("etc/mkinitcpio.conf", "MODULES=(vfio_pci nvme)\nMODULES=(vfio_pci ahci)")
        self.assertEqual(len(self.commands("drop-initramfs", "--undo", SPARE_NIC)), 1)

    def test_what_another_wrote_for_the_initramfs_stays(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        for tool, path, text in (("/usr/bin/dracut", "etc/dracut.conf.d/vfio.conf", 'force_drivers+=" vfio_pci "'),
                                 ("/usr/bin/mkinitcpio", "etc/mkinitcpio.conf", "MODULES=(vfio vfio_pci)")):
            with self.subTest(path=path):
                self.touch(tool)
                self.written_by_host(path, text)
                self.assertNotIn("drop-initramfs", dict(self.steps("--undo", SPARE_NIC)))
                (self.root / tool.lstrip("/")).unlink()

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

    def test_a_word_that_may_be_the_users_own_is_left_to_a_person(self):
        (self.root / "proc/cmdline").write_text("quiet initcall_blacklist=sysfb_init\n")
        (self.root / self.machine.paths[GPU] / "boot_vga").write_text("1\n")
        self.touch(*BOOT_LOADERS["Debian"][0])
        step = self.step("drop-display-parameters", "--undo", GPU)
        self.assertEqual(step["commands"], [])
        self.assertIn("cannot tell whether a plan did that", step["why"])
        other, = step["alternatives"]
        self.assertEqual(other["summary"], "where a plan did, remove what it added")
        self.assertIn("update-grub", other["commands"])
        script = passcheck("--root", self.root, "plan", "--undo", "--format", "sh", GPU).stdout
        self.assertNotIn("update-grub", script)

    def test_a_display_shows_again_once_the_hosts_driver_has_it(self):
        for function in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
        steps = self.steps("--undo", GPU)
        self.assertEqual(steps[:3], [("unbind-vfio", GPU), ("unbind-vfio", SOUND), ("show-display", GPU)])
        self.assertEqual(self.commands("show-display", "--undo", GPU), [
            "for console in /sys/class/vtconsole/vtcon*; do if grep -q 'frame buffer' \"$console/name\" "
            "&& grep -q 0 \"$console/bind\"; then echo 1 > \"$console/bind\"; fi; done",
            "if systemctl -q is-enabled nvidia-persistenced.service 2>/dev/null; "
            "then systemctl start nvidia-persistenced.service; fi",
            "if systemctl -q is-enabled display-manager.service 2>/dev/null "
            "&& systemctl -q is-active graphical.target; "
            "then systemctl start display-manager.service; fi"])
        (self.root / "proc/sys/kernel/osrelease").write_text("5.10.0-30-amd64\n")
        self.assertIn("/sys/bus/platform/drivers_probe", self.commands("show-display", "--undo", GPU)[0])

    def test_what_is_kept_for_vfio_without_a_driver_is_no_longer_kept(self):
        folder = self.root / self.machine.paths[SPARE_NIC]
        (folder / "driver").unlink()
        for override, kept in (("vfio-pci", True), ("(null)", False), ("i40e", False)):
            with self.subTest(override=override):
                (folder / "driver_override").write_text(f"{override}\n")
                name = f"/sys/bus/pci/devices/{SPARE_NIC}/driver_override"
                self.assertEqual(f"echo vfio-pci > {name}" in self.commands("bind", SPARE_NIC), not kept)
                self.assertEqual(self.commands("unbind-vfio", "--undo", SPARE_NIC),
                                 [f"echo > {name}", *self.asks_for_driver(SPARE_NIC)] if kept else [])

    def test_only_a_display_shows_again(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.assertNotIn("show-display", dict(self.steps("--undo", SPARE_NIC)))
        self.assertNotIn("show-display", dict(self.steps("--undo", GPU)))

    def test_ids_by_which_the_initramfs_loads_vfio_pci_are_named(self):
        for address in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[address], "vfio-pci")
        self.written_by_host("etc/initramfs-tools/modules", "vfio\nvfio_pci disable_vga=1 ids=10de:1eb8\n")
        steps = {step["id"]: step for step in self.plan("--undo", GPU)["steps"]}
        self.assertIn("/etc/initramfs-tools/modules", steps["ids-existing"]["summary"])
        self.assertIn("ids=10de:1eb8", steps["ids-existing"]["why"])
        self.assertIn("echo 10de 1eb8 > /sys/bus/pci/drivers/vfio-pci/remove_id || true",
                      [command for step in self.plan("--undo", GPU)["steps"]
                       for command in step["commands"]])

    def test_a_list_that_another_tool_does_not_read_gives_no_ids(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "vfio-pci")
        self.written_by_host("etc/initramfs-tools/modules", "vfio_pci ids=10de:1eb8\nvfio_pci ids=10de:1eb8")
        for tool, named in (("/usr/sbin/update-initramfs", 1), ("/usr/bin/dracut", 0)):
            with self.subTest(tool=tool):
                self.touch(tool)
                steps = [step for step, _ in self.steps("--undo", GPU)]
                self.assertEqual(steps.count("ids-existing"), named)
                (self.root / tool.lstrip("/")).unlink()

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

    # Of a file or of the kernel command line: what stands there before and after the undo.
    PLACES_OF_IDS = (
        {"etc/modprobe.d/a.conf": ("options vfio-pci ids=8086:1572", ""),
         "etc/modprobe.d/b.conf": ("options vfio-pci ids=8086:1572 disable_vga=1",
                                   "options vfio-pci disable_vga=1\n")},
        {"etc/modprobe.d/a.conf": ("options vfio-pci disable_vga=1 ids=8086:1572,1234:5678",
                                   "options vfio-pci disable_vga=1 ids=1234:5678\n"),
         "etc/modprobe.d/b.conf": ("options vfio-pci ids=8086:1572", "options vfio-pci ids=\n")},
        {"etc/modprobe.d/a.conf": ("options vfio-pci ids=8086:1572", ""),
         "etc/modprobe.d/b.conf": ("options vfio-pci ids=1234:5678", "options vfio-pci ids=1234:5678\n")},
        {"etc/modprobe.d/a.conf": ("options vfio-pci ids=8086:1572", ""),
         "etc/kernel/cmdline": ("quiet vfio-pci.ids=8086:1572", "quiet\n")},
        {"etc/modprobe.d/a.conf": ("options vfio-pci ids=1234:5678", "options vfio-pci ids=1234:5678\n"),
         "etc/kernel/cmdline": ("quiet vfio-pci.ids=8086:1572", "quiet vfio-pci.ids=\n")},
        {"etc/modprobe.d/a.conf": ("options vfio-pci ids=8086:1572", ""),
         "etc/kernel/cmdline": ("quiet vfio-pci.ids=8086:1572,1234:5678", "quiet vfio-pci.ids=1234:5678\n")},
        {"etc/kernel/cmdline": ("vfio-pci.ids=8086:1572 quiet vfio_pci.ids=8086:1572,1234:5678",
                                "quiet vfio-pci.ids=1234:5678\n")},
        {"etc/kernel/cmdline": ("vfio-pci.ids=8086:1572 quiet vfio_pci.ids=1234:5678",
                                "quiet vfio_pci.ids=1234:5678\n")},
        {"etc/modprobe.d/a.conf": ('options vfio-pci ids="8086:1572, 1234:5678"',
                                   "options vfio-pci ids=1234:5678\n")},
        {"etc/modprobe.d/a.conf": ("options vfio-pci ids=8086:1572:ffffffff:ffffffff:020000:ffff00", "")},
    )

    def test_no_place_gives_the_ids_that_were_taken_back(self):
        for places in self.PLACES_OF_IDS:
            with self.subTest(places=places):
                self.setUp()
                self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
                for path, (before, _) in places.items():
                    self.written_by_host(path, before)
                cmdline = places.get("etc/kernel/cmdline", ("quiet",))[0]
                (self.root / "proc/cmdline").write_text(f"intel_iommu=on {cmdline}\n")
                for step in self.plan("--undo", SPARE_NIC)["steps"]:
                    self.run_on_tree(step["commands"])
                self.assertEqual({path: (self.root / path).read_text() for path in places},
                                 {path: after for path, (_, after) in places.items()})

    def test_files_that_the_system_writes_are_not_edited(self):
        lines = {"etc/modprobe.d/passcheck-vfio.conf": "softdep nouveau pre: vfio-pci\noptions vfio-pci ids=8086:1572",
                 "etc/modules-load.d/passcheck-vfio.conf": "vfio_pci",
                 "etc/udev/rules.d/70-passcheck-vfio.rules":
                 f'KERNEL=="{SPARE_NIC}", ATTR{{driver_override}}="vfio-pci"'}
        for files in (("/etc/NIXOS",), ("/run/ostree-booted", "/etc/machine-config-daemon/currentconfig"),
                      ("/etc/elemental/bootargs.cfg",)):
            with self.subTest(files=files):
                self.setUp()
                self.touch(*files)
                self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
                for path, text in lines.items():
                    self.written_by_host(path, text)
                steps = self.plan("--undo", SPARE_NIC)["steps"]
                self.assertEqual([command for step in steps for command in step["commands"] if " /etc/" in command],
                                 [])
                why = " ".join(step["why"] for step in steps if step["why"])
                for words in ("take softdep nouveau pre: vfio-pci out", "take vfio_pci out",
                              f'take what has KERNEL=="{SPARE_NIC}" out'):
                    self.assertIn(words, why)

    def test_ids_that_an_undo_cannot_edit_are_told_by_hand(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        file = self.written_by_host("etc/modprobe.d/a.conf", "options vfio-pci ids=1234:5678,\\\n8086:1572")
        before = file.read_text()
        step = self.step("drop-options", "--undo", SPARE_NIC)
        self.assertEqual((step["commands"], file.read_text()), ([], before))
        self.assertIn('edit /etc/modprobe.d/a.conf by hand', step["why"])
        self.assertIn("replace ids=1234:5678,8086:1572 with ids=1234:5678", step["why"])

    def test_ids_with_a_blank_on_the_command_line_are_told_by_hand(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.touch(*BOOT_LOADERS["Debian"][0])
        words = 'quiet vfio-pci.ids="1234:5678, 8086:1572"'
        (self.root / "proc/cmdline").write_text(f"{words}\n")
        self.written_by_host("etc/default/grub", f"GRUB_CMDLINE_LINUX='{words}'")
        step = self.step("drop-options", "--undo", SPARE_NIC)
        self.assertEqual(step["commands"], [])
        self.assertIn("take these ids out of the kernel command line", step["summary"])

    def test_ids_for_more_than_one_kind_of_device_are_left_to_a_person(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        for ids, named in (("8086:ffffffff", True), ("ffffffff:ffffffff:ffffffff:ffffffff:020000:ff0000", True),
                           ("10de:ffffffff", False), ("ffffffff:ffffffff:ffffffff:ffffffff:030000:ff0000", False)):
            with self.subTest(ids=ids):
                file = self.written_by_host("etc/modprobe.d/vfio.conf", f"options vfio-pci ids={ids}")
                steps = {step["id"]: step for step in self.plan("--undo", SPARE_NIC)["steps"]}
                self.assertNotIn("drop-options", steps)
                self.assertEqual("ids-existing" in steps, named)
                forgotten = [line for line in steps["unbind-vfio"]["commands"]
                             if "remove_id" in line and not line.startswith("grep")]
                self.assertEqual(forgotten, ["echo 8086 ffffffff > "
                                             "/sys/bus/pci/drivers/vfio-pci/remove_id || true"]
                                 if ids == "8086:ffffffff" else forgotten if named else [])
                if named:
                    self.assertIn(f"See whether {ids} in /etc/modprobe.d/vfio.conf is still wanted: "
                                  f"vfio-pci takes {SPARE_NIC}", steps["ids-existing"]["summary"])
                self.assertIn(ids, file.read_text())

    def test_ids_of_one_subsystem_are_those_of_its_function_alone(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.machine.set_driver(self.machine.paths[CROWD], "vfio-pci")
        for address, subsystem in ((SPARE_NIC, b"\x86\x80\x01\x00"), (CROWD, b"\x86\x80\x02\x00")):
            config = self.root / self.machine.paths[address] / "config"
            config.write_bytes(config.read_bytes()[:0x2c] + subsystem + config.read_bytes()[0x30:])
        file = self.written_by_host("etc/modprobe.d/vfio.conf",
                                    "options vfio-pci ids=8086:1572:8086:1,8086:1572:8086:2")
        steps = dict(self.steps("--undo", SPARE_NIC))
        self.assertNotIn("ids-existing", steps)
        self.assertEqual([command for command in self.commands("unbind-vfio", "--undo", SPARE_NIC)
                          if "remove_id" in command],
                         ["echo 8086 1572 8086 0001 > /sys/bus/pci/drivers/vfio-pci/remove_id || true"])
        for command in self.commands("drop-options", "--undo", SPARE_NIC):
            self.run_on_tree([command])
        self.assertEqual(file.read_text(), "options vfio-pci ids=8086:1572:8086:2\n")

    def test_vfio_pci_forgets_as_many_ids_as_it_was_told(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=8086:1572,8086:1572:ffffffff:ffffffff")
        self.assertEqual(self.commands("unbind-vfio", "--undo", SPARE_NIC)[0],
                         "for id in 1 2; do echo 8086 1572 > /sys/bus/pci/drivers/vfio-pci/remove_id || break; done")

    def test_a_list_that_is_too_long_gave_vfio_pci_no_ids(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        ids = ",".join(["8086:1572"] * 20000)
        for path, text in (("etc/modprobe.d/vfio.conf", f"options vfio-pci ids={ids}"),
                           ("etc/initramfs-tools/modules", f"vfio-pci ids={ids}")):
            with self.subTest(path=path):
                file = self.written_by_host(path, text)
                command, = (command for command in self.commands("unbind-vfio", "--undo", SPARE_NIC)
                            if "remove_id" in command)
                self.assertTrue(command.startswith("grep -qs vfio "), command)
                file.unlink()

    def test_an_id_of_a_twins_subsystem_stays_with_vfio_pci_where_the_kernel_tells_them_apart(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        forgets = "echo 8086 1572 8086 0001 > /sys/bus/pci/drivers/vfio-pci/remove_id || true"
        config = self.root / self.machine.paths[SPARE_NIC] / "config"
        config.write_bytes(config.read_bytes()[:0x2c] + b"\x86\x80\x01\x00" + config.read_bytes()[0x30:])
        for ids, commands in (
                ("8086:1572:8086:1,8086:1572:8086:2", [forgets]),
                ("8086:1572:8086:1,8086:1572:8086:1", [
                    "for id in 1 2; do echo 8086 1572 8086 0001 > /sys/bus/pci/drivers/vfio-pci/remove_id || break; "
                    "done"]),
                ("8086:1572,8086:1572:8086:2", [
                    "for id in 1 2; do echo 8086 1572 > /sys/bus/pci/drivers/vfio-pci/remove_id || break; done"]),
                ("8086:1572:ffffffff:1", [forgets.replace("8086 0001", "ffffffff 0001")])):
            with self.subTest(ids=ids):
                self.written_by_host("etc/modprobe.d/vfio.conf", f"options vfio-pci ids={ids}")
                self.assertEqual([command for command in self.commands("unbind-vfio", "--undo", SPARE_NIC)
                                  if "remove_id" in command], commands)

    def test_ids_of_others_are_no_step_of_an_undo(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.written_by_host("etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1c03, 10de:10f1")
        self.assertNotIn("drop-options", dict(self.steps("--undo", SPARE_NIC)))

    def test_a_file_with_more_lines_than_a_plan_writes_is_not_taken_for_its_own(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "vfio-pci")
        lines = [f"softdep m{number} pre: vfio-pci" for number in range(300)]
        self.written_by_host("etc/modprobe.d/passcheck-vfio.conf",
                             "\n".join(["options vfio-pci ids=10de:1eb8", *lines]))
        plan = self.plan("--undo", GPU)
        self.assertIn("cannot tell which lines of /etc/modprobe.d/passcheck-vfio.conf a plan wrote",
                      " ".join(plan["unknowns"]))
        self.assertLess(sum(len(step["commands"]) for step in plan["steps"]), 300)

    def test_vfio_pci_forgets_the_ids_before_it_lets_go(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "vfio-pci")
        forgets = "echo 10de 1eb8 > /sys/bus/pci/drivers/vfio-pci/remove_id || true"
        self.assertNotIn(forgets, self.commands("unbind-vfio", "--undo", GPU))
        self.written_by_host("etc/modprobe.d/passcheck-vfio.conf", "options vfio-pci ids=10de:1eb8")
        self.assertEqual(self.commands("unbind-vfio", "--undo", GPU)[0], forgets)

    def test_an_id_that_was_written_to_new_id_is_taken_back_where_nothing_else_gave_the_function(self):
        folder = self.directory / "sys/bus/pci"
        (folder / f"devices/{SPARE_NIC}").mkdir(parents=True)
        (folder / "drivers/vfio-pci").mkdir(parents=True)
        override, forgotten = folder / f"devices/{SPARE_NIC}/driver_override", folder / "drivers/vfio-pci/remove_id"
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        step = self.step("unbind-vfio", "--undo", SPARE_NIC)
        self.assertIn("written to new_id is listed nowhere", step["why"])
        for text, words in (("(null)\n", "8086 1572\n"), ("vfio-pci\n", ""), (None, "8086 1572\n")):
            with self.subTest(override=text):
                forgotten.write_text("")
                override.unlink(missing_ok=True)
                if text:
                    override.write_text(text)
                subprocess.run(["sh", "-ec", step["commands"][0].replace("/sys/", f"{self.directory}/sys/")],
                               check=True)
                self.assertEqual(forgotten.read_text(), words)

    def test_a_vf_is_let_go_before_its_pf_has_none(self):
        self.make_vfs()
        self.machine.set_driver_again(self.machine.paths[VF0], "vfio-pci")
        steps = [step for step in self.steps("--undo", NIC, VF0) if step[0] in ("unbind-vfio", "disable-vfs")]
        self.assertEqual(steps, [("unbind-vfio", VF0), ("disable-vfs", NIC)])

    def test_vfs_that_others_make_stay(self):
        self.written_by_host("etc/rc.local", "echo 2 > /sys/class/net/eth0/device/sriov_numvfs")
        steps = dict(self.steps("--undo", NIC))
        self.assertIn("vfs-existing", steps)
        self.assertNotIn("disable-vfs", steps)

    def test_whose_vfs_a_line_makes_as_well_is_named(self):
        other = self.add_pf()
        self.written_by_host("etc/udev/rules.d/70.rules",
                             'DRIVER=="mlx5_core", ATTR{sriov_numvfs}="2"')
        self.assertIn(f"for others, too ({other})", self.step("vfs-existing", "--undo", NIC)["why"])
        for step in self.plan("--undo", NIC, other)["steps"]:
            if step["id"] == "vfs-existing":
                self.assertNotIn("others", step["why"])

    def test_a_rule_of_others_is_named_and_left(self):
        self.written_by_host("etc/udev/rules.d/10-mine.rules",
                             f'KERNEL=="{SPARE_NIC}", ATTR{{driver_override}}="vfio-pci"')
        self.assertNotIn("udev-rule", dict(self.steps(SPARE_NIC)))
        self.assertEqual(self.commands("udev-rule-existing", "--undo", SPARE_NIC), [])
        self.assertIn("udev-rule-existing", dict(self.steps("--undo", SPARE_NIC)))

    def test_a_plan_that_added_to_ids_of_others_is_taken_back(self):
        line = "options vfio-pci ids=1234:5678 disable_vga=1"
        self.written_by_host("etc/modprobe.d/vfio.conf", line)
        before = self.etc()
        self.follow(GPU)
        self.assertIn("softdep", self.etc()["etc/modprobe.d/passcheck-vfio.conf"])
        for step in self.plan("--undo", GPU)["steps"]:
            self.run_on_tree(step["commands"])
        self.assertEqual(self.etc(), before)

    def test_ids_that_match_nothing_keep_nothing_loaded(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.written_by_host("etc/modules-load.d/passcheck-vfio.conf", "vfio_pci")
        for ids, dropped in (("8086:1572,1234:5678", True), ("8086:1572,10de:1eb8", False)):
            with self.subTest(ids=ids):
                self.written_by_host("etc/modprobe.d/vfio.conf", f"options vfio-pci ids={ids}")
                self.assertEqual("drop-module-list" in dict(self.steps("--undo", SPARE_NIC)), dropped)

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
        why = self.step("kernel-parameters", "--undo")["why"]
        self.assertIn("Cannot tell whether a plan added it: keep it if it was there before", why)
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.assertEqual(self.plan("--undo")["verdict"], "obstructed")

    def test_words_that_no_plan_adds_are_left_to_a_person(self):
        self.touch(*BOOT_LOADERS["Fedora"][0])
        (self.root / "proc/cmdline").write_text("quiet intel_iommu=on,sm_on iommu=pt\n")
        step, = self.plan("--undo")["steps"]
        self.assertEqual(step["commands"], [])
        self.assertIn("See whether intel_iommu=on,sm_on on the kernel command line", step["summary"])

    def test_what_goes_along_with_a_card_comes_back_where_it_is_only_kept_for_vfio(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "vfio-pci")
        self.machine.join_group(SOUND, 40)
        sound = self.root / self.machine.paths[SOUND]
        (sound / "driver").unlink()
        for override, kept in (("vfio-pci", True), ("(null)", False)):
            with self.subTest(override=override):
                (sound / "driver_override").write_text(f"{override}\n")
                self.assertEqual(("unbind-vfio", SOUND) in self.steps("--undo", GPU), kept)


if __name__ == "__main__":
    unittest.main()

"""Scripts of plans stop where the host is another than was judged."""
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from machine import BLOCKED, DISK, GPU, NIC, SOUND, SPARE_NIC, VF0  # noqa: E402
from plan_test import BOOT_LOADERS, PlanTest  # noqa: E402
from support import passcheck  # noqa: E402


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

    def run_script(self, text, *words):
        """Runs it with commands of no effect for those that change a kernel or an initramfs."""
        for folder in ("modprobe.d", "udev/rules.d", "modules-load.d", "initramfs-tools"):
            (self.root / "etc" / folder).mkdir(parents=True, exist_ok=True)
        programs = self.directory / "programs"
        programs.mkdir(exist_ok=True)
        for name in ("modprobe", "update-initramfs", "update-grub", "systemctl"):
            (programs / name).write_text("#!/bin/sh\n")
            (programs / name).chmod(0o755)
        text = text.replace("/sys/bus/", f"{self.root}/sys/bus/").replace(" /etc/", f" {self.root}/etc/")
        return subprocess.run(["sh", "-c", text, "plan", *words], capture_output=True, text=True, check=False,
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

    def test_vfs_that_a_guest_has_open_stay(self):
        text = self.script(NIC, "--vfs", "4").replace("/proc/[0-9]", f"{self.root}/proc/[0-9]")
        device = self.root / self.machine.paths[NIC]
        numvfs = device / "sriov_numvfs"
        (device / "virtfn0").symlink_to(self.root / self.machine.paths[VF0])
        group = os.path.basename(os.readlink(device / "virtfn0/iommu_group"))
        (self.root / self.machine.paths[VF0] / "vfio-dev/vfio7").mkdir(parents=True)
        (self.root / "proc/20/fd").mkdir(parents=True)
        for file, there in (("null", True), ("vfio/vfio", True), (f"vfio/1{group}", True), (f"vfio/{group}", False),
                            ("vfio/devices/vfio7", False)):
            with self.subTest(file=file):
                numvfs.write_text("2\n")
                (self.root / "proc/20/fd/9").symlink_to(f"/dev/{file}")
                done = self.run_script(text)
                (self.root / "proc/20/fd/9").unlink()
                self.assertEqual((done.returncode, numvfs.read_text()), (0, "4\n") if there else (1, "2\n"))
                self.assertEqual("shut the guest" in done.stderr, not there)

    def test_a_line_goes_behind_one_that_does_not_end(self):
        self.touch("/usr/sbin/update-initramfs")
        modules = self.written_by_host("etc/initramfs-tools/modules", "dm_mod")
        modules.write_text("dm_mod")
        for function in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
        text = self.script(GPU)
        self.assertEqual(self.run_script(text).returncode, 0)
        self.assertEqual(modules.read_text().splitlines(), ["dm_mod", "vfio-pci"])

    def test_its_head_says_that_the_undo_spares_nothing_that_others_did_since(self):
        head = self.script(GPU).split("set -eu", 1)[0]
        self.assertIn("where others did a step since the plan was made, it takes that back, too", head)

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

    def test_a_script_that_freed_a_display_runs_again_and_goes_on_where_it_stopped(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "nvidia")
        text = self.script(GPU, "--how", "now")
        for function, said in ((GPU, f"Bind {SOUND}"), (SOUND, "")):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
            done = self.run_script(text)
            with self.subTest(bound=function):
                self.assertNotIn("was on", done.stderr)
                self.assertNotIn("Free the display", done.stdout)
                self.assertIn(said, done.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def leave_without_driver(self, address, override):
        """What a script leaves that is killed behind the unbind."""
        folder = self.root / self.machine.paths[address]
        (folder / "driver").unlink()
        (folder / "driver_override").write_text(f"{override}\n")
        (folder / "modalias").write_text("pci:v00008086d00001572sv*sd*bc02sc00i00\n")
        probe = self.root / "sys/bus/pci/drivers_probe"
        probe.write_text("")
        return probe

    def test_a_script_that_was_killed_behind_the_unbind_goes_on_there(self):
        text = self.script(SPARE_NIC, "--how", "now")
        probe = self.leave_without_driver(SPARE_NIC, "vfio-pci")
        done = self.run_script(text)
        self.assertNotIn("was on", done.stderr)
        self.assertEqual(probe.read_text(), f"{SPARE_NIC}\n")

    def test_what_a_killed_script_began_is_taken_back(self):
        text = self.script(SPARE_NIC, "--how", "now")
        probe = self.leave_without_driver(SPARE_NIC, "vfio-pci")
        undone = self.run_script(text, "undo")
        self.assertEqual((undone.returncode, undone.stderr), (0, ""))
        self.assertEqual(probe.read_text(), f"{SPARE_NIC}\n")
        self.assertEqual((self.root / self.machine.paths[SPARE_NIC] / "driver_override").read_text(), "\n")

    def test_an_undo_that_was_killed_behind_the_unbind_goes_on_there(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        (self.root / "etc/udev/rules.d").mkdir(parents=True)
        text = self.script("--undo", SPARE_NIC)
        probe = self.leave_without_driver(SPARE_NIC, "(null)")
        undone = self.run_script(text)
        self.assertEqual((undone.returncode, undone.stderr), (0, ""))
        self.assertEqual(probe.read_text(), f"{SPARE_NIC}\n")

    def test_it_waits_for_what_a_person_does_first(self):
        self.machine.set_driver_again(self.machine.paths[GPU], "nvidia")
        (self.root / "run/runit").mkdir(parents=True)
        text = self.script(GPU, "--how", "now")
        self.assertIn("by_hand 1", text)
        stopped = self.run_script(text)
        self.assertEqual((stopped.returncode, stopped.stderr),
                         (1, "plan: do that by hand, then go on with: sh FILE do 1\n"))
        self.assertIn("stop the service", stopped.stdout)
        self.assertNotIn(f"Bind {GPU}", stopped.stdout)
        self.assertIn(f"Bind {GPU}", self.run_script(text, "do", "1").stdout)

    def test_the_undo_names_what_a_person_did(self):
        self.switch_off()
        text = self.script()
        self.assertIn("edit it by hand", self.run_script(text).stdout)
        undone = self.run_script(text, "undo")
        self.assertEqual(undone.returncode, 0)
        self.assertRegex(undone.stdout, "plan: not taken back, as it was done by hand: Add .* kernel command line")
        self.assertNotIn("Reboot", undone.stdout)

    def test_the_initramfs_is_made_anew_behind_what_a_person_edits(self):
        self.touch("/usr/sbin/update-initramfs")
        for function in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
        self.written_by_host("etc/modprobe.d/vfio.conf", "install vfio-pci \\\n/bin/false")
        self.written_by_host("etc/initramfs-tools/modules", "dm_mod")
        text = self.script(GPU)
        stopped = self.run_script(text)
        self.assertEqual(stopped.returncode, 1)
        self.assertIn("etc/modprobe.d/vfio.conf by hand", stopped.stdout)
        self.assertNotIn("update-initramfs", stopped.stdout)
        self.assertEqual(self.run_script(text, "do", "1").returncode, 0)

    def test_a_script_that_gives_a_display_back_goes_on_with_its_own_driver(self):
        lines = self.written_by_host("etc/modprobe.d/passcheck-vfio.conf", "options vfio-pci ids=10de:1eb8,10de:10f8")
        for function in (GPU, SOUND):
            self.machine.set_driver_again(self.machine.paths[function], "vfio-pci")
        text = self.script("--undo", GPU)
        for function, driver in ((GPU, "nouveau"), (SOUND, "snd_hda_intel")):
            self.machine.set_driver_again(self.machine.paths[function], driver)
        done = self.run_script(text)
        self.assertIn("Bring back what a plan ended", done.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertFalse(lines.exists())

    def test_it_takes_nothing_back_where_another_device_has_come(self):
        text = self.script(SPARE_NIC, "--how", "now")
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        override = self.root / self.machine.paths[SPARE_NIC] / "driver_override"
        override.write_text("vfio-pci\n")
        (self.root / self.machine.paths[SPARE_NIC] / "device").write_text("0x9999\n")
        undone = self.run_script(text, "undo")
        self.assertEqual((undone.returncode, undone.stderr), (1, f"plan: {SPARE_NIC} is another device\n"))
        self.assertEqual(override.read_text(), "vfio-pci\n")

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


if __name__ == "__main__":
    unittest.main()

"""Plans make VFs, and what these need before a guest can use them."""
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import CROWD, GPU, NIC, VF0, VF1  # noqa: E402
from plan_test import PlanTest  # noqa: E402
from support import SOURCE, passcheck  # noqa: E402


class LimitOfTheDriver(PlanTest):
    """What lifts another limit does not lead to more VFs than the driver ever makes."""

    PF = "0000:0e:00.0"

    def add_pf(self, **attributes):
        self.machine.function(self.PF, machine.hosts.physical_function(8), 46, "igb",
                              self.machine.port(14, 0x0e, 45), sriov_totalvfs=7, sriov_numvfs=0,
                              sriov_stride=2, sriov_vf_device="1520", **attributes)

    def test_no_step_in_the_firmware_setup_is_for_what_the_driver_refuses(self):
        self.add_pf(sriov_offset=0x80)
        self.machine.write(f"{self.machine.paths[self.PF]}/resource", 17 * machine.NO_RESOURCE)
        for vfs, steps in (("7", True), ("8", False)):
            with self.subTest(vfs=vfs):
                plan = self.plan(self.PF, "--vfs", vfs)
                self.assertEqual(bool(plan["steps"]), steps)
                self.assertEqual("were that put right, the driver igb allows 7" in plan["obstacles"][-1],
                                 not steps)
                self.assertEqual(bool(plan["remedies"]), False)

    def test_a_requirement_names_the_limit_that_stays(self):
        self.add_pf(sriov_offset=0x80)
        self.machine.write(f"{self.machine.paths[self.PF]}/resource", 17 * machine.NO_RESOURCE)
        for vfs in (7, 8):
            with self.subTest(vfs=vfs):
                shown = passcheck("--root", self.root, "--require", f"vfs={self.PF}:{vfs}", "-q").stdout
                shown = " ".join(shown.split())
                self.assertEqual("the driver igb allows 7" in shown, vfs == 8)


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


class VirtualFunctions(PlanTest):
    def test_a_rule_for_a_vf_needs_no_initramfs(self):
        """It acts where the host has its own root again."""
        self.machine.set_driver_again(self.machine.paths[VF0], "mlx5_core")
        self.assertEqual(set(self.kept(VF0)), {"vfs-udev-rule", "udev-rule", "module-list"})
        self.assertIn("initramfs", self.kept(VF0, GPU))

    def test_one_vf_is_not_told_as_several(self):
        for vfs, words in ((1, "Make 1 VF of"), (3, "Make 3 VFs of")):
            with self.subTest(vfs=vfs):
                self.assertIn(words, self.step("enable-vfs", NIC, "--vfs", str(vfs))["summary"])

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
        self.assertIn("VFs that the kernel can enable: none, and a setting of the adapter may be why [sriov.hidden]", page)
        self.assertIn("→ Where VFs are wanted: set SRIOV_EN=1", page)

    def test_who_holds_vfs_is_named(self):
        step = self.step("enable-vfs", NIC, "--vfs", "4")
        self.assertRegex(step["why"], f"held now: {VF0}.* on ")

    def test_a_guest_that_has_a_vf_is_shut_down_before_vfs_go(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "vfio-pci")
        step = self.step("enable-vfs", NIC, "--vfs", "4")
        self.assertRegex(step["why"], f"{VF0} on vfio-pci.*[.] Shut down the guests that have them first")

    def test_the_guest_that_has_a_vf_is_named(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "vfio-pci")
        group = os.path.basename(os.readlink(self.root / self.machine.paths[VF0] / "iommu_group"))
        self.machine.write("proc/20/comm", "qemu-system-x86\n")
        self.machine.write("proc/20/cmdline", "/usr/bin/qemu\0-name\0guest=vm1,debug-threads=on\0")
        (self.root / "proc/20/fd").mkdir()
        (self.root / "proc/20/fd/9").symlink_to(f"/dev/vfio/{group}")
        step = self.step("enable-vfs", NIC, "--vfs", "4")
        self.assertIn(f"{VF0} on vfio-pci, open in qemu-system-x86 of the guest vm1 (/dev/vfio/{group})",
                      step["why"])

    def test_the_bridge_that_has_the_interface_of_a_vf_is_named(self):
        interface = f"{self.machine.paths[VF0]}/net/eth7"
        self.machine.write(f"{interface}/operstate", "down\n")
        self.machine.write("sys/devices/virtual/net/br0/bridge/bridge_id", "0\n")
        self.machine.link(f"{interface}/master", "sys/devices/virtual/net/br0")
        self.assertRegex(self.step("enable-vfs", NIC, "--vfs", "4")["why"],
                         f"{VF0} \\(eth7\\) on .*, a part of br0")

    def test_vfs_that_the_host_lives_on_are_not_taken_away(self):
        interface = f"{self.machine.paths[VF0]}/net/eth7"
        self.machine.write(f"{interface}/operstate", "up\n")
        self.machine.route_through(interface)
        self.assertEqual(self.commands("enable-vfs", NIC, "--vfs", "4"), [])
        self.assertIn("default route", " ".join(self.plan(NIC, "--vfs", "4")["obstacles"]))

    def test_a_pf_that_the_host_lives_on_is_told_to_be_reset_by_its_driver(self):
        interface = f"{self.machine.paths[NIC]}/net/eth0"
        for driver, state, told in (("ixgbe", "down", False), ("ixgbe", "up", True), ("mlx5_core", "up", False)):
            with self.subTest(driver=driver, state=state):
                self.machine.set_driver_again(self.machine.paths[NIC], driver)
                self.machine.write(f"{interface}/operstate", f"{state}\n")
                why = self.step("enable-vfs", NIC, "--vfs", "4")["why"]
                self.assertEqual("resets the adapter" in why and "the only one that is up" in why, told)

    def set_link(self, state, flags=None):
        self.machine.write(f"{self.machine.paths[NIC]}/net/eth0/operstate", f"{state}\n")
        if flags:
            self.machine.write(f"{self.machine.paths[NIC]}/net/eth0/flags", f"{flags}\n")

    def test_an_interface_of_the_pf_that_is_down_is_set_up(self):
        for arguments, again in (((VF0,), 1), ((VF0, "--how", "managed"), 1), ((VF0, "--how", "now"), 0),
                                 ((VF0, VF1), 1), ((NIC, "--vfs", "4"), 1), ((NIC, "--vfs", "2"), 1),
                                 ((NIC, "--vfs", "4", "--how", "now"), 0)):
            with self.subTest(arguments=arguments):
                self.set_link("up")
                self.assertNotIn("pf-up", dict(self.steps(*arguments)))
                self.set_link("down")
                step = self.step("pf-up", *arguments)
                self.assertEqual((step["stage"], step["commands"]), ("now", ["ip link set dev eth0 up"]))
                self.assertEqual(step["undo"], [])
                self.assertEqual(len([i for i in self.kept(*arguments) if i == "pf-up-again"]), again)

    def test_the_interface_goes_down_again_with_the_last_vfs(self):
        self.machine.write(f"{self.machine.paths[NIC]}/sriov_numvfs", "0\n")
        for vf in (VF0, VF1):
            (self.root / self.machine.paths[vf] / "physfn").unlink()
        self.set_link("down", flags="0x1002")
        command, = self.step("pf-up", NIC, "--vfs", "2")["undo"]
        shown = passcheck("--root", self.root, "plan", NIC, "--vfs", "2", "--how", "now").stdout
        back = shown[shown.index("To take it back later"):]
        self.assertLess(back.index("echo 0 >"), back.index("ip link set dev eth0 down"))
        (self.directory / "ip").write_text('#!/bin/sh\necho "$*"\n')
        (self.directory / "ip").chmod(0o755)
        folder = self.directory / "devices" / NIC
        folder.mkdir(parents=True)
        for vfs, words in (("2", ""), ("0", "link set dev eth0 down\n")):
            with self.subTest(vfs=vfs):
                (folder / "sriov_numvfs").write_text(f"{vfs}\n")
                result = subprocess.run(
                    ["sh", "-ec", command.replace("/sys/bus/pci/devices", str(self.directory / "devices"))],
                    check=True, env={"PATH": f"{self.directory}:{os.environ['PATH']}"}, capture_output=True, text=True)
                self.assertEqual(result.stdout, words)

    def test_an_interface_without_a_cable_is_not_set_up(self):
        for arguments in ((VF0,), (NIC, "--vfs", "4"), (NIC, "--vfs", "4", "--how", "now")):
            for flags, planned in (("0x1002", True), ("0x1003", False)):
                with self.subTest(arguments=arguments, flags=flags):
                    self.set_link("down", flags)
                    self.assertEqual("pf-up" in dict(self.steps(*arguments)), planned)
                    if not planned:
                        self.assertNotIn("pf-up-again", self.kept(*arguments))

    def test_an_interface_that_may_be_up_does_not_go_down_with_the_last_vfs(self):
        self.machine.write(f"{self.machine.paths[NIC]}/sriov_numvfs", "0\n")
        for vf in (VF0, VF1):
            (self.root / self.machine.paths[vf] / "physfn").unlink()
        self.set_link("down")
        step = self.step("pf-up", NIC, "--vfs", "2")
        self.assertEqual((step["commands"], step["undo"]), (["ip link set dev eth0 up"], []))

    def test_the_interface_is_up_before_vfs_go_to_a_guest(self):
        self.set_link("down")
        steps = [step for step, _ in self.steps(VF0)]
        self.assertLess(steps.index("pf-up"), steps.index("bind"))

    def test_a_pf_that_leaves_the_host_is_not_set_up(self):
        self.set_link("down")
        self.assertNotIn("pf-up", dict(self.steps(NIC)))

    def test_a_pf_whose_link_was_not_read_is_not_set_up(self):
        (self.root / self.machine.paths[NIC] / "net/eth0/operstate").mkdir()
        self.assertNotIn("pf-up", dict(self.steps(VF0)))

    def test_the_script_sets_no_interface_up_that_is_up(self):
        self.set_link("down")
        flags = self.root / self.machine.paths[NIC] / "net/eth0/flags"
        script = passcheck("--root", self.root, "plan", VF0, "--format", "sh").stdout
        condition, = set(re.findall(r"grep -q '\[13579bdf\]\$' (\S+/flags)", script))
        for text, is_up in (("0x1003", True), ("0x1002", False), ("0x11043", True), ("0x100a", False)):
            with self.subTest(flags=text):
                flags.write_text(f"{text}\n")
                result = subprocess.run(["grep", "-q", "[13579bdf]$", flags], check=False)
                self.assertEqual(result.returncode == 0, is_up)
        self.assertEqual(condition, f"/sys/bus/pci/devices/{NIC}/net/eth0/flags")

    def test_vfs_of_a_pf_that_vfio_has_already_stay(self):
        for driver, taken in (("vfio-pci", False), ("mlx5_core", True)):
            self.machine.set_driver_again(self.machine.paths[NIC], driver)
            for how in ("boot", "managed", "now"):
                with self.subTest(driver=driver, how=how):
                    self.assertEqual("disable-vfs" in dict(self.steps(NIC, "--how", how)), taken)

    def test_vfs_are_made_before_they_are_bound_at_boot(self):
        persist = [step["id"] for step in self.plan(VF0)["steps"] if step["stage"] == "persist"]
        self.assertLess(persist.index("vfs-udev-rule"), persist.index("udev-rule"))

    def test_the_option_that_makes_another_number_is_named(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "mlx4_core")
        told = "Change the number in /etc/modprobe.d/mlx4.conf (it makes 2 VFs now)"
        for line, named in (("", False), ("options mlx4_core num_vfs=2\n", True)):
            with self.subTest(line=line):
                self.machine.write("etc/modprobe.d/mlx4.conf", line)
                obstacle, = self.plan(NIC, "--vfs", "1")["obstacles"]
                self.assertEqual(told in obstacle, named, obstacle)
                self.assertEqual("no number of probe_vf= may be larger" in obstacle, named)

    def test_as_many_as_there_are_is_no_step(self):
        self.assertNotIn("enable-vfs", dict(self.steps(NIC, "--vfs", "2")))

    def test_more_than_it_can_have_is_an_obstacle(self):
        plan = self.plan(NIC, "--vfs", "5")
        self.assertEqual(plan["verdict"], "obstructed")
        self.assertIn(NIC, plan["obstacles"][0])

    def test_more_than_the_device_has_is_no_matter_of_its_driver(self):
        (self.root / self.machine.paths[NIC] / "driver").unlink()
        self.machine.write(f"{self.machine.paths[NIC]}/sriov_numvfs", "0\n")
        self.assertTrue(any(re.search(r"cannot have 200 VFs; it offers only \d+", text)
                            for text in self.plan(NIC, "--vfs", "200")["obstacles"]))
        text = passcheck("--root", self.root, "plan", NIC, "--vfs", "200").stdout
        self.assertNotIn("Load the driver", text)

    def test_a_pf_that_vfio_pci_has_is_told_the_way_back_to_its_driver(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "vfio-pci")
        self.machine.write("sys/module/vfio_pci/parameters/enable_sriov", "N\n")
        self.machine.write(f"{self.machine.paths[NIC]}/sriov_numvfs", "0\n")
        obstacle, *_ = self.plan(NIC, "--vfs", "4")["obstacles"]
        self.assertIn("vfio-pci sets up no VFs while its enable_sriov is off", obstacle)
        self.assertIn(f"give it back to that first: passcheck plan --undo {NIC}", obstacle)

    def test_a_function_that_offers_none_is_an_obstacle(self):
        self.assertEqual(self.plan(GPU, "--vfs", "5")["obstacles"], [f"{GPU} offers no VFs"])


if __name__ == "__main__":
    unittest.main()

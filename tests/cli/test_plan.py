"""Plans lead to where they say on this host, and list nothing that is already so."""
import json
import os
import re
import shutil
import shlex
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, CROWD, DISK, GPU, NIC, PORT, SATA, SOUND, SPARE_NIC, VF0, VF1  # noqa: E402
from machine import VMD, VMD_DISK  # noqa: E402
from plan_test import BOOT_LOADERS, PlanTest  # noqa: E402
from support import NOT_READY, SOURCE, USAGE, passcheck  # noqa: E402
from test_kinds import has_no_vgpu_profile, may_lose_its_power  # noqa: E402
from test_one_verdict import live_on_links  # noqa: E402


class Binding(PlanTest):
    def test_a_function_goes_to_vfio_pci_by_driver_override(self):
        self.assertEqual(self.commands("bind", SPARE_NIC), [
            f"echo vfio-pci > /sys/bus/pci/devices/{SPARE_NIC}/driver_override",
            f"echo {SPARE_NIC} > /sys/bus/pci/devices/{SPARE_NIC}/driver/unbind",
            f"echo {SPARE_NIC} > /sys/bus/pci/drivers_probe"])

    def test_it_says_why_not_new_id_where_the_host_keeps_one_of_the_same_ids(self):
        step = self.step("bind", SPARE_NIC)
        self.assertIn("new_id would take every 8086:1572, of which the host keeps 1 more", step["why"])
        self.assertIsNone(self.step("bind", NIC)["why"])

    def test_a_function_without_driver_needs_no_unbinding(self):
        self.assertNotIn("unbind", " ".join(self.commands("bind", CROWD)))

    def test_the_way_back_begins_with_the_guest(self):
        for how, last in (("boot", [f"passcheck plan --undo {SPARE_NIC}"]), ("managed", [])):
            with self.subTest(how=how):
                text = passcheck("--root", self.root, "plan", "--how", how, SPARE_NIC).stdout
                self.assertIn(f"mkdir passcheck-{SPARE_NIC}", text)
                self.assertEqual(
                    [line.strip() for line in text.partition("To take it back later")[2].splitlines()[1:]],
                    [f"for device in passcheck-{SPARE_NIC}/*.xml; do virsh detach-device GUEST "
                     '"$device" --config; done', f"rm -r passcheck-{SPARE_NIC}", *last])

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
        self.assertIn(f"binding {NIC} to vfio-pci removes its VFs ({VF0}): ask for a plan for it "
                      f"(passcheck plan {NIC}), or for its VFs (passcheck plan {VF0})",
                      plan["obstacles"])

    def test_of_a_physical_function_and_its_vf_the_plan_is_named_that_leads_somewhere(self):
        has_no_vgpu_profile(self.machine)
        removes = f"binding {NIC} to vfio-pci removes its VFs ({VF0})"
        self.assertIn(f"{removes}: ask for a plan for it (passcheck plan {NIC})",
                      self.plan(NIC, VF0)["obstacles"])
        live_on_links(self.machine, NIC)
        self.assertIn(removes, self.plan(NIC, VF0)["obstacles"])

    def test_a_physical_function_of_the_host_leaves_the_plan_for_its_vf(self):
        live_on_links(self.machine, NIC)
        self.assertIn(f"binding {NIC} to vfio-pci removes its VFs ({VF0}): ask for a plan for its "
                      f"VFs (passcheck plan {VF0})", self.plan(NIC, VF0)["obstacles"])

    def test_a_physical_function_on_vfio_keeps_its_vfs_from_its_own_guest(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "vfio-pci")
        obstacles = " ".join(self.plan(NIC, VF0)["obstacles"])
        self.assertIn(f"whoever has {NIC} resets its VFs ({VF0}) with it", obstacles)
        self.assertIn(f"passcheck plan {VF0}", obstacles)
        self.assertNotIn("removes", obstacles)

    def test_who_gets_a_physical_function_on_vfio_is_told_of_its_vfs(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "vfio-pci")
        remarks = [remark["why"] for remark in self.plan(NIC)["remarks"]]
        self.assertTrue(any("it has 2 VFs" in text for text in remarks), remarks)

    def test_what_takes_a_vf_token_is_refused_by_plan_and_configuration_alike(self):
        self.machine.set_driver_again(self.machine.paths[NIC], "vfio-pci")
        refusal = self.plan(VF0, "--how", "managed")["obstacles"]
        self.assertIn("libvirt has no field for the VF token", refusal[0])
        self.assertIn(f"passcheck plan --undo {NIC}", refusal[0])
        result = passcheck("--root", self.root, "--format", "xml", VF0)
        self.assertEqual(result.returncode, NOT_READY)
        self.assertNotIn("<hostdev", result.stdout)
        self.assertIn(refusal[0], result.stderr)
        forced = passcheck("--root", self.root, "--format", "xml", "--force", VF0)
        self.assertIn("<source>", forced.stdout)
        self.assertIn('"vf-token":"UUID"',
                      passcheck("--root", self.root, "--format", "qemu", VF0).stdout)

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


class Display(PlanTest):
    """A display that the host shows something on is freed before its driver is taken."""

    def show(self, holder=None):
        (self.root / self.machine.paths[GPU] / "boot_vga").write_text("1\n")
        if holder:
            (self.root / "proc/iomem").write_text(
                f"c0000000-cfffffff : PCI Bus 0000:01\n  c0000000-c00fffff : {GPU}\n"
                f"    c0000000-c007ffff : {holder}\n")

    def run_before_6_0(self):
        (self.root / "proc/sys/kernel/osrelease").write_text("5.10.0-30-amd64\n")

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

    def test_libvirt_finds_the_card_free_after_later_boots_too(self):
        self.touch("/usr/sbin/libvirtd")
        self.machine.set_driver_again(self.machine.paths[GPU], "nvidia")
        step = self.step("free-display", GPU, "--how", "managed")
        self.assertIn("systemctl mask --now nvidia-persistenced.service", step["commands"][0])
        self.assertIn("systemctl unmask nvidia-persistenced.service", step["undo"][0])
        shown = passcheck("--root", self.root, "plan", GPU, "--how", "managed").stdout
        back = shown[shown.index("To take it back later"):]
        self.assertIn("systemctl unmask nvidia-persistenced.service", back)
        self.assertNotIn("plan --undo", back)
        self.touch("/etc/NIXOS")
        step = self.step("free-display", GPU, "--how", "managed")
        self.assertNotIn("mask", " ".join(step["commands"]))
        self.assertIn("keep nvidia-persistenced from starting at boot, too", step["why"])
        self.show()
        self.assertIn("The next boot shows on the card again",
                      self.step("free-display", GPU, "--how", "managed")["why"])

    def test_openrc_starts_again_what_it_starts_at_boot(self):
        self.show()
        self.touch("/run/openrc/softlevel")
        step = self.step("free-display", GPU)
        self.assertIn("if rc-service -e display-manager && rc-service -q display-manager status; "
                      "then rc-service display-manager stop; fi", step["commands"])
        self.assertIn("if rc-update show default | grep -qw display-manager; "
                      "then rc-service display-manager start; fi", step["undo"])

    def test_vfio_pci_takes_the_boot_framebuffer_away_itself(self):
        for holder in ("efifb", "BOOTFB", "simpledrm"):
            self.show(holder)
            for how in ("boot", "now", "managed"):
                with self.subTest(holder=holder, how=how):
                    plan = self.plan(GPU, "--how", how)
                    self.assertEqual(plan["verdict"], "complete")
                    self.assertFalse({step["id"] for step in plan["steps"]} &
                                     {"kernel-parameters", "reboot"})
                    self.assertNotIn("platform/drivers", json.dumps(plan["steps"]))

    def test_a_driver_of_the_boot_framebuffer_is_unbound_and_kept_off(self):
        self.run_before_6_0()
        self.show("efifb")
        driver = "/sys/bus/platform/drivers/efi-framebuffer"
        self.assertIn(f"if [ -e {driver}/efi-framebuffer.0 ]; then "
                      f"echo efi-framebuffer.0 > {driver}/unbind; fi",
                      self.commands("free-display", GPU))
        self.assertIn("video=efifb:off", json.dumps(self.plan(GPU)["steps"][0]))
        self.assertNotIn("kernel-parameters", dict(self.steps(GPU, "--how", "now")))

    def test_what_no_driver_has_takes_a_reboot(self):
        self.run_before_6_0()
        self.show("BOOTFB")
        self.assertIn(("reboot", None), self.steps(GPU))
        plan = self.plan(GPU, "--how", "now")
        self.assertEqual((plan["verdict"], plan["steps"]), ("obstructed", []))
        self.assertIn("initcall_blacklist=sysfb_init", plan["obstacles"][0])

    def test_the_check_behind_the_reboot_fails_before_it(self):
        """A requirement does not see who holds the display: it would hold already."""
        self.run_before_6_0()
        self.show("BOOTFB")
        for how in ((), ("--how", "managed")):
            with self.subTest(how=how):
                self.assertEqual(self.commands("look", GPU, *how)[-1], " ".join(("passcheck plan", *how, GPU)))
                self.assertNotIn("--require", "".join(self.commands("look", GPU, *how)))

    def test_the_check_behind_the_reboot_holds_where_a_companion_still_has_its_driver(self):
        """It leaves in a step behind that: the requirement would fail in any case."""
        self.switch_off()
        for function, last in ((GPU, ["passcheck", f"passcheck plan {GPU}"]),
                               (SPARE_NIC, [f"passcheck --require passthrough={SPARE_NIC}"])):
            with self.subTest(function=function):
                bound = [step for step in self.plan(function)["steps"] if step["id"] == "bind"]
                self.assertEqual(len(bound), len(last))
                self.assertEqual(self.commands("look", function)[-len(last):], last)

    def add_card(self):
        """Another display, which the host's console is on."""
        address = "0000:0f:00.0"
        path = self.machine.function(address, machine.endpoint(0x1002, 0x6611, 0x030000), 32, "radeon",
                                     self.machine.port(0xf, 0xf, 33))
        self.machine.link(f"{path}/graphics/fb0/device", path)
        self.machine.link("sys/class/graphics/fb0", f"{path}/graphics/fb0")
        return address

    def test_a_reboot_frees_the_display_of_the_boot_alone(self):
        self.run_before_6_0()
        self.show("BOOTFB")
        (self.root / self.machine.paths[GPU] / "driver").unlink()
        card = self.add_card()
        self.assertNotIn("free-display", dict(self.steps(GPU)))
        steps = self.steps(GPU, card)
        self.assertLess(steps.index(("reboot", None)), steps.index(("free-display", card)))
        self.assertLess(steps.index(("free-display", card)), steps.index(("bind", card)))
        self.assertIn(f"BOOTFB holds the display {GPU}",
                      self.plan(card, GPU, "--how", "now")["obstacles"][0])

    def test_the_hosts_driver_shows_on_it_again_after_the_reboot(self):
        self.run_before_6_0()
        self.show("BOOTFB")
        steps = self.steps(GPU)
        self.assertLess(steps.index(("free-display", GPU)), steps.index(("bind", GPU)))

    def test_a_word_that_did_not_help_is_not_advised_again(self):
        self.run_before_6_0()
        self.show("BOOTFB")
        (self.root / "proc/cmdline").write_text("intel_iommu=on initcall_blacklist=sysfb_init\n")
        plan = self.plan(GPU)
        self.assertEqual(plan["steps"], [])
        self.assertIn("did not help", plan["obstacles"][0])
        shown = passcheck("--root", self.root, "plan", GPU).stdout
        self.assertEqual(shown.count("did not help"), 1)

    def test_a_display_that_nothing_uses_needs_none(self):
        self.assertNotIn("free-display", dict(self.steps(GPU)))


class Obstacles(PlanTest):
    def test_a_ready_host_is_said_to_be_one(self):
        shown = passcheck("--root", SOURCE / "fixtures/intel-ports-on/root", "plan").stdout
        self.assertEqual(shown, "The host is ready, with 3 warnings (passcheck shows them). For a "
                                "device: passcheck plan FUNCTION (an address, an interface, or a "
                                "class such as gpu)\n")

    def test_a_ready_host_without_warnings_is_said_to_be_ready(self):
        shown = passcheck("--root", SOURCE / "fixtures/arm64-its/root", "plan").stdout
        self.assertTrue(shown.startswith("The host is ready. For a device: "), shown)

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
                helped = re.search("^  → ", shown.partition("Caution:")[0], re.MULTILINE)
                self.assertEqual(first, "Something stands in the way; these steps are to remove it"
                                 if steps else "Something stands in the way that no step removes; "
                                 "what helps is named below it" if helped else "No steps reach the goal")

    def test_the_headline_says_that_functions_do_not_go_together(self):
        for arguments, together in (((NIC, VF0), True), ((BLOCKED,), False)):
            with self.subTest(arguments=arguments):
                shown = passcheck("--root", self.root, "plan", *arguments).stdout
                self.assertEqual(shown.startswith("No steps reach the goal for all of them at once; "
                                                  "a plan for fewer may\n"), together)

    def test_a_plan_for_functions_says_that_the_host_is_undetermined(self):
        root = shutil.copytree(SOURCE / "fixtures/intel-sriov-vfs/root",
                               self.directory / "vfs", symlinks=True)
        table = root / "sys/firmware/acpi/tables/DMAR"
        sentence = "The host itself is undetermined: passcheck plan says what is not known of it"
        for size, told in ((table.stat().st_size, False), (60, True)):
            with self.subTest(size=size):
                table.write_bytes(table.read_bytes()[:size])
                shown = passcheck("--root", root, "plan", "0000:01:00.1").stdout
                self.assertEqual(sentence in " ".join(shown.split()), told)

    def test_an_obstacle_stands_with_the_remedy_that_the_report_gives(self):
        """Reserved memory has one; a bridge and a graphics card without VFs have none."""
        for arguments, finding in (((BLOCKED,), "reserved-memory.blocks"), ((PORT,), None),
                                   (("gpu", "--vfs", "5"), None)):
            with self.subTest(arguments=arguments):
                shown = passcheck("--root", self.root, "plan", *arguments).stdout
                remedies = [line.strip().removeprefix("→ ") for line in shown.splitlines()
                            if line.startswith("  →")]
                expected = []
                if finding:
                    report = json.loads(passcheck("--root", self.root, *arguments, "--format",
                                                  "json").stdout)
                    expected = [found["remedy"]["summary"] for found in report["findings"]
                                if found["id"] == finding]
                self.assertEqual(remedies, expected)

    def test_a_caution_of_several_functions_is_told_once(self):
        shown = passcheck("--root", SOURCE / "fixtures/intel-sriov-vfs", "plan", "0000:01:00.1",
                          "0000:01:00.2").stdout
        self.assertEqual(re.findall(r"Caution: (.*): it has 64-bit BARs", shown),
                         ["0000:01:00.1 (also 0000:01:00.2)"])

    def test_a_caution_of_what_another_keeps_with_the_host_is_not_told(self):
        may_lose_its_power(self.machine)
        self.assertIn(f"Not known: {GPU}: ", passcheck("--root", self.root, "plan", GPU).stdout)
        shown = passcheck("--root", self.root, "plan", GPU, BLOCKED).stdout
        self.assertIn(f"Obstacle: {BLOCKED}: ", shown)
        self.assertNotRegex(shown, f"(Caution|Not known): {GPU}: ")

    def test_what_the_host_needs_may_give_guests_vfs(self):
        address = self.add_pf(0)
        live_on_links(self.machine, address)
        plan = self.plan(address)
        self.assertEqual(plan["verdict"], "obstructed")
        commands = [command for remedy in plan["remedies"] for command in remedy["commands"]]
        self.assertEqual(commands, [f"passcheck plan --vfs 4 {address}"])
        for device in (self.root / "sys/bus/pci/devices").iterdir():
            if device.name not in (address, "0000:00:0e.0"):
                device.unlink()
        shown = passcheck("--root", self.root).stdout
        self.assertIn(f"Next: passcheck plan --vfs COUNT FUNCTION (such as {address})", shown)

    def test_what_the_host_needs_may_have_vfs_for_guests(self):
        live_on_links(self.machine, NIC)
        remedy, = self.plan(NIC)["remedies"]
        self.assertEqual(remedy["commands"], [f"passcheck plan {VF0}"])
        has_no_vgpu_profile(self.machine)
        remedy, = self.plan(NIC)["remedies"]
        self.assertEqual(remedy["commands"], [f"passcheck plan {VF1}"])

    def test_what_follows_from_an_obstacle_is_no_other(self):
        shown = " ".join(passcheck("--root", SOURCE / "fixtures/no-iommu", "plan").stdout.split())
        self.assertIn("Obstacle: firmware gives no IVRS table", shown)
        self.assertNotIn("no PCI function is in an IOMMU group", shown)

    def test_what_helps_the_host_is_not_told_of_a_function_that_stays(self):
        (self.root / "proc/cmdline").write_text("quiet\n")
        self.machine.write(f"{self.machine.paths[SPARE_NIC]}/net/eth9/operstate", "up\n")
        self.assertNotIn("intel_iommu", passcheck("--root", self.root, "plan", SPARE_NIC).stdout)

    def test_what_helps_the_host_makes_no_vfs_of_a_function_that_offers_none(self):
        for arguments, helped in ((("nic",), True), (("--vfs", "2", "nic"), False)):
            with self.subTest(arguments=arguments):
                shown = passcheck("--root", SOURCE / "fixtures/arm64-gicv2m", "plan", *arguments).stdout
                self.assertEqual("interrupt controller with an ITS" in shown, helped)

    def test_what_stays_with_the_host_is_not_told_to_leave_it(self):
        """Its network link is the only one that is up."""
        self.machine.write(f"{self.machine.paths[SPARE_NIC]}/net/eth9/operstate", "up\n")
        plan = self.plan(SPARE_NIC)
        self.assertEqual(plan["obstacles"], [f"{SPARE_NIC}: the host needs it for the network link "
                                             "eth9, the only one that is up"])
        self.assertNotIn("caution.in-use", [remark["finding"] for remark in plan["remarks"]])

    def test_what_helps_is_the_same_in_every_format(self):
        self.machine.write(f"{self.machine.paths[SPARE_NIC]}/net/eth9/operstate", "up\n")
        remedy, = self.plan(SPARE_NIC)["remedies"]
        self.assertIn("→ " + remedy["summary"], passcheck("--root", self.root, "plan", SPARE_NIC).stdout)
        script = passcheck("--root", self.root, "plan", SPARE_NIC, "--format", "sh").stdout
        self.assertIn("what helps: " + remedy["summary"], script)

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

    def lose_bar(self, address):
        """Its first BAR has 16 GiB and no addresses: IORESOURCE_UNSET."""
        self.machine.write(f"{self.machine.paths[address]}/resource",
                           "0x0000000000000000 0x00000003ffffffff 0x000000002014220c\n"
                           + 12 * machine.NO_RESOURCE)

    def can_hot_plug(self, port):
        config = self.root / self.machine.paths[port] / "config"
        content = bytearray(config.read_bytes())
        content[0x43] |= 0x01  # Slot Implemented
        content[0x54] |= 0x40  # Hot-Plug Capable
        config.write_bytes(content)

    def test_what_gives_a_bar_room_is_what_the_audit_says(self):
        self.lose_bar(GPU)
        self.can_hot_plug("0000:00:01.0")
        for line, words in (("quiet", "add pci=realloc to"),
                            ("pci=realloc", "pci=realloc is set, and did not help"),
                            ("pci=realloc=off", "remove pci=realloc=off from")):
            with self.subTest(line=line):
                (self.root / "proc/cmdline").write_text(f"intel_iommu=on {line}\n")
                why = self.step("firmware-above-4g", GPU)["why"]
                self.assertIn(words, why)
                self.assertEqual("add pci=realloc" in why, line == "quiet")
                self.assertIn("the slot of 0000:00:01.0 can hot-plug", why)
                audit = json.loads(passcheck("--root", self.root, "--format", "json").stdout)
                remedy, = [finding["remedy"]["summary"] for finding in audit["findings"]
                           if finding["id"] == "assignability.bar-unplaced"]
                self.assertTrue(remedy.endswith(f"; {why}"), remedy)

    def test_what_keeps_the_kernel_from_making_room_goes(self):
        self.touch("/usr/sbin/update-grub")
        self.lose_bar(GPU)
        for word, rest in (("pci=realloc=off", ""), ("pci=noaer,realloc=off", "pci=noaer "),
                           ("pci=realloc", None), ("quiet", None)):
            with self.subTest(word=word):
                line = f"intel_iommu=on {word}"
                (self.root / "proc/cmdline").write_text(f"{line}\n")
                file = self.written_by_host("etc/default/grub", f'GRUB_CMDLINE_LINUX="{line}"')
                steps = [step for step in self.plan(GPU)["steps"] if step["id"] == "kernel-parameters"]
                self.assertEqual(len(steps), 0 if rest is None else 1)
                for step in steps:
                    self.assertIn("making room for BARs", step["why"])
                    self.run_on_tree(step["commands"])
                    self.assertEqual(file.read_text(), f'GRUB_CMDLINE_LINUX="{rest}intel_iommu=on"\n')
                    self.run_on_tree(step["undo"])
                    self.assertEqual(file.read_text(), f'GRUB_CMDLINE_LINUX="{line}"\n')

    def test_what_the_next_boot_has_is_not_asked_for(self):
        self.lose_bar(GPU)
        self.touch("/usr/sbin/grubby", "/etc/default/grub")
        for now, next_line, words in (
                ("", "pci=realloc", "the next boot has pci=realloc, which may help, too"),
                ("pci=realloc=off", "", "the next boot is without pci=realloc=off, which may help, too"),
                ("pci=realloc=off", "pci=noats,realloc", "the next boot has pci=realloc, which may help, too"),
                ("pci=realloc", "", "pci=realloc is set, and did not help")):
            with self.subTest(now=now, next_line=next_line):
                (self.root / "proc/cmdline").write_text(f"intel_iommu=on {now}\n")
                self.written_by_host("boot/loader/entries/a.conf",
                                     f"linux /vmlinuz\noptions intel_iommu=on {next_line}")
                self.assertIn(words, self.step("firmware-above-4g", GPU)["why"])

    def test_what_gives_several_bars_room_is_said_once(self):
        for address in (GPU, SPARE_NIC):
            self.lose_bar(address)
        self.can_hot_plug("0000:00:01.0")
        why = self.step("firmware-above-4g", GPU, SPARE_NIC)["why"]
        self.assertEqual(why.count("pci=realloc"), 1)
        self.assertEqual(why.count("hot-plug"), 1)


class Head(PlanTest):
    def head(self, *arguments):
        return " ".join(passcheck("--root", self.root, "plan", *arguments).stdout.split("\n\n")[0].split())

    def test_what_one_word_took_together_is_named(self):
        several = "Name one to plan for it alone"
        self.assertIn(several, self.head("nic"))
        self.assertNotIn(several, self.head(NIC, GPU))
        self.assertNotIn(several, self.head("group:10"))

    def test_none_is_to_be_named_where_each_has_an_obstacle(self):
        head = passcheck("--root", SOURCE / "fixtures/intel-sriov-on/root",
                         "plan", "nvme", "--vfs", "200").stdout
        self.assertIn("This plan is for 4 functions", head)
        self.assertNotIn("Name one", head)

    def test_vfs_that_are_made_are_told_to_take_a_plan_of_their_own(self):
        told = "Ask for one for a VF, once it is there"
        self.assertIn(told, self.head(NIC, "--vfs", "4"))
        self.assertNotIn(told, self.head(NIC))
        self.assertNotIn(told, self.head(NIC, "--vfs", "200"))

    def test_a_reboot_makes_a_forecast_of_what_follows(self):
        self.assertNotIn("forecast", self.head(GPU))
        self.switch_off()
        self.touch(*BOOT_LOADERS["Debian"][0])
        steps = self.plan(GPU)["steps"]
        last = [step["id"] for step in steps].index("look") + 1
        self.assertIn(f"Do steps 1 to {last}, then ask for a plan again: the steps after them are a forecast",
                      self.head(GPU))
        shown = passcheck("--root", self.root, "plan", GPU).stdout
        self.assertEqual(shown.count("for a plan again"), 1)
        self.assertIn(". Reboot\n    (groups may differ then)\n", shown)
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

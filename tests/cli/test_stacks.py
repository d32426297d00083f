"""What is written for other stacks than libvirt: text by stack, and what all have in common."""
import json
import os
import shlex
import sys
import unittest

import yaml

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, DISK, GPU, IGD, LONG, NIC, PORT, QUAD, SATA, SOUND  # noqa: E402
from machine import SPARE_NIC, SWITCHED, VF0, VF1  # noqa: E402
from support import NOT_READY, USAGE, TreeTest, passcheck  # noqa: E402
from test_kinds import has_no_vgpu_profile  # noqa: E402

# Of functions; sriov-policy is of PFs.
STACKS = ("qemu", "proxmox", "kubevirt", "nova", "incus", "cloud-hypervisor")
# Of which the stack, or the QEMU that it starts by host=, takes no domain above ffff.
SHORT_DOMAINS = ("proxmox", "kubevirt", "nova", "incus")


class StackTest(TreeTest):
    build = staticmethod(machine.build_stacks)

    def setUp(self):
        super().setUp()
        self.root = self.tree({})
        self.machine = self.build(self.root)

    def run_stack(self, stack, *arguments):
        return passcheck("--root", self.root, "--format", stack, *arguments)

    def written(self, stack, *arguments):
        result = self.run_stack(stack, *arguments)
        self.assertNotEqual(result.stdout, "", result.stderr)
        return result.stdout

    def text(self, stack, *arguments):
        """What is written, without comments."""
        return "".join(line for line in self.written(stack, *arguments).splitlines(True)
                       if not line.startswith("#")).replace("\\\n", "")


class ShapeTest(StackTest):
    """A shape of what is asked for, in each of the outputs."""
    NO_VFS, NO_NETWORK = ("offers no VFs",), ("makes VFs of network functions",)

    def check(self, functions, *force, **expected):
        """expected: by stack, what is written; or where nothing is, why, in a tuple."""
        self.assertEqual(set(expected), {name.replace("-", "_") for name in
                                         (*STACKS, "sriov-policy")})
        for stack, words in expected.items():
            with self.subTest(stack=stack, functions=functions):
                result = self.run_stack(stack.replace("_", "-"), *functions, *force)
                if isinstance(words, tuple):
                    self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
                    self.assertIn(words[0], result.stderr)
                    continue
                text = result.stdout.replace("\\\n", "")
                given = "".join(line for line in text.splitlines(True) if line[0] != "#")
                for word in words if isinstance(words, list) else [words]:
                    self.assertIn(word, given)


class Shapes(ShapeTest):
    def test_a_domain_above_ffff(self):
        no = ("no function of a PCI domain above 0xffff",)
        self.check((LONG,), "--force", qemu=f'"sysfsdev":"/sys/bus/pci/devices/{LONG}"', proxmox=no,
                   kubevirt=no, nova=no, incus=no, cloud_hypervisor=f"devices/{LONG}/",
                   sriov_policy=self.NO_NETWORK)

    def test_a_companion(self):
        self.check((DISK,), qemu=[f'"host":"{DISK}"', f'"host":"{SATA}"'],
                   proxmox=[f"path={DISK},", f"path={SATA},"], kubevirt="144D:A808", nova=DISK,
                   incus=[DISK, SATA], cloud_hypervisor=[DISK, SATA], sriov_policy=self.NO_NETWORK)
        for stack in ("kubevirt", "nova"):
            self.assertIn(f"# {SATA}", self.written(stack, DISK))

    def test_integrated_graphics(self):
        self.check((IGD,), qemu=['"addr":"02.0"', '"bus":"pcie.0"', '"x-igd-opregion":true'],
                   proxmox=[",legacy-igd=1", "--machine pc"], kubevirt="gpus:",
                   nova='"device_type":"type-PCI"', incus='gputype: physical',
                   cloud_hypervisor=IGD, sriov_policy=self.NO_NETWORK)

    def test_a_slot_with_four_functions(self):
        self.check(QUAD, qemu=[f'"host":"{name}","bus":"vfio1","addr":"0.{number}"'
                               for number, name in enumerate(QUAD)],
                   proxmox="path=0000:0a:00,", kubevirt="pci4", nova=list(QUAD), incus=list(QUAD),
                   cloud_hypervisor=list(QUAD), sriov_policy=self.NO_VFS)

    def test_a_group_across_switches(self):
        """Its bridges stay; the two functions are devices of their own, on a slot each."""
        both = list(SWITCHED)
        self.check(SWITCHED[:1], qemu=['"bus":"vfio1","addr":"0.0"', '"bus":"vfio2","addr":"0.0"'],
                   proxmox=[f"path={name}," for name in both], kubevirt="1B4B:9230",
                   nova=SWITCHED[0], incus=both, cloud_hypervisor=both, sriov_policy=self.NO_NETWORK)
        self.assertIn(f"of {SWITCHED[0]}, {SWITCHED[1]} in group 40, a guest gets {SWITCHED[1]}.",
                      self.written("kubevirt", *SWITCHED))


class VfShape(ShapeTest):
    build = staticmethod(machine.build)

    def test_a_vf(self):
        self.check((VF0,), qemu=f'"host":"{VF0}"', proxmox=f"path={VF0},", kubevirt="15B3:101E",
                   nova='"device_type":"type-VF"', incus=VF0, cloud_hypervisor=VF0,
                   sriov_policy=self.NO_VFS)
        self.assertIn(f'- "{NIC}"', self.written("sriov-policy", NIC))


class Common(StackTest):
    build = staticmethod(machine.build)

    def test_nothing_is_written_of_what_is_blocked(self):
        for stack in STACKS:
            for function, why in ((BLOCKED, "firmware"), (NIC, "VFs enabled"), (PORT, "bridge")):
                with self.subTest(stack=stack, function=function):
                    result = self.run_stack(stack, function)
                    self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
                    self.assertIn(why, result.stderr)
                    self.assertRegex(result.stderr, f"{function}: [a-z-]+, no .* is written")

    def test_force_goes_with_each_and_says_so(self):
        for stack in STACKS:
            with self.subTest(stack=stack):
                result = self.run_stack(stack, BLOCKED, "--force")
                self.assertIn("written because of --force", result.stdout)
                self.assertEqual(result.returncode, NOT_READY)

    def test_every_companion_is_named(self):
        for stack in STACKS:
            with self.subTest(stack=stack):
                self.assertIn(f"{SATA} ", self.written(stack, DISK))
                self.assertIn(f"companion of {DISK}", self.written(stack, DISK))

    def test_options_of_libvirt_are_refused(self):
        for stack in (*STACKS, "sriov-policy"):
            for option in (("--mac", "52:54:00:6d:90:02"), ("--vlan", "5"), ("--split", "d")):
                self.assertEqual(self.run_stack(stack, VF0, *option).returncode, USAGE)
            result = self.run_stack(stack)
            self.assertEqual(result.returncode, USAGE)
            self.assertIn(f"--format {stack}: a FUNCTION is missing", result.stderr)

    def test_what_a_host_says_stays_in_its_comment(self):
        """A driver's name may hold any byte."""
        bridge = self.machine.paths["0000:00:08.0"]
        (self.root / bridge / "driver").unlink()
        self.machine.set_driver(bridge, "evil\nrm -rf \u2028x")
        for stack in STACKS:
            with self.subTest(stack=stack):
                text = self.written(stack, machine.CROWD)
                self.assertNotIn("\nrm", text)
                self.assertNotIn("\u2028", text)
                self.assertIn("evil", text)


class Qemu(StackTest):
    def devices(self, *arguments):
        words = shlex.split(self.text("qemu", *arguments))
        self.assertEqual(words[:3], ["qemu-system-x86_64", "-machine", "q35"])
        return [json.loads(value) for word, value in zip(words, words[1:]) if word == "-device"]

    def given(self, *arguments):
        return [device for device in self.devices(*arguments) if device["driver"] == "vfio-pci"]

    def test_the_program_is_called_as_the_host_calls_it(self):
        """RHEL has it where no shell looks for it."""
        for path, name in (("usr/libexec/qemu-kvm", "/usr/libexec/qemu-kvm"),
                           ("usr/bin/qemu-system-x86_64", "qemu-system-x86_64")):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).touch()
            with self.subTest(name=name):
                self.assertEqual(shlex.split(self.text("qemu", GPU))[0], name)

    def test_a_function_is_on_a_root_port_of_its_own(self):
        ports = [device for device in self.devices(GPU, DISK) if "chassis" in device]
        self.assertEqual([device["bus"] for device in self.given(GPU, DISK)],
                         ["vfio1", "vfio1", "vfio2", "vfio3"])
        self.assertEqual([port["id"] for port in ports], ["vfio1", "vfio2", "vfio3"])
        self.assertEqual(len({(port["chassis"], port["slot"]) for port in ports}), 3)

    def test_four_functions_of_a_slot_are_one_device(self):
        self.assertEqual([(device["host"], device["addr"], device.get("multifunction"))
                          for device in self.given(*reversed(QUAD))],
                         [(QUAD[0], "0.0", True), *((QUAD[i], f"0.{i}", None) for i in (1, 2, 3))])

    def test_function_0_of_the_guest_comes_first(self):
        self.assertEqual([device["host"] for device in self.given(SOUND)], [GPU, SOUND])

    def test_a_long_domain_goes_by_its_path(self):
        device, = self.given(LONG, "--force")
        self.assertEqual(device["sysfsdev"], f"/sys/bus/pci/devices/{LONG}")
        self.assertNotIn("host", device)

    def test_integrated_graphics_are_where_they_are_looked_for(self):
        devices = self.devices(IGD)
        self.assertEqual(devices, [{"driver": "vfio-pci", "host": IGD, "bus": "pcie.0",
                                    "addr": "02.0", "x-igd-opregion": True}])

    def test_nothing_of_qemu_takes_the_slot_of_integrated_graphics(self):
        """A network card of its own would, and so would a port before them."""
        text = self.text("qemu", DISK, IGD)
        self.assertIn(" -nic none ", text)
        self.assertEqual(self.devices(DISK, IGD)[0]["host"], IGD)
        self.assertIn("# -nic none keeps QEMU's own network card off", self.written("qemu", IGD))
        self.assertNotIn("-nic", self.written("qemu", DISK))

    def test_the_command_for_iommufd_stands_beside_where_the_host_has_it(self):
        self.assertNotIn("iommufd", self.written("qemu", *QUAD))
        (self.root / "dev").mkdir(exist_ok=True)
        (self.root / "dev/iommu").touch()
        line = self.written("qemu", *QUAD).splitlines()[-1]
        self.assertTrue(line.startswith("# qemu-system-x86_64 "))
        self.assertIn(" -object iommufd,id=iommufd0 ", line)
        self.assertEqual(line.count('"iommufd":"iommufd0"'), len(QUAD))
        self.assertNotIn("iommufd", self.text("qemu", *QUAD))

    def test_a_kernel_without_groups_has_devices_through_iommufd(self):
        self.machine.lose_vfio_groups()
        self.assertIn("-object iommufd,id=iommufd0", self.text("qemu", DISK))
        self.assertEqual({device["iommufd"] for device in self.given(DISK)}, {"iommufd0"})


class LongDomains(StackTest):
    def test_what_cannot_be_written_is_refused_also_by_force(self):
        for stack in SHORT_DOMAINS:
            with self.subTest(stack=stack):
                result = self.run_stack(stack, LONG, "--force")
                self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
                self.assertIn("no function of a PCI domain above 0xffff", result.stderr)

    def test_a_companion_in_a_long_domain_takes_the_function_with_it(self):
        self.machine.join_group(LONG, 7)
        for stack in SHORT_DOMAINS:
            with self.subTest(stack=stack):
                result = self.run_stack(stack, DISK, QUAD[0])
                self.assertNotIn(DISK, result.stdout)
                self.assertNotIn(SATA, result.stdout)
                self.assertIn(QUAD[0].rpartition(".")[0], result.stdout)
                self.assertIn(f"{LONG} must leave the host along with it", result.stderr)
                self.assertEqual(result.returncode, NOT_READY)

    def test_others_take_them_by_their_path(self):
        self.assertIn(f"path=/sys/bus/pci/devices/{LONG}/",
                      shlex.split(self.text("cloud-hypervisor", LONG, "--force")))


class Plans(StackTest):
    def test_a_plan_tells_what_libvirt_does_not_do_for_integrated_graphics(self):
        plan = passcheck("--root", self.root, "plan", IGD, "--for", "libvirt").stdout
        self.assertIn(f"(libvirt raises the limit on locked memory itself. Of {IGD}: in most", plan)
        self.assertIn("<qemu:override> for its OpRegion, which attach-device leaves off)", plan)


class Proxmox(StackTest):
    def lines(self, *arguments):
        return [shlex.split(line) for line in self.text("proxmox", *arguments).splitlines()]

    def test_a_whole_slot_is_one_mapping_and_one_device(self):
        machine_, create, given = self.lines(GPU)
        self.assertEqual(machine_, ["qm", "set", "VMID", "--machine", "q35"])
        self.assertEqual(create, [
            "pvesh", "create", "/cluster/mapping/pci", "--id", "pci-0000-01-00", "--map",
            "id=10de:1eb8,iommugroup=2,node=$(hostname -s),path=0000:01:00,"
            "subsystem-id=10de:0001"])
        self.assertEqual(given, ["qm", "set", "VMID", "--hostpci0", "mapping=pci-0000-01-00,pcie=1"])

    def test_four_functions_of_a_slot_are_one_device(self):
        self.assertIn("path=0000:0a:00,", self.lines(*QUAD)[1][-1])
        self.assertEqual(len(self.lines(*QUAD)), 3)

    def test_a_part_of_a_slot_has_no_mapping(self):
        self.assertEqual(self.lines(QUAD[1], QUAD[3])[1:], [
            ["qm", "set", "VMID", "--hostpci0", f"{QUAD[1]};{QUAD[3]},pcie=1"]])

    def test_each_slot_has_a_device_of_its_own(self):
        self.assertEqual([line[3] for line in self.lines(DISK, QUAD[0]) if line[0] == "qm"],
                         ["--machine", "--hostpci0", "--hostpci1", "--hostpci2"])

    def test_the_node_is_named_where_identity_is_asked_for(self):
        name = self.root / "proc/sys/kernel/hostname"
        name.parent.mkdir(parents=True, exist_ok=True)
        name.write_text("pve1.example.com\n")
        self.assertIn("node=pve1,", self.text("proxmox", QUAD[0], "--with-identity"))
        name.write_text("$(reboot)\n")
        self.assertIn("node=$(hostname -s),", self.text("proxmox", QUAD[0], "--with-identity"))

    def test_graphics_go_in_legacy_mode(self):
        text = self.text("proxmox", IGD, QUAD[0])
        self.assertIn("--machine pc --vga none\n", text)
        self.assertIn(",legacy-igd=1\n", text)
        self.assertNotIn("pcie=1", text)

    def test_the_opregion_is_asked_for_beside_the_legacy_mode(self):
        """Which gives it only where there is a ROM, or by a QEMU that does so anyway."""
        self.assertIn("-set device.hostpci0.x-igd-opregion=on", self.text("proxmox", QUAD[0], IGD))
        self.assertNotIn("opregion=on", self.text("proxmox", QUAD[0]))
        program, kept = "/usr/bin/qemu-system-x86_64", self.root / "var/cache/libvirt/qemu/capabilities"
        for path in (self.root / program[1:], kept / "a.xml"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"<emulator>{program}</emulator>\n<version>10001002</version>\n")
        self.assertNotIn("opregion=on", self.text("proxmox", IGD))

    def test_more_than_a_guest_takes_are_refused(self):
        names = [f"0000:{0x40 + number:02x}:00.0" for number in range(17)]
        for number, name in enumerate(names):
            self.machine.function(name, machine.endpoint(0x8086, 0x1572, 0x020000), 90 + number,
                                  None)
        self.assertIn("--hostpci15 ", self.text("proxmox", *names[:16]))
        result = self.run_stack("proxmox", *names)
        self.assertEqual(result.stdout, "")
        self.assertIn("16 devices at most, and these are 17", result.stderr)


class KubeVirt(StackTest):
    def documents(self, *arguments):
        """What is permitted, and the devices of the guest."""
        permitted, guest = yaml.safe_load_all(self.written("kubevirt", *arguments))
        return (permitted["spec"]["configuration"]["permittedHostDevices"]["pciHostDevices"],
                guest["spec"]["template"]["spec"]["domain"]["devices"])

    def test_a_display_is_a_gpu_and_its_companion_none(self):
        permitted, devices = self.documents(GPU)
        self.assertEqual(permitted, [{"pciVendorSelector": "10DE:1EB8",
                                      "resourceName": "pci.local/10de_1eb8"}])
        self.assertEqual(devices,
                         {"gpus": [{"name": "gpu1", "deviceName": "pci.local/10de_1eb8"}]})
        self.assertIn(f"{SOUND} ", self.written("kubevirt", GPU))

    def test_functions_of_the_same_ids_are_one_resource(self):
        permitted, devices = self.documents(*QUAD)
        self.assertEqual(len(permitted), 1)
        self.assertEqual(len(devices["hostDevices"]), 4)

    def test_of_one_group_a_guest_gets_one(self):
        self.machine.join_group(QUAD[1], 22)
        text = self.written("kubevirt", QUAD[0], QUAD[1])
        self.assertIn(f"of {QUAD[0]}, {QUAD[1]} in group 22, a guest gets {QUAD[1]}.", text)
        self.assertEqual(len(self.documents(QUAD[0], QUAD[1])[1]["hostDevices"]), 1)

    def test_others_of_the_same_ids_are_named(self):
        self.assertIn(f"it may as well give {QUAD[1]}, {QUAD[2]}, {QUAD[3]}",
                      self.written("kubevirt", QUAD[0]))


class Policy(StackTest):
    build = staticmethod(machine.build)

    def test_it_makes_as_many_as_are_usable(self):
        policy = yaml.safe_load(self.written("sriov-policy", NIC))
        self.assertEqual(policy["spec"], {
            "resourceName": "vfs_0000_02_00_0", "nodeSelector": {"kubernetes.io/hostname": "NODE"},
            "nicSelector": {"rootDevices": [NIC]}, "numVfs": 4, "deviceType": "vfio-pci"})
        self.assertIn("it has 2 VFs now", self.written("sriov-policy", NIC))

    def make_at_boot(self, count):
        rule = self.root / "etc/udev/rules.d/70-vfs.rules"
        rule.parent.mkdir(parents=True, exist_ok=True)
        rule.write_text('ACTION=="add|bind", SUBSYSTEM=="pci", '
                        f'KERNEL=="{NIC}", DRIVER=="?*", ATTR{{sriov_numvfs}}="{count}"\n')

    def test_vfs_that_something_else_makes_at_boot_are_left_to_that(self):
        self.make_at_boot(2)
        text = self.written("sriov-policy", NIC)
        self.assertEqual(yaml.safe_load(text)["spec"], {
            "resourceName": "vfs_0000_02_00_0", "nodeSelector": {"kubernetes.io/hostname": "NODE"},
            "nicSelector": {"rootDevices": [NIC]}, "numVfs": 2, "externallyManaged": True,
            "deviceType": "vfio-pci"})
        self.assertIn("70-vfs.rules makes its 2 VFs at boot", text)
        self.assertNotIn("takes away first", text)
        self.assertNotIn("once", text)

    def test_of_vfs_that_something_else_makes_it_takes_those_that_are_there(self):
        """Its webhook compares with the number of now: pkg/webhook/validate.go."""
        numvfs = self.root / self.machine.paths[NIC] / "sriov_numvfs"
        for made, present, count, words in ((1, 2, 1, "makes its 1 VF at boot"),
                                            (4, 2, 2, "once they are there: it has 2 VFs now"),
                                            (3, 0, 3, "only once the VFs are there")):
            with self.subTest(made=made, present=present):
                self.make_at_boot(made)
                numvfs.write_text(f"{present}\n")
                text = self.written("sriov-policy", NIC)
                self.assertEqual(yaml.safe_load(text)["spec"]["numVfs"], count)
                self.assertIn(words, text)

    def test_a_vf_that_the_host_lives_on_is_not_taken(self):
        """Whether the number of VFs changes, or stays and they change their driver."""
        interface = f"{self.machine.paths[VF0]}/net/eth7"
        self.machine.write(f"{interface}/operstate", "up\n")
        self.machine.route_through(interface)
        for made in (None, 1, 2, 4):
            with self.subTest(made=made):
                if made:
                    self.make_at_boot(made)
                result = self.run_stack("sriov-policy", NIC)
                self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
                self.assertIn(f"the host needs its VF {VF0} for", result.stderr)

    def test_a_name_of_a_node_is_quoted(self):
        name = self.root / "proc/sys/kernel/hostname"
        name.parent.mkdir(parents=True, exist_ok=True)
        for text in ("node1", 'a": {b', "yes", "x # y"):
            name.write_text(f"{text}\n")
            policy = yaml.safe_load(self.written("sriov-policy", NIC, "--with-identity"))
            self.assertEqual(policy["spec"]["nodeSelector"], {"kubernetes.io/hostname": text})

    def test_what_offers_no_vfs_is_refused(self):
        for function, why in ((SPARE_NIC, "offers no VFs"), (GPU, "network functions"),
                              (VF0, "offers no VFs")):
            for force in ((), ("--force",)):
                result = self.run_stack("sriov-policy", function, *force)
                self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
                self.assertIn(why, result.stderr)


class Nova(StackTest):
    build = staticmethod(machine.build)

    def options(self, *arguments):
        lines = self.text("nova", *arguments).splitlines()
        self.assertEqual(lines[0], "[pci]")
        return [(name, json.loads(value)) for name, value in
                (line.split(" = ", 1) for line in lines[1:])]

    def test_a_vf_is_named_by_address_and_ids(self):
        self.assertEqual(self.options(VF0), [
            ("device_spec", {"address": VF0, "vendor_id": "15b3", "product_id": "101e"}),
            ("alias", {"name": "pci_15b3_101e-VF", "vendor_id": "15b3", "product_id": "101e",
                       "device_type": "type-VF", "numa_policy": "preferred"})])

    def test_each_function_has_its_spec_and_each_kind_its_alias(self):
        names = [name for name, _ in self.options(VF0, VF1, SPARE_NIC)]
        self.assertEqual(names, 3 * ["device_spec"] + 2 * ["alias"])

    def test_a_pf_as_a_whole_is_of_its_own_type(self):
        self.assertEqual(self.options(NIC, "--force")[1][1]["device_type"], "type-PF")

    def test_companions_are_left_to_the_host(self):
        self.assertEqual([value.get("address") for _, value in self.options(DISK)], [DISK, None])
        self.assertIn("bind the companions to vfio-pci", self.written("nova", DISK))


class Vgpu(StackTest):
    """A VF that NVIDIA's driver makes a vGPU of."""
    build = staticmethod(machine.build)

    def setUp(self):
        super().setUp()
        has_no_vgpu_profile(self.machine)

    def test_proxmox_sets_the_profile_and_wants_its_mapping_marked(self):
        self.machine.write(f"{self.machine.paths[VF0]}/nvidia/current_vgpu_type", "557\n")
        text = self.text("proxmox", VF0)
        self.assertIn(" --mdev 1 --id ", text)
        self.assertIn(",mdev=nvidia-557", text)
        self.assertNotIn("driver=keep", text)

    def test_kubevirt_sees_it_in_newer_versions(self):
        self.assertIn(f"# KubeVirt sees {VF0} on nvidia only in newer versions",
                      self.written("kubevirt", VF0, "--force"))

    def test_a_profile_that_is_not_chosen_is_a_blank(self):
        text = self.written("proxmox", VF0, "--force")
        self.assertIn(",mdev=nvidia-PROFILE", text)
        self.assertIn("# PROFILE is a number of", text)


class VariantDriver(StackTest):
    """A VF on a driver of VFIO that is not vfio-pci."""
    build = staticmethod(machine.build)

    def setUp(self):
        super().setUp()
        self.machine.set_driver_again(self.machine.paths[VF0], "mlx5_vfio_pci")

    def test_it_stays_there_where_the_stack_can_leave_it(self):
        self.assertIn(",driver=keep", self.text("proxmox", VF0))
        self.assertIn("# driver=keep came with qemu-server 9.0.25", self.written("proxmox", VF0))
        self.assertNotIn("--mdev", self.text("proxmox", VF0))

    def test_kubevirt_does_not_see_it(self):
        self.assertIn(f"# KubeVirt does not see {VF0} on the driver", self.written("kubevirt", VF0))
        self.assertIn('"managed":"no"', self.text("nova", VF0))
        self.assertIn("managed='no'", self.written("xml", VF0))

    def test_a_stack_that_binds_it_takes_it_not(self):
        result = self.run_stack("incus", VF0)
        self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
        self.assertIn("must stay with its driver mlx5_vfio_pci", result.stderr)


class Incus(StackTest):
    def devices(self, *arguments):
        return yaml.safe_load(self.written("incus", *arguments))["devices"]

    def test_a_gpu_brings_its_slot_along(self):
        self.assertEqual(self.devices(GPU, SOUND), {"pci-0000-01-00-0": {
            "type": "gpu", "gputype": "physical", "pci": GPU}})
        self.assertIn(f"Incus takes {SOUND} along", self.written("incus", GPU))

    def test_companions_on_other_slots_are_devices(self):
        self.assertEqual(self.devices(DISK), {
            "pci-0000-03-00-0": {"type": "pci", "address": DISK},
            "pci-0000-04-00-0": {"type": "pci", "address": SATA}})

    def test_four_functions_are_four_devices(self):
        self.assertEqual([device["address"] for device in self.devices(*QUAD).values()],
                         list(QUAD))


class CloudHypervisor(StackTest):
    def test_each_function_has_its_path(self):
        self.assertEqual(shlex.split(self.text("cloud-hypervisor", DISK)), [
            "cloud-hypervisor", "--device", f"path=/sys/bus/pci/devices/{DISK}/",
            f"path=/sys/bus/pci/devices/{SATA}/"])


if __name__ == "__main__":
    unittest.main()

"""XML of functions is what libvirt takes, and says nothing of what cannot be assigned to a guest."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, CROWD, DISK, FC, GPU, NIC, PORT, SATA, SOUND  # noqa: E402
from machine import SPARE_NIC, VF0, VF1, VMD, VMD_DISK  # noqa: E402
from support import FAILED, NOT_READY, UNDETERMINED, USAGE, TreeTest, passcheck, skip  # noqa: E402

DOMAIN = """<domain type='test'><name>guest</name><memory unit='GiB'>1</memory>
<os><type>hvm</type></os><devices>
{}</devices></domain>
"""
WWNS = "2101001b32a9da4e:2001001b32a9da4e"


class XmlTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"
        self.machine = machine.build(self.root)

    def xml(self, *arguments):
        return passcheck("--root", self.root, "--format", "xml", *arguments)

    def written(self, *arguments):
        result = self.xml(*arguments)
        self.assertNotEqual(result.stdout, "", result.stderr)
        return result.stdout

    def accept(self, text, schema, command):
        """libvirt's schema and its test driver must both take the document."""
        file = self.directory / "document.xml"
        file.write_text(text)
        for arguments in (["virt-xml-validate", file, schema],
                          ["virsh", "-c", "test:///default", command, file]):
            result = subprocess.run(arguments, capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 0, f"{result.stdout}{result.stderr}\n{text}")

    def accept_devices(self, text):
        self.accept(DOMAIN.format(text), "domain", "define")


class Accepted(XmlTest):
    def test_every_function_that_can_be_given_away(self):
        for function in (GPU, SOUND, VF0, VF1, DISK, SATA, FC, VMD, SPARE_NIC, CROWD):
            with self.subTest(function=function):
                self.accept_devices(self.written(function))

    def test_several_functions_at_once(self):
        self.accept_devices(self.written(GPU, VF0, DISK, FC))

    def test_a_vf_with_mac_and_vlan(self):
        text = self.written(VF0, "--mac", "52:54:00:6d:90:02", "--vlan", "42")
        self.assertIn("<mac address='52:54:00:6d:90:02'/>", text)
        self.assertIn("<tag id='42'/>", text)
        self.accept_devices(text)

    def test_what_is_forced(self):
        self.accept_devices(self.written(BLOCKED, "--force"))

    def test_a_network_of_the_vfs_of_a_pf(self):
        text = self.written(NIC, "--network", "vfs & <more>")
        self.assertIn("<pf dev='eth0'/>", text)
        self.accept(text, "network", "net-define")

    def test_a_vf_that_a_virtio_interface_stands_in_for(self):
        team = ("--mac", "52:54:00:6d:90:02", "--teaming", "ua-net0")
        part = "<teaming type='transient' persistent='ua-net0'/>"
        stays = ("<interface type='network'><source network='default'/>"
                 "<mac address='52:54:00:6d:90:02'/><model type='virtio'/>"
                 "<teaming type='persistent'/><alias name='ua-net0'/></interface>")
        text = self.written(VF0, *team)
        self.assertIn(part, text)
        self.assertIn("<teaming type='persistent'/>", text)
        self.accept_devices(text + stays)
        folder = self.directory / "team"
        self.xml(NIC, "--network", "vfs", *team, "--split", folder)
        network, given = sorted(folder.iterdir(), reverse=True)
        self.accept(network.read_text(), "network", "net-define")
        self.assertIn(part, given.read_text())
        self.assertIn("<source network='vfs'/>", given.read_text())
        self.accept_devices(given.read_text() + stays)

    def test_a_vf_that_stays_with_its_driver(self):
        self.machine.set_driver_again(self.machine.paths[VF0], "mlx5_vfio_pci")
        text = self.written(VF0)
        self.assertIn("managed='no'", text)
        self.accept_devices(text)

    def test_a_mediated_device_by_its_type(self):
        self.root = self.directory / "graphics"
        built = machine.build_stacks(self.root)
        uuid = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"
        asked = (machine.IGD, "--mdev", f"i915-GVTg_V5_4:{uuid}")
        (self.root / "sys/class/mdev_bus").mkdir(parents=True)
        result = self.xml(*asked)
        self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
        self.assertIn("its driver offers no mediated devices", result.stderr)
        path = built.paths[machine.IGD]
        built.link(f"sys/class/mdev_bus/{machine.IGD}", path)
        types = self.root / path / "mdev_supported_types"
        (types / "i915-GVTg_V5_8").mkdir(parents=True)
        result = self.xml(*asked)
        self.assertEqual(result.stdout, "")
        self.assertIn("of type i915-GVTg_V5_4; it has: i915-GVTg_V5_8", result.stderr)
        (types / "i915-GVTg_V5_4").mkdir()
        result = self.xml(*asked)
        self.assertEqual((result.stdout, result.returncode), ("", UNDETERMINED))
        self.assertIn("how many more of type i915-GVTg_V5_4 can be made could not be read",
                      result.stderr)
        available = types / "i915-GVTg_V5_4/available_instances"
        available.write_text("0\n")
        result = self.xml(*asked)
        self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
        self.assertIn("no more mediated devices of type i915-GVTg_V5_4 can be made", result.stderr)
        available.write_text("1\n")
        folder = self.directory / "mdev"
        self.assertEqual(self.xml(*asked, "--split", folder).stderr, "")
        device, given = sorted(folder.iterdir())
        self.accept_devices(given.read_text())
        self.assertIn(f"<address uuid='{uuid}'/>", given.read_text())
        self.assertIn("<type id='i915-GVTg_V5_4'/>", device.read_text())
        # The test driver of libvirt makes no such devices; the schema judges.
        subprocess.run(["virt-xml-validate", device, "nodedev"], check=True, capture_output=True)

    def test_integrated_graphics_with_their_opregion(self):
        self.root = self.directory / "graphics"
        machine.build_stacks(self.root)
        text = self.written(machine.IGD)
        self.assertIn("has the address 00:02.0, which libvirt gives to no second device", text)
        self.assertIn("<address type='pci' domain='0x0000' bus='0x00' slot='0x02'", text)
        override, = re.findall(r"<qemu:override.*</qemu:override>", text)
        self.accept(DOMAIN.replace("</domain>", override + "</domain>").format(text), "domain",
                    "define")

    def test_a_kernel_without_groups_has_devices_through_iommufd(self):
        """libvirt 9.0 knows it not yet; integration.libvirt has a newer one judge it."""
        self.machine.lose_vfio_groups()
        for function in (SPARE_NIC, VF0):
            self.assertIn("<driver iommufd='yes'/>", self.written(function))

    def test_a_network_of_a_pf_with_two_interfaces_lists_the_vfs(self):
        (self.root / self.machine.paths[NIC] / "net/eth1").mkdir()
        text = self.written(NIC, "--network", "vfs")
        self.assertNotIn("<pf", text)
        self.assertEqual(text.count("<address type='pci'"), 2)
        self.accept(text, "network", "net-define")

    def test_a_virtual_fibre_channel_port(self):
        folder = self.directory / "split"
        self.xml(FC, "--vport", WWNS, "--split", folder)
        self.assertEqual(sorted(file.name for file in folder.iterdir()),
                         ["pool_host1.xml", "vport_host1.xml"])
        self.accept((folder / "pool_host1.xml").read_text(), "storagepool", "pool-define")
        self.accept((folder / "vport_host1.xml").read_text(), "nodedev", "nodedev-create")


class Luns(XmlTest):
    """Units behind a Fibre Channel port, as guests get them one by one."""

    def test_a_unit_as_a_scsi_hostdev(self):
        text = self.written(FC, "--lun", "hostdev")
        self.assertEqual(text.count("<hostdev mode='subsystem' type='scsi'>"), 3)
        self.assertIn("<adapter name='scsi_host1'/>", text)
        self.assertIn("<address bus='0' target='4' unit='1'/>", text)
        self.accept_devices(text)

    def test_a_unit_as_a_disk(self):
        text = self.written(FC, "--lun", "disk")
        self.assertEqual(text.count("<disk type='block' device='lun'>"), 2)
        self.assertIn("<source dev='/dev/disk/by-id/wwn-0x60060e80123456789abc'/>", text)
        self.assertIn("<target dev='sda' bus='scsi'/>", text)
        self.assertIn("<source dev='/dev/sdc'/>", text)
        self.assertIn("<target dev='sdb' bus='scsi'/>", text)
        self.assertIn("/dev/sdc may be another unit after a reboot", text)
        self.accept_devices(text)

    def test_a_unit_of_a_virtual_port_as_a_volume_of_its_pool(self):
        wwpn = WWNS.partition(":")[0]
        self.machine.add_vport(wwpn)
        text = self.written(FC, "--vport", WWNS, "--lun", "volume")
        self.assertIn(f"<source pool='vport-{wwpn}' volume='unit:0:2:7'/>", text)
        self.assertEqual(text.count("<disk"), 1)
        self.accept_devices(text)
        text = self.written(FC, "--vport", WWNS, "--lun", "hostdev")
        self.assertIn("<adapter name='scsi_host9'/>", text)
        self.accept_devices(text)

    def test_the_physical_port_has_not_the_units_of_the_virtual_one(self):
        self.machine.add_vport(WWNS.partition(":")[0])
        self.assertNotIn("9:0:2:7", self.written(FC, "--lun", "hostdev"))

    def test_each_unit_has_a_file_of_its_own(self):
        folder = self.directory / "split"
        self.xml(FC, "--lun", "disk", "--split", folder)
        self.assertEqual(sorted(file.name for file in folder.iterdir()),
                         ["lun_0_4_1_host1.xml", "lun_0_4_2_host1.xml"])

    def test_a_unit_that_the_host_uses_takes_force(self):
        number = self.root / "sys/dev/block/8:17"
        number.parent.mkdir(parents=True)
        lun = self.machine.luns["1:0:4:1"]
        (self.root / lun / "block/sdb/sdb1").mkdir()
        number.symlink_to(f"/{lun}/block/sdb/sdb1")
        (self.root / "proc/self").mkdir(parents=True, exist_ok=True)
        (self.root / "proc/self/mountinfo").write_text("22 1 8:17 / / rw - ext4 /dev/sdb1 rw\n")
        result = self.xml(FC, "--lun", "disk")
        self.assertEqual(result.returncode, NOT_READY)
        self.assertEqual(result.stdout.count("<disk"), 1)
        self.assertIn("the host uses 1:0:4:1 itself: /", result.stderr)
        self.assertEqual(self.xml(FC, "--lun", "disk", "--force").stdout.count("<disk"), 2)

    def test_what_is_not_there_is_refused_with_a_reason(self):
        result = self.xml(FC, "--vport", WWNS, "--lun", "volume")
        self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
        self.assertIn("no virtual port of that name yet", result.stderr)
        for path in self.machine.luns.values():
            (self.root / path / "type").write_text("12\n")
        result = self.xml(FC, "--lun", "hostdev")
        self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
        self.assertIn("no units of that kind", result.stderr)

    def test_a_unit_without_a_known_type_or_device_is_undetermined(self):
        lun = self.root / self.machine.luns["1:0:4:2"]
        (lun / "wwid").unlink()
        shutil.rmtree(lun / "block")
        result = self.xml(FC, "--lun", "disk")
        self.assertIn("its block device is unknown", result.stderr)
        (lun / "type").write_text("disk\n")
        result = self.xml(FC, "--lun", "hostdev")
        self.assertIn("what kind of unit it is could not be read", result.stderr)
        self.assertEqual(result.returncode, 3)

    def test_names_that_are_no_address_are_no_units(self):
        for name in ("host1", "target1:0:4", "1:0:4", "1:0:4:1:2", "1:0:4:-1", "11:0:4:1"):
            self.machine.link(f"sys/bus/scsi/devices/{name}", self.machine.luns["1:0:4:1"])
        self.assertEqual(self.written(FC, "--lun", "disk").count("<disk"), 2)


class Form(XmlTest):
    def test_a_vf_of_a_network_function_is_an_interface(self):
        text = self.written(VF0)
        self.assertIn("<interface type='hostdev' managed='yes'>", text)
        self.assertIn("<address type='pci' domain='0x0000' bus='0x02' slot='0x10' function='0x0'/>",
                      text)

    def test_a_vf_whose_pf_has_no_interface_is_a_hostdev(self):
        shutil.rmtree(self.root / self.machine.paths[NIC] / "net")
        text = self.written(VF0)
        self.assertIn("<hostdev", text)
        self.assertNotIn("<interface", text)

    def test_functions_of_one_device_share_a_guest_slot(self):
        text = self.written(GPU)
        self.assertIn("bus='0x08' slot='0x00' function='0x0' multifunction='on'/>", text)
        self.assertIn("bus='0x08' slot='0x00' function='0x1'/>", text)
        self.assertEqual(text.count("multifunction"), 1)

    def test_the_order_of_arguments_is_no_matter(self):
        self.assertEqual(self.written(GPU, SOUND), self.written(SOUND, GPU))

    def test_a_companion_of_another_device_is_unassigned(self):
        text = self.written(DISK)
        self.assertEqual(text.count("<hostdev"), 2)
        self.assertEqual(text.count("<address type='unassigned'/>"), 1)
        self.assertIn(f"companion of {DISK}", text)

    def test_companions_that_are_asked_for_are_seen(self):
        text = self.written(DISK, SATA)
        self.assertEqual(text.count("<hostdev"), 2)
        self.assertNotIn("unassigned", text)

    def test_an_old_libvirt_gets_no_unassigned_companion(self):
        library = self.root / "usr/lib/x86_64-linux-gnu"
        library.mkdir(parents=True)
        (library / "libvirt.so.0").symlink_to("libvirt.so.0.5004.0")
        result = self.xml(DISK)
        self.assertEqual(result.stdout.count("<hostdev"), 1)
        self.assertIn("virsh nodedev-detach pci_0000_04_00_0", result.stderr)

    def test_numbers_have_their_0x(self):
        for line in self.written(GPU, DISK, VF0).splitlines():
            if "<address" in line and "domain" in line:
                for attribute in ("domain", "bus", "slot", "function"):
                    self.assertRegex(line, f"{attribute}='0x[0-9a-f]+'")

    def test_a_physical_function_in_the_group_of_its_vf_is_no_hostdev(self):
        self.machine.join_group(VF0, 4)
        self.machine.set_driver_again(self.machine.paths[NIC], "nvme")
        text = self.written(VF0)
        self.assertNotIn("<hostdev", text)
        self.assertIn(f"the physical function {NIC} of its group must leave its driver nvme", text)

    def test_a_companion_that_vfio_pci_refuses_is_no_hostdev(self):
        self.machine.set_ids(self.machine.paths[SATA], 0x8086, 0x37c8)
        text = self.written(DISK)
        self.assertEqual(text.count("<hostdev"), 1)
        self.assertIn(f"the function {SATA} of its group must leave its driver ahci", text)
        self.accept_devices(text)

    def test_a_vf_that_goes_with_its_physical_function_is_refused(self):
        self.machine.join_group(VF0, 4)
        result = self.xml(VF0)
        self.assertEqual((result.returncode, result.stdout), (NOT_READY, ""))
        self.assertIn(f"its physical function {NIC}", result.stderr)

    def test_a_bridge_that_must_leave_its_driver_is_named(self):
        self.assertIn("the bridge 0000:00:08.0 of its group must leave its driver shpchp",
                      self.written(CROWD))

    def test_comments_end_where_they_should(self):
        driver = self.root / self.machine.paths["0000:00:08.0"] / "driver"
        driver.unlink()
        self.machine.set_driver(self.machine.paths["0000:00:08.0"], "evil-->--driver-")
        text = self.written(CROWD)
        self.assertIn("evil", text)
        self.accept_devices(text)


class Refused(XmlTest):
    def test_nothing_is_written_of_what_is_blocked(self):
        for function, why in ((BLOCKED, "firmware"), (NIC, "VFs enabled"), (PORT, "bridge"),
                              (VMD_DISK, "0xffff")):
            with self.subTest(function=function):
                result = self.xml(function)
                self.assertEqual(result.stdout, "")
                self.assertEqual(result.returncode, NOT_READY)
                self.assertIn(function, result.stderr)
                self.assertIn(why, result.stderr)

    def test_the_others_are_written(self):
        result = self.xml(BLOCKED, SPARE_NIC)
        self.assertEqual(result.stdout.count("<hostdev"), 1)
        self.assertEqual(result.returncode, NOT_READY)

    def test_force_writes_it_with_the_reason_and_does_not_change_the_verdict(self):
        result = self.xml(BLOCKED, "--force")
        self.assertIn("blocked", result.stdout)
        self.assertIn("firmware keeps memory", result.stdout)
        self.assertEqual(result.returncode, NOT_READY)

    def test_what_the_host_lives_on_takes_force(self):
        self.machine.keep_root_on(self.machine.paths[DISK])
        result = self.xml(DISK)
        self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
        self.assertIn("the host needs it for the file system /", result.stderr)
        self.assertIn("the host needs it", self.xml(DISK, "--force").stdout)

    def test_force_cannot_move_bridges_or_domains(self):
        for function in (PORT, VMD_DISK):
            result = self.xml(function, "--force")
            self.assertEqual(result.stdout, "")
            self.assertEqual(result.returncode, NOT_READY)

    def test_a_network_without_vfs_is_refused(self):
        for vf in (VF0, VF1):
            (self.root / "sys/bus/pci/devices" / vf).unlink()
        result = self.xml(NIC, "--network", "vfs")
        self.assertEqual(result.stdout, "")
        self.assertIn("it has no VFs", result.stderr)
        self.assertEqual(result.returncode, NOT_READY)

    def test_a_port_that_is_down_or_full_carries_no_virtual_port(self):
        for name, value, why in (("port_state", "Linkdown", "not Online but Linkdown"),
                                 ("npiv_vports_inuse", "254", "all 254 virtual ports")):
            with self.subTest(name=name):
                file = self.root / self.machine.fc / name
                before = file.read_text()
                file.write_text(f"{value}\n")
                result = self.xml(FC, "--vport", WWNS)
                self.assertEqual(result.stdout, "")
                self.assertIn(why, result.stderr)
                self.assertEqual(result.returncode, NOT_READY)
                file.write_text(before)

    def test_mediated_devices_are_left_out_with_a_reason(self):
        self.machine.link(f"sys/class/mdev_bus/{GPU}", self.machine.paths[GPU])
        text = self.written(GPU)
        self.assertIn("mediated devices are left out", text)
        self.assertNotIn("type='mdev'", text)


class Usage(XmlTest):
    def test_wrong_usage_says_what_is_wrong(self):
        cases = {
            (): "FUNCTION",
            (GPU, "--mac", "52:54:00:6d:90:02"): "--mac",
            (VF0, VF1, "--mac", "52:54:00:6d:90:02"): "--mac",
            (GPU, "--vlan", "5"): "--vlan",
            (VF0, "--teaming", "ua-net0"): "--teaming",
            (VF0, "--teaming", "net0", "--mac", "52:54:00:6d:90:02"): "--teaming",
            (VF0, "--teaming", "ua-a'b", "--mac", "52:54:00:6d:90:02"): "--teaming",
            (VF0, "--teaming", "ua-", "--mac", "52:54:00:6d:90:02"): "--teaming",
            (FC, "--lun", "disk", "--teaming", "ua-a", "--mac", "52:54:00:6d:90:02"): "--teaming",
            (NIC, "--network", "n", "--teaming", "ua-net0"): "--teaming",
            (VF0, "--vlan", "0"): "--vlan",
            (VF0, "--vlan", "4095"): "--vlan",
            (VF0, "--vlan", "x"): "--vlan",
            (VF0, "--mac", "01:00:5e:00:00:01"): "--mac",
            (VF0, "--mac", "00:00:00:00:00:00"): "--mac",
            (VF0, "--mac", "52:54:00:6d:90"): "--mac",
            (VF0, "--mac", "52:54:00:6d:90:0x"): "--mac",
            (GPU, "--network", "n"): "--network",
            (NIC, VF0, "--network", "n"): "--network",
            **{(NIC, "--network", name): "--network" for name in
               ("a/b", "a\x01b", "a\nb", "a\x1b[31m", "a\u202eb", "a\udcffb", "a\uffffb")},
            (GPU, "--vport", WWNS): "--vport",
            (FC, "--vport", "2101001b32a9da4e"): "--vport",
            (GPU, "--lun", "disk"): "--lun",
            (FC, GPU, "--lun", "disk"): "--lun",
            (FC, "--lun", "other"): "--lun",
            (GPU, "--mdev", "nvidia-35"): "--mdev",
            (GPU, "--mdev", "a<b:83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"): "--mdev",
            (GPU, VF0, "--mdev", "a:83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"): "--mdev",
            (FC, "--lun", "disk", "--mdev", "a:83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"): "--mdev",
            (FC, "--lun", "volume"): "--vport",
            (NIC, "--network", "n", "--lun", "disk"): "--lun",
            (VF0, "--lun", "disk", "--vlan", "5"): "--vlan",
            (VF0, "--network", "n", "--mac", "52:54:00:6d:90:02"): "--mac",
            (GPU, "--split", "d", "-o", "f"): "--split",
        }
        for arguments, culprit in cases.items():
            with self.subTest(arguments=arguments):
                result = self.xml(*arguments)
                self.assertEqual(result.returncode, USAGE, result.stdout)
                self.assertIn(culprit, result.stderr)
                self.assertTrue(result.stderr.replace("\n", "").isprintable(), result.stderr)
                self.assertEqual(result.stdout, "")

    def test_its_options_go_with_no_other_format(self):
        for arguments in (["--force"], ["--mac", "52:54:00:6d:90:02"], ["--split", "d"]):
            result = passcheck("--root", self.root, GPU, *arguments)
            self.assertEqual(result.returncode, USAGE)
            self.assertIn(arguments[0], result.stderr)


class Split(XmlTest):
    def test_each_function_has_a_file_named_as_its_node_device(self):
        folder = self.directory / "split"
        result = self.xml(GPU, VF0, BLOCKED, "--split", folder)
        self.assertEqual(result.stdout, "")
        self.assertEqual(sorted(file.name for file in folder.iterdir()),
                         ["pci_0000_01_00_0.xml", "pci_0000_01_00_1.xml", "pci_0000_02_10_0.xml"])
        whole = self.xml(GPU, VF0, BLOCKED).stdout
        parts = (folder / name for name in
                 ("pci_0000_01_00_0.xml", "pci_0000_01_00_1.xml", "pci_0000_02_10_0.xml"))
        _, elements = whole.split("\n", 1)
        self.assertEqual("".join(part.read_text() for part in parts), elements)

    def test_a_folder_that_holds_other_xml_is_refused(self):
        folder = self.directory / "split"
        folder.mkdir()
        (folder / "old.xml").write_text("<hostdev/>")
        result = self.xml(GPU, "--split", folder)
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("old.xml", result.stderr)
        self.assertEqual([file.name for file in folder.iterdir()], ["old.xml"])

    def test_a_folder_that_cannot_be_made_is_an_error(self):
        (self.directory / "file").write_text("")
        result = self.xml(GPU, "--split", self.directory / "file" / "below")
        self.assertEqual(result.returncode, 1)
        self.assertIn("below", result.stderr)


class RoundTrip(XmlTest):
    def test_what_was_written_raises_no_finding(self):
        import json
        for functions in ((GPU,), (VF0, VF1), (DISK,), (GPU, SOUND, FC, VMD, SPARE_NIC),
                          (FC, "--lun", "hostdev"), (FC, "--lun", "disk")):
            with self.subTest(functions=functions):
                file = pathlib.Path(self.directory, "domain.xml")
                file.write_text(DOMAIN.format(self.written(*functions)))
                result = passcheck("--root", self.root, "domain", file, "--format", "json")
                # Units of SCSI are no PCI functions: a domain report says that it leaves them.
                findings = [finding for finding in json.loads(result.stdout)["findings"]
                            if finding["id"] != "domain-devices.not-judged"]
                self.assertEqual(findings, [])
                self.assertEqual(result.returncode, 0)


if __name__ == "__main__":
    for tool in ("virsh", "virt-xml-validate"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    unittest.main()

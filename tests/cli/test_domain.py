"""Domains are judged against their host, and what is no domain is refused."""
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

import jsonschema

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, DISK, GPU, SATA, SOUND, SPARE_NIC, VF0, VF1  # noqa: E402
from support import FAILED, NOT_READY, PASSCHECK, READY, SOURCE, USAGE, TreeTest  # noqa: E402
from support import passcheck  # noqa: E402


def address(function):
    domain, bus, rest = function.split(":")
    device, number = rest.split(".")
    return f"domain='0x{domain}' bus='0x{bus}' slot='0x{device}' function='0x{number}'"


def hostdev(function, inner="", managed="yes"):
    return (f"<hostdev mode='subsystem' type='pci' managed='{managed}'>"
            f"<source><address {address(function)}/></source>{inner}</hostdev>")


def interface(function):
    return (f"<interface type='hostdev' managed='yes'>"
            f"<source><address type='pci' {address(function)}/></source></interface>")


def guest_address(bus, slot, function, more=""):
    return f"<address type='pci' bus='{bus:#x}' slot='{slot:#x}' function='{function:#x}' {more}/>"


def domain(*devices, name="guest", more="", memory="<memory unit='GiB'>4</memory>",
           machine_type="pc-q35-7.2"):
    return (f"<domain type='kvm'><name>{name}</name>{memory}{more}"
            f"<os><type machine='{machine_type}'>hvm</type></os>"
            f"<devices>{''.join(devices)}</devices></domain>")


class DomainTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"
        self.machine = machine.build(self.root)
        with open(SOURCE / "docs/passcheck-domain.schema.json", encoding="utf-8") as file:
            self.schema = jsonschema.Draft202012Validator(json.load(file))

    def judge(self, *documents):
        """Returns the JSON document and the exit code of passcheck on documents in files."""
        folder = self.directory / "domains"
        folder.mkdir(exist_ok=True)
        for number, document in enumerate(documents):
            (folder / f"{number}.xml").write_text(document)
        result = passcheck("--root", self.root, "domain", folder, "--format", "json")
        report = json.loads(result.stdout)
        self.schema.validate(report)
        return report, result.returncode

    def findings(self, *documents):
        report, code = self.judge(*documents)
        verdicts = {finding["verdict"] for finding in report["findings"]}
        expected = NOT_READY if "fail" in verdicts else 3 if "unknown" in verdicts else READY
        self.assertEqual(code, expected)
        return {(finding["id"], finding["verdict"]) for finding in report["findings"]}


class Findings(DomainTest):
    def test_what_is_right_raises_nothing(self):
        self.assertEqual(self.findings(domain()), set())
        self.assertEqual(self.findings(domain(hostdev(SPARE_NIC), interface(VF0))), set())
        self.assertEqual(self.findings(domain(hostdev(GPU), hostdev(SOUND))), set())

    def test_a_function_that_is_not_there(self):
        self.assertEqual(self.findings(domain(hostdev("0000:55:00.0"))),
                         {("domain-functions.missing", "fail")})

    def test_a_decimal_bus_is_pointed_out(self):
        report, _ = self.judge(domain("<hostdev type='pci' managed='yes'><source>"
                                      "<address bus='16' slot='0x00'/></source></hostdev>"))
        finding, = report["findings"]
        self.assertIn("0000:10:00.0", finding["summary"])
        self.assertIn("0x", finding["remedy"]["summary"])

    def test_a_physical_function_in_the_place_of_a_vf(self):
        self.assertEqual(self.findings(domain(interface(SPARE_NIC))),
                         {("domain-functions.not-a-vf", "fail")})

    def test_one_function_twice(self):
        self.assertEqual(self.findings(domain(hostdev(SPARE_NIC), hostdev(SPARE_NIC))),
                         {("domain-functions.twice", "fail")})

    def test_an_unmanaged_function_that_its_driver_holds(self):
        self.assertEqual(self.findings(domain(hostdev(SPARE_NIC, managed="no"))),
                         {("domain-functions.unmanaged", "fail")})
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.assertEqual(self.findings(domain(hostdev(SPARE_NIC, managed="no"))), set())

    def test_a_blocked_function(self):
        self.assertEqual(self.findings(domain(hostdev(BLOCKED))),
                         {("domain-assignability.blocked", "fail")})

    def test_that_the_host_needs_a_function_is_the_cause_of_what_follows(self):
        self.machine.keep_root_on(self.machine.paths[DISK])
        report, code = self.judge(domain(hostdev(DISK), hostdev(SATA)))
        self.assertEqual(code, NOT_READY)
        self.assertIn(("domain-assignability.blocked", "domain-functions.vital"),
                      {(finding["id"], finding["follows_from"]) for finding in report["findings"]})

    def test_a_function_that_nothing_is_known_of(self):
        file = self.root / "sys/kernel/iommu_groups/14/reserved_regions"
        file.unlink()
        file.mkdir()
        self.assertIn(("domain-assignability.undetermined", "unknown"),
                      self.findings(domain(hostdev(SPARE_NIC))))

    def test_a_group_that_is_not_whole(self):
        self.assertEqual(self.findings(domain(hostdev(GPU))),
                         {("domain-groups.incomplete", "fail")})
        self.assertEqual(self.findings(domain(hostdev(DISK))),
                         {("domain-groups.incomplete", "fail")})
        self.assertEqual(
            self.findings(domain(hostdev(DISK), hostdev(SATA, "<address type='unassigned'/>"))),
            set())

    def test_two_domains_of_one_function(self):
        one, two = domain(hostdev(SPARE_NIC)), domain(hostdev(SPARE_NIC), name="other")
        self.assertEqual(self.findings(one, two), {("domain-groups.shared-function", "warn")})

    def test_two_domains_of_one_group(self):
        found = self.findings(domain(hostdev(DISK)), domain(hostdev(SATA), name="other"))
        self.assertIn(("domain-groups.shared-group", "warn"), found)

    def test_a_guest_on_another_numa_node(self):
        remote = {("domain-numa.remote", "warn")}
        for more, expected in (
                ("<numatune><memory mode='strict' nodeset='1'/></numatune>", remote),
                ("<numatune><memory mode='strict' nodeset='0-1'/></numatune>", set()),
                ("<vcpu cpuset='4-7'>4</vcpu>", remote),
                ("<vcpu cpuset='0-3'>4</vcpu>", set()),
                ("<cputune><vcpupin vcpu='0' cpuset='5'/></cputune>", remote),
                ("<vcpu>4</vcpu>", set())):
            with self.subTest(more=more):
                self.assertEqual(self.findings(domain(hostdev(SPARE_NIC), more=more)), expected)

    def test_more_memory_than_the_host_has(self):
        self.assertEqual(
            self.findings(domain(hostdev(SPARE_NIC), memory="<memory unit='GiB'>64</memory>")),
            {("domain-memory.beyond-host", "fail")})

    def test_memory_beyond_the_iommu(self):
        (self.root / "proc/meminfo").write_text("MemTotal: 1099511627776 kB\n")
        cap = self.root / "sys/devices/virtual/iommu/dmar0/intel-iommu/cap"
        cap.write_text("d2008c22260206\n")  # MGAW 39 bits
        for size, expected in ((508, set()), (511, {("domain-memory.beyond-iommu", "fail")})):
            memory = f"<memory unit='GiB'>{size}</memory>"
            self.assertEqual(self.findings(domain(hostdev(SPARE_NIC), memory=memory)), expected)

    def test_too_few_huge_pages(self):
        pages = "<memoryBacking><hugepages>{}</hugepages></memoryBacking>"
        few = {("domain-memory.hugepages", "fail")}
        for size, page, expected in ((1, "", set()), (2, "", few),
                                     (1, "<page size='1' unit='G'/>", few),
                                     (1, "<page size='2048' unit='KiB'/>", set())):
            memory = f"<memory unit='GiB'>{size}</memory>"
            self.assertEqual(self.findings(domain(hostdev(SPARE_NIC), memory=memory,
                                                  more=pages.format(page))), expected)

    def test_devices_that_are_no_functions_are_named(self):
        uuid = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"
        for device, expected in (
                ("<hostdev mode='subsystem' type='usb'><source><vendor id='0x046d'/></source>"
                 "</hostdev>", ("domain-devices.not-judged", "warn")),
                ("<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>",
                 ("domain-devices.not-judged", "warn")),
                ("<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>"
                 f"<address uuid='{uuid}'/></source></hostdev>", ("domain-devices.mdev", "unknown")),
                ("<interface type='network'><source network='pool'/></interface>",
                 ("domain-devices.network-not-given", "warn"))):
            with self.subTest(device=device):
                self.assertEqual(self.findings(domain(device)), {expected})
                report, _ = self.judge(domain(device))
                self.assertFalse(report["domains"][0]["devices"][0]["judged"])
                text = passcheck("--root", self.root, "domain", "-", input=domain(device)).stdout
                self.assertRegex(text, r"guest .* not judged")

    def test_a_function_in_the_command_line_of_qemu(self):
        space = "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
        more = ("<qemu:commandline><qemu:arg value='-device'/>"
                f"<qemu:arg value='vfio-pci,host={SPARE_NIC}'/></qemu:commandline>")
        document = domain(more=more).replace("<domain ", f"<domain {space} ", 1)
        self.assertEqual(self.findings(document), {("domain-functions.unmanaged", "fail")})

    def test_an_nvme_disk_that_is_none(self):
        disk = ("<disk type='nvme'><source type='pci' managed='yes' namespace='1'>"
                f"<address {address(SPARE_NIC)}/></source></disk>")
        self.assertEqual(self.findings(domain(disk)),
                         {("domain-functions.not-nvme", "fail")})

    def test_drivers_that_the_host_does_not_have(self):
        for driver, *expected in (("name='kvm'", "domain-drivers.no-backend", "fail"),
                                  ("iommufd='yes'", "domain-drivers.unread", "unknown"),
                                  ("model='igb'", "domain-drivers.no-variant", "fail")):
            with self.subTest(driver=driver):
                self.assertEqual(self.findings(domain(hostdev(SPARE_NIC, f"<driver {driver}/>"))),
                                 {tuple(expected)})

    def test_memory_that_was_not_read(self):
        (self.root / "proc/meminfo").unlink()
        (self.root / "proc/meminfo").mkdir()
        self.assertEqual(self.findings(domain(hostdev(SPARE_NIC))),
                         {("domain-memory.unread", "unknown")})


class GuestAddresses(DomainTest):
    PORT = "<controller type='pci' index='5' model='pcie-root-port'/>"
    BRIDGE = "<controller type='pci' index='6' model='pcie-to-pci-bridge'/>"
    EXPANDER = "<controller type='pci' index='7' model='pcie-expander-bus'/>"

    def check(self, *devices):
        return self.findings(domain(self.PORT, self.BRIDGE, self.EXPANDER, *devices))

    def test_places_that_are_fine(self):
        for place in (guest_address(5, 0, 0), guest_address(6, 1, 0), guest_address(0, 7, 0),
                      guest_address(0x40, 0, 0), "<address type='pci'/>", ""):
            with self.subTest(place=place):
                self.assertEqual(self.check(hostdev(SPARE_NIC, place)), set())

    def test_slots_that_a_controller_does_not_have(self):
        for place in (guest_address(5, 1, 0), guest_address(6, 0, 0)):
            with self.subTest(place=place):
                self.assertEqual(self.check(hostdev(SPARE_NIC, place)),
                                 {("domain-guest-address.no-such-slot", "fail")})

    def test_a_bus_for_ports_only(self):
        self.assertEqual(self.check(hostdev(SPARE_NIC, guest_address(7, 0, 0))),
                         {("domain-guest-address.no-endpoints", "fail")})

    def test_a_place_that_another_device_has(self):
        disk = f"<disk type='file'>{guest_address(5, 0, 0)}</disk>"
        self.assertEqual(self.check(disk, hostdev(SPARE_NIC, guest_address(5, 0, 0))),
                         {("domain-guest-address.taken", "fail")})

    def test_a_function_without_function_0(self):
        self.assertEqual(self.check(hostdev(SPARE_NIC, guest_address(5, 0, 1))),
                         {("domain-guest-address.no-function-0", "fail")})

    def test_function_0_that_denies_the_others(self):
        for more, expected in (("multifunction='on'", set()), ("", set()),
                               ("multifunction='off'",
                                {("domain-guest-address.not-multifunction", "fail")})):
            with self.subTest(more=more):
                self.assertEqual(self.check(hostdev(GPU, guest_address(5, 0, 0, more)),
                                            hostdev(SOUND, guest_address(5, 0, 1))), expected)


class Networks(DomainTest):
    TAKER = "<interface type='network'><source network='pool'/></interface>"

    @staticmethod
    def network(forward):
        return (f"<network><name>pool</name><forward mode='hostdev' managed='yes'>{forward}"
                "</forward></network>")

    def test_a_network_with_vfs_for_all(self):
        self.assertEqual(self.findings(self.network("<pf dev='eth0'/>"),
                                       domain(self.TAKER, self.TAKER)), set())

    def test_a_network_with_too_few_vfs(self):
        self.assertEqual(self.findings(self.network("<pf dev='eth0'/>"),
                                       domain(self.TAKER, self.TAKER, self.TAKER)),
                         {("domain-functions.network-no-vfs", "fail")})

    def test_a_network_of_an_interface_that_is_not_there(self):
        self.assertEqual(self.findings(self.network("<pf dev='eth9'/>")),
                         {("domain-functions.network-no-pf", "fail")})

    def test_a_network_that_lists_what_is_no_vf(self):
        listed = f"<address type='pci' {address(VF0)}/><address type='pci' {address(GPU)}/>"
        self.assertEqual(self.findings(self.network(listed)),
                         {("domain-functions.network-not-a-vf", "fail")})

    def test_ordinary_networks_are_no_matter(self):
        self.assertEqual(self.findings("<network><name>pool</name><forward mode='nat'/></network>",
                                       domain(self.TAKER)), set())


class Map(DomainTest):
    def test_host_guest_and_alias_stand_together(self):
        place = guest_address(5, 0, 0) + "<alias name='ua-nic'/>"
        report, _ = self.judge(domain(hostdev(SPARE_NIC, place)))
        device, = report["domains"][0]["devices"]
        self.assertEqual(device["host_address"], SPARE_NIC)
        self.assertEqual(device["guest_address"], "0000:05:00.0")
        self.assertEqual(device["alias"], "ua-nic")
        self.assertEqual(device["iommu_group"], 14)
        file = self.directory / "domains/0.xml"
        text = passcheck("--root", self.root, "domain", file).stdout
        self.assertRegex(text, rf"guest +{SPARE_NIC} +assignable +0000:05:00.0 +ua-nic")


class Sources(DomainTest):
    def run_on(self, *arguments, **options):
        return passcheck("--root", self.root, "domain", *arguments, **options)

    def test_standard_input(self):
        result = self.run_on("-", input=domain(hostdev(SPARE_NIC)))
        self.assertEqual(result.returncode, READY)
        self.assertIn(SPARE_NIC, result.stdout)

    def test_what_is_written_for_libvirt_is_read_again(self):
        text = passcheck("--root", self.root, "--format", "xml", GPU, SPARE_NIC, VF0).stdout
        self.assertIn("each for a virsh command of its own", text.splitlines()[0])
        file = self.directory / "spare.xml"
        file.write_text(text)
        report = json.loads(self.run_on(file, "--format", "json").stdout)
        guest, = report["domains"]
        self.assertEqual(guest["name"], "spare")
        self.assertEqual([device["host_address"] for device in guest["devices"]],
                         [GPU, SOUND, VF0, SPARE_NIC])

    def test_domains_may_follow_one_another(self):
        text = domain(hostdev(SPARE_NIC), name="one") + "\n" + domain(hostdev(VF0), name="two")
        report = json.loads(self.run_on("-", "--format", "json", input=text).stdout)
        self.assertEqual([guest["name"] for guest in report["domains"]], ["one", "two"])

    def test_what_cannot_be_read_is_an_error(self):
        empty = self.directory / "empty"
        empty.mkdir()
        for path in (self.directory / "missing.xml", empty):
            result = self.run_on(path)
            self.assertEqual(result.returncode, FAILED)
            self.assertIn(str(path), result.stderr)
            self.assertEqual(result.stdout, "")

    def test_one_bad_file_of_a_folder_is_an_error(self):
        folder = self.directory / "folder"
        folder.mkdir()
        (folder / "a.xml").write_text(domain())
        (folder / "b.xml").write_text("<domain>")
        result = self.run_on(folder)
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("b.xml: line 1", result.stderr)

    def test_usage(self):
        file = self.directory / "a.xml"
        file.write_text(domain())
        for arguments in ((), (file, "--format", "xml"), (file, "--check", "iommu-groups")):
            result = self.run_on(*arguments)
            self.assertEqual(result.returncode, USAGE)
            self.assertEqual(result.stdout, "")


class OtherStacks(DomainTest):
    """Guests of Proxmox VE and commands of QEMU are judged as domains are."""
    NO_RESOURCE = " ".join(3 * ["0x" + 16 * "0"]) + "\n"

    def run_on(self, *arguments):
        return passcheck("--root", self.root, "domain", *arguments)

    def judged(self, text, name="101.conf"):
        file = self.directory / name
        file.write_text(text)
        result = self.run_on(file, "--format", "json")
        self.assertEqual(result.stderr, "")
        return json.loads(result.stdout)

    def addresses(self, report):
        return [device["host_address"] for device in report["domains"][0]["devices"]]

    def test_a_slot_of_proxmox_is_all_its_functions(self):
        report = self.judged("ostype: l26\nname: web\nmemory: 2048\nhostpci0: 01:00,pcie=1\n"
                             f"hostpci1: {VF0};{SPARE_NIC}\n[snap]\nhostpci2: 0000:03:00.0\n")
        domain, = report["domains"]
        self.assertEqual((domain["name"], domain["memory"]), ("web", 2 << 30))
        self.assertEqual(self.addresses(report), [GPU, SOUND, VF0, SPARE_NIC])
        self.assertEqual([device["line"] for device in domain["devices"]], [4, 4, 5, 5])
        self.assertEqual(report["findings"], [])

    def test_a_companion_that_proxmox_leaves_out_is_found(self):
        ids = [finding["id"] for finding in
               self.judged(f"hostpci0: {DISK}\n")["findings"]]
        self.assertIn("domain-groups.incomplete", ids)

    def test_a_function_that_is_not_there_is_found(self):
        ids = [finding["id"] for finding in self.judged("hostpci0: 0000:ff:00\n")["findings"]]
        self.assertIn("domain-functions.missing", ids)

    def test_a_mapping_is_not_judged(self):
        ids = [finding["id"] for finding in
               self.judged("hostpci0: mapping=gpu,pcie=1\n")["findings"]]
        self.assertEqual([finding for finding in ids if "devices" in finding], ids)
        self.assertTrue(ids)

    def test_a_mapping_that_is_given_is_judged(self):
        mapping = self.directory / "pci.cfg"
        whole = f"id=10de:1eb8,iommugroup=2,subsystem-id=10de:0001,path={GPU[:-2]}"
        mapping.write_text(f"gpu\n\tmap node=a,{whole}\n")
        (self.directory / "101.conf").write_text("ostype: l26\nhostpci0: mapping=gpu,pcie=1\n")
        report = json.loads(self.run_on(self.directory, "--format", "json").stdout)
        self.assertEqual(self.addresses(report), [GPU, SOUND])
        self.assertEqual(report["findings"], [])
        self.machine.write("proc/sys/kernel/hostname", "b.example.com\n")
        for text, expected in (
                (f"node=b,{whole}", None),
                (f"node=a,iommugroup=9,path={GPU}\n\tmap node=b,{whole}", None),
                (f"node=b,{whole}\n\tmap node=b,{whole.replace('iommugroup=2', 'iommugroup=9')}",
                 "domain-devices.mapping-stale"),
                (f"node=b,{whole}\n\tmap node=b,id=8086:10ca,path=0000:02:1f.7",
                 "domain-devices.mapping-stale"),
                (f"node=a,{whole}", "domain-devices.none-left"),
                (whole.replace("10de:1eb8", "ffff:ffff"), "domain-devices.mapping-stale"),
                (whole.replace("iommugroup=2,", ""), "domain-devices.mapping-stale"),
                (whole.replace("subsystem-id=10de:0001,", ""), "domain-devices.mapping-stale")):
            with self.subTest(text=text):
                mapping.write_text(f"gpu\n\tmap {text}\n")
                report = json.loads(self.run_on(self.directory, "--format", "json").stdout)
                self.assertEqual([finding["id"] for finding in report["findings"]],
                                 [expected] if expected else [])

    def test_what_proxmox_takes_by_other_ways_is_named(self):
        """Arguments of QEMU, what waits for the next start, and USB devices."""
        for lines, expected in (
                (f"args: -S -device vfio-pci,host={SPARE_NIC}\n", "domain-functions.unmanaged"),
                (f"hostpci0: pcie=1,{SPARE_NIC},driver=keep\n", "domain-functions.unmanaged"),
                (f"hostpci0: {SPARE_NIC}\n\n[PENDING]\nhostpci0: {DISK}\n",
                 "domain-groups.incomplete"),
                ("usb0: host=046d:0825\n", "domain-devices.not-judged")):
            with self.subTest(lines=lines):
                ids = [finding["id"] for finding in
                       self.judged(f"ostype: l26\n{lines}")["findings"]]
                self.assertEqual(ids, [expected])

    def test_a_guest_without_a_name_has_that_of_its_file(self):
        report = self.judged(f"hostpci0: {SPARE_NIC}\n", "117.conf")
        self.assertEqual(report["domains"][0]["name"], "117")

    def test_an_address_that_is_not_given_is_not_laid_to_libvirt(self):
        file = self.directory / "101.conf"
        for lines, expected in ((f"hostpci0: {SPARE_NIC}\n", True),
                                ("hostpci0: mapping=gpu\n", True),
                                (f"hostpci0: {SPARE_NIC},legacy-igd=1\n", False)):
            with self.subTest(lines):
                file.write_text(lines)
                shown = self.run_on(file).stdout
                self.assertEqual("*: no address is given, so one is chosen" in shown, expected)
                self.assertNotIn("libvirt", shown)

    def build_graphics(self, rom):
        """Of which VFIO has a guest, with that line of resource."""
        root = self.directory / "graphics"
        path = f"sys/devices/pci0000:00/{machine.IGD}"
        machine.build_stacks(root).set_driver_again(path, "vfio-pci")
        (root / path / "resource").write_text(6 * self.NO_RESOURCE + rom + 6 * self.NO_RESOURCE)
        return root

    def test_integrated_graphics_where_they_belong_raise_no_caution(self):
        root = self.build_graphics(rom="0x00000000000c0000 0x00000000000dffff 0x0000000000000212\n")
        for text, heeded in (
                (f"qemu-system-x86_64 -device vfio-pci,host={machine.IGD},addr=02.0", True),
                (f"qemu-system-x86_64 -device vfio-pci,host={machine.IGD},addr=03.0", False),
                (f"hostpci0: {machine.IGD},legacy-igd=1", True),
                (f"hostpci0: {machine.IGD}", False)):
            with self.subTest(text=text):
                file = self.directory / "igd.txt"
                file.write_text(text + "\n")
                result = passcheck("--root", root, "domain", file)
                self.assertEqual("integrated graphics" not in result.stdout, heeded)

    def test_legacy_mode_gives_no_opregion_without_a_rom(self):
        root = self.build_graphics(rom=self.NO_RESOURCE)
        for more, said in (("", True), (",romfile=igd.rom", False)):
            with self.subTest(more=more):
                file = self.directory / "101.conf"
                file.write_text(f"hostpci0: {machine.IGD},legacy-igd=1{more}\n")
                result = passcheck("--root", root, "domain", file)
                self.assertEqual("without its OpRegion" in result.stdout, said)

    def test_a_place_that_a_port_of_qemu_does_not_have(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        device = f"vfio-pci,host={SPARE_NIC},bus=rp0"
        for more, expected in (
                ("", []), (",addr=0.0", []), (",addr=1", ["domain-guest-address.no-such-slot"]),
                (",addr=0.1", ["domain-guest-address.no-function-0"]),
                (",addr=0.1 -device e1000e,bus=rp0", ["domain-guest-address.not-multifunction"]),
                (",addr=0.0 -device e1000e,bus=rp0,addr=0.0", ["domain-guest-address.taken"]),
                (" -device e1000e,bus=rp0", [])):
            with self.subTest(more=more):
                report = self.judged("qemu-system-x86_64 -name web -device pcie-root-port,id=rp0 "
                                     f"-device {device}{more}\n", "qemu.sh")
                self.assertEqual([finding["id"] for finding in report["findings"]], expected)

    def test_qemu_puts_a_second_device_of_a_port_into_its_next_slot(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        report = self.judged("qemu-system-x86_64 -device pcie-root-port,id=rp0 "
                             "-device e1000e,bus=rp0,addr=0.0 "
                             f"-device vfio-pci,host={SPARE_NIC},bus=rp0\n", "qemu.sh")
        self.assertEqual([finding["id"] for finding in report["findings"]],
                         ["domain-guest-address.no-such-slot"])
        self.assertEqual(report["findings"][0]["remedy"]["summary"],
                         "Put it behind a port of its own, or at another function of slot 0")

    def test_what_else_qemu_takes_is_named(self):
        for option, expected in (
                (f"-drive file=nvme://{SPARE_NIC}/1", "domain-functions.not-nvme"),
                ("-readconfig vm.cfg", "domain-devices.not-named"),
                ("-nographic $DEVICES", "domain-devices.not-named"),
                ("-device vfio-pci,host=$GPU", "domain-devices.not-named"),
                ("-device vfio-pci,host=%i", "domain-devices.not-named"),
                ("-device vfio-pci,host=01:00:0", "domain-devices.address-malformed"),
                (f"-M pc -device vfio-pci,host={SPARE_NIC},bus=pcie.0",
                 "domain-guest-address.no-such-bus"),
                (f"-device vfio-pci,host={SPARE_NIC},x-vga=on", "domain-drivers.no-vga"),
                (f"-device intel-iommu,intremap=on -device vfio-pci,host={SPARE_NIC}",
                 "domain-iommu.no-caching-mode"),
                (f"-device amd-iommu,intremap=on -device vfio-pci,host={SPARE_NIC}",
                 "domain-iommu.amd"),
                (f"-M virt,iommu=smmuv3 -device vfio-pci,host={SPARE_NIC}",
                 "domain-iommu.smmuv3"),
                ("-m 1T -mem-path /dev/hugepages", "domain-memory.hugepages"),
                ("-netdev vhost-vdpa,id=a,vhostdev=/dev/vhost-vdpa-0",
                 "domain-devices.not-judged")):
            with self.subTest(option=option):
                report = self.judged(f"qemu-system-x86_64 -name web {option}\n", "qemu.sh")
                self.assertIn(expected, [finding["id"] for finding in report["findings"]])

    def test_caching_mode_of_an_iommu_lets_vfio_follow(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        for option in ("-device intel-iommu,caching-mode=on",
                       """-device '{"driver":"intel-iommu","caching-mode":true}'""",
                       "-device intel-iommu -global intel-iommu.caching-mode=on",
                       "-device intel-iommu -global driver=intel-iommu,property=caching-mode,"
                       "value=yes", "-device amd-iommu,dma-remap=on",
                       "-device amd-iommu -global amd-iommu.dma-remap=on"):
            with self.subTest(option=option):
                report = self.judged(f"qemu-system-x86_64 -name web {option} "
                                     f"-device vfio-pci,host={SPARE_NIC}\n", "qemu.sh")
                self.assertEqual(report["findings"], [])

    def test_an_iommu_stands_before_functions_or_behind_them(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        iommu, function = "-device intel-iommu,caching-mode=on", f"vfio-pci,host={SPARE_NIC}"
        proxmox = f"name: web\nhostpci0: {SPARE_NIC}\nmachine: q35"
        for text, expected in (
                (f"qemu-system-x86_64 -name web {iommu} -device {function}\n", []),
                (f"qemu-system-x86_64 -name web -device {function} {iommu}\n",
                 ["domain-iommu.order"]),
                (f"{proxmox}\nargs: {iommu}\n", ["domain-iommu.order"]),
                (f"{proxmox},viommu=intel\n", []), (f"{proxmox},viommu=virtio\n", [])):
            with self.subTest(text=text):
                report = self.judged(text, "web.conf" if text.startswith("name") else "qemu.sh")
                self.assertEqual([finding["id"] for finding in report["findings"]], expected)

    def test_bars_that_uefi_in_the_guest_has_no_place_for(self):
        self.machine.set_driver_again(self.machine.paths[SPARE_NIC], "vfio-pci")
        self.machine.write(f"{self.machine.paths[SPARE_NIC]}/resource",
                           "0x0000001000000000 0x0000001fffffffff 0x000000000014220c\n")
        qemu = f"qemu-system-x86_64 -M q35 -device vfio-pci,host={SPARE_NIC} "
        proxmox = f"name: web\nmachine: q35\nhostpci0: {SPARE_NIC}\n"
        flash = "-drive if=pflash,format=raw,file=OVMF_CODE.fd "
        window = "-fw_cfg name=opt/ovmf/X-PciMmio64Mb,string="
        for text, said in (
                (qemu, False), (qemu + flash, True), (qemu + "-bios /usr/share/OVMF/OVMF.fd", True),
                (qemu + "-bios bios-256k.bin", False), (qemu + flash + "-cpu host", False),
                (qemu + flash + "-cpu Skylake-Client,host-phys-bits=on", False),
                (qemu + flash + "-cpu Skylake-Client,phys-bits=42", False),
                (qemu + flash + window + "131072", False), (qemu + flash + window + "65536", False),
                (qemu + flash + "-cpu host " + window + "32768", True),
                (proxmox, False), (proxmox + "bios: ovmf\n", True),
                (proxmox + "bios: ovmf\ncpu: host\n", False),
                (proxmox + "bios: ovmf\ncpu: x86-64-v2-AES,phys-bits=host\n", False),
                (proxmox + "bios: ovmf\ncpu: x86-64-v2-AES\n", True),
                (proxmox + f"bios: ovmf\nargs: {window}131072\n", False)):
            with self.subTest(text=text):
                report = self.judged(text + "\n", "qemu.sh" if text.startswith("q") else "1.conf")
                self.assertEqual("domain-bars.window" in
                                 [finding["id"] for finding in report["findings"]], said)

    def test_a_network_card_of_incus_is_its_interfaces_function(self):
        text = ("name: web\ntype: virtual-machine\ndevices:\n"
                "  eth0: {type: nic, nictype: physical, parent: eth7}\n")
        self.assertEqual(self.addresses(self.judged(text, "vm.yaml")), [SPARE_NIC])
        ids = [finding["id"] for finding in
               self.judged(text.replace("eth7", "eth8"), "vm.yaml")["findings"]]
        self.assertEqual(ids, ["domain-devices.not-named"])
        running = "config: {volatile.eth0.last_state.pci.slot.name: '" + VF0 + "'}\n"
        self.assertEqual(self.addresses(self.judged(
            running + text.replace("physical", "sriov"), "vm.yaml")), [VF0])

    def test_an_instance_of_incus_names_its_functions(self):
        text = passcheck("--root", self.root, "--format", "incus", GPU, VF0).stdout
        self.assertEqual(self.addresses(self.judged(text, "vm.yaml")), [GPU, SOUND, VF0])
        report = self.judged("- name: web\n  config: {limits.memory: 4GiB}\n  expanded_devices:\n"
                             f"    a: {{type: pci, address: '{DISK}'}}\n", "list.yaml")
        self.assertEqual((report["domains"][0]["name"], report["domains"][0]["memory"]),
                         ("web", 4 << 30))
        self.assertIn("domain-groups.incomplete",
                      [finding["id"] for finding in report["findings"]])

    def test_a_machine_of_kubevirt_takes_what_its_resources_stand_for(self):
        text = passcheck("--root", self.root, "--format", "kubevirt", VF0).stdout
        report = self.judged(text, "vm.yaml")
        self.assertEqual(len(self.addresses(report)), 1)
        self.assertIn(self.addresses(report)[0], (VF0, VF1))
        self.assertIn("passcheck plan", json.dumps(report["findings"]))

    def test_several_commands_of_qemu_are_several_guests(self):
        report = self.judged(f"/usr/bin/qemu-system-x86_64 -name a -device vfio-pci,host={VF0}\n"
                             f"/usr/bin/qemu-system-x86_64 -name b -device vfio-pci,host={VF0}\n",
                             "ps.txt")
        self.assertEqual([domain["name"] for domain in report["domains"]], ["a", "b"])
        self.assertIn("domain-groups.shared-function",
                      [finding["id"] for finding in report["findings"]])

    def test_a_command_of_qemu_names_its_functions(self):
        commands = (f"/usr/bin/qemu-system-x86_64 -name guest=web,debug=off -m 2G "
                    f"-device vfio-pci,host={SPARE_NIC},bus=rp0\n",
                    f"qemu-system-x86_64 -name web -m 2048 \\\n  -device "
                    f"'{{\"driver\":\"vfio-pci\",\"host\":\"{SPARE_NIC}\"}}'\n",
                    f"root 7 1 /usr/bin/qemu-system-x86_64 -m size=2048M -name web -device "
                    f"{{\"driver\":\"vfio-pci\",\"host\":\"{SPARE_NIC}\"}} -S\n")
        for command in commands:
            report = self.judged(command, "qemu.txt")
            domain, = report["domains"]
            self.assertEqual((domain["name"], domain["memory"]), ("web", 2 << 30))
            self.assertEqual(self.addresses(report), [SPARE_NIC])
            self.assertIn("domain-functions.unmanaged",
                          [finding["id"] for finding in report["findings"]])

    def test_what_holds_no_guest_is_said_to(self):
        for text in ("./bind.sh 01:00.0\nGPU+=( -device vfio-pci,host=$GPU )\n", "[pci]\nx = 1\n"):
            file = self.directory / "guest"
            file.write_text(text)
            result = self.run_on(file)
            self.assertEqual(result.returncode, FAILED)
            self.assertIn("nor a guest of Proxmox VE, QEMU", result.stderr)

    def test_a_configuration_of_qemu_names_its_functions(self):
        """A file of -readconfig, and what goes over that of Incus."""
        section = f'[device "a"]\n  driver = "vfio-pci"\n  host = "{VF0}"\n'
        report = self.judged(section, "vm.cfg")
        self.assertEqual(self.addresses(report), [VF0])
        text = "name: web\ntype: virtual-machine\ndevices: {}\nconfig:\n  raw.qemu.conf: |\n"
        text += "".join(f"    {line}\n" for line in section.splitlines())
        self.assertEqual(self.addresses(self.judged(text, "vm.yaml")), [VF0])

    def test_what_is_wrong_is_named_by_its_line(self):
        file = self.directory / "101.conf"
        file.write_text("ostype: l26\nhostpci0: nonsense\n")
        result = self.run_on(file)
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("101.conf: line 2", result.stderr)

    def test_what_is_written_for_qemu_is_read_again(self):
        text = passcheck("--root", self.root, "--format", "qemu", GPU, VF0).stdout
        self.assertEqual(self.addresses(self.judged(text, "qemu.sh")), [GPU, SOUND, VF0])


class Hostile(DomainTest):
    """A clear error, quickly, in bounded memory."""

    def refuse(self, document, why):
        file = pathlib.Path(self.directory, "hostile.xml")
        if isinstance(document, str):
            document = document.encode()
        file.write_bytes(document)
        start = time.monotonic()
        result = subprocess.run(
            ["sh", "-c", 'ulimit -t 20; exec "$@"', "sh", PASSCHECK, "--root", self.root, "domain",
             file], capture_output=True, text=True, check=False, timeout=60)
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(result.returncode, FAILED, result.stderr[:500])
        self.assertIn(why, result.stderr)
        self.assertEqual(result.stdout, "")

    def test_what_is_not_xml(self):
        self.refuse("", "empty")
        self.refuse(os.urandom(4096), "line 1")
        self.refuse("{}", "line 1")
        self.refuse(b"\x7fELF" + bytes(1 << 20), "line 1")

    def test_entity_bombs(self):
        entities = "<!ENTITY a0 'aaaaaaaaaa'>" + "".join(
            f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
        self.refuse(f"<!DOCTYPE domain [{entities}]><domain><name>&a11;</name></domain>", "line")
        self.refuse(f"<!DOCTYPE domain [{entities}]><domain id='&a11;'/>", "line")
        quadratic = "&a;" * 100000
        self.refuse(f"<!DOCTYPE d [<!ENTITY a '{'x' * 100000}'>]><domain><name>{quadratic}</name>"
                    "</domain>", "line")

    def test_external_entities_are_not_opened(self):
        fifo = self.directory / "fifo"
        os.mkfifo(fifo)  # opening it would wait for ever
        for doctype in (f"SYSTEM '{fifo}'", f"[<!ENTITY x SYSTEM '{fifo}'>]",
                        f"[<!ENTITY % x SYSTEM '{fifo}'> %x;]",
                        "SYSTEM 'http://192.0.2.1/evil.dtd'"):
            self.refuse(f"<!DOCTYPE domain {doctype}><domain><name>&x;</name></domain>", "line")

    def test_a_hundred_megabytes(self):
        self.refuse("<domain>" + " " * (100 << 20), "more than 16 MiB")

    def test_an_endless_stream(self):
        with open("/dev/zero", "rb") as zero:
            result = subprocess.run([PASSCHECK, "--root", self.root, "domain", "-"], stdin=zero,
                                    capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("more than 16 MiB", result.stderr)

    def test_deep_nesting(self):
        self.refuse("<domain>" + "<a>" * 1000000, "within one another")

    def test_endless_devices(self):
        self.refuse("<domain><name>d</name><devices>" + "<disk/>" * 1000000, "devices")

    def test_as_many_devices_as_are_taken_end_soon(self):
        file = self.directory / "many.xml"
        file.write_text(domain(*[hostdev(SPARE_NIC)] * 4000))
        other = self.directory / "other.xml"
        other.write_text(domain(*[hostdev(SPARE_NIC)] * 4000, name="other"))
        result = passcheck("--root", self.root, "domain", file, other, timeout=60)
        self.assertEqual(result.returncode, NOT_READY)


if __name__ == "__main__":
    unittest.main()

"""A host on paper, with a function for each form of libvirt's XML."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "bench"))
import hosts  # noqa: E402

GPU, SOUND = "0000:01:00.0", "0000:01:00.1"
NIC, VF0, VF1 = "0000:02:00.0", "0000:02:10.0", "0000:02:10.2"
DISK, SATA = "0000:03:00.0", "0000:04:00.0"
FC = "0000:05:00.0"
VMD, VMD_DISK = "0000:06:00.0", "10000:01:00.0"
SPARE_NIC = "0000:07:00.0"
CROWD = "0000:08:00.0"  # shares a group with a bridge that has a driver
BLOCKED = "0000:09:00.0"  # firmware keeps memory for it
PORT = "0000:00:01.0"
# Of build_stacks() alone.
IGD = "0000:00:02.0"
QUAD = tuple(f"0000:0a:00.{function}" for function in range(4))
LONG = "10000:00:05.0"
SWITCHED = ("0000:0d:00.0", "0000:12:00.0")  # one group, each below a switch of its own

# Types of a port in the PCI Express capability.
UPSTREAM, DOWNSTREAM = 5, 6
NO_RESOURCE = "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
VF_BAR = "0x00000000f0000000 0x00000000f0003fff 0x000000000014220c\n"
RESOURCES = 7 * NO_RESOURCE + VF_BAR + 9 * NO_RESOURCE
INTERRUPTS = """           CPU0
 24:          1  IR-PCI-MSI 16384-edge      nvme0q0
"""
MEMINFO = "MemTotal:       33554432 kB\nHugepagesize:       2048 kB\n"


def endpoint(vendor, device, class_code, functions=1):
    config = hosts.Config(vendor, device, class_code, 0x80 if functions > 1 else 0)
    config.add(hosts.EXPRESS, hosts.express(hosts.ENDPOINT))
    if functions == 1:
        config.add_extended(hosts.ACS, bytes(4))
    return bytes(config.bytes)


class Machine(hosts.Tree):
    """Functions below ports, in groups as they are told."""

    def __init__(self, root):
        super().__init__(root)
        self.luns = {}
        self.paths = {}
        self.members = {}
        self.write("proc/interrupts", INTERRUPTS)
        self.write("proc/meminfo", MEMINFO)
        self.write("proc/modules", "vfio_iommu_type1 1 0 - Live 0x0\nvfio_pci 1 0 - Live 0x0\n")
        self.write("sys/devices/virtual/iommu/dmar0/intel-iommu/cap", "d2008c222f0686\n")
        self.write("sys/devices/virtual/iommu/dmar0/intel-iommu/ecap", "f000da\n")
        self.write("sys/devices/virtual/iommu/dmar0/intel-iommu/address", "fed90000\n")
        self.link("sys/class/iommu/dmar0", "sys/devices/virtual/iommu/dmar0")
        for node in (0, 1):
            self.write(f"sys/devices/system/node/node{node}/cpulist", f"{4 * node}-{4 * node + 3}\n")
        self.write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "512\n")

    def function(self, address, config, group, driver=None, above=None, **attributes):
        """Adds a function below the function above, or on the root bus of its domain."""
        domain = address.split(":")[0]
        folder = self.paths[above] if above else f"sys/devices/pci{domain}:00"
        self.group = group
        ids = hosts.ids(int.from_bytes(config[0:2], "little"), int.from_bytes(config[2:4], "little"),
                        int.from_bytes(config[9:12], "little"))
        path = self.add_function(folder, address, config, ids | {"reset_method": "flr"} | attributes)
        self.paths[address] = path
        self.link(f"{path}/iommu", "sys/devices/virtual/iommu/dmar0")
        if driver:
            self.set_driver(path, driver)
        return path

    def port(self, device, bus, group):
        address = f"0000:00:{device:02x}.0"
        self.function(address, hosts.root_port(bus), group, "pcieport")
        return address

    def add_gpu(self):
        port = self.port(1, 1, 1)
        self.function(GPU, endpoint(0x10de, 0x1eb8, 0x030000, 2), 2, "nouveau", port)
        self.function(SOUND, endpoint(0x10de, 0x10f8, 0x040300, 2), 2, "snd_hda_intel", port)

    def add_nic(self):
        port = self.port(2, 2, 3)
        config = hosts.physical_function(4)
        pf = self.function(NIC, config, 4, "mlx5_core", port, sriov_totalvfs=4, sriov_numvfs=2,
                           sriov_offset=0x80, sriov_stride=2, sriov_vf_device="101e")
        (self.root / pf / "net/eth0").mkdir(parents=True)
        self.write(f"{pf}/resource", RESOURCES)
        for group, address in ((5, VF0), (6, VF1)):
            vf = self.function(address, hosts.virtual_function(), group, "mlx5_core", port,
                               vendor="0x15b3", device="0x101e")
            self.link(f"{vf}/physfn", pf)

    def add_disks(self):
        """Two devices of one group, in different slots."""
        self.function(DISK, endpoint(0x144d, 0xa808, 0x010802), 7, "nvme", self.port(3, 3, 8))
        self.function(SATA, endpoint(0x1b21, 0x0612, 0x010601), 7, "ahci", self.port(4, 4, 9))

    def add_fibre_channel(self):
        path = self.function(FC, endpoint(0x1077, 0x2532, 0x0c0400), 10, "qla2xxx",
                             self.port(5, 5, 11))
        self.fc = f"{path}/host1/fc_host/host1"
        for name, value in {"port_name": "0x21000024ff2dd8a9", "node_name": "0x20000024ff2dd8a9",
                            "port_state": "Online", "port_type": "NPort (fabric via point-to-point)",
                            "max_npiv_vports": "254", "npiv_vports_inuse": "0",
                            "vport_create": ""}.items():
            self.write(f"{self.fc}/{name}", f"{value}\n")
        self.link("sys/class/fc_host/host1", self.fc)
        for lun, kind, wwid, block in ((0, 12, "naa.50060e8000000000", None),
                                       (1, 0, "naa.60060e80123456789abc", "sdb"),
                                       (2, 0, "t10.ATA     disk", "sdc"), (3, 1, "naa.60aa", None)):
            self.add_lun(f"{path}/host1", f"1:0:4:{lun}", kind, wwid, block)

    def add_lun(self, host, name, kind, wwid, block):
        path = f"{host}/rport-1:0-0/target1:0:4/{name}"
        self.write(f"{path}/type", f"{kind}\n")
        self.write(f"{path}/wwid", f"{wwid}\n")
        if block:
            (self.root / path / "block" / block).mkdir(parents=True)
        self.link(f"sys/bus/scsi/devices/{name}", path)
        self.luns[name] = path

    def add_vport(self, wwpn):
        """Makes a virtual port that has found one unit."""
        host = f"{self.fc.partition('/host1')[0]}/host1/vport-1:0-0/host9"
        for name, value in {"port_name": f"0x{wwpn}", "port_type": "NPIV VPORT"}.items():
            self.write(f"{host}/fc_host/host9/{name}", f"{value}\n")
        self.link("sys/class/fc_host/host9", f"{host}/fc_host/host9")
        self.add_lun(host, "9:0:2:7", 0, "naa.60bb", "sdx")

    def add_vmd(self):
        path = self.function(VMD, endpoint(0x8086, 0x201d, 0x010400), 12, "vmd", self.port(6, 6, 13))
        self.paths["10000:00:00.0"] = f"{path}/pci10000:00"
        self.function(VMD_DISK, endpoint(0x144d, 0xa808, 0x010802), 12, "nvme", "10000:00:00.0")

    def add_others(self):
        spare = self.function(SPARE_NIC, endpoint(0x8086, 0x1572, 0x020000), 14, "i40e",
                              self.port(7, 7, 15))
        (self.root / spare / "net/eth7").mkdir(parents=True)
        crowd = self.port(8, 8, 16)
        self.set_driver_again(self.paths[crowd], "shpchp")
        self.function(CROWD, endpoint(0x8086, 0x1572, 0x020000), 16, None, crowd)
        self.function(BLOCKED, endpoint(0x103c, 0x1234, 0x088000), 17, None, self.port(9, 9, 18))
        regions = self.root / "sys/kernel/iommu_groups/17/reserved_regions"
        regions.write_text("0x00000000000e8000 0x00000000000e8fff direct\n")

    def add_switches(self):
        """Two switches whose root ports do not keep them apart: all below is one group."""
        for number, bus in ((11, 0x0b), (12, 0x10)):
            address = self.port(number, bus, 40)
            for depth, kind in ((0, UPSTREAM), (1, DOWNSTREAM)):
                above, address = address, f"0000:{bus + depth:02x}:00.0"
                self.function(address, hosts.bridge(bus + depth + 1, bus + 2, kind), 40, "pcieport",
                              above)
            self.function(f"0000:{bus + 2:02x}:00.0", endpoint(0x1b4b, 0x9230, 0x010601), 40,
                          "ahci", address)

    def keep_root_on(self, controller):
        """Has the host keep its root file system on a namespace of the NVMe controller at that
        path."""
        namespace = f"{controller}/nvme/nvme0/nvme0n1"
        (self.root / namespace).mkdir(parents=True)
        self.link("sys/dev/block/259:2", namespace)
        self.write("proc/self/mountinfo", "22 1 259:2 / / rw - ext4 /dev/nvme0n1 rw\n")

    def route_through(self, interface):
        """Has the host's default route go through the network interface at that path."""
        name = interface.rpartition("/")[2]
        self.write("proc/self/net/route", "Iface\tDestination\tGateway\n"
                   f"{name}\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n")
        self.link(f"sys/class/net/{name}", interface)

    def lose_vfio_groups(self):
        """Gives the host a kernel whose VFIO has no groups, but devices of iommufd."""
        release = (self.root / "proc/sys/kernel/osrelease").read_text(encoding="utf-8").strip()
        self.write(f"boot/config-{release}",
                   "CONFIG_IOMMUFD=y\nCONFIG_VFIO=m\nCONFIG_VFIO_DEVICE_CDEV=y\n")

    def join_group(self, address, group):
        """Moves a function into the group of others."""
        function, groups = self.root / self.paths[address], self.root / "sys/kernel/iommu_groups"
        old = (function / "iommu_group").resolve()
        (old / "devices" / address).unlink()
        (function / "iommu_group").unlink()
        self.link(f"{self.paths[address]}/iommu_group", f"sys/kernel/iommu_groups/{group}")
        self.link(f"sys/kernel/iommu_groups/{group}/devices/{address}", self.paths[address])

    def set_ids(self, path, vendor, device):
        config = self.root / path / "config"
        config.write_bytes(struct.pack("<HH", vendor, device) + config.read_bytes()[4:])

    def set_driver_again(self, path, driver):
        (self.root / path / "driver").unlink()
        self.set_driver(path, driver)


def build(root):
    machine = Machine(root)
    machine.add_gpu()
    machine.add_nic()
    machine.add_disks()
    machine.add_fibre_channel()
    machine.add_vmd()
    machine.add_others()
    return machine


def build_stacks(root):
    """What stacks differ in: integrated graphics, a slot with four functions, a group across
    switches, a long domain."""
    machine = Machine(root)
    machine.add_gpu()
    machine.add_disks()
    machine.function(IGD, endpoint(0x8086, 0x5912, 0x030000), 20, "i915")
    port = machine.port(10, 10, 21)
    for group, address in enumerate(QUAD, 22):
        machine.function(address, endpoint(0x8086, 0x1572, 0x020000, 4), group, "i40e", port)
    machine.add_switches()
    machine.function(LONG, endpoint(0x144d, 0xa808, 0x010802), 30, "nvme")
    return machine

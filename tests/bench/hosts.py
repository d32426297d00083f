"""Writes trees of large hosts: PFs with all their VFs, each PF below a root port of its own."""
import argparse
import os
import pathlib
import struct

EXPRESS, MSIX = 0x10, 0x11
AER, ARI, ATS, SRIOV, ACS = 0x01, 0x0e, 0x0f, 0x10, 0x0d
ROOT_PORT, ENDPOINT = 4, 0
VF_OFFSET = 0x80
PFS_A_DOMAIN = 200


class Config:
    """Config space with linked capabilities."""

    def __init__(self, vendor, device, class_code, header=0):
        self.bytes = bytearray(4096)
        struct.pack_into("<HHHH", self.bytes, 0, vendor, device, 0x0406, 0x0010)
        struct.pack_into("<I", self.bytes, 8, class_code << 8 | 1)
        self.bytes[0x0e] = header
        struct.pack_into("<HH", self.bytes, 0x2c, vendor, 1)
        self.link, self.next = 0x34, 0x40
        self.extended, self.next_extended = None, 0x100

    def add(self, capability, data):
        self.bytes[self.link] = self.next
        self.bytes[self.next] = capability
        self.bytes[self.next + 2:self.next + 2 + len(data)] = data
        self.link, self.next = self.next + 1, self.next + (len(data) + 2 + 3 & ~3)

    def add_extended(self, capability, data, version=1):
        at = self.next_extended
        struct.pack_into("<I", self.bytes, at, capability | version << 16)
        self.bytes[at + 4:at + 4 + len(data)] = data
        if self.extended is not None:
            header, = struct.unpack_from("<I", self.bytes, self.extended)
            struct.pack_into("<I", self.bytes, self.extended, header & 0xfffff | at << 20)
        self.extended, self.next_extended = at, at + (len(data) + 4 + 3 & ~3)


def express(port_type):
    data = bytearray(0x3a)
    struct.pack_into("<H", data, 0, 2 | port_type << 4)
    struct.pack_into("<I", data, 2, 1 << 28)
    struct.pack_into("<I", data, 0x22, 1 << 5)
    struct.pack_into("<H", data, 0x26, 1 << 5)
    return bytes(data)


def root_port(bus):
    config = Config(0x8086, 0x347a, 0x060400, header=1)
    config.bytes[0x18:0x1b] = bytes([0, bus, bus + 1])
    config.add(EXPRESS, express(ROOT_PORT))
    config.add_extended(AER, bytes(0x44))
    config.add_extended(ACS, struct.pack("<HH", 0x1f, 0x1d))
    return bytes(config.bytes)


def physical_function(vfs):
    config = Config(0x15b3, 0x101d, 0x020000)
    config.add(EXPRESS, express(ENDPOINT))
    config.add(MSIX, bytes(10))
    config.add_extended(AER, bytes(0x44))
    config.add_extended(ARI, struct.pack("<HH", 0, 0))
    config.add_extended(ATS, struct.pack("<HH", 0, 0x8000))
    sriov = struct.pack("<IHHHHHBxHHHHII", 2, 0x19, 0, vfs, vfs, vfs, 0, VF_OFFSET, 1, 0, 0x101e,
                        0x553, 1) + struct.pack("<6I", 0x0c, 0, 0, 0, 0, 0)
    config.add_extended(SRIOV, sriov)
    config.add_extended(ACS, bytes(4))
    return bytes(config.bytes)


def virtual_function():
    config = Config(0xffff, 0xffff, 0x020000)
    config.add(EXPRESS, express(ENDPOINT))
    config.add(MSIX, bytes(10))
    config.add_extended(ARI, struct.pack("<HH", 0, 0))
    config.add_extended(ATS, struct.pack("<HH", 0, 0x8000))
    return bytes(config.bytes)


class Tree:
    """A host's /sys and /proc on their way to disk."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.group = 0
        self.write("proc/cmdline", "intel_iommu=on\n")
        self.write("proc/sys/kernel/osrelease", "6.1.0-51-amd64\n")
        self.write("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: lm vmx\n")
        self.write("proc/self/status", "CapEff:\t000001ffffffffff\n")

    def write(self, path, content):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def link(self, path, target):
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(os.path.relpath(self.root / target, link.parent), link)

    def add_function(self, folder, address, config, attributes):
        path = f"{folder}/{address}"
        self.write(f"{path}/config", config)
        for name, value in attributes.items():
            self.write(f"{path}/{name}", f"{value}\n")
        self.write(f"{path}/resource", "0x0000000000000000 0x0000000000000000 0x0000000000000000\n" * 17)
        group = f"sys/kernel/iommu_groups/{self.group}"
        self.write(f"{group}/type", "DMA-FQ\n")
        self.write(f"{group}/reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n")
        self.link(f"{path}/iommu_group", group)
        self.link(f"{group}/devices/{address}", path)
        self.link(f"sys/bus/pci/devices/{address}", path)
        self.group += 1
        return path

    def set_driver(self, path, driver):
        (self.root / f"sys/bus/pci/drivers/{driver}").mkdir(parents=True, exist_ok=True)
        self.link(f"{path}/driver", f"sys/bus/pci/drivers/{driver}")


def ids(vendor, device, class_code):
    return {"vendor": f"0x{vendor:04x}", "device": f"0x{device:04x}", "class": f"0x{class_code:06x}",
            "subsystem_vendor": f"0x{vendor:04x}", "subsystem_device": "0x0001",
            "numa_node": 0, "enable": 1, "irq": 0}


def add_pf(tree, index, vfs):
    """One root port with one PF; 200 buses a domain."""
    domain, slot = divmod(index, PFS_A_DOMAIN // 2)
    bus = 1 + 2 * slot
    folder = f"sys/devices/pci{domain:04x}:00"
    port = tree.add_function(folder, f"{domain:04x}:00:{slot >> 3:02x}.{slot & 7:x}", root_port(bus),
                             ids(0x8086, 0x347a, 0x060400))
    tree.set_driver(port, "pcieport")
    pf_address = f"{domain:04x}:{bus:02x}:00.0"
    pf = tree.add_function(port, pf_address, physical_function(vfs), ids(0x15b3, 0x101d, 0x020000) | {
        "sriov_totalvfs": vfs, "sriov_numvfs": vfs, "sriov_offset": VF_OFFSET, "sriov_stride": 1,
        "sriov_vf_device": "101e", "sriov_drivers_autoprobe": 1, "reset_method": "flr bus",
        "ari_enabled": 1})
    tree.set_driver(pf, "mlx5_core")
    (tree.root / pf / "net" / f"eth{index}").mkdir(parents=True)
    config = virtual_function()
    for vf in range(vfs):
        requester = (bus << 8) + VF_OFFSET + vf
        address = f"{domain:04x}:{requester >> 8:02x}:{requester >> 3 & 31:02x}.{requester & 7:x}"
        path = tree.add_function(port, address, config, ids(0x15b3, 0x101e, 0x020000) | {
            "reset_method": "flr"})
        tree.link(f"{path}/physfn", pf)


def write_host(root, pfs, vfs):
    """Writes a host of pfs root ports and PFs with vfs VFs each: pfs * (vfs + 2) functions."""
    tree = Tree(root)
    for index in range(pfs):
        add_pf(tree, index, vfs)
    return pfs * (vfs + 2)


def bridge(bus, last, kind=None):
    """A bridge to conventional PCI, below which nothing can be told apart: one group."""
    config = Config(0x8086, 0x244e, 0x060400, header=1)
    config.bytes[0x18:0x1b] = bytes([0, bus, last])
    if kind is not None:
        config.add(EXPRESS, express(kind))
    else:
        config.bytes[6:8] = bytes(2)  # no capabilities
    return bytes(config.bytes)


def write_one_group(root, functions, vital=False):
    """Adds to the tree of a host one group of that many network functions, each on a driver, and
    bridges above them. vital: the default route goes over each."""
    tree = Tree.__new__(Tree)
    tree.root, tree.group = pathlib.Path(root), 900000
    group = f"sys/kernel/iommu_groups/{tree.group}"
    routes = ["Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"]

    def add(folder, address, config, driver, class_code):
        path = f"{folder}/{address}"
        tree.write(f"{path}/config", config)
        for name, value in ids(0x8086, 0x1533, class_code).items():
            tree.write(f"{path}/{name}", f"{value}\n")
        tree.write(f"{path}/resource", "0x0000000000000000 0x0000000000000000 0x0000000000000000\n" * 13)
        tree.link(f"{path}/iommu_group", group)
        tree.link(f"{group}/devices/{address}", path)
        tree.link(f"sys/bus/pci/devices/{address}", path)
        if driver:
            tree.set_driver(path, driver)
        return path

    endpoint = Config(0x8086, 0x1533, 0x020000)
    endpoint.bytes[6:8] = bytes(2)
    tree.write(f"{group}/type", "DMA\n")
    tree.write(f"{group}/reserved_regions", "")
    top = add("sys/devices/pci0042:00", "0042:00:01.0", bridge(1, 255, 7), None, 0x060400)
    folder = None
    for index in range(functions):
        bus, slot = 2 + (index >> 8), index & 255
        if slot == 0:
            number = bus - 2
            folder = add(top, f"0042:01:{number >> 3:02x}.{number & 7:x}", bridge(bus, bus), None,
                         0x060400)
        path = add(folder, f"0042:{bus:02x}:{slot >> 3:02x}.{slot & 7:x}",
                   bytes(endpoint.bytes[:256]), "igb", 0x020000)
        if vital:
            name = f"eth{index}"
            tree.write(f"{path}/net/{name}/operstate", "up\n")
            tree.link(f"{path}/net/{name}/device", path)
            tree.link(f"sys/class/net/{name}", f"{path}/net/{name}")
            routes.append(f"{name} 00000000 0102A8C0 0003 0 0 0 00000000 0 0 0\n")
    if vital:
        tree.write("proc/self/net/route", "".join(routes))
    return [f"0042:{2 + (index >> 8):02x}:{(index & 255) >> 3:02x}.{index & 7:x}"
            for index in range(functions)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root")
    parser.add_argument("--pfs", type=int, default=16)
    parser.add_argument("--vfs", type=int, default=256)
    arguments = parser.parse_args()
    print(write_host(arguments.root, arguments.pfs, arguments.vfs), "functions")


if __name__ == "__main__":
    main()

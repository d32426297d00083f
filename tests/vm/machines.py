"""Virtual machines that the suite boots: what stands where, as QEMU's arguments."""
import dataclasses
import random


@dataclasses.dataclass(frozen=True)
class Topology:
    """A machine's hardware."""
    name: str
    iommu: str  # intel, amd or none
    devices: tuple  # arguments of -device, in order

    def qemu(self):
        irqchip = "" if self.iommu == "none" else ",kernel-irqchip=split"
        arguments = ["-M", f"q35{irqchip}"]
        if self.iommu != "none":
            arguments += ["-device", f"{self.iommu}-iommu,intremap=on"]
        for device in self.devices:
            arguments += ["-device", device]
        return arguments


@dataclasses.dataclass(frozen=True)
class Boot:
    """A topology booted with parameters."""
    name: str
    topology: Topology
    parameters: str = ""
    vfs: int = 0  # VFs to enable on each PF before the audit; 0: none
    twin: str = ""  # the boot of the same topology whose groups this one must predict
    kernel_refuses: str = ""  # bus or memory: what limits the PFs' VFs


def root_port(name, slot, *options):
    return ",".join(["pcie-root-port", f"id={name}", f"chassis={name[1:]}", f"addr={slot}",
                     *options])


def nvme(bus, serial, address="0.0", vfs=0, *options):
    """An NVMe controller, of its own subsystem where it has VFs."""
    place = f"bus={bus},addr={address}"
    if not vfs:
        return [",".join(["nvme", f"serial={serial}", place, *options])]
    return [f"nvme-subsys,id=sub{serial}",
            ",".join(["nvme", f"serial={serial}", place, f"subsys=sub{serial}",
                      f"sriov_max_vfs={vfs}", f"sriov_vq_flexible={2 * vfs}",
                      f"sriov_vi_flexible={vfs}", f"max_ioqpairs={2 * vfs + 4}",
                      f"msix_qsize={vfs + 6}", *options])]


def ports():
    """Ports with and without ACS, endpoints of one and several functions."""
    return (
        root_port("p1", "2.0"),
        root_port("p2", "3.0", "disable-acs=on"),
        root_port("p3", "4.0", "multifunction=on"),
        root_port("p4", "4.1"),
        root_port("p5", "4.2", "disable-acs=on"),
        root_port("p6", "5.0", "multifunction=on", "disable-acs=on"),
        root_port("p7", "5.1", "disable-acs=on"),
        "e1000e,bus=p1,addr=0.0",
        "e1000e,bus=p2,addr=0.0,multifunction=on",
        "qemu-xhci,bus=p2,addr=0.1",
        *nvme("p3", "n1"),
        "virtio-rng-pci,bus=p4,addr=0.0,multifunction=on",
        "e1000e,bus=p4,addr=0.1",
        *nvme("p5", "n2"),
        *nvme("p6", "n3"),
        "virtio-rng-pci,bus=p7,addr=0.0",
    )


def switches():
    """A switch whose downstream ports lack ACS, below a good port and below a bad one."""
    return (
        root_port("p1", "2.0"),
        root_port("p2", "3.0", "disable-acs=on"),
        "x3130-upstream,id=u1,bus=p1",
        "xio3130-downstream,id=d1,bus=u1,chassis=11,slot=1,addr=0.0,multifunction=on",
        "xio3130-downstream,id=d2,bus=u1,chassis=12,slot=2,addr=0.1",
        "xio3130-downstream,id=d3,bus=u1,chassis=13,slot=3,addr=1.0",
        "e1000e,bus=d1",
        *nvme("d2", "n1"),
        "virtio-rng-pci,bus=d3",
        "x3130-upstream,id=u2,bus=p2",
        "xio3130-downstream,id=d4,bus=u2,chassis=14,slot=4",
        "qemu-xhci,bus=d4",
    )


def bridges():
    """Conventional bridges, on the root bus and below a port. Nothing there does DMA."""
    return (
        root_port("p1", "2.0"),
        "pcie-pci-bridge,id=b1,bus=p1",
        "intel-hda,bus=b1,addr=1.0",
        "i82801b11-bridge,id=b2,bus=pcie.0,addr=3.0",
        "pci-bridge,id=b3,bus=b2,addr=1.0,chassis_nr=9",
        "lsi53c895a,bus=b3,addr=1.0",
        "lsi53c895a,bus=b3,addr=2.0",
        root_port("p2", "4.0"),
        "e1000e,bus=p2",
    )


def sriov(vfs):
    return (root_port("p1", "2.0"), *nvme("p1", "n1", vfs=vfs),
            root_port("p2", "3.0", "disable-acs=on"), *nvme("p2", "n2", vfs=4))


def sriov_without_buses():
    """VFs beyond the last bus below an upstream port with nothing behind it."""
    return (root_port("p1", "2.0"), "x3130-upstream,id=u1,bus=p1",
            *nvme("u1", "n1", address="1e.0", vfs=30))


TOPOLOGIES = {topology.name: topology for topology in (
    Topology("intel-ports", "intel", ports()),
    Topology("amd-ports", "amd", ports()),
    Topology("intel-switches", "intel", switches()),
    Topology("amd-bridges", "amd", bridges()),
    Topology("intel-bridges", "intel", bridges()),
    Topology("intel-sriov", "intel", sriov(8)),
    Topology("amd-sriov", "amd", sriov(8)),
    Topology("intel-sriov-buses", "intel", sriov_without_buses()),
    Topology("no-iommu", "none", sriov(4)),
)}


def pair(name, on="intel_iommu=on", off="intel_iommu=off", **options):
    """The same machine with its IOMMU on and off."""
    topology = TOPOLOGIES[name]
    if topology.iommu == "amd":
        on, off = "", "amd_iommu=off"
    return (Boot(f"{name}-on", topology, on, **options),
            Boot(f"{name}-off", topology, off, twin=f"{name}-on", **options))


BOOTS = {boot.name: boot for boot in (
    *pair("intel-ports"),
    *pair("amd-ports"),
    *pair("intel-switches"),
    *pair("amd-bridges"),
    Boot("intel-bridges-on", TOPOLOGIES["intel-bridges"], "intel_iommu=on"),
    *pair("intel-sriov"),
    Boot("intel-sriov-vfs", TOPOLOGIES["intel-sriov"], "intel_iommu=on", vfs=3),
    Boot("amd-sriov-on", TOPOLOGIES["amd-sriov"]),
    Boot("intel-sriov-buses-on", TOPOLOGIES["intel-sriov-buses"], "intel_iommu=on",
         kernel_refuses="bus"),
    Boot("no-iommu", TOPOLOGIES["no-iommu"]),
    Boot("intel-both", TOPOLOGIES["intel-sriov"], "intel_iommu=on iommu=off"),
    Boot("intel-on-off", TOPOLOGIES["intel-sriov"], "intel_iommu=on,off"),
    Boot("intel-one", TOPOLOGIES["intel-sriov"], "intel_iommu=1 iommu=on"),
    Boot("intel-no-intremap", TOPOLOGIES["intel-sriov"], "intel_iommu=on intremap=off"),
    Boot("intel-pt", TOPOLOGIES["intel-sriov"], "intel_iommu=off intel_iommu=on iommu=pt"),
    Boot("intel-redir", TOPOLOGIES["intel-ports"],
         "intel_iommu=on pci=disable_acs_redir=pci:1b36:000c"),
)}


class Generator:
    """A random machine, the same for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.devices = []
        self.count = 0
        self.functions = 0

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def endpoint(self, bus, slot, functions):
        """Fills a slot with functions; at times it is an NVMe PF."""
        if functions == 1 and self.random.random() < 0.25:
            vfs = self.random.choice((2, 5, 7))
            self.devices += nvme(bus, self.name("n"), f"{slot:x}.0", vfs)
            return
        for function in range(functions):
            kind = self.random.choice(("e1000e", "qemu-xhci", "virtio-rng-pci", "nvme"))
            multi = ",multifunction=on" if function == 0 and functions > 1 else ""
            serial = f",serial={self.name('s')}" if kind == "nvme" else ""
            self.devices.append(f"{kind},bus={bus},addr={slot:x}.{function}{multi}{serial}")

    def bridge(self, bus):
        """A conventional bridge with devices that no driver is loaded for."""
        name = self.name("b")
        self.devices.append(f"pcie-pci-bridge,id={name},bus={bus}")
        for slot in range(1, self.random.randint(2, 3)):
            self.devices.append(f"lsi53c895a,bus={name},addr={slot:x}.0")

    def switch(self, bus):
        upstream = self.name("u")
        self.devices.append(f"x3130-upstream,id={upstream},bus={bus}")
        for port in range(self.random.randint(1, 3)):
            name, joined = self.name("d"), self.random.random() < 0.4
            address = f"0.{port}" if joined else f"{port}.0"
            multi = ",multifunction=on" if address == "0.0" else ""
            self.devices.append(f"xio3130-downstream,id={name},bus={upstream},chassis={self.count},"
                                f"slot={port},addr={address}{multi}")
            self.endpoint(name, 0, self.random.choice((1, 1, 2)))

    def below(self, port):
        kind = self.random.random()
        if kind < 0.2:
            self.switch(port)
        elif kind < 0.3:
            self.bridge(port)
        else:
            self.endpoint(port, 0, self.random.choice((1, 1, 1, 2, 3)))

    def slot(self, number):
        """A slot of the root bus: one port, or several of one device."""
        functions = self.random.choice((1, 1, 1, 2, 3))
        for function in range(functions):
            name = self.name("p")
            options = []
            if function == 0 and functions > 1:
                options.append("multifunction=on")
            if self.random.random() < 0.35:
                options.append("disable-acs=on")
            self.devices.append(root_port(name, f"{number:x}.{function}", *options))
            self.below(name)

    def topology(self, name):
        for number in range(2, 2 + self.random.randint(2, 5)):
            self.slot(number)
        if self.random.random() < 0.3:
            self.devices.append("virtio-rng-pci,bus=pcie.0,addr=10.0")
        return Topology(name, self.random.choice(("intel", "amd")), tuple(self.devices))


def random_boots(seed):
    """The two boots of a random machine."""
    name = f"seed{seed}"
    TOPOLOGIES[name] = Generator(seed).topology(name)
    return pair(name)

"""Virtual machines that the suite boots: what stands where, as QEMU's arguments.

To add one, describe its devices as a tuple of -device arguments, give it a name in TOPOLOGIES,
and list in BOOTS how it is booted.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Topology:
    """A machine's hardware."""
    name: str
    iommu: str  # intel, amd, smmu (a part of its machine), virtio (one of its devices) or none
    devices: tuple  # arguments of -device, in order
    iommu_options: str = "intremap=on"
    newer: bool = False  # needs a QEMU that Debian has only in backports
    platform: str = "x86"  # or arm64
    machine: str = "q35"  # -M, without what the IOMMU adds
    acpi: bool = True  # arm64: or a device tree
    uefi: bool = False  # x86: it boots with OVMF, not SeaBIOS
    drive: bool = False  # a drive d1, whose writes are thrown away
    overflows: bool = False  # VFs beyond the last bus number

    def qemu(self):
        if self.iommu not in ("intel", "amd"):
            arguments = ["-M", self.machine]
        else:
            arguments = ["-M", f"{self.machine},kernel-irqchip=split",
                         "-device", f"{self.iommu}-iommu,{self.iommu_options}"]
        if any("memdev=m1" in device for device in self.devices):
            arguments += ["-object", "memory-backend-ram,id=m1,size=1T,reserve=off,share=on"]
        for device in self.devices:
            arguments += ["-device", device]
        return arguments


@dataclasses.dataclass(frozen=True)
class Boot:
    """A topology booted with kernel parameters."""
    name: str
    topology: Topology
    parameters: str = ""
    vfs: int = 0  # VFs that each PF has before the audit
    plan: str = ""  # a plan that is followed to the letter, and taken back: arguments, a function
    twin: str = ""  # the boot with functions at the same addresses whose groups this one must predict
    refusals: tuple = ()  # what the kernel must be seen to refuse VFs for: bus_numbers, mmio
    kernel: str = "6.1"  # of guest.KERNELS
    provoked: str = ""  # what init does before the audit: WHAT,ADDRESS[,COUNT]
    unseen: bool = False  # the kernel reads no extended config space: groups need not be predicted
    owners: tuple = ()  # who makes VFs when it boots: OWNER,NAME,COUNT, as init reads them
    restless: str = ""  # what changes while it is audited: UNPLUGGED,REBOUND,PF, each of its own group
    findings: tuple = ()  # ids that the report must hold, each with ids of its subjects, no others

    def on(self, kernel):
        """The same boot, and the same twin, of another kernel."""
        twin = f"{self.twin}@{kernel}" if self.twin else ""
        return dataclasses.replace(self, name=f"{self.name}@{kernel}", twin=twin, kernel=kernel)


def root_port(name, slot, *options):
    return ",".join(["pcie-root-port", f"id={name}", f"chassis={int(name[1:])}", f"addr={slot}",
                     *options])


def downstream(name, bus, slot, *options):
    return ",".join(["xio3130-downstream", f"id={name}", f"bus={bus}",
                     f"chassis={100 + int(name[1:])}", f"slot={int(name[1:])}", f"addr={slot}",
                     *options])


def nvme(bus, serial, address="0.0", vfs=0, *options):
    """An NVMe controller, of its own subsystem where it has VFs."""
    words = ["nvme", f"serial={serial}", f"bus={bus}", f"addr={address}", *options]
    if not vfs:
        return [",".join(words)]
    # With fewer queues and vectors the driver gives up on the PF.
    words += [f"subsys=sub{serial}", f"sriov_max_vfs={vfs}", f"sriov_vq_flexible={2 * vfs}",
              f"sriov_vi_flexible={vfs}", f"max_ioqpairs={2 * vfs + 4}", f"msix_qsize={vfs + 6}"]
    return [f"nvme-subsys,id=sub{serial}", ",".join(words)]


def controller(iommu, bus, serial):
    """An NVMe controller, or a NIC where QEMU's amd-iommu would lose the NVMe driver's DMA."""
    return [f"e1000e,bus={bus},addr=0.0"] if iommu == "amd" else nvme(bus, serial)


def ports(iommu):
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
        *controller(iommu, "p3", "n1"),
        "virtio-rng-pci,bus=p4,addr=0.0,multifunction=on",
        "e1000e,bus=p4,addr=0.1",
        *controller(iommu, "p5", "n2"),
        *controller(iommu, "p6", "n3"),
        "virtio-rng-pci,bus=p7,addr=0.0",
    )


def switches(iommu):
    """Two levels of switches without ACS below a good port, one below a bad port, one with ACS."""
    return (
        root_port("p1", "2.0"),
        "x3130-upstream,id=u1,bus=p1",
        downstream("d1", "u1", "0.0", "multifunction=on"),
        downstream("d2", "u1", "0.1"),
        downstream("d3", "u1", "1.0"),
        "e1000e,bus=d1",
        *controller(iommu, "d2", "n1"),
        "x3130-upstream,id=u2,bus=d3",
        downstream("d4", "u2", "0.0"),
        downstream("d5", "u2", "1.0"),
        "virtio-rng-pci,bus=d4",
        "e1000e,bus=d5",
        root_port("p2", "3.0", "disable-acs=on"),
        "x3130-upstream,id=u3,bus=p2",
        downstream("d6", "u3", "0.0"),
        "qemu-xhci,bus=d6",
        # No downstream port of QEMU has ACS. A root port in its place has, and the kernel takes it.
        root_port("p3", "4.0"),
        "x3130-upstream,id=u4,bus=p3",
        root_port("p4", "0.0", "bus=u4"),
        root_port("p5", "1.0", "bus=u4"),
        root_port("p6", "2.0", "bus=u4", "disable-acs=on"),
        "e1000e,bus=p4",
        "virtio-rng-pci,bus=p5",
        "e1000e,bus=p6",
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


def integrated(iommu):
    """Endpoints on the root bus, one of them a PF, and a slot of several functions."""
    return (
        "e1000e,addr=5.0,multifunction=on",
        "qemu-xhci,addr=5.1",
        "virtio-rng-pci,addr=5.2",
        "e1000e,addr=6.0",
        "lsi53c895a,addr=7.0",
        *(nvme("pcie.0", "n1", "8.0", 4) if iommu == "intel" else ["e1000e,addr=8.0"]),
        root_port("p1", "2.0", "multifunction=on"),
        "virtio-rng-pci,addr=2.1",
        "e1000e,bus=p1",
    )


def sriov():
    """PFs behind ports with and without ACS, and two PFs behind one port."""
    return (
        root_port("p1", "2.0"),
        *nvme("p1", "n1", vfs=8),
        root_port("p2", "3.0", "disable-acs=on"),
        *nvme("p2", "n2", vfs=4),
        root_port("p3", "4.0"),
        "x3130-upstream,id=u1,bus=p3",
        *nvme("u1", "n3", "1.0", 5),
        *nvme("u1", "n4", "2.0", 7),
    )


def too_few_buses():
    """VFs beyond the last bus below an upstream port with nothing behind it."""
    return (root_port("p1", "2.0"), "x3130-upstream,id=u1,bus=p1",
            *nvme("u1", "n1", "1e.0", 30))


def small_window():
    """VF BARs of two PFs, of which the window that firmware gave their port has room for one's."""
    return (root_port("p1", "2.0"), "x3130-upstream,id=u1,bus=p1",
            *nvme("u1", "n1", "0.0", 100), *nvme("u1", "n2", "10.0", 100))


def igb():
    """PFs whose driver allows fewer VFs than they have; two of them in one slot."""
    return (
        root_port("p1", "2.0"),
        "igb,bus=p1,addr=0.0",
        root_port("p2", "3.0", "disable-acs=on"),
        "igb,bus=p2,addr=0.0,multifunction=on,x-pcie-ari-nextfn-1=on",
        "igb,bus=p2,addr=0.1",
    )


def many():
    """More than 250 functions once every VF is on."""
    return tuple(word for number in range(1, 5) for word in (
        root_port(f"p{number}", f"{number + 1}.0", "disable-acs=on" if number == 4 else "hotplug=on"),
        *nvme(f"p{number}", f"n{number}", vfs=64)))


def few(bus):
    """A NIC behind a port, a PF behind another, a slot of two functions on the bus itself."""
    return (
        root_port("p1", "2.0", f"bus={bus}"),
        "e1000e,bus=p1,addr=0.0",
        root_port("p2", "3.0", f"bus={bus}"),
        *nvme("p2", "n1", vfs=2),
        f"e1000e,bus={bus},addr=5.0,multifunction=on",
        f"virtio-rng-pci,bus={bus},addr=5.1",
    )


def words():
    """What a word of the command line can change: isolation by ACS, and VFs. With hotplug, newer
    kernels have QEMU switch these slots off where a word keeps ACPI from it."""
    return (root_port("p1", "2.0", "hotplug=off"), "igb,bus=p1,addr=0.0",
            root_port("p2", "3.0", "hotplug=off"),
            "e1000e,bus=p2,addr=0.0,multifunction=on", "virtio-rng-pci,bus=p2,addr=0.1")


def two_owners():
    """Two PFs, of drivers that differ in who can make their VFs at boot."""
    return (root_port("p1", "2.0"), "igb,bus=p1,addr=0.0", root_port("p2", "3.0"),
            *nvme("p2", "n1", vfs=4))


def large_bar():
    """A BAR beyond the addresses that the emulated processor has."""
    return (root_port("p1", "2.0"), "ivshmem-plain,bus=p1,addr=0.0,memdev=m1",
            root_port("p2", "3.0"), "e1000e,bus=p2,addr=0.0")


def in_use():
    """Two NICs and two disks: the host uses one of each."""
    return (root_port("p1", "2.0"), "e1000e,bus=p1,addr=0.0",
            root_port("p2", "3.0"), "e1000e,bus=p2,addr=0.0",
            root_port("p3", "4.0"), "nvme,serial=n1,bus=p3,addr=0.0,drive=d1",
            root_port("p4", "5.0"), *nvme("p4", "n2"))


def boot_display():
    """A graphics card that the boot shows its picture on, and one that it does not."""
    return ("VGA,addr=5.0", root_port("p1", "2.0"), "e1000e,bus=p1,addr=0.0",
            root_port("p2", "3.0"), "bochs-display,bus=p2,addr=0.0")


def uefi_display():
    """A display that is no VGA controller, and one that is."""
    return ("bochs-display,addr=3.0", "VGA,addr=5.0", root_port("p1", "2.0"),
            "e1000e,bus=p1,addr=0.0")


def igb_places(*options):
    """The same PF at ports with ACS (or as options have it), without it, below a switch, and on the
    root bus."""
    return (
        root_port("p1", "2.0", *options), "igb,bus=p1,addr=0.0",
        root_port("p2", "3.0", "disable-acs=on"), "igb,bus=p2,addr=0.0",
        root_port("p3", "4.0"), "x3130-upstream,id=u1,bus=p3",
        downstream("d1", "u1", "0.0"), "igb,bus=d1,addr=0.0",
        "igb,addr=6.0",
    )


def restless():
    """A PF, and two slots without ACS whose second function comes and goes, or its driver does."""
    return (
        root_port("p1", "2.0"), *nvme("p1", "n1", vfs=4),
        root_port("p2", "3.0", "disable-acs=on"),
        "e1000e,bus=p2,addr=0.0,multifunction=on", "qemu-xhci,bus=p2,addr=0.1",
        root_port("p3", "4.0", "disable-acs=on"),
        "e1000e,bus=p3,addr=0.0,multifunction=on", "e1000e,bus=p3,addr=0.1",
    )


def root_buses():
    """Root buses of their own: one behind the IOMMU, one that bypasses it."""
    return (
        "pxb-pcie,id=x1,bus_nr=64,bus=pcie.0,addr=8.0", root_port("p1", "0.0", "bus=x1"), "e1000e,bus=p1,addr=0.0",
        "pxb-pcie,id=x2,bus_nr=128,bypass_iommu=on,bus=pcie.0,addr=9.0",
        root_port("p2", "0.0", "bus=x2"), "e1000e,bus=p2,addr=0.0",
        root_port("p3", "2.0", "bus=pcie.0"), "e1000e,bus=p3,addr=0.0",
    )


def cxl():
    """A root bus of CXL, with a port that has a NIC below it, and one with a switch."""
    return (
        "pxb-cxl,id=x1,bus_nr=52,bus=pcie.0,addr=8.0",
        "cxl-rp,id=c1,bus=x1,chassis=11,slot=11,port=0", "e1000e,bus=c1,addr=0.0",
        "cxl-rp,id=c2,bus=x1,chassis=12,slot=12,port=1",
        "cxl-upstream,id=u1,bus=c2",
        "cxl-downstream,id=d1,bus=u1,port=0,chassis=13,slot=13",
        "cxl-downstream,id=d2,bus=u1,port=1,chassis=14,slot=14",
        "e1000e,bus=d1,addr=0.0", "virtio-rng-pci,bus=d2,addr=0.0",
        root_port("p1", "2.0"), *nvme("p1", "n1", vfs=2),
    )


TOPOLOGIES = {topology.name: topology for topology in (
    Topology("intel-ports", "intel", ports("intel")),
    Topology("amd-ports", "amd", ports("amd")),
    Topology("intel-switches", "intel", switches("intel")),
    Topology("amd-switches", "amd", switches("amd")),
    Topology("intel-bridges", "intel", bridges()),
    Topology("amd-bridges", "amd", bridges()),
    Topology("intel-integrated", "intel", integrated("intel")),
    Topology("amd-integrated", "amd", integrated("amd")),
    Topology("intel-sriov", "intel", sriov()),
    Topology("intel-too-few-buses", "intel", too_few_buses(), overflows=True),
    Topology("intel-small-window", "intel", small_window()),
    Topology("intel-unremapped", "intel", sriov(), "intremap=off"),
    Topology("amd-unremapped", "amd", ports("amd"), "intremap=off"),
    Topology("no-iommu", "none", sriov()),
    Topology("intel-igb", "intel", igb(), newer=True),
    Topology("intel-many", "intel", many()),
    Topology("intel-restless", "intel", restless()),
    Topology("intel-words", "intel", words(), newer=True),
    Topology("intel-two-owners", "intel", two_owners(), newer=True),
    Topology("amd-words", "amd", few("pcie.0")),
    Topology("intel-large-bar", "intel", large_bar()),
    Topology("intel-in-use", "intel", in_use(), drive=True),
    Topology("intel-boot-display", "intel", boot_display()),
    Topology("intel-uefi-display", "intel", uefi_display(), uefi=True),
    Topology("intel-igb-places", "intel", igb_places(), newer=True),
    Topology("intel-igb-no-acs", "intel", igb_places("disable-acs=on"), newer=True),
    Topology("virtio-iommu", "virtio", ("virtio-iommu-pci,addr=1e.0", *few("pcie.0"))),
    Topology("intel-buses", "intel", root_buses(), machine="q35", newer=True),
    Topology("intel-cxl", "intel", cxl(), machine="q35,cxl=on", newer=True),
    Topology("intel-scalable", "intel", few("pcie.0"), "intremap=on,x-scalable-mode=on"),
    Topology("amd-xt", "amd", few("pcie.0"), "intremap=on,xtsup=on", newer=True),
    *(Topology(name, iommu, few("pcie.0"), platform="arm64", machine=machine, acpi=acpi)
      for name, iommu, machine, acpi in (
          ("arm64-its", "smmu", "virt,gic-version=3,iommu=smmuv3,virtualization=on", True),
          ("arm64-gicv2m", "smmu", "virt,gic-version=2,iommu=smmuv3", True),
          ("arm64-tree", "smmu", "virt,gic-version=3,iommu=smmuv3", False),
          ("arm64-no-smmu", "none", "virt,gic-version=3", True))),
)}


def booted(name, topology, parameters="intel_iommu=on", **options):
    return Boot(name, TOPOLOGIES[topology], parameters, **options)


def pair(topology, **options):
    """The same machine with its IOMMU on and off."""
    on, off = iommu_parameters(topology)
    return (Boot(f"{topology.name}-on", topology, on, **options),
            Boot(f"{topology.name}-off", topology, off, twin=f"{topology.name}-on", **options))


def iommu_parameters(topology):
    """Kernel parameters that turn the IOMMU of a topology on and off."""
    return {"intel": ("intel_iommu=on", "intel_iommu=off"), "amd": ("", "amd_iommu=off")}[
        topology.iommu]


BOOTS = {boot.name: boot for boot in (
    *pair(TOPOLOGIES["intel-ports"]),
    *pair(TOPOLOGIES["amd-ports"]),
    *pair(TOPOLOGIES["intel-switches"]),
    *pair(TOPOLOGIES["amd-switches"]),
    *pair(TOPOLOGIES["intel-bridges"]),
    *pair(TOPOLOGIES["amd-bridges"]),
    *pair(TOPOLOGIES["intel-integrated"]),
    *pair(TOPOLOGIES["amd-integrated"]),
    *pair(TOPOLOGIES["intel-sriov"]),
    booted("intel-sriov-vfs", "intel-sriov", vfs=3),
    booted("intel-ports-plan", "intel-ports", plan="0000:02:00.0"),
    booted("intel-sriov-plan", "intel-sriov", plan="--vfs,2,0000:01:00.0"),
    booted("intel-too-few-buses", "intel-too-few-buses", refusals=("bus_numbers",)),
    booted("intel-small-window", "intel-small-window", "intel_iommu=on pci=realloc=off",
           refusals=("mmio",)),
    booted("intel-unremapped", "intel-unremapped"),
    booted("amd-unremapped", "amd-unremapped", ""),
    booted("no-iommu", "no-iommu", ""),
    booted("intel-default", "intel-sriov", ""),
    booted("intel-on-iommu-off", "intel-sriov", "intel_iommu=on iommu=off"),
    booted("intel-on-off", "intel-sriov", "intel_iommu=on,off"),
    booted("intel-off-on", "intel-sriov", "intel_iommu=off intel_iommu=on iommu=pt"),
    booted("intel-one", "intel-sriov", "intel_iommu=1 iommu=on"),
    booted("intel-intremap-off", "intel-sriov", "intel_iommu=on intremap=off"),
    booted("intel-redir", "intel-ports", "intel_iommu=on pci=disable_acs_redir=pci:1b36:000c"),
    booted("intel-redir-off", "intel-ports", "intel_iommu=off pci=disable_acs_redir=pci:1b36:000c",
           twin="intel-redir"),
    booted("amd-intremap-off", "amd-ports", "intremap=off"),
    booted("amd-pt", "amd-ports", "iommu=pt"),
    *pair(TOPOLOGIES["intel-igb"]),
    booted("intel-igb-vfs", "intel-igb", vfs=2),
    booted("intel-igb-places-noari", "intel-igb-places", "intel_iommu=on pci=noari"),
    booted("intel-many-vfs", "intel-many", vfs=64),
    booted("intel-restless", "intel-restless", "intel_iommu=on lsm=lockdown,yama",
           restless="0000:02:00.1,0000:03:00.1,0000:01:00.0"),
)}

# Each kind of machine once more, on another kernel.
ELSEWHERE = ("intel-ports-on@6.12", "amd-switches-on@6.12", "intel-bridges-on@6.12",
             "amd-integrated-on@6.12", "intel-sriov-on@6.12", "intel-sriov-vfs@6.12")


def worded(topology, before, parameters):
    """A boot for each of some words of the command line."""
    return [booted(f"{topology}:{word}", topology, f"{before} {word}".lstrip(),
                   unseen=word in ("pci=conf1", "pci=conf2", "pci=nommconf"))
            for word in parameters.split()]


# Every word about passthrough that a machine still boots with, and VFIO with it.
COMMAND_LINES = (
    *worded("intel-words", "intel_iommu=on",
            "noapic nolapic disableapic nosmp maxcpus=0 nointremap intremap=nosid acpi=off acpi=noirq pci=off "
            "pci=conf1 pci=conf2 pci=nommconf pci=noacpi pci=nomsi pci=noari iommu=off iommu=usedac "
            "iommu=pt pcie_ports=compat pcie_ports=native amd_iommu=off "
            "pci=config_acs=00000@pci:1b36:000c pci=disable_acs_redir=pci:1b36:000c"),
    *worded("intel-words", "", "intel_iommu=ON amd_iommu=on iommu=on"),
    # With nolapic AMD's driver has the kernel panic, 6.1 and 6.12.
    *worded("amd-words", "", "noapic nointremap nosmp iommu=off amd_iommu=off pci=nommconf acpi=off "
            "intel_iommu=off amd_iommu=force_isolation"),
)

PF, STALE = "0000:01:00.0", "isolation.stale-group"
PROVOCATIONS = (
    booted("intel-large-bar", "intel-large-bar",
           findings=(("assignability.bar-unplaced", (PF,)),)),
    booted("intel-no-acs", "intel-igb-no-acs", vfs=2),
    booted("intel-acs-off", "intel-igb-places", provoked="acs-off,0000:00:02.0", vfs=2,
           twin="intel-no-acs"),
    booted("intel-pf-on-vfio", "intel-words", provoked=f"pf-on-vfio,{PF},2", vfs=2,
           findings=(("caution.vf-token", ("0000:01:10.0", "0000:01:10.2")),)),
    booted("intel-nic-in-use", "intel-in-use", provoked=f"use-nic,{PF}",
           findings=(("host-use.vital", (PF,)),)),
    # The kernel's own boot code sets the mode that vga= names, and simpledrm or vesafb shows on it.
    booted("intel-boot-display", "intel-boot-display", "intel_iommu=on vga=0x317",
           findings=(("boot-gpu.framebuffer", ("0000:00:05.0",)),)),
    # Without those words the kernel shows on what firmware set; with them VFIO can map the memory.
    booted("intel-uefi-display", "intel-uefi-display",
           findings=(("boot-gpu.framebuffer", ("0000:00:03.0",)),)),
    booted("intel-uefi-no-picture", "intel-uefi-display",
           "intel_iommu=on initcall_blacklist=sysfb_init",
           findings=(("boot-gpu.framebuffer", ()),)),
    booted("intel-disk-in-use", "intel-in-use", provoked="use-disk,0000:03:00.0",
           findings=(("host-use.vital", ("0000:03:00.0",)),)),
)

IGB = (
    *pair(TOPOLOGIES["intel-igb-places"]),
    booted("intel-igb-places-vfs", "intel-igb-places", vfs=3),
    booted("intel-two-owners", "intel-two-owners",
           owners=("modprobe,igb,2", "rc-local,0000:02:00.0,3")),
    booted("intel-igb-places-noari-vfs", "intel-igb-places", "intel_iommu=on pci=noari", vfs=3),
)

HARDWARE = (
    booted("virtio-iommu", "virtio-iommu", "", kernel="6.12"),  # Debian's 6.1 has no driver of it
    booted("intel-buses", "intel-buses"),
    booted("intel-cxl", "intel-cxl"),
    booted("intel-scalable", "intel-scalable"),
    booted("amd-xt", "amd-xt", ""),
)

ARM64 = (
    *(booted(name, name, "", kernel="6.12")
      for name in ("arm64-its", "arm64-gicv2m", "arm64-tree", "arm64-no-smmu")),
    booted("arm64-driverless", "arm64-its", "module_blacklist=e1000e,nvme", kernel="6.12"),
)

# What CI has no time for.
SETS = {"command-lines": COMMAND_LINES, "provocations": PROVOCATIONS, "igb": IGB,
        "hardware": HARDWARE, "arm64": ARM64}
KNOWN = BOOTS | {boot.name: boot for boots in SETS.values() for boot in boots}

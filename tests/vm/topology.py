"""Random machines, the same for the same seed."""
import dataclasses
import random

import machines

ENDPOINTS = ("e1000e", "qemu-xhci", "virtio-rng-pci", "nvme")
# QEMU's amd-iommu loses the NVMe driver's DMA.
AMD_ENDPOINTS = ENDPOINTS[:3]


class Generator:
    """Collects the devices of one random machine."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.iommu = self.random.choice(("intel", "amd"))
        self.endpoints = AMD_ENDPOINTS if self.iommu == "amd" else ENDPOINTS
        self.devices = []
        self.count = 0

    def chance(self, probability):
        return self.random.random() < probability

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def endpoint(self, bus, slot, functions):
        """Fills a slot with functions; at times it is an NVMe PF."""
        if functions == 1 and "nvme" in self.endpoints and self.chance(0.25):
            vfs = self.random.choice((2, 5, 7))
            self.devices += machines.nvme(bus, self.name("n"), f"{slot:x}.0", vfs)
            return
        for function in range(functions):
            kind = self.random.choice(self.endpoints)
            multi = ",multifunction=on" if function == 0 and functions > 1 else ""
            serial = f",serial={self.name('s')}" if kind == "nvme" else ""
            self.devices.append(f"{kind},bus={bus},addr={slot:x}.{function}{multi}{serial}")

    def bridge(self, bus):
        """A conventional bridge with devices that no driver is loaded for."""
        name = self.name("b")
        self.devices.append(f"pcie-pci-bridge,id={name},bus={bus}")
        for slot in range(1, self.random.randint(2, 3)):
            self.devices.append(f"lsi53c895a,bus={name},addr={slot:x}.0")

    def switch(self, bus, depth):
        upstream = self.name("u")
        self.devices.append(f"x3130-upstream,id={upstream},bus={bus}")
        slot, function = 0, -1
        for _ in range(self.random.randint(1, 3)):
            slot, function = (slot, function + 1) if function < 0 or self.chance(0.4) \
                else (slot + 1, 0)
            multi = ["multifunction=on"] if function == 0 else []
            port = self.name("d")
            self.devices.append(machines.downstream(port, upstream, f"{slot:x}.{function}", *multi))
            self.below(port, depth + 1)

    def below(self, port, depth):
        kind = self.random.random()
        if kind < 0.2 and depth < 2:
            self.switch(port, depth)
        elif kind < 0.3:
            self.bridge(port)
        elif kind < 0.95:
            self.endpoint(port, 0, self.random.choice((1, 1, 1, 2, 3)))

    def ports(self, slot):
        """A slot of the root bus: one port, or several of one device."""
        functions = self.random.choice((1, 1, 1, 2, 3))
        for function in range(functions):
            name = self.name("p")
            options = ["multifunction=on"] if function == 0 and functions > 1 else []
            options += ["disable-acs=on"] if self.chance(0.35) else []
            self.devices.append(machines.root_port(name, f"{slot:x}.{function}", *options))
            self.below(name, 0)

    def topology(self, name):
        for slot in range(2, 2 + self.random.randint(2, 5)):
            self.ports(slot)
        if self.chance(0.4):
            self.endpoint("pcie.0", 0x10, self.random.choice((1, 2)))
        return machines.Topology(name, self.iommu, tuple(self.devices))


def random_boots(seed):
    """The two boots of a random machine; at times some of its ports may not redirect."""
    generator = Generator(seed)
    boots = machines.pair(generator.topology(f"seed{seed}"))
    if not generator.chance(0.2):
        return boots
    ports = generator.random.choice(("pci:1b36:000c", "0000:00:02.0", "0000:00:03.1"))
    return tuple(dataclasses.replace(boot, parameters=f"{boot.parameters} "
                                     f"pci=disable_acs_redir={ports}".lstrip())
                 for boot in boots)


def find(name):
    """Returns the boot of a name, be it random or not; NAME@KERNEL is one of another kernel."""
    if name in machines.KNOWN:
        return machines.KNOWN[name]
    # A word of the command line may hold an "@", too.
    other, _, kernel = name.rpartition("@")
    if other:
        return find(other).on(kernel)
    seed = int(name.removeprefix("seed").partition("-")[0])
    return {boot.name: boot for boot in random_boots(seed)}[name]

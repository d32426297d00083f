"""Whole ways of an administrator: plans that a machine with a disk follows, over reboots and back."""
import dataclasses

import disk
import machines


@dataclasses.dataclass(frozen=True)
class Way:
    """What a machine does at each of its boots, in lines for a shell that has read follow.sh; and
    what must come of that."""
    name: str
    devices: tuple
    boots: tuple
    opened: tuple = ()  # (NAME, function): what `open NAME FUNCTION` must find
    same: tuple = ()  # (NAME, before, after): what `see` saw, and `differ NAME` compared
    states: tuple = ()  # (name, function, what, value) of what `see` saw
    owners: tuple = ()  # (name, PF, owner, count): what `see` had passcheck say of persistence
    held: tuple = ()  # when `held` must have found that the guest has VFIO's group open
    networks: tuple = ()  # (name, VF, what the kernel keeps of it)
    forecasts: tuple = ()  # (NAME, now, then): what was said of the boot after `came now`, and `came then`
    ended: tuple = ()  # what `run` must have run to its end
    nothing: tuple = ()  # the plans that must have no command
    packages: tuple = ()  # that its Debian has beside those of disk.py
    size: str = disk.SIZE
    memory: str = "1G"
    twin: str = ""  # none: a way is compared with itself

    @property
    def topology(self):
        return machines.Topology(self.name, "intel", self.devices, newer=True)


PF, VF, NIC = "0000:01:00.0", "0000:01:10.0", "0000:02:00.0"
DEVICES = (
    machines.root_port("p1", "2.0"), "igb,bus=p1,addr=0.0",
    machines.root_port("p2", "3.0"), "e1000e,bus=p2,addr=0.0",
)

# Nothing configures the network there, and a plan for VFs asks for an interface that is up.
UP = f"run up -ec 'ip link set dev $(ls /sys/bus/pci/devices/{PF}/net) up; sleep 5'"

# From a host whose IOMMU is off to guests with a NIC and a VF, and all the way back. What the script
# of the first plan changed, its own undo takes back: the command line said "off", which --undo cannot
# know.
WHOLE = Way("whole-way", DEVICES, boots=(
    ("see fresh", "passcheck plan --format sh > /out/host.sh", "run host -e /out/host.sh"),
    (UP, "see ready", f"follow vfs --vfs 2 {PF}", f"follow bind {NIC} {VF}", "see bound",
     f"open bound-nic {NIC}", f"open bound-vf {VF}"),
    (UP, "see kept", f"open kept-nic {NIC}", f"open kept-vf {VF}", f"follow again {NIC} {VF}",
     f"follow undo --undo {NIC} {VF} {PF}", "see undone", "differ undone ready undone"),
    (UP, "see back", "differ back ready back", "run host-undo -e /out/host.sh undo"),
    ("see end", "differ end fresh end"),
), opened=(("bound-nic", NIC), ("bound-vf", VF), ("kept-nic", NIC), ("kept-vf", VF)),
   same=(("undone", "ready", "undone"), ("back", "ready", "back"), ("end", "fresh", "end")),
   states=(("bound", PF, "vfs", "2"), ("kept", PF, "vfs", "2"), ("ready", NIC, "driver", "e1000e")),
   nothing=("again",), ended=("host", "host-undo"))

# Two PFs of one driver, of which a unit of systemd and a plan's rule make the VFs; the plan is that
# for an adapter of bnxt_en, which makes VFs only once its interface is up.
OTHER, MAC = "0000:02:00.0", "52:54:00:11:22:33"
OWNERS = Way("two-owners", (
    machines.root_port("p1", "2.0"), "igb,bus=p1,addr=0.0",
    machines.root_port("p2", "3.0"), "igb,bus=p2,addr=0.0",
), boots=(
    ("passcheck plan --format sh > /out/host.sh", "run host -e /out/host.sh"),
    ("see ready", f"own_by_unit {PF} 3", f"follow_as rule bnxt_en --vfs 2 {OTHER}", "see made"),
    ("see kept", f"ip link set dev $(ls /sys/bus/pci/devices/{PF}/net) vf 0 mac {MAC} vlan 7 spoofchk off",
     f"passcheck --format json {VF} > /out/named.json", f"passcheck --format xml {VF} > /out/named.xml",
     f"follow again --vfs 2 {OTHER}", f"follow undo --undo {OTHER}",
     f"disown_by_unit {PF}", "see undone"),
    ("see back", "differ back ready back"),
), same=(("back", "ready", "back"),), ended=("host",),
   states=(("made", PF, "vfs", "3"), ("made", OTHER, "vfs", "2"), ("kept", PF, "vfs", "3"),
           ("kept", OTHER, "vfs", "2"), ("undone", OTHER, "vfs", "0")),
   owners=(("kept", PF, "systemd-unit", 3), ("kept", OTHER, "udev", 2)), nothing=("again",),
   networks=(("named", VF, (("mac", MAC), ("vlan", 7), ("vlan_qos", 0), ("vlan_protocol", "802.1Q"),
                             ("trust", False), ("spoof_check", False))),))

# A PF that vfio-pci has over a reboot, and makes VFs of, which then leave before it.
VFIO_PF = Way("vfio-pf", OWNERS.devices, boots=(
    ("passcheck plan --format sh > /out/host.sh", "run host -e /out/host.sh"),
    ("see ready", f"follow bind {PF}", f"open bound {PF}"),
    ("see kept", f"open kept {PF}", f"follow again {PF}",
     "echo Y > /sys/module/vfio_pci/parameters/enable_sriov", f"follow vfs --vfs 2 {PF}"),
    ("see vfs", f"follow undo --undo {PF}", "see undone"),
    ("see back", "differ back ready back"),
), opened=(("bound", PF), ("kept", PF)), same=(("back", "ready", "back"),),
   states=(("kept", PF, "driver", "vfio-pci"), ("vfs", PF, "driver", "vfio-pci"),
           ("vfs", PF, "vfs", "2"), ("undone", PF, "driver", "igb"), ("undone", PF, "vfs", "0")),
   nothing=("again",), ended=("host",))

# Words that turn on and off what VFIO needs, by hand, over reboots.
EDITED = Way("edited-line", OWNERS.devices, boots=(
    ("came off", "edit to-on s/intel_iommu=off/intel_iommu=on/"),
    ("came on", "edit to-unremapped s/intel_iommu=on/'& intremap=off'/"),
    ("came unremapped", "edit to-iommu-off 's/ intremap=off//; s/=\"quiet\"/=\"quiet iommu=off\"/'"),
    ("came iommu-off", "edit to-no-io-apic s/iommu=off/noapic/"),
    ("came no-io-apic", "edit to-last s/noapic/intel_iommu=off/"),
    ("came last",),
), forecasts=(("to-on", "off", "on"), ("to-unremapped", "on", "unremapped"),
              ("to-iommu-off", "unremapped", "iommu-off"), ("to-no-io-apic", "iommu-off", "no-io-apic"),
              ("to-last", "no-io-apic", "last")),
   ended=("to-on", "to-unremapped", "to-iommu-off", "to-no-io-apic", "to-last"))

# What a person wrote for the next boot would switch the IOMMU off, and the word that it is on by is
# gone: a plan for every boot mends both.
GRUB_SETTINGS = "/etc/default/grub"
NEXT_BOOT = Way("next-boot", (machines.root_port("p1", "2.0"), "e1000e,bus=p1,addr=0.0"), boots=(
    ("passcheck plan --format sh > /out/host.sh", "run host -e /out/host.sh"),
    ("see ready", f"sed -i s/intel_iommu=on/iommu=off/ {GRUB_SETTINGS}", f"follow bind {PF}",
     f"open bound {PF}"),
    ("see kept", f"open kept {PF}", f"follow undo --undo {PF}", "see undone"),
    ("see back", "differ back ready back"),
), opened=(("bound", PF), ("kept", PF)), same=(("back", "ready", "back"),),
   states=(("kept", PF, "driver", "vfio-pci"),), ended=("host",))

# VFs of an NVMe controller that has one interrupt for each: offline until they have queues.
NVME_VFS = Way("nvme-vfs", (machines.root_port("p1", "2.0"), *machines.nvme("p1", "n1", vfs=2)), boots=(
    ("passcheck plan --format sh > /out/host.sh", "run host -e /out/host.sh"),
    (f"follow vfs --vfs 2 {PF}", "see made",
     f"nvme list-secondary /dev/$(ls /sys/bus/pci/devices/{PF}/nvme) > /out/secondary.txt",
     "run online -ec '[ $(grep -c SCS.*0x0001 /out/secondary.txt) = 2 ]'"),
), states=(("made", PF, "vfs", "2"),), ended=("host", "online"), packages=("nvme-cli",))

# What debootstrap does not resolve of what libvirt depends on stands here by name, too.
LIBVIRT = ("dbus", "libpam-systemd", "libvirt-daemon-system", "qemu-system-x86")
# A guest of libvirt, run by a QEMU within the emulated machine: VFIO itself asks for no KVM.
MANAGED = Way("managed", NEXT_BOOT.devices, boots=(
    ("passcheck plan --format sh > /out/host.sh", "run host -e /out/host.sh"),
    ("define GUEST", "see ready", f"follow_to_guest give --how managed {PF}", "see given",
     "run start -ec 'virsh start GUEST'", "see running", "held running",
     "run end -ec 'virsh destroy GUEST'", "see ended",
     "run back -ex /out/give-back.sh", "see back", "differ back ready back"),
), same=(("back", "ready", "back"),),
   states=(("given", PF, "driver", "e1000e"), ("running", PF, "driver", "vfio-pci"),
           ("ended", PF, "driver", "e1000e")), held=("running",),
   ended=("host", "define-GUEST", "start", "end", "back"), packages=LIBVIRT, size="2G", memory="2G")

CI = (WHOLE,)
KNOWN = {way.name: way for way in (*CI, OWNERS, VFIO_PF, NEXT_BOOT, NVME_VFS, EDITED, MANAGED)}

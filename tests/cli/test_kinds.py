"""Each kind of blocker and of caution, provoked on a tree of files: a sound host, and one change."""
import json
import os
import shutil
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, DISK, GPU, NIC, SOUND, SPARE_NIC, VF0, VMD_DISK  # noqa: E402
from support import SOURCE, TreeTest, audit, passcheck  # noqa: E402
from test_one_verdict import live_on  # noqa: E402

BAR = "0x{:016x} 0x{:016x} 0x{:016x}\n"
MEMORY_64 = 0x14220c
UNSET = 0x20000000
IOMMU_CAP = "sys/devices/virtual/iommu/dmar0/intel-iommu"


def set_bar(built, function, start, end, flags):
    lines = [BAR.format(start, end, flags)] + 16 * [machine.NO_RESOURCE]
    built.write(f"{built.paths[function]}/resource", "".join(lines))


def has_no_group(built):
    group = (built.root / built.paths[SPARE_NIC] / "iommu_group").resolve()
    (group / "devices" / SPARE_NIC).unlink()
    (built.root / built.paths[SPARE_NIC] / "iommu_group").unlink()


def is_noiommu(built):
    (built.root / built.paths[SPARE_NIC] / "iommu").unlink()
    built.write("sys/kernel/iommu_groups/14/name", "vfio-noiommu\n")
    built.write("sys/kernel/iommu_groups/14/reserved_regions", "")


def has_no_iommu_at_all(built):
    for path in built.paths.values():
        for link in ("iommu", "iommu_group"):
            (built.root / path / link).unlink(missing_ok=True)
    for folder in ("sys/kernel/iommu_groups", "sys/class/iommu"):
        shutil.rmtree(built.root / folder)
        (built.root / folder).mkdir()


def has_unremapped_interrupts(built):
    built.write("proc/interrupts", machine.INTERRUPTS.replace("IR-PCI-MSI", "PCI-MSI"))
    built.write(f"{IOMMU_CAP}/ecap", "f000d2\n")
    built.write("sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "N\n")


def is_on_the_denylist(built):
    path = built.paths[SPARE_NIC]
    built.set_ids(path, 0x8086, 0x19e2)
    built.write(f"{path}/vendor", "0x8086\n")
    built.write(f"{path}/device", "0x19e2\n")
    built.write("sys/module/vfio_pci/parameters/disable_denylist", "N\n")


def has_the_root_file_system(built):
    live_on(built, DISK, SPARE_NIC)


def has_a_bar_without_a_place(built):
    set_bar(built, GPU, 0, 0xfffffff, MEMORY_64 | UNSET)


def is_off_the_bus(built):
    built.write(f"{built.paths[SPARE_NIC]}/config", 4096 * b"\xff")


def has_no_vgpu_profile(built):
    path = built.paths[VF0]
    built.set_driver_again(path, "nvidia")
    built.set_ids(built.paths[NIC], 0x10de, 0x2235)
    built.write(f"{built.paths[NIC]}/vendor", "0x10de\n")
    built.write(f"{path}/vendor", "0x10de\n")
    for name, value in {"current_vgpu_type": "0", "creatable_vgpu_types": "ID : NAME\n557 : A40-1B"
                        }.items():
        built.write(f"{path}/nvidia/{name}", value + "\n")
    (built.root / path / "vfio-dev/vfio0").mkdir(parents=True)


def goes_with_its_own_pf(built):
    built.join_group(VF0, 4)
    built.set_driver_again(built.paths[NIC], "mlx5_core")


def shows_the_boot(built):
    built.write(f"{built.paths[GPU]}/boot_vga", "1\n")


def cannot_reset(built):
    built.set_ids(built.paths[GPU], 0x1002, 0x687f)
    built.write(f"{built.paths[GPU]}/vendor", "0x1002\n")
    built.write(f"{built.paths[GPU]}/device", "0x687f\n")
    built.write(f"{built.paths[GPU]}/reset_method", "bus\n")


def leaves_its_sound_behind(built):
    built.write("sys/kernel/iommu_groups/30/type", "DMA-FQ\n")
    built.write("sys/kernel/iommu_groups/30/reserved_regions", "")
    built.join_group(SOUND, 30)


def has_a_pf_on_vfio(built):
    built.set_driver_again(built.paths[NIC], "vfio-pci")
    built.write("sys/module/vfio_pci/parameters/enable_sriov", "Y\n")


def lies_behind_a_narrow_iommu(built):
    built.write("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: lm vmx\n"
                                "address sizes\t: 46 bits physical, 48 bits virtual\n")
    built.write(f"{IOMMU_CAP}/cap", "d2008c22260686\n")
    set_bar(built, GPU, 0x4000000000, 0x400fffffff, MEMORY_64)


def may_lose_its_power(built):
    built.set_driver_again(built.paths[GPU], "vfio-pci")
    built.write("sys/module/vfio_pci/parameters/disable_idle_d3", "N\n")
    built.write(f"{built.paths[GPU]}/d3cold_allowed", "1\n")
    (built.root / "sys/firmware/acpi/tables").mkdir(parents=True, exist_ok=True)
    node = "sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0A08:00/device:01"
    (built.root / node / "power_resources_D3hot").mkdir(parents=True)
    built.link(f"{built.paths['0000:00:01.0']}/firmware_node", node)


def is_a_grace_gpu_on_vfio(built):
    path = built.paths[GPU]
    built.set_ids(path, 0x10de, 0x2342)
    built.write(f"{path}/device", "0x2342\n")
    built.set_driver_again(path, "vfio-pci")


def is_beside_an_nvswitch(built):
    path = built.paths[GPU]
    config = bytearray((built.root / path / "config").read_bytes())
    config[9:12] = (0x030200).to_bytes(3, "little")
    built.write(f"{path}/config", bytes(config))
    built.write(f"{path}/class", "0x030200\n")
    built.function("0000:0f:00.0", machine.endpoint(0x10de, 0x22a3, 0x068000), 41, "nvidia-nvswitch",
                   built.port(0xf, 0xf, 42))


def is_part_of_a_bridge(built):
    bridge = "sys/devices/virtual/net/br0"
    (built.root / bridge).mkdir(parents=True)
    built.link(f"{built.paths[SPARE_NIC]}/net/eth7/master", bridge)


def lost_its_isolation(built):
    """The port above the spare NIC and that of the disk no longer redirect requests."""
    for port in ("0000:00:01.0", "0000:00:07.0"):
        config = bytearray((built.root / built.paths[port] / "config").read_bytes())
        at = config.index(struct.pack("<HH", 0x1f, 0x1d))
        struct.pack_into("<H", config, at + 2, 0)
        built.write(f"{built.paths[port]}/config", bytes(config))


def shares_its_line(built):
    path = built.paths[GPU]
    built.set_ids(path, 0x10ec, 0x8169)
    built.write(f"{path}/device", "0x8169\n")
    built.set_driver_again(path, "vfio-pci")
    config = bytearray((built.root / path / "config").read_bytes())
    config[0x3c:0x3e] = 11, 1
    built.write(f"{path}/config", bytes(config))
    built.write(f"{path}/irq", "16\n")
    interrupts = (built.root / "proc/interrupts").read_text()
    built.write("proc/interrupts", interrupts + " 16:  1  IR-IO-APIC  16-fasteoi  i801_smbus\n")


def refuses_the_module(built):
    """Nothing has loaded vfio_iommu_type1 yet, and nothing can."""
    built.write("proc/modules", "vfio_pci 1 0 - Live 0x0\n")
    built.write("proc/cmdline", "intel_iommu=on module_blacklist=vfio_iommu_type1\n")
    built.write("lib/modules/6.1.0-51-amd64/modules.builtin", "kernel/fs/ext4/ext4.ko\n")


# Kind, how the sound host becomes one that has it, and the function. None: it has it as it is.
BLOCKERS = (
    ("no-group", has_no_group, SPARE_NIC),
    ("noiommu", is_noiommu, SPARE_NIC),
    ("remapping-off", has_no_iommu_at_all, SPARE_NIC),
    ("interrupts", has_unremapped_interrupts, SPARE_NIC),
    ("denylist", is_on_the_denylist, SPARE_NIC),
    ("reserved-memory", None, BLOCKED),
    ("vfs-enabled", None, NIC),
    ("vmd", None, VMD_DISK),
    ("own-pf", goes_with_its_own_pf, VF0),
    ("host-use", has_the_root_file_system, DISK),
    ("bar-unplaced", has_a_bar_without_a_place, GPU),
    ("unreachable", is_off_the_bus, SPARE_NIC),
    ("vgpu-profile", has_no_vgpu_profile, VF0),
    ("vfio-module", refuses_the_module, SPARE_NIC),
)
CAUTIONS = (
    ("boot-display", shows_the_boot, GPU),
    ("reset", cannot_reset, GPU),
    ("split-device", leaves_its_sound_behind, GPU),
    ("variant", is_a_grace_gpu_on_vfio, GPU),
    ("nvlink", is_beside_an_nvswitch, GPU),
    ("vf-token", has_a_pf_on_vfio, VF0),
    ("address-width", lies_behind_a_narrow_iommu, GPU),
    ("power", may_lose_its_power, GPU),
    ("in-use", is_part_of_a_bridge, SPARE_NIC),
    ("stale-group", lost_its_isolation, SPARE_NIC),
    ("intx", shares_its_line, GPU),
)


def enumerated(schema, member):
    """The kinds that the schema has of blockers or cautions."""
    assignable = schema["$defs"]["function"]["properties"]["assignable"]["properties"]
    items = assignable[member]["items"]
    if "$ref" in items:
        items = schema["$defs"][items["$ref"].rsplit("/", maxsplit=1)[1]]
    return set(items["properties"]["kind"]["enum"])


class Kinds(TreeTest):
    def kinds_of(self, edit=lambda built: None):
        """Of each function, its kinds on the sound host, edited."""
        root = self.directory / "root"
        shutil.rmtree(root, ignore_errors=True)
        edit(machine.build(root))
        return {entry["address"]: {item["kind"] for member in ("blocked_by", "cautions")
                                   for item in entry["assignable"][member]}
                for entry in audit(root)["functions"]}

    def test_each_kind(self):
        sound = self.kinds_of()
        for kind, edit, function in BLOCKERS + CAUTIONS:
            with self.subTest(kind=kind):
                self.assertIn(kind, self.kinds_of(edit)[function] if edit else sound[function])
                if edit:
                    self.assertNotIn(kind, sound[function])

    def test_the_line_of_vfs_is_marked_where_one_has_a_caution(self):
        root = self.directory / "root"
        built = machine.build(root)
        self.assertRegex(passcheck("--root", root).stdout, r"2 VFs +assignable  ")
        has_a_pf_on_vfio(built)
        self.assertRegex(passcheck("--root", root).stdout, r"2 VFs +assignable!")

    def test_integrated_graphics(self):
        root = self.directory / "root"
        built = machine.Machine(root)
        config = machine.hosts.Config(0x8086, 0x3e92, 0x030000)
        built.function("0000:00:02.0", bytes(config.bytes), 1, "i915")
        entry, = audit(root)["functions"]
        self.assertIn("igd", {caution["kind"] for caution in entry["assignable"]["cautions"]})

    def test_graphics_inside_a_processor_of_amd(self):
        root = self.directory / "root"
        built = machine.Machine(root)
        port = built.port(8, 0xc6, 1)
        for address, vendor, device, code in (("0000:c6:00.0", 0x1002, 0x15bf, 0x030000),
                                              ("0000:c6:00.2", 0x1022, 0x15c7, 0x108000)):
            built.function(address, machine.endpoint(vendor, device, code, 2), 2, None, port)
        kinds = {entry["address"]: {caution["kind"] for caution in entry["assignable"]["cautions"]}
                 for entry in audit(root)["functions"]}
        self.assertLessEqual({"rom", "reset"}, kinds["0000:c6:00.0"])
        self.assertFalse({"rom", "reset"} & kinds["0000:c6:00.2"])

    def test_no_kind_is_missing_here(self):
        with open(SOURCE / "docs/passcheck.schema.json", encoding="utf-8") as file:
            schema = json.load(file)
        # Only an IORT makes coherency a blocker: unit.checks.acpi-iort provokes it.
        self.assertEqual(enumerated(schema, "blocked_by"),
                         {kind for kind, _, _ in BLOCKERS} | {"coherency"})
        self.assertEqual(enumerated(schema, "cautions"),
                         {kind for kind, _, _ in CAUTIONS} | {"igd", "rom"})


if __name__ == "__main__":
    unittest.main()

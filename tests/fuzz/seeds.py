"""Fills a folder with what the fuzzers begin with: files of the fixtures, by target.

python3 seeds.py FOLDER: FOLDER/TARGET is then the corpus of fuzz-TARGET.c.
"""
import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parents[1] / "fixtures"
LONGEST = 64 * 1024

# Which files of a captured host are input of which target.
FILES = {
    "cmdline": "proc/cmdline",
    "config": "sys/devices/pci*/**/config",
    "cpuinfo": "proc/cpuinfo",
    "dmar": "sys/firmware/acpi/tables/DMAR",
    "index": ".passcheck/capture.json",
    "interrupts": "proc/interrupts",
    "iort": "sys/firmware/acpi/tables/IORT",
    "ivrs": "sys/firmware/acpi/tables/IVRS",
    "kconfig": "boot/config-*",
    "madt": "sys/firmware/acpi/tables/APIC",
    "viot": "sys/firmware/acpi/tables/VIOT",
    "resource": "sys/devices/pci*/**/resource",
}

# Where no capture holds any.
TEXTS = {
    "boot": [
        "title Linux\nversion 6.1\nlinux /l\noptions $kernelopts ${tuned_params} intel_iommu=on\n",
        "MZ".ljust(60, "\0") + "\x40\0\0\0PE\0\0\0\0\1\0".ljust(28, "\0") +
        ".cmdline\5\0\0\0\0\0\0\0\5\0\0\0\x40".ljust(40, "\0") + "quiet",
    ],
    "domain-xml": [
        "<domain type='kvm'><name>a</name><memory unit='GiB'>4</memory>"
        "<vcpu cpuset='0-3,^2'>2</vcpu><os><type machine='q35'>hvm</type></os>"
        "<memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>"
        "<numatune><memory mode='strict' nodeset='0'/></numatune>"
        "<devices><hostdev mode='subsystem' type='pci' managed='yes'><source>"
        "<address domain='0x0' bus='3' slot='0x00' function='0'/></source>"
        "<address type='pci' domain='0' bus='0x01' slot='0' function='0' multifunction='on'/>"
        "</hostdev><controller type='pci' index='1' model='pcie-root-port'/>"
        "<interface type='hostdev'><mac address='52:54:00:00:00:01'/><source>"
        "<address type='pci' bus='0x03' slot='0x10' function='0'/></source></interface>"
        "</devices></domain>",
        "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>b</name>"
        "<cpu mode='host-passthrough'><maxphysaddr mode='passthrough' limit='39'/></cpu>"
        "<devices><disk type='nvme'><source type='pci' managed='yes' namespace='1'>"
        "<address bus='0x03' slot='0x00' function='0'/></source></disk>"
        "<hostdev type='mdev'/><hostdev type='pci'><driver model='x' iommufd='yes'/></hostdev>"
        "</devices><qemu:commandline><qemu:arg value='-device'/>"
        "<qemu:arg value='{&quot;driver&quot;:&quot;vfio-pci&quot;}'/></qemu:commandline></domain>",
        "<network><name>n</name><forward mode='hostdev'><pf dev='eth0'/>"
        "<address type='pci' bus='3' slot='16' function='0'/></forward></network>",
    ],
    "guest-text": [
        "vmgenid: 1\nname: a\nmachine: q35\nmemory: current=2048\n"
        "hostpci0: host=0000:01:00;02:00.1,pcie=1\nhostpci1: mapping=gpu\nargs: -drive "
        "file=nvme://1:0.0/1\n[PENDING]\ndelete: hostpci1\n[snap]\nhostpci2: 3\n",
        "gpu\n\tdescription a\n\tmap id=10de:2235,iommugroup=12,node=a,path=0000:41:00.0;0000:42:00\n",
        "qemu-system-x86_64 -name guest=a -m size=4G \\\n -device '{\"driver\":\"vfio-pci\","
        "\"host\":\"01:00.0\"}'\nroot 1 /usr/bin/qemu-kvm -device vfio-pci,host=02:00.0 -S\n",
        "apiVersion: kubevirt.io/v1\nmetadata: {name: a}\nspec:\n  configuration:\n"
        "    permittedHostDevices:\n      pciHostDevices:\n"
        "      - {pciVendorSelector: \"10DE:1EB8\", resourceName: n/t4}\n"
        "  template: {spec: {domain: {memory: {guest: 4Gi}, devices: {gpus: [{deviceName: n/t4}],"
        " interfaces: [{sriov: {}}]}}}}\n---\nitems: [*a]\n",
        "- name: a\n  config: {limits.memory: 4GiB}\n  expanded_devices:\n"
        "    gpu0: &g {type: gpu, gputype: physical, pci: \"0000:03:00.0\"}\n"
        "    fc0: {type: pci, address: 04:00.0}\n    n: {type: nic, nictype: sriov}\n    x: *g\n",
    ],
    "log": [
        "<6>[    1.0] vfio-pci 0000:c3:00.0: BAR 0: can't reserve [mem 0x1000-0x1fff 64bit pref]\n",
        '{"MESSAGE":"vfio 0000:01:00.0: failed to setup container for group 15: Failed to set iommu '
        'for container: Operation not permitted","_PID":"1"}\n{"MESSAGE":[118,102,105,111]}\n',
        'time="2024-01-09T10:03:12Z" level=error msg="vfio_dma_map(0x1, 0x2, 0x3, 0x4) = -22"\n',
        "Linux version 6.1.0 (a)\nCommand line: quiet a=\"b c\"\npci 0000:01:00.0: [8086:1533] type 00\n"
        "pci 0000:01:00.0: Adding to iommu group 4\n> vfio 01:00.0: group 4\n> is not viable\n",
    ],
    "requirements": [
        '{"requirements": ["passthrough=gpu:2", "vfs=8086:10c9:7", "isolated=eth0"]}',
        '["interrupt-remapping"]',
        "passthrough=0000:03:00.0:1",
    ],
    "snapshot": [
        '{"schema_version": "1.0", "tool": {"name": "passcheck", "version": "0"}, "host": {},'
        '"run": {"complete": true}, "verdict": "ready", "requirements": [{"text": "a", "met": null}],'
        '"findings": [{"id": "a.b", "subject": {"type": "host", "id": null}, "verdict": "fail",'
        '"summary": "a"}], "groups": [{"id": 1, "functions": ["0000:01:00.0"]}],'
        '"functions": [{"address": "0000:01:00.0", "vendor_id": "0x8086", "device_id": "0x10d3",'
        '"serial": null, "physical_slot": 1, "driver": "e1000e", "assignable":'
        '{"verdict": "blocked"}, "sriov": {"max_vfs": {"effective": 7}}}]}',
    ],
    "words": ["plain", "\x1b[31m\u202e\u00e9\U0001f600"],
}

# Hosts of fuzz-topology.c: kind, parent, slot and function, driver, group, ACS, VFs, what is lost.
TOPOLOGIES = [
    [(0, 0, 0x08, 0, 0, 0xff, 0, 0), (5, 1, 0, 3, 1, 0, 7, 1), (5, 1, 1, 1, 1, 0, 0, 0)],
    [(4, 0, 0x08, 0, 0, 0, 0, 0), (8, 1, 0, 5, 0, 0, 0, 0), (6, 1, 0x10, 2, 0, 0, 0, 0)],
    [(0, 0, 0x10, 0, 0, 0x80, 0, 0), (1, 1, 0, 0, 0, 0, 0, 0), (2, 2, 0, 0, 0, 0, 0, 0),
     (2, 2, 8, 0, 0, 0, 0, 0), (5, 3, 0, 3, 0, 0, 0, 0), (9, 4, 0, 4, 0, 0, 0, 2),
     (7, 0, 0xf8, 0, 9, 0, 0, 4)],
]


def tree_paths():
    """Returns the paths that fuzz-tree.c lets the input fill, in its order."""
    source = (HERE / "fuzz-tree.c").read_text()
    listed = source[source.index("files[] = {"):source.index("static void make_tree")]
    return [path.replace("FUNCTION ", "") for path in re.findall(r'(?:FUNCTION )?"[^"]*"', listed)]


def tree_seed(root):
    """Returns the files of a host as parts of a tree: which one, length, content."""
    parts = b""
    for number, path in enumerate(tree_paths()):
        name = path.strip('"').lstrip("/")
        found = sorted(root.glob(name)) or sorted(root.glob(f"sys/devices/pci*/*/{name}"))
        if found and found[0].is_file():
            content = found[-1].read_bytes()[:8191]
            parts += bytes([number]) + len(content).to_bytes(2, "little") + content
    return parts


def keep(folder, content):
    folder.mkdir(parents=True, exist_ok=True)
    if content:
        (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content[:LONGEST])


def fill(corpora):
    roots = sorted(FIXTURES.glob("*/root"))
    for target in HERE.glob("fuzz-*.c"):
        keep(corpora / target.stem.removeprefix("fuzz-"), b"")
    for target, pattern in FILES.items():
        for root in roots:
            for file in root.glob(pattern):
                keep(corpora / target, file.read_bytes())
    for target, texts in TEXTS.items():
        for text in texts:
            keep(corpora / target, text.encode())
    for root in roots:
        keep(corpora / "tree", tree_seed(root))
    for records in TOPOLOGIES:
        keep(corpora / "topology", bytes(byte for record in records for byte in record))


if __name__ == "__main__":
    fill(pathlib.Path(sys.argv[1]))

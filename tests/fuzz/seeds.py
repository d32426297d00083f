"""Fills a folder with what the fuzzers begin with, by target: files of the fixtures, and inputs that
fuzzers found and that corpus/TARGET keeps, one in each line.

python3 seeds.py FOLDER: FOLDER/TARGET is then the corpus of fuzz-TARGET.c.
python3 seeds.py --keep TARGET PATH...: adds inputs to corpus/TARGET, the shortest first, within its
bounds. A PATH is a file, as a crash leaves it, or a folder of such.
"""
import base64
import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parents[1] / "fixtures"
CORPUS = HERE / "corpus"
LONGEST = 64 * 1024
LONGEST_KEPT = 1024    # bytes of an input
MOST_KEPT = 12 * 1024  # bytes of all inputs of a target

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
    "module-lists": [
        "\0MODULES=(nvme virtio\n 'a' \"b\")\nMODULES+=(c)\nx=\"\\\"\"; force_drivers+=\" nvme \"\n",
        "\1KERNEL==\"0000:01:00.0\", \\\n ATTR{driver_override}=\"none\", RUN+=\"modprobe a\"\n",
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
    "sriov-config": [
        "!post-up echo 4 > /sys/class/net/$IFACE/device/sriov_numvfs\niface eth0\n",
        "\x06network:\n  ethernets:\n    a:\n      match: {name: eth0}\n"
        "      virtual-function-count: 4\n",
        "\x26bootcmd:\n- echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n",
        "\x28Content-Type: multipart/mixed;\n boundary=x\n\n--x\nContent-Type: "
        "text/cloud-boothook\n\necho 4 > sriov_numvfs\n--x\n"
        "Content-Transfer-Encoding: base64\n\nAA\n--x--\n",
        "\4[Match]\nOriginalName=eth0\n[Link]\nSR-IOVVirtualFunctions=4\n",
    ],
    "words": ["plain", "\x1b[31m\u202e\u00e9\U0001f600"],
}

# Hosts of fuzz-topology.c. The platform: table, its flags, kernel, what is lost, damage, value, place.
# Functions: kind, parent, slot and function, driver, group, ACS, VFs, traits.
TOPOLOGIES = [
    [(0, 1, 0, 0, 0, 0, 0, 0),
     (0, 0, 0x08, 0, 0, 0xff, 0, 8), (5, 1, 0, 3, 1, 0, 7, 1), (5, 1, 1, 1, 1, 0, 0, 0)],
    [(1, 1, 1, 0, 1, 2, 60, 0),
     (4, 0, 0x08, 0, 0, 0, 0, 0), (8, 1, 0, 5, 0, 0, 0, 0), (6, 1, 0x10, 2, 0, 0, 0, 16)],
    [(2, 1, 1, 8, 2, 0, 80, 0),
     (0, 0, 0x10, 0, 0, 0x80, 0, 0), (1, 1, 0, 0, 0, 0, 0, 0), (2, 2, 0, 0, 0, 0, 0, 0),
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


def kept(target):
    """Returns the inputs that the repository keeps for a target."""
    file = CORPUS / target
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    inputs = [base64.b64decode(line, validate=True) for line in lines]
    if sum(map(len, inputs)) > MOST_KEPT or any(len(one) > LONGEST_KEPT for one in inputs):
        raise ValueError(f"{file} is larger than its bounds")
    return inputs


def keep_more(target, paths):
    """Adds inputs to those of a target, as far as there is room. Returns how many were added."""
    inputs = kept(target)
    before, room = len(inputs), MOST_KEPT - sum(map(len, inputs))
    files = [file for path in paths for file in (path.iterdir() if path.is_dir() else [path])]
    for content in sorted((file.read_bytes() for file in files), key=lambda content: (len(content), content)):
        if content and content not in inputs and len(content) <= min(room, LONGEST_KEPT):
            inputs.append(content)
            room -= len(content)
    CORPUS.mkdir(exist_ok=True)
    lines = sorted(base64.b64encode(content).decode() for content in inputs)
    (CORPUS / target).write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    return len(inputs) - before


def fill(corpora):
    roots = sorted(FIXTURES.glob("*/root"))
    for target in HERE.glob("fuzz-*.c"):
        name = target.stem.removeprefix("fuzz-")
        keep(corpora / name, b"")
        for content in kept(name):
            keep(corpora / name, content)
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
    if sys.argv[1] == "--keep":
        print(keep_more(sys.argv[2], [pathlib.Path(path) for path in sys.argv[3:]]), "inputs more")
    else:
        fill(pathlib.Path(sys.argv[1]))

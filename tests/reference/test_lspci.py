#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What passcheck decodes from config space agrees with what lspci decodes from the same bytes."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support import SHARED_DATA, SOURCE, audit, shared_trees, skip, unpack, write_tree

HEADER_SIZE, CONVENTIONAL_SIZE, EXPRESS_SIZE = 64, 256, 4096
DEVICES = "sys/bus/pci/devices"

PORT_TYPES = {
    "Endpoint": "endpoint",
    "Legacy Endpoint": "legacy-endpoint",
    "Root Port": "root-port",
    "Upstream Port": "upstream-port",
    "Downstream Port": "downstream-port",
    "PCI-Express to PCI/PCI-X Bridge": "pcie-to-pci-bridge",
    "PCI/PCI-X to PCI-Express Bridge": "pci-to-pcie-bridge",
    "Root Complex Integrated Endpoint": "integrated-endpoint",
    "Root Complex Event Collector": "event-collector",
}
ACS_BITS = {"SrcValid": "SV", "TransBlk": "TB", "ReqRedir": "RR", "CmpltRedir": "CR",
            "UpstreamFwd": "UF", "EgressCtrl": "EC", "DirectTrans": "DT"}

ADDRESS = re.compile(r"^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) ", re.MULTILINE)
DUMP_LINE = re.compile(r"^([0-9a-f]{2,3}):((?: [0-9a-f]{2}){1,16})\s*$")
EXPRESS = re.compile(r"^\tCapabilities: \[\w+\] Express \(v\d\) ([^,(\n]+?)(?: \(|,)", re.MULTILINE)
ARI_FORWARDING = re.compile(r"DevCtl2:.*?ARIFwd([+-])", re.DOTALL)
SRIOV = re.compile(
    r"Single Root I/O Virtualization.*?ARIHierarchy(?P<ari>[+-])"
    r".*?Initial VFs: (?P<initial_vfs>\d+), Total VFs: (?P<total_vfs>\d+),"
    r" Number of VFs: (?P<num_vfs>\d+)"
    r".*?VF offset: (?P<first_vf_offset>\d+), stride: (?P<vf_stride>\d+),"
    r" Device ID: (?P<vf_device_id>[0-9a-f]{4})", re.DOTALL)


def bits(text, name):
    """Returns the ACS bits that the line of that name shows as set, in order."""
    line = re.search(rf"{name}:\t(.*)", text).group(1)
    return [ACS_BITS[word[:-1]] for word in line.split() if word.endswith("+")]


def decode(text):
    """Returns what lspci's words on one function say, in the terms of passcheck's report."""
    express, sriov = EXPRESS.search(text), SRIOV.search(text)
    record = {"port_type": PORT_TYPES[express.group(1)] if express else None,
              "ari_forwarding": "ARIFwd+" in (ARI_FORWARDING.search(text) or [""])[0],
              "acs": None, "sriov": None}
    if "Access Control Services" in text:
        record["acs"] = {"supported": bits(text, "ACSCap"), "enabled": bits(text, "ACSCtl")}
    if sriov:
        fields = sriov.groupdict()
        record["sriov"] = {"ari": fields.pop("ari") == "+",
                           "vf_device_id": f"0x{fields.pop('vf_device_id')}",
                           **{name: int(value) for name, value in fields.items()}}
    return record


def with_domain(address):
    return address if address.count(":") == 2 else f"0000:{address}"


def lspci(*arguments):
    """Returns what lspci says of each function, by address."""
    result = subprocess.run(["lspci", "-vvv", "-D", "-n", *arguments], capture_output=True,
                            text=True, errors="replace", check=True, timeout=120)
    parts = ADDRESS.split(result.stdout)[1:]
    return {with_domain(address): decode(text) for address, text in zip(parts[::2], parts[1::2])}


def read_dump(path):
    """Returns the config space of each function of a dump by `lspci -x`."""
    functions, config = {}, None
    for line in path.read_text(errors="replace").splitlines():
        address, row = ADDRESS.match(line), DUMP_LINE.match(line)
        if address:
            config = functions.setdefault(with_domain(address.group(1)), bytearray())
        elif row and config is not None and int(row.group(1), 16) == len(config):
            config += bytes.fromhex(row.group(2))
    return {address: bytes(config) for address, config in functions.items()
            if len(config) >= HEADER_SIZE}


def attributes(config):
    """Returns the attributes that lspci wants and that config space tells."""
    word = lambda offset: int.from_bytes(config[offset:offset + 2], "little")
    return {"vendor": f"0x{word(0):04x}\n", "device": f"0x{word(2):04x}\n",
            "class": f"0x{int.from_bytes(config[9:12], 'little'):06x}\n", "irq": "0\n",
            "resource": f"0x{0:016x} 0x{0:016x} 0x{0:016x}\n" * 13}


def tree_of(functions, directory):
    """Makes a tree of functions that all lie on root buses."""
    files = {}
    for address, config in functions.items():
        folder = f"sys/devices/pci{address.rsplit(':', 2)[0]}:00/{address}"
        files[f"{DEVICES}/{address}"] = (f"../../../../{folder}",)
        files[f"{folder}/config"] = config
        files |= {f"{folder}/{name}": text for name, text in attributes(config).items()}
    return write_tree(files, directory)


def complete(tree):
    """Adds to each function of a tree the files that lspci wants and passcheck does not."""
    for link in (tree / DEVICES).iterdir():
        folder = link.resolve()
        if not folder.is_relative_to(tree.resolve()) or not (folder / "config").exists():
            continue
        for name, text in attributes((folder / "config").read_bytes()).items():
            if not (folder / name).exists():
                (folder / name).write_text(text)
    return tree


def config_sizes(tree):
    return {link.name: len((link / "config").read_bytes()) for link in (tree / DEVICES).iterdir()
            if (link / "config").exists()}


class LspciTest(unittest.TestCase):
    """Both tools read the same bytes."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def compare_extended(self, name, function, expected, size):
        """Compares an extended capability: absent where lspci saw none, unless it was not read."""
        ours = function[name]
        if expected is not None:
            self.assertEqual(expected, {field: ours[field] for field in expected})
        elif function["port_type"] and size < EXPRESS_SIZE:
            self.assertEqual({"state": "unreadable"}, ours)
        else:
            self.assertIsNone(ours)

    def compare_function(self, function, theirs, size):
        self.assertEqual(theirs["port_type"], function["port_type"])
        self.compare_extended("acs", function, theirs["acs"], size)
        in_report = {name: value for name, value in (theirs["sriov"] or {}).items()
                     if name not in ("ari", "num_vfs")}
        self.compare_extended("sriov", function, in_report or None, size)

    def compare_evidence(self, report, theirs):
        """Compares what only the findings on a PF tell: NumVFs, and ARI of it and of its port."""
        for finding in report["findings"]:
            address = finding["subject"]["id"]
            if finding["check"] != "sriov" or not (theirs.get(address) or {}).get("sriov"):
                continue
            said = ", ".join(evidence["value"] or "" for evidence in finding["evidence"])
            sriov = theirs[address]["sriov"]
            self.assertIn(f"NumVFs {sriov['num_vfs']},", said)
            self.assertIn(f"ARI {'enabled' if sriov['ari'] else 'disabled'},", said)
            port = re.search(r"the port (\S+) has (?:no )?ARI forwarding(, enabled)?", said)
            if port:
                self.assertEqual(theirs[port.group(1)]["ari_forwarding"], bool(port.group(2)))

    def compare(self, tree, theirs):
        report, sizes = audit(tree), config_sizes(tree)
        functions = {function["address"]: function for function in report["functions"]}
        self.assertEqual(sorted(theirs), sorted(functions))
        for address, function in functions.items():
            # 64 bytes show that there are capabilities, and lspci says nothing of them.
            if sizes[address] == HEADER_SIZE:
                continue
            with self.subTest(function=address):
                self.compare_function(function, theirs[address], sizes[address])
        self.compare_evidence(report, theirs)

    def compare_tree(self, tree):
        self.compare(tree, lspci("-A", "linux-sysfs", "-O", f"sysfs.path={tree}/sys/bus/pci"))

    def test_captured_hosts(self):
        if not SHARED_DATA.is_dir():
            self.skipTest(f"no captures in {SHARED_DATA}")
        for name, archive in shared_trees():
            with self.subTest(host=name):
                self.compare_tree(unpack(archive, self.directory / name))

    def test_fixtures(self):
        roots = sorted(SOURCE.glob("fixtures/*/root"))
        if not roots:
            self.skipTest("no fixtures")
        for root in roots:
            with self.subTest(host=root.parent.name):
                copy = shutil.copytree(root, self.directory / root.parent.name, symlinks=True)
                self.compare_tree(complete(copy))

    def test_dumps_of_real_devices(self):
        dumps = sorted(SHARED_DATA.glob("lspci/*"))
        if not dumps:
            self.skipTest(f"no dumps in {SHARED_DATA}/lspci")
        for dump in dumps:
            functions = read_dump(dump)
            with self.subTest(dump=dump.name):
                self.assertTrue(functions)
                tree = tree_of(functions, self.directory / dump.name)
                theirs = lspci("-F", dump)
                self.compare(tree, {address: theirs[address] for address in functions})


if __name__ == "__main__":
    if not shutil.which("lspci"):
        skip("no lspci")
    unittest.main(verbosity=2)

"""passcheck's decoding of IORTs against iasl's own, where iasl is there.

The tables are shared data: SHARED/acpi/iort*.dat.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import support  # noqa: E402

TABLES = sorted((support.SHARED_DATA / "acpi").glob("iort*.dat"))
LINE = re.compile(r"\[[0-9A-F]+h [0-9]+ +(?:[0-9]+|[0-9A-F]+h)\] +(?P<key>[^:]+?) :(?: (?P<value>.*))?$")

# iasl's names of what passcheck decodes: of a node, and of its mappings.
NODE_FIELDS = {"Length": "bytes", "Revision": "revision", "Base Address": "base",
               "Model": "model", "Event GSIV": "event_interrupt", "PRI GSIV": "pri_interrupt",
               "GERR GSIV": "error_interrupt", "Sync GSIV": "sync_interrupt",
               "PCI Segment Number": "segment", "Memory Size Limit": "address_limit",
               "VATOS Address": "vatos", "Identifier": "identifier"}
MAPPING_FIELDS = {"Input base": "input_base", "ID Count": "id_count",
                  "Output Base": "output_base", "Output Reference": "reference"}


def number(value):
    return value if isinstance(value, int) else int(value, 16)


def iasl_nodes(table):
    """The nodes as iasl prints them: pairs of name and value, from each Type on."""
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "iort.dat")
        path.write_bytes(table)
        subprocess.run(["iasl", "-d", path], capture_output=True, check=True)
        text = path.with_suffix(".dsl").read_text(encoding="utf-8", errors="replace")
    nodes = []
    for line in text[:text.find("Raw Table Data")].splitlines():
        match = LINE.match(line)
        if match and match["key"] == "Type":
            nodes.append([])
        if match and nodes:
            nodes[-1].append((match["key"].strip(), (match["value"] or "").split("(")[0].strip()))
    return nodes


class Iort(unittest.TestCase):
    def compare(self, names, theirs, ours):
        for key, value in theirs:
            if key in names and names[key] in ours:
                self.assertEqual(number(ours[names[key]]), int(value, 16), key)
                self.count += 1

    def test_tables_decode_as_iasl_says(self):
        self.count = 0
        for path in TABLES:
            with self.subTest(path.name), tempfile.TemporaryDirectory() as directory:
                root = support.write_tree({
                    "/sys/firmware/acpi/tables/IORT": path.read_bytes(),
                    "/proc/version": "Linux version 6.12.1 (a@b) #1 SMP\n",
                }, pathlib.Path(directory))
                ours = support.audit(root, "--check", "acpi-iort")["iommu"]["iort"]["nodes"]
                theirs = iasl_nodes(path.read_bytes())
                self.assertEqual(len(ours), len(theirs))
                for node, fields in zip(ours, theirs):
                    self.assertEqual(node["type"], int(fields[0][1], 16))
                    self.compare(NODE_FIELDS, fields, node)
                    mapped = [field for field in fields if field[0] in MAPPING_FIELDS]
                    self.assertEqual(len(mapped), len(MAPPING_FIELDS) * len(node["mappings"]))
                    for index, mapping in enumerate(node["mappings"]):
                        start = index * len(MAPPING_FIELDS)
                        self.compare(MAPPING_FIELDS, mapped[start:start + len(MAPPING_FIELDS)],
                                     mapping)
        print(f"{len(TABLES)} tables, {self.count} fields compared")
        self.assertGreater(self.count, 20)


if __name__ == "__main__":
    if not TABLES or not shutil.which("iasl"):
        support.skip("there are no IORTs, or no iasl")
    unittest.main()

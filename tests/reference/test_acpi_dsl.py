"""passcheck's decoding of DMAR and IVRS against that of iasl 20250404, field by field.

The tables of other machines and iasl's text of each are shared data: SHARED/acpi/NAME.{dat,dsl}.
"""
import functools
import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import support  # noqa: E402

TABLES = support.SHARED_DATA / "acpi"

LINE = re.compile(r"\[[0-9A-F]+h [0-9]+ +[0-9A-F]+h\] +(?P<key>[^:]+?) :(?: (?P<value>.*))?$")

# What iasl prints and passcheck has no use for: it decides nothing.
UNUSED = {"Checksum", "Oem Revision", "Asl Compiler ID", "Asl Compiler Revision",
          "Signature"}

DMAR_TYPES = ["drhd", "rmrr", "atsr", "rhsa", "andd", "satc", "sidp"]
SCOPE_TYPES = [None, "endpoint", "bridge", "ioapic", "hpet", "namespace"]
DMAR_FLAGS = ["interrupt_remapping", "x2apic_opt_out", "platform_opt_in"]
IVHD_TYPES = {"10", "11", "40"}
# The members that tell whom an IVMD is for, by its type: all, one, a range.
IVMD_IDS = {0x20: (), 0x21: ("device_id",), 0x22: ("device_id", "last_device_id")}
IVMD_TYPES = {"20", "21", "22"}


class Part(dict):
    """A structure of iasl's text: its fields, and the parts inside."""

    def __init__(self, start):
        super().__init__()
        self.start = start
        self.parts = []
        self.reserved = []

    def number(self, key):
        return int(self.pop(key).split()[0], 16)

    def text(self, key):
        """A string in quotes; bytes that are all 0 stand for none."""
        value = self.pop(key)
        return value.split('"')[1] if '"' in value else value.strip("0")


def fields(dsl):
    """Yields the fields of iasl's text. Lines without offset repeat bits of the one above."""
    for line in dsl.splitlines():
        if line.startswith("Raw Table Data"):
            return
        match = LINE.match(line)
        if match:
            yield match["key"].removesuffix(" (decoded below)"), (match["value"] or "").strip()


def begins(table, key, value):
    """Returns how deep a part lies that the field begins, or None."""
    if key == "Device Scope Type":
        return 1
    if key != "Subtable Type":
        return None
    if table == "DMAR" or value.split()[0] in IVHD_TYPES | IVMD_TYPES:
        return 0
    return 1


def parse(table, dsl):
    header = part = Part("header")
    for key, value in fields(dsl):
        depth = begins(table, key, value)
        if depth == 0:
            part = Part(value)
            header.parts.append(part)
        elif depth == 1:
            part = Part(value)
            header.parts[-1].parts.append(part)
        elif key == "PCI Path":
            part.setdefault(key, []).append(value)
        elif key == "Reserved":
            # Behind the EFR image lies a field that iasl has no name for, and IVMDs have another.
            part.reserved.append(value)
        elif key not in UNUSED:
            part[key] = value
    return header


def number(text):
    return int(text, 16)


class Comparison:
    """Compares one table, and counts the fields."""

    def __init__(self, test, name, decoded, header):
        self.test, self.name, self.decoded, self.header = test, name, decoded, header
        self.count = 0

    def same(self, ours, theirs, what):
        self.test.assertEqual(ours, theirs, f"{self.name}: {what}")
        self.count += 1

    def done(self, part, what):
        self.test.assertFalse(part, f"{self.name}: {what} has fields that were not compared")

    def compare_header(self):
        header = self.header
        self.same(self.decoded["length"], header.number("Table Length"), "length")
        self.same(self.decoded["revision"], header.number("Revision"), "revision")
        for key, field in [("oem_id", "Oem ID"), ("oem_table_id", "Oem Table ID")]:
            # iasl shows a blank for what is not printable.
            ours = "".join(c if c.isprintable() else " " for c in self.decoded[key])
            self.same(ours, header.text(field), key)

    def compare_scope(self, ours, theirs):
        self.same(ours["type"], SCOPE_TYPES[number(theirs.start.split()[0])], "scope type")
        length = theirs.number("Entry Length")
        self.same(6 + 2 * len(ours["path"]), length, "scope length")
        self.same(number(ours["flags"]), theirs.number("Flags"), "scope flags")
        self.same(ours["enumeration_id"], theirs.number("Enumeration ID"), "enumeration id")
        self.same(number(ours["start_bus"]), theirs.number("PCI Bus Number"), "start bus")
        path = [tuple(map(number, part.split("."))) for part in ours["path"]]
        self.same(path, [tuple(map(number, part.split(","))) for part in theirs.pop("PCI Path")],
                  "path")
        self.done(theirs, "scope")

    def compare_drhd(self, ours, theirs):
        flags = theirs.number("Flags")
        self.same(number(ours["flags"]), flags, "flags")
        self.same(ours["include_pci_all"], bool(flags & 1), "INCLUDE_PCI_ALL")
        self.same(ours["size"], theirs.number("Size"), "size")
        self.same(ours["segment"], theirs.number("PCI Segment Number"), "segment")
        self.same(number(ours["register_base"]), theirs.number("Register Base Address"), "base")

    def compare_rmrr(self, ours, theirs):
        self.same(ours["segment"], theirs.number("PCI Segment Number"), "segment")
        self.same(number(ours["base"]), theirs.number("Base Address"), "base")
        self.same(number(ours["end"]), theirs.number("End Address (limit)"), "end")

    def compare_atsr(self, ours, theirs):
        self.same(number(ours["flags"]), theirs.number("Flags"), "flags")
        self.same(ours["segment"], theirs.number("PCI Segment Number"), "segment")

    compare_satc = compare_atsr

    def compare_rhsa(self, ours, theirs):
        self.same(number(ours["register_base"]), theirs.number("Base Address"), "base")
        self.same(ours["proximity_domain"], theirs.number("Proximity Domain"), "domain")

    def compare_andd(self, ours, theirs):
        self.same(ours["device_number"], theirs.number("Device Number"), "device number")
        self.same(ours["name"], theirs.text("Device Name"), "name")

    def compare_sidp(self, ours, theirs):
        self.same(ours["segment"], theirs.number("PCI Segment Number"), "segment")

    def compare_dmar(self):
        header, decoded = self.header, self.decoded
        self.compare_header()
        self.same(decoded["host_address_width"] - 1, header.number("Host Address Width"), "width")
        flags = header.number("Flags")
        self.same(decoded["flags"],
                  [name for bit, name in enumerate(DMAR_FLAGS) if flags >> bit & 1], "flags")
        self.same(len(decoded["structures"]), len(header.parts), "structures")
        for ours, theirs in zip(decoded["structures"], header.parts):
            self.same(ours["type"], DMAR_TYPES[number(theirs.start.split()[0])], "type")
            self.same(ours["bytes"], theirs.number("Length"), "length")
            getattr(self, "compare_" + ours["type"])(ours, theirs)
            self.same(len(ours.get("scopes", [])), len(theirs.parts), "scopes")
            for our_scope, their_scope in zip(ours.get("scopes", []), theirs.parts):
                self.compare_scope(our_scope, their_scope)
            self.done(theirs, ours["type"])
        self.done(header, "header")

    def compare_entry(self, ours, theirs):
        kind = theirs.start.split()[0]
        self.same(number(ours["type"]), number(kind), "entry type")
        self.same(number(ours["device_id"]), theirs.number("Device ID"), "device id")
        self.same(number(ours["setting"]), theirs.number("Data Setting"), "setting")
        for key, field, of in [("alias", "Source Used Device ID", number),
                               ("extended", "Extended Data", number),
                               ("handle", "Handle", lambda value: value),
                               ("variety", "Variety", lambda value: value)]:
            self.same(key in ours, field in theirs, f"{key} of entry 0x{kind}")
            if key in ours:
                self.same(of(ours[key]), theirs.number(field), key)
        if kind == "F0":
            self.same(ours["hid"], theirs.text("ACPI HID"), "HID")
            self.same(ours["cid"], theirs.text("ACPI CID"), "CID")
            self.compare_uid(ours, theirs)
        self.done(theirs, f"entry 0x{kind}")

    def compare_uid(self, ours, theirs):
        if "UID Format" not in theirs:
            # iasl leaves the fields out where there is no UID.
            self.same((ours["uid_format"], ours["uid"]), (0, None), "no UID")
            return
        self.same(ours["uid_format"], theirs.number("UID Format"), "UID format")
        self.same(len(ours["uid"]), theirs.number("UID Length"), "UID length")
        self.same(ours["uid"], theirs.text("UID"), "UID")

    def compare_ivhd(self, ours, theirs):
        legacy = theirs.start.startswith("10")
        for key, field in [("flags", "Flags"), ("device_id", "DeviceId"),
                           ("capability_offset", "Capability Offset"),
                           ("base_address", "Base Address"), ("info", "Virtualization Info"),
                           ("features", "Feature Reporting" if legacy else "Attributes")]:
            self.same(number(ours[key]), theirs.number(field), key)
        self.same(ours["segment"], theirs.number("PCI Segment Group"), "segment")
        if legacy:
            self.same(ours["efr"], None, "EFR of type 0x10")
        else:
            self.same(number(ours["efr"]), theirs.number("EFR Image"), "EFR")
            self.same(number(ours["efr2"]), number(theirs.reserved[0]), "EFR2")
        entries = ours["entries"]
        self.same(len(entries), len(theirs.parts), "entries")
        for our_entry, their_entry in zip(entries, theirs.parts):
            self.compare_entry(our_entry, their_entry)

    def compare_ivmd(self, ours, theirs):
        # What a type does not have is no member of ours; iasl names the bytes all the same.
        ids = {"device_id": "DeviceId", "last_device_id": "Auxiliary Data"}
        members = IVMD_IDS[number(ours["type"])]
        self.same(tuple(key for key in ids if key in ours), members, "ids of the type")
        for key, field in [("flags", "Flags"), *((key, ids[key]) for key in members),
                           ("start", "Start Address"), ("length", "Memory Length")]:
            self.same(number(ours[key]), theirs.number(field), key)
        for key in ids.keys() - set(members):
            theirs.number(ids[key])
        # Bytes 8 to 15 are reserved to iasl; the kernel takes the first two for the segment.
        self.same(ours["segment"], number(theirs.reserved[0]) & 0xffff, "segment")

    def compare_ivrs(self, stopped):
        header, decoded = self.header, self.decoded
        self.compare_header()
        self.same(number(decoded["ivinfo"]), header.number("Virtualization Info"), "IVinfo")
        blocks = decoded["blocks"]
        if stopped:
            # iasl gives up at a block that it does not know; ours goes on by its length.
            self.same(len(blocks) > len(header.parts), True, "blocks beyond iasl's")
            blocks = blocks[:len(header.parts)]
        self.same(len(blocks), len(header.parts), "blocks")
        for ours, theirs in zip(blocks, header.parts):
            kind = theirs.start.split()[0]
            self.same(number(ours["type"]), number(kind), "type")
            self.same(ours["bytes"], theirs.number("Length"), "length")
            if kind in IVHD_TYPES:
                self.compare_ivhd(ours, theirs)
            else:
                self.compare_ivmd(ours, theirs)
            self.done(theirs, f"block 0x{kind}")
        self.done(header, "header")


@functools.cache
def audit(name, table):
    """The report of a host with that table: tests that look at the same one share it."""
    with tempfile.TemporaryDirectory() as directory:
        root = support.write_tree({
            f"/sys/firmware/acpi/tables/{name}": table,
            "/proc/version": "Linux version 6.1.0-51-amd64 (a@b) #1 SMP\n",
        }, pathlib.Path(directory))
        return support.audit(root, "--check", f"acpi-{name.lower()}")


def remapping_tables():
    """The DMARs and IVRSs; an IORT, which may lie beside them, is not decoded."""
    return sorted([*TABLES.glob("dmar*.dat"), *TABLES.glob("ivrs*.dat")])


class AcpiTables(unittest.TestCase):
    maxDiff = None

    def test_tables_decode_as_iasl_says(self):
        counts = {"dmar": [0, 0], "ivrs": [0, 0]}
        for path in remapping_tables():
            kind = path.name[:4]
            dsl = path.with_suffix(".dsl").read_text(encoding="utf-8", errors="replace")
            with self.subTest(path.stem):
                report = audit(kind.upper(), path.read_bytes())
                comparison = Comparison(self, path.stem, report["iommu"][kind],
                                        parse(kind.upper(), dsl))
                if kind == "dmar":
                    comparison.compare_dmar()
                else:
                    comparison.compare_ivrs("**** Unknown IVRS subtable type" in dsl)
                counts[kind][0] += 1
                counts[kind][1] += comparison.count
        for kind, (tables, compared) in counts.items():
            print(f"{kind}: {tables} tables, {compared} fields compared")
            self.assertGreater(tables, 50)

    def test_checksums_are_as_the_bytes_sum(self):
        for path in remapping_tables():
            kind, table = path.name[:4], path.read_bytes()
            with self.subTest(path.stem):
                report = audit(kind.upper(), table)
                right = sum(table) % 256 == 0
                self.assertEqual(report["iommu"][kind]["checksum_ok"], right)
                verdicts = {f["id"]: f["verdict"] for f in report["findings"]}
                if not right:
                    self.assertEqual(verdicts.get("acpi-ivrs.checksum"), "fail")
                    self.assertNotIn("acpi-ivrs.present", verdicts)

    def test_a_table_cut_anywhere_is_never_a_clean_bill(self):
        for name in ("dmar-430", "ivrs-353"):
            kind, table = name[:4], (TABLES / f"{name}.dat").read_bytes()
            for length in range(0, len(table), 7):
                with self.subTest(name, length=length):
                    report = audit(kind.upper(), table[:length])
                    self.assertNotEqual({f["verdict"] for f in report["findings"]}, {"pass"})


if __name__ == "__main__":
    if not TABLES.is_dir():
        support.skip(f"{TABLES} is not there")
    unittest.main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""A quirk that the kernel has for a device is tried with that device, as CONTRIBUTING says."""
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["PASSCHECK_SOURCE"])

# The tables of quirks, and the tests that try their rows.
TESTS = {
    "model/isolation/acs_quirks.c": "tests/unit/model/test-acs.c",
    "model/isolation/dma_alias.c": "tests/unit/model/test-dma-alias.c",
    "model/assign/reset.c": "tests/unit/model/test-reset.c",
}
ID = r"0x[0-9a-f]{4}"
# A row with names, and one by position: vendor and device.
DESIGNATED = re.compile(r"\{([^{}]*\.(?:first|any_device) =[^{}]*)\}")
FIELD = re.compile(r"\.(\w+) = (\w+)")
IDS = re.compile(rf"\{{({ID}), ({ID})[,}}]")
PAIR = re.compile(rf"\b({ID}), ({ID})\b")


def rows(text):
    """The fields of each row."""
    yield from (dict(FIELD.findall(row)) for row in DESIGNATED.findall(text))
    yield from ({"vendor": vendor, "first": device} for vendor, device in IDS.findall(text))


def covers(row, vendor, device):
    """Whether a row names the device itself."""
    return ("first" in row and row["vendor"] == vendor and
            int(row["first"], 16) <= int(device, 16) <= int(row.get("last", row["first"]), 16))


def is_tried(row, table, pairs):
    """A row is tried by its first device, one of all devices by one that no other row names."""
    if "first" in row:
        return (row["vendor"], row["first"]) in pairs
    return any(vendor == row["vendor"] and not any(covers(other, vendor, device) for other in table)
               for vendor, device in pairs)


def untried(text, test):
    """Names the rows of a table that no pair of vendor and device in a test tries."""
    pairs = set(PAIR.findall(test))
    table = list(rows(text))
    for row in table:
        if "vendor" not in row:
            yield f"{row['first']} without a vendor"
        elif not is_tried(row, table, pairs):
            yield f"{row['vendor']}:{row.get('first', 'any device')}"


class Rules(unittest.TestCase):
    """What the test below finds."""

    def expect(self, table, test, *faults):
        self.assertEqual(list(untried(table, test)), list(faults))

    def test_a_row_that_is_tried_has_no_fault(self):
        self.expect("{.vendor = 0x8086, .first = 0x1502, .last = 0x1503},",
                    "set_ids(function, 0x8086, 0x1502);")

    def test_a_row_that_no_test_names_is_named(self):
        self.expect("{.vendor = 0x8086, .first = 0x1502},\n{0x1b4b, 0x9120, ALL},",
                    "{0x8086, 0x1503}", "0x8086:0x1502", "0x1b4b:0x9120")

    def test_the_same_device_of_another_vendor_tries_no_row(self):
        self.expect("{.vendor = 0x1022, .first = 0x1502},", "{0x8086, 0x1502}", "0x1022:0x1502")

    def test_a_row_without_a_vendor_is_named(self):
        self.expect("{.first = 0x66a0, .family = \"Vega 20\"},", "{0x1002, 0x66a0}",
                    "0x66a0 without a vendor")

    def test_a_row_of_all_devices_is_tried_by_one_that_no_other_row_has(self):
        table = "{.vendor = 0x8088, .first = 0x0100, .last = 0x010f},\n" \
                "{.vendor = 0x8088, .any_device = true},"
        self.expect(table, "{0x8088, 0x0100}, {0x8088, 0x0110}")
        self.expect(table, "{0x8088, 0x0100}, {0x8088, 0x0105}", "0x8088:any device")


class Quirks(unittest.TestCase):
    def test_each_row_is_tried(self):
        for table, test in TESTS.items():
            with self.subTest(table=table):
                text = (SOURCE / table).read_text(encoding="utf-8")
                self.assertGreater(len(list(rows(text))), 10, f"no rows are found in {table}")
                missing = list(untried(text, (SOURCE / test).read_text(encoding="utf-8")))
                self.assertEqual(missing, [], f"{table} has rows that {test} does not try")


if __name__ == "__main__":
    unittest.main()

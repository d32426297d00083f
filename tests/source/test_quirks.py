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
DESIGNATED = re.compile(r"\.vendor = (0x[0-9a-f]{4}),(?: \.\w+ = \w+,)*? \.first = (0x[0-9a-f]{4})")
IDS = re.compile(r"\{(0x[0-9a-f]{4}), (0x[0-9a-f]{4})[,}]")


def rows(text):
    """Vendor and device of each row; of a range its first."""
    return DESIGNATED.findall(text) + IDS.findall(text)


def untried(table, test):
    """Rows whose device no test names."""
    return [f"{vendor}:{device}" for vendor, device in rows(table)
            if not re.search(rf"\b{device}\b", test)]


class Rules(unittest.TestCase):
    """What the test below finds."""

    def test_a_row_that_is_tried_has_no_fault(self):
        self.assertEqual(untried("{.vendor = 0x8086, .first = 0x1502, .last = 0x1503},",
                                 "set_ids(function, 0x8086, 0x1502);"), [])

    def test_a_row_that_no_test_names_is_named(self):
        self.assertEqual(untried("{.vendor = 0x8086, .first = 0x1502},\n{0x1b4b, 0x9120, ALL},",
                                 "{0x8086, 0x1503}"), ["0x8086:0x1502", "0x1b4b:0x9120"])


class Quirks(unittest.TestCase):
    def test_each_row_is_tried(self):
        for table, test in TESTS.items():
            with self.subTest(table=table):
                text = (SOURCE / table).read_text(encoding="utf-8")
                self.assertGreater(len(rows(text)), 10, f"no rows are found in {table}")
                missing = untried(text, (SOURCE / test).read_text(encoding="utf-8"))
                self.assertEqual(missing, [], f"{table} has rows that {test} does not try")


if __name__ == "__main__":
    unittest.main()

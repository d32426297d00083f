"""Reports of many hosts: one line each, and functions that are known again elsewhere."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import USAGE, TreeTest, audit, passcheck  # noqa: E402


def config(*fields, size=0x200):
    """Returns configuration space: bytes at offsets, zeros elsewhere."""
    space = bytearray(size)
    for offset, text in fields:
        data = bytes.fromhex(text)
        space[offset:offset + len(data)] = data
    return bytes(space)


# A root port in slot 5, and below it a function with subsystem ids and a serial number.
PORT = "/sys/devices/pci0000:00/0000:00:1c.0"
CARD = PORT + "/0000:03:00.0"
TREE = {
    "/proc/cmdline": "quiet\n",
    f"{PORT}/config": config((0x00, "8680 3a9d"), (0x06, "10"), (0x08, "00 00 04 06"), (0x0e, "01"),
                             (0x34, "40"), (0x40, "10 00 42 01"), (0x54, "00 00 28 00")),
    f"{CARD}/config": config((0x00, "8680 d310"), (0x06, "10"), (0x08, "00 00 00 02"),
                             (0x2c, "8680 3ca0"), (0x34, "40"), (0x40, "10 00 02 00"),
                             (0x100, "03 00 01 00 4e 55 6a ff ff 21 1b 00"), size=0x1000),
    "/sys/bus/pci/devices/0000:00:1c.0": ("../../../devices/pci0000:00/0000:00:1c.0",),
    "/sys/bus/pci/devices/0000:03:00.0": ("../../../devices/pci0000:00/0000:00:1c.0/0000:03:00.0",),
}


class Compact(TreeTest):
    def setUp(self):
        super().setUp()
        self.root = self.tree(TREE)

    def test_the_document_is_the_same_on_one_line(self):
        lines = passcheck("--root", self.root, "--format", "json").stdout
        line = passcheck("--root", self.root, "--format", "json", "--compact").stdout
        self.assertEqual((line.count("\n"), line[-1]), (1, "\n"))
        self.assertGreater(lines.count("\n"), 10)
        compact, pretty = json.loads(line), json.loads(lines)
        pretty["run"]["time"] = compact["run"]["time"]
        self.assertEqual(compact, pretty)

    def test_plans_take_it_too(self):
        result = passcheck("plan", "--root", self.root, "0000:03:00.0", "--format", "json",
                           "--compact")
        self.assertEqual(result.stdout.count("\n"), 1, result.stderr)
        json.loads(result.stdout)

    def test_it_goes_with_json_only(self):
        for arguments in ((), ("--format", "text"), ("--format", "xml")):
            with self.subTest(arguments=arguments):
                result = passcheck("--root", self.root, "--compact", *arguments)
                self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
                self.assertIn("--compact", result.stderr)


class Identity(TreeTest):
    def setUp(self):
        super().setUp()
        self.root = self.tree(TREE)

    def card(self, *arguments):
        report = audit(self.root, *arguments)
        return next(function for function in report["functions"]
                    if function["address"] == "0000:03:00.0")

    def test_ids_and_the_slot_of_the_port_above_are_told(self):
        card = self.card()
        self.assertEqual((card["vendor_id"], card["device_id"]), ("0x8086", "0x10d3"))
        self.assertEqual((card["subsystem_vendor_id"], card["subsystem_device_id"]),
                         ("0x8086", "0xa03c"))
        self.assertEqual(card["physical_slot"], 5)

    def test_the_serial_number_is_told_only_when_asked_for(self):
        self.assertIsNone(self.card()["serial"])
        self.assertEqual(self.card("--with-identity")["serial"], "00-1b-21-ff-ff-6a-55-4e")

    def test_what_has_no_port_above_has_no_slot(self):
        port = audit(self.root)["functions"][0]
        self.assertEqual((port["physical_slot"], port["serial"]), (None, None))
        self.assertIsNone(port["subsystem_vendor_id"])


if __name__ == "__main__":
    unittest.main()

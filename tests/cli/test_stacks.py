"""What is written for other stacks than libvirt: text by stack, and what all have in common."""
import json
import os
import shlex
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, DISK, GPU, IGD, LONG, NIC, PORT, QUAD, SATA, SOUND, VF0  # noqa: E402
from support import NOT_READY, USAGE, TreeTest, passcheck  # noqa: E402

STACKS = ("qemu",)


class StackTest(TreeTest):
    build = staticmethod(machine.build_stacks)

    def setUp(self):
        super().setUp()
        self.root = self.tree({})
        self.machine = self.build(self.root)

    def run_stack(self, stack, *arguments):
        return passcheck("--root", self.root, "--format", stack, *arguments)

    def written(self, stack, *arguments):
        result = self.run_stack(stack, *arguments)
        self.assertNotEqual(result.stdout, "", result.stderr)
        return result.stdout

    def text(self, stack, *arguments):
        """What is written, without comments."""
        return "".join(line for line in self.written(stack, *arguments).splitlines(True)
                       if not line.startswith("#"))


class Common(StackTest):
    build = staticmethod(machine.build)

    def test_nothing_is_written_of_what_is_blocked(self):
        for stack in STACKS:
            for function, why in ((BLOCKED, "firmware"), (NIC, "VFs enabled"), (PORT, "bridge")):
                with self.subTest(stack=stack, function=function):
                    result = self.run_stack(stack, function)
                    self.assertEqual((result.stdout, result.returncode), ("", NOT_READY))
                    self.assertIn(why, result.stderr)
                    self.assertRegex(result.stderr, f"{function}: [a-z-]+, no .* is written")

    def test_force_goes_with_each_and_says_so(self):
        for stack in STACKS:
            with self.subTest(stack=stack):
                result = self.run_stack(stack, BLOCKED, "--force")
                self.assertIn("written because of --force", result.stdout)
                self.assertEqual(result.returncode, NOT_READY)

    def test_every_companion_is_named(self):
        for stack in STACKS:
            with self.subTest(stack=stack):
                self.assertIn(f"{SATA} ", self.written(stack, DISK))
                self.assertIn(f"companion of {DISK}", self.written(stack, DISK))

    def test_options_of_libvirt_are_refused(self):
        for stack in STACKS:
            for option in (("--mac", "52:54:00:6d:90:02"), ("--vlan", "5"), ("--split", "d")):
                self.assertEqual(self.run_stack(stack, VF0, *option).returncode, USAGE)
            result = self.run_stack(stack)
            self.assertEqual(result.returncode, USAGE)
            self.assertIn(f"--format {stack}: a FUNCTION is missing", result.stderr)

    def test_what_a_host_says_stays_in_its_comment(self):
        """A driver's name may hold any byte."""
        bridge = self.machine.paths["0000:00:08.0"]
        (self.root / bridge / "driver").unlink()
        self.machine.set_driver(bridge, "evil\nrm -rf \u2028x")
        for stack in STACKS:
            with self.subTest(stack=stack):
                text = self.written(stack, machine.CROWD)
                self.assertNotIn("\nrm", text)
                self.assertNotIn("\u2028", text)
                self.assertIn("evil", text)


class Qemu(StackTest):
    def devices(self, *arguments):
        words = shlex.split(self.text("qemu", *arguments))
        self.assertEqual(words[:3], ["qemu-system-x86_64", "-machine", "q35"])
        return [json.loads(value) for word, value in zip(words, words[1:]) if word == "-device"]

    def given(self, *arguments):
        return [device for device in self.devices(*arguments) if device["driver"] == "vfio-pci"]

    def test_a_function_is_on_a_root_port_of_its_own(self):
        ports = [device for device in self.devices(GPU, DISK) if "chassis" in device]
        self.assertEqual([device["bus"] for device in self.given(GPU, DISK)],
                         ["vfio1", "vfio1", "vfio2", "vfio3"])
        self.assertEqual([port["id"] for port in ports], ["vfio1", "vfio2", "vfio3"])
        self.assertEqual(len({(port["chassis"], port["slot"]) for port in ports}), 3)

    def test_four_functions_of_a_slot_are_one_device(self):
        self.assertEqual([(device["host"], device["addr"], device.get("multifunction"))
                          for device in self.given(*reversed(QUAD))],
                         [(QUAD[0], "0.0", True), *((QUAD[i], f"0.{i}", None) for i in (1, 2, 3))])

    def test_function_0_of_the_guest_comes_first(self):
        self.assertEqual([device["host"] for device in self.given(SOUND)], [GPU, SOUND])

    def test_a_long_domain_goes_by_its_path(self):
        device, = self.given(LONG)
        self.assertEqual(device["sysfsdev"], f"/sys/bus/pci/devices/{LONG}")
        self.assertNotIn("host", device)

    def test_integrated_graphics_are_where_they_are_looked_for(self):
        devices = self.devices(IGD)
        self.assertEqual(devices, [{"driver": "vfio-pci", "host": IGD, "bus": "pcie.0",
                                    "addr": "02.0", "x-igd-opregion": True}])

    def test_iommufd_is_named_where_the_host_has_it(self):
        self.assertNotIn("iommufd", self.written("qemu", LONG))
        (self.root / "dev").mkdir(exist_ok=True)
        (self.root / "dev/iommu").touch()
        self.assertIn("-object iommufd,id=iommufd0", self.written("qemu", LONG))


if __name__ == "__main__":
    unittest.main()

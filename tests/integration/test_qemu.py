"""QEMU itself judges what is written for it; only the host's functions may be missing."""
import json
import os
import shlex
import shutil
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"),
                os.path.join(os.environ["PASSCHECK_SOURCE"], "tests/vm")]
import debian  # noqa: E402
import emulator  # noqa: E402
import machine  # noqa: E402
from machine import CROWD, DISK, GPU, IGD, LONG, QUAD, SPARE_NIC, VF0, VF1  # noqa: E402
from support import SOURCE, TreeTest, audit, passcheck, skip  # noqa: E402

# What QEMU says of a function that is not there, or that has no IOMMU, after it has judged the rest.
NO_SUCH_HOST_DEVICE = ("no such host device", "no iommu_group found")
FIXTURES = sorted(SOURCE.glob("fixtures/*"))
IDLE = ["-S", "-display", "none", "-nodefaults", "-machine", "q35"]


def emulators():
    """Debian's own, and the newer one where the machines' suite has unpacked it."""
    yield emulator.installed()
    if (debian.cache() / "qemu-newer").exists():
        yield emulator.unpacked("qemu-newer", emulator.X86, emulator.NEWER_PACKAGES)


def devices_of(text):
    """The devices that the command gives the guest."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    words = shlex.split("\n".join(lines))
    return [json.loads(value) for word, value in zip(words, words[1:]) if word == "-device"]


def stand_in(device):
    """A device that QEMU makes itself, in the place of the host's."""
    place = {key: device[key] for key in ("bus", "addr", "multifunction") if key in device}
    return {"driver": "qemu-xhci", **place}


class Qemu(TreeTest):
    def run_qemu(self, qemu, devices, monitor):
        arguments = [word for device in devices for word in ("-device", json.dumps(device))]
        return subprocess.run([*qemu, *IDLE, "-monitor", monitor, *arguments], input="quit\n",
                              capture_output=True, text=True, timeout=60, check=False)

    def accept(self, text):
        devices = devices_of(text)
        given = [index for index, device in enumerate(devices) if device["driver"] == "vfio-pci"]
        self.assertTrue(given, text)
        others = [stand_in(device) if index in given else device
                  for index, device in enumerate(devices)]
        for qemu in emulators():
            result = self.run_qemu(qemu, others, "stdio")
            self.assertEqual((result.returncode, result.stderr), (0, ""), text)
            for index in given:
                whole = [*others[:index], devices[index], *others[index + 1:]]
                result = self.run_qemu(qemu, whole, "none")
                complaints = result.stderr.strip().splitlines()
                self.assertEqual(len(complaints), 1, result.stderr)
                self.assertTrue(any(why in complaints[0] for why in NO_SUCH_HOST_DEVICE),
                                complaints[0])

    def written(self, *arguments):
        return passcheck("--root", self.root, "--format", "qemu", *arguments).stdout

    def test_it_takes_functions_companions_and_vfs(self):
        self.root = self.tree({})
        machine.build(self.root)
        for functions in ((GPU,), (DISK,), (VF0, VF1, SPARE_NIC), (CROWD,)):
            self.accept(self.written(*functions))

    def test_it_takes_graphics_slots_and_long_domains(self):
        self.root = self.tree({})
        machine.build_stacks(self.root)
        for functions in ((IGD,), QUAD, (QUAD[1], QUAD[3]), (LONG, "--force"),
                          (IGD, GPU, DISK, *QUAD)):
            self.accept(self.written(*functions))

    def test_it_takes_what_fixtures_can_give(self):
        for self.root in (fixture / "root" for fixture in FIXTURES):
            functions = [function["address"] for function in audit(self.root)["functions"]
                         if function["assignable"]["verdict"].startswith("assignable")]
            if functions:
                with self.subTest(fixture=self.root.parent.name):
                    self.accept(self.written(*functions[:8]))


if __name__ == "__main__":
    if not shutil.which(emulator.X86):
        skip("qemu-system-x86 is not installed")
    unittest.main()

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
from machine import CROWD, DISK, GPU, IGD, LONG, QUAD, SPARE_NIC, SWITCHED, VF0, VF1  # noqa: E402
from support import SOURCE, TreeTest, audit, passcheck, skip  # noqa: E402

# What QEMU says of a function that is not there, or that has no IOMMU, after it has judged the rest.
NO_SUCH_HOST_DEVICE = ("no such host device", "no iommu_group found",
                       "vfio-dev: couldn't open directory")
FIXTURES = sorted(SOURCE.glob("fixtures/*"))
IDLE = ["-S", "-display", "none", "-nodefaults", "-machine"]
NEWER = ("qemu-newer", emulator.X86, emulator.NEWER_PACKAGES)
ARM64 = ("qemu-arm64", emulator.ARM64, emulator.ARM64_PACKAGES)


def kept(name, *rest):
    """A QEMU that the machines' suite has unpacked, in a list; or none."""
    return [emulator.unpacked(name, *rest)] if (debian.cache() / name / ".complete").exists() else []


def emulators(words):
    """Those that can judge a command: Debian's own and the newer one, or the one for arm64."""
    if words[0] == emulator.ARM64:
        return [[*qemu, *IDLE, "virt"] for qemu in kept(*ARM64)]
    own = [] if "iommufd" in "".join(words) else [emulator.installed()]
    return [[*qemu, *IDLE, "q35"] for qemu in (*own, *kept(*NEWER))]


def commands(text):
    """The words of the command, and of the one behind it that is a comment."""
    lines = text.splitlines()
    yield shlex.split("\n".join(line for line in lines if not line.startswith("#")))
    yield from (shlex.split(line[2:]) for line in lines if line.startswith("# qemu-system-"))


def values(words, option):
    return [value for word, value in zip(words, words[1:]) if word == option]


def stand_in(device):
    """A device that QEMU makes itself, in the place of the host's."""
    place = {key: device[key] for key in ("bus", "addr", "multifunction") if key in device}
    return {"driver": "qemu-xhci", **place}


class Qemu(TreeTest):
    def run_qemu(self, qemu, devices, monitor):
        arguments = [word for device in devices for word in ("-device", json.dumps(device))]
        return subprocess.run([*qemu, "-monitor", monitor, *arguments], input="quit\n",
                              capture_output=True, text=True, timeout=60, check=False)

    def accept(self, text):
        for words in commands(text):
            self.accept_command(words, text)

    def accept_command(self, words, text):
        devices = [json.loads(value) for value in values(words, "-device")]
        objects = [word for value in values(words, "-object") for word in ("-object", value)]
        given = [index for index, device in enumerate(devices) if device["driver"] == "vfio-pci"]
        self.assertTrue(given, text)
        others = [stand_in(device) if index in given else device
                  for index, device in enumerate(devices)]
        for qemu in ([*qemu, *objects] for qemu in emulators(words)):
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
                          SWITCHED, (IGD, GPU, DISK, *QUAD)):
            self.accept(self.written(*functions))

    def test_a_newer_one_takes_functions_through_iommufd(self):
        self.root = self.tree({})
        machine.build_stacks(self.root)
        (self.root / "dev").mkdir(exist_ok=True)
        (self.root / "dev/iommu").touch()
        text = self.written(IGD, GPU, *QUAD)
        self.assertEqual(len(list(commands(text))), 2)
        self.accept(text)

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

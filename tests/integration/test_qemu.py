"""QEMU itself judges what is written for it; only the host's functions may be missing. Debian's own
judges, and a newer one that is downloaded once.
"""
import functools
import json
import os
import re
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
from support import SOURCE, TreeTest, audit, field_hosts, passcheck, skip  # noqa: E402

# What QEMU says of a function that is not there, or that has no IOMMU, after it has judged the rest.
NO_SUCH_HOST_DEVICE = ("no such host device", "no iommu_group found",
                       "vfio-dev: couldn't open directory")
FIXTURES = sorted(SOURCE.glob("fixtures/*/root"))
SYSFS = "/sys/bus/pci/devices/"
ADDRESS = re.compile(r"[0-9a-f]{4,5}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]")
# What stands for the token that its user has to know: QEMU 8.1 takes one first.
TOKEN = '"vf-token":"UUID"'
SOME_TOKEN = TOKEN.replace("UUID", "11111111-2222-3333-4444-555555555555")
# Asked for at once of a host.
MOST_FUNCTIONS = 8
IDLE = ["-S", "-display", "none", "-nodefaults", "-machine"]
NEWER = ("qemu-newer", emulator.X86, emulator.NEWER_PACKAGES)
ARM64 = ("qemu-arm64", emulator.ARM64, emulator.ARM64_PACKAGES)


@functools.lru_cache
def had(name, binary, packages):
    """A QEMU that is unpacked, in a list; none where it cannot be had."""
    try:
        return [emulator.unpacked(name, binary, packages)]
    except debian.Unavailable as why:
        print(f"no {name}: {why}")
        return []


def emulators(words):
    """Those that can judge a command: Debian's own and the newer one, or the one for arm64."""
    if words[0] == emulator.ARM64:
        return [[*qemu, *IDLE, "virt"] for qemu in had(*ARM64)]
    own = [] if "iommufd" in "".join(words) or TOKEN in "".join(words) else [emulator.installed()]
    return [[*qemu, *IDLE, "q35"] for qemu in (*own, *had(*NEWER))]


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


def without(device, *names):
    return {key: value for key, value in device.items() if key not in names}


class Qemu(TreeTest):
    # By emulator and words: what one host is asked for is often what another was asked for.
    seen = set()

    def run_qemu(self, qemu, devices, monitor):
        """Returns what QEMU says; None where it was asked the same before."""
        arguments = [word for device in devices for word in ("-device", json.dumps(device))]
        question = (*qemu, monitor, *arguments)
        if question in self.seen:
            return None
        self.seen.add(question)
        return subprocess.run([*qemu, "-monitor", monitor, *arguments], input="quit\n",
                              capture_output=True, text=True, timeout=60, check=False)

    def accept(self, text):
        for words in commands(text):
            self.accept_command(words, text)

    def accept_command(self, words, text):
        devices = [json.loads(value.replace(TOKEN, SOME_TOKEN)) for value in values(words, "-device")]
        objects = [word for value in values(words, "-object") for word in ("-object", value)]
        given = [device for device in devices if device["driver"] == "vfio-pci"]
        self.assertTrue(given, text)
        for qemu in ([*qemu, *objects] for qemu in emulators(words)):
            result = self.run_qemu(qemu, [stand_in(device) if device in given else device
                                          for device in devices], "stdio")
            if result:
                self.assertEqual((result.returncode, result.stderr), (0, ""), text)
            for device in given:
                self.accept_device(qemu, device)

    def accept_device(self, qemu, device):
        """Takes it for one of the same form: where it stands was judged, and which it is follows."""
        address = device.get("host") or device["sysfsdev"].removeprefix(SYSFS)
        self.assertTrue(ADDRESS.fullmatch(address), device)
        name = "host" if "host" in device else "sysfsdev"
        form = {**without(device, "bus", "addr", "id"), name: device[name].replace(address, GPU)}
        result = self.run_qemu(qemu, [form], "none")
        if result:
            complaints = result.stderr.strip().splitlines()
            self.assertEqual(len(complaints), 1, result.stderr)
            self.assertTrue(any(why in complaints[0] for why in NO_SUCH_HOST_DEVICE), complaints[0])

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

    def test_its_own_devices_leave_graphics_their_slot(self):
        self.root = self.tree({})
        machine.build_stacks(self.root)
        words, = commands(self.written(DISK, IGD))
        devices = [stand_in(device) if device["driver"] == "vfio-pci" else device
                   for device in map(json.loads, values(words, "-device"))]
        nics = [word for value in values(words, "-nic") for word in ("-nic", value)]
        idle = [word for word in IDLE if word != "-nodefaults"]
        result = self.run_qemu([*emulator.installed(), *idle, "q35", *nics], devices, "stdio")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_newer_one_takes_functions_through_iommufd(self):
        self.root = self.tree({})
        machine.build_stacks(self.root)
        (self.root / "dev").mkdir(exist_ok=True)
        (self.root / "dev/iommu").touch()
        text = self.written(IGD, GPU, *QUAD)
        self.assertEqual(len(list(commands(text))), 2)
        self.accept(text)

    def test_it_takes_what_is_written_by_force(self):
        self.root = self.tree({})
        machine.build(self.root)
        blocked = [function["address"] for function in audit(self.root)["functions"]
                   if function["assignable"]["verdict"] == "blocked"]
        self.assertGreater(len(blocked), 1)
        for function in blocked:
            self.accept(self.written(function, "--force"))

    def test_it_takes_what_fixtures_and_field_hosts_can_give(self):
        count = 0
        for self.root in (*FIXTURES, *field_hosts(self.directory / "field")):
            functions = [function["address"] for function in audit(self.root)["functions"]
                         if function["assignable"]["verdict"].startswith("assignable")]
            if functions and (text := self.written(*functions[:MOST_FUNCTIONS])):
                with self.subTest(root=self.root):
                    self.accept(text)
                    count += 1
        print(f"{count} commands, {len(self.seen)} times QEMU")


if __name__ == "__main__":
    if not shutil.which(emulator.X86):
        skip("qemu-system-x86 is not installed")
    unittest.main()

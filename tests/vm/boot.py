"""Boots a machine and brings back what it said."""
import dataclasses
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time

import disk
import emulator
import guest
import machines
import ways

TIMEOUT = 1200  # seconds; an ordinary boot takes less than 60, that of 256 VFs minutes
GZIP = b"\x1f\x8b"  # how an archive begins: RFC 1952
TAIL = 2000  # characters of the console that a failure shows


class BootFailed(Exception):
    """The machine did not come to its end, or its answers cannot be read."""


@dataclasses.dataclass
class Answers:
    """The files that a machine sent out."""
    boot: machines.Boot
    files: dict  # content by name

    def text(self, name):
        return self.files.get(name, b"").decode(errors="replace")

    def report(self, name, kind="json"):
        try:
            return json.loads(self.files[f"{name}.{kind}"])
        except (KeyError, ValueError) as error:
            raise BootFailed(f"{name}.{kind} is no report ({error}): "
                             f"{self.text(f'{name}.err')[-TAIL:]}") from error

    def code(self, name):
        return int(self.text(f"{name}.code") or -1)

    def lines(self, name, first):
        """Returns the words after the first of the lines that begin with it."""
        lines = [line.split() for line in self.text(f"{name}.txt").splitlines()]
        if ["END"] not in lines:
            raise BootFailed(f"{name}.txt is not whole: the probe did not come to its end")
        return [words[1:] for words in lines if words and words[0] == first]


BARE = ("-accel", "tcg", "-smp", "1", "-nodefaults", "-display", "none", "-no-reboot")
PARAMETERS = ("quiet", "panic=-1")


def ways_out(platform, output):
    """The console, and the port by which the answers leave."""
    if platform == "arm64":
        return ["-serial", "stdio", "-device", "virtio-serial-device",
                "-chardev", f"file,id=out,path={output}", "-device", "virtserialport,chardev=out"]
    return ["-serial", "stdio", "-serial", f"file:{output}"]


def processor(topology):
    """An arm64 machine without UEFI has a device tree, and no ACPI tables."""
    if topology.platform == "arm64":
        firmware = ["-bios", str(emulator.uefi())] if topology.acpi else []
        return ["-cpu", "cortex-a57", *firmware]
    return ["-cpu", "max", *(["-bios", str(emulator.ovmf())] if topology.uefi else [])]


@dataclasses.dataclass(frozen=True)
class Maker:
    """What builds the commands: passcheck to put inside, a folder to work in, and what was asked
    for in place of a machine's own kernel and QEMU."""
    passcheck: str
    folder: str
    qemu: str = None
    images: dict = dataclasses.field(default_factory=dict)
    missing: dict = dataclasses.field(default_factory=dict)  # why a kind of boot cannot be had

    def initramfs(self, kernel):
        if kernel not in self.images:
            self.images[kernel] = guest.build_initramfs(kernel, self.passcheck, self.folder)
        return self.images[kernel]

    def prepare(self, boot):
        """Downloads and builds what a boot needs. Returns why that cannot be had, or None."""
        if isinstance(boot, ways.Way):
            return self.prepare_way(boot)
        hardware = boot.topology
        kind = (boot.kernel, hardware.platform, hardware.newer, hardware.uefi)
        if kind not in self.missing:
            try:
                self.command(boot, os.devnull)
            except emulator.UnfitEmulator as error:
                return error
            except emulator.Unavailable as error:
                self.missing[kind] = error
        return self.missing.get(kind)

    def prepare_way(self, way):
        try:
            self.machine(way.topology)
            disk.base(self.passcheck, way.packages, way.size)
        except emulator.Unavailable as error:
            return error
        return None

    def command(self, boot, output, shell=False):
        platform = boot.topology.platform
        machine, kernel = self.machine(boot.topology), guest.kernel(boot.kernel, platform)
        parameters = [*PARAMETERS, *guest.PARAMETERS[platform], boot.parameters]
        parameters += [f"vm.vfs={boot.vfs}"] if boot.vfs else []
        parameters += [f"vm.plan={boot.plan}"] if boot.plan else []
        parameters += [f"vm.provoked={boot.provoked}"] if boot.provoked else []
        parameters += [f"vm.restless={boot.restless}"] if boot.restless else []
        parameters += [f"vm.owners={';'.join(boot.owners)}"] if boot.owners else []
        parameters += ["vm.shell=yes"] if shell else []
        return [*machine, "-kernel", str(kernel.image), "-initrd", str(self.initramfs(kernel)),
                "-append", " ".join(filter(None, parameters)),
                *ways_out(platform, output), *self.drive(boot),
                *emulator.spelled(boot.topology.qemu(), emulator.command(boot.topology, self.qemu))]

    def machine(self, topology, memory="1G"):
        """The beginning of the command that runs a topology."""
        qemu = emulator.command(topology, self.qemu)
        emulator.require(topology, qemu)
        return [*qemu, *processor(topology), "-m", memory, *BARE]

    def drive(self, boot):
        """Any file will do for a drive whose writes are thrown away."""
        if not boot.topology.drive:
            return []
        kernel = guest.kernel(boot.kernel, boot.topology.platform)
        return ["-drive", f"if=none,id=d1,format=raw,snapshot=on,file={self.initramfs(kernel)}"]


def unpack(content):
    """Unpacks the archive. UEFI has written to its port, too, when it cleared all terminals."""
    content = content[max(content.find(GZIP), 0):]
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            return {member.name.removeprefix("./"): tar.extractfile(member).read()
                    for member in tar if member.isfile()}
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BootFailed(f"what the machine sent is no archive: {error}") from error


def start(command):
    """Boots what command(output) starts. Returns the files that the machine sent."""
    with tempfile.NamedTemporaryFile(prefix="passcheck-vm.") as output:
        arguments = command(output.name)
        try:
            result = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True,
                                    timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired as error:
            console = (error.stdout or b"").decode(errors="replace")
            raise BootFailed(f"no end after {TIMEOUT} s: {console[-TAIL:]}") from error
        content = output.read()
    console = result.stdout.decode(errors="replace")
    if "VM DONE" not in console:
        raise BootFailed(f"{result.stderr.decode(errors='replace')[-TAIL:]}{console[-TAIL:]}\n"
                         f"  {shlex.join(arguments)}")
    return unpack(content)


def boot(machine, maker):
    """Returns the answers of a machine."""
    return Answers(machine, start(lambda output: maker.command(machine, output)))


def go(way, maker):
    """Returns the answers of all boots of a machine with a disk (ways.py)."""
    files = {}
    with tempfile.TemporaryDirectory(prefix="passcheck-vm.") as folder:
        own = disk.copy_of_base(maker.passcheck, folder, way.packages, way.size)
        tools = disk.tools(maker.passcheck, way.boots, folder)
        for number in range(1, len(way.boots) + 1):
            loaded = disk.load(own, folder)
            begin = time.monotonic()
            sent = start(lambda output: [
                *maker.machine(way.topology, way.memory), *loaded, *ways_out("x86", output),
                *disk.drives(own, tools), *way.topology.qemu()])
            print(f"booted {way.name}: {number} of {len(way.boots)}, "
                  f"{time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
            files |= {f"boot{number}.{name}" if name in ("dmesg.txt", "cmdline") else name: content
                      for name, content in sent.items()}
    return Answers(way, files)


def run(machine, maker):
    """Returns the answers of a machine of either kind."""
    return go(machine, maker) if isinstance(machine, ways.Way) else boot(machine, maker)

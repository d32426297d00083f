"""Boots a machine and brings back what it said."""
import dataclasses
import io
import json
import shlex
import subprocess
import tarfile
import tempfile

import emulator
import guest
import machines

TIMEOUT = 1200  # seconds; an ordinary boot takes less than 60, that of 256 VFs minutes
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

    def report(self, name):
        try:
            return json.loads(self.files[f"{name}.json"])
        except (KeyError, ValueError) as error:
            raise BootFailed(f"{name}.json is no report ({error}): "
                             f"{self.text(f'{name}.err')[-TAIL:]}") from error

    def code(self, name):
        return int(self.text(f"{name}.code") or -1)

    def lines(self, name, first):
        """Returns the words after the first of the lines that begin with it."""
        lines = [line.split() for line in self.text(f"{name}.txt").splitlines()]
        if ["END"] not in lines:
            raise BootFailed(f"{name}.txt is not whole: the probe did not come to its end")
        return [words[1:] for words in lines if words and words[0] == first]


# A busy host lets the emulated timer come late, and the kernel's test of it then ends in a panic.
PARAMETERS = ("console=ttyS0", "quiet", "panic=-1", "no_timer_check")


def command(boot, initramfs, output, shell=False):
    qemu = emulator.newer() if boot.topology.newer else emulator.debian()
    parameters = [*PARAMETERS, boot.parameters]
    parameters += [f"vm.vfs={boot.vfs}"] if boot.vfs else []
    parameters += [f"vm.plan={boot.plan}"] if boot.plan else []
    parameters += ["vm.shell=yes"] if shell else []
    return [*qemu, "-accel", "tcg", "-cpu", "max", "-m", "1G", "-smp", "1", "-nodefaults",
            "-display", "none", "-no-reboot", "-kernel", str(guest.vmlinuz()),
            "-initrd", str(initramfs), "-append", " ".join(filter(None, parameters)),
            "-serial", "stdio", "-serial", f"file:{output}", *boot.topology.qemu()]


def unpack(content):
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            return {member.name.removeprefix("./"): tar.extractfile(member).read()
                    for member in tar if member.isfile()}
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BootFailed(f"what the machine sent is no archive: {error}") from error


def boot(machine, initramfs):
    """Returns the answers of a machine."""
    with tempfile.NamedTemporaryFile(prefix="passcheck-vm.") as output:
        arguments = command(machine, initramfs, output.name)
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
    return Answers(machine, unpack(content))

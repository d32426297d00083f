"""Boots a machine and brings back what it said."""
import dataclasses
import io
import json
import shlex
import shutil
import subprocess
import tarfile
import tempfile

import guest

QEMU = "qemu-system-x86_64"
TIMEOUT = 400  # seconds; an ordinary boot takes less than 60


class BootFailed(Exception):
    """The machine did not come to its end."""


@dataclasses.dataclass
class Answers:
    """The files that a machine sent out."""
    boot: object
    files: dict

    def text(self, name):
        return self.files.get(name, b"").decode(errors="replace")

    def report(self, name="before.json"):
        try:
            return json.loads(self.files[name])
        except (KeyError, ValueError) as error:
            raise BootFailed(f"{self.boot.name}: {name} is no report: {error}; "
                             f"{self.text(name.replace('json', 'err'))}") from error

    def lines(self, name, first):
        """Yields the words of the lines that begin with first."""
        for line in self.text(name).splitlines():
            words = line.split()
            if words and words[0] == first:
                yield words[1:]


def command(boot, program, output, shell=False):
    if not shutil.which(QEMU):
        raise guest.Unavailable("qemu-system-x86 is not installed")
    parameters = f"console=ttyS0 quiet {boot.parameters}"
    if boot.vfs:
        parameters += f" vm.vfs={boot.vfs}"
    if shell:
        parameters += " vm.shell=yes"
    return [QEMU, "-accel", "tcg", "-cpu", "max", "-m", "1G", "-smp", "1", "-nodefaults",
            "-display", "none", "-no-reboot", "-kernel", str(guest.vmlinuz()),
            "-initrd", str(guest.initramfs(program)), "-append", parameters,
            "-serial", "stdio", "-serial", f"file:{output}", *boot.topology.qemu()]


def boot(machine, program):
    """Returns the answers of a machine that was booted with program inside."""
    with tempfile.NamedTemporaryFile(prefix="passcheck-vm.") as output:
        arguments = command(machine, program, output.name)
        try:
            result = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True,
                                    timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired as error:
            tail = (error.stdout or b"")[-2000:].decode(errors="replace")
            raise BootFailed(f"{machine.name}: no end after {TIMEOUT} s:\n{tail}") from error
        content = output.read()
    console = result.stdout.decode(errors="replace")
    if "VM DONE" not in console:
        raise BootFailed(f"{machine.name}: {result.stderr.decode(errors='replace')[-500:]}"
                         f"{console[-2000:]}\n  {shlex.join(arguments)}")
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        files = {member.name.removeprefix("./"): tar.extractfile(member).read()
                 for member in tar if member.isfile()}
    return Answers(machine, files)

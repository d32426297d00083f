"""Keeps the capture of a machine as a fixture."""
import io
import pathlib
import shutil
import tarfile
import textwrap

import boot
import emulator

FIXTURES = pathlib.Path(__file__).parents[2] / "fixtures"
README = """\
# {name}

A virtual machine, booted by QEMU under emulation with Debian's kernel {kernel}, and captured
inside by `passcheck capture`. Made, and made again, by

    script/vm-fixture {name}

Kernel parameters: `{parameters}`
{vfs}
Its hardware, as arguments of {program}:

{arguments}
"""


def unpack(archive, target):
    """Replaces target by the capture, and sees that nothing of it leaves target."""
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if member.name.startswith("/") or ".." in pathlib.PurePath(member.name).parts:
                raise boot.BootFailed(f"{member.name} does not belong in a capture")
        tar.extractall(target)


def quoted(arguments):
    """One option a line."""
    lines = " ".join(arguments).replace(" -", "\n-").splitlines()
    return textwrap.indent("\n".join(lines), "    ")


def readme(machine, kernel):
    return README.format(name=machine.name, kernel=kernel,
                         parameters=machine.parameters or "none",
                         vfs=f"VFs enabled on each PF: {machine.vfs}\n" if machine.vfs else "",
                         program=emulator.PROGRAMS[machine.topology.platform],
                         arguments=quoted(machine.topology.qemu()))


def write(answers):
    """Writes fixtures/NAME/{root,README} from what a machine sent."""
    machine = answers.boot
    if "host.tar.gz" not in answers.files:
        raise boot.BootFailed(f"nothing was captured: {answers.text('capture.err')}")
    folder = FIXTURES / machine.name
    unpack(answers.files["host.tar.gz"], folder / "root")
    kernel = answers.report("before")["host"]["kernel_release"]
    (folder / "README").write_text(readme(machine, kernel), encoding="utf-8")
    print(f"{folder.relative_to(FIXTURES.parent)}: {machine.name}")
    return 0

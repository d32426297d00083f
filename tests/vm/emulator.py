"""Where QEMU comes from: Debian's own, a newer one that is unpacked beside it, or one that was asked
for."""
import functools
import os
import pathlib
import re
import shutil
import subprocess

import debian
from debian import Unavailable, run

PROGRAMS = {"x86": "qemu-system-x86_64", "arm64": "qemu-system-aarch64"}
X86, ARM64 = PROGRAMS.values()
NEWER_PACKAGES = ("qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios")
ARM64_PACKAGES = ("qemu-system-arm", "qemu-system-common", "qemu-system-data")
FIRMWARE = ("usr/share/qemu", "usr/share/seabios")


class UnfitEmulator(Unavailable):
    """A QEMU that cannot build this one machine."""


def installed():
    """The QEMU that is installed, as the beginning of its command."""
    if not shutil.which(X86):
        raise Unavailable("qemu-system-x86 is not installed")
    return [X86]


@functools.lru_cache
def unpacked(name, binary, packages):
    """A QEMU of Debian's backports, downloaded once."""
    target = debian.packages(name, f"{debian.codename()}-backports", "amd64", packages)
    run(target / "usr/bin" / binary, "--version")
    folders = [str(target / folder) for folder in FIRMWARE] + ["/usr/lib/ipxe/qemu"]
    return [str(target / "usr/bin" / binary), *(word for folder in folders for word in ("-L", folder))]


def command(topology, asked=None):
    """The beginning of the command that runs a topology; asked is a program to do it with."""
    if asked:
        return [os.fspath(asked)]
    if topology.platform == "arm64":
        return unpacked("qemu-arm64", ARM64, ARM64_PACKAGES)
    if topology.newer:
        return unpacked("qemu-newer", X86, NEWER_PACKAGES)
    return installed()


def ovmf():
    """The UEFI of an x86 machine."""
    path = pathlib.Path("/usr/share/ovmf/OVMF.fd")
    if not path.exists():
        raise Unavailable("ovmf is not installed")
    return path


def uefi():
    """The firmware that gives an arm64 machine ACPI tables."""
    target = debian.packages("uefi-arm64", debian.codename(), "amd64", ["qemu-efi-aarch64"])
    return target / "usr/share/qemu-efi-aarch64/QEMU_EFI.fd"


@functools.lru_cache
def knows_ports_without_acs(program):
    """Whether root ports can lack ACS: QEMU 11 no longer offers that."""
    shown = subprocess.run([*program, "-device", "pcie-root-port,help"], capture_output=True,
                           text=True, check=False)
    return "disable-acs" in shown.stdout


@functools.lru_cache
def major(program):
    """The first number of a QEMU's version."""
    shown = run(*program, "--version")
    return int(re.search(r"version (\d+)\.", shown)[1])


def spelled(arguments, program):
    """A topology's arguments as this QEMU knows them: from 11 on scalable mode is stable."""
    if major(tuple(program)) < 11:
        return arguments
    return [word.replace("x-scalable-mode=", "scalable-mode=") for word in arguments]


def require(topology, program):
    """Raises UnfitEmulator where this QEMU cannot build a topology, or cannot run it."""
    if topology.iommu == "amd" and "intremap=on" in topology.iommu_options and \
            major(tuple(program)) == 10:
        raise UnfitEmulator("amd-iommu of QEMU 10 does not boot with interrupt remapping")
    if topology.overflows and major(tuple(program)) >= 11:
        raise UnfitEmulator("this QEMU refuses VFs beyond the last bus")
    if any("disable-acs=" in device for device in topology.devices) and \
            not knows_ports_without_acs(tuple(program)):
        raise UnfitEmulator("this QEMU has no root ports without ACS")

"""A small Debian on a disk of its own, with udev, initramfs-tools and GRUB's configuration. Made by
debootstrap once. The suite stands in for the boot loader: it starts what grub.cfg says."""
import functools
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import debian
import guest
from debian import Unavailable, run

HERE = pathlib.Path(__file__).parent
PACKAGES = ("systemd", "systemd-sysv", "udev", "initramfs-tools", "kmod", "iproute2", "grub2-common")
# The disks' driver, their file system and what that loads, and the driver of igb's VFs.
MODULES = ("virtio_blk", "virtio_pci", "ext4", "crc32c_generic", "igbvf", *guest.MODULES)
SIZE = "1G"  # of the disk, which is sparse
DISK, TOOLS = "vda", "vdb"
PARAMETERS = " ".join((*guest.PARAMETERS["x86"], "panic=-1"))
# No network, nobody to log in; what waits for either is off.
IDLE_UNITS = ("getty@tty1.service", "serial-getty@ttyS0.service", "systemd-networkd-wait-online.service",
              "apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_reap.service", "fstrim.timer",
              "systemd-pcrphase.service", "dpkg-db-backup.timer")
UNIT = f"""\
[Unit]
Description=What the suite does at this boot
After=systemd-udev-settle.service
Wants=systemd-udev-settle.service

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'mount -o ro /dev/{TOOLS} /opt && exec sh /opt/bin/life'
StandardOutput=file:/dev/ttyS0
StandardError=inherit

[Install]
WantedBy=multi-user.target
"""
GRUB = f"""\
GRUB_DEFAULT=0
GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR=Debian
GRUB_DISABLE_LINUX_UUID=true
GRUB_DISABLE_OS_PROBER=true
GRUB_CMDLINE_LINUX_DEFAULT="quiet"
GRUB_CMDLINE_LINUX="intel_iommu=off {PARAMETERS}"
"""

GRUB_CFG = f"""\
set default="0"
menuentry 'Debian GNU/Linux' --class debian --class gnu-linux --class gnu --class os {{{{
\tlinux\t/boot/vmlinuz-{{release}} root=/dev/{DISK} ro intel_iommu=off {PARAMETERS} quiet
\tinitrd\t/boot/initrd.img-{{release}}
}}}}
"""


def libraries(program):
    """The packages that hold the libraries that passcheck and its module are linked to."""
    names = {os.path.basename(os.path.realpath(word)) for part, _ in guest.parts(program)
             for word in run("ldd", part).split() if word.startswith("/")}
    found = run("dpkg", "-S", *(f"*-linux-gnu/{name}" for name in names))
    return sorted({line.split(":")[0] for line in found.splitlines()})


def write(root, path, text):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def configure(kernel, root):
    """What an installer does, up to the first configuration of the boot loader."""
    write(root, "etc/fstab", f"/dev/{DISK} / ext4 errors=remount-ro 0 1\n")
    write(root, "etc/hostname", "vm\n")
    write(root, "etc/machine-id", "0123456789abcdef0123456789abcdef\n")
    write(root, "etc/default/grub", GRUB)
    write(root, "etc/systemd/system/life.service", UNIT)
    write(root, "boot/grub/grub.cfg", GRUB_CFG.format(release=kernel.release))
    run("chroot", root, "depmod", kernel.release)
    run("chroot", root, "systemctl", "-q", "enable", "life.service")
    run("chroot", root, "systemctl", "-q", "mask", *IDLE_UNITS)
    run("chroot", root, "update-initramfs", "-c", "-k", kernel.release)


def make_file_system(image, folder, label, size):
    run("mkfs.ext4", "-q", "-O", "^has_journal", "-L", label, "-d", folder, image, size)


@functools.lru_cache
def base(program, more=(), size=SIZE):
    """The disk as it is before its first boot, with what the program needs, and more packages."""
    if os.geteuid() != 0:
        raise Unavailable("only root can run debootstrap")
    kernel = guest.kernel(guest.DEFAULT_KERNEL, "x86")
    packages = [*PACKAGES, *more, *libraries(program)]
    made_of = packages, MODULES, kernel.release, UNIT, GRUB, GRUB_CFG, IDLE_UNITS, size
    version = hashlib.sha256(repr(made_of).encode()).hexdigest()[:8]

    def fill(target, scratch):
        root = pathlib.Path(scratch, "root")
        run("debootstrap", "--variant=minbase", f"--include={','.join(packages)}", debian.codename(), root,
            debian.POOL)
        guest.copy_kernel(kernel, root, (*MODULES, *guest.PLATFORM_MODULES["x86"]))
        guest.copy(kernel.image, root, f"boot/{kernel.image.name}")
        configure(kernel, root)
        for name in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man",
                     "usr/share/locale"):
            shutil.rmtree(root / name, ignore_errors=True)
        make_file_system(target / "disk", root, "root", size)

    return debian.kept(f"disk-{debian.codename()}-{version}", fill) / "disk"


def copy_of_base(program, folder, more=(), size=SIZE):
    target = pathlib.Path(folder, "disk")
    run("cp", "--sparse=always", base(program, more, size), target)
    return target


def tools(program, boots, folder):
    """A disk with passcheck, the probe, and the lines of a shell for each boot."""
    root = pathlib.Path(folder, "tools")
    (root / "bin").mkdir(parents=True)
    for part, name in guest.parts(program):
        shutil.copy(part, root / "bin" / name)
    guest.build_probe(root)
    for name in ("follow.sh", "life"):
        shutil.copy(HERE / name, root / "bin" / name)
    for number, lines in enumerate(boots, 1):
        write(root, f"boots/{number}", "".join(f"{line}\n" for line in lines))
    image = pathlib.Path(folder, "tools.ext4")
    make_file_system(image, root, "tools", "64M")
    return image


def read(disk, path):
    """Returns the content of a file on a disk that nobody has mounted."""
    done = subprocess.run(["debugfs", "-R", f"cat {path}", disk], capture_output=True, check=False)
    if not done.stdout:
        raise Unavailable(f"no {path} on the disk: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def load(disk, folder):
    """What a boot loader does: the first entry's kernel, initramfs and command line, as QEMU's
    arguments."""
    entry = read(disk, "/boot/grub/grub.cfg").decode()
    linux = re.search(r"^\s*linux\s+(\S+)\s+(.*)$", entry, re.MULTILINE)
    initrd = re.search(r"^\s*initrd\s+(\S+)", entry, re.MULTILINE)
    for name, path in (("kernel", linux[1]), ("initrd", initrd[1])):
        pathlib.Path(folder, name).write_bytes(read(disk, path))
    return ["-kernel", f"{folder}/kernel", "-initrd", f"{folder}/initrd",
            "-append", " ".join(shlex.split(linux[2]))]


def drives(disk, tools_disk):
    arguments = []
    for name, file, slot, options in (("d0", disk, "1d", ""), ("d1", tools_disk, "1e", ",readonly=on")):
        arguments += ["-drive", f"if=none,id={name},format=raw,cache=unsafe,file={file}{options}",
                      "-device", f"virtio-blk-pci,drive={name},addr={slot}.0"]
    return arguments

"""What a virtual machine boots: a kernel of Debian's, and an initramfs with passcheck in it."""
import dataclasses
import functools
import os
import pathlib
import re
import shutil
import subprocess

import debian
from debian import Unavailable, cache, run

HERE = pathlib.Path(__file__).parent
# The suites of Debian whose kernels judge, by the names that the suite gives them.
KERNELS = {"6.1": "bookworm", "6.12": "trixie", "newest": "trixie-backports"}
DEFAULT_KERNEL = "6.1"
ARCHITECTURES = {"x86": "amd64", "arm64": "arm64"}
# The drivers of the endpoints that machines have. Conventional devices get none: behind a
# conventional bridge QEMU's intel-iommu knows no alias, and their DMA would fault without end.
MODULES = ("nvme", "e1000e", "igb", "xhci_pci", "ahci", "virtio_pci", "virtio_rng", "vfio",
           "vfio_iommu_type1", "vfio_pci", "pci_stub")
# Those that some kernels are built without. Up to 6.14 an IOMMU must be there before the drivers.
OPTIONAL_MODULES = ("virtio_pci", "virtio_iommu", "iommufd")
# An arm64 machine sends its answers out of a virtio port.
PLATFORM_MODULES = {"x86": ("kvm_amd",), "arm64": ("virtio_mmio", "virtio_console")}

# A busy host lets the emulated timer come late, and the kernel's test of it then ends in a panic.
PARAMETERS = {"x86": ("console=ttyS0", "no_timer_check"), "arm64": ("console=ttyAMA0",)}


@dataclasses.dataclass(frozen=True)
class Kernel:
    """A kernel's files: boot/vmlinuz-RELEASE, boot/config-RELEASE and lib/modules/RELEASE."""
    folder: pathlib.Path
    platform: str

    @property
    def release(self):
        return next((self.folder / "lib/modules").iterdir()).name

    @property
    def image(self):
        return self.folder / "boot" / f"vmlinuz-{self.release}"

    @property
    def modules(self):
        return (*OPTIONAL_MODULES, *MODULES, *PLATFORM_MODULES[self.platform])


def kernel_packages(apt, architecture):
    """The packages that hold what linux-image-ARCHITECTURE stands for today."""
    images = [name for name in apt.depends(f"linux-image-{architecture}")
              if re.match(r"linux-image-\d", name)]
    if not images:
        raise Unavailable(f"this suite has no linux-image-{architecture}")
    # From 7.0 on the image is empty, and depends on packages with its parts.
    parts = [name for name in apt.depends(images[0])
             if re.match(r"linux-(base|binary|modules)-\d", name)]
    return [images[0], *parts]


def arrange(folder):
    """Moves what newer packages keep below /usr/lib/modules to where older ones have it."""
    if (folder / "usr/lib/modules").is_dir():
        shutil.copytree(folder / "usr/lib/modules", folder / "lib/modules", symlinks=True,
                        dirs_exist_ok=True)
        shutil.rmtree(folder / "usr/lib/modules")
    base = next((folder / "lib/modules").iterdir())
    (folder / "boot").mkdir(exist_ok=True)
    for name in ("vmlinuz", "config"):
        if (base / name).is_file():
            shutil.move(base / name, folder / "boot" / f"{name}-{base.name}")
    run("depmod", "-b", folder, base.name)


@functools.lru_cache
def kernel(name, platform):
    """One of KERNELS, downloaded once."""
    architecture = ARCHITECTURES[platform]

    def fill(target, scratch):
        apt = debian.Apt(scratch, KERNELS[name], architecture)
        apt.unpack(kernel_packages(apt, architecture), target)
        arrange(target)

    return Kernel(debian.kept(f"kernel-{name}-{architecture}", fill), platform)


def module_files(base, modules):
    """Returns the files of modules and of what they depend on."""
    depends = {}
    for line in (base / "modules.dep").read_text(encoding="utf-8").splitlines():
        path, needs = line.split(":")
        depends[pathlib.Path(path).name.split(".")[0].replace("-", "_")] = [path, *needs.split()]
    builtin = (base / "modules.builtin").read_text(encoding="utf-8").replace("-", "_")
    missing = [name for name in modules if name not in depends
               and f"/{name}.ko" not in builtin and name not in OPTIONAL_MODULES]
    if missing:
        raise Unavailable(f"the kernel package lacks {', '.join(missing)}")
    return sorted({path for name in modules for path in depends.get(name, [])})


def copy(source, root, destination=None):
    target = root / str(destination or source).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def parts(program):
    """passcheck, and the module that a build without tests has beside it, each with its name."""
    module = pathlib.Path(program).with_name("passcheck-libraries.so")
    return [(program, "passcheck"), *([(module, module.name)] if module.exists() else [])]


def copy_program(program, root):
    """Copies passcheck with the shared libraries that it and its module are linked to."""
    for part, name in parts(program):
        copy(part, root, f"/bin/{name}")
        for line in run("ldd", part).splitlines():
            for word in line.split():
                if word.startswith("/"):
                    copy(word, root)


def copy_kernel(built, root, modules):
    """Copies modules, what they depend on, and the kernel's configuration."""
    base = built.folder / "lib/modules" / built.release
    files = module_files(base, modules)
    for path in (*files, *(index.name for index in base.glob("modules.*"))):
        copy(base / path, root, f"lib/modules/{base.name}/{path}")
    copy(built.folder / "boot" / f"config-{base.name}", root, f"boot/config-{base.name}")


def link_applets(root):
    """Links busybox's applets. All builds of Debian's have the same."""
    for applet in run("/bin/busybox", "--list").split():
        link = root / "bin" / applet
        if not link.exists():
            link.symlink_to("busybox")


def build_probe(root):
    run("cc", "-static", "-O1", "-o", root / "bin/probe", HERE / "probe.c")


def copy_native(program, root):
    """Copies busybox and the programs of this machine's architecture."""
    if not os.path.exists("/bin/busybox"):
        raise Unavailable("busybox-static is not installed")
    copy("/bin/busybox", root)
    link_applets(root)
    copy_program(program, root)
    build_probe(root)


def copy_arm64(root):
    """Copies busybox, and what script/arm64 has built."""
    built = cache() / "arm64"
    if not (built / "bin/passcheck").exists():
        raise Unavailable("there is no passcheck for arm64: run script/arm64")

    busybox = debian.packages("busybox-arm64", "trixie", "arm64", ["busybox-static"])
    found = next(path for path in (busybox / "usr/bin/busybox", busybox / "bin/busybox")
                 if path.exists())
    copy(found, root, "/bin/busybox")
    link_applets(root)
    shutil.copytree(built, root, dirs_exist_ok=True)


def build_initramfs(built, program, folder):
    """Builds the initramfs of a kernel, for passcheck at program, in folder. Returns its path."""
    root = pathlib.Path(folder) / "root"
    for name in ("proc", "sys", "dev", "bin", "tmp", "out"):
        (root / name).mkdir(parents=True)
    if built.platform == "arm64":
        copy_arm64(root)
    else:
        copy_native(program, root)
    copy_kernel(built, root, built.modules)
    (root / "modules.list").write_text("\n".join(built.modules), encoding="utf-8")
    copy(HERE / "follow.sh", root, "/bin/follow.sh")
    copy(HERE / "init", root, "/init")
    (root / "init").chmod(0o755)
    image = pathlib.Path(folder) / f"initramfs-{built.folder.name}.gz"
    subprocess.run(f"find . | cpio -o -H newc --quiet | gzip -1 > ../{image.name}", shell=True,
                   cwd=root, check=True)
    shutil.rmtree(root)
    return image

"""What a virtual machine boots: Debian's own kernel, and an initramfs with passcheck in it."""
import os
import pathlib
import shutil
import subprocess
import tempfile

from emulator import Unavailable, cache, run

HERE = pathlib.Path(__file__).parent
BUSYBOX = "/bin/busybox"
# The drivers of the endpoints that machines have. Conventional devices get none: behind a
# conventional bridge QEMU's intel-iommu knows no alias, and their DMA would fault without end.
MODULES = ("kvm_amd", "nvme", "e1000e", "igb", "xhci_pci", "ahci", "virtio_pci", "virtio_rng",
           "vfio", "vfio_iommu_type1", "vfio_pci", "pci_stub")


def kernel_package():
    """Returns the name of the package that linux-image-amd64 stands for today."""
    for line in run("apt-cache", "depends", "linux-image-amd64").splitlines():
        relation, _, name = line.strip().partition(": ")
        if relation == "Depends" and name.startswith("linux-image-"):
            return name
    raise Unavailable("apt knows no linux-image-amd64")


def download_kernel(name, target):
    with tempfile.TemporaryDirectory(dir=cache()) as folder:
        run("apt-get", "-o", "APT::Sandbox::User=root", "download", name, cwd=folder)
        package = next(pathlib.Path(folder).glob("*.deb"))
        shutil.rmtree(target, ignore_errors=True)
        run("dpkg", "-x", package, target)
    run("depmod", "-b", target, release(target))
    (target / ".complete").touch()


def unpacked_kernel():
    """Downloads Debian's kernel once. Returns the folder that holds it, modules indexed."""
    done = sorted(cache().glob("linux-image-*/.complete"), key=os.path.getmtime)
    if done:
        return done[-1].parent
    name = kernel_package()
    download_kernel(name, cache() / name)
    return cache() / name


def release(kernel):
    return next((kernel / "lib/modules").iterdir()).name


def vmlinuz():
    kernel = unpacked_kernel()
    return kernel / "boot" / f"vmlinuz-{release(kernel)}"


def module_files(base):
    """Returns the files of MODULES and of what they depend on."""
    depends = {}
    for line in (base / "modules.dep").read_text(encoding="utf-8").splitlines():
        path, needs = line.split(":")
        depends[pathlib.Path(path).name.split(".")[0].replace("-", "_")] = [path, *needs.split()]
    builtin = (base / "modules.builtin").read_text(encoding="utf-8").replace("-", "_")
    missing = [name for name in MODULES if name not in depends and f"/{name}.ko" not in builtin]
    if missing:
        raise Unavailable(f"the kernel package lacks {', '.join(missing)}")
    return sorted({path for name in MODULES for path in depends.get(name, [])})


def copy(source, root, destination=None):
    target = root / str(destination or source).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def copy_program(program, root):
    """Copies passcheck with the shared libraries that it is linked to."""
    copy(program, root, "/bin/passcheck")
    for line in run("ldd", program).splitlines():
        for word in line.split():
            if word.startswith("/"):
                copy(word, root)


def copy_kernel(root):
    """Copies the modules and the kernel's configuration."""
    kernel = unpacked_kernel()
    base = kernel / "lib/modules" / release(kernel)
    for path in (*module_files(base), *(index.name for index in base.glob("modules.*"))):
        copy(base / path, root, f"lib/modules/{base.name}/{path}")
    copy(kernel / "boot" / f"config-{base.name}", root, f"boot/config-{base.name}")
    (root / "modules.list").write_text("\n".join(MODULES), encoding="utf-8")


def copy_busybox(root):
    if not os.path.exists(BUSYBOX):
        raise Unavailable("busybox-static is not installed")
    copy(BUSYBOX, root)
    for applet in run(BUSYBOX, "--list").split():
        link = root / "bin" / applet
        if not link.exists():
            link.symlink_to("busybox")


def build_initramfs(program, folder):
    """Builds the initramfs for a passcheck in folder. Returns its path."""
    root = pathlib.Path(folder) / "root"
    for name in ("proc", "sys", "dev", "bin", "tmp", "out"):
        (root / name).mkdir(parents=True)
    copy_busybox(root)
    copy_program(program, root)
    copy_kernel(root)
    run("cc", "-static", "-O1", "-o", root / "bin/probe", HERE / "probe.c")
    copy(HERE / "init", root, "/init")
    (root / "init").chmod(0o755)
    image = pathlib.Path(folder) / "initramfs.gz"
    subprocess.run("find . | cpio -o -H newc --quiet | gzip -1 > ../initramfs.gz", shell=True,
                   cwd=root, check=True)
    shutil.rmtree(root)
    return image

"""What a virtual machine boots: Debian's own kernel, and an initramfs with passcheck in it."""
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
MODULES = ("nvme", "e1000e", "xhci_pci", "ahci", "virtio_pci", "virtio_rng", "vfio",
           "vfio_iommu_type1", "vfio_pci", "pci_stub")


class Unavailable(Exception):
    """Something that the suite needs cannot be had here."""


def run(*command, **options):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, **options).stdout


def cache():
    default = pathlib.Path.home() / ".cache" / "passcheck-vm"
    path = pathlib.Path(os.environ.get("PASSCHECK_VM_CACHE", default))
    path.mkdir(parents=True, exist_ok=True)
    return path


def kernel_package():
    """Returns the name of the package that linux-image-amd64 stands for today."""
    for line in run("apt-cache", "depends", "linux-image-amd64").splitlines():
        relation, _, name = line.strip().partition(": ")
        if relation == "Depends" and name.startswith("linux-image-"):
            return name
    raise Unavailable("apt knows no linux-image-amd64")


def unpacked_kernel():
    """Downloads Debian's kernel once. Returns the folder that holds it, modules indexed."""
    done = sorted(cache().glob("linux-image-*/.complete"))
    if done:
        return done[-1].parent
    try:
        name = kernel_package()
        with tempfile.TemporaryDirectory(dir=cache()) as folder:
            run("apt-get", "download", name, cwd=folder)
            package = next(pathlib.Path(folder).glob("*.deb"))
            target = cache() / name
            shutil.rmtree(target, ignore_errors=True)
            run("dpkg", "-x", package, target)
            release = next((target / "lib/modules").iterdir()).name
            run("depmod", "-b", target, release)
            (target / ".complete").touch()
    except (subprocess.CalledProcessError, StopIteration) as error:
        raise Unavailable(f"Debian's kernel package: {getattr(error, 'stderr', error)}") from error
    return target


def release(kernel):
    return next((kernel / "lib/modules").iterdir()).name


def module_files(kernel):
    """Returns the files of MODULES and of what they depend on."""
    base = kernel / "lib/modules" / release(kernel)
    depends = {}
    for line in (base / "modules.dep").read_text().splitlines():
        path, needs = line.split(":")
        depends[pathlib.Path(path).name.split(".")[0].replace("-", "_")] = [path, *needs.split()]
    wanted = {path for name in MODULES for path in depends.get(name, [])}
    return base, sorted(wanted)


def copy(source, root, destination=None):
    target = root / str(destination or source).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target, follow_symlinks=True)


def copy_program(program, root):
    """Copies passcheck with the shared libraries that it is linked to."""
    copy(program, root, "/bin/passcheck")
    for line in run("ldd", program).splitlines():
        for word in line.split():
            if word.startswith("/"):
                copy(word, root)


def copy_modules(kernel, root):
    base, files = module_files(kernel)
    target = root / "lib/modules" / base.name
    for path in files:
        copy(base / path, target, path)
    for index in base.glob("modules.*"):
        copy(index, target, index.name)


def copy_busybox(root):
    busybox = "/bin/busybox"
    if not os.path.exists(busybox):
        raise Unavailable("busybox-static is not installed")
    copy(busybox, root)
    for applet in run(busybox, "--list").split():
        link = root / "bin" / applet
        if not link.exists():
            link.symlink_to("busybox")


@functools.lru_cache
def initramfs(program):
    """Builds the initramfs for a passcheck. Returns its path; the caller owns the folder."""
    kernel = unpacked_kernel()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="passcheck-vm."))
    root = folder / "root"
    for name in ("proc", "sys", "dev", "bin"):
        (root / name).mkdir(parents=True)
    copy_busybox(root)
    copy_program(program, root)
    copy_modules(kernel, root)
    copy(kernel / "boot" / f"config-{release(kernel)}", root)
    run("cc", "-static", "-O1", "-o", root / "bin/probe", HERE / "probe.c")
    copy(HERE / "init", root, "/init")
    (root / "init").chmod(0o755)
    (root / "modules.list").write_text("\n".join(MODULES))
    image = folder / "initramfs.gz"
    subprocess.run("find . | cpio -o -H newc --quiet | gzip -1 > ../initramfs.gz", shell=True,
                   cwd=root, check=True)
    shutil.rmtree(root)
    return image


def vmlinuz():
    kernel = unpacked_kernel()
    return kernel / "boot" / f"vmlinuz-{release(kernel)}"

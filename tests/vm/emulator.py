"""Where QEMU comes from: Debian's own, and a newer one that is unpacked beside it."""
import functools
import os
import pathlib
import shutil
import subprocess

SOURCE = ("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
          "http://deb.debian.org/debian {release}-backports main\n")
NEWER_PACKAGES = ("qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios")
BINARY = "qemu-system-x86_64"


class Unavailable(Exception):
    """Something that the suite needs cannot be had here."""


def run(*command, **options):
    """Runs a command that must succeed. Returns what it printed."""
    try:
        return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, **options).stdout
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"{command[0]}: {error.stderr.strip()[-400:]}") from error


def cache():
    """The folder that keeps what was downloaded, from run to run."""
    default = pathlib.Path.home() / ".cache" / "passcheck" / "vm"
    path = pathlib.Path(os.environ.get("PASSCHECK_VM_CACHE", default))
    path.mkdir(parents=True, exist_ok=True)
    return path


def debian():
    """The QEMU that is installed, as the beginning of its command."""
    if not shutil.which(BINARY):
        raise Unavailable("qemu-system-x86 is not installed")
    return [BINARY]


def codename():
    for line in pathlib.Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise Unavailable("the distribution's codename is not known")


def download_newer(target):
    """Unpacks QEMU from Debian's backports. apt keeps its own folders: the system stays as is."""
    apt = target.parent / "apt"
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    source = apt / "sources.list"
    source.write_text(SOURCE.format(release=codename()), encoding="utf-8")
    options = ["-o", f"Dir::Etc::SourceList={source}", "-o", "Dir::Etc::SourceParts=/dev/null",
               "-o", f"Dir::State::lists={apt / 'lists'}", "-o", f"Dir::Cache={apt / 'cache'}",
               "-o", "APT::Sandbox::User=root"]
    run("apt-get", *options, "-q", "update")
    run("apt-get", *options, "-q", "-t", f"{codename()}-backports", "download", *NEWER_PACKAGES,
        cwd=apt / "packages")
    for package in (apt / "packages").glob("*.deb"):
        run("dpkg", "-x", package, target)
    shutil.rmtree(apt)


@functools.lru_cache
def newer():
    """QEMU from backports, which has devices that Debian's own lacks; downloaded once."""
    target = cache() / "qemu-newer"
    complete = target / ".complete"
    if not complete.exists():
        shutil.rmtree(target, ignore_errors=True)
        download_newer(target)
        complete.touch()
    binary = target / "usr/bin" / BINARY
    run(binary, "--version")
    firmware = ("usr/share/qemu", "usr/share/seabios")
    folders = [str(target / folder) for folder in firmware] + ["/usr/lib/ipxe/qemu"]
    return [str(binary), *(word for folder in folders for word in ("-L", folder))]

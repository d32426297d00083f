"""Packages of Debian's pools, unpacked into a folder that is kept from run to run. Nothing is
installed: apt gets folders of its own, and the system's stay as they are."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

POOL = "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


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
    """The folder that keeps what was downloaded."""
    default = pathlib.Path.home() / ".cache" / "passcheck" / "vm"
    path = pathlib.Path(os.environ.get("PASSCHECK_VM_CACHE", default))
    path.mkdir(parents=True, exist_ok=True)
    return path


def codename():
    """The release of Debian that runs here."""
    for line in pathlib.Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise Unavailable("the distribution's codename is not known")


class Apt:
    """apt of one suite and architecture, in a folder of its own."""

    def __init__(self, folder, suite, architecture):
        self.folder = pathlib.Path(folder)
        for name in ("lists/partial", "cache/archives/partial", "packages"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "status").touch()
        self.write_sources(suite)
        self.options = [word for option in (
            f"Dir::Etc::SourceList={self.folder / 'sources.list'}",
            "Dir::Etc::SourceParts=/dev/null", f"Dir::State::lists={self.folder / 'lists'}",
            f"Dir::State::status={self.folder / 'status'}", f"Dir::Cache={self.folder / 'cache'}",
            f"APT::Architecture={architecture}", f"APT::Architectures={architecture}",
            "APT::Sandbox::User=root", "Acquire::Languages=none") for word in ("-o", option)]
        run("apt-get", *self.options, "-q", "update")

    def write_sources(self, suite):
        sources = [(POOL, suite)]
        if not suite.endswith("-backports") and suite != "sid":
            sources.append((SECURITY, f"{suite}-security"))
        lines = [f"deb [signed-by={KEYRING}] {uri} {name} main\n" for uri, name in sources]
        (self.folder / "sources.list").write_text("".join(lines), encoding="utf-8")

    def depends(self, package):
        """The names of the packages that the newest version of a package depends on."""
        shown = run("apt-cache", *self.options, "show", "--no-all-versions", package)
        found = re.search(r"^Depends: (.*)$", shown, re.MULTILINE)
        return re.findall(r"(?:^|[,|]) *([^ ,|(]+)", found[1]) if found else []

    def unpack(self, packages, target):
        run("apt-get", *self.options, "-q", "download", *packages, cwd=self.folder / "packages")
        for package in (self.folder / "packages").glob("*.deb"):
            run("dpkg", "-x", package, target)


def kept(name, fill):
    """Returns the folder of that name in the cache; fill(folder, scratch) fills it once."""
    target = cache() / name
    if (target / ".complete").exists():
        return target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    with tempfile.TemporaryDirectory(dir=cache()) as scratch:
        fill(target, scratch)
    (target / ".complete").touch()
    return target


def packages(name, suite, architecture, names):
    """Returns the folder of that name in the cache, with what packages of a suite hold."""
    def fill(target, scratch):
        Apt(scratch, suite, architecture).unpack(names, target)

    return kept(name, fill)

"""What the tests that run passcheck from outside share."""
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

PASSCHECK = os.environ["PASSCHECK"]
SOURCE = pathlib.Path(os.environ["PASSCHECK_SOURCE"])
# Below what is no folder there can be no file.
NOWHERE = pathlib.Path("/dev/null/nowhere")
SHARED_DATA = pathlib.Path(os.environ.get("PASSCHECK_SHARED_DATA", NOWHERE))
SKIPPED = 77
# Where script/bootstrap keeps programs that only tests call.
PROGRAMS = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache",
                        "passcheck/programs")

READY, FAILED, NOT_READY, UNDETERMINED, USAGE = 0, 1, 2, 3, 64
VERDICT_CODES = {"ready": READY, "not-ready": NOT_READY, "undetermined": UNDETERMINED}


def passcheck(*arguments, **options):
    """Runs the program and returns what it did: returncode, stdout, stderr."""
    options.setdefault("timeout", 120)
    return subprocess.run([PASSCHECK, *map(str, arguments)], capture_output=True, text=True,
                          errors="strict", check=False, **options)


def audit(root, *arguments):
    """Returns the JSON report of the tree at root."""
    result = passcheck("--root", root, "--format", "json", *arguments)
    if result.returncode not in VERDICT_CODES.values():
        raise AssertionError(f"exit {result.returncode}: {result.stderr}")
    report = json.loads(result.stdout)
    # Functions that are asked for may make it exit with a worse one.
    if not arguments and VERDICT_CODES[report["verdict"]] != result.returncode:
        raise AssertionError(f"{report['verdict']} exits {result.returncode}")
    return report


@functools.cache
def report_of(root):
    """The report of a tree that no test changes, which is asked for once; nor may it be changed."""
    return audit(root)


def write_tree(files, directory):
    """Fills directory: a path maps to bytes, to text, or to a tuple that holds a link's target."""
    for path, content in files.items():
        target = pathlib.Path(directory, path.lstrip("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, tuple):
            target.symlink_to(content[0])
        elif isinstance(content, bytes):
            target.write_bytes(content)
        else:
            target.write_text(content, encoding="utf-8")
    return pathlib.Path(directory)


class TreeTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def tree(self, files):
        root = self.directory / "root"
        root.mkdir(exist_ok=True)
        return write_tree(files, root)


def shared_trees():
    """Yields name and archive of every captured host in the shared data."""
    for archive in sorted(SHARED_DATA.glob("vm/*.tar.gz")):
        yield archive.name.removesuffix(".tar.gz"), archive


def field_hosts(directory):
    """Yields the roots of hosts rebuilt from public reports, where the shared data is, unpacked
    below directory. Device nodes are left out: root alone can make them."""
    for archive in sorted(SHARED_DATA.glob("field/*/trees.tar.gz")):
        target = pathlib.Path(directory, archive.parent.name)
        with tarfile.open(archive) as tar:
            tar.extractall(target, [member for member in tar if not member.isdev()])
        yield from sorted(path for path in target.glob("*/*") if path.is_dir())


def copy_ready_host(root):
    """Copies the tree of a captured host that is ready to root, as one of a host that is live."""
    shutil.copytree(SOURCE / "fixtures/intel-ports-on/root", root, symlinks=True)
    shutil.rmtree(root / ".passcheck")


def unpack(archive, directory):
    with tarfile.open(archive) as tar:
        tar.extractall(directory)
    return pathlib.Path(directory)


def copy_passcheck(directory):
    """Copies the program, and the module that one without tests has beside it; returns its path."""
    module = pathlib.Path(PASSCHECK).with_name("passcheck-libraries.so")
    if module.exists():
        shutil.copy(module, directory)
    return shutil.copy(PASSCHECK, directory)


def sanitized():
    """Whether the program has sanitizers in it, which take memory of their own."""
    libraries = subprocess.run(["ldd", PASSCHECK], capture_output=True, text=True, check=False)
    return "libasan" in libraries.stdout


def program(package, name):
    """The path of a program that script/bootstrap unpacked of a package, or None."""
    path = PROGRAMS / package / "usr/bin" / name
    return path if path.exists() else None


def skip(reason):
    """Ends the program as skipped, for CTest to say so; a test raises unittest.SkipTest instead."""
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def main():
    """Runs the tests of the program; where every test was skipped, so is the program."""
    result = unittest.main(exit=False).result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.testsRun <= len(result.skipped):
        skip("each of its tests")

"""The Debian package in a system that holds nothing else: it installs, runs and goes again."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import support  # noqa: E402
from support import VERDICT_CODES, skip  # noqa: E402

RELEASED = os.environ["PASSCHECK_RELEASED"]  # a build without sanitizers
MIRROR = "http://deb.debian.org/debian"
# What is mounted inside goes with the command, before the folder is removed.
UNSHARE = ["unshare", "--mount"]


def run(*command, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                            errors="replace", check=False, **options)
    if result.returncode:
        raise AssertionError(f"{command[0]}: {(result.stdout + result.stderr)[-2000:]}")
    return result.stdout


def bootstrap(chroot, release):
    result = subprocess.run([*UNSHARE, "debootstrap", "--variant=minbase", release, chroot, MIRROR],
                            capture_output=True, text=True, check=False, timeout=1200)
    if result.returncode:
        raise unittest.SkipTest(f"debootstrap: {result.stdout.strip().splitlines()[-1:]}")
    shutil.copy("/etc/resolv.conf", chroot / "etc")


class DebianPackage(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def build(self):
        run("cpack", "-G", "DEB", "-B", self.directory, cwd=RELEASED)
        (package,) = self.directory.glob("passcheck_*.deb")
        return package

    def test_none_is_written_without_what_finds_its_dependencies(self):
        for tool in ("dpkg-shlibdeps", "file"):
            with self.subTest(tool=tool):
                hidden = shutil.which(tool)
                result = subprocess.run(
                    [*UNSHARE, "sh", "-c", f"mount --bind /dev/null {hidden} && "
                                           f"cpack -G DEB -B {self.directory}"],
                    cwd=RELEASED, capture_output=True, text=True, check=False)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(f"{tool} is not installed", result.stderr + result.stdout)
                self.assertEqual(list(self.directory.rglob("*.deb")), [])

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_lintian_finds_nothing(self):
        said = run("lintian", "--allow-root", "--fail-on", "none", "--tag-display-limit", "0",
                   self.build())
        self.assertEqual([line for line in said.splitlines() if line[:2] in ("E:", "W:")], [])

    def test_completions_are_where_zsh_of_debian_looks_for_those_of_packages(self):
        self.assertIn("./usr/share/zsh/vendor-completions/_passcheck",
                      run("dpkg-deb", "--contents", self.build()))

    def test_it_installs_runs_and_goes_in_a_clean_debian_12(self):
        self.installs_runs_and_goes("bookworm")

    def test_it_installs_runs_and_goes_in_a_clean_debian_13(self):
        self.installs_runs_and_goes("trixie")

    def installs_runs_and_goes(self, release):
        chroot = self.directory / "chroot"
        bootstrap(chroot, release)
        package = shutil.copy(self.build(), chroot / "tmp")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        # The loader asks /proc where the program lies, for the module beside it.
        inside = [*UNSHARE, f"--mount-proc={chroot}/proc", "chroot", chroot]
        run(*inside, "apt-get", "-q", "update", env=environment)
        run(*inside, "apt-get", "-qy", "--no-install-recommends", "install",
            f"/tmp/{pathlib.Path(package).name}", env=environment)
        self.assertIn("passcheck", run(*inside, "passcheck", "--version"))
        self.assertIn("reset.none", run(*inside, "passcheck", "explain", "reset.none"))
        result = subprocess.run([*inside, "passcheck"], capture_output=True, text=True,
                                check=False)
        self.assertIn(result.returncode, VERDICT_CODES.values())
        self.assertEqual(result.stderr, "")
        run(*inside, "passcheck", "capture", "-o", "/tmp/host.tar.gz")
        run(*inside, "apt-get", "-qy", "purge", "passcheck", env=environment)
        left = [path for path in (chroot / "usr").rglob("*passcheck*")]
        self.assertEqual(left, [])


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("debootstrap needs root")
    for tool in ("debootstrap", "unshare", "cpack", "dpkg-shlibdeps"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    support.main()

"""The archive that script/standalone makes, in a system that holds nothing but a shell."""
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import READY, SOURCE, VERDICT_CODES, audit, skip  # noqa: E402

BUSYBOX = "/bin/busybox"
CHROOT = "/usr/sbin/chroot"
RELEASED = pathlib.Path(os.environ["PASSCHECK_RELEASED"])  # a build without sanitizers
FIXTURE = SOURCE / "fixtures/intel-sriov-vfs"


class Standalone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.chroot = pathlib.Path(temporary.name, "chroot")
        (cls.chroot / "bin").mkdir(parents=True)
        shutil.copy(BUSYBOX, cls.chroot / "bin/busybox")
        for name in ("sh", "dirname", "readlink"):
            (cls.chroot / "bin" / name).symlink_to("busybox")
        (cls.chroot / "dev").mkdir()
        os.mknod(cls.chroot / "dev/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        archive = pathlib.Path(temporary.name, "passcheck.tgz")
        subprocess.run([SOURCE / "script/standalone", archive, RELEASED / "passcheck"], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["tar", "-C", cls.chroot, "-xzf", archive], check=True)
        program, = cls.chroot.glob("passcheck-*/passcheck")
        cls.program = "/" + str(program.relative_to(cls.chroot))

    def inside(self, *command):
        return subprocess.run([CHROOT, self.chroot, *command], capture_output=True, text=True,
                              check=False, env={"PATH": "/bin"})

    def test_it_runs_without_the_systems_libraries(self):
        result = self.inside(self.program, "--version")
        self.assertEqual((result.returncode, result.stderr), (READY, ""))
        self.assertIn("passcheck", result.stdout)

    def test_it_says_of_a_host_what_the_program_says(self):
        shutil.copytree(FIXTURE, self.chroot / "host", symlinks=True)
        result = self.inside(self.program, "--root", "/host", "--format", "json", "-o",
                             "/report.json")
        self.assertIn(result.returncode, VERDICT_CODES.values())
        self.assertEqual(result.stderr, "")
        report = (self.chroot / "report.json").read_text()
        self.assertIn(f'"verdict": "{audit(FIXTURE)["verdict"]}"', report)

    def test_it_brings_what_reads_archives(self):
        shutil.make_archive(str(self.chroot / "packed"), "gztar", FIXTURE / "root")
        result = self.inside(self.program, "--root", "/packed.tar.gz")
        self.assertIn(result.returncode, VERDICT_CODES.values())
        self.assertEqual(result.stderr, "")

    def test_it_brings_the_names_of_devices(self):
        shutil.copytree(FIXTURE, self.chroot / "named", symlinks=True)
        result = self.inside(self.program, "--root", "/named")
        self.assertIn(" Red Hat QEMU NVM Express Controller", result.stdout)

    def test_a_link_to_it_runs_it(self):
        (self.chroot / "bin/passcheck").symlink_to(self.program)
        result = self.inside("/bin/passcheck", "--version")
        self.assertEqual(result.returncode, READY, result.stderr)


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("chroot needs root")
    if not pathlib.Path(BUSYBOX).exists():
        skip("busybox-static is not installed")
    unittest.main()

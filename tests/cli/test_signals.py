"""A signal ends passcheck within a second, whatever it does, and nothing half done is left."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]
import hosts  # noqa: E402
from support import FAILED, PASSCHECK, TreeTest, VERDICT_CODES  # noqa: E402

PFS, VFS = 4, 100
STEPS = 8        # of a run, at each of which it is ended once
MOST_SECONDS = 1
ATTEMPTS = 3     # a busy machine may be late now and then
ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


class Signals(TreeTest):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.root = pathlib.Path(temporary.name, "host")
        hosts.write_host(cls.root, PFS, VFS)
        cls.archive = pathlib.Path(temporary.name, "host.tar.gz")
        subprocess.run(["tar", "-C", cls.root, "-czf", cls.archive, "."], check=True)

    def setUp(self):
        super().setUp()
        self.scratch, self.out = self.directory / "scratch", self.directory / "out"
        self.scratch.mkdir()
        self.out.mkdir()

    def start(self, arguments):
        return subprocess.Popen([PASSCHECK, *map(str, arguments)], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL,
                                env={**os.environ, "TMPDIR": str(self.scratch)})

    def phases(self):
        address = "0000:01:00.0"
        return {
            "audit": ["--root", self.root, "-o", self.out / "file"],
            "audit of an archive": ["--root", self.archive, "-o", self.out / "file"],
            "page": ["--root", self.root, "--format", "html", "-o", self.out / "file"],
            "plan": ["plan", "--root", self.root, "-o", self.out / "file", address],
            "capture": ["capture", "--root", self.root, "-o", self.out / "file.tar.gz"],
            "capture into a folder": ["capture", "--root", self.root, "-o", self.out / "file.d"],
            "capture of an archive": ["capture", "--root", self.archive, "-o", self.out / "file.tar"],
        }

    def seconds_of_a_run(self, arguments):
        """Runs to the end what signals are then to end before it."""
        begin = time.monotonic()
        self.start(arguments).wait()
        seconds = time.monotonic() - begin
        self.expect_nothing_half_done()
        return seconds

    def seconds_to_end(self, arguments, after, number=signal.SIGTERM):
        """Ends a run after that many seconds. Returns how long it took to end then."""
        process = self.start(arguments)
        time.sleep(after)
        begin = time.monotonic()
        process.send_signal(number)
        code = process.wait(timeout=60)
        self.assertIn(code, (-number, *VERDICT_CODES.values()))
        return time.monotonic() - begin

    def expect_nothing_half_done(self):
        self.assertEqual(list(self.scratch.iterdir()), [])
        for left in self.out.iterdir():
            self.assertTrue(left.name.startswith("file"), left.name)
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()

    def test_a_run_is_ended_soon_at_any_time(self):
        for what, arguments in self.phases().items():
            whole = self.seconds_of_a_run(arguments)
            for step in range(STEPS):
                with self.subTest(what=what, step=step):
                    for _ in range(ATTEMPTS):
                        seconds = self.seconds_to_end(arguments, whole * step / STEPS)
                        self.expect_nothing_half_done()
                        if seconds < MOST_SECONDS:
                            break
                    self.assertLess(seconds, MOST_SECONDS)

    def test_every_signal_that_ends_a_run_leaves_nothing_half_done(self):
        for what in ("audit of an archive", "capture", "capture into a folder"):
            arguments = self.phases()[what]
            whole = self.seconds_of_a_run(arguments)
            for number in ENDING:
                with self.subTest(what=what, signal=number.name):
                    self.seconds_to_end(arguments, whole / 2, number)
                    self.expect_nothing_half_done()

    def test_a_reader_that_goes_is_an_error_of_writing(self):
        for arguments in (["--root", self.root, "--format", "json"],
                          ["plan", "--root", self.root], ["checks"]):
            with self.subTest(arguments=arguments):
                ours, theirs = os.pipe()
                os.close(ours)
                result = subprocess.run([PASSCHECK, *map(str, arguments)], stdout=theirs, text=True,
                                        stderr=subprocess.PIPE, check=False)
                os.close(theirs)
                self.assertEqual(result.returncode, FAILED)
                self.assertEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main()

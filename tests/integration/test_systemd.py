"""The unit and the timer: what systemd says of them, and whether the program runs within them."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import PASSCHECK, SOURCE, VERDICT_CODES, passcheck  # noqa: E402

UNITS = SOURCE / "systemd"
SERVICE = UNITS / "passcheck.service"
MOST_EXPOSURE = 25  # tenths


def settings(name):
    """The values of a setting of the service, in their order."""
    return re.findall(rf"^{name}=(.*)$", SERVICE.read_text(), re.MULTILINE)


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True,
                          check=False)


def members(group):
    """The system calls of a group, with those of the groups that it holds."""
    calls = set()
    for line in analyze("syscall-filter", group).stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            calls |= members(word)
        elif word and not word.startswith("#"):
            calls.add(word)
    return calls


def allowed_calls():
    calls = set()
    for value in settings("SystemCallFilter"):
        words = value.removeprefix("~").split()
        named = set().union(*(members(word) if word.startswith("@") else {word} for word in words))
        calls = calls - named if value.startswith("~") else calls | named
    return calls


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
class Units(unittest.TestCase):
    def test_systemd_finds_nothing_wrong(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in UNITS.iterdir():
                text = unit.read_text().replace("/usr/bin/passcheck", PASSCHECK)
                # The manual may not be installed here.
                pathlib.Path(folder, unit.name).write_text(
                    re.sub("^Documentation=.*\n", "", text, flags=re.MULTILINE))
            for unit in UNITS.iterdir():
                result = analyze("verify", pathlib.Path(folder, unit.name))
                self.assertEqual((result.returncode, result.stderr), (0, ""), unit.name)

    def test_it_is_hardened(self):
        result = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSURE}", SERVICE)
        self.assertEqual(result.returncode, 0, result.stdout[-200:])

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_the_program_needs_no_call_that_the_unit_refuses(self):
        needed = set()
        for command in settings("ExecStart"):
            with tempfile.TemporaryDirectory() as folder:
                words = command.replace("/var/lib/passcheck", folder).split()
                trace = pathlib.Path(folder, "trace")
                subprocess.run(["strace", "-f", "-o", trace, PASSCHECK, *words[1:]],
                               env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"},
                               capture_output=True, check=False)
                needed |= set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(errors="replace"),
                                         re.MULTILINE))
        self.assertIn("openat2", needed)
        # The first call starts the program; sanitizers ask for the limit of the stack.
        self.assertLessEqual(needed - {"prlimit64", "sched_getaffinity"}, allowed_calls())


class Files(unittest.TestCase):
    def test_each_command_writes_its_file_and_exits_as_the_unit_allows(self):
        success = {0, *map(int, settings("SuccessExitStatus")[0].split())}
        self.assertEqual(success, set(VERDICT_CODES.values()))
        for command in settings("ExecStart"):
            with tempfile.TemporaryDirectory() as folder:
                words = command.replace("/var/lib/passcheck", folder).split()
                result = passcheck(*words[1:])
                self.assertIn(result.returncode, success, result.stderr)
                written, = pathlib.Path(folder).iterdir()
                self.assertEqual(str(written), words[-1])
                self.assertGreater(written.stat().st_size, 0)


if __name__ == "__main__":
    unittest.main()

"""Where a report goes: whole or not at all, and no failure to write passes for success."""
import os
import resource
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import (  # noqa: E402
    FAILED, PASSCHECK, READY, SOURCE, TreeTest, VERDICT_CODES, passcheck)

TREE = {"/proc/cmdline": "quiet\n", "/sys/bus/pci/devices/.keep": ""}


class Output(TreeTest):
    def test_a_file_holds_what_standard_output_would(self):
        tree, file = self.tree(TREE), self.directory / "report"
        printed = passcheck("--root", tree)
        written = passcheck("--root", tree, "-o", file)
        self.assertEqual(written.stdout, "")
        self.assertEqual(file.read_text(), printed.stdout)
        self.assertEqual(written.returncode, printed.returncode)

    def test_a_new_file_has_ordinary_rights_and_an_old_one_keeps_its_own(self):
        tree, file = self.tree(TREE), self.directory / "report"
        os.umask(0o022)
        passcheck("--root", tree, "-o", file)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o644)
        file.chmod(0o600)
        passcheck("--root", tree, "-o", file)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)

    def test_a_file_beyond_the_limit_fails_and_leaves_nothing_behind(self):
        tree, file = self.tree(TREE), self.directory / "report"
        file.write_text("old")
        result = passcheck("--root", tree, "--format", "json", "-o", file,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)))
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("File too large", result.stderr)
        self.assertEqual(file.read_text(), "old")
        self.assertEqual(sorted(self.directory.iterdir()), [file, tree])

    def test_a_link_is_kept_and_its_target_replaced(self):
        tree = self.tree(TREE)
        target, link = self.directory / "target", self.directory / "link"
        target.write_text("old")
        link.symlink_to(target)
        passcheck("--root", tree, "-o", link)
        self.assertTrue(link.is_symlink())
        self.assertNotEqual(target.read_text(), "old")

    def test_nothing_is_left_behind_where_the_report_fails(self):
        file = self.directory / "out" / "report"
        file.parent.mkdir()
        result = passcheck("--root", self.tree(TREE), "-o", file, "0000:00:1f.0")
        self.assertNotIn(result.returncode, VERDICT_CODES.values())
        self.assertEqual(list(file.parent.iterdir()), [])

    def test_a_folder_that_does_not_exist_is_named(self):
        result = passcheck("--root", self.tree(TREE), "-o", self.directory / "no" / "report")
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("no/report", result.stderr)

    def test_a_full_disk_is_a_failure(self):
        for arguments in ([], ["--format", "json"], ["-o", "/dev/full"]):
            with self.subTest(arguments=arguments), open("/dev/full", "w") as full:
                result = subprocess.run(
                    [PASSCHECK, "--root", self.tree(TREE), *arguments], stdout=full,
                    stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(result.returncode, FAILED)
                self.assertIn("No space left", result.stderr)

    def test_help_and_lists_on_a_full_disk_are_failures(self):
        for arguments in (["--help"], ["--version"], ["checks"], ["explain", "kernel-cmdline"]):
            with self.subTest(arguments=arguments), open("/dev/full", "w") as full:
                result = subprocess.run([PASSCHECK, *arguments], stdout=full,
                                        stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(result.returncode, FAILED)

    def test_a_closed_pipe_is_a_failure_without_a_message(self):
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run([PASSCHECK, "--root", self.tree(TREE), "--format", "json"],
                                stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
        os.close(writer)
        self.assertEqual(result.returncode, FAILED)
        self.assertEqual(result.stderr, "")

    def test_a_closed_standard_output_is_a_failure(self):
        result = subprocess.run(f'"{PASSCHECK}" --root "{self.tree(TREE)}" >&-', shell=True,
                                stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("Bad file descriptor", result.stderr)


class Look(TreeTest):
    def colored(self, *arguments, **environment):
        result = passcheck("--root", self.tree(TREE), *arguments,
                           env={**os.environ, "TERM": "xterm", **environment})
        return "\033[" in result.stdout

    def test_color_follows_the_option_then_the_terminal(self):
        self.assertFalse(self.colored())
        self.assertTrue(self.colored("--color", "always"))
        self.assertTrue(self.colored("--color", "always", NO_COLOR="1"))
        self.assertFalse(self.colored("--color", "never"))

    def test_a_c_locale_gets_ascii(self):
        result = passcheck("--root", self.tree(TREE), "-v", env={**os.environ, "LC_ALL": "C"})
        self.assertTrue(result.stdout.isascii())


class Progress(TreeTest):
    """What takes longer than a second is told on a terminal, and nowhere else."""

    def audit_slowly(self, stderr):
        """Audits an archive that comes late. Returns the exit code."""
        archive = self.directory / "host.tar"
        passcheck("capture", "--root", SOURCE / "fixtures/arm64-its/root", "-o", archive)
        late = self.directory / "late.tar"
        os.mkfifo(late)
        process = subprocess.Popen([PASSCHECK, "--root", late], stdout=subprocess.DEVNULL,
                                   stderr=stderr, env={**os.environ, "TERM": "xterm"})
        time.sleep(1.5)
        late.write_bytes(archive.read_bytes())
        return process.wait(60)

    def test_on_a_terminal_a_line_comes_and_goes(self):
        controller, terminal = os.openpty()
        self.assertEqual(self.audit_slowly(terminal), READY)
        said = os.read(controller, 4096).decode()
        os.close(terminal)
        os.close(controller)
        self.assertIn("passcheck: unpacking the capture, 1 s", said)
        self.assertTrue(said.endswith("\r\x1b[K"), said)

    def test_a_pipe_gets_nothing(self):
        reader, writer = os.pipe()
        code = self.audit_slowly(writer)
        os.close(writer)
        self.assertEqual((code, os.read(reader, 4096)), (READY, b""))
        os.close(reader)


if __name__ == "__main__":
    unittest.main()

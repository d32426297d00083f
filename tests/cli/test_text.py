"""The text report: the verdict, what decides it, and each thing once."""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import NOT_READY, PASSCHECK, READY, SOURCE, UNDETERMINED, TreeTest, audit, passcheck  # noqa: E402

READY_HOST = SOURCE / "fixtures/intel-ports-on"

# On this host nothing passes, and nothing fails before the IOMMU is looked for.
SILENT = {"/proc/cmdline": "quiet\n", "/sys/bus/pci/devices/.keep": ""}


def headline(*arguments):
    result = passcheck(*arguments)
    return result.stdout.splitlines()[0], result.returncode


class Verdict(TreeTest):
    def test_a_verdict_by_some_checks_says_so(self):
        for checks, verdict, code in (
                ("iommu-groups", "READY as far as the check asked for tells: ", READY),
                ("iommu-groups,kvm", "READY as far as the 2 checks asked for tell: ", READY),
                ("kvm,iommu-groups,kvm", "READY as far as the 2 checks asked for tell: ", READY)):
            with self.subTest(checks=checks):
                line, exit_code = headline("--root", READY_HOST, "--check", checks)
                self.assertTrue(line.startswith(verdict), line)
                self.assertEqual(exit_code, code)

    def test_so_does_one_that_is_not_ready(self):
        line, code = headline("--root", SOURCE / "fixtures/no-iommu", "--check", "iommu-groups")
        self.assertTrue(line.startswith("NOT READY by the check asked for: "), line)
        self.assertEqual(code, NOT_READY)

    def test_a_verdict_by_all_checks_says_nothing_of_them(self):
        self.assertNotIn("asked for", headline("--root", READY_HOST)[0])


class Quiet(TreeTest):
    def test_what_leaves_the_host_undetermined_is_shown(self):
        result = passcheck("--root", self.tree(SILENT), "-q", "--check", "kernel-config")
        self.assertEqual(result.returncode, UNDETERMINED)
        self.assertIn("\n?     ", result.stdout)
        self.assertIn("[kernel-config.", result.stdout)

    def test_what_a_check_only_advises_is_not(self):
        result = passcheck("--root", self.tree(SILENT), "-q", "--check", "kernel-config,memory")
        self.assertNotIn("[memory.", result.stdout)

    def test_that_nothing_passed_is_said(self):
        for quiet in ((), ("-q",)):
            result = passcheck("--root", self.tree(SILENT), "--check", "hotplug", *quiet)
            self.assertEqual(result.returncode, UNDETERMINED)
            self.assertIn("\nNothing was found that shows this host to be ready.\n", result.stdout)

    def test_warnings_are_shown_where_they_decide(self):
        shown = {word: passcheck("--root", READY_HOST, "-q", *word).stdout
                 for word in ((), ("--fail-on", "warn"))}
        self.assertNotIn("\nWARN", shown[()])
        self.assertIn("\nWARN", shown[("--fail-on", "warn")])


class OfAFunction(unittest.TestCase):
    """What text says of a function named is what JSON says of it."""

    def agree(self, function, text):
        isolation, sriov = function["isolation"], function["sriov"]
        group = "none" if isolation["group"] is None else isolation["group"]
        self.assertIn(f"  driver: {function['driver'] or 'none'}\n", text)
        self.assertIn(f"  IOMMU group: {group}\n", text)
        for merged in isolation["merged_by"]:
            self.assertIn(merged["function"], text)
        pf = function["physical_function"]
        self.assertEqual("virtual function of" in text, pf is not None)
        self.assertEqual(f"virtual function of {pf}\n" in text, pf is not None)
        self.assertEqual("  VFs possible: " in text, sriov is not None)
        if sriov:
            enabled = sriov["enabled_vfs"] or "none"
            self.assertRegex(text, rf"(?m)^  VFs enabled: {enabled}\b")
        self.assertIn(f"  verdict: {function['assignable']['verdict']}", text)

    def test_text_and_json_agree(self):
        for fixture in sorted((SOURCE / "fixtures").iterdir()):
            for function in audit(fixture)["functions"]:
                address = function["address"]
                with self.subTest(fixture=fixture.name, function=address):
                    text = passcheck("--root", fixture, address).stdout
                    self.agree(function, text[text.index(f"\n{address}\n"):])


def on_terminal(columns, *arguments):
    """Returns what a terminal of that width is shown."""
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    with subprocess.Popen([PASSCHECK, "--color", "never", *map(str, arguments)], stdout=terminal,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}):
        os.close(terminal)
        shown = b""
        try:
            while chunk := os.read(screen, 65536):
                shown += chunk
        except OSError:  # the other side is closed
            pass
    os.close(screen)
    return shown.decode().replace("\r", "")


class Readme(unittest.TestCase):
    def test_its_sample_is_what_is_printed(self):
        """Up to the names of functions, which come from the pci.ids of this machine."""
        shown = on_terminal(80, "--root", SOURCE / "fixtures/intel-ports-off")
        self.assertIn(shown.split("ADDRESS")[0], (SOURCE / "README.md").read_text())


if __name__ == "__main__":
    unittest.main()

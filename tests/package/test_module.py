"""The module with what an audit in text or JSON does not call: where it is found, who needs it."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import support  # noqa: E402
from support import FAILED, SOURCE, VERDICT_CODES  # noqa: E402

RELEASED = pathlib.Path(os.environ["PASSCHECK_RELEASED"])  # a build without sanitizers
MODULE = "passcheck-libraries.so"
FIXTURE = SOURCE / "fixtures/intel-sriov-vfs"
GUESTS = {"guest.xml": "<domain><name>guest</name></domain>",
          "guest.yaml": "kind: VirtualMachineInstance\nspec: {domain: {devices: {}}}\n"}
MISSING = f"{MODULE}: cannot open shared object file: No such file or directory"


class Module(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        archive = shutil.make_archive(str(self.folder / "host"), "gztar", FIXTURE / "root")
        for name, text in GUESTS.items():
            (self.folder / name).write_text(text)
        self.in_need = (["--root", archive],
                        *(["domain", "--root", FIXTURE, self.folder / name] for name in GUESTS),
                        ["--root", FIXTURE, "--format", "html"],
                        ["--root", FIXTURE, "--format", "junit"],
                        ["--root", FIXTURE, "--format", "xccdf"],
                        ["capture", "--root", FIXTURE, "-o", self.folder / "copy.tar.gz"],
                        ["capture", "--root", FIXTURE, "-o", self.folder / "copy"])

    def place(self, name):
        """Copies the program alone into a folder of that name."""
        program = self.folder / name / "passcheck"
        program.parent.mkdir()
        shutil.copy(RELEASED / "passcheck", program)
        return program

    def run_program(self, program, *arguments):
        return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)

    def expect_all_to_work(self, program):
        for arguments in self.in_need:
            with self.subTest(arguments=arguments):
                result = self.run_program(program, *arguments)
                self.assertIn(result.returncode, VERDICT_CODES.values(), result.stderr)

    def test_an_audit_does_without(self):
        program = self.place("alone")
        for name in ("text", "json", "summary", "prometheus"):
            with self.subTest(format=name):
                result = self.run_program(program, "--root", FIXTURE, "--format", name)
                self.assertIn(result.returncode, VERDICT_CODES.values())
                self.assertEqual(result.stderr, "")

    def test_where_it_is_missing_what_needs_it_fails_and_names_it(self):
        program = self.place("alone")
        for arguments in self.in_need:
            with self.subTest(arguments=arguments):
                result = self.run_program(program, *arguments)
                self.assertEqual((result.returncode, result.stdout), (FAILED, ""))
                self.assertIn(f"needs {MODULE} in the program's folder", result.stderr)
                self.assertIn(MISSING, result.stderr)

    def test_it_is_found_beside_the_program(self):
        program = self.place("beside")
        shutil.copy(RELEASED / MODULE, program.parent)
        self.expect_all_to_work(program)

    def test_it_is_found_where_it_is_installed(self):
        program = self.place("bin")
        modules = self.folder / "lib/passcheck/modules"
        modules.mkdir(parents=True)
        shutil.copy(RELEASED / MODULE, modules)
        self.expect_all_to_work(program)


if __name__ == "__main__":
    support.main()

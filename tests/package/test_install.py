"""What `cmake --install` puts into a folder."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import READY, SOURCE  # noqa: E402

RELEASED = os.environ["PASSCHECK_RELEASED"]  # a build without sanitizers


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.root = pathlib.Path(temporary.name)
        subprocess.run(["cmake", "--install", RELEASED, "--prefix", "/usr"], check=True,
                       capture_output=True, env={**os.environ, "DESTDIR": str(cls.root)})
        cls.files = {str(path.relative_to(cls.root)) for path in cls.root.rglob("*")
                     if path.is_file()}

    def test_it_is_what_a_package_promises(self):
        documents = [path.name for pattern in ("docs/*.md", "docs/*.json", "docs/*.png")
                     for path in SOURCE.glob(pattern)]
        data = [*SOURCE.glob("sql/**/*.sql"),
                SOURCE / "kubernetes/daemonset.yaml",
                *(SOURCE / "prometheus" / name for name in ("alerts.yml", "dashboard.json"))]
        wanted = {"usr/bin/passcheck",
                  "usr/lib/passcheck/modules/passcheck-libraries.so",
                  "usr/share/man/man1/passcheck.1",
                  "usr/share/man/man5/passcheck-json.5",
                  "usr/share/man/man7/passcheck-checks.7",
                  "usr/share/bash-completion/completions/passcheck",
                  "usr/share/zsh/site-functions/_passcheck",
                  "usr/share/fish/vendor_completions.d/passcheck.fish",
                  "usr/lib/systemd/system/passcheck.service",
                  "usr/lib/systemd/system/passcheck.timer",
                  *(f"usr/share/passcheck/{path.relative_to(SOURCE)}" for path in data),
                  *(f"usr/share/doc/passcheck/{name}"
                    for name in ("README.md", "copyright", *documents))}
        self.assertEqual(self.files, wanted)

    def test_the_installed_program_runs(self):
        result = subprocess.run([self.root / "usr/bin/passcheck", "--version"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, READY)
        self.assertRegex(result.stdout, r"^passcheck \d+\.\d+\.\d+( \([0-9a-f]{12}\))?\n$")

    def test_no_file_names_where_it_was_built(self):
        for name in self.files - {"usr/bin/passcheck"}:
            with self.subTest(file=name):
                self.assertIsNone(re.search(re.escape(str(SOURCE)).encode(),
                                            (self.root / name).read_bytes()))


if __name__ == "__main__":
    unittest.main()

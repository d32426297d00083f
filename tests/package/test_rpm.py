"""What the RPM package holds."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import support  # noqa: E402
from support import skip  # noqa: E402

RELEASED = os.environ["PASSCHECK_RELEASED"]  # a build without sanitizers


def lines(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=True, **options).stdout.splitlines()


class RpmPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        lines("cpack", "-G", "RPM", "-B", temporary.name, cwd=RELEASED)
        (cls.package,) = pathlib.Path(temporary.name).glob("passcheck-*.rpm")

    def query(self, what):
        return lines("rpm", "-qp", what, self.package)

    def test_completions_are_where_shells_look_for_those_of_packages(self):
        files = self.query("-l")
        for name in ("bash-completion/completions/passcheck", "zsh/site-functions/_passcheck",
                     "fish/vendor_completions.d/passcheck.fish"):
            self.assertIn(f"/usr/share/{name}", files)

    def test_it_owns_no_folder_of_other_packages(self):
        owned = set(self.query("-l"))
        for name in ("/usr/bin", "/usr/share/man/man1", "/usr/share/zsh",
                     "/usr/share/zsh/site-functions", "/usr/lib/systemd/system"):
            self.assertNotIn(name, owned)

    def test_names_of_devices_are_recommended(self):
        self.assertIn("hwdata", self.query("--recommends"))


if __name__ == "__main__":
    for tool in ("cpack", "rpm", "rpmbuild"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    support.main()

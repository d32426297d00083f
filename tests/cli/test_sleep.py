"""Functions that sleep in D3cold are not woken: a host that is live because it is the process' "/"."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]
import hosts  # noqa: E402
from support import PASSCHECK, TreeTest  # noqa: E402

# Mounts what the program needs into the tree, and makes that "/".
ENTER = """set -e
for part in usr lib lib64; do
  [ -d /$part ] || continue
  mkdir -p "$1/$part"
  mount --rbind /$part "$1/$part"
done
mkdir -p "$1/program"
mount --bind "$2" "$1/program"
shift 2
exec chroot "$0" /program/passcheck "$@"
"""


def can_enter():
    """Whether this user may make a tree its root."""
    return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(can_enter(), "this user may not enter namespaces of its own")
class Sleep(TreeTest):
    def setUp(self):
        super().setUp()
        self.root = self.directory / "host"
        hosts.write_host(self.root, 2, 0)
        # Sanitizers look here for the program's name and environment, and for leaks in a /proc
        # that this host does not have.
        (self.root / "proc/self/exe").symlink_to("/program/passcheck")
        (self.root / "proc/self/environ").write_bytes(b"ASAN_OPTIONS=detect_leaks=0\0")
        devices = self.root / "sys/bus/pci/devices"
        self.names = sorted(entry.name for entry in devices.iterdir())
        for name in self.names:
            (devices / name / "power_state").write_text("D0\n")
        self.card = next(name for name in self.names if not name.startswith("0000:00:"))
        (devices / self.card / "power_state").write_text("D3cold\n")

    def live(self, *arguments):
        return subprocess.run(
            ["unshare", "-rm", "sh", "-c", ENTER, self.root, self.root,
             pathlib.Path(PASSCHECK).parent, *arguments],
            capture_output=True, text=True, check=False)

    def report(self, *arguments):
        """The report of a live audit, and what it says of the card."""
        result = self.live("--format", "json", *arguments)
        self.assertEqual(result.stderr, "")
        report = json.loads(result.stdout)
        card, = (function for function in report["functions"] if function["address"] == self.card)
        return report, card

    def test_what_sleeps_is_not_read(self):
        report, card = self.report()
        self.assertEqual(card["sriov"], {"state": "unreadable"})
        self.assertIn("EHOSTDOWN", json.dumps(report))

    def test_wake_reads_it(self):
        report, card = self.report("--wake")
        self.assertIn("total_vfs", card["sriov"])
        self.assertNotIn("EHOSTDOWN", json.dumps(report))

    def test_a_tree_is_read_whole(self):
        result = subprocess.run([PASSCHECK, "--root", self.root, "--format", "json"],
                                capture_output=True, text=True, check=False)
        self.assertNotIn("EHOSTDOWN", result.stdout)

    def test_the_text_says_that_it_sleeps_and_how_to_wake_it(self):
        text = self.live(self.card).stdout
        self.assertIn("D3cold", text)
        self.assertIn("--wake", text)


if __name__ == "__main__":
    unittest.main()

"""What an audit costs, in system calls: a count, so that no busy machine makes it fail."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]
import hosts  # noqa: E402
from support import PASSCHECK, TreeTest  # noqa: E402

FILE_CALLS = "openat2,getdents64,read,pread64,readlinkat,newfstatat,close,close_range"
MOST_CALLS = 16        # of a VF: the budget of the design
MOST_OTHER_CALLS = 32  # of a PF, and of a root port
MOST_LIVE_BYTES = 768  # of a function's config space
LIVE_DEVICES = pathlib.Path("/sys/bus/pci/devices")


def trace(*arguments, calls):
    """Returns the lines that strace prints of an audit."""
    with tempfile.NamedTemporaryFile(mode="r", errors="replace") as output:
        environment = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}
        subprocess.run(["strace", "-f", "-y", "-e", f"trace={calls}", "-o", output.name, PASSCHECK,
                        *map(str, arguments)], stdout=subprocess.DEVNULL, env=environment,
                       stderr=subprocess.DEVNULL, check=False)
        return output.read().splitlines()


class Cost(TreeTest):
    def calls(self, pfs, vfs):
        """Returns the functions of a host, and the system calls that its audit makes on files."""
        root = self.directory / f"{pfs}-{vfs}"
        functions = hosts.write_host(root, pfs, vfs)
        lines = trace("--root", root, "--format", "json", calls=FILE_CALLS)
        return functions, len(lines)

    def test_a_vf_takes_few_system_calls(self):
        few, calls_of_few = self.calls(2, 30)
        many, calls_of_many = self.calls(2, 150)
        self.assertLessEqual((calls_of_many - calls_of_few) / (many - few), MOST_CALLS)

    def test_pfs_and_ports_take_some_more(self):
        few, calls_of_few = self.calls(2, 0)
        many, calls_of_many = self.calls(12, 0)
        self.assertLessEqual((calls_of_many - calls_of_few) / (many - few), MOST_OTHER_CALLS)

    @unittest.skipUnless(LIVE_DEVICES.is_dir() and any(LIVE_DEVICES.iterdir()),
                         "this host has no PCI functions")
    def test_live_config_space_is_read_no_further_than_its_chains_need(self):
        sizes = {}
        for line in trace("--format", "json", calls="pread64"):
            call = re.search(r"pread64\(\d+<(/sys/devices/[^>]*/config)>.*= (\d+)$", line)
            if call:
                sizes[call[1]] = sizes.get(call[1], 0) + int(call[2])
        self.assertEqual(len(sizes), len(list(LIVE_DEVICES.iterdir())))
        self.assertLessEqual(max(sizes.values()), MOST_LIVE_BYTES)


if __name__ == "__main__":
    unittest.main()

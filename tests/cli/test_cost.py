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
MOST_CALLS = 15.2      # of a VF in a tree, where each of two folders takes one to learn its end
MOST_LIVE_CALLS = 13.6 # of a VF of a live host: the budget of the design
ARCHIVE_BLOCK = 16 * 1024 # bytes that are read of an archive at once
LISTED_OF_A_VF = 2     # its own folder, and that of its group's members
MOST_OTHER_CALLS = 32  # of a PF, and of a root port, of whose groups the type is read
MOST_ARCHIVE_CALLS = 4 # of a VF in an archive: each of its files is read in one
MOST_LIVE_BYTES = 768  # of a function's config space
LIVE_DEVICES = pathlib.Path("/sys/bus/pci/devices")
# A file system that is none of the kernel's own, where a folder of sysfs was.
MOUNTED = "/sys/bus/pci"
MOUNT_BELOW = f'mount -t tmpfs none {MOUNTED} && mkdir {MOUNTED}/devices && exec "$@"'
IS_SYSFS = subprocess.run(["stat", "-f", "-c", "%T", "/sys"], capture_output=True, text=True,
                          check=False).stdout.strip() == "sysfs"


def can_enter():
    """Whether this user may mount."""
    return subprocess.run(["unshare", "-rm", "sh", "-c", MOUNT_BELOW, "sh", "true"],
                          capture_output=True, check=False).returncode == 0


def replies(lines, folder):
    """Returns what each listing of a folder at or below that one gave: bytes, and 0 at its end."""
    return [int(size) for line in lines
            for size in re.findall(rf"getdents64\(\d+<{folder}[/>].* = (\d+)$", line)]


def trace(*arguments, calls, before=()):
    """Returns the lines that strace prints of an audit, which before runs."""
    with tempfile.NamedTemporaryFile(mode="r", errors="replace") as output:
        environment = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}
        subprocess.run([*before, "strace", "-f", "-y", "-e", f"trace={calls}", "-o", output.name,
                        PASSCHECK, *map(str, arguments)], stdout=subprocess.DEVNULL, env=environment,
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
        slope = (calls_of_many - calls_of_few) / (many - few)
        self.assertLessEqual(slope, MOST_CALLS)
        self.assertLessEqual(slope - LISTED_OF_A_VF, MOST_LIVE_CALLS)

    def test_the_list_of_functions_is_read_once(self):
        root = self.directory / "once"
        hosts.write_host(root, 2, 0)
        opened = [line for line in trace("--root", root, "--format", "json", calls="getdents64")
                  if "/sys/bus/pci/devices>" in line]
        self.assertEqual(len(opened), 2)  # its entries, and its end

    def test_a_check_of_the_host_alone_reads_no_function(self):
        root = self.directory / "alone"
        hosts.write_host(root, 2, 2)
        for check, reads in (("kvm", False), ("kvm,iommu-groups", True)):
            opened = "\n".join(trace("--root", root, "--format", "junit", "--check", check,
                                     calls="openat2"))
            for folder in ("bus/pci/devices", "iommu_groups"):
                self.assertEqual(folder in opened, reads, f"{check}: {folder}")

    def test_pfs_and_ports_take_some_more(self):
        few, calls_of_few = self.calls(2, 0)
        many, calls_of_many = self.calls(12, 0)
        self.assertLessEqual((calls_of_many - calls_of_few) / (many - few), MOST_OTHER_CALLS)

    def archive_calls(self, pfs, vfs):
        """Returns the functions of an archived host, and the system calls of its audit."""
        root = self.directory / f"archived-{pfs}-{vfs}"
        functions = hosts.write_host(root, pfs, vfs)
        archive = root.with_suffix(".tar")
        subprocess.run(["tar", "-C", root, "-cf", archive, "."], check=True)
        lines = trace("--root", archive, "--format", "json", calls="all")
        whole = archive.stat().st_size / ARCHIVE_BLOCK
        return functions, len(lines) - whole

    def test_an_archive_takes_no_more_system_calls_than_its_folder(self):
        few, calls_of_few = self.archive_calls(2, 30)
        many, calls_of_many = self.archive_calls(2, 150)
        self.assertLessEqual((calls_of_many - calls_of_few) / (many - few), MOST_ARCHIVE_CALLS)

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

    @unittest.skipUnless(IS_SYSFS, "this host has no /sys of its own")
    def test_a_folder_of_a_live_sysfs_is_listed_in_one_call(self):
        sizes = replies(trace("--format", "json", calls="getdents64"), "/sys/devices")
        self.assertNotIn(0, sizes)

    @unittest.skipUnless(IS_SYSFS and can_enter(), "this user may not mount on /sys")
    def test_a_folder_that_is_mounted_below_sysfs_is_listed_to_its_end(self):
        lines = trace("--format", "json", calls="getdents64",
                      before=["unshare", "-rm", "sh", "-c", MOUNT_BELOW, "sh"])
        self.assertIn(0, replies(lines, MOUNTED))


if __name__ == "__main__":
    unittest.main()

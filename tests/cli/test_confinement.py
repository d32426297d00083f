"""What passcheck opens, seen by strace, and what it has given up while it runs."""
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import FAILED, PASSCHECK, TreeTest, UNDETERMINED, audit, passcheck  # noqa: E402

ADDRESS = "0000:00:02.0"
DEVICE = f"/sys/devices/pci0000:00/{ADDRESS}"
SECRET = "secret of the machine"

# What libraries read of the machine that runs passcheck, wherever the host's tree lies.
OF_LIBRARIES = re.compile(r"/(usr/(lib|share)|lib|lib64)/|/etc/(localtime|ld\.so\.|locale\.alias)"
                          r"|/proc/self/(maps|cmdline|environ)|/dev/null")

CALL = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)"
                  r"(?:<(?P<opened>.*)>)?")


def hostile(outside):
    """A host each of whose files that an audit opens leads out of the tree."""
    climbing = ("../" * 30) + str(outside).lstrip("/")
    return {
        "/proc/cmdline": (f"{outside}/secret",),
        "/proc/cpuinfo": (f"{climbing}/secret",),
        "/proc/version": ("/proc/self/root/etc/hostname",),
        "/proc/interrupts": ("/proc/self/fd/0",),
        "/proc/modules": ("modules",),
        "/proc/sys/kernel/osrelease": ("/etc/passwd",),
        "/etc/modprobe.d": (str(outside),),
        "/sys/firmware/acpi/tables": (str(outside),),
        "/sys/kernel/iommu_groups": (climbing,),
        "/sys/class/iommu": ("/sys/class/net",),
        "/sys/bus/pci/devices/" + ADDRESS: (f"../../../devices/pci0000:00/{ADDRESS}",),
        DEVICE + "/config": (f"{outside}/secret",),
        DEVICE + "/iommu_group": (str(outside),),
        DEVICE + "/driver": (climbing,),
        DEVICE + "/physfn": ("../../../../../../../../../..",),
        DEVICE + "/vendor": "0x8086\n",
        DEVICE + "/device": "0x10c9\n",
        DEVICE + "/class": "0x020000\n",
    }


class Confinement(TreeTest):
    def setUp(self):
        super().setUp()
        self.outside = self.directory / "outside"
        self.outside.mkdir()
        (self.outside / "secret").write_text(SECRET)
        (self.outside / "DMAR").write_text(SECRET)

    def trace(self, *arguments):
        """Returns the system calls of an audit: name, arguments, result, path opened."""
        trace = self.directory / "trace"
        # Leaks are not looked for: that is tracing, too.
        subprocess.run(["strace", "-f", "-y", "-o", trace, "-e",
                        "trace=open,openat,openat2,creat,name_to_handle_at,open_by_handle_at,"
                        "capset,%process,%network", PASSCHECK, *map(str, arguments)],
                       env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        calls = [CALL.match(line) for line in trace.read_text(errors="replace").splitlines()]
        calls = [call for call in calls if call]
        self.assertTrue(any(call["name"] == "openat2" for call in calls))
        return calls

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_files_of_the_host_are_opened_within_the_root_alone(self):
        tree = self.tree(hostile(self.outside))
        os.mkfifo(tree / "proc" / "meminfo")
        for call in self.trace("--root", tree):
            if call["name"] == "openat2":
                self.assertRegex(call["arguments"], rf"^\d+<{re.escape(str(tree))}[/>]")
                self.assertRegex(call["arguments"], "RESOLVE_(IN_ROOT|BENEATH)")
                self.assertIn("RESOLVE_NO_MAGICLINKS", call["arguments"])
                if call["opened"]:
                    self.assertTrue(call["opened"].startswith(str(tree)), call[0])
            elif call["name"].startswith("open") and call["opened"] != str(tree):
                self.assertRegex(call["arguments"], OF_LIBRARIES, call[0])

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_no_program_is_run_and_no_socket_is_made(self):
        calls = self.trace("--root", "/")
        names = [call["name"] for call in calls]
        self.assertEqual(names.count("execve"), 1)
        for name in ("socket", "connect", "fork", "vfork", "creat", "open_by_handle_at"):
            self.assertNotIn(name, names)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    @unittest.skipUnless(os.path.exists("/sys/bus/pci/devices"), "no PCI here")
    def test_of_named_functions_the_kernel_is_asked_once_and_before_a_file_is_read(self):
        address = os.listdir("/sys/bus/pci/devices")[0]
        calls = self.trace(address)
        names = [call["name"] for call in calls]
        sockets = [call["arguments"] for call in calls if call["name"] == "socket"]
        self.assertEqual(len(sockets), 1)
        self.assertRegex(sockets[0], "^AF_NETLINK, .*NETLINK_ROUTE")
        self.assertEqual(names.count("sendto"), 1)
        lowered = next(call for call in calls[:names.index("sendto")] if call["name"] == "capset")
        kept = "1<<CAP_DAC_READ_SEARCH" if os.geteuid() == 0 else "0"
        self.assertIn(f"{{effective={kept}, ", lowered["arguments"])
        self.assertGreater(names.index("openat2"), names.index("sendto"))
        self.assertNotIn("socket", [call["name"] for call in self.trace("--root", self.tree({}), address)])

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    @unittest.skipUnless(os.geteuid() == 0, "only root has capabilities to lower")
    def test_capabilities_are_lowered_before_the_first_file_is_read(self):
        captured = "1<<CAP_DAC_READ_SEARCH"
        live = captured + "|1<<CAP_IPC_LOCK|1<<CAP_SYS_ADMIN"
        tree = self.tree(hostile(self.outside))
        writing = "1<<CAP_DAC_OVERRIDE|"
        for arguments, effective in ((["--root", tree], captured),
                                     (["--log", "--root", tree], captured),
                                     (["log", "--root", tree], captured),
                                     ([], live),
                                     (["log", os.devnull], live),
                                     (["--log"], live + "|1<<CAP_SYSLOG"),
                                     (["log"], live + "|1<<CAP_SYSLOG"),
                                     (["capture", "--root", tree, "-o", self.directory / "1"],
                                      writing + captured),
                                     (["capture", "-o", self.directory / "2"], writing + live)):
            calls = self.trace(*arguments)
            lowered = [i for i, call in enumerate(calls) if call["name"] == "capset"][0]
            self.assertIn(f"{{effective={effective}, ", calls[lowered]["arguments"])
            read = [i for i, call in enumerate(calls) if call["name"] == "openat2"
                    and call["opened"] and "O_PATH" not in call["arguments"]]
            self.assertTrue(read)
            self.assertGreater(min(read), lowered)

    def run_without(self, calls, *arguments):
        """Runs an audit on a kernel that lacks system calls."""
        return subprocess.run(["strace", "-f", "-o", os.devnull, "-e", f"inject={calls}:error=ENOSYS",
                               PASSCHECK, *map(str, arguments)], capture_output=True, text=True,
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}, check=False)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_a_kernel_that_cannot_confine_a_path_is_refused(self):
        tree = self.tree({"/proc/cmdline": "quiet\n"})
        for arguments in (("--root", tree), ("capture", "--root", tree, "-o", self.directory / "out"),
                          ("plan", "--root", tree), ("log", os.devnull, "--root", tree)):
            with self.subTest(arguments=arguments):
                result = self.run_without("openat2", *arguments)
                self.assertEqual(result.returncode, FAILED)
                self.assertIn("openat2", result.stderr)
                self.assertEqual(result.stdout, "")

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_an_archive_needs_no_path_of_the_machine(self):
        tree = self.tree({"/proc/cmdline": "quiet\n"})
        archive = self.directory / "host.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(tree, arcname=".")
        result = self.run_without("openat2", "--root", archive)
        self.assertEqual(result.returncode, UNDETERMINED, result.stderr)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_a_kernel_without_landlock_is_told_of(self):
        tree = self.tree({"/proc/cmdline": "quiet\n"})
        before = audit(tree)["run"]["confinement"]
        result = self.run_without("landlock_create_ruleset", "--root", tree, "--format", "json")
        now = json.loads(result.stdout)["run"]["confinement"]
        self.assertEqual(now, [measure for measure in before if measure != "landlock"])

    def test_nothing_outside_is_shown(self):
        tree = self.tree(hostile(self.outside))
        for arguments in ([], ["--format", "json"], ["-v", ADDRESS]):
            result = passcheck("--root", tree, *arguments)
            self.assertNotIn(SECRET, result.stdout + result.stderr)


class Sandbox(TreeTest):
    """The sandbox while the program waits: an archive comes out of a FIFO."""

    def setUp(self):
        super().setUp()
        self.fifo = self.directory / "fifo"
        os.mkfifo(self.fifo)
        self.measures = audit(self.tree({"/proc/cmdline": "quiet\n"}))["run"]["confinement"]

    def start(self, *arguments, **environment):
        """Returns a running audit, and where to write the archive that it reads."""
        process = subprocess.Popen([PASSCHECK, "--root", self.fifo, *map(str, arguments)],
                                   env={**os.environ, **environment}, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        writer = open(self.fifo, "wb")
        self.addCleanup(process.stderr.close)
        return process, writer

    def write_archive(self, writer):
        with tarfile.open(fileobj=writer, mode="w|") as tar:
            for name, content in (("proc/cmdline", b"quiet\n"), ("sys/kernel/x", b"")):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        writer.close()

    def finish(self, process, writer):
        """Lets the audit have its archive. Returns its exit code and what it complained of."""
        self.write_archive(writer)
        complaint = process.stderr.read()
        return process.wait(timeout=60), complaint

    def status(self, process):
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)

    def test_what_the_report_says_is_in_force_is_in_force(self):
        process, writer = self.start()
        status = self.status(process)
        self.finish(process, writer)
        self.assertEqual(status["NoNewPrivs"] == "1", "no-new-privileges" in self.measures)
        self.assertEqual(status["Seccomp"] == "2", "seccomp" in self.measures)
        self.assertIn("no-new-privileges", self.measures)

    def test_a_folder_that_is_swapped_for_a_link_is_not_written_to(self):
        if "landlock" not in self.measures:
            self.skipTest("this kernel has no Landlock")
        asked, other, scratch = (self.directory / name for name in ("asked", "other", "scratch"))
        for folder in (asked, other, scratch):
            folder.mkdir()
        process, writer = self.start("-o", asked / "report", TMPDIR=str(scratch))
        asked.rmdir()
        asked.symlink_to(other)
        code, complaint = self.finish(process, writer)
        self.assertEqual(code, FAILED)
        self.assertIn("Permission denied", complaint)
        self.assertEqual(list(other.iterdir()), [])

    def test_where_the_report_was_asked_for_is_written_to(self):
        asked = self.directory / "asked"
        asked.mkdir()
        process, writer = self.start("-o", asked / "report")
        code, complaint = self.finish(process, writer)
        self.assertNotEqual(code, FAILED, complaint)
        self.assertEqual([entry.name for entry in asked.iterdir()], ["report"])


if __name__ == "__main__":
    unittest.main()

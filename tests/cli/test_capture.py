"""A capture holds what an audit reads, and nothing that should stay on its host."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]
import hosts  # noqa: E402
import machine  # noqa: E402
from support import (FAILED, PASSCHECK, READY, USAGE, TreeTest, audit,  # noqa: E402
                     copy_passcheck, passcheck, shared_trees, unpack)


def comparable(report):
    """The report without what a capture is allowed to change."""
    report["host"]["captured"] = report["run"]["time"] = None
    for finding in report["findings"]:
        if finding["verdict"] == "unknown":
            finding["remedy"] = None
    return report


def live():
    return json.loads(passcheck("--format", "json").stdout)


class RoundTrip(TreeTest):
    def capture(self, name, *arguments):
        path = self.directory / name
        result = passcheck("capture", "-o", path, *arguments)
        self.assertEqual(result.returncode, READY, result.stderr)
        return path

    def test_every_form_gives_the_report_of_the_live_host(self):
        expected = comparable(live())
        for name in ("folder", "host.tar.gz", "host.tar.zst", "host.tar.xz", "host.tar"):
            with self.subTest(name=name):
                captured = audit(self.capture(name))
                self.assertTrue(captured["host"]["captured"])
                self.assertEqual(comparable(captured), expected)

    def test_standard_output_gets_a_tar(self):
        expected = comparable(live())
        path = self.directory / "piped.tar"
        with open(path, "wb") as out:
            result = subprocess.run([PASSCHECK, "capture", "-o", "-"], stdout=out,
                                    stderr=subprocess.PIPE, check=False)
        self.assertEqual((result.returncode, result.stderr), (READY, b""))
        self.assertEqual(comparable(audit(path)), expected)

    def test_a_terminal_gets_no_archive(self):
        controller, terminal = os.openpty()
        result = subprocess.run([PASSCHECK, "capture", "-o", "-"], stdout=terminal,
                                stderr=subprocess.PIPE, text=True, check=False)
        os.close(terminal)
        os.close(controller)
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("terminal", result.stderr)

    def test_a_pipe_that_closes_is_a_failure(self):
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run([PASSCHECK, "capture", "-o", "-"], stdout=writer,
                                stderr=subprocess.PIPE, text=True, check=False)
        os.close(writer)
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("standard output", result.stderr)

    def test_a_capture_of_a_capture_is_the_same(self):
        first = self.capture("first")
        second = self.capture("second", "--root", first)
        self.assertEqual(subprocess.run(["diff", "-r", "--no-dereference", first, second],
                                        check=False).returncode, 0)

    def test_text_of_the_capture_differs_only_where_it_says_captured(self):
        path = self.capture("host.tar.gz")
        expected = passcheck("-v").stdout
        said = passcheck("-v", "--root", path).stdout.replace(", captured", "")
        self.assertEqual(said.replace("Capture the host again as root", "Run passcheck as root")
                         .replace("Capturing it as root", "Running as root"), expected)

    @unittest.skipUnless(shutil.which("lspci"), "lspci is not installed")
    def test_lspci_reads_a_capture(self):
        """All that it says of the host itself, but drivers: it wants their folders, too."""
        host = self.directory / "host"
        hosts.write_host(host, pfs=2, vfs=4)
        said = [subprocess.run(["lspci", "-vvv", "-A", "linux-sysfs", "-O",
                                f"sysfs.path={tree}/sys/bus/pci"], capture_output=True, text=True,
                               check=True).stdout
                for tree in (host, self.capture("captured", "--root", host))]
        self.assertEqual(re.sub("\tKernel driver in use: .*\n", "", said[0]), said[1])

    def test_shared_captures_survive_a_round_trip(self):
        trees = list(shared_trees())
        if not trees:
            self.skipTest("the shared data is not here")
        for name, archive in trees:
            with self.subTest(name=name):
                root = unpack(archive, self.directory / f"{name}.root")
                path = self.capture(f"{name}.tar.gz", "--root", root)
                self.assertEqual(comparable(audit(path)), comparable(audit(root)))


class Denied(TreeTest):
    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_denied_survives_the_copy(self):
        # Nobody may enter the folders above the program, where it was built below /root.
        program = copy_passcheck(self.directory)
        os.chmod(self.directory, 0o777)
        path = self.directory / "host.tar.gz"
        nobody = {"user": 65534, "group": 65534, "extra_groups": [], "cwd": "/",
                  "executable": program}
        result = passcheck("capture", "-o", path, **nobody)
        self.assertEqual(result.returncode, READY, result.stderr)
        denied = json.loads(passcheck("--format", "json", **nobody).stdout)
        self.assertFalse(denied["run"]["privileged"])
        self.assertEqual(comparable(audit(path)), comparable(denied))


class Secrets(TreeTest):
    TREE = {
        "/proc/cmdline": 'root=/dev/sda1 luks.key="se cret" token=hunter2 intel_iommu=on '
                         'weird"a b"=c -- init=hunter3\n',
        "/proc/cpuinfo": "processor\t: 0\nvendor_id\t: GenuineIntel\nSerial\t\t: 00c0ffee\n",
        "/proc/self/status": "Name:\tpasscheck\nUid:\t1000\nCapEff:\t0000000000200000\n",
        "/proc/sys/kernel/hostname": "secretname\n",
        "/proc/sys/kernel/osrelease": "6.1.0-1-amd64\n",
        "/sys/bus/pci/devices/0000:00:01.0": ("../../../devices/pci0000:00/0000:00:01.0",),
        "/sys/devices/pci0000:00/0000:00:01.0/config": None,
    }
    SERIAL = bytes.fromhex("deadbeefcafef00d")

    def config(self):
        space = bytearray(4096)
        space[0:4] = bytes.fromhex("8680c910")
        space[0x06] = 0x10
        space[0x34] = 0x40
        space[0x40:0x42] = bytes([0x10, 0x00])
        space[0x100:0x104] = (0x0003 | 1 << 16).to_bytes(4, "little")
        space[0x104:0x10c] = self.SERIAL
        return bytes(space)

    def captured(self, *arguments):
        tree = self.tree({**self.TREE,
                          "/sys/devices/pci0000:00/0000:00:01.0/config": self.config()})
        path = self.directory / "copy"
        result = passcheck("capture", "--root", tree, "-o", path, *arguments)
        self.assertEqual(result.returncode, READY, result.stderr)
        return {file.relative_to(path): file.read_bytes()
                for file in path.rglob("*") if file.is_file() and not file.is_symlink()}

    def test_secrets_and_identity_stay_on_their_host(self):
        everything = b"\n".join(self.captured().values())
        for secret in (b"hunter2", b"hunter3", b"se cret", b"c0ffee", b"secretname", b"Uid",
                       self.SERIAL):
            self.assertNotIn(secret, everything)
        self.assertIn(b"intel_iommu=on", everything)
        self.assertIn(b"token=redacted", everything)

    def test_identity_is_taken_where_it_is_asked_for(self):
        everything = b"\n".join(self.captured("--with-identity").values())
        self.assertIn(b"secretname", everything)
        self.assertIn(self.SERIAL, everything)
        self.assertNotIn(b"hunter2", everything)


class Logs(TreeTest):
    """Of a log a capture has only what messages are made of, where it is asked for."""

    def captured(self, *arguments):
        root = self.directory / "root"
        built = machine.build(root)
        built.write(
            "var/log/libvirt/qemu/secretguest.log",
            "qemu-system-x86_64 -uuid 5ec2e7 -device e1000,mac=52:54:00:5e:c2:e7\n"
            f"qemu-system-x86_64: -device vfio-pci,vf-token=5ec2e7: vfio {machine.GPU}: group 1 is "
            "not viable\n")
        built.write(
            "dev/kmsg",
            "6,1,2,-;Command line: token=5ec2e7\n"
            f"6,2,3,-;vfio-pci {machine.GPU}: BAR 0: can't reserve [mem 0x1000-0x1fff]\n")
        path = self.directory / "copy"
        result = passcheck("capture", "--root", root, "-o", path, *arguments)
        self.assertEqual(result.returncode, READY, result.stderr)
        return path

    def test_messages_are_taken_along_and_nothing_else(self):
        path = self.captured("--log")
        for file in (file for file in path.rglob("*") if file.is_file() and not file.is_symlink()):
            for secret in (b"5ec2e7", b"5e:c2:e7", b"secretguest"):
                self.assertNotIn(secret, str(file.relative_to(path)).encode() + file.read_bytes())
        document = json.loads(passcheck("log", "--root", path, "--format", "json").stdout)
        self.assertEqual(({m["id"] for m in document["messages"]}, document["log"]["unread"]),
                         ({"bar-held", "group-not-viable"}, []))
        found = [finding["subject"]["id"] for finding in audit(path, "--log")["findings"]
                 if finding["id"] == "log.message"]
        self.assertEqual(found, [machine.GPU, machine.GPU])

    def test_a_log_that_was_not_asked_for_is_not_captured(self):
        path = self.captured()
        self.assertFalse((path / "dev/kmsg").exists() or (path / "var").exists())
        document = json.loads(passcheck("log", "--root", path, "--format", "json").stdout)
        self.assertTrue(document["log"]["unread"])

    def test_a_capture_of_a_capture_keeps_its_logs(self):
        first = self.captured("--log")
        second = self.directory / "second"
        passcheck("capture", "--log", "--root", first, "-o", second)
        self.assertEqual(subprocess.run(["diff", "-r", "--no-dereference", first, second],
                                        check=False).returncode, 0)


class Writing(TreeTest):
    def test_what_stands_at_the_destination_is_never_overwritten_by_a_folder(self):
        path = self.directory / "taken"
        path.mkdir()
        (path / "file").write_text("mine")
        result = passcheck("capture", "-o", path)
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("taken", result.stderr)
        self.assertEqual([file.name for file in self.directory.iterdir()], ["taken"])
        self.assertEqual((path / "file").read_text(), "mine")

    def test_an_archive_of_another_kind_is_refused(self):
        for name in ("host.zip", "host.tar.bz2", "host.json"):
            with self.subTest(name=name):
                result = passcheck("capture", "-o", name, cwd=self.directory)
                self.assertEqual(result.returncode, USAGE)
                self.assertEqual(list(self.directory.iterdir()), [])

    def test_what_was_written_is_said_in_one_line(self):
        path = self.directory / "host.tar"
        result = passcheck("capture", "-o", path)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, f"passcheck: {path} is written; `passcheck --root {path}` "
                                        "audits it, here or elsewhere\n")

    def test_a_capture_changes_nothing_and_leaves_no_temporary_file(self):
        passcheck("capture", "-o", self.directory / "host.tar.gz")
        self.assertEqual([file.name for file in self.directory.iterdir()], ["host.tar.gz"])


if __name__ == "__main__":
    unittest.main()

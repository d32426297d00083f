"""Archives given as --root: they are not unpacked, and what is not as it should be is refused."""
import gzip
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import (FAILED, PASSCHECK, TreeTest, UNDETERMINED, VERDICT_CODES,  # noqa: E402
                     passcheck)

MARK = b"written by the archive"
TAR_BLOCK = 512


def folder(name):
    member = tarfile.TarInfo(name)
    member.type = tarfile.DIRTYPE
    return member, b""


def file(name, content=MARK):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def link(name, target, kind=tarfile.SYMTYPE):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, str(target)
    return member, b""


def node(name, kind):
    member = tarfile.TarInfo(name)
    member.type, member.devmajor, member.devminor = kind, 1, 3
    return member, b""


HOST = [folder("proc"), file("proc/cmdline", b"quiet\n"), folder("sys"),
        folder("sys/bus/pci/devices")]


class ArchiveTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.scratch = self.directory / "scratch"
        self.outside = self.directory / "outside"
        self.scratch.mkdir()
        self.outside.mkdir()
        (self.outside / "kept").write_text("kept")
        self.environment = {**os.environ, "TMPDIR": str(self.scratch)}

    def archive(self, members, name="host.tar"):
        path = self.directory / name
        with tarfile.open(path, "w") as tar:
            for member, content in HOST + members:
                tar.addfile(member, io.BytesIO(content))
        return path

    def audit_archive(self, path, *arguments):
        return passcheck("--root", path, "--format", "json", *arguments, env=self.environment)

    def expect_nothing_left(self):
        self.assertEqual(list(self.scratch.iterdir()), [])
        self.assertEqual([entry.name for entry in self.outside.iterdir()], ["kept"])
        self.assertEqual((self.outside / "kept").read_text(), "kept")

    def expect_refused(self, path, *words):
        result = self.audit_archive(path)
        self.assertEqual(result.returncode, FAILED, result.stdout)
        self.assertEqual(result.stdout, "")
        for word in (path.name, *words):
            self.assertIn(word, result.stderr)
        self.expect_nothing_left()
        return result


class Escapes(ArchiveTest):
    def escapes(self):
        out, up = self.outside, "../" * 30
        climbing = up + str(out).lstrip("/")
        return {
            "absolute name": [file(f"{out}/new")],
            "absolute name of two slashes": [file(f"/{out}/new")],
            "absolute folder": [folder(f"{out}/new")],
            "name that climbs": [file(f"{climbing}/new")],
            "name that climbs in its middle": [file(f"sys/{climbing}/new")],
            "name that ends with dots": [folder("sys/..")],
            "file through an absolute link": [link("sys/out", out), file("sys/out/new")],
            "file through a climbing link": [link("sys/out", climbing), file("sys/out/new")],
            "file through a link to a link": [link("sys/a", out), link("sys/b", "a"),
                                              file("sys/b/new")],
            "folder through a link": [link("sys/out", out), folder("sys/out/new")],
            "link through a link": [link("sys/out", out), link("sys/out/new", "kept")],
            "file through a file": [file("sys/in"), file("sys/in/new")],
            "link to nothing": [link("sys/in", "")],
            "file at the top": [file("./")],
            "file through a link inside": [link("sys/in", "bus"), file("sys/in/new")],
            "hard link to a file outside": [link("sys/hard", out / "kept", tarfile.LNKTYPE)],
            "hard link through a link": [link("sys/out", out),
                                         link("sys/hard", "sys/out/kept", tarfile.LNKTYPE)],
            "hard link to a file inside": [link("sys/hard", "proc/cmdline", tarfile.LNKTYPE)],
            "device": [node("sys/null", tarfile.CHRTYPE)],
            "block device": [node("sys/disk", tarfile.BLKTYPE)],
            "FIFO": [node("sys/fifo", tarfile.FIFOTYPE)],
        }

    def test_members_that_lead_out_or_are_no_part_of_a_capture_are_refused(self):
        for what, members in self.escapes().items():
            with self.subTest(what=what):
                self.expect_refused(self.archive(members))

    def test_two_members_of_one_name_are_refused(self):
        one = {"file": file("sys/one"), "link": link("sys/one", "kept"),
               "link outside": link("sys/one", self.outside), "folder": folder("sys/one"),
               "other spelling": file("./sys//./one")}
        for first in one:
            for second in one:
                if first == second == "folder":
                    continue
                with self.subTest(first=first, second=second):
                    self.expect_refused(self.archive([one[first], one[second]]), "sys", "twice")

    def test_a_folder_may_be_named_again_and_after_what_is_in_it(self):
        members = [file("sys/a/b/c"), folder("sys/a/b"), folder("./sys/a/"), folder("."),
                   folder("sys/a/b")]
        result = self.audit_archive(self.archive(members))
        self.assertEqual(result.returncode, UNDETERMINED, result.stderr)
        self.expect_nothing_left()

    def test_links_that_lead_out_are_not_followed_when_they_are_read(self):
        (self.outside / "kept").write_text("intel_iommu=off")
        members = [link("proc/version", self.outside / "kept")]
        result = self.audit_archive(self.archive(members))
        self.assertIn(result.returncode, VERDICT_CODES.values(), result.stderr)
        self.assertNotIn("intel_iommu=off", result.stdout)
        self.assertEqual(list(self.scratch.iterdir()), [])

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_nothing_is_written_but_into_a_file_without_a_name(self):
        trace = self.directory / "trace"
        writes = re.compile(r"O_(WRONLY|RDWR|CREAT)|mkdir|symlink|link|rename|unlink|mknod|chmod")
        for what, members in self.escapes().items():
            subprocess.run(
                ["strace", "-f", "-y", "-o", trace, "-e", "trace=%file,fchmod,fchown", PASSCHECK,
                 "--root", self.archive(members)], env=dict(self.environment, ASAN_OPTIONS=
                                                            "detect_leaks=0"),
                capture_output=True, check=False)
            calls = [line for line in trace.read_text().splitlines() if writes.search(line)]
            for line in calls:
                self.assertNotIn(str(self.outside), line, what)
                if str(self.scratch) in line:
                    self.assertIn("O_TMPFILE", line, what)


class Content(ArchiveTest):
    def compressed(self, program):
        plain = self.archive([])
        return subprocess.run([program, "-c", plain], stdout=subprocess.PIPE, check=True).stdout

    def test_every_compression_is_told_by_its_content(self):
        expected = self.audit_archive(self.archive([])).stdout
        for program in ("gzip", "bzip2", "xz", "zstd", "lz4", "lzip"):
            if not shutil.which(program):
                continue
            with self.subTest(program=program):
                path = self.directory / "capture"
                path.write_bytes(self.compressed(program))
                result = self.audit_archive(path)
                self.assertEqual(result.returncode, UNDETERMINED, result.stderr)
                self.assertEqual(re.sub(r'"time":.*', "", result.stdout),
                                 re.sub(r'"time":.*', "", expected))
                self.expect_nothing_left()

    def test_an_archive_cut_at_any_block_is_refused(self):
        path = self.archive([file("sys/one", b"1" * 700), file("sys/two")])
        whole = path.read_bytes()
        end = whole.rstrip(b"\0")
        last = -(-len(end) // TAR_BLOCK) * TAR_BLOCK
        self.assertEqual(self.audit_archive(path).returncode, UNDETERMINED)
        for length in range(0, last + 1, TAR_BLOCK):
            with self.subTest(length=length):
                path.write_bytes(whole[:length])
                self.expect_refused(path)

    def test_a_compressed_archive_cut_anywhere_in_its_members_is_refused(self):
        noise = os.urandom(4000)
        plain = self.archive([file("sys/noise", noise)]).read_bytes()
        path = self.directory / "host.tar.gz"
        whole = gzip.compress(plain)
        for length in range(0, 4000, 371):
            with self.subTest(length=length):
                path.write_bytes(whole[:length])
                self.expect_refused(path)

    def test_what_is_no_archive_is_refused(self):
        cases = {
            "empty": b"",
            "zeros": bytes(10240),
            "noise": os.urandom(10000),
            "text": b"not an archive\n" * 1000,
            "an empty gzip": gzip.compress(b""),
            "a gzip of noise": gzip.compress(os.urandom(10000)),
        }
        for what, content in cases.items():
            with self.subTest(what=what):
                path = self.directory / "host.tar"
                path.write_bytes(content)
                self.expect_refused(path)

    def test_a_damaged_header_is_refused(self):
        path = self.archive([file("sys/one")])
        content = bytearray(path.read_bytes())
        content[TAR_BLOCK + 10] ^= 1
        path.write_bytes(content)
        self.expect_refused(path)

    def test_a_sparse_member_that_claims_more_than_the_limit_is_refused(self):
        sparse = self.directory / "sys" / "huge"
        sparse.parent.mkdir()
        with open(sparse, "wb") as out:
            out.truncate(5 << 30)
        for form in ("gnu", "posix"):
            with self.subTest(form=form):
                path = self.directory / "sparse.tar"
                subprocess.run(["tar", "-C", self.directory, "-S", f"--format={form}", "-cf", path,
                                "sys"], check=True)
                self.expect_refused(path, "more than passcheck takes")

    def test_a_plain_member_that_claims_more_than_the_limit_is_refused_unread(self):
        member = tarfile.TarInfo("sys/huge")
        member.size = 5 << 30
        path = self.directory / "host.tar"
        path.write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(TAR_BLOCK))
        self.expect_refused(path, "more than passcheck takes")

    def test_names_hold_any_byte(self):
        names = ["sys/line\nbreak", "sys/\x1b[31mred", "sys/\udcff\udcfe", "sys/" + "n" * 255,
                 "sys/\u202egnp.exe"]
        path = self.directory / "host.tar"
        with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as tar:
            for member, content in HOST + [file(name) for name in names]:
                tar.addfile(member, io.BytesIO(content))
        result = self.audit_archive(path)
        self.assertEqual(result.returncode, UNDETERMINED, result.stderr)
        self.expect_nothing_left()

    def test_names_are_not_converted_to_the_locale(self):
        self.environment["LC_ALL"] = "C"
        path = self.directory / "host.tar"
        for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            with tarfile.open(path, "w", format=form) as tar:
                for member, content in HOST + [file("sys/na\u00efve")]:
                    tar.addfile(member, io.BytesIO(content))
            with self.subTest(form=form):
                result = self.audit_archive(path)
                self.assertEqual(result.returncode, UNDETERMINED, result.stderr)
                self.expect_nothing_left()

    def test_a_name_that_is_refused_reaches_the_terminal_escaped(self):
        members = [link("sys/\x1b[31mred\u202e", self.outside), file("sys/\x1b[31mred\u202e/new")]
        result = self.expect_refused(self.archive(members))
        self.assertNotIn("\x1b", result.stderr)
        self.assertNotIn("\u202e", result.stderr)

    def test_a_path_that_would_be_cut_is_refused(self):
        for what, members in {
                "path": [file(("sys/" + "d" * 200 + "/") * 6 + "f")],
                "name": [file("sys/" + "n" * 256)],
                "target of a link": [link("sys/out", "t" * 5000)]}.items():
            with self.subTest(what=what):
                self.expect_refused(self.archive(members))

    def test_headers_without_end_are_refused(self):
        member = tarfile.TarInfo("sys/one")
        header = member.create_pax_global_header({"comment": "x" * 1000000})
        path = self.directory / "host.tar.gz"
        with gzip.open(path, "wb", compresslevel=1) as out:
            for _ in range(1100):
                out.write(header)
        # Newer libarchive takes only a few headers of one member.
        self.expect_refused(path)

    def test_paths_as_long_as_they_may_be_leave_nothing_behind(self):
        for length in (1000, 3000, 4000, 4090, 5000):
            with self.subTest(length=length):
                name = ("sys/" + "d" * 250 + "/") * (length // 255 + 1)
                self.audit_archive(self.archive([file(name[:length].rstrip("/"))]))
                self.expect_nothing_left()

    def test_rights_in_the_archive_keep_nobody_out(self):
        closed, content = file("sys/closed")
        closed.mode = 0
        shut, _ = folder("sys/shut")
        shut.mode = 0
        marked, _ = file("sys/marked")
        marked.mode = 0o6777
        members = [(shut, b""), file("sys/shut/in"), (closed, content), (marked, content)]
        self.audit_archive(self.archive(members))
        self.expect_nothing_left()


class Signals(ArchiveTest):
    def start(self):
        """Starts an audit of what comes out of a FIFO, which is not ended yet."""
        fifo = self.directory / "fifo"
        os.mkfifo(fifo)
        process = subprocess.Popen([PASSCHECK, "--root", fifo], env=self.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        writer = open(fifo, "wb", buffering=0)
        self.addCleanup(writer.close)
        return process, writer

    def test_an_audit_that_is_ended_leaves_nothing_behind(self):
        content = self.archive([file(f"sys/{i}", bytes(70000)) for i in range(20)]).read_bytes()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(signal=number.name):
                process, writer = self.start()
                # More than a pipe holds: members were read once it is written.
                writer.write(content[:len(content) // 2])
                self.expect_nothing_left()
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=60), -number)
                self.expect_nothing_left()
                (self.directory / "fifo").unlink()

    def test_an_audit_that_is_ended_at_any_time_leaves_nothing_behind(self):
        path = self.archive([file(f"sys/devices/pci0000:00/0000:{i:02x}:00.0/config", bytes(4096))
                             for i in range(256)])
        begin = time.monotonic()
        self.audit_archive(path)
        whole = time.monotonic() - begin
        for step in range(24):
            process = subprocess.Popen([PASSCHECK, "--root", path, "-o", self.directory / "report"],
                                       env=self.environment, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(whole * step / 20)
            process.terminate()
            self.assertIn(process.wait(timeout=60), (-signal.SIGTERM, UNDETERMINED))
            self.expect_nothing_left()
            self.assertEqual(list(self.directory.glob(".report.*")), [])


if __name__ == "__main__":
    unittest.main()

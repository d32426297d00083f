"""Hosts, archives and domain files that are damaged at random. Seeds are printed; a failure comes
again with PASSCHECK_SEED. script/hostile-soak runs ten times as many."""
import concurrent.futures
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["PASSCHECK_SOURCE"])
sys.path[:0] = [str(SOURCE / "tests"), str(SOURCE / "tests/fuzz")]
import seeds  # noqa: E402
from damage import Comparison, Host, Places  # noqa: E402
from support import FAILED, PASSCHECK, TreeTest, VERDICT_CODES  # noqa: E402

SOAK = int(os.environ.get("PASSCHECK_SOAK", "1"))
TREES, ARCHIVES, DOMAINS = 1000 * SOAK, 10 * SOAK, 10 * SOAK
MOST_DAMAGES = 3
MOST_SECONDS = 60
PROCESSORS = len(os.sched_getaffinity(0))
COMPRESSIONS = ("", "gz", "bz2", "xz")
SEED = int(os.environ.get("PASSCHECK_SEED", "1"))


class Judge(Comparison, unittest.TestCase):
    """Compares in a process that runs no tests."""


def better_for_damage(fixture, numbers):
    """Damages a fixture once for each number. Returns what was said that must not be."""
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "root")
        shutil.copytree(fixture, root, symlinks=True)
        host, places = Host(root), Places(root)
        for number in numbers:
            chance = random.Random(f"{SEED} {fixture.parent.name} {number}")
            damages = places.damage(chance, chance.randint(1, MOST_DAMAGES))
            try:
                Judge().compare(host, damages.kinds, damages.what)
            except (AssertionError, subprocess.TimeoutExpired, ValueError) as error:
                failures.append(f"{fixture.parent.name} {number}: {damages.what}: {error}")
            damages.mend()
    return failures


class Hostile(TreeTest):
    def setUp(self):
        super().setUp()
        self.fixtures = sorted(SOURCE.glob("fixtures/*/root"))
        print(f"{self.id()}: PASSCHECK_SEED={SEED}", file=sys.stderr)

    def test_no_damage_of_a_host_makes_a_verdict_better(self):
        share = -(-TREES // len(self.fixtures))
        with concurrent.futures.ProcessPoolExecutor(PROCESSORS) as pool:
            runs = [pool.submit(better_for_damage, fixture, range(first, share, PROCESSORS))
                    for fixture in self.fixtures for first in range(PROCESSORS)]
            failures = [failure for run in runs for failure in run.result()]
        self.assertEqual(failures, [], "\n".join(failures))

    def expect_handled(self, *arguments, **more):
        """An input is judged or refused: soon, in words that a terminal can show."""
        result = subprocess.run([PASSCHECK, *map(str, arguments)], capture_output=True, check=False,
                                timeout=MOST_SECONDS, **more)
        self.assertIn(result.returncode, [FAILED, *VERDICT_CODES.values()], result.stderr)
        text = result.stderr.decode("utf-8")
        self.assertTrue(text.replace("\n", "").isprintable(), text)
        if result.returncode == FAILED:
            self.assertEqual(result.stdout, b"")
            self.assertTrue(text)
        else:
            json.loads(result.stdout)

    def test_archives_are_judged_or_refused(self):
        scratch = self.directory / "scratch"
        scratch.mkdir()
        for number in range(ARCHIVES):
            chance = random.Random(f"{SEED} archive {number}")
            path = self.directory / "host.tar"
            path.write_bytes(broken_archive(chance, chance.choice(self.fixtures)))
            with self.subTest(number=number):
                self.expect_handled("--root", path, "--format", "json",
                                    env={**os.environ, "TMPDIR": str(scratch)})
                self.assertEqual(list(scratch.iterdir()), [])

    def test_domain_files_are_judged_or_refused(self):
        root = next(fixture for fixture in self.fixtures if "sriov" in str(fixture))
        for number in range(DOMAINS):
            chance = random.Random(f"{SEED} domain {number}")
            path = self.directory / "domain.xml"
            path.write_bytes(broken_domain(chance))
            with self.subTest(number=number):
                self.expect_handled("domain", "--root", root, "--format", "json", path)


def broken_bytes(chance, content):
    """Returns content with some of its bytes changed, doubled or gone."""
    content = bytearray(content)
    for _ in range(chance.randint(0, 8)):
        if not content:
            break
        start = chance.randrange(len(content))
        end = start + chance.choice((1, 1, 8, 512))
        piece = content[start:end]
        content[start:end] = chance.choice((b"", piece * 2, chance.randbytes(len(piece)), b"\xff"))
    return bytes(content)


def broken_archive(chance, fixture):
    """Returns a fixture as an archive whose members or bytes are not as they should be."""
    out = io.BytesIO()
    form = chance.choice((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT))
    with tarfile.open(fileobj=out, mode=f"w:{chance.choice(COMPRESSIONS)}", format=form) as tar:
        for path in sorted(fixture.rglob("*")):
            member = tar.gettarinfo(path, str(path.relative_to(fixture)))
            if chance.random() < 0.002:
                member.name = chance.choice(("/etc/new", "../new", "sys", "sys/\x1b[31m",
                                             "proc/" * 15 + "x", member.name + "/x"))
            if chance.random() < 0.001:
                member.type = chance.choice((tarfile.FIFOTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE,
                                             tarfile.SYMTYPE, tarfile.DIRTYPE))
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            try:
                tar.addfile(member, io.BytesIO(content))
            except ValueError:  # ustar has no room for a long name or link: it goes without
                pass
    content = out.getvalue()
    return broken_bytes(chance, content) if chance.random() < 0.5 else content


def broken_domain(chance):
    """Returns XML that is not as libvirt writes it."""
    text = chance.choice(seeds.TEXTS["domain-xml"])
    many = chance.choice((1, 1000, 100000))
    attributes = " ".join(f"a{i}=''" for i in range(many))
    text = chance.choice((
        text, text + text, f"<a>{text}" * 30,
        text.replace("<name>", f"<name {attributes}>"),
        text.replace("<devices>", "<devices>" + "<disk/>" * many),
        text.replace("<name>", "<name>" + "x" * many),
        f"<?xml version='1.0' encoding='{chance.choice(('UTF-7', 'UTF-16', 'latin1'))}'?>{text}",
        f"<!DOCTYPE d [<!ENTITY a '{'x' * many}'>]>{text}"))
    content = text.encode(chance.choice(("utf-8", "utf-16", "utf-16-be", "cp037", "utf-7")))
    return broken_bytes(chance, content)


if __name__ == "__main__":
    unittest.main()

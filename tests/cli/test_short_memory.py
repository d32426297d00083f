"""What becomes of a whole run, with its libraries, where one allocation fails or all from one on."""
import json
import os
import random
import sys
import tarfile
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import FAILED, NOT_READY, READY, SOURCE, TreeTest, UNDETERMINED, passcheck  # noqa: E402
from support import skip  # noqa: E402

FIXTURES = SOURCE / "fixtures"
PLACES = 25
DOMAIN = """<domain type='kvm'><name>a</name><memory unit='GiB'>4</memory><devices>
<hostdev mode='subsystem' type='pci' managed='yes'><source>
<address domain='0x0' bus='0x04' slot='0x00' function='0x2'/></source></hostdev>
</devices></domain>"""


def run(*arguments, **settings):
    environment = {
        **os.environ, **{name: str(value) for name, value in settings.items()},
        "LD_PRELOAD": os.environ["SHORT_MEMORY"],
        # The preloaded allocator stands before the sanitizer's; libraries leak where memory is short.
        "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
    }
    return passcheck(*arguments, env=environment, timeout=60)


class ShortMemory(TreeTest):
    def strike(self, check, *arguments):
        """Calls check with what came of a run, and then of each where memory is short."""
        counted = self.directory / "count"
        whole = run(*arguments, SHORT_MEMORY_COUNT=counted)
        check(whole)
        places = range(1, int(counted.read_text()) + 1)
        for place in sorted(random.Random(8).sample(places, PLACES)):
            for lasting in ({}, {"SHORT_MEMORY_LASTING": 1}):
                with self.subTest(arguments=arguments, place=place, **lasting):
                    result = run(*arguments, SHORT_MEMORY_AT=place, **lasting)
                    self.expect_end(result, whole)
                    if result.returncode == FAILED:
                        self.assertNotEqual(result.stderr, "")
                    check(result)

    def expect_end(self, result, whole):
        """Checks that a run failed, or that its verdict is no better."""
        allowed = {READY: (READY, UNDETERMINED), NOT_READY: (NOT_READY, UNDETERMINED),
                   UNDETERMINED: (UNDETERMINED,)}[whole.returncode]
        self.assertIn(result.returncode, (FAILED, *allowed), result.stderr)

    def expect_json(self, result):
        if result.returncode != FAILED:
            json.loads(result.stdout)

    def test_an_audit_fails_or_is_whole(self):
        for fixture in ("intel-sriov-vfs", "no-iommu"):
            self.strike(self.expect_json, "--root", FIXTURES / fixture, "--format", "json")

    def test_a_text_fails_or_is_whole(self):
        arguments = ("--root", FIXTURES / "intel-sriov-vfs", "-v")
        last = passcheck(*arguments).stdout.splitlines()[-1]
        def check(result):
            if result.returncode != FAILED:
                self.assertEqual(result.stdout.splitlines()[-1], last)
        self.strike(check, *arguments)

    def test_xml_fails_or_is_whole(self):
        def check(result):
            if result.returncode == READY:
                xml.etree.ElementTree.fromstring(result.stdout)
        self.strike(check, "--root", FIXTURES / "intel-sriov-vfs", "--format", "xml",
                    "0000:04:02.0")

    def test_a_page_fails_or_is_whole(self):
        def check(result):
            if result.returncode != FAILED:
                xml.etree.ElementTree.fromstring(result.stdout)
        self.strike(check, "--root", FIXTURES / "no-iommu", "--format", "html")

    def test_an_archive_is_audited_whole_or_not_at_all(self):
        archive = self.directory / "host.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(FIXTURES / "no-iommu/root", ".")
        self.strike(self.expect_json, "--root", archive, "--format", "json")

    def test_a_domain_is_judged_whole_or_not_at_all(self):
        domain = self.directory / "domain.xml"
        domain.write_text(DOMAIN)
        self.strike(self.expect_json, "domain", domain, "--root", FIXTURES / "intel-sriov-vfs",
                    "--format", "json")

    def test_a_file_is_written_whole_or_left_alone(self):
        file = self.directory / "out" / "report"
        file.parent.mkdir()
        def check(result):
            text = file.read_text()
            file.write_text("old")
            self.assertEqual(list(file.parent.iterdir()), [file])
            self.assertEqual(text == "old", result.returncode == FAILED)
            json.loads("{}" if text == "old" else text)
        self.strike(check, "--root", FIXTURES / "no-iommu", "--format", "json", "-o", file)


if __name__ == "__main__":
    if "SHORT_MEMORY" not in os.environ:
        skip("SHORT_MEMORY names no library to preload")
    if run("--version", SHORT_MEMORY_AT=1, SHORT_MEMORY_LASTING=1).returncode == READY:
        skip("the program has an allocator of its own, as clang's sanitizer gives it")
    unittest.main()

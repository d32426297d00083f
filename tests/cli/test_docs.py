"""What passcheck says of itself, and the documents made of it."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import PASSCHECK, READY, SOURCE, USAGE, passcheck  # noqa: E402

# Where a finding's id must stand to count as provoked.
TESTS = ("tests/unit/*.c", "tests/cli/*.py", "fixtures/*/expect.json")


def finding_ids():
    return [line.strip() for line in passcheck("checks").stdout.splitlines()
            if line.startswith("  ")]


class Explanations(unittest.TestCase):
    def test_every_finding_has_its_page(self):
        ids = finding_ids()
        self.assertTrue(ids)
        result = passcheck("explain", *ids)
        self.assertEqual(result.returncode, READY)
        pages = dict(page.split("\n", 1) for page in result.stdout.split("\n\n") if "\n" in page)
        for finding_id in ids:
            with self.subTest(id=finding_id):
                self.assertGreater(len(pages[finding_id].split()), 4)

    def test_what_has_no_page_is_wrong_usage(self):
        for word in ("reset.", "no-such-check", "reset.none.more"):
            result = passcheck("explain", word)
            self.assertEqual((result.returncode, result.stdout), (USAGE, ""))

    def test_a_findings_page_names_its_check_and_what_that_reads(self):
        page = passcheck("explain", "reset.none").stdout
        self.assertIn("\nreset: ", page)
        self.assertIn("Needs: ", page)

    def test_ids_are_unique_and_begin_with_their_check(self):
        seen = set()
        for block in passcheck("checks").stdout.strip().split("\n\n"):
            check, *findings = block.split("\n")
            for finding_id in map(str.strip, findings):
                self.assertRegex(finding_id, "^" + check.partition(":")[0] + r"\.[a-z0-9-]+$")
                self.assertNotIn(finding_id, seen)
                seen.add(finding_id)

    def test_every_finding_is_provoked_by_a_test(self):
        """A test names the whole id, or stands in a file on the check and names what follows it."""
        texts = [path.read_text(encoding="utf-8", errors="replace")
                 for pattern in TESTS for path in SOURCE.glob(pattern)]

        def provoked(finding_id):
            check, _, finding = finding_id.partition(".")
            return any(f'"{finding_id}"' in text or check in text and f'"{finding}"' in text
                       for text in texts)

        known = set((SOURCE / "tests/cli/unprovoked-findings.txt").read_text().split())
        missing = {finding_id for finding_id in finding_ids() if not provoked(finding_id)}
        self.assertEqual(sorted(missing - known), [])


class Documents(unittest.TestCase):
    def test_no_document_is_stale(self):
        result = subprocess.run([SOURCE / "script/docs", "--check", PASSCHECK],
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()

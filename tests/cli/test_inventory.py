"""Reports of many hosts: one line each, and functions that are known again elsewhere."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SOURCE, USAGE, TreeTest, passcheck  # noqa: E402

FIXTURE = next(iter(sorted(SOURCE.glob("fixtures/*/root"))))


class Compact(unittest.TestCase):
    def test_the_document_is_the_same_on_one_line(self):
        lines = passcheck("--root", FIXTURE, "--format", "json").stdout
        line = passcheck("--root", FIXTURE, "--format", "json", "--compact").stdout
        self.assertEqual((line.count("\n"), line[-1]), (1, "\n"))
        self.assertGreater(lines.count("\n"), 10)
        compact, pretty = json.loads(line), json.loads(lines)
        pretty["run"]["time"] = compact["run"]["time"]
        self.assertEqual(compact, pretty)

    def test_plans_and_domains_take_it_too(self):
        address = json.loads(passcheck("--root", FIXTURE, "--format", "json").stdout)[
            "functions"][-1]["address"]
        result = passcheck("plan", "--root", FIXTURE, address, "--format", "json", "--compact")
        self.assertEqual(result.stdout.count("\n"), 1, result.stderr)
        json.loads(result.stdout)

    def test_it_goes_with_json_only(self):
        for arguments in ((), ("--format", "text"), ("--format", "xml")):
            with self.subTest(arguments=arguments):
                result = passcheck("--root", FIXTURE, "--compact", *arguments)
                self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
                self.assertIn("--compact", result.stderr)


if __name__ == "__main__":
    unittest.main()

"""Reports for CI and compliance: JUnit XML and XCCDF results say what the JSON says."""
import collections
import os
import shutil
import subprocess
import sys
import unittest
from xml.etree import ElementTree

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SOURCE, VERDICT_CODES, TreeTest, passcheck, report_of  # noqa: E402

FIXTURES = sorted(SOURCE.glob("fixtures/*"))

XCCDF = {"x": "http://checklists.nist.gov/xccdf/1.2"}
RESULTS = {"pass": "pass", "fail": "fail", "warn": "informational", "unknown": "unknown",
           "not-applicable": "notapplicable"}
OUTCOMES = {"pass": "system-out", "warn": "system-out", "fail": "failure", "unknown": "error",
            "not-applicable": "skipped"}


def written(root, name, *arguments):
    """Returns the root element of a report in that format."""
    result = passcheck("--root", root, "--format", name, *arguments)
    if result.returncode not in VERDICT_CODES.values() or result.stderr:
        raise AssertionError(f"exit {result.returncode}: {result.stderr}")
    return ElementTree.fromstring(result.stdout.encode())


class Junit(TreeTest):
    def test_each_finding_is_a_case_with_its_outcome(self):
        for fixture in FIXTURES:
            with self.subTest(fixture.name):
                findings = report_of(fixture)["findings"]
                suite = written(fixture, "junit").find("testsuite")
                cases = suite.findall("testcase")
                self.assertEqual(
                    [(case.get("classname"), case[0].tag) for case in cases],
                    [(finding["check"], OUTCOMES[finding["verdict"]]) for finding in findings])
                told = collections.Counter(case[0].tag for case in cases)
                self.assertEqual(
                    [int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")],
                    [len(cases), told["failure"], told["error"], told["skipped"]])

    def test_a_requirement_that_is_not_met_is_a_failure(self):
        suite = written(FIXTURES[0], "junit", "--require", "vfs=nic:60000").find("testsuite")
        case = suite.find("testcase[@classname='requirement']")
        self.assertEqual(case.get("name"), "vfs=nic:60000")
        self.assertEqual(case[0].tag, "failure")
        self.assertTrue(case[0].get("message"))

    def test_checks_of_the_host_alone_find_the_same_without_functions(self):
        checks = ("kvm", "libvirt", "lockdown-selinux", "secure-guests")
        for fixture in FIXTURES:
            for check in checks:
                with self.subTest(fixture.name, check=check):
                    # Requirements rest on functions, so they are read.
                    alone, beside = (
                        [ElementTree.tostring(case) for case in
                         written(fixture, "junit", "--check", check, *more).iter("testcase")
                         if case.get("classname") == check]
                        for more in ((), ("--require", "vfs=nic:1")))
                    self.assertTrue(alone)
                    self.assertEqual(alone, beside)

    def test_a_failure_holds_remedy_and_evidence(self):
        for fixture in FIXTURES:
            failed = [finding for finding in report_of(fixture)["findings"]
                      if finding["verdict"] == "fail" and finding["remedy"]]
            failures = written(fixture, "junit").findall(".//failure")
            for finding in failed:
                text, = (element.text for element in failures
                         if element.get("message") == finding["summary"])
                self.assertIn(finding["remedy"]["summary"], text)
                for command in finding["remedy"]["commands"]:
                    self.assertIn(command, text)


class Xccdf(TreeTest):
    def test_each_finding_is_a_result_of_its_rule(self):
        for fixture in FIXTURES:
            with self.subTest(fixture.name):
                findings = report_of(fixture)["findings"]
                benchmark = written(fixture, "xccdf")
                rules = {rule.get("id") for rule in benchmark.findall("x:Rule", XCCDF)}
                results = benchmark.findall("x:TestResult/x:rule-result", XCCDF)
                self.assertEqual(
                    [(result.get("idref").removeprefix("xccdf_org.passcheck_rule_"),
                      result.findtext("x:result", namespaces=XCCDF),
                      result.findtext("x:instance", namespaces=XCCDF)) for result in results],
                    [(finding["id"], RESULTS[finding["verdict"]], finding["subject"]["id"])
                     for finding in findings])
                self.assertLessEqual({result.get("idref") for result in results}, rules)

    @unittest.skipUnless(shutil.which("oscap"), "oscap is not installed")
    def test_oscap_takes_every_verdict(self):
        unknown = self.tree({"proc/sys/kernel/osrelease": "6.1.0\n"})
        told = set()
        for root in (*FIXTURES, unknown):
            report = self.directory / "report.xml"
            told.add(passcheck("--root", root, "--format", "xccdf", "-o", report).returncode)
            with self.subTest(root.name):
                result = subprocess.run(["oscap", "xccdf", "validate", report], capture_output=True,
                                        text=True, check=False)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(told, set(VERDICT_CODES.values()))


class Hostile(TreeTest):
    def test_what_a_host_says_is_text(self):
        root = self.tree({"proc/sys/kernel/osrelease": "6.1.0\n",
                          "proc/cmdline": "intel_iommu=<b>\x01&\"' intel_iommu=]]>\n"})
        for name in ("junit", "xccdf"):
            with self.subTest(name):
                self.assertIsNone(written(root, name).find(".//b"))


if __name__ == "__main__":
    unittest.main()

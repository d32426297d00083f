"""What fleets collect: the summary, metrics and labels say what the JSON report says."""
import functools
import json
import os
import pathlib
import re
import sys
import unittest

import jsonschema

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SOURCE, VERDICT_CODES, TreeTest, passcheck, report_of  # noqa: E402

FIXTURES = sorted(SOURCE.glob("fixtures/*"))
SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\d+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$")


@functools.cache
def written(root, name, *arguments):
    result = passcheck("--root", root, "--format", name, *arguments)
    if result.returncode not in VERDICT_CODES.values() or result.stderr:
        raise AssertionError(f"exit {result.returncode}: {result.stderr}")
    return result.stdout


def metrics(text):
    """The samples by name and labels."""
    samples = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.match(line).groups()
        key = (name, tuple(value for _, value in LABEL.findall(labels or "")))
        assert key not in samples, line
        samples[key] = int(value)
    return samples


def labels(text):
    return dict(line.removeprefix("feature.node.kubernetes.io/passcheck.").split("=")
                for line in text.splitlines() if not line.startswith("#"))


class Summary(TreeTest):
    @classmethod
    def setUpClass(cls):
        documents = {name: json.loads((SOURCE / "docs" / name).read_text())
                     for name in ("passcheck.schema.json", "passcheck-summary.schema.json")}
        base = "https://passcheck.org/"
        cls.schema = jsonschema.Draft202012Validator(
            documents["passcheck-summary.schema.json"],
            resolver=jsonschema.RefResolver(
                base, None, store={base + name: document for name, document in documents.items()}))

    def test_it_is_a_part_of_the_report(self):
        for fixture in FIXTURES:
            with self.subTest(fixture.name):
                report, summary = report_of(fixture), json.loads(written(fixture, "summary"))
                self.schema.validate(summary)
                for key in ("host", "verdict", "summary"):
                    self.assertEqual(summary[key], report[key])
                for verdict, ids in summary["findings"].items():
                    self.assertEqual(ids, sorted({finding["id"] for finding in report["findings"]
                                                  if finding["verdict"] == verdict}))

    def test_vfs_of_functions_that_could_not_be_listed_are_not_zero(self):
        root = self.tree({"proc/sys/kernel/osrelease": "6.1.0\n"})
        for name in ("summary", "json"):
            vfs = json.loads(written(root, name))["summary"]["vfs"]
            self.assertEqual(vfs, dict.fromkeys(("enabled", "possible", "usable")))

    def test_it_is_small(self):
        for fixture in FIXTURES:
            self.assertLess(len(written(fixture, "summary")), 4096)


class Prometheus(TreeTest):
    def test_metrics_are_the_counts_of_the_report(self):
        for fixture in FIXTURES:
            with self.subTest(fixture.name):
                report, samples = report_of(fixture), metrics(written(fixture, "prometheus"))
                self.assertEqual(samples["passcheck_host_ready", (report["verdict"],)], 1)
                self.assertEqual(sum(value for (name, _), value in samples.items()
                                     if name == "passcheck_host_ready"), 1)
                for word, counts in report["summary"]["classes"].items():
                    if word == "bridge":
                        continue
                    for verdict in ("assignable", "assignable-with", "blocked", "undetermined"):
                        self.assertEqual(samples["passcheck_functions", (word, verdict)],
                                         counts[verdict.replace("-", "_")])

    def test_each_pf_has_its_vfs_and_no_vf_a_series(self):
        for fixture in FIXTURES:
            report, samples = report_of(fixture), metrics(written(fixture, "prometheus"))
            pfs = {function["address"]: function["sriov"]["enabled_vfs"]
                   for function in report["functions"]
                   if function["sriov"] and "enabled_vfs" in function["sriov"]}
            self.assertEqual({values[0]: count for (name, values), count in samples.items()
                              if name == "passcheck_sriov_vfs"}, pfs)

    def test_findings_are_counted_by_id_and_verdict(self):
        for fixture in FIXTURES:
            samples = metrics(written(fixture, "prometheus"))
            counts = {}
            for finding in report_of(fixture)["findings"]:
                if finding["verdict"] in ("warn", "unknown", "fail"):
                    key = ("passcheck_findings", (finding["id"], finding["verdict"]))
                    counts[key] = counts.get(key, 0) + 1
            self.assertEqual({key: value for key, value in samples.items()
                              if key[0] == "passcheck_findings"}, counts)

    def test_what_could_not_be_listed_is_not_zero(self):
        root = self.tree({"proc/sys/kernel/osrelease": "6.1.0\n"})
        names = {name for name, _ in metrics(written(root, "prometheus"))}
        self.assertIn("passcheck_host_ready", names)
        self.assertNotIn("passcheck_functions", names)


class NodeFeatureDiscovery(TreeTest):
    def test_labels_are_what_kubernetes_takes(self):
        for fixture in FIXTURES:
            text = written(fixture, "nfd")
            for key, value in labels(text).items():
                self.assertRegex("passcheck." + key, r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$")
                self.assertRegex(value, LABEL_VALUE)
            self.assertRegex(text, r"^# \+expiry-time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n")

    def test_functions_that_can_go_apart_are_counted_by_their_groups(self):
        for fixture in FIXTURES:
            report, counts = report_of(fixture), labels(written(fixture, "nfd"))
            for word in ("gpu", "nic", "nvme"):
                groups = {function["isolation"]["group"] for function in report["functions"]
                          if function["class_word"] == word
                          and function["assignable"]["verdict"] == "assignable"}
                self.assertEqual(int(counts[f"isolated-{word}"]), len(groups))

    def test_the_command_of_the_daemonset_writes_labels(self):
        text = pathlib.Path(SOURCE, "kubernetes/daemonset.yaml").read_text(encoding="utf-8")
        words = re.search(r"chroot /host \S*/passcheck (.*)", text)[1].split()
        labels = self.directory / "labels"
        words[words.index("-o") + 1] = labels
        result = passcheck("--root", pathlib.Path(SOURCE, "fixtures/no-iommu/root"), *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("feature.node.kubernetes.io/", labels.read_text(encoding="utf-8"))

    def test_an_undetermined_host_has_no_label_ready(self):
        root = self.tree({"proc/sys/kernel/osrelease": "6.1.0\n"})
        self.assertEqual(labels(written(root, "nfd")), {})

    def test_a_host_says_whether_it_is_ready(self):
        for fixture in FIXTURES:
            verdict = report_of(fixture)["verdict"]
            self.assertEqual(labels(written(fixture, "nfd")).get("ready"),
                             {"ready": "true", "not-ready": "false"}.get(verdict))


if __name__ == "__main__":
    unittest.main()

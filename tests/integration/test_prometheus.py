"""Prometheus' own programs read the metrics, the alerts and the dashboard."""
import json
import os
import re
import socket
import subprocess
import sys
import time
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SOURCE, TreeTest, passcheck, program  # noqa: E402

FIXTURES = sorted(SOURCE.glob("fixtures/*"))
FILES = SOURCE / "prometheus"
PROMTOOL = program("prometheus", "promtool")
NODE_EXPORTER = program("prometheus-node-exporter", "prometheus-node-exporter")
METRIC = re.compile(r"\bpasscheck_\w+")


def metrics(root):
    return passcheck("--root", root, "--format", "prometheus").stdout


def names():
    """The names of the metrics of any fixture."""
    return {name for fixture in FIXTURES for name in METRIC.findall(metrics(fixture))}


@unittest.skipUnless(PROMTOOL, "promtool is not installed")
class Promtool(TreeTest):
    def promtool(self, *arguments, **options):
        result = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, check=False,
                                **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_metrics_pass_its_lint(self):
        for fixture in FIXTURES:
            self.promtool("check", "metrics", input=metrics(fixture))

    def test_alerts_do_what_their_tests_say(self):
        self.promtool("check", "rules", FILES / "alerts.yml")
        self.promtool("test", "rules", "alerts_test.yml", cwd=FILES)

    def test_expressions_of_the_dashboard_are_expressions(self):
        rules = {"groups": [{"name": "dashboard", "rules": [
            {"record": f"dashboard:{index}", "expr": expression.replace("$instance", ".*")}
            for index, expression in enumerate(dashboard_expressions())]}]}
        path = self.directory / "rules.yml"
        path.write_text(json.dumps(rules))
        self.promtool("check", "rules", path)


def dashboard_expressions():
    dashboard = json.loads((FILES / "dashboard.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


class Names(unittest.TestCase):
    def test_every_metric_that_is_asked_for_exists(self):
        asked = set(METRIC.findall((FILES / "alerts.yml").read_text()))
        asked.update(name for expression in dashboard_expressions()
                     for name in METRIC.findall(expression))
        self.assertLessEqual(asked, names())


@unittest.skipUnless(NODE_EXPORTER, "node_exporter is not installed")
class NodeExporter(TreeTest):
    def serve(self):
        """Starts node_exporter on the folder of this test, and returns what it serves."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        exporter = subprocess.Popen(
            [NODE_EXPORTER, "--collector.disable-defaults", "--collector.textfile",
             f"--collector.textfile.directory={self.directory}", f"--web.listen-address={address}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(exporter.wait)
        self.addCleanup(exporter.kill)
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
                    return answer.read().decode()
            except OSError:
                time.sleep(0.1)
        raise AssertionError("node_exporter does not answer")

    def test_it_serves_each_sample(self):
        passcheck("--root", FIXTURES[0], "--format", "prometheus", "-o",
                  self.directory / "passcheck.prom")
        served = self.serve()
        self.assertIn("node_textfile_scrape_error 0", served)
        for line in (self.directory / "passcheck.prom").read_text().splitlines():
            if not line.startswith("#"):
                self.assertIn(line.split("{")[0].split(" ")[0], served)

    def test_a_hostile_host_breaks_no_file(self):
        root = self.tree({"proc/sys/kernel/osrelease": "6.1.0\n",
                          "proc/cmdline": "intel_iommu=\"\\\n} 1\n"})
        passcheck("--root", root, "--format", "prometheus", "-o",
                  self.directory / "passcheck.prom")
        self.assertIn("node_textfile_scrape_error 0", self.serve())


if __name__ == "__main__":
    unittest.main()

"""DuckDB reads the reports of a fleet, and answers the questions of sql/queries."""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import PROGRAMS, SOURCE, TreeTest, audit  # noqa: E402

MODULES = PROGRAMS / "duckdb/node_modules"
RUNNER = SOURCE / "tests/integration/duckdb.mjs"
SQL = SOURCE / "sql"
DAYS = ("2026-11-25", "2026-11-26")


def statements(path):
    """The statements of a file: they end with a semicolon at the end of a line."""
    text = re.sub(r"^--.*\n", "", path.read_text(), flags=re.MULTILINE)
    return [statement.strip() for statement in re.split(r";\s*\n", text) if statement.strip()]


def query(name):
    statement, = statements(SQL / f"queries/{name}.sql")
    return statement


@unittest.skipUnless(shutil.which("node") and MODULES.is_dir(), "DuckDB is not installed")
class Fleet(TreeTest):
    @classmethod
    def setUpClass(cls):
        cls.reports = {fixture.name: audit(fixture) for fixture in SOURCE.glob("fixtures/*")}

    def setUp(self):
        super().setUp()
        self.days = {day: copy.deepcopy(self.reports) for day in DAYS}

    def write(self):
        for day, reports in self.days.items():
            lines = []
            for name, report in reports.items():
                report["host"]["hostname"] = f"rack1-{name}"
                report["run"]["time"] = f"{day}T04:00:00Z"
                lines.append(json.dumps(report))
            pathlib.Path(self.directory, f"{day}.ndjson").write_text("\n".join(lines))

    def ask(self, *questions):
        """Loads the reports, and returns the rows that answer each question."""
        self.write()
        load = [*statements(SQL / "duckdb.sql"),
                f"CREATE TABLE reports AS SELECT * FROM read_passcheck('{self.directory}/*.ndjson')",
                *statements(SQL / "views.sql")]
        result = subprocess.run(["node", RUNNER], input=json.dumps([*load, *questions]),
                                capture_output=True, text=True, check=False,
                                env=os.environ | {"DUCKDB_MODULES": str(MODULES)})
        self.assertEqual(result.returncode, 0, result.stderr)
        return [answer["rows"] for answer in json.loads(result.stdout)[len(load):]]

    def of_day(self, day=DAYS[-1]):
        return {f"rack1-{name}": report for name, report in self.days[day].items()}

    def test_views_hold_every_host_function_and_finding(self):
        hosts, functions, findings = self.ask(*(
            f'SELECT count(*)::INTEGER AS rows FROM {view}'
            for view in ("hosts", "functions", "findings")))
        for rows, counts in ((hosts, 1), (functions, "functions"), (findings, "findings")):
            expected = sum(1 if counts == 1 else len(report[counts])
                           for reports in self.days.values() for report in reports.values())
            self.assertEqual(rows, [{"rows": expected}])

    def test_every_question_has_an_answer(self):
        names = sorted(path.stem for path in SQL.glob("queries/*.sql"))
        self.assertGreaterEqual(len(names), 10)
        self.ask(*map(query, names))

    def test_hosts_with_isolated_functions_are_counted_by_group(self):
        rows, = self.ask(query("isolated-gpus").replace("'gpu'", "'nic'"))
        expected = {}
        for host, report in self.of_day().items():
            groups = {function["isolation"]["group"] for function in report["functions"]
                      if function["class_word"] == "nic"
                      and function["assignable"]["verdict"] == "assignable"}
            if len(groups) >= 2:
                expected[host] = str(len(groups))
        self.assertEqual({row["host"]: row["isolated"] for row in rows}, expected)

    def test_lost_vfs_are_found_also_where_the_pf_is_gone(self):
        report = self.days[DAYS[1]]["intel-igb-vfs"]
        one, other, *_ = (function for function in report["functions"]
                          if function["sriov"] and function["sriov"].get("enabled_vfs"))
        one["sriov"]["enabled_vfs"] = 1
        report["functions"].remove(other)
        rows, = self.ask(query("vfs-lost"))
        self.assertEqual([(row["address"], row["enabled_now"], row["gone"]) for row in rows],
                         [(one["address"], "1", False), (other["address"], "0", True)])

    def test_a_changed_verdict_is_told_with_what_fails_since(self):
        name = next(name for name, report in self.reports.items() if report["verdict"] == "ready")
        self.days[DAYS[1]][name] = copy.deepcopy(self.reports["no-iommu"])
        row, = self.ask(query("verdicts-changed"))[0]
        self.assertEqual((row["host"], row["verdict_before"], row["verdict_now"]),
                         (f"rack1-{name}", "ready", "not-ready"))
        self.assertTrue(row["fails_since"])

    def test_a_host_without_an_audit_is_missed(self):
        del self.days[DAYS[1]]["no-iommu"]
        rows, = self.ask(query("not-audited"))
        self.assertEqual([row["host"] for row in rows], ["rack1-no-iommu"])

    def test_days_can_be_kept_as_parquet(self):
        folder = self.directory / "parquet"
        _, rows = self.ask(
            f"COPY (SELECT *, CAST(CAST(run.\"time\" AS TIMESTAMP) AS DATE) AS day FROM reports) "
            f"TO '{folder}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))",
            f"SELECT count(*)::INTEGER AS rows FROM read_parquet('{folder}/*/*.parquet')")
        self.assertEqual(rows, [{"rows": len(DAYS) * len(self.reports)}])


if __name__ == "__main__":
    unittest.main()

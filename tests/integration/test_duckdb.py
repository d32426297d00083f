"""DuckDB reads the reports of a fleet, and answers the questions of sql/queries.

test_duckdb.py --write: rewrites docs/fleet-questions.md.
"""
import copy
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).parent))
import duckdb  # noqa: E402
from fleet import (DAYS, QUERIES, SQL, Fleet, Questions, as_of, audit, query,  # noqa: E402
                   write)
from support import SOURCE  # noqa: E402

PAGE = SOURCE / "docs/fleet-questions.md"
HEAD = """\
# Ten questions to a fleet
What sql/queries/ asks, and what DuckDB answers on two days of the hosts in fixtures/: on the second \
day intel-igb-vfs has lost its VFs, intel-ports-on its IOMMU, and intel-switches-on was not audited. \
`script/golden` writes this page.
"""


def ask(folder, questions):
    """Returns the rows that answer each question, on the reports in folder."""
    return [answer["rows"] for answer in duckdb.run(folder, questions)[1]]


def example():
    """The days of the page."""
    reports = {path.name: audit(path) for path in sorted(SOURCE.glob("fixtures/*"))}
    today = copy.deepcopy(reports)
    for function in today["intel-igb-vfs"]["functions"]:
        if function["sriov"] and function["sriov"].get("enabled_vfs"):
            function["sriov"]["enabled_vfs"] = 0
    today["intel-ports-on"] = reports["intel-ports-off"]
    del today["intel-switches-on"]
    return dict(zip(DAYS, (reports, today)))


def cell(value):
    if isinstance(value, list):
        return ", ".join(map(cell, value))
    return "" if value is None else str(value)


def table(rows):
    if not rows:
        return ["No row."]
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(map(cell, row.values()) for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def page():
    with tempfile.TemporaryDirectory() as folder:
        write(folder, example())
        answers = ask(folder, map(query, QUERIES))
    lines = [HEAD.rstrip()]
    for name, rows in zip(QUERIES, answers):
        text = (SQL / f"queries/{name}.sql").read_text().rstrip()
        lines += ["", f"## {name}", "```sql", text, "```", *table(rows)]
    return "\n".join(lines) + "\n"


@unittest.skipUnless(duckdb.installed(), "DuckDB is not installed")
class DuckDB(Questions, Fleet):
    def ask(self, *questions):
        self.write()
        return ask(self.directory, questions)

    def test_the_page_has_each_question_and_its_answer(self):
        self.assertEqual(PAGE.read_text(), page(), "script/golden writes it")

    def test_of_two_reports_of_a_day_the_last_holds(self):
        name, report = next(iter(self.reports.items()))
        early = as_of(report, f"rack1-{name}", DAYS[1]) | {"verdict": "undetermined"}
        early["run"]["time"] = f"{DAYS[1]}T01:00:00Z"
        (self.directory / "early.ndjson").write_text(json.dumps(early) + "\n")
        hosts, functions, findings = self.ask(
            f"SELECT verdict FROM hosts WHERE host = 'rack1-{name}' AND day = '{DAYS[1]}'",
            *(f"SELECT count(*)::INTEGER AS number FROM {view} "
              f"WHERE host = 'rack1-{name}' AND day = '{DAYS[1]}'" for view in ("functions", "findings")))
        self.assertEqual([row["verdict"] for row in hosts], [report["verdict"]])
        self.assertEqual([functions[0]["number"], findings[0]["number"]],
                         [len(report["functions"]), len(report["findings"])])

    def test_days_can_be_kept_as_parquet(self):
        folder = self.directory / "parquet"
        _, rows = self.ask(
            f"COPY (SELECT *, CAST(CAST(run.\"time\" AS TIMESTAMP) AS DATE) AS day FROM reports) "
            f"TO '{folder}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))",
            f"SELECT count(*)::INTEGER AS rows FROM read_parquet('{folder}/*/*.parquet')")
        self.assertEqual(rows, [{"rows": len(DAYS) * len(self.reports)}])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page())
    else:
        unittest.main()

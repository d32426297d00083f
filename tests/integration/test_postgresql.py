"""PostgreSQL keeps the reports of a fleet, and answers the questions that DuckDB answers."""
import json
import pathlib
import re
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).parent))
from fleet import DAYS, SQL, Fleet, Questions  # noqa: E402
from postgresql import LOAD, Server, programs  # noqa: E402
from support import PROGRAMS, SOURCE  # noqa: E402

FOLDER = programs(PROGRAMS / "postgresql")


@unittest.skipUnless(FOLDER, "PostgreSQL is not installed")
class PostgreSQL(Questions, Fleet):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server(FOLDER)
        cls.addClassCleanup(cls.server.stop)

    def load(self):
        """Fills a database of the test's own."""
        self.server.ask(["DROP DATABASE IF EXISTS fleet", "CREATE DATABASE fleet"])
        self.server.ask([(SQL / "postgresql.sql").read_text()], "fleet")
        for path in self.write():
            with open(path, encoding="utf-8") as lines:
                self.server.ask([LOAD], "fleet", stdin=lines)

    def ask(self, *questions):
        self.load()
        return [json.loads(self.server.ask([f"SELECT coalesce(json_agg(answer), '[]') FROM "
                                            f"({question}) AS answer"], "fleet"))
                for question in questions]

    def test_a_host_has_one_report_a_day(self):
        self.load()
        with self.assertRaisesRegex(AssertionError, "duplicate key"):
            self.server.ask(["INSERT INTO reports (report) SELECT report FROM reports LIMIT 1"],
                            "fleet")

    def test_a_later_report_of_a_day_takes_the_place_of_the_first(self):
        self.load()
        words = (SOURCE / "docs/fleet.md").read_text()
        statement = re.search(r"^INSERT INTO reports .*?;$", words, re.MULTILINE | re.DOTALL)[0]
        self.server.ask([
            "CREATE TABLE incoming (report jsonb NOT NULL)",
            "INSERT INTO incoming SELECT jsonb_set(jsonb_set(report, '{run,time}', "
            f"to_jsonb('{DAYS[1]}T0' || n || ':00:00Z')), '{{verdict}}', "
            "CASE n WHEN 8 THEN '\"ready\"' ELSE '\"undetermined\"' END::jsonb) "
            f"FROM reports, generate_series(6, 8) AS n WHERE day = '{DAYS[1]}'",
            statement], "fleet")
        self.assertEqual(self.server.ask([f"SELECT count(*), min(verdict), max(verdict) FROM reports "
                                          f"WHERE day = '{DAYS[1]}'"], "fleet").strip(),
                         f"{len(self.reports)}|ready|ready")

    def test_what_a_report_contains_is_found_by_the_index(self):
        self.load()
        wanted = json.dumps({"findings": [{"id": "iommu-groups.none", "verdict": "fail"}]})
        found = f"FROM reports WHERE report @> '{wanted}'"
        plan = self.server.ask(["SET enable_seqscan = off", f"EXPLAIN SELECT host {found}"], "fleet")
        self.assertIn("Bitmap Index Scan on reports_report", plan)
        expected = sum(any(finding["id"] == "iommu-groups.none" and finding["verdict"] == "fail"
                           for finding in report["findings"]) for report in self.of_day().values())
        self.assertGreater(expected, 0)
        self.assertEqual(int(self.server.ask([f"SELECT count(DISTINCT host) {found}"], "fleet")),
                         expected)


if __name__ == "__main__":
    unittest.main()

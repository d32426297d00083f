"""DuckDB reads the reports of a fleet, and answers the questions of sql/queries."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).parent))
from fleet import DAYS, SQL, Fleet, Questions, statements  # noqa: E402
from support import PROGRAMS, SOURCE  # noqa: E402

MODULES = PROGRAMS / "duckdb/node_modules"
RUNNER = SOURCE / "tests/integration/duckdb.mjs"


@unittest.skipUnless(shutil.which("node") and MODULES.is_dir(), "DuckDB is not installed")
class DuckDB(Questions, Fleet):
    def ask(self, *questions):
        self.write()
        load = [*statements(SQL / "duckdb.sql"),
                f"CREATE TABLE reports AS SELECT * FROM read_passcheck('{self.directory}/*.ndjson')",
                *statements(SQL / "views.sql")]
        result = subprocess.run(["node", RUNNER], input=json.dumps([*load, *questions]),
                                capture_output=True, text=True, check=False,
                                env=os.environ | {"DUCKDB_MODULES": str(MODULES)})
        self.assertEqual(result.returncode, 0, result.stderr)
        return [answer["rows"] for answer in json.loads(result.stdout)[len(load):]]

    def test_days_can_be_kept_as_parquet(self):
        folder = self.directory / "parquet"
        _, rows = self.ask(
            f"COPY (SELECT *, CAST(CAST(run.\"time\" AS TIMESTAMP) AS DATE) AS day FROM reports) "
            f"TO '{folder}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))",
            f"SELECT count(*)::INTEGER AS rows FROM read_parquet('{folder}/*/*.parquet')")
        self.assertEqual(rows, [{"rows": len(DAYS) * len(self.reports)}])


if __name__ == "__main__":
    unittest.main()

"""DuckDB, which script/bootstrap unpacks, run on the reports of a fleet."""
import json
import os
import shutil
import subprocess

from fleet import SQL, statements
from support import PROGRAMS, SOURCE

MODULES = PROGRAMS / "duckdb/node_modules"
RUNNER = SOURCE / "tests/integration/duckdb.mjs"


def installed():
    return shutil.which("node") and MODULES.is_dir()


def run(folder, questions):
    """Loads the reports in folder and asks. Returns what each statement of the loading took and each
    question, in answers: rows and milliseconds."""
    load = [*statements(SQL / "duckdb.sql"),
            f"CREATE TABLE reports AS SELECT * FROM read_passcheck('{folder}/*.ndjson')",
            *statements(SQL / "views.sql")]
    result = subprocess.run(["node", RUNNER], input=json.dumps([*load, *questions]),
                            capture_output=True, text=True, check=False,
                            env=os.environ | {"DUCKDB_MODULES": str(MODULES)})
    if result.returncode:
        raise AssertionError(result.stderr)
    answers = json.loads(result.stdout)
    return answers[:len(load)], answers[len(load):]

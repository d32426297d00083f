"""Measures what DuckDB and PostgreSQL take for two days of reports of so many hosts.

databases.py HOSTS...: prints a table of Markdown, a column for each engine and number of hosts.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests/integration"))
from fleet import DAYS, QUERIES, SQL, as_of, audit, query, statements  # noqa: E402
from postgresql import LOAD, Server, programs  # noqa: E402
from support import PROGRAMS, SOURCE  # noqa: E402

MODULES = PROGRAMS / "duckdb/node_modules"
# Of so many hosts one differs on the second day.
CHANGED = 12


def write(folder, hosts):
    """Writes a file a day, in which the fixtures' reports come again under other names."""
    names = sorted(SOURCE.glob("fixtures/*"))
    texts = {day: [json.dumps(as_of(audit(name), "@host@", day), separators=(",", ":"))
                   for name in names] for day in DAYS}
    for number, day in enumerate(DAYS):
        with open(folder / f"{day}.ndjson", "w", encoding="utf-8") as file:
            for host in range(hosts):
                which = host + (number if host % CHANGED == 0 else 0)
                text = texts[day][which % len(names)]
                file.write(text.replace("@host@", f"rack{host // 40}-{host}") + "\n")


def duckdb(folder):
    """Yields (step, seconds)."""
    load = [*statements(SQL / "duckdb.sql"),
            f"CREATE TABLE reports AS SELECT * FROM read_passcheck('{folder}/*.ndjson')",
            *statements(SQL / "views.sql")]
    parquet = (f"COPY (SELECT *, CAST(CAST(run.\"time\" AS TIMESTAMP) AS DATE) AS day FROM reports) TO "
               f"'{folder}/parquet' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))")
    result = subprocess.run(["node", SOURCE / "tests/integration/duckdb.mjs"], check=True,
                            input=json.dumps([*load, *map(query, QUERIES), parquet]),
                            capture_output=True, text=True,
                            env=os.environ | {"DUCKDB_MODULES": str(MODULES)})
    seconds = [answer["milliseconds"] / 1000 for answer in json.loads(result.stdout)]
    yield "load", sum(seconds[:len(load)])
    yield from zip(QUERIES, seconds[len(load):])
    yield "write Parquet", seconds[-1]
    size = sum(path.stat().st_size for path in folder.glob("parquet/**/*.parquet"))
    yield "kept, MB", size / 1e6


def postgresql(folder):
    server = Server(programs(PROGRAMS / "postgresql"))
    try:
        server.ask([(SQL / "postgresql.sql").read_text()])
        started = time.monotonic()
        for day in DAYS:
            with open(folder / f"{day}.ndjson", encoding="utf-8") as lines:
                server.ask([LOAD], stdin=lines)
        yield "load", time.monotonic() - started
        server.ask(["VACUUM ANALYZE reports"])
        for name in QUERIES:
            said = server.ask([r"\timing on", query(name)])
            yield name, float(re.search(r"^Time: ([\d.]+) ms", said, re.MULTILINE)[1]) / 1000
        yield "kept, MB", int(server.ask(["SELECT pg_total_relation_size('reports')"])) / 1e6
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("hosts", type=int, nargs="*", default=[1000, 10000])
    columns, steps = {}, {}
    for hosts in parser.parse_args().hosts:
        with tempfile.TemporaryDirectory(prefix="fleet.") as name:
            folder = pathlib.Path(name)
            write(folder, hosts)
            for engine in (duckdb, postgresql):
                title = f"{'DuckDB' if engine is duckdb else 'PostgreSQL'}, {hosts:,}"
                columns[title] = dict(engine(folder))
                steps |= dict.fromkeys(columns[title])
    print(f"| seconds | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for step in steps:
        cells = (f"{column[step]:.3g}" if step in column else "" for column in columns.values())
        print(f"| {step} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()

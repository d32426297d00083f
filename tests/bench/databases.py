"""Measures what DuckDB and PostgreSQL take for two days of reports of so many hosts.

databases.py HOSTS...: prints a table of Markdown, a column for each engine and number of hosts.
"""
import argparse
import json
import os
import pathlib
import re
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests/integration"))
import duckdb  # noqa: E402
from fleet import DAYS, QUERIES, SQL, as_of, audit, query  # noqa: E402
from postgresql import LOAD, Server, programs  # noqa: E402
from support import PROGRAMS, SOURCE  # noqa: E402

# Of so many hosts one differs on the second day.
CHANGED = 12


def write(folder, hosts):
    """Writes a file a day, in which the fixtures' reports come again under other names."""
    reports = [audit(path) for path in sorted(SOURCE.glob("fixtures/*"))]
    texts = {day: [json.dumps(as_of(report, "@host@", day), separators=(",", ":"))
                   for report in reports] for day in DAYS}
    for number, day in enumerate(DAYS):
        with open(folder / f"{day}.ndjson", "w", encoding="utf-8") as file:
            for host in range(hosts):
                which = host + (number if host % CHANGED == 0 else 0)
                text = texts[day][which % len(reports)]
                file.write(text.replace("@host@", f"rack{host // 40}-{host}") + "\n")


def measure_duckdb(folder):
    """Yields (step, seconds)."""
    parquet = (f"COPY (SELECT *, CAST(CAST(run.\"time\" AS TIMESTAMP) AS DATE) AS day FROM reports) TO "
               f"'{folder}/parquet' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))")
    loading, answers = duckdb.run(folder, [*map(query, QUERIES), parquet])
    seconds = [answer["milliseconds"] / 1000 for answer in answers]
    yield "load", sum(answer["milliseconds"] for answer in loading) / 1000
    yield from zip(QUERIES, seconds)
    yield "write Parquet", seconds[-1]
    size = sum(path.stat().st_size for path in folder.glob("parquet/**/*.parquet"))
    yield "kept, MB", size / 1e6


def measure_postgresql(folder):
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
            for engine, measure in (("DuckDB", measure_duckdb), ("PostgreSQL", measure_postgresql)):
                title = f"{engine}, {hosts:,}"
                columns[title] = dict(measure(folder))
                steps |= dict.fromkeys(columns[title])
    print(f"| seconds | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for step in steps:
        cells = (f"{column[step]:.3g}" if step in column else "" for column in columns.values())
        print(f"| {step} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()

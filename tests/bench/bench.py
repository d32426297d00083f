"""Measures passcheck against lspci and a bare loop over the same files, and prints ratios.

bench.py --passcheck BINARY [--quick] [--write docs/performance.md]
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

import hosts

RUNS = 7
# Functions, PFs and VFs of each.
SIZES = {64: (4, 14), 512: (8, 62), 4128: (16, 256), 33024: (128, 256)}
START, END = "<!-- measured by script/bench -->", "<!-- end of what was measured -->"


def median_time(command, runs=RUNS):
    """Returns the median wall time in seconds, after one run that warms the caches."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def system_calls(command):
    """Returns how many system calls the command makes."""
    with tempfile.NamedTemporaryFile(mode="r") as output:
        subprocess.run(["strace", "-f", "-c", "-o", output.name, *command],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        total = re.search(r"^100\.00\s.*?(\d+)\s+(?:\d+\s+)?total$", output.read(), re.M)
    return int(total.group(1)) if total else 0


def peak_memory(command):
    """Returns the peak resident set in KiB."""
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    return os.wait4(pid, 0)[2].ru_maxrss


def build_loop(folder):
    """Builds the bare loop: opens, reads and closes the files that it is given."""
    program = folder / "loop"
    subprocess.run(["cc", "-O2", "-o", program, pathlib.Path(__file__).with_name("loop.c")],
                   check=True)
    return program


def files_read(passcheck, root, listing):
    """Lists the files that an audit of root reads."""
    with tempfile.NamedTemporaryFile(mode="r") as output:
        subprocess.run(["strace", "-f", "-y", "-e", "trace=openat2", "-o", output.name, passcheck,
                        "--root", root, "--format", "json"], stdout=subprocess.DEVNULL,
                       check=False)
        names = re.findall(r'openat2\(\d+<([^>]+)>, "([^"]+)", \{flags=O_RDONLY\|[^}]*\}, \d+\) '
                           r"= \d", output.read())
    paths = [f"{folder}/{name.lstrip('/')}" for folder, name in names]
    listing.write_text("\n".join(path for path in paths if os.path.isfile(path)) + "\n")


def measure(passcheck, loop, folder, functions):
    root = folder / f"host-{functions}"
    hosts.write_host(root, *SIZES[functions])
    listing = folder / f"files-{functions}"
    files_read(passcheck, root, listing)
    json = [passcheck, "--root", str(root), "--format", "json"]
    lspci = ["lspci", "-vvv", "-A", "linux-sysfs", "-O", f"sysfs.path={root}/sys/bus/pci"]
    runs = RUNS if functions < 10000 else 3
    row = {
        "functions": functions,
        "json": median_time(json, runs),
        "text": median_time([passcheck, "--root", str(root)], runs),
        "one": median_time([passcheck, "--root", str(root), "0000:01:00.0"], runs),
        "lspci": median_time(lspci, runs),
        "loop": median_time([str(loop), str(listing)], runs),
        "calls": system_calls(json) / functions,
        "memory": peak_memory(json),
    }
    shutil.rmtree(root)
    return row


def table(rows):
    lines = ["| functions | JSON ms | text ms | one function ms | `lspci -vvv` ms | bare loop ms | "
             "JSON / lspci | JSON / loop | system calls a function | peak MiB |",
             "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        lines.append(f"| {row['functions']} | {row['json'] * 1e3:.0f} | {row['text'] * 1e3:.0f} | "
                     f"{row['one'] * 1e3:.0f} | {row['lspci'] * 1e3:.0f} | "
                     f"{row['loop'] * 1e3:.0f} | {row['json'] / row['lspci']:.2f} | "
                     f"{row['json'] / row['loop']:.1f} | {row['calls']:.1f} | "
                     f"{row['memory'] / 1024:.0f} |")
    return "\n".join(lines)


def write(path, text):
    page = path.read_text()
    before, rest = page.split(START)
    path.write_text(f"{before}{START}\n{text}\n{END}{rest.split(END)[1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passcheck", required=True)
    parser.add_argument("--quick", action="store_true", help="leave the largest host out")
    parser.add_argument("--write", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="passcheck-bench.") as name:
        folder = pathlib.Path(name)
        loop = build_loop(folder)
        sizes = [size for size in SIZES if size < 10000 or not arguments.quick]
        text = table([measure(arguments.passcheck, loop, folder, size) for size in sizes])
    print(text)
    if arguments.write:
        write(arguments.write, text)


if __name__ == "__main__":
    main()

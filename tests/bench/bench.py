"""Measures passcheck against lspci and a bare loop over the same files, and prints ratios.

bench.py --passcheck BINARY [--quick] [--write docs/performance.md]
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile

import hosts

HERE = pathlib.Path(__file__).parent
# Functions, PFs and VFs of each.
SIZES = {64: (4, 14), 512: (8, 62), 4128: (16, 256), 33024: (128, 256)}
LARGEST_QUICK = 4128
LARGEST_LISTED = 512  # an lspci for each device, which reads them all: quadratic
FEW_RUNS_FROM = 10000
PAIRS = 5  # of an archive and its folder
START, END = "<!-- measured by script/bench -->", "<!-- end of what was measured -->"


def hyperfine(folder, commands, runs):
    """Returns each command's median wall time in seconds, after a run that warms the caches."""
    output = folder / "hyperfine.json"
    subprocess.run(["hyperfine", "-N", "-i", "--style", "none", "--warmup", "1", "--runs", str(runs),
                    "--export-json", output, *(" ".join(map(str, words)) for words in commands)],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return [result["median"] for result in json.loads(output.read_text())["results"]]


def traced(folder, command, *options):
    """Returns what strace says of the command."""
    output = folder / "strace"
    subprocess.run(["strace", "-f", "-o", output, *options, *command], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    return output.read_text(errors="replace")


def system_calls(folder, command):
    """Returns how many system calls the command makes."""
    counts = re.findall(r"^ *(\d+) (?!total)\w+$", traced(folder, command, "-c", "-U", "calls,name"),
                        re.M)
    return sum(map(int, counts))


def peak_memory(command):
    """Returns the peak resident set in KiB."""
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    return os.wait4(pid, 0)[2].ru_maxrss


def instructions(folder, command):
    """Returns the instructions that the command takes, those of the kernel left out."""
    result = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind",
                             *command], env=os.environ | {"LD_PRELOAD": str(folder / "openat2.so")},
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", result.stderr).group(1).replace(",", ""))


def cpu_seconds(command):
    """Returns the processor time that the command takes, that of the kernel with it."""
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    usage = os.wait4(pid, 0)[2]
    return usage.ru_utime + usage.ru_stime


def archive_ratio(root, audit):
    """Returns the median of how many times the folder's time its tar.gz takes, in turn."""
    archive = root.with_suffix(".tar.gz")
    subprocess.run(["tar", "-C", root, "-czf", archive, "."], check=True)
    archived = [str(archive) if word == str(root) else word for word in audit]
    ratio = statistics.median(cpu_seconds(archived) / cpu_seconds(audit) for _ in range(PAIRS))
    archive.unlink()
    return ratio


def build(folder):
    """Builds the bare loop, and what callgrind needs."""
    subprocess.run(["cc", "-O2", "-o", folder / "loop", HERE / "loop.c"], check=True)
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", folder / "openat2.so",
                    HERE / "openat2.c"], check=True)


def files_read(folder, command, listing):
    """Lists the files that an audit reads."""
    names = re.findall(r'openat2\(\d+<([^>]+)>, "([^"]+)", \{flags=O_RDONLY\|[^}]*\}, \d+\) = \d',
                       traced(folder, command, "-y", "-e", "trace=openat2"))
    paths = [f"{above}/{name.lstrip('/')}" for above, name in names]
    listing.write_text("".join(f"{path}\n" for path in paths if os.path.isfile(path)))


def live_config_bytes(folder, passcheck):
    """Returns the functions of this host, and the bytes of config space read of each."""
    sizes = {}
    calls = re.findall(r"pread64\(\d+<(/sys/devices/[^>]*/config)>.*= (\d+)$",
                       traced(folder, [passcheck], "-y", "-e", "trace=pread64"), re.M)
    for path, size in calls:
        sizes[path] = sizes.get(path, 0) + int(size)
    return len(sizes), sum(sizes.values()) / max(len(sizes), 1)


def measure(passcheck, folder, functions):
    root = folder / f"host-{functions}"
    hosts.write_host(root, *SIZES[functions])
    audit = [passcheck, "--root", str(root), "--format", "json"]
    files_read(folder, audit, folder / "files")
    commands = {
        "json": audit,
        "text": [passcheck, "--root", root],
        "one": [passcheck, "--root", root, "0000:01:00.0"],
        "lspci": ["lspci", "-vvv", "-A", "linux-sysfs", "-O", f"sysfs.path={root}/sys/bus/pci"],
        "loop": [folder / "loop", folder / "files"],
    }
    runs = 10 if functions < FEW_RUNS_FROM else 3
    row = dict(zip(commands, hyperfine(folder, commands.values(), runs)))
    row["listing"] = None
    if functions <= LARGEST_LISTED:
        row["listing"], = hyperfine(folder, [[HERE / "lsiommu.sh", root]], 1)
    row |= {"functions": functions, "calls": system_calls(folder, audit) / functions,
            "instructions": instructions(folder, audit) / functions, "memory": peak_memory(audit),
            "archive": archive_ratio(root, audit)}
    shutil.rmtree(root)
    return row


COLUMNS = {
    "functions": lambda row: row["functions"],
    "JSON ms": lambda row: f"{row['json'] * 1e3:.0f}",
    "text ms": lambda row: f"{row['text'] * 1e3:.0f}",
    "one function ms": lambda row: f"{row['one'] * 1e3:.0f}",
    "`lspci -vvv` ms": lambda row: f"{row['lspci'] * 1e3:.0f}",
    "group listing ms": lambda row: f"{row['listing'] * 1e3:.0f}" if row["listing"] else "–",
    "bare loop ms": lambda row: f"{row['loop'] * 1e3:.0f}",
    "JSON / lspci": lambda row: f"{row['json'] / row['lspci']:.2f}",
    "JSON / loop": lambda row: f"{row['json'] / row['loop']:.1f}",
    "tar.gz / folder": lambda row: f"{row['archive']:.1f}",
    "system calls a function": lambda row: f"{row['calls']:.1f}",
    "instructions a function": lambda row: f"{row['instructions']:,.0f}",
    "peak MiB": lambda row: f"{row['memory'] / 1024:.0f}",
}


def table(rows):
    lines = [COLUMNS, ["--:"] * len(COLUMNS)]
    lines += [[str(column(row)) for column in COLUMNS.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


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
        build(folder)
        sizes = [size for size in SIZES if size <= LARGEST_QUICK or not arguments.quick]
        live, config_bytes = live_config_bytes(folder, arguments.passcheck)
        text = table([measure(arguments.passcheck, folder, size) for size in sizes])
    text += (f"\n\nOf the {live} functions of the host that measured, read live, passcheck read "
             f"{config_bytes:.0f} bytes of config space each.")
    print(text)
    if arguments.write:
        write(arguments.write, text)


if __name__ == "__main__":
    main()

"""Measures passcheck side by side with lspci, a bare loop over the same files and others.

Commands take turns on the same tree, and each ratio is the median of the ratios of neighbours, so
what else the machine does hits both. CPU is user and system time.

bench.py --passcheck BINARY [--quick] [--write docs/performance.md]
"""
import argparse
import dataclasses
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

import hosts

HERE = pathlib.Path(__file__).parent
# Functions, PFs and VFs of each.
SIZES = {64: (4, 14), 512: (8, 62), 4128: (16, 256), 33024: (128, 256)}
LARGEST_QUICK = 4128
LARGEST_LISTED = 512  # an lspci for each device, which reads them all: quadratic
FEW_ROUNDS_FROM = 10000
MANY_ROUNDS, FEW_ROUNDS, ONE_ROUND = 21, 5, 1
SLOPE = (512, 4128)   # further functions between hosts of that many
START, END = "<!-- measured by script/bench -->", "<!-- end of what was measured -->"
SLOPE_BUDGET, MEMORY_BUDGET = 13.6, (4.5, 16)  # calls; KiB a function, and MiB
LISTED_TO_THEIR_END = 2  # folders of a VF, of a tree: one call less each on a live host

REFUSED = (64, 127)  # wrong usage, and no such command

# At most that much of the CPU time of the other: by functions and what is measured against.
BUDGETS = {
    (4128, "lspci -vvv"): 0.32, (4128, "lspci -mm"): 0.95, (4128, "bare loop"): 3.2,
    (64, "lspci -vvv"): 0.40,
    **{(size, f"as {suffix}"): 3 for size in SIZES for suffix in ("tar.gz", "tar.zst")},
}


@dataclasses.dataclass
class Spent:
    """What a run took, in seconds."""
    cpu: float
    wall: float


def run(command):
    """Runs a command, its output thrown away, and returns what it took."""
    null = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
    begin = time.monotonic()
    words = [str(word) for word in command]
    pid = os.posix_spawnp(words[0], words, os.environ, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) in REFUSED:
        raise RuntimeError(f"{' '.join(words)}: was not run")
    return Spent(usage.ru_utime + usage.ru_stime, time.monotonic() - begin)


def in_turn(commands, rounds):
    """Runs the commands one after another, round by round; returns the rounds of each. The first
    warms the caches and does not count."""
    for command in commands.values():
        run(command)
    result = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            result[name].append(run(command))
    return result


def ratio(ours, theirs, what):
    """Returns the median of the ratios of runs of the same round."""
    return statistics.median(getattr(a, what) / max(getattr(b, what), 1e-4)
                             for a, b in zip(ours, theirs))


def median(runs, what):
    return statistics.median(getattr(one, what) for one in runs)


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


def instructions(folder, command):
    """Returns the instructions that the command takes, those of the kernel left out."""
    result = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind",
                             *command], env=os.environ | {"LD_PRELOAD": str(folder / "openat2.so")},
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", result.stderr).group(1).replace(",", ""))


def peak_memory(folder, command):
    """Returns the most memory that the command has, in KiB."""
    return int(subprocess.run([folder / "peak", *command], stdout=subprocess.PIPE, text=True,
                              check=True).stdout)


def build(folder):
    """Builds the bare loop, and what memory is measured with and callgrind needs."""
    for program in ("loop", "peak"):
        subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", folder / program,
                        HERE / f"{program}.c"], check=True)
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


def archives(folder, root):
    """Packs a tree; returns an archive of each kind."""
    found = {}
    for suffix, option in (("tar.gz", "--gzip"), ("tar.zst", "--zstd")):
        found[f"as {suffix}"] = folder / f"host.{suffix}"
        subprocess.run(["tar", "-C", root, option, "-cf", found[f"as {suffix}"], "."], check=True)
    return found


def comparison(functions, ours, theirs, name):
    """Returns a row of the table of ratios."""
    cpu = ratio(ours, theirs, "cpu")
    budget = BUDGETS.get((functions, name))
    return [functions, name, f"{cpu:.2f}", f"{ratio(ours, theirs, 'wall'):.2f}",
            "" if budget is None else f"{budget:.2f}",
            "" if budget is None else "yes" if cpu <= budget else "**no**"]


def compare_on_tree(passcheck, folder, root, functions):
    """Runs the audit of a tree in turn with the others; returns rows, and the audit's runs."""
    audit = [passcheck, "--root", root, "--format", "json"]
    lspci = ["lspci", "-A", "linux-sysfs", "-O", f"sysfs.path={root}/sys/bus/pci"]
    rounds = MANY_ROUNDS if functions < FEW_ROUNDS_FROM else FEW_ROUNDS
    files_read(folder, [str(word) for word in audit], folder / "files")
    others = {"lspci -vvv": [*lspci, "-vvv"], "lspci -mm": [*lspci, "-mm"],
              "bare loop": [folder / "loop", folder / "files"]}
    spent = in_turn({"audit": audit, **others}, rounds)
    ours = spent["audit"]
    rows = [comparison(functions, ours, spent[name], name) for name in others]
    if functions <= LARGEST_LISTED:
        listing = in_turn({"audit": audit, "listing": [HERE / "lsiommu.sh", root]}, ONE_ROUND)
        rows.append(comparison(functions, listing["audit"], listing["listing"], "lspci a device"))
    for name, archive in archives(folder, root).items():
        packed = in_turn({"archive": [passcheck, "--root", archive, "--format", "json"],
                          "folder": audit}, max(rounds // 4, ONE_ROUND))
        rows.append(comparison(functions, packed["archive"], packed["folder"], name))
        archive.unlink()
    return rows, ours


def compare_on_this_host(passcheck):
    """Runs a live audit in turn with tools that know no other host."""
    others = {"lstopo-no-graphics": ["lstopo-no-graphics", "--of", "console"],
              "virt-host-validate": ["virt-host-validate", "qemu"]}
    others = {name: words for name, words in others.items() if shutil.which(words[0])}
    spent = in_turn({"audit": [passcheck, "--format", "json"], **others}, MANY_ROUNDS)
    return [comparison("this host", spent["audit"], spent[name], name) for name in others]


def figures(passcheck, folder, root, functions, ours):
    """Returns a row of the table of what one audit takes."""
    def options(*more):
        return [passcheck, "--root", str(root), *more]

    forms = in_turn({"text": options(), "one": options("0000:01:00.0"),
                     "check": options("--check", "kvm", "--format", "junit")}, FEW_ROUNDS)
    return {
        "functions": functions,
        "JSON ms": median(ours, "cpu") * 1e3,
        "text ms": median(forms["text"], "cpu") * 1e3,
        "one function ms": median(forms["one"], "cpu") * 1e3,
        "one check ms": median(forms["check"], "cpu") * 1e3,
        "system calls": system_calls(folder, options("--format", "json")),
        "instructions a function": instructions(folder, options("--format", "json")) / functions,
        "MiB": peak_memory(folder, options("--format", "json")) / 1024,
    }


def measure(passcheck, folder, functions):
    root = folder / f"host-{functions}"
    hosts.write_host(root, *SIZES[functions])
    rows, ours = compare_on_tree(passcheck, folder, root, functions)
    row = figures(passcheck, folder, root, functions, ours)
    shutil.rmtree(root)
    return rows, row


def table(head, rows):
    lines = [head, ["--:"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def shown(row):
    """Returns the figures as text, with the memory that the budget allows beside what was used."""
    kib, mib = MEMORY_BUDGET
    texts = [f"{value:,.0f}" if name != "functions" else value for name, value in row.items()]
    return [*texts, f"{kib * row['functions'] / 1024 + mib:.0f}"]


def slope(rows):
    """Returns the system calls for each further function, as a live host takes them."""
    few, many = (next(row for row in rows if row["functions"] == size) for size in SLOPE)
    calls = (many["system calls"] - few["system calls"]) / (SLOPE[1] - SLOPE[0])
    return calls - LISTED_TO_THEIR_END


def write(path, text):
    page = path.read_text()
    before, rest = page.split(START)
    path.write_text(f"{before}{START}\n{text}\n{END}{rest.split(END)[1]}")


def commit():
    return subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()


def file_system(folder):
    """Returns what the trees lie on: of tmpfs, as of sysfs, the kernel lists names from memory."""
    return subprocess.run(["stat", "--file-system", "--format=%T", folder], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()


def report(passcheck, folder, sizes):
    ratios, rows = [], []
    for size in sizes:
        more, row = measure(passcheck, folder, size)
        ratios += more
        rows.append(row)
    live, config_bytes = live_config_bytes(folder, passcheck)
    head = ["functions", "against", "CPU ratio", "wall ratio", "at most", "kept"]
    return "\n\n".join([
        table(head, ratios + compare_on_this_host(passcheck)),
        table([*rows[0], "MiB at most"], map(shown, rows)),
        f"Each further function takes {slope(rows):.1f} system calls on a live host (at most "
        f"{SLOPE_BUDGET}). Of the {live} functions of the host that measured, read live, passcheck "
        f"read {config_bytes:.0f} bytes of config space each. The trees lay on "
        f"{file_system(folder)}. Measured at commit {commit()}."])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passcheck", required=True)
    parser.add_argument("--quick", action="store_true", help="leave the largest host out")
    parser.add_argument("--write", type=pathlib.Path)
    arguments = parser.parse_args()
    passcheck = str(pathlib.Path(arguments.passcheck).resolve())
    with tempfile.TemporaryDirectory(prefix="passcheck-bench.") as name:
        folder = pathlib.Path(name)
        build(folder)
        sizes = [size for size in SIZES if size <= LARGEST_QUICK or not arguments.quick]
        text = report(passcheck, folder, sizes)
    print(text)
    if arguments.write:
        write(arguments.write, text)


if __name__ == "__main__":
    main()

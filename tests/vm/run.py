"""Boots machines with passcheck inside and compares its word with the kernel's.

  run.py                          the named set
  run.py --machines NAME,NAME     some of it
  run.py --seeds 1-40             random machines
  run.py --set NAME               a set of machines that CI has no time for
  run.py --kernel 6.12 ...        any of them with another kernel: 6.1, 6.12, newest
  run.py --qemu PATH ...          any of them in another QEMU
  run.py --shell NAME             boots one by hand, with a shell on this terminal
  run.py --fixture NAME           boots one and keeps its capture as fixtures/NAME
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import boot
import compare
import emulator
import fixture
import machines
import topology
import ways

SKIPPED = 77
SETS = machines.SETS | {"ways": tuple(ways.KNOWN.values())}


def parse_seeds(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def with_twins(names):
    """Returns the boots of names, each after the one that it is compared with; or ways."""
    asked = [ways.KNOWN.get(name) or topology.find(name) for name in names]
    twins = [topology.find(item.twin) for item in asked if item.twin]
    return list(dict.fromkeys(twins + asked))


def named(arguments):
    if arguments.seeds:
        return [item for seed in parse_seeds(arguments.seeds)
                for item in topology.random_boots(seed)]
    if arguments.machines:
        return with_twins(arguments.machines.split(","))
    if arguments.set:
        return with_twins(boot.name for boot in SETS[arguments.set])
    return [*machines.BOOTS.values(),
            *([] if arguments.kernel else [*with_twins(machines.ELSEWHERE), *ways.CI])]


def chosen(arguments):
    """Returns the boots to make, of the kernel that was asked for."""
    boots = named(arguments)
    return [item.on(arguments.kernel) for item in boots] if arguments.kernel else boots


def keep(folder, answers):
    target = pathlib.Path(folder, answers.boot.name)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in answers.files.items():
        (target / name).write_bytes(content)


def boot_all(boots, maker, arguments):
    """Returns the answers of each machine by name; a machine that failed has its error."""
    missing = {item.name: maker.prepare(item) for item in boots}
    answers = {name: error for name, error in missing.items() if error}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(boot.run, item, maker): item.name for item in boots
                   if item.name not in answers}
        for future in concurrent.futures.as_completed(running):
            name = running[future]
            try:
                answers[name] = future.result()
                if arguments.keep:
                    keep(arguments.keep, answers[name])
            except (boot.BootFailed, emulator.Unavailable) as error:
                answers[name] = error
            print(f"booted {name} ({len(answers)} of {len(boots)})", file=sys.stderr, flush=True)
    return answers


def replay(passcheck, answers, *arguments, log=None):
    """Returns what passcheck says, out here, of a machine's capture."""
    with tempfile.TemporaryDirectory(prefix="passcheck-vm.") as folder:
        archive = pathlib.Path(folder, "host.tar.gz")
        archive.write_bytes(answers.files.get("host.tar.gz", b""))
        result = subprocess.run([passcheck, *arguments, "--root", archive, "--format", "json"],
                                input=log, capture_output=True, text=True, timeout=120,
                                check=False)
    try:
        return json.loads(result.stdout)
    except ValueError as error:
        raise boot.BootFailed(f"its capture cannot be audited: {result.stderr[-500:]}"
                              f"{answers.text('capture.err')}") from error


class Summary:
    """What the machines came to."""

    def __init__(self):
        self.compared = collections.Counter()
        self.pending = collections.Counter()
        self.failed = []
        self.unavailable = []

    def add(self, item, result):
        self.compared += result.compared
        self.pending += result.pending
        self.line(item, [str(each) for each in result.disagreements],
                  f"{sum(result.compared.values())} comparisons"
                  + (f", {sum(result.pending.values())} pending" if result.pending else ""))

    def line(self, item, complaints, text=""):
        print(f"{'FAIL' if complaints else 'ok  '} {item.name}: {text}")
        for complaint in complaints:
            print(f"     {complaint}")
        if complaints:
            self.failed.append(item.name)
            print(f"     boot it by hand: tests/vm/run.py --shell {item.name}")

    def not_booted(self, item, error):
        self.unavailable.append(item.name)
        print(f"NOT BOOTED {item.name}: {error}")

    def overdue(self):
        """Kinds that are called pending although every machine got an answer."""
        return sorted(kind for kind in compare.PENDING
                      if self.compared[kind] and not self.pending[kind])

    def code(self):
        print(", ".join(f"{count} {kind}" for kind, count in sorted(self.compared.items())))
        for kind, count in sorted(self.pending.items()):
            print(f"PENDING {kind}: {count} comparisons wait for an engine")
        for kind in self.overdue():
            print(f"FAIL {kind} is answered everywhere: strike it from compare.PENDING")
        print(f"{sum(self.compared.values())} comparisons, {len(self.failed)} machines disagree: "
              f"{' '.join(self.failed) or 'none'}")
        if self.failed or self.overdue():
            return 1
        if not self.compared:
            return SKIPPED if self.unavailable and not os.environ.get("CI") else 1
        return 1 if self.unavailable and os.environ.get("CI") else 0


def judge(item, answers, arguments, summary):
    """Compares one machine."""
    own, twin = answers[item.name], answers.get(item.twin)
    for given in (own, twin):
        if isinstance(given, emulator.Unavailable):
            summary.not_booted(item, given)
            return
        if isinstance(given, Exception):
            summary.line(item, [str(given)])
            return
    try:
        if isinstance(item, ways.Way):
            summary.add(item, compare.compare_way(own))
            return
        log = replay(arguments.passcheck, own, "log", "-", log=own.text("dmesg.txt"))
        summary.add(item, compare.compare(own, twin, replay(arguments.passcheck, own), log))
    except boot.BootFailed as error:
        summary.line(item, [str(error)])


def suite(maker, arguments):
    boots, summary = chosen(arguments), Summary()
    answers = boot_all(boots, maker, arguments)
    for item in boots:
        judge(item, answers, arguments, summary)
    return summary.code()


def run(arguments):
    with tempfile.TemporaryDirectory(prefix="passcheck-vm.") as folder:
        maker = boot.Maker(arguments.passcheck, folder, arguments.qemu)
        if arguments.shell:
            command = maker.command(topology.find(arguments.shell), "/dev/null", shell=True)
            return subprocess.run(command, check=False).returncode
        if arguments.fixture:
            return fixture.write(boot.boot(topology.find(arguments.fixture), maker))
        return suite(maker, arguments)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    default = pathlib.Path(__file__).parents[2] / "build/release/passcheck"
    parser.add_argument("--passcheck", default=os.environ.get("PASSCHECK", default))
    parser.add_argument("--machines")
    parser.add_argument("--seeds")
    parser.add_argument("--set", choices=SETS)
    parser.add_argument("--kernel", choices=boot.guest.KERNELS)
    parser.add_argument("--qemu", help="a program, qemu-system-x86_64 of whatever version")
    parser.add_argument("--shell")
    parser.add_argument("--fixture")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", help="a folder for everything that the machines sent")
    arguments = parser.parse_args()
    if not os.access(arguments.passcheck, os.X_OK):
        parser.error(f"no passcheck at {arguments.passcheck}: build it, or say --passcheck")
    return arguments


def main():
    arguments, start = parse(), time.monotonic()
    try:
        code = run(arguments)
    except boot.BootFailed as error:
        print(error)
        return 1
    except emulator.Unavailable as error:
        print(f"the suite cannot run here: {error}")
        return 1 if os.environ.get("CI") else SKIPPED
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

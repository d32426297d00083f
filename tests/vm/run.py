"""Boots machines with passcheck inside and compares its word with the kernel's.

run.py --passcheck BINARY [--machines NAME,NAME] [--seeds 1-40] [--jobs N] [--keep FOLDER]
run.py --passcheck BINARY --shell NAME     boots one machine by hand, with a shell
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

import boot
import compare
import guest
import machines

SKIPPED = 77


def parse_seeds(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def chosen(arguments):
    """Returns the boots to make, each after the one that it is compared with."""
    if arguments.seeds:
        return [item for seed in parse_seeds(arguments.seeds)
                for item in machines.random_boots(seed)]
    if not arguments.machines:
        return list(machines.BOOTS.values())
    names = arguments.machines.split(",")
    twins = [machines.BOOTS[name].twin for name in names if machines.BOOTS[name].twin]
    return [machines.BOOTS[name] for name in dict.fromkeys(twins + names)]


def keep(folder, answers):
    target = pathlib.Path(folder, answers.boot.name)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in answers.files.items():
        (target / name).write_bytes(content)


def boot_all(boots, arguments):
    """Returns the answers of each machine by name; a machine that failed has its error."""
    guest.initramfs(arguments.passcheck)
    answers = {}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(boot.boot, item, arguments.passcheck): item for item in boots}
        for future in concurrent.futures.as_completed(running):
            name = running[future].name
            try:
                answers[name] = future.result()
                if arguments.keep:
                    keep(arguments.keep, answers[name])
            except boot.BootFailed as error:
                answers[name] = error
            print(f"booted {name} ({len(answers)}/{len(boots)})", flush=True)
    return answers


def judge(item, answers):
    """Compares one machine. Returns how many comparisons it made, and the complaints."""
    own, twin = answers[item.name], answers.get(item.twin)
    for failed in (own, twin):
        if isinstance(failed, Exception):
            return 0, [str(failed)]
    try:
        result = compare.compare(own, twin)
    except boot.BootFailed as error:
        return 0, [str(error)]
    return result.compared, [str(disagreement) for disagreement in result.disagreements]


def report(boots, answers):
    total, failed, endpoints = 0, [], 0
    for item in boots:
        compared, complaints = judge(item, answers)
        total += compared
        if not isinstance(answers[item.name], Exception):
            endpoints += sum(1 for _ in answers[item.name].lines("vfio.txt", "VFIO"))
        print(f"{'FAIL' if complaints else 'ok  '} {item.name}: {compared} comparisons")
        for complaint in complaints:
            print(f"     {complaint}")
        if complaints:
            failed.append(item.name)
            print(f"     by hand: tests/vm/run.py --passcheck BINARY --shell {item.name}")
    print(f"{len(boots)} boots, {endpoints} endpoints asked of VFIO, {total} comparisons, "
          f"{len(failed)} machines disagree")
    # A suite that compared nothing has proved nothing.
    return 1 if failed or total == 0 else 0


def shell(name, arguments):
    item = machines.BOOTS.get(name)
    if item is None and name.startswith("seed"):
        seed = int(name.removeprefix("seed").split("-")[0])
        item = next(each for each in machines.random_boots(seed) if each.name == name)
    command = boot.command(item, arguments.passcheck, "/dev/null", shell=True)
    return subprocess.run(command, check=False).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passcheck", default=os.environ.get("PASSCHECK"))
    parser.add_argument("--machines")
    parser.add_argument("--seeds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep")
    parser.add_argument("--shell")
    arguments = parser.parse_args()
    if not arguments.passcheck:
        parser.error("--passcheck says which binary to test")
    start = time.monotonic()
    try:
        if arguments.shell:
            return shell(arguments.shell, arguments)
        boots = chosen(arguments)
        code = report(boots, boot_all(boots, arguments))
    except guest.Unavailable as error:
        print(f"the suite cannot run here: {error}")
        return 1 if os.environ.get("CI") else SKIPPED
    print(f"{time.monotonic() - start:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())

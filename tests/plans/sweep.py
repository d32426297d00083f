#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads plans as the shells that people paste them into do: for every function of trees and for pairs
of them, each --how, --undo and --format sh.

  sweep.py [--passcheck PROGRAM] [--pairs N] [--sample N] TREE...

A shell and shellcheck take every script; no command calls a program that is not among KNOWN; what the
steps write below /etc is not asked for again once it stands there; and their undo leaves /etc byte for
byte as it was. Prints what is wrong, and exits 1 then.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

# Programs that plans call. Those that only edit files below /etc run; the others are stood in for.
EDITORS = ("sed", "grep", "rm", "cat")
KNOWN = EDITORS + (
    "apt-get", "awk", "bootctl", "cloud-hypervisor", "curl", "dmesg", "dracut", "driverctl", "find",
    "grub-mkconfig", "grub2-mkconfig", "grubby", "incus", "ip", "kernel-install", "kernelstub", "kubectl", "limine-dracut",
    "limine-mkinitcpio", "ls", "lsblk",
    "mkdir", "mkinitcpio", "modprobe", "nvme", "openstack", "passcheck", "proxmox-boot-tool", "qemu-system-aarch64",
    "qemu-system-x86_64", "qm", "rc-service", "rc-update", "reboot", "rpm-ostree", "sdbootutil", "sleep", "sriov-manage", "systemctl", "talosctl",
    "transactional-update", "udevadm", "uname", "update-grub", "update-initramfs", "virsh", "zpool")
HOWS = ("boot", "managed", "now")
# What differs between hosts that have one and the same script.
DIGITS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]|0x[0-9a-f]+|\b[0-9a-f]{4}:[0-9a-f]{4}\b|\d+")


@dataclasses.dataclass(frozen=True)
class Wish:
    """What a plan is asked for."""
    arguments: tuple
    goes_back: bool = False  # its commands and their undo are run on a copy of /etc


def functions_of(passcheck, tree):
    """Returns the addresses of endpoints, and those of PFs."""
    result = subprocess.run([passcheck, "--root", tree, "--format", "json"], capture_output=True, text=True,
                            check=False)
    functions = [each for each in json.loads(result.stdout)["functions"]
                 if each["assignable"]["verdict"] != "not-a-candidate"]
    return ([each["address"] for each in functions],
            [each["address"] for each in functions if each.get("sriov")])


def wishes_of(passcheck, tree, pairs):
    """Yields every wish for a tree; the same pairs at each run, where there are more than so many."""
    addresses, pfs = functions_of(passcheck, tree)
    yield Wish((), True)
    yield Wish(("--undo",))
    for address in addresses:
        for how in HOWS:
            yield Wish(("--how", how, address), how == "boot")
        yield Wish(("--undo", address))
    for address in pfs:
        yield Wish(("--vfs", "2", address), True)
    both = list(itertools.combinations(addresses, 2))
    for pair in random.Random(0).sample(both, min(pairs, len(both))):
        yield Wish(pair, True)
        yield Wish(("--undo", *pair))


def stand_in(folder):
    """Programs that do nothing, and the editors themselves; a shell that finds no other says so."""
    for name in KNOWN:
        path = pathlib.Path(folder, name)
        if name in EDITORS:
            path.symlink_to(shutil.which(name))
            continue
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    return folder


class Host:
    """A tree, and a copy of it whose /etc commands may change."""

    def __init__(self, passcheck, tree, scratch, programs):
        self.passcheck, self.tree, self.programs = passcheck, tree, programs
        self.root = pathlib.Path(scratch, "root")
        subprocess.run(["cp", "-a", tree, self.root], check=True)
        (self.root / "etc").mkdir(exist_ok=True)
        self.kept = pathlib.Path(scratch, "etc")
        subprocess.run(["cp", "-a", self.root / "etc", self.kept], check=True)
        # A capture says which files there are: none can come to it.
        self.grows = not (self.root / ".passcheck").exists()
        self.complaints = []
        self.texts = collections.defaultdict(list)  # scripts by their shape
        self.plans = 0

    def complain(self, wish, what):
        self.complaints.append(f"{pathlib.Path(self.tree).name}: plan {' '.join(wish.arguments)}: {what}")

    def ask(self, root, wish, form):
        result = subprocess.run([self.passcheck, "--root", root, "plan", "--format", form, *wish.arguments],
                                capture_output=True, text=True, check=False)
        if result.returncode not in (0, 2, 3):
            self.complain(wish, f"{form}: exit {result.returncode}: {result.stderr[:200]}")
        return result.stdout

    def files(self):
        """What stands below /etc: links by where they lead, files by what they hold."""
        found = {}
        for folder, _, names in os.walk(self.root / "etc"):
            for name in names:
                path = pathlib.Path(folder, name)
                key = str(path.relative_to(self.root))
                found[key] = os.readlink(path) if path.is_symlink() else path.read_bytes()
        return found

    def restore(self):
        shutil.rmtree(self.root / "etc")
        subprocess.run(["cp", "-a", self.kept, self.root / "etc"], check=True)

    def make_folders(self, command):
        """Those that a distribution has, and a tree may lack."""
        for path in re.findall(r"/etc/[\w./-]+", command):
            (self.root / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)

    def run(self, wish, commands):
        """Runs commands, whose files are those of the copy; others are not there."""
        for command in commands:
            self.make_folders(command)
        text = "\n".join(commands)
        text = re.sub(r"(?<![\w.])/(sys|proc|run|boot|usr|lib)/", "/nowhere/\\1/", text)
        text = re.sub(r"(?<![\w.])/etc/", f"{self.root}/etc/", text)
        text = text.replace("/nowhere/usr/lib/nvidia/", f"{self.programs}/")
        done = subprocess.run(["/bin/sh"], input=text, env={"PATH": self.programs}, cwd="/", text=True,
                              capture_output=True, check=False)
        for line in done.stderr.splitlines():
            if re.search(r"not found$|[Ss]yntax error|sed: |grep: ", line) and "/nowhere/" not in line:
                self.complain(wish, line)

    def go_there_and_back(self, wish, plan):
        there = [command for step in plan["steps"] for command in step["commands"]]
        back = [command for step in reversed(plan["steps"]) for command in step.get("undo", [])]
        if not any("/etc/" in command for command in there):
            self.run(wish, there + back)
            return
        before = self.files()
        self.run(wish, there)
        if self.grows and not plan["obstacles"]:
            self.expect_done(wish)
        self.run(wish, back)
        after = self.files()
        # A list of modules that was not there may stay, and be empty.
        changed = [name for name in sorted(before.keys() | after.keys())
                   if before.get(name, b"") != after.get(name, b"")]
        # Words that would have broken the next boot stay away.
        if changed and not any("at the next boot" in (step.get("why") or "") for step in plan["steps"]):
            self.complain(wish, f"its undo leaves {changed[0]}: {after.get(changed[0])!r:.300}")
        if changed:
            self.restore()

    def expect_done(self, wish):
        again = json.loads(self.ask(self.root, wish, "json"))
        for step in again["steps"]:
            for command in step["commands"]:
                # What asks modprobe finds no modules here, and writes no line twice.
                if re.search(r"sed -i|>> /etc/", command) and "modprobe" not in command:
                    self.complain(wish, f"is asked for again: {command}")

    def sweep(self, wish):
        self.plans += 1
        text = self.ask(self.tree, wish, "json")
        if not text:
            return
        plan = json.loads(text)
        script = self.ask(self.tree, wish, "sh")
        if script:
            self.texts[DIGITS.sub("N", script)].append((wish, script))
        commands = [command for step in plan["steps"] for kind in ("commands", "undo")
                    for command in step.get(kind, [])]
        checked = subprocess.run(["/bin/sh", "-n"], input="".join(f"{each}\n: 'whole'\n" for each in commands),
                                 text=True, capture_output=True, check=False)
        if checked.stderr:
            self.complain(wish, f"sh -n: {checked.stderr[:200]}")
        if wish.goes_back:
            self.go_there_and_back(wish, plan)


def sweep_tree(passcheck, tree, arguments):
    with tempfile.TemporaryDirectory(prefix="passcheck-sweep.") as scratch:
        programs = pathlib.Path(scratch, "programs")
        programs.mkdir()
        host = Host(passcheck, str(tree), scratch, str(stand_in(programs)))
        wishes = list(wishes_of(passcheck, tree, arguments.pairs))
        if arguments.sample:
            wishes = random.Random(0).sample(wishes, min(arguments.sample, len(wishes)))
        for wish in wishes:
            host.sweep(wish)
        return host


def check_scripts(hosts):
    """One script of each shape, by sh -n and shellcheck. Returns what they say."""
    shapes = {}
    for host in hosts:
        for shape, scripts in host.texts.items():
            shapes.setdefault(shape, (host, *scripts[0]))
    complaints = []
    with tempfile.TemporaryDirectory(prefix="passcheck-sweep.") as folder:
        for number, (host, wish, script) in enumerate(shapes.values()):
            path = pathlib.Path(folder, f"{number}.sh")
            path.write_text(script)
            tools = [["/bin/sh", "-n", path]]
            if shutil.which("shellcheck"):
                tools.append(["shellcheck", "-s", "sh", path])
            for tool in tools:
                checked = subprocess.run(tool, capture_output=True, text=True, check=False)
                if checked.returncode:
                    complaints.append(f"{pathlib.Path(host.tree).name}: plan {' '.join(wish.arguments)}: "
                                      f"{tool[0]}: {(checked.stdout + checked.stderr)[:600]}")
    return complaints, len(shapes)


def sweep(passcheck, trees, arguments):
    """Returns complaints, how many plans there were, and how many shapes of scripts."""
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        hosts = list(pool.map(lambda tree: sweep_tree(passcheck, tree, arguments), trees))
    complaints = [each for host in hosts for each in host.complaints]
    wrong, shapes = check_scripts(hosts)
    return complaints + wrong, sum(host.plans for host in hosts), shapes


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passcheck", default=os.environ.get("PASSCHECK", "passcheck"))
    parser.add_argument("--pairs", type=int, default=40, help="of each tree, at most")
    parser.add_argument("--sample", type=int, default=0, help="plans of each tree; 0: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("trees", nargs="+")
    return parser.parse_args(words)


def main():
    arguments = parse(sys.argv[1:])
    complaints, plans, shapes = sweep(arguments.passcheck, arguments.trees, arguments)
    for complaint in complaints:
        print(complaint)
    print(f"{plans} plans of {len(arguments.trees)} trees, {shapes} shapes of scripts: "
          f"{len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

"""Memory, time and output grow with the input, and not with its square."""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]
import hosts  # noqa: E402
from support import PASSCHECK, TreeTest, copy_ready_host, sanitized  # noqa: E402

FEW, MANY = 96, 768
FEW_GUESTS, MANY_GUESTS = 500, 4000
MOST_LISTED = 32          # companions that the entry of one function names
MOST_BYTES = 12 * 1024    # of output for a function
MOST_MEMORY = 48 * 1024   # bytes for a function; the document that diff parses takes the most
FEW_WORDS, MANY_WORDS = 100, 10000
FEW_SOFTDEPS, MANY_SOFTDEPS = 500, 40000
MOST_WORD_BYTES = 256     # of output for a word of a line that a host has
MOST_WORD_MEMORY = 4 * 1024
SLACK = 2.5               # by which time may grow faster than the input: the machine is busy
LEAST_SECONDS = 0.25      # where what is measured is more than the start of the program


def run(*arguments):
    """Returns what came out, the peak of memory in bytes, and the CPU time in seconds."""
    with tempfile.TemporaryFile() as output:
        pid = os.posix_spawn(PASSCHECK, [PASSCHECK, *map(str, arguments)], os.environ, file_actions=[
            (os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_OPEN, 2, "/dev/null",
                                                        os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        output.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return code, output.read(), usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime


class OneGroup(TreeTest):
    def host(self, functions, vital=False):
        root = self.directory / f"{functions}-{vital}"
        if not root.exists():
            copy_ready_host(root)
            hosts.write_one_group(root, functions, vital)
        return root

    def addresses(self, root):
        return sorted(path.name for path in (root / "sys/bus/pci/devices").iterdir()
                      if path.name.startswith("0042:") and path.name > "0042:02")

    def domain(self, root):
        path = root.with_suffix(".xml")
        devices = "".join(
            "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x{}' "
            "bus='0x{}' slot='0x{}' function='0x{}'/></source></hostdev>".format(
                name[:4], name[5:7], name[8:10], name[11])
            for name in self.addresses(root)[::2])
        path.write_text(f"<domain type='kvm'><name>a</name><memory>1048576</memory><devices>"
                        f"{devices}</devices></domain>")
        return path

    def guests(self, root, count):
        """A file of command lines: guests that each have a function of the group, in turn."""
        path, names = root.with_suffix(f".{count}"), self.addresses(root)
        path.write_text("".join(
            f"qemu-system-x86_64 -name guest=g{number} -device vfio-pci,host={names[number % len(names)]}\n"
            for number in range(count)))
        return path

    def forms(self, root):
        names = self.addresses(root)
        report = root.with_suffix(".json")
        if not report.exists():
            run("--root", root, "--format", "json", "-o", report)
        return {
            "text": ("--root", root, "--verbose"),
            "text of each": ("--root", root, *names),
            "json": ("--root", root, "--format", "json"),
            "xml": ("--root", root, "--format", "xml", "--force", *names),
            "plan of one": ("plan", "--root", root, names[0]),
            "plan of all": ("plan", "--root", root, "--format", "json", *names),
            "domain": ("domain", self.domain(root), "--root", root),
            "domain as json": ("domain", self.domain(root), "--root", root, "--format", "json"),
            "diff": ("diff", report, report),
        }

    def test_functions_of_one_group_cost_no_more_each_than_a_few_do(self):
        for vital, forms in ((False, ("text of each", "xml", "plan of one", "plan of all", "domain")),
                             (True, ("text", "json", "diff", "domain as json"))):
            few, many = self.forms(self.host(FEW, vital)), self.forms(self.host(MANY, vital))
            for what in forms:
                arguments = many[what]
                with self.subTest(what=what, vital=vital):
                    code, short, memory_before, seconds_before = run(*few[what])
                    self.assertNotIn(code, (1, 64))
                    code, long, memory, seconds = run(*arguments)
                    self.assertNotIn(code, (1, 64))
                    self.assertLess(len(long) - len(short), (MANY - FEW) * MOST_BYTES)
                    if not sanitized():
                        self.assertLess(memory - memory_before, (MANY - FEW) * MOST_MEMORY)
                    self.assertLess(seconds, max(seconds_before, LEAST_SECONDS) * MANY / FEW * SLACK)

    FILES = {
        "udev": ("etc/udev/rules.d/10-vfio.rules",
                 'SUBSYSTEM=="pci", KERNEL=="{}", ATTR{{driver_override}}="vfio-pci"\n'),
        "script": ("etc/initramfs-tools/scripts/init-top/vfio",
                   "echo vfio-pci > /sys/bus/pci/devices/{}/driver_override\n"),
        "Unraid": ("boot/config/vfio-pci.cfg", "BIND={}\n"),
    }

    def test_lines_for_each_function_cost_a_plan_no_more_than_a_few_do(self):
        for what, (path, line) in self.FILES.items():
            costs = {"plan": [], "undo": []}
            for functions in (FEW, MANY):
                root = self.host(functions)
                names = self.addresses(root)
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("".join(line.format(name) for name in names))
                if what == "Unraid":
                    (root / "etc/unraid-version").touch()
                for verb, options in (("plan", ()), ("undo", ("--undo",))):
                    costs[verb].append(run("plan", *options, "--root", root, "--format", "json",
                                           *names))
                file.unlink()
            for verb, ((_, _, memory_before, seconds_before), (code, _, memory, seconds)) in costs.items():
                with self.subTest(what=what, verb=verb):
                    self.assertNotIn(code, (1, 64))
                    if not sanitized():
                        self.assertLess(memory - memory_before, (MANY - FEW) * MOST_MEMORY)
                    self.assertLess(seconds, max(seconds_before, LEAST_SECONDS) * MANY / FEW * SLACK)

    def test_softdeps_cost_each_function_no_more_than_a_few_do(self):
        root = self.host(MANY)
        file = root / "etc/modprobe.d/a.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        costs = []
        for lines in (FEW_SOFTDEPS, MANY_SOFTDEPS):
            file.write_text("options vfio-pci ids=8086:1533\n" + "softdep x*y pre: vfio\n" * lines)
            costs.append(run("--root", root, "--format", "json"))
        file.unlink()
        (_, _, memory_before, seconds_before), (code, _, memory, seconds) = costs
        self.assertNotIn(code, (1, 64))
        if not sanitized():
            self.assertLess(memory - memory_before, MANY_SOFTDEPS * MOST_WORD_BYTES)
        self.assertLess(seconds, max(seconds_before, LEAST_SECONDS) * SLACK)

    def test_guests_that_share_a_group_cost_no_more_each_than_a_few_do(self):
        root = self.host(MANY)
        costs = [run("domain", self.guests(root, count), "--root", root, "--format", "json")
                 for count in (FEW_GUESTS, MANY_GUESTS)]
        (_, short, memory_before, seconds_before), (code, long, memory, seconds) = costs
        self.assertEqual(code, 2)
        more = MANY_GUESTS - FEW_GUESTS
        self.assertLess(len(long) - len(short), more * MOST_BYTES)
        if not sanitized():
            self.assertLess(memory - memory_before, more * MOST_MEMORY)
        self.assertLess(seconds, max(seconds_before, LEAST_SECONDS) * MANY_GUESTS / FEW_GUESTS * SLACK)

    def report(self, root, *arguments):
        return json.loads(run("--root", root, "--format", "json", *arguments)[1])

    def test_companions_of_a_large_group_are_named_once_and_all(self):
        for functions in (MOST_LISTED + 1, MOST_LISTED + 2):
            root = self.host(functions)
            names = self.addresses(root)
            report = self.report(root)
            group, = [group for group in report["groups"] if names[0] in group["functions"]]
            self.assertEqual(group["companions"], names)
            for function in report["functions"]:
                if function["address"] not in names:
                    continue
                assignable = function["assignable"]
                others = [name for name in names if name != function["address"]]
                if len(others) > MOST_LISTED:
                    self.assertIsNone(assignable["companions"])
                    self.assertEqual(assignable["companions_of_group"], group["id"])
                else:
                    self.assertEqual(sorted(assignable["companions"]), others)
                    self.assertIsNone(assignable["companions_of_group"])

    def test_a_large_predicted_group_is_named_once_and_by_a_function_of_the_report(self):
        root = self.host(MOST_LISTED + 2)
        names = self.addresses(root)
        for chosen in ((), names[3:9]):
            functions = {function["address"]: function["isolation"]
                         for function in self.report(root, *chosen)["functions"]}
            listing = {name: isolation for name, isolation in functions.items()
                       if isolation["predicted_group"] and len(isolation["predicted_group"]) > MOST_LISTED}
            self.assertEqual(len(listing), 1)
            lister, whole = listing.popitem()
            self.assertLessEqual(set(names), set(whole["predicted_group"]))
            for name in set(names) & set(functions) - {lister}:
                self.assertIsNone(functions[name]["predicted_group"])
                self.assertIsNone(functions[name]["merged_by"])
                self.assertEqual(functions[name]["predicted_group_of"], lister)


class LongLines(TreeTest):
    """Lines that hold a word again and again: none is repeated with each of its words."""

    LINES = {
        "ids": ("etc/modprobe.d/a.conf", "options vfio-pci ids=", "8086:10ca,"),
        "ids in words": ("etc/modprobe.d/a.conf", "options vfio-pci ids=8086:1", " 8086:10ca"),
        "softdeps": ("etc/modprobe.d/a.conf", "softdep igb pre:", " vfio-pci"),
        "parameters": ("proc/cmdline", "quiet", " pci=noat"),
        "ids of parameters": ("proc/cmdline", "vfio-pci.ids=", "1:2,"),
    }

    def host(self, path, text):
        root = self.directory / "host"
        shutil.rmtree(root, ignore_errors=True)
        copy_ready_host(root)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{text}\n")
        return root

    def test_words_of_a_line_cost_no_more_each_than_a_few_do(self):
        for what, (path, begin, word) in self.LINES.items():
            with self.subTest(what=what):
                costs = []
                for words in (FEW_WORDS, MANY_WORDS):
                    root = self.host(path, begin + word * words)
                    costs.append(run("--root", root, "--format", "json"))
                (_, short, memory_before, _), (code, long, memory, _) = costs
                self.assertNotIn(code, (1, 64))
                more = MANY_WORDS - FEW_WORDS
                self.assertLess(len(long) - len(short), more * MOST_WORD_BYTES)
                if not sanitized():
                    self.assertLess(memory - memory_before, more * MOST_WORD_MEMORY)


class OtherOrder(TreeTest):
    """A list that the boot loader has in another order: words are not compared with each other."""

    FEW, MANY = 250, 1250

    def host(self, count):
        root = self.directory / str(count)
        copy_ready_host(root)
        words = [f"w{number}" for number in range(count)]
        (root / "proc/cmdline").write_text(f"pci={','.join(words)}\n")
        for path in ("etc/default", "usr/sbin"):
            (root / path).mkdir(parents=True, exist_ok=True)
        (root / "usr/sbin/update-grub").touch()
        (root / "etc/default/grub").write_text(
            f'GRUB_CMDLINE_LINUX="pci={",".join(reversed(words))}"\n')
        return root

    def test_words_in_another_order_cost_no_more_each_than_a_few_do(self):
        costs = [run("--root", self.host(count), "--check", "boot-config")
                 for count in (self.FEW, self.MANY)]
        (_, _, _, seconds_before), (code, _, _, seconds) = costs
        self.assertNotIn(code, (1, 64))
        self.assertLess(seconds, max(seconds_before, LEAST_SECONDS) * self.MANY / self.FEW * SLACK)


class ReservedMemory(TreeTest):
    """Groups whose lists are as long as they are read, each of memory of its own."""

    FEW, MANY, LINES = 64, 512, 128

    def host(self, groups):
        root = self.directory / str(groups)
        copy_ready_host(root)
        for group in range(groups):
            folder = root / f"sys/kernel/iommu_groups/{1000 + group}"
            (folder / "devices").mkdir(parents=True)
            starts = [(group * self.LINES + line) << 12 for line in range(self.LINES)]
            (folder / "reserved_regions").write_text("".join(
                f"0x{start:016x} 0x{start + 0xfff:016x} direct\n" for start in starts))
        return root

    def test_regions_of_groups_cost_no_more_each_than_a_few_do(self):
        costs = [run("--root", self.host(groups), "--format", "json")
                 for groups in (self.FEW, self.MANY)]
        (_, _, _, seconds_before), (code, _, _, seconds) = costs
        self.assertNotIn(code, (1, 64))
        self.assertLess(seconds, max(seconds_before, LEAST_SECONDS) * self.MANY / self.FEW * SLACK)


if __name__ == "__main__":
    unittest.main()

"""The text report: the verdict, what decides it, and each thing once."""
import fcntl
import functools
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]
import hosts  # noqa: E402
import machine  # noqa: E402
from test_kinds import lost_its_isolation  # noqa: E402
from support import NOT_READY, PASSCHECK, READY, SOURCE, UNDETERMINED, TreeTest  # noqa: E402
from support import audit, passcheck, report_of  # noqa: E402

TWO_SCREENS = 2 * 50 # lines
READY_HOST = SOURCE / "fixtures/intel-ports-on"
FIXTURES = sorted(path.parent for path in SOURCE.glob("fixtures/*/expect.txt"))
ACS_LETTERS = {"SV": "source validation", "RR": "request redirect", "CR": "completion redirect",
               "UF": "upstream forwarding", "TB": "translation blocking",
               "EC": "egress control", "DT": "direct translated"}

# On this host nothing passes, and nothing fails before the IOMMU is looked for.
SILENT = {"/proc/cmdline": "quiet\n", "/sys/bus/pci/devices/.keep": ""}


@functools.cache
def text_of(fixture):
    """The report of a captured host, in the text that is written without options."""
    return passcheck("--root", fixture).stdout


def headline(*arguments):
    result = passcheck(*arguments)
    return result.stdout.splitlines()[0], result.returncode


def explained(shown):
    """The functions that have a section of their own."""
    return re.findall(r"^([0-9a-f]{4}:[0-9a-f:.]+)$", shown, re.MULTILINE)


class Verdict(TreeTest):
    def test_a_verdict_by_some_checks_says_so(self):
        for checks, verdict, code in (
                ("iommu-groups", "Host: ready as far as the check asked for tells", READY),
                ("iommu-groups,kvm", "Host: ready as far as the 2 checks asked for tell", READY),
                ("kvm,iommu-groups,kvm", "Host: ready as far as the 2 checks asked for tell",
                 READY)):
            with self.subTest(checks=checks):
                line, exit_code = headline("--root", READY_HOST, "--check", checks)
                self.assertTrue(line.startswith(verdict), line)
                self.assertEqual(exit_code, code)

    def test_so_does_one_that_is_not_ready(self):
        line, code = headline("--root", SOURCE / "fixtures/no-iommu", "--check", "iommu-groups")
        self.assertTrue(line.startswith("Host: not ready by the check asked for ("), line)
        self.assertEqual(code, NOT_READY)

    def test_so_does_one_by_what_is_required(self):
        for checks, ending in (("kvm", "by the check"), ("kvm,iommu-groups", "by the 2 checks")):
            with self.subTest(checks=checks):
                line, code = headline("--root", READY_HOST, "--check", checks,
                                      "--require", "vfs=nic:60000")
                self.assertTrue(line.startswith(
                    f"Host: not ready for what is required, {ending} asked for"), line)
                self.assertEqual(code, NOT_READY)

    def test_no_blocked_function_has_the_mark_of_cautions(self):
        shown = text_of(SOURCE / "fixtures/no-iommu")
        self.assertIn(" blocked ", shown)
        self.assertNotIn("blocked!", shown)

    def test_a_verdict_by_all_checks_says_nothing_of_them(self):
        self.assertNotIn("asked for", headline("--root", READY_HOST)[0])


class Quiet(TreeTest):
    def test_what_leaves_the_host_undetermined_is_shown(self):
        result = passcheck("--root", self.tree(SILENT), "-q", "--check", "kernel-config")
        self.assertEqual(result.returncode, UNDETERMINED)
        self.assertIn("\n?     ", result.stdout)
        self.assertIn("[kernel-config.", result.stdout)

    def test_what_a_check_only_advises_is_not(self):
        result = passcheck("--root", self.tree(SILENT), "-q", "--check", "kernel-config,memory")
        self.assertNotIn("[memory.", result.stdout)

    def test_that_nothing_passed_is_said(self):
        for quiet in ((), ("-q",)):
            result = passcheck("--root", self.tree(SILENT), "--check", "hotplug", *quiet)
            self.assertEqual(result.returncode, UNDETERMINED)
            self.assertIn("\nNothing was found that shows this host to be ready.\n", result.stdout)

    def test_warnings_are_shown_where_they_decide(self):
        shown = {word: passcheck("--root", READY_HOST, "-q", *word).stdout
                 for word in ((), ("--fail-on", "warn"))}
        self.assertNotIn("\nWARN", shown[()])
        self.assertIn("\nWARN", shown[("--fail-on", "warn")])


    def test_what_a_failure_follows_from_is_shown_with_its_remedy(self):
        root = shutil.copytree(SOURCE / "fixtures/intel-ports-off/root", self.directory / "off", symlinks=True)
        (root / "proc/cmdline").write_text("quiet\n")
        (root / "sys/firmware/acpi/tables/DMAR").write_bytes(b"")
        shown = passcheck("--root", root, "-q").stdout
        self.assertRegex(shown, r"\n\?     [^[]*\[acpi-dmar.cut-short\]\n      → ")
        self.assertIn("\nFAIL  so no PCI function is in an IOMMU group", shown)


def count_of(words, text):
    """The number before words in a headline, 0 where they do not stand there."""
    found = re.search(rf"(\d+) {words}", text)
    return int(found[1]) if found else 0


class Sums(unittest.TestCase):
    """The headline, the summary of the JSON and what is listed below are the same numbers."""

    def test_headline_and_summary_agree(self):
        for fixture in sorted((SOURCE / "fixtures").glob("*/root")):
            with self.subTest(fixture=fixture.name):
                summary = report_of(fixture)["summary"]
                host, functions = text_of(fixture).splitlines()[:2]
                found = summary["host_findings"]
                self.assertEqual([count_of(words, host)
                                  for words in ("failures?", "unknown", "warnings?")],
                                 [found["fail"], found["unknown"], found["warn"]])
                counts = summary["functions"]
                self.assertEqual([count_of(words, functions) for words in
                                  ("assignable", "with companions", "blocked", "undetermined")],
                                 [counts["assignable"], counts["assignable_with"],
                                  counts["blocked"], counts["undetermined"]])

    def test_summary_counts_what_the_document_lists(self):
        for fixture in sorted((SOURCE / "fixtures").glob("*/root")):
            with self.subTest(fixture=fixture.name):
                report = report_of(fixture)
                summary = report["summary"]
                self.assertEqual(summary["functions"]["total"], len(report["functions"]))
                self.assertEqual(sum(summary["host_findings"].values())
                                 + sum(summary["function_findings"].values()),
                                 len(report["findings"]))
                for word, counts in summary["classes"].items():
                    functions = [function for function in report["functions"]
                                 if function["class_word"] == word]
                    self.assertEqual(counts["total"], len(functions))
                    self.assertEqual(counts["blocked"],
                                     sum(function["assignable"]["verdict"] == "blocked"
                                         for function in functions))

    def test_reasons_of_what_is_blocked_add_up(self):
        line = text_of(SOURCE / "fixtures/intel-igb-vfs").splitlines()[1]
        blocked, reasons = re.search(r"(\d+) blocked \((.*)\)", line).groups()
        self.assertEqual(int(blocked), sum(map(int, re.findall(r"\d+", reasons))))

    def test_what_only_shares_a_group_with_what_the_host_uses_is_counted_apart(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.keep_root_on(host.paths[machine.DISK])
            whole, named = (passcheck("--root", host.root, *functions).stdout
                            for functions in ((), (machine.SATA,)))
        self.assertRegex(whole, r" blocked \(.*1 in use by the host, "
                                r"1 in a group with what the host uses[,)]")
        self.assertIn("1 blocked (in a group with what the host uses)\n", named)

    def test_every_function_is_listed_or_counted(self):
        for fixture in sorted((SOURCE / "fixtures").glob("*/root")):
            with self.subTest(fixture=fixture.name):
                table = text_of(fixture).rpartition("\nFUNCTION ")[2]
                lines = len(re.findall(r"^ [0-9a-f]{4}:", table, re.MULTILINE))
                vfs = sum(map(int, re.findall(r"^  (\d+) VFs? ", table, re.MULTILINE)))
                left_out = count_of("that stays? with the host", table)
                self.assertEqual(lines + vfs + left_out, len(report_of(fixture)["functions"]))


class Folding(unittest.TestCase):
    def test_findings_on_functions_have_a_heading_of_their_own(self):
        root = SOURCE / "fixtures/intel-ports-off/root"
        functions = {finding["id"] for finding in audit(root)["findings"]
                     if finding["subject"]["type"] == "function"}
        for words, heading in (((), "\nFunctions that need attention ("), (("-v",), "\nFunctions (")):
            with self.subTest(words=words):
                shown = passcheck("--root", root, *words).stdout.partition("\nPCI functions\n")[0]
                host, found, _ = shown.partition(heading)
                self.assertTrue(found)
                ids = set(re.findall(r"^(?:FAIL|WARN|PASS|[?]|N/A) +.*\[([a-z.-]+)\]$",
                                     host, re.MULTILINE))
                self.assertEqual(ids & functions, set())

    def test_a_cause_is_told_before_its_effects_and_once(self):
        shown = text_of(SOURCE / "fixtures/intel-ports-off")
        self.assertEqual(len(re.findall(r"^FAIL  (?!so )", shown, re.MULTILINE)), 1)
        cause = shown.index("[kernel-cmdline.iommu-off]")
        for effect in ("[iommu-groups.none]", "[assignability.blocked]"):
            self.assertEqual(shown.count(effect), 1)
            self.assertLess(cause, shown.index(effect))

    def test_each_sign_is_a_finding_that_the_host_line_counts(self):
        """What follows from another finding has a sign of its own, unless it is of functions."""
        for fixture in sorted((SOURCE / "fixtures").glob("*/root")):
            with self.subTest(fixture=fixture.name):
                shown = text_of(fixture)
                body = shown.partition("\nFunctions that need attention")[0]
                host = shown.partition("\n")[0]
                signs = re.findall(r"^(FAIL|WARN)  ", body, re.MULTILINE)
                self.assertEqual([signs.count("FAIL"), signs.count("WARN")],
                                 [count_of("failures?", host), count_of("warnings?", host)])

    def test_of_many_functions_the_commands_of_the_first_are_shown(self):
        with tempfile.TemporaryDirectory() as directory:
            hosts.write_host(pathlib.Path(directory), pfs=16, vfs=1)
            shown, whole = (passcheck("--root", directory, *more).stdout for more in ((), ("-v",)))
        self.assertEqual(shown.count("          passcheck plan 0000:"), 1)
        self.assertIn("          and for 15 more (-v shows them)\n", shown)
        self.assertEqual(whole.count("          passcheck plan 0000:"), 16)

    def test_json_says_what_follows_from_what(self):
        causes = {finding["id"]: finding["follows_from"]
                  for finding in report_of(SOURCE / "fixtures/intel-ports-off")["findings"]}
        self.assertEqual(causes["assignability.blocked"], "kernel-cmdline.iommu-off")
        self.assertIsNone(causes["kernel-cmdline.iommu-off"])

    def test_the_list_says_what_to_do_next_where_a_guest_can_get_something(self):
        for fixture, can in (("intel-sriov-on", True), ("no-iommu", False)):
            with self.subTest(fixture=fixture):
                shown = text_of(SOURCE / "fixtures" / fixture)
                self.assertEqual("Next: passcheck plan FUNCTION" in shown, can)
                self.assertEqual("Next: passcheck plan prints the steps" in shown, not can)

    def test_what_to_do_next_names_a_function_for_which_it_can_be_done(self):
        for fixture in FIXTURES:
            verdicts = {function["address"]: function["assignable"]["verdict"]
                        for function in audit(fixture)["functions"]}
            for such in re.findall(r"plan FUNCTION \(such as (\S+)\)", text_of(fixture)):
                with self.subTest(fixture=fixture.name):
                    self.assertIn(verdicts[such], ("assignable", "assignable-with"))
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            shown = passcheck("--root", host.root).stdout
        self.assertIn(f"\nNext: passcheck plan FUNCTION (such as {machine.GPU}) prints the commands "
                      "that assign the function to a guest\n", shown)

    def test_the_legend_explains_a_caution_that_a_narrow_list_leaves_out(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build_stacks(pathlib.Path(directory, "root"))
            console = f"{host.paths[machine.IGD]}/graphics/fb0"
            (host.root / console).mkdir(parents=True)
            host.link("sys/class/graphics/fb0", console)
            wide, narrow = (passcheck("--root", host.root, env={**os.environ, "COLUMNS": columns})
                            .stdout for columns in ("200", "80"))
        kinds = re.compile(r"\n!: .*?; passcheck\s+FUNCTION", re.DOTALL)
        legends = [" ".join(kinds.search(shown).group().split()) for shown in (wide, narrow)]
        self.assertRegex(narrow, r" \(boot-display: console, …")
        self.assertEqual(legends[0], legends[1].replace("; …: more than that", ""))

    def test_a_sign_stands_with_its_reason(self):
        for fixture in sorted((SOURCE / "fixtures").glob("*/root")):
            functions = {function["address"]: function["assignable"] for function
                         in audit(fixture)["functions"]}
            shown = passcheck("--root", fixture, env={**os.environ, "COLUMNS": "80"}).stdout
            for line in shown.splitlines():
                if not re.match(r" [0-9a-f:.]+ +\S+! ", line):
                    continue
                address = line.split()[0]
                with self.subTest(fixture=fixture, address=address):
                    cautions = {caution["kind"] for caution in functions[address]["cautions"]}
                    self.assertIn(re.search(r"\((\S+?)[,:)]", line)[1], cautions)

    def test_the_legend_of_a_boot_display_is_true_of_one_that_shows_nothing_now(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.write(f"{host.paths[machine.GPU]}/boot_vga", "1\n")
            shown = passcheck("--root", host.root).stdout
        self.assertIn("boot-display: it shows the host's picture, or did at boot", shown)

    def test_the_display_of_the_console_is_told_from_that_of_the_boot(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build_stacks(pathlib.Path(directory, "root"))
            host.set_driver_again(host.paths[machine.GPU], "vfio-pci")
            card = host.root / host.paths[machine.GPU] / "resource"
            card.write_text("0x00000000e0000000 0x00000000efffffff 0x0000000000042208\n")
            host.write("proc/iomem", f"e0000000-efffffff : {machine.GPU}\n"
                                     "  e0000000-e02fffff : BOOTFB\n")
            console = f"{host.paths[machine.IGD]}/graphics/fb0"
            (host.root / console).mkdir(parents=True)
            host.link("sys/class/graphics/fb0", console)
            shown = passcheck("--root", host.root).stdout
        self.assertRegex(shown, rf" {machine.GPU} .* \(.*boot-display: framebuffer")
        self.assertRegex(shown, rf" {machine.IGD} .* \(boot-display: console")

    def test_reasons_stand_with_what_is_blocked_where_there_are_several(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.keep_root_on(host.paths[machine.DISK])
            shown = passcheck("--root", host.root).stdout
        self.assertRegex(shown, rf" {machine.DISK} +blocked .* \(host-use\) ")
        self.assertRegex(shown, rf" {machine.BLOCKED} +blocked .* \(reserved-memory\) ")
        self.assertRegex(shown, rf" {machine.SATA} +blocked .* \(host-use: its group\) ")
        legend = " ".join(shown.partition("blocked: why stands in brackets (")[2].split())
        self.assertIn("host-use: in use by the host, or in a group with what is)", legend)
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.keep_root_on(host.paths[machine.SPARE_NIC])
            alone = " ".join(passcheck("--root", host.root).stdout.split())
        self.assertIn("host-use: in use by the host)", alone)
        self.assertIn("reserved-memory: tied to reserved memory", legend)
        self.assertNotIn("(host-use)", passcheck("--root", SOURCE / "fixtures/no-iommu").stdout)

    def test_all_reasons_stand_with_what_has_several(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.keep_root_on(host.paths[machine.BLOCKED])
            shown = passcheck("--root", host.root).stdout
        self.assertRegex(shown, rf" {machine.BLOCKED} +blocked .* \(host-use, reserved-memory\) ")

    def test_what_shares_a_group_with_what_the_host_needs_is_told_with_the_group(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.keep_root_on(host.paths[machine.DISK])
            shown, plan = (passcheck("--root", host.root, *words).stdout
                           for words in ((), ("plan", machine.SATA)))
        self.assertIn(f"as the host needs {machine.DISK}\n      so {machine.SATA} cannot be "
                      f"assigned to a guest: its group holds {machine.DISK}, ", shown)
        self.assertEqual(plan.count("\n  → "), 1)

    def test_what_keeps_a_function_twice_is_told_at_once(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.keep_root_on(host.paths[machine.BLOCKED])
            shown = " ".join(passcheck("--root", host.root, "-v").stdout.split())
        self.assertRegex(shown, rf"keeps {machine.BLOCKED} from a guest, and the host needs it: "
                                r"the file system / \(")

    def test_a_group_to_come_is_called_a_prediction(self):
        for fixture, formed in (("intel-ports-on", True), ("intel-ports-off", False)):
            with self.subTest(fixture=fixture):
                shown = passcheck("--root", SOURCE / "fixtures" / fixture, "--by", "group").stdout
                self.assertEqual("\npredicted group\n" in shown, not formed)
                self.assertEqual(bool(re.search(r"^group \d+$", shown, re.MULTILINE)), formed)

    def test_the_list_by_groups_has_their_numbers_once_and_says_what_to_do_next(self):
        root = SOURCE / "fixtures/intel-sriov-on/root"
        by_class, by_group = (passcheck("--root", root, *words).stdout
                              for words in ((), ("--by", "group")))
        self.assertRegex(by_class, r"(?m)^FUNCTION .* GROUP ")
        self.assertNotRegex(by_group, r"(?m)^FUNCTION .* GROUP ")
        self.assertEqual(by_group.splitlines()[-1], by_class.splitlines()[-1])

    def test_companions_are_named_below_the_list(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            report, shown = audit(host.root), passcheck("--root", host.root).stdout
        companions = {function["address"]: function["assignable"]["companions"]
                      for function in report["functions"]
                      if function["assignable"]["verdict"] == "assignable-with"}
        self.assertTrue(companions)
        for address, others in companions.items():
            self.assertRegex(shown, rf"(?m)^  {address}: {others[0]} (must leave |leaves the host)")

    def test_what_is_behind_a_vmd_endpoint_is_not_unbound_by_itself(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            shown = passcheck("--root", host.root, "-v").stdout
        self.assertIn(f"{machine.VMD}: {machine.VMD_DISK} leaves the host with it", shown)
        self.assertIn(f"{machine.VMD} can be assigned to a guest, and what is behind it leaves the "
                      f"host with it: {machine.VMD_DISK} (", shown)
        self.assertNotIn(f"echo {machine.VMD_DISK} >", shown)
        blocked = shown.split(f"{machine.VMD_DISK} cannot be assigned")[1]
        self.assertIn(f"passcheck plan {machine.VMD}\n", blocked[:400])

    def test_a_word_is_explained_where_it_stands(self):
        for fixture in sorted((SOURCE / "fixtures").glob("*/root")):
            for address in (function["address"] for function in audit(fixture)["functions"][:12]):
                with self.subTest(fixture=fixture, address=address):
                    shown = passcheck("--root", fixture, address).stdout
                    self.assertEqual(bool(re.search(r"\n +[0-9a-f:.]+ \S+ isolates\b", shown)),
                                     '"isolates" above: ' in shown)

    def test_the_numbers_of_vfs_are_explained_where_there_are_some(self):
        for fixture, has in (("intel-sriov-on", True), ("intel-ports-on", False)):
            with self.subTest(fixture=fixture):
                shown = text_of(SOURCE / "fixtures" / fixture)
                self.assertEqual("VFS: enabled/offered" in shown, has)

    def test_pfs_that_can_have_no_vf_now_are_marked(self):
        root = SOURCE / "fixtures/intel-sriov-on/root"
        shown = text_of(root.parent)
        usable = {function["address"]: function["sriov"]["max_vfs"]["effective"]
                  for function in audit(root)["functions"] if function["sriov"]}
        marked = re.findall(r"^ (\S+) .* 0/\d+! ", shown, re.MULTILINE)
        self.assertEqual(marked, [address for address, count in usable.items() if count == 0])
        self.assertIn("VFS: enabled/offered (!: ", shown)

    def test_an_adapter_whose_setting_may_hide_vfs_is_named_below_the_list(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            for driver, told in (("i40e", True), ("e1000e", False)):
                with self.subTest(driver=driver):
                    host.set_driver_again(host.paths[machine.SPARE_NIC], driver)
                    line = (f"A setting of the adapter may hide VFs of {machine.SPARE_NIC}: "
                            f"passcheck {machine.SPARE_NIC} names it\n")
                    self.assertEqual(line in passcheck("--root", host.root).stdout, told)

    def test_what_the_host_uses_is_named_below_the_list(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            host.keep_root_on(host.paths[machine.DISK])
            shown = passcheck("--root", host.root).stdout
        self.assertIn(" in use by the host", shown.partition("\n\n")[0])
        self.assertRegex(shown, rf"\nIn use by the host:\n  {machine.DISK}: the file system / ")

    def test_vfs_between_which_others_lie_are_not_a_range(self):
        shown = text_of(SOURCE / "fixtures/intel-igb-vfs")
        self.assertIn(" 0000:02:10.0, 0000:02:10.2\n", shown)
        self.assertNotIn("0000:02:10.0 to ", shown)

    def test_vfs_of_a_pf_are_one_line(self):
        shown = text_of(SOURCE / "fixtures/intel-igb-vfs")
        self.assertRegex(shown, r"\n  2 VFs +assignable ")
        self.assertRegex(passcheck("--root", SOURCE / "fixtures/intel-igb-vfs", "-v").stdout,
                         r"\n 0000:01:10\.0 +assignable ")

    def test_vfs_of_a_pf_with_several_drivers_say_so(self):
        with tempfile.TemporaryDirectory() as directory:
            hosts.write_host(pathlib.Path(directory), pfs=1, vfs=8)
            driven = next(pathlib.Path(directory).glob("sys/devices/pci0000:00/*/0000:01:10.2"))
            hosts.Tree(directory).set_driver(str(driven.relative_to(directory)), "mlx5_core")
            self.assertRegex(passcheck("--root", directory).stdout, r"\n  8 VFs +\S+ +mixed ")

    def test_vfs_of_a_pf_of_which_the_same_is_true_are_explained_once(self):
        host = SOURCE / "fixtures/intel-sriov-vfs"
        shown = passcheck("--root", host, "nvme").stdout
        self.assertEqual(explained(shown), ["0000:01:00.0", "0000:01:00.1", "0000:02:00.0",
                                            "0000:02:00.1", "0000:04:01.0", "0000:04:02.0"])
        self.assertIn("  the same holds for 2 more VFs of 0000:01:00.0: "
                      "0000:01:00.2, 0000:01:00.3 (-v explains each)\n", shown)
        self.assertEqual(len(explained(passcheck("--root", host, "nvme", "-v").stdout)), 10)

    def test_a_vf_that_is_named_or_differs_is_explained_by_itself(self):
        host = SOURCE / "fixtures/intel-sriov-vfs"
        named = ["0000:01:00.1", "0000:01:00.2", "0000:01:00.3"]
        self.assertEqual(explained(passcheck("--root", host, *named).stdout), named)
        with tempfile.TemporaryDirectory() as directory:
            hosts.write_host(pathlib.Path(directory), pfs=1, vfs=8)
            driven = next(pathlib.Path(directory).glob("sys/devices/pci0000:00/*/0000:01:10.2"))
            hosts.Tree(directory).set_driver(str(driven.relative_to(directory)), "mlx5_core")
            shown = passcheck("--root", directory, "nic").stdout
        self.assertEqual(explained(shown), ["0000:01:00.0", "0000:01:10.0", "0000:01:10.2"])
        self.assertIn("  the same holds for 6 more VFs of 0000:01:00.0: ", shown)

    def test_a_caution_of_what_was_named_is_told_once(self):
        host = SOURCE / "fixtures/intel-sriov-vfs"
        for options, times in (((), 1), (("-v",), 2), (("-q",), 0)):
            with self.subTest(options=options):
                shown = passcheck("--root", host, "0000:01:00.1", *options).stdout
                self.assertEqual(shown.count("[caution.address-width]"), times)

    def test_a_group_that_is_out_of_date_is_told_once_on_the_page_of_a_function(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            lost_its_isolation(host)
            page = passcheck("--root", host.root, machine.SPARE_NIC).stdout
        self.assertEqual(page.count("[isolation.stale-group]"), 1)
        self.assertIn("failure: its group is out of date", page)

    def test_an_unknown_reset_is_told_once_on_the_page_of_a_function(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            for path in pathlib.Path(host.root).glob("sys/devices/**/reset_method"):
                path.unlink()
            pathlib.Path(host.root, "proc/sys/kernel/osrelease").write_text("5.13.0\n")
            page = passcheck("--root", host.root, machine.DISK).stdout
        self.assertEqual(page.count("[reset.unknown]"), 1)
        self.assertNotIn("reset: unknown", page)

    def test_an_effect_does_not_repeat_the_reason_of_its_cause(self):
        """Also where the cause is told of another function first."""
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            shown = passcheck("--root", host.root).stdout
        self.assertIn(f"\nFAIL  so {machine.BLOCKED} cannot be assigned to a guest "
                      "[assignability.blocked]\n", shown)

    def test_no_effect_stands_before_its_cause(self):
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            paths = [host.root, *sorted((SOURCE / "fixtures").glob("*/root"))]
            shown = "\n".join(passcheck("--root", path).stdout for path in paths)
        for paragraph in shown.split("\n\n"):
            findings = re.findall(r"^(?:FAIL|WARN|\?   )  (so )?", paragraph, re.MULTILINE)
            self.assertEqual([word for word in findings[:1] if word], [], paragraph)
            self.assertEqual(findings[1:], ["so "] * len(findings[1:]), paragraph)

    def test_open_findings_of_the_host_add_up_with_the_first_line(self):
        with tempfile.TemporaryDirectory() as directory:
            hosts.write_host(pathlib.Path(directory), pfs=2, vfs=1)
            shown = passcheck("--root", directory).stdout
        body = shown.partition("\nFunctions that need attention")[0]
        open_ones, functions = map(int, re.search(
            r"\n\?     (\d+) findings of the host and (\d+) of functions are open", body).groups())
        others = len(re.findall(r"^\?     (?!\d)", body, re.MULTILINE))
        self.assertEqual(open_ones + others, count_of("unknown", shown.partition("\n")[0]))
        self.assertEqual(functions, 2)


class Length(TreeTest):
    def test_4128_functions_are_two_screens(self):
        root = self.directory / "large"
        root.mkdir()
        hosts.write_host(root, 16, 256)
        lines = passcheck("--root", root, env={**os.environ, "COLUMNS": "80",
                                               "LC_ALL": "C.UTF-8"}).stdout.splitlines()
        self.assertLessEqual(len(lines), TWO_SCREENS)


class Width(unittest.TestCase):
    def test_columns_wrap_prose_and_break_no_path(self):
        shown = passcheck("--root", READY_HOST, env={**os.environ, "COLUMNS": "60",
                                                     "LC_ALL": "C.UTF-8"}).stdout
        whole = passcheck("--root", READY_HOST, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout
        for line in shown.splitlines():
            self.assertTrue(len(line) <= 60 or " " not in line.strip() or "/" in line, line)
        for path in set(re.findall(r"^      (/\S+:)", whole, re.MULTILINE)):
            self.assertIn(f"      {path}", shown)

    def test_a_name_that_is_cut_says_so(self):
        host = SOURCE / "fixtures/intel-igb-vfs"
        for options in ((), ("--by", "group")):
            whole = passcheck("--root", host, *options).stdout.partition("\nFUNCTION ")[2]
            names = {line[-12:] for line in whole.splitlines()}
            for columns in ("60", "80", "100"):
                with self.subTest(columns=columns, options=options):
                    table = passcheck("--root", host, *options,
                                      env={**os.environ, "COLUMNS": columns, "LC_ALL": "C.UTF-8"}
                                      ).stdout.partition("\nFUNCTION ")[2].partition("\nNext: ")[0]
                    for line in re.findall(r"^.*[0-9a-f]{4}:[0-9a-f]{2}:.*$", table, re.MULTILINE):
                        self.assertLessEqual(len(line), int(columns))
                        self.assertTrue(line[-12:] in names or line.endswith("…"), line)

    def test_without_them_a_pipe_gets_whole_lines(self):
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        shown = passcheck("--root", READY_HOST, env=environment).stdout
        self.assertTrue(any(len(line) > 120 for line in shown.splitlines()))


class OfAFunction(unittest.TestCase):
    """What text says of a function named is what JSON says of it."""

    def agree(self, function, text):
        isolation, sriov = function["isolation"], function["sriov"]
        group = "none" if isolation["group"] is None else isolation["group"]
        self.assertIn(f"  driver: {function['driver'] or 'none'}\n", text)
        self.assertIn(f"  IOMMU group: {group}\n", text)
        for merged in isolation["merged_by"]:
            self.assertIn(merged["function"], text)
        pf = function["physical_function"]
        self.assertEqual("virtual function of" in text, pf is not None)
        self.assertEqual(f"virtual function of {pf}\n" in text, pf is not None)
        self.assertEqual("  VFs that the kernel can enable: " in text, sriov is not None)
        if sriov:
            enabled = sriov["enabled_vfs"] or "none"
            usable = sriov["usable_vfs"]
            self.assertEqual("\n  VFs that could each go to a guest: " in text,
                             usable["limited_by"] in ("group", "denylist", "iommu", "ari", "vgpu_profile"))
            self.assertRegex(text, rf"(?m)^  VFs enabled: {enabled}\b")
            if sriov["persistence"] is not None:
                self.assertEqual(text.count("\n  VFs at boot: "), len(sriov["persistence"]) or 1)
        self.assertIn(f"  verdict: {function['assignable']['verdict']}", text)

    def test_letters_of_acs_are_explained_once(self):
        shown = passcheck("--root", READY_HOST, "nic").stdout
        self.assertGreater(shown.count("(ACS on: "), 1)
        self.assertEqual(shown.count("SV source validation"), 1)

    def test_letters_of_acs_are_explained_where_they_stand(self):
        for fixture in FIXTURES:
            shown = passcheck("--root", fixture, "nic").stdout
            letters = {letter for on in re.findall(r"\(ACS on: ([A-Z ]+)\)", shown)
                       for letter in on.split()}
            with self.subTest(fixture=fixture):
                self.assertNotIn("ACS on: nothing", shown)
                for letter, meaning in ACS_LETTERS.items():
                    self.assertEqual(f"{letter} {meaning}" in " ".join(shown.split()),
                                     letter in letters)

    def test_what_vfs_still_need_is_told_where_one_is_asked_about(self):
        host = SOURCE / "fixtures/intel-sriov-vfs"
        for function, told in (("0000:01:00.3", True), ("0000:01:00.0", True),
                               ("0000:04:01.0", False)):
            with self.subTest(function=function):
                result = passcheck("--root", host, function)
                self.assertEqual("secondary controllers of 0000:01:00.0" in result.stdout, told)
                findings = audit(host, function)["findings"]
                self.assertEqual("vf-setup.nvme" in [item["id"] for item in findings], told)

    def test_a_pf_with_vfs_that_vfio_pci_has_says_why_it_can_be_assigned(self):
        words = "(vfio-pci had it before them, and keeps it with them)"
        with tempfile.TemporaryDirectory() as directory:
            host = machine.build(pathlib.Path(directory, "root"))
            for driver, verdict in (("mlx5_core", "blocked"), ("vfio-pci", "assignable")):
                with self.subTest(driver=driver):
                    host.set_driver_again(host.paths[machine.NIC], driver)
                    shown = passcheck("--root", host.root, machine.NIC).stdout
                    self.assertIn(f"verdict: {verdict}\n", shown)
                    self.assertEqual(words in shown, verdict == "assignable")
                    self.assertEqual("it has 2 VFs enabled, which vfio-pci refuses" in shown,
                                     verdict == "blocked")

    def test_text_and_json_agree(self):
        for fixture in sorted((SOURCE / "fixtures").glob("*/root")):
            for function in report_of(fixture)["functions"]:
                address = function["address"]
                with self.subTest(fixture=fixture.name, function=address):
                    text = passcheck("--root", fixture, address).stdout
                    self.agree(function, text[text.index(f"\n{address}\n"):])


def on_terminal(columns, *arguments):
    """Returns what a terminal of that width is shown."""
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    with subprocess.Popen([PASSCHECK, "--color", "never", *map(str, arguments)], stdout=terminal,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}):
        os.close(terminal)
        shown = b""
        try:
            while chunk := os.read(screen, 65536):
                shown += chunk
        except OSError:  # the other side is closed
            pass
    os.close(screen)
    return shown.decode().replace("\r", "")


class Closing(unittest.TestCase):
    def test_what_is_longer_than_the_terminal_ends_as_it_begins(self):
        shown = on_terminal(80, "--root", READY_HOST).rstrip("\n").split("\n")
        self.assertGreater(len(shown), 25)
        self.assertEqual(shown[-2:], shown[:2])

    def test_what_is_shorter_does_not(self):
        shown = on_terminal(80, "--root", READY_HOST, "-q")
        self.assertEqual(shown.count("Host: "), 1)


class Readme(unittest.TestCase):
    def test_its_sample_is_what_is_printed(self):
        """But for the names of functions, which come from the pci.ids of this machine."""
        shown = on_terminal(80, "--root", SOURCE / "fixtures/intel-ports-off")
        report, heading, table = shown.partition("FUNCTION ")
        sample = (SOURCE / "README.md").read_text(encoding="utf-8").partition("```\n" + report)[2]
        self.assertTrue(sample)
        listed = sample.partition("\n…\n")[0].splitlines()
        self.assertGreater(len(listed), 5)
        name = listed[0].index("NAME")
        for line, wanted in zip(listed, (heading + table).splitlines()):
            self.assertEqual(line[:name], wanted[:name])

    def test_the_tutorials_first_run_is_what_is_printed(self):
        tutorial = (SOURCE / "docs/tutorial.md").read_text(encoding="utf-8")
        quoted = re.search(r"A typical first run on an Intel host says `([^`]*)`", tutorial)[1]
        shown = text_of(SOURCE / "fixtures/intel-ports-off")
        self.assertEqual(shown.splitlines()[0], quoted)

    def expect_plan(self, root, *arguments):
        shown = passcheck("--root", root, "plan", *arguments, "0000:01:00.0").stdout
        self.assertIn(f"```\n{shown}```\n", (SOURCE / "README.md").read_text())

    def test_its_plan_is_what_is_printed(self):
        self.expect_plan(SOURCE / "fixtures/intel-igb-vfs/root", "--vfs", "3")

    def test_its_undo_is_what_is_printed_once_the_rule_is_there(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder, "root")
            shutil.copytree(SOURCE / "fixtures/intel-igb-vfs/root", root, symlinks=True,
                            ignore=shutil.ignore_patterns(".passcheck"))
            rule = root / "etc/udev/rules.d/70-passcheck-vfs.rules"
            rule.parent.mkdir(parents=True)
            rule.write_text('ACTION=="add|bind", SUBSYSTEM=="pci", KERNEL=="0000:01:00.0", '
                            'DRIVER=="?*", ATTR{sriov_numvfs}="2"\n')
            self.expect_plan(root, "--undo")


if __name__ == "__main__":
    unittest.main()

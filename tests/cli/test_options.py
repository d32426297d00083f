"""Options, operands and exit codes: contracts."""
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import FAILED, READY, SOURCE, USAGE, TreeTest, audit, passcheck  # noqa: E402

TREE = {"/proc/cmdline": "quiet\n", "/sys/bus/pci/devices/.keep": ""}
# Each verb, and the exit codes of its outcomes.
VERBS = {"audit": "023", "plan": "023", "domain": "023", "diff": "023", "log": "023",
         "capture": "0", "explain": "0", "checks": "0"}


def named_commands():
    """The command lines that texts name, as model/own_commands.h puts them together."""
    lines = (SOURCE / "model/own_commands.h").read_text(encoding="utf-8")
    commands = {}
    for name, value in re.findall(r"^#define (\w+) +(.*\".*)$", lines, re.MULTILINE):
        commands[name] = "".join(text or commands[word]
                                 for text, word in re.findall(r'"([^"]*)"|(\w+)', value))
    return [command.replace("COUNT", "1").split()[1:] for command in commands.values()
            if not command.endswith(" ")]


class NamedCommands(TreeTest):
    def test_the_program_takes_every_command_that_its_texts_name(self):
        host = SOURCE / "fixtures/intel-sriov-on/root"
        options = passcheck("--help").stdout
        (self.directory / "split").mkdir()
        for command in named_commands():
            with self.subTest(command=command):
                # No fixture has mediated devices.
                if command[-1] == "TYPE:UUID":
                    self.assertIn(f" {command[-2]} TYPE:UUID ", options)
                    continue
                folder = [self.directory / "split"] if command[-1] == "--split" else []
                operands = ["-o", self.directory / "captured"] if command[0] == "capture" \
                    else ["0000:02:00.0"]
                result = passcheck(*command, *folder, *operands, "--root", host)
                self.assertNotIn(result.returncode, (FAILED, USAGE), result.stderr)


class Usage(TreeTest):
    def test_wrong_usage_says_what_is_wrong_and_exits_64(self):
        cases = {
            ("--frobnicate",): "frobnicate",
            ("--format", "yaml"): "yaml",
            ("--format",): "--format",
            ("-o",): "'o'",
            ("-vz",): "'z'",
            ("--compact=1",): "--compact",
            ("--re", "x"): "--re",
            ("--color", "sometimes"): "sometimes",
            ("--fail-on", "pass"): "pass",
            ("--check", "no-such-check"): "no-such-check",
            ("--root", "no-such-tree", "--check", "no-such-check"): "no-such-check",
            ("--check", ""): "--check",
            ("--check", ","): "--check",
            ("--check", "kvm,"): "--check",
            ("--check", ",kvm"): "--check",
            ("--check", "kvm,,numa"): "--check",
            ("checks", "operand"): "operand",
            ("checks", "--vfs", "8"): "--vfs",
            ("plan", "audit"): "audit is a verb",
            ("gpu", "plan"): "plan is a verb",
            ("capture",): "-o",
            ("capture", "--format", "json", "-o", "x"): "--format",
            ("help", "frobnicate"): "frobnicate: no such verb",
            ("explain",): "explain",
            ("explain", "no-such.finding"): "no-such.finding",
            ("--root", "TREE", "0000:ff:1f.7"): "0000:ff:1f.7",
            ("--root", "TREE", "eth99"): "eth99",
            ("--root", "TREE", "status"): "status: neither a verb nor a function",
        }
        tree = self.tree(TREE)
        for arguments, culprit in cases.items():
            with self.subTest(arguments=arguments):
                result = passcheck(*[str(tree) if a == "TREE" else a for a in arguments])
                self.assertEqual(result.returncode, USAGE)
                self.assertIn(culprit, result.stderr)
                self.assertEqual(result.stdout, "")
                for line in result.stderr.splitlines():
                    self.assertRegex(line, "^passcheck: ")

    def test_a_format_that_the_document_does_not_have_is_wrong_usage(self):
        cases = {
            ("audit",): ("odd", "text, json"),
            ("plan", "gpu"): ("odd", "text"),
            ("domain", "guest.xml"): ("odd", "text, json or html"),
            ("diff", "old.json", "new.json"): ("xml", "text, json or html"),
        }
        for (verb, *operands), (name, offered) in cases.items():
            with self.subTest(verb=verb):
                result = passcheck(verb, *operands, "--format", name)
                self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
                self.assertIn(f"{verb}: --format {name}: must be {offered}", result.stderr)

    def test_a_root_that_cannot_be_opened_is_an_error(self):
        (self.directory / "file").write_text("no archive")
        (self.directory / "empty").mkdir()
        for name in ("missing", "file", "empty"):
            with self.subTest(name=name):
                result = passcheck("--root", self.directory / name)
                self.assertEqual(result.returncode, FAILED)
                self.assertIn(name, result.stderr)
                self.assertEqual(result.stdout, "")

    def test_a_folder_that_holds_its_tree_in_root_stands_for_it(self):
        tree = self.tree(TREE)
        inside, outside = passcheck("--root", tree), passcheck("--root", tree.parent)
        self.assertEqual(outside.stdout, inside.stdout)
        self.assertEqual(outside.returncode, inside.returncode)

    def test_help_and_version_go_to_standard_output(self):
        for option in ("--help", "--version"):
            result = passcheck(option)
            self.assertEqual(result.returncode, READY)
            self.assertIn("passcheck", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_every_verb_has_its_own_help(self):
        for verb in VERBS:
            shown = {passcheck(*words).stdout
                     for words in ((verb, "--help"), ("help", verb), (verb, "-h"))}
            self.assertEqual(len(shown), 1)
            self.assertRegex(shown.pop(), rf"(?m)^passcheck {verb}( \S.*)?$")
            self.assertEqual(passcheck(verb, "help").stdout, passcheck("help", verb).stdout)
        for words in (("help",), ("help", "help")):
            self.assertEqual(passcheck(*words).stdout, passcheck("--help").stdout)

    def test_help_of_a_verb_has_its_exit_codes(self):
        for verb, outcomes in VERBS.items():
            with self.subTest(verb=verb):
                shown = passcheck("help", verb).stdout.partition("\nExit status:\n")[2]
                self.assertEqual(re.findall(r"^  (\d+) +\w", shown, re.MULTILINE),
                                 [*outcomes, "1", "64"])

    def test_help_of_a_verb_names_the_stacks_of_its_option(self):
        named = passcheck("--for", "no-such-stack").stderr.splitlines()[0]
        stacks = re.split(", | or ", named.partition(": must be ")[2])
        shown = passcheck("help", "plan").stdout.partition("\nSTACK ")[2].splitlines()
        self.assertEqual(shown[1].split(), stacks)
        self.assertNotIn("\nSTACK", passcheck("help", "audit").stdout)

    def test_help_of_a_verb_says_what_each_way_of_its_option_does(self):
        named = passcheck("plan", "--how", "no-such-way").stderr.splitlines()[0]
        ways = re.split(", | or ", named.partition(": must be ")[2])
        shown = passcheck("help", "plan").stdout.partition("\nWAY ")[2].partition("\n\n")[0]
        self.assertEqual(re.findall(r"^  (\w+) {2,}\w", shown, re.MULTILINE), ways)
        self.assertNotIn("\nWAY", passcheck("help", "audit").stdout)

    def test_an_option_of_one_verb_says_so_where_all_are_listed(self):
        everything, own = passcheck("--help").stdout, passcheck("help", "plan").stdout
        self.assertRegex(everything, r"--vfs COUNT +plan: make")
        self.assertRegex(own, r"--vfs COUNT +make")

    def test_what_was_mistyped_is_guessed(self):
        for words, guess in ((("--formt", "json"), "did you mean --format?"),
                             (("--format", "jsn"), "did you mean --format json?"),
                             (("--root", self.tree(TREE), "capure"), "`passcheck capture`?"),
                             (("--root", self.tree(TREE), "--check", "resets"),
                              "did you mean reset?"),
                             (("--root", self.tree(TREE), "plna"), "`passcheck plan`?"),
                             (("explain", "reset.nnoe"), "did you mean reset.none?"),
                             (("--root", self.tree(TREE), "gpuu"), "did you mean gpu?"),
                             (("--root", self.tree(TREE), "nonsense"), "`passcheck help audit`"),
                             (("help", "plna"), "`passcheck help plan`?"),
                             (("--root", self.tree(TREE), "plna"), "plna: no such verb"),
                             (("--root", self.tree(TREE), "undo"), "`passcheck plan --undo`?"),
                             (("--plan", "gpu"), "did you mean `passcheck plan`?"),
                             (("-r", "/"), "--root"),
                             (("gpu", "--vf", "8"), "`passcheck plan --vf 8 gpu`?"),
                             (("explain", "group-not-viabel"),
                              "did you mean group-not-viable?")):
            with self.subTest(words=words):
                result = passcheck(*words)
                self.assertEqual(result.returncode, USAGE)
                self.assertIn(guess, result.stderr)

    def test_an_option_of_another_verb_is_told_with_the_verbs_that_take_it(self):
        for words, told in ((("checks", "--vfs", "8"), "checks takes no --vfs, which goes with plan"),
                            (("plan", "--compact"), "`passcheck help plan` shows the usage"),
                            (("capture", "--format", "json"), "which goes with audit, diff, ")):
            with self.subTest(words=words):
                self.assertIn(told, passcheck(*words).stderr)

    def test_what_a_verb_wants_is_said_with_the_help_of_that_verb(self):
        for words in (("plan", "--vfs", "8"), ("diff", "one"), ("capture",), ("domain",),
                      ("audit", "--format", "xml")):
            with self.subTest(words=words):
                self.assertIn(f"passcheck: `passcheck help {words[0]}` shows the usage\n",
                              passcheck(*words).stderr)

    def test_a_verb_that_reads_no_host_takes_one_and_passes_it_over(self):
        for words in (("checks",), ("explain", "reset.none")):
            with self.subTest(words=words):
                result = passcheck("--root", "no-such-tree", *words)
                self.assertEqual((result.returncode, result.stdout),
                                 (READY, passcheck(*words).stdout))
                self.assertNotIn("--root", passcheck("help", words[0]).stdout)

    def test_an_option_that_lacks_its_argument_is_no_guess(self):
        for words in (("plan", "--vfs"), ("--quiet=1",)):
            with self.subTest(words=words):
                self.assertNotIn("did you mean", passcheck(*words).stderr)

    def test_a_class_that_the_host_lacks_is_said_with_those_that_it_has(self):
        result = passcheck("--root", SOURCE / "fixtures/intel-ports-on", "gpu")
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("this host has no gpu; it has nic (3), ", result.stderr)

    def test_a_function_that_the_host_lacks_is_said_with_what_it_has(self):
        for word in ("group:99", "eth99", "0000:ff:1f.7"):
            with self.subTest(word=word):
                result = passcheck("--root", SOURCE / "fixtures/intel-ports-on", word)
                self.assertEqual(result.returncode, USAGE)
                self.assertIn(f"{word}: no such function on this host; it has nic (3), ",
                              result.stderr)
                self.assertRegex(result.stderr, r"; IOMMU groups 0 to \d+\n")

    def test_help_fits_a_terminal(self):
        lines = passcheck("--help").stdout.splitlines()
        self.assertLessEqual(len(lines), 60)
        for verb in VERBS:
            lines += passcheck("help", verb).stdout.splitlines()
        self.assertLessEqual(max(map(len, lines)), 80)


class Verbs(TreeTest):
    def test_audit_is_what_happens_without_a_verb(self):
        tree = self.tree(TREE)
        implied, spoken = passcheck("--root", tree), passcheck("audit", "--root", tree)
        self.assertEqual(implied.stdout, spoken.stdout)
        self.assertEqual(implied.returncode, spoken.returncode)

    def test_options_may_stand_on_either_side_of_the_verb(self):
        tree = self.tree(TREE)
        before, behind = passcheck("--root", tree, "audit"), passcheck("audit", "--root", tree)
        self.assertEqual(before.stdout, behind.stdout)

    def test_every_finding_that_is_listed_can_be_explained(self):
        listed = passcheck("checks").stdout
        ids = [line.strip() for line in listed.splitlines() if line.startswith("  ")]
        self.assertGreater(len(ids), 20)
        result = passcheck("explain", *ids)
        self.assertEqual(result.returncode, READY)
        for finding in ids:
            self.assertIn(finding, result.stdout)

    def test_what_is_known_is_explained_beside_what_is_not(self):
        known = passcheck("explain", "reset.none", "assignable").stdout
        result = passcheck("explain", "reset.none", "foo", "assignable")
        self.assertEqual((result.returncode, result.stdout), (USAGE, known))
        self.assertIn("explain foo: ", result.stderr)

    def test_every_word_by_which_a_report_says_why_can_be_explained(self):
        listed = passcheck("checks").stdout.split()
        words, findings = {"isolates", "ACS", "ready", "UNMET", "companions", "VFS", "PF"}, {}
        for root in sorted((SOURCE / "fixtures").glob("*/root")):
            for function in audit(root)["functions"]:
                told = function["assignable"]
                words.add(function["port_type"] or "endpoint")
                words |= set((function["acs"] or {}).get("enabled", ()))
                words.add(told["verdict"])
                for reason in (*told["blocked_by"], *told["cautions"]):
                    findings.setdefault(reason["kind"], set()).add(reason["finding"])
                if function["sriov"]:
                    words |= {function["sriov"][what]["limited_by"]
                              for what in ("max_vfs", "usable_vfs")}
        self.assertGreater(len(findings), 3)
        for word in words | set(findings):
            with self.subTest(word=word):
                result = passcheck("explain", word)
                self.assertEqual(result.returncode, READY, result.stderr)
                named = set(re.findall(r"\b[a-z-]+\.[a-z-]+\b", result.stdout))
                self.assertLessEqual(findings.get(word, set()), named)
                if "\n  Findings: " in result.stdout:
                    self.assertLessEqual(named, set(listed))

    def test_check_runs_just_the_checks_that_it_names(self):
        import json
        tree = self.tree(TREE)
        result = passcheck("--root", tree, "--check", "kernel-cmdline,acpi-dmar", "--format", "json")
        checks = {finding["check"] for finding in json.loads(result.stdout)["findings"]}
        self.assertEqual(checks, {"kernel-cmdline", "acpi-dmar"})


if __name__ == "__main__":
    unittest.main()

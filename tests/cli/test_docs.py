"""What passcheck says of itself, and the documents made of it."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import NOWHERE, PASSCHECK, READY, SOURCE, USAGE, passcheck  # noqa: E402


def finding_ids():
    return [line.strip() for line in passcheck("checks").stdout.splitlines()
            if line.startswith("  ")]


def expected_by_unit_tests():
    """Runs the unit tests of checks. Returns what they expected and saw (judge.h): the verdicts of
    each finding id."""
    programs = pathlib.Path(os.environ["PASSCHECK_UNIT_TESTS"])
    with tempfile.TemporaryDirectory() as directory:
        record = pathlib.Path(directory, "provoked")
        record.touch()
        for source in sorted(SOURCE.glob("tests/unit/*/test-*.c")):
            if re.search(r"support/(judge|domain|defect)\.h", source.read_text(encoding="utf-8")):
                name = f"test-{source.parent.name}-{source.stem.removeprefix('test-')}"
                subprocess.run([programs / name], capture_output=True, check=True,
                               env={**os.environ, "PASSCHECK_PROVOKED": record})
        verdicts = {}
        for line in record.read_text(encoding="utf-8").splitlines():
            finding_id, verdict = line.split()
            verdicts.setdefault(finding_id, set()).add(verdict)
        return verdicts


class Explanations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expected = expected_by_unit_tests()

    def test_every_finding_has_its_page(self):
        ids = finding_ids()
        self.assertTrue(ids)
        result = passcheck("explain", *ids)
        self.assertEqual(result.returncode, READY)
        pages = dict(page.split("\n", 1) for page in result.stdout.split("\n\n") if "\n" in page)
        for finding_id in ids:
            with self.subTest(id=finding_id):
                self.assertGreater(len(pages[finding_id].split()), 4)

    def test_what_has_no_page_is_wrong_usage(self):
        for word in ("reset.", "no-such-check", "reset.none.more"):
            result = passcheck("explain", word)
            self.assertEqual((result.returncode, result.stdout), (USAGE, ""))

    def test_a_word_of_reports_comes_before_the_same_word_of_a_limit(self):
        """The column GROUP is of IOMMU groups; "group" limits VFs, too."""
        page = passcheck("explain", "GROUP").stdout
        self.assertIn("An IOMMU group: ", page)
        self.assertIn("vf-budget.one-group", page)
        self.assertIn("companions", passcheck("explain", "with-companions").stdout)

    def test_a_findings_page_names_its_check_and_what_that_reads(self):
        page = passcheck("explain", "reset.none").stdout
        self.assertIn("\nreset: ", page)
        self.assertIn("Needs: ", page)

    def test_ids_are_unique_and_begin_with_their_check(self):
        seen = set()
        for block in passcheck("checks").stdout.strip().split("\n\n"):
            check, *findings = block.split("\n")
            for finding_id in map(str.strip, findings):
                self.assertRegex(finding_id, "^" + check.partition(":")[0] + r"\.[a-z0-9-]+$")
                self.assertNotIn(finding_id, seen)
                seen.add(finding_id)

    def test_every_finding_is_provoked_by_a_test(self):
        self.assertEqual(sorted(set(finding_ids()) - set(self.expected)), [])

    def test_what_is_wrong_or_unknown_has_a_fix(self):
        pages = dict(page.split("\n", 1) for page
                     in passcheck("explain", *finding_ids()).stdout.split("\n\n") if "\n" in page)
        for finding_id, verdicts in self.expected.items():
            if verdicts & {"fail", "warn", "unknown"}:
                with self.subTest(id=finding_id):
                    self.assertIn("\n  Fix: ", pages[finding_id])


class Documents(unittest.TestCase):
    def test_no_document_is_stale(self):
        result = subprocess.run([SOURCE / "script/docs", "--check", PASSCHECK],
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))


def help_verbs():
    return set(re.findall(r"^  passcheck \[?(\w+)", passcheck("--help").stdout, re.MULTILINE))


def help_options():
    return set(re.findall(r"^  .. (--[\w-]+)", passcheck("--help").stdout, re.MULTILINE))


def help_options_with_argument():
    return re.findall(r"^  .. (--[\w-]+) [A-Z]", passcheck("--help").stdout, re.MULTILINE)


def help_formats():
    """The formats of what each verb writes."""
    section = re.search(r"^Formats.*\n((?:  .*\n)+)", passcheck("--help").stdout, re.MULTILINE)[1]
    lines = re.findall(r"^  (\w+) +(.*)$", re.sub(r",\n +", ", ", section), re.MULTILINE)
    return {verb: [item.split()[0] for item in items.split(",")] for verb, items in lines}


def schema_fields(schema, path):
    """Yields path and schema of each field of an object, and of those within it."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}", field
        yield from schema_fields(field, f"{path}.{name}")
    for inner in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if isinstance(inner, dict):
            yield from schema_fields(inner, path)
    for name, inner in schema.get("$defs", {}).items():
        yield from schema_fields(inner, f"#{name}")


def is_described(field):
    """A field may be described where another schema has it."""
    return bool(field.get("description")) or field.get("$ref", "").startswith("passcheck.schema.json#")


class Options(unittest.TestCase):
    def test_readme_names_every_option(self):
        readme = (SOURCE / "README.md").read_text(encoding="utf-8")
        table = "\n".join(line for line in readme.splitlines() if line.startswith("| `-"))
        self.assertEqual(set(re.findall(r"--[\w-]+", table)), help_options())

    def test_readme_names_every_verb_and_format(self):
        readme = (SOURCE / "README.md").read_text(encoding="utf-8")
        for verb in help_verbs() - {"audit"}:
            with self.subTest(verb=verb):
                self.assertTrue(f"\npasscheck {verb} " in readme, f"no line on {verb}")
        named = re.search(r"^\| `--format ([\w\\|-]+)`", readme, re.MULTILINE)[1].split("\\|")
        self.assertEqual(set(named), set().union(*help_formats().values()))

    def test_a_json_format_has_a_schema(self):
        for verb, formats in help_formats().items():
            name = "passcheck" if verb == "audit" else f"passcheck-{verb}"
            if "json" in formats:
                self.assertTrue((SOURCE / f"docs/{name}.schema.json").exists(), name)

    def test_every_field_of_a_document_is_described(self):
        paths = sorted((SOURCE / "docs").glob("passcheck*.schema.json"))
        self.assertIn("passcheck-plan.schema.json", [path.name for path in paths])
        for path in paths:
            fields = dict(schema_fields(json.loads(path.read_text(encoding="utf-8")), ""))
            with self.subTest(schema=path.name):
                self.assertIn(".schema_version", fields)
                self.assertEqual([name for name, field in fields.items() if not is_described(field)],
                                 [])

    def test_man_page_names_every_format(self):
        page = (SOURCE / "docs/man/passcheck.1").read_text(encoding="utf-8")
        section = page.partition(".Sh FORMATS")[2].partition(".Sh")[0]
        for verb, formats in help_formats().items():
            items = section.partition(f".It Cm {verb}\n")[2].partition(".It")[0]
            self.assertEqual(re.findall(r"^\.Cm (\S+)", items, re.MULTILINE), formats)

    def test_man_page_closes_what_an_operand_opens(self):
        page = (SOURCE / "docs/man/passcheck.1").read_text(encoding="utf-8")
        operands = re.findall(r"^\.(?:Op |It Cm \w+ (?:Op )?)?Ar (\S.*)$", page, re.MULTILINE)
        self.assertIn("FILE|- ...", operands)
        for operand in operands:
            self.assertEqual(operand.count("["), operand.count("]"), operand)

    def test_man_page_names_every_option(self):
        page = (SOURCE / "docs/man/passcheck.1").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"^\.It .*Fl (--?[\w-]+)", page, re.MULTILINE)),
                         {name.removeprefix("-") for name in help_options()})


class ManPages(unittest.TestCase):
    def test_formatters_warn_of_nothing(self):
        tools = [tool for tool in (("mandoc", "-Tlint", "-Wwarning"),
                                   ("groff", "-mdoc", "-ww", "-Tutf8", "-z"))
                 if shutil.which(tool[0])]
        if not tools:
            self.skipTest("neither mandoc nor groff is installed")
        for page in sorted((SOURCE / "docs/man").glob("*.[1-9]")):
            for tool in tools:
                with self.subTest(page=page.name, tool=tool[0]):
                    result = subprocess.run([*tool, page], capture_output=True, text=True,
                                            check=False)
                    self.assertEqual(result.stdout + result.stderr, "")


class Completions(unittest.TestCase):
    """What the shells offer behind a line that was typed."""

    def complete(self, shell, line):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not installed")
        script = {
            "bash": '''. "$1/passcheck.bash"; COMP_LINE=$2 COMP_POINT=${#2}; _passcheck "$3"
                       printf "%s\\n" "${COMPREPLY[@]}"''',
            "zsh": '''compadd() { print -l -- ${(P)2} }; _files() { }
                      compset() { [[ $words[CURRENT] == ${~2}* ]] }
                      words=(${=2}); [[ $2 == *" " ]] && words+=("")
                      words[1]=$3 CURRENT=$#words; . "$1/_passcheck"''',
            "fish": '''set -g program $argv[3]; function passcheck; $program $argv; end
                       source $argv[1]/passcheck.fish; complete -C $argv[2]''',
        }[shell]
        flags = {"bash": ["--norc", "-c", script, "bash"], "zsh": ["-f", "-c", script, "zsh"],
                 "fish": ["--no-config", "-c", script]}[shell]
        result = subprocess.run([shell, *flags, SOURCE / "completions", line, PASSCHECK],
                                capture_output=True, text=True, check=False, timeout=120,
                                cwd="/", env={**os.environ, "HOME": str(NOWHERE)})
        self.assertEqual(result.stderr, "")
        return {word.partition("\t")[0] for word in result.stdout.splitlines()}

    def test_verbs_and_functions_complete(self):
        verbs = set(re.findall(r"^  passcheck (\w+)", passcheck("--help").stdout, re.MULTILINE))
        try:
            addresses = set(os.listdir("/sys/bus/pci/devices"))
        except FileNotFoundError:
            addresses = set()
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                offered = self.complete(shell, "passcheck ")
                self.assertEqual((verbs | addresses | {"gpu", "audit"}) - offered, set())
                offered = self.complete(shell, "passcheck plan ")
                self.assertEqual((addresses | {"nic"}) - offered, set())
                self.assertEqual(verbs & offered, set())

    def test_finding_ids_complete(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                self.assertEqual(set(finding_ids()) - self.complete(shell, "passcheck explain "),
                                 set())

    def test_options_and_their_values_complete(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                self.assertEqual(help_options() - self.complete(shell, "passcheck --"), set())
                self.assertIn("reset", self.complete(shell, "passcheck --check "))

    def test_values_complete_that_the_option_takes(self):
        for option in ("--color", "--fail-on", "--for", "--lun", "--require"):
            complaint = passcheck(option, "no-such-value").stderr.splitlines()[0]
            taken = set(re.split(", | or ", complaint.partition(": must be ")[2]))
            for shell in ("bash", "zsh", "fish"):
                with self.subTest(shell=shell, option=option):
                    self.assertEqual(self.complete(shell, f"passcheck {option} "), taken)

    def test_operands_complete_by_what_the_help_calls_them(self):
        operands = re.findall(r"^  passcheck \[?(\w+)\]? \[?([A-Z]+)", passcheck("--help").stdout,
                              re.MULTILINE)
        for shell in ("bash", "zsh", "fish"):
            for verb, operand in operands:
                offered = self.complete(shell, f"passcheck {verb} ")
                with self.subTest(shell=shell, verb=verb):
                    self.assertEqual("nic" in offered, operand == "FUNCTION")
                    self.assertEqual("reset.none" in offered, operand == "ID")

    def test_words_of_classes_complete(self):
        words = re.search(r"^  (.*)\n +all functions of a class$", passcheck("help", "audit").stdout,
                          re.MULTILINE)[1].split()
        self.assertIn("gpu", words)
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                self.assertLessEqual(set(words), self.complete(shell, "passcheck audit "))

    def test_formats_complete_by_verb(self):
        for shell in ("bash", "zsh", "fish"):
            for verb, formats in help_formats().items():
                with self.subTest(shell=shell, verb=verb):
                    self.assertEqual(self.complete(shell, f"passcheck {verb} --format "),
                                     set(formats))
            self.assertEqual(self.complete(shell, "passcheck --format "),
                             set(help_formats()["audit"]))

    def test_an_argument_completes_as_no_verb(self):
        # A check has the name of the verb log.
        verbs = help_verbs() - {"log"}
        for shell in ("bash", "zsh", "fish"):
            for option in help_options_with_argument():
                with self.subTest(shell=shell, option=option):
                    self.assertEqual(verbs & self.complete(shell, f"passcheck {option} "), set())

    def test_an_address_completes_behind_its_colons(self):
        """bash breaks words at colons, and replaces only what follows the last."""
        try:
            address = sorted(os.listdir("/sys/bus/pci/devices"))[0]
        except (FileNotFoundError, IndexError):
            self.skipTest("this machine has no PCI functions")
        self.assertIn(address[5:], self.complete("bash", f"passcheck plan {address[:5]}"))


if __name__ == "__main__":
    unittest.main()

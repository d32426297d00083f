# SPDX-License-Identifier: GPL-2.0-or-later
"""Below cli/ one file names options of passcheck: the command lines that a reader is told to run."""
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["PASSCHECK_SOURCE"])
BELOW_CLI = ("report", "checks", "plan", "guest", "model", "host")
OWNER = "model/own_commands.h"
NAME = re.compile(r'\.name = "([\w-]+)"')
COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"((?:\\.|[^"\\\n])*)"', re.DOTALL)
# Options of other programs that passcheck has one of the same name as.
OTHERS = ("dracut --force", "mapping/pci --mdev")


def option_names():
    return NAME.findall((SOURCE / "cli/options/table.c").read_text(encoding="utf-8"))


def named(text, options):
    """The options that the texts of a source name."""
    for found in COMMENT_OR_TEXT.finditer(text):
        words = found[1] or ""
        for other in OTHERS:
            words = words.replace(other, "")
        yield from (option for option in re.findall(r"(?<!\S)--([\w-]+)", words)
                    if option in options)


class Rules(unittest.TestCase):
    """What the test below finds, and what it lets stand."""

    def expect(self, text, *options):
        self.assertEqual(list(named(text, {"mac", "how", "force"})), list(options))

    def test_options_in_texts_are_named(self):
        self.expect('say("see --how boot");\nrun("passcheck --mac %s", mac);', "how", "mac")

    def test_comments_and_options_of_other_programs_are_not(self):
        self.expect('/* "--mac" */ run("virsh --config"); run("dracut --force");')


class Options(unittest.TestCase):
    def test_the_options_are_found(self):
        self.assertIn("how", option_names())

    def test_no_other_file_below_cli_names_one(self):
        options = set(option_names())
        faults = [f"{path.relative_to(SOURCE)} names --{option}"
                  for layer in BELOW_CLI for path in sorted((SOURCE / layer).rglob("*.[ch]"))
                  if str(path.relative_to(SOURCE)) != OWNER
                  for option in named(path.read_text(encoding="utf-8"), options)]
        self.assertEqual(faults, [], f"\n{OWNER} holds such command lines:\n" + "\n".join(faults))


if __name__ == "__main__":
    unittest.main()

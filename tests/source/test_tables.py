# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables are bound to the enumerations that they are indexed by: each member has its row."""
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["PASSCHECK_SOURCE"])
LAYERS = ("host", "model", "guest", "plan", "checks", "report", "cli")

ENUMERATION = re.compile(r"\benum(?: \w+)?\s*\{(.*?)\}", re.DOTALL)
TABLE = re.compile(r"^[ \t]*(?:static )?(?:const )?(?:struct |enum |unsigned )?\w+ "
                   r"(?:\*const |\*)?(\w+)\[([^\]]*)\]\s*=\s*\{", re.MULTILINE)
# [MEMBER] =, or MACRO(MEMBER) = where a macro adds the members of one enumeration to another.
ROW = re.compile(r"(?:^|,|\{)\s*(?:\[|[A-Z]+\()(\w+)[\])] ?=[^=]")
OPAQUE = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'""", re.DOTALL)
STEP = r"\b{0}(?:\+\+|--)|\b{0} \+= 1\b"


def plain(text):
    """Returns C without comments, and without what literals hold."""
    return OPAQUE.sub(lambda match: "" if match[0][0] == "/" else '""', text)


def enumerations(text):
    """Yields the members of each enumeration, without those that count them."""
    for body in ENUMERATION.findall(text):
        names = re.findall(r"^\s*(\w+)", body.replace(",", "\n"), re.MULTILINE)
        yield [name for name in names if not name.endswith("COUNT")]


def body_at(text, start):
    """Returns what stands in the braces that open before start."""
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    return text[start:end - 1]


def is_walked(text, index):
    return index.isdigit() or re.search(STEP.format(re.escape(index.rstrip("+"))), text)


def list_faults(text, name):
    """A list is walked; what is indexed by a member says with each row which one it is for."""
    for index in set(re.findall(rf"\b{name}\[([^\[\]]+)\]", text)):
        if not is_walked(text, index):
            yield f"{name} is indexed by {index}, and its rows name no member"


def table_faults(text, name, size, body, enums):
    rows = ROW.findall(body)
    indexed_by = {tuple(names) for names in enums for row in rows if row in names}
    if not rows and not size:
        yield from list_faults(text, name)
    asserted = re.search(rf"ASSERT_COVERS\({name},([^)]*)\)", text)
    if indexed_by and not asserted and not size.endswith("COUNT"):
        yield f"{name} is not bound to its enumeration: ASSERT_COVERS() is missing"
    counts = asserted[1] if asserted else ""
    for names in indexed_by:
        missing = [member for member in names if member not in rows and member not in counts]
        if missing:
            yield f"{name} has no row for {', '.join(missing)}"


def file_faults(text, shared=()):
    text = plain(text)
    own = list(enumerations(text))
    mine = {member for names in own for member in names}
    enums = [*own, *(names for names in shared if not mine.intersection(names))]
    for match in TABLE.finditer(text):
        yield from table_faults(text, match[1], match[2], body_at(text, match.end()), enums)


def sources(suffix):
    for layer in LAYERS:
        yield from sorted((SOURCE / layer).rglob(f"*{suffix}"))


class Rules(unittest.TestCase):
    """What the test below finds, and what it lets stand."""

    def expect(self, text, *faults):
        self.assertEqual([fault.split(" ", 1)[1] for fault in file_faults(text)], list(faults))

    def test_a_whole_table_that_is_bound_has_no_fault(self):
        self.expect("enum a { A, B, A_COUNT };\n"
                    "static const char *const names[] = {[A] = \"[B] = \", [B] = NULL};\n"
                    "ASSERT_COVERS(names, A_COUNT);\n")

    def test_a_table_that_is_not_bound_is_named(self):
        self.expect("enum a { A, B };\nstatic const int rows[] = {[A] = 1, [B] = 2};\n",
                    "is not bound to its enumeration: ASSERT_COVERS() is missing")

    def test_a_hole_is_named(self):
        self.expect("enum a { A, B, C, A_COUNT };\n"
                    "static const struct row rows[A_COUNT] = {[A] = {1}, [C] = {.x = B}};\n",
                    "has no row for B")

    def test_rows_by_position_are_named(self):
        self.expect("static const char *const names[] = {\"a\", \"b\"};\nreturn names[kind];\n",
                    "is indexed by kind, and its rows name no member")

    def test_lists_need_no_enumeration(self):
        self.expect("static const int list[] = {1, 2};\nfor (; i < 2; i++) sum += list[i];\n")


class Tables(unittest.TestCase):
    def test_every_table_has_a_row_for_each_member(self):
        shared = [names for path in sources(".h") for names in enumerations(plain(path.read_text()))]
        faults = [f"{path.relative_to(SOURCE)}: {fault}" for path in sources(".c")
                  for fault in file_faults(path.read_text(), shared)]
        self.assertEqual(faults, [], "\n" + "\n".join(faults))

    def test_capabilities_are_found_by_their_row_of_the_table_alone(self):
        """So that a live host is asked for the registers of each: capabilities_wanted()."""
        elsewhere = [str(path.relative_to(SOURCE)) for path in sources(".c")
                     if re.search(r"\bconfig_(?:extended_)?capability\(", plain(path.read_text()))]
        self.assertEqual(elsewhere, ["host/pci/capabilities.c", "host/pci/config.c"])

    def test_no_text_is_built_by_copying_itself(self):
        """Which takes memory and time by the square of its pieces: struct buffer takes them."""
        copies = [f"{path.relative_to(SOURCE)}: {match[1]}" for path in sources(".c")
                  for match in re.finditer(r"([\w.>\[\]-]+) =\s*arena_printf\([^,;]*, \"[^\"]*\","
                                           r"\s*\1,", plain(path.read_text()))]
        self.assertEqual(copies, [])


if __name__ == "__main__":
    unittest.main()

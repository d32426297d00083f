# SPDX-License-Identifier: GPL-2.0-or-later
"""A table-driven test says which row it tries: test_row(), or a message of its own."""
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["PASSCHECK_SOURCE"])
LOOP = re.compile(r"\t+for \(size_t (\w+) = 0; \1 < "
                  r"(?:sizeof\((\w+)\) / sizeof\(\2\[0\]\)|(?:ARRAY_)?LENGTH\(\w+\)); \1\+\+\)( \{)?")


def loops(text):
    """Each loop over an array, by its line, with its body."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        found = LOOP.fullmatch(line)
        if found:
            indent = line[:len(line) - len(line.lstrip())]
            end = indent + "}" if found.group(3) else None
            body = []
            for inner in lines[number + 1:]:
                if inner == end:
                    break
                body.append(inner)
                if not end and inner.endswith(";"):
                    break
            yield number + 1, "\n".join(body)


class Rows(unittest.TestCase):
    def test_a_failing_row_names_its_case(self):
        silent = [f"{path.relative_to(SOURCE)}:{number}"
                  for path in sorted(SOURCE.glob("tests/unit/*/test-*.c"))
                  for number, body in loops(path.read_text(encoding="utf-8"))
                  if re.search(r"assert_\w+\(|expect\w*\(", body) and "test_row(" not in body]
        if silent:
            self.fail("\n  ".join(["loops that test rows without test_row():"] + silent))


if __name__ == "__main__":
    unittest.main()

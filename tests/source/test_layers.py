# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources keep to their layers: who includes whom, who opens files, how full a folder is."""
import collections
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["PASSCHECK_SOURCE"])
# From the highest to the lowest: each knows those behind it.
LAYERS = ("cli", "report", "checks", "plan", "guest", "model", "host")
FEWEST_FILES = 4
MOST_MODULES = 12
# Calls that take a path. cli/ opens what its user names; below it, one file opens the host.
OPENERS = re.compile(r"(?<![\w>.])(open|openat|openat2|open64|fopen|freopen|opendir|scandir|stat|"
                     r"lstat|fstatat|statx|access|faccessat|readlink|readlinkat|realpath|truncate|"
                     r"ftw|nftw|glob|getxattr|lgetxattr|gzopen|xmlReadFile|xmlParseFile)\s*\(|"
                     r"SYS_openat2?\b")
OPENS_THE_HOST = "host/access/root.c"
# Opens the folder that a capture is written to, which is none of the host's.
OPENS_ITS_OUTPUT = "host/capture/tree_writer.c"
# Opens the list of names of the machine that passcheck runs on.
OPENS_PCI_IDS = "report/names.c"
# Opens folders that passcheck itself made, to empty them.
OPENS_ITS_LEFTOVERS = "host/access/leftover.c"


def sources():
    """Each source by its path below the top."""
    for layer in LAYERS:
        for path in sorted(SOURCE.glob(f"{layer}/**/*.[ch]")):
            yield path.relative_to(SOURCE), path.read_text(encoding="utf-8")


def includes(text):
    """The headers of passcheck that a source includes, each with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if found:
            yield number, pathlib.PurePosixPath(found.group(1))


def code(text):
    """A source without comments and the text of strings; its lines keep their numbers."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"',
                  lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)


def module(path):
    """A header and its source are one module."""
    return str(path.with_suffix(""))


def circle_from(start, needs):
    """The shortest way from a module by includes back to itself, or None."""
    ways = [[start]]
    seen = set()
    for way in ways:
        for needed in sorted(needs.get(way[-1], ())):
            if needed == start:
                return way + [start]
            if needed not in seen:
                seen.add(needed)
                ways.append(way + [needed])
    return None


def circles(needs):
    """The circles of includes, each once, by its first module."""
    found = {}
    for start in sorted(needs):
        way = circle_from(start, needs)
        if way:
            found.setdefault(frozenset(way), way)
    return [" -> ".join(way) for way in found.values()]


class Layers(unittest.TestCase):
    def expect_none(self, what, faults):
        faults = list(faults)
        if faults:
            self.fail("\n  ".join([f"{what}:"] + faults))

    def test_sources_are_found(self):
        layers = {path.parts[0] for path, _ in sources()}
        self.assertEqual(layers, set(LAYERS))

    def test_no_include_points_upward(self):
        self.expect_none("includes of a higher layer", (
            f"{path}:{number} includes {header}"
            for path, text in sources() for number, header in includes(text)
            if header.parts[0] not in LAYERS[LAYERS.index(path.parts[0]):]))

    def test_no_files_include_each_other_in_a_circle(self):
        needs = {}
        for path, text in sources():
            own = module(path)
            others = {module(header) for _, header in includes(text)} - {own}
            needs.setdefault(own, set()).update(others)
        self.expect_none("circles of includes: what both need belongs below both",
                         circles(needs))

    def test_one_file_opens_the_host(self):
        self.expect_none(f"opened elsewhere than in {OPENS_THE_HOST}", (
            f"{path}:{number} calls {found.group().rstrip(' (')}"
            for path, text in sources()
            if path.parts[0] != "cli" and str(path) not in
            (OPENS_THE_HOST, OPENS_ITS_OUTPUT, OPENS_PCI_IDS, OPENS_ITS_LEFTOVERS)
            for number, line in enumerate(code(text).splitlines(), 1)
            for found in OPENERS.finditer(line)))

    def test_no_folder_holds_more_than_a_dozen_modules(self):
        folders = {}
        for path, _ in sources():
            folders.setdefault(path.parent, set()).add(path.stem)
        self.expect_none(f"folders of more than {MOST_MODULES} modules", (
            f"{folder}/ has {len(modules)}: {', '.join(sorted(modules))}"
            for folder, modules in sorted(folders.items()) if len(modules) > MOST_MODULES))

    def test_no_folder_holds_fewer_than_four_files(self):
        files = collections.Counter(path.parent for path, _ in sources())
        modules = {path.parent for path, _ in sources() if path.suffix == ".c"}
        self.expect_none(f"folders of fewer than {FEWEST_FILES} files", (
            f"{folder}/ has {files[folder]}" for folder in sorted(modules)
            if files[folder] < FEWEST_FILES))


if __name__ == "__main__":
    unittest.main()

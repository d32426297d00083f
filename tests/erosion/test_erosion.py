"""Evidence that is lost or damaged never makes a verdict better than it was."""
import os
import pathlib
import random
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from damage import (FILE_DAMAGES, INDEX, LINK_DAMAGES, Comparison, Host, Places,  # noqa: E402
                    damage_file, damage_link, deny)
from support import SOURCE, TreeTest, passcheck, shared_trees, unpack  # noqa: E402

PAIRS = 40
# Of the shared trees one in so many; PASSCHECK_EROSION_STEP=1 takes them all.
SHARED_STEP = int(os.environ.get("PASSCHECK_EROSION_STEP", "4"))
FUNCTIONS = 4  # of a host, each with all its files; the others are like them


def chosen(root):
    """The paths below root, but those of most functions: one in each step of their order."""
    functions = sorted({part for path in root.glob("sys/devices/**/*") for part in path.parts
                        if part.count(":") == 2 and "." in part})
    step = max(1, len(functions) // FUNCTIONS)
    left_out = {name for index, name in enumerate(functions) if index % step}
    for path in sorted(root.rglob("*")):
        if path.name != "capture.json" and path.parent.name not in left_out:
            yield path


class Erosion(Comparison, TreeTest):
    def kinds_for(self, path, damages):
        """Each is removed, and damaged in one of the other ways: which, its name decides."""
        others = [kind for kind in damages if kind != "removed"]
        return "removed", others[sum(str(path).encode()) % len(others)]

    def erode_files(self, host):
        for file in chosen(host.root):
            if not file.is_file() or file.is_symlink():
                continue
            for kind in self.kinds_for(file.relative_to(host.root), FILE_DAMAGES):
                mend = damage_file(file, kind)
                self.compare(host, [kind], f"{file.relative_to(host.root)} {kind}")
                mend()

    def erode_links(self, host):
        for link in chosen(host.root):
            if not link.is_symlink():
                continue
            for kind in self.kinds_for(link.relative_to(host.root), LINK_DAMAGES):
                mend = damage_link(link, kind)
                self.compare(host, [kind], f"{link.relative_to(host.root)} {kind}")
                mend()

    def deny(self, host):
        """Says of each path in the index that it was denied."""
        if not (host.root / INDEX).exists():
            return
        for file in chosen(host.root):
            if file.is_dir() and not file.is_symlink():
                continue
            mend = deny(host.root, file)
            self.compare(host, ["denied"], f"{file.relative_to(host.root)} denied")
            mend()

    def erode_pairs(self, host):
        chance = random.Random(2)
        places = Places(host.root)
        for _ in range(PAIRS):
            damages = places.damage(chance, 2)
            self.compare(host, damages.kinds, damages.what)
            damages.mend()

    def erode(self, root):
        host = Host(root)
        self.erode_files(host)
        self.erode_links(host)
        self.deny(host)
        self.erode_pairs(host)

    def test_fixtures(self):
        fixtures = sorted(pathlib.Path(SOURCE, "fixtures").glob("*/root"))
        self.assertTrue(fixtures, "there are no fixtures")
        for fixture in fixtures:
            with self.subTest(fixture=fixture.parent.name):
                copy = self.directory / fixture.parent.name
                shutil.copytree(fixture, copy, symlinks=True)
                self.erode(copy)

    def test_shared_captures(self):
        trees = list(shared_trees())[::SHARED_STEP]
        if not trees:
            self.skipTest("the shared data is not here")
        for name, archive in trees:
            with self.subTest(name=name):
                # Just what an audit reads of it.
                root = self.directory / f"{name}.captured"
                result = passcheck("capture", "--root", unpack(archive, self.directory / name),
                                   "-o", root)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.erode(root)


if __name__ == "__main__":
    unittest.main()

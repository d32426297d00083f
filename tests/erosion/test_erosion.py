"""Evidence that is lost or damaged never makes a verdict better than it was."""
import json
import os
import pathlib
import random
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SOURCE, TreeTest, VERDICT_CODES, passcheck, shared_trees, unpack  # noqa: E402

INDEX = ".passcheck/capture.json"
PAIRS = 40
# Of the shared trees one in so many; PASSCHECK_EROSION_STEP=1 takes them all.
SHARED_STEP = int(os.environ.get("PASSCHECK_EROSION_STEP", "4"))
FUNCTIONS = 6  # of a host, each with all its files; the others are like them


def noise(content, seed):
    return random.Random(seed).randbytes(max(len(content), 1))


DAMAGES = {
    "removed": lambda content: None,
    "emptied": lambda content: b"",
    "halved": lambda content: content[:len(content) // 2],
    "filled with noise": lambda content: noise(content, 1),
    "overwritten with ones": lambda content: b"\xff" * len(content),
}

# Where a link leads once it is damaged.
LINK_DAMAGES = {
    "removed": None,
    "in a circle": lambda link: link.name,
    "to another": lambda link: min((other.name for other in link.parent.iterdir()),
                                   default=link.name),
}

RANKS = {"assignable": 2, "assignable-with": 1}  # all others: 0


def chosen(root):
    """The paths below root, but those of most functions: one in each step of their order."""
    functions = sorted({part for path in root.glob("sys/devices/**/*") for part in path.parts
                        if part.count(":") == 2 and "." in part})
    step = max(1, len(functions) // FUNCTIONS)
    left_out = {name for index, name in enumerate(functions) if index % step}
    for path in sorted(root.rglob("*")):
        if path.name != "capture.json" and path.parent.name not in left_out:
            yield path


def rank(function):
    return RANKS.get(function["assignable"]["verdict"], 0)


def predicted(report):
    """The members of each function's predicted group, where it is known, by address."""
    groups = {function["address"]: function["isolation"]["predicted_group"]
              for function in report["functions"]}
    for function in report["functions"]:
        lister = function["isolation"]["predicted_group_of"]
        if lister:
            groups[function["address"]] = groups[lister]
    return groups


def usable_vfs(report):
    """How many VFs of each PF are said to be usable: 0 where it is not known."""
    counts = {}
    for function in report["functions"]:
        usable = (function["sriov"] or {}).get("usable_vfs") or {}
        counts[function["address"]] = usable.get("count") or 0
    return counts


class Erosion(TreeTest):
    def report(self, root, what):
        requirements = [word for name in self.names
                        for word in ("--require", f"isolated={name}", "--require", f"vfs={name}:1")]
        result = passcheck("--root", root, "--format", "json", *requirements)
        self.assertIn(result.returncode, VERDICT_CODES.values(), f"{what}: {result.stderr}")
        return json.loads(result.stdout)

    def expect_no_better(self, before, after, what):
        if before["verdict"] != "ready":
            self.assertNotEqual(after["verdict"], "ready", what)
        ranks = {function["address"]: rank(function) for function in before["functions"]}
        for function in after["functions"]:
            self.assertLessEqual(rank(function), ranks.get(function["address"], 0), what)
        self.expect_no_requirement_met(before, after, what)
        self.expect_no_smaller_group(before, after, what)
        counts = usable_vfs(before)
        for address, count in usable_vfs(after).items():
            self.assertLessEqual(count, counts.get(address, 0), f"{what}: VFs of {address}")

    def expect_no_requirement_met(self, before, after, what):
        met = {requirement["text"] for requirement in before["requirements"] if requirement["met"]}
        for requirement in after["requirements"]:
            if requirement["met"]:
                self.assertIn(requirement["text"], met, what)

    def expect_no_smaller_group(self, before, after, what):
        """What is lost leaves a group unknown. Who was in it may be gone as a whole."""
        groups, left = predicted(before), predicted(after)
        for address, members in left.items():
            if members and groups.get(address):
                self.assertGreaterEqual(set(members), set(groups[address]) & set(left), what)

    def damage(self, file, kind):
        """Damages a file. Returns how to mend it."""
        content = file.read_bytes()
        damaged = DAMAGES[kind](content)
        if damaged is None:
            file.unlink()
        else:
            file.write_bytes(damaged)
        return lambda: file.write_bytes(content)

    def kinds_for(self, path, damages):
        """Each is removed, and damaged in one of the other ways: which, its name decides."""
        others = [kind for kind in damages if kind != "removed"]
        return "removed", others[sum(str(path).encode()) % len(others)]

    def erode_files(self, root, before):
        for file in chosen(root):
            if not file.is_file() or file.is_symlink():
                continue
            for kind in self.kinds_for(file.relative_to(root), DAMAGES):
                mend = self.damage(file, kind)
                what = f"{file.relative_to(root)} {kind}"
                self.expect_no_better(before, self.report(root, what), what)
                mend()

    def erode_links(self, root, before):
        for link in chosen(root):
            if not link.is_symlink():
                continue
            target = os.readlink(link)
            for kind in self.kinds_for(link.relative_to(root), LINK_DAMAGES):
                other, what = LINK_DAMAGES[kind], f"{link.relative_to(root)} {kind}"
                link.unlink(missing_ok=True)
                if other:
                    link.symlink_to(other(link))
                self.expect_no_better(before, self.report(root, what), what)
                link.unlink(missing_ok=True)
            link.symlink_to(target)

    def deny(self, root, before):
        """Says of each path in the index that it was denied."""
        index = root / INDEX
        if not index.exists():
            return
        content = index.read_text()
        for file in chosen(root):
            path = f"/{file.relative_to(root)}"
            if file.is_dir() and not file.is_symlink():
                continue
            denied = json.loads(content)
            denied["unreadable"][path] = "EACCES"
            index.write_text(json.dumps(denied))
            what = f"{path} denied"
            self.expect_no_better(before, self.report(root, what), what)
        index.write_text(content)

    def erode_pairs(self, root, before):
        files = [file for file in sorted(root.rglob("*"))
                 if file.is_file() and not file.is_symlink() and file.name != "capture.json"]
        chance = random.Random(2)
        for _ in range(PAIRS):
            pair = chance.sample(files, 2)
            kinds = [chance.choice(list(DAMAGES)) for _ in pair]
            mends = [self.damage(file, kind) for file, kind in zip(pair, kinds)]
            what = " and ".join(f"{file.relative_to(root)} {kind}"
                                for file, kind in zip(pair, kinds))
            self.expect_no_better(before, self.report(root, what), what)
            for mend in mends:
                mend()

    def erode(self, root):
        self.names = []
        self.names = [function["address"] for function in self.report(root, "whole")["functions"]]
        before = self.report(root, "whole")
        self.erode_files(root, before)
        self.erode_links(root, before)
        self.deny(root, before)
        self.erode_pairs(root, before)

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

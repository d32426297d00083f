"""Healthy functions have no caution: of each host rebuilt from a public report, which those are."""
import json
import os
import pathlib
import sys
import tarfile
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SHARED_DATA, SKIPPED, SOURCE, TreeTest, audit  # noqa: E402

FIELD = pathlib.Path(SHARED_DATA, "field")
# Folder, tree: addresses of functions that could be candidates and that nothing is to be said of.
HEALTHY = json.loads((SOURCE / "tests/field/healthy.json").read_text(encoding="utf-8"))


def healthy_functions(root):
    return [entry["address"] for entry in audit(root)["functions"]
            if entry["assignable"]["verdict"] != "not-a-candidate"
            and not entry["assignable"]["cautions"]]


class Healthy(TreeTest):
    def test_nothing_is_said_of_healthy_functions(self):
        for archive in sorted(FIELD.glob("*/trees.tar.gz")):
            folder = self.directory / archive.parent.name
            with tarfile.open(archive) as tar:
                tar.extractall(folder, members=[member for member in tar if not member.ischr()])
            named = HEALTHY[archive.parent.name]
            trees = sorted((folder / "trees").iterdir())
            self.assertEqual([tree.name for tree in trees], sorted(named))
            for tree in trees:
                with self.subTest(tree=tree.name):
                    self.assertEqual(healthy_functions(tree), named[tree.name].split())


if __name__ == "__main__":
    if not FIELD.is_dir():
        print(f"skipped: {FIELD} is not here")
        sys.exit(SKIPPED)
    unittest.main()

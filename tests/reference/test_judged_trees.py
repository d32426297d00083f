"""passcheck's answers against the kernel's own, on trees of booted machines of several kernels.

They are shared data: SHARED/vm/NAME.on.tar.gz, NAME.off.tar.gz (its IOMMU off), and what the kernel
said and did in NAME.txt: GROUP and VFGROUP (once functions were bound), VFIO, SRIOV.
"""
import collections
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import support  # noqa: E402

TREES = support.SHARED_DATA / "vm"


def lines(text, word):
    """Yields the subject and the other words of each line that begins with word."""
    for line in text.splitlines():
        first, *rest = line.split() or [""]
        if first == word and rest:
            yield rest[0], rest[1:]


def values(words):
    return dict(word.split("=", 1) for word in words if "=" in word)


class Judge:
    """What the kernel said of a machine."""

    def __init__(self, text):
        self.groups = {}  # of each function, the set of its members
        for word in ("VFGROUP", "GROUP"):
            for _, members in lines(text, word):
                self.groups.update((member, set(members)) for member in members)
        self.numbers = {member: int(number) for number, members in lines(text, "GROUP")
                        for member in members}
        self.vfio = {address: values(words) for address, words in lines(text, "VFIO")}
        self.accepted = {address: values(words) for address, words in lines(text, "SRIOV")}


def verdicts_of(words):
    """The verdicts that fit VFIO's answers for a function alone on vfio-pci."""
    # VFIO takes what has no IOMMU where it is told to; passcheck never does.
    if words["group"].startswith("noiommu") or words.get("attach") == "EPERM":
        return {"blocked"}
    if words["viable"] == "0":
        return {"assignable-with", "blocked"}
    if words.get("attach") in ("ok", "0") and words.get("device", words.get("open")) in ("ok", "0"):
        return {"assignable"}
    return {"blocked"}


def trees():
    """Yields name, tree, whether its IOMMU is on, and what the kernel says."""
    for tree in sorted(TREES.glob("*.tar.gz")):
        name = tree.name.removesuffix(".tar.gz")
        machine, on = re.fullmatch(r"(.*)[.-](on|off)", name).groups()
        said = [path for path in (TREES / f"{machine}.txt", TREES / f"{machine}-on.txt")
                if path.is_file()]
        yield name, tree, on == "on", Judge(said[0].read_text(encoding="utf-8"))


class JudgedTrees(unittest.TestCase):
    compared = collections.Counter()

    @classmethod
    def setUpClass(cls):
        cls.reports = [(name, on, judge, {function["address"]: function for function in
                                          support.audit(tree)["functions"]})
                       for name, tree, on, judge in trees()]

    def same(self, kind, message, ours, fits):
        self.compared[kind] += 1
        self.assertTrue(fits, f"{message}: passcheck says {ours}")

    def functions(self, on=None):
        return [(name, judge, address, function)
                for name, is_on, judge, functions in self.reports if on is None or is_on == on
                for address, function in functions.items()]

    def test_groups_are_the_kernels(self):
        for name, judge, address, function in self.functions(on=True):
            with self.subTest(name, function=address):
                ours, kernels = function["isolation"]["group"], judge.numbers.get(address)
                self.same("group", kernels, ours, ours == kernels)

    def test_predicted_groups_are_the_kernels(self):
        for name, judge, address, function in self.functions():
            if address not in judge.groups:
                continue
            with self.subTest(name, function=address):
                ours, kernels = function["isolation"]["predicted_group"], judge.groups[address]
                self.same("prediction", kernels, ours, set(ours or []) == kernels)

    def test_verdicts_are_vfios(self):
        for name, judge, address, function in self.functions(on=True):
            if address not in judge.vfio:
                continue
            with self.subTest(name, function=address):
                ours, words = function["assignable"]["verdict"], judge.vfio[address]
                self.same("verdict", words, ours, ours in verdicts_of(words))

    def test_vfs_are_as_many_as_the_kernel_takes(self):
        for name, judge, address, function in self.functions(on=True):
            if address not in judge.accepted:
                continue
            with self.subTest(name, function=address):
                accepted = int(judge.accepted[address]["accepted"])
                limits = function["sriov"]["max_vfs"]
                self.same("VFs", accepted, limits, limits["effective"] == accepted or
                          (limits["driver_may_refuse"] and limits["effective"] > accepted))

    @classmethod
    def tearDownClass(cls):
        print(f"{len(cls.reports)} trees:", *(f"{kind} {count}," for kind, count in
                                              sorted(cls.compared.items())))
        assert all(cls.compared[kind] for kind in ("group", "prediction", "verdict", "VFs"))


if __name__ == "__main__":
    if not TREES.is_dir():
        support.skip(f"{TREES} is not there")
    unittest.main()

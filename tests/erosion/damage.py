"""How a captured host is damaged, and what must not get better by it."""
import json
import os
import random

from reports import predicted_groups
from support import audit

INDEX = ".passcheck/capture.json"


def noise(content, seed):
    return random.Random(seed).randbytes(max(len(content), 1))


# What becomes of a file's content; None: it is removed.
FILE_DAMAGES = {
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

# What passcheck can tell from content that a host may have.
LOSSES = ("removed", "in a circle", "denied")

RANKS = {"assignable": 2, "assignable-with": 1}  # all others: 0


def damage_file(file, kind):
    """Damages a file. Returns how to mend it."""
    content = file.read_bytes()
    damaged = FILE_DAMAGES[kind](content)
    if damaged is None:
        file.unlink()
    else:
        file.write_bytes(damaged)
    return lambda: file.write_bytes(content)


def damage_link(link, kind):
    """Damages a link. Returns how to mend it."""
    target = os.readlink(link)
    other = LINK_DAMAGES[kind]
    link.unlink()
    if other:
        link.symlink_to(other(link))

    def mend():
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    return mend


def deny(root, path):
    """Says in the capture's index that path was denied. Returns how to mend it."""
    index = root / INDEX
    content = index.read_text()
    denied = json.loads(content)
    denied["unreadable"][f"/{path.relative_to(root)}"] = "EACCES"
    index.write_text(json.dumps(denied))
    return lambda: index.write_text(content)


class Damages:
    """Damages that were done together."""

    def __init__(self):
        self.kinds, self.words, self.mends = [], [], []

    def add(self, place, kind, mend):
        self.kinds.append(kind)
        self.words.append(f"{place} {kind}")
        self.mends.append(mend)

    @property
    def what(self):
        return " and ".join(self.words)

    def mend(self):
        for mend in reversed(self.mends):
            mend()


class Places:
    """The files and links of a captured host, to be damaged at random."""

    def __init__(self, root):
        self.root = root
        paths = [path for path in sorted(root.rglob("*")) if path.name != "capture.json"]
        self.links = [path for path in paths if path.is_symlink()]
        self.files = [path for path in paths if path.is_file() and not path.is_symlink()]
        self.indexed = (root / INDEX).exists()

    def damage(self, chance, count):
        """Damages that many places, each in one way. Returns what was done."""
        damages = Damages()
        for path in chance.sample(self.files + self.links, count):
            place = path.relative_to(self.root)
            if self.indexed and chance.random() < 1 / 3:
                damages.add(place, "denied", deny(self.root, path))
            elif path.is_symlink():
                kind = chance.choice(list(LINK_DAMAGES))
                damages.add(place, kind, damage_link(path, kind))
            else:
                kind = chance.choice(list(FILE_DAMAGES))
                damages.add(place, kind, damage_file(path, kind))
        return damages


def rank(function):
    return RANKS.get(function["assignable"]["verdict"], 0)


def usable_vfs(report):
    """How many VFs of each PF are said to be usable: 0 where it is not known."""
    counts = {}
    for function in report["functions"]:
        usable = (function["sriov"] or {}).get("usable_vfs") or {}
        counts[function["address"]] = usable.get("count") or 0
    return counts


def verdicts(report):
    """What each check says of each subject: a set of verdicts."""
    said = {}
    for finding in report["findings"]:
        key = (finding["check"], finding["subject"]["type"], finding["subject"]["id"])
        said.setdefault(key, set()).add(finding["verdict"])
    return said


class Host:
    """A captured host, and what is said of it while it is whole."""

    def __init__(self, root):
        self.root, self.requirements = root, []
        for function in self.audit()["functions"]:
            name = function["address"]
            self.requirements += ["--require", f"isolated={name}", "--require", f"vfs={name}:1"]
        self.before = self.audit()

    def audit(self):
        return audit(self.root, *self.requirements)


class Comparison:
    """What a test compares of a host before and after it was damaged."""

    def compare(self, host, kinds, what):
        """Audits a host that was damaged in ways of these kinds."""
        with self.subTest(what=what):
            after = host.audit()
            self.expect_no_better(host.before, after, what)
            if all(kind in LOSSES for kind in kinds):
                self.expect_no_failure_passes(host.before, after, what)

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
        groups, left = predicted_groups(before), predicted_groups(after)
        for address, members in left.items():
            if members and groups.get(address):
                self.assertGreaterEqual(set(members), set(groups[address]) & set(left), what)

    def expect_no_failure_passes(self, before, after, what):
        """What is lost, and not just other than it was, makes no check content."""
        now = verdicts(after)
        for key, said in verdicts(before).items():
            if "fail" in said:
                self.assertNotEqual(now.get(key), {"pass"}, f"{what}: {key}")

"""Compares what plans promise with what came of following them (follow.sh)."""
import pathlib
import re
import sys

# After this folder: names that both have are meant here.
sys.path.append(str(pathlib.Path(__file__).parents[1]))
from reports import by_address  # noqa: E402


def end(answers, name):
    """How the commands of that name ended."""
    lines = answers.text(f"{name}.log").splitlines()
    return lines[-1] if lines else None


def state(answers, name):
    """What plans change, by function."""
    lines = [line.split() for line in answers.text(f"{name}.state").splitlines()]
    return {words[0]: dict(word.split("=", 1) for word in words[1:]) for words in lines}


def expect_ended(result, answers, *names):
    for name in names:
        result.expect("plan", f"{name}: {answers.text(f'{name}.log')[-300:]}", "exit 0",
                      end(answers, name))


def expect_open(result, answers, name, address):
    """VFIO has the function, and opens it."""
    for opened, *words in answers.lines(f"{name}-open", "OPEN"):
        asked = dict(word.split("=", 1) for word in words)
        result.expect("plan", f"{name}: driver of {opened}", "vfio-pci", asked["bound"])
        result.expect("plan", f"{name}: VFIO's answers for {opened}", "1 0 0",
                      " ".join(asked[word] for word in ("viable", "attach", "open")))
        result.expect("plan", f"{name}: what is opened", address, opened)


def expect_same(result, answers, name, before, after):
    """Nothing is left of the plan: not in sysfs, and not for passcheck."""
    was, now = state(answers, before), state(answers, after)
    for address in sorted(was.keys() | now.keys()):
        result.expect("plan", f"{name}: {address} as before", now.get(address), was.get(address))
    difference = answers.report(name, "diff")
    result.expect("plan", f"{name}: diff", [each["summary"] for each in difference["changes"]], [])


def expect_same_files(result, answers, name, before, after):
    """/etc is byte for byte as it was."""
    was, now = (set(answers.text(f"{look}.etc").splitlines()) for look in (before, after))
    result.expect("plan", f"{name}: /etc", sorted(now - was), sorted(was - now))
    result.expect("plan", f"{name}: /etc was looked at", True, bool(was))


# What boot-config says of words of the next boot: what they do, and whether that is so or ends then.
FORECASTS = (
    ("boot-config.will-break", "DMA remapping", "translates", False),
    ("boot-config.will-break", "interrupt remapping", "remaps", False),
    ("boot-config.will-work", "DMA remapping", "translates", True),
    ("boot-config.will-work", "interrupt remapping", "remaps", True),
    ("boot-config.pending", "turns VT-d on", "translates", True),
)


def what_runs(answers, name):
    """What the kernel came to in a boot."""
    return {"translates": bool(answers.lines(f"{name}-kernel", "GROUP")),
            "remaps": bool(answers.lines(f"{name}-kernel", "CHIP"))}


def expect_forecast(result, answers, name, now, then):
    """The next boot comes to what passcheck said of its command line; what that does not name stays."""
    forecast = what_runs(answers, now)
    for finding in answers.report(name)["findings"]:
        for kind, words, what, comes in FORECASTS:
            if finding["id"] == kind and words in finding["summary"]:
                forecast[what] = comes
    for what, comes in what_runs(answers, then).items():
        result.expect("forecast", f"{name}: {what}", forecast[what], comes)


def commands(answers, name):
    return [line for line in answers.text(f"{name}.sh").splitlines() if line]


def compare_way(result, answers):
    """What became of a machine that followed plans over reboots."""
    way = answers.boot
    followed = [line.split()[1] for lines in way.boots for line in lines
                if line.startswith(("follow ", "follow_as ", "follow_to_guest "))]
    expect_ended(result, answers, *followed, *way.ended)
    for name in followed:
        result.expect("plan", f"{name}: has steps", name not in way.nothing, bool(commands(answers, name)))
    for name, address in way.opened:
        expect_open(result, answers, name, address)
    for name, address, what, value in way.states:
        result.expect("plan", f"{name}: {what} of {address}", value,
                      state(answers, name).get(address, {}).get(what))
    for name in way.held:
        result.expect("plan", f"{name}: the guest has a group of VFIO", True,
                      re.search(r"^/dev/vfio/\d+$", answers.text(f"{name}.held"), re.MULTILINE) is not None)
    for name, pf, owner, count in way.owners:
        result.expect("plan", f"{name}: who makes VFs of {pf}", [("made", owner, count)],
                      [(line["state"], line["owner"], line["count"])
                       for line in by_address(answers.report(name))[pf]["sriov"]["persistence"]])
    for name, vf, kept in way.networks:
        result.expect("plan", f"{name}: what is kept of {vf}",
                      by_address(answers.report(name))[vf]["vf_network"], dict(kept))
        result.expect("plan", f"{name}: its MAC address in XML", True,
                      f"<mac address='{dict(kept)['mac']}'/>" in answers.text(f"{name}.xml"))
    for name, now, then in way.forecasts:
        expect_forecast(result, answers, name, now, then)
    for name, before, after in way.same:
        expect_same(result, answers, name, before, after)
        expect_same_files(result, answers, name, before, after)


def compare(result, answers):
    """Whoever follows the plan can then open the function, or has the VFs, and comes back."""
    if not answers.boot.plan:
        return
    *words, address = answers.boot.plan.split(",")
    for name in ("now", "script"):
        expect_ended(result, answers, name, f"{name}-undo")
        there = state(answers, f"{name}-there").get(address, {})
        if "--vfs" in words:
            wanted = words[words.index("--vfs") + 1]
            result.expect("plan", f"{name}: VFs of {address}", wanted, there.get("vfs"))
        else:
            expect_open(result, answers, name, address)
        expect_same(result, answers, name, "untouched", f"{name}-back")
    expect_ended(result, answers, "script-again")

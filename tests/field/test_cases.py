"""What must hold on hosts rebuilt from public reports, where the shared data is.

Each case of field/*/cases.json is judged by field/judge.py. Cases of KNOWN_TO_FAIL are named, not
passed over: with why they fail, and, once one holds, that it is to leave the list.
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import PASSCHECK, SHARED_DATA, SKIPPED  # noqa: E402

FIELD = pathlib.Path(SHARED_DATA, "field")
VERDICT = re.compile(r"^(ok  |FAIL) ([^ :]+): (.*)$", re.MULTILINE)

# By folder: the case, and what is missing.
KNOWN_TO_FAIL = {
    "gpu": {},
    "sriov": {},
}


def judge(folder):
    """Returns what did not hold: case, and why it should; and the number of cases."""
    result = subprocess.run(
        [sys.executable, FIELD / "judge.py", FIELD / folder, "--passcheck", PASSCHECK, "-v"],
        capture_output=True, text=True, check=False)
    verdicts = VERDICT.findall(result.stdout)
    if not verdicts:
        raise AssertionError(result.stdout + result.stderr)
    return {case: why for word, case, why in verdicts if word == "FAIL"}, len(verdicts)


class Cases(unittest.TestCase):
    def test_every_folder_is_judged(self):
        self.assertEqual({path.parent.name for path in FIELD.glob("*/cases.json")},
                         set(KNOWN_TO_FAIL))

    def test_what_must_hold_does(self):
        for folder, known in KNOWN_TO_FAIL.items():
            with self.subTest(folder=folder):
                failed, count = judge(folder)
                print(f"{folder}: {count - len(failed)} of {count} hold")
                for case, why in known.items():
                    print(f"  {case}: {why}" if case in failed else
                          f"  {case}: holds by now; take it from KNOWN_TO_FAIL")
                self.assertEqual({case: why for case, why in failed.items() if case not in known},
                                 {})


if __name__ == "__main__":
    if not FIELD.is_dir():
        print(f"skipped: {FIELD} is not here")
        sys.exit(SKIPPED)
    if os.geteuid():
        print("skipped: the trees hold device nodes, which root alone can make")
        sys.exit(SKIPPED)
    unittest.main()

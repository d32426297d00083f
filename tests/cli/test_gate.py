"""The scripts of docs/gate.md keep a guest from starting, and let others start."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from machine import BLOCKED, SPARE_NIC  # noqa: E402
from support import NOT_READY, PASSCHECK, READY, SOURCE, TreeTest  # noqa: E402
from test_domain import domain, hostdev  # noqa: E402

SCRIPTS = re.findall(r"^```sh\n(#!.*?)^```$", (SOURCE / "docs/gate.md").read_text(encoding="utf-8"),
                     re.DOTALL | re.MULTILINE)


class Gate(TreeTest):
    def setUp(self):
        super().setUp()
        root = self.directory / "root"
        machine.build(root)
        (self.directory / "bin").mkdir()
        program = self.directory / "bin/passcheck"
        program.write_text(f"#!/bin/sh\nexec {PASSCHECK} --root {root} \"$@\"\n", encoding="utf-8")
        program.chmod(0o755)

    def run_script(self, path, *arguments, given="", edit=lambda text: text):
        text, = (script for script in SCRIPTS if path in script)
        script = pathlib.Path(self.directory, "script")
        script.write_text(edit(text), encoding="utf-8")
        environment = {**os.environ, "PATH": f"{self.directory}/bin:{os.environ['PATH']}"}
        return subprocess.run(["sh", script, *arguments], input=given, env=environment,
                              capture_output=True, text=True, check=False)

    def test_libvirt(self):
        def start(function, *phase):
            return self.run_script("/etc/libvirt/hooks/qemu", "guest", *phase,
                                   given=domain(hostdev(function)))

        self.assertEqual(start(SPARE_NIC, "prepare", "begin", "-").returncode, READY)
        self.assertEqual(start(BLOCKED, "release", "end", "-").returncode, READY)
        refused = start(BLOCKED, "prepare", "begin", "-")
        self.assertEqual(refused.returncode, NOT_READY)
        self.assertIn(BLOCKED, refused.stderr)

    def test_proxmox(self):
        for phase, expected in (("pre-start", NOT_READY), ("post-stop", READY)):
            with self.subTest(phase=phase):
                result = self.run_script("passcheck-gate.sh", "101", phase, edit=lambda text:
                                         text.replace("0000:03:00.0", BLOCKED))
                self.assertEqual(result.returncode, expected)


if __name__ == "__main__":
    unittest.main()

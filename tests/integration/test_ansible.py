"""The Ansible collection: its modules and its role, run on captured hosts by ansible-playbook."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import PASSCHECK, SOURCE, TreeTest, audit  # noqa: E402

FIXTURE = SOURCE / "fixtures/intel-igb-vfs"
AUDIT_PLAY = """
- name: Audit
  hosts: all
  gather_facts: false
  roles:
    - role: passcheck.audit.audit
"""

# A callback that prints each result as a line of JSON: ansible-core has none of its own.
CALLBACK = """
import json
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lines"

    def v2_runner_on_ok(self, result):
        print(json.dumps([result.task_name, result._result]))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.v2_runner_on_ok(result)
"""


@unittest.skipUnless(shutil.which("ansible-playbook"), "ansible-core is not installed")
class Collection(TreeTest):
    def setUp(self):
        super().setUp()
        self.facts = self.directory / "facts"
        self.collection = self.directory / "ansible_collections/passcheck/audit"
        shutil.copytree(SOURCE / "ansible", self.collection)
        (self.directory / "lines.py").write_text(CALLBACK)

    def run_tool(self, *command, check=True):
        environment = os.environ | {
            "ANSIBLE_COLLECTIONS_PATH": str(self.directory), "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOME": str(self.directory / "home"), "ANSIBLE_STDOUT_CALLBACK": "lines",
            "ANSIBLE_CALLBACK_PLUGINS": str(self.directory),
            "ASAN_OPTIONS": "detect_leaks=0"}
        result = subprocess.run(list(map(str, command)), env=environment, cwd=self.directory,
                                capture_output=True, text=True, check=False)
        if check:
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result

    def play(self, text, *options, check=True):
        """Runs a play on this machine. Returns the results of its tasks by their names."""
        playbook = self.directory / "play.yml"
        playbook.write_text("---" + text)
        result = self.run_tool("ansible-playbook", "-c", "local", "-i", "localhost,", playbook,
                               *options, check=check)
        return dict(json.loads(line) for line in result.stdout.splitlines())

    def play_role(self, *options):
        variables = {"audit_executable": PASSCHECK, "audit_root": str(FIXTURE),
                     "audit_facts_dir": str(self.facts),
                     "ansible_python_interpreter": sys.executable}
        return self.play(AUDIT_PLAY, "-e", json.dumps(variables), *options)

    def play_task(self, module, arguments, check=True):
        task = {"name": "It", f"passcheck.audit.{module}": arguments}
        play = [{"name": "Play", "hosts": "all", "gather_facts": False, "tasks": [task],
                 "vars": {"ansible_python_interpreter": sys.executable}}]
        return self.play("\n" + json.dumps(play), check=check)["It"]

    def test_the_role_keeps_a_fact_and_changes_nothing_the_second_time(self):
        first = self.play_role()
        name = next(name for name in first if name.endswith("Keep a summary as a local fact"))
        self.assertTrue(first[name]["changed"])
        fact = json.loads((self.facts / "passcheck.fact").read_text())
        self.assertEqual(fact["verdict"], audit(FIXTURE)["verdict"])
        self.assertFalse(any(task["changed"] for task in self.play_role().values()))

    def test_check_mode_audits_and_writes_nothing(self):
        tasks = self.play_role("--check")
        name = next(name for name in tasks if name.endswith("Audit the host"))
        self.assertEqual(tasks[name]["verdict"], audit(FIXTURE)["verdict"])
        self.assertFalse(self.facts.exists())

    def test_a_requirement_that_is_not_met_fails_the_task_and_names_it(self):
        task = self.play_task("audit", {"executable": PASSCHECK, "root": str(FIXTURE),
                                        "require": ["vfs=nic:60000"]}, check=False)
        self.assertEqual((task["verdict"], task["exit_status"]), ("not-ready", 2))
        self.assertNotIn("report", task)

    def test_a_capture_can_be_audited(self):
        archive = self.directory / "host.tar.gz"
        self.assertTrue(self.play_task("capture", {"executable": PASSCHECK,
                                                   "dest": str(archive)})["changed"])
        task = self.play_task("audit", {"executable": PASSCHECK, "root": str(archive),
                                        "fail_on": "never"})
        self.assertTrue(task["report"]["host"]["captured"])

    def test_its_documents_can_be_read(self):
        for module in ("audit", "capture"):
            text = self.run_tool("ansible-doc", "-t", "module", f"passcheck.audit.{module}").stdout
            self.assertIn("EXAMPLES", text)

    def test_it_can_be_packed(self):
        self.run_tool("ansible-galaxy", "collection", "build", self.collection, "--output-path",
                      self.directory)
        self.assertTrue(list(pathlib.Path(self.directory).glob("passcheck-audit-*.tar.gz")))

    @unittest.skipUnless(shutil.which("ansible-lint"), "ansible-lint is not installed")
    def test_ansible_lint_finds_nothing(self):
        shutil.copytree(self.collection, self.directory / "lint")
        result = subprocess.run(["ansible-lint", "--offline", "-q"], cwd=self.directory / "lint",
                                env=os.environ | {"ANSIBLE_HOME": str(self.directory / "home")},
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()

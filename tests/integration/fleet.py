"""The reports of a fleet, and what the questions of sql/queries answer on them."""
import copy
import json
import os
import pathlib
import re
import sys

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import SOURCE, TreeTest, audit  # noqa: E402

SQL = SOURCE / "sql"
QUERIES = sorted(path.stem for path in SQL.glob("queries/*.sql"))
DAYS = ("2026-11-25", "2026-11-26")


def statements(path):
    """The statements of a file: they end with a semicolon at the end of a line."""
    text = re.sub(r"^ *--.*\n", "", path.read_text(), flags=re.MULTILINE)
    return [statement.strip() for statement in re.split(r";\s*\n", text) if statement.strip()]


def query(name):
    statement, = statements(SQL / f"queries/{name}.sql")
    return statement


def as_of(report, host, day):
    """The report, as host wrote it that day."""
    return report | {"host": report["host"] | {"hostname": host},
                     "run": report["run"] | {"time": f"{day}T04:00:00Z"}}


def write(folder, days):
    """Writes a file a day: reports, by the names of their hosts. Returns their paths."""
    paths = []
    for day, reports in days.items():
        path = pathlib.Path(folder, f"{day}.ndjson")
        path.write_text("".join(json.dumps(as_of(report, f"rack1-{name}", day)) + "\n"
                                for name, report in reports.items()))
        paths.append(path)
    return paths


class Fleet(TreeTest):
    """A subclass is of an engine: load() starts it on files, a report a line; ask() returns the rows
    that answer each question, as dictionaries."""

    @classmethod
    def setUpClass(cls):
        cls.reports = {fixture.name: audit(fixture) for fixture in SOURCE.glob("fixtures/*")}

    def setUp(self):
        super().setUp()
        self.days = {day: copy.deepcopy(self.reports) for day in DAYS}

    def write(self):
        return write(self.directory, self.days)

    def of_day(self, day=DAYS[-1]):
        return {f"rack1-{name}": report for name, report in self.days[day].items()}


class Questions:
    """The tests of every engine."""

    def test_views_hold_every_host_function_and_finding(self):
        counts = self.ask(*(f'SELECT count(*) AS number FROM {view}'
                            for view in ("hosts", "functions", "findings", "blockers")))
        every = [report for reports in self.days.values() for report in reports.values()]
        blockers = sum(len(function["assignable"]["blocked_by"])
                       for report in every for function in report["functions"])
        expected = [len(every), sum(len(report["functions"]) for report in every),
                    sum(len(report["findings"]) for report in every), blockers]
        self.assertEqual([int(rows[0]["number"]) for rows in counts], expected)

    def test_every_question_has_an_answer(self):
        self.assertGreaterEqual(len(QUERIES), 10)
        self.ask(*map(query, QUERIES))

    def test_hosts_with_isolated_functions_are_counted_by_group(self):
        rows, = self.ask(query("isolated-gpus").replace("'gpu'", "'nic'"))
        expected = {}
        for host, report in self.of_day().items():
            fits, cards = set(), {}
            for function in report["functions"]:
                group = function["isolation"]["group"]
                if function["class_word"] != "bridge":
                    cards.setdefault(group, set()).add(function["address"][:-2])
                if (function["class_word"] == "nic"
                        and function["assignable"]["verdict"].startswith("assignable")):
                    fits.add(group)
            alone = {group for group in fits if len(cards[group]) == 1}
            if len(alone) >= 2:
                expected[host] = len(alone)
        self.assertEqual({row["host"]: int(row["isolated"]) for row in rows}, expected)

    def test_a_card_with_its_sound_is_isolated_and_one_with_another_card_is_not(self):
        """Functions of one IOMMU group, and how many guests get a GPU of them."""
        report = self.days[DAYS[1]]["no-iommu"]
        like = report["functions"][0]

        def function(address, group, word):
            return like | {"address": address, "class_word": word,
                           "isolation": like["isolation"] | {"group": group},
                           "assignable": like["assignable"] | {"verdict": "assignable-with"}}

        report["functions"] = [
            function("0000:01:00.0", 1, "gpu"), function("0000:01:00.1", 1, "audio"),
            function("0000:02:00.0", 2, "gpu"), function("0000:02:00.1", 2, "audio"),
            function("0000:03:00.0", 3, "gpu"), function("0000:04:00.0", 3, "gpu")]
        (row,), = self.ask(query("isolated-gpus"))
        self.assertEqual((row["host"], int(row["isolated"])), ("rack1-no-iommu", 2))

    def test_lost_vfs_are_found_also_where_the_pf_is_gone(self):
        report = self.days[DAYS[1]]["intel-igb-vfs"]
        one, other, *_ = (function for function in report["functions"]
                          if function["sriov"] and function["sriov"].get("enabled_vfs"))
        one["sriov"]["enabled_vfs"] = 1
        report["functions"].remove(other)
        rows, = self.ask(query("vfs-lost"))
        self.assertEqual([(row["address"], int(row["enabled_now"]), row["gone"]) for row in rows],
                         [(one["address"], 1, False), (other["address"], 0, True)])

    def test_a_changed_verdict_is_told_with_what_fails_since(self):
        name = next(name for name, report in self.reports.items() if report["verdict"] == "ready")
        self.days[DAYS[1]][name] = self.reports["no-iommu"]
        (row,), = self.ask(query("verdicts-changed"))
        self.assertEqual((row["host"], row["verdict_before"], row["verdict_now"]),
                         (f"rack1-{name}", "ready", "not-ready"))
        self.assertTrue(row["fails_since"])

    def test_a_host_without_an_audit_is_missed(self):
        del self.days[DAYS[1]]["no-iommu"]
        rows, = self.ask(query("not-audited"))
        self.assertEqual([row["host"] for row in rows], ["rack1-no-iommu"])

    def test_a_host_that_differs_from_its_kind_is_found(self):
        for name, report in self.days[DAYS[1]].items():
            report["host"].update(product="kind", kernel_release="6.1.0",
                                  firmware={"vendor": "v", "version": "2", "date": None})
            report["verdict"] = "ready"
        hosts = {name: report["host"] for name, report in self.days[DAYS[1]].items()}
        hosts["no-iommu"]["kernel_release"] = "5.10.0"
        hosts["intel-ports-on"]["firmware"]["version"] = "1"
        rows, = self.ask(query("drift"))
        self.assertEqual([(row["host"], row["firmware"], row["kernel"]) for row in rows],
                         [("rack1-intel-ports-on", "1", "6.1.0"),
                          ("rack1-no-iommu", "2", "5.10.0")])

    def test_what_blocks_functions_is_counted_by_class(self):
        expected = {}
        for report in self.of_day().values():
            for function in report["functions"]:
                for blocker in function["assignable"]["blocked_by"]:
                    key = function["class_word"], blocker["kind"]
                    expected[key] = expected.get(key, 0) + 1
        rows, = self.ask(query("blocked-by"))
        self.assertEqual({(row["class_word"], row["kind"]): int(row["functions"]) for row in rows},
                         expected)

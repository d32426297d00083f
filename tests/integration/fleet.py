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


def write(folder, days, names=None):
    """Writes a file a day: reports, by names, of which names has those of other racks' hosts.
    Returns their paths."""
    paths = []
    for day, reports in days.items():
        path = pathlib.Path(folder, f"{day}.ndjson")
        path.write_text("".join(
            json.dumps(as_of(report, (names or {}).get(name, f"rack1-{name}"), day)) + "\n"
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
        self.names = {}

    def write(self):
        return write(self.directory, self.days, self.names)

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

    def test_vfs_of_which_nothing_is_known_are_not_lost(self):
        """A count, a PF's capability, and the list of functions, that could not be read."""
        today = self.days[DAYS[1]]
        pfs = [function for function in today["intel-igb-vfs"]["functions"]
               if function["sriov"] and function["sriov"].get("enabled_vfs")]
        self.assertGreater(len(pfs), 1)
        for function in pfs[1:]:
            function["sriov"]["enabled_vfs"] = None
        pfs[0]["sriov"] = {"state": "unreadable"}
        today["intel-sriov-vfs"]["functions"] = []
        today["intel-sriov-vfs"]["summary"]["functions"]["total"] = 0
        self.assertEqual(self.ask(query("vfs-lost")), [[]])

    def test_a_pf_that_is_gone_has_lost_its_vfs_where_another_was_not_read(self):
        report = self.days[DAYS[1]]["intel-igb-vfs"]
        one, other, *_ = (function for function in report["functions"]
                          if function["sriov"] and function["sriov"].get("enabled_vfs"))
        one["sriov"] = {"state": "unreadable"}
        report["summary"]["vfs"] = dict.fromkeys(("enabled", "possible", "usable"))
        report["functions"].remove(other)
        (row,), = self.ask(query("vfs-lost"))
        self.assertEqual((row["address"], int(row["enabled_now"]), row["gone"]),
                         (other["address"], 0, True))

    def test_of_a_report_that_tells_some_functions_none_is_gone(self):
        report = self.days[DAYS[1]]["intel-igb-vfs"]
        report["run"]["complete"] = False
        report["functions"] = report["functions"][:1]
        self.assertEqual(self.ask(query("vfs-lost")), [[]])

    def test_a_pf_that_has_no_sriov_any_more_has_lost_its_vfs(self):
        pf = next(function for function in self.days[DAYS[1]]["intel-igb-vfs"]["functions"]
                  if function["sriov"] and function["sriov"].get("enabled_vfs"))
        pf["sriov"] = None
        (row,), = self.ask(query("vfs-lost"))
        self.assertEqual((row["address"], int(row["enabled_now"]), row["gone"]),
                         (pf["address"], 0, False))

    def test_counts_that_are_not_known_are_counted_apart(self):
        reports = self.days[DAYS[1]]
        pfs = [function for report in reports.values() for function in report["functions"]
               if function["sriov"] and function["sriov"].get("total_vfs")]
        pfs[0]["sriov"].update(enabled_vfs=None, usable_vfs=None)
        pfs[1]["sriov"] = {"state": "unreadable"}
        (row,), = self.ask(query("usable-vfs"))
        self.assertEqual(
            [int(row[name]) for name in ("usable", "enabled", "unknown_pfs", "unread_functions")],
            [sum((pf["sriov"]["usable_vfs"] or {}).get("count") or 0 for pf in pfs[2:]),
             sum(pf["sriov"]["enabled_vfs"] or 0 for pf in pfs[2:]), 1, 1])

    def why_not_ready(self):
        rows, = self.ask(query("why-not-ready"))
        return {row["id"]: (int(row["not_ready"]), int(row["undetermined"])) for row in rows}

    def test_what_keeps_hosts_from_being_ready_is_what_decides(self):
        for name in ("no-iommu", "intel-ports-off"):
            finding = next(finding for finding in self.days[DAYS[1]][name]["findings"]
                           if finding["id"] == "iommu-groups.none")
            self.assertTrue(finding["decides"])
            finding.update(id="iommu-groups.other", decides=name == "no-iommu")
        self.assertEqual(self.why_not_ready()["iommu-groups.other"], (1, 0))

    def test_what_cannot_be_told_keeps_hosts_from_being_ready_too(self):
        reports = self.alike()
        for name in ("no-iommu", "intel-ports-off"):
            reports[name]["verdict"] = "undetermined"
            reports[name]["findings"] = [reports[name]["findings"][0] | {
                "id": "iommu-groups.unreadable", "verdict": "unknown", "decides": True}]
        self.assertEqual(self.why_not_ready(), {"iommu-groups.unreadable": (0, 2)})

    def test_a_host_that_no_finding_keeps_from_being_ready_is_counted(self):
        """It does not have what was required."""
        self.alike()["no-iommu"]["verdict"] = "not-ready"
        self.assertEqual(self.why_not_ready(), {None: (1, 0)})

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

    def alike(self):
        """Makes the hosts of today alike and ready. Returns their reports."""
        for report in self.days[DAYS[1]].values():
            report["host"].update(product="kind", kernel_release="6.1.0",
                                  firmware={"vendor": "v", "version": "2", "date": None})
            report["verdict"] = "ready"
            for finding in report["findings"]:
                finding["decides"] = False
        return self.days[DAYS[1]]

    def drift(self):
        rows, = self.ask(query("drift"))
        return [(row["host"], row["what"], row["value"], row["usual"]) for row in rows]

    def test_a_host_that_differs_from_its_cluster_is_found(self):
        reports = self.alike()
        reports["no-iommu"]["host"]["kernel_release"] = "5.10.0"
        reports["no-iommu"]["verdict"] = "not-ready"
        reports["intel-ports-on"]["host"]["firmware"]["version"] = "1"
        self.assertEqual(self.drift(), [("rack1-intel-ports-on", "firmware", "1", "2"),
                                        ("rack1-no-iommu", "kernel", "5.10.0", "6.1.0"),
                                        ("rack1-no-iommu", "verdict", "not-ready", "ready")])

    def test_where_no_value_is_the_most_frequent_all_are_shown_and_none_is_usual(self):
        reports = self.alike()
        self.names = {name: f"rack{2 if name in ('no-iommu', 'intel-ports-on') else 1}-{name}"
                      for name in reports}
        reports["no-iommu"]["host"]["kernel_release"] = "5.10.0"
        self.assertEqual(self.drift(), [("rack2-intel-ports-on", "kernel", "6.1.0", None),
                                        ("rack2-no-iommu", "kernel", "5.10.0", None)])

    def test_what_is_not_known_of_a_host_does_not_differ(self):
        reports = self.alike()
        reports["no-iommu"]["host"]["kernel_release"] = None
        reports["intel-ports-on"]["host"]["firmware"]["version"] = None
        self.assertEqual(self.drift(), [])

    def test_hosts_of_another_cluster_are_no_measure(self):
        reports = self.alike()
        reports["no-iommu"]["host"]["kernel_release"] = "5.10.0"
        self.names = {"no-iommu": "rack2-alone"}
        self.assertEqual(self.drift(), [])
        self.assertGreater(len(reports), 2)

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

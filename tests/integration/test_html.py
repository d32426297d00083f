"""A browser shows the page: nothing is asked for, nothing fails, nothing overlaps, the filter works."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench")]
import hosts  # noqa: E402
from support import SHARED_DATA, SOURCE, TreeTest, audit, passcheck  # noqa: E402

CHROMIUM = shutil.which("chromium")
FIXTURES = sorted(SOURCE.glob("fixtures/*/root"))
# Switches, a shared group, VMD, VFs without ACS, and what no libvirt is on.
FIELD = [("gpu", "idspaces"), ("gpu", "x58_erratum"), ("gpu", "twins"), ("sriov", "c12-vmd"),
         ("sriov", "t14-two-pfs")]
WIDE, PHONE = 1280, 400
# Seconds of the browser's processor for 4,128 functions.
MOST_TO_OPEN, MOST_TO_FILTER = 3, 0.3

# Pairs of texts of the picture that overlap, and texts that it cuts.
OVERLAPS = """(() => {
	const texts = Array.from(document.querySelectorAll("svg text")).map(text => [text.textContent, text.getBBox()]);
	const svg = document.querySelector("svg");
	const width = svg ? svg.getBBox().x + svg.width.baseVal.value : 0;
	const bad = texts.filter(([, box]) => box.x + box.width > width).map(([text]) => "cut: " + text);
	for (let i = 0; i < texts.length; i++)
		for (let k = i + 1; k < Math.min(texts.length, i + 12); k++) {
			const [a, b] = [texts[i][1], texts[k][1]];
			if (a.x < b.x + b.width && b.x < a.x + a.width && a.y + 2 < b.y + b.height && b.y + 2 < a.y + a.height)
				bad.push(texts[i][0] + " / " + texts[k][0]);
		}
	return bad;
})()"""

FILTER = """(words => {
	const field = document.getElementById("filter");
	const begin = performance.now();
	field.value = words;
	field.dispatchEvent(new Event("input"));
	const shown = Array.from(document.querySelectorAll("details.fn:not([hidden])")).map(fn => fn.id);
	return {shown, milliseconds: performance.now() - begin};
})"""


class Browser:
    """Chromium without a window, by the DevTools protocol over a pipe."""

    def __init__(self, profile):
        there, self.write = os.pipe()
        self.read, back = os.pipe()
        # The protocol's pipes are descriptors 3 and 4.
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{there} 4>&{back}', "sh", CHROMIUM, "--headless",
             "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             f"--user-data-dir={profile}"],
            pass_fds=(there, back), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(there)
        os.close(back)
        self.number, self.rest, self.events, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        os.close(self.write)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read)

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.read, 1 << 20)
            if not more:
                raise AssertionError("the browser ended")
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.write, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise AssertionError(message["error"])
                return message["result"]
            self.events.append(message)

    def open(self, path):
        """Loads the file, and returns what the browser complained of or asked for beside it."""
        self.events = []
        url = pathlib.Path(path).as_uri()
        self.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())
        self.evaluate("document.readyState")
        return self.complaints(url)

    def complaints(self, url):
        wrong = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"}
        return [event for event in self.events if event["method"] in wrong
                or (event["method"] == "Network.requestWillBeSent"
                    and event["params"]["request"]["url"].partition("#")[0] != url)]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise AssertionError(result["exceptionDetails"])
        return result["result"].get("value")

    def resize(self, width):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=False)

    def busy(self):
        """Seconds that the page has kept the processor, whatever else the machine does."""
        metrics = self.call("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def dark(self, dark):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class Html(TreeTest):
    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.browser = Browser(cls.profile.name)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.profile.cleanup()

    def open(self, tree, *arguments):
        path = self.directory / "page.html"
        passcheck("--root", tree, "--format", "html", "-o", path, *arguments)
        self.assertEqual(self.browser.open(path), [])

    def expect_shown(self, tree):
        self.browser.resize(WIDE)
        self.open(tree)
        report = audit(tree)
        text = self.browser.evaluate("document.body.textContent")
        ids = self.browser.evaluate("Array.from(document.querySelectorAll('details.fn')).map(fn => fn.id)")
        self.assertEqual(sorted(ids), sorted(function["address"] for function in report["functions"]))
        self.assertEqual([finding["id"] for finding in report["findings"]
                          if finding["id"] not in text], [])
        self.assertEqual(self.browser.evaluate(OVERLAPS), [])
        self.browser.resize(PHONE)
        self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), PHONE)

    def test_fixtures_are_shown(self):
        for tree in FIXTURES:
            with self.subTest(tree=tree):
                self.expect_shown(tree)

    @unittest.skipUnless(SHARED_DATA.joinpath("field").exists(), "there are no field cases")
    def test_hosts_of_the_field_are_shown(self):
        for kind in sorted({kind for kind, _ in FIELD}):
            self.unpack(kind, {name for other, name in FIELD if other == kind})
        for kind, name in FIELD:
            with self.subTest(tree=name):
                self.expect_shown(self.directory / kind / "trees" / name)

    def unpack(self, kind, names):
        with tarfile.open(SHARED_DATA / "field" / kind / "trees.tar.gz") as tar:
            tar.extractall(self.directory / kind, members=(
                member for member in tar if set(member.name.split("/")[1:2]) & names))

    def filter(self, words):
        return self.browser.evaluate(f"{FILTER}({json.dumps(words)})")["shown"]

    def test_the_filter_finds_by_address_driver_class_group_and_verdict(self):
        tree = SOURCE / "fixtures/intel-igb-vfs/root"
        functions = audit(tree)["functions"]
        self.open(tree)
        every = sorted(function["address"] for function in functions)
        group = functions[-1]["isolation"]["group"]
        rows = [
            (every[0], lambda function: function["address"] == every[0]),
            ("igb nic", lambda function: function["driver"] in ("igb", "igbvf")
             and function["class_word"] == "nic"),
            (f"group {group}", lambda function: function["isolation"]["group"] == group),
            ("BLOCKED", lambda function: function["assignable"]["verdict"] == "blocked"),
            ("nothing of the kind", lambda function: False),
            ("", lambda function: True),
        ]
        for words, fits in rows:
            with self.subTest(words=words):
                self.assertEqual(sorted(self.filter(words)),
                                 sorted(function["address"] for function in functions
                                        if fits(function)))

    def test_a_link_opens_what_it_leads_to(self):
        self.open(SOURCE / "fixtures/intel-igb-vfs/root")
        self.assertTrue(self.browser.evaluate("""(() => {
			const vf = document.querySelector("details.vfs details.fn");
			location.hash = vf.id;
			dispatchEvent(new Event("hashchange"));
			return vf.open ? vf.parentElement.open : false;
		})()"""))

    def test_it_is_dark_where_that_is_wished_and_prints_with_everything_open(self):
        self.browser.resize(WIDE)
        self.open(SOURCE / "fixtures/intel-igb-vfs/root")
        colors = []
        for dark in (False, True):
            self.browser.dark(dark)
            colors.append(self.browser.evaluate(
                "getComputedStyle(document.documentElement).backgroundColor"))
            shot = base64.b64decode(self.browser.call("Page.captureScreenshot")["data"])
            self.assertGreater(len(shot), 20000)
        self.browser.dark(False)
        self.assertNotEqual(*colors)
        printed = base64.b64decode(self.browser.call("Page.printToPDF")["data"])
        self.assertTrue(printed.startswith(b"%PDF"))
        self.assertGreater(len(printed), 50000)

    def test_a_host_of_4128_functions_opens_and_filters_in_time(self):
        tree = self.directory / "large"
        hosts.write_host(tree, pfs=16, vfs=256)
        self.browser.call("Performance.enable", timeDomain="threadTicks")
        self.browser.resize(WIDE)
        before = self.browser.busy()
        self.open(tree)
        self.assertEqual(self.browser.evaluate("document.querySelectorAll('details.fn').length"),
                         len(audit(tree)["functions"]))
        opened = self.browser.busy()
        self.assertLess(opened - before, MOST_TO_OPEN)
        self.assertEqual(self.filter("nothing of the kind"), [])
        self.browser.evaluate("document.body.offsetHeight")
        self.assertLess(self.browser.busy() - opened, MOST_TO_FILTER)

    def show(self, *arguments):
        path = self.directory / "page.html"
        passcheck(*arguments, "--format", "html", "-o", path)
        self.browser.resize(WIDE)
        self.assertEqual(self.browser.open(path), [])
        self.browser.resize(PHONE)
        self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), PHONE)

    def test_plans_domains_and_comparisons_are_shown(self):
        before, after = (SOURCE / "fixtures" / name / "root"
                         for name in ("intel-ports-off", "intel-ports-on"))
        guest = self.directory / "guest.xml"
        guest.write_text(passcheck("--root", after, "--format", "xml", "0000:01:00.0").stdout)
        self.show("diff", before, after)
        self.show("--root", after, "domain", guest)
        self.show("--root", after, "plan", "0000:01:00.0")
        self.assertEqual(self.browser.evaluate(
            "document.querySelectorAll('.steps pre').length - "
            "document.querySelectorAll('.steps button').length"), 0)


if __name__ == "__main__":
    unittest.main()

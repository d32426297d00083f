"""The page of an audit: one file, well-formed, whole, and without anything that a host made markup."""
import base64
import functools
import hashlib
import html.parser
import json
import os
import pathlib
import re
import sys
import unittest
import xml.etree.ElementTree as ElementTree
import xml.sax.saxutils

TESTS = pathlib.Path(os.environ["PASSCHECK_SOURCE"], "tests")
sys.path[:0] = [str(TESTS), str(TESTS / "bench"), str(TESTS / "cli")]
import hosts  # noqa: E402
import test_output_safety as hostile  # noqa: E402
from support import SOURCE, VERDICT_CODES, TreeTest, audit, passcheck, report_of  # noqa: E402

FIXTURES = sorted(SOURCE.glob("fixtures/*"))
TREES = [fixture / "root" for fixture in FIXTURES]
VOID = {"meta", "input"}
# What the template writes.
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "h1",
            "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "b", "a", "code", "pre", "span", "details",
            "summary", "div", "svg", "rect", "path", "text", "label", "input", "output", "script"}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "open", "hidden",
              "for", "type", "autocomplete", "placeholder", "role", "aria-label", "aria-labelledby", "x",
              "y", "width", "height", "rx", "d", "viewbox"}
MARKUP = "<script>alert(1)</script>\"'&lt;<!--]]><img src=x onerror=alert(1)>-->http://x.example/"
LARGEST_PAGE = 2 << 20
DOMAIN = f"""<domain type='kvm'><name>{{name}}</name><devices>
<hostdev mode='subsystem' type='pci' managed='yes'><alias name={{alias}}/>
<source><address domain='0' bus='0' slot='{hostile.ADDRESS[8:10]}' function='0'/></source></hostdev>
</devices></domain>"""


def page(root, *arguments):
    result = passcheck("--root", root, "--format", "html", *arguments)
    if result.returncode not in VERDICT_CODES.values():
        raise AssertionError(f"exit {result.returncode}: {result.stderr}")
    return result.stdout


@functools.cache
def page_of(tree):
    """The page of a tree that no test changes."""
    return page(tree)


class Reader(html.parser.HTMLParser):
    """What a browser makes of a page: elements with attributes, and text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            raise AssertionError(f"<{tag}/> is an open element to HTML")

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise AssertionError(f"</{tag}> does not close the element before it")

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)

    def attribute(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def sha256(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class OwnMarkup(TreeTest):
    def expect_own_markup(self, text):
        reader = Reader(text)
        self.assertLessEqual({tag for tag, _ in reader.elements}, ELEMENTS)
        self.assertLessEqual({name for _, attributes in reader.elements for name in attributes},
                             ATTRIBUTES)
        for element in ("script", "style", "body", "main"):
            self.assertEqual(sum(tag == element for tag, _ in reader.elements), 1, element)
        self.assertEqual([href for href in reader.attribute("href") if not href.startswith("#")], [])
        return reader


class Page(OwnMarkup):
    def test_it_is_the_same_to_xml_and_to_html(self):
        for tree in TREES:
            with self.subTest(tree=tree):
                text = page_of(tree)
                as_xml = "".join(ElementTree.fromstring(text).itertext()).strip()
                # No assertEqual(): its difference of texts that long takes minutes.
                self.assertTrue(as_xml == self.expect_own_markup(text).text.strip())

    def test_it_holds_every_function_and_finding(self):
        for tree in TREES:
            with self.subTest(tree=tree):
                reader, report = Reader(page_of(tree)), report_of(tree)
                functions = {function["address"] for function in report["functions"]}
                self.assertLessEqual(functions, set(reader.attribute("id")))
                missing = [finding["id"] for finding in report["findings"]
                           if finding["id"] not in reader.text]
                self.assertEqual(missing, [])

    def test_ids_are_unique_and_links_lead_to_one(self):
        for tree in TREES:
            with self.subTest(tree=tree):
                reader = Reader(page_of(tree))
                ids = reader.attribute("id")
                self.assertEqual(len(ids), len(set(ids)))
                self.assertLessEqual({href[1:] for href in reader.attribute("href")}, set(ids))

    def test_its_policy_allows_its_own_style_and_script_alone(self):
        text = page_of(TREES[0])
        policy, = (attributes["content"] for _, attributes in Reader(text).elements
                   if attributes.get("http-equiv") == "Content-Security-Policy")
        style = re.search("<style>(.*?)</style>", text, re.DOTALL).group(1)
        script = re.search("<script>(.*?)</script>", text, re.DOTALL).group(1)
        self.assertEqual(policy, f"default-src 'none'; style-src '{sha256(style)}'; "
                                 f"script-src '{sha256(script)}'; base-uri 'none'; form-action 'none'")

    def test_it_refers_to_nothing_outside(self):
        for tree in TREES:
            with self.subTest(tree=tree):
                markup = "".join(re.findall("<[^>]*>", page_of(tree)))
                self.assertNotRegex(markup, "https?:|url[(]|@import|src=")

    def test_what_a_host_says_is_text(self):
        for nasty in (MARKUP.replace("/", "").encode(), hostile.NASTY, "\uffff\ufffe\ufdd0".encode()):
            with self.subTest(nasty=nasty):
                root = hostile.OutputSafety.nasty_host(self, nasty)
                for arguments in ([], ["--with-identity"], [hostile.ADDRESS],
                                  ["--require", "isolated=nic"]):
                    text = page(root, *arguments)
                    ElementTree.fromstring(text)
                    reader = self.expect_own_markup(text)
                    for character in hostile.BIDI + "\x1b\x07\x9b":
                        self.assertNotIn(character, reader.text)
                self.doCleanups()
                self.setUp()

    def test_what_a_host_says_is_shown(self):
        root = hostile.OutputSafety.nasty_host(self, b"<script>alert(1)<script>")
        self.assertIn("<script>alert(1)<script>", Reader(page(root)).text)

    def test_functions_of_one_device_in_a_group_get_no_reason_for_it(self):
        tree = SOURCE / "fixtures/intel-ports-off/root"
        larger = [line for line in page_of(tree).splitlines() if "makes the group larger" in line]
        self.assertEqual(sorted({re.search("#(0000:[0-9a-f:.]*)", line)[1] for line in larger}),
                         ["0000:00:05.0", "0000:00:05.1"])

    def test_functions_asked_for_come_with_what_is_above_them(self):
        tree = SOURCE / "fixtures/intel-switches-on/root"
        endpoint = next(function for function in report_of(tree)["functions"] if function["parent"])
        reader = Reader(page(tree, endpoint["address"]))
        self.assertIn(endpoint["address"], reader.attribute("id"))
        self.assertIn(endpoint["parent"], reader.text)

    def test_it_says_how_many_vfs_guests_can_have_and_why(self):
        tree = SOURCE / "fixtures/intel-igb-vfs/root"
        counts = [function["sriov"]["usable_vfs"] for function in report_of(tree)["functions"]
                  if function["sriov"] and function["sriov"]["usable_vfs"]]
        text = Reader(page_of(tree)).text
        self.assertIn("group", {count["limited_by"] for count in counts})
        for count in counts:
            self.assertIn(count["why"], text)

    def test_what_decides_is_open_with_its_remedy(self):
        for tree in TREES:
            if report_of(tree)["verdict"] == "not-ready":
                with self.subTest(tree=tree):
                    text = page_of(tree)
                    self.assertNotIn("Nothing fails on the host.", text)
                    self.assertRegex(text, '<details class="finding fail" id="finding-0" open="open">')

    def test_requirements_stand_with_what_decides_them(self):
        text = Reader(page(TREES[0], "--require", "passthrough=gpu:7")).text
        self.assertIn("passthrough=gpu:7", text)
        self.assertIn("unmet", text)

    def test_an_assignable_function_comes_with_what_to_paste(self):
        tree = SOURCE / "fixtures/intel-switches-on/root"
        text = Reader(page_of(tree)).text
        for function in report_of(tree)["functions"]:
            if function["assignable"]["verdict"].startswith("assignable"):
                self.assertIn(f"passcheck plan {function['address']}", text)
                result = passcheck("--root", tree, "--format", "xml", function["address"])
                self.assertTrue(result.stdout in text, function["address"])

    def test_a_host_of_4128_functions_fits(self):
        root = self.directory / "large"
        root.mkdir()
        functions = hosts.write_host(root, 16, 256)
        text = page(root)
        self.assertLess(len(text.encode()), LARGEST_PAGE)
        self.assertGreaterEqual(sum("fn " in name for name in Reader(text).attribute("class")),
                                4096)
        self.assertTrue(functions)


class OtherDocuments(OwnMarkup):
    """Plans, domains, comparisons and logs have pages, too."""
    TREES = [SOURCE / "fixtures" / name / "root"
             for name in ("intel-ports-off", "intel-igb-vfs", "intel-switches-on")]

    def written(self, *arguments):
        result = passcheck(*arguments, "--format", "html")
        self.assertNotEqual(result.stdout, "", result.stderr)
        self.assertTrue("".join(ElementTree.fromstring(result.stdout).itertext()).strip() ==
                        Reader(result.stdout).text.strip())
        return self.expect_own_markup(result.stdout)

    def test_a_log_has_every_message_and_what_to_do(self):
        log = self.directory / "log"
        log.write_text("vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled\n"
                       "qemu-system-x86_64: vfio 0000:01:00.0: group 12 is not viable\n"
                       "DMAR: IOMMU enabled\n", encoding="utf-8")
        arguments = ("log", log, "--no-host")
        messages = json.loads(passcheck(*arguments, "--format", "json").stdout)["messages"]
        reader = self.written(*arguments)
        self.assertEqual(len(messages), 3)
        for message in messages:
            self.assertIn(message["text"], reader.text)
            self.assertIn(message["remedy"] or "", reader.text)

    def test_a_plan_has_every_step_to_tick_off_and_its_commands(self):
        for tree in self.TREES:
            with self.subTest(tree=tree):
                function = next(item["address"] for item in report_of(tree)["functions"]
                                if item["class_word"] in ("nic", "nvme"))
                arguments = ("--root", tree, "plan", function)
                plan = json.loads(passcheck(*arguments, "--format", "json").stdout)
                reader = self.written(*arguments)
                boxes = [attributes for tag, attributes in reader.elements
                         if tag == "input" and attributes["type"] == "checkbox"]
                self.assertEqual(len(boxes), len(plan["steps"]))
                for step in plan["steps"]:
                    self.assertIn(step["summary"], reader.text)
                    for command in step["commands"]:
                        self.assertIn(command, reader.text)
                for obstacle in plan["obstacles"]:
                    self.assertIn(obstacle, reader.text)

    def test_domains_stand_beside_the_functions_of_the_host(self):
        root = SOURCE / "fixtures/intel-igb-vfs/root"
        functions = report_of(root)["functions"]
        guest = self.directory / "guest.xml"
        guest.write_text(passcheck("--root", root, "--format", "xml", "0000:01:10.0", "--force").stdout)
        reader = self.written("--root", root, "domain", guest)
        report = json.loads(passcheck("--root", root, "domain", guest, "--format", "json").stdout)
        for finding in report["findings"]:
            if finding["verdict"] in ("fail", "warn", "unknown"):
                self.assertIn(finding["summary"], reader.text)
        for function in functions:
            if not function["physical_function"]:
                self.assertIn(function["address"], reader.text)
        self.assertRegex(reader.text, "0000:01:10.0 .* guest guest\n")

    def test_a_comparison_shows_changes_and_both_trees(self):
        before, after = self.TREES[:2]
        changes = json.loads(passcheck("diff", before, after, "--format", "json").stdout)["changes"]
        reader = self.written("diff", before, after)
        for change in changes:
            self.assertIn(change["kind"], reader.text)
        for tree in (before, after):
            for function in report_of(tree)["functions"]:
                if not function["physical_function"]:
                    self.assertIn(function["address"], reader.text)

    def test_what_hosts_guests_and_logs_say_is_text(self):
        nasty = MARKUP.replace("/", "") + hostile.BIDI
        root = hostile.OutputSafety.nasty_host(self, nasty.encode())
        guest = self.directory / "guest.xml"
        guest.write_text(DOMAIN.format(name=xml.sax.saxutils.escape(nasty),
                                       alias=xml.sax.saxutils.quoteattr("ua-" + nasty)),
                         encoding="utf-8")
        log = self.directory / "log"
        log.write_text(f"vfio-pci {hostile.ADDRESS}: {nasty} probe with driver vfio-pci failed with error -22\n"
                       f"kernel: ACS {nasty}\nvfio: group {nasty} is not viable\n", encoding="utf-8")
        for arguments in (["--root", root, "plan", hostile.ADDRESS], ["--root", root, "plan"],
                          ["--root", root, "plan", "--undo", hostile.ADDRESS],
                          ["--root", root, "domain", guest],
                          ["--root", root, "log", log], ["log", "--no-host", log],
                          ["diff", root, self.TREES[0]], ["diff", self.TREES[0], root]):
            with self.subTest(arguments=arguments):
                text = self.written(*arguments).text
                for character in hostile.BIDI:
                    self.assertNotIn(character, text)
                if "domain" in arguments:
                    self.assertIn(MARKUP.replace("/", ""), text)

    def test_what_a_report_says_is_text(self):
        report = audit(self.TREES[0])
        for function in report["functions"]:
            function["name"] = function["assignable"]["verdict"] = MARKUP
            function["parent"] = function["address"]
        report["host"]["product"] = MARKUP
        other = self.directory / "other.json"
        other.write_text(json.dumps(report))
        reader = self.written("diff", self.TREES[0], other)
        self.assertIn(MARKUP, reader.text)


if __name__ == "__main__":
    unittest.main()

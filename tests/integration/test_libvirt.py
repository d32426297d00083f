"""libvirt's schemas judge the XML of every host that there is: the schemas of the libvirt that is
installed, and those of Debian's newest one."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests/vm"))
import debian  # noqa: E402
import machine  # noqa: E402
from support import SOURCE, TreeTest, audit, field_hosts, passcheck, skip  # noqa: E402

INSTALLED = pathlib.Path("/usr/share/libvirt/schemas")
FIXTURES = sorted(SOURCE.glob("fixtures/*/root"))
DOMAIN = """<domain type='test'><name>guest</name><memory unit='GiB'>1</memory>
<os><type>hvm</type></os><devices>
{}</devices></domain>
"""
# In one document.
MOST_FUNCTIONS = 8


def newest():
    """The schemas of Debian's newest libvirt, or None where they cannot be had."""
    try:
        folder = debian.packages("libvirt-newest", "sid", "amd64", ["libvirt-common"])
    except debian.Unavailable as why:
        print(f"no newer libvirt: {why}")
        return None
    return folder / "usr/share/libvirt/schemas"


class Schemas(TreeTest):
    def setUp(self):
        super().setUp()
        self.documents = {"domain": [], "network": []}

    def add(self, schema, text):
        file = self.directory / f"{schema}-{len(self.documents[schema])}.xml"
        file.write_text(text, encoding="utf-8")
        self.documents[schema].append(file)

    def add_functions(self, root, functions, *more):
        for first in range(0, len(functions), MOST_FUNCTIONS):
            text = passcheck("--root", root, "--format", "xml", *more,
                             *functions[first:first + MOST_FUNCTIONS]).stdout
            if text:
                self.add("domain", DOMAIN.format(text))

    def add_host(self, root):
        functions = audit(root)["functions"]
        fits = [function["address"] for function in functions
                if function["assignable"]["verdict"].startswith("assignable")]
        self.add_functions(root, fits)
        self.add_functions(root, [function["address"] for function in functions
                                  if function["address"] not in fits], "--force")
        for function in functions:
            if function["sriov"] and function["sriov"].get("enabled_vfs"):
                text = passcheck("--root", root, "--format", "xml", function["address"],
                                 "--network", "vfs").stdout
                if text:
                    self.add("network", text)

    def judge(self, folder):
        for schema, files in self.documents.items():
            self.assertTrue(files, schema)
            result = subprocess.run(
                ["xmllint", "--noout", "--relaxng", folder / f"{schema}.rng", *files],
                capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 0, result.stderr[-2000:])

    def test_all_hosts(self):
        for build in (machine.build, machine.build_stacks):
            root = self.directory / build.__name__
            build(root)
            self.add_host(root)
        for root in (*FIXTURES, *field_hosts(self.directory / "field")):
            self.add_host(root)
        self.judge(INSTALLED)
        if folder := newest():
            self.judge(folder)

    def test_devices_through_iommufd(self):
        """What the libvirt that is installed may be too old for."""
        folder = newest()
        if not folder:
            self.skipTest("libvirt 12.1 knows it first")
        root = self.directory / "root"
        machine.build(root).lose_vfio_groups()
        self.add_functions(root, [machine.SPARE_NIC, machine.VF0, machine.GPU])
        text = self.documents["domain"][0].read_text()
        self.assertEqual(text.count("\n  <driver iommufd='yes'/>"), 4)
        self.documents.pop("network")
        self.judge(folder)


if __name__ == "__main__":
    if not shutil.which("xmllint") or not (INSTALLED / "domain.rng").exists():
        skip("xmllint, or the schemas of libvirt, are not installed")
    unittest.main()

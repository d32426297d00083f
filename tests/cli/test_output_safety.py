"""Nothing that a host, a document or an archive says reaches a terminal raw or breaks a format."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
from support import PASSCHECK, TreeTest, VERDICT_CODES  # noqa: E402

ESCAPE = "\x1b]0;title\x07\x1b[31m\x1b[2J"
BIDI = "\u202e\u2066\u200f\u061c"
C1 = "\u009b31m"
INVALID = b"\xff\xfe\xc0\x80\xed\xa0\x80\x80"
NASTY = (ESCAPE + BIDI + C1).encode() + INVALID
MARKUP = "<&\"'>]]>--"

ADDRESS = "0000:00:02.0"
DEVICE = f"/sys/devices/pci0000:00/{ADDRESS}"


def config():
    """Config space of an ordinary endpoint: 8086:10c9, a network card."""
    content = bytearray(256)
    content[0:4] = bytes.fromhex("8680c910")
    content[0x0b] = 2
    return bytes(content)


def host(nasty):
    """A host that says nasty wherever an audit quotes it."""
    line = nasty.replace(b"\n", b"")
    return {
        "/proc/cmdline": b"quiet iommu=" + line + b" intel_iommu=" + line + b" " + line + b"=on\n",
        "/proc/cpuinfo": b"processor\t: 0\nvendor_id\t: " + line + b"\nflags\t\t: vmx " + line
                         + b"\n",
        "/proc/sys/kernel/osrelease": line + b"\n",
        "/proc/sys/kernel/hostname": line + b"\n",
        "/proc/version": b"Linux version " + line + b"\n",
        "/proc/interrupts": b"  CPU0\n 0: 1 " + line + b"\n",
        "/proc/modules": line + b" 1 0 - Live 0x0\n",
        "/etc/modprobe.d/" + "a.conf": b"options vfio " + line + b"\nblacklist " + line + b"\n",
        "/sys/class/dmi/id/sys_vendor": line + b"\n",
        "/sys/class/dmi/id/product_name": line + b"\n",
        "/sys/kernel/security/lockdown": b"none [" + line + b"]\n",
        "/sys/firmware/acpi/tables/DMAR": b"DMAR" + line * 10,
        "/sys/firmware/acpi/tables/IVRS": b"IVRS" + line * 10,
        "/sys/kernel/iommu_groups/1/reserved_regions": line + b"\n",
        "/sys/kernel/iommu_groups/1/type": line + b"\n",
        f"/sys/kernel/iommu_groups/1/devices/{ADDRESS}": (f"../../../../devices/{ADDRESS}",),
        f"/sys/bus/pci/devices/{ADDRESS}": (f"../../../devices/pci0000:00/{ADDRESS}",),
        DEVICE + "/config": config(),
        DEVICE + "/vendor": b"0x8086\n",
        DEVICE + "/device": b"0x10c9\n",
        DEVICE + "/class": b"0x020000\n",
        DEVICE + "/resource": line + b"\n",
        DEVICE + "/reset_method": line + b"\n",
        DEVICE + "/numa_node": line + b"\n",
        DEVICE + "/sriov_totalvfs": line + b"\n",
        DEVICE + "/iommu_group": ("../../../kernel/iommu_groups/1",),
    }


class OutputSafety(TreeTest):
    def nasty_host(self, nasty=NASTY):
        root = self.tree(host(nasty))
        # Names, too: a driver, a network interface, an entry among the devices.
        name = nasty.replace(b"/", b"").replace(b"\0", b"")[:200]
        drivers = os.fsencode(root) + b"/sys/bus/pci/drivers/" + name
        os.makedirs(drivers)
        os.symlink(b"../../../bus/pci/drivers/" + name, os.fsencode(root / DEVICE[1:] / "driver"))
        os.makedirs(os.fsencode(root / DEVICE[1:]) + b"/net/" + name)
        os.makedirs(os.fsencode(root) + b"/sys/class/net/" + name)
        (root / "sys/bus/pci/devices").joinpath(os.fsdecode(name)).mkdir()
        return root

    def run_raw(self, *arguments):
        return subprocess.run([PASSCHECK, *map(str, arguments)], capture_output=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"}, timeout=120)

    def expect_safe(self, output, what):
        text = output.decode("utf-8")  # strict
        bad = {hex(ord(c)) for c in text if c != "\n" and (
            ord(c) < 0x20 or 0x7f <= ord(c) <= 0x9f or c in BIDI or 0x200b <= ord(c) <= 0x200f
            or 0x2028 <= ord(c) <= 0x202e or 0x2060 <= ord(c) <= 0x206f or c == "\ufeff")}
        self.assertEqual(bad, set(), what)

    def test_text_holds_no_control_characters(self):
        root = self.nasty_host()
        for arguments in ([], ["-v"], ["-v", "--with-identity"], [ADDRESS], ["-v", ADDRESS], ["-q"]):
            with self.subTest(arguments=arguments):
                result = self.run_raw("--root", root, *arguments)
                self.assertIn(result.returncode, VERDICT_CODES.values(), result.stderr)
                self.expect_safe(result.stdout, "standard output")
                self.expect_safe(result.stderr, "standard error")

    def test_what_was_nasty_is_shown_escaped_and_not_dropped(self):
        shown = self.run_raw("--root", self.nasty_host(), "-v").stdout.decode()
        self.assertIn("\\x1b", shown)

    def test_json_is_valid_utf8_and_one_document(self):
        root = self.nasty_host()
        for arguments in ([], [ADDRESS], ["--with-identity"]):
            with self.subTest(arguments=arguments):
                result = self.run_raw("--root", root, "--format", "json", *arguments)
                self.assertIn(result.returncode, VERDICT_CODES.values(), result.stderr)
                document = json.loads(result.stdout.decode("utf-8"))
                self.assertEqual(document["tool"]["name"], "passcheck")
                # The controls of a string are escaped: raw, they would reach a pager.
                self.expect_safe(result.stdout.replace(BIDI.encode(), b"").replace(
                    C1.encode(), b""), "JSON")

    def test_every_byte_alone_is_harmless(self):
        for first in range(1, 256, 32):
            with self.subTest(first=first):
                block = bytes(byte for byte in range(first, min(first + 32, 256)) if byte != 10)
                self.tree(host(block))
                root = self.directory / "root"
                self.expect_safe(self.run_raw("--root", root, "-v").stdout, "text")
                json.loads(self.run_raw("--root", root, "--format", "json").stdout)
                shutil.rmtree(root)

    def test_xml_stays_well_formed_whatever_a_host_says(self):
        root = self.nasty_host(MARKUP.replace("/", "").encode())
        result = self.run_raw("--root", root, "--format", "xml", "--force", ADDRESS)
        if result.stdout:
            ElementTree.fromstring(b"<all>" + result.stdout.split(b"?>")[-1] + b"</all>")
        self.expect_safe(result.stdout, "XML")

    def test_words_of_the_command_line_come_back_escaped(self):
        root = self.tree({"/proc/cmdline": "quiet\n"})
        for arguments in (["--root", root, ESCAPE], ["--root", root, "--check", ESCAPE],
                          ["--root", self.directory / ESCAPE[2:5]], ["explain", ESCAPE + BIDI],
                          [ESCAPE], ["--format", ESCAPE], ["--require", ESCAPE, "--root", root]):
            with self.subTest(arguments=arguments):
                result = self.run_raw(*arguments)
                self.assertNotIn(result.returncode, VERDICT_CODES.values())
                self.expect_safe(result.stderr, "standard error")
                self.expect_safe(result.stdout, "standard output")

    def test_what_a_damaged_document_holds_is_escaped(self):
        root = self.tree({"/proc/cmdline": "quiet\n"})
        document = pathlib.Path(self.directory, "document")
        for content in (f'["{ESCAPE}{BIDI}"]', '["\\u001b[31m\\u202e"]', ESCAPE):
            with self.subTest(content=content):
                document.write_text(content, encoding="utf-8")
                result = self.run_raw("--root", root, "--requirements", document)
                self.assertNotIn(result.returncode, VERDICT_CODES.values())
                self.expect_safe(result.stderr, "standard error")

    def test_a_domain_that_is_nasty_is_escaped(self):
        root = self.nasty_host()
        document = pathlib.Path(self.directory, "domain.xml")
        for content in (f"<domain><name>{BIDI}</name></domain>",
                        "<domain><name>&#x9b;31m&#x202e;</name><devices/></domain>",
                        f"<domain><name>{ESCAPE}</name></domain>", f"<{BIDI}/>"):
            with self.subTest(content=content):
                document.write_text(content, encoding="utf-8")
                result = self.run_raw("domain", "--root", root, document)
                self.expect_safe(result.stdout, "standard output")
                self.expect_safe(result.stderr, "standard error")

    def test_what_the_user_mistyped_is_escaped(self):
        for arguments in ([f"--{ESCAPE}{BIDI}"], [f"--quiet={ESCAPE}"], ["-\x1b"],
                          ["--mac", ESCAPE], ["--format", BIDI], [f"--output={ESCAPE}", f"--{BIDI}"]):
            with self.subTest(arguments=arguments):
                result = self.run_raw(*arguments)
                self.assertNotIn(result.returncode, VERDICT_CODES.values())
                self.expect_safe(result.stderr, "standard error")


if __name__ == "__main__":
    unittest.main()

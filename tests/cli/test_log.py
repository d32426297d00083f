"""What messages of a log mean, by themselves and on a host."""
import json
import os
import resource
import subprocess
import sys
import unittest

import jsonschema

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
import support  # noqa: E402
from support import FAILED, NOT_READY, PASSCHECK, READY, SHARED_DATA, SOURCE, sanitized  # noqa: E402
from support import UNDETERMINED, USAGE, TreeTest, passcheck  # noqa: E402
from test_kinds import (cannot_reset, has_no_vgpu_profile, is_off_the_bus,  # noqa: E402
                        is_on_the_denylist, refuses_the_module)

FIXTURES = SOURCE / "fixtures"
CODES = {"nothing-hinders": READY, "confirmed": NOT_READY, "open": UNDETERMINED}


class LogTest(TreeTest):
    @classmethod
    def setUpClass(cls):
        with open(SOURCE / "docs/passcheck-log.schema.json", encoding="utf-8") as file:
            cls.schema = jsonschema.Draft202012Validator(json.load(file))

    def log(self, text, *arguments):
        """Returns the JSON document on a log of that text."""
        path = self.directory / "log"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.log_of(path, *arguments)

    def log_of(self, path, *arguments):
        result = passcheck("log", path, "--format", "json", *(arguments or ["--no-host"]))
        self.assertEqual(result.stderr, "")
        document = json.loads(result.stdout)
        self.assertEqual(list(self.schema.iter_errors(document)), [])
        self.assertEqual(result.returncode, CODES[document["verdict"]])
        return document

    def only(self, text, *arguments):
        messages = self.log(text, *arguments)["messages"]
        self.assertEqual(len(messages), 1, messages)
        return messages[0]


# The same message, as each place has it.
WRAPPED = [
    "[   12.345678] vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "[  +0.001779] vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "<6>[   12.345678] vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "[   12.345678][ T1234] vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "[Mon Mar  4 14:32:19 2019] vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "6,1234,5678901,-;vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "Jan 09 10:03:12.035211 host kernel: vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "Jan  9 10:03:12 host kernel: [   12.3] vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "2024-01-09T10:03:12+0100 host kernel: vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "[   12.345678] host kernel: vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    '{"PRIORITY":"3","MESSAGE":"vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled"}',
    '{"MESSAGE":' + str(list(b"vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled")) + "}",
    '{"component":"virt-launcher","msg":"vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",'
    '"pos":"f:1","subcomponent":"libvirt"}',
    '{"component":"virt-handler","msg":"Synchronizing failed.","pos":"vm.go:1","reason":"server error. '
    "LibvirtError(Message='vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled')\"}",
    '{"error":"vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled","level":"error",'
    r'"msg":"it \"failed\""}',
    'time="2024-01-09T10:03:12Z" level=error msg="failed" error="vfio-pci 0000:01:00.0: Cannot bind to '
    'PF with SR-IOV enabled" name=containerd',
    '{"log":"[1.2] vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled\\n","stream":"stderr"}',
    '2024-01-09T10:03:12.1Z stderr F {"msg":"vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV '
    'enabled"}',
    'time="2024-01-09T10:03:12Z" level=error msg="vfio-pci 0000:01:00.0: Cannot bind to PF with '
    'SR-IOV enabled" name=containerd',
    "2024-01-09 10:03:12.123+0000: 1234: error : virPCIBind:99 : vfio-pci 0000:01:00.0: Cannot bind "
    "to PF with SR-IOV enabled",
    "> > vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled",
    "&gt; `vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled`",
    "vfio-pci 0000:01:00.0:  Cannot  bind to PF\twith SR-IOV enabled\r",
    "[   12.345678] vfio-pci 0000:01:00.0: Cannot bind to\nPF with SR-IOV enabled",
    "> vfio-pci 0000:01:00.0:\n> Cannot bind to PF with\n> SR-IOV enabled",
    r"error: vfio-pci 0000:01:00.0: Cannot bind to PF\nwith SR-IOV enabled",
]


class Wrappers(LogTest):
    def test_a_message_is_read_of_every_place(self):
        for text in WRAPPED:
            with self.subTest(text=text):
                message = self.only(text)
                self.assertEqual(message["text"],
                                 "0000:01:00.0: Cannot bind to PF with SR-IOV enabled")
                self.assertEqual(message["function"], "0000:01:00.0")

    def test_typographic_quotation_marks_are_plain_ones(self):
        self.assertEqual(self.only("BAR 0: can’t reserve [mem 0x1000-0x1fff]")["id"], "bar-held")

    def test_qemu_is_read_within_a_translated_message(self):
        message = self.only("внутренняя ошибка: процесс завершился: "
                            "vfio 0000:01:00.0: group 7 is not viable")
        self.assertEqual((message["id"], message["group"]), ("group-not-viable", 7))

    def test_an_event_is_read_of_a_cluster(self):
        device = json.dumps({"driver": "vfio-pci", "host": "0000:3b:00.0"})
        said = f"-device {device}: VFIO_MAP_DMA failed: Cannot allocate memory"
        message = self.only(json.dumps({
            "kind": "Event", "reason": "SyncFailed",
            "message": f"command SyncVMI failed: {json.dumps(f'LibvirtError({said})')}"}))
        self.assertEqual((message["id"], message["function"]), ("map-beyond-memlock", "0000:3b:00.0"))

    def test_a_line_is_not_continued_by_one_that_is_dated(self):
        self.assertEqual(self.log("[1.0] Cannot bind to PF\n[1.1] with SR-IOV enabled\n")["messages"],
                         [])


class Pages(unittest.TestCase):
    def test_a_message_has_its_page(self):
        page = passcheck("explain", "group-not-viable").stdout
        self.assertIn("  Text: group .. is not viable\n", page)
        self.assertIn("assignability.companions", page)

    def test_all_messages_are_told(self):
        pages = passcheck("explain", "messages")
        self.assertEqual(pages.returncode, READY)
        self.assertIn("\n\ngroup-not-viable: qemu, stops\n", pages.stdout)
        self.assertNotIn("kernel-version", pages.stdout)

    def test_what_tells_of_which_host_a_log_is_has_none(self):
        self.assertEqual(passcheck("explain", "kernel-version").returncode, USAGE)


class Messages(LogTest):
    def test_a_message_is_counted_and_not_repeated(self):
        message = self.only("a\n" + "vfio 0000:01:00.0: group 7 is not viable\n" * 3)
        self.assertEqual(message["lines"], {"first": 2, "last": 4, "count": 3})

    def test_a_hint_is_no_message_of_its_own(self):
        self.only("vfio 0000:01:00.0: group 7 is not viable\nPlease ensure all devices within the "
                  "iommu_group are bound to their vfio bus driver.\n")
        self.only("vfio 0000:01:00.0: group 7 is\nnot viable\nPlease ensure all devices within the "
                  "iommu_group are bound to their vfio bus driver.\n")

    def test_functions_differ(self):
        messages = self.log("vfio 0000:01:00.0: group 7 is not viable\n"
                            "vfio 0000:02:00.0: group 8 is not viable\n")["messages"]
        self.assertEqual([message["group"] for message in messages], [7, 8])

    def test_the_error_decides_where_the_text_does_not(self):
        for error, expected in (("Cannot allocate memory", "map-beyond-memlock"),
                                ("Invalid argument", "map-beyond-width"),
                                ("No space left on device", "map-entries-used-up"),
                                ("Bad address", "map-of-bar"), ("File exists", "map-failed")):
            with self.subTest(error=error):
                self.assertEqual(self.only(f"VFIO_MAP_DMA failed: {error}")["id"], expected)

    def test_what_explains_others_stands_before_them(self):
        messages = self.log(
            "vfio-pci: probe of 0000:b1:01.0 failed with error -22\n"
            "vfio-pci 0000:b1:01.0: 8086:37c9 exists in vfio-pci device denylist, driver probing "
            "disallowed.\nVFIO - User Level meta-driver version: 0.3\n")["messages"]
        self.assertEqual([(message["id"], message["explained_by"]) for message in messages],
                         [("denylist", None), ("vfio-probe-refused", "denylist"),
                          ("vfio-loaded", None)])

    def test_what_stops_a_guest_stands_before_what_may(self):
        messages = self.log("Failed to mmap 0000:01:00.0 BAR 0. Performance may be slow\n"
                            "vfio 0000:02:00.0: group 8 is not viable\n")["messages"]
        self.assertEqual([message["severity"] for message in messages], ["stops", "may-hinder"])

    def test_a_line_is_harmless_beside_the_one_that_says_so(self):
        text = "x2apic: IRQ remapping doesn't support X2APIC mode\n"
        self.assertEqual(self.only(text)["severity"], "stops")
        document = self.log("DMAR-IR: Enabled IRQ remapping in xapic mode\n" + text)
        self.assertEqual({message["severity"] for message in document["messages"]}, {"harmless"})
        self.assertEqual(document["verdict"], "nothing-hinders")

    def test_what_only_keeps_snp_guests_from_a_host_hinders_no_device(self):
        document = self.log("AMD-Vi: SNP: IOMMU is disabled or configured in passthrough mode, SNP "
                            "cannot be supported.\n")
        self.assertEqual(([m["id"] for m in document["messages"]], document["verdict"]),
                         (["snp-without-iommu"], "nothing-hinders"))

    def test_the_last_boot_counts(self):
        document = self.log("Linux version 6.1.0-1 (a)\nvfio-pci 0000:01:00.0: Cannot bind to PF "
                            "with SR-IOV enabled\nLinux version 6.1.0-2 (a)\n")
        self.assertEqual((document["log"]["boots"], document["log"]["kernel"],
                          document["messages"]), (2, "6.1.0-2", []))

    def test_what_a_screen_has_no_room_for_is_counted_on_a_line_of_its_own(self):
        text = "".join(f"vfio-pci 0000:{bus:02x}:00.0: {said}\n" for bus, said in enumerate((
            "Cannot bind to PF with SR-IOV enabled", "VF token required to access device",
            "not ready 65535ms after FLR; giving up", "Failed to setup Intel IGD regions",
            "Refused to change power state from D3hot to D0", "resetting",
            "BAR 0: can't reserve [mem 0x1000-0x1fff]", "Failed to add to iommu group",
            "exists in vfio-pci device denylist, driver probing disallowed",
            "not enough MMIO resources for SR-IOV", "vfio: runtime resume failed -13"), 1))
        result = passcheck("log", "-", "--no-host", input=text)
        self.assertEqual(result.stdout.splitlines()[-2:], ["", "2 more (-v shows them)"])

    def test_false_friends_are_named_with_v(self):
        path = self.directory / "log"
        path.write_text("DMAR: IOMMU enabled\n")
        self.assertNotIn("vt-d-option-read", passcheck("log", "--no-host", path).stdout)
        self.assertIn("vt-d-option-read", passcheck("log", "--no-host", "-v", path).stdout)

    def test_the_first_line_counts_messages_and_lines(self):
        rows = (("a line\n", "Log: no cause found: 0 known messages in 1 line"),
                ("DMAR: IOMMU enabled\na line\n",
                 "Log: no cause found: 1 known message in 2 lines (1 harmless)"),
                ("DMAR: IOMMU disabled\n", "Log: open: 1 known message in 1 line (1 open)"))
        for text, headline in rows:
            with self.subTest(text=text):
                path = self.directory / "log"
                path.write_text(text, encoding="utf-8")
                self.assertEqual(passcheck("log", "--no-host", path).stdout.splitlines()[0],
                                 headline)

    def test_a_long_line_is_read_in_pieces(self):
        text = "x" * 70000 + " vfio 0000:01:00.0: group 7 is not viable\nKVM_SET_USER_MEMORY_REGION " \
               "failed\n"
        self.assertEqual([message["lines"]["first"] for message in self.log(text)["messages"]],
                         [1, 2])


class Privacy(LogTest):
    def test_nothing_of_a_log_is_told_but_what_a_message_is_made_of(self):
        secret = "s3cret"
        text = "\n".join([
            f"Command line: BOOT_IMAGE=/{secret} root=UUID={secret}",
            f"Jan 09 10:03:12 {secret} kernel: vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV "
            f"enabled {secret}",
            f"qemu -name guest={secret},vf-token={secret}: vfio 0000:01:00.0: group 7 is not viable",
            f'avc:  denied  {{ write }} for comm="{secret}" name="config" dev="sysfs"',
            f"PCI: slot 2 function 0 not available for {secret}, in use by {secret}",
            f"memory listener initialization failed: Region {secret}: {secret}",
            f"vfio_dma_map(0x5e043daea2f0, 0x380010000000, 0x2000000, 0x771a6ce00000) = -22",
            f"unknown parameter '{secret}' ignored", secret])
        told = json.dumps(self.log(text))
        for word in (secret, "5e043daea2f0", "771a6ce00000"):
            self.assertNotIn(word, told)


class Hosts(LogTest):
    def on(self, fixture, text):
        return self.log(text, "--root", FIXTURES / fixture / "root")

    def test_a_cause_is_confirmed(self):
        document = self.on("intel-ports-off", "vfio 0000:01:00.0: no iommu_group found: No such file "
                           "or directory\n")
        message = document["messages"][0]
        self.assertEqual(message["cause"], "confirmed")
        self.assertIn("iommu-groups.none", message["findings"])
        self.assertTrue(document["host"]["asked"])

    def test_a_line_that_names_its_cause_has_no_other(self):
        for said, cause in (("PF is not bound to nvidia driver", "open"),
                            ("IOMMU is not present on the system", "confirmed")):
            with self.subTest(said=said):
                document = self.on("intel-ports-off", "NVRM: Aborting probe for VF 0000:00:1f.7 "
                                   f"since {said}.\n")
                self.assertEqual([m["cause"] for m in document["messages"]], [cause])

    def test_what_passes_is_no_cause(self):
        document = self.on("intel-sriov-on", "bnxt_en 0000:01:00.0 eth0: Reject SRIOV config request "
                           "since if is down!\n")
        self.assertEqual([(m["id"], m["cause"]) for m in document["messages"]],
                         [("pf-interface-down", "open")])

    def test_a_cause_is_refuted(self):
        document = self.on("intel-ports-on", "vfio 0000:01:00.0: no iommu_group found: No such file "
                           "or directory\n")
        self.assertEqual((document["messages"][0]["cause"], document["verdict"]),
                         ("refuted", "nothing-hinders"))

    def test_interrupts_that_arm_does_not_isolate_are_a_cause(self):
        lines = {"attach-without-remapping":
                     "vfio_iommu_type1_attach_group: No interrupt remapping support.  Use the "
                     "module param \"allow_unsafe_interrupts\" to enable VFIO IOMMU support\n",
                 "iommu-refuses-container":
                     "vfio 0000:02:00.0: failed to setup container for group 1: Failed to set "
                     "iommu for container: Operation not permitted\n"}
        for message, line in lines.items():
            with self.subTest(message=message):
                isolated = self.on("arm64-its", line)["messages"]
                self.assertEqual([m["id"] for m in isolated], [message])
                self.assertNotEqual(isolated[0]["cause"], "confirmed")
                self.assertEqual([m["cause"] for m in self.on("arm64-gicv2m", line)["messages"]],
                                 ["confirmed"])

    def test_a_cause_stays_open(self):
        document = self.on("intel-ports-on", "vfio 0000:01:00.0: failed to open /dev/vfio/1: "
                           "Permission denied\n")
        self.assertEqual(document["verdict"], "open")

    def test_a_log_of_another_machine_is_told_by_itself(self):
        error = "vfio 0000:01:00.0: no iommu_group found: No such file or directory\n"
        for line in ("Linux version 9.9.9 (a)\n", "pci 0000:01:00.0: [dead:beef] type 00 class 0x020000\n",
                     "vfio 0000:f1:00.0: group 9 is not viable\n"):
            text = line + (error if "f1" not in line else "")
            with self.subTest(line=line):
                document = self.on("intel-ports-off", text)
                self.assertFalse(document["host"]["asked"])
                self.assertEqual({m["cause"] for m in document["messages"]}, {"open"})

    def test_vfs_that_are_gone_are_no_sign_of_another_machine(self):
        """The beginning of a log is lost on a busy host, and may leave nothing but VFs' ids."""
        for address, asked in (("01:00.1", True), ("01:00.7", True), ("77:00.0", False)):
            with self.subTest(address=address):
                document = self.on("intel-sriov-on", f"pci 0000:{address}: [1b36:0010] type 00 class "
                                   "0x010802\nvfio 0000:01:00.0: group 1 is not viable\n")
                self.assertEqual(document["host"]["asked"], asked)

    def test_the_line_of_a_function_that_is_gone_stays_open(self):
        document = self.on("intel-ports-on", "vfio 0000:01:00.0: group 1 is not viable\n"
                           "vfio 0000:77:00.0: failed to open /dev/vfio/77: No such file or "
                           "directory\n")
        self.assertEqual({m["function"]: m["cause"] for m in document["messages"]}["0000:77:00.0"],
                         "open")


def sound(_built):
    pass


def has_vfio_loaded(built):
    built.write("proc/modules", "vfio_pci 1 0 - Live 0x0\nvfio 1 1 vfio_pci, Live 0x0\n")


def does_not_tell_of_coherency(built):
    """As Linux 6.1 on POWER."""
    built.write("proc/cpuinfo", "processor\t: 0\ncpu\t\t: POWER9, altivec supported\n"
                                "\nplatform\t: PowerNV\n")


NIC, GPU, VF = machine.SPARE_NIC, machine.GPU, machine.VF0
ABOVE = "port above"
# A change of a sound host, a line of its log, and what becomes of the cause on that host.
CAUSES = (
    (sound, f"vfio-pci: probe of {NIC} failed with error -22", "refuted"),
    (is_on_the_denylist, f"vfio-pci: probe of {NIC} failed with error -22", "confirmed"),
    (does_not_tell_of_coherency, f"vfio-pci: probe of {NIC} failed with error -22", "confirmed"),
    (is_off_the_bus, f"pcieport {ABOVE}: PCIe Bus Error: severity=Uncorrectable (Fatal)", "confirmed"),
    (is_off_the_bus, f"pcieport {ABOVE}: Data Link Layer Link Active not set in 1000 msec",
     "confirmed"),
    (sound, f"vfio-pci {GPU}: not ready 65535ms after bus reset; giving up", "refuted"),
    (cannot_reset, f"vfio-pci {GPU}: not ready 65535ms after bus reset; giving up", "confirmed"),
    (has_vfio_loaded, "Could not open '/dev/vfio/vfio': No such file or directory", "refuted"),
    (refuses_the_module, "vfio: No available IOMMU models", "confirmed"),
    (has_no_vgpu_profile, f"vfio {VF}: error getting device from group 4: Input/output error",
     "confirmed"),
    # The function has no VFs, so nothing is found of them.
    (sound, f"mlx5_core {GPU}: not enough MMIO resources for SR-IOV", "open"),
    # What passcheck sees of these is not all that can cause them.
    (sound, f"vfio-pci {GPU}: BAR 0: can't reserve [mem 0xe0000000-0xefffffff 64bit pref]", "open"),
    (sound, f"vfio {NIC}: failed to setup container for group 14: Failed to set group container: "
            "Invalid argument", "open"),
    (sound, "vfio_dma_map(0x55, 0xfee00000, 0x1000, 0x7f) = -22", "open"),
    (sound, "Failed to load PCI driver module vfio_pci: administratively prohibited", "open"),
)


class Causes(LogTest):
    def test_each_is_confirmed_refuted_or_left_open(self):
        hosts = {}
        for change, line, cause in CAUSES:
            with self.subTest(change=change.__name__, line=line):
                if change not in hosts:
                    hosts[change] = machine.build(self.directory / change.__name__)
                    change(hosts[change])
                built = hosts[change]
                port = built.paths[NIC].split("/")[-2]
                document = self.log(line.replace(ABOVE, port) + "\n", "--root", built.root)
                self.assertEqual([m["cause"] for m in document["messages"]], [cause],
                                 document["messages"])


class Remedies(LogTest):
    def test_the_rest_of_the_card_leaves_its_driver_and_moves_to_no_slot(self):
        host = machine.build(self.directory / "root")
        host.set_driver_again(host.paths[machine.GPU], "vfio-pci")
        (message,) = self.log(f"vfio {machine.GPU}: group 2 is not viable\n",
                              "--root", host.root)["messages"]
        self.assertEqual(message["remedy"], f"Take the rest of the card ({machine.SOUND}) from the "
                         f"host's drivers as well: passcheck plan {machine.GPU} says how")


class CommandLine(LogTest):
    def test_without_a_file_and_without_a_host_is_wrong_usage(self):
        self.assertEqual(passcheck("log", "--no-host").returncode, USAGE)

    def test_without_a_file_this_hosts_own_logs_are_read(self):
        result = passcheck("log", "--format", "json")
        document = json.loads(result.stdout)
        self.assertEqual(result.returncode, CODES[document["verdict"]])
        self.assertTrue(document["host"]["asked"])
        self.assertTrue(document["log"]["lines"] or document["log"]["unread"])

    def test_logs_that_were_not_captured_are_not_taken_for_empty_ones(self):
        result = passcheck("log", "--root", FIXTURES / "intel-ports-on/root", "--format", "json")
        document = json.loads(result.stdout)
        self.assertEqual(result.returncode, UNDETERMINED)
        self.assertTrue(document["log"]["unread"])

    def test_an_audit_takes_the_logs_of_qemu_along(self):
        root = self.directory / "root"
        machine.build(root)
        folder = root / "var/log/libvirt/qemu"
        folder.mkdir(parents=True)
        (folder / "a.log").write_text(f"vfio {machine.GPU}: group 1 is not viable\n")
        found = [finding for finding in support.audit(root, "--log")["findings"]
                 if finding["id"] == "log.message"]
        self.assertEqual([finding["subject"]["id"] for finding in found], [machine.GPU])
        self.assertEqual([finding for finding in support.audit(root)["findings"]
                          if finding["check"] == "log"], [])

    def test_a_file_that_is_not_there_fails(self):
        result = passcheck("log", "--no-host", "/nowhere")
        self.assertEqual((result.returncode, result.stdout), (FAILED, ""))

    def test_standard_input_is_read(self):
        result = passcheck("log", "--no-host", "-", input="group 7 is not viable\n")
        self.assertEqual(result.returncode, UNDETERMINED)
        self.assertIn("group 7 is not viable", result.stdout)

    def test_several_logs_are_one_story(self):
        kernel, qemu = self.directory / "kernel", self.directory / "qemu"
        kernel.write_text("vfio_pin_pages_remote: RLIMIT_MEMLOCK (65536) exceeded\n")
        qemu.write_text("VFIO_MAP_DMA failed: Cannot allocate memory\n")
        document = json.loads(passcheck("log", "--no-host", qemu, kernel, "--format", "json").stdout)
        self.assertEqual([(m["id"], m["lines"]["first"]) for m in document["messages"]],
                         [("memlock", 2), ("map-beyond-memlock", 1)])


class Languages(LogTest):
    QEMU = (": qemu unexpectedly closed the monitor: 2020-09-24T04:35:09.453740Z qemu-system-x86_64: "
            f"-device vfio-pci,host={GPU}: vfio {GPU}: group 1 is not viable")

    def test_libvirt_in_another_language_is_not_taken_for_nothing(self):
        for line in ("2024-01-09 04:35:09.453+0000: 1234: error : virPCIGetHeaderType:2871 : "
                     "внутренняя ошибка: неизвестный тип заголовка",
                     "Jan 09 10:00:00 host virtqemud[4620]: 不支持的配置：主机不支持直通",
                     "libvirt.libvirtError: внутренняя ошибка: не удалось"):
            with self.subTest(line=line):
                document = self.log(line + "\n", "--no-host")
                self.assertEqual((document["messages"], document["verdict"]), ([], "open"))
                self.assertIn("LC_ALL=C", document["log"]["unread"][0])

    def test_what_qemu_says_within_is_read(self):
        document = self.log("libvirt.libvirtError: внутренняя ошибка" + self.QEMU + "\n", "--no-host")
        self.assertEqual(([m["id"] for m in document["messages"]], document["log"]["unread"]),
                         (["group-not-viable"], []))

    def test_other_lines_of_other_languages_are_not_errors_of_libvirt(self):
        for line in ("Jan 09 10:00:00 хост systemd[1]: Запущена служба виртуализации",
                     "2024-01-09 04:35:09.453+0000: 1234: error : virNetSocketReadWire:1832 : "
                     "End of file while reading data: ‘x’"):
            self.assertEqual(self.log(line + "\n", "--no-host")["log"]["unread"], [])


class Hostile(LogTest):
    def test_any_bytes_are_read(self):
        for text in (b"", b"\0", b"\n", b"\xff\xfe\0[", b"{", b'{"MESSAGE":"\\u', b'{"msg":["',
                     b"[" * 1000, b'time=" msg="\\', b"vfio_dma_map(" * 1000, b"BAR 0: " * 5000,
                     bytes(range(256)) * 8):
            with self.subTest(text=text[:20]):
                self.assertEqual(self.log(text)["messages"], [])

    def test_more_messages_than_are_kept_are_counted(self):
        text = "".join(f"vfio {i >> 8:04x}:{i & 255:02x}:00.0: group 7 is not viable\n"
                       for i in range(5000))
        document = self.log(text)
        self.assertEqual((len(document["messages"]), document["log"]["left_out"]), (4096, 904))

    def test_memory_does_not_grow_with_a_log(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_DATA, (64 << 20, 64 << 20))
        if sanitized():
            self.skipTest("a sanitizer needs more memory")
        text = b"[    1.0] usb 1-1: new high-speed USB device number 2 using xhci_hcd\n" * 1500000
        result = subprocess.run([PASSCHECK, "log", "--no-host", "-"], input=text,
                                capture_output=True, check=False, preexec_fn=limit)
        self.assertEqual((result.returncode, result.stderr), (READY, b""))


class Excerpts(LogTest):
    """Logs of reports whose cause was settled."""

    def test_each_names_the_findings_that_were_the_cause(self):
        index = SHARED_DATA / "logs/index.tsv"
        if not index.exists():
            self.skipTest("the shared data is not here")
        for line in index.read_text(encoding="utf-8").splitlines()[1:]:
            name, causes = line.split("\t")[:2]
            with self.subTest(log=name):
                messages = self.log_of(index.parent / name)["messages"]
                named = {finding for message in messages for finding in message["findings"]}
                expected = {cause for cause in causes.split(",") if not cause.startswith("none:")}
                self.assertEqual(expected - named, set())
                self.assertTrue(any(m["severity"] == "stops" or m["findings"] for m in messages))


if __name__ == "__main__":
    unittest.main()

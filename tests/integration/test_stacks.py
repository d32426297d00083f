"""The grammars of other stacks, made strict, judge what is written for them.

Facts of: qemu-server (PVE/QemuServer/PCI.pm) and pve-guest-common (PVE/Mapping/PCI.pm); KubeVirt's
api (PciHostDevice, GPU, HostDevice); the SR-IOV network operator's CRD; nova/pci (devspec.py,
request.py); Incus' device/pci.go; Cloud Hypervisor's DeviceConfig.
"""
import json
import os
import re
import shlex
import sys
import unittest

import jsonschema
import yaml

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from support import SOURCE, TreeTest, audit, passcheck  # noqa: E402

FIXTURES = sorted(SOURCE.glob("fixtures/*"))

PROXMOX_ID = r"(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?"
PROXMOX_OPTIONS = r"(?:,(?:pcie=[01]|rombar=[01]|x-vga=[01]|legacy-igd=[01]|driver=(?:vfio|keep)))*"
PROXMOX_HOSTPCI = re.compile(
    rf"(?:(?:host=)?{PROXMOX_ID}(?:;{PROXMOX_ID})*|mapping=[a-z][a-z0-9_-]+){PROXMOX_OPTIONS}",
    re.ASCII)
PROXMOX_PATH = re.compile(r"[a-f0-9]{4,}:[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?")
PROXMOX_IDS = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}")
# What its own tests and code take and refuse.
PROXMOX_TAKEN = ("f0:43", "0000:01:00.0,pcie=1", "0000:01:00,pcie=1,x-vga=1", "00:02.0,legacy-igd=1",
                 "01:00.1;02:00.0", "mapping=gpu,pcie=1", "01:00.0,driver=keep")
PROXMOX_REFUSED = ("0000:0A:00.0", "01:00.0;", "mapping=1gpu", "01:00.0,pcie=on", "1:00.0",
                   "host=mapping=gpu")
INCUS_ADDRESS = re.compile(r"(?:[0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-9a-fA-F]")


def strict(**properties):
    return {"type": "object", "properties": properties, "required": list(properties),
            "additionalProperties": False}


NAME = {"type": "string", "maxLength": 253, "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}
RESOURCE = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/"
                                         r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"}
DEVICES = {"type": "array", "minItems": 1, "items": strict(name=NAME, deviceName=RESOURCE)}
KUBEVIRT = strict(
    apiVersion={"const": "kubevirt.io/v1"}, kind={"const": "KubeVirt"},
    metadata=strict(name=NAME, namespace=NAME),
    spec=strict(configuration=strict(permittedHostDevices=strict(pciHostDevices={
        "type": "array", "minItems": 1,
        "items": strict(pciVendorSelector={"type": "string",
                                           "pattern": "^[0-9A-F]{4}:[0-9A-F]{4}$"},
                        resourceName=RESOURCE)}))))
MACHINE = strict(
    apiVersion={"const": "kubevirt.io/v1"}, kind={"const": "VirtualMachine"},
    metadata=strict(name=NAME),
    spec=strict(template=strict(spec=strict(domain=strict(devices={
        "type": "object", "properties": {"gpus": DEVICES, "hostDevices": DEVICES},
        "minProperties": 1, "additionalProperties": False})))))
POLICY = strict(
    apiVersion={"const": "sriovnetwork.openshift.io/v1"},
    kind={"const": "SriovNetworkNodePolicy"}, metadata=strict(name=NAME, namespace=NAME),
    spec=strict(resourceName={"type": "string", "maxLength": 63,
                              "pattern": r"^[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?$"},
                nodeSelector={"type": "object", "additionalProperties": {"type": "string"}},
                nicSelector=strict(rootDevices={
                    "type": "array", "minItems": 1,
                    "items": {"type": "string",
                              "pattern": r"^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$"}}),
                numVfs={"type": "integer", "minimum": 1},
                deviceType={"enum": ["netdevice", "vfio-pci"]}))
CLOUD_HYPERVISOR = {
    "type": "object", "required": ["path"], "additionalProperties": False,
    "properties": {"path": {"type": "string", "pattern": "^/sys/bus/pci/devices/[^/]+/$"},
                   "iommu": {"type": "boolean"}, "pci_segment": {"type": "integer"},
                   "id": {"type": "string"}}}
NOVA_IDS = {"type": "string", "pattern": "^[0-9a-fA-F]{4}$"}
NOVA_SPEC = strict(address={"type": "string",
                            "pattern": r"^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$"},
                   vendor_id=NOVA_IDS, product_id=NOVA_IDS)
NOVA_SPEC["properties"]["managed"] = {"enum": ["yes", "no"]}
NOVA_ALIAS = strict(name={"type": "string", "minLength": 1, "maxLength": 256}, vendor_id=NOVA_IDS,
                    product_id=NOVA_IDS, device_type={"enum": ["type-PCI", "type-PF", "type-VF"]},
                    numa_policy={"enum": ["required", "preferred", "legacy", "socket"]})


def check(document, schema):
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


def nova_matches(spec, function):
    """As PciDeviceSpec.match(): ids, and its own address or its PF's."""
    return (spec["vendor_id"] == function["vendor_id"].removeprefix("0x") and
            spec["product_id"] == function["device_id"].removeprefix("0x") and
            spec["address"] in (function["address"], function["physical_function"]))


class Judge(TreeTest):
    def roots(self):
        for build in (machine.build, machine.build_stacks):
            root = self.directory / build.__name__
            root.mkdir()
            build(root)
            yield root
        yield from (fixture / "root" for fixture in FIXTURES)

    def written(self, stack, wanted=lambda function: True):
        """Yields host, functions that were asked for, and text of each host that has some."""
        for root in self.roots():
            functions = audit(root)["functions"]
            chosen = [function["address"] for function in functions
                      if function["assignable"]["verdict"].startswith("assignable") and
                      wanted(function)][:12]
            if not chosen:
                continue
            result = passcheck("--root", root, "--format", stack, *chosen)
            lines = [line for line in result.stdout.splitlines() if not line.startswith("#")]
            yield functions, chosen, "\n".join(lines).replace("\\\n", "")


class Proxmox(Judge):
    def test_the_grammar_takes_what_theirs_takes(self):
        for text in PROXMOX_TAKEN:
            self.assertTrue(PROXMOX_HOSTPCI.fullmatch(text), text)
        for text in PROXMOX_REFUSED:
            self.assertFalse(PROXMOX_HOSTPCI.fullmatch(text), text)

    def test_it_is_in_their_grammar(self):
        for _, _, text in self.written("proxmox"):
            for line in text.splitlines():
                words = shlex.split(line)
                if words[0] == "pvesh":
                    self.accept_map(words[-1])
                elif words[3].startswith("--hostpci"):
                    self.assertRegex(words[3], r"^--hostpci(\d|1[0-5])$")
                    self.assertTrue(PROXMOX_HOSTPCI.fullmatch(words[4]), words[4])

    def accept_map(self, text):
        properties = dict(item.split("=", 1) for item in text.split(","))
        self.assertLessEqual(set(properties),
                             {"id", "iommugroup", "node", "path", "subsystem-id"})
        self.assertTrue(PROXMOX_PATH.fullmatch(properties["path"]), text)
        self.assertTrue(PROXMOX_IDS.fullmatch(properties["id"]), text)
        self.assertTrue(PROXMOX_IDS.fullmatch(properties.get("subsystem-id", "0000:0000")), text)
        self.assertTrue(properties["iommugroup"].isdigit())


class Kubernetes(Judge):
    def test_manifests_are_in_kubevirts_schema(self):
        for _, _, text in self.written("kubevirt"):
            permitted, guest = yaml.safe_load_all(text)
            check(permitted, KUBEVIRT)
            check(guest, MACHINE)

    def test_policies_are_in_the_operators_schema(self):
        for root in self.roots():
            for function in audit(root)["functions"]:
                if not function["sriov"]:
                    continue
                text = passcheck("--root", root, "--format", "sriov-policy",
                                 function["address"]).stdout
                for policy in yaml.safe_load_all(text):
                    if policy:
                        check(policy, POLICY)


class Nova(Judge):
    def test_a_spec_matches_its_function_and_no_other(self):
        for functions, chosen, text in self.written("nova"):
            matched = set()
            for line in text.splitlines()[1:]:
                option, value = line.split(" = ", 1)
                value = json.loads(value)
                check(value, NOVA_SPEC if option == "device_spec" else NOVA_ALIAS)
                if option == "device_spec":
                    matched |= {function["address"] for function in functions
                                if nova_matches(value, function)}
            self.assertEqual(matched, set(chosen) & matched)
            self.assertEqual(len(matched), text.count("device_spec = "))


class Others(Judge):
    def test_incus_takes_the_addresses(self):
        for _, _, text in self.written("incus"):
            for device in yaml.safe_load(text)["devices"].values():
                keys = {"type", "gputype", "pci"} if device["type"] == "gpu" else \
                    {"type", "address"}
                self.assertEqual(set(device), keys)
                self.assertTrue(INCUS_ADDRESS.fullmatch(device.get("pci") or device["address"]))

    def test_cloud_hypervisor_takes_the_devices(self):
        for _, _, text in self.written("cloud-hypervisor"):
            words = shlex.split(text)
            self.assertEqual(words[:2], ["cloud-hypervisor", "--device"])
            for word in words[2:]:
                check(dict(item.split("=", 1) for item in word.split(",")), CLOUD_HYPERVISOR)


if __name__ == "__main__":
    unittest.main()

"""The grammars of other stacks, made strict, judge what is written for them.

Facts of: qemu-server (PVE/QemuServer/PCI.pm) and pve-guest-common (PVE/Mapping/PCI.pm); KubeVirt's
api (PciHostDevice, GPU, HostDevice); the SR-IOV network operator's CRD; nova/pci (devspec.py,
request.py); Incus' device/pci.go; Cloud Hypervisor's DeviceConfig.
"""
import json
import os
import re
import shlex
import subprocess
import sys
import unittest

import jsonschema
import yaml

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from support import PROGRAMS, SOURCE, TreeTest, audit, passcheck  # noqa: E402

FIXTURES = sorted(SOURCE.glob("fixtures/*"))

PROXMOX_ID = r"(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?"
PROXMOX_OPTIONS = r"(?:,(?:pcie=[01]|rombar=[01]|x-vga=[01]|legacy-igd=[01]|driver=(?:vfio|keep)))*"
PROXMOX_HOSTPCI = re.compile(
    rf"(?:(?:host=)?{PROXMOX_ID}(?:;{PROXMOX_ID})*|mapping=[A-Za-z][A-Za-z0-9_-]+){PROXMOX_OPTIONS}",
    re.ASCII)
PROXMOX_PATH = re.compile(r"[a-f0-9]{4,}:[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?")
PROXMOX_IDS = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}")
# What their own tests and code take and refuse: src/test/cfg2cmd of qemu-server, validate.IsPCIAddress
# of Incus' shared/validate.
PROXMOX_TAKEN = ("f0:43", "0000:01:00.0,pcie=1", "0000:01:00,pcie=1,x-vga=1", "00:02.0,legacy-igd=1",
                 "01:00.1;02:00.0", "mapping=gpu,pcie=1", "01:00.0,driver=keep", "f0:42.0",
                 "host=0000:f0:43;0000:f0:44.1,rombar=0", "10000:01:00.0", "mapping=some-Model,pcie=1")
PROXMOX_REFUSED = ("0000:0A:00.0", "01:00.0;", "mapping=1gpu", "01:00.0,pcie=on", "1:00.0",
                   "host=mapping=gpu", "01:00.0,pcie=1,pcie", "0000:01:00.0.0", "000:01:00.0",
                   ";01:00.0", "mapping=g", "mapping=gpu;nic", "01:00.0,driver=igb", "")
PROXMOX_PATHS_TAKEN = ("0000:41:00.0", "0000:41:00", "10000:01:00.0")
PROXMOX_PATHS_REFUSED = ("41:00.0", "0000:41:00.0;", "0000:4A:00.0", "")
INCUS_ADDRESS = re.compile(r"(?:[0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-9a-fA-F]")
INCUS_TAKEN = ("0000:12:ab.0", "0010:12:ab.0", "0000:12:CD.0", "12:ab.0", "12:CD.0")
INCUS_REFUSED = ("10000:12:ab.0", "0000:12:gh.0", "0000:12:GH.0", "0000:12:ab", "12:ab", "12:gh.0",
                 "0000:12:ab.00", "", "pci_0000_12_ab_0")


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


# Nova's own parser, in the Python that its packages are for: of each device the specs that match
# it; aliases are parsed, too.
NOVA_JUDGE = """
import json, sys
import nova.conf
from nova.pci import devspec, request
specs, aliases, devices = json.load(sys.stdin)
nova.conf.CONF([], project="nova", default_config_files=[])
nova.conf.CONF.set_override("alias", aliases, "pci")
request._get_alias_from_config()
parsed = [devspec.PciDeviceSpec(json.loads(spec)) for spec in specs]
print(json.dumps([[spec.match(device) for spec in parsed] for device in devices]))
"""


def nova_device(function):
    """A function of the host, as Nova's driver of libvirt describes it."""
    kind = "type-VF" if function["physical_function"] else \
        "type-PF" if function["sriov"] else "type-PCI"
    return {"address": function["address"], "vendor_id": function["vendor_id"].removeprefix("0x"),
            "product_id": function["device_id"].removeprefix("0x"), "dev_type": kind,
            **({"parent_addr": function["physical_function"]} if kind == "type-VF" else {})}


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
        for text in PROXMOX_PATHS_TAKEN:
            self.assertTrue(PROXMOX_PATH.fullmatch(text), text)
        for text in PROXMOX_PATHS_REFUSED:
            self.assertFalse(PROXMOX_PATH.fullmatch(text), text)

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
    def options(self):
        """Yields functions, those that were asked for, and the values of both options."""
        for functions, chosen, text in self.written("nova"):
            pairs = [line.split(" = ", 1) for line in text.splitlines()[1:]]
            yield functions, chosen, *([value for option, value in pairs if option == name]
                                       for name in ("device_spec", "alias"))

    def test_options_are_in_its_schemas(self):
        for _, _, specs, aliases in self.options():
            for spec in specs:
                check(json.loads(spec), NOVA_SPEC)
            for alias in aliases:
                check(json.loads(alias), NOVA_ALIAS)

    def test_its_parser_matches_a_spec_with_its_function_and_no_other(self):
        packages = PROGRAMS / "nova/usr/lib/python3/dist-packages"
        if not packages.exists():
            raise unittest.SkipTest("python3-nova is not unpacked: script/bootstrap test does that")
        for functions, chosen, specs, aliases in self.options():
            # Of a domain above ffff Nova knows nothing: its manager passes over what is refused.
            devices = [nova_device(function) for function in functions
                       if len(function["address"]) == len("0000:00:00.0")]
            result = subprocess.run(
                ["/usr/bin/python3", "-W", "ignore", "-c", NOVA_JUDGE],
                input=json.dumps([specs, aliases, devices]), capture_output=True, text=True,
                check=False, env={**os.environ, "PYTHONPATH": str(packages)})
            self.assertEqual(result.returncode, 0, result.stderr)
            matched = {device["address"] for device, specs_that_match in
                       zip(devices, json.loads(result.stdout)) if any(specs_that_match)}
            self.assertEqual(matched, {json.loads(spec)["address"] for spec in specs})
            self.assertLessEqual(matched, set(chosen))


class Others(Judge):
    def test_the_grammar_of_incus_takes_what_theirs_takes(self):
        for text in INCUS_TAKEN:
            self.assertTrue(INCUS_ADDRESS.fullmatch(text), text)
        for text in INCUS_REFUSED:
            self.assertFalse(INCUS_ADDRESS.fullmatch(text), text)

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

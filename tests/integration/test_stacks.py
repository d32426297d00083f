"""The grammars of other stacks, made strict, judge what is written for them: of machines on paper, of
fixtures, and of hosts rebuilt from public reports.

Facts of: qemu-server (PVE/QemuServer/PCI.pm) and pve-guest-common (PVE/Mapping/PCI.pm); KubeVirt's
api (PciHostDevice, GPU, HostDevice); the SR-IOV network operator's CRD, and its webhook's pattern of
resourceName; nova/pci (devspec.py, request.py); Incus' device/pci.go; Cloud Hypervisor's DeviceConfig.
Where script/bootstrap could have the schemas that these projects publish, they judge too.
"""
import functools
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import machine  # noqa: E402
from support import PROGRAMS, SOURCE, audit, field_hosts, passcheck  # noqa: E402

# Asked for at once of a host.
MOST_FUNCTIONS = 12
# By who builds a machine: what stacks differ in.
SHAPES = {machine.build: ((machine.GPU,), (machine.DISK,), (machine.VF0,)),
          machine.build_stacks: ((machine.IGD,), machine.QUAD, machine.SWITCHED[:1], (machine.LONG,))}

PROXMOX_ID = r"(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?"
PROXMOX_OPTIONS = (r"(?:,(?:pcie=[01]|rombar=[01]|x-vga=[01]|legacy-igd=[01]|driver=(?:vfio|keep)|"
                   r"mdev=[^/.:,]+))*")
PROXMOX_HOSTPCI = re.compile(
    rf"(?:(?:host=)?{PROXMOX_ID}(?:;{PROXMOX_ID})*|mapping=[A-Za-z][A-Za-z0-9_-]+){PROXMOX_OPTIONS}",
    re.ASCII)
PROXMOX_PATH = re.compile(r"[a-f0-9]{4,}:[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?")
PROXMOX_IDS = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}")
# What their own tests and code take and refuse: src/test/cfg2cmd of qemu-server, validate.IsPCIAddress
# of Incus' shared/validate.
PROXMOX_TAKEN = ("f0:43", "0000:01:00.0,pcie=1", "0000:01:00,pcie=1,x-vga=1", "00:02.0,legacy-igd=1",
                 "01:00.1;02:00.0", "mapping=gpu,pcie=1", "01:00.0,driver=keep", "f0:42.0",
                 "host=0000:f0:43;0000:f0:44.1,rombar=0", "10000:01:00.0", "mapping=some-Model,pcie=1",
                 "mapping=gpu,mdev=nvidia-256")
PROXMOX_REFUSED = ("0000:0A:00.0", "01:00.0;", "mapping=1gpu", "01:00.0,pcie=on", "1:00.0",
                   "host=mapping=gpu", "01:00.0,pcie=1,pcie", "0000:01:00.0.0", "000:01:00.0",
                   ";01:00.0", "mapping=g", "mapping=gpu;nic", "01:00.0,driver=igb", "01:00.0,mdev=a:b", "")
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
POLICY["properties"]["spec"]["properties"]["externallyManaged"] = {"const": True}
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


def judge(schema):
    return jsonschema.Draft202012Validator(schema)


def check(document, schema):
    judge(schema).validate(document)


# What the projects publish, by the file that script/bootstrap keeps it in.
SCHEMAS = PROGRAMS / "schemas"


def closed(schema):
    """An object takes no property that it does not name."""
    if isinstance(schema, list):
        for item in schema:
            closed(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and \
                not schema.get("x-kubernetes-preserve-unknown-fields"):
            schema.setdefault("additionalProperties", False)
        for item in schema.values():
            closed(item)
    return schema


def published(kind):
    """The schema that a project publishes of a kind, made strict."""
    if not SCHEMAS.is_dir():
        raise unittest.SkipTest("the projects' schemas are not here: script/bootstrap test has them")
    if kind == "DeviceConfig":
        text = (SCHEMAS / "cloud-hypervisor.yaml").read_text(encoding="utf-8")
        return closed(yaml.safe_load(text)["components"]["schemas"][kind])
    if kind == "SriovNetworkNodePolicy":
        text = (SCHEMAS / "sriov-policy.yaml").read_text(encoding="utf-8")
        versions = yaml.safe_load(text)["spec"]["versions"]
        schema = next(version for version in versions if version["name"] == "v1")["schema"]
    else:
        text = (SCHEMAS / "kubevirt.go").read_text(encoding="utf-8")
        schema = yaml.load(re.search(rf"\t\"{kind.lower()}\": `(.*?)`,?\n", text, re.DOTALL)[1],
                           getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    schema = closed(schema["openAPIV3Schema"])
    schema["properties"]["metadata"] = {"type": "object"}
    return schema


# Nova's own parser, in the Python that its packages are for: of each device of each host the specs
# that match it; aliases are parsed, too.
NOVA_JUDGE = """
import json, sys
import nova.conf
from nova.pci import devspec, request
nova.conf.CONF([], project="nova", default_config_files=[])

def match(specs, aliases, devices):
    nova.conf.CONF.set_override("alias", aliases, "pci")
    request._get_alias_from_config()
    parsed = [devspec.PciDeviceSpec(json.loads(spec)) for spec in specs]
    return [[spec.match(device) for spec in parsed] for device in devices]

print(json.dumps([match(*host) for host in json.load(sys.stdin)]))
"""


def nova_device(function):
    """A function of the host, as Nova's driver of libvirt describes it."""
    kind = "type-VF" if function["physical_function"] else \
        "type-PF" if function["sriov"] else "type-PCI"
    return {"address": function["address"], "vendor_id": function["vendor_id"].removeprefix("0x"),
            "product_id": function["device_id"].removeprefix("0x"), "dev_type": kind,
            **({"parent_addr": function["physical_function"]} if kind == "type-VF" else {})}


@functools.lru_cache(1)
def folder():
    """Where hosts are kept until the last test is done."""
    temporary = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(temporary.cleanup)
    return pathlib.Path(temporary.name)


@functools.lru_cache(1)
def hosts():
    """Root, functions, and what is asked for at once, in a list, of each host."""
    found = []
    for build, shapes in SHAPES.items():
        root = folder() / build.__name__
        build(root)
        found.append((root, list(shapes)))
    found += [(fixture, []) for fixture in sorted(SOURCE.glob("fixtures/*/root"))]
    found += [(root, []) for root in field_hosts(folder() / "field")]
    return [(root, audit(root)["functions"], asked) for root, asked in found]


def asks(functions, shapes):
    """What is asked for of a host: what it can give to a guest, and, by force, what it cannot."""
    fits, others = [], []
    for function in functions:
        given = function["assignable"]["verdict"].startswith("assignable")
        (fits if given else others).append(function["address"])
    return [(chosen, force) for chosen, *force in
            (*((shape, "--force") for shape in shapes), (fits[:MOST_FUNCTIONS],),
             (others[:MOST_FUNCTIONS], "--force")) if chosen]


@functools.lru_cache
def written(stack):
    """Functions of the host, those that were asked for, and text, of each output."""
    outputs = []
    for root, functions, shapes in hosts():
        for chosen, force in asks(functions, shapes):
            result = passcheck("--root", root, "--format", stack, *chosen, *force)
            lines = [line for line in result.stdout.splitlines() if not line.startswith("#")]
            if lines:  # a host may have only its last links, or only bridges
                outputs.append((functions, chosen, "\n".join(lines).replace("\\\n", "")))
    print(f"{stack}: {len(outputs)} outputs of {len(hosts())} hosts")
    return outputs


class Proxmox(unittest.TestCase):
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
        for _, _, text in written("proxmox"):
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


class Kubernetes(unittest.TestCase):
    def manifests(self):
        for _, _, text in written("kubevirt"):
            yield from yaml.safe_load_all(text)

    @staticmethod
    @functools.lru_cache
    def policies():
        texts = [passcheck("--root", root, "--format", "sriov-policy", function["address"]).stdout
                 for root, functions, _ in hosts() for function in functions if function["sriov"]]
        return [policy for text in texts for policy in yaml.safe_load_all(text) if policy]

    def test_manifests_are_in_kubevirts_schema(self):
        for manifest in self.manifests():
            check(manifest, {"KubeVirt": KUBEVIRT, "VirtualMachine": MACHINE}[manifest["kind"]])

    def test_manifests_are_in_the_schema_that_kubevirt_publishes(self):
        judges = {kind: judge(published(kind)) for kind in ("KubeVirt", "VirtualMachine")}
        for manifest in self.manifests():
            judges[manifest["kind"]].validate(manifest)

    def test_policies_are_in_the_operators_schema(self):
        for policy in self.policies():
            check(policy, POLICY)

    def test_policies_are_in_the_schema_that_the_operator_publishes(self):
        operator = judge(published("SriovNetworkNodePolicy"))
        for policy in self.policies():
            operator.validate(policy)

    def test_what_is_published_refuses_a_slip_of_the_pen(self):
        operator = judge(published("SriovNetworkNodePolicy"))
        policy = self.policies()[0]
        for slip in ({"numVfs": "4"}, {"devicetype": "vfio-pci"}, {"deviceType": "vfio"}):
            self.assertFalse(operator.is_valid(policy | {"spec": policy["spec"] | slip}), slip)


class Nova(unittest.TestCase):
    def options(self):
        """Yields functions, those that were asked for, and the values of both options."""
        for functions, chosen, text in written("nova"):
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
        hosts_asked = list(self.options())
        # Of a domain above ffff Nova knows nothing: its manager passes over what is refused.
        devices = [[nova_device(function) for function in functions
                    if len(function["address"]) == len("0000:00:00.0")]
                   for functions, *_ in hosts_asked]
        asked = [[specs, aliases, known]
                 for (_, _, specs, aliases), known in zip(hosts_asked, devices)]
        result = subprocess.run(
            ["/usr/bin/python3", "-W", "ignore", "-c", NOVA_JUDGE], input=json.dumps(asked),
            capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(packages)})
        self.assertEqual(result.returncode, 0, result.stderr)
        for (_, chosen, specs, _), known, matches in zip(hosts_asked, devices,
                                                         json.loads(result.stdout)):
            matched = {device["address"] for device, match in zip(known, matches) if any(match)}
            self.assertEqual(matched, {json.loads(spec)["address"] for spec in specs})
            self.assertLessEqual(matched, set(chosen))


class Others(unittest.TestCase):
    def test_the_grammar_of_incus_takes_what_theirs_takes(self):
        for text in INCUS_TAKEN:
            self.assertTrue(INCUS_ADDRESS.fullmatch(text), text)
        for text in INCUS_REFUSED:
            self.assertFalse(INCUS_ADDRESS.fullmatch(text), text)

    def test_incus_takes_the_addresses(self):
        for _, _, text in written("incus"):
            for device in yaml.safe_load(text)["devices"].values():
                keys = {"type", "gputype", "pci"} if device["type"] == "gpu" else \
                    {"type", "address"}
                self.assertEqual(set(device), keys)
                self.assertTrue(INCUS_ADDRESS.fullmatch(device.get("pci") or device["address"]))

    def cloud_hypervisor(self):
        for _, _, text in written("cloud-hypervisor"):
            words = shlex.split(text)
            self.assertEqual(words[:2], ["cloud-hypervisor", "--device"])
            yield from (dict(item.split("=", 1) for item in word.split(",")) for word in words[2:])

    def test_cloud_hypervisor_takes_the_devices(self):
        for device in self.cloud_hypervisor():
            check(device, CLOUD_HYPERVISOR)

    def test_they_are_in_the_schema_that_cloud_hypervisor_publishes(self):
        schema = judge(published("DeviceConfig"))
        for device in self.cloud_hypervisor():
            schema.validate(device)


if __name__ == "__main__":
    unittest.main()

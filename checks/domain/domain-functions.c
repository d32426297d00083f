/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/domain_line.h"
#include "checks/support/fixes.h"

#include <inttypes.h>
#include <string.h>

#include "guest/hostdev/form.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/own_commands.h"

enum kind {
	MISSING,
	UNREAD,
	NOT_VF,
	NOT_NVME,
	NO_PF_INTERFACE,
	TWICE,
	UNMANAGED,
	VITAL,
	LAST_LINKS,
	LINKS_SHARED,
	NETWORK_NO_PF,
	NETWORK_NO_VFS,
	NETWORK_NOT_VF,
	INFINIBAND,
	PORT,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[MISSING] = {"domain-functions.missing",
		     "The XML of a domain names a function that the host does not have. The guest "
		     "does not start. A virtual function is gone after a reboot unless something "
		     "makes it again; an address moves when cards or firmware settings change; and "
		     "a number without 0x is decimal to libvirt, with a leading 0 octal.",
		     "Name a function that the host has (virsh nodedev-list --cap pci lists them), "
		     "with 0x before every number. Virtual functions that are gone have to be made "
		     "again, at each boot."},
	[UNREAD] = {"domain-functions.unread",
		    "passcheck could not read all of the host's PCI functions, so it cannot tell "
		    "whether the host has those that the XML names, and whether they are of the "
		    "kind that the XML says.",
		    FIX_READ_AT_ALL},
	[NOT_VF] = {"domain-functions.not-a-vf",
		    "<interface type='hostdev'> is for SR-IOV virtual functions: libvirt sets MAC "
		    "address and VLAN through the physical function. libvirt refuses others when "
		    "the guest starts. Another function may have that address by now.",
		    "Name a virtual function, or use <hostdev> instead: " OWN_XML
		    " FUNCTION writes it."},
	[NOT_NVME] =
		{"domain-functions.not-nvme",
		 "<disk type='nvme'> is for NVMe controllers: QEMU drives the function itself, "
		 "through VFIO, and gives the guest a disk of its namespace. With another function "
		 "QEMU fails. Another function may have that address by now: addresses move when "
		 "cards or firmware settings change.",
		 "Name the NVMe controller by the address that it has now (lspci -D)."},
	[NO_PF_INTERFACE] =
		{"domain-functions.no-pf-interface",
		 "The physical function of a virtual function in <interface "
		 "type='hostdev'> has no network interface, so libvirt can set no MAC address, "
		 "and the guest does not start. Its network driver is not bound, or it is of "
		 "another kind.",
		 "Bind a physical function without a driver to that of the host (echo ADDRESS > "
		 "/sys/bus/pci/drivers_probe). Give one that is with VFIO back to the host (virsh "
		 "nodedev-reattach), and make its virtual functions again. Where the host's driver "
		 "makes no network interface, use <hostdev> instead."},
	[INFINIBAND] =
		{"domain-functions.infiniband",
		 "<interface type='hostdev'> gives an InfiniBand virtual function a MAC address. "
		 "InfiniBand has GUIDs instead, and its driver on the host takes no MAC address "
		 "for a VF, so libvirt refuses to start the guest.",
		 "Use <hostdev> instead: " OWN_XML " FUNCTION writes it. Set the GUIDs "
		 "and the link state of the VF on the host (ip link set DEVICE vf N node_guid and "
		 "port_guid)."},
	[PORT] =
		{"domain-functions.vf-port",
		 "An interface that is to have a virtual function asks for a VLAN trunk (several "
		 "tags, or trunk='yes'), or for a virtual port of another type than 802.1Qbh, or "
		 "has a VLAN beside one. libvirt sets a VLAN through the physical function, which "
		 "takes one tag for a VF, and refuses to start the guest (\"vlan trunking is not "
		 "supported by SR-IOV network devices\", \"currently not supported on interfaces "
		 "of type hostdev\").",
		 "Give the interface one tag, or none, and no <virtualport>. In a VF without a tag "
		 "the guest can make VLANs itself, where its driver on the host lets it; some ask "
		 "for trust (ip link set DEVICE vf N trust on)."},
	[TWICE] = {"domain-functions.twice",
		   "A domain names the same function twice. libvirt refuses to define it.",
		   "Remove one of the two."},
	[UNMANAGED] =
		{"domain-functions.unmanaged",
		 "A device without managed='yes' must be with vfio-pci, or a driver derived "
		 "from it, before the guest starts: libvirt does not bind it there (\"Unmanaged "
		 "PCI device must be manually detached from the host\").",
		 "Set managed='yes', or detach the function before the guest starts (virsh "
		 "nodedev-detach). QEMU by itself and KubeVirt bind nothing: " OWN_PLAN " says "
		 "how to bind the function."},
	[VITAL] = {"domain-functions.vital",
		   "A domain uses a function that the host needs: its root file system, its "
		   "swap or its network link. Starting the guest takes it away from the host.",
		   "Give the guest another function, or the host another disk or link."},
	[LAST_LINKS] = {"domain-functions.last-links",
			"A domain uses functions that together have all network links of the host "
			"that are up; no single one of them has all. Starting the guest cuts the "
			"host off.",
			"Leave one of the links to the host, or give the host another."},
	[LINKS_SHARED] = {"domain-functions.links-shared",
			  "Domains use functions that together have all network links of the host "
			  "that are up, and no domain uses all of them. While these guests run at "
			  "the same time, the host is cut off.",
			  "Leave one of the links to the host, give the host another, or make sure "
			  "that the guests never run at the same time."},
	[NETWORK_NO_PF] = {"domain-functions.network-no-pf",
			   "A libvirt network hands out virtual functions of a network interface "
			   "that the host does not have.",
			   "Name the interface of a physical function that is there."},
	[NETWORK_NO_VFS] =
		{"domain-functions.network-no-vfs",
		 "A libvirt network hands out virtual functions of a network interface "
		 "that has none, or fewer than a domain takes from it. They must exist when the "
		 "network starts.",
		 "Make enough virtual functions before the network starts: " OWN_PLAN_VFS
		 " FUNCTION says how. Where the interface's function has no SR-IOV, name the "
		 "interface of one that has."},
	[NETWORK_NOT_VF] =
		{"domain-functions.network-not-a-vf",
		 "A libvirt network lists a function that the host does not have, or "
		 "that is no virtual function.",
		 "List virtual functions that are there; make them first where they are gone."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static void show_map(struct finding *finding, const struct domain_map *map)
{
	finding_evidence(finding, &map->host->pci.fact, "%s",
			 counted(finding->owner->arena, map->host->pci.count, "function"));
}

static void report_missing(const struct domain_map *map, const struct domain_use *use,
			   struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[MISSING], FINDING_FAIL, subject_domain(use->domain->name),
		"%s uses %s, which the host does not have", use->domain->name, use->address);

	show_map(finding, map);
	if (use->device->source_is_decimal)
		finding_remedy(
			finding,
			"Write the numbers of line %u with 0x: libvirt reads them as decimal",
			use->device->line);
	else if (use->device->kind == DOMAIN_DEVICE_INTERFACE)
		finding_remedy(finding, "Make the virtual functions again, or name one that is "
					"there");
	else
		finding_remedy(finding, "Name a function that is there");
	if (use->device->kind == DOMAIN_DEVICE_INTERFACE)
		finding_command(finding, "virsh nodedev-list --cap pci");
}

static void report_unread(struct subject subject, const struct fact *fact, const char *what,
			  struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[UNREAD], FINDING_UNKNOWN, subject,
					      "%s could not be read", what);

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void report_no_pf_interface(const struct domain_use *use, struct findings *findings)
{
	const struct pci_function *pf = use->function->pf;
	struct finding *finding = finding_add(
		findings, &kinds[NO_PF_INTERFACE], FINDING_FAIL, subject_domain(use->domain->name),
		"%s, the physical function of %s, has no network interface", pf->name,
		use->function->name);

	finding_evidence_state(finding, &pf->netdevs.fact);
	finding_evidence(finding, &pf->driver.fact, "%s", pf->driver.text);
	if (!fact_known(&pf->driver.fact)) {
		finding_remedy(finding, "Bind the physical function to its host driver");
		finding_command(finding, "echo %s > /sys/bus/pci/drivers_probe", pf->name);
	} else if (driver_leaves_dma(pf)) {
		finding_remedy(finding, "Give the physical function back to its host driver, and "
					"make its virtual functions again");
		finding_command(finding, "virsh nodedev-reattach %s",
				hostdev_nodedev_name(findings->arena, &pf->address));
	} else {
		finding_remedy(finding, "Use <hostdev>: the driver %s makes no network interface",
			       pf->driver.text);
		finding_command(finding, OWN_XML " %s", use->function->name);
	}
}

static void report_no_vf(const struct domain_use *use, struct findings *findings)
{
	const struct pci_function *function = use->function;
	struct finding *finding = finding_add(findings, &kinds[NOT_VF], FINDING_FAIL,
					      subject_domain(use->domain->name),
					      "%s uses %s as a virtual function, which it is not",
					      use->domain->name, function->name);

	finding_evidence_state(finding, &function->physfn.fact);
	finding_remedy(finding, "Name a virtual function, or use <hostdev>");
	finding_command(finding, OWN_XML " %s", function->name);
}

static void report_infiniband(const struct domain_use *use, struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[INFINIBAND], FINDING_FAIL,
					      subject_domain(use->domain->name),
					      "%s gives the InfiniBand VF %s a MAC address",
					      use->domain->name, use->function->name);

	finding_evidence(finding, &use->function->class_code.fact, "class 0207");
}

static void judge_vf(const struct domain_use *use, struct findings *findings)
{
	const struct pci_function *function = use->function;
	struct subject subject = subject_domain(use->domain->name);

	if (!fact_settled(&function->physfn.fact)) {
		report_unread(subject, &function->physfn.fact,
			      arena_printf(findings->arena,
					   "whether %s, which %s uses, is a virtual function",
					   function->name, use->domain->name),
			      findings);
		return;
	}
	if (!pci_is_vf(function)) {
		report_no_vf(use, findings);
		return;
	}
	if (pci_is_infiniband(function)) {
		report_infiniband(use, findings);
		return;
	}
	if (!function->pf)
		return;
	if (fact_absent(&function->pf->netdevs.fact))
		report_no_pf_interface(use, findings);
	else if (!fact_known(&function->pf->netdevs.fact))
		report_unread(subject, &function->pf->netdevs.fact,
			      arena_printf(findings->arena,
					   "whether %s, the physical function of %s, has a network "
					   "interface",
					   function->pf->name, function->name),
			      findings);
}

/* virHostdevPreparePCIDevices(), src/hypervisor/virhostdev.c of libvirt. */
static void judge_managed(const struct domain_use *use, struct findings *findings)
{
	const struct fact_text *driver = &use->function->driver;
	struct arena *arena = findings->arena;
	const char *name = use->function->name;
	struct finding *finding;

	if (use->device->managed || driver_is_vfio(use->function))
		return;
	if (!fact_settled(&driver->fact)) {
		report_unread(subject_domain(use->domain->name), &driver->fact,
			      arena_printf(arena, "the driver of %s, which %s uses unmanaged,",
					   name, use->domain->name),
			      findings);
		return;
	}
	finding = finding_add(
		findings, &kinds[UNMANAGED], FINDING_FAIL, subject_domain(use->domain->name),
		"%s uses %s unmanaged, which %s", use->domain->name, name,
		fact_known(&driver->fact)
			? arena_printf(arena, "its host driver %s holds", driver->text)
			: "no driver holds, not even vfio-pci");
	finding_evidence(finding, &driver->fact, "%s", driver->text);
	if (assignable_host_use(use->assignable)) {
		finding_remedy(finding, "Give the guest another function");
		return;
	}
	if (use->domain->other_stack) {
		finding_remedy(finding, "Bind it to vfio-pci before the guest starts");
		finding_command(finding, OWN_PLAN " %s", name);
		return;
	}
	if (use->device->kind == DOMAIN_DEVICE_ARGUMENT)
		finding_remedy(finding,
			       "Detach the function before the guest starts: libvirt does "
			       "not look into <qemu:commandline>. Better, write a <hostdev>");
	else
		finding_remedy(finding, "Set managed='yes', or detach the function first");
	finding_command(finding, "virsh nodedev-detach %s",
			hostdev_nodedev_name(arena, &use->function->address));
}

static void judge_nvme(const struct domain_use *use, struct findings *findings)
{
	const struct fact_number *class_code = &use->function->class_code;
	struct finding *finding;

	if (pci_class(use->function) == CLASS_NVM)
		return;
	if (!fact_known(&class_code->fact)) {
		report_unread(subject_domain(use->domain->name), &class_code->fact,
			      arena_printf(findings->arena,
					   "whether %s, which %s uses, is an NVMe controller",
					   use->function->name, use->domain->name),
			      findings);
		return;
	}
	finding = finding_add(findings, &kinds[NOT_NVME], FINDING_FAIL,
			      subject_domain(use->domain->name),
			      "%s uses %s as an NVMe disk, which it is not", use->domain->name,
			      use->function->name);
	finding_evidence(finding, &class_code->fact, "%#06" PRIx64, (uint64_t)class_code->value);
}

static void judge_vital(const struct domain_use *use, struct findings *findings)
{
	const struct blocker *vital = assignable_host_use(use->assignable);
	struct finding *finding;

	if (!vital)
		return;
	finding = finding_add(findings, &kinds[VITAL], FINDING_FAIL,
			      subject_domain(use->domain->name), "%s uses %s: %s",
			      use->domain->name, use->function->name, vital->why);
	finding_evidence_state(finding, vital->evidence);
}

/* Returns, in memory of the findings, why the host is cut off where all of the uses are served. */
static const char *cut_off_by(const struct domain_map *map, const struct domain_use *begin,
			      const struct domain_use *end, struct findings *findings)
{
	const struct pci_function **functions =
		arena_array(findings->arena, (size_t)(end - begin) + 1, sizeof(*functions));
	size_t count = 0;

	for (const struct domain_use *use = begin; functions && use < end; use++) {
		if (use->function)
			functions[count++] = use->function;
	}
	return functions ? host_uses_cut_off(&map->model->host_uses, functions, count,
					     findings->arena)
			 : NULL;
}

/* Returns whether the domain by itself takes all links. */
static bool judge_last_links(const struct domain_map *map, const struct domain *domain,
			     struct findings *findings)
{
	const struct domain_uses uses = domain_map_uses(map, domain);
	const char *why = cut_off_by(map, uses.begin, uses.end, findings);

	if (!why)
		return false;
	struct finding *finding =
		finding_add(findings, &kinds[LAST_LINKS], FINDING_FAIL,
			    subject_domain(domain->name), "%s: %s", domain->name, why);
	finding_evidence(finding, &map->host->pci.fact, "each of them is up");
	return true;
}

static bool takes_link(const struct domain_map *map, const struct domain *domain)
{
	const struct domain_uses uses = domain_map_uses(map, domain);

	for (const struct domain_use *use = uses.begin; use < uses.end; use++) {
		if (use->function && host_uses_takes_link(&map->model->host_uses, use->function))
			return true;
	}
	return false;
}

/* Who takes the links that no domain has all of. */
static void report_links_shared(const struct domain_map *map, const char *why,
				struct findings *findings)
{
	enum { MOST_DOMAINS = 4 };
	struct buffer names = {.arena = findings->arena, .separator = ", ", .most = MOST_DOMAINS};
	const char *last = NULL;

	for (size_t i = 0; i < map->domain_count; i++) {
		if (!takes_link(map, &map->domains[i]))
			continue;
		last = map->domains[i].name;
		buffer_item(&names, "%s", last);
	}
	struct finding *finding =
		finding_add(findings, &kinds[LINKS_SHARED], FINDING_WARN, subject_domain(last),
			    "while %s run at the same time, %s", buffer_list(&names), why);
	finding_evidence(finding, &map->host->pci.fact, "each of them is up");
}

static void judge_links(const struct domain_map *map, struct findings *findings)
{
	bool reported = false;

	for (size_t i = 0; i < map->domain_count; i++)
		reported |= judge_last_links(map, &map->domains[i], findings);
	const char *why =
		reported ? NULL : cut_off_by(map, map->uses, map->uses + map->use_count, findings);
	if (why)
		report_links_shared(map, why, findings);
}

/* network is the one that hands the VF out; NULL: the interface names it. */
static void judge_port(const struct domain *domain, const struct domain_device *device,
		       const struct domain_network *network, struct findings *findings)
{
	const char *excess =
		domain_port_excess(&device->port, network ? &network->port : NULL, findings->arena);
	const struct fact line = domain_line(device, findings->arena);

	if (!excess)
		return;
	struct finding *finding =
		finding_add(findings, &kinds[PORT], FINDING_FAIL, subject_domain(domain->name),
			    "%s does not start: its interface of line %u, a VF, is to have %s",
			    domain->name, device->line, excess);
	finding_evidence(finding, &line, "%s", excess);
}

static void judge_twice(const struct domain_map *map, const struct domain_use *use,
			struct findings *findings)
{
	const struct domain_use *first = domain_map_find(map, use->domain, use->function);
	struct finding *finding;

	/* Namespaces of one controller may each be a disk. */
	if (first == use ||
	    (first->device->kind == DOMAIN_DEVICE_NVME && use->device->kind == DOMAIN_DEVICE_NVME))
		return;
	finding = finding_add(findings, &kinds[TWICE], FINDING_FAIL,
			      subject_domain(use->domain->name),
			      "%s uses %s twice, in lines %u and %u", use->domain->name,
			      use->function->name, first->device->line, use->device->line);
	show_map(finding, map);
}

static void judge_use(const struct domain_map *map, const struct domain_use *use,
		      struct findings *findings)
{
	if (!use->function) {
		report_missing(map, use, findings);
		return;
	}
	if (use->device->kind == DOMAIN_DEVICE_INTERFACE) {
		judge_vf(use, findings);
		judge_port(use->domain, use->device, NULL, findings);
	}
	if (use->device->kind == DOMAIN_DEVICE_NVME)
		judge_nvme(use, findings);
	judge_managed(use, findings);
	judge_vital(use, findings);
	judge_twice(map, use, findings);
}

/* Returns a fact that was not read and could hold the interface of that name, or NULL. */
static const struct fact *unread_interfaces(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (!fact_settled(&pci->functions[i].netdevs.fact))
			return &pci->functions[i].netdevs.fact;
	}
	return NULL;
}

static void report_no_pf(const struct domain_map *map, const struct domain_network *network,
			 struct findings *findings)
{
	const struct fact *unread = unread_interfaces(&map->host->pci);
	struct subject subject = subject_domain(network->name);
	struct finding *finding;

	if (unread) {
		report_unread(subject, unread,
			      arena_printf(findings->arena,
					   "whether the host has %s, of which network %s hands out "
					   "VFs,",
					   network->pf, network->name),
			      findings);
		return;
	}
	finding = finding_add(findings, &kinds[NETWORK_NO_PF], FINDING_FAIL, subject,
			      "network %s hands out VFs of %s, which the host does not have",
			      network->name, network->pf);
	show_map(finding, map);
}

static void judge_vf_count(const struct domain_map *map, const struct domain_network *network,
			   const struct pci_function *pf, struct findings *findings)
{
	const struct fact_number *numvfs = &pf->sriov.numvfs;
	size_t takers = domain_map_takers(map, network);
	struct finding *finding;

	if (numvfs->value > 0 && numvfs->value >= (int64_t)takers)
		return;
	finding = finding_add(
		findings, &kinds[NETWORK_NO_VFS], FINDING_FAIL, subject_domain(network->name),
		"network %s has %s of %s to hand out, and a domain takes %zu", network->name,
		counted(findings->arena, (size_t)numvfs->value, "VF"), network->pf, takers);
	finding_evidence(finding, &numvfs->fact, "%" PRId64, numvfs->value);
	finding_remedy(finding, "Make virtual functions of %s", network->pf);
	finding_command(finding, OWN_PLAN_VFS " %s", pf->name);
}

static void judge_pf(const struct domain_map *map, const struct domain_network *network,
		     struct findings *findings)
{
	const struct pci_function *pf = domain_map_interface(map->host, network->pf);
	struct finding *finding;

	if (!pf) {
		report_no_pf(map, network, findings);
	} else if (fact_known(&pf->sriov.numvfs.fact)) {
		judge_vf_count(map, network, pf, findings);
	} else if (fact_absent(&pf->sriov.numvfs.fact)) {
		finding = finding_add(findings, &kinds[NETWORK_NO_VFS], FINDING_FAIL,
				      subject_domain(network->name),
				      "network %s hands out VFs of %s, which cannot have any",
				      network->name, network->pf);
		finding_evidence_state(finding, &pf->sriov.numvfs.fact);
		finding_remedy(finding, "Name the interface of a physical function with SR-IOV");
	} else {
		report_unread(subject_domain(network->name), &pf->sriov.numvfs.fact,
			      arena_printf(findings->arena,
					   "how many VFs of %s network %s has to hand out",
					   network->pf, network->name),
			      findings);
	}
}

static void judge_listed(const struct domain_map *map, const struct domain_network *network,
			 const struct pci_address *listed, struct findings *findings)
{
	const struct pci_function *function = pci_find(&map->host->pci, listed);
	struct subject subject = subject_domain(network->name);
	char address[PCI_ADDRESS_SIZE];
	struct finding *finding;

	if (function && pci_is_vf(function))
		return;
	pci_address_format(listed, address);
	if (function && !fact_settled(&function->physfn.fact)) {
		report_unread(subject, &function->physfn.fact,
			      arena_printf(findings->arena,
					   "whether %s, which network %s lists, is a virtual "
					   "function",
					   address, network->name),
			      findings);
		return;
	}
	finding = finding_add(findings, &kinds[NETWORK_NOT_VF], FINDING_FAIL, subject,
			      "network %s lists %s, which %s", network->name, address,
			      function ? "is no virtual function" : "the host does not have");
	show_map(finding, map);
}

static void judge_network(const struct domain_map *map, const struct domain_network *network,
			  struct findings *findings)
{
	if (!network->hands_out_functions || !network->name)
		return;
	if (network->pf)
		judge_pf(map, network, findings);
	for (size_t i = 0; i < network->function_count; i++)
		judge_listed(map, network, &network->functions[i], findings);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;
	struct findings *findings = context->findings;

	if (!fact_known(&map->host->pci.fact)) {
		report_unread(subject_host(), &map->host->pci.fact, "the list of PCI functions",
			      findings);
		return;
	}
	for (size_t i = 0; i < map->use_count; i++)
		judge_use(map, &map->uses[i], findings);
	for (size_t i = 0; i < map->network_use_count; i++) {
		const struct domain_network_use *use = &map->network_uses[i];
		judge_port(use->domain, use->device, use->network, findings);
	}
	judge_links(map, findings);
	for (size_t i = 0; i < map->network_count; i++)
		judge_network(map, &map->networks[i], findings);
}

const struct check check_domain_functions = {
	.id = "domain-functions",
	.title = "Does the host have the functions that domains use, and are they what the XML "
		 "says?",
	.needs = "the XML of domains, and the functions of their host; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <inttypes.h>
#include <string.h>

enum kind {
	MISSING,
	UNREAD,
	NOT_VF,
	NO_PF_INTERFACE,
	TWICE,
	UNMANAGED,
	VITAL,
	NETWORK_NO_PF,
	NETWORK_NO_VFS,
	NETWORK_NOT_VF,
};

static const struct finding_kind kinds[] = {
	[MISSING] = {"domain-functions.missing",
		     "The XML of a domain names a function that the host does not have. The guest "
		     "does not start. A virtual function is gone after a reboot unless something "
		     "makes it again; an address moves when cards or firmware settings change; and "
		     "a number without 0x is decimal to libvirt, with a leading 0 octal."},
	[UNREAD] = {"domain-functions.unread",
		    "The host's PCI functions could not be listed, so it is unknown whether it has "
		    "those that domains use."},
	[NOT_VF] = {"domain-functions.not-a-vf",
		    "<interface type='hostdev'> is for SR-IOV virtual functions: libvirt sets MAC "
		    "address and VLAN through the physical function. libvirt refuses others when "
		    "the guest starts. An address that was a virtual function may be something "
		    "else by now."},
	[NO_PF_INTERFACE] =
		{"domain-functions.no-pf-interface",
		 "The physical function of a virtual function in <interface "
		 "type='hostdev'> has no network interface: its driver is not bound, so "
		 "libvirt can set no MAC address, and the guest does not start."},
	[TWICE] = {"domain-functions.twice",
		   "A domain names the same function twice. libvirt refuses to define it."},
	[UNMANAGED] = {"domain-functions.unmanaged",
		       "A device without managed='yes' is not taken from its host driver when the "
		       "guest starts: libvirt refuses to start it until somebody has."},
	[VITAL] = {"domain-functions.vital",
		   "A domain uses a function that the host lives on: its root file system, its "
		   "swap or its network link. Starting the guest takes it away from the host."},
	[NETWORK_NO_PF] = {"domain-functions.network-no-pf",
			   "A libvirt network hands out virtual functions of a network interface "
			   "that the host does not have."},
	[NETWORK_NO_VFS] =
		{"domain-functions.network-no-vfs",
		 "A libvirt network hands out virtual functions of a physical function "
		 "that has none, or fewer than the interfaces that domains take from it. "
		 "They must exist when the network starts."},
	[NETWORK_NOT_VF] = {"domain-functions.network-not-a-vf",
			    "A libvirt network lists a function that the host does not have, or "
			    "that is no virtual function."},
};

static void show_map(struct finding *finding, const struct domain_map *map)
{
	finding_evidence(finding, &map->host->pci.fact, "%zu functions", map->host->pci.count);
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

static void judge_vf(const struct domain_use *use, struct findings *findings)
{
	const struct pci_function *function = use->function;
	struct finding *finding;

	if (!fact_settled(&function->physfn.fact)) {
		finding = finding_add(findings, &kinds[UNREAD], FINDING_UNKNOWN,
				      subject_domain(use->domain->name),
				      "whether %s, which %s uses, is a virtual function could not "
				      "be read",
				      function->name, use->domain->name);
		finding_evidence_state(finding, &function->physfn.fact);
		finding_remedy_unread(finding, &function->physfn.fact);
		return;
	}
	if (!pci_is_vf(function)) {
		finding = finding_add(findings, &kinds[NOT_VF], FINDING_FAIL,
				      subject_domain(use->domain->name),
				      "%s uses %s as a virtual function, which it is not",
				      use->domain->name, function->name);
		finding_evidence_state(finding, &function->physfn.fact);
		finding_remedy(finding, "Name a virtual function, or use <hostdev>");
		finding_command(finding, "passcheck --format xml %s", function->name);
		return;
	}
	if (!function->pf || !fact_absent(&function->pf->netdevs.fact))
		return;
	finding = finding_add(findings, &kinds[NO_PF_INTERFACE], FINDING_FAIL,
			      subject_domain(use->domain->name),
			      "%s, the physical function of %s, has no network interface",
			      function->pf->name, function->name);
	finding_evidence_state(finding, &function->pf->netdevs.fact);
	finding_remedy(finding, "Bind the physical function to its host driver");
	finding_command(finding, "echo %s > /sys/bus/pci/drivers_probe", function->pf->name);
}

static void judge_managed(const struct domain_use *use, struct findings *findings)
{
	const struct pci_function *function = use->function;
	struct finding *finding;

	if (use->device->managed || !fact_known(&function->driver.fact) ||
	    assignability_leaves_dma(function->driver.text))
		return;
	finding = finding_add(findings, &kinds[UNMANAGED], FINDING_FAIL,
			      subject_domain(use->domain->name),
			      "%s uses %s unmanaged, which its host driver %s holds",
			      use->domain->name, function->name, function->driver.text);
	finding_evidence(finding, &function->driver.fact, "%s", function->driver.text);
	finding_remedy(finding, "Set managed='yes', or detach the function first");
	finding_command(finding, "virsh nodedev-detach pci_%04x_%02x_%02x_%x",
			function->address.domain, function->address.bus, function->address.device,
			function->address.function);
}

static void judge_vital(const struct domain_map *map, const struct domain_use *use,
			struct findings *findings)
{
	const struct host_use *vital = host_uses_vital(&map->model->host_uses, use->function);
	struct finding *finding;

	if (!vital)
		return;
	finding = finding_add(findings, &kinds[VITAL], FINDING_WARN,
			      subject_domain(use->domain->name),
			      "%s uses %s, on which the host lives: %s", use->domain->name,
			      use->function->name, host_use_words(findings->arena, vital));
	finding_evidence_state(finding, &use->function->driver.fact);
	finding_remedy(finding,
		       "Give the guest another function, or the host another disk or link");
}

static void judge_twice(const struct domain_map *map, const struct domain_use *use,
			struct findings *findings)
{
	const struct domain_use *first = domain_map_find(map, use->domain, use->function);
	struct finding *finding;

	if (first == use)
		return;
	finding = finding_add(findings, &kinds[TWICE], FINDING_FAIL,
			      subject_domain(use->domain->name),
			      "%s uses %s twice, in lines %u and %u", use->domain->name,
			      use->function->name, first->device->line, use->device->line);
	show_map(finding, map);
	finding_remedy(finding, "Remove one of them");
}

static void judge_use(const struct domain_map *map, const struct domain_use *use,
		      struct findings *findings)
{
	if (!use->function) {
		report_missing(map, use, findings);
		return;
	}
	if (use->device->kind == DOMAIN_DEVICE_INTERFACE)
		judge_vf(use, findings);
	judge_managed(use, findings);
	judge_vital(map, use, findings);
	judge_twice(map, use, findings);
}

/* How many interfaces of a domain draw on the network: more can never start together. */
static size_t count_takers(const struct domain_map *map, const struct domain_network *network)
{
	size_t most = 0;

	for (size_t i = 0; i < map->domain_count; i++) {
		size_t count = 0;
		for (size_t k = 0; k < map->network_use_count; k++)
			count += map->network_uses[k].network == network &&
				 map->network_uses[k].domain == &map->domains[i];
		if (count > most)
			most = count;
	}
	return most;
}

static void judge_pf(const struct domain_map *map, const struct domain_network *network,
		     struct findings *findings)
{
	const struct pci_function *pf = domain_map_interface(map->host, network->pf);
	struct finding *finding;
	size_t takers = count_takers(map, network);

	if (!pf) {
		finding =
			finding_add(findings, &kinds[NETWORK_NO_PF], FINDING_FAIL,
				    subject_domain(network->name),
				    "network %s hands out VFs of %s, which the host does not have",
				    network->name, network->pf);
		show_map(finding, map);
		finding_remedy(finding, "Name the interface of a physical function that is there");
		return;
	}
	if (!fact_known(&pf->sriov.numvfs.fact) || pf->sriov.numvfs.value < (int64_t)takers ||
	    !pf->sriov.numvfs.value) {
		bool unread = !fact_settled(&pf->sriov.numvfs.fact);
		finding = finding_add(
			findings, &kinds[NETWORK_NO_VFS], unread ? FINDING_UNKNOWN : FINDING_FAIL,
			subject_domain(network->name),
			"network %s has %" PRId64 " VFs of %s to hand out, and a domain "
			"takes %zu",
			network->name, pf->sriov.numvfs.value, network->pf, takers);
		finding_evidence(finding, &pf->sriov.numvfs.fact, "%" PRId64,
				 pf->sriov.numvfs.value);
		if (unread)
			finding_remedy_unread(finding, &pf->sriov.numvfs.fact);
		else
			finding_remedy(finding, "Make virtual functions of %s", network->pf);
		finding_command(finding, "passcheck plan --vfs COUNT %s", pf->name);
	}
}

static void judge_network(const struct domain_map *map, const struct domain_network *network,
			  struct findings *findings)
{
	if (!network->hands_out_functions || !network->name)
		return;
	if (network->pf)
		judge_pf(map, network, findings);
	for (size_t i = 0; i < network->function_count; i++) {
		const struct pci_function *function =
			pci_find(&map->host->pci, &network->functions[i]);
		char address[PCI_ADDRESS_SIZE];

		if (function && !fact_absent(&function->physfn.fact))
			continue;
		pci_address_format(&network->functions[i], address);
		struct finding *finding =
			finding_add(findings, &kinds[NETWORK_NOT_VF], FINDING_FAIL,
				    subject_domain(network->name), "network %s lists %s, which %s",
				    network->name, address,
				    function ? "is no virtual function" : "the host does not have");
		show_map(finding, map);
		finding_remedy(finding, "List virtual functions that are there");
	}
}

static void run(const struct domain_map *map, struct findings *findings)
{
	if (!fact_known(&map->host->pci.fact)) {
		struct finding *finding =
			finding_add(findings, &kinds[UNREAD], FINDING_UNKNOWN, subject_host(),
				    "the PCI functions could not be listed");
		finding_evidence_state(finding, &map->host->pci.fact);
		finding_remedy_unread(finding, &map->host->pci.fact);
		return;
	}
	for (size_t i = 0; i < map->use_count; i++)
		judge_use(map, &map->uses[i], findings);
	for (size_t i = 0; i < map->network_count; i++)
		judge_network(map, &map->networks[i], findings);
}

const struct check check_domain_functions = {
	.id = "domain-functions",
	.title = "Are the functions that domains use there, and what the XML takes them for?",
	.needs = "the XML of domains, and the functions of their host; no privilege",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run_domains = run,
};

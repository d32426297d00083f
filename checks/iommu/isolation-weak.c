/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

#include "host/pci/capabilities.h"
#include "model/pcie.h"

enum kind { PEER_TO_PEER, ATS, EXTERNAL, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[PEER_TO_PEER] =
		{"isolation-weak.peer-to-peer",
		 "Downstream ports of one switch lack ACS, and still each has a group: the "
		 "kernel looks at a port's own slot only. Devices below two such ports can "
		 "reach each other inside the switch, past the IOMMU. The groups do not show "
		 "this.",
		 "Give what is below these ports to one guest, or use slots that are not behind "
		 "this switch."},
	[ATS] = {"isolation-weak.ats",
		 "A function has ATS on: what it sends with a translation of its own goes past the "
		 "IOMMU's check. Where a port above does not redirect such requests upstream, they "
		 "reach a neighbour directly. The kernel trusts the function to use only "
		 "translations that the IOMMU gave it.",
		 "Boot with pci=noats on the kernel command line, or take the port out of "
		 "pci=disable_acs_redir= and pci=config_acs=."},
	[EXTERNAL] =
		{"isolation-weak.external",
		 "A device is plugged into a port that firmware calls external (Thunderbolt, "
		 "USB4). The kernel does not trust it: it gets no ATS, and translation blocking "
		 "is on above it. Its groups come and go with the cable, and whoever can reach "
		 "the port can put another device in its place.",
		 "Assign only devices that are fixed inside the machine."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Whether function is a downstream port that does not isolate. */
static bool is_leaky_port(const struct isolation *isolation, const struct pci_function *function)
{
	const struct acs *acs = isolation_acs(isolation, function);

	return acs && acs->verdict == ACS_FAILS && function->pcie_type == PCIE_DOWNSTREAM_PORT;
}

/* Returns another leaky port of the same switch before this one that has another group, or NULL. */
static const struct pci_function *leaky_neighbour(const struct isolation *isolation,
						  const struct pci_function *port)
{
	const struct pci_function *first = isolation->host->pci.functions;

	for (const struct pci_function *other = port; other > first; other--) {
		if (!pcie_same_bus(port, other - 1))
			return NULL;
		if (is_leaky_port(isolation, other - 1) &&
		    isolation_of(isolation, other - 1) != isolation_of(isolation, port))
			return other - 1;
	}
	return NULL;
}

static void judge_switch(const struct isolation *isolation, const struct pci_function *port,
			 struct findings *findings)
{
	const struct pci_function *other;

	if (!is_leaky_port(isolation, port))
		return;
	other = leaky_neighbour(isolation, port);
	if (!other)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[PEER_TO_PEER], FINDING_WARN, subject_function(port),
		"devices below %s and %s can reach each other inside the switch, though their "
		"groups differ",
		other->name, port->name);
	finding_evidence(finding, &other->config.fact, "%s %s", other->name,
			 isolation_acs(isolation, other)->why);
	finding_evidence(finding, &port->config.fact, "%s %s", port->name,
			 isolation_acs(isolation, port)->why);
}

/* Returns the first port above that lets requests with a translation pass to a neighbour. */
static const struct pci_function *open_port(const struct pci_function *function)
{
	for (const struct pci_function *port = function->parent; port; port = port->parent) {
		struct acs_capability acs = acs_decode(&port->config);
		uint16_t redirection = acs.supported & (ACS_RR | ACS_CR);
		enum pcie_type type = port->pcie_type;

		if (type != PCIE_ROOT_PORT && type != PCIE_DOWNSTREAM_PORT)
			continue;
		if (acs.capability.state == FACT_KNOWN &&
		    ((acs.enabled & redirection) != redirection || acs.enabled & ACS_DT))
			return port;
	}
	return NULL;
}

static void judge_ats(const struct pci_function *function, struct findings *findings)
{
	struct ats_capability ats = ats_decode(&function->config);
	const struct pci_function *port;

	if (ats.capability.state != FACT_KNOWN || !ats.enabled)
		return;
	port = open_port(function);
	if (!port)
		return;
	struct acs_capability acs = acs_decode(&port->config);
	struct finding *finding =
		finding_add(findings, &kinds[ATS], FINDING_WARN, subject_function(function),
			    "%s has ATS on below %s, which does not redirect all its requests",
			    function->name, port->name);
	finding_evidence(finding, &function->config.fact, "ATS enabled");
	finding_evidence(finding, &port->config.fact, "ACS supported 0x%02x, enabled 0x%02x",
			 acs.supported, acs.enabled);
}

static bool is_removable(const struct pci_function *function)
{
	return fact_known(&function->removable.fact) &&
	       strcmp(function->removable.text, "removable") == 0;
}

/* Speaks of the first function behind an external port; what is below it came with it. */
static void judge_place(const struct pci_function *function, struct findings *findings)
{
	const struct pci_function *port = function->parent;

	if (!port || !is_removable(function) || is_removable(port))
		return;
	struct finding *finding =
		finding_add(findings, &kinds[EXTERNAL], FINDING_WARN, subject_function(function),
			    "%s is plugged into the external port %s", function->name, port->name);
	finding_evidence(finding, &function->removable.fact, "%s", function->removable.text);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	for (size_t i = 0; i < host->pci.count; i++) {
		judge_switch(&context->model->isolation, &host->pci.functions[i], findings);
		judge_ats(&host->pci.functions[i], findings);
		judge_place(&host->pci.functions[i], findings);
	}
}

const struct check check_isolation_weak = {
	.id = "isolation-weak",
	.title = "Can devices reach each other although their groups differ?",
	.needs = "config space and the removable attribute of every function; CAP_SYS_ADMIN to see "
		 "beyond the first 64 bytes",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/fixes.h"
#include "checks/support/functions.h"

#include <pci/header.h>
#include <string.h>

#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "model/assign/vfio_driver.h"
#include "model/pcie.h"

enum kind { NONE, SLOTS, MAY_VANISH, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"hotplug.none",
		  "No PCI Express port says that its slot is hot-plug capable. Slots of other "
		  "controllers (SHPC, ACPI) are not looked at.",
		  NULL},
	[SLOTS] = {"hotplug.slots",
		   "Ports of the host have slots that are hot-plug capable (Slot Capabilities, "
		   "bit 6), and some of them can lose their card without warning (bit 5, "
		   "surprise). No function below one of these is on a VFIO driver.",
		   NULL},
	[MAY_VANISH] =
		{"hotplug.may-vanish",
		 "A function on a VFIO driver is below a port whose slot allows surprise "
		 "removal: a card or drive that is pulled, or a link that goes down, takes the "
		 "function from the guest while it runs. The kernel then waits until QEMU "
		 "releases it.",
		 "Take the function from its guest (virsh detach-device) before you pull the card, "
		 "or put the card into a slot without surprise removal."},
	[UNREADABLE] = {"hotplug.unreadable",
			"The functions, or the capabilities of ports, could not be read, so "
			"passcheck cannot tell which slots are hot-plug capable.",
			FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Returns the nearest port above that may lose its card, or NULL. */
static const struct pci_function *surprise_port_above(const struct pci_function *function)
{
	uint32_t slot;

	for (const struct pci_function *port = function->parent; port; port = port->parent) {
		if (pcie_read_slot(port, &slot) && slot & PCIE_SLOT_HOTPLUG &&
		    slot & PCIE_SLOT_SURPRISE)
			return port;
	}
	return NULL;
}

static bool judge_function(const struct pci_function *function, struct findings *findings)
{
	/* A VF goes with its PF. */
	const struct pci_function *card = function->pf ? function->pf : function;
	const struct pci_function *port = surprise_port_above(card);

	if (!port || !driver_is_vfio(function))
		return false;
	struct finding *finding = finding_add(
		findings, &kinds[MAY_VANISH], FINDING_WARN, subject_function(function),
		"the slot of %s may lose %s without warning", port->name, function->name);
	finding_evidence(finding, &port->config.fact,
			 "Slot Capabilities: hot-plug capable, surprise");
	finding_evidence(finding, &function->driver.fact, "%s", function->driver.text);
	return true;
}

struct tally {
	size_t hotplug, surprise;
	const struct pci_function *first;
	const struct pci_function *unread;
};

/* One that does not answer; the kernel keeps the class that it had. */
static bool is_lost_endpoint(const struct pci_function *function)
{
	int class_code = pci_class(function);

	return class_code >= 0 && class_code >> 8 != PCI_BASE_CLASS_BRIDGE &&
	       config_is_ones(&function->config);
}

static struct tally count_ports(const struct pci *pci)
{
	struct tally tally = {0};

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *port = &pci->functions[i];
		uint32_t slot;
		if (pci_header_type(port) == 0 || is_lost_endpoint(port))
			continue;
		if (!pcie_read_slot(port, &slot)) {
			tally.unread = tally.unread ? tally.unread : port;
			continue;
		}
		if (!(slot & PCIE_SLOT_HOTPLUG))
			continue;
		tally.first = tally.first ? tally.first : port;
		tally.hotplug++;
		tally.surprise += (slot & PCIE_SLOT_SURPRISE) != 0;
	}
	return tally;
}

static void report_unread(const struct host *host, const struct tally *tally,
			  struct findings *findings)
{
	const struct fact_number privileged = host_privileged(host);
	const struct pci_function *port = tally->unread;
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "the slot of %s could not be read", port->name);

	finding_evidence(finding, &port->config.fact, "%zu bytes", port->config.length);
	if (config_is_ones(&port->config))
		finding_remedy(
			finding,
			"%s does not answer (its config space reads as all ones): switch the "
			"host off and on, then run passcheck again",
			port->name);
	else if (fact_known(&privileged.fact) && !privileged.value)
		finding_remedy_privilege(finding);
	else if (!fact_known(&port->config.fact))
		finding_remedy_unread(finding, &port->config.fact);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	struct tally tally = count_ports(&host->pci);
	struct finding *finding;
	bool found = false;

	for (size_t i = 0; i < host->pci.count; i++)
		found |= judge_function(&host->pci.functions[i], findings);
	if (tally.unread) {
		report_unread(host, &tally, findings);
	} else if (!tally.hotplug) {
		functions_report_none(host, NULL, &kinds[NONE], &kinds[UNREADABLE],
				      "no port has a hot-plug slot", findings);
	} else if (!found) {
		finding = finding_add(findings, &kinds[SLOTS], FINDING_PASS, subject_host(),
				      "%s, which may take no function from a guest",
				      counted_as(findings->arena, tally.hotplug,
						 "port has a hot-plug slot",
						 "ports have hot-plug slots"));
		finding_evidence(finding, &tally.first->config.fact,
				 "the first; %zu allow surprise removal", tally.surprise);
	}
}

const struct check check_hotplug = {
	.id = "hotplug",
	.title = "Can a guest lose a function while it runs?",
	.needs = "config space of ports; root",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};

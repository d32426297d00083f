/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <inttypes.h>

enum kind { ONE_NODE, KNOWN, NODE_UNKNOWN, NODE_MISSING, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[ONE_NODE] = {"numa.one-node",
		      "The host has one NUMA node, or none: all memory and every processor are "
		      "equally near to every function.",
		      NULL},
	[KNOWN] = {"numa.known",
		   "The node of every function that could be assigned to a guest is known "
		   "(numa_node). A guest whose memory and virtual processors are on the "
		   "function's node spares each transfer the way between processors.",
		   NULL},
	[NODE_UNKNOWN] =
		{"numa.node-unknown",
		 "The host has several NUMA nodes, and firmware does not say to which of them "
		 "functions belong (numa_node is -1): the kernel and libvirt cannot place a "
		 "guest's memory near them. Passthrough works all the same.",
		 "Look the slot's node up in the machine's manual and pin guests to it by hand, "
		 "or update the firmware."},
	[NODE_MISSING] =
		{"numa.node-missing",
		 "Firmware puts functions on a NUMA node that the host does not have, as it does "
		 "where the memory and processors of a socket are disabled.",
		 "Put memory on that node, or move the card to another slot."},
	[UNREADABLE] = {"numa.unreadable",
			"The NUMA nodes of the host, or those of functions, were not read.",
			FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static bool has_node(const struct memory *memory, int64_t id)
{
	for (size_t i = 0; i < memory->node_count; i++) {
		if (memory->nodes[i].id == id)
			return true;
	}
	return false;
}

/* Functions of the host that a guest can have: no bridges. */
struct tally {
	size_t known, unknown, missing, unread;
	const struct pci_function *first_unknown;
	const struct pci_function *first_missing;
	const struct pci_function *first_unread;
};

/* The kernel makes the attribute where it knows nodes (CONFIG_NUMA): drivers/pci/pci-sysfs.c. */
static void count(const struct memory *memory, const struct pci_function *function,
		  struct tally *tally)
{
	const struct fact_number *node = &function->numa_node;

	if (!fact_known(&node->fact)) {
		if (!tally->unread++)
			tally->first_unread = function;
	} else if (node->value < 0) {
		if (!tally->unknown++)
			tally->first_unknown = function;
	} else if (!has_node(memory, node->value)) {
		if (!tally->missing++)
			tally->first_missing = function;
	} else {
		tally->known++;
	}
}

static void report_unread(const struct fact *fact, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "cannot tell which NUMA nodes there are");

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void report_one(const struct memory *memory, struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[ONE_NODE], FINDING_NOT_APPLICABLE,
					      subject_host(), "the host has one NUMA node");

	finding_evidence(finding, &memory->nodes_fact, "%s",
			 counted(findings->arena, memory->node_count, "node"));
}

static void report_unknown(const struct tally *tally, struct findings *findings)
{
	const struct pci_function *first = tally->first_unknown;
	struct finding *finding = finding_add(
		findings, &kinds[NODE_UNKNOWN], FINDING_WARN, subject_host(),
		"firmware does not say on which NUMA node %s, as %s",
		counted_as(findings->arena, tally->unknown, "function is", "functions are"),
		first->name);

	finding_evidence(finding, &first->numa_node.fact, "%" PRId64, first->numa_node.value);
}

static void report_missing(const struct memory *memory, const struct tally *tally,
			   struct findings *findings)
{
	const struct pci_function *first = tally->first_missing;
	struct finding *finding =
		finding_add(findings, &kinds[NODE_MISSING], FINDING_WARN, subject_host(),
			    "%s is on NUMA node %" PRId64 ", which the host does not have",
			    first->name, first->numa_node.value);

	finding_evidence(finding, &first->numa_node.fact, "%" PRId64, first->numa_node.value);
	finding_evidence(finding, &memory->nodes_fact, "%s",
			 counted(findings->arena, memory->node_count, "node"));
}

static void report_known(const struct memory *memory, const struct tally *tally,
			 struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[KNOWN], FINDING_PASS, subject_host(),
					      "the NUMA node of %s is known",
					      counted(findings->arena, tally->known, "function"));

	finding_evidence(finding, &memory->nodes_fact, "%s",
			 counted(findings->arena, memory->node_count, "node"));
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct memory *memory = &host->memory;
	struct tally tally = {0};

	if (!fact_settled(&memory->nodes_fact)) {
		report_unread(&memory->nodes_fact, findings);
		return;
	}
	if (memory->node_count < 2) {
		report_one(memory, findings);
		return;
	}
	if (!fact_settled(&host->pci.fact)) {
		report_unread(&host->pci.fact, findings);
		return;
	}
	for (size_t i = 0; i < host->pci.count; i++) {
		if (pci_header_type(&host->pci.functions[i]) <= 0)
			count(memory, &host->pci.functions[i], &tally);
	}
	if (tally.unknown)
		report_unknown(&tally, findings);
	if (tally.missing)
		report_missing(memory, &tally, findings);
	if (tally.unread)
		report_unread(&tally.first_unread->numa_node.fact, findings);
	else if (!tally.unknown && !tally.missing)
		report_known(memory, &tally, findings);
}

const struct check check_numa = {
	.id = "numa",
	.title = "Is it known which NUMA node functions are on?",
	.needs = "/sys/devices/system/node and the functions' numa_node; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};

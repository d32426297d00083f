/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <inttypes.h>

enum kind { REMOTE, UNREAD, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[REMOTE] = {"domain-numa.remote",
		    "A domain is bound to NUMA nodes, and a function that it uses is on another. "
		    "Every transfer then crosses the processors' interconnect: it works, slower.",
		    "Bind memory and processors of the domain to the function's node, or use a "
		    "function of the domain's nodes."},
	[UNREAD] = {"domain-numa.unread",
		    "A domain is bound to NUMA nodes or to processors of the host, and passcheck "
		    "could not read on which nodes these are, or the functions that the domain "
		    "uses.",
		    FIX_READ_AT_ALL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Finds the nodes that hold a domain's processors. Returns the first fact that is missing, or NULL.
 */
static const struct fact *nodes_of_cpus(const struct memory *memory, const struct number_set *cpus,
					struct number_set *ret)
{
	if (!fact_known(&memory->nodes_fact))
		return fact_absent(&memory->nodes_fact) ? NULL : &memory->nodes_fact;
	for (size_t i = 0; i < memory->node_count; i++) {
		const struct memory_node *node = &memory->nodes[i];
		if (!fact_known(&node->fact))
			return &node->fact;
		if (number_set_overlaps(&node->cpus, cpus))
			number_set_add(ret, node->id);
	}
	return NULL;
}

static void report_unread(const struct domain *domain, const char *what, const struct fact *missing,
			  struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREAD], FINDING_UNKNOWN, subject_domain(domain->name),
			    "the NUMA node of %s could not be read", what);

	finding_evidence_state(finding, missing);
	finding_remedy_unread(finding, missing);
}

static void judge_use(const struct domain_use *use, const struct number_set *nodes,
		      struct findings *findings)
{
	const struct fact_number *node = &use->function->numa_node;
	struct finding *finding;

	if (!fact_settled(&node->fact)) {
		report_unread(use->domain,
			      arena_printf(findings->arena, "%s, which %s uses,",
					   use->function->name, use->domain->name),
			      &node->fact, findings);
		return;
	}
	/* Firmware that gives no node leaves -1. */
	if (!fact_known(&node->fact) || node->value < 0 ||
	    number_set_has(nodes, (size_t)node->value))
		return;
	finding = finding_add(
		findings, &kinds[REMOTE], FINDING_WARN, subject_domain(use->domain->name),
		"%s is bound to other NUMA nodes than node %" PRId64 ", on which %s is",
		use->domain->name, node->value, use->function->name);
	finding_evidence(finding, &node->fact, "%" PRId64, node->value);
	finding_remedy(finding,
		       "Bind memory and processors of %s to node %" PRId64
		       ", or use a function of its nodes",
		       use->domain->name, node->value);
}

static void judge_domain(const struct domain_map *map, const struct domain *domain,
			 struct domain_uses uses, struct findings *findings)
{
	struct number_set nodes = domain->memory_nodes;

	if (!domain_uses_first(uses))
		return;
	if (number_set_is_empty(&nodes) && !number_set_is_empty(&domain->cpus)) {
		const struct fact *missing =
			nodes_of_cpus(&map->host->memory, &domain->cpus, &nodes);
		if (missing)
			report_unread(
				domain,
				arena_printf(findings->arena, "the processors of %s", domain->name),
				missing, findings);
	}
	if (number_set_is_empty(&nodes))
		return;
	for (const struct domain_use *use = uses.begin; use < uses.end; use++) {
		if (use->function)
			judge_use(use, &nodes, findings);
	}
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->domain_count; i++)
		judge_domain(map, &map->domains[i], domain_map_uses(map, &map->domains[i]),
			     context->findings);
}

const struct check check_domain_numa = {
	.id = "domain-numa",
	.title = "Are the functions that domains use on the NUMA nodes that they are bound to?",
	.needs = "the XML of domains, numa_node of functions and cpulist of nodes; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};

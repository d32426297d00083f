/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "model/shell.h"

#include <inttypes.h>

enum kind {
	NO_HUGEPAGES,
	HUGEPAGES,
	NODE_WITHOUT_HUGEPAGES,
	HUGEPAGES_UNREADABLE,
	LOCK_UNBOUND,
	LOCK_LIMIT,
	LOCK_UNREADABLE,
	FEW_MAPPINGS,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[NO_HUGEPAGES] = {"memory.no-hugepages",
			  "No huge pages are reserved. Passthrough does not need them; with them "
			  "the IOMMU and the processor translate with fewer entries.",
			  NULL},
	[HUGEPAGES] = {"memory.hugepages",
		       "Huge pages are reserved, for guests that ask for them. VFIO pins "
		       "all of a guest's memory while it has a function.",
		       NULL},
	[NODE_WITHOUT_HUGEPAGES] =
		{"memory.node-without-hugepages",
		 "Huge pages are reserved on some NUMA nodes only, and functions are on a node "
		 "that has none: a guest with huge pages and such a function has its memory on "
		 "another node, or does not start where its memory is bound to that node.",
		 "If guests with functions of that node are to use huge pages, write their "
		 "number to the nr_hugepages that the node has in /sys/devices/system/node."},
	[HUGEPAGES_UNREADABLE] = {"memory.hugepages-unreadable",
				  "passcheck cannot tell how many huge pages are reserved.",
				  FIX_READ_AS_ROOT},
	[LOCK_UNBOUND] =
		{"memory.lock-unbound",
		 "VFIO locks all of a guest's memory. The limit for locked memory "
		 "(RLIMIT_MEMLOCK) does not prevent that: libvirt raises it for each guest, and "
		 "root (CAP_IPC_LOCK) is not bound by it.",
		 NULL},
	[LOCK_LIMIT] =
		{"memory.lock-limit",
		 "VFIO locks all of a guest's memory, and counts it against the limit for locked "
		 "memory (RLIMIT_MEMLOCK) of the user who runs QEMU. That of the session that "
		 "passcheck ran in is smaller than a guest. QEMU run by hand then fails with "
		 "\"VFIO_MAP_DMA failed: Cannot allocate memory\". libvirt would raise it, and was "
		 "not found.",
		 "To run QEMU by hand as that user, raise memlock in /etc/security/limits.d, or "
		 "LimitMEMLOCK= of the unit that starts it, to a gigabyte more than the guest's "
		 "memory."},
	[LOCK_UNREADABLE] =
		{"memory.lock-unreadable",
		 "The limit for locked memory, or whether it binds, was not read.",
		 "Run passcheck on the host itself, as the user who is to run QEMU, or capture "
		 "the host again as that user: the limit is read from /proc/self."},
	[FEW_MAPPINGS] =
		{"memory.few-mappings",
		 "VFIO maps fewer pieces of a guest's memory than usual (65535). A guest that maps "
		 "it page by page, as confidential guests and virtio-mem do, fails with "
		 "\"VFIO_MAP_DMA failed: No space left on device\".",
		 "Raise dma_entry_limit of the module vfio_iommu_type1."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

enum { CAP_IPC_LOCK_BIT = 14 }; /* linux/capability.h */

/* The least memory of a guest that is worth a device. */
#define SMALL_GUEST (INT64_C(1) << 30)

#define MIB (UINT64_C(1) << 20)

static bool has_pages(const struct hugepage_pool *pools, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pools[i].pages.value > 0)
			return true;
	}
	return false;
}

/* Returns the first pool whose number was not read, or NULL. */
static const struct fact *find_unread(const struct memory *memory)
{
	if (!fact_settled(&memory->hugepages_fact))
		return &memory->hugepages_fact;
	for (size_t i = 0; i < memory->hugepage_count; i++) {
		if (!fact_known(&memory->hugepages[i].pages.fact))
			return &memory->hugepages[i].pages.fact;
	}
	return NULL;
}

static const struct pci_function *function_of_node(const struct host *host, uint32_t node)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (pci_header_type(function) == 0 && fact_known(&function->numa_node.fact) &&
		    function->numa_node.value == node)
			return function;
	}
	return NULL;
}

static void show_pools(struct finding *finding, const struct hugepage_pool *pools, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pools[i].pages.value > 0)
			finding_evidence(finding, &pools[i].pages.fact,
					 "%" PRId64 " of %" PRIu64 " MiB, %" PRId64 " of them free",
					 pools[i].pages.value, pools[i].page_size / MIB,
					 pools[i].free_pages.value);
	}
}

/* Returns whether every pool of the node was read and has no pages. */
static bool is_known_empty(const struct memory_node *node)
{
	for (size_t i = 0; i < node->hugepage_count; i++) {
		if (!fact_known(&node->hugepages[i].pages.fact))
			return false;
	}
	return node->hugepage_count && !has_pages(node->hugepages, node->hugepage_count);
}

static bool judge_nodes(const struct host *host, struct findings *findings)
{
	const struct memory *memory = &host->memory;
	bool found = false;

	for (size_t i = 0; memory->node_count > 1 && i < memory->node_count; i++) {
		const struct memory_node *node = &memory->nodes[i];
		const struct pci_function *function = function_of_node(host, node->id);
		if (!function || !is_known_empty(node))
			continue;
		struct finding *finding = finding_add(
			findings, &kinds[NODE_WITHOUT_HUGEPAGES], FINDING_WARN, subject_host(),
			"NUMA node %" PRIu32 ", on which %s is, has no huge pages", node->id,
			function->name);
		finding_evidence(finding, &node->hugepages[0].pages.fact, "0");
		show_pools(finding, memory->hugepages, memory->hugepage_count);
		finding_remedy(finding, "Reserve huge pages on that node, if guests with its "
					"functions are to use them");
		finding_command(finding, "echo NUMBER > %s",
				shell_word(findings->arena, node->hugepages[0].pages.fact.source));
		found = true;
	}
	return found;
}

static void judge_hugepages(const struct host *host, struct findings *findings)
{
	const struct memory *memory = &host->memory;
	const struct fact *unread = find_unread(memory);
	struct finding *finding;

	if (unread) {
		finding = finding_add(findings, &kinds[HUGEPAGES_UNREADABLE], FINDING_UNKNOWN,
				      subject_host(), "how many huge pages there are is unknown");
		finding_evidence_state(finding, unread);
		finding_remedy_unread(finding, unread);
	} else if (!has_pages(memory->hugepages, memory->hugepage_count)) {
		finding = finding_add(findings, &kinds[NO_HUGEPAGES], FINDING_NOT_APPLICABLE,
				      subject_host(), "no huge pages are reserved");
		finding_evidence(finding, &memory->hugepages_fact, "no pages");
	} else if (!judge_nodes(host, findings)) {
		finding = finding_add(findings, &kinds[HUGEPAGES], FINDING_PASS, subject_host(),
				      "huge pages are reserved");
		show_pools(finding, memory->hugepages, memory->hugepage_count);
	}
}

static void report_unbound(const struct fact *fact, const char *why, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[LOCK_UNBOUND], FINDING_PASS, subject_host(),
			    "the limit for locked memory does not bind: %s", why);

	finding_evidence(finding, fact, "%s", why);
}

static void report_limit(const struct fact_number *limit, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[LOCK_LIMIT], FINDING_WARN, subject_host(),
			    "this session may lock %" PRId64 " KiB, less than a guest's memory",
			    limit->value / 1024);

	finding_evidence(finding, &limit->fact, "%" PRId64, limit->value);
}

static void judge_lock(const struct host *host, struct findings *findings)
{
	const struct fact_number *capabilities = &host->effective_capabilities;
	const struct fact_number *limit = &host->memory.lock_limit;
	bool known = fact_known(&limit->fact) && fact_known(&capabilities->fact);

	if (fact_known(&host->hypervisor.libvirt.fact)) {
		report_unbound(&host->hypervisor.libvirt.fact, "libvirt raises it", findings);
	} else if (fact_known(&capabilities->fact) && capabilities->value >> CAP_IPC_LOCK_BIT & 1) {
		report_unbound(&capabilities->fact, "the user has CAP_IPC_LOCK", findings);
	} else if (known && limit->value < SMALL_GUEST) {
		report_limit(limit, findings);
	} else if (known) {
		report_unbound(&limit->fact, "it is large enough", findings);
	} else {
		const struct fact *unread =
			fact_known(&limit->fact) ? &capabilities->fact : &limit->fact;
		struct finding *finding =
			finding_add(findings, &kinds[LOCK_UNREADABLE], FINDING_UNKNOWN,
				    subject_host(), "how much memory may be locked is unknown");
		finding_evidence_state(finding, unread);
		finding_remedy_unread(finding, unread);
	}
}

static void judge_mappings(const struct modules *modules, struct findings *findings)
{
	struct fact_number limit = fact_parse_number(&modules->type1_dma_entry_limit);

	if (!fact_known(&limit.fact) || limit.value >= TYPE1_USUAL_MAPPINGS)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[FEW_MAPPINGS], FINDING_WARN, subject_host(),
		"VFIO maps at most %" PRId64 " pieces of a guest's memory", limit.value);
	finding_evidence(finding, &limit.fact, "%" PRId64, limit.value);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	judge_hugepages(host, findings);
	judge_lock(host, findings);
	judge_mappings(&host->modules, findings);
}

const struct check check_memory = {
	.id = "memory",
	.title = "Can guests' memory be locked, and are there huge pages for it?",
	.needs = "/sys/kernel/mm/hugepages, /sys/devices/system/node, /proc/self/limits, "
		 "/sys/module/vfio_iommu_type1; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};

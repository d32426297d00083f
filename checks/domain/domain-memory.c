/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <inttypes.h>
#include <string.h>

#include "guest/libvirt/machine_type.h"
#include "model/dma/iommu_registers.h"
#include "model/dma/reserved_memory.h"

enum kind { BEYOND_IOMMU, RESERVED, BEYOND_HOST, LOCK_LIMIT, HUGEPAGES, UNREAD, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[BEYOND_IOMMU] =
		{"domain-memory.beyond-iommu",
		 "A guest's memory reaches beyond the addresses that the IOMMU can "
		 "translate. VFIO maps all of it, and fails: the guest does not start. VT-d "
		 "tells its width in its capability register (MGAW and SAGAW).",
		 "Give the guest less memory; the finding says how much fits. Otherwise it needs a "
		 "function behind an IOMMU that translates more bits."},
	[RESERVED] =
		{"domain-memory.reserved",
		 "A guest's memory covers addresses for which the IOMMU has no mappings "
		 "(reserved_regions of its groups): on AMD's hosts the 12 GiB below 1 TiB, which "
		 "are HyperTransport's. VFIO maps nothing there, and the guest does not start "
		 "(VFIO_MAP_DMA, \"Invalid argument\"); up to Linux 5.3 it starts, and DMA to "
		 "that memory fails. Machine types of QEMU 7.1 and newer put memory above 1 TiB "
		 "where it would reach so far.",
		 "Choose a machine type of QEMU 7.1 or newer (pc-q35-7.1, pc-i440fx-7.1), and the "
		 "host's processor with its bits of address (libvirt: <cpu mode='host-passthrough'/> "
		 "with <maxphysaddr mode='passthrough'/>). Or give the guest less memory; the "
		 "finding says how much fits."},
	[BEYOND_HOST] =
		{"domain-memory.beyond-host",
		 "A guest has more memory than the host. VFIO and vDPA pin all of it for the "
		 "devices of the host that a guest uses, so such a guest does not start. "
		 "Another starts, and the host runs out of memory as the guest fills its "
		 "own.",
		 "Give the guest less memory than the host has."},
	[LOCK_LIMIT] =
		{"domain-memory.lock-limit",
		 "The <hard_limit> of a guest's <memtune> is also how much memory QEMU may lock "
		 "(qemuDomainGetMemLockLimitBytes(), libvirt). VFIO locks all memory of the guest; "
		 "where the guest has an IOMMU of its own, it counts that once for each group of "
		 "functions, unless these are opened through /dev/iommu. With a lower limit mapping "
		 "fails (VFIO_MAP_DMA, \"Cannot allocate memory\"), and the guest does not start.",
		 "Remove <hard_limit>: libvirt then reckons the limit itself. Otherwise raise it to "
		 "what VFIO locks and 1 GiB more, for the memory of devices."},
	[HUGEPAGES] =
		{"domain-memory.hugepages",
		 "A guest wants its memory in huge pages, and the host has set aside too few of "
		 "them. The guest does not start.",
		 "Set aside more huge pages of that size "
		 "(/sys/kernel/mm/hugepages/hugepages-SIZEkB/nr_hugepages, or hugepages= on the "
		 "kernel command line). Where the host has none of that size, choose another in "
		 "the XML."},
	[UNREAD] = {"domain-memory.unread",
		    "passcheck cannot tell whether the host has the memory that a guest pins.",
		    FIX_READ_AT_ALL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

#define GIB (UINT64_C(1) << 30)

/*
 * Where QEMU splits a guest's memory around the PCI hole below 4 GiB: pc_q35_init() and pc_init1(),
 * hw/i386 of QEMU 7.2. Below least, all of it is below the hole.
 */
struct memory_split {
	const char *machine; /* a part of the machine's name */
	uint64_t least;
	uint64_t below;
};

static const struct memory_split splits[] = {
	{.machine = "q35", .least = UINT64_C(0xb0000000), .below = UINT64_C(0x80000000)},
	{.machine = "i440fx", .least = UINT64_C(0xe0000000), .below = UINT64_C(0xc0000000)},
	{.machine = "pc", .least = UINT64_C(0xe0000000), .below = UINT64_C(0xc0000000)},
};

/* Returns the first guest address behind the memory. */
static uint64_t memory_end(const struct domain *domain)
{
	for (size_t i = 0; domain->machine && i < ARRAY_LENGTH(splits); i++) {
		const struct memory_split *split = &splits[i];
		if (!strstr(domain->machine, split->machine))
			continue;
		if (domain->memory < split->least)
			return domain->memory;
		return domain->memory - split->below + 4 * GIB;
	}
	return domain->memory;
}

/*
 * Returns the use whose unit is the narrowest, or NULL.
 * An NVMe disk does not count: QEMU's driver of it chooses low addresses (util/vfio-helpers.c).
 */
static const struct domain_use *narrowest(const struct domain_map *map, struct domain_uses uses,
					  unsigned *ret_width,
					  struct iommu_registers *ret_registers)
{
	const struct domain_use *result = NULL;

	for (const struct domain_use *use = uses.begin; use < uses.end; use++) {
		struct iommu_registers registers;
		unsigned width = 0;

		if (use->function && use->device->kind != DOMAIN_DEVICE_NVME)
			width = iommu_width_of(&map->model->dma_units, use->function, &registers);
		if (!width || (result && width >= *ret_width))
			continue;
		result = use;
		*ret_width = width;
		*ret_registers = registers;
	}
	return result;
}

static void remedy_width(const struct domain *domain, unsigned width, struct finding *finding)
{
	uint64_t hole = memory_end(domain) - domain->memory, limit = UINT64_C(1) << width;

	if (limit > hole)
		finding_remedy(finding, "Give the guest at most %" PRIu64 " MiB of memory",
			       (limit - hole) >> 20);
	else
		finding_remedy(finding, "Give the guest less memory");
}

static void judge_iommu(const struct domain_map *map, const struct domain *domain,
			struct domain_uses uses, struct findings *findings)
{
	struct iommu_registers registers;
	unsigned width = 0;
	const struct domain_use *use = narrowest(map, uses, &width, &registers);
	uint64_t end = memory_end(domain);

	if (!use || width >= 64 || end <= UINT64_C(1) << width)
		return;
	const struct fact_number *evidence =
		registers.kind == IOMMU_VTD ? &registers.capability : &registers.efr;
	struct finding *finding = finding_add(
		findings, &kinds[BEYOND_IOMMU], FINDING_FAIL, subject_domain(domain->name),
		"the memory of %s ends at %#" PRIx64 ", and the IOMMU of %s translates %u bits",
		domain->name, end, use->function->name, width);
	finding_evidence(finding, &evidence->fact, "%#" PRIx64, (uint64_t)evidence->value);
	remedy_width(domain, width, finding);
}

/* Returns the first use whose IOMMU maps nothing at some of the addresses, or NULL. */
static const struct domain_use *find_reserved(const struct host *host, struct domain_uses uses,
					      struct address_range addresses,
					      struct address_range *ret)
{
	for (const struct domain_use *use = uses.begin; use < uses.end; use++) {
		if (!use->function || use->device->kind == DOMAIN_DEVICE_NVME ||
		    !fact_known(&use->function->group.fact))
			continue;
		const struct iommu_group *group =
			iommu_group_find(&host->groups, use->function->group.value);
		if (group && reserved_memory_meets(group, addresses, ret))
			return use;
	}
	return NULL;
}

static const char *reserved_remedy(struct arena *arena, uint64_t start, uint64_t hole)
{
	static const char words[] = "Choose a machine type of QEMU 7.1 or newer, with the host's "
				    "processor and its bits of address, or give the guest";

	if (start <= hole)
		return arena_printf(arena, "%s less memory", words);
	return arena_printf(arena, "%s at most %" PRIu64 " MiB of memory", words,
			    (start - hole) >> 20);
}

/* Machine types since 7.1 put memory above 1 TiB that would reach into HyperTransport's addresses:
 * enforce_amd_1tb_hole of hw/i386/pc.c. Below 4 GiB a hole of the guest's own is where the host has
 * such addresses. */
static void judge_reserved(const struct domain_map *map, const struct domain *domain,
			   struct domain_uses uses, struct findings *findings)
{
	const struct host *host = map->host;
	uint64_t end = memory_end(domain);
	struct address_range reserved;

	if (!cpu_is_x86(&host->cpu) || !domain->machine || end <= 4 * GIB ||
	    machine_type_since(&host->hypervisor, domain->machine, 7, 1) != BOOLEAN_NO)
		return;
	const struct domain_use *use =
		find_reserved(host, uses, (struct address_range){4 * GIB, end - 1}, &reserved);
	if (!use)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[RESERVED], FINDING_FAIL, subject_domain(domain->name),
		"the memory of %s ends at %#" PRIx64 ", and the IOMMU of %s maps nothing from "
		"%#" PRIx64 " to %#" PRIx64,
		domain->name, end, use->function->name, reserved.start, reserved.end);
	const struct iommu_group *group =
		iommu_group_find(&host->groups, use->function->group.value);
	finding_evidence(finding, &group->reserved_regions.fact,
			 "%#" PRIx64 " %#" PRIx64 " reserved", reserved.start, reserved.end);
	finding_remedy(finding, "%s",
		       reserved_remedy(findings->arena, reserved.start, end - domain->memory));
}

static void report_unread(const struct domain *domain, const struct fact *fact,
			  struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREAD], FINDING_UNKNOWN, subject_domain(domain->name),
			    "cannot tell whether the host has the memory of %s", domain->name);

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void judge_total(const struct domain_map *map, const struct domain *domain,
			struct findings *findings)
{
	const struct fact_number *total = &map->host->memory.total;
	bool pins = domain_map_pins(map, domain);
	struct finding *finding;

	if (!fact_known(&total->fact)) {
		if (pins)
			report_unread(domain, &total->fact, findings);
		return;
	}
	if (domain->memory <= (uint64_t)total->value)
		return;
	finding =
		finding_add(findings, &kinds[BEYOND_HOST], pins ? FINDING_FAIL : FINDING_WARN,
			    subject_domain(domain->name),
			    "%s has %" PRIu64 " MiB of memory, %sand the host has %" PRIu64 " MiB",
			    domain->name, domain->memory >> 20, pins ? "all of it pinned, " : "",
			    (uint64_t)total->value >> 20);
	finding_evidence(finding, &total->fact, "%" PRId64 " bytes", total->value);
}

enum { MOST_CONTAINERS = 64 };

/* Returns how many groups VFIO locks the guest's memory for, each in an address space of its own
 * where the guest has an IOMMU; more than MOST_CONTAINERS are not told apart. */
static size_t count_containers(struct domain_uses uses)
{
	int64_t groups[MOST_CONTAINERS];
	size_t count = 0, known;

	for (const struct domain_use *use = uses.begin; use < uses.end; use++) {
		if (!use->function || use->device->iommufd ||
		    !fact_known(&use->function->group.fact) || count == MOST_CONTAINERS)
			continue;
		for (known = 0; known < count && groups[known] != use->function->group.value;)
			known++;
		if (known == count)
			groups[count++] = use->function->group.value;
	}
	return count;
}

static void judge_lock_limit(const struct domain_map *map, const struct domain *domain,
			     struct domain_uses uses, struct findings *findings)
{
	const struct domain_use *first = domain_uses_first(uses);
	size_t times = domain->iommu != DOMAIN_IOMMU_NONE ? count_containers(uses) : 1;

	if (!first || !domain->lock_limit || !domain_map_pins(map, domain))
		return;
	times = times ? times : 1;
	if (domain->memory <= domain->lock_limit / times)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[LOCK_LIMIT], FINDING_FAIL, subject_domain(domain->name),
		"the hard_limit of %s lets it lock %" PRIu64 " MiB, and VFIO locks its %" PRIu64
		" MiB %s",
		domain->name, domain->lock_limit >> 20, domain->memory >> 20,
		times == 1
			? "of memory"
			: arena_printf(findings->arena,
				       "of memory for each of %zu groups behind its IOMMU", times));
	const struct fact_number *group = &first->function->group;
	finding_evidence(finding, &group->fact, "group %" PRId64, group->value);
}

static const struct hugepage_pool *find_pool(const struct memory *memory, uint64_t page_size)
{
	for (size_t i = 0; i < memory->hugepage_count; i++) {
		if (memory->hugepages[i].page_size == page_size)
			return &memory->hugepages[i];
	}
	return NULL;
}

static uint64_t count_pages(const struct domain *domain, uint64_t page_size)
{
	uint64_t bytes = domain->hugepage_memory ? domain->hugepage_memory : domain->memory;

	return bytes / page_size + (bytes % page_size != 0);
}

static void report_hugepages(const struct domain *domain, uint64_t page_size,
			     const struct hugepage_pool *pool, const struct fact *pools,
			     struct findings *findings)
{
	uint64_t needed = count_pages(domain, page_size);
	uint64_t there = pool ? (uint64_t)pool->pages.value : 0;
	struct finding *finding = finding_add(
		findings, &kinds[HUGEPAGES], FINDING_FAIL, subject_domain(domain->name),
		"%s needs %" PRIu64 " huge pages of %" PRIu64 " KiB, and the host has %" PRIu64,
		domain->name, needed, page_size >> 10, there);

	if (!pool) {
		finding_evidence_state(finding, pools);
		finding_remedy(finding, "Choose a size of huge pages that the host has");
		return;
	}
	finding_evidence(finding, &pool->pages.fact, "%" PRIu64, there);
	finding_remedy(finding, "Set aside more huge pages");
	finding_command(finding,
			"echo %" PRIu64 " > /sys/kernel/mm/hugepages/hugepages-%" PRIu64
			"kB/nr_hugepages",
			needed, page_size >> 10);
}

static void judge_hugepages(const struct domain_map *map, const struct domain *domain,
			    struct findings *findings)
{
	const struct memory *memory = &map->host->memory;
	uint64_t page_size = domain->page_size;
	const struct hugepage_pool *pool;

	if (!domain->hugepages)
		return;
	if (!page_size && fact_known(&memory->hugepage_size.fact))
		page_size = (uint64_t)memory->hugepage_size.value;
	if (!fact_settled(&memory->hugepages_fact) || !page_size) {
		report_unread(domain,
			      page_size ? &memory->hugepages_fact : &memory->hugepage_size.fact,
			      findings);
		return;
	}
	pool = find_pool(memory, page_size);
	if (pool && !fact_known(&pool->pages.fact))
		report_unread(domain, &pool->pages.fact, findings);
	else if (!pool || (!domain->makes_hugepages &&
			   (uint64_t)pool->pages.value < count_pages(domain, page_size)))
		report_hugepages(domain, page_size, pool, &memory->hugepages_fact, findings);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;
	struct findings *findings = context->findings;

	for (size_t i = 0; i < map->domain_count; i++) {
		const struct domain *domain = &map->domains[i];
		const struct domain_uses uses = domain_map_uses(map, domain);
		judge_iommu(map, domain, uses, findings);
		judge_reserved(map, domain, uses, findings);
		judge_lock_limit(map, domain, uses, findings);
		judge_total(map, domain, findings);
		judge_hugepages(map, domain, findings);
	}
}

const struct check check_domain_memory = {
	.id = "domain-memory",
	.title = "Does the memory of guests fit the IOMMU, the host and its huge pages?",
	.needs = "the XML of domains, /proc/meminfo, huge page pools and IOMMU registers in sysfs; "
		 "no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};

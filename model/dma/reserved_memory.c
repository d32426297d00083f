/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/reserved_memory.h"

#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "model/dma/dma_scope.h"
#include "model/dma/reserved_line.h"
#include "model/platform.h"

enum { PAGE_BYTES = 4096 };

/* What the kernel lists for a group. */
struct group_list {
	bool sound;                     /* it was read, and each line has the kernel's form */
	struct reserved_region members; /* its functions */
	size_t own; /* the first of its regions that no table has: they follow each other */
};

struct builder {
	const struct host *host;
	const struct dma_units *units;
	struct arena *arena;
	struct reserved_memory *out;
	size_t capacity;          /* of regions */
	size_t function_capacity; /* of the newest region */
	enum platform platform;
	struct kernel_version version;
	bool version_known;
	struct group_list *lists; /* of each group */
	size_t table_count;       /* of regions, those of tables */
	size_t *by_place;         /* the tables' regions, in the order of their memory */
};

static struct group_list *find_lists(struct builder *builder)
{
	const struct iommu_groups *groups = &builder->host->groups;
	struct group_list *lists = arena_array(builder->arena, groups->count + 1, sizeof(*lists));

	for (size_t i = 0; lists && i < groups->count; i++) {
		const struct fact_text *list = &groups->groups[i].reserved_regions;
		lists[i] = (struct group_list){0};
		lists[i].sound = fact_known(&list->fact) && reserved_lines_are_sound(list->text);
		if (fact_known(&list->fact) && !lists[i].sound && !builder->out->unsound)
			builder->out->unsound = &list->fact;
	}
	return lists;
}

static struct reserved_region *add_region(struct builder *builder, enum reserved_kind kind,
					  uint64_t start, uint64_t end, const struct fact *evidence)
{
	struct reserved_memory *out = builder->out;
	struct reserved_region *regions = arena_grow(builder->arena, out->regions, out->count,
						     &builder->capacity, sizeof(*regions));

	if (!regions)
		return NULL;
	out->regions = regions;
	regions[out->count] = (struct reserved_region){
		.kind = kind, .start = start, .end = end, .evidence = evidence};
	return &regions[out->count++];
}

static void add_function(struct builder *builder, struct reserved_region *region,
			 const struct pci_function *function)
{
	const struct pci_function **functions =
		arena_grow(builder->arena, region->functions, region->function_count,
			   &builder->function_capacity, sizeof(*functions));

	if (!functions)
		return;
	region->functions = functions;
	functions[region->function_count++] = function;
}

/* Fills a new region with the functions for which holds says yes. */
static void fill_region(struct builder *builder, struct reserved_region *region,
			bool (*holds)(const void *what, const struct pci_function *function),
			const void *what)
{
	const struct pci *pci = &builder->host->pci;

	builder->function_capacity = 0;
	for (size_t i = 0; region && i < pci->count; i++) {
		if (holds(what, &pci->functions[i]))
			add_function(builder, region, &pci->functions[i]);
	}
}

static void fill_with_group(struct builder *builder, struct reserved_region *region,
			    const struct iommu_group *group)
{
	builder->function_capacity = 0;
	for (size_t i = 0; i < group->devices.count; i++) {
		const struct pci_function *function =
			pci_find_name(&builder->host->pci, group->devices.names[i]);
		if (function)
			add_function(builder, region, function);
	}
}

static bool rmrr_holds(const void *rmrr, const struct pci_function *function)
{
	return dma_scope_holds(rmrr, function);
}

static void add_rmrrs(struct builder *builder)
{
	const struct dmar *dmar = builder->units->dmar;

	for (size_t i = 0; dmar && i < dmar->count; i++) {
		const struct dmar_structure *rmrr = &dmar->structures[i];
		if (rmrr->type != DMAR_RMRR || !rmrr->complete)
			continue;
		struct reserved_region *region =
			add_region(builder, RESERVED_RMRR, rmrr->base, rmrr->end,
				   &builder->host->acpi.dmar.fact);
		fill_region(builder, region, rmrr_holds, rmrr);
	}
}

/* init_unity_map_range() of drivers/iommu/amd/init.c. */
static bool ivmd_holds(const void *what, const struct pci_function *function)
{
	const struct ivrs_block *ivmd = what;
	uint16_t id = pci_requester_id(&function->address);

	if (function->address.domain != ivmd->segment)
		return false;
	switch (ivmd->type) {
	case IVRS_IVMD_ALL:
		return true;
	case IVRS_IVMD_ONE:
		return id == ivmd->device_id;
	default:
		return id >= ivmd->device_id && id <= ivmd->last_device_id;
	}
}

/* init_memory_definitions(): of other regions the kernel takes no notice. */
static bool is_unity_map(const struct ivrs_block *block)
{
	return ivrs_is_ivmd(block->type) && block->complete &&
	       block->flags & (IVMD_UNITY | IVMD_EXCLUSION);
}

static void add_ivmds(struct builder *builder)
{
	const struct ivrs *ivrs = builder->units->ivrs;

	for (size_t i = 0; ivrs && i < ivrs->count; i++) {
		const struct ivrs_block *ivmd = &ivrs->blocks[i];
		if (!is_unity_map(ivmd))
			continue;
		uint64_t start = ivmd->start / PAGE_BYTES * PAGE_BYTES;
		uint64_t last = ivmd->start + (ivmd->memory_length ? ivmd->memory_length - 1 : 0);
		struct reserved_region *region =
			add_region(builder, RESERVED_IVMD, start, last | (PAGE_BYTES - 1),
				   &builder->host->acpi.ivrs.fact);
		fill_region(builder, region, ivmd_holds, ivmd);
	}
}

/* What the IORT says of a function: the SMMU that translates it, and what that knows it by. */
struct stream {
	const struct iort_node *smmu; /* NULL where none does */
	uint32_t id;
};

static struct stream *find_streams(struct builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	struct stream *streams = arena_array(builder->arena, pci->count + 1, sizeof(*streams));

	for (size_t i = 0; streams && i < pci->count; i++) {
		const struct pci_address *address = &pci->functions[i].address;
		streams[i].smmu = iort_find_smmu(builder->units->iort, address->domain,
						 pci_requester_id(address), &streams[i].id);
	}
	return streams;
}

/* Fills a region with the functions that an RMR is for. */
static void fill_with_streams(struct builder *builder, struct reserved_region *region,
			      const struct iort_node *rmr, const struct stream *streams)
{
	const struct pci *pci = &builder->host->pci;

	builder->function_capacity = 0;
	for (size_t i = 0; region && i < pci->count; i++) {
		if (streams[i].smmu && iort_rmr_is_for(rmr, streams[i].smmu, streams[i].id))
			add_function(builder, region, &pci->functions[i]);
	}
}

/* Ranges of one RMR are for the same functions. Odd ones are widened to pages: iort_get_rmrs(). */
static void add_rmr(struct builder *builder, const struct iort_node *rmr,
		    const struct stream *streams)
{
	const struct pci_function **functions = NULL;
	size_t count = 0;

	for (size_t i = 0; i < rmr->region_count; i++) {
		const struct iort_region *range = &rmr->regions[i];
		uint64_t last = range->base + (range->length ? range->length - 1 : 0);
		struct reserved_region *region =
			add_region(builder, RESERVED_RMR, range->base / PAGE_BYTES * PAGE_BYTES,
				   last | (PAGE_BYTES - 1), &builder->host->acpi.iort.fact);
		if (!region)
			return;
		region->relaxable = rmr->flags & IORT_RMR_REMAP_PERMITTED;
		if (i == 0) {
			fill_with_streams(builder, region, rmr, streams);
			functions = region->functions;
			count = region->function_count;
		}
		region->functions = functions;
		region->function_count = count;
	}
}

static void add_rmrs(struct builder *builder)
{
	const struct iort *iort = builder->units->iort;
	const struct stream *streams = iort && iort->count ? find_streams(builder) : NULL;

	for (size_t i = 0; streams && i < iort->count; i++) {
		if (iort->nodes[i].type == IORT_RMR && iort->nodes[i].mapping_count)
			add_rmr(builder, &iort->nodes[i], streams);
	}
}

static int compare_places(const void *left, const void *right)
{
	const struct pci_function *const *a = left, *const *b = right;

	return (*a > *b) - (*a < *b);
}

static bool is_for_group(const struct reserved_region *region, const struct reserved_region *group)
{
	for (size_t i = 0; i < group->function_count && region->function_count; i++) {
		if (bsearch(&group->functions[i], region->functions, region->function_count,
			    sizeof(group->functions[i]), compare_places))
			return true;
	}
	return false;
}

static int compare_memory(uint64_t start, uint64_t end, const struct reserved_region *region)
{
	int starts = (start > region->start) - (start < region->start);

	return starts ? starts : (end > region->end) - (end < region->end);
}

static int compare_regions(const void *left, const void *right, void *context)
{
	const struct reserved_region *regions = context;
	const size_t *a = left, *b = right;
	int places = compare_memory(regions[*a].start, regions[*a].end, &regions[*b]);

	return places ? places : (*a > *b) - (*a < *b);
}

static void sort_tables(struct builder *builder)
{
	struct reserved_memory *out = builder->out;

	builder->by_place = arena_array(builder->arena, out->count + 1, sizeof(*builder->by_place));
	if (!builder->by_place)
		return;
	builder->table_count = out->count;
	for (size_t i = 0; i < out->count; i++)
		builder->by_place[i] = i;
	qsort_r(builder->by_place, out->count, sizeof(*builder->by_place), compare_regions,
		out->regions);
}

/* Returns where in by_place the regions of a line's memory begin, if there are any. */
static size_t first_at(const struct builder *builder, const struct reserved_line *line)
{
	size_t low = 0, high = builder->table_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct reserved_region *region =
			&builder->out->regions[builder->by_place[middle]];
		if (compare_memory(line->start, line->end, region) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Returns the region of a table that a line of a group's list is of, or NULL. */
static struct reserved_region *find_in_tables(const struct builder *builder,
					      const struct reserved_region *group,
					      const struct reserved_line *line)
{
	for (size_t i = first_at(builder, line); i < builder->table_count; i++) {
		struct reserved_region *region = &builder->out->regions[builder->by_place[i]];
		if (compare_memory(line->start, line->end, region) != 0)
			return NULL;
		if (is_for_group(region, group))
			return region;
	}
	return NULL;
}

static bool is_direct(const struct reserved_line *line)
{
	return strcmp(line->type, "direct") == 0 || strcmp(line->type, "direct-relaxable") == 0;
}

/* Adds what the kernel lists for a group and the tables do not have. */
static void add_group_regions(struct builder *builder, const struct iommu_group *group,
			      struct group_list *list)
{
	const char *text = group->reserved_regions.text;
	struct reserved_line line;

	list->own = builder->out->count;
	fill_with_group(builder, &list->members, group);
	if (!fact_known(&group->reserved_regions.fact))
		return;
	for (size_t i = 0; i < RESERVED_LINES_OF_A_GROUP && reserved_line_next(&text, &line); i++) {
		if (!is_direct(&line) || find_in_tables(builder, &list->members, &line))
			continue;
		struct reserved_region *region =
			add_region(builder, RESERVED_GROUP, line.start, line.end,
				   &group->reserved_regions.fact);
		if (!region)
			return;
		region->functions = list->members.functions;
		region->function_count = list->members.function_count;
	}
}

/* Returns what a region that is not relaxable does on this kernel. */
static enum reserved_effect strict_effect(const struct builder *builder)
{
	if (builder->platform == PLATFORM_VTD)
		return RESERVED_BLOCKS;
	switch (host_kernel_has(builder->host, 6, 6)) {
	case BOOLEAN_YES:
		return RESERVED_BLOCKS;
	case BOOLEAN_NO:
		return RESERVED_HARMLESS;
	case BOOLEAN_UNKNOWN:
		break;
	}
	return RESERVED_EFFECT_UNKNOWN;
}

/* device_rmrr_is_relaxable() */
static bool is_relaxable(const struct builder *builder, const struct pci_function *function)
{
	if (pci_base_class(function) == PCI_BASE_CLASS_DISPLAY)
		return !builder->version_known || kernel_at_least(&builder->version, 4, 1);
	return pci_class(function) == PCI_CLASS_SERIAL_USB;
}

/* From 5.3 on the kernel tells relaxable regions apart itself. */
static bool kernel_tells_relaxable(const struct builder *builder)
{
	return !builder->version_known || kernel_at_least(&builder->version, 5, 3);
}

static bool all_relaxable(const struct builder *builder, const struct reserved_region *region)
{
	for (size_t i = 0; i < region->function_count; i++) {
		if (!is_relaxable(builder, region->functions[i]))
			return false;
	}
	return region->function_count > 0;
}

static enum reserved_effect line_effect(const struct builder *builder,
					const struct reserved_line *line,
					const struct reserved_region *region)
{
	if (strcmp(line->type, "direct") != 0)
		return RESERVED_HARMLESS;
	if (builder->platform == PLATFORM_VTD && !kernel_tells_relaxable(builder) &&
	    all_relaxable(builder, region))
		return RESERVED_HARMLESS;
	return strict_effect(builder);
}

/*
 * RMRs came with 6.0. The kernel heeds one of a PCI function only where firmware asks it to keep
 * the configuration of its host bridge (iort_rmr_has_dev()), which sysfs does not show.
 */
static enum reserved_effect rmr_effect(const struct builder *builder,
				       const struct reserved_region *region)
{
	if (region->relaxable || host_kernel_has(builder->host, 6, 0) == BOOLEAN_NO)
		return RESERVED_HARMLESS;
	return strict_effect(builder) == RESERVED_HARMLESS ? RESERVED_HARMLESS
							   : RESERVED_EFFECT_UNKNOWN;
}

static enum reserved_effect table_effect(const struct builder *builder,
					 const struct reserved_region *region,
					 const struct pci_function *function)
{
	if (region->kind == RESERVED_RMRR)
		return is_relaxable(builder, function) ? RESERVED_HARMLESS : RESERVED_BLOCKS;
	if (region->kind == RESERVED_RMR)
		return rmr_effect(builder, region);
	return strict_effect(builder);
}

static void note_region(struct reserved_region *region, enum reserved_effect effect,
			struct reserved_verdict *verdict)
{
	if (effect > region->effect)
		region->effect = effect;
	if (effect > verdict->effect)
		*verdict = (struct reserved_verdict){effect,
						     effect == RESERVED_BLOCKS ? region : NULL};
}

static struct reserved_verdict *verdict_of(const struct builder *builder,
					   const struct pci_function *function)
{
	return &builder->out->verdicts[function - builder->host->pci.functions];
}

/* VT-d and AMD-Vi reserve every group's interrupt window: intel_iommu_get_resv_regions(),
 * amd_iommu_get_resv_regions(). They write no list without a region. */
static bool is_list(const struct builder *builder, const struct fact_text *regions)
{
	return fact_known(&regions->fact) &&
	       (regions->length || builder->platform == PLATFORM_OTHER);
}

/* Returns the group of a function, where the kernel's list for it was read. */
static const struct iommu_group *listed_group(const struct builder *builder,
					      const struct pci_function *function)
{
	const struct iommu_group *group =
		fact_known(&function->group.fact)
			? iommu_group_find(&builder->host->groups, function->group.value)
			: NULL;

	return group && is_list(builder, &group->reserved_regions) ? group : NULL;
}

/* A table on its way to what it says of regions. */
struct table {
	const struct fact_text *text;
	const struct acpi_header *header; /* NULL: it was not decoded */
	bool refused;                     /* by the kernel */
	bool runs;                        /* what the kernel finds by it */
};

/* A table that is not there, or that the kernel took as it was read, hides no region. Its file is
 * as long as its header says: acpi_table_show(), drivers/acpi/sysfs.c. */
static bool is_settled(const struct table *table)
{
	if (fact_absent(&table->text->fact))
		return !table->runs;
	return fact_known(&table->text->fact) && table->header &&
	       table->header->length == table->text->length && !(table->refused && table->runs);
}

static enum reserved_effect effect_without_regions(const struct builder *builder)
{
	const struct acpi_tables *acpi = &builder->host->acpi;
	const struct dma_units *units = builder->units;
	bool runs = builder->host->units.count > 0;
	const struct table iort = {
		.text = &acpi->iort,
		.header = units->iort && units->iort->intact ? &units->iort->header : NULL,
	};
	const struct table dmar = {
		.text = &acpi->dmar,
		.header = units->dmar && units->dmar->intact ? &units->dmar->header : NULL,
		.refused = units->dmar && units->dmar->refused,
		.runs = runs && builder->platform == PLATFORM_VTD,
	};
	const struct table ivrs = {
		.text = &acpi->ivrs,
		.header = units->ivrs && units->ivrs->intact ? &units->ivrs->header : NULL,
		.refused = units->ivrs && units->ivrs->refused,
		.runs = runs && builder->platform == PLATFORM_AMD_VI,
	};
	bool settled = builder->platform == PLATFORM_OTHER ? is_settled(&iort)
							   : is_settled(&dmar) && is_settled(&ivrs);

	return settled ? RESERVED_HARMLESS : RESERVED_EFFECT_UNKNOWN;
}

/* Judges by the tables those functions of whose group the kernel's list was not read. */
static void judge_by_tables(struct builder *builder)
{
	struct reserved_memory *out = builder->out;
	enum reserved_effect least = effect_without_regions(builder);

	for (size_t i = 0; i < builder->host->pci.count; i++) {
		const struct iommu_group *group =
			listed_group(builder, &builder->host->pci.functions[i]);
		if (!group)
			out->verdicts[i].effect = least;
		else if (!builder->lists[group - builder->host->groups.groups].sound)
			out->verdicts[i].effect = RESERVED_EFFECT_UNKNOWN;
	}
	for (size_t r = 0; r < out->count; r++) {
		struct reserved_region *region = &out->regions[r];
		for (size_t i = 0; i < region->function_count; i++) {
			const struct pci_function *function = region->functions[i];
			if (!listed_group(builder, function))
				note_region(region, table_effect(builder, region, function),
					    verdict_of(builder, function));
		}
	}
}

/* Judges the lines of a group's list, in the order in which its own regions were added. Returns
 * what the worst of them is. */
static struct reserved_verdict judge_lines(struct builder *builder, const char *text,
					   const struct group_list *list)
{
	struct reserved_memory *out = builder->out;
	struct reserved_verdict worst = {0};
	size_t own = list->own;
	struct reserved_line line;

	for (size_t n = 0; n < RESERVED_LINES_OF_A_GROUP && reserved_line_next(&text, &line); n++) {
		struct reserved_region *region = NULL;
		if (is_direct(&line))
			region = find_in_tables(builder, &list->members, &line);
		if (is_direct(&line) && !region && own < out->count)
			region = &out->regions[own++];
		if (region)
			note_region(region, line_effect(builder, &line, region), &worst);
	}
	return worst;
}

/* Returns the worst that the tables say of a group's functions: the kernel attaches a group as a
 * whole or not at all (iommu_attach_group()). */
static struct reserved_verdict judge_members(const struct builder *builder,
					     const struct reserved_region *members)
{
	struct reserved_verdict worst = {0};

	for (size_t i = 0; i < members->function_count; i++) {
		const struct reserved_verdict *verdict = verdict_of(builder, members->functions[i]);
		if (verdict->effect > worst.effect)
			worst = *verdict;
	}
	return worst;
}

static void judge_group(struct builder *builder, const struct iommu_group *group,
			const struct group_list *list)
{
	struct reserved_verdict worst =
		is_list(builder, &group->reserved_regions)
			? judge_lines(builder, group->reserved_regions.text, list)
			: judge_members(builder, &list->members);

	for (size_t i = 0; i < list->members.function_count; i++) {
		struct reserved_verdict *verdict = verdict_of(builder, list->members.functions[i]);
		if (worst.effect > verdict->effect)
			*verdict = worst;
	}
}

void reserved_memory_build(const struct host *host, const struct host_platform *platform,
			   const struct dma_units *units, struct arena *arena,
			   struct reserved_memory *ret)
{
	struct builder builder = {.host = host, .units = units, .arena = arena, .out = ret};

	*ret = (struct reserved_memory){.host = host};
	builder.platform = platform->kind;
	builder.version_known = host_kernel_version(host, &builder.version);
	builder.lists = find_lists(&builder);
	ret->verdicts = builder.lists
				? arena_array(arena, host->pci.count + 1, sizeof(*ret->verdicts))
				: NULL;
	if (!ret->verdicts)
		return;
	add_rmrrs(&builder);
	add_ivmds(&builder);
	add_rmrs(&builder);
	sort_tables(&builder);
	for (size_t i = 0; i < host->groups.count; i++)
		add_group_regions(&builder, &host->groups.groups[i], &builder.lists[i]);
	judge_by_tables(&builder);
	for (size_t i = 0; i < host->groups.count; i++)
		judge_group(&builder, &host->groups.groups[i], &builder.lists[i]);
}

enum reserved_effect reserved_memory_blocks(const struct reserved_memory *memory,
					    const struct pci_function *function,
					    const struct reserved_region **ret)
{
	*ret = NULL;
	if (!memory->verdicts)
		return RESERVED_EFFECT_UNKNOWN;
	const struct reserved_verdict *verdict =
		&memory->verdicts[function - memory->host->pci.functions];
	*ret = verdict->region;
	return verdict->effect;
}

static bool has_function(const struct host *host, const struct iommu_group *group)
{
	for (size_t i = 0; i < group->devices.count; i++) {
		if (pci_find_name(&host->pci, group->devices.names[i]))
			return true;
	}
	return false;
}

static bool has_direct(const struct iommu_group *group)
{
	const char *text = group->reserved_regions.text;
	struct reserved_line line;

	if (!fact_known(&group->reserved_regions.fact))
		return false;
	for (size_t i = 0; i < RESERVED_LINES_OF_A_GROUP && reserved_line_next(&text, &line); i++) {
		if (strcmp(line.type, "direct") == 0)
			return true;
	}
	return false;
}

const struct fact *reserved_memory_strict(const struct host *host,
					  const struct host_platform *platform)
{
	const struct iommu_groups *groups = &host->groups;
	struct kernel_version version;

	if (platform->kind != PLATFORM_VTD || !host_kernel_version(host, &version) ||
	    !kernel_at_least(&version, 5, 3))
		return NULL;
	for (size_t i = 0; i < groups->count; i++) {
		if (has_direct(&groups->groups[i]) && has_function(host, &groups->groups[i]))
			return &groups->groups[i].reserved_regions.fact;
	}
	return NULL;
}

bool reserved_memory_meets(const struct iommu_group *group, struct address_range addresses,
			   struct address_range *ret)
{
	const char *text = group->reserved_regions.text;
	struct reserved_line line;

	if (!fact_known(&group->reserved_regions.fact))
		return false;
	for (size_t i = 0; i < RESERVED_LINES_OF_A_GROUP && reserved_line_next(&text, &line); i++) {
		if (strcmp(line.type, "reserved") != 0 || line.end < addresses.start ||
		    line.start > addresses.end)
			continue;
		*ret = (struct address_range){line.start, line.end};
		return true;
	}
	return false;
}

const char *reserved_kind_name(enum reserved_kind kind)
{
	switch (kind) {
	case RESERVED_RMRR:
		return "rmrr";
	case RESERVED_IVMD:
		return "ivmd";
	case RESERVED_RMR:
		return "rmr";
	case RESERVED_GROUP:
		return "group";
	}
	return "group";
}

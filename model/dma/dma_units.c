/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/dma_units.h"

#include <inttypes.h>
#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "model/dma/coherency.h"
#include "model/dma/dma_scope.h"
#include "model/platform.h"

struct builder {
	struct arena *arena;
	struct dma_units *out;
	size_t capacity;          /* of units */
	size_t conflict_capacity; /* of conflicts */
};

static const struct dmar *decode_dmar(const struct host *host, struct arena *arena)
{
	const struct fact_text *text = &host->acpi.dmar;
	struct dmar *dmar = arena_alloc(arena, sizeof(*dmar));

	if (!dmar || !fact_known(&text->fact) ||
	    dmar_decode(arena, (const uint8_t *)text->text, text->length, dmar) != 0)
		return NULL;
	return dmar;
}

static const struct ivrs *decode_ivrs(const struct host *host, struct arena *arena)
{
	const struct fact_text *text = &host->acpi.ivrs;
	struct ivrs *ivrs = arena_alloc(arena, sizeof(*ivrs));

	if (!ivrs || !fact_known(&text->fact) ||
	    ivrs_decode(arena, (const uint8_t *)text->text, text->length, ivrs) != 0)
		return NULL;
	return ivrs;
}

static const struct iort *decode_iort(const struct host *host, struct arena *arena)
{
	const struct fact_text *text = &host->acpi.iort;
	struct iort *iort = arena_alloc(arena, sizeof(*iort));

	if (!iort || !fact_known(&text->fact) ||
	    iort_decode(arena, (const uint8_t *)text->text, text->length, iort) != 0)
		return NULL;
	return iort;
}

static const struct viot *decode_viot(const struct host *host, struct arena *arena)
{
	const struct fact_text *text = &host->acpi.viot;
	struct viot *viot = arena_alloc(arena, sizeof(*viot));

	if (!viot || !fact_known(&text->fact) ||
	    viot_decode(arena, (const uint8_t *)text->text, text->length, viot) != 0)
		return NULL;
	return viot;
}

static struct dma_unit *add_unit(struct builder *builder, struct dma_unit unit)
{
	struct dma_units *out = builder->out;
	struct dma_unit *units = arena_grow(builder->arena, out->units, out->count,
					    &builder->capacity, sizeof(*units));

	if (!units)
		return NULL;
	out->units = units;
	units[out->count] = unit;
	return &units[out->count++];
}

/* dmar_find_dmaru(): of two units of the same segment and base the second has no effect. */
static bool is_repeated(const struct dma_units *out, const struct dmar_structure *drhd)
{
	for (size_t i = 0; i < out->count; i++) {
		const struct dmar_structure *earlier = out->units[i].drhd;
		if (earlier && earlier->segment == drhd->segment && earlier->base == drhd->base)
			return true;
	}
	return false;
}

static void add_drhds(struct builder *builder)
{
	const struct dmar *dmar = builder->out->dmar;

	if (!dmar || !dmar_accepted(dmar))
		return;
	for (size_t i = 0; i < dmar->count; i++) {
		const struct dmar_structure *drhd = &dmar->structures[i];
		if (drhd->type == DMAR_DRHD && drhd->complete && !is_repeated(builder->out, drhd))
			add_unit(builder, (struct dma_unit){.kind = IOMMU_VTD, .drhd = drhd});
	}
}

static void add_ivhds(struct builder *builder)
{
	const struct ivrs *ivrs = builder->out->ivrs;
	size_t count = 0;

	if (!ivrs || !ivrs_accepted(ivrs))
		return;
	for (size_t i = 0; i < ivrs->count && count < IVRS_MOST_UNITS; i++) {
		if (!ivrs->blocks[i].chosen)
			continue;
		add_unit(builder,
			 (struct dma_unit){.kind = IOMMU_AMD_VI, .ivhd = &ivrs->blocks[i]});
		count++;
	}
}

static void add_smmus(struct builder *builder)
{
	const struct iort *iort = builder->out->iort;

	for (size_t i = 0; iort && iort->intact && i < iort->count; i++) {
		const struct iort_node *node = &iort->nodes[i];
		if (iort_is_smmu(node->type) && node->complete)
			add_unit(builder, (struct dma_unit){.kind = IOMMU_SMMU, .smmu = node});
	}
}

static void add_viommus(struct builder *builder)
{
	const struct viot *viot = builder->out->viot;

	for (size_t i = 0; viot && viot->intact && i < viot->count; i++) {
		const struct viot_node *node = &viot->nodes[i];
		if (viot_is_iommu(node->type) && node->complete)
			add_unit(builder, (struct dma_unit){.kind = IOMMU_OTHER, .viommu = node});
	}
}

/* "smmu3.0x0000000009050000", "smmu.0x…": arm_smmu_device_probe() of both drivers. */
static bool has_smmu_base(const struct iommu_unit *running, const struct iort_node *smmu)
{
	const char *number = strstr(running->name, ".0x");
	char *end;

	if (!number)
		return false;
	uint64_t base = strtoull(number + 1, &end, 16);
	return !*end && base == smmu->base;
}

/* The address of a virtio-iommu that is a PCI function. */
static struct pci_address address_of(const struct viot_node *viommu)
{
	return pci_address_of(viommu->segment, viommu->requester_id);
}

static bool is_at(const struct viot_node *viommu, const struct pci_address *address)
{
	return viommu->type == VIOT_IOMMU_PCI && address->domain == viommu->segment &&
	       pci_requester_id(address) == viommu->requester_id;
}

/* A virtio-iommu is called by the function that it is: viommu_probe() of
 * drivers/iommu/virtio-iommu.c. */
static bool has_function_name(const struct iommu_unit *running, const struct viot_node *viommu)
{
	struct pci_address address;

	return pci_address_parse(running->name, &address) == 0 && is_at(viommu, &address);
}

/* The IOMMU's own address is the folder above "iommu" in the path of an AMD unit:
 * /sys/devices/pci0000:00/0000:00:00.2/iommu/ivhd0. */
static bool has_requester_id(struct arena *arena, const struct iommu_unit *running,
			     const struct ivrs_block *ivhd)
{
	const char *end = strstr(running->path, "/iommu/");
	struct pci_address address;

	if (!end)
		return false;
	const char *path = arena_copy(arena, running->path, (size_t)(end - running->path));
	return pci_address_parse(last_part(path), &address) == 0 &&
	       address.domain == ivhd->segment && pci_requester_id(&address) == ivhd->device_id;
}

static bool is_same(struct arena *arena, const struct dma_unit *unit,
		    const struct iommu_unit *running)
{
	if (unit->kind != running->kind || unit->running)
		return false;
	if (unit->drhd)
		return fact_known(&running->address.fact) &&
		       (uint64_t)running->address.value == unit->drhd->base;
	if (unit->smmu)
		return has_smmu_base(running, unit->smmu);
	if (unit->viommu)
		return has_function_name(running, unit->viommu);
	return unit->ivhd && has_requester_id(arena, running, unit->ivhd);
}

static void join_running(struct builder *builder, const struct iommu_unit *running)
{
	struct dma_units *out = builder->out;

	for (size_t i = 0; i < out->count; i++) {
		if (is_same(builder->arena, &out->units[i], running)) {
			out->units[i].running = running;
			return;
		}
	}
	add_unit(builder, (struct dma_unit){.kind = running->kind, .running = running});
}

static void apply_ivhds(struct builder *builder)
{
	struct dma_units *out = builder->out;

	for (size_t i = 0; i < out->count; i++) {
		if (out->units[i].ivhd)
			ivrs_devices_add(builder->arena, &out->ivrs_devices, out->units[i].ivhd,
					 (uint8_t)i);
	}
}

static void add_conflict(struct builder *builder, struct dma_conflict conflict)
{
	struct dma_units *out = builder->out;
	struct dma_conflict *conflicts =
		arena_grow(builder->arena, out->conflicts, out->conflict_count,
			   &builder->conflict_capacity, sizeof(*conflicts));

	if (!conflicts)
		return;
	out->conflicts = conflicts;
	conflicts[out->conflict_count++] = conflict;
}

/* dmar_insert_dev_scope(): an endpoint has an ordinary header; a bridge has another one, or is a
 * bridge by its class. */
static bool fits(const struct dmar_scope *scope, const struct pci_function *function)
{
	int header = pci_header_type(function), base_class = pci_base_class(function);

	if (header < 0)
		return true;
	if (scope->type == DMAR_SCOPE_ENDPOINT)
		return header == PCI_HEADER_TYPE_NORMAL;
	return header != PCI_HEADER_TYPE_NORMAL || base_class < 0 ||
	       base_class == PCI_BASE_CLASS_BRIDGE;
}

static bool has_pci_scopes(const struct dmar_structure *structure)
{
	switch (structure->type) {
	case DMAR_DRHD:
		return !(structure->flags & DMAR_INCLUDE_PCI_ALL);
	case DMAR_RMRR:
	case DMAR_ATSR:
	case DMAR_SATC:
		return true;
	default:
		return false;
	}
}

static const struct pci_function *find_named(const struct pci *pci,
					     const struct dmar_structure *structure,
					     const struct dmar_scope *scope)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (dma_scope_names(structure, scope, &pci->functions[i]))
			return &pci->functions[i];
	}
	return NULL;
}

static void find_conflicts(struct builder *builder, const struct dmar_structure *structure)
{
	if (!has_pci_scopes(structure))
		return;
	for (size_t i = 0; i < structure->scope_count; i++) {
		const struct dmar_scope *scope = &structure->scopes[i];
		const struct pci_function *function =
			find_named(&builder->out->host->pci, structure, scope);
		if (function && !fits(scope, function))
			add_conflict(builder, (struct dma_conflict){structure, scope, function});
	}
}

/* init_no_remapping_devices(): a unit for devices of which none is there. Devices of the ACPI
 * namespace may be there without our knowing. */
static bool is_for_nothing(const struct pci *pci, const struct dmar_structure *drhd)
{
	if (drhd->flags & DMAR_INCLUDE_PCI_ALL)
		return false;
	for (size_t i = 0; i < drhd->scope_count; i++) {
		if (drhd->scopes[i].type == DMAR_SCOPE_NAMESPACE ||
		    find_named(pci, drhd, &drhd->scopes[i]))
			return false;
	}
	return true;
}

static void judge_scopes(struct builder *builder)
{
	struct dma_units *out = builder->out;

	if (!fact_known(&out->host->pci.fact) || !out->dmar)
		return;
	for (size_t i = 0; i < out->dmar->count; i++)
		find_conflicts(builder, &out->dmar->structures[i]);
	for (size_t i = 0; i < out->count; i++) {
		struct dma_unit *unit = &out->units[i];
		unit->ignored = unit->drhd && is_for_nothing(&out->host->pci, unit->drhd);
	}
}

/* The function whose scopes count: a VF's PF, and the VMD endpoint of what is behind one. NULL
 * where that is not known. */
static const struct pci_function *representative(const struct pci_function *function)
{
	if (function->vmd)
		function = function->vmd;
	else if (function->address.domain >= PCI_FIRST_VMD_DOMAIN)
		return NULL;
	return pci_is_vf(function) ? function->pf : function;
}

static bool includes_all(const struct dma_unit *unit)
{
	return unit->drhd->flags & DMAR_INCLUDE_PCI_ALL;
}

/* dmar_register_drhd_unit(): those that include all come last, and others in reverse order. */
static const struct dma_unit *find_drhd(const struct dma_units *units,
					const struct pci_function *function)
{
	for (size_t i = units->count; i > 0; i--) {
		const struct dma_unit *unit = &units->units[i - 1];
		if (unit->drhd && !unit->ignored && !includes_all(unit) &&
		    unit->drhd->segment == function->address.domain &&
		    dma_scope_holds(unit->drhd, function))
			return unit;
	}
	for (size_t i = 0; i < units->count; i++) {
		const struct dma_unit *unit = &units->units[i];
		if (unit->drhd && includes_all(unit) &&
		    unit->drhd->segment == function->address.domain)
			return unit;
	}
	return NULL;
}

static struct dma_match covered(const struct dma_unit *unit)
{
	return (struct dma_match){
		.coverage = unit ? DMA_COVERED : DMA_UNCOVERED, .unit = unit, .promised = unit};
}

static struct dma_match match_drhd(const struct dma_units *units,
				   const struct pci_function *function)
{
	const struct pci_function *real = representative(function);

	if (!real || !dma_scope_path_known(real))
		return (struct dma_match){.coverage = DMA_COVERAGE_UNKNOWN};
	return covered(find_drhd(units, real));
}

static struct dma_match match_ivhd(const struct dma_units *units,
				   const struct pci_function *function)
{
	uint8_t unit;

	if (!ivrs_devices_unit(&units->ivrs_devices, function->address.domain,
			       pci_requester_id(&function->address), &unit))
		return covered(NULL);
	return covered(&units->units[unit]);
}

static struct dma_match match_iort(const struct dma_units *units,
				   const struct pci_function *function)
{
	uint32_t stream;
	const struct iort_node *smmu =
		iort_find_smmu(units->iort, function->address.domain,
			       pci_requester_id(&function->address), &stream);

	for (size_t i = 0; smmu && i < units->count; i++) {
		if (units->units[i].smmu == smmu)
			return covered(&units->units[i]);
	}
	return covered(NULL);
}

/* viot_dev_iommu_init(): an IOMMU does not translate itself. */
static struct dma_match match_viot(const struct dma_units *units,
				   const struct pci_function *function)
{
	const struct pci_address *address = &function->address;
	const struct viot_node *viommu =
		viot_find_iommu(units->viot, address->domain, pci_requester_id(address));

	for (size_t i = 0; viommu && !is_at(viommu, address) && i < units->count; i++) {
		const struct dma_unit *unit = &units->units[i];
		if (unit->viommu == viommu)
			return covered(dma_unit_is_there(units, unit) ? unit : NULL);
	}
	return covered(NULL);
}

/* Whether a table that was not decoded may say more. */
static bool may_say_more(const struct fact *fact, bool decoded)
{
	return !decoded && fact_exists(fact);
}

/* iort_iommu_configure_id(), and where that names none, viot_iommu_configure(). */
static struct dma_match match_late_tables(const struct dma_units *units,
					  const struct pci_function *function)
{
	bool has_iort = units->iort && units->iort->intact;
	bool has_viot = units->viot && units->viot->intact;
	struct dma_match match = {.coverage = DMA_COVERAGE_UNKNOWN};

	if (has_iort)
		match = match_iort(units, function);
	if (!match.unit && has_viot)
		match = match_viot(units, function);
	if (!match.unit && (may_say_more(&units->host->acpi.iort.fact, has_iort) ||
			    may_say_more(&units->host->acpi.viot.fact, has_viot)))
		match.coverage = DMA_COVERAGE_UNKNOWN;
	return match;
}

/* of_iommu_configure_dev_id(). Which unit it is, the map tells only by a number of the tree; where
 * one alone runs it is that. */
static struct dma_match match_device_tree(const struct dma_units *units,
					  const struct pci_function *function,
					  const struct iommu_map *map)
{
	switch (iommu_map_covers(map, pci_requester_id(&function->address))) {
	case BOOLEAN_YES:
		return (struct dma_match){.coverage = DMA_COVERED,
					  .unit = units->count == 1 ? units->units : NULL};
	case BOOLEAN_NO:
		return (struct dma_match){.coverage = DMA_UNCOVERED};
	case BOOLEAN_UNKNOWN:
		break;
	}
	return (struct dma_match){.coverage = DMA_COVERAGE_UNKNOWN};
}

/* What the tables promise. */
static struct dma_match match_tables(const struct dma_units *units,
				     const struct pci_function *function)
{
	if (units->dmar && dmar_accepted(units->dmar))
		return match_drhd(units, function);
	if (units->ivrs && ivrs_accepted(units->ivrs))
		return match_ivhd(units, function);
	const struct iommu_map *map = device_tree_map(&units->host->device_tree, function);
	if (map)
		return match_device_tree(units, function, map);
	return match_late_tables(units, function);
}

static const struct dma_unit *find_running(const struct dma_units *units, const char *name)
{
	for (size_t i = 0; i < units->count; i++) {
		const struct iommu_unit *running = units->units[i].running;
		if (running && strcmp(running->name, name) == 0)
			return &units->units[i];
	}
	return NULL;
}

/* The link from a function to its unit exists while translation is on, and settles the matter. */
static struct dma_match match(const struct dma_units *units, const struct pci_function *function)
{
	const struct fact_text *link = &function->iommu;
	struct dma_match result = match_tables(units, function);

	if (fact_known(&link->fact)) {
		result.coverage = DMA_COVERED;
		result.unit = find_running(units, link->text);
	} else if (fact_absent(&link->fact) && units->host->units.count &&
		   !platform_groups_with_driver(units->host, function)) {
		result.coverage = DMA_UNCOVERED;
		result.unit = NULL;
	}
	return result;
}

static void match_functions(struct builder *builder)
{
	struct dma_units *out = builder->out;
	const struct pci *pci = &out->host->pci;

	out->matches = arena_array(builder->arena, pci->count + 1, sizeof(*out->matches));
	if (!out->matches)
		return;
	for (size_t i = 0; i < pci->count; i++)
		out->matches[i] = match(out, &pci->functions[i]);
}

static size_t count_functions(const struct dma_units *units, const struct dma_unit *unit)
{
	size_t count = 0;

	for (size_t i = 0; i < units->host->pci.count; i++)
		count += units->matches[i].unit == unit;
	return count;
}

static void list_functions(struct builder *builder, struct dma_unit *unit)
{
	struct dma_units *out = builder->out;
	size_t count = count_functions(out, unit);

	unit->functions = arena_array(builder->arena, count + 1, sizeof(*unit->functions));
	if (!unit->functions)
		return;
	for (size_t i = 0; i < out->host->pci.count; i++) {
		if (out->matches[i].unit == unit)
			unit->functions[unit->function_count++] = &out->host->pci.functions[i];
	}
}

void dma_units_build(const struct host *host, struct arena *arena, struct dma_units *ret)
{
	struct builder builder = {.arena = arena, .out = ret};

	*ret = (struct dma_units){.host = host};
	ret->dmar = decode_dmar(host, arena);
	ret->ivrs = decode_ivrs(host, arena);
	ret->iort = decode_iort(host, arena);
	ret->viot = decode_viot(host, arena);
	add_ivhds(&builder);
	add_drhds(&builder);
	add_smmus(&builder);
	add_viommus(&builder);
	for (size_t i = 0; i < host->units.count; i++)
		join_running(&builder, &host->units.units[i]);
	apply_ivhds(&builder);
	judge_scopes(&builder);
	match_functions(&builder);
	for (size_t i = 0; i < ret->count && ret->matches; i++)
		list_functions(&builder, &ret->units[i]);
}

const struct dma_match *dma_units_match(const struct dma_units *units,
					const struct pci_function *function)
{
	static const struct dma_match unknown = {.coverage = DMA_COVERAGE_UNKNOWN};

	return units->matches ? &units->matches[function - units->host->pci.functions] : &unknown;
}

enum boolean dma_units_group_with_driver(const struct dma_units *units,
					 const struct pci_function *function)
{
	enum dma_coverage coverage = dma_units_match(units, function)->coverage;

	if (!platform_groups_with_driver(units->host, function) || coverage == DMA_UNCOVERED)
		return BOOLEAN_NO;
	return coverage == DMA_COVERAGE_UNKNOWN ? BOOLEAN_UNKNOWN : BOOLEAN_YES;
}

bool dma_units_left_out_by_device_tree(const struct dma_units *units)
{
	const struct host *host = units->host;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		const struct iommu_map *map = device_tree_map(&host->device_tree, function);
		if (!map ||
		    iommu_map_covers(map, pci_requester_id(&function->address)) != BOOLEAN_NO)
			return false;
	}
	return host->pci.count > 0;
}

bool dma_units_lack_smmu(const struct dma_units *units)
{
	const struct iort *iort = units->iort;

	if (!iort || !iort->intact || units->host->units.count)
		return false;
	for (size_t i = 0; i < iort->count; i++) {
		if (iort_is_smmu(iort->nodes[i].type))
			return false;
	}
	return true;
}

bool dma_units_coherency_is_unread(const struct dma_units *units, const struct dma_unit *unit)
{
	return unit->running && unit->running->kind == IOMMU_SMMU && !unit->smmu &&
	       fact_exists(&units->host->acpi.iort.fact) &&
	       coherency_is_asked(units->host) != BOOLEAN_NO;
}

const char *dma_unit_name(const struct dma_unit *unit)
{
	return unit->running ? unit->running->name : NULL;
}

uint64_t dma_unit_base(const struct dma_unit *unit)
{
	if (unit->drhd)
		return unit->drhd->base;
	if (unit->ivhd)
		return unit->ivhd->base;
	if (unit->viommu)
		return unit->viommu->base;
	return unit->smmu ? unit->smmu->base : 0;
}

bool dma_unit_is_there(const struct dma_units *units, const struct dma_unit *unit)
{
	const struct pci *pci = &units->host->pci;

	if (!unit->viommu || unit->viommu->type != VIOT_IOMMU_PCI || !fact_known(&pci->fact))
		return true;
	const struct pci_address address = address_of(unit->viommu);
	return pci_find(pci, &address) != NULL;
}

const char *dma_unit_describe(struct arena *arena, const struct dma_unit *unit)
{
	const struct viot_node *viommu = unit->viommu;
	char name[PCI_ADDRESS_SIZE];

	if (dma_unit_name(unit))
		return dma_unit_name(unit);
	if (!viommu || viommu->type != VIOT_IOMMU_PCI)
		return arena_printf(arena, "the unit at 0x%" PRIx64, dma_unit_base(unit));
	const struct pci_address address = address_of(viommu);
	pci_address_format(&address, name);
	return arena_printf(arena, "the virtio-iommu %s", name);
}

bool dma_unit_is_incoherent(const struct dma_units *units, const struct dma_unit *unit)
{
	return unit->smmu && unit->smmu->type == IORT_SMMU_V3 &&
	       !(unit->smmu->flags & IORT_SMMU_V3_COHERENT) &&
	       coherency_is_asked(units->host) != BOOLEAN_NO;
}

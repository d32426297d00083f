/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/assignability.h"

#include <inttypes.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/assign/denylist.h"
#include "model/assign/hardware_fault.h"
#include "model/assign/vfio_driver.h"
#include "model/dma/coherency.h"
#include "model/modules/module_option.h"
#include "model/pcie.h"
#include "model/platform.h"
#include "model/sriov/vf_driver.h"

/* Of a group: more that the host needs, or may need, are counted. */
enum { MOST_VITAL_NAMED = 8 };

struct builder {
	struct assignability_grounds grounds;
	struct arena *arena;
	struct module_switch denylist_disabled;
};

/* One function on its way to a verdict. */
struct judge {
	const struct builder *builder;
	const struct pci_function *function;
	struct assignable result;
};

static struct blocker **end_of(struct blocker **list)
{
	while (*list)
		list = &(*list)->next;
	return list;
}

static void append(struct arena *arena, struct blocker **list, struct blocker blocker)
{
	struct blocker *copy = arena_alloc(arena, sizeof(*copy));

	if (!copy)
		return;
	*copy = blocker;
	*end_of(list) = copy;
}

static void add(struct arena *arena, struct blocker **list, enum blocker_kind kind,
		const struct fact *evidence, const char *why)
{
	append(arena, list, (struct blocker){.kind = kind, .why = why, .evidence = evidence});
}

static void block(struct judge *judge, enum blocker_kind kind, const struct fact *evidence,
		  const char *why)
{
	add(judge->builder->arena, &judge->result.blockers, kind, evidence, why);
}

static void miss(struct judge *judge, const struct fact *evidence, const char *why)
{
	add(judge->builder->arena, &judge->result.missing, BLOCKER_UNKNOWN, evidence, why);
}

/* Adds what is not known of a group to what is not known of its member. */
static void miss_all(struct judge *judge, const struct companion_doubt *doubt)
{
	for (; doubt; doubt = doubt->next)
		miss(judge, doubt->evidence, doubt->why);
}

/* Blocks because the host needs a companion. */
static void block_for(struct judge *judge, const struct pci_function *companion, const char *why)
{
	append(judge->builder->arena, &judge->result.blockers,
	       (struct blocker){
		       .kind = BLOCKER_HOST_USE,
		       .evidence = &companion->driver.fact,
		       .companion = companion,
		       .why = why,
	       });
}

/* The group of a function that is in none yet is the one that the kernel's rules give. */
static const char *group_holds(const struct judge *judge)
{
	return platform_in_real_group(judge->builder->grounds.host, judge->function)
		       ? "its group holds"
		       : "its group would hold";
}

static void judge_vital(struct judge *judge, const struct companion_list *companions)
{
	const struct host_uses *uses = judge->builder->grounds.uses;
	struct arena *arena = judge->builder->arena;

	for (size_t i = 0; i < companions->vital_count; i++) {
		const struct pci_function *companion = companions->vital[i];
		if (i == MOST_VITAL_NAMED) {
			block_for(judge, companion,
				  arena_printf(arena, "the host needs %zu functions of its group",
					       companions->vital_count));
			return;
		}
		if (companion != judge->function)
			block_for(judge, companion,
				  arena_printf(arena, "%s %s, which the host needs for %s",
					       group_holds(judge), companion->name,
					       host_uses_vital_words(uses, companion, arena)));
	}
}

static void judge_doubtful(struct judge *judge, const struct companion_list *companions)
{
	const struct host_uses *uses = judge->builder->grounds.uses;
	struct arena *arena = judge->builder->arena;

	for (size_t i = 0; i < companions->doubtful_count; i++) {
		const struct pci_function *doubtful =
			companions->vital[companions->vital_count + i];
		struct host_use_doubt doubt = host_uses_doubt(uses, doubtful, arena);
		if (i == MOST_VITAL_NAMED) {
			miss(judge, doubt.evidence,
			     arena_printf(arena,
					  "whether the host needs %zu functions of its group is "
					  "not known",
					  companions->doubtful_count));
			return;
		}
		if (doubtful != judge->function)
			miss(judge, doubt.evidence,
			     arena_printf(arena, "%s %s: %s", group_holds(judge), doubtful->name,
					  doubt.why));
	}
}

/* VFIO would take it, and the host would be down. */
static void judge_host_use(struct judge *judge)
{
	const struct builder *builder = judge->builder;
	const struct host_use *use = host_uses_vital(builder->grounds.uses, judge->function);
	struct host_use_doubt doubt;

	if (use) {
		block(judge, BLOCKER_HOST_USE,
		      host_use_evidence(builder->arena, use->entry->source),
		      arena_printf(builder->arena, "the host needs it for %s",
				   host_uses_vital_words(builder->grounds.uses, judge->function,
							 builder->arena)));
		return;
	}
	/* Without a driver of its own, the host needs nothing of it but memory. */
	if (driver_leaves_dma(judge->function) ||
	    (fact_absent(&judge->function->driver.fact) &&
	     !host_uses_unread_memory(builder->grounds.uses, judge->function)))
		return;
	doubt = host_uses_doubt(builder->grounds.uses, judge->function, builder->arena);
	if (doubt.evidence)
		miss(judge, doubt.evidence, doubt.why);
}

static void add_companions(struct judge *judge, const struct companion_list *companions)
{
	judge->result.companions = companions->functions;
	judge->result.companion_count = companions->count;
	judge_vital(judge, companions);
	judge_doubtful(judge, companions);
}

/*
 * A PF that shares the group has to leave its driver, and most drivers take their VFs along;
 * vfio-pci takes no PF that has VFs.
 */
static void judge_own_pf(struct judge *judge)
{
	const struct pci_function *pf = judge->function->pf;
	struct arena *arena = judge->builder->arena;

	/* The group's list tells, whether or not the PF's own link was read. */
	if (!pf || !companions_include(judge->builder->grounds.companions, judge->function, pf))
		return;
	const char *name = pf->driver.text;
	const struct vf_driver *driver = vf_driver_of(judge->builder->grounds.host, pf);
	switch (driver ? driver->fate : VF_FATE_UNKNOWN) {
	case VF_FATE_GONE:
		block(judge, BLOCKER_OWN_PF, &pf->driver.fact,
		      arena_printf(arena,
				   "%s its physical function %s, which would have to leave its "
				   "driver %s, and that takes its VFs along",
				   group_holds(judge), pf->name, name));
		return;
	case VF_FATE_UNKNOWN:
		miss(judge, &pf->driver.fact,
		     arena_printf(arena,
				  "%s its physical function %s, which would have to leave its "
				  "driver %s, and whether VFs outlive that is not known",
				  group_holds(judge), pf->name, name));
		return;
	case VF_FATE_KEPT:
		return;
	}
}

/* Not being in a group is final; why depends on what the kernel translates at all. Who saved a tree
 * without the groups did not care for the links to them either. */
static void block_ungrouped(struct judge *judge)
{
	const struct fact *link = &judge->function->group.fact;
	const struct fact *groups = &judge->builder->grounds.host->groups.fact;

	if (groups->state == FACT_NOT_CAPTURED) {
		miss(judge, groups, "cannot tell whether it is in an IOMMU group");
		return;
	}

	switch (judge->builder->grounds.platform->translation) {
	case TRANSLATION_OFF:
		block(judge, BLOCKER_REMAPPING_OFF, link,
		      "DMA remapping is off, so it has no IOMMU group");
		return;
	case TRANSLATION_ON:
		block(judge, BLOCKER_NO_GROUP, link, "no IOMMU translates it: it is in no group");
		return;
	case TRANSLATION_UNKNOWN:
		block(judge, BLOCKER_NO_GROUP, link, "it is in no IOMMU group");
		return;
	}
}

static void judge_members(struct judge *judge)
{
	const struct companion_list companions =
		companions_of(judge->builder->grounds.companions, judge->function);

	add_companions(judge, &companions);
	judge_own_pf(judge);
	miss_all(judge, companions.doubts);
}

/* The kernel makes its group when a driver is bound: the predicted one decides. */
static void judge_coming_group(struct judge *judge)
{
	const struct isolation_group *group =
		isolation_of(judge->builder->grounds.isolation, judge->function);

	if (group && group->known)
		judge_members(judge);
	else
		miss(judge, &judge->function->group.fact,
		     "its IOMMU group comes with a driver, and cannot be predicted");
}

static void judge_absent_group(struct judge *judge)
{
	if (platform_is_noiommu_device(judge->function)) {
		block(judge, BLOCKER_NOIOMMU, &judge->function->vfio_devices.fact,
		      "no IOMMU translates it: it is in VFIO's unsafe noiommu mode");
		return;
	}
	switch (dma_units_group_with_driver(judge->builder->grounds.units, judge->function)) {
	case BOOLEAN_YES:
		judge_coming_group(judge);
		return;
	case BOOLEAN_NO:
		block_ungrouped(judge);
		return;
	case BOOLEAN_UNKNOWN:
		judge_coming_group(judge);
		miss(judge, &judge->function->group.fact,
		     "its IOMMU group comes with a driver, if an IOMMU translates it");
	}
}

static void judge_group(struct judge *judge)
{
	const struct host *host = judge->builder->grounds.host;
	const struct fact_number *link = &judge->function->group;

	if (fact_absent(&link->fact)) {
		judge_absent_group(judge);
		return;
	}
	if (!fact_known(&link->fact)) {
		miss(judge, &link->fact, "its IOMMU group could not be read");
		return;
	}
	if (!platform_in_real_group(host, judge->function)) {
		block(judge, BLOCKER_NOIOMMU, &link->fact,
		      "no IOMMU translates it: its group is one of VFIO's unsafe noiommu mode");
		return;
	}
	const struct iommu_group *group = iommu_group_find(&host->groups, link->value);
	if (!group || !fact_known(&group->devices.fact)) {
		miss(judge, group ? &group->devices.fact : &host->groups.fact,
		     "the members of its IOMMU group could not be read");
		return;
	}
	judge_members(judge);
}

static const char *region_words(struct arena *arena, const struct reserved_region *region)
{
	return arena_printf(arena,
			    "firmware keeps memory 0x%" PRIx64 "-0x%" PRIx64
			    " mapped one to one for it or its group (%s)",
			    region->start, region->end, reserved_kind_name(region->kind));
}

/* What would tell of reserved memory: the group's regions, or firmware's table where it has none.
 */
static const struct fact *memory_evidence(const struct judge *judge)
{
	const struct assignability_grounds *grounds = &judge->builder->grounds;
	const struct fact_number *link = &judge->function->group;
	const struct iommu_group *group = NULL;

	if (fact_known(&link->fact))
		group = iommu_group_find(&grounds->host->groups, link->value);
	if (group)
		return &group->reserved_regions.fact;
	return grounds->platform->table;
}

static void judge_memory(struct judge *judge)
{
	const struct reserved_region *region;

	switch (reserved_memory_blocks(judge->builder->grounds.memory, judge->function, &region)) {
	case RESERVED_HARMLESS:
		return;
	case RESERVED_BLOCKS:
		block(judge, BLOCKER_RESERVED_MEMORY, region->evidence,
		      region_words(judge->builder->arena, region));
		return;
	case RESERVED_EFFECT_UNKNOWN:
		miss(judge, memory_evidence(judge),
		     "cannot tell whether firmware reserves memory for it");
		return;
	}
}

static void judge_header(struct judge *judge)
{
	/* That it does not answer is a blocker, and says more. */
	if (pci_header_type(judge->function) < 0 && !config_is_ones(&judge->function->config))
		miss(judge, &judge->function->config.fact, "its header could not be read");
	if (!fact_known(&judge->function->class_code.fact))
		miss(judge, &judge->function->class_code.fact, "its class could not be read");
}

static void doubt_denylist(struct judge *judge)
{
	const struct module_switch *disabled = &judge->builder->denylist_disabled;
	bool is_open = disabled->value == BOOLEAN_UNKNOWN;

	add(judge->builder->arena, &judge->result.missing, BLOCKER_DENYLIST,
	    is_open ? disabled->fact : &judge->builder->grounds.host->kernel_release.fact,
	    is_open ? "vfio-pci refuses devices of its kind (its denylist), unless its option "
		      "disable_denylist is on, which could not be read"
		    : "vfio-pci of newer kernels refuses devices of its kind (its denylist), and "
		      "that of this kernel may: the entry was taken over into older ones");
}

/* What vfio-pci has, it did not refuse. */
static void judge_denylist(struct judge *judge)
{
	const struct pci_function *function = judge->function;
	const struct module_switch *disabled = &judge->builder->denylist_disabled;

	if (!pci_knows_ids(function)) {
		miss(judge, &function->vendor.fact, "its vendor and device could not be read");
		return;
	}
	if (pci_is_on_driver(function, "vfio-pci"))
		return;
	switch (denylist_refuses(judge->builder->grounds.host, disabled->value,
				 function->vendor.value, function->device.value)) {
	case BOOLEAN_NO:
		return;
	case BOOLEAN_YES:
		block(judge, BLOCKER_DENYLIST, &function->device.fact,
		      "vfio-pci refuses devices of its kind (its denylist)");
		return;
	case BOOLEAN_UNKNOWN:
		doubt_denylist(judge);
	}
}

/* vfio-pci does not take a PF whose VFs are there: vfio_pci_core_register_device(). */
static void judge_vfs(struct judge *judge)
{
	const struct fact_number *numvfs = &judge->function->sriov.numvfs;

	if (fact_absent(&numvfs->fact))
		return;
	if (!fact_known(&numvfs->fact)) {
		miss(judge, &numvfs->fact, "whether it has VFs enabled could not be read");
		return;
	}
	if (!pci_has_vfs(judge->function) || driver_is_vfio(judge->function))
		return;
	block(judge, BLOCKER_VFS_ENABLED, &numvfs->fact,
	      arena_printf(judge->builder->arena, "it has %s enabled, which vfio-pci refuses",
			   counted(judge->builder->arena, (size_t)numvfs->value, "VF")));
}

static void judge_interrupts(struct judge *judge)
{
	const struct interrupt_remapping *interrupts = judge->builder->grounds.interrupts;

	if (interrupts->attaches == BOOLEAN_YES)
		return;
	if (interrupts->attaches == BOOLEAN_NO)
		block(judge, BLOCKER_INTERRUPTS, interrupts->evidence, interrupts->fault);
	else if (interrupts->state == INTERRUPTS_PLAIN)
		miss(judge, interrupts->permitted.fact,
		     arena_printf(judge->builder->arena,
				  "%s, and allow_unsafe_interrupts could not be read",
				  interrupts->fault));
	else
		miss(judge, interrupts->evidence, interrupts->words);
}

/* Who registers the function with VFIO already does not need vfio-pci. */
static void judge_modules(struct judge *judge)
{
	const struct vfio_module *items = judge->builder->grounds.vfio_modules->items;
	const char *missed = "";

	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++) {
		const struct vfio_module *module = &items[i];
		enum boolean lacking = vfio_module_is_lacking(module);
		if (i == VFIO_MODULE_DRIVER && driver_is_vfio(judge->function))
			continue;
		if (lacking == BOOLEAN_YES) {
			block(judge, BLOCKER_VFIO_MODULE, &module->fact, module->why);
		} else if (lacking == BOOLEAN_UNKNOWN && strcmp(module->why, missed) != 0) {
			miss(judge, &module->fact, module->why);
			missed = module->why;
		}
	}
}

/* VFIO asks whether DMA is coherent since 5.19 (vfio_register_group_dev()). On POWER it is, but the
 * kernel says so since 6.4 alone, where each host bridge has an IOMMU of its name
 * (ppc_iommu_register_device(), arch/powerpc/kernel/iommu.c). */
static bool power_may_say_nothing(const struct host *host)
{
	struct kernel_version version;

	return isolation_rules_of(&host->cpu) == RULES_OF_FIRMWARE &&
	       host_kernel_version(host, &version) && kernel_at_least(&version, 5, 19) &&
	       !kernel_at_least(&version, 6, 4);
}

static bool has_unit_of_power(const struct iommu_units *units)
{
	for (size_t i = 0; i < units->count; i++) {
		if (begins_with(units->units[i].name, "iommu-phb"))
			return true;
	}
	return false;
}

static void judge_power(struct judge *judge)
{
	const struct iommu_units *units = &judge->builder->grounds.host->units;

	if (driver_is_vfio(judge->function) || has_unit_of_power(units))
		return;
	if (fact_settled(&units->fact))
		block(judge, BLOCKER_COHERENCY, &units->fact,
		      "the running kernel does not tell VFIO that DMA is coherent (on POWER, those "
		      "from 5.19 to 6.3)");
	else
		miss(judge, &units->fact,
		     "cannot tell whether the running kernel tells VFIO that DMA is coherent (on "
		     "POWER, those from 5.19 to 6.3 do not)");
}

/* What a driver of VFIO has was accepted. */
static void judge_coherency_by_device_tree(struct judge *judge)
{
	const struct fact *evidence;

	if (driver_is_vfio(judge->function))
		return;
	switch (coherency_by_device_tree(judge->builder->grounds.host, judge->function,
					 &evidence)) {
	case BOOLEAN_YES:
		return;
	case BOOLEAN_NO:
		block(judge, BLOCKER_COHERENCY, evidence,
		      "the device tree does not say that its SMMU is coherent with the processors' "
		      "caches (dma-coherent)");
		return;
	case BOOLEAN_UNKNOWN:
		miss(judge, evidence,
		     "cannot tell whether its SMMU is coherent with the processors' caches");
		return;
	}
}

static void judge_coherency_by_driver(struct judge *judge)
{
	const struct fact_text *unit = &judge->function->iommu;

	if (driver_is_vfio(judge->function))
		return;
	switch (coherency_is_told(judge->builder->grounds.host, judge->function)) {
	case BOOLEAN_YES:
		return;
	case BOOLEAN_NO:
		block(judge, BLOCKER_COHERENCY, &unit->fact,
		      arena_printf(judge->builder->arena,
				   "the running kernel's driver of its IOMMU (%s) does not tell "
				   "VFIO that DMA is coherent",
				   unit->text));
		return;
	case BOOLEAN_UNKNOWN:
		miss(judge, &unit->fact,
		     "cannot tell whether the kernel's driver of its IOMMU tells VFIO that DMA is "
		     "coherent (those of Linux up to 7.3 do not)");
		return;
	}
}

static void judge_coherency(struct judge *judge)
{
	const struct assignability_grounds *grounds = &judge->builder->grounds;

	judge_coherency_by_driver(judge);
	judge_coherency_by_device_tree(judge);
	if (power_may_say_nothing(grounds->host)) {
		judge_power(judge);
		return;
	}
	const struct dma_match *match = dma_units_match(grounds->units, judge->function);
	const struct dma_unit *unit = match->unit ? match->unit : match->promised;

	if (unit && dma_unit_is_incoherent(grounds->units, unit))
		block(judge, BLOCKER_COHERENCY, &grounds->host->acpi.iort.fact,
		      "its SMMU is not coherent with the processors' caches");
	else if (unit && dma_units_coherency_is_unread(grounds->units, unit))
		miss(judge, &grounds->host->acpi.iort.fact,
		     "cannot tell whether its SMMU is coherent with the processors' caches");
}

static void judge_vmd(struct judge *judge)
{
	const struct pci_function *vmd = judge->function->vmd;

	if (vmd)
		block(judge, BLOCKER_VMD, &judge->function->class_code.fact,
		      arena_printf(judge->builder->arena,
				   "it is behind the VMD endpoint %s, which goes as a whole",
				   vmd->name));
	else if (judge->function->address.domain >= PCI_FIRST_VMD_DOMAIN)
		miss(judge, &judge->builder->grounds.host->pci.fact,
		     "its domain is one of a VMD endpoint, and which one that is was not found");
}

static void judge_hardware(struct judge *judge)
{
	static const enum blocker_kind kinds[] = {
		[FAULT_BAR_UNPLACED] = BLOCKER_BAR_UNPLACED,
		[FAULT_UNREACHABLE] = BLOCKER_UNREACHABLE,
		[FAULT_VGPU_PROFILE] = BLOCKER_VGPU_PROFILE,
	};
	ASSERT_COVERS(kinds, FAULT_KIND_COUNT);
	struct hardware_fault faults[FAULT_KIND_COUNT];
	size_t count = hardware_faults_find(judge->function, judge->builder->arena, faults);

	for (size_t i = 0; i < count; i++) {
		if (faults[i].known)
			block(judge, kinds[faults[i].kind], faults[i].evidence, faults[i].why);
		else
			miss(judge, faults[i].evidence, faults[i].why);
	}
}

/* NVIDIA's vGPU software up to 16 gives VFs of its driver to guests as mediated devices: its user
 * guide, "Creating an NVIDIA vGPU that supports SR-IOV". */
static void judge_mediation(struct judge *judge)
{
	const struct hypervisor *hypervisor = &judge->builder->grounds.host->hypervisor;

	if (pci_is_vf(judge->function) && pci_is_on_driver(judge->function, "nvidia") &&
	    hypervisor_offers_mdevs(hypervisor, judge->function->name))
		block(judge, BLOCKER_VGPU_PROFILE, &hypervisor->mdev_parents.fact,
		      "the driver nvidia gives it to guests as mediated devices (vGPUs), and as a "
		      "whole it is of no use to one");
}

static enum assignable_verdict conclude(const struct assignable *result)
{
	if (result->blockers)
		return ASSIGNABLE_BLOCKED;
	if (result->missing)
		return ASSIGNABLE_UNDETERMINED;
	return result->companion_count ? ASSIGNABLE_WITH : ASSIGNABLE;
}

/* Bridges never go to a guest, nor does an IOMMU. */
static bool is_candidate(const struct host_platform *platform, const struct pci_function *function)
{
	return !pcie_is_bridge(function) && !platform_is_iommu(platform, function);
}

static struct assignable judge_function(const struct builder *builder,
					const struct pci_function *function)
{
	struct judge judge = {.builder = builder, .function = function};

	if (!is_candidate(builder->grounds.platform, function)) {
		judge.result.verdict = ASSIGNABLE_NOT_A_CANDIDATE;
		return judge.result;
	}
	judge_host_use(&judge);
	judge_hardware(&judge);
	judge_mediation(&judge);
	judge_header(&judge);
	judge_group(&judge);
	judge_memory(&judge);
	judge_denylist(&judge);
	judge_vfs(&judge);
	judge_vmd(&judge);
	judge_interrupts(&judge);
	judge_coherency(&judge);
	judge_modules(&judge);
	judge.result.verdict = conclude(&judge.result);
	return judge.result;
}

void assignability_build(const struct assignability_grounds *grounds, struct arena *arena,
			 struct assignability *ret)
{
	const struct host *host = grounds->host;
	size_t count = host->pci.count;
	struct builder builder = {
		.grounds = *grounds,
		.arena = arena,
		.denylist_disabled =
			module_option_switch(host, arena, "vfio_pci", "disable_denylist"),
	};
	struct assignable *judgements = arena_array(arena, count + 1, sizeof(*judgements));

	*ret = (struct assignability){
		.host = host,
		.denylist_disabled = builder.denylist_disabled.value,
	};
	if (!judgements)
		return;
	for (size_t i = 0; i < count; i++)
		judgements[i] = judge_function(&builder, &host->pci.functions[i]);
	ret->judgements = judgements;
}

const struct assignable *assignability_of(const struct assignability *assignability,
					  const struct pci_function *function)
{
	static const struct assignable unjudged = {.verdict = ASSIGNABLE_UNDETERMINED};

	if (!assignability->judgements)
		return &unjudged;
	return &assignability->judgements[function - assignability->host->pci.functions];
}

static const char *const blocker_names[] = {
	[BLOCKER_UNKNOWN] = "unknown",
	[BLOCKER_REMAPPING_OFF] = "remapping-off",
	[BLOCKER_NO_GROUP] = "no-group",
	[BLOCKER_NOIOMMU] = "noiommu",
	[BLOCKER_RESERVED_MEMORY] = "reserved-memory",
	[BLOCKER_DENYLIST] = "denylist",
	[BLOCKER_VFS_ENABLED] = "vfs-enabled",
	[BLOCKER_INTERRUPTS] = "interrupts",
	[BLOCKER_COHERENCY] = "coherency",
	[BLOCKER_VFIO_MODULE] = "vfio-module",
	[BLOCKER_VMD] = "vmd",
	[BLOCKER_HOST_USE] = "host-use",
	[BLOCKER_OWN_PF] = "own-pf",
	[BLOCKER_BAR_UNPLACED] = "bar-unplaced",
	[BLOCKER_UNREACHABLE] = "unreachable",
	[BLOCKER_VGPU_PROFILE] = "vgpu-profile",
};

ASSERT_COVERS(blocker_names, BLOCKER_KIND_COUNT);

const char *blocker_kind_name(enum blocker_kind kind)
{
	return blocker_names[kind];
}

const struct blocker *assignable_host_use(const struct assignable *assignable)
{
	return assignable_companion_use(assignable, NULL);
}

const struct blocker *assignable_companion_use(const struct assignable *assignable,
					       const struct pci_function *companion)
{
	const struct blocker *blocker = assignable->blockers;

	while (blocker && (blocker->kind != BLOCKER_HOST_USE || blocker->companion != companion))
		blocker = blocker->next;
	return blocker;
}

static bool has_kind(const struct blocker *list, enum blocker_kind kind)
{
	for (; list; list = list->next) {
		if (list->kind == kind)
			return true;
	}
	return false;
}

bool assignable_may_be_denied(const struct assignable *assignable)
{
	return has_kind(assignable->blockers, BLOCKER_DENYLIST) ||
	       has_kind(assignable->missing, BLOCKER_DENYLIST);
}

const char *assignable_verdict_name(enum assignable_verdict verdict)
{
	switch (verdict) {
	case ASSIGNABLE:
		return "assignable";
	case ASSIGNABLE_WITH:
		return "assignable-with";
	case ASSIGNABLE_BLOCKED:
		return "blocked";
	case ASSIGNABLE_UNDETERMINED:
		return "undetermined";
	case ASSIGNABLE_NOT_A_CANDIDATE:
		return "not-a-candidate";
	}
	return "undetermined";
}

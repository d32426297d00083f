/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/fact.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/assign/hardware_fault.h"
#include "model/assign/vfio_driver.h"
#include "model/caution/caution.h"
#include "model/dma/iommu_registers.h"

enum { MOST_NAMED = 4 };

const char *log_cause_name(enum log_cause cause)
{
	static const char *const names[] = {
		[LOG_OPEN] = "open",
		[LOG_CONFIRMED] = "confirmed",
		[LOG_REFUTED] = "refuted",
	};
	ASSERT_COVERS(names, LOG_CAUSE_COUNT);

	return names[cause];
}

/* What a fact is looked up for. */
struct question {
	const struct model *model;
	const struct host *host;
	const struct log_values *values;
	const struct pci_function *function; /* that the message names; NULL: none, or it is gone */
	struct arena *arena;
};

static struct log_answer open_question(void)
{
	return (struct log_answer){LOG_OPEN, NULL};
}

static const struct iommu_group *group_of(const struct question *question)
{
	return question->values->has_group
		       ? iommu_group_find(&question->host->groups, (int64_t)question->values->group)
		       : NULL;
}

/* Returns the first function of the message's group, or NULL. */
static const struct pci_function *group_member(const struct question *question)
{
	const struct iommu_group *group = group_of(question);

	for (size_t i = 0; group && i < group->devices.count; i++) {
		const struct pci_function *function =
			pci_find_name(&question->host->pci, group->devices.names[i]);
		if (function)
			return function;
	}
	return NULL;
}

static const char *name_holders(const struct question *question, const struct companion_list *list)
{
	struct buffer names = {.arena = question->arena, .separator = ", ", .most = MOST_NAMED};

	for (size_t i = 0; i < list->count; i++)
		buffer_item(&names, "%s (%s)", list->functions[i]->name,
			    list->functions[i]->driver.text);
	return arena_printf(question->arena, "drivers of the host hold %s", buffer_list(&names));
}

/* Of one function of the group: who goes along with it. */
static struct log_answer companions_held(const struct question *question,
					 const struct pci_function *function)
{
	struct companion_list list = companions_of(&question->model->companions, function);

	if (list.count)
		return (struct log_answer){LOG_CONFIRMED, name_holders(question, &list)};
	if (list.doubts)
		return (struct log_answer){LOG_OPEN, list.doubts->why};
	return (struct log_answer){
		LOG_REFUTED,
		arena_printf(question->arena,
			     "no driver of the host holds another function of the group of %s",
			     function->name)};
}

/* Where the message names the group alone, the function that was to go to the guest may be any of
 * it: one that is held is another function to each of the rest. */
static struct log_answer group_held(const struct question *question)
{
	const struct iommu_group *group = group_of(question);
	const struct pci_function *first = group_member(question);
	bool whole = true;

	if (question->function)
		return companions_held(question, question->function);
	for (size_t i = 0; group && i < group->devices.count; i++) {
		const struct pci_function *function =
			pci_find_name(&question->host->pci, group->devices.names[i]);
		if (function && companions_of(&question->model->companions, function).count)
			return companions_held(question, function);
		whole &= function != NULL;
	}
	return first && whole ? companions_held(question, first) : open_question();
}

static struct log_answer not_on_vfio(const struct question *question)
{
	const struct pci_function *function =
		question->function ? question->function : group_member(question);

	if (!function || !fact_settled(&function->driver.fact))
		return open_question();
	if (driver_is_vfio(function))
		return (struct log_answer){
			LOG_REFUTED,
			arena_printf(question->arena, "%s is on %s", function->name,
				     fact_known(&function->driver.fact) ? function->driver.text
									: "a driver of VFIO")};
	return (struct log_answer){
		LOG_CONFIRMED,
		fact_known(&function->driver.fact)
			? arena_printf(question->arena, "%s is on %s, and on no driver of VFIO",
				       function->name, function->driver.text)
			: arena_printf(question->arena, "%s is on no driver", function->name)};
}

static struct log_answer no_group(const struct question *question)
{
	const struct pci_function *function = question->function;

	if (!function || !fact_settled(&function->group.fact))
		return open_question();
	if (fact_known(&function->group.fact))
		return (struct log_answer){
			LOG_REFUTED, arena_printf(question->arena, "%s is in group %jd",
						  function->name, (intmax_t)function->group.value)};
	return (struct log_answer){
		LOG_CONFIRMED,
		arena_printf(question->arena, "%s is in no IOMMU group", function->name)};
}

/* The fewest bits that a unit which runs translates; 0 where that of one is not known. */
static unsigned narrowest(const struct dma_units *units)
{
	unsigned narrowest = 0;

	for (size_t i = 0; i < units->count; i++) {
		struct iommu_registers registers;
		if (!units->units[i].running)
			continue;
		iommu_registers_read(&units->units[i], units->ivrs, &registers);
		unsigned width = iommu_address_width(&registers);
		if (!width)
			return 0;
		if (!narrowest || width < narrowest)
			narrowest = width;
	}
	return narrowest;
}

/* vfio_dma_map(container, address, size, pointer): no pointer is kept. */
static struct log_answer beyond_width(const struct question *question)
{
	const struct log_values *values = question->values;
	unsigned width = narrowest(&question->model->dma_units);

	if (values->count < 2 || !width)
		return open_question();
	uint64_t start = values->numbers[0], size = values->numbers[1];
	uint64_t last = size && start <= UINT64_MAX - (size - 1) ? start + (size - 1) : UINT64_MAX;
	bool beyond = width < 64 && last >> width;
	return (struct log_answer){beyond ? LOG_CONFIRMED : LOG_REFUTED,
				   arena_printf(question->arena,
						"the IOMMU translates %u bits, and %#jx %s", width,
						(uintmax_t)last, beyond ? "is beyond" : "fits")};
}

/* "aw-bits 57 > host aw-bits 48": the first number is the guest's. */
static struct log_answer viommu_width(const struct question *question)
{
	const struct log_values *values = question->values;
	unsigned width = narrowest(&question->model->dma_units);

	if (!values->count || !width)
		return open_question();
	return (struct log_answer){values->numbers[0] > width ? LOG_CONFIRMED : LOG_REFUTED,
				   arena_printf(question->arena,
						"the IOMMU translates %u bits, and the guest's %ju",
						width, (uintmax_t)values->numbers[0])};
}

static struct log_answer vfs_enabled(const struct question *question)
{
	const struct fact_number *count =
		question->function ? &question->function->sriov.numvfs : NULL;

	if (!count || !fact_settled(&count->fact))
		return open_question();
	return (struct log_answer){count->value ? LOG_CONFIRMED : LOG_REFUTED,
				   arena_printf(question->arena, "%s has %jd VFs",
						question->function->name, (intmax_t)count->value)};
}

static struct log_answer no_host_bridge(const struct question *question)
{
	const struct pci_function *bridge = pci_find_name(&question->host->pci, "0000:00:00.0");

	if (!fact_known(&question->host->pci.fact))
		return open_question();
	if (!bridge)
		return (struct log_answer){LOG_CONFIRMED, "there is no 0000:00:00.0"};
	if (pci_class(bridge) < 0)
		return open_question();
	if (pci_class(bridge) != PCI_CLASS_BRIDGE_HOST)
		return (struct log_answer){LOG_CONFIRMED, "0000:00:00.0 is not a host bridge"};
	return open_question();
}

static struct log_answer no_cdev(const struct question *question)
{
	static const char *const options[] = {"IOMMUFD", "VFIO_DEVICE_CDEV"};
	const struct kconfig *kconfig = &question->host->kconfig;

	if (!fact_known(&kconfig->fact) || kconfig->cut_short)
		return open_question();
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (kconfig_get(kconfig, options[i]) == KCONFIG_NO)
			return (struct log_answer){LOG_CONFIRMED,
						   arena_printf(question->arena,
								"the kernel is built without "
								"CONFIG_%s",
								options[i])};
	}
	return (struct log_answer){LOG_REFUTED,
				   "the kernel is built with IOMMUFD and VFIO_DEVICE_CDEV"};
}

/* qemuHostdevHostSupportsPassthroughVFIO() of qemu_hostdev.c asks no more. */
static struct log_answer libvirt_refuses(const struct question *question)
{
	const struct iommu_groups *groups = &question->host->groups;
	struct fact vfio = modules_present(&question->host->modules, "vfio");

	if (fact_absent(&groups->fact) || (fact_known(&groups->fact) && !groups->count))
		return (struct log_answer){LOG_CONFIRMED, "the host has no IOMMU group"};
	if (fact_absent(&vfio))
		return (struct log_answer){LOG_CONFIRMED, "VFIO is not loaded"};
	if (!fact_known(&groups->fact) || !fact_known(&vfio))
		return open_question();
	return (struct log_answer){LOG_REFUTED,
				   "the host has IOMMU groups, and VFIO is loaded; if libvirt runs "
				   "in a container, the message speaks of that"};
}

static struct log_answer module_not_there(const struct question *question, const char *name)
{
	struct fact module = modules_present(&question->host->modules, name);

	if (fact_absent(&module))
		return (struct log_answer){LOG_CONFIRMED,
					   arena_printf(question->arena, "%s is not loaded", name)};
	if (!fact_known(&module))
		return open_question();
	return (struct log_answer){
		LOG_REFUTED,
		arena_printf(
			question->arena,
			"%s is loaded; if QEMU runs in a container, the message speaks of that",
			name)};
}

static struct log_answer vfio_not_loaded(const struct question *question)
{
	return module_not_there(question, "vfio");
}

static struct log_answer type1_not_loaded(const struct question *question)
{
	return module_not_there(question, "vfio_iommu_type1");
}

static struct log_answer missing(const struct question *question)
{
	char name[PCI_ADDRESS_SIZE];

	if (!question->values->has_function || !fact_known(&question->host->pci.fact))
		return open_question();
	pci_address_format(&question->values->function, name);
	return (struct log_answer){question->function ? LOG_REFUTED : LOG_CONFIRMED,
				   arena_printf(question->arena, "the host has %s%s",
						question->function ? "" : "no ", name)};
}

static struct log_answer not_reachable(const struct question *question)
{
	const struct pci_function *function = question->function;
	struct hardware_fault faults[FAULT_KIND_COUNT];
	size_t count = function ? hardware_faults_find(function, question->arena, faults) : 0;

	for (size_t i = 0; i < count; i++) {
		if (faults[i].kind != FAULT_UNREACHABLE)
			continue;
		return (struct log_answer){
			faults[i].known ? LOG_CONFIRMED : LOG_OPEN,
			arena_printf(question->arena, "%s: %s", function->name, faults[i].why)};
	}
	if (!function || !fact_known(&function->config.fact))
		return open_question();
	return (struct log_answer){LOG_REFUTED,
				   arena_printf(question->arena, "%s answers", function->name)};
}

static bool is_of(const struct reserved_region *region, const struct pci_function *function)
{
	for (size_t i = 0; i < region->function_count; i++) {
		if (region->functions[i] == function)
			return true;
	}
	return false;
}

/* Returns the one function of the device that the message names that is not a bridge; NULL where
 * there are several, or VFs may have been there. */
static const struct pci_function *device_mate(const struct question *question)
{
	const struct pci_address *address = &question->values->function;
	const struct pci *pci = &question->host->pci;
	const struct pci_function *mate = NULL;

	for (size_t i = 0; question->values->has_function && i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (function->address.domain != address->domain ||
		    function->address.bus != address->bus)
			continue;
		if (!fact_absent(&function->sriov.totalvfs.fact))
			return NULL;
		if (function->address.device != address->device ||
		    pci_base_class(function) == PCI_BASE_CLASS_BRIDGE)
			continue;
		if (mate)
			return NULL;
		mate = function;
	}
	return mate;
}

/*
 * Of a fault of a function that the host does not have. Some devices send under the id of another
 * of their functions, as Marvell's SATA controllers of function 1: quirk_dma_func1_alias() of
 * drivers/pci/quirks.c has those that the kernel knows.
 */
static struct log_answer sent_by_another(const struct question *question)
{
	const struct pci_function *mate = device_mate(question);
	char name[PCI_ADDRESS_SIZE];

	if (!mate)
		return open_question();
	pci_address_format(&question->values->function, name);
	return (struct log_answer){
		LOG_OPEN,
		arena_printf(question->arena,
			     "the host has no %s. If it never had one, %s may send under that id: "
			     "no IOMMU translates it then, for the host or for a guest, unless the "
			     "kernel knows of that (a quirk for its DMA alias)",
			     name, mate->name)};
}

/* Of a fault: the first number is the address. That it lies elsewhere refutes nothing. */
static struct log_answer reserved(const struct question *question)
{
	const struct reserved_memory *memory = &question->model->reserved_memory;
	const struct log_values *values = question->values;

	if (!question->function)
		return sent_by_another(question);
	for (size_t i = 0; values->count && i < memory->count; i++) {
		const struct reserved_region *region = &memory->regions[i];
		if (values->numbers[0] < region->start || values->numbers[0] > region->end ||
		    !is_of(region, question->function))
			continue;
		return (struct log_answer){
			LOG_CONFIRMED,
			arena_printf(question->arena,
				     "the address lies in memory that firmware reserves for %s "
				     "(%#jx to %#jx)",
				     question->function->name, (uintmax_t)region->start,
				     (uintmax_t)region->end)};
	}
	return open_question();
}

/* One that is larger than the usual one was raised, be it since. */
static struct log_answer entry_limit(const struct question *question)
{
	struct fact_number limit =
		fact_parse_number(&question->host->modules.type1_dma_entry_limit);

	if (!fact_known(&limit.fact))
		return open_question();
	return (struct log_answer){limit.value > TYPE1_USUAL_MAPPINGS ? LOG_OPEN : LOG_CONFIRMED,
				   arena_printf(question->arena,
						"VFIO maps at most %jd pieces of a guest's memory",
						(intmax_t)limit.value)};
}

/* The limit of QEMU's own process is not known. */
static struct log_answer lock_limit(const struct question *question)
{
	const struct fact_number *limit = &question->host->memory.lock_limit;
	const struct log_values *values = question->values;

	if (!fact_known(&limit->fact) || !values->count ||
	    (uint64_t)limit->value != values->numbers[0])
		return open_question();
	return (struct log_answer){LOG_CONFIRMED,
				   arena_printf(question->arena,
						"who runs passcheck may lock %jd bytes, too",
						(intmax_t)limit->value)};
}

/*
 * Of a VF, vfio_pci_validate_vf_token() asks for a token only where a driver of VFIO has the PF;
 * elsewhere a token that is given is refused with EINVAL. What else gives EACCES is waking the
 * function: kernels that have commit 4d4c10f763d7 without 907a7a2e5bf4 do not enable that for
 * functions without the power management capability.
 */
static struct log_answer no_token(const struct question *question)
{
	const struct pci_function *function = question->function;
	const struct pci_function *pf = function && pci_is_vf(function) ? function->pf : NULL;

	if (!pf || !fact_known(&pf->driver.fact) || driver_is_vfio(pf))
		return open_question();
	return (struct log_answer){
		LOG_OPEN,
		arena_printf(question->arena,
			     question->values->error == EINVAL
				     ? "the PF %s is on %s, so no token is wanted: take vf-token= "
				       "out"
				     : "the PF %s is on %s, so no token is wanted: this kernel may "
				       "be one that cannot wake functions without power "
				       "management",
			     pf->name, pf->driver.text)};
}

static struct log_answer no_opregion(const struct question *question)
{
	const struct pci_function *function = question->function;

	if (!function || !pci_knows_ids(function) || pci_class(function) < 0)
		return open_question();
	if (!caution_is_igd(function))
		return (struct log_answer){
			LOG_CONFIRMED, arena_printf(question->arena,
						    "%s is not Intel's integrated graphics at "
						    "0000:00:02.0, and no other function has one",
						    function->name)};
	if (!caution_offers_opregion(question->host, function))
		return (struct log_answer){
			LOG_CONFIRMED,
			arena_printf(question->arena,
				     "this kernel does not show guests the OpRegion of %s",
				     function->name)};
	return open_question();
}

typedef struct log_answer answer(const struct question *question);

static answer *const answers[] = {
	[LOG_FACT_NONE] = NULL,
	[LOG_FACT_GROUP_HELD] = group_held,
	[LOG_FACT_NOT_ON_VFIO] = not_on_vfio,
	[LOG_FACT_NO_GROUP] = no_group,
	[LOG_FACT_BEYOND_WIDTH] = beyond_width,
	[LOG_FACT_VIOMMU_WIDTH] = viommu_width,
	[LOG_FACT_VFS_ENABLED] = vfs_enabled,
	[LOG_FACT_NO_HOST_BRIDGE] = no_host_bridge,
	[LOG_FACT_NO_CDEV] = no_cdev,
	[LOG_FACT_LIBVIRT_REFUSES] = libvirt_refuses,
	[LOG_FACT_VFIO_NOT_LOADED] = vfio_not_loaded,
	[LOG_FACT_TYPE1_NOT_LOADED] = type1_not_loaded,
	[LOG_FACT_MISSING] = missing,
	[LOG_FACT_UNREACHABLE] = not_reachable,
	[LOG_FACT_RESERVED] = reserved,
	[LOG_FACT_ENTRY_LIMIT] = entry_limit,
	[LOG_FACT_LOCK_LIMIT] = lock_limit,
	[LOG_FACT_NO_TOKEN] = no_token,
	[LOG_FACT_NO_OPREGION] = no_opregion,
};

ASSERT_COVERS(answers, LOG_FACT_COUNT);

struct log_answer log_fact_judge(enum log_fact fact, const struct model *model,
				 const struct log_values *values, struct arena *arena)
{
	const struct question question = {
		.model = model,
		.host = model->host,
		.values = values,
		.function = values->has_function ? pci_find(&model->host->pci, &values->function)
						 : NULL,
		.arena = arena,
	};

	return answers[fact] ? answers[fact](&question) : open_question();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_budget.h"

#include <pci/header.h>

#include "host/base/buffer.h"
#include "model/sriov/vf_bars.h"
#include "model/sriov/vf_bus.h"
#include "model/sriov/vf_refusal.h"

/* Lines of the resource attribute: PCI_IOV_RESOURCES of linux/pci.h. */
enum {
	LINES_WITHOUT_IOV = 7,
	BRIDGE_LINES_WITHOUT_IOV = 11,
};

static struct vf_term judge_total(const struct vf_builder *builder)
{
	const struct sriov_capability *sriov = &builder->budget->capability;
	const struct fact *config = &builder->budget->function->config.fact;

	if (sriov->total_vfs == 0)
		return vf_exactly(0, VF_REASON_FIRMWARE_OFF, "TotalVFs is 0", config);
	return vf_exactly(sriov->total_vfs, VF_REASON_NONE,
			  arena_printf(builder->arena, "TotalVFs is %u", sriov->total_vfs), config);
}

/* Returns the rule of sriov_init() that the registers break, or NULL. */
static const char *broken_rule(const struct sriov_capability *sriov)
{
	if (sriov->supported_page_sizes == 0)
		return "the capability supports no page size";
	/* compute_max_vf_buses() asks with every NumVFs; these are the values for the present. */
	if (sriov->first_vf_offset == 0)
		return "the first VF offset is 0";
	if (sriov->vf_stride == 0 && sriov->total_vfs > 1)
		return "the VF stride is 0";
	return NULL;
}

static bool kernel_lacks_sriov(const struct host *host, const struct pci_function *function)
{
	const struct pci_resources *resources = &function->resources;

	if (kconfig_lacks(&host->kconfig, "PCI_IOV"))
		return true;
	if (kconfig_get(&host->kconfig, "PCI_IOV") != KCONFIG_NO)
		return false;
	return fact_known(&resources->fact) && (resources->count == LINES_WITHOUT_IOV ||
						resources->count == BRIDGE_LINES_WITHOUT_IOV);
}

/* Why the kernel shows no sriov_totalvfs for a function that has the capability. */
static struct vf_term judge_refusal(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct fact *absent = &function->sriov.totalvfs.fact;
	const char *rule = broken_rule(&builder->budget->capability);

	if (kernel_lacks_sriov(builder->host, function))
		return vf_exactly(0, VF_REASON_NO_KERNEL_SUPPORT,
				  "the kernel is built without CONFIG_PCI_IOV", absent);
	if (rule)
		return vf_exactly(
			0, VF_REASON_BROKEN_CAPABILITY,
			arena_printf(builder->arena, "the kernel refused SR-IOV: %s", rule),
			absent);
	return vf_exactly(0, VF_REASON_REFUSED, "the kernel refused SR-IOV when it found it",
			  absent);
}

/* Without VF migration, InitialVFs other than TotalVFs is EIO: sriov_enable(). */
static bool initial_vfs_refused(const struct sriov_capability *sriov)
{
	if (sriov->capabilities & PCI_IOV_CAP_VFM)
		return sriov->initial_vfs > sriov->total_vfs;
	return sriov->initial_vfs != sriov->total_vfs;
}

static struct vf_term judge_kernel(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct sriov_capability *sriov = &builder->budget->capability;
	const struct fact *offered = &function->sriov.totalvfs.fact;

	if (fact_absent(offered))
		return judge_refusal(builder);
	if (!fact_known(offered))
		return vf_unknown("whether the kernel offers SR-IOV could not be read", offered);
	if (initial_vfs_refused(sriov))
		return vf_exactly(0, VF_REASON_BROKEN_CAPABILITY,
				  arena_printf(builder->arena,
					       "the kernel refuses InitialVFs %u with TotalVFs %u",
					       sriov->initial_vfs, sriov->total_vfs),
				  &function->config.fact);
	/* The others come by migration, which only hosts that share a device have. */
	if (sriov->initial_vfs < sriov->total_vfs)
		return vf_exactly(sriov->initial_vfs, VF_REASON_NONE,
				  arena_printf(builder->arena,
					       "the kernel adds InitialVFs, which is %u",
					       sriov->initial_vfs),
				  &function->config.fact);
	return vf_unlimited();
}

/* sriov_totalvfs, which a driver can lower. */
static uint32_t announced(const struct pci_function *function)
{
	const struct fact_number *totalvfs = &function->sriov.totalvfs;

	return fact_known(&totalvfs->fact) && totalvfs->value >= 0 && totalvfs->value <= UINT16_MAX
		       ? (uint32_t)totalvfs->value
		       : VF_UNLIMITED;
}

/* VFs that were enabled before their PF lost its driver stay, and no others come. */
static struct vf_term without_driver(const struct pci_function *function)
{
	return vf_exactly(vf_enabled(function), VF_REASON_NO_DRIVER,
			  "no driver is bound, and it is the PF's driver that sets VFs up",
			  &function->driver.fact);
}

/* Returns what makes VFs where a write to sriov_numvfs does not, as a clause, or "". */
static const char *made_otherwise(const struct vf_builder *builder)
{
	const struct vf_budget *budget = builder->budget;
	const struct vf_driver *driver = budget->driver;

	if (driver && driver->tool)
		return arena_printf(builder->arena, "; its tool makes all %u",
				    budget->capability.total_vfs);
	if (driver && driver->own_switch)
		return arena_printf(builder->arena, "; it makes them %s", driver->own_switch);
	return driver && driver->instead
		       ? arena_printf(builder->arena, "; %s",
				      vf_driver_instead(builder->host, driver, builder->arena))
		       : "";
}

static struct vf_term without_hook(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;

	return vf_exactly(
		vf_enabled(function), VF_REASON_NO_HOOK,
		arena_printf(builder->arena,
			     "the driver %s does not set VFs up on a write to sriov_numvfs%s",
			     function->driver.text, made_otherwise(builder)),
		&function->driver.fact);
}

static struct vf_term within_limit(const struct vf_builder *builder)
{
	const struct vf_budget *budget = builder->budget;
	const struct pci_function *function = budget->function;
	uint32_t limit = announced(function);

	if (budget->driver && budget->driver->limit && budget->driver->limit < limit)
		limit = budget->driver->limit;
	return vf_exactly(limit, VF_REASON_DRIVER_LIMIT,
			  arena_printf(builder->arena, "the driver %s allows %u",
				       function->driver.text, limit),
			  &function->sriov.totalvfs.fact);
}

static struct vf_term judge_bound(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	struct vf_term term = within_limit(builder);
	const struct fact *evidence;

	switch (vf_setup_of(builder->host, function, &evidence)) {
	case VF_SETUP_NO_DRIVER:
		return without_driver(function);
	case VF_SETUP_NO_HOOK:
		return without_hook(builder);
	case VF_SETUP_VFIO_OFF:
		return vf_exactly(vf_enabled(function), VF_REASON_VFIO_SRIOV_OFF,
				  "vfio-pci sets up no VFs while its enable_sriov is off",
				  evidence);
	case VF_SETUP_YES:
		return term;
	case VF_SETUP_UNKNOWN:
		break;
	}
	term.at_least = vf_enabled(function);
	term.why = arena_printf(builder->arena, "whether the driver %s sets VFs up is not known",
				function->driver.text);
	term.evidence = evidence;
	return term;
}

static struct vf_term judge_driver(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return vf_unlimited();
	if (fact_absent(&function->driver.fact))
		return without_driver(function);
	if (!fact_known(&function->driver.fact)) {
		struct vf_term term =
			vf_unknown("the driver could not be read", &function->driver.fact);
		term.at_most = announced(function);
		return term;
	}
	if (!pci_is_pf(function))
		return vf_unknown("what the driver allows could not be read",
				  &function->sriov.totalvfs.fact);
	return judge_bound(builder);
}

/*
 * sriov_enable() wants the function that the link names, unless it is the PF itself, to be a PF.
 * That of an integrated endpoint is a function number of the same device.
 */
static struct vf_term judge_dependency(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	uint8_t link = builder->budget->capability.dependency_link;
	struct pci_address address = function->address;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return vf_unlimited();
	if (function->pcie_type == PCIE_INTEGRATED_ENDPOINT)
		link = (uint8_t)((unsigned)address.device << 3 | (link & 7u));
	if (link == pci_devfn(&address))
		return vf_unlimited();
	address.device = link >> 3;
	address.function = link & 7;
	const struct pci_function *other = pci_find(&builder->host->pci, &address);
	if (other && pci_is_pf(other))
		return vf_unlimited();
	if (other && !fact_absent(&other->sriov.totalvfs.fact))
		return vf_unknown(
			"whether the function that it depends on is a PF could not be read",
			&other->sriov.totalvfs.fact);
	char name[PCI_ADDRESS_SIZE];
	pci_address_format(&address, name);
	return vf_exactly(0, VF_REASON_DEPENDENCY,
			  arena_printf(builder->arena, "it depends on %s, which is %s", name,
				       other ? "no PF" : "not there"),
			  &function->config.fact);
}

/* Whether the driver enables SR-IOV by means of its own: pci_enable_sriov() then meets all other
 * limits, of which one that leaves no VF says more than that sriov_numvfs takes no write. */
static bool enables_itself(const struct vf_budget *budget)
{
	return budget->driver && !budget->driver->has_hook && budget->driver->own_switch;
}

static bool says_more(const struct vf_budget *budget, const struct vf_term *term)
{
	return budget->limited_by == VF_TERM_DRIVER && budget->at_most == 0 && term->at_most == 0 &&
	       enables_itself(budget);
}

/*
 * A wrong dependency link refuses whatever the others allow, and is found on emulated devices only:
 * it is named where nothing else stands in the way.
 */
static void find_limit(struct vf_budget *budget)
{
	const struct vf_term *link = &budget->terms[VF_TERM_DEPENDENCY_LINK];
	const uint32_t total = budget->terms[VF_TERM_TOTAL_VFS].at_most;

	budget->at_least = budget->at_most = total;
	for (int kind = VF_TERM_TOTAL_VFS; kind < VF_TERM_DEPENDENCY_LINK; kind++) {
		const struct vf_term *term = &budget->terms[kind];
		if (term->at_least < budget->at_least)
			budget->at_least = term->at_least;
		if (term->at_most < budget->at_most || says_more(budget, term)) {
			budget->at_most = term->at_most;
			budget->limited_by = (enum vf_term_kind)kind;
		}
	}
	if (link->at_most < budget->at_most && budget->limited_by == VF_TERM_TOTAL_VFS)
		budget->limited_by = VF_TERM_DEPENDENCY_LINK;
	if (link->at_most < budget->at_most)
		budget->at_most = link->at_most;
	if (link->at_least < budget->at_least)
		budget->at_least = link->at_least;
}

/* What is enabled now was accepted. */
static void count_enabled(const struct vf_builder *builder)
{
	struct vf_budget *budget = builder->budget;
	uint32_t enabled = vf_enabled(budget->function);

	if (enabled > budget->at_most)
		enabled = budget->at_most;
	if (budget->at_least < enabled)
		budget->at_least = enabled;
	if (!budget->driver)
		return;
	vf_find_refusal(builder);
	if (budget->driver_takes < enabled)
		budget->driver_takes = enabled;
	if (budget->at_most <= budget->driver_takes)
		budget->driver_may_refuse = NULL;
}

static void build_budget(const struct vf_builder *builder)
{
	struct vf_budget *budget = builder->budget;

	budget->driver = vf_driver_of(builder->host, budget->function);
	budget->terms[VF_TERM_TOTAL_VFS] = judge_total(builder);
	budget->terms[VF_TERM_KERNEL] = judge_kernel(builder);
	budget->terms[VF_TERM_DRIVER] = judge_driver(builder);
	budget->terms[VF_TERM_BUS_NUMBERS] = vf_bus_numbers(builder);
	budget->terms[VF_TERM_MMIO] = vf_mmio(builder);
	budget->terms[VF_TERM_DEPENDENCY_LINK] = judge_dependency(builder);
	find_limit(budget);
	count_enabled(builder);
}

static struct vf_budget *new_budget(struct arena *arena, const struct pci_function *function)
{
	struct sriov_capability capability = sriov_decode(&function->config);
	struct vf_budget *budget;

	if (pci_is_vf(function) || capability.capability.state != FACT_KNOWN)
		return NULL;
	budget = arena_alloc(arena, sizeof(*budget));
	if (budget)
		*budget = (struct vf_budget){.function = function, .capability = capability};
	return budget;
}

static struct vf_budget *budget_of_pf(const struct vf_budgets *budgets,
				      const struct pci_function *pf)
{
	return pf ? budgets->budgets[pf - budgets->host->pci.functions] : NULL;
}

/* Gives each PF its VFs: counts them, makes room, and fills it. */
static void collect_vfs(struct arena *arena, const struct vf_budgets *budgets)
{
	const struct pci *pci = &budgets->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		struct vf_budget *budget = budget_of_pf(budgets, pci->functions[i].pf);
		if (budget)
			budget->vf_count++;
	}
	for (size_t i = 0; i < pci->count; i++) {
		struct vf_budget *budget = budget_of_pf(budgets, pci->functions[i].pf);
		if (budget && !budget->vfs) {
			budget->vfs = arena_array(arena, budget->vf_count, sizeof(*budget->vfs));
			if (!budget->vfs)
				return;
			budget->vf_count = 0;
		}
		if (budget)
			budget->vfs[budget->vf_count++] = &pci->functions[i];
	}
}

void vf_budgets_build(const struct host *host, struct arena *arena, struct vf_budgets *ret)
{
	*ret = (struct vf_budgets){
		.host = host,
		.budgets = arena_array(arena, host->pci.count + 1, sizeof(*ret->budgets)),
	};
	if (!ret->budgets)
		return;
	for (size_t i = 0; i < host->pci.count; i++) {
		struct vf_builder builder = {host, arena,
					     new_budget(arena, &host->pci.functions[i])};
		ret->budgets[i] = builder.budget;
		if (builder.budget)
			build_budget(&builder);
	}
	collect_vfs(arena, ret);
}

const struct vf_budget *vf_budget_of(const struct vf_budgets *budgets,
				     const struct pci_function *function)
{
	return budgets->budgets ? budget_of_pf(budgets, function) : NULL;
}

bool vf_budget_exact(const struct vf_budget *budget)
{
	return budget->at_least == budget->at_most;
}

const struct vf_term *vf_budget_missing(const struct vf_budget *budget)
{
	for (size_t kind = 0; kind < VF_TERM_COUNT; kind++) {
		if (!vf_term_known(&budget->terms[kind]) &&
		    budget->terms[kind].at_least < budget->at_most)
			return &budget->terms[kind];
	}
	return NULL;
}

enum vf_answer vf_budget_allows(const struct vf_budget *budget, uint32_t count)
{
	if (count > budget->at_most)
		return VF_ANSWER_NO;
	if (count > budget->at_least)
		return VF_ANSWER_UNKNOWN;
	if (budget->driver_may_refuse && count > budget->driver_takes)
		return VF_ANSWER_UNKNOWN;
	return VF_ANSWER_YES;
}

const char *vf_budget_refused_for_good(const struct vf_budget *budget, uint32_t count,
				       struct arena *arena)
{
	const struct vf_driver *driver = budget->driver;

	if (!driver || !driver->limit || driver->parameter || count <= driver->limit)
		return NULL;
	return arena_printf(arena, "the driver %s allows %u", driver->name, driver->limit);
}

const char *vf_budget_summary(const struct vf_budget *budget, struct arena *arena)
{
	const struct vf_term *limit = &budget->terms[budget->limited_by];
	const struct vf_term *missing = vf_budget_missing(budget);
	uint32_t total = budget->capability.total_vfs;

	if (!vf_budget_exact(budget))
		return arena_printf(arena, "at most %s: %s", counted(arena, budget->at_most, "VF"),
				    missing ? missing->why : "not every limit is known");
	if (budget->at_most == total && total > 0)
		return arena_printf(arena, "%s%s that its capability has",
				    total == 1 ? "the " : "all ", counted(arena, total, "VF"));
	if (limit->at_most > budget->at_most)
		return arena_printf(arena, "%u of %u VFs: %s, and %s", budget->at_most, total,
				    limit->why, budget->terms[VF_TERM_DEPENDENCY_LINK].why);
	return arena_printf(arena, "%u of %u VFs: %s", budget->at_most, total, limit->why);
}

void vf_span_add(struct vf_span *span, const struct pci_function *vf)
{
	if (span->count == 0)
		span->first = vf;
	else if (span->count == 1)
		span->second = vf;
	span->last = vf;
	span->count++;
}

const char *vf_span_words(const struct vf_span *span, struct arena *arena)
{
	const struct pci_function *first = span->first, *second = span->second, *last = span->last;

	if (span->count < 2)
		return first->name;
	if (span->count == 2)
		return arena_printf(arena, "%s, %s", first->name, second->name);
	if (pci_requester_id(&second->address) == pci_requester_id(&first->address) + 1)
		return arena_printf(arena, "%s to %s", first->name, last->name);
	return arena_printf(arena, "%s, %s to %s", first->name, second->name, last->name);
}

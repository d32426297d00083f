/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/vf_budget.h"

#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_VF_RESOURCE = 7, /* after 6 BARs and the ROM */
	RESOURCES_WITH_IOV = FIRST_VF_RESOURCE + SRIOV_BAR_COUNT,
	FLAG_MEMORY = 0x200,     /* IORESOURCE_MEM, linux/ioport.h */
	FLAG_UNSET = 0x20000000, /* IORESOURCE_UNSET */
	VF_MIGRATION = 1,        /* PCI_SRIOV_CAP_VFM */
};

/* PCI drivers with a sriov_configure hook (6.1 to 7.3), sorted. */
static const char *const hooked_drivers[] = {
	"420xx",     "4xxx",      "be2net",      "bnx2x",     "bnxt_en",    "c3xxx",
	"c6xx",      "cxgb4",     "dh895xcc",    "fm10k",     "hinic",      "hisi_hpre",
	"hisi_sec2", "hisi_zip",  "hns3",        "i40e",      "ice",        "idpf",
	"igb",       "ionic",     "ixgbe",       "liquidio",  "mlx5_core",  "n5pf",
	"nfp",       "nvme",      "pci-pf-stub", "pds_core",  "qede",       "qlcnic",
	"rvu_af",    "rvu_cptpf", "sfc",         "sfc-siena", "virtio-pci", "xe",
};

struct budgeting {
	const struct host *host;
	struct arena *arena;
	const struct pci_function *pf;
	struct vf_budget *budget;
};

static void set_known(const struct budgeting *budgeting, enum vf_limit limit, uint32_t value,
		      const struct fact *evidence, const char *why)
{
	budgeting->budget->terms[limit] = (struct vf_term){
		.state = VF_TERM_KNOWN, .value = value, .why = why, .evidence = evidence};
}

static void set_unknown(const struct budgeting *budgeting, enum vf_limit limit,
			const struct fact *evidence, const char *why)
{
	budgeting->budget->terms[limit] =
		(struct vf_term){.state = VF_TERM_UNKNOWN, .why = why, .evidence = evidence};
}

/* The attribute is not there where sriov_init() refused the capability, or the kernel lacks it. */
static void judge_kernel(const struct budgeting *budgeting)
{
	const struct fact_number *total = &budgeting->pf->sriov.totalvfs;
	const struct vf_budget *budget = budgeting->budget;

	if (budget->sriov.total_vfs == 0)
		set_known(budgeting, VF_LIMIT_KERNEL, 0, &budgeting->pf->config.fact,
			  "TotalVFs is 0");
	else if (fact_absent(&total->fact))
		set_known(budgeting, VF_LIMIT_KERNEL, 0, &total->fact,
			  "the kernel offers no SR-IOV for it");
	else if (!fact_known(&total->fact))
		set_unknown(budgeting, VF_LIMIT_KERNEL, &total->fact,
			    "whether the kernel took the capability could not be read");
}

static int compare_names(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

static bool is_hooked(const char *driver)
{
	return bsearch(&driver, hooked_drivers, sizeof(hooked_drivers) / sizeof(hooked_drivers[0]),
		       sizeof(hooked_drivers[0]), compare_names) != NULL;
}

static void judge_hook(const struct budgeting *budgeting)
{
	const struct fact_text *driver = &budgeting->pf->driver;
	const struct fact_number *numvfs = &budgeting->pf->sriov.numvfs;

	if (fact_absent(&driver->fact)) {
		set_known(budgeting, VF_LIMIT_NO_DRIVER, 0, &driver->fact, "it has no driver");
		return;
	}
	if (!fact_known(&driver->fact)) {
		set_unknown(budgeting, VF_LIMIT_NO_DRIVER, &driver->fact,
			    "its driver could not be read");
		return;
	}
	/* A driver that has VFs now can have them. */
	if (is_hooked(driver->text) || (fact_known(&numvfs->fact) && numvfs->value > 0))
		return;
	if (strcmp(driver->text, "vfio-pci") == 0)
		set_known(budgeting, VF_LIMIT_NO_DRIVER, 0, &driver->fact,
			  "vfio-pci has it, which enables no VFs unless its enable_sriov is set");
	else
		set_unknown(budgeting, VF_LIMIT_NO_DRIVER, &driver->fact,
			    arena_printf(budgeting->arena,
					 "whether the driver %s sets VFs up is not known",
					 driver->text));
}

static void judge_driver_limit(const struct budgeting *budgeting)
{
	const struct fact_number *total = &budgeting->pf->sriov.totalvfs;

	if (fact_known(&total->fact) && total->value >= 0 && total->value <= UINT16_MAX)
		set_known(budgeting, VF_LIMIT_DRIVER, (uint32_t)total->value, &total->fact, NULL);
	else if (!fact_absent(&total->fact))
		set_unknown(budgeting, VF_LIMIT_DRIVER, &total->fact,
			    "the driver's limit could not be read");
}

static void judge_initial(const struct budgeting *budgeting)
{
	const struct sriov_capability *sriov = &budgeting->budget->sriov;
	const struct fact *evidence = &budgeting->pf->config.fact;
	bool migrates = sriov->capabilities & VF_MIGRATION;

	if (sriov->initial_vfs > sriov->total_vfs ||
	    (!migrates && sriov->initial_vfs != sriov->total_vfs))
		set_known(budgeting, VF_LIMIT_INITIAL, 0, evidence,
			  arena_printf(budgeting->arena, "InitialVFs %u is not TotalVFs %u",
				       sriov->initial_vfs, sriov->total_vfs));
}

enum placement { BAR_NONE, BAR_PLACED, BAR_UNPLACED };

/* What became of one VF BAR: by its register, which keeps its type, and its line of resource. */
static enum placement placement_of(uint32_t bar, const struct pci_resource *line)
{
	bool unset = line->flags & FLAG_UNSET;

	if ((line->flags & FLAG_MEMORY) && !unset && line->start != 0)
		return BAR_PLACED;
	if (bar != 0 || line->flags != 0 || line->end != 0)
		return BAR_UNPLACED;
	return BAR_NONE;
}

static bool is_64_bit(uint32_t bar)
{
	return (bar & PCI_BASE_ADDRESS_SPACE) == PCI_BASE_ADDRESS_SPACE_MEMORY &&
	       (bar & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
}

static void judge_mmio(const struct budgeting *budgeting)
{
	const struct pci_resources *resources = &budgeting->pf->resources;
	const struct sriov_capability *sriov = &budgeting->budget->sriov;
	size_t count[3] = {0};

	if (!fact_known(&resources->fact) || resources->count < RESOURCES_WITH_IOV) {
		if (fact_known(&resources->fact))
			return; /* CONFIG_PCI_IOV=n: the kernel's own term says so */
		set_unknown(budgeting, VF_LIMIT_MMIO, &resources->fact,
			    "whether the VF BARs are placed could not be read");
		return;
	}
	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		const struct pci_resource *line = &resources->lines[FIRST_VF_RESOURCE + i];
		enum placement placement = placement_of(sriov->vf_bars[i], line);

		count[placement]++;
		if (placement == BAR_PLACED)
			budgeting->budget->memory_needed += line->end - line->start + 1;
		/* The upper half of a 64-bit BAR is no BAR of its own. */
		if (is_64_bit(sriov->vf_bars[i]))
			i++;
	}
	if (count[BAR_UNPLACED])
		set_known(budgeting, VF_LIMIT_MMIO, 0, &resources->fact,
			  "not all VF BARs found a place in the windows of the bridges above");
	else if (!count[BAR_PLACED])
		set_unknown(budgeting, VF_LIMIT_MMIO, &resources->fact,
			    "no VF BAR is to be seen, placed or not");
}

/* Returns the last bus that is below the PF's bus: the subordinate number of the bridge above. */
static bool find_last_bus(const struct pci_function *pf, uint8_t *ret)
{
	return pf->parent && config_read8(&pf->parent->config, PCI_SUBORDINATE_BUS, ret) &&
	       *ret >= pf->address.bus;
}

/* How many VFs have requester ids up to the end of bus last. */
static uint32_t vfs_up_to(const struct budgeting *budgeting, uint8_t last)
{
	const struct sriov_capability *sriov = &budgeting->budget->sriov;
	uint32_t first =
		pci_requester_id(&budgeting->pf->address) + (uint32_t)sriov->first_vf_offset;
	uint32_t end = (uint32_t)last << 8 | 0xff;

	if (first > end)
		return 0;
	if (sriov->vf_stride == 0)
		return sriov->total_vfs;
	return (end - first) / sriov->vf_stride + 1;
}

static uint32_t at_most_total(const struct budgeting *budgeting, uint32_t count)
{
	uint32_t total = budgeting->budget->sriov.total_vfs;

	return count < total ? count : total;
}

static void judge_bus(const struct budgeting *budgeting)
{
	const struct pci_function *pf = budgeting->pf;
	struct vf_budget *budget = budgeting->budget;
	uint32_t own = at_most_total(budgeting, vfs_up_to(budgeting, pf->address.bus));
	uint32_t last_id = pci_requester_id(&pf->address) +
			   (uint32_t)budget->sriov.first_vf_offset +
			   (uint32_t)(budget->sriov.total_vfs ? budget->sriov.total_vfs - 1 : 0) *
				   budget->sriov.vf_stride;
	uint8_t last;

	budget->buses_needed = (last_id >> 8) - pf->address.bus;
	if (find_last_bus(pf, &last))
		set_known(
			budgeting, VF_LIMIT_BUS,
			at_most_total(budgeting, vfs_up_to(budgeting, last)),
			&pf->parent->config.fact,
			arena_printf(budgeting->arena, "the bridge above ends at bus %02x", last));
	else if (own == budget->sriov.total_vfs)
		set_known(budgeting, VF_LIMIT_BUS, own, &pf->config.fact,
			  "all VFs are on the PF's own bus");
	else if (pf->parent_state == FACT_ABSENT)
		set_unknown(budgeting, VF_LIMIT_BUS, &pf->config.fact,
			    "where the root bus ends is not in sysfs");
	else
		set_unknown(budgeting, VF_LIMIT_BUS,
			    pf->parent ? &pf->parent->config.fact : &pf->config.fact,
			    "the bus range of the bridge above could not be read");
}

static void conclude(struct vf_budget *budget)
{
	budget->effective = budget->sriov.total_vfs;
	budget->limited_by = VF_LIMIT_TOTAL;
	for (int i = 0; i < VF_LIMIT_COUNT; i++) {
		const struct vf_term *term = &budget->terms[i];
		budget->is_bound |= term->state == VF_TERM_UNKNOWN;
		if (term->state != VF_TERM_KNOWN || term->value >= budget->effective)
			continue;
		budget->effective = term->value;
		budget->limited_by = (enum vf_limit)i;
	}
	/* Less than none is impossible. */
	if (budget->effective == 0)
		budget->is_bound = false;
}

bool vf_budget_of(const struct host *host, struct arena *arena, const struct pci_function *function,
		  struct vf_budget *ret)
{
	*ret = (struct vf_budget){.sriov = sriov_decode(&function->config)};
	const struct budgeting budgeting = {host, arena, function, ret};

	if (ret->sriov.capability.state != FACT_KNOWN)
		return false;
	set_known(&budgeting, VF_LIMIT_TOTAL, ret->sriov.total_vfs, &function->config.fact, NULL);
	judge_kernel(&budgeting);
	judge_hook(&budgeting);
	judge_driver_limit(&budgeting);
	judge_initial(&budgeting);
	judge_mmio(&budgeting);
	judge_bus(&budgeting);
	conclude(ret);
	return true;
}

const char *vf_limit_name(enum vf_limit limit)
{
	switch (limit) {
	case VF_LIMIT_TOTAL:
		return "total_vfs";
	case VF_LIMIT_KERNEL:
		return "kernel";
	case VF_LIMIT_NO_DRIVER:
		return "no_driver";
	case VF_LIMIT_DRIVER:
		return "driver";
	case VF_LIMIT_INITIAL:
		return "initial_vfs";
	case VF_LIMIT_MMIO:
		return "mmio";
	case VF_LIMIT_BUS:
		return "bus_numbers";
	case VF_LIMIT_COUNT:
		break;
	}
	return "total_vfs";
}

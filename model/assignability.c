/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assignability.h"

#include <inttypes.h>
#include <string.h>

#include "model/platform.h"

enum { BASE_CLASS_BRIDGE = 0x06, VENDOR_INTEL = 0x8086 };

/* vfio_pci_dev_in_denylist(), drivers/vfio/pci/vfio_pci.c */
static const uint16_t denied_devices[] = {0x19e2, 0x19e3, 0x37c8, 0x37c9,
					  0x0435, 0x0443, 0x0b25, 0x0cfe};

/* PCI drivers that leave DMA alone (driver_managed_dma), vfio-pci's variants included. */
static const char *const harmless_drivers[] = {
	"vfio-pci",          "pci-stub",        "pcieport",     "mlx5_vfio_pci",
	"hisi_acc_vfio_pci", "virtio_vfio_pci", "pds_vfio_pci", "nvgrace_gpu_vfio_pci",
	"qat_vfio_pci",      "xe-vfio-pci",     "ism_vfio_pci", "hisi-acc-vfio-pci",
	"mlx5-vfio-pci",     "virtio-vfio-pci", "pds-vfio-pci", "nvgrace-gpu-vfio-pci",
};

struct judge {
	const struct host *host;
	struct arena *arena;
	const struct pci_function *function;
	struct assignable result;
};

static void add(struct judge *judge, struct blocker **list, const struct fact *evidence,
		const char *why)
{
	struct blocker *blocker = arena_alloc(judge->arena, sizeof(*blocker));

	if (!blocker)
		return;
	*blocker = (struct blocker){.why = why, .evidence = evidence};
	while (*list)
		list = &(*list)->next;
	*list = blocker;
}

static void block(struct judge *judge, const struct fact *evidence, const char *why)
{
	add(judge, &judge->result.blockers, evidence, why);
}

static void miss(struct judge *judge, const struct fact *evidence, const char *why)
{
	add(judge, &judge->result.missing, evidence, why);
}

/* Bridges never go to a guest; neither does what the base class calls one. */
static bool is_candidate(const struct pci_function *function)
{
	int class_code = pci_class(function);

	return pci_header_type(function) <= 0 && class_code >> 8 != BASE_CLASS_BRIDGE;
}

static void judge_header(struct judge *judge)
{
	if (pci_header_type(judge->function) < 0)
		miss(judge, &judge->function->config.fact, "its header could not be read");
	if (!fact_known(&judge->function->class_code.fact))
		miss(judge, &judge->function->class_code.fact, "its class could not be read");
}

static bool is_denylist_disabled(const struct host *host)
{
	const struct cmdline_parameter *parameter =
		cmdline_find(&host->cmdline, "vfio_pci.disable_denylist");

	return parameter && (!parameter->value || strchr("1yYtT", parameter->value[0]));
}

static void judge_denylist(struct judge *judge)
{
	const struct pci_function *function = judge->function;

	if (!fact_known(&function->vendor.fact) || !fact_known(&function->device.fact)) {
		miss(judge, &function->vendor.fact, "its vendor and device could not be read");
		return;
	}
	if (function->vendor.value != VENDOR_INTEL || is_denylist_disabled(judge->host))
		return;
	for (size_t i = 0; i < sizeof(denied_devices) / sizeof(denied_devices[0]); i++) {
		if (function->device.value == denied_devices[i])
			block(judge, &function->device.fact,
			      "vfio-pci refuses this device (its denylist)");
	}
}

/* A PF with VFs cannot go to vfio-pci: its VFs belong to its driver. */
static void judge_vfs(struct judge *judge)
{
	const struct fact_number *numvfs = &judge->function->sriov.numvfs;

	if (fact_absent(&numvfs->fact))
		return;
	if (!fact_known(&numvfs->fact))
		miss(judge, &numvfs->fact, "whether it has VFs enabled could not be read");
	else if (numvfs->value > 0)
		block(judge, &numvfs->fact,
		      arena_printf(judge->arena, "it has %" PRId64 " VFs enabled", numvfs->value));
}

static bool is_harmless(const char *driver)
{
	for (size_t i = 0; i < sizeof(harmless_drivers) / sizeof(harmless_drivers[0]); i++) {
		if (strcmp(harmless_drivers[i], driver) == 0)
			return true;
	}
	return false;
}

/* Up to 5.18 a bridge counted as harmless with any driver: vfio_dev_viable(), vfio.c. */
static bool bridges_are_harmless(const struct host *host)
{
	struct kernel_version version;

	return host_kernel_version(host, &version) && !kernel_at_least(&version, 5, 19);
}

static bool holds_driver(const struct host *host, const struct pci_function *function)
{
	if (!fact_known(&function->driver.fact) || is_harmless(function->driver.text))
		return false;
	return pci_header_type(function) <= 0 || !bridges_are_harmless(host);
}

static void judge_member(struct judge *judge, const char *name)
{
	const struct pci_function *member = pci_find_name(&judge->host->pci, name);
	struct pci_address address;

	if (!member) {
		/* Platform devices may share a group; their drivers are not read. */
		miss(judge, &judge->host->pci.fact,
		     arena_printf(
			     judge->arena, "its group holds %s, of which nothing was read%s", name,
			     pci_address_parse(name, &address) == 0 ? "" : " (no PCI device)"));
		return;
	}
	if (member == judge->function)
		return;
	if (!fact_settled(&member->driver.fact))
		miss(judge, &member->driver.fact,
		     arena_printf(judge->arena, "the driver of %s in its group could not be read",
				  name));
	else if (holds_driver(judge->host, member))
		judge->result.companions[judge->result.companion_count++] = member;
}

/* From 6.6 on for every driver, before for VT-d: iommu_group_claim_dma_owner() and
 * intel_iommu_attach_device(). */
static bool direct_regions_block(const struct host *host)
{
	struct kernel_version version;

	if (!host_kernel_version(host, &version) || kernel_at_least(&version, 6, 6))
		return true;
	return platform_of(host) == PLATFORM_VTD;
}

/* Lines of "START END TYPE". */
static void judge_regions(struct judge *judge, const struct iommu_group *group)
{
	const struct fact_text *regions = &group->reserved_regions;
	char *save = NULL;

	/* The file came with 4.11; before, nothing tells. */
	if (!fact_known(&regions->fact)) {
		miss(judge, &regions->fact, "the reserved regions of its group could not be read");
		return;
	}
	char *lines = arena_copy(judge->arena, regions->text, regions->length);
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *type = strrchr(line, ' ');
		if (!type || strcmp(type + 1, "direct") != 0 || !direct_regions_block(judge->host))
			continue;
		block(judge, &regions->fact,
		      arena_printf(judge->arena,
				   "firmware wants memory mapped one to one for its group: %s",
				   line));
	}
}

static void judge_group(struct judge *judge)
{
	const struct fact_number *link = &judge->function->group;
	const struct iommu_group *group;

	if (fact_absent(&link->fact)) {
		block(judge, &link->fact, "it is in no IOMMU group");
		return;
	}
	if (!fact_known(&link->fact)) {
		miss(judge, &link->fact, "its IOMMU group could not be read");
		return;
	}
	group = iommu_group_find(&judge->host->groups, link->value);
	if (!group || !fact_known(&group->devices.fact)) {
		miss(judge, group ? &group->devices.fact : &judge->host->groups.fact,
		     "the members of its IOMMU group could not be read");
		return;
	}
	judge->result.companions =
		arena_array(judge->arena, group->devices.count + 1, sizeof(struct pci_function *));
	if (!judge->result.companions)
		return;
	for (size_t i = 0; i < group->devices.count; i++)
		judge_member(judge, group->devices.names[i]);
	judge_regions(judge, group);
}

/* Without remapped interrupts VFIO refuses to attach a group, unless it is told not to mind. */
static void judge_interrupts(struct judge *judge)
{
	const struct host *host = judge->host;
	const struct fact_text *unsafe = &host->modules.type1_unsafe_interrupts;

	if ((host->cpu.architecture && !cpu_is_x86(&host->cpu)) || host->interrupts.remapped_chip)
		return;
	if (fact_known(&unsafe->fact) && unsafe->text[0] == 'Y')
		return;
	if (host->interrupts.plain_chip)
		block(judge, &host->interrupts.fact, "interrupts are not remapped");
	else
		miss(judge, &host->interrupts.fact,
		     "whether interrupts are remapped could not be told");
}

static enum assignable_verdict conclude(const struct assignable *result)
{
	if (result->blockers)
		return ASSIGNABLE_BLOCKED;
	if (result->missing)
		return ASSIGNABLE_UNDETERMINED;
	return result->companion_count ? ASSIGNABLE_WITH : ASSIGNABLE;
}

struct assignable assignable_judge(const struct host *host, struct arena *arena,
				   const struct pci_function *function)
{
	struct judge judge = {.host = host, .arena = arena, .function = function};

	if (!is_candidate(function)) {
		judge.result.verdict = ASSIGNABLE_NOT_A_CANDIDATE;
		return judge.result;
	}
	judge_header(&judge);
	judge_group(&judge);
	judge_denylist(&judge);
	judge_vfs(&judge);
	judge_interrupts(&judge);
	judge.result.verdict = conclude(&judge.result);
	return judge.result;
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

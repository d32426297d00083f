/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/reason.h"

#include <string.h>
#include <strings.h>

#include "host/base/array.h"
#include "model/assign/assignability.h"
#include "model/caution/caution.h"
#include "model/sriov/usable_vfs.h"

static const struct reason verdicts[] = {
	[ASSIGNABLE] = {"VFIO can assign the function to a guest.", {"assignability.assignable"}},
	[ASSIGNABLE_WITH] = {"VFIO can assign the function to a guest once its companions, the "
			     "other functions of its IOMMU group, have left their host drivers.",
			     {"assignability.companions"}},
	[ASSIGNABLE_BLOCKED] = {"Something keeps the function from every guest. The report says "
				"what, by a word that passcheck explain knows, too.",
				{"assignability.blocked"}},
	[ASSIGNABLE_UNDETERMINED] = {"Cannot tell whether VFIO would take the function: something "
				     "that decides was not read.",
				     {"assignability.undetermined"}},
	[ASSIGNABLE_NOT_A_CANDIDATE] = {"The function stays with the host whatever is done: it is "
					"a bridge or an IOMMU.",
					{NULL}},
};

ASSERT_COVERS(verdicts, ASSIGNABLE_COUNT);

static const struct reason blockers[] = {
	[BLOCKER_UNKNOWN] = {"Cannot tell whether VFIO would take the function: something that "
			     "decides was not read.",
			     {"assignability.undetermined"}},
	[BLOCKER_REMAPPING_OFF] = {"DMA remapping is off, so the function has no IOMMU group; VFIO "
				   "takes no function without one.",
				   {"iommu-groups.none", "assignability.blocked"}},
	[BLOCKER_NO_GROUP] = {"The function has no IOMMU group, although the IOMMU runs; VFIO "
			      "takes no function without one.",
			      {"iommu-groups.ungrouped", "assignability.blocked"}},
	[BLOCKER_NOIOMMU] = {"The function's group has no IOMMU behind it: a guest that had the "
			     "function could reach all memory.",
			     {"iommu-groups.noiommu", "assignability.blocked"}},
	[BLOCKER_RESERVED_MEMORY] = {"Firmware ties the function, or one of its group, to reserved "
				     "memory, and the kernel keeps it from guests.",
				     {"reserved-memory.blocks"}},
	[BLOCKER_DENYLIST] = {"vfio-pci refuses devices of its kind, which are known to harm the "
			      "host when a guest drives them.",
			      {"assignability.blocked"}},
	[BLOCKER_VFS_ENABLED] = {"The function has VFs enabled, and vfio-pci refuses it while it "
				 "has some. Its VFs can be assigned in its place.",
				 {"assignability.blocked"}},
	[BLOCKER_INTERRUPTS] = {"Interrupts are not remapped, so a guest could raise any interrupt "
				"of the host, and VFIO refuses devices.",
				{"interrupt-remapping.off", "assignability.blocked"}},
	[BLOCKER_COHERENCY] = {"The function is behind an SMMU that is not coherent, which VFIO "
			       "refuses; or the running kernel does not tell VFIO that DMA is "
			       "coherent, as on POWER from Linux 5.19 to 6.3.",
			       {"assignability.blocked"}},
	[BLOCKER_VFIO_MODULE] = {"The running kernel goes without a module that VFIO needs.",
				 {"vfio-driver.missing", "vfio-driver.modules-gone"}},
	[BLOCKER_VMD] = {"The function is behind Intel VMD, whose driver has it: VFIO can take VMD "
			 "as a whole.",
			 {"assignability.blocked"}},
	[BLOCKER_HOST_USE] = {"The host needs the function, or one of its group: for a mounted "
			      "file system, swap, its network.",
			      {"host-use.vital", "assignability.blocked"}},
	[BLOCKER_OWN_PF] = {"The VF is in the IOMMU group of its own physical function, which must "
			    "stay with its driver.",
			    {"assignability.blocked"}},
	[BLOCKER_BAR_UNPLACED] = {"The kernel found no place for the function's memory (a BAR), "
				  "and refuses to enable it.",
				  {"assignability.bar-unplaced"}},
	[BLOCKER_UNREACHABLE] = {"The function does not answer, or its driver cannot start it.",
				 {"assignability.unreachable"}},
	[BLOCKER_VGPU_PROFILE] = {"The VF has no vGPU profile yet; its driver lets no guest open a "
				  "VF without one.",
				  {"assignability.vgpu-profile"}},
};

ASSERT_COVERS(blockers, BLOCKER_KIND_COUNT);

static const struct reason cautions[] = {
	[CAUTION_BOOT_DISPLAY] = {"The host shows its picture on the function, or did at boot: "
				  "its console goes dark with it, or a driver of the boot's "
				  "framebuffer still holds its memory.",
				  {"boot-gpu.free", "boot-gpu.shown", "boot-gpu.framebuffer",
				   "boot-gpu.unreadable", "host-use.console"}},
	[CAUTION_RESET] = {"The function may not come back to a second guest: the kernel cannot "
			   "reset it alone, or not well.",
			   {"reset.card", "reset.broken", "reset.none", "reset.unusable",
			    "reset.unknown"}},
	[CAUTION_SPLIT_DEVICE] = {"The function is of a card whose other functions do not go with "
				  "it.",
				  {"assignability.split-device", "reset.none", "reset.unusable"}},
	[CAUTION_IGD] = {"The function is Intel's integrated graphics, which need settings of "
			 "the guest that other cards do not.",
			 {"caution.igd"}},
	[CAUTION_ROM] = {"The function's video BIOS is in the host's firmware, where no guest "
			 "finds it.",
			 {"caution.rom"}},
	[CAUTION_VARIANT] =
		{"The function works in a guest by another driver of VFIO than vfio-pci.",
		 {"caution.variant"}},
	[CAUTION_NVLINK] = {"The GPU's driver waits for the host's NVSwitches, which a guest may "
			    "not have.",
			    {"caution.nvlink"}},
	[CAUTION_VF_TOKEN] = {"Whoever opens the VF must know the token of its physical function.",
			      {"caution.vf-token"}},
	[CAUTION_ADDRESS_WIDTH] = {"The guest may place the function's memory where the IOMMU does "
				   "not reach.",
				   {"caution.address-width"}},
	[CAUTION_POWER] = {"The function goes to D3cold while no guest has it, and may not come "
			   "back from there.",
			   {"caution.power"}},
	[CAUTION_IN_USE] = {"The host uses the function for something that it can live without.",
			    {"caution.in-use"}},
	[CAUTION_STALE_GROUP] =
		{"The function's IOMMU group is out of date: ACS bits that isolated it when "
		 "the kernel formed it are off now, and past the IOMMU it reaches devices "
		 "of other groups.",
		 {"isolation.stale-group"}},
	[CAUTION_INTX] = {"The function's interrupt line has other users on the host, and VFIO "
			  "wants it alone.",
			  {"caution.intx"}},
};

ASSERT_COVERS(cautions, CAUTION_KIND_COUNT);

static const struct reason terms[] = {
	[VF_TERM_TOTAL_VFS] = {"The adapter offers no more VFs (TotalVFs of its capability).",
			       {"vf-budget.full"}},
	[VF_TERM_KERNEL] = {"The kernel enables no more VFs.",
			    {"sriov.no-kernel-support", "sriov.cannot-enable", "sriov.refused"}},
	[VF_TERM_DRIVER] = {"The driver of the physical function takes no more VFs.",
			    {"vf-budget.driver-limit", "sriov-vfs.limited-by-driver"}},
	[VF_TERM_BUS_NUMBERS] = {"More VFs need more bus numbers than the port above has.",
				 {"vf-budget.bus-numbers"}},
	[VF_TERM_MMIO] = {"There is no address space for the memory of more VFs.",
			  {"vf-budget.memory"}},
	[VF_TERM_DEPENDENCY_LINK] = {"The physical function depends on another one for its VFs.",
				     {"vf-budget.none"}},
};

ASSERT_COVERS(terms, VF_TERM_COUNT);

static const struct reason limits[] = {
	[USABLE_BUDGET] = {NULL, {NULL}},
	[USABLE_GROUP] = {"VFs share an IOMMU group with their physical function, or with one "
			  "another, so they cannot go to guests of their own.",
			  {"vf-budget.one-group"}},
	[USABLE_DENYLIST] = {"vfio-pci refuses VFs of this kind.", {"assignability.blocked"}},
	[USABLE_IOMMU] = {"No IOMMU translates for the physical function.", {"iommu-groups.none"}},
	[USABLE_ARI] = {"Without ARI, the port above does not reach the addresses of more VFs.",
			{"vf-budget.unreachable", "vf-budget.bus-numbers"}},
	[USABLE_VFIO] = {"The running kernel goes without a module that VFIO needs.",
			 {"vfio-driver.missing", "vfio-driver.modules-gone"}},
	[USABLE_FIRMWARE] = {"The adapter's firmware offers no VFs now.", {"vf-budget.none"}},
	[USABLE_VGPU_PROFILE] = {"VFs have no vGPU profile yet, and their driver lets no guest "
				 "open them without.",
				 {"assignability.vgpu-profile"}},
};

ASSERT_COVERS(limits, USABLE_LIMIT_COUNT);

static const char *verdict_word(size_t index)
{
	return assignable_verdict_name((enum assignable_verdict)index);
}

static const char *blocker_word(size_t index)
{
	return blocker_kind_name((enum blocker_kind)index);
}

static const char *caution_word(size_t index)
{
	return caution_kind_name((enum caution_kind)index);
}

static const char *term_word(size_t index)
{
	return vf_term_name((enum vf_term_kind)index);
}

static const char *limit_word(size_t index)
{
	const struct usable_vfs usable = {.limit = (enum usable_limit)index};

	return usable_vfs_limit_name(&usable);
}

static const struct table {
	const struct reason *reasons;
	size_t count;
	const char *(*word)(size_t index);
} tables[] = {
	{verdicts, ARRAY_LENGTH(verdicts), verdict_word},
	{blockers, ARRAY_LENGTH(blockers), blocker_word},
	{cautions, ARRAY_LENGTH(cautions), caution_word},
	{terms, ARRAY_LENGTH(terms), term_word},
	{limits, ARRAY_LENGTH(limits), limit_word},
};

const struct reason *reason_find(const char *word)
{
	for (size_t i = 0; i < report_term_count; i++) {
		if (strcasecmp(report_terms[i].word, word) == 0)
			return &report_terms[i].reason;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		for (size_t k = 0; k < tables[i].count; k++) {
			const struct reason *reason = &tables[i].reasons[k];
			if (reason->meaning && strcmp(tables[i].word(k), word) == 0)
				return reason;
		}
	}
	return NULL;
}

void reason_visit(void (*visit)(const char *word, void *context), void *context)
{
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		for (size_t k = 0; k < tables[i].count; k++) {
			if (tables[i].reasons[k].meaning)
				visit(tables[i].word(k), context);
		}
	}
	for (size_t i = 0; i < report_term_count; i++)
		visit(report_terms[i].word, context);
}

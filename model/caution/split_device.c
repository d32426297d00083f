/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/caution/builder.h"
#include "model/pcie.h"

/* Graphics inside a processor share their slot with its USB controllers, its coprocessor and the
 * board's sound, which are of another vendor than graphics and their sound (AMD). */
static bool is_of_card(const struct pci_function *display, const struct pci_function *other)
{
	return !pci_knows_ids(display) || !pci_knows_ids(other) ||
	       display->vendor.value == other->vendor.value;
}

static bool heads_card(const struct pci_function *function)
{
	return pci_base_class(function) == PCI_BASE_CLASS_DISPLAY &&
	       function->address.function == 0 && !pci_is_vf(function);
}

static bool in_different_groups(const struct pci_function *a, const struct pci_function *b)
{
	return fact_known(&a->group.fact) && fact_known(&b->group.fact) &&
	       a->group.value != b->group.value;
}

bool caution_splits(const struct pci_function *display, const struct pci_function *other)
{
	return heads_card(display) && pcie_same_device(display, other) &&
	       is_of_card(display, other) && in_different_groups(display, other);
}

static void add_silent(struct caution_builder *builder, const struct pci_function *display,
		       const struct pci_function *other)
{
	const struct caution caution = {
		.kind = CAUTION_SPLIT_DEVICE,
		.why = arena_printf(builder->arena,
				    "a part of the same graphics card, %s, does not answer: the "
				    "guest gets the card without it, and a reset may fail",
				    other->name),
		.finding = "assignability.split-device",
		.remedy = "Switch the host off and on again: that may bring it back",
		.evidence = &other->config.fact,
	};

	caution_add(builder, display, &caution);
}

/* Returns what the host needs of a part of a card, or of its group, or NULL. */
static const struct pci_function *needed_with(const struct caution_builder *builder,
					      const struct pci_function *part)
{
	const struct assignable *assignable =
		assignability_of(builder->sources->assignability, part);
	const struct blocker *blocker = assignable->blockers;

	while (blocker && blocker->kind != BLOCKER_HOST_USE)
		blocker = blocker->next;
	if (!blocker)
		return NULL;
	return blocker->companion ? blocker->companion : part;
}

static const char *split_remedy(struct caution_builder *builder, const char *names,
				const struct pci_function *needed)
{
	if (needed)
		return arena_printf(builder->arena,
				    "The host needs %s: move what it has there to other hardware, "
				    "and give %s to the same guest",
				    needed->name, names);
	return arena_printf(builder->arena, "Give %s to the same guest", names);
}

/* Audio, USB and the like follow the display, which is function 0. A hot reset takes all groups of
 * the slot or bus: vfio_pci_ioctl_pci_hot_reset(), drivers/vfio/pci/vfio_pci_core.c. */
void caution_split_device(struct caution_builder *builder, const struct pci_function *display)
{
	const struct pci *pci = &builder->host->pci;
	const struct pci_function *end = pci->functions + pci->count, *needed = NULL;
	struct buffer others = {.arena = builder->arena, .separator = ", "};

	if (!heads_card(display))
		return;
	for (const struct pci_function *other = display + 1;
	     other < end && pcie_same_device(display, other); other++) {
		if (!is_of_card(display, other))
			continue;
		if (config_is_ones(&other->config) && !config_is_ones(&display->config))
			add_silent(builder, display, other);
		if (!in_different_groups(display, other) || driver_is_vfio(other))
			continue;
		buffer_item(&others, "%s", other->name);
		if (!needed)
			needed = needed_with(builder, other);
	}
	if (!others.count)
		return;
	const char *names = buffer_text(&others);
	const struct caution caution = {
		.kind = CAUTION_SPLIT_DEVICE,
		.why = arena_printf(
			builder->arena,
			"it is one graphics card with %s, outside its group: VFIO resets the "
			"card only where one guest has all of it",
			names),
		.finding = "assignability.split-device",
		.remedy = split_remedy(builder, names, needed),
		.evidence = &display->group.fact,
	};
	caution_add(builder, display, &caution);
}

enum { NVIDIA = 0x10de };

bool caution_is_nvswitch(const struct pci_function *function)
{
	return pci_class(function) == PCI_CLASS_BRIDGE_OTHER &&
	       fact_known(&function->vendor.fact) && function->vendor.value == NVIDIA;
}

const struct pci_function *caution_find_nvswitch(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (caution_is_nvswitch(&pci->functions[i]))
			return &pci->functions[i];
	}
	return NULL;
}

/*
 * The GPUs of NVIDIA's HGX boards before B200: docs.nvidia.com, Fabric Manager User Guide, on its
 * virtualization models; github.com/kata-containers/kata-containers, issue 11730.
 */
void caution_nvlink(struct caution_builder *builder, const struct pci_function *function)
{
	if (!builder->nvswitch || pci_class(function) != PCI_CLASS_DISPLAY_3D ||
	    pci_is_vf(function) || !fact_known(&function->vendor.fact) ||
	    function->vendor.value != NVIDIA)
		return;
	const struct caution caution = {
		.kind = CAUTION_NVLINK,
		.why = "it is a GPU of a host with NVSwitches: in a guest without them its driver "
		       "waits for their fabric, and CUDA does not start (error 802)",
		.finding = "caution.nvlink",
		.remedy =
			"Give the guest's module nvidia its option NVreg_NvLinkDisable=1, or have "
			"Fabric Manager on the host activate a partition of GPUs for each guest "
			"(FABRIC_MODE=1), or give one guest all GPUs and NVSwitches",
		.evidence = &builder->nvswitch->class_code.fact,
	};

	caution_add(builder, function, &caution);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "host/access/buffer.h"
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

bool caution_splits(const struct pci_function *display, const struct pci_function *other)
{
	return pci_base_class(display) == PCI_BASE_CLASS_DISPLAY &&
	       display->address.function == 0 && !pci_is_vf(display) && other != display &&
	       pcie_same_bus(display, other) && other->address.device == display->address.device &&
	       is_of_card(display, other) && !pci_is_vf(other) &&
	       fact_known(&display->group.fact) && fact_known(&other->group.fact) &&
	       other->group.value != display->group.value;
}

/* Audio, USB and the like follow the display, which is function 0. A hot reset takes all groups of
 * the slot or bus: vfio_pci_ioctl_pci_hot_reset(), drivers/vfio/pci/vfio_pci_core.c. */
void caution_split_device(struct caution_builder *builder, const struct pci_function *display)
{
	const struct pci *pci = &builder->host->pci;
	const struct pci_function *end = pci->functions + pci->count;
	struct buffer others = {.arena = builder->arena, .separator = ", "};

	if (pci_base_class(display) != PCI_BASE_CLASS_DISPLAY || display->address.function != 0 ||
	    pci_is_vf(display) || !fact_known(&display->group.fact))
		return;
	for (const struct pci_function *other = display;
	     other < end && pcie_same_bus(display, other) &&
	     other->address.device == display->address.device;
	     other++) {
		if (caution_splits(display, other) && !driver_is_vfio(other))
			buffer_item(&others, "%s", other->name);
	}
	if (!others.count)
		return;
	const char *names = buffer_text(&others);
	const struct caution caution = {
		.kind = CAUTION_SPLIT_DEVICE,
		.why = arena_printf(
			builder->arena,
			"it is one graphics card with %s, which the group does not take "
			"along: VFIO resets the card only where all of it is the guest's",
			names),
		.finding = "assignability.split-device",
		.remedy = arena_printf(builder->arena, "Give %s to the same guest", names),
		.evidence = &display->group.fact,
	};
	caution_add(builder, display, &caution);
}

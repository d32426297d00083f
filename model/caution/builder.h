/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_CAUTION_BUILDER_H
#define PASSCHECK_MODEL_CAUTION_BUILDER_H

#include "model/assign/assignability.h"
#include "model/boot/kernel_parameters.h"
#include "model/caution/caution.h"
#include "model/dma/dma_units.h"
#include "model/isolation/stale.h"

/* What cautions follow from. */
struct caution_sources {
	const struct host *host;
	const struct kernel_parameters *parameters;
	const struct dma_units *dma_units;
	const struct isolation *isolation;
	const struct stale_groups *stale_groups;
	const struct host_uses *host_uses;
	const struct assignability *assignability;
};

/* Cautions on their way. */
struct caution_builder {
	const struct caution_sources *sources;
	const struct host *host;
	struct arena *arena;
	struct cautions *cautions;
	/* What of the boot framebuffer holds a function's memory, or NULL; in the order of
	 * host->pci. */
	const struct framebuffer **framebuffers;
	bool has_integrated_graphics;        /* caution_has_integrated_graphics() */
	const struct pci_function *nvswitch; /* caution_find_nvswitch() */
};

/* Returns whether one of the functions is graphics inside a processor. */
bool caution_has_integrated_graphics(const struct pci *pci);

/* Returns the first NVSwitch of the functions, or NULL. */
const struct pci_function *caution_find_nvswitch(const struct pci *pci);

/* Append a caution of function, what is not known of one, and one that is to come. */
void caution_add(struct caution_builder *builder, const struct pci_function *function,
		 const struct caution *caution);
void caution_add_unknown(struct caution_builder *builder, const struct pci_function *function,
			 const struct caution *caution);
void caution_add_planned(struct caution_builder *builder, const struct pci_function *function,
			 const struct caution *caution);

/* The kinds, each in a file of its own, model/caution/NAME.c; igd and rom are in integrated.c,
 * variant and vf_token in driver.c, nvlink in split_device.c, address_width and stale_group in
 * iommu.c. */
void caution_boot_display(struct caution_builder *builder, const struct pci_function *function);
void caution_reset(struct caution_builder *builder, const struct pci_function *function);
void caution_split_device(struct caution_builder *builder, const struct pci_function *display);
void caution_igd(struct caution_builder *builder, const struct pci_function *function);
void caution_rom(struct caution_builder *builder, const struct pci_function *function);
void caution_variant(struct caution_builder *builder, const struct pci_function *function);
void caution_nvlink(struct caution_builder *builder, const struct pci_function *function);
void caution_vf_token(struct caution_builder *builder, const struct pci_function *function);
void caution_address_width(struct caution_builder *builder, const struct pci_function *function);
void caution_power(struct caution_builder *builder, const struct pci_function *function);
void caution_in_use(struct caution_builder *builder, const struct pci_function *function);
void caution_stale_group(struct caution_builder *builder, const struct pci_function *function);
void caution_intx(struct caution_builder *builder, const struct pci_function *function);

#endif

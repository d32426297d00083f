/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_BAR_ROOM_H
#define PASSCHECK_MODEL_ASSIGN_BAR_ROOM_H

#include "host/base/lines.h"
#include "host/host.h"
#include "model/boot/next_boot.h"

/* A BAR without addresses that could be smaller. */
struct resizable_bar {
	size_t index;
	uint64_t size;     /* bytes now */
	uint64_t smaller;  /* bytes that it could have; 0: it is as small as it can be */
	unsigned exponent; /* of smaller, in MiB: what resourceN_resize takes */
	/* Whether the kernel can resize it: of a BAR that it cleared it keeps nothing. */
	bool kernel_can;
};

enum resizable { RESIZABLE_UNKNOWN, RESIZABLE_NO, RESIZABLE_YES };

/* Returns "256 MiB": sizes of BARs are powers of two. Memory comes from arena. */
const char *bar_size_words(struct arena *arena, uint64_t size);

/*
 * Returns whether firmware alone places BARs, and the kernel moves none: OPAL and PHYP of POWER,
 * and the firmware of IBM Z (pnv_pci_ioda_fixup_iov() of arch/powerpc/platforms/powernv,
 * zpci_map_resources() of arch/s390/pci).
 */
bool bar_room_is_firmwares(const struct cpu *cpu);

/*
 * Appends to ret what gives BARs room where no setting of firmware does, each a part of a sentence:
 * by the words of the kernel's command line, for the function's BARs and those of its VFs. What is
 * true of several functions is appended for each: lines_unique().
 */
void bar_room_by_kernel(const struct host *host, enum pci_realloc pci_realloc,
			const struct pci_function *function, struct arena *arena,
			struct text_line **ret);

/*
 * Appends the same, and that a BAR of the function that the kernel gave no addresses could be
 * smaller. Returns whether one is resizable (PCI Express 6.0, section 7.8.6), and fills bar with
 * the first. The attribute resourceN_resize is of 6.1; pci_resize_resource(),
 * drivers/pci/setup-res.c, takes a BAR that is not assigned.
 */
enum resizable bar_room_for(const struct host *host, enum pci_realloc pci_realloc,
			    const struct pci_function *function, struct arena *arena,
			    struct text_line **ret, struct resizable_bar *bar);

#endif

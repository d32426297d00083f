/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_RESERVED_LINE_H
#define PASSCHECK_MODEL_DMA_RESERVED_LINE_H

#include <stdbool.h>
#include <stdint.h>

enum { RESERVED_LINES_OF_A_GROUP = 128 }; /* lines beyond are not looked at */

/* A line of a group's reserved_regions, as iommu_group_show_resv_regions() prints it
 * (drivers/iommu/iommu.c). */
struct reserved_line {
	uint64_t start;
	uint64_t end; /* inclusive */
	char type[32];
};

/* Takes the next line from text, which moves on behind it, and passes over damaged ones: those
 * behind them count. Returns false where there is none. */
bool reserved_line_next(const char **text, struct reserved_line *ret);

/* Returns whether each line has the kernel's form and type, and none is beyond those looked at. */
bool reserved_lines_are_sound(const char *text);

#endif

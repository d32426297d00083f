/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_IFUPDOWN_START_H
#define PASSCHECK_HOST_PERSISTENCE_IFUPDOWN_START_H

#include "host/base/buffer.h"
#include "host/base/lines.h"
#include "host/sriov/sriov_place.h"

/*
 * Which interfaces of interfaces(5) the boot brings up, by all files together: those of lines
 * "auto" and "allow-CLASS", and those that others are made of, which ifupdown2 brings up along with
 * them. Patterns and what is not read here (other files that are sourced, mappings, templates) may
 * mean any.
 */
struct ifupdown_start {
	struct text_line *names;
	size_t count;
};

/* Takes a line of a file of that place. A name that would set VFs stands for any. Memory comes from
 * arena. */
void ifupdown_start_read(struct arena *arena, const struct sriov_place *place, const char *line,
			 size_t length, struct ifupdown_start *start);

/* Returns whether the boot may bring an interface up: also where no line tells of any, as in what
 * captures of passcheck before 1.1 have. */
bool ifupdown_start_may_have(const struct ifupdown_start *start, const char *interface);

/* Writes a line "auto" that says as much as all that were read. */
void ifupdown_start_keep(const struct ifupdown_start *start, struct buffer *kept);

#endif

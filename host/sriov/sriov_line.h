/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_SRIOV_LINE_H
#define PASSCHECK_HOST_SRIOV_SRIOV_LINE_H

#include <stdint.h>

#include "host/access/arena.h"
#include "host/sriov/sriov_place.h"

/* What a line of the host's configuration does to VFs. */
enum sriov_effect {
	SRIOV_EFFECT_NONE,    /* it does not speak of them */
	SRIOV_EFFECT_OTHER,   /* it speaks of them, and makes none at boot */
	SRIOV_EFFECT_UNCLEAR, /* a command that names a function or SR-IOV, and is not understood */
	SRIOV_EFFECT_MAKES,   /* it makes VFs, or says how many a driver makes */
};

/* Returns the effect of a line of length bytes in a file of that place; a comment has none. */
enum sriov_effect sriov_line_effect(const struct sriov_place *place, const char *line,
				    size_t length);

/*
 * Reads how many VFs a line makes: "sriov_numvfs" and its like with a number behind them, as in a
 * udev rule, tmpfiles.d or modprobe.d, or in front of ">", as in a script. Returns false where it
 * tells no one number. *ret_digits is where the number stands in the line.
 */
bool sriov_line_count(const char *line, int64_t *ret_count, size_t *ret_digits);

/* Returns a line of a place with what passcheck does not consult of it replaced by "redacted":
 * passwords and addresses may stand beside a setting. */
const char *sriov_line_redact(struct arena *arena, const struct sriov_place *place,
			      const char *line);

/* Returns whether nothing of a line was replaced. */
bool sriov_line_whole(const char *line);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_SRIOV_LINE_H
#define PASSCHECK_HOST_SRIOV_SRIOV_LINE_H

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

/* Returns whether a line of a unit or of ifupdown begins with a key whose command does not run at
 * boot ("ExecStop="): lines that go on with it have no effect either. */
bool sriov_line_is_for_later(const struct sriov_place *place, const char *line, size_t length);

#endif

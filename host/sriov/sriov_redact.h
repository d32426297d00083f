/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_SRIOV_REDACT_H
#define PASSCHECK_HOST_SRIOV_SRIOV_REDACT_H

#include "host/base/arena.h"
#include "host/sriov/sriov_place.h"

/* Returns a line of a place with what passcheck does not consult of it replaced by "redacted":
 * passwords and addresses may stand beside a setting. */
const char *sriov_line_redact(struct arena *arena, const struct sriov_place *place,
			      const char *line);

/* Returns whether nothing of a line was replaced. */
bool sriov_line_whole(const char *line);

#endif

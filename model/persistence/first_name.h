/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_FIRST_NAME_H
#define PASSCHECK_MODEL_PERSISTENCE_FIRST_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Names that the kernel itself gives interfaces, which one may have had before udev gave it its
 * own: enough of them to tell whether a pattern fits all, some or none. */
const char *const *first_names(size_t *ret_count);

/* Returns whether a name is of those: "eth0", "ib12". */
bool first_name_is(const char *name);

#endif

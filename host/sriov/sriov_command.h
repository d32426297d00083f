/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_SRIOV_COMMAND_H
#define PASSCHECK_HOST_SRIOV_SRIOV_COMMAND_H

#include "host/sriov/sriov_place.h"

/* Returns whether a line of length bytes in a file that runs has a command that names a function,
 * an interface or SR-IOV, and is not known to leave VFs as they are. */
bool sriov_has_unclear_command(const struct sriov_place *place, const char *line, size_t length);

#endif

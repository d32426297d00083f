/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_DOMAIN_LINE_H
#define PASSCHECK_CHECKS_SUPPORT_DOMAIN_LINE_H

#include "guest/libvirt/domain.h"

/* Returns the fact, for evidence, that a guest's description has the device, with the line that
 * says so as its source. Memory comes from arena. */
struct fact domain_line(const struct domain_device *device, struct arena *arena);

#endif

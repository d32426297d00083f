/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_MOVED_RULE_H
#define PASSCHECK_CHECKS_SUPPORT_MOVED_RULE_H

#include "checks/support/finding.h"
#include "model/moved_address.h"

/*
 * Appends a finding on the function at an address that a line of udev's rules means another device
 * by: the line of the file source is its evidence, and where that device is now its remedy.
 */
struct finding *finding_moved_rule(struct findings *findings, const struct finding_kind *kind,
				   const struct moved_address *moved, const char *source,
				   const char *line);

#endif

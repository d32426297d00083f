/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_GUEST_COMMENT_H
#define PASSCHECK_REPORT_GUEST_COMMENT_H

#include "report/guest/configuration.h"
#include "report/names.h"

/* Returns what a comment says of a form: lines apart by separator, without control characters. */
const char *guest_comment(const struct guest_configuration *configuration, struct names *names,
			  const struct hostdev_form *form, const char *separator);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DOMAIN_DOMAIN_REPORT_H
#define PASSCHECK_REPORT_DOMAIN_DOMAIN_REPORT_H

#include "guest/libvirt/domain_map.h"
#include "report/findings/judged.h"
#include "report/format.h"

/* What domains are judged. What it points to must outlive the report. */
struct domain_input {
	struct fail_on fail_on;
	struct domain_set set;
};

/* What domains ask of their host, and whether it is so. */
struct domain_report {
	struct arena *arena;
	struct model model; /* with the host */
	struct domain_map map;
	struct judged_findings judged; /* with the verdict */
};

/* Runs the checks of domains. The report refers to host, and is freed with domain_report_free().
 * Returns 0 or -ENOMEM. */
int domain_report_build(const struct host *host, const struct domain_input *input,
			struct domain_report **ret);
void domain_report_free(struct domain_report *report);

/* The formats of a struct domain_report. */
extern const struct format_table domain_formats;

#endif

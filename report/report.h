/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_REPORT_H
#define PASSCHECK_REPORT_REPORT_H

#include "checks/support/check.h"
#include "guest/hostdev/form.h"
#include "plan/plan.h"
#include "report/audit/requirements.h"

enum host_verdict { HOST_READY, HOST_NOT_READY, HOST_UNDETERMINED };

enum { HOST_VERDICT_COUNT = HOST_UNDETERMINED + 1 };

/* Which findings on the host, beyond fail, make it not ready (--fail-on). */
struct fail_on {
	bool warn;
	bool unknown;
};

struct report_options {
	const char *const *checks; /* ids of the checks to run, count 0 for all */
	size_t check_count;
	const char *const *selectors; /* functions to explain, count 0 for the whole host */
	size_t selector_count;
	struct fail_on fail_on;
	const struct requirement *requirements; /* must outlive the report */
	size_t requirement_count;
	const char *time;               /* of the audit, RFC 3339 */
	const char *const *confinement; /* what of the sandbox is in force */
	size_t confinement_count;
	bool identity;                         /* the report may tell serial numbers */
	const struct hostdev_options *hostdev; /* how to write XML of the functions; NULL: not */
	const struct domain *domains;          /* to judge instead of the host; count 0: none */
	size_t domain_count;
	const struct domain_network *networks; /* that the domains may draw on */
	size_t network_count;
	bool plan;         /* what would give the functions away, instead of an audit */
	unsigned plan_vfs; /* how many VFs it is to make; 0: none */
};

/* How many findings have each verdict, indexed by enum finding_verdict. */
struct verdict_counts {
	size_t of[FINDING_FAIL + 1];
};

struct report {
	struct arena *arena;
	const struct host *host;
	struct model model;
	const struct finding **findings; /* those shown, worst first, then by check */
	size_t finding_count;
	struct verdict_counts host_counts;     /* of findings on the host, its units and groups */
	const struct pci_function **functions; /* those shown, by address */
	size_t function_count;
	struct requirement_result *requirements; /* in the order given */
	size_t requirement_count;
	bool explains_functions; /* FUNCTION arguments were given */
	bool complete;           /* every check ran, and every function is shown */
	size_t checks_asked;     /* how many checks ran because they were asked for; 0: all ran */
	struct fail_on fail_on;
	enum host_verdict verdict;
	const char *const *confinement;
	size_t confinement_count;
	bool identity;
	struct domain_map *domains;        /* whose findings these are; NULL: the host's */
	const struct plan *plan;           /* NULL where not asked for */
	const struct hostdev_forms *forms; /* the XML of the functions; NULL where not asked for */
	const char *time;
};

/*
 * Runs the checks over host and builds the report, which refers to host and is freed with
 * report_free(). Returns 0; -ENOENT where a selector names no function, or -EINVAL where there is
 * no such check, with *ret_culprit the word; -ENOTSUP where a hostdev option fits none of the
 * functions, with *ret_culprit a sentence; -ENOMEM.
 */
int report_build(const struct host *host, const struct report_options *options, struct report **ret,
		 const char **ret_culprit);
void report_free(struct report *report);

/* Returns whether the verdict on the host, where it is not ready, is what the finding makes of it.
 */
bool report_decides(const struct report *report, const struct finding *finding);

/* Returns "ready", "not-ready" or "undetermined". */
const char *host_verdict_name(enum host_verdict verdict);

/* Returns whether the host is a virtual machine: known only where cpuinfo was read. */
struct fact_number report_virtual_machine(const struct host *host);

#endif

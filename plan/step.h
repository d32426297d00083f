/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_STEP_H
#define PASSCHECK_PLAN_STEP_H

#include "host/access/lines.h"
#include "model/model.h"

/*
 * What a person would do, in order, so that functions can be given to a guest on this host. What is
 * already so is no step.
 */

enum plan_stage {
	PLAN_FIRMWARE, /* in the firmware setup */
	PLAN_BOOT,     /* takes a reboot */
	PLAN_NOW,      /* on the running host; holds until it reboots */
	PLAN_PERSIST,  /* keeps it so over reboots */
	PLAN_GUEST,    /* gives it to the guest */
	PLAN_STAGE_COUNT,
};

/* Another way to do the same. */
struct plan_alternative {
	const char *summary; /* "with driverctl, which also keeps it over reboots" */
	struct text_line *commands;
	struct plan_alternative *next;
};

struct plan_step {
	enum plan_stage stage;
	const char *id;                      /* "bind": a contract */
	const struct pci_function *function; /* NULL: the host */
	const char *summary;                 /* "Bind 0000:03:00.0 to vfio-pci" */
	const char *why;                     /* NULL where the summary says it all */
	struct text_line *commands;          /* to be run in order; NULL: it is done by hand */
	struct plan_alternative *alternatives;
	bool removes_obstacle; /* one of those of the plan: it stays in an obstructed one */
};

enum plan_verdict {
	PLAN_COMPLETE,     /* its steps lead there */
	PLAN_UNDETERMINED, /* something could not be read that it hangs on */
	PLAN_OBSTRUCTED,   /* something stands in the way that no step removes */
	PLAN_VERDICT_COUNT,
};

/* What to know of a function before it goes to a guest. */
struct plan_remark {
	const struct pci_function *function;
	const struct caution *caution;
	bool known; /* false: what it warns of was not read */
	struct plan_remark *next;
};

struct plan {
	struct plan_step *steps; /* by stage */
	size_t count;
	struct text_line *obstacles; /* what no step removes */
	struct text_line *unknowns;  /* what could not be read */
	struct plan_remark *remarks; /* of those asked for, and of those that go along */
	enum plan_verdict verdict;
};

/* Returns "firmware", "boot", "now", "persist" or "guest". */
const char *plan_stage_name(enum plan_stage stage);

/* Returns "complete", "undetermined" or "obstructed". */
const char *plan_verdict_name(enum plan_verdict verdict);

#endif

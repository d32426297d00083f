/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_CHECK_H
#define PASSCHECK_CHECKS_SUPPORT_CHECK_H

#include "checks/support/finding.h"
#include "guest/libvirt/domain_map.h"
#include "host/base/array.h"
#include "host/host.h"
#include "model/model.h"

/* What a check judges, and where its findings go. */
struct check_context {
	const struct host *host;
	const struct model *model;        /* what follows from host */
	const struct domain_map *domains; /* NULL where the host itself is judged */
	struct findings *findings;
};

/*
 * A check judges facts and appends findings. It opens nothing, prints nothing and frees nothing.
 * checks/AREA/a-b.c defines `const struct check check_a_b`, and the build finds it.
 */
struct check {
	const char *id;    /* the file's name without .c */
	const char *title; /* what it looks at, for a person */
	const char *needs; /* what it reads, and the privilege that this takes */
	bool advisory;     /* what it cannot tell does not keep the host from being ready */
	bool effect;       /* what it finds mostly follows from what others find */
	bool aside; /* what it warns of keeps no function from guests, and is told behind what does
		     */
	bool judges_domains; /* it judges guests against their host, not the host itself */
	bool host_alone; /* it reads no function and no group, which take the most of an audit */
	const struct finding_kind *kinds; /* every finding that it can make */
	size_t kind_count;
	void (*run)(const struct check_context *context);
};

extern const struct check *const check_registry[];
extern const size_t check_registry_count;

/* Returns the check of that id, or NULL. */
const struct check *check_find(const char *id);

/* Has a check judge, and completes what it finds: with its id, and with remedies. */
void check_run(const struct check *check, const struct check_context *context);

#endif

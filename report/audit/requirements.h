/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_REQUIREMENTS_H
#define PASSCHECK_REPORT_AUDIT_REQUIREMENTS_H

#include "model/model.h"

/*
 * What a deployment needs of a host, in a person's words:
 *
 *   passthrough=SELECTOR[:COUNT]  COUNT (1) of the functions that SELECTOR names are assignable
 *   vfs=SELECTOR:COUNT            one of the functions that SELECTOR names can give COUNT VFs
 *   isolated=SELECTOR             each function that SELECTOR names is alone in its IOMMU group
 *   interrupt-remapping           interrupts are remapped
 *
 * SELECTOR is one of model/selector.h; COUNT is decimal, 1 to 65535.
 */
enum requirement_kind {
	REQUIRE_PASSTHROUGH,
	REQUIRE_VFS,
	REQUIRE_ISOLATED,
	REQUIRE_INTERRUPT_REMAPPING,
};

struct requirement {
	const char *text; /* as it was given */
	enum requirement_kind kind;
	const char *selector; /* NULL where the kind takes none */
	uint32_t count;
};

struct requirement_list {
	struct requirement *items;
	size_t count;
	size_t capacity;
};

/* Limits on what is parsed. */
enum { LIMIT_REQUIREMENT = 256, LIMIT_REQUIREMENTS = 1024 };

/*
 * Parses text and appends it to list. Returns 0; -EINVAL with *ret_why what is wrong with it; or
 * -ENOMEM. Memory comes from arena.
 */
int requirements_add(struct arena *arena, const char *text, struct requirement_list *list,
		     const char **ret_why);

/*
 * Parses a JSON document, an array of such texts or {"requirements": [...]}, by
 * docs/requirements.schema.json, and appends them to list. Returns as requirements_add() does.
 */
int requirements_add_document(struct arena *arena, const char *bytes, size_t length,
			      struct requirement_list *list, const char **ret_why);

enum requirement_state {
	REQUIREMENT_UNMET,
	REQUIREMENT_UNDETERMINED,
	REQUIREMENT_MET,
	REQUIREMENT_STATE_COUNT,
};

struct requirement_result {
	const struct requirement *requirement;
	enum requirement_state state;
	const char *why; /* a clause that names what decides it */
};

/* Returns "unmet", "undetermined" or "met". */
const char *requirement_state_name(enum requirement_state state);

/* Judges one requirement. Short memory marks arena. */
struct requirement_result requirement_judge(const struct requirement *requirement,
					    const struct model *model, struct arena *arena);

/*
 * Of the functions that requirements of passthrough name without a choice, each may go, and all of
 * them may take the host's last network links: makes those requirements unmet that name one
 * with which a link leaves. Short memory marks arena.
 */
void requirements_judge_together(struct requirement_result *results, size_t count,
				 const struct model *model, struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/moved_rule.h"

struct finding *finding_moved_rule(struct findings *findings, const struct finding_kind *kind,
				   const struct moved_address *moved, const char *source,
				   const char *line)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = source};
	const char *ids = moved_address_ids(moved, findings->arena);
	struct finding *finding = finding_add(
		findings, kind, FINDING_WARN, subject_function(moved->now),
		"%s means %s at %s, where another device is now", source, ids, moved->now->name);

	finding_evidence(finding, &fact, "%s", line);
	if (moved->where)
		finding_remedy(finding, "Write %s into the rule, where %s is now",
			       moved->where->name, ids);
	return finding;
}

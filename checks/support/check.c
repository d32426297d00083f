/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

const struct check *check_find(const char *id)
{
	for (size_t i = 0; i < check_registry_count; i++) {
		if (strcmp(check_registry[i]->id, id) == 0)
			return check_registry[i];
	}
	return NULL;
}

void check_run(const struct check *check, const struct check_context *context)
{
	struct findings *findings = context->findings;
	struct finding **first = findings->end;

	findings->check = check->id;
	check->run(context);
	findings_default_remedies(findings, *first);
}

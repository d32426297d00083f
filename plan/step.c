/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/step.h"

#include <string.h>

#include "host/base/array.h"

const char *plan_stage_name(enum plan_stage stage)
{
	static const char *const names[] = {
		[PLAN_FIRMWARE] = "firmware", [PLAN_BOOT] = "boot",   [PLAN_NOW] = "now",
		[PLAN_PERSIST] = "persist",   [PLAN_GUEST] = "guest",
	};
	ASSERT_COVERS(names, PLAN_STAGE_COUNT);

	return names[stage];
}

const char *plan_verdict_name(enum plan_verdict verdict)
{
	static const char *const names[] = {
		[PLAN_COMPLETE] = "complete",
		[PLAN_UNDETERMINED] = "undetermined",
		[PLAN_OBSTRUCTED] = "obstructed",
	};
	ASSERT_COVERS(names, PLAN_VERDICT_COUNT);

	return names[verdict];
}

static const char *const how_names[] = {
	[PLAN_HOW_BOOT] = "boot",
	[PLAN_HOW_MANAGED] = "managed",
	[PLAN_HOW_NOW] = "now",
};

ASSERT_COVERS(how_names, PLAN_HOW_COUNT);

const char *plan_how_name(enum plan_how how)
{
	return how_names[how];
}

bool plan_how_find(const char *name, enum plan_how *ret)
{
	for (enum plan_how how = 0; how < PLAN_HOW_COUNT; how++) {
		if (strcmp(name, how_names[how]) == 0) {
			*ret = how;
			return true;
		}
	}
	return false;
}

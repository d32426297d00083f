/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/step.h"

#include "host/access/array.h"

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

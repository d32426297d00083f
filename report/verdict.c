/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/verdict.h"

enum host_verdict host_verdict_with(enum host_verdict verdict, enum assignable_verdict wanted)
{
	if (wanted == ASSIGNABLE_BLOCKED || wanted == ASSIGNABLE_NOT_A_CANDIDATE)
		return HOST_NOT_READY;
	if (wanted == ASSIGNABLE_UNDETERMINED && verdict == HOST_READY)
		return HOST_UNDETERMINED;
	return verdict;
}

const char *host_verdict_name(enum host_verdict verdict)
{
	switch (verdict) {
	case HOST_READY:
		return "ready";
	case HOST_NOT_READY:
		return "not-ready";
	case HOST_UNDETERMINED:
		return "undetermined";
	}
	return "undetermined";
}

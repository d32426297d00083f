/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/verdicts.h"

enum finding_verdict verdict_without_remapping(const struct interrupt_remapping *interrupts)
{
	switch (interrupts->permitted.value) {
	case BOOLEAN_YES:
		return FINDING_WARN;
	case BOOLEAN_NO:
		return FINDING_FAIL;
	case BOOLEAN_UNKNOWN:
		break;
	}
	return FINDING_UNKNOWN;
}

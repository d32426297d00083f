/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/verdict.h"

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

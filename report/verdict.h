/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_VERDICT_H
#define PASSCHECK_REPORT_VERDICT_H

#include "model/assign/assignability.h"

/* What a document says of the host as a whole. */
enum host_verdict { HOST_READY, HOST_NOT_READY, HOST_UNDETERMINED };

enum { HOST_VERDICT_COUNT = HOST_UNDETERMINED + 1 };

/* Returns the worse of a verdict and that of a function which is wanted for a guest. */
enum host_verdict host_verdict_with(enum host_verdict verdict, enum assignable_verdict wanted);

/* Returns "ready", "not-ready" or "undetermined". */
const char *host_verdict_name(enum host_verdict verdict);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_VERDICT_H
#define PASSCHECK_REPORT_VERDICT_H

/* What a document says of the host as a whole. */
enum host_verdict { HOST_READY, HOST_NOT_READY, HOST_UNDETERMINED };

enum { HOST_VERDICT_COUNT = HOST_UNDETERMINED + 1 };

/* Returns "ready", "not-ready" or "undetermined". */
const char *host_verdict_name(enum host_verdict verdict);

#endif

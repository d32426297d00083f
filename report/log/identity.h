/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_LOG_IDENTITY_H
#define PASSCHECK_REPORT_LOG_IDENTITY_H

#include "host/host.h"
#include "model/log/scan.h"

/*
 * Returns why a log is not of the host as it runs now, a clause; NULL where nothing tells that. Its
 * kernel, its command line, the ids of functions and their addresses are compared.
 */
const char *log_differs(const struct log_findings *log, const struct host *host,
			struct arena *arena);

#endif

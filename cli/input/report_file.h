/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_REPORT_FILE_H
#define PASSCHECK_CLI_INPUT_REPORT_FILE_H

#include "report/diff/snapshot.h"

/*
 * Reads what a comparison is given: a report in JSON or NDJSON, "-" for standard input, or a host,
 * which is audited now: a captured one (a folder or an archive, as --root takes them) or "/".
 * Memory comes from arena. Complains of errors; returns 0 or a negative errno.
 */
int report_file_read(struct arena *arena, const char *path, struct snapshot *ret);

#endif

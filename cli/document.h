/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_DOCUMENT_H
#define PASSCHECK_CLI_DOCUMENT_H

#include "cli/options/options.h"
#include "cli/output.h"
#include "report/format.h"
#include "report/verdict.h"
#include "report/write/timestamp.h"

/* Writes the time now, RFC 3339, or "" where it cannot be told. */
void document_time(char text[static TIMESTAMP_SIZE]);

/*
 * Writes what print() gives, which returns 0 or a negative errno, to path, or to standard output
 * where it is NULL: whole or not at all. Complains of errors, and returns EXIT_READY or
 * EXIT_FAILED.
 */
enum exit_code document_print(const char *path,
			      int (*print)(const void *context, const struct output *output),
			      const void *context);

/*
 * Writes a document of the kind and in the format that the options say, and to where they say, or
 * to path where it is not NULL: whole or not at all. Complains of errors, and returns EXIT_READY or
 * EXIT_FAILED.
 */
enum exit_code document_write(const struct options *options, const void *document,
			      const char *path);

/* Complains of why a document could not be built, a negative errno. Returns what to exit with. */
enum exit_code document_fail(int error);

/* As document_fail(), of a document on a host: -ENOENT is for culprit, an operand that names no
 * function of it. */
enum exit_code document_fail_on(const struct options *options, const struct host *host, int error,
				const char *culprit);

/* Returns what to exit with for a verdict. */
enum exit_code document_exit_code(enum host_verdict verdict);

/* Loads the host that the options name and lets use() work on it. Complains of errors. */
enum exit_code document_with_host(const struct options *options,
				  enum exit_code (*use)(const struct options *options,
							const struct host *host));

#endif

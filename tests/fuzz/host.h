/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_FUZZ_HOST_H
#define PASSCHECK_TESTS_FUZZ_HOST_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "host/host.h"

/* A host in memory, without a file system, that a fuzzer fills and has audited. */
struct fuzz_host {
	struct stored_tree *tree;
	struct root *root;
	struct host *host;
};

void fuzz_host_begin(struct fuzz_host *host);

/* Add what a path of the host holds, which begins without a slash; the first of a path counts. */
void fuzz_host_folder(struct fuzz_host *host, const char *path);
void fuzz_host_file(struct fuzz_host *host, const char *path, const void *bytes, size_t size);
void fuzz_host_link(struct fuzz_host *host, const char *path, const char *target);

/*
 * Audits the host and writes the audit as JSON and in the format whose turn it is. What is JSON or
 * XML must be well formed. judge is given the report, which must not say more than the host holds;
 * it aborts where it does.
 */
void fuzz_host_audit(struct fuzz_host *host, size_t turn,
		     void (*judge)(const cJSON *report, void *context), void *context);
void fuzz_host_end(struct fuzz_host *host);

/* Ends the program where what must be is not. */
void fuzz_must(bool is, const char *what);

#endif

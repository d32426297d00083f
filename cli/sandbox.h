/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_SANDBOX_H
#define PASSCHECK_CLI_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

enum { SANDBOX_MEASURES = 3 };

/* What of the sandbox this kernel granted, as words for the report. */
struct sandbox {
	const char *measures[SANDBOX_MEASURES]; /* "no-new-privileges", "landlock", "seccomp" */
	size_t count;
};

/*
 * Gives up for good what passcheck does not need: new privileges, programs, sockets and changes to
 * the kernel. What the kernel does not offer is left out.
 */
void sandbox_refuse_calls(struct sandbox *ret);

/*
 * After that, for good, too: writing anywhere but where each of paths is to stand (NULL ends them)
 * and below scratch (NULL: none), and with it to look into other processes.
 */
void sandbox_confine(const char *const *paths, const char *scratch, struct sandbox *sandbox);

/* The capabilities that were in force before they were lowered. */
struct sandbox_capabilities {
	unsigned effective[2];
	bool lowered;
};

/* What is done while capabilities are lowered. A captured tree is read with the fewest. */
enum sandbox_use {
	SANDBOX_LIVE = 1 << 0,       /* reads the live host */
	SANDBOX_KERNEL_LOG = 1 << 1, /* reads its log, too */
	SANDBOX_WRITES = 1 << 2,     /* writes as it reads, as a capture does */
};

/*
 * Lowers the effective capabilities to those that a use takes (bits of sandbox_use):
 * CAP_DAC_READ_SEARCH; of a live host CAP_SYS_ADMIN for config space, CAP_IPC_LOCK, since an audit
 * says whether it is held, and CAP_SYSLOG for its log; for what is written where only its owner
 * may, CAP_DAC_OVERRIDE. sandbox_restore() gives back what writing later may need.
 */
void sandbox_lower(unsigned use, struct sandbox_capabilities *ret);
/* Lowers them to what it takes to see which files other processes have open. */
void sandbox_lower_to_search(struct sandbox_capabilities *ret);
void sandbox_restore(const struct sandbox_capabilities *capabilities);

#endif

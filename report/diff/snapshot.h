/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DIFF_SNAPSHOT_H
#define PASSCHECK_REPORT_DIFF_SNAPSHOT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/base/arena.h"

/* A VF limit that the report does not tell, and one of a function without SR-IOV. */
enum { VF_LIMIT_UNKNOWN = -1, VF_LIMIT_NONE = -2 };

/* What a report says of one function. Text that it does not tell is "". */
struct snapshot_function {
	const char *address;
	const char *ids;        /* vendor, device and those of the subsystem */
	const char *place;      /* serial number or physical slot */
	const char *driver;     /* "" also where it has none */
	const char *assignable; /* the verdict of "assignable" */
	const char *name;
	const char *parent; /* address of the port or bridge above, "" on a root bus */
	bool is_vf;
	int64_t vf_limit;
	size_t group;                              /* index of its group, SIZE_MAX for none */
	const struct snapshot_function *other_one; /* the same function in the other report */
};

struct snapshot_finding {
	const char *id;
	const char *subject; /* of the host "host" */
	const char *verdict;
	const char *summary;
};

struct snapshot_requirement {
	const char *text;
	int met; /* 1, 0, or -1 where it is unknown */
};

struct snapshot_group {
	const char **functions;
	size_t count;
};

/* A report that was read back. Functions are sorted by address, findings by id and subject. */
struct snapshot {
	const char *verdict;
	const char *tool_version;
	const char *kernel_release;
	const char *product;
	const char *hostname;
	const char *machine_id; /* hashed */
	struct snapshot_function *functions;
	size_t function_count;
	struct snapshot_finding *findings;
	size_t finding_count;
	struct snapshot_requirement *requirements;
	size_t requirement_count;
	struct snapshot_group *groups;
	size_t group_count;
};

/* More bytes are no report. */
enum { LIMIT_SNAPSHOT = 256 * 1024 * 1024 };

/*
 * Reads back a report of `passcheck --format json`, or the last of several of one host, as a file
 * of NDJSON has them, into memory of arena. Returns 0; -EINVAL with *ret_why what is wrong with it;
 * or -ENOMEM.
 */
int snapshot_parse(struct arena *arena, const char *bytes, size_t length, struct snapshot *ret,
		   const char **ret_why);

/* Returns the function of that address, or NULL. */
struct snapshot_function *snapshot_find(const struct snapshot *snapshot, const char *address);

#endif

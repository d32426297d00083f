/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_INFO_H
#define PASSCHECK_HOST_SYSTEM_INFO_H

#include "host/access/root.h"

/* What the machine and its operating system call themselves. No verdict rests on it: fleets tell
 * hosts apart by it. */
struct system_info {
	struct fact_text board_vendor; /* DMI */
	struct fact_text board_name;
	struct fact_text firmware_vendor;
	struct fact_text firmware_version;
	struct fact_text firmware_date; /* as firmware writes it: "07/14/2025" */
	struct fact_text os_id;         /* os-release(5): "debian" */
	struct fact_text os_version;    /* "12" */
	struct fact_text os_name;       /* "Debian GNU/Linux 12 (bookworm)" */
};

/* Reads them below root into memory of arena. */
void system_info_load(struct root *root, struct arena *arena, struct system_info *ret);

/* Takes what os-release says: the rest of *ret is left as it is. */
void system_info_parse_os(struct arena *arena, const struct fact_text *text,
			  struct system_info *ret);

/* Returns whether a line of os-release is one that system_info_load() takes. */
bool system_info_wants(const char *line, size_t length);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CAPTURE_REDACT_H
#define PASSCHECK_HOST_CAPTURE_REDACT_H

#include "host/access/fact.h"
#include "host/capture/capture_options.h"

/*
 * Returns what a capture stores of a file: its bytes without what identifies the host or may be a
 * secret. Of /proc/cmdline, the values of parameters that no check consults, and what follows a
 * bare "--" (init's); of /proc/self/status, all but the capabilities; of /proc/cpuinfo, serial
 * numbers; of config space, the device serial number (extended capability 3) and the data register
 * of VPD (capability 3); of configuration files, the lines that speak of VFs are kept; of boot
 * entries and unified kernel images, the command line as that of /proc/cmdline, with machine ids
 * made 0. An audit concludes the same from the rest.
 */
struct fact_text redact(struct arena *arena, const struct fact_text *text,
			const struct capture_options *options);

/* Returns the path that a file of the host is stored at: where boot loaders' files have the machine
 * id in their names, another. */
const char *redact_path(struct arena *arena, const char *path,
			const struct capture_options *options);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CAPTURE_REDACT_H
#define PASSCHECK_HOST_CAPTURE_REDACT_H

#include "host/access/fact.h"
#include "host/capture/capture_options.h"

/*
 * Returns what a capture stores of a file that was read, by a table of paths: its bytes without
 * what identifies the host or may be a secret. Of kernel command lines, the values of parameters
 * that no check consults, words that are no parameter, and what follows a bare "--" (init's); of
 * /proc/self/status, all but the capabilities; of /proc/cpuinfo, serial numbers; of config space,
 * the device serial number (extended capability 3) and the data register of VPD (capability 3); of
 * configuration files, all but settings that are consulted; of boot entries and unified kernel
 * images, machine ids, which become 0; of logs, what options->keep_log() keeps. An audit concludes
 * the same from the rest. Of a path that the table does not have nothing is stored: it counts as
 * not captured.
 */
struct fact_text redact(struct arena *arena, const struct fact_text *text,
			const struct capture_options *options);

/* Returns whether the table says what is stored of path: tests ask it for each file that a reader
 * of the host opens. */
bool redact_knows(const char *path);

/* Returns whether a capture names that entry of a folder: which packages a host has is its own
 * affair. */
bool redact_names(const char *folder, const char *entry);

#endif

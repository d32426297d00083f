/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_LOG_FILE_H
#define PASSCHECK_CLI_INPUT_LOG_FILE_H

#include "model/log/scan.h"

/*
 * Reads a log of any length: the file at path on the machine that passcheck runs on, or standard
 * input where path is "-". Returns 0, or a negative errno after complaining.
 */
int log_file_read(struct log_scan *scan, const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_WRAPPER_H
#define PASSCHECK_MODEL_LOG_WRAPPER_H

#include <stdbool.h>
#include <stddef.h>

/* A line of a log, in memory of its own that peeling may change; any byte may stand in it. */
struct log_line {
	char *text;
	size_t length;
	bool dated; /* it carries a time or is an object: a record begins with it */
};

/*
 * Takes off what dmesg, journalctl, syslog, libvirt, QEMU, containers and tickets put around a
 * message, and undoes their escapes: a JSON string or a quoted value becomes its text.
 */
void log_line_peel(struct log_line *line);

/*
 * Makes the rest of a line comparable: blanks, control characters and written newlines become one
 * blank, typographic quotation marks and the entities of HTML plain characters.
 */
void log_line_tidy(struct log_line *line);

#endif

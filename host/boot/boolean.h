/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_BOOLEAN_H
#define PASSCHECK_HOST_BOOT_BOOLEAN_H

#include "host/access/fact.h"

/* A yes or no of the kernel. */
enum boolean {
	BOOLEAN_UNKNOWN, /* not read, or a text that the kernel refuses (EINVAL) */
	BOOLEAN_NO,
	BOOLEAN_YES,
};

/*
 * Reads a text as kstrtobool() of lib/kstrtox.c does: by its first character, or by two where that
 * is "o". Unknown where text is NULL. "true" and "false" count since 5.19.
 */
enum boolean boolean_parse(const char *text);

/* As boolean_parse() for an option of a module, which is on where it has no value (NULL):
 * param_set_bool() of kernel/params.c. */
enum boolean boolean_of_option(const char *value);

/* What a parameter file below /sys/module shows: Y and N, or 1 and 0 where it is a number. */
enum boolean boolean_of_fact(const struct fact_text *text);

#endif

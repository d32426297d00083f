/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CAPTURE_REDACT_CMDLINE_H
#define PASSCHECK_HOST_CAPTURE_REDACT_CMDLINE_H

#include "host/access/fact.h"
#include "host/base/buffer.h"

/* Which words of a kernel command line a capture keeps. */
struct kept_words {
	/* Whether a parameter's value is wanted: that of no other is kept. */
	bool (*keeps_parameter)(const char *name);
	/* Whether a word that is no such parameter is told of all the same: as misspelt. */
	bool (*keeps_name)(const char *name);
	/* Whether "$NAME" and "$(COMMAND)" stand for other words, as in boot loaders' files. */
	bool expands;
};

/*
 * Adds the words of a kernel command line to kept, with a blank between them: parameters with the
 * values that are wanted, "NAME=redacted" for others, and "redacted" for a word that is neither. A
 * value ends at its first blank or quote, as none that is wanted has one. What follows a bare "--"
 * is init's, and left out. Time and memory are linear in text.
 */
void redact_cmdline(const struct fact_text *text, const struct kept_words *words,
		    struct buffer *kept);

#endif

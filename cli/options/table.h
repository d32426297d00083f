/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_OPTIONS_TABLE_H
#define PASSCHECK_CLI_OPTIONS_TABLE_H

#include <stdint.h>

#include "cli/exit_code.h"

struct format_table;
struct options;

/* The options, in the order in which --help shows them. */
enum option_id {
	OPTION_ROOT,
	OPTION_FORMAT,
	OPTION_COMPACT,
	OPTION_OUTPUT,
	OPTION_CHECK,
	OPTION_FAIL_ON,
	OPTION_REQUIRE,
	OPTION_REQUIREMENTS,
	OPTION_EXIT_ZERO,
	OPTION_BY,
	OPTION_COLOR,
	OPTION_VERBOSE,
	OPTION_QUIET,
	OPTION_WITH_IDENTITY,
	OPTION_WAKE,
	OPTION_MAC,
	OPTION_VLAN,
	OPTION_TEAMING,
	OPTION_NETWORK,
	OPTION_VPORT,
	OPTION_MDEV,
	OPTION_LUN,
	OPTION_SPLIT,
	OPTION_FORCE,
	OPTION_VFS,
	OPTION_HOW,
	OPTION_FOR,
	OPTION_UNDO,
	OPTION_NO_HOST,
	OPTION_LOG,
	OPTION_HELP,
	OPTION_VERSION,
};

enum { OPTION_COUNT = OPTION_VERSION + 1 };

/* The option in a set of them. */
#define OPTION_BIT(option) (UINT64_C(1) << (option))

struct option_row {
	const char *name;
	char letter;          /* a short form, '\0' for none */
	const char *argument; /* what the help calls it; NULL: takes none */
	const char *format;   /* the only one that it goes with; NULL: it goes with any */
	/* The kind of document that it goes with, in any format; NULL: with any */
	const struct format_table *document;
	const char *help; /* half a line */
	/* Takes the option in. Complains of a wrong argument; returns EXIT_READY where it is right.
	 */
	enum exit_code (*set)(struct options *options, const char *argument);
};

extern const struct option_row option_rows[OPTION_COUNT];

#endif

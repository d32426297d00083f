/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_OPTIONS_H
#define PASSCHECK_CLI_OPTIONS_H

#include <stdbool.h>

#include "cli/sandbox.h"
#include "cli/verb.h"
#include "guest/hostdev/form.h"
#include "host/access/arena.h"
#include "report/audit/requirements.h"
#include "report/findings/judged.h"
#include "report/format.h"

/* The options, as sets that a verb accepts. */
enum option_set {
	OPTION_ROOT = 1 << 0,
	OPTION_FORMAT = 1 << 1,
	OPTION_OUTPUT = 1 << 2,
	OPTION_CHECK = 1 << 3,
	OPTION_FAIL_ON = 1 << 4,
	OPTION_COLOR = 1 << 5,
	OPTION_VERBOSE = 1 << 6,
	OPTION_QUIET = 1 << 7,
	OPTION_WITH_IDENTITY = 1 << 8,
	OPTION_VFS = 1 << 10,
	OPTION_REQUIRE = 1 << 11,
	OPTION_COMPACT = 1 << 18,
	OPTION_MAC = 1 << 12,
	OPTION_VLAN = 1 << 13,
	OPTION_NETWORK = 1 << 14,
	OPTION_VPORT = 1 << 15,
	OPTION_LUN = 1 << 19,
	OPTION_SPLIT = 1 << 16,
	OPTION_FORCE = 1 << 17,
	/* How libvirt XML is written. */
	OPTION_HOSTDEV = OPTION_MAC | OPTION_VLAN | OPTION_NETWORK | OPTION_VPORT | OPTION_LUN |
			 OPTION_SPLIT | OPTION_FORCE,
};

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Words in the order given. */
struct word_list {
	const char **words;
	size_t count;
	size_t capacity;
};

struct options {
	struct arena *arena;
	const struct verb *verb;
	const char *root;                    /* "/" unless given */
	const char *format_name;             /* NULL: the usual one of the verb */
	const struct format_table *document; /* the kind that the verb is to write */
	const struct format *format;         /* one of its formats; NULL where it has none */
	const char *output;                  /* NULL: standard output */
	struct word_list checks;
	struct word_list operands;
	struct fail_on fail_on;
	struct requirement_list required;
	struct hostdev_options hostdev;
	const char *split; /* folder for a file of XML each; NULL: one document */
	unsigned vfs;      /* how many VFs a plan is to make; 0: none */
	unsigned given;    /* which sets of options were used */
	enum color_mode color;
	bool verbose;
	bool quiet;
	bool identity;
	bool compact;
	struct sandbox sandbox; /* what was given up before the verb runs */
};

/*
 * Parses the command line into options, which refers to arguments and to memory of options->arena;
 * freed with options_free(). Returns true where the verb is to run. Otherwise help or a diagnostic
 * was printed, and *ret_code is what to exit with.
 */
bool options_parse(int count, char **arguments, struct options *options, enum exit_code *ret_code);
void options_free(struct options *options);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_VERB_H
#define PASSCHECK_CLI_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/exit_code.h"
#include "report/format.h"

struct options;

enum { MOST_DOCUMENTS = 2 };

/* What the exit codes of a verb mean, half a line each for its own --help. */
struct verb_exits {
	const char *ready;
	const char *not_ready;    /* NULL: the verb has no such outcome */
	const char *undetermined; /* likewise */
};

/* cli/verbs/NAME.c defines `const struct verb verb_NAME`, and the build finds it. */
struct verb {
	const char *name;
	const char *operands; /* as --help shows them, "" for none */
	const char *summary;  /* half a line for --help */
	const char *examples; /* lines for its own --help; NULL: none */
	struct verb_exits exits;
	uint64_t accepts;    /* the options that it takes, OPTION_BIT() of each */
	uint64_t ignores;    /* those that say nothing to it, and are no mistake */
	bool reads_hosts;    /* its operands may be captured hosts, as --root takes them */
	bool asks_for_name;  /* the host's own, which the document does not show */
	bool asks_for_users; /* of operands: which programs have them open */
	bool asks_for_links; /* of operands: MAC addresses and VLANs of VFs */
	/* The kinds of documents that it writes, of which the format that is asked for picks one;
	 * NULL behind the last. */
	const struct format_table *documents[MOST_DOCUMENTS + 1];
	enum exit_code (*run)(const struct options *options);
};

extern const struct verb *const verb_registry[];
extern const size_t verb_registry_count;

/* Returns the verb of that name, or NULL. */
const struct verb *verb_find(const char *name);

/* Returns the one verb that takes the option of that bit; NULL where several do. */
const struct verb *verb_only_taker(uint64_t option);

/* Returns the name of the verb that a mistyped word may mean, or NULL. */
const char *verb_similar(const char *typed);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_OPTIONS_OPTIONS_H
#define PASSCHECK_CLI_OPTIONS_OPTIONS_H

#include <stdbool.h>

#include "cli/options/word_list.h"
#include "cli/sandbox.h"
#include "cli/verb.h"
#include "guest/hostdev/form.h"
#include "host/base/arena.h"
#include "host/usage/device_users.h"
#include "host/usage/vf_links.h"
#include "plan/step.h"
#include "report/audit/requirements.h"
#include "report/findings/judged.h"
#include "report/format.h"

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What the command line asks for. */
struct options {
	struct arena *arena;
	const struct verb *verb;
	bool names_verb;                     /* the command line does; else it is the usual one */
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
	enum plan_how how; /* which way a plan goes */
	const char *stack; /* who is to run the guest of a plan; NULL: who does on this host */
	uint64_t given;    /* which options were used, OPTION_BIT() of each */
	enum color_mode color;
	bool verbose;
	bool quiet;
	bool identity;
	bool by_group;
	bool compact;
	bool undo;              /* what takes a plan back is asked for */
	bool wake;              /* functions that sleep in D3cold */
	bool log;               /* the host's logs are read, too */
	bool no_host;           /* a log is explained without a host */
	bool exit_zero;         /* not ready and undetermined exit as ready */
	bool help;              /* only the help is asked for */
	bool version;           /* only the version is asked for */
	struct sandbox sandbox; /* what was given up before the verb runs */
	/* Programs that have devices of a live host open; NULL: not searched for. */
	const struct device_users *users;
	const struct vf_links *links; /* likewise: what was asked before the sandbox was entered */
};

#endif

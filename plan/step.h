/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_STEP_H
#define PASSCHECK_PLAN_STEP_H

#include "host/base/lines.h"
#include "model/model.h"

/*
 * What a person would do, in order, so that functions can be given to a guest on this host. What is
 * already so is no step.
 */

enum plan_stage {
	PLAN_FIRMWARE, /* in the firmware setup */
	PLAN_BOOT,     /* takes a reboot */
	PLAN_NOW,      /* on the running host; holds until it reboots */
	PLAN_PERSIST,  /* keeps it so over reboots */
	PLAN_GUEST,    /* gives it to the guest */
	PLAN_STAGE_COUNT,
};

/* Which way a plan goes: one at a time. The names are a contract. */
enum plan_how {
	PLAN_HOW_BOOT,    /* bound now, and at every boot */
	PLAN_HOW_MANAGED, /* by libvirt, when the guest starts: managed='yes' */
	PLAN_HOW_NOW,     /* bound by hand, until the host reboots */
	PLAN_HOW_COUNT,
};

enum plan_command_kind {
	PLAN_RUN,    /* as its text says */
	PLAN_APPEND, /* a line to a file, which may not be there yet */
	PLAN_DROP,   /* that line from the file */
	PLAN_UNBIND, /* a function from its driver */
	PLAN_NO_VFS, /* all VFs from a function, none of which a guest is to have then */
};

/* A command for a shell of root. */
struct plan_command {
	enum plan_command_kind kind;
	const char *text; /* as a person pastes it: one line */
	const char *line; /* of PLAN_APPEND and PLAN_DROP; without single quotes */
	const char *name; /* of PLAN_UNBIND and PLAN_NO_VFS: the function's */
	const char
		*file; /* of those with a line; one that passcheck names is gone once it is empty */
	struct plan_command *next;
};

/* Another way to do the same. */
struct plan_alternative {
	const char *summary; /* "with driverctl, which also keeps it over reboots" */
	struct plan_command *commands;
	struct plan_alternative *next;
};

struct plan_step {
	enum plan_stage stage;
	const char *id;                      /* "bind": a contract */
	const struct pci_function *function; /* NULL: the host */
	const char *summary;                 /* "Bind 0000:03:00.0 to vfio-pci" */
	const char *why;                     /* NULL where the summary says it all */
	struct plan_command *commands;       /* to be run in order; NULL: it is done by hand */
	struct plan_command
		*undo; /* takes back what the commands do; NULL: nothing does or has to */
	/* A condition for a POSIX shell that holds where the step is done; NULL: none. It may call
	 * the helpers of the script, report/plan/script.c. */
	const char *done;
	/* Another: where it holds there is nothing left to do. It need not hold behind the step,
	 * and what takes the step back does not hang on it. NULL: done. */
	const char *needless;
	/* Another: where it holds the step was done, or broken off, so it can be taken back. NULL:
	 * done. */
	const char *begun;
	bool by_hand_first; /* why says what a person does before the commands */
	struct plan_alternative *alternatives;
	bool unread; /* what it changes, no plan finds on the host: its undo is told with it */
	bool removes_obstacle; /* one of those of the plan: it stays in an obstructed one */
};

enum plan_verdict {
	PLAN_COMPLETE,     /* its steps reach the goal */
	PLAN_UNDETERMINED, /* something could not be read that it hangs on */
	PLAN_OBSTRUCTED,   /* something stands in the way that no step removes */
	PLAN_VERDICT_COUNT,
};

/* What a plan is to lead to. What it points to must outlive the plan. */
struct plan_wish {
	const struct pci_function *const *functions; /* by address; none: the host as such */
	size_t count;
	unsigned vfs; /* how many VFs to make of each; 0: they go to a guest themselves */
	enum plan_how how;
	/* Who is to run the guest: "libvirt", or a stack's name (guest/stacks/stack.h); NULL: who
	 * does on this host. */
	const char *stack;
	bool undo; /* what takes a plan for them back instead, as far as it is in place */
};

/* What to know of a function before it goes to a guest. */
struct plan_remark {
	const struct pci_function *function;
	const struct caution *caution;
	bool known; /* false: what it warns of was not read */
	struct plan_remark *next;
};

struct plan {
	struct plan_step *steps; /* by stage */
	size_t count;
	struct text_line *obstacles; /* what no step removes */
	size_t obstacles_together;   /* those that a plan for fewer functions does not have */
	struct text_line *unknowns;  /* what could not be read */
	struct plan_remark *remarks; /* of those asked for, and of those that go along */
	enum plan_verdict verdict;
	enum plan_how how;
	bool undo;         /* the steps take a plan back */
	bool managed_does; /* libvirt is there, and the way PLAN_HOW_MANAGED leads there, too */
};

/* Returns "boot", "managed" or "now". */
const char *plan_how_name(enum plan_how how);

/* Finds a way by its name. Returns whether there is one. */
bool plan_how_find(const char *name, enum plan_how *ret);

/* Returns "firmware", "boot", "now", "persist" or "guest". */
const char *plan_stage_name(enum plan_stage stage);

/* Returns "complete", "undetermined" or "obstructed". */
const char *plan_verdict_name(enum plan_verdict verdict);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_CMDLINE_H
#define PASSCHECK_HOST_BOOT_CMDLINE_H

#include "host/access/root.h"

/* One argument of the kernel command line, quotes stripped, split at its first "=". */
struct cmdline_parameter {
	const char *name;
	const char *value; /* NULL where there is no "=" */
	bool had_quotes;   /* it stood there in other letters than its own */
};

struct cmdline {
	struct fact fact;
	struct cmdline_parameter
		*parameters; /* in order, up to a bare "--", which ends the kernel's */
	size_t count;
	bool has_rest;  /* a bare "--" follows them: words behind it are not the kernel's */
	bool cut_short; /* the newline that the kernel ends it with is missing, and maybe more */
};

/* What is longer is no command line: the kernel's COMMAND_LINE_SIZE is 4 KiB at most. */
enum { LIMIT_CMDLINE = 8 * 1024 };

/* Reads and splits /proc/cmdline. */
void cmdline_load(struct root *root, struct arena *arena, struct cmdline *ret);

/*
 * Splits text as next_arg() of lib/cmdline.c does. The kernel's text is never empty and has no NUL:
 * such a one is malformed. Strings lie in arena.
 */
void cmdline_parse(struct arena *arena, const struct fact_text *text, struct cmdline *ret);

/*
 * Takes the argument at text, behind blanks, apart in place, as next_arg() of lib/cmdline.c does:
 * white space within double quotes does not end it, the first "=" after its first character splits
 * it, and only quotes that wrap the whole of it, or its value, are taken off. Returns the next
 * argument.
 */
char *cmdline_take_argument(char *text, struct cmdline_parameter *ret);

/* Returns whether two names are one to the kernel, to which "-" and "_" are equal (parameqn()). */
bool cmdline_same_name(const char *a, const char *b);

/* Returns how a parameter stands on the command line, "NAME" or "NAME=VALUE", with quotes around a
 * value that has blanks. */
const char *cmdline_spell(struct arena *arena, const struct cmdline_parameter *parameter);

/* Returns whether two parameters have one name and the same value, or neither a value. */
bool cmdline_same_parameter(const struct cmdline_parameter *a, const struct cmdline_parameter *b);

/* Returns whether the command line has the parameter with that value. */
bool cmdline_has_parameter(const struct cmdline *cmdline,
			   const struct cmdline_parameter *parameter);

/* Returns whether no parameter before the one at an index is the same. */
bool cmdline_is_first(const struct cmdline *cmdline, size_t index);

/* Returns whether a word stands on the command line just so: "intel_iommu=on". Memory that it takes
 * is of arena. */
bool cmdline_has_word(struct arena *arena, const struct cmdline *cmdline, const char *word);

/*
 * Returns the last parameter of that name, or NULL. Where earlier ones count too (intel_iommu=,
 * iommu=, pci=), walk parameters with cmdline_same_name().
 */
const struct cmdline_parameter *cmdline_find(const struct cmdline *cmdline, const char *name);

/* Returns whether a list of words with commas between them has the word. */
bool cmdline_list_has(const char *list, const char *word);

/* Returns a list of words with commas between them without those that are word, "" where nothing is
 * left, in memory of arena. */
const char *cmdline_list_without(struct arena *arena, const char *list, const char *word);

#endif

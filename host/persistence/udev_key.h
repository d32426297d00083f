/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_UDEV_KEY_H
#define PASSCHECK_HOST_PERSISTENCE_UDEV_KEY_H

#include "host/access/fact.h"
#include "host/base/arena.h"

/* What a key of a rule of udev(7) does with its value. */
enum udev_operator {
	UDEV_IS,     /* == */
	UDEV_IS_NOT, /* != */
	UDEV_SETS,   /* =, +=, := */
	UDEV_TAKES,  /* -= */
};

/* A key of a rule: ATTR{vendor}=="0x8086". */
struct udev_key {
	struct fact_line name;
	struct fact_line attribute; /* what stands in braces; without text where nothing does */
	enum udev_operator op;
	struct fact_line value; /* between its quotes */
	bool prefixed;          /* it is escaped, or compared whatever its case: e"", i"" */
};

/* Takes the key of a rule at *offset, 0 for the first, and sets *offset behind it: parse_line() of
 * systemd's src/udev/udev-rules.c. Returns false behind the last key, where *offset is the rule's
 * length, and in front of what is no key, of which udev ignores the rule. */
bool udev_key_next(const struct fact_line *rule, size_t *offset, struct udev_key *ret);

/* Returns whether a key has that name. */
bool udev_key_is(const struct udev_key *key, const char *name);

/* Returns whether a text is as a key's value says: a list of patterns as of fnmatch(3) with "|"
 * between them. Memory that it takes is of arena. */
bool udev_value_fits(struct arena *arena, const struct fact_line *value, const char *text);

/* Returns the value of the first key of that name with that operator; without text where the rule
 * has none. */
struct fact_line udev_rule_value(const struct fact_line *rule, const char *name,
				 enum udev_operator op);

/* Returns the name of a key for which udev ignores a rule, as it does not take its operator
 * (KERNEL="eth0" compares nothing: parse_token()); without text where there is none. What is no key
 * at all, or one that is not known, does not count. */
struct fact_line udev_rule_refused_key(const struct fact_line *rule);

/* Returns whether there is such a key. */
bool udev_rule_is_ignored(const struct fact_line *rule);

/* Rules on their way through the lines of a file, of which several may be one rule. */
struct udev_lines {
	const struct fact_text *text;
	size_t offset;
};

/* Takes the next rule of a file: lines that end in a backslash go on in the next one, comments left
 * out, and without what is too long or does not end (udev_rules_parse_file()). *ret_joined tells
 * that it stands on several lines. Memory comes from arena. Returns false behind the last rule. */
bool udev_lines_next(struct udev_lines *lines, struct arena *arena, struct fact_line *ret,
		     bool *ret_joined);

#endif

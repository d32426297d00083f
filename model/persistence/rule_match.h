/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_RULE_MATCH_H
#define PASSCHECK_MODEL_PERSISTENCE_RULE_MATCH_H

#include "host/pci/pci.h"

/* Rules of udev(7) that make VFs, each a line: when they act, and for which function. */

/* What a line says that a setting is for. */
enum match {
	MATCH_NONE,    /* it names nothing */
	MATCH_ANY,     /* a variable, a pattern or a name that may mean any PF */
	MATCH_UNKNOWN, /* it waits for what no boot may have, or asks for what is not read */
	MATCH_OTHER,
	MATCH_PF,
};

/* Upon which events a rule acts. */
enum rule_upon {
	RULE_UPON_ARRIVAL,
	RULE_UPON_CHANGE, /* which no device has to have while the host boots */
	RULE_UPON_REMOVAL,
};

/* Returns upon which events a rule acts: one that does not say it, upon every event. */
enum rule_upon rule_acts_upon(struct arena *arena, const char *rule);

/* Returns whether a rule asks for more than is understood, such as ids, or two names, or for what
 * is not told. */
bool rule_asks_for_more(struct arena *arena, const char *rule);

/* Matches a rule that has patterns, of which any may fit several functions: its other keys then
 * tell which of them it means. */
enum match rule_match(struct arena *arena, const char *rule, const struct pci_function *pf);

#endif

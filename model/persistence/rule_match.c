/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/rule_match.h"

#include <fnmatch.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/sriov/sriov_redact.h"
#include "host/sriov/sriov_token.h"

/* Returns whether a key of a udev rule, 'KERNEL=="', fits a name. Its value is a list of patterns
 * as of fnmatch(3) with "|" between them: udev(7). */
static bool key_fits(struct arena *arena, const char *rule, const char *key, const char *name)
{
	const char *value = strstr(rule, key);

	if (!value)
		return false;
	value += strlen(key);
	while (*value && *value != '"') {
		size_t length = strcspn(value, "|\"");
		if (fnmatch(arena_copy(arena, value, length), name, 0) == 0)
			return true;
		value += length + (value[length] == '|');
	}
	return false;
}

static bool key_fits_function(struct arena *arena, const char *rule, const char *key,
			      const struct pci_function *pf)
{
	if (key_fits(arena, rule, key, pf->name))
		return true;
	for (size_t i = 0; i < pf->netdevs.count; i++) {
		if (key_fits(arena, rule, key, pf->netdevs.names[i]))
			return true;
	}
	return false;
}

/* Keys that tell the function, its interface, or a driver. */
static const char *const name_keys[] = {"KERNEL==\"", "KERNELS==\"", "NAME==\""};
static const char *const driver_keys[] = {"DRIVER==\"", "DRIVERS==\""};

static bool rule_names_function(struct arena *arena, const char *rule,
				const struct pci_function *pf)
{
	for (size_t i = 0; i < ARRAY_LENGTH(name_keys); i++) {
		if (key_fits_function(arena, rule, name_keys[i], pf))
			return true;
	}
	return false;
}

static bool rule_has(const char *rule, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strstr(rule, keys[i]))
			return true;
	}
	return false;
}

static bool rule_names_driver(struct arena *arena, const char *rule, const struct pci_function *pf)
{
	for (size_t i = 0; fact_known(&pf->driver.fact) && i < ARRAY_LENGTH(driver_keys); i++) {
		if (key_fits(arena, rule, driver_keys[i], pf->driver.text))
			return true;
	}
	return false;
}

enum { LONGEST_KEY = 64 };

/* Of KOBJ_ADD and the like: kobject_actions of lib/kobject_uevent.c. The name of an interface moves
 * as udev renames it. */
static const struct {
	const char *name;
	enum rule_upon upon;
} events[] = {
	{"add", RULE_UPON_ARRIVAL},    {"bind", RULE_UPON_ARRIVAL},
	{"move", RULE_UPON_ARRIVAL},   {"change", RULE_UPON_CHANGE},
	{"online", RULE_UPON_CHANGE},  {"remove", RULE_UPON_REMOVAL},
	{"unbind", RULE_UPON_REMOVAL}, {"offline", RULE_UPON_REMOVAL},
};

#define ACTION "ACTION"

enum rule_upon rule_acts_upon(struct arena *arena, const char *rule)
{
	enum rule_upon upon = RULE_UPON_REMOVAL;
	bool is = strstr(rule, ACTION "==\"");

	if (!is && !strstr(rule, ACTION "!=\""))
		return RULE_UPON_ARRIVAL;
	if (is && strstr(rule, ACTION "==\"" SRIOV_REDACTED))
		upon = RULE_UPON_CHANGE;
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
		if (events[i].upon < upon &&
		    key_fits(arena, rule, is ? ACTION "==\"" : ACTION "!=\"", events[i].name) == is)
			upon = events[i].upon;
	}
	return upon;
}

/* Returns whether a key, of which the comparison begins at end, is one that is understood: names
 * and drivers, the event, and that there is a number of VFs. */
static bool is_understood(struct arena *arena, const char *rule, const char *end)
{
	static const char *const keys[] = {"SUBSYSTEM", "SUBSYSTEMS", "KERNEL", "KERNELS",
					   "NAME",      "DRIVER",     "DRIVERS"};
	const char *begin = end, *value = end + strlen("==\"");

	while (begin > rule && end - begin < LONGEST_KEY && !strchr(", \t", begin[-1]))
		begin--;
	const char *key = arena_copy(arena, begin, (size_t)(end - begin));
	value = arena_copy(arena, value, strnlen(value, LONGEST_KEY));
	if (strcmp(key, ACTION) == 0)
		return rule_acts_upon(arena, rule) == RULE_UPON_ARRIVAL;
	if (*end == '!')
		return false;
	if (strstr(key, "sriov_"))
		return begins_with(value, "0\"") || begins_with(value, "*\"") ||
		       begins_with(value, "?*\"");
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

/* Returns how many of the keys by which names are compared a rule has. */
static size_t count_names(const char *rule)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(name_keys); i++) {
		for (const char *at = strstr(rule, name_keys[i]); at;
		     at = strstr(at + 1, name_keys[i]))
			count += at == rule || strchr(", \t", at[-1]);
	}
	return count;
}

bool rule_asks_for_more(struct arena *arena, const char *rule)
{
	for (const char *at = strstr(rule, "=\""); at; at = strstr(at + 1, "=\"")) {
		if (at > rule && strchr("=!", at[-1]) && !is_understood(arena, rule, at - 1))
			return true;
	}
	return count_names(rule) > 1 || !sriov_line_whole(rule);
}

enum match rule_match(struct arena *arena, const char *rule, const struct pci_function *pf)
{
	bool names_one = rule_has(rule, name_keys, ARRAY_LENGTH(name_keys));
	bool names_its_driver = rule_has(rule, driver_keys, ARRAY_LENGTH(driver_keys));

	if (names_one ? !rule_names_function(arena, rule, pf) : !names_its_driver)
		return MATCH_NONE;
	if (names_its_driver && !rule_names_driver(arena, rule, pf))
		return MATCH_OTHER;
	return rule_asks_for_more(arena, rule) ? MATCH_UNKNOWN : MATCH_PF;
}

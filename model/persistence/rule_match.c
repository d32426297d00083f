/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/rule_match.h"

#include <pci/header.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/persistence/udev_key.h"
#include "host/sriov/sriov_token.h"
#include "host/sriov/sriov_word.h"
#include "model/persistence/first_name.h"
#include "model/persistence/rule_key.h"

static struct fact_line line_of(const char *rule)
{
	return (struct fact_line){.text = rule, .length = strlen(rule)};
}

static bool has(const struct fact_line *text, const char *part)
{
	return text->text && memmem(text->text, text->length, part, strlen(part));
}

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
	const struct fact_line line = line_of(rule);
	struct fact_line value = udev_rule_value(&line, ACTION, UDEV_IS);
	enum rule_upon upon = RULE_UPON_REMOVAL;
	bool is = value.text != NULL;

	if (!is)
		value = udev_rule_value(&line, ACTION, UDEV_IS_NOT);
	if (!value.text)
		return RULE_UPON_ARRIVAL;
	if (is && has(&value, SRIOV_REDACTED))
		upon = RULE_UPON_CHANGE;
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
		if (events[i].upon < upon && udev_value_fits(arena, &value, events[i].name) == is)
			upon = events[i].upon;
	}
	return upon;
}

/* Returns what a function lies below, or NULL where that is no function, or not known. */
static const struct pci_function *above_of(const struct pci_function *function)
{
	return function->parent_state == FACT_KNOWN ? function->parent : NULL;
}

/* All keys must fit: those that ask the device itself, or those that ask one above, too. */
static enum boolean answer_keys(struct arena *arena, const struct fact_line *rule,
				const struct rule_device *device, bool of_above)
{
	enum boolean all = BOOLEAN_YES;
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		enum boolean one = rule_key_is_of_above(&key) == of_above
					   ? rule_key_answer(arena, &key, device)
					   : BOOLEAN_YES;
		if (one == BOOLEAN_NO)
			return one;
		all = one == BOOLEAN_UNKNOWN ? one : all;
	}
	return offset < rule->length ? BOOLEAN_UNKNOWN : all;
}

static void take(enum boolean *best, enum boolean one)
{
	if (one == BOOLEAN_YES || *best == BOOLEAN_NO)
		*best = one;
}

static bool asks_above(const struct fact_line *rule)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		if (rule_key_is_of_above(&key))
			return true;
	}
	return false;
}

/* Returns whether the device, its function or what that lies below fits all keys that ask so. */
static enum boolean answer_above(struct arena *arena, const struct fact_line *rule,
				 const struct rule_device *device)
{
	const struct pci_function *it = device->function, *last = it;
	enum boolean best = answer_keys(arena, rule, device, true);
	struct rule_device above = {.kind = RULE_DEVICE_FUNCTION, .named = device->named};

	if (device->kind == RULE_DEVICE_FUNCTION)
		it = above_of(it);
	for (; it; it = above_of(it)) {
		above.function = it;
		above.name = it->name;
		above.named &= it == device->function;
		take(&best, answer_keys(arena, rule, &above, true));
		last = it;
	}
	if (last->parent_state != FACT_ABSENT) {
		take(&best, BOOLEAN_UNKNOWN);
		return best;
	}
	above = (struct rule_device){
		.kind = RULE_DEVICE_ROOT_BUS,
		.name = arena_printf(arena, "pci%04x:%02x", last->address.domain,
				     last->address.bus),
	};
	take(&best, answer_keys(arena, rule, &above, true));
	return best;
}

static enum boolean answer(struct arena *arena, const struct fact_line *rule,
			   const struct rule_device *device)
{
	enum boolean own = answer_keys(arena, rule, device, false);

	if (own == BOOLEAN_NO || !asks_above(rule))
		return own;
	enum boolean above = answer_above(arena, rule, device);
	return above == BOOLEAN_YES ? own : above;
}

static bool tells_device(const struct fact_line *rule)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		if (rule_key_tells(&key))
			return true;
	}
	return false;
}

static bool is_named(const struct fact_line *rule, const struct pci_function *pf)
{
	static const char *const names[] = {"KERNEL", "KERNELS"};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const struct fact_line value = udev_rule_value(rule, names[i], UDEV_IS);
		if (value.text && value.length == strlen(pf->name) &&
		    memcmp(value.text, pf->name, value.length) == 0)
			return true;
	}
	return false;
}

/* Returns whether a rule is for devices of other kinds than functions and interfaces. */
static bool is_for_others(struct arena *arena, const struct fact_line *rule)
{
	const struct fact_line value = udev_rule_value(rule, "SUBSYSTEM", UDEV_IS);

	return value.text && !udev_value_fits(arena, &value, "pci") &&
	       !udev_value_fits(arena, &value, "net");
}

static enum boolean answer_interfaces(struct arena *arena, const struct fact_line *rule,
				      struct rule_device device)
{
	const struct fact_list *netdevs = &device.function->netdevs;
	enum boolean best = BOOLEAN_NO;

	device.kind = RULE_DEVICE_INTERFACE;
	device.name = NULL;
	if (!netdevs->count && pci_base_class(device.function) == PCI_BASE_CLASS_NETWORK)
		return answer(arena, rule, &device);
	for (size_t i = 0; i < netdevs->count; i++) {
		device.name = netdevs->names[i];
		take(&best, answer(arena, rule, &device));
	}
	return best;
}

/* ID_NET_DRIVER is set by 50-udev-default.rules, and before systemd 255 by 80-net-setup-link.rules.
 */
static bool knows_driver(const char *source)
{
	return strcmp(last_part(source), "80-net-setup-link.rules") > 0;
}

enum match rule_match(struct arena *arena, const char *rule, const char *source,
		      const struct pci_function *pf)
{
	const struct fact_line line = line_of(rule);
	struct rule_device device = {.name = pf->name,
				     .function = pf,
				     .named = is_named(&line, pf),
				     .known = knows_driver(source)};
	enum boolean best = answer(arena, &line, &device);

	take(&best, answer_interfaces(arena, &line, device));
	if (is_for_others(arena, &line)) {
		device.kind = RULE_DEVICE_OTHER;
		take(&best, answer(arena, &line, &device));
	}
	if (best == BOOLEAN_NO)
		return MATCH_OTHER;
	if (best == BOOLEAN_UNKNOWN)
		return MATCH_UNKNOWN;
	return tells_device(&line) ? MATCH_PF : MATCH_NONE;
}

const char *rule_refused_key(struct arena *arena, const char *rule)
{
	const struct fact_line line = line_of(rule);
	const struct fact_line name = udev_rule_refused_key(&line);

	return name.text ? arena_copy(arena, name.text, name.length) : NULL;
}

/* What is written, and what runs, whether its output is compared or not. */
static bool has_effect(const struct udev_key *key)
{
	if (udev_key_is(key, "PROGRAM") || udev_key_is(key, "IMPORT"))
		return true;
	return key->op == UDEV_SETS && (udev_key_is(key, "ATTR") || udev_key_is(key, "RUN"));
}

static bool speaks_of_vfs(const struct sriov_place *place, const struct udev_key *key)
{
	return (key->attribute.text && sriov_word_within(place, &key->attribute)) ||
	       sriov_word_within(place, &key->value);
}

enum boolean rule_makes_vfs(const struct sriov_place *place, const char *rule)
{
	const struct fact_line line = line_of(rule);
	enum boolean answer = BOOLEAN_NO;
	struct udev_key key;
	size_t offset = 0;

	if (udev_rule_is_ignored(&line))
		return BOOLEAN_NO;
	while (udev_key_next(&line, &offset, &key)) {
		if (!has_effect(&key))
			continue;
		if (speaks_of_vfs(place, &key))
			return BOOLEAN_YES;
		if (!udev_key_is(&key, "ATTR"))
			answer = BOOLEAN_UNKNOWN;
	}
	return offset < line.length ? BOOLEAN_UNKNOWN : answer;
}

static bool is(const struct fact_line *text, const char *word)
{
	return text->text && text->length == strlen(word) &&
	       memcmp(text->text, word, text->length) == 0;
}

static bool acts_upon(struct arena *arena, const struct fact_line *rule, const char *event)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		if (udev_key_is(&key, ACTION) && !has(&key.value, SRIOV_REDACTED) &&
		    udev_value_fits(arena, &key.value, event) != (key.op == UDEV_IS))
			return false;
	}
	return true;
}

bool rule_is_before_driver(struct arena *arena, const char *rule)
{
	const struct fact_line line = line_of(rule);
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(&line, &offset, &key)) {
		if (key.op == UDEV_SETS && udev_key_is(&key, "ATTR") &&
		    is(&key.attribute, "sriov_numvfs"))
			return !acts_upon(arena, &line, "bind");
	}
	return false;
}

static bool fits_first_name(struct arena *arena, const struct fact_line *value)
{
	size_t count;
	const char *const *names = first_names(&count);

	for (size_t i = 0; i < count; i++) {
		if (udev_value_fits(arena, value, names[i]))
			return true;
	}
	return false;
}

/* Returns whether a key asks for a name of an interface that udev gave it. */
static bool asks_given_name(struct arena *arena, const struct udev_key *key,
			    const struct pci_function *pf)
{
	if (key->op != UDEV_IS || (!udev_key_is(key, "KERNEL") && !udev_key_is(key, "KERNELS")) ||
	    fits_first_name(arena, &key->value))
		return false;
	for (size_t i = 0; i < pf->netdevs.count; i++) {
		if (!first_name_is(pf->netdevs.names[i]) &&
		    udev_value_fits(arena, &key->value, pf->netdevs.names[i]))
			return true;
	}
	return false;
}

bool rule_is_before_name(struct arena *arena, const char *rule, const struct pci_function *pf)
{
	const struct fact_line line = line_of(rule);
	struct udev_key key;
	size_t offset = 0;

	if (acts_upon(arena, &line, "move"))
		return false;
	while (udev_key_next(&line, &offset, &key)) {
		if (asks_given_name(arena, &key, pf))
			return true;
	}
	return false;
}

const char *rule_effect(struct arena *arena, const char *rule)
{
	const struct fact_line line = line_of(rule);
	struct buffer effect = {.arena = arena, .separator = " "};
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(&line, &offset, &key)) {
		if (!has_effect(&key))
			continue;
		buffer_item(&effect, "%.*s %.*s", (int)key.attribute.length,
			    key.attribute.length ? key.attribute.text : "", (int)key.value.length,
			    key.value.text);
	}
	return buffer_text(&effect);
}

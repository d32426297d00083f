/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/rule_match.h"

#include <inttypes.h>
#include <pci/header.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/access/buffer.h"
#include "host/persistence/udev_key.h"
#include "host/sriov/sriov_token.h"
#include "host/sriov/sriov_word.h"
#include "model/persistence/first_name.h"
#include "model/persistence/named_place.h"

enum { LONGEST_VALUE = 512 }; /* that is compared */

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

/* Whose events a rule may wait for, and what these lie below. */
enum kind {
	KIND_FUNCTION,
	KIND_INTERFACE, /* of the function */
	KIND_OTHER,     /* what else lies below it: an RDMA device, a clock */
	KIND_ROOT_BUS,  /* which all functions of it lie below: no rule waits for it */
};

struct device {
	enum kind kind;
	const char *name; /* NULL: not known */
	const struct pci_function *function;
	bool named; /* the rule has the function's very address */
};

static enum boolean boolean_of(bool value)
{
	return value ? BOOLEAN_YES : BOOLEAN_NO;
}

/* An interface that is not there now may get that name, unless the name tells another place. */
static enum boolean fits_some_name(struct arena *arena, const struct fact_line *value,
				   const struct pci_function *function)
{
	struct pci_address place;

	if (sriov_token_is_address(value))
		return BOOLEAN_NO;
	if (named_place_parse(arena_copy(arena, value->text, value->length), &place) &&
	    pci_address_compare(&place, &function->address) != 0)
		return BOOLEAN_NO;
	return BOOLEAN_UNKNOWN;
}

static enum boolean fits_name(struct arena *arena, const struct fact_line *value,
			      const struct device *device)
{
	size_t count;
	const char *const *others = first_names(&count);

	if (device->kind == KIND_OTHER)
		return sriov_token_is_address(value) ? BOOLEAN_NO : BOOLEAN_UNKNOWN;
	if (!device->name)
		return fits_some_name(arena, value, device->function);
	if (udev_value_fits(arena, value, device->name))
		return BOOLEAN_YES;
	for (size_t i = 0;
	     device->kind == KIND_INTERFACE && !first_name_is(device->name) && i < count; i++) {
		if (udev_value_fits(arena, value, others[i]))
			return BOOLEAN_UNKNOWN;
	}
	return BOOLEAN_NO;
}

/* Returns what a function lies below, or NULL where that is no function, or not known. */
static const struct pci_function *above_of(const struct pci_function *function)
{
	return function->parent_state == FACT_KNOWN ? function->parent : NULL;
}

/* A driver that the function does not have now, it may have after a boot. */
static enum boolean fits_own_driver(struct arena *arena, const struct fact_line *value,
				    const struct device *device)
{
	const struct fact_text *driver = &device->function->driver;

	if (fact_known(&driver->fact) && udev_value_fits(arena, value, driver->text))
		return BOOLEAN_YES;
	if (udev_value_fits(arena, value, "--")) /* by "?*", as no name does */
		return BOOLEAN_YES;
	return device->named || !fact_known(&driver->fact) ? BOOLEAN_UNKNOWN : BOOLEAN_NO;
}

/* Devices of other kinds have none. */
static enum boolean fits_driver(struct arena *arena, const struct fact_line *value,
				const struct device *device)
{
	if (device->kind != KIND_FUNCTION)
		return boolean_of(udev_value_fits(arena, value, ""));
	return fits_own_driver(arena, value, device);
}

static enum boolean fits_subsystem(struct arena *arena, const struct fact_line *value,
				   const struct device *device)
{
	switch (device->kind) {
	case KIND_FUNCTION:
		return boolean_of(udev_value_fits(arena, value, "pci"));
	case KIND_INTERFACE:
		return boolean_of(udev_value_fits(arena, value, "net"));
	case KIND_ROOT_BUS:
		return boolean_of(udev_value_fits(arena, value, ""));
	case KIND_OTHER:
		return BOOLEAN_UNKNOWN;
	}
	return BOOLEAN_UNKNOWN;
}

/* What an earlier rule has named the interface, which nothing has while no rule did:
 * udev_rule_apply_token_to_event(), TK_M_NAME. */
static enum boolean fits_given_name(struct arena *arena, const struct fact_line *value,
				    const struct device *device)
{
	return udev_value_fits(arena, value, "") || fits_name(arena, value, device) != BOOLEAN_NO
		       ? BOOLEAN_UNKNOWN
		       : BOOLEAN_NO;
}

/* What is compared with a value, and how. */
static const struct {
	const char *name;
	const char *above; /* compares the same of the device, or of one that it lies below */
	enum boolean (*fits)(struct arena *arena, const struct fact_line *value,
			     const struct device *device);
	bool tells; /* one device from others */
} keys[] = {
	{"KERNEL", "KERNELS", fits_name, true},
	{"NAME", NULL, fits_given_name, true},
	{"DRIVER", "DRIVERS", fits_driver, true},
	{"SUBSYSTEM", "SUBSYSTEMS", fits_subsystem, false},
};

static bool is_of_row(const struct udev_key *key, size_t row)
{
	return udev_key_is(key, keys[row].name) ||
	       (keys[row].above && udev_key_is(key, keys[row].above));
}

/* Returns whether a key asks the device, or one above it: of all such keys of a rule the same one
 * must answer (udev_rule_apply_parent_token_to_event()). */
static bool is_of_above(const struct udev_key *key)
{
	static const char *const names[] = {"KERNELS", "DRIVERS", "SUBSYSTEMS", "ATTRS", "TAGS"};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (udev_key_is(key, names[i]))
			return true;
	}
	return false;
}

/* Attributes of PFs: as many VFs as the driver allows, and none yet. */
static enum boolean answer_sriov_attribute(struct arena *arena, const struct udev_key *key)
{
	bool is = key->op == UDEV_IS;

	if (is &&
	    (udev_value_fits(arena, &key->value, "*") || udev_value_fits(arena, &key->value, "?*")))
		return BOOLEAN_YES;
	if (has(&key->attribute, "sriov_numvfs"))
		return udev_value_fits(arena, &key->value, "0") == is ? BOOLEAN_YES
								      : BOOLEAN_UNKNOWN;
	return !is && udev_value_fits(arena, &key->value, "0") ? BOOLEAN_YES : BOOLEAN_UNKNOWN;
}

static enum boolean answer_id(struct arena *arena, const struct udev_key *key,
			      const struct fact_number *id)
{
	const char *text = arena_printf(arena, "0x%04" PRIx64, id->value);

	if (!fact_known(&id->fact))
		return BOOLEAN_UNKNOWN;
	return boolean_of(udev_value_fits(arena, &key->value, text) == (key->op == UDEV_IS));
}

static bool is(const struct fact_line *text, const char *word)
{
	return text->text && text->length == strlen(word) &&
	       memcmp(text->text, word, text->length) == 0;
}

/* Returns whether an attribute is one of what "device" leads to, which is then taken off. */
static bool take_device(struct fact_line *attribute)
{
	static const char device[] = "device/";
	size_t size = strlen(device);

	if (!attribute->text || attribute->length <= size ||
	    memcmp(attribute->text, device, size) != 0)
		return false;
	attribute->text += size;
	attribute->length -= size;
	return true;
}

/* An interface has the attributes of its function below "device". A device without the attribute
 * fits nothing, whatever the operator: token_match_attr(). */
static enum boolean answer_attribute(struct arena *arena, const struct udev_key *key,
				     const struct device *device)
{
	const struct pci_function *function = device->function;
	struct fact_line attribute = key->attribute;
	bool of_device = take_device(&attribute);
	bool vendor = is(&attribute, "vendor"), sriov = has(&attribute, "sriov_");

	if (device->kind == KIND_OTHER || has(&attribute, "[") || has(&attribute, "/") ||
	    (!vendor && !sriov && !is(&attribute, "device")))
		return BOOLEAN_UNKNOWN;
	if (device->kind == KIND_ROOT_BUS || of_device != (device->kind == KIND_INTERFACE) ||
	    (sriov && fact_absent(&function->sriov.totalvfs.fact)))
		return BOOLEAN_NO;
	return sriov ? answer_sriov_attribute(arena, key)
		     : answer_id(arena, key, vendor ? &function->vendor : &function->device);
}

/* Returns whether an attribute that a rule writes is one of such a device: others have none of that
 * name, and udev writes nothing. All paths are below the device, but for those in brackets. */
static enum boolean answer_written(const struct udev_key *key, const struct device *device)
{
	if (!udev_key_is(key, "ATTR") || !has(&key->attribute, "sriov_numvfs") ||
	    has(&key->attribute, "["))
		return BOOLEAN_YES;
	if (has(&key->attribute, SRIOV_REDACTED) || has(&key->attribute, "*"))
		return BOOLEAN_UNKNOWN;
	if (has(&key->attribute, "/sys/"))
		return BOOLEAN_NO;
	bool is_of_function = !has(&key->attribute, "/");
	return boolean_of(is_of_function == (device->kind == KIND_FUNCTION));
}

static enum boolean inverted(enum boolean answer)
{
	return answer == BOOLEAN_UNKNOWN ? answer : boolean_of(answer == BOOLEAN_NO);
}

/* Events of devices as they arrive: an interface moves as it is renamed, and only what has a bus is
 * bound (driver_bound() of drivers/base/dd.c). */
static enum boolean answer_action(struct arena *arena, const struct udev_key *key,
				  const struct device *device)
{
	static const char *const actions[] = {"add", "change", "online", NULL};
	const char *const *action = actions;
	bool is = key->op == UDEV_IS;

	if (has(&key->value, SRIOV_REDACTED) ||
	    udev_value_fits(arena, &key->value, device->kind == KIND_INTERFACE ? "move" : "bind") ==
		    is)
		return BOOLEAN_YES;
	while (*action && udev_value_fits(arena, &key->value, *action) != is)
		action++;
	return boolean_of(*action);
}

static enum boolean answer_key(struct arena *arena, const struct udev_key *key,
			       const struct device *device)
{
	/* Captures of passcheck before 1.1 have it also where "!" stood behind it. */
	if (key->op == UDEV_SETS)
		return udev_key_is(key, SRIOV_REDACTED) ? BOOLEAN_UNKNOWN
							: answer_written(key, device);
	if (udev_key_is(key, ACTION))
		return answer_action(arena, key, device);
	if (key->prefixed || has(&key->value, SRIOV_REDACTED) || key->value.length > LONGEST_VALUE)
		return BOOLEAN_UNKNOWN;
	if (udev_key_is(key, "ATTR") || udev_key_is(key, "ATTRS"))
		return answer_attribute(arena, key, device);
	if (udev_key_is(key, "TEST"))
		return key->op == UDEV_IS && has(&key->value, "sriov_") ? BOOLEAN_YES
									: BOOLEAN_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (!is_of_row(key, i))
			continue;
		enum boolean answer = keys[i].fits(arena, &key->value, device);
		return key->op == UDEV_IS ? answer : inverted(answer);
	}
	return BOOLEAN_UNKNOWN;
}

/* All keys must fit: those that ask the device itself, or those that ask one above, too. */
static enum boolean answer_keys(struct arena *arena, const struct fact_line *rule,
				const struct device *device, bool of_above)
{
	enum boolean all = BOOLEAN_YES;
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		enum boolean one = is_of_above(&key) == of_above ? answer_key(arena, &key, device)
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
		if (is_of_above(&key))
			return true;
	}
	return false;
}

/* Returns whether the device, its function or what that lies below fits all keys that ask so. */
static enum boolean answer_above(struct arena *arena, const struct fact_line *rule,
				 const struct device *device)
{
	const struct pci_function *it = device->function, *last = it;
	enum boolean best = answer_keys(arena, rule, device, true);
	struct device above = {.kind = KIND_FUNCTION, .named = device->named};

	if (device->kind == KIND_FUNCTION)
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
	above = (struct device){
		.kind = KIND_ROOT_BUS,
		.name = arena_printf(arena, "pci%04x:%02x", last->address.domain,
				     last->address.bus),
	};
	take(&best, answer_keys(arena, rule, &above, true));
	return best;
}

static enum boolean answer(struct arena *arena, const struct fact_line *rule,
			   const struct device *device)
{
	enum boolean own = answer_keys(arena, rule, device, false);

	if (own == BOOLEAN_NO || !asks_above(rule))
		return own;
	enum boolean above = answer_above(arena, rule, device);
	return above == BOOLEAN_YES ? own : above;
}

/* ATTR{vendor} and ATTR{device} do, and what is written does not. */
static bool tells_device(const struct fact_line *rule)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		bool tells = key.attribute.text && !has(&key.attribute, "sriov_") &&
			     (udev_key_is(&key, "ATTR") || udev_key_is(&key, "ATTRS"));
		for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
			tells |= keys[i].tells && is_of_row(&key, i);
		if (key.op == UDEV_IS && tells)
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
				      struct device device)
{
	const struct fact_list *netdevs = &device.function->netdevs;
	enum boolean best = BOOLEAN_NO;

	device.kind = KIND_INTERFACE;
	device.name = NULL;
	if (!netdevs->count && pci_base_class(device.function) == PCI_BASE_CLASS_NETWORK)
		return answer(arena, rule, &device);
	for (size_t i = 0; i < netdevs->count; i++) {
		device.name = netdevs->names[i];
		take(&best, answer(arena, rule, &device));
	}
	return best;
}

enum match rule_match(struct arena *arena, const char *rule, const struct pci_function *pf)
{
	const struct fact_line line = line_of(rule);
	struct device device = {.name = pf->name, .function = pf, .named = is_named(&line, pf)};
	enum boolean best = answer(arena, &line, &device);

	take(&best, answer_interfaces(arena, &line, device));
	if (is_for_others(arena, &line)) {
		device.kind = KIND_OTHER;
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

static bool acts_upon_bind(struct arena *arena, const struct fact_line *rule)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		if (udev_key_is(&key, ACTION) && !has(&key.value, SRIOV_REDACTED) &&
		    udev_value_fits(arena, &key.value, "bind") != (key.op == UDEV_IS))
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
			return !acts_upon_bind(arena, &line);
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

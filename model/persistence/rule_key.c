/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/rule_key.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/array.h"
#include "host/sriov/sriov_token.h"
#include "model/persistence/first_name.h"
#include "model/persistence/named_place.h"

enum { LONGEST_VALUE = 512 }; /* that is compared */

static bool has(const struct fact_line *text, const char *part)
{
	return text->text && memmem(text->text, text->length, part, strlen(part));
}

static bool is(const struct fact_line *text, const char *word)
{
	return text->text && text->length == strlen(word) &&
	       memcmp(text->text, word, text->length) == 0;
}

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
			      const struct rule_device *device)
{
	size_t count;
	const char *const *others = first_names(&count);

	if (device->kind == RULE_DEVICE_OTHER)
		return sriov_token_is_address(value) ? BOOLEAN_NO : BOOLEAN_UNKNOWN;
	if (!device->name)
		return fits_some_name(arena, value, device->function);
	if (udev_value_fits(arena, value, device->name))
		return BOOLEAN_YES;
	for (size_t i = 0;
	     device->kind == RULE_DEVICE_INTERFACE && !first_name_is(device->name) && i < count;
	     i++) {
		if (udev_value_fits(arena, value, others[i]))
			return BOOLEAN_UNKNOWN;
	}
	return BOOLEAN_NO;
}

/* A driver that the function does not have now, it may have after a boot. */
static enum boolean fits_own_driver(struct arena *arena, const struct fact_line *value,
				    const struct rule_device *device)
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
				const struct rule_device *device)
{
	if (device->kind != RULE_DEVICE_FUNCTION)
		return boolean_of(udev_value_fits(arena, value, ""));
	return fits_own_driver(arena, value, device);
}

static enum boolean fits_subsystem(struct arena *arena, const struct fact_line *value,
				   const struct rule_device *device)
{
	switch (device->kind) {
	case RULE_DEVICE_FUNCTION:
		return boolean_of(udev_value_fits(arena, value, "pci"));
	case RULE_DEVICE_INTERFACE:
		return boolean_of(udev_value_fits(arena, value, "net"));
	case RULE_DEVICE_ROOT_BUS:
		return boolean_of(udev_value_fits(arena, value, ""));
	case RULE_DEVICE_OTHER:
		return BOOLEAN_UNKNOWN;
	}
	return BOOLEAN_UNKNOWN;
}

/* What an earlier rule has named the interface, which nothing has while no rule did:
 * udev_rule_apply_token_to_event(), TK_M_NAME. */
static enum boolean fits_given_name(struct arena *arena, const struct fact_line *value,
				    const struct rule_device *device)
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
			     const struct rule_device *device);
	bool tells; /* one device from others */
} keys[] = {
	{"KERNEL", "KERNELS", fits_name, true},
	{"NAME", NULL, fits_given_name, true},
	{"DRIVER", "DRIVERS", fits_driver, true},
	{"SUBSYSTEM", "SUBSYSTEMS", fits_subsystem, false},
};

static bool asks_driver(const struct udev_key *key)
{
	return udev_key_is(key, "ENV") && is(&key->attribute, "ID_NET_DRIVER");
}

/* The name that ethtool(8) shows: mlx4_en makes the interfaces of mlx4_core. Devices of other kinds
 * have no such property. */
static enum boolean fits_property(struct arena *arena, const struct fact_line *value,
				  const struct rule_device *device)
{
	const struct pci_function *function = device->function;

	if (device->kind != RULE_DEVICE_INTERFACE)
		return device->kind == RULE_DEVICE_OTHER
			       ? BOOLEAN_UNKNOWN
			       : boolean_of(udev_value_fits(arena, value, ""));
	if (!fact_known(&function->driver.fact) || !device->known)
		return BOOLEAN_UNKNOWN;
	return boolean_of(udev_value_fits(
		arena, value,
		pci_is_on_driver(function, "mlx4_core") ? "mlx4_en" : function->driver.text));
}

static bool is_of_row(const struct udev_key *key, size_t row)
{
	return udev_key_is(key, keys[row].name) ||
	       (keys[row].above && udev_key_is(key, keys[row].above));
}

bool rule_key_is_of_above(const struct udev_key *key)
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
				     const struct rule_device *device)
{
	const struct pci_function *function = device->function;
	struct fact_line attribute = key->attribute;
	bool of_device = take_device(&attribute);
	bool vendor = is(&attribute, "vendor"), sriov = has(&attribute, "sriov_");

	if (device->kind == RULE_DEVICE_OTHER || has(&attribute, "[") || has(&attribute, "/") ||
	    (!vendor && !sriov && !is(&attribute, "device")))
		return BOOLEAN_UNKNOWN;
	if (device->kind == RULE_DEVICE_ROOT_BUS ||
	    of_device != (device->kind == RULE_DEVICE_INTERFACE) ||
	    (sriov && fact_absent(&function->sriov.totalvfs.fact)))
		return BOOLEAN_NO;
	return sriov ? answer_sriov_attribute(arena, key)
		     : answer_id(arena, key, vendor ? &function->vendor : &function->device);
}

/* Returns whether an attribute that a rule writes is one of such a device: others have none of that
 * name, and udev writes nothing. All paths are below the device, but for those in brackets. */
static enum boolean answer_written(const struct udev_key *key, const struct rule_device *device)
{
	if (!udev_key_is(key, "ATTR") || !has(&key->attribute, "sriov_numvfs") ||
	    has(&key->attribute, "["))
		return BOOLEAN_YES;
	if (has(&key->attribute, SRIOV_REDACTED) || has(&key->attribute, "*"))
		return BOOLEAN_UNKNOWN;
	if (has(&key->attribute, "/sys/"))
		return BOOLEAN_NO;
	bool is_of_function = !has(&key->attribute, "/");
	return boolean_of(is_of_function == (device->kind == RULE_DEVICE_FUNCTION));
}

static enum boolean inverted(enum boolean answer)
{
	return answer == BOOLEAN_UNKNOWN ? answer : boolean_of(answer == BOOLEAN_NO);
}

/* Events of devices as they arrive: an interface moves as it is renamed, and only what has a bus is
 * bound (driver_bound() of drivers/base/dd.c). */
static enum boolean answer_action(struct arena *arena, const struct udev_key *key,
				  const struct rule_device *device)
{
	static const char *const actions[] = {"add", "change", "online", NULL};
	const char *const *action = actions;
	bool is = key->op == UDEV_IS;

	if (has(&key->value, SRIOV_REDACTED) ||
	    udev_value_fits(arena, &key->value,
			    device->kind == RULE_DEVICE_INTERFACE ? "move" : "bind") == is)
		return BOOLEAN_YES;
	while (*action && udev_value_fits(arena, &key->value, *action) != is)
		action++;
	return boolean_of(*action);
}

enum boolean rule_key_answer(struct arena *arena, const struct udev_key *key,
			     const struct rule_device *device)
{
	/* Captures of passcheck before 1.1 have it also where "!" stood behind it. */
	if (key->op == UDEV_SETS)
		return udev_key_is(key, SRIOV_REDACTED) ? BOOLEAN_UNKNOWN
							: answer_written(key, device);
	if (udev_key_is(key, "ACTION"))
		return answer_action(arena, key, device);
	if (key->prefixed || has(&key->value, SRIOV_REDACTED) || key->value.length > LONGEST_VALUE)
		return BOOLEAN_UNKNOWN;
	if (udev_key_is(key, "ATTR") || udev_key_is(key, "ATTRS"))
		return answer_attribute(arena, key, device);
	if (udev_key_is(key, "TEST"))
		return key->op == UDEV_IS && has(&key->value, "sriov_") ? BOOLEAN_YES
									: BOOLEAN_UNKNOWN;
	enum boolean answer = BOOLEAN_UNKNOWN;
	if (asks_driver(key))
		answer = fits_property(arena, &key->value, device);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (is_of_row(key, i))
			answer = keys[i].fits(arena, &key->value, device);
	}
	return key->op == UDEV_IS ? answer : inverted(answer);
}

/* ATTR{vendor} and ATTR{device} do, and what is written does not. */
bool rule_key_tells(const struct udev_key *key)
{
	bool tells = key->attribute.text && !has(&key->attribute, "sriov_") &&
		     (udev_key_is(key, "ATTR") || udev_key_is(key, "ATTRS"));

	tells |= asks_driver(key);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		tells |= keys[i].tells && is_of_row(key, i);
	return key->op == UDEV_IS && tells;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "host/persistence/udev_key.h"
#include "host/sriov/sriov_token.h"
#include "model/assign/vfio_driver.h"
#include "model/moved_address.h"
#include "model/persistence/rule_match.h"
#include "plan/boot/ids.h"
#include "plan/builder.h"

const char *plan_rule_address(struct plan_builder *builder, const struct pci_function *function)
{
	return arena_printf(builder->arena, "KERNEL==\"%s\"", function->name);
}

/* Of a file of sysfs that holds an id. */
static const char *id_match(struct arena *arena, const char *file, int64_t id)
{
	return arena_printf(arena, "ATTR{%s}==\"0x%04" PRIx64 "\"", file, id);
}

static struct fact_line line_of(const struct module_list_line *rule)
{
	return (struct fact_line){.text = rule->text, .length = strlen(rule->text)};
}

static bool is_named(const struct fact_line *text, const char *name)
{
	return text->length == strlen(name) && memcmp(text->text, name, text->length) == 0;
}

/* A key of a rule that compares what one device is, or one of those that it lies below. */
enum compared { COMPARED_NOTHING, COMPARED_NAME, COMPARED_VENDOR, COMPARED_DEVICE };

static enum compared compared_by(const struct udev_key *key, bool of_above)
{
	if (key->op == UDEV_SETS)
		return COMPARED_NOTHING;
	if (udev_key_is(key, of_above ? "KERNELS" : "KERNEL"))
		return COMPARED_NAME;
	if (!udev_key_is(key, of_above ? "ATTRS" : "ATTR"))
		return COMPARED_NOTHING;
	if (is_named(&key->attribute, "vendor"))
		return COMPARED_VENDOR;
	return is_named(&key->attribute, "device") ? COMPARED_DEVICE : COMPARED_NOTHING;
}

/* Returns whether a key lets a function pass; an id that was not read passes. */
static bool passes(struct arena *arena, const struct udev_key *key, enum compared compared,
		   const struct pci_function *function)
{
	const struct fact_number *id =
		compared == COMPARED_VENDOR ? &function->vendor : &function->device;
	const char *text = function->name;

	if (compared != COMPARED_NAME) {
		if (!fact_known(&id->fact))
			return true;
		text = arena_printf(arena, "0x%04" PRIx64, id->value);
	}
	return udev_value_fits(arena, &key->value, text) == (key->op == UDEV_IS);
}

static bool fits(struct arena *arena, const struct fact_line *rule,
		 const struct pci_function *function, bool of_above)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		enum compared compared = compared_by(&key, of_above);
		if (compared && !passes(arena, &key, compared, function))
			return false;
	}
	return offset == rule->length;
}

/* Returns whether a rule tells the function from others: by its name, or by ids. */
static bool tells(const struct fact_line *rule, const struct pci_function *function)
{
	bool told[COMPARED_DEVICE + 1] = {false};
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		if (key.op == UDEV_IS) {
			told[compared_by(&key, false)] = true;
			told[compared_by(&key, true)] = true;
		}
	}
	return told[COMPARED_NAME] ||
	       (pci_knows_ids(function) && told[COMPARED_VENDOR] && told[COMPARED_DEVICE]);
}

/* A rule is for a function that passes all keys; what else they compare is not looked at. */
static bool is_for(struct plan_builder *builder, const struct module_list_line *rule,
		   const struct pci_function *function)
{
	const struct fact_line line = line_of(rule);

	return !moved_address_find(builder->host, rule->text, NULL) &&
	       !udev_rule_is_ignored(&line) &&
	       rule_acts_upon(builder->arena, rule->text) == RULE_UPON_ARRIVAL &&
	       tells(&line, function) && fits(builder->arena, &line, function, false) &&
	       fits(builder->arena, &line, function, true);
}

const char *plan_rule_ids(struct plan_builder *builder, const struct pci_function *function)
{
	if (!pci_knows_ids(function))
		return "";
	return arena_printf(builder->arena, "%s, %s, ",
			    id_match(builder->arena, "vendor", function->vendor.value),
			    id_match(builder->arena, "device", function->device.value));
}

/* Of several the last counts. */
const char *plan_rule_driver(struct plan_builder *builder, const struct module_list_line *rule)
{
	const struct fact_line line = line_of(rule);
	const char *driver = "";
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(&line, &offset, &key)) {
		if (key.op == UDEV_SETS && udev_key_is(&key, "ATTR") &&
		    is_named(&key.attribute, "driver_override"))
			driver = arena_copy(builder->arena, key.value.text, key.value.length);
	}
	return driver;
}

static const char *known_ids(const struct plan_builder *builder,
			     const struct pci_function *function)
{
	return pci_knows_ids(function) ? plan_ids_of(builder->arena, function) : NULL;
}

const struct module_list_line *plan_rule_of(struct plan_builder *builder,
					    const struct pci_function *function)
{
	const struct module_lists *lists = &builder->host->module_lists;
	const char *ids = known_ids(builder, function);
	const struct module_list_line *found = NULL, *rule = NULL;

	while ((rule = module_lists_next_rule(lists, rule, function->name, ids))) {
		if (is_for(builder, rule, function) && *plan_rule_driver(builder, rule))
			found = rule;
	}
	return found;
}

/* Returns whether a rule names the function's address. */
static bool names(struct arena *arena, const struct module_list_line *rule,
		  const struct pci_function *function)
{
	const struct fact_line line = line_of(rule);
	struct fact_line value = udev_rule_value(&line, "KERNEL", UDEV_IS);

	if (!value.text)
		value = udev_rule_value(&line, "KERNELS", UDEV_IS);
	return value.text && udev_value_fits(arena, &value, function->name);
}

const struct module_list_line *plan_next_rule(struct plan_builder *builder,
					      const struct module_list_line *after,
					      const struct pci_function *function)
{
	const struct module_list_line *rule = after;

	do {
		rule = module_lists_next_rule(&builder->host->module_lists, rule, function->name,
					      NULL);
	} while (rule && !names(builder->arena, rule, function));
	return rule;
}

/* Returns whether a driver of that name is one of VFIO by which the function works in a guest. */
static bool serves(const struct plan_builder *builder, const struct pci_function *function,
		   const char *driver)
{
	if (!driver_name_is_vfio(driver))
		return false;
	return !vfio_driver_required(&builder->host->modules, function) ||
	       strcmp(driver, plan_vfio_driver(builder, function)) == 0;
}

bool plan_rule_gives(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_list_line *rule = plan_rule_of(builder, function);
	bool denied = plan_leaving(builder, function) == LEAVING_DENIED;

	if (!rule)
		return false;
	const char *driver = plan_rule_driver(builder, rule);
	return denied ? strcmp(driver, "none") == 0 : serves(builder, function, driver);
}

/* Returns whether a rule runs programs. */
static bool runs(const struct module_list_line *rule)
{
	return strstr(rule->text, "RUN") || strstr(rule->text, "PROGRAM") ||
	       strstr(rule->text, "IMPORT");
}

/* Two rules for one function are at odds: the last of them would count. One that stands on several
 * lines, that is for others, too, or that runs programs is left to a person. */
bool plan_rule_can_be_replaced(const struct module_list_line *rule)
{
	const struct fact_line line = line_of(rule);
	const struct fact_line name = udev_rule_value(&line, "KERNEL", UDEV_IS);

	return name.text && sriov_token_is_address(&name) && !rule->joined && !runs(rule) &&
	       shell_takes(rule->text) && shell_takes_path(rule->source);
}

static const struct module_list_line *find_override(const struct plan_builder *builder,
						    const struct pci_function *function)
{
	return module_lists_override(&builder->host->module_lists, function->name,
				     known_ids(builder, function));
}

/* Returns whether the driver is what the plan wants for the function: one of VFIO, as one may be
 * that has it now (nvidia, of vGPUs), or none where VFIO refuses it. */
static bool is_wanted(const struct plan_builder *builder, const struct pci_function *function,
		      const char *driver)
{
	return serves(builder, function, driver) ||
	       (driver_is_vfio(function) && pci_is_on_driver(function, driver)) ||
	       (plan_leaving(builder, function) == LEAVING_DENIED && strcmp(driver, "none") == 0);
}

const struct module_list_line *plan_override_of(const struct plan_builder *builder,
						const struct pci_function *function)
{
	const struct module_list_line *override = find_override(builder, function);

	return override && is_wanted(builder, function, override->driver) ? override : NULL;
}

const struct module_list_line *plan_override_at_odds(const struct plan_builder *builder,
						     const struct pci_function *function)
{
	const struct module_list_line *override = find_override(builder, function);

	return override && !is_wanted(builder, function, override->driver) ? override : NULL;
}

const struct module_list_line *plan_next_override(const struct plan_builder *builder,
						  const struct module_list_line *after,
						  const struct pci_function *function)
{
	const struct module_lists *lists = &builder->host->module_lists;
	const char *ids = known_ids(builder, function);
	const struct module_list_line *it =
		after ? module_lists_next_override(lists, after, function->name, ids)
		      : find_override(builder, function);

	while (it && !is_wanted(builder, function, it->driver))
		it = module_lists_next_override(lists, it, function->name, ids);
	return it;
}

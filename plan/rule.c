/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "host/access/affix.h"
#include "model/assign/vfio_driver.h"
#include "model/moved_address.h"
#include "plan/boot/ids.h"
#include "plan/builder.h"

static const char assignment[] = "ATTR{driver_override}=\"";

const char *plan_rule_address(struct plan_builder *builder, const struct pci_function *function)
{
	return arena_printf(builder->arena, "KERNEL==\"%s\"", function->name);
}

/* Of a file of sysfs that holds an id. */
static const char *id_match(struct arena *arena, const char *file, int64_t id)
{
	return arena_printf(arena, "ATTR{%s}==\"0x%04" PRIx64 "\"", file, id);
}

/* A rule is for a function that it has the address of, or the ids and no address. */
static bool is_for(struct plan_builder *builder, const struct module_list_line *rule,
		   const struct pci_function *function)
{
	struct arena *arena = builder->arena;

	if (moved_address_find(builder->host, rule->text, NULL))
		return false;
	if (strstr(rule->text, "KERNEL==\""))
		return strstr(rule->text, plan_rule_address(builder, function));
	return pci_knows_ids(function) &&
	       strstr(rule->text, id_match(arena, "vendor", function->vendor.value)) &&
	       strstr(rule->text, id_match(arena, "device", function->device.value));
}

const char *plan_rule_ids(struct plan_builder *builder, const struct pci_function *function)
{
	if (!pci_knows_ids(function))
		return "";
	return arena_printf(builder->arena, "%s, %s, ",
			    id_match(builder->arena, "vendor", function->vendor.value),
			    id_match(builder->arena, "device", function->device.value));
}

const char *plan_rule_driver(struct plan_builder *builder, const struct module_list_line *rule)
{
	const char *value = strstr(rule->text, assignment);

	if (!value)
		return "";
	value += strlen(assignment);
	return arena_copy(builder->arena, value, strcspn(value, "\""));
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

const struct module_list_line *plan_next_rule(struct plan_builder *builder,
					      const struct module_list_line *after,
					      const struct pci_function *function)
{
	const struct module_list_line *rule = after;

	do {
		rule = module_lists_next_rule(&builder->host->module_lists, rule, function->name,
					      NULL);
	} while (rule && !strstr(rule->text, plan_rule_address(builder, function)));
	return rule;
}

bool plan_rule_gives(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_list_line *rule = plan_rule_of(builder, function);
	bool denied = plan_leaving(builder, function) == LEAVING_DENIED;

	if (!rule)
		return false;
	const char *driver = plan_rule_driver(builder, rule);
	return denied ? strcmp(driver, "none") == 0 : driver_name_is_vfio(driver);
}

/* Returns whether a rule runs programs. */
static bool runs(const struct module_list_line *rule)
{
	return strstr(rule->text, "RUN") || strstr(rule->text, "PROGRAM") ||
	       strstr(rule->text, "IMPORT");
}

/* Two rules for one function are at odds: the last of them would count. One that continues on
 * another line, that is for others, too, or that runs programs is left to a person. */
bool plan_rule_can_be_replaced(const struct module_list_line *rule)
{
	return strstr(rule->text, "KERNEL==\"") && !has_suffix(rule->text, "\\") && !runs(rule) &&
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
	return driver_name_is_vfio(driver) ||
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

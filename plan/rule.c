/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "host/access/affix.h"
#include "model/assign/vfio_driver.h"
#include "model/moved_address.h"
#include "plan/builder.h"

static const char assignment[] = "ATTR{driver_override}=\"";

/* A rule is for a function that it has the address of, or the ids and no address. */
static bool is_for(struct plan_builder *builder, const struct module_list_line *rule,
		   const struct pci_function *function)
{
	struct arena *arena = builder->arena;
	struct moved_address moved;

	if (moved_address_find(builder->host, rule->text, &moved))
		return false;
	if (strstr(rule->text, "KERNEL==\""))
		return strstr(rule->text, arena_printf(arena, "KERNEL==\"%s\"", function->name));
	return pci_knows_ids(function) &&
	       strstr(rule->text, arena_printf(arena, "ATTR{vendor}==\"0x%04" PRIx64 "\"",
					       function->vendor.value)) &&
	       strstr(rule->text, arena_printf(arena, "ATTR{device}==\"0x%04" PRIx64 "\"",
					       function->device.value));
}

const char *plan_rule_ids(struct plan_builder *builder, const struct pci_function *function)
{
	if (!pci_knows_ids(function))
		return "";
	return arena_printf(builder->arena,
			    "ATTR{vendor}==\"0x%04" PRIx64 "\", ATTR{device}==\"0x%04" PRIx64
			    "\", ",
			    function->vendor.value, function->device.value);
}

const char *plan_rule_driver(struct plan_builder *builder, const struct module_list_line *rule)
{
	const char *value = strstr(rule->text, assignment);

	if (!value)
		return "";
	value += strlen(assignment);
	return arena_copy(builder->arena, value, strcspn(value, "\""));
}

const struct module_list_line *plan_rule_of(struct plan_builder *builder,
					    const struct pci_function *function)
{
	const struct module_lists *lists = &builder->host->module_lists;
	const struct module_list_line *found = NULL;

	for (size_t i = 0; i < lists->rule_count; i++) {
		if (is_for(builder, &lists->rules[i], function) &&
		    *plan_rule_driver(builder, &lists->rules[i]))
			found = &lists->rules[i];
	}
	return found;
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/boot/binding.h"

#include <pci/header.h>
#include <string.h>

#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/modules/driver_module.h"
#include "model/modules/initramfs_loads.h"
#include "model/modules/load_order.h"
#include "model/modules/vfio_ids.h"
#include "model/pcie.h"
#include "plan/boot/ids.h"

/* Why options by ids do not persist a function, which then needs a rule of its own. */
enum rule_cause {
	RULE_NONE,
	RULE_VF,       /* made after vfio-pci was loaded */
	RULE_TWIN,     /* the ids are those of a function that stays with the host, too */
	RULE_BUILT_IN, /* the host driver is a part of the kernel, and there before any module */
	RULE_IMAGE,    /* the initramfs, which may load a host driver, comes with an image */
	RULE_LOST,     /* vfio-pci was told of the ids when this host booted, and another has it */
	RULE_AT_ODDS,  /* a rule, or driverctl, gives the function to another driver */
	RULE_FULL,     /* vfio-pci has no room for more ids */
	RULE_UNREAD,   /* its ids could not be read */
	RULE_PF,       /* the driver of VFIO that has it now makes its VFs */
	RULE_VARIANT,  /* it requires a variant of vfio-pci, which takes no ids */
};

/* vfio-pci is told of the ids at boot, and has the function. */
static bool were_heeded(struct plan_builder *builder, const struct pci_function *function)
{
	return pci_is_on_driver(function, "vfio-pci") && plan_is_persistent(builder, function);
}

/* Returns whether it is to get a variant that it requires: the ids are vfio-pci's option. */
static bool wants_variant(const struct plan_builder *builder, const struct pci_function *function)
{
	return vfio_driver_required(&builder->host->modules, function) &&
	       strcmp(plan_vfio_driver(builder, function), "vfio-pci") != 0;
}

/* What a rule has to do with, however many ids there are. */
static enum rule_cause own_rule_cause(struct plan_builder *builder,
				      const struct pci_function *function)
{
	const char *module = plan_host_module(function);

	if (plan_rule_of(builder, function) || plan_override_at_odds(builder, function))
		return RULE_AT_ODDS;
	if (pci_is_vf(function))
		return RULE_VF;
	if (wants_variant(builder, function))
		return RULE_VARIANT;
	if (were_heeded(builder, function))
		return RULE_NONE;
	if (module && modules_built_in(&builder->host->modules, module))
		return RULE_BUILT_IN;
	if (declared_system_image(builder->host))
		return RULE_IMAGE;
	if (plan_ids_were_lost(builder, function))
		return RULE_LOST;
	if (!pci_knows_ids(function))
		return RULE_UNREAD;
	return plan_kept_twin(builder, function) ? RULE_TWIN : RULE_NONE;
}

/* Returns whether vfio-pci has no room for the ids of all functions that are to be named by them.
 */
static bool ids_are_full(struct plan_builder *builder)
{
	enum { LENGTH_OF_IDS = sizeof(",10de:1eb8") - 1 };
	const char *there = plan_find_ids(builder)->value;
	size_t length = there ? strlen(there) : 0;
	struct function_set noted;

	if (builder->ids_counted)
		return builder->ids_full;
	function_set_init(&noted, builder->arena, builder->host);
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		if (plan_goes_to_vfio(builder, function) && !own_rule_cause(builder, function) &&
		    !plan_is_persistent(builder, function) &&
		    !plan_note_ids(builder, &noted, function))
			length += LENGTH_OF_IDS;
	}
	builder->ids_counted = true;
	builder->ids_full = length > VFIO_IDS_LONGEST;
	return builder->ids_full;
}

static enum rule_cause rule_cause_of(struct plan_builder *builder,
				     const struct pci_function *function)
{
	enum rule_cause cause = own_rule_cause(builder, function);

	if (cause || plan_is_persistent(builder, function) || !ids_are_full(builder))
		return cause;
	return RULE_FULL;
}

/* Returns whether the host has a place already that says who gets the function at boot. */
bool plan_has_own_binding(struct plan_builder *builder, const struct pci_function *function)
{
	return plan_rule_gives(builder, function) || plan_override_of(builder, function) ||
	       plan_override_at_odds(builder, function);
}

/* Of ids that are configured, and come too late. */
static const char *late_ids(struct plan_builder *builder, const struct pci_function *function)
{
	return plan_is_persistent(builder, function)
		       ? arena_printf(builder->arena, ": %s in %s does not help",
				      plan_ids_of(builder->arena, function),
				      plan_find_ids(builder)->place->source)
		       : "";
}

static const char *why_rule(struct plan_builder *builder, const struct pci_function *function,
			    enum rule_cause cause)
{
	struct arena *arena = builder->arena;

	switch (cause) {
	case RULE_TWIN:
		return arena_printf(arena, "an option by ids would take %s, too",
				    plan_kept_twin_names(builder, function));
	case RULE_BUILT_IN:
		return arena_printf(arena,
				    "%s is a part of the kernel, so it is there before vfio-pci%s",
				    plan_host_module(function), late_ids(builder, function));
	case RULE_IMAGE:
		return arena_printf(arena,
				    "%s brings an initramfs of its own, in which nothing puts "
				    "vfio-pci before the host's drivers",
				    declared_system_image(builder->host));
	case RULE_LOST:
		return arena_printf(arena,
				    "vfio-pci.ids= is set, and yet %s has it: that driver "
				    "came first, or was bound since",
				    plan_host_module(function));
	case RULE_AT_ODDS:
		return arena_printf(arena, "a rule of %s gives it to %s now",
				    plan_rule_of(builder, function)->source,
				    plan_rule_driver(builder, plan_rule_of(builder, function)));
	case RULE_FULL:
		return arena_printf(arena, "vfio-pci has room for %d characters of ids",
				    VFIO_IDS_LONGEST);
	case RULE_PF:
		return "VFs are made by a physical function's driver, and nothing binds it to its "
		       "driver at boot";
	case RULE_UNREAD:
		return "its ids could not be read";
	case RULE_VARIANT:
		return PLAN_WHY_VARIANT;
	case RULE_VF:
	case RULE_NONE:
		return "a VF appears when its physical function makes it: the rule acts then, and "
		       "takes this VF alone";
	}
	return NULL;
}

/* Of two rules for one function the last counts: one that is at odds gives way. Its ids stand
 * beside the address: once another device has that, the rule is for none. */
static void write_rule(struct plan_builder *builder, struct plan_step *step,
		       const struct pci_function *function, const char *rest)
{
	const struct module_list_line *there = plan_rule_of(builder, function);
	const char *line = arena_printf(
		builder->arena, "ACTION==\"add\", SUBSYSTEM==\"pci\", %s, %s%s",
		plan_rule_address(builder, function), plan_rule_ids(builder, function), rest);

	if (!there) {
		plan_append(builder, step, line, PLAN_VFIO_RULES);
	} else if (plan_rule_can_be_replaced(there)) {
		plan_replace(builder, step, there->source, there->text, line);
		step->unread = strcmp(there->source, PLAN_VFIO_RULES) != 0;
	}
}

static bool is_bound_by_system(const struct plan_builder *builder,
			       const struct pci_function *function, const char *driver)
{
	return declared_system_bindings(builder->host) && !pci_is_vf(function) &&
	       strcmp(driver, "vfio-pci") == 0;
}

static bool keeps_display(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = 0; builder->keeps_display == BOOLEAN_UNKNOWN && i < pci->count; i++) {
		const struct pci_function *it = &pci->functions[i];
		if (pci_base_class(it) == PCI_BASE_CLASS_DISPLAY && !pci_is_vf(it) &&
		    !driver_is_vfio(it) && !function_set_has(&builder->leaves, it))
			builder->keeps_display = BOOLEAN_YES;
	}
	if (builder->keeps_display == BOOLEAN_UNKNOWN)
		builder->keeps_display = BOOLEAN_NO;
	return builder->keeps_display == BOOLEAN_YES;
}

/* Returns the graphics of its device and group, where the system gives vfio-pci such a card, and
 * the function with it; NULL otherwise. */
static const struct pci_function *bound_card(struct plan_builder *builder,
					     const struct pci_function *function,
					     const char *driver)
{
	const struct pci *pci = &builder->host->pci;
	const struct pci_function *end = pci->functions + pci->count;
	const struct pci_function *it = pcie_first_of_device(pci, function);

	if (!declared_system_cards(builder->host) || pci_is_vf(function) ||
	    strcmp(driver, "vfio-pci") != 0)
		return NULL;
	while (it < end && pcie_same_device(it, function) &&
	       (pci_base_class(it) != PCI_BASE_CLASS_DISPLAY || !pci_same_group(it, function)))
		it++;
	return it < end && pcie_same_device(it, function) && keeps_display(builder) ? it : NULL;
}

static const char *why_with_card(struct plan_builder *builder, const struct pci_function *function,
				 const struct pci_function *card)
{
	const struct host *host = builder->host;

	if (card != function)
		return arena_printf(builder->arena, "%s gives it to vfio-pci with %s",
				    declared_system_image(host), card->name);
	return arena_printf(builder->arena, "in %s, which %s applies, add %s",
			    declared_system_cards(host), declared_system_apply(host), card->name);
}

/*
 * Where the system has a place of its own for functions that vfio-pci is to have, it is told there;
 * where it keeps no rules of udev, by commands. Returns whether it is so.
 */
static bool is_told_otherwise(struct plan_builder *builder, struct plan_step *step,
			      const struct pci_function *function, const char *driver)
{
	const char *bindings = declared_system_bindings(builder->host), *name = function->name;
	const char *system = declared_system_image(builder->host);
	struct arena *arena = builder->arena;

	if (is_bound_by_system(builder, function, driver)) {
		const char *ids = pci_knows_ids(function) ? plan_ids_of(arena, function) : NULL;
		step->why = arena_printf(arena,
					 "%s keeps nothing of /etc over a reboot; in %s, which %s "
					 "applies, add %s",
					 system, bindings, declared_system_apply(builder->host),
					 declared_system_binding(builder->host, arena, name, ids));
		return true;
	}
	const char *script = arena_printf(arena,
					  "echo %s > " PLAN_DEVICES
					  "/%s/driver_override; echo %s > " PLAN_DEVICES
					  "/%s/driver/unbind; echo %s > /sys/bus/pci/drivers_probe",
					  shell_plain(driver), name, name, name, name);
	if (!declared_system_lacks_rules(builder->host))
		return plan_lacks_udev(builder, step, script);
	step->why = arena_printf(arena, "%s keeps nothing of /etc over a reboot", system);
	return plan_is_declared(builder, step, PLAN_VFIO_RULES,
				arena_printf(arena, "add %s", script));
}

/*
 * The kernel tries drivers while udev still has the event before it, so a host driver that is
 * loaded may have the function already, and vfio-pci may have been tried in vain. What it has,
 * or another driver of VFIO that is there now, is left alone: a guest may run with it when the
 * event comes again ("udevadm trigger").
 */
static void add_rule(struct plan_builder *builder, const struct pci_function *function,
		     enum rule_cause cause)
{
	struct arena *arena = builder->arena;
	const char *driver = plan_vfio_driver(builder, function);
	const struct pci_function *card = bound_card(builder, function, driver);
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "udev-rule", function,
			      "Let %s take %s when it appears", driver, function->name);

	if (card) {
		step->why = why_with_card(builder, function, card);
		return;
	}
	if (!modules_built_in(&builder->host->modules, driver_module(driver)) &&
	    !(is_bound_by_system(builder, function, driver) &&
	      declared_system_binding_loads(builder->host)))
		lines_append_once(arena, &builder->boot_modules, driver_module(driver));
	if (is_told_otherwise(builder, step, function, driver))
		return;
	step->why = why_rule(builder, function, cause);
	write_rule(builder, step, function,
		   arena_printf(arena,
				"DRIVER!=\"%s\", ATTR{driver_override}=\"%s\", "
				"ATTR{driver/unbind}=\"%%k\", "
				"ATTR{subsystem/drivers_probe}=\"%%k\"",
				shell_plain(driver), shell_plain(driver)));
}

/* A rule gives a function to a driver that is there. */
void plan_load_at_boot(struct plan_builder *builder)
{
	const struct text_line *line =
		builder->modules_told ? builder->modules_told->next : builder->boot_modules;

	for (; line; line = line->next) {
		builder->modules_told = line;
		if (module_lists_name(&builder->host->module_lists, line->text))
			continue;
		struct plan_step *step = plan_add_step(builder, PLAN_PERSIST, "module-list", NULL,
						       "Have %s loaded at every boot", line->text);
		plan_append(builder, step, shell_plain(line->text), PLAN_MODULE_LIST);
	}
}

/* No driver has the name "none" (Documentation/ABI/testing/sysfs-bus-pci, driver_override). */
static void add_rule_for_denied(struct plan_builder *builder, const struct pci_function *function)
{
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "udev-rule-none", function,
			      "Keep host drivers from %s when it appears", function->name);

	if (!is_told_otherwise(builder, step, function, "none"))
		write_rule(builder, step, function,
			   "ATTR{driver_override}=\"none\", ATTR{driver/unbind}=\"%k\"");
}

bool plan_needs_rule(struct plan_builder *builder, const struct pci_function *function)
{
	return rule_cause_of(builder, function) != RULE_NONE;
}

/* Returns whether vfio-pci is known to be loaded before the host's driver of a function, or in the
 * initramfs; where lists were not read, nothing is known to lack. */
static bool is_vfio_loaded(const struct plan_builder *builder, const struct pci_function *function)
{
	const struct host *host = builder->host;
	const char *module = plan_host_module(function);

	return !fact_settled(&host->module_lists.fact) ||
	       initramfs_loads(host, "vfio_pci") != BOOLEAN_NO ||
	       (module && load_order_softdep(host, builder->arena, module, "vfio_pci"));
}

/* A driver_override loads no module, and an alias of the device names none but the host's driver's:
 * what a rule of the host names is loaded by a list. */
static void load_named_driver(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_list_line *rule = plan_rule_of(builder, function);

	if (!rule)
		return;
	const char *driver = plan_rule_driver(builder, rule);
	if (!driver_name_is_vfio(driver) || strstr(rule->text, "modprobe") ||
	    modules_built_in(&builder->host->modules, driver_module(driver)) ||
	    (strcmp(driver, "vfio-pci") == 0 && is_vfio_loaded(builder, function)))
		return;
	lines_append_once(builder->arena, &builder->boot_modules, driver_module(driver));
}

/* The kernel announces a VF and tries drivers at once: device_add(), drivers/base/core.c. A rule
 * that sets driver_override alone comes too late where a driver of the host is loaded. */
static void name_late_rule(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_list_line *rule = plan_rule_of(builder, function);
	const struct fact_number *autoprobe =
		function->pf ? &function->pf->sriov.drivers_autoprobe : NULL;

	if (!rule || !pci_is_vf(function) || !plan_rule_gives(builder, function) ||
	    strstr(rule->text, "driver/unbind") || strstr(rule->text, "RUN") ||
	    strstr(rule->text, "PROGRAM") ||
	    (autoprobe && fact_known(&autoprobe->fact) && autoprobe->value == 0))
		return;
	plan_add_step(builder, PLAN_PERSIST, "udev-rule-existing", function,
		      "See after the next boot that %s has %s, which %s names",
		      plan_rule_driver(builder, rule), function->name, rule->source)
		->why = "its rule does not take the VF from a driver that is loaded before, which "
			"the kernel tries before udev applies rules; one that writes "
			"driver/unbind and subsystem/drivers_probe, too, does";
}

void plan_bind_at_boot(struct plan_builder *builder, const struct pci_function *function)
{
	enum rule_cause cause = rule_cause_of(builder, function);

	if (plan_has_own_binding(builder, function)) {
		/* What driverctl saved, it loads. */
		if (plan_override_of(builder, function) || plan_override_at_odds(builder, function))
			return;
		load_named_driver(builder, function);
		name_late_rule(builder, function);
		return;
	}
	if (plan_goes_to_vfio(builder, function) && cause)
		add_rule(builder, function, cause);
	if (plan_leaving(builder, function) == LEAVING_DENIED)
		add_rule_for_denied(builder, function);
}

bool plan_persist_pf(struct plan_builder *builder, const struct pci_function *pf)
{
	if (!driver_is_vfio(pf) || plan_takes(builder, pf) || plan_has_own_binding(builder, pf) ||
	    plan_is_persistent(builder, pf))
		return false;
	add_rule(builder, pf, RULE_PF);
	plan_load_at_boot(builder);
	return true;
}

/* Returns what gives a function to a driver of VFIO at boot; or NULL. */
static const struct module_list_line *given_to_vfio(struct plan_builder *builder,
						    const struct pci_function *function)
{
	const struct module_list_line *saved = plan_override_of(builder, function);
	const struct module_list_line *rule = plan_rule_of(builder, function);

	if (plan_override_at_odds(builder, function))
		return NULL;
	if (saved)
		return driver_name_is_vfio(saved->driver) ? saved : NULL;
	return rule && driver_name_is_vfio(plan_rule_driver(builder, rule)) ? rule : NULL;
}

void plan_keep_pf(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct module_list_line *line = given_to_vfio(builder, pf);

	if (!line || driver_is_vfio(pf) || plan_takes(builder, pf))
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "binding-existing", pf,
			      "Leave %s to its own driver at boot: take what gives it to VFIO out "
			      "of %s",
			      pf->name, line->source);
	step->why = line->driver
			    ? arena_printf(builder->arena,
					   "its own driver makes the VFs; by hand: %s stands there",
					   line->driver)
			    : arena_printf(builder->arena,
					   "its own driver makes the VFs; by hand, the rule: %s",
					   line->text);
}

/*
 * driverctl sets what it saved after udev's rules (driverctl@.service): its file alone counts.
 */
static void correct_driverctl(struct plan_builder *builder, const struct pci_function *function,
			      const struct module_list_line *saved)
{
	const char *driver =
		plan_goes_to_vfio(builder, function) ? plan_vfio_driver(builder, function) : "none";
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "driverctl-override", function,
			      "Have driverctl give %s to %s at boot, in place of %s",
			      function->name, driver, saved->driver);

	step->why = arena_printf(builder->arena, "driverctl sets what %s says, after udev's rules",
				 saved->source);
	plan_replace(builder, step, saved->source, shell_plain(saved->driver), driver);
	step->unread = true;
}

void plan_correct_saved(struct plan_builder *builder)
{
	const struct fact *saved_fact = &builder->host->module_lists.saved_fact;

	if (builder->taken_count && !fact_settled(saved_fact) &&
	    saved_fact->state != FACT_NOT_CAPTURED)
		plan_add_unknown(builder,
				 "cannot tell whether driverctl gives other drivers at boot: %s "
				 "could not be read",
				 saved_fact->source);
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const struct module_list_line *saved = plan_override_at_odds(builder, function);
		enum leaving leaving = plan_leaving(builder, function);
		if (saved && (leaving == LEAVING_TO_VFIO || leaving == LEAVING_DENIED))
			correct_driverctl(builder, function, saved);
	}
}

static void name_saved_in_doubt(struct plan_builder *builder, const struct pci_function *function,
				const struct module_list_line *saved)
{
	bool unraid = saved->owner == OVERRIDE_UNRAID;

	if (driver_is_vfio(function))
		return;
	struct plan_step *step = plan_add_step(
		builder, PLAN_PERSIST, unraid ? "binding-existing" : "driverctl-existing", function,
		"See after the next boot that %s has %s: %s has saved that in %s", saved->driver,
		function->name, unraid ? "Unraid" : "driverctl", saved->source);
	step->why = arena_printf(builder->arena,
				 "cannot tell whether it was saved before this host booted; if so, "
				 "it did not help: look %s",
				 unraid ? "into /var/log/vfio-pci"
					: "what driverctl's unit said at boot");
}

/* Nor whether the initramfs has a script, and runs it. None has that of Unraid. */
static const char *why_script_in_doubt(const struct pci_function *function,
				       const struct module_list_line *script)
{
	bool in_initramfs = strcmp(script->source, MODULE_LISTS_GO) != 0;

	if (driver_is_vfio(function))
		return in_initramfs ? "cannot tell whether the script gave it to vfio-pci, or a "
				      "person did: look whether the initramfs has it, and what "
				      "calls it"
				    : "cannot tell whether the script gave it to vfio-pci, or a "
				      "person did";
	return in_initramfs ? "cannot tell whether it ran when this host booted; if so, it did "
			      "not help: look whether the initramfs has it, and what calls it"
			    : "cannot tell whether its lines were there when this host booted; if "
			      "so, they did not help: look what they do";
}

/* Both are drivers of VFIO, so a guest gets the function either way. */
static void name_other_driver(struct plan_builder *builder, const struct pci_function *function,
			      const char *id, const char *driver, const char *source)
{
	if (!driver_is_vfio(function) || !driver_name_is_vfio(driver) ||
	    pci_is_on_driver(function, driver))
		return;
	plan_add_step(builder, PLAN_PERSIST, id, function,
		      "Decide which driver of VFIO is to have %s: %s has it now, and %s gives it "
		      "to %s at boot",
		      function->name, function->driver.text, source, driver)
		->why = "vfio-pci takes every function; a variant for a vendor's VFs, as "
			"mlx5_vfio_pci, can migrate a guest that has one";
}

/* What driverctl saved holds, whatever rules say. */
static void name_other_drivers(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_list_line *saved = plan_override_of(builder, function);
	const struct module_list_line *rule = plan_rule_of(builder, function);

	if (saved && saved->owner == OVERRIDE_DRIVERCTL)
		name_other_driver(builder, function, "driverctl-existing", saved->driver,
				  saved->source);
	else if (rule && !plan_override_at_odds(builder, function))
		name_other_driver(builder, function, "udev-rule-existing",
				  plan_rule_driver(builder, rule), rule->source);
}

void plan_name_bindings_in_doubt(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (plan_goes_to_vfio(builder, builder->taken[i]))
			name_other_drivers(builder, builder->taken[i]);
	}
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const struct module_list_line *script = plan_override_of(builder, function);
		if (!script || !plan_goes_to_vfio(builder, function))
			continue;
		if (script->owner != OVERRIDE_SCRIPT) {
			name_saved_in_doubt(builder, function, script);
			continue;
		}
		struct plan_step *step = plan_add_step(
			builder, PLAN_PERSIST, "script-existing", function,
			"See after the next boot that vfio-pci has %s: the script %s names it",
			function->name, script->source);
		step->why = why_script_in_doubt(function, script);
	}
}

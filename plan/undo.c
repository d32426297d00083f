/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/boot_commands.h"
#include "model/boot/declared_system.h"
#include "model/own_commands.h"
#include "plan/boot/ids.h"
#include "plan/boot/ids_undo.h"
#include "plan/builder.h"
#include "plan/sriov/vfs_undo.h"

/*
 * What takes a plan back: of what a plan does, what is in place on the host. Lines of others that
 * do the same are named, and left to a person.
 */

enum { MOST_NAMES = 4 };

/* udev loads a driver as its device appears, and no longer one that the host keeps for VFIO from
 * the start. */
static void probe(struct plan_builder *builder, struct plan_step *step,
		  const struct pci_function *function)
{
	plan_run(builder, &step->commands,
		 "modprobe -q \"$(cat " PLAN_DEVICES "/%s/modalias)\" || true", function->name);
	plan_run(builder, &step->commands, "echo %s > /sys/bus/pci/drivers_probe", function->name);
}

static void drop_override(struct plan_builder *builder, const struct pci_function *function)
{
	const char *name = function->name;
	struct plan_step *step =
		plan_add_step(builder, PLAN_NOW, "unbind-vfio", function,
			      "Let the host's driver have %s, which is kept for %s", name,
			      function->driver_override.text);

	plan_run(builder, &step->commands, "echo > " PLAN_DEVICES "/%s/driver_override", name);
	probe(builder, step, function);
	step->done =
		plan_condition(builder, "! grep -q vfio " PLAN_DEVICES "/%s/driver_override", name);
	step->needless = plan_condition(builder, "! is_free %s", name);
}

static void unbind(struct plan_builder *builder, const struct pci_function *function)
{
	struct plan_step *step;

	if (!fact_settled(&function->driver.fact))
		plan_add_unknown(builder, "the driver of %s could not be read", function->name);
	if (plan_waits_for_vfio(function))
		drop_override(builder, function);
	if (!plan_is_on_vfio(function))
		return;
	step = plan_add_step(builder, PLAN_NOW, "unbind-vfio", function,
			     "Take %s from %s, and let the host's driver have it", function->name,
			     function->driver.text);
	step->why = "shut down the guest that has it first: until then the write does not return";
	plan_forget_ids(builder, step, function);
	plan_unbind_vfio(builder, &step->commands, function, false);
	probe(builder, step, function);
	step->done = plan_condition(builder, "! is_on %s %s", function->name,
				    shell_plain(function->driver.text));
	step->needless = plan_condition(builder, "! is_free %s && %s", function->name, step->done);
}

/* Returns what of that owner gives the function to VFIO at boot, or NULL. */
static const struct module_list_line *find_given(const struct plan_builder *builder,
						 const struct pci_function *function,
						 enum override_owner owner)
{
	const struct module_list_line *it = plan_next_override(builder, NULL, function);

	while (it && it->owner != owner)
		it = plan_next_override(builder, it, function);
	return it;
}

/* Returns whether what the system binds at boot is not known to let the function go. */
static bool may_be_bound(const struct plan_builder *builder, const struct pci_function *function)
{
	bool is_read = boot_tools_has(&builder->host->boot_tools, BOOT_TOOL_UNRAID) &&
		       fact_settled(&builder->host->module_lists.unraid_fact);

	if (!plan_is_on_vfio(function))
		return false;
	return pci_is_vf(function) ? !find_given(builder, function, OVERRIDE_SCRIPT) : !is_read;
}

/* What other systems than Unraid are told of functions is not read. */
static void name_bindings(struct plan_builder *builder, const struct pci_function *function)
{
	const char *bindings = declared_system_bindings(builder->host);

	if (!bindings && pci_base_class(function) == PCI_BASE_CLASS_DISPLAY)
		bindings = declared_system_cards(builder->host);
	if (!bindings)
		return;
	if (find_given(builder, function, OVERRIDE_UNRAID))
		plan_add_step(builder, PLAN_PERSIST, "script-existing", function,
			      "Take %s out of what %s has for vfio-pci at boot", function->name,
			      bindings);
	else if (may_be_bound(builder, function))
		plan_add_step(builder, PLAN_PERSIST, "script-existing", function,
			      "Take %s out of what %s has for vfio-pci at boot, where it is named",
			      function->name,
			      pci_is_vf(function)
				      ? declared_system_option(builder->host, PLAN_VFIO_RULES)
				      : bindings);
}

/* The driver of the moment stays: another step gives the function back. */
static void forget_saved(struct plan_builder *builder, const struct pci_function *function,
			 const struct module_list_line *saved)
{
	struct plan_step *step = plan_add_step(builder, PLAN_PERSIST, "driverctl-forget", function,
					       "Have driverctl forget that %s has %s",
					       saved->driver, function->name);

	plan_run(builder, &step->commands, "rm -f %s", shell_plain(saved->source));
	step->done = plan_condition(builder, "[ ! -e %s ]", shell_plain(saved->source));
}

/* Unraid starts with what else its file says. */
static void name_script(struct plan_builder *builder, const struct pci_function *function,
			const struct module_list_line *script)
{
	if (strcmp(script->source, MODULE_LISTS_GO) == 0)
		plan_add_step(builder, PLAN_PERSIST, "script-existing", function,
			      "See whether the lines of %s that give %s to vfio-pci at boot are "
			      "still wanted",
			      script->source, function->name);
	else
		plan_add_step(builder, PLAN_PERSIST, "script-existing", function,
			      "See whether the script %s, which gives %s to vfio-pci at boot, is "
			      "still wanted",
			      script->source, function->name);
}

static void undo_overrides(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_list_line *override = NULL;

	while ((override = plan_next_override(builder, override, function))) {
		if (override->owner == OVERRIDE_DRIVERCTL)
			forget_saved(builder, function, override);
		else if (override->owner == OVERRIDE_SCRIPT)
			name_script(builder, function, override);
	}
}

/* Returns whether a rule of ours goes: the initramfs, made anew with it, has a copy. A file of
 * another is named once, however many of its rules are for the function. */
static bool drop_rule(struct plan_builder *builder, const struct pci_function *function)
{
	const char *names_it = plan_rule_address(builder, function);
	const struct module_list_line *rule = NULL;
	const char *before = "";
	bool own = false;

	for (; (rule = plan_next_rule(builder, rule, function)); before = rule->source) {
		if (strcmp(rule->source, PLAN_VFIO_RULES) == 0)
			own = true;
		else if (strcmp(rule->source, before) != 0)
			plan_add_step(builder, PLAN_PERSIST, "udev-rule-existing", function,
				      "See whether the rule for %s in %s is still wanted",
				      function->name, rule->source);
	}
	undo_overrides(builder, function);
	if (!own)
		return false;
	struct plan_step *step = plan_add_step(builder, PLAN_PERSIST, "drop-udev-rule", function,
					       "Take the rule for %s away", function->name);
	plan_drop_lines(builder, step, names_it, PLAN_VFIO_RULES);
	step->done = plan_condition(builder, "! grep -qs '%s' " PLAN_VFIO_RULES, names_it);
	return true;
}

/* Returns whether the function is taken back, or gone with its PF, which VFIO lets go. */
static bool leaves_vfio(const struct plan_builder *builder, const struct pci_function *function)
{
	return plan_takes(builder, function) ||
	       (function->pf && plan_is_on_vfio(function->pf) && plan_takes(builder, function->pf));
}

/* Returns whether a rule names none of what is taken back. */
static bool has_other_rules(struct plan_builder *builder)
{
	const struct module_lists *lists = &builder->host->module_lists;
	bool *ours = arena_array(builder->arena, lists->rule_count + 1, sizeof(*ours));

	for (size_t i = 0; ours && i < builder->taken_count; i++) {
		const struct module_list_line *rule = NULL;
		while ((rule = plan_next_rule(builder, rule, builder->taken[i])))
			ours[rule - lists->rules] = true;
	}
	for (size_t i = 0; ours && i < lists->rule_count; i++) {
		if (!ours[i])
			return true;
	}
	return false;
}

/* Returns whether a function of the host goes to VFIO yet that is not taken back. */
static bool others_stay(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	if (plan_ids_stay(builder))
		return true;
	for (size_t i = 0; i < pci->count; i++) {
		if (plan_is_on_vfio(&pci->functions[i]) &&
		    !leaves_vfio(builder, &pci->functions[i]))
			return true;
	}
	return has_other_rules(builder);
}

/* What loads vfio-pci at boot is of use to all functions, and goes with the last of them. */
static void drop_module_lists(struct plan_builder *builder)
{
	const struct module_lists *lists = &builder->host->module_lists;

	for (size_t i = 0; i < lists->count; i++) {
		const struct module_list_line *line = &lists->lines[i];
		if (strcmp(line->source, PLAN_MODULE_LIST) != 0 ||
		    *shell_plain(line->text) != *line->text)
			continue;
		struct plan_step *step =
			plan_add_step(builder, PLAN_PERSIST, "drop-module-list", NULL,
				      "Have %s no longer loaded at every boot", line->text);
		plan_drop_read(builder, step, line->text, PLAN_MODULE_LIST);
	}
}

/* The commands of the step become a way that a person chooses. */
static void set_aside(struct plan_builder *builder, struct plan_step *step, const char *summary)
{
	if (!step->commands)
		return;
	*plan_add_alternative(builder, step, summary) = step->commands;
	step->commands = NULL;
}

static void undo_display_words(struct plan_builder *builder)
{
	static const char *const words[] = {"video=efifb:off", "initcall_blacklist=sysfb_init"};
	struct plan_parameters parameters = {0};
	const struct cmdline *cmdline = &builder->host->cmdline;

	for (size_t i = 0; i < cmdline->count; i++) {
		const char *word = cmdline_spell(builder->arena, &cmdline->parameters[i]);
		for (size_t k = 0; k < ARRAY_LENGTH(words); k++) {
			if (strcmp(word, words[k]) == 0)
				lines_append_once(builder->arena, &parameters.remove, words[k]);
		}
	}
	if (!parameters.remove)
		return;
	struct plan_step *step = plan_add_step(
		builder, PLAN_PERSIST, "drop-display-parameters", NULL,
		"See whether %s on the kernel command line%s %s still wanted",
		lines_join(builder->arena, parameters.remove, " and "),
		boot_commands_loader(builder->host), parameters.remove->next ? "are" : "is");
	step->why = "this keeps the picture of the boot off the display, and passcheck cannot tell "
		    "whether a plan did that";
	if (!plan_change_command_line(builder, step, &parameters))
		step->why = plan_by_hand(builder, step->why);
	set_aside(builder, step, "where a plan did, remove what it added");
}

/* Returns whether a plan for the function may have taken the picture of the boot from it. */
static bool may_have_shown(const struct pci_function *function)
{
	return pci_base_class(function) == PCI_BASE_CLASS_DISPLAY && !pci_is_vf(function) &&
	       (pci_is_boot_display(function) || !fact_settled(&function->boot_vga.fact));
}

static bool takes_display(const struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (may_have_shown(builder->taken[i]))
			return true;
	}
	return false;
}

/* Returns whether the initramfs has to be made anew. */
static bool undo_function(struct plan_builder *builder, const struct pci_function *function)
{
	/* Who has VFs of a PF is told before they go with it. */
	if (plan_asks_for(builder, function) && !function->pf)
		plan_undo_pf(builder, function);
	unbind(builder, function);
	bool copied = drop_rule(builder, function);
	name_bindings(builder, function);
	if (function->pf)
		plan_undo_pf_of(builder, function);
	return copied;
}

void plan_undo(struct plan_builder *builder)
{
	const struct module_lists *lists = &builder->host->module_lists;
	size_t before = builder->plan->count;
	bool copied = false;

	/* VFs are gone once their PF has none. */
	for (int vfs = 1; vfs >= 0; vfs--) {
		for (size_t i = 0; i < builder->taken_count; i++) {
			if (pci_is_vf(builder->taken[i]) == vfs)
				copied |= undo_function(builder, builder->taken[i]);
		}
	}
	plan_show_display(builder);
	if (!fact_settled(&lists->rules_fact))
		plan_add_unknown(builder, "whether udev has rules for them could not be read");
	if (!fact_settled(&lists->fact))
		plan_add_unknown(builder, "whether %s names drivers of VFIO could not be read",
				 lists->fact.source);
	plan_doubt_ids(builder);
	copied |= plan_undo_ids(builder);
	if (takes_display(builder))
		undo_display_words(builder);
	if (builder->plan->count > before && !others_stay(builder)) {
		drop_module_lists(builder);
		copied |= plan_drop_softdeps(builder);
		copied |= plan_forget_initramfs(builder);
	}
	if (copied)
		plan_add_initramfs_again(builder);
}

/* What VFIO has needs the IOMMU. */
static void refuse_while_vfio_has_some(struct plan_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	struct buffer names = {.arena = builder->arena, .separator = ", ", .most = MOST_NAMES};

	for (size_t i = 0; i < pci->count; i++) {
		if (plan_is_on_vfio(&pci->functions[i]))
			buffer_item(&names, "%s", pci->functions[i].name);
	}
	if (names.count)
		plan_add_obstacle(builder,
				  "the IOMMU stays on while functions are on drivers of VFIO: %s. "
				  "Take them back first: " OWN_PLAN_BACK " FUNCTION",
				  buffer_list(&names));
}

static const char iommu_on[] = "intel_iommu=on";

/* A plan puts iommu=pt in the place of words that no kernel reads, as intel_iommu=pt: see
 * model/boot/line_dead_words.c. Returns what to say of it, behind other words; or "". */
static const char *passthrough_words(const struct plan_builder *builder)
{
	static const char word[] = "iommu=pt";
	const struct text_line line = {.text = word};

	if (!cmdline_has_word(builder->arena, &builder->host->cmdline, word) &&
	    !next_boot_words(&builder->model->next_boot, &line, builder->arena))
		return "";
	return "; iommu=pt stays, and does nothing then: cannot tell whether a plan put it there";
}

/* The next boot has the word, and the running kernel does not: no reboot was since. */
static void undo_coming_iommu(struct plan_builder *builder)
{
	const struct text_line word = {.text = iommu_on};
	const struct next_boot *next = &builder->model->next_boot;
	struct plan_parameters parameters = {.remove =
						     next_boot_words(next, &word, builder->arena)};

	if (!parameters.remove ||
	    cmdline_has_word(builder->arena, &builder->host->cmdline, iommu_on))
		return;
	struct plan_step *step = plan_add_step(builder, PLAN_PERSIST, "kernel-parameters", NULL,
					       "Remove %s from the kernel command line%s", iommu_on,
					       boot_commands_loader(builder->host));
	step->why = arena_printf(builder->arena,
				 "the next boot has it. Cannot tell whether a plan added it: keep "
				 "it if it was there before%s",
				 passthrough_words(builder));
	if (!plan_edit_command_line(builder, step, &parameters))
		step->why = plan_by_hand(builder, step->why);
}

/* Of a plan for the host: what switches the IOMMU on, while nothing needs it. */
void plan_undo_host(struct plan_builder *builder)
{
	const struct kernel_switch *iommu = &builder->model->parameters.intel_iommu;

	if (iommu->state != SWITCH_ON || !iommu->decided_by) {
		undo_coming_iommu(builder);
		return;
	}
	refuse_while_vfio_has_some(builder);
	const char *word = cmdline_spell(builder->arena, iommu->decided_by);
	if (strcmp(word, iommu_on) != 0) {
		plan_add_step(builder, PLAN_BOOT, "kernel-parameters-existing", NULL,
			      "See whether %s on the kernel command line%s is still wanted: it "
			      "switches the IOMMU on",
			      word, boot_commands_loader(builder->host))
			->why = "a plan adds intel_iommu=on alone";
		return;
	}
	lines_add(builder->arena, &builder->parameters.remove, "%s", word);
	lines_add(builder->arena, &builder->parameters.statements,
		  "the IOMMU goes off with it, and no guest gets a device then. Cannot tell "
		  "whether a plan added it: keep it if it was there before%s",
		  passthrough_words(builder));
	plan_command_line(builder);
}

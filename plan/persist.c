/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <pci/header.h>
#include <string.h>

#include "host/access/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/boot_commands.h"
#include "model/modules/driver_module.h"
#include "model/modules/module_option.h"
#include "model/modules/vfio_ids.h"
#include "model/pcie.h"
#include "plan/builder.h"

static bool goes_to_vfio(const struct plan_builder *builder, const struct pci_function *function)
{
	return plan_leaving(builder, function) == LEAVING_TO_VFIO;
}

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
};

const char *plan_ids_of(struct arena *arena, const struct pci_function *function)
{
	return arena_printf(arena, "%04" PRIx64 ":%04" PRIx64, function->vendor.value,
			    function->device.value);
}

bool plan_note_ids(const struct plan_builder *builder, struct function_set *noted,
		   const struct pci_function *function)
{
	const struct twin_list twins = twins_of(&builder->model->twins, function);

	if (!twins.count || function_set_has(noted, twins.functions[0]))
		return true;
	function_set_add(noted, twins.functions[0]);
	return false;
}

static struct module_option running_ids(const struct plan_builder *builder)
{
	return module_option_find(builder->host, builder->arena, "vfio_pci", "ids");
}

/* What the command line of the next boot has goes before what the running one has. */
static void take_coming(struct plan_builder *builder, const struct cmdline *cmdline,
			const struct cmdline_parameter **ret)
{
	const struct cmdline_parameter *it = cmdline_find(cmdline, "vfio_pci.ids");

	if (!it || !it->value)
		return;
	builder->ids.text = cmdline_spell(builder->arena, it);
	builder->ids.value = it->value;
	builder->ids.place = &cmdline->fact;
	builder->ids.on_command_line = true;
	*ret = it;
}

/* Returns a function that an entry of ids= matches and the host needs, or NULL. */
static const struct pci_function *find_vital(const struct plan_builder *builder, const char *entry)
{
	const struct pci *pci = &builder->host->pci;
	struct vfio_id id;

	if (!vfio_id_parse(entry, &id))
		return NULL;
	for (size_t i = 0; i < pci->count; i++) {
		if (vfio_id_matches(&id, &pci->functions[i]) &&
		    host_uses_vital(&builder->model->host_uses, &pci->functions[i]))
			return &pci->functions[i];
	}
	return NULL;
}

/* Entries that match what the host needs do no harm while a host driver is first. A plan has
 * vfio-pci come first, so it takes them out. */
static void split_ids(struct plan_builder *builder)
{
	struct buffer kept = {.arena = builder->arena, .separator = ","};
	struct buffer harmful = {.arena = builder->arena, .separator = ","};
	const char *list = builder->ids.value ?: "";

	if (strlen(list) > VFIO_IDS_LONGEST)
		list = "";
	while (*list) {
		size_t length = strcspn(list, ",");
		if (length)
			buffer_item(find_vital(builder, list) ? &harmful : &kept, "%.*s",
				    (int)length, list);
		list += length + (list[length] == ',');
	}
	builder->ids_kept = buffer_text(&kept);
	builder->ids_harmful = buffer_text(&harmful);
}

const struct module_option *plan_find_ids(struct plan_builder *builder)
{
	const struct cmdline_parameter *coming = NULL;
	const struct next_boot *next = &builder->model->next_boot;

	if (builder->ids_found)
		return &builder->ids;
	builder->ids_found = true;
	builder->ids = running_ids(builder);
	for (size_t i = 0; i < next->source_count; i++)
		take_coming(builder, next->sources[i], &coming);
	for (size_t i = 0; i < next->count; i++)
		take_coming(builder, next->lines[i].cmdline, &coming);
	builder->ids_wait = coming && next->count && next_boot_find(next, coming) != IN_ALL_LINES &&
			    !cmdline_has_parameter(&builder->host->cmdline, coming);
	split_ids(builder);
	return &builder->ids;
}

bool plan_ids_are_configured(struct plan_builder *builder, const struct pci_function *function)
{
	return vfio_ids_match(plan_find_ids(builder)->value, function);
}

static bool vfio_is_built_in(const struct plan_builder *builder)
{
	return modules_built_in(&builder->host->modules, "vfio_pci");
}

/* Returns whether vfio-pci is told of the function at boot: one that is built in reads no file. */
static bool is_persistent(struct plan_builder *builder, const struct pci_function *function)
{
	return (plan_find_ids(builder)->on_command_line || !vfio_is_built_in(builder)) &&
	       vfio_ids_match(builder->ids_kept, function);
}

/* Returns the module of the host driver, or NULL where none holds the function. */
static const char *host_module(const struct pci_function *function)
{
	if (!fact_known(&function->driver.fact) || driver_leaves_dma(function))
		return NULL;
	return driver_module(function->driver.text);
}

/* The running kernel's command line has the ids, and yet a host driver was first. */
static bool were_lost(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_option there = running_ids(builder);
	const struct fact loaded = modules_present(&builder->host->modules, "vfio_pci");

	return host_module(function) && there.on_command_line && fact_known(&loaded) &&
	       vfio_ids_match(there.value, function);
}

/* vfio-pci is told of the ids at boot, and has the function. */
static bool were_heeded(struct plan_builder *builder, const struct pci_function *function)
{
	return pci_is_on_driver(function, "vfio-pci") && is_persistent(builder, function);
}

/* What a rule has to do with, however many ids there are. */
static enum rule_cause own_rule_cause(struct plan_builder *builder,
				      const struct pci_function *function)
{
	const char *module = host_module(function);

	if (plan_rule_of(builder, function) || plan_override_at_odds(builder, function))
		return RULE_AT_ODDS;
	if (pci_is_vf(function))
		return RULE_VF;
	if (were_heeded(builder, function))
		return RULE_NONE;
	if (module && modules_built_in(&builder->host->modules, module))
		return RULE_BUILT_IN;
	if (boot_commands_image(builder->host))
		return RULE_IMAGE;
	if (were_lost(builder, function))
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
		if (goes_to_vfio(builder, function) && !own_rule_cause(builder, function) &&
		    !is_persistent(builder, function) && !plan_note_ids(builder, &noted, function))
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

	if (cause || is_persistent(builder, function) || !ids_are_full(builder))
		return cause;
	return RULE_FULL;
}

/* Returns the list of ids once these are added to it and the harmful ones are out. */
static const char *ids_to_be(const struct plan_builder *builder, const char *added)
{
	struct buffer ids = {.arena = builder->arena, .separator = ","};

	if (*builder->ids_kept)
		buffer_item(&ids, "%s", builder->ids_kept);
	if (*added)
		buffer_item(&ids, "%s", added);
	return buffer_text(&ids);
}

static const char *why_out(const struct plan_builder *builder)
{
	struct buffer why = {.arena = builder->arena, .separator = "; "};

	for (const char *entry = builder->ids_harmful; *entry; entry += *entry == ',') {
		const struct pci_function *function = find_vital(builder, entry);
		int length = (int)strcspn(entry, ",");
		buffer_item(&why, "%.*s also matches %s, which the host needs for %s", length,
			    entry, function->name,
			    host_uses_vital_words(&builder->model->host_uses, function,
						  builder->arena));
		entry += length;
	}
	return buffer_text(&why);
}

/* Ids on the kernel command line, which counts after modprobe.d and is all that a module reads that
 * is built in. Returns why they go there. */
static const char *add_ids(struct plan_builder *builder, const struct module_option *there,
			   const char *ids, struct plan_parameters *ret)
{
	struct arena *arena = builder->arena;

	if (!there->on_command_line || !there->value) {
		lines_add(arena, &ret->add, "vfio-pci.ids=%s", ids);
		return "vfio-pci is a part of this kernel, which reads no modprobe.d for it";
	}
	lines_add(arena, &ret->remove, "%s", there->text);
	if (*ids_to_be(builder, ids))
		lines_add(arena, &ret->add, "vfio-pci.ids=%s", ids_to_be(builder, ids));
	return *builder->ids_harmful
		       ? why_out(builder)
		       : "vfio-pci.ids= on the kernel command line replaces what modprobe.d has";
}

static void ids_on_command_line(struct plan_builder *builder,
				const struct plan_parameters *parameters, const char *why)
{
	const char *loader = boot_commands_loader(builder->host);
	struct plan_step *step =
		parameters->add
			? plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
					"Let vfio-pci take the functions at boot: %s on the kernel "
					"command line%s",
					parameters->add->text, loader)
			: plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
					"Take %s off the kernel command line%s",
					parameters->remove->text, loader);

	step->why = plan_edit_command_line(builder, step, parameters) ? why
								      : plan_by_hand(builder, why);
}

static void extend_command_line(struct plan_builder *builder, const struct module_option *there,
				const char *ids)
{
	struct plan_parameters parameters = {0};
	const char *why = add_ids(builder, there, ids, &parameters);

	ids_on_command_line(builder, &parameters, why);
}

/* Ids that are configured, and that not every line of the next boot has. */
static void apply_command_line(struct plan_builder *builder, const struct module_option *there)
{
	struct plan_parameters parameters = {0};

	lines_add(builder->arena, &parameters.add, "%s", there->text);
	ids_on_command_line(
		builder, &parameters,
		arena_printf(builder->arena,
			     "%s has it, and not every line that the next boot may have",
			     there->place->source));
}

/* Of several options ids= the last counts, and replaces the others: the one that counts grows. */
static void extend_ids(struct plan_builder *builder, struct plan_step *step, const char *file,
		       const char *ids)
{
	static const char line[] = "/^[[:space:]]*options[[:space:]]*vfio[-_]pci[[:space:]]/";
	static const char end[] = "\\([,[:space:]]\\|$\\)";

	if (plan_is_declared(builder, step, file,
			     arena_printf(builder->arena, "add %s to ids= of vfio-pci", ids)))
		return;
	plan_run(builder, &step->commands, "sed -i '%s{/,%s%s/!s/\\bids=[^[:space:]]*/&,%s/}' %s",
		 line, ids, end, ids, file);
	plan_run(builder, &step->undo, "sed -i '%ss/,%s%s/\\1/' %s", line, ids, end, file);
}

/* Writes ids= in place of another list. An empty one is none: vfio_pci_fill_ids(). */
static void replace_ids(struct plan_builder *builder, struct plan_step *step,
			const struct module_option *there, const char *ids)
{
	static const char options[] = "/^[[:space:]]*options[[:space:]]*vfio[-_]pci[[:space:]]/";
	static const char format[] = "sed -i '%ss/\\bids=%s\\([[:space:]]\\|$\\)/ids=%s\\1/' %s";
	const char *file = there->place->source, *old = there->value;
	struct arena *arena = builder->arena;

	if (plan_is_declared(
		    builder, step, file,
		    arena_printf(arena, "replace ids=%s of vfio-pci with ids=%s", old, ids)) ||
	    !shell_takes(old) || !shell_takes_path(file))
		return;
	plan_run(builder, &step->commands, format, options, shell_sed_quote(arena, old),
		 shell_sed_replacement(arena, ids), file);
	plan_run(builder, &step->undo, format, options, shell_sed_quote(arena, ids),
		 shell_sed_replacement(arena, old), file);
}

/* Whether files of modprobe.d had their lines when the host booted, nothing tells. */
static bool ids_are_in_doubt(struct plan_builder *builder, const struct pci_function *function)
{
	const char *module = host_module(function);

	return module && !plan_find_ids(builder)->on_command_line &&
	       goes_to_vfio(builder, function) && !rule_cause_of(builder, function) &&
	       is_persistent(builder, function) &&
	       modprobe_find_softdep(&builder->host->modprobe, builder->arena, module, "vfio_pci");
}

static bool any_ids_are_in_doubt(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (ids_are_in_doubt(builder, builder->taken[i]))
			return true;
	}
	return false;
}

/* What vfio-pci is still to be told at boot. */
struct wanted_options {
	const char *ids; /* "" for none */
	bool configured; /* some ids stand in their place already */
	bool by_rule;    /* a function gets a rule of its own */
	struct text_line
		*softdeps; /* lines of modprobe.d that have it loaded before host drivers */
};

/* Returns whether the host has a place already that says who gets the function at boot. */
static bool has_own(struct plan_builder *builder, const struct pci_function *function)
{
	return plan_rule_gives(builder, function) || plan_override_of(builder, function) ||
	       plan_override_at_odds(builder, function);
}

static struct wanted_options wanted_options_of(struct plan_builder *builder)
{
	struct arena *arena = builder->arena;
	struct buffer ids = {.arena = arena, .separator = ","};
	struct wanted_options wanted = {0};
	struct function_set noted;

	function_set_init(&noted, arena, builder->host);
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const char *module = host_module(function);

		if (!goes_to_vfio(builder, function))
			continue;
		if (has_own(builder, function))
			continue;
		if (rule_cause_of(builder, function)) {
			wanted.by_rule = true;
			continue;
		}
		if (is_persistent(builder, function))
			wanted.configured = true;
		else if (!plan_note_ids(builder, &noted, function))
			buffer_item(&ids, "%s", plan_ids_of(arena, function));
		if (module && !vfio_is_built_in(builder) &&
		    !modprobe_find_softdep(&builder->host->modprobe, arena, module, "vfio_pci"))
			lines_append_once(arena, &wanted.softdeps,
					  arena_printf(arena, "softdep %s pre: vfio-pci",
						       shell_plain(module)));
	}
	wanted.ids = buffer_text(&ids);
	return wanted;
}

/* Returns whether harmful ids are to go: where the plan has vfio-pci in the initramfs. */
static bool takes_out(struct plan_builder *builder, const struct wanted_options *wanted)
{
	return *builder->ids_harmful &&
	       (builder->ids.on_command_line || !vfio_is_built_in(builder)) &&
	       (*wanted->ids || wanted->softdeps || wanted->by_rule ||
		any_ids_are_in_doubt(builder));
}

/* Whether what there is to say of ids goes to the kernel command line. */
static bool goes_to_command_line(struct plan_builder *builder, const struct module_option *there)
{
	return vfio_is_built_in(builder) || (there->on_command_line && there->value);
}

void plan_persist_parameters(struct plan_builder *builder, struct plan_parameters *parameters)
{
	const struct module_option there = *plan_find_ids(builder);
	const struct wanted_options wanted = wanted_options_of(builder);

	if ((!*wanted.ids && !takes_out(builder, &wanted)) ||
	    !goes_to_command_line(builder, &there))
		return;
	add_ids(builder, &there, wanted.ids, parameters);
	builder->ids_placed = true;
}

static void take_out(struct plan_builder *builder, const struct module_option *there,
		     const char *added)
{
	struct plan_step *step =
		*added ? plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
				       "Let vfio-pci take %s before the host's drivers, and not %s",
				       added, builder->ids_harmful)
		       : plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
				       "Keep vfio-pci from taking %s", builder->ids_harmful);

	step->why = why_out(builder);
	replace_ids(builder, step, there, ids_to_be(builder, added));
}

/* vfio-pci must be there before the host driver, and take the ids. */
static void add_options(struct plan_builder *builder)
{
	const struct module_option there = *plan_find_ids(builder);
	struct wanted_options wanted = wanted_options_of(builder);
	struct plan_step *step;
	bool out = takes_out(builder, &wanted);

	if (goes_to_command_line(builder, &there)) {
		if ((*wanted.ids || out) && !builder->ids_placed)
			extend_command_line(builder, &there, wanted.ids);
		else if (!*wanted.ids && wanted.configured && builder->ids_wait)
			apply_command_line(builder, &there);
		wanted.ids = "";
		out = false;
	}
	if (out) {
		take_out(builder, &there, wanted.ids);
		wanted.ids = "";
	}
	if (!*wanted.ids && !wanted.softdeps)
		return;
	step = *wanted.ids
		       ? plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
				       "Let vfio-pci take %s before the host's drivers", wanted.ids)
		       : plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
				       "Have vfio-pci loaded before the host's drivers");
	if (!*wanted.ids)
		step->why = "by its ids vfio-pci gets only what no host driver has yet";
	else if (there.value && shell_takes_path(there.place->source))
		extend_ids(builder, step, there.place->source, wanted.ids);
	else
		plan_append(builder, step,
			    arena_printf(builder->arena, "options vfio-pci ids=%s", wanted.ids),
			    PLAN_VFIO_OPTIONS);
	for (const struct text_line *line = wanted.softdeps; line; line = line->next)
		plan_append(builder, step, line->text, PLAN_VFIO_OPTIONS);
}

static void name_ids_in_doubt(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		if (!ids_are_in_doubt(builder, function))
			continue;
		struct plan_step *step = plan_add_step(
			builder, PLAN_PERSIST, "ids-existing", function,
			"See after the next boot that vfio-pci has %s: %s tells it to take it, "
			"before %s",
			function->name, plan_find_ids(builder)->place->source,
			host_module(function));
		step->why = "cannot tell whether its lines were there when this host booted; if "
			    "so, they did not help: the initramfs may have had no copy of them";
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

static void name_scripts_in_doubt(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const struct module_list_line *script = plan_override_of(builder, function);
		if (!script || !goes_to_vfio(builder, function))
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

/* Of ids that are configured, and come too late. */
static const char *late_ids(struct plan_builder *builder, const struct pci_function *function)
{
	return is_persistent(builder, function)
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
				    plan_kept_twin(builder, function)->name);
	case RULE_BUILT_IN:
		return arena_printf(arena,
				    "%s is a part of the kernel, so it is there before vfio-pci%s",
				    host_module(function), late_ids(builder, function));
	case RULE_IMAGE:
		return arena_printf(arena,
				    "%s brings an initramfs of its own, in which nothing puts "
				    "vfio-pci before the host's drivers",
				    boot_commands_image(builder->host));
	case RULE_LOST:
		return arena_printf(arena,
				    "vfio-pci.ids= is set, and yet %s has it: that driver "
				    "came first, or was bound since",
				    host_module(function));
	case RULE_AT_ODDS:
		return arena_printf(arena, "a rule of %s gives it to %s now",
				    plan_rule_of(builder, function)->source,
				    plan_rule_driver(builder, plan_rule_of(builder, function)));
	case RULE_FULL:
		return arena_printf(arena, "vfio-pci has room for %d characters of ids",
				    VFIO_IDS_LONGEST);
	case RULE_PF:
		return "its VFs are made by the driver that has it, and nothing gives it to that "
		       "at boot";
	case RULE_UNREAD:
		return "its ids could not be read";
	case RULE_VF:
	case RULE_NONE:
		return "a virtual function is made after vfio-pci was loaded";
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
	}
}

/* Returns who is to have the function: the driver of VFIO that has it now, or vfio-pci. */
static const char *driver_to_be(const struct pci_function *function)
{
	return driver_is_vfio(function) && shell_takes_path(function->driver.text)
		       ? function->driver.text
		       : "vfio-pci";
}

static bool is_bound_by_system(const struct plan_builder *builder,
			       const struct pci_function *function, const char *driver)
{
	return boot_commands_bindings(builder->host) && !pci_is_vf(function) &&
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

	if (!boot_commands_cards(builder->host) || pci_is_vf(function) ||
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
				    boot_commands_image(host), card->name);
	return arena_printf(builder->arena, "in %s, which %s applies, add %s",
			    boot_commands_cards(host), boot_commands_apply(host), card->name);
}

/*
 * Where the system has a place of its own for functions that vfio-pci is to have, it is told there;
 * where it keeps no rules of udev, by commands. Returns whether it is so.
 */
static bool is_told_otherwise(struct plan_builder *builder, struct plan_step *step,
			      const struct pci_function *function, const char *driver)
{
	const char *bindings = boot_commands_bindings(builder->host), *name = function->name;
	const char *system = boot_commands_image(builder->host);
	struct arena *arena = builder->arena;

	if (is_bound_by_system(builder, function, driver)) {
		const char *ids = pci_knows_ids(function) ? plan_ids_of(arena, function) : NULL;
		step->why = arena_printf(arena,
					 "%s keeps nothing of /etc over a reboot; in %s, which %s "
					 "applies, add %s",
					 system, bindings, boot_commands_apply(builder->host),
					 boot_commands_binding(builder->host, arena, name, ids));
		return true;
	}
	if (!boot_commands_lacks_rules(builder->host))
		return false;
	step->why = arena_printf(arena, "%s keeps nothing of /etc over a reboot", system);
	return plan_is_declared(
		builder, step, PLAN_VFIO_RULES,
		arena_printf(arena,
			     "add echo %s > " PLAN_DEVICES
			     "/%s/driver_override; echo %s > " PLAN_DEVICES
			     "/%s/driver/unbind; echo %s > /sys/bus/pci/drivers_probe",
			     shell_plain(driver), name, name, name, name));
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
	const char *driver = driver_to_be(function);
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
	      boot_commands_binding_loads(builder->host)))
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
static void load_at_boot(struct plan_builder *builder)
{
	for (const struct text_line *line = builder->boot_modules; line; line = line->next) {
		if (module_lists_name(&builder->host->module_lists, line->text, false))
			continue;
		struct plan_step *step = plan_add_step(builder, PLAN_PERSIST, "module-list", NULL,
						       "Have %s loaded at every boot", line->text);
		plan_append(builder, step, shell_plain(line->text), PLAN_MODULE_LIST);
	}
}

/*
 * driverctl sets what it saved after udev's rules (driverctl@.service): its file alone counts.
 */
static void correct_driverctl(struct plan_builder *builder, const struct pci_function *function,
			      const struct module_list_line *saved)
{
	const char *driver = goes_to_vfio(builder, function) ? driver_to_be(function) : "none";
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "driverctl-override", function,
			      "Have driverctl give %s to %s at boot, in place of %s",
			      function->name, driver, saved->driver);

	step->why = arena_printf(builder->arena, "driverctl sets what %s says, after udev's rules",
				 saved->source);
	plan_replace(builder, step, saved->source, shell_plain(saved->driver), driver);
}

static void correct_saved(struct plan_builder *builder)
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

/* A VF of a vGPU driver comes back without its profile. */
static void keep_profile(struct plan_builder *builder, const struct pci_function *vf)
{
	const struct fact_number *type = &vf->vgpu_type;

	if (!fact_known(&type->fact) || type->value <= 0)
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "vgpu-profile", vf,
			      "Set the vGPU profile %" PRId64 " of %s again at every boot, once "
			      "its VFs are made",
			      type->value, vf->name);
	step->why = arena_printf(builder->arena, "%s is 0 after a reboot", type->fact.source);
}

void plan_persist_pf(struct plan_builder *builder, const struct pci_function *pf)
{
	if (!driver_is_vfio(pf) || plan_takes(builder, pf) || has_own(builder, pf) ||
	    is_persistent(builder, pf))
		return;
	add_rule(builder, pf, RULE_PF);
	load_at_boot(builder);
}

/* VFs that were made by hand are gone after a reboot. */
void plan_keep_vfs(struct plan_builder *builder)
{
	const struct pci_function *kept = NULL;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *pf = builder->taken[i]->pf;
		if (!pf || pf == kept || !fact_known(&pf->sriov.numvfs.fact))
			continue;
		kept = pf;
		plan_persist_pf(builder, pf);
		plan_persist_vfs(builder, pf, pf->sriov.numvfs.value);
	}
	plan_set_up_vfs_again(builder);
	for (size_t i = 0; i < builder->taken_count; i++)
		keep_profile(builder, builder->taken[i]);
}

void plan_persist(struct plan_builder *builder)
{
	size_t before;

	correct_saved(builder);
	before = builder->plan->count;
	add_options(builder);
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		enum rule_cause cause = rule_cause_of(builder, function);
		if (has_own(builder, function))
			continue;
		if (goes_to_vfio(builder, function) && cause)
			add_rule(builder, function, cause);
		if (plan_leaving(builder, function) == LEAVING_DENIED)
			add_rule_for_denied(builder, function);
	}
	load_at_boot(builder);
	if ((builder->plan->count > before || builder->ids_placed ||
	     any_ids_are_in_doubt(builder)) &&
	    !vfio_is_built_in(builder))
		plan_add_initramfs(builder);
	name_ids_in_doubt(builder);
	name_scripts_in_doubt(builder);
	plan_keep_vfs(builder);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/boot/options.h"

#include <string.h>

#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/boot_commands.h"
#include "model/modules/load_order.h"
#include "model/modules/vfio_ids.h"
#include "model/own_commands.h"
#include "plan/boot/binding.h"
#include "plan/boot/ids.h"
#include "plan/boot/ids_places.h"

enum { MOST_NAMES_OF_ENTRY = 4 };

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

static const char *why_kept(const struct plan_builder *builder, const struct pci_function *function)
{
	const struct host_uses *uses = &builder->model->host_uses;

	if (!host_uses_vital(uses, function))
		return "whose driver makes the VFs";
	return arena_printf(builder->arena, "which the host needs for %s",
			    host_uses_vital_words(uses, function, builder->arena));
}

/* Returns the functions that vfio-pci has now, perhaps by the entry, and that the plan is not
 * about; NULL for none. */
static const char *others_on_vfio(const struct plan_builder *builder, const char *entry)
{
	const struct pci *pci = &builder->host->pci;
	struct buffer names = {
		.arena = builder->arena, .separator = ", ", .most = MOST_NAMES_OF_ENTRY};
	struct vfio_id id;

	for (size_t i = 0; vfio_id_parse(entry, &id) && i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (vfio_id_matches(&id, function) && driver_is_vfio(function) &&
		    !plan_takes(builder, function))
			buffer_item(&names, "%s", function->name);
	}
	return names.count ? buffer_list(&names) : NULL;
}

static const char *why_out(const struct plan_builder *builder)
{
	struct buffer why = {.arena = builder->arena, .separator = "; "};

	for (const char *entry = builder->ids_harmful; *entry; entry += *entry == ',') {
		const struct pci_function *function = plan_ids_find_kept(builder, entry);
		int length = (int)strcspn(entry, ",");
		const char *others = others_on_vfio(builder, entry);
		buffer_item(&why, "%.*s also matches %s, %s", length, entry, function->name,
			    why_kept(builder, function));
		if (others)
			buffer_item(&why,
				    "where %s had vfio-pci by it at boot, it takes a rule of its "
				    "own, as " OWN_PLAN " FUNCTION has it",
				    others);
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

#define TAKE_AT_BOOT "Let vfio-pci take the functions at boot"

static void ids_on_command_line(struct plan_builder *builder,
				const struct plan_parameters *parameters, const char *does,
				const char *why)
{
	const char *loader = boot_commands_loader(builder->host);
	struct plan_step *step =
		parameters->add ? plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
						"%s: %s on the kernel command line%s", does,
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

	ids_on_command_line(builder, &parameters,
			    *ids ? TAKE_AT_BOOT
				 : arena_printf(builder->arena, "Keep vfio-pci from taking %s",
						builder->ids_harmful),
			    why);
}

/* Ids that are configured, and that not every line of the next boot has. */
static void apply_command_line(struct plan_builder *builder, const struct module_option *there)
{
	struct plan_parameters parameters = {0};

	lines_add(builder->arena, &parameters.add, "%s", there->text);
	ids_on_command_line(
		builder, &parameters, TAKE_AT_BOOT,
		arena_printf(builder->arena,
			     "%s has it, and not every line that the next boot may have",
			     there->place->source));
}

/* What initramfs-tools loads vfio-pci with. */
static void replace_listed(struct plan_builder *builder, struct plan_step *step,
			   const struct listed_option *there, const char *ids)
{
	const char *line = there->line->text, *word = strstr(line, there->word), *next;
	size_t length = strlen(there->word);

	while ((next = strstr(word + 1, there->word)))
		word = next;
	plan_replace(builder, step, there->line->source, line,
		     arena_printf(builder->arena, "%.*sids=%s%s", (int)(word - line), line, ids,
				  word + length));
}

/* Of several options ids= the last counts, and replaces the others: it gets another list. An empty
 * one names nothing: vfio_pci_fill_ids(). */
static void replace_ids(struct plan_builder *builder, struct plan_step *step, const char *ids)
{
	const struct modprobe_option there =
		modprobe_find_option(&builder->host->modprobe, builder->arena, "vfio_pci", "ids");

	if (builder->ids.listed.line) {
		replace_listed(builder, step, &builder->ids.listed, ids);
		return;
	}
	plan_write_ids(builder, step, &there, ids);
}

/* Whether vfio-pci was not there at this boot to take a function that no driver has, or had none of
 * its ids. */
static bool was_not_loaded(const struct plan_builder *builder, const struct pci_function *function)
{
	return fact_absent(&function->driver.fact) &&
	       !(builder->ids.on_command_line &&
		 modules_loaded(&builder->host->modules, "vfio_pci"));
}

/* Whether files of modprobe.d had their lines when the host booted, nothing tells. */
static bool ids_are_in_doubt(struct plan_builder *builder, const struct pci_function *function)
{
	const char *module = plan_host_module(function);
	bool on_command_line = plan_find_ids(builder)->on_command_line;

	if (!plan_goes_to_vfio(builder, function) || plan_needs_rule(builder, function) ||
	    !plan_is_persistent(builder, function))
		return false;
	if (!module)
		return was_not_loaded(builder, function);
	return !on_command_line &&
	       load_order_softdep(builder->host, builder->arena, module, "vfio_pci");
}

bool plan_ids_are_in_doubt(struct plan_builder *builder)
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
		*softdeps;        /* lines of modprobe.d that have it loaded before host drivers */
	struct text_line *vain;   /* modules whose softdep would come behind one that counts */
	struct text_line *hidden; /* functions whose host drivers are not known */
};

/* Returns whether modprobe reads a file of modprobe.d before the one that plans write. */
static bool is_read_before_own(const char *path)
{
	static const char own[] = PLAN_VFIO_OPTIONS;
	const char *name = strrchr(path, '/');

	return name && strcmp(name, strrchr(own, '/')) < 0;
}

static void want_softdep(struct plan_builder *builder, const char *module,
			 struct wanted_options *wanted)
{
	struct arena *arena = builder->arena;
	const struct modprobe_line *first =
		load_order_in_front(builder->host, arena, module, "vfio_pci");

	if (load_order_softdep(builder->host, arena, module, "vfio_pci"))
		return;
	if (first && is_read_before_own(first->source))
		lines_append_once(arena, &wanted->vain,
				  arena_printf(arena, "%s in %s", module, first->source));
	else
		lines_append_once(
			arena, &wanted->softdeps,
			arena_printf(arena, "softdep %s pre: vfio-pci", shell_plain(module)));
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
		const char *module = plan_host_module(function);

		if (!plan_goes_to_vfio(builder, function))
			continue;
		if (plan_has_own_binding(builder, function))
			continue;
		if (plan_needs_rule(builder, function)) {
			wanted.by_rule = true;
			continue;
		}
		if (plan_is_persistent(builder, function)) {
			wanted.configured = true;
		} else if (!plan_note_ids(builder, &noted, function)) {
			buffer_item(&ids, "%s", plan_ids_of(arena, function));
			if (!module && fact_settled(&function->driver.fact) &&
			    !plan_vfio_is_built_in(builder))
				lines_add(arena, &wanted.hidden, "%s", function->name);
		}
		if (module && !plan_vfio_is_built_in(builder))
			want_softdep(builder, module, &wanted);
	}
	wanted.ids = buffer_text(&ids);
	return wanted;
}

/* Returns whether harmful ids are to go: where the plan has vfio-pci in the initramfs. */
static bool takes_out(struct plan_builder *builder, const struct wanted_options *wanted)
{
	return *builder->ids_harmful &&
	       (builder->ids.on_command_line || !plan_vfio_is_built_in(builder)) &&
	       (*wanted->ids || wanted->softdeps || wanted->vain || wanted->hidden ||
		wanted->by_rule || plan_ids_are_in_doubt(builder));
}

/* Whether what there is to say of ids goes to the kernel command line. */
static bool goes_to_command_line(struct plan_builder *builder, const struct module_option *there)
{
	return plan_vfio_is_built_in(builder) || (there->on_command_line && there->value);
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

static struct plan_step *take_out(struct plan_builder *builder, const char *added)
{
	struct plan_step *step =
		*added ? plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
				       "Let vfio-pci take %s before the host's drivers, and not %s",
				       added, builder->ids_harmful)
		       : plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
				       "Keep vfio-pci from taking %s", builder->ids_harmful);

	step->why = why_out(builder);
	replace_ids(builder, step, ids_to_be(builder, added));
	return step;
}

void plan_take_out_ids(struct plan_builder *builder)
{
	const struct module_option there = *plan_find_ids(builder);

	if (!*builder->ids_harmful || builder->ids_out ||
	    (!there.on_command_line && plan_vfio_is_built_in(builder)))
		return;
	builder->ids_out = true;
	if (goes_to_command_line(builder, &there)) {
		extend_command_line(builder, &there, "");
		return;
	}
	/* The initramfs may have a copy of the file. */
	struct plan_step *step = take_out(builder, "");
	if (step->commands) {
		plan_rebuild_initramfs(builder, &step->commands);
		plan_rebuild_initramfs(builder, &step->undo);
	}
}

/* What loads vfio-pci before the list does, as a softdep, knows modprobe.d alone. */
static void extend_listed(struct plan_builder *builder, struct plan_step *step, const char *ids)
{
	struct arena *arena = builder->arena;
	const struct modprobe_option there =
		modprobe_find_option(&builder->host->modprobe, arena, "vfio_pci", "ids");
	struct buffer list = {.arena = arena, .separator = ","};
	struct vfio_ids_entry entry;

	replace_listed(builder, step, &builder->ids.listed, ids_to_be(builder, ids));
	if (there.value && *there.value)
		buffer_item(&list, "%s", there.value);
	while (vfio_ids_next(&ids, &entry)) {
		if (!there.value || !vfio_ids_have(there.value, &entry.id))
			buffer_item(&list, "%.*s", (int)entry.length, entry.text);
	}
	const char *text = buffer_text(&list);
	if (!there.value)
		plan_append(builder, step, arena_printf(arena, "options vfio-pci ids=%s", text),
			    PLAN_VFIO_OPTIONS);
	else if (strcmp(text, there.value) != 0)
		plan_write_ids(builder, step, &there, text);
}

/* Of a function that no driver of the host has, sysfs does not name the one that is for it: the
 * aliases of the kernel's modules do. */
static void put_before_hidden(struct plan_builder *builder, struct plan_step *step,
			      const char *function)
{
	static const char file[] = PLAN_VFIO_OPTIONS;
	const char *modules = arena_printf(builder->arena,
					   "for module in $(modprobe -q -R \"$(cat " PLAN_DEVICES
					   "/%s/modalias)\"); do ",
					   function);

	if (plan_is_declared(builder, step, file,
			     arena_printf(builder->arena,
					  "add softdep DRIVER pre: vfio-pci, for each that "
					  "modprobe -q -R \"$(cat " PLAN_DEVICES
					  "/%s/modalias)\" names",
					  function)))
		return;
	plan_run(builder, &step->commands,
		 "%sgrep -qsx \"softdep $module pre: vfio-pci\" %s || "
		 "echo \"softdep $module pre: vfio-pci\" >> %s; done",
		 modules, file, file);
	plan_run(builder, &step->undo,
		 "%s[ ! -e %s ] || sed -i \"/^softdep $module pre: vfio-pci\\$/d\" %s; done; "
		 "[ -s %s ] || rm -f %s",
		 modules, file, file, file, file);
}

/* Of several softdeps for a module the first alone counts: load_order_in_front(). */
static void add_vain(struct plan_builder *builder, const struct text_line *vain)
{
	for (; vain; vain = vain->next)
		plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
			      "Write pre: vfio-pci into the softdep of %s", vain->text)
			->why = "by hand, below /usr in a copy of the file in /etc/modprobe.d: of "
				"several softdeps for a module the first alone counts";
}

/* vfio-pci must be there before the host driver, and take the ids. */
static void add_lines(struct plan_builder *builder, const struct module_option *there,
		      const struct wanted_options *wanted)
{
	struct plan_step *step =
		*wanted->ids ? plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
					     "Let vfio-pci take %s before the host's drivers",
					     wanted->ids)
			     : plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
					     "Have vfio-pci loaded before the host's drivers");

	if (!*wanted->ids)
		step->why = "ids= gives vfio-pci only functions that no host driver has yet";
	else if (there->listed.line)
		extend_listed(builder, step, wanted->ids);
	else if (there->value)
		replace_ids(builder, step, ids_to_be(builder, wanted->ids));
	else
		plan_append(builder, step,
			    arena_printf(builder->arena, "options vfio-pci ids=%s", wanted->ids),
			    PLAN_VFIO_OPTIONS);
	for (const struct text_line *line = wanted->softdeps; line; line = line->next)
		plan_append(builder, step, line->text, PLAN_VFIO_OPTIONS);
	if (wanted->hidden)
		step->why = arena_printf(
			builder->arena,
			"no driver of the host has %s now, but one might take it first at boot: "
			"modprobe -R names the modules that are for it",
			lines_join(builder->arena, wanted->hidden, " and "));
	for (const struct text_line *line = wanted->hidden; line; line = line->next)
		put_before_hidden(builder, step, line->text);
}

void plan_add_options(struct plan_builder *builder)
{
	const struct module_option there = *plan_find_ids(builder);
	struct wanted_options wanted = wanted_options_of(builder);
	bool out = takes_out(builder, &wanted);

	if (goes_to_command_line(builder, &there)) {
		builder->ids_out = *wanted.ids || out;
		if ((*wanted.ids || out) && !builder->ids_placed)
			extend_command_line(builder, &there, wanted.ids);
		else if (!*wanted.ids && wanted.configured && builder->ids_wait)
			apply_command_line(builder, &there);
		wanted.ids = "";
		out = false;
	}
	if (out) {
		builder->ids_out = true;
		take_out(builder, wanted.ids);
		wanted.ids = "";
	}
	add_vain(builder, wanted.vain);
	if (*wanted.ids || wanted.softdeps || wanted.hidden)
		add_lines(builder, &there, &wanted);
}

void plan_name_ids_in_doubt(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const char *module = plan_host_module(function);
		if (!ids_are_in_doubt(builder, function))
			continue;
		struct plan_step *step = plan_add_step(
			builder, PLAN_PERSIST, "ids-existing", function,
			"See after the next boot that vfio-pci has %s: %s has vfio-pci take it%s%s",
			function->name, plan_find_ids(builder)->place->source,
			module ? " before " : "", module ?: "");
		step->why =
			module ? "cannot tell whether its lines were there when this host booted; "
				 "if so, they did not help: the initramfs may have had no copy of "
				 "them"
			       : "no driver has it now: at this boot nothing loaded vfio-pci, or "
				 "it was loaded before it had the line";
	}
}

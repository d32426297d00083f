/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/boot/ids_undo.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "model/boot/boot_commands.h"
#include "model/modules/listed_option.h"
#include "model/modules/vfio_ids.h"
#include "plan/boot/ids.h"
#include "plan/boot/ids_places.h"

enum { MOST_NAMES = 4, MOST_OWN_LINES = 256 };

static const char remove_id[] = "/sys/bus/pci/drivers/vfio-pci/remove_id";

static bool field_takes(const struct vfio_id *id, const struct vfio_id *other,
			enum vfio_id_field field)
{
	return id->fields[field] == UINT32_MAX || id->fields[field] == other->fields[field];
}

/* Each write to remove_id takes one dynamic id away, the first that this is of:
 * remove_id_store() of drivers/pci/pci-driver.c. */
static bool removes(const struct vfio_id *id, const struct vfio_id *other)
{
	uint32_t difference = id->fields[VFIO_ID_CLASS] ^ other->fields[VFIO_ID_CLASS];

	return id->fields[VFIO_ID_VENDOR] == other->fields[VFIO_ID_VENDOR] &&
	       id->fields[VFIO_ID_DEVICE] == other->fields[VFIO_ID_DEVICE] &&
	       field_takes(id, other, VFIO_ID_SUBVENDOR) &&
	       field_takes(id, other, VFIO_ID_SUBDEVICE) &&
	       !(difference & id->fields[VFIO_ID_MASK]);
}

/* Returns a list as far as vfio-pci took it: of one that is too long no entry counts. */
static const char *taken_list(const char *list)
{
	return list && vfio_ids_fit(list) ? list : "";
}

/* Returns how many entries of all places a write of this one may take away. */
static size_t count_removed(const struct ids_places *places, const struct vfio_id *id)
{
	struct vfio_ids_entry entry;
	size_t count = 0;

	for (size_t i = 0; i < places->count; i++) {
		const char *list = taken_list(places->places[i].value);
		while (vfio_ids_next(&list, &entry))
			count += entry.counts && removes(id, &entry.id);
	}
	return count;
}

/* Returns an entry as remove_id takes it, with its subsystem and class where it has them: those of
 * others stay. */
static const char *spell_id(struct arena *arena, const struct vfio_id *id)
{
	const uint32_t *fields = id->fields;
	const char *words = arena_printf(arena, "%04" PRIx32 " %04" PRIx32, fields[VFIO_ID_VENDOR],
					 fields[VFIO_ID_DEVICE]);

	if (fields[VFIO_ID_SUBVENDOR] != UINT32_MAX || fields[VFIO_ID_SUBDEVICE] != UINT32_MAX ||
	    fields[VFIO_ID_MASK])
		words = arena_printf(arena, "%s %04" PRIx32 " %04" PRIx32, words,
				     fields[VFIO_ID_SUBVENDOR], fields[VFIO_ID_SUBDEVICE]);
	if (fields[VFIO_ID_MASK])
		words = arena_printf(arena, "%s %06" PRIx32 " %06" PRIx32, words,
				     fields[VFIO_ID_CLASS], fields[VFIO_ID_MASK]);
	return words;
}

static void forget(struct plan_builder *builder, struct plan_step *step, const struct vfio_id *id,
		   size_t times)
{
	const char *words = spell_id(builder->arena, id);
	struct buffer turns = {.arena = builder->arena, .separator = " "};

	if (lines_have(builder->forgotten, words))
		return;
	lines_add(builder->arena, &builder->forgotten, "%s", words);
	if (times == 1) {
		plan_run(builder, &step->commands, "echo %s > %s || true", words, remove_id);
		return;
	}
	for (size_t i = 1; i <= times; i++)
		buffer_item(&turns, "%zu", i);
	plan_run(builder, &step->commands, "for id in %s; do echo %s > %s || break; done",
		 buffer_text(&turns), words, remove_id);
}

/* Returns the line by which initramfs-tools, if that makes the initramfs, loads vfio-pci: the first
 * of several. NULL: none. */
static const struct module_list_line *find_listed(const struct plan_builder *builder)
{
	const struct module_lists *lists = &builder->host->module_lists;
	enum initramfs_tool tool = initramfs_tool_of(&builder->host->boot_tools);

	for (size_t i = 0; i < lists->count; i++) {
		if (listed_option_loads(&lists->lines[i], "vfio_pci"))
			return tool == INITRAMFS_TOOLS || tool == INITRAMFS_UNKNOWN
				       ? &lists->lines[i]
				       : NULL;
	}
	return NULL;
}

/* Returns the list that the line loads vfio-pci with, "" for none. */
static const char *listed_ids(struct arena *arena, const struct module_list_line *line)
{
	return line ? taken_list(listed_option_of(arena, line, "vfio_pci", "ids").value) : "";
}

/* Return whether an entry is for this kind of device alone. */
static bool forget_listed(struct plan_builder *builder, struct plan_step *step,
			  const struct pci_function *function)
{
	const char *list = listed_ids(builder->arena, find_listed(builder));
	struct vfio_ids_entry entry;
	bool named = false;

	while (vfio_ids_next(&list, &entry)) {
		if (!entry.counts || !vfio_id_matches(&entry.id, function))
			continue;
		forget(builder, step, &entry.id, 1);
		named |= vfio_id_kind(&entry.id) == VFIO_ID_ONE;
	}
	return named;
}

static bool forget_placed(struct plan_builder *builder, struct plan_step *step,
			  const struct pci_function *function)
{
	const struct ids_places *places = plan_ids_places(builder);
	struct vfio_ids_entry entry;
	bool named = false;

	for (size_t i = 0; i < places->count; i++) {
		const char *list = taken_list(places->places[i].value);
		while (vfio_ids_next(&list, &entry)) {
			if (!entry.counts || !vfio_id_matches(&entry.id, function))
				continue;
			forget(builder, step, &entry.id, count_removed(places, &entry.id));
			named |= vfio_id_kind(&entry.id) == VFIO_ID_ONE;
		}
	}
	return named;
}

/* What was written to new_id is listed nowhere, and is not to be missed: without driver_override it
 * is by ids that vfio-pci has the function, whose table names none (vfio_pci_table). */
static void forget_new_id(struct plan_builder *builder, struct plan_step *step,
			  const struct pci_function *function)
{
	const char *words = arena_printf(builder->arena, "%04" PRIx64 " %04" PRIx64,
					 function->vendor.value, function->device.value);

	if (lines_have(builder->forgotten, words))
		return;
	plan_run(builder, &step->commands,
		 "grep -qs vfio " PLAN_DEVICES "/%s/driver_override || echo %s > %s || true",
		 function->name, words, remove_id);
	step->why = arena_printf(
		builder->arena,
		"%s. What was written to new_id is listed nowhere: remove_id takes it back",
		step->why);
}

/* What vfio-pci was given as ids= it would take again at once: vfio_pci_fill_ids(),
 * drivers/vfio/pci/vfio_pci.c, makes them dynamic ids. What it has already stays with it. */
void plan_forget_ids(struct plan_builder *builder, struct plan_step *step,
		     const struct pci_function *function)
{
	bool named;

	if (!pci_is_on_driver(function, "vfio-pci") || !pci_knows_ids(function))
		return;
	named = forget_placed(builder, step, function);
	named |= forget_listed(builder, step, function);
	if (!named)
		forget_new_id(builder, step, function);
}

/* Returns a function that stays with VFIO and that the entry is for, too, or NULL. */
static const struct pci_function *find_staying(const struct plan_builder *builder,
					       const struct vfio_id *id)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if ((plan_is_on_vfio(function) || plan_waits_for_vfio(function)) &&
		    !plan_takes(builder, function) && vfio_id_matches(id, function))
			return function;
	}
	return NULL;
}

static bool is_for_taken(const struct plan_builder *builder, const struct vfio_id *id)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (vfio_id_matches(id, builder->taken[i]))
			return true;
	}
	return false;
}

/* Returns whether an entry is for what is taken back, and for nothing that stays with VFIO. One for
 * every device of a vendor is somebody else's. */
static bool leaves(const struct plan_builder *builder, const struct vfio_ids_entry *entry)
{
	return entry->counts && vfio_id_kind(&entry->id) == VFIO_ID_ONE &&
	       is_for_taken(builder, &entry->id) && !find_staying(builder, &entry->id);
}

/* Of a list that is too long no entry counts. */
static void split(struct plan_builder *builder, struct ids_place *place)
{
	struct buffer leaving = {.arena = builder->arena, .separator = ","};
	struct buffer staying = {.arena = builder->arena, .separator = ","};
	const char *list = place->value;
	bool fits = vfio_ids_fit(list);
	struct vfio_ids_entry entry;

	while (vfio_ids_next(&list, &entry))
		buffer_item(fits && leaves(builder, &entry) ? &leaving : &staying, "%.*s",
			    (int)entry.length, entry.text);
	place->leaving = buffer_text(&leaving);
	place->staying = buffer_text(&staying);
}

/* Returns the part of the list of a place that is taken back. */
static const char *leaving_of_place(struct plan_builder *builder, struct ids_place *place)
{
	if (!place->leaving)
		split(builder, place);
	return place->leaving;
}

/* Returns the rest of it. */
static const char *staying_of_place(struct plan_builder *builder, struct ids_place *place)
{
	if (!place->staying)
		split(builder, place);
	return place->staying;
}

/* Returns whether an entry is for a function of the host that is not taken back. */
static bool is_for_others(const struct plan_builder *builder, const struct vfio_id *id)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		if (!plan_takes(builder, &pci->functions[i]) &&
		    vfio_id_matches(id, &pci->functions[i]))
			return true;
	}
	return false;
}

bool plan_ids_stay(struct plan_builder *builder)
{
	const struct ids_places *places = plan_ids_places(builder);
	struct vfio_ids_entry entry;

	for (size_t i = 0; i < places->count; i++) {
		const char *list = staying_of_place(builder, &places->places[i]);
		while (vfio_ids_next(&list, &entry)) {
			if (entry.counts && is_for_others(builder, &entry.id))
				return true;
		}
	}
	return false;
}

/* Returns a place before the index that would count with ids of others if those behind were gone,
 * or NULL. */
static const struct ids_place *find_hidden(struct plan_builder *builder, size_t index)
{
	const struct ids_places *places = plan_ids_places(builder);

	while (index-- > 0) {
		if (*staying_of_place(builder, &places->places[index]))
			return &places->places[index];
	}
	return NULL;
}

/* Returns where ids stand, for a sentence. */
static const char *name_place(struct plan_builder *builder, const struct ids_place *place)
{
	return place->line ? place->line->source
			   : arena_printf(builder->arena, "the kernel command line%s",
					  boot_commands_loader(builder->host));
}

/* Ids that another function needs as well, or that may be meant for others, are left to a person.
 */
static void name_entry(struct plan_builder *builder, const struct ids_place *place,
		       const struct vfio_ids_entry *entry)
{
	const struct pci_function *staying = find_staying(builder, &entry->id), *first = NULL;
	struct buffer names = {.arena = builder->arena, .separator = ", ", .most = MOST_NAMES};

	for (size_t i = 0; i < builder->taken_count; i++) {
		if (!vfio_id_matches(&entry->id, builder->taken[i]))
			continue;
		first = first ? first : builder->taken[i];
		buffer_item(&names, "%s", builder->taken[i]->name);
	}
	if (!first)
		return;
	struct plan_step *step = plan_add_step(
		builder, PLAN_PERSIST, "ids-existing", first,
		"See whether %.*s in %s is still wanted: vfio-pci takes %s by it at boot%s",
		(int)entry->length, entry->text, name_place(builder, place), buffer_list(&names),
		staying ? arena_printf(builder->arena, ", and %s, too", staying->name) : "");
	step->why = staying ? arena_printf(builder->arena,
					   "to keep %s alone with VFIO, take the ids out and ask "
					   "for a plan for it; to take both back, name both",
					   staying->name)
			    : "it is for more devices than one, and no plan writes such ids";
}

/* Returns whether a place counts: a command line hides files, but for a line of the next boot that
 * lacks the ids. */
static bool counts(struct plan_builder *builder, const struct ids_place *place)
{
	const struct ids_places *places = plan_ids_places(builder);

	plan_find_ids(builder);
	return place->is_last &&
	       (!place->line || builder->ids_wait || places->count == places->in_files);
}

static void name_entries(struct plan_builder *builder)
{
	const struct ids_places *places = plan_ids_places(builder);
	struct vfio_ids_entry entry;

	for (size_t i = 0; i < places->count; i++) {
		const struct ids_place *place = &places->places[i];
		const char *list = place->value;
		bool named = counts(builder, place) && vfio_ids_fit(list);
		while (named && vfio_ids_next(&list, &entry)) {
			if (entry.counts && !leaves(builder, &entry))
				name_entry(builder, place, &entry);
		}
	}
}

/* No plan writes such a line. */
static void name_listed(struct plan_builder *builder)
{
	const struct module_list_line *line = find_listed(builder);
	const char *list = listed_ids(builder->arena, line);
	const struct pci_function *first = NULL;
	struct vfio_ids_entry entry;

	while (!first && vfio_ids_next(&list, &entry)) {
		for (size_t i = 0; !first && entry.counts && i < builder->taken_count; i++) {
			if (vfio_id_matches(&entry.id, builder->taken[i]))
				first = builder->taken[i];
		}
	}
	if (!first)
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "ids-existing", first,
			      "Take the ids of what is taken back out of %s, and make the "
			      "initramfs anew",
			      line->source);
	step->why = arena_printf(builder->arena, "the initramfs loads vfio-pci by its line \"%s\"",
				 line->text);
}

/* Returns whether a line is of a plan, and one of those that have vfio-pci take functions. */
static bool is_own(const struct modprobe_line *line)
{
	return strcmp(line->source, PLAN_VFIO_OPTIONS) == 0 && shell_takes(line->text) &&
	       strcmp(line->text, PLAN_ENABLE_SRIOV) != 0;
}

/* Drops a line of a plan, the one behind so many. Returns false where a plan has no such file. */
static bool drop_own(struct plan_builder *builder, struct plan_step *step, const char *line,
		     size_t dropped)
{
	if (dropped < MOST_OWN_LINES) {
		plan_drop_read(builder, step, line, PLAN_VFIO_OPTIONS);
		return true;
	}
	plan_add_unknown(builder,
			 "cannot tell which lines of " PLAN_VFIO_OPTIONS
			 " a plan wrote: it has more "
			 "than %d",
			 MOST_OWN_LINES);
	return false;
}

static void drop_own_options(struct plan_builder *builder, struct plan_step *step)
{
	const struct modprobe *modprobe = &builder->host->modprobe;
	size_t dropped = 0;

	builder->own_options_dropped = true;
	for (size_t i = 0; i < modprobe->count; i++) {
		if (is_own(&modprobe->lines[i]) &&
		    !drop_own(builder, step, modprobe->lines[i].text, dropped++))
			return;
	}
}

bool plan_drop_softdeps(struct plan_builder *builder)
{
	const struct modprobe *modprobe = &builder->host->modprobe;
	struct plan_step *step = NULL;
	size_t dropped = 0;

	for (size_t i = 0; i < modprobe->count && !builder->own_options_dropped; i++) {
		const struct modprobe_line *line = &modprobe->lines[i];
		if (!is_own(line) || strncmp(line->text, "softdep ", strlen("softdep ")) != 0)
			continue;
		if (!step)
			step = plan_add_step(builder, PLAN_PERSIST, "drop-options", NULL,
					     "Have vfio-pci no longer loaded before the host's "
					     "drivers");
		if (!drop_own(builder, step, line->text, dropped++))
			break;
	}
	return step != NULL;
}

static struct plan_step *add_step(struct plan_builder *builder, const struct ids_place *place,
				  const char *dropped, const struct ids_place *hidden)
{
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "drop-options", NULL,
			      "Let the host's drivers have %s again at boot: take these ids out of "
			      "%s",
			      dropped, name_place(builder, place));

	if (hidden)
		step->why = arena_printf(builder->arena,
					 "an empty ids= stays there: without it %s in %s would "
					 "count, which it hides now",
					 hidden->word, name_place(builder, hidden));
	return step;
}

/* Returns whether one of the lines in front has the same text: commands that were pasted twice. */
static bool is_written_before(const struct ids_places *places, size_t index)
{
	const struct modprobe_line *line = places->places[index].line;

	for (size_t i = 0; i < index; i++) {
		const struct modprobe_line *other = places->places[i].line;
		if (strcmp(other->source, line->source) == 0 &&
		    strcmp(other->text, line->text) == 0)
			return true;
	}
	return false;
}

static bool undo_file(struct plan_builder *builder, size_t index)
{
	const struct ids_places *places = plan_ids_places(builder);
	struct ids_place *place = &places->places[index];
	const struct modprobe_option there = {place->line, place->word, place->value};
	const char *rest = staying_of_place(builder, place);
	const char *dropped = leaving_of_place(builder, place);
	const struct ids_place *hidden =
		!*rest && place->is_last ? find_hidden(builder, index) : NULL;
	bool own = !*rest && !hidden && strcmp(place->line->source, PLAN_VFIO_OPTIONS) == 0;

	if (!*dropped)
		return false;
	if (own && builder->own_options_dropped && is_written_before(places, index))
		return true;
	struct plan_step *step = add_step(builder, place, dropped, hidden);
	if (own)
		drop_own_options(builder, step);
	else
		plan_write_ids(builder, step, &there, *rest || hidden ? rest : NULL);
	/* What is taken back of a plan that is taken back. */
	step->undo = NULL;
	return true;
}

/* One edit changes all command lines: where they are to have different ids, a person does it. */
static void undo_command_lines(struct plan_builder *builder)
{
	const struct ids_places *places = plan_ids_places(builder);
	struct arena *arena = builder->arena;
	struct plan_parameters edit = {0};
	struct text_line *dropped = NULL, *rests = NULL;
	const struct ids_place *changed = NULL;
	bool in_last = false;

	for (size_t i = places->in_files; i < places->count; i++) {
		struct ids_place *place = &places->places[i];
		if (place->is_last)
			lines_append_once(arena, &rests, staying_of_place(builder, place));
		if (!*leaving_of_place(builder, place))
			continue;
		changed = place;
		in_last |= place->is_last;
		lines_append_once(arena, &dropped, place->leaving);
		lines_add(arena, &edit.remove, "%s", place->word);
	}
	if (!changed || !rests)
		return;
	const char *rest = rests->text;
	const struct ids_place *hidden =
		in_last && !*rest ? find_hidden(builder, places->in_files) : NULL;
	struct plan_step *step =
		add_step(builder, changed, lines_join(arena, dropped, " and "), hidden);
	if ((in_last && *rest) || hidden)
		lines_add(arena, &edit.add,
			  strchr(rest, ' ') ? "vfio-pci.ids=\"%s\"" : "vfio-pci.ids=%s", rest);
	if (rests->next || !plan_change_command_line(builder, step, &edit))
		step->why = plan_by_hand(builder, step->why);
}

bool plan_undo_ids(struct plan_builder *builder)
{
	const struct ids_places *places = plan_ids_places(builder);
	bool changed = false;

	name_entries(builder);
	name_listed(builder);
	for (size_t i = 0; i < places->in_files; i++)
		changed |= undo_file(builder, i);
	undo_command_lines(builder);
	return changed;
}

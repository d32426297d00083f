/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/boot/ids_places.h"

#include <string.h>

#include "host/base/buffer.h"
#include "model/boot/kernel_parameters.h"
#include "model/modules/vfio_ids.h"
#include "plan/boot/modprobe_file.h"

enum { MOST_PLACES = 16 }; /* of modprobe.d */

static void append(struct plan_builder *builder, struct ids_places *list,
		   const struct ids_place *place)
{
	struct ids_place *larger = arena_grow(builder->arena, list->places, list->count,
					      &list->capacity, sizeof(*larger));

	if (!larger)
		return;
	list->places = larger;
	larger[list->count++] = *place;
}

static void add_files(struct plan_builder *builder, struct ids_places *list)
{
	const struct modprobe_options found =
		modprobe_find_options(&builder->host->modprobe, builder->arena, "vfio_pci", "ids");

	size_t first = found.count > MOST_PLACES ? found.count - MOST_PLACES : 0;

	if (first)
		plan_add_unknown(builder,
				 "cannot tell all that gives vfio-pci ids: modprobe.d has more "
				 "than %d lines that do",
				 MOST_PLACES);
	for (size_t i = first; i < found.count; i++) {
		const struct modprobe_option *option = &found.options[i];
		if (option->value)
			append(builder, list,
			       &(struct ids_place){.line = option->line,
						   .word = option->word,
						   .value = option->value});
	}
	list->in_files = list->count;
	if (list->count)
		list->places[list->count - 1].is_last = true;
}

/* Lines that the next boot may have share words. */
static struct ids_place *add_word(struct plan_builder *builder, struct ids_places *list,
				  const struct cmdline_parameter *parameter)
{
	const char *word = cmdline_spell(builder->arena, parameter);
	size_t i = list->in_files;

	while (i < list->count && strcmp(list->places[i].word, word) != 0)
		i++;
	if (i == list->count)
		append(builder, list, &(struct ids_place){.word = word, .value = parameter->value});
	return i < list->count ? &list->places[i] : NULL;
}

/* What only the running kernel has is gone at the next boot. */
static void add_line(struct plan_builder *builder, struct ids_places *list,
		     const struct cmdline *cmdline)
{
	const struct next_boot *next = &builder->model->next_boot;
	bool running = cmdline == &builder->host->cmdline;
	struct ids_place *last = NULL;

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (it->value && cmdline_same_name(it->name, "vfio_pci.ids") &&
		    (!running || next_boot_find(next, it) != IN_NO_LINE))
			last = add_word(builder, list, it);
	}
	if (last)
		last->is_last = true;
}

const struct ids_places *plan_ids_places(struct plan_builder *builder)
{
	static const struct ids_places none;
	const struct next_boot *next = &builder->model->next_boot;
	struct ids_places *list;

	if (builder->ids_places)
		return builder->ids_places;
	list = arena_alloc(builder->arena, sizeof(*list));
	if (!list)
		return &none;
	*list = (struct ids_places){0};
	if (!modules_built_in(&builder->host->modules, "vfio_pci"))
		add_files(builder, list);
	add_line(builder, list, &builder->host->cmdline);
	for (size_t i = 0; i < next->source_count; i++)
		add_line(builder, list, next->sources[i]);
	for (size_t i = 0; i < next->count; i++)
		add_line(builder, list, next->lines[i].cmdline);
	builder->ids_places = list;
	return list;
}

/* Lines of modprobe.d that give vfio-pci options, as an address of sed, and one without any, which
 * kmod calls a bad one. */
#define OPTIONS_LINE    "^[[:space:]]*options[[:space:]]\\+vfio[-_]pci"
#define LINES           "/" OPTIONS_LINE "[[:space:]]/"
#define DROP_EMPTY_LINE "/" OPTIONS_LINE "[[:space:]]*$/d"

/* Of a word that a line has twice the last counts. */
static void replace_word(struct plan_builder *builder, struct plan_command **list, const char *file,
			 const char *before, const char *after)
{
	struct arena *arena = builder->arena;

	plan_run(builder, list,
		 "sed -i '" LINES "s/\\(.*[[:space:]]\\)%s\\([[:space:]]\\|$\\)/\\1%s\\2/' %s",
		 shell_sed_words(arena, before), shell_sed_replacement(arena, after), file);
}

static void drop_word(struct plan_builder *builder, struct plan_command **list, const char *file,
		      const char *word)
{
	plan_run(builder, list,
		 "sed -i '" LINES "{s/[[:space:]]\\+%s\\([[:space:]]\\|$\\)/\\1/;" DROP_EMPTY_LINE
		 "}' %s",
		 shell_sed_words(builder->arena, word), file);
}

/* Returns whether sed finds the option, which its pattern is to find on one line. */
static bool is_found(const struct modprobe_option *there)
{
	return !there->line->joined && shell_takes(there->word) && shell_prints(there->word) &&
	       shell_takes_path(there->line->source);
}

static void leave_to_a_person(struct plan_builder *builder, struct plan_step *step,
			      const struct modprobe_option *there, const char *change)
{
	step->why = arena_printf(
		builder->arena, "%s%s%s%s: in its line \"%s\", %s", step->why ? step->why : "",
		step->why ? "; " : "", plan_modprobe_by_hand(builder->arena, there->line),
		there->line->joined ? ", where a backslash keeps sed from finding that" : "",
		there->line->text, change);
}

/* What becomes of an option: words of its line, one blank apart. */
struct edit {
	const char *before;
	const char *after;
};

static bool has_all(const char *list, const char *entries)
{
	struct vfio_ids_entry entry;

	while (vfio_ids_next(&entries, &entry)) {
		if (entry.counts && !vfio_ids_have(list, &entry.id))
			return false;
	}
	return true;
}

static const char *behind_last(const char *line, const char *word)
{
	const char *last = line + strlen(line);

	for (const char *at = strstr(line, word); at; at = strstr(at + 1, word))
		last = at + strlen(word);
	return last;
}

/* Ids that a blank keeps out of the list stand behind it: what is listed now, or listed nowhere any
 * more, goes. */
static struct edit edit_of(struct arena *arena, const struct modprobe_option *there,
			   const char *list)
{
	struct buffer before = {.arena = arena, .separator = " "};
	struct buffer after = {.arena = arena, .separator = " "};
	const char *stray = behind_last(there->line->text, there->word);

	buffer_item(&before, "%s", there->word);
	if (list)
		buffer_item(&after, strchr(list, ' ') ? "ids=\"%s\"" : "ids=%s", list);
	while (*stray == ' ') {
		size_t length = strcspn(++stray, " ");
		const char *word = arena_copy(arena, stray, length);
		if (!kernel_parameter_is_id(word))
			break;
		buffer_item(&before, "%s", word);
		if (list && !has_all(list, word))
			buffer_item(&after, "%s", word);
		stray += length;
	}
	return (struct edit){buffer_text(&before), list ? buffer_text(&after) : NULL};
}

void plan_write_ids(struct plan_builder *builder, struct plan_step *step,
		    const struct modprobe_option *there, const char *list)
{
	struct arena *arena = builder->arena;
	const char *file = plan_modprobe_file(arena, there->line);
	const struct edit edit = edit_of(arena, there, list);

	if (plan_is_declared(builder, step, file,
			     list ? arena_printf(arena, "replace %s of vfio-pci with %s",
						 edit.before, edit.after)
				  : arena_printf(arena, "take %s of vfio-pci out", edit.before)))
		return;
	if (!is_found(there)) {
		leave_to_a_person(
			builder, step, there,
			list ? arena_printf(arena, "replace %s with %s", edit.before, edit.after)
			     : arena_printf(arena, "take %s out", edit.before));
		return;
	}
	plan_modprobe_copy(builder, there->line, &step->commands, list ? &step->undo : NULL);
	if (!list) {
		drop_word(builder, &step->commands, file, edit.before);
		return;
	}
	replace_word(builder, &step->commands, file, edit.before, edit.after);
	if (plan_modprobe_is_in_place(there->line))
		replace_word(builder, &step->undo, file, edit.after, edit.before);
}

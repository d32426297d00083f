/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/base/buffer.h"
#include "model/boot/boot_commands.h"
#include "model/boot/line_remedy.h"
#include "plan/builder.h"

static bool is_changed(struct arena *arena, const struct cmdline *cmdline,
		       const struct plan_parameters *parameters)
{
	const struct text_line *line;

	if (!fact_known(&cmdline->fact))
		return false;
	for (line = parameters->add; line; line = line->next) {
		if (!cmdline_has_word(arena, cmdline, line->text))
			return false;
	}
	for (line = parameters->remove; line; line = line->next) {
		if (cmdline_has_word(arena, cmdline, line->text))
			return false;
	}
	return true;
}

/* Returns whether every line that the next boot may have, and what they are made of, is as wanted.
 */
static bool is_configured(const struct plan_builder *builder,
			  const struct plan_parameters *parameters)
{
	const struct next_boot *next = &builder->model->next_boot;

	if (next->unread || !next->count)
		return false;
	for (size_t i = 0; i < next->count; i++) {
		if (next->lines[i].variable ||
		    !is_changed(builder->arena, next->lines[i].cmdline, parameters))
			return false;
	}
	for (size_t i = 0; i < next->source_count; i++) {
		if (!is_changed(builder->arena, next->sources[i], parameters))
			return false;
	}
	return true;
}

/* A loader that reads the lines themselves needs nothing more. */
static void apply(struct plan_builder *builder)
{
	const char *update =
		builder->model->next_boot.generated ? NULL : boot_commands_update(builder->host);
	struct plan_step *step;

	if (!update)
		return;
	step = plan_add_step(builder, PLAN_BOOT, "kernel-parameters", NULL,
			     "Apply the kernel command line%s, which is configured already",
			     boot_commands_loader(builder->host));
	plan_run(builder, &step->commands, "%s", update);
}

/* What the next boot would break, although the running kernel does not. */
struct coming {
	struct plan_parameters edit;  /* that keeps it from coming */
	struct text_line *statements; /* "iommu=off turns DMA remapping off" */
	struct text_line *lost;       /* words in effect that are not configured to stay */
	struct text_line *losses;     /* "VT-d is off without it" */
	struct text_line *asked;      /* such words that only a person knows the meaning of */
};

/* of_all: only words that all lines of the next boot have. Which line it takes is unknown. */
static void judge_line(struct plan_builder *builder, const struct line_effects *effects,
		       const struct next_boot *of_all, struct coming *ret)
{
	const struct line_effects *running = &builder->model->line_effects;

	for (const struct line_effect *it = effects->first; it; it = it->next) {
		if (!line_effect_breaks_anew(it, running) ||
		    (of_all && next_boot_find(of_all, it->parameter) != IN_ALL_LINES))
			continue;
		line_effects_mend(effects, it->parameter, builder->arena, &ret->edit.add,
				  &ret->edit.remove);
		lines_append_once(builder->arena, &ret->statements, it->statement);
	}
}

/* Returns whether a word in effect is written down unasked. */
static bool is_kept(const struct plan_builder *builder, const struct line_effects *running,
		    const struct cmdline_parameter *word)
{
	return line_word_keeping(word) == WORD_KEPT && !line_effects_amiss(running, word) &&
	       boot_commands_take(builder->host, cmdline_spell(builder->arena, word));
}

/* A plan is judged with the words of the running kernel. */
static void judge_running(struct plan_builder *builder, const struct line_effects *lines,
			  struct coming *ret)
{
	const struct line_effects *running = &builder->model->line_effects;
	struct arena *arena = builder->arena;

	for (size_t i = 0; i < running->cmdline->count; i++) {
		const struct cmdline_parameter *it = &running->cmdline->parameters[i];
		enum word_fate fate = line_word_fate(&builder->model->next_boot, lines, running, i);
		if (fate != WORD_LOST && fate != WORD_LEFT_OUT)
			continue;
		const char *word = cmdline_spell(arena, it);
		const char *loss =
			line_word_loss(builder->host, &builder->model->platform, running, it);
		if (lines_have(builder->parameters.remove, word))
			continue;
		bool kept = fate == WORD_LOST && is_kept(builder, running, it);
		lines_append_once(arena, kept ? &ret->lost : &ret->asked, word);
		if (loss)
			lines_append_once(arena, &ret->losses, loss);
	}
}

/* Of a kernel whose words were not read nothing is new. */
static struct coming judge_next(struct plan_builder *builder)
{
	const struct next_boot *next = &builder->model->next_boot;
	const struct host *host = builder->host;
	const struct host_platform *platform = &builder->model->platform;
	enum acs_override_state override = builder->model->acs_override;
	struct coming coming = {0};

	if (builder->wish->undo || next->unknown_why || !fact_known(&host->cmdline.fact))
		return coming;
	const struct line_effects *lines =
		line_effects_next(next, host, platform, override, builder->arena);
	for (size_t i = 0; lines && i < next->count; i++)
		judge_line(builder, &lines[i], next, &coming);
	for (size_t i = 0; i < next->source_count; i++) {
		struct line_effects source;
		line_effects_build(host, platform, override, next->sources[i], builder->arena,
				   &source);
		judge_line(builder, &source, NULL, &coming);
	}
	if (lines)
		judge_running(builder, lines, &coming);
	return coming;
}

static void append_all(struct arena *arena, struct text_line **list, const struct text_line *lines)
{
	for (; lines; lines = lines->next)
		lines_append_once(arena, list, lines->text);
}

static void keep_lost(struct arena *arena, const struct coming *coming,
		      struct plan_parameters *edit)
{
	for (const struct text_line *line = coming->lost; line; line = line->next) {
		if (!lines_have(edit->remove, line->text))
			lines_append_once(arena, &edit->add, line->text);
	}
}

/* Says of words to be added that somebody wrote them where this host's boot loader does not look.
 */
static void say_ignored(struct plan_builder *builder, const struct text_line *added,
			struct buffer *why)
{
	const struct cmdline *ignored = builder->model->next_boot.ignored;
	const struct boot_config *config = &builder->host->boot_config;
	struct arena *arena = builder->arena;

	if (builder->wish->undo || !ignored || !fact_known(&ignored->fact))
		return;
	for (size_t i = 0; i < ignored->count; i++) {
		const struct cmdline_parameter *it = &ignored->parameters[i];
		const char *word = cmdline_spell(arena, it);
		if (!lines_have(added, word) || !cmdline_is_first(ignored, i))
			continue;
		buffer_item(why, "%s is in %s, which this host does not boot by", word,
			    ignored == &config->grub ? boot_config_grub_place(config, arena, it)
						     : ignored->fact.source);
	}
}

/* Returns why words change, "" where they say so themselves. */
static const char *why_change(struct plan_builder *builder,
			      const struct plan_parameters *parameters, const struct coming *coming)
{
	struct arena *arena = builder->arena;
	struct buffer why = {.arena = arena, .separator = "; "};

	if (parameters->statements)
		buffer_item(&why, "%s", lines_join(arena, parameters->statements, "; "));
	say_ignored(builder, parameters->add, &why);
	if (coming->statements)
		buffer_item(&why, "at the next boot %s",
			    lines_join(arena, coming->statements, "; "));
	if (coming->lost)
		buffer_item(&why, "%s in effect now, and not configured to stay%s%s",
			    coming->lost->next
				    ? arena_printf(arena, "%s are",
						   lines_join(arena, coming->lost, " and "))
				    : arena_printf(arena, "%s is", coming->lost->text),
			    coming->losses ? ": " : "", lines_join(arena, coming->losses, "; "));
	return buffer_text(&why);
}

/* Returns the edit without words to be taken away that nothing of the next boot has, and those to
 * be added that all of it has. */
static struct plan_parameters without_idle(const struct plan_builder *builder,
					   const struct plan_parameters *parameters)
{
	const struct next_boot *next = &builder->model->next_boot;
	struct plan_parameters edit = *parameters;
	bool is_known = !next->unknown_why && next->count;

	for (size_t i = 0; i < next->count; i++)
		is_known &= !next->lines[i].variable;
	if (!is_known)
		return edit;
	edit.remove = next_boot_words(next, parameters->remove, builder->arena);
	edit.add = NULL;
	for (const struct text_line *word = parameters->add; word; word = word->next) {
		struct text_line one = {.text = word->text};
		const struct plan_parameters part = {.add = &one};
		if (!is_configured(builder, &part))
			lines_append_once(builder->arena, &edit.add, word->text);
	}
	return edit;
}

static void add_edit_step(struct plan_builder *builder, enum plan_stage stage,
			  const struct plan_parameters *wanted, const struct coming *coming,
			  const struct text_line *undo)
{
	const struct plan_parameters edit = without_idle(builder, wanted), *parameters = &edit;
	struct arena *arena = builder->arena;
	struct plan_step *step = plan_add_step(builder, stage, "kernel-parameters", NULL, "%s%s",
					       plan_command_line_words(arena, parameters),
					       boot_commands_loader(builder->host));
	const char *why = why_change(builder, parameters, coming);

	if (*why)
		step->why = why;
	if (plan_change_command_line(builder, step, parameters)) {
		plan_run_lines(builder, &step->undo, undo);
		return;
	}
	step->why = plan_by_hand(builder, *why ? why : NULL);
}

/* Whether that is wanted depends on what a person means to have. */
static void ask_for_others(struct plan_builder *builder, enum plan_stage stage,
			   const struct coming *coming)
{
	const char *words = lines_join(builder->arena, coming->asked, " and ");

	if (!coming->asked)
		return;
	plan_add_step(builder, stage, "unsafe-parameters", NULL,
		      "Decide whether %s %s, which %s in effect and not configured to stay", words,
		      coming->asked->next ? "stay" : "stays", coming->asked->next ? "are" : "is")
		->why = "this plan is for a host that runs with that: without it, ask for a plan "
			"again after the next boot";
}

/* A plan that reboots needs that done before. Other plans are to outlast a reboot, but for one that
 * holds until then. */
static void keep_from_coming(struct plan_builder *builder, const struct coming *coming,
			     const struct text_line **undo)
{
	struct plan_parameters *parameters = &builder->parameters;
	bool reboots = plan_reboots(builder);
	enum plan_stage stage = reboots ? PLAN_BOOT : PLAN_PERSIST;
	struct plan_parameters own = {0}, *edit = reboots ? parameters : &own;

	if (!reboots && builder->wish->how == PLAN_HOW_NOW)
		return;
	ask_for_others(builder, stage, coming);
	if (builder->persists &&
	    (edit->add || edit->remove || coming->lost || coming->edit.add || coming->edit.remove))
		plan_persist_parameters(builder, edit);
	keep_lost(builder->arena, coming, edit);
	append_all(builder->arena, &edit->add, coming->edit.add);
	append_all(builder->arena, &edit->remove, coming->edit.remove);
	if (edit->add || edit->remove)
		*undo = plan_command_line_undo(builder, edit);
	if (!reboots && (own.add || own.remove))
		add_edit_step(builder, stage, &own, coming, *undo);
}

void plan_command_line(struct plan_builder *builder)
{
	const struct plan_parameters *parameters = &builder->parameters;
	const struct text_line *undo = NULL;
	const struct coming coming = judge_next(builder);

	keep_from_coming(builder, &coming, &undo);
	if (!parameters->add && !parameters->remove)
		return;
	if (is_configured(builder, parameters))
		apply(builder);
	else
		add_edit_step(builder, PLAN_BOOT, parameters, &coming, undo);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/boot_edit.h"

#include <string.h>

#include "host/access/array.h"
#include "model/boot/kernel_parameters.h"
#include "model/shell.h"

/* A quote would end the shell's word, and what GRUB boots by is a script once more, where the
 * semicolon of lists like pci=config_acs= ends the command. */
bool boot_edit_takes(const struct text_line *words, enum boot_edit edit)
{
	bool grub = edit == BOOT_EDIT_GRUB || edit == BOOT_EDIT_GRUBBY || edit == BOOT_EDIT_OSTREE;
	const char *special = grub ? "'\"\\`$\n ;&|<>{}#" : "'\"\\`$\n";

	for (; words; words = words->next) {
		if (strpbrk(words->text, special))
			return false;
	}
	return true;
}

/* Lines that sed is to change, and where in them words are added. */
struct sed_form {
	const char *lines; /* address of lines */
	const char *place; /* regular expression in front of or behind which words are added */
};

static const struct sed_form sed_forms[] = {
	/* A value without quotes gets them first. */
	[BOOT_EDIT_GRUB] = {"s/^\\(GRUB_CMDLINE_LINUX=\\)\\([^\"\\x27]*\\)$/\\1\"\\2\"/;"
			    "/^GRUB_CMDLINE_LINUX=/",
			    "=."},
	/* kernel-install and mkinitcpio take lines of comment out. */
	[BOOT_EDIT_FILE] = {"0,/^[^#]/", "^[^#].*"},
	[BOOT_EDIT_ENTRIES] = {"/^[[:blank:]]*options[[:blank:]]/", "$"},
	[BOOT_EDIT_GRUBBY] = {NULL, NULL},
	[BOOT_EDIT_OSTREE] = {NULL, NULL},
	[BOOT_EDIT_KERNELSTUB] = {NULL, NULL},
	[BOOT_EDIT_HAND] = {NULL, NULL},
};

ASSERT_COVERS(sed_forms, BOOT_EDIT_COUNT);

/* Returns the file of GRUB's settings in which words that are added count. */
static const struct grub_file *base_of(const struct host *host)
{
	static const struct grub_file unread = {.path = "/etc/default/grub"};
	const struct boot_config *config = &host->boot_config;

	return config->grub_file_count ? &config->grub_files[config->grub_base] : &unread;
}

/* Returns whether one of the words stands where it counts in one of the files of GRUB's settings.
 */
static bool counts_in(const struct host *host, const struct grub_file *file,
		      const struct text_line *words, struct arena *arena)
{
	const struct boot_config *config = &host->boot_config;

	for (size_t i = 0; words && i < file->words.count; i++) {
		size_t base =
			i < file->first_default ? config->grub_base : config->grub_default_base;
		if ((size_t)(file - config->grub_files) >= base &&
		    lines_have(words, cmdline_spell(arena, &file->words.parameters[i])))
			return true;
	}
	return false;
}

/* Without words to add, an edit is of the first file that has some to take away. */
static const struct grub_file *aim(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;

	for (size_t i = 0; !job->add && i < config->grub_file_count; i++) {
		if (counts_in(job->host, &config->grub_files[i], job->remove, job->arena))
			return &config->grub_files[i];
	}
	return base_of(job->host);
}

void boot_edit_aim(struct boot_edit_job *job)
{
	if (job->edit != BOOT_EDIT_GRUB)
		return;
	job->grub = aim(job);
	job->file = job->grub->path;
}

/* Calls edit for the other files of GRUB's settings where one of the words counts. */
static void edit_others(const struct boot_edit_job *job, const struct text_line *words,
			void (*edit)(const struct boot_edit_job *job))
{
	const struct boot_config *config = &job->host->boot_config;

	for (size_t i = 0; job->grub && i < config->grub_file_count; i++) {
		const struct grub_file *file = &config->grub_files[i];
		struct boot_edit_job other = *job;
		if (file == job->grub || !counts_in(job->host, file, words, job->arena))
			continue;
		other.grub = file;
		other.file = file->path;
		edit(&other);
	}
}

/* Where the settings have no such line to be edited, one is appended: they are read as by a shell,
 * and the last counts. */
#define GRUB_LINE_ANEW "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX"

static void append_grub_line(const struct boot_edit_job *job)
{
	if (job->grub && !fact_known(&job->grub->line) && job->add)
		shell_add(job->arena, job->commands,
			  "grep -qs '^GRUB_CMDLINE_LINUX=' %s || echo '" GRUB_LINE_ANEW
			  " %s\"' >> %s",
			  job->file, lines_join(job->arena, job->add, " "), job->file);
}

/* GRUB's settings have a second line that grub-mkconfig's 10_linux boots by, of which words are
 * removed, too. */
static const char *lines_to_remove_from(enum boot_edit edit)
{
	switch (edit) {
	case BOOT_EDIT_GRUB:
		return "/^GRUB_CMDLINE_LINUX\\(_DEFAULT\\)\\?+\\?=/";
	case BOOT_EDIT_FILE:
		return "/^#/!";
	case BOOT_EDIT_ENTRIES:
	case BOOT_EDIT_GRUBBY:
	case BOOT_EDIT_OSTREE:
	case BOOT_EDIT_KERNELSTUB:
	case BOOT_EDIT_HAND:
		break;
	}
	return sed_forms[edit].lines;
}

/* A word ends at a blank, which goes with it. The last one, at the closing quote or the end of the
 * line, takes the blank before it along. */
static void remove_words(const struct boot_edit_job *job)
{
	const char *lines = lines_to_remove_from(job->edit);

	for (const struct text_line *word = job->remove; word; word = word->next) {
		const char *quoted = shell_sed_quote(job->arena, word->text);
		shell_add(
			job->arena, job->commands,
			"sed -i '%s{s/ %s\\([\"\\x27]\\|$\\)/\\1/;"
			"s/\\(^\\|[^A-Za-z0-9_.-]\\)%s\\( \\|\\([\"\\x27]\\)\\|$\\)/\\1\\3/g}' %s",
			lines, quoted, quoted, job->file);
	}
}

/* Returns a regular expression for a word that stands on a line. */
static const char *word_pattern(struct arena *arena, const char *word)
{
	return arena_printf(arena, "\\(^\\|[\"\\x27[:blank:]]\\)%s\\([\"\\x27[:blank:]]\\|$\\)",
			    shell_sed_quote(arena, word));
}

static void add_word(const struct boot_edit_job *job, const char *word)
{
	const struct sed_form *form = &sed_forms[job->edit];
	bool grub = job->edit == BOOT_EDIT_GRUB;

	shell_add(job->arena, job->commands, "sed -i '%s{/%s/!s/%s/%s%s%s/}' %s", form->lines,
		  word_pattern(job->arena, word), form->place, grub ? "&" : "& ",
		  shell_sed_replacement(job->arena, word), grub ? " " : "", job->file);
}

/* The word stands behind the opening quote, or at the end, where the line lacks it. */
static void add_words(const struct boot_edit_job *job)
{
	bool grub = job->edit == BOOT_EDIT_GRUB;

	/* One step may have appended the line, so that of another adds to it all the same. */
	if (grub)
		append_grub_line(job);
	for (const struct text_line *word = job->add; word; word = word->next)
		add_word(job, word->text);
}

static struct kernel_parameters evaluate(struct arena *arena, const struct cmdline *cmdline)
{
	struct kernel_parameters parameters;

	kernel_parameters_build(cmdline, arena, &parameters);
	return parameters;
}

/*
 * GRUB_CMDLINE_LINUX, to which words are added, stands before GRUB_CMDLINE_LINUX_DEFAULT: what is
 * configured there to the contrary would have the last word, and goes.
 */
struct text_line *boot_edit_opposed(const struct boot_edit_job *job)
{
	const struct cmdline *grub = &job->host->boot_config.grub;
	struct arena *arena = job->arena;
	struct text_line *remove = NULL;
	struct cmdline added;

	for (const struct text_line *it = job->remove; it; it = it->next)
		lines_append_once(arena, &remove, it->text);
	const char *words = arena_printf(arena, "%s\n", lines_join(arena, job->add, " "));
	const struct fact_text text = {
		.fact.state = FACT_KNOWN, .text = words, .length = strlen(words)};
	cmdline_parse(arena, &text, &added);
	struct kernel_parameters wanted = evaluate(arena, &added);
	for (size_t i = 0; fact_known(&grub->fact) && i < grub->count; i++) {
		const struct cmdline word = {.parameters = &grub->parameters[i], .count = 1};
		struct kernel_parameters set = evaluate(arena, &word);
		const char *spelt = cmdline_spell(arena, &grub->parameters[i]);
		if (kernel_parameters_oppose(&wanted, &set) && !lines_have(job->add, spelt))
			lines_append_once(arena, &remove, spelt);
	}
	return remove;
}

static const char odd_indented[] = "has a value on a line that does not begin with its name";

/* Returns why sed cannot edit a file of GRUB's settings, behind its path, or NULL. */
static const char *why_odd(const struct grub_file *file)
{
	if (!shell_takes_path(file->path))
		return "has a name that a shell takes otherwise";
	if (file->form == GRUB_ODD || file->default_form == GRUB_ODD)
		return "has a value that is neither one word nor one text in quotes";
	return NULL;
}

/* Likewise, where words go, or the line that gets others may not be the one that counts. */
static const char *why_odd_here(const struct boot_edit_job *job, const struct grub_file *file)
{
	const char *why = why_odd(file);

	if (why || !file->is_indented)
		return why;
	if ((job->add && file == job->grub && fact_known(&file->line)) ||
	    counts_in(job->host, file, job->remove, job->arena))
		return odd_indented;
	return NULL;
}

/* Returns why a person edits one of the files that an edit changes, or NULL. */
const char *boot_edit_by_hand(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;
	const char *why = job->grub ? why_odd_here(job, job->grub) : NULL;
	const struct grub_file *file = job->grub;

	for (size_t i = 0; job->grub && !why && i < config->grub_file_count; i++) {
		file = &config->grub_files[i];
		if (counts_in(job->host, file, job->remove, job->arena))
			why = why_odd_here(job, file);
	}
	return why ? arena_printf(job->arena, "%s %s", file->path, why) : NULL;
}

/* Any odd file that counts may be the one. */
const char *boot_edit_odd_file(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;
	const struct grub_file *file = job->grub;
	const char *why = file ? why_odd(file) : NULL;

	for (size_t i = 0; job->grub && !why && i < config->grub_file_count; i++) {
		file = &config->grub_files[i];
		why = why_odd(file);
		if (!why && file->is_indented)
			why = odd_indented;
	}
	return why ? arena_printf(job->arena, "%s %s", file->path, why) : NULL;
}

/* The line of GRUB that an edit appended is gone with its words. */
static void remove_grub_line(const struct boot_edit_job *job)
{
	if (job->grub && !fact_known(&job->grub->line))
		shell_add(job->arena, job->commands, "sed -i '/^%s *\"$/d' %s",
			  shell_sed_quote(job->arena, GRUB_LINE_ANEW), job->file);
}

/* The quotes that an edit gave a value go again. */
static void remove_quotes(const struct boot_edit_job *job)
{
	if (job->grub && job->grub->form == GRUB_BARE)
		shell_add(job->arena, job->commands,
			  "sed -i 's/^\\(GRUB_CMDLINE_LINUX=\\)\"\\([^\" ]*\\)\"$/\\1\\2/' %s",
			  job->file);
}

/*
 * Appends what puts a word back where it stood: behind the one before it, or first of its line
 * if none is before it (NULL), or the line has that one in other letters, as within quotes.
 */
static void restore_word(const struct boot_edit_job *job, const char *lines, const char *before,
			 const char *word)
{
	struct arena *arena = job->arena;
	const struct text_line neighbour = {.text = before};
	const char *text = shell_sed_replacement(arena, word), *behind = "";
	bool grub = job->edit == BOOT_EDIT_GRUB;

	if (before &&
	    (boot_edit_takes(&neighbour, job->edit) || strcmp(before, "$GRUB_CMDLINE_LINUX") == 0))
		behind = arena_printf(arena, "s/%s/\\1%s %s\\2/;t;", word_pattern(arena, before),
				      shell_sed_replacement(arena, before), text);
	/* No blank is left between a word that is alone and the closing quote. */
	shell_add(arena, job->commands,
		  "sed -i '%s{/%s/!{%ss/%s/%s%s%s/;s/\\(%s\\) \\([\"\\x27]\\?\\)$/\\1\\2/}}' %s",
		  lines, word_pattern(arena, word), behind, grub ? "=." : "^[^#]", grub ? "&" : "",
		  text, grub ? " " : " &", shell_sed_quote(arena, word), job->file);
}

/* A file's words, as they are before the edit, and the lines of each. */
struct edited_words {
	const struct cmdline *cmdline;
	size_t first_default; /* of GRUB: the first of GRUB_CMDLINE_LINUX_DEFAULT */
	const char *lines, *default_lines;
};

/* Returns the words of the one file that an edit changes; entries are many. */
static struct edited_words edited_words_of(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;

	if (job->edit == BOOT_EDIT_GRUB && job->grub)
		return (struct edited_words){&job->grub->words, job->grub->first_default,
					     "/^GRUB_CMDLINE_LINUX+\\?=/",
					     "/^GRUB_CMDLINE_LINUX_DEFAULT+\\?=/"};
	if (job->edit == BOOT_EDIT_FILE)
		return (struct edited_words){&config->kernel, config->kernel.count,
					     sed_forms[BOOT_EDIT_FILE].lines, NULL};
	return (struct edited_words){0};
}

/* A value without quotes has one word at most. */
static void restore_bare(const struct boot_edit_job *job, const char *word)
{
	shell_add(job->arena, job->commands, "sed -i 's/^GRUB_CMDLINE_LINUX_DEFAULT+\\?=$/&%s/' %s",
		  shell_sed_replacement(job->arena, word), job->file);
}

/* In the order of the file, so that each finds the word before it. */
static void restore_words(const struct boot_edit_job *job)
{
	bool bare = job->grub && job->grub->default_form == GRUB_BARE;
	const struct edited_words words = edited_words_of(job);
	const char *before = NULL;

	for (size_t i = 0; words.cmdline && i < words.cmdline->count; i++) {
		const char *word = cmdline_spell(job->arena, &words.cmdline->parameters[i]);
		bool is_default = i >= words.first_default;
		if (i == words.first_default)
			before = NULL;
		if (lines_have(job->add, word) && is_default && bare)
			restore_bare(job, word);
		else if (lines_have(job->add, word))
			restore_word(job, is_default ? words.default_lines : words.lines, before,
				     word);
		before = word;
	}
}

struct text_line *boot_edit_missing(const struct boot_edit_job *job, const struct text_line *words)
{
	const struct boot_config *config = &job->host->boot_config;
	const struct cmdline *there = job->edit == BOOT_EDIT_GRUB ? &config->grub : &config->kernel;
	bool is_one = job->edit == BOOT_EDIT_GRUB || job->edit == BOOT_EDIT_FILE;
	struct text_line *missing = NULL;

	for (; words; words = words->next) {
		if (!is_one || !cmdline_has_word(job->arena, there, words->text))
			lines_append_once(job->arena, &missing, words->text);
	}
	return missing;
}

bool boot_edit_is_of_files(enum boot_edit edit)
{
	return sed_forms[edit].lines;
}

void boot_edit_write(const struct boot_edit_job *job)
{
	remove_words(job);
	edit_others(job, job->remove, remove_words);
	add_words(job);
}

void boot_edit_take_back(const struct boot_edit_job *job)
{
	remove_words(job);
	remove_grub_line(job);
	if (job->edit == BOOT_EDIT_ENTRIES)
		add_words(job);
	else
		restore_words(job);
	edit_others(job, job->add, restore_words);
	remove_quotes(job);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/boot_edit.h"

#include <string.h>

#include "host/base/array.h"
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

/* A single quote within single quotes of a shell: the sed of BusyBox, which Alpine has, takes \x27
 * for four letters. */
#define QUOTE "'\\''"

/* Lines that sed is to change, and where in them words are added. */
struct sed_form {
	const char *lines; /* address of lines */
	const char *place; /* regular expression in front of or behind which words are added */
};

static const struct sed_form sed_forms[] = {
	/* A value without quotes gets them first. */
	[BOOT_EDIT_GRUB] = {"s/^\\(GRUB_CMDLINE_LINUX=\\)\\([^\"" QUOTE "]*\\)$/\\1\"\\2\"/;"
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
	if (!job->grub || fact_known(&job->grub->line) || !job->add)
		return;
	if (job->grub->is_unended)
		shell_add(job->arena, job->commands, "%s", shell_end_line(job->arena, job->file));
	shell_add(job->arena, job->commands,
		  "grep -qs '^GRUB_CMDLINE_LINUX=' %s || echo '" GRUB_LINE_ANEW " %s\"' >> %s",
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
		shell_add(job->arena, job->commands,
			  "sed -i '%s{s/[[:blank:]]%s\\([\"" QUOTE "]\\|$\\)/\\1/;"
			  "s/\\(^\\|[^A-Za-z0-9_.-]\\)%s\\([[:blank:]]\\|\\([\"" QUOTE
			  "]\\)\\|$\\)/\\1\\3/g}' %s",
			  lines, quoted, quoted, job->file);
	}
}

/* Returns whether GRUB_CMDLINE_LINUX of a file is what an edit appended, and has no words but those
 * that are taken away. */
static bool is_left_idle(const struct boot_edit_job *job)
{
	const struct grub_file *file = job->grub;
	bool is_appended = false;

	for (size_t i = 0; file && i < file->first_default; i++) {
		const char *word = cmdline_spell(job->arena, &file->words.parameters[i]);
		if (strcmp(word, "$GRUB_CMDLINE_LINUX") == 0)
			is_appended = true;
		else if (!lines_have(job->remove, word))
			return false;
	}
	return is_appended;
}

static void remove_appended_line(const struct boot_edit_job *job)
{
	shell_add(job->arena, job->commands, "sed -i '/^%s *\"$/d' %s",
		  shell_sed_quote(job->arena, GRUB_LINE_ANEW), job->file);
}

static void take_words(const struct boot_edit_job *job)
{
	remove_words(job);
	if (!job->add && is_left_idle(job))
		remove_appended_line(job);
}

/* Returns a regular expression for a word that stands on a line. */
static const char *word_pattern(struct arena *arena, const char *word)
{
	return arena_printf(arena,
			    "\\(^\\|[\"" QUOTE "[:blank:]]\\)%s\\([\"" QUOTE "[:blank:]]\\|$\\)",
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

/* Returns whether sed finds a word in the letters that cmdline_spell() has. */
static bool stands_so(struct arena *arena, const struct cmdline_parameter *word)
{
	return !word->had_quotes && !strpbrk(cmdline_spell(arena, word), "'\\`");
}

/* Returns whether a word goes that no command puts back where it stood, of words from one index to
 * another, which are on so many lines. */
static bool loses_place(const struct boot_edit_job *job, const struct cmdline *words, size_t from,
			size_t end, size_t lines)
{
	struct text_line *seen = NULL;

	for (size_t i = from; i < end; i++) {
		const char *word = cmdline_spell(job->arena, &words->parameters[i]);
		if (!lines_have(job->remove, word))
			continue;
		if (lines > 1 || lines_have(seen, word) ||
		    (i > from && !stands_so(job->arena, &words->parameters[i - 1])))
			return true;
		lines_append_once(job->arena, &seen, word);
	}
	return false;
}

static bool has_one(const char *text, const struct text_line *words)
{
	for (; words; words = words->next) {
		if (strstr(text, words->text))
			return true;
	}
	return false;
}

static const char odd_place[] = "has a word to be removed that no command could put back in its "
				"place";

/* Returns why sed cannot edit a file of GRUB's settings, behind its path, or NULL. */
static const char *why_odd(const struct boot_edit_job *job, const struct grub_file *file)
{
	const struct cmdline *words = &file->words;

	if (!shell_takes_path(file->path))
		return "has a name that a shell takes otherwise";
	if (file->value.form == GRUB_ODD || file->default_value.form == GRUB_ODD)
		return "has a value that is neither one word nor one text in quotes on one line";
	if (file->is_indented && ((job->add && file == job->grub && fact_known(&file->line)) ||
				  counts_in(job->host, file, job->remove, job->arena)))
		return "has a value on a line that does not begin with its name";
	if (has_one(file->comments, job->remove) ||
	    (file == job->grub && has_one(file->comments, job->add)))
		return "has a word to be changed in a comment behind a value, too";
	if (loses_place(job, words, 0, file->first_default, file->value.lines) ||
	    loses_place(job, words, file->first_default, words->count, file->default_value.lines))
		return odd_place;
	return NULL;
}

static const char *odd_settings(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;
	const struct grub_file *file = job->grub;
	const char *why = why_odd(job, file);

	for (size_t i = 0; !why && i < config->grub_file_count; i++) {
		file = &config->grub_files[i];
		if (counts_in(job->host, file, job->remove, job->arena))
			why = why_odd(job, file);
	}
	return why ? arena_printf(job->arena, "%s %s", file->path, why) : NULL;
}

static const char odd_end[] = "has \"--\", behind which words are not the kernel's";

/* A file that could not be read may have its line. */
static const char *odd_line(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;
	const struct cmdline *words = &config->kernel;
	const char *why = NULL;

	if (words->fact.state == FACT_MALFORMED || (fact_known(&words->fact) && !words->count))
		why = "has no line of words that a command could edit";
	else if (words->has_rest)
		why = odd_end;
	else if (loses_place(job, words, 0, words->count, 1) ||
		 loses_place(job, words, config->kernel_first, words->count, 2))
		why = odd_place;
	return why ? arena_printf(job->arena, "%s %s", job->file, why) : NULL;
}

/* What has entries edited adds words at their end. */
static const char *odd_entry(const struct boot_edit_job *job)
{
	const struct boot_entries *entries = &job->host->boot_config.entries;

	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		const struct boot_folder *folder = &entries->folders[i];
		for (size_t k = 0; k < folder->count; k++) {
			const struct boot_entry *entry = &folder->entries[k];
			if (!entry->is_image && entry->cmdline.has_rest)
				return arena_printf(job->arena, "%s %s", entry->path, odd_end);
		}
	}
	return NULL;
}

const char *boot_edit_by_hand(const struct boot_edit_job *job)
{
	switch (job->edit) {
	case BOOT_EDIT_GRUB:
		return odd_settings(job);
	case BOOT_EDIT_FILE:
		return odd_line(job);
	case BOOT_EDIT_ENTRIES:
	case BOOT_EDIT_GRUBBY:
	case BOOT_EDIT_OSTREE:
	case BOOT_EDIT_KERNELSTUB:
		return odd_entry(job);
	case BOOT_EDIT_HAND:
		return NULL;
	}
	return NULL;
}

static void append_words(struct arena *arena, const struct cmdline *words, struct text_line **list)
{
	for (size_t i = 0; i < words->count; i++)
		lines_append_once(arena, list, cmdline_spell(arena, &words->parameters[i]));
}

/* Any word may be the one. */
const char *boot_edit_odd_file(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;
	struct boot_edit_job other = *job;
	struct text_line *words = NULL;

	append_words(job->arena, &config->kernel, &words);
	for (size_t i = 0; i < config->grub_file_count; i++)
		append_words(job->arena, &config->grub_files[i].words, &words);
	other.add = words;
	other.remove = words;
	return boot_edit_by_hand(&other);
}

/* The line of GRUB that an edit appended is gone with its words. */
static void remove_grub_line(const struct boot_edit_job *job)
{
	if (!job->grub || fact_known(&job->grub->line))
		return;
	remove_appended_line(job);
	if (job->grub->is_unended)
		shell_add(job->arena, job->commands, "%s",
			  shell_leave_line_open(job->arena, job->file));
}

/* The quotes that an edit gave a value go again. */
static void remove_quotes(const struct boot_edit_job *job)
{
	if (job->grub && job->grub->value.form == GRUB_BARE)
		shell_add(job->arena, job->commands,
			  "sed -i 's/^\\(GRUB_CMDLINE_LINUX=\\)\"\\([^\" ]*\\)\"$/\\1\\2/' %s",
			  job->file);
}

/* Lines of a variable, or of a file. */
struct edited_lines {
	const char *address; /* for sed */
	bool adds;           /* they say "+=" */
};

/* Returns how sed puts a word in front of a line's words: what GRUB's settings add with "+=" keeps
 * the blank that parts it from what is there. */
static const char *put_first(const struct boot_edit_job *job, const char *word, bool adds)
{
	const char *text = shell_sed_replacement(job->arena, word);

	if (job->edit != BOOT_EDIT_GRUB)
		return arena_printf(job->arena, "s/^[^#]/%s &/", text);
	return arena_printf(job->arena, adds ? "s/=./& %s/" : "s/=./&%s /", text);
}

/*
 * Appends what puts a word back where it stood: behind the one before it, or first of its line if
 * none is before it (NULL), or that one is gone.
 */
static void restore_word(const struct boot_edit_job *job, const struct edited_lines *lines,
			 const char *before, const char *word)
{
	struct arena *arena = job->arena;
	const char *text = shell_sed_replacement(arena, word), *behind = "";

	if (before)
		behind = arena_printf(arena, "s/%s/\\1%s %s\\2/;t;", word_pattern(arena, before),
				      shell_sed_replacement(arena, before), text);
	/* No blank is left between a word that is alone and the closing quote. */
	shell_add(arena, job->commands,
		  "sed -i '%s{/%s/!{%s%s;s/\\(%s\\) \\([\"" QUOTE "]\\?\\)$/\\1\\2/}}' %s",
		  lines->address, word_pattern(arena, word), behind,
		  put_first(job, word, lines->adds), shell_sed_quote(arena, word), job->file);
}

/* A file's words, as they are before the edit, and the lines of each. */
struct edited_words {
	const struct cmdline *cmdline;
	size_t first_default; /* of GRUB: the first of GRUB_CMDLINE_LINUX_DEFAULT */
	struct edited_lines lines, default_lines;
};

/* Returns the words of the one file that an edit changes; entries are many. */
static struct edited_words edited_words_of(const struct boot_edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;

	if (job->edit == BOOT_EDIT_GRUB && job->grub)
		return (struct edited_words){
			&job->grub->words,
			job->grub->first_default,
			{"/^GRUB_CMDLINE_LINUX+\\?=/", job->grub->value.adds},
			{"/^GRUB_CMDLINE_LINUX_DEFAULT+\\?=/", job->grub->default_value.adds}};
	if (job->edit == BOOT_EDIT_FILE)
		return (struct edited_words){&config->kernel,
					     config->kernel.count,
					     {sed_forms[BOOT_EDIT_FILE].lines, false},
					     {NULL, false}};
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
	bool bare = job->grub && job->grub->default_value.form == GRUB_BARE;
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
			restore_word(job, is_default ? &words.default_lines : &words.lines, before,
				     word);
		before = word;
	}
}

struct text_line *boot_edit_missing(const struct boot_edit_job *job, const struct text_line *words)
{
	const struct boot_config *config = &job->host->boot_config;
	const struct cmdline *there = job->edit == BOOT_EDIT_GRUB ? &config->grub : &config->kernel;
	struct text_line *missing = NULL;

	for (; words; words = words->next) {
		if (!boot_edit_is_of_one(job->edit) ||
		    !cmdline_has_word(job->arena, there, words->text))
			lines_append_once(job->arena, &missing, words->text);
	}
	return missing;
}

bool boot_edit_is_of_files(enum boot_edit edit)
{
	return sed_forms[edit].lines;
}

bool boot_edit_is_of_one(enum boot_edit edit)
{
	return edit == BOOT_EDIT_GRUB || edit == BOOT_EDIT_FILE;
}

void boot_edit_write(const struct boot_edit_job *job)
{
	take_words(job);
	edit_others(job, job->remove, take_words);
	add_words(job);
}

/* Returns those of the words that a line has, or those that it lacks. */
static struct text_line *words_in(struct arena *arena, const struct cmdline *line,
				  const struct text_line *words, bool has)
{
	struct text_line *found = NULL;

	for (; words; words = words->next) {
		if (cmdline_has_word(arena, line, words->text) == has)
			lines_append_once(arena, &found, words->text);
	}
	return found;
}

/* An entry gets back what it had, and loses what it lacked. */
static void take_entry_back(const struct boot_edit_job *job, const struct boot_entry *entry)
{
	struct boot_edit_job one = *job;

	one.file = entry->path;
	one.add = words_in(job->arena, &entry->cmdline, job->add, true);
	one.remove = words_in(job->arena, &entry->cmdline, job->remove, false);
	remove_words(&one);
	add_words(&one);
}

/* Returns whether a command takes an entry's line back, of which all is known. */
static bool is_told(const struct boot_entry *entry)
{
	return fact_known(&entry->cmdline.fact) && !entry->variable &&
	       shell_takes_path(entry->path);
}

/* Returns whether all entries were read, and there are some. Images are not edited. */
static bool entries_are_told(const struct boot_entries *entries)
{
	size_t count = 0;

	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		const struct boot_folder *folder = &entries->folders[i];
		if (!fact_settled(&folder->entries_fact))
			return false;
		for (size_t k = 0; k < folder->count; k++) {
			if (folder->entries[k].is_image)
				continue;
			if (!is_told(&folder->entries[k]))
				return false;
			count++;
		}
	}
	return count;
}

static void take_entries_back(const struct boot_edit_job *job)
{
	const struct boot_entries *entries = &job->host->boot_config.entries;

	if (!entries_are_told(entries)) {
		remove_words(job);
		add_words(job);
		return;
	}
	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		const struct boot_folder *folder = &entries->folders[i];
		for (size_t k = 0; k < folder->count; k++) {
			if (!folder->entries[k].is_image)
				take_entry_back(job, &folder->entries[k]);
		}
	}
}

void boot_edit_take_back(const struct boot_edit_job *job)
{
	if (job->edit == BOOT_EDIT_ENTRIES) {
		take_entries_back(job);
		return;
	}
	remove_words(job);
	remove_grub_line(job);
	restore_words(job);
	edit_others(job, job->add, restore_words);
	remove_quotes(job);
}

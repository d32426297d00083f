/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options/parse.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/options/help.h"
#include "cli/options/table.h"
#include "cli/similar.h"
#include "host/base/buffer.h"
#include "model/shell.h"

/* getopt_long() tells an option by the value of its row: its letter, or a number beyond letters. */
enum { FIRST_LONG = 256 };

static int value_of(size_t row)
{
	return option_rows[row].letter ? option_rows[row].letter : FIRST_LONG + (int)row;
}

/* Returns the row of a value, OPTION_COUNT where none has it. */
static size_t find_row(int value)
{
	size_t row = 0;

	while (row < OPTION_COUNT && value_of(row) != value)
		row++;
	return row;
}

/* What getopt_long() is to look for. */
struct scanner {
	struct option options[OPTION_COUNT + 1];
	char letters[2 * OPTION_COUNT + 2];
};

static void scanner_init(struct scanner *scanner)
{
	char *letter = scanner->letters;

	*letter++ = ':'; /* what lacks its argument is told apart, and nothing is printed */
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		scanner->options[i] =
			(struct option){row->name, row->argument ? required_argument : no_argument,
					NULL, value_of(i)};
		if (!row->letter)
			continue;
		*letter++ = row->letter;
		if (row->argument)
			*letter++ = ':';
	}
	scanner->options[OPTION_COUNT] = (struct option){0};
	*letter = '\0';
}

/* Whether typed, "--word" or "--word=…", begins more than one option. */
static bool is_ambiguous(const char *typed)
{
	size_t length = strcspn(typed + 2, "="), count = 0;

	for (size_t i = 0; i < OPTION_COUNT; i++)
		count += strncmp(option_rows[i].name, typed + 2, length) == 0;
	return count > 1;
}

/* Says what getopt_long() would, which writes what was typed raw. */
static void complain_of_option(int value, const char *typed)
{
	bool is_long = strncmp(typed, "--", 2) == 0;

	if (is_long && value == ':')
		complain("option '%s' requires an argument", typed);
	else if (is_long && optopt)
		complain("option '%s' doesn't allow an argument", typed);
	else if (is_long && is_ambiguous(typed))
		complain("option '%s' is ambiguous", typed);
	else if (is_long)
		complain("unrecognized option '%s'", typed);
	else if (value == ':')
		complain("option requires an argument -- '%c'", optopt);
	else
		complain("invalid option -- '%c'", optopt);
}

/* Names the option that a mistyped one may mean. */
static void suggest_long(const char *typed)
{
	struct similar similar = similar_begin(typed + strspn(typed, "-"));

	for (size_t i = 0; i < OPTION_COUNT; i++)
		similar_consider(&similar, option_rows[i].name);
	if (similar.best)
		complain("did you mean --%s?", similar.best);
}

/* Names the options that begin with a letter, which itself is not one. */
static void suggest_for_letter(struct arena *arena, int letter)
{
	struct buffer list = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (*option_rows[i].name == letter)
			buffer_item(&list, "--%s", option_rows[i].name);
	}
	if (list.count)
		complain("did you mean %s?", buffer_choice(&list));
}

/* What is amiss with the argument of an option that is known needs no guess: getopt_long() sets
 * optopt to a long one then, and to any letter. */
static void suggest_option(struct arena *arena, int value, const char *typed)
{
	bool is_long = strncmp(typed, "--", 2) == 0;

	if (value == ':')
		return;
	if (!is_long)
		suggest_for_letter(arena, optopt);
	else if (!optopt && verb_find(typed + 2))
		complain("did you mean `passcheck %s`?", typed + 2);
	else if (!optopt)
		suggest_long(typed);
}

/* Takes every option in. Returns true to go on. */
static bool parse_options(int count, char **arguments, struct options *options,
			  enum exit_code *ret_code)
{
	struct scanner scanner;
	int value;

	scanner_init(&scanner);
	while ((value = getopt_long(count, arguments, scanner.letters, scanner.options, NULL)) !=
	       -1) {
		size_t row = find_row(value);

		if (row == OPTION_COUNT && optind > 0 && optind <= count) {
			complain_of_option(value, arguments[optind - 1]);
			suggest_option(options->arena, value, arguments[optind - 1]);
		}
		*ret_code = row < OPTION_COUNT ? option_rows[row].set(options, optarg) : EXIT_USAGE;
		if (*ret_code != EXIT_READY || options->help || options->version)
			return false;
		options->given |= OPTION_BIT(row);
	}
	return true;
}

/* The verb that help is asked of, or that an option was given to: the first word that is one. */
static const struct verb *named_verb(int count, char **arguments)
{
	for (int i = 1; i < count; i++) {
		const struct verb *verb = verb_find(arguments[i]);
		if (verb)
			return verb;
	}
	return NULL;
}

/* `help`, with or without a verb behind it. */
static bool asks_for_help(int count, char **arguments)
{
	return optind < count && strcmp(arguments[optind], "help") == 0;
}

/* `plan help` */
static bool asks_for_help_behind(int count, char **arguments)
{
	return optind + 2 == count && verb_find(arguments[optind]) &&
	       strcmp(arguments[optind + 1], "help") == 0;
}

/* Returns whether a word behind help names no verb, and complains of it. */
static bool lacks_verb(const char *word)
{
	if (verb_find(word) || strcmp(word, "help") == 0)
		return false;
	const char *similar = verb_similar(word);
	complain("help %s: no such verb", word);
	if (similar)
		complain("did you mean `passcheck help %s`?", similar);
	return true;
}

/* Takes `help` and the verb behind it in. */
static enum exit_code parse_help(int count, char **arguments, struct options *options)
{
	if (optind + 1 < count && lacks_verb(arguments[optind + 1]))
		return EXIT_USAGE;
	options->help = true;
	return EXIT_READY;
}

static bool parse_operands(int count, char **arguments, struct options *options)
{
	int first = optind;

	options->verb = first < count ? verb_find(arguments[first]) : NULL;
	options->names_verb = options->verb != NULL;
	if (options->names_verb)
		first++;
	else
		options->verb = verb_find("audit");
	for (int i = first; i < count; i++) {
		if (!word_list_append(options->arena, &options->operands, arguments[i]))
			return false;
	}
	return true;
}

/* "capture, domain or plan": the verbs that take an option. */
static const char *list_takers(struct arena *arena, size_t option)
{
	struct buffer list = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < verb_registry_count; i++) {
		if (verb_registry[i]->accepts & OPTION_BIT(option))
			buffer_item(&list, "%s", verb_registry[i]->name);
	}
	return buffer_choice(&list);
}

/* Says how the command line reads with the one verb that takes the option, where it names none. */
static void suggest_taker(const struct options *options, size_t option, int count, char **arguments)
{
	const struct verb *taker = verb_only_taker(OPTION_BIT(option));
	struct buffer line = {.arena = options->arena, .separator = " "};

	if (options->names_verb || !taker)
		return;
	for (int i = 1; i < count; i++) {
		const char *word = arguments[i];
		int dashes = (int)strspn(word, "-");
		buffer_item(&line, "%.*s%s", dashes, word,
			    word[dashes] ? shell_word(options->arena, word + dashes) : "");
	}
	complain("did you mean `passcheck %s %s`?", taker->name, buffer_text(&line));
}

/* Complains of the first option given that the verb does not take. */
static bool accepts_all(const struct options *options, int count, char **arguments)
{
	uint64_t accepted = options->verb->accepts | options->verb->ignores;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!(options->given & OPTION_BIT(i) & ~accepted))
			continue;
		complain("%s takes no --%s, which goes with %s", options->verb->name,
			 option_rows[i].name, list_takers(options->arena, i));
		suggest_taker(options, i, count, arguments);
		return false;
	}
	return true;
}

/* "text, json or xml". documents ends with a NULL. */
static const char *list_formats(struct arena *arena, const struct format_table *const *documents)
{
	struct buffer list = {.arena = arena, .separator = ", "};

	for (size_t i = 0; documents[i]; i++) {
		for (size_t k = 0; k < documents[i]->count; k++)
			buffer_item(&list, "%s", documents[i]->formats[k].name);
	}
	return buffer_choice(&list);
}

static bool goes_with(const struct option_row *row, const struct options *options)
{
	return (!row->format || strcmp(row->format, options->format->name) == 0) &&
	       (!row->document || row->document == options->document);
}

/* Complains of the first option given that goes with another format. */
static bool fits_format(const struct options *options)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		const struct format_table *const documents[] = {row->document, NULL};

		if (!(options->given & OPTION_BIT(i)) || goes_with(row, options))
			continue;
		complain("--%s goes with --format %s", row->name,
			 row->format ? row->format : list_formats(options->arena, documents));
		return false;
	}
	return true;
}

/* Says which formats the verb has, and which of them may be meant. */
static void complain_of_format(const struct options *options)
{
	const struct verb *verb = options->verb;
	struct similar similar = similar_begin(options->format_name);

	complain("%s: --format %s: must be %s", verb->name, options->format_name,
		 list_formats(options->arena, verb->documents));
	for (size_t i = 0; verb->documents[i]; i++) {
		for (size_t j = 0; j < verb->documents[i]->count; j++)
			similar_consider(&similar, verb->documents[i]->formats[j].name);
	}
	if (similar.best)
		complain("did you mean --format %s?", similar.best);
}

/* Finds the format asked for among those of the verb's documents. Complains where it has none of
 * that name. */
static bool choose_format(struct options *options)
{
	const struct verb *verb = options->verb;
	const char *name = options->format_name;

	for (size_t i = 0; verb->documents[i]; i++) {
		options->document = verb->documents[i];
		options->format = name ? format_find(options->document, name)
				       : &options->document->formats[0];
		if (options->format)
			return true;
	}
	if (name)
		complain_of_format(options);
	return !name;
}

/* A word behind the first is no verb, nor is one behind a verb: `plan audit`, `gpu plan`. */
static bool has_one_verb(const struct options *options)
{
	for (size_t i = 0;
	     strstr(options->verb->operands, "FUNCTION") && i < options->operands.count; i++) {
		const char *word = options->operands.words[i];
		if (!verb_find(word))
			continue;
		complain("%s is a verb, not a FUNCTION; a command has one verb, in front", word);
		return false;
	}
	return true;
}

static bool parse(int count, char **arguments, struct options *options, enum exit_code *ret_code)
{
	*ret_code = EXIT_FAILED;
	if (!options->arena || !parse_options(count, arguments, options, ret_code))
		return false;
	if (asks_for_help(count, arguments)) {
		*ret_code = parse_help(count, arguments, options);
		return false;
	}
	if (asks_for_help_behind(count, arguments)) {
		options->help = true;
		*ret_code = EXIT_READY;
		return false;
	}
	*ret_code = EXIT_FAILED;
	if (!parse_operands(count, arguments, options))
		return false;
	*ret_code = EXIT_USAGE;
	if (!accepts_all(options, count, arguments) || !choose_format(options) ||
	    !fits_format(options))
		return false;
	if (options->operands.count && !*options->verb->operands) {
		complain("%s takes no argument: %s", options->verb->name,
			 options->operands.words[0]);
		return false;
	}
	return has_one_verb(options);
}

/* Flushes what --help or --version printed, so that a full disk is not a success. */
static void flush(enum exit_code *code)
{
	if (*code == EXIT_READY && (fflush(stdout) || ferror(stdout))) {
		complain("standard output: cannot be written");
		*code = EXIT_FAILED;
	}
}

bool options_parse(int count, char **arguments, struct options *options, enum exit_code *ret_code)
{
	*options = (struct options){.arena = arena_new(), .root = "/"};
	if (parse(count, arguments, options, ret_code))
		return true;
	const struct verb *named = named_verb(count, arguments);
	if (options->help && named)
		help_print_verb(named);
	else if (options->help)
		help_print();
	if (options->version)
		version_print();
	flush(ret_code);
	if (*ret_code == EXIT_USAGE && named)
		complain("`passcheck help %s` shows the usage", named->name);
	else if (*ret_code == EXIT_USAGE)
		complain("`passcheck --help` shows the usage");
	if (*ret_code == EXIT_FAILED && (!options->arena || arena_failed(options->arena)))
		complain("out of memory");
	return false;
}

void options_free(struct options *options)
{
	arena_free(options->arena);
}

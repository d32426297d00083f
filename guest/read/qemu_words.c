/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "guest/libvirt/qemu_argument.h"
#include "guest/read/qemu_command.h"
#include "guest/read/readers.h"
#include "guest/read/shell_words.h"
#include "host/base/affix.h"
#include "host/base/array.h"

/*
 * Of builds that stand beside one another, a name says more behind the architecture:
 * "qemu-system-x86_64-spice" of Ubuntu, "qemu-system-x86_64-snp-experimental" of Kata Containers. A
 * wrapper of Nix runs ".qemu-system-x86_64-wrapped" (wrapProgram of nixpkgs).
 */
static bool is_program(const char *word)
{
	static const char system[] = "qemu-system-";
	const char *name = last_part(word);

	name += *name == '.' && ends_with(name, "-wrapped");
	if (begins_with(name, system))
		return !strpbrk(name + strlen(system), ".:=,");
	return strcmp(name, "qemu-kvm") == 0 || (name > word && strcmp(name, "kvm") == 0);
}

/* A line may begin with "kvm" alone; elsewhere that may be an argument. */
static bool is_command(const char *word, bool begins_line)
{
	return is_program(word) || (begins_line && strcmp(word, "kvm") == 0);
}

enum { MOST_PROGRAM = 256 };

/* Returns whether the word that begins there, maybe in quotes, is QEMU's program, and options
 * follow it, or another line, or what the shell puts there. */
static bool runs_program(const char *at, bool begins_line)
{
	char word[MOST_PROGRAM];
	char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
	size_t length = strcspn(at, " \t\r\n\"'");

	if (!length || length >= sizeof(word) || (quote && at[length] != quote))
		return false;
	memcpy(word, at, length);
	word[length] = '\0';
	at += length + (quote != '\0');
	at += strspn(at, " \t\"");
	return is_command(word, begins_line) && strchr("-\\$\r\n", *at);
}

/* A line of a script, a log or a list of processes. */
static bool line_runs_program(const char *line)
{
	const char *at = line + strspn(line, " \t");
	bool begins_line = true;

	while (*at && *at != '\n' && *at != '#') {
		if (runs_program(at, begins_line))
			return true;
		at += strcspn(at, " \t\n");
		at += strspn(at, " \t");
		begins_line = false;
	}
	return false;
}

static const char *skip_comments(const char *text)
{
	text += strspn(text, " \t\r\n");
	while (*text == '#') {
		text += strcspn(text, "\n");
		text += strspn(text, " \t\r\n");
	}
	return text;
}

static bool has_program(const char *text)
{
	for (const char *line = text; line; line = next_line(line)) {
		if (line_runs_program(line))
			return true;
	}
	return false;
}

/* It begins with an option, and has one that each guest of this kind has. */
static bool is_arguments(const char *text)
{
	static const char *const options[] = {"-device ", "-machine ", "-name "};

	if (text[0] != '-' || !isalpha((unsigned char)text[1]))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (strstr(text, options[i]))
			return true;
	}
	return false;
}

/* Some line runs QEMU, or the text is nothing but arguments. */
bool qemu_words_are(const char *text)
{
	const char *start = skip_comments(text);

	if (*start == '<' || *start == '{')
		return false;
	return is_arguments(start) || has_program(start);
}

/* A program is the value of an option such as -pidfile, unless a line begins with it. */
static bool begins_command(const struct shell_words *words, const char *word, bool behind_option)
{
	return is_command(word, words->begins_line) && (words->begins_line || !behind_option);
}

/* Returns whether QEMU says something from there on: "qemu-system-x86_64: -device …: vfio …". */
static bool begins_message(const char *word)
{
	const char *name = last_part(word);

	return strcmp(name, "kvm:") == 0 || (begins_with(name, "qemu-") && ends_with(name, ":"));
}

/* What ends a command of a shell, or stands behind one in a log. What an option is given ends none,
 * unless a line begins with it. */
static bool ends_command(const struct shell_words *words, const char *word, bool behind_option)
{
	static const char *const operators[] = {"&", "&&", "|", "||", ";", ">", ">>", "2>&1"};

	if (begins_message(word) || cloud_hypervisor_runs(word, words->at))
		return words->begins_line || !behind_option;
	for (size_t i = 0; i < ARRAY_LENGTH(operators); i++) {
		if (strcmp(word, operators[i]) == 0)
			return true;
	}
	return false;
}

/* Arguments, or the first of what one is given, that a variable of the shell holds. */
static void add_variable(struct device_list *list, const char *word, unsigned line)
{
	const struct domain_device device = {
		.kind = DOMAIN_DEVICE_VARIABLE, .element = word, .line = line};

	device_list_add(list, &device);
}

/* Options of QEMU that are given nothing (qemu-options.hx). */
static bool stands_alone(const char *option)
{
	static const char *const options[] = {
		"S",          "daemonize", "enable-kvm",      "full-screen", "mem-prealloc",
		"no-acpi",    "no-hpet",   "no-reboot",       "no-shutdown", "no-user-config",
		"nodefaults", "nographic", "only-migratable", "s",           "snapshot",
		"usb",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (strcmp(option, options[i]) == 0)
			return true;
	}
	return false;
}

/* Where a command of QEMU has been read to. */
struct progress {
	bool started;       /* it has an option that is read */
	bool ended;         /* by an operator of the shell */
	bool behind_option; /* a word may be what an option is given */
};

static void take_value(struct qemu_command *command, const char *option, const char *value,
		       unsigned line)
{
	if (*value == '$' && qemu_option_is_read(option))
		add_variable(command->list, value, line);
	else
		qemu_command_take(command, option, value, line);
}

static void take_word(struct shell_words *words, struct qemu_command *command,
		      struct progress *progress, const char *word)
{
	const char *option = word + (*word == '-') + (word[0] == '-' && word[1] == '-');
	bool is_value = progress->behind_option;

	progress->behind_option = *word == '-' && !stands_alone(option);
	progress->ended |= ends_command(words, word, is_value);
	if (progress->ended)
		return;
	if (*word == '$' && !is_value && !words->line_ended)
		add_variable(command->list, word, words->word_line);
	if (*word != '-' || !qemu_command_knows(option))
		return;
	progress->started = true;
	const char *value = shell_words_next(words);
	if (value)
		take_value(command, option, value, words->word_line);
	progress->behind_option = false;
}

/* Reads one command, up to the program of the next. Returns whether there is a next; *ret_found is
 * whether this one has something that is read. */
static bool read_command(struct shell_words *words, struct device_list *list, bool *ret_found)
{
	struct qemu_command command = {.list = list};
	struct progress progress = {0};
	const char *word;

	words->line_ended = false;
	*ret_found = false;
	while (!list->error && (word = shell_words_next(words))) {
		if (begins_command(words, word, progress.behind_option && !progress.ended) &&
		    (progress.ended || *ret_found))
			return true;
		take_word(words, &command, &progress, word);
		*ret_found = progress.started || list->domain->device_count;
	}
	return false;
}

void qemu_words_add(struct device_list *list, const char *text, unsigned line)
{
	struct shell_words words = {.arena = list->arena, .at = text, .line = line};
	bool found;

	while (read_command(&words, list, &found))
		;
}

/* What stands before the program is not its own: other commands, or their options. */
static void skip_to_program(struct shell_words *words)
{
	const char *word;

	do
		word = shell_words_next(words);
	while (word && !is_command(word, words->begins_line));
}

/* Returns whether libvirt logged the starts of a guest: qemuLogOperation(), src/qemu/qemu_domain.c.
 */
static bool is_log(const char *text)
{
	return strstr(text, ": starting up libvirt version: ");
}

enum { MOST_LOOKED_BACK = 256 };

/* Returns where the guest of that name is among those that were read last, or where the next will
 * be. */
static size_t find_start(const struct guest_list *guests, const char *name)
{
	for (size_t i = 1; i <= guests->count && i <= MOST_LOOKED_BACK; i++) {
		if (word_is(guests->items[guests->count - i].domain.name, name))
			return guests->count - i;
	}
	return guests->count;
}

/* In a log a guest takes the place of its start before. */
static void add_guest(struct guest_list *guests, const struct device_list *list, bool is_start)
{
	size_t count = guests->count;
	size_t place = is_start ? find_start(guests, list->domain->name) : count;

	guest_list_add_domain(guests, DOMAIN_DOCUMENT_DOMAIN, list);
	if (guests->count > count && place < count)
		guests->items[place] = guests->items[--guests->count];
}

void qemu_words_read(struct guest_list *guests, const char *text)
{
	struct shell_words words = {.arena = guests->arena, .at = text, .line = 1};
	bool more = true, found, log = is_log(text);

	if (has_program(text))
		skip_to_program(&words);
	while (more && !guests->error) {
		struct domain domain = {
			.name = "guest", .other_stack = true, .memory = QEMU_USUAL_MEMORY};
		struct device_list list = {.arena = guests->arena, .domain = &domain};
		more = read_command(&words, &list, &found);
		if (found || list.error || (!more && !guests->count))
			add_guest(guests, &list, found && log);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/requirements_file.h"
#include "host/access/array.h"
#include "host/access/buffer.h"

/* Values of getopt_long() for options without a letter. */
enum {
	LONG_ROOT = 256,
	LONG_FORMAT,
	LONG_COMPACT,
	LONG_CHECK,
	LONG_FAIL_ON,
	LONG_REQUIRE,
	LONG_REQUIREMENTS,
	LONG_COLOR,
	LONG_WITH_IDENTITY,
	LONG_MAC,
	LONG_VLAN,
	LONG_NETWORK,
	LONG_VPORT,
	LONG_LUN,
	LONG_SPLIT,
	LONG_FORCE,
	LONG_VFS,
	LONG_VERSION,
	LONG_HELP,
};

/* IEEE 802.1Q, and NumVFs of the SR-IOV capability. */
enum { LARGEST_VLAN = 4094, LARGEST_VF_COUNT = 65535 };

struct option_row {
	int value; /* of getopt_long(): the letter, or one of LONG_* */
	enum option_set set;
	const char *name;     /* NULL: only a letter */
	const char *argument; /* NULL: takes none */
	const char *help;
};

static const struct option_row option_rows[] = {
	{LONG_ROOT, OPTION_ROOT, "root", "PATH",
	 "audit the host captured in PATH, folder or archive"},
	{LONG_FORMAT, OPTION_FORMAT, "format", "FORMAT",
	 "text (the default), json, or xml of FUNCTIONs"},
	{LONG_COMPACT, OPTION_COMPACT, "compact", NULL, "json: the document on one line"},
	{'o', OPTION_OUTPUT, "output", "FILE", "write to FILE, whole or not at all"},
	{LONG_CHECK, OPTION_CHECK, "check", "ID[,ID]", "run only these checks"},
	{LONG_FAIL_ON, OPTION_FAIL_ON, "fail-on", "VERDICT",
	 "count this too as not ready: warn or unknown"},
	{LONG_REQUIRE, OPTION_REQUIRE, "require", "REQ",
	 "not ready without REQ, as vfs=eth0:8 (repeats)"},
	{LONG_REQUIREMENTS, OPTION_REQUIRE, "requirements", "FILE",
	 "not ready without what this JSON lists"},
	{LONG_COLOR, OPTION_COLOR, "color", "WHEN", "auto, always or never"},
	{'v', OPTION_VERBOSE, "verbose", NULL, "show what passed, too"},
	{'q', OPTION_QUIET, "quiet", NULL, "show only failures and what decides"},
	{LONG_WITH_IDENTITY, OPTION_WITH_IDENTITY, "with-identity", NULL,
	 "take the host's name along"},
	{LONG_MAC, OPTION_MAC, "mac", "ADDRESS", "xml: the MAC address of a network VF"},
	{LONG_VLAN, OPTION_VLAN, "vlan", "ID", "xml: the VLAN of network VFs, 1 to 4094"},
	{LONG_NETWORK, OPTION_NETWORK, "network", "NAME", "xml: a network of the VFs of a PF"},
	{LONG_VPORT, OPTION_VPORT, "vport", "WWPN:WWNN", "xml: a virtual Fibre Channel port"},
	{LONG_LUN, OPTION_LUN, "lun", "FORM", "xml: units of a port as hostdev, disk or volume"},
	{LONG_SPLIT, OPTION_SPLIT, "split", "DIR", "xml: a file each in DIR"},
	{LONG_FORCE, OPTION_FORCE, "force", NULL, "xml: also of what is blocked"},
	{LONG_VFS, OPTION_VFS, "vfs", "COUNT", "plan: make COUNT VFs of a PF"},
	{LONG_HELP, 0, "help", NULL, "show this"},
	{LONG_VERSION, 0, "version", NULL, "show the version"},
};

enum { OPTION_ROW_COUNT = ARRAY_LENGTH(option_rows) };

static const struct option_row *find_row(int value)
{
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		if (option_rows[i].value == value)
			return &option_rows[i];
	}
	return NULL;
}

static void print_help(void)
{
	printf("Audits whether this host can give PCI devices to virtual machines.\n\nUsage:\n");
	for (size_t i = 0; i < verb_registry_count; i++) {
		const struct verb *verb = verb_registry[i];
		bool implied = strcmp(verb->name, "audit") == 0;
		char call[64];

		snprintf(call, sizeof(call), "%s %s", implied ? "[audit]" : verb->name,
			 verb->operands);
		printf("  passcheck %-21s %s\n", call, verb->summary);
	}
	printf("\nOptions:\n");
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		char letter[] = {row->value < 256 ? (char)row->value : ' ', '\0'};
		char call[32];

		snprintf(call, sizeof(call), "%s%s%s", row->name, row->argument ? " " : "",
			 row->argument ? row->argument : "");
		printf("  %s%s --%-18s %s\n", row->value < 256 ? "-" : " ", letter, call,
		       row->help);
	}
	printf("\nExit status: 0 ready, 1 passcheck failed, 2 not ready, 3 undetermined, 64 usage.\n");
}

static void print_version(void)
{
#ifdef PASSCHECK_REVISION
	printf("passcheck %s (%s)\n", PASSCHECK_VERSION, PASSCHECK_REVISION);
#else
	printf("passcheck %s\n", PASSCHECK_VERSION);
#endif
}

static bool append(struct arena *arena, struct word_list *list, const char *word)
{
	const char **words =
		arena_grow(arena, list->words, list->count, &list->capacity, sizeof(*list->words));

	if (!words)
		return false;
	words[list->count++] = word;
	list->words = words;
	return true;
}

/* Appends what stands between the commas of text, be it nothing. */
static bool append_commas(struct arena *arena, struct word_list *list, const char *text)
{
	for (const char *word = text;; word++) {
		size_t length = strcspn(word, ",");
		if (!append(arena, list, arena_copy(arena, word, length)))
			return false;
		word += length;
		if (!*word)
			return !arena_failed(arena);
	}
}

static enum exit_code wrong(const char *option, const char *value, const char *allowed)
{
	complain("--%s %s: must be %s", option, value, allowed);
	return EXIT_USAGE;
}

static enum exit_code set_fail_on(struct options *options, const char *value)
{
	if (strcmp(value, "warn") == 0)
		options->fail_on.warn = true;
	else if (strcmp(value, "unknown") == 0)
		options->fail_on.unknown = true;
	else
		return wrong("fail-on", value, "warn or unknown");
	return EXIT_READY;
}

static enum exit_code set_color(struct options *options, const char *value)
{
	if (strcmp(value, "auto") == 0)
		options->color = COLOR_AUTO;
	else if (strcmp(value, "always") == 0)
		options->color = COLOR_ALWAYS;
	else if (strcmp(value, "never") == 0)
		options->color = COLOR_NEVER;
	else
		return wrong("color", value, "auto, always or never");
	return EXIT_READY;
}

static enum exit_code set_format(struct options *options, const char *value)
{
	options->format_name = value;
	return EXIT_READY;
}

static enum exit_code set_checks(struct options *options, const char *value)
{
	struct word_list *checks = &options->checks;
	size_t before = checks->count;

	if (!append_commas(options->arena, checks, value))
		return EXIT_FAILED;
	for (size_t i = before; i < checks->count; i++) {
		if (!*checks->words[i])
			return wrong("check", *value ? value : "''",
				     "ids of checks; `passcheck checks` lists them");
	}
	return EXIT_READY;
}

/* Reads a decimal number from 1 to largest. */
static bool parse_count(const char *text, unsigned largest, unsigned *ret)
{
	unsigned count = 0;

	for (const char *digit = text; *digit; digit++) {
		if (*digit < '0' || *digit > '9')
			return false;
		count = count * 10 + (unsigned)(*digit - '0');
		if (count > largest)
			return false;
	}
	if (!count)
		return false;
	*ret = count;
	return true;
}

static enum exit_code set_mac(struct options *options, const char *value)
{
	if (!hostdev_mac_is_valid(value))
		return wrong("mac", value, "six octets, of a single interface: 52:54:00:01:02:03");
	options->hostdev.mac = value;
	return EXIT_READY;
}

/* The name is that of a file, too. */
static enum exit_code set_network(struct options *options, const char *value)
{
	if (!*value || strpbrk(value, "/\n"))
		return wrong("network", value, "a name without slashes");
	options->hostdev.network = value;
	return EXIT_READY;
}

static enum exit_code set_split(struct options *options, const char *value)
{
	if (!*value)
		return wrong("split", "''", "a folder");
	options->split = value;
	return EXIT_READY;
}

/* Applies one of the options that say how libvirt XML and plans are written. */
static enum exit_code apply_hostdev(struct options *options, int value, const char *argument)
{
	switch (value) {
	case LONG_MAC:
		return set_mac(options, argument);
	case LONG_VLAN:
		return parse_count(argument, LARGEST_VLAN, &options->hostdev.vlan)
			       ? EXIT_READY
			       : wrong("vlan", argument, "a number from 1 to 4094");
	case LONG_NETWORK:
		return set_network(options, argument);
	case LONG_VPORT:
		return hostdev_vport_parse(options->arena, argument, &options->hostdev)
			       ? EXIT_READY
			       : wrong("vport", argument, "WWPN:WWNN, 16 hex digits each");
	case LONG_LUN:
		options->hostdev.lun = argument;
		return hostdev_lun_is_valid(argument)
			       ? EXIT_READY
			       : wrong("lun", argument, "hostdev, disk or volume");
	case LONG_SPLIT:
		return set_split(options, argument);
	case LONG_FORCE:
		options->hostdev.force = true;
		return EXIT_READY;
	case LONG_VFS:
		return parse_count(argument, LARGEST_VF_COUNT, &options->vfs)
			       ? EXIT_READY
			       : wrong("vfs", argument, "a number from 1 to 65535");
	}
	return EXIT_USAGE;
}

/* Applies one option. Returns EXIT_READY where it is right. */
static enum exit_code apply(struct options *options, int value, const char *argument)
{
	switch (value) {
	case LONG_ROOT:
		options->root = argument;
		return EXIT_READY;
	case LONG_FORMAT:
		return set_format(options, argument);
	case 'o':
		options->output = argument;
		return EXIT_READY;
	case LONG_CHECK:
		return set_checks(options, argument);
	case LONG_FAIL_ON:
		return set_fail_on(options, argument);
	case LONG_REQUIRE:
		return requirements_add_word(options->arena, argument, &options->required);
	case LONG_REQUIREMENTS:
		return requirements_add_file(options->arena, argument, &options->required);
	case LONG_COLOR:
		return set_color(options, argument);
	case 'v':
		options->verbose = true;
		return EXIT_READY;
	case 'q':
		options->quiet = true;
		return EXIT_READY;
	case LONG_COMPACT:
		options->compact = true;
		return EXIT_READY;
	case LONG_WITH_IDENTITY:
		options->identity = true;
		return EXIT_READY;
	}
	return apply_hostdev(options, value, argument);
}

/* What getopt_long() is to look for. */
struct scanner {
	struct option options[OPTION_ROW_COUNT + 1];
	char letters[2 * OPTION_ROW_COUNT + 1];
};

static void scanner_init(struct scanner *scanner)
{
	char *letter = scanner->letters;

	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		scanner->options[i] =
			(struct option){row->name, row->argument ? required_argument : no_argument,
					NULL, row->value};
		if (row->value >= 256)
			continue;
		*letter++ = (char)row->value;
		if (row->argument)
			*letter++ = ':';
	}
	scanner->options[OPTION_ROW_COUNT] = (struct option){0};
	*letter = '\0';
}

/* Applies every option, and notes in *ret_given which sets were used. Returns true to go on. */
static bool parse_options(int count, char **arguments, struct options *options, unsigned *ret_given,
			  enum exit_code *ret_code)
{
	struct scanner scanner;
	int value;

	scanner_init(&scanner);
	while ((value = getopt_long(count, arguments, scanner.letters, scanner.options, NULL)) !=
	       -1) {
		const struct option_row *row = find_row(value);

		*ret_code = EXIT_READY;
		if (value == LONG_HELP)
			print_help();
		else if (value == LONG_VERSION)
			print_version();
		else
			*ret_code = row ? apply(options, value, optarg) : EXIT_USAGE;
		if (!row || !row->set || *ret_code != EXIT_READY)
			return false;
		*ret_given |= row->set;
	}
	return true;
}

static bool parse_operands(int count, char **arguments, struct options *options)
{
	int first = optind;

	options->verb = first < count ? verb_find(arguments[first]) : NULL;
	if (options->verb)
		first++;
	else
		options->verb = verb_find("audit");
	for (int i = first; i < count; i++) {
		if (!append(options->arena, &options->operands, arguments[i]))
			return false;
	}
	return true;
}

/* Complains of the first option given that the verb does not take. */
static bool accepts_all(const struct verb *verb, unsigned given)
{
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		if (!(given & row->set & ~verb->accepts))
			continue;
		complain("%s takes no --%s", verb->name, row->name);
		return false;
	}
	return true;
}

/* "text, json or xml". */
static const char *list_formats(struct arena *arena, const struct verb *verb)
{
	struct buffer list = {.arena = arena, .separator = ", "};
	const char *last = NULL;

	for (size_t i = 0; verb->documents[i]; i++) {
		for (size_t k = 0; k < verb->documents[i]->count; k++) {
			if (last)
				buffer_item(&list, "%s", last);
			last = verb->documents[i]->formats[k].name;
		}
	}
	return list.length ? arena_printf(arena, "%s or %s", buffer_text(&list), last) : last;
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
		complain("%s: --format %s: must be %s", verb->name, name,
			 list_formats(options->arena, verb));
	return !name;
}

static bool parse(int count, char **arguments, struct options *options, enum exit_code *ret_code)
{
	unsigned given = 0;

	*ret_code = EXIT_FAILED;
	if (!options->arena || !parse_options(count, arguments, options, &given, ret_code))
		return false;
	options->given = given;
	*ret_code = EXIT_FAILED;
	if (!parse_operands(count, arguments, options))
		return false;
	*ret_code = EXIT_USAGE;
	if (!accepts_all(options->verb, given))
		return false;
	if (!choose_format(options))
		return false;
	if (options->compact && strcmp(options->format->name, "json") != 0) {
		complain("--compact goes with --format json");
		return false;
	}
	if (options->operands.count && !*options->verb->operands) {
		complain("%s takes no argument: %s", options->verb->name,
			 options->operands.words[0]);
		return false;
	}
	return true;
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
	flush(ret_code);
	if (*ret_code == EXIT_USAGE)
		complain("`passcheck --help` shows the usage");
	if (*ret_code == EXIT_FAILED && (!options->arena || arena_failed(options->arena)))
		complain("out of memory");
	return false;
}

void options_free(struct options *options)
{
	arena_free(options->arena);
}

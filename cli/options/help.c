/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options/help.h"

#include <stdio.h>
#include <string.h>

#include "cli/options/table.h"
#include "cli/verb.h"
#include "guest/stacks/stack.h"
#include "model/class_word.h"

enum { SCREEN_WIDTH = 80, FORMATS_INDENT = 11 };

/* What runs where no verb is given. */
static bool is_usual(const struct verb *verb)
{
	return strcmp(verb->name, "audit") == 0;
}

static void print_verb(const struct verb *verb)
{
	char call[64];

	snprintf(call, sizeof(call), "%s %s", is_usual(verb) ? "[audit]" : verb->name,
		 verb->operands);
	printf("  passcheck %-21s %s\n", call, verb->summary);
}

/* The verb behind an option that it alone takes; NULL where audit, the usual verb, takes it. */
static const struct verb *only_verb(size_t option)
{
	const struct verb *only = verb_only_taker(OPTION_BIT(option));

	return only && !is_usual(only) ? only : NULL;
}

/* before: what the option goes with, NULL for anything. */
static void print_option(const struct option_row *row, const char *before)
{
	char call[32];

	snprintf(call, sizeof(call), "%s%s%s", row->name, row->argument ? " " : "",
		 row->argument ? row->argument : "");
	printf("  %c%c --%-18s %s%s%s\n", row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
	       call, before ? before : "", before ? ": " : "", row->help);
}

/* Prints one of a list, on the next line where it does not fit. Returns the column behind it. */
static unsigned print_format(const struct format *format, unsigned column)
{
	bool first = column == FORMATS_INDENT;
	const char *note = format->note ? format->note : "";
	char item[SCREEN_WIDTH];
	int length = snprintf(item, sizeof(item), "%s%s%s", format->name, *note ? " " : "", note);
	unsigned end = column + (first ? 0 : 2) + (unsigned)length;

	if (!first && end >= SCREEN_WIDTH) {
		printf(",\n%*s%s", FORMATS_INDENT, "", item);
		return FORMATS_INDENT + (unsigned)length;
	}
	printf("%s%s", first ? "" : ", ", item);
	return end;
}

/* The usual format comes first. */
static void print_formats(const struct verb *verb)
{
	unsigned column = FORMATS_INDENT;

	if (!verb->documents[0])
		return;
	printf("  %-*s", FORMATS_INDENT - 2, verb->name);
	for (size_t i = 0; verb->documents[i]; i++) {
		for (size_t k = 0; k < verb->documents[i]->count; k++)
			column = print_format(&verb->documents[i]->formats[k], column);
	}
	printf("\n");
}

void help_print(void)
{
	printf("Audits whether this host can assign PCI devices to virtual machines.\n\nUsage:\n");
	for (size_t i = 0; i < verb_registry_count; i++)
		print_verb(verb_registry[i]);
	printf("\nOptions:\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct verb *only = only_verb(i);
		print_option(&option_rows[i], only ? only->name : option_rows[i].format);
	}
	printf("\nFormats, default first:\n");
	for (size_t i = 0; i < verb_registry_count; i++)
		print_formats(verb_registry[i]);
	printf("\n`passcheck help VERB` describes one verb, with examples and exit codes.\n");
	printf("Exit status: 0 ready, 1 passcheck failed, 2 not ready, 3 undetermined, 64 usage.\n");
}

static const char function_forms[] =
	"\nFUNCTION:\n"
	"  0000:03:00.0, 03:00.0          an address\n"
	"  03:00                          all functions of a slot\n"
	"  group:12                       all functions of an IOMMU group\n"
	"  8086:10c9                      vendor and device\n"
	"  eth0                           a network interface\n"
	"  pci_0000_03_00_0               an address as libvirt spells it\n";

static void print_function_grammar(void)
{
	const char *word;

	printf("%s ", function_forms);
	for (size_t i = 0; (word = class_word_at(i)); i++)
		printf(" %s", word);
	printf("\n%33sall functions of a class\n", "");
}

static const char ways[] = "\nWAY (default: boot):\n"
			   "  boot                           now, and again at each boot\n"
			   "  managed                        libvirt binds while the guest runs\n"
			   "  now                            now, until the host reboots\n";

static const char requirement_grammar[] =
	"\nREQ:\n"
	"  passthrough=FUNCTION[:COUNT]   COUNT (1) of these functions are assignable\n"
	"  vfs=FUNCTION:COUNT             one of them can give COUNT guests a VF each\n"
	"  isolated=FUNCTION              each is alone in its IOMMU group\n"
	"  interrupt-remapping            interrupts are remapped\n";

static void print_stacks(void)
{
	printf("\nSTACK (default: what is installed):\n  libvirt");
	for (size_t i = 0; i < stack_registry_count; i++) {
		if (stack_has_plan(stack_registry[i]))
			printf(" %s", stack_registry[i]->name);
	}
	printf("\n");
}

static void print_exit_status(const struct verb *verb)
{
	const struct verb_exits *exits = &verb->exits;

	printf("\nExit status:\n  %-3d%s\n", EXIT_READY, exits->ready);
	if (exits->not_ready)
		printf("  %-3d%s\n", EXIT_NOT_READY, exits->not_ready);
	if (exits->undetermined)
		printf("  %-3d%s\n", EXIT_UNDETERMINED, exits->undetermined);
	printf("  %-3dpasscheck failed: a file, memory, a damaged capture\n"
	       "  %-3dwrong usage\n",
	       EXIT_FAILED, EXIT_USAGE);
}

void help_print_verb(const struct verb *verb)
{
	printf("passcheck %s%s%s\n  %s\n", verb->name, *verb->operands ? " " : "", verb->operands,
	       verb->summary);
	if (verb->examples)
		printf("\nExamples:\n%s", verb->examples);
	printf("\nOptions:\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (verb->accepts & OPTION_BIT(i))
			print_option(&option_rows[i], option_rows[i].format);
	}
	if (verb->documents[0])
		printf("\nFormats, default first:\n");
	print_formats(verb);
	if (strstr(verb->operands, "FUNCTION"))
		print_function_grammar();
	if (verb->accepts & OPTION_BIT(OPTION_REQUIRE))
		printf("%s", requirement_grammar);
	if (verb->accepts & OPTION_BIT(OPTION_HOW))
		printf("%s", ways);
	if (verb->accepts & OPTION_BIT(OPTION_FOR))
		print_stacks();
	print_exit_status(verb);
}

void version_print(void)
{
#ifdef PASSCHECK_REVISION
	printf("passcheck %s (%s)\n", PASSCHECK_VERSION, PASSCHECK_REVISION);
#else
	printf("passcheck %s\n", PASSCHECK_VERSION);
#endif
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/shell.h"
#include "report/plan/help.h"
#include "report/plan/plan_document.h"
#include "report/plan/render.h"

/*
 * A plan as a script for a POSIX shell: `sh FILE` does the steps, `sh FILE undo` takes them back.
 * What is done already is left out, and it stops where the host is not as it was judged. Text of
 * the host stands in it only as words that shell_word() quoted.
 */

/* A function of the script; those that nothing calls are left out. */
struct helper {
	const char *name;
	const char *text;
};

static const struct helper helpers[] = {
	{"driver_of ", "driver_of() {\n"
		       "\tif [ -e \"/sys/bus/pci/devices/$1/driver\" ]; then\n"
		       "\t\tbasename \"$(readlink \"/sys/bus/pci/devices/$1/driver\")\"\n"
		       "\tfi\n"
		       "}\n"},
	{"is_on ", "is_on() {\n"
		   "\t[ \"$(driver_of \"$1\")\" = \"$2\" ]\n"
		   "}\n"},
	{"is_free ", "is_free() {\n"
		     "\t[ -z \"$(driver_of \"$1\")\" ]\n"
		     "}\n"},
	{"holds ", "holds() {\n"
		   "\t[ \"$(cat \"$2\")\" = \"$1\" ]\n"
		   "}\n"},
	{"expect_group ",
	 "expect_group() {\n"
	 "\t[ -e \"/sys/bus/pci/devices/$1/iommu_group\" ] || die \"$1 is in no group\"\n"
	 "\tgroup=$(basename \"$(readlink \"/sys/bus/pci/devices/$1/iommu_group\")\")\n"
	 "\t[ \"$group\" = \"$2\" ] || die \"$1 is in group $group, and was in $2\"\n"
	 "}\n"},
	{"expect_driver ", "expect_driver() {\n"
			   "\tname=$1\n"
			   "\tshift\n"
			   "\tdriver=$(driver_of \"$name\")\n"
			   "\tfor expected; do\n"
			   "\t\tif [ \"$driver\" = \"$expected\" ]; then return; fi\n"
			   "\tdone\n"
			   "\tdie \"$name is on '$driver', and was on '$1'\"\n"
			   "}\n"},
	{"unbind ", "unbind() {\n"
		    "\tif [ -e \"/sys/bus/pci/devices/$1/driver\" ]; then\n"
		    "\t\techo \"$1\" > \"/sys/bus/pci/devices/$1/driver/unbind\"\n"
		    "\tfi\n"
		    "}\n"},
	{"by_hand ", "by_hand() {\n"
		     "\t[ \"$by_hand_done\" -ge \"$1\" ] ||\n"
		     "\t\tdie \"do that by hand, then go on with: sh FILE do $1\"\n"
		     "}\n"},
	{"expect_device ",
	 "expect_device() {\n"
	 "\t[ -d \"/sys/bus/pci/devices/$1\" ] || die \"$1 is not there\"\n"
	 "\tids=$(cat \"/sys/bus/pci/devices/$1/vendor\" \"/sys/bus/pci/devices/$1/device\")\n"
	 "\t[ \"$ids\" = \"$2\n$3\" ] || die \"$1 is another device\"\n"
	 "}\n"},
	{"expect_no_guest ",
	 "expect_no_guest() {\n"
	 "\topen=$(ls -l /proc/[0-9]*/fd 2> /dev/null | sed -n 's|.* -> /dev/vfio/||p')\n"
	 "\tfor vf in \"/sys/bus/pci/devices/$1\"/virtfn*; do\n"
	 "\t\t[ -e \"$vf/iommu_group\" ] || continue\n"
	 "\t\tgroup=$(basename \"$(readlink \"$vf/iommu_group\")\")\n"
	 "\t\tnode=devices/$(ls \"$vf/vfio-dev\" 2> /dev/null || :)\n"
	 "\t\tfor file in $open; do\n"
	 "\t\t\tcase \"$file\" in\n"
	 "\t\t\t\"$group\" | \"noiommu-$group\" | \"$node\") die \"/dev/vfio/$file, of a VF of $1, is open: shut the "
	 "guest that has it down first\" ;;\n"
	 "\t\t\tesac\n"
	 "\t\tdone\n"
	 "\tdone\n"
	 "}\n"},
	{"append ", "append() {\n"
		    "\tif ! grep -qsxF -e \"$1\" \"$2\"; then\n"
		    "\t\t[ -z \"$(tail -c 1 \"$2\" 2> /dev/null)\" ] || echo >> \"$2\"\n"
		    "\t\tprintf '%s\\n' \"$1\" >> \"$2\"\n"
		    "\tfi\n"
		    "}\n"},
	{"drop ",
	 "drop() {\n"
	 "\t[ -e \"$2\" ] || return 0\n"
	 "\tblanks='s/[[:blank:]]\\{1,\\}/ /g; s/^ //; s/ $//'\n"
	 "\twords=$(printf '%s\\n' \"$1\" | sed \"$blanks\")\n"
	 "\tlines=$(sed \"$blanks\" \"$2\" | grep -nxF -e \"$words\" | sed 's/:.*/d/')\n"
	 "\tsed \"$lines\" \"$2\" > \"$2.new\" || die \"$2 could not be copied to $2.new\"\n"
	 "\tcat \"$2.new\" > \"$2\"\n"
	 "\trm -f \"$2.new\"\n"
	 "\tcase \"$2\" in\n"
	 "\t*/*passcheck*) [ -s \"$2\" ] || rm -f \"$2\" ;;\n"
	 "\tesac\n"
	 "}\n"},
};

/* The script on its way: what its two functions do. */
struct script {
	struct arena *arena;
	const struct plan *plan;
	const struct plan_help *help;
	struct buffer steps;
	struct buffer undo;
	size_t count;       /* of the steps that it does, up to a reboot */
	size_t by_hand;     /* how many of these a person does before it goes on */
	const char *indent; /* of the lines that are added now */
};

static void add(struct arena *arena, struct buffer *body, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add(struct arena *arena, struct buffer *body, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	buffer_add(body, text, strlen(text));
}

/* Returns text as a word; what cannot be one is not told. */
static const char *quoted(struct arena *arena, const char *text)
{
	const char *word = shell_word(arena, text);

	return shell_prints(word) ? word : "'(a name that is not shown)'";
}

static void say(struct script *script, struct buffer *body, const char *label, const char *text)
{
	add(script->arena, body, "%ssay %s\n", script->indent,
	    quoted(script->arena, arena_printf(script->arena, "%s%s", label, text)));
}

static void add_command(struct script *script, struct buffer *body,
			const struct plan_command *command)
{
	switch (command->kind) {
	case PLAN_APPEND:
		add(script->arena, body, "%sappend %s %s\n", script->indent,
		    quoted(script->arena, command->line), command->file);
		return;
	case PLAN_DROP:
		add(script->arena, body, "%sdrop %s %s\n", script->indent,
		    quoted(script->arena, command->line), command->file);
		return;
	case PLAN_UNBIND:
		add(script->arena, body, "%sunbind %s\n", script->indent, command->name);
		return;
	case PLAN_NO_VFS:
		add(script->arena, body, "%sexpect_no_guest %s\n", script->indent, command->name);
		add(script->arena, body, "%s%s\n", script->indent, command->text);
		return;
	case PLAN_RUN:
		add(script->arena, body, "%s%s\n", script->indent, command->text);
		return;
	}
}

static void add_commands(struct script *script, struct buffer *body,
			 const struct plan_command *command)
{
	for (; command; command = command->next)
		add_command(script, body, command);
}

static void expect_device(struct script *script, struct buffer *body,
			  const struct pci_function *function)
{
	if (pci_knows_ids(function))
		add(script->arena, body, "%sexpect_device %s 0x%04" PRIx64 " 0x%04" PRIx64 "\n",
		    script->indent, function->name, function->vendor.value, function->device.value);
}

static bool binds(const struct plan *plan, const struct pci_function *function)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->steps[i].function == function && strcmp(plan->steps[i].id, "bind") == 0)
			return true;
	}
	return false;
}

static bool unbinds(const struct plan_step *step)
{
	const struct plan_command *command = step->commands;

	while (command && command->kind != PLAN_UNBIND)
		command = command->next;
	return command != NULL;
}

/* Returns whether a step in front of this one takes its function from the driver that it had. */
static bool is_unbound_before(const struct plan *plan, const struct plan_step *step)
{
	for (const struct plan_step *it = plan->steps; it < step; it++) {
		if (it->function == step->function && unbinds(it))
			return true;
	}
	return false;
}

/* What the step was judged by; what was not read is not compared. A script that runs again finds
 * the driver that its own later step brought, or none where it was broken off. */
static void expect(struct script *script, const struct plan_step *step)
{
	const struct pci_function *function = step->function;
	struct arena *arena = script->arena;
	const char *name = function->name;
	bool bound = !step->done && binds(script->plan, function);

	expect_device(script, &script->steps, function);
	if (fact_known(&function->group.fact))
		add(arena, &script->steps, "%sexpect_group %s %" PRId64 "\n", script->indent, name,
		    function->group.value);
	if (fact_settled(&function->driver.fact) && !is_unbound_before(script->plan, step))
		add(arena, &script->steps, "%sexpect_driver %s %s%s%s\n", script->indent, name,
		    quoted(arena, fact_known(&function->driver.fact) ? function->driver.text : ""),
		    bound ? " vfio-pci" : "", unbinds(step) ? " ''" : "");
}

/* Makes the initramfs anew, which is to have what the host has by then. */
static bool copies(const struct plan_step *step)
{
	return strcmp(step->id, "initramfs") == 0 && step->commands;
}

/* Whether a step that comes later hangs on this one, which a person does. */
static bool is_awaited(const struct plan *plan, const struct plan_step *step)
{
	if (step->stage == PLAN_NOW)
		return true;
	if (step->stage != PLAN_PERSIST || has_suffix(step->id, "-existing"))
		return false;
	for (const struct plan_step *it = step; it < plan->steps + plan->count; it++) {
		if (copies(it))
			return true;
	}
	return false;
}

/* Goes on only where the script was called with word of it. */
static void wait_for_hand(struct script *script)
{
	add(script->arena, &script->steps, "%sby_hand %zu\n", script->indent, ++script->by_hand);
}

static void add_by_hand(struct script *script, const struct plan_step *step)
{
	say(script, &script->steps, "by hand: ", step->summary);
	if (step->why)
		say(script, &script->steps, "  ", step->why);
	for (const struct plan_command *command = step->commands; command; command = command->next)
		say(script, &script->steps, "      ", command->text);
	if (is_awaited(script->plan, step))
		wait_for_hand(script);
}

static void add_step(struct script *script, const struct plan_step *step)
{
	const char *left_out = step->needless ? step->needless : step->done;
	struct buffer *body = &script->steps;

	if (left_out) {
		add(script->arena, body, "\tif ! { %s; }; then\n", left_out);
		script->indent = "\t\t";
	}
	say(script, body, "", step->summary);
	if (step->why && step->stage == PLAN_NOW)
		say(script, body, "  ", step->why);
	if (step->by_hand_first)
		wait_for_hand(script);
	if (step->function && step->stage == PLAN_NOW)
		expect(script, step);
	add_commands(script, body, step->commands);
	if (step->done)
		add(script->arena, body, "\t\t%s || die %s\n", step->done,
		    quoted(script->arena,
			   arena_printf(script->arena, "did not take: %s", step->summary)));
	if (left_out)
		add(script->arena, body, "\tfi\n");
	script->indent = "\t";
}

static void add_undo(struct script *script, const struct plan_step *step)
{
	struct buffer *body = &script->undo;

	const char *begun = step->begun ? step->begun : step->done;

	if (!step->undo)
		return;
	if (begun) {
		add(script->arena, body, "\tif %s; then\n", begun);
		script->indent = "\t\t";
	}
	say(script, body, "taking back: ", step->summary);
	if (step->function && step->stage == PLAN_NOW)
		expect_device(script, body, step->function);
	add_commands(script, body, step->undo);
	if (begun)
		add(script->arena, body, "\tfi\n");
	script->indent = "\t";
}

/* What a person changed for the next boots, the script does not know how to take back. What holds
 * now alone ends with the next boot. */
static bool is_left_to_hand(const struct plan_step *step)
{
	return !step->commands && !step->undo &&
	       (step->stage == PLAN_FIRMWARE || step->stage == PLAN_BOOT ||
		step->stage == PLAN_PERSIST) &&
	       strcmp(step->id, "reboot") != 0 && strcmp(step->id, "look") != 0 &&
	       !has_suffix(step->id, "-existing");
}

static void take_back(struct script *script, const struct plan_step *step)
{
	if (is_left_to_hand(step))
		say(script, &script->undo,
		    "not taken back, as it was done by hand: ", step->summary);
	else if (step->stage != PLAN_GUEST)
		add_undo(script, step);
}

/* What comes behind a reboot is planned anew then. What a guest gets is not the host's. */
static void add_steps(struct script *script)
{
	const struct plan *plan = script->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_step *step = &plan->steps[i];
		bool reboot = strcmp(step->id, "reboot") == 0;
		if (reboot || !step->commands || step->stage == PLAN_GUEST)
			add_by_hand(script, step);
		else
			add_step(script, step);
		if (reboot)
			break;
		script->count++;
	}
	for (size_t i = script->count; i > 0; i--)
		take_back(script, &plan->steps[i - 1]);
}

/* A plan that does not reach the goal does nothing. */
static bool add_refusal(struct script *script)
{
	const struct text_line *line =
		script->plan->obstacles ? script->plan->obstacles : script->plan->unknowns;

	if (!line)
		return false;
	for (; line; line = line->next)
		say(script, &script->steps,
		    script->plan->obstacles ? "in the way: " : "not known: ", line->text);
	for (const struct plan_help *help = script->help; help; help = help->next)
		say(script, &script->steps, "what helps: ", help->remedy);
	add(script->arena, &script->steps, "\tdie 'these steps do not reach the goal'\n");
	return true;
}

static bool is_called(const char *text, const char *name)
{
	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
		if (at == text || strchr("\t ({", at[-1]))
			return true;
	}
	return false;
}

/* Those that are called by what stands behind them, and so on. */
static void write_helpers(struct script *script, FILE *out)
{
	struct buffer text = {.arena = script->arena};
	bool wanted[ARRAY_LENGTH(helpers)];

	buffer_add(&text, buffer_text(&script->steps), script->steps.length);
	buffer_add(&text, buffer_text(&script->undo), script->undo.length);
	for (size_t i = ARRAY_LENGTH(helpers); i-- > 0;) {
		wanted[i] = is_called(buffer_text(&text), helpers[i].name);
		if (wanted[i])
			buffer_add(&text, helpers[i].text, strlen(helpers[i].text));
	}
	for (size_t i = 0; i < ARRAY_LENGTH(helpers); i++) {
		if (wanted[i])
			fprintf(out, "\n%s", helpers[i].text);
	}
}

static void write_function(FILE *out, const char *name, struct buffer *body)
{
	fprintf(out, "\n%s() {\n%s}\n", name, body->length ? buffer_text(body) : "\t:\n");
}

int plan_render_sh(const void *plan_document, const struct render_options *options, FILE *out)
{
	const struct plan_document *document = plan_document;
	struct script script = {.arena = document->arena,
				.plan = &document->plan,
				.help = document->help,
				.indent = "\t",
				.steps = {.arena = document->arena},
				.undo = {.arena = document->arena}};

	(void)options;
	if (!add_refusal(&script))
		add_steps(&script);
	fprintf(out,
		"#!/bin/sh\n"
		"# A plan of passcheck " PASSCHECK_VERSION ", for a shell of root. Read it first.\n"
		"# `sh FILE` does it, `sh FILE undo` takes back what it did.\n"
		"# What it says is to be done by hand, both leave to you.\n"
		"# The undo keeps no record:\n"
		"# where others did a step since the plan was made, it takes that back, too.\n"
		"# Single quotes keep what other programs read:\n"
		"# shellcheck disable=SC2012,SC2016\n"
		"set -eu\n\n"
		"say() {\n\techo \"plan: $*\"\n}\n\n"
		"die() {\n\techo \"plan: $*\" >&2\n\texit 1\n}\n");
	if (script.by_hand)
		fprintf(out, "\n# How many of the steps that wait for a person are done.\n"
			     "by_hand_done=${2:-0}\n");
	write_helpers(&script, out);
	write_function(out, "do_steps", &script.steps);
	write_function(out, "undo_steps", &script.undo);
	fprintf(out,
		"\ncase \"${1:-do}\" in\n"
		"do) do_steps ;;\n"
		"undo) undo_steps ;;\n"
		"*) die \"usage: sh FILE [do%s|undo]\" ;;\n"
		"esac\n",
		script.by_hand ? " [STEPS-DONE-BY-HAND]" : "");
	return arena_failed(document->arena) ? -ENOMEM : 0;
}

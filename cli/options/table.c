/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options/table.h"

#include <string.h>

#include "checks/support/check.h"
#include "cli/diagnostic.h"
#include "cli/input/requirements_file.h"
#include "cli/options/options.h"
#include "cli/similar.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/guest/configuration.h"
#include "report/write/words.h"

/* NumVFs of the SR-IOV capability. */
enum { LARGEST_VF_COUNT = 65535 };

/* Appends what stands between the commas of text, be it nothing. */
static bool append_commas(struct arena *arena, struct word_list *list, const char *text)
{
	for (const char *word = text;; word++) {
		size_t length = strcspn(word, ",");
		if (!word_list_append(arena, list, arena_copy(arena, word, length)))
			return false;
		word += length;
		if (!*word)
			return !arena_failed(arena);
	}
}

static enum exit_code wrong(enum option_id option, const char *value, const char *allowed)
{
	complain("--%s %s: must be %s", option_rows[option].name, value, allowed);
	return EXIT_USAGE;
}

static enum exit_code set_fail_on(struct options *options, const char *value)
{
	if (strcmp(value, "warn") == 0)
		options->fail_on.warn = true;
	else if (strcmp(value, "unknown") == 0)
		options->fail_on.unknown = true;
	else
		return wrong(OPTION_FAIL_ON, value, "warn or unknown");
	return EXIT_READY;
}

static enum exit_code set_by(struct options *options, const char *value)
{
	options->by_group = strcmp(value, "group") == 0;
	if (!options->by_group && strcmp(value, "class") != 0)
		return wrong(OPTION_BY, value, "class or group");
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
		return wrong(OPTION_COLOR, value, "auto, always or never");
	return EXIT_READY;
}

static enum exit_code no_such_check(const char *id)
{
	struct similar similar = similar_begin(id);

	complain("--check %s: no such check; `passcheck checks` lists them", id);
	for (size_t i = 0; i < check_registry_count; i++)
		similar_consider(&similar, check_registry[i]->id);
	if (similar.best)
		complain("did you mean %s?", similar.best);
	return EXIT_USAGE;
}

static enum exit_code set_checks(struct options *options, const char *value)
{
	struct word_list *checks = &options->checks;
	size_t before = checks->count;

	if (!append_commas(options->arena, checks, value))
		return EXIT_FAILED;
	for (size_t i = before; i < checks->count; i++) {
		if (!*checks->words[i])
			return wrong(OPTION_CHECK, *value ? value : "''",
				     "ids of checks; `passcheck checks` lists them");
		if (!check_find(checks->words[i]))
			return no_such_check(checks->words[i]);
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
		return wrong(OPTION_MAC, value,
			     "six octets, of a single interface: 52:54:00:01:02:03");
	options->hostdev.mac = value;
	return EXIT_READY;
}

/* The name is that of a file, too, and stands in XML, which has no control characters. */
static enum exit_code set_network(struct options *options, const char *value)
{
	if (!*value || strchr(value, '/') ||
	    strcmp(value, words_printable(options->arena, value)) != 0)
		return wrong(OPTION_NETWORK, value, "a printable name without slashes");
	options->hostdev.network = value;
	return EXIT_READY;
}

static enum exit_code set_teaming(struct options *options, const char *value)
{
	if (!hostdev_alias_is_valid(value))
		return wrong(OPTION_TEAMING, value,
			     "the alias of an interface that begins with ua-: ua-net0");
	options->hostdev.teaming = value;
	return EXIT_READY;
}

static enum exit_code set_split(struct options *options, const char *value)
{
	if (!*value)
		return wrong(OPTION_SPLIT, "''", "a folder");
	options->split = value;
	return EXIT_READY;
}

static enum exit_code set_root(struct options *options, const char *value)
{
	options->root = value;
	return EXIT_READY;
}

static enum exit_code set_format(struct options *options, const char *value)
{
	options->format_name = value;
	return EXIT_READY;
}

static enum exit_code set_output(struct options *options, const char *value)
{
	options->output = value;
	return EXIT_READY;
}

static enum exit_code set_require(struct options *options, const char *value)
{
	return requirements_add_word(options->arena, value, &options->required);
}

static enum exit_code set_requirements(struct options *options, const char *value)
{
	return requirements_add_file(options->arena, value, &options->required);
}

static enum exit_code set_vlan(struct options *options, const char *value)
{
	if (!parse_count(value, HOSTDEV_LAST_VLAN, &options->hostdev.vlan))
		return wrong(OPTION_VLAN, value, "a number from 1 to 4094");
	return EXIT_READY;
}

static enum exit_code set_vport(struct options *options, const char *value)
{
	if (!hostdev_vport_parse(options->arena, value, &options->hostdev))
		return wrong(OPTION_VPORT, value, "WWPN:WWNN, 16 hex digits each");
	return EXIT_READY;
}

static enum exit_code set_mdev(struct options *options, const char *value)
{
	if (!hostdev_mdev_parse(options->arena, value, &options->hostdev))
		return wrong(OPTION_MDEV, value,
			     "TYPE:UUID, a type as in mdev_supported_types and a UUID (uuidgen)");
	return EXIT_READY;
}

static enum exit_code set_lun(struct options *options, const char *value)
{
	if (!hostdev_lun_is_valid(value))
		return wrong(OPTION_LUN, value, "hostdev, disk or volume");
	options->hostdev.lun = value;
	return EXIT_READY;
}

static enum exit_code set_vfs(struct options *options, const char *value)
{
	if (!parse_count(value, LARGEST_VF_COUNT, &options->vfs))
		return wrong(OPTION_VFS, value, "a number from 1 to 65535");
	return EXIT_READY;
}

static enum exit_code set_how(struct options *options, const char *value)
{
	if (!plan_how_find(value, &options->how))
		return wrong(OPTION_HOW, value, "boot, managed or now");
	return EXIT_READY;
}

/* "libvirt, qemu or incus" */
static const char *planned_stacks(struct arena *arena)
{
	struct buffer names = {.arena = arena, .separator = ", "};

	buffer_item(&names, "libvirt");
	for (size_t i = 0; i < stack_registry_count; i++) {
		if (stack_has_plan(stack_registry[i]))
			buffer_item(&names, "%s", stack_registry[i]->name);
	}
	return buffer_choice(&names);
}

static enum exit_code set_for(struct options *options, const char *value)
{
	const struct stack *stack = stack_find(value);

	if (strcmp(value, "libvirt") != 0 && !(stack && stack_has_plan(stack)))
		return wrong(OPTION_FOR, value, planned_stacks(options->arena));
	options->stack = value;
	return EXIT_READY;
}

static enum exit_code set_compact(struct options *options, const char *argument)
{
	(void)argument;
	options->compact = true;
	return EXIT_READY;
}

static enum exit_code set_undo(struct options *options, const char *argument)
{
	(void)argument;
	options->undo = true;
	return EXIT_READY;
}

static enum exit_code set_verbose(struct options *options, const char *argument)
{
	(void)argument;
	options->verbose = true;
	return EXIT_READY;
}

static enum exit_code set_quiet(struct options *options, const char *argument)
{
	(void)argument;
	options->quiet = true;
	return EXIT_READY;
}

static enum exit_code set_identity(struct options *options, const char *argument)
{
	(void)argument;
	options->identity = true;
	return EXIT_READY;
}

static enum exit_code set_wake(struct options *options, const char *argument)
{
	(void)argument;
	options->wake = true;
	return EXIT_READY;
}

static enum exit_code set_exit_zero(struct options *options, const char *argument)
{
	(void)argument;
	options->exit_zero = true;
	return EXIT_READY;
}

static enum exit_code set_log(struct options *options, const char *argument)
{
	(void)argument;
	options->log = true;
	return EXIT_READY;
}

static enum exit_code set_no_host(struct options *options, const char *argument)
{
	(void)argument;
	options->no_host = true;
	return EXIT_READY;
}

static enum exit_code set_force(struct options *options, const char *argument)
{
	(void)argument;
	options->hostdev.force = true;
	return EXIT_READY;
}

static enum exit_code set_help(struct options *options, const char *argument)
{
	(void)argument;
	options->help = true;
	return EXIT_READY;
}

static enum exit_code set_version(struct options *options, const char *argument)
{
	(void)argument;
	options->version = true;
	return EXIT_READY;
}

const struct option_row option_rows[OPTION_COUNT] = {
	[OPTION_ROOT] = {.name = "root",
			 .argument = "PATH",
			 .help = "audit the host captured in PATH, a folder or archive",
			 .set = set_root},
	[OPTION_FORMAT] = {.name = "format",
			   .argument = "FORMAT",
			   .help = "how to write it: one of the formats below",
			   .set = set_format},
	[OPTION_COMPACT] = {.name = "compact",
			    .format = "json",
			    .help = "the document on one line",
			    .set = set_compact},
	[OPTION_OUTPUT] = {.name = "output",
			   .letter = 'o',
			   .argument = "FILE",
			   .help = "write to FILE, whole or not at all",
			   .set = set_output},
	[OPTION_CHECK] = {.name = "check",
			  .argument = "ID[,ID]",
			  .help = "run only these checks",
			  .set = set_checks},
	[OPTION_FAIL_ON] = {.name = "fail-on",
			    .argument = "VERDICT",
			    .help = "count this too as not ready: warn or unknown",
			    .set = set_fail_on},
	[OPTION_REQUIRE] = {.name = "require",
			    .argument = "REQ",
			    .help = "not ready without REQ, as vfs=eth0:8 (repeatable)",
			    .set = set_require},
	[OPTION_REQUIREMENTS] = {.name = "requirements",
				 .argument = "FILE",
				 .help = "not ready without what this JSON lists",
				 .set = set_requirements},
	[OPTION_EXIT_ZERO] = {.name = "exit-zero",
			      .help = "exit with 0 where it would be 2 or 3",
			      .set = set_exit_zero},
	[OPTION_BY] = {.name = "by",
		       .argument = "ORDER",
		       .format = "text",
		       .help = "list functions by class or by group",
		       .set = set_by},
	[OPTION_COLOR] = {.name = "color",
			  .argument = "WHEN",
			  .help = "auto, always or never",
			  .set = set_color},
	[OPTION_VERBOSE] = {.name = "verbose",
			    .letter = 'v',
			    .help = "show what passed, too",
			    .set = set_verbose},
	[OPTION_QUIET] = {.name = "quiet",
			  .letter = 'q',
			  .help = "show only failures and what decides",
			  .set = set_quiet},
	[OPTION_WITH_IDENTITY] = {.name = "with-identity",
				  .help = "include the host's name and hashed machine id",
				  .set = set_identity},
	[OPTION_WAKE] = {.name = "wake",
			 .help = "wake functions that sleep, to read them",
			 .set = set_wake},
	[OPTION_MAC] = {.name = "mac",
			.argument = "ADDRESS",
			.format = "xml",
			.help = "the MAC address of a network VF",
			.set = set_mac},
	[OPTION_VLAN] = {.name = "vlan",
			 .argument = "ID",
			 .format = "xml",
			 .help = "the VLAN of network VFs, 1 to 4094",
			 .set = set_vlan},
	[OPTION_TEAMING] = {.name = "teaming",
			    .argument = "ALIAS",
			    .format = "xml",
			    .help = "VF for failover to interface ALIAS, with --mac",
			    .set = set_teaming},
	[OPTION_NETWORK] = {.name = "network",
			    .argument = "NAME",
			    .format = "xml",
			    .help = "a network of the VFs of a PF",
			    .set = set_network},
	[OPTION_VPORT] = {.name = "vport",
			  .argument = "WWPN:WWNN",
			  .format = "xml",
			  .help = "a virtual Fibre Channel port",
			  .set = set_vport},
	[OPTION_MDEV] = {.name = "mdev",
			 .argument = "TYPE:UUID",
			 .format = "xml",
			 .help = "a mediated device (vGPU) of that type",
			 .set = set_mdev},
	[OPTION_LUN] = {.name = "lun",
			.argument = "FORM",
			.format = "xml",
			.help = "units of a port as hostdev, disk or volume",
			.set = set_lun},
	[OPTION_SPLIT] = {.name = "split",
			  .argument = "DIR",
			  .format = "xml",
			  .help = "one file per device, in DIR",
			  .set = set_split},
	[OPTION_FORCE] = {.name = "force",
			  .document = &guest_formats,
			  .help = "write configuration even if blocked",
			  .set = set_force},
	[OPTION_VFS] = {.name = "vfs",
			.argument = "COUNT",
			.help = "make COUNT VFs of a PF",
			.set = set_vfs},
	[OPTION_HOW] = {.name = "how",
			.argument = "WAY",
			.help = "boot, managed (by libvirt) or now",
			.set = set_how},
	[OPTION_FOR] = {.name = "for",
			.argument = "STACK",
			.help = "who runs the guest, as libvirt or proxmox",
			.set = set_for},
	[OPTION_UNDO] = {.name = "undo",
			 .help = "take back what a plan has set up",
			 .set = set_undo},
	[OPTION_NO_HOST] = {.name = "no-host",
			    .help = "do not look at any host",
			    .set = set_no_host},
	[OPTION_LOG] = {.name = "log", .help = "read the host's logs, too", .set = set_log},
	[OPTION_HELP] = {.name = "help", .letter = 'h', .help = "show this", .set = set_help},
	[OPTION_VERSION] = {.name = "version", .help = "show the version", .set = set_version},
};

ASSERT_COVERS(option_rows, OPTION_COUNT);

static_assert(OPTION_COUNT <= 64, "OPTION_BIT() has a bit for each");

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "guest/libvirt/qemu_properties.h"
#include "guest/read/qemu_command.h"
#include "guest/read/readers.h"
#include "guest/read/shell_words.h"
#include "host/base/affix.h"
#include "host/pci/mdev.h"

/*
 * docs/vfio.md of Cloud Hypervisor: "--device path=/sys/bus/pci/devices/0000:01:00.0/,iommu=on
 * path=…", several values behind one option, and the option several times.
 */

static const char program[] = "cloud-hypervisor";

/* Returns whether options of it, or what a variable of the shell holds, stand there. */
static bool options_follow(const char *at)
{
	while (isblank((unsigned char)*at) || begins_with(at, "\\\n"))
		at += *at == '\\' ? 2 : 1;
	at += *at == '"' && at[1] == '$';
	return *at == '$' || begins_with(at, "-v") ||
	       (begins_with(at, "--") && isalpha((unsigned char)at[2]));
}

/* A release has it as cloud-hypervisor-static, too; firmware for it ends with -fw. */
bool cloud_hypervisor_runs(const char *word, const char *rest)
{
	const char *name = last_part(word);

	return begins_with(name, program) && !strpbrk(name, ".:=") && !ends_with(name, "-fw") &&
	       options_follow(rest);
}

/* Returns whether the program stands there, maybe in quotes, and options follow it. */
static bool runs_program(const char *text, const char *at)
{
	if (at > text && !strchr(" \t\n\"'/", at[-1]))
		return false;
	at += strlen(program);
	at += strcspn(at, " \t\n\"'.:=/");
	at += *at == '"' || *at == '\'';
	return isblank((unsigned char)*at) && options_follow(at);
}

/* What it finds may be a comment: the reader knows better. */
bool cloud_hypervisor_is(const char *text)
{
	for (const char *at = strstr(text, program); at; at = strstr(at + 1, program)) {
		if (runs_program(text, at))
			return true;
	}
	return false;
}

/* The guest gets so much where --memory is missing (DEFAULT_MEMORY_MB, vmm/src/config.rs). */
#define USUAL_MEMORY (UINT64_C(512) << 20)

/* A command that is being read. */
struct command {
	struct device_list *list;
	uint64_t zones; /* bytes of memory zones */
	bool has_zones;
	bool zones_unknown; /* the size of some zone is not known */
	bool boots;         /* a kernel or firmware is given */
	bool is_told;       /* its socket or a snapshot tells what the guest is */
};

static void take_pages(struct domain *domain, const struct qemu_properties *memory, uint64_t size)
{
	const char *pages = qemu_property(memory, "hugepages");
	const char *page_size = qemu_property(memory, "hugepage_size");

	if (!word_is(pages, "on") && !word_is(pages, "true"))
		return;
	domain->hugepages = true;
	domain->hugepage_memory += size;
	if (page_size)
		domain->page_size = qemu_size(page_size, 0);
}

static void take_memory(struct command *command, const char *value)
{
	struct qemu_properties memory;
	struct domain *domain = command->list->domain;

	qemu_properties_open(command->list->arena, value, NULL, &memory);
	const char *size = qemu_property(&memory, "size");
	if (size)
		domain->memory = qemu_size(size, 0);
	take_pages(domain, &memory, 0);
	qemu_properties_close(&memory);
}

/* Zones are all of the memory: beside them, --memory has size=0 (docs/memory.md). */
static void take_zone(struct command *command, const char *value)
{
	struct qemu_properties zone;

	qemu_properties_open(command->list->arena, value, NULL, &zone);
	const char *text = qemu_property(&zone, "size");
	uint64_t size = text ? qemu_size(text, 0) : 0;
	if (size > UINT64_MAX - command->zones)
		size = 0;
	command->has_zones = true;
	command->zones_unknown |= !size;
	command->zones += size;
	take_pages(command->list->domain, &zone, size);
	qemu_properties_close(&zone);
}

/* Returns the last folder of a path, with or without a slash behind it. */
static const char *folder_of(struct arena *arena, const char *path)
{
	size_t length = strlen(path);

	while (length && path[length - 1] == '/')
		length--;
	const char *copy = arena_copy(arena, path, length);
	return copy ? last_part(copy) : "";
}

static void take_device(struct device_list *list, const char *value, unsigned line)
{
	struct qemu_properties properties;
	struct domain_device device = {
		.kind = DOMAIN_DEVICE_FOREIGN, .element = "--device", .line = line};

	qemu_properties_open(list->arena, value, NULL, &properties);
	const char *path = qemu_property(&properties, "path");
	const char *name = path ? folder_of(list->arena, path) : "";
	if (mdev_is_uuid(name)) {
		device.kind = DOMAIN_DEVICE_MDEV;
		device.mdev = name;
	} else if (pci_address_parse(name, &device.source) == 0) {
		device.kind = DOMAIN_DEVICE_HOSTDEV;
		device.has_source = true;
	}
	qemu_properties_close(&properties);
	device_list_add(list, &device);
}

/* What a variable of the shell holds may be a device. */
static void take_variable(struct device_list *list, const char *word, unsigned line)
{
	const struct domain_device device = {
		.kind = DOMAIN_DEVICE_VARIABLE, .element = word, .line = line};

	device_list_add(list, &device);
}

/* The first value behind an option is of that; others may be options themselves. */
static void take_value(struct command *command, const char *option, bool first, const char *value,
		       unsigned line)
{
	bool is_device = word_is(option, "--device") || word_is(option, "add-device");

	if (is_device && strstr(value, "path="))
		take_device(command->list, value, line);
	else if (*value == '$' && (is_device || !first))
		take_variable(command->list, value, line);
	else if (word_is(option, "--memory"))
		take_memory(command, value);
	else if (word_is(option, "--memory-zone"))
		take_zone(command, value);
}

/* Returns the option of a word, which may have its value behind "=". */
static const char *take_option(struct command *command, const char *word, unsigned line)
{
	const char *equals = begins_with(word, "--") ? strchr(word, '=') : NULL;
	const char *option = word;

	if (equals)
		option = arena_copy(command->list->arena, word, (size_t)(equals - word));
	command->boots |= word_is(option, "--kernel") || word_is(option, "--firmware");
	command->is_told |= word_is(option, "--api-socket") || word_is(option, "--restore");
	if (equals && option)
		take_value(command, option, true, equals + 1, line);
	return option;
}

/* Without a kernel or firmware the guest comes by the API or from a snapshot. Where neither is
 * named, devices are what there is of a command that is yet to be written. */
static void finish(struct command *command, unsigned line)
{
	const struct domain_device unknown = {
		.kind = DOMAIN_DEVICE_FILE, .element = "cloud-hypervisor", .line = line};

	if (command->has_zones)
		command->list->domain->memory = command->zones_unknown ? 0 : command->zones;
	if (!command->boots && (command->is_told || !command->list->domain->device_count))
		device_list_add(command->list, &unknown);
}

/* "ch-remote --api-socket SOCKET add-device path=…" on a line behind adds to the guest. */
static bool adds_device(const char *word)
{
	return word_is(word, "add-device");
}

/* Returns whether a file stands behind it. */
static bool redirects(const char *word)
{
	return *word && word[strlen(word) - 1] == '>';
}

/* Returns whether a word is the program of a command. */
static bool is_next(const struct shell_words *words, const char *word, bool is_file)
{
	return !is_file && cloud_hypervisor_runs(word, words->at);
}

/* Reads one command, which ends with its line, and goes to the program of the next. Returns whether
 * there is a next; *ret_found is whether this one has arguments. */
static bool read_command(struct shell_words *words, struct command *command, bool *ret_found)
{
	const char *option = NULL, *word;
	bool ended = false, first = false, is_file = false;

	*ret_found = false;
	while (!command->list->error && (word = shell_words_next(words))) {
		if (is_next(words, word, is_file))
			return true;
		is_file = redirects(word);
		if (words->begins_line) {
			ended = true;
			option = NULL;
		}
		if (adds_device(word))
			option = word;
		else if (*word == '-' && !ended)
			option = take_option(command, word, words->word_line);
		else if (*word != '-' && (!ended || option))
			take_value(command, option, first, word, words->word_line);
		first = *word == '-';
		*ret_found |= !ended;
	}
	return false;
}

/* Goes to the first program. Returns whether there is one. */
static bool find_program(struct shell_words *words)
{
	const char *word;
	bool is_file = false;

	while ((word = shell_words_next(words))) {
		if (is_next(words, word, is_file))
			return true;
		is_file = redirects(word);
	}
	return false;
}

void cloud_hypervisor_read(struct guest_list *guests, const char *text)
{
	struct shell_words words = {.arena = guests->arena, .at = text, .line = 1};
	bool more = find_program(&words), found;

	while (more && !guests->error) {
		struct domain domain = {
			.name = "guest", .other_stack = true, .memory = USUAL_MEMORY};
		struct device_list list = {.arena = guests->arena, .domain = &domain};
		struct command command = {.list = &list};
		unsigned line = words.word_line;
		more = read_command(&words, &command, &found);
		if (!found)
			continue;
		finish(&command, line);
		guest_list_add_domain(guests, DOMAIN_DOCUMENT_DOMAIN, &list);
	}
}

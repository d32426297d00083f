/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "guest/libvirt/qemu_properties.h"
#include "guest/read/qemu_command.h"
#include "guest/read/readers.h"
#include "guest/read/shell_words.h"
#include "host/access/affix.h"
#include "host/pci/mdev.h"

/*
 * docs/vfio.md of Cloud Hypervisor: "--device path=/sys/bus/pci/devices/0000:01:00.0/,iommu=on
 * path=…", several values behind one option, and the option several times.
 */

static const char program[] = "cloud-hypervisor";

/* A release has it as cloud-hypervisor-static, too. */
bool cloud_hypervisor_runs(const char *word)
{
	const char *name = last_part(word);

	return begins_with(name, program) && !strpbrk(name, ".:=");
}

/* Returns whether the program stands there, maybe in quotes, and options follow it. */
static bool runs_program(const char *text, const char *at)
{
	if (at > text && !strchr(" \t\n\"'/", at[-1]))
		return false;
	at += strlen(program);
	at += strcspn(at, " \t\n\"'.:=/");
	at += *at == '"' || *at == '\'';
	return isblank((unsigned char)*at) && strchr("-\\$", at[strspn(at, " \t")]);
}

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

static void take_memory(struct device_list *list, const char *value)
{
	struct qemu_properties memory;
	struct domain *domain = list->domain;

	qemu_properties_open(list->arena, value, NULL, &memory);
	const char *size = qemu_property(&memory, "size");
	const char *pages = qemu_property(&memory, "hugepages");
	const char *page_size = qemu_property(&memory, "hugepage_size");
	if (size)
		domain->memory = qemu_size(size, 0);
	domain->hugepages = word_is(pages, "on") || word_is(pages, "true");
	if (page_size)
		domain->page_size = qemu_size(page_size, 0);
	qemu_properties_close(&memory);
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
static void take_value(struct device_list *list, const char *option, bool first, const char *value,
		       unsigned line)
{
	bool is_device = word_is(option, "--device");

	if (is_device && strstr(value, "path="))
		take_device(list, value, line);
	else if (*value == '$' && (is_device || !first))
		take_variable(list, value, line);
	else if (word_is(option, "--memory"))
		take_memory(list, value);
}

/* Reads one command, which ends with its line, and goes to the program of the next. Returns whether
 * there is a next; *ret_found is whether this one has arguments. */
static bool read_command(struct shell_words *words, struct device_list *list, bool *ret_found)
{
	const char *option = NULL, *word;
	bool ended = false, first = false;

	*ret_found = false;
	while (!list->error && (word = shell_words_next(words))) {
		if (cloud_hypervisor_runs(word))
			return true;
		ended |= words->begins_line;
		if (ended)
			continue;
		if (*word != '-')
			take_value(list, option, first, word, words->word_line);
		else
			option = word;
		first = *word == '-';
		*ret_found = true;
	}
	return false;
}

void cloud_hypervisor_read(struct guest_list *guests, const char *text)
{
	struct shell_words words = {.arena = guests->arena, .at = text, .line = 1};
	const char *word;
	bool more, found;

	do
		word = shell_words_next(&words);
	while (word && !cloud_hypervisor_runs(word));
	more = word;
	while (more && !guests->error) {
		struct domain domain = {
			.name = "guest", .other_stack = true, .memory = USUAL_MEMORY};
		struct device_list list = {.arena = guests->arena, .domain = &domain};
		more = read_command(&words, &list, &found);
		if (!found)
			continue;
		guest_list_add_domain(guests, DOMAIN_DOCUMENT_DOMAIN, &list);
	}
}

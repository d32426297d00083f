/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/read/readers.h"
#include "host/access/affix.h"
#include "host/access/array.h"

/* Proxmox VE gives a guest so many MiB where its configuration says nothing. */
enum { USUAL_MEMORY = 512, MOST_MEMORY_DIGITS = 9 };

#define MIB (UINT64_C(1) << 20)

/* Returns the value behind "hostpciN:", or NULL. */
static const char *hostpci_value(const char *line)
{
	static const char key[] = "hostpci";
	const char *at = line + strlen(key);

	if (!begins_with(line, key) || !isdigit((unsigned char)*at))
		return NULL;
	at += strspn(at, "0123456789");
	return *at == ':' ? at + 1 : NULL;
}

/* Lines that each guest's configuration has: PVE/QemuServer.pm writes them when it makes one. */
bool proxmox_conf_is(const char *text)
{
	static const char *const keys[] = {"vmgenid: ", "smbios1: ", "ostype: ", "scsihw: "};

	for (const char *line = text; line; line = next_line(line)) {
		if (hostpci_value(line))
			return true;
		for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
			if (begins_with(line, keys[i]))
				return true;
		}
	}
	return false;
}

bool proxmox_address_parse(struct arena *arena, const char *text, struct pci_address *ret,
			   bool *ret_whole_slot)
{
	size_t colons = 0;

	for (const char *at = text; *at; at++)
		colons += *at == ':';
	*ret_whole_slot = !strchr(text, '.');
	const char *whole = arena_printf(arena, "%s%s%s", colons == 1 ? "0000:" : "", text,
					 *ret_whole_slot ? ".0" : "");
	return whole && pci_address_parse(whole, ret) == 0;
}

/* Addresses with ";" between them. */
static void add_addresses(struct device_list *list, const struct domain_device *like,
			  const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		struct domain_device device = *like;
		size_t part = strcspn(text, ";,");
		if (part > (size_t)(end - text))
			part = (size_t)(end - text);
		device.has_source =
			proxmox_address_parse(list->arena, arena_copy(list->arena, text, part),
					      &device.source, &device.whole_slot);
		if (!device.has_source)
			device_list_fail(list, -EBADMSG, device.line,
					 "hostpci names no address of a PCI function");
		device_list_add(list, &device);
		text += part + 1;
	}
}

/* Proxmox VE takes functions from their drivers when the guest starts, as libvirt's managed. */
static void read_hostpci(struct device_list *list, const char *value, size_t length, unsigned line)
{
	struct domain_device device = {
		.kind = DOMAIN_DEVICE_HOSTDEV,
		.element = "hostpci",
		.line = line,
		.managed = true,
	};
	static const char mapping[] = "mapping=";
	const char *text = arena_copy(list->arena, value, length);

	if (!text)
		return;
	text += strspn(text, " \t");
	if (strstr(text, "mdev=") || begins_with(text, mapping)) {
		device.kind = strstr(text, "mdev=") ? DOMAIN_DEVICE_MDEV : DOMAIN_DEVICE_FOREIGN;
		device.pool = device.kind == DOMAIN_DEVICE_FOREIGN
				      ? arena_copy(list->arena, text + strlen(mapping),
						   strcspn(text + strlen(mapping), ", \t\r"))
				      : NULL;
		device_list_add(list, &device);
		return;
	}
	if (begins_with(text, "host="))
		text += strlen("host=");
	add_addresses(list, &device, text, strcspn(text, ", \t\r"));
}

static const char *value_of(struct arena *arena, const char *line, size_t length, const char *key)
{
	size_t skip = strlen(key);

	if (length < skip || strncmp(line, key, skip) != 0)
		return NULL;
	while (length > skip && isspace((unsigned char)line[length - 1]))
		length--;
	return arena_copy(arena, line + skip, length - skip);
}

static void read_line(struct device_list *list, const char *line, size_t length, unsigned number)
{
	struct domain *domain = list->domain;
	const char *hostpci = hostpci_value(line);
	const char *name = value_of(list->arena, line, length, "name: ");
	const char *machine = value_of(list->arena, line, length, "machine: ");
	const char *memory = value_of(list->arena, line, length, "memory: ");

	if (hostpci)
		read_hostpci(list, hostpci, length - (size_t)(hostpci - line), number);
	if (name && *name)
		domain->name = name;
	if (machine)
		domain->machine = machine;
	if (memory && begins_with(memory, "current="))
		memory += strlen("current=");
	if (memory && strspn(memory, "0123456789") <= MOST_MEMORY_DIGITS)
		domain->memory = strtoull(memory, NULL, 10) * MIB;
}

/* What follows "[" is of snapshots, and of what waits for the guest to stop. */
void proxmox_conf_read(struct guest_list *guests, const char *text)
{
	struct domain domain = {.name = "guest", .other_stack = true, .memory = USUAL_MEMORY * MIB};
	struct device_list list = {.arena = guests->arena, .domain = &domain};
	unsigned number = 1;

	for (const char *line = text; line && *line != '['; line = next_line(line))
		read_line(&list, line, strcspn(line, "\n"), number++);
	guest_list_add_domain(guests, DOMAIN_DOCUMENT_DOMAIN, &list);
}

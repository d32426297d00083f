/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/moved_address.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

/* The keys of one device in a rule. */
struct rule_keys {
	const char *address;
	const char *vendor;
	const char *device;
};

static const struct rule_keys keys[] = {
	{"KERNEL==\"", "ATTR{vendor}==\"0x", "ATTR{device}==\"0x"},
	{"KERNELS==\"", "ATTRS{vendor}==\"0x", "ATTRS{device}==\"0x"},
};

static const struct pci_function *read_address(const struct host *host, const char *line,
					       const char *key)
{
	const char *at = strstr(line, key);
	char name[PCI_ADDRESS_SIZE] = "";
	struct pci_address address;

	if (!at)
		return NULL;
	at += strlen(key);
	size_t length = strcspn(at, "\"");
	if (length >= sizeof(name) || at[length] != '"')
		return NULL;
	memcpy(name, at, length);
	return pci_address_parse(name, &address) == 0 ? pci_find(&host->pci, &address) : NULL;
}

/* Returns the id of four hex digits behind the key, -1 without one. */
static int64_t read_id(const char *line, const char *key)
{
	const char *at = strstr(line, key);
	char *end;

	if (!at)
		return -1;
	at += strlen(key);
	long value = strtol(at, &end, 16);
	return end == at + 4 && *end == '"' ? value : -1;
}

/* Reads ADDRESS|VENDOR:DEVICE, as Unraid writes it. */
static bool read_entry(const struct host *host, const char *line, struct moved_address *ret)
{
	enum { ADDRESS_LENGTH = sizeof("0000:00:00.0") - 1 };
	const char *bar = strchr(line, '|');
	char name[ADDRESS_LENGTH + 1] = "";
	struct pci_address address;
	char *end;

	if (!bar || bar - line < ADDRESS_LENGTH || !begins_with_form(bar + 1, "xxxx:xxxx"))
		return false;
	memcpy(name, bar - ADDRESS_LENGTH, ADDRESS_LENGTH);
	if (pci_address_parse(name, &address) != 0)
		return false;
	ret->now = pci_find(&host->pci, &address);
	ret->vendor = strtol(bar + 1, &end, 16);
	ret->device = strtol(end + 1, NULL, 16);
	return true;
}

static bool differs(int64_t wanted, const struct fact_number *value)
{
	return wanted >= 0 && fact_known(&value->fact) && value->value != wanted;
}

static bool has_ids(const struct pci_function *function, const struct moved_address *moved)
{
	return !pci_is_vf(function) && pci_has_ids(function, moved->vendor, moved->device);
}

static const struct pci_function *find_only(const struct host *host,
					    const struct moved_address *moved)
{
	const struct pci_function *only = NULL;

	for (size_t i = 0; i < host->pci.count; i++) {
		if (!has_ids(&host->pci.functions[i], moved))
			continue;
		if (only)
			return NULL;
		only = &host->pci.functions[i];
	}
	return only;
}

/* Returns whether another device is now at the address; says where the one that is meant is. */
static bool has_moved(const struct host *host, struct moved_address *moved,
		      struct moved_address *ret)
{
	if (!moved->now || (!differs(moved->vendor, &moved->now->vendor) &&
			    !differs(moved->device, &moved->now->device)))
		return false;
	if (ret) {
		moved->where = find_only(host, moved);
		*ret = *moved;
	}
	return true;
}

bool moved_address_find(const struct host *host, const char *line, struct moved_address *ret)
{
	struct moved_address entry = {0};

	if (read_entry(host, line, &entry))
		return has_moved(host, &entry, ret);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		struct moved_address moved = {
			.now = read_address(host, line, keys[i].address),
			.vendor = read_id(line, keys[i].vendor),
			.device = read_id(line, keys[i].device),
		};
		if (has_moved(host, &moved, ret))
			return true;
	}
	return false;
}

const char *moved_address_ids(const struct moved_address *moved, struct arena *arena)
{
	if (moved->vendor < 0)
		return arena_printf(arena, "device %04" PRIx64, moved->device);
	if (moved->device < 0)
		return arena_printf(arena, "vendor %04" PRIx64, moved->vendor);
	return arena_printf(arena, "%04" PRIx64 ":%04" PRIx64, moved->vendor, moved->device);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/proxmox/proxmox_hostpci.h"

#include <errno.h>
#include <strings.h>

#include "guest/proxmox/proxmox_property.h"
#include "guest/read/readers.h"
#include "host/base/affix.h"
#include "host/base/array.h"

/* Where integrated graphics are in legacy mode, and how many lines a guest has at most. */
enum { IGD_SLOT = 2, MOST_LINES = 16 };

/* The key whose value may stand alone. */
static const char first_key[] = "host";

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; text && i < count; i++) {
		if (strcasecmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

/* parse_boolean() of PVE/JSONSchema.pm. */
static bool is_on(const char *text)
{
	static const char *const words[] = {"1", "on", "yes", "true"};

	return is_one_of(text, words, ARRAY_LENGTH(words));
}

static bool is_off(const char *text)
{
	static const char *const words[] = {"0", "off", "no", "false"};

	return is_one_of(text, words, ARRAY_LENGTH(words));
}

static bool is_switch(const char *text)
{
	return is_on(text) || is_off(text);
}

static bool is_anything(const char *text)
{
	return *text;
}

static bool is_driver(const char *text)
{
	return word_is(text, "vfio") || word_is(text, "keep");
}

static bool is_id(const char *text)
{
	static const char form[] = "0xxxxx";

	return text[0] == '0' && text[1] == 'x' && begins_with_form(text + 2, form + 2) &&
	       strlen(text) == strlen(form);
}

/* "[DDDD:]BB:DD[.F]" with small letters, and ";" between several. */
static bool are_addresses(const char *text)
{
	static const char hex[] = "0123456789abcdef";
	enum { DOMAIN_DIGITS = 4, DIGITS = 2 };

	for (;; text++) {
		size_t digits = strspn(text, hex);
		if (digits >= DOMAIN_DIGITS && text[digits] == ':') {
			text += digits + 1;
			digits = strspn(text, hex);
		}
		if (digits != DIGITS || text[DIGITS] != ':')
			return false;
		text += DIGITS + 1;
		if (strspn(text, hex) != DIGITS)
			return false;
		text += DIGITS;
		if (*text == '.' && strspn(text + 1, hex) == 1)
			text += 2;
		if (*text != ';')
			return !*text;
	}
}

static const struct key {
	const char *name;
	bool (*fits)(const char *value);
} keys[] = {
	{first_key, are_addresses}, {"mapping", is_anything}, {"rombar", is_switch},
	{"romfile", is_anything},   {"pcie", is_switch},      {"x-vga", is_switch},
	{"legacy-igd", is_switch},  {"mdev", is_anything},    {"vendor-id", is_id},
	{"device-id", is_id},       {"sub-vendor-id", is_id}, {"sub-device-id", is_id},
	{"driver", is_driver},
};

/* Returns the number of the key, or how many there are where Proxmox VE does not know it. */
static size_t find_key(const char *name)
{
	size_t i = 0;

	while (i < ARRAY_LENGTH(keys) && strcmp(name, keys[i].name) != 0)
		i++;
	return i;
}

/* Returns why Proxmox VE refuses one part of a line, or NULL. */
static const char *refuse_part(struct arena *arena, const char *part, unsigned *seen)
{
	const char *equals = strchr(part, '=');
	const char *name = equals ? arena_copy(arena, part, (size_t)(equals - part)) : first_key;
	const char *value = equals ? equals + 1 : part;
	size_t key = find_key(name);

	if (!*value)
		return arena_printf(arena, "nothing stands behind %s=", name);
	if (key == ARRAY_LENGTH(keys))
		return arena_printf(arena, "it does not know %s=", name);
	if (*seen & 1u << key)
		return arena_printf(arena, "%s= is there twice", name);
	*seen |= 1u << key;
	return keys[key].fits(value) ? NULL : arena_printf(arena, "%s= cannot be %s", name, value);
}

/* Returns why Proxmox VE refuses a line, as parse_property_string() of PVE/JSONSchema.pm does; NULL
 * where it takes it. */
static const char *refuse(struct arena *arena, size_t number, const char *text)
{
	const char *why = NULL;
	unsigned seen = 0;

	if (number >= MOST_LINES)
		return "it has hostpci0 to hostpci15 alone";
	while (!why && *text) {
		size_t length = strcspn(text, ",");
		if (length)
			why = refuse_part(arena, arena_copy(arena, text, length), &seen);
		text += length;
		text += *text == ',';
	}
	return why;
}

/* Addresses with ";" between them. */
static void add_addresses(struct device_list *list, const struct domain_device *like,
			  const char *text)
{
	const char *addresses = text;

	for (;;) {
		struct domain_device device = *like;
		size_t part = strcspn(text, ";");
		device.has_source =
			proxmox_address_parse(list->arena, arena_copy(list->arena, text, part),
					      &device.source, &device.whole_slot);
		if (!device.has_source)
			device_list_fail(list, -EBADMSG, device.line,
					 "hostpci names no address of a PCI function");
		device.x_vga = like->x_vga && text == addresses;
		device_list_add(list, &device);
		if (!text[part])
			return;
		text += part + 1;
	}
}

/* Proxmox VE makes the device when the guest starts: pci_create_mdev_device() of
 * PVE/QemuServer/PCI/Mdev.pm. */
static void take_mdev(struct arena *arena, const char *addresses, struct domain_device *device)
{
	struct pci_address *parent = arena_alloc(arena, sizeof(*parent));
	bool whole_slot;

	device->kind = DOMAIN_DEVICE_MDEV;
	if (parent && addresses && proxmox_address_parse(arena, addresses, parent, &whole_slot))
		device->mdev_parent = parent;
}

/* Proxmox VE takes functions from their drivers when the guest starts, as libvirt's managed, but
 * for driver=keep. */
void proxmox_hostpci_add(struct device_list *list, size_t number, const char *text, unsigned line)
{
	struct arena *arena = list->arena;
	const char *addresses = proxmox_property(arena, text, first_key, first_key);
	const char *mapping = proxmox_property(arena, text, "mapping", first_key);
	const char *rombar = proxmox_property(arena, text, "rombar", first_key);
	struct domain_device device = {
		.kind = DOMAIN_DEVICE_HOSTDEV,
		.element = "hostpci",
		.line = line,
		.refused = refuse(arena, number, text),
		.mdev_type = proxmox_property(arena, text, "mdev", first_key),
		.managed = !word_is(proxmox_property(arena, text, "driver", first_key), "keep"),
		.has_rom = proxmox_property(arena, text, "romfile", first_key) != NULL,
		.rom_bar_off = is_off(rombar),
		.wants_pcie = is_on(proxmox_property(arena, text, "pcie", first_key)),
		.legacy_igd = is_on(proxmox_property(arena, text, "legacy-igd", first_key)),
		.x_vga = is_on(proxmox_property(arena, text, "x-vga", first_key)),
		.rom_off = is_off(rombar),
	};

	if (device.legacy_igd) {
		device.place = DOMAIN_PLACE_PCI;
		device.guest.device = IGD_SLOT;
	}
	if (device.mdev_type)
		take_mdev(arena, addresses, &device);
	else if (mapping)
		device.kind = DOMAIN_DEVICE_FOREIGN;
	if (device.kind == DOMAIN_DEVICE_HOSTDEV) {
		add_addresses(list, &device, addresses ? addresses : "");
		return;
	}
	device.pool = mapping;
	device_list_add(list, &device);
}

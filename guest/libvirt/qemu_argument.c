/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/qemu_argument.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "guest/libvirt/qemu_properties.h"
#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/pci/mdev.h"

enum { HEX = 16, LARGEST_SLOT = 0x1f, LARGEST_FUNCTION = 7 };

/* Takes a number in hex off the front of a text. Returns whether one is there. */
static bool take_number(const char **text, unsigned long most, unsigned long *ret)
{
	char *end;

	if (!isxdigit((unsigned char)**text))
		return false;
	*ret = strtoul(*text, &end, HEX);
	*text = end;
	return *ret <= most;
}

static bool take_byte(const char **text, char byte)
{
	bool there = **text == byte;

	*text += there;
	return there;
}

/* "[DDDD:]B:D.F" in hex of as few digits as one likes: set_pci_host_devaddr() of QEMU,
 * hw/core/qdev-properties-system.c. What it refuses for its domain is a function all the same. */
static bool parse_host(const char *text, struct pci_address *ret)
{
	unsigned long domain = 0, bus, slot, function;
	bool whole = take_number(&text, UINT32_MAX, &bus) && take_byte(&text, ':') &&
		     take_number(&text, UINT8_MAX, &slot);

	if (whole && take_byte(&text, ':')) {
		domain = bus;
		bus = slot;
		whole = take_number(&text, UINT8_MAX, &slot);
	}
	if (!whole || bus > UINT8_MAX || slot > LARGEST_SLOT || !take_byte(&text, '.') ||
	    !take_number(&text, LARGEST_FUNCTION, &function) || *text)
		return false;
	*ret = (struct pci_address){.domain = (uint32_t)domain,
				    .bus = (uint8_t)bus,
				    .device = (uint8_t)slot,
				    .function = (uint8_t)function};
	return true;
}

/* Returns the UUID of a mediated device that a path of sysfs ends in, or NULL. */
static const char *mdev_of(const char *sysfsdev)
{
	const char *name = last_part(sysfsdev);

	return mdev_is_uuid(name) ? name : NULL;
}

static bool parse_sysfsdev(const char *path, struct pci_address *ret)
{
	const char *name = strrchr(path, '/');

	return name && pci_address_parse(name + 1, ret) == 0;
}

/* Returns whether text stands for one that a shell, a unit of systemd or a template fills in. */
static bool is_filled_in(const char *text)
{
	return !*text || text[strcspn(text, "$`%{<")];
}

static void read_source(const struct qemu_properties *properties, struct qemu_device *ret)
{
	const char *host = qemu_property(properties, "host");
	const char *sysfsdev = qemu_property(properties, "sysfsdev");
	struct pci_address function;

	if (sysfsdev && mdev_of(sysfsdev)) {
		ret->kind = QEMU_DEVICE_MDEV;
		ret->mdev = mdev_of(sysfsdev);
	} else if ((host && parse_host(host, &function)) ||
		   (sysfsdev && parse_sysfsdev(sysfsdev, &function))) {
		ret->kind = QEMU_DEVICE_FUNCTION;
		ret->function = function;
	} else if (host && !is_filled_in(host)) {
		ret->malformed = host;
	}
}

/* Drivers of -device that take something of the host. */
static const struct {
	const char *prefix; /* what its name begins with */
	enum qemu_device_kind kind;
} drivers[] = {
	{"vfio-", QEMU_DEVICE_OTHER},
	{"usb-host", QEMU_DEVICE_USB},
	{"vhost-scsi", QEMU_DEVICE_SCSI_HOST},
	{"vhost-vdpa-device", QEMU_DEVICE_VDPA},
};

static enum qemu_device_kind kind_of(const char *driver)
{
	for (size_t i = 0; driver && i < ARRAY_LENGTH(drivers); i++) {
		if (begins_with(driver, drivers[i].prefix))
			return drivers[i].kind;
	}
	return driver ? QEMU_DEVICE_EMULATED : QEMU_DEVICE_OTHER;
}

bool qemu_is_on(const char *value)
{
	static const char *const words[] = {"on", "yes", "true", "y"};

	for (size_t i = 0; value && i < ARRAY_LENGTH(words); i++) {
		if (strcmp(value, words[i]) == 0)
			return true;
	}
	return false;
}

/* Of the IOMMUs that a guest can have. */
static const char *const following[] = {"caching-mode", "dma-remap"};

bool qemu_property_follows(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(following); i++) {
		if (strcmp(name, following[i]) == 0)
			return true;
	}
	return false;
}

static bool follows(const struct qemu_properties *properties)
{
	for (size_t i = 0; i < ARRAY_LENGTH(following); i++) {
		if (qemu_is_on(qemu_property(properties, following[i])))
			return true;
	}
	return false;
}

/* A number, and a word from QEMU 10 on. */
static bool is_off(const char *value)
{
	return value && (strcmp(value, "0") == 0 || strcmp(value, "off") == 0);
}

unsigned qemu_address_bits(const char *value)
{
	return value ? (unsigned)strtoul(value, NULL, 0) & 0xff : 0;
}

/* Returns a number, 0 where it is not given, -1 for another text. */
static int number_of(const struct qemu_properties *properties, const char *key)
{
	const char *value = qemu_property_number(properties, key);
	char *end;

	if (!value)
		return 0;
	unsigned long number = strtoul(value, &end, 0);
	return end == value || *end || number > UINT16_MAX ? -1 : (int)number;
}

static bool read_device(const struct qemu_properties *properties, struct qemu_device *ret)
{
	const char *driver = qemu_property(properties, "driver");

	*ret = (struct qemu_device){
		.kind = kind_of(driver),
		.iommufd = qemu_property(properties, "iommufd") != NULL,
		.has_rom = qemu_property(properties, "romfile") != NULL,
		.rom_bar_off = is_off(qemu_property(properties, "rombar")),
		.x_vga = qemu_is_on(qemu_property(properties, "x-vga")),
		.driver = driver,
		.id = qemu_property(properties, "id"),
		.bus = qemu_property(properties, "bus"),
		.address = qemu_property(properties, "addr"),
		.multifunction = qemu_is_on(qemu_property(properties, "multifunction")),
		.chassis = number_of(properties, "chassis"),
		.slot = number_of(properties, "slot"),
		.follows = follows(properties),
		.address_bits = qemu_address_bits(qemu_property_number(properties, "aw-bits")),
	};
	if (driver &&
	    (strcmp(driver, "vfio-pci") == 0 || strcmp(driver, "vfio-pci-nohotplug") == 0))
		read_source(properties, ret);
	return true;
}

static bool read_nvme(const char *device, struct qemu_device *ret)
{
	bool named = device && parse_host(device, &ret->function);

	ret->kind = named ? QEMU_DEVICE_NVME : QEMU_DEVICE_OTHER;
	return true;
}

/* "nvme://0000:01:00.0/1". */
static bool read_url(const struct qemu_properties *properties, const char *file,
		     struct qemu_device *ret)
{
	static const char scheme[] = "nvme://";

	if (!file || !begins_with(file, scheme))
		return false;
	file += strlen(scheme);
	return read_nvme(arena_copy(properties->arena, file, strcspn(file, "/")), ret);
}

/* A disk may name its driver itself, or that of its file. */
static bool read_disk(const struct qemu_properties *properties, struct qemu_device *ret)
{
	static const char *const levels[][2] = {{"driver", "device"},
						{"file.driver", "file.device"},
						{"file.file.driver", "file.file.device"}};
	static const char *const files[] = {"file", "filename", "file.filename"};

	for (size_t i = 0; i < ARRAY_LENGTH(levels); i++) {
		const char *driver = qemu_property(properties, levels[i][0]);
		if (driver && strcmp(driver, "nvme") == 0)
			return read_nvme(qemu_property(properties, levels[i][1]), ret);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		if (read_url(properties, qemu_property(properties, files[i]), ret))
			return true;
	}
	return false;
}

/* In JSON the file of a disk may be an object of its own. */
static bool read_disks(const struct qemu_properties *properties, struct qemu_device *ret)
{
	struct qemu_properties level = *properties;

	do {
		if (read_disk(&level, ret))
			return true;
		level.object = cJSON_GetObjectItemCaseSensitive(level.object, "file");
	} while (level.object);
	return false;
}

static bool read_netdev(const struct qemu_properties *properties, struct qemu_device *ret)
{
	const char *type = qemu_property(properties, "type");

	ret->kind = QEMU_DEVICE_VDPA;
	return type && strcmp(type, "vhost-vdpa") == 0;
}

/* Those that qemu-server installs describe ports and controllers of the machine, and nothing of the
 * host. */
static bool read_file(const struct qemu_properties *properties, struct qemu_device *ret)
{
	ret->kind = QEMU_DEVICE_FILE;
	return !begins_with(properties->text, "/usr/share/qemu-server/");
}

static const struct option {
	const char *name;
	const char *first;
	bool (*read)(const struct qemu_properties *properties, struct qemu_device *ret);
} options[] = {
	{"device", "driver", read_device},  {"drive", NULL, read_disks},
	{"blockdev", "driver", read_disks}, {"netdev", "type", read_netdev},
	{"readconfig", NULL, read_file},
};

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (strcmp(name, options[i].name) == 0)
			return &options[i];
	}
	return NULL;
}

bool qemu_option_is_read(const char *option)
{
	return find_option(option) != NULL;
}

bool qemu_option_parse(struct arena *arena, const char *option, const char *value,
		       struct qemu_device *ret)
{
	const struct option *known = find_option(option);
	struct qemu_properties properties;
	struct qemu_device device = {0};

	if (!known)
		return false;
	qemu_properties_open(arena, value, known->first, &properties);
	bool found = known->read(&properties, &device);
	qemu_properties_close(&properties);
	if (found)
		*ret = device;
	return found;
}

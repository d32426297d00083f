/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/qemu_argument.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/pci/mdev.h"

/* The properties of a device that matter; NULL: not given. */
struct properties {
	const char *driver;
	const char *host;
	const char *sysfsdev;
	const char *iommufd;
};

/* Returns where the next "KEY=VALUE" begins, or NULL: a comma in a value is doubled. */
static const char *next_pair(const char *at)
{
	at = strchr(at, ',');
	while (at && at[1] == ',')
		at = strchr(at + 2, ',');
	return at ? at + 1 : NULL;
}

/* Returns the value of a key of "KEY=VALUE,…", which here has no comma, or NULL. */
static const char *value_of(struct arena *arena, const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *at = text; at; at = next_pair(at)) {
		if (strncmp(at, key, length) == 0 && at[length] == '=')
			return arena_copy(arena, at + length + 1, strcspn(at + length + 1, ","));
	}
	return NULL;
}

/* Returns the driver of "DRIVER,KEY=VALUE,…": the first word, unless that is a pair, too. */
static const char *driver_of(struct arena *arena, const char *text)
{
	size_t length = strcspn(text, ",");

	return memchr(text, '=', length) ? value_of(arena, text, "driver")
					 : arena_copy(arena, text, length);
}

static const char *json_value(struct arena *arena, const cJSON *object, const char *key)
{
	const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

	return value ? arena_copy(arena, value, strlen(value)) : NULL;
}

/* Returns an object of JSON, or NULL for a damaged one. */
static cJSON *parse_object(struct arena *arena, const char *text)
{
	errno = 0; /* by which cJSON tells short memory from what is no JSON */
	cJSON *object = cJSON_ParseWithOpts(text, NULL, true);

	if (!object && errno == ENOMEM)
		arena_fail(arena);
	return object;
}

static struct properties read_properties(struct arena *arena, const char *text)
{
	if (*text != '{')
		return (struct properties){
			.driver = driver_of(arena, text),
			.host = value_of(arena, text, "host"),
			.sysfsdev = value_of(arena, text, "sysfsdev"),
			.iommufd = value_of(arena, text, "iommufd"),
		};
	cJSON *object = parse_object(arena, text);
	const struct properties properties = {
		.driver = json_value(arena, object, "driver"),
		.host = json_value(arena, object, "host"),
		.sysfsdev = json_value(arena, object, "sysfsdev"),
		.iommufd = json_value(arena, object, "iommufd"),
	};
	cJSON_Delete(object);
	return properties;
}

/* QEMU takes a function of domain 0 without its domain. */
static bool parse_host(struct arena *arena, const char *text, struct pci_address *ret)
{
	const char *with_domain = arena_printf(arena, "0000:%s", text);

	return pci_address_parse(text, ret) == 0 ||
	       (with_domain && pci_address_parse(with_domain, ret) == 0);
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

static void read_source(struct arena *arena, const struct properties *properties,
			struct qemu_device *ret)
{
	struct pci_address function;

	if (properties->sysfsdev && mdev_of(properties->sysfsdev)) {
		ret->kind = QEMU_DEVICE_MDEV;
		ret->mdev = mdev_of(properties->sysfsdev);
	} else if ((properties->host && parse_host(arena, properties->host, &function)) ||
		   (properties->sysfsdev && parse_sysfsdev(properties->sysfsdev, &function))) {
		ret->kind = QEMU_DEVICE_FUNCTION;
		ret->function = function;
	}
}

bool qemu_argument_parse(struct arena *arena, const char *text, struct qemu_device *ret)
{
	static const char *const pci_drivers[] = {"vfio-pci", "vfio-pci-nohotplug"};
	const struct properties properties = read_properties(arena, text);
	struct qemu_device device = {.kind = QEMU_DEVICE_OTHER,
				     .iommufd = properties.iommufd != NULL};

	if (properties.driver && strcmp(properties.driver, "usb-host") == 0)
		device.kind = QEMU_DEVICE_USB;
	else if (properties.driver && !begins_with(properties.driver, "vfio-"))
		return false;
	for (size_t i = 0; properties.driver && i < ARRAY_LENGTH(pci_drivers); i++) {
		if (strcmp(properties.driver, pci_drivers[i]) == 0)
			read_source(arena, &properties, &device);
	}
	*ret = device;
	return true;
}

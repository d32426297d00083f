/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_elements.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/base/array.h"
#include "host/pci/mdev.h"

/* Sizes of struct virPCIDeviceAddress (libvirt, src/util/virpci.h). */
enum { LARGEST_BUS = 0xff, LARGEST_DEVICE = 0x1f, LARGEST_FUNCTION = 7 };

/* Of <maxphysaddr>: no processor has more. */
enum { MOST_ADDRESS_BITS = 64 };

/* Returns an attribute of the current element in memory of the arena, or NULL. */
static const char *attribute(struct domain_parser *parser, const char *name)
{
	xmlChar *value = libxml2->xmlTextReaderGetAttribute(parser->reader, (const xmlChar *)name);

	if (!value)
		return NULL;
	const char *copy = arena_copy(parser->arena, (char *)value, strlen((char *)value));
	libxml2->free_text(value);
	return copy;
}

static bool attribute_is(struct domain_parser *parser, const char *name, const char *expected)
{
	const char *value = attribute(parser, name);

	return value && strcmp(value, expected) == 0;
}

static enum domain_switch switch_attribute(struct domain_parser *parser, const char *name,
					   const char *on, const char *off)
{
	if (attribute_is(parser, name, on))
		return DOMAIN_ON;
	return attribute_is(parser, name, off) ? DOMAIN_OFF : DOMAIN_UNSET;
}

/* Reads a number as virStrToLong_uip(…, 0, …) does, which takes no sign. */
static bool parse_number(const char *text, unsigned long long *ret)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	unsigned long long number = strtoull(text, &end, 0);
	if (errno || *end)
		return false;
	*ret = number;
	return true;
}

/* Returns the number that an attribute holds, 0 where it is not given. */
static uint32_t number_attribute(struct domain_parser *parser, const char *name, uint32_t largest)
{
	const char *text = attribute(parser, name);
	unsigned long long number = 0;

	if (!text)
		return 0;
	if (!parse_number(text, &number) || number > largest) {
		domain_parser_fail(parser, -EBADMSG, "%s='%.32s' is no number from 0 to %#x", name,
				   text, largest);
		return 0;
	}
	return (uint32_t)number;
}

static struct pci_address address_attributes(struct domain_parser *parser)
{
	return (struct pci_address){
		.domain = number_attribute(parser, "domain", UINT32_MAX),
		.bus = (uint8_t)number_attribute(parser, "bus", LARGEST_BUS),
		.device = (uint8_t)number_attribute(parser, "slot", LARGEST_DEVICE),
		.function = (uint8_t)number_attribute(parser, "function", LARGEST_FUNCTION),
	};
}

/* Returns whether the attribute reads otherwise in hex than libvirt reads it. */
static bool is_decimal(struct domain_parser *parser, const char *name)
{
	const char *text = attribute(parser, name);

	return text && strlen(text) > 1 && strncasecmp(text, "0x", 2) != 0 &&
	       strspn(text, "0") < strlen(text);
}

/* The device whose element is open; devices are only ever appended. */
static struct domain_device *current_device(struct domain_parser *parser)
{
	struct domain *domain = &parser->document->domain;

	return &domain->devices[domain->device_count - 1];
}

/* What the type of an element makes of it. */
struct kind_rule {
	const char *element;
	const char *type; /* NULL: any other */
	enum domain_device_kind kind;
};

static const struct kind_rule kind_rules[] = {
	{"hostdev", "pci", DOMAIN_DEVICE_HOSTDEV},
	{"hostdev", "mdev", DOMAIN_DEVICE_MDEV},
	{"hostdev", "usb", DOMAIN_DEVICE_USB},
	{"hostdev", "scsi", DOMAIN_DEVICE_SCSI},
	{"hostdev", "scsi_host", DOMAIN_DEVICE_SCSI_HOST},
	{"hostdev", NULL, DOMAIN_DEVICE_FOREIGN},
	{"controller", "pci", DOMAIN_DEVICE_CONTROLLER},
	{"interface", "hostdev", DOMAIN_DEVICE_INTERFACE},
	{"interface", "network", DOMAIN_DEVICE_NETWORK},
	{"interface", "vdpa", DOMAIN_DEVICE_VDPA},
	{"disk", "nvme", DOMAIN_DEVICE_NVME},
};

static enum domain_device_kind device_kind(struct domain_parser *parser, const char *element)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kind_rules); i++) {
		const struct kind_rule *rule = &kind_rules[i];
		if (strcmp(element, rule->element) == 0 &&
		    (!rule->type || attribute_is(parser, "type", rule->type)))
			return rule->kind;
	}
	return DOMAIN_DEVICE_OTHER;
}

/* Returns items with room for one more, or NULL, which is noted: there are too many of what, or
 * memory is short. */
static void *grow(struct domain_parser *parser, void *items, size_t count, size_t *capacity,
		  size_t size, const char *what)
{
	if (count >= LIMIT_DOMAIN_DEVICES) {
		domain_parser_fail(parser, -EFBIG, "more than %d %s", LIMIT_DOMAIN_DEVICES, what);
		return NULL;
	}
	void *grown = arena_grow(parser->arena, items, count, capacity, size);
	if (!grown)
		parser->error = -ENOMEM;
	return grown;
}

static void add_device(struct domain_parser *parser, const struct domain_device *device)
{
	struct domain *domain = &parser->document->domain;
	struct domain_device *devices = grow(parser, domain->devices, domain->device_count,
					     &parser->device_capacity, sizeof(*devices), "devices");

	if (!devices)
		return;
	domain->devices = devices;
	devices[domain->device_count++] = *device;
}

static void open_device(struct domain_parser *parser)
{
	const char *element = (const char *)parser->path[parser->depth - 1];
	const struct domain_device device = {
		.kind = device_kind(parser, element),
		.element = arena_copy(parser->arena, element, strnlen(element, LIMIT_DOMAIN_TEXT)),
		.line = domain_parser_line(parser),
		.managed = attribute_is(parser, "managed", "yes"),
		.model = attribute(parser, "model"),
		.has_index = attribute(parser, "index") != NULL,
		.index = attribute(parser, "index") ? number_attribute(parser, "index", UINT32_MAX)
						    : 0,
	};

	add_device(parser, &device);
}

/* A newer libvirt can give an SMMU to the devices of one root bus alone. */
static void open_iommu(struct domain_parser *parser)
{
	struct domain *domain = &parser->document->domain;

	domain->iommu = DOMAIN_IOMMU_OTHER;
	if (attribute_is(parser, "model", "intel"))
		domain->iommu = DOMAIN_IOMMU_INTEL;
	else if (attribute_is(parser, "model", "amd"))
		domain->iommu = DOMAIN_IOMMU_AMD;
	else if (attribute_is(parser, "model", "smmuv3"))
		domain->iommu = DOMAIN_IOMMU_SMMUV3;
	open_device(parser);
}

static void open_iommu_driver(struct domain_parser *parser)
{
	struct domain *domain = &parser->document->domain;

	domain->iommu_follows |=
		attribute_is(parser, "caching_mode", "on") || attribute_is(parser, "accel", "on");
	domain->iommu_bits = number_attribute(parser, "aw_bits", MOST_ADDRESS_BITS);
	if (domain->iommu == DOMAIN_IOMMU_SMMUV3 && attribute(parser, "pciBus"))
		domain->iommu = DOMAIN_IOMMU_OTHER;
}

static void add_argument(struct domain_parser *parser, const struct qemu_device *argument)
{
	const struct domain_device device =
		domain_device_of_argument(argument, "qemu:arg", domain_parser_line(parser));

	add_device(parser, &device);
}

/* Arguments that QEMU is given beyond what libvirt makes of the rest. */
static void open_argument(struct domain_parser *parser)
{
	const char *value = attribute(parser, "value");
	const char *option = parser->option;
	struct qemu_device argument;

	if (value)
		domain_note_opregion(&parser->document->domain, value);
	parser->option = value && *value == '-' ? value + 1 + (value[1] == '-') : NULL;
	if (option && value && strcmp(option, "fw_cfg") == 0)
		domain_note_fw_cfg(&parser->document->domain, parser->arena, value);
	if (!option || !value || !qemu_option_parse(parser->arena, option, value, &argument))
		return;
	if (domain_note_iommu(&parser->document->domain, &argument))
		parser->document->domain.iommu_last = true;
	if (argument.kind != QEMU_DEVICE_EMULATED)
		add_argument(parser, &argument);
}

/* A property of a device that libvirt makes: <qemu:property name= type= value=>. */
static void open_override(struct domain_parser *parser)
{
	const char *name = attribute(parser, "name"), *value = attribute(parser, "value");

	if (name)
		domain_note_iommu_property(&parser->document->domain, name, value);
	if (attribute_is(parser, "name", DOMAIN_OPREGION) && value)
		domain_note_opregion(&parser->document->domain,
				     arena_printf(parser->arena, DOMAIN_OPREGION "=%s", value));
}

static void open_guest_address(struct domain_parser *parser)
{
	struct domain_device *device = current_device(parser);

	if (attribute_is(parser, "type", "unassigned")) {
		device->place = DOMAIN_PLACE_UNASSIGNED;
		return;
	}
	if (!attribute_is(parser, "type", "pci")) {
		device->place = DOMAIN_PLACE_OTHER;
		return;
	}
	const struct pci_address guest = address_attributes(parser);
	/* That only asks for a PCI address: virPCIDeviceAddressIsEmpty(), src/util/virpci.c. */
	if (!guest.domain && !guest.bus && !guest.device)
		return;
	device->place = DOMAIN_PLACE_PCI;
	device->guest = guest;
	device->multifunction = switch_attribute(parser, "multifunction", "on", "off");
}

static void open_source(struct domain_parser *parser)
{
	struct domain_device *device = current_device(parser);

	if (device->kind == DOMAIN_DEVICE_NETWORK)
		device->network = attribute(parser, "network");
	if (device->kind == DOMAIN_DEVICE_NVME)
		device->managed = attribute_is(parser, "managed", "yes");
}

static void open_driver(struct domain_parser *parser)
{
	struct domain_device *device = current_device(parser);

	if (device->kind != DOMAIN_DEVICE_HOSTDEV && device->kind != DOMAIN_DEVICE_INTERFACE)
		return;
	device->backend = attribute(parser, "name");
	device->variant = attribute(parser, "model");
	device->through_iommu = switch_attribute(parser, "iommufd", "yes", "no");
}

static const char *mdev_attribute(struct domain_parser *parser)
{
	const char *uuid = attribute(parser, "uuid");

	return uuid && mdev_is_uuid(uuid) ? uuid : NULL;
}

static void open_source_address(struct domain_parser *parser)
{
	struct domain_device *device = current_device(parser);

	if (device->kind == DOMAIN_DEVICE_MDEV)
		device->mdev = mdev_attribute(parser);
	if (device->kind != DOMAIN_DEVICE_HOSTDEV && device->kind != DOMAIN_DEVICE_INTERFACE &&
	    device->kind != DOMAIN_DEVICE_NVME)
		return;
	device->has_source = true;
	device->source = address_attributes(parser);
	device->source_is_decimal = is_decimal(parser, "domain") || is_decimal(parser, "bus") ||
				    is_decimal(parser, "slot");
}

static void open_rom(struct domain_parser *parser)
{
	current_device(parser)->has_rom = attribute(parser, "file") != NULL;
	current_device(parser)->rom_bar_off =
		attribute_is(parser, "bar", "off") || attribute_is(parser, "enabled", "no");
}

static void open_alias(struct domain_parser *parser)
{
	current_device(parser)->alias = attribute(parser, "name");
}

static void open_mac(struct domain_parser *parser)
{
	current_device(parser)->mac = attribute(parser, "address");
}

/* Of the network that is open, or of the device. */
static struct domain_port *current_port(struct domain_parser *parser)
{
	struct domain_document *document = parser->document;

	return document->kind == DOMAIN_DOCUMENT_NETWORK ? &document->network.port
							 : &current_device(parser)->port;
}

static void open_vlan(struct domain_parser *parser)
{
	current_port(parser)->vlan_trunk = attribute_is(parser, "trunk", "yes");
}

static void open_tag(struct domain_parser *parser)
{
	current_port(parser)->vlan_tags++;
}

static void open_virtualport(struct domain_parser *parser)
{
	current_port(parser)->type = attribute(parser, "type");
}

static void open_target(struct domain_parser *parser)
{
	current_device(parser)->hotplug = switch_attribute(parser, "hotplug", "on", "off");
}

static void open_os_type(struct domain_parser *parser)
{
	parser->document->domain.machine = attribute(parser, "machine");
}

static const char *trimmed(struct domain_parser *parser)
{
	const char *text = parser->text + strspn(parser->text, " \t\r\n");
	size_t length = strlen(text);

	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	return arena_copy(parser->arena, text, length);
}

static void open_os(struct domain_parser *parser)
{
	parser->document->domain.uefi |= attribute_is(parser, "firmware", "efi");
}

/* Of flash memory only UEFI boots a guest: docs/formatdomain.rst of libvirt. */
static void open_loader(struct domain_parser *parser)
{
	parser->document->domain.uefi |= attribute_is(parser, "type", "pflash");
}

/* Of <sysinfo type='fwcfg'>. */
static void open_entry(struct domain_parser *parser)
{
	parser->entry = attribute(parser, "name");
}

static void close_entry(struct domain_parser *parser)
{
	if (parser->entry)
		domain_note_bar_window(&parser->document->domain, parser->entry, trimmed(parser));
}

/* Adds a list of numbers in an attribute to set. */
static void unite_attribute(struct domain_parser *parser, const char *name, struct number_set *set)
{
	const char *text = attribute(parser, name);
	struct number_set added;

	if (!text)
		return;
	if (number_set_parse(text, &added))
		number_set_unite(set, &added);
	else
		domain_parser_fail(parser, -EBADMSG, "%s='%.32s' is no list of numbers", name,
				   text);
}

static void open_nodes(struct domain_parser *parser)
{
	unite_attribute(parser, "nodeset", &parser->document->domain.memory_nodes);
}

static void open_cpus(struct domain_parser *parser)
{
	unite_attribute(parser, "cpuset", &parser->document->domain.cpus);
}

static void open_cpu(struct domain_parser *parser)
{
	parser->document->domain.cpu_mode = attribute(parser, "mode");
}

static void open_maxphysaddr(struct domain_parser *parser)
{
	struct domain *domain = &parser->document->domain;

	domain->host_address_bits = attribute_is(parser, "mode", "passthrough");
	domain->address_bits = number_attribute(parser, "bits", MOST_ADDRESS_BITS);
	domain->address_limit = number_attribute(parser, "limit", MOST_ADDRESS_BITS);
}

/* libvirt 12.2 and newer: for all that the devices do not say themselves. */
static void open_iommufd(struct domain_parser *parser)
{
	parser->document->domain.iommufd = attribute_is(parser, "enabled", "yes");
}

static void open_hugepages(struct domain_parser *parser)
{
	parser->document->domain.hugepages = true;
}

/* Units of virScaleInteger() (libvirt, src/util/virutil.c). */
struct unit {
	const char *name;
	uint64_t scale;
};

#define POWER_2(bits) (UINT64_C(1) << (bits))

static const struct unit units[] = {
	{.name = "b", .scale = 1},
	{.name = "byte", .scale = 1},
	{.name = "bytes", .scale = 1},
	{.name = "k", .scale = POWER_2(10)},
	{.name = "KiB", .scale = POWER_2(10)},
	{.name = "KB", .scale = UINT64_C(1000)},
	{.name = "M", .scale = POWER_2(20)},
	{.name = "MiB", .scale = POWER_2(20)},
	{.name = "MB", .scale = UINT64_C(1000000)},
	{.name = "G", .scale = POWER_2(30)},
	{.name = "GiB", .scale = POWER_2(30)},
	{.name = "GB", .scale = UINT64_C(1000000000)},
	{.name = "T", .scale = POWER_2(40)},
	{.name = "TiB", .scale = POWER_2(40)},
	{.name = "TB", .scale = UINT64_C(1000000000000)},
	{.name = "P", .scale = POWER_2(50)},
	{.name = "PiB", .scale = POWER_2(50)},
	{.name = "PB", .scale = UINT64_C(1000000000000000)},
	{.name = "E", .scale = POWER_2(60)},
	{.name = "EiB", .scale = POWER_2(60)},
	{.name = "EB", .scale = UINT64_C(1000000000000000000)},
};

/* Returns how many bytes a unit has, 0 for a word that is not a unit. NULL stands for KiB. */
static uint64_t unit_scale(const char *name)
{
	if (!name)
		return POWER_2(10);
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
		if (strcasecmp(units[i].name, name) == 0)
			return units[i].scale;
	}
	return 0;
}

static uint64_t scaled(struct domain_parser *parser, const char *text, const char *unit)
{
	uint64_t scale = unit_scale(unit), bytes = 0;
	unsigned long long number;

	if (!scale || !parse_number(text, &number) || __builtin_mul_overflow(number, scale, &bytes))
		domain_parser_fail(parser, -EBADMSG, "%.32s %.32s is no size", text,
				   unit ? unit : "KiB");
	return bytes;
}

static void open_page(struct domain_parser *parser)
{
	const char *size = attribute(parser, "size");

	if (size)
		parser->document->domain.page_size =
			scaled(parser, size, attribute(parser, "unit"));
}

static void open_memory(struct domain_parser *parser)
{
	parser->memory_unit = attribute(parser, "unit");
}

static void close_memory(struct domain_parser *parser)
{
	parser->document->domain.memory = scaled(parser, trimmed(parser), parser->memory_unit);
}

static void close_hard_limit(struct domain_parser *parser)
{
	parser->document->domain.lock_limit = scaled(parser, trimmed(parser), parser->memory_unit);
}

static void close_name(struct domain_parser *parser)
{
	parser->document->domain.name = trimmed(parser);
}

static void close_network_name(struct domain_parser *parser)
{
	parser->document->network.name = trimmed(parser);
}

static void open_forward(struct domain_parser *parser)
{
	parser->document->network.hands_out_functions = attribute_is(parser, "mode", "hostdev");
}

static void open_pf(struct domain_parser *parser)
{
	parser->document->network.pf = attribute(parser, "dev");
}

static void open_pool_address(struct domain_parser *parser)
{
	struct domain_network *network = &parser->document->network;

	if (!attribute_is(parser, "type", "pci"))
		return;
	struct pci_address *functions =
		grow(parser, network->functions, network->function_count,
		     &parser->function_capacity, sizeof(*functions), "functions");
	if (!functions)
		return;
	network->functions = functions;
	functions[network->function_count++] = address_attributes(parser);
}

static const struct domain_element rules[] = {
	{.path = "domain/name", .close = close_name},
	{.path = "domain/memory", .open = open_memory, .close = close_memory},
	{.path = "domain/memtune/hard_limit", .open = open_memory, .close = close_hard_limit},
	{.path = "domain/os", .open = open_os},
	{.path = "domain/os/type", .open = open_os_type},
	{.path = "domain/os/loader", .open = open_loader},
	{.path = "domain/sysinfo/entry", .open = open_entry, .close = close_entry},
	{.path = "domain/iommufd", .open = open_iommufd},
	{.path = "domain/memoryBacking/hugepages", .open = open_hugepages},
	{.path = "domain/memoryBacking/hugepages/page", .open = open_page},
	{.path = "domain/numatune/memory", .open = open_nodes},
	{.path = "domain/numatune/memnode", .open = open_nodes},
	{.path = "domain/vcpu", .open = open_cpus},
	{.path = "domain/cputune/vcpupin", .open = open_cpus},
	{.path = "domain/cpu", .open = open_cpu},
	{.path = "domain/cpu/maxphysaddr", .open = open_maxphysaddr},
	{.path = "domain/qemu:commandline/qemu:arg", .open = open_argument},
	{.path = "domain/qemu:override/qemu:device/qemu:frontend/qemu:property",
	 .open = open_override},
	{.path = "domain/devices/iommu", .open = open_iommu},
	{.path = "domain/devices/iommu/driver", .open = open_iommu_driver},
	{.path = "domain/devices/*", .open = open_device},
	{.path = "domain/devices/*/address", .open = open_guest_address},
	{.path = "domain/devices/*/source", .open = open_source},
	{.path = "domain/devices/*/source/address", .open = open_source_address},
	{.path = "domain/devices/*/driver", .open = open_driver},
	{.path = "domain/devices/hostdev/rom", .open = open_rom},
	{.path = "domain/devices/*/alias", .open = open_alias},
	{.path = "domain/devices/*/mac", .open = open_mac},
	{.path = "domain/devices/interface/vlan", .open = open_vlan},
	{.path = "domain/devices/interface/vlan/tag", .open = open_tag},
	{.path = "domain/devices/interface/virtualport", .open = open_virtualport},
	{.path = "domain/devices/controller/target", .open = open_target},
	{.path = "network/name", .close = close_network_name},
	{.path = "network/forward", .open = open_forward},
	{.path = "network/vlan", .open = open_vlan},
	{.path = "network/vlan/tag", .open = open_tag},
	{.path = "network/virtualport", .open = open_virtualport},
	{.path = "network/forward/pf", .open = open_pf},
	{.path = "network/forward/address", .open = open_pool_address},
};

/* Returns whether the open elements are those of path. */
static bool matches(const struct domain_parser *parser, const char *path)
{
	for (size_t i = 0; i < parser->depth; i++) {
		const char *name = (const char *)parser->path[i];
		size_t length = strcspn(path, "/");

		if (!length || (!(length == 1 && *path == '*') &&
				(strncmp(name, path, length) != 0 || name[length])))
			return false;
		path += length;
		path += *path == '/';
	}
	return !*path;
}

const struct domain_element *domain_element_find(const struct domain_parser *parser)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		if (matches(parser, rules[i].path))
			return &rules[i];
	}
	return NULL;
}

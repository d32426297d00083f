/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/qemu_command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "guest/libvirt/qemu_argument.h"
#include "guest/libvirt/qemu_properties.h"
#include "guest/read/readers.h"
#include "host/base/affix.h"
#include "host/base/array.h"

enum { LARGEST_SLOT = 0x1f, LARGEST_FUNCTION = 7, MOST_MEMORY_DIGITS = 19 };

/* Returns the number of the bus of that name, -1 for one that no port before made. */
static int bus_number(const struct qemu_command *command, const char *name)
{
	static const char *const roots[] = {"pcie.0", "pci.0"};

	for (size_t i = 0; i < ARRAY_LENGTH(roots); i++) {
		if (strcmp(name, roots[i]) == 0)
			return 0;
	}
	for (size_t i = 0; i < command->bus_count; i++) {
		if (strcmp(name, command->buses[i]) == 0)
			return (int)i + 1;
	}
	return -1;
}

/* "0x2", "02.0": slot and function in hex, as set_pci_devfn() of hw/core/qdev-properties.c reads
 * them. */
static bool read_slot(const char *text, struct pci_address *ret)
{
	char *end;
	unsigned long slot = strtoul(text, &end, 16);
	unsigned long function = *end == '.' ? strtoul(end + 1, &end, 16) : 0;

	if (*end || slot > LARGEST_SLOT || function > LARGEST_FUNCTION)
		return false;
	ret->device = (uint8_t)slot;
	ret->function = (uint8_t)function;
	return true;
}

/* Returns the slot that QEMU chooses behind a port: the first whose function 0 is free, although a
 * port has slot 0 alone (do_pci_register_device(), hw/pci/pci.c). */
static uint8_t free_slot(uint32_t slots)
{
	uint8_t slot = 0;

	while (slot < LARGEST_SLOT && slots >> slot & 1)
		slot++;
	return slot;
}

/* What else stands on the root bus, which is the first where none is given, is not known, so not
 * what QEMU chooses there. */
static void place(struct qemu_command *command, const struct qemu_device *argument,
		  struct domain_device *device)
{
	int bus = argument->bus ? bus_number(command, argument->bus) : argument->address ? 0 : -1;

	if (bus < 0 || (!argument->address && !bus) ||
	    (argument->address && !read_slot(argument->address, &device->guest)))
		return;
	if (!argument->address)
		device->guest.device = free_slot(command->slots[bus - 1]);
	if (bus && !device->guest.function)
		command->slots[bus - 1] |= UINT32_C(1) << device->guest.device;
	device->place = DOMAIN_PLACE_PCI;
	device->guest.bus = (uint8_t)bus;
	device->multifunction = argument->multifunction ? DOMAIN_ON : DOMAIN_OFF;
}

/* Ports of PCI Express, whose buses have slot 0 alone, in libvirt's words. */
static const struct {
	const char *driver;
	const char *model;
} ports[] = {
	{"pcie-root-port", "pcie-root-port"},
	{"ioh3420", "pcie-root-port"},
	{"xio3130-downstream", "pcie-switch-downstream-port"},
};

/* Each port has its chassis and slot for itself, 0 and 0 where they are not given
 * (pcie_chassis_add_slot(), hw/pci/pcie_port.c). */
static bool take_seat(struct qemu_command *command, const struct qemu_device *argument)
{
	uint32_t seat = (uint32_t)argument->chassis << 16 | (uint32_t)argument->slot;

	if (argument->chassis < 0 || argument->slot < 0)
		return true;
	for (size_t i = 0; i < command->seat_count; i++) {
		if (command->seats[i] == seat)
			return false;
	}
	if (command->seat_count < QEMU_MOST_BUSES)
		command->seats[command->seat_count++] = seat;
	return true;
}

/* Where the device is a port that has a name, what stands on its bus has a place, too. */
static void make_bus(struct qemu_command *command, const struct qemu_device *argument,
		     struct domain_device *device)
{
	for (size_t i = 0; argument->driver && i < ARRAY_LENGTH(ports); i++) {
		if (strcmp(argument->driver, ports[i].driver) != 0)
			continue;
		device->seat_taken = !take_seat(command, argument);
		if (!argument->id || command->bus_count == QEMU_MOST_BUSES)
			return;
		command->buses[command->bus_count++] = argument->id;
		device->kind = DOMAIN_DEVICE_CONTROLLER;
		device->model = ports[i].model;
		device->has_index = true;
		device->index = (uint32_t)command->bus_count;
	}
}

static void add_device(struct qemu_command *command, const char *option, const char *value,
		       unsigned line)
{
	struct device_list *list = command->list;
	struct qemu_device argument;

	list->domain->uefi |= strcmp(option, "drive") == 0 && strstr(value, "if=pflash");
	if (!qemu_option_parse(list->arena, option, value, &argument))
		return;
	struct domain_device device = domain_device_of_argument(
		&argument, arena_printf(list->arena, "-%s", option), line);
	domain_note_opregion(list->domain, value);
	domain_note_iommu(list->domain, &argument);
	device.alias = argument.id;
	place(command, &argument, &device);
	make_bus(command, &argument, &device);
	device_list_add(list, &device);
}

/* Returns one value of what an option is given. */
static const char *value_of(struct arena *arena, const char *text, const char *first,
			    const char *key)
{
	struct qemu_properties properties;

	qemu_properties_open(arena, text, first, &properties);
	const char *value = qemu_property(&properties, key);
	qemu_properties_close(&properties);
	return value;
}

uint64_t qemu_size(const char *text, unsigned shift)
{
	static const char units[] = "KMGT";
	size_t digits = strspn(text, "0123456789");
	if (!digits || digits > MOST_MEMORY_DIGITS)
		return 0;
	const char *unit =
		text[digits] ? strchr(units, toupper((unsigned char)text[digits])) : NULL;
	shift = unit ? 10 * (unsigned)(unit - units + 1) : shift;
	uint64_t number = strtoull(text, NULL, 10);
	return number > UINT64_MAX >> shift ? 0 : number << shift;
}

static void take_memory(struct device_list *list, const char *value)
{
	const char *size = value_of(list->arena, value, "size", "size");

	if (size)
		list->domain->memory = qemu_size(size, 20);
}

static void take_name(struct device_list *list, const char *value)
{
	const char *name = value_of(list->arena, value, "guest", "guest");

	if (name)
		list->domain->name = name;
}

static void take_machine(struct device_list *list, const char *value)
{
	list->domain->machine = value_of(list->arena, value, "type", "type");
	list->domain->uefi |= value_of(list->arena, value, "type", "pflash0") != NULL;
	if (word_is(value_of(list->arena, value, "type", "iommu"), "smmuv3"))
		list->domain->iommu = DOMAIN_IOMMU_SMMUV3;
}

/* The processor has the host's bits of address, at most the limit (host_cpu_adjust_phys_bits(),
 * target/i386/host-cpu.c). */
static void take_cpu(struct device_list *list, const char *value)
{
	static const char limit[] = "host-phys-bits-limit=", bits[] = ",phys-bits=";
	const char *at = strstr(value, limit), *own = strstr(value, bits);

	list->domain->host_address_bits =
		strstr(value, "host-phys-bits=on") || strstr(value, "host-phys-bits=true");
	if (own)
		list->domain->address_bits = qemu_address_bits(own + strlen(bits));
	if (!begins_with(value, "host"))
		return;
	list->domain->cpu_mode = "host-passthrough";
	if (at)
		list->domain->address_limit = qemu_address_bits(at + strlen(limit));
}

/* Only of that folder it is known which size of huge pages is mounted there: the host's default. */
static bool is_in_hugepages(const char *path)
{
	static const char folder[] = "/dev/hugepages";
	const char *rest = path && begins_with(path, folder) ? path + strlen(folder) : NULL;

	return rest && (!*rest || *rest == '/');
}

static void take_memory_path(struct device_list *list, const char *value)
{
	list->domain->hugepages |= is_in_hugepages(value);
}

static bool has_hugepages(const struct qemu_properties *object)
{
	const char *type = qemu_property(object, "qom-type");

	if (word_is(type, "memory-backend-memfd"))
		return word_is(qemu_property(object, "hugetlb"), "on");
	return word_is(type, "memory-backend-file") &&
	       is_in_hugepages(qemu_property(object, "mem-path"));
}

static void take_object(struct device_list *list, const char *value)
{
	struct domain *domain = list->domain;
	struct qemu_properties object;

	qemu_properties_open(list->arena, value, "qom-type", &object);
	const char *size = qemu_property_number(&object, "size");
	const char *page = qemu_property_number(&object, "hugetlbsize");
	uint64_t bytes = size ? qemu_size(size, 0) : 0;
	if (bytes && has_hugepages(&object)) {
		domain->hugepages = true;
		domain->hugepage_memory += bytes;
		if (page)
			domain->page_size = qemu_size(page, 0);
	}
	qemu_properties_close(&object);
}

/* "device.hostpci0.x-igd-opregion=on" */
static void take_set(struct device_list *list, const char *value)
{
	domain_note_opregion(list->domain, value);
}

static void take_bios(struct device_list *list, const char *value)
{
	list->domain->uefi |= strcasestr(value, "ovmf") || strcasestr(value, "edk2");
}

static void take_fw_cfg(struct device_list *list, const char *value)
{
	domain_note_fw_cfg(list->domain, list->arena, value);
}

/* "intel-iommu.caching-mode=on", or "driver=intel-iommu,property=caching-mode,value=on": a property
 * that no other device has. */
static void take_global(struct device_list *list, const char *value)
{
	struct arena *arena = list->arena;
	const char *name = value_of(arena, value, "driver", "property");
	const char *set = value_of(arena, value, "driver", "value");
	const char *point = strchr(value, '.'), *equals = point ? strchr(point, '=') : NULL;

	if (!name && equals) {
		name = arena_copy(arena, point + 1, (size_t)(equals - point - 1));
		set = equals + 1;
	}
	if (name)
		domain_note_iommu_property(list->domain, name, set);
}

/* Options that do not describe a device. */
static const struct setting {
	const char *option;
	void (*take)(struct device_list *list, const char *value);
} settings[] = {
	{"m", take_memory},      {"name", take_name},     {"machine", take_machine},
	{"M", take_machine},     {"cpu", take_cpu},       {"mem-path", take_memory_path},
	{"object", take_object}, {"memory", take_memory}, {"set", take_set},
	{"global", take_global}, {"bios", take_bios},     {"fw_cfg", take_fw_cfg},
};

static const struct setting *find_setting(const char *option)
{
	for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
		if (strcmp(settings[i].option, option) == 0)
			return &settings[i];
	}
	return NULL;
}

void qemu_command_take(struct qemu_command *command, const char *option, const char *value,
		       unsigned line)
{
	const struct setting *setting = find_setting(option);

	if (setting)
		setting->take(command->list, value);
	else
		add_device(command, option, value, line);
}

bool qemu_command_knows(const char *option)
{
	return find_setting(option) || qemu_option_is_read(option);
}

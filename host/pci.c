/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci.h"

#include <errno.h>
#include <inttypes.h>
#include <pci/header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/capabilities.h"

#define DEVICES "/sys/bus/pci/devices"

enum {
	DOMAIN_MIN_DIGITS = 4,
	DOMAIN_MAX_DIGITS = 8,
	MOST_RESOURCES = 64, /* PCI_NUM_RESOURCES is 17 */
	HEADER_TYPE_MASK = 0x7f,
	/* Domains from here on are those of VMD endpoints: drivers/pci/controller/vmd.c. */
	FIRST_VMD_DOMAIN = 0x10000,
	CLASS_NETWORK = 0x02,
	CLASS_DISPLAY = 0x03,
};

/* Parses exactly digits hex digits and what follows them. */
static bool parse_field(const char **text, size_t digits, char end, uint32_t *ret)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits; i++) {
		char c = (*text)[i];
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value = value << 4 | (uint32_t)(c - 'A' + 10);
		else
			return false;
	}
	if ((*text)[digits] != end)
		return false;
	*text += digits + (end != '\0');
	*ret = value;
	return true;
}

int pci_address_parse(const char *text, struct pci_address *ret)
{
	const char *colon = strchr(text, ':');
	size_t digits = colon ? (size_t)(colon - text) : 0;
	uint32_t domain, bus, device, function;

	if (digits < DOMAIN_MIN_DIGITS || digits > DOMAIN_MAX_DIGITS ||
	    !parse_field(&text, digits, ':', &domain) || !parse_field(&text, 2, ':', &bus) ||
	    !parse_field(&text, 2, '.', &device) || !parse_field(&text, 1, '\0', &function) ||
	    device > 31 || function > 7)
		return -EINVAL;
	*ret = (struct pci_address){domain, (uint8_t)bus, (uint8_t)device, (uint8_t)function};
	return 0;
}

void pci_address_format(const struct pci_address *address, char text[static PCI_ADDRESS_SIZE])
{
	snprintf(text, PCI_ADDRESS_SIZE, "%04" PRIx32 ":%02x:%02x.%x", address->domain,
		 address->bus, address->device & 31u, address->function & 7u);
}

int pci_address_compare(const struct pci_address *a, const struct pci_address *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	return (int)pci_requester_id(a) - (int)pci_requester_id(b);
}

uint8_t pci_devfn(const struct pci_address *address)
{
	return (uint8_t)(address->device << 3 | address->function);
}

uint16_t pci_requester_id(const struct pci_address *address)
{
	return (uint16_t)(address->bus << 8 | pci_devfn(address));
}

/* A function on its way into memory: where its attributes lie, and who keeps them. */
struct reader {
	struct root *root;
	struct arena *arena;
	struct pci_function *function;
};

static const char *attribute_path(const struct reader *reader, const char *name)
{
	return arena_printf(reader->arena, "%s/%s", reader->function->path, name);
}

static struct fact_text read_text(const struct reader *reader, const char *name)
{
	return root_read(reader->root, reader->arena, attribute_path(reader, name),
			 LIMIT_ATTRIBUTE);
}

/* An attribute of one line, without the newline. */
static struct fact_text read_line(const struct reader *reader, const char *name)
{
	struct fact_text text = read_text(reader, name);

	while (fact_known(&text.fact) && text.length && text.text[text.length - 1] == '\n')
		text.text = arena_copy(reader->arena, text.text, --text.length);
	return text;
}

static struct fact_number read_number(const struct reader *reader, const char *name)
{
	return root_read_number(reader->root, reader->arena, attribute_path(reader, name));
}

/* The last part of a link's target: the name of a driver, a group, a function. */
static struct fact_text read_link_name(const struct reader *reader, const char *name)
{
	struct fact_text target =
		root_read_link(reader->root, reader->arena, attribute_path(reader, name));

	if (!fact_known(&target.fact))
		return target;
	const char *slash = strrchr(target.text, '/');
	target.text = slash ? slash + 1 : target.text;
	target.length = strlen(target.text);
	if (target.length == 0)
		target.fact.state = FACT_MALFORMED;
	return target;
}

static void read_config(const struct reader *reader)
{
	struct config_space *config = &reader->function->config;
	struct fact_text text = read_text(reader, "config");

	config->fact = text.fact;
	if (!fact_known(&text.fact))
		return;
	if (text.length < CONFIG_HEADER_SIZE || text.length > CONFIG_EXPRESS_SIZE) {
		config->fact.state = FACT_MALFORMED;
		return;
	}
	config->bytes = (const uint8_t *)text.text;
	config->length = text.length;
}

/*
 * A number that config space has at offset. VFs read their ids as ones there, and so does what is
 * gone or asleep: the attribute then holds what the kernel keeps of it.
 */
static struct fact_number read_id(const struct reader *reader, size_t offset, const char *name)
{
	const struct config_space *config = &reader->function->config;
	struct fact_number number = {.fact = config->fact};
	uint16_t vendor, value;

	if (!config_read16(config, PCI_VENDOR_ID, &vendor) || vendor == 0xffff ||
	    !config_read16(config, offset, &value))
		return read_number(reader, name);
	number.value = value;
	return number;
}

static struct fact_number read_class(const struct reader *reader)
{
	const struct config_space *config = &reader->function->config;
	struct fact_number number = {.fact = config->fact};
	uint32_t class_code;
	uint16_t vendor;

	if (!config_read16(config, PCI_VENDOR_ID, &vendor) || vendor == 0xffff ||
	    !config_read32(config, PCI_CLASS_REVISION, &class_code))
		return read_number(reader, "class");
	number.value = class_code >> 8;
	return number;
}

static bool parse_resource_line(const char *line, struct pci_resource *ret)
{
	struct pci_resource resource;
	int end = 0;

	if (sscanf(line, "0x%" SCNx64 " 0x%" SCNx64 " 0x%" SCNx64 "%n", &resource.start,
		   &resource.end, &resource.flags, &end) != 3 ||
	    line[end] != '\0')
		return false;
	*ret = resource;
	return true;
}

static void read_resources(const struct reader *reader)
{
	struct pci_resources *resources = &reader->function->resources;
	struct fact_text text = read_text(reader, "resource");
	char *save = NULL;

	resources->fact = text.fact;
	if (!fact_known(&text.fact))
		return;
	resources->lines = arena_array(reader->arena, MOST_RESOURCES, sizeof(*resources->lines));
	if (!resources->lines)
		return;
	char *lines = arena_copy(reader->arena, text.text, text.length);
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (resources->count == MOST_RESOURCES ||
		    !parse_resource_line(line, &resources->lines[resources->count])) {
			resources->fact.state = FACT_MALFORMED;
			resources->count = 0;
			return;
		}
		resources->count++;
	}
}

static struct fact_number read_group(const struct reader *reader)
{
	struct fact_text name = read_link_name(reader, "iommu_group");

	return fact_parse_number(&name);
}

/* Whether the function may be a PF: also where that could not be read. */
static bool may_have_sriov(const struct pci_function *function)
{
	struct capability sriov =
		config_extended_capability(&function->config, PCI_EXT_CAP_ID_SRIOV);

	return sriov.state != FACT_ABSENT;
}

static void read_sriov(const struct reader *reader)
{
	struct pci_sriov_attributes *sriov = &reader->function->sriov;
	struct fact absent = {.state = FACT_ABSENT, .source = reader->function->config.fact.source};

	*sriov = (struct pci_sriov_attributes){{.fact = absent}, {.fact = absent}, {.fact = absent},
					       {.fact = absent}, {.fact = absent}, {.fact = absent},
					       {.fact = absent}};
	if (pci_is_vf(reader->function) || !may_have_sriov(reader->function))
		return;
	sriov->totalvfs = read_number(reader, "sriov_totalvfs");
	sriov->numvfs = read_number(reader, "sriov_numvfs");
	if (fact_absent(&sriov->totalvfs.fact))
		return;
	struct fact_text vf_device = read_text(reader, "sriov_vf_device");
	sriov->offset = read_number(reader, "sriov_offset");
	sriov->stride = read_number(reader, "sriov_stride");
	sriov->vf_device = fact_parse_hex(&vf_device);
	sriov->drivers_autoprobe = read_number(reader, "sriov_drivers_autoprobe");
	sriov->vf_total_msix = read_number(reader, "sriov_vf_total_msix");
}

static int base_class(const struct pci_function *function)
{
	return fact_known(&function->class_code.fact)
		       ? (int)(function->class_code.value >> 16 & 0xff)
		       : -1;
}

static void read_netdevs(const struct reader *reader)
{
	struct pci_function *function = reader->function;
	int class_code = base_class(function);

	if (class_code == CLASS_NETWORK || class_code < 0)
		function->netdevs =
			root_list(reader->root, reader->arena, attribute_path(reader, "net"));
	else
		function->netdevs.fact = (struct fact){.state = FACT_ABSENT,
						       .source = attribute_path(reader, "net")};
}

static void read_function(const struct reader *reader)
{
	struct pci_function *function = reader->function;

	read_config(reader);
	function->vendor = read_id(reader, PCI_VENDOR_ID, "vendor");
	function->device = read_id(reader, PCI_DEVICE_ID, "device");
	function->class_code = read_class(reader);
	if (pci_header_type(function) == PCI_HEADER_TYPE_NORMAL) {
		function->subsystem_vendor =
			read_id(reader, PCI_SUBSYSTEM_VENDOR_ID, "subsystem_vendor");
		function->subsystem_device = read_id(reader, PCI_SUBSYSTEM_ID, "subsystem_device");
	}
	read_resources(reader);
	function->driver = read_link_name(reader, "driver");
	function->physfn = read_link_name(reader, "physfn");
	function->group = read_group(reader);
	function->iommu = read_link_name(reader, "iommu");
	function->numa_node = read_number(reader, "numa_node");
	function->reset_method = read_line(reader, "reset_method");
	function->power_state = read_line(reader, "power_state");
	function->ari_enabled = read_number(reader, "ari_enabled");
	if (base_class(function) == CLASS_DISPLAY)
		function->boot_vga = read_number(reader, "boot_vga");
	read_netdevs(reader);
	read_sriov(reader);
}

static int compare_functions(const void *left, const void *right)
{
	const struct pci_function *a = left, *b = right;

	return pci_address_compare(&a->address, &b->address);
}

/* Sorts the names into addresses and others. Returns false when memory is short. */
static bool sort_names(struct arena *arena, const struct fact_list *names, struct pci *ret)
{
	const char **foreign = arena_array(arena, names->count + 1, sizeof(*foreign));

	ret->functions = arena_array(arena, names->count + 1, sizeof(*ret->functions));
	if (!foreign || !ret->functions)
		return false;
	for (size_t i = 0; i < names->count; i++) {
		struct pci_function *function = &ret->functions[ret->count];
		if (pci_address_parse(names->names[i], &function->address) != 0) {
			foreign[ret->foreign_count++] = names->names[i];
			continue;
		}
		function->name = names->names[i];
		ret->count++;
	}
	ret->foreign = foreign;
	qsort(ret->functions, ret->count, sizeof(*ret->functions), compare_functions);
	return true;
}

/* Returns the name of the folder that path lies in, or NULL at the top. */
static const char *parent_name(struct arena *arena, const char *path)
{
	const char *end = strrchr(path, '/');

	if (!end || end == path)
		return NULL;
	const char *start = end;
	while (start > path && start[-1] != '/')
		start--;
	return arena_copy(arena, start, (size_t)(end - start));
}

/* "pci0000:00", or "pci10000:00" below a VMD endpoint: a root bus. */
static bool is_root_bus(const char *name)
{
	return strncmp(name, "pci", 3) == 0 && strchr(name, ':');
}

/* Returns the VMD endpoint whose domain function is in: the folder above the root bus. */
static const struct pci_function *find_vmd(const struct pci *pci, struct arena *arena,
					   const struct pci_function *function)
{
	const char *path = function->path;
	const char *name = parent_name(arena, path);

	if (function->address.domain < FIRST_VMD_DOMAIN)
		return NULL;
	while (name && !is_root_bus(name)) {
		path = arena_copy(arena, path, (size_t)(strrchr(path, '/') - path));
		name = parent_name(arena, path);
	}
	if (!name)
		return NULL;
	path = arena_copy(arena, path, (size_t)(strrchr(path, '/') - path));
	name = parent_name(arena, path);
	return name ? pci_find_name(pci, name) : NULL;
}

static bool lies_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static void link_function(const struct pci *pci, struct arena *arena, struct pci_function *function)
{
	const char *name = parent_name(arena, function->path);

	function->vmd = find_vmd(pci, arena, function);
	if (fact_known(&function->physfn.fact))
		function->pf = pci_find_name(pci, function->physfn.text);
	if (!name)
		return;
	function->parent = pci_find_name(pci, name);
	/* A bridge's folder holds the function's, so that no chain of parents runs in a circle. */
	if (function->parent && !lies_below(function->path, function->parent->path))
		function->parent = NULL;
	if (function->parent)
		function->parent_state = FACT_KNOWN;
	else if (is_root_bus(name))
		function->parent_state = FACT_ABSENT;
}

void pci_load(struct root *root, struct arena *arena, struct pci *ret)
{
	struct fact_list names = root_list(root, arena, DEVICES);

	*ret = (struct pci){.fact = names.fact};
	if (!fact_known(&names.fact) || !sort_names(arena, &names, ret))
		return;
	for (size_t i = 0; i < ret->count; i++) {
		struct reader reader = {root, arena, &ret->functions[i]};
		reader.function->path =
			root_entry_path(root, arena, DEVICES, reader.function->name);
		read_function(&reader);
	}
	for (size_t i = 0; i < ret->count; i++)
		link_function(ret, arena, &ret->functions[i]);
}

const struct pci_function *pci_find(const struct pci *pci, const struct pci_address *address)
{
	const struct pci_function key = {.address = *address};

	if (!pci->count)
		return NULL;
	return bsearch(&key, pci->functions, pci->count, sizeof(key), compare_functions);
}

const struct pci_function *pci_find_name(const struct pci *pci, const char *name)
{
	struct pci_address address;

	return pci_address_parse(name, &address) == 0 ? pci_find(pci, &address) : NULL;
}

bool pci_is_vf(const struct pci_function *function)
{
	return fact_known(&function->physfn.fact);
}

int pci_header_type(const struct pci_function *function)
{
	uint8_t header_type;

	if (!config_read8(&function->config, PCI_HEADER_TYPE, &header_type))
		return -1;
	/* A VF's registers are those of an endpoint, also where the byte reads as ones. */
	if (header_type == 0xff)
		return pci_is_vf(function) ? PCI_HEADER_TYPE_NORMAL : -1;
	return header_type & HEADER_TYPE_MASK;
}

int pci_class(const struct pci_function *function)
{
	return fact_known(&function->class_code.fact)
		       ? (int)(function->class_code.value >> 8 & 0xffff)
		       : -1;
}

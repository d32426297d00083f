/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "guest/proxmox/proxmox_hostpci.h"
#include "guest/proxmox/proxmox_property.h"
#include "guest/read/readers.h"
#include "host/base/affix.h"
#include "host/base/array.h"

/* Proxmox VE gives a guest so many MiB where its configuration says nothing. */
enum { USUAL_MEMORY = 512, MOST_MEMORY_DIGITS = 9 };

#define MIB (UINT64_C(1) << 20)

/* The machine type where it says none: get_default_machine(), PVE/QemuServer/Machine.pm. */
#define USUAL_MACHINE "pc"

/* What a key says, and in which line; text is NULL for a key that is not there. */
struct value {
	const char *text;
	unsigned line;
};

/* More of a kind than any version of Proxmox VE gives a guest. */
enum { MOST_OF_A_KIND = 32 };

/* What a guest is from its next start on. */
struct conf {
	struct value hostpci[MOST_OF_A_KIND];
	struct value usb[MOST_OF_A_KIND];
	struct value args;
	struct value name;
	struct value machine;
	struct value vga;
	struct value memory;
	struct value cpu;
	struct value bios;
	struct value hugepages;
	struct value affinity;
	struct value numa[MOST_OF_A_KIND];
};

static bool is_hostpci(const char *line)
{
	static const char hostpci[] = "hostpci";
	const char *number = line + strlen(hostpci);

	return begins_with(line, hostpci) && isdigit((unsigned char)*number) &&
	       number[strspn(number, "0123456789")] == ':';
}

/* Lines that each guest's configuration has: PVE/QemuServer.pm writes them when it makes one. A
 * container has an ostype, too, and a root file system: PVE/LXC/Config.pm. */
bool proxmox_conf_is(const char *text)
{
	static const char *const keys[] = {"vmgenid: ", "smbios1: ", "ostype: ", "scsihw: "};
	bool found = false;

	for (const char *line = text; line; line = next_line(line)) {
		if (begins_with(line, "rootfs: "))
			return false;
		found |= is_hostpci(line);
		for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
			found |= begins_with(line, keys[i]);
	}
	return found;
}

/* Returns the value of a key such as "hostpci3", or NULL for one that does not matter. */
static struct value *find_numbered(struct value *values, const char *prefix, const char *key,
				   size_t length)
{
	size_t skip = strlen(prefix);

	if (length <= skip || length > skip + 2 || strncmp(key, prefix, skip) != 0 ||
	    strspn(key + skip, "0123456789") < length - skip)
		return NULL;
	unsigned long number = strtoul(key + skip, NULL, 10);
	return number < MOST_OF_A_KIND ? &values[number] : NULL;
}

static struct value *find_value(struct conf *conf, const char *key, size_t length)
{
	const struct {
		const char *key;
		struct value *value;
	} plain[] = {{"args", &conf->args},         {"name", &conf->name},
		     {"machine", &conf->machine},   {"memory", &conf->memory},
		     {"cpu", &conf->cpu},           {"hugepages", &conf->hugepages},
		     {"affinity", &conf->affinity}, {"vga", &conf->vga},
		     {"bios", &conf->bios}};

	for (size_t i = 0; i < ARRAY_LENGTH(plain); i++) {
		if (length == strlen(plain[i].key) && strncmp(key, plain[i].key, length) == 0)
			return plain[i].value;
	}
	struct value *value = find_numbered(conf->hostpci, "hostpci", key, length);
	if (!value)
		value = find_numbered(conf->usb, "usb", key, length);
	return value ? value : find_numbered(conf->numa, "numa", key, length);
}

/* Keys that the next start of the guest takes away, by force behind "!": parse_pending_delete() of
 * PVE/AbstractConfig.pm. */
static void delete_values(struct conf *conf, const char *text)
{
	static const char between[] = ",; \t\r!";

	while (text && *text) {
		text += strspn(text, between);
		size_t length = strcspn(text, between);
		struct value *value = find_value(conf, text, length);
		if (value)
			*value = (struct value){0};
		text += length;
	}
}

static void read_line(struct arena *arena, struct conf *conf, const char *line, size_t length,
		      unsigned number)
{
	const char *colon = memchr(line, ':', length);

	if (!colon)
		return;
	const char *start = colon + 1, *end = line + length;
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	struct value *value = find_value(conf, line, (size_t)(colon - line));
	if (value)
		*value = (struct value){arena_copy(arena, start, (size_t)(end - start)), number};
	else if (begins_with(line, "delete:"))
		delete_values(conf, arena_copy(arena, start, (size_t)(end - start)));
}

/* Sections behind the guest itself: what waits for its next start goes over it; others are of
 * snapshots, and of cloud-init (parse_vm_config() of PVE/QemuServer.pm). */
static struct conf read_lines(struct arena *arena, const char *text)
{
	struct conf conf = {0};
	bool counts = true;
	unsigned number = 1;

	for (const char *line = text; line; line = next_line(line), number++) {
		if (*line == '[')
			counts = begins_with(line, "[PENDING]");
		else if (counts)
			read_line(arena, &conf, line, strcspn(line, "\n"), number);
	}
	return conf;
}

static void add_usb(struct device_list *list, const struct value *value)
{
	const struct domain_device device = {
		.kind = DOMAIN_DEVICE_USB, .element = "usb", .line = value->line};

	if (!word_is(proxmox_property(list->arena, value->text, "host", "host"), "spice"))
		device_list_add(list, &device);
}

static void take_memory(struct domain *domain, const char *text)
{
	static const char current[] = "current=";

	if (begins_with(text, current))
		text += strlen(current);
	if (strspn(text, "0123456789") <= MOST_MEMORY_DIGITS)
		domain->memory = strtoull(text, NULL, 10) * MIB;
}

/* MiB of a page, or "any", which fits each host. Proxmox VE makes the pages when it starts the
 * guest: hugepages_allocate() of PVE/QemuServer/Memory.pm. */
static void take_hugepages(struct domain *domain, const char *text)
{
	if (!*text || strspn(text, "0123456789") < strlen(text) ||
	    strlen(text) > MOST_MEMORY_DIGITS)
		return;
	domain->hugepages = domain->makes_hugepages = true;
	domain->page_size = strtoull(text, NULL, 10) * MIB;
}

/* "0-3;8": numbers of nodes or processors of the host. */
static void take_numbers(struct arena *arena, const char *text, struct number_set *set)
{
	char *list = text ? arena_copy(arena, text, strlen(text)) : NULL;
	struct number_set added;

	for (char *at = list; at && *at; at++)
		*at = *at == ';' ? ',' : *at;
	if (list && number_set_parse(list, &added))
		number_set_unite(set, &added);
}

/* "phys-bits=host": get_cpu_options() of PVE/QemuServer/CPUConfig.pm. */
static void take_address_bits(struct arena *arena, const char *cpu, struct domain *domain)
{
	const char *bits = proxmox_property(arena, cpu, "phys-bits", NULL);

	domain->host_address_bits = word_is(bits, "host");
	if (bits && !domain->host_address_bits)
		domain->address_bits = (unsigned)strtoul(bits, NULL, 10) & 0xff;
}

/* "q35,viommu=intel,aw-bits=39": config_to_command() of PVE/QemuServer.pm, which puts Intel's
 * before all devices and sets its caching mode. */
static void take_viommu(struct arena *arena, const char *machine, struct domain *domain)
{
	const char *kind = proxmox_property(arena, machine, "viommu", NULL);
	const char *bits = proxmox_property(arena, machine, "aw-bits", NULL);

	if (!kind)
		return;
	domain->iommu_follows = word_is(kind, "intel");
	domain->iommu = domain->iommu_follows ? DOMAIN_IOMMU_INTEL : DOMAIN_IOMMU_OTHER;
	if (bits)
		domain_note_iommu_property(domain, "aw-bits", bits);
}

static void take_domain(struct arena *arena, const struct conf *conf, struct domain *domain)
{
	if (conf->name.text && *conf->name.text)
		domain->name = conf->name.text;
	if (conf->machine.text)
		domain->machine = proxmox_property(arena, conf->machine.text, "type", "type");
	if (conf->machine.text)
		take_viommu(arena, conf->machine.text, domain);
	if (conf->memory.text)
		take_memory(domain, conf->memory.text);
	if (conf->cpu.text &&
	    word_is(proxmox_property(arena, conf->cpu.text, "cputype", "cputype"), "host"))
		domain->cpu_mode = "host-passthrough";
	if (conf->cpu.text)
		take_address_bits(arena, conf->cpu.text, domain);
	domain->uefi = word_is(conf->bios.text, "ovmf");
	if (conf->hugepages.text)
		take_hugepages(domain, conf->hugepages.text);
	take_numbers(arena, conf->affinity.text, &domain->cpus);
	for (size_t i = 0; i < MOST_OF_A_KIND; i++) {
		if (conf->numa[i].text)
			take_numbers(
				arena,
				proxmox_property(arena, conf->numa[i].text, "hostnodes", "cpus"),
				&domain->memory_nodes);
	}
}

/* Returns whether it is a whole configuration: PVE/API2/Qemu.pm gives each guest these keys. */
static bool is_whole(const char *text)
{
	static const char *const keys[] = {"vmgenid: ", "smbios1: "};

	for (const char *line = text; line; line = next_line(line)) {
		for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
			if (begins_with(line, keys[i]))
				return true;
		}
	}
	return false;
}

void proxmox_conf_read(struct guest_list *guests, const char *text)
{
	struct domain domain = {.other_stack = true, .memory = USUAL_MEMORY * MIB};
	struct device_list list = {.arena = guests->arena, .domain = &domain};
	const struct conf conf = read_lines(guests->arena, text);

	take_domain(guests->arena, &conf, &domain);
	if (!domain.machine && is_whole(text))
		domain.machine = USUAL_MACHINE;
	if (conf.vga.text)
		domain.vga = word_is(conf.vga.text, "none") ? DOMAIN_OFF : DOMAIN_ON;
	else if (is_whole(text))
		domain.vga = DOMAIN_ON;
	for (size_t i = 0; i < MOST_OF_A_KIND; i++) {
		if (conf.hostpci[i].text)
			proxmox_hostpci_add(&list, i, conf.hostpci[i].text, conf.hostpci[i].line);
	}
	for (size_t i = 0; i < MOST_OF_A_KIND; i++) {
		if (conf.usb[i].text)
			add_usb(&list, &conf.usb[i]);
	}
	if (conf.args.text)
		qemu_words_add(&list, conf.args.text, conf.args.line);
	guest_list_add_domain(
		guests, domain.name ? DOMAIN_DOCUMENT_DOMAIN : DOMAIN_DOCUMENT_DEVICES, &list);
}

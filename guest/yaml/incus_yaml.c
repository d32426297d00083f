/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "guest/proxmox/proxmox_property.h"
#include "guest/read/readers.h"
#include "guest/yaml/stacks_yaml.h"
#include "host/base/array.h"

/* Incus gives a virtual machine as much where its configuration says nothing. */
#define USUAL_MEMORY (UINT64_C(1) << 30)

/* Each device looks for its own among them. */
enum { MOST_SETTINGS = 4096 };

/* "[DDDD:]BB:DD.F"; of a gpu Incus takes all functions of the slot that share its group. */
static void add_function(const struct yaml *yaml, const yaml_node_t *address, bool whole_slot,
			 struct domain_device *device, struct device_list *list)
{
	const char *text = yaml_text(yaml, address);
	bool names_slot = true;

	device->line = yaml_line(address);
	device->kind = DOMAIN_DEVICE_HOSTDEV;
	device->has_source =
		text && proxmox_address_parse(list->arena, text, &device->source, &names_slot);
	if (!device->has_source || names_slot)
		device_list_fail(list, -EBADMSG, device->line,
				 "no address of a PCI function, DDDD:BB:DD.F");
	device->whole_slot = device->slot_in_group = whole_slot;
	device_list_add(list, device);
}

/* Returns the address of the function that a guest which runs has for its device, or NULL: Incus
 * notes it where it bound one to vfio-pci. */
static const yaml_node_t *held(const struct yaml *yaml, const yaml_node_t *config,
			       const char *device, struct arena *arena)
{
	const char *key = arena_printf(arena, "volatile.%s.last_state.pci.slot.name", device);
	const yaml_node_t *address = key ? yaml_member(yaml, config, key) : NULL;
	const char *text = yaml_text(yaml, address);

	return text && *text ? address : NULL;
}

/* A physical network card is bound to vfio-pci by its interface, and a VF is chosen:
 * nic_physical.go and nic_sriov.go of internal/server/device; an infiniband device goes as a nic
 * does. */
static bool takes_network_function(const char *type, const char *nic)
{
	return (word_is(type, "nic") || word_is(type, "infiniband")) &&
	       (word_is(nic, "sriov") || word_is(nic, "physical"));
}

static bool takes_from_host(const char *type, const char *nic)
{
	return word_is(type, "pci") || word_is(type, "gpu") || word_is(type, "usb") ||
	       takes_network_function(type, nic);
}

/* What Incus chooses by ids or by a network is not one function of the host, unless the guest has
 * it. */
static void add_device(const struct yaml *yaml, const char *name, const yaml_node_t *node,
		       const yaml_node_t *config, struct device_list *list)
{
	const char *type = yaml_member_text(yaml, node, "type");
	const char *gpu = yaml_member_text(yaml, node, "gputype");
	const char *nic = yaml_member_text(yaml, node, "nictype");
	bool whole_gpu = word_is(type, "gpu") && (!gpu || word_is(gpu, "physical"));
	const yaml_node_t *address = NULL;
	struct domain_device device = {.kind = DOMAIN_DEVICE_FOREIGN,
				       .element = type,
				       .line = yaml_line(node),
				       .managed = true};

	if (!takes_from_host(type, nic))
		return;
	if (word_is(type, "pci"))
		address = yaml_member(yaml, node, "address");
	else if (whole_gpu)
		address = yaml_member(yaml, node, "pci");
	if (!address)
		address = held(yaml, config, name, list->arena);
	if (address) {
		add_function(yaml, address, whole_gpu, &device, list);
		return;
	}
	if (word_is(gpu, "mdev")) {
		device.kind = DOMAIN_DEVICE_MDEV;
		device.mdev_type = yaml_member_text(yaml, node, "mdev");
	} else if (word_is(type, "usb")) {
		device.kind = DOMAIN_DEVICE_USB;
	} else if (word_is(nic, "physical")) {
		device.netdev = yaml_member_text(yaml, node, "parent");
	}
	device_list_add(list, &device);
}

/* Arguments of QEMU that stand beside what Incus makes of the rest. */
static void add_arguments(const struct yaml *yaml, const yaml_node_t *config,
			  struct device_list *list)
{
	const yaml_node_t *arguments = yaml_member(yaml, config, "raw.qemu");
	const char *text = yaml_text(yaml, arguments);

	if (text)
		qemu_words_add(list, text, yaml_line(arguments));
}

/* What goes over the file of -readconfig that Incus writes for QEMU. */
static void add_sections(const struct yaml *yaml, const yaml_node_t *config,
			 struct device_list *list)
{
	const yaml_node_t *sections = yaml_member(yaml, config, "raw.qemu.conf");
	const char *text = yaml_text(yaml, sections);

	if (text)
		qemu_config_add(list, text, yaml_text_line(sections), true);
}

/* Of the default size (driver_qemu.go of internal/server/instance/drivers). */
static bool wants_hugepages(const struct yaml *yaml, const yaml_node_t *config)
{
	static const char *const yes[] = {"true", "1", "yes", "on"};
	const char *value = yaml_member_text(yaml, config, "limits.memory.hugepages");

	for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
		if (word_is(value, yes[i]))
			return true;
	}
	return false;
}

void incus_read(const struct yaml *yaml, const yaml_node_t *instance, struct guest_list *guests)
{
	const yaml_node_t *own = yaml_member(yaml, instance, "devices");
	const yaml_node_t *expanded = yaml_member(yaml, instance, "expanded_devices");
	const yaml_node_t *whole = yaml_member(yaml, instance, "expanded_config");
	const yaml_node_t *config =
		yaml_count(whole) ? whole : yaml_member(yaml, instance, "config");
	const yaml_node_t *devices = yaml_count(expanded) ? expanded : own;
	const char *name = yaml_member_text(yaml, instance, "name");
	uint64_t memory = yaml_bytes(yaml_member_text(yaml, config, "limits.memory"));
	struct domain domain = {.name = name ? name : "guest",
				.other_stack = true,
				.memory = memory ? memory : USUAL_MEMORY,
				.hugepages = wants_hugepages(yaml, config)};
	struct device_list list = {.arena = guests->arena, .domain = &domain};

	if (!devices || devices->type != YAML_MAPPING_NODE ||
	    word_is(yaml_member_text(yaml, instance, "type"), "container"))
		return;
	if (yaml_count(config) > MOST_SETTINGS) {
		guest_list_fail(guests, -EFBIG, yaml_line(config), "too many settings");
		return;
	}
	for (size_t i = 0; i < yaml_count(devices) && !list.error; i++)
		add_device(yaml, yaml_key(yaml, devices, i), yaml_item(yaml, devices, i), config,
			   &list);
	add_arguments(yaml, config, &list);
	add_sections(yaml, config, &list);
	guest_list_add_domain(guests, name ? DOMAIN_DOCUMENT_DOMAIN : DOMAIN_DOCUMENT_DEVICES,
			      &list);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "guest/read/readers.h"
#include "guest/yaml/stacks_yaml.h"

/* Incus gives a virtual machine as much where its configuration says nothing. */
#define USUAL_MEMORY (UINT64_C(1) << 30)

static bool is(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

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

/* What Incus chooses by ids or by a network is not one function of the host. */
static void add_device(const struct yaml *yaml, const yaml_node_t *node, struct device_list *list)
{
	const char *type = yaml_member_text(yaml, node, "type");
	const char *gpu = yaml_member_text(yaml, node, "gputype");
	const char *nic = yaml_member_text(yaml, node, "nictype");
	const yaml_node_t *address = yaml_member(yaml, node, is(type, "pci") ? "address" : "pci");
	bool whole_gpu = is(type, "gpu") && (!gpu || is(gpu, "physical"));
	struct domain_device device = {
		.kind = DOMAIN_DEVICE_FOREIGN, .element = type, .managed = true};

	if (address && (is(type, "pci") || whole_gpu)) {
		add_function(yaml, address, whole_gpu, &device, list);
		return;
	}
	device.line = yaml_line(node);
	if (is(gpu, "mdev"))
		device.kind = DOMAIN_DEVICE_MDEV;
	if (is(type, "pci") || is(type, "gpu") || (is(type, "nic") && is(nic, "sriov")))
		device_list_add(list, &device);
}

void incus_read(const struct yaml *yaml, const yaml_node_t *instance, struct guest_list *guests)
{
	const yaml_node_t *own = yaml_member(yaml, instance, "devices");
	const yaml_node_t *expanded = yaml_member(yaml, instance, "expanded_devices");
	const yaml_node_t *config = yaml_member(yaml, instance, "config");
	const yaml_node_t *devices = yaml_count(expanded) ? expanded : own;
	const char *name = yaml_member_text(yaml, instance, "name");
	uint64_t memory = yaml_bytes(yaml_member_text(yaml, config, "limits.memory"));
	struct domain domain = {.name = name ? name : "guest",
				.other_stack = true,
				.memory = memory ? memory : USUAL_MEMORY};
	struct device_list list = {.arena = guests->arena, .domain = &domain};

	if (!devices || devices->type != YAML_MAPPING_NODE ||
	    is(yaml_member_text(yaml, instance, "type"), "container"))
		return;
	for (size_t i = 0; i < yaml_count(devices); i++)
		add_device(yaml, yaml_item(yaml, devices, i), &list);
	guest_list_add_domain(guests, name ? DOMAIN_DOCUMENT_DOMAIN : DOMAIN_DOCUMENT_DEVICES,
			      &list);
}

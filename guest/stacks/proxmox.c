/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "guest/proxmox/proxmox_mdev.h"
#include "guest/stacks/stack.h"
#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "model/shell.h"

/* hostpci0 to hostpci15: $MAX_HOSTPCI_DEVICES of PVE/QemuServer/PCI.pm, qemu-server 9.1. */
enum { MOST_DEVICES = 16 };

static const char *slot_of(struct arena *arena, const struct pci_function *function)
{
	return arena_printf(arena, "%04x:%02x:%02x", function->address.domain,
			    function->address.bus, function->address.device);
}

static bool same_slot(const struct pci_function *function, const struct pci_function *other)
{
	return function->address.domain == other->address.domain &&
	       function->address.bus == other->address.bus &&
	       function->address.device == other->address.device;
}

/* Whether the device is all functions of a slot of the host, function 0 among them: an address
 * without a function means these, and function 0 speaks for them. */
static bool is_whole_slot(const struct pci *pci, const struct stack_device *device)
{
	const struct pci_function *first = device->functions[0]->function;
	size_t count = 0;

	if (device->count < 2 || first->address.function)
		return false;
	for (const struct pci_function *other = first;
	     other < pci->functions + pci->count && same_slot(first, other); other++)
		count++;
	return count == device->count;
}

/* Functions with a ";" between them are one device of the guest. */
static const char *addresses(const struct stack_order *order, const struct stack_device *device)
{
	struct buffer text = {.arena = order->arena, .separator = ";"};

	if (is_whole_slot(&order->model->host->pci, device))
		return slot_of(order->arena, device->functions[0]->function);
	for (size_t i = 0; i < device->count; i++)
		buffer_item(&text, "%s", device->functions[i]->function->name);
	return buffer_text(&text);
}

static enum proxmox_mdev mdev_of(const struct stack_order *order, const struct stack_device *device)
{
	const struct fact *evidence;

	return proxmox_mdev_of(order->model->host, device->functions[0]->function, &evidence);
}

/* A VF that is to stay with NVIDIA's driver, which makes a vGPU of it. */
static bool is_vgpu(const struct stack_order *order, const struct stack_device *device)
{
	return device->functions[0]->needs_driver && device->count == 1 &&
	       mdev_of(order, device) == PROXMOX_MDEV_YES;
}

/* A mapping has the ids of one function, with which each start of the guest compares those that the
 * host has (assert_valid(), PVE/Mapping/PCI.pm of pve-guest-common), and a mark for mediated
 * devices: a function that is to leave its driver gives them at the first start alone. */
static bool takes_mapping(const struct stack_order *order, const struct stack_device *device)
{
	const struct pci_function *function = device->functions[0]->function;
	const struct fact *vendor = &function->subsystem_vendor.fact;
	const struct fact *subsystem = &function->subsystem_device.fact;

	if (device->count > 1 && !is_whole_slot(&order->model->host->pci, device))
		return false;
	if (mdev_of(order, device) == PROXMOX_MDEV_YES && !is_vgpu(order, device))
		return false;
	return pci_knows_ids(function) && fact_known(&function->group.fact) &&
	       ((fact_known(vendor) && fact_known(subsystem)) ||
		(fact_absent(vendor) && fact_absent(subsystem)));
}

/* The name of a node is a host name without its domain (pve-node, PVE/JSONSchema.pm). */
static const char *node_of(const struct stack_order *order)
{
	size_t length = order->node ? strcspn(order->node, ".") : 0;

	for (size_t i = 0; i < length; i++) {
		if (!isascii(order->node[i]) ||
		    (!isalnum((unsigned char)order->node[i]) && order->node[i] != '-'))
			length = 0;
	}
	return length && order->node[0] != '-' ? arena_copy(order->arena, order->node, length)
					       : "$(hostname -s)";
}

static const char *map_of(const struct stack_order *order, const struct stack_device *device)
{
	const struct pci_function *function = device->functions[0]->function;
	struct buffer map = {.arena = order->arena, .separator = ","};

	buffer_item(&map, "id=%04" PRIx64 ":%04" PRIx64, (uint64_t)function->vendor.value,
		    (uint64_t)function->device.value);
	buffer_item(&map, "iommugroup=%" PRId64, function->group.value);
	buffer_item(&map, "node=%s", node_of(order));
	buffer_item(&map, "path=%s", addresses(order, device));
	if (fact_known(&function->subsystem_vendor.fact))
		buffer_item(&map, "subsystem-id=%04" PRIx64 ":%04" PRIx64,
			    (uint64_t)function->subsystem_vendor.value,
			    (uint64_t)function->subsystem_device.value);
	return buffer_text(&map);
}

static const char *mapping_name(struct arena *arena, const struct stack_device *device)
{
	const struct pci_address *address = &device->functions[0]->function->address;

	return device->count > 1 ? arena_printf(arena, "pci-%04x-%02x-%02x", address->domain,
						address->bus, address->device)
				 : arena_printf(arena, "pci-%04x-%02x-%02x-%x", address->domain,
						address->bus, address->device, address->function);
}

static bool is_graphics(const struct stack_order *order, const struct stack_device *device)
{
	return cautions_find(&order->model->cautions, device->functions[0]->function, CAUTION_IGD);
}

static bool has_graphics(const struct stack_order *order, const struct stack_devices *devices)
{
	for (size_t i = 0; i < devices->count; i++) {
		if (is_graphics(order, &devices->devices[i]))
			return true;
	}
	return false;
}

static void add_device(const struct stack_order *order, const struct stack_device *device,
		       size_t number, const char *more, struct buffer *text)
{
	struct arena *arena = order->arena;
	const char *direct =
		shell_word(arena, arena_printf(arena, "%s%s", addresses(order, device), more));

	if (!takes_mapping(order, device)) {
		buffer_item(text, "qm set VMID --hostpci%zu %s", number, direct);
		return;
	}
	const char *name = mapping_name(arena, device);
	const char *create = is_vgpu(order, device) ? "pvesh create /cluster/mapping/pci --mdev 1"
						    : "pvesh create /cluster/mapping/pci";
	buffer_item(text, "%s --id %s --map \"%s\"", create, name, map_of(order, device));
	buffer_item(text, "qm set VMID --hostpci%zu mapping=%s%s", number, name, more);
	buffer_item(text, "# without a mapping: qm set VMID --hostpci%zu %s", number, direct);
}

/*
 * What leaves a function with its driver. Of a vGPU, Proxmox VE sets the profile itself when the
 * guest starts, gives QEMU the UUID that NVIDIA's driver asks for, and sets profile 0 when the
 * guest has ended, whichever way it was given (cleanup_pci_devices(), PVE/QemuServer.pm).
 */
static const char *driver_words(const struct stack_order *order, const struct stack_device *device)
{
	const struct fact_number *type = &device->functions[0]->function->vgpu_type;

	if (is_vgpu(order, device) && fact_known(&type->fact) && type->value > 0)
		return arena_printf(order->arena, ",mdev=nvidia-%" PRId64, type->value);
	if (is_vgpu(order, device))
		return ",mdev=nvidia-PROFILE";
	return device->functions[0]->needs_driver ? ",driver=keep" : "";
}

static void note_driver(const struct stack_order *order, const struct stack_devices *devices,
			struct buffer *text)
{
	bool keeps = false, blank = false;

	for (size_t i = 0; i < devices->count; i++) {
		const char *words = driver_words(order, &devices->devices[i]);
		keeps |= ends_with(words, "keep");
		blank |= ends_with(words, "PROFILE");
	}
	if (keeps)
		buffer_item(text, "# driver=keep came with qemu-server 9.0.25: one before refuses "
				  "the line.");
	if (blank)
		buffer_item(text, "# PROFILE is a number of the VF's nvidia/creatable_vgpu_types.");
}

/*
 * legacy-igd=1 is a place alone: the OpRegion comes of QEMU's legacy mode, which wants a ROM that
 * it can show the guest and knows not all graphics (hw/vfio/igd.c). What the guest has of args
 * stays: split_args() takes the space where it has none.
 */
static void add_opregion(const struct stack_order *order, const struct stack_devices *devices,
			 struct buffer *text)
{
	const struct model *model = order->model;

	for (size_t i = 0; i < devices->count; i++) {
		const struct pci_function *function = devices->devices[i].functions[0]->function;
		if (!is_graphics(order, &devices->devices[i]) ||
		    !caution_offers_opregion(model->host, function) ||
		    caution_qemu_gives_opregion(model->host))
			continue;
		buffer_item(text, "# QEMU before 10.1 gives the OpRegion unasked only where the "
				  "graphics or romfile= has a ROM; args that the guest has stay:");
		buffer_item(text,
			    "qm set VMID --args \"$(qm config VMID | sed -n 's/^args: //p') -set "
			    "device.hostpci%zu.x-igd-opregion=on\"",
			    i);
	}
}

/* legacy-igd puts graphics where they are looked for, and takes the machine pc; pcie=1 takes q35.
 */
static const char *write(const struct stack_order *order)
{
	struct stack_devices devices = stack_devices_of(order);
	struct buffer text = {.arena = order->arena, .separator = "\n"};
	bool graphics = has_graphics(order, &devices);

	buffer_item(&text, "# On this node, as root; VMID is the number of the guest.");
	note_driver(order, &devices, &text);
	if (graphics)
		buffer_item(&text, "# legacy-igd=1 puts the graphics at the guest address 00:02.0, "
				   "for which it asks for the machine pc.");
	buffer_item(&text, "%s",
		    graphics ? "qm set VMID --machine pc --vga none" : "qm set VMID --machine q35");
	for (size_t i = 0; i < devices.count; i++) {
		const struct stack_device *device = &devices.devices[i];
		const char *place = is_graphics(order, device) ? ",legacy-igd=1"
				    : graphics                 ? ""
							       : ",pcie=1";
		add_device(order, device, i,
			   arena_printf(order->arena, "%s%s", place, driver_words(order, device)),
			   &text);
	}
	add_opregion(order, &devices, &text);
	return arena_printf(order->arena, "%s\n", buffer_text(&text));
}

const struct stack stack_proxmox = {
	.name = "proxmox",
	.title = "Proxmox VE",
	.target =
		{
			.word = "configuration of Proxmox VE",
			.taker = "Proxmox VE",
			.largest_domain = HOSTDEV_LARGEST_DOMAIN,
			.most_devices = MOST_DEVICES,
		},
	.write = write,
};

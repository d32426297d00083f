/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <pci/header.h>

#include "guest/stacks/json.h"
#include "guest/stacks/kinds.h"
#include "host/base/buffer.h"

enum { MOST_NAMED = 8 };

/* An order on its way into a manifest. */
struct manifest {
	const struct stack_order *order;
	struct stack_kinds by_ids, by_group; /* of the host's functions */
	/* Which forms are the first of their ids, and of their ids in their group. */
	const bool *first_of_ids, *first_of_group;
	struct buffer text;
};

static const char *resource_name(struct arena *arena, const struct pci_function *function)
{
	return stack_quote(arena, arena_printf(arena, "pci.local/%04" PRIx64 "_%04" PRIx64,
					       (uint64_t)function->vendor.value,
					       (uint64_t)function->device.value));
}

/*
 * The device that KubeVirt's plugin offers is a group, and of several functions with these ids in
 * it the last one is given (constructDPIdevices(), pkg/virt-handler/device-manager/pci_device.go).
 */
static void note_group(struct manifest *manifest, const struct pci_function *function)
{
	struct stack_alike alike = stack_alike(&manifest->by_group, function);
	struct buffer names = {
		.arena = manifest->order->arena, .separator = ", ", .most = MOST_NAMED};

	if (alike.count < 2)
		return;
	for (size_t i = 0; i < alike.count; i++)
		buffer_item(&names, "%s", alike.functions[i]->name);
	buffer_item(&manifest->text,
		    "# KubeVirt gives one device per IOMMU group: of %s in group %" PRId64
		    ", a guest gets %s.",
		    buffer_list(&names), function->group.value,
		    alike.functions[alike.count - 1]->name);
}

static void note_others(struct manifest *manifest, const struct pci_function *function)
{
	struct stack_alike alike = stack_alike(&manifest->by_ids, function);
	struct buffer names = {
		.arena = manifest->order->arena, .separator = ", ", .most = MOST_NAMED};

	for (size_t i = 0; i < alike.count; i++) {
		const struct pci_function *other = alike.functions[i];
		if (other != function && !pci_same_group(function, other))
			buffer_item(&names, "%s", other->name);
	}
	if (names.count)
		buffer_item(&manifest->text,
			    "# KubeVirt chooses by vendor and device, never by address: it may as "
			    "well give %s, once on vfio-pci.",
			    buffer_list(&names));
}

static void add_permitted(struct manifest *manifest)
{
	const struct hostdev_forms *forms = manifest->order->forms;

	buffer_item(&manifest->text,
		    "apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata:\n"
		    "  name: kubevirt\n  namespace: kubevirt\nspec:\n  configuration:\n"
		    "    permittedHostDevices:\n      pciHostDevices:");
	for (size_t i = 0; i < forms->count; i++) {
		const struct pci_function *function = forms->forms[i].function;
		if (!manifest->first_of_ids[i])
			continue;
		buffer_item(&manifest->text,
			    "        - pciVendorSelector: \"%04" PRIX64 ":%04" PRIX64 "\"\n"
			    "          resourceName: %s",
			    (uint64_t)function->vendor.value, (uint64_t)function->device.value,
			    resource_name(manifest->order->arena, function));
	}
}

static bool is_graphics(const struct pci_function *function)
{
	return pci_base_class(function) == PCI_BASE_CLASS_DISPLAY;
}

static void add_devices(struct manifest *manifest, bool graphics)
{
	const struct hostdev_forms *forms = manifest->order->forms;
	unsigned count = 0;

	for (size_t i = 0; i < forms->count; i++) {
		const struct pci_function *function = forms->forms[i].function;
		if (!manifest->first_of_group[i] || is_graphics(function) != graphics)
			continue;
		if (!count++)
			buffer_item(&manifest->text,
				    "          %s:", graphics ? "gpus" : "hostDevices");
		buffer_item(&manifest->text,
			    "            - name: %s%u\n              deviceName: %s",
			    graphics ? "gpu" : "pci", count,
			    resource_name(manifest->order->arena, function));
	}
}

/* Of other drivers of VFIO it sees a VF that is NVIDIA's vGPU alone (shouldPermitNonVFIOPCI(),
 * pkg/virt-handler/device-manager/pci_device.go). */
static void note_driver(struct manifest *manifest, const struct hostdev_form *form)
{
	const char *name = form->function->name;

	if (!form->needs_driver)
		return;
	if (fact_absent(&form->function->vgpu_type.fact))
		buffer_item(&manifest->text,
			    "# KubeVirt does not see %s on the driver that it stays with, so no "
			    "guest gets it.",
			    name);
	else
		buffer_item(
			&manifest->text,
			"# KubeVirt sees %s on nvidia only in newer versions, and once it has a "
			"vGPU profile.",
			name);
}

static void add_notes(struct manifest *manifest)
{
	const struct hostdev_forms *forms = manifest->order->forms;

	for (size_t i = 0; i < forms->count; i++) {
		if (forms->forms[i].written)
			note_driver(manifest, &forms->forms[i]);
		if (manifest->first_of_group[i])
			note_group(manifest, forms->forms[i].function);
		if (manifest->first_of_ids[i])
			note_others(manifest, forms->forms[i].function);
	}
}

static const char *write(const struct stack_order *order)
{
	struct manifest manifest = {
		.order = order,
		.by_ids = stack_kinds_of_host(order, stack_by_ids),
		.by_group = stack_kinds_of_host(order, stack_by_ids_and_group),
		.first_of_ids = stack_first_forms(order, stack_by_ids),
		.first_of_group = stack_first_forms(order, stack_by_ids_and_group),
		.text = {.arena = order->arena, .separator = "\n"},
	};

	if (!manifest.first_of_ids || !manifest.first_of_group)
		return "";
	buffer_item(&manifest.text,
		    "# KubeVirt sees only what is on vfio-pci, companions included, and "
		    "binds nothing: passcheck plan FUNCTION... says how.");
	add_notes(&manifest);
	buffer_item(&manifest.text,
		    "# Add these to the lists of the cluster's own KubeVirt object.");
	add_permitted(&manifest);
	buffer_item(&manifest.text, "---\n# Add these to the devices of the guest.");
	buffer_item(&manifest.text, "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n"
				    "  name: guest\nspec:\n  template:\n    spec:\n      domain:\n"
				    "        devices:");
	add_devices(&manifest, true);
	add_devices(&manifest, false);
	return arena_printf(order->arena, "%s\n", buffer_text(&manifest.text));
}

const struct stack stack_kubevirt = {
	.name = "kubevirt",
	.title = "KubeVirt",
	.target =
		{
			.word = "manifest",
			.taker = "KubeVirt",
			.largest_domain = HOSTDEV_LARGEST_DOMAIN,
			.by_ids = true,
		},
	.write = write,
};

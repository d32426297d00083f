/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <pci/header.h>

#include "guest/stacks/json.h"
#include "guest/stacks/stack.h"
#include "host/access/buffer.h"

enum { MOST_NAMED = 8 };

static bool is_asked_for(const struct hostdev_form *form)
{
	return form->written && !form->companion_of;
}

/* Whether an earlier form has the same ids; in_group: and the same group. */
static bool is_repeated(const struct hostdev_forms *forms, size_t index, bool in_group)
{
	const struct pci_function *function = forms->forms[index].function;

	for (size_t i = 0; i < index; i++) {
		const struct pci_function *other = forms->forms[i].function;
		if (is_asked_for(&forms->forms[i]) && pci_same_ids(function, other) &&
		    (!in_group || pci_same_group(function, other)))
			return true;
	}
	return false;
}

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
static void note_group(const struct stack_order *order, const struct pci_function *function,
		       struct buffer *text)
{
	const struct pci *pci = &order->model->host->pci;
	struct buffer names = {.arena = order->arena, .separator = ", ", .most = MOST_NAMED};
	const struct pci_function *last = NULL;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *other = &pci->functions[i];
		if (!pci_same_ids(function, other) || !pci_same_group(function, other))
			continue;
		buffer_item(&names, "%s", other->name);
		last = other;
	}
	if (names.count > 1)
		buffer_item(text,
			    "# KubeVirt gives one device per IOMMU group: of %s in group %" PRId64
			    ", a guest gets %s.",
			    buffer_list(&names), function->group.value, last->name);
}

static void note_others(const struct stack_order *order, const struct pci_function *function,
			struct buffer *text)
{
	const struct pci *pci = &order->model->host->pci;
	struct buffer names = {.arena = order->arena, .separator = ", ", .most = MOST_NAMED};

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *other = &pci->functions[i];
		if (other != function && pci_same_ids(function, other) &&
		    !pci_same_group(function, other))
			buffer_item(&names, "%s", other->name);
	}
	if (names.count)
		buffer_item(text,
			    "# KubeVirt chooses by vendor and device, never by address: it may as "
			    "well give %s, once on vfio-pci.",
			    buffer_list(&names));
}

static void add_permitted(const struct stack_order *order, struct buffer *text)
{
	const struct hostdev_forms *forms = order->forms;

	buffer_item(text, "apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata:\n"
			  "  name: kubevirt\n  namespace: kubevirt\nspec:\n  configuration:\n"
			  "    permittedHostDevices:\n      pciHostDevices:");
	for (size_t i = 0; i < forms->count; i++) {
		const struct pci_function *function = forms->forms[i].function;
		if (!is_asked_for(&forms->forms[i]) || is_repeated(forms, i, false))
			continue;
		buffer_item(text,
			    "        - pciVendorSelector: \"%04" PRIX64 ":%04" PRIX64 "\"\n"
			    "          resourceName: %s",
			    (uint64_t)function->vendor.value, (uint64_t)function->device.value,
			    resource_name(order->arena, function));
	}
}

static bool is_graphics(const struct pci_function *function)
{
	return pci_base_class(function) == PCI_BASE_CLASS_DISPLAY;
}

static void add_devices(const struct stack_order *order, bool graphics, struct buffer *text)
{
	const struct hostdev_forms *forms = order->forms;
	unsigned count = 0;

	for (size_t i = 0; i < forms->count; i++) {
		const struct pci_function *function = forms->forms[i].function;
		if (!is_asked_for(&forms->forms[i]) || is_graphics(function) != graphics ||
		    is_repeated(forms, i, true))
			continue;
		if (!count++)
			buffer_item(text, "          %s:", graphics ? "gpus" : "hostDevices");
		buffer_item(text, "            - name: %s%u\n              deviceName: %s",
			    graphics ? "gpu" : "pci", count, resource_name(order->arena, function));
	}
}

static const char *write(const struct stack_order *order)
{
	const struct hostdev_forms *forms = order->forms;
	struct buffer text = {.arena = order->arena, .separator = "\n"};

	buffer_item(&text, "# KubeVirt sees only what is on vfio-pci, companions included, and "
			   "binds nothing: passcheck plan FUNCTION... says how.");
	for (size_t i = 0; i < forms->count; i++) {
		if (!is_asked_for(&forms->forms[i]))
			continue;
		if (!is_repeated(forms, i, true))
			note_group(order, forms->forms[i].function, &text);
		if (!is_repeated(forms, i, false))
			note_others(order, forms->forms[i].function, &text);
	}
	buffer_item(&text, "# Add these to the lists of the cluster's own KubeVirt object.");
	add_permitted(order, &text);
	buffer_item(&text, "---\n# Add these to the devices of the guest.");
	buffer_item(&text, "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n"
			   "  name: guest\nspec:\n  template:\n    spec:\n      domain:\n"
			   "        devices:");
	add_devices(order, true, &text);
	add_devices(order, false, &text);
	return arena_printf(order->arena, "%s\n", buffer_text(&text));
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

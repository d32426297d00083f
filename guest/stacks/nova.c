/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "guest/stacks/json.h"
#include "guest/stacks/kinds.h"
#include "host/base/buffer.h"

/* Four hex digits without 0x: an alias takes no others (nova/pci/request.py of 26). */
static void add_ids(struct stack_object *object, const struct pci_function *function)
{
	struct arena *arena = object->members.arena;

	stack_add_text(object, "vendor_id",
		       arena_printf(arena, "%04" PRIx64, (uint64_t)function->vendor.value));
	stack_add_text(object, "product_id",
		       arena_printf(arena, "%04" PRIx64, (uint64_t)function->device.value));
}

/* One line: an object of strict JSON behind the name of the option, which may be repeated. */
static const char *option_line(const char *option, struct stack_object *object)
{
	return arena_printf(object->members.arena, "%s = %s", option, stack_object_text(object));
}

/* The address of a PF means its VFs, too, but for the product (WhitelistPciAddress.match() and
 * PciDeviceSpec.match() of nova/pci/devspec.py). */
static const char *spec_line(struct arena *arena, const struct hostdev_form *form)
{
	struct stack_object object = stack_object(arena);

	stack_add_text(&object, "address", form->function->name);
	add_ids(&object, form->function);
	if (form->needs_driver)
		stack_add_text(&object, "managed", "no");
	return option_line("device_spec", &object);
}

/* A device of another type than its alias says is never scheduled. */
static const char *type_of(const struct pci_function *function)
{
	if (pci_is_vf(function))
		return "type-VF";
	return fact_absent(&function->sriov.totalvfs.fact) ? "type-PCI" : "type-PF";
}

/* Nova refuses two aliases of one name and of different types (nova/pci/request.py), and a VF may
 * have the ids of its PF. */
static const char *alias_name(struct arena *arena, const struct pci_function *function)
{
	const char *type = type_of(function);
	const char *suffix = strcmp(type, "type-PCI") == 0 ? "" : type + strlen("type");

	return arena_printf(arena, "pci_%04" PRIx64 "_%04" PRIx64 "%s",
			    (uint64_t)function->vendor.value, (uint64_t)function->device.value,
			    suffix);
}

static const char *alias_line(struct arena *arena, const struct pci_function *function)
{
	struct stack_object object = stack_object(arena);

	stack_add_text(&object, "name", alias_name(arena, function));
	add_ids(&object, function);
	stack_add_text(&object, "device_type", type_of(function));
	stack_add_text(&object, "numa_policy", "preferred");
	return option_line("alias", &object);
}

static int by_alias(const struct pci_function *a, const struct pci_function *b)
{
	int result = stack_by_ids(a, b);

	return result ? result : strcmp(type_of(a), type_of(b));
}

static void note_vfs(const struct pci_function *function, struct buffer *text)
{
	if (fact_known(&function->sriov.vf_device.fact) &&
	    function->sriov.vf_device.value == function->device.value)
		buffer_item(text, "# The VFs of %s have its ids: this device_spec means them, too.",
			    function->name);
}

static void add_aliases(const struct stack_order *order, struct buffer *text)
{
	const struct hostdev_forms *forms = order->forms;
	const bool *first = stack_first_forms(order, by_alias);

	for (size_t i = 0; first && i < forms->count; i++) {
		const struct pci_function *function = forms->forms[i].function;
		if (!first[i])
			continue;
		buffer_item(text, "%s", alias_line(order->arena, function));
		buffer_item(text,
			    "# openstack flavor set FLAVOR --property "
			    "pci_passthrough:alias=%s:1",
			    alias_name(order->arena, function));
	}
}

static const char *write(const struct stack_order *order)
{
	const struct hostdev_forms *forms = order->forms;
	struct buffer text = {.arena = order->arena, .separator = "\n"};
	bool companions = false;

	buffer_item(&text, "# nova.conf of this host; the alias also goes to nova-api's. Before "
			   "Zed device_spec was passthrough_whitelist.");
	for (size_t i = 0; i < forms->count; i++)
		companions |= forms->forms[i].written && forms->forms[i].companion_of;
	if (companions)
		buffer_item(&text, "# Nova looks at no IOMMU groups: bind the companions to "
				   "vfio-pci (passcheck plan), and list them nowhere.");
	buffer_item(&text, "[pci]");
	for (size_t i = 0; i < forms->count; i++) {
		if (!stack_is_asked_for(&forms->forms[i]))
			continue;
		note_vfs(forms->forms[i].function, &text);
		if (forms->forms[i].needs_driver)
			buffer_item(&text,
				    "# \"managed\" came with Nova 31; one before binds %s to "
				    "vfio-pci.",
				    forms->forms[i].function->name);
		buffer_item(&text, "%s", spec_line(order->arena, &forms->forms[i]));
	}
	add_aliases(order, &text);
	return arena_printf(order->arena, "%s\n", buffer_text(&text));
}

const struct stack stack_nova = {
	.name = "nova",
	.title = "Nova",
	.target =
		{
			.word = "device_spec",
			.taker = "Nova",
			.largest_domain = HOSTDEV_LARGEST_DOMAIN,
			.by_ids = true,
		},
	.write = write,
};

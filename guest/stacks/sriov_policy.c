/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/stacks/json.h"
#include "guest/stacks/stack.h"
#include "host/base/buffer.h"

/*
 * SriovNetworkNodePolicy of the SR-IOV network operator (api/v1/sriovnetworknodepolicy_types.go).
 * deviceType is netdevice where it is left out, which no guest can have.
 */
static void add_policy(const struct stack_order *order, const struct hostdev_form *form,
		       struct buffer *text)
{
	const struct pci_address *address = &form->function->address;
	const char *node = stack_quote(order->arena, order->node ? order->node : "NODE");

	buffer_item(text,
		    "apiVersion: sriovnetwork.openshift.io/v1\n"
		    "kind: SriovNetworkNodePolicy\n"
		    "metadata:\n"
		    "  name: passcheck-%04x-%02x-%02x-%x\n"
		    "  namespace: sriov-network-operator\n"
		    "spec:\n"
		    "  resourceName: vfs_%04x_%02x_%02x_%x\n"
		    "  nodeSelector:\n"
		    "    kubernetes.io/hostname: %s\n"
		    "  nicSelector:\n"
		    "    rootDevices:\n"
		    "      - \"%s\"\n"
		    "  numVfs: %u\n"
		    "%s"
		    "  deviceType: vfio-pci",
		    address->domain, address->bus, address->device, address->function,
		    address->domain, address->bus, address->device, address->function, node,
		    form->function->name, form->usable_vfs,
		    form->made_by_others ? "  externallyManaged: true\n" : "");
}

static const char *write(const struct stack_order *order)
{
	const struct hostdev_forms *forms = order->forms;
	struct buffer text = {.arena = order->arena, .separator = "\n---\n"};

	for (size_t i = 0; i < forms->count; i++) {
		if (forms->forms[i].written)
			add_policy(order, &forms->forms[i], &text);
	}
	return arena_printf(order->arena, "%s%s\n",
			    order->node ? "" : "# NODE is the name of this node.\n",
			    buffer_text(&text));
}

const struct stack stack_sriov_policy = {
	.name = "sriov-policy",
	.title = "the SR-IOV network operator",
	.target =
		{
			.word = "SriovNetworkNodePolicy",
			.taker = "the SR-IOV network operator",
			.largest_domain = HOSTDEV_LARGEST_DOMAIN,
			.makes_vfs = true,
		},
	.write = write,
};

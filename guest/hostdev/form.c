/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/form.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "model/own_commands.h"

const struct hostdev_target hostdev_libvirt = {
	.word = "XML",
	.taker = "QEMU",
	.largest_domain = HOSTDEV_LARGEST_DOMAIN,
	.is_libvirt = true,
};

const struct hostdev_target *hostdev_target_of(const struct hostdev_options *options)
{
	return options->target ? options->target : &hostdev_libvirt;
}

const char *hostdev_lacks_token(const struct hostdev_target *target, const struct model *model,
				const struct pci_function *function, struct arena *arena)
{
	if (target->takes_tokens || !cautions_find(&model->cautions, function, CAUTION_VF_TOKEN))
		return NULL;
	return arena_printf(arena,
			    "%s has no field for the VF token that VFIO asks for: run the guest "
			    "with QEMU's own command line (" OWN_QEMU " %s)%s",
			    target->is_libvirt ? "libvirt" : target->taker, function->name,
			    function->pf ? arena_printf(arena,
							", or give its physical function back to "
							"its host driver (" OWN_PLAN_BACK " %s)",
							function->pf->name)
					 : "");
}

const char *hostdev_nodedev_name(struct arena *arena, const struct pci_address *address)
{
	return arena_printf(arena, "pci_%04x_%02x_%02x_%x", address->domain, address->bus,
			    address->device, address->function);
}

const char *hostdev_form_name(struct arena *arena, const struct hostdev_form *form)
{
	const char *name = hostdev_nodedev_name(arena, &form->function->address);

	switch (form->kind) {
	case HOSTDEV_KIND_HOSTDEV:
	case HOSTDEV_KIND_INTERFACE:
		return name;
	case HOSTDEV_KIND_NETWORK:
		return arena_printf(arena, "network_%s", name);
	case HOSTDEV_KIND_NETWORK_INTERFACE:
		return arena_printf(arena, "interface_%s", name);
	case HOSTDEV_KIND_VPORT_POOL:
		return arena_printf(arena, "pool_%s", form->fc_host->name);
	case HOSTDEV_KIND_VPORT_DEVICE:
		return arena_printf(arena, "vport_%s", form->fc_host->name);
	case HOSTDEV_KIND_LUN_HOSTDEV:
	case HOSTDEV_KIND_LUN_DISK:
	case HOSTDEV_KIND_LUN_VOLUME:
		return arena_printf(arena, "lun_%u_%u_%" PRIu64 "_%s", form->lun->bus,
				    form->lun->target, form->lun->unit, form->fc_host->name);
	case HOSTDEV_KIND_MDEV_DEVICE:
		return arena_printf(arena, "mdev_device_%s", name);
	case HOSTDEV_KIND_MDEV_HOSTDEV:
		return arena_printf(arena, "mdev_%s", name);
	case HOSTDEV_KIND_VF_POLICY:
		return arena_printf(arena, "policy_%s", name);
	}
	return name;
}

static const char users_alias[] = "ua-";

const char *hostdev_alias(struct arena *arena, const struct pci_address *address)
{
	return arena_printf(arena, "%spci-%04x-%02x-%02x-%x", users_alias, address->domain,
			    address->bus, address->device, address->function);
}

/* aliasName of domaincommon.rng, libvirt. */
bool hostdev_alias_is_valid(const char *text)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t prefix = strlen(users_alias);

	return begins_with(text, users_alias) && text[prefix] &&
	       !text[prefix + strspn(text + prefix, allowed)];
}

bool hostdev_mac_is_valid(const char *text)
{
	static const char form[] = "xx:xx:xx:xx:xx:xx";

	if (strlen(text) != strlen(form) || !begins_with_form(text, form))
		return false;
	/* Bit 0 of the first octet marks a group of interfaces. */
	return text[strspn(text, "0:")] && !(strtoul(text, NULL, 16) & 1);
}

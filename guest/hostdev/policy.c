/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "guest/hostdev/builder.h"
#include "guest/hostdev/warnings.h"

static void judge_count(struct hostdev_builder *builder, struct hostdev_form *form,
			const struct usable_vfs *usable)
{
	bool known = usable->at_least == usable->at_most;

	form->usable_vfs = usable->at_least;
	form->verdict = usable->at_least ? ASSIGNABLE
			: known          ? ASSIGNABLE_BLOCKED
					 : ASSIGNABLE_UNDETERMINED;
	if (form->verdict != ASSIGNABLE)
		hostdev_note_add(builder->arena, &form->reasons, "none of its VFs %s: %s",
				 known ? "can go to a guest of its own" : "is known to be usable",
				 usable->why);
	else
		hostdev_note_add(builder->arena, &form->notes,
				 known ? "%u VFs could each go to a guest of its own: %s"
				       : "%u VFs are certain to be usable: %s",
				 usable->at_least, usable->why);
	if (form->verdict == ASSIGNABLE_UNDETERMINED && builder->forms->options.force)
		form->usable_vfs = usable->at_most;
	form->written = form->verdict == ASSIGNABLE || form->usable_vfs;
}

static void refuse(struct hostdev_builder *builder, struct hostdev_form *form, const char *why)
{
	form->verdict = ASSIGNABLE_BLOCKED;
	hostdev_add_reason(builder, form, why);
}

static void add_policy(struct hostdev_builder *builder, const struct pci_function *pf)
{
	const struct usable_vfs *usable = usable_vfs_of(&builder->model->usable_vfs, pf);
	const struct hostdev_target *target = hostdev_builder_target(builder);
	struct hostdev_form *form = hostdev_append(builder, pf, HOSTDEV_KIND_VF_POLICY);

	if (!form)
		return;
	if (pci_base_class(pf) != PCI_BASE_CLASS_NETWORK)
		refuse(builder, form, "the SR-IOV network operator makes VFs of network functions");
	else if (!usable)
		refuse(builder, form, "it offers no VFs");
	else if (pf->address.domain > target->largest_domain)
		refuse(builder, form, "the operator takes no PCI domain above 0xffff");
	else
		judge_count(builder, form, usable);
}

int hostdev_policies(struct hostdev_builder *builder)
{
	for (size_t i = 0; i < builder->count; i++)
		add_policy(builder, builder->functions[i]);
	return 0;
}

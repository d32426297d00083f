/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "guest/hostdev/builder.h"
#include "guest/hostdev/warnings.h"
#include "host/base/buffer.h"
#include "model/persistence/persistence.h"

static const char *usable_words(const struct usable_vfs *usable, bool known)
{
	if (known)
		return usable->at_least == 1 ? "could go to a guest of its own"
					     : "could each go to a guest of its own";
	return usable->at_least == 1 ? "is certain to be usable" : "are certain to be usable";
}

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
		hostdev_note_add(builder->arena, &form->notes, "%s %s: %s",
				 counted(builder->arena, usable->at_least, "VF"),
				 usable_words(usable, known), usable->why);
	if (form->verdict == ASSIGNABLE_UNDETERMINED && builder->forms->options.force)
		form->usable_vfs = usable->at_most;
	form->written = form->verdict == ASSIGNABLE || form->usable_vfs;
}

/* Returns how many VFs are there, 0 where that is not known. */
static uint32_t vfs_present(const struct hostdev_form *form)
{
	const struct fact_number *present = &form->function->sriov.numvfs;

	return fact_known(&present->fact) && present->value > 0 ? (uint32_t)present->value : 0;
}

/* Until then it takes no policy of more, or none at all. */
static void wait_for_vfs(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const uint32_t present = vfs_present(form);

	if (present >= form->usable_vfs)
		return;
	if (!present) {
		hostdev_note_add(builder->arena, &form->notes,
				 "the operator takes the policy only once the VFs are there");
		return;
	}
	form->usable_vfs = present;
	hostdev_note_add(
		builder->arena, &form->notes,
		"the operator takes a policy of more VFs once they are there: it has %s now",
		counted(builder->arena, present, "VF"));
}

/* The operator's webhook refuses a policy that makes VFs otherwise than those who made them, unless
 * it is externallyManaged, and then more VFs than there are now (pkg/webhook/validate.go). */
static void leave_to_others(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct vf_persistence found =
		vf_persistence_of(&builder->model->persistences, form->function, form->usable_vfs);

	if (!form->written || !found.setting || found.state != PERSISTENCE_MADE || !found.counted ||
	    found.count < 1 || found.setting->owner == SRIOV_OWNER_OPERATOR)
		return;
	form->made_by_others = true;
	if (found.count < form->usable_vfs)
		form->usable_vfs = (uint32_t)found.count;
	hostdev_note_add(builder->arena, &form->notes,
			 "%s makes its %s at boot, so the operator leaves their number to that",
			 vf_persistence_place(&found),
			 counted(builder->arena, (size_t)found.count, "VF"));
	wait_for_vfs(builder, form);
}

/* The operator binds VFs to vfio-pci; to change their number it takes those away that are there. */
static void judge_present(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct pci *pci = &builder->host->pci;
	const uint32_t present = vfs_present(form);
	const char *use;

	if (!present)
		return;
	if (!form->made_by_others && present != form->usable_vfs)
		hostdev_note_add(builder->arena, &form->notes,
				 "it has %s now, which the operator takes away first",
				 counted(builder->arena, present, "VF"));
	for (size_t i = 0; i < pci->count; i++) {
		if (pci->functions[i].pf != form->function)
			continue;
		use = host_uses_vital_words(&builder->model->host_uses, &pci->functions[i],
					    builder->arena);
		if (!use)
			continue;
		form->verdict = ASSIGNABLE_BLOCKED;
		form->written = form->written && builder->forms->options.force;
		hostdev_note_add(builder->arena, &form->reasons, "the host needs its VF %s for %s",
				 pci->functions[i].name, use);
	}
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
	leave_to_others(builder, form);
	judge_present(builder, form);
}

int hostdev_policies(struct hostdev_builder *builder)
{
	for (size_t i = 0; i < builder->count; i++)
		add_policy(builder, builder->functions[i]);
	return 0;
}

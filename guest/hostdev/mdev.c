/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guest/hostdev/builder.h"
#include "guest/hostdev/warnings.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/pci/mdev.h"

enum { MOST_NAMED = 16 };

bool hostdev_mdev_parse(struct arena *arena, const char *text, struct hostdev_options *ret)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t length = strspn(text, allowed);

	if (!length || text[length] != ':' || !mdev_is_uuid(text + length + 1))
		return false;
	ret->mdev_type = arena_copy(arena, text, length);
	ret->mdev_uuid = text + length + 1;
	return true;
}

static const char *names_of(struct arena *arena, const struct fact_list *list)
{
	struct buffer names = {.arena = arena, .separator = ", ", .most = MOST_NAMED};

	for (size_t i = 0; i < list->count; i++)
		buffer_item(&names, "%s", list->names[i]);
	return list->count ? buffer_list(&names) : "none";
}

static enum assignable_verdict judge_unread(struct hostdev_builder *builder,
					    struct hostdev_form *form,
					    const struct mdev_types *types,
					    const struct fact *evidence)
{
	const struct hostdev_options *options = &builder->forms->options;
	struct hostdev_note **reasons = &form->reasons;

	if (types && evidence != &types->names.fact &&
	    mdevs_find(&builder->host->mdevs, options->mdev_uuid))
		return ASSIGNABLE;
	if (!types)
		hostdev_note_add(builder->arena, reasons,
				 "whether its driver offers mediated devices could not be read");
	else if (evidence == &types->names.fact)
		hostdev_note_add(builder->arena, reasons,
				 "which types of mediated devices it offers could not be read");
	else
		hostdev_note_add(builder->arena, reasons,
				 "how many more of type %s can be made could not be read: cat %s",
				 options->mdev_type, evidence->source);
	return ASSIGNABLE_UNDETERMINED;
}

/* Notes why the device cannot be made, or not be told. Returns the verdict. */
static enum assignable_verdict judge(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct hypervisor *hypervisor = &builder->host->hypervisor;
	const struct hostdev_options *options = &builder->forms->options;
	const struct mdev_types *types = hypervisor_mdev_types(hypervisor, form->function->name);
	struct hostdev_note **reasons = &form->reasons;
	const struct fact *evidence;

	switch (hypervisor_mdev_offer(hypervisor, form->function->name, options->mdev_type,
				      &evidence)) {
	case MDEV_OFFERED:
		return ASSIGNABLE;
	case MDEV_NONE_LEFT:
		if (mdevs_find(&builder->host->mdevs, options->mdev_uuid))
			return ASSIGNABLE;
		hostdev_note_add(builder->arena, reasons,
				 "no more mediated devices of type %s can be made now: those that "
				 "are there, of this type or another, take what it has (mdevctl "
				 "list)",
				 options->mdev_type);
		return ASSIGNABLE_BLOCKED;
	case MDEV_NOT_OF_TYPE:
		hostdev_note_add(builder->arena, reasons,
				 "it offers no mediated devices of type %s; it has: %s",
				 options->mdev_type, names_of(builder->arena, &types->names));
		return ASSIGNABLE_BLOCKED;
	case MDEV_NONE:
		hostdev_note_add(builder->arena, reasons, "its driver offers no mediated devices");
		return ASSIGNABLE_BLOCKED;
	case MDEV_UNREAD:
		break;
	}
	return judge_unread(builder, form, types, evidence);
}

static void note_making(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct hostdev_options *options = &builder->forms->options;

	if (mdevs_find(&builder->host->mdevs, options->mdev_uuid))
		hostdev_note_add(builder->arena, &form->notes, "the host has %s already",
				 options->mdev_uuid);
	hostdev_note_add(
		builder->arena, &form->notes,
		"virsh nodedev-define makes it known (libvirt 7.3 and newer), nodedev-start "
		"makes it, nodedev-autostart at each boot, too; how many more there can be: "
		"cat /sys/class/mdev_bus/%s/mdev_supported_types/%s/available_instances",
		form->function->name, options->mdev_type);
}

int hostdev_mdevs(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit)
{
	static const enum hostdev_kind kinds[] = {HOSTDEV_KIND_MDEV_DEVICE,
						  HOSTDEV_KIND_MDEV_HOSTDEV};

	if (builder->count != 1)
		return hostdev_reject(ret_misfit, HOSTDEV_MDEV,
				      "a mediated device is of one function");
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		struct hostdev_form *form =
			hostdev_append(builder, builder->functions[0], kinds[i]);
		if (!form)
			return 0;
		form->verdict = judge(builder, form);
		form->written = form->verdict == ASSIGNABLE || builder->forms->options.force;
		if (kinds[i] == HOSTDEV_KIND_MDEV_DEVICE)
			note_making(builder, form);
	}
	return 0;
}

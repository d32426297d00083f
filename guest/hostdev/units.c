/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"
#include "guest/hostdev/warnings.h"
#include "model/assign/leaving.h"

/* Forms that are refused, by their functions, and forms that still have a use. */
struct units {
	struct hostdev_builder *builder;
	struct function_set lost;
	struct function_set needed;
	struct function_set whole; /* the first of each large group that was gone through */
	struct function_set broken;
};

static bool goes_to_vfio(const struct units *units, const struct pci_function *companion,
			 const struct pci_function *function)
{
	return leaving_with(&units->builder->model->assignability, companion, function) ==
	       LEAVING_TO_VFIO;
}

/* Returns a companion of the function that is refused, or NULL. */
static const struct pci_function *find_lost(const struct units *units,
					    const struct hostdev_form *form,
					    const struct companion_list *companions)
{
	for (size_t i = 0; i < companions->count; i++) {
		const struct pci_function *companion = companions->functions[i];
		if (function_set_has(&units->lost, companion) &&
		    goes_to_vfio(units, companion, form->function))
			return companion;
	}
	return NULL;
}

static void keep_companions(struct units *units, const struct companion_list *companions)
{
	for (size_t i = 0; i < companions->count; i++)
		function_set_add(&units->needed, companions->functions[i]);
}

static void refuse(struct units *units, struct hostdev_form *form,
		   const struct pci_function *companion)
{
	form->written = false;
	if (form->verdict == ASSIGNABLE || form->verdict == ASSIGNABLE_WITH)
		form->verdict = ASSIGNABLE_BLOCKED;
	hostdev_note_add(units->builder->arena, &form->reasons,
			 "%s must leave the host along with it, and is refused", companion->name);
}

/* Members of a large group have the same companions, but for themselves: the first speaks for them.
 */
static void judge(struct units *units, struct hostdev_form *form)
{
	const struct companion_list list =
		companions_of(&units->builder->model->companions, form->function);
	bool large = list.count > MOST_COMPANIONS_LISTED && list.first;
	const struct pci_function *lost = NULL;

	if (large && function_set_has(&units->whole, list.first))
		return;
	if (large && function_set_has(&units->broken, list.first))
		lost = list.first;
	else
		lost = find_lost(units, form, &list);
	if (lost)
		refuse(units, form, lost);
	else
		keep_companions(units, &list);
	if (large)
		function_set_add(lost ? &units->broken : &units->whole, list.first);
}

static bool is_any_lost(struct units *units)
{
	const struct hostdev_forms *forms = units->builder->forms;
	bool any = false;

	for (size_t i = 0; i < forms->count; i++) {
		if (forms->forms[i].written)
			continue;
		function_set_add(&units->lost, forms->forms[i].function);
		any = true;
	}
	return any;
}

void hostdev_refuse_incomplete(struct hostdev_builder *builder)
{
	struct hostdev_forms *forms = builder->forms;
	struct units units = {.builder = builder};

	if (hostdev_builder_target(builder)->is_libvirt)
		return;
	function_set_init(&units.lost, builder->arena, builder->host);
	function_set_init(&units.needed, builder->arena, builder->host);
	function_set_init(&units.whole, builder->arena, builder->host);
	function_set_init(&units.broken, builder->arena, builder->host);
	if (!is_any_lost(&units))
		return;
	for (size_t i = 0; i < forms->count; i++) {
		if (forms->forms[i].written && !forms->forms[i].companion_of)
			judge(&units, &forms->forms[i]);
	}
	for (size_t i = 0; i < forms->count; i++) {
		struct hostdev_form *form = &forms->forms[i];
		if (form->companion_of && !function_set_has(&units.needed, form->function))
			form->written = false;
	}
}

void hostdev_refuse_too_many(struct hostdev_builder *builder)
{
	struct hostdev_forms *forms = builder->forms;
	const struct hostdev_target *target = hostdev_builder_target(builder);
	size_t devices = 0;

	for (size_t i = 0; i < forms->count; i++)
		devices +=
			forms->forms[i].written && (forms->forms[i].place != HOSTDEV_PLACE_SLOT ||
						    forms->forms[i].multifunction);
	if (!target->most_devices || devices <= target->most_devices)
		return;
	for (size_t i = 0; i < forms->count; i++) {
		if (!forms->forms[i].written)
			continue;
		forms->forms[i].written = false;
		forms->forms[i].verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &forms->forms[i].reasons,
				 "%s gives a guest %u devices at most, and these are %zu",
				 target->taker, target->most_devices, devices);
	}
}

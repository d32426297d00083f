/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest/hostdev/warnings.h"
#include "host/access/array.h"

int hostdev_badness(enum assignable_verdict verdict)
{
	static const int order[] = {
		[ASSIGNABLE] = 0,
		[ASSIGNABLE_WITH] = 1,
		[ASSIGNABLE_BLOCKED] = 3,
		[ASSIGNABLE_UNDETERMINED] = 2,
		[ASSIGNABLE_NOT_A_CANDIDATE] = 4,
	};
	ASSERT_COVERS(order, ASSIGNABLE_COUNT);

	return order[verdict];
}

void hostdev_add_reason(struct hostdev_builder *builder, struct hostdev_form *form,
			const char *text)
{
	hostdev_note_add(builder->arena, &form->reasons, "%s", text);
}

struct hostdev_form *hostdev_append(struct hostdev_builder *builder,
				    const struct pci_function *function, enum hostdev_kind kind)
{
	struct hostdev_forms *forms = builder->forms;
	struct hostdev_form *array = arena_grow(builder->arena, forms->forms, forms->count,
						&builder->capacity, sizeof(*array));

	if (!array)
		return NULL;
	forms->forms = array;
	array[forms->count] = (struct hostdev_form){
		.function = function,
		.kind = kind,
		.assignable = *assignability_of(&builder->model->assignability, function),
	};
	array[forms->count].verdict = array[forms->count].assignable.verdict;
	return &array[forms->count++];
}

void hostdev_add_verdict_reasons(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct assignable *assignable = &form->assignable;

	if (assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		hostdev_add_reason(builder, form, "it is a bridge, which never goes to a guest");
	for (const struct blocker *blocker = assignable->blockers; blocker; blocker = blocker->next)
		hostdev_add_reason(builder, form, blocker->why);
	if (assignable->verdict != ASSIGNABLE_UNDETERMINED)
		return;
	for (const struct blocker *blocker = assignable->missing; blocker; blocker = blocker->next)
		hostdev_add_reason(builder, form, blocker->why);
}

int hostdev_reject(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

static void conclude(struct hostdev_forms *forms)
{
	forms->verdict = ASSIGNABLE;
	for (size_t i = 0; i < forms->count; i++) {
		const struct hostdev_form *form = &forms->forms[i];
		if (!form->companion_of &&
		    hostdev_badness(form->verdict) > hostdev_badness(forms->verdict))
			forms->verdict = form->verdict;
	}
}

int hostdev_forms_build(const struct model *model, const struct pci_function *const *functions,
			size_t count, const struct hostdev_options *options, struct arena *arena,
			struct hostdev_forms *ret, const char **ret_why)
{
	struct hostdev_forms forms = {.options = *options};
	struct hostdev_builder builder = {
		.model = model,
		.host = model->host,
		.arena = arena,
		.functions = functions,
		.count = count,
		.forms = &forms,
	};
	int result;

	if ((options->network || options->wwpn || options->lun) && (options->mac || options->vlan))
		return hostdev_reject(ret_why,
				      "--mac and --vlan are for VFs, not for what holds them");
	if (options->network && (options->wwpn || options->lun))
		return hostdev_reject(ret_why,
				      "--network and --vport or --lun exclude one another");
	if (options->network)
		result = hostdev_networks(&builder, ret_why);
	else if (options->lun)
		result = hostdev_luns(&builder, ret_why);
	else if (options->wwpn)
		result = hostdev_vports(&builder, ret_why);
	else
		result = hostdev_functions(&builder, ret_why);
	if (result < 0)
		return result;
	conclude(&forms);
	*ret = forms;
	return 0;
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
	case HOSTDEV_KIND_VPORT_POOL:
		return arena_printf(arena, "pool_%s", form->fc_host->name);
	case HOSTDEV_KIND_VPORT_DEVICE:
		return arena_printf(arena, "vport_%s", form->fc_host->name);
	case HOSTDEV_KIND_LUN_HOSTDEV:
	case HOSTDEV_KIND_LUN_DISK:
	case HOSTDEV_KIND_LUN_VOLUME:
		return arena_printf(arena, "lun_%u_%u_%" PRIu64 "_%s", form->lun->bus,
				    form->lun->target, form->lun->unit, form->fc_host->name);
	}
	return name;
}

bool hostdev_mac_is_valid(const char *text)
{
	static const char form[] = "xx:xx:xx:xx:xx:xx";
	bool zero = true;

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == ':' ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
		zero &= form[i] == ':' || text[i] == '0';
	}
	/* Bit 0 of the first octet marks a group of interfaces. */
	return !zero && !(strtoul(text, NULL, 16) & 1);
}

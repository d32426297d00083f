/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"

#include <string.h>

#include "guest/hostdev/warnings.h"
#include "host/base/affix.h"
#include "host/base/array.h"

/* Forms of LUNs, by what struct hostdev_options names them. */
struct lun_kind {
	const char *name;
	enum hostdev_kind kind;
};

static const struct lun_kind lun_kinds[] = {
	{.name = "hostdev", .kind = HOSTDEV_KIND_LUN_HOSTDEV},
	{.name = "disk", .kind = HOSTDEV_KIND_LUN_DISK},
	{.name = "volume", .kind = HOSTDEV_KIND_LUN_VOLUME},
};

static const struct lun_kind *find_lun_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(lun_kinds); i++) {
		if (strcmp(lun_kinds[i].name, name) == 0)
			return &lun_kinds[i];
	}
	return NULL;
}

bool hostdev_lun_is_valid(const char *text)
{
	return find_lun_kind(text) != NULL;
}

const char *hostdev_lun_device(struct arena *arena, const struct fc_lun *lun)
{
	static const char naa[] = "naa.";
	bool known = fact_known(&lun->wwid.fact) && begins_with(lun->wwid.text, naa);

	if (known && lun->wwid.text[strspn(lun->wwid.text + sizeof(naa) - 1, "0123456789abcdef") +
				    sizeof(naa) - 1] == '\0')
		return arena_printf(arena, "/dev/disk/by-id/wwn-0x%s",
				    lun->wwid.text + sizeof(naa) - 1);
	if (fact_known(&lun->block.fact) && lun->block.count == 1)
		return arena_printf(arena, "/dev/%s", lun->block.names[0]);
	return NULL;
}

/* SPC's peripheral device types. Arrays show a controller as LUN 0, which is no one's. */
static bool fits_kind(const struct fc_lun *lun, enum hostdev_kind kind)
{
	enum { DISK = 0x00, TAPE = 0x01, OPTICAL = 0x05, CHANGER = 0x08 };
	int64_t type = lun->type.value;

	if (!fact_known(&lun->type.fact))
		return true;
	return type == DISK || (kind == HOSTDEV_KIND_LUN_HOSTDEV &&
				(type == TAPE || type == OPTICAL || type == CHANGER));
}

/* A LUN that the host has mounted, or swaps to, would be written by two. */
static void judge_lun(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct usage *usage = &builder->host->usage;
	const struct fc_lun *lun = form->lun;
	size_t length = strlen(lun->path);

	form->verdict = ASSIGNABLE;
	if (!fact_known(&lun->type.fact) || !fact_settled(&usage->mounts) ||
	    !fact_settled(&usage->swaps)) {
		form->verdict = ASSIGNABLE_UNDETERMINED;
		hostdev_add_reason(builder, form,
				   fact_known(&lun->type.fact)
					   ? "what the host uses could not be read"
					   : "what kind of unit it is could not be read");
	}
	for (size_t i = 0; i < usage->count; i++) {
		const struct usage_entry *entry = &usage->entries[i];
		if (strncmp(entry->path, lun->path, length) != 0 ||
		    (entry->path[length] && entry->path[length] != '/'))
			continue;
		form->verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &form->reasons, "the host uses %s itself: %s",
				 lun->name, entry->what);
	}
}

static void note_lun(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const char *device = hostdev_lun_device(builder->arena, form->lun);

	if (form->kind == HOSTDEV_KIND_LUN_HOSTDEV)
		hostdev_note_add(builder->arena, &form->notes,
				 "the number of %s may be another after a reboot",
				 form->fc_host->name);
	if (form->kind != HOSTDEV_KIND_LUN_DISK)
		return;
	if (!device)
		hostdev_add_reason(builder, form, "its block device is unknown");
	if (!device)
		form->verdict = ASSIGNABLE_UNDETERMINED;
	else if (!begins_with(device, "/dev/disk/"))
		hostdev_note_add(builder->arena, &form->notes,
				 "it has no lasting name: %s may be another unit after a reboot",
				 device);
}

static void add_lun(struct hostdev_builder *builder, const struct pci_function *function,
		    const struct fc_host *port, const struct fc_lun *lun, enum hostdev_kind kind)
{
	struct hostdev_form *form = hostdev_append(builder, function, kind);

	if (!form)
		return;
	form->fc_host = port;
	form->lun = lun;
	form->disk = (unsigned)builder->forms->count - 1;
	judge_lun(builder, form);
	note_lun(builder, form);
	form->written =
		form->verdict == ASSIGNABLE ||
		(builder->forms->options.force && hostdev_lun_device(builder->arena, lun)) ||
		(builder->forms->options.force && kind != HOSTDEV_KIND_LUN_DISK);
}

/* A form that only says why there is none. */
static void refuse_luns(struct hostdev_builder *builder, const struct pci_function *function,
			enum hostdev_kind kind, enum assignable_verdict verdict, const char *why)
{
	struct hostdev_form *form = hostdev_append(builder, function, kind);

	if (!form)
		return;
	form->verdict = verdict;
	hostdev_add_reason(builder, form, why);
}

static void add_luns(struct hostdev_builder *builder, const struct pci_function *function,
		     const struct fc_host *port, enum hostdev_kind kind)
{
	if (!fact_known(&port->luns_fact)) {
		refuse_luns(builder, function, kind, ASSIGNABLE_UNDETERMINED,
			    "what units its port has found could not be read");
		return;
	}
	for (size_t i = 0; i < port->lun_count; i++) {
		if (fits_kind(&port->luns[i], kind))
			add_lun(builder, function, port, &port->luns[i], kind);
	}
	if (!builder->forms->count)
		refuse_luns(builder, function, kind, ASSIGNABLE_BLOCKED,
			    "its port has found no units of that kind");
}

int hostdev_luns(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit)
{
	const struct hostdev_options *options = &builder->forms->options;
	enum hostdev_kind kind = find_lun_kind(options->lun)->kind;
	const struct pci_function *function = builder->functions[0];

	if (builder->count != 1)
		return hostdev_reject(ret_misfit, HOSTDEV_LUN,
				      "units are of one Fibre Channel function");
	const struct fc_host *port = hostdev_find_port(builder->host, function);
	if (!port)
		return hostdev_reject(ret_misfit, HOSTDEV_LUN,
				      "units are of a function with a Fibre Channel port");
	if (kind == HOSTDEV_KIND_LUN_VOLUME && !options->wwpn)
		return hostdev_reject(ret_misfit, HOSTDEV_VPORT,
				      "volumes are of a virtual port, and none is named");
	if (options->wwpn)
		port = hostdev_find_vport(builder->host, function, options->wwpn);
	if (port)
		add_luns(builder, function, port, kind);
	else
		refuse_luns(builder, function, kind, ASSIGNABLE_BLOCKED,
			    "it has no virtual port of that name yet; make it first");
	return 0;
}

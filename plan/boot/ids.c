/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/boot/ids.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/modules/module_option.h"
#include "model/modules/vfio_ids.h"

const char *plan_ids_of(struct arena *arena, const struct pci_function *function)
{
	return arena_printf(arena, "%04" PRIx64 ":%04" PRIx64, function->vendor.value,
			    function->device.value);
}

bool plan_note_ids(const struct plan_builder *builder, struct function_set *noted,
		   const struct pci_function *function)
{
	const struct twin_list twins = twins_of(&builder->model->twins, function);

	if (!twins.count || function_set_has(noted, twins.functions[0]))
		return true;
	function_set_add(noted, twins.functions[0]);
	return false;
}

static struct module_option running_ids(const struct plan_builder *builder)
{
	return module_option_find(builder->host, builder->arena, "vfio_pci", "ids");
}

/* What the command line of the next boot has goes before what the running one has. */
static void take_coming(struct plan_builder *builder, const struct cmdline *cmdline,
			const struct cmdline_parameter **ret)
{
	const struct cmdline_parameter *it = cmdline_find(cmdline, "vfio_pci.ids");

	if (!it || !it->value)
		return;
	builder->ids.text = cmdline_spell(builder->arena, it);
	builder->ids.value = it->value;
	builder->ids.place = &cmdline->fact;
	builder->ids.on_command_line = true;
	*ret = it;
}

/* Of a PF that vfio-pci gets in place of its driver no VFs are made: vfio_pci_sriov_configure(). */
static bool makes_vfs_of_plan(const struct plan_builder *builder, const struct pci_function *pf)
{
	if (driver_is_vfio(pf) || plan_takes(builder, pf))
		return false;
	if (builder->wish->vfs && plan_asks_for(builder, pf))
		return true;
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (builder->taken[i]->pf == pf)
			return true;
	}
	return false;
}

const struct pci_function *plan_ids_find_kept(const struct plan_builder *builder, const char *entry)
{
	const struct pci *pci = &builder->host->pci;
	struct vfio_id id;

	if (!vfio_id_parse(entry, &id))
		return NULL;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (vfio_id_matches(&id, function) &&
		    (host_uses_vital(&builder->model->host_uses, function) ||
		     makes_vfs_of_plan(builder, function)))
			return function;
	}
	return NULL;
}

/* Entries that match what stays with the host do no harm while a host driver is first. A plan has
 * vfio-pci come first, so it takes them out. */
static void split_ids(struct plan_builder *builder)
{
	struct buffer kept = {.arena = builder->arena, .separator = ","};
	struct buffer harmful = {.arena = builder->arena, .separator = ","};
	const char *list = builder->ids.value ?: "";
	struct vfio_ids_entry entry;

	if (!vfio_ids_fit(list))
		list = "";
	while (vfio_ids_next(&list, &entry))
		buffer_item(plan_ids_find_kept(builder, entry.text) ? &harmful : &kept, "%.*s",
			    (int)entry.length, entry.text);
	builder->ids_kept = buffer_text(&kept);
	builder->ids_harmful = buffer_text(&harmful);
}

const struct module_option *plan_find_ids(struct plan_builder *builder)
{
	const struct cmdline_parameter *coming = NULL;
	const struct next_boot *next = &builder->model->next_boot;

	if (builder->ids_found)
		return &builder->ids;
	builder->ids_found = true;
	builder->ids = running_ids(builder);
	for (size_t i = 0; !builder->ids.listed.line && i < next->source_count; i++)
		take_coming(builder, next->sources[i], &coming);
	for (size_t i = 0; !builder->ids.listed.line && i < next->count; i++)
		take_coming(builder, next->lines[i].cmdline, &coming);
	builder->ids_wait = coming && next->count && next_boot_find(next, coming) != IN_ALL_LINES &&
			    !cmdline_has_parameter(&builder->host->cmdline, coming);
	split_ids(builder);
	return &builder->ids;
}

void plan_doubt_ids(struct plan_builder *builder)
{
	const struct fact *unread = plan_find_ids(builder)->unread;

	if (unread && unread->state != FACT_NOT_CAPTURED)
		plan_add_unknown(builder,
				 "cannot tell which ids vfio-pci is told at boot: %s could not be "
				 "read",
				 unread->source);
}

bool plan_ids_are_configured(struct plan_builder *builder, const struct pci_function *function)
{
	return vfio_ids_match(plan_find_ids(builder)->value, function);
}

bool plan_vfio_is_built_in(const struct plan_builder *builder)
{
	return modules_built_in(&builder->host->modules, "vfio_pci");
}

bool plan_ids_take_pf(struct plan_builder *builder, const struct pci_function *pf)
{
	return plan_ids_are_configured(builder, pf) && makes_vfs_of_plan(builder, pf);
}

/* Returns whether vfio-pci is told of the function at boot: one that is built in reads no file. */
bool plan_is_persistent(struct plan_builder *builder, const struct pci_function *function)
{
	return (plan_find_ids(builder)->on_command_line || !plan_vfio_is_built_in(builder)) &&
	       vfio_ids_match(builder->ids_kept, function);
}

/* The running kernel's command line has the ids, and yet a host driver was first. */
bool plan_ids_were_lost(struct plan_builder *builder, const struct pci_function *function)
{
	const struct module_option there = running_ids(builder);
	const struct fact loaded = modules_present(&builder->host->modules, "vfio_pci");

	return plan_host_module(function) && there.on_command_line && fact_known(&loaded) &&
	       vfio_ids_match(there.value, function);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "host/base/array.h"
#include "report/audit/json/elements.h"

/* A term that has no say, or that no VF of the PF can come up against, allows all. */
static uint32_t shown_count(const struct vf_budget *budget, const struct vf_term *term)
{
	return term->at_most == VF_UNLIMITED ? budget->capability.total_vfs : term->at_most;
}

/* What the kernel and the dependency link say is shown only where they refuse. */
static bool is_shown(enum vf_term_kind kind, const struct vf_term *term)
{
	bool always = kind != VF_TERM_KERNEL && kind != VF_TERM_DEPENDENCY_LINK;

	return always || term->at_least != VF_UNLIMITED;
}

static struct json_item *limits(struct json *json, const struct vf_budget *budget)
{
	struct json_item *object = json_object(json);

	for (int i = 0; i < VF_TERM_COUNT; i++) {
		enum vf_term_kind kind = (enum vf_term_kind)i;
		const struct vf_term *term = &budget->terms[kind];

		if (!is_shown(kind, term))
			continue;
		if (vf_term_known(term))
			json_add_integer(json, object, vf_term_name(kind),
					 shown_count(budget, term));
		else
			json_add_null(json, object, vf_term_name(kind));
	}
	return object;
}

static struct json_item *max_vfs(struct json *json, const struct vf_budget *budget)
{
	bool bound = !vf_budget_exact(budget) || budget->driver_may_refuse;
	struct json_item *object = json_object(json);

	json_add_integer(json, object, "effective", budget->at_most);
	json_add_bool(json, object, "at_most", bound);
	json_add_text(json, object, "limited_by", vf_term_name(budget->limited_by));
	json_add(json, object, "limits", limits(json, budget));
	json_add_text(json, object, "why", vf_budget_summary(budget, json->arena));
	json_add_text(json, object, "driver_may_refuse", budget->driver_may_refuse);
	return object;
}

static struct json_item *usable_vfs(struct json *json, const struct usable_vfs *usable)
{
	if (!usable)
		return json_null(json);
	struct json_item *object = json_object(json);

	if (usable->at_least == usable->at_most)
		json_add_integer(json, object, "count", usable->at_most);
	else
		json_add_null(json, object, "count");
	json_add_integer(json, object, "at_most", usable->at_most);
	json_add_text(json, object, "limited_by", usable_vfs_limit_name(usable));
	json_add_text(json, object, "why", usable->why);
	return object;
}

static struct json_item *bars(struct json *json, const struct vf_budget *budget)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		const struct vf_bar *bar = &budget->bars[i];
		if (!bar->implemented)
			continue;
		struct json_item *object = json_object(json);
		json_add_integer(json, object, "bar", (int64_t)i);
		json_add_bool(json, object, "placed", bar->placed);
		if (bar->size)
			json_add_hex(json, object, "size", bar->size, 1);
		else
			json_add_null(json, object, "size");
		json_add_bool(json, object, "64bit", bar->wide);
		json_add_bool(json, object, "prefetchable", bar->prefetchable);
		json_add(json, array, NULL, object);
	}
	return array;
}

static struct json_item *vfs(struct json *json, const struct vf_budget *budget)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < budget->vf_count; i++)
		json_add_text(json, array, NULL, budget->vfs[i]->name);
	return array;
}

static const char *const persistence_words[] = {
	[PERSISTENCE_NONE] = NULL,
	[PERSISTENCE_REFUSED] = "refused",
	[PERSISTENCE_UNKNOWN] = "unknown",
	[PERSISTENCE_MADE] = "made",
};

ASSERT_COVERS(persistence_words, PERSISTENCE_COUNT);

static struct json_item *maker(struct json *json, const struct vf_persistence *line)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "owner", sriov_owner_name(line->setting->owner));
	json_add_text(json, object, "state", persistence_words[line->state]);
	if (line->counted)
		json_add_integer(json, object, "count", line->count);
	else
		json_add_null(json, object, "count");
	json_add_text(json, object, "path", line->setting->source);
	json_add_text(json, object, "line", line->setting->line);
	return object;
}

/* What makes VFs at boot: null where nothing was found, and not every place was read. */
static struct json_item *persistence(struct json *json, const struct model *model,
				     const struct pci_function *function)
{
	const struct vf_makers *makers = vf_makers_of(&model->persistences, function);

	if (!makers || (!makers->count && !fact_known(&model->host->sriov_config.fact)))
		return json_null(json);
	struct json_item *array = json_array(json);
	for (size_t i = 0; i < makers->count; i++)
		json_add(json, array, NULL, maker(json, &makers->lines[i]));
	return array;
}

/* Returns whether the capability is there, null where that could not be read. */
static void add_presence(struct json *json, struct json_item *object, const char *key,
			 const struct capability *capability)
{
	if (capability->state == FACT_KNOWN || capability->state == FACT_ABSENT)
		json_add_bool(json, object, key, capability->state == FACT_KNOWN);
	else
		json_add_null(json, object, key);
}

static void add_related(struct json *json, struct json_item *object,
			const struct pci_function *function)
{
	struct ari_capability ari = ari_decode(&function->config);
	struct ats_capability ats = ats_decode(&function->config);
	struct pri_capability pri = pri_decode(&function->config);
	struct pasid_capability pasid = pasid_decode(&function->config);
	struct rebar_capability rebar = vf_rebar_decode(&function->config);

	add_presence(json, object, "ari", &ari.capability);
	add_presence(json, object, "ats", &ats.capability);
	add_presence(json, object, "pri", &pri.capability);
	add_presence(json, object, "pasid", &pasid.capability);
	add_presence(json, object, "vf_resizable_bar", &rebar.capability);
}

static void add_registers(struct json *json, struct json_item *object,
			  const struct vf_budget *budget)
{
	const struct sriov_capability *sriov = &budget->capability;

	json_add_integer(json, object, "total_vfs", sriov->total_vfs);
	json_add_integer(json, object, "initial_vfs", sriov->initial_vfs);
	json_add_integer(json, object, "num_vfs", sriov->num_vfs);
	json_add_integer(json, object, "first_vf_offset", sriov->first_vf_offset);
	json_add_integer(json, object, "vf_stride", sriov->vf_stride);
	json_add_hex(json, object, "vf_device_id", sriov->vf_device_id, 4);
	json_add_bool(json, object, "vf_enable", sriov->control & PCI_IOV_CTRL_VFE);
	json_add_bool(json, object, "ari_hierarchy", sriov->control & PCI_IOV_CTRL_ARI);
	json_add_bool(json, object, "vf_migration", sriov->capabilities & PCI_IOV_CAP_VFM);
	json_add_hex(json, object, "dependency_link", sriov->dependency_link, 2);
	json_add_hex(json, object, "supported_page_sizes", sriov->supported_page_sizes, 8);
	json_add_hex(json, object, "system_page_size", sriov->system_page_size, 8);
}

static void add_attributes(struct json *json, struct json_item *object,
			   const struct pci_function *function)
{
	const struct pci_sriov_attributes *sriov = &function->sriov;

	json_add_fact_number(json, object, "driver_max_vfs", &sriov->totalvfs);
	json_add_fact_number(json, object, "enabled_vfs", &sriov->numvfs);
	json_add_fact_number(json, object, "vf_total_msix", &sriov->vf_total_msix);
	if (fact_known(&sriov->drivers_autoprobe.fact))
		json_add_bool(json, object, "drivers_autoprobe", sriov->drivers_autoprobe.value);
	else
		json_add_null(json, object, "drivers_autoprobe");
}

struct json_item *json_sriov(struct json *json, const struct model *model,
			     const struct pci_function *function)
{
	const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, function);
	struct sriov_capability sriov = sriov_decode(&function->config);

	/* A VF has no VFs: pci_iov_init() passes over it. */
	if (sriov.capability.state == FACT_ABSENT || pci_is_vf(function))
		return json_null(json);
	struct json_item *object = json_object(json);
	if (!budget) {
		json_add_text(json, object, "state", fact_state_name(sriov.capability.state));
		return object;
	}
	add_registers(json, object, budget);
	add_attributes(json, object, function);
	add_related(json, object, function);
	json_add(json, object, "vf_bars", bars(json, budget));
	json_add(json, object, "vfs", vfs(json, budget));
	json_add(json, object, "max_vfs", max_vfs(json, budget));
	json_add(json, object, "persistence", persistence(json, model, function));
	json_add(json, object, "usable_vfs",
		 usable_vfs(json, usable_vfs_of(&model->usable_vfs, function)));
	return object;
}

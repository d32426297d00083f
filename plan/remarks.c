/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/reset.h"
#include "model/assign/vfio_driver.h"
#include "plan/builder.h"

/* Whether all that its group leaves of a graphics card goes along. */
static bool goes_whole(const struct plan_builder *builder, const struct pci_function *display)
{
	const struct pci *pci = &builder->host->pci;
	const struct pci_function *end = pci->functions + pci->count, *other = display + 1;
	bool split = false;

	for (; other < end && other->address.device == display->address.device; other++) {
		if (!caution_splits(display, other))
			continue;
		if (!plan_takes(builder, other))
			return false;
		split = true;
	}
	return split;
}

/* Whether an NVSwitch goes along: who asks for some asks for all. */
static bool takes_nvswitch(const struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (caution_is_nvswitch(builder->taken[i]))
			return true;
	}
	return false;
}

static void add(struct plan_builder *builder, struct plan_remark ***end,
		const struct pci_function *function, const struct caution *caution, bool known)
{
	for (; caution; caution = caution->next) {
		if (caution->kind == CAUTION_SPLIT_DEVICE && goes_whole(builder, function))
			continue;
		if (caution->kind == CAUTION_NVLINK && takes_nvswitch(builder))
			continue;
		if (caution_stays(caution, &builder->model->host_uses, function))
			continue;
		struct plan_remark *remark = arena_alloc(builder->arena, sizeof(*remark));
		if (!remark)
			return;
		*remark = (struct plan_remark){
			.function = function, .caution = caution, .known = known};
		**end = remark;
		*end = &remark->next;
	}
}

/* Who runs the plan must ask for the others of its device, too. */
static const struct caution *split_from_siblings(struct plan_builder *builder,
						 const struct pci_function *function)
{
	const struct reset_siblings siblings = reset_siblings_of(
		&builder->model->host_uses, builder->arena, function, &builder->leaves);
	struct caution *caution;

	if (!siblings.why ||
	    cautions_find(&builder->model->cautions, function, CAUTION_SPLIT_DEVICE))
		return NULL;
	caution = arena_alloc(builder->arena, sizeof(*caution));
	if (!caution)
		return NULL;
	*caution = (struct caution){
		.kind = CAUTION_SPLIT_DEVICE,
		.why = siblings.why,
		.finding = siblings.finding,
		.remedy = siblings.names
				  ? arena_printf(builder->arena, "Ask for one plan for it and %s",
						 siblings.names)
				  : RESET_ONE_GUEST,
		.evidence = &function->reset_method.fact,
	};
	return caution;
}

/* vfio-pci had the function before its VFs were there, so a guest may have it. */
static const struct caution *shared_with_vfs(struct plan_builder *builder,
					     const struct pci_function *function)
{
	struct caution *caution;

	if (!driver_is_vfio(function) || !pci_has_vfs(function))
		return NULL;
	caution = arena_alloc(builder->arena, sizeof(*caution));
	if (!caution)
		return NULL;
	*caution = (struct caution){
		.kind = CAUTION_VF_TOKEN,
		.why = arena_printf(
			builder->arena,
			"it has %s, which are reset along with it, and which VFIO "
			"opens only for who knows the VF token that is set with it",
			counted(builder->arena, (size_t)function->sriov.numvfs.value, "VF")),
		.finding = "caution.vf-token",
		.remedy = "Assign it only where no other guest is to have its VFs",
		.evidence = &function->sriov.numvfs.fact,
	};
	return caution;
}

void plan_remarks(struct plan_builder *builder)
{
	const struct cautions *cautions = &builder->model->cautions;
	struct plan_remark **end = &builder->plan->remarks;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		add(builder, &end, function, cautions_of(cautions, function), true);
		add(builder, &end, function, split_from_siblings(builder, function), true);
		add(builder, &end, function, shared_with_vfs(builder, function), true);
		add(builder, &end, function, cautions_planned_of(cautions, function), true);
		add(builder, &end, function, cautions_unknown_of(cautions, function), false);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/line_remedy.h"
#include "model/platform.h"
#include "plan/builder.h"

static void add_parameter(struct plan_builder *builder, const char *text)
{
	lines_append_once(builder->arena, &builder->parameters.add, text);
}

/* Takes a parameter off the command line, and leaves the rest of its list, "" for nothing. */
static void leave_rest(struct plan_builder *builder, const struct cmdline_parameter *parameter,
		       const char *rest)
{
	struct arena *arena = builder->arena;

	lines_append_once(arena, &builder->parameters.remove, cmdline_spell(arena, parameter));
	if (*rest)
		add_parameter(builder, arena_printf(arena, "%s=%s", parameter->name, rest));
}

static const char igfx_off[] = "igfx_off";

/* Returns the rest of the parameter's list without what keeps integrated graphics that are asked
 * for from the IOMMU. */
static const char *for_graphics(struct plan_builder *builder,
				const struct cmdline_parameter *parameter, const char *rest)
{
	for (size_t i = 0; i < builder->count && caution_parameter_keeps_igd(parameter); i++) {
		if (caution_keeps_igd(builder->host, builder->functions[i]))
			return cmdline_list_without(builder->arena, rest, igfx_off);
	}
	return rest;
}

/* Takes what decided a switch off the command line, and leaves the other words of its list. */
static void undo(struct plan_builder *builder, const struct kernel_switch *it)
{
	const char *list = it->decided_by->value, *rest = "";

	if (list && it->word)
		rest = cmdline_list_without(builder->arena, list, it->word);
	leave_rest(builder, it->decided_by, for_graphics(builder, it->decided_by, rest));
}

static bool undo_if(struct plan_builder *builder, const struct kernel_switch *it,
		    enum switch_state unwanted)
{
	if (it->state != unwanted || !it->decided_by)
		return false;
	undo(builder, it);
	return true;
}

/* The other vendor's word may have been taken for it. */
static void switch_vtd_on(struct plan_builder *builder)
{
	struct plan_parameters *parameters = &builder->parameters;

	for (const struct line_effect *it = builder->model->line_effects.first; it; it = it->next) {
		if (it->kind != EFFECT_FOREIGN || !it->instead)
			continue;
		line_effect_edit(it, builder->arena, &parameters->add, &parameters->remove);
		lines_append_once(builder->arena, &parameters->statements, it->statement);
	}
	add_parameter(builder, "intel_iommu=on");
}

/* What keeps VT-d or AMD-Vi off, of the command line. */
static void change_parameters(struct plan_builder *builder, enum platform platform)
{
	const struct kernel_parameters *now = &builder->model->parameters;
	bool found = undo_if(builder, &now->acpi, SWITCH_OFF);

	found |= undo_if(builder, &now->iommu, SWITCH_OFF);
	found |= undo_if(builder, &now->local_apic, SWITCH_OFF);
	if (platform == PLATFORM_AMD_VI)
		found |= undo_if(builder, &now->amd_iommu, SWITCH_OFF);
	if (platform == PLATFORM_VTD) {
		undo_if(builder, &now->intel_iommu, SWITCH_OFF);
		if (now->intel_iommu.state != SWITCH_ON) {
			switch_vtd_on(builder);
			found = true;
		}
	}
	if (!found && builder->count && builder->model->platform.has_table)
		plan_add_obstacle(
			builder,
			"%s is off, although firmware offers it and nothing on the kernel "
			"command line keeps it off",
			platform_name(platform));
}

/* Whether the host is a virtual machine whose tables name no IOMMU. */
static bool is_guest_without_iommu(const struct model *model)
{
	const struct host_platform *platform = &model->platform;

	if (!platform->is_guest || platform->has_table || platform->has_viot)
		return false;
	return platform->kind != PLATFORM_OTHER || fact_absent(platform->table) ||
	       dma_units_lack_smmu(&model->dma_units);
}

/* Of a plan for the host, what is found of the table says so, and what helps. */
static void refuse_guest(struct plan_builder *builder)
{
	bool is_told = fact_absent(builder->model->platform.table) ||
		       dma_units_lack_smmu(&builder->model->dma_units);

	if (builder->count || !is_told)
		plan_add_obstacle(builder,
				  "this host is a virtual machine without a virtual IOMMU");
}

void plan_remapping(struct plan_builder *builder)
{
	enum platform platform = builder->model->platform.kind;

	switch (builder->model->platform.translation) {
	case TRANSLATION_ON:
		return;
	case TRANSLATION_UNKNOWN:
		plan_add_unknown(builder, "cannot tell whether DMA is remapped from %s",
				 builder->model->platform.translation_fact->source);
		return;
	case TRANSLATION_OFF:
		break;
	}
	if (builder->model->platform.below == BELOW_XEN_DOM0) {
		plan_add_obstacle(builder, "this host is Xen's dom0, where neither VFIO nor KVM "
					   "works");
		return;
	}
	if (is_guest_without_iommu(builder->model)) {
		refuse_guest(builder);
		return;
	}
	if (platform == PLATFORM_OTHER && !builder->model->platform.is_guest &&
	    dma_units_lack_smmu(&builder->model->dma_units)) {
		plan_firmware_iommu(builder);
		return;
	}
	if (platform == PLATFORM_UNKNOWN || platform == PLATFORM_OTHER) {
		plan_add_obstacle(builder, "DMA remapping is off, and passcheck knows no way to "
					   "switch it on for this platform");
		return;
	}
	if (!builder->model->platform.has_table)
		plan_firmware_iommu(builder);
	change_parameters(builder, platform);
}

void plan_graphics(struct plan_builder *builder)
{
	const struct cmdline *cmdline = &builder->host->cmdline;

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];
		const char *rest = for_graphics(builder, parameter, parameter->value);
		if (rest != parameter->value &&
		    !lines_have(builder->parameters.remove,
				cmdline_spell(builder->arena, parameter)))
			leave_rest(builder, parameter, rest);
	}
}

/* What leaves interrupts as they are. */
static void refuse_interrupts(struct plan_builder *builder)
{
	const struct interrupt_remapping *interrupts = &builder->model->interrupts;

	if (interrupts->cause == INTERRUPTS_CAUSE_CHIPSET)
		plan_add_obstacle(
			builder, "%s, so VFIO refuses devices. %s", interrupts->statement,
			interrupts_chipset_remedy(builder->host, interrupts, builder->arena));
	else if (interrupts->cause != INTERRUPTS_CAUSE_UNKNOWN)
		plan_add_obstacle(builder, "%s, so VFIO refuses devices", interrupts->statement);
	else
		plan_add_obstacle(builder, "interrupts are not remapped, and nothing on the kernel "
					   "command line keeps them so");
}

void plan_interrupts(struct plan_builder *builder)
{
	const struct interrupt_remapping *interrupts = &builder->model->interrupts;

	if (interrupts->state != INTERRUPTS_PLAIN || interrupts->attaches == BOOLEAN_YES)
		return;
	for (size_t i = 0; i < interrupts->culprit_count; i++)
		undo(builder, interrupts->culprits[i]);
	/* With VT-d in firmware the table says whether interrupts can be remapped. */
	if (interrupts->culprit_count || !builder->model->platform.has_table)
		return;
	/* What the next boot makes of them is not known before. */
	if (plan_reboots(builder))
		return;
	/* Of a plan for the host, the checks say so, and what is found wrong. */
	if (builder->count)
		refuse_interrupts(builder);
}

/* Returns the list of a parameter without what refuses modules of it. */
static const char *without_refusals(struct plan_builder *builder,
				    const struct cmdline_parameter *parameter)
{
	const struct line_effects *effects = &builder->model->line_effects;
	const char *rest = parameter->value;

	for (const struct line_effect *it = line_effects_of(effects, parameter); it;
	     it = it->next_of) {
		if (line_effect_refuses(it, builder->host) != BOOLEAN_NO)
			rest = cmdline_list_without(builder->arena, rest, it->word);
	}
	return rest;
}

void plan_modules(struct plan_builder *builder)
{
	for (const struct line_effect *it = builder->model->line_effects.first; it; it = it->next) {
		if (it->by_hand || line_effect_refuses(it, builder->host) == BOOLEAN_NO)
			continue;
		leave_rest(builder, it->parameter, without_refusals(builder, it->parameter));
	}
}

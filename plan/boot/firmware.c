/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/assign/bar_room.h"
#include "model/boot/boot_commands.h"
#include "model/boot/firmware_setup.h"
#include "model/virtualization.h"
#include "plan/builder.h"

static const char room_for_large_bars[] = "firmware-above-4g";

static struct plan_step *find_step(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (strcmp(plan->steps[i].id, id) == 0)
			return &plan->steps[i];
	}
	return NULL;
}

/* A setting is switched on once, whatever number of functions need it. */
static struct plan_step *switch_on(struct plan_builder *builder, const char *id,
				   const struct pci_function *function, const char *name,
				   enum firmware_setting setting)
{
	struct plan_step *step = find_step(builder->plan, id);

	if (step) {
		if (step->function != function)
			step->function = NULL;
		return step;
	}
	return plan_add_step(builder, PLAN_FIRMWARE, id, function,
			     "Switch on %s in the firmware setup: look for %s", name,
			     firmware_setup_words(builder->host, setting, builder->arena));
}

bool plan_virtualization_is_in_setup(const struct plan_builder *builder)
{
	const struct cpu *cpu = &builder->host->cpu;

	return kvm_lack_of(builder->host) == KVM_LACKS_FEATURE && cpu_is_x86(cpu) &&
	       !builder->model->platform.is_guest && virtualization_of(cpu);
}

static void virtualization(struct plan_builder *builder)
{
	const struct virtualization *wanted = virtualization_of(&builder->host->cpu);

	if (!plan_virtualization_is_in_setup(builder))
		return;
	struct plan_step *step =
		switch_on(builder, "firmware-virtualization", NULL, wanted->name,
			  strcmp(wanted->flag, "svm") == 0 ? FIRMWARE_SVM : FIRMWARE_VTX);
	step->why = arena_printf(builder->arena, "the processor's flags lack %s: KVM runs no guest",
				 wanted->flag);
}

void plan_firmware_iommu(struct plan_builder *builder)
{
	static const char id[] = "firmware-iommu", no_table[] = "firmware gives the kernel no "
								"table of IOMMUs";

	if (builder->model->platform.kind == PLATFORM_VTD)
		switch_on(builder, id, NULL,
			  "VT-d (Intel Virtualization Technology for Directed I/O)", FIRMWARE_VTD)
			->why = no_table;
	else if (builder->model->platform.kind == PLATFORM_AMD_VI)
		switch_on(builder, id, NULL, "the IOMMU (AMD-Vi)", FIRMWARE_AMD_VI)->why = no_table;
	else
		switch_on(builder, id, NULL, "the SMMU", FIRMWARE_SMMU)->why =
			"firmware's IORT table names no SMMU";
}

/* Appends the edit that takes realloc=off out of the pci= of a line. */
static void take_realloc_off(struct arena *arena, const struct cmdline *line,
			     struct plan_parameters *edit)
{
	for (size_t i = 0; fact_known(&line->fact) && i < line->count; i++) {
		const struct cmdline_parameter *it = &line->parameters[i];
		if (strcmp(it->name, "pci") != 0 || !it->value)
			continue;
		const char *rest = cmdline_list_without(arena, it->value, "realloc=off");
		if (strlen(rest) == strlen(it->value))
			continue;
		lines_append_once(arena, &edit->remove, cmdline_spell(arena, it));
		if (*rest)
			lines_append_once(arena, &edit->add, arena_printf(arena, "pci=%s", rest));
	}
}

/* It keeps the kernel from placing BARs that firmware left without addresses, and is needed where
 * firmware has no setting for these. */
static void drop_realloc_off(struct plan_builder *builder)
{
	const struct next_boot *next = &builder->model->next_boot;
	struct arena *arena = builder->arena;
	struct plan_parameters edit = {0};

	if (builder->realloc_off_goes || next->pci_realloc != REALLOC_OFF ||
	    bar_room_is_firmwares(&builder->host->cpu))
		return;
	builder->realloc_off_goes = true;
	take_realloc_off(arena, &builder->host->cmdline, &edit);
	for (size_t i = 0; i < next->count; i++)
		take_realloc_off(arena, next->lines[i].cmdline, &edit);
	for (size_t i = 0; i < next->source_count; i++)
		take_realloc_off(arena, next->sources[i], &edit);
	if (!edit.remove)
		return;
	struct plan_step *step = plan_add_step(builder, PLAN_BOOT, "kernel-parameters", NULL,
					       "%s%s", plan_command_line_words(arena, &edit),
					       boot_commands_loader(builder->host));
	step->why = "realloc=off keeps the kernel from making room for BARs, where the firmware "
		    "setup does not";
	if (!plan_edit_command_line(builder, step, &edit))
		step->why = plan_by_hand(builder, step->why);
	step->removes_obstacle = true;
}

static void room_for_bars(struct plan_builder *builder, const struct pci_function *function)
{
	drop_realloc_off(builder);
	switch_on(builder, room_for_large_bars, function, "room for large BARs", FIRMWARE_ABOVE_4G)
		->removes_obstacle = true;
}

void plan_firmware_room_for_vfs(struct plan_builder *builder, const struct pci_function *pf)
{
	bar_room_by_kernel(builder->host, builder->model->next_boot.pci_realloc, pf, builder->arena,
			   &builder->bar_room);
	room_for_bars(builder, pf);
}

void plan_firmware_why(struct plan_builder *builder)
{
	struct plan_step *step = find_step(builder->plan, room_for_large_bars);

	if (!step)
		return;
	lines_unique(builder->arena, &builder->bar_room);
	step->why = lines_join(builder->arena, builder->bar_room, "; ");
}

void plan_firmware_sriov(struct plan_builder *builder, const struct pci_function *pf)
{
	struct plan_step *step = switch_on(builder, "firmware-sriov", pf, "SR-IOV", FIRMWARE_SRIOV);

	step->removes_obstacle = true;
	step->why = "firmware then keeps bus numbers and memory for VFs";
}

static bool has_blocker(const struct plan_builder *builder, const struct pci_function *function,
			enum blocker_kind kind)
{
	const struct blocker *blocker =
		assignability_of(&builder->model->assignability, function)->blockers;

	while (blocker && blocker->kind != kind)
		blocker = blocker->next;
	return blocker != NULL;
}

void plan_firmware(struct plan_builder *builder)
{
	struct resizable_bar bar;

	virtualization(builder);
	for (size_t i = 0; i < builder->count; i++) {
		const struct pci_function *function = builder->functions[i];
		if (!has_blocker(builder, function, BLOCKER_BAR_UNPLACED))
			continue;
		bar_room_for(builder->host, builder->model->next_boot.pci_realloc, function,
			     builder->arena, &builder->bar_room, &bar);
		room_for_bars(builder, function);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/hardware_remedy.h"

#include "host/base/buffer.h"
#include "model/assign/bar_room.h"
#include "model/assign/hardware_fault.h"
#include "model/modules/module_option.h"
#include "model/own_commands.h"
#include "model/shell.h"

enum { MOST_PROFILES = 6 };

/* Moves the function's other BARs: not below the boot's picture. */
static void resize(const struct pci_function *function, const struct resizable_bar *bar,
		   struct finding *finding)
{
	struct arena *arena = finding->owner->arena;

	if (!bar->smaller || !bar->kernel_can || !fact_absent(&function->driver.fact) ||
	    !fact_settled(&function->boot_vga.fact) || pci_is_boot_display(function))
		return;
	finding_command(finding, "echo %u > %s", bar->exponent,
			shell_word(arena, arena_printf(arena, "%s/resource%zu_resize",
						       function->path, bar->index)));
}

void hardware_remedy_bar(const struct check_context *context, const struct pci_function *function,
			 struct finding *finding)
{
	struct arena *arena = finding->owner->arena;
	struct text_line *room = NULL;
	struct resizable_bar bar;

	enum resizable resizable = bar_room_for(
		context->host, context->model->next_boot.pci_realloc, function, arena, &room, &bar);

	finding_remedy(finding,
		       "Switch on Above 4G decoding in the firmware setup (and Resizable BAR, "
		       "where it offers it), and reboot; %s",
		       lines_join(arena, room, "; "));
	if (resizable == RESIZABLE_YES)
		resize(function, &bar, finding);
}

void hardware_remedy_unreachable(const struct check_context *context, struct finding *finding)
{
	struct module_switch idle = module_option_switch(context->host, finding->owner->arena,
							 "vfio_pci", "disable_idle_d3");

	finding_remedy(finding,
		       "Switch the host off, and its power supply for some seconds, and start it "
		       "again: a reboot may not reset the card. If it comes back and is lost "
		       "again, keep it from D3cold: write 0 to its d3cold_allowed%s",
		       idle.value == BOOLEAN_YES
			       ? "; vfio-pci.disable_idle_d3=1 is set, and did not help"
			       : ", or set vfio-pci.disable_idle_d3=1");
}

/* "557 : NVIDIA L40S-1B", below a heading: the ids that may be written. */
static const char *list_profiles(struct arena *arena, const struct fact_text *text)
{
	struct buffer names = {.arena = arena, .separator = ", "};
	struct fact_line line;
	size_t offset = 0, count = 0;

	while (fact_next_line(text, &offset, &line)) {
		if (!line.length || line.text[0] < '0' || line.text[0] > '9')
			continue;
		if (count++ < MOST_PROFILES)
			buffer_item(&names, "%.*s", (int)line.length, line.text);
	}
	if (count > MOST_PROFILES)
		buffer_item(&names, "and %zu more", count - MOST_PROFILES);
	return count ? buffer_text(&names) : NULL;
}

static void remedy_mediated(const struct pci_function *function, struct finding *finding)
{
	finding_remedy(finding,
		       "Give the guest a mediated device of it instead, of a type in its folder "
		       "mdev_supported_types; the VF stays with the driver nvidia");
	finding_command(finding, OWN_XML_MDEV " %s", function->name);
}

static void remedy_driver(const struct pci_function *function, struct finding *finding)
{
	const char *name = function->name;

	finding_remedy(finding, "Shut down the guest that has it, give it to the driver nvidia, "
				"and see what took it from there (an id of vfio-pci, a rule, or a "
				"cluster's device plugin); then make a vGPU of it");
	finding_command(finding, "echo nvidia > /sys/bus/pci/devices/%s/driver_override", name);
	if (fact_known(&function->driver.fact))
		finding_command(finding, "echo %s > /sys/bus/pci/devices/%s/driver/unbind", name,
				name);
	finding_command(finding, "echo %s > /sys/bus/pci/drivers_probe", name);
}

void hardware_remedy_vgpu(const struct pci_function *function, struct finding *finding)
{
	struct arena *arena = finding->owner->arena;
	const struct fact_text *types = &function->vgpu_types;

	if (!pci_is_on_driver(function, "nvidia")) {
		remedy_driver(function, finding);
		return;
	}
	if (!fact_known(&function->vgpu_type.fact)) {
		remedy_mediated(function, finding);
		return;
	}
	const char *profiles = list_profiles(arena, types);

	if (vgpu_offers_none(function)) {
		finding_evidence(finding, &types->fact, "offers no profile now");
		finding_remedy(
			finding,
			"See why the driver offers no profile now (the log of nvidia-vgpu-mgr): "
			"perhaps NVIDIA's software for vGPUs does not run, programs or other "
			"vGPUs have the card's memory, or the card is in MIG mode without GPU "
			"instances. Then set one; the VF stays with the driver nvidia "
			"(managed='no')");
		return;
	}
	if (profiles)
		finding_evidence(finding, &types->fact, "%s", profiles);
	finding_remedy(finding,
		       "Set a profile of creatable_vgpu_types, by its number; the VF stays "
		       "with the driver nvidia (managed='no')");
	finding_command(finding, "cat %s", shell_word(arena, types->fact.source));
	finding_command(finding, "echo NUMBER > %s",
			shell_word(arena, function->vgpu_type.fact.source));
}

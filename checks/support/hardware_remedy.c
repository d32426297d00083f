/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/hardware_remedy.h"

#include "host/access/buffer.h"
#include "model/boot/module_option.h"
#include "model/shell.h"

enum { MOST_PROFILES = 6 };

#define IN_FIRMWARE                                                                                \
	"Switch on Above 4G decoding in the firmware setup (and Resizable BAR, where it offers "   \
	"it), and reboot"
#define SMALLER_BAR "where the BAR is resizable, a smaller size may fit, too"

void hardware_remedy_bar(const struct check_context *context, struct finding *finding)
{
	switch (context->model->parameters.realloc.state) {
	case SWITCH_ON:
		finding_remedy(finding,
			       IN_FIRMWARE "; pci=realloc is set, and did not help; " SMALLER_BAR);
		return;
	case SWITCH_OFF:
		finding_remedy(finding, IN_FIRMWARE "; if that does not help, remove "
						    "pci=realloc=off from the kernel command line, "
						    "as it keeps the kernel from making "
						    "room; " SMALLER_BAR);
		return;
	case SWITCH_UNSET:
		finding_remedy(finding, IN_FIRMWARE "; if that does not help, add pci=realloc to "
						    "the kernel command line; " SMALLER_BAR);
		return;
	}
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

void hardware_remedy_vgpu(const struct pci_function *function, struct finding *finding)
{
	struct arena *arena = finding->owner->arena;
	const struct fact_text *types = &function->vgpu_types;
	const char *profiles = list_profiles(arena, types);

	if (fact_known(&types->fact) && !profiles) {
		finding_evidence(finding, &types->fact, "no profile can be made now");
		finding_remedy(finding,
			       "Free memory of the card first: no profile can be made now (see "
			       "creatable_vgpu_types, and the log of nvidia-vgpu-mgr). Then set "
			       "one; the VF stays with the driver nvidia (managed='no')");
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "model/assign/vfio_access.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/caution/builder.h"

enum {
	ROM_LINE = 6, /* of the resource attribute, which has six BARs before it */
	/* The firmware's copy of a VGA ROM: pci_fixup_video(), arch/x86/pci/fixup.c. */
	SHADOW_START = 0xc0000,
	SHADOW_END = 0xdffff,
};

bool caution_has_shadow_rom(const struct pci_function *function)
{
	const struct pci_resources *resources = &function->resources;

	if (!fact_known(&resources->fact) || resources->count <= ROM_LINE ||
	    caution_is_igd(function))
		return false;
	const struct pci_resource *rom = &resources->lines[ROM_LINE];
	return rom->start >= SHADOW_START && rom->end <= SHADOW_END && rom->end;
}

bool caution_lacks_rom(const struct pci_function *function)
{
	const struct pci_resources *resources = &function->resources;

	return fact_known(&resources->fact) && resources->count > ROM_LINE &&
	       !resources->lines[ROM_LINE].end;
}

/* Whether an argument NAME=…,WORD,… of the command line has the word, which may have others before
 * it. */
static bool is_set(const struct host *host, const char *name, const char *word)
{
	for (size_t i = 0; i < host->cmdline.count; i++) {
		const struct cmdline_parameter *parameter = &host->cmdline.parameters[i];
		if (!parameter->value || !cmdline_same_name(parameter->name, name))
			continue;
		for (const char *at = parameter->value; *at;) {
			size_t length = strcspn(at, ",");
			if (length == strlen(word) && strncmp(at, word, length) == 0)
				return true;
			at += length + (at[length] == ',');
		}
	}
	return false;
}

/*
 * efifb reads video=efifb:off; what else shows the boot's picture comes of sysfb_init(). The card's
 * own driver takes either away: aperture_remove_conflicting_pci_devices(),
 * drivers/video/aperture.c.
 */
static const char *framebuffer_remedy(struct caution_builder *builder,
				      const struct pci_function *function, const char *holder)
{
	static const char efifb_off[] = "video=efifb:off";
	static const char no_sysfb[] = "initcall_blacklist=sysfb_init";
	static const char loses[] = "the host then has no console until another display's driver "
				    "loads";
	bool efifb = strcmp(holder, "efifb") == 0;
	bool is_off = is_set(builder->host, "video", "efifb:off");

	if (is_set(builder->host, "initcall_blacklist", "sysfb_init"))
		return arena_printf(
			builder->arena,
			"%s is set, and did not help. Let the card's own driver load at "
			"boot, which takes the boot framebuffer away, and bind the card "
			"to vfio-pci after that",
			no_sysfb);
	if (is_off && !efifb)
		return arena_printf(
			builder->arena,
			"%s is set, and keeps only efifb away. To assign it to a guest, "
			"boot with %s on %s; %s",
			efifb_off, no_sysfb, declared_system_place(builder->host), loses);
	if (is_off)
		return arena_printf(
			builder->arena, "%s is set, and did not help. Boot with %s on %s; %s",
			efifb_off, no_sysfb, declared_system_place(builder->host), loses);
	return arena_printf(builder->arena, "%s, boot with %s on %s; %s",
			    vfio_frees_display(builder->host, function)
				    ? "Reach the host by the network first. If the guest's screen "
				      "stays dark all the same"
				    : "To assign it to a guest",
			    efifb ? efifb_off : no_sysfb, declared_system_place(builder->host),
			    loses);
}

#define GIVE_ROM                                                                                   \
	"Its ROM is the copy that firmware keeps in low memory: if the guest shows no picture, "   \
	"give it the card's ROM as a file (romfile= of QEMU, in libvirt <rom file='/path/to/rom'/>)"

static const char *rom_remedy(struct caution_builder *builder, const struct pci_function *function,
			      bool taken)
{
	return arena_printf(builder->arena, "Reach the host by the network%s%s",
			    taken ? "" : " first",
			    caution_has_shadow_rom(function) ? ". " GIVE_ROM : "");
}

static const char *held_remedy(struct caution_builder *builder, const struct pci_function *function,
			       const char *holder)
{
	const char *remedy = framebuffer_remedy(builder, function, holder);

	return caution_has_shadow_rom(function)
		       ? arena_printf(builder->arena, "%s. " GIVE_ROM, remedy)
		       : remedy;
}

static void add_held(struct caution_builder *builder, const struct pci_function *function,
		     const struct framebuffer *framebuffer)
{
	const struct caution caution = {
		.kind = CAUTION_BOOT_DISPLAY,
		.why = arena_printf(builder->arena,
				    "%s, a driver of the boot framebuffer, holds its memory: %s",
				    framebuffer->holder,
				    vfio_frees_display(builder->host, function)
					    ? "vfio-pci takes that away, and the host's console "
					      "goes dark"
					    : "VFIO cannot map that, and the guest's screen stays "
					      "dark"),
		.finding = "boot-gpu.framebuffer",
		.remedy = held_remedy(builder, function, framebuffer->holder),
		.evidence = &builder->host->framebuffers.fact,
	};

	caution_add(builder, function, &caution);
}

static void add_shown(struct caution_builder *builder, const struct pci_function *function)
{
	bool taken = driver_is_vfio(function);
	const struct caution caution = {
		.kind = CAUTION_BOOT_DISPLAY,
		.why = arena_printf(
			builder->arena,
			"it is the display that the host booted with: the host's console "
			"%s%s",
			taken ? "is dark" : "goes dark",
			caution_has_shadow_rom(function)
				? ", and its ROM is a copy that firmware may have changed"
				: ""),
		.finding = fact_known(&builder->host->framebuffers.fact) ? "boot-gpu.free"
									 : "boot-gpu.shown",
		.remedy = rom_remedy(builder, function, taken),
		.evidence = &function->boot_vga.fact,
	};

	caution_add(builder, function, &caution);
}

static void add_unread_holder(struct caution_builder *builder, const struct pci_function *function)
{
	const struct fact *list = &builder->host->framebuffers.fact;
	const struct caution caution = {
		.kind = CAUTION_BOOT_DISPLAY,
		.why = "cannot tell whether a driver of the boot framebuffer holds its memory",
		.finding = "boot-gpu.unreadable",
		.evidence = list,
	};

	if (!fact_known(list))
		caution_add_unknown(builder, function, &caution);
}

static void add_console(struct caution_builder *builder, const struct pci_function *function,
			const struct host_use *use)
{
	const struct caution caution = {
		.kind = CAUTION_BOOT_DISPLAY,
		.why = arena_printf(builder->arena, "the host shows its console on it (%s)",
				    use->entry->what),
		.finding = "host-use.console",
		.remedy = "Reach the host by the network first",
		.evidence = &function->driver.fact,
	};

	caution_add(builder, function, &caution);
}

static void add_unread(struct caution_builder *builder, const struct pci_function *function,
		       const struct fact *evidence)
{
	const struct caution caution = {
		.kind = CAUTION_BOOT_DISPLAY,
		.why = "cannot tell whether the boot showed its picture on it",
		.finding = "boot-gpu.unreadable",
		.evidence = evidence,
	};

	caution_add_unknown(builder, function, &caution);
}

void caution_boot_display(struct caution_builder *builder, const struct pci_function *function)
{
	const struct framebuffer *framebuffer =
		builder->framebuffers[function - builder->host->pci.functions];
	const struct host_use *console =
		host_uses_of_kind(builder->sources->host_uses, function, USAGE_FRAMEBUFFER);

	if (framebuffer)
		add_held(builder, function, framebuffer);
	else if (pci_is_boot_display(function)) {
		add_shown(builder, function);
		add_unread_holder(builder, function);
	} else if (console)
		add_console(builder, function, console);
	else if (pci_base_class(function) != PCI_BASE_CLASS_DISPLAY || pci_is_vf(function))
		return; /* the PF's driver makes a VF, long after the boot has shown its picture */
	else if (!fact_settled(&function->boot_vga.fact))
		add_unread(builder, function, &function->boot_vga.fact);
	else if (!fact_known(&builder->host->framebuffers.fact))
		add_unread(builder, function, &builder->host->framebuffers.fact);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/warnings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "model/assign/reset.h"

enum { RESOURCE_ROM = 6, SHADOW_ROM_START = 0xc0000, SHADOW_ROM_END = 0xdffff };

void hostdev_note_add(struct arena *arena, struct hostdev_note **notes, const char *format, ...)
{
	struct hostdev_note *note = arena_alloc(arena, sizeof(*note));
	va_list arguments;

	if (!note)
		return;
	va_start(arguments, format);
	note->text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	while (*notes)
		notes = &(*notes)->next;
	*notes = note;
}

static void warn_use(const struct model *model, const struct pci_function *function,
		     struct arena *arena, struct hostdev_note **notes)
{
	const struct host_use *use = host_uses_vital(&model->host_uses, function);

	if (use)
		hostdev_note_add(arena, notes, "the host lives on it: %s",
				 host_use_words(arena, use));
}

static void warn_reset(const struct host *host, const struct pci_function *function,
		       struct arena *arena, struct hostdev_note **notes)
{
	if (reset_judge(host, arena, function).verdict == RESET_NONE)
		hostdev_note_add(arena, notes,
				 "the kernel has no way to reset it alone: its state may leak from "
				 "one guest to the next");
}

/* The firmware's copy of a VGA ROM: pci_fixup_video(), arch/x86/pci/fixup.c. */
static bool has_shadow_rom(const struct pci_function *function)
{
	const struct pci_resources *resources = &function->resources;

	return fact_known(&resources->fact) && resources->count > RESOURCE_ROM &&
	       resources->lines[RESOURCE_ROM].start == SHADOW_ROM_START &&
	       resources->lines[RESOURCE_ROM].end == SHADOW_ROM_END;
}

static void warn_display(const struct pci_function *function, struct arena *arena,
			 struct hostdev_note **notes)
{
	if (!fact_known(&function->boot_vga.fact) || function->boot_vga.value != 1)
		return;
	hostdev_note_add(arena, notes,
			 "it is the display that the host booted with: the host's console goes "
			 "dark%s",
			 has_shadow_rom(function)
				 ? ", and its ROM is a copy that firmware changed: a "
				   "<rom file='...'/> of the card may be needed"
				 : "");
}

static void warn_mdevs(const struct host *host, const struct pci_function *function,
		       struct arena *arena, struct hostdev_note **notes)
{
	const struct fact_list *parents = &host->hypervisor.mdev_parents;

	for (size_t i = 0; i < parents->count; i++) {
		if (strcmp(parents->names[i], function->name) == 0)
			hostdev_note_add(arena, notes,
					 "its mediated devices are left out: each has a uuid only "
					 "once it was made");
	}
}

static void note_node(const struct pci_function *function, struct arena *arena,
		      struct hostdev_note **notes)
{
	if (fact_known(&function->numa_node.fact) && function->numa_node.value >= 0)
		hostdev_note_add(arena, notes, "it is on NUMA node %" PRId64,
				 function->numa_node.value);
}

void hostdev_warnings_add(const struct model *model, const struct pci_function *function,
			  struct arena *arena, struct hostdev_note **notes)
{
	const struct host *host = model->host;

	warn_use(model, function, arena, notes);
	warn_reset(host, function, arena, notes);
	warn_display(function, arena, notes);
	warn_mdevs(host, function, arena, notes);
	note_node(function, arena, notes);
}

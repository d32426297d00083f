/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/warnings.h"

#include <inttypes.h>
#include <stdarg.h>

#include "model/assign/vfio_access.h"
#include "model/own_commands.h"

void hostdev_note_add(struct arena *arena, struct hostdev_note **notes, const char *format, ...)
{
	struct hostdev_note *note = arena_alloc(arena, sizeof(*note));
	va_list arguments;

	if (!note)
		return;
	va_start(arguments, format);
	note->text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	if (!*notes) {
		*notes = note;
		return;
	}
	struct hostdev_note *end = (*notes)->last ? (*notes)->last : *notes;
	while (end->next)
		end = end->next;
	end->next = note;
	(*notes)->last = note;
}

static void warn_use(const struct model *model, const struct pci_function *function,
		     struct arena *arena, struct hostdev_note **notes)
{
	const char *use = host_uses_vital_words(&model->host_uses, function, arena);

	if (use)
		hostdev_note_add(arena, notes, "the host needs it for %s", use);
}

/* What helps stands in the comment too: who pastes the XML reads nothing else. */
static void add_cautions(const struct caution *caution, struct arena *arena,
			 struct hostdev_note **notes)
{
	for (; caution; caution = caution->next)
		hostdev_note_add(arena, notes, "%s%s%s", caution->why, caution->remedy ? ". " : "",
				 caution->remedy ? caution->remedy : "");
}

static void warn_cautions(const struct cautions *cautions, const struct pci_function *function,
			  struct arena *arena, struct hostdev_note **notes)
{
	add_cautions(cautions_of(cautions, function), arena, notes);
	add_cautions(cautions_planned_of(cautions, function), arena, notes);
	add_cautions(cautions_unknown_of(cautions, function), arena, notes);
}

static void warn_mdevs(const struct host *host, const struct pci_function *function,
		       struct arena *arena, struct hostdev_note **notes)
{
	if (hypervisor_offers_mdevs(&host->hypervisor, function->name))
		hostdev_note_add(arena, notes,
				 "its mediated devices are left out: " OWN_XML_MDEV
				 " %s writes one",
				 function->name);
}

static void note_iommufd(const struct host *host, struct arena *arena, struct hostdev_note **notes)
{
	if (vfio_needs_iommufd(host))
		hostdev_note_add(arena, notes,
				 "this kernel gives devices out through /dev/iommu alone: libvirt "
				 "needs <driver iommufd='yes'/>, which 12.1 and newer know");
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
	warn_cautions(&model->cautions, function, arena, notes);
	warn_mdevs(host, function, arena, notes);
	note_iommufd(host, arena, notes);
	note_node(function, arena, notes);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "host/base/array.h"
#include "model/assign/vfio_driver.h"
#include "report/audit/text/parts.h"

enum { INDENT = 2, LABEL_WIDTH = 16, COUNT_WIDTH = 6 };

static const char *const labels[] = {
	[VF_TERM_TOTAL_VFS] = "capability", [VF_TERM_KERNEL] = "kernel",
	[VF_TERM_DRIVER] = "driver",        [VF_TERM_BUS_NUMBERS] = "bus numbers",
	[VF_TERM_MMIO] = "memory",          [VF_TERM_DEPENDENCY_LINK] = "dependency",
};

ASSERT_COVERS(labels, VF_TERM_COUNT);

/* A term's count: "any" where it has no say, "?" where it is not known. */
static const char *count_cell(struct text *text, const struct vf_term *term)
{
	if (!vf_term_known(term))
		return "?";
	return term->at_most == VF_UNLIMITED ? "any"
					     : arena_printf(text->arena, "%u", term->at_most);
}

static void show_term(struct text *text, const struct vf_budget *budget, enum vf_term_kind kind)
{
	const struct vf_term *term = &budget->terms[kind];
	bool binds = kind == budget->limited_by;

	if (term->at_least == VF_UNLIMITED && !term->why)
		return;
	fprintf(text->out, "%*s%-*s%*s  ", INDENT + 2, "", LABEL_WIDTH, labels[kind], COUNT_WIDTH,
		count_cell(text, term));
	text_continue(text, INDENT + 2 + LABEL_WIDTH + COUNT_WIDTH + 2, "%s%s",
		      term->why ? term->why : "", binds ? " (the limit)" : "");
}

/* vfio-pci refuses a PF with VFs when it is to take it, and keeps one that got its VFs later:
 * vfio_pci_core_register_device(), vfio_pci_core_sriov_configure(). */
static const char *words_on_vfio(struct text *text, const struct pci_function *pf)
{
	return driver_is_vfio(pf) ? arena_printf(text->arena,
						 " (%s had it before them, and keeps it with them)",
						 pf->driver.text)
				  : "";
}

static void show_enabled(struct text *text, const struct vf_budget *budget)
{
	struct vf_span span = {0};

	for (size_t i = 0; i < budget->vf_count; i++)
		vf_span_add(&span, budget->vfs[i]);
	if (span.count)
		text_paragraph(text, INDENT, TEXT_PLAIN, "VFs enabled: %zu, %s%s", span.count,
			       vf_span_words(&span, text->arena),
			       words_on_vfio(text, budget->function));
	else
		text_paragraph(text, INDENT, TEXT_PLAIN, "VFs enabled: none");
}

static const char *why_refused(const struct vf_persistence *line)
{
	if (line->shadow)
		return "which udev does not apply";
	return line->early ? "which writes the number before the interface is up"
			   : "whose number the driver refuses";
}

/* What makes VFs at boot, a line each. */
static void show_makers(struct text *text, const struct vf_makers *makers)
{
	for (size_t i = 0; i < makers->count; i++) {
		const struct vf_persistence *line = &makers->lines[i];
		const char *count = line->counted
					    ? arena_printf(text->arena, "%" PRId64, line->count)
					    : "a number not told";
		const char *place = arena_printf(text->arena, "%s (%s)", vf_persistence_place(line),
						 sriov_owner_name(line->setting->owner));
		if (line->state == PERSISTENCE_REFUSED)
			text_paragraph(text, INDENT, TEXT_PLAIN, "VFs at boot: none by %s, %s",
				       place, why_refused(line));
		else
			text_paragraph(text, INDENT, TEXT_PLAIN, "VFs at boot: %s, %sby %s", count,
				       line->state == PERSISTENCE_UNKNOWN ? "perhaps, " : "",
				       place);
	}
}

static void show_persistence(struct text *text, const struct model *model,
			     const struct pci_function *function)
{
	const struct vf_makers *makers = vf_makers_of(&model->persistences, function);

	if (!makers)
		return;
	if (makers->count)
		show_makers(text, makers);
	else
		text_paragraph(text, INDENT, TEXT_PLAIN, "VFs at boot: %s",
			       fact_known(&model->host->sriov_config.fact)
				       ? "none, passcheck found nothing that makes any"
				       : "unknown, not every place was read");
}

static void show_usable(struct text *text, const struct usable_vfs *usable)
{
	const char *summary = usable_vfs_summary(usable, text->arena);

	if (summary)
		text_paragraph(text, INDENT, TEXT_PLAIN, "VFs that could each go to a guest: %s",
			       summary);
}

static void show_hidden(struct text *text, const struct host *host,
			const struct pci_function *function)
{
	const char *setting = vf_hiding_setting(host, function, text->arena);

	if (!setting)
		return;
	text_paragraph(text, INDENT, TEXT_PLAIN,
		       "VFs that the kernel can enable: " VF_HIDDEN_SUMMARY " [sriov.hidden]");
	text_remedy(text, INDENT + 2,
		    arena_printf(text->arena, "Where VFs are wanted: %s", setting));
}

void text_sriov(struct text *text, const struct model *model, const struct pci_function *function)
{
	const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, function);

	if (!budget) {
		show_hidden(text, model->host, function);
		return;
	}
	text_paragraph(text, INDENT, TEXT_PLAIN, "VFs that the kernel can enable: %s",
		       vf_budget_summary(budget, text->arena));
	for (int kind = 0; kind < VF_TERM_COUNT; kind++)
		show_term(text, budget, (enum vf_term_kind)kind);
	if (budget->driver_may_refuse)
		text_paragraph(text, INDENT + 2, TEXT_PLAIN, "%s %s", function->driver.text,
			       budget->driver_may_refuse);
	show_usable(text, usable_vfs_of(&model->usable_vfs, function));
	show_enabled(text, budget);
	show_persistence(text, model, function);
}

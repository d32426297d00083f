/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "report/audit/text/parts.h"
#include "report/names.h"

enum { INDENT = 2 };

static const char *fact_word(const struct fact *fact, const char *absent)
{
	return fact_absent(fact) ? absent : fact_state_name(fact->state);
}

static void show_identity(struct text *text, struct names *names,
			  const struct pci_function *function)
{
	const char *name = names_find(names, text->arena, function);

	if (pci_knows_ids(function))
		text_paragraph(text, INDENT, TEXT_PLAIN, "%s%s%04" PRIx64 ":%04" PRIx64,
			       name ? name : "", name ? ", " : "", function->vendor.value,
			       function->device.value);
}

static void show_kernel_side(struct text *text, const struct pci_function *function)
{
	const char *type = pcie_type_name(function->pcie_type);

	if (type)
		text_paragraph(text, INDENT, TEXT_PLAIN, "port type: %s", type);
	text_paragraph(text, INDENT, TEXT_PLAIN, "driver: %s",
		       fact_known(&function->driver.fact)
			       ? function->driver.text
			       : fact_word(&function->driver.fact, "none"));
	if (fact_known(&function->group.fact))
		text_paragraph(text, INDENT, TEXT_PLAIN, "IOMMU group: %" PRId64,
			       function->group.value);
	else
		text_paragraph(text, INDENT, TEXT_PLAIN, "IOMMU group: %s",
			       fact_word(&function->group.fact, "none"));
	if (fact_known(&function->physfn.fact))
		text_paragraph(text, INDENT, TEXT_PLAIN, "virtual function of %s",
			       function->physfn.text);
}

void text_function(struct text *text, const struct model *model, struct names *names,
		   const struct pci_function *function)
{
	text_heading(text, function->name);
	show_identity(text, names, function);
	text_assignable(text, model, function);
	show_kernel_side(text, function);
	text_isolation(text, model, function);
	text_sriov(text, model, function);
}

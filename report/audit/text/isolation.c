/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "model/assign/reset.h"
#include "report/audit/text/parts.h"
#include "report/companion.h"
#include "report/findings/caution.h"

enum { INDENT = 2, MOST_NAMES = 12, MOST_STEPS = 64 };

/* "isolates", "has no ACS capability", or that it was not read. */
static const char *acs_words(struct text *text, const struct acs *acs)
{
	switch (acs->verdict) {
	case ACS_ISOLATES:
		return "isolates";
	case ACS_FAILS:
		return arena_printf(text->arena, "%s%s%s", acs->why, acs->missing ? ": " : "",
				    acs_bit_names(text->arena, acs->missing));
	case ACS_UNKNOWN:
		return acs->why ? acs->why : "is not judged";
	}
	return "is not judged";
}

/* What isolates without a bit, as a function alone in its slot, has none worth a word. */
static bool shows_bits(const struct pci_function *function)
{
	struct acs_capability acs = acs_decode(&function->config);

	return acs.capability.state == FACT_KNOWN && acs.enabled;
}

static void show_step(struct text *text, const struct model *model,
		      const struct pci_function *function, unsigned depth)
{
	struct acs_capability acs = acs_decode(&function->config);
	const struct acs *judged = isolation_acs(&model->isolation, function);
	const char *type = pcie_type_name(function->pcie_type);
	const char *bits = shows_bits(function)
				   ? arena_printf(text->arena, " (ACS on: %s)",
						  acs_bit_names(text->arena, acs.enabled))
				   : "";

	if (judged)
		text_paragraph(text, INDENT + 2 * (depth + 1), TEXT_PLAIN, "%s %s %s%s",
			       function->name, type ? type : "function", acs_words(text, judged),
			       bits);
}

/* From the root bus down to the function. */
static void show_chain(struct text *text, const struct model *model,
		       const struct pci_function *function)
{
	const struct pci_function *steps[MOST_STEPS];
	unsigned count = 0;

	for (; function && count < MOST_STEPS; function = function->parent)
		steps[count++] = function;
	text_paragraph(text, INDENT, TEXT_PLAIN, "from the root bus down:");
	for (unsigned depth = 0; depth < count; depth++)
		show_step(text, model, steps[count - 1 - depth], depth);
}

static const char *others_of(struct text *text, const struct isolation_group *group,
			     const struct pci_function *function)
{
	struct buffer names = {.arena = text->arena, .separator = ", ", .most = MOST_NAMES};

	for (size_t i = 0; i < group->count && names.count < MOST_NAMES; i++) {
		if (group->functions[i] != function)
			buffer_item(&names, "%s", group->functions[i]->name);
	}
	names.count = group->count - 1;
	return buffer_list(&names);
}

static void show_prediction(struct text *text, const struct model *model,
			    const struct pci_function *function)
{
	const struct isolation_group *group = isolation_of(&model->isolation, function);

	if (!group)
		return;
	if (!group->known) {
		text_paragraph(text, INDENT, TEXT_PLAIN,
			       "predicted group, by the kernel's rules: unknown, %s",
			       group->unknown_why);
		return;
	}
	const char *others = others_of(text, group, function);
	text_paragraph(text, INDENT, TEXT_PLAIN, "predicted group, by the kernel's rules: %s%s",
		       *others ? "with " : "alone", others);
	for (const struct isolation_culprit *culprit = group->culprits; culprit;
	     culprit = culprit->next)
		text_paragraph(text, INDENT + 2, TEXT_PLAIN, "because %s %s",
			       culprit->function->name, culprit->why);
}

static void show_reset(struct text *text, const struct model *model,
		       const struct pci_function *function)
{
	struct reset reset = reset_judge(model->host, text->arena, function);

	if (reset.verdict == RESET_UNKNOWN &&
	    text_tells_caution(model, function, "reset.unknown", NULL))
		return;
	text_paragraph(text, INDENT, TEXT_PLAIN, "reset: %s",
		       reset.verdict == RESET_WORKS
			       ? arena_printf(text->arena, "by %s", reset.method)
		       : reset.verdict == RESET_NONE ? "the kernel cannot reset it alone"
						     : "unknown");
	for (const struct reset_flaw *flaw = reset.flaws; flaw; flaw = flaw->next)
		text_paragraph(text, INDENT + 2, TEXT_PLAIN, "not by %s: %s", flaw->method,
			       flaw->why);
	if (reset.verdict != RESET_NONE || !reset_with_device(model->host, function))
		return;
	const char *loss = reset_bus_loss(model->host, function, text->arena);
	text_paragraph(text, INDENT + 2, TEXT_PLAIN,
		       "VFIO resets the bus where one guest has all functions on it%s%s",
		       loss ? ", but " : "", loss ? loss : "");
}

static const enum text_color verdict_colors[] = {
	[ASSIGNABLE] = TEXT_GREEN,
	[ASSIGNABLE_WITH] = TEXT_YELLOW,
	[ASSIGNABLE_BLOCKED] = TEXT_RED,
	[ASSIGNABLE_UNDETERMINED] = TEXT_MAGENTA,
	[ASSIGNABLE_NOT_A_CANDIDATE] = TEXT_DIM,
};

ASSERT_COVERS(verdict_colors, ASSIGNABLE_COUNT);

static void show_companions(struct text *text, const struct assignability *assignability,
			    const struct pci_function *function)
{
	const char *clause;
	size_t next = 0;

	while ((clause = companion_clause(text->arena, assignability, function, &next)))
		text_paragraph(text, INDENT + 2, TEXT_PLAIN, "%s", clause);
}

static void show_verdict(struct text *text, const struct model *model,
			 const struct pci_function *function)
{
	const struct assignable *assignable = assignability_of(&model->assignability, function);

	text_paragraph(text, INDENT, verdict_colors[assignable->verdict], "verdict: %s",
		       assignable_verdict_name(assignable->verdict));
	for (const struct blocker *blocker = assignable->blockers; blocker; blocker = blocker->next)
		text_paragraph(text, INDENT + 2, TEXT_PLAIN, "%s", blocker->why);
	for (const struct blocker *blocker = assignable->missing; blocker; blocker = blocker->next)
		text_paragraph(text, INDENT + 2, TEXT_PLAIN, "%s", blocker->why);
	show_companions(text, &model->assignability, function);
}

static bool stays_with_host(const struct model *model, const struct pci_function *function)
{
	return assignable_host_use(assignability_of(&model->assignability, function)) != NULL;
}

/* What is to end before a guest gets what the host needs is of no use: no guest gets it. */
static void show_cautions(struct text *text, const struct model *model,
			  const struct pci_function *function)
{
	const struct cautions *cautions = &model->cautions;

	for (const struct caution *caution = cautions_of(cautions, function); caution;
	     caution = caution->next) {
		if (!caution_stays(caution, &model->host_uses, function))
			text_caution(text, INDENT, caution_fails(caution) ? "failure" : "caution",
				     caution);
	}
	for (const struct caution *caution = cautions_unknown_of(cautions, function); caution;
	     caution = caution->next)
		text_caution(text, INDENT, "unknown", caution);
}

/* Returns whether a caution that is shown names the use. */
static bool is_cautioned(struct text *text, const struct model *model,
			 const struct pci_function *function, const struct host_use *use)
{
	const struct caution *caution = cautions_find(&model->cautions, function, CAUTION_IN_USE);

	return caution && !caution_stays(caution, &model->host_uses, function) &&
	       strstr(caution->why, host_use_words(text->arena, use));
}

/* A use that the verdict or a caution names is not told again. */
static void show_host_uses(struct text *text, const struct model *model,
			   const struct pci_function *function)
{
	const struct host_use *use = host_uses_of(&model->host_uses, function);
	const struct host_use *said = stays_with_host(model, function)
					      ? host_uses_vital(&model->host_uses, function)
					      : NULL;

	for (; use; use = use->next) {
		if (use != said && !is_cautioned(text, model, function, use))
			text_paragraph(text, INDENT, TEXT_YELLOW, "in use: %s",
				       host_use_words(text->arena, use));
	}
}

/* Other functions of its vendor and device, which vfio-pci.ids= would bind as well. */
static void show_twins(struct text *text, const struct model *model,
		       const struct pci_function *function)
{
	const struct twin_list twins = twins_of(&model->twins, function);
	struct buffer names = {.arena = text->arena, .separator = ", ", .most = MOST_NAMES};

	for (size_t i = 0; i < twins.count; i++) {
		if (twins.functions[i] != function)
			buffer_item(&names, "%s", twins.functions[i]->name);
	}
	if (names.count)
		text_paragraph(text, INDENT, TEXT_PLAIN,
			       "vfio-pci.ids=%04" PRIx64 ":%04" PRIx64 " would also take %s",
			       function->vendor.value, function->device.value, buffer_list(&names));
}

static void show_place(struct text *text, const struct pci_function *function)
{
	if (fact_known(&function->numa_node.fact) && function->numa_node.value >= 0)
		text_paragraph(text, INDENT, TEXT_PLAIN, "NUMA node: %" PRId64,
			       function->numa_node.value);
}

static const struct acs_letters {
	uint16_t bit;
	const char *meaning;
} acs_letters[] = {
	{ACS_SV, "source validation"},    {ACS_RR, "request redirect"},
	{ACS_CR, "completion redirect"},  {ACS_UF, "upstream forwarding"},
	{ACS_TB, "translation blocking"}, {ACS_EC, "egress control"},
	{ACS_DT, "direct translated"},
};

/* "SV source validation, RR request redirect", of those among bits. */
static const char *letters_of(struct text *text, uint16_t bits)
{
	struct buffer list = {.arena = text->arena, .separator = ", "};

	for (size_t i = 0; i < ARRAY_LENGTH(acs_letters); i++) {
		if (bits & acs_letters[i].bit)
			buffer_item(&list, "%s %s", acs_bit_name(acs_letters[i].bit),
				    acs_letters[i].meaning);
	}
	return buffer_text(&list);
}

void text_isolation_note(const struct model *model, const struct pci_function *function,
			 struct isolation_terms *terms)
{
	for (; function; function = function->parent) {
		const struct acs *judged = isolation_acs(&model->isolation, function);
		if (!judged)
			continue;
		terms->isolates |= judged->verdict == ACS_ISOLATES;
		terms->bits |= acs_decode(&function->config).enabled;
	}
}

void text_isolation_legend(struct text *text, const struct isolation_terms *terms)
{
	struct buffer legend = {.arena = text->arena, .separator = ". "};
	const char *isolating = letters_of(text, terms->bits & ACS_REQUIRED);
	const char *others = letters_of(text, terms->bits & (uint16_t)~ACS_REQUIRED);

	if (terms->isolates)
		buffer_item(&legend, "\"isolates\" above: nothing that the function sends, or a "
				     "port passes on, reaches another device before the IOMMU has "
				     "checked it");
	if (*isolating)
		buffer_item(&legend, "ACS that %s: %s", terms->isolates ? "does so" : "isolates",
			    isolating);
	if (*others)
		buffer_item(&legend, "ACS that does not: %s", others);
	if (legend.count)
		text_paragraph(text, INDENT, TEXT_DIM, "%s", buffer_text(&legend));
}

void text_assignable(struct text *text, const struct model *model,
		     const struct pci_function *function)
{
	show_verdict(text, model, function);
	show_host_uses(text, model, function);
	show_cautions(text, model, function);
}

static bool is_told_by(const struct caution *caution, const char *finding, const char *remedy)
{
	return strcmp(caution->finding, finding) == 0 &&
	       (!remedy || (caution->remedy && strcmp(caution->remedy, remedy) == 0));
}

bool text_tells_caution(const struct model *model, const struct pci_function *function,
			const char *finding, const char *remedy)
{
	for (const struct caution *caution = cautions_of(&model->cautions, function); caution;
	     caution = caution->next) {
		if (is_told_by(caution, finding, remedy) &&
		    !caution_stays(caution, &model->host_uses, function))
			return true;
	}
	for (const struct caution *caution = cautions_unknown_of(&model->cautions, function);
	     caution; caution = caution->next) {
		if (is_told_by(caution, finding, remedy))
			return true;
	}
	return false;
}

void text_isolation(struct text *text, const struct model *model,
		    const struct pci_function *function)
{
	const struct assignable *assignable = assignability_of(&model->assignability, function);

	show_chain(text, model, function);
	show_prediction(text, model, function);
	if (assignable->verdict != ASSIGNABLE_NOT_A_CANDIDATE) {
		show_reset(text, model, function);
		show_twins(text, model, function);
	}
	show_place(text, function);
}

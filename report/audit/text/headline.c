/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/audit/text/parts.h"
#include "report/findings/text.h"

/* What stands behind the number of functions that are blocked for that reason. */
static const char *const reasons[] = {
	[BLOCKER_UNKNOWN] = "for an unknown reason",
	[BLOCKER_REMAPPING_OFF] = "without DMA remapping",
	[BLOCKER_NO_GROUP] = "in no IOMMU group",
	[BLOCKER_NOIOMMU] = "without an IOMMU",
	[BLOCKER_RESERVED_MEMORY] = "tied to reserved memory",
	[BLOCKER_DENYLIST] = "denied by vfio-pci",
	[BLOCKER_VFS_ENABLED] = "with VFs enabled",
	[BLOCKER_INTERRUPTS] = "without interrupt remapping",
	[BLOCKER_VFIO_MODULE] = "without VFIO's modules",
	[BLOCKER_COHERENCY] = "without coherent DMA for VFIO",
	[BLOCKER_VMD] = "behind VMD",
	[BLOCKER_HOST_USE] = "in use by the host",
	[BLOCKER_OWN_PF] = "in the group of their PF",
	[BLOCKER_BAR_UNPLACED] = "with a BAR without a place",
	[BLOCKER_UNREACHABLE] = "not answering",
	[BLOCKER_VGPU_PROFILE] = "without a vGPU profile",
};

ASSERT_COVERS(reasons, BLOCKER_KIND_COUNT);

const char *text_blocked_words(enum blocker_kind kind)
{
	return reasons[kind];
}

/* The reason of so many of those that are blocked: without a number where it is that of all. */
static void add_reason(struct buffer *list, const char *reason, size_t count, size_t blocked)
{
	if (count && count == blocked)
		buffer_item(list, "%s", reason);
	else if (count)
		buffer_item(list, "%zu %s", count, reason);
}

/* " (in use by the host)", or with a number each where there are several reasons. */
static const char *blocked_words(struct text *text, const struct audit_summary *summary)
{
	struct buffer list = {.arena = text->arena, .separator = ", "};
	size_t blocked = summary->functions[ASSIGNABLE_BLOCKED];

	for (size_t i = 0; i < BLOCKER_KIND_COUNT; i++) {
		size_t beside = i == BLOCKER_HOST_USE ? summary->beside_host_use : 0;

		add_reason(&list, reasons[i], summary->blocked_by[i] - beside, blocked);
		add_reason(&list, "in a group with what the host uses", beside, blocked);
	}
	return list.count ? arena_printf(text->arena, " (%s)", buffer_text(&list)) : "";
}

static const char *function_words(struct text *text, const struct audit_summary *summary)
{
	const size_t *of = summary->functions;
	struct buffer list = {.arena = text->arena, .separator = ", "};

	buffer_item(&list, "%zu assignable", of[ASSIGNABLE]);
	if (of[ASSIGNABLE_WITH])
		buffer_item(&list, "%zu with companions", of[ASSIGNABLE_WITH]);
	if (of[ASSIGNABLE_BLOCKED])
		buffer_item(&list, "%zu blocked%s", of[ASSIGNABLE_BLOCKED],
			    blocked_words(text, summary));
	if (of[ASSIGNABLE_UNDETERMINED])
		buffer_item(&list, "%zu undetermined", of[ASSIGNABLE_UNDETERMINED]);
	return buffer_text(&list);
}

static enum text_color function_color(const struct audit_summary *summary)
{
	if (summary->functions[ASSIGNABLE] + summary->functions[ASSIGNABLE_WITH])
		return TEXT_GREEN;
	return summary->functions[ASSIGNABLE_UNDETERMINED] ? TEXT_MAGENTA : TEXT_RED;
}

static void show_functions(struct text *text, const struct audit *audit,
			   const struct audit_summary *summary)
{
	const struct selection *selection = &audit->selection;
	size_t bridges = summary->functions[ASSIGNABLE_NOT_A_CANDIDATE];
	const char *of = audit->explains_functions ? " asked for" : "";

	if (selection->count == bridges)
		text_paragraph(text, 0, TEXT_RED, "Functions%s: none that a guest could get%s", of,
			       bridges ? ", only bridges" : "");
	else
		text_paragraph(text, 0, function_color(summary), "Functions%s: %s", of,
			       function_words(text, summary));
}

/* A verdict by some of the checks is no verdict on the host: the line must not pass for one. Where
 * unmet, no check made the verdict: what --require names did. */
static const char *scope(struct text *text, const struct audit *audit, bool unmet)
{
	size_t count = audit->checks_asked;
	const char *checks = count == 1 ? "check" : arena_printf(text->arena, "%zu checks", count);

	if (unmet)
		return count ? arena_printf(text->arena,
					    " for what is required, by the %s asked for", checks)
			     : " for what is required";
	if (!count)
		return "";
	if (audit->judged.verdict == HOST_NOT_READY)
		return arena_printf(text->arena, " by the %s asked for", checks);
	return arena_printf(text->arena, " as far as the %s asked for tell%s", checks,
			    count == 1 ? "s" : "");
}

static void show_host(struct text *text, const struct audit *audit,
		      const struct audit_summary *summary)
{
	struct text_verdict verdict = text_verdict(audit->judged.verdict);

	bool unmet = audit->judged.verdict == HOST_NOT_READY &&
		     !summary->host_findings.of[FINDING_FAIL] &&
		     summary->requirements[REQUIREMENT_UNMET];

	text_paragraph(text, 0, verdict.color, "Host: %s%s%s", verdict.words,
		       scope(text, audit, unmet), text_counts(text, &summary->host_findings));
	if (audit->judged.verdict == HOST_UNDETERMINED && !summary->host_findings.of[FINDING_PASS])
		text_paragraph(text, 0, TEXT_PLAIN,
			       "Nothing was found that shows this host to be ready.");
}

static void show_requirements(struct text *text, const struct audit *audit,
			      const struct audit_summary *summary)
{
	const size_t *of = summary->requirements;
	size_t count = audit->requirement_count;
	struct buffer list = {.arena = text->arena, .separator = ", "};

	if (!count)
		return;
	if (of[REQUIREMENT_UNMET])
		buffer_item(&list, "%zu of %zu not met", of[REQUIREMENT_UNMET], count);
	if (of[REQUIREMENT_UNDETERMINED])
		buffer_item(&list, "%zu of %zu undetermined", of[REQUIREMENT_UNDETERMINED], count);
	if (!list.count)
		buffer_item(&list, count == 1 ? "met" : "all %zu met", count);
	text_paragraph(text, 0,
		       of[REQUIREMENT_UNMET]          ? TEXT_RED
		       : of[REQUIREMENT_UNDETERMINED] ? TEXT_MAGENTA
						      : TEXT_GREEN,
		       "Requirements: %s", buffer_text(&list));
}

void text_headline(struct text *text, const struct audit *audit,
		   const struct audit_summary *summary)
{
	if (audit->explains_functions)
		show_functions(text, audit, summary);
	if (audit->together)
		text_paragraph(text, 0, TEXT_RED, "Together: %s", audit->together);
	show_host(text, audit, summary);
	if (!audit->explains_functions)
		show_functions(text, audit, summary);
	show_requirements(text, audit, summary);
}

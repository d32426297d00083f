/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/html/headline.h"

#include <inttypes.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/audit/summary.h"
#include "report/findings/text.h"

/* What the verdict says. */
static const char *const meanings[] = {
	[HOST_READY] = "This host can assign PCI devices to guests.",
	[HOST_NOT_READY] = "As it is, this host cannot assign PCI devices to guests.",
	[HOST_UNDETERMINED] = "Cannot tell whether this host can assign PCI devices to guests.",
};

ASSERT_COVERS(meanings, HOST_VERDICT_COUNT);

static const char *fact_or(const struct fact_text *fact, const char *otherwise)
{
	return fact_known(&fact->fact) ? fact->text : otherwise;
}

/* What, and when. */
static void write_subject(struct page *page)
{
	const struct host *host = page->audit->model.host;
	struct buffer line = {.arena = page->html.arena, .separator = " · "};

	if (fact_known(&host->hostname.fact))
		buffer_item(&line, "%s", host->hostname.text);
	if (fact_known(&host->vendor.fact) || fact_known(&host->product.fact))
		buffer_item(&line, "%s%s%s", fact_or(&host->vendor, ""),
			    fact_known(&host->vendor.fact) ? " " : "", fact_or(&host->product, ""));
	buffer_item(&line, "Linux %s", fact_or(&host->kernel_release, "of unknown release"));
	buffer_item(&line, "audited %s", page->audit->input.time);
	html_element(&page->html, "p", "subject", buffer_text(&line));
	html_newline(&page->html);
}

/* A verdict by some of the checks is no verdict on the host: it must not pass for one. */
static void write_scope(struct page *page)
{
	size_t count = page->audit->checks_asked;
	struct html *html = &page->html;

	if (!count)
		return;
	html_start(html, "p", NULL);
	html_format(html, "Only %s ran: this is no verdict on the host as a whole.",
		    counted(html->arena, count, "check"));
	html_end(html);
}

/* The first thing that is in the way. */
static void write_verdict(struct page *page)
{
	const struct audit *audit = page->audit;
	struct html *html = &page->html;
	enum host_verdict verdict = audit->judged.verdict;

	html_start(html, "h1", host_verdict_name(verdict));
	html_start(html, "span", "v");
	html_format(html, "Host: %s", text_verdict(verdict).words);
	html_end(html);
	html_end(html);
	html_newline(html);
	html_element(html, "p", "lead",
		     audit->checks_asked && verdict == HOST_READY
			     ? "Nothing fails that was checked."
			     : meanings[verdict]);
	write_scope(page);
	html_newline(html);
}

static void write_chip(struct page *page, const char *class, const char *words, size_t count)
{
	struct html *html = &page->html;

	if (!count)
		return;
	html_start(html, "li", class);
	html_start(html, "b", "v");
	html_format(html, "%zu", count);
	html_end(html);
	html_format(html, " %s", words);
	html_end(html);
}

static void write_vfs(struct page *page, const struct vf_summary *vfs)
{
	struct html *html = &page->html;

	if (!vfs->possible && vfs->possible_known && !vfs->enabled)
		return;
	html_start(html, "li", NULL);
	html_format(html,
		    "VFs: %" PRIu64 "%s enabled, %s%" PRIu64 " possible, %s%" PRIu64 " usable",
		    vfs->enabled, vfs->enabled_known ? "" : " or more",
		    vfs->possible_known ? "" : "at least ", vfs->possible,
		    vfs->usable_known ? "" : "at least ", vfs->usable);
	html_end(html);
}

static const char *const function_words[] = {
	[ASSIGNABLE] = "assignable",
	[ASSIGNABLE_WITH] = "assignable with companions",
	[ASSIGNABLE_BLOCKED] = "blocked",
	[ASSIGNABLE_UNDETERMINED] = "undetermined",
	[ASSIGNABLE_NOT_A_CANDIDATE] = "of the host (bridges)",
};

ASSERT_COVERS(function_words, ASSIGNABLE_COUNT);

static void write_function_chips(struct page *page, const struct audit_summary *summary)
{
	struct html *html = &page->html;

	html_start(html, "ul", "chips");
	html_attribute(html, "aria-label", "Functions");
	for (size_t i = 0; i < ASSIGNABLE_COUNT; i++)
		write_chip(page, assignable_verdict_name((enum assignable_verdict)i),
			   function_words[i], summary->functions[i]);
	write_chip(page, "warn",
		   summary->cautioned == 1 ? "function with a caution" : "functions with cautions",
		   summary->cautioned);
	write_vfs(page, &summary->vfs);
	html_end(html);
	html_newline(html);
}

static void write_finding_chips(struct page *page, const struct verdict_counts *host)
{
	struct html *html = &page->html;

	html_start(html, "ul", "chips");
	html_attribute(html, "aria-label", "Findings on the host");
	write_chip(page, "fail",
		   host->of[FINDING_FAIL] == 1 ? "failure of the host" : "failures of the host",
		   host->of[FINDING_FAIL]);
	write_chip(page, "unknown", "unknown of the host", host->of[FINDING_UNKNOWN]);
	write_chip(page, "warn",
		   host->of[FINDING_WARN] == 1 ? "warning of the host" : "warnings of the host",
		   host->of[FINDING_WARN]);
	write_chip(page, "pass", "passed on the host", host->of[FINDING_PASS]);
	html_end(html);
	html_newline(html);
}

static void write_together(struct page *page)
{
	struct html *html = &page->html;

	if (!page->audit->together)
		return;
	html_start(html, "p", "fail");
	html_format(html, "Together: %s", page->audit->together);
	html_end(html);
	html_newline(html);
}

/* Links to the sections, for who reads with a small screen or none. */
static void write_contents(struct page *page)
{
	static const struct {
		const char *id, *name;
	} sections[] = {{"requirements", "Requirements"},
			{"findings", "What decides"},
			{"topology", "Topology"},
			{"functions", "Functions"},
			{"host", "Host"},
			{"reading", "How it was read"}};
	struct html *html = &page->html;

	html_start(html, "nav", NULL);
	html_attribute(html, "aria-label", "Sections");
	for (size_t i = page->audit->requirement_count ? 0 : 1; i < ARRAY_LENGTH(sections); i++) {
		html_link(html, sections[i].id, sections[i].name);
		html_text(html, " ");
	}
	html_end(html);
	html_newline(html);
}

void page_headline(struct page *page)
{
	const struct audit_summary summary = audit_summarize(page->audit);
	struct html *html = &page->html;

	html_start(html, "header", NULL);
	write_subject(page);
	write_verdict(page);
	write_finding_chips(page, &summary.host_findings);
	write_function_chips(page, &summary);
	write_together(page);
	write_contents(page);
	html_end(html);
	html_newline(html);
}

void page_requirements(struct page *page)
{
	static const char *const classes[] = {
		[REQUIREMENT_UNMET] = "fail",
		[REQUIREMENT_UNDETERMINED] = "unknown",
		[REQUIREMENT_MET] = "pass",
	};
	ASSERT_COVERS(classes, REQUIREMENT_STATE_COUNT);
	struct html *html = &page->html;

	html_section(&page->html, "requirements", "Requirements");
	html_start(html, "ul", "plain");
	for (size_t i = 0; i < page->audit->requirement_count; i++) {
		const struct requirement_result *result = &page->audit->requirements[i];
		html_start(html, "li", classes[result->state]);
		html_element(html, "b", "v", requirement_state_name(result->state));
		html_text(html, " ");
		html_element(html, "code", NULL, result->requirement->text);
		html_format(html, " %s", result->why ? result->why : "");
		html_end(html);
		html_newline(html);
	}
	html_end(html);
	html_end(html);
	html_newline(html);
}

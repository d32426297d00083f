/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/html/host.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/buffer.h"
#include "model/boot/kernel_parameters.h"

enum { MOST_SOURCES = 200 };

static void write_fact(struct page *page, const char *name, const char *value)
{
	struct html *html = &page->html;

	html_element(html, "dt", NULL, name);
	html_element(html, "dd", NULL, value);
	html_newline(html);
}

static void write_text_fact(struct page *page, const char *name, const struct fact_text *fact)
{
	write_fact(page, name,
		   fact_known(&fact->fact) ? fact->text : fact_state_name(fact->fact.state));
}

/* Only words that the audit judges by: others may hold what is nobody else's. */
static const char *command_line(struct page *page, const struct cmdline *cmdline)
{
	struct buffer words = {.arena = page->html.arena, .separator = " "};
	size_t others = 0;

	if (!fact_known(&cmdline->fact))
		return fact_state_name(cmdline->fact.state);
	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];
		if (!kernel_parameter_known(parameter->name))
			others++;
		else
			buffer_item(&words, "%s%s%s", parameter->name, parameter->value ? "=" : "",
				    parameter->value ? parameter->value : "");
	}
	if (others)
		buffer_item(&words, "(and %zu more, which no finding rests on)", others);
	return words.count ? buffer_text(&words) : "empty";
}

static void write_units(struct page *page)
{
	const struct dma_units *units = &page->audit->model.dma_units;
	struct html *html = &page->html;

	html_element(html, "dt", NULL, "IOMMUs");
	if (!units->count)
		html_element(html, "dd", NULL, "none that is known");
	for (size_t i = 0; i < units->count; i++) {
		const struct dma_unit *unit = &units->units[i];
		const char *name = dma_unit_name(unit);
		html_start(html, "dd", NULL);
		html_format(html, "%s (%s), %s", name ? name : "not running",
			    iommu_kind_name(unit->kind),
			    counted(html->arena, unit->function_count, "function"));
		html_end(html);
		html_newline(html);
	}
}

void page_host(struct page *page)
{
	const struct model *model = &page->audit->model;
	const struct host *host = model->host;
	struct html *html = &page->html;

	html_section(&page->html, "host", "Host");
	html_start(html, "dl", "facts");
	if (fact_known(&host->hostname.fact))
		write_text_fact(page, "Name", &host->hostname);
	write_text_fact(page, "Made by", &host->vendor);
	write_text_fact(page, "Machine", &host->product);
	if (fact_known(&host->cpu.fact)) {
		write_fact(page, "Virtual machine", model->platform.is_guest ? "yes" : "no");
		write_fact(page, "Processor", host->cpu.model_name);
	}
	write_fact(page, "Architecture",
		   host->cpu.architecture ? host->cpu.architecture : "not known");
	write_text_fact(page, "Kernel", &host->kernel_release);
	write_fact(page, "Kernel command line", command_line(page, &host->cmdline));
	write_units(page);
	html_end(html);
	html_end(html);
	html_newline(html);
}

static int compare_sources(const void *left, const void *right)
{
	const struct evidence *const *a = left, *const *b = right;

	return strcmp((*a)->source ? (*a)->source : "", (*b)->source ? (*b)->source : "");
}

/* Returns how many pieces of evidence were not read, each source once; in *ret those. */
static size_t missing_sources(struct page *page, const struct evidence ***ret)
{
	const struct judged_findings *judged = &page->audit->judged;
	size_t count = 0, kept = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		if (pass)
			*ret = arena_array(page->html.arena, count + 1, sizeof(**ret));
		if (pass && !*ret)
			return 0;
		count = 0;
		for (size_t i = 0; i < judged->count; i++) {
			const struct evidence *item = judged->items[i]->evidence;
			for (; item; item = item->next) {
				if (item->state == FACT_KNOWN || item->state == FACT_ABSENT)
					continue;
				if (pass)
					(*ret)[count] = item;
				count++;
			}
		}
	}
	qsort(*ret, count, sizeof(**ret), compare_sources);
	for (size_t i = 0; i < count; i++) {
		if (!kept || compare_sources(&(*ret)[kept - 1], &(*ret)[i]) != 0)
			(*ret)[kept++] = (*ret)[i];
	}
	return kept;
}

static void write_missing(struct page *page)
{
	struct html *html = &page->html;
	const struct evidence **items = NULL;
	size_t count = missing_sources(page, &items);

	if (!count) {
		html_element(html, "p", NULL, "Everything that a finding rests on was read.");
		return;
	}
	html_start(html, "details", NULL);
	html_start(html, "summary", NULL);
	html_format(html, "%s not read",
		    counted_as(html->arena, count, "place that findings rest on was",
			       "places that findings rest on were"));
	html_end(html);
	html_start(html, "dl", "evidence");
	for (size_t i = 0; i < count && i < MOST_SOURCES; i++) {
		html_element(html, "dt", NULL, items[i]->source ? items[i]->source : "?");
		html_element(html, "dd", NULL,
			     items[i]->error ? strerror(items[i]->error)
					     : fact_state_name(items[i]->state));
		html_newline(html);
	}
	html_end(html);
	if (count > MOST_SOURCES) {
		html_start(html, "p", NULL);
		html_format(html, "and %zu more", count - MOST_SOURCES);
		html_end(html);
	}
	html_end(html);
}

static const char *confinement(struct page *page)
{
	const struct audit_input *input = &page->audit->input;
	struct buffer list = {.arena = page->html.arena, .separator = ", "};

	for (size_t i = 0; i < input->confinement_count; i++)
		buffer_item(&list, "%s", input->confinement[i]);
	return list.count ? buffer_text(&list) : "none";
}

void page_reading(struct page *page)
{
	const struct audit *audit = page->audit;
	const struct host *host = audit->model.host;
	struct fact_number privileged = host_privileged(host);
	struct html *html = &page->html;

	html_section(&page->html, "reading", "How it was read");
	html_start(html, "dl", "facts");
	write_fact(page, "By", "passcheck " PASSCHECK_VERSION);
	write_fact(page, "When", audit->input.time);
	write_fact(page, "From", host->captured ? "a capture of the host" : "the running host");
	write_fact(page, "As root",
		   !fact_known(&privileged.fact) ? "not known"
		   : privileged.value            ? "yes"
				      : "no: parts of config space and ACPI are missing");
	write_fact(page, "Complete",
		   audit->complete ? "yes: every check ran, and every function is shown"
				   : "no: only what was asked for");
	write_text_fact(page, "Kernel lockdown", &host->lockdown);
	write_fact(page, "Confinement of passcheck", confinement(page));
	html_end(html);
	write_missing(page);
	html_end(html);
	html_newline(html);
}

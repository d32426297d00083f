/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/buffer.h"
#include "model/assign/assignability.h"
#include "report/domain/domain_report.h"
#include "report/domain/render.h"
#include "report/findings/text.h"
#include "report/names.h"
#include "report/write/html_tree.h"

/* A page on its way out. */
struct page {
	struct html html;
	const struct domain_report *report;
	struct names *names;
	/* Functions by what is above them; those on a root bus are of the index behind the last
	 * function. */
	struct children below;
	struct children uses; /* those of the map, by their function */
	size_t left_out;      /* VFs that no guest has */
};

static size_t index_of(const struct page *page, const struct pci_function *function)
{
	return (size_t)(function - page->report->model.host->pci.functions);
}

static const char *name_of(struct page *page, const struct pci_function *function)
{
	const char *name = names_find(page->names, page->html.arena, function);

	return name ? name : "";
}

static void write_header(struct page *page)
{
	const struct domain_report *report = page->report;
	struct html *html = &page->html;
	enum host_verdict verdict = report->judged.verdict;

	html_start(html, "header", NULL);
	html_start(html, "h1", arena_printf(html->arena, "v %s", host_verdict_name(verdict)));
	html_format(html, "%s: %s", counted(html->arena, report->map.domain_count, "domain"),
		    text_verdict(verdict).words);
	html_end(html);
	html_start(html, "p", "lead");
	html_format(html, "%s %s of the host.",
		    report->map.domain_count == 1 ? "It uses" : "They use",
		    counted(html->arena, report->map.use_count, "function"));
	html_end(html);
	html_end(html);
	html_newline(html);
}

static void write_remedy(struct html *html, const struct finding *finding)
{
	if (!finding->remedy)
		return;
	html_remedy(html, finding->remedy);
	for (const struct remedy_command *command = finding->commands; command;
	     command = command->next)
		html_copy(html, command->text);
}

static void write_evidence(struct html *html, const struct finding *finding)
{
	if (!finding->evidence)
		return;
	html_start(html, "dl", "evidence");
	for (const struct evidence *item = finding->evidence; item; item = item->next) {
		html_element(html, "dt", NULL, item->source);
		html_element(html, "dd", NULL,
			     item->value ? item->value : fact_state_name(item->state));
	}
	html_end(html);
}

static void write_finding(struct html *html, const struct finding *finding)
{
	const char *verdict = finding_verdict_name(finding->verdict);

	html_finding(html, verdict, true, verdict, finding->summary);
	write_remedy(html, finding);
	html_start(html, "p", "id");
	html_element(html, "code", NULL, finding->kind->id);
	html_end(html);
	write_evidence(html, finding);
	html_end(html);
	html_newline(html);
}

static void write_findings(struct page *page)
{
	const struct judged_findings *judged = &page->report->judged;
	struct html *html = &page->html;
	bool some = false;

	html_section(html, "findings", "What decides");
	for (size_t i = 0; i < judged->count; i++) {
		const struct finding *finding = judged->items[i];
		if (finding->verdict == FINDING_PASS || finding->verdict == FINDING_NOT_APPLICABLE)
			continue;
		write_finding(html, finding);
		some = true;
	}
	if (!some)
		html_element(html, "p", NULL,
			     "Nothing was found that keeps a guest from its devices.");
	html_end(html);
	html_newline(html);
}

static const char *guest_words(struct html *html, const struct domain_device *device)
{
	char address[PCI_ADDRESS_SIZE];

	if (device->place != DOMAIN_PLACE_PCI)
		return device->place == DOMAIN_PLACE_ANY
			       ? "guest address: not given, so one is chosen"
			       : "not seen by the guest";
	pci_address_format(&device->guest, address);
	return arena_printf(html->arena, "guest address %s", address);
}

static void write_use(struct page *page, const struct domain_use *use)
{
	const char *verdict =
		use->assignable ? assignable_verdict_name(use->assignable->verdict) : "missing";
	struct html *html = &page->html;

	html_start(html, "li", use->assignable ? verdict : "fail");
	html_element(html, "code", NULL, use->address);
	html_text(html, " ");
	html_element(html, "b", "v", verdict);
	html_format(html, " %s · %s", use->function ? name_of(page, use->function) : "",
		    guest_words(html, use->device));
	html_end(html);
	html_newline(html);
}

/* What a domain takes from the host without saying which function. */
static void write_other(struct page *page, const struct domain *domain,
			const struct domain_device *device, const char *what)
{
	struct html *html = &page->html;

	html_start(html, "li", "not-applicable");
	html_element(html, "b", "v", what);
	html_format(html, " %s of line %u%s%s", domain_device_word(html->arena, domain, device),
		    device->line, device->network ? ", network " : "",
		    device->network ? device->network : "");
	html_end(html);
	html_newline(html);
}

static void write_domain(struct page *page, const struct domain *domain)
{
	const struct domain_part part = domain_map_part(&page->report->map, domain);
	struct html *html = &page->html;

	html_element(html, "h3", NULL, domain->name);
	html_start(html, "ul", "plain");
	for (const struct domain_use *use = part.uses.begin; use < part.uses.end; use++)
		write_use(page, use);
	for (size_t i = 0; i < part.network_use_count; i++)
		write_other(page, domain, part.network_uses[i].device, "a VF of a network");
	for (size_t i = 0; i < part.other_count; i++)
		write_other(page, domain, part.others[i].device, "not judged");
	html_end(html);
	html_newline(html);
}

/* Finds what is below each function, and what guests have. Returns whether memory sufficed. */
static bool survey(struct page *page)
{
	const struct pci *pci = &page->report->model.host->pci;
	const struct domain_map *map = &page->report->map;
	struct arena *arena = page->html.arena;

	if (!children_begin(arena, pci->count + 1, pci->count, &page->below) ||
	    !children_begin(arena, pci->count, map->use_count, &page->uses))
		return false;
	for (size_t i = pci->count; i-- > 0;) {
		const struct pci_function *parent = pci->functions[i].parent;
		children_prepend(&page->below, parent ? index_of(page, parent) : pci->count, i);
	}
	for (size_t i = map->use_count; i-- > 0;) {
		if (map->uses[i].function)
			children_prepend(&page->uses, index_of(page, map->uses[i].function), i);
	}
	return true;
}

static bool is_used(const struct page *page, const struct pci_function *function)
{
	return page->uses.first[index_of(page, function)] != NO_CHILD;
}

static const char *guests_of(struct page *page, const struct pci_function *function)
{
	const struct domain_use *uses = page->report->map.uses;
	struct buffer names = {.arena = page->html.arena, .separator = ", "};

	for (size_t i = page->uses.first[index_of(page, function)]; i != NO_CHILD;
	     i = page->uses.next[i])
		buffer_item(&names, "%s", uses[i].domain->name);
	return buffer_text(&names);
}

static void write_function(struct page *page, const struct pci_function *function)
{
	const struct assignable *assignable =
		assignability_of(&page->report->model.assignability, function);
	const char *verdict = assignable_verdict_name(assignable->verdict);
	bool stays = assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE;
	struct html *html = &page->html;

	html_start(html, "li", verdict);
	html_element(html, "code", NULL, function->name);
	html_text(html, " ");
	html_element(html, "b", "v", stays ? "of the host" : verdict);
	if (fact_known(&function->group.fact))
		html_format(html, " · group %d", (int)function->group.value);
	html_format(html, " · %s", name_of(page, function));
	if (is_used(page, function)) {
		html_text(html, " ");
		html_element(html, "span", "caution",
			     arena_printf(html->arena, "guest %s", guests_of(page, function)));
	}
}

static bool begin_function(void *context, size_t index)
{
	struct page *page = context;
	const struct pci_function *function = &page->report->model.host->pci.functions[index];

	if (function->pf && !is_used(page, function)) {
		page->left_out++;
		return false;
	}
	write_function(page, function);
	return true;
}

static void write_topology(struct page *page)
{
	struct html *html = &page->html;
	const struct html_tree tree = {
		.html = html,
		.children = &page->below,
		.most_depth = SIZE_MAX, /* the kernel's own tree has no circles */
		.begin = begin_function,
		.context = page,
	};

	html_start(html, "div", NULL);
	html_element(html, "h3", NULL, "Functions of the host");
	html_start(html, "ul", "tree");
	html_tree_items(&tree, page->report->model.host->pci.count);
	html_end(html);
	if (page->left_out)
		html_element(html, "p", "dim",
			     arena_printf(html->arena, "%s not shown.",
					  counted_as(html->arena, page->left_out,
						     "VF that no guest has is",
						     "VFs that no guest has are")));
	html_end(html);
	html_newline(html);
}

static void write_main(struct page *page)
{
	const struct domain_map *map = &page->report->map;
	struct html *html = &page->html;

	html_start(html, "main", NULL);
	write_findings(page);
	html_section(html, "domains", "Domains and the host");
	html_start(html, "div", "sides");
	html_start(html, "div", NULL);
	for (size_t i = 0; i < map->domain_count; i++)
		write_domain(page, &map->domains[i]);
	html_end(html);
	write_topology(page);
	html_end(html);
	html_end(html);
	html_end(html);
}

int domain_render_html(const void *domain_report, const struct render_options *options, FILE *out)
{
	const struct domain_report *report = domain_report;
	struct page page = {.report = report, .names = names_open()};

	(void)options;
	page.html.arena = report->arena;
	bool surveyed = survey(&page);
	html_open(&page.html, report->arena, "Domains · passcheck", out);
	write_header(&page);
	if (surveyed)
		write_main(&page);
	int closed = html_close(&page.html);
	names_close(page.names);
	return !surveyed || arena_failed(report->arena) ? -ENOMEM : closed;
}

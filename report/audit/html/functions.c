/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/html/functions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "host/base/buffer.h"
#include "model/class_word.h"
#include "model/own_commands.h"
#include "model/shell.h"
#include "report/children.h"
#include "report/companion.h"
#include "report/guest/configuration.h"

/* Of larger pages the XML would be the most: there, the call that writes it stands alone. */
enum { MOST_WITH_XML = 512 };

static size_t index_of(const struct page *page, const struct pci_function *function)
{
	return (size_t)(function - page->audit->model.host->pci.functions);
}

static const struct assignable *judged(const struct page *page, const struct pci_function *function)
{
	return assignability_of(&page->audit->model.assignability, function);
}

/* "igb · eth0 · nic · group 4": by what the filter finds it, too. */
static const char *marks(struct page *page, const struct pci_function *function)
{
	struct buffer list = {.arena = page->html.arena, .separator = " · "};
	const char *class = class_word_name(class_word_of(function));

	if (fact_known(&function->driver.fact))
		buffer_item(&list, "%s", function->driver.text);
	else if (!fact_absent(&function->driver.fact))
		buffer_item(&list, "driver not read");
	for (size_t i = 0; i < function->netdevs.count; i++)
		buffer_item(&list, "%s", function->netdevs.names[i]);
	if (class)
		buffer_item(&list, "%s", class);
	if (fact_known(&function->group.fact))
		buffer_item(&list, "group %" PRId64, function->group.value);
	else
		buffer_item(&list, "%s",
			    fact_absent(&function->group.fact) ? "no group" : "group not read");
	return buffer_text(&list);
}

static void write_reason(struct page *page, const char *class, const char *label, const char *why)
{
	struct html *html = &page->html;

	html_start(html, "li", class);
	html_element(html, "b", "v", label);
	html_format(html, " %s", why);
	html_end(html);
}

static void write_companions(struct page *page, const struct pci_function *function,
			     const struct assignable *assignable)
{
	bool many = assignable->companion_count > MOST_COMPANIONS_LISTED;
	struct arena *arena = page->html.arena;
	const char *clause;
	size_t next = 0;

	while ((clause = companion_clause(arena, &page->audit->model.assignability, function,
					  &next)))
		write_reason(page, "warn", many ? "companions" : "companion", clause);
}

/* Why the verdict is what it is, and what to know of it. */
static void write_reasons(struct page *page, const struct pci_function *function)
{
	const struct assignable *assignable = judged(page, function);
	const struct model *model = &page->audit->model;
	const struct caution *cautions = cautions_of(&model->cautions, function);
	const struct caution *unknown = cautions_unknown_of(&model->cautions, function);
	struct html *html = &page->html;

	if (!assignable->blockers && !assignable->missing && !assignable->companion_count &&
	    !cautions && !unknown)
		return;
	html_start(html, "ul", "reasons");
	for (const struct blocker *blocker = assignable->blockers; blocker; blocker = blocker->next)
		write_reason(page, "fail", "blocked", blocker->why);
	for (const struct blocker *blocker = assignable->missing; blocker; blocker = blocker->next)
		write_reason(page, "unknown", "unknown", blocker->why);
	write_companions(page, function, assignable);
	for (; cautions; cautions = cautions->next)
		write_reason(page, "warn", "caution", cautions->why);
	for (; unknown; unknown = unknown->next)
		write_reason(page, "unknown", "unknown", unknown->why);
	html_end(html);
}

/* The findings on it, where they are told in full. They come by function, as the sections do. */
static void write_findings(struct page *page, const struct pci_function *function)
{
	size_t low = 0, high = page->told_count, index = index_of(page, function);
	struct html *html = &page->html;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (page->told[middle].function < index)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == page->told_count || page->told[low].function != index)
		return;
	html_start(html, "p", NULL);
	html_text(html, "Findings:");
	for (; low < page->told_count && page->told[low].function == index; low++) {
		html_text(html, " ");
		html_link(html, arena_printf(html->arena, "finding-%zu", page->told[low].number),
			  page->told[low].finding->kind->id);
	}
	html_end(html);
}

static void write_fact(struct page *page, const char *name, const char *value)
{
	html_element(&page->html, "dt", NULL, name);
	html_element(&page->html, "dd", NULL, value);
}

static void write_ids(struct page *page, const struct pci_function *function)
{
	if (pci_knows_ids(function))
		write_fact(page, "Vendor and device",
			   arena_printf(page->html.arena, "%04" PRIx64 ":%04" PRIx64,
					function->vendor.value, function->device.value));
}

static void write_hidden_vfs(struct page *page, const struct pci_function *function)
{
	struct arena *arena = page->html.arena;
	const char *setting = vf_hiding_setting(page->audit->model.host, function, arena);

	if (setting)
		write_fact(page, "VFs that the kernel can enable",
			   arena_printf(arena, VF_HIDDEN_SUMMARY "; where VFs are wanted: %s",
					setting));
}

static const char *possible_vfs(const struct vf_budget *budget, struct arena *arena)
{
	const char *summary = vf_budget_summary(budget, arena);

	if (!budget->driver_may_refuse)
		return summary;
	return arena_printf(arena, "%s; %s %s", summary, budget->function->driver.text,
			    budget->driver_may_refuse);
}

static void write_vf_budget(struct page *page, const struct pci_function *function)
{
	const struct model *model = &page->audit->model;
	const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, function);
	struct arena *arena = page->html.arena;
	const char *usable;

	if (!budget) {
		write_hidden_vfs(page, function);
		return;
	}
	write_fact(page, "VFs that the kernel can enable", possible_vfs(budget, arena));
	usable = usable_vfs_summary(usable_vfs_of(&model->usable_vfs, function), arena);
	if (usable)
		write_fact(page, "VFs that could each go to a guest", usable);
	write_fact(page, "VFs enabled", arena_printf(page->html.arena, "%zu", budget->vf_count));
}

static void write_facts(struct page *page, const struct pci_function *function)
{
	struct html *html = &page->html;
	const struct model *model = &page->audit->model;
	const char *type = pcie_type_name(function->pcie_type);
	const struct dma_unit *unit = dma_units_match(&model->dma_units, function)->unit;
	const char *name = unit ? dma_unit_name(unit) : NULL;
	const char *host_bridge = pci_host_bridge(function, html->arena);

	html_start(html, "dl", "facts");
	write_ids(page, function);
	if (type)
		write_fact(page, "Type", type);
	write_fact(page, "Below",
		   function->parent ? function->parent->name
		   : host_bridge    ? host_bridge
				    : "not read");
	if (name)
		write_fact(page, "IOMMU", name);
	if (fact_known(&function->numa_node.fact) && function->numa_node.value >= 0)
		write_fact(page, "NUMA node",
			   arena_printf(html->arena, "%" PRId64, function->numa_node.value));
	if (fact_known(&function->reset_method.fact))
		write_fact(page, "Resets", function->reset_method.text);
	write_vf_budget(page, function);
	html_end(html);
}

/* What libvirt takes for the function by itself. */
static void write_xml(struct page *page, const struct pci_function *function)
{
	struct guest_configuration configuration = {.arena = page->html.arena,
						    .input = {.audit = page->audit}};
	struct hostdev_misfit misfit;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out) {
		page->html.failed = true;
		return;
	}
	int result =
		hostdev_forms_build(&page->audit->model, &function, 1, &configuration.input.hostdev,
				    configuration.arena, &configuration.forms, &misfit);
	if (result == 0)
		result = guest_write_xml(&configuration, page->names, out);
	bool short_of_memory = fclose(out) != 0 || result == -ENOMEM;
	page->html.failed |= short_of_memory;
	if (!short_of_memory && length)
		page_copy(page, "%s", text);
	free(text);
}

/* What to call for the function, on its host. */
static void write_calls(struct page *page, const struct pci_function *function)
{
	const char *word = shell_word(page->html.arena, function->name);
	enum assignable_verdict verdict = judged(page, function)->verdict;

	if (verdict != ASSIGNABLE && verdict != ASSIGNABLE_WITH)
		return;
	page_copy(page, OWN_PLAN " %s", word);
	page_copy(page, OWN_XML " %s", word);
	if (page->audit->selection.count <= MOST_WITH_XML)
		write_xml(page, function);
}

/* Begins the section of a function with what is seen while it is closed. */
static void begin_function(struct page *page, const struct pci_function *function, const char *name)
{
	struct html *html = &page->html;
	enum assignable_verdict verdict = judged(page, function)->verdict;

	html_start(html, "details",
		   arena_printf(html->arena, "fn %s", assignable_verdict_name(verdict)));
	html_attribute(html, "id", "%s", function->name);
	html_start(html, "summary", NULL);
	page_verdict(page, verdict);
	html_text(html, " ");
	html_element(html, "code", NULL, function->name);
	if (name)
		html_element(html, "span", "name", name);
	html_element(html, "span", "marks", marks(page, function));
	if (cautions_of(&page->audit->model.cautions, function))
		html_element(html, "span", "caution", "caution");
	html_end(html);
}

/* VFs are many: what is the same of all is told with their PF. */
static void write_vf(struct page *page, const struct pci_function *vf)
{
	begin_function(page, vf, NULL);
	write_reasons(page, vf);
	write_findings(page, vf);
	write_calls(page, vf);
	html_end(&page->html);
	html_newline(&page->html);
}

static void write_vf_heading(struct page *page, const struct children *vfs, size_t first)
{
	const struct pci *pci = &page->audit->model.host->pci;
	struct html *html = &page->html;
	struct buffer list = {.arena = html->arena, .separator = ", "};
	size_t counts[ASSIGNABLE_COUNT] = {0}, count = 0;

	for (size_t i = first; i != NO_CHILD; i = vfs->next[i]) {
		counts[judged(page, &pci->functions[i])->verdict]++;
		count++;
	}
	for (size_t i = 0; i < ASSIGNABLE_COUNT; i++) {
		if (counts[i])
			buffer_item(&list, "%zu %s", counts[i],
				    assignable_verdict_name((enum assignable_verdict)i));
	}
	html_start(html, "summary", NULL);
	html_format(html, "%s of %s: %s · %s", counted(html->arena, count, "VF"),
		    pci->functions[first].pf->name, buffer_text(&list),
		    page_name(page, &pci->functions[first]));
	html_end(html);
	html_newline(html);
}

static void write_function(struct page *page, const struct pci_function *function)
{
	begin_function(page, function, page_name(page, function));
	write_reasons(page, function);
	write_findings(page, function);
	write_facts(page, function);
	write_calls(page, function);
	html_end(&page->html);
	html_newline(&page->html);
}

/* Writes one element, and forgets what it was made of. */
static void write_forgetting(struct page *page, const struct pci_function *function,
			     void (*write)(struct page *page, const struct pci_function *function))
{
	struct arena *whole = page->html.arena, *scratch = arena_new();

	page->html.failed |= !scratch;
	if (!scratch)
		return;
	page->html.arena = scratch;
	write(page, function);
	page->html.failed |= arena_failed(scratch);
	page->html.arena = whole;
	arena_free(scratch);
}

static void write_vfs(struct page *page, const struct children *vfs, size_t pf)
{
	const struct pci *pci = &page->audit->model.host->pci;

	if (vfs->first[pf] == NO_CHILD)
		return;
	html_start(&page->html, "details", "vfs");
	write_vf_heading(page, vfs, vfs->first[pf]);
	for (size_t i = vfs->first[pf]; i != NO_CHILD; i = vfs->next[i])
		write_forgetting(page, &pci->functions[i], write_vf);
	html_end(&page->html);
	html_newline(&page->html);
}

/* Links VFs to their PF, where the page has that, too. */
static bool gather(struct page *page, struct children *vfs)
{
	const struct selection *selection = &page->audit->selection;
	size_t count = page->audit->model.host->pci.count + 1;
	bool *selected = arena_array(page->html.arena, count, sizeof(*selected));

	if (!selected || !children_begin(page->html.arena, count, count, vfs))
		return false;
	for (size_t i = 0; i < selection->count; i++)
		selected[index_of(page, selection->functions[i])] = true;
	for (size_t i = selection->count; i-- > 0;) {
		const struct pci_function *vf = selection->functions[i];
		if (!vf->pf || !selected[index_of(page, vf->pf)])
			continue;
		children_prepend(vfs, index_of(page, vf->pf), index_of(page, vf));
	}
	return true;
}

static bool stands_with_pf(const struct children *vfs, const struct page *page,
			   const struct pci_function *function)
{
	return function->pf && vfs->first[index_of(page, function->pf)] != NO_CHILD;
}

static bool stays(const struct page *page, const struct pci_function *function)
{
	return judged(page, function)->verdict == ASSIGNABLE_NOT_A_CANDIDATE;
}

static size_t write_those(struct page *page, const struct children *vfs, bool staying)
{
	const struct selection *selection = &page->audit->selection;
	size_t count = 0;

	for (size_t i = 0; i < selection->count; i++) {
		const struct pci_function *function = selection->functions[i];
		if (stands_with_pf(vfs, page, function) || stays(page, function) != staying)
			continue;
		write_forgetting(page, function, write_function);
		write_vfs(page, vfs, index_of(page, function));
		count++;
	}
	return count;
}

/* Without a script there is no filter: it shows the field. */
static void write_filter(struct page *page)
{
	struct html *html = &page->html;

	html_start(html, "p", "filter");
	html_attribute(html, "hidden", "hidden");
	html_start(html, "label", NULL);
	html_attribute(html, "for", "filter");
	html_text(html, "Filter ");
	html_end(html);
	html_start(html, "input", NULL);
	html_attribute(html, "id", "filter");
	html_attribute(html, "type", "search");
	html_attribute(html, "autocomplete", "off");
	html_attribute(html, "placeholder", "address, name, driver, nic, group 4, blocked");
	html_end_void(html);
	html_text(html, " ");
	html_start(html, "output", NULL);
	html_attribute(html, "for", "filter");
	html_end(html);
	html_end(html);
	html_newline(html);
}

static void write_staying(struct page *page, const struct children *vfs)
{
	const struct selection *selection = &page->audit->selection;
	struct html *html = &page->html;
	size_t count = 0;

	for (size_t i = 0; i < selection->count; i++)
		count += stays(page, selection->functions[i]);
	if (!count)
		return;
	html_start(html, "details", "vfs");
	html_start(html, "summary", NULL);
	html_format(html, "%zu of the host, which no guest can get: bridges, ports and IOMMUs",
		    count);
	html_end(html);
	html_newline(html);
	write_those(page, vfs, true);
	html_end(html);
	html_newline(html);
}

void page_functions(struct page *page)
{
	struct html *html = &page->html;
	struct children vfs;

	html_section(&page->html, "functions", "Functions");
	if (!gather(page, &vfs)) {
		html->failed = true;
		return;
	}
	write_filter(page);
	if (!write_those(page, &vfs, false))
		html_element(html, "p", NULL, "None that a guest could get.");
	write_staying(page, &vfs);
	html_end(html);
	html_newline(html);
}

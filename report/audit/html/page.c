/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "report/audit/html/findings.h"
#include "report/audit/html/functions.h"
#include "report/audit/html/headline.h"
#include "report/audit/html/host.h"
#include "report/audit/html/topology.h"
#include "report/audit/render.h"
#include "report/findings/text.h"

/* The host's name where it is told, else what it is. */
static const char *title_of(const struct audit *audit)
{
	const struct host *host = audit->model.host;
	const char *of = fact_known(&host->hostname.fact)  ? host->hostname.text
			 : fact_known(&host->product.fact) ? host->product.text
							   : "a host";

	return arena_printf(audit->arena, "%s: %s · passcheck", of,
			    text_verdict(audit->judged.verdict).words);
}

static int write_page(struct page *page)
{
	struct html *html = &page->html;
	bool some = page->audit->requirement_count > 0;

	page_headline(page);
	html_start(html, "main", NULL);
	if (some)
		page_requirements(page);
	int result = page_findings(page);
	if (result < 0)
		return result;
	page_topology(page);
	page_functions(page);
	page_host(page);
	page_reading(page);
	html_end(html);
	return 0;
}

int audit_render_html(const void *document, const struct render_options *options, FILE *out)
{
	const struct audit *audit = document;
	struct page page = {.audit = audit, .names = names_open()};
	struct arena *arena = audit->arena;

	(void)options;
	layout_build(audit, arena, &page.layout);
	html_open(&page.html, arena, title_of(audit), out);
	int result = arena_failed(arena) ? -ENOMEM : write_page(&page);
	int closed = html_close(&page.html);
	names_close(page.names);
	return result < 0 || arena_failed(arena) ? -ENOMEM : closed;
}

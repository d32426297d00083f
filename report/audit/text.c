/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "report/audit/render.h"
#include "report/audit/text/parts.h"
#include "report/findings/text.h"

/* A verdict by some of the checks is no verdict on the host: the line must not pass for one. */
static const char *scope(struct text *text, const struct audit *audit)
{
	size_t count = audit->checks_asked;
	const char *checks = count == 1 ? "check" : arena_printf(text->arena, "%zu checks", count);

	if (!count)
		return "";
	if (audit->judged.verdict == HOST_NOT_READY)
		return arena_printf(text->arena, " by the %s asked for", checks);
	return arena_printf(text->arena, " as far as the %s asked for tell%s", checks,
			    count == 1 ? "s" : "");
}

static void show_verdict(struct text *text, const struct audit *audit)
{
	struct text_headline headline = text_headline(audit->judged.verdict);
	const size_t *of = audit->judged.host_counts.of;

	text_paragraph(text, 0, headline.color,
		       "%s%s: %zu failed, %zu unknown, %zu warned, %zu passed on the host",
		       headline.words, scope(text, audit), of[FINDING_FAIL], of[FINDING_UNKNOWN],
		       of[FINDING_WARN], of[FINDING_PASS]);
	if (audit->judged.verdict == HOST_UNDETERMINED && !of[FINDING_PASS])
		text_paragraph(text, 0, TEXT_PLAIN,
			       "Nothing was found that shows this host to be ready.");
}

/* "QEMU Standard PC", or "" where firmware does not say. */
static const char *machine_name(struct text *text, const struct host *host)
{
	bool vendor = fact_known(&host->vendor.fact), product = fact_known(&host->product.fact);

	return arena_printf(text->arena, "%s%s%s%s", vendor ? host->vendor.text : "",
			    vendor && product ? " " : "", product ? host->product.text : "",
			    vendor || product ? ", " : "");
}

static void show_host(struct text *text, const struct model *model)
{
	const struct host *host = model->host;
	struct fact_number privileged = host_privileged(host);
	bool release = fact_known(&host->kernel_release.fact);

	text_paragraph(text, 0, TEXT_PLAIN, "%sLinux %s on %s%s%s", machine_name(text, host),
		       release ? host->kernel_release.text : "of unknown release",
		       host->cpu.architecture ? host->cpu.architecture : "an unknown architecture",
		       model->platform.is_guest ? ", a virtual machine" : "",
		       host->captured ? ", captured" : "");
	if (fact_known(&privileged.fact) && !privileged.value)
		text_paragraph(
			text, 0, TEXT_YELLOW,
			"Read without root: what lies beyond the first 64 bytes of config "
			"space (SR-IOV, ACS, resets) and in ACPI tables is unknown. %s as root "
			"settles it.",
			host->captured ? "Capturing it" : "Running");
}

static int show_functions(struct text *text, const struct audit *audit)
{
	if (text->options->quiet)
		return 0;
	if (!audit->explains_functions) {
		text_iommu(text, &audit->model);
		text_heading(text, "PCI functions");
		return text_functions(text, audit);
	}
	for (size_t i = 0; i < audit->selection.count; i++)
		text_function(text, &audit->model, audit->selection.functions[i]);
	return 0;
}

int audit_render_text(const void *document, const struct render_options *options, FILE *out)
{
	const struct audit *audit = document;
	struct text text = {.options = options, .arena = audit->arena, .out = out};

	show_verdict(&text, audit);
	show_host(&text, &audit->model);
	text_requirements(&text, audit);
	text_findings(&text, &audit->judged);
	int result = show_functions(&text, audit);
	return arena_failed(audit->arena) ? -ENOMEM : result;
}

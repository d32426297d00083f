/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text.h"

#include <errno.h>

struct headline {
	const char *text;
	enum text_color color;
};

static const struct headline headlines[] = {
	[HOST_READY] = {"READY", TEXT_GREEN},
	[HOST_NOT_READY] = {"NOT READY", TEXT_RED},
	[HOST_UNDETERMINED] = {"UNDETERMINED", TEXT_MAGENTA},
};

static void show_verdict(struct text *text)
{
	const struct report *report = text->report;
	const struct headline *headline = &headlines[report->verdict];
	const size_t *of = report->counts.of;

	text_paragraph(text, 0, headline->color,
		       "%s: %zu failed, %zu unknown, %zu warned, %zu passed", headline->text,
		       of[FINDING_FAIL], of[FINDING_UNKNOWN], of[FINDING_WARN], of[FINDING_PASS]);
}

static const char *known_text(const struct fact_text *text, const char *otherwise)
{
	return fact_known(&text->fact) ? text->text : otherwise;
}

static void show_host(struct text *text)
{
	const struct host *host = text->report->host;
	struct fact_number virtual_machine = report_virtual_machine(host);
	struct fact_number privileged = host_privileged(host);

	text_paragraph(text, 0, TEXT_PLAIN, "%s %s, Linux %s on %s%s%s",
		       known_text(&host->vendor, "Unknown vendor,"),
		       known_text(&host->product, "unknown product"),
		       known_text(&host->kernel_release, "of unknown release"),
		       host->cpu.architecture ? host->cpu.architecture : "an unknown architecture",
		       virtual_machine.value ? ", a virtual machine" : "",
		       host->captured ? ", captured" : "");
	if (fact_known(&privileged.fact) && !privileged.value)
		text_paragraph(text, 0, TEXT_YELLOW,
			       "Read without root: what lies beyond the first 64 bytes of config "
			       "space (SR-IOV, ACS, resets) and in ACPI tables is unknown. Running "
			       "as root settles it.");
}

static int show_functions(struct text *text)
{
	const struct report *report = text->report;

	if (text->options->quiet)
		return 0;
	if (!report->explains_functions) {
		text_heading(text, "PCI functions");
		return text_functions(text);
	}
	for (size_t i = 0; i < report->function_count; i++)
		text_function(text, report->functions[i]);
	return 0;
}

static int render(const struct report *report, const struct render_options *options, FILE *out)
{
	struct text text = {
		.report = report, .options = options, .arena = report->arena, .out = out};

	show_verdict(&text);
	show_host(&text);
	text_findings(&text);
	int result = show_functions(&text);
	return arena_failed(report->arena) ? -ENOMEM : result;
}

const struct renderer renderer_text = {
	.name = "text",
	.render = render,
};

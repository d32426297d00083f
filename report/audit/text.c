/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "report/audit/render.h"
#include "report/audit/text/alike.h"
#include "report/audit/text/parts.h"
#include "report/findings/text.h"

/* "QEMU Standard PC", or "" where firmware does not say. Some products begin with their vendor:
 * "QEMU Virtual Machine", "HP Z840 Workstation". */
static const char *machine_name(struct text *text, const struct host *host)
{
	bool product = fact_known(&host->product.fact);
	bool vendor = fact_known(&host->vendor.fact) &&
		      !(product && begins_with(host->product.text, host->vendor.text));

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
		       model->platform.below == BELOW_XEN_DOM0 ? ", Xen's dom0"
		       : model->platform.is_guest              ? ", a virtual machine"
							       : "",
		       host->captured ? ", captured" : "");
	if (fact_known(&privileged.fact) && !privileged.value)
		text_paragraph(
			text, 0, TEXT_YELLOW,
			"Read without root: what lies beyond the first 64 bytes of config "
			"space (SR-IOV, ACS, resets) and in ACPI tables is unknown. %s as root "
			"settles it.",
			host->captured ? "Capturing it" : "Running");
}

static void show_others(struct text *text, const struct explained *explained)
{
	const struct pci_function *function = explained->function;
	const char *by = text->options->verbose_by;

	if (!function || !explained->others.count)
		return;
	text_paragraph(text, 2, TEXT_PLAIN, "the same holds for %s of %s: %s%s%s%s",
		       counted(text->arena, explained->others.count, "more VF"), function->pf->name,
		       vf_span_words(&explained->others, text->arena), by ? " (" : "", by ? by : "",
		       by ? " explains each)" : "");
}

static int explain_functions(struct text *text, const struct audit *audit)
{
	const struct explained *list = explained_build(audit, text->arena);
	struct isolation_terms terms = {0};

	if (!list)
		return -ENOMEM;
	struct names *names = names_open();
	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (!list[i].function && !text->options->verbose)
			continue;
		text_function(text, &audit->model, names, function);
		text_isolation_note(&audit->model, function, &terms);
		if (!text->options->verbose)
			show_others(text, &list[i]);
	}
	names_close(names);
	text_isolation_legend(text, &terms);
	return 0;
}

/* A finding on a group that is a caution of those of its functions that are explained. */
static bool is_news_of_group(const struct audit *audit, const struct finding *finding)
{
	int64_t group = strtoll(finding->subject.id, NULL, 10);

	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (fact_known(&function->group.fact) && function->group.value == group &&
		    text_tells_caution(&audit->model, function, finding->kind->id, finding->remedy))
			return false;
	}
	return true;
}

/* A caution that stands with its function is not told again as a finding. */
static bool is_news(const void *context, const struct finding *finding)
{
	const struct audit *audit = context;
	const struct model *model = &audit->model;
	const struct pci_function *function =
		finding->subject.type == SUBJECT_FUNCTION
			? pci_find_name(&model->host->pci, finding->subject.id)
			: NULL;

	if (finding->subject.type == SUBJECT_GROUP)
		return is_news_of_group(audit, finding);
	return !function ||
	       (finding->verdict != FINDING_WARN && finding->verdict != FINDING_UNKNOWN) ||
	       !text_tells_caution(model, function, finding->kind->id, finding->remedy);
}

static int list_functions(struct text *text, const struct audit *audit)
{
	if (text->options->quiet)
		return 0;
	if (text->options->verbose)
		text_iommu(text, &audit->model);
	text_heading(text, "PCI functions");
	return text->options->by_group ? text_groups(text, audit) : text_functions(text, audit);
}

/* What was asked for first: functions, then what was found of them and the host; or the host. */
static int show_body(struct text *text, const struct audit *audit)
{
	const struct finding_filter news = {is_news, audit};
	bool explains = audit->explains_functions && !text->options->quiet;
	int result = 0;

	show_host(text, &audit->model);
	text_requirements(text, audit);
	if (explains)
		result = explain_functions(text, audit);
	if (result == 0)
		result = text_findings(text, &audit->judged, explains ? &news : NULL);
	if (result < 0 || audit->explains_functions)
		return result;
	return list_functions(text, audit);
}

static size_t count_lines(const char *bytes, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += bytes[i] == '\n';
	return count;
}

/* On a terminal, what begins the report also ends it where it has scrolled away. */
static int render_on_terminal(const struct audit *audit, const struct audit_summary *summary,
			      const struct text *text)
{
	char *bytes = NULL;
	size_t length = 0;
	struct text body = *text, tail = *text;

	body.out = open_memstream(&bytes, &length);
	if (!body.out)
		return -ENOMEM;
	text_headline(&body, audit, summary);
	int result = show_body(&body, audit);
	if (fclose(body.out) && result == 0)
		result = -ENOMEM;
	if (result == 0) {
		fwrite(bytes, 1, length, text->out);
		if (count_lines(bytes, length) > text->options->height) {
			fputc('\n', text->out);
			text_headline(&tail, audit, summary);
		}
	}
	free(bytes);
	return result;
}

int audit_render_text(const void *document, const struct render_options *options, FILE *out)
{
	const struct audit *audit = document;
	const struct audit_summary summary = audit_summarize(audit);
	struct text text = {.options = options, .arena = audit->arena, .out = out};
	int result;

	if (options->height) {
		result = render_on_terminal(audit, &summary, &text);
	} else {
		text_headline(&text, audit, &summary);
		result = show_body(&text, audit);
	}
	return arena_failed(audit->arena) ? -ENOMEM : result;
}

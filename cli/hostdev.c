/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/hostdev.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/output.h"
#include "report/write/words.h"
#include "report/write/xml.h"

bool hostdev_is_wanted(const struct options *options)
{
	return strcmp(options->format, "xml") == 0;
}

bool hostdev_options_fit(const struct options *options)
{
	const char *wrong = NULL;

	if (!hostdev_is_wanted(options)) {
		if (options->given & OPTION_HOSTDEV)
			wrong = "--mac, --vlan, --network, --vport, --lun, --split and --force go "
				"with --format xml";
	} else if (!options->operands.count) {
		wrong = "--format xml: a FUNCTION is missing";
	} else if (options->split && options->output) {
		wrong = "--split and --output exclude one another";
	}
	if (!wrong)
		return true;
	complain("%s", wrong);
	complain("`passcheck --help` shows the usage");
	return false;
}

static void complain_of_refused(const struct report *report)
{
	for (size_t i = 0; i < report->forms->count; i++) {
		const struct hostdev_form *form = &report->forms->forms[i];
		if (form->written)
			continue;
		complain("%s: %s, no XML is written", form->function->name,
			 assignable_verdict_name(form->verdict));
		for (const struct hostdev_note *note = form->reasons; note; note = note->next)
			complain("%s: %s", form->function->name,
				 words_printable(report->arena, note->text));
	}
}

/* A form on its way into a file of its own. */
struct written_form {
	const struct report *report;
	const struct hostdev_form *form;
};

static int print_form(const void *context, const struct output *output)
{
	const struct written_form *written = context;

	return xml_write_form(written->report, written->form, output->stream);
}

static enum exit_code write_files(const struct options *options, const struct report *report)
{
	if (mkdir(options->split, 0777) && errno != EEXIST) {
		complain("%s: %s", options->split, strerror(errno));
		return EXIT_FAILED;
	}
	for (size_t i = 0; i < report->forms->count; i++) {
		const struct hostdev_form *form = &report->forms->forms[i];
		const char *path = arena_printf(report->arena, "%s/%s.xml", options->split,
						hostdev_form_name(report->arena, form));
		const struct written_form written = {report, form};
		if (form->written && document_print(path, print_form, &written) != EXIT_READY)
			return EXIT_FAILED;
	}
	return EXIT_READY;
}

enum exit_code hostdev_write(const struct options *options, const struct report *report)
{
	complain_of_refused(report);
	if (options->split)
		return write_files(options, report);
	return document_write(options, report, NULL, renderer_find(options->format)->render);
}

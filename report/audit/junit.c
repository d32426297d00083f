/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/access/array.h"
#include "host/access/buffer.h"
#include "report/audit/audit.h"
#include "report/audit/render.h"
#include "report/write/words.h"
#include "report/write/xml.h"

/*
 * JUnit XML has no schema of its own. What readers of it agree on: a failure counts against the
 * run, an error says that the test could not tell, what was skipped counts for nothing, and
 * system-out is shown with what passed. A warning passes: it does not make a host not ready.
 */

struct writing {
	xmlTextWriterPtr writer;
	const struct audit *audit;
};

/* How many cases of the run come out in which way. */
struct tally {
	size_t failures;
	size_t errors;
	size_t skipped;
};

static struct tally tally_of(const struct audit *audit)
{
	struct tally tally = {0};

	for (size_t i = 0; i < audit->judged.count; i++) {
		enum finding_verdict verdict = audit->judged.items[i]->verdict;

		tally.failures += verdict == FINDING_FAIL;
		tally.errors += verdict == FINDING_UNKNOWN;
		tally.skipped += verdict == FINDING_NOT_APPLICABLE;
	}
	for (size_t i = 0; i < audit->requirement_count; i++) {
		tally.failures += audit->requirements[i].state == REQUIREMENT_UNMET;
		tally.errors += audit->requirements[i].state == REQUIREMENT_UNDETERMINED;
	}
	return tally;
}

static int count_attribute(const struct writing *writing, const char *name, size_t count)
{
	return xml_attribute(writing->writer, name,
			     arena_printf(writing->audit->arena, "%zu", count));
}

/* The remedy with its commands, and what was read. */
static const char *details(struct arena *arena, const struct finding *finding)
{
	struct buffer text = {.arena = arena, .separator = "\n"};

	if (finding->remedy)
		buffer_item(&text, "%s", words_printable(arena, finding->remedy));
	for (const struct remedy_command *command = finding->commands; command;
	     command = command->next)
		buffer_item(&text, "  %s", words_printable(arena, command->text));
	for (const struct evidence *item = finding->evidence; item; item = item->next)
		buffer_item(&text, "%s: %s", words_printable(arena, item->source),
			    item->value ? words_printable(arena, item->value)
					: fact_state_name(item->state));
	return buffer_text(&text);
}

/* An element with what is said as its message. */
static int write_message(const struct writing *writing, const char *element, const char *message,
			 const char *type, const char *text)
{
	struct arena *arena = writing->audit->arena;
	xmlTextWriterPtr writer = writing->writer;

	if (xml_start(writer, element) < 0 ||
	    xml_attribute(writer, "message", words_printable(arena, message)) < 0 ||
	    (type && xml_attribute(writer, "type", type) < 0) || xml_text(writer, text) < 0)
		return -1;
	return xml_end(writer);
}

static int write_outcome(const struct writing *writing, const struct finding *finding)
{
	struct arena *arena = writing->audit->arena;

	switch (finding->verdict) {
	case FINDING_FAIL:
		return write_message(writing, "failure", finding->summary, finding->kind->id,
				     details(arena, finding));
	case FINDING_UNKNOWN:
		return write_message(writing, "error", finding->summary, finding->kind->id,
				     details(arena, finding));
	case FINDING_NOT_APPLICABLE:
		return write_message(writing, "skipped", finding->summary, NULL, "");
	case FINDING_WARN:
	case FINDING_PASS:
		break;
	}
	return xml_text_element(writing->writer, "system-out",
				words_printable(arena, finding->summary));
}

static int start_case(const struct writing *writing, const char *class, const char *name)
{
	xmlTextWriterPtr writer = writing->writer;
	struct arena *arena = writing->audit->arena;

	return xml_start(writer, "testcase") < 0 || xml_attribute(writer, "classname", class) < 0 ||
			       xml_attribute(writer, "name", words_printable(arena, name)) < 0
		       ? -1
		       : 0;
}

static int write_finding(const struct writing *writing, const struct finding *finding)
{
	const char *subject = finding->subject.id;
	const char *name = arena_printf(writing->audit->arena, "%s%s%s", finding->kind->id,
					subject ? " " : "", subject ? subject : "");

	if (start_case(writing, finding->check, name) < 0 || write_outcome(writing, finding) < 0)
		return -1;
	return xml_end(writing->writer);
}

static const char *const requirement_elements[] = {
	[REQUIREMENT_UNMET] = "failure",
	[REQUIREMENT_UNDETERMINED] = "error",
	[REQUIREMENT_MET] = NULL,
};
ASSERT_COVERS(requirement_elements, REQUIREMENT_STATE_COUNT);

static int write_requirement(const struct writing *writing, const struct requirement_result *result)
{
	const char *element = requirement_elements[result->state];

	if (start_case(writing, "requirement", result->requirement->text) < 0)
		return -1;
	if (element && write_message(writing, element, result->why, "requirement", "") < 0)
		return -1;
	return xml_end(writing->writer);
}

static int start_suite(const struct writing *writing)
{
	const struct audit *audit = writing->audit;
	const struct fact_text *hostname = &audit->model.host->hostname;
	struct tally tally = tally_of(audit);
	xmlTextWriterPtr writer = writing->writer;

	if (xml_start(writer, "testsuites") < 0 || xml_start(writer, "testsuite") < 0 ||
	    xml_attribute(writer, "name", "passcheck") < 0 ||
	    count_attribute(writing, "tests", audit->judged.count + audit->requirement_count) < 0 ||
	    count_attribute(writing, "failures", tally.failures) < 0 ||
	    count_attribute(writing, "errors", tally.errors) < 0 ||
	    count_attribute(writing, "skipped", tally.skipped) < 0 ||
	    xml_attribute(writer, "timestamp", audit->input.time) < 0)
		return -1;
	return fact_known(&hostname->fact)
		       ? xml_attribute(writer, "hostname",
				       words_printable(audit->arena, hostname->text))
		       : 0;
}

static int write_suite(const struct writing *writing)
{
	const struct audit *audit = writing->audit;
	int result = start_suite(writing);

	for (size_t i = 0; result >= 0 && i < audit->requirement_count; i++)
		result = write_requirement(writing, &audit->requirements[i]);
	for (size_t i = 0; result >= 0 && i < audit->judged.count; i++)
		result = write_finding(writing, audit->judged.items[i]);
	return result;
}

int audit_render_junit(const void *document, const struct render_options *options, FILE *out)
{
	struct writing writing = {.audit = document};

	(void)options;
	writing.writer = xml_open(out);
	if (!writing.writer)
		return -ENOMEM;
	int result = write_suite(&writing);
	int closed = xml_close(writing.writer);
	return result < 0 || closed < 0 || arena_failed(writing.audit->arena) ? -ENOMEM : 0;
}

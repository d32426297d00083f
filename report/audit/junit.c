/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
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
	struct xml xml;
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

static void count_attribute(struct writing *writing, const char *name, size_t count)
{
	xml_attribute_format(&writing->xml, name, "%zu", count);
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
static void write_message(struct writing *writing, const char *element, const char *message,
			  const char *type, const char *text)
{
	struct xml *xml = &writing->xml;

	xml_start(xml, element);
	xml_attribute(xml, "message", words_printable(writing->audit->arena, message));
	if (type)
		xml_attribute(xml, "type", type);
	xml_text(xml, text);
	xml_end(xml);
}

static void write_outcome(struct writing *writing, const struct finding *finding)
{
	struct arena *arena = writing->audit->arena;

	switch (finding->verdict) {
	case FINDING_FAIL:
		write_message(writing, "failure", finding->summary, finding->kind->id,
			      details(arena, finding));
		return;
	case FINDING_UNKNOWN:
		write_message(writing, "error", finding->summary, finding->kind->id,
			      details(arena, finding));
		return;
	case FINDING_NOT_APPLICABLE:
		write_message(writing, "skipped", finding->summary, NULL, "");
		return;
	case FINDING_WARN:
	case FINDING_PASS:
		break;
	}
	xml_text_element(&writing->xml, "system-out", words_printable(arena, finding->summary));
}

static void start_case(struct writing *writing, const char *class, const char *name)
{
	xml_start(&writing->xml, "testcase");
	xml_attribute(&writing->xml, "classname", class);
	xml_attribute(&writing->xml, "name", words_printable(writing->audit->arena, name));
}

static void write_finding(struct writing *writing, const struct finding *finding)
{
	const char *subject = finding->subject.id;
	const char *name = arena_printf(writing->audit->arena, "%s%s%s", finding->kind->id,
					subject ? " " : "", subject ? subject : "");

	start_case(writing, finding->check, name);
	write_outcome(writing, finding);
	xml_end(&writing->xml);
}

static const char *const requirement_elements[] = {
	[REQUIREMENT_UNMET] = "failure",
	[REQUIREMENT_UNDETERMINED] = "error",
	[REQUIREMENT_MET] = NULL,
};
ASSERT_COVERS(requirement_elements, REQUIREMENT_STATE_COUNT);

static void write_requirement(struct writing *writing, const struct requirement_result *result)
{
	const char *element = requirement_elements[result->state];

	start_case(writing, "requirement", result->requirement->text);
	if (element)
		write_message(writing, element, result->why, "requirement", "");
	xml_end(&writing->xml);
}

static void start_suite(struct writing *writing)
{
	const struct audit *audit = writing->audit;
	const struct fact_text *hostname = &audit->model.host->hostname;
	struct tally tally = tally_of(audit);
	struct xml *xml = &writing->xml;

	xml_start(xml, "testsuites");
	xml_start(xml, "testsuite");
	xml_attribute(xml, "name", "passcheck");
	count_attribute(writing, "tests", audit->judged.count + audit->requirement_count);
	count_attribute(writing, "failures", tally.failures);
	count_attribute(writing, "errors", tally.errors);
	count_attribute(writing, "skipped", tally.skipped);
	xml_attribute(xml, "timestamp", audit->input.time);
	if (fact_known(&hostname->fact))
		xml_attribute(xml, "hostname", words_printable(audit->arena, hostname->text));
}

static void write_suite(struct writing *writing)
{
	const struct audit *audit = writing->audit;

	start_suite(writing);
	for (size_t i = 0; i < audit->requirement_count; i++)
		write_requirement(writing, &audit->requirements[i]);
	for (size_t i = 0; i < audit->judged.count; i++)
		write_finding(writing, audit->judged.items[i]);
}

int audit_render_junit(const void *document, const struct render_options *options, FILE *out)
{
	struct writing writing = {.audit = document};

	(void)options;
	xml_open(&writing.xml, out, " ", '"');
	xml_declare(&writing.xml);
	write_suite(&writing);
	int result = xml_close(&writing.xml);
	return arena_failed(writing.audit->arena) ? -ENOMEM : result;
}

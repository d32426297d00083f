/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "checks/support/check.h"
#include "report/audit/audit.h"
#include "report/audit/render.h"
#include "report/write/words.h"
#include "report/write/xml.h"

/*
 * An XCCDF 1.2 benchmark (NIST IR 7275 rev. 4): a rule for each finding that there can be, and the
 * results of this audit. Elements stand in the order that its schema asks for.
 */

#define NAMESPACE "http://checklists.nist.gov/xccdf/1.2"
/* Ids are xccdf_, a domain name turned round, a type and a name. */
#define ID(type)     "xccdf_org.passcheck_" type "_"
#define CHECK_SYSTEM "https://passcheck.org/check"
#define TEST_SYSTEM  "cpe:/a:passcheck:passcheck:" PASSCHECK_VERSION

struct writing {
	xmlTextWriterPtr writer;
	const struct audit *audit;
};

static const char *const results[] = {
	[FINDING_PASS] = "pass",          [FINDING_NOT_APPLICABLE] = "notapplicable",
	[FINDING_WARN] = "informational", [FINDING_UNKNOWN] = "unknown",
	[FINDING_FAIL] = "fail",
};
ASSERT_COVERS(results, FINDING_VERDICT_COUNT);

static const char *rule_id(struct arena *arena, const struct finding_kind *kind)
{
	return arena_printf(arena, ID("rule") "%s", kind->id);
}

/* What tells a reader which engine to ask, and what for. */
static int write_check(const struct writing *writing, const char *check)
{
	xmlTextWriterPtr writer = writing->writer;

	if (xml_start(writer, "check") < 0 || xml_attribute(writer, "system", CHECK_SYSTEM) < 0 ||
	    xml_start(writer, "check-content-ref") < 0 ||
	    xml_attribute(writer, "href", "passcheck") < 0 ||
	    xml_attribute(writer, "name", check) < 0 || xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}

static int write_rule(const struct writing *writing, const struct check *check,
		      const struct finding_kind *kind)
{
	xmlTextWriterPtr writer = writing->writer;

	if (xml_start(writer, "Rule") < 0 ||
	    xml_attribute(writer, "id", rule_id(writing->audit->arena, kind)) < 0 ||
	    xml_attribute(writer, "selected", "true") < 0 ||
	    xml_text_element(writer, "title", kind->id) < 0 ||
	    xml_text_element(writer, "description", kind->meaning) < 0 ||
	    (kind->fix && xml_text_element(writer, "fixtext", kind->fix) < 0) ||
	    write_check(writing, check->id) < 0)
		return -1;
	return xml_end(writer);
}

static int write_rules(const struct writing *writing)
{
	int result = 0;

	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];

		for (size_t j = 0; result >= 0 && !check->judges_domains && j < check->kind_count;
		     j++)
			result = write_rule(writing, check, &check->kinds[j]);
	}
	return result;
}

static int write_message(const struct writing *writing, const struct finding *finding)
{
	xmlTextWriterPtr writer = writing->writer;

	if (xml_start(writer, "message") < 0 || xml_attribute(writer, "severity", "info") < 0 ||
	    xml_text(writer, words_printable(writing->audit->arena, finding->summary)) < 0)
		return -1;
	return xml_end(writer);
}

/* What the result is of, where it is not the host. */
static int write_instance(const struct writing *writing, const struct subject *subject)
{
	xmlTextWriterPtr writer = writing->writer;

	if (!subject->id)
		return 0;
	if (xml_start(writer, "instance") < 0 ||
	    xml_attribute(writer, "context", subject_type_name(subject->type)) < 0 ||
	    xml_text(writer, words_printable(writing->audit->arena, subject->id)) < 0)
		return -1;
	return xml_end(writer);
}

static int write_result(const struct writing *writing, const struct finding *finding)
{
	xmlTextWriterPtr writer = writing->writer;

	if (xml_start(writer, "rule-result") < 0 ||
	    xml_attribute(writer, "idref", rule_id(writing->audit->arena, finding->kind)) < 0 ||
	    xml_text_element(writer, "result", results[finding->verdict]) < 0 ||
	    write_message(writing, finding) < 0 || write_instance(writing, &finding->subject) < 0 ||
	    write_check(writing, finding->check) < 0)
		return -1;
	return xml_end(writer);
}

/* How many of all results that count are passes, as the flat scoring model has it. */
static int write_score(const struct writing *writing)
{
	const struct judged_findings *judged = &writing->audit->judged;
	struct arena *arena = writing->audit->arena;
	size_t passed = 0, counted = 0;

	for (size_t i = 0; i < judged->count; i++) {
		enum finding_verdict verdict = judged->items[i]->verdict;

		passed += verdict == FINDING_PASS;
		counted += verdict != FINDING_NOT_APPLICABLE && verdict != FINDING_WARN;
	}
	if (xml_start(writing->writer, "score") < 0 ||
	    xml_attribute(writing->writer, "system", "urn:xccdf:scoring:flat") < 0 ||
	    xml_attribute(writing->writer, "maximum", arena_printf(arena, "%zu", counted)) < 0 ||
	    xml_text(writing->writer, arena_printf(arena, "%zu", passed)) < 0)
		return -1;
	return xml_end(writing->writer);
}

static int start_results(const struct writing *writing)
{
	const struct audit *audit = writing->audit;
	const struct fact_text *hostname = &audit->model.host->hostname;
	xmlTextWriterPtr writer = writing->writer;
	const char *verdict =
		arena_printf(audit->arena, "Verdict: %s", host_verdict_name(audit->judged.verdict));
	const char *target = fact_known(&hostname->fact)
				     ? words_printable(audit->arena, hostname->text)
				     : "unnamed host";

	if (xml_start(writer, "TestResult") < 0 ||
	    xml_attribute(writer, "id", ID("testresult") "audit") < 0 ||
	    xml_attribute(writer, "end-time", audit->input.time) < 0 ||
	    xml_attribute(writer, "version", PASSCHECK_VERSION) < 0 ||
	    xml_attribute(writer, "test-system", TEST_SYSTEM) < 0 ||
	    xml_text_element(writer, "title", verdict) < 0)
		return -1;
	return xml_text_element(writer, "target", target);
}

static int write_results(const struct writing *writing)
{
	const struct judged_findings *judged = &writing->audit->judged;
	int result = start_results(writing);

	for (size_t i = 0; result >= 0 && i < judged->count; i++)
		result = write_result(writing, judged->items[i]);
	return result < 0 ? result : write_score(writing);
}

static int start_benchmark(const struct writing *writing)
{
	xmlTextWriterPtr writer = writing->writer;
	/* The date of a status is that of the audit: its first ten characters. */
	const char *date = arena_printf(writing->audit->arena, "%.10s", writing->audit->input.time);

	if (xml_start(writer, "Benchmark") < 0 || xml_attribute(writer, "xmlns", NAMESPACE) < 0 ||
	    xml_attribute(writer, "id", ID("benchmark") "passthrough") < 0 ||
	    xml_start(writer, "status") < 0 || xml_attribute(writer, "date", date) < 0 ||
	    xml_text(writer, "accepted") < 0 || xml_end(writer) < 0 ||
	    xml_text_element(writer, "title", "PCI passthrough and SR-IOV") < 0 ||
	    xml_text_element(writer, "description",
			     "Whether a Linux host can give PCI functions to guests, whole or as "
			     "SR-IOV virtual functions.") < 0)
		return -1;
	return xml_text_element(writer, "version", PASSCHECK_VERSION);
}

int audit_render_xccdf(const void *document, const struct render_options *options, FILE *out)
{
	struct writing writing = {.audit = document};

	(void)options;
	writing.writer = xml_open(out);
	if (!writing.writer)
		return -ENOMEM;
	int result = start_benchmark(&writing);
	if (result >= 0)
		result = write_rules(&writing);
	if (result >= 0)
		result = write_results(&writing);
	int closed = xml_close(writing.writer);
	return result < 0 || closed < 0 || arena_failed(writing.audit->arena) ? -ENOMEM : 0;
}

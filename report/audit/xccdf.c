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
	struct xml xml;
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
static void write_check(struct writing *writing, const char *check)
{
	struct xml *xml = &writing->xml;

	xml_start(xml, "check");
	xml_attribute(xml, "system", CHECK_SYSTEM);
	xml_start(xml, "check-content-ref");
	xml_attribute(xml, "href", "passcheck");
	xml_attribute(xml, "name", check);
	xml_end(xml);
	xml_end(xml);
}

static void write_rule(struct writing *writing, const struct check *check,
		       const struct finding_kind *kind)
{
	struct xml *xml = &writing->xml;

	xml_start(xml, "Rule");
	xml_attribute(xml, "id", rule_id(writing->audit->arena, kind));
	xml_attribute(xml, "selected", "true");
	xml_text_element(xml, "title", kind->id);
	xml_text_element(xml, "description", kind->meaning);
	if (kind->fix)
		xml_text_element(xml, "fixtext", kind->fix);
	write_check(writing, check->id);
	xml_end(xml);
}

static void write_rules(struct writing *writing)
{
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];

		for (size_t j = 0; !check->judges_domains && j < check->kind_count; j++)
			write_rule(writing, check, &check->kinds[j]);
	}
}

static void write_message(struct writing *writing, const struct finding *finding)
{
	struct xml *xml = &writing->xml;

	xml_start(xml, "message");
	xml_attribute(xml, "severity", "info");
	xml_text(xml, words_printable(writing->audit->arena, finding->summary));
	xml_end(xml);
}

/* What the result is of, where it is not the host. */
static void write_instance(struct writing *writing, const struct subject *subject)
{
	struct xml *xml = &writing->xml;

	if (!subject->id)
		return;
	xml_start(xml, "instance");
	xml_attribute(xml, "context", subject_type_name(subject->type));
	xml_text(xml, words_printable(writing->audit->arena, subject->id));
	xml_end(xml);
}

static void write_result(struct writing *writing, const struct finding *finding)
{
	struct xml *xml = &writing->xml;

	xml_start(xml, "rule-result");
	xml_attribute(xml, "idref", rule_id(writing->audit->arena, finding->kind));
	xml_text_element(xml, "result", results[finding->verdict]);
	write_message(writing, finding);
	write_instance(writing, &finding->subject);
	write_check(writing, finding->check);
	xml_end(xml);
}

/* How many of all results that count are passes, as the flat scoring model has it. */
static void write_score(struct writing *writing)
{
	const struct judged_findings *judged = &writing->audit->judged;
	struct xml *xml = &writing->xml;
	size_t passed = 0, counted = 0;

	for (size_t i = 0; i < judged->count; i++) {
		enum finding_verdict verdict = judged->items[i]->verdict;

		passed += verdict == FINDING_PASS;
		counted += verdict != FINDING_NOT_APPLICABLE && verdict != FINDING_WARN;
	}
	xml_start(xml, "score");
	xml_attribute(xml, "system", "urn:xccdf:scoring:flat");
	xml_attribute_format(xml, "maximum", "%zu", counted);
	xml_text(xml, arena_printf(writing->audit->arena, "%zu", passed));
	xml_end(xml);
}

static void start_results(struct writing *writing)
{
	const struct audit *audit = writing->audit;
	const struct fact_text *hostname = &audit->model.host->hostname;
	struct xml *xml = &writing->xml;
	const char *verdict =
		arena_printf(audit->arena, "Verdict: %s", host_verdict_name(audit->judged.verdict));
	const char *target = fact_known(&hostname->fact)
				     ? words_printable(audit->arena, hostname->text)
				     : "unnamed host";

	xml_start(xml, "TestResult");
	xml_attribute(xml, "id", ID("testresult") "audit");
	xml_attribute(xml, "end-time", audit->input.time);
	xml_attribute(xml, "version", PASSCHECK_VERSION);
	xml_attribute(xml, "test-system", TEST_SYSTEM);
	xml_text_element(xml, "title", verdict);
	xml_text_element(xml, "target", target);
}

static void write_results(struct writing *writing)
{
	const struct judged_findings *judged = &writing->audit->judged;

	start_results(writing);
	for (size_t i = 0; i < judged->count; i++)
		write_result(writing, judged->items[i]);
	write_score(writing);
}

static void start_benchmark(struct writing *writing)
{
	struct xml *xml = &writing->xml;

	xml_start(xml, "Benchmark");
	xml_attribute(xml, "xmlns", NAMESPACE);
	xml_attribute(xml, "id", ID("benchmark") "passthrough");
	xml_start(xml, "status");
	/* The date of a status is that of the audit: its first ten characters. */
	xml_attribute_format(xml, "date", "%.10s", writing->audit->input.time);
	xml_text(xml, "accepted");
	xml_end(xml);
	xml_text_element(xml, "title", "PCI passthrough and SR-IOV");
	xml_text_element(xml, "description",
			 "Whether a Linux host can give PCI functions to guests, whole or as "
			 "SR-IOV virtual functions.");
	xml_text_element(xml, "version", PASSCHECK_VERSION);
}

int audit_render_xccdf(const void *document, const struct render_options *options, FILE *out)
{
	struct writing writing = {.audit = document};

	(void)options;
	xml_open(&writing.xml, out, " ", '"');
	xml_declare(&writing.xml);
	start_benchmark(&writing);
	write_rules(&writing);
	write_results(&writing);
	int result = xml_close(&writing.xml);
	return arena_failed(writing.audit->arena) ? -ENOMEM : result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "host/access/array.h"
#include "report/audit/json/elements.h"
#include "report/audit/render.h"
#include "report/findings/json.h"

static cJSON *confinement(struct json *json, const struct audit_input *input)
{
	cJSON *array = json_array(json);

	for (size_t i = 0; i < input->confinement_count; i++)
		json_add_text(json, array, NULL, input->confinement[i]);
	return array;
}

static cJSON *run(struct json *json, const struct audit *audit)
{
	const struct host *host = audit->model.host;
	struct fact_number privileged = host_privileged(host);
	cJSON *object = json_object(json);

	if (fact_known(&privileged.fact))
		json_add_bool(json, object, "privileged", privileged.value != 0);
	else
		json_add_null(json, object, "privileged");
	json_add_bool(json, object, "complete", audit->complete);
	json_add_text(json, object, "time", audit->input.time);
	json_add_fact_text(json, object, "kernel_lockdown", &host->lockdown);
	json_add(json, object, "confinement", confinement(json, &audit->input));
	return object;
}

enum { USUAL_SIZE = 4096 }; /* of an element as text */

/* A document on its way out: one member, or one element of an array, is in memory at a time. */
struct document {
	struct json json;
	const struct audit *audit;
	struct names *names; /* of vendors and devices */
	const struct pci_function **listers;
	FILE *out;
	const char *separator; /* before the next member */
};

/* Writes item on a line of its own, and frees it. */
static void write_item(struct document *document, cJSON *item)
{
	char *text = cJSON_PrintBuffered(item, USUAL_SIZE, false);

	document->json.failed |= !text;
	fputs(text ? text : "null", document->out);
	free(text);
	cJSON_Delete(item);
}

/* Begins a line of the document, which is one where it is compact. */
static void begin_line(struct document *document, const char *indent)
{
	if (!document->json.compact)
		fprintf(document->out, "\n%s", indent);
}

static void begin_member(struct document *document, const char *key)
{
	fputs(document->separator, document->out);
	begin_line(document, " ");
	fprintf(document->out, "\"%s\":%s", key, document->json.compact ? "" : " ");
	document->separator = ",";
}

static void write_member(struct document *document, const char *key, cJSON *item)
{
	begin_member(document, key);
	write_item(document, item);
}

/* Writes an array. What its elements are made of is forgotten after each. */
static void write_array(struct document *document, const char *key, size_t count,
			cJSON *(*element)(struct document *document, size_t index))
{
	struct arena *whole = document->json.arena, *scratch = arena_new();

	document->json.failed |= !scratch;
	begin_member(document, key);
	fputs("[", document->out);
	for (size_t i = 0; scratch && i < count; i++) {
		document->json.arena = scratch;
		fputs(i ? "," : "", document->out);
		begin_line(document, "  ");
		write_item(document, element(document, i));
		document->json.failed |= arena_failed(scratch);
		arena_clear(scratch);
	}
	arena_free(scratch);
	document->json.arena = whole;
	fputs("]", document->out);
}

static cJSON *finding_element(struct document *document, size_t index)
{
	return json_finding(&document->json, &document->audit->judged,
			    document->audit->judged.items[index]);
}

static cJSON *group_element(struct document *document, size_t index)
{
	const struct model *model = &document->audit->model;

	return json_group(&document->json, model, &model->host->groups.groups[index]);
}

/* Returns where the lister of a function's predicted group is kept, or NULL where the group is so
 * small that each member lists it. */
static const struct pci_function **lister_of(struct document *document,
					     const struct pci_function *function)
{
	const struct model *model = &document->audit->model;
	const struct isolation_group *group = isolation_of(&model->isolation, function);

	if (!document->listers || !group || !group->known || group->count <= MOST_COMPANIONS_LISTED)
		return NULL;
	return &document->listers[group->functions[0] - model->host->pci.functions];
}

/* The first member of a predicted group that the document has names them all. */
static cJSON *function_element(struct document *document, size_t index)
{
	const struct pci_function *function = document->audit->selection.functions[index];
	const struct pci_function **lister = lister_of(document, function);

	if (lister && !*lister)
		*lister = function;
	return json_function(&document->json, document->audit, document->names, function,
			     lister ? *lister : NULL);
}

/* The members that the whole report and its summary begin with. */
static void write_head(struct document *document)
{
	struct json *json = &document->json;
	const struct audit *audit = document->audit;

	fputs("{", document->out);
	write_member(document, "schema_version", cJSON_CreateString(JSON_SCHEMA_VERSION));
	write_member(document, "tool", json_tool(json));
	write_member(document, "host", json_host(json, &audit->model));
	write_member(document, "run", run(json, audit));
	write_member(document, "verdict",
		     cJSON_CreateString(host_verdict_name(audit->judged.verdict)));
	write_member(document, "summary", json_summary(json, audit));
}

static void write_end(struct document *document)
{
	begin_line(document, "");
	fputs("}\n", document->out);
}

static void write_document(struct document *document)
{
	struct json *json = &document->json;
	const struct audit *audit = document->audit;
	const struct host *host = audit->model.host;

	write_head(document);
	write_array(document, "findings", audit->judged.count, finding_element);
	write_member(document, "requirements", json_requirements(json, audit));
	write_member(document, "iommu", json_iommu(json, &audit->model));
	write_array(document, "groups", host->groups.count, group_element);
	write_array(document, "functions", audit->selection.count, function_element);
	write_end(document);
}

/* Writes the ids of the findings of each verdict that says that something is wrong. */
static cJSON *ids(struct json *json, const struct judged_findings *judged)
{
	static const enum finding_verdict verdicts[] = {FINDING_FAIL, FINDING_UNKNOWN,
							FINDING_WARN};
	cJSON *object = json_object(json);
	struct kind_count *counts;
	size_t count = judged_count_kinds(judged, json->arena, &counts);

	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++) {
		cJSON *array = json_array(json);

		for (size_t j = 0; j < count; j++) {
			if (counts[j].verdict == verdicts[i])
				json_add_text(json, array, NULL, counts[j].kind->id);
		}
		json_add(json, object, finding_verdict_name(verdicts[i]), array);
	}
	return object;
}

int audit_render_summary(const void *audit_document, const struct render_options *options,
			 FILE *out)
{
	const struct audit *audit = audit_document;
	struct document document = {
		.json = {.arena = audit->arena, .compact = options->compact},
		.audit = audit,
		.out = out,
		.separator = "",
	};
	struct json *json = &document.json;

	write_head(&document);
	write_member(&document, "findings", ids(json, &audit->judged));
	write_end(&document);
	return json->failed || arena_failed(audit->arena) ? -ENOMEM : 0;
}

int audit_render_json(const void *audit_document, const struct render_options *options, FILE *out)
{
	const struct audit *audit = audit_document;
	struct document document = {
		.json = {.arena = audit->arena, .compact = options->compact},
		.audit = audit,
		.names = names_open(),
		.out = out,
		.separator = "",
		.listers = arena_array(audit->arena, audit->model.host->pci.count + 1,
				       sizeof(*document.listers)),
	};

	write_document(&document);
	names_close(document.names);
	return document.json.failed || arena_failed(audit->arena) ? -ENOMEM : 0;
}

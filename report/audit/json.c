/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "report/audit/json/elements.h"
#include "report/audit/render.h"
#include "report/findings/json.h"

static struct json_item *confinement(struct json *json, const struct audit_input *input)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < input->confinement_count; i++)
		json_add_text(json, array, NULL, input->confinement[i]);
	return array;
}

static struct json_item *run(struct json *json, const struct audit *audit)
{
	const struct host *host = audit->model.host;
	struct fact_number privileged = host_privileged(host);
	struct json_item *object = json_object(json);

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

/* A document on its way out: one member, or one element of an array, is in memory at a time, in the
 * arena of json. */
struct document {
	struct json json;
	const struct audit *audit;
	struct names *names; /* of vendors and devices */
	const struct pci_function **listers;
	FILE *out;
	const char *separator; /* before the next member */
};

/* Writes an item, and forgets what it was made of. */
static void write_item(struct document *document, const struct json_item *item)
{
	struct arena *scratch = document->json.arena;

	json_put(item, document->out);
	document->json.failed |= arena_failed(scratch);
	arena_clear(scratch);
}

/* Begins a line of the document, which is one where it is compact. */
static void begin_line(struct document *document, const char *indent)
{
	if (document->json.compact)
		return;
	fputs("\n", document->out);
	fputs(indent, document->out);
}

static void begin_member(struct document *document, const char *key)
{
	fputs(document->separator, document->out);
	begin_line(document, " ");
	fprintf(document->out, "\"%s\":%s", key, document->json.compact ? "" : " ");
	document->separator = ",";
}

static void write_member(struct document *document, const char *key, const struct json_item *item)
{
	begin_member(document, key);
	write_item(document, item);
}

static void write_array(struct document *document, const char *key, size_t count,
			struct json_item *(*element)(struct document *document, size_t index))
{
	begin_member(document, key);
	fputs("[", document->out);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? "," : "", document->out);
		begin_line(document, "  ");
		write_item(document, element(document, i));
	}
	fputs("]", document->out);
}

static struct json_item *finding_element(struct document *document, size_t index)
{
	return json_finding(&document->json, &document->audit->judged,
			    document->audit->judged.items[index]);
}

static struct json_item *group_element(struct document *document, size_t index)
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
static struct json_item *function_element(struct document *document, size_t index)
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
	write_member(document, "schema_version", json_text(json, JSON_SCHEMA_VERSION));
	write_member(document, "tool", json_tool(json));
	write_member(document, "host", json_host(json, &audit->model));
	write_member(document, "run", run(json, audit));
	write_member(document, "verdict",
		     json_text(json, host_verdict_name(audit->judged.verdict)));
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
static struct json_item *ids(struct json *json, const struct judged_findings *judged)
{
	static const enum finding_verdict verdicts[] = {FINDING_FAIL, FINDING_UNKNOWN,
							FINDING_WARN};
	struct json_item *object = json_object(json);
	struct kind_count *counts;
	size_t count = judged_count_kinds(judged, json->arena, &counts);

	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++) {
		struct json_item *array = json_array(json);

		for (size_t j = 0; j < count; j++) {
			if (counts[j].verdict == verdicts[i])
				json_add_text(json, array, NULL, counts[j].kind->id);
		}
		json_add(json, object, finding_verdict_name(verdicts[i]), array);
	}
	return object;
}

/* Writes a document whose items take memory of their own. */
static int write_with_scratch(struct document *document, void (*write)(struct document *document))
{
	struct arena *scratch = arena_new();

	if (!scratch)
		return -ENOMEM;
	document->json.arena = scratch;
	write(document);
	arena_free(scratch);
	return document->json.failed || arena_failed(document->audit->arena) ? -ENOMEM : 0;
}

static void write_summary(struct document *document)
{
	write_head(document);
	write_member(document, "findings", ids(&document->json, &document->audit->judged));
	write_end(document);
}

int audit_render_summary(const void *audit_document, const struct render_options *options,
			 FILE *out)
{
	struct document document = {
		.json = {.compact = options->compact},
		.audit = audit_document,
		.out = out,
		.separator = "",
	};

	return write_with_scratch(&document, write_summary);
}

int audit_render_json(const void *audit_document, const struct render_options *options, FILE *out)
{
	const struct audit *audit = audit_document;
	struct document document = {
		.json = {.compact = options->compact},
		.audit = audit,
		.names = names_open(),
		.out = out,
		.separator = "",
		.listers = arena_array(audit->arena, audit->model.host->pci.count + 1,
				       sizeof(*document.listers)),
	};
	int result = write_with_scratch(&document, write_document);

	names_close(document.names);
	return result;
}

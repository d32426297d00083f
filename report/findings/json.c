/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/json.h"

#include <string.h>

static struct json_item *subject(struct json *json, const struct subject *subject)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "type", subject_type_name(subject->type));
	json_add_text(json, object, "id", subject->id);
	return object;
}

static struct json_item *evidence(struct json *json, const struct evidence *evidence)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "source", evidence->source);
	json_add_text(json, object, "state", fact_state_name(evidence->state));
	json_add_text(json, object, "value", evidence->value);
	if (evidence->error)
		json_add_text(json, object, "error", strerrorname_np(evidence->error));
	return object;
}

static struct json_item *evidence_array(struct json *json, const struct finding *finding)
{
	struct json_item *array = json_array(json);

	for (const struct evidence *item = finding->evidence; item; item = item->next)
		json_add(json, array, NULL, evidence(json, item));
	return array;
}

struct json_item *json_remedy(struct json *json, const char *summary,
			      const struct remedy_command *command)
{
	struct json_item *remedy = json_object(json), *commands = json_array(json);

	json_add_text(json, remedy, "summary", summary);
	for (; command; command = command->next)
		json_add_text(json, commands, NULL, command->text);
	json_add(json, remedy, "commands", commands);
	return remedy;
}

static void add_remedy(struct json *json, struct json_item *object, const struct finding *finding)
{
	if (finding->remedy)
		json_add(json, object, "remedy",
			 json_remedy(json, finding->remedy, finding->commands));
	else
		json_add_null(json, object, "remedy");
}

struct json_item *json_finding(struct json *json, const struct judged_findings *judged,
			       const struct finding *finding)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "id", finding->kind->id);
	json_add_text(json, object, "check", finding->check);
	json_add(json, object, "subject", subject(json, &finding->subject));
	json_add_text(json, object, "verdict", finding_verdict_name(finding->verdict));
	json_add_bool(json, object, "decides", judged_decides(judged, finding));
	json_add_text(json, object, "summary", finding->summary);
	json_add(json, object, "evidence", evidence_array(json, finding));
	add_remedy(json, object, finding);
	json_add_text(json, object, "follows_from",
		      finding->cause ? finding->cause->kind->id : NULL);
	return object;
}

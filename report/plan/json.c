/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/json.h"
#include "report/findings/caution.h"
#include "report/findings/json.h"
#include "report/plan/help.h"
#include "report/plan/plan_document.h"
#include "report/plan/render.h"

static struct json_item *lines(struct json *json, const struct text_line *line)
{
	struct json_item *array = json_array(json);

	for (; line; line = line->next)
		json_add_text(json, array, NULL, line->text);
	return array;
}

static struct json_item *commands(struct json *json, const struct plan_command *command)
{
	struct json_item *array = json_array(json);

	for (; command; command = command->next)
		json_add_text(json, array, NULL, command->text);
	return array;
}

static struct json_item *alternatives(struct json *json, const struct plan_alternative *alternative)
{
	struct json_item *array = json_array(json);

	for (; alternative; alternative = alternative->next) {
		struct json_item *object = json_object(json);
		json_add_text(json, object, "summary", alternative->summary);
		json_add(json, object, "commands", commands(json, alternative->commands));
		json_add(json, array, NULL, object);
	}
	return array;
}

static struct json_item *step_object(struct json *json, const struct plan_step *step)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "id", step->id);
	json_add_text(json, object, "stage", plan_stage_name(step->stage));
	json_add_text(json, object, "function", step->function ? step->function->name : NULL);
	json_add_text(json, object, "summary", step->summary);
	json_add_text(json, object, "why", step->why);
	json_add(json, object, "commands", commands(json, step->commands));
	json_add(json, object, "undo", commands(json, step->undo));
	json_add(json, object, "alternatives", alternatives(json, step->alternatives));
	return object;
}

static struct json_item *steps(struct json *json, const struct plan *plan)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < plan->count; i++)
		json_add(json, array, NULL, step_object(json, &plan->steps[i]));
	return array;
}

static struct json_item *functions(struct json *json, const struct selection *selection)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < selection->count; i++)
		json_add_text(json, array, NULL, selection->functions[i]->name);
	return array;
}

static struct json_item *remarks(struct json *json, const struct plan_remark *remark)
{
	struct json_item *array = json_array(json);

	for (; remark; remark = remark->next) {
		struct json_item *object = json_caution(json, remark->caution);
		json_add_text(json, object, "function", remark->function->name);
		json_add_bool(json, object, "known", remark->known);
		json_add(json, array, NULL, object);
	}
	return array;
}

static struct json_item *remedies(struct json *json, const struct plan_help *help)
{
	struct json_item *array = json_array(json);

	for (; help; help = help->next)
		json_add(json, array, NULL, json_remedy(json, help->remedy, help->commands));
	return array;
}

int plan_render_json(const void *plan_document, const struct render_options *options, FILE *out)
{
	const struct plan_document *document = plan_document;
	const struct plan *plan = &document->plan;
	struct json json = {.arena = document->arena, .compact = options->compact};
	struct json_item *object = json_object(&json);

	json_add_text(&json, object, "schema_version", JSON_SCHEMA_VERSION);
	json_add(&json, object, "tool", json_tool(&json));
	json_add_text(&json, object, "verdict", plan_verdict_name(plan->verdict));
	json_add_text(&json, object, "how", plan_how_name(plan->how));
	json_add_bool(&json, object, "undo", plan->undo);
	json_add_bool(&json, object, "managed_does", plan->managed_does);
	json_add(&json, object, "functions", functions(&json, &document->selection));
	json_add(&json, object, "obstacles", lines(&json, plan->obstacles));
	json_add(&json, object, "remedies", remedies(&json, document->help));
	json_add(&json, object, "unknowns", lines(&json, plan->unknowns));
	json_add(&json, object, "remarks", remarks(&json, plan->remarks));
	json_add(&json, object, "steps", steps(&json, plan));
	return json_write(&json, object, out);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/function/assignability.h"
#include "model/assign/reset.h"
#include "report/audit/json/elements.h"
#include "report/findings/caution.h"

static void add_predicted_group(struct json *json, struct json_item *object,
				const struct isolation_group *group,
				const struct pci_function *elsewhere)
{
	json_add_text(json, object, "predicted_group_of", elsewhere ? elsewhere->name : NULL);
	if (!group || !group->known || elsewhere) {
		json_add_null(json, object, "predicted_group");
		return;
	}
	struct json_item *array = json_array(json);
	for (size_t i = 0; i < group->count; i++)
		json_add_text(json, array, NULL, group->functions[i]->name);
	json_add(json, object, "predicted_group", array);
}

static struct json_item *culprits(struct json *json, const struct isolation_group *group)
{
	struct json_item *array = json_array(json);
	const struct isolation_culprit *culprit = group && group->known ? group->culprits : NULL;

	for (; culprit; culprit = culprit->next) {
		struct json_item *object = json_object(json);
		json_add_text(json, object, "function", culprit->function->name);
		json_add_text(json, object, "why", culprit->why);
		json_add(json, array, NULL, object);
	}
	return array;
}

static void add_stale(struct json *json, struct json_item *object, enum stale_state state)
{
	if (state == STALE_UNKNOWN)
		json_add_null(json, object, "stale");
	else
		json_add_bool(json, object, "stale", state == STALE_YES);
}

struct json_item *json_isolation(struct json *json, const struct model *model,
				 const struct pci_function *function,
				 const struct pci_function *lister)
{
	const struct isolation_group *group = isolation_of(&model->isolation, function);
	const struct pci_function *elsewhere = lister == function ? NULL : lister;
	struct json_item *object = json_object(json);

	json_add_fact_number(json, object, "group", &function->group);
	add_predicted_group(json, object, group, elsewhere);
	if (elsewhere)
		json_add_null(json, object, "merged_by");
	else
		json_add(json, object, "merged_by", culprits(json, group));
	add_stale(json, object, stale_group_of(&model->stale_groups, function));
	return object;
}

static struct json_item *reasons(struct json *json, const struct blocker *blocker)
{
	struct json_item *array = json_array(json);

	for (; blocker; blocker = blocker->next)
		json_add_text(json, array, NULL, blocker->why);
	return array;
}

static struct json_item *blocked_by(struct json *json, const struct blocker *blocker)
{
	struct json_item *array = json_array(json);

	for (; blocker; blocker = blocker->next) {
		struct json_item *object = json_object(json);
		json_add_text(json, object, "kind", blocker_kind_name(blocker->kind));
		json_add_text(json, object, "why", blocker->why);
		json_add_text(json, object, "finding", assignability_finding(blocker));
		json_add(json, array, NULL, object);
	}
	return array;
}

static struct json_item *host_uses(struct json *json, const struct model *model,
				   const struct pci_function *function)
{
	const struct host_use *use = host_uses_of(&model->host_uses, function);
	struct json_item *array = json_array(json);

	for (; use; use = use->next)
		json_add_text(json, array, NULL, host_use_words(json->arena, use));
	return array;
}

static struct json_item *reset(struct json *json, const struct model *model,
			       const struct pci_function *function)
{
	struct reset judged = reset_judge(model->host, json->arena, function);
	struct json_item *object = json_object(json);

	json_add_text(json, object, "verdict", reset_verdict_name(judged.verdict));
	json_add_text(json, object, "method", judged.method);
	return object;
}

/* More than an entry names are named by the group, "companions" of an element of "groups". */
static void add_companions(struct json *json, struct json_item *object,
			   const struct assignable *assignable, const struct pci_function *function)
{
	if (assignable->companion_count > MOST_COMPANIONS_LISTED) {
		json_add_null(json, object, "companions");
		json_add_fact_number(json, object, "companions_of_group", &function->group);
		return;
	}
	struct json_item *companions = json_array(json);
	for (size_t i = 0; i < assignable->companion_count; i++)
		json_add_text(json, companions, NULL, assignable->companions[i]->name);
	json_add(json, object, "companions", companions);
	json_add_null(json, object, "companions_of_group");
}

struct json_item *json_assignable(struct json *json, const struct model *model,
				  const struct pci_function *function)
{
	const struct assignable *assignable = assignability_of(&model->assignability, function);
	const struct cautions *cautions = &model->cautions;
	struct json_item *object = json_object(json);

	json_add_text(json, object, "verdict", assignable_verdict_name(assignable->verdict));
	add_companions(json, object, assignable, function);
	json_add(json, object, "blockers", reasons(json, assignable->blockers));
	json_add(json, object, "blocked_by", blocked_by(json, assignable->blockers));
	json_add(json, object, "unknown", reasons(json, assignable->missing));
	json_add(json, object, "cautions", json_cautions(json, cautions_of(cautions, function)));
	json_add(json, object, "cautions_unknown",
		 json_cautions(json, cautions_unknown_of(cautions, function)));
	json_add(json, object, "host_uses", host_uses(json, model, function));
	json_add(json, object, "reset", reset(json, model, function));
	return object;
}

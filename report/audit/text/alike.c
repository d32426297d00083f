/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/text/alike.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/buffer.h"
#include "model/assign/reset.h"

/* What would be said of a VF, less its own address and group. */
struct profile {
	const struct pci_function *pf;
	const char *words;
	size_t index; /* in the selection */
};

static void add_blockers(struct buffer *words, const struct blocker *list)
{
	for (; list; list = list->next)
		buffer_item(words, "%s: %s", blocker_kind_name(list->kind), list->why);
}

static void add_cautions(struct buffer *words, const struct caution *list)
{
	for (; list; list = list->next)
		buffer_item(words, "%s: %s: %s", list->finding, list->why,
			    list->remedy ? list->remedy : "");
}

static void add_driver(struct buffer *words, const struct pci_function *vf)
{
	buffer_item(words, "driver %d %s", (int)vf->driver.fact.state,
		    fact_known(&vf->driver.fact) ? vf->driver.text : "");
}

static void add_reset(struct buffer *words, const struct model *model, struct arena *arena,
		      const struct pci_function *vf)
{
	struct reset reset = reset_judge(model->host, arena, vf);

	buffer_item(words, "reset %d %s", (int)reset.verdict, reset.method ? reset.method : "");
	for (const struct reset_flaw *flaw = reset.flaws; flaw; flaw = flaw->next)
		buffer_item(words, "%s: %s", flaw->method, flaw->why);
}

/* Groups of one function differ in their number alone; others are told apart by it. */
static void add_group(struct buffer *words, const struct model *model,
		      const struct pci_function *vf)
{
	const struct isolation_group *group = isolation_of(&model->isolation, vf);
	bool alone = group && group->known && group->count == 1;

	buffer_item(words, "group %d", (int)vf->group.fact.state);
	if (!alone && fact_known(&vf->group.fact))
		buffer_item(words, "number %" PRId64, vf->group.value);
	if (group && !alone)
		buffer_item(words, "with %s, %s",
			    group->known ? group->functions[0]->name : "unknown",
			    group->known ? "" : group->unknown_why);
}

static const char *describe(const struct audit *audit, struct arena *arena,
			    const struct pci_function *vf)
{
	const struct model *model = &audit->model;
	const struct assignable *assignable = assignability_of(&model->assignability, vf);
	struct buffer words = {.arena = arena, .separator = "\n"};

	buffer_item(&words, "%s, %zu companions", assignable_verdict_name(assignable->verdict),
		    assignable->companion_count);
	add_blockers(&words, assignable->blockers);
	add_blockers(&words, assignable->missing);
	add_cautions(&words, cautions_of(&model->cautions, vf));
	add_cautions(&words, cautions_unknown_of(&model->cautions, vf));
	add_driver(&words, vf);
	add_group(&words, model, vf);
	add_reset(&words, model, arena, vf);
	return buffer_text(&words);
}

static int compare_profiles(const void *left, const void *right)
{
	const struct profile *a = left, *b = right;
	int order = (a->pf > b->pf) - (a->pf < b->pf);

	order = order ? order : strcmp(a->words, b->words);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Whether another may speak for it. What the host does with it is told of each. */
static bool may_fold(const struct audit *audit, size_t index)
{
	const struct pci_function *function = audit->selection.functions[index];

	return function->pf && !audit->selection.alone[index] &&
	       !host_uses_of(&audit->model.host_uses, function);
}

static size_t describe_all(const struct audit *audit, struct arena *arena, struct profile *profiles)
{
	const struct selection *selection = &audit->selection;
	size_t count = 0;

	for (size_t i = 0; i < selection->count; i++) {
		const struct pci_function *function = selection->functions[i];
		if (may_fold(audit, i))
			profiles[count++] =
				(struct profile){function->pf, describe(audit, arena, function), i};
	}
	return count;
}

const struct explained *explained_build(const struct audit *audit, struct arena *arena)
{
	const struct selection *selection = &audit->selection;
	struct explained *list = arena_array(arena, selection->count + 1, sizeof(*list));
	struct profile *profiles = arena_array(arena, selection->count + 1, sizeof(*profiles));

	if (!list || !profiles)
		return NULL;
	for (size_t i = 0; i < selection->count; i++)
		list[i].function = selection->functions[i];
	size_t count = describe_all(audit, arena, profiles);
	qsort(profiles, count, sizeof(*profiles), compare_profiles);
	for (size_t i = 1, first = 0; i < count; i++) {
		if (profiles[i].pf != profiles[first].pf ||
		    strcmp(profiles[i].words, profiles[first].words) != 0) {
			first = i;
			continue;
		}
		list[profiles[i].index].function = NULL;
		vf_span_add(&list[profiles[first].index].others,
			    selection->functions[profiles[i].index]);
	}
	return list;
}

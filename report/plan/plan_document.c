/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plan/plan_document.h"

#include <errno.h>

#include "host/access/array.h"

static const enum host_verdict host_verdicts[] = {
	[PLAN_COMPLETE] = HOST_READY,
	[PLAN_UNDETERMINED] = HOST_UNDETERMINED,
	[PLAN_OBSTRUCTED] = HOST_NOT_READY,
};

ASSERT_COVERS(host_verdicts, PLAN_VERDICT_COUNT);

static int build(struct plan_document *document, const struct host *host,
		 const struct plan_input *input, const char **ret_culprit)
{
	int result = selection_build(host, input->selectors, input->selector_count, document->arena,
				     &document->selection, ret_culprit);

	if (result < 0)
		return result;
	model_build(host, document->arena, &document->model);
	const struct plan_wish wish = {
		.functions = document->selection.functions,
		.count = document->selection.count,
		.vfs = input->vfs,
		.how = input->how,
	};
	plan_build(&document->model, &wish, document->arena, &document->plan);
	document->verdict = host_verdicts[document->plan.verdict];
	return arena_failed(document->arena) ? -ENOMEM : 0;
}

int plan_document_build(const struct host *host, const struct plan_input *input,
			struct plan_document **ret, const char **ret_culprit)
{
	struct arena *arena = arena_new();
	struct plan_document *document = arena ? arena_alloc(arena, sizeof(*document)) : NULL;

	if (!document) {
		arena_free(arena);
		return -ENOMEM;
	}
	*document = (struct plan_document){.arena = arena};
	int result = build(document, host, input, ret_culprit);
	if (result < 0) {
		arena_free(arena);
		return result;
	}
	*ret = document;
	return 0;
}

void plan_document_free(struct plan_document *document)
{
	if (document)
		arena_free(document->arena);
}

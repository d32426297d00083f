/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/json.h"
#include "report/diff/diff.h"
#include "report/diff/render.h"

static struct json_item *change_object(struct json *json, const struct change *change)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "effect",
		      change->effect == CHANGE_NONE ? "none" : diff_result_name(change->effect));
	json_add_text(json, object, "kind", change->kind);
	json_add_text(json, object, "subject", change->subject);
	json_add_text(json, object, "before", change->before);
	json_add_text(json, object, "after", change->after);
	json_add_text(json, object, "summary", change->summary);
	return object;
}

int diff_render_json(const void *document, const struct render_options *options, FILE *out)
{
	const struct diff *diff = document;
	struct json json = {.arena = diff->arena, .compact = options->compact};
	struct json_item *object = json_object(&json), *changes = json_array(&json);

	json_add_text(&json, object, "schema_version", JSON_SCHEMA_VERSION);
	json_add(&json, object, "tool", json_tool(&json));
	json_add_text(&json, object, "result", diff_result_name(diff->effect));
	json_add_text(&json, object, "machines_differ", diff->machines_differ);
	for (size_t i = 0; i < diff->count; i++)
		json_add(&json, changes, NULL, change_object(&json, &diff->changes[i]));
	json_add(&json, object, "changes", changes);
	return json_write(&json, object, out);
}

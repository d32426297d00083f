/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/json/elements.h"

static void add_met(struct json *json, struct json_item *object, enum requirement_state state)
{
	if (state == REQUIREMENT_UNDETERMINED)
		json_add_null(json, object, "met");
	else
		json_add_bool(json, object, "met", state == REQUIREMENT_MET);
}

struct json_item *json_requirements(struct json *json, const struct audit *audit)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < audit->requirement_count; i++) {
		const struct requirement_result *result = &audit->requirements[i];
		struct json_item *object = json_object(json);

		json_add_text(json, object, "text", result->requirement->text);
		add_met(json, object, result->state);
		json_add_text(json, object, "why", result->why);
		json_add(json, array, NULL, object);
	}
	return array;
}

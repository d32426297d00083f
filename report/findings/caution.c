/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/caution.h"

struct json_item *json_caution(struct json *json, const struct caution *caution)
{
	struct json_item *object = json_object(json), *commands = json_array(json);

	json_add_text(json, object, "kind", caution_kind_name(caution->kind));
	json_add_text(json, object, "why", caution->why);
	json_add_text(json, object, "finding", caution->finding);
	json_add_text(json, object, "remedy", caution->remedy);
	for (const struct text_line *line = caution->commands; line; line = line->next)
		json_add_text(json, commands, NULL, line->text);
	json_add(json, object, "commands", commands);
	return object;
}

struct json_item *json_cautions(struct json *json, const struct caution *list)
{
	struct json_item *array = json_array(json);

	for (; list; list = list->next)
		json_add(json, array, NULL, json_caution(json, list));
	return array;
}

void text_caution(struct text *text, unsigned indent, const char *label,
		  const struct caution *caution)
{
	text_paragraph(text, indent, TEXT_YELLOW, "%s: %s [%s]", label, caution->why,
		       caution->finding);
	if (caution->remedy)
		text_remedy(text, indent + 2, caution->remedy);
	for (const struct text_line *line = caution->commands; line; line = line->next)
		text_command(text, indent + 4, line->text);
}

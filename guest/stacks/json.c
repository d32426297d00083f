/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/stacks/json.h"

#include <cjson/cJSON.h>
#include <string.h>

struct stack_object stack_object(struct arena *arena)
{
	return (struct stack_object){.members = {.arena = arena, .separator = ","}};
}

static void add(struct stack_object *object, const char *name, const char *value)
{
	buffer_item(&object->members, "%s:%s", stack_quote(object->members.arena, name), value);
}

void stack_add_text(struct stack_object *object, const char *name, const char *text)
{
	add(object, name, stack_quote(object->members.arena, text));
}

void stack_add_number(struct stack_object *object, const char *name, unsigned number)
{
	add(object, name, arena_printf(object->members.arena, "%u", number));
}

void stack_add_true(struct stack_object *object, const char *name)
{
	add(object, name, "true");
}

const char *stack_object_text(struct stack_object *object)
{
	return arena_printf(object->members.arena, "{%s}", buffer_text(&object->members));
}

const char *stack_quote(struct arena *arena, const char *text)
{
	cJSON *item = cJSON_CreateString(text);
	char *quoted = item ? cJSON_PrintUnformatted(item) : NULL;
	const char *copy = quoted ? arena_copy(arena, quoted, strlen(quoted)) : "";

	if (!quoted)
		arena_fail(arena);
	cJSON_free(quoted);
	cJSON_Delete(item);
	return copy;
}

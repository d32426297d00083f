/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/qemu_properties.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

/* Returns where the next "KEY=VALUE" begins, or NULL: a comma in a value is doubled. */
static const char *next_pair(const char *at)
{
	at = strchr(at, ',');
	while (at && at[1] == ',')
		at = strchr(at + 2, ',');
	return at ? at + 1 : NULL;
}

/* Returns the value of a key of "KEY=VALUE,…", which here has no comma, or NULL. Of several the
 * last counts: qemu_opt_find(), util/qemu-option.c. */
static const char *value_of(struct arena *arena, const char *text, const char *key)
{
	size_t length = strlen(key);
	const char *value = NULL;

	for (const char *at = text; at; at = next_pair(at)) {
		if (strncmp(at, key, length) == 0 && at[length] == '=')
			value = at + length + 1;
	}
	return value ? arena_copy(arena, value, strcspn(value, ",")) : NULL;
}

/* Returns the first word, unless that is a pair, too. */
static const char *first_of(struct arena *arena, const char *text)
{
	size_t length = strcspn(text, ",");

	return memchr(text, '=', length) ? NULL : arena_copy(arena, text, length);
}

static const char *json_value(struct arena *arena, const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	const char *value = cJSON_IsTrue(item) ? "on" : cJSON_GetStringValue(item);

	return value ? arena_copy(arena, value, strlen(value)) : NULL;
}

const char *qemu_property(const struct qemu_properties *properties, const char *key)
{
	if (properties->is_json)
		return json_value(properties->arena, properties->object, key);
	const char *value = value_of(properties->arena, properties->text, key);
	bool first = properties->first && strcmp(key, properties->first) == 0;
	return !value && first ? first_of(properties->arena, properties->text) : value;
}

const char *qemu_property_number(const struct qemu_properties *properties, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(properties->object, key);

	return cJSON_IsNumber(item)
		       ? arena_printf(properties->arena, "%.0f", cJSON_GetNumberValue(item))
		       : qemu_property(properties, key);
}

/* QEMU takes strings in single quotes, too (qobject/json-lexer.c). */
static const char *double_quoted(struct arena *arena, const char *text)
{
	char *copy = arena_alloc(arena, 2 * strlen(text) + 1), *out = copy;
	char quote = '\0';

	for (; copy && *text; text++) {
		bool escaped = quote && *text == '\\' && text[1];
		if (escaped && text[1] != '\'')
			*out++ = *text;
		text += escaped;
		if (!escaped && (quote ? *text == quote : *text == '"' || *text == '\'')) {
			quote = quote ? '\0' : *text;
			*out++ = '"';
			continue;
		}
		if (!escaped && *text == '"')
			*out++ = '\\';
		*out++ = *text;
	}
	if (copy)
		*out = '\0';
	return copy;
}

/* Returns an object of JSON, or NULL for a damaged one. */
static cJSON *parse_object(struct arena *arena, const char *text)
{
	const char *json = double_quoted(arena, text);

	if (!json)
		return NULL;
	errno = 0; /* by which cJSON tells short memory from what is not JSON */
	cJSON *object = cJSON_ParseWithOpts(json, NULL, true);

	if (!object && errno == ENOMEM)
		arena_fail(arena);
	return object;
}

void qemu_properties_open(struct arena *arena, const char *text, const char *first,
			  struct qemu_properties *ret)
{
	bool is_json = *text == '{';

	*ret = (struct qemu_properties){
		.arena = arena,
		.text = text,
		.first = first,
		.is_json = is_json,
		.owned = is_json ? parse_object(arena, text) : NULL,
	};
	ret->object = ret->owned;
}

void qemu_properties_close(struct qemu_properties *properties)
{
	cJSON_Delete(properties->owned);
	properties->object = properties->owned = NULL;
}

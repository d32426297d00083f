/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/write/words.h"

/* The largest integer that a JSON number, a double to most readers, holds exactly. */
#define LARGEST_EXACT_INTEGER ((int64_t)1 << 53)

static cJSON *checked(struct json *json, cJSON *item)
{
	json->failed |= !item;
	return item;
}

cJSON *json_object(struct json *json)
{
	return checked(json, cJSON_CreateObject());
}

cJSON *json_array(struct json *json)
{
	return checked(json, cJSON_CreateArray());
}

void json_add(struct json *json, cJSON *parent, const char *key, cJSON *item)
{
	if (!checked(json, item))
		return;
	bool added = parent && (key ? cJSON_AddItemToObjectCS(parent, key, item)
				    : cJSON_AddItemToArray(parent, item));
	if (added)
		return;
	cJSON_Delete(item);
	json->failed = true;
}

void json_add_null(struct json *json, cJSON *parent, const char *key)
{
	json_add(json, parent, key, cJSON_CreateNull());
}

void json_add_bool(struct json *json, cJSON *parent, const char *key, bool value)
{
	json_add(json, parent, key, cJSON_CreateBool(value));
}

void json_add_integer(struct json *json, cJSON *parent, const char *key, int64_t value)
{
	if (value > LARGEST_EXACT_INTEGER || value < -LARGEST_EXACT_INTEGER)
		json_add_hex(json, parent, key, (uint64_t)value, 1);
	else
		json_add(json, parent, key, cJSON_CreateNumber((double)value));
}

void json_add_hex(struct json *json, cJSON *parent, const char *key, uint64_t value, int digits)
{
	char text[sizeof("0x") + 16];

	snprintf(text, sizeof(text), "0x%0*" PRIx64, digits, value);
	json_add(json, parent, key, cJSON_CreateString(text));
}

void json_add_text(struct json *json, cJSON *parent, const char *key, const char *text)
{
	if (!text)
		json_add_null(json, parent, key);
	else
		json_add(json, parent, key, cJSON_CreateString(words_utf8(json->arena, text)));
}

void json_add_fact_number(struct json *json, cJSON *parent, const char *key,
			  const struct fact_number *number)
{
	if (fact_known(&number->fact))
		json_add_integer(json, parent, key, number->value);
	else
		json_add_null(json, parent, key);
}

void json_add_fact_hex(struct json *json, cJSON *parent, const char *key,
		       const struct fact_number *number, int digits)
{
	if (fact_known(&number->fact))
		json_add_hex(json, parent, key, (uint64_t)number->value, digits);
	else
		json_add_null(json, parent, key);
}

void json_add_fact_text(struct json *json, cJSON *parent, const char *key,
			const struct fact_text *text)
{
	json_add_text(json, parent, key, fact_known(&text->fact) ? text->text : NULL);
}

cJSON *json_tool(struct json *json)
{
	cJSON *object = json_object(json);

	json_add_text(json, object, "name", "passcheck");
	json_add_text(json, object, "version", PASSCHECK_VERSION);
	return object;
}

int json_write(struct json *json, cJSON *object, FILE *out)
{
	char *text = NULL;

	if (!json->failed && !arena_failed(json->arena))
		text = json->compact ? cJSON_PrintUnformatted(object) : cJSON_Print(object);
	cJSON_Delete(object);
	if (!text)
		return -ENOMEM;
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_JSON_H
#define PASSCHECK_REPORT_WRITE_JSON_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "host/access/arena.h"
#include "host/access/fact.h"

/* Of every document. Fields are only ever added: the number behind the point counts that. */
#define JSON_SCHEMA_VERSION "1.1"

/*
 * Builds a JSON document. Each function takes NULL for what an earlier one could not allocate, and
 * marks the document as failed: whoever builds it asks once, at the end.
 *
 * Parents are objects, and key names the member, or arrays, and key is NULL. What is not known is
 * null. Text is made valid UTF-8.
 */
struct json {
	struct arena *arena; /* of text that is made while building one element */
	bool compact;        /* the document is one line */
	bool failed;
};

cJSON *json_object(struct json *json);
cJSON *json_array(struct json *json);

/* Gives item to parent, which frees it with itself. */
void json_add(struct json *json, cJSON *parent, const char *key, cJSON *item);

void json_add_null(struct json *json, cJSON *parent, const char *key);
void json_add_bool(struct json *json, cJSON *parent, const char *key, bool value);

/* A count: integers beyond 2^53 do not fit a JSON number, and go in as hex text. */
void json_add_integer(struct json *json, cJSON *parent, const char *key, int64_t value);

/* "0x" and at least digits hex digits. */
void json_add_hex(struct json *json, cJSON *parent, const char *key, uint64_t value, int digits);

/* Text that is NULL is null. */
void json_add_text(struct json *json, cJSON *parent, const char *key, const char *text);

/* The value of a fact, null unless it is known. */
void json_add_fact_number(struct json *json, cJSON *parent, const char *key,
			  const struct fact_number *number);
void json_add_fact_hex(struct json *json, cJSON *parent, const char *key,
		       const struct fact_number *number, int digits);
void json_add_fact_text(struct json *json, cJSON *parent, const char *key,
			const struct fact_text *text);

/* "tool" of every document. */
cJSON *json_tool(struct json *json);

/* Writes a document that is whole in memory, and frees it. Returns 0 or -ENOMEM. */
int json_write(struct json *json, cJSON *object, FILE *out);

#endif

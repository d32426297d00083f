/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_JSON_H
#define PASSCHECK_REPORT_WRITE_JSON_H

#include <stdio.h>

#include "host/access/fact.h"
#include "host/base/arena.h"
#include "host/pci/pci_address.h"

/* Of every document. Fields are only ever added: the number behind the point counts that. */
#define JSON_SCHEMA_VERSION "1.1"

/*
 * Builds a JSON document out of items, which the document's arena holds. Each function takes NULL
 * for what an earlier one could not allocate, and marks the document as failed: whoever builds it
 * asks once, at the end.
 *
 * Parents are objects, and key names the member, or arrays, and key is NULL. What is not known is
 * null. Text is made valid UTF-8. Keys, which are names of members and need no escape, and texts
 * are not copied: they live until the item is written.
 */
struct json {
	struct arena *arena; /* of items, and of text that is made while building one element */
	bool compact;        /* the document is one line */
	bool failed;
};

struct json_item;

struct json_item *json_object(struct json *json);
struct json_item *json_array(struct json *json);
struct json_item *json_null(struct json *json);
struct json_item *json_text(struct json *json, const char *text);

/* Gives item, which has no parent yet, to parent. */
void json_add(struct json *json, struct json_item *parent, const char *key, struct json_item *item);

void json_add_null(struct json *json, struct json_item *parent, const char *key);
void json_add_bool(struct json *json, struct json_item *parent, const char *key, bool value);

/* A count: integers beyond 2^53 do not fit a JSON number, and go in as hex text. */
void json_add_integer(struct json *json, struct json_item *parent, const char *key, int64_t value);

/* "0x" and at least digits hex digits. */
void json_add_hex(struct json *json, struct json_item *parent, const char *key, uint64_t value,
		  int digits);

/* Text that is NULL is null. */
void json_add_text(struct json *json, struct json_item *parent, const char *key, const char *text);

/* An address; NULL is null. */
void json_add_address(struct json *json, struct json_item *parent, const char *key,
		      const struct pci_address *address);

/* The value of a fact, null unless it is known. */
void json_add_fact_number(struct json *json, struct json_item *parent, const char *key,
			  const struct fact_number *number);
void json_add_fact_hex(struct json *json, struct json_item *parent, const char *key,
		       const struct fact_number *number, int digits);
void json_add_fact_text(struct json *json, struct json_item *parent, const char *key,
			const struct fact_text *text);

/* "tool" of every document. */
struct json_item *json_tool(struct json *json);

/* Writes an item without blanks; "null" for NULL. */
void json_put(const struct json_item *item, FILE *out);

/* Writes a document that is whole in memory, on lines unless it is compact. Returns 0 or -ENOMEM.
 */
int json_write(struct json *json, const struct json_item *object, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/json.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "report/write/words.h"

/* The largest integer that a JSON number, a double to most readers, holds exactly. */
#define LARGEST_EXACT_INTEGER ((int64_t)1 << 53)

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_INTEGER,
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_item {
	enum json_kind kind;
	const char *key;        /* of a member of an object */
	struct json_item *next; /* of the same parent */
	union {
		int64_t number;
		struct {
			const char *text;
			size_t plain; /* its length where nothing of it is escaped, else 0 */
		};
		struct {
			struct json_item *first;
			struct json_item *last;
		};
	};
};

static struct json_item *new_item(struct json *json, enum json_kind kind)
{
	struct json_item *item = arena_alloc(json->arena, sizeof(*item));

	json->failed |= !item;
	if (item)
		item->kind = kind;
	return item;
}

struct json_item *json_object(struct json *json)
{
	return new_item(json, JSON_OBJECT);
}

struct json_item *json_array(struct json *json)
{
	return new_item(json, JSON_ARRAY);
}

struct json_item *json_null(struct json *json)
{
	return new_item(json, JSON_NULL);
}

/* Returns whether a byte stands in a text of JSON as it is, and is UTF-8 by itself. */
static bool is_plain(unsigned char byte)
{
	static const bool plain[UCHAR_MAX + 1] = {
		[' ' ... '"' - 1] = true,
		['"' + 1 ... '\\' - 1] = true,
		['\\' + 1 ... 0x7f] = true,
	};

	return plain[byte];
}

struct json_item *json_text(struct json *json, const char *text)
{
	struct json_item *item = new_item(json, JSON_TEXT);
	size_t length = 0;

	if (!item)
		return NULL;
	while (is_plain((unsigned char)text[length]))
		length++;
	item->plain = text[length] ? 0 : length;
	item->text = item->plain ? text : words_utf8(json->arena, text);
	return item;
}

void json_add(struct json *json, struct json_item *parent, const char *key, struct json_item *item)
{
	json->failed |= !parent || !item;
	if (!parent || !item)
		return;
	item->key = key;
	if (parent->last)
		parent->last->next = item;
	else
		parent->first = item;
	parent->last = item;
}

void json_add_null(struct json *json, struct json_item *parent, const char *key)
{
	json_add(json, parent, key, json_null(json));
}

void json_add_bool(struct json *json, struct json_item *parent, const char *key, bool value)
{
	json_add(json, parent, key, new_item(json, value ? JSON_TRUE : JSON_FALSE));
}

void json_add_integer(struct json *json, struct json_item *parent, const char *key, int64_t value)
{
	if (value > LARGEST_EXACT_INTEGER || value < -LARGEST_EXACT_INTEGER) {
		json_add_hex(json, parent, key, (uint64_t)value, 1);
		return;
	}
	struct json_item *item = new_item(json, JSON_INTEGER);

	if (item)
		item->number = value;
	json_add(json, parent, key, item);
}

void json_add_hex(struct json *json, struct json_item *parent, const char *key, uint64_t value,
		  int digits)
{
	enum { MOST_DIGITS = 16, PREFIX = 2 };
	char text[PREFIX + MOST_DIGITS];
	size_t at = sizeof(text), first = sizeof(text) - (size_t)digits;

	while (at > PREFIX && (at > first || value)) {
		text[--at] = "0123456789abcdef"[value & 0xf];
		value >>= 4;
	}
	text[--at] = 'x';
	text[--at] = '0';
	json_add(json, parent, key,
		 json_text(json, arena_copy(json->arena, text + at, sizeof(text) - at)));
}

void json_add_text(struct json *json, struct json_item *parent, const char *key, const char *text)
{
	json_add(json, parent, key, text ? json_text(json, text) : json_null(json));
}

void json_add_address(struct json *json, struct json_item *parent, const char *key,
		      const struct pci_address *address)
{
	char text[PCI_ADDRESS_SIZE];

	if (address)
		pci_address_format(address, text);
	json_add_text(json, parent, key,
		      address ? arena_copy(json->arena, text, strlen(text)) : NULL);
}

void json_add_fact_number(struct json *json, struct json_item *parent, const char *key,
			  const struct fact_number *number)
{
	if (fact_known(&number->fact))
		json_add_integer(json, parent, key, number->value);
	else
		json_add_null(json, parent, key);
}

void json_add_fact_hex(struct json *json, struct json_item *parent, const char *key,
		       const struct fact_number *number, int digits)
{
	if (fact_known(&number->fact))
		json_add_hex(json, parent, key, (uint64_t)number->value, digits);
	else
		json_add_null(json, parent, key);
}

void json_add_fact_text(struct json *json, struct json_item *parent, const char *key,
			const struct fact_text *text)
{
	json_add_text(json, parent, key, fact_known(&text->fact) ? text->text : NULL);
}

struct json_item *json_tool(struct json *json)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "name", "passcheck");
	json_add_text(json, object, "version", PASSCHECK_VERSION);
	return object;
}

/* Where items go, and how. Bytes are gathered: a call of stdio for each would cost more than they
 * do. */
struct printer {
	FILE *out;
	bool lines; /* members of objects on lines of their own */
	int depth;
	size_t length;
	char bytes[4096];
};

static void begin(struct printer *printer, FILE *out, bool lines)
{
	printer->out = out;
	printer->lines = lines;
	printer->depth = 0;
	printer->length = 0;
}

static void flush(struct printer *printer)
{
	fwrite(printer->bytes, 1, printer->length, printer->out);
	printer->length = 0;
}

static void put_bytes(struct printer *printer, const char *bytes, size_t length)
{
	if (length > sizeof(printer->bytes) - printer->length)
		flush(printer);
	if (length > sizeof(printer->bytes)) {
		fwrite(bytes, 1, length, printer->out);
		return;
	}
	memcpy(printer->bytes + printer->length, bytes, length);
	printer->length += length;
}

static void put_literal(struct printer *printer, const char *text)
{
	put_bytes(printer, text, strlen(text));
}

/* Returns the letter of an escape of two characters, or 0. */
static char escape_letter(unsigned char byte)
{
	switch (byte) {
	case '"':
	case '\\':
		return (char)byte;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

static void put_escape(struct printer *printer, unsigned char byte)
{
	char letter = escape_letter(byte), text[sizeof("\\u0000")];
	int length = letter ? snprintf(text, sizeof(text), "\\%c", letter)
			    : snprintf(text, sizeof(text), "\\u%04x", byte);

	put_bytes(printer, text, (size_t)length);
}

static void put_text(struct printer *printer, const char *text)
{
	while (*text) {
		const char *start = text;

		while (is_plain((unsigned char)*text) || (unsigned char)*text >= 0x80)
			text++;
		put_bytes(printer, start, (size_t)(text - start));
		if (*text)
			put_escape(printer, (unsigned char)*text++);
	}
}

/* A text that is plain was looked at when the item was made. */
static void put_quoted(struct printer *printer, const struct json_item *item)
{
	put_literal(printer, "\"");
	if (item->plain)
		put_bytes(printer, item->text, item->plain);
	else
		put_text(printer, item->text);
	put_literal(printer, "\"");
}

static void put_integer(struct printer *printer, int64_t number)
{
	char text[sizeof("-9223372036854775808")];
	size_t at = sizeof(text);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do
		text[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		text[--at] = '-';
	put_bytes(printer, text + at, sizeof(text) - at);
}

static void put(struct printer *printer, const struct json_item *item);

static void put_array(struct printer *printer, const struct json_item *array)
{
	put_literal(printer, "[");
	printer->depth++;
	for (const struct json_item *item = array->first; item; item = item->next) {
		put(printer, item);
		if (!item->next)
			break;
		put_literal(printer, ",");
		if (printer->lines)
			put_literal(printer, " ");
	}
	printer->depth--;
	put_literal(printer, "]");
}

static void put_line(struct printer *printer)
{
	if (!printer->lines)
		return;
	put_literal(printer, "\n");
	for (int i = 0; i < printer->depth; i++)
		put_literal(printer, "\t");
}

static void put_object(struct printer *printer, const struct json_item *object)
{
	put_literal(printer, "{");
	printer->depth++;
	for (const struct json_item *item = object->first; item; item = item->next) {
		put_line(printer);
		put_literal(printer, "\"");
		put_literal(printer, item->key);
		put_literal(printer, "\":");
		if (printer->lines)
			put_literal(printer, "\t");
		put(printer, item);
		if (item->next)
			put_literal(printer, ",");
	}
	printer->depth--;
	put_line(printer);
	put_literal(printer, "}");
}

static void put(struct printer *printer, const struct json_item *item)
{
	switch (item ? item->kind : JSON_NULL) {
	case JSON_NULL:
		put_literal(printer, "null");
		return;
	case JSON_FALSE:
		put_literal(printer, "false");
		return;
	case JSON_TRUE:
		put_literal(printer, "true");
		return;
	case JSON_INTEGER:
		put_integer(printer, item->number);
		return;
	case JSON_TEXT:
		put_quoted(printer, item);
		return;
	case JSON_ARRAY:
		put_array(printer, item);
		return;
	case JSON_OBJECT:
		put_object(printer, item);
		return;
	}
}

void json_put(const struct json_item *item, FILE *out)
{
	struct printer printer;

	begin(&printer, out, false);

	put(&printer, item);
	flush(&printer);
}

int json_write(struct json *json, const struct json_item *object, FILE *out)
{
	struct printer printer;

	if (json->failed || arena_failed(json->arena))
		return -ENOMEM;
	begin(&printer, out, !json->compact);
	put(&printer, object);
	put_literal(&printer, "\n");
	flush(&printer);
	return 0;
}

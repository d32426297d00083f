/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/cloud_part.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "host/access/array.h"

#define TYPE     "Content-Type:"
#define TRANSFER "Content-Transfer-Encoding:"

/* What tells the kind of a part; of several that fit the first. */
struct beginning {
	const char *text;
	enum cloud_part_kind kind;
	const char *words; /* of what is hidden: a header that is here, too */
};

/* Lines of a header, of which blanks behind the colon do not count. */
static const struct beginning headers[] = {
	{TYPE "multipart/", CLOUD_PART_HIDDEN, TYPE " multipart/mixed"}, /* within another */
	{TYPE "text/cloud-boothook", CLOUD_PART_BOOT, NULL},
	{TYPE "text/x-shellscript-per-boot", CLOUD_PART_BOOT, NULL},
	{TYPE "text/x-shellscript", CLOUD_PART_ONCE, NULL},
	{TYPE "text/cloud-config-archive", CLOUD_PART_HIDDEN, TYPE " text/cloud-config-archive"},
	{TYPE "text/cloud-config", CLOUD_PART_CONFIG, NULL},
	{TYPE "text/plain", CLOUD_PART_CONFIG, NULL},
	{TYPE "text/x-include", CLOUD_PART_HIDDEN, TYPE " text/x-include-url"},
	{TYPE "text/part-handler", CLOUD_PART_HIDDEN, TYPE " text/part-handler"},
	{TYPE, CLOUD_PART_HIDDEN, TYPE " other"},
	{TRANSFER "base64", CLOUD_PART_HIDDEN, TRANSFER " base64"},
	{TRANSFER "quoted-printable", CLOUD_PART_HIDDEN, TRANSFER " quoted-printable"},
	{"Content-Encoding:gzip", CLOUD_PART_HIDDEN, "Content-Encoding: gzip"},
};

/* First lines of a content. gzip's magic number is of RFC 1952, section 2.3.1. */
static const struct beginning contents[] = {
	{"#cloud-boothook", CLOUD_PART_BOOT, NULL},
	{"#!", CLOUD_PART_ONCE, NULL},
	{"#cloud-config-archive", CLOUD_PART_HIDDEN, TYPE " text/cloud-config-archive"},
	{"#include", CLOUD_PART_HIDDEN, TYPE " text/x-include-url"},
	{"#part-handler", CLOUD_PART_HIDDEN, TYPE " text/part-handler"},
	{"\x1f\x8b", CLOUD_PART_HIDDEN, "Content-Encoding: gzip"},
};

static bool is_blank(const char *line, size_t length)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	return length == 0;
}

/* Returns whether the line begins so, whatever the case, with or without blanks behind a colon. */
static bool begins_so(const char *line, size_t length, const char *text)
{
	while (*text) {
		if (!length || tolower((unsigned char)*line) != tolower((unsigned char)*text))
			return false;
		line++;
		length--;
		while (*text == ':' && length && isblank((unsigned char)*line)) {
			line++;
			length--;
		}
		text++;
	}
	return true;
}

static const struct beginning *find(const struct beginning *rows, size_t count, const char *line,
				    size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (begins_so(line, length, rows[i].text))
			return &rows[i];
	}
	return NULL;
}

/* boundary="1234" of the outermost header, perhaps on a line of its own. */
static void find_boundary(struct cloud_parts *parts, const char *line, size_t length)
{
	static const char key[] = "boundary=";
	const char *at = memmem(line, length, key, strlen(key)), *end = line + length;

	if (parts->boundary || !at)
		return;
	at += strlen(key);
	at += at < end && *at == '"';
	size_t size = 0;
	while (at + size < end && !isspace((unsigned char)at[size]) && !strchr("\";", at[size]))
		size++;
	if (size)
		parts->boundary = arena_copy(parts->arena, at, size);
}

static bool is_boundary(const struct cloud_parts *parts, const char *line, size_t length)
{
	size_t size = parts->boundary ? strlen(parts->boundary) : 0;

	return size && length >= size + 2 && memcmp(line, "--", 2) == 0 &&
	       memcmp(line + 2, parts->boundary, size) == 0;
}

static void take(struct cloud_parts *parts, const struct beginning *row)
{
	parts->hidden = row->words;
	parts->begins = true;
	/* Of a hidden part no other header tells more. */
	if (parts->kind != CLOUD_PART_HIDDEN)
		parts->kind = row->kind;
}

/* The header of the whole tells where its parts begin; that of a part, what it is. */
static void read_header(struct cloud_parts *parts, const char *line, size_t length)
{
	bool outermost = !parts->boundary;
	const struct beginning *row = find(headers, ARRAY_LENGTH(headers), line, length);

	find_boundary(parts, line, length);
	if (is_blank(line, length)) {
		parts->header = false;
		parts->first = parts->kind == CLOUD_PART_CONFIG;
	} else if (row && !(outermost && begins_so(line, length, TYPE "multipart/"))) {
		take(parts, row);
	}
}

/* Returns what a capture has of a part that was hidden, or NULL. */
static const struct beginning *find_words(const char *line, size_t length)
{
	const struct beginning *row = find(headers, ARRAY_LENGTH(headers), line, length);

	return row && row->words && strlen(row->words) == length ? row : NULL;
}

static void read_content(struct cloud_parts *parts, const char *line, size_t length)
{
	const struct beginning *row = NULL;

	if (parts->first && is_blank(line, length))
		return;
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	if (parts->first)
		row = find(contents, ARRAY_LENGTH(contents), line, length);
	if (!row && parts->kind == CLOUD_PART_CONFIG)
		row = find_words(line, length);
	if (row && parts->first)
		take(parts, row);
	else if (row)
		parts->hidden = row->words;
	parts->first = false;
}

void cloud_parts_read(struct cloud_parts *parts, const char *line, size_t length)
{
	parts->begins = false;
	parts->hidden = NULL;
	if (!parts->started) {
		parts->mime = begins_so(line, length, "MIME-Version:") ||
			      begins_so(line, length, TYPE "multipart/");
		parts->header = parts->mime;
		parts->first = !parts->mime;
		parts->started = true;
	}
	if (parts->mime && is_boundary(parts, line, length)) {
		parts->header = true;
		parts->begins = true;
		parts->kind = CLOUD_PART_CONFIG;
	} else if (parts->header) {
		read_header(parts, line, length);
	} else {
		read_content(parts, line, length);
	}
}

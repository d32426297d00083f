/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/cloud_part.h"

#include <ctype.h>
#include <string.h>

#include "host/access/fact.h"
#include "host/base/array.h"

#define TYPE     "Content-Type:"
#define TRANSFER "Content-Transfer-Encoding:"
#define MARKER   "#passcheck:hidden-part:"

enum { MIME_WITHIN = 4096 }; /* convert_string() of cloudinit/user_data.py looks no further */

/* What tells the kind of a part; of several that fit the first. */
struct beginning {
	const char *text;
	enum cloud_part_kind kind;
	bool judged; /* of a header: the content tells more (TYPE_NEEDED of cloudinit/user_data.py)
		      */
};

/* Lines of a header, of which blanks behind the colon do not count. */
static const struct beginning headers[] = {
	{TYPE "multipart/", CLOUD_PART_HIDDEN, false}, /* within another */
	{TYPE "text/cloud-boothook", CLOUD_PART_BOOT, false},
	{TYPE "text/x-shellscript-per-boot", CLOUD_PART_BOOT, false},
	{TYPE "text/x-shellscript-per-", CLOUD_PART_ONCE, false},
	{TYPE "text/x-shellscript", CLOUD_PART_ONCE, true},
	{TYPE "text/cloud-config-archive", CLOUD_PART_HIDDEN, false},
	{TYPE "text/cloud-config-jsonp", CLOUD_PART_HIDDEN, false},
	{TYPE "text/cloud-config", CLOUD_PART_CONFIG, false},
	{TYPE "text/plain", CLOUD_PART_CONFIG, true},
	{TYPE "text/x-not-multipart", CLOUD_PART_CONFIG, true},
	{TYPE "text/jinja2", CLOUD_PART_CONFIG, true},
	{TYPE, CLOUD_PART_HIDDEN, false},
	{TRANSFER "base64", CLOUD_PART_HIDDEN, false},
	{TRANSFER "quoted-printable", CLOUD_PART_HIDDEN, false},
	{TRANSFER "x-uu", CLOUD_PART_HIDDEN, false},
	{TRANSFER "uu", CLOUD_PART_HIDDEN, false},
	{"Content-Encoding:gzip", CLOUD_PART_HIDDEN, false},
};

/* gzip's magic number, of RFC 1952, section 2.3.1 */
#define GZIP "\x1f\x8b"

/* First lines of a content. */
static const struct beginning contents[] = {
	{"#cloud-boothook", CLOUD_PART_BOOT, false},
	{"#!", CLOUD_PART_ONCE, false},
	{"#cloud-config-archive", CLOUD_PART_HIDDEN, false},
	{"#cloud-config-jsonp", CLOUD_PART_HIDDEN, false},
	{"#cloud-config", CLOUD_PART_CONFIG, false},
	{"#include", CLOUD_PART_HIDDEN, false},
	{"#part-handler", CLOUD_PART_HIDDEN, false},
	{GZIP, CLOUD_PART_HIDDEN, false},
};

static bool is_blank(const char *line, size_t length)
{
	return fact_line_trim(line, length).length == 0;
}

/* Returns how much of the line text is, whatever the case, with or without blanks behind a colon;
 * 0 where it begins otherwise. */
static size_t match(const char *line, size_t length, const char *text)
{
	size_t at = 0;

	for (; *text; text++) {
		if (at == length ||
		    tolower((unsigned char)line[at]) != tolower((unsigned char)*text))
			return 0;
		at++;
		while (*text == ':' && at < length && isblank((unsigned char)line[at]))
			at++;
	}
	return at;
}

static const struct beginning *find(const struct beginning *rows, size_t count, const char *line,
				    size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (match(line, length, rows[i].text))
			return &rows[i];
	}
	return NULL;
}

/* What of the line tells its kind; what stands behind that may be a secret. */
static const char *words_of(struct arena *arena, const struct beginning *row, const char *line,
			    size_t length)
{
	size_t size = match(line, length, row->text);

	if (strcmp(row->text, GZIP) == 0)
		return "gzip";
	while (*line != '#' && size < length &&
	       (isalnum((unsigned char)line[size]) || (line[size] && strchr("/-+.", line[size]))))
		size++;
	const struct fact_line words = fact_line_trim(line, size);
	return arena_copy(arena, words.text, words.length);
}

static const char *find_key(const char *line, size_t length, const char *key)
{
	for (const char *at = line; at < line + length; at++) {
		if (match(at, length - (size_t)(at - line), key))
			return at + strlen(key);
	}
	return NULL;
}

/* boundary="1234" of the outermost header, perhaps on a line of its own. What Python's email would
 * take otherwise than it seems, as single quotes, is taken for none. */
static void find_boundary(struct cloud_parts *parts, const char *line, size_t length)
{
	const char *at = find_key(line, length, "boundary"), *end = line + length;

	if (parts->boundary || !at)
		return;
	while (at < end && isblank((unsigned char)*at))
		at++;
	if (at == end || *at++ != '=')
		return;
	while (at < end && isblank((unsigned char)*at))
		at++;
	bool quoted = at < end && *at == '"';
	at += quoted;
	const char *stop = memchr(at, quoted ? '"' : ';', (size_t)(end - at));
	if (quoted && !stop)
		return;
	const struct fact_line value = fact_line_trim(at, (size_t)((stop ? stop : end) - at));
	if (value.length && !memchr(value.text, '\'', value.length) &&
	    !memchr(value.text, '\\', value.length))
		parts->boundary = arena_copy(parts->arena, value.text, value.length);
}

/* "--BOUNDARY", or "--BOUNDARY--" behind the last part */
static bool is_boundary(const struct cloud_parts *parts, const char *line, size_t length)
{
	size_t size = parts->boundary ? strlen(parts->boundary) : 0;

	if (!size || length < size + 2 || memcmp(line, "--", 2) != 0 ||
	    memcmp(line + 2, parts->boundary, size) != 0)
		return false;
	line += size + 2;
	length -= size + 2;
	return is_blank(line, length) ||
	       (length >= 2 && memcmp(line, "--", 2) == 0 && is_blank(line + 2, length - 2));
}

static void take(struct cloud_parts *parts, const struct beginning *row, const char *line,
		 size_t length)
{
	if (row->kind == CLOUD_PART_HIDDEN)
		parts->hidden = words_of(parts->arena, row, line, length);
	parts->begins = true;
	parts->judged = row->judged;
	/* Of a hidden part no other header tells more. */
	if (parts->kind != CLOUD_PART_HIDDEN)
		parts->kind = row->kind;
}

/* Where a header ends, the parts of an archive must be known. */
static void end_header(struct cloud_parts *parts)
{
	parts->header = false;
	if (parts->archive && !parts->boundary) {
		parts->hidden = parts->archive;
		parts->begins = true;
		parts->kind = CLOUD_PART_HIDDEN;
	}
	parts->first = parts->judged && parts->kind != CLOUD_PART_HIDDEN;
}

/* The header of the whole tells where its parts begin; that of a part, what it is. */
static void read_header(struct cloud_parts *parts, const char *line, size_t length)
{
	const struct beginning *row = find(headers, ARRAY_LENGTH(headers), line, length);

	if (is_blank(line, length)) {
		end_header(parts);
	} else if (!parts->parted && match(line, length, TYPE "multipart/")) {
		parts->archive = words_of(parts->arena, &headers[0], line, length);
		find_boundary(parts, line, length);
	} else if (row) {
		take(parts, row, line, length);
	} else if (parts->archive) {
		find_boundary(parts, line, length);
	}
}

/* headerRE of Python's email/feedparser.py: another line ends the header, as a blank one does. */
static bool is_header(const char *line, size_t length)
{
	size_t size = 0;

	if (is_blank(line, length) || isblank((unsigned char)*line) || match(line, length, "From "))
		return true;
	while (size < length && line[size] > ' ' && line[size] <= '~' && line[size] != ':')
		size++;
	return size < length && line[size] == ':';
}

static void read_content(struct cloud_parts *parts, const char *line, size_t length)
{
	const struct fact_line text = fact_line_trim(line, length);

	/* The kind of a template stands on the line behind that. */
	if (!parts->first || !text.length || match(text.text, text.length, "## template:"))
		return;
	const struct beginning *row =
		find(contents, ARRAY_LENGTH(contents), text.text, text.length);
	if (row)
		take(parts, row, text.text, text.length);
	parts->first = false;
}

static bool has_mime_version(const char *text, size_t length)
{
	return find_key(text, length < MIME_WITHIN ? length : MIME_WITHIN, "mime-version:");
}

struct cloud_parts cloud_parts_of(struct arena *arena, const char *text, size_t length)
{
	bool mime = has_mime_version(text, length) || match(text, length, TYPE "multipart/");

	return (struct cloud_parts){.arena = arena, .header = mime, .judged = true, .first = !mime};
}

void cloud_parts_read(struct cloud_parts *parts, const char *line, size_t length)
{
	size_t marker = match(line, length, MARKER);

	parts->begins = false;
	parts->hidden = NULL;
	if (marker) {
		parts->hidden = arena_copy(parts->arena, line + marker, length - marker);
		return;
	}
	if (is_boundary(parts, line, length)) {
		parts->parted = true;
		parts->archive = NULL;
		parts->header = true;
		parts->begins = true;
		parts->judged = true;
		parts->kind = CLOUD_PART_CONFIG;
		return;
	}
	if (parts->header && !is_header(line, length))
		end_header(parts);
	if (parts->header)
		read_header(parts, line, length);
	else
		read_content(parts, line, length);
}

void cloud_part_mark(const char *words, struct buffer *kept)
{
	buffer_add(kept, MARKER, strlen(MARKER));
	buffer_add_line(kept, words, strlen(words));
}

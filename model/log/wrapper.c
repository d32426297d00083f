/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/wrapper.h"

#include <stdint.h>
#include <string.h>

#include "host/base/array.h"

enum {
	MOST_PEELED = 12,   /* wrappers around one line */
	LONGEST_STAMP = 40, /* bytes of a time in brackets */
	LONGEST_TAG = 64,
};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static size_t span_blanks(const char *text, size_t length)
{
	size_t count = 0;

	while (count < length && is_blank(text[count]))
		count++;
	return count;
}

static size_t span_digits(const char *text, size_t length)
{
	size_t count = 0;

	while (count < length && is_digit(text[count]))
		count++;
	return count;
}

/* Returns whether text begins as a model says, in which 9 stands for a digit, a for a letter, and
 * anything else for itself. */
static bool looks_like(const char *text, size_t length, const char *model)
{
	size_t i = 0;

	for (; model[i]; i++) {
		if (i == length)
			return false;
		if (model[i] == '9'   ? !is_digit(text[i])
		    : model[i] == 'a' ? !is_letter(text[i])
				      : text[i] != model[i])
			return false;
	}
	return true;
}

/* The marks of a quotation, a list or a block of code, and blanks in front. */
static size_t peel_quote(const char *text, size_t length)
{
	size_t count = span_blanks(text, length);

	while (count < length && (text[count] == '>' || text[count] == '`' || text[count] == '|'))
		count += 1 + span_blanks(text + count + 1, length - count - 1);
	return count;
}

/* "&gt; ", a quotation that was escaped. */
static size_t peel_escaped_quote(const char *text, size_t length)
{
	return looks_like(text, length, "&gt;") ? 4 : 0;
}

/* A record of /dev/kmsg: "6,1234,5678901,-;" (Documentation/ABI/testing/dev-kmsg). */
static size_t peel_kmsg(const char *text, size_t length)
{
	size_t at = 0;

	for (int field = 0; field < 3; field++) {
		size_t digits = span_digits(text + at, length - at);
		if (!digits || at + digits == length || text[at + digits] != ',')
			return 0;
		at += digits + 1;
	}
	size_t window = length - at < LONGEST_TAG ? length - at : LONGEST_TAG;
	const char *end = memchr(text + at, ';', window);
	return end ? (size_t)(end - text) + 1 : 0;
}

/* "<6>" of the kernel and of syslog. */
static size_t peel_priority(const char *text, size_t length)
{
	size_t digits = length ? span_digits(text + 1, length - 1) : 0;

	if (!digits || digits > 3 || text[0] != '<' || digits + 1 == length ||
	    text[digits + 1] != '>')
		return 0;
	return digits + 2;
}

/* "[   12.345678]", "[  +0.001779]", "[Mon Mar  4 14:32:19 2019]", "[ T1234]", "[    C2]". */
static size_t peel_brackets(const char *text, size_t length)
{
	size_t window = length < LONGEST_STAMP ? length : LONGEST_STAMP;
	const char *end = window && text[0] == '[' ? memchr(text, ']', window) : NULL;
	size_t at = 1;

	if (!end)
		return 0;
	if (looks_like(text + 1, window - 1, "aaa aaa "))
		return (size_t)(end - text) + 1;
	at += span_blanks(text + at, window - at);
	if (text[at] == 'T' || text[at] == 'C' || text[at] == '+')
		at++;
	if (!is_digit(text[at]))
		return 0;
	while (is_digit(text[at]) || text[at] == '.')
		at++;
	return text + at == end ? at + 1 : 0;
}

/* "2024-01-09T10:03:12.035+0100 ", "2024-01-09 10:03:12.035+0000: ", "…Z ". */
static size_t peel_iso_time(const char *text, size_t length)
{
	size_t at = sizeof("2024-01-09T10:03:12") - 1;

	if (!looks_like(text, length, "9999-99-99") || length <= at ||
	    (text[10] != 'T' && text[10] != ' ') || !looks_like(text + 11, length - 11, "99:99:99"))
		return 0;
	while (at < length && at < LONGEST_STAMP &&
	       (is_digit(text[at]) || strchr(".,+-Z:", text[at])))
		at++;
	return at;
}

/* "Jan 09 10:03:12.035211 ". */
static size_t peel_syslog_time(const char *text, size_t length)
{
	size_t at = sizeof("Jan 09 10:03:12") - 1;

	if (!looks_like(text, length, "aaa 99 99:99:99") &&
	    !looks_like(text, length, "aaa  9 99:99:99"))
		return 0;
	while (at < length && at < LONGEST_STAMP && (is_digit(text[at]) || text[at] == '.'))
		at++;
	return at;
}

/* "kernel: ", "QEMU[1234]: ", "libvirtd[1]: ", with or without the name of a host before it. */
static size_t peel_tag(const char *text, size_t length)
{
	size_t window = length < LONGEST_TAG * 2 ? length : LONGEST_TAG * 2;
	size_t words = 1;

	for (size_t i = 0; i + 1 < window; i++) {
		if (text[i] == ':' && text[i + 1] == ' ')
			return i > 5 && (memcmp(text + i - 6, "kernel", 6) == 0 ||
					 text[i - 1] == ']')
				       ? i + 2
				       : 0;
		if (text[i] == ' ' && ++words > 2)
			return 0;
	}
	return 0;
}

/* libvirt's "1234: error : virPCIProbe:123 : ", virLogFormatString() of util/virlog.c. */
static size_t peel_libvirt(const char *text, size_t length)
{
	static const char *const levels[] = {
		": error : ", ": warning : ", ": info : ", ": debug : "};
	size_t digits = span_digits(text, length);

	for (size_t i = 0; digits && i < ARRAY_LENGTH(levels); i++) {
		size_t size = strlen(levels[i]);
		if (length - digits < size || memcmp(text + digits, levels[i], size) != 0)
			continue;
		size_t at = digits + size;
		size_t window = length - at < LONGEST_TAG * 2 ? length - at : LONGEST_TAG * 2;
		const char *end = memmem(text + at, window, " : ", 3);
		return end ? (size_t)(end - text) + 3 : at;
	}
	return 0;
}

/* A container's log by the CRI: "stderr F ". */
static size_t peel_stream(const char *text, size_t length)
{
	return looks_like(text, length, "stderr F ") || looks_like(text, length, "stdout F ") ? 9
											      : 0;
}

/* What may stand in front of a message. */
struct wrapper {
	size_t (*peel)(const char *text, size_t length); /* returns the length, or 0 */
	bool dated;
};

static const struct wrapper wrappers[] = {
	{peel_quote, false},      {peel_escaped_quote, false},
	{peel_kmsg, true},        {peel_priority, true},
	{peel_brackets, true},    {peel_iso_time, true},
	{peel_syslog_time, true}, {peel_tag, true},
	{peel_libvirt, true},     {peel_stream, true},
};

static bool peel_one(struct log_line *line)
{
	for (size_t i = 0; i < ARRAY_LENGTH(wrappers); i++) {
		size_t count = wrappers[i].peel(line->text, line->length);
		if (!count)
			continue;
		line->text += count;
		line->length -= count;
		line->dated |= wrappers[i].dated;
		return true;
	}
	return false;
}

static void peel_prefixes(struct log_line *line)
{
	for (int i = 0; i < MOST_PEELED && peel_one(line); i++)
		;
}

/* Reads the four digits of \uXXXX. */
static bool read_unicode(const char *text, unsigned *ret)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		char byte = text[i];
		unsigned digit = is_digit(byte) ? (unsigned)(byte - '0')
						: (unsigned)((byte | 0x20) - 'a' + 10);
		if (digit > 15 || (!is_digit(byte) && !is_letter(byte)))
			return false;
		value = value << 4 | digit;
	}
	*ret = value;
	return true;
}

/* Writes a character as UTF-8, in at most three bytes. */
static char *write_utf8(char *out, unsigned character)
{
	if (character < 0x80) {
		*out++ = (char)character;
	} else if (character < 0x800) {
		*out++ = (char)(0xc0 | character >> 6);
		*out++ = (char)(0x80 | (character & 0x3f));
	} else {
		*out++ = (char)(0xe0 | character >> 12);
		*out++ = (char)(0x80 | (character >> 6 & 0x3f));
		*out++ = (char)(0x80 | (character & 0x3f));
	}
	return out;
}

/* Undoes the escape at *in, behind its backslash, and returns what follows what it wrote. */
static char *unescape_one(const char **in, const char *end, char *out)
{
	unsigned character;
	char byte = *(*in)++;

	if (byte == 'u' && end - *in >= 4 && read_unicode(*in, &character)) {
		*in += 4;
		return write_utf8(out, character);
	}
	*out++ = byte == 'n' || byte == 't' || byte == 'r' ? ' ' : byte;
	return out;
}

/* Writes to out what stands from in to the next quotation mark, without escapes. Returns its end.
 */
static char *copy_string(const struct log_line *line, const char *in, char *out)
{
	const char *end = line->text + line->length;

	while (in < end && *in != '"') {
		if (*in == '\\' && in + 1 < end) {
			in++;
			out = unescape_one(&in, end, out);
		} else {
			*out++ = *in++;
		}
	}
	return out;
}

enum { MOST_STRINGS = 3 };

/* Strings of a line, from behind their quotation marks, in the order in which they stand there. */
struct strings {
	const char *at[MOST_STRINGS];
	size_t count;
};

static void add_string(struct strings *strings, const char *at)
{
	size_t place = strings->count++;

	for (; place && strings->at[place - 1] > at; place--)
		strings->at[place] = strings->at[place - 1];
	strings->at[place] = at;
}

/* Makes the line these strings: they become shorter, so none is written over before it is read. */
static void take_strings(struct log_line *line, const struct strings *strings)
{
	char *out = line->text;

	for (size_t i = 0; i < strings->count; i++) {
		if (i)
			*out++ = ' ';
		out = copy_string(line, strings->at[i], out);
	}
	line->length = (size_t)(out - line->text);
}

/* Makes the line the bytes of an array of numbers, as journalctl writes what is no UTF-8. */
static void take_bytes(struct log_line *line, const char *in)
{
	const char *end = line->text + line->length;
	char *out = line->text;

	while (in < end && *in != ']') {
		unsigned value = 0;
		size_t digits = span_digits(in, (size_t)(end - in));
		for (size_t i = 0; i < digits; i++)
			value = (value * 10 + (unsigned)(in[i] - '0')) & 0xff;
		if (digits)
			*out++ = (char)value;
		in += digits ? digits : 1;
	}
	line->length = (size_t)(out - line->text);
}

/* Returns what follows key in the line, or NULL. */
static const char *find_key(const struct log_line *line, const char *key)
{
	size_t size = strlen(key);
	const char *found = memmem(line->text, line->length, key, size);

	return found ? found + size : NULL;
}

/* Returns the value of a member of an object, from its first byte on, or NULL. */
static const char *find_value(const struct log_line *line, const char *key)
{
	const char *at = find_key(line, key), *end = line->text + line->length;

	while (at && at < end && (is_blank(*at) || *at == ':'))
		at++;
	return at && at < end ? at : NULL;
}

/* An object of JSON: of journalctl, KubeVirt, Docker, zap. The first of the members that it has is
 * the message; KubeVirt and zap write the error of another program beside it. */
static bool peel_json(struct log_line *line)
{
	static const char *const keys[] = {"\"MESSAGE\"", "\"msg\"", "\"message\"", "\"log\""};
	static const char *const errors[] = {"\"reason\"", "\"error\""};
	struct strings strings = {0};
	const char *at = NULL;

	if (!line->length || line->text[0] != '{')
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(keys) && !(at && (*at == '"' || *at == '[')); i++)
		at = find_value(line, keys[i]);
	if (!at || (*at != '"' && *at != '['))
		return false;
	line->dated = true;
	if (*at == '[') {
		take_bytes(line, at + 1);
		return true;
	}
	add_string(&strings, at + 1);
	for (size_t i = 0; i < ARRAY_LENGTH(errors); i++) {
		at = find_value(line, errors[i]);
		if (at && *at == '"')
			add_string(&strings, at + 1);
	}
	take_strings(line, &strings);
	return true;
}

/* Pairs of logfmt: time="…" level=error msg="…" error="…". */
static bool peel_logfmt(struct log_line *line)
{
	static const char *const keys[] = {" msg=\"", " error=\""};
	struct strings strings = {0};

	if (!looks_like(line->text, line->length, "time=") &&
	    !looks_like(line->text, line->length, "level="))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const char *at = find_key(line, keys[i]);
		if (at)
			add_string(&strings, at);
	}
	if (!strings.count)
		return false;
	take_strings(line, &strings);
	line->dated = true;
	return true;
}

void log_line_peel(struct log_line *line)
{
	/* An object may stand behind a prefix, and hold one. */
	for (int i = 0; i < MOST_PEELED; i++) {
		peel_prefixes(line);
		if (!peel_json(line) && !peel_logfmt(line))
			return;
	}
}

struct replacement {
	const char *from;
	char to;
};

/* A backslash and n; quotation marks and the hard blank of UTF-8; entities. */
static const struct replacement replacements[] = {
	{"\\n", ' '},          {"\xe2\x80\x98", '\''}, {"\xe2\x80\x99", '\''},
	{"\xe2\x80\x9c", '"'}, {"\xe2\x80\x9d", '"'},  {"\xc2\xa0", ' '},
	{"&quot;", '"'},       {"&#39;", '\''},        {"&apos;", '\''},
	{"&lt;", '<'},         {"&gt;", '>'},          {"&amp;", '&'},
};

/* Returns the length of what is replaced at text, 0 for nothing. */
static size_t find_replacement(const char *text, size_t length, char *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(replacements); i++) {
		size_t size = strlen(replacements[i].from);
		if (length < size || memcmp(text, replacements[i].from, size) != 0)
			continue;
		*ret = replacements[i].to;
		return size;
	}
	return 0;
}

static bool may_be_replaced(char byte)
{
	return byte == '\\' || byte == '&' || byte == '\xe2' || byte == '\xc2';
}

void log_line_tidy(struct log_line *line)
{
	const char *in = line->text, *end = line->text + line->length;
	char *out = line->text;
	bool blank = true;

	while (in < end) {
		char byte = *in;
		size_t size =
			may_be_replaced(byte) ? find_replacement(in, (size_t)(end - in), &byte) : 0;
		in += size ? size : 1;
		if ((unsigned char)byte <= ' ' || byte == '\x7f') {
			if (!blank)
				*out++ = ' ';
			blank = true;
			continue;
		}
		*out++ = byte;
		blank = false;
	}
	while (out > line->text && out[-1] == ' ')
		out--;
	line->length = (size_t)(out - line->text);
}

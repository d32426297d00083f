/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/pattern.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"

/* The letter of each field. */
static const char field_letters[] = {
	[LOG_LITERAL] = '\0',     [LOG_NUMBER] = 'n',      [LOG_HEX] = 'x',
	[LOG_GROUP_NUMBER] = 'g', [LOG_FUNCTION] = 'f',    [LOG_FUNCTION_IDS] = 'i',
	[LOG_ERROR] = 'e',        [LOG_POWER_STATE] = 's', [LOG_ANYTHING] = '*',
};

ASSERT_COVERS(field_letters, LOG_PIECE_KIND_COUNT);

/* Those that these messages come with: their names, and their texts by glibc, which a log has in
 * English unless a program translates them. */
struct error_row {
	int error;
	const char *name;
	const char *text;
};

static const struct error_row error_rows[] = {
	{EPERM, "EPERM", "Operation not permitted"},
	{ENOENT, "ENOENT", "No such file or directory"},
	{EIO, "EIO", "Input/output error"},
	{ENXIO, "ENXIO", "No such device or address"},
	{ENOMEM, "ENOMEM", "Cannot allocate memory"},
	{EACCES, "EACCES", "Permission denied"},
	{EFAULT, "EFAULT", "Bad address"},
	{EBUSY, "EBUSY", "Device or resource busy"},
	{EEXIST, "EEXIST", "File exists"},
	{ENODEV, "ENODEV", "No such device"},
	{EINVAL, "EINVAL", "Invalid argument"},
	{ENOTTY, "ENOTTY", "Inappropriate ioctl for device"},
	{ENOSPC, "ENOSPC", "No space left on device"},
	{ERANGE, "ERANGE", "Numerical result out of range"},
	{ENOSYS, "ENOSYS", "Function not implemented"},
	{EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported"},
	{ETIMEDOUT, "ETIMEDOUT", "Connection timed out"},
};

/* pci_power_names[] of drivers/pci/pci.c. */
static const char *const power_states[] = {"D0", "D1", "D2", "D3hot", "D3cold", "D3", "unknown"};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Returns the digit's value, or -1. */
static int hex_value(char byte)
{
	if (is_digit(byte))
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

static bool is_word(char byte)
{
	return hex_value(byte) >= 0 || (byte >= 'g' && byte <= 'z') ||
	       (byte >= 'G' && byte <= 'Z') || byte == '_';
}

static bool find_field(char letter, enum log_piece_kind *ret)
{
	for (int i = LOG_NUMBER; i < LOG_PIECE_KIND_COUNT; i++) {
		if (field_letters[i] != letter)
			continue;
		*ret = (enum log_piece_kind)i;
		return true;
	}
	return false;
}

static struct log_piece *add_piece(struct log_pattern *pattern)
{
	return pattern->count < LOG_MOST_PIECES ? &pattern->pieces[pattern->count++] : NULL;
}

/* Returns whether the text begins with a field, whose kind it then gives. */
static bool is_field(const char *text, enum log_piece_kind *ret)
{
	return text[0] == '{' && text[1] && text[2] == '}' && find_field(text[1], ret);
}

bool log_pattern_parse(const char *form, struct log_pattern *ret)
{
	*ret = (struct log_pattern){0};
	while (*form) {
		struct log_piece *piece = add_piece(ret);
		if (!piece)
			return false;
		if (is_field(form, &piece->kind)) {
			form += 3;
			continue;
		}
		enum log_piece_kind kind;
		piece->text = form;
		do
			form++;
		while (*form && !is_field(form, &kind));
		piece->length = (size_t)(form - piece->text);
	}
	return ret->count && ret->pieces[0].kind == LOG_LITERAL &&
	       ret->pieces[0].length >= LOG_LEAST_ANCHOR;
}

/* Reads digits of a base that fit 64 bits. Returns their count, or 0. */
static size_t read_digits(const char *text, size_t length, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;
	size_t count = 0;

	for (; count < length; count++) {
		int digit = hex_value(text[count]);
		if (digit < 0 || (unsigned)digit >= base)
			break;
		if (value > (UINT64_MAX - (unsigned)digit) / base)
			return 0;
		value = value * base + (unsigned)digit;
	}
	*ret = value;
	return count;
}

static size_t read_hex(const char *text, size_t length, uint64_t *ret)
{
	size_t prefix = length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' ? 2 : 0;
	size_t count = read_digits(text + prefix, length - prefix, 16, ret);

	return count ? prefix + count : 0;
}

/* Reads exactly count hex digits and the byte behind them. */
static bool read_part(const char **text, const char *end, size_t count, char behind, unsigned *ret)
{
	uint64_t value;

	if ((size_t)(end - *text) <= count || read_digits(*text, count, 16, &value) != count ||
	    (*text)[count] != behind)
		return false;
	*text += count + 1;
	*ret = (unsigned)value;
	return true;
}

/* Reads "BB:DD.F". */
static const char *read_short(const char *text, const char *end, struct pci_address *ret)
{
	unsigned bus, device;
	uint64_t function;

	if (!read_part(&text, end, 2, ':', &bus) || !read_part(&text, end, 2, '.', &device))
		return NULL;
	if (text == end || read_digits(text, 1, 8, &function) != 1 || device > 31)
		return NULL;
	if (text + 1 < end && is_word(text[1]))
		return NULL;
	ret->bus = (uint8_t)bus;
	ret->device = (uint8_t)device;
	ret->function = (uint8_t)function;
	return text + 1;
}

/* Reads an address at the beginning of text: its length, or 0. */
static size_t read_function(const char *text, size_t length, struct pci_address *ret)
{
	const char *end = text + length;
	struct pci_address address = {0};
	uint64_t domain;

	for (size_t digits = 8; digits >= 4; digits--) {
		if (length <= digits || text[digits] != ':' ||
		    read_digits(text, digits, 16, &domain) != digits)
			continue;
		const char *behind = read_short(text + digits + 1, end, &address);
		if (!behind)
			continue;
		address.domain = (uint32_t)domain;
		*ret = address;
		return (size_t)(behind - text);
	}
	const char *behind = read_short(text, end, &address);
	if (!behind)
		return 0;
	*ret = address;
	return (size_t)(behind - text);
}

/* Returns where the word begins that ends at the dot of an address, or the beginning of text. */
static size_t address_start(const char *text, size_t dot)
{
	size_t start = dot;

	while (start && (hex_value(text[start - 1]) >= 0 || text[start - 1] == ':') &&
	       dot - start < sizeof("ffffffff:ff:1f") - 1)
		start--;
	return start;
}

size_t log_last_function(const char *text, size_t length, struct pci_address *ret)
{
	for (size_t dot = length; dot-- > 5;) {
		if (text[dot] != '.')
			continue;
		size_t start = address_start(text, dot);
		if (start && is_word(text[start - 1]))
			continue;
		size_t count = read_function(text + start, length - start, ret);
		if (count && start + count > dot)
			return start + count;
	}
	return 0;
}

size_t log_read_ids(const char *text, size_t length, uint16_t *ret_vendor, uint16_t *ret_device)
{
	const char *at = text;
	unsigned vendor;
	uint64_t device;

	if (length < 9 || !read_part(&at, text + length, 4, ':', &vendor) ||
	    read_digits(at, 4, 16, &device) != 4)
		return 0;
	*ret_vendor = (uint16_t)vendor;
	*ret_device = (uint16_t)device;
	return 9;
}

static bool starts(const char *text, size_t length, const char *word)
{
	size_t size = strlen(word);

	return length >= size && memcmp(text, word, size) == 0;
}

static size_t read_error(const char *text, size_t length, int *ret)
{
	size_t minus = length && *text == '-' ? 1 : 0;
	uint64_t number;
	size_t digits = read_digits(text + minus, length - minus, 10, &number);

	if (digits && number < 4096) {
		*ret = (int)number;
		return minus + digits;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(error_rows); i++) {
		const struct error_row *row = &error_rows[i];
		const char *word =
			starts(text + minus, length - minus, row->name) ? row->name : row->text;
		if (!starts(text + minus, length - minus, word))
			continue;
		*ret = row->error;
		return minus + strlen(word);
	}
	return 0;
}

static const char *error_text(int error)
{
	for (size_t i = 0; i < ARRAY_LENGTH(error_rows); i++) {
		if (error_rows[i].error == error)
			return error_rows[i].text;
	}
	return NULL;
}

static size_t read_state(const char *text, size_t length, uint64_t *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(power_states); i++) {
		if (!starts(text, length, power_states[i]))
			continue;
		*ret = i;
		return strlen(power_states[i]);
	}
	return 0;
}

/* Returns how much to skip until the next piece, a literal, begins; all where there is none. */
static bool skip(const struct log_pattern *pattern, size_t index, const char *text, size_t length,
		 size_t *ret)
{
	size_t window = length < LOG_MOST_SKIPPED ? length : LOG_MOST_SKIPPED;

	*ret = 0;
	if (index + 1 == pattern->count)
		return true;
	const struct log_piece *next = &pattern->pieces[index + 1];
	const char *found = memmem(text, window, next->text, next->length);
	if (!found)
		return false;
	*ret = (size_t)(found - text);
	return true;
}

static size_t read_number(const struct log_piece *piece, const char *text, size_t length,
			  struct log_values *values)
{
	uint64_t *number;

	if (values->count == LOG_MOST_VALUES)
		return 0;
	number = &values->numbers[values->count++];
	if (piece->kind == LOG_NUMBER)
		return read_digits(text, length, 10, number);
	return piece->kind == LOG_HEX ? read_hex(text, length, number)
				      : read_state(text, length, number);
}

static size_t read_literal(const struct log_piece *piece, const char *text, size_t length)
{
	return length >= piece->length && memcmp(text, piece->text, piece->length) == 0
		       ? piece->length
		       : 0;
}

/* Reads a piece. Returns its length, or 0. */
static size_t read_piece(const struct log_piece *piece, const char *text, size_t length,
			 struct log_values *values)
{
	size_t count;

	switch (piece->kind) {
	case LOG_LITERAL:
		return read_literal(piece, text, length);
	case LOG_NUMBER:
	case LOG_HEX:
	case LOG_POWER_STATE:
		return read_number(piece, text, length, values);
	case LOG_GROUP_NUMBER:
		count = read_digits(text, length, 10, &values->group);
		values->has_group = count > 0;
		return count;
	case LOG_FUNCTION:
		count = read_function(text, length, &values->function);
		values->has_function = count > 0;
		return count;
	case LOG_FUNCTION_IDS:
		count = log_read_ids(text, length, &values->vendor, &values->device);
		values->has_ids = count > 0;
		return count;
	case LOG_ERROR:
		return read_error(text, length, &values->error);
	case LOG_ANYTHING:
	case LOG_PIECE_KIND_COUNT:
		break;
	}
	return 0;
}

size_t log_pattern_match(const struct log_pattern *pattern, const char *text, size_t length,
			 struct log_values *ret)
{
	struct log_values values = {0};
	size_t at = 0;

	for (size_t i = 0; i < pattern->count; i++) {
		const struct log_piece *piece = &pattern->pieces[i];
		size_t count;
		if (piece->kind == LOG_ANYTHING) {
			if (!skip(pattern, i, text + at, length - at, &count))
				return 0;
			at += count;
			continue;
		}
		count = read_piece(piece, text + at, length - at, &values);
		if (!count)
			return 0;
		at += count;
	}
	*ret = values;
	return at;
}

static void write_function(struct buffer *buffer, const struct pci_address *function)
{
	char text[PCI_ADDRESS_SIZE];

	pci_address_format(function, text);
	buffer_item(buffer, "%s", text);
}

static void write_error(struct buffer *buffer, int error)
{
	const char *text = error_text(error);

	if (text)
		buffer_item(buffer, "%s", text);
	else
		buffer_item(buffer, "error %d", error);
}

static void write_field(struct buffer *buffer, enum log_piece_kind kind,
			const struct log_values *values, size_t *next)
{
	switch (kind) {
	case LOG_NUMBER:
		buffer_item(buffer, "%ju", (uintmax_t)values->numbers[(*next)++]);
		break;
	case LOG_HEX:
		buffer_item(buffer, "%#jx", (uintmax_t)values->numbers[(*next)++]);
		break;
	case LOG_POWER_STATE:
		buffer_item(buffer, "%s", power_states[values->numbers[(*next)++]]);
		break;
	case LOG_GROUP_NUMBER:
		buffer_item(buffer, "%ju", (uintmax_t)values->group);
		break;
	case LOG_FUNCTION:
		write_function(buffer, &values->function);
		break;
	case LOG_FUNCTION_IDS:
		buffer_item(buffer, "%04x:%04x", values->vendor, values->device);
		break;
	case LOG_ERROR:
		write_error(buffer, values->error);
		break;
	case LOG_ANYTHING:
		buffer_item(buffer, "...");
		break;
	case LOG_LITERAL:
	case LOG_PIECE_KIND_COUNT:
		break;
	}
}

static bool names_function(const struct log_pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->pieces[i].kind == LOG_FUNCTION)
			return true;
	}
	return false;
}

const char *log_pattern_text(struct arena *arena, const char *form, const struct log_values *values)
{
	struct buffer buffer = {.arena = arena};
	struct log_pattern pattern;
	size_t next = 0;

	if (!log_pattern_parse(form, &pattern))
		return "";
	if (values->has_function && !names_function(&pattern)) {
		write_function(&buffer, &values->function);
		buffer_item(&buffer, "%s", begins_with(form, ": ") ? "" : ": ");
	}
	for (size_t i = 0; i < pattern.count; i++) {
		const struct log_piece *piece = &pattern.pieces[i];
		if (piece->kind == LOG_LITERAL)
			buffer_add(&buffer, piece->text, piece->length);
		else
			write_field(&buffer, piece->kind, values, &next);
	}
	if (has_suffix(form, " "))
		write_field(&buffer, LOG_ANYTHING, values, &next);
	return buffer_text(&buffer);
}

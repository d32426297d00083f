/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/pci_ids.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_CAPACITY = 32 * 1024, /* entries; pci.ids of 2026 has 22,000 */
	ID_DIGITS = 4,
};

struct pci_ids_entry {
	uint64_t key;
	size_t name; /* where it begins in the text */
};

/* A vendor stands before its devices. */
static uint64_t vendor_key(uint16_t vendor)
{
	return (uint64_t)vendor << 17;
}

static uint64_t device_key(uint16_t vendor, uint16_t device)
{
	return vendor_key(vendor) | 1U << 16 | device;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Parses "1af4  Name". */
static bool parse_entry(const char *line, const char *end, uint16_t *ret_id, const char **ret_name)
{
	unsigned id = 0;

	if (end - line <= ID_DIGITS || !is_blank(line[ID_DIGITS]))
		return false;
	for (int i = 0; i < ID_DIGITS; i++) {
		int digit = hex_digit(line[i]);

		if (digit < 0)
			return false;
		id = id << 4 | (unsigned)digit;
	}
	*ret_id = (uint16_t)id;
	for (line += ID_DIGITS; line < end && is_blank(*line);)
		line++;
	*ret_name = line;
	return line < end;
}

static int add_entry(struct pci_ids *ids, uint64_t key, const char *name)
{
	if (ids->count == ids->capacity) {
		size_t capacity = ids->capacity ? 2 * ids->capacity : FIRST_CAPACITY;
		void *entries = reallocarray(ids->entries, capacity, sizeof(*ids->entries));

		if (!entries)
			return -ENOMEM;
		ids->entries = entries;
		ids->capacity = capacity;
	}
	ids->unsorted |= ids->count && key < ids->entries[ids->count - 1].key;
	ids->entries[ids->count++] =
		(struct pci_ids_entry){.key = key, .name = (size_t)(name - ids->text)};
	return 0;
}

static bool is_comment(const char *line, const char *end)
{
	while (line < end && is_blank(*line))
		line++;
	return line == end || *line == '#';
}

/* Most lines are, and none of them is looked up. */
static bool is_of_subsystem(const char *line, const char *end)
{
	return end - line > 1 && line[0] == '\t' && line[1] == '\t';
}

/* Where a walk over the lines of the list stands. */
struct position {
	uint16_t vendor;
	bool in_vendor; /* and not in the classes that follow */
};

static int index_line(struct pci_ids *ids, struct position *position, const char *line,
		      const char *end)
{
	const char *name;
	uint16_t id;

	if (is_of_subsystem(line, end) || is_comment(line, end))
		return 0;
	if (*line != '\t') {
		position->in_vendor = parse_entry(line, end, &position->vendor, &name);
		return position->in_vendor ? add_entry(ids, vendor_key(position->vendor), name) : 0;
	}
	if (!position->in_vendor || !parse_entry(line + 1, end, &id, &name))
		return 0;
	return add_entry(ids, device_key(position->vendor, id), name);
}

static int by_key_and_place(const void *a, const void *b)
{
	const struct pci_ids_entry *one = a, *other = b;

	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	return one->name < other->name ? -1 : one->name > other->name;
}

static const char *line_end(const char *line, const char *end)
{
	const char *newline = memchr(line, '\n', (size_t)(end - line));

	return newline ? newline : end;
}

int pci_ids_index(struct pci_ids *ids, const char *text, size_t length)
{
	struct position position = {.in_vendor = false};
	const char *end = text + length;
	int r = 0;

	*ids = (struct pci_ids){.text = text, .length = length};
	for (const char *line = text; line < end && r == 0;) {
		const char *newline = line_end(line, end);

		r = index_line(ids, &position, line, newline);
		line = newline + 1;
	}
	if (r < 0) {
		pci_ids_free(ids);
		return r;
	}
	if (ids->unsorted)
		qsort(ids->entries, ids->count, sizeof(*ids->entries), by_key_and_place);
	return 0;
}

void pci_ids_free(struct pci_ids *ids)
{
	free(ids->entries);
	*ids = (struct pci_ids){.text = NULL};
}

/* Returns where the first entry whose key is not below key stands. */
static size_t lower_bound(const struct pci_ids *ids, uint64_t key)
{
	size_t first = 0, count = ids->count;

	while (count > 0) {
		size_t half = count / 2;

		if (ids->entries[first + half].key < key) {
			first += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return first;
}

static struct pci_ids_name find(const struct pci_ids *ids, uint64_t key)
{
	size_t found = lower_bound(ids, key);

	if (found == ids->count || ids->entries[found].key != key)
		return (struct pci_ids_name){.text = NULL};
	const char *name = ids->text + ids->entries[found].name;
	const char *end = line_end(name, ids->text + ids->length);
	const char *carriage_return = memchr(name, '\r', (size_t)(end - name));

	if (carriage_return)
		end = carriage_return;
	if (end > name && is_blank(end[-1]))
		end--;
	return (struct pci_ids_name){.text = name, .length = (size_t)(end - name)};
}

struct pci_ids_name pci_ids_vendor(const struct pci_ids *ids, uint16_t vendor)
{
	return find(ids, vendor_key(vendor));
}

struct pci_ids_name pci_ids_device(const struct pci_ids *ids, uint16_t vendor, uint16_t device)
{
	return find(ids, device_key(vendor, device));
}

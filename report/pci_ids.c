/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/pci_ids.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_CAPACITY =
		1024, /* entries; pci.ids of 2026 has 22,000, and most vendors few of them */
	ID_DIGITS = 4,
};

struct pci_ids_entry {
	uint64_t key;
	const char *name; /* in the text */
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

static int add_entry(struct pci_ids_index *index, uint64_t key, const char *name)
{
	if (index->count == index->capacity) {
		size_t capacity = index->capacity ? 2 * index->capacity : FIRST_CAPACITY;
		void *entries = reallocarray(index->entries, capacity, sizeof(*index->entries));

		if (!entries)
			return -ENOMEM;
		index->entries = entries;
		index->capacity = capacity;
	}
	index->unsorted |= index->count && key < index->entries[index->count - 1].key;
	index->entries[index->count++] = (struct pci_ids_entry){.key = key, .name = name};
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

static int index_line(struct pci_ids_index *index, struct position *position, const char *line,
		      const char *end)
{
	const char *name;
	uint16_t id;

	if (is_of_subsystem(line, end) || is_comment(line, end))
		return 0;
	if (*line != '\t') {
		position->in_vendor = parse_entry(line, end, &position->vendor, &name);
		return position->in_vendor ? add_entry(index, vendor_key(position->vendor), name)
					   : 0;
	}
	if (!position->in_vendor || !parse_entry(line + 1, end, &id, &name))
		return 0;
	return add_entry(index, device_key(position->vendor, id), name);
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

static const char *line_start(const char *text, const char *at)
{
	const char *newline = memrchr(text, '\n', (size_t)(at - text));

	return newline ? newline + 1 : text;
}

/* Adds what the lines from line on say: those of the vendor that stands there, or all. Where memory
 * is short, the rest is left out. */
static void index_lines(struct pci_ids_index *index, const char *line, const char *end,
			bool one_vendor)
{
	struct position position = {.in_vendor = false};
	const char *first = line;

	while (line < end && (!one_vendor || line == first || hex_digit(*line) < 0)) {
		const char *newline = line_end(line, end);

		if (index_line(index, &position, line, newline) < 0)
			break;
		line = newline + 1;
	}
	if (index->unsorted)
		qsort(index->entries, index->count, sizeof(*index->entries), by_key_and_place);
}

/* Returns the nearest line that names a vendor, from line upwards, or NULL where none does down
 * from first. */
static const char *vendor_above(const char *first, const char *line, const char *end,
				uint16_t *ret_vendor)
{
	const char *name;

	for (;; line = line_start(first, line - 1)) {
		if (*line != '\t' && parse_entry(line, line_end(line, end), ret_vendor, &name))
			return line;
		if (line == first)
			return NULL;
	}
}

/* Returns the line of a vendor in a list that is sorted. Of another it may find none. */
static const char *search(const struct pci_ids *ids, uint16_t vendor)
{
	const char *first = ids->text, *end = ids->text + ids->length, *found = NULL;

	while (first < end) {
		const char *middle = line_start(first, first + (end - first) / 2);
		uint16_t id;
		const char *line = vendor_above(first, middle, end, &id);

		if (!line || id < vendor) {
			first = line_end(middle, end) + 1;
			continue;
		}
		if (id == vendor)
			found = line;
		end = line;
	}
	return found;
}

/* Indexes a vendor and its devices. Returns NULL where they are not to be had alone. */
static const struct pci_ids_index *index_vendor(struct pci_ids *ids, uint16_t vendor)
{
	const char *line = ids->vendor_count < PCI_IDS_FEW ? search(ids, vendor) : NULL;

	if (!line)
		return NULL;
	struct pci_ids_index *index = &ids->vendors[ids->vendor_count];
	index_lines(index, line, ids->text + ids->length, true);
	if (!index->count)
		return NULL;
	ids->vendor_count++;
	return index;
}

static const struct pci_ids_index *index_all(struct pci_ids *ids)
{
	if (!ids->has_all)
		index_lines(&ids->all, ids->text, ids->text + ids->length, false);
	ids->has_all = true;
	return &ids->all;
}

/* Returns an index that has what the list says of a vendor. */
static const struct pci_ids_index *index_of(struct pci_ids *ids, uint16_t vendor)
{
	for (size_t i = 0; i < ids->vendor_count; i++) {
		if (ids->vendors[i].entries[0].key == vendor_key(vendor))
			return &ids->vendors[i];
	}
	const struct pci_ids_index *index = ids->has_all ? NULL : index_vendor(ids, vendor);
	return index ? index : index_all(ids);
}

void pci_ids_open(struct pci_ids *ids, const char *text, size_t length)
{
	*ids = (struct pci_ids){.text = text, .length = length};
}

void pci_ids_free(struct pci_ids *ids)
{
	for (size_t i = 0; i < ids->vendor_count; i++)
		free(ids->vendors[i].entries);
	free(ids->all.entries);
	*ids = (struct pci_ids){.text = NULL};
}

/* Returns where the first entry whose key is not below key stands. */
static size_t lower_bound(const struct pci_ids_index *index, uint64_t key)
{
	size_t first = 0, count = index->count;

	while (count > 0) {
		size_t half = count / 2;

		if (index->entries[first + half].key < key) {
			first += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return first;
}

static struct pci_ids_name find(struct pci_ids *ids, uint16_t vendor, uint64_t key)
{
	const struct pci_ids_index *index = index_of(ids, vendor);
	size_t found = lower_bound(index, key);

	if (found == index->count || index->entries[found].key != key)
		return (struct pci_ids_name){.text = NULL};
	const char *name = index->entries[found].name;
	const char *end = line_end(name, ids->text + ids->length);
	const char *carriage_return = memchr(name, '\r', (size_t)(end - name));

	if (carriage_return)
		end = carriage_return;
	if (end > name && is_blank(end[-1]))
		end--;
	return (struct pci_ids_name){.text = name, .length = (size_t)(end - name)};
}

struct pci_ids_name pci_ids_vendor(struct pci_ids *ids, uint16_t vendor)
{
	return find(ids, vendor, vendor_key(vendor));
}

struct pci_ids_name pci_ids_device(struct pci_ids *ids, uint16_t vendor, uint16_t device)
{
	return find(ids, vendor, device_key(vendor, device));
}

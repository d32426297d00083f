/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/names.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "host/access/array.h"
#include "report/pci_ids.h"
#include "report/write/words.h"

enum {
	LONGEST_NAME = 256,
	LARGEST_LIST = 16 * 1024 * 1024, /* bytes; pci.ids of 2026 has 1.6 million */
	FIRST_BUFFER = 2 * 1024 * 1024,
};

struct names {
	char *text;
	struct pci_ids ids;
	bool read;
};

/* Where libpci looks on Debian, and on distributions that take the list from hwdata. */
static const char *const places[] = {
	"/usr/share/misc/pci.ids.gz",
	"/usr/share/misc/pci.ids",
	"/usr/share/hwdata/pci.ids.gz",
	"/usr/share/hwdata/pci.ids",
};

struct names *names_open(void)
{
	return calloc(1, sizeof(struct names));
}

void names_close(struct names *names)
{
	if (!names)
		return;
	pci_ids_free(&names->ids);
	free(names->text);
	free(names);
}

/* Who brings a list along (script/standalone) names it. zlib reads what is not compressed as it is.
 */
static gzFile open_list(void)
{
	const char *own = secure_getenv("PASSCHECK_PCI_IDS");

	if (own && *own)
		return gzopen(own, "re");
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		gzFile file = gzopen(places[i], "re");

		if (file)
			return file;
	}
	return NULL;
}

/* Reads to the end of the file; a longer buffer is taken where one is full. Returns NULL where the
 * file is damaged or larger than any list of names. */
static char *read_all(gzFile file, size_t *ret_length)
{
	size_t capacity = FIRST_BUFFER, length = 0;
	char *text = malloc(capacity);
	int count = 0;

	while (text && capacity <= LARGEST_LIST) {
		count = gzread(file, text + length, (unsigned)(capacity - length));
		if (count <= 0)
			break;
		length += (size_t)count;
		if (length < capacity)
			continue;
		capacity *= 2;
		char *longer = realloc(text, capacity);

		if (!longer)
			break;
		text = longer;
	}
	if (text && count == 0) {
		*ret_length = length;
		return text;
	}
	free(text);
	return NULL;
}

static void read_list(struct names *names)
{
	size_t length = 0;

	names->read = true;
	gzFile file = open_list();
	if (!file)
		return;
	names->text = read_all(file, &length);
	gzclose(file);
	if (names->text)
		(void)pci_ids_index(&names->ids, names->text, length);
}

static bool is_id(const struct fact_number *number)
{
	return fact_known(&number->fact) && number->value >= 0 && number->value <= UINT16_MAX;
}

static bool is_company_word(const char *word, size_t length)
{
	static const char *const words[] = {
		"AG",          "Co",           "Company",    "Corp",
		"Corporation", "Electronics",  "GmbH",       "Inc",
		"LLC",         "Ltd",          "Limited",    "Semiconductor",
		"Pvt",         "Technologies", "Technology", "subsidiaries",
		"and",
	};

	while (length && strchr(".,", word[length - 1]))
		length--;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strlen(words[i]) == length && strncmp(words[i], word, length) == 0)
			return true;
	}
	return false;
}

/* A vendor by the name that people use: what stands in brackets, or without "Corporation". */
static struct pci_ids_name vendor_for_short(struct pci_ids_name vendor)
{
	const char *open = memchr(vendor.text, '[', vendor.length);
	size_t length = vendor.length;

	if (open && vendor.text[length - 1] == ']')
		return (struct pci_ids_name){
			.text = open + 1,
			.length = (size_t)(vendor.text + length - 1 - (open + 1)),
		};
	for (const char *space; (space = memrchr(vendor.text, ' ', length));) {
		if (!is_company_word(space + 1, (size_t)(vendor.text + length - space - 1)))
			break;
		length = (size_t)(space - vendor.text);
	}
	while (length && vendor.text[length - 1] == ',')
		length--;
	return (struct pci_ids_name){.text = vendor.text, .length = length};
}

static bool find(struct names *names, const struct pci_function *function,
		 struct pci_ids_name *ret_vendor, struct pci_ids_name *ret_device)
{
	if (!names || !is_id(&function->vendor) || !is_id(&function->device))
		return false;
	if (!names->read)
		read_list(names);
	uint16_t id = (uint16_t)function->vendor.value;
	*ret_vendor = pci_ids_vendor(&names->ids, id);
	*ret_device = pci_ids_device(&names->ids, id, (uint16_t)function->device.value);
	return ret_vendor->text && ret_device->text &&
	       ret_vendor->length + ret_device->length + 1 < LONGEST_NAME;
}

static const char *join(struct arena *arena, struct pci_ids_name vendor, struct pci_ids_name device)
{
	return words_utf8(arena, arena_printf(arena, "%.*s %.*s", (int)vendor.length, vendor.text,
					      (int)device.length, device.text));
}

const char *names_find(struct names *names, struct arena *arena,
		       const struct pci_function *function)
{
	struct pci_ids_name vendor, device;

	return find(names, function, &vendor, &device) ? join(arena, vendor, device) : NULL;
}

const char *names_find_short(struct names *names, struct arena *arena,
			     const struct pci_function *function)
{
	struct pci_ids_name vendor, device;

	return find(names, function, &vendor, &device)
		       ? join(arena, vendor_for_short(vendor), device)
		       : NULL;
}

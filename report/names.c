/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/names.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "host/base/array.h"
#include "report/pci_ids.h"
#include "report/write/words.h"

enum {
	LONGEST_NAME = 256,
	LARGEST_LIST = 16 * 1024 * 1024, /* bytes; pci.ids of 2026 has 1.6 million */
	FIRST_BUFFER = 2 * 1024 * 1024,
};

struct names {
	char *text;
	size_t mapped; /* bytes of text that are the file's own; 0 where they were read */
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
	if (names->mapped)
		munmap(names->text, names->mapped);
	else
		free(names->text);
	free(names);
}

static int open_place(const char *place)
{
	return open(place, O_RDONLY | O_CLOEXEC);
}

/* Who brings a list along (script/standalone) names it. */
static int open_list(void)
{
	const char *own = secure_getenv("PASSCHECK_PCI_IDS");

	if (own && *own)
		return open_place(own);
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		int fd = open_place(places[i]);

		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* The magic number of gzip: RFC 1952, section 2.3.1. */
static bool is_compressed(const char *text)
{
	return text[0] == '\x1f' && text[1] == '\x8b';
}

/* Maps a list that is not compressed: little of it is looked at. Returns NULL where it is to be
 * read. */
static char *map_list(int fd, size_t *ret_length)
{
	enum { MAGIC_SIZE = 2 };
	struct stat status;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_size < MAGIC_SIZE ||
	    status.st_size > LARGEST_LIST)
		return NULL;
	size_t length = (size_t)status.st_size;
	char *text = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return NULL;
	if (is_compressed(text)) {
		munmap(text, length);
		return NULL;
	}
	*ret_length = length;
	return text;
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

/* Reads a list through zlib, which takes what is not compressed as it is, and closes fd. */
static char *unpack_list(int fd, size_t *ret_length)
{
	gzFile file = gzdopen(fd, "r");

	if (!file) {
		close(fd);
		return NULL;
	}
	char *text = read_all(file, ret_length);
	gzclose(file);
	return text;
}

static void read_list(struct names *names)
{
	size_t length = 0;
	int fd = open_list();

	names->read = true;
	if (fd < 0)
		return;
	names->text = map_list(fd, &names->mapped);
	length = names->mapped;
	if (names->text)
		close(fd);
	else
		names->text = unpack_list(fd, &length);
	if (names->text)
		pci_ids_open(&names->ids, names->text, length);
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

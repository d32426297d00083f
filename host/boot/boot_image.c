/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boot_image.h"

#include <endian.h>
#include <string.h>

#include "host/base/affix.h"

/* Microsoft's PE format: the DOS header ends with the offset of the PE header, which is followed by
 * that of COFF, an optional one, and the table of sections. */
enum {
	DOS_HEADER_SIZE = 64,
	PE_OFFSET_AT = 0x3c,
	PE_SIGNATURE_SIZE = 4,
	COFF_HEADER_SIZE = 20,
	COFF_SECTION_COUNT_AT = 2,
	COFF_OPTIONAL_SIZE_AT = 16,
	SECTION_HEADER_SIZE = 40,
	SECTION_NAME_SIZE = 8,
	SECTION_VIRTUAL_SIZE_AT = 8,
	SECTION_RAW_SIZE_AT = 16,
	SECTION_RAW_OFFSET_AT = 20,
};

enum {
	LIMIT_HEADERS = 8 * 1024,  /* of all headers, from the start of the file */
	LIMIT_SECTION = 16 * 1024, /* of a command line, or a release */
	LIMIT_SECTIONS = 96,       /* the Windows loader's own */
};

/* Where a section's bytes are in the file; length 0: it has none. */
struct section {
	uint32_t offset;
	uint32_t length;
};

struct sections {
	bool has_cmdline;
	struct section cmdline;
	bool has_release;
	struct section release;
};

static uint16_t get_16(const char *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return le16toh(value);
}

static uint32_t get_32(const char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

/* Returns the table of sections and how many it has, or NULL where the headers are not whole. */
static const char *find_table(const struct fact_text *head, size_t *ret_count)
{
	if (head->length < DOS_HEADER_SIZE || memcmp(head->text, "MZ", 2) != 0)
		return NULL;
	size_t at = get_32(head->text + PE_OFFSET_AT);
	if (at > head->length || head->length - at < PE_SIGNATURE_SIZE + COFF_HEADER_SIZE ||
	    memcmp(head->text + at, "PE\0\0", PE_SIGNATURE_SIZE) != 0)
		return NULL;
	const char *coff = head->text + at + PE_SIGNATURE_SIZE;
	size_t count = get_16(coff + COFF_SECTION_COUNT_AT);
	at += PE_SIGNATURE_SIZE + COFF_HEADER_SIZE + get_16(coff + COFF_OPTIONAL_SIZE_AT);
	if (count > LIMIT_SECTIONS || at > head->length ||
	    (head->length - at) / SECTION_HEADER_SIZE < count)
		return NULL;
	*ret_count = count;
	return head->text + at;
}

static bool has_name(const char *header, const char *name)
{
	return strncmp(header, name, SECTION_NAME_SIZE) == 0;
}

/* A section may be padded in the file, and then counts with its virtual size. */
static struct section read_section(const char *header)
{
	uint32_t size = get_32(header + SECTION_VIRTUAL_SIZE_AT);
	uint32_t raw = get_32(header + SECTION_RAW_SIZE_AT);

	return (struct section){
		.offset = get_32(header + SECTION_RAW_OFFSET_AT),
		.length = size < raw ? size : raw,
	};
}

/*
 * An image may have several profiles, each begun by a section .profile. The first is the one booted
 * by default, and has what comes before all of them where it has none of its own (systemd-stub(7)).
 */
static bool find_sections(const struct fact_text *head, struct sections *ret)
{
	size_t count, profiles = 0;
	const char *table = find_table(head, &count);

	*ret = (struct sections){0};
	if (!table)
		return false;
	for (size_t i = 0; i < count && profiles < 2; i++) {
		const char *header = table + i * SECTION_HEADER_SIZE;
		profiles += has_name(header, ".profile");
		if (profiles > 1)
			break;
		if (has_name(header, ".cmdline")) {
			ret->has_cmdline = true;
			ret->cmdline = read_section(header);
		} else if (has_name(header, ".uname")) {
			ret->has_release = true;
			ret->release = read_section(header);
		}
	}
	return true;
}

/* Leaves the padding at the end out. A piece shorter than its section makes the file no image. */
static struct fact_text section_text(struct arena *arena, const struct fact_text *piece,
				     const struct section *section)
{
	struct fact_text text = *piece;

	if (!fact_known(&piece->fact))
		return text;
	if (piece->length < section->length || section->length > LIMIT_SECTION)
		return (struct fact_text){
			.fact = {.state = FACT_MALFORMED, .source = piece->fact.source}};
	while (text.length &&
	       (text.text[text.length - 1] == '\0' || text.text[text.length - 1] == '\n' ||
		text.text[text.length - 1] == ' '))
		text.length--;
	fact_text_copy(&text, arena, text.text, text.length);
	return text;
}

static struct fact_text without_text(const char *source, enum fact_state state)
{
	return (struct fact_text){.fact = {.state = state, .source = source}};
}

/* Gives the pieces of an image: read from a file, or taken from bytes. */
struct pieces {
	struct root *root;
	struct arena *arena;
	const struct fact_text *whole; /* NULL: read path */
	const char *path;
};

static struct fact_text take_piece(const struct pieces *pieces, uint32_t offset, size_t length)
{
	if (!pieces->whole)
		return root_read_piece(pieces->root, pieces->arena, pieces->path, offset, length);
	struct fact_text piece = {.fact = pieces->whole->fact, .text = pieces->whole->text};
	if (offset > pieces->whole->length)
		return piece;
	size_t rest = pieces->whole->length - offset;
	piece.text += offset;
	piece.length = length < rest ? length : rest;
	return piece;
}

static struct fact_text take_section(const struct pieces *pieces, bool has,
				     const struct section *section)
{
	if (!has)
		return without_text(pieces->path, FACT_ABSENT);
	size_t length = section->length < LIMIT_SECTION ? section->length : LIMIT_SECTION;
	struct fact_text piece = take_piece(pieces, section->offset, length);
	return section_text(pieces->arena, &piece, section);
}

static void take_image(const struct pieces *pieces, struct boot_image *ret)
{
	struct fact_text head = take_piece(pieces, 0, LIMIT_HEADERS);
	struct sections sections;

	if (!fact_known(&head.fact)) {
		*ret = (struct boot_image){.cmdline.fact = head.fact, .release.fact = head.fact};
	} else if (!find_sections(&head, &sections)) {
		ret->cmdline = without_text(pieces->path, FACT_MALFORMED);
		ret->release = ret->cmdline;
	} else {
		ret->cmdline = take_section(pieces, sections.has_cmdline, &sections.cmdline);
		ret->release = take_section(pieces, sections.has_release, &sections.release);
	}
}

void boot_image_parse(struct arena *arena, const struct fact_text *bytes, struct boot_image *ret)
{
	const struct pieces pieces = {.arena = arena, .whole = bytes, .path = bytes->fact.source};

	take_image(&pieces, ret);
}

void boot_image_load(struct root *root, struct arena *arena, const char *path,
		     struct boot_image *ret)
{
	const struct pieces pieces = {.root = root, .arena = arena, .path = path};

	take_image(&pieces, ret);
	if (!fact_settled(&ret->cmdline.fact)) {
		root_report(root, &ret->cmdline);
		return;
	}
	struct fact_text copy = boot_image_print(arena, ret);
	root_report(root, &copy);
}

static void put_32(char *bytes, size_t value)
{
	uint32_t stored = htole32((uint32_t)value);

	memcpy(bytes, &stored, sizeof(stored));
}

/* Writes the header of a section whose bytes go to offset, and these. */
static void put_section(char *image, size_t index, const char *name, const struct fact_text *text,
			size_t offset)
{
	char *header = image + DOS_HEADER_SIZE + PE_SIGNATURE_SIZE + COFF_HEADER_SIZE +
		       index * SECTION_HEADER_SIZE;

	memcpy(header, name, strlen(name));
	put_32(header + SECTION_VIRTUAL_SIZE_AT, text->length);
	put_32(header + SECTION_RAW_SIZE_AT, text->length);
	put_32(header + SECTION_RAW_OFFSET_AT, offset);
	memcpy(image + offset, text->text, text->length);
}

struct fact_text boot_image_print(struct arena *arena, const struct boot_image *image)
{
	const struct fact_text *texts[] = {&image->cmdline, &image->release};
	static const char *const names[] = {".cmdline", ".uname"};
	size_t headers =
		DOS_HEADER_SIZE + PE_SIGNATURE_SIZE + COFF_HEADER_SIZE + 2 * SECTION_HEADER_SIZE;
	size_t length = headers + image->cmdline.length + image->release.length, count = 0;
	struct fact fact = {.state = FACT_KNOWN, .source = image->cmdline.fact.source};
	char *bytes = arena_alloc(arena, length);

	if (!bytes)
		return without_text(fact.source, FACT_UNREADABLE);
	memcpy(bytes, "MZ", 2);
	put_32(bytes + PE_OFFSET_AT, DOS_HEADER_SIZE);
	memcpy(bytes + DOS_HEADER_SIZE, "PE", 2);
	for (size_t i = 0, offset = headers; i < 2; i++) {
		if (!fact_known(&texts[i]->fact))
			continue;
		put_section(bytes, count++, names[i], texts[i], offset);
		offset += texts[i]->length;
	}
	bytes[DOS_HEADER_SIZE + PE_SIGNATURE_SIZE + COFF_SECTION_COUNT_AT] = (char)count;
	return (struct fact_text){.fact = fact, .text = bytes, .length = length};
}

bool boot_image_covers(const char *path)
{
	return has_suffix(path, ".efi");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/kconfig.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "host/base/affix.h"
#include "host/base/array.h"

enum {
	LIMIT_CONFIG = 16 * 1024 * 1024,
	WINDOW_BITS = 15 + 16, /* zlib: the largest window, with a gzip header */
	GZIP_TRAILER = 8,      /* checksum and length, behind the compressed bytes */
};

/*
 * Where distributions keep it; "%s" is the kernel's release. /usr/src/linux/.config is left out: it
 * may be another kernel's.
 */
static const char *const places[] = {
	"/proc/config.gz",
	"/boot/config-%s",
	"/usr/src/linux-%s/.config",
	"/usr/lib/modules/%s/config",
	"/lib/modules/%s/config",
	"/usr/lib/ostree-boot/config-%s",
	"/usr/lib/kernel/config-%s",
	"/usr/src/linux-headers-%s/.config",
	"/lib/modules/%s/build/.config",
};

static const char *place_path(struct arena *arena, const char *place, const char *release)
{
	const char *hole = strstr(place, "%s");

	if (!hole)
		return place;
	/* A release that cannot be a file's name is not a kernel's. */
	if (!release || !*release || strchr(release, '/'))
		return NULL;
	return arena_printf(arena, "%.*s%s%s", (int)(hole - place), place, release, hole + 2);
}

bool kconfig_covers(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		const char *hole = strstr(places[i], "%s");
		size_t before = hole ? (size_t)(hole - places[i]) : strlen(places[i]);
		size_t length = strlen(path), after = hole ? strlen(hole + 2) : 0;

		if (strncmp(path, places[i], before) == 0 && length >= before + after &&
		    strcmp(path + length - after, hole ? hole + 2 : "") == 0)
			return hole || length == before;
	}
	return false;
}

/* How much is left open by a place that has no configuration: the most open one stands for all. */
static int openness(const struct fact *fact)
{
	switch (fact->state) {
	case FACT_KNOWN:
	case FACT_ABSENT:
		return 0;
	case FACT_NOT_CAPTURED:
		return 1;
	case FACT_MALFORMED:
		return 2;
	case FACT_UNREADABLE:
		return 3;
	}
	return 0;
}

void kconfig_load(struct root *root, struct arena *arena, const char *release, struct kconfig *ret)
{
	struct fact missing = {.source = "/boot/config-RELEASE"};
	bool looked = false;

	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		const char *path = place_path(arena, places[i], release);
		if (!path)
			continue;
		struct fact_text text = root_read(root, arena, path, LIMIT_CONFIG);
		kconfig_parse(arena, &text, ret);
		if (fact_known(&ret->fact))
			return;
		if (!looked || openness(&ret->fact) > openness(&missing))
			missing = ret->fact;
		looked = true;
	}
	/* Without a release most places were not looked at. */
	if (fact_absent(&missing) && !release)
		missing.state = FACT_NOT_CAPTURED;
	*ret = (struct kconfig){.fact = missing};
}

static bool is_gzip(const struct fact_text *text)
{
	return text->length > GZIP_TRAILER && memcmp(text->text, "\x1f\x8b", 2) == 0;
}

/* The last four bytes of a gzip member are the length of its content (RFC 1952, section 2.3.1). */
static size_t content_length(const struct fact_text *text)
{
	const uint8_t *bytes = (const uint8_t *)text->text + text->length - 4;

	return bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
}

/* Returns the text of one gzip member, or malformed where it is damaged or too large. */
static struct fact_text inflate_text(struct arena *arena, const struct fact_text *text)
{
	struct fact_text result = {.fact = text->fact};
	size_t length = content_length(text);
	char *out = length <= LIMIT_CONFIG ? arena_alloc(arena, length + 1) : NULL;
	z_stream stream = {
		.next_in = (Bytef *)(uintptr_t)text->text,
		.avail_in = (uInt)text->length,
		.next_out = (Bytef *)out,
		.avail_out = (uInt)length,
	};

	result.fact.state = FACT_MALFORMED;
	if (!out || inflateInit2(&stream, WINDOW_BITS) != Z_OK)
		return result;
	if (inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0) {
		result.fact.state = FACT_KNOWN;
		result.text = out;
		result.length = length;
	}
	inflateEnd(&stream);
	return result;
}

static enum kconfig_value value_of(const char *text)
{
	if (strcmp(text, "y") == 0)
		return KCONFIG_YES;
	if (strcmp(text, "m") == 0)
		return KCONFIG_MODULE;
	if (strcmp(text, "n") == 0)
		return KCONFIG_NO;
	return KCONFIG_OTHER;
}

static int compare_options(const void *left, const void *right)
{
	const struct kconfig_option *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/*
 * Takes a line "CONFIG_X=VALUE" or "# CONFIG_X is not set" apart, in place. Returns whether it is
 * one.
 */
static bool take_option(char *line, struct kconfig_option *ret)
{
	static const char set[] = "CONFIG_", unset[] = "# CONFIG_", end[] = " is not set";
	size_t length = strlen(line), end_length = sizeof(end) - 1;
	char *equals = strchr(line, '=');

	if (begins_with(line, set) && equals) {
		*equals = '\0';
		*ret = (struct kconfig_option){.name = line + sizeof(set) - 1,
					       .value = value_of(equals + 1)};
		return true;
	}
	*ret = (struct kconfig_option){.value = KCONFIG_NO};
	return begins_with(line, unset) && length > end_length &&
	       strcmp(line + length - end_length, end) == 0;
}

/* Takes the version from a header, which Kconfig writes of its mainmenu. */
static void take_version(const char *line, struct kernel_version *ret)
{
	static const char header[] = "# Linux/", end[] = " Kernel Configuration";
	const char *release;

	if (ret->major || !begins_with(line, header) || !strstr(line, end))
		return;
	release = strchr(line + sizeof(header) - 1, ' ');
	if (release)
		kernel_version_parse(release + 1, ret);
}

/* Returns whether any line was an option's. */
static bool parse_lines(struct arena *arena, char *lines, struct kconfig *ret)
{
	size_t capacity = 0;
	bool found = false;
	char *save = NULL;

	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct kconfig_option option;
		take_version(line, &ret->version);
		if (!take_option(line, &option))
			continue;
		found = true;
		if (option.value == KCONFIG_NO)
			continue;
		struct kconfig_option *options =
			arena_grow(arena, ret->options, ret->count, &capacity, sizeof(*options));
		if (!options)
			break;
		ret->options = options;
		options[ret->count++] = option;
	}
	return found;
}

void kconfig_parse(struct arena *arena, const struct fact_text *text, struct kconfig *ret)
{
	*ret = (struct kconfig){.fact = text->fact};
	if (!fact_known(&text->fact))
		return;
	struct fact_text plain = is_gzip(text) ? inflate_text(arena, text) : *text;

	ret->fact = plain.fact;
	if (!fact_known(&plain.fact))
		return;
	ret->cut_short = plain.length && plain.text[plain.length - 1] != '\n';
	if (memchr(plain.text, '\0', plain.length) ||
	    !parse_lines(arena, arena_copy(arena, plain.text, plain.length), ret))
		ret->fact.state = FACT_MALFORMED;
	else if (ret->count)
		qsort(ret->options, ret->count, sizeof(*ret->options), compare_options);
}

enum kconfig_value kconfig_get(const struct kconfig *kconfig, const char *name)
{
	const struct kconfig_option key = {.name = name};
	const struct kconfig_option *found = NULL;

	if (kconfig->count)
		found = bsearch(&key, kconfig->options, kconfig->count, sizeof(key),
				compare_options);
	return found ? found->value : KCONFIG_NO;
}

bool kconfig_lacks(const struct kconfig *kconfig, const char *name)
{
	return fact_known(&kconfig->fact) && !kconfig->cut_short &&
	       kconfig_get(kconfig, name) == KCONFIG_NO;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/kconfig.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
	LIMIT_CONFIG = 16 * 1024 * 1024,
	WINDOW_BITS = 15 + 16, /* zlib: the largest window, with a gzip header */
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
	/* A release that is no name of a file is none of a kernel. */
	if (!release || !*release || strchr(release, '/'))
		return NULL;
	return arena_printf(arena, "%.*s%s%s", (int)(hole - place), place, release, hole + 2);
}

void kconfig_load(struct root *root, struct arena *arena, const char *release, struct kconfig *ret)
{
	struct fact_text best = {.fact = {.source = "/boot/config-RELEASE"}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = place_path(arena, places[i], release);
		if (!path)
			continue;
		struct fact_text text = root_read(root, arena, path, LIMIT_CONFIG);
		if (fact_known(&text.fact)) {
			kconfig_parse(arena, &text, ret);
			return;
		}
		/* The first place of the worst state stands for all of them. */
		if (best.fact.state == FACT_NOT_CAPTURED ||
		    (fact_absent(&best.fact) && !fact_settled(&text.fact)))
			best = text;
	}
	/* Without a release most places were not looked at. */
	if (fact_absent(&best.fact) && !release)
		best.fact.state = FACT_NOT_CAPTURED;
	*ret = (struct kconfig){.fact = best.fact};
}

static bool is_gzip(const struct fact_text *text)
{
	return text->length > 2 && memcmp(text->text, "\x1f\x8b", 2) == 0;
}

/* Returns the text of gzipped bytes, or malformed where they are damaged or too many. */
static struct fact_text inflate_text(struct arena *arena, const struct fact_text *text)
{
	struct fact_text result = {.fact = text->fact};
	char *out = malloc(LIMIT_CONFIG);
	z_stream stream = {
		.next_in = (Bytef *)(uintptr_t)text->text,
		.avail_in = (uInt)text->length,
		.next_out = (Bytef *)out,
		.avail_out = LIMIT_CONFIG,
	};

	result.fact.state = FACT_MALFORMED;
	if (!out || inflateInit2(&stream, WINDOW_BITS) != Z_OK) {
		free(out);
		return result;
	}
	if (inflate(&stream, Z_FINISH) == Z_STREAM_END) {
		result.fact.state = FACT_KNOWN;
		result.length = stream.total_out;
		result.text = arena_copy(arena, out, result.length);
	}
	inflateEnd(&stream);
	free(out);
	return result;
}

static enum kconfig_value value_of(const char *text)
{
	if (strcmp(text, "y") == 0)
		return KCONFIG_YES;
	if (strcmp(text, "m") == 0)
		return KCONFIG_MODULE;
	return KCONFIG_OTHER;
}

static int compare_options(const void *left, const void *right)
{
	const struct kconfig_option *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void parse_lines(struct arena *arena, char *lines, struct kconfig *ret)
{
	static const char prefix[] = "CONFIG_";
	size_t capacity = 0;
	char *save = NULL;

	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *equals = strchr(line, '=');
		if (strncmp(line, prefix, sizeof(prefix) - 1) != 0 || !equals)
			continue;
		*equals = '\0';
		struct kconfig_option *options =
			arena_grow(arena, ret->options, ret->count, &capacity, sizeof(*options));
		if (!options)
			return;
		ret->options = options;
		options[ret->count++] = (struct kconfig_option){.name = line + sizeof(prefix) - 1,
								.value = value_of(equals + 1)};
	}
}

void kconfig_parse(struct arena *arena, const struct fact_text *text, struct kconfig *ret)
{
	struct fact_text plain = is_gzip(text) ? inflate_text(arena, text) : *text;

	*ret = (struct kconfig){.fact = plain.fact};
	if (!fact_known(&plain.fact))
		return;
	parse_lines(arena, arena_copy(arena, plain.text, plain.length), ret);
	/* Every kernel has options that are set: a file without one is no configuration. */
	if (ret->count == 0)
		ret->fact.state = FACT_MALFORMED;
	else
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what may make VFs at boot from one of the places that may say so, which the first byte
 * picks. A capture must keep each line that makes VFs, and each that tells of a hidden part.
 */
#include <string.h>

#include "host/persistence/sriov_config.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/host.h"

static const char *path_of(struct arena *arena, uint8_t byte)
{
	size_t count;
	const struct sriov_place *places = sriov_places(&count);
	const struct sriov_place *place = &places[byte % count];

	if (!place->suffix)
		return place->path;
	return arena_printf(arena, "%s/%s%sa%s", place->path, place->within ? "a" : "",
			    place->within ? arena_printf(arena, "%s/", place->within) : "",
			    place->suffix);
}

/* Returns the next setting that makes VFs, or may as it is hidden, and passes over it; NULL for
 * none. */
static const struct sriov_setting *next_maker(const struct sriov_config *config, size_t *at)
{
	while (*at < config->count) {
		const struct sriov_setting *setting = &config->settings[(*at)++];
		if (setting->effect == SRIOV_EFFECT_MAKES || setting->hidden)
			return setting;
	}
	return NULL;
}

static void expect_makers(const struct sriov_config *config, const struct sriov_config *left)
{
	const struct sriov_setting *setting;
	size_t at = 0, kept_at = 0;

	while ((setting = next_maker(config, &at))) {
		const struct sriov_setting *kept = next_maker(left, &kept_at);
		fuzz_must(kept, "a capture keeps what makes VFs");
		fuzz_must(setting->hidden == kept->hidden, "what is hidden stays so");
		fuzz_must(setting->off == kept->off, "a kept line is for the boot as its line is");
		fuzz_must(strcmp(setting->line, kept->line) == 0, "a kept line is redacted once");
	}
	fuzz_must(!next_maker(left, &kept_at), "a capture has nothing that its host has not");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct sriov_config config = {0}, left = {0};

	if (!size)
		return 0;
	struct arena *arena = arena_new();
	struct buffer kept = {.arena = arena};
	struct fact_text text = fuzz_text(arena, bytes + 1, size - 1);
	text.fact.source = path_of(arena, bytes[0]);
	sriov_config_parse(arena, &text, &config);
	sriov_config_keep(arena, &text, &kept);
	struct fact_text captured = text;
	captured.text = buffer_text(&kept);
	captured.length = kept.length;
	sriov_config_parse(arena, &captured, &left);
	expect_makers(&config, &left);
	arena_free(arena);
	return 0;
}

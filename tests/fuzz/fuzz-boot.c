/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boot_entries.h"
#include "host/boot/boot_image.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes, size);
	const struct boot_environment environment = {.fact = text.fact};
	struct boot_image image;
	struct boot_entry entry = {0};

	boot_image_parse(arena, &text, &image);
	boot_image_print(arena, &image);
	boot_entry_parse(arena, &text, &environment, &entry);
	arena_free(arena);
	return 0;
}

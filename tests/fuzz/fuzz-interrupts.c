/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/interrupts.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes, size);
	struct interrupts interrupts = {0};

	interrupts_parse(arena, &text, &interrupts);
	arena_free(arena);
	return 0;
}

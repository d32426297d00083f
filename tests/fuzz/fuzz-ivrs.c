/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/ivrs.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct ivrs ivrs;

	ivrs_decode(arena, bytes, size, &ivrs);
	arena_free(arena);
	return 0;
}

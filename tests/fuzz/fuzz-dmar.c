/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/dmar.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct dmar dmar;

	dmar_decode(arena, bytes, size, &dmar);
	arena_free(arena);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/iort.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct iort iort;
	uint32_t stream;

	if (iort_decode(arena, bytes, size, &iort) == 0)
		iort_find_smmu(&iort, 0, 0x100, &stream);
	arena_free(arena);
	return 0;
}

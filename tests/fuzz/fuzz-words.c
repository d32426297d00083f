/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/write/words.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	const char *printable =
		words_printable(arena, arena_copy(arena, (const char *)bytes, size));

	words_utf8(arena, printable);
	for (const char *c = printable; *c; c++) {
		/* Nothing that a terminal obeys gets through. */
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			abort();
	}
	arena_free(arena);
	return 0;
}

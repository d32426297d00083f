/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "report/diff/diff.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = arena_copy(arena, (const char *)bytes, size), *why = NULL;
	struct snapshot one, same;
	struct diff diff;
	int result = snapshot_parse(arena, text, size, &one, &why);

	if (result == -EINVAL && !why)
		abort();
	/* A report that is taken differs in nothing from itself. */
	if (result == 0 && (snapshot_parse(arena, text, size, &same, &why) != 0 ||
			    diff_build(arena, &one, &same, &diff) != 0 || diff.count))
		abort();
	arena_free(arena);
	return 0;
}

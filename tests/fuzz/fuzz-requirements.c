/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "report/audit/requirements.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct requirement_list list = {0};
	const char *text = arena_copy(arena, (const char *)bytes, size), *why = NULL;

	if (requirements_add_document(arena, text, size, &list, &why) == -EINVAL && !why)
		abort();
	why = NULL;
	if (requirements_add(arena, text, &list, &why) == -EINVAL && !why)
		abort();
	if (list.count > LIMIT_REQUIREMENTS)
		abort();
	arena_free(arena);
	return 0;
}

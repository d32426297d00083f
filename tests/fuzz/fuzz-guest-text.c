/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "guest/read/guest_text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct domain_documents documents;
	const char *why = NULL;

	/* A document that is refused says why. */
	int result = guest_text_parse(arena, (const char *)bytes, size, &documents, &why);
	if ((result == -EBADMSG || result == -EFBIG) && !why)
		abort();
	arena_free(arena);
	return 0;
}

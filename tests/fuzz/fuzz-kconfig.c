/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/kconfig.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes, size);
	struct kconfig kconfig = {0};

	kconfig_parse(arena, &text, &kconfig);
	kconfig_get(&kconfig, "VFIO");
	arena_free(arena);
	return 0;
}

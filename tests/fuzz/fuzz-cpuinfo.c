/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/cpu.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes, size);
	struct cpu cpu = {0};

	cpu_parse(arena, &text, &cpu);
	cpu_has(&cpu, "vmx");
	arena_free(arena);
	return 0;
}

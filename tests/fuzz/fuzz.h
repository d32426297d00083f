/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_FUZZ_H
#define PASSCHECK_TESTS_FUZZ_H

#include <stdint.h>
#include <stdlib.h>

#include "host/access/fact.h"
#include "host/base/arena.h"

/* Each fuzzer is fuzz-NAME.c and defines this: libFuzzer calls it with bytes of its making. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Returns bytes as the known fact that a reader would have made of a file. */
static inline struct fact_text fuzz_text(struct arena *arena, const uint8_t *bytes, size_t size)
{
	return (struct fact_text){
		.fact = {.state = FACT_KNOWN, .source = "/fuzz"},
		.text = arena_copy(arena, (const char *)bytes, size),
		.length = size,
	};
}

#endif

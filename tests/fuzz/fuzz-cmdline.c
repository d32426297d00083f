/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/kernel_parameters.h"
#include "model/boot/odd_words.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes, size);
	struct kernel_parameters parameters;
	struct cmdline cmdline = {0};
	struct odd_token *odd;

	cmdline_parse(arena, &text, &cmdline);
	kernel_parameters_build(&cmdline, arena, &parameters);
	odd_tokens_find(&cmdline, arena, &odd);
	for (size_t i = 0; i < cmdline.count; i++)
		kernel_parameter_meant(cmdline.parameters[i].name);
	arena_free(arena);
	return 0;
}

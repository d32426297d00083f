/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/capture_index.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes, size);
	struct capture_index *index;

	if (capture_index_parse(arena, text.text, text.length, &index) == 0) {
		capture_index_find(index, "/proc/cmdline");
		capture_index_list(index, "/sys/bus/pci/devices");
		capture_index_node(index, "/dev/kvm");
	}
	arena_free(arena);
	return 0;
}

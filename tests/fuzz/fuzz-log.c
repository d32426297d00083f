/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/order.h"
#include "tests/fuzz/fuzz.h"

/* The first byte says where the bytes are cut in two: lines may end in another piece. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	static struct log_scan *scan;
	size_t first = size ? (size_t)bytes[0] % size : 0;

	if (!scan)
		scan = log_scan_new();
	log_scan_clear(scan);
	log_scan_read(scan, (const char *)bytes, first);
	log_scan_read(scan, (const char *)bytes + first, size - first);
	log_scan_end(scan);
	const struct log_findings *found = log_scan_findings(scan);
	const struct log_entry *entries = log_order(found, arena);
	for (size_t i = 0; i < found->event_count; i++)
		log_pattern_text(arena, entries[i].event->form, &entries[i].event->values);
	arena_free(arena);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/keep.h"

#include <string.h>

#include "host/base/buffer.h"
#include "model/log/scan.h"

/* Priority, number, time and flags: with them no line goes on with the one before. */
#define RECORD "6,0,0,-;"

struct fact_text log_keep(struct arena *arena, const struct fact_text *log)
{
	const struct host_logs logs = {.wanted = true, .kernel = *log};
	struct log_findings found = log_findings_of(&logs, arena);
	struct buffer kept = {.arena = arena};

	for (size_t i = 0; i < found.event_count; i++) {
		const struct log_event *event = &found.events[i];
		const char *text = log_pattern_text(arena, event->form, &event->values);

		buffer_add(&kept, RECORD, strlen(RECORD));
		buffer_add_line(&kept, text, strlen(text));
	}
	return (struct fact_text){
		.fact = log->fact, .text = buffer_text(&kept), .length = kept.length};
}

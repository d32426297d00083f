/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/log/told.h"

const char *log_told_place(struct arena *arena, const struct log_told *told)
{
	const struct log_event *event = told->event;
	const char *source = log_source_name(event->message->source);

	if (event->count == 1)
		return arena_printf(arena, "%s, line %zu", source, event->first_line);
	return arena_printf(arena, "%s, %zu times in lines %zu to %zu", source, event->count,
			    event->first_line, event->last_line);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/domain_line.h"

struct fact domain_line(const struct domain_device *device, struct arena *arena)
{
	return (struct fact){
		.state = FACT_KNOWN,
		.source = arena_printf(arena, "line %u of its description", device->line),
	};
}

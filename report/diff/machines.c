/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/diff/machines.h"

#include <string.h>

static bool both_differ(const char *one, const char *other)
{
	return *one && *other && strcmp(one, other) != 0;
}

/* VFs come and go with their number; they tell nothing of the machine. */
static size_t count_functions(const struct snapshot *snapshot, bool paired)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->function_count; i++) {
		const struct snapshot_function *function = &snapshot->functions[i];
		count += !function->is_vf && (!paired || function->other_one);
	}
	return count;
}

static const char *functions_differ(struct arena *arena, const struct snapshot *old_one,
				    const struct snapshot *new_one)
{
	size_t old_count = count_functions(old_one, false);
	size_t new_count = count_functions(new_one, false);
	size_t fewer = old_count < new_count ? old_count : new_count;
	size_t paired = count_functions(new_one, true);

	if (paired * 2 >= fewer)
		return NULL;
	return arena_printf(arena, "they have %zu of %zu and %zu functions in common", paired,
			    old_count, new_count);
}

const char *machines_differ(struct arena *arena, const struct snapshot *old_one,
			    const struct snapshot *new_one)
{
	if (both_differ(old_one->machine_id, new_one->machine_id))
		return "their machine ids differ";
	if (both_differ(old_one->hostname, new_one->hostname))
		return arena_printf(arena, "one is called %s, the other %s", old_one->hostname,
				    new_one->hostname);
	if (both_differ(old_one->product, new_one->product))
		return arena_printf(arena, "one is a %s, the other a %s", old_one->product,
				    new_one->product);
	return functions_differ(arena, old_one, new_one);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/arena.h"

int arena_setup(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

int arena_teardown(void **state)
{
	arena_free(*state);
	return 0;
}

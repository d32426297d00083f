/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_ARENA_H
#define PASSCHECK_TESTS_SUPPORT_ARENA_H

#include "host/base/arena.h"

/* For cmocka: makes an arena, and frees it. */
int arena_setup(void **state);
int arena_teardown(void **state);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/lines.h"

#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"

static void each_line_is_left_once_where_it_stood_first(void **state)
{
	static const char *const texts[] = {"b", "a", "b", "c", "a", "b"};
	struct text_line *lines = NULL;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		lines_add(*state, &lines, "%s", texts[i]);
	lines_unique(*state, &lines);
	assert_string_equal(lines_join(*state, lines, " "), "b a c");
	lines_add(*state, &lines, "d");
	assert_string_equal(lines_join(*state, lines, " "), "b a c d");
}

static void no_line_stays_none(void **state)
{
	struct text_line *lines = NULL;

	lines_unique(*state, &lines);
	assert_null(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_line_is_left_once_where_it_stood_first,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(no_line_stays_none, arena_setup, arena_teardown),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"

static void an_empty_buffer_is_an_empty_text(void **state)
{
	struct buffer buffer = {.arena = *state};

	assert_string_equal(buffer_text(&buffer), "");
	buffer_add(&buffer, "", 0);
	buffer_item(&buffer, "%s", "");
	assert_string_equal(buffer_text(&buffer), "");
}

static void items_have_the_separator_between_them(void **state)
{
	struct buffer buffer = {.arena = *state, .separator = ", "};

	buffer_item(&buffer, "%s", "a");
	assert_string_equal(buffer_text(&buffer), "a");
	buffer_item(&buffer, "%d (%s)", 2, "b");
	buffer_item(&buffer, "c");
	assert_string_equal(buffer_text(&buffer), "a, 2 (b), c");
}

static void a_choice_has_a_word_before_the_last_item(void **state)
{
	struct buffer buffer = {.arena = *state, .separator = ", "};

	assert_string_equal(buffer_choice(&buffer), "");
	buffer_item(&buffer, "a");
	assert_string_equal(buffer_choice(&buffer), "a");
	buffer_item(&buffer, "b, too");
	assert_string_equal(buffer_choice(&buffer), "a or b, too");
	buffer_item(&buffer, "c");
	assert_string_equal(buffer_choice(&buffer), "a, b, too or c");
	assert_string_equal(buffer_text(&buffer), "a, b, too, c");
}

static void a_long_list_says_how_many_more_there_are(void **state)
{
	struct buffer buffer = {.arena = *state, .separator = " ", .most = 2};

	for (int i = 1; i <= 2; i++)
		buffer_item(&buffer, "%d", i);
	assert_string_equal(buffer_list(&buffer), "1 2");
	for (int i = 3; i <= 5; i++)
		buffer_item(&buffer, "%d", i);
	assert_string_equal(buffer_list(&buffer), "1 2 and 3 more");
}

static void bytes_are_added_as_they_are(void **state)
{
	struct buffer buffer = {.arena = *state, .separator = ", "};

	buffer_add(&buffer, "a\0b", 3);
	buffer_add(&buffer, "cd", 1);
	assert_int_equal(buffer.length, 4);
	assert_memory_equal(buffer.text, "a\0bc", 5);
}

/* Of a text that copied itself for each piece, 100,000 pieces would take 50 GB. */
static void memory_is_linear_in_what_is_added(void **state)
{
	enum { PIECES = 100000, PIECE = 10 };
	struct buffer buffer = {.arena = *state, .separator = " "};

	for (int i = 0; i < PIECES; i++)
		buffer_item(&buffer, "%09d", i);
	assert_int_equal(buffer.length, PIECES * PIECE - 1);
	assert_true(arena_size(*state) < 6 * PIECES * PIECE);
}

static void short_memory_marks_the_arena_and_keeps_the_text(void **state)
{
	struct buffer buffer = {.arena = *state};

	buffer_add(&buffer, "kept", 4);
	buffer_add(&buffer, NULL, SIZE_MAX - 1);
	assert_true(arena_failed(*state));
	assert_string_equal(buffer_text(&buffer), "kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_buffer_is_an_empty_text, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(items_have_the_separator_between_them, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(a_choice_has_a_word_before_the_last_item,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(a_long_list_says_how_many_more_there_are,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(bytes_are_added_as_they_are, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(memory_is_linear_in_what_is_added, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(short_memory_marks_the_arena_and_keeps_the_text,
						arena_setup, arena_teardown),
	};

	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}

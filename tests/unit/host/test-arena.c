/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"

static void memory_is_zeroed_and_aligned_for_any_type(void **state)
{
	static const size_t sizes[] = {1,         3,           8, 17,   4096,
				       64 * 1024, 1024 * 1024, 9, 4097, 8 * 1024 * 1024};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		test_row("%zu", sizes[i]);
		unsigned char *bytes = arena_alloc(*state, sizes[i]);
		assert_non_null(bytes);
		assert_int_equal((uintptr_t)bytes % alignof(max_align_t), 0);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(bytes[j], 0);
		memset(bytes, 0xff, sizes[i]);
	}
	assert_false(arena_failed(*state));
}

static void allocations_do_not_overlap(void **state)
{
	enum { COUNT = 5000 };
	size_t *items[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		items[i] = arena_alloc(*state, sizeof(size_t) * (1 + i % 40));
		assert_non_null(items[i]);
		for (size_t j = 0; j < 1 + i % 40; j++)
			items[i][j] = i;
	}
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(items[i][i % 40], i);
}

static void a_cleared_arena_gives_zeroed_memory_again(void **state)
{
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 100; i++) {
			unsigned char *bytes = arena_alloc(*state, 4096);
			assert_non_null(bytes);
			assert_int_equal(bytes[0] | bytes[4095], 0);
			memset(bytes, 0xff, 4096);
		}
		size_t size = arena_size(*state);
		arena_clear(*state);
		assert_true(arena_size(*state) > 0 && arena_size(*state) < size);
	}
	assert_null(arena_alloc(*state, SIZE_MAX));
	arena_clear(*state);
	assert_false(arena_failed(*state));
}

static void a_path_is_a_folder_and_a_name(void **state)
{
	assert_string_equal(arena_path(*state, "/sys/class", "net"), "/sys/class/net");
	assert_string_equal(arena_path(*state, "", "proc"), "/proc");
}

static void what_an_allocation_gives_back_is_given_out_again_zeroed(void **state)
{
	enum { BEFORE = 4096, AFTER = 100 };
	unsigned char *bytes = arena_alloc(*state, BEFORE);

	memset(bytes, 0xff, BEFORE);
	assert_true(arena_shorten(*state, bytes, AFTER));
	unsigned char *next = arena_alloc(*state, BEFORE);
	assert_true(next > bytes && next < bytes + BEFORE);
	for (size_t i = AFTER; bytes + i < next; i++)
		assert_int_equal(bytes[i], 0);
	for (size_t i = 0; i < BEFORE; i++)
		assert_int_equal(next[i], 0);
}

static void only_the_latest_allocation_is_shortened(void **state)
{
	char *first = arena_alloc(*state, 64), *latest = arena_alloc(*state, 64);

	assert_false(arena_shorten(*state, first, 1));
	assert_false(arena_shorten(*state, latest, 65));
	assert_true(arena_shorten(*state, latest, 0));
}

static void text_lies_without_a_gap_and_leaves_what_follows_aligned(void **state)
{
	char *first = arena_text(*state, 3), *second = arena_copy(*state, "ab", 2);
	size_t *number = arena_alloc(*state, sizeof(*number));

	assert_ptr_equal(second, first + 3);
	assert_int_equal((uintptr_t)number % alignof(max_align_t), 0);
	assert_true((char *)number - second < 3 + (ptrdiff_t)alignof(max_align_t));
	assert_true(arena_shorten(*state, number, 1));
	assert_ptr_equal(arena_text(*state, 1), (char *)number + 1);
}

static void array_whose_size_overflows_marks_the_arena(void **state)
{
	assert_null(arena_array(*state, SIZE_MAX / 2, 3));
	assert_true(arena_failed(*state));
}

static void impossible_sizes_mark_the_arena(void **state)
{
	static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		test_row("%zu", sizes[i]);
		struct arena *arena = arena_new();
		assert_null(arena_alloc(arena, sizes[i]));
		assert_true(arena_failed(arena));
		arena_free(arena);
	}
	(void)state;
}

static void string_that_finds_no_memory_is_empty(void **state)
{
	char *copy = arena_copy(*state, "text", SIZE_MAX);

	assert_string_equal(copy, "");
	assert_true(arena_failed(*state));
}

static void failure_is_remembered(void **state)
{
	assert_null(arena_alloc(*state, SIZE_MAX));
	assert_string_equal(arena_printf(*state, "%d", 42), "42");
	assert_true(arena_failed(*state));
}

static void growing_keeps_what_is_there(void **state)
{
	unsigned *items = NULL;
	size_t capacity = 0;

	for (unsigned i = 0; i < 1000; i++) {
		items = arena_grow(*state, items, i, &capacity, sizeof(*items));
		assert_non_null(items);
		assert_true(capacity > i);
		items[i] = i;
	}
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
}

static void growing_past_memory_keeps_the_capacity(void **state)
{
	size_t capacity = SIZE_MAX / 4;

	assert_null(arena_grow(*state, NULL, capacity, &capacity, 16));
	assert_int_equal(capacity, SIZE_MAX / 4);
	assert_true(arena_failed(*state));
}

static void copy_takes_the_length_and_not_the_nul(void **state)
{
	char *copy = arena_copy(*state, "a\0bc", 3);

	assert_memory_equal(copy, "a\0b\0", 4);
	assert_string_equal(arena_copy(*state, "abc", 0), "");
}

static void long_text_is_printed_whole(void **state)
{
	char *text = arena_printf(*state, "%0200000d", 7);

	assert_int_equal(strlen(text), 200000);
	assert_int_equal(text[199999], '7');
}

static void size_counts_what_is_taken(void **state)
{
	size_t before = arena_size(*state);

	arena_alloc(*state, 1000 * 1000);
	assert_true(arena_size(*state) >= before + 1000 * 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(memory_is_zeroed_and_aligned_for_any_type),
		TEST(allocations_do_not_overlap),
		TEST(a_cleared_arena_gives_zeroed_memory_again),
		TEST(a_path_is_a_folder_and_a_name),
		TEST(what_an_allocation_gives_back_is_given_out_again_zeroed),
		TEST(only_the_latest_allocation_is_shortened),
		TEST(text_lies_without_a_gap_and_leaves_what_follows_aligned),
		TEST(array_whose_size_overflows_marks_the_arena),
		TEST(impossible_sizes_mark_the_arena),
		TEST(string_that_finds_no_memory_is_empty),
		TEST(failure_is_remembered),
		TEST(growing_keeps_what_is_there),
		TEST(growing_past_memory_keeps_the_capacity),
		TEST(copy_takes_the_length_and_not_the_nul),
		TEST(long_text_is_printed_whole),
		TEST(size_counts_what_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/capture_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

static int parse(struct arena *arena, const char *text, struct capture_index **ret)
{
	return capture_index_parse(arena, text, strlen(text), ret);
}

static struct capture_index *make_index(struct arena *arena)
{
	static const char *const names[] = {"dmar0", "dmar1"};
	const struct fact_list list = {.fact = known("/sys/class/iommu"), names, 2};
	const struct fact_list empty = {.fact = known("/sys/kernel/iommu_groups")};
	const struct fact_node node = {.fact = known("/dev/kvm"), .mode = 020660, .gid = 36};
	struct capture_index *index = capture_index_new(arena);

	assert_non_null(index);
	capture_index_add_absent(index, "/sys/firmware/acpi/tables/IVRS");
	capture_index_add_absent(index, "/sys/firmware/acpi/tables/deeper/none");
	capture_index_add_absent(index, "/sys/firmware/acpi/tables/DMAR");
	capture_index_add_unreadable(index, "/proc/cmdline", EACCES);
	capture_index_add_list(index, &list);
	capture_index_add_list(index, &empty);
	capture_index_add_node(index, &node);
	return index;
}

static void expect_index(const struct capture_index *index)
{
	struct fact fact = capture_index_find(index, "/sys/firmware/acpi/tables/DMAR");
	assert_true(fact_absent(&fact));
	fact = capture_index_find(index, "/sys/firmware/acpi/tables/deeper/none");
	assert_true(fact_absent(&fact));
	fact = capture_index_find(index, "/proc/cmdline");
	assert_int_equal(fact.state, FACT_UNREADABLE);
	assert_int_equal(fact.error, EACCES);
	fact = capture_index_find(index, "/proc/version");
	assert_int_equal(fact.state, FACT_NOT_CAPTURED);

	struct fact_list list = capture_index_list(index, "/sys/class/iommu");
	assert_true(fact_known(&list.fact));
	assert_int_equal(list.count, 2);
	assert_string_equal(list.names[1], "dmar1");
	list = capture_index_list(index, "/sys/kernel/iommu_groups");
	assert_true(fact_known(&list.fact));
	assert_int_equal(list.count, 0);
	list = capture_index_list(index, "/sys/class/net");
	assert_int_equal(list.fact.state, FACT_NOT_CAPTURED);

	struct fact_node node = capture_index_node(index, "/dev/kvm");
	assert_true(fact_known(&node.fact));
	assert_int_equal(node.mode, 020660);
	assert_int_equal(node.gid, 36);
	node = capture_index_node(index, "/dev/vfio");
	assert_int_equal(node.fact.state, FACT_NOT_CAPTURED);
}

static void what_was_noted_is_found_again(void **state)
{
	struct capture_index *parsed;
	char *text = capture_index_print(make_index(*state), "0.1.0", false);

	assert_non_null(text);
	assert_int_equal(parse(*state, text, &parsed), 0);
	free(text);
	expect_index(parsed);
}

static void index_cut_short_is_damaged(void **state)
{
	char *text = capture_index_print(make_index(*state), "0.1.0", false);
	struct capture_index *index = NULL;

	assert_non_null(text);
	for (size_t length = 0; length < strlen(text); length++)
		assert_int_equal(capture_index_parse(*state, text, length, &index), -EBADMSG);
	assert_null(index);
	free(text);
}

static void order_of_the_file_does_not_matter(void **state)
{
	struct capture_index *index;

	assert_int_equal(parse(*state,
			       "{\"lists\": {\"/b\": [\"z\", \"a\"], \"/a\": []}, \"version\": 1,"
			       " \"absent\": {\"/z\": [\"y\", \"b\"], \"/c\": [\"d\"]}}",
			       &index),
			 0);
	assert_string_equal(capture_index_list(index, "/b").names[0], "a");
	assert_int_equal(capture_index_find(index, "/z/b").state, FACT_ABSENT);
	assert_int_equal(capture_index_find(index, "/c/d").state, FACT_ABSENT);
}

static void unknown_members_are_passed_over(void **state)
{
	struct capture_index *index;

	assert_int_equal(parse(*state, "{\"version\": 1, \"later\": [1, {\"a\": null}]}\n", &index),
			 0);
	assert_int_equal(capture_index_find(index, "/a").state, FACT_NOT_CAPTURED);
}

#define V1 "{\"version\": 1, "

static const char *const damaged[] = {
	"",
	"null",
	"1",
	"[]",
	"{}",
	"\"version\"",
	"{\"version\": 2}",
	"{\"version\": 1.5}",
	"{\"version\": -1}",
	"{\"version\": \"1\"}",
	"{\"version\": 1e400}",
	"{\"version\": 1} x",
	"{\"version\": 1}{\"version\": 1}",
	V1 "\"absent\": []}",
	V1 "\"absent\": [\"/sys\"]}",
	V1 "\"absent\": {\"/sys\": \"a\"}}",
	V1 "\"absent\": {\"/sys\": [1]}}",
	V1 "\"absent\": {\"/sys\": [\"../etc\"]}}",
	V1 "\"absent\": {\"sys\": [\"a\"]}}",
	V1 "\"unreadable\": [\"/sys\"]}",
	V1 "\"unreadable\": \"/sys\"}",
	V1 "\"unreadable\": {\"/sys\": 13}}",
	V1 "\"unreadable\": {\"/sys\": \"EWHATEVER\"}}",
	V1 "\"unreadable\": {\"../sys\": \"EACCES\"}}",
	V1 "\"lists\": [[\"a\"]]}",
	V1 "\"lists\": {\"/sys\": null}}",
	V1 "\"lists\": {\"/sys\": {\"a\": \"b\"}}}",
	V1 "\"lists\": {\"/sys\": [[\"a\"]]}}",
	V1 "\"lists\": {\"/sys\": [\"\"]}}",
	V1 "\"lists\": {\"/sys\": [\".\"]}}",
	V1 "\"lists\": {\"/sys\": [\"..\"]}}",
	V1 "\"lists\": {\"/sys\": [\"a/b\"]}}",
	V1 "\"lists\": {\"/sys\": [\"a\", \"b\", \"a\"]}}",
	V1 "\"nodes\": [1]}",
	V1 "\"nodes\": {\"/dev/kvm\": 8624}}",
	V1 "\"nodes\": {\"/dev/kvm\": {}}}",
	V1 "\"nodes\": {\"/dev/kvm\": {\"mode\": 8624, \"uid\": 0}}}",
	V1 "\"nodes\": {\"/dev/kvm\": {\"mode\": \"8624\", \"uid\": 0, \"gid\": 0}}}",
	V1 "\"nodes\": {\"/dev/kvm\": {\"mode\": 1e10, \"uid\": 0, \"gid\": 0}}}",
	V1 "\"nodes\": {\"/dev/kvm\": {\"mode\": -1, \"uid\": 0, \"gid\": 0}}}",
	V1 "\"nodes\": {\"/dev/kvm\": {\"mode\": 1.5, \"uid\": 0, \"gid\": 0}}}",
};

static void damaged_index_is_refused(void **state)
{
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		struct capture_index *index = NULL;
		if (parse(*state, damaged[i], &index) != -EBADMSG || index)
			fail_msg("taken: %s", damaged[i]);
	}
}

static void deep_nesting_is_refused(void **state)
{
	enum { DEPTH = 200000 };
	struct capture_index *index;
	char *text = malloc(DEPTH);

	assert_non_null(text);
	memset(text, '[', DEPTH);
	assert_int_equal(capture_index_parse(*state, text, DEPTH, &index), -EBADMSG);
	free(text);
}

static void large_index_is_searched_fast(void **state)
{
	enum { COUNT = 200000 };
	struct capture_index *index = capture_index_new(*state), *parsed;

	for (unsigned i = 0; i < COUNT; i++)
		capture_index_add_absent(
			index, arena_printf(*state, "/sys/devices/%04u/%u", i / 50, i % 50));
	char *text = capture_index_print(index, "0.1.0", false);
	assert_int_equal(parse(*state, text, &parsed), 0);
	free(text);
	for (unsigned i = 0; i < COUNT; i++) {
		const char *path = arena_printf(*state, "/sys/devices/%04u/%u", i / 50, i % 50);
		assert_int_equal(capture_index_find(parsed, path).state, FACT_ABSENT);
	}
}

static void names_of_any_bytes_survive(void **state)
{
	static const char *const names[] = {"\x01\x1f", "a\nb", "quote\"", "\xff\xfe"};
	const struct fact_list list = {.fact = known("/sys/odd"), names, 4};
	struct capture_index *index = capture_index_new(*state), *parsed;

	capture_index_add_list(index, &list);
	char *text = capture_index_print(index, "0.1.0", false);
	assert_int_equal(parse(*state, text, &parsed), 0);
	free(text);
	struct fact_list again = capture_index_list(parsed, "/sys/odd");
	assert_int_equal(again.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(again.names[i], names[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_was_noted_is_found_again),     TEST(index_cut_short_is_damaged),
		TEST(order_of_the_file_does_not_matter), TEST(unknown_members_are_passed_over),
		TEST(damaged_index_is_refused),          TEST(deep_nesting_is_refused),
		TEST(large_index_is_searched_fast),      TEST(names_of_any_bytes_survive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

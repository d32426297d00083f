/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/fact.h"

#include <errno.h>
#include <inttypes.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

struct number_case {
	const char *text;
	int64_t value;
};

static const struct number_case numbers[] = {
	{"0", 0},
	{"8\n", 8},
	{"-1\n", -1},
	{" 12 \n", 12},
	{"0x8086\n", 0x8086},
	{"0X10c9", 0x10c9},
	{"010", 10},
	{"9223372036854775807", INT64_MAX},
	{"-9223372036854775808", INT64_MIN},
	{"0xffffffffffffffff", -1},
};

static const char *const no_numbers[] = {
	"",
	"\n",
	" ",
	"x",
	"12x",
	"1 2",
	"1\n2",
	"0x",
	"0xg",
	"--1",
	"-",
	"8086h",
	"1.5",
	"0x-5",
	"-0x5",
	"9223372036854775808",
	"-9223372036854775809",
	"0x10000000000000000",
	"ff",
};

static void numbers_are_parsed_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		test_row("%s", numbers[i].text);
		struct fact_text text = known_text("/sys/n", numbers[i].text);
		struct fact_number number = fact_parse_number(&text);
		if (!fact_known(&number.fact) || number.value != numbers[i].value)
			fail_msg("\"%s\" became %" PRId64, numbers[i].text, number.value);
		assert_string_equal(number.fact.source, "/sys/n");
	}
}

static void what_is_no_number_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(no_numbers) / sizeof(no_numbers[0]); i++) {
		struct fact_text text = known_text("/sys/n", no_numbers[i]);
		struct fact_number number = fact_parse_number(&text);
		if (number.fact.state != FACT_MALFORMED || number.value != 0)
			fail_msg("\"%s\" became %" PRId64, no_numbers[i], number.value);
	}
}

static void number_with_a_nul_behind_it_is_malformed(void **state)
{
	struct fact_text text = known_bytes("/sys/n", "12\0003", 4);

	(void)state;
	assert_int_equal(fact_parse_number(&text).fact.state, FACT_MALFORMED);
}

static const struct number_case hex_numbers[] = {
	{"10c9\n", 0x10c9},
	{"0x10c9", 0x10c9},
	{"d2008c40660462", 0xd2008c40660462},
	{"ffffffffffffffff", -1},
};

static const char *const no_hex_numbers[] = {"", "xyz", "-1", "+1", "1ffffffffffffffff", "10 20"};

static void hex_needs_no_prefix(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hex_numbers) / sizeof(hex_numbers[0]); i++) {
		test_row("%s", hex_numbers[i].text);
		struct fact_text text = known_text("/sys/n", hex_numbers[i].text);
		struct fact_number number = fact_parse_hex(&text);
		assert_true(fact_known(&number.fact));
		assert_int_equal(number.value, hex_numbers[i].value);
	}
}

static void what_is_no_hex_number_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(no_hex_numbers) / sizeof(no_hex_numbers[0]); i++) {
		struct fact_text text = known_text("/sys/n", no_hex_numbers[i]);
		if (fact_parse_hex(&text).fact.state != FACT_MALFORMED)
			fail_msg("\"%s\" was taken", no_hex_numbers[i]);
	}
}

static void number_takes_over_why_its_text_was_not_read(void **state)
{
	struct fact_text text = {.fact = unreadable("/sys/n", EACCES)};
	struct fact_number number = fact_parse_number(&text);

	(void)state;
	assert_int_equal(number.fact.state, FACT_UNREADABLE);
	assert_int_equal(number.fact.error, EACCES);
	assert_int_equal(number.value, 0);
	text.fact = absent("/sys/n");
	assert_int_equal(fact_parse_hex(&text).fact.state, FACT_ABSENT);
}

struct state_case {
	enum fact_state state;
	const char *name;
	bool known;
	bool absent;
};

static const struct state_case states[] = {
	{FACT_NOT_CAPTURED, "not-captured", false, false},
	{FACT_KNOWN, "known", true, false},
	{FACT_ABSENT, "absent", false, true},
	{FACT_UNREADABLE, "unreadable", false, false},
	{FACT_MALFORMED, "malformed", false, false},
};

static void only_known_and_absent_settle_a_question(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		test_row("%s", states[i].name);
		struct fact fact = {.state = states[i].state};
		assert_int_equal(fact_known(&fact), states[i].known);
		assert_int_equal(fact_absent(&fact), states[i].absent);
		assert_int_equal(fact_settled(&fact), states[i].known || states[i].absent);
		assert_string_equal(fact_state_name(fact.state), states[i].name);
	}
}

static void memory_that_nobody_filled_claims_nothing(void **state)
{
	struct fact fact = {0};

	(void)state;
	assert_int_equal(fact.state, FACT_NOT_CAPTURED);
}

static void lines_are_taken_one_by_one(void **state)
{
	static const char text[] = "one\n\nthree";
	static const struct fact_line expected[] = {{"one", 3, 4}, {"", 0, 1}, {"three", 5, 5}};
	const struct fact_text whole = {
		.fact.state = FACT_KNOWN, .text = text, .length = sizeof(text) - 1};
	struct fact_line line;
	size_t offset = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		test_row("%s", expected[i].text);
		assert_true(fact_next_line(&whole, &offset, &line));
		assert_int_equal(line.length, expected[i].length);
		assert_int_equal(line.size, expected[i].size);
		assert_memory_equal(line.text, expected[i].text, line.length);
	}
	assert_false(fact_next_line(&whole, &offset, &line));
	assert_int_equal(offset, whole.length);
}

static void what_was_not_read_has_no_lines(void **state)
{
	const struct fact_text absent = {.fact.state = FACT_ABSENT};
	struct fact_line line;
	size_t offset = 0;

	(void)state;
	assert_false(fact_next_line(&absent, &offset, &line));
}

static void each_name_of_a_list_is_found_at_its_place(void **state)
{
	static const char *const names[] = {"eth0", "eth1", "ib0"};
	const struct fact_list list = {.fact = known("net"), .names = names, .count = 3};

	(void)state;
	for (size_t i = 0; i < list.count; i++)
		assert_ptr_equal(fact_list_find(&list, names[i]), &names[i]);
}

static void what_a_list_does_not_have_is_not_found(void **state)
{
	static const char *const names[] = {"eth0", "eth1"};
	const struct fact_list list = {.fact = known("net"), .names = names, .count = 2};
	const struct fact_list unread = {.fact = {.state = FACT_UNREADABLE}};

	(void)state;
	assert_null(fact_list_find(&list, "eth"));
	assert_null(fact_list_find(&list, "eth2"));
	assert_null(fact_list_find(&unread, "eth0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_parsed_whole),
		cmocka_unit_test(what_is_no_number_is_malformed),
		cmocka_unit_test(number_with_a_nul_behind_it_is_malformed),
		cmocka_unit_test(hex_needs_no_prefix),
		cmocka_unit_test(what_is_no_hex_number_is_malformed),
		cmocka_unit_test(number_takes_over_why_its_text_was_not_read),
		cmocka_unit_test(only_known_and_absent_settle_a_question),
		cmocka_unit_test(memory_that_nobody_filled_claims_nothing),
		cmocka_unit_test(lines_are_taken_one_by_one),
		cmocka_unit_test(what_was_not_read_has_no_lines),
		cmocka_unit_test(each_name_of_a_list_is_found_at_its_place),
		cmocka_unit_test(what_a_list_does_not_have_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boolean.h"

#include <errno.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

struct boolean_case {
	const char *text;
	enum boolean value;
};

static const struct boolean_case cases[] = {
	{"1", BOOLEAN_YES},        {"y", BOOLEAN_YES},      {"Yes", BOOLEAN_YES},
	{"true", BOOLEAN_YES},     {"T", BOOLEAN_YES},      {"on", BOOLEAN_YES},
	{"ON", BOOLEAN_YES},       {"1\n", BOOLEAN_YES},    {"10", BOOLEAN_YES},
	{"0", BOOLEAN_NO},         {"n", BOOLEAN_NO},       {"No", BOOLEAN_NO},
	{"false", BOOLEAN_NO},     {"F", BOOLEAN_NO},       {"off", BOOLEAN_NO},
	{"oF", BOOLEAN_NO},        {"", BOOLEAN_UNKNOWN},   {"o", BOOLEAN_UNKNOWN},
	{"open", BOOLEAN_UNKNOWN}, {"2", BOOLEAN_UNKNOWN},  {" 1", BOOLEAN_UNKNOWN},
	{"-1", BOOLEAN_UNKNOWN},   {NULL, BOOLEAN_UNKNOWN},
};

static void text_is_read_as_the_kernel_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (boolean_parse(cases[i].text) != cases[i].value)
			fail_msg("\"%s\"", cases[i].text);
		if (cases[i].text && boolean_of_option(cases[i].text) != cases[i].value)
			fail_msg("as an option: \"%s\"", cases[i].text);
	}
}

static void option_without_a_value_is_on(void **state)
{
	(void)state;
	assert_int_equal(boolean_of_option(NULL), BOOLEAN_YES);
}

static void file_that_was_not_read_says_nothing(void **state)
{
	const struct fact_text shown = known_text("parameter", "Y");
	const struct fact_text denied = {.fact = unreadable("parameter", EACCES)};

	(void)state;
	assert_int_equal(boolean_of_fact(&shown), BOOLEAN_YES);
	assert_int_equal(boolean_of_fact(&denied), BOOLEAN_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_read_as_the_kernel_reads_it),
		cmocka_unit_test(option_without_a_value_is_on),
		cmocka_unit_test(file_that_was_not_read_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

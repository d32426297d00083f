/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/similar.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"

struct similar_case {
	const char *typed;
	const char *meant; /* NULL: nothing */
};

static const struct similar_case cases[] = {
	{"formt", "format"},  {"FORMAT", "format"},    {"requirement", "requirements"},
	{"fromat", "format"}, {"verbse", "verbose"},   {"lgo", "log"},
	{"plna", "plan"},     {"lpan", "plan"},        {"golp", NULL},
	{"x", NULL},          {"somethingelse", NULL}, {"", NULL},
};

static void the_nearest_word_is_meant(void **state)
{
	static const char *const words[] = {"format", "requirements", "verbose",
					    "root",   "log",          "plan"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct similar similar = similar_begin(cases[i].typed);
		test_row("%s", cases[i].typed);
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			similar_consider(&similar, words[k]);
		if (cases[i].meant)
			assert_string_equal(similar.best, cases[i].meant);
		else
			assert_null(similar.best);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_word_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

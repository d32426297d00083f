/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system_info.h"

#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

struct os_case {
	const char *name;
	const char *text;
	const char *id, *version, *os; /* NULL: absent */
};

static const struct os_case cases[] = {
	{"Debian",
	 "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n"
	 "VERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nID=debian\n",
	 "debian", "12", "Debian GNU/Linux 12 (bookworm)"},
	{"single quotes", "ID='rhel'\nVERSION_ID='9.4'\n", "rhel", "9.4", NULL},
	{"no version", "ID=arch\nPRETTY_NAME=\"Arch Linux\"\n", "arch", NULL, "Arch Linux"},
	{"another key that ends so", "VARIANT_ID=server\nID_LIKE=debian\n", NULL, NULL, NULL},
	{"a quote alone", "ID=\"\n", "\"", NULL, NULL},
	{"empty", "", NULL, NULL, NULL},
};

static void assert_text(const struct fact_text *text, const char *wanted)
{
	if (!wanted) {
		assert_int_equal(text->fact.state, FACT_ABSENT);
		return;
	}
	assert_true(fact_known(&text->fact));
	assert_string_equal(text->text, wanted);
}

static void os_release_names_the_system(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct fact_text text = known_text("/etc/os-release", cases[i].text);
		struct system_info info;

		test_row("%s", cases[i].name);
		system_info_parse_os(*state, &text, &info);
		assert_text(&info.os_id, cases[i].id);
		assert_text(&info.os_version, cases[i].version);
		assert_text(&info.os_name, cases[i].os);
	}
}

static void only_what_it_reads_is_captured(void **state)
{
	static const char *const wanted[] = {"ID=debian", "VERSION_ID=12", "PRETTY_NAME=Debian"};
	static const char *const other[] = {"BUILD_ID=secret", "HOME_URL=x", "ID", ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
		test_row("%s", wanted[i]);
		assert_true(system_info_wants(wanted[i], strlen(wanted[i])));
	}
	for (size_t i = 0; i < ARRAY_LENGTH(other); i++) {
		test_row("%s", other[i]);
		assert_false(system_info_wants(other[i], strlen(other[i])));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(os_release_names_the_system),
		TEST(only_what_it_reads_is_captured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

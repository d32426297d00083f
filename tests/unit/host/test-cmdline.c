/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/boot/cmdline.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

static struct cmdline parse_bytes(struct arena *arena, const char *bytes, size_t length)
{
	const struct fact_text text = known_bytes("/proc/cmdline", bytes, length);
	struct cmdline cmdline;

	cmdline_parse(arena, &text, &cmdline);
	return cmdline;
}

/* Each parameter as NAME or NAME=<VALUE>, with spaces between. */
static const char *describe(struct arena *arena, const struct cmdline *cmdline)
{
	const char *text = "";

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];
		const char *gap = i ? " " : "";
		if (parameter->value)
			text = arena_printf(arena, "%s%s%s=<%s>", text, gap, parameter->name,
					    parameter->value);
		else
			text = arena_printf(arena, "%s%s%s", text, gap, parameter->name);
	}
	return text;
}

struct row {
	const char *line;
	const char *parameters;
};

static void check_rows(const struct row *rows, size_t count)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < count; i++) {
		test_row("%s", rows[i].line);
		struct cmdline cmdline = parse_bytes(arena, rows[i].line, strlen(rows[i].line));
		assert_string_equal(describe(arena, &cmdline), rows[i].parameters);
	}
	arena_free(arena);
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void white_space_separates_parameters(void **state)
{
	static const struct row rows[] = {
		{"ro quiet\n", "ro quiet"},
		{"  ro \t\n quiet  \n", "ro quiet"},
		{"\n", ""},
		{"intel_iommu=on\xa0iommu=pt\n", "intel_iommu=<on> iommu=<pt>"},
	};

	(void)state;
	CHECK(rows);
}

static void the_first_equals_sign_splits_name_and_value(void **state)
{
	static const struct row rows[] = {
		{"pci=realloc=off\n", "pci=<realloc=off>"},
		{"iommu=\n", "iommu=<>"},
		{"=iommu\n", "=iommu"},
		{"=a=b\n", "=a=<b>"},
	};

	(void)state;
	CHECK(rows);
}

static void double_quotes_keep_white_space_together(void **state)
{
	static const struct row rows[] = {
		{"dyndbg=\"file a.c +p\" ro\n", "dyndbg=<file a.c +p> ro"},
		{"\"dyndbg=file a.c +p\" ro\n", "dyndbg=<file a.c +p> ro"},
		{"dyndbg=file\" a.c\" ro\n", "dyndbg=<file\" a.c\"> ro"},
		{"dyndbg=\"never closed ro\n", "dyndbg=<never closed ro\n>"},
	};

	(void)state;
	CHECK(rows);
}

static void only_one_closing_quote_is_taken_off(void **state)
{
	static const struct row rows[] = {
		{"a=\"\n", "a=<\n>"},       {"a=\"\"\n", "a=<>"}, {"\"a=\"b\"\"\n", "a=<b\">"},
		{"a=\"b\"c\n", "a=<b\"c>"}, {"\"a\"b\n", "a\"b"}, {"\"\"\n", ""},
	};

	(void)state;
	CHECK(rows);
}

static void two_dashes_end_the_parameters_of_the_kernel(void **state)
{
	static const struct row rows[] = {
		{"ro -- intel_iommu=on\n", "ro"},
		{"ro \"--\" intel_iommu=on\n", "ro"},
		{"ro --x --= intel_iommu=on\n", "ro --x --=<> intel_iommu=<on>"},
	};

	(void)state;
	CHECK(rows);
}

static void a_line_without_its_newline_was_cut_short(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_true(parse_bytes(arena, "ro intel_io", 11).cut_short);
	assert_false(parse_bytes(arena, "ro\n", 3).cut_short);
	arena_free(arena);
}

static void text_that_no_kernel_writes_is_malformed(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_int_equal(parse_bytes(arena, "", 0).fact.state, FACT_MALFORMED);
	assert_int_equal(parse_bytes(arena, "ro\0iommu=off\n", 13).fact.state, FACT_MALFORMED);
	arena_free(arena);
}

static void what_was_not_read_stays_as_it_is(void **state)
{
	struct arena *arena = arena_new();
	const struct fact_text text = {.fact = unreadable("/proc/cmdline", EACCES)};
	struct cmdline cmdline;

	(void)state;
	cmdline_parse(arena, &text, &cmdline);
	assert_int_equal(cmdline.fact.state, FACT_UNREADABLE);
	assert_int_equal(cmdline.fact.error, EACCES);
	assert_int_equal(cmdline.count, 0);
	arena_free(arena);
}

static void dash_and_underscore_are_one_in_names(void **state)
{
	(void)state;
	assert_true(cmdline_same_name("intel-iommu", "intel_iommu"));
	assert_true(cmdline_same_name("vfio_pci.ids", "vfio-pci.ids"));
	assert_false(cmdline_same_name("Intel_iommu", "intel_iommu"));
	assert_false(cmdline_same_name("iommu", "iommu.strict"));
}

static void the_last_of_several_is_found(void **state)
{
	struct arena *arena = arena_new();
	static const char line[] = "vfio-pci.ids=1 vfio_pci.ids=2 ro\n";
	struct cmdline cmdline = parse_bytes(arena, line, strlen(line));

	(void)state;
	assert_string_equal(cmdline_find(&cmdline, "vfio-pci.ids")->value, "2");
	assert_null(cmdline_find(&cmdline, "vfio_pci"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(white_space_separates_parameters),
		cmocka_unit_test(the_first_equals_sign_splits_name_and_value),
		cmocka_unit_test(double_quotes_keep_white_space_together),
		cmocka_unit_test(only_one_closing_quote_is_taken_off),
		cmocka_unit_test(two_dashes_end_the_parameters_of_the_kernel),
		cmocka_unit_test(a_line_without_its_newline_was_cut_short),
		cmocka_unit_test(text_that_no_kernel_writes_is_malformed),
		cmocka_unit_test(what_was_not_read_stays_as_it_is),
		cmocka_unit_test(dash_and_underscore_are_one_in_names),
		cmocka_unit_test(the_last_of_several_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

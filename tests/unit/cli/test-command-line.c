/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that the command line is made of: what is forgotten in one is named here. */
#include <string.h>

#include "cli/options/table.h"
#include "cli/verb.h"
#include "tests/unit/support/cmocka.h"

static void every_option_has_its_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];

		if (!row->name)
			fail_msg("option_rows has no row for option %zu", i);
		if (!row->help || !row->set)
			fail_msg("--%s has no %s", row->name, row->help ? "setter" : "help");
	}
}

static void names_and_letters_of_options_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		for (size_t k = i + 1; k < OPTION_COUNT; k++) {
			const struct option_row *one = &option_rows[i], *two = &option_rows[k];

			assert_string_not_equal(one->name, two->name);
			if (one->letter && one->letter == two->letter)
				fail_msg("--%s and --%s are both -%c", one->name, two->name,
					 one->letter);
		}
	}
}

static void every_option_is_taken_by_a_verb(void **state)
{
	uint64_t taken = OPTION_BIT(OPTION_HELP) | OPTION_BIT(OPTION_VERSION);

	(void)state;
	for (size_t i = 0; i < verb_registry_count; i++)
		taken |= verb_registry[i]->accepts;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!(taken & OPTION_BIT(i)))
			fail_msg("no verb accepts --%s", option_rows[i].name);
	}
}

static void every_verb_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < verb_registry_count; i++) {
		const struct verb *verb = verb_registry[i];

		assert_non_null(verb->name);
		if (!verb->summary || !verb->operands || !verb->run)
			fail_msg("verb %s lacks its summary, its operands or what it runs",
				 verb->name);
		if (verb_find(verb->name) != verb)
			fail_msg("two verbs are named %s", verb->name);
	}
}

static void a_verb_takes_a_format_where_it_writes_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < verb_registry_count; i++) {
		const struct verb *verb = verb_registry[i];
		bool takes = verb->accepts & OPTION_BIT(OPTION_FORMAT);

		if (takes && !verb->documents[0])
			fail_msg("%s accepts --format and has no documents", verb->name);
		if (!takes && verb->documents[0])
			fail_msg("%s has documents and does not accept --format", verb->name);
	}
}

/* Returns the format of that name that the verb chooses. */
static const struct format *choose(const struct verb *verb, const char *name)
{
	const struct format *format = NULL;

	for (size_t i = 0; verb->documents[i] && !format; i++)
		format = format_find(verb->documents[i], name);
	return format;
}

static void every_format_can_be_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < verb_registry_count; i++) {
		const struct verb *verb = verb_registry[i];

		for (size_t d = 0; verb->documents[d]; d++) {
			const struct format_table *table = verb->documents[d];

			assert_true(table->count > 0);
			for (size_t k = 0; k < table->count; k++) {
				const struct format *format = &table->formats[k];

				assert_non_null(format->name);
				if (!format->render)
					fail_msg("%s of %s renders nothing", format->name,
						 verb->name);
				if (choose(verb, format->name) != format)
					fail_msg("%s has two formats named %s", verb->name,
						 format->name);
			}
		}
	}
}

static void an_option_of_one_format_goes_with_verbs_that_have_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];

		for (size_t k = 0; row->format && k < verb_registry_count; k++) {
			const struct verb *verb = verb_registry[k];

			if (verb->accepts & OPTION_BIT(i) && !choose(verb, row->format))
				fail_msg("%s accepts --%s and has no %s", verb->name, row->name,
					 row->format);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_has_its_row),
		cmocka_unit_test(names_and_letters_of_options_differ),
		cmocka_unit_test(every_option_is_taken_by_a_verb),
		cmocka_unit_test(every_verb_is_whole),
		cmocka_unit_test(a_verb_takes_a_format_where_it_writes_documents),
		cmocka_unit_test(every_format_can_be_asked_for),
		cmocka_unit_test(an_option_of_one_format_goes_with_verbs_that_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/configuration.h"

#include "tests/unit/support/cmocka.h"

/* Beside libvirt's XML, which is of no stack's table. */
static void each_stack_has_its_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < stack_registry_count; i++) {
		test_row("%s", stack_registry[i]->name);
		assert_non_null(format_find(&guest_formats, stack_registry[i]->name));
	}
	assert_non_null(format_find(&guest_formats, "xml"));
	assert_int_equal(guest_formats.count, stack_registry_count + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_stack_has_its_format)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "checks/support/check.h"
#include "tests/unit/support/cmocka.h"

static void checks_of_domains_are_no_checks_of_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		assert_non_null(check->run);
		assert_int_equal(check->judges_domains, strncmp(check->id, "domain-", 7) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_of_domains_are_no_checks_of_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "checks/support/check.h"
#include "model/log/message.h"
#include "tests/unit/support/cmocka.h"

static bool is_finding(const char *id)
{
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		for (size_t k = 0; k < check->kind_count; k++) {
			if (strcmp(check->kinds[k].id, id) == 0)
				return true;
		}
	}
	return false;
}

/* Those of domains are none that an audit of the host makes. */
static void expect_findings(const struct log_message *message)
{
	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->findings[i]; i++) {
		test_row("%s: %s", message->id, message->findings[i]);
		assert_true(is_finding(message->findings[i]));
		assert_int_not_equal(strncmp(message->findings[i], "domain-", 7), 0);
	}
	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->related[i]; i++) {
		test_row("%s: %s", message->id, message->related[i]);
		assert_true(is_finding(message->related[i]));
	}
}

static void messages_name_findings_that_exist(void **state)
{
	(void)state;
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++)
			expect_findings(&log_tables[i]->rows[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_name_findings_that_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

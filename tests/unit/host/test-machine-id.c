/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/machine_id.h"

#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

/* What `systemd-id128 machine-id --app-specific=` of systemd 252 says of that machine id. */
static void the_hash_is_that_of_systemd(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	struct fact_text id = machine_id_load(tree_open(tree), tree->arena);
	assert_true(fact_known(&id.fact));
	assert_string_equal(id.text, "d6d6546604624ee890af598c17ed4312");
}

static void what_is_no_machine_id_is_malformed(void **state)
{
	static const char *const texts[] = {
		"",
		"uninitialized\n",
		"0123456789abcdef0123456789abcde\n",
		"0123456789abcdef0123456789abcdef0\n",
		"0123456789abcdef0123456789abcdeg\n",
		"0123456789ABCDEF\n0123456789abcde\n",
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		test_row("%s", texts[i]);
		tree_file(tree, "/etc/machine-id", texts[i]);
		struct root *root = tree->root ? tree->root : tree_open(tree);
		struct fact_text id = machine_id_load(root, tree->arena);
		assert_int_equal(id.fact.state, FACT_MALFORMED);
		assert_null(id.text);
	}
}

static void a_host_without_one_has_none(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/etc");
	struct fact_text id = machine_id_load(tree_open(tree), tree->arena);
	assert_int_equal(id.fact.state, FACT_ABSENT);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(the_hash_is_that_of_systemd),
		TREE_TEST(what_is_no_machine_id_is_malformed),
		TREE_TEST(a_host_without_one_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

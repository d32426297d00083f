/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/device_users.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

static struct device_users search(struct tree *tree)
{
	struct device_users users;

	device_users_load(tree_open(tree), tree->arena, &users);
	assert_false(arena_failed(tree->arena));
	return users;
}

static void programs_with_a_node_open_are_found_once(void **state)
{
	tree_file(*state, "/proc/17/comm", "Xorg\n");
	tree_link(*state, "/proc/17/fd/0", "/dev/null");
	tree_link(*state, "/proc/17/fd/3", "/dev/dri/card0");
	tree_link(*state, "/proc/17/fd/4", "/dev/dri/card0");
	tree_link(*state, "/proc/17/fd/5", "socket:[4711]");
	tree_file(*state, "/proc/18/comm", "wireplumber\n");
	tree_link(*state, "/proc/18/fd/9", "/dev/snd/controlC0");
	tree_link(*state, "/proc/19/fd/9", "/dev/nvidia0");
	tree_link(*state, "/proc/19/fd/10", "/dev/nvidiactl");
	tree_link(*state, "/proc/self/fd/3", "/dev/dri/card0");
	struct device_users users = search(*state);

	assert_true(fact_known(&users.fact));
	assert_int_equal(users.count, 3);
	for (size_t i = 0; i < users.count; i++) {
		const struct device_user *user = &users.users[i];
		const char *wanted = strcmp(user->node, "/dev/dri/card0") == 0       ? "Xorg"
				     : strcmp(user->node, "/dev/snd/controlC0") == 0 ? "wireplumber"
										     : "a program";
		assert_string_equal(user->program, wanted);
	}
}

static void a_tree_without_processes_was_not_searched(void **state)
{
	tree_file(*state, "/proc/cmdline", "quiet\n");
	assert_int_equal(search(*state).fact.state, FACT_NOT_CAPTURED);
}

static void a_container_does_not_see_all_processes(void **state)
{
	tree_file(*state, "/proc/1/comm", "bash\n");
	tree_link(*state, "/proc/1/fd/3", "/dev/dri/card0");
	tree_link(*state, "/proc/self/ns/pid", "pid:[4026532222]");
	struct device_users users = search(*state);

	assert_int_equal(users.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(users.count, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(programs_with_a_node_open_are_found_once),
		TEST(a_tree_without_processes_was_not_searched),
		TEST(a_container_does_not_see_all_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/device_users.h"

#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

static struct device_users search(struct tree *tree)
{
	struct device_users users;

	device_users_load(tree->root ? tree->root : tree_open(tree), tree->arena, &users);
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

static void nodes_that_lead_to_one_device_are_wanted(void **state)
{
	static const struct {
		const char *node;
		bool wanted;
	} rows[] = {
		{"/dev/sdb", true},
		{"/dev/sdab12", true},
		{"/dev/vda1", true},
		{"/dev/vduse/control", false},
		{"/dev/nvme1n1", true},
		{"/dev/nvme1n1p3", true},
		{"/dev/nvme1", false},
		{"/dev/nvme-fabrics", false},
		{"/dev/sdb (deleted)", false},
		{"/dev/dri/card0 (deleted)", false},
		{"/dev/video0", true},
		{"/dev/dvb/adapter0/frontend0", true},
		{"/dev/dvb/adapter0", false},
		{"/dev/accel/accel0", true},
		{"/dev/apex_0", true},
		{"/dev/ttyUSB0", true},
		{"/dev/ttyACM1", true},
		{"/dev/tty1", false},
		{"/dev/dm-0", false},
		{"/dev/nvidiactl", false},
	};
	struct tree *tree = *state;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].node);
		tree_link(tree, arena_printf(tree->arena, "/proc/%zu/fd/9", i + 1), rows[i].node);
		count += rows[i].wanted;
		assert_int_equal(search(tree).count, count);
	}
}

static void a_guest_is_named_whose_disk_is_one_of_the_host(void **state)
{
	static const char words[] = "/usr/bin/kvm\0-id\0100\0-name\0nas,debug-threads=on";

	tree_file(*state, "/proc/22/comm", "kvm\n");
	tree_bytes(*state, "/proc/22/cmdline", words, sizeof(words));
	tree_link(*state, "/proc/22/fd/9", "/dev/sdb");
	struct device_users users = search(*state);

	assert_int_equal(users.count, 1);
	assert_string_equal(users.users[0].program, "kvm of the guest nas");
}

static void a_guest_is_named_by_what_qemu_was_started_with(void **state)
{
	static const struct {
		const char *name, *words, *program; /* words: a | ends each */
	} rows[] = {
		{"libvirt", "/usr/bin/qemu|-name|guest=vm1,debug-threads=on|-S|",
		 "qemu-system-x86 of the guest vm1"},
		{"Proxmox", "/usr/bin/kvm|-id|100|-name|web,debug-threads=on|",
		 "qemu-system-x86 of the guest web"},
		{"guest= behind others", "qemu|-name|debug-threads=on,guest=vm2,process=p|",
		 "qemu-system-x86 of the guest vm2"},
		{"two dashes", "qemu|--name|vm3|", "qemu-system-x86 of the guest vm3"},
		{"a comma in it", "qemu|-name|guest=a,,b,,,debug-threads=on|",
		 "qemu-system-x86 of the guest a,b,"},
		{"a comma before a key", "qemu|-name|a,,b=c|",
		 "qemu-system-x86 of the guest a,b=c"},
		{"no guest", "qemu|-name|process=p|", "qemu-system-x86"},
		{"an empty name", "qemu|-name||-S|", "qemu-system-x86"},
		{"no name", "/usr/bin/qemu|-S|", "qemu-system-x86"},
		{"a name that is missing", "/usr/bin/qemu|-name|", "qemu-system-x86"},
		{"cut off", "/usr/bin/qemu|-name", "qemu-system-x86"},
		{"nothing", "", "qemu-system-x86"},
	};
	struct tree *tree = *state;

	tree_file(tree, "/proc/20/comm", "qemu-system-x86\n");
	tree_link(tree, "/proc/20/fd/9", "/dev/vfio/12");
	tree_link(tree, "/proc/20/fd/10", "/dev/vfio/vfio");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char *words = arena_printf(tree->arena, "%s", rows[i].words);
		size_t length = strlen(words);

		test_row("%s", rows[i].name);
		for (size_t j = 0; j < length; j++)
			words[j] = words[j] == '|' ? '\0' : words[j];
		tree_bytes(tree, "/proc/20/cmdline", words, length);
		struct device_users users = search(tree);
		assert_int_equal(users.count, 1);
		assert_string_equal(users.users[0].program, rows[i].program);
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
		TEST(nodes_that_lead_to_one_device_are_wanted),
		TEST(a_guest_is_named_whose_disk_is_one_of_the_host),
		TEST(a_guest_is_named_by_what_qemu_was_started_with),
		TEST(a_tree_without_processes_was_not_searched),
		TEST(a_container_does_not_see_all_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

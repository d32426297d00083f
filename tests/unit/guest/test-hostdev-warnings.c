/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/warnings.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

/* Expects one note, which holds those words; NULL: none. */
static void expect_note(struct paper *paper, const struct pci_function *function, const char *words)
{
	struct hostdev_note *notes = NULL;

	hostdev_warnings_add(&paper->model, function, paper->arena, &notes);
	if (!words) {
		assert_null(notes);
		return;
	}
	assert_non_null(notes);
	assert_null(notes->next);
	if (!strstr(notes->text, words))
		fail_msg("%s: %s", words, notes->text);
}

static void a_function_like_any_other_has_no_note(void **state)
{
	expect_note(*state, add_device(*state, "0000:01:00.0", 1, NULL), NULL);
}

static void a_caution_is_told_with_what_helps(void **state)
{
	struct caution caution = {.why = "it is old", .remedy = "Take another"};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	say_caution(paper, function, true, &caution);
	expect_note(paper, function, "it is old. Take another");
}

static void a_caution_that_was_not_read_is_told_too(void **state)
{
	struct caution caution = {.why = "its age was not read"};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	say_caution(paper, function, false, &caution);
	expect_note(paper, function, "its age was not read");
}

static void what_offers_mediated_devices_says_that_they_are_left_out(void **state)
{
	static const char *const parents[] = {"0000:01:00.0"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	paper->host.hypervisor.mdev_parents = (struct fact_list){
		.fact = known("/sys/class/mdev_bus"), .names = parents, .count = 1};
	expect_note(paper, function, "mediated devices");
	expect_note(paper, add_device(paper, "0000:02:00.0", 2, NULL), NULL);
}

static void a_kernel_without_groups_is_named(void **state)
{
	static const struct {
		const char *kconfig;
		bool named;
	} rows[] = {
		{"CONFIG_VFIO_DEVICE_CDEV=y\nCONFIG_IOMMUFD=y\n", true},
		{"CONFIG_VFIO_DEVICE_CDEV=y\nCONFIG_VFIO_GROUP=y\n", true},
		{"CONFIG_VFIO_DEVICE_CDEV=y\nCONFIG_VFIO_GROUP=y\nCONFIG_VFIO_CONTAINER=y\n",
		 false},
		{"CONFIG_VFIO_DEVICE_CDEV=y\nCONFIG_VFIO_GROUP=y\n"
		 "CONFIG_IOMMUFD_VFIO_CONTAINER=y\n",
		 false},
		/* Before 6.6 there was no option of either. */
		{"CONFIG_VFIO=m\n", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct paper *paper = *state;
		test_row("%zu", i);
		paper_reset(paper);
		const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
		paper_kconfig(paper, rows[i].kconfig);
		expect_note(paper, function, rows[i].named ? "iommufd='yes'" : NULL);
	}
}

static void the_numa_node_is_named(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	function->numa_node.value = 1;
	expect_note(paper, function, "NUMA node 1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_function_like_any_other_has_no_note),
		TEST(a_caution_is_told_with_what_helps),
		TEST(a_caution_that_was_not_read_is_told_too),
		TEST(what_offers_mediated_devices_says_that_they_are_left_out),
		TEST(a_kernel_without_groups_is_named),
		TEST(the_numa_node_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/warnings.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

enum { ROM_LINE = 6 };

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

static struct pci_function *add_display(struct paper *paper, int64_t boot_vga)
{
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	function->boot_vga = (struct fact_number){.fact = known("boot_vga"), .value = boot_vga};
	return function;
}

static void a_function_like_any_other_has_no_note(void **state)
{
	struct paper *paper = *state;

	expect_note(paper, add_display(paper, 0), NULL);
}

static void the_display_of_the_boot_goes_dark(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_display(paper, 1);
	struct hostdev_note *notes = NULL;

	expect_note(paper, function, "goes dark");
	hostdev_warnings_add(&paper->model, function, paper->arena, &notes);
	assert_null(strstr(notes->text, "<rom"));
}

/* pci_fixup_video() puts the firmware's copy in the place of the ROM: 0xc0000 to 0xdffff. */
static void a_rom_that_firmware_copied_is_told_of(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_display(paper, 1);
	struct pci_resource lines[] = {[ROM_LINE] = {.start = 0xc0000, .end = 0xdffff}};

	function->resources = (struct pci_resources){
		.fact = known("resource"), .lines = lines, .count = ROM_LINE + 1};
	expect_note(paper, function, "<rom file=");
}

static void a_function_that_nothing_resets_may_leak(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	function->reset_method = known_text("reset_method", "");
	expect_note(paper, function, "no way to reset it");
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
		TEST(the_display_of_the_boot_goes_dark),
		TEST(a_rom_that_firmware_copied_is_told_of),
		TEST(a_function_that_nothing_resets_may_leak),
		TEST(what_offers_mediated_devices_says_that_they_are_left_out),
		TEST(the_numa_node_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

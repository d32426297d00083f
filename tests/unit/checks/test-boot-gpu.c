/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/tree.h"

static void read_memory_map(struct tree *tree, struct framebuffers *ret)
{
	tree_file(tree, "/proc/iomem",
		  "00000000-00000fff : Reserved\n"
		  "c0000000-febfffff : PCI Bus 0000:00\n"
		  "  d0000000-dfffffff : 0000:00:02.0\n"
		  "    d0000000-d02fffff : efifb\n"
		  "  e0000000-e0ffffff : 0000:00:03.0\n"
		  "  e1000000-e1ffffff : efifb\n"
		  "  e2000000-e2ffffff : 0000:10:00.0\n"
		  "    e2000000-e2ffffff : simple-framebuffer.0\n"
		  "      e2000000-e2ffffff : simpledrm");
	framebuffers_load(tree_open(tree), tree->arena, ret);
}

static void holder_is_one_below_its_function(void **state)
{
	struct framebuffers framebuffers;

	read_memory_map(*state, &framebuffers);
	assert_int_equal(framebuffers.count, 3);
	assert_string_equal(framebuffers.items[0].holder, "efifb");
	assert_string_equal(framebuffers.items[0].function, "0000:00:02.0");
	assert_string_equal(framebuffers.items[2].holder, "simpledrm");
	assert_string_equal(framebuffers.items[2].function, "0000:10:00.0");
}

static void capture_needs_functions_and_framebuffers_alone(void **state)
{
	static const char *const wanted[] = {"  d0-d1 : 0000:00:02.0", "  d0-d1 : BOOTFB"};
	static const char *const unwanted[] = {"  1000-2000 : Kernel code", "x : efifb2", "efifb"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		test_row("%s", wanted[i]);
		assert_true(framebuffers_want(wanted[i], strlen(wanted[i])));
	}
	for (size_t i = 0; i < 3; i++) {
		test_row("%s", unwanted[i]);
		assert_false(framebuffers_want(unwanted[i], strlen(unwanted[i])));
	}
}

/* A host with a display that it booted with. */
static struct pci_function *add_display(struct paper *paper)
{
	struct pci_function *display = add_function(paper, "0000:01:00.0", NULL);

	set_class(display, 0x030000);
	display->boot_vga = (struct fact_number){.fact = known("boot_vga"), .value = 1};
	paper->host.framebuffers.fact = known("/proc/iomem");
	return display;
}

static void display_that_nothing_holds_passes(void **state)
{
	struct paper *paper = *state;

	add_display(paper);
	expect_finding(judge(paper->arena, "boot-gpu", &paper->host), "boot-gpu.free",
		       FINDING_PASS);
}

struct holder_case {
	const char *holder;
	const char *parameter;
};

static const struct holder_case holder_cases[] = {
	{"efifb", "video=efifb:off"},
	{"BOOTFB", "initcall_blacklist=sysfb_init"},
};

static void framebuffer_driver_is_named_with_what_keeps_it_away(void **state)
{
	struct paper *paper = *state;

	add_display(paper);
	for (size_t i = 0; i < sizeof(holder_cases) / sizeof(holder_cases[0]); i++) {
		test_row("%s", holder_cases[i].holder);
		struct framebuffer item = {holder_cases[i].holder, "0000:01:00.0"};
		paper->host.framebuffers.items = &item;
		paper->host.framebuffers.count = 1;
		const struct finding *finding =
			expect_finding(judge(paper->arena, "boot-gpu", &paper->host),
				       "boot-gpu.framebuffer", FINDING_WARN);
		assert_non_null(strstr(finding->remedy, holder_cases[i].parameter));
	}
}

static void copy_of_the_rom_in_low_memory_counts_once_vfio_has_the_display(void **state)
{
	struct pci_resource lines[7] = {[6] = {.start = 0xc0000, .end = 0xdffff}};
	struct paper *paper = *state;
	struct pci_function *display = add_display(paper);

	display->resources = (struct pci_resources){known("resource"), lines, 7};
	assert_null(
		finding_of(judge(paper->arena, "boot-gpu", &paper->host), "boot-gpu.shadow-rom"));
	set_driver(display, "vfio-pci");
	const struct finding *finding = expect_finding(
		judge(paper->arena, "boot-gpu", &paper->host), "boot-gpu.shadow-rom", FINDING_WARN);
	assert_true(has_evidence(finding, "ROM at 0xc0000-0xdffff"));
	lines[6] = (struct pci_resource){.start = 0xfe000000, .end = 0xfe01ffff};
	assert_null(
		finding_of(judge(paper->arena, "boot-gpu", &paper->host), "boot-gpu.shadow-rom"));
}

static void memory_map_that_was_not_read_leaves_it_unknown(void **state)
{
	const struct fact facts[] = {unreadable("/proc/iomem", EACCES), absent("/proc/iomem")};
	struct paper *paper = *state;

	add_display(paper);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		test_row("state %d", facts[i].state);
		paper->host.framebuffers.fact = facts[i];
		struct findings *findings = judge(paper->arena, "boot-gpu", &paper->host);
		expect_finding(findings, "boot-gpu.unreadable", FINDING_UNKNOWN);
		expect_finding(findings, "boot-gpu.shown", FINDING_PASS);
	}
}

/* Each kernel has it, and a display's memory is in it. */
static void memory_map_without_functions_leaves_it_unknown(void **state)
{
	struct framebuffers framebuffers;
	struct tree *tree = *state;

	tree_file(tree, "/proc/iomem", "00000000-00000fff : Reserved\n");
	framebuffers_load(tree_open(tree), tree->arena, &framebuffers);
	assert_int_equal(framebuffers.fact.state, FACT_MALFORMED);
}

static void host_without_a_boot_display_is_not_concerned(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:01:00.0", NULL);
	expect_finding(judge(paper->arena, "boot-gpu", &paper->host), "boot-gpu.none",
		       FINDING_NOT_APPLICABLE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(holder_is_one_below_its_function, tree_setup,
						tree_teardown),
		cmocka_unit_test(capture_needs_functions_and_framebuffers_alone),
		TEST(display_that_nothing_holds_passes),
		TEST(framebuffer_driver_is_named_with_what_keeps_it_away),
		TEST(copy_of_the_rom_in_low_memory_counts_once_vfio_has_the_display),
		TEST(memory_map_that_was_not_read_leaves_it_unknown),
		cmocka_unit_test_setup_teardown(memory_map_without_functions_leaves_it_unknown,
						tree_setup, tree_teardown),
		TEST(host_without_a_boot_display_is_not_concerned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

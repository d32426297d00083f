/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/hardware_fault.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

enum { PLACED = IORESOURCE_MEM, UNSET = IORESOURCE_MEM | IORESOURCE_UNSET, LINES = 13 };

/* Types of BARs, in the low bits of their registers. */
enum { BAR_IO = 0x1, BAR_32 = 0x0, BAR_64 = 0x4, BAR_PREFETCH = 0x8, BAR_64_PREFETCH = 0xc };

/* An endpoint whose `resource` has empty lines. */
static struct pci_function *add_card(struct paper *paper)
{
	struct pci_function *card = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	card->resources = (struct pci_resources){
		.fact = known("resource"),
		.lines = arena_array(paper->arena, LINES, sizeof(struct pci_resource)),
		.count = LINES,
	};
	assert_non_null(card->resources.lines);
	return card;
}

static void set_bar(struct pci_function *card, size_t index, uint32_t value)
{
	set_config32(card, PCI_BASE_ADDRESS_0 + 4 * index, value);
}

static void set_line(struct pci_function *card, size_t index, uint64_t start, uint64_t end,
		     uint64_t flags)
{
	card->resources.lines[index] = (struct pci_resource){start, end, flags};
}

/* Returns the fault of that kind, or NULL. */
static const struct hardware_fault *fault_of(struct paper *paper, const struct pci_function *card,
					     enum hardware_fault_kind kind)
{
	struct hardware_fault *faults =
		arena_array(paper->arena, FAULT_KIND_COUNT, sizeof(*faults));

	assert_non_null(faults);
	size_t count = hardware_faults_find(card, paper->arena, faults);
	for (size_t i = 0; i < count; i++) {
		if (faults[i].kind == kind)
			return &faults[i];
	}
	return NULL;
}

static void expect_known(struct paper *paper, const struct pci_function *card,
			 enum hardware_fault_kind kind, const char *words)
{
	const struct hardware_fault *fault = fault_of(paper, card, kind);

	assert_non_null(fault);
	assert_true(fault->known);
	if (!strstr(fault->why, words))
		fail_msg("%s lacks %s", fault->why, words);
}

static void expect_unknown(struct paper *paper, const struct pci_function *card,
			   enum hardware_fault_kind kind)
{
	const struct hardware_fault *fault = fault_of(paper, card, kind);

	assert_non_null(fault);
	assert_false(fault->known);
}

static void expect_none(struct paper *paper, const struct pci_function *card)
{
	struct hardware_fault faults[FAULT_KIND_COUNT];

	assert_int_equal(hardware_faults_find(card, paper->arena, faults), 0);
}

static void a_bar_that_is_not_set_is_unplaced(void **state)
{
	struct pci_function *card = add_card(*state);

	set_line(card, 0, 0xf0000000, 0xf0ffffff, PLACED);
	set_line(card, 1, 0, 0x7ffffffff, UNSET | IORESOURCE_MEM_64 | IORESOURCE_PREFETCH);
	set_line(card, 3, 0, 0x1ff, UNSET);
	expect_known(*state, card, FAULT_BAR_UNPLACED, "BAR 1 (32 GiB), BAR 3 (512 bytes) and");
	assert_ptr_equal(fault_of(*state, card, FAULT_BAR_UNPLACED)->evidence,
			 &card->resources.fact);
}

/* pci_enable_resources() makes no difference. */
static void a_port_range_that_is_not_set_is_unplaced(void **state)
{
	struct pci_function *card = add_card(*state);

	set_line(card, 4, 0, 0xff, IORESOURCE_IO | IORESOURCE_UNSET);
	expect_known(*state, card, FAULT_BAR_UNPLACED, "BAR 4 (256 bytes)");
}

static void rom_and_vf_bars_that_are_not_set_are_fine(void **state)
{
	struct pci_function *card = add_card(*state);

	for (size_t i = 6; i < LINES; i++)
		set_line(card, i, 0, 0xffff, UNSET);
	expect_none(*state, card);
}

static void a_bar_that_was_cleared_is_told_by_its_register(void **state)
{
	static const struct {
		uint32_t bar;
		const char *words; /* NULL: no fault */
	} rows[] = {
		{BAR_64, "BAR 2 (of 64 bits): VFIO opens it"},
		{BAR_64_PREFETCH, "BAR 2 (of 64 bits)"},
		{BAR_PREFETCH, "BAR 2 (prefetchable)"},
		{BAR_64_PREFETCH | 0xe0000000, "BAR 2 (of 64 bits)"},
		{BAR_32, NULL},
		{BAR_32 | 0xe0000000, NULL},
		{BAR_IO, NULL},
		{BAR_IO | BAR_PREFETCH | BAR_64, NULL},
	};
	struct pci_function *card = add_card(*state);

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("0x%x", rows[i].bar);
		set_bar(card, 2, rows[i].bar);
		if (rows[i].words)
			expect_known(*state, card, FAULT_BAR_UNPLACED, rows[i].words);
		else
			expect_none(*state, card);
	}
}

/* The upper half of an address may have any bits. */
static void the_upper_half_of_an_address_is_no_bar(void **state)
{
	struct pci_function *card = add_card(*state);

	set_bar(card, 0, BAR_64_PREFETCH);
	set_bar(card, 1, 0x4c);
	set_line(card, 0, 0x4c00000000, 0x4c0fffffff, PLACED);
	expect_none(*state, card);
}

static void functions_without_bars_of_their_own_are_fine(void **state)
{
	struct pci_function *card = add_card(*state);

	set_bar(card, 0, BAR_64);
	set_ids(card, 0x8086, 0x6fa0);
	expect_none(*state, card);
	set_ids(card, 0x10de, 0x6fa0);
	expect_known(*state, card, FAULT_BAR_UNPLACED, "BAR 0");
	make_vf(card, add_express(*state, "0000:02:00.0", NULL, EXPRESS_ENDPOINT));
	expect_none(*state, card);
}

/* Where the lines were not read, the registers tell of firmware's places. */
static void lines_that_were_not_read_leave_bars_without_address_open(void **state)
{
	struct pci_function *card = add_card(*state);

	card->resources = (struct pci_resources){.fact = absent("resource")};
	expect_none(*state, card);
	set_bar(card, 0, BAR_64_PREFETCH);
	set_bar(card, 1, 0x4c);
	expect_none(*state, card);
	set_bar(card, 1, 0);
	expect_unknown(*state, card, FAULT_BAR_UNPLACED);
	set_bar(card, 0, 0);
	expect_none(*state, card);
	card->resources.fact = unreadable("resource", EACCES);
	expect_unknown(*state, card, FAULT_BAR_UNPLACED);
}

static void make_all_ones(struct pci_function *card)
{
	for (size_t offset = 0; offset < CONFIG_HEADER_SIZE; offset += 4)
		set_config32(card, offset, 0xffffffff);
}

static void config_space_of_ones_is_unreachable(void **state)
{
	struct pci_function *card = add_card(*state);

	make_all_ones(card);
	expect_known(*state, card, FAULT_UNREACHABLE, "it does not answer");
	card->power_state = known_text("power_state", "D3cold");
	expect_known(*state, card, FAULT_UNREACHABLE, "its power state is D3cold");
	/* The kernel keeps the lines of what it has lost. */
	assert_null(fault_of(*state, card, FAULT_BAR_UNPLACED));
}

static void ones_before_zeros_that_were_not_kept_are_an_answer(void **state)
{
	struct pci_function *card = add_card(*state);

	make_all_ones(card);
	card->config.zeros = card->config.length - CONFIG_HEADER_SIZE / 2;
	assert_null(fault_of(*state, card, FAULT_UNREACHABLE));
}

static void only_the_ids_of_a_vf_are_ones(void **state)
{
	struct pci_function *vf = add_card(*state);

	make_vf(vf, add_express(*state, "0000:02:00.0", NULL, EXPRESS_ENDPOINT));
	set_config32(vf, PCI_VENDOR_ID, 0xffffffff);
	expect_none(*state, vf);
	make_all_ones(vf);
	expect_known(*state, vf, FAULT_UNREACHABLE, "it does not answer");
}

static void sleep_is_not_death(void **state)
{
	static const char *const states[] = {"D0", "D3hot", "D3cold", "unknown"};
	struct pci_function *card = add_card(*state);

	for (size_t i = 0; i < ARRAY_LENGTH(states); i++) {
		test_row("%s", states[i]);
		card->power_state = known_text("power_state", states[i]);
		expect_none(*state, card);
	}
	card->power_state.fact = absent("power_state");
	expect_none(*state, card);
	card->power_state = known_text("power_state", "error");
	expect_known(*state, card, FAULT_UNREACHABLE, "power state is an error");
	card->power_state = known_text("power_state", "noise");
	expect_unknown(*state, card, FAULT_UNREACHABLE);
	card->power_state.fact = unreadable("power_state", EACCES);
	expect_unknown(*state, card, FAULT_UNREACHABLE);
}

static void a_vf_of_nvidia_needs_a_profile(void **state)
{
	struct pci_function *vf = add_card(*state);

	make_vf(vf, add_express(*state, "0000:02:00.0", NULL, EXPRESS_ENDPOINT));
	expect_none(*state, vf);
	set_driver(vf, "nvidia");
	vf->vgpu_type = (struct fact_number){.fact = known("current_vgpu_type")};
	expect_known(*state, vf, FAULT_VGPU_PROFILE, "no vGPU profile yet");
	vf->vgpu_types = known_text("creatable_vgpu_types", "ID : NAME\n557 : L40S-1B\n");
	expect_known(*state, vf, FAULT_VGPU_PROFILE, "no vGPU profile yet");
	assert_false(vgpu_offers_none(vf));
	vf->vgpu_types = known_text("creatable_vgpu_types", "ID : NAME\n");
	expect_known(*state, vf, FAULT_VGPU_PROFILE, "the driver nvidia offers it none now");
	assert_true(vgpu_offers_none(vf));
	vf->vgpu_types.fact = unreadable("creatable_vgpu_types", EACCES);
	assert_false(vgpu_offers_none(vf));
	vf->vgpu_type.value = 557;
	expect_none(*state, vf);
	vf->vgpu_type.fact = unreadable("current_vgpu_type", EACCES);
	expect_unknown(*state, vf, FAULT_VGPU_PROFILE);
	/* Older drivers have mediated devices instead. */
	vf->vgpu_type.fact = absent("current_vgpu_type");
	expect_none(*state, vf);
	vf->vfio_devices = (struct fact_list){.fact = known("vfio-dev"), .count = 1};
	expect_unknown(*state, vf, FAULT_VGPU_PROFILE);
}

/* Whose PF is on nvidia: no other driver makes a vGPU of it. */
static void a_vf_of_nvidia_needs_the_driver_of_its_pf(void **state)
{
	struct pci_function *vf = add_card(*state);
	struct pci_function *pf = add_express(*state, "0000:02:00.0", NULL, EXPRESS_ENDPOINT);

	make_vf(vf, pf);
	set_driver(pf, "nvidia");
	set_driver(vf, "vfio-pci");
	expect_known(*state, vf, FAULT_VGPU_PROFILE, "vfio-pci in place of nvidia");
	vf->driver.fact = absent("driver");
	expect_known(*state, vf, FAULT_VGPU_PROFILE, "no driver in place of nvidia");
	vf->driver.fact = unreadable("driver", EACCES);
	expect_none(*state, vf);
	set_driver(vf, "vfio-pci");
	set_driver(pf, "igb");
	expect_none(*state, vf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bar_that_is_not_set_is_unplaced),
		TEST(a_port_range_that_is_not_set_is_unplaced),
		TEST(rom_and_vf_bars_that_are_not_set_are_fine),
		TEST(a_bar_that_was_cleared_is_told_by_its_register),
		TEST(the_upper_half_of_an_address_is_no_bar),
		TEST(functions_without_bars_of_their_own_are_fine),
		TEST(lines_that_were_not_read_leave_bars_without_address_open),
		TEST(config_space_of_ones_is_unreachable),
		TEST(ones_before_zeros_that_were_not_kept_are_an_answer),
		TEST(only_the_ids_of_a_vf_are_ones),
		TEST(sleep_is_not_death),
		TEST(a_vf_of_nvidia_needs_a_profile),
		TEST(a_vf_of_nvidia_needs_the_driver_of_its_pf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

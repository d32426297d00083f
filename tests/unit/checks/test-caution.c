/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

static struct pci_function *add_igd(struct paper *paper)
{
	struct pci_function *igd = add_function(paper, "0000:00:02.0", NULL);

	set_ids(igd, 0x8086, 0x46d1);
	set_class(igd, 0x030000);
	igd->reset_method = known_text("reset_method", "flr");
	return igd;
}

static struct pci_function *add_vf(struct paper *paper)
{
	struct pci_function *pf = add_function(paper, "0000:01:00.0", NULL);
	struct pci_function *vf = add_function(paper, "0000:01:10.0", NULL);

	set_driver(pf, "vfio-pci");
	make_vf(vf, pf);
	return pf;
}

static struct findings *judge_cautions(struct paper *paper)
{
	return judge(paper->arena, "caution", &paper->host);
}

static void integrated_graphics_are_explained(void **state)
{
	add_igd(*state);
	const struct finding *finding =
		expect_finding(judge_cautions(*state), "caution.igd", FINDING_WARN);

	assert_string_equal(finding->subject.id, "0000:00:02.0");
	assert_non_null(strstr(finding->remedy, "0000:00:02.0"));
}

static void a_rom_that_only_firmware_has_is_explained(void **state)
{
	struct pci_function *graphics = add_function(*state, "0000:c6:00.0", NULL);

	set_ids(graphics, 0x1002, 0x15bf);
	set_class(graphics, 0x030000);
	set_ids(add_function(*state, "0000:c6:00.2", NULL), 0x1022, 0x15c7);
	const struct finding *finding =
		expect_finding(judge_cautions(*state), "caution.rom", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "VFCT"));
}

static void a_token_is_explained(void **state)
{
	struct pci_function *pf = add_vf(*state);

	expect_finding(judge_cautions(*state), "caution.vf-token", FINDING_WARN);
	pf->driver.fact = unreadable("driver", EACCES);
	const struct finding *finding =
		expect_finding(judge_cautions(*state), "caution.vf-token", FINDING_UNKNOWN);
	assert_non_null(finding->remedy);
}

static void the_driver_that_a_grace_gpu_needs_is_named(void **state)
{
	struct pci_function *gpu = add_function(*state, "0009:01:00.0", NULL);

	set_ids(gpu, 0x10de, 0x2342);
	set_driver(gpu, "vfio-pci");
	const struct finding *finding =
		expect_finding(judge_cautions(*state), "caution.variant", FINDING_WARN);
	assert_string_equal(finding->remedy,
			    "Run a kernel that has the module nvgrace_gpu_vfio_pci (Linux 6.9 and "
			    "later, CONFIG_NVGRACE_GPU_VFIO_PCI)");
}

static void what_a_gpu_beside_nvswitches_waits_for_is_explained(void **state)
{
	struct pci_function *nvswitch = add_function(*state, "0000:05:00.0", NULL);
	struct pci_function *gpu = add_function(*state, "0000:18:00.0", NULL);

	set_ids(nvswitch, 0x10de, 0x22a3);
	set_class(nvswitch, 0x068000);
	set_ids(gpu, 0x10de, 0x2335);
	set_class(gpu, 0x030200);
	gpu->reset_method = known_text("reset_method", "flr");
	const struct finding *finding =
		expect_finding(judge_cautions(*state), "caution.nvlink", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:18:00.0");
	assert_non_null(strstr(finding->remedy, "NVreg_NvLinkDisable=1"));
}

static struct pci_function *add_card(struct paper *paper)
{
	struct pci_function *card = add_function(paper, "0000:01:00.0", NULL);

	set_class(card, 0x030000);
	set_driver(card, "vfio-pci");
	card->reset_method = known_text("reset_method", "flr");
	return card;
}

static void sleep_is_explained(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	paper->host.modules.vfio_pci_no_idle_d3 = known_text("disable_idle_d3", "N");
	card->port_power.fact = known("power_resources_D3hot");
	expect_finding(judge_cautions(paper), "caution.power", FINDING_WARN);
	card->port_power.fact = unreadable("power_resources_D3hot", EACCES);
	expect_finding(judge_cautions(paper), "caution.power", FINDING_UNKNOWN);
	card->port_power.fact.state = FACT_NOT_CAPTURED;
	assert_int_equal(judge_cautions(paper)->count, 0);
}

static void a_use_is_explained(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	struct usage_entry entry = {
		.kind = USAGE_SCREEN, .what = "DP-1", .path = card->path, .source = "enabled"};

	paper->host.usage.entries = &entry;
	paper->host.usage.count = 1;
	const struct finding *finding =
		expect_finding(judge_cautions(paper), "caution.in-use", FINDING_WARN);
	assert_true(has_evidence(finding, "enabled"));
}

static void a_narrow_unit_is_explained(void **state)
{
	struct pci_resource bar = {.start = 1, .end = 2, .flags = 0x14220c};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	card->resources = (struct pci_resources){known("resource"), &bar, 1};
	add_unit(paper, "dmar0", IOMMU_VTD)->capability =
		(struct fact_number){.fact = known("cap"), .value = 38 << 16 | 2 << 8};
	set_unit(card, "dmar0");
	paper->host.cpu.physical_bits = 46;
	expect_finding(judge_cautions(paper), "caution.address-width", FINDING_WARN);
}

static void a_shared_interrupt_line_is_explained(void **state)
{
	struct fact_text text =
		known_text("/proc/interrupts", " 16:  1  IR-IO-APIC   16-fasteoi   i801_smbus\n");
	struct paper *paper = *state;
	struct pci_function *card = add_function(paper, "0000:05:01.0", NULL);

	set_ids(card, 0x10ec, 0x8169);
	set_driver(card, "vfio-pci");
	set_config32(card, 0x3c, 0x10b);
	card->irq = (struct fact_number){known("irq"), 16};
	interrupts_parse(paper->arena, &text, &paper->host.interrupts);
	expect_finding(judge_cautions(paper), "caution.intx", FINDING_WARN);
	card->irq.fact = unreadable("irq", EACCES);
	expect_finding(judge_cautions(paper), "caution.intx", FINDING_UNKNOWN);
}

/* Another check has found it already. */
static void what_another_check_explains_is_not_told_twice(void **state)
{
	struct pci_function *igd = add_igd(*state);

	set_ids(igd, 0x1002, 0x687f);
	assert_int_equal(judge_cautions(*state)->count, 0);
	struct paper *paper = *state;
	const struct finding *finding = expect_finding(judge(paper->arena, "reset", &paper->host),
						       "reset.card", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "vendor_reset"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(integrated_graphics_are_explained),
		TEST(a_rom_that_only_firmware_has_is_explained),
		TEST(a_token_is_explained),
		TEST(the_driver_that_a_grace_gpu_needs_is_named),
		TEST(what_a_gpu_beside_nvswitches_waits_for_is_explained),
		TEST(sleep_is_explained),
		TEST(a_use_is_explained),
		TEST(a_narrow_unit_is_explained),
		TEST(a_shared_interrupt_line_is_explained),
		TEST(what_another_check_explains_is_not_told_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

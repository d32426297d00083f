/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/iommu_registers.h"

#include <inttypes.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

static struct fact_number number(uint64_t value)
{
	return (struct fact_number){.fact = known("register"), .value = (int64_t)value};
}

struct width_case {
	uint64_t capability;
	unsigned width;
};

static void the_width_of_vtd_is_the_smaller_of_mgaw_and_sagaw(void **state)
{
	static const struct width_case cases[] = {
		{0x000000000026 << 16 | 0x200, 39}, /* MGAW 39, SAGAW 39 */
		{0x00000000002f << 16 | 0x600, 48}, /* MGAW 48, SAGAW 39 and 48 */
		{0x000000000038 << 16 | 0x400, 48}, /* MGAW 57, SAGAW 48 */
		{0x000000000038 << 16 | 0xc00, 57}, /* MGAW 57, SAGAW 48 and 57 */
		{0x000000000026 << 16 | 0x000, 0},  /* no SAGAW at all */
		{0x000000000026 << 16 | 0x1100, 0}, /* reserved bits alone */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%#" PRIx64, cases[i].capability);
		struct iommu_registers registers = {.kind = IOMMU_VTD,
						    .capability = number(cases[i].capability)};
		assert_int_equal(iommu_address_width(&registers), cases[i].width);
	}
}

static void the_width_of_amd_vi_is_by_hats(void **state)
{
	static const struct width_case cases[] = {
		{0x000, 48}, {0x400, 57}, {0x800, 64}, {0xc00, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%#" PRIx64, cases[i].capability);
		struct iommu_registers registers = {.kind = IOMMU_AMD_VI,
						    .efr = number(cases[i].capability)};
		assert_int_equal(iommu_address_width(&registers), cases[i].width);
	}
}

/* Nothing answers there: no feature is taken from it. */
static void registers_of_all_ones_tell_nothing(void **state)
{
	struct iommu_unit running = {.kind = IOMMU_VTD,
				     .capability = number(UINT64_MAX),
				     .extended_capability = number(UINT64_MAX)};
	const struct dma_unit unit = {.kind = IOMMU_VTD, .running = &running};
	struct iommu_registers registers;
	bool has = false;

	(void)state;
	iommu_registers_read(&unit, NULL, &registers);
	assert_int_equal(registers.capability.fact.state, FACT_MALFORMED);
	assert_false(iommu_has_feature(&registers, IOMMU_PASS_THROUGH, &has));
	assert_int_equal(iommu_address_width(&registers), 0);
}

static void a_feature_is_known_where_its_register_is(void **state)
{
	struct iommu_registers registers = {.kind = IOMMU_VTD,
					    .extended_capability = number(1u << 3)};
	bool has = false;

	(void)state;
	assert_true(iommu_has_feature(&registers, IOMMU_INTERRUPT_REMAPPING, &has));
	assert_true(has);
	assert_true(iommu_has_feature(&registers, IOMMU_SNOOP_CONTROL, &has));
	assert_false(has);
	assert_false(iommu_has_feature(&registers, IOMMU_CACHING_MODE, &has));
	assert_false(iommu_has_feature(&registers, IOMMU_AMD_X2APIC, &has));
}

struct features_case {
	const char *text;
	enum fact_state state;
	uint64_t efr;
	enum fact_state second_state;
	uint64_t efr2;
};

static void features_are_told_apart_in_each_kernels_form(void **state)
{
	static const struct features_case cases[] = {
		{"206d73ef22254ade", FACT_KNOWN, 0x206d73ef22254ade, FACT_ABSENT, 0},
		{"10:206d73ef22254ade", FACT_KNOWN, 0x206d73ef22254ade, FACT_KNOWN, 0x10},
		{"206d73ef22254ade:10", FACT_KNOWN, 0x206d73ef22254ade, FACT_KNOWN, 0x10},
		{"29d3\n", FACT_KNOWN, 0x29d3, FACT_ABSENT, 0},
		{"f00000000000000f:1", FACT_KNOWN, 0xf00000000000000f, FACT_KNOWN, 1},
		{"", FACT_MALFORMED, 0, FACT_ABSENT, 0},
		{"none", FACT_MALFORMED, 0, FACT_ABSENT, 0},
		{"1:2:3", FACT_MALFORMED, 0, FACT_MALFORMED, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].text);
		struct fact_text text = known_text("features", cases[i].text);
		struct fact_number efr, efr2;
		iommu_parse_features(&text, &efr, &efr2);
		assert_int_equal(efr.fact.state, cases[i].state);
		assert_int_equal(efr.value, cases[i].efr);
		assert_int_equal(efr2.fact.state, cases[i].second_state);
		assert_int_equal(efr2.value, cases[i].efr2);
	}
}

static void the_tables_image_of_efr_counts_where_it_is_valid(void **state)
{
	struct ivrs_block ivhd = {.type = IVRS_IVHD_EFR, .efr = 0x29d3};
	struct dma_unit unit = {.kind = IOMMU_AMD_VI, .ivhd = &ivhd};
	struct ivrs ivrs = {.ivinfo = IVINFO_EFR_SUPPORTED};
	struct iommu_registers registers;

	(void)state;
	iommu_registers_read(&unit, &ivrs, &registers);
	assert_int_equal(registers.efr.value, 0x29d3);
	ivrs.ivinfo = 0;
	iommu_registers_read(&unit, &ivrs, &registers);
	assert_false(fact_known(&registers.efr.fact));
}

static struct findings *judge_capabilities(struct paper *paper)
{
	return judge(paper->arena, "iommu-capabilities", &paper->host);
}

static void the_check_describes_a_running_unit(void **state)
{
	struct paper *paper = *state;
	struct iommu_unit *unit = add_unit(paper, "dmar0", IOMMU_VTD);

	unit->capability = number(0x26 << 16 | 0x200);
	unit->extended_capability = number(0);
	paper->host.cpu.physical_bits = 39;
	struct findings *findings = judge_capabilities(paper);
	expect_finding(findings, "iommu-capabilities.described", FINDING_PASS);
	assert_null(finding_of(findings, "iommu-capabilities.narrow"));
}

static void the_check_warns_of_fewer_bits_than_the_processor_has(void **state)
{
	struct paper *paper = *state;

	add_unit(paper, "dmar0", IOMMU_VTD)->capability = number(0x26 << 16 | 0x200);
	paper->host.cpu.physical_bits = 46;
	expect_finding(judge_capabilities(paper), "iommu-capabilities.narrow", FINDING_WARN);
}

static void the_check_warns_where_pass_through_cannot_be(void **state)
{
	struct paper *paper = *state;
	struct iommu_unit *unit = add_unit(paper, "dmar0", IOMMU_VTD);

	unit->capability = number(0x26 << 16 | 0x200);
	unit->extended_capability = number(0);
	paper_command_line(paper, "iommu=pt\n");
	expect_finding(judge_capabilities(paper), "iommu-capabilities.no-pass-through",
		       FINDING_WARN);
	unit->extended_capability = number(1u << 6);
	assert_null(finding_of(judge_capabilities(paper), "iommu-capabilities.no-pass-through"));
}

static void the_check_warns_of_a_unit_without_any_width(void **state)
{
	struct paper *paper = *state;

	add_unit(paper, "dmar0", IOMMU_VTD)->capability = number(0x26 << 16);
	expect_finding(judge_capabilities(paper), "iommu-capabilities.no-width", FINDING_WARN);
}

static void the_check_knows_nothing_of_registers_it_could_not_read(void **state)
{
	struct paper *paper = *state;

	add_unit(paper, "dmar0", IOMMU_VTD)->capability.fact = unreadable("cap", 13);
	expect_finding(judge_capabilities(paper), "iommu-capabilities.unknown", FINDING_UNKNOWN);
}

static void the_check_is_no_matter_of_hosts_without_running_unit(void **state)
{
	struct paper *paper = *state;

	expect_finding(judge_capabilities(paper), "iommu-capabilities.not-applicable",
		       FINDING_NOT_APPLICABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers_of_all_ones_tell_nothing),
		TEST(the_width_of_vtd_is_the_smaller_of_mgaw_and_sagaw),
		TEST(the_width_of_amd_vi_is_by_hats),
		TEST(a_feature_is_known_where_its_register_is),
		TEST(features_are_told_apart_in_each_kernels_form),
		TEST(the_tables_image_of_efr_counts_where_it_is_valid),
		TEST(the_check_describes_a_running_unit),
		TEST(the_check_warns_of_fewer_bits_than_the_processor_has),
		TEST(the_check_warns_where_pass_through_cannot_be),
		TEST(the_check_warns_of_a_unit_without_any_width),
		TEST(the_check_knows_nothing_of_registers_it_could_not_read),
		TEST(the_check_is_no_matter_of_hosts_without_running_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

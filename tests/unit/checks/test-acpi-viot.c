/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define SOUND VIOT_IOMMU VIOT_RANGE

static void a_sound_table_passes_whatever_the_processor(void **state)
{
	static const enum cpu_vendor vendors[] = {CPU_INTEL, CPU_AMD, CPU_OTHER};
	struct paper *paper = *state;

	add_virtio_iommu(paper);
	set_viot(paper, 2, SOUND);
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		test_row("vendor %d", (int)vendors[i]);
		paper->host.cpu.vendor = vendors[i];
		const struct finding *finding =
			expect_host_finding(paper, "acpi-viot.present", FINDING_PASS);
		assert_true(has_evidence(finding, "88 bytes by : 1 IOMMU, 1 other node"));
		expect_host_finding(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
		expect_host_finding(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
	}
}

/* QEMU's virt gives both tables. */
static void an_iort_without_smmu_is_enough_beside_a_viot(void **state)
{
	struct paper *paper = *state;

	set_iort(paper, 1, IORT_ITS);
	set_viot(paper, 2, SOUND);
	assert_null(
		finding_of(judge(paper->arena, "acpi-iort", &paper->host), "acpi-iort.no-smmu"));
	paper->host.acpi.iort = (struct fact_text){.fact = absent("IORT")};
	expect_host_finding(paper, "acpi-iort.not-applicable", FINDING_NOT_APPLICABLE);
}

struct presence {
	bool has_function;
	bool runs;
	struct fact directory;
	struct fact table;
	const char *id;
	enum finding_verdict verdict;
};

static void a_table_that_is_not_there_is_judged_by_the_host(void **state)
{
	const struct presence rows[] = {
		{false, false, known("tables"), absent("VIOT"), "acpi-viot.not-applicable",
		 FINDING_NOT_APPLICABLE},
		{false, false, known("tables"), unreadable("VIOT", EACCES), "acpi-viot.unreadable",
		 FINDING_UNKNOWN},
		{true, false, known("tables"), absent("VIOT"), "acpi-viot.absent", FINDING_FAIL},
		{true, true, known("tables"), absent("VIOT"), "acpi-viot.hidden", FINDING_WARN},
		{true, false, unreadable("tables", EACCES), absent("VIOT"), "acpi-viot.hidden",
		 FINDING_UNKNOWN},
		/* A device tree. */
		{true, true, absent("tables"), absent("VIOT"), "acpi-viot.not-applicable",
		 FINDING_NOT_APPLICABLE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct paper *paper = *state;
		test_row("%zu: %s", i, rows[i].id);
		paper_reset(paper);
		if (rows[i].has_function)
			add_virtio_iommu(paper);
		if (rows[i].runs)
			add_unit(paper, "0000:00:01.0", IOMMU_OTHER);
		paper->host.acpi.directory.fact = rows[i].directory;
		paper->host.acpi.viot = (struct fact_text){.fact = rows[i].table};
		expect_host_finding(paper, rows[i].id, rows[i].verdict);
	}
}

struct damage {
	const char *id;
	uint8_t count;
	const char *nodes;
	enum finding_verdict verdict;
};

static const struct damage damages[] = {
	{"acpi-viot.outside", 3, SOUND, FINDING_WARN},
	{"acpi-viot.empty-node", 3, SOUND "01 00 0300", FINDING_WARN},
	{"acpi-viot.past-end", 3, SOUND "01 00 1800", FINDING_FAIL},
	{"acpi-viot.short-node", 3, SOUND "01 00 0400", FINDING_WARN},
	{"acpi-viot.node-type", 3, SOUND "09 00 0400", FINDING_WARN},
	{"acpi-viot.no-iommu", 2, VIOT_IOMMU VIOT_RANGE_BEHIND("3400"), FINDING_WARN},
	{"acpi-viot.no-iommu", 2, VIOT_IOMMU VIOT_RANGE_BEHIND("4000"), FINDING_WARN},
};

static void each_defect_is_told_with_what_the_kernel_makes_of_it(void **state)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		test_row("%s", damages[i].id);
		paper_reset(*state);
		add_virtio_iommu(*state);
		set_viot(*state, damages[i].count, damages[i].nodes);
		expect_host_finding(*state, damages[i].id, damages[i].verdict);
	}
}

static void damage_of_the_head_is_told(void **state)
{
	struct paper *paper = *state;

	set_viot(paper, 2, SOUND)->bytes[9] ^= 1;
	expect_host_finding(paper, "acpi-viot.checksum", FINDING_WARN);
	set_viot(paper, 2, SOUND);
	paper->host.acpi.viot.length++;
	expect_host_finding(paper, "acpi-viot.trailing-bytes", FINDING_WARN);
	paper->host.acpi.viot.length -= 2;
	expect_host_finding(paper, "acpi-viot.cut-short", FINDING_UNKNOWN);
	set_viot(paper, 2, SOUND)->bytes[0] = 'X';
	expect_host_finding(paper, "acpi-viot.malformed", FINDING_FAIL);
}

static void more_nodes_than_any_real_table_has_are_not_judged(void **state)
{
	enum { NODES = 5000, HEAD = 4 };
	struct test_table *table = set_viot(*state, 0, "");

	for (size_t i = 0; i < NODES; i++)
		table_add(table, "09 00 0400");
	table->bytes[36] = NODES & 0xff;
	table->bytes[37] = NODES >> 8;
	((struct paper *)*state)->host.acpi.viot =
		table_finish(table, "/sys/firmware/acpi/tables/VIOT");
	expect_host_finding(*state, "acpi-viot.too-many", FINDING_UNKNOWN);
}

static const struct dma_match *match_of(struct paper *paper, const struct pci_function *function)
{
	model_build(&paper->host, paper->arena, &paper->model);
	return dma_units_match(&paper->model.dma_units, function);
}

/* Buses from 4 on are behind no virtio-iommu, and it is not behind itself. */
static void functions_are_told_by_their_virtio_iommu(void **state)
{
	struct paper *paper = *state;
	struct pci_function *itself = add_virtio_iommu(paper);
	struct pci_function *behind = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *beside = add_express(paper, "0000:04:00.0", NULL, EXPRESS_ENDPOINT);

	set_viot(paper, 2, SOUND);
	assert_int_equal(match_of(paper, behind)->coverage, DMA_COVERED);
	assert_null(match_of(paper, behind)->unit->running);
	assert_int_equal(match_of(paper, beside)->coverage, DMA_UNCOVERED);
	assert_int_equal(match_of(paper, itself)->coverage, DMA_UNCOVERED);
	const struct finding *finding =
		expect_host_finding(paper, "dma-units.uncovered", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:04:00.0");

	add_unit(paper, "0000:00:01.0", IOMMU_OTHER);
	assert_non_null(match_of(paper, behind)->unit->running);
	assert_int_equal(paper->model.dma_units.count, 1);
}

static void an_iommu_of_a_function_that_is_not_there_translates_nothing(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	set_viot(paper, 2, SOUND);
	assert_int_equal(match_of(paper, function)->coverage, DMA_UNCOVERED);
	const struct finding *finding =
		expect_host_finding(paper, "acpi-viot.iommu-not-there", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "0000:00:01.0"));
}

static void a_table_that_was_not_read_tells_nothing(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	set_iort(paper, 1, IORT_ITS);
	assert_int_equal(match_of(paper, function)->coverage, DMA_UNCOVERED);
	paper->host.acpi.viot.fact = unreadable("VIOT", EACCES);
	assert_int_equal(match_of(paper, function)->coverage, DMA_COVERAGE_UNKNOWN);
}

static void the_virtio_iommu_itself_is_no_candidate(void **state)
{
	struct paper *paper = *state;
	struct pci_function *itself = add_virtio_iommu(paper);
	static const char *const groups[] = {"0000:01:00.0"};

	add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	add_groups(paper, groups, 1);
	model_build(&paper->host, paper->arena, &paper->model);
	assert_int_equal(assignability_of(&paper->model.assignability, itself)->verdict,
			 ASSIGNABLE_NOT_A_CANDIDATE);
	assert_null(finding_of(judge(paper->arena, "iommu-groups", &paper->host),
			       "iommu-groups.ungrouped"));
}

static void the_driver_is_to_be_loaded(void **state)
{
	struct paper *paper = *state;

	add_virtio_iommu(paper);
	set_viot(paper, 2, SOUND);
	const struct finding *finding =
		expect_host_finding(paper, "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "virtio_iommu"));
	paper_kconfig(paper, "# CONFIG_VIRTIO_IOMMU is not set\n");
	finding = expect_host_finding(paper, "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "kernel's configuration"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_table_passes_whatever_the_processor),
		TEST(an_iort_without_smmu_is_enough_beside_a_viot),
		TEST(a_table_that_is_not_there_is_judged_by_the_host),
		TEST(each_defect_is_told_with_what_the_kernel_makes_of_it),
		TEST(damage_of_the_head_is_told),
		TEST(more_nodes_than_any_real_table_has_are_not_judged),
		TEST(functions_are_told_by_their_virtio_iommu),
		TEST(an_iommu_of_a_function_that_is_not_there_translates_nothing),
		TEST(a_table_that_was_not_read_tells_nothing),
		TEST(the_virtio_iommu_itself_is_no_candidate),
		TEST(the_driver_is_to_be_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define SOUND IORT_ITS IORT_SMMU IORT_ROOT

static void a_sound_table_passes(void **state)
{
	struct paper *paper = *state;

	set_iort(paper, 3, SOUND);
	const struct finding *finding =
		expect_host_finding(paper, "acpi-iort.present", FINDING_PASS);
	assert_true(has_evidence(finding,
				 "216 bytes by : 1 SMMUs, 1 root complexes, 1 ITS groups, 0 RMRs"));
}

static void a_table_without_smmu_fails_unless_one_runs(void **state)
{
	struct paper *paper = *state;

	set_iort(paper, 1, IORT_ITS);
	paper->host.product = known_text("product_name", "QEMU Virtual Machine");
	const struct finding *finding =
		expect_host_finding(paper, "acpi-iort.no-smmu", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "iommu=smmuv3"));
	add_express(paper, "0000:04:00.0", NULL, EXPRESS_ENDPOINT);
	assert_null(
		finding_of(judge(paper->arena, "dma-units", &paper->host), "dma-units.uncovered"));
	paper->host.product = known_text("product_name", "Altra");
	finding = expect_host_finding(paper, "acpi-iort.no-smmu", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "firmware setup"));
	add_unit(paper, "smmu3.0x9050000", IOMMU_SMMU);
	assert_null(
		finding_of(judge(paper->arena, "acpi-iort", &paper->host), "acpi-iort.no-smmu"));
}

static void an_smmu_that_is_not_coherent_warns(void **state)
{
	set_iort(*state, 3, IORT_ITS IORT_SMMU_WITH("00000000") IORT_ROOT);
	const struct finding *finding =
		expect_host_finding(*state, "acpi-iort.incoherent", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "0x9050000"));
}

struct presence {
	const char *architecture;
	struct fact directory;
	struct fact table;
	const char *id;
	enum finding_verdict verdict;
	bool device_tree; /* one has the host bridges */
};

static void a_table_that_is_not_there_is_judged_by_the_host(void **state)
{
	const struct presence rows[] = {
		{"aarch64", known("tables"), absent("IORT"), "acpi-iort.absent", FINDING_FAIL,
		 false},
		{"aarch64", known("tables"), unreadable("IORT", EACCES), "acpi-iort.unreadable",
		 FINDING_UNKNOWN, false},
		{"aarch64", unreadable("tables", EACCES), absent("IORT"), "acpi-iort.hidden",
		 FINDING_UNKNOWN, false},
		/* A device tree. */
		{"aarch64", absent("tables"), absent("IORT"), "acpi-iort.not-applicable",
		 FINDING_NOT_APPLICABLE, false},
		{"aarch64",
		 {FACT_NOT_CAPTURED, 0, "tables"},
		 {FACT_NOT_CAPTURED, 0, "IORT"},
		 "acpi-iort.not-applicable",
		 FINDING_NOT_APPLICABLE,
		 true},
		{"aarch64",
		 {FACT_NOT_CAPTURED, 0, "tables"},
		 {FACT_NOT_CAPTURED, 0, "IORT"},
		 "acpi-iort.unreadable",
		 FINDING_UNKNOWN,
		 false},
		{"x86_64", known("tables"), absent("IORT"), "acpi-iort.not-applicable",
		 FINDING_NOT_APPLICABLE, false},
	};

	struct iommu_map map = {.path = "/sys/devices/platform/p/pci0000:00"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct paper *paper = *state;
		test_row("%zu: %s", i, rows[i].id);
		paper->host.cpu.architecture = rows[i].architecture;
		paper->host.acpi.directory.fact = rows[i].directory;
		paper->host.device_tree.maps = &map;
		paper->host.device_tree.map_count = rows[i].device_tree;
		paper->host.acpi.iort = (struct fact_text){.fact = rows[i].table};
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
	{"acpi-iort.zero-length", 2, IORT_ITS "00 0000 01 00000000 00000000 00000000",
	 FINDING_WARN},
	{"acpi-iort.past-end", 2,
	 IORT_ITS "00 1900 01 00000000 00000000 00000000 00000000 00000000", FINDING_FAIL},
	{"acpi-iort.too-few", 2, IORT_ITS, FINDING_WARN},
	{"acpi-iort.short-node", 2, IORT_ITS "04 1000 00 00000000 00000000 00000000", FINDING_FAIL},
	{"acpi-iort.node-type", 2, IORT_ITS "09 1000 00 00000000 00000000 00000000", FINDING_WARN},
	{"acpi-iort.mappings", 2,
	 IORT_ITS "02 2000 00 00000000 01000000 20000000 0000000000000000 00000000 00000000",
	 FINDING_FAIL},
	{"acpi-iort.null-reference", 2,
	 IORT_ITS "02 3400 00 00000000 01000000 20000000 0000000000000000 00000000 00000000"
		  "00000000 ff000000 00000000 00000000 00000000",
	 FINDING_WARN},
	{"acpi-iort.reference", 2,
	 IORT_ITS "02 3400 00 00000000 01000000 20000000 0000000000000000 00000000 00000000"
		  "00000000 ff000000 00000000 31000000 00000000",
	 FINDING_FAIL},
	{"acpi-iort.list", 1, "00 1400 01 00000000 00000000 00000000 02000000", FINDING_FAIL},
	{"acpi-iort.unmapped-rmr", 2,
	 IORT_ITS "06 1c00 03 00000000 00000000 00000000 00000000 00000000 00000000", FINDING_WARN},
	{"acpi-iort.too-many", 1, "00 1400 01 00000000 00000000 00000000 00000200",
	 FINDING_UNKNOWN},
};

static void each_defect_is_told_with_what_the_kernel_makes_of_it(void **state)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		test_row("%s", damages[i].id);
		paper_reset(*state);
		set_iort(*state, damages[i].count, damages[i].nodes);
		expect_host_finding(*state, damages[i].id, damages[i].verdict);
	}
}

static void damage_of_the_head_is_told(void **state)
{
	struct paper *paper = *state;

	set_iort(paper, 1, IORT_ITS)->bytes[9] ^= 1;
	expect_host_finding(paper, "acpi-iort.checksum", FINDING_WARN);
	set_iort(paper, 1, IORT_ITS);
	paper->host.acpi.iort.length++;
	expect_host_finding(paper, "acpi-iort.trailing-bytes", FINDING_WARN);
	paper->host.acpi.iort.length -= 2;
	expect_host_finding(paper, "acpi-iort.cut-short", FINDING_UNKNOWN);
	set_iort(paper, 1, IORT_ITS)->bytes[0] = 'X';
	expect_host_finding(paper, "acpi-iort.malformed", FINDING_FAIL);
	set_iort(paper, 1, IORT_ITS)->bytes[40] = 1;
	expect_host_finding(paper, "acpi-iort.offset", FINDING_FAIL);
}

/* Buses from 4 on are behind no SMMU. */
static void functions_are_told_by_their_smmu(void **state)
{
	struct paper *paper = *state;
	struct pci_function *behind = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *beside = add_express(paper, "0000:04:00.0", NULL, EXPRESS_ENDPOINT);

	set_iort(paper, 3, SOUND);
	model_build(&paper->host, paper->arena, &paper->model);
	const struct dma_match *match = dma_units_match(&paper->model.dma_units, behind);
	assert_int_equal(match->coverage, DMA_COVERED);
	assert_int_equal(dma_unit_base(match->unit), 0x9050000);
	assert_null(match->unit->running);
	assert_int_equal(dma_units_match(&paper->model.dma_units, beside)->coverage, DMA_UNCOVERED);
	const struct finding *finding =
		expect_host_finding(paper, "dma-units.uncovered", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:04:00.0");

	add_unit(paper, "smmu3.0x0000000009050000", IOMMU_SMMU);
	model_build(&paper->host, paper->arena, &paper->model);
	assert_int_equal(paper->model.dma_units.count, 1);
	assert_non_null(paper->model.dma_units.units[0].running);
}

static enum assignable_verdict verdict_of(struct paper *paper, const struct pci_function *function)
{
	model_build(&paper->host, paper->arena, &paper->model);
	return assignability_of(&paper->model.assignability, function)->verdict;
}

/* Up to Linux 6.14 neither is in a group before a driver is bound, and one never will be. */
static void a_driver_brings_nothing_to_an_smmu_that_does_not_cover_it(void **state)
{
	struct paper *paper = *state;
	struct pci_function *behind = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *beside = add_express(paper, "0000:04:00.0", NULL, EXPRESS_ENDPOINT);

	set_iort(paper, 3, SOUND);
	add_unit(paper, "smmu3.0x0000000009050000", IOMMU_SMMU);
	paper_kernel(paper, "6.12.117");
	assert_int_equal(verdict_of(paper, behind), ASSIGNABLE);
	assert_int_equal(verdict_of(paper, beside), ASSIGNABLE_BLOCKED);
}

static void what_is_behind_an_incoherent_smmu_is_blocked(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	static const char *const groups[] = {"0000:01:00.0"};

	add_groups(paper, groups, 1);
	set_iort(paper, 3, SOUND);
	assert_int_equal(verdict_of(paper, function), ASSIGNABLE);
	set_iort(paper, 3, IORT_ITS IORT_SMMU_WITH("00000000") IORT_ROOT);
	assert_int_equal(verdict_of(paper, function), ASSIGNABLE_BLOCKED);
	const struct blocker *blocker =
		assignability_of(&paper->model.assignability, function)->blockers;
	assert_string_equal(blocker_kind_name(blocker->kind), "coherency");
	paper_kernel(paper, "5.15.0-100-generic");
	assert_int_equal(verdict_of(paper, function), ASSIGNABLE);
	assert_null(
		finding_of(judge(paper->arena, "acpi-iort", &paper->host), "acpi-iort.incoherent"));
	paper_kernel(paper, "6.1.0");
	assert_int_equal(verdict_of(paper, function), ASSIGNABLE_BLOCKED);
}

/* Whether the kernel heeds a range is seen in its list of a group alone. */
static void ranges_are_reserved_memory(void **state)
{
	static const struct {
		const char *nodes;
		const char *release;
		enum reserved_effect effect;
	} rows[] = {
		{SOUND IORT_RANGES("00000000"), "6.12.1", RESERVED_EFFECT_UNKNOWN},
		{SOUND IORT_RANGES("01000000"), "6.12.1", RESERVED_HARMLESS},
		{SOUND IORT_RANGES("00000000"), "5.15.1", RESERVED_HARMLESS},
	};
	struct paper *paper = *state;
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct reserved_region *region;
		test_row("%zu", i);
		set_iort(paper, 4, rows[i].nodes);
		paper_kernel(paper, rows[i].release);
		model_build(&paper->host, paper->arena, &paper->model);
		const struct reserved_memory *memory = &paper->model.reserved_memory;
		assert_int_equal(memory->count, 1);
		assert_string_equal(reserved_kind_name(memory->regions[0].kind), "rmr");
		assert_int_equal(memory->regions[0].start, 0x10000000);
		assert_int_equal(memory->regions[0].end, 0x1000ffff);
		assert_ptr_equal(memory->regions[0].functions[0], function);
		assert_int_equal(reserved_memory_blocks(memory, function, &region), rows[i].effect);
	}
}

/* An SMMUv2 without coherent walks, at 0x2b800000 or as high has it: 76 bytes. */
#define SMMU_V2(high)                                                                              \
	"03 4c00 03 01000000 00000000 00000000 0000802b" high "0000020000000000"                   \
	"01000000 00000000 3c000000 01000000 44000000 00000000 00000000"                           \
	"21000000 04000000 22000000 04000000"

/* arm_smmu_capable() of drivers/iommu/arm/arm-smmu/arm-smmu.c: the device's own coherency does. */
static void an_smmu_of_version_2_translates_whatever_its_walks(void **state)
{
	struct paper *paper = *state;
	struct pci_function *behind = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *beside = add_express(paper, "0000:04:00.0", NULL, EXPRESS_ENDPOINT);

	set_iort(paper, 4, IORT_ITS SMMU_V2("00000000") IORT_ROOT IORT_RANGES("00000000"));
	paper_kernel(paper, "6.12.1");
	add_unit(paper, "smmu.0x000000002b800000", IOMMU_SMMU);
	model_build(&paper->host, paper->arena, &paper->model);
	const struct dma_units *units = &paper->model.dma_units;
	const struct dma_match *match = dma_units_match(units, behind);
	assert_int_equal(match->coverage, DMA_COVERED);
	assert_int_equal(dma_unit_base(match->unit), 0x2b800000);
	assert_string_equal(dma_unit_name(match->unit), "smmu.0x000000002b800000");
	assert_false(dma_unit_is_incoherent(&paper->model.dma_units, match->unit));
	assert_int_equal(dma_units_match(units, beside)->coverage, DMA_UNCOVERED);
	const struct reserved_memory *memory = &paper->model.reserved_memory;
	assert_int_equal(memory->count, 1);
	assert_int_equal(memory->regions[0].function_count, 1);
	assert_ptr_equal(memory->regions[0].functions[0], behind);
}

/* Buses 0 and 1 are behind the first, 2 and 3 behind the second, which reserves for 02:00.0. */
static void each_of_two_smmus_has_its_functions(void **state)
{
	struct paper *paper = *state;
	struct pci_function *first = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *second = add_express(paper, "0000:02:00.0", NULL, EXPRESS_ENDPOINT);

	set_iort(
		paper, 5,
		IORT_ITS SMMU_V2("00000000") SMMU_V2(
			"01000000") "02 4c00 03 02000000 02000000 24000000 0100000000000003 00000000 00000000"
				    "40 0000 00 00000000 ff010000 00000000 48000000 00000000"
				    "00020000 ff010000 00020000 94000000 00000000"
				    "06 4400 03 03000000 01000000 1c000000 00000000 01000000 30000000"
				    "00000000 00000000 00020000 94000000 00000000"
				    "0000001000000000 0000010000000000 00000000");
	paper_kernel(paper, "6.12.1");
	model_build(&paper->host, paper->arena, &paper->model);
	const struct dma_units *units = &paper->model.dma_units;
	assert_int_equal(dma_unit_base(dma_units_match(units, first)->unit), 0x2b800000);
	assert_int_equal(dma_unit_base(dma_units_match(units, second)->unit), 0x12b800000);
	const struct reserved_memory *memory = &paper->model.reserved_memory;
	assert_int_equal(memory->count, 1);
	assert_int_equal(memory->regions[0].function_count, 1);
	assert_ptr_equal(memory->regions[0].functions[0], second);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_table_passes),
		TEST(a_table_without_smmu_fails_unless_one_runs),
		TEST(an_smmu_that_is_not_coherent_warns),
		TEST(a_table_that_is_not_there_is_judged_by_the_host),
		TEST(each_defect_is_told_with_what_the_kernel_makes_of_it),
		TEST(damage_of_the_head_is_told),
		TEST(functions_are_told_by_their_smmu),
		TEST(a_driver_brings_nothing_to_an_smmu_that_does_not_cover_it),
		TEST(what_is_behind_an_incoherent_smmu_is_blocked),
		TEST(ranges_are_reserved_memory),
		TEST(an_smmu_of_version_2_translates_whatever_its_walks),
		TEST(each_of_two_smmus_has_its_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

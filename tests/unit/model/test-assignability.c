/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/assignability.h"

#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "model/model.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

static const struct assignable *judge_of(struct paper *paper, const struct pci_function *function)
{
	struct model *model = arena_alloc(paper->arena, sizeof(*model));

	assert_non_null(model);
	model_build(&paper->host, paper->arena, model);
	assert_false(arena_failed(paper->arena));
	return assignability_of(&model->assignability, function);
}

static void expect(struct paper *paper, const struct pci_function *function,
		   enum assignable_verdict verdict)
{
	assert_string_equal(assignable_verdict_name(judge_of(paper, function)->verdict),
			    assignable_verdict_name(verdict));
}

static void expect_blocker(struct paper *paper, const struct pci_function *function,
			   enum blocker_kind kind)
{
	const struct assignable *assignable = judge_of(paper, function);
	const struct blocker *blocker = assignable->blockers;

	assert_int_equal(assignable->verdict, ASSIGNABLE_BLOCKED);
	while (blocker && blocker->kind != kind)
		blocker = blocker->next;
	assert_non_null(blocker);
}

/* Two functions of one slot, and the group that they share. */
static const char *const pair_groups[] = {"0000:01:00.0 0000:01:00.1"};

struct pair {
	struct pci_function *function;
	struct pci_function *companion;
};

static struct pair add_pair(struct paper *paper)
{
	struct pair pair = {
		.function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT),
		.companion = add_express(paper, "0000:01:00.1", NULL, EXPRESS_ENDPOINT),
	};

	make_multifunction(pair.function);
	add_groups(paper, pair_groups, ARRAY_LENGTH(pair_groups));
	return pair;
}

static struct pci_function *add_alone(struct paper *paper)
{
	static const char *const groups[] = {"0000:01:00.0"};
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	add_groups(paper, groups, ARRAY_LENGTH(groups));
	return function;
}

static void function_alone_in_its_group_is_assignable(void **state)
{
	expect(*state, add_alone(*state), ASSIGNABLE);
}

static void own_driver_does_not_matter(void **state)
{
	struct pci_function *function = add_alone(*state);

	set_driver(function, "e1000e");
	expect(*state, function, ASSIGNABLE);
}

static void bridges_are_no_candidates(void **state)
{
	static const uint32_t of_the_machine[] = {0x060000, 0x060100, 0x060200, 0x060300};
	struct pci_function *bridge = add_function(*state, "0000:00:00.0", NULL);

	for (size_t i = 0; i < ARRAY_LENGTH(of_the_machine); i++) {
		test_row("%06x", of_the_machine[i]);
		set_class(bridge, of_the_machine[i]);
		expect(*state, bridge, ASSIGNABLE_NOT_A_CANDIDATE);
	}
	expect(*state, add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT),
	       ASSIGNABLE_NOT_A_CANDIDATE);
}

/* vfio-pci goes by the header: NVSwitch and non-transparent bridges have that of an endpoint. */
static void other_bridges_with_the_header_of_an_endpoint_are_candidates(void **state)
{
	struct pci_function *function = add_alone(*state);

	set_class(function, 0x068000);
	expect(*state, function, ASSIGNABLE);
	make_bridge(function);
	expect(*state, function, ASSIGNABLE_NOT_A_CANDIDATE);
}

static void class_tells_of_a_bridge_whose_header_was_not_read(void **state)
{
	struct pci_function *function = add_alone(*state);

	set_class(function, 0x060400);
	expect(*state, function, ASSIGNABLE);
	function->config.fact = unreadable("config", EIO);
	function->config.length = 0;
	expect(*state, function, ASSIGNABLE_NOT_A_CANDIDATE);
	set_class(function, 0x068000);
	expect(*state, function, ASSIGNABLE_UNDETERMINED);
}

static void amd_iommu_is_no_candidate(void **state)
{
	struct paper *paper = *state;
	struct pci_function *iommu = add_function(*state, "0000:00:00.2", NULL);

	paper->host.acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	paper->host.acpi.ivrs.fact = known("/sys/firmware/acpi/tables/IVRS");
	set_class(iommu, 0x080600);
	expect(*state, iommu, ASSIGNABLE_NOT_A_CANDIDATE);
}

static void function_without_group_is_blocked(void **state)
{
	struct pci_function *function = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	expect_blocker(*state, function, BLOCKER_REMAPPING_OFF);
	add_unit(*state, "dmar0", IOMMU_VTD);
	expect_blocker(*state, function, BLOCKER_NO_GROUP);
}

/* Up to Linux 6.14 a function joins the group of an SMMU when a driver is bound to it, if the SMMU
 * translates it: no table says so here. */
static void a_group_that_may_come_with_a_driver_is_open(void **state)
{
	struct paper *paper = *state;
	struct pair pair = {
		.function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT),
		.companion = add_express(paper, "0000:01:00.1", NULL, EXPRESS_ENDPOINT),
	};
	static const char *const groups[] = {"0000:01:00.1"};

	make_multifunction(pair.function);
	add_groups(paper, groups, ARRAY_LENGTH(groups));
	paper->host.units.units[0].kind = IOMMU_SMMU;
	paper->host.cpu.architecture = "aarch64";
	set_driver(pair.companion, "nvme");
	paper_kernel(paper, "6.12.117");
	expect(paper, pair.function, ASSIGNABLE_UNDETERMINED);
	set_driver(pair.function, "e1000e");
	expect_blocker(paper, pair.function, BLOCKER_NO_GROUP);
}

static void newer_kernels_group_functions_without_a_driver(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	paper->host.cpu.architecture = "aarch64";
	add_unit(paper, "smmu3.0x9050000", IOMMU_SMMU);
	paper_kernel(paper, "6.15.0");
	expect_blocker(paper, function, BLOCKER_NO_GROUP);
	paper_kernel(paper, "6.14.11");
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
}

static void function_of_a_tree_without_groups_is_undetermined(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	paper->host.groups.fact.state = FACT_NOT_CAPTURED;
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
}

static void group_of_noiommu_mode_is_blocked(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	paper->host.groups.groups[0].name = known_text("name", "vfio-noiommu");
	function->iommu.fact = absent("iommu");
	expect_blocker(*state, function, BLOCKER_NOIOMMU);
}

static void device_of_noiommu_mode_without_a_group_is_blocked(void **state)
{
	static const char *const names[] = {"noiommu-vfio0"};
	struct pci_function *function = add_alone(*state);

	function->group.fact = absent("iommu_group");
	function->iommu.fact = absent("iommu");
	function->vfio_devices = (struct fact_list){known("vfio-dev"), names, 1};
	expect_blocker(*state, function, BLOCKER_NOIOMMU);
}

static void companion_on_a_host_driver_must_leave_it(void **state)
{
	struct pair pair = add_pair(*state);

	set_driver(pair.companion, "snd_hda_intel");
	const struct assignable *assignable = judge_of(*state, pair.function);
	assert_int_equal(assignable->verdict, ASSIGNABLE_WITH);
	assert_int_equal(assignable->companion_count, 1);
	assert_ptr_equal(assignable->companions[0], pair.companion);
	expect(*state, pair.companion, ASSIGNABLE);
}

static void companion_on_a_driver_that_made_a_device_of_vfio_may_stay(void **state)
{
	static const char *const devices[] = {"vfio0"};
	struct pair pair = add_pair(*state);

	set_driver(pair.companion, "acme_migration");
	expect(*state, pair.function, ASSIGNABLE_WITH);
	pair.companion->vfio_devices =
		(struct fact_list){.fact = known("vfio-dev"), .names = devices, .count = 1};
	expect(*state, pair.function, ASSIGNABLE);
}

static void no_function_is_a_companion_of_itself(void **state)
{
	struct pair pair = add_pair(*state);
	const struct pci_function *functions[] = {pair.function, pair.companion};

	set_driver(pair.function, "nouveau");
	set_driver(pair.companion, "snd_hda_intel");
	for (size_t i = 0; i < 2; i++) {
		const struct assignable *assignable = judge_of(*state, functions[i]);
		assert_int_equal(assignable->verdict, ASSIGNABLE_WITH);
		assert_int_equal(assignable->companion_count, 1);
		assert_ptr_equal(assignable->companions[0], functions[!i]);
	}
}

/* The names of a function's companions, apart by spaces. */
static const char *companion_names(struct paper *paper, const struct pci_function *function)
{
	const struct assignable *assignable = judge_of(paper, function);
	const char *names = "";

	for (size_t i = 0; i < assignable->companion_count; i++)
		names = arena_printf(paper->arena, "%s%s%s", names, i ? " " : "",
				     assignable->companions[i]->name);
	return names;
}

static void no_function_is_its_own_companion(void **state)
{
	static const char *const groups[] = {"0000:01:00.0 0000:01:00.1 0000:01:00.2"};
	struct pci_function *functions[3];
	static const char *const names[] = {"0000:01:00.0", "0000:01:00.1", "0000:01:00.2"};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		functions[i] = add_express(*state, names[i], NULL, EXPRESS_ENDPOINT);
		set_driver(functions[i], "e1000e");
	}
	add_groups(*state, groups, ARRAY_LENGTH(groups));
	assert_string_equal(companion_names(*state, functions[0]), "0000:01:00.1 0000:01:00.2");
	assert_string_equal(companion_names(*state, functions[1]), "0000:01:00.2 0000:01:00.0");
	assert_string_equal(companion_names(*state, functions[2]), "0000:01:00.0 0000:01:00.1");
}

struct driver_case {
	const char *driver;
	enum assignable_verdict verdict;
};

/* As the viability replay and driver_managed_dma of 7.3 have it. */
static const struct driver_case driver_cases[] = {
	{"vfio-pci", ASSIGNABLE},
	{"pci-stub", ASSIGNABLE},
	{"mlx5_vfio_pci", ASSIGNABLE},
	{"hisi_acc_vfio_pci", ASSIGNABLE},
	{"xe-vfio-pci", ASSIGNABLE},
	{"nvgrace_gpu_vfio_pci", ASSIGNABLE},
	{"uio_pci_generic", ASSIGNABLE_WITH},
	{"xen-pciback", ASSIGNABLE_WITH},
	{"e1000e", ASSIGNABLE_WITH},
	{"vfio-pci-like", ASSIGNABLE_WITH},
};

static void drivers_that_leave_dma_alone_do_no_harm(void **state)
{
	struct pair pair = add_pair(*state);

	for (size_t i = 0; i < ARRAY_LENGTH(driver_cases); i++) {
		test_row("%s", driver_cases[i].driver);
		set_driver(pair.companion, driver_cases[i].driver);
		expect(*state, pair.function, driver_cases[i].verdict);
	}
}

/* A port in the group: pcieport leaves DMA alone, shpchp does not. */
static void drivers_of_bridges_count_from_5_19_on(void **state)
{
	static const char *const groups[] = {"0000:00:1c.0 0000:01:00.0"};
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *function = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);

	add_groups(*state, groups, ARRAY_LENGTH(groups));
	set_driver(port, "pcieport");
	expect(*state, function, ASSIGNABLE);
	set_driver(port, "shpchp");
	expect(*state, function, ASSIGNABLE_WITH);
	paper_kernel(*state, "5.18.0");
	expect(*state, function, ASSIGNABLE);
	paper_kernel(*state, "5.14.0-427.el9.x86_64");
	expect(*state, function, ASSIGNABLE_WITH);
	paper_kernel(*state, "5.14.21-150500.55.83-default");
	expect(*state, function, ASSIGNABLE_WITH);
}

static void unread_driver_of_a_companion_is_undetermined(void **state)
{
	struct pair pair = add_pair(*state);

	pair.companion->driver.fact = unreadable("driver", 13);
	expect(*state, pair.function, ASSIGNABLE_UNDETERMINED);
}

static void member_that_was_not_read_is_undetermined(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);
	static const char *const names[] = {"0000:01:00.0", "AMDI0020:00"};

	paper->host.groups.groups[0].devices.names = names;
	paper->host.groups.groups[0].devices.count = ARRAY_LENGTH(names);
	expect(*state, function, ASSIGNABLE_UNDETERMINED);
}

static void list_of_a_group_that_lacks_members_is_undetermined(void **state)
{
	struct paper *paper = *state;
	struct pair pair = add_pair(paper);

	set_driver(pair.companion, "e1000e");
	paper->host.groups.groups[0].devices.count = 1;
	expect(paper, pair.function, ASSIGNABLE_UNDETERMINED);
	paper->host.groups.groups[0].devices.count = 0;
	expect(paper, pair.function, ASSIGNABLE_UNDETERMINED);
}

static void unread_group_is_undetermined(void **state)
{
	struct pci_function *function = add_alone(*state);

	function->group.fact = unreadable("iommu_group", 13);
	expect(*state, function, ASSIGNABLE_UNDETERMINED);
}

static void direct_region_blocks(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	paper->host.groups.groups[0].reserved_regions =
		known_text("reserved_regions", "0x00000000000e8000 0x00000000000e8fff direct\n");
	expect_blocker(*state, function, BLOCKER_RESERVED_MEMORY);
}

static void relaxable_and_msi_regions_do_not_block(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	paper->host.groups.groups[0].reserved_regions = known_text(
		"reserved_regions", "0x000000007d800000 0x000000007fffffff direct-relaxable\n"
				    "0x00000000fee00000 0x00000000feefffff msi\n");
	expect(*state, function, ASSIGNABLE);
}

static const uint16_t denied[] = {0x19e2, 0x19e3, 0x37c8, 0x37c9, 0x0435, 0x0443, 0x0b25, 0x0cfe};

static void denylist_of_vfio_pci_blocks(void **state)
{
	struct pci_function *function = add_alone(*state);

	paper_kernel(*state, "6.10.0");
	for (size_t i = 0; i < ARRAY_LENGTH(denied); i++) {
		test_row("%04x", denied[i]);
		set_ids(function, 0x8086, denied[i]);
		expect_blocker(*state, function, BLOCKER_DENYLIST);
	}
}

/* With the option that came with the list, or on a vfio-pci that runs and does not show it. */
struct denylist_age {
	const char *release;
	uint16_t device;
	const char *option;
	bool loaded;
	enum assignable_verdict verdict;
};

static const struct denylist_age denylist_ages[] = {
	{"5.9.0", 0x0435, NULL, true, ASSIGNABLE_BLOCKED},
	{"5.4.0-91-generic", 0x0435, NULL, true, ASSIGNABLE},
	{"5.4.0-91-generic", 0x0435, NULL, false, ASSIGNABLE_UNDETERMINED},
	{"4.18.0-553.el8_10.x86_64", 0x0435, "N", true, ASSIGNABLE_BLOCKED},
	{"4.18.0-553.el8_10.x86_64", 0x0435, "Y", true, ASSIGNABLE},
	{"6.10.0", 0x0b25, "N", true, ASSIGNABLE_BLOCKED},
	{"6.8.0-40-generic", 0x0b25, "N", true, ASSIGNABLE_UNDETERMINED},
	{"5.4.0-91-generic", 0x0b25, NULL, true, ASSIGNABLE},
};

static void denylist_is_as_old_as_the_kernel_allows(void **state)
{
	static const char *loaded[] = {"vfio_pci"};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(denylist_ages); i++) {
		const struct denylist_age *row = &denylist_ages[i];
		struct fact_text *option = &paper->host.modules.vfio_pci_no_denylist;

		test_row("%s, %04x, option %s", row->release, row->device, row->option);
		paper_reset(paper);
		paper_kernel(paper, row->release);
		set_ids(add_alone(paper), 0x8086, row->device);
		paper->host.modules.loaded.names = loaded;
		paper->host.modules.loaded.count = row->loaded;
		*option = (struct fact_text){.fact = absent("disable_denylist")};
		if (row->option)
			*option = known_text("disable_denylist", row->option);
		expect(paper, &paper->host.pci.functions[0], row->verdict);
	}
}

struct power_kernel {
	const char *release;
	const char *unit;
	enum assignable_verdict verdict;
};

static const struct power_kernel power_kernels[] = {
	{"5.10.0-28-powerpc64le", NULL, ASSIGNABLE},
	{"5.19.0", NULL, ASSIGNABLE_BLOCKED},
	{"6.1.0-18-powerpc64le", NULL, ASSIGNABLE_BLOCKED},
	{"6.1.0-18-powerpc64le", "iommu-phb0000", ASSIGNABLE},
	{"6.12.0", "iommu-phb0000", ASSIGNABLE},
};

static struct pci_function *add_alone_on_power(struct paper *paper, const char *release)
{
	static const char *loaded[] = {"vfio_iommu_spapr_tce", "vfio_pci"};

	paper_kernel(paper, release);
	paper->host.cpu.architecture = "ppc64";
	paper->host.modules.loaded.names = loaded;
	paper->host.modules.loaded.count = ARRAY_LENGTH(loaded);
	return add_alone(paper);
}

static void vfio_on_power_asks_for_a_kernel_that_tells_of_coherency(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(power_kernels); i++) {
		const struct power_kernel *row = &power_kernels[i];
		struct iommu_unit unit = {.name = row->unit};

		test_row("%s, %s", row->release, row->unit);
		paper_reset(paper);
		add_alone_on_power(paper, row->release);
		paper->host.units = (struct iommu_units){
			.fact = known("/sys/class/iommu"),
			.units = &unit,
			.count = row->unit ? 1 : 0,
		};
		expect(paper, &paper->host.pci.functions[0], row->verdict);
	}
}

static void units_of_power_that_were_not_read_leave_coherency_open(void **state)
{
	struct paper *paper = *state;

	add_alone_on_power(paper, "6.1.0-18-powerpc64le");
	paper->host.units = (struct iommu_units){.fact = unreadable("/sys/class/iommu", EACCES)};
	expect(paper, &paper->host.pci.functions[0], ASSIGNABLE_UNDETERMINED);
}

struct iommu_driver_case {
	const char *release, *unit, *driver;
	enum assignable_verdict verdict;
};

static const struct iommu_driver_case iommu_driver_cases[] = {
	{"7.3.4", "riscv-iommu@3010000.iommu", NULL, ASSIGNABLE_BLOCKED},
	{"7.3.4", "riscv-iommu@3010000.iommu", "vfio-pci", ASSIGNABLE},
	{"7.4.0", "riscv-iommu@3010000.iommu", NULL, ASSIGNABLE_UNDETERMINED},
	{"6.12.0-124.el10.riscv64", "riscv-iommu@0000:00:01.0", NULL, ASSIGNABLE_UNDETERMINED},
	{"6.10.2-vendor", "riscv-iommu@3010000.iommu", NULL, ASSIGNABLE_UNDETERMINED},
	{"6.13.0", "riscv-iommu@3010000.iommu", NULL, ASSIGNABLE_BLOCKED},
	{"6.6.3-asahi", "apple-dart.581008000.iommu", NULL, ASSIGNABLE_BLOCKED},
	{"5.18.0-asahi", "apple-dart.581008000.iommu", NULL, ASSIGNABLE},
	{"7.3.4", "dmar0", NULL, ASSIGNABLE},
};

static void vfio_takes_nothing_behind_an_iommu_whose_driver_tells_no_coherency(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(iommu_driver_cases); i++) {
		const struct iommu_driver_case *row = &iommu_driver_cases[i];

		test_row("%s, %s", row->release, row->unit);
		paper_reset(paper);
		struct pci_function *function = add_alone(paper);
		paper_kernel(paper, row->release);
		set_unit(function, row->unit);
		if (row->driver)
			set_driver(function, row->driver);
		expect(paper, function, row->verdict);
	}
}

struct tree_case {
	const char *release, *smmu, *driver;
	enum boolean smmu_coherent, own_coherent;
	enum assignable_verdict verdict;
};

/* arm_smmu_capable() asks since 6.1, and before version 3 of SMMUs the function's node, too. */
static const struct tree_case tree_cases[] = {
	{"6.14.0", "smmu3.0xfc900000", NULL, BOOLEAN_NO, BOOLEAN_YES, ASSIGNABLE_BLOCKED},
	{"6.14.0", "smmu3.0xfc900000", "vfio-pci", BOOLEAN_NO, BOOLEAN_NO, ASSIGNABLE},
	{"6.14.0", "smmu3.0xfc900000", NULL, BOOLEAN_YES, BOOLEAN_NO, ASSIGNABLE},
	{"6.14.0", "smmu3.0xfc900000", NULL, BOOLEAN_UNKNOWN, BOOLEAN_NO, ASSIGNABLE_UNDETERMINED},
	{"6.0.0", "smmu3.0xfc900000", NULL, BOOLEAN_NO, BOOLEAN_NO, ASSIGNABLE},
	{"6.1.7", "smmu.0x5000000", NULL, BOOLEAN_NO, BOOLEAN_YES, ASSIGNABLE},
	{"6.1.7", "smmu.0x5000000", NULL, BOOLEAN_NO, BOOLEAN_NO, ASSIGNABLE_BLOCKED},
	{"6.1.7", "smmu.0x5000000", NULL, BOOLEAN_NO, BOOLEAN_UNKNOWN, ASSIGNABLE_UNDETERMINED},
	{"6.1.7", "dmar0", NULL, BOOLEAN_NO, BOOLEAN_NO, ASSIGNABLE},
};

static void vfio_asks_a_device_tree_whether_the_smmu_is_coherent(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(tree_cases); i++) {
		const struct tree_case *row = &tree_cases[i];
		struct tree_smmu smmu = {.name = row->smmu,
					 .coherency.coherent = row->smmu_coherent};
		struct iommu_map map = {.path = "/sys/devices/pci0000:00",
					.map.fact = absent("iommu-map"),
					.mask.fact = absent("iommu-map-mask")};
		struct node_coherency own = {.coherent = row->own_coherent};

		test_row("%zu: %s, %s", i, row->release, row->smmu);
		paper_reset(paper);
		struct pci_function *function = add_alone(paper);
		paper_kernel(paper, row->release);
		set_unit(function, row->smmu);
		if (row->driver)
			set_driver(function, row->driver);
		if (strcmp(row->smmu, "dmar0") == 0)
			smmu.name = "smmu3.0xfc900000";
		paper->host.device_tree = (struct device_tree){
			.maps = &map, .map_count = 1, .smmus = &smmu, .smmu_count = 1, .own = &own};
		expect(paper, function, row->verdict);
	}
}

/* What was lost of an SMMU does not make it coherent. */
static void an_smmu_that_was_not_seen_leaves_coherency_open(void **state)
{
	struct iommu_map map = {.path = "/sys/devices/pci0000:00",
				.map.fact = absent("iommu-map"),
				.mask.fact = absent("iommu-map-mask")};
	struct iommu_unit unit = {.name = "smmu3.0xfc900000", .kind = IOMMU_SMMU};
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);

	paper_kernel(paper, "6.14.0");
	set_unit(function, unit.name);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	paper->host.units =
		(struct iommu_units){.fact = known("/sys/class/iommu"), .units = &unit, .count = 1};
	expect(paper, function, ASSIGNABLE);
	function->iommu.fact = absent("iommu");
	expect(paper, function, ASSIGNABLE);
	paper->host.device_tree = (struct device_tree){.maps = &map, .map_count = 1};
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	set_unit(function, "dart");
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	unit.name = "dart";
	expect(paper, function, ASSIGNABLE);
}

/* Its SMMU has no node there, which an older capture does not say. */
static void a_host_with_an_iort_is_not_asked_for_its_smmus_node(void **state)
{
	struct paper *paper = *state;
	struct tree_smmu smmu = {.name = "smmu3.0xfc900000", .coherency.coherent = BOOLEAN_UNKNOWN};
	struct pci_function *function = add_alone(paper);

	paper_kernel(paper, "6.14.0");
	set_unit(function, smmu.name);
	paper->host.device_tree = (struct device_tree){.smmus = &smmu, .smmu_count = 1};
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	paper->host.acpi.iort.fact = known("IORT");
	expect(paper, function, ASSIGNABLE);
}

static void what_vfio_pci_has_was_not_denied(void **state)
{
	struct pci_function *function = add_alone(*state);

	paper_kernel(*state, "6.10.0");
	set_ids(function, 0x8086, denied[0]);
	set_driver(function, "vfio-pci");
	expect(*state, function, ASSIGNABLE);
}

struct denylist_case {
	const char *command_line;
	const char *running; /* NULL: vfio-pci is not loaded */
	enum assignable_verdict verdict;
};

static const struct denylist_case denylist_cases[] = {
	{"vfio_pci.disable_denylist=1", NULL, ASSIGNABLE},
	{"vfio-pci.disable_denylist=on", NULL, ASSIGNABLE},
	{"vfio_pci.disable_denylist", NULL, ASSIGNABLE},
	{"vfio_pci.disable_denylist=off", NULL, ASSIGNABLE_BLOCKED},
	{"vfio_pci.disable_denylist=1", "N", ASSIGNABLE_BLOCKED},
	{"quiet", "Y", ASSIGNABLE},
};

static void denylist_that_is_disabled_blocks_nothing(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	set_ids(function, 0x8086, denied[0]);
	for (size_t i = 0; i < ARRAY_LENGTH(denylist_cases); i++) {
		const struct denylist_case *row = &denylist_cases[i];
		test_row("%s; running %s", row->command_line, row->running);
		struct fact_text *running = &paper->host.modules.vfio_pci_no_denylist;

		paper_command_line(paper, row->command_line);
		*running = (struct fact_text){.fact = absent("disable_denylist")};
		if (row->running)
			*running = known_text("disable_denylist", row->running);
		expect(paper, function, row->verdict);
	}
}

static void denylist_that_may_be_disabled_leaves_it_open(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	set_ids(function, 0x8086, denied[0]);
	paper->host.modprobe.fact = unreadable("/etc/modprobe.d/vfio.conf", 13);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
}

static void set_vfs(struct pci_function *function, int64_t count)
{
	function->sriov.numvfs = (struct fact_number){known("sriov_numvfs"), count};
}

static void pf_with_vfs_is_blocked(void **state)
{
	struct pci_function *function = add_alone(*state);

	set_vfs(function, 0);
	expect(*state, function, ASSIGNABLE);
	set_vfs(function, 2);
	expect_blocker(*state, function, BLOCKER_VFS_ENABLED);
	/* vfio-pci made them itself (enable_sriov). */
	set_driver(function, "vfio-pci");
	expect(*state, function, ASSIGNABLE);
}

struct own_pf_case {
	const char *driver; /* of the PF; NULL: none */
	enum assignable_verdict verdict;
};

/* remove() of igb disables the VFs, that of nvme leaves them ("driver left SR-IOV enabled"). */
static const struct own_pf_case own_pf_cases[] = {
	{"igb", ASSIGNABLE_BLOCKED}, {"out_of_tree", ASSIGNABLE_UNDETERMINED},
	{"nvme", ASSIGNABLE_WITH},   {"vfio-pci", ASSIGNABLE},
	{"pcieport", ASSIGNABLE},    {NULL, ASSIGNABLE},
};

static void vf_in_the_group_of_its_pf_hangs_on_what_the_driver_leaves(void **state)
{
	struct pair pair = add_pair(*state);

	make_vf(pair.companion, pair.function);
	for (size_t i = 0; i < ARRAY_LENGTH(own_pf_cases); i++) {
		test_row("%s", own_pf_cases[i].driver);
		pair.function->driver.fact = absent("driver");
		if (own_pf_cases[i].driver)
			set_driver(pair.function, own_pf_cases[i].driver);
		expect(*state, pair.companion, own_pf_cases[i].verdict);
	}
}

static void plain_interrupts_block_unless_allowed(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	paper->host.interrupts.remapped_chip = NULL;
	paper->host.interrupts.plain_chip = "PCI-MSI";
	expect_blocker(*state, function, BLOCKER_INTERRUPTS);
	paper->host.modules.type1_unsafe_interrupts = known_text("allow", "Y");
	expect(*state, function, ASSIGNABLE);
}

struct module_row {
	const char *command_line;
	const char *loaded;   /* a module */
	const char *built_in; /* a module */
	const char *modprobe; /* a line of modprobe.d */
	const char *lacks;    /* a module that modules.dep does not list */
	enum assignable_verdict verdict;
};

static const struct module_row module_rows[] = {
	{.command_line = "module_blacklist=nouveau", .verdict = ASSIGNABLE},
	{.command_line = "module_blacklist=vfio_pci", .verdict = ASSIGNABLE_BLOCKED},
	{.command_line = "module_blacklist=vfio_pci", .loaded = "vfio_pci", .verdict = ASSIGNABLE},
	{.command_line = "module_blacklist=vfio_pci",
	 .built_in = "vfio_pci",
	 .verdict = ASSIGNABLE},
	{.command_line = "module_blacklist=vfio_iommu_type1", .verdict = ASSIGNABLE_BLOCKED},
	{.command_line = "module_blacklist=vfio", .verdict = ASSIGNABLE_BLOCKED},
	{.command_line = "module_blacklist=iommufd", .verdict = ASSIGNABLE_BLOCKED},
	{.command_line = "module_blacklist=iommufd", .lacks = "iommufd", .verdict = ASSIGNABLE},
	{.command_line = "module_blacklist=vfio_pci_core", .verdict = ASSIGNABLE_BLOCKED},
	{.command_line = "module_blacklist=vfio_pci_core",
	 .lacks = "vfio_pci_core",
	 .verdict = ASSIGNABLE},
	{.command_line = "module_blacklist=vfio_virqfd", .verdict = ASSIGNABLE_BLOCKED},
	{.command_line = "module_blacklist=vfio_virqfd",
	 .lacks = "vfio_virqfd",
	 .verdict = ASSIGNABLE},
	{.modprobe = "install iommufd /bin/false", .verdict = ASSIGNABLE_BLOCKED},
	{.modprobe = "install iommufd /bin/false", .lacks = "iommufd", .verdict = ASSIGNABLE},
	{.command_line = "initcall_blacklist=vfio_pci_init",
	 .built_in = "vfio_pci",
	 .verdict = ASSIGNABLE_BLOCKED},
	{.command_line = "modprobe.blacklist=vfio_pci", .verdict = ASSIGNABLE},
	{.modprobe = "install vfio-pci /bin/false", .verdict = ASSIGNABLE_BLOCKED},
	{.modprobe = "install vfio-pci /bin/false", .loaded = "vfio_pci", .verdict = ASSIGNABLE},
	{.modprobe = "install nouveau /bin/false", .verdict = ASSIGNABLE},
	{.modprobe = "install vfio-pci-core /bin/false", .verdict = ASSIGNABLE_BLOCKED},
	{.modprobe = "install vfio-pci-core /bin/false",
	 .lacks = "vfio_pci_core",
	 .verdict = ASSIGNABLE},
	{.modprobe = "install vfio /bin/false", .verdict = ASSIGNABLE_BLOCKED},
	{.modprobe = "install vfio /bin/false", .loaded = "vfio", .verdict = ASSIGNABLE},
	{.modprobe = "install vfio /bin/false", .built_in = "vfio", .verdict = ASSIGNABLE},
	{.modprobe = "install vfio_pci /sbin/modprobe -i vfio_pci; /bin/true",
	 .verdict = ASSIGNABLE},
	{.lacks = "vfio_pci", .verdict = ASSIGNABLE_BLOCKED},
};

static void set_modules(struct paper *paper, const struct module_row *row)
{
	struct modules *modules = &paper->host.modules;
	static const char *const names[] = {"iommufd",  "vfio",          "vfio_iommu_type1",
					    "vfio_pci", "vfio_pci_core", "vfio_virqfd"};
	const char **available = arena_array(paper->arena, ARRAY_LENGTH(names), sizeof(*available));
	struct modprobe_line *line = arena_alloc(paper->arena, sizeof(*line));

	modules->available.names = available;
	modules->available.count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (!row->lacks || strcmp(row->lacks, names[i]) != 0)
			available[modules->available.count++] = names[i];
	}
	modules->loaded.names = &row->loaded;
	modules->loaded.count = row->loaded != NULL;
	modules->builtin.names = &row->built_in;
	modules->builtin.count = row->built_in != NULL;
	*line = (struct modprobe_line){.source = "/etc/modprobe.d/a.conf", .text = row->modprobe};
	paper->host.modprobe.lines = line;
	paper->host.modprobe.count = row->modprobe != NULL;
	paper_command_line(paper, row->command_line ? row->command_line : "quiet");
}

static void what_the_kernel_lacks_of_vfios_modules_blocks(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);

	for (size_t i = 0; i < ARRAY_LENGTH(module_rows); i++) {
		const struct module_row *row = &module_rows[i];
		test_row("%zu: %s", i, row->command_line ? row->command_line : "");
		set_modules(paper, row);
		expect(paper, function, row->verdict);
		if (row->verdict == ASSIGNABLE_BLOCKED)
			expect_blocker(paper, function, BLOCKER_VFIO_MODULE);
	}
}

static void unread_lists_of_modules_leave_it_open(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);

	paper->host.modules.available.fact = unreadable("modules.dep", EACCES);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	paper->host.modules.vfio_pci.fact = known("/sys/bus/pci/drivers/vfio-pci");
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	paper->host.modules.loaded.names = (const char *const[]){"vfio_iommu_type1"};
	paper->host.modules.loaded.count = 1;
	expect(paper, function, ASSIGNABLE);
}

static void modules_that_one_list_would_settle_are_missing_once(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);

	paper->host.modules.available.fact = unreadable("modules.dep", EACCES);
	const struct blocker *missing = judge_of(paper, function)->missing;
	assert_non_null(missing);
	assert_null(missing->next);
}

static void a_refusal_that_may_not_concern_the_module_leaves_it_open(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);

	paper_command_line(paper, "module_blacklist=vfio_pci");
	paper->host.modules.builtin.fact = unreadable("modules.builtin", EACCES);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	paper->host.modules.vfio_pci.fact = known("/sys/bus/pci/drivers/vfio-pci");
	expect(paper, function, ASSIGNABLE);
}

/* The plan takes a word off the command line, and leaves modprobe.d alone. */
static void a_line_of_modprobe_refuses_beside_the_command_line(void **state)
{
	const struct module_row row = {.command_line = "module_blacklist=vfio_pci",
				       .modprobe = "install vfio_pci /bin/false"};
	struct paper *paper = *state;
	struct line_effects effects;
	struct vfio_modules modules;

	set_modules(paper, &row);
	line_effects_build(&paper->host, &paper->model.platform, ACS_OVERRIDE_UNKNOWN,
			   &paper->host.cmdline, paper->arena, &effects);
	vfio_modules_find(&paper->host, &effects, paper->arena, &modules);
	assert_int_equal(modules.items[VFIO_MODULE_DRIVER].state, VFIO_MODULE_REFUSED);
	assert_false(modules.items[VFIO_MODULE_DRIVER].by_command_line);
}

static void a_configuration_that_lacks_the_module_is_the_evidence(void **state)
{
	struct fact_text config = known_text("/proc/config.gz", "CONFIG_VFIO=y\n");
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);

	kconfig_parse(paper->arena, &config, &paper->host.kconfig);
	paper->host.modules.available.fact.state = FACT_NOT_CAPTURED;
	const struct blocker *blocker = judge_of(paper, function)->blockers;
	assert_non_null(blocker);
	assert_string_equal(blocker->evidence->source, "/proc/config.gz");
}

/* Whether there is a vfio_pci is not known, and is not what blocks. */
static void the_module_that_blocks_tells_the_cause(void **state)
{
	const struct module_row row = {.command_line = "module_blacklist=vfio_iommu_type1"};
	struct paper *paper = *state;

	add_alone(paper);
	set_modules(paper, &row);
	paper->host.modules.available.fact.state = FACT_NOT_CAPTURED;
	const struct finding *finding =
		expect_finding(judge(paper->arena, "assignability", &paper->host),
			       "assignability.blocked", FINDING_FAIL);
	assert_string_equal(finding->follows.id, "kernel-cmdline.module-refused");
}

static void unread_interrupts_are_undetermined(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	paper->host.interrupts.remapped_chip = NULL;
	paper->host.interrupts.fact = unreadable("/proc/interrupts", 13);
	expect(*state, function, ASSIGNABLE_UNDETERMINED);
}

static void function_behind_vmd_goes_with_the_endpoint(void **state)
{
	struct pci_function *vmd = add_function(*state, "0000:00:0e.0", NULL);
	struct pci_function *disk = add_express(*state, "10000:e1:00.0", NULL, EXPRESS_ENDPOINT);

	disk->vmd = vmd;
	expect_blocker(*state, disk, BLOCKER_VMD);
}

static void function_of_a_vmd_domain_without_endpoint_is_undetermined(void **state)
{
	struct pci_function *disk = add_alone(*state);

	expect(*state, disk, ASSIGNABLE);
	disk->address.domain = PCI_FIRST_VMD_DOMAIN;
	expect(*state, disk, ASSIGNABLE_UNDETERMINED);
}

static void unread_header_is_undetermined(void **state)
{
	struct pci_function *function = add_alone(*state);

	function->config.fact = unreadable("config", 5);
	function->config.length = 0;
	expect(*state, function, ASSIGNABLE_UNDETERMINED);
}

/* A blocker decides, whatever else is not known. */
static void blocker_wins_over_what_is_unknown(void **state)
{
	struct pair pair = add_pair(*state);

	pair.companion->driver.fact = unreadable("driver", 13);
	set_vfs(pair.function, 1);
	expect_blocker(*state, pair.function, BLOCKER_VFS_ENABLED);
}

/* Says that the host's root file system is on function. */
static void set_root_disk(struct paper *paper, const struct pci_function *function)
{
	struct usage_entry *entry = arena_alloc(paper->arena, sizeof(*entry));

	assert_non_null(entry);
	*entry = (struct usage_entry){
		.kind = USAGE_MOUNT,
		.what = "/",
		.through = "nvme0n1p2",
		.path = arena_printf(paper->arena, "%s/nvme/nvme0/nvme0n1", function->path),
		.source = "/proc/self/mountinfo",
	};
	paper->host.usage = (struct usage){.mounts = known("/proc/self/mountinfo"),
					   .swaps = absent("/proc/swaps"),
					   .routes = known("/proc/self/net/route"),
					   .routes6 = absent("/proc/self/net/ipv6_route"),
					   .entries = entry,
					   .count = 1};
}

static void companion_that_the_host_lives_on_blocks(void **state)
{
	struct pair pair = add_pair(*state);

	set_driver(pair.companion, "nvme");
	set_root_disk(*state, pair.companion);
	expect_blocker(*state, pair.function, BLOCKER_HOST_USE);
}

/* What the kernel has formed, and what its rules give once a driver is bound. */
static void group_with_what_the_host_lives_on_is_told_from_one_to_come(void **state)
{
	static const struct {
		bool formed;
		const char *words;
	} rows[] = {
		{true, "its group holds 0000:01:00.1, which"},
		{false, "its group would hold 0000:01:00.1, which"},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].words);
		paper_reset(paper);
		struct pair pair = add_pair(paper);
		if (!rows[i].formed) {
			paper->host.units.units[0].kind = IOMMU_SMMU;
			paper->host.cpu.architecture = "aarch64";
			paper_kernel(paper, "6.12.117");
			pair.function->group.fact = absent("iommu_group");
		}
		set_driver(pair.companion, "nvme");
		set_root_disk(*state, pair.companion);
		const struct blocker *blocker =
			assignable_companion_use(judge_of(*state, pair.function), pair.companion);
		assert_non_null(blocker);
		assert_non_null(strstr(blocker->why, rows[i].words));
	}
}

static void function_that_the_host_lives_on_is_blocked(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	set_root_disk(*state, function);
	expect_blocker(*state, function, BLOCKER_HOST_USE);
	const struct blocker *blocker = assignable_host_use(judge_of(*state, function));
	assert_string_equal(blocker->why, "the host needs it for the file system / (nvme0n1p2)");
	assert_string_equal(blocker->evidence->source, "/proc/self/mountinfo");
	const struct finding *finding = expect_finding(
		judge(paper->arena, "host-use", &paper->host), "host-use.vital", FINDING_PASS);
	assert_string_equal(finding->summary,
			    "the host needs 0000:01:00.0: the file system / (nvme0n1p2)");
}

/* Whatever else blocks it, no command may take it away. */
static void no_command_acts_on_what_the_host_lives_on(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	set_root_disk(*state, function);
	set_vfs(function, 1);
	const struct finding *finding =
		expect_finding(judge(paper->arena, "assignability", &paper->host),
			       "assignability.blocked", FINDING_NOT_APPLICABLE);
	assert_non_null(strstr(finding->summary, "the host needs it"));
	assert_null(finding->commands);
}

/* VFs go when their PF goes. */
static void pf_of_a_vf_that_the_host_lives_on_is_blocked_too(void **state)
{
	struct pci_function *pf = add_alone(*state);
	struct pci_function *vf = add_express(*state, "0000:01:00.1", NULL, EXPRESS_ENDPOINT);

	make_vf(vf, pf);
	set_root_disk(*state, vf);
	assert_string_equal(
		assignable_host_use(judge_of(*state, pf))->why,
		"the host needs it for the file system / (nvme0n1p2) through 0000:01:00.1");
}

static void set_links_up(struct paper *paper, const struct pci_function *const *functions,
			 size_t count)
{
	struct usage_entry *entries = arena_array(paper->arena, count, sizeof(*entries));

	assert_non_null(entries);
	for (size_t i = 0; i < count; i++)
		entries[i] = (struct usage_entry){.kind = USAGE_LINK_UP,
						  .what = "eth0",
						  .through = "eth0",
						  .path = functions[i]->path,
						  .source = "operstate"};
	paper->host.usage = (struct usage){.entries = entries, .count = count};
}

static void only_link_that_is_up_blocks(void **state)
{
	struct pair pair = add_pair(*state);
	const struct pci_function *functions[] = {pair.function, pair.companion};

	set_links_up(*state, functions, 1);
	const struct blocker *blocker = assignable_host_use(judge_of(*state, pair.function));
	assert_string_equal(blocker->why, "the host needs it for the network link eth0, the only "
					  "one that is up");
}

/* That it stays is as it should be. */
static void keeping_what_the_host_lives_on_is_no_fault(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(*state);

	set_root_disk(*state, function);
	expect_finding(judge(paper->arena, "assignability", &paper->host), "assignability.blocked",
		       FINDING_NOT_APPLICABLE);
}

/* Each could go alone. */
static void links_that_go_one_by_one_may_not_all_go(void **state)
{
	struct paper *paper = *state;
	struct pair pair = add_pair(paper);
	const struct pci_function *functions[] = {pair.function, pair.companion};
	struct host_uses uses;

	set_group(pair.companion, 99);
	set_links_up(paper, functions, 2);
	host_uses_build(&paper->host, paper->arena, &uses);
	assert_null(host_uses_vital(&uses, pair.function));
	assert_null(host_uses_cut_off(&uses, functions, 1, paper->arena));
	assert_string_equal(host_uses_cut_off(&uses, functions, 2, paper->arena),
			    "the host would lose all its network links that are up: eth0 "
			    "(0000:01:00.0), eth0 (0000:01:00.1)");
}

/* The last of the links may lead to the management controller alone: then the one before is the
 * only one. */
static void a_link_that_leads_who_knows_where_leaves_the_only_other_open(void **state)
{
	static const struct fact table = {
		.state = FACT_UNREADABLE, .error = EACCES, .source = "DMI"};
	struct paper *paper = *state;
	struct pair pair = add_pair(paper);
	const struct pci_function *functions[] = {pair.function, pair.companion};
	struct host_uses uses;

	set_group(pair.companion, 99);
	for (size_t links = 2; links > 0; links--) {
		set_links_up(paper, functions + 2 - links, links);
		paper->host.usage.entries[links - 1].what = "usb0";
		paper->host.usage.entries[links - 1].unsure = &table;
		paper->host.usage.mounts.state = FACT_KNOWN;
		paper->host.usage.swaps.state = FACT_KNOWN;
		paper->host.usage.routes.state = FACT_KNOWN;
		paper->host.usage.routes6.state = FACT_KNOWN;
		host_uses_build(&paper->host, paper->arena, &uses);
		for (size_t i = 0; i < 2; i++) {
			const struct host_use_doubt doubt =
				host_uses_doubt(&uses, functions[i], paper->arena);
			test_row("%zu links, function %zu", links, i);
			assert_null(host_uses_vital(&uses, functions[i]));
			assert_ptr_equal(doubt.evidence, i == 2 - links ? &table : NULL);
		}
	}
}

/* Firmware may have given it to the host, which then has no driver for it. */
static void memory_of_cxl_that_is_not_told_of_may_be_the_hosts(void **state)
{
	static const struct {
		uint32_t class_code;
		const char *driver; /* NULL: none */
		enum assignable_verdict verdict;
	} rows[] = {
		{0x050210, "cxl_pci", ASSIGNABLE_UNDETERMINED},
		{0x050210, NULL, ASSIGNABLE_UNDETERMINED},
		{0x050210, "vfio-pci", ASSIGNABLE},
		{0x050000, NULL, ASSIGNABLE},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%zu", i);
		paper_reset(paper);
		struct pci_function *function = add_alone(paper);
		struct usage_link unread = {function, absent("/sys/bus/cxl/devices/endpoint*")};
		set_class(function, rows[i].class_code);
		if (rows[i].driver)
			set_driver(function, rows[i].driver);
		paper->host.usage.unread_devices = &unread;
		paper->host.usage.unread_device_count = 1;
		expect(paper, function, rows[i].verdict);
	}
}

/* As one of the board itself, on no bus of PCI. */
static void link_of_no_function_stays(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_alone(paper);
	const struct pci_function board = {.path = "/sys/devices/platform/eth1"};
	const struct pci_function *links[] = {function, &board};
	struct host_uses uses;

	set_links_up(paper, links, 2);
	host_uses_build(&paper->host, paper->arena, &uses);
	assert_null(host_uses_vital(&uses, function));
	assert_null(host_uses_cut_off(&uses, links, 1, paper->arena));
}

static void links_that_are_up_block_where_they_go_together(void **state)
{
	struct pair pair = add_pair(*state);
	const struct pci_function *functions[] = {pair.function, pair.companion};

	set_links_up(*state, functions, 2);
	const struct blocker *blocker = assignable_host_use(judge_of(*state, pair.function));
	assert_string_equal(blocker->why, "the host needs it for the network link eth0, without "
					  "which none is up");
	set_group(pair.companion, 99);
	assert_null(assignable_host_use(judge_of(*state, pair.function)));
}

/* Says that all that tells what the host uses was read, and names nothing. */
static void set_no_use(struct paper *paper)
{
	paper->host.usage = (struct usage){.mounts = known("/proc/self/mountinfo"),
					   .swaps = absent("/proc/swaps"),
					   .routes = known("/proc/self/net/route"),
					   .routes6 = absent("/proc/self/net/ipv6_route")};
}

static void lists_that_were_not_read_leave_what_they_name_open(void **state)
{
	enum { NVME = 0x010802, ETHERNET = 0x020000, VGA = 0x030000 };
	static const struct {
		uint32_t class_code;
		const char *driver;
		enum assignable_verdict without_mounts;
		enum assignable_verdict without_routes;
	} rows[] = {
		{NVME, "nvme", ASSIGNABLE_UNDETERMINED, ASSIGNABLE},
		{NVME, "vfio-pci", ASSIGNABLE, ASSIGNABLE},
		{NVME, NULL, ASSIGNABLE, ASSIGNABLE},
		{ETHERNET, "igb", ASSIGNABLE, ASSIGNABLE_UNDETERMINED},
		{VGA, "amdgpu", ASSIGNABLE, ASSIGNABLE},
	};
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);
	struct usage *usage = &paper->host.usage;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("class %06x on %s", rows[i].class_code, rows[i].driver);
		function->driver = (struct fact_text){.fact = absent("driver")};
		if (rows[i].driver)
			set_driver(function, rows[i].driver);
		set_class(function, rows[i].class_code);
		set_no_use(paper);
		expect(paper, function, ASSIGNABLE);
		usage->mounts = absent("/proc/self/mountinfo");
		expect(paper, function, rows[i].without_mounts);
		set_no_use(paper);
		usage->routes6 = unreadable("/proc/self/net/ipv6_route", EACCES);
		expect(paper, function, rows[i].without_routes);
		/* Who saved a tree without any of it is only warned. */
		*usage = (struct usage){0};
		expect(paper, function, ASSIGNABLE);
	}
}

static void what_could_not_be_followed_leaves_controllers_of_its_kind_open(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);
	struct usage_gap zfs = {USAGE_MOUNT, "/", "zfs does not say on which devices it lies",
				"/proc/self/mountinfo"};
	const char *interface = "eth0";

	set_driver(function, "nvme");
	set_no_use(paper);
	paper->host.usage.gaps = &zfs;
	paper->host.usage.gap_count = 1;
	set_class(function, 0x010802);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	set_class(function, 0x0c0400);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	set_class(function, 0x000200);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	set_class(function, 0x0c0330);
	expect(paper, function, ASSIGNABLE);
	set_class(function, 0x020000);
	expect(paper, function, ASSIGNABLE);
	zfs.kind = USAGE_ROUTE;
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	/* A link that is down carries no route. */
	function->netdevs = (struct fact_list){known("net"), &interface, 1};
	expect(paper, function, ASSIGNABLE);
}

static void a_container_does_not_show_what_the_host_has_on_disks_and_interfaces(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);

	set_driver(function, "nvme");
	set_class(function, 0x010802);
	set_no_use(paper);
	expect(paper, function, ASSIGNABLE);
	paper->host.hypervisor.container = known_text("/run/systemd/container", "lxc");
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	set_class(function, 0x020000);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	set_class(function, 0x0c0330);
	expect(paper, function, ASSIGNABLE);
}

static void a_controller_without_disks_carries_nothing(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_alone(paper);
	struct pci_function *other = add_function(paper, "0000:05:00.0", NULL);
	const char *carriers[] = {"/sys/devices/pci0000:00/0000:05:00.0/ata1/block/sda"};
	struct usage_gap zfs = {USAGE_MOUNT, "/", "zfs does not say", "/proc/self/mountinfo"};

	set_driver(function, "ahci");
	set_driver(other, "ahci");
	set_no_use(paper);
	paper->host.usage.gaps = &zfs;
	paper->host.usage.gap_count = 1;
	set_class(function, 0x010601);
	paper->host.usage.carriers = carriers;
	paper->host.usage.carrier_count = 1;
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
	paper->host.usage.carriers_whole = true;
	expect(paper, function, ASSIGNABLE);
	carriers[0] = arena_printf(paper->arena, "/sys/devices/pci0000:00/%s/ata1/block/sda",
				   function->name);
	expect(paper, function, ASSIGNABLE_UNDETERMINED);
}

static void consoles_are_warned_of_and_block_nothing(void **state)
{
	struct paper *paper = *state;
	struct pci_function *display = add_alone(*state);
	struct usage_entry entry = {.kind = USAGE_FRAMEBUFFER,
				    .what = "fb0",
				    .through = "fb0",
				    .path = "/sys/devices/platform/efi-framebuffer.0/graphics/fb0",
				    .source = "/sys/class/graphics"};

	display->boot_vga = (struct fact_number){known("boot_vga"), 1};
	paper->host.usage = (struct usage){.entries = &entry, .count = 1};
	assert_null(assignable_host_use(judge_of(*state, display)));
	expect_finding(judge(paper->arena, "host-use", &paper->host), "host-use.console",
		       FINDING_WARN);
}

static void unread_mounts_are_warned_of(void **state)
{
	struct paper *paper = *state;

	paper->host.usage.mounts = unreadable("/proc/self/mountinfo", 13);
	paper->host.usage.routes = known("/proc/self/net/route");
	struct findings *findings = judge(paper->arena, "host-use", &paper->host);
	assert_int_equal(findings->count, 1);
	expect_finding(findings, "host-use.unknown", FINDING_WARN);
}

static void interfaces_in_other_namespaces_are_warned_of(void **state)
{
	struct paper *paper = *state;
	struct pci_function *nic = add_device(paper, "0000:01:00.0", 1, "igb");

	nic->netdevs.fact = unreadable("net", ENXIO);
	const struct finding *finding = expect_finding(
		judge(paper->arena, "host-use", &paper->host), "host-use.namespace", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:01:00.0");
	assert_true(has_evidence(finding, "net"));
}

static void a_container_is_named(void **state)
{
	struct paper *paper = *state;
	struct hypervisor *hypervisor = &paper->host.hypervisor;

	hypervisor->container_marks[1].fact = known("/run/.containerenv");
	expect_finding(judge(paper->arena, "host-use", &paper->host), "host-use.container",
		       FINDING_WARN);
	hypervisor->container = known_text("/run/systemd/container", "podman");
	const struct finding *finding = expect_finding(
		judge(paper->arena, "host-use", &paper->host), "host-use.container", FINDING_WARN);
	assert_string_equal(finding->summary, "passcheck sees a container (podman): what the host "
					      "uses may not show in it");
	assert_true(has_evidence(finding, "/run/systemd/container"));
}

static const struct finding *expect_judged(struct paper *paper, const char *id,
					   enum finding_verdict verdict)
{
	return expect_finding(judge(paper->arena, "assignability", &paper->host), id, verdict);
}

static void check_says_each_verdict(void **state)
{
	struct pair pair = add_pair(*state);

	expect_judged(*state, "assignability.assignable", FINDING_PASS);
	set_driver(pair.companion, "snd_hda_intel");
	const struct finding *finding =
		expect_judged(*state, "assignability.companions", FINDING_PASS);
	assert_non_null(strstr(finding->summary, "0000:01:00.1 (snd_hda_intel)"));
	assert_null(finding->commands);
	pair.companion->driver.fact = unreadable("driver", 13);
	expect_judged(*state, "assignability.undetermined", FINDING_UNKNOWN);
	set_vfs(pair.function, 2);
	finding = expect_judged(*state, "assignability.blocked", FINDING_FAIL);
	assert_string_equal(
		finding->summary,
		"0000:01:00.0 cannot be assigned to a guest: it has 2 VFs enabled, which vfio-pci refuses");
	assert_string_equal(finding->remedy,
			    "Assign its VFs. To assign it itself, which takes them away, ask for a "
			    "plan");
	assert_string_equal(finding->commands->text, "passcheck plan 0000:01:00.0");
}

static void functions_of_a_graphics_card_belong_together(void **state)
{
	static const char *const groups[] = {"0000:01:00.0", "0000:01:00.1"};
	struct pair pair = add_pair(*state);

	set_class(pair.function, 0x030000);
	assert_null(finding_of(judge(((struct paper *)*state)->arena, "assignability",
				     &((struct paper *)*state)->host),
			       "assignability.split-device"));
	add_groups(*state, groups, ARRAY_LENGTH(groups));
	expect_judged(*state, "assignability.split-device", FINDING_WARN);
}

static void what_could_not_be_followed_is_warned_of(void **state)
{
	struct paper *paper = *state;
	struct usage_gap gap = {USAGE_MOUNT, "/", "zfs does not say", "/proc/self/mountinfo"};

	paper->host.usage = (struct usage){.mounts = known("mountinfo"),
					   .routes = known("route"),
					   .gaps = &gap,
					   .gap_count = 1};
	expect_finding(judge(paper->arena, "host-use", &paper->host), "host-use.not-followed",
		       FINDING_WARN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(function_alone_in_its_group_is_assignable),
		TEST(own_driver_does_not_matter),
		TEST(bridges_are_no_candidates),
		TEST(other_bridges_with_the_header_of_an_endpoint_are_candidates),
		TEST(class_tells_of_a_bridge_whose_header_was_not_read),
		TEST(amd_iommu_is_no_candidate),
		TEST(function_without_group_is_blocked),
		TEST(a_group_that_may_come_with_a_driver_is_open),
		TEST(newer_kernels_group_functions_without_a_driver),
		TEST(function_of_a_tree_without_groups_is_undetermined),
		TEST(group_of_noiommu_mode_is_blocked),
		TEST(device_of_noiommu_mode_without_a_group_is_blocked),
		TEST(companion_on_a_host_driver_must_leave_it),
		TEST(companion_on_a_driver_that_made_a_device_of_vfio_may_stay),
		TEST(no_function_is_a_companion_of_itself),
		TEST(no_function_is_its_own_companion),
		TEST(drivers_that_leave_dma_alone_do_no_harm),
		TEST(drivers_of_bridges_count_from_5_19_on),
		TEST(unread_driver_of_a_companion_is_undetermined),
		TEST(member_that_was_not_read_is_undetermined),
		TEST(list_of_a_group_that_lacks_members_is_undetermined),
		TEST(unread_group_is_undetermined),
		TEST(direct_region_blocks),
		TEST(relaxable_and_msi_regions_do_not_block),
		TEST(denylist_of_vfio_pci_blocks),
		TEST(denylist_is_as_old_as_the_kernel_allows),
		TEST(vfio_on_power_asks_for_a_kernel_that_tells_of_coherency),
		TEST(units_of_power_that_were_not_read_leave_coherency_open),
		TEST(vfio_takes_nothing_behind_an_iommu_whose_driver_tells_no_coherency),
		TEST(vfio_asks_a_device_tree_whether_the_smmu_is_coherent),
		TEST(an_smmu_that_was_not_seen_leaves_coherency_open),
		TEST(a_host_with_an_iort_is_not_asked_for_its_smmus_node),
		TEST(what_vfio_pci_has_was_not_denied),
		TEST(denylist_that_is_disabled_blocks_nothing),
		TEST(denylist_that_may_be_disabled_leaves_it_open),
		TEST(pf_with_vfs_is_blocked),
		TEST(vf_in_the_group_of_its_pf_hangs_on_what_the_driver_leaves),
		TEST(plain_interrupts_block_unless_allowed),
		TEST(what_the_kernel_lacks_of_vfios_modules_blocks),
		TEST(unread_lists_of_modules_leave_it_open),
		TEST(modules_that_one_list_would_settle_are_missing_once),
		TEST(a_refusal_that_may_not_concern_the_module_leaves_it_open),
		TEST(a_line_of_modprobe_refuses_beside_the_command_line),
		TEST(a_configuration_that_lacks_the_module_is_the_evidence),
		TEST(the_module_that_blocks_tells_the_cause),
		TEST(unread_interrupts_are_undetermined),
		TEST(function_behind_vmd_goes_with_the_endpoint),
		TEST(function_of_a_vmd_domain_without_endpoint_is_undetermined),
		TEST(unread_header_is_undetermined),
		TEST(blocker_wins_over_what_is_unknown),
		TEST(companion_that_the_host_lives_on_blocks),
		TEST(group_with_what_the_host_lives_on_is_told_from_one_to_come),
		TEST(function_that_the_host_lives_on_is_blocked),
		TEST(no_command_acts_on_what_the_host_lives_on),
		TEST(lists_that_were_not_read_leave_what_they_name_open),
		TEST(what_could_not_be_followed_leaves_controllers_of_its_kind_open),
		TEST(a_container_does_not_show_what_the_host_has_on_disks_and_interfaces),
		TEST(a_controller_without_disks_carries_nothing),
		TEST(pf_of_a_vf_that_the_host_lives_on_is_blocked_too),
		TEST(only_link_that_is_up_blocks),
		TEST(links_that_are_up_block_where_they_go_together),
		TEST(links_that_go_one_by_one_may_not_all_go),
		TEST(a_link_that_leads_who_knows_where_leaves_the_only_other_open),
		TEST(memory_of_cxl_that_is_not_told_of_may_be_the_hosts),
		TEST(link_of_no_function_stays),
		TEST(keeping_what_the_host_lives_on_is_no_fault),
		TEST(consoles_are_warned_of_and_block_nothing),
		TEST(unread_mounts_are_warned_of),
		TEST(interfaces_in_other_namespaces_are_warned_of),
		TEST(a_container_is_named),
		TEST(check_says_each_verdict),
		TEST(functions_of_a_graphics_card_belong_together),
		TEST(what_could_not_be_followed_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

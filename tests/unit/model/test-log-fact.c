/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/fact.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

/* What a line tells of a function. */
static struct log_values values_of(const char *function)
{
	struct log_values values = {0};

	values.has_function = pci_address_parse(function, &values.function) == 0;
	return values;
}

/* Builds the engines that facts are looked up in. */
static void conclude(struct paper *paper)
{
	model_build(&paper->host, paper->arena, &paper->model);
}

static void expect(struct paper *paper, enum log_fact fact, const struct log_values *values,
		   enum log_cause cause, const char *why)
{
	struct log_answer answer = log_fact_judge(fact, &paper->model, values, paper->arena);

	assert_int_equal(answer.cause, cause);
	if (why)
		assert_non_null(strstr(answer.why, why));
}

static void a_group_is_held_by_the_drivers_of_others(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.0");
	static const char *const groups[] = {"0000:01:00.0 0000:01:00.1"};

	add_device(paper, "0000:01:00.0", 0, "vfio-pci");
	struct pci_function *other = add_device(paper, "0000:01:00.1", 0, "snd_hda_intel");
	add_groups(paper, groups, 1);
	conclude(paper);
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_CONFIRMED, "0000:01:00.1 (snd_hda_intel)");
	set_driver(other, "vfio-pci");
	conclude(paper);
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_REFUTED, NULL);
	other->driver.fact = unreadable("driver", EACCES);
	conclude(paper);
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_OPEN, "0000:01:00.1");
}

static void a_group_is_looked_up_by_its_number_where_no_function_is_named(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {.has_group = true, .group = 0};
	static const char *const groups[] = {"0000:01:00.0 0000:01:00.1"};

	add_device(paper, "0000:01:00.0", 0, "vfio-pci");
	add_device(paper, "0000:01:00.1", 0, "snd_hda_intel");
	add_groups(paper, groups, 1);
	conclude(paper);
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_CONFIRMED, "snd_hda_intel");
	values.group = 99;
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_OPEN, NULL);
}

static void of_a_group_alone_each_function_may_be_the_one_that_is_held(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {.has_group = true, .group = 0};
	static const char *const groups[] = {"0000:01:00.0 0000:01:00.1"};

	struct pci_function *first = add_device(paper, "0000:01:00.0", 0, "nouveau");
	add_device(paper, "0000:01:00.1", 0, "vfio-pci");
	add_groups(paper, groups, 1);
	conclude(paper);
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_CONFIRMED, "0000:01:00.0 (nouveau)");
	set_driver(first, "vfio-pci");
	conclude(paper);
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_REFUTED, NULL);
	first->driver.fact = unreadable("driver", EACCES);
	conclude(paper);
	expect(paper, LOG_FACT_GROUP_HELD, &values, LOG_OPEN, "0000:01:00.0");
}

static void a_driver_of_vfio_is_seen(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.0");
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "e1000e");

	expect(paper, LOG_FACT_NOT_ON_VFIO, &values, LOG_CONFIRMED, "e1000e");
	set_driver(function, "vfio-pci");
	expect(paper, LOG_FACT_NOT_ON_VFIO, &values, LOG_REFUTED, "vfio-pci");
	function->driver.fact = absent("driver");
	expect(paper, LOG_FACT_NOT_ON_VFIO, &values, LOG_CONFIRMED, "no driver");
	function->driver.fact = unreadable("driver", EACCES);
	expect(paper, LOG_FACT_NOT_ON_VFIO, &values, LOG_OPEN, NULL);
}

static void a_function_is_in_a_group_or_not(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.0");
	struct pci_function *function = add_device(paper, "0000:01:00.0", 7, NULL);

	expect(paper, LOG_FACT_NO_GROUP, &values, LOG_REFUTED, "group 7");
	function->group.fact = absent("iommu_group");
	expect(paper, LOG_FACT_NO_GROUP, &values, LOG_CONFIRMED, NULL);
	function->group.fact = unreadable("iommu_group", EACCES);
	expect(paper, LOG_FACT_NO_GROUP, &values, LOG_OPEN, NULL);
	values = values_of("0000:02:00.0");
	expect(paper, LOG_FACT_NO_GROUP, &values, LOG_OPEN, NULL);
}

static void add_unit_of_39_bits(struct paper *paper)
{
	struct iommu_unit *unit = add_unit(paper, "dmar0", IOMMU_VTD);

	/* MGAW (bits 21:16) 38, SAGAW (12:8) of three levels: 39 bits. */
	unit->capability.fact = known("cap");
	unit->capability.value = 0x260200;
	conclude(paper);
}

static void an_address_is_compared_with_the_width(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {.numbers = {0x380000000000, 0x1000}, .count = 2};

	expect(paper, LOG_FACT_BEYOND_WIDTH, &values, LOG_OPEN, NULL);
	add_unit_of_39_bits(paper);
	expect(paper, LOG_FACT_BEYOND_WIDTH, &values, LOG_CONFIRMED, "39 bits");
	values.numbers[0] = 0x7ffffff000;
	expect(paper, LOG_FACT_BEYOND_WIDTH, &values, LOG_REFUTED, "0x7fffffffff fits");
	values.numbers[1] = 0x1001;
	expect(paper, LOG_FACT_BEYOND_WIDTH, &values, LOG_CONFIRMED, NULL);
	values.numbers[0] = UINT64_MAX;
	values.numbers[1] = UINT64_MAX;
	expect(paper, LOG_FACT_BEYOND_WIDTH, &values, LOG_CONFIRMED, NULL);
	values.count = 0;
	expect(paper, LOG_FACT_BEYOND_WIDTH, &values, LOG_OPEN, NULL);
}

static void the_width_of_a_guest_is_compared_with_the_hosts(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {.numbers = {48, 39}, .count = 2};

	add_unit_of_39_bits(paper);
	expect(paper, LOG_FACT_VIOMMU_WIDTH, &values, LOG_CONFIRMED, "39 bits");
	values.numbers[0] = 39;
	expect(paper, LOG_FACT_VIOMMU_WIDTH, &values, LOG_REFUTED, NULL);
}

static void vfs_are_counted(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.0");
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "ixgbe");

	function->sriov.numvfs.fact = known("sriov_numvfs");
	function->sriov.numvfs.value = 4;
	expect(paper, LOG_FACT_VFS_ENABLED, &values, LOG_CONFIRMED, "4 VFs");
	function->sriov.numvfs.value = 0;
	expect(paper, LOG_FACT_VFS_ENABLED, &values, LOG_REFUTED, NULL);
	function->sriov.numvfs.fact = unreadable("sriov_numvfs", EACCES);
	expect(paper, LOG_FACT_VFS_ENABLED, &values, LOG_OPEN, NULL);
}

static void the_host_bridge_is_looked_for(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {0};
	struct pci_function *first = add_device(paper, "0000:00:00.0", 1, NULL);

	set_class(first, 0x060000);
	expect(paper, LOG_FACT_NO_HOST_BRIDGE, &values, LOG_OPEN, NULL);
	set_class(first, 0x088000);
	expect(paper, LOG_FACT_NO_HOST_BRIDGE, &values, LOG_CONFIRMED, NULL);
}

static void the_kernels_configuration_is_asked_for_cdev(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {0};

	paper_kconfig(paper, "CONFIG_IOMMUFD=m\nCONFIG_VFIO_DEVICE_CDEV=y\n");
	expect(paper, LOG_FACT_NO_CDEV, &values, LOG_REFUTED, NULL);
	paper_kconfig(paper, "CONFIG_IOMMUFD=m\n");
	expect(paper, LOG_FACT_NO_CDEV, &values, LOG_CONFIRMED, "VFIO_DEVICE_CDEV");
	paper->host.kconfig.fact = absent("config");
	expect(paper, LOG_FACT_NO_CDEV, &values, LOG_OPEN, NULL);
}

static void libvirt_asks_for_groups_and_vfio(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {0};

	expect(paper, LOG_FACT_LIBVIRT_REFUSES, &values, LOG_CONFIRMED, "no IOMMU group");
	paper->host.groups.fact = unreadable("groups", EACCES);
	paper->host.modules.loaded.fact = unreadable("modules", EACCES);
	expect(paper, LOG_FACT_LIBVIRT_REFUSES, &values, LOG_OPEN, NULL);
}

static void a_module_of_vfio_is_there_or_not(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {0};
	const char *loaded[] = {"vfio"};

	paper->host.modules.loaded.fact = known("modules");
	paper->host.modules.loaded.names = loaded;
	paper->host.modules.loaded.count = 1;
	expect(paper, LOG_FACT_VFIO_NOT_LOADED, &values, LOG_REFUTED, "vfio is loaded");
	expect(paper, LOG_FACT_TYPE1_NOT_LOADED, &values, LOG_CONFIRMED, "vfio_iommu_type1");
	paper->host.modules.loaded.fact = unreadable("modules", EACCES);
	expect(paper, LOG_FACT_TYPE1_NOT_LOADED, &values, LOG_OPEN, NULL);
}

static void a_function_is_missing_or_not(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.0");

	add_device(paper, "0000:01:00.0", 1, NULL);
	expect(paper, LOG_FACT_MISSING, &values, LOG_REFUTED, NULL);
	values = values_of("0000:02:00.0");
	expect(paper, LOG_FACT_MISSING, &values, LOG_CONFIRMED, "no 0000:02:00.0");
	paper->host.pci.fact = unreadable("devices", EACCES);
	expect(paper, LOG_FACT_MISSING, &values, LOG_OPEN, NULL);
}

static void a_function_answers_or_not(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.0");
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	expect(paper, LOG_FACT_UNREACHABLE, &values, LOG_REFUTED, "answers");
	for (size_t offset = 0; offset < 64; offset += 4)
		set_config32(function, offset, UINT32_MAX);
	expect(paper, LOG_FACT_UNREACHABLE, &values, LOG_CONFIRMED, "0000:01:00.0");
	values = values_of("0000:02:00.0");
	expect(paper, LOG_FACT_UNREACHABLE, &values, LOG_OPEN, NULL);
}

static void an_address_lies_in_reserved_memory(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.0");
	const struct pci_function *functions[] = {add_device(paper, "0000:01:00.0", 1, NULL)};
	struct reserved_region region = {
		.start = 0x1000, .end = 0x1fff, .functions = functions, .function_count = 1};

	paper->model.reserved_memory.regions = &region;
	paper->model.reserved_memory.count = 1;
	values.numbers[0] = 0x1fff;
	values.count = 1;
	expect(paper, LOG_FACT_RESERVED, &values, LOG_CONFIRMED, "0x1000 to 0x1fff");
	values.numbers[0] = 0x2000;
	expect(paper, LOG_FACT_RESERVED, &values, LOG_OPEN, NULL);
}

static void a_token_is_wanted_only_with_the_pf_on_vfio(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.1");
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "i915");
	struct pci_function *vf = add_device(paper, "0000:01:00.1", 1, "vfio-pci");

	make_vf(vf, pf);
	values.error = EACCES;
	expect(paper, LOG_FACT_NO_TOKEN, &values, LOG_OPEN, "0000:01:00.0 is on i915");
	expect(paper, LOG_FACT_NO_TOKEN, &values, LOG_OPEN, "without power management");
	values.error = EINVAL;
	expect(paper, LOG_FACT_NO_TOKEN, &values, LOG_OPEN,
	       "0000:01:00.0 is on i915, so no token is wanted: take vf-token= out");
	set_driver(pf, "vfio-pci");
	assert_null(log_fact_judge(LOG_FACT_NO_TOKEN, &paper->model, &values, paper->arena).why);
}

static void graphics_may_have_no_opregion_for_guests(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:00:02.0");
	struct pci_function *graphics = add_device(paper, "0000:00:02.0", 1, NULL);

	graphics->vendor.value = 0x8086;
	graphics->class_code.value = 0x030000;
	expect(paper, LOG_FACT_NO_OPREGION, &values, LOG_OPEN, NULL);
	graphics->class_code.value = 0x038000;
	expect(paper, LOG_FACT_NO_OPREGION, &values, LOG_CONFIRMED, "does not show guests");
	values = values_of("0000:01:00.0");
	add_device(paper, "0000:01:00.0", 1, NULL);
	expect(paper, LOG_FACT_NO_OPREGION, &values, LOG_CONFIRMED, "not Intel's integrated");
}

static void a_fault_of_no_function_may_be_one_of_its_device(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:01:00.1");
	struct pci_function *disk = add_device(paper, "0000:01:00.0", 1, NULL);

	disk->sriov.totalvfs.fact.state = FACT_ABSENT;
	expect(paper, LOG_FACT_RESERVED, &values, LOG_OPEN, "0000:01:00.0 may send under that id");
	disk->sriov.totalvfs.fact.state = FACT_KNOWN;
	assert_null(log_fact_judge(LOG_FACT_RESERVED, &paper->model, &values, paper->arena).why);
	values = values_of("0000:02:00.1");
	assert_null(log_fact_judge(LOG_FACT_RESERVED, &paper->model, &values, paper->arena).why);
}

static void without(struct paper *paper, const char *address, uint32_t class_code)
{
	struct pci_function *function = add_device(paper, address, 1, NULL);

	set_class(function, class_code);
	function->sriov.totalvfs.fact.state = FACT_ABSENT;
}

static void a_fault_is_laid_to_no_bridge_and_to_none_of_several(void **state)
{
	struct paper *paper = *state;
	struct log_values values = values_of("0000:00:1f.6");

	without(paper, "0000:00:1f.0", 0x060100);
	assert_null(log_fact_judge(LOG_FACT_RESERVED, &paper->model, &values, paper->arena).why);
	without(paper, "0000:00:1f.2", 0x010601);
	expect(paper, LOG_FACT_RESERVED, &values, LOG_OPEN, "0000:00:1f.2 may send under that id");
	without(paper, "0000:00:1f.3", 0x0c0500);
	assert_null(log_fact_judge(LOG_FACT_RESERVED, &paper->model, &values, paper->arena).why);
}

static void the_limit_of_a_line_is_that_of_who_runs_passcheck(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {.numbers = {65536}, .count = 1};

	paper->host.memory.lock_limit.fact = known("limits");
	paper->host.memory.lock_limit.value = 65536;
	expect(paper, LOG_FACT_LOCK_LIMIT, &values, LOG_CONFIRMED, "65536 bytes");
	paper->host.memory.lock_limit.value = INT64_MAX;
	expect(paper, LOG_FACT_LOCK_LIMIT, &values, LOG_OPEN, NULL);
}

static void the_limit_of_mappings_is_the_usual_one_or_was_raised(void **state)
{
	struct paper *paper = *state;
	struct log_values values = {0};
	struct fact_text *limit = &paper->host.modules.type1_dma_entry_limit;

	expect(paper, LOG_FACT_ENTRY_LIMIT, &values, LOG_OPEN, NULL);
	*limit = known_text("dma_entry_limit", "65535\n");
	expect(paper, LOG_FACT_ENTRY_LIMIT, &values, LOG_CONFIRMED, "65535");
	*limit = known_text("dma_entry_limit", "1000000\n");
	expect(paper, LOG_FACT_ENTRY_LIMIT, &values, LOG_OPEN, "1000000");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_group_is_held_by_the_drivers_of_others),
		TEST(a_group_is_looked_up_by_its_number_where_no_function_is_named),
		TEST(of_a_group_alone_each_function_may_be_the_one_that_is_held),
		TEST(a_driver_of_vfio_is_seen),
		TEST(a_function_is_in_a_group_or_not),
		TEST(an_address_is_compared_with_the_width),
		TEST(the_width_of_a_guest_is_compared_with_the_hosts),
		TEST(vfs_are_counted),
		TEST(the_host_bridge_is_looked_for),
		TEST(the_kernels_configuration_is_asked_for_cdev),
		TEST(libvirt_asks_for_groups_and_vfio),
		TEST(a_module_of_vfio_is_there_or_not),
		TEST(a_function_is_missing_or_not),
		TEST(a_function_answers_or_not),
		TEST(an_address_lies_in_reserved_memory),
		TEST(a_token_is_wanted_only_with_the_pf_on_vfio),
		TEST(graphics_may_have_no_opregion_for_guests),
		TEST(a_fault_of_no_function_may_be_one_of_its_device),
		TEST(a_fault_is_laid_to_no_bridge_and_to_none_of_several),
		TEST(the_limit_of_mappings_is_the_usual_one_or_was_raised),
		TEST(the_limit_of_a_line_is_that_of_who_runs_passcheck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

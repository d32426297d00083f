/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_map.h"

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"

static void a_function_is_found_by_its_address(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
	struct domain_device devices[] = {hostdev_of(function), hostdev_of(function)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};
	struct domain_map map;

	devices[1].source.bus = 9;
	const struct domain_set set = {.domains = &domain, .domain_count = 1};
	domain_map_build(&paper->model, &set, paper->arena, &map);
	assert_int_equal(map.use_count, 2);
	assert_ptr_equal(map.uses[0].function, function);
	assert_null(map.uses[1].function);
	assert_string_equal(map.uses[1].address, "0000:09:00.0");
}

static void what_a_domain_uses_is_its_part_of_the_lists(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
	struct domain_device devices[] = {hostdev_of(function), hostdev_of(function)};
	struct domain_device vdpa = {.kind = DOMAIN_DEVICE_VDPA, .element = "interface"};
	const struct domain domains[] = {
		{.name = "one", .devices = devices, .device_count = 1},
		{.name = "none"},
		{.name = "two", .devices = devices, .device_count = 2},
		{.name = "other", .devices = &vdpa, .device_count = 1},
	};
	static const struct {
		size_t uses, others;
	} rows[] = {{1, 0}, {0, 0}, {2, 0}, {0, 1}};
	const struct domain_set set = {.domains = domains, .domain_count = ARRAY_LENGTH(domains)};
	struct domain_map map;

	domain_map_build(&paper->model, &set, paper->arena, &map);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct domain_part part = domain_map_part(&map, &domains[i]);
		test_row("%s", domains[i].name);
		assert_int_equal(part.uses.end - part.uses.begin, rows[i].uses);
		assert_int_equal(part.network_use_count, 0);
		assert_int_equal(part.other_count, rows[i].others);
		for (const struct domain_use *use = part.uses.begin; use < part.uses.end; use++)
			assert_ptr_equal(use->domain, &domains[i]);
		for (size_t k = 0; k < part.other_count; k++)
			assert_ptr_equal(part.others[k].domain, &domains[i]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_function_is_found_by_its_address),
		TEST(what_a_domain_uses_is_its_part_of_the_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

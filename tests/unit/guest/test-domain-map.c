/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_map.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_function_is_found_by_its_address, paper_setup,
						paper_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

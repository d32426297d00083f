/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/twins.h"

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

enum { A_DEVICE = 0x10ed, ANOTHER_DEVICE = 0x1515 };

static struct pci_function *add_with_ids(struct paper *paper, const char *name, uint16_t device)
{
	struct pci_function *function = add_function(paper, name, NULL);

	set_ids(function, 0x8086, device);
	return function;
}

static void twins_come_in_the_order_of_the_host(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = add_with_ids(paper, "0000:00:01.0", A_DEVICE),
				  *other = add_with_ids(paper, "0000:00:02.0", ANOTHER_DEVICE),
				  *second = add_with_ids(paper, "0000:00:03.0", A_DEVICE);
	struct twins twins;

	twins_build(&paper->host, paper->arena, &twins);
	struct twin_list list = twins_of(&twins, second);
	assert_int_equal(list.count, 2);
	assert_ptr_equal(list.functions[0], first);
	assert_ptr_equal(list.functions[1], second);
	assert_int_equal(twins_of(&twins, other).count, 1);
}

static void functions_whose_ids_were_not_read_are_nobodys_twins(void **state)
{
	struct paper *paper = *state;
	struct pci_function *known = add_with_ids(paper, "0000:00:01.0", A_DEVICE),
			    *unknown = add_with_ids(paper, "0000:00:02.0", A_DEVICE);
	struct twins twins;

	unknown->device.fact = unreadable("/device", 5);
	twins_build(&paper->host, paper->arena, &twins);
	assert_int_equal(twins_of(&twins, unknown).count, 0);
	assert_int_equal(twins_of(&twins, known).count, 1);
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(twins_come_in_the_order_of_the_host),
		PAPER_TEST(functions_whose_ids_were_not_read_are_nobodys_twins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

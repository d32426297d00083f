/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/acs_override.h"
#include "model/isolation/alone.h"
#include "model/isolation/overridden.h"

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/predict.h"

enum { GOOD = ACS_REQUIRED };

/* What the words cover of a root port, an endpoint alone, one of several, and a conventional one.
 */
static void words_cover_what_they_name(void **state)
{
	static const struct {
		const char *value;
		bool port;
		bool single;
		bool several;
	} rows[] = {
		{"downstream", true, false, false},
		{"multifunction", false, false, true},
		{"downstream,multifunction", true, false, true},
		{"id:1234:5678", true, true, true},
		{"id:1234:5679", false, false, false},
		{"multifunction,id:1234:5678", true, true, true},
		{"on", false, false, false},
		{"", false, false, false},
	};
	struct pci_function *port = add_express(*state, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *conventional = add_function(*state, "0000:00:02.0", NULL);
	struct pci_function *single = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	struct pci_function *several = add_express(*state, "0000:02:00.1", port, EXPRESS_ENDPOINT);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].value);
		assert_int_equal(acs_override_covers(rows[i].value, port), rows[i].port);
		assert_int_equal(acs_override_covers(rows[i].value, single), rows[i].single);
		assert_int_equal(acs_override_covers(rows[i].value, several), rows[i].several);
		assert_false(acs_override_covers(rows[i].value, conventional));
	}
	set_acs(port, GOOD, 0);
	assert_false(acs_override_covers("downstream", port));
}

/* A root port without ACS, below it a device of one function, and beside it a device of two. */
static void add_host(struct paper *paper)
{
	struct pci_function *port = add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);

	set_ids(port, 0x8086, 0x1901);
	make_multifunction(add_express(paper, "0000:00:1b.0", NULL, EXPRESS_ENDPOINT));
	add_express(paper, "0000:00:1b.1", NULL, EXPRESS_ENDPOINT);
	add_express(paper, "0000:01:00.0", port, EXPRESS_ENDPOINT);
}

struct kernel_case {
	const char *line;
	const char *groups[4];
	enum acs_override_state state;
};

static const struct kernel_case cases[] = {
	{"pcie_acs_override=downstream",
	 {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0 0000:00:1b.1"},
	 ACS_OVERRIDE_DEAD},
	{"pcie_acs_override=downstream,multifunction",
	 {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0 0000:00:1b.1"},
	 ACS_OVERRIDE_DEAD},
	{"pcie_acs_override=downstream pcie_acs_override=multifunction",
	 {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0 0000:00:1b.1"},
	 ACS_OVERRIDE_DEAD},
	{"pcie_acs_override=downstream,multifunction pcie_acs_override=id:dead:beef",
	 {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0 0000:00:1b.1"},
	 ACS_OVERRIDE_DEAD},
	{"pcie_acs_override=id:8086:1901",
	 {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0 0000:00:1b.1"},
	 ACS_OVERRIDE_DEAD},
	{"pcie_acs_override=multifunction",
	 {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0", "0000:00:1b.1"},
	 ACS_OVERRIDE_ACTS},
	{"pcie_acs_override=downstream",
	 {"0000:00:01.0", "0000:00:1b.0 0000:00:1b.1", "0000:01:00.0"},
	 ACS_OVERRIDE_ACTS},
	{"pcie_acs_override=id:dead:beef",
	 {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0 0000:00:1b.1"},
	 ACS_OVERRIDE_IDLE},
	{"quiet", {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0 0000:00:1b.1"}, ACS_OVERRIDE_UNKNOWN},
};

static enum acs_override_state judge(struct paper *paper)
{
	struct model *model = &paper->model;

	predict_groups(paper);
	return acs_override_judge(&model->isolation, &model->platform, &model->parameters,
				  &model->dma_units, paper->arena);
}

static void groups_show_whether_the_kernel_acts_on_it(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t count = 0;

		test_row("%zu %s", i, cases[i].line);
		paper_reset(*state);
		add_host(*state);
		paper_command_line(*state, cases[i].line);
		while (count < 4 && cases[i].groups[count])
			count++;
		add_groups(*state, cases[i].groups, count);
		assert_int_equal(judge(*state), cases[i].state);
	}
}

/* The kernel's group of 0000:00:1b.0 is its own by the override alone. */
static void what_the_override_splits_is_not_alone(void **state)
{
	static const char *const groups[] = {"0000:00:01.0 0000:01:00.0", "0000:00:1b.0",
					     "0000:00:1b.1"};
	struct paper *paper = *state;
	struct model *model = &paper->model;
	struct stale_groups stale = {0};
	const char *neighbour;

	add_host(paper);
	paper_command_line(paper, "pcie_acs_override=multifunction");
	add_groups(paper, groups, 3);
	enum acs_override_state override = judge(paper);
	alone_build(&paper->host, &model->isolation, &stale, override, paper->arena, &model->alone);
	const struct pci *pci = &paper->host.pci;
	assert_int_equal(alone_of(&model->alone, pci_find_name(pci, "0000:00:1b.0"), &neighbour),
			 ALONE_NO);
	assert_string_equal(neighbour, "0000:00:1b.1");
	assert_int_equal(alone_of(&model->alone, pci_find_name(pci, "0000:01:00.0"), &neighbour),
			 ALONE_YES);
	alone_build(&paper->host, &model->isolation, &stale, ACS_OVERRIDE_IDLE, paper->arena,
		    &model->alone);
	assert_int_equal(alone_of(&model->alone, pci_find_name(pci, "0000:00:1b.0"), &neighbour),
			 ALONE_YES);
}

static void nothing_is_known_while_the_iommu_is_off(void **state)
{
	add_host(*state);
	paper_command_line(*state, "pcie_acs_override=downstream");
	assert_int_equal(judge(*state), ACS_OVERRIDE_UNKNOWN);
}

/* The override spares conventional functions: their group shows nothing. */
static void conventional_functions_show_nothing(void **state)
{
	static const char *const groups[] = {"0000:00:1e.0 0000:05:00.0 0000:05:01.0"};
	struct pci_function *bridge = add_function(*state, "0000:00:1e.0", NULL);

	make_bridge(bridge);
	add_function(*state, "0000:05:00.0", bridge);
	add_function(*state, "0000:05:01.0", bridge);
	add_groups(*state, groups, 1);
	paper_command_line(*state, "pcie_acs_override=downstream,multifunction");
	assert_int_equal(judge(*state), ACS_OVERRIDE_IDLE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(words_cover_what_they_name),
		TEST(groups_show_whether_the_kernel_acts_on_it),
		TEST(what_the_override_splits_is_not_alone),
		TEST(nothing_is_known_while_the_iommu_is_off),
		TEST(conventional_functions_show_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

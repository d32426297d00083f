/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define ROOT_BUS "/sys/devices/pci0000:00"
#define PF       "0000:00:02.0"

/* Makes a PF of 8 VFs with those attributes, on a driver unless that is NULL; returns its path. */
static const char *add_pf(const struct tree *tree, const char *driver, const char *totalvfs,
			  const char *numvfs)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	config_add_sriov(&config, 8);
	const char *path = tree_function(tree, ROOT_BUS, PF, &config);
	tree_attribute(tree, path, "sriov_totalvfs", totalvfs);
	tree_attribute(tree, path, "sriov_numvfs", numvfs);
	tree_attribute(tree, path, "sriov_drivers_autoprobe", "1\n");
	if (driver)
		tree_driver(tree, path, driver);
	return path;
}

/* Makes a VF of that PF, on a driver unless that is NULL. */
static void add_vf(const struct tree *tree, const char *pf, const char *address, const char *driver)
{
	struct test_config config;

	config_begin(&config, 0xffff, 0xffff, 0x020000);
	const char *path = tree_function(tree, ROOT_BUS, address, &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", path), pf);
	if (driver)
		tree_driver(tree, path, driver);
}

static struct findings *judge_host(struct tree *tree, const struct host *host)
{
	return judge(tree->arena, "sriov-vfs", host);
}

static struct findings *judge_tree(struct tree *tree)
{
	return judge_host(tree, tree_host(tree));
}

static void vfs_that_are_off_pass(void **state)
{
	struct tree *tree = *state;

	add_pf(tree, "igb", "8\n", "0\n");
	struct findings *findings = judge_tree(tree);
	const struct finding *finding = expect_finding(findings, "sriov-vfs.off", FINDING_PASS);
	assert_string_equal(finding->subject.id, PF);
	assert_string_equal(finding->summary, PF " has no VFs enabled");
	assert_int_equal(findings->count, 1);
}

static void vfs_are_named_with_what_holds_them(void **state)
{
	struct tree *tree = *state;
	const char *pf = add_pf(tree, "igb", "8\n", "4\n");

	add_vf(tree, pf, "0000:00:10.0", "igbvf");
	add_vf(tree, pf, "0000:00:10.2", "vfio-pci");
	add_vf(tree, pf, "0000:00:10.4", "igbvf");
	add_vf(tree, pf, "0000:00:10.6", NULL);
	struct findings *findings = judge_tree(tree);
	const struct finding *finding = expect_finding(findings, "sriov-vfs.enabled", FINDING_PASS);
	assert_string_equal(
		finding->summary,
		PF " has 4 VFs, 0000:00:10.0, 0000:00:10.2 to 0000:00:10.6: 2 on igbvf, 1 on "
		   "vfio-pci, 1 without driver");
	assert_int_equal(findings->count, 1);
}

static void more_drivers_than_a_line_has_room_for_are_left_out(void **state)
{
	static const char *const drivers[] = {"a", "b", "c", "d", "e"};
	struct tree *tree = *state;
	const char *pf = add_pf(tree, "igb", "8\n", "5\n");

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		add_vf(tree, pf, arena_printf(tree->arena, "0000:00:1%zu.0", i), drivers[i]);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-vfs.enabled", FINDING_PASS);
	assert_string_equal(finding->summary,
			    PF " has 5 VFs, 0000:00:10.0, 0000:00:11.0 to 0000:00:14.0: "
			       "1 on a, 1 on b, 1 on c, 1 on d");
}

static void vfs_of_another_pf_are_not_counted(void **state)
{
	struct tree *tree = *state;

	add_pf(tree, "igb", "8\n", "0\n");
	add_vf(tree, ROOT_BUS "/0000:00:03.0", "0000:00:10.0", NULL);
	expect_finding(judge_tree(tree), "sriov-vfs.off", FINDING_PASS);
}

static void fewer_vfs_than_enabled_disagree(void **state)
{
	struct tree *tree = *state;
	const char *pf = add_pf(tree, "igb", "8\n", "2\n");

	add_vf(tree, pf, "0000:00:10.0", "igbvf");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-vfs.disagree", FINDING_WARN);
	assert_string_equal(finding->summary, PF " says that it has 2 VFs, and 1 exists");
}

static void vfs_that_were_not_read_do_not_disagree(void **state)
{
	struct tree *tree = *state;
	const char *pf = add_pf(tree, "igb", "8\n", "1\n");

	add_vf(tree, pf, "0000:00:10.0", "igbvf");
	struct host *host = tree_host(tree);
	host->pci.functions[1].physfn.fact = unreadable("physfn", EACCES);
	host->pci.functions[1].pf = NULL;
	struct findings *findings = judge_host(tree, host);
	assert_null(finding_of(findings, "sriov-vfs.disagree"));
	const struct finding *finding =
		expect_finding(findings, "sriov-vfs.unreadable", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "physfn"));
}

static void a_pf_without_driver_enables_no_vfs(void **state)
{
	struct tree *tree = *state;

	add_pf(tree, NULL, "8\n", "0\n");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-vfs.no-driver", FINDING_WARN);
	assert_string_equal(finding->summary,
			    PF " has no driver, without which the kernel enables no VFs");
	assert_string_equal(finding->commands->text,
			    "modprobe $(cat /sys/bus/pci/devices/" PF "/modalias)");
}

/* A driver may leave its VFs behind when it goes. */
static void a_pf_whose_driver_left_keeps_its_vfs(void **state)
{
	struct tree *tree = *state;
	const char *pf = add_pf(tree, NULL, "8\n", "1\n");

	add_vf(tree, pf, "0000:00:10.0", NULL);
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "sriov-vfs.no-driver", FINDING_WARN);
	assert_string_equal(finding->summary, PF
			    " has no driver, without which the kernel keeps the VFs as they are");
	expect_finding(findings, "sriov-vfs.enabled", FINDING_PASS);
}

static void a_driver_that_was_not_read_is_not_missing(void **state)
{
	struct tree *tree = *state;

	add_pf(tree, "igb", "8\n", "0\n");
	struct host *host = tree_host(tree);
	host->pci.functions[0].driver.fact = unreadable("driver", EACCES);
	struct findings *findings = judge_host(tree, host);
	assert_null(finding_of(findings, "sriov-vfs.no-driver"));
	expect_finding(findings, "sriov-vfs.unreadable", FINDING_UNKNOWN);
}

#define ENABLE_SRIOV "/sys/module/vfio_pci/parameters/enable_sriov"

/* As vf-budget says of each: what sets VFs up, and on what it depends. */
static void a_driver_that_sets_up_no_vfs_is_named(void **state)
{
	static const struct {
		const char *driver;
		const char *enable_sriov; /* NULL: not there */
		const char *id;           /* NULL: nothing is said of the driver */
		enum finding_verdict verdict;
		const char *summary;
	} rows[] = {
		{"igb", NULL, NULL, FINDING_PASS, NULL},
		{"vendorware", NULL, NULL, FINDING_PASS, NULL},
		{"vfio-pci", "Y\n", NULL, FINDING_PASS, NULL},
		{"vfio-pci", "N\n", "sriov-vfs.stub-driver", FINDING_NOT_APPLICABLE,
		 PF " is on vfio-pci, which enables no VFs"},
		{"vfio-pci", NULL, "sriov-vfs.unreadable", FINDING_UNKNOWN,
		 "whether vfio-pci sets up VFs of " PF " could not be read"},
		{"pci-stub", NULL, "sriov-vfs.stub-driver", FINDING_NOT_APPLICABLE,
		 PF " is on pci-stub, which enables no VFs"},
		{"pciback", NULL, "sriov-vfs.stub-driver", FINDING_NOT_APPLICABLE,
		 PF " is on pciback, which enables no VFs"},
		{"uio_pci_generic", NULL, "sriov-vfs.stub-driver", FINDING_NOT_APPLICABLE,
		 PF " is on uio_pci_generic, which enables no VFs"},
		{"i915", NULL, "sriov-vfs.stub-driver", FINDING_NOT_APPLICABLE,
		 PF " is on i915, which enables no VFs"},
		{"nvidia", NULL, "sriov-vfs.stub-driver", FINDING_NOT_APPLICABLE,
		 PF
		 " is on nvidia, which enables VFs by NVIDIA's tool: /usr/lib/nvidia/sriov-manage -e " PF},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s, enable_sriov %s", rows[i].driver,
			 rows[i].enable_sriov ? rows[i].enable_sriov : "is not there");
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		add_pf(tree, rows[i].driver, "8\n", "0\n");
		if (rows[i].enable_sriov)
			tree_file(tree, ENABLE_SRIOV, rows[i].enable_sriov);
		const struct findings *findings = judge_tree(tree);
		assert_int_equal(findings->count, rows[i].id ? 2 : 1);
		if (rows[i].id)
			assert_string_equal(
				expect_finding(findings, rows[i].id, rows[i].verdict)->summary,
				rows[i].summary);
		assert_int_equal(tree_teardown(state), 0);
	}
}

static void a_driver_may_allow_fewer_vfs(void **state)
{
	static const struct {
		const char *totalvfs;
		enum finding_verdict verdict;
		const char *summary;
	} rows[] = {
		{"7\n", FINDING_PASS, PF " allows 7 of its 8 VFs"},
		{"0\n", FINDING_WARN, PF " allows 0 of its 8 VFs"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].totalvfs);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		add_pf(tree, "igb", rows[i].totalvfs, "0\n");
		const struct finding *finding = expect_finding(
			judge_tree(tree), "sriov-vfs.limited-by-driver", rows[i].verdict);
		assert_string_equal(finding->summary, rows[i].summary);
		assert_true(has_evidence(finding, "TotalVFs 8"));
		assert_int_equal(tree_teardown(state), 0);
	}
}

static void what_lets_a_driver_offer_vfs_depends_on_it(void **state)
{
	static const struct {
		const char *driver;
		const char *remedy;
	} rows[] = {
		{"igb", "the device's own setup"},
		{"xe", "xe.max_vfs on the kernel command line"},
		{"sfc", "It is a setting of the adapter: set vf-count"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].driver);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		add_pf(tree, rows[i].driver, "0\n", "0\n");
		const struct finding *finding = expect_finding(
			judge_tree(tree), "sriov-vfs.limited-by-driver", FINDING_WARN);
		assert_non_null(strstr(finding->remedy, rows[i].remedy));
		assert_int_equal(tree_teardown(state), 0);
	}
}

static void counts_that_were_not_read_are_unknown(void **state)
{
	struct tree *tree = *state;

	add_pf(tree, "igb", "nonsense\n", "0\n");
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "sriov-vfs.unreadable", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, ROOT_BUS "/" PF "/sriov_totalvfs"));
	assert_int_equal(findings->count, 1);
}

static void a_host_without_pfs_has_none(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	tree_function(tree, ROOT_BUS, PF, &config);
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "sriov-vfs.none", FINDING_NOT_APPLICABLE);
	assert_int_equal(finding->subject.type, SUBJECT_HOST);
	assert_int_equal(findings->count, 1);
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(vfs_that_are_off_pass),
		TREE_TEST(vfs_are_named_with_what_holds_them),
		TREE_TEST(more_drivers_than_a_line_has_room_for_are_left_out),
		TREE_TEST(vfs_of_another_pf_are_not_counted),
		TREE_TEST(fewer_vfs_than_enabled_disagree),
		TREE_TEST(vfs_that_were_not_read_do_not_disagree),
		TREE_TEST(a_pf_without_driver_enables_no_vfs),
		TREE_TEST(a_pf_whose_driver_left_keeps_its_vfs),
		TREE_TEST(a_driver_that_was_not_read_is_not_missing),
		cmocka_unit_test(a_driver_that_sets_up_no_vfs_is_named),
		cmocka_unit_test(a_driver_may_allow_fewer_vfs),
		cmocka_unit_test(what_lets_a_driver_offer_vfs_depends_on_it),
		TREE_TEST(counts_that_were_not_read_are_unknown),
		TREE_TEST(a_host_without_pfs_has_none),
	};

	return cmocka_run_group_tests_name("sriov-vfs", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define PF "0000:01:00.0"

/* A PF below a root port, under construction. */
struct pf {
	struct tree *tree;
	struct test_config config;
	uint8_t *sriov;
	const char *path;
};

static struct pf *begin(void **state)
{
	struct tree *tree = *state;
	struct pf *pf = arena_alloc(tree->arena, sizeof(*pf));

	assert_non_null(pf);
	pf->tree = tree;
	config_begin(&pf->config, 0x8086, 0x10c9, 0x020000);
	config_add_express(&pf->config, PCI_EXP_TYPE_ENDPOINT);
	pf->sriov = config_add_sriov(&pf->config, 8);
	return pf;
}

static void write_pf(struct pf *pf)
{
	struct test_config port;

	config_begin(&port, 0x8086, 0x3420, 0x060400);
	port.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	uint8_t *express = config_add_express(&port, PCI_EXP_TYPE_ROOT_PORT);
	put32(express + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_ARI);
	const char *folder =
		tree_function(pf->tree, "/sys/devices/pci0000:00", "0000:00:01.0", &port);
	pf->path = tree_function(pf->tree, folder, PF, &pf->config);
}

/* Writes the PF of a kernel that took the capability. */
static void write_taken(struct pf *pf)
{
	write_pf(pf);
	tree_attribute(pf->tree, pf->path, "sriov_totalvfs", "8\n");
	tree_attribute(pf->tree, pf->path, "sriov_numvfs", "0\n");
}

static struct findings *judge_tree(struct tree *tree)
{
	return judge(tree->arena, "sriov", tree_host(tree));
}

static const struct finding *expect(struct pf *pf, const char *id, enum finding_verdict verdict)
{
	struct findings *findings = judge_tree(pf->tree);
	const struct finding *finding = expect_finding(findings, id, verdict);

	assert_int_equal(findings->count, 1);
	assert_string_equal(finding->subject.id, PF);
	return finding;
}

static void a_capability_that_the_kernel_took_passes(void **state)
{
	struct pf *pf = begin(state);

	put16(pf->sriov + PCI_IOV_DID, 0x10ca);
	put16(pf->sriov + PCI_IOV_CTRL, PCI_IOV_CTRL_ARI);
	write_taken(pf);
	const struct finding *finding = expect(pf, "sriov.capable", FINDING_PASS);
	assert_string_equal(finding->summary, PF " has SR-IOV with 8 VFs");
	assert_true(has_evidence(finding, "TotalVFs 8, InitialVFs 8, NumVFs 0, first VF offset 1, "
					  "VF stride 1, VF device 10ca, dependency link 00"));
	assert_true(has_evidence(finding,
				 "VFs disabled, memory space disabled, ARI enabled, supported page "
				 "sizes 0x553, system page size 0x1"));
	assert_true(
		has_evidence(finding, "the port 0000:00:01.0 has ARI forwarding, which is off"));
}

static void a_capability_may_be_hidden_by_the_adapter(void **state)
{
	static const struct {
		const char *driver;
		const char *lockdown;
		const char *remedy; /* NULL: no such finding */
	} rows[] = {
		{"mlx5_core", "[none] integrity\n", "SRIOV_EN=1"},
		{"mlx5_core", "none [integrity]\n", "locked down (integrity)"},
		{"ixgbe", "[none] integrity\n", "the adapter's setup"},
		{"r8169", "[none] integrity\n", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s %s", rows[i].driver, rows[i].lockdown);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		struct test_config config;
		config_begin(&config, 0x15b3, 0x101d, 0x020000);
		config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
		const char *path = tree_function(tree, "/sys/devices/pci0000:00", PF, &config);
		tree_link(tree, arena_path(tree->arena, path, "driver"),
			  arena_path(tree->arena, "/sys/bus/pci/drivers", rows[i].driver));
		tree_file(tree, "/sys/kernel/security/lockdown", rows[i].lockdown);
		struct findings *findings = judge_tree(tree);
		if (!rows[i].remedy) {
			assert_null(finding_of(findings, "sriov.hidden"));
		} else {
			const struct finding *finding =
				expect_finding(findings, "sriov.hidden", FINDING_NOT_APPLICABLE);
			assert_non_null(strstr(finding->remedy, rows[i].remedy));
		}
		assert_int_equal(tree_teardown(state), 0);
	}
}

static void registers_that_the_kernel_refuses_are_named(void **state)
{
	static const struct {
		size_t offset;
		const char *summary;
	} rows[] = {
		{PCI_IOV_TOTALVF,
		 "the kernel refused the SR-IOV capability of " PF ": TotalVFs is 0"},
		{PCI_IOV_SUPPS,
		 "the kernel refused the SR-IOV capability of " PF ": it supports no page size"},
		{PCI_IOV_OFFSET,
		 "the kernel refused the SR-IOV capability of " PF ": the first VF offset is 0"},
		{PCI_IOV_STRIDE,
		 "the kernel refused the SR-IOV capability of " PF ": the VF stride is 0"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].summary);
		assert_int_equal(tree_setup(state), 0);
		struct pf *pf = begin(state);
		put16(pf->sriov + rows[i].offset, 0);
		write_pf(pf);
		assert_string_equal(expect(pf, "sriov.refused", FINDING_WARN)->summary,
				    rows[i].summary);
		assert_int_equal(tree_teardown(state), 0);
	}
}

/* bnxt_en's adapters show the capability with TotalVFs 0 where their setup has it off. */
static void a_total_of_0_is_a_setting_of_such_an_adapter(void **state)
{
	struct pf *pf = begin(state);

	put16(pf->sriov + PCI_IOV_TOTALVF, 0);
	write_pf(pf);
	tree_driver(pf->tree, pf->path, "bnxt_en");
	const struct finding *finding = expect(pf, "sriov.refused", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "setting of the adapter: switch SR-IOV on"));
}

static void a_capability_refused_for_another_reason_points_to_the_log(void **state)
{
	struct pf *pf = begin(state);

	write_pf(pf);
	assert_string_equal(expect(pf, "sriov.refused", FINDING_WARN)->summary,
			    "the kernel refused the SR-IOV capability of " PF ": its log says why");
}

/* Offset and stride may read as 0 while NumVFs is 0. */
static void offset_and_stride_of_0_do_not_overrule_a_kernel_that_took_them(void **state)
{
	struct pf *pf = begin(state);

	put16(pf->sriov + PCI_IOV_OFFSET, 0);
	put16(pf->sriov + PCI_IOV_STRIDE, 0);
	write_taken(pf);
	expect(pf, "sriov.capable", FINDING_PASS);
}

static void one_vf_needs_no_stride(void **state)
{
	struct pf *pf = begin(state);

	put16(pf->sriov + PCI_IOV_TOTALVF, 1);
	put16(pf->sriov + PCI_IOV_STRIDE, 0);
	write_pf(pf);
	assert_string_equal(expect(pf, "sriov.refused", FINDING_WARN)->summary,
			    "the kernel refused the SR-IOV capability of " PF ": its log says why");
}

static void a_kernel_without_iov_knows_no_vf_bars(void **state)
{
	struct pf *pf = begin(state);

	/* The registers do not matter to it. */
	put16(pf->sriov + PCI_IOV_OFFSET, 0);
	write_pf(pf);
	tree_attribute(pf->tree, pf->path, "resource", resource_lines(pf->tree, 7));
	const struct finding *finding = expect(pf, "sriov.no-kernel-support", FINDING_WARN);
	assert_true(has_evidence(finding, "7 lines, none of VF BARs"));
	assert_non_null(finding->remedy);
}

static void initial_vfs_must_be_all_unless_vfs_migrate(void **state)
{
	static const struct {
		uint32_t capabilities;
		uint16_t initial;
		const char *id;
		enum finding_verdict verdict;
	} rows[] = {
		{0, 8, "sriov.capable", FINDING_PASS},
		{0, 7, "sriov.cannot-enable", FINDING_WARN},
		{PCI_IOV_CAP_VFM, 7, "sriov.capable", FINDING_PASS},
		{PCI_IOV_CAP_VFM, 9, "sriov.cannot-enable", FINDING_WARN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("capabilities %#x, InitialVFs %u", rows[i].capabilities, rows[i].initial);
		assert_int_equal(tree_setup(state), 0);
		struct pf *pf = begin(state);
		put32(pf->sriov + PCI_IOV_CAP, rows[i].capabilities);
		put16(pf->sriov + PCI_IOV_INITIALVF, rows[i].initial);
		write_taken(pf);
		expect(pf, rows[i].id, rows[i].verdict);
		assert_int_equal(tree_teardown(state), 0);
	}
}

static void a_function_that_it_depends_on_must_have_vfs(void **state)
{
	struct pf *pf = begin(state);

	pf->sriov[PCI_IOV_FDL] = 1;
	write_taken(pf);
	const struct finding *finding = expect(pf, "sriov.cannot-enable", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "device's own setup"));
	assert_string_equal(finding->summary, "the kernel cannot enable VFs of " PF
					      ": it depends on 0000:01:00.1, which is not there");
}

static void registers_of_an_unprivileged_reader_are_unknown(void **state)
{
	struct pf *pf = begin(state);

	pf->config.length = CONFIG_HEADER_SIZE;
	write_pf(pf);
	struct findings *findings = judge_tree(pf->tree);
	assert_null(finding_of(findings, "sriov.none"));
	const struct finding *finding =
		expect_finding(findings, "sriov.unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->subject.id, PF);
	assert_string_equal(finding->summary, "cannot tell whether " PF " has SR-IOV");
	assert_int_equal(finding->evidence->error, EPERM);
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

static void config_space_without_a_file_is_absent(void **state)
{
	struct pf *pf = begin(state);

	write_pf(pf);
	struct host *host = tree_host(pf->tree);
	struct config_space *config = &host->pci.functions[1].config;
	*config = (struct config_space){.fact = absent(config->fact.source)};
	const struct finding *finding = expect_finding(judge(pf->tree->arena, "sriov", host),
						       "sriov.unreadable", FINDING_UNKNOWN);
	assert_int_equal(finding->evidence->state, FACT_ABSENT);
	assert_int_equal(finding->evidence->error, 0);
}

static void vfs_that_the_kernel_offers_show_the_capability_without_privilege(void **state)
{
	struct pf *pf = begin(state);

	pf->config.length = CONFIG_HEADER_SIZE;
	write_taken(pf);
	const struct finding *finding = expect(pf, "sriov.unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->summary,
			    PF " has SR-IOV, but its registers could not be read");
	assert_true(has_evidence(finding, "8"));
}

static void an_attribute_that_was_not_read_leaves_the_kernels_part_unknown(void **state)
{
	struct pf *pf = begin(state);

	write_pf(pf);
	struct host *host = tree_host(pf->tree);
	host->pci.functions[1].sriov.totalvfs.fact = unreadable("sriov_totalvfs", EIO);
	const struct finding *finding = expect_finding(judge(pf->tree->arena, "sriov", host),
						       "sriov.unreadable", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "sriov_totalvfs"));
}

static void registers_that_no_kernel_takes_are_bad_whatever_else_was_read(void **state)
{
	struct pf *pf = begin(state);

	put16(pf->sriov + PCI_IOV_TOTALVF, 0);
	write_pf(pf);
	struct host *host = tree_host(pf->tree);
	host->pci.functions[1].sriov.totalvfs.fact = unreadable("sriov_totalvfs", EIO);
	expect_finding(judge(pf->tree->arena, "sriov", host), "sriov.refused", FINDING_WARN);
}

static void a_host_without_the_capability_has_none(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	tree_function(tree, "/sys/devices/pci0000:00", "0000:00:02.0", &config);
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "sriov.none", FINDING_NOT_APPLICABLE);
	assert_int_equal(finding->subject.type, SUBJECT_HOST);
	assert_int_equal(findings->count, 1);
}

static void a_vf_is_no_pf(void **state)
{
	struct pf *pf = begin(state);
	const char *folder = "/sys/devices/pci0000:00/0000:00:01.0";

	write_taken(pf);
	const char *vf = tree_function(pf->tree, folder, "0000:01:00.1", &pf->config);
	tree_link(pf->tree, arena_printf(pf->tree->arena, "%s/physfn", vf), pf->path);
	expect(pf, "sriov.capable", FINDING_PASS);
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_capability_that_the_kernel_took_passes),
		cmocka_unit_test(a_capability_may_be_hidden_by_the_adapter),
		cmocka_unit_test(registers_that_the_kernel_refuses_are_named),
		TREE_TEST(a_total_of_0_is_a_setting_of_such_an_adapter),
		TREE_TEST(a_capability_refused_for_another_reason_points_to_the_log),
		TREE_TEST(offset_and_stride_of_0_do_not_overrule_a_kernel_that_took_them),
		TREE_TEST(one_vf_needs_no_stride),
		TREE_TEST(a_kernel_without_iov_knows_no_vf_bars),
		cmocka_unit_test(initial_vfs_must_be_all_unless_vfs_migrate),
		TREE_TEST(a_function_that_it_depends_on_must_have_vfs),
		TREE_TEST(registers_of_an_unprivileged_reader_are_unknown),
		TREE_TEST(config_space_without_a_file_is_absent),
		TREE_TEST(vfs_that_the_kernel_offers_show_the_capability_without_privilege),
		TREE_TEST(an_attribute_that_was_not_read_leaves_the_kernels_part_unknown),
		TREE_TEST(registers_that_no_kernel_takes_are_bad_whatever_else_was_read),
		TREE_TEST(a_host_without_the_capability_has_none),
		TREE_TEST(a_vf_is_no_pf),
	};

	return cmocka_run_group_tests_name("sriov", tests, NULL, NULL);
}

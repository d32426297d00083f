/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ID(name) "unsafe-options." name
#define CONFIG   "/etc/modprobe.d/vfio.conf"

struct option_case {
	const char *command_line;
	const char *modprobe;
	const char *id;
	const char *evidence;
};

static struct host *make_host(struct paper *paper, const char *command_line, const char *modprobe)
{
	struct fact_text file = known_text(CONFIG, modprobe);

	paper_reset(paper);
	paper_command_line(paper, command_line);
	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	return &paper->host;
}

static struct findings *judge_options(struct paper *paper, const struct option_case *row)
{
	return judge(paper->arena, "unsafe-options",
		     make_host(paper, row->command_line, row->modprobe));
}

static const struct option_case unsafe[] = {
	{"quiet", "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", ID("pending"),
	 "options vfio_iommu_type1 allow_unsafe_interrupts=1"},
	{"quiet", "options vfio-iommu-type1 \\\n  allow_unsafe_interrupts=Y", ID("pending"),
	 "options vfio-iommu-type1 allow_unsafe_interrupts=Y"},
	{"iommufd.allow_unsafe_interrupts", "", ID("pending"), "iommufd.allow_unsafe_interrupts"},
	{"vfio.enable_unsafe_noiommu_mode=1", "", ID("pending"),
	 "vfio.enable_unsafe_noiommu_mode=1"},
	{"vfio-pci.disable_denylist=on", "", ID("denylist-disabled"),
	 "vfio-pci.disable_denylist=on"},
	{"vfio_pci.disable_denylist=true", "", ID("denylist-disabled"),
	 "vfio_pci.disable_denylist=true"},
	{"intel_iommu=on,relax_rmrr", "", ID("relaxed-rmrr"), "intel_iommu=on,relax_rmrr"},
};

static void option_that_takes_protection_away_warns(void **state)
{
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) {
		test_row("%s; %s", unsafe[i].command_line, unsafe[i].modprobe);
		struct findings *findings = judge_options(*state, &unsafe[i]);
		const struct finding *finding =
			expect_finding(findings, unsafe[i].id, FINDING_WARN);
		assert_true(has_evidence(finding, unsafe[i].evidence));
		assert_non_null(finding->remedy);
		assert_int_equal(findings->count, 1);
	}
}

/* A kernel that knows the word calls every region relaxable, from 5.3 on in sysfs, too. */
static void relax_rmrr_is_idle_where_the_kernel_is_strict(void **state)
{
	static const struct {
		const char *release, *member, *regions;
		bool idle;
	} rows[] = {
		{"6.8.0-45-generic", "0000:04:00.0",
		 "0x00000000000e8000 0x00000000000e8fff direct\n", true},
		{"6.8.12-4-pve", "0000:04:00.0",
		 "0x00000000000e8000 0x00000000000e8fff direct-relaxable\n", false},
		{"5.2.0", "0000:04:00.0", "0x00000000000e8000 0x00000000000e8fff direct\n", false},
		/* The patch leaves regions of what is not PCI direct. */
		{"6.8.12-4-pve", "INTC1020:00", "0x00000000000e8000 0x00000000000e8fff direct\n",
		 false},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct paper *paper = *state;
		test_row("%s", rows[i].release);
		struct host *host = make_host(paper, "intel_iommu=on,relax_rmrr", "");
		paper_kernel(paper, rows[i].release);
		add_function(paper, "0000:04:00.0", NULL);
		add_unit(paper, "dmar0", IOMMU_VTD);
		add_group(paper, 1, "0000:04:00.0", rows[i].regions);
		paper->host.groups.groups[0].devices.names = &rows[i].member;
		const struct finding *finding =
			expect_finding(judge(paper->arena, "unsafe-options", host),
				       ID("relaxed-rmrr"), FINDING_WARN);
		assert_true(!strstr(finding->summary, "has no effect") == !rows[i].idle);
	}
}

static const struct option_case safe[] = {
	{.command_line = "quiet", .modprobe = "options vfio-pci ids=10de:1eb8\n"},
	{.command_line = "vfio_iommu_type1.allow_unsafe_interrupts=0",
	 .modprobe = "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"},
	{.command_line = "quiet",
	 .modprobe = "#options vfio_iommu_type1 allow_unsafe_interrupts=1\n"},
	{.command_line = "quiet",
	 .modprobe = "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"
		     "options vfio_iommu_type1 allow_unsafe_interrupts=N\n"},
	{.command_line = "intel_iommu=on", .modprobe = "options vfio allow_unsafe_interrupts=1\n"},
};

static void options_that_are_off_or_of_other_modules_pass(void **state)
{
	for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++) {
		test_row("%s; %s", safe[i].command_line, safe[i].modprobe);
		struct findings *findings = judge_options(*state, &safe[i]);
		expect_finding(findings, ID("none"), FINDING_PASS);
		assert_int_equal(findings->count, 1);
	}
}

static void option_in_effect_is_left_to_the_check_of_its_effect(void **state)
{
	struct host *host =
		make_host(*state, "quiet", "options vfio_iommu_type1 allow_unsafe_interrupts=1\n");

	host->modules.type1_unsafe_interrupts = known_text("type1", "Y");
	assert_null(finding_of(judge(host->arena, "unsafe-options", host), ID("pending")));
}

/* The check of interrupts advises it there, for want of anything else. */
static void what_vfio_needs_on_the_machine_is_kept_for_trusted_guests(void **state)
{
	struct paper *paper = *state;

	for (int broken = 0; broken < 2; broken++) {
		test_row("%d", broken);
		struct host *host = make_host(
			paper, "quiet", "options vfio_iommu_type1 allow_unsafe_interrupts=1\n");
		struct pci_function *bridge = add_function(paper, "0000:00:00.0", NULL);
		set_ids(bridge, 0x8086, 0x3405);
		set_config32(bridge, 8, broken ? 0x13 : 0x21);
		host->interrupts = (struct interrupts){.fact = known("/proc/interrupts"),
						       .plain_chip = "PCI-MSI"};
		const struct finding *finding = expect_finding(
			judge(paper->arena, "unsafe-options", host), ID("pending"), FINDING_WARN);
		assert_int_equal(strstr(finding->remedy, "Keep") != NULL, broken);
		assert_int_equal(strstr(finding->remedy, "Remove") != NULL, !broken);
	}
}

static void denylist_that_is_off_by_hand_warns(void **state)
{
	struct paper *paper = *state;
	struct host *host = make_host(paper, "quiet", "");

	host->modules.vfio_pci_no_denylist = known_text("disable_denylist", "Y");
	const struct finding *finding = expect_finding(judge(paper->arena, "unsafe-options", host),
						       ID("denylist-disabled"), FINDING_WARN);
	assert_string_equal(finding->remedy, "Load vfio_pci anew without disable_denylist");
}

static void configuration_that_was_not_read_is_unknown(void **state)
{
	struct host *host = make_host(*state, "quiet", "");

	host->modprobe.fact = unreadable("/etc/modprobe.d/x.conf", EACCES);
	struct findings *findings = judge(host->arena, "unsafe-options", host);
	const struct finding *finding = expect_finding(findings, ID("unreadable"), FINDING_UNKNOWN);
	assert_string_equal(finding->remedy, "Run passcheck as root");
	assert_null(finding_of(findings, ID("none")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(option_that_takes_protection_away_warns),
		TEST(relax_rmrr_is_idle_where_the_kernel_is_strict),
		TEST(options_that_are_off_or_of_other_modules_pass),
		TEST(option_in_effect_is_left_to_the_check_of_its_effect),
		TEST(what_vfio_needs_on_the_machine_is_kept_for_trusted_guests),
		TEST(denylist_that_is_off_by_hand_warns),
		TEST(configuration_that_was_not_read_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ID(name) "secure-guests." name
#define CPUINFO  "vendor_id\t: AuthenticAMD\nflags\t\t: fpu tsc lm svm %s\n"

/* An AMD host whose processor has these flags, on which KVM offers SEV and not SEV-SNP. */
static struct host *make_host(struct paper *paper, const char *flags)
{
	struct host *host = &paper->host;
	struct fact_text text =
		known_text("/proc/cpuinfo", arena_printf(paper->arena, CPUINFO, flags));

	cpu_parse(paper->arena, &text, &host->cpu);
	host->kvm.amd_sev = known_text("sev", "Y");
	host->kvm.amd_sev_es = known_text("sev_es", "Y");
	host->kvm.amd_sev_snp = known_text("sev_snp", "N");
	host->kvm.intel_tdx.fact = absent("tdx");
	return host;
}

static struct findings *judge_flags(struct paper *paper, const char *flags)
{
	return judge(paper->arena, "secure-guests", make_host(paper, flags));
}

static void processor_without_encryption_is_not_concerned(void **state)
{
	struct findings *findings = judge_flags(*state, "npt");

	expect_finding(findings, ID("none"), FINDING_NOT_APPLICABLE);
	assert_int_equal(findings->count, 1);
}

static void what_kvm_offers_passes(void **state)
{
	struct findings *findings = judge_flags(*state, "sev");

	expect_finding(findings, ID("on"), FINDING_PASS);
	assert_int_equal(findings->count, 1);
}

static void what_kvm_leaves_off_is_no_fault(void **state)
{
	expect_finding(judge_flags(*state, "sev_snp"), ID("off"), FINDING_NOT_APPLICABLE);
}

static void words_for_other_tables_keep_snp_off(void **state)
{
	static const struct {
		const char *release, *line, *summary;
	} rows[] = {
		{"6.12.0", "iommu=pt", "iommu=pt keeps SEV-SNP off"},
		{"6.12.0", "iommu.passthrough=1", "iommu.passthrough=1 keeps SEV-SNP off"},
		{"6.12.0", "amd_iommu=pgtbl_v2", "amd_iommu=pgtbl_v2 keeps SEV-SNP off"},
		{"6.12.0", "iommu=pt amd_iommu=pgtbl_v2",
		 "iommu=pt and amd_iommu=pgtbl_v2 keep SEV-SNP off"},
		{"7.3.4", "iommu=pt", "iommu=pt may keep SEV-SNP off"},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s %s", rows[i].release, rows[i].line);
		paper_reset(paper);
		paper_kernel(paper, rows[i].release);
		paper_command_line(paper, rows[i].line);
		const struct finding *finding = expect_finding(
			judge_flags(paper, "sev_snp"), ID("snp-blocked"), FINDING_NOT_APPLICABLE);
		assert_string_equal(finding->summary, rows[i].summary);
	}
	paper_reset(paper);
	paper_command_line(paper, "amd_iommu=pgtbl_v2,pgtbl_v1");
	expect_finding(judge_flags(paper, "sev_snp"), ID("off"), FINDING_NOT_APPLICABLE);
}

static void parameter_that_was_not_read_is_unknown(void **state)
{
	struct paper *paper = *state;
	struct host *host = make_host(paper, "sev");

	host->kvm.amd_sev = (struct fact_text){.fact = unreadable("sev", EACCES)};
	expect_finding(judge(paper->arena, "secure-guests", host), ID("unreadable"),
		       FINDING_UNKNOWN);
}

static void tdx_is_told_by_its_parameter(void **state)
{
	struct paper *paper = *state;
	struct host *host = make_host(paper, "npt");

	host->kvm.intel_tdx = known_text("tdx", "Y");
	const struct finding *finding =
		expect_finding(judge(paper->arena, "secure-guests", host), ID("on"), FINDING_PASS);
	assert_string_equal(finding->summary, "KVM can run TDX guests");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(processor_without_encryption_is_not_concerned),
		TEST(what_kvm_offers_passes),
		TEST(what_kvm_leaves_off_is_no_fault),
		TEST(words_for_other_tables_keep_snp_off),
		TEST(parameter_that_was_not_read_is_unknown),
		TEST(tdx_is_told_by_its_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

static void an_emulated_iommu_must_tell_vfio_what_the_guest_maps(void **state)
{
	static const struct {
		enum domain_iommu iommu;
		bool follows;
		enum domain_device_kind kind;
		const char *id; /* NULL: nothing is wrong */
	} rows[] = {
		{DOMAIN_IOMMU_NONE, false, DOMAIN_DEVICE_HOSTDEV, NULL},
		{DOMAIN_IOMMU_INTEL, true, DOMAIN_DEVICE_HOSTDEV, NULL},
		{DOMAIN_IOMMU_INTEL, false, DOMAIN_DEVICE_NVME, NULL},
		{DOMAIN_IOMMU_OTHER, false, DOMAIN_DEVICE_HOSTDEV, NULL},
		{DOMAIN_IOMMU_SMMUV3, true, DOMAIN_DEVICE_HOSTDEV, NULL},
		{DOMAIN_IOMMU_INTEL, false, DOMAIN_DEVICE_HOSTDEV, "domain-iommu.no-caching-mode"},
		{DOMAIN_IOMMU_INTEL, false, DOMAIN_DEVICE_ARGUMENT, "domain-iommu.no-caching-mode"},
		{DOMAIN_IOMMU_INTEL, false, DOMAIN_DEVICE_INTERFACE,
		 "domain-iommu.no-caching-mode"},
		{DOMAIN_IOMMU_SMMUV3, false, DOMAIN_DEVICE_HOSTDEV, "domain-iommu.smmuv3"},
		{DOMAIN_IOMMU_AMD, true, DOMAIN_DEVICE_HOSTDEV, NULL},
		{DOMAIN_IOMMU_AMD, false, DOMAIN_DEVICE_NVME, NULL},
	};
	struct paper *paper = *state;
	struct domain_device device = hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct domain domain = {.name = "vm",
					      .iommu = rows[i].iommu,
					      .iommu_follows = rows[i].follows,
					      .devices = &device,
					      .device_count = 1};
		test_row("row %zu", i);
		device.kind = rows[i].kind;
		if (!rows[i].id) {
			assert_int_equal(judge_domains(paper, "domain-iommu", &domain, 1)->count,
					 0);
			continue;
		}
		expect_domain_finding(
			paper, &domain, rows[i].id, FINDING_FAIL,
			rows[i].iommu == DOMAIN_IOMMU_INTEL
				? "vm does not start: it takes 0000:01:00.0, and has an emulated "
				  "Intel IOMMU without caching mode"
				: "vm does not start: it takes 0000:01:00.0, and has an emulated "
				  "SMMUv3, of which VFIO learns nothing");
	}
}

/* Between them are versions that do not start it, and versions that do. */
static void what_an_emulated_amd_iommu_does_depends_on_qemu(void **state)
{
	static const struct {
		int64_t qemu; /* 0: not known */
		enum finding_verdict verdict;
		const char *says;
	} rows[] = {
		{0, FINDING_WARN, "vm does not start, or cannot use what it takes"},
		{7002000, FINDING_FAIL, "vm does not start"},
		{9001002, FINDING_FAIL, "vm does not start"},
		{9002000, FINDING_WARN, "vm does not start, or cannot use what it takes"},
		{10002000, FINDING_WARN, "vm cannot use what it takes"},
	};
	struct paper *paper = *state;
	struct domain_device device = hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));
	const struct domain domain = {
		.name = "vm", .iommu = DOMAIN_IOMMU_AMD, .devices = &device, .device_count = 1};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%zu", i);
		if (rows[i].qemu)
			paper->host.hypervisor.qemu_version =
				(struct fact_number){.fact = known("qemu"), .value = rows[i].qemu};
		const struct finding *finding =
			expect_finding(judge_domains(paper, "domain-iommu", &domain, 1),
				       "domain-iommu.amd", rows[i].verdict);
		assert_ptr_equal(strstr(finding->summary, rows[i].says), finding->summary);
		assert_non_null(strstr(finding->summary,
				       ": it takes 0000:01:00.0, and has an emulated AMD IOMMU"));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_emulated_iommu_must_tell_vfio_what_the_guest_maps),
		TEST(what_an_emulated_amd_iommu_does_depends_on_qemu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

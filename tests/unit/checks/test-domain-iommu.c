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

/* What a QEMU of which nothing is known compares is not known. */
static void an_emulated_intel_iommu_is_no_wider_than_the_hosts(void **state)
{
	static const struct {
		int64_t qemu; /* 0: not known */
		const char *machine;
		unsigned bits;
		bool too_wide;
	} rows[] = {
		{0, "q35", 48, false},
		{0, "pc-q35-10.0", 0, true},
		{0, "pc-q35-9.1", 48, true},
		{0, "pc-q35-9.2", 0, false},
		{9000000, "pc-q35-9.0", 48, false},
		{9001000, "pc-q35-9.1", 48, true},
		{9002000, "pc-q35-9.2", 0, false},
		{10000000, "pc-q35-9.2", 0, true},
		{10000000, "pc-q35-9.1", 0, false},
		{10000000, "q35", 0, true},
		{10000000, "q35", 39, false},
		{10000000, "pc-q35-rhel9.6.0", 0, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct iommu_unit vtd = {
			.capability = {.fact = known("cap"), .value = 0xd2008c22260206}};
		test_row("%zu", i);
		paper_reset(paper);
		struct domain_device device =
			hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));
		const struct domain domain = {.name = "vm",
					      .machine = rows[i].machine,
					      .iommu = DOMAIN_IOMMU_INTEL,
					      .iommu_follows = true,
					      .iommu_bits = rows[i].bits,
					      .devices = &device,
					      .device_count = 1};
		translate_by(paper, IOMMU_VTD, &vtd);
		if (rows[i].qemu)
			paper->host.hypervisor.qemu_version =
				(struct fact_number){.fact = known("qemu"), .value = rows[i].qemu};
		if (rows[i].too_wide)
			expect_domain_finding(
				paper, &domain, "domain-iommu.too-wide", FINDING_FAIL,
				"vm does not start: it takes 0000:01:00.0, and has an emulated "
				"Intel IOMMU of 48 bits, of which the host's translates 39");
		else
			assert_int_equal(judge_domains(paper, "domain-iommu", &domain, 1)->count,
					 0);
	}
}

static void a_function_before_the_iommu_goes_by_it(void **state)
{
	static const struct {
		enum domain_iommu iommu;
		enum domain_device_kind kind;
		size_t after;
		bool last, goes_by;
	} rows[] = {
		{DOMAIN_IOMMU_INTEL, DOMAIN_DEVICE_ARGUMENT, 0, false, false},
		{DOMAIN_IOMMU_INTEL, DOMAIN_DEVICE_ARGUMENT, 1, false, true},
		{DOMAIN_IOMMU_AMD, DOMAIN_DEVICE_HOSTDEV, 1, false, true},
		{DOMAIN_IOMMU_INTEL, DOMAIN_DEVICE_HOSTDEV, 0, true, true},
		{DOMAIN_IOMMU_INTEL, DOMAIN_DEVICE_ARGUMENT, 0, true, false},
		{DOMAIN_IOMMU_OTHER, DOMAIN_DEVICE_ARGUMENT, 1, false, false},
	};
	struct paper *paper = *state;
	struct domain_device device = hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct domain domain = {.name = "vm",
					      .iommu = rows[i].iommu,
					      .iommu_follows = true,
					      .iommu_after = rows[i].after,
					      .iommu_last = rows[i].last,
					      .devices = &device,
					      .device_count = 1};
		test_row("%zu", i);
		device.kind = rows[i].kind;
		if (rows[i].goes_by)
			expect_domain_finding(
				paper, &domain, "domain-iommu.order", FINDING_WARN,
				"vm cannot use what it takes unless its kernel has iommu=pt: it "
				"takes 0000:01:00.0, and has its IOMMU behind that on QEMU's "
				"command line");
		else
			assert_int_equal(judge_domains(paper, "domain-iommu", &domain, 1)->count,
					 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_emulated_iommu_must_tell_vfio_what_the_guest_maps),
		TEST(what_an_emulated_amd_iommu_does_depends_on_qemu),
		TEST(an_emulated_intel_iommu_is_no_wider_than_the_hosts),
		TEST(a_function_before_the_iommu_goes_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

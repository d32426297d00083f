/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* A domain of that much memory with one device, on a host of 8 GiB with 512 pages of 2 MiB. */
static struct domain in_memory(struct paper *paper, uint64_t memory)
{
	struct domain_device *device = arena_alloc(paper->arena, sizeof(*device));
	struct hugepage_pool *pool = arena_alloc(paper->arena, sizeof(*pool));

	assert_non_null(device);
	assert_non_null(pool);
	*device = hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));
	*pool = (struct hugepage_pool){.page_size = 2 * MIB,
				       .pages = {.fact = known("nr_hugepages"), .value = 512}};
	paper->host.memory = (struct memory){
		.total = {.fact = known("/proc/meminfo"), .value = 8 * GIB},
		.hugepage_size = {.fact = known("/proc/meminfo"), .value = 2 * MIB},
		.hugepages_fact = known("/sys/kernel/mm/hugepages"),
		.hugepages = pool,
		.hugepage_count = 1,
	};
	return (struct domain){.name = "vm",
			       .machine = "pc-q35-7.2",
			       .memory = memory,
			       .devices = device,
			       .device_count = 1};
}

static void a_guest_cannot_pin_more_than_the_host_has(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 8 * GIB);

	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
	domain.memory++;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-memory.beyond-host", FINDING_FAIL,
		"vm has 8192 MiB of memory, all of it pinned, and the host has 8192 MiB");
	assert_true(has_evidence(finding, "8589934592 bytes"));
	paper->host.memory.total.fact = unreadable("/proc/meminfo", 13);
	finding = expect_domain_finding(paper, &domain, "domain-memory.unread", FINDING_UNKNOWN,
					"cannot tell whether the host has the memory of vm");
	assert_true(has_evidence(finding, "/proc/meminfo"));
}

static void huge_pages_must_be_there_for_all_of_the_guest(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, GIB);

	domain.hugepages = true;
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
	domain.memory++;
	const struct finding *finding =
		expect_domain_finding(paper, &domain, "domain-memory.hugepages", FINDING_FAIL,
				      "vm needs 513 huge pages of 2048 KiB, and the host has 512");
	assert_true(has_evidence(finding, "512"));
	assert_string_equal(finding->commands->text,
			    "echo 513 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
	paper->host.memory.hugepages[0].pages.fact = unreadable("nr_hugepages", 13);
	finding = expect_domain_finding(paper, &domain, "domain-memory.unread", FINDING_UNKNOWN,
					"cannot tell whether the host has the memory of vm");
	assert_true(has_evidence(finding, "nr_hugepages"));
}

static void a_stack_may_make_the_huge_pages_itself(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 2 * GIB);

	domain.hugepages = domain.makes_hugepages = true;
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
	domain.page_size = GIB;
	expect_domain_finding(paper, &domain, "domain-memory.hugepages", FINDING_FAIL,
			      "vm needs 2 huge pages of 1048576 KiB, and the host has 0");
}

static void a_part_of_the_memory_may_be_in_huge_pages(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 2 * GIB);

	domain.hugepages = true;
	domain.hugepage_memory = GIB;
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
}

/* A pool that the kernel does not have cannot be filled by a command. */
static void a_size_of_huge_pages_may_not_be_there_at_all(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 4 * GIB);

	domain.hugepages = true;
	domain.page_size = GIB;
	const struct finding *finding =
		expect_domain_finding(paper, &domain, "domain-memory.hugepages", FINDING_FAIL,
				      "vm needs 4 huge pages of 1048576 KiB, and the host has 0");
	assert_true(has_evidence(finding, "/sys/kernel/mm/hugepages"));
	assert_string_equal(finding->remedy, "Choose a size of huge pages that the host has");
	assert_null(finding->commands);
}

/* QEMU's q35 puts all but 2 GiB of a great guest's memory above 4 GiB. */
static void all_of_the_guests_memory_must_be_within_the_iommus_reach(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 510 * GIB);
	struct iommu_unit vtd = {
		.capability = {.fact = known("cap"), .value = 0xd2008c22260206}}; /* 39 bits */

	paper->host.memory.total.value = 1024 * GIB;
	translate_by(paper, IOMMU_VTD, &vtd);
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
	domain.memory = 511 * GIB;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-memory.beyond-iommu", FINDING_FAIL,
		"the memory of vm ends at 0x8040000000, and the IOMMU of 0000:01:00.0 translates "
		"39 bits");
	assert_true(has_evidence(finding, "0xd2008c22260206"));
	assert_string_equal(finding->remedy, "Give the guest at most 522240 MiB of memory");
}

static void amd_vi_tells_its_reach_in_the_extended_features(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 256 * 1024 * GIB);
	struct iommu_unit amd = {.capability = {.fact = known("cap"), .value = 0x190b640f},
				 .features = known_text("features", "246577efa22542fa:0\n")};

	paper->host.memory.total.value = INT64_MAX;
	translate_by(paper, IOMMU_AMD_VI, &amd);
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-memory.beyond-iommu", FINDING_FAIL,
		"the memory of vm ends at 0x1000080000000, and the IOMMU of 0000:01:00.0 "
		"translates 48 bits");
	assert_true(has_evidence(finding, "0x246577efa22542fa"));
}

static void memory_below_1_tib_is_no_guests_on_amds_hosts(void **state)
{
	static const struct {
		const char *machine;
		int64_t qemu; /* 0: not known */
		uint64_t memory;
		bool meets;
	} rows[] = {
		{"pc-q35-7.0", 0, 1010 * GIB, false},
		{"pc-q35-7.0", 0, 1011 * GIB, true},
		{"pc-q35-7.1", 0, 1011 * GIB, false},
		{"pc-i440fx-6.2", 0, 1011 * GIB, false},
		{"pc-i440fx-6.2", 0, 1012 * GIB, true},
		{"pc-q35-10.0+pve1", 0, 1011 * GIB, false},
		{"q35", 0, 1011 * GIB, false},
		{"q35", 9002000, 1011 * GIB, false},
		{"q35", 7000000, 1011 * GIB, true},
		{"pc-q35-rhel8.6.0", 0, 1011 * GIB, false},
		{"pc-q35-rhel8.6.0", 6002000, 1011 * GIB, true},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%zu: %s", i, rows[i].machine);
		paper_reset(paper);
		struct domain domain = in_memory(paper, rows[i].memory);
		domain.machine = rows[i].machine;
		paper->host.memory.total.value = 2048 * GIB;
		if (rows[i].qemu)
			paper->host.hypervisor.qemu_version =
				(struct fact_number){.fact = known("qemu"), .value = rows[i].qemu};
		add_group(paper, 1, "0000:01:00.0",
			  "0x00000000fee00000 0x00000000feefffff msi\n"
			  "0x000000fd00000000 0x000000ffffffffff reserved\n");
		if (!rows[i].meets) {
			assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count,
					 0);
			continue;
		}
		expect_finding(judge_domains(paper, "domain-memory", &domain, 1),
			       "domain-memory.reserved", FINDING_FAIL);
	}
}

static void the_memory_that_fits_below_hypertransport_is_told(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 1536 * GIB);

	domain.machine = "pc-q35-6.2";
	paper->host.memory.total.value = 2048 * GIB;
	add_group(paper, 1, "0000:01:00.0", "0x000000fd00000000 0x000000ffffffffff reserved\n");
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-memory.reserved", FINDING_FAIL,
		"the memory of vm ends at 0x18080000000, and the IOMMU of 0000:01:00.0 maps "
		"nothing from 0xfd00000000 to 0xffffffffff");
	assert_true(has_evidence(finding, "0xfd00000000 0xffffffffff reserved"));
	assert_non_null(strstr(finding->remedy, "at most 1034240 MiB"));
	paper->host.groups.groups[0].reserved_regions.fact = unreadable("reserved_regions", 13);
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
}

static void a_hard_limit_must_let_vfio_lock_the_memory(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, GIB);
	struct domain_device devices[2];

	domain.lock_limit = GIB;
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
	domain.lock_limit = GIB - 1;
	expect_domain_finding(
		paper, &domain, "domain-memory.lock-limit", FINDING_FAIL,
		"the hard_limit of vm lets it lock 1023 MiB, and VFIO locks its 1024 MiB "
		"of memory");
	devices[0] = domain.devices[0];
	devices[1] = hostdev_of(add_device(paper, "0000:02:00.0", 2, NULL));
	domain.devices = devices;
	domain.device_count = 2;
	domain.lock_limit = GIB + GIB / 2;
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
	domain.iommu = DOMAIN_IOMMU_INTEL;
	expect_domain_finding(
		paper, &domain, "domain-memory.lock-limit", FINDING_FAIL,
		"the hard_limit of vm lets it lock 1536 MiB, and VFIO locks its 1024 MiB "
		"of memory for each of 2 groups behind its IOMMU");
	devices[0].iommufd = devices[1].iommufd = true;
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
}

/* It starts all the same, and fills as the guest uses it. */
static void a_domain_without_host_devices_pins_nothing(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 8 * GIB + MIB);

	domain.device_count = 0;
	expect_domain_finding(paper, &domain, "domain-memory.beyond-host", FINDING_WARN,
			      "vm has 8193 MiB of memory, and the host has 8192 MiB");
	paper->host.memory.total.fact = unreadable("/proc/meminfo", 13);
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
}

static void huge_pages_are_needed_without_host_devices_too(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 2 * GIB);

	domain.device_count = 0;
	domain.hugepages = true;
	expect_domain_finding(paper, &domain, "domain-memory.hugepages", FINDING_FAIL,
			      "vm needs 1024 huge pages of 2048 KiB, and the host has 512");
}

/* vhost-vdpa and mediated devices pin as a hostdev does. */
static void devices_that_are_no_functions_may_pin_as_well(void **state)
{
	static const struct {
		enum domain_device_kind kind;
		enum finding_verdict verdict;
	} cases[] = {
		{DOMAIN_DEVICE_VDPA, FINDING_FAIL},
		{DOMAIN_DEVICE_MDEV, FINDING_FAIL},
		{DOMAIN_DEVICE_USB, FINDING_WARN},
	};
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 8 * GIB + MIB);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%d", cases[i].kind);
		domain.devices[0] = (struct domain_device){.kind = cases[i].kind};
		expect_finding(judge_domains(paper, "domain-memory", &domain, 1),
			       "domain-memory.beyond-host", cases[i].verdict);
	}
}

/* QEMU maps for it from low addresses on, wherever the guest's memory ends. */
static void an_nvme_disk_does_not_mind_where_memory_ends(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 511 * GIB);
	struct iommu_unit vtd = {
		.capability = {.fact = known("cap"), .value = 0xd2008c22260206}}; /* 39 bits */

	paper->host.memory.total.value = 1024 * GIB;
	translate_by(paper, IOMMU_VTD, &vtd);
	domain.devices[0].kind = DOMAIN_DEVICE_NVME;
	assert_int_equal(judge_domains(paper, "domain-memory", &domain, 1)->count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_guest_cannot_pin_more_than_the_host_has),
		TEST(huge_pages_must_be_there_for_all_of_the_guest),
		TEST(a_stack_may_make_the_huge_pages_itself),
		TEST(a_part_of_the_memory_may_be_in_huge_pages),
		TEST(a_size_of_huge_pages_may_not_be_there_at_all),
		TEST(all_of_the_guests_memory_must_be_within_the_iommus_reach),
		TEST(amd_vi_tells_its_reach_in_the_extended_features),
		TEST(memory_below_1_tib_is_no_guests_on_amds_hosts),
		TEST(the_memory_that_fits_below_hypertransport_is_told),
		TEST(a_hard_limit_must_let_vfio_lock_the_memory),
		TEST(a_domain_without_host_devices_pins_nothing),
		TEST(huge_pages_are_needed_without_host_devices_too),
		TEST(devices_that_are_no_functions_may_pin_as_well),
		TEST(an_nvme_disk_does_not_mind_where_memory_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

static void a_caution_of_a_function_goes_with_it(void **state)
{
	struct caution caution = {.kind = CAUTION_RESET, .why = "it is old", .remedy = "Renew it"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:03:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	struct domain domain = {.name = "web", .devices = &device, .device_count = 1};

	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
	caution.evidence = &function->driver.fact;
	say_caution(paper, function, true, &caution);
	const struct finding *finding =
		expect_domain_finding(paper, &domain, "domain-cautions.caution", FINDING_WARN,
				      "web uses 0000:03:00.0: it is old");
	assert_string_equal(finding->remedy, "Renew it");
}

static void a_card_that_the_domain_has_whole_is_not_split(void **state)
{
	struct caution caution = {.kind = CAUTION_SPLIT_DEVICE, .why = "it is split"};
	struct paper *paper = *state;
	const struct pci_function *card = add_device(paper, "0000:03:00.0", 1, NULL);
	struct domain_device devices[] = {
		hostdev_of(card),
		hostdev_of(add_device(paper, "0000:03:00.1", 2, NULL)),
	};
	struct domain domain = {.name = "web", .devices = devices, .device_count = 1};

	caution.evidence = &card->driver.fact;
	say_caution(paper, card, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
	domain.device_count = 2;
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
}

/* domain-functions.vital says that. */
static void that_the_host_uses_what_it_needs_is_not_a_caution(void **state)
{
	struct caution caution = {.kind = CAUTION_IN_USE,
				  .why = "it is in use: the network link eth0"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:03:00.0", 1, "igb");
	struct domain_device device = hostdev_of(function);
	struct domain domain = {.name = "web", .devices = &device, .device_count = 1};
	struct usage_entry route = {USAGE_ROUTE, "", "eth0", function->path, "/proc/self/net/route",
				    NULL};

	caution.evidence = &function->driver.fact;
	say_caution(paper, function, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
	paper->host.usage.entries = &route;
	paper->host.usage.count = 1;
	host_uses_build(&paper->host, paper->arena, &paper->model.host_uses);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
}

static void integrated_graphics_in_their_place_are_fine(void **state)
{
	struct caution caution = {.kind = CAUTION_IGD, .why = "it is choosy"};
	struct paper *paper = *state;
	const struct pci_function *igd = add_device(paper, "0000:00:02.0", 1, NULL);
	struct domain_device device = hostdev_of(igd);
	struct domain domain = {.name = "web", .devices = &device, .device_count = 1};

	caution.evidence = &igd->driver.fact;
	say_caution(paper, igd, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
	device.place = DOMAIN_PLACE_PCI;
	device.guest = (struct pci_address){.device = 2};
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
}

static void a_caution_of_a_function_that_is_named_twice_is_told_once(void **state)
{
	struct caution caution = {.kind = CAUTION_RESET, .why = "it stays as it is"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device devices[] = {hostdev_of(function), hostdev_of(function)};
	const struct domain domain = {.name = "web", .devices = devices, .device_count = 2};

	caution.evidence = &function->driver.fact;
	say_caution(paper, function, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
}

/* QEMU gives the OpRegion when it is told to, by default from 10.1 on, and in legacy mode. */
static void integrated_graphics_need_their_opregion(void **state)
{
	static const struct {
		const char *machine;
		enum domain_switch opregion;
		int64_t qemu; /* 0: its version is not known */
		size_t findings;
	} rows[] = {
		{NULL, DOMAIN_UNSET, 7002000, 0},
		{"pc-i440fx-9.0", DOMAIN_UNSET, 0, 0},
		{"pc-i440fx-9.0", DOMAIN_OFF, 0, 1},
		{"pc-q35-9.0", DOMAIN_UNSET, 0, 1},
		{"pc-q35-9.0", DOMAIN_UNSET, 10000005, 1},
		{"pc-q35-9.0", DOMAIN_UNSET, 10001000, 0},
		{"pc-q35-9.0", DOMAIN_OFF, 10001000, 1},
		{"q35", DOMAIN_ON, 0, 0},
	};
	struct caution caution = {.kind = CAUTION_IGD, .why = "it is choosy"};
	struct paper *paper = *state;
	struct pci_function *igd = add_device(paper, "0000:00:02.0", 1, NULL);
	struct domain_device device = hostdev_of(igd);
	struct domain domain = {.name = "web", .devices = &device, .device_count = 1};

	igd->class_code = (struct fact_number){.fact = known("class"), .value = 0x030000};
	caution.evidence = &igd->driver.fact;
	say_caution(paper, igd, true, &caution);
	device.place = DOMAIN_PLACE_PCI;
	device.guest = (struct pci_address){.device = 2};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fact_number *version = &paper->host.hypervisor.qemu_version;

		test_row("%s, %d, %lld", rows[i].machine ? rows[i].machine : "", rows[i].opregion,
			 (long long)rows[i].qemu);
		domain.machine = rows[i].machine;
		domain.opregion = rows[i].opregion;
		*version = (struct fact_number){.value = rows[i].qemu};
		version->fact.state = rows[i].qemu ? FACT_KNOWN : FACT_ABSENT;
		assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count,
				 rows[i].findings);
	}
}

static void guests_of_proxmox_are_told_of_their_own_lines(void **state)
{
	struct caution caution = {
		.kind = CAUTION_IGD, .why = "it is choosy", .remedy = "Give it a place"};
	struct paper *paper = *state;
	struct pci_function *igd = add_device(paper, "0000:00:02.0", 1, NULL);
	struct domain_device device = hostdev_of(igd);
	struct domain domain = {
		.name = "100", .other_stack = true, .devices = &device, .device_count = 1};

	igd->class_code = (struct fact_number){.fact = known("class"), .value = 0x030000};
	caution.evidence = &igd->driver.fact;
	say_caution(paper, igd, true, &caution);
	device.element = "hostpci";
	const struct finding *finding =
		expect_finding(judge_domains(paper, "domain-cautions", &domain, 1),
			       "domain-cautions.caution", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "Give it a place. In Proxmox VE: legacy-igd=1"));
	domain.machine = "pc-q35-9.0";
	domain.opregion = DOMAIN_OFF;
	device.place = DOMAIN_PLACE_PCI;
	device.guest = (struct pci_address){.device = 2};
	finding = expect_finding(judge_domains(paper, "domain-cautions", &domain, 1),
				 "domain-cautions.caution", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "-set device.hostpciN.x-igd-opregion=on"));
}

static void a_rom_from_a_file_is_heeded(void **state)
{
	struct caution caution = {.kind = CAUTION_ROM, .why = "it has no ROM"};
	struct paper *paper = *state;
	const struct pci_function *graphics = add_device(paper, "0000:c6:00.0", 1, NULL);
	struct domain_device device = hostdev_of(graphics);
	struct domain domain = {.name = "web", .devices = &device, .device_count = 1};

	caution.evidence = &graphics->driver.fact;
	say_caution(paper, graphics, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
	device.has_rom = true;
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
	device.rom_bar_off = true;
	const struct finding *finding =
		expect_finding(judge_domains(paper, "domain-cautions", &domain, 1),
			       "domain-cautions.caution", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "with its ROM BAR off"));
	assert_non_null(strstr(finding->remedy, "Take rombar=0 out"));
}

static void a_guest_with_nvswitches_sets_their_fabric_up(void **state)
{
	struct caution caution = {.kind = CAUTION_NVLINK, .why = "it waits"};
	struct paper *paper = *state;
	struct pci_function *nvswitch = add_device(paper, "0000:05:00.0", 1, NULL);
	const struct pci_function *gpu = add_device(paper, "0000:18:00.0", 2, NULL);
	struct domain_device devices[] = {hostdev_of(gpu), hostdev_of(nvswitch)};
	struct domain domain = {.name = "web", .devices = devices, .device_count = 1};

	set_ids(nvswitch, 0x10de, 0x22a3);
	set_class(nvswitch, 0x068000);
	caution.evidence = &gpu->driver.fact;
	say_caution(paper, gpu, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
	domain.device_count = 2;
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
}

/* A domain with one function, which has a 64-bit BAR behind an IOMMU of 39 bits. */
static struct domain behind_39_bits(struct paper *paper)
{
	struct pci_resource *bar = arena_alloc(paper->arena, sizeof(*bar));
	struct iommu_unit *unit = arena_alloc(paper->arena, sizeof(*unit));
	struct domain_device *device = arena_alloc(paper->arena, sizeof(*device));
	struct pci_function *function = add_device(paper, "0000:03:00.0", 1, NULL);

	assert_non_null(bar);
	assert_non_null(unit);
	assert_non_null(device);
	*bar = (struct pci_resource){.flags = IORESOURCE_MEM | IORESOURCE_MEM_64};
	function->resources =
		(struct pci_resources){.fact = known("resource"), .lines = bar, .count = 1};
	*unit = (struct iommu_unit){
		.capability = {.fact = known("cap"), .value = 0xd2008c22260206}};
	*device = hostdev_of(function);
	translate_by(paper, IOMMU_VTD, unit);
	return (struct domain){.name = "web", .devices = device, .device_count = 1};
}

static void a_limit_of_addresses_heeds_a_narrow_iommu(void **state)
{
	static const struct {
		unsigned bits, limit, host_bits;
		bool heeded;
	} cases[] = {
		{0, 0, 46, false}, {0, 39, 46, true},  {0, 42, 46, false},  {0, 42, 39, true},
		{39, 0, 46, true}, {40, 0, 46, false}, {46, 39, 46, false},
	};
	struct caution caution = {.kind = CAUTION_ADDRESS_WIDTH, .why = "its IOMMU is narrow"};
	struct paper *paper = *state;
	struct domain domain = behind_39_bits(paper);

	caution.evidence = &paper->host.cpu.fact;
	say_caution(paper, &paper->host.pci.functions[0], true, &caution);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%u %u %u", cases[i].bits, cases[i].limit, cases[i].host_bits);
		domain.address_bits = cases[i].bits;
		domain.address_limit = cases[i].limit;
		paper->host.cpu.physical_bits = cases[i].host_bits;
		assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count,
				 cases[i].heeded ? 0 : 1);
	}
}

/* On a host whose processor has no more bits than its IOMMU. */
static void more_addresses_than_the_iommu_has_are_seen(void **state)
{
	struct paper *paper = *state;
	struct domain domain = behind_39_bits(paper);

	paper->host.cpu.physical_bits = 39;
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
	domain.address_bits = 46;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-cautions.caution", FINDING_WARN,
		"web uses 0000:03:00.0: it has 64-bit BARs, and its IOMMU translates 39 bits of "
		"address where <maxphysaddr> gives the guest 46: the guest's firmware may place "
		"them where VFIO cannot map them");
	assert_string_equal(finding->remedy, "Give the guest's <maxphysaddr> at most 39 bits");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_caution_of_a_function_goes_with_it),
		TEST(a_card_that_the_domain_has_whole_is_not_split),
		TEST(that_the_host_uses_what_it_needs_is_not_a_caution),
		TEST(integrated_graphics_need_their_opregion),
		TEST(guests_of_proxmox_are_told_of_their_own_lines),
		TEST(integrated_graphics_in_their_place_are_fine),
		TEST(a_caution_of_a_function_that_is_named_twice_is_told_once),
		TEST(a_rom_from_a_file_is_heeded),
		TEST(a_guest_with_nvswitches_sets_their_fabric_up),
		TEST(a_limit_of_addresses_heeds_a_narrow_iommu),
		TEST(more_addresses_than_the_iommu_has_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

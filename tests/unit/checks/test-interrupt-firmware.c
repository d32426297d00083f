/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "checks/support/cause.h"
#include "host/base/array.h"
#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

/* A DRHD that includes all, with IOAPIC 2; with IOAPICs 2 and 8. */
#define DRHD_2 "0000 1800 01 00 0000 0000d9fe00000000 03 08 00 00 02 f0 1f00"
#define DRHD_2_8                                                                                   \
	"0000 2000 01 00 0000 0000d9fe00000000 03 08 00 00 02 f0 1f00 03 08 00 00 08 f0 1e00"

#define IOAPIC_2 "01 0c 02 00 0000c0fe 00000000"
#define IOAPIC_8 "01 0c 08 00 0010c0fe 18000000"

/* An IVHD of all devices with a special entry for an IOAPIC: its id, and its requester id. */
#define IVHD(special)        "10 00 2400 0200 4000 0000b8fe00000000 0000 0000 00000000 01 0000 00" special
#define IOAPIC_AT(id, devid) "48 0000 00 " id " " devid " 01"

/* A host that does not remap interrupts. */
static int setup(void **state)
{
	int result = paper_setup(state);
	struct paper *paper = *state;

	paper->host.interrupts.remapped_chip = NULL;
	return result;
}

static void set_remapped(struct paper *paper, bool remapped)
{
	paper->host.interrupts.remapped_chip = remapped ? "IR-PCI-MSI" : NULL;
	paper->host.interrupts.plain_chip = remapped ? NULL : "PCI-MSI";
}

static void expect(struct paper *paper, const char *id, enum finding_verdict verdict)
{
	expect_finding(judge(paper->arena, "interrupt-firmware", &paper->host), id, verdict);
}

static void a_dmar_that_covers_each_ioapic_offers_it(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD_2_8);
	set_madt(paper, IOAPIC_2 IOAPIC_8);
	expect(paper, "interrupt-firmware.offered", FINDING_PASS);
}

static void a_dmar_without_the_flag_does_not(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 0, DRHD_2);
	set_madt(paper, IOAPIC_2);
	expect(paper, "interrupt-firmware.not-offered", FINDING_FAIL);
}

static void what_runs_wins_over_the_flag(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 0, DRHD_2);
	set_madt(paper, IOAPIC_2);
	set_remapped(paper, true);
	expect(paper, "interrupt-firmware.not-offered", FINDING_WARN);
}

static void vfio_that_does_not_mind_makes_it_a_warning(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 0, DRHD_2);
	set_madt(paper, IOAPIC_2);
	set_remapped(paper, false);
	paper->host.modules.type1_unsafe_interrupts = known_text("unsafe", "Y\n");
	expect(paper, "interrupt-firmware.not-offered", FINDING_WARN);
}

static void an_ioapic_without_scope_is_named(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD_2);
	set_madt(paper, IOAPIC_2 IOAPIC_8);
	struct findings *findings = judge(paper->arena, "interrupt-firmware", &paper->host);
	const struct finding *finding =
		expect_finding(findings, "interrupt-firmware.ioapic-uncovered", FINDING_FAIL);
	assert_string_equal(finding->summary, "firmware names no IOMMU for IOAPIC 8");
	assert_null(finding_of(findings, "interrupt-firmware.offered"));
}

static void a_madt_that_was_not_read_leaves_it_open(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD_2);
	paper->host.acpi.madt.fact = unreadable("/sys/firmware/acpi/tables/APIC", 13);
	expect(paper, "interrupt-firmware.unknown", FINDING_UNKNOWN);
	set_remapped(paper, true);
	expect(paper, "interrupt-firmware.runs", FINDING_PASS);
}

static void an_offer_that_is_not_used_is_told(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD_2);
	set_madt(paper, IOAPIC_2);
	set_remapped(paper, false);
	expect(paper, "interrupt-firmware.unused", FINDING_WARN);
}

static void an_erratum_of_the_chipset_is_the_cause_of_what_is_not_used(void **state)
{
	static const struct {
		const char *permitted, *cause;
	} rows[] = {{"N", "interrupt-remapping.off"}, {"Y", "interrupt-remapping.off-allowed"}};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct paper *paper = *state;
		test_row("%s", rows[i].permitted);
		paper_reset(paper);
		set_dmar(paper, 1, DRHD_2);
		set_madt(paper, IOAPIC_2);
		set_remapped(paper, false);
		paper->host.modules.type1_unsafe_interrupts =
			known_text("/type1", rows[i].permitted);
		struct pci_function *bridge = add_function(paper, "0000:00:00.0", NULL);
		set_ids(bridge, 0x8086, 0x3405);
		set_config32(bridge, 8, 0x13);
		struct findings *findings = judge(paper->arena, "interrupt-firmware", &paper->host);
		model_build(&paper->host, paper->arena, &paper->model);
		check_run(check_find("interrupt-remapping"),
			  &(const struct check_context){.host = &paper->host,
							.model = &paper->model,
							.findings = findings});
		findings_settle_causes(findings);
		const struct finding *offer = finding_of(findings, "interrupt-firmware.unused");
		assert_non_null(offer);
		assert_non_null(offer->cause);
		assert_string_equal(offer->cause->kind->id, rows[i].cause);
		assert_null(offer->cause->cause);
	}
}

static void what_keeps_dma_plain_keeps_the_offer_unused(void **state)
{
	struct paper *paper = *state;

	paper_command_line(paper, "amd_iommu=off");
	set_ivrs(paper, IVHD(IOAPIC_AT("02", "a000")));
	set_madt(paper, IOAPIC_2);
	set_remapped(paper, false);
	const struct finding *finding =
		expect_finding(judge(paper->arena, "interrupt-firmware", &paper->host),
			       "interrupt-firmware.unused", FINDING_WARN);
	assert_string_equal(finding->follows.id, "kernel-cmdline.iommu-off");
}

/* Words of the kernel's command line do nothing there: Xen remaps. */
static void an_offer_in_dom0_is_used_by_xen(void **state)
{
	struct paper *paper = *state;

	paper->host.hypervisor.xen.type = known_text("/sys/hypervisor/type", "xen");
	paper->host.hypervisor.xen.initdomain = known_text("initdomain", "1");
	set_dmar(paper, 1, DRHD_2);
	set_madt(paper, IOAPIC_2);
	set_remapped(paper, false);
	const struct finding *finding =
		expect_finding(judge(paper->arena, "interrupt-firmware", &paper->host),
			       "interrupt-firmware.unused", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "xl pci-assignable-add"));
}

static void a_unit_that_cannot_is_named(void **state)
{
	struct paper *paper = *state;
	struct iommu_unit *unit = add_unit(paper, "dmar0", IOMMU_VTD);

	unit->extended_capability = (struct fact_number){.fact = known("ecap"), .value = 0x2};
	set_dmar(paper, 1, DRHD_2);
	set_madt(paper, IOAPIC_2);
	expect(paper, "interrupt-firmware.unit-incapable", FINDING_FAIL);
}

static void opting_out_of_x2apic_is_no_fault(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 3, DRHD_2);
	set_madt(paper, IOAPIC_2);
	expect(paper, "interrupt-firmware.x2apic-opt-out", FINDING_PASS);
	expect(paper, "interrupt-firmware.offered", FINDING_PASS);
}

static void a_refused_table_offers_nothing(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, "0000 1000 01 00 0000 0000000000000000");
	set_madt(paper, IOAPIC_2);
	expect(paper, "interrupt-firmware.table-refused", FINDING_FAIL);
}

static void an_ivrs_with_the_southbridges_ioapic_offers_it(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD(IOAPIC_AT("02", "a000")));
	set_madt(paper, IOAPIC_2);
	expect(paper, "interrupt-firmware.offered", FINDING_PASS);
}

static void an_ioapic_that_the_ivrs_lacks_is_named(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD(IOAPIC_AT("02", "a000")));
	set_madt(paper, IOAPIC_2 IOAPIC_8);
	expect(paper, "interrupt-firmware.ioapic-uncovered", FINDING_FAIL);
}

static void an_ivrs_without_southbridge_does_not_offer_it(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD(IOAPIC_AT("02", "0100")));
	set_madt(paper, IOAPIC_2);
	expect(paper, "interrupt-firmware.no-southbridge", FINDING_FAIL);
}

/* Up to 7.2 by 00:14.0, from 7.3 on by the class of what the IOAPIC of interrupt 0 is mapped to. */
static void the_southbridge_is_known_by_address_or_by_class(void **state)
{
	static const struct {
		const char *release;
		const char *mapped; /* requester id in the IVRS */
		const char *function;
		uint32_t class_code;
		const char *id;
		enum finding_verdict verdict;
	} rows[] = {
		{"6.12.40", "5800", "0000:00:0b.0", 0x0c0500, "interrupt-firmware.no-southbridge",
		 FINDING_FAIL},
		{"7.3.0", "5800", "0000:00:0b.0", 0x0c0500, "interrupt-firmware.offered",
		 FINDING_PASS},
		{"7.3.0", "5800", "0000:00:0b.0", 0x060100, "interrupt-firmware.offered",
		 FINDING_PASS},
		{"7.3.0", "5800", "0000:00:0b.0", 0x0c0330, "interrupt-firmware.no-southbridge",
		 FINDING_FAIL},
		{"7.3.0", "a000", "0000:00:14.0", 0x0c0500, "interrupt-firmware.offered",
		 FINDING_PASS},
		{"7.3.0", "a000", "0000:00:14.0", 0x088000, "interrupt-firmware.no-southbridge",
		 FINDING_FAIL},
		{"custom", "5800", "0000:00:0b.0", 0x0c0500, "interrupt-firmware.unknown",
		 FINDING_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct paper *paper = *state;

		test_row("%s %s %06x", rows[i].release, rows[i].mapped, rows[i].class_code);
		paper_reset(paper);
		paper->host.interrupts.remapped_chip = NULL;
		paper_kernel(paper, rows[i].release);
		set_class(add_function(paper, rows[i].function, NULL), rows[i].class_code);
		set_ivrs(paper,
			 arena_printf(paper->arena, IVHD(IOAPIC_AT("02", "%s")), rows[i].mapped));
		set_madt(paper, IOAPIC_2);
		expect(paper, rows[i].id, rows[i].verdict);
	}
}

static void what_the_ivrs_lacks_the_command_line_gives(void **state)
{
	static const struct {
		const char *release;
		const char *word;
	} rows[] = {
		{"6.1.0-51", "ivrs_ioapic[2]=00:14.0 on the kernel command line"},
		{"6.12.40", "ivrs_ioapic=2@00:14.0 on the kernel command line"},
	};
	struct paper *paper = *state;

	set_ivrs(paper, IVHD(IOAPIC_AT("02", "0100")));
	set_madt(paper, IOAPIC_2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].release);
		paper_kernel(paper, rows[i].release);
		const struct finding *finding =
			expect_finding(judge(paper->arena, "interrupt-firmware", &paper->host),
				       "interrupt-firmware.no-southbridge", FINDING_FAIL);
		assert_non_null(strstr(finding->summary, "No southbridge IOAPIC found"));
		assert_non_null(strstr(finding->remedy, rows[i].word));
		finding = expect_finding(judge(paper->arena, "interrupt-remapping", &paper->host),
					 "interrupt-remapping.off", FINDING_FAIL);
		assert_non_null(strstr(finding->summary, "No southbridge IOAPIC found"));
		assert_non_null(strstr(finding->remedy, "ivrs_ioapic="));
	}
	paper_command_line(paper, "ivrs_ioapic[2]=00:14.0");
	expect(paper, "interrupt-firmware.unknown", FINDING_UNKNOWN);
}

static void entries_of_the_command_line_leave_it_open(void **state)
{
	struct paper *paper = *state;

	paper_command_line(paper, "ivrs_ioapic=2@0000:00:14.0\n");
	set_ivrs(paper, IVHD(IOAPIC_AT("08", "0100")));
	set_madt(paper, IOAPIC_2);
	expect(paper, "interrupt-firmware.unknown", FINDING_UNKNOWN);
}

static void without_tables_it_does_not_apply(void **state)
{
	struct paper *paper = *state;

	expect(paper, "interrupt-firmware.not-applicable", FINDING_NOT_APPLICABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_dmar_that_covers_each_ioapic_offers_it),
		TEST(a_dmar_without_the_flag_does_not),
		TEST(what_runs_wins_over_the_flag),
		TEST(vfio_that_does_not_mind_makes_it_a_warning),
		TEST(an_ioapic_without_scope_is_named),
		TEST(a_madt_that_was_not_read_leaves_it_open),
		TEST(an_offer_that_is_not_used_is_told),
		TEST(an_erratum_of_the_chipset_is_the_cause_of_what_is_not_used),
		TEST(what_keeps_dma_plain_keeps_the_offer_unused),
		TEST(an_offer_in_dom0_is_used_by_xen),
		TEST(a_unit_that_cannot_is_named),
		TEST(opting_out_of_x2apic_is_no_fault),
		TEST(a_refused_table_offers_nothing),
		TEST(an_ivrs_with_the_southbridges_ioapic_offers_it),
		TEST(an_ioapic_that_the_ivrs_lacks_is_named),
		TEST(an_ivrs_without_southbridge_does_not_offer_it),
		TEST(the_southbridge_is_known_by_address_or_by_class),
		TEST(what_the_ivrs_lacks_the_command_line_gives),
		TEST(entries_of_the_command_line_leave_it_open),
		TEST(without_tables_it_does_not_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

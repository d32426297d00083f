/* SPDX-License-Identifier: GPL-2.0-or-later */
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

static struct test_table *new_table(struct topology *topology)
{
	struct test_table *table = arena_alloc(topology->arena, sizeof(*table));

	assert_non_null(table);
	return table;
}

static void set_dmar(struct topology *topology, uint8_t flags, const char *structures)
{
	struct test_table *table = new_table(topology);

	table_begin_dmar(table, flags);
	table_add(table, structures);
	topology->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
}

static void set_ivrs(struct topology *topology, const char *blocks)
{
	struct test_table *table = new_table(topology);

	table_begin_ivrs(table, 0);
	table_add(table, blocks);
	topology->host.acpi.ivrs = table_finish(table, "/sys/firmware/acpi/tables/IVRS");
	topology->host.cpu.vendor = CPU_AMD;
}

static void set_madt(struct topology *topology, const char *entries)
{
	struct test_table *table = new_table(topology);

	table_begin_madt(table);
	table_add(table, entries);
	topology->host.acpi.madt = table_finish(table, "/sys/firmware/acpi/tables/APIC");
}

static void set_remapped(struct topology *topology, bool remapped)
{
	topology->host.interrupts.remapped_chip = remapped ? "IR-PCI-MSI" : NULL;
	topology->host.interrupts.plain_chip = remapped ? NULL : "PCI-MSI";
}

static void expect(struct topology *topology, const char *id, enum finding_verdict verdict)
{
	expect_finding(judge(topology->arena, "interrupt-firmware", &topology->host), id, verdict);
}

static void a_dmar_that_covers_each_ioapic_offers_it(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 1, DRHD_2_8);
	set_madt(topology, IOAPIC_2 IOAPIC_8);
	expect(topology, "interrupt-firmware.offered", FINDING_PASS);
}

static void a_dmar_without_the_flag_does_not(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 0, DRHD_2);
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.not-offered", FINDING_FAIL);
}

static void what_runs_wins_over_the_flag(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 0, DRHD_2);
	set_madt(topology, IOAPIC_2);
	set_remapped(topology, true);
	expect(topology, "interrupt-firmware.not-offered", FINDING_WARN);
}

static void vfio_that_does_not_mind_makes_it_a_warning(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 0, DRHD_2);
	set_madt(topology, IOAPIC_2);
	set_remapped(topology, false);
	topology->host.modules.type1_unsafe_interrupts = known_text("unsafe", "Y\n");
	expect(topology, "interrupt-firmware.not-offered", FINDING_WARN);
}

static void an_ioapic_without_scope_is_named(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 1, DRHD_2);
	set_madt(topology, IOAPIC_2 IOAPIC_8);
	struct findings *findings = judge(topology->arena, "interrupt-firmware", &topology->host);
	const struct finding *finding =
		expect_finding(findings, "interrupt-firmware.ioapic-uncovered", FINDING_FAIL);
	assert_string_equal(finding->summary, "firmware names no IOMMU for IOAPIC 8");
	assert_null(finding_of(findings, "interrupt-firmware.offered"));
}

static void a_madt_that_was_not_read_leaves_it_open(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 1, DRHD_2);
	topology->host.acpi.madt.fact = unreadable("/sys/firmware/acpi/tables/APIC", 13);
	expect(topology, "interrupt-firmware.unknown", FINDING_UNKNOWN);
	set_remapped(topology, true);
	expect(topology, "interrupt-firmware.runs", FINDING_PASS);
}

static void an_offer_that_is_not_used_is_told(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 1, DRHD_2);
	set_madt(topology, IOAPIC_2);
	set_remapped(topology, false);
	expect(topology, "interrupt-firmware.unused", FINDING_WARN);
}

static void a_unit_that_cannot_is_named(void **state)
{
	struct topology *topology = *state;
	struct iommu_unit *unit = add_unit(topology, "dmar0", IOMMU_VTD);

	unit->extended_capability = (struct fact_number){.fact = known("ecap"), .value = 0x2};
	set_dmar(topology, 1, DRHD_2);
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.unit-incapable", FINDING_FAIL);
}

static void opting_out_of_x2apic_is_no_fault(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 3, DRHD_2);
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.x2apic-opt-out", FINDING_PASS);
	expect(topology, "interrupt-firmware.offered", FINDING_PASS);
}

static void a_refused_table_offers_nothing(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, 1, "0000 1000 01 00 0000 0000000000000000");
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.table-refused", FINDING_FAIL);
}

static void an_ivrs_with_the_southbridges_ioapic_offers_it(void **state)
{
	struct topology *topology = *state;

	set_ivrs(topology, IVHD(IOAPIC_AT("02", "a000")));
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.offered", FINDING_PASS);
}

static void an_ioapic_that_the_ivrs_lacks_is_named(void **state)
{
	struct topology *topology = *state;

	set_ivrs(topology, IVHD(IOAPIC_AT("02", "a000")));
	set_madt(topology, IOAPIC_2 IOAPIC_8);
	expect(topology, "interrupt-firmware.ioapic-uncovered", FINDING_FAIL);
}

static void an_ivrs_without_southbridge_does_not_offer_it(void **state)
{
	struct topology *topology = *state;

	set_ivrs(topology, IVHD(IOAPIC_AT("02", "0100")));
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.no-southbridge", FINDING_FAIL);
}

static void a_southbridge_elsewhere_is_known_by_its_class(void **state)
{
	struct topology *topology = *state;

	set_class(add_function(topology, "0000:00:0b.0", NULL), 0x0c0500);
	set_ivrs(topology, IVHD(IOAPIC_AT("02", "5800")));
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.offered", FINDING_PASS);
}

static void entries_of_the_command_line_leave_it_open(void **state)
{
	struct topology *topology = *state;

	topology_command_line(topology, "ivrs_ioapic=2@0000:00:14.0\n");
	set_ivrs(topology, IVHD(IOAPIC_AT("08", "0100")));
	set_madt(topology, IOAPIC_2);
	expect(topology, "interrupt-firmware.unknown", FINDING_UNKNOWN);
}

static void without_tables_it_does_not_apply(void **state)
{
	struct topology *topology = *state;

	expect(topology, "interrupt-firmware.not-applicable", FINDING_NOT_APPLICABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, acpi_host_setup, topology_teardown)

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
		TEST(a_unit_that_cannot_is_named),
		TEST(opting_out_of_x2apic_is_no_fault),
		TEST(a_refused_table_offers_nothing),
		TEST(an_ivrs_with_the_southbridges_ioapic_offers_it),
		TEST(an_ioapic_that_the_ivrs_lacks_is_named),
		TEST(an_ivrs_without_southbridge_does_not_offer_it),
		TEST(a_southbridge_elsewhere_is_known_by_its_class),
		TEST(entries_of_the_command_line_leave_it_open),
		TEST(without_tables_it_does_not_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/interrupts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

struct line_case {
	const char *line;
	const char *remapped;
	const char *plain;
};

static const struct line_case lines[] = {
	{"  0:        165  IR-IO-APIC   2-edge      timer\n", "IR-IO-APIC", NULL},
	{" 25:          0  IR-PCI-MSI 32768-edge      PCIe PME, aerdrv\n", "IR-PCI-MSI", NULL},
	{" 30: 1 2 IR-PCI-MSIX-0000:3d:00.0    0-edge      nvme0q0\n", "IR-PCI-MSIX-0000:3d:00.0",
	 NULL},
	{"  0:        258   IO-APIC   2-edge      timer\n", NULL, "IO-APIC"},
	{" 24:   PCI-MSI 32768-edge      xhci_hcd\n", NULL, "PCI-MSI"},
	{" 24:          1   PCI-MSIX-0000:00:01.0   0-edge      virtio0-config\n", NULL,
	 "PCI-MSIX-0000:00:01.0"},
	{"24:\t1\t2\tPCI-MSI-edge\tahci\n", NULL, "PCI-MSI-edge"},
	/* Arm: of PCI functions, since Linux 6.11 and before. */
	{" 55: 1 ITS-PCI-MSIX-0000:00:04.0   0 Edge      PCIe PME\n", "ITS-PCI-MSIX-0000:00:04.0",
	 NULL},
	{" 55: 1 ITS-PCI-MSI-0000:00:04.0   0 Edge      PCIe PME\n", "ITS-PCI-MSI-0000:00:04.0",
	 NULL},
	{" 55: 1 ITS-MSI 65536 Edge      PCIe PME\n", "ITS-MSI", NULL},
	{" 55: 1  GICv2m-PCI-MSIX-0000:02:00.0    0 Edge      nvme0q0\n", NULL,
	 "GICv2m-PCI-MSIX-0000:02:00.0"},
	{" 55: 1 MBI-PCI-MSI-0000:02:00.0    0 Edge      eth0\n", NULL, "MBI-PCI-MSI-0000:02:00.0"},
	{" 55: 1 DW-PCI-MSI-0000:01:00.0    0 Edge      nvme0q0\n", NULL,
	 "DW-PCI-MSI-0000:01:00.0"},
	{" 55: 1 MSI 1048576 Edge      eth0\n", NULL, "MSI"},
	/* Of platform devices. */
	{" 12: 0 ITS-pMSI   0 Edge      arm-smmu-v3-evtq\n", NULL, NULL},
	{" 12: 0 ITS-pMSI-arm-smmu-v3.0.auto   0 Edge      arm-smmu-v3-evtq\n", NULL, NULL},
	{" 12: 0 pMSI   0 Edge      xgene\n", NULL, NULL},
	{" 12: 0 MSIX-of-nobody   0 Edge      xgene\n", NULL, NULL},
	/* The IOMMU's own. */
	{" 24:          0  DMAR-MSI   0-edge      dmar0\n", NULL, NULL},
	{" 25:          0  IOMMU-MSI    0-edge      AMD-Vi\n", NULL, NULL},
	{" 24:          0   PCI-MSI 16384-edge      AMD-Vi\n", NULL, NULL},
	{" 28:          0   PCI-MSI-0000:00:00.2    0-edge      AMD-Vi0-Evt\n", NULL, NULL},
	/* No device's, or of no known chip. */
	{"  0:          0    XT-PIC      timer\n", NULL, NULL},
	{" 12:          0  xen-pirq -msi     eth0\n", NULL, NULL},
	{" 31:          0  Hyper-V PCIe MSI 0-edge mlx5\n", NULL, NULL},
	{"NMI:          0   Non-maskable interrupts\n", NULL, NULL},
	{"ERR:          0\n", NULL, NULL},
	{"           CPU0       CPU1\n", NULL, NULL},
	/* A handler's name is none of a chip. */
	{" 12:          0  GICv3   4-edge      IR-IO-APIC PCI-MSI\n", NULL, NULL},
	/* Cut short, or damaged. */
	{" 24:          0   PCI-MSI 32768-edge      xhci_hcd", NULL, NULL},
	{" 24:\n", NULL, NULL},
	{" 24:  12 13\n", NULL, NULL},
	{" 24 PCI-MSI\n", NULL, NULL},
	{":\n", NULL, NULL},
	{"\n\n", NULL, NULL},
	{"", NULL, NULL},
};

static void expect_chip(const char *line, const char *chip, const char *expected)
{
	if (!chip != !expected || (chip && strcmp(chip, expected) != 0))
		fail_msg("%s: %s", line, chip ? chip : "no chip");
}

static void chip_is_told_by_the_line(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		test_row("%s", lines[i].line);
		struct fact_text text = known_text("/proc/interrupts", lines[i].line);
		struct interrupts interrupts;
		interrupts_parse(tree->arena, &text, &interrupts);
		assert_true(fact_known(&interrupts.fact));
		expect_chip(lines[i].line, interrupts.remapped_chip, lines[i].remapped);
		expect_chip(lines[i].line, interrupts.plain_chip, lines[i].plain);
	}
}

static void first_chip_of_each_kind_is_kept(void **state)
{
	struct tree *tree = *state;
	struct fact_text text =
		known_text("/proc/interrupts", " 1: 0 DMAR-MSI 0-edge dmar0\n"
					       " 2: 0 IR-IO-APIC 2-edge timer\n"
					       " 3: 0 PCI-MSI-0000:01:00.0 0-edge eth0\n"
					       " 4: 0 IR-PCI-MSI 0-edge ahci\n"
					       " 5: 0 IO-APIC 5-edge rtc\n");
	struct interrupts interrupts;

	interrupts_parse(tree->arena, &text, &interrupts);
	assert_string_equal(interrupts.remapped_chip, "IR-IO-APIC");
	assert_string_equal(interrupts.plain_chip, "PCI-MSI-0000:01:00.0");
	assert_int_equal(interrupts.plain_count, 2);
	assert_string_equal(interrupts.plain_chips[1], "IO-APIC");
}

static void chips_without_remapping_are_kept_once_each_up_to_a_limit(void **state)
{
	struct tree *tree = *state;
	const char *list = "";

	for (int chip = 0; chip <= INTERRUPTS_MOST_PLAIN; chip++) {
		struct interrupts interrupts;
		for (int vector = 0; vector < 2; vector++)
			list = arena_printf(tree->arena, "%s 1: 0 PCI-MSIX-0000:01:00.%d 0-edge\n",
					    list, chip);
		struct fact_text text = known_text("/proc/interrupts", list);
		interrupts_parse(tree->arena, &text, &interrupts);
		assert_int_equal(interrupts.plain_count,
				 chip < INTERRUPTS_MOST_PLAIN ? chip + 1 : INTERRUPTS_MOST_PLAIN);
		assert_int_equal(interrupts.more_plain, chip == INTERRUPTS_MOST_PLAIN);
	}
}

static void hundreds_of_processors_make_long_lines(void **state)
{
	struct tree *tree = *state;
	const char *counts = "";

	for (int i = 0; i < 1024; i++)
		counts = arena_printf(tree->arena, "%s %10d", counts, i);
	const char *line = arena_printf(tree->arena, " 24:%s  IR-PCI-MSI 1-edge eth0\n", counts);
	struct fact_text text = known_text("/proc/interrupts", line);
	struct interrupts interrupts;

	interrupts_parse(tree->arena, &text, &interrupts);
	assert_string_equal(interrupts.remapped_chip, "IR-PCI-MSI");
}

static void proc_interrupts_decides_where_it_is_read(void **state)
{
	struct tree *tree = *state;
	struct interrupts interrupts;

	tree_file(tree, "/proc/interrupts", " 1: 0 IR-IO-APIC 2-edge timer\n");
	tree_file(tree, "/sys/kernel/irq/2/chip_name", "IO-APIC\n");
	interrupts_load(tree_open(tree), tree->arena, &interrupts);
	assert_string_equal(interrupts.remapped_chip, "IR-IO-APIC");
	assert_null(interrupts.plain_chip);
	assert_string_equal(interrupts.fact.source, "/proc/interrupts");
}

static void sysfs_stands_in_where_proc_was_not_read(void **state)
{
	struct tree *tree = *state;
	struct interrupts interrupts;

	tree_file(tree, "/sys/kernel/irq/0/chip_name", "IR-IO-APIC\n");
	tree_file(tree, "/sys/kernel/irq/24/chip_name", "PCI-MSI\n");
	tree_file(tree, "/sys/kernel/irq/24/actions", "AMD-Vi\n");
	tree_file(tree, "/sys/kernel/irq/25/chip_name", "\n");
	tree_directory(tree, "/sys/kernel/irq/26");
	interrupts_load(tree_open(tree), tree->arena, &interrupts);
	assert_true(fact_known(&interrupts.fact));
	assert_string_equal(interrupts.fact.source, "/sys/kernel/irq");
	assert_string_equal(interrupts.remapped_chip, "IR-IO-APIC");
	assert_null(interrupts.plain_chip);
}

static void chip_of_a_device_in_sysfs_counts_as_plain(void **state)
{
	struct tree *tree = *state;
	struct interrupts interrupts;

	tree_file(tree, "/sys/kernel/irq/24/chip_name", "PCI-MSI\n");
	tree_file(tree, "/sys/kernel/irq/24/actions", "eth0\n");
	interrupts_load(tree_open(tree), tree->arena, &interrupts);
	assert_string_equal(interrupts.plain_chip, "PCI-MSI");
}

static void chips_that_could_not_be_read_are_not_missing(void **state)
{
	struct tree *tree = *state;
	struct interrupts interrupts;

	tree_link(tree, "/sys/kernel/irq/24/chip_name", "chip_name");
	interrupts_load(tree_open(tree), tree->arena, &interrupts);
	assert_int_equal(interrupts.fact.state, FACT_UNREADABLE);
	assert_int_equal(interrupts.fact.error, ELOOP);
	assert_null(interrupts.remapped_chip);
	assert_null(interrupts.plain_chip);
}

static void nothing_read_says_why(void **state)
{
	struct tree *tree = *state;
	struct interrupts interrupts;

	tree_link(tree, "/proc/interrupts", "interrupts");
	interrupts_load(tree_open(tree), tree->arena, &interrupts);
	assert_int_equal(interrupts.fact.state, FACT_UNREADABLE);
	assert_string_equal(interrupts.fact.source, "/proc/interrupts");
}

static void who_has_a_line_is_told_by_its_number(void **state)
{
	static const struct {
		const char *line;
		const char *handlers; /* of 16 */
	} rows[] = {
		{" 16:  1  2  IR-IO-APIC   16-fasteoi   ehci_hcd:usb1, i801_smbus\n",
		 "ehci_hcd:usb1, i801_smbus"},
		{" 16:  1  2   IO-APIC-fasteoi   uhci_hcd:usb3\n", "uhci_hcd:usb3"},
		{" 16:  1     GICv3  36 Level     pl011 two\n", "pl011 two"},
		{" 16:  1  IR-IO-APIC   16-fasteoi\n", ""},
		{" 17:  1  IR-IO-APIC   17-fasteoi   nvidia\n 16: 0 XT-PIC rtc0\n", "rtc0"},
		{"116:  1  IR-IO-APIC   16-fasteoi   nvidia\n", ""},
		{" 16:  1  IR-PCI-MSI-0000:00:17.0   0-edge   ahci\n", ""},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fact_text text = known_text("/proc/interrupts", rows[i].line);
		struct interrupts interrupts;

		test_row("%s", rows[i].line);
		interrupts_parse(tree->arena, &text, &interrupts);
		assert_string_equal(interrupts_handlers(&interrupts, 16), rows[i].handlers);
	}
}

static void without_proc_interrupts_nothing_is_known_of_a_line(void **state)
{
	struct tree *tree = *state;
	struct interrupts interrupts;

	tree_file(tree, "/sys/kernel/irq/16/chip_name", "IR-IO-APIC\n");
	interrupts_load(tree_open(tree), tree->arena, &interrupts);
	assert_null(interrupts_handlers(&interrupts, 16));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(chip_is_told_by_the_line),
		TEST(first_chip_of_each_kind_is_kept),
		TEST(chips_without_remapping_are_kept_once_each_up_to_a_limit),
		TEST(hundreds_of_processors_make_long_lines),
		TEST(proc_interrupts_decides_where_it_is_read),
		TEST(sysfs_stands_in_where_proc_was_not_read),
		TEST(chip_of_a_device_in_sysfs_counts_as_plain),
		TEST(chips_that_could_not_be_read_are_not_missing),
		TEST(nothing_read_says_why),
		TEST(who_has_a_line_is_told_by_its_number),
		TEST(without_proc_interrupts_nothing_is_known_of_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

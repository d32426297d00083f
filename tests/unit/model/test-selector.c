/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/class_word.h"
#include "model/selector.h"

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

static struct fact_number number(int64_t value)
{
	return (struct fact_number){.fact = known("/sys"), .value = value};
}

static struct fact_list netdev(const char *const *name)
{
	return (struct fact_list){.fact = known("/sys"), .names = name, .count = 1};
}

enum { NIC, GPU, NVME, FC, VMD_NVME, QAT, UNREAD, COUNT };

static const char *const eth0[] = {"eth0"};
static const char *const gpu[] = {"gpu"};
static struct pci_function functions[COUNT];
static struct host host = {.pci = {.functions = functions, .count = COUNT}};

static int make_functions(void **state)
{
	(void)state;
	functions[NIC] = (struct pci_function){.address = {0, 0x03, 0, 0},
					       .vendor = number(0x8086),
					       .device = number(0x10c9),
					       .class_code = number(0x020000),
					       .group = number(12),
					       .netdevs = netdev(eth0)};
	functions[GPU] = (struct pci_function){.address = {0, 0x0a, 0x1f, 7},
					       .vendor = number(0x10de),
					       .device = number(0x2204),
					       .class_code = number(0x030000),
					       .group = number(12)};
	functions[NVME] = (struct pci_function){.address = {0, 0x04, 0, 0},
						.vendor = number(0x144d),
						.device = number(0xa808),
						.class_code = number(0x010802)};
	functions[FC] = (struct pci_function){.address = {1, 0x03, 0, 0},
					      .vendor = number(0x1077),
					      .device = number(0x0010),
					      .class_code = number(0x0c0400),
					      .netdevs = netdev(gpu)};
	functions[VMD_NVME] = (struct pci_function){.address = {0x10000, 0x01, 0, 0},
						    .vendor = number(0x8086),
						    .device = number(0x0a54),
						    .class_code = number(0x010802)};
	functions[QAT] = (struct pci_function){.address = {0, 0x6b, 0, 0},
					       .vendor = number(0x8086),
					       .device = number(0x4940),
					       .class_code = number(0x0b4000)};
	functions[UNREAD] = (struct pci_function){.address = {0, 0x05, 0, 0}};
	return 0;
}

struct selector_case {
	const char *selector;
	unsigned matches; /* a bit a function */
};

static const struct selector_case selectors[] = {
	/* Addresses; without a domain, domain 0 is meant. */
	{"0000:03:00.0", 1u << NIC},
	{"03:00.0", 1u << NIC},
	{"0001:03:00.0", 1u << FC},
	{"10000:01:00.0", 1u << VMD_NVME},
	{"01:00.0", 0},
	{"0000:01:00.0", 0},
	{"0a:1f.7", 1u << GPU},
	{"0A:1F.7", 1u << GPU},
	{"05:00.0", 1u << UNREAD},
	{"3:0.0", 1u << NIC},
	{"03:00.8", 0},
	{"03:20.0", 0},
	{"003:00.0", 0},
	{"00000:03:00.0", 1u << NIC},
	{"000000000:03:00.0", 0},
	/* Slots, groups of the kernel's, and addresses as libvirt spells them. */
	{"03:00", 1u << NIC},
	{"0001:03:00", 1u << FC},
	{"0a:1f", 1u << GPU},
	{"03:00.", 0},
	{"03:", 0},
	{"group:12", 1u << NIC | 1u << GPU},
	{"group:1", 0},
	{"group:", 0},
	{"group:12x", 0},
	{"group:-12", 0},
	{"pci_0000_03_00_0", 1u << NIC},
	{"pci_10000_01_00_0", 1u << VMD_NVME},
	{"pci_0000:03:00.0", 0},
	{" 03:00.0", 0},
	{"03:00.0 ", 0},
	/* Ids. */
	{"8086:10c9", 1u << NIC},
	{"8086:10C9", 1u << NIC},
	{"8086:0a54", 1u << VMD_NVME},
	{"8086:a54", 1u << VMD_NVME},
	{"1077:10", 1u << FC},
	{"8086:", 0},
	{":10c9", 0},
	{"8086:10c9:", 0},
	{"08086:10c9", 0},
	{"0x86:10c9", 0},
	{"-086:10c9", 0},
	{"0:0", 0},
	{"ffff:ffff", 0},
	/* Class words, and a network interface of such a name. */
	{"nic", 1u << NIC},
	{"network", 1u << NIC},
	{"gpu", 1u << GPU | 1u << FC},
	{"nvme", 1u << NVME | 1u << VMD_NVME},
	{"fc", 1u << FC},
	{"GPU", 1u << GPU},
	{"vga", 1u << GPU},
	{"Display", 1u << GPU},
	{"storage", 1u << NVME | 1u << VMD_NVME},
	{"usb", 0},
	{"audio", 0},
	{"accelerator", 1u << QAT},
	{"qat", 1u << QAT},
	{"gp", 0},
	/* Network interfaces. */
	{"eth0", 1u << NIC},
	{"eth", 0},
	{"eth00", 0},
	{"", 0},
};

static void selector_names_the_functions_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
		test_row("%s", selectors[i].selector);
		const char *selector = selectors[i].selector;
		unsigned matches = 0;
		for (unsigned j = 0; j < COUNT; j++)
			matches |= (unsigned)selector_matches(selector, &functions[j]) << j;
		if (matches != selectors[i].matches)
			fail_msg("\"%s\" names %#x", selector, matches);
		assert_int_equal(selector_count(selector, &host), __builtin_popcount(matches));
	}
}

static void a_function_has_the_word_of_its_class(void **state)
{
	static const char *const words[COUNT] = {
		[NIC] = "nic", [GPU] = "gpu", [NVME] = "nvme",
		[FC] = "fc",   [QAT] = "qat", [VMD_NVME] = "nvme",
	};

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		const char *word = class_word_name(class_word_of(&functions[i]));
		test_row("%u", i);
		if (words[i])
			assert_string_equal(word, words[i]);
		else
			assert_null(word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selector_names_the_functions_it_says),
		cmocka_unit_test(a_function_has_the_word_of_its_class),
	};

	return cmocka_run_group_tests(tests, make_functions, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
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

enum { NIC, GPU, NVME, FC, VMD_NVME, UNREAD, COUNT };

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
					       .netdevs = netdev(eth0)};
	functions[GPU] = (struct pci_function){.address = {0, 0x0a, 0x1f, 7},
					       .vendor = number(0x10de),
					       .device = number(0x2204),
					       .class_code = number(0x030000)};
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
	{"03:00", 0},
	{"03:00.8", 0},
	{"03:20.0", 0},
	{"3:0.0", 0},
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
	{"gpu", 1u << GPU | 1u << FC},
	{"nvme", 1u << NVME | 1u << VMD_NVME},
	{"fc", 1u << FC},
	{"GPU", 0},
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selector_names_the_functions_it_says),
	};

	return cmocka_run_group_tests(tests, make_functions, NULL);
}

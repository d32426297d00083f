/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/pci_ids.h"

#include <pci/pci.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "report/names.h"
#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"

enum { RANDOM_IDS = 10000, SEED = 26, LONGEST = 256 };

struct list_case {
	const char *name;
	const char *list;
	const char *vendor; /* of 1af4; NULL for none */
	const char *device; /* 1041 of it */
};

static const struct list_case lists[] = {
	{"empty", "", NULL, NULL},
	{"both", "1af4  Red Hat\n\t1041  Network\n", "Red Hat", "Network"},
	{"no newline at the end", "1af4  Red Hat\n\t1041  Network", "Red Hat", "Network"},
	{"vendor alone", "1af4  Red Hat\n", "Red Hat", NULL},
	{"comments and blank lines", "# a\n1af4  Red Hat\n\n\t# b\n\t1041  Network\n", "Red Hat",
	 "Network"},
	{"capitals", "1AF4 Red Hat\n\t1041 Network\n", "Red Hat", "Network"},
	{"DOS line ends", "1af4  Red Hat\r\n\t1041  Network\r\n", "Red Hat", "Network"},
	{"blank behind a name", "1af4  Red Hat \n", "Red Hat", NULL},
	{"not sorted", "1b36  Other\n1af4  Red Hat\n\t1042  Block\n\t1041  Network\n", "Red Hat",
	 "Network"},
	{"vendors not sorted", "1b36  Other\n1af5  More\n1af4  Red Hat\n\t1041  Network\n",
	 "Red Hat", "Network"},
	{"the first of two", "1af4  Red Hat\n1af4  Again\n", "Red Hat", NULL},
	{"device of another vendor", "1af4  Red Hat\n1b36  Other\n\t1041  Network\n", "Red Hat",
	 NULL},
	{"a subsystem is no device", "1af4  Red Hat\n\t1000  Old\n\t\t1041 0001  Sub\n", "Red Hat",
	 NULL},
	{"a class is no vendor", "C 02  Network\n\t1041  Ethernet\n", NULL, NULL},
	{"classes end the vendors", "1af4  Red Hat\nC 02  Network\n\t1041  Ethernet\n", "Red Hat",
	 NULL},
	{"too few digits", "1af  Red Hat\n", NULL, NULL},
	{"too many digits", "1af41  Red Hat\n", NULL, NULL},
	{"no name", "1af4\n1af4  \n", NULL, NULL},
};

static void assert_name(struct pci_ids_name name, const char *wanted)
{
	if (!wanted) {
		assert_null(name.text);
		return;
	}
	assert_non_null(name.text);
	assert_int_equal(name.length, strlen(wanted));
	assert_memory_equal(name.text, wanted, name.length);
}

static void a_list_names_vendors_and_their_devices(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		struct pci_ids ids;

		test_row("%s", lists[i].name);
		pci_ids_open(&ids, lists[i].list, strlen(lists[i].list));
		assert_name(pci_ids_vendor(&ids, 0x1af4), lists[i].vendor);
		assert_name(pci_ids_device(&ids, 0x1af4, 0x1041), lists[i].device);
		pci_ids_free(&ids);
	}
}

/* Writes a list of count vendors of more and more devices, each with a subsystem. */
static char *list_of_vendors(struct arena *arena, unsigned count)
{
	char *list = arena_copy(arena, "", 0);

	for (unsigned vendor = 0; vendor < count; vendor++) {
		list = arena_printf(arena, "%s%04x  Vendor %u\n", list, 3 * vendor, vendor);
		for (unsigned device = 0; device < vendor; device++)
			list = arena_printf(arena, "%s\t%04x  Device %u\n\t\t0000 0001  Sub\n# x\n",
					    list, device, device);
	}
	return list;
}

static void each_vendor_of_a_list_is_found(void **state)
{
	enum { VENDORS = 2 * PCI_IDS_FEW + 1 };
	const char *list = list_of_vendors(*state, VENDORS);
	struct pci_ids all;

	pci_ids_open(&all, list, strlen(list));
	for (unsigned vendor = VENDORS; vendor-- > 0;) {
		uint16_t id = (uint16_t)(3 * vendor);
		const char *name = arena_printf(*state, "Vendor %u", vendor);
		const char *last = arena_printf(*state, "Device %u", vendor - 1);
		struct pci_ids alone;

		test_row("%s", name);
		pci_ids_open(&alone, list, strlen(list));
		assert_name(pci_ids_vendor(&alone, id), name);
		assert_name(pci_ids_device(&alone, id, (uint16_t)(vendor - 1)),
			    vendor ? last : NULL);
		assert_name(pci_ids_device(&alone, id, (uint16_t)vendor), NULL);
		assert_name(pci_ids_vendor(&alone, (uint16_t)(id + 1)), NULL);
		assert_name(pci_ids_vendor(&alone, id), name);
		assert_name(pci_ids_vendor(&all, id), name);
		pci_ids_free(&alone);
	}
	pci_ids_free(&all);
}

/* The vendors that functions have most, and all the rest. */
static uint16_t random_vendor(void)
{
	static const uint16_t vendors[] = {0x8086, 0x1022, 0x10de, 0x1002, 0x14e4, 0x15b3, 0x144d};
	size_t i = (size_t)rand() % (ARRAY_LENGTH(vendors) + 1);

	return i < ARRAY_LENGTH(vendors) ? vendors[i] : (uint16_t)rand();
}

static const char *name_of(struct names *names, struct arena *arena, uint16_t vendor,
			   uint16_t device)
{
	struct pci_function function = {
		.vendor = {.fact.state = FACT_KNOWN, .value = vendor},
		.device = {.fact.state = FACT_KNOWN, .value = device},
	};

	return names_find(names, arena, &function);
}

static void ignore(char *message, ...)
{
	(void)message;
}

static void names_are_those_of_libpci(void **state)
{
	const int flags =
		PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB;
	struct pci_access *access = pci_alloc();
	struct names *names = names_open();
	size_t named = 0;

	access->warning = ignore;
	access->debug = ignore;
	/* libpci 3.13 never frees the name of a cache that lies below the home. */
	pci_set_param(access, "net.cache_name", "");
	srand(SEED);
	for (int i = 0; i < RANDOM_IDS; i++) {
		uint16_t vendor = random_vendor(), device = (uint16_t)(rand() % 0x3000);
		char text[LONGEST];
		const char *wanted =
			pci_lookup_name(access, text, sizeof(text), flags, vendor, device);
		const char *name = name_of(names, *state, vendor, device);

		test_row("%04x:%04x", vendor, device);
		assert_int_equal(name == NULL, wanted == NULL);
		if (wanted)
			assert_string_equal(name, wanted);
		named += name != NULL;
	}
	names_close(names);
	pci_cleanup(access);
	if (named == 0)
		skip();
}

/* The whole name of a Navi 10 does not fit a column of a terminal; what people call it does. */
static void a_short_name_begins_as_people_call_the_vendor(void **state)
{
	static const struct short_name {
		uint16_t vendor, device;
		const char *begins;
	} rows[] = {
		{0x1002, 0x731f, "AMD/ATI Navi 10 "}, {0x8086, 0x1533, "Intel I210 "},
		{0x10de, 0x1c03, "NVIDIA GP106 "},    {0x144d, 0xa808, "Samsung NVMe "},
		{0x1b36, 0x0010, "Red Hat QEMU "},    {0x15b3, 0x1017, "Mellanox MT27800 "},
	};
	struct names *names = names_open();

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct pci_function function = {
			.vendor = {.fact.state = FACT_KNOWN, .value = rows[i].vendor},
			.device = {.fact.state = FACT_KNOWN, .value = rows[i].device},
		};
		const char *name = names_find_short(names, *state, &function);
		test_row("%s", rows[i].begins);
		if (name)
			assert_memory_equal(name, rows[i].begins, strlen(rows[i].begins));
	}
	names_close(names);
}

static void an_id_of_more_digits_has_no_name(void **state)
{
	struct names *names = names_open();
	struct pci_function function = {
		.vendor = {.fact.state = FACT_KNOWN, .value = 0x18086},
		.device = {.fact.state = FACT_KNOWN, .value = 0x1572},
	};

	assert_null(names_find(names, *state, &function));
	names_close(names);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_list_names_vendors_and_their_devices),
		TEST(each_vendor_of_a_list_is_found),
		TEST(names_are_those_of_libpci),
		TEST(a_short_name_begins_as_people_call_the_vendor),
		TEST(an_id_of_more_digits_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/reset.h"

#include "host/base/affix.h"
#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

static struct pci_function *add_with_methods(struct paper *paper, const char *name,
					     struct pci_function *parent, const char *methods)
{
	struct pci_function *function = add_function(paper, name, parent);

	function->reset_method = known_text("reset_method", methods);
	return function;
}

static struct reset judge_reset(struct paper *paper, const struct pci_function *function)
{
	return reset_judge(&paper->host, paper->arena, function);
}

static void first_method_that_works_is_taken(void **state)
{
	struct reset reset =
		judge_reset(*state, add_with_methods(*state, "0000:01:00.0", NULL, "flr pm bus"));

	assert_int_equal(reset.verdict, RESET_WORKS);
	assert_string_equal(reset.method, "flr");
	assert_null(reset.flaws);
}

static void commas_part_methods_too(void **state)
{
	struct reset reset =
		judge_reset(*state, add_with_methods(*state, "0000:01:00.0", NULL, "pm,bus\n"));

	assert_string_equal(reset.method, "pm");
}

static void bus_works_for_a_function_alone_on_its_bus(void **state)
{
	struct reset reset =
		judge_reset(*state, add_with_methods(*state, "0000:01:00.0", NULL, "bus"));

	assert_string_equal(reset.method, "bus");
}

/* The kernel lists it for function 0, which it finds before the others. */
static void bus_does_not_work_beside_a_sibling(void **state)
{
	struct pci_function *function = add_with_methods(*state, "0000:01:00.0", NULL, "bus");

	add_function(*state, "0000:01:00.1", NULL);
	struct reset reset = judge_reset(*state, function);
	assert_int_equal(reset.verdict, RESET_NONE);
	assert_null(reset.method);
	assert_string_equal(reset.flaws->method, "bus");
	assert_false(reset.flaws->dangerous);
}

static void absent_attribute_is_no_reset(void **state)
{
	struct reset reset = judge_reset(*state, add_function(*state, "0000:01:00.0", NULL));

	assert_int_equal(reset.verdict, RESET_NONE);
}

static void absent_attribute_of_an_old_kernel_says_nothing(void **state)
{
	paper_kernel(*state, "5.10.0");
	struct reset reset = judge_reset(*state, add_function(*state, "0000:01:00.0", NULL));

	assert_int_equal(reset.verdict, RESET_UNKNOWN);
}

/* Kernels of Enterprise Linux 9 have it, and call themselves 5.14. */
static void absent_attribute_counts_where_others_have_it(void **state)
{
	struct paper *paper = *state;

	paper_kernel(paper, "5.14.0-503.11.1.el9_5.x86_64");
	paper->host.pci.shows_resets = true;
	struct reset reset = judge_reset(paper, add_function(paper, "0000:01:00.0", NULL));
	assert_int_equal(reset.verdict, RESET_NONE);
}

static void unread_attribute_is_unknown(void **state)
{
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	function->reset_method.fact = unreadable("reset_method", 13);
	assert_int_equal(judge_reset(*state, function).verdict, RESET_UNKNOWN);
}

struct quirk_case {
	uint16_t vendor;
	uint16_t device;
	const char *methods;
	const char *works; /* NULL: none does */
};

static const struct quirk_case quirk_cases[] = {
	{0x1022, 0x1487, "flr pm", "pm"},   {0x1022, 0x1502, "flr", NULL},
	{0x8086, 0x1502, "flr", NULL},      {0x14c3, 0x0616, "flr bus", "bus"},
	{0x168c, 0x0033, "bus", NULL},      {0x10de, 0x2340, "flr bus", "flr"},
	{0x10de, 0x237f, "bus", NULL},      {0x10de, 0x2380, "bus", "bus"},
	{0x15b3, 0xcf80, "pm", NULL},       {0x15b3, 0xcf80, "pm bus", "bus"},
	{0x1022, 0x148c, "flr bus", "bus"}, {0x1022, 0x149c, "flr bus", "bus"},
	{0x1022, 0x7901, "flr bus", "bus"}, {0x1022, 0x17f0, "flr bus", "bus"},
	{0x14c3, 0x7925, "flr bus", "bus"}, {0x168c, 0x0030, "bus", NULL},
	{0x168c, 0x0032, "bus", NULL},      {0x168c, 0x003c, "bus", NULL},
	{0x168c, 0x003e, "bus", NULL},      {0x17cb, 0x1103, "bus", NULL},
	{0x17cb, 0x1107, "bus", NULL},      {0x17cb, 0x0308, "bus", NULL},
	{0x177d, 0xa100, "bus", NULL},      {0x104c, 0xb005, "bus", NULL},
	{0x1b21, 0x1164, "bus", NULL},      {0x10de, 0x22ce, "bus", NULL},
	{0x10de, 0x22d0, "bus", NULL},      {0x15b3, 0xcb84, "pm bus", "bus"},
	{0x15b3, 0xcf6c, "pm bus", "bus"},  {0x15b3, 0xcf70, "pm bus", "bus"},
};

static void known_bad_methods_do_not_count(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(quirk_cases); i++) {
		test_row("%04x:%04x with %s", quirk_cases[i].vendor, quirk_cases[i].device,
			 quirk_cases[i].methods);
		paper->host.pci.count = 0;
		struct pci_function *function =
			add_with_methods(*state, "0000:01:00.0", NULL, quirk_cases[i].methods);
		set_ids(function, quirk_cases[i].vendor, quirk_cases[i].device);
		struct reset reset = judge_reset(*state, function);
		if (quirk_cases[i].works)
			assert_string_equal(reset.method, quirk_cases[i].works);
		else
			assert_null(reset.method);
	}
}

/* The kernel offers a reset of the bus below ports that do not come back from it. */
static void bus_below_a_port_that_fails_it_is_dangerous(void **state)
{
	static const uint16_t ports[][2] = {{0x10de, 0x22ce}, {0x10de, 0x22d0}, {0x177d, 0xa100}};

	for (size_t i = 0; i < ARRAY_LENGTH(ports); i++) {
		test_row("%04x:%04x", ports[i][0], ports[i][1]);
		paper_reset(*state);
		struct pci_function *port =
			add_express(*state, "0000:00:00.0", NULL, EXPRESS_ROOT_PORT);
		set_ids(port, ports[i][0], ports[i][1]);
		struct reset reset =
			judge_reset(*state, add_with_methods(*state, "0000:01:00.0", port, "bus"));
		assert_int_equal(reset.verdict, RESET_NONE);
		assert_true(reset.flaws->dangerous);
		assert_string_equal(reset.flaws->why,
				    "the port above, 0000:00:00.0, does not come back from it");
	}
}

static void only_the_first_revision_of_snet_hangs_in_an_flr(void **state)
{
	struct pci_function *function = add_with_methods(*state, "0000:01:00.0", NULL, "flr bus");

	set_ids(function, 0xd063, 0x1000);
	set_config32(function, 8, 0x01);
	assert_string_equal(judge_reset(*state, function).method, "bus");
	set_config32(function, 8, 0x02);
	assert_string_equal(judge_reset(*state, function).method, "flr");
}

struct card_case {
	uint16_t vendor;
	uint16_t device;
	const char *family; /* NULL: it comes back */
	bool sometimes;
};

/* Each row, ends of ranges, and neighbours of rows, which are in none. */
static const struct card_case card_cases[] = {
	{0x1002, 0x66a0, "Vega 20", false},   {0x1002, 0x66af, "Vega 20", false},
	{0x1002, 0x67c0, "Polaris 10", true}, {0x1002, 0x67df, "Polaris 10", true},
	{0x1002, 0x6fdf, "Polaris 10", true}, {0x1002, 0x67e0, "Polaris 11", true},
	{0x1002, 0x67ff, "Polaris 11", true}, {0x1002, 0x6860, "Vega 10", false},
	{0x1002, 0x687f, "Vega 10", false},   {0x1002, 0x6980, "Polaris 12", true},
	{0x1002, 0x699f, "Polaris 12", true}, {0x1002, 0x7310, "Navi 10", false},
	{0x1002, 0x731f, "Navi 10", false},   {0x1002, 0x7340, "Navi 14", false},
	{0x1002, 0x734f, "Navi 14", false},   {0x1002, 0x7360, "Navi 12", false},
	{0x1002, 0x7362, "Navi 12", false},   {0x1002, 0x738c, "Arcturus", false},
	{0x1002, 0x7440, "Navi 31", true},    {0x1002, 0x7460, "Navi 32", true},
	{0x1002, 0x7550, "Navi 48", true},    {0x1002, 0x7590, "Navi 44", true},
	{0x1002, 0x7480, NULL, false},        {0x1002, 0x743f, NULL, false},
	{0x1002, 0x669f, NULL, false},        {0x1002, 0x66b0, NULL, false},
	{0x1002, 0x6fde, NULL, false},        {0x1002, 0x6880, NULL, false},
	{0x1002, 0x730f, NULL, false},        {0x1002, 0x7363, NULL, false},
	{0x1002, 0x73bf, NULL, false},        {0x1022, 0x66a0, NULL, false},
};

static void cards_that_work_once_in_each_boot_are_known(void **state)
{
	struct pci_function *card = add_with_methods(*state, "0000:01:00.0", NULL, "bus");

	for (size_t i = 0; i < ARRAY_LENGTH(card_cases); i++) {
		const struct card_case *row = &card_cases[i];
		test_row("%04x:%04x", row->vendor, row->device);
		set_ids(card, row->vendor, row->device);
		struct reset reset = judge_reset(*state, card);
		assert_int_equal(reset_is_known_bad(card), row->family != NULL);
		assert_int_equal(reset.card_sometimes, row->sometimes);
		if (row->family)
			assert_string_equal(reset.card, row->family);
		else
			assert_null(reset.card);
	}
}

/* The module vendor_reset has those up to Navi 14. */
static void cards_that_the_module_resets_are_told_from_others(void **state)
{
	struct pci_function *card = add_with_methods(*state, "0000:01:00.0", NULL, "bus");

	set_ids(card, 0x1002, 0x7340);
	assert_true(judge_reset(*state, card).card_is_known);
	set_ids(card, 0x1002, 0x747e);
	assert_false(judge_reset(*state, card).card_is_known);
}

/* Its coprocessor tells it from a card, whose functions are all of ATI. */
static void graphics_inside_a_processor_work_once_in_each_boot(void **state)
{
	struct paper *paper = *state;
	struct pci_function *graphics = add_function(paper, "0000:c6:00.0", NULL);
	struct pci_function *other = add_function(paper, "0000:c6:00.2", NULL);

	set_class(graphics, 0x030000);
	set_ids(graphics, 0x1002, 0x15bf);
	set_ids(other, 0x1002, 0x1640);
	assert_null(judge_reset(paper, graphics).card);
	set_ids(other, 0x1022, 0x15c7);
	struct reset reset = judge_reset(paper, graphics);
	assert_string_equal(reset.card, "graphics inside AMD processors");
	assert_true(reset.card_sometimes);
	assert_false(reset.card_is_known);
	assert_null(judge_reset(paper, other).card);
	const struct finding *finding = expect_finding(judge(paper->arena, "reset", &paper->host),
						       "reset.card", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:c6:00.0");
}

static void some_kernels_reset_no_bus_with_a_function_without_a_reset(void **state)
{
	static const struct {
		const char *kernel;
		bool refused;
	} rows[] = {
		{"6.12.22-1-lts", false},
		{"6.12.23-1-lts", true},
		{"6.12.24-1-lts", true},
		{"6.12.25-1-lts", false},
		{"6.14.1.zen1-1", false},
		{"6.14.2.zen1-1", true},
		{"6.14.3-arch1-1", true},
		{"6.14.4-arch1-1", false},
		{"6.14.0-2-pve", false},
		{"5.14.2-1-default", false},
		{"6.14", false},
		{"5.15.179", false},
		{"5.15.180", true},
		{"5.15.181", false},
		{"6.1.133", false},
		{"6.1.134", true},
		{"6.1.135", false},
		{"6.6.86", false},
		{"6.6.87", true},
		{"6.6.88", false},
		{"6.13.10-arch1-1", false},
		{"6.13.11-arch1-1", true},
		{"6.13.12-1-zen", true},
	};
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *card = add_with_methods(paper, "0000:01:00.0", port, "bus");
	struct pci_function *sound = add_function(paper, "0000:01:00.1", port);

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].kernel);
		paper_kernel(paper, rows[i].kernel);
		assert_int_equal(reset_is_refused(&paper->host, card), rows[i].refused);
		assert_int_equal(reset_with_device(&paper->host, card), !rows[i].refused);
	}
	paper_kernel(paper, "6.14.2");
	sound->reset_method = known_text("reset_method", "flr");
	assert_false(reset_is_refused(&paper->host, card));
}

/* Another kernel would not reset these together, either. */
static void such_a_kernel_is_not_to_blame_where_the_bus_would_not_do(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *alone = add_function(paper, "0000:01:00.0", port);
	struct pci_function *slot = add_function(paper, "0000:05:00.0", NULL);

	add_function(paper, "0000:05:00.1", NULL);
	paper_kernel(paper, "6.14.2");
	assert_false(reset_is_refused(&paper->host, alone));
	assert_false(reset_is_refused(&paper->host, slot));
}

static void bad_method_before_a_good_one_is_dangerous(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_with_methods(*state, "0000:01:00.0", NULL, "flr pm");

	set_ids(function, 0x1022, 0x1502);
	assert_true(judge_reset(*state, function).flaws->dangerous);
	assert_string_equal(expect_finding(judge(paper->arena, "reset", &paper->host),
					   "reset.broken", FINDING_WARN)
				    ->commands->text,
			    "echo pm > reset_method");
	function->reset_method = known_text("reset_method", "flr");
	assert_null(expect_finding(judge(paper->arena, "reset", &paper->host), "reset.broken",
				   FINDING_WARN)
			    ->commands);
}

/* What VFIO must have before it opens the group comes along; what is of another group, or may stay
 * where it is, does not. */
static void a_device_in_one_group_is_reset_with_it(void **state)
{
	static const struct {
		const char *what;
		uint32_t group_of_sound;
		const char *driver_of_sound;
		bool bridge;
		const char *kernel;
		bool with_group;
	} rows[] = {
		{"both in one group", 1, "snd_hda_intel", false, "6.1.0", true},
		{"the other on VFIO", 1, "vfio-pci", false, "6.1.0", true},
		{"the other without a driver", 1, NULL, false, "6.1.0", false},
		{"the other on pci-stub", 1, "pci-stub", false, "6.1.0", false},
		{"each in its own", 2, "snd_hda_intel", false, "6.1.0", false},
		{"beside a bridge", 1, "snd_hda_intel", true, "6.1.0", false},
		{"a kernel that refuses it", 1, "snd_hda_intel", false, "6.14.2", false},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct paper *paper = *state;
		test_row("%s", rows[i].what);
		paper_reset(paper);
		paper_kernel(paper, rows[i].kernel);
		struct pci_function *port =
			add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
		struct pci_function *card = add_with_methods(paper, "0000:01:00.0", port, "bus");
		struct pci_function *sound = add_function(paper, "0000:01:00.1", port);
		set_group(card, 1);
		set_group(sound, rows[i].group_of_sound);
		if (rows[i].driver_of_sound)
			set_driver(sound, rows[i].driver_of_sound);
		if (rows[i].bridge)
			make_bridge(sound);
		const struct finding *finding =
			expect_finding(judge(paper->arena, "reset", &paper->host),
				       rows[i].with_group ? "reset.with-group" : "reset.unusable",
				       rows[i].with_group ? FINDING_PASS : FINDING_WARN);
		assert_string_equal(finding->subject.id, "0000:01:00.0");
	}
}

/* pci_bus_resettable() asks each device of the bus. */
static void a_device_is_not_reset_where_one_of_it_does_not_come_back(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *card = add_function(paper, "0000:01:00.0", port);
	struct pci_function *other = add_function(paper, "0000:01:00.1", port);

	assert_true(reset_with_device(&paper->host, card));
	set_ids(other, 0x168c, 0x0030);
	assert_false(reset_with_device(&paper->host, card));
}

static void check_tells_none_from_unusable(void **state)
{
	struct paper *paper = *state;

	add_with_methods(*state, "0000:01:00.0", NULL, "bus");
	add_function(*state, "0000:01:00.1", NULL);
	struct findings *findings = judge(paper->arena, "reset", &paper->host);
	assert_string_equal(expect_finding(findings, "reset.unusable", FINDING_WARN)->subject.id,
			    "0000:01:00.0");
	assert_string_equal(expect_finding(findings, "reset.none", FINDING_WARN)->subject.id,
			    "0000:01:00.1");
}

/* VFIO resets all of the bus together, from which the card does not come back. */
static void check_has_no_bus_reset_that_loses_what_is_on_it(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *card = add_function(paper, "0000:01:00.0", port);
	struct pci_function *sound = add_function(paper, "0000:01:00.1", port);
	static const struct {
		uint16_t card;
		bool lost;
	} rows[] = {{0x73bf, false}, {0x687f, true}};

	set_ids(sound, 0x1002, 0xaaf8);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%04x", rows[i].card);
		set_ids(card, 0x1002, rows[i].card);
		assert_ptr_equal(reset_bus_loses(&paper->host, sound), rows[i].lost ? card : NULL);
		if (!rows[i].lost)
			continue;
		assert_true(
			begins_with(reset_bus_loss(&paper->host, sound, paper->arena), card->name));
		assert_true(begins_with(reset_bus_loss(&paper->host, card, paper->arena), "it "));
		const struct finding *finding = expect_finding(
			judge(paper->arena, "reset", &paper->host), "reset.none", FINDING_WARN);
		assert_string_equal(finding->remedy,
				    rows[i].lost ? RESET_ONE_GUEST ": 0000:01:00.0 does not come "
								   "back from a reset of the bus"
						 : "Assign all functions of the bus to one guest: "
						   "VFIO can then reset them together");
	}
	set_ids(port, 0x10de, 0x22ce);
	assert_ptr_equal(reset_bus_loses(&paper->host, sound), port);
}

/* A chipset's switch and its controllers are functions of one device: VFIO asks for the port, too,
 * which no guest can have. */
static void check_has_no_bus_reset_beside_a_port(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);

	add_function(paper, "0000:01:00.0", port);
	add_express(paper, "0000:01:00.2", port, EXPRESS_UPSTREAM_PORT);
	assert_string_equal(expect_finding(judge(paper->arena, "reset", &paper->host), "reset.none",
					   FINDING_WARN)
				    ->remedy,
			    RESET_ONE_GUEST);
}

static void check_says_what_works_and_what_is_unknown(void **state)
{
	struct paper *paper = *state;

	add_with_methods(*state, "0000:01:00.0", NULL, "flr");
	add_function(*state, "0000:02:00.0", NULL)->reset_method.fact =
		unreadable("reset_method", 13);
	struct findings *findings = judge(paper->arena, "reset", &paper->host);
	expect_finding(findings, "reset.works", FINDING_PASS);
	expect_finding(findings, "reset.unknown", FINDING_UNKNOWN);
}

static void an_older_kernel_is_what_keeps_the_ways_unknown(void **state)
{
	struct paper *paper = *state;

	paper->host.kernel_release = known_text("/proc/sys/kernel/osrelease", "5.4.0-42-generic");
	add_function(*state, "0000:02:00.0", NULL)->reset_method.fact =
		(struct fact){.source = "reset_method", .state = FACT_ABSENT};
	const struct finding *finding = expect_finding(judge(paper->arena, "reset", &paper->host),
						       "reset.unknown", FINDING_UNKNOWN);
	assert_string_equal(finding->remedy,
			    "Boot Linux 5.15 or later, which names the methods in the "
			    "function's reset_method");
}

static void check_passes_over_bridges(void **state)
{
	struct paper *paper = *state;

	add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	assert_int_equal(judge(paper->arena, "reset", &paper->host)->count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(first_method_that_works_is_taken),
		TEST(commas_part_methods_too),
		TEST(bus_works_for_a_function_alone_on_its_bus),
		TEST(bus_does_not_work_beside_a_sibling),
		TEST(absent_attribute_is_no_reset),
		TEST(absent_attribute_of_an_old_kernel_says_nothing),
		TEST(absent_attribute_counts_where_others_have_it),
		TEST(unread_attribute_is_unknown),
		TEST(known_bad_methods_do_not_count),
		TEST(bus_below_a_port_that_fails_it_is_dangerous),
		TEST(only_the_first_revision_of_snet_hangs_in_an_flr),
		TEST(cards_that_work_once_in_each_boot_are_known),
		TEST(cards_that_the_module_resets_are_told_from_others),
		TEST(graphics_inside_a_processor_work_once_in_each_boot),
		TEST(some_kernels_reset_no_bus_with_a_function_without_a_reset),
		TEST(such_a_kernel_is_not_to_blame_where_the_bus_would_not_do),
		TEST(bad_method_before_a_good_one_is_dangerous),
		TEST(a_device_in_one_group_is_reset_with_it),
		TEST(a_device_is_not_reset_where_one_of_it_does_not_come_back),
		TEST(check_tells_none_from_unusable),
		TEST(check_has_no_bus_reset_that_loses_what_is_on_it),
		TEST(check_has_no_bus_reset_beside_a_port),
		TEST(check_says_what_works_and_what_is_unknown),
		TEST(an_older_kernel_is_what_keeps_the_ways_unknown),
		TEST(check_passes_over_bridges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

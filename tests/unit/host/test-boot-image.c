/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boot_image.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

#define PATH "/boot/EFI/Linux/linux.efi"

/* Where boot_image_print() puts what these tests change. */
enum {
	PE_OFFSET = 0x3c,
	SECTION_COUNT = 64 + 4 + 2,
	OPTIONAL_SIZE = 64 + 4 + 16,
	SECTIONS = 64 + 4 + 20,
	SECTION = 40,
	VIRTUAL_SIZE = 8,
	RAW_SIZE = 16,
	RAW_OFFSET = 20,
};

static struct fact_text print(struct arena *arena, const char *cmdline, const char *release)
{
	const struct boot_image image = {.cmdline = known_text(PATH, cmdline),
					 .release = known_text(PATH, release)};

	return boot_image_print(arena, &image);
}

static void what_was_printed_is_parsed(void **state)
{
	struct tree *tree = *state;
	struct fact_text bytes = print(tree->arena, "quiet intel_iommu=on", "6.1.0");
	struct boot_image image;

	boot_image_parse(tree->arena, &bytes, &image);
	assert_string_equal(image.cmdline.text, "quiet intel_iommu=on");
	assert_string_equal(image.release.text, "6.1.0");
}

static void padding_is_no_part_of_a_command_line(void **state)
{
	static const char padded[] = "quiet\n\0\0\0";
	struct tree *tree = *state;
	struct boot_image image = {.cmdline = known_bytes(PATH, padded, sizeof(padded))};

	image.release.fact = absent(PATH);
	struct fact_text bytes = boot_image_print(tree->arena, &image);
	boot_image_parse(tree->arena, &bytes, &image);
	assert_string_equal(image.cmdline.text, "quiet");
	assert_int_equal(image.release.fact.state, FACT_ABSENT);
}

/* A byte that makes a file no image, or its command line none. */
struct damage {
	size_t at;
	char byte;
	enum fact_state state;
};

static void damaged_image_is_none(void **state)
{
	static const struct damage damages[] = {
		{0, 'X', FACT_MALFORMED},
		{PE_OFFSET, 'X', FACT_MALFORMED},
		{PE_OFFSET + 3, '\x7f', FACT_MALFORMED},
		{SECTION_COUNT, 97, FACT_MALFORMED},
		{SECTION_COUNT, 60, FACT_MALFORMED},
		{SECTION_COUNT + 1, 1, FACT_MALFORMED},
		{OPTIONAL_SIZE + 1, '\x7f', FACT_MALFORMED},
		{SECTIONS, 'x', FACT_ABSENT},
		{SECTIONS + RAW_OFFSET + 3, '\xff', FACT_MALFORMED},
		{SECTIONS + RAW_OFFSET, '\xff', FACT_MALFORMED},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct fact_text bytes = print(tree->arena, "quiet", "6.1.0");
		char *copy = arena_copy(tree->arena, bytes.text, bytes.length);
		struct boot_image image;

		copy[damages[i].at] = damages[i].byte;
		bytes.text = copy;
		boot_image_parse(tree->arena, &bytes, &image);
		if (image.cmdline.fact.state != damages[i].state)
			fail_msg("damage %zu: %s", i, fact_state_name(image.cmdline.fact.state));
	}
}

static void image_that_is_cut_short_is_none(void **state)
{
	struct tree *tree = *state;
	struct fact_text whole = print(tree->arena, "quiet", "6.1.0");

	for (size_t length = 0; length < whole.length - strlen("6.1.0"); length++) {
		char *copy = arena_copy(tree->arena, whole.text, length);
		struct fact_text bytes = known_bytes(PATH, copy, length);
		struct boot_image image;

		boot_image_parse(tree->arena, &bytes, &image);
		assert_int_equal(image.cmdline.fact.state, FACT_MALFORMED);
	}
}

static void section_beyond_the_limit_is_refused(void **state)
{
	struct tree *tree = *state;
	char *words = arena_alloc(tree->arena, 20000);
	struct boot_image image;

	memset(words, 'x', 19999);
	struct fact_text bytes = print(tree->arena, words, "6.1.0");
	boot_image_parse(tree->arena, &bytes, &image);
	assert_int_equal(image.cmdline.fact.state, FACT_MALFORMED);
	assert_string_equal(image.release.text, "6.1.0");
}

/* Renames a section of an image with three of them. */
static void name_section(char *bytes, size_t index, const char *name)
{
	memcpy(bytes + SECTIONS + index * SECTION, "\0\0\0\0\0\0\0\0", 8);
	memcpy(bytes + SECTIONS + index * SECTION, name, strlen(name));
}

static void first_profile_counts(void **state)
{
	struct tree *tree = *state;
	struct fact_text bytes = print(tree->arena, "base", "first");
	char *copy = arena_copy(tree->arena, bytes.text, bytes.length);
	struct boot_image image;

	name_section(copy, 1, ".profile");
	bytes.text = copy;
	boot_image_parse(tree->arena, &bytes, &image);
	assert_string_equal(image.cmdline.text, "base");
	name_section(copy, 0, ".profile");
	name_section(copy, 1, ".cmdline");
	boot_image_parse(tree->arena, &bytes, &image);
	assert_string_equal(image.cmdline.text, "first");
}

static void large_image_is_read_in_pieces(void **state)
{
	enum { FAR = 3 * 1024 * 1024 };
	struct tree *tree = *state;
	struct fact_text small = print(tree->arena, "quiet", "6.1.0");
	char *bytes = arena_alloc(tree->arena, FAR + 16);
	struct boot_image image;

	memcpy(bytes, small.text, small.length);
	memcpy(bytes + SECTIONS + RAW_OFFSET, "\0\0\x30\0", 4);
	strcpy(bytes + FAR, "far");
	bytes[SECTIONS + VIRTUAL_SIZE] = 3;
	bytes[SECTIONS + RAW_SIZE] = 5;
	tree_bytes(tree, PATH, bytes, FAR + 16);
	boot_image_load(tree_open(tree), tree->arena, PATH, &image);
	assert_string_equal(image.cmdline.text, "far");
	assert_string_equal(image.release.text, "6.1.0");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_was_printed_is_parsed),
		TEST(padding_is_no_part_of_a_command_line),
		TEST(damaged_image_is_none),
		TEST(image_that_is_cut_short_is_none),
		TEST(section_beyond_the_limit_is_refused),
		TEST(first_profile_counts),
		TEST(large_image_is_read_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

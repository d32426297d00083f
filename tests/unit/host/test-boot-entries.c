/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boot_entries.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

static struct boot_variable variables[] = {{"kernelopts", "root=x intel_iommu=on"}};
static const struct boot_environment environment = {
	.fact = {.state = FACT_KNOWN}, .variables = variables, .count = 1};

static struct boot_entry parse(struct tree *tree, const char *text)
{
	struct fact_text file = known_text("/boot/loader/entries/a.conf", text);
	struct boot_entry entry = {.id = "a"};

	boot_entry_parse(tree->arena, &file, &environment, &entry);
	return entry;
}

/* The options of an entry, and what becomes of them: words separated by "|". */
struct options_case {
	const char *options;
	const char *words;
	const char *variable;
};

static const char *words_of(struct arena *arena, const struct cmdline *cmdline)
{
	const char *words = "";

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		words = arena_printf(arena, "%s%s%s%s%s", words, i ? "|" : "", it->name,
				     it->value ? "=" : "", it->value ? it->value : "");
	}
	return words;
}

static void variables_of_options_are_expanded(void **state)
{
	static const struct options_case cases[] = {
		{"quiet", "quiet", NULL},
		{"$kernelopts quiet", "root=x|intel_iommu=on|quiet", NULL},
		{"a${kernelopts}", "aroot=x|intel_iommu=on", NULL},
		{"a=$tuned_params b", "a=|b", NULL},
		{"$other b", "b", "other"},
		{"$ ${ ${} ${kernelopts $$", "$|${|${}|${kernelopts|$$", NULL},
		{"price=5$", "price=5$", NULL},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].options);
		struct boot_entry entry =
			parse(tree, arena_printf(tree->arena, "linux /l\noptions %s\n",
						 cases[i].options));
		assert_string_equal(words_of(tree->arena, &entry.cmdline), cases[i].words);
		if (cases[i].variable)
			assert_string_equal(entry.variable, cases[i].variable);
		else
			assert_null(entry.variable);
	}
}

static void keys_are_whole_words(void **state)
{
	struct boot_entry entry = parse(
		*state, "  linux\t/l\nversions 1\n\tversion  6.1 \n# options b\noptionsc d\n");

	assert_string_equal(entry.release, "6.1");
	assert_int_equal(entry.cmdline.fact.state, FACT_KNOWN);
	assert_int_equal(entry.cmdline.count, 0);
}

static void options_without_end_are_refused(void **state)
{
	struct tree *tree = *state;
	char *text = arena_alloc(tree->arena, 64 * 1024 + 64);

	strcpy(text, "linux /l\noptions ");
	for (size_t i = 0; i < 5000; i++)
		strcpy(text + strlen("linux /l\noptions ") + i * 12, "$kernelopts ");
	struct boot_entry entry = parse(tree, text);
	assert_int_equal(entry.cmdline.fact.state, FACT_MALFORMED);
	assert_int_equal(entry.cmdline.fact.error, EFBIG);
}

static void entries_of_any_bytes_are_parsed(void **state)
{
	static const char bytes[] = "linux \0x\noptions \xff$\0\n\n\noptions";
	struct fact_text file = known_bytes("/a", bytes, sizeof(bytes));
	struct tree *tree = *state;

	for (size_t length = 0; length <= sizeof(bytes); length++) {
		struct boot_entry entry = {.id = "a"};
		file.length = length;
		file.text = arena_copy(tree->arena, bytes, length);
		boot_entry_parse(tree->arena, &file, &environment, &entry);
	}
}

static void an_id_has_neither_suffix_nor_counter(void **state)
{
	struct tree *tree = *state;
	struct boot_entries entries = {0};

	tree_file(tree, "/boot/loader/entries/a-6.1+3-1.conf", "linux /l\n");
	tree_file(tree, "/boot/loader/entries/b-6.1-1.conf", "linux /l\n");
	tree_file(tree, "/boot/loader/entries/c.conf.rpmsave", "linux /l\n");
	tree_file(tree, "/boot/EFI/Linux/d-6.1+2.efi", "");
	boot_entries_load(tree_open(tree), tree->arena, &entries);
	assert_int_equal(entries.folders[BOOT_PLACE_BOOT].count, 3);
	assert_string_equal(entries.folders[BOOT_PLACE_BOOT].entries[2].id, "d-6.1.efi");
	assert_string_equal(entries.folders[BOOT_PLACE_BOOT].entries[0].id, "a-6.1");
	assert_string_equal(entries.folders[BOOT_PLACE_BOOT].entries[1].id, "b-6.1-1");
}

static void more_entries_than_any_host_has_are_said(void **state)
{
	struct tree *tree = *state;
	struct boot_entries entries = {0};

	for (int i = 0; i < 70; i++)
		tree_file(tree, arena_printf(tree->arena, "/boot/loader/entries/%d.conf", 1000 + i),
			  "linux /l\n");
	boot_entries_load(tree_open(tree), tree->arena, &entries);
	assert_int_equal(entries.folders[BOOT_PLACE_BOOT].entries_fact.state, FACT_MALFORMED);
}

static void environment_block_has_names_and_values(void **state)
{
	struct tree *tree = *state;
	struct boot_entries entries = {0};

	tree_file(tree, "/boot/grub/grubenv", "# GRUB Environment Block\nsaved_entry=a=b\n#####");
	boot_entries_load(tree_open(tree), tree->arena, &entries);
	assert_string_equal(boot_environment_find(&entries.environment, "saved_entry"), "a=b");
	assert_int_equal(entries.environment.count, 1);
	assert_null(boot_environment_find(&entries.environment, "next_entry"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(variables_of_options_are_expanded),
		TEST(keys_are_whole_words),
		TEST(options_without_end_are_refused),
		TEST(entries_of_any_bytes_are_parsed),
		TEST(an_id_has_neither_suffix_nor_counter),
		TEST(more_entries_than_any_host_has_are_said),
		TEST(environment_block_has_names_and_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

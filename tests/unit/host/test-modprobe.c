/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/modprobe.h"

#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

static struct modprobe load(struct tree *tree)
{
	struct modprobe modprobe;

	modprobe_load(tree_open(tree), tree->arena, &modprobe);
	return modprobe;
}

static void lines_of_vfio_kvm_and_blacklists_are_kept(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/run");
	tree_directory(tree, "/usr/lib");
	tree_directory(tree, "/lib");
	tree_file(tree, "/etc/modprobe.d/a.conf",
		  "# options vfio-pci ids=1:2\n"
		  "  options\tvfio-pci   ids=10de:1eb8\n"
		  "options wifi password=secret\n"
		  "options kvm \\\n ignore_msrs=1\n"
		  "blacklist nouveau");
	struct modprobe modprobe = load(tree);
	assert_int_equal(modprobe.fact.state, FACT_KNOWN);
	assert_int_equal(modprobe.count, 3);
	assert_string_equal(modprobe.lines[0].text, "options vfio-pci ids=10de:1eb8");
	assert_string_equal(modprobe.lines[1].text, "options kvm ignore_msrs=1");
	assert_string_equal(modprobe.lines[2].text, "blacklist nouveau");
}

static void file_hides_those_of_its_name_in_later_folders(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/usr/lib/modprobe.d/a.conf", "options vfio-pci ids=1:1\n");
	tree_file(tree, "/usr/lib/modprobe.d/z.conf", "options vfio-pci disable_vga=1\n");
	tree_file(tree, "/etc/modprobe.d/a.conf", "options vfio_pci ids=2:2\n");
	tree_file(tree, "/etc/modprobe.d/notes.txt", "options vfio-pci ids=3:3\n");
	struct modprobe modprobe = load(tree);
	struct modprobe_option ids =
		modprobe_find_option(&modprobe, tree->arena, "vfio-pci", "ids");
	assert_string_equal(ids.value, "2:2");
	assert_string_equal(ids.line->source, "/etc/modprobe.d/a.conf");
	assert_non_null(
		modprobe_find_option(&modprobe, tree->arena, "vfio_pci", "disable_vga").line);
	assert_int_equal(modprobe.count, 2);
}

static void last_option_counts_and_an_option_may_have_no_value(void **state)
{
	struct tree *tree = *state;
	struct modprobe modprobe = {0};
	struct fact_text text = known_text("f", "options vfio-pci ids=1:1 nointxmask\n"
						"options vfio-pci ids=2:2\n"
						"options vfio_pci_core ids=3:3\n");

	modprobe_parse(tree->arena, &text, &modprobe);
	assert_string_equal(modprobe_find_option(&modprobe, tree->arena, "vfio_pci", "ids").value,
			    "2:2");
	struct modprobe_option flag =
		modprobe_find_option(&modprobe, tree->arena, "vfio_pci", "nointxmask");
	assert_non_null(flag.line);
	assert_null(flag.value);
	assert_null(modprobe_find_option(&modprobe, tree->arena, "vfio", "ids").line);
}

struct word_case {
	const char *text;
	const char *value;
	const char *word;
	bool joined;
};

/* As "modprobe -c" of kmod 30 shows them, and next_arg() of lib/cmdline.c splits them. */
static const struct word_case words[] = {
	{"options vfio-pci ids=1:1,2:2\n", "1:1,2:2", "ids=1:1,2:2", false},
	{"options vfio-pci ids=\"1:1\"\n", "1:1", "ids=\"1:1\"", false},
	{"options vfio-pci ids=\"1:1,  2:2\" disable_vga=1\n", "1:1, 2:2", "ids=\"1:1, 2:2\"",
	 false},
	{"options vfio-pci \"ids=1:1, 2:2\"\n", "1:1, 2:2", "\"ids=1:1, 2:2\"", false},
	{"options vfio-pci ids=1:1, 2:2\n", "1:1,", "ids=1:1,", false},
	{"options vfio-pci ids=1:1,\\\n2:2\n", "1:1,2:2", "ids=1:1,2:2", true},
	{"options vfio-pci \\\n  ids=1:1\n", "1:1", "ids=1:1", true},
	{"options vfio-pci ids=1:\\1\n", "1:1", "ids=1:1", true},
	{"options vfio-pci ids=1:1 \\\\\noptions kvm x=1\n", "1:1", "ids=1:1", true},
	{"# of mine \\\noptions vfio-pci ids=2:2\noptions vfio-pci ids=1:1", "1:1", "ids=1:1",
	 false},
};

static void words_of_options_are_those_that_the_kernel_gets(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct modprobe modprobe = {0};
		struct fact_text text = known_text("f", words[i].text);
		test_row("%s", words[i].text);
		modprobe_parse(tree->arena, &text, &modprobe);
		struct modprobe_option ids =
			modprobe_find_option(&modprobe, tree->arena, "vfio_pci", "ids");
		assert_non_null(ids.line);
		assert_string_equal(ids.value, words[i].value);
		assert_string_equal(ids.word, words[i].word);
		assert_int_equal(ids.line->joined, words[i].joined);
	}
}

static void every_place_of_an_option_is_found_in_order(void **state)
{
	struct tree *tree = *state;
	struct modprobe modprobe = {0};
	struct fact_text text = known_text("f", "options vfio-pci ids=1:1 ids=2:2\n"
						"options vfio_pci_core ids=4:4\n"
						"options vfio_pci disable_vga=1 ids=3:3\n");

	modprobe_parse(tree->arena, &text, &modprobe);
	struct modprobe_options ids =
		modprobe_find_options(&modprobe, tree->arena, "vfio-pci", "ids");
	assert_int_equal(ids.count, 3);
	assert_string_equal(ids.options[0].value, "1:1");
	assert_string_equal(ids.options[1].value, "2:2");
	assert_string_equal(ids.options[2].value, "3:3");
	assert_ptr_equal(ids.options[2].line, &modprobe.lines[2]);
}

static const struct modprobe_line *find_softdep(struct tree *tree, const struct modprobe *modprobe,
						const char *module, const char *before)
{
	return modprobe_find_softdep(modprobe, tree->arena, &module, 1, before);
}

static void softdep_names_what_loads_before(void **state)
{
	struct tree *tree = *state;
	struct modprobe modprobe = {0};
	struct fact_text text = known_text("f", "softdep nvidia pre: drm vfio-pci post: x\n"
						"softdep xhci_pci post: vfio-pci\n");

	modprobe_parse(tree->arena, &text, &modprobe);
	assert_non_null(find_softdep(tree, &modprobe, "nvidia", "vfio_pci"));
	assert_null(find_softdep(tree, &modprobe, "xhci-pci", "vfio_pci"));
	assert_null(find_softdep(tree, &modprobe, "nvidia", "x"));
}

static void softdep_may_be_for_a_pattern_of_names(void **state)
{
	struct tree *tree = *state;
	struct modprobe modprobe = {0};
	struct fact_text text = known_text("f", "softdep snd-hda* pre: vfio-pci\n"
						"softdep nouvea? pre: vfio-pci\n"
						"softdep *a*a*a pre: vfio-pci\n");

	modprobe_parse(tree->arena, &text, &modprobe);
	assert_non_null(find_softdep(tree, &modprobe, "snd_hda_intel", "vfio_pci"));
	assert_non_null(find_softdep(tree, &modprobe, "nouveau", "vfio_pci"));
	assert_null(find_softdep(tree, &modprobe, "snd_soc", "vfio_pci"));
	assert_null(find_softdep(tree, &modprobe, "aaa", "vfio_pci"));
}

static void softdep_is_looked_for_of_several_modules(void **state)
{
	static const char *const modules[] = {"amdgpu", "drm"};
	struct tree *tree = *state;
	struct modprobe modprobe = {0};
	struct fact_text text = known_text("f", "softdep drm pre: vfio-pci\n");

	modprobe_parse(tree->arena, &text, &modprobe);
	assert_non_null(modprobe_find_softdep(&modprobe, tree->arena, modules,
					      ARRAY_LENGTH(modules), "vfio_pci"));
	assert_null(modprobe_find_softdep(&modprobe, tree->arena, modules, 1, "vfio_pci"));
}

static void first_softdep_of_a_module_is_told_where_it_leaves_one_out(void **state)
{
	struct tree *tree = *state;
	struct modprobe modprobe = {0};
	struct fact_text text = known_text("f", "softdep nvidia post: nvidia-uvm\n"
						"softdep nvidia pre: vfio-pci\n"
						"softdep nouveau pre: vfio-pci\n"
						"softdep nouveau post: x\n");

	modprobe_parse(tree->arena, &text, &modprobe);
	assert_ptr_equal(modprobe_find_first_softdep(&modprobe, tree->arena, "nvidia", "vfio_pci"),
			 &modprobe.lines[0]);
	assert_null(modprobe_find_first_softdep(&modprobe, tree->arena, "nouveau", "vfio_pci"));
	assert_null(modprobe_find_first_softdep(&modprobe, tree->arena, "amdgpu", "vfio_pci"));
}

static void softdeps_beyond_the_limit_are_not_tried(void **state)
{
	enum { LIMIT = 256 };
	struct tree *tree = *state;
	struct modprobe modprobe = {0};
	struct buffer lines = {.arena = tree->arena};

	for (size_t i = 0; i < LIMIT; i++)
		buffer_item(&lines, "softdep x%zu pre: vfio-pci\n", i);
	buffer_item(&lines, "softdep last pre: vfio-pci\n");
	struct fact_text text = known_text("f", buffer_text(&lines));
	modprobe_parse(tree->arena, &text, &modprobe);
	assert_non_null(find_softdep(tree, &modprobe, "x255", "vfio_pci"));
	assert_null(find_softdep(tree, &modprobe, "last", "vfio_pci"));
}

static void folder_that_was_not_captured_is_no_empty_one(void **state)
{
	struct modprobe modprobe = load(*state);

	assert_int_equal(modprobe.fact.state, FACT_NOT_CAPTURED);
}

static void only_files_of_modprobe_d_are_covered(void **state)
{
	(void)state;
	assert_true(modprobe_covers("/etc/modprobe.d/a.conf"));
	assert_true(modprobe_covers("/lib/modprobe.d/a.conf"));
	assert_false(modprobe_covers("/etc/modprobe.d/a.txt"));
	assert_false(modprobe_covers("/etc/modprobe.d2/a.conf"));
	assert_false(modprobe_covers("/etc/modprobe.d/.conf"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(lines_of_vfio_kvm_and_blacklists_are_kept),
		TEST(file_hides_those_of_its_name_in_later_folders),
		TEST(last_option_counts_and_an_option_may_have_no_value),
		TEST(words_of_options_are_those_that_the_kernel_gets),
		TEST(every_place_of_an_option_is_found_in_order),
		TEST(softdep_names_what_loads_before),
		TEST(softdep_may_be_for_a_pattern_of_names),
		TEST(softdep_is_looked_for_of_several_modules),
		TEST(first_softdep_of_a_module_is_told_where_it_leaves_one_out),
		TEST(softdeps_beyond_the_limit_are_not_tried),
		TEST(folder_that_was_not_captured_is_no_empty_one),
		TEST(only_files_of_modprobe_d_are_covered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dracut and mkinitcpio are told of modules, as bash reads their files. */
#include "host/modules/initramfs_lists.h"

#include <string.h>

#include "host/base/array.h"
#include "host/capture/redact.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

#define DRACUT     "/etc/dracut.conf"
#define OWN        "/etc/dracut.conf.d/"
#define PACKAGED   "/usr/lib/dracut/dracut.conf.d/"
#define MKINITCPIO "/etc/mkinitcpio.conf"

static void load(struct tree *tree, struct initramfs_lists *ret)
{
	initramfs_lists_load(tree_open(tree), tree->arena, ret);
}

struct value_case {
	const char *text;
	const char *value; /* of force_drivers */
};

static const struct value_case value_cases[] = {
	{"force_drivers+=\" vfio_pci \"\n", " vfio_pci "},
	{"force_drivers+=\" vfio_pci\"", " vfio_pci"},
	{"force_drivers=' vfio_pci '\n", " vfio_pci "},
	{"force_drivers+=vfio_pci # a comment\n", "vfio_pci"},
	{"\tforce_drivers+=vfio_pci;\n", "vfio_pci"},
	{"#force_drivers+=\" vfio_pci \"\n", ""},
	{"echo force_drivers+=\" vfio_pci \"\n", ""},
	{"force_drivers +=\" vfio_pci \"\n", ""},
	{"more_force_drivers+=\" vfio_pci \"\n", ""},
	/* A value goes on over lines. */
	{"force_drivers+=\" vfio\n vfio_pci \"\n", " vfio\n vfio_pci "},
	{"force_drivers+=\" vfio \\\nvfio_pci \"\n", " vfio vfio_pci "},
	{"force_drivers+=vfio\\\n_pci\n", "vfio_pci"},
	{"force_drivers+=\" a\\\"b\\$c\\d \"\n", " a\"b$c\\d "},
	/* += has what was there run into what comes. */
	{"force_drivers+=\" a \"\nforce_drivers+=\" b \"\n", " a  b "},
	{"force_drivers+=\" a\"\nforce_drivers+=\"b \"\n", " ab "},
	{"force_drivers+=\" a \"\nforce_drivers=\" b \"\n", " b "},
	{"force_drivers+=\" a \"\nforce_drivers=\n", ""},
	{"add_drivers+=\" a \"; force_drivers+=\" b \"\n", ""},
	/* Within another value, nothing is set. */
	{"x=\"\nforce_drivers+=a\n\"\nforce_drivers+=b\n", "b"},
	{"x=(\nforce_drivers+=a\n)\nforce_drivers+=b\n", "b"},
	/* bash does not read on. */
	{"force_drivers+=a\nx=\"\nforce_drivers+=b\n", "a"},
	{"force_drivers+=a\nx=(\nforce_drivers+=b\n", "a"},
	{"force_drivers+=a\nx='\nforce_drivers+=b\n", "a"},
	{"force_drivers", ""},
	{"force_drivers+", ""},
	{"force_drivers=", ""},
	{"force_drivers=\\", ""},
	{"=\n+=\nforce_drivers=a", "a"},
};

static void a_value_is_what_bash_makes_of_it(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(value_cases); i++) {
		const struct value_case *row = &value_cases[i];
		struct initramfs_lists lists;
		struct tree *tree;

		test_row("%s", row->text);
		tree_setup(state);
		tree = *state;
		tree_file(tree, DRACUT, row->text);
		load(tree, &lists);
		assert_string_equal(lists.lists[INITRAMFS_LIST_FORCE], row->value);
		tree_teardown(state);
	}
}

static const struct value_case array_cases[] = {
	{"MODULES=(vfio_pci vfio)\n", " vfio_pci vfio"},
	{"MODULES=()\n", ""},
	{"MODULES=(\n  vfio # first\n  # vfio_none\n  \"vfio_pci\"\n)\n", " vfio vfio_pci"},
	{"MODULES=(a)\nMODULES+=(b)\n", " a b"},
	{"MODULES=(a)\nMODULES=(b)\n", " b"},
	{"MODULES=\"a b\"\n", "a b"},
	{"#MODULES=(a)\n", ""},
	{"MODULES=(a\n", ""},
};

static void an_array_has_words(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(array_cases); i++) {
		const struct value_case *row = &array_cases[i];
		struct initramfs_lists lists;
		struct tree *tree;

		test_row("%s", row->text);
		tree_setup(state);
		tree = *state;
		tree_file(tree, MKINITCPIO, row->text);
		load(tree, &lists);
		assert_string_equal(lists.lists[INITRAMFS_LIST_MODULES], row->value);
		tree_teardown(state);
	}
}

struct order_case {
	struct {
		const char *path, *text;
	} files[4];
	enum initramfs_list list;
	const char *value;
};

static const struct order_case order_cases[] = {
	{{{OWN "b.conf", "add_drivers+=b"}, {OWN "a.conf", "add_drivers+=a"}},
	 INITRAMFS_LIST_ADD,
	 "ab"},
	/* Numbers count as such: sort -V. */
	{{{OWN "10.conf", "add_drivers+=10"}, {OWN "9.conf", "add_drivers+=9"}},
	 INITRAMFS_LIST_ADD,
	 "910"},
	{{{DRACUT, "omit_drivers+=0"}, {OWN "a.conf", "omit_drivers+=1"}},
	 INITRAMFS_LIST_OMIT,
	 "01"},
	{{{OWN "a.config", "add_drivers+=a"}, {OWN ".conf", "add_drivers+=b"}},
	 INITRAMFS_LIST_ADD,
	 ""},
	/* Files go by their names, whatever their folder, and one of /etc takes a name. */
	{{{PACKAGED "01-dist.conf", "add_drivers=1"},
	  {OWN "00.conf", "add_drivers+=0"},
	  {OWN "02.conf", "add_drivers+=2"}},
	 INITRAMFS_LIST_ADD,
	 "12"},
	{{{PACKAGED "01-dist.conf", "add_drivers+=1"}, {OWN "01-dist.conf", "add_drivers+=2"}},
	 INITRAMFS_LIST_ADD,
	 "2"},
	{{{PACKAGED "fips/10-fips.conf", "add_drivers+=1"}}, INITRAMFS_LIST_ADD, ""},
	{{{MKINITCPIO, "MODULES=(a)"},
	  {MKINITCPIO ".d/2.conf", "MODULES+=(c)"},
	  {MKINITCPIO ".d/1.conf", "MODULES=(b)"}},
	 INITRAMFS_LIST_MODULES,
	 " b c"},
};

static void files_are_sourced_in_their_order(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(order_cases); i++) {
		const struct order_case *row = &order_cases[i];
		struct initramfs_lists lists;
		struct tree *tree;

		test_row("%zu: %s", i, row->value);
		tree_setup(state);
		tree = *state;
		tree_directory(tree, "/etc");
		for (size_t k = 0; k < ARRAY_LENGTH(row->files) && row->files[k].path; k++)
			tree_file(tree, row->files[k].path, row->files[k].text);
		load(tree, &lists);
		assert_string_equal(lists.lists[row->list], row->value);
		assert_int_equal(lists.dracut.state, FACT_KNOWN);
		assert_int_equal(lists.mkinitcpio.state, FACT_KNOWN);
		tree_teardown(state);
	}
}

static void the_file_that_sets_modules_is_known(void **state)
{
	static const struct {
		const char *base, *drop_in;
		const char *file;
		bool is_array;
	} rows[] = {
		{"", "", NULL, false},
		{"MODULES=()\n", "", MKINITCPIO, true},
		{"# a\nMODULES=(a)\n", "MODULES+=(b)\n", MKINITCPIO, true},
		{"MODULES=(a)\n", "MODULES=(b)\n", MKINITCPIO ".d/a.conf", true},
		{"MODULES=\"a\"\n", "", MKINITCPIO, false},
		{" MODULES=(a)\n", "", MKINITCPIO, false},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct initramfs_lists lists;
		struct tree *tree;

		test_row("%s/%s", rows[i].base, rows[i].drop_in);
		tree_setup(state);
		tree = *state;
		tree_file(tree, MKINITCPIO, rows[i].base);
		tree_file(tree, MKINITCPIO ".d/a.conf", rows[i].drop_in);
		load(tree, &lists);
		assert_int_equal(lists.modules_file != NULL, rows[i].file != NULL);
		if (rows[i].file)
			assert_string_equal(lists.modules_file, rows[i].file);
		assert_int_equal(lists.modules_is_array, rows[i].is_array);
		tree_teardown(state);
	}
}

static void a_place_that_is_not_read_is_known_by_its_tool(void **state)
{
	struct initramfs_lists lists;
	struct tree *tree = *state;

	tree_file(tree, OWN "a.conf/no_folder", "");
	tree_file(tree, "/etc/mkinitcpio.conf.d", "no folder");
	load(tree, &lists);
	assert_int_equal(lists.dracut.state, FACT_KNOWN); /* what is no file is not sourced */
	assert_false(fact_settled(&lists.mkinitcpio));
	assert_string_equal(lists.mkinitcpio.source, "/etc/mkinitcpio.conf.d");
}

static void a_capture_keeps_the_lists(void **state)
{
	static const struct {
		const char *text, *kept;
	} rows[] = {
		{"SECRET=1\nMODULES=(\n  # SECRET\n  nvme\n  vfio_pci\n)\nHOOKS=(base)\n",
		 "MODULES=(\n  nvme\n  vfio_pci\n)\nHOOKS=(base)\n"},
		{"force_drivers+=\" a\"\nSECRET+=\" a \"\nadd_drivers+=\"b \"",
		 "force_drivers+=\" a\"\nadd_drivers+=\"b \""},
		{"omit_drivers=\" a\n b \"\nSECRET\n", "omit_drivers=\" a\n b \"\n"},
		{"FILES=(vfio.conf\n  a)\nBINARIES=(SECRET)\n", "FILES=(vfio.conf\n  a)\n"},
		{"FILES=(SECRET)\nMODULES=()\n", "MODULES=()\n"},
		{"SECRET=\"vfio\"\n#MODULES=(SECRET)\n", "SECRET=\"vfio\"\n"},
	};
	const struct capture_options options = {0};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct fact_text whole = known_text(MKINITCPIO, rows[i].text);

		test_row("%s", rows[i].text);
		assert_string_equal(redact(tree->arena, &whole, &options).text, rows[i].kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_what_bash_makes_of_it),
		cmocka_unit_test(an_array_has_words),
		cmocka_unit_test(files_are_sourced_in_their_order),
		cmocka_unit_test(the_file_that_sets_modules_is_known),
		cmocka_unit_test_setup_teardown(a_place_that_is_not_read_is_known_by_its_tool,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(a_capture_keeps_the_lists, tree_setup,
						tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/stored_tree.h"
#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

/* FOOTPRINT: the header of a member and its content, in blocks of 512. */
enum { MEMBER_SIZE = 1000, FOOTPRINT = 1536, HOLE = 1000000 };

static const char *path_of(const struct tree *tree)
{
	return tree_outside(tree, "/host.tar");
}

static void add(struct archive *out, const char *name, int64_t size, bool sparse)
{
	static const char content[MEMBER_SIZE];
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_size(entry, size);
	if (sparse)
		archive_entry_sparse_add_entry(entry, size - MEMBER_SIZE, MEMBER_SIZE);
	assert_int_equal(archive_write_header(out, entry), ARCHIVE_OK);
	for (int64_t left = size; left > 0; left -= MEMBER_SIZE)
		assert_int_equal(archive_write_data(out, content, MEMBER_SIZE), MEMBER_SIZE);
	archive_entry_free(entry);
}

/* Writes an archive of count members of size bytes each. */
static void write_archive(const struct tree *tree, int count, int64_t size, bool sparse)
{
	struct archive *out = archive_write_new();
	char name[32];

	archive_write_set_format_pax_restricted(out);
	assert_int_equal(archive_write_open_filename(out, path_of(tree)), ARCHIVE_OK);
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "proc/%d", i);
		add(out, name, size, sparse);
	}
	assert_int_equal(archive_write_free(out), ARCHIVE_OK);
}

/* Reads it within limits. Returns what that gave. */
static int load(const struct tree *tree, size_t members, int64_t bytes)
{
	const struct archive_limits limits = {.members = members, .bytes = bytes};
	struct stored_tree *stored = NULL;
	char *why;

	int result = archive_load(path_of(tree), &limits, &stored, &why);
	assert_int_equal(result == 0, stored != NULL);
	stored_tree_free(stored);
	free(why);
	return result;
}

static void members_are_counted(void **state)
{
	struct tree *tree = *state;

	write_archive(tree, 10, 0, false);
	/* The folder that they are in is not named, and counts. */
	assert_int_equal(load(tree, 11, 100 * FOOTPRINT), 0);
	assert_int_equal(load(tree, 10, 100 * FOOTPRINT), -EFBIG);
}

static void bytes_of_all_members_and_their_headers_are_added_up(void **state)
{
	struct tree *tree = *state;

	write_archive(tree, 10, MEMBER_SIZE, false);
	assert_int_equal(load(tree, 11, 11 * FOOTPRINT), 0);
	assert_int_equal(load(tree, 11, 9 * FOOTPRINT), -EFBIG);
}

static void holes_of_a_member_count_for_its_size(void **state)
{
	struct tree *tree = *state;

	write_archive(tree, 1, HOLE, true);
	assert_int_equal(load(tree, 2, HOLE), 0);
	assert_int_equal(load(tree, 2, HOLE - 1), -EFBIG);
}

static void nothing_of_it_has_a_name(void **state)
{
	static const char *const scratch[] = {"/", "/nowhere"};
	struct tree *tree = *state;
	struct stored_tree *stored;
	char *why;

	write_archive(tree, 10, MEMBER_SIZE, false);
	for (size_t i = 0; i < ARRAY_LENGTH(scratch); i++) {
		test_row("TMPDIR is %s of the tree", scratch[i]);
		assert_int_equal(setenv("TMPDIR", tree_outside(tree, scratch[i]), 1), 0);
		assert_int_equal(archive_load(path_of(tree), &archive_limits, &stored, &why), 0);
		struct root *root = tree->root ? tree->root : tree_open(tree);
		struct fact_list list = root_list(root, tree->arena, "/");
		assert_int_equal(list.count, 3); /* the archive, proc and sys */
		stored_tree_free(stored);
	}
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(members_are_counted),
		TREE_TEST(bytes_of_all_members_and_their_headers_are_added_up),
		TREE_TEST(holes_of_a_member_count_for_its_size),
		TREE_TEST(nothing_of_it_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

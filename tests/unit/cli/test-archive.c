/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/access/array.h"
#include "host/access/leftover.h"
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

/* Unpacks within limits. Returns what that gave, and removes it. */
static int unpack(const struct tree *tree, size_t members, int64_t bytes)
{
	const struct archive_limits limits = {.members = members, .bytes = bytes};
	struct archive_folder folder = {0};
	char *why;

	int result = archive_unpack(path_of(tree), &limits, &folder, &why);
	assert_int_equal(result == 0, folder.path != NULL);
	archive_remove(&folder);
	assert_null(folder.path);
	free(why);
	return result;
}

static void members_are_counted(void **state)
{
	struct tree *tree = *state;

	write_archive(tree, 10, 0, false);
	/* The folder that they are in is not named, and counts. */
	assert_int_equal(unpack(tree, 11, 100 * FOOTPRINT), 0);
	assert_int_equal(unpack(tree, 10, 100 * FOOTPRINT), -EFBIG);
}

static void bytes_of_all_members_and_their_headers_are_added_up(void **state)
{
	struct tree *tree = *state;

	write_archive(tree, 10, MEMBER_SIZE, false);
	assert_int_equal(unpack(tree, 11, 11 * FOOTPRINT), 0);
	assert_int_equal(unpack(tree, 11, 9 * FOOTPRINT), -EFBIG);
}

static void holes_of_a_member_count_for_its_size(void **state)
{
	struct tree *tree = *state;

	write_archive(tree, 1, HOLE, true);
	assert_int_equal(unpack(tree, 2, HOLE), 0);
	assert_int_equal(unpack(tree, 2, HOLE - 1), -EFBIG);
}

static void folder_is_for_this_user_only(void **state)
{
	struct tree *tree = *state;
	struct archive_folder folder = {0};
	struct stat status;
	char *why;

	write_archive(tree, 1, MEMBER_SIZE, false);
	assert_int_equal(archive_unpack(path_of(tree), &archive_limits, &folder, &why), 0);
	assert_int_equal(stat(folder.path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	char *path = strdup(folder.path);
	archive_remove(&folder);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
}

static void ended_while_unpacked(const struct tree *tree, int number)
{
	struct archive_folder folder = {0};
	char *why;

	leftover_watch();
	int result = archive_unpack(path_of(tree), &archive_limits, &folder, &why);
	/* The parent looks for it. */
	if (result == 0 && write(STDOUT_FILENO, folder.path, strlen(folder.path)) > 0)
		raise(number);
	_exit(1);
}

static void a_signal_removes_it_and_ends_the_program(void **state)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct tree *tree = *state;

	write_archive(tree, 10, MEMBER_SIZE, false);
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		char path[4096] = "";
		test_row("signal %d", numbers[i]);
		int ends[2], status;
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			dup2(ends[1], STDOUT_FILENO);
			ended_while_unpacked(tree, numbers[i]);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), numbers[i]);
		assert_true(read(ends[0], path, sizeof(path) - 1) > 0);
		assert_int_equal(access(path, F_OK), -1);
		close(ends[0]);
		close(ends[1]);
	}
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(members_are_counted),
		TREE_TEST(bytes_of_all_members_and_their_headers_are_added_up),
		TREE_TEST(holes_of_a_member_count_for_its_size),
		TREE_TEST(folder_is_for_this_user_only),
		TREE_TEST(a_signal_removes_it_and_ends_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

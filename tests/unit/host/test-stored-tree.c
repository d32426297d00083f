/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/stored_tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/access/root.h"
#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

enum { MANY = 5000, LONG_PATH = 5000 };

#define WORD_OF_50  "12345678901234567890123456789012345678901234567890"
#define WORD_OF_250 WORD_OF_50 WORD_OF_50 WORD_OF_50 WORD_OF_50 WORD_OF_50

static struct stored_tree *new_tree(void)
{
	struct stored_tree *stored;

	assert_int_equal(stored_tree_new(memfd_create("content", MFD_CLOEXEC), &stored), 0);
	return stored;
}

static void add_file(struct stored_tree *stored, const char *path, const char *text)
{
	assert_int_equal(stored_tree_add_file(stored, path), 0);
	assert_int_equal(stored_tree_write(stored, text, strlen(text), 0), 0);
}

/* What the trees below hold: text is that of a file, target where a link leads. */
static const struct {
	const char *path;
	const char *text;
	const char *target;
} entries[] = {
	{"/sys/class", NULL, NULL},
	{"/sys/empty", "", NULL},
	{"/sys/one", "1\n", NULL},
	{"/sys/a/b/c", "deep\n", NULL},
	{"/sys/a/up", NULL, "../one"},
	{"/sys/a/upmost", NULL, "../../../../../../../sys/one"},
	{"/sys/a/absolute", NULL, "/sys/a/b"},
	{"/sys/a/dots", NULL, "./b/.././b/c"},
	{"/sys/a/outside", NULL, "/etc/passwd"},
	{"/sys/a/slash", NULL, "/sys/a/b/"},
	{"/sys/a/file-as-folder", NULL, "/sys/one/"},
	{"/sys/a/dangling", NULL, "nowhere"},
	{"/sys/a/circle", NULL, "circle"},
	{"/sys/a/top", NULL, "/"},
	{"/sys/l0", "last\n", NULL},
};

static const char *const paths[] = {
	"/",
	"/sys",
	"/sys/",
	"/sys/.",
	"/sys/..",
	"/../sys/one",
	"//sys///one",
	"/sys/one",
	"/sys/one/",
	"/sys/one/.",
	"/sys/one/..",
	"/sys/one/two",
	"/sys/empty",
	"/sys/class",
	"/sys/missing",
	"/sys/missing/one",
	"/sys/a",
	"/sys/a/b/c",
	"/sys/a/b/../b/c",
	"/sys/a/up",
	"/sys/a/up/",
	"/sys/a/upmost",
	"/sys/a/absolute",
	"/sys/a/absolute/",
	"/sys/a/absolute/c",
	"/sys/a/absolute/..",
	"/sys/a/dots",
	"/sys/a/outside",
	"/sys/a/slash",
	"/sys/a/slash/c",
	"/sys/a/file-as-folder",
	"/sys/a/dangling",
	"/sys/a/dangling/one",
	"/sys/a/circle",
	"/sys/a/circle/one",
	"/sys/a/top/sys/one",
	"/sys/l40",
	"/sys/l41",
	"/sys/" WORD_OF_250,
	"/sys/" WORD_OF_250 WORD_OF_50,
	"/proc/missing",
	"/dev/missing",
};

/* A tree on disk and one in memory that hold the same. */
static struct stored_tree *make_both(const struct tree *tree)
{
	struct stored_tree *stored = new_tree();

	assert_int_equal(stored_tree_add_folder(stored, "proc"), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(entries); i++) {
		const char *path = entries[i].path;
		test_row("%s", path);
		if (entries[i].text) {
			tree_file(tree, path, entries[i].text);
			add_file(stored, path + 1, entries[i].text);
		} else if (entries[i].target) {
			tree_link(tree, path, entries[i].target);
			assert_int_equal(stored_tree_add_link(stored, path + 1, entries[i].target),
					 0);
		} else {
			tree_directory(tree, path);
			assert_int_equal(stored_tree_add_folder(stored, path + 1), 0);
		}
	}
	/* As many links, one to the next, as the kernel follows, and one more. */
	for (int i = 1; i <= 41; i++) {
		const char *path = arena_printf(tree->arena, "/sys/l%d", i);
		const char *target = arena_printf(tree->arena, "l%d", i - 1);
		tree_link(tree, path, target);
		assert_int_equal(stored_tree_add_link(stored, path + 1, target), 0);
	}
	assert_int_equal(stored_tree_end(stored), 0);
	return stored;
}

static void expect_same_fact(const struct fact *disk, const struct fact *stored)
{
	assert_string_equal(fact_state_name(disk->state), fact_state_name(stored->state));
	assert_int_equal(disk->error, stored->error);
}

static void expect_same_text(const struct fact_text *disk, const struct fact_text *stored)
{
	expect_same_fact(&disk->fact, &stored->fact);
	assert_int_equal(disk->length, stored->length);
	if (fact_known(&disk->fact))
		assert_memory_equal(disk->text, stored->text, disk->length + 1);
}

static void expect_same_list(const struct fact_list *disk, const struct fact_list *stored)
{
	expect_same_fact(&disk->fact, &stored->fact);
	assert_int_equal(disk->count, stored->count);
	for (size_t i = 0; i < disk->count; i++)
		assert_string_equal(disk->names[i], stored->names[i]);
}

static void expect_same(struct arena *arena, struct root *disk, struct root *stored,
			const char *path)
{
	uint64_t unread;

	struct fact_text on_disk = root_read(disk, arena, path, LIMIT_ATTRIBUTE);
	struct fact_text in_memory = root_read(stored, arena, path, LIMIT_ATTRIBUTE);
	expect_same_text(&on_disk, &in_memory);
	on_disk = root_read(disk, arena, path, 2);
	in_memory = root_read(stored, arena, path, 2);
	expect_same_text(&on_disk, &in_memory);
	on_disk = root_read_piece(disk, arena, path, 1, 3);
	in_memory = root_read_piece(stored, arena, path, 1, 3);
	expect_same_text(&on_disk, &in_memory);
	on_disk = root_read_blocks(disk, arena, path, NULL, &unread);
	in_memory = root_read_blocks(stored, arena, path, NULL, &unread);
	expect_same_text(&on_disk, &in_memory);
	on_disk = root_read_link(disk, arena, path);
	in_memory = root_read_link(stored, arena, path);
	expect_same_text(&on_disk, &in_memory);
	struct fact_list listed = root_list(disk, arena, path);
	struct fact_list listed_in_memory = root_list(stored, arena, path);
	expect_same_list(&listed, &listed_in_memory);
	struct fact_node node = root_stat(disk, path), node_in_memory = root_stat(stored, path);
	expect_same_fact(&node.fact, &node_in_memory.fact);
	assert_int_equal(node.mode & S_IFMT, node_in_memory.mode & S_IFMT);
}

static void every_look_up_gives_what_a_folder_gives(void **state)
{
	struct tree *tree = *state;
	struct stored_tree *stored = make_both(tree);
	struct root *disk = tree_open(tree), *root;
	char path[LONG_PATH];

	assert_int_equal(root_open_stored(stored, "", &root), 0);
	assert_true(root_is_captured(root));
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		test_row("%.40s", paths[i]);
		expect_same(tree->arena, disk, root, paths[i]);
		/* A folder that was entered changes no result. */
		root_enter(disk, "/sys/a");
		root_enter(root, "/sys/a");
		expect_same(tree->arena, disk, root, paths[i]);
		root_leave(disk);
		root_leave(root);
	}
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	expect_same(tree->arena, disk, root, path);
	root_close(root);
	stored_tree_free(stored);
}

static void a_folder_of_the_tree_is_left_by_no_link_and_no_dots(void **state)
{
	struct tree *tree = *state;
	struct stored_tree *stored = new_tree();
	struct root *root;

	add_file(stored, "sys/secret", "secret");
	assert_int_equal(stored_tree_add_folder(stored, "inner/sys"), 0);
	assert_int_equal(stored_tree_add_link(stored, "inner/sys/up", "../../../sys/secret"), 0);
	assert_int_equal(stored_tree_add_link(stored, "inner/sys/out", "/sys/secret"), 0);
	assert_int_equal(root_open_stored(stored, "inner", &root), 0);
	static const char *const attacks[] = {"/sys/up", "/sys/out", "/../sys/secret"};
	for (size_t i = 0; i < ARRAY_LENGTH(attacks); i++) {
		test_row("%s", attacks[i]);
		struct fact_text text = root_read(root, tree->arena, attacks[i], LIMIT_ATTRIBUTE);
		assert_false(fact_known(&text.fact));
	}
	root_close(root);
	assert_int_equal(root_open_stored(stored, "none", &root), -ENOENT);
	assert_int_equal(root_open_stored(stored, "sys/secret", &root), -ENOTDIR);
	assert_int_equal(root_open_stored(stored, "inner/sys", &root), -ENODATA);
	stored_tree_free(stored);
}

static void what_cannot_be_added_says_why(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int file, folder;
	} rows[] = {
		{"a/file", -EEXIST, -EEXIST},
		{"a/./file", -EEXIST, -EEXIST},
		{"a/link", -EEXIST, -EEXIST},
		{"a", -EEXIST, 0},
		{"a/file/x", -ENOTDIR, -ENOTDIR},
		{"a/link/x", -ELOOP, -ELOOP},
		{"..", -EXDEV, -EXDEV},
		{"a/../b", -EXDEV, -EXDEV},
		{"a/..", -EXDEV, -EXDEV},
		{".", -EINVAL, 0},
		{"", -EINVAL, 0},
		{"././", -EINVAL, 0},
		{"a/" WORD_OF_250 WORD_OF_50, -ENAMETOOLONG, -ENAMETOOLONG},
		{"a/.hidden", 0, -EEXIST},
		{"a/..x", 0, -EEXIST},
	};
	struct stored_tree *stored = new_tree();

	add_file(stored, "a/file", "");
	assert_int_equal(stored_tree_add_link(stored, "a/link", "."), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%.40s", rows[i].path);
		assert_int_equal(stored_tree_add_file(stored, rows[i].path), rows[i].file);
		assert_int_equal(stored_tree_add_folder(stored, rows[i].path), rows[i].folder);
	}
	assert_int_equal(stored_tree_add_link(stored, "b", ""), -EINVAL);
	stored_tree_free(stored);
}

static struct fact_text read_all(struct stored_tree *stored, struct arena *arena, const char *path)
{
	stored_entry file;

	assert_int_equal(stored_tree_find(stored, STORED_TOP, path, true, &file), 0);
	return stored_tree_read(stored, arena, file, path, 0, 1 << 20);
}

static void holes_are_zeros_and_files_do_not_overlap(void **state)
{
	struct tree *tree = *state;
	struct stored_tree *stored = new_tree();
	static char large[100000];

	assert_int_equal(stored_tree_add_file(stored, "hole"), 0);
	assert_int_equal(stored_tree_lengthen(stored, 10), 0);
	assert_int_equal(stored_tree_add_link(stored, "link", "hole"), 0);
	assert_int_equal(stored_tree_add_file(stored, "middle"), 0);
	assert_int_equal(stored_tree_write(stored, "xy", 2, 3), 0);
	assert_int_equal(stored_tree_lengthen(stored, 8), 0);
	memset(large, 'l', sizeof(large));
	assert_int_equal(stored_tree_add_file(stored, "large"), 0);
	assert_int_equal(stored_tree_write(stored, large, sizeof(large), 0), 0);
	assert_int_equal(stored_tree_add_file(stored, "last"), 0);
	assert_int_equal(stored_tree_lengthen(stored, 5), 0);
	assert_int_equal(stored_tree_lengthen(stored, INT64_MAX), -EFBIG);
	assert_int_equal(stored_tree_write(stored, "x", 1, UINT64_MAX), -EFBIG);
	assert_int_equal(stored_tree_end(stored), 0);
	struct fact_text text = read_all(stored, tree->arena, "link");
	assert_int_equal(text.length, 10);
	assert_memory_equal(text.text, "\0\0\0\0\0\0\0\0\0\0", 10);
	text = read_all(stored, tree->arena, "middle");
	assert_int_equal(text.length, 8);
	assert_memory_equal(text.text, "\0\0\0xy\0\0\0", 8);
	text = read_all(stored, tree->arena, "large");
	assert_int_equal(text.length, sizeof(large));
	assert_memory_equal(text.text, large, sizeof(large));
	text = read_all(stored, tree->arena, "last");
	assert_int_equal(text.length, 5);
	assert_memory_equal(text.text, "\0\0\0\0\0", 5);
	stored_tree_free(stored);
}

static void many_entries_are_all_found(void **state)
{
	struct tree *tree = *state;
	struct stored_tree *stored = new_tree();
	char path[64];
	stored_entry folder;

	for (int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "sys/%d/file", i);
		add_file(stored, path, path);
	}
	assert_int_equal(stored_tree_count(stored), 2 * MANY + 1);
	assert_int_equal(stored_tree_end(stored), 0);
	for (int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "sys/%d/file", i);
		assert_string_equal(read_all(stored, tree->arena, path).text, path);
	}
	assert_int_equal(stored_tree_find(stored, STORED_TOP, "sys", true, &folder), 0);
	struct fact_list list = stored_tree_list(stored, tree->arena, folder, "/sys", MANY);
	assert_int_equal(list.count, MANY);
	for (size_t i = 1; i < list.count; i++)
		assert_true(strcmp(list.names[i - 1], list.names[i]) < 0);
	list = stored_tree_list(stored, tree->arena, folder, "/sys", MANY - 1);
	assert_int_equal(list.fact.state, FACT_MALFORMED);
	assert_int_equal(list.fact.error, EFBIG);
	stored_tree_free(stored);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(every_look_up_gives_what_a_folder_gives),
		TREE_TEST(a_folder_of_the_tree_is_left_by_no_link_and_no_dots),
		TREE_TEST(what_cannot_be_added_says_why),
		TREE_TEST(holes_are_zeros_and_files_do_not_overlap),
		TREE_TEST(many_entries_are_all_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

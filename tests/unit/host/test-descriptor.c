/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host/base/array.h"

#include "tests/unit/support/cmocka.h"

/* A file of which byte i holds i / 64 + 1, and what was asked of it. */
struct sample {
	FILE *file;
	struct arena *arena;
};

static int setup(void **state)
{
	static struct sample sample;

	sample = (struct sample){tmpfile(), arena_new()};
	*state = &sample;
	return sample.file && sample.arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct sample *sample = *state;

	arena_free(sample->arena);
	return fclose(sample->file);
}

static int with_length(const struct sample *sample, size_t length)
{
	for (size_t i = 0; i < length; i++)
		putc((int)(i / BLOCK_SIZE + 1), sample->file);
	assert_int_equal(fflush(sample->file), 0);
	return fileno(sample->file);
}

static uint64_t want_all(const uint8_t *bytes, size_t length, uint64_t unread)
{
	(void)bytes;
	(void)length;
	return unread;
}

/* The first block, and then those that it was asked to lead to. */
static uint64_t want_chain(const uint8_t *bytes, size_t length, uint64_t unread)
{
	(void)length;
	if (unread & 1)
		return 1;
	assert_int_equal(bytes[0], 1);
	return UINT64_C(1) << 4 | UINT64_C(1) << 5 | UINT64_C(1) << 63;
}

static uint64_t want_first(const uint8_t *bytes, size_t length, uint64_t unread)
{
	(void)bytes;
	(void)length;
	return unread & 1;
}

static void a_file_is_read_whole_where_all_is_wanted(void **state)
{
	static const size_t lengths[] = {0, 1, 64, 65, 256, 4095, 4096};
	struct sample *sample = *state;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		test_row("%zu bytes", lengths[i]);
		uint64_t unread = 1;
		assert_int_equal(ftruncate(fileno(sample->file), 0), 0);
		rewind(sample->file);
		struct fact_text text =
			descriptor_read_blocks(sample->arena, with_length(sample, lengths[i]),
					       "config", want_all, &unread);
		assert_int_equal(text.fact.state, FACT_KNOWN);
		assert_string_equal(text.fact.source, "config");
		assert_int_equal(text.length, lengths[i]);
		assert_int_equal(unread, 0);
		for (size_t j = 0; j < text.length; j++)
			assert_int_equal(text.text[j], (char)(j / BLOCK_SIZE + 1));
	}
}

static void only_wanted_blocks_are_read(void **state)
{
	struct sample *sample = *state;
	uint64_t unread;
	struct fact_text text = descriptor_read_blocks(
		sample->arena, with_length(sample, BLOCKS_SIZE), "config", want_chain, &unread);

	assert_int_equal(text.length, BLOCKS_SIZE);
	for (size_t block = 0; block < BLOCK_COUNT; block++) {
		bool wanted = block == 0 || block == 4 || block == 5 || block == 63;
		assert_int_equal(unread >> block & 1, !wanted);
		assert_int_equal(text.text[block * BLOCK_SIZE], wanted ? (char)(block + 1) : 0);
	}
}

/* The kernel gives a reader without rights 64 bytes of a file that claims 4096. */
static void a_file_that_ends_early_has_no_unread_blocks_behind_its_end(void **state)
{
	struct sample *sample = *state;
	uint64_t unread;
	struct fact_text text = descriptor_read_blocks(
		sample->arena, with_length(sample, 5 * BLOCK_SIZE), "config", want_chain, &unread);

	assert_int_equal(text.fact.state, FACT_KNOWN);
	assert_int_equal(text.length, 5 * BLOCK_SIZE);
	assert_int_equal(unread, 0xe);
}

static void the_length_is_the_files_where_its_end_was_not_wanted(void **state)
{
	struct sample *sample = *state;
	uint64_t unread;
	struct fact_text text = descriptor_read_blocks(sample->arena, with_length(sample, 256),
						       "config", want_first, &unread);

	assert_int_equal(text.length, 256);
	assert_int_equal(unread, 0xe);
}

static void a_byte_too_many_is_malformed(void **state)
{
	struct sample *sample = *state;
	uint64_t unread;
	struct fact_text text = descriptor_read_blocks(
		sample->arena, with_length(sample, BLOCKS_SIZE + 1), "config", want_all, &unread);

	assert_int_equal(text.fact.state, FACT_MALFORMED);
	assert_int_equal(text.fact.error, EFBIG);
	assert_null(text.text);
}

static void what_cannot_be_read_says_why(void **state)
{
	struct sample *sample = *state;
	uint64_t unread;
	struct fact_text text =
		descriptor_read_blocks(sample->arena, -1, "config", want_all, &unread);

	assert_int_equal(text.fact.state, FACT_UNREADABLE);
	assert_int_equal(text.fact.error, EBADF);
}

/* An attribute of a kernel whose pages are large: it comes a piece at a time, one for each read. */
static void an_attribute_ends_with_less_than_a_page_and_less_than_was_asked(void **state)
{
	static const char piece[8192];
	static const size_t pieces[] = {5000, 3192, 4096, 100};
	struct sample *sample = *state;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		test_row("%zu bytes", pieces[i]);
		assert_int_equal(write(ends[1], piece, pieces[i]), pieces[i]);
	}
	struct fact_text text =
		descriptor_read(sample->arena, ends[0], "/sys/class/a/value", 64 * 1024);
	close(ends[0]);
	close(ends[1]);

	assert_int_equal(text.fact.state, FACT_KNOWN);
	assert_int_equal(text.length, 5000 + 3192 + 4096 + 100);
}

static void records_are_read_until_there_is_none(void **state)
{
	struct sample *sample = *state;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(write(ends[1], "6,1,2,-;a\n", 10), 10);
	assert_int_equal(write(ends[1], "6,2,3,-;b\n", 10), 10);
	struct fact_text text = descriptor_read_records(sample->arena, ends[0], "/dev/kmsg", 4096);
	close(ends[0]);
	close(ends[1]);

	assert_int_equal(text.fact.state, FACT_KNOWN);
	assert_string_equal(text.text, "6,1,2,-;a\n6,2,3,-;b\n");
}

static void no_more_records_are_read_than_the_limit(void **state)
{
	struct sample *sample = *state;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(write(ends[1], "6,1,2,-;a\n", 10), 10);
	struct fact_text text = descriptor_read_records(sample->arena, ends[0], "/dev/kmsg", 25);
	close(ends[0]);
	close(ends[1]);

	assert_int_equal(text.length, 30);
}

/* Returns the length of a reply of getdents64(2) with count entries, the last at position. */
static size_t make_reply(char *reply, size_t count, off64_t position)
{
	struct dirent64 entry = {.d_reclen = sizeof(entry), .d_name = "entry"};

	for (size_t i = 0; i < count; i++) {
		entry.d_off = i + 1 == count ? position : (off64_t)i + 2;
		memcpy(reply + i * sizeof(entry), &entry, sizeof(entry));
	}
	return count * sizeof(entry);
}

static void a_reply_of_kernfs_is_the_last_where_its_last_entry_stands_at_the_end(void **state)
{
	_Alignas(struct dirent64) char reply[3 * sizeof(struct dirent64)];

	(void)state;
	assert_true(descriptor_listed_all(reply, make_reply(reply, 3, INT_MAX)));
	assert_false(descriptor_listed_all(reply, make_reply(reply, 3, INT_MAX - 1)));
	assert_false(descriptor_listed_all(reply, make_reply(reply, 3, 4)));
	assert_false(descriptor_listed_all(reply, 0));
}

static struct fact_list list_of(const struct sample *sample, const char *path, bool kernfs)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fact_list list = descriptor_list(sample->arena, fd, path, 100000, kernfs);

	close(fd);
	return list;
}

/* Folders of few and of many replies: the kernel of the machine that tests is the judge. */
static void a_folder_of_kernfs_is_listed_whole_either_way(void **state)
{
	static const char *const folders[] = {"/sys",
					      "/sys/kernel",
					      "/sys/module",
					      "/sys/bus",
					      "/sys/devices/system/cpu",
					      "/sys/devices/virtual/tty"};
	struct statfs status;

	if (statfs("/sys", &status) != 0 || status.f_type != SYSFS_MAGIC)
		skip();
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		test_row("%s", folders[i]);
		struct fact_list usual = list_of(*state, folders[i], false);
		struct fact_list once = list_of(*state, folders[i], true);
		assert_int_equal(once.fact.state, usual.fact.state);
		assert_int_equal(once.count, usual.count);
		for (size_t k = 0; k < once.count; k++)
			assert_string_equal(once.names[k], usual.names[k]);
	}
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(a_file_is_read_whole_where_all_is_wanted),
		FILE_TEST(only_wanted_blocks_are_read),
		FILE_TEST(a_file_that_ends_early_has_no_unread_blocks_behind_its_end),
		FILE_TEST(the_length_is_the_files_where_its_end_was_not_wanted),
		FILE_TEST(a_byte_too_many_is_malformed),
		FILE_TEST(what_cannot_be_read_says_why),
		FILE_TEST(records_are_read_until_there_is_none),
		FILE_TEST(no_more_records_are_read_than_the_limit),
		FILE_TEST(an_attribute_ends_with_less_than_a_page_and_less_than_was_asked),
		FILE_TEST(a_reply_of_kernfs_is_the_last_where_its_last_entry_stands_at_the_end),
		FILE_TEST(a_folder_of_kernfs_is_listed_whole_either_way),
	};

	return cmocka_run_group_tests_name("descriptor", tests, NULL, NULL);
}

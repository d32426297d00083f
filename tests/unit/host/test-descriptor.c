/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/descriptor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
	};

	return cmocka_run_group_tests_name("descriptor", tests, NULL, NULL);
}

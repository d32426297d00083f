/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a live audit reads of config space, on that of every function of the fixtures: all that the
 * decoders need, and little else.
 */
#include <fcntl.h>
#include <ftw.h>
#include <pci/header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/pci/capabilities.h"
#include "tests/unit/support/cmocka.h"

enum {
	MOST_FILES = 64,
	MOST_BYTES = 768,      /* of one function */
	MOST_MEAN_BYTES = 512, /* of all */
	FEWEST_FUNCTIONS = 100,
	DAMAGES = 16, /* of each config space */
};

static struct {
	struct arena *arena;
	size_t functions;
	size_t bytes;
} seen;

static struct config_space read_space(int fd, descriptor_wanted *wanted)
{
	struct config_space config = {.fact.state = FACT_KNOWN};
	struct fact_text text =
		descriptor_read_blocks(seen.arena, fd, "config", wanted, &config.unread);

	assert_int_equal(text.fact.state, FACT_KNOWN);
	config.bytes = (const uint8_t *)text.text;
	config.length = text.length;
	return config;
}

static uint64_t want_all(const uint8_t *bytes, size_t length, uint64_t unread)
{
	(void)bytes;
	(void)length;
	return unread;
}

static size_t bytes_read(const struct config_space *config)
{
	return config->length - (size_t)__builtin_popcountll(config->unread) * BLOCK_SIZE;
}

static void expect_same_list(const struct config_space *part, const struct config_space *whole)
{
	for (uint16_t id = 1; id < 0x40; id++) {
		struct capability a = config_extended_capability(part, id);
		struct capability b = config_extended_capability(whole, id);
		assert_int_equal(a.state, b.state);
		assert_int_equal(a.error, b.error);
		assert_int_equal(a.offset, b.offset);
		assert_int_equal(a.broken_chain, b.broken_chain);
	}
}

/* Expects that each capability decodes to the same of both, its registers too. */
static void expect_same(const struct config_space *part, const struct config_space *whole)
{
	expect_same_list(part, whole);
	for (size_t kind = 0; kind < CAPABILITY_KIND_COUNT; kind++) {
		test_row("capability of kind %zu", kind);
		const union capability_registers a =
			capability_decode(part, (enum capability_kind)kind);
		const union capability_registers b =
			capability_decode(whole, (enum capability_kind)kind);
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

/* Expects of an open config space that what was read of it tells the same as the whole. */
static struct config_space expect_enough(int fd)
{
	struct config_space part = read_space(fd, capabilities_wanted);
	struct config_space whole = read_space(fd, want_all);

	expect_same(&part, &whole);
	return part;
}

static int visit(const char *path, const struct stat *status, int type, struct FTW *position)
{
	(void)status;
	if (type != FTW_F || strcmp(path + position->base, "config") != 0)
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	struct config_space part = expect_enough(fd);
	close(fd);
	assert_true(bytes_read(&part) <= MOST_BYTES);
	seen.bytes += bytes_read(&part);
	seen.functions++;
	return 0;
}

static void blocks_hold_what_decoders_need_and_little_else(void **state)
{
	(void)state;
	seen.arena = arena_new();
	assert_non_null(seen.arena);
	assert_int_equal(nftw(PASSCHECK_SOURCE "/fixtures", visit, MOST_FILES, FTW_PHYS), 0);
	arena_free(seen.arena);
	assert_true(seen.functions >= FEWEST_FUNCTIONS);
	print_message("%zu functions, %zu bytes of config space each\n", seen.functions,
		      seen.bytes / seen.functions);
	assert_true(seen.bytes >= seen.functions);
	assert_true(seen.bytes / seen.functions <= MOST_MEAN_BYTES);
}

/* Damages some bytes, most of them where lists begin. */
static void damage(uint8_t bytes[static BLOCKS_SIZE], unsigned *chance)
{
	static const uint16_t ends[] = {CONFIG_HEADER_SIZE, 0x100, 0x200, BLOCKS_SIZE};
	int count = 1 + rand_r(chance) % 4;

	for (int i = 0; i < count; i++) {
		unsigned end = ends[(unsigned)rand_r(chance) % 4];
		unsigned start = (unsigned)rand_r(chance) % end;
		unsigned length = 1 + (unsigned)rand_r(chance) % (BLOCKS_SIZE - start);
		int value = rand_r(chance) % 3;
		if (value == 2)
			bytes[start] = (uint8_t)rand_r(chance);
		else
			memset(bytes + start, value ? 0xff : 0, length);
	}
}

static int visit_damaged(const char *path, const struct stat *status, int type,
			 struct FTW *position)
{
	uint8_t bytes[BLOCKS_SIZE] = {0};
	unsigned chance = (unsigned)++seen.functions;

	(void)status;
	if (type != FTW_F || strcmp(path + position->base, "config") != 0)
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, bytes, sizeof(bytes));
	close(fd);
	assert_true(length > 0);
	for (int i = 0; i < DAMAGES; i++) {
		uint8_t damaged[BLOCKS_SIZE];
		int file = memfd_create("config", MFD_CLOEXEC);
		memcpy(damaged, bytes, sizeof(damaged));
		damage(damaged, &chance);
		assert_int_equal(write(file, damaged, (size_t)length), length);
		expect_enough(file);
		close(file);
	}
	arena_clear(seen.arena);
	return 0;
}

static void blocks_hold_what_decoders_need_of_damaged_lists_too(void **state)
{
	(void)state;
	seen.arena = arena_new();
	assert_non_null(seen.arena);
	assert_int_equal(nftw(PASSCHECK_SOURCE "/fixtures", visit_damaged, MOST_FILES, FTW_PHYS),
			 0);
	arena_free(seen.arena);
}

/* As tar(1) leaves a config space that it could not read beyond the header. */
static void zeros_are_read_to_their_end(void **state)
{
	uint8_t bytes[BLOCKS_SIZE] = {
		[PCI_STATUS] = PCI_STATUS_CAP_LIST, [PCI_CAPABILITY_LIST] = 0x40};
	int fd = memfd_create("config", MFD_CLOEXEC);

	(void)state;
	seen.arena = arena_new();
	assert_non_null(seen.arena);
	assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	struct config_space config = expect_enough(fd);
	close(fd);
	assert_int_equal(config_capability(&config, PCI_CAP_ID_EXP).state, FACT_UNREADABLE);
	arena_free(seen.arena);
}

static void an_unread_register_is_not_zero(void **state)
{
	uint8_t bytes[BLOCKS_SIZE] = {0};
	uint64_t missed = 0;
	const struct config_space config = {.fact.state = FACT_KNOWN,
					    .bytes = bytes,
					    .length = sizeof(bytes),
					    .unread = 1 << 5,
					    .missed = &missed};
	uint16_t value = 0xaaaa;

	(void)state;
	assert_false(config_read16(&config, 5 * BLOCK_SIZE, &value));
	assert_int_equal(value, 0xaaaa);
	assert_int_equal(missed, 1 << 5);
	assert_true(config_read16(&config, 5 * BLOCK_SIZE - 2, &value));
	assert_false(config_read32(&config, 5 * BLOCK_SIZE - 2, &(uint32_t){0}));
}

static void a_capability_in_an_unread_block_is_unreadable(void **state)
{
	uint8_t bytes[BLOCKS_SIZE] = {0};
	struct config_space config = {
		.fact.state = FACT_KNOWN, .bytes = bytes, .length = sizeof(bytes)};

	(void)state;
	bytes[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	bytes[PCI_CAPABILITY_LIST] = 0x40;
	bytes[0x40] = PCI_CAP_ID_EXP;
	assert_int_equal(acs_decode(&config).capability.state, FACT_ABSENT);
	config.unread = 1 << 4;
	assert_int_equal(acs_decode(&config).capability.state, FACT_UNREADABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_hold_what_decoders_need_and_little_else),
		cmocka_unit_test(blocks_hold_what_decoders_need_of_damaged_lists_too),
		cmocka_unit_test(zeros_are_read_to_their_end),
		cmocka_unit_test(an_unread_register_is_not_zero),
		cmocka_unit_test(a_capability_in_an_unread_block_is_unreadable),
	};

	return cmocka_run_group_tests_name("config blocks", tests, NULL, NULL);
}

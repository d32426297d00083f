/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"

enum {
	READ_CHUNK = 8192,
	LARGEST_RECORD = 16 * 1024, /* PRINTKRB_RECORD_MAX and its prefix, kernel/printk */
	PAGE_SIZE = 4096,           /* the smallest of any architecture */
};

/* sysfs gives an attribute whole, or a page of it: less than that is its end (fs/kernfs/file.c). */
static bool is_attribute(const char *path)
{
	return begins_with(path, "/sys/");
}

/*
 * Reads fd to its end, which for an attribute comes with less than a page. Returns the bytes in
 * memory to be freed, or a negative errno.
 */
static ssize_t read_all(int fd, size_t limit, bool attribute, char **ret)
{
	size_t length = 0, capacity = READ_CHUNK;
	char *bytes = malloc(capacity);

	for (;;) {
		if (!bytes)
			return -ENOMEM;
		size_t room = capacity - length;
		ssize_t got = read(fd, bytes + length, room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int error = errno;
			free(bytes);
			return -error;
		}
		length += (size_t)got;
		if (got == 0 || length > limit ||
		    (attribute && got < PAGE_SIZE && (size_t)got < room))
			break;
		if (length < capacity)
			continue;
		capacity *= 2;
		char *larger = realloc(bytes, capacity);
		if (!larger)
			free(bytes);
		bytes = larger;
	}
	*ret = bytes;
	return (ssize_t)length;
}

struct fact_text descriptor_read(struct arena *arena, int fd, const char *path, size_t limit)
{
	char *bytes = NULL;
	ssize_t length = read_all(fd, limit, is_attribute(path), &bytes);

	if (length < 0)
		return (struct fact_text){
			.fact = fact_of(length == -EISDIR ? FACT_MALFORMED : FACT_UNREADABLE, path,
					(int)-length)};

	struct fact_text result = {.fact = fact_of(FACT_MALFORMED, path, EFBIG)};
	if ((size_t)length <= limit) {
		result.fact = fact_of(FACT_KNOWN, path, 0);
		fact_text_copy(&result, arena, bytes, (size_t)length);
	}
	free(bytes);
	return result;
}

/* Reads a record into room bytes. Returns its length, 0 at the end, or a negative errno. */
static ssize_t read_record(int fd, char *bytes, size_t room)
{
	for (;;) {
		ssize_t got = read(fd, bytes, room);
		if (got >= 0)
			return got;
		/* EPIPE: the next record was overwritten, and the one behind it is next. */
		if (errno != EINTR && errno != EPIPE)
			return errno == EAGAIN ? 0 : -errno;
	}
}

struct fact_text descriptor_read_records(struct arena *arena, int fd, const char *path,
					 size_t limit)
{
	struct buffer records = {.arena = arena};
	char record[LARGEST_RECORD];
	ssize_t length;

	while (records.length < limit && (length = read_record(fd, record, sizeof(record))) != 0) {
		if (length < 0)
			return (struct fact_text){
				.fact = fact_of(FACT_UNREADABLE, path, (int)-length)};
		buffer_add(&records, record, (size_t)length);
	}
	return (struct fact_text){.fact = fact_of(FACT_KNOWN, path, 0),
				  .text = buffer_text(&records),
				  .length = records.length};
}

/* Reads up to length bytes from offset on. Returns how many there were, or a negative errno. */
static ssize_t read_at(int fd, char *bytes, size_t length, off_t offset)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(fd, bytes + done, length - done, offset + (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

struct fact_text descriptor_read_piece(struct arena *arena, int fd, const char *path,
				       uint64_t offset, size_t length)
{
	char *bytes = arena_text(arena, length + 1);
	ssize_t got = bytes ? read_at(fd, bytes, length, (off_t)offset) : -ENOMEM;

	if (got < 0)
		return (struct fact_text){.fact = fact_of(FACT_UNREADABLE, path, (int)-got)};
	return (struct fact_text){
		.fact = fact_of(FACT_KNOWN, path, 0), .text = bytes, .length = (size_t)got};
}

/* A file on its way into memory, block by block. */
struct blocks {
	int fd;
	uint8_t *bytes;  /* BLOCKS_SIZE + 1 */
	uint64_t unread; /* zeros as yet */
	size_t length;   /* of the file; BLOCKS_SIZE until its end was met */
};

static uint64_t blocks_from(size_t block)
{
	return block < BLOCK_COUNT ? UINT64_MAX << block : 0;
}

static void end_at(struct blocks *blocks, size_t length)
{
	blocks->length = length;
	blocks->unread &= ~blocks_from((length + BLOCK_SIZE - 1) / BLOCK_SIZE);
}

/*
 * Reads the first row of the wanted blocks. With the last block goes a byte that only a file that
 * is too long has. Returns 0 or a negative errno.
 */
static int read_row(struct blocks *blocks, uint64_t wanted)
{
	size_t first = (size_t)__builtin_ctzll(wanted), next = first;

	while (next < BLOCK_COUNT && wanted >> next & 1)
		next++;
	size_t start = first * BLOCK_SIZE, wanted_end = next * BLOCK_SIZE + (next == BLOCK_COUNT);
	ssize_t got;
	do
		got = pread(blocks->fd, blocks->bytes + start, wanted_end - start, (off_t)start);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	blocks->unread &= ~blocks_from(first) | blocks_from(next);
	if (start + (size_t)got < wanted_end || wanted_end > BLOCKS_SIZE)
		end_at(blocks, start + (size_t)got);
	return 0;
}

static int read_wanted(struct blocks *blocks, descriptor_wanted *wanted)
{
	struct stat status;
	uint64_t next;

	while ((next = wanted(blocks->bytes, blocks->length, blocks->unread) & blocks->unread)) {
		int result = read_row(blocks, next);
		if (result < 0)
			return result;
	}
	if (!blocks->unread)
		return 0;
	if (fstat(blocks->fd, &status))
		return -errno;
	if (status.st_size < (off_t)blocks->length)
		end_at(blocks, (size_t)status.st_size);
	return 0;
}

struct fact_text descriptor_read_blocks(struct arena *arena, int fd, const char *path,
					descriptor_wanted *wanted, uint64_t *ret_unread)
{
	struct blocks blocks = {
		.fd = fd,
		.bytes = arena_alloc(arena, BLOCKS_SIZE + 1),
		.unread = UINT64_MAX,
		.length = BLOCKS_SIZE,
	};
	int result = blocks.bytes ? read_wanted(&blocks, wanted) : -ENOMEM;

	if (result < 0)
		return (struct fact_text){.fact = fact_of(FACT_UNREADABLE, path, -result)};
	if (blocks.length > BLOCKS_SIZE)
		return (struct fact_text){.fact = fact_of(FACT_MALFORMED, path, EFBIG)};
	*ret_unread = blocks.unread;
	return (struct fact_text){.fact = fact_of(FACT_KNOWN, path, 0),
				  .text = (const char *)blocks.bytes,
				  .length = blocks.length};
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Names on their way into a list. */
struct names {
	struct arena *arena;
	const char **names;
	size_t count;
	size_t capacity;
	size_t limit;
};

static int add_name(struct names *names, const char *name)
{
	if (is_dots(name))
		return 0;
	if (names->count == names->limit)
		return -EFBIG;
	const char **larger = arena_grow(names->arena, names->names, names->count, &names->capacity,
					 sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	names->names = larger;
	larger[names->count++] = arena_copy(names->arena, name, strlen(name));
	return 0;
}

bool descriptor_listed_all(const char *entries, size_t length)
{
	off64_t position = 0;

	for (size_t offset = 0; offset < length;) {
		const struct dirent64 *entry = (const struct dirent64 *)(entries + offset);
		position = entry->d_off;
		offset += entry->d_reclen;
	}
	return position == INT_MAX;
}

/* Collects the names of the directory open at fd. Returns 0 or a negative errno. */
static int collect(int fd, bool kernfs, struct names *names)
{
	_Alignas(struct dirent64) char entries[READ_CHUNK];
	int result = 0;

	for (;;) {
		ssize_t got = getdents64(fd, entries, sizeof(entries));
		if (got <= 0)
			return got < 0 ? -errno : 0;
		for (ssize_t offset = 0; offset < got && result == 0;) {
			const struct dirent64 *entry = (const struct dirent64 *)(entries + offset);
			result = add_name(names, entry->d_name);
			offset += entry->d_reclen;
		}
		if (result < 0 || (kernfs && descriptor_listed_all(entries, (size_t)got)))
			return result;
	}
}

struct fact_list descriptor_list(struct arena *arena, int fd, const char *path, size_t limit,
				 bool kernfs)
{
	struct names names = {.arena = arena, .limit = limit};
	int result = collect(fd, kernfs, &names);

	if (result == -EFBIG)
		return (struct fact_list){.fact = fact_of(FACT_MALFORMED, path, EFBIG)};
	if (result < 0)
		return (struct fact_list){.fact = fact_of(FACT_UNREADABLE, path, -result)};
	if (names.count)
		qsort(names.names, names.count, sizeof(*names.names), compare_strings);
	return (struct fact_list){
		.fact = fact_of(FACT_KNOWN, path, 0), .names = names.names, .count = names.count};
}

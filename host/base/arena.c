/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	BLOCK_SIZE = 64 * 1024,
	LARGE_FROM = 1024 * 1024,      /* bytes of an arena from which its blocks are large */
	LARGE_BLOCK = 4 * 1024 * 1024, /* its head and its bytes */
	LARGEST_SHARE = 4,             /* of a block: what is larger has its own */
	HUGE_PAGE = 2 * 1024 * 1024,
	FIRST_CAPACITY = 8,
	USUAL_TEXT = 256,
};

struct block {
	struct block *next;
	void *mapping; /* that it lies in, of so many bytes; NULL: of calloc() */
	size_t mapped;
	size_t size;
	size_t used;
	size_t latest; /* where the latest allocation begins */
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *blocks;
	size_t size;
	bool failed;
};

/* alignment: a power of two */
static size_t aligned(size_t size, size_t alignment)
{
	return (size + alignment - 1) & ~(alignment - 1);
}

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

static void free_block(struct block *block)
{
	if (block->mapping)
		munmap(block->mapping, block->mapped);
	else
		free(block);
}

static void free_blocks(struct block *block)
{
	for (struct block *next; block; block = next) {
		next = block->next;
		free_block(block);
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	free_blocks(arena->blocks);
	free(arena);
}

void arena_clear(struct arena *arena)
{
	struct block *kept = arena->blocks;

	arena->failed = false;
	if (!kept)
		return;
	free_blocks(kept->next);
	memset(kept->bytes, 0, kept->used);
	kept->used = kept->latest = 0;
	kept->next = NULL;
	arena->size = sizeof(*kept) + kept->size;
}

/*
 * The first touch of each page costs a fault: with transparent huge pages, of each 2 MiB that are
 * aligned to it. Where the kernel has none, pages are of the usual size.
 */
static struct block *map_huge_pages(size_t size)
{
	size_t mapped = size + HUGE_PAGE;
	char *mapping =
		mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapping == MAP_FAILED)
		return NULL;

	size_t start = aligned((uintptr_t)mapping, HUGE_PAGE) - (uintptr_t)mapping;
	struct block *block = (struct block *)(mapping + start);
	madvise(block, size, MADV_HUGEPAGE);
	block->mapping = mapping;
	block->mapped = mapped;
	return block;
}

static struct block *new_block(struct arena *arena, size_t capacity)
{
	size_t size = sizeof(struct block) + capacity;
	struct block *block = size < HUGE_PAGE ? calloc(1, size) : map_huge_pages(size);

	if (!block)
		return NULL;
	block->size = capacity;
	arena->size += size;
	return block;
}

/* Returns a block with room for size. One that is for it alone leaves the rest of the first to
 * others. */
static struct block *add_block(struct arena *arena, size_t size)
{
	size_t usual = arena->size < LARGE_FROM ? BLOCK_SIZE : LARGE_BLOCK - sizeof(struct block);
	bool alone = arena->blocks && size > usual / LARGEST_SHARE;
	struct block *block = new_block(arena, alone || size > usual ? size : usual);
	struct block **place = alone ? &arena->blocks->next : &arena->blocks;

	if (!block)
		return NULL;
	block->next = *place;
	*place = block;
	return block;
}

static inline void *take(struct arena *arena, size_t size, size_t alignment)
{
	if (size > SIZE_MAX / 2) {
		arena->failed = true;
		return NULL;
	}
	struct block *block = arena->blocks;
	size_t start = block ? aligned(block->used, alignment) : 0;
	if (!block || start > block->size || block->size - start < size) {
		block = add_block(arena, size);
		start = 0;
	}
	if (!block) {
		arena->failed = true;
		return NULL;
	}
	block->latest = start;
	block->used = start + size;
	return block->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return take(arena, size, alignof(max_align_t));
}

char *arena_text(struct arena *arena, size_t size)
{
	return take(arena, size, alignof(char));
}

bool arena_shorten(struct arena *arena, const void *bytes, size_t size)
{
	struct block *block = arena->blocks;

	if (!block || bytes != block->bytes + block->latest || size > block->used - block->latest)
		return false;
	size_t kept = block->latest + size;
	memset(block->bytes + kept, 0, block->used - kept);
	block->used = kept;
	return true;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		arena->failed = true;
		return NULL;
	}
	return arena_alloc(arena, bytes);
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;

	size_t wanted = *capacity ? *capacity * 2 : FIRST_CAPACITY;
	void *grown = arena_array(arena, wanted, size);
	if (!grown)
		return NULL;
	if (count)
		memcpy(grown, items, count * size);
	*capacity = wanted;
	return grown;
}

/* What the string functions return when memory is short: writable, and always empty. */
static char *empty(struct arena *arena)
{
	static char nothing[1];

	arena->failed = true;
	nothing[0] = '\0';
	return nothing;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy = length < SIZE_MAX ? arena_text(arena, length + 1) : NULL;

	if (!copy)
		return empty(arena);
	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_path(struct arena *arena, const char *folder, const char *name)
{
	size_t length = strlen(folder), rest = strlen(name);
	char *path = arena_text(arena, length + 1 + rest + 1);

	if (!path)
		return empty(arena);
	memcpy(path, folder, length);
	path[length] = '/';
	memcpy(path + length + 1, name, rest);
	return path;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
	char usual[USUAL_TEXT];
	va_list again;

	va_copy(again, arguments);
	int length = vsnprintf(usual, sizeof(usual), format, arguments);
	char *text = length >= 0 ? arena_text(arena, (size_t)length + 1) : NULL;
	if (text && (size_t)length < sizeof(usual))
		memcpy(text, usual, (size_t)length);
	else if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text ? text : empty(arena);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return text;
}

void arena_fail(struct arena *arena)
{
	arena->failed = true;
}

bool arena_failed(const struct arena *arena)
{
	return arena->failed;
}

size_t arena_size(const struct arena *arena)
{
	const struct block *block = arena->blocks;

	return arena->size - (block ? block->size - block->used : 0);
}

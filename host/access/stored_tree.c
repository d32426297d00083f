/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/stored_tree.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/access/descriptor.h"
#include "host/base/array.h"

enum {
	FIRST_ENTRIES = 1024,
	FIRST_TEXT = 16 * 1024,
	PENDING_SIZE = 64 * 1024,
	MOST_LINKS = 40, /* MAXSYMLINKS, include/linux/namei.h */
};

#define NO_ENTRY UINT32_MAX

struct entry {
	uint32_t parent;
	uint32_t name; /* in text */
	uint32_t next_in_bucket;
	uint32_t next_sibling;
	mode_t type;
	uint32_t inner;  /* of a folder its last entry, of a link its target in text */
	uint64_t offset; /* of a file, in content */
	uint64_t size;
};

/* Content that is not written yet: what is small and adjoins goes in one call. */
struct pending {
	size_t length;
	uint64_t offset;
	char bytes[PENDING_SIZE];
};

struct stored_tree {
	int content;
	uint64_t content_end; /* behind the last file */
	uint64_t key;         /* of the hash */
	struct entry *entries;
	size_t count;
	size_t capacity;
	uint32_t *buckets; /* as many as entries have room */
	char *text;
	size_t text_length;
	size_t text_capacity;
	struct pending pending;
};

#define HASH_PRIME ((UINT64_C(1) << 61) - 1)

static uint64_t multiply(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	uint64_t sum = (uint64_t)(product & HASH_PRIME) + (uint64_t)(product >> 61);

	return sum >= HASH_PRIME ? sum - HASH_PRIME : sum;
}

/*
 * A polynomial over the field of 2^61-1 at a point that no archive knows: names that were chosen to
 * collide do not (Carter and Wegman, "Universal classes of hash functions").
 */
static uint64_t hash(const struct stored_tree *tree, uint32_t parent, const char *name,
		     size_t length)
{
	uint64_t sum = parent + UINT64_C(1);

	for (size_t i = 0; i < length; i++)
		sum = multiply(sum, tree->key) + (unsigned char)name[i] + 1;
	return multiply(sum % HASH_PRIME, tree->key);
}

static uint32_t *bucket_of(const struct stored_tree *tree, uint32_t parent, const char *name,
			   size_t length)
{
	return &tree->buckets[hash(tree, parent, name, length) % tree->capacity];
}

static const char *name_of(const struct stored_tree *tree, const struct entry *entry)
{
	return tree->text + entry->name;
}

/* Puts all entries but the top into buckets anew. */
static int fill_buckets(struct stored_tree *tree)
{
	uint32_t *buckets = malloc(tree->capacity * sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	free(tree->buckets);
	tree->buckets = buckets;
	memset(buckets, 0xff, tree->capacity * sizeof(*buckets));
	for (uint32_t i = 1; i < tree->count; i++) {
		struct entry *entry = &tree->entries[i];
		const char *name = name_of(tree, entry);
		uint32_t *bucket = bucket_of(tree, entry->parent, name, strlen(name));
		entry->next_in_bucket = *bucket;
		*bucket = i;
	}
	return 0;
}

static int grow_entries(struct stored_tree *tree)
{
	size_t capacity = tree->capacity ? 2 * tree->capacity : FIRST_ENTRIES;
	struct entry *entries = realloc(tree->entries, capacity * sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	tree->entries = entries;
	tree->capacity = capacity;
	return fill_buckets(tree);
}

/* Keeps length bytes of text and a NUL. Returns 0 and where they are, or a negative errno. */
static int keep_text(struct stored_tree *tree, const char *text, size_t length, uint32_t *ret)
{
	size_t needed = tree->text_length + length + 1;

	if (needed > UINT32_MAX)
		return -EFBIG;
	if (needed > tree->text_capacity) {
		size_t capacity = needed > FIRST_TEXT / 2 ? 2 * needed : FIRST_TEXT;
		char *larger = realloc(tree->text, capacity);
		if (!larger)
			return -ENOMEM;
		tree->text = larger;
		tree->text_capacity = capacity;
	}
	memcpy(tree->text + tree->text_length, text, length);
	tree->text[needed - 1] = '\0';
	*ret = (uint32_t)tree->text_length;
	tree->text_length = needed;
	return 0;
}

static int make_top(struct stored_tree *tree)
{
	int result = grow_entries(tree);

	if (result < 0)
		return result;
	tree->entries[STORED_TOP] =
		(struct entry){.next_sibling = NO_ENTRY, .type = S_IFDIR, .inner = NO_ENTRY};
	tree->count = 1;
	return keep_text(tree, "", 0, &tree->entries[STORED_TOP].name);
}

int stored_tree_new(int content, struct stored_tree **ret)
{
	struct stored_tree *tree = calloc(1, sizeof(*tree));

	if (!tree) {
		close(content);
		return -ENOMEM;
	}
	tree->content = content;
	/* Without a random key a tree is read as well, if not as fast where it is hostile. */
	if (getrandom(&tree->key, sizeof(tree->key), GRND_NONBLOCK) != sizeof(tree->key))
		tree->key = (uintptr_t)tree;
	tree->key = tree->key % (HASH_PRIME - 2) + 2;
	int result = make_top(tree);
	if (result < 0) {
		stored_tree_free(tree);
		return result;
	}
	*ret = tree;
	return 0;
}

void stored_tree_free(struct stored_tree *tree)
{
	if (!tree)
		return;
	close(tree->content);
	free(tree->entries);
	free(tree->buckets);
	free(tree->text);
	free(tree);
}

size_t stored_tree_count(const struct stored_tree *tree)
{
	return tree->count - 1;
}

static uint32_t find_in(const struct stored_tree *tree, uint32_t folder, const char *name,
			size_t length)
{
	uint32_t found = *bucket_of(tree, folder, name, length);

	while (found != NO_ENTRY) {
		const struct entry *entry = &tree->entries[found];
		const char *other = name_of(tree, entry);
		if (entry->parent == folder && strncmp(other, name, length) == 0 && !other[length])
			break;
		found = entry->next_in_bucket;
	}
	return found;
}

/* Adds an entry to a folder that lacks it. Returns 0 or a negative errno. */
static int add_to(struct stored_tree *tree, uint32_t folder, const char *name, size_t length,
		  mode_t type, uint32_t *ret)
{
	struct entry entry = {.parent = folder, .type = type, .inner = NO_ENTRY};

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	if (tree->count == NO_ENTRY)
		return -EFBIG;
	int result = tree->count == tree->capacity ? grow_entries(tree) : 0;
	if (result == 0)
		result = keep_text(tree, name, length, &entry.name);
	if (result < 0)
		return result;
	uint32_t *bucket = bucket_of(tree, folder, name, length);
	entry.next_in_bucket = *bucket;
	entry.next_sibling = tree->entries[folder].inner;
	*ret = *bucket = tree->entries[folder].inner = (uint32_t)tree->count;
	tree->entries[tree->count++] = entry;
	return 0;
}

/* Enters a folder of folder, and makes it where it is missing. Returns 0 or a negative errno. */
static int descend(struct stored_tree *tree, const char *name, size_t length, uint32_t *folder)
{
	uint32_t found = find_in(tree, *folder, name, length);

	if (found == NO_ENTRY)
		return add_to(tree, *folder, name, length, S_IFDIR, folder);
	if (tree->entries[found].type != S_IFDIR)
		return tree->entries[found].type == S_IFLNK ? -ELOOP : -ENOTDIR;
	*folder = found;
	return 0;
}

/* Returns path without the slashes and words "." that it begins with. */
static const char *skip_dots(const char *path)
{
	while (*path == '/' || (path[0] == '.' && (path[1] == '/' || !path[1])))
		path++;
	return path;
}

/*
 * Enters the folder that is to hold the entry of path, and takes its name. Returns 0 or a negative
 * errno.
 */
static int enter(struct stored_tree *tree, const char *path, uint32_t *ret_folder,
		 const char **ret_name, size_t *ret_length)
{
	uint32_t folder = STORED_TOP;

	for (path = skip_dots(path);;) {
		size_t length = strcspn(path, "/");
		const char *next = skip_dots(path + length);
		if (length == 2 && memcmp(path, "..", length) == 0)
			return -EXDEV;
		if (!*next) {
			*ret_folder = folder;
			*ret_name = path;
			*ret_length = length;
			return 0;
		}
		int result = descend(tree, path, length, &folder);
		if (result < 0)
			return result;
		path = next;
	}
}

/* Adds what a tree does not have yet. */
static int add_new(struct stored_tree *tree, const char *path, mode_t type, uint32_t *ret)
{
	uint32_t folder;
	const char *name;
	size_t length;
	int result = enter(tree, path, &folder, &name, &length);

	if (result < 0)
		return result;
	if (!length)
		return -EINVAL;
	if (find_in(tree, folder, name, length) != NO_ENTRY)
		return -EEXIST;
	return add_to(tree, folder, name, length, type, ret);
}

int stored_tree_add_folder(struct stored_tree *tree, const char *path)
{
	uint32_t folder;
	const char *name;
	size_t length;
	int result = enter(tree, path, &folder, &name, &length);

	if (result < 0 || !length)
		return result;
	result = descend(tree, name, length, &folder);
	return result == -ELOOP || result == -ENOTDIR ? -EEXIST : result;
}

int stored_tree_add_link(struct stored_tree *tree, const char *path, const char *target)
{
	size_t length = strlen(target);
	uint32_t link;

	if (!length)
		return -EINVAL;
	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	int result = add_new(tree, path, S_IFLNK, &link);
	return result < 0 ? result : keep_text(tree, target, length, &tree->entries[link].inner);
}

static int write_at(int fd, const char *bytes, size_t length, uint64_t offset)
{
	for (size_t done = 0; done < length;) {
		ssize_t got = pwrite(fd, bytes + done, length - done, (off_t)(offset + done));
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			done += (size_t)got;
	}
	return 0;
}

static int write_pending(struct stored_tree *tree)
{
	struct pending *pending = &tree->pending;
	int result = write_at(tree->content, pending->bytes, pending->length, pending->offset);

	pending->length = 0;
	return result;
}

int stored_tree_add_file(struct stored_tree *tree, const char *path)
{
	uint32_t file;
	int result = add_new(tree, path, S_IFREG, &file);

	if (result == 0)
		tree->entries[file].offset = tree->content_end;
	return result;
}

/* Writes length bytes at start of content, now or with those that follow. */
static int put_content(struct stored_tree *tree, const void *bytes, size_t length, uint64_t start)
{
	struct pending *pending = &tree->pending;
	int result = 0;

	if (pending->length && (pending->offset + pending->length != start ||
				length > sizeof(pending->bytes) - pending->length))
		result = write_pending(tree);
	if (result == 0 && length > sizeof(pending->bytes)) {
		result = write_at(tree->content, bytes, length, start);
	} else if (result == 0) {
		if (!pending->length)
			pending->offset = start;
		memcpy(pending->bytes + pending->length, bytes, length);
		pending->length += length;
	}
	return result;
}

int stored_tree_write(struct stored_tree *tree, const void *bytes, size_t length, uint64_t offset)
{
	uint64_t start = tree->entries[tree->count - 1].offset + offset;
	int result =
		offset > INT64_MAX - length ? -EFBIG : stored_tree_lengthen(tree, offset + length);

	return result < 0 ? result : put_content(tree, bytes, length, start);
}

int stored_tree_lengthen(struct stored_tree *tree, uint64_t size)
{
	struct entry *file = &tree->entries[tree->count - 1];

	/* What does not fit behind the others has no offset in their file. */
	if (size > INT64_MAX - file->offset)
		return -EFBIG;
	if (file->size < size)
		file->size = size;
	tree->content_end = file->offset + file->size;
	return 0;
}

int stored_tree_end(struct stored_tree *tree)
{
	return write_pending(tree);
}

/* A path on its way to its entry. */
struct walk {
	const struct stored_tree *tree;
	uint32_t top;
	uint32_t at;
	unsigned links; /* that were followed */
};

static int follow_path(struct walk *walk, const char *path, bool follow);

/* Goes from the folder that the walk is at to an entry of it. */
static int take_step(struct walk *walk, const char *name, size_t length, bool follow)
{
	const struct stored_tree *tree = walk->tree;

	if (tree->entries[walk->at].type != S_IFDIR)
		return -ENOTDIR;
	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	if (length == 1 && *name == '.')
		return 0;
	if (length == 2 && memcmp(name, "..", length) == 0) {
		if (walk->at != walk->top)
			walk->at = tree->entries[walk->at].parent;
		return 0;
	}
	uint32_t found = find_in(tree, walk->at, name, length);
	if (found == NO_ENTRY)
		return -ENOENT;
	if (tree->entries[found].type == S_IFLNK && follow) {
		if (walk->links++ == MOST_LINKS)
			return -ELOOP;
		return follow_path(walk, stored_tree_target(tree, found), true);
	}
	walk->at = found;
	return 0;
}

/* As deep as links lead: MOST_LINKS. */
static int follow_path(struct walk *walk, const char *path, bool follow)
{
	if (*path == '/')
		walk->at = walk->top;
	while (*path) {
		size_t slashes = strspn(path, "/"), length = strcspn(path + slashes, "/");
		path += slashes;
		if (!*path)
			return walk->tree->entries[walk->at].type == S_IFDIR ? 0 : -ENOTDIR;
		int result = take_step(walk, path, length, follow || path[length]);
		if (result < 0)
			return result;
		path += length;
	}
	return 0;
}

int stored_tree_find(const struct stored_tree *tree, stored_entry top, const char *path,
		     bool follow, stored_entry *ret)
{
	struct walk walk = {.tree = tree, .top = top, .at = top};

	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	int result = follow_path(&walk, path, follow);
	if (result == 0)
		*ret = walk.at;
	return result;
}

mode_t stored_tree_type(const struct stored_tree *tree, stored_entry entry)
{
	return tree->entries[entry].type;
}

uint64_t stored_tree_size(const struct stored_tree *tree, stored_entry file)
{
	return tree->entries[file].size;
}

const char *stored_tree_target(const struct stored_tree *tree, stored_entry link)
{
	return tree->text + tree->entries[link].inner;
}

struct fact_text stored_tree_read(const struct stored_tree *tree, struct arena *arena,
				  stored_entry file, const char *path, uint64_t offset,
				  size_t length)
{
	const struct entry *entry = &tree->entries[file];
	uint64_t left = offset < entry->size ? entry->size - offset : 0;

	length = length < left ? length : (size_t)left;
	struct fact_text text =
		descriptor_read_piece(arena, tree->content, path, entry->offset + offset, length);
	/* Behind the end of content are the zeros of a hole. */
	if (fact_known(&text.fact))
		text.length = length;
	return text;
}

struct fact_list stored_tree_list(const struct stored_tree *tree, struct arena *arena,
				  stored_entry folder, const char *path, size_t limit)
{
	size_t count = 0;

	for (uint32_t i = tree->entries[folder].inner; i != NO_ENTRY;
	     i = tree->entries[i].next_sibling)
		count++;
	if (count > limit)
		return (struct fact_list){.fact = fact_of(FACT_MALFORMED, path, EFBIG)};
	const char **names = arena_array(arena, count, sizeof(*names));
	if (!names)
		return (struct fact_list){.fact = fact_of(FACT_UNREADABLE, path, ENOMEM)};
	size_t next = 0;
	for (uint32_t i = tree->entries[folder].inner; i != NO_ENTRY;
	     i = tree->entries[i].next_sibling) {
		const char *name = name_of(tree, &tree->entries[i]);
		names[next++] = arena_copy(arena, name, strlen(name));
	}
	qsort(names, count, sizeof(*names), compare_strings);
	return (struct fact_list){
		.fact = fact_of(FACT_KNOWN, path, 0), .names = names, .count = count};
}

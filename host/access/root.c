/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host/access/capture_index.h"
#include "host/access/closing.h"
#include "host/access/descriptor.h"
#include "host/access/listing.h"
#include "host/access/stored_tree.h"
#include "host/base/affix.h"
#include "host/base/array.h"

#define SYSFS "/sys"

enum { OPEN_ATTEMPTS = 100, MOST_MISSING = 32 };

/* A folder that is open, from which the way to what lies below is short. */
struct place {
	char path[PATH_MAX];
	size_t path_length; /* 0 where none is open */
	int fd;
	bool kernfs; /* of the live sysfs */
};

/* The folder that look-ups are made in for now, and its entries. */
struct folder {
	struct place place;
	struct listing listing;
};

/* An upper folder of a tree, which paths that are read one after another have in common. */
struct upper {
	char path[PATH_MAX]; /* "": none was looked for */
	bool is_there;
};

struct root {
	int fd;
	int sysfs; /* the folder /sys of a live host where it is a sysfs, -1 otherwise */
	bool captured;
	bool wakes;                 /* may wake functions that sleep */
	struct stored_tree *stored; /* what is read in place of a folder, or NULL; fd is then -1 */
	stored_entry top;           /* of stored, which stands for "/" */
	struct arena *arena;        /* of the index */
	struct capture_index *index;
	const struct root_observer *observer;
	struct upper upper; /* the one that covers() looked for last */
	/* Those that are not there: nothing below them is opened. */
	const char *missing[MOST_MISSING];
	size_t missing_count;
	struct folder folder;
	struct place above; /* that of the folder, where neighbours are entered one by one */
	struct closing closing;
};

/* Closes fd, now or later. An observer opens files of its own, and is to find room for them. */
static void release(struct root *root, int fd)
{
	closing_add(&root->closing, fd);
	if (root->observer)
		closing_end(&root->closing);
}

/* Returns whether an open that failed may be tried again: where the process has too many open
 * files, without those that are done with. */
static bool is_worth_another(struct root *root, int error)
{
	/* Any rename on the machine while a ".." is resolved makes that EAGAIN (openat2(2)). */
	if (error == EAGAIN)
		return true;
	if ((error != EMFILE && error != ENFILE) || !root->closing.count)
		return false;
	closing_end(&root->closing);
	return true;
}

static int open_confined(struct root *root, int folder, const char *path, int flags,
			 unsigned resolve)
{
	struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC, .resolve = resolve};

	for (int attempt = 1;; attempt++) {
		long fd = syscall(SYS_openat2, folder, path, &how, sizeof(how));
		if (fd >= 0)
			return (int)fd;
		int error = errno;
		if (attempt == OPEN_ATTEMPTS || !is_worth_another(root, error))
			return -error;
	}
}

/* Returns what of path stands behind an upper folder that is known not to be there, "" for the
 * folder itself; NULL for none. */
static const char *behind_missing(const struct root *root, const char *path)
{
	for (size_t i = 0; i < root->missing_count; i++) {
		size_t length = strlen(root->missing[i]);
		if (strncmp(path, root->missing[i], length) == 0 &&
		    (!path[length] || path[length] == '/'))
			return path + length;
	}
	return NULL;
}

static int open_below(struct root *root, const char *path, int flags)
{
	const char *behind = behind_missing(root, path);

	/* What is called so itself may be a link that leads nowhere. */
	if (behind && *behind)
		return -ENOENT;
	return open_confined(root, root->fd, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

/* Returns what follows the folder in a path that leads below it, or NULL in any other. */
static const char *way_from(const struct place *place, const char *path)
{
	size_t length = place->path_length;

	if (!length || strncmp(path, place->path, length) != 0 || path[length] != '/' ||
	    !path[length + 1])
		return NULL;
	return path + length + 1;
}

/* Opens what lies below an open folder. Returns -EXDEV or -ELOOP where the way leads elsewhere. */
static int open_from(struct root *root, const struct place *place, const char *way, int flags)
{
	unsigned resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

	return open_confined(root, place->fd, way, flags,
			     place->kernfs ? resolve | RESOLVE_NO_XDEV : resolve);
}

/* Opens what is of the live sysfs: not what is mounted below it, as lxcfs does, which openat2(2)
 * refuses with EXDEV. */
static int open_in_sysfs(struct root *root, const char *path, int flags)
{
	if (root->sysfs < 0 || !begins_with(path, SYSFS "/"))
		return -EXDEV;
	return open_confined(root, root->sysfs, path + strlen(SYSFS "/"), flags,
			     RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
}

/* Opens a path by the shortest way. *ret_kernfs says whether it is of the live sysfs. */
static int open_shortest(struct root *root, const struct place *near, const char *path, int flags,
			 bool *ret_kernfs)
{
	const char *way = way_from(near, path);
	int fd = way ? open_from(root, near, way, flags) : -EXDEV;

	*ret_kernfs = near->kernfs;
	if (fd != -EXDEV && fd != -ELOOP)
		return fd;
	fd = open_in_sysfs(root, path, flags);
	*ret_kernfs = fd >= 0;
	return fd == -EXDEV ? open_below(root, path, flags) : fd;
}

static int open_folder(struct root *root, const struct place *near, const char *path,
		       bool *ret_kernfs)
{
	return open_shortest(root, near, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, ret_kernfs);
}

/* Returns the name that path has in the entered folder, or NULL where it is no entry of it. */
static const char *name_in_folder(const struct root *root, const char *path)
{
	const char *way = way_from(&root->folder.place, path);

	return way && !strchr(way, '/') ? way : NULL;
}

/* Looks a name up in the entered folder. NULL, for what does not lie in it, finds nothing. */
static enum listing_entry find_entry(const struct root *root, const char *name)
{
	return name ? listing_find(&root->folder.listing, name) : LISTING_UNTOLD;
}

static void leave_place(struct root *root, struct place *place)
{
	if (place->path_length)
		release(root, place->fd);
	place->path_length = 0;
}

void root_leave(struct root *root)
{
	leave_place(root, &root->folder.place);
	leave_place(root, &root->above);
	closing_end(&root->closing);
}

/* Opens a folder as a place that is near to others. Returns whether it opened. */
static bool open_place(struct root *root, const struct place *near, const char *path, size_t length,
		       struct place *place)
{
	char name[PATH_MAX];

	memcpy(name, path, length);
	name[length] = '\0';
	place->fd = open_folder(root, near, name, &place->kernfs);
	if (place->fd < 0)
		return false;
	memcpy(place->path, name, length + 1);
	place->path_length = length;
	return true;
}

/* Opens the folder above the one at path where that is a neighbour of the one before: more of them
 * are likely to follow. */
static void stand_above(struct root *root, const char *path, const struct place *before)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;

	if (way_from(&root->above, path) && root->above.path_length == length)
		return;
	leave_place(root, &root->above);
	if (length && before->path_length > length && before->path[length] == '/' &&
	    memcmp(before->path, path, length) == 0 && !strchr(before->path + length + 1, '/'))
		open_place(root, &root->above, path, length, &root->above);
}

/* Enters a folder without listing it. Returns whether it opened. */
static bool enter(struct root *root, const char *path)
{
	struct folder *folder = &root->folder;
	size_t length = strlen(path);

	if (!root->stored && length < sizeof(folder->place.path))
		stand_above(root, path, &folder->place);
	leave_place(root, &folder->place);
	listing_clear(&folder->listing);
	if (root->stored || length >= sizeof(folder->place.path))
		return false;
	return open_place(root, &root->above, path, length, &folder->place);
}

void root_enter(struct root *root, const char *path)
{
	struct folder *folder = &root->folder;

	if (enter(root, path))
		listing_read(&folder->listing, folder->place.fd, folder->place.kernfs);
}

void root_enter_listed(struct root *root, const char *path)
{
	enter(root, path);
}

/* Returns the length of path's first count components, or of all where it has no more. */
static size_t prefix_length(const char *path, int count)
{
	size_t length = 0;

	while (path[length] && count-- > 0)
		length += 1 + strcspn(path + length + 1, "/");
	return length;
}

/* Returns 0 where path leads to something, or a negative errno. */
static int look_up(struct root *root, const char *path)
{
	stored_entry entry;

	if (root->stored)
		return stored_tree_find(root->stored, root->top, path, true, &entry);
	int fd = open_below(root, path, O_PATH);
	if (fd < 0)
		return fd;
	release(root, fd);
	return 0;
}

/* Keeps in mind that the upper folder that was looked for last is not there. */
static void note_missing(struct root *root)
{
	const struct upper *upper = &root->upper;

	if (upper->is_there || root->missing_count == MOST_MISSING)
		return;
	const char *path = arena_copy(root->arena, upper->path, strlen(upper->path));
	if (*path)
		root->missing[root->missing_count++] = path;
}

/*
 * Returns whether a tree without an index covers the part of the host that path lies in. Every host
 * has the upper folders (/dev, /sys/kernel/iommu_groups, /sys/firmware/acpi, …) or could have them:
 * where one is missing, it was left out, and nothing below it is absent.
 */
static bool covers(struct root *root, const char *path)
{
	enum { UPPER = 1, UPPER_OF_SYSFS = 3 };
	bool sysfs = begins_with(path, "/sys/");
	size_t length = prefix_length(path, sysfs ? UPPER_OF_SYSFS : UPPER);
	struct upper *upper = &root->upper;

	if (!root->captured)
		return true;
	if (length >= sizeof(upper->path) || behind_missing(root, path))
		return false;
	if (strncmp(upper->path, path, length) != 0 || upper->path[length]) {
		memcpy(upper->path, path, length);
		upper->path[length] = '\0';
		upper->is_there = look_up(root, upper->path) != -ENOENT;
		note_missing(root);
	}
	return upper->is_there;
}

/* What a path that did not open means. In a tree with an index, a missing file was not captured. */
static struct fact failed(struct root *root, const char *path, int error)
{
	if (error == ENOTDIR)
		return fact_of(FACT_MALFORMED, path, error);
	if (error != ENOENT)
		return fact_of(FACT_UNREADABLE, path, error);
	bool absent = !root->index && covers(root, path);
	return (struct fact){.source = path, .state = absent ? FACT_ABSENT : FACT_NOT_CAPTURED};
}

/* A path that the listing of the entered folder lacks: that folder is there, and so covered. */
static struct fact absent_entry(struct root *root, const char *path)
{
	return (struct fact){.source = path,
			     .state = root->index ? FACT_NOT_CAPTURED : FACT_ABSENT};
}

/* Returns what the index settles of path: absent or unreadable; not captured leaves it to the tree.
 */
static struct fact indexed(struct root *root, const char *path)
{
	struct fact fact = {.state = FACT_NOT_CAPTURED};

	if (root->index)
		fact = capture_index_find(root->index, path);
	fact.source = path;
	return fact;
}

static int load_index(struct root *root)
{
	struct fact_text text = root_read(root, root->arena, CAPTURE_INDEX_PATH, LIMIT_FILE);

	if (fact_absent(&text.fact) || text.fact.state == FACT_NOT_CAPTURED)
		return 0;
	if (text.fact.state == FACT_UNREADABLE)
		return -text.fact.error;
	if (!fact_known(&text.fact))
		return -EBADMSG;
	return capture_index_parse(root->arena, text.text, text.length, &root->index);
}

/* Returns whether the directory open at fd is not the one that this process has as "/". */
static int is_tree(int fd, bool *ret)
{
	struct stat opened, live;

	if (fstat(fd, &opened) || stat("/", &live))
		return -errno;
	*ret = opened.st_dev != live.st_dev || opened.st_ino != live.st_ino;
	return 0;
}

/* Returns whether a tree has one of the two folders that every fact lies below. */
static bool holds_host(struct root *root)
{
	return look_up(root, "/sys") != -ENOENT || look_up(root, "/proc") != -ENOENT;
}

/* Returns a descriptor of a live host's /sys, or -1 where that is another file system. */
static int open_sysfs(struct root *root)
{
	struct statfs status;
	int fd = open_below(root, SYSFS, O_PATH | O_DIRECTORY);

	if (fd < 0)
		return -1;
	if (fstatfs(fd, &status) == 0 && status.f_type == SYSFS_MAGIC)
		return fd;
	release(root, fd);
	return -1;
}

static int open_and_index(struct root *root, const char *path)
{
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return -errno;
	int probe = open_below(root, "/", O_PATH | O_DIRECTORY);
	if (probe < 0)
		return probe;
	release(root, probe);
	int result = is_tree(root->fd, &root->captured);
	if (result < 0)
		return result;
	if (!root->captured) {
		root->sysfs = open_sysfs(root);
		return 0;
	}
	return holds_host(root) ? load_index(root) : -ENODATA;
}

/* Enters the folder of a stored tree that is to stand for "/". */
static int enter_stored(struct root *root, struct stored_tree *tree, const char *top)
{
	root->stored = tree;
	root->captured = true;
	int result = stored_tree_find(tree, STORED_TOP, top, true, &root->top);
	if (result < 0)
		return result;
	if (stored_tree_type(tree, root->top) != S_IFDIR)
		return -ENOTDIR;
	return holds_host(root) ? load_index(root) : -ENODATA;
}

static struct root *new_root(void)
{
	struct root *root = calloc(1, sizeof(*root));

	if (!root)
		return NULL;
	root->fd = -1;
	root->sysfs = -1;
	root->arena = arena_new();
	if (root->arena)
		return root;
	free(root);
	return NULL;
}

/* Gives the caller a root that opened, and closes another. */
static int hand_over(struct root *root, int result, struct root **ret)
{
	if (result < 0)
		root_close(root);
	else
		*ret = root;
	return result;
}

int root_open(const char *path, struct root **ret)
{
	struct root *root = new_root();

	return root ? hand_over(root, open_and_index(root, path), ret) : -ENOMEM;
}

int root_open_stored(struct stored_tree *tree, const char *top, struct root **ret)
{
	struct root *root = new_root();

	return root ? hand_over(root, enter_stored(root, tree, top), ret) : -ENOMEM;
}

void root_close(struct root *root)
{
	if (!root)
		return;
	root_leave(root);
	if (root->fd >= 0)
		close(root->fd);
	if (root->sysfs >= 0)
		close(root->sysfs);
	arena_free(root->arena);
	free(root);
}

bool root_may_wake(const struct root *root)
{
	return root->captured || root->wakes;
}

void root_wake(struct root *root)
{
	root->wakes = true;
}

bool root_is_captured(const struct root *root)
{
	return root->captured;
}

void root_observe(struct root *root, const struct root_observer *observer)
{
	root->observer = observer;
}

/* Returns fd, or -1 and what it means that fd is no regular file. */
static int regular_file(struct root *root, int fd, const char *path, struct fact *ret)
{
	struct stat status;

	if (fstat(fd, &status))
		*ret = fact_of(FACT_UNREADABLE, path, errno);
	else if (!S_ISREG(status.st_mode))
		*ret = fact_of(FACT_MALFORMED, path, S_ISDIR(status.st_mode) ? EISDIR : 0);
	else
		return fd;
	release(root, fd);
	return -1;
}

/* Opens a regular file. Returns its descriptor, or -1 and what became of it. */
static int open_file(struct root *root, const char *path, struct fact *ret)
{
	enum { FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY };
	const char *name = name_in_folder(root, path);
	bool regular = true;
	int fd = -EXDEV;

	*ret = indexed(root, path);
	if (ret->state != FACT_NOT_CAPTURED)
		return -1;
	enum listing_entry entry = find_entry(root, name);
	if (entry == LISTING_ABSENT) {
		*ret = absent_entry(root, path);
		return -1;
	}
	if (entry == LISTING_FILE)
		fd = open_from(root, &root->folder.place, name, FLAGS);
	/* What sysfs opens is an attribute, or a folder, which does not read as a file. */
	if (fd == -EXDEV)
		fd = open_shortest(root, &root->folder.place, path, FLAGS, &regular);
	if (fd < 0) {
		*ret = failed(root, path, -fd);
		return -1;
	}
	return regular ? fd : regular_file(root, fd, path, ret);
}

/* Finds a regular file of a stored tree. Returns whether it is there, or what became of it. */
static bool find_stored(struct root *root, const char *path, stored_entry *ret_file,
			struct fact *ret)
{
	*ret = indexed(root, path);
	if (ret->state != FACT_NOT_CAPTURED)
		return false;
	int result = stored_tree_find(root->stored, root->top, path, true, ret_file);
	if (result < 0)
		*ret = failed(root, path, -result);
	else if (stored_tree_type(root->stored, *ret_file) != S_IFREG)
		*ret = fact_of(FACT_MALFORMED, path, EISDIR);
	else
		return true;
	return false;
}

static struct fact_text read_stored(struct root *root, struct arena *arena, const char *path,
				    size_t limit)
{
	struct fact_text result = {0};
	stored_entry file;

	if (!find_stored(root, path, &file, &result.fact))
		return result;
	if (stored_tree_size(root->stored, file) > limit)
		return (struct fact_text){.fact = fact_of(FACT_MALFORMED, path, EFBIG)};
	return stored_tree_read(root->stored, arena, file, path, 0, limit);
}

static struct fact_text read_file(struct root *root, struct arena *arena, const char *path,
				  size_t limit)
{
	struct fact_text result = {0};

	if (root->stored)
		return read_stored(root, arena, path, limit);
	int fd = open_file(root, path, &result.fact);

	if (fd < 0)
		return result;
	result = descriptor_read(arena, fd, path, limit);
	release(root, fd);
	return result;
}

void root_report(struct root *root, const struct fact_text *text)
{
	if (root->observer)
		root->observer->read(root->observer->context, text);
}

/* Returns whether a copy of a file has nothing of what each running kernel has in it: tools that go
 * by the size of a file, which is 0 in /proc, copy none of it (tar, rsync). */
static bool lost_its_text(const struct root *root, const char *path, const struct fact_text *text)
{
	static const char *const never_empty[] = {
		"/proc/cmdline", "/proc/cpuinfo", "/proc/interrupts", "/proc/iomem",
		"/proc/meminfo", "/proc/swaps",   "/proc/version",
	};

	if (!root->captured || root->index || !fact_known(&text->fact) || text->length)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(never_empty); i++) {
		if (strcmp(path, never_empty[i]) == 0)
			return true;
	}
	return false;
}

struct fact_text root_read(struct root *root, struct arena *arena, const char *path, size_t limit)
{
	struct fact_text result = read_file(root, arena, path, limit);

	if (lost_its_text(root, path, &result))
		result = (struct fact_text){.fact = fact_of(FACT_NOT_CAPTURED, path, 0)};
	root_report(root, &result);
	return result;
}

struct fact_text root_read_piece(struct root *root, struct arena *arena, const char *path,
				 uint32_t offset, size_t length)
{
	struct fact_text result = {0};
	stored_entry file;

	if (root->stored)
		return find_stored(root, path, &file, &result.fact)
			       ? stored_tree_read(root->stored, arena, file, path, offset, length)
			       : result;
	int fd = open_file(root, path, &result.fact);

	if (fd < 0)
		return result;
	result = descriptor_read_piece(arena, fd, path, offset, length);
	release(root, fd);
	return result;
}

static uint64_t want_all(const uint8_t *bytes, size_t length, uint64_t unread)
{
	(void)bytes;
	(void)length;
	return unread;
}

struct fact_text root_read_blocks(struct root *root, struct arena *arena, const char *path,
				  descriptor_wanted *wanted, uint64_t *ret_unread)
{
	*ret_unread = 0;
	if (root->stored)
		return root_read(root, arena, path, BLOCKS_SIZE);
	struct fact_text result = {0};
	int fd = open_file(root, path, &result.fact);
	if (fd >= 0) {
		result = descriptor_read_blocks(
			arena, fd, path, root->captured || root->observer ? want_all : wanted,
			ret_unread);
		release(root, fd);
	}
	root_report(root, &result);
	return result;
}

struct fact_text root_read_line(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text line = root_read(root, arena, path, LIMIT_ATTRIBUTE);
	size_t length = line.length;

	while (length && line.text[length - 1] == '\n')
		length--;
	if (length < line.length)
		fact_text_copy(&line, arena, line.text, length);
	return line;
}

struct fact_number root_read_number(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text text = root_read(root, arena, path, LIMIT_ATTRIBUTE);

	return fact_parse_number(&text);
}

/* Makes a fact of what readlinkat() returned. */
static struct fact_text link_text(struct root *root, struct arena *arena, const char *path,
				  const char *target, ssize_t length)
{
	if (length < 0)
		return (struct fact_text){.fact = errno == EINVAL
							  ? fact_of(FACT_MALFORMED, path, EINVAL)
							  : failed(root, path, errno)};
	struct fact_text result = {.fact = fact_of(FACT_KNOWN, path, 0)};
	fact_text_copy(&result, arena, target, (size_t)length);
	return result;
}

static struct fact_text read_stored_link(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text result = {.fact = fact_of(FACT_KNOWN, path, 0)};
	stored_entry link;
	int found = stored_tree_find(root->stored, root->top, path, false, &link);

	if (found < 0)
		result.fact = failed(root, path, -found);
	else if (stored_tree_type(root->stored, link) != S_IFLNK)
		result.fact = fact_of(FACT_MALFORMED, path, EINVAL);
	if (!fact_known(&result.fact))
		return result;
	const char *target = stored_tree_target(root->stored, link);
	fact_text_copy(&result, arena, target, strlen(target));
	return result;
}

static struct fact_text read_link(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text result = {.fact = indexed(root, path)};
	char target[PATH_MAX];
	const char *name = name_in_folder(root, path);

	if (result.fact.state != FACT_NOT_CAPTURED)
		return result;
	if (root->stored)
		return read_stored_link(root, arena, path);
	if (find_entry(root, name) == LISTING_ABSENT)
		return (struct fact_text){.fact = absent_entry(root, path)};
	if (name)
		return link_text(root, arena, path, target,
				 readlinkat(root->folder.place.fd, name, target, sizeof(target)));
	int fd = open_below(root, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return (struct fact_text){.fact = failed(root, path, -fd)};
	ssize_t length = readlinkat(fd, "", target, sizeof(target));
	/* Of an O_PATH descriptor it says ENOENT where that is no link. */
	errno = errno == ENOENT ? EINVAL : errno;
	result = link_text(root, arena, path, target, length);
	release(root, fd);
	return result;
}

/* Returns whether fd is the kernel's log: device 1:11 (Documentation/admin-guide/devices.txt). */
static bool is_kernel_log(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
	       status.st_rdev == makedev(1, 11);
}

static struct fact_text read_records(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text log = {0};
	int fd = open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		log.fact = failed(root, path, -fd);
		return log;
	}
	if (is_kernel_log(fd))
		log = descriptor_read_records(arena, fd, path, LIMIT_FILE);
	else
		log.fact = fact_of(FACT_MALFORMED, path, 0);
	release(root, fd);
	return log;
}

struct fact_text root_read_kernel_log(struct root *root, struct arena *arena)
{
	static const char path[] = "/dev/kmsg";

	if (root->captured)
		return root_read(root, arena, path, LIMIT_FILE);
	struct fact_text log = read_records(root, arena, path);
	root_report(root, &log);
	return log;
}

struct fact_text root_read_link(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text result = read_link(root, arena, path);

	if (root->observer)
		root->observer->link(root->observer->context, &result);
	return result;
}

static struct fact_list list_stored(struct root *root, struct arena *arena, const char *path)
{
	stored_entry folder;
	int result = stored_tree_find(root->stored, root->top, path, true, &folder);

	if (result == 0 && stored_tree_type(root->stored, folder) != S_IFDIR)
		result = -ENOTDIR;
	if (result < 0)
		return (struct fact_list){.fact = failed(root, path, -result)};
	return stored_tree_list(root->stored, arena, folder, path, LIMIT_DIRECTORY);
}

static struct fact_list list_directory(struct root *root, struct arena *arena, const char *path)
{
	struct fact_list list = {.fact = indexed(root, path)};
	bool kernfs;

	if (list.fact.state != FACT_NOT_CAPTURED)
		return list;
	if (root->index) {
		list = capture_index_list(root->index, path);
		list.fact.source = path;
		return list;
	}
	if (root->stored)
		return list_stored(root, arena, path);
	if (find_entry(root, name_in_folder(root, path)) == LISTING_ABSENT)
		return (struct fact_list){.fact = absent_entry(root, path)};
	int fd = open_folder(root, &root->folder.place, path, &kernfs);
	if (fd < 0)
		return (struct fact_list){.fact = failed(root, path, -fd)};
	list = descriptor_list(arena, fd, path, LIMIT_DIRECTORY, kernfs);
	release(root, fd);
	return list;
}

struct fact_list root_list(struct root *root, struct arena *arena, const char *path)
{
	struct fact_list list = list_directory(root, arena, path);

	if (root->observer)
		root->observer->list(root->observer->context, &list);
	return list;
}

/* What an archive says of rights is of the host that it was written on, and so is the owner. */
static struct fact_node stat_stored(struct root *root, const char *path)
{
	stored_entry entry;
	int result = stored_tree_find(root->stored, root->top, path, true, &entry);

	if (result < 0)
		return (struct fact_node){.fact = failed(root, path, -result)};
	mode_t type = stored_tree_type(root->stored, entry);
	return (struct fact_node){.fact = fact_of(FACT_KNOWN, path, 0),
				  .mode = type | (type == S_IFDIR ? 0700 : 0600),
				  .uid = geteuid(),
				  .gid = getegid(),
				  .rights_unknown = true};
}

static struct fact_node stat_path(struct root *root, const char *path)
{
	struct fact_node node = {.fact = indexed(root, path)};
	struct stat status;

	if (node.fact.state != FACT_NOT_CAPTURED)
		return node;
	if (root->index) {
		node = capture_index_node(root->index, path);
		node.fact.source = path;
		return node;
	}
	if (root->stored)
		return stat_stored(root, path);
	int fd = open_below(root, path, O_PATH);
	if (fd < 0)
		return (struct fact_node){.fact = failed(root, path, -fd)};
	int result = fstat(fd, &status);
	int error = errno;
	release(root, fd);
	if (result)
		return (struct fact_node){.fact = fact_of(FACT_UNREADABLE, path, error)};
	return (struct fact_node){.fact = fact_of(FACT_KNOWN, path, 0),
				  .mode = status.st_mode,
				  .uid = status.st_uid,
				  .gid = status.st_gid};
}

struct fact_node root_stat(struct root *root, const char *path)
{
	struct fact_node node = stat_path(root, path);

	if (root->observer)
		root->observer->stat(root->observer->context, &node);
	return node;
}

static bool is_part(const char *part, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(part, word, length) == 0;
}

const char *root_join(struct arena *arena, const char *directory, const char *target)
{
	char *path = target[0] == '/' ? arena_copy(arena, target, strlen(target))
				      : arena_path(arena, directory, target);
	char *out = path;

	if (arena_failed(arena))
		return "";
	/* Each part has a slash before it: what is written is never ahead of what is read. */
	for (const char *part = path + 1, *end; part[-1]; part = end + 1) {
		end = strchrnul(part, '/');
		size_t length = (size_t)(end - part);
		if (length == 0 || is_part(part, length, "."))
			continue;
		if (is_part(part, length, "..")) {
			while (out > path && *--out != '/')
				;
			continue;
		}
		*out++ = '/';
		memmove(out, part, length);
		out += length;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
	return path;
}

const char *root_entry_path(struct root *root, struct arena *arena, const char *directory,
			    const char *name)
{
	const char *entry = arena_path(arena, directory, name);
	struct fact_text target = root_read_link(root, arena, entry);

	return target.text ? root_join(arena, directory, target.text) : entry;
}

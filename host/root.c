/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/capture_index.h"

enum { READ_CHUNK = 4096, OPEN_ATTEMPTS = 100 };

struct root {
	int fd;
	bool captured;
	struct arena *arena; /* of the index */
	struct capture_index *index;
	const struct root_observer *observer;
};

static int open_below(const struct root *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	/* Any rename on the machine while a ".." is resolved makes that EAGAIN (openat2(2)). */
	for (int attempt = 1;; attempt++) {
		long fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN || attempt == OPEN_ATTEMPTS)
			return -errno;
	}
}

/* Returns the length of path's first count components, or of all where it has no more. */
static size_t prefix_length(const char *path, int count)
{
	size_t length = 0;

	while (path[length] && count-- > 0)
		length += 1 + strcspn(path + length + 1, "/");
	return length;
}

/*
 * Returns whether a tree without an index covers the part of the host that path lies in. Every host
 * has the upper folders (/dev, /sys/kernel/iommu_groups, /sys/firmware/acpi, …) or could have them:
 * where one is missing, it was left out, and nothing below it is absent.
 */
static bool covers(const struct root *root, const char *path)
{
	enum { UPPER = 1, UPPER_OF_SYSFS = 3 };
	bool sysfs = strncmp(path, "/sys/", strlen("/sys/")) == 0;
	size_t length = prefix_length(path, sysfs ? UPPER_OF_SYSFS : UPPER);
	char folder[PATH_MAX];

	if (!root->captured)
		return true;
	if (length >= sizeof(folder))
		return false;
	memcpy(folder, path, length);
	folder[length] = '\0';
	int fd = open_below(root, folder, O_PATH);
	if (fd >= 0)
		close(fd);
	return fd != -ENOENT;
}

static struct fact known(const char *path)
{
	return (struct fact){.source = path, .state = FACT_KNOWN};
}

static struct fact malformed(const char *path, int error)
{
	return (struct fact){.source = path, .state = FACT_MALFORMED, .error = error};
}

static struct fact unreadable(const char *path, int error)
{
	return (struct fact){.source = path, .state = FACT_UNREADABLE, .error = error};
}

/* What a path that did not open means. In a tree with an index, a missing file was not captured. */
static struct fact failed(const struct root *root, const char *path, int error)
{
	if (error == ENOTDIR)
		return malformed(path, error);
	if (error != ENOENT)
		return unreadable(path, error);
	bool absent = !root->index && covers(root, path);
	return (struct fact){.source = path, .state = absent ? FACT_ABSENT : FACT_NOT_CAPTURED};
}

/* Returns what the index settles of path: absent or unreadable; not captured leaves it to the tree.
 */
static struct fact indexed(const struct root *root, const char *path)
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
static bool holds_host(const struct root *root)
{
	int fd = open_below(root, "/sys", O_PATH);

	if (fd == -ENOENT)
		fd = open_below(root, "/proc", O_PATH);
	if (fd >= 0)
		close(fd);
	return fd != -ENOENT;
}

static int open_and_index(struct root *root, const char *path)
{
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return -errno;
	int probe = open_below(root, "/", O_PATH | O_DIRECTORY);
	if (probe < 0)
		return probe;
	close(probe);
	int result = is_tree(root->fd, &root->captured);
	if (result < 0 || !root->captured)
		return result;
	return holds_host(root) ? load_index(root) : -ENODATA;
}

int root_open(const char *path, struct root **ret)
{
	struct root *root = calloc(1, sizeof(*root));

	if (!root)
		return -ENOMEM;
	root->fd = -1;
	root->arena = arena_new();
	int result = root->arena ? open_and_index(root, path) : -ENOMEM;
	if (result < 0) {
		root_close(root);
		return result;
	}
	*ret = root;
	return 0;
}

void root_close(struct root *root)
{
	if (!root)
		return;
	if (root->fd >= 0)
		close(root->fd);
	arena_free(root->arena);
	free(root);
}

bool root_is_captured(const struct root *root)
{
	return root->captured;
}

void root_observe(struct root *root, const struct root_observer *observer)
{
	root->observer = observer;
}

/* Reads fd to its end. Returns the bytes in memory to be freed, or a negative errno. */
static ssize_t read_all(int fd, size_t limit, char **ret)
{
	size_t length = 0, capacity = READ_CHUNK;
	char *bytes = malloc(capacity);

	for (;;) {
		if (!bytes)
			return -ENOMEM;
		ssize_t got = read(fd, bytes + length, capacity - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int error = errno;
			free(bytes);
			return -error;
		}
		length += (size_t)got;
		if (got == 0 || length > limit)
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

static struct fact_text read_opened(struct arena *arena, int fd, const char *path, size_t limit)
{
	struct stat status;
	char *bytes = NULL;

	if (fstat(fd, &status))
		return (struct fact_text){.fact = unreadable(path, errno)};
	if (!S_ISREG(status.st_mode))
		return (struct fact_text){
			.fact = malformed(path, S_ISDIR(status.st_mode) ? EISDIR : 0)};

	ssize_t length = read_all(fd, limit, &bytes);
	if (length < 0)
		return (struct fact_text){.fact = unreadable(path, (int)-length)};

	struct fact_text result = {.fact = malformed(path, EFBIG)};
	if ((size_t)length <= limit) {
		result.fact = known(path);
		result.text = arena_copy(arena, bytes, (size_t)length);
		result.length = (size_t)length;
	}
	free(bytes);
	return result;
}

static struct fact_text read_file(const struct root *root, struct arena *arena, const char *path,
				  size_t limit)
{
	struct fact_text result = {.fact = indexed(root, path)};

	if (result.fact.state != FACT_NOT_CAPTURED)
		return result;
	int fd = open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return (struct fact_text){.fact = failed(root, path, -fd)};
	result = read_opened(arena, fd, path, limit);
	close(fd);
	return result;
}

struct fact_text root_read(struct root *root, struct arena *arena, const char *path, size_t limit)
{
	struct fact_text result = read_file(root, arena, path, limit);

	if (root->observer)
		root->observer->read(root->observer->context, &result);
	return result;
}

struct fact_text root_read_line(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text line = root_read(root, arena, path, LIMIT_ATTRIBUTE);
	size_t length = line.length;

	while (length && line.text[length - 1] == '\n')
		length--;
	if (length < line.length) {
		line.text = arena_copy(arena, line.text, length);
		line.length = length;
	}
	return line;
}

struct fact_number root_read_number(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text text = root_read(root, arena, path, LIMIT_ATTRIBUTE);

	return fact_parse_number(&text);
}

static struct fact_text read_link(const struct root *root, struct arena *arena, const char *path)
{
	struct fact_text result = {.fact = indexed(root, path)};
	char target[PATH_MAX];

	if (result.fact.state != FACT_NOT_CAPTURED)
		return result;
	int fd = open_below(root, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return (struct fact_text){.fact = failed(root, path, -fd)};
	ssize_t length = readlinkat(fd, "", target, sizeof(target));
	int error = errno;
	close(fd);
	/* readlinkat() of an O_PATH descriptor says ENOENT where it is no link. */
	if (length < 0)
		return (struct fact_text){
			.fact = malformed(path, error == ENOENT ? EINVAL : error)};
	return (struct fact_text){.fact = known(path),
				  .text = arena_copy(arena, target, (size_t)length),
				  .length = (size_t)length};
}

struct fact_text root_read_link(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text result = read_link(root, arena, path);

	if (root->observer)
		root->observer->link(root->observer->context, &result);
	return result;
}

static int compare_names(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Collects the names of directory, which stays open. */
static struct fact_list collect(struct arena *arena, DIR *directory, const char *path)
{
	struct fact_list list = {.fact = known(path)};
	const char **names = NULL;
	size_t capacity = 0;

	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(directory);
		if (!entry && errno)
			return (struct fact_list){.fact = unreadable(path, errno)};
		if (!entry)
			break;
		if (is_dots(entry->d_name))
			continue;
		if (list.count == LIMIT_DIRECTORY)
			return (struct fact_list){.fact = malformed(path, EFBIG)};
		const char **larger =
			arena_grow(arena, names, list.count, &capacity, sizeof(*names));
		if (!larger)
			return (struct fact_list){.fact = unreadable(path, ENOMEM)};
		names = larger;
		names[list.count++] = arena_copy(arena, entry->d_name, strlen(entry->d_name));
	}
	if (list.count)
		qsort(names, list.count, sizeof(*names), compare_names);
	list.names = names;
	return list;
}

static struct fact_list list_directory(const struct root *root, struct arena *arena,
				       const char *path)
{
	struct fact_list list = {.fact = indexed(root, path)};

	if (list.fact.state != FACT_NOT_CAPTURED)
		return list;
	if (root->index) {
		list = capture_index_list(root->index, path);
		list.fact.source = path;
		return list;
	}
	int fd = open_below(root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	if (fd < 0)
		return (struct fact_list){.fact = failed(root, path, -fd)};
	DIR *directory = fdopendir(fd);
	if (!directory) {
		close(fd);
		return (struct fact_list){.fact = unreadable(path, ENOMEM)};
	}
	list = collect(arena, directory, path);
	closedir(directory);
	return list;
}

struct fact_list root_list(struct root *root, struct arena *arena, const char *path)
{
	struct fact_list list = list_directory(root, arena, path);

	if (root->observer)
		root->observer->list(root->observer->context, &list);
	return list;
}

static struct fact_node stat_path(const struct root *root, const char *path)
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
	int fd = open_below(root, path, O_PATH);
	if (fd < 0)
		return (struct fact_node){.fact = failed(root, path, -fd)};
	int result = fstat(fd, &status);
	int error = errno;
	close(fd);
	if (result)
		return (struct fact_node){.fact = unreadable(path, error)};
	return (struct fact_node){.fact = known(path),
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

const char *root_join(struct arena *arena, const char *directory, const char *target)
{
	char *path = target[0] == '/' ? arena_printf(arena, "%s", target)
				      : arena_printf(arena, "%s/%s", directory, target);
	char *out = path, *save = NULL;

	if (arena_failed(arena))
		return "";
	char *start = arena_copy(arena, path, strlen(path));
	for (char *part = strtok_r(start, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
		if (strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") == 0) {
			while (out > path && *--out != '/')
				;
			continue;
		}
		*out++ = '/';
		size_t length = strlen(part);
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
	const char *entry = arena_printf(arena, "%s/%s", directory, name);
	struct fact_text target = root_read_link(root, arena, entry);

	return fact_known(&target.fact) ? root_join(arena, directory, target.text) : entry;
}

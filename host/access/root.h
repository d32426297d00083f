/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_ROOT_H
#define PASSCHECK_HOST_ACCESS_ROOT_H

#include "host/access/descriptor.h"
#include "host/access/fact.h"
#include "host/base/arena.h"

/*
 * The one door to the host: "/", or a tree captured from another machine. No other file opens a
 * path of the host. Every path is absolute as the host sees it and is resolved below the root by
 * openat2(RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS), so that no link leads out of the tree.
 *
 * Readers return facts, never errors: what could not be read says so. Short memory marks the arena.
 */
struct root;
struct stored_tree;

/* Limits in bytes for what is read; more makes the fact malformed with errno EFBIG. */
enum {
	LIMIT_ATTRIBUTE = 64 * 1024, /* a sysfs attribute is at most a page, lists excepted */
	LIMIT_ACPI_TABLE = 4 * 1024 * 1024,
	LIMIT_FILE = 64 * 1024 * 1024, /* /proc/interrupts and cpuinfo of the largest hosts */
	LIMIT_DIRECTORY = 1024 * 1024, /* entries */
};

/*
 * Opens path as a root. Returns 0 and the root, which the caller closes with root_close(), or
 * -ENOENT, -ENOTDIR, -EACCES…; -ENOSYS where the kernel has no openat2 (there is no fallback);
 * -ENODATA where a tree holds neither /proc nor /sys, and so no host; -EBADMSG where it holds a
 * capture index that is damaged.
 *
 * What a live host does not have is absent. In a tree with an index it is absent where the index
 * says so; in one without, where the tree holds the upper folder that it would lie in (/dev,
 * /sys/firmware/acpi). Otherwise it was not captured; nor was a file of /proc that is empty there,
 * and on no live host (/proc/cmdline).
 */
int root_open(const char *path, struct root **ret);

/*
 * Opens the folder top of a tree in memory as a root, as root_open() does a folder of a tree: its
 * links lead nowhere else. The tree stays the caller's, and must outlive what is read.
 */
int root_open_stored(struct stored_tree *tree, const char *top, struct root **ret);

void root_close(struct root *root);

/* Returns whether the root is a tree and not the live host. */
bool root_is_captured(const struct root *root);

/*
 * A live host's config space wakes a function that sleeps in D3cold, and the port above it
 * (pci_config_pm_runtime_get(), drivers/pci/pci-sysfs.c), which nobody asked for. Returns whether a
 * reader may: of a tree always, of a live host once root_wake() was called.
 */
bool root_may_wake(const struct root *root);
void root_wake(struct root *root);

/*
 * Tells that the next look-ups are of entries of the folder path: they then cost less. Their result
 * is the same; the folder's entries are those of this moment. A folder that does not open is no
 * error. Ended by the next root_enter() or by root_leave(), which leaves no descriptor open but
 * those of the root and its /sys.
 */
void root_enter(struct root *root, const char *path);

/* root_enter() for a caller that has the folder's entries from root_list() and looks up no others:
 * they are not listed again. */
void root_enter_listed(struct root *root, const char *path);
void root_leave(struct root *root);

/* Reads a regular file of at most limit bytes. */
struct fact_text root_read(struct root *root, struct arena *arena, const char *path, size_t limit);

/*
 * Reads a piece of a regular file that may be large: at most length bytes from offset on, fewer
 * where it ends before. An observer is not told: who reads a file in pieces makes a small file of
 * them that a reader takes for the whole one, and tells of that, or of what went wrong, with
 * root_report().
 */
struct fact_text root_read_piece(struct root *root, struct arena *arena, const char *path,
				 uint32_t offset, size_t length);
void root_report(struct root *root, const struct fact_text *text);

/*
 * root_read() of a file that is slow to read on a live host, see descriptor_read_blocks(). Of a
 * tree it is read whole, and for a capture.
 */
struct fact_text root_read_blocks(struct root *root, struct arena *arena, const char *path,
				  descriptor_wanted *wanted, uint64_t *ret_unread);

/* root_read() of a sysfs attribute that holds one line, without its newline. */
struct fact_text root_read_line(struct root *root, struct arena *arena, const char *path);

/* root_read() of a sysfs attribute that holds one number; see fact_parse_number(). */
struct fact_number root_read_number(struct root *root, struct arena *arena, const char *path);

/*
 * Reads the kernel's log, /dev/kmsg: the one device that is opened, and of a live host alone. Of a
 * tree, the regular file that a capture made of it.
 */
struct fact_text root_read_kernel_log(struct root *root, struct arena *arena);

/* Reads where a symbolic link points to, without following it. */
struct fact_text root_read_link(struct root *root, struct arena *arena, const char *path);

/* Lists a directory. */
struct fact_list root_list(struct root *root, struct arena *arena, const char *path);

/* Says whether path exists, and of what kind it is, without opening it for reading. */
struct fact_node root_stat(struct root *root, const char *path);

/*
 * Returns the path that the entry name of directory stands for: where it is a link, as in
 * /sys/bus/pci/devices, the path it points to, and directory/name itself otherwise.
 */
const char *root_entry_path(struct root *root, struct arena *arena, const char *directory,
			    const char *name);

/* Returns the absolute path, without dots, that a link in directory with that target leads to; it
 * never climbs above "/". */
const char *root_join(struct arena *arena, const char *directory, const char *target);

/* What a capture is told of everything that is looked up through the root. */
struct root_observer {
	void (*read)(void *context, const struct fact_text *text);
	void (*link)(void *context, const struct fact_text *target);
	void (*list)(void *context, const struct fact_list *list);
	void (*stat)(void *context, const struct fact_node *node);
	void *context;
};

/* Reports everything looked up from now on to observer, which must outlive the root; NULL ends it.
 */
void root_observe(struct root *root, const struct root_observer *observer);

#endif

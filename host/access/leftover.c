/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/base/array.h"

/* What is written: a file, or the folder of a capture and what is made of it. */
enum { MOST_LEFTOVERS = 2, ENTRIES_SIZE = 4096 };

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/* A signal handler has no other way to what it is to remove. Changed only while signals wait. */
static const char *volatile leftovers[MOST_LEFTOVERS];

static bool remove_at(int folder, const char *name);

/* Removes what the system call listed. Returns whether anything went. */
static bool remove_listed(int folder, const char *entries, size_t length)
{
	bool any = false;

	for (size_t at = 0; at < length;) {
		const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
		at += entry->d_reclen;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		any = remove_at(folder, entry->d_name) || any;
	}
	return any;
}

/* Returns whether anything went. readdir() may not be called from a signal handler. */
static bool remove_content(int folder)
{
	_Alignas(struct dirent64) char entries[ENTRIES_SIZE];
	bool any = false;

	lseek(folder, 0, SEEK_SET);
	for (;;) {
		long length = syscall(SYS_getdents64, folder, entries, sizeof(entries));
		if (length <= 0)
			return any;
		any = remove_listed(folder, entries, (size_t)length) || any;
	}
}

/* Returns whether it is gone. unlink() of a folder is EISDIR on Linux, EPERM in POSIX. */
static bool remove_at(int folder, const char *name)
{
	if (unlinkat(folder, name, 0) == 0)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	int inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (inner < 0)
		return false;
	/* A file system may pass over entries where others go meanwhile. */
	while (remove_content(inner))
		;
	close(inner);
	return unlinkat(folder, name, AT_REMOVEDIR) == 0;
}

void leftover_remove(const char *path)
{
	remove_at(AT_FDCWD, path);
}

static void remove_and_end(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(leftovers); i++) {
		if (leftovers[i])
			leftover_remove(leftovers[i]);
	}
	signal(number, SIG_DFL);
	raise(number); /* arrives when this returns */
}

static void ending_signals(sigset_t *ret)
{
	sigemptyset(ret);
	for (size_t i = 0; i < ARRAY_LENGTH(ending); i++)
		sigaddset(ret, ending[i]);
}

void leftover_watch(void)
{
	struct sigaction before, action = {.sa_handler = remove_and_end};

	ending_signals(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LENGTH(ending); i++) {
		if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(ending[i], &action, NULL);
	}
}

static const char *volatile *find(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(leftovers); i++) {
		if (leftovers[i] == path)
			return &leftovers[i];
	}
	return NULL;
}

static int make_folder(char *path)
{
	return mkdtemp(path) ? 0 : -errno;
}

static int make_file(char *path)
{
	int fd = mkostemp(path, O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Signals wait from before it is made until it is known. */
static int make(char *path, int (*create)(char *path))
{
	const char *volatile *place = find(NULL);
	sigset_t signals, before;

	if (!place)
		return -EBUSY;
	ending_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, &before);
	int result = create(path);
	if (result >= 0)
		*place = path;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

int leftover_make_file(char *path)
{
	return make(path, make_file);
}

int leftover_make_folder(char *path)
{
	return make(path, make_folder);
}

void leftover_forget(const char *path)
{
	const char *volatile *place = path ? find(path) : NULL;

	if (place)
		*place = NULL;
}

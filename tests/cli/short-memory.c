/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded, it makes memory short for a whole program and its libraries: allocation number
 * SHORT_MEMORY_AT (from 1) fails, with SHORT_MEMORY_LASTING all behind it, too. At the end it
 * writes how many there were into the file SHORT_MEMORY_COUNT.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *(*next_malloc)(size_t size);
static void *(*next_calloc)(size_t count, size_t size);
static void *(*next_realloc)(void *old, size_t size);
static atomic_ulong count;
static unsigned long failing; /* 0: none */
static bool lasting;
static int report = -1;

/* Before it, nothing fails: what the loader and its libraries do first is not the program's. */
__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("SHORT_MEMORY_AT"), *path = getenv("SHORT_MEMORY_COUNT");

	report = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	lasting = getenv("SHORT_MEMORY_LASTING") != NULL;
	count = 0;
	failing = at ? strtoul(at, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
	if (report >= 0)
		dprintf(report, "%lu\n", count);
}

/*
 * libseccomp 2.5 frees twice or never ends. What it allocates is not counted, so that all else can
 * be tried.
 */
static bool is_excused(const void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) && strstr(info.dli_fname, "/libseccomp.");
}

static bool strikes(const void *caller)
{
	if (is_excused(caller))
		return false;
	unsigned long number = ++count;
	if (!failing || number < failing || (number > failing && !lasting))
		return false;
	errno = ENOMEM;
	return true;
}

/* dlsym() itself may call calloc(), and does without where it fails. */
static void *find(const char *name)
{
	static bool finding;

	if (finding)
		return NULL;
	finding = true;
	void *function = dlsym(RTLD_NEXT, name);
	finding = false;
	return function;
}

void *malloc(size_t size)
{
	if (!next_malloc)
		next_malloc = (void *(*)(size_t))find("malloc");
	return !next_malloc || strikes(__builtin_return_address(0)) ? NULL : next_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	if (!next_calloc)
		next_calloc = (void *(*)(size_t, size_t))find("calloc");
	return !next_calloc || strikes(__builtin_return_address(0)) ? NULL
								    : next_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
	if (!next_realloc)
		next_realloc = (void *(*)(void *, size_t))find("realloc");
	return !next_realloc || strikes(__builtin_return_address(0)) ? NULL
								     : next_realloc(old, size);
}

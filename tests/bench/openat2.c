/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For LD_PRELOAD under callgrind, which knows no openat2(2) before Valgrind 3.21: opens by
 * openat(2) instead, without any confinement. Instructions alone are counted so.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 6 };

static long open_below(int folder, const char *path, const struct open_how *how)
{
	path += strspn(path, "/");
	return openat(folder, *path ? path : ".", (int)how->flags);
}

long syscall(long number, ...)
{
	static long (*next)(long number, ...);
	long a[MOST_ARGUMENTS];
	va_list list;

	if (!next)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	va_start(list, number);
	for (int i = 0; i < MOST_ARGUMENTS; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_openat2)
		return open_below((int)a[0], (const char *)a[1], (const struct open_how *)a[2]);
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

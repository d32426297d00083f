/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/library/libraries.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

#include "host/base/array.h"

const struct libarchive *libarchive;
const struct libxml2 *libxml2;
const struct libyaml *libyaml;

enum { ERROR_SIZE = 1024 };

static char error[ERROR_SIZE];

#ifdef PASSCHECK_MODULE
/* Beside a program that was built or unpacked, and where one that was installed has it. The loader
 * puts the program's folder for $ORIGIN: ld.so(8). */
static const char *const places[] = {
	"$ORIGIN/" PASSCHECK_MODULE,
	"$ORIGIN/" PASSCHECK_MODULES "/" PASSCHECK_MODULE,
};

static const struct libraries *find(void)
{
	void *module = NULL;

	for (size_t i = 0; !module && i < ARRAY_LENGTH(places); i++)
		module = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
	const struct libraries *found = module ? dlsym(module, "passcheck_libraries") : NULL;
	if (!found)
		snprintf(error, sizeof(error),
			 "needs " PASSCHECK_MODULE
			 " in the program's folder ($ORIGIN), or in $ORIGIN/" PASSCHECK_MODULES
			 ": %s",
			 dlerror());
	return found;
}
#else
static const struct libraries *find(void)
{
	return &passcheck_libraries;
}
#endif

int libraries_load(void)
{
	const struct libraries *found;

	if (libarchive)
		return 0;
	found = find();
	if (!found)
		return -ELIBACC;
	libarchive = &found->libarchive;
	libxml2 = &found->libxml2;
	libyaml = &found->libyaml;
	return 0;
}

const char *libraries_error(void)
{
	return error;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_LIBRARY_LIBRARIES_H
#define PASSCHECK_HOST_LIBRARY_LIBRARIES_H

#include "host/library/libarchive.h"
#include "host/library/libxml2.h"
#include "host/library/libyaml.h"

/*
 * What an audit in text or JSON does not call. libarchive and libxml2 bring a dozen other libraries
 * along, which take a quarter of the time of an audit of 64 functions to load. So they are loaded
 * where an archive, XML, HTML or YAML is first met, with a module of passcheck that is linked to
 * them and holds this table. Programs of tests and static ones hold the table themselves.
 */
struct libraries {
	struct libarchive libarchive;
	struct libxml2 libxml2;
	struct libyaml libyaml;
};

extern const struct libraries passcheck_libraries;

/* Loads them, unless they are. Returns 0, or -ELIBACC where that fails. */
int libraries_load(void);

/* Returns what is missing, and what the loader says of it. */
const char *libraries_error(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_LIBRARY_LIBRARIES_H
#define PASSCHECK_HOST_LIBRARY_LIBRARIES_H

#include "host/library/libarchive.h"
#include "host/library/libxml2.h"

/*
 * libarchive and libxml2 bring a dozen other libraries along, which takes as long to load as an
 * audit of fifty functions takes, and one in text or JSON calls neither. So they are loaded where
 * an archive, XML or HTML is first met, with a module of passcheck that is linked to them and holds this table.
 * Programs of tests and static ones hold the table themselves.
 */
struct libraries {
	struct libarchive libarchive;
	struct libxml2 libxml2;
};

extern const struct libraries passcheck_libraries;

/* Loads them, unless they are. Returns 0, or -ELIBACC where that fails. */
int libraries_load(void);

/* Returns what the loader says of the failure. */
const char *libraries_error(void);

#endif

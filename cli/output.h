/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_OUTPUT_H
#define PASSCHECK_CLI_OUTPUT_H

#include <stdio.h>

/*
 * Where a document goes. A regular file is written under a temporary name beside it and renamed
 * when it is whole; what else path may be (a FIFO, /dev/stdout) is written directly.
 */
struct output {
	FILE *stream;
	int fd;
	char *buffer;    /* of the stream */
	int error;       /* errno of the first write that failed, which stdio would forget */
	char *path;      /* where the document is to stand; NULL: standard output */
	char *temporary; /* what is written now; NULL where path is written directly */
};

/*
 * Opens path, or standard output where path is NULL or "-". Returns 0 or a negative errno. The
 * stream refers to *ret, which stays where it is until it is closed or discarded.
 */
int output_open(const char *path, struct output *ret);

/*
 * Ends the document: all of it is written and has its name, or a negative errno says why not and
 * nothing stands at path that did not before.
 */
int output_close(struct output *output);

/* Gives the document up. */
void output_discard(struct output *output);

#endif

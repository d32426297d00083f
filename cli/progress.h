/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_PROGRESS_H
#define PASSCHECK_CLI_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>

/* What takes long, told on a terminal. The fields are of progress.c. */
struct progress {
	const char *what;
	pthread_t teller;
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool begun;
	bool done;
};

/*
 * Where standard error is a terminal, has a line of it say from the second second on what is being
 * done and for how long; nothing otherwise. *ret stays where it is, and what stays valid, until
 * progress_end(), which takes the line away: before anything else is written there.
 */
void progress_begin(struct progress *ret, const char *what);
void progress_end(struct progress *progress);

#endif

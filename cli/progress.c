/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Beyond what the sanitizers and fprintf() need. */
enum { STACK_SIZE = 512 * 1024 };

/* Begins the line anew, and clears what is behind the cursor (ECMA-48, EL). */
#define CLEARED_LINE "\r\033[K"

static bool can_tell(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

static void *tell(void *context)
{
	struct progress *progress = context;
	struct timespec next;
	unsigned seconds = 0;

	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&progress->mutex);
	while (!progress->done) {
		next.tv_sec++;
		while (!progress->done &&
		       pthread_cond_timedwait(&progress->ended, &progress->mutex, &next) == 0)
			continue;
		if (!progress->done)
			fprintf(stderr, CLEARED_LINE "passcheck: %s, %u s", progress->what,
				++seconds);
	}
	if (seconds)
		fputs(CLEARED_LINE, stderr);
	pthread_mutex_unlock(&progress->mutex);
	return NULL;
}

/* The thread takes no signal: those that remove what is left over are of the main thread. */
static bool start(struct progress *progress)
{
	pthread_attr_t attributes;
	sigset_t all, before;

	if (pthread_attr_init(&attributes))
		return false;
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	bool started = pthread_create(&progress->teller, &attributes, tell, progress) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return started;
}

void progress_begin(struct progress *ret, const char *what)
{
	pthread_condattr_t attributes;

	*ret = (struct progress){.what = what};
	if (!can_tell() || pthread_condattr_init(&attributes))
		return;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&ret->mutex, NULL);
	pthread_cond_init(&ret->ended, &attributes);
	pthread_condattr_destroy(&attributes);
	ret->begun = start(ret);
}

void progress_end(struct progress *progress)
{
	if (!progress->begun)
		return;
	pthread_mutex_lock(&progress->mutex);
	progress->done = true;
	pthread_cond_signal(&progress->ended);
	pthread_mutex_unlock(&progress->mutex);
	pthread_join(progress->teller, NULL);
	pthread_cond_destroy(&progress->ended);
	pthread_mutex_destroy(&progress->mutex);
	progress->begun = false;
}

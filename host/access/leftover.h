/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_LEFTOVER_H
#define PASSCHECK_HOST_ACCESS_LEFTOVER_H

#include <signal.h>

/*
 * Has SIGHUP, SIGINT, SIGQUIT and SIGTERM remove what leftover_make_file() and
 * leftover_make_folder() made, and then end the program as they would have. A signal that the
 * caller ignores stays ignored.
 */
void leftover_watch(void);

/*
 * As mkstemp() and mkdtemp(), with what was made removed by a signal from its first moment on.
 * path stays where it is until leftover_forget(). Return the descriptor, or 0; or a negative errno:
 * -EBUSY where too many are made.
 */
int leftover_make_file(char *path);
int leftover_make_folder(char *path);

/* Leaves path, as it was given above, alone from now on. Does nothing for another. */
void leftover_forget(const char *path);

/*
 * Removes what is at path, with all that is in it where it is a folder; links are removed, not
 * followed. May be called from a signal handler.
 */
void leftover_remove(const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SHELL_H
#define PASSCHECK_MODEL_SHELL_H

#include <stdbool.h>

#include "host/base/lines.h"

/*
 * Commands are there for people to paste as root. Text that a host brings enters them through
 * shell_word() or shell_plain() alone: neither a shell nor the file that a command writes takes it
 * for anything but a name. Text that cannot enter makes the whole command one that is not printed.
 */

/*
 * Returns text as one word of a POSIX shell: as it is, or in single quotes. What holds control
 * characters has no word: the command that it is a part of is not printed. Memory comes from arena.
 */
const char *shell_word(struct arena *arena, const char *text);

/*
 * Returns text where it is a plain name or path (letters, digits and /._-+@:,), which needs no
 * quotes and can stand between some, also in rules of udev and lines of modprobe.d. Otherwise the
 * command that it is a part of is not printed.
 */
const char *shell_plain(const char *text);

/* Return whether text can stand between single quotes of a POSIX shell, and path without any. */
bool shell_takes(const char *text);
bool shell_takes_path(const char *path);

/* Returns whether a command is one line, made of text that shell_word() and shell_plain() took. */
bool shell_prints(const char *command);

/* Appends a command to the list, or nothing where it is not to be printed. Memory comes from arena;
 * short memory marks it. */
void shell_add(struct arena *arena, struct text_line **list, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Return a command that gives the last line of a file its newline, where it lacks that; and one
 * that takes such a newline away again. */
const char *shell_end_line(struct arena *arena, const char *file);
const char *shell_leave_line_open(struct arena *arena, const char *file);

/* Escapes what a basic regular expression and the delimiter of sed's s command take otherwise. */
const char *shell_sed_quote(struct arena *arena, const char *text);

/* Returns a basic regular expression for words one blank apart, of which the file may have several
 * in a row. */
const char *shell_sed_words(struct arena *arena, const char *words);

/* Escapes what the replacement of sed's s command, and its delimiter, take otherwise. */
const char *shell_sed_replacement(struct arena *arena, const char *text);

#endif

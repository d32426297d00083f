/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_BOOT_EDIT_H
#define PASSCHECK_MODEL_BOOT_BOOT_EDIT_H

#include "host/base/lines.h"
#include "host/host.h"

/*
 * The commands of sed that change the kernel command line in the files that hold it: the settings
 * of GRUB, which are a shell's (several files, two variables), the one line of a file, and the
 * options of boot loader entries.
 */

/* How a kernel command line is changed. */
enum boot_edit {
	BOOT_EDIT_GRUB,    /* GRUB_CMDLINE_LINUX of GRUB's settings */
	BOOT_EDIT_FILE,    /* the one line of a file */
	BOOT_EDIT_ENTRIES, /* the options of boot loader entries */
	BOOT_EDIT_GRUBBY,
	BOOT_EDIT_OSTREE,
	BOOT_EDIT_KERNELSTUB,
	BOOT_EDIT_HAND,
};

enum { BOOT_EDIT_COUNT = BOOT_EDIT_HAND + 1 };

/* An edit on its way. Its commands are appended, in memory of arena. */
struct boot_edit_job {
	const struct host *host;
	enum boot_edit edit;
	const struct grub_file *grub; /* that is edited; NULL with other loaders */
	const char *file;             /* its path, or that of the loader's */
	const struct text_line *add;
	const struct text_line *remove;
	struct arena *arena;
	struct text_line **commands;
};

/* Returns whether such an edit is of files, by commands of sed. */
bool boot_edit_is_of_files(enum boot_edit edit);

/* Returns whether such an edit is of one place, whose words are known: not of many entries. */
bool boot_edit_is_of_one(enum boot_edit edit);

/* Returns whether such an edit can write the words: none has a character that a shell takes
 * otherwise. */
bool boot_edit_takes(const struct text_line *words, enum boot_edit edit);

/* Sets which of GRUB's files an edit is of: the one in which words that are added count. */
void boot_edit_aim(struct boot_edit_job *job);

/* Returns what an edit of GRUB's settings removes, and what stands in them to the contrary of what
 * it adds. */
struct text_line *boot_edit_opposed(const struct boot_edit_job *job);

/* Returns those of the words that the settings or the one file do not have yet: an edit adds no
 * others, and its undo takes no others away. */
struct text_line *boot_edit_missing(const struct boot_edit_job *job, const struct text_line *words);

/* Returns why a person makes the edit, by the file that no command changes as it is meant, and
 * back; NULL where one does. The other is for an edit of any words that files have. */
const char *boot_edit_by_hand(const struct boot_edit_job *job);
const char *boot_edit_odd_file(const struct boot_edit_job *job);

/* Appends the commands of an edit of files. */
void boot_edit_write(const struct boot_edit_job *job);

/* Appends those that take one back: the job adds what it removed, and removes what it added. Words
 * stand again where they stood. */
void boot_edit_take_back(const struct boot_edit_job *job);

#endif

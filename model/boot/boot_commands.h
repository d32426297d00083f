/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_BOOT_COMMANDS_H
#define PASSCHECK_MODEL_BOOT_BOOT_COMMANDS_H

#include "host/base/lines.h"
#include "host/host.h"
#include "model/boot/next_boot.h"

/*
 * What changes the kernel command line on a host, by what it boots with (boot_loader_of()). Words
 * are those of the command line, "intel_iommu=on".
 */

/*
 * Appends the commands that add words and take others away; NULL: none. Returns false where it is
 * done by hand, and boot_commands_by_hand() says why.
 */
bool boot_commands_edit(const struct host *host, const struct text_line *add,
			const struct text_line *remove, struct arena *arena,
			struct text_line **ret);

/* Sets *ret to the commands that take boot_commands_edit() of these words back, on a host that
 * boots next as next has it. Returns as boot_commands_edit() does. */
bool boot_commands_undo(const struct host *host, const struct next_boot *next,
			const struct text_line *added, const struct text_line *removed,
			struct arena *arena, struct text_line **ret);

/* Returns whether boot_commands_edit() can write the word, where it can write any. */
bool boot_commands_take(const struct host *host, const char *word);

/* As boot_commands_edit() for one word to add. */
bool boot_commands_add(const struct host *host, const char *word, struct arena *arena,
		       struct text_line **ret);

/* Returns why a host's command line is changed by hand, in memory of arena. */
const char *boot_commands_by_hand(const struct host *host, struct arena *arena);

/* Returns how the loader is named behind "the kernel command line": " of GRUB", "". */
const char *boot_commands_loader(const struct host *host);

/* Returns the command that makes the file that the loader reads from the one that a person edits;
 * NULL where these are the same. */
const char *boot_commands_update(const struct host *host);

/* Returns the command that makes the initramfs anew, NULL where none does or its tool is not known.
 */
const char *boot_commands_initramfs(const struct host *host);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_BOOT_COMMANDS_H
#define PASSCHECK_MODEL_BOOT_BOOT_COMMANDS_H

#include "host/access/lines.h"
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

/* Returns what a person changes, for a sentence: "the kernel command line", and how that of NixOS,
 * Talos, Unraid and others is changed. */
const char *boot_commands_place(const struct host *host);

/* Returns how the loader is named behind "the kernel command line": " of GRUB", "". */
const char *boot_commands_loader(const struct host *host);

/* Returns the command that makes the file that the loader reads from the one that a person edits;
 * NULL where these are the same. */
const char *boot_commands_update(const struct host *host);

/*
 * Returns what stands for files in a folder of /etc, which NixOS, Talos and others write
 * themselves: "boot.extraModprobeConfig of NixOS's configuration" for one of /etc/modprobe.d. NULL
 * on other hosts, and for other files.
 */
const char *boot_commands_option(const struct host *host, const char *file);

/* Returns what is added there for a line of that file: the line, or the command that does what it
 * says. */
const char *boot_commands_option_line(const struct host *host, const char *file, const char *line,
				      struct arena *arena);

/* Returns where the system is told of functions that vfio-pci is to have, NULL where rules of udev
 * are all that tells it: virtual functions always take those. */
const char *boot_commands_bindings(const struct host *host);

/* Returns where the system is told of graphics cards that vfio-pci is to have, each with what is of
 * its IOMMU group, NULL where there is no such place. It keeps one card. */
const char *boot_commands_cards(const struct host *host);

/* Returns the command that makes the initramfs anew, NULL where none does or its tool is not known.
 */
const char *boot_commands_initramfs(const struct host *host);

/* Returns whether no rules of udev are kept: what stands for them, boot_commands_option(), takes
 * commands of the shell. */
bool boot_commands_lacks_rules(const struct host *host);

/* Returns whether what is told at boot_commands_bindings() has vfio-pci loaded, too. */
bool boot_commands_binding_loads(const struct host *host);

/* Returns what boot_commands_bindings() gets for a function, whose ids, "8086:1533", are NULL where
 * they are not known; NULL where there is no such place. */
const char *boot_commands_binding(const struct host *host, struct arena *arena, const char *name,
				  const char *ids);

/* Returns what applies a change of such options, "nixos-rebuild boot", or NULL. */
const char *boot_commands_apply(const struct host *host);

/* Return where options of modules are written, for a sentence: "a file of /etc/modprobe.d" or what
 * stands for it; and every place that may set them, "/etc/modprobe.d and the kernel command line".
 */
const char *boot_commands_module_options(const struct host *host);
const char *boot_commands_option_places(const struct host *host, struct arena *arena);

/* Returns the name of the host's system where its initramfs comes with an image, and no file of
 * /etc gets into it: "Talos". NULL on other hosts. */
const char *boot_commands_image(const struct host *host);

/* Returns where commands are run on a host that has no shell, as a sentence; NULL on others. */
const char *boot_commands_without_shell(const struct host *host);

/* The command that applies a change of NixOS's options, and the words that ask for it. */
#define BOOT_COMMANDS_NIXOS_REBUILD "nixos-rebuild boot"
#define BOOT_COMMANDS_NIXOS         "run " BOOT_COMMANDS_NIXOS_REBUILD

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODULES_LISTED_OPTION_H
#define PASSCHECK_MODEL_MODULES_LISTED_OPTION_H

#include "host/host.h"

/*
 * Options in the list of modules that initramfs-tools loads, "vfio_pci ids=10de:1b81": it gives
 * modprobe all words of a line (load_modules() of its scripts/functions), which come behind those
 * of modprobe.d and of the kernel command line, so they count. Of several lines that load a module
 * the first does. systemd-modules-load takes no options: such a line of its own names no module.
 */
struct listed_option {
	const struct module_list_line *line; /* NULL: none */
	const char *word;                    /* "ids=10de:1b81" */
	const char *value;
};

/* Returns whether a line is of that list and loads the module, which is written with underscores.
 */
bool listed_option_loads(const struct module_list_line *line, const char *module);

/* Returns the option that a line has, where it loads the module; "-" and "_" are equal in names.
 * Memory comes from arena. */
struct listed_option listed_option_of(struct arena *arena, const struct module_list_line *line,
				      const char *module, const char *name);

/* Returns the option that the host's initramfs gives a module as it loads it; none where another
 * tool makes that. */
struct listed_option listed_option_find(const struct host *host, struct arena *arena,
					const char *module, const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODULES_MODULE_OPTION_H
#define PASSCHECK_MODEL_MODULES_MODULE_OPTION_H

#include "host/boot/boolean.h"
#include "model/modules/listed_option.h"

/*
 * An option of a module: what the running one has, and what a module that is loaded next is given.
 * modprobe hands over the options of its files first and those of the kernel command line after
 * them, so the last one of the command line counts, else the last one of the files
 * (kmod_module_get_options() of libkmod, param_set_bool() and its like of kernel/params.c); what
 * initramfs-tools loads a module with comes behind all of them (listed_option.h). A module that is
 * built in has no options from files.
 */
struct module_option {
	const struct fact_text *running; /* what the module shows; absent: it is not loaded */

	/* What sets the option of a module that is loaded next. */
	const char *text;  /* as it stands in its place; NULL: nothing that was read sets it */
	const char *value; /* NULL: none stands there */
	const struct fact *place; /* the file that has it, or the command line; NULL as text is */
	bool on_command_line;
	struct listed_option listed; /* the place, where its line is not NULL */
	/* A place that was not read in full and could set it otherwise, or NULL. */
	const struct fact *unread;
};

/* Finds an option by the names of its module and its own; "-" and "_" are equal. Strings lie in
 * arena, or belong to the host. */
struct module_option module_option_find(const struct host *host, struct arena *arena,
					const char *module, const char *name);

/* Returns whether what sets a boolean option for the next load, as far as that was read, switches
 * it on. */
bool module_option_set(const struct module_option *option);

/* What a boolean option that is off by default comes to, and what shows it. */
struct module_switch {
	enum boolean value;
	const struct fact *fact; /* never NULL */
	const char *text;        /* what stands there; NULL where the fact's state is the answer */
	bool running;            /* the loaded module has it; a module that is loaded next else */
};

/*
 * Returns what a boolean option is by the time that its module is used: what the running module
 * shows; where it is not loaded, what it will be given. What a module that may be loaded does not
 * show is unknown where it can be written at any time.
 */
struct module_switch module_option_switch(const struct host *host, struct arena *arena,
					  const char *module, const char *name);

#endif

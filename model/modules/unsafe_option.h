/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODULES_UNSAFE_OPTION_H
#define PASSCHECK_MODEL_MODULES_UNSAFE_OPTION_H

#include <stdbool.h>

/* An option of a module that takes protection from VFIO. */
struct unsafe_option {
	const char *module;
	const char *name;
	const char *effect;    /* what it does, after "MODULE.NAME=1" */
	bool gives_interrupts; /* devices whose interrupts are not remapped */
	bool gives_unsafe;     /* devices that the kernel knows to be unsafe: the denylist */
};

enum { UNSAFE_OPTION_COUNT = 4 };

extern const struct unsafe_option unsafe_options[UNSAFE_OPTION_COUNT];

#endif

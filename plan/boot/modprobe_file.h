/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BOOT_MODPROBE_FILE_H
#define PASSCHECK_PLAN_BOOT_MODPROBE_FILE_H

#include "plan/builder.h"

/* Lines of modprobe.d(5) that are there, and how sed finds and changes them. */

/*
 * Returns the file in which a line of modprobe.d is changed. What is not in /etc is of a package or
 * of a service, which write it again: a copy of that name in /etc/modprobe.d hides it
 * (modprobe.d(5)).
 */
const char *plan_modprobe_file(struct arena *arena, const struct modprobe_line *line);

/* Returns whether that is the file which has the line. */
bool plan_modprobe_is_in_place(const struct modprobe_line *line);

/* Appends, where it is not, what makes the copy; and to undo (NULL: none) what takes it away. */
void plan_modprobe_copy(struct plan_builder *builder, const struct modprobe_line *line,
			struct plan_command **commands, struct plan_command **undo);

/* Returns "edit FILE by hand", and how that goes where the line is in another file. */
const char *plan_modprobe_by_hand(struct arena *arena, const struct modprobe_line *line);

/*
 * Adds a step for each line that keeps modprobe from loading a module of VFIO, as
 * "install vfio-pci /bin/false": the kernel may have the module now, and lacks it at the next boot.
 */
void plan_drop_refusals(struct plan_builder *builder);

#endif

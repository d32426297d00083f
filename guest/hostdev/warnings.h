/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_HOSTDEV_WARNINGS_H
#define PASSCHECK_GUEST_HOSTDEV_WARNINGS_H

#include "guest/hostdev/form.h"

/* Appends a note; short memory marks the arena. */
void hostdev_note_add(struct arena *arena, struct hostdev_note **notes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends what a person should know before a guest gets the function. */
void hostdev_warnings_add(const struct model *model, const struct pci_function *function,
			  struct arena *arena, struct hostdev_note **notes);

#endif

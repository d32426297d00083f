/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_READERS_H
#define PASSCHECK_GUEST_READ_READERS_H

#include "guest/read/device_list.h"

/* Return whether the text, which ends with a NUL, is one of theirs. */
bool proxmox_conf_is(const char *text);
bool qemu_words_are(const char *text);

/* Read it into the domain of the list. */
void proxmox_conf_read(struct device_list *list, const char *text);
void qemu_words_read(struct device_list *list, const char *text);

#endif

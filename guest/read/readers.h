/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_READERS_H
#define PASSCHECK_GUEST_READ_READERS_H

#include <string.h>

#include "guest/read/guest_list.h"

/* Returns what stands behind a line of a text, or NULL for the last. */
static inline const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : NULL;
}

/* Returns whether a text is there, and that word. */
static inline bool word_is(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

/* Return whether the text, which ends with a NUL, is one of theirs. */
bool proxmox_conf_is(const char *text);
bool proxmox_mapping_is(const char *text);
bool qemu_words_are(const char *text);
bool qemu_config_is(const char *text);
bool guest_yaml_is(const char *text);
bool cloud_hypervisor_is(const char *text);

/* Append what the text holds to the guests. */
void proxmox_conf_read(struct guest_list *guests, const char *text);
void proxmox_mapping_read(struct guest_list *guests, const char *text);
void qemu_words_read(struct guest_list *guests, const char *text);
void qemu_config_read(struct guest_list *guests, const char *text);
void guest_yaml_read(struct guest_list *guests, const char *text);
void cloud_hypervisor_read(struct guest_list *guests, const char *text);

/* Returns whether a word is the program of Cloud Hypervisor, whose options begin the rest of the
 * text. */
bool cloud_hypervisor_runs(const char *word, const char *rest);

/* Adds the devices that arguments of QEMU describe, the first of which stand in that line. */
void qemu_words_add(struct device_list *list, const char *text, unsigned line);

/*
 * Adds the devices that a file of QEMU's -readconfig describes, the first line of which is that
 * line. Where overrides, the text goes over what a stack makes: a section without a driver changes
 * a device of its own.
 */
void qemu_config_add(struct device_list *list, const char *text, unsigned line, bool overrides);

#endif

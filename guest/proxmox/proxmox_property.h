/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_PROXMOX_PROXMOX_PROPERTY_H
#define PASSCHECK_GUEST_PROXMOX_PROXMOX_PROPERTY_H

#include "host/base/arena.h"
#include "host/pci/pci.h"

/* Returns the value of a key of Proxmox VE's "KEY=VALUE,…" as a text of its own, or NULL. The value
 * of first_key, unless that is NULL, may stand without its key. */
const char *proxmox_property(struct arena *arena, const char *text, const char *key,
			     const char *first_key);

/* Parses Proxmox VE's "[DDDD:]BB:DD[.F]". Returns whether it is that. */
bool proxmox_address_parse(struct arena *arena, const char *text, struct pci_address *ret,
			   bool *ret_whole_slot);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_MACHINE_ID_H
#define PASSCHECK_HOST_SYSTEM_MACHINE_ID_H

#include "host/access/root.h"

/* The application key that a machine id is hashed with. It never changes: databases join by it. */
#define MACHINE_ID_APPLICATION "3f0c1a6e9d5b4c28a7e1f26b84d05c93"

/*
 * Reads a host's machine id and hashes it: machine-id(5) asks to keep the id itself to the machine.
 * The hash is 32 hex digits, those of `systemd-id128 machine-id --app-specific=KEY`: HMAC-SHA-256
 * of the application key with the machine id as key, its first 16 bytes as a UUID of version 4
 * (sd_id128_get_machine_app_specific(3)). What is no machine id is malformed. Memory comes from
 * arena.
 */
struct fact_text machine_id_load(struct root *root, struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_SRIOV_TOKEN_H
#define PASSCHECK_HOST_SRIOV_SRIOV_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "host/access/fact.h"

/* A token is what stands between delimiters in a line that may set VFs. */

/* What a capture has in the place of a token that is not consulted. */
#define SRIOV_REDACTED "redacted"

/* Returns whether the byte at that offset of a line of length bytes is a delimiter: a colon between
 * hexadecimal digits, or signs of patterns, is part of an address, unless what was in front is
 * redacted, and otherwise ends a key of YAML. */
bool sriov_is_delimiter(const char *line, size_t length, size_t offset);

/* Returns the token that begins at that offset of a line; empty where a delimiter stands there. It
 * points into the line. */
struct fact_line sriov_token_at(const char *line, size_t length, size_t offset);

bool sriov_token_is_listed(const struct fact_line *token, const char *const *list, size_t count);

/* Returns whether a token is the address of a PCI function. */
bool sriov_token_is_address(const struct fact_line *token);

/* Returns whether a token is a name that the kernel or systemd gives an interface: "eth0",
 * "ens1f0np0", "ib0". */
bool sriov_token_is_interface(const struct fact_line *token);

/* Returns whether a token speaks of SR-IOV: "sriov-manage", "/usr/local/sbin/sriov-setup",
 * "pve-nvidia-sriov@ALL.service". */
bool sriov_token_names_sriov(const struct fact_line *token);

#endif

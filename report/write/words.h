/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_WORDS_H
#define PASSCHECK_REPORT_WRITE_WORDS_H

#include "host/access/arena.h"
#include "host/pci/capabilities.h"

/*
 * The text that host bytes become in a report. Nothing that a host says reaches a reader raw: file
 * contents, device names and command lines may hold any byte. Text of which nothing changes is
 * returned as it is, not as a copy.
 */

/* Returns text as valid UTF-8, each byte that is none of it replaced by U+FFFD. */
const char *words_utf8(struct arena *arena, const char *text);

/*
 * Returns text for a terminal: valid UTF-8 in which control characters, also those of C1, and
 * characters that reorder text (bidirectional controls) stand as escapes such as \x1b.
 */
const char *words_printable(struct arena *arena, const char *text);

/* Returns the name of a PCI Express port type ("root-port", "endpoint"), or NULL where there is
 * none. */
const char *words_port_type(const struct express_capability *express);

/* One ACS bit and its short name in the PCI Express specification, section 7.7.11. */
struct acs_bit {
	uint16_t bit;
	const char *name;
};

extern const struct acs_bit words_acs_bits[];
extern const size_t words_acs_bit_count;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_YAML_YAML_BOUNDS_H
#define PASSCHECK_GUEST_YAML_YAML_BOUNDS_H

/*
 * What a document of YAML has at most. libyaml compares anchors and directives in pairs, and what
 * may be a key with all collections that are open; and what an alias names is read again for each.
 */
enum {
	YAML_MOST_DEPTH = 64,   /* collections within one another */
	YAML_MOST_ANCHORS = 16, /* and aliases, together */
	YAML_MOST_DIRECTIVES = 16,
};

/*
 * Says before a text is loaded whether libyaml takes time and memory linear in it, and so do its
 * readers. Returns NULL, or what is too much and the line of it, from 1. What is not YAML is left
 * to who loads it.
 */
const char *yaml_bounds_exceeded(const char *text, unsigned *ret_line);

#endif

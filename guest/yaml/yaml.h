/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_YAML_YAML_H
#define PASSCHECK_GUEST_YAML_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/base/arena.h"
#include "host/library/libyaml.h"

/*
 * A document of YAML 1.1, or JSON, as libyaml loads it. An alias is the node that it names: who
 * goes down by keys and items takes time linear in the text, as yaml_bounds_exceeded() bounds
 * aliases.
 */
struct yaml {
	struct arena *arena;
	yaml_document_t *document;
};

/* Returns the value of a key of a mapping; NULL for none, and for what is no mapping. */
const yaml_node_t *yaml_member(const struct yaml *yaml, const yaml_node_t *node, const char *key);

/* yaml_member() along keys, which NULL ends. */
const yaml_node_t *yaml_path(const struct yaml *yaml, const yaml_node_t *node,
			     const char *const *keys);

/* Returns the text of a scalar, in memory of the arena; NULL for another kind of node. */
const char *yaml_text(const struct yaml *yaml, const yaml_node_t *node);

/* Returns the text of yaml_member(). */
const char *yaml_member_text(const struct yaml *yaml, const yaml_node_t *node, const char *key);

/* Returns how many items a sequence, or pairs a mapping, has; 0 for a scalar and NULL. */
size_t yaml_count(const yaml_node_t *node);

/* Returns an item of a sequence, or the value of a pair of a mapping. */
const yaml_node_t *yaml_item(const struct yaml *yaml, const yaml_node_t *node, size_t index);

/* Returns the key of a pair of a mapping, "" for one that is not a scalar. */
const char *yaml_key(const struct yaml *yaml, const yaml_node_t *mapping, size_t index);

/* Returns the line in which a node begins, from 1. */
unsigned yaml_line(const yaml_node_t *node);

/* Returns the line in which the text of a scalar begins: of a block, the one behind its "|". */
unsigned yaml_text_line(const yaml_node_t *node);

/* Returns the bytes that "4GiB", "4Gi", "512MB" or "1073741824" means, 0 for what is no amount. */
uint64_t yaml_bytes(const char *text);

#endif

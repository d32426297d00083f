/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/yaml/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_AMOUNT_DIGITS = 15, DECIMAL = 10, THOUSAND = 1000, KIB = 1024 };

static const yaml_node_t *node_at(const struct yaml *yaml, int index)
{
	return libyaml->yaml_document_get_node(yaml->document, index);
}

static bool is_scalar(const yaml_node_t *node, const char *text)
{
	return node && node->type == YAML_SCALAR_NODE && node->data.scalar.length == strlen(text) &&
	       memcmp(node->data.scalar.value, text, strlen(text)) == 0;
}

const yaml_node_t *yaml_member(const struct yaml *yaml, const yaml_node_t *node, const char *key)
{
	if (!node || node->type != YAML_MAPPING_NODE)
		return NULL;
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	for (; pair < node->data.mapping.pairs.top; pair++) {
		if (is_scalar(node_at(yaml, pair->key), key))
			return node_at(yaml, pair->value);
	}
	return NULL;
}

const yaml_node_t *yaml_path(const struct yaml *yaml, const yaml_node_t *node,
			     const char *const *keys)
{
	for (; node && *keys; keys++)
		node = yaml_member(yaml, node, *keys);
	return node;
}

const char *yaml_text(const struct yaml *yaml, const yaml_node_t *node)
{
	if (!node || node->type != YAML_SCALAR_NODE ||
	    memchr(node->data.scalar.value, '\0', node->data.scalar.length))
		return NULL;
	return arena_copy(yaml->arena, (const char *)node->data.scalar.value,
			  node->data.scalar.length);
}

const char *yaml_member_text(const struct yaml *yaml, const yaml_node_t *node, const char *key)
{
	return yaml_text(yaml, yaml_member(yaml, node, key));
}

size_t yaml_count(const yaml_node_t *node)
{
	if (node && node->type == YAML_SEQUENCE_NODE)
		return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
	if (node && node->type == YAML_MAPPING_NODE)
		return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
	return 0;
}

const yaml_node_t *yaml_item(const struct yaml *yaml, const yaml_node_t *node, size_t index)
{
	return node->type == YAML_SEQUENCE_NODE
		       ? node_at(yaml, node->data.sequence.items.start[index])
		       : node_at(yaml, node->data.mapping.pairs.start[index].value);
}

const char *yaml_key(const struct yaml *yaml, const yaml_node_t *mapping, size_t index)
{
	const char *key =
		yaml_text(yaml, node_at(yaml, mapping->data.mapping.pairs.start[index].key));

	return key ? key : "";
}

unsigned yaml_line(const yaml_node_t *node)
{
	return (unsigned)node->start_mark.line + 1;
}

unsigned yaml_text_line(const yaml_node_t *node)
{
	bool block = node->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
		     node->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;

	return yaml_line(node) + block;
}

/* Units of Kubernetes ("Gi", "G") and of Incus ("GiB", "GB"). */
uint64_t yaml_bytes(const char *text)
{
	static const char prefixes[] = "KMGTPE";
	size_t digits = text ? strspn(text, "0123456789") : 0;

	if (!digits || digits > MOST_AMOUNT_DIGITS)
		return 0;
	uint64_t number = strtoull(text, NULL, DECIMAL);
	const char *unit = text + digits;
	const char *prefix = *unit ? strchr(prefixes, *unit == 'k' ? 'K' : *unit) : NULL;
	if (!*unit || strcmp(unit, "B") == 0)
		return number;
	if (!prefix)
		return 0;
	uint64_t factor = unit[1] == 'i' ? KIB : THOUSAND;
	for (const char *step = prefixes; step <= prefix; step++) {
		if (__builtin_mul_overflow(number, factor, &number))
			return 0;
	}
	return number;
}

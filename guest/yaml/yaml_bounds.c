/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/yaml/yaml_bounds.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "guest/read/readers.h"
#include "host/library/libyaml.h"

/* What a document has so far. */
struct extent {
	size_t depth;
	size_t anchors;
};

/* Returns whether the text has few directives, which stand at the begin of a line; a line of a
 * scalar that looks like one counts, too. */
static bool has_few_directives(const char *text, unsigned *ret_line)
{
	size_t count = 0;
	unsigned number = 1;

	for (const char *line = text; line; line = next_line(line), number++) {
		count += *line == '%';
		if (count > YAML_MOST_DIRECTIVES) {
			*ret_line = number;
			return false;
		}
	}
	return true;
}

static bool has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return true;
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor != NULL;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor != NULL;
	default:
		return false;
	}
}

/* Counts an event in. Returns NULL, or what is too much. */
static const char *count(struct extent *extent, const yaml_event_t *event)
{
	if (event->type == YAML_DOCUMENT_START_EVENT)
		*extent = (struct extent){0};
	if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)
		extent->depth++;
	if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT)
		extent->depth--;
	extent->anchors += has_anchor(event);
	if (extent->depth > YAML_MOST_DEPTH)
		return "too many collections within one another";
	return extent->anchors > YAML_MOST_ANCHORS ? "too many anchors and aliases" : NULL;
}

/* Goes through the events of the text, up to its end or to what is not YAML. */
static const char *judge_events(yaml_parser_t *parser, unsigned *ret_line)
{
	struct extent extent = {0};
	const char *exceeded = NULL;
	bool more = true;
	yaml_event_t event;

	while (more && !exceeded && libyaml->yaml_parser_parse(parser, &event)) {
		exceeded = count(&extent, &event);
		more = event.type != YAML_STREAM_END_EVENT && event.type != YAML_NO_EVENT;
		*ret_line = (unsigned)event.start_mark.line + 1;
		libyaml->yaml_event_delete(&event);
	}
	return exceeded;
}

const char *yaml_bounds_exceeded(const char *text, unsigned *ret_line)
{
	yaml_parser_t parser;

	if (!has_few_directives(text, ret_line))
		return "too many directives";
	if (!libyaml->yaml_parser_initialize(&parser))
		return NULL;
	libyaml->yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	const char *exceeded = judge_events(&parser, ret_line);
	libyaml->yaml_parser_delete(&parser);
	return exceeded;
}

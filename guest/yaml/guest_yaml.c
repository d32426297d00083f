/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "guest/read/readers.h"
#include "guest/yaml/stacks_yaml.h"
#include "guest/yaml/yaml_bounds.h"
#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/library/libraries.h"

/* libyaml takes some forty bytes of memory for each byte of a document. */
enum { MOST_BYTES = 2 * 1024 * 1024, MOST_DOCUMENTS = 4096 };

/* What a line of KubeVirt's or Incus' documents begins with, or an object of JSON has. */
static const char *const beginnings[] = {
	"apiVersion:",       "kind:",           "spec:",  "devices:",
	"expanded_devices:", "- architecture:", "- name:"};
static const char *const members[] = {"\"apiVersion\"", "\"devices\"", "\"spec\""};

static bool begins_with_one(const char *line)
{
	for (size_t i = 0; i < ARRAY_LENGTH(beginnings); i++) {
		if (begins_with(line, beginnings[i]))
			return true;
	}
	return false;
}

static bool has_member(const char *text)
{
	text += strspn(text, " \t\r\n");
	if (*text != '{' && *text != '[')
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
		if (strstr(text, members[i]))
			return true;
	}
	return false;
}

bool guest_yaml_is(const char *text)
{
	if (text[strspn(text, " \t\r\n")] == '<')
		return false;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (begins_with_one(line))
			return true;
	}
	return has_member(text);
}

/* A list is of instances of Incus, or of what kubectl lists. */
static void read_node(const struct yaml *yaml, const yaml_node_t *node, struct guest_list *guests)
{
	kubevirt_read(yaml, node, guests);
	incus_read(yaml, node, guests);
}

static void read_document(struct guest_list *guests, yaml_document_t *document)
{
	const struct yaml yaml = {.arena = guests->arena, .document = document};
	const yaml_node_t *root = libyaml->yaml_document_get_root_node(document);
	const yaml_node_t *items = yaml_member(&yaml, root, "items");

	if (root && root->type == YAML_SEQUENCE_NODE)
		items = root;
	if (!items) {
		read_node(&yaml, root, guests);
		return;
	}
	for (size_t i = 0; i < yaml_count(items) && !guests->error; i++)
		read_node(&yaml, yaml_item(&yaml, items, i), guests);
}

static void complain_of(struct guest_list *guests, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR)
		guest_list_take(guests, -ENOMEM, NULL);
	else
		guest_list_fail(guests, -EBADMSG, (unsigned)parser->problem_mark.line + 1,
				parser->problem ? parser->problem : "no YAML");
}

/* Returns whether there may be another document. */
static bool read_next(struct guest_list *guests, yaml_parser_t *parser)
{
	yaml_document_t document;

	if (!libyaml->yaml_parser_load(parser, &document)) {
		complain_of(guests, parser);
		return false;
	}
	bool more = libyaml->yaml_document_get_root_node(&document) != NULL && !guests->error;
	if (more)
		read_document(guests, &document);
	libyaml->yaml_document_delete(&document);
	return more && !guests->error;
}

void guest_yaml_read(struct guest_list *guests, const char *text)
{
	int loaded = libraries_load();
	yaml_parser_t parser;
	size_t count = 0;
	unsigned line = 1;

	if (loaded < 0) {
		guest_list_take(guests, loaded, NULL);
		return;
	}
	const char *exceeded = strlen(text) > MOST_BYTES ? "more than 2 MiB of YAML"
							 : yaml_bounds_exceeded(text, &line);
	if (exceeded) {
		guest_list_fail(guests, -EFBIG, line, exceeded);
		return;
	}
	if (!libyaml->yaml_parser_initialize(&parser)) {
		guest_list_take(guests, -ENOMEM, NULL);
		return;
	}
	libyaml->yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	while (read_next(guests, &parser)) {
		if (++count == MOST_DOCUMENTS)
			guest_list_fail(guests, -EFBIG, (unsigned)parser.mark.line + 1,
					"too many documents");
	}
	libyaml->yaml_parser_delete(&parser);
	if (!guests->count)
		guest_list_fail(guests, -EBADMSG, 1,
				"neither a machine of KubeVirt nor an instance of Incus");
}

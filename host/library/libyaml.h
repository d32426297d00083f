/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_LIBRARY_LIBYAML_H
#define PASSCHECK_HOST_LIBRARY_LIBYAML_H

#include <yaml.h>

/* The functions of libyaml that are called. */
struct libyaml {
	typeof(yaml_document_delete) *yaml_document_delete;
	typeof(yaml_document_get_node) *yaml_document_get_node;
	typeof(yaml_document_get_root_node) *yaml_document_get_root_node;
	typeof(yaml_event_delete) *yaml_event_delete;
	typeof(yaml_parser_delete) *yaml_parser_delete;
	typeof(yaml_parser_initialize) *yaml_parser_initialize;
	typeof(yaml_parser_load) *yaml_parser_load;
	typeof(yaml_parser_parse) *yaml_parser_parse;
	typeof(yaml_parser_set_input_string) *yaml_parser_set_input_string;
};

/* NULL until libraries_load() has succeeded (host/library/libraries.h). */
extern const struct libyaml *libyaml;

#endif

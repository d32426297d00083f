/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_parser.h"

#include <stdarg.h>

/* The parser itself reads ahead; the node knows where it stands. */
unsigned domain_parser_line(struct domain_parser *parser)
{
	xmlNodePtr node = libxml2->xmlTextReaderCurrentNode(parser->reader);
	long line = node ? libxml2->xmlGetLineNo(node)
			 : libxml2->xmlTextReaderGetParserLineNumber(parser->reader);

	return parser->lines_before + (line > 0 ? (unsigned)line : 0);
}

void domain_parser_fail(struct domain_parser *parser, int error, const char *format, ...)
{
	va_list arguments;

	if (parser->error)
		return;
	va_start(arguments, format);
	const char *what = arena_vprintf(parser->arena, format, arguments);
	va_end(arguments);
	parser->error = error;
	parser->why = arena_printf(parser->arena, "line %u: %s", domain_parser_line(parser), what);
}

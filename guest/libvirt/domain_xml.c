/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_xml.h"

#include <errno.h>
#include <string.h>

#include "guest/libvirt/domain_elements.h"
#include "guest/libvirt/xml_bounds.h"
#include "host/base/array.h"
#include "host/library/libraries.h"

/* The namespace of what libvirt passes on to QEMU unread: docs/drvqemu.rst. */
#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* What an error handler is given; libxml2 2.12 made it constant. */
#if LIBXML_VERSION >= 21200
typedef const xmlError xml_error;
#else
typedef xmlError xml_error;
#endif

static void note_xml_error(void *context, xml_error *error)
{
	struct domain_parser *parser = context;

	if (parser->error || error->level < XML_ERR_ERROR)
		return;
	const char *message = error->message ? error->message : "not XML";
	parser->error = -EBADMSG;
	parser->why = arena_printf(parser->arena, "line %u: %.*s",
				   parser->lines_before + (unsigned)error->line,
				   (int)strcspn(message, "\n"), message);
}

/* A domain, a network, and what `passcheck --format xml` writes beside them. */
struct root_rule {
	const char *name;
	enum domain_document_kind kind;
};

static const struct root_rule root_rules[] = {
	{"domain", DOMAIN_DOCUMENT_DOMAIN},   {"network", DOMAIN_DOCUMENT_NETWORK},
	{"hostdev", DOMAIN_DOCUMENT_DEVICES}, {"interface", DOMAIN_DOCUMENT_DEVICES},
	{"disk", DOMAIN_DOCUMENT_DEVICES},    {"controller", DOMAIN_DOCUMENT_DEVICES},
	{"pool", DOMAIN_DOCUMENT_OTHER},      {"device", DOMAIN_DOCUMENT_OTHER},
};

/* Makes room for the document of a root; one device follows another in theirs. */
static void begin_document(struct domain_parser *parser, enum domain_document_kind kind)
{
	struct domain_documents *documents = &parser->documents;
	struct domain_document *items;

	if (kind == DOMAIN_DOCUMENT_DEVICES && documents->count &&
	    documents->items[documents->count - 1].kind == kind) {
		parser->document = &documents->items[documents->count - 1];
		return;
	}
	if (documents->count >= LIMIT_DOMAIN_DOCUMENTS) {
		domain_parser_fail(parser, -EFBIG, "more than %d documents",
				   LIMIT_DOMAIN_DOCUMENTS);
		return;
	}
	items = arena_grow(parser->arena, documents->items, documents->count,
			   &parser->document_capacity, sizeof(*items));
	if (!items) {
		parser->error = -ENOMEM;
		return;
	}
	documents->items = items;
	parser->document = &items[documents->count++];
	*parser->document = (struct domain_document){.kind = kind};
	parser->device_capacity = 0;
	parser->function_capacity = 0;
}

/* A device that is a root is read as one of a domain. */
static void enter_root(struct domain_parser *parser, const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(root_rules); i++) {
		if (strcmp(name, root_rules[i].name) != 0)
			continue;
		begin_document(parser, root_rules[i].kind);
		if (root_rules[i].kind != DOMAIN_DOCUMENT_DEVICES)
			return;
		parser->path[parser->depth++] = (const xmlChar *)"domain";
		parser->path[parser->depth++] = (const xmlChar *)"devices";
		return;
	}
	domain_parser_fail(parser, -EBADMSG,
			   "<%.32s> is neither a domain, a network nor a device of a domain", name);
}

static void close_element(struct domain_parser *parser)
{
	const struct domain_element *rule = domain_element_find(parser);

	if (rule && rule->close)
		rule->close(parser);
	parser->depth--;
	parser->text_length = 0;
	parser->text[0] = '\0';
}

/* Returns the name of the current element; QEMU's have the prefix "qemu", whatever they have in the
 * document. */
static const xmlChar *element_name(struct domain_parser *parser)
{
	const xmlChar *namespace = libxml2->xmlTextReaderConstNamespaceUri(parser->reader);
	const xmlChar *local = libxml2->xmlTextReaderConstLocalName(parser->reader);

	if (!namespace || !local || strcmp((const char *)namespace, QEMU_NAMESPACE) != 0)
		return libxml2->xmlTextReaderConstName(parser->reader);
	const char *name = arena_printf(parser->arena, "qemu:%s", (const char *)local);
	return (const xmlChar *)(name ? name : "");
}

static void open_element(struct domain_parser *parser)
{
	const struct domain_element *rule;

	if (parser->depth >= LIMIT_DOMAIN_DEPTH) {
		domain_parser_fail(parser, -EFBIG, "more than %d elements within one another",
				   LIMIT_DOMAIN_DEPTH);
		return;
	}
	const xmlChar *name = element_name(parser);
	if (!parser->depth)
		enter_root(parser, (const char *)name);
	if (parser->error)
		return;
	parser->path[parser->depth++] = name;
	parser->text_length = 0;
	parser->text[0] = '\0';
	rule = domain_element_find(parser);
	if (rule && rule->open)
		rule->open(parser);
	if (!parser->error && libxml2->xmlTextReaderIsEmptyElement(parser->reader))
		close_element(parser);
}

static void take_text(struct domain_parser *parser)
{
	const struct domain_element *rule = domain_element_find(parser);
	const char *text = (const char *)libxml2->xmlTextReaderConstValue(parser->reader);
	size_t length = text ? strlen(text) : 0;

	if (!rule || !rule->close)
		return;
	if (length > LIMIT_DOMAIN_TEXT - parser->text_length) {
		domain_parser_fail(parser, -EFBIG, "<%.32s> holds more than %d bytes of text",
				   (const char *)parser->path[parser->depth - 1],
				   LIMIT_DOMAIN_TEXT);
		return;
	}
	memcpy(parser->text + parser->text_length, text ? text : "", length);
	parser->text_length += length;
	parser->text[parser->text_length] = '\0';
}

static void take_node(struct domain_parser *parser)
{
	switch (libxml2->xmlTextReaderNodeType(parser->reader)) {
	case XML_READER_TYPE_ELEMENT:
		open_element(parser);
		return;
	case XML_READER_TYPE_END_ELEMENT:
		close_element(parser);
		return;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		take_text(parser);
		return;
	case XML_READER_TYPE_DOCUMENT_TYPE:
		domain_parser_fail(parser, -EBADMSG,
				   "a document type, which libvirt's XML never has");
		return;
	case XML_READER_TYPE_ENTITY_REFERENCE:
		domain_parser_fail(parser, -EBADMSG, "an entity that XML does not define");
		return;
	}
}

/* The element of the domain may stand behind its devices. */
static void settle_iommufd(struct domain *domain)
{
	for (size_t i = 0; i < domain->device_count; i++) {
		struct domain_device *device = &domain->devices[i];
		bool by_libvirt = device->kind == DOMAIN_DEVICE_HOSTDEV ||
				  device->kind == DOMAIN_DEVICE_INTERFACE;
		if (by_libvirt)
			device->iommufd =
				device->through_iommu == DOMAIN_ON ||
				(device->through_iommu == DOMAIN_UNSET && domain->iommufd);
	}
}

static void parse(struct domain_parser *parser)
{
	int result = 1;

	while (!parser->error && (result = libxml2->xmlTextReaderRead(parser->reader)) == 1) {
		if (!parser->error)
			take_node(parser);
	}
	if (!parser->error && result < 0)
		domain_parser_fail(parser, -EBADMSG, "not XML");
	if (!parser->error && parser->document &&
	    parser->document->kind == DOMAIN_DOCUMENT_DOMAIN && !parser->document->domain.name)
		domain_parser_fail(parser, -EBADMSG, "the domain has no name");
	if (parser->document)
		settle_iommufd(&parser->document->domain);
}

static int parse_root(struct domain_parser *parser, const char *bytes, size_t length)
{
	parser->document = NULL;
	parser->depth = 0;
	parser->option = NULL;
	/* Neither XML_PARSE_NOENT nor XML_PARSE_DTDLOAD: nothing is substituted or loaded. */
	parser->reader = libxml2->xmlReaderForMemory(bytes, (int)length, NULL, NULL,
						     XML_PARSE_NONET | XML_PARSE_COMPACT);
	if (!parser->reader)
		return -ENOMEM;
	libxml2->xmlTextReaderSetStructuredErrorHandler(parser->reader, note_xml_error, parser);
	parse(parser);
	libxml2->xmlFreeTextReader(parser->reader);
	return arena_failed(parser->arena) ? -ENOMEM : parser->error;
}

/* Parses one root after the other. */
static int parse_bytes(struct domain_parser *parser, const char *bytes, size_t length)
{
	bool narrow = !memchr(bytes, '\0', length); /* not UTF-16 */
	int result = 0;

	while (result == 0 && length) {
		size_t root = narrow ? xml_root_length(bytes, length) : length;
		result = parse_root(parser, bytes, root);
		/* Space between two of them must not stand before a declaration. */
		while (root < length && strchr(" \t\r\n", bytes[root]))
			root++;
		parser->lines_before += xml_count_lines(bytes, root);
		bytes += root;
		length -= root;
	}
	return result;
}

int domain_xml_parse(struct arena *arena, const char *bytes, size_t length,
		     struct domain_documents *ret, const char **ret_why)
{
	struct domain_parser *parser;

	if (length > LIMIT_DOMAIN_XML) {
		*ret_why = arena_printf(arena, "more than %d MiB", LIMIT_DOMAIN_XML >> 20);
		return -EFBIG;
	}
	if (!length) {
		*ret_why = "empty";
		return -EBADMSG;
	}
	int result = libraries_load();
	if (result == 0)
		result = xml_bounds_check(arena, bytes, length, ret_why);
	if (result < 0)
		return result;
	parser = arena_alloc(arena, sizeof(*parser));
	if (!parser)
		return -ENOMEM;
	*parser = (struct domain_parser){.arena = arena};
	result = parse_bytes(parser, bytes, length);
	if (result < 0)
		*ret_why = parser->why;
	else
		*ret = parser->documents;
	return result;
}

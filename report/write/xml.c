/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/xml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/library/libraries.h"

/* The writer fails where memory is short. */
static void check(struct xml *xml, int result)
{
	if (result < 0 && !xml->error)
		xml->error = -ENOMEM;
}

static void set_indent(struct xml *xml, const char *indent)
{
	check(xml, libxml2->xmlTextWriterSetIndent(xml->writer, 1));
	check(xml, libxml2->xmlTextWriterSetIndentString(xml->writer, (const xmlChar *)indent));
}

void xml_open(struct xml *xml, FILE *out, const char *indent, char quote)
{
	*xml = (struct xml){.quote = quote, .error = libraries_load()};
	if (xml->error)
		return;
	xmlOutputBufferPtr output = libxml2->xmlOutputBufferCreateFile(out, NULL);
	xml->writer = output ? libxml2->xmlNewTextWriter(output) : NULL;
	if (!xml->writer) {
		libxml2->xmlOutputBufferClose(output);
		xml->error = -ENOMEM;
		return;
	}
	check(xml, libxml2->xmlTextWriterSetQuoteChar(xml->writer, (xmlChar)quote));
	if (indent)
		set_indent(xml, indent);
}

void xml_declare(struct xml *xml)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterStartDocument(xml->writer, "1.0", "UTF-8", NULL));
}

void xml_start(struct xml *xml, const char *name)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterStartElement(xml->writer, (const xmlChar *)name));
}

void xml_end(struct xml *xml)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterEndElement(xml->writer));
}

void xml_end_with_tag(struct xml *xml)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterFullEndElement(xml->writer));
}

/* libxml2 leaves apostrophes as they are, also between two that end the value. */
static void write_between_apostrophes(struct xml *xml, const char *value)
{
	while (*value) {
		int length = (int)strcspn(value, "'");
		if (length)
			check(xml, libxml2->xmlTextWriterWriteFormatString(xml->writer, "%.*s",
									   length, value));
		value += length;
		if (!*value)
			return;
		check(xml, libxml2->xmlTextWriterWriteRaw(xml->writer, (const xmlChar *)"&#39;"));
		value++;
	}
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
	if (xml->error)
		return;
	check(xml, libxml2->xmlTextWriterStartAttribute(xml->writer, (const xmlChar *)name));
	if (xml->quote == '\'')
		write_between_apostrophes(xml, value);
	else
		xml_text(xml, value);
	check(xml, libxml2->xmlTextWriterEndAttribute(xml->writer));
}

/* Returns text to be freed, or NULL and marks the document. */
static char *formatted(struct xml *xml, const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) >= 0)
		return text;
	check(xml, -1);
	return NULL;
}

void xml_attribute_format(struct xml *xml, const char *name, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *value = formatted(xml, format, arguments);
	va_end(arguments);
	if (value)
		xml_attribute(xml, name, value);
	free(value);
}

void xml_text(struct xml *xml, const char *text)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterWriteString(xml->writer, (const xmlChar *)text));
}

void xml_raw(struct xml *xml, const char *text)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterWriteRaw(xml->writer, (const xmlChar *)text));
}

void xml_comment(struct xml *xml, const char *text)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterWriteFormatComment(xml->writer, " %s ", text));
}

void xml_text_element(struct xml *xml, const char *name, const char *text)
{
	xml_start(xml, name);
	xml_text(xml, text);
	xml_end(xml);
}

void xml_text_element_format(struct xml *xml, const char *name, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *text = formatted(xml, format, arguments);
	va_end(arguments);
	if (text)
		xml_text_element(xml, name, text);
	free(text);
}

void xml_address_attributes(struct xml *xml, const struct pci_address *address)
{
	xml_attribute_format(xml, "domain", "0x%04x", address->domain);
	xml_attribute_format(xml, "bus", "0x%02x", address->bus);
	xml_attribute_format(xml, "slot", "0x%02x", address->device);
	xml_attribute_format(xml, "function", "0x%x", address->function);
}

int xml_close(struct xml *xml)
{
	if (!xml->error)
		check(xml, libxml2->xmlTextWriterEndDocument(xml->writer));
	if (xml->writer)
		libxml2->xmlFreeTextWriter(xml->writer);
	return xml->error;
}

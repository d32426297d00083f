/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/xml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

/* Returns what stands for a character wherever it is, or NULL where it stands for itself. */
static const char *escape_of(char character)
{
	switch (character) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

/* The same in an attribute, where readers take lines and tabs for blanks (XML 1.0, 3.3.3). */
static const char *attribute_escape_of(const struct xml *xml, char character)
{
	switch (character) {
	case '\'':
		return xml->quote == '\'' ? "&#39;" : NULL;
	case '\n':
		return "&#10;";
	case '\t':
		return "&#9;";
	default:
		return escape_of(character);
	}
}

static void put(const struct xml *xml, char character, const char *escape)
{
	if (escape)
		fputs(escape, xml->out);
	else
		putc(character, xml->out);
}

static void end_line(struct xml *xml)
{
	if (xml->indent)
		putc('\n', xml->out);
}

static void indent(struct xml *xml)
{
	for (size_t i = 0; xml->indent && i < xml->depth; i++)
		fputs(xml->indent, xml->out);
}

static void end_tag(struct xml *xml)
{
	if (xml->in_tag)
		putc('>', xml->out);
	xml->in_tag = false;
}

/* Begins what stands in a line of its own. */
static void begin_line(struct xml *xml)
{
	if (xml->in_tag) {
		end_tag(xml);
		end_line(xml);
	}
	indent(xml);
}

void xml_declare(struct xml *xml)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", xml->out);
}

static bool push(struct xml *xml, const char *name)
{
	if (xml->depth == xml->capacity) {
		size_t capacity = xml->capacity ? 2 * xml->capacity : FIRST_CAPACITY;
		const char **names = reallocarray(xml->names, capacity, sizeof(*names));
		if (!names) {
			xml->failed = true;
			return false;
		}
		xml->names = names;
		xml->capacity = capacity;
	}
	xml->names[xml->depth++] = name;
	return true;
}

void xml_start(struct xml *xml, const char *name)
{
	if (xml->failed)
		return;
	begin_line(xml);
	if (!push(xml, name))
		return;
	fprintf(xml->out, "<%s", name);
	xml->in_tag = true;
	xml->has_text = false;
}

/* What follows an element stands in its parent. */
static void leave(struct xml *xml)
{
	end_line(xml);
	xml->has_text = false;
}

void xml_end_with_tag(struct xml *xml)
{
	if (xml->failed || !xml->depth)
		return;
	bool empty = xml->in_tag;
	end_tag(xml);
	const char *name = xml->names[--xml->depth];
	if (!empty && !xml->has_text)
		indent(xml);
	fprintf(xml->out, "</%s>", name);
	leave(xml);
}

void xml_end(struct xml *xml)
{
	if (xml->failed || !xml->in_tag) {
		xml_end_with_tag(xml);
		return;
	}
	fputs("/>", xml->out);
	xml->in_tag = false;
	xml->depth--;
	leave(xml);
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
	if (xml->failed)
		return;
	fprintf(xml->out, " %s=%c", name, xml->quote);
	for (; *value; value++)
		put(xml, *value, attribute_escape_of(xml, *value));
	putc(xml->quote, xml->out);
}

/* Returns text to be freed, or NULL and marks the document. */
static char *formatted(struct xml *xml, const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) >= 0)
		return text;
	xml->failed = true;
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
	if (xml->failed)
		return;
	end_tag(xml);
	xml->has_text = true;
	for (; *text; text++)
		put(xml, *text, escape_of(*text));
}

void xml_raw(struct xml *xml, const char *text)
{
	if (xml->failed)
		return;
	end_tag(xml);
	xml->has_text = true;
	fputs(text, xml->out);
}

void xml_comment(struct xml *xml, const char *text)
{
	if (xml->failed)
		return;
	begin_line(xml);
	fprintf(xml->out, "<!-- %s -->", text);
	leave(xml);
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
	while (!xml->failed && xml->depth)
		xml_end(xml);
	free(xml->names);
	return xml->failed ? -ENOMEM : 0;
}

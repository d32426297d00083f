/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/xml.h"

#include "host/access/array.h"

static bool start_document(xmlTextWriterPtr writer)
{
	return xmlTextWriterSetIndent(writer, 1) >= 0 &&
	       xmlTextWriterSetIndentString(writer, (const xmlChar *)" ") >= 0 &&
	       xmlTextWriterStartDocument(writer, "1.0", "UTF-8", NULL) >= 0;
}

xmlTextWriterPtr xml_open(FILE *out)
{
	xmlOutputBufferPtr output = xmlOutputBufferCreateFile(out, NULL);
	xmlTextWriterPtr writer = output ? xmlNewTextWriter(output) : NULL;

	if (!writer) {
		xmlOutputBufferClose(output);
		return NULL;
	}
	if (start_document(writer))
		return writer;
	xmlFreeTextWriter(writer);
	return NULL;
}

int xml_close(xmlTextWriterPtr writer)
{
	int result = xmlTextWriterEndDocument(writer);

	xmlFreeTextWriter(writer);
	return result;
}

int xml_attribute(xmlTextWriterPtr writer, const char *name, const char *value)
{
	return xmlTextWriterWriteAttribute(writer, (const xmlChar *)name, (const xmlChar *)value);
}

int xml_start(xmlTextWriterPtr writer, const char *name)
{
	return xmlTextWriterStartElement(writer, (const xmlChar *)name);
}

int xml_end(xmlTextWriterPtr writer)
{
	return xmlTextWriterEndElement(writer);
}

int xml_text(xmlTextWriterPtr writer, const char *text)
{
	return xmlTextWriterWriteString(writer, (const xmlChar *)text);
}

int xml_text_element(xmlTextWriterPtr writer, const char *name, const char *text)
{
	return xmlTextWriterWriteElement(writer, (const xmlChar *)name, (const xmlChar *)text);
}

int xml_address_attributes(xmlTextWriterPtr writer, const struct pci_address *address)
{
	static const struct {
		const char *name;
		const char *format;
	} numbers[] = {
		{"domain", "0x%04x"}, {"bus", "0x%02x"}, {"slot", "0x%02x"}, {"function", "0x%x"}};
	const unsigned values[] = {address->domain, address->bus, address->device,
				   address->function};
	int result = 0;

	for (size_t i = 0; result >= 0 && i < ARRAY_LENGTH(numbers); i++) {
		char text[sizeof("0xffffffff")];
		snprintf(text, sizeof(text), numbers[i].format, values[i]);
		result = xml_attribute(writer, numbers[i].name, text);
	}
	return result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_LIBRARY_LIBXML2_H
#define PASSCHECK_HOST_LIBRARY_LIBXML2_H

#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlwriter.h>

/* The functions of libxml2 that are called, under the names that it gives them. */
struct libxml2 {
	typeof(xmlDictCreate) *xmlDictCreate;
	typeof(xmlDictFree) *xmlDictFree;
	typeof(xmlDictLookup) *xmlDictLookup;
	typeof(xmlDictSize) *xmlDictSize;
	typeof(xmlFreeTextReader) *xmlFreeTextReader;
	typeof(xmlFreeTextWriter) *xmlFreeTextWriter;
	typeof(xmlGetLineNo) *xmlGetLineNo;
	typeof(xmlNewTextWriter) *xmlNewTextWriter;
	typeof(xmlOutputBufferClose) *xmlOutputBufferClose;
	typeof(xmlOutputBufferCreateFile) *xmlOutputBufferCreateFile;
	typeof(xmlReaderForMemory) *xmlReaderForMemory;
	typeof(xmlTextReaderConstLocalName) *xmlTextReaderConstLocalName;
	typeof(xmlTextReaderConstName) *xmlTextReaderConstName;
	typeof(xmlTextReaderConstNamespaceUri) *xmlTextReaderConstNamespaceUri;
	typeof(xmlTextReaderConstValue) *xmlTextReaderConstValue;
	typeof(xmlTextReaderCurrentNode) *xmlTextReaderCurrentNode;
	typeof(xmlTextReaderGetAttribute) *xmlTextReaderGetAttribute;
	typeof(xmlTextReaderGetParserLineNumber) *xmlTextReaderGetParserLineNumber;
	typeof(xmlTextReaderIsEmptyElement) *xmlTextReaderIsEmptyElement;
	typeof(xmlTextReaderNodeType) *xmlTextReaderNodeType;
	typeof(xmlTextReaderRead) *xmlTextReaderRead;
	typeof(xmlTextReaderSetStructuredErrorHandler) *xmlTextReaderSetStructuredErrorHandler;
	typeof(xmlTextWriterEndAttribute) *xmlTextWriterEndAttribute;
	typeof(xmlTextWriterEndDocument) *xmlTextWriterEndDocument;
	typeof(xmlTextWriterEndElement) *xmlTextWriterEndElement;
	typeof(xmlTextWriterFullEndElement) *xmlTextWriterFullEndElement;
	typeof(xmlTextWriterSetIndent) *xmlTextWriterSetIndent;
	typeof(xmlTextWriterSetIndentString) *xmlTextWriterSetIndentString;
	typeof(xmlTextWriterSetQuoteChar) *xmlTextWriterSetQuoteChar;
	typeof(xmlTextWriterStartAttribute) *xmlTextWriterStartAttribute;
	typeof(xmlTextWriterStartDocument) *xmlTextWriterStartDocument;
	typeof(xmlTextWriterStartElement) *xmlTextWriterStartElement;
	typeof(xmlTextWriterWriteFormatComment) *xmlTextWriterWriteFormatComment;
	typeof(xmlTextWriterWriteFormatString) *xmlTextWriterWriteFormatString;
	typeof(xmlTextWriterWriteRaw) *xmlTextWriterWriteRaw;
	typeof(xmlTextWriterWriteString) *xmlTextWriterWriteString;
	void (*free_text)(xmlChar *text); /* calls xmlFree, which is a variable */
};

/* NULL until libraries_load() has succeeded (host/library/libraries.h). */
extern const struct libxml2 *libxml2;

#endif

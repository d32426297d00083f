/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

#include "report/write/xml.h"
#include "tests/unit/support/cmocka.h"

/* A document in memory, of one element that tests write into. */
struct document {
	struct xml xml;
	FILE *out;
	char *bytes;
	size_t length;
};

static void begin(struct document *document, const char *indent, char quote)
{
	*document = (struct document){0};
	document->out = open_memstream(&document->bytes, &document->length);
	assert_non_null(document->out);
	xml_open(&document->xml, document->out, indent, quote);
	xml_start(&document->xml, "top");
}

static void expect(struct document *document, const char *text)
{
	assert_int_equal(xml_close(&document->xml), 0);
	fclose(document->out);
	assert_string_equal(document->bytes, text);
	free(document->bytes);
}

static void nothing_in_an_element(struct xml *xml)
{
	xml_start(xml, "a");
	xml_end(xml);
}

static void nothing_with_a_tag(struct xml *xml)
{
	xml_start(xml, "a");
	xml_end_with_tag(xml);
}

static void empty_text(struct xml *xml)
{
	xml_text_element(xml, "a", "");
}

static void elements_in_one(struct xml *xml)
{
	xml_start(xml, "a");
	xml_text_element_format(xml, "b", "%d", 1);
	nothing_in_an_element(xml);
	xml_end(xml);
}

static void comment(struct xml *xml)
{
	xml_comment(xml, "words");
	nothing_in_an_element(xml);
}

static void raw(struct xml *xml)
{
	xml_raw(xml, "<&");
}

static void address(struct xml *xml)
{
	const struct pci_address vmd = {.domain = 0x10000, .bus = 0xe1, .device = 4, .function = 7};

	xml_address_attributes(xml, &vmd);
}

static void lines_and_tags_follow_what_is_in_an_element(void **state)
{
	static const struct {
		const char *label;
		void (*write)(struct xml *xml);
		const char *indented, *plain;
	} rows[] = {
		{"nothing", nothing_in_an_element, "<top>\n  <a/>\n</top>\n", "<top><a/></top>\n"},
		{"nothing, with a tag", nothing_with_a_tag, "<top>\n  <a></a>\n</top>\n",
		 "<top><a></a></top>\n"},
		{"empty text", empty_text, "<top>\n  <a></a>\n</top>\n", "<top><a></a></top>\n"},
		{"elements", elements_in_one,
		 "<top>\n  <a>\n    <b>1</b>\n    <a/>\n  </a>\n</top>\n",
		 "<top><a><b>1</b><a/></a></top>\n"},
		{"comment", comment, "<top>\n  <!-- words -->\n  <a/>\n</top>\n",
		 "<top><!-- words --><a/></top>\n"},
		{"raw", raw, "<top><&</top>\n", "<top><&</top>\n"},
		{"address", address,
		 "<top domain='0x10000' bus='0xe1' slot='0x04' function='0x7'/>\n",
		 "<top domain='0x10000' bus='0xe1' slot='0x04' function='0x7'/>\n"},
	};
	struct document document;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].label);
		begin(&document, "  ", '\'');
		rows[i].write(&document.xml);
		expect(&document, rows[i].indented);
		begin(&document, NULL, '\'');
		rows[i].write(&document.xml);
		expect(&document, rows[i].plain);
	}
}

/* libxml2 judges. */
static void what_was_written_is_read_again(void **state)
{
	static const char *const texts[] = {
		"",           "plain",       "<a href=\"x\">&amp;</a>", "it's \"so\"", "]]>",
		" \t\n\r\n ", "caf\xc3\xa9",
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = texts[i / 2];
		struct document document;

		test_row("%s", text);
		begin(&document, NULL, i % 2 ? '\'' : '"');
		xml_attribute(&document.xml, "value", text);
		xml_text(&document.xml, text);
		assert_int_equal(xml_close(&document.xml), 0);
		fclose(document.out);
		xmlDocPtr read = xmlReadMemory(document.bytes, (int)document.length, NULL, NULL, 0);
		assert_non_null(read);
		xmlNodePtr top = xmlDocGetRootElement(read);
		xmlChar *value = xmlGetProp(top, (const xmlChar *)"value");
		xmlChar *content = xmlNodeGetContent(top);
		assert_string_equal((const char *)value, text);
		assert_string_equal((const char *)content, text);
		xmlFree(value);
		xmlFree(content);
		xmlFreeDoc(read);
		free(document.bytes);
	}
}

static void what_is_open_is_closed(void **state)
{
	enum { DEEP = 1000 };
	struct document document;
	size_t ends = 0;

	(void)state;
	begin(&document, NULL, '"');
	for (size_t i = 1; i < DEEP; i++)
		xml_start(&document.xml, "deeper");
	assert_int_equal(xml_close(&document.xml), 0);
	fclose(document.out);
	for (const char *end = document.bytes; (end = strchr(end, '/')); end++)
		ends++;
	assert_int_equal(ends, DEEP);
	free(document.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_tags_follow_what_is_in_an_element),
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(what_is_open_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

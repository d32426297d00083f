/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/write/json.h"
#include "tests/unit/support/cmocka.h"

static int setup(void **state)
{
	struct json *json = calloc(1, sizeof(*json));

	*state = json;
	if (json)
		json->arena = arena_new();
	return json && json->arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct json *json = *state;

	arena_free(json->arena);
	free(json);
	return 0;
}

static void expect_text(const struct json_item *item, const char *text)
{
	char *bytes = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&bytes, &length);

	assert_non_null(out);
	json_put(item, out);
	fclose(out);
	assert_string_equal(bytes, text);
	free(bytes);
}

static void text_is_escaped_as_json_asks(void **state)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{"", "\"\""},
		{"plain, \x7f and /", "\"plain, \x7f and /\""},
		{"\"\\", "\"\\\"\\\\\""},
		{"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
		{"a\x01z\x1f", "\"a\\u0001z\\u001f\""},
		{"\xc3\xa9", "\"\xc3\xa9\""},
		{"\xff!", "\"\xef\xbf\xbd!\""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].written);
		expect_text(json_text(*state, rows[i].text), rows[i].written);
	}
}

static void integers_are_numbers_while_a_reader_holds_them(void **state)
{
	static const struct {
		int64_t value;
		const char *written;
	} rows[] = {
		{0, "[0]"},
		{-1, "[-1]"},
		{65535, "[65535]"},
		{1000000000000000, "[1000000000000000]"},
		{INT64_C(1) << 53, "[9007199254740992]"},
		{-(INT64_C(1) << 53), "[-9007199254740992]"},
		{(INT64_C(1) << 53) + 1, "[\"0x20000000000001\"]"},
		{INT64_MIN, "[\"0x8000000000000000\"]"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_item *array = json_array(*state);
		test_row("%s", rows[i].written);
		json_add_integer(*state, array, NULL, rows[i].value);
		expect_text(array, rows[i].written);
	}
}

static void hex_has_at_least_so_many_digits(void **state)
{
	static const struct {
		uint64_t value;
		int digits;
		const char *written;
	} rows[] = {
		{0, 1, "[\"0x0\"]"},
		{0, 4, "[\"0x0000\"]"},
		{0x8086, 4, "[\"0x8086\"]"},
		{0x12345, 4, "[\"0x12345\"]"},
		{UINT64_MAX, 16, "[\"0xffffffffffffffff\"]"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_item *array = json_array(*state);
		test_row("%s", rows[i].written);
		json_add_hex(*state, array, NULL, rows[i].value, rows[i].digits);
		expect_text(array, rows[i].written);
	}
}

static struct json_item *make_document(struct json *json)
{
	struct json_item *object = json_object(json), *list = json_array(json);

	json_add_bool(json, object, "yes", true);
	json_add_text(json, object, "none", NULL);
	json_add(json, list, NULL, json_object(json));
	json_add_bool(json, list, NULL, false);
	json_add(json, object, "list", list);
	return object;
}

static void members_stand_in_the_order_in_which_they_came(void **state)
{
	expect_text(make_document(*state), "{\"yes\":true,\"none\":null,\"list\":[{},false]}");
}

static void a_document_stands_on_lines_unless_it_is_compact(void **state)
{
	static const struct {
		bool compact;
		const char *written;
	} rows[] = {
		{true, "{\"yes\":true,\"none\":null,\"list\":[{},false]}\n"},
		{false,
		 "{\n\t\"yes\":\ttrue,\n\t\"none\":\tnull,\n\t\"list\":\t[{\n\t\t}, false]\n}\n"},
	};
	struct json *json = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *bytes = NULL;
		size_t length = 0;
		FILE *out = open_memstream(&bytes, &length);
		test_row("%zu", i);
		json->compact = rows[i].compact;
		assert_int_equal(json_write(json, make_document(json), out), 0);
		fclose(out);
		assert_string_equal(bytes, rows[i].written);
		free(bytes);
	}
}

static void what_is_lacking_marks_the_document(void **state)
{
	struct json *json = *state;

	json_add_null(json, NULL, "member");
	assert_true(json->failed);
	assert_int_equal(json_write(json, NULL, stdout), -ENOMEM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_escaped_as_json_asks),
		TEST(integers_are_numbers_while_a_reader_holds_them),
		TEST(hex_has_at_least_so_many_digits),
		TEST(members_stand_in_the_order_in_which_they_came),
		TEST(a_document_stands_on_lines_unless_it_is_compact),
		TEST(what_is_lacking_marks_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

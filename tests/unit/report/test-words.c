/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/words.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"

struct text_case {
	const char *name;
	const char *text;
	const char *utf8;
	const char *printable; /* NULL: as utf8 */
};

#define BAD "\xef\xbf\xbd"

static const struct text_case texts[] = {
	{"empty", "", "", NULL},
	{"ASCII", "0000:03:00.0 igb", "0000:03:00.0 igb", NULL},
	{"two bytes", "\xc3\xa9", "\xc3\xa9", NULL},
	{"three bytes", "\xe2\x82\xac", "\xe2\x82\xac", NULL},
	{"four bytes", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", NULL},
	{"highest code point", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", NULL},
	{"beyond the highest", "\xf4\x90\x80\x80", BAD BAD BAD BAD, NULL},
	{"lead byte of none", "\xff\xfe", BAD BAD, NULL},
	{"continuation alone", "a\x80z", "a" BAD "z", NULL},
	{"cut short", "a\xe2\x82", "a" BAD BAD, NULL},
	{"cut short by ASCII", "\xc3(", BAD "(", NULL},
	{"overlong slash of two", "\xc0\xaf", BAD BAD, NULL},
	{"overlong slash of three", "\xe0\x80\xaf", BAD BAD BAD, NULL},
	{"overlong slash of four", "\xf0\x80\x80\xaf", BAD BAD BAD BAD, NULL},
	{"surrogate", "\xed\xa0\x80", BAD BAD BAD, NULL},
	{"last before surrogates", "\xed\x9f\xbf", "\xed\x9f\xbf", NULL},
	{"escape", "\x1b[31m", "\x1b[31m", "\\x1b[31m"},
	{"newline and tab", "a\n\tb", "a\n\tb", "a\\x0a\\x09b"},
	{"delete", "\x7f", "\x7f", "\\x7f"},
	{"C1 control (CSI)",
	 "\xc2\x9b"
	 "31m",
	 "\xc2\x9b"
	 "31m",
	 "\\x9b31m"},
	{"no-break space", "\xc2\xa0", "\xc2\xa0", NULL},
	{"soft hyphen", "\xc2\xad", "\xc2\xad", "\\xad"},
	{"Hangul filler", "\xe3\x85\xa4", "\xe3\x85\xa4", "\\u{3164}"},
	{"Hangul choseong filler", "\xe1\x85\x9f", "\xe1\x85\x9f", "\\u{115f}"},
	{"Mongolian vowel separator", "\xe1\xa0\x8e", "\xe1\xa0\x8e", "\\u{180e}"},
	{"variation selector", "\xef\xb8\x8f", "\xef\xb8\x8f", "\\u{fe0f}"},
	{"variation selector 17", "\xf3\xa0\x84\x80", "\xf3\xa0\x84\x80", "\\u{e0100}"},
	{"bidirectional override", "\xe2\x80\xae", "\xe2\x80\xae", "\\u{202e}"},
	{"bidirectional isolate", "\xe2\x81\xa6", "\xe2\x81\xa6", "\\u{2066}"},
	{"Arabic letter mark", "\xd8\x9c", "\xd8\x9c", "\\u{61c}"},
	{"zero width space", "\xe2\x80\x8b", "\xe2\x80\x8b", "\\u{200b}"},
	{"line separator", "\xe2\x80\xa8", "\xe2\x80\xa8", "\\u{2028}"},
	{"byte order mark", "\xef\xbb\xbf", "\xef\xbb\xbf", "\\u{feff}"},
	{"tag", "\xf3\xa0\x81\x81", "\xf3\xa0\x81\x81", "\\u{e0041}"},
};

static void only_valid_utf8_leaves(void **state)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(words_utf8(*state, texts[i].text), texts[i].utf8) != 0)
			fail_msg("%s", texts[i].name);
	}
}

static void terminal_gets_nothing_that_it_would_act_on(void **state)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *wanted = texts[i].printable ? texts[i].printable : texts[i].utf8;
		if (strcmp(words_printable(*state, texts[i].text), wanted) != 0)
			fail_msg("%s", texts[i].name);
	}
}

/* Each byte alone, so many of it that too short a buffer is found. */
static void no_byte_outgrows_its_buffer(void **state)
{
	enum { COUNT = 100000 };
	char *text = malloc(COUNT + 1);

	assert_non_null(text);
	text[COUNT] = '\0';
	for (int byte = 1; byte < 0x100; byte += 0x1a) {
		memset(text, byte, COUNT);
		assert_true(strlen(words_printable(*state, text)) >= COUNT);
	}
	free(text);
}

static void converting_twice_changes_nothing(void **state)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_row("%s", texts[i].name);
		const char *once = words_printable(*state, texts[i].text);
		assert_string_equal(words_printable(*state, once), once);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(only_valid_utf8_leaves),
		TEST(terminal_gets_nothing_that_it_would_act_on),
		TEST(no_byte_outgrows_its_buffer),
		TEST(converting_twice_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/base/array.h"
#include "model/shell.h"
#include "tests/unit/support/cmocka.h"

static int arena_setup(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

static int arena_teardown(void **state)
{
	arena_free(*state);
	return 0;
}

struct word_row {
	const char *text;
	const char *word; /* NULL: the command is not printed */
};

static void words_are_quoted_where_a_shell_would_act(void **state)
{
	static const struct word_row rows[] = {
		{"eth0", "eth0"},
		{"/sys/bus/pci/devices/0000:01:00.0", "/sys/bus/pci/devices/0000:01:00.0"},
		{"", "''"},
		{"two words", "'two words'"},
		{"$(touch X)", "'$(touch X)'"},
		{"`touch X`", "'`touch X`'"},
		{"a;touch X", "'a;touch X'"},
		{"it's", "'it'\\''s'"},
		{"-rf", "'-rf'"},
		{"*", "'*'"},
		{"\xc3\xa9", "'\xc3\xa9'"},
		{"two\nlines", NULL},
		{"\x1b[2J", NULL},
		{"\x7f", NULL},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *word = shell_word(*state, rows[i].text);

		test_row("%s", rows[i].text);
		assert_int_equal(shell_prints(word), rows[i].word != NULL);
		if (rows[i].word)
			assert_string_equal(word, rows[i].word);
	}
}

static void names_in_quotes_of_a_command_are_plain_or_refused(void **state)
{
	static const char *const plain[] = {"vfio-pci", "xhci_hcd", "/etc/a.conf", "1af4:1041"};
	static const char *const others[] = {"a'b", "a\"b", "a b", "a;b",
					     "$a",  "a\\b", "-a",  "a\nb"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(plain); i++) {
		test_row("%s", plain[i]);
		assert_string_equal(shell_plain(plain[i]), plain[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		test_row("%s", others[i]);
		assert_false(shell_prints(shell_plain(others[i])));
	}
}

static void a_command_with_refused_text_is_not_added(void **state)
{
	struct text_line *commands = NULL;

	shell_add(*state, &commands, "echo 'softdep %s'", shell_plain("ahci'; touch X; echo '"));
	assert_null(commands);
	shell_add(*state, &commands, "echo 'softdep %s'", shell_plain("ahci"));
	assert_string_equal(commands->text, "echo 'softdep ahci'");
	assert_null(commands->next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(words_are_quoted_where_a_shell_would_act,
						arena_setup, arena_teardown),
		cmocka_unit_test(names_in_quotes_of_a_command_are_plain_or_refused),
		cmocka_unit_test_setup_teardown(a_command_with_refused_text_is_not_added,
						arena_setup, arena_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

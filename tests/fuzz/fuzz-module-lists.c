/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads lists of modules as bash does, or rules of udev that give functions to drivers: the first
 * byte picks. A capture must keep both.
 */
#include <string.h>

#include "host/base/array.h"
#include "host/capture/redact.h"
#include "host/modules/initramfs_lists.h"
#include "host/modules/shell_assignment.h"
#include "host/persistence/udev_key.h"
#include "tests/fuzz/fuzz.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct fact_text redacted(struct arena *arena, const struct fact_text *text)
{
	const struct capture_options options = {0};

	return redact(arena, text, &options);
}

/* Takes the next stretch that sets a list, and what it sets it to. */
static bool next_list(struct arena *arena, const struct fact_text *text, size_t *offset,
		      struct shell_assignment *ret)
{
	size_t before = *offset, at = 0;
	struct fact_line list = initramfs_lists_next(text, arena, offset);

	if (!list.length)
		return false;
	must(*offset > before && list.text + list.length <= text->text + text->length);
	const struct fact_text alone = {
		.fact = text->fact, .text = list.text, .length = list.length};
	must(shell_assignment_next(&alone, arena, &at, ret));
	return true;
}

static bool speaks_of(const struct fact_text *text, const char *word)
{
	return memmem(text->text, text->length, word, strlen(word));
}

/* Returns whether a capture may keep other lines, each by itself: what stands in them may differ.
 */
static bool has_other_lines(const struct fact_text *text)
{
	static const char *const words[] = {"vf", "sriov", "irtual"};

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (speaks_of(text, words[i]))
			return true;
	}
	return false;
}

static void expect_lists(struct arena *arena, const struct fact_text *text,
			 const struct fact_text *kept)
{
	struct shell_assignment whole, left;
	size_t offset = 0, kept_offset = 0;

	if (has_other_lines(text) || speaks_of(text, "driver_override") || speaks_of(text, "#"))
		return;
	while (next_list(arena, text, &offset, &whole)) {
		must(next_list(arena, kept, &kept_offset, &left));
		must(whole.appends == left.appends && whole.is_array == left.is_array);
		must(strcmp(whole.value, left.value) == 0);
	}
}

static bool is(const struct fact_line *text, const char *word)
{
	return text->length == strlen(word) && memcmp(text->text, word, text->length) == 0;
}

/* Takes the next rule that sets driver_override and that udev reads to its end, and returns what it
 * sets it to. */
static struct fact_line next_driver(struct arena *arena, struct udev_lines *lines,
				    struct fact_line *ret_rule)
{
	bool joined;

	while (udev_lines_next(lines, arena, ret_rule, &joined)) {
		struct fact_line driver = {.text = NULL};
		struct udev_key key;
		size_t offset = 0;
		while (udev_key_next(ret_rule, &offset, &key)) {
			if (key.op == UDEV_SETS && udev_key_is(&key, "ATTR") &&
			    is(&key.attribute, "driver_override"))
				driver = key.value;
		}
		if (driver.text && offset == ret_rule->length)
			return driver;
	}
	return (struct fact_line){.text = NULL};
}

static void expect_equal(const struct fact_line *a, const struct fact_line *b)
{
	must(!a->text == !b->text && a->length == b->length);
	must(!a->text || memcmp(a->text, b->text, a->length) == 0);
}

static void expect_rules(struct arena *arena, const struct fact_text *text,
			 const struct fact_text *kept)
{
	struct udev_lines lines = {.text = text}, kept_lines = {.text = kept};
	struct fact_line rule, kept_rule, driver, left;

	if (has_other_lines(text))
		return;
	do {
		driver = next_driver(arena, &lines, &rule);
		left = next_driver(arena, &kept_lines, &kept_rule);
		expect_equal(&driver, &left);
		if (!driver.text)
			return;
		struct fact_line name = udev_rule_value(&rule, "KERNEL", UDEV_IS);
		struct fact_line kept_name = udev_rule_value(&kept_rule, "KERNEL", UDEV_IS);
		expect_equal(&name, &kept_name);
	} while (driver.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const paths[] = {"/etc/mkinitcpio.conf",
					    "/etc/udev/rules.d/10-mine.rules"};

	if (!size)
		return 0;
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes + 1, size - 1);
	bool rules = bytes[0] % 2;
	text.fact.source = paths[rules];
	struct fact_text kept = redacted(arena, &text);
	if (rules)
		expect_rules(arena, &text, &kept);
	else
		expect_lists(arena, &text, &kept);
	arena_free(arena);
	return 0;
}

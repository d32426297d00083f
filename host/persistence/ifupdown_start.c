/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/ifupdown_start.h"

#include <ctype.h>
#include <string.h>

#include "host/access/fact.h"
#include "host/base/array.h"
#include "host/sriov/sriov_word.h"

enum {
	MOST_NAMES = 1024,
	LONGEST_NAME = 64,
};

/* A pattern of interfaces(5), which begin with a slash. */
#define ANY "/*"

#define AUTO "auto"

/* Takes the next word of a line; its length is 0 behind the last. */
static struct fact_line take_word(const char **at, const char *end)
{
	while (*at < end && isspace((unsigned char)**at))
		++*at;
	struct fact_line word = {.text = *at};
	while (*at < end && !isspace((unsigned char)**at))
		++*at;
	word.length = (size_t)(*at - word.text);
	return word;
}

static bool is(const struct fact_line *word, const char *text)
{
	return word->length == strlen(text) && memcmp(word->text, text, word->length) == 0;
}

static bool is_one_of(const struct fact_line *word, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is(word, texts[i]))
			return true;
	}
	return false;
}

/* While a line is read. */
struct reader {
	struct arena *arena;
	const struct sriov_place *place;
	struct ifupdown_start *start;
};

/* What a capture keeps is read as the file was. */
static bool is_name(const struct reader *reader, const struct fact_line *word)
{
	for (size_t i = 0; i < word->length; i++) {
		if (!isalnum((unsigned char)word->text[i]) && !strchr("-_.:", word->text[i]))
			return false;
	}
	return word->length <= LONGEST_NAME && !sriov_word_within(reader->place, word);
}

static void add(const struct reader *reader, const struct fact_line *word)
{
	struct ifupdown_start *start = reader->start;
	bool named = is_name(reader, word) && !is(word, "all") && start->count < MOST_NAMES;

	if (start->count++ > MOST_NAMES)
		return;
	lines_add(reader->arena, &start->names, "%.*s",
		  named ? (int)word->length : (int)strlen(ANY), named ? word->text : ANY);
}

static void add_any(const struct reader *reader)
{
	const struct fact_line any = {.text = ANY, .length = strlen(ANY)};

	add(reader, &any);
}

static void add_words(const struct reader *reader, const char *at, const char *end)
{
	struct fact_line word;

	while ((word = take_word(&at, end)).length)
		add(reader, &word);
}

/* "eth0.5" and "eth0:1" are made of eth0. */
static void add_base(const struct reader *reader, const struct fact_line *name)
{
	struct fact_line base = {.text = name->text};

	while (base.length < name->length && !strchr(".:", base.text[base.length]))
		base.length++;
	if (base.length && base.length < name->length && is_name(reader, &base))
		add(reader, &base);
}

static bool begins(const struct fact_line *word, const char *text)
{
	return word->length > strlen(text) && memcmp(word->text, text, strlen(text)) == 0;
}

/* Files of /etc/network/interfaces.d are read; others are not. */
static bool is_read(const char *at, const char *end)
{
	static const char *const folders[] = {"/etc/network/interfaces.d", "interfaces.d"};
	const struct fact_line path = take_word(&at, end);

	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		if (is(&path, folders[i]) || begins(&path, folders[i]))
			return true;
	}
	return false;
}

/* Returns whether a line may have any interface brought up. */
static bool may_start_any(const struct fact_line *key, const char *at, const char *end)
{
	static const char *const sources[] = {"source", "source-dir", "source-directory"};
	static const char *const others[] = {"mapping", "rename", "inherits", "template"};
	static const char command[] = "ifup";

	if (begins(key, "#"))
		return false;
	return begins(key, "%") || is_one_of(key, others, ARRAY_LENGTH(others)) ||
	       memmem(at, (size_t)(end - at), command, strlen(command)) ||
	       (is_one_of(key, sources, ARRAY_LENGTH(sources)) && !is_read(at, end));
}

void ifupdown_start_read(struct arena *arena, const struct sriov_place *place, const char *line,
			 size_t length, struct ifupdown_start *start)
{
	/* Of bridge-utils, ifenslave, vlan, ifupdown2, ifupdown-ng and Open vSwitch. */
	static const char *const parts[] = {
		"bridge-ports", "bridge_ports",    "bond-slaves",     "bond_slaves", "slaves",
		"bond-primary", "vlan-raw-device", "vlan_raw_device", "requires",    "ovs_ports",
		"ovs_bonds",    "ovs_slaves",      "ovs-ports",       "ovs-bonds",   "ovs-slaves",
	};
	const struct reader reader = {arena, place, start};
	const char *at = line, *end = line + length;
	const struct fact_line key = take_word(&at, end);

	if (is(&key, AUTO) || begins(&key, "allow-") ||
	    is_one_of(&key, parts, ARRAY_LENGTH(parts))) {
		add_words(&reader, at, end);
	} else if (is(&key, "iface")) {
		const struct fact_line name = take_word(&at, end);
		add_base(&reader, &name);
		if (memmem(at, (size_t)(end - at), "inherits", strlen("inherits")))
			add_any(&reader);
	} else if (may_start_any(&key, at, end)) {
		add_any(&reader);
	}
}

bool ifupdown_start_may_have(const struct ifupdown_start *start, const char *interface)
{
	if (!start->names || strchr(interface, '/'))
		return true;
	return lines_have(start->names, ANY) || lines_have(start->names, interface);
}

void ifupdown_start_keep(const struct ifupdown_start *start, struct buffer *kept)
{
	const struct text_line *it = start->names;

	if (!it)
		return;
	buffer_add(kept, AUTO, strlen(AUTO));
	for (; it; it = it->next) {
		buffer_add(kept, " ", 1);
		buffer_add(kept, it->text, strlen(it->text));
	}
	buffer_add(kept, "\n", 1);
}

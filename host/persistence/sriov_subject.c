/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/sriov_subject.h"

#include <ctype.h>
#include <string.h>

#include "host/access/array.h"
#include "host/sriov/sriov_word.h"

enum { LONGEST_SUBJECT = 128 };

#define OPERATOR_NAME "pciaddress" /* by which the operator knows a PF */

/* Keys whose value tells who a file is for; of several the first. */
struct subject_key {
	enum sriov_owner owner;
	const char *key;
	enum sriov_subject kind;
};

static const struct subject_key subject_keys[] = {
	{SRIOV_OWNER_LINK, "Path", SRIOV_SUBJECT_PATH},
	{SRIOV_OWNER_LINK, "Name", SRIOV_SUBJECT_INTERFACE}, /* which it gives */
	{SRIOV_OWNER_LINK, "OriginalName", SRIOV_SUBJECT_INTERFACE},
	{SRIOV_OWNER_LINK, "Driver", SRIOV_SUBJECT_DRIVER},
	{SRIOV_OWNER_NETWORK_MANAGER, "interface-name", SRIOV_SUBJECT_INTERFACE},
	{SRIOV_OWNER_IFCFG, "DEVICE", SRIOV_SUBJECT_INTERFACE},
};

/* Keys by which a profile is not for the boot. */
struct off_key {
	enum sriov_owner owner;
	const char *key;
	const char *value;
};

static const struct off_key off_keys[] = {
	{SRIOV_OWNER_NETWORK_MANAGER, "autoconnect", "false"},
	{SRIOV_OWNER_IFCFG, "ONBOOT", "no"},
	/* The operator leaves to others how many VFs there are, and only compares: Interface of
	 * api/v1/sriovnetworknodestate_types.go, in whose YAML keys are of small letters. */
	{SRIOV_OWNER_OPERATOR, "externallymanaged", "true"},
};

/* A key and its value, without quotes and white space around them. */
struct pair {
	struct fact_line key;
	struct fact_line value;
};

static struct fact_line trim(const char *text, size_t length)
{
	while (length && (isspace((unsigned char)*text) || *text == '"' || *text == '\'')) {
		text++;
		length--;
	}
	while (length && (isspace((unsigned char)text[length - 1]) || text[length - 1] == '"' ||
			  text[length - 1] == '\''))
		length--;
	return (struct fact_line){.text = text, .length = length};
}

static struct pair split(const char *text, size_t length, char sign)
{
	const char *at = memchr(text, sign, length);

	if (!at)
		return (struct pair){0};
	return (struct pair){.key = trim(text, (size_t)(at - text)),
			     .value = trim(at + 1, length - (size_t)(at + 1 - text))};
}

static bool is(const struct fact_line *line, const char *text)
{
	return line->text && line->length == strlen(text) &&
	       memcmp(line->text, text, line->length) == 0;
}

/* Names, paths and patterns of them: what else stands there may be a secret. A name with a word
 * that sets VFs would be taken for a setting where a capture has it on a line of its own. */
static const char *take_subject(const struct sriov_subjects *subjects,
				const struct fact_line *value)
{
	static const char signs[] = "-_.:*?[]!@/ ";

	if (!value->length || value->length > LONGEST_SUBJECT ||
	    sriov_word_within(subjects->place, value))
		return NULL;
	for (size_t i = 0; i < value->length; i++) {
		if (!isalnum((unsigned char)value->text[i]) && !strchr(signs, value->text[i]))
			return NULL;
	}
	return arena_copy(subjects->arena, value->text, value->length);
}

static bool says_off(enum sriov_owner owner, const struct pair *pair)
{
	for (size_t i = 0; i < ARRAY_LENGTH(off_keys); i++) {
		if (off_keys[i].owner == owner && is(&pair->key, off_keys[i].key) &&
		    is(&pair->value, off_keys[i].value))
			return true;
	}
	return false;
}

static void read_key(struct sriov_subjects *subjects, const char *line, size_t length)
{
	const struct pair pair = split(line, length, '=');
	enum sriov_owner owner = subjects->place->owner;

	subjects->off |= says_off(owner, &pair);
	for (size_t i = 0; i < ARRAY_LENGTH(subject_keys); i++) {
		const struct subject_key *key = &subject_keys[i];
		if (key->owner != owner || !is(&pair.key, key->key) ||
		    (subjects->subject && subjects->rank <= i))
			continue;
		subjects->subject = take_subject(subjects, &pair.value);
		subjects->kind = key->kind;
		subjects->rank = i;
	}
}

#define INSTALL "[Install]"

static void read_unit(struct sriov_subjects *subjects, const char *line, size_t length)
{
	const struct fact_line text = trim(line, length);
	const struct pair pair = split(line, length, '=');

	subjects->installed |= is(&text, INSTALL);
	subjects->aliased |= is(&pair.key, "Alias");
}

/* "iface NAME inet static" */
static void read_interface(struct sriov_subjects *subjects, const char *line, size_t length)
{
	static const char keyword[] = "iface";
	const struct fact_line text = trim(line, length);
	size_t size = strlen(keyword);

	if (text.length <= size || memcmp(text.text, keyword, size) != 0 ||
	    !isspace((unsigned char)text.text[size]))
		return;
	struct fact_line name = trim(text.text + size, text.length - size);
	for (size_t i = 0; i < name.length; i++) {
		if (isspace((unsigned char)name.text[i]))
			name.length = i;
	}
	subjects->subject = take_subject(subjects, &name);
	subjects->kind = SRIOV_SUBJECT_INTERFACE;
}

static void push(struct sriov_subjects *subjects, size_t indent, const char *key)
{
	if (subjects->depth == SRIOV_MOST_BLOCKS) {
		subjects->too_deep = true;
		return;
	}
	subjects->blocks[subjects->depth++] = (struct sriov_block){
		.indent = indent, .key = key, .first = subjects->config->count};
}

static void pop(struct sriov_subjects *subjects, size_t indent)
{
	while (subjects->depth && subjects->blocks[subjects->depth - 1].indent >= indent)
		subjects->depth--;
}

/* The block around is of that name; "match" gives it to the one around itself. */
static void name_block(struct sriov_subjects *subjects, const struct fact_line *value)
{
	const char *name = take_subject(subjects, value);
	size_t depth = subjects->depth;

	if (depth > 1 && strcmp(subjects->blocks[depth - 1].key, "match") == 0)
		depth--;
	if (!depth || !name)
		return;
	struct sriov_block *block = &subjects->blocks[depth - 1];
	block->named = name;
	for (size_t i = block->first; i < subjects->config->count; i++) {
		subjects->config->settings[i].kind = SRIOV_SUBJECT_INTERFACE;
		subjects->config->settings[i].subject = name;
	}
}

/* The operator goes by the address, whatever name the interface had. */
static bool names_block(enum sriov_owner owner, const struct fact_line *key)
{
	if (owner == SRIOV_OWNER_OPERATOR)
		return is(key, OPERATOR_NAME);
	return is(key, "name") || is(key, "set-name");
}

/* What the block around makes is not made at boot. */
static void switch_block_off(struct sriov_subjects *subjects)
{
	struct sriov_block *block = subjects->blocks;

	if (!subjects->depth)
		return;
	block += subjects->depth - 1;
	if (block->off)
		return;
	block->off = true;
	for (size_t i = block->first; i < subjects->config->count; i++)
		subjects->config->settings[i].off = true;
}

/* "match: {name: eth0}" */
static void read_match(struct sriov_subjects *subjects, const struct fact_line *flow)
{
	static const char key[] = "name:";
	const char *at = memmem(flow->text, flow->length, key, strlen(key));

	if (!at || (at > flow->text && isalnum((unsigned char)at[-1])))
		return;
	at += strlen(key);
	size_t rest = flow->length - (size_t)(at - flow->text), length = 0;
	while (length < rest && at[length] != ',' && at[length] != '}')
		length++;
	const struct fact_line name = trim(at, length);
	name_block(subjects, &name);
}

static void read_yaml(struct sriov_subjects *subjects, const char *line, size_t length)
{
	size_t indent = 0;

	while (indent < length && line[indent] == ' ')
		indent++;
	if (indent == length || line[indent] == '#')
		return;
	while (indent + 1 < length && line[indent] == '-' && line[indent + 1] == ' ') {
		pop(subjects, indent);
		push(subjects, indent, "");
		indent++;
		while (indent < length && line[indent] == ' ')
			indent++;
	}
	pop(subjects, indent);
	const struct pair pair = split(line + indent, length - indent, ':');
	if (!pair.key.length)
		return;
	if (!pair.value.length || *pair.value.text == '#')
		push(subjects, indent, arena_copy(subjects->arena, pair.key.text, pair.key.length));
	else if (names_block(subjects->place->owner, &pair.key))
		name_block(subjects, &pair.value);
	else if (says_off(subjects->place->owner, &pair))
		switch_block_off(subjects);
	else if (is(&pair.key, "match"))
		read_match(subjects, &pair.value);
}

#define EVERY_BOOT "bootcmd" /* runcmd and the like are for the first boot of an instance */

/* "bootcmd:", at the beginning of a line; a script is as one section, and without others. */
static void read_section(struct sriov_subjects *subjects, const char *line, size_t length)
{
	struct cloud_parts *parts = &subjects->parts;

	if (subjects->place->syntax == SRIOV_SYNTAX_USER_DATA)
		cloud_parts_read(parts, line, length);
	if (parts->begins)
		subjects->section = parts->kind == CLOUD_PART_BOOT ? EVERY_BOOT : NULL;
	if (parts->begins || parts->header || parts->kind != CLOUD_PART_CONFIG || !length ||
	    isspace((unsigned char)*line) || strchr("-#", *line))
		return;
	const struct pair pair = split(line, length, ':');
	if (pair.key.length)
		subjects->section = arena_copy(subjects->arena, pair.key.text, pair.key.length);
}

void sriov_subjects_read(struct sriov_subjects *subjects, const char *line, size_t length)
{
	switch (subjects->place->syntax) {
	case SRIOV_SYNTAX_KEYS:
		read_key(subjects, line, length);
		return;
	case SRIOV_SYNTAX_YAML:
		read_yaml(subjects, line, length);
		return;
	case SRIOV_SYNTAX_UNIT:
		read_unit(subjects, line, length);
		return;
	case SRIOV_SYNTAX_INTERFACES:
		read_interface(subjects, line, length);
		return;
	case SRIOV_SYNTAX_CLOUD:
	case SRIOV_SYNTAX_USER_DATA:
		read_section(subjects, line, length);
		return;
	case SRIOV_SYNTAX_LINES:
	case SRIOV_SYNTAX_ENTRIES:
		return;
	}
}

/* The name that the nearest block around has; netplan calls the block itself so. */
static const char *yaml_subject(const struct sriov_subjects *subjects)
{
	const struct sriov_block *block = subjects->blocks + subjects->depth;

	if (subjects->too_deep || !subjects->depth)
		return NULL;
	for (const struct sriov_block *it = block; it > subjects->blocks; it--) {
		if (it[-1].named)
			return it[-1].named;
	}
	if (subjects->place->owner != SRIOV_OWNER_NETPLAN)
		return NULL;
	const struct fact_line key = {.text = block[-1].key, .length = strlen(block[-1].key)};
	return take_subject(subjects, &key);
}

/* A block that is not known, for there are too many, leaves it open. */
static bool yaml_is_off(const struct sriov_subjects *subjects)
{
	for (size_t i = 0; !subjects->too_deep && i < subjects->depth; i++) {
		if (subjects->blocks[i].off)
			return true;
	}
	return false;
}

static bool is_of_cloud(const struct sriov_place *place)
{
	return place->syntax == SRIOV_SYNTAX_CLOUD || place->syntax == SRIOV_SYNTAX_USER_DATA;
}

void sriov_subjects_assign(const struct sriov_subjects *subjects, struct sriov_setting *setting)
{
	bool yaml = subjects->place->syntax == SRIOV_SYNTAX_YAML;

	setting->subject = yaml ? yaml_subject(subjects) : subjects->subject;
	setting->kind = !setting->subject ? SRIOV_SUBJECT_NONE
			: yaml            ? SRIOV_SUBJECT_INTERFACE
					  : subjects->kind;
	setting->off = yaml && yaml_is_off(subjects);
	if (is_of_cloud(subjects->place))
		setting->off = !subjects->parts.hidden &&
			       (!subjects->section || strcmp(subjects->section, EVERY_BOOT) != 0);
}

static void finish_unit(const struct sriov_subjects *subjects)
{
	for (size_t i = subjects->first; i < subjects->config->count; i++)
		subjects->config->settings[i].to_enable = subjects->installed && !subjects->aliased;
}

void sriov_subjects_finish(const struct sriov_subjects *subjects)
{
	if (subjects->place->syntax == SRIOV_SYNTAX_UNIT)
		finish_unit(subjects);
	if (subjects->place->syntax != SRIOV_SYNTAX_KEYS)
		return;
	for (size_t i = subjects->first; i < subjects->config->count; i++) {
		struct sriov_setting *setting = &subjects->config->settings[i];
		sriov_subjects_assign(subjects, setting);
		setting->off = subjects->off;
	}
}

/* Writes the key by which a profile is not for the boot, with that sign between key and value. */
static void print_off(struct arena *arena, const struct sriov_setting *setting, const char *sign,
		      const char *end, struct buffer *kept)
{
	for (size_t i = 0; setting->off && i < ARRAY_LENGTH(off_keys); i++) {
		if (off_keys[i].owner != setting->owner)
			continue;
		const char *line = arena_printf(arena, "%s%s%s%s", off_keys[i].key, sign,
						off_keys[i].value, end);
		buffer_add(kept, line, strlen(line));
		return;
	}
}

static void print_keys(struct arena *arena, const struct sriov_setting *setting,
		       struct buffer *kept)
{
	const char *line;

	print_off(arena, setting, "=", "\n", kept);
	for (size_t i = 0; setting->subject && i < ARRAY_LENGTH(subject_keys); i++) {
		const struct subject_key *key = &subject_keys[i];
		if (key->owner != setting->owner || key->kind != setting->kind)
			continue;
		line = arena_printf(arena, "%s=%s\n", key->key, setting->subject);
		buffer_add(kept, line, strlen(line));
		return;
	}
}

/* "- name: eth0", in front of the line. */
static void print_block(struct arena *arena, const struct sriov_setting *setting,
			struct buffer *kept)
{
	const char *key = setting->owner == SRIOV_OWNER_OPERATOR ? OPERATOR_NAME : "name";
	const char *line = setting->off ? "- " : "";

	if (setting->subject)
		line = arena_printf(arena, "- %s: %s\n  ", key, setting->subject);
	buffer_add(kept, line, strlen(line));
	print_off(arena, setting, ": ", "\n  ", kept);
}

void sriov_subject_print(struct arena *arena, const struct sriov_setting *setting,
			 struct buffer *kept)
{
	const struct sriov_place *place = sriov_place_of(setting->source);
	const char *line = setting->to_enable ? INSTALL "\n" : "";

	buffer_add(kept, line, strlen(line));
	line = "";
	if (place && place->syntax == SRIOV_SYNTAX_KEYS)
		print_keys(arena, setting, kept);
	/* So that what else the line says makes no header of the key above it. */
	if (place && place->syntax == SRIOV_SYNTAX_USER_DATA)
		line = "#cloud-config\n";
	buffer_add(kept, line, strlen(line));
	line = "";
	if (place && is_of_cloud(place))
		line = setting->off ? "runcmd:\n  " : EVERY_BOOT ":\n  ";
	buffer_add(kept, line, strlen(line));
	line = "";
	if (place && place->syntax == SRIOV_SYNTAX_YAML && place->owner != SRIOV_OWNER_NETPLAN)
		print_block(arena, setting, kept);
	if (!place || !setting->subject)
		return;
	if (place->owner == SRIOV_OWNER_NETPLAN)
		line = arena_printf(arena, "%s:\n  ", setting->subject);
	else if (place->syntax == SRIOV_SYNTAX_INTERFACES)
		line = arena_printf(arena, "iface %s\n", setting->subject);
	buffer_add(kept, line, strlen(line));
}

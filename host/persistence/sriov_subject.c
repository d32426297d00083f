/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/sriov_subject.h"

#include <ctype.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/persistence/nm_match.h"
#include "host/sriov/sriov_token.h"
#include "host/sriov/sriov_word.h"

enum {
	LONGEST_SUBJECT = 128,
	MOST_DEVICES = 1024, /* of a file of netplan */
};

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

/* How the section begins in which a key counts. */
static const struct {
	enum sriov_owner owner;
	const char *key;
	const char *section;
} key_sections[] = {
	{SRIOV_OWNER_LINK, "SR-IOVVirtualFunctions", "[Link]"},
	{SRIOV_OWNER_LINK, "VirtualFunction", "[SR-IOV]"},
	{SRIOV_OWNER_NETWORK_MANAGER, "total-vfs", "[sriov]"},
	{SRIOV_OWNER_NETWORK_MANAGER, "sriov-num-vfs", "[device"}, /* and whatever name */
};

bool sriov_subjects_count(const struct sriov_subjects *subjects, const char *line, size_t length)
{
	const struct pair pair = split(line, length, '=');

	if (!subjects->section || (subjects->place->syntax != SRIOV_SYNTAX_KEYS &&
				   subjects->place->syntax != SRIOV_SYNTAX_SECTIONS))
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(key_sections); i++) {
		if (key_sections[i].owner == subjects->place->owner &&
		    is(&pair.key, key_sections[i].key))
			return begins_with(subjects->section, key_sections[i].section);
	}
	/* What else a .link file says of VFs are names that it compares. */
	return subjects->place->owner != SRIOV_OWNER_LINK;
}

static void read_key(struct sriov_subjects *subjects, const char *line, size_t length)
{
	const struct fact_line text = trim(line, length);
	const struct pair pair = split(line, length, '=');
	enum sriov_owner owner = subjects->place->owner;

	subjects->sriov_section |= owner == SRIOV_OWNER_NETWORK_MANAGER && is(&text, "[sriov]");
	if (text.length && *text.text == '[')
		subjects->section = arena_copy(subjects->arena, text.text, text.length);

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

/* What a section says of its devices may stand behind what it sets. */
static void assign_section(const struct sriov_subjects *subjects)
{
	for (size_t i = subjects->section_first; i < subjects->config->count; i++)
		sriov_subjects_assign(subjects, &subjects->config->settings[i]);
}

static void read_sectioned_key(struct sriov_subjects *subjects, const char *line, size_t length)
{
	const struct fact_line text = trim(line, length);
	const struct pair pair = split(line, length, '=');

	if (is(&pair.key, "match-device"))
		subjects->subject = nm_match_subject(subjects->arena, &pair.value, &subjects->kind);
	if (!text.length || *text.text != '[')
		return;
	assign_section(subjects);
	subjects->section_first = subjects->config->count;
	subjects->section = arena_copy(subjects->arena, text.text, text.length);
	subjects->subject = NULL;
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

	ifupdown_start_read(subjects->arena, subjects->place, line, length,
			    &subjects->config->ifupdown);
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

#define DEVICES "ethernets"

/* Returns the number of a device of netplan whose block begins, 0 of other blocks. */
static size_t add_device(struct sriov_subjects *subjects, const char *key)
{
	size_t depth = subjects->depth;

	if (subjects->place->owner != SRIOV_OWNER_NETPLAN || !depth ||
	    subjects->device_count == MOST_DEVICES ||
	    strcmp(subjects->blocks[depth - 1].key, DEVICES) != 0)
		return 0;
	struct sriov_device *devices =
		arena_grow(subjects->arena, subjects->devices, subjects->device_count,
			   &subjects->device_capacity, sizeof(*devices));
	if (!devices)
		return 0;
	subjects->devices = devices;
	devices[subjects->device_count] = (struct sriov_device){.id = key};
	return ++subjects->device_count;
}

static void push(struct sriov_subjects *subjects, size_t indent, const char *key)
{
	if (subjects->depth == SRIOV_MOST_BLOCKS) {
		subjects->too_deep = true;
		return;
	}
	size_t device = add_device(subjects, key);
	subjects->blocks[subjects->depth++] = (struct sriov_block){
		.indent = indent, .key = key, .first = subjects->config->count, .device = device};
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
	if (block->device)
		subjects->devices[block->device - 1].named = name;
	for (size_t i = block->first; i < subjects->config->count; i++) {
		struct sriov_setting *setting = &subjects->config->settings[i];
		if (setting->defines_vf)
			continue;
		setting->kind = SRIOV_SUBJECT_INTERFACE;
		setting->subject = name;
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

/* Returns what "KEY:" of a flow, "{macaddress: x, name: eth0}", has; empty where it has none. */
static struct fact_line flow_value(const struct fact_line *flow, const char *key)
{
	const char *at = memmem(flow->text, flow->length, key, strlen(key));

	if (!at || (at > flow->text && isalnum((unsigned char)at[-1])))
		return (struct fact_line){.text = ""};
	at += strlen(key);
	size_t rest = flow->length - (size_t)(at - flow->text), length = 0;
	while (length < rest && at[length] != ',' && at[length] != '}')
		length++;
	return trim(at, length);
}

/* An interface that netplan knows by something else than its name may be any. */
static void read_match(struct sriov_subjects *subjects)
{
	struct sriov_block *block = subjects->blocks + subjects->depth;

	if (!subjects->depth || !block[-1].device ||
	    subjects->devices[block[-1].device - 1].matches)
		return;
	subjects->devices[block[-1].device - 1].matches = true;
	for (size_t i = block[-1].first; !block[-1].named && i < subjects->config->count; i++) {
		struct sriov_setting *setting = &subjects->config->settings[i];
		setting->subject = setting->defines_vf ? setting->subject : NULL;
		setting->kind = setting->subject ? setting->kind : SRIOV_SUBJECT_NONE;
	}
}

/* "link: eth0" of a device defines a VF of eth0: "SR-IOV devices" of netplan's YAML. */
static void read_link(struct sriov_subjects *subjects, const struct fact_line *value)
{
	const char *id = take_subject(subjects, value);

	if (id && !strpbrk(id, ": /[]"))
		subjects->vf_of = id;
}

/* A device whose block stands on one line: "eth0: {virtual-function-count: 4}". */
static void read_flow(struct sriov_subjects *subjects, const struct pair *pair)
{
	static const char match[] = "match:";
	const struct fact_line link = flow_value(&pair->value, "link:");

	subjects->in_flow = subjects->place->owner == SRIOV_OWNER_NETPLAN;
	subjects->flow_name = memmem(pair->value.text, pair->value.length, match, strlen(match))
				      ? flow_value(&pair->value, "name:")
				      : pair->key;
	read_link(subjects, &link);
}

/* A value behind a key, in a block. */
static void read_pair(struct sriov_subjects *subjects, const struct pair *pair)
{
	const struct sriov_block *block = subjects->blocks + subjects->depth;
	const struct fact_line value = pair->value;

	if (names_block(subjects->place->owner, &pair->key)) {
		name_block(subjects, &value);
	} else if (says_off(subjects->place->owner, pair)) {
		switch_block_off(subjects);
	} else if (is(&pair->key, "match")) {
		const struct fact_line name = flow_value(&value, "name:");
		read_match(subjects);
		if (name.length)
			name_block(subjects, &name);
	} else if (subjects->depth && block[-1].device && is(&pair->key, "link")) {
		read_link(subjects, &value);
	} else if (subjects->depth && strcmp(block[-1].key, DEVICES) == 0) {
		read_flow(subjects, pair);
	}
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
	/* A brace alone begins a block as the end of the line does. */
	if (pair.value.length && *pair.value.text != '#' && !is(&pair.value, "{")) {
		read_pair(subjects, &pair);
		return;
	}
	if (is(&pair.key, "match"))
		read_match(subjects);
	push(subjects, indent, arena_copy(subjects->arena, pair.key.text, pair.key.length));
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
	subjects->vf_of = NULL;
	subjects->in_flow = false;
	switch (subjects->place->syntax) {
	case SRIOV_SYNTAX_KEYS:
		read_key(subjects, line, length);
		return;
	case SRIOV_SYNTAX_SECTIONS:
		read_sectioned_key(subjects, line, length);
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

	if (subjects->vf_of)
		return subjects->vf_of;
	if (subjects->in_flow)
		return take_subject(subjects, &subjects->flow_name);
	if (subjects->too_deep || !subjects->depth)
		return NULL;
	for (const struct sriov_block *it = block; it > subjects->blocks; it--) {
		if (it[-1].named)
			return it[-1].named;
	}
	if (subjects->place->owner != SRIOV_OWNER_NETPLAN ||
	    (block[-1].device && subjects->devices[block[-1].device - 1].matches))
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

static const struct sriov_device *find_device(const struct sriov_subjects *subjects, const char *id)
{
	for (size_t i = 0; i < subjects->device_count; i++) {
		if (strcmp(subjects->devices[i].id, id) == 0)
			return &subjects->devices[i];
	}
	return NULL;
}

static bool is_same_subject(const struct sriov_setting *one, const struct sriov_setting *other)
{
	return one->subject == other->subject ||
	       (one->subject && other->subject && strcmp(one->subject, other->subject) == 0);
}

/* Returns whether another line of the file makes the VFs that one defines: a number that is set, or
 * one more that is defined. */
static bool is_made_by_another(const struct sriov_subjects *subjects, size_t index)
{
	const struct sriov_setting *settings = subjects->config->settings;

	for (size_t i = subjects->first; i < subjects->config->count; i++) {
		if (i != index && is_same_subject(&settings[i], &settings[index]) &&
		    (i < index || !settings[i].defines_vf))
			return true;
	}
	return false;
}

/* Says by which names the interfaces go whose VFs are defined. */
static void finish_netplan(const struct sriov_subjects *subjects)
{
	struct sriov_config *config = subjects->config;

	for (size_t i = subjects->first; i < config->count; i++) {
		struct sriov_setting *setting = &config->settings[i];
		const struct sriov_device *device =
			setting->defines_vf ? find_device(subjects, setting->subject) : NULL;
		if (!device)
			continue;
		setting->subject = device->named     ? device->named
				   : device->matches ? NULL
						     : device->id;
		if (setting->subject)
			continue;
		setting->kind = SRIOV_SUBJECT_NONE;
		setting->line = SRIOV_VF_OF SRIOV_REDACTED;
	}
	for (size_t i = subjects->first; i < config->count; i++) {
		if (config->settings[i].defines_vf && is_made_by_another(subjects, i))
			config->settings[i].effect = SRIOV_EFFECT_OTHER;
	}
}

void sriov_subjects_finish(const struct sriov_subjects *subjects)
{
	if (subjects->place->owner == SRIOV_OWNER_NETPLAN)
		finish_netplan(subjects);
	if (subjects->place->syntax == SRIOV_SYNTAX_UNIT)
		finish_unit(subjects);
	if (subjects->place->syntax == SRIOV_SYNTAX_SECTIONS)
		assign_section(subjects);
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

static void print_section(const struct sriov_setting *setting, struct buffer *kept)
{
	buffer_add_line(kept, "[device]", strlen("[device]"));
	nm_match_print(setting, kept);
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

/* Of a device that has another name than its id, or one that is not known, the match is told. */
static void print_vf(struct arena *arena, const struct sriov_setting *setting, struct buffer *kept)
{
	const char *id = setting->line + strlen(SRIOV_VF_OF), *device = "";

	if (!setting->subject)
		device = arena_printf(arena, "  %s:\n    match:\n", id);
	else if (strcmp(setting->subject, id) != 0)
		device = arena_printf(arena, "  %s:\n    match:\n      name: %s\n", id,
				      setting->subject);
	const char *line =
		arena_printf(arena, DEVICES ":\n%s  vf:\n    " SRIOV_VF_OF "%s", device, id);
	buffer_add_line(kept, line, strlen(line));
}

void sriov_subject_print(struct arena *arena, const struct sriov_setting *setting,
			 struct buffer *kept)
{
	if (setting->defines_vf) {
		print_vf(arena, setting, kept);
		return;
	}
	const struct sriov_place *place = sriov_place_of(setting->source);
	const char *line = setting->to_enable ? INSTALL "\n" : "";

	buffer_add(kept, line, strlen(line));
	line = "";
	if (place && place->syntax == SRIOV_SYNTAX_KEYS)
		print_keys(arena, setting, kept);
	if (place && place->syntax == SRIOV_SYNTAX_SECTIONS)
		print_section(setting, kept);
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

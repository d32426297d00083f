/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system_info.h"

#include <string.h>

#include "host/base/array.h"

#define OS_RELEASE "/etc/os-release"

enum os_key { OS_ID, OS_VERSION, OS_NAME, OS_KEY_COUNT };

static const char *const os_keys[] = {
	[OS_ID] = "ID=",
	[OS_VERSION] = "VERSION_ID=",
	[OS_NAME] = "PRETTY_NAME=",
};
ASSERT_COVERS(os_keys, OS_KEY_COUNT);

/* Returns the key that the line begins with, or OS_KEY_COUNT. */
static enum os_key find_key(const char *line, size_t length)
{
	int key = 0;

	while (key < OS_KEY_COUNT && (length < strlen(os_keys[key]) ||
				      memcmp(line, os_keys[key], strlen(os_keys[key])) != 0))
		key++;
	return (enum os_key)key;
}

bool system_info_wants(const char *line, size_t length)
{
	return find_key(line, length) != OS_KEY_COUNT;
}

/* Values may stand in quotes. Escapes within them are not undone: names have none. */
static void take_value(struct arena *arena, const char *value, size_t length, struct fact_text *ret)
{
	if (length >= 2 && (*value == '"' || *value == '\'') && value[length - 1] == *value) {
		value++;
		length -= 2;
	}
	ret->fact.state = FACT_KNOWN;
	fact_text_copy(ret, arena, value, length);
}

void system_info_parse_os(struct arena *arena, const struct fact_text *text,
			  struct system_info *ret)
{
	struct fact_text values[OS_KEY_COUNT];
	struct fact_line line;
	size_t offset = 0;

	for (int i = 0; i < OS_KEY_COUNT; i++) {
		values[i] = (struct fact_text){.fact = text->fact};
		if (fact_known(&text->fact))
			values[i].fact.state = FACT_ABSENT;
	}
	while (fact_next_line(text, &offset, &line)) {
		enum os_key key = find_key(line.text, line.length);

		if (key == OS_KEY_COUNT)
			continue;
		size_t size = strlen(os_keys[key]);
		take_value(arena, line.text + size, line.length - size, &values[key]);
	}
	ret->os_id = values[OS_ID];
	ret->os_version = values[OS_VERSION];
	ret->os_name = values[OS_NAME];
}

void system_info_load(struct root *root, struct arena *arena, struct system_info *ret)
{
	ret->board_vendor = root_read_line(root, arena, "/sys/class/dmi/id/board_vendor");
	ret->board_name = root_read_line(root, arena, "/sys/class/dmi/id/board_name");
	ret->firmware_vendor = root_read_line(root, arena, "/sys/class/dmi/id/bios_vendor");
	ret->firmware_version = root_read_line(root, arena, "/sys/class/dmi/id/bios_version");
	ret->firmware_date = root_read_line(root, arena, "/sys/class/dmi/id/bios_date");
	struct fact_text os = root_read(root, arena, OS_RELEASE, LIMIT_ATTRIBUTE);
	system_info_parse_os(arena, &os, ret);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/qemu_version.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/system/qemu_package.h"

/* More than there are architectures; and more than any file has. */
enum { MOST_FILES = 128, MOST_BYTES = 4 * 1024 * 1024 };

static const char emulator[] = "<emulator>", version[] = "<version>";

/* Returns what stands behind the element's beginning where the line begins with it, or NULL. */
static const char *value_of(const char *line, size_t length, const char *element)
{
	size_t space = 0, size = strlen(element);

	while (space < length && isspace((unsigned char)line[space]))
		space++;
	if (length - space < size || strncmp(line + space, element, size) != 0)
		return NULL;
	return line + space + size;
}

bool qemu_version_keeps(const char *line, size_t length)
{
	return value_of(line, length, emulator) || value_of(line, length, version);
}

static bool names(const char *value, const char *program)
{
	size_t length = strlen(program);

	return strncmp(value, program, length) == 0 && value[length] == '<';
}

/* The version stands behind the emulator. */
static struct fact_number version_of(const struct fact_text *file, const char *program)
{
	struct fact_number result = {.fact = fact_of(FACT_ABSENT, file->fact.source, 0)};
	struct fact_line line;
	size_t offset = 0;
	bool is_its = false;

	while (fact_next_line(file, &offset, &line)) {
		const char *name = value_of(line.text, line.length, emulator);
		const char *number = value_of(line.text, line.length, version);
		is_its |= name && names(name, program);
		if (!number || !is_its)
			continue;
		result.fact = file->fact;
		result.value = strtol(number, NULL, 10);
		if (result.value <= 0)
			result.fact.state = FACT_MALFORMED;
		break;
	}
	return result;
}

/* What libvirt keeps of the program. */
static struct fact_number load_capabilities(struct root *root, struct arena *arena,
					    const char *program)
{
	const struct fact_list files = root_list(root, arena, QEMU_CAPABILITIES);
	struct fact_number result = {.fact = files.fact};

	if (fact_known(&files.fact))
		result.fact.state = FACT_ABSENT;
	for (size_t i = 0; i < files.count && i < MOST_FILES; i++) {
		if (!has_suffix(files.names[i], ".xml"))
			continue;
		const char *path = arena_printf(arena, QEMU_CAPABILITIES "/%s", files.names[i]);
		struct fact_text file = root_read(root, arena, path, MOST_BYTES);
		if (!fact_known(&file.fact)) {
			result.fact = file.fact;
			continue;
		}
		struct fact_number found = version_of(&file, program);
		if (!fact_absent(&found.fact))
			return found;
	}
	return result;
}

struct fact_number qemu_version_load(struct root *root, struct arena *arena, const char *program)
{
	struct fact_number kept = load_capabilities(root, arena, program);

	if (fact_known(&kept.fact))
		return kept;
	struct fact_number packaged = qemu_package_load(root, arena, program);
	return fact_known(&packaged.fact) || fact_absent(&kept.fact) ? packaged : kept;
}

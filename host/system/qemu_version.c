/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/qemu_version.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"

/* More than there are architectures; and more than any file has. */
enum { MOST_FILES = 128, MOST_BYTES = 4 * 1024 * 1024 };

enum { MAJOR = 1000000, MINOR = 1000 };

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

/* Packages of a QEMU, by the programs that they have: Debian's, and Proxmox VE's, which is for any.
 */
static const struct {
	const char *package, *program;
} packages[] = {
	{"qemu-system-x86", "/usr/bin/qemu-system-x86_64"},
	{"qemu-system-x86", "/usr/bin/kvm"},
	{"qemu-system-arm", "/usr/bin/qemu-system-aarch64"},
	{"pve-qemu-kvm", NULL},
};

/* Returns whether a package of that name has the program, or any where that is NULL. */
static bool has_program(const struct fact_line *name, const char *program)
{
	for (size_t i = 0; i < ARRAY_LENGTH(packages); i++) {
		if (strlen(packages[i].package) == name->length &&
		    memcmp(packages[i].package, name->text, name->length) == 0 &&
		    (!program || !packages[i].program || strcmp(packages[i].program, program) == 0))
			return true;
	}
	return false;
}

/* Returns whether the line is of that field, with its value. */
static bool takes_field(const struct fact_line *line, const char *field,
			struct fact_line *ret_value)
{
	size_t length = strlen(field);

	if (line->length < length || strncmp(line->text, field, length) != 0)
		return false;
	*ret_value =
		(struct fact_line){.text = line->text + length, .length = line->length - length};
	return true;
}

/* Fields of a package are lines, the first of them its name, and an empty line ends them:
 * deb822(5). */
static const char field_package[] = "Package: ", field_status[] = "Status: ",
		  field_version[] = "Version: ";

bool qemu_version_next_line(const struct fact_text *status, size_t *offset, bool *inside,
			    struct fact_line *ret)
{
	struct fact_line value;

	while (fact_next_line(status, offset, ret)) {
		bool was_inside = *inside;

		if (takes_field(ret, field_package, &value))
			*inside = has_program(&value, NULL);
		else if (!ret->length)
			*inside = false;
		if (*inside ? takes_field(ret, field_package, &value) ||
				      takes_field(ret, field_status, &value) ||
				      takes_field(ret, field_version, &value)
			    : was_inside)
			return true;
	}
	return false;
}

/* "1:7.2+dfsg-7+deb12u13": [EPOCH:]UPSTREAM[-REVISION], deb-version(7). */
static struct fact_number parse_package(const struct fact *fact, const struct fact_line *value)
{
	struct fact_number result = {.fact = *fact};
	size_t digits = strspn(value->text, "0123456789");
	const char *upstream = value->text + (value->text[digits] == ':' ? digits + 1 : 0);
	char major[4], minor[4], micro[4] = "";

	/* Digits alone: a number of scanf() takes a sign. */
	if (sscanf(upstream, "%3[0-9].%3[0-9].%3[0-9]", major, minor, micro) >= 2)
		result.value =
			(int64_t)atoi(major) * MAJOR + (int64_t)atoi(minor) * MINOR + atoi(micro);
	else
		result.fact.state = FACT_MALFORMED;
	return result;
}

static bool is_installed(const struct fact_line *status)
{
	static const char state[] = " installed";
	size_t length = strlen(state);

	return status->length > length &&
	       memcmp(status->text + status->length - length, state, length) == 0;
}

/* Of the package that has the program. */
static struct fact_number load_package(struct root *root, struct arena *arena, const char *program)
{
	const struct fact_text status = root_read(root, arena, DPKG_STATUS, LIMIT_FILE);
	struct fact_number result = {.fact = status.fact};
	bool inside = false, has = false, installed = false;
	struct fact_line line, value;
	size_t offset = 0;

	if (fact_known(&status.fact))
		result.fact.state = FACT_ABSENT;
	while (qemu_version_next_line(&status, &offset, &inside, &line)) {
		if (takes_field(&line, field_package, &value)) {
			has = has_program(&value, program);
			installed = false;
		} else if (takes_field(&line, field_status, &value)) {
			installed = is_installed(&value);
		} else if (has && installed && takes_field(&line, field_version, &value)) {
			return parse_package(&status.fact, &value);
		}
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
	struct fact_number packaged = load_package(root, arena, program);
	return fact_known(&packaged.fact) || fact_absent(&kept.fact) ? packaged : kept;
}

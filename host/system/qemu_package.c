/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/qemu_package.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"

enum { MAJOR = 1000000, MINOR = 1000 };

enum packager { DPKG, APK, PACMAN, PORTAGE };

/* Packages of a QEMU, by the programs that they have; Proxmox VE's, and Gentoo's, is for any. */
static const struct package {
	enum packager packager;
	const char *name, *program;
} packages[] = {
	{DPKG, "qemu-system-x86", "/usr/bin/qemu-system-x86_64"},
	{DPKG, "qemu-system-x86", "/usr/bin/kvm"},
	{DPKG, "qemu-system-arm", "/usr/bin/qemu-system-aarch64"},
	{DPKG, "pve-qemu-kvm", NULL},
	{APK, "qemu-system-x86_64", "/usr/bin/qemu-system-x86_64"},
	{APK, "qemu-system-aarch64", "/usr/bin/qemu-system-aarch64"},
	{PACMAN, "qemu-system-x86", "/usr/bin/qemu-system-x86_64"},
	{PACMAN, "qemu-system-aarch64", "/usr/bin/qemu-system-aarch64"},
	{PORTAGE, "qemu", NULL},
};

/* In such a file a package has lines, the first of them its name, and an empty line ends them:
 * deb822(5), apk-v2(5). Of apk's, all are installed. */
static const struct package_file {
	const char *path;
	enum packager packager;
	const char *name, *status, *version; /* what their lines begin with */
} files[] = {
	{DPKG_STATUS, DPKG, "Package: ", "Status: ", "Version: "},
	{APK_INSTALLED, APK, "P:", NULL, "V:"},
	{APK_3_INSTALLED, APK, "P:", NULL, "V:"},
};

/* A folder for each package, called NAME-VERSION: of pacman (lib/libalpm/be_local.c), and of
 * Portage, of one category (vdb of the Package Manager Specification). */
static const struct package_folder {
	const char *path;
	enum packager packager;
} folders[] = {
	{"/var/lib/pacman/local", PACMAN},
	{"/var/db/pkg/app-emulation", PORTAGE},
};

static const struct package_file *file_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	}
	return NULL;
}

/* Returns whether the packager has a package of that name with the program, or any where that is
 * NULL. */
static bool has_program(enum packager packager, const struct fact_line *name, const char *program)
{
	for (size_t i = 0; i < ARRAY_LENGTH(packages); i++) {
		const struct package *package = &packages[i];

		if (package->packager == packager && strlen(package->name) == name->length &&
		    memcmp(package->name, name->text, name->length) == 0 &&
		    (!program || !package->program || strcmp(package->program, program) == 0))
			return true;
	}
	return false;
}

/* Returns whether the line is of that field, with its value. */
static bool takes_field(const struct fact_line *line, const char *field,
			struct fact_line *ret_value)
{
	size_t length = field ? strlen(field) : 0;

	if (!length || line->length < length || strncmp(line->text, field, length) != 0)
		return false;
	*ret_value =
		(struct fact_line){.text = line->text + length, .length = line->length - length};
	return true;
}

bool qemu_package_next_line(const struct fact_text *list, size_t *offset, bool *inside,
			    struct fact_line *ret)
{
	const struct package_file *file = file_of(list->fact.source);
	struct fact_line value;

	while (file && fact_next_line(list, offset, ret)) {
		bool was_inside = *inside;

		if (takes_field(ret, file->name, &value))
			*inside = has_program(file->packager, &value, NULL);
		else if (!ret->length)
			*inside = false;
		if (*inside ? takes_field(ret, file->name, &value) ||
				      takes_field(ret, file->status, &value) ||
				      takes_field(ret, file->version, &value)
			    : was_inside)
			return true;
	}
	return false;
}

/* "1:7.2+dfsg-7+deb12u13": [EPOCH:]UPSTREAM[-REVISION], as deb-version(7) has it, and others do. */
static struct fact_number parse_version(const struct fact *fact, const char *version)
{
	struct fact_number result = {.fact = *fact};
	size_t digits = strspn(version, "0123456789");
	const char *upstream = version + (version[digits] == ':' ? digits + 1 : 0);
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

/* A list that has no such package. */
static struct fact_number without_package(const struct fact *list)
{
	struct fact_number none = {.fact = *list};

	if (fact_known(list))
		none.fact.state = FACT_ABSENT;
	return none;
}

static struct fact_number find_in_file(const struct fact_text *list,
				       const struct package_file *file, const char *program)
{
	bool inside = false, has = false, installed = false;
	struct fact_line line, value;
	size_t offset = 0;

	while (qemu_package_next_line(list, &offset, &inside, &line)) {
		if (takes_field(&line, file->name, &value)) {
			has = has_program(file->packager, &value, program);
			installed = !file->status;
		} else if (takes_field(&line, file->status, &value)) {
			installed = is_installed(&value);
		} else if (has && installed && takes_field(&line, file->version, &value)) {
			return parse_version(&list->fact, value.text);
		}
	}
	return without_package(&list->fact);
}

/* Returns the version in "qemu-system-x86-9.2.0-1", or NULL where that is no package of QEMU with
 * the program, or with any where that is NULL. */
static const char *version_in(enum packager packager, const char *entry, const char *program)
{
	const char *end = entry;

	while ((end = strchr(end, '-'))) {
		const struct fact_line name = {.text = entry, .length = (size_t)(end - entry)};

		end++;
		if (isdigit((unsigned char)*end) && has_program(packager, &name, program))
			return end;
	}
	return NULL;
}

static struct fact_number find_in_folder(const struct fact_list *list, enum packager packager,
					 const char *program)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *version = version_in(packager, list->names[i], program);
		if (version)
			return parse_version(&list->fact, version);
	}
	return without_package(&list->fact);
}

bool qemu_package_names(const char *folder, const char *entry)
{
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		if (strcmp(folders[i].path, folder) == 0)
			return version_in(folders[i].packager, entry, NULL) != NULL;
	}
	return true;
}

struct fact_number qemu_package_load(struct root *root, struct arena *arena, const char *program)
{
	struct fact_list list = {0};

	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		struct fact_text file = root_read(root, arena, files[i].path, LIMIT_FILE);
		if (!fact_absent(&file.fact))
			return find_in_file(&file, &files[i], program);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		list = root_list(root, arena, folders[i].path);
		if (!fact_absent(&list.fact))
			return find_in_folder(&list, folders[i].packager, program);
	}
	return (struct fact_number){.fact = list.fact};
}

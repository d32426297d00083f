/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_BOOT_ENTRIES_H
#define PASSCHECK_HOST_BOOT_BOOT_ENTRIES_H

#include "host/boot/cmdline.h"

/*
 * What a boot loader starts without a configuration of its own: entries of the Boot Loader
 * Specification (UAPI.1), NAME.conf, and unified kernel images, NAME.efi.
 */
struct boot_entry {
	const char *path;
	const char *id;         /* what boot loaders call it: its name, without ".conf" */
	const char *release;    /* of its kernel; NULL where it does not say */
	struct cmdline cmdline; /* absent where the loader gives the image its words */
	const char *variable;   /* one in the options whose value is not known; NULL: none */
	bool is_image;
	bool is_rescue; /* dracut's "0-rescue", which is booted only by hand */
};

/* A place where a boot partition may be mounted, and what lies there. */
struct boot_folder {
	struct fact entries_fact; /* of its loader/entries */
	struct fact images_fact;  /* of its EFI/Linux */
	struct boot_entry *entries;
	size_t count;
	/* The pattern of ids that systemd-boot's loader.conf takes for the default; absent: none.
	 */
	struct fact_text pattern;
};

enum boot_place {
	BOOT_PLACE_BOOT, /* /boot: also where GRUB looks for entries */
	BOOT_PLACE_EFI,  /* /efi */
	BOOT_PLACE_ESP,  /* /boot/efi */
	BOOT_PLACE_COUNT,
};

struct boot_variable {
	const char *name;
	const char *value;
};

/* GRUB's environment block, of which blscfg expands variables in options. */
struct boot_environment {
	struct fact fact;
	struct boot_variable *variables;
	size_t count;
};

struct boot_entries {
	struct boot_folder folders[BOOT_PLACE_COUNT];
	struct boot_environment environment;
	/* EFI variables of the Boot Loader Interface: ids that go before loader.conf's. */
	struct fact_text entry_once;
	struct fact_text entry_default;
	/* A deployment of rpm-ostree that gets its entry only when the host goes down. */
	struct fact_node staged;
};

void boot_entries_load(struct root *root, struct arena *arena, struct boot_entries *ret);

/* Returns the value of a variable, or NULL. */
const char *boot_environment_find(const struct boot_environment *environment, const char *name);

/* Parses the text of an entry; path and id are the caller's. */
void boot_entry_parse(struct arena *arena, const struct fact_text *text,
		      const struct boot_environment *environment, struct boot_entry *ret);

/* Kinds of the files read here, of which a capture keeps different lines. */
enum boot_file { BOOT_FILE_OTHER, BOOT_FILE_ENTRY, BOOT_FILE_LOADER, BOOT_FILE_ENVIRONMENT };

enum boot_file boot_file_of(const char *path);

/* Returns whether path lies where names and texts may hold the host's machine id. */
bool boot_entries_cover(const char *path);

/* What a capture keeps of a line: nothing, all of it, or a command line from *ret_value on. */
enum boot_line { BOOT_LINE_NONE, BOOT_LINE_WHOLE, BOOT_LINE_COMMAND };

enum boot_line boot_file_line(enum boot_file file, const char *line, size_t length,
			      size_t *ret_value);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_BOOT_CONFIG_H
#define PASSCHECK_HOST_BOOT_BOOT_CONFIG_H

#include "host/boot/boot_entries.h"
#include "host/boot/cmdline.h"

/* How the value of a variable of GRUB's settings stands behind "=". */
enum grub_form {
	GRUB_QUOTED, /* between quotes */
	GRUB_BARE,   /* one word without quotes, or nothing */
	GRUB_ODD,    /* of several pieces or lines, with escapes, or bare with a comment */
};

/* What the lines of a file that set a variable are like. */
struct grub_value {
	enum grub_form form; /* the last of the forms that one of them has */
	size_t lines;
	bool adds; /* the last says "+=" */
};

/* A file of GRUB's settings, with its own lines alone. */
struct grub_file {
	const char *path;
	struct cmdline words;            /* of GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT */
	size_t first_default;            /* of words, the first of GRUB_CMDLINE_LINUX_DEFAULT */
	struct fact line;                /* known where a line begins with "GRUB_CMDLINE_LINUX=" */
	struct grub_value value;         /* of GRUB_CMDLINE_LINUX */
	struct grub_value default_value; /* of GRUB_CMDLINE_LINUX_DEFAULT */
	const char *comments;            /* what stands behind values on their lines */
	bool is_indented;                /* a line sets one of them behind blanks or "export" */
	bool is_unended;                 /* its last line lacks a newline */
};

/* The kernel command line that is configured for the next boot, by the file that has it. */
struct boot_config {
	/* GRUB_CMDLINE_LINUX and GRUB_CMDLINE_LINUX_DEFAULT of /etc/default/grub and, where
	 * grub-mkconfig reads them, of /etc/default/grub.d/NAME.cfg. Its fact is known where all of
	 * them were read, and names the file of grub_base. */
	struct cmdline grub;
	size_t grub_first_default; /* of grub's parameters, the first of GRUB_CMDLINE_LINUX_DEFAULT
				    */
	/* As grub-mkconfig sources them, /etc/default/grub first; that of the folder none where it
	 * does not read it. */
	struct grub_file *grub_files;
	size_t grub_file_count;
	/* The last of them that sets the variable to what does not name it: what earlier ones
	 * set is lost. 0 where none does. */
	size_t grub_base;         /* of GRUB_CMDLINE_LINUX */
	size_t grub_default_base; /* of GRUB_CMDLINE_LINUX_DEFAULT */
	const char *grub_open;    /* a variable that has words of grub, and not known; NULL: none */
	const char *grub_default; /* GRUB_DEFAULT, NULL where it is not set */
	const char *grub_bls;     /* GRUB_ENABLE_BLSCFG: "true" where GRUB reads entries itself */
	struct cmdline kernel;    /* /etc/kernel/cmdline */
	size_t kernel_first;      /* how many of its words are on the first line that has some */
	struct boot_entries entries;
};

void boot_config_load(struct root *root, struct arena *arena, struct boot_config *ret);

/* Returns in which variable of which file a parameter of config->grub stands, for a sentence. */
const char *boot_config_grub_place(const struct boot_config *config, struct arena *arena,
				   const struct cmdline_parameter *parameter);

/* Returns whether path is a file of GRUB's settings: all that a capture needs of it are its lines
 * that boot_config_grub_value() and boot_config_grub_keeps() take. */
bool boot_config_covers(const char *path);

/* Returns whether path is grub-mkconfig, and whether a line of it is needed: it tells which files
 * of GRUB's settings are read. */
bool boot_config_covers_script(const char *path);
bool boot_config_wants_of_script(const char *line, size_t length);

/* Returns the text of /etc/kernel/cmdline without its lines of comment. */
struct fact_text boot_config_kernel_words(struct arena *arena, const struct fact_text *text);

/*
 * Returns where the value of "GRUB_CMDLINE_LINUX[_DEFAULT]=" begins in a line of length bytes, and
 * its length without quotes, or NULL for other lines.
 */
const char *boot_config_grub_value(const char *line, size_t length, size_t *ret_length);

/* Returns whether a line says that GRUB reads entries, or boots the one it saved last. */
bool boot_config_grub_keeps(const char *line, size_t length);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_MODULES_INITRAMFS_LISTS_H
#define PASSCHECK_HOST_MODULES_INITRAMFS_LISTS_H

#include "host/access/root.h"

/* Variables in which dracut and mkinitcpio, scripts of bash, are told of modules and files. */
enum initramfs_list {
	INITRAMFS_LIST_FORCE, /* dracut's force_drivers: put in, and loaded before udev starts */
	INITRAMFS_LIST_ADD,   /* its add_drivers: put in */
	INITRAMFS_LIST_OMIT,  /* its omit_drivers: left out, but where one of the others has it */
	INITRAMFS_LIST_ITEMS, /* its install_items: put in */
	INITRAMFS_LIST_OPTIONAL, /* its install_optional_items: put in, where they are there */
	INITRAMFS_LIST_HOSTONLY, /* its hostonly: "no" leaves /etc/modprobe.d out */
	INITRAMFS_LIST_MODULES,  /* mkinitcpio's MODULES: put in, and loaded before udev starts */
	INITRAMFS_LIST_HOOKS,    /* its HOOKS: modconf puts the files of modprobe.d in */
	INITRAMFS_LIST_FILES,    /* its FILES: put in */
	INITRAMFS_LIST_COUNT,
};

/* What the files of dracut and mkinitcpio name for an initramfs, whichever of them makes it. */
struct initramfs_lists {
	/* Known: every place was read or is absent; else the first that was not. */
	struct fact dracut;
	struct fact mkinitcpio;
	/* Each list as all files together set it, in the order in which they are sourced: words
	 * with blanks between. A value without blanks around it runs into its neighbours, as in
	 * dracut. */
	const char *lists[INITRAMFS_LIST_COUNT];
	/* The file that sets MODULES last and does not add to it, NULL for none; and whether it
	 * does so by an array, "MODULES=(" at the beginning of a line. */
	const char *modules_file;
	bool modules_is_array;
	const char *hooks_file;    /* the same of HOOKS */
	const char *hostonly_file; /* and of hostonly */
};

/*
 * Reads them: dracut.conf, then the files of dracut.conf.d in /etc and /usr/lib/dracut by their
 * names, of which one in /etc takes the place of the other (dropindirs_sort() of dracut 059,
 * dracut.sh); mkinitcpio.conf, then those of mkinitcpio.conf.d (mkinitcpio 41).
 */
void initramfs_lists_load(struct root *root, struct arena *arena, struct initramfs_lists *ret);

/* Returns whether path is of the files that initramfs_lists_load() reads. */
bool initramfs_lists_cover(const char *path);

/*
 * Takes the next assignment of a file, from *offset on, that a capture keeps: of one of the lists
 * but those of files, or of another variable whose value speaks of VFIO, of which some lines alone
 * would leave a quote open. Behind the last it begins and ends at the text's end. Memory comes from
 * arena.
 */
struct fact_line initramfs_lists_next(const struct fact_text *text, struct arena *arena,
				      size_t *offset);

#endif

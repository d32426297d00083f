/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_MODULES_MODULE_LISTS_H
#define PASSCHECK_HOST_MODULES_MODULE_LISTS_H

#include "host/base/buffer.h"
#include "host/base/lines.h"
#include "host/modules/modprobe.h"
#include "host/modules/named_functions.h"

/* What gives a function to a driver at boot by its name. */
enum override_owner {
	OVERRIDE_SCRIPT,
	OVERRIDE_DRIVERCTL, /* driverctl saved it, and sets it when all others are done */
	OVERRIDE_UNRAID,    /* Unraid binds what MODULE_LISTS_UNRAID names */
};

/* A line of a file that names modules to load at boot, or to put into the initramfs. */
struct module_list_line {
	const char *source;
	const char *text;          /* without white space around it */
	bool joined;               /* of a rule: it stands on several lines of its file */
	bool initramfs;            /* of what goes into the initramfs */
	enum override_owner owner; /* of one in overrides, whose text is the function's name but for
				    * a script; NULL: all of the ids (Unraid) */
	const char *ids;           /* Unraid: of the device there, "8086:1533"; NULL: of any */
	const char *driver;        /* of one in overrides: who gets the function, "vfio-pci" but
				    * where driverctl saved another, or "none" */
};

/* What /etc says of VFIO to modules-load.d(5), initramfs-tools, mkinitcpio, dracut and udev. */
struct module_lists {
	struct fact fact; /* known: every place was read or is absent; else the first that was not
			   */
	struct module_list_line *lines;
	size_t count;
	size_t capacity;
	struct text_line *unended;      /* files whose last line lacks a newline */
	struct fact rules_fact;         /* as fact, of the folder of udev's rules */
	struct module_list_line *rules; /* that give functions to drivers: driver_override */
	size_t rule_count;
	size_t rule_capacity;
	struct named_functions rule_index;
	struct module_list_line *overrides; /* of scripts that do the same, what names a function;
					     * and what driverctl and Unraid keep */
	size_t override_count;
	size_t override_capacity;
	struct named_functions override_index;
	struct fact saved_fact;  /* as fact, of what driverctl saved; absent: it is not there */
	struct fact unraid_fact; /* of MODULE_LISTS_UNRAID; absent on other systems */
};

/* modprobe was read before: of scripts outside the initramfs those count that it runs. */
void module_lists_load(struct root *root, struct arena *arena, const struct modprobe *modprobe,
		       struct module_lists *ret);

/* Notes which functions the rules and overrides name, so each is found in one step however many
 * there are. module_lists_load() does so itself; short memory marks the arena. */
void module_lists_index(struct arena *arena, struct module_lists *lists);

/* Returns whether path is of those that module_lists_load() reads, apart from udev's rules of
 * others than passcheck's plans: sriov_config_covers() those. */
bool module_lists_cover(const char *path);

/* Returns whether a line of those for every boot is the module's name (systemd 252,
 * src/modules-load/modules-load.c, apply_file()). */
bool module_lists_name(const struct module_lists *lists, const char *module);

/*
 * Returns whether path is of the scripts that module_lists_load() reads: what initramfs-tools runs
 * before drivers are loaded, vfio-pci-override.sh, which modprobe.d runs as "install vfio-pci", and
 * what Unraid runs at boot.
 */
bool module_lists_cover_script(const char *path);

/* Returns whether a line of a script, of length bytes, is wanted: as module_lists_want(), or where
 * it names a function: pci_address_next(). */
bool module_lists_want_of_script(const char *line, size_t length);

/* Returns what driverctl saved of the function of that name, else the line of a script or of Unraid
 * that gives it to vfio-pci at boot, or NULL. ids are the function's, "8086:1533"; NULL: not known.
 */
const struct module_list_line *module_lists_override(const struct module_lists *lists,
						     const char *function, const char *ids);

/* Returns the next of these behind one of them, or NULL. What one file says of a function more than
 * once is returned once. */
const struct module_list_line *module_lists_next_override(const struct module_lists *lists,
							  const struct module_list_line *after,
							  const char *function, const char *ids);

/* Returns the next rule of udev, behind one of them (NULL: the first), that compares the name of
 * the function, or no name and its ids, with keys of the device or those above it; or NULL. Other
 * keys may exclude it. */
const struct module_list_line *module_lists_next_rule(const struct module_lists *lists,
						      const struct module_list_line *after,
						      const char *function, const char *ids);

/* A file for each function, "pci-" and its name, in which the driver's stands: save_override() of
 * driverctl 0.111. */
#define MODULE_LISTS_DRIVERCTL "/etc/driverctl.d"

/* Returns whether such a file is empty or a driver's name, but for newlines at its end. driverctl
 * takes all of it for the name, comments and blanks, too. */
bool module_lists_saved_is_sound(const char *text, size_t length);

/* BIND=ADDRESS[|VENDOR:DEVICE]…, also VENDOR:DEVICE alone: what Unraid gives to vfio-pci at boot.
 */
#define MODULE_LISTS_UNRAID "/boot/config/vfio-pci.cfg"

/* What Unraid runs at boot. */
#define MODULE_LISTS_GO "/boot/config/go"

/* Where udev's rules are that module_lists_load() reads, and those that plans write. */
#define MODULE_LISTS_RULES     "/etc/udev/rules.d"
#define MODULE_LISTS_OWN_RULES MODULE_LISTS_RULES "/70-passcheck-vfio.rules"

/*
 * Adds the rules of a file of udev that speak of driver_override as a capture has them: what they
 * compare of devices, and what they set; of keys that run programs, and of all others, the name.
 * What speaks of SR-IOV is left out: sriov_config_keep() has it. Memory comes from arena.
 */
void module_lists_keep_rules(struct arena *arena, const struct fact_text *text,
			     struct buffer *kept);

/* Returns whether a line of length bytes speaks of VFIO or of driver_override, and is not a
 * comment: all that a capture needs of those files. */
bool module_lists_want(const char *line, size_t length);

#endif

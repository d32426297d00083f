/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_SRIOV_CONFIG_H
#define PASSCHECK_HOST_BOOT_SRIOV_CONFIG_H

#include "host/boot/boolean.h"
#include "host/pci/pci.h"

/* A line of the host's configuration that speaks of VFs. */
struct sriov_setting {
	const char *source; /* the file that has it */
	/* Without white space around it, and with what passcheck does not consult replaced by
	 * "redacted": passwords and addresses may stand beside. */
	const char *line;
};

/* What a loaded module offers: the names in /sys/module/NAME/parameters. */
struct driver_parameters {
	const char *driver;
	struct fact_list names;
};

/*
 * What the host's configuration says of VFs: options of drivers in modprobe.d, and whatever writes
 * sriov_numvfs at boot (udev rules, systemd-networkd, netplan, tmpfiles.d, sysfs.d, units and
 * scripts of the administrator). Read only where the host has a PF; not captured otherwise.
 */
struct sriov_config {
	struct fact
		fact; /* known: every place was read or is absent; else the first that was not */
	struct sriov_setting *settings;
	size_t count;
	struct driver_parameters *parameters; /* of the drivers of PFs that are loaded */
	size_t parameter_count;
	/* NetworkManager's profiles, which may set VFs too. They hold secrets, and are not read. */
	struct fact_node profiles;
};

void sriov_config_load(struct root *root, struct arena *arena, const struct pci *pci,
		       struct sriov_config *ret);

/* Returns whether the loaded module of a PF's driver has a parameter of that name; unknown where it
 * is not loaded, or was not read. */
enum boolean sriov_config_offers(const struct sriov_config *config, const char *driver,
				 const char *name);

/* Appends the lines of a file that speak of VFs, comments left out. */
void sriov_config_parse(struct arena *arena, const struct fact_text *text,
			struct sriov_config *config);

/*
 * Reads how many VFs a line makes: "sriov_numvfs" and its like with a number behind them, as in a
 * udev rule, tmpfiles.d or modprobe.d, or in front of ">", as in a script. Returns false where it
 * tells no one number. *ret_digits is where the number stands in the line.
 */
bool sriov_setting_count(const struct sriov_setting *setting, int64_t *ret_count,
			 size_t *ret_digits);

/* Returns whether the line stands so in its file: nothing of it was replaced. */
bool sriov_setting_whole(const struct sriov_setting *setting);

/* Returns whether a path is of those that sriov_config_load() reads: all that a capture needs of
 * them is the lines that speak of VFs. */
bool sriov_config_covers(const char *path);

/* Returns whether a line of length bytes speaks of VFs. */
bool sriov_config_wants(const char *line, size_t length);

#endif

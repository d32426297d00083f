/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_SRIOV_PLACE_H
#define PASSCHECK_HOST_SRIOV_SRIOV_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/* Who makes VFs at boot. */
enum sriov_owner {
	SRIOV_OWNER_MODPROBE,
	SRIOV_OWNER_UDEV,
	SRIOV_OWNER_LINK, /* systemd.link(5) */
	SRIOV_OWNER_NETPLAN,
	SRIOV_OWNER_TMPFILES,
	SRIOV_OWNER_SYSFS, /* of sysfsutils */
	SRIOV_OWNER_UNIT,  /* of systemd */
	SRIOV_OWNER_IFUPDOWN,
	SRIOV_OWNER_RC_LOCAL,
	SRIOV_OWNER_NETWORK_MANAGER,
	SRIOV_OWNER_IFCFG,
	SRIOV_OWNER_OS_NET_CONFIG,
	SRIOV_OWNER_NMSTATE,
	SRIOV_OWNER_CRON,
	SRIOV_OWNER_INITRAMFS,
	SRIOV_OWNER_KERNEL_CMDLINE,
	SRIOV_OWNER_CLOUD_INIT,
	SRIOV_OWNER_OPERATOR, /* the SR-IOV network operator of Kubernetes */
	SRIOV_OWNER_MODULES_LOAD,
	SRIOV_OWNER_UNRAID, /* its page System Devices, from 7.3 on */
	SRIOV_OWNER_COUNT,
};

/* Where a file says which function a line is for, apart from the line itself. */
enum sriov_syntax {
	SRIOV_SYNTAX_LINES,    /* nowhere */
	SRIOV_SYNTAX_KEYS,     /* KEY=VALUE of the file, which is of one function */
	SRIOV_SYNTAX_SECTIONS, /* match-device= in the section around it: NetworkManager.conf(5) */
	SRIOV_SYNTAX_YAML,     /* in the blocks around the line */
	SRIOV_SYNTAX_INTERFACES, /* "iface NAME" above it: interfaces(5) */
	SRIOV_SYNTAX_UNIT,       /* nowhere; [Install] is for all of the file: systemd.unit(5) */
	SRIOV_SYNTAX_CLOUD,      /* nowhere; of YAML, only the list bootcmd is for every boot */
	SRIOV_SYNTAX_USER_DATA,  /* as that, where a part is of YAML */
	SRIOV_SYNTAX_ENTRIES,    /* in each entry of a line that has several */
};

/* A module whose name is all that sets VFs in the lists of modules to load. */
#define SRIOV_WORD_GIM "gim"

/* VFS=ADDRESS|VENDOR:DEVICE|COUNT…, with blanks between entries: sbin/sriov of Unraid 7.3. */
#define SRIOV_WORD_UNRAID "VFS="

/* In a section [SR-IOV] of systemd.link(5) it is the number of a VF, from 0 on; the key in [Link]
 * that tells how many there are has it in its name, too. */
#define SRIOV_WORD_LINK_VF "VirtualFunction"

/* A file, or a folder and how its files end. */
struct sriov_place {
	const char *path;
	const char *suffix; /* of files in the folder; NULL: path is a file */
	const char *within; /* how folders in path end that have the files; NULL: path itself has */
	enum sriov_owner owner;
	enum sriov_syntax syntax;
	const char *word; /* the one word that sets VFs there; NULL: any of those that do */
	bool runs;        /* its lines are commands, or have some */
	bool executed;    /* its files are run only if they are executable */
	bool modules;     /* its lines begin with the name of a module */
	bool masks; /* its files stand for those of the same name in folders of its owner below */
	bool later; /* captures of passcheck before 1.1 do not have it */
};

/* Returns all places, in the order in which they are read. */
const struct sriov_place *sriov_places(size_t *ret_count);

/* Returns the place that the path belongs to, or NULL. */
const struct sriov_place *sriov_place_of(const char *path);

/* Returns whether what reads a folder takes files of that name in it: copies that editors and
 * packages leave beside a file mostly are not. */
bool sriov_place_takes(const struct sriov_place *place, const char *name);

/* Returns "udev", "networkmanager" and the like. */
const char *sriov_owner_name(enum sriov_owner owner);

/* What the service of the SR-IOV network operator makes at boot, and what its daemon has set last.
 * The daemon runs as long as its cluster has it, and leaves the latter where it goes. */
#define SRIOV_OPERATOR_CONFIG  "/etc/sriov-operator/sriov-interface-config.yaml"
#define SRIOV_OPERATOR_RECORDS "/etc/sriov-operator/pci"

#endif

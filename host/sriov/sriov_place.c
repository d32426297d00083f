/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_place.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

/* Keys of the formats: nm-settings-keyfile(5), NetworkManager.conf(5), ifcfg of NetworkManager's
 * plug-in ifcfg-rh, nmstate.io, and what os-net-config keeps for its service sriov_config. */
#define TOTAL_VFS       "total-vfs"
#define NUM_VFS         "sriov-num-vfs"
#define IFCFG_TOTAL_VFS "SRIOV_TOTAL_VFS"
#define NUMVFS          "numvfs"
#define OPERATOR_NUMVFS "numVfs"

/* modprobe.d(5), udev(7), systemd.link(5), netplan(5), tmpfiles.d(5), systemd.unit(5),
 * interfaces(5), crontab(5), dracut.conf(5), initramfs-tools(7). Files of packages are left out but
 * for options, rules, profiles and .link files. */
static const struct sriov_place places[] = {
	{.path = "/etc/modprobe.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_MODPROBE,
	 .masks = true},
	{.path = "/run/modprobe.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_MODPROBE,
	 .masks = true},
	{.path = "/usr/local/lib/modprobe.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_MODPROBE,
	 .masks = true},
	{.path = "/usr/lib/modprobe.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_MODPROBE,
	 .masks = true},
	{.path = "/etc/udev/rules.d",
	 .suffix = ".rules",
	 .owner = SRIOV_OWNER_UDEV,
	 .runs = true,
	 .masks = true},
	{.path = "/run/udev/rules.d",
	 .suffix = ".rules",
	 .owner = SRIOV_OWNER_UDEV,
	 .runs = true,
	 .masks = true},
	{.path = "/usr/local/lib/udev/rules.d",
	 .suffix = ".rules",
	 .owner = SRIOV_OWNER_UDEV,
	 .runs = true,
	 .masks = true,
	 .later = true},
	/* A hundred files of packages, which few hosts have a PF to be read for. */
	{.path = "/usr/lib/udev/rules.d",
	 .suffix = ".rules",
	 .owner = SRIOV_OWNER_UDEV,
	 .runs = true,
	 .masks = true,
	 .later = true},
	{.path = "/etc/systemd/network",
	 .suffix = ".link",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .masks = true},
	{.path = "/run/systemd/network",
	 .suffix = ".link",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .masks = true},
	{.path = "/usr/local/lib/systemd/network",
	 .suffix = ".link",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .masks = true,
	 .later = true},
	{.path = "/usr/lib/systemd/network",
	 .suffix = ".link",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .masks = true,
	 .later = true},
	/* Since 249; .link files make VFs since 251. */
	{.path = "/etc/systemd/network",
	 .suffix = ".conf",
	 .within = ".link.d",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .later = true},
	{.path = "/run/systemd/network",
	 .suffix = ".conf",
	 .within = ".link.d",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .later = true},
	{.path = "/usr/local/lib/systemd/network",
	 .suffix = ".conf",
	 .within = ".link.d",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .later = true},
	{.path = "/usr/lib/systemd/network",
	 .suffix = ".conf",
	 .within = ".link.d",
	 .owner = SRIOV_OWNER_LINK,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = SRIOV_WORD_LINK_VF,
	 .later = true},
	{.path = "/etc/netplan",
	 .suffix = ".yaml",
	 .owner = SRIOV_OWNER_NETPLAN,
	 .syntax = SRIOV_SYNTAX_YAML},
	{.path = "/etc/tmpfiles.d", .suffix = ".conf", .owner = SRIOV_OWNER_TMPFILES},
	{.path = "/etc/sysfs.d", .suffix = ".conf", .owner = SRIOV_OWNER_SYSFS},
	{.path = "/etc/systemd/system",
	 .suffix = ".service",
	 .owner = SRIOV_OWNER_UNIT,
	 .syntax = SRIOV_SYNTAX_UNIT,
	 .runs = true},
	{.path = "/etc/systemd/system",
	 .suffix = ".conf",
	 .within = ".service.d",
	 .owner = SRIOV_OWNER_UNIT,
	 .runs = true,
	 .later = true},
	{.path = "/etc/network/interfaces.d",
	 .suffix = "",
	 .owner = SRIOV_OWNER_IFUPDOWN,
	 .syntax = SRIOV_SYNTAX_INTERFACES,
	 .runs = true},
	{.path = "/etc/sysfs.conf", .owner = SRIOV_OWNER_SYSFS},
	{.path = "/etc/rc.local", .owner = SRIOV_OWNER_RC_LOCAL, .runs = true, .executed = true},
	{.path = "/etc/rc.d/rc.local",
	 .owner = SRIOV_OWNER_RC_LOCAL,
	 .runs = true,
	 .executed = true},
	/* Unraid runs it at boot, as others do rc.local. */
	{.path = "/boot/config/go", .owner = SRIOV_OWNER_RC_LOCAL, .runs = true, .later = true},
	{.path = "/etc/network/interfaces",
	 .owner = SRIOV_OWNER_IFUPDOWN,
	 .syntax = SRIOV_SYNTAX_INTERFACES,
	 .runs = true},
	/* run-parts(8) runs them for each interface: interfaces(5). */
	{.path = "/etc/network/if-pre-up.d",
	 .suffix = "",
	 .owner = SRIOV_OWNER_IFUPDOWN,
	 .runs = true,
	 .executed = true,
	 .later = true},
	{.path = "/etc/network/if-up.d",
	 .suffix = "",
	 .owner = SRIOV_OWNER_IFUPDOWN,
	 .runs = true,
	 .executed = true,
	 .later = true},
	/* The service local of OpenRC. */
	{.path = "/etc/local.d",
	 .suffix = ".start",
	 .owner = SRIOV_OWNER_RC_LOCAL,
	 .runs = true,
	 .executed = true,
	 .later = true},
	{.path = "/etc/NetworkManager/system-connections",
	 .suffix = "",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = TOTAL_VFS},
	{.path = "/run/NetworkManager/system-connections",
	 .suffix = "",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = TOTAL_VFS,
	 .later = true},
	{.path = "/usr/lib/NetworkManager/system-connections",
	 .suffix = "",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = TOTAL_VFS,
	 .later = true},
	{.path = "/etc/NetworkManager/NetworkManager.conf",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .syntax = SRIOV_SYNTAX_SECTIONS,
	 .word = NUM_VFS,
	 .later = true},
	{.path = "/etc/NetworkManager/conf.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .syntax = SRIOV_SYNTAX_SECTIONS,
	 .word = NUM_VFS,
	 .masks = true,
	 .later = true},
	{.path = "/run/NetworkManager/conf.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .syntax = SRIOV_SYNTAX_SECTIONS,
	 .word = NUM_VFS,
	 .masks = true,
	 .later = true},
	{.path = "/usr/lib/NetworkManager/conf.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .syntax = SRIOV_SYNTAX_SECTIONS,
	 .word = NUM_VFS,
	 .masks = true,
	 .later = true},
	{.path = "/etc/NetworkManager/dispatcher.d",
	 .suffix = "",
	 .owner = SRIOV_OWNER_NETWORK_MANAGER,
	 .runs = true,
	 .executed = true,
	 .later = true},
	{.path = "/etc/sysconfig/network-scripts",
	 .suffix = "",
	 .owner = SRIOV_OWNER_IFCFG,
	 .syntax = SRIOV_SYNTAX_KEYS,
	 .word = IFCFG_TOTAL_VFS,
	 .later = true},
	{.path = "/var/lib/os-net-config/sriov_config.yaml",
	 .owner = SRIOV_OWNER_OS_NET_CONFIG,
	 .syntax = SRIOV_SYNTAX_YAML,
	 .word = NUMVFS,
	 .later = true},
	/* nmstate.service(8) renames what it has applied, and NetworkManager then keeps it. */
	{.path = "/etc/nmstate",
	 .suffix = ".yml",
	 .owner = SRIOV_OWNER_NMSTATE,
	 .syntax = SRIOV_SYNTAX_YAML,
	 .word = TOTAL_VFS,
	 .later = true},
	{.path = "/etc/nmstate",
	 .suffix = ".yaml",
	 .owner = SRIOV_OWNER_NMSTATE,
	 .syntax = SRIOV_SYNTAX_YAML,
	 .word = TOTAL_VFS,
	 .later = true},
	{.path = "/etc/crontab", .owner = SRIOV_OWNER_CRON, .runs = true, .later = true},
	{.path = "/etc/cron.d",
	 .suffix = "",
	 .owner = SRIOV_OWNER_CRON,
	 .runs = true,
	 .later = true},
	{.path = "/var/spool/cron/crontabs/root",
	 .owner = SRIOV_OWNER_CRON,
	 .runs = true,
	 .later = true},
	{.path = "/var/spool/cron/root", .owner = SRIOV_OWNER_CRON, .runs = true, .later = true},
	{.path = "/var/spool/cron/tabs/root",
	 .owner = SRIOV_OWNER_CRON,
	 .runs = true,
	 .later = true},
	{.path = "/etc/dracut.conf", .owner = SRIOV_OWNER_INITRAMFS, .later = true},
	{.path = "/etc/dracut.conf.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_INITRAMFS,
	 .later = true},
	{.path = "/etc/initramfs-tools/modules",
	 .owner = SRIOV_OWNER_INITRAMFS,
	 .modules = true,
	 .later = true},
	{.path = "/etc/initramfs-tools/scripts/init-top",
	 .suffix = "",
	 .owner = SRIOV_OWNER_INITRAMFS,
	 .runs = true,
	 .executed = true,
	 .later = true},
	{.path = "/etc/initramfs-tools/scripts/init-premount",
	 .suffix = "",
	 .owner = SRIOV_OWNER_INITRAMFS,
	 .runs = true,
	 .executed = true,
	 .later = true},
	{.path = "/etc/initramfs-tools/scripts/init-bottom",
	 .suffix = "",
	 .owner = SRIOV_OWNER_INITRAMFS,
	 .runs = true,
	 .executed = true,
	 .later = true},
	/* What cloud-init runs at every boot; what it writes to netplan is read there. */
	{.path = "/etc/cloud/cloud.cfg",
	 .owner = SRIOV_OWNER_CLOUD_INIT,
	 .syntax = SRIOV_SYNTAX_CLOUD,
	 .runs = true,
	 .later = true},
	{.path = "/etc/cloud/cloud.cfg.d",
	 .suffix = ".cfg",
	 .owner = SRIOV_OWNER_CLOUD_INIT,
	 .syntax = SRIOV_SYNTAX_CLOUD,
	 .runs = true,
	 .later = true},
	{.path = "/var/lib/cloud/instance/user-data.txt",
	 .owner = SRIOV_OWNER_CLOUD_INIT,
	 .syntax = SRIOV_SYNTAX_USER_DATA,
	 .runs = true,
	 .later = true},
	{.path = "/var/lib/cloud/scripts/per-boot",
	 .suffix = "",
	 .owner = SRIOV_OWNER_CLOUD_INIT,
	 .runs = true,
	 .executed = true,
	 .later = true},
	/* What the operator's service reads before kubelet runs, and what its daemon has set last:
	 * SriovSystemdConfigPath and PfAppliedConfig of pkg/consts of the operator. */
	{.path = SRIOV_OPERATOR_CONFIG,
	 .owner = SRIOV_OWNER_OPERATOR,
	 .syntax = SRIOV_SYNTAX_YAML,
	 .word = NUMVFS,
	 .later = true},
	{.path = SRIOV_OPERATOR_RECORDS,
	 .suffix = "",
	 .owner = SRIOV_OWNER_OPERATOR,
	 .word = OPERATOR_NUMVFS,
	 .later = true},
	/* gim makes VFs when it is loaded, and nothing but such a line loads it. */
	{.path = "/etc/modules",
	 .owner = SRIOV_OWNER_MODULES_LOAD,
	 .word = SRIOV_WORD_GIM,
	 .modules = true,
	 .later = true},
	{.path = "/etc/modules-load.d",
	 .suffix = ".conf",
	 .owner = SRIOV_OWNER_MODULES_LOAD,
	 .word = SRIOV_WORD_GIM,
	 .modules = true,
	 .later = true},
	{.path = "/boot/config/sriov.cfg",
	 .owner = SRIOV_OWNER_UNRAID,
	 .syntax = SRIOV_SYNTAX_ENTRIES,
	 .word = SRIOV_WORD_UNRAID,
	 .later = true},
};

const struct sriov_place *sriov_places(size_t *ret_count)
{
	*ret_count = ARRAY_LENGTH(places);
	return places;
}

/* "getty.service.d/vfs.conf" */
static bool is_within(const struct sriov_place *place, const char *rest)
{
	size_t length = strcspn(rest, "/"), size = strlen(place->within);

	return rest[length] && length > size &&
	       strncmp(rest + length - size, place->within, size) == 0;
}

static bool has(const struct sriov_place *place, const char *path)
{
	if (!place->suffix)
		return strcmp(path, place->path) == 0;
	if (!lies_below(path, place->path) || !ends_with(path, place->suffix))
		return false;
	return !place->within || is_within(place, path + strlen(place->path) + 1);
}

const struct sriov_place *sriov_place_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		if (has(&places[i], path))
			return &places[i];
	}
	return NULL;
}

static bool ends_with_one_of(const char *name, const char *const *ends, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (ends_with(name, ends[i]))
			return true;
	}
	return false;
}

/* utils_should_ignore_file() of NetworkManager's nms-ifcfg-rh-utils.c */
static bool is_ifcfg(const char *name)
{
	static const char *const ends[] = {".bak", "~", ".orig", ".rej", ".rpmnew"};

	return begins_with(name, "ifcfg-") && !ends_with_one_of(name, ends, ARRAY_LENGTH(ends));
}

/* check_filename() of NetworkManager's nm-dispatcher.c */
static bool is_dispatched(const char *name)
{
	static const char *const ends[] = {"~", ".rpmsave", ".rpmorig", ".rpmnew", ".swp"};

	return !strstr(name, ".dpkg-") && !ends_with_one_of(name, ends, ARRAY_LENGTH(ends));
}

bool sriov_place_takes(const struct sriov_place *place, const char *name)
{
	if (!place->suffix || *place->suffix)
		return true;
	if (*name == '.')
		return false;
	switch (place->owner) {
	case SRIOV_OWNER_IFCFG:
		return is_ifcfg(name);
	case SRIOV_OWNER_NETWORK_MANAGER: /* or nm_keyfile_utils_ignore_filename() */
		return place->runs ? is_dispatched(name) : !ends_with(name, "~");
	default:
		return true;
	}
}

static const char *const owner_names[] = {
	[SRIOV_OWNER_MODPROBE] = "modprobe",
	[SRIOV_OWNER_UDEV] = "udev",
	[SRIOV_OWNER_LINK] = "systemd-link",
	[SRIOV_OWNER_NETPLAN] = "netplan",
	[SRIOV_OWNER_TMPFILES] = "tmpfiles",
	[SRIOV_OWNER_SYSFS] = "sysfs",
	[SRIOV_OWNER_UNIT] = "systemd-unit",
	[SRIOV_OWNER_IFUPDOWN] = "ifupdown",
	[SRIOV_OWNER_RC_LOCAL] = "rc-local",
	[SRIOV_OWNER_NETWORK_MANAGER] = "networkmanager",
	[SRIOV_OWNER_IFCFG] = "ifcfg",
	[SRIOV_OWNER_OS_NET_CONFIG] = "os-net-config",
	[SRIOV_OWNER_NMSTATE] = "nmstate",
	[SRIOV_OWNER_CRON] = "cron",
	[SRIOV_OWNER_INITRAMFS] = "initramfs",
	[SRIOV_OWNER_KERNEL_CMDLINE] = "kernel-cmdline",
	[SRIOV_OWNER_CLOUD_INIT] = "cloud-init",
	[SRIOV_OWNER_OPERATOR] = "sriov-network-operator",
	[SRIOV_OWNER_MODULES_LOAD] = "modules-load",
	[SRIOV_OWNER_UNRAID] = "unraid",
};

ASSERT_COVERS(owner_names, SRIOV_OWNER_COUNT);

const char *sriov_owner_name(enum sriov_owner owner)
{
	return owner_names[owner];
}

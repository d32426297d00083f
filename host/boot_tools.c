/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_tools.h"

static const char *const paths[BOOT_TOOL_COUNT] = {
	[BOOT_TOOL_PROXMOX_UUIDS] = "/etc/kernel/proxmox-boot-uuids",
	[BOOT_TOOL_OSTREE] = "/run/ostree-booted",
	[BOOT_TOOL_GRUBBY] = "/usr/sbin/grubby",
	[BOOT_TOOL_GRUB_DEFAULTS] = "/etc/default/grub",
	[BOOT_TOOL_UPDATE_GRUB] = "/usr/sbin/update-grub",
	[BOOT_TOOL_GRUB2_MKCONFIG] = "/usr/sbin/grub2-mkconfig",
	[BOOT_TOOL_GRUB_MKCONFIG] = "/usr/bin/grub-mkconfig",
	[BOOT_TOOL_KERNEL_CMDLINE] = "/etc/kernel/cmdline",
	[BOOT_TOOL_SYSTEMD_BOOT] = "/boot/loader/loader.conf",
	[BOOT_TOOL_SYSTEMD_BOOT_EFI] = "/efi/loader/loader.conf",
	[BOOT_TOOL_SYSTEMD_BOOT_ESP] = "/boot/efi/loader/loader.conf",
	[BOOT_TOOL_UPDATE_INITRAMFS] = "/usr/sbin/update-initramfs",
	[BOOT_TOOL_MKINITCPIO] = "/usr/bin/mkinitcpio",
	[BOOT_TOOL_DRACUT] = "/usr/bin/dracut",
	[BOOT_TOOL_DRIVERCTL] = "/usr/sbin/driverctl",
};

void boot_tools_load(struct root *root, struct boot_tools *ret)
{
	for (size_t i = 0; i < BOOT_TOOL_COUNT; i++)
		ret->nodes[i] = root_stat(root, paths[i]);
}

bool boot_tools_has(const struct boot_tools *tools, enum boot_tool tool)
{
	return fact_known(&tools->nodes[tool].fact);
}

/* A loader is told by two files; the first row whose files are there wins. */
struct loader_rule {
	enum boot_loader loader;
	enum boot_tool first;
	enum boot_tool second; /* the same where one tells enough */
};

static const struct loader_rule loader_rules[] = {
	{.loader = BOOT_LOADER_PROXMOX_CMDLINE,
	 .first = BOOT_TOOL_PROXMOX_UUIDS,
	 .second = BOOT_TOOL_KERNEL_CMDLINE},
	{.loader = BOOT_LOADER_PROXMOX_GRUB,
	 .first = BOOT_TOOL_PROXMOX_UUIDS,
	 .second = BOOT_TOOL_GRUB_DEFAULTS},
	{.loader = BOOT_LOADER_OSTREE, .first = BOOT_TOOL_OSTREE, .second = BOOT_TOOL_OSTREE},
	{.loader = BOOT_LOADER_GRUBBY, .first = BOOT_TOOL_GRUBBY, .second = BOOT_TOOL_GRUBBY},
	{.loader = BOOT_LOADER_UPDATE_GRUB,
	 .first = BOOT_TOOL_UPDATE_GRUB,
	 .second = BOOT_TOOL_GRUB_DEFAULTS},
	{.loader = BOOT_LOADER_GRUB2_MKCONFIG,
	 .first = BOOT_TOOL_GRUB2_MKCONFIG,
	 .second = BOOT_TOOL_GRUB_DEFAULTS},
	{.loader = BOOT_LOADER_GRUB_MKCONFIG,
	 .first = BOOT_TOOL_GRUB_MKCONFIG,
	 .second = BOOT_TOOL_GRUB_DEFAULTS},
	{.loader = BOOT_LOADER_KERNEL_INSTALL,
	 .first = BOOT_TOOL_KERNEL_CMDLINE,
	 .second = BOOT_TOOL_KERNEL_CMDLINE},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT,
	 .first = BOOT_TOOL_SYSTEMD_BOOT,
	 .second = BOOT_TOOL_SYSTEMD_BOOT},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT,
	 .first = BOOT_TOOL_SYSTEMD_BOOT_EFI,
	 .second = BOOT_TOOL_SYSTEMD_BOOT_EFI},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT,
	 .first = BOOT_TOOL_SYSTEMD_BOOT_ESP,
	 .second = BOOT_TOOL_SYSTEMD_BOOT_ESP},
};

enum boot_loader boot_loader_of(const struct boot_tools *tools)
{
	for (size_t i = 0; i < sizeof(loader_rules) / sizeof(loader_rules[0]); i++) {
		const struct loader_rule *rule = &loader_rules[i];
		if (boot_tools_has(tools, rule->first) && boot_tools_has(tools, rule->second))
			return rule->loader;
	}
	return BOOT_LOADER_UNKNOWN;
}

enum initramfs_tool initramfs_tool_of(const struct boot_tools *tools)
{
	if (boot_tools_has(tools, BOOT_TOOL_MKINITCPIO))
		return INITRAMFS_MKINITCPIO;
	/* Debian's dracut package takes the place of initramfs-tools. */
	if (boot_tools_has(tools, BOOT_TOOL_DRACUT))
		return INITRAMFS_DRACUT;
	return boot_tools_has(tools, BOOT_TOOL_UPDATE_INITRAMFS) ? INITRAMFS_TOOLS
								 : INITRAMFS_UNKNOWN;
}

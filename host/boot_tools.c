/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot_tools.h"

#include "host/boot_image.h"

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
	[BOOT_TOOL_SDBOOTUTIL] = "/usr/bin/sdbootutil",
	[BOOT_TOOL_IMAGES] = NULL,
	[BOOT_TOOL_UPDATE_INITRAMFS] = "/usr/sbin/update-initramfs",
	[BOOT_TOOL_MKINITCPIO] = "/usr/bin/mkinitcpio",
	[BOOT_TOOL_DRACUT] = "/usr/bin/dracut",
	[BOOT_TOOL_DRIVERCTL] = "/usr/sbin/driverctl",
};

/* Folders of unified kernel images, by where the boot partition is mounted. */
static const char *const image_folders[] = {"/boot/EFI/Linux", "/efi/EFI/Linux",
					    "/boot/efi/EFI/Linux"};

static bool has_image(const struct fact_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (boot_image_covers(list->names[i]))
			return true;
	}
	return false;
}

/* A folder without an image is none. What could not be listed counts where nothing was found. */
static struct fact_node find_images(struct root *root, struct arena *arena)
{
	struct fact_node found = {.fact = {.state = FACT_ABSENT, .source = image_folders[0]}};

	for (size_t i = 0; i < sizeof(image_folders) / sizeof(image_folders[0]); i++) {
		struct fact_list list = root_list(root, arena, image_folders[i]);
		if (has_image(&list))
			return (struct fact_node){.fact = list.fact};
		if (!fact_settled(&list.fact) && fact_absent(&found.fact))
			found.fact = list.fact;
	}
	return found;
}

void boot_tools_load(struct root *root, struct arena *arena, struct boot_tools *ret)
{
	for (size_t i = 0; i < BOOT_TOOL_COUNT; i++)
		ret->nodes[i] = paths[i] ? root_stat(root, paths[i]) : find_images(root, arena);
}

bool boot_tools_has(const struct boot_tools *tools, enum boot_tool tool)
{
	return fact_known(&tools->nodes[tool].fact);
}

#define HAS(tool) (1U << BOOT_TOOL_##tool)

/* A loader is told by what a host has; the first row of which it has all wins. */
struct loader_rule {
	enum boot_loader loader;
	unsigned tools;
};

static const struct loader_rule loader_rules[] = {
	{.loader = BOOT_LOADER_PROXMOX_CMDLINE, .tools = HAS(PROXMOX_UUIDS) | HAS(KERNEL_CMDLINE)},
	{.loader = BOOT_LOADER_PROXMOX_GRUB, .tools = HAS(PROXMOX_UUIDS) | HAS(GRUB_DEFAULTS)},
	{.loader = BOOT_LOADER_OSTREE, .tools = HAS(OSTREE)},
	{.loader = BOOT_LOADER_GRUBBY, .tools = HAS(GRUBBY)},
	{.loader = BOOT_LOADER_SDBOOTUTIL, .tools = HAS(SDBOOTUTIL) | HAS(KERNEL_CMDLINE)},
	{.loader = BOOT_LOADER_UPDATE_GRUB, .tools = HAS(UPDATE_GRUB) | HAS(GRUB_DEFAULTS)},
	{.loader = BOOT_LOADER_GRUB2_MKCONFIG, .tools = HAS(GRUB2_MKCONFIG) | HAS(GRUB_DEFAULTS)},
	{.loader = BOOT_LOADER_GRUB_MKCONFIG, .tools = HAS(GRUB_MKCONFIG) | HAS(GRUB_DEFAULTS)},
	{.loader = BOOT_LOADER_MKINITCPIO,
	 .tools = HAS(IMAGES) | HAS(MKINITCPIO) | HAS(KERNEL_CMDLINE)},
	{.loader = BOOT_LOADER_KERNEL_INSTALL, .tools = HAS(KERNEL_CMDLINE)},
	{.loader = BOOT_LOADER_IMAGES, .tools = HAS(IMAGES)},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT, .tools = HAS(SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT, .tools = HAS(SYSTEMD_BOOT_EFI)},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT, .tools = HAS(SYSTEMD_BOOT_ESP)},
};

enum boot_loader boot_loader_of(const struct boot_tools *tools)
{
	unsigned had = 0;

	for (enum boot_tool tool = 0; tool < BOOT_TOOL_COUNT; tool++)
		had |= boot_tools_has(tools, tool) ? 1U << tool : 0;
	for (size_t i = 0; i < sizeof(loader_rules) / sizeof(loader_rules[0]); i++) {
		if ((loader_rules[i].tools & ~had) == 0)
			return loader_rules[i].loader;
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boot_tools.h"

#include <stdint.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/boot/boot_image.h"
#include "host/boot/loader_variable.h"

/* A variable that every UEFI firmware has: it shows where variables can be seen. */
#define SECURE_BOOT EFI_VARIABLES "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static const char *const paths[BOOT_TOOL_COUNT] = {
	[BOOT_TOOL_NIXOS] = "/etc/NIXOS",
	[BOOT_TOOL_PROXMOX_UUIDS] = "/etc/kernel/proxmox-boot-uuids",
	[BOOT_TOOL_OSTREE] = "/run/ostree-booted",
	[BOOT_TOOL_NO_RPM_OSTREE] = NULL,
	[BOOT_TOOL_MACHINE_CONFIG] = "/etc/machine-config-daemon",
	[BOOT_TOOL_GRUBBY] = "/usr/sbin/grubby",
	[BOOT_TOOL_GRUB_DEFAULTS] = "/etc/default/grub",
	[BOOT_TOOL_UPDATE_GRUB] = "/usr/sbin/update-grub",
	[BOOT_TOOL_GRUB2_MKCONFIG] = "/usr/sbin/grub2-mkconfig",
	[BOOT_TOOL_GRUB_MKCONFIG] = "/usr/bin/grub-mkconfig",
	[BOOT_TOOL_GRUB_MKCONFIG_SBIN] = "/usr/sbin/grub-mkconfig",
	[BOOT_TOOL_KERNEL_CMDLINE] = "/etc/kernel/cmdline",
	[BOOT_TOOL_SYSTEMD_BOOT] = "/boot/loader/loader.conf",
	[BOOT_TOOL_SYSTEMD_BOOT_EFI] = "/efi/loader/loader.conf",
	[BOOT_TOOL_SYSTEMD_BOOT_ESP] = "/boot/efi/loader/loader.conf",
	[BOOT_TOOL_TRANSACTIONAL] = "/usr/sbin/transactional-update",
	[BOOT_TOOL_SDBOOTUTIL] = "/usr/bin/sdbootutil",
	[BOOT_TOOL_TRUENAS] = "/usr/bin/midclt",
	[BOOT_TOOL_UNRAID] = "/etc/unraid-version",
	[BOOT_TOOL_KERNELSTUB] = "/etc/kernelstub/configuration",
	[BOOT_TOOL_LIMINE] = "/etc/default/limine",
	[BOOT_TOOL_REFIND] = "/boot/refind_linux.conf",
	[BOOT_TOOL_EXTLINUX] = "/etc/update-extlinux.conf",
	[BOOT_TOOL_SDBOOT_MANAGE] = "/usr/bin/sdboot-manage",
	[BOOT_TOOL_ZFSBOOTMENU] = NULL,
	[BOOT_TOOL_ELEMENTAL] = NULL,
	[BOOT_TOOL_HARVESTER] = "/etc/harvester-release.yaml",
	[BOOT_TOOL_LIMINE_CONF] = NULL,
	[BOOT_TOOL_U_BOOT_MENU] = "/usr/sbin/u-boot-update",
	[BOOT_TOOL_EXTLINUX_CONF] = "/boot/extlinux/extlinux.conf",
	[BOOT_TOOL_ARMBIAN] = "/boot/armbianEnv.txt",
	[BOOT_TOOL_PI_CMDLINE] = NULL,
	[BOOT_TOOL_PLAIN_ENTRIES] = NULL,
	[BOOT_TOOL_CMDLINE_PARTS] = NULL,
	[BOOT_TOOL_IMAGES] = NULL,
	[BOOT_TOOL_BY_SYSTEMD_BOOT] = NULL,
	[BOOT_TOOL_BY_ANOTHER] = NULL,
	[BOOT_TOOL_BY_STUB] = EFI_VARIABLES "StubInfo" LOADER_GUID,
	[BOOT_TOOL_DEBIAN] = "/etc/debian_version",
	[BOOT_TOOL_UPDATE_INITRAMFS] = "/usr/sbin/update-initramfs",
	[BOOT_TOOL_MKINITCPIO] = "/usr/bin/mkinitcpio",
	[BOOT_TOOL_DRACUT] = "/usr/bin/dracut",
	[BOOT_TOOL_DRACUT_SBIN] = "/usr/sbin/dracut",
	[BOOT_TOOL_DRACUT_REBUILD] = "/usr/bin/dracut-rebuild",
	[BOOT_TOOL_DRACUT_HOOK] = "/etc/kernel/postinst.d/dracut",
	[BOOT_TOOL_INITRAMFS_TOOLS] = "/usr/share/bug/initramfs-tools/script",
	[BOOT_TOOL_MKINITFS] = "/etc/mkinitfs/mkinitfs.conf",
	[BOOT_TOOL_BOOSTER] = "/usr/bin/booster",
	[BOOT_TOOL_LIMINE_MKINITCPIO] = "/usr/bin/limine-mkinitcpio",
	[BOOT_TOOL_LIMINE_DRACUT] = "/usr/bin/limine-dracut",
	[BOOT_TOOL_DRIVERCTL] = "/usr/sbin/driverctl",
	[BOOT_TOOL_OPENRC] = "/run/openrc",
	[BOOT_TOOL_RUNIT] = "/run/runit",
	[BOOT_TOOL_NO_UDEV] = NULL,
};

enum { MOST_PLACES = 5 };

/* Tools that one of several files shows. */
static const struct {
	enum boot_tool tool;
	const char *paths[MOST_PLACES];
} places[] = {
	{BOOT_TOOL_ZFSBOOTMENU,
	 {"/etc/zfsbootmenu/config.yaml", "/boot/efi/EFI/ZBM", "/efi/EFI/ZBM", "/boot/EFI/ZBM"}},
	/* Its GRUB reads both in the image that it boots. */
	{BOOT_TOOL_ELEMENTAL, {"/etc/elemental/bootargs.cfg", "/etc/cos/bootargs.cfg"}},
	{BOOT_TOOL_PI_CMDLINE, {"/boot/firmware/cmdline.txt", "/boot/cmdline.txt"}},
	{BOOT_TOOL_LIMINE_CONF,
	 {"/boot/limine.conf", "/boot/limine/limine.conf", "/boot/EFI/limine/limine.conf",
	  "/boot/EFI/BOOT/limine.conf", "/boot/EFI/arch-limine/limine.conf"}},
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

/* A folder without an image does not count. What could not be listed counts where nothing was
 * found. */
static struct fact_node find_images(struct root *root, struct arena *arena)
{
	struct fact_node found = {.fact = {.state = FACT_ABSENT, .source = image_folders[0]}};

	for (size_t i = 0; i < ARRAY_LENGTH(image_folders); i++) {
		struct fact_list list = root_list(root, arena, image_folders[i]);
		if (has_image(&list))
			return (struct fact_node){.fact = list.fact};
		if (!fact_settled(&list.fact) && fact_absent(&found.fact))
			found.fact = list.fact;
	}
	return found;
}

/* What a capture left out is not missing. */
static struct fact_node find_missing(struct root *root, const char *path)
{
	struct fact_node node = root_stat(root, path);

	if (fact_absent(&node.fact))
		node.fact.state = FACT_KNOWN;
	else
		node.fact.state = FACT_ABSENT;
	return node;
}

/* Other files than NAME.conf do not count. */
static struct fact_node find_parts(struct root *root, struct arena *arena)
{
	struct fact_list list = root_list(root, arena, "/etc/cmdline.d");

	for (size_t i = 0; i < list.count; i++) {
		if (has_suffix(list.names[i], ".conf"))
			return (struct fact_node){.fact = list.fact};
	}
	if (fact_known(&list.fact))
		list.fact.state = FACT_ABSENT;
	return (struct fact_node){.fact = list.fact};
}

/* What could not be read counts where nothing was found. */
static struct fact_node find_place(struct root *root, const char *const files[MOST_PLACES])
{
	struct fact_node found = root_stat(root, files[0]);

	for (size_t i = 1; i < MOST_PLACES && files[i] && !fact_known(&found.fact); i++) {
		struct fact_node node = root_stat(root, files[i]);
		if (!fact_absent(&node.fact))
			found = node;
	}
	return found;
}

/*
 * systemd-boot needs UEFI and leaves LoaderInfo (systemd's Boot Loader Interface), which other
 * loaders may leave, too, and old ones do not.
 */
static void find_starter(struct root *root, struct arena *arena, struct boot_tools *ret)
{
	const struct fact_text info = loader_variable_read(root, arena, "LoaderInfo");
	struct fact_node unknown = {.fact = {.state = FACT_ABSENT, .source = info.fact.source}};
	struct fact_node efi = root_stat(root, EFI_FOLDER), variable = root_stat(root, SECURE_BOOT);
	struct fact_node known = {.fact = {.state = FACT_KNOWN, .source = info.fact.source}};

	ret->loader_info = info;
	ret->nodes[BOOT_TOOL_BY_SYSTEMD_BOOT] = unknown;
	ret->nodes[BOOT_TOOL_BY_ANOTHER] = unknown;
	if (fact_known(&info.fact) && begins_with(info.text, "systemd-boot"))
		ret->nodes[BOOT_TOOL_BY_SYSTEMD_BOOT] = known;
	else if (fact_known(&info.fact) || fact_absent(&efi.fact) ||
		 (fact_absent(&info.fact) && fact_known(&variable.fact)))
		ret->nodes[BOOT_TOOL_BY_ANOTHER] = known;
}

const char *boot_tool_path(enum boot_tool tool)
{
	return paths[tool];
}

void boot_tools_load(struct root *root, struct arena *arena, struct boot_tools *ret)
{
	for (size_t i = 0; i < BOOT_TOOL_COUNT; i++) {
		if (paths[i])
			ret->nodes[i] = root_stat(root, paths[i]);
	}
	ret->nodes[BOOT_TOOL_NO_UDEV] = find_missing(root, "/run/udev");
	ret->nodes[BOOT_TOOL_NO_RPM_OSTREE] = find_missing(root, "/usr/bin/rpm-ostree");
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		ret->nodes[places[i].tool] = find_place(root, places[i].paths);
	ret->nodes[BOOT_TOOL_PLAIN_ENTRIES].fact.state = FACT_ABSENT;
	ret->nodes[BOOT_TOOL_CMDLINE_PARTS] = find_parts(root, arena);
	ret->nodes[BOOT_TOOL_IMAGES] = find_images(root, arena);
	find_starter(root, arena, ret);
}

void boot_tools_note_entries(struct boot_tools *tools, const struct boot_entries *entries)
{
	const struct boot_folder *with = NULL;

	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		const struct boot_folder *folder = &entries->folders[i];
		for (size_t k = 0; k < folder->count; k++) {
			if (folder->entries[k].release || folder->entries[k].is_image)
				return;
		}
		if (folder->count)
			with = folder;
	}
	if (with)
		tools->nodes[BOOT_TOOL_PLAIN_ENTRIES].fact = with->entries_fact;
}

bool boot_tools_has(const struct boot_tools *tools, enum boot_tool tool)
{
	return fact_known(&tools->nodes[tool].fact);
}

typedef uint64_t tool_mask;

#define BIT_OF(tool) ((tool_mask)1 << (tool))
#define HAS(tool)    BIT_OF(BOOT_TOOL_##tool)

/* A loader is told by what a host has; the first row of which it has all wins. */
struct loader_rule {
	enum boot_loader loader;
	tool_mask tools;
	tool_mask without; /* of which a host has none */
};

/* GRUB's settings may be left over where these took its place. */
#define NOT_BY_GRUB (HAS(BY_SYSTEMD_BOOT) | HAS(BY_STUB))

/* Proxmox's installer writes /etc/kernel/cmdline for ZFS also where GRUB boots it (legacy BIOS,
 * Secure Boot). ZFSBootMenu leaves its stub's mark through its kexec. */
static const struct loader_rule loader_rules[] = {
	{.loader = BOOT_LOADER_NIXOS, .tools = HAS(NIXOS)},
	{.loader = BOOT_LOADER_TRUENAS, .tools = HAS(TRUENAS)},
	{.loader = BOOT_LOADER_UNRAID, .tools = HAS(UNRAID)},
	{.loader = BOOT_LOADER_ELEMENTAL, .tools = HAS(ELEMENTAL), .without = HAS(BY_SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_ZFSBOOTMENU,
	 .tools = HAS(ZFSBOOTMENU) | HAS(BY_STUB),
	 .without = HAS(BY_SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_PROXMOX_GRUB,
	 .tools = HAS(PROXMOX_UUIDS) | HAS(GRUB_DEFAULTS) | HAS(BY_ANOTHER)},
	{.loader = BOOT_LOADER_PROXMOX_CMDLINE, .tools = HAS(PROXMOX_UUIDS) | HAS(KERNEL_CMDLINE)},
	{.loader = BOOT_LOADER_PROXMOX_GRUB, .tools = HAS(PROXMOX_UUIDS) | HAS(GRUB_DEFAULTS)},
	{.loader = BOOT_LOADER_ZFSBOOTMENU,
	 .tools = HAS(ZFSBOOTMENU),
	 .without = HAS(BY_SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_MACHINE_CONFIG, .tools = HAS(OSTREE) | HAS(MACHINE_CONFIG)},
	{.loader = BOOT_LOADER_OSTREE_ALONE, .tools = HAS(OSTREE) | HAS(NO_RPM_OSTREE)},
	{.loader = BOOT_LOADER_OSTREE, .tools = HAS(OSTREE)},
	{.loader = BOOT_LOADER_GRUBBY, .tools = HAS(GRUBBY)},
	{.loader = BOOT_LOADER_SDBOOTUTIL, .tools = HAS(SDBOOTUTIL) | HAS(KERNEL_CMDLINE)},
	{.loader = BOOT_LOADER_KERNELSTUB, .tools = HAS(KERNELSTUB), .without = HAS(BY_ANOTHER)},
	{.loader = BOOT_LOADER_LIMINE, .tools = HAS(LIMINE), .without = HAS(BY_SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_TRANSACTIONAL,
	 .tools = HAS(TRANSACTIONAL) | HAS(GRUB2_MKCONFIG) | HAS(GRUB_DEFAULTS),
	 .without = NOT_BY_GRUB},
	{.loader = BOOT_LOADER_UPDATE_GRUB,
	 .tools = HAS(UPDATE_GRUB) | HAS(GRUB_DEFAULTS),
	 .without = NOT_BY_GRUB},
	{.loader = BOOT_LOADER_GRUB2_MKCONFIG,
	 .tools = HAS(GRUB2_MKCONFIG) | HAS(GRUB_DEFAULTS),
	 .without = NOT_BY_GRUB},
	{.loader = BOOT_LOADER_GRUB_MKCONFIG,
	 .tools = HAS(GRUB_MKCONFIG) | HAS(GRUB_DEFAULTS),
	 .without = NOT_BY_GRUB},
	{.loader = BOOT_LOADER_GRUB_MKCONFIG,
	 .tools = HAS(GRUB_MKCONFIG_SBIN) | HAS(GRUB_DEFAULTS),
	 .without = NOT_BY_GRUB},
	{.loader = BOOT_LOADER_EXTLINUX, .tools = HAS(EXTLINUX)},
	{.loader = BOOT_LOADER_MKINITCPIO,
	 .tools = HAS(IMAGES) | HAS(MKINITCPIO) | HAS(KERNEL_CMDLINE)},
	{.loader = BOOT_LOADER_CMDLINE_PARTS,
	 .tools = HAS(IMAGES) | HAS(MKINITCPIO) | HAS(CMDLINE_PARTS)},
	{.loader = BOOT_LOADER_SDBOOT_MANAGE, .tools = HAS(SDBOOT_MANAGE) | HAS(BY_SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_SDBOOT_MANAGE, .tools = HAS(SDBOOT_MANAGE) | HAS(SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_KERNEL_INSTALL,
	 .tools = HAS(KERNEL_CMDLINE),
	 .without = HAS(PLAIN_ENTRIES)},
	{.loader = BOOT_LOADER_IMAGES, .tools = HAS(IMAGES)},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT, .tools = HAS(SYSTEMD_BOOT)},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT, .tools = HAS(SYSTEMD_BOOT_EFI)},
	{.loader = BOOT_LOADER_SYSTEMD_BOOT, .tools = HAS(SYSTEMD_BOOT_ESP)},
	{.loader = BOOT_LOADER_LIMINE_CONF, .tools = HAS(LIMINE_CONF)},
	{.loader = BOOT_LOADER_REFIND, .tools = HAS(REFIND)},
	{.loader = BOOT_LOADER_U_BOOT_MENU, .tools = HAS(U_BOOT_MENU)},
	{.loader = BOOT_LOADER_ARMBIAN, .tools = HAS(ARMBIAN)},
	{.loader = BOOT_LOADER_EXTLINUX_CONF, .tools = HAS(EXTLINUX_CONF)},
	{.loader = BOOT_LOADER_PI, .tools = HAS(PI_CMDLINE)},
};

static_assert(BOOT_TOOL_COUNT <= 8 * sizeof(tool_mask), "a bit for each tool");

static tool_mask tools_had(const struct boot_tools *tools)
{
	tool_mask had = 0;

	for (enum boot_tool tool = 0; tool < BOOT_TOOL_COUNT; tool++)
		had |= boot_tools_has(tools, tool) ? BIT_OF(tool) : 0;
	return had;
}

enum boot_loader boot_loader_of(const struct boot_tools *tools)
{
	tool_mask had = tools_had(tools);

	for (size_t i = 0; i < ARRAY_LENGTH(loader_rules); i++) {
		if ((loader_rules[i].tools & ~had) == 0 && !(loader_rules[i].without & had))
			return loader_rules[i].loader;
	}
	return BOOT_LOADER_UNKNOWN;
}

/* What makes the initramfs, told as the loader is. */
struct initramfs_rule {
	enum initramfs_tool tool;
	tool_mask tools;
	tool_mask without;
};

/*
 * A deployment's initramfs is made with rpm-ostree; none of the others can write there.
 *
 * Debian's packages initramfs-tools and dracut exclude each other, but dracut-core, which has the
 * program, goes with either; so dracut alone has the hook of new kernels. What is removed leaves
 * its hook, a conffile, and from dracut 112 on that has an update-initramfs, too: then a file of
 * initramfs-tools that is not a conffile tells.
 */
static const struct initramfs_rule initramfs_rules[] = {
	{.tool = INITRAMFS_NIXOS, .tools = HAS(NIXOS)},
	{.tool = INITRAMFS_IMAGE, .tools = HAS(OSTREE) | HAS(MACHINE_CONFIG)},
	{.tool = INITRAMFS_IMAGE, .tools = HAS(OSTREE) | HAS(NO_RPM_OSTREE)},
	{.tool = INITRAMFS_OSTREE, .tools = HAS(OSTREE)},
	{.tool = INITRAMFS_TOOLS,
	 .tools = HAS(DEBIAN) | HAS(UPDATE_INITRAMFS),
	 .without = HAS(DRACUT_HOOK)},
	{.tool = INITRAMFS_TOOLS,
	 .tools = HAS(DEBIAN) | HAS(UPDATE_INITRAMFS),
	 .without = HAS(DRACUT) | HAS(DRACUT_SBIN)},
	{.tool = INITRAMFS_TOOLS,
	 .tools = HAS(DEBIAN) | HAS(UPDATE_INITRAMFS) | HAS(INITRAMFS_TOOLS)},
	{.tool = INITRAMFS_MKINITCPIO, .tools = HAS(MKINITCPIO)},
	{.tool = INITRAMFS_TRANSACTIONAL, .tools = HAS(DRACUT) | HAS(TRANSACTIONAL)},
	{.tool = INITRAMFS_TRANSACTIONAL, .tools = HAS(DRACUT_SBIN) | HAS(TRANSACTIONAL)},
	{.tool = INITRAMFS_DRACUT, .tools = HAS(DRACUT)},
	{.tool = INITRAMFS_DRACUT, .tools = HAS(DRACUT_SBIN)},
	{.tool = INITRAMFS_TOOLS, .tools = HAS(UPDATE_INITRAMFS)},
	{.tool = INITRAMFS_BOOSTER, .tools = HAS(BOOSTER)},
	{.tool = INITRAMFS_MKINITFS, .tools = HAS(MKINITFS)},
};

enum initramfs_tool initramfs_tool_of(const struct boot_tools *tools)
{
	tool_mask had = tools_had(tools);

	for (size_t i = 0; i < ARRAY_LENGTH(initramfs_rules); i++) {
		if ((initramfs_rules[i].tools & ~had) == 0 && !(initramfs_rules[i].without & had))
			return initramfs_rules[i].tool;
	}
	return INITRAMFS_UNKNOWN;
}

enum init_system init_system_of(const struct boot_tools *tools)
{
	if (boot_tools_has(tools, BOOT_TOOL_OPENRC))
		return INIT_OPENRC;
	return boot_tools_has(tools, BOOT_TOOL_RUNIT) || boot_tools_has(tools, BOOT_TOOL_UNRAID)
		       ? INIT_ANOTHER
		       : INIT_SYSTEMD;
}

bool boot_tools_lack_udev(const struct boot_tools *tools)
{
	return boot_tools_has(tools, BOOT_TOOL_OPENRC) && boot_tools_has(tools, BOOT_TOOL_NO_UDEV);
}

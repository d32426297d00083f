/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_BOOT_TOOLS_H
#define PASSCHECK_HOST_BOOT_BOOT_TOOLS_H

#include "host/access/root.h"
#include "host/boot/boot_entries.h"

/* Files that tell how a host boots, and with what its configuration is changed. */
enum boot_tool {
	BOOT_TOOL_NIXOS,              /* NixOS, which makes all that boots of its configuration */
	BOOT_TOOL_PROXMOX_UUIDS,      /* proxmox-boot-tool looks after the ESPs */
	BOOT_TOOL_OSTREE,             /* the running system is a deployment of ostree */
	BOOT_TOOL_NO_RPM_OSTREE,      /* known where rpm-ostree is seen to be missing */
	BOOT_TOOL_MACHINE_CONFIG,     /* a node that OpenShift's Machine Config Operator keeps */
	BOOT_TOOL_GRUBBY,             /* Fedora, RHEL: edits BLS entries */
	BOOT_TOOL_GRUB_DEFAULTS,      /* GRUB's settings */
	BOOT_TOOL_UPDATE_GRUB,        /* Debian's grub-mkconfig */
	BOOT_TOOL_GRUB2_MKCONFIG,     /* SUSE, Fedora */
	BOOT_TOOL_GRUB_MKCONFIG,      /* Arch */
	BOOT_TOOL_GRUB_MKCONFIG_SBIN, /* the same in /usr/sbin: Alpine, Gentoo */
	BOOT_TOOL_KERNEL_CMDLINE,     /* what kernel-install writes into entries */
	BOOT_TOOL_SYSTEMD_BOOT,       /* systemd-boot on an ESP at /boot */
	BOOT_TOOL_SYSTEMD_BOOT_EFI,   /* the same at /efi */
	BOOT_TOOL_SYSTEMD_BOOT_ESP,   /* the same at /boot/efi */
	BOOT_TOOL_TRANSACTIONAL, /* openSUSE MicroOS, SLE Micro: changes go to a new snapshot */
	BOOT_TOOL_SDBOOTUTIL,    /* openSUSE: makes entries of systemd-boot and of GRUB */
	BOOT_TOOL_TRUENAS,    /* the client of TrueNAS's middleware, which writes GRUB's settings */
	BOOT_TOOL_UNRAID,     /* Unraid, whose / is in memory */
	BOOT_TOOL_KERNELSTUB, /* Pop!_OS: makes entries of systemd-boot of its own settings */
	BOOT_TOOL_LIMINE,     /* limine-entry-tool, which makes entries or images for Limine */
	BOOT_TOOL_REFIND,     /* rEFInd's options of the kernels beside this file */
	BOOT_TOOL_EXTLINUX,   /* Alpine: makes extlinux.conf */
	BOOT_TOOL_SDBOOT_MANAGE, /* CachyOS: makes entries of systemd-boot of its own settings */
	BOOT_TOOL_ZFSBOOTMENU,   /* what makes ZFSBootMenu, or its folder on an ESP */
	BOOT_TOOL_ELEMENTAL,     /* a system in an image of Elemental: Harvester, Kairos */
	BOOT_TOOL_HARVESTER,     /* that of Harvester */
	BOOT_TOOL_LIMINE_CONF,   /* Limine's own configuration */
	BOOT_TOOL_U_BOOT_MENU,   /* Debian: makes extlinux.conf for U-Boot */
	BOOT_TOOL_EXTLINUX_CONF, /* what U-Boot and extlinux boot by */
	BOOT_TOOL_ARMBIAN,       /* settings of Armbian's script for U-Boot */
	BOOT_TOOL_PI_CMDLINE,    /* the line that a Raspberry Pi's firmware reads */
	BOOT_TOOL_PLAIN_ENTRIES, /* entries, and none that kernel-install made */
	BOOT_TOOL_CMDLINE_PARTS, /* what mkinitcpio puts into images beside /etc/kernel/cmdline */
	BOOT_TOOL_IMAGES,        /* unified kernel images in a boot partition */
	/* What started the running kernel: none is known where that is unknown. */
	BOOT_TOOL_BY_SYSTEMD_BOOT,
	BOOT_TOOL_BY_ANOTHER,       /* anything but systemd-boot */
	BOOT_TOOL_BY_STUB,          /* systemd-stub, of a unified kernel image */
	BOOT_TOOL_DEBIAN,           /* Debian, or made of it */
	BOOT_TOOL_UPDATE_INITRAMFS, /* initramfs-tools, and Debian's dracut from 112 on */
	BOOT_TOOL_MKINITCPIO,
	BOOT_TOOL_DRACUT,
	BOOT_TOOL_DRACUT_SBIN,       /* the same in /usr/sbin: RHEL 7 */
	BOOT_TOOL_DRACUT_REBUILD,    /* EndeavourOS: makes Arch's images with dracut */
	BOOT_TOOL_DRACUT_HOOK,       /* Debian's dracut makes the initramfs of new kernels */
	BOOT_TOOL_INITRAMFS_TOOLS,   /* a file of Debian's package that goes with it */
	BOOT_TOOL_MKINITFS,          /* Alpine */
	BOOT_TOOL_BOOSTER,           /* Arch, Void */
	BOOT_TOOL_LIMINE_MKINITCPIO, /* make images for Limine: limine-mkinitcpio-hook */
	BOOT_TOOL_LIMINE_DRACUT,     /* and limine-dracut-support */
	BOOT_TOOL_DRIVERCTL,
	BOOT_TOOL_OPENRC,  /* OpenRC started the services that run */
	BOOT_TOOL_RUNIT,   /* runit did, as on Void */
	BOOT_TOOL_NO_UDEV, /* known where udev is seen not to run */
	BOOT_TOOL_COUNT,
};

struct boot_tools {
	struct fact_node nodes[BOOT_TOOL_COUNT];
	struct fact_text loader_info; /* LoaderInfo: "systemd-boot 254", "GRUB 2.12" */
};

/* Returns the file that shows the tool, NULL where it is not one file alone. */
const char *boot_tool_path(enum boot_tool tool);

/* Looks for the files of every tool. */
void boot_tools_load(struct root *root, struct arena *arena, struct boot_tools *ret);

/* Notes what entries tell: those of kernel-install have a version (90-loaderentry.install). */
void boot_tools_note_entries(struct boot_tools *tools, const struct boot_entries *entries);

/* What a host's kernel command line is changed with. */
enum boot_loader {
	BOOT_LOADER_UNKNOWN,
	BOOT_LOADER_NIXOS,           /* boot.kernelParams of its configuration */
	BOOT_LOADER_PROXMOX_CMDLINE, /* /etc/kernel/cmdline and proxmox-boot-tool */
	BOOT_LOADER_PROXMOX_GRUB,    /* /etc/default/grub and proxmox-boot-tool */
	BOOT_LOADER_OSTREE,
	BOOT_LOADER_MACHINE_CONFIG, /* kernelArguments of a MachineConfig */
	BOOT_LOADER_OSTREE_ALONE,   /* entries of ostree, without rpm-ostree: bootc */
	BOOT_LOADER_GRUBBY,
	BOOT_LOADER_TRANSACTIONAL, /* /etc/default/grub and transactional-update */
	BOOT_LOADER_UPDATE_GRUB,
	BOOT_LOADER_GRUB2_MKCONFIG,
	BOOT_LOADER_GRUB_MKCONFIG,
	BOOT_LOADER_SDBOOTUTIL,     /* /etc/kernel/cmdline, from which it makes entries */
	BOOT_LOADER_MKINITCPIO,     /* /etc/kernel/cmdline, which goes into its images */
	BOOT_LOADER_CMDLINE_PARTS,  /* /etc/cmdline.d, which goes into mkinitcpio's images */
	BOOT_LOADER_KERNEL_INSTALL, /* /etc/kernel/cmdline, which goes into entries or images */
	BOOT_LOADER_IMAGES,         /* unified kernel images that something else makes */
	BOOT_LOADER_SYSTEMD_BOOT,   /* systemd-boot, entries written by hand */
	BOOT_LOADER_TRUENAS,        /* a setting of TrueNAS */
	BOOT_LOADER_UNRAID,         /* syslinux.cfg on its flash drive */
	BOOT_LOADER_KERNELSTUB,     /* /etc/kernelstub/configuration, by kernelstub */
	BOOT_LOADER_LIMINE,         /* /etc/default/limine */
	BOOT_LOADER_REFIND,         /* /boot/refind_linux.conf */
	BOOT_LOADER_EXTLINUX,       /* /etc/update-extlinux.conf */
	BOOT_LOADER_SDBOOT_MANAGE,  /* /etc/sdboot-manage.conf */
	BOOT_LOADER_ZFSBOOTMENU,    /* a property of the dataset that is booted */
	BOOT_LOADER_ELEMENTAL,      /* /oem/grubenv, beside what its image has */
	BOOT_LOADER_LIMINE_CONF,    /* limine.conf, written by hand */
	BOOT_LOADER_U_BOOT_MENU,    /* /etc/default/u-boot */
	BOOT_LOADER_EXTLINUX_CONF,  /* extlinux.conf, written by hand */
	BOOT_LOADER_ARMBIAN,        /* /boot/armbianEnv.txt */
	BOOT_LOADER_PI,             /* cmdline.txt */
	BOOT_LOADER_COUNT,
};

/* Returns the host's boot loader, unknown where nothing that was read tells. */
enum boot_loader boot_loader_of(const struct boot_tools *tools);

enum initramfs_tool {
	INITRAMFS_UNKNOWN,
	INITRAMFS_NIXOS,
	INITRAMFS_OSTREE, /* of rpm-ostree, which has dracut make one of the host's own */
	INITRAMFS_IMAGE,  /* of the image that is deployed: bootc, OpenShift */
	INITRAMFS_TOOLS,  /* Debian's initramfs-tools */
	INITRAMFS_DRACUT,
	INITRAMFS_TRANSACTIONAL, /* dracut in a new snapshot */
	INITRAMFS_MKINITCPIO,
	INITRAMFS_MKINITFS,
	INITRAMFS_BOOSTER,
	INITRAMFS_COUNT,
};

/* Returns what makes the host's initramfs. */
enum initramfs_tool initramfs_tool_of(const struct boot_tools *tools);

/* What starts a host's services. */
enum init_system {
	INIT_SYSTEMD, /* also where nothing tells */
	INIT_OPENRC,
	INIT_ANOTHER, /* runit, Unraid's scripts */
};

enum init_system init_system_of(const struct boot_tools *tools);

/* Returns whether no udev runs, so nothing reads its rules: with OpenRC, Alpine may have mdev in
 * its place. */
bool boot_tools_lack_udev(const struct boot_tools *tools);

/* Returns whether the host has the tool; what could not be read counts as missing. */
bool boot_tools_has(const struct boot_tools *tools, enum boot_tool tool);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_HOST_H
#define PASSCHECK_HOST_HOST_H

#include "host/acpi/acpi.h"
#include "host/boot/boot_config.h"
#include "host/boot/boot_tools.h"
#include "host/boot/cmdline.h"
#include "host/boot/kconfig.h"
#include "host/modules/initramfs_lists.h"
#include "host/modules/modprobe.h"
#include "host/modules/module_lists.h"
#include "host/modules/modules.h"
#include "host/pci/device_tree.h"
#include "host/pci/iommu.h"
#include "host/pci/mdev.h"
#include "host/pci/pci.h"
#include "host/pci/versions.h"
#include "host/persistence/sriov_config.h"
#include "host/system/cpu.h"
#include "host/system/fc_host.h"
#include "host/system/framebuffer.h"
#include "host/system/host_logs.h"
#include "host/system/hypervisor.h"
#include "host/system/interrupts.h"
#include "host/system/kvm.h"
#include "host/system/machine_id.h"
#include "host/system/memory.h"
#include "host/system/selinux.h"
#include "host/system_info.h"
#include "host/usage/usage.h"
#include "host/usage/vf_links.h"

/* A snapshot of the machine under audit. Everything in it belongs to its arena. */
struct host {
	struct arena *arena;
	bool captured;
	struct fact_text kernel_release; /* "6.1.0-51-amd64" */
	struct fact_text hostname;       /* not captured unless identity was asked for */
	struct fact_text machine_id;     /* hashed; not captured unless identity was asked for */
	struct fact_text vendor;         /* DMI: who made the machine */
	struct fact_text product;        /* DMI: what it is called */
	struct fact_number chassis;      /* DMI: its form, a type of SMBIOS (10: notebook) */
	struct system_info system_info;
	struct fact_text lockdown; /* the current word of /sys/kernel/security/lockdown */
	struct fact_number effective_capabilities; /* of the reader, /proc/self/status CapEff */
	struct cpu cpu;
	struct cmdline cmdline;
	struct kconfig kconfig;
	struct modules modules;
	struct modprobe modprobe;
	struct module_lists module_lists;
	struct initramfs_lists initramfs_lists;
	struct kvm kvm;
	struct framebuffers framebuffers;
	struct selinux selinux;
	struct interrupts interrupts;
	struct acpi_tables acpi;
	struct iommu_groups groups;
	struct iommu_units units;
	struct pci pci;
	struct pci_versions versions;
	struct device_tree device_tree;
	struct sriov_config sriov_config;
	struct vf_links vf_links; /* where they were asked for */
	struct memory memory;
	struct boot_tools boot_tools;
	struct boot_config boot_config;
	struct hypervisor hypervisor;
	struct fc_hosts fc_hosts;
	struct mdevs mdevs;
	struct usage usage;
	struct host_logs logs; /* where they were asked for */
};

/* What to read beyond the ordinary. */
struct host_options {
	bool identity; /* the host's name */
	bool logs;     /* what the kernel and QEMU said */
	bool users;    /* which programs have devices open */
	/* Leave out functions and groups, and what is read of them: they count as not captured. */
	bool host_alone;
	/* Of a live host, where they were searched for before the reader confined itself; NULL:
	 * they were not. */
	const struct device_users *found_users;
	/* Likewise: what physical functions keep of network VFs. */
	const struct vf_links *found_links;
};

/*
 * Reads the host below root. Returns 0 and the snapshot, which the caller frees with host_free(),
 * or -ENOMEM. What could not be read is a fact of the snapshot, not an error.
 */
int host_load(struct root *root, const struct host_options *options, struct host **ret);
void host_free(struct host *host);

/* Returns whether the host's release was read and is of that form. */
bool host_kernel_version(const struct host *host, struct kernel_version *ret);

/* Returns whether the host's kernel has what came with major.minor. Unknown where its release is,
 * and where its number is older and kernel_backports(). */
enum boolean host_kernel_has(const struct host *host, unsigned major, unsigned minor);

/* Returns whether the reader held CAP_SYS_ADMIN, which whole config spaces need: known only where
 * it could be told. */
struct fact_number host_privileged(const struct host *host);

#endif

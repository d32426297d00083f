/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PLATFORM_H
#define PASSCHECK_MODEL_PLATFORM_H

#include "host/boot/boolean.h"
#include "host/host.h"

/* Whose IOMMU a host has, or would have. */
enum platform {
	PLATFORM_UNKNOWN, /* x86 of a vendor that cannot be told */
	PLATFORM_VTD,
	PLATFORM_AMD_VI,
	PLATFORM_OTHER, /* neither: not x86, or a virtio-iommu */
};

/* Whether the kernel translates DMA now: what runs wins over what tables and options promise. */
enum translation { TRANSLATION_UNKNOWN, TRANSLATION_OFF, TRANSLATION_ON };

/* What runs below a virtual machine, as far as that changes what helps it. */
enum machine_below {
	BELOW_OTHER, /* QEMU, one that is not known, or nothing */
	BELOW_VMWARE,
	BELOW_OPENSTACK,
	BELOW_EC2, /* Amazon's */
	BELOW_GOOGLE,
	BELOW_ALIBABA,
	BELOW_HYPER_V,
	BELOW_XEN,
	BELOW_XEN_DOM0, /* this is the domain that has Xen's devices */
};

enum { MACHINE_BELOW_COUNT = BELOW_XEN_DOM0 + 1 };

/* What kind of machine a host is, concluded once. Facts are of the host, and never NULL. */
struct host_platform {
	/* By the units that run, else by the table that firmware gives, else by the processor's
	 * vendor. An emulated machine may pair an AMD processor with a DMAR table. */
	enum platform kind;
	/* A unit or a table shows the kind. Where only the processor does, it is what the host
	 * would have: enough to say what to switch on, and not that anything is. */
	bool is_seen;
	enum translation translation;
	const struct fact *translation_fact; /* that evidences it */
	/* Of firmware: the IVRS with AMD-Vi, the VIOT where there is one, the IORT on Arm, the
	 * DMAR otherwise. */
	const struct fact *table;
	bool has_table; /* firmware gives a DMAR or an IVRS, readable or not */
	/* A hypervisor gives a VIOT, readable or not, and neither of the others. */
	bool has_viot;
	/* The host is a virtual machine, or Xen's dom0: x86's cpuinfo says so, elsewhere what the
	 * machine is called or that it has QEMU's host bridge. */
	bool is_guest;
	enum machine_below below; /* of a virtual machine, and of Xen's dom0 */
};

void host_platform_build(const struct host *host, struct host_platform *ret);

/*
 * Returns what helps a virtual machine that lacks what, "a virtual IOMMU", by what runs below it:
 * "Give this virtual machine a virtual IOMMU (QEMU: intel-iommu), if its own guests are to get
 * devices". qemu is how QEMU gives it, or NULL. Of Xen's dom0 it is that VFIO is not the way there.
 */
const char *platform_virtual_remedy(const struct host_platform *platform, const char *what,
				    const char *qemu, struct arena *arena);

/* Returns what helps a virtual machine whose processor offers it no virtualisation. */
const char *platform_nested_remedy(const struct host_platform *platform);

/* What Xen's dom0 does instead, as a sentence without a period. */
#define PLATFORM_DOM0_REMEDY                                                                       \
	"This is Xen's dom0, where neither VFIO nor KVM works: assign devices with Xen "           \
	"(xen-pciback, xl pci-assignable-add), or boot the kernel without Xen"

/*
 * Returns whether the host has its devices of ACPI. Where no table was read, a device tree that has
 * its host bridges says no, and a kernel without ACPI: Arm's kernels go by one of both
 * (acpi_boot_table_init() of arch/arm64/kernel/acpi.c).
 */
enum boolean platform_has_acpi(const struct host *host);

/* Returns "VT-d", "AMD-Vi" or "the IOMMU". */
const char *platform_name(enum platform platform);

/* Returns whether the function is an IOMMU, which does not translate itself: AMD's and virtio's are
 * PCI functions, and in no group. */
bool platform_is_iommu(const struct host_platform *platform, const struct pci_function *function);

/* Returns whether the function is a virtio-iommu, by its ids. */
bool platform_is_virtio_iommu(const struct pci_function *function);

/*
 * Returns whether the function is in a group of an IOMMU, and not in one that VFIO's noiommu mode
 * made, whose devices nothing keeps from any memory.
 */
bool platform_in_real_group(const struct host *host, const struct pci_function *function);

/*
 * Returns whether VFIO's noiommu mode took a function without giving it a group: since Linux 7.3 a
 * kernel without VFIO_GROUP tells by the name of its device alone
 * (vfio_device_set_noiommu_and_name() of drivers/vfio/vfio_main.c).
 */
bool platform_is_noiommu_device(const struct pci_function *function);

/*
 * Returns whether the function is in no group yet, and will be once a driver is bound to it. Up to
 * Linux 6.14 a device whose IOMMU is described by a device tree, the IORT or the VIOT gets to its
 * IOMMU where a driver probes: really_probe() of drivers/base/dd.c. Since 6.15 it does so when it
 * is enumerated (iommu_init_device() of drivers/iommu/iommu.c).
 */
bool platform_groups_with_driver(const struct host *host, const struct pci_function *function);

#endif

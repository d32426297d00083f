/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_PCI_FUNCTION_H
#define PASSCHECK_HOST_PCI_PCI_FUNCTION_H

#include "host/access/fact.h"
#include "host/pci/config.h"
#include "host/pci/pci_address.h"
#include "host/pci/pcie_type.h"

/* Flags of a line of `resource`: linux/ioport.h. */
#define IORESOURCE_IO       0x00000100u
#define IORESOURCE_MEM      0x00000200u
#define IORESOURCE_PREFETCH 0x00002000u
#define IORESOURCE_MEM_64   0x00100000u
#define IORESOURCE_UNSET    0x20000000u /* the kernel found no place for it */

/* A line of the `resource` attribute: physical addresses, end inclusive; flags of linux/ioport.h.
 */
struct pci_resource {
	uint64_t start;
	uint64_t end;
	uint64_t flags;
};

/* Lines 0-5 BARs, 6 ROM, with CONFIG_PCI_IOV 7-12 VF BARs, then 4 bridge windows. */
struct pci_resources {
	struct fact fact;
	struct pci_resource *lines;
	size_t count;
};

/* The sriov_* attributes; all absent on a function that is no PF, or with CONFIG_PCI_IOV=n. */
struct pci_sriov_attributes {
	struct fact_number totalvfs;
	struct fact_number numvfs;
	struct fact_number offset;
	struct fact_number stride;
	struct fact_number vf_device;
	struct fact_number drivers_autoprobe;
	struct fact_number vf_total_msix;
};

struct pci_function {
	struct pci_address address;
	const char *name; /* the address as text */
	const char *path; /* its own folder: "/sys/devices/pci0000:00/…/0000:03:00.0" */
	struct fact_number vendor;
	struct fact_number device;
	struct fact_number class_code; /* 24 bits: base class, subclass, interface */
	struct fact_number subsystem_vendor;
	struct fact_number subsystem_device;
	struct config_space config;
	struct pci_resources resources;
	struct fact_text driver;           /* absent: no driver */
	struct fact_text firmware_version; /* as drivers of NVMe and InfiniBand tell it */
	/* In vfio-dev, which a function has on a driver of VFIO since 6.1. Of vfio-pci asked only
	 * without a group. */
	struct fact_list vfio_devices;
	struct fact_text physfn;      /* absent: not a VF; otherwise the PF's address */
	struct fact_number group;     /* absent: in no IOMMU group */
	struct fact_text iommu;       /* the unit that translates it ("dmar0"); absent: none */
	struct fact_number numa_node; /* -1: unknown to firmware */
	struct fact_number ari_enabled;
	struct fact_number boot_vga;
	/* Of displays: whether the kernel may let it into D3cold, and whether it may sleep at all
	 * while it idles ("auto", "on"); and power resources of ACPI by which a port above can be
	 * cut off: absent where none has some, or a port at or below it is kept awake. */
	struct fact_number d3cold_allowed;
	struct fact_text power_control;
	struct fact_node port_power;
	/* The driver that it alone may have; absent: any. Asked where it has none. */
	struct fact_text driver_override;
	struct fact_text reset_method; /* "flr bus", commas of newer kernels kept; absent: none */
	/* The number of its INTx line, or of its MSI while that is enabled. Asked of what
	 * pci_sharing_of() says may not share one. */
	struct fact_number irq;
	/* "removable": below a port that firmware calls external; absent: it does not. */
	struct fact_text removable;
	/* Unreadable with ENXIO where there are some in other network namespaces alone. */
	struct fact_list netdevs;
	/* Of netdevs, those that stand for VFs: the PF is in switchdev mode. Asked where it has VFs
	 * and more than one interface. */
	struct fact_list representors;
	/* "D0", "D3cold", "error"; absent before 5.10. Asked of endpoints that are no VFs. */
	struct fact_text power_state;
	/* Of a VF of NVIDIA's that its driver holds: 0, no vGPU yet; and which it can become, a
	 * line "ID : NAME" each. */
	struct fact_number vgpu_type;
	struct fact_text vgpu_types;
	struct pci_sriov_attributes sriov;

	/* The bridge above: known with parent set, absent on a root bus, not captured otherwise. */
	enum fact_state parent_state;
	const struct pci_function *parent;
	enum pcie_type pcie_type; /* as the kernel sees it: pcie_type_below() of its parent's */
	const struct pci_function *pf; /* of a VF, NULL where it was not found */
	/* The VMD endpoint whose domain this one is in; NULL in such a domain: not known. */
	const struct pci_function *vmd;
};

/* Returns the function of that address among functions, which are sorted by address, or NULL. */
const struct pci_function *pci_functions_find(const struct pci_function *functions, size_t count,
					      const struct pci_address *address);

/* As pci_functions_find(), by the address as text; NULL also for what is no address. */
const struct pci_function *pci_functions_find_name(const struct pci_function *functions,
						   size_t count, const char *name);

/* Returns whether the function is an SR-IOV virtual function (it has a physfn link). */
bool pci_is_vf(const struct pci_function *function);

/* Returns whether the function is known to be the display that firmware showed its console on:
 * boot_vga is 1. */
bool pci_is_boot_display(const struct pci_function *function);

/* Returns whether the function is known to have VFs enabled: sriov_numvfs is not 0. */
bool pci_has_vfs(const struct pci_function *function);

/* Returns whether it is known to be a physical function: the kernel tells how many VFs it offers.
 */
bool pci_is_pf(const struct pci_function *function);

/* Returns whether the function is known to be on the driver of that name, as in sysfs ("vfio-pci").
 */
bool pci_is_on_driver(const struct pci_function *function, const char *driver);

/* Whether a function lets others of the host have its INTx line (PCI 2.3, DisINTx). */
enum intx_sharing {
	INTX_SHARED,  /* it does, or has no line that VFIO uses */
	INTX_UNKNOWN, /* a conventional function, in which the bit may be missing */
	INTX_ALONE,   /* the kernel does not trust its bit: VFIO takes the line for itself */
};

/*
 * PCI Express requires the bit, and so the functions inside its chipsets have it, too. A table of
 * the kernel names those whose bit does not work: quirk_broken_intx_masking() and
 * mellanox_broken_intx_devs of drivers/pci/quirks.c, without the functions that have no INTx for
 * VFIO (vfio_pci_nointx(), drivers/vfio/pci/vfio_pci_core.c).
 */
enum intx_sharing pci_sharing_of(const struct pci_function *function, bool on_root_bus);

/* Returns the header type without the multi-function bit (0 normal, 1 bridge, 2 CardBus), -1 if
 * unread. */
int pci_header_type(const struct pci_function *function);

/* Returns the class's upper 16 bits (0x0604 PCI bridge), -1 if unread. */
int pci_class(const struct pci_function *function);

/* Returns whether the function is an InfiniBand controller (class 0207): its interfaces have GUIDs,
 * and no MAC address that a host could set (ipoib_netdev_ops_vf, drivers/infiniband/ulp/ipoib). */
bool pci_is_infiniband(const struct pci_function *function);

/* Returns whether the function has network interfaces, all of them in other network namespaces
 * than the reader's: which ones, and what they are used for, is not known. */
bool pci_has_foreign_netdevs(const struct pci_function *function);

/* Returns the class's upper 8 bits, PCI_BASE_CLASS_* of <pci/header.h>, -1 if unread. */
int pci_base_class(const struct pci_function *function);

/* Returns whether the function's vendor and device were read. */
bool pci_knows_ids(const struct pci_function *function);

/* Return whether the function has those ids, and whether two have the same: ids that were not read
 * are no one's. */
bool pci_has_ids(const struct pci_function *function, int64_t vendor, int64_t device);
bool pci_same_ids(const struct pci_function *a, const struct pci_function *b);

/* Returns whether the kernel has two functions in one IOMMU group; no where one of them is in none,
 * or that was not read. */
bool pci_same_group(const struct pci_function *a, const struct pci_function *b);

/*
 * Of the PCI Code and ID Assignment Specification. pciutils after 3.13 have these in
 * <pci/header.h>, as PCI_CLASS_*: the names here do not clash with those macros.
 */
enum { CLASS_NVM = 0x0108, CLASS_MEMORY_CXL = 0x0502, CLASS_IOMMU = 0x0806 };

#endif

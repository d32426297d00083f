/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_PCI_H
#define PASSCHECK_HOST_PCI_PCI_H

#include "host/access/root.h"
#include "host/pci/config.h"
#include "host/pci/iommu.h"

/* DDDD:BB:DD.F. Domains exceed 16 bits below a VMD (10000 and up). */
struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t device;   /* 0 to 31 */
	uint8_t function; /* 0 to 7; with ARI device<<3 | function is one number of 8 bits */
};

/* Room for an address as text, with its NUL. */
enum { PCI_ADDRESS_SIZE = sizeof("ffffffff:ff:1f.7") };

/* Parses "DDDD:BB:DD.F", hex, a domain of 4 to 8 digits. Returns 0 or -EINVAL. */
int pci_address_parse(const char *text, struct pci_address *ret);

/* Writes address as the kernel spells it ("%04x:%02x:%02x.%x"). */
void pci_address_format(const struct pci_address *address, char text[static PCI_ADDRESS_SIZE]);

/* Orders by domain, bus, device, function, as strcmp() does. */
int pci_address_compare(const struct pci_address *a, const struct pci_address *b);

/* Returns device<<3 | function, the low byte of the requester id. */
uint8_t pci_devfn(const struct pci_address *address);

/* Returns bus<<8 | devfn, the requester id within its segment. */
uint16_t pci_requester_id(const struct pci_address *address);

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
	struct fact_text driver; /* absent: no driver */
	/* In vfio-dev, which a function has on a driver of VFIO since 6.1. Not asked of vfio-pci.
	 */
	struct fact_list vfio_devices;
	struct fact_text physfn;      /* absent: not a VF; otherwise the PF's address */
	struct fact_number group;     /* absent: in no IOMMU group */
	struct fact_text iommu;       /* the unit that translates it ("dmar0"); absent: none */
	struct fact_number numa_node; /* -1: unknown to firmware */
	struct fact_number ari_enabled;
	struct fact_number boot_vga;
	struct fact_text reset_method; /* "flr bus", commas of newer kernels kept; absent: none */
	/* "removable": below a port that firmware calls external; absent: it does not. */
	struct fact_text removable;
	struct fact_list netdevs;
	struct pci_sriov_attributes sriov;

	/* The bridge above: known with parent set, absent on a root bus, not captured otherwise. */
	enum fact_state parent_state;
	const struct pci_function *parent;
	const struct pci_function *pf;  /* of a VF, NULL where it was not found */
	const struct pci_function *vmd; /* the VMD endpoint whose root bus this one is below */
};

struct pci {
	struct fact fact;               /* of /sys/bus/pci/devices */
	struct pci_function *functions; /* sorted by address */
	size_t count;
	const char *const *foreign; /* names in the folder that are no addresses */
	size_t foreign_count;
};

/*
 * Reads every function below root into memory of arena. A function that one of groups lists is not
 * asked for its group again. Short memory marks the arena.
 */
void pci_load(struct root *root, struct arena *arena, const struct iommu_groups *groups,
	      struct pci *ret);

/* Returns the function of that address, or NULL. */
const struct pci_function *pci_find(const struct pci *pci, const struct pci_address *address);

/* As pci_find(), by the address as text; NULL also for what is no address. */
const struct pci_function *pci_find_name(const struct pci *pci, const char *name);

/* Returns whether the function is an SR-IOV virtual function (it has a physfn link). */
bool pci_is_vf(const struct pci_function *function);

/* Returns the header type without the multi-function bit (0 normal, 1 bridge, 2 CardBus), -1 if
 * unread. */
int pci_header_type(const struct pci_function *function);

/* Returns the class's upper 16 bits (0x0604 PCI bridge), -1 if unread. */
int pci_class(const struct pci_function *function);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_H

#include "guest/libvirt/qemu_argument.h"
#include "guest/read/domain_pool.h"
#include "host/base/arena.h"
#include "host/base/number_set.h"
#include "host/pci/pci.h"

/*
 * What passthrough depends on in the description of a guest, in the terms of libvirt's XML
 * (https://libvirt.org/formatdomain.html and formatnetwork.html). The rest is passed over.
 */

/* Limits; a document beyond them is refused. */
enum {
	LIMIT_DOMAIN_XML = 16 * 1024 * 1024, /* bytes */
	LIMIT_DOMAIN_DEPTH = 64,             /* elements within one another */
	LIMIT_DOMAIN_DEVICES = 4096,
	LIMIT_DOMAIN_DOCUMENTS = 4096, /* in one text */
	LIMIT_DOMAIN_TEXT = 4096,      /* bytes of the text of an element */
};

enum domain_device_kind {
	DOMAIN_DEVICE_OTHER,      /* only its place in the guest matters */
	DOMAIN_DEVICE_HOSTDEV,    /* <hostdev type='pci'> */
	DOMAIN_DEVICE_INTERFACE,  /* <interface type='hostdev'> */
	DOMAIN_DEVICE_NETWORK,    /* <interface type='network'> */
	DOMAIN_DEVICE_CONTROLLER, /* <controller type='pci'> */
	DOMAIN_DEVICE_NVME,       /* <disk type='nvme'>: QEMU drives the function through VFIO */
	DOMAIN_DEVICE_ARGUMENT,   /* -device vfio-pci of <qemu:commandline> */
	DOMAIN_DEVICE_MDEV,       /* a mediated device, by its UUID */
	DOMAIN_DEVICE_USB,
	DOMAIN_DEVICE_SCSI,
	DOMAIN_DEVICE_SCSI_HOST, /* of vhost-scsi */
	DOMAIN_DEVICE_VDPA,
	DOMAIN_DEVICE_FILE,     /* what a file describes that was not given, of -readconfig */
	DOMAIN_DEVICE_VARIABLE, /* arguments that a variable of the shell holds */
	DOMAIN_DEVICE_FOREIGN,  /* another type of <hostdev>, or an argument that names no address,
				   or no driver */
	DOMAIN_DEVICE_KIND_COUNT,
};

enum domain_place {
	DOMAIN_PLACE_ANY,        /* not given: libvirt, or what else runs the guest, chooses */
	DOMAIN_PLACE_PCI,        /* at the guest address */
	DOMAIN_PLACE_UNASSIGNED, /* the guest does not see it */
	DOMAIN_PLACE_OTHER,      /* on a bus that is not PCI */
};

enum { DOMAIN_PLACE_COUNT = DOMAIN_PLACE_OTHER + 1 };

/* The property of QEMU's vfio-pci that gives a guest the OpRegion of Intel's graphics. */
#define DOMAIN_OPREGION "x-igd-opregion"

enum domain_switch { DOMAIN_UNSET, DOMAIN_ON, DOMAIN_OFF };

/* The IOMMU of its own that a guest has. */
enum domain_iommu {
	DOMAIN_IOMMU_NONE,
	DOMAIN_IOMMU_INTEL,
	DOMAIN_IOMMU_AMD,
	DOMAIN_IOMMU_SMMUV3, /* for all devices of the guest */
	DOMAIN_IOMMU_OTHER,
};

/* What an interface, or its network, asks of the network behind it. */
struct domain_port {
	unsigned vlan_tags;
	bool vlan_trunk;
	const char *type; /* of <virtualport>: "802.1Qbh"; NULL: not said */
};

struct domain_device {
	enum domain_device_kind kind;
	const char *element; /* "hostdev" */
	unsigned line;       /* where it begins in the document */
	const char *alias;   /* NULL where it is not given, as for every text below */
	const char *mac;
	const char *network; /* the libvirt network of DOMAIN_DEVICE_NETWORK */
	struct domain_port port;
	const char *mdev;      /* the UUID of DOMAIN_DEVICE_MDEV */
	const char *mdev_type; /* of one that its stack makes when the guest starts … */
	const struct pci_address *mdev_parent; /* … from that function */
	const char *pool;      /* of a DOMAIN_DEVICE_FOREIGN that takes what is free of a pool, and
				  of a mediated device that is made of such */
	const char *netdev;    /* of a DOMAIN_DEVICE_FOREIGN: it takes the function whose network
				  interface on the host has that name */
	const char *malformed; /* of a DOMAIN_DEVICE_FOREIGN: host= of -device, no address */
	bool managed;          /* libvirt takes it from its host driver */
	const char *backend;   /* <driver name=>: "vfio", formerly also "kvm" */
	const char *variant;   /* <driver model=>: the driver of VFIO that is to have it */
	enum domain_switch through_iommu; /* <driver iommufd=>, over the domain's */
	bool iommufd;                     /* it is to be opened through /dev/iommu */
	bool has_rom;                     /* a file is its ROM */
	bool rom_bar_off;                 /* it has no ROM BAR in the guest */
	bool wants_pcie;                  /* its stack refuses a machine type without PCI Express */
	bool on_pcie_root;                /* -device puts it on the bus pcie.0 */
	bool wants_vga;                   /* QEMU is to give the guest its VGA ports: x-vga=on */

	/* Of Proxmox VE's hostpci. */
	bool legacy_igd;     /* integrated graphics in QEMU's legacy mode */
	bool x_vga;          /* the guest's first display */
	bool rom_off;        /* rombar=0 */
	const char *refused; /* why Proxmox VE leaves its line out, "it does not know a="; NULL: it
				takes it */

	bool has_source; /* the host's function; never of what is not a PCI function */
	struct pci_address source;
	bool whole_slot;        /* all functions that the host has at its slot … */
	bool slot_in_group;     /* and in its IOMMU group */
	bool source_is_decimal; /* a number of source has digits only and no 0x */

	enum domain_place place;
	struct pci_address guest;
	enum domain_switch multifunction;

	/* Of controllers. */
	const char *model; /* "pcie-root-port" */
	bool has_index;
	uint32_t index; /* the number of the bus that it makes */
	enum domain_switch hotplug;
	/* -device gives a port the chassis and slot that one before it has. */
	bool seat_taken;
};

struct domain {
	const char *name;
	bool other_stack;       /* not libvirt runs it: nothing binds what is not managed */
	const char *machine;    /* "pc-q35-7.2"; NULL where not given */
	enum domain_switch vga; /* the guest has an emulated display; of Proxmox VE alone */
	uint64_t memory;        /* bytes */
	uint64_t lock_limit;    /* bytes that it may lock, by <memtune><hard_limit>; 0: not given */
	bool iommufd;           /* <iommufd enabled='yes'>: its devices go through /dev/iommu */
	enum domain_iommu iommu;
	bool iommu_follows;  /* VFIO learns what the guest maps: the caching mode of Intel's,
				dma-remap of AMD's, or an SMMU that the host's accelerates */
	unsigned iommu_bits; /* of address that it translates, 0: not given */
	size_t iommu_after;  /* as many devices QEMU is given before it */
	bool iommu_last;     /* QEMU is given it behind all that libvirt makes of the rest */
	bool hugepages;
	bool makes_hugepages;     /* its stack sets them aside itself when it starts the guest */
	uint64_t hugepage_memory; /* bytes that are in huge pages, 0: all */
	uint64_t page_size;       /* bytes of a huge page, 0: the host's default */
	enum domain_switch
		opregion; /* x-igd-opregion of a device, by whatever way QEMU is given it */
	struct number_set memory_nodes; /* host nodes of <numatune>; empty: no bond */
	struct number_set cpus;         /* host processors of <vcpu cpuset=> and <vcpupin> */
	const char *cpu_mode;           /* "host-passthrough"; NULL where not given */
	unsigned address_bits;          /* of the guest by <maxphysaddr bits=>, 0: not given */
	unsigned address_limit;         /* at most those, by <maxphysaddr limit=>, 0: not given */
	bool host_address_bits;         /* those of the host, by <maxphysaddr mode='passthrough'> */
	bool uefi;                      /* UEFI is seen to be its firmware */
	uint64_t bar_window; /* bytes that UEFI is told to have for 64-bit BARs, 0: not told */
	struct domain_device *devices;
	size_t device_count;
};

/*
 * Returns whether a device is taken from the host without being one of its PCI functions, or
 * without saying which: what passcheck does not judge.
 */
bool domain_device_is_foreign(const struct domain_device *device);

/* Returns the device that an argument of QEMU describes, in that line; its place in the guest is
 * left to the caller. */
struct domain_device domain_device_of_argument(const struct qemu_device *argument,
					       const char *element, unsigned line);

/* Notes x-igd-opregion where what QEMU is given for a device has it: "vfio-pci,x-igd-opregion=on",
 * JSON, or "device.hostdev0.x-igd-opregion=on" of -set. */
void domain_note_opregion(struct domain *domain, const char *value);

/* Returns whether the machine type is known to be QEMU's q35, which has PCI Express, and an LPC
 * bridge of its own. */
bool domain_is_q35(const struct domain *domain);

/* Notes the window for 64-bit BARs where a value of fw_cfg gives it: its name, and "65536" MiB
 * (PlatformGetFirstNonAddress() of edk2, OvmfPkg/Library/PlatformInitLib/MemDetect.c). */
void domain_note_bar_window(struct domain *domain, const char *name, const char *text);

/* The same of QEMU's -fw_cfg: "name=opt/ovmf/X-PciMmio64Mb,string=65536". */
void domain_note_fw_cfg(struct domain *domain, struct arena *arena, const char *value);

/* Notes the IOMMU of its own that -device gives the guest behind its devices. Returns whether it is
 * one. */
bool domain_note_iommu(struct domain *domain, const struct qemu_device *argument);

/* Notes a property of a guest's IOMMU that is set apart from it, as -global does. */
void domain_note_iommu_property(struct domain *domain, const char *name, const char *value);

/*
 * Returns what libvirt can give no VF of what an interface asks for, or its network where the
 * interface does not, "a VLAN trunk"; NULL where it can. network may be NULL.
 * (virHostdevSetNetConfig(), src/hypervisor/virhostdev.c; virNetDevSetNetConfig(),
 * src/util/virnetdev.c.)
 */
const char *domain_port_excess(const struct domain_port *interface,
			       const struct domain_port *network, struct arena *arena);

/* Returns what a device is in its document: "<hostdev>" in XML, "hostpci" elsewhere. */
const char *domain_device_word(struct arena *arena, const struct domain *domain,
			       const struct domain_device *device);

/* A network that hands out VFs: <forward mode='hostdev'>. */
struct domain_network {
	const char *name;
	bool hands_out_functions;      /* false: another mode, and the rest is empty */
	const char *pf;                /* network interface of the PF; NULL where not given */
	struct pci_address *functions; /* the list instead of a PF */
	size_t function_count;
	struct domain_port port; /* of interfaces that do not say theirs */
};

enum domain_document_kind {
	DOMAIN_DOCUMENT_DOMAIN,
	DOMAIN_DOCUMENT_NETWORK,
	DOMAIN_DOCUMENT_DEVICES, /* as `virsh attach-device` takes them: a domain without a name */
	DOMAIN_DOCUMENT_POOL,
	DOMAIN_DOCUMENT_OTHER, /* a storage pool or a node device, which is not a guest's */
};

struct domain_document {
	enum domain_document_kind kind;
	struct domain domain;
	struct domain_network network;
	struct domain_pool pool;
};

/* What a text holds, in its order. Devices that follow one another are one document. */
struct domain_documents {
	struct domain_document *items;
	size_t count;
};

#endif

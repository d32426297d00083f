/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_HOSTDEV_FORM_H
#define PASSCHECK_GUEST_HOSTDEV_FORM_H

#include "model/model.h"

/*
 * The form in which a function enters a guest, what stands beside it, and what a person should know
 * of it first: of libvirt (https://libvirt.org/formatdomain.html#host-device-assignment,
 * formatnetwork.html, formatnode.html, formatstorage.html) and of other stacks (guest/stacks/).
 * Whether a function may be assigned is judged by assignability_of() alone.
 */

/* QEMU's host= takes a domain of 16 bits (pci_host_device property,
 * hw/core/qdev-properties-system.c of 7.2). */
enum { HOSTDEV_LARGEST_DOMAIN = 0xffff };

/* VLANs that a tag can name: 4095 is reserved (IEEE 802.1Q). */
enum { HOSTDEV_LAST_VLAN = 4094 };

enum hostdev_kind {
	HOSTDEV_KIND_HOSTDEV,   /* <hostdev type='pci'> */
	HOSTDEV_KIND_INTERFACE, /* <interface type='hostdev'>: libvirt sets MAC and VLAN of a VF */
	HOSTDEV_KIND_NETWORK,   /* <network> that hands out the VFs of a PF */
	HOSTDEV_KIND_NETWORK_INTERFACE, /* <interface type='network'> that takes one of these VFs */
	HOSTDEV_KIND_VPORT_POOL,        /* <pool type='scsi'> on a virtual Fibre Channel port */
	HOSTDEV_KIND_VPORT_DEVICE,      /* <device> that makes such a port once */
	HOSTDEV_KIND_LUN_HOSTDEV,  /* <hostdev type='scsi'>: one LUN of a port, with all commands */
	HOSTDEV_KIND_LUN_DISK,     /* <disk type='block' device='lun'> of the host's block device */
	HOSTDEV_KIND_LUN_VOLUME,   /* <disk type='volume' device='lun'> of a virtual port's pool */
	HOSTDEV_KIND_MDEV_DEVICE,  /* <device> that makes a mediated device of a function */
	HOSTDEV_KIND_MDEV_HOSTDEV, /* <hostdev type='mdev'>, by its UUID */
	HOSTDEV_KIND_VF_POLICY,    /* SriovNetworkNodePolicy: VFs that an operator makes of a PF */
};

enum hostdev_place {
	HOSTDEV_PLACE_ANY,        /* the stack chooses */
	HOSTDEV_PLACE_SLOT,       /* at the guest address, with the others of its device */
	HOSTDEV_PLACE_UNASSIGNED, /* libvirt holds it, and the guest does not see it */
};

/* A sentence for the comment, without a final period. */
struct hostdev_note {
	const char *text;
	struct hostdev_note *next;
	struct hostdev_note *last; /* of the first note: one near the end */
};

/* One element, or document. */
struct hostdev_form {
	const struct pci_function *function;
	enum hostdev_kind kind;
	enum hostdev_place place;
	struct pci_address guest;
	bool multifunction;                      /* on guest function 0 of several */
	const struct pci_function *companion_of; /* NULL where it was asked for itself */
	struct assignable assignable;
	enum assignable_verdict verdict; /* of what the form needs: a pool needs its VFs */
	/* Its driver is of VFIO and not vfio-pci, which would do less or nothing with it: the
	 * guest opens it there. */
	bool keeps_driver;
	bool needs_driver;  /* by vfio_driver_to_be(): another than vfio-pci, if not yet on it */
	bool needs_iommufd; /* the kernel gives it out through /dev/iommu alone */
	/* Of HOSTDEV_KIND_INTERFACE: as it was asked for, or as its physical function keeps them
	 * now. NULL, 0: libvirt chooses. */
	const char *mac;
	unsigned vlan;
	bool written;                    /* false: refused, and reasons says why */
	struct hostdev_note *reasons;    /* why it is refused, or would be but for force */
	struct hostdev_note *notes;      /* what to know of it */
	const struct pci_function **vfs; /* of a pool without an interface of its PF */
	size_t vf_count;
	const struct fc_host *fc_host; /* the port: of LUNs, or that carries the virtual port */
	const struct fc_lun *lun;
	unsigned disk; /* of <disk>s, counted from 0 */
	/* Of HOSTDEV_KIND_VF_POLICY: how many VFs it is to make, or to take of those that something
	 * else on the host makes at boot. */
	uint32_t usable_vfs;
	bool made_by_others;
};

/* Who runs the guest, as far as forms depend on it. */
struct hostdev_target {
	const char *word;        /* what is written for it: "XML" */
	const char *taker;       /* who takes no function of a higher domain: "QEMU" */
	uint32_t largest_domain; /* of a PCI function that it takes */
	/* libvirt sets the MAC address and the VLAN of a VF, and holds a companion that the guest
	 * does not see. Any other stack gets all companions, or nothing of a function. */
	bool is_libvirt;
	bool by_ids;           /* it chooses by vendor and device, which must be known */
	unsigned most_devices; /* that a guest can have, slots counted once; 0: no limit */
	bool binds;            /* it binds what it takes to vfio-pci, whatever it was on */
	bool makes_vfs;        /* it is told of PFs, and makes their VFs itself */
	bool takes_tokens;     /* it has a field for the VF token of CAUTION_VF_TOKEN */
};

extern const struct hostdev_target hostdev_libvirt;

/* What a person asked for. */
struct hostdev_options {
	const char *mac; /* of the VF's interface; NULL: libvirt makes one up */
	unsigned vlan;   /* 0: none */
	/* The alias of the virtio interface that stays when the VF goes, of the same MAC address;
	 * NULL: a team is not asked for */
	const char *teaming;
	const char *network; /* name of the network to write instead; NULL: none */
	const char *wwpn;    /* of the virtual port to write instead, 16 hex digits; NULL: none */
	const char *wwnn;
	const char *lun; /* "hostdev", "disk" or "volume": write LUNs so; NULL: none */
	/* Of the mediated device to write instead, "nvidia-35"; NULL: it is not asked for. */
	const char *mdev_type;
	const char *mdev_uuid;
	bool force;                          /* also what is blocked or undetermined */
	const struct hostdev_target *target; /* NULL: libvirt */
};

/* The wishes among them that fit only some functions. */
enum hostdev_wish {
	HOSTDEV_MAC,
	HOSTDEV_VLAN,
	HOSTDEV_TEAMING,
	HOSTDEV_NETWORK,
	HOSTDEV_VPORT,
	HOSTDEV_LUN,
	HOSTDEV_MDEV,
};

enum { HOSTDEV_WISH_COUNT = HOSTDEV_MDEV + 1 };

/* Which wish does not fit, and why: a sentence without a final period. */
struct hostdev_misfit {
	enum hostdev_wish wish;
	const char *why;
};

struct hostdev_forms {
	struct hostdev_options options;
	struct hostdev_form *forms; /* by address, each with its companions behind it */
	size_t count;
	enum assignable_verdict verdict; /* the worst of those asked for */
};

/* Returns who runs the guest. */
const struct hostdev_target *hostdev_target_of(const struct hostdev_options *options);

/*
 * Returns why the target has no configuration by which a guest gets the function: who opens it must
 * know a VF token (CAUTION_VF_TOKEN), and the target has no field for one. A clause that names the
 * ways out, in memory of arena; NULL where nothing is against it.
 */
const char *hostdev_lacks_token(const struct hostdev_target *target, const struct model *model,
				const struct pci_function *function, struct arena *arena);

/* Returns the name of the form, as libvirt's node devices have it: "pci_0000_03_00_0". */
const char *hostdev_form_name(struct arena *arena, const struct hostdev_form *form);

/* Returns a function's name as a libvirt node device. */
const char *hostdev_nodedev_name(struct arena *arena, const struct pci_address *address);

/* Returns the alias that a function has in a guest of libvirt. Names that begin with "ua-" are the
 * user's, and stay over restarts. */
const char *hostdev_alias(struct arena *arena, const struct pci_address *address);

/* Returns whether text is such an alias. */
bool hostdev_alias_is_valid(const char *text);

/* Returns whether text is a MAC address that libvirt gives to one interface ("52:54:00:01:02:03").
 */
bool hostdev_mac_is_valid(const char *text);

/* Reads "WWPN:WWNN", 16 hex digits each, as the kernel's vport_create takes them. Returns whether
 * it is that. */
bool hostdev_vport_parse(struct arena *arena, const char *text, struct hostdev_options *ret);

/* Reads "TYPE:UUID", a type as its driver names it. Returns whether it is that. */
bool hostdev_mdev_parse(struct arena *arena, const char *text, struct hostdev_options *ret);

/* Returns whether text names a form of LUNs. */
bool hostdev_lun_is_valid(const char *text);

/* Returns the lasting name of a LUN's block device, "/dev/disk/by-id/wwn-0x60…", or one that may
 * change at a reboot, "/dev/sdb", or NULL where it has none that is known. */
const char *hostdev_lun_device(struct arena *arena, const struct fc_lun *lun);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_HYPERVISOR_H
#define PASSCHECK_HOST_SYSTEM_HYPERVISOR_H

#include "host/access/root.h"

enum {
	LIBVIRT_DAEMON_COUNT = 2,
	LIBVIRT_SOCKET_COUNT = 2,
	QEMU_COUNT = 4,
	CONTAINER_MARK_COUNT = 2,
};

/* Other stacks that run guests, by a program of theirs. */
enum hypervisor_stack {
	HYPERVISOR_PROXMOX,
	HYPERVISOR_INCUS,
	HYPERVISOR_KUBELET,
	HYPERVISOR_STACK_COUNT,
};

/* What Xen's kernel shows of Xen: Documentation/ABI/stable/sysfs-hypervisor-xen, and xenfs. */
struct xen {
	struct fact_text type;         /* of the hypervisor below: "xen" */
	struct fact_text capabilities; /* of this domain: "control_d" in dom0; "" in others */
	struct fact_text initdomain;   /* "1" in dom0; since Linux 6.3 */
};

/* Types of mediated devices that a function offers: Documentation/ABI/testing/sysfs-bus-vfio-mdev.
 */
struct mdev_types {
	struct fact_list names;
	struct fact_number *available; /* of each: how many more can be made */
};

/* What the host runs guests with, and whether it is a container itself. */
struct hypervisor {
	struct fact_node daemons[LIBVIRT_DAEMON_COUNT]; /* virtqemud, libvirtd */
	struct fact_node sockets[LIBVIRT_SOCKET_COUNT]; /* those that the daemons listen on */
	struct fact_node qemu[QEMU_COUNT];              /* where distributions put it */
	struct fact_node stacks[HYPERVISOR_STACK_COUNT];
	struct xen xen;
	struct fact_number libvirt;      /* version: major * 1000000 + minor * 1000 + release */
	struct fact_number qemu_version; /* of the first of qemu that is there */
	struct fact_node iommufd;        /* /dev/iommu */
	/* /dev/vfio/devices, which comes with the first function on a driver of VFIO. */
	struct fact_node vfio_devices;
	struct fact_list mdev_parents; /* addresses of functions that offer mediated devices */
	struct mdev_types *mdev_types; /* that each of these offers */
	struct fact_text container;    /* its kind, as systemd tells it: "docker" */
	struct fact_node container_marks[CONTAINER_MARK_COUNT]; /* of Docker and Podman */
};

/* architecture may be NULL: Debian's library path is then not looked at. */
void hypervisor_load(struct root *root, struct arena *arena, const char *architecture,
		     struct hypervisor *ret);

/* Returns the first node that is there, else the first that was not settled, else the first: what
 * tells whether one of them is there. */
const struct fact_node *hypervisor_first_of(const struct fact_node *nodes, size_t count);

/* Returns what tells whether libvirt is installed: its daemon for QEMU. */
const struct fact_node *hypervisor_libvirt_daemon(const struct hypervisor *hypervisor);

/* Return whether libvirt is known to be installed, and whether it is known not to be. */
bool hypervisor_has_libvirt(const struct hypervisor *hypervisor);
bool hypervisor_lacks_libvirt(const struct hypervisor *hypervisor);

/* Returns whether the stack is known to be installed. */
bool hypervisor_has(const struct hypervisor *hypervisor, enum hypervisor_stack stack);

/* Returns whether the function of that name is known to offer mediated devices. */
bool hypervisor_offers_mdevs(const struct hypervisor *hypervisor, const char *name);

/* Whether a function gives a mediated device of a type now. */
enum mdev_offer {
	MDEV_OFFERED,
	MDEV_NONE_LEFT,   /* those that are there take what the function has */
	MDEV_NOT_OF_TYPE, /* it offers other types */
	MDEV_NONE,        /* its driver offers no mediated devices */
	MDEV_UNREAD,
};

/* Sets what tells the answer, never NULL. */
enum mdev_offer hypervisor_mdev_offer(const struct hypervisor *hypervisor, const char *name,
				      const char *type, const struct fact **ret_evidence);

/* Returns the types that the function of that name is known to offer, or NULL. */
const struct mdev_types *hypervisor_mdev_types(const struct hypervisor *hypervisor,
					       const char *name);

/* Returns what shows that Xen runs below, and this is its dom0; NULL where nothing does. */
const struct fact *hypervisor_dom0(const struct hypervisor *hypervisor);

/* Returns whether Xen is known to run below. */
bool hypervisor_is_xen(const struct hypervisor *hypervisor);

/* Returns what shows that it is a container, or NULL. */
const struct fact *hypervisor_container(const struct hypervisor *hypervisor);

/* Return whether the host's libvirt, and its QEMU, are known to be older than that version. */
bool hypervisor_libvirt_before(const struct hypervisor *hypervisor, unsigned major, unsigned minor);
bool hypervisor_qemu_before(const struct hypervisor *hypervisor, unsigned major, unsigned minor);

#endif

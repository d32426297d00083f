/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_DRIVER_H
#define PASSCHECK_MODEL_SRIOV_VF_DRIVER_H

#include "host/host.h"

/*
 * What becomes of VFs when their PF leaves its driver: most drivers disable them in remove(), and
 * of others pci_iov_remove() of drivers/pci/iov.c says "driver left SR-IOV enabled after remove".
 */
enum vf_fate { VF_FATE_UNKNOWN, VF_FATE_GONE, VF_FATE_KEPT };

/*
 * What is known of PF drivers: whether they take a write to sriov_numvfs (the sriov_configure hook
 * of struct pci_driver), and what they refuse by rules of their own. sysfs shows neither.
 */
struct vf_driver {
	const char *name;
	bool has_hook;
	uint16_t limit;       /* the most VFs that it sets up; 0: it has no limit of its own */
	bool needs_msix;      /* it gives VFs only while it uses MSI-X itself */
	bool needs_up;        /* it gives VFs only while its network interface is up */
	bool resets;          /* the adapter, as it makes the first VFs or takes the last away */
	bool needs_interface; /* it may give none where it has made no interface, nor RDMA device */
	uint16_t sure;        /* the most that it never refuses by the rule in pool */
	const char *pool;     /* NULL, or what else it may refuse VFs for: "may …" */
	uint16_t device_pool; /* VFs that the device shares among its PFs; 0: not known */
	uint16_t hook_since;  /* major << 8 | minor: it has the hook for certain; 0: always */
	uint16_t no_lag_until;  /* major << 8 | minor: before, it gives none to what is in a bond */
	uint8_t vf_vectors;     /* MSI-X vectors of the PF's table that a VF takes; 0: not known */
	uint8_t cpu_vectors;    /* that the PF itself takes for each CPU, … */
	uint8_t own_vectors;    /* and beside them, at most */
	bool makes_at_load;     /* it makes its VFs whenever it is loaded, unasked */
	bool makes_all;         /* it makes all VFs, whatever number is written */
	const char *own_switch; /* how a driver without the hook makes VFs; NULL: it makes none */
	const char *takes_option;   /* NULL, or its option for VFs that it takes itself */
	const char *instead;        /* NULL, or who makes VFs of its devices in its place */
	const char *instead_module; /* NULL, or the module of theirs that the kernel brings */
	const char *tool; /* NULL, or what makes all VFs with -e, and takes them with -d */
	enum vf_fate fate;
	const char *parameter; /* NULL, or its option that allows VFs, and makes none */
	const char *firmware;  /* NULL, or how the device's firmware is told to offer more VFs */
};

/* Returns how a driver without the hook makes VFs of a PF: "by NVIDIA's tool: …/sriov-manage -e
 * 0000:17:00.0", in memory of arena or a constant; NULL: it makes none. */
const char *vf_driver_own_way(const struct vf_driver *driver, const struct pci_function *pf,
			      struct arena *arena);

/* Returns who makes VFs in place of the driver, as a clause, and what keeps that from loading here;
 * NULL where none is known. In memory of arena or a constant. */
const char *vf_driver_instead(const struct host *host, const struct vf_driver *driver,
			      struct arena *arena);

/* Returns what is known of the driver of that name, or NULL. */
const struct vf_driver *vf_driver_find(const char *name);

/*
 * Returns what is known of the driver that a function is bound to, or NULL. What the loaded module
 * offers outranks the name: i915 with the parameter max_vfs is a build from outside
 * the kernel, which has the hook.
 */
const struct vf_driver *vf_driver_of(const struct host *host, const struct pci_function *function);

/* As vf_driver_of(); of a function without a driver, the one that alone makes VFs of its kind,
 * where there is one. */
const struct vf_driver *vf_driver_to_be(const struct host *host,
					const struct pci_function *function);

/* Whether the driver of a PF sets VFs up on a write to sriov_numvfs. */
enum vf_setup {
	VF_SETUP_UNKNOWN, /* the driver or its switch was not read, or nothing is known of it */
	VF_SETUP_NO_DRIVER,
	VF_SETUP_NO_HOOK,
	VF_SETUP_VFIO_OFF, /* on vfio-pci, whose enable_sriov is off */
	VF_SETUP_YES,
};

/*
 * Returns whether the driver of a function sets VFs up. Sets ret_evidence, a fact of the host, to
 * what tells that, or would.
 */
enum vf_setup vf_setup_of(const struct host *host, const struct pci_function *function,
			  const struct fact **ret_evidence);

/*
 * Returns how the firmware of a function's adapter is told to offer VFs, or more of them, and
 * whether this kernel may keep a tool from it; NULL where no such setting is known. It is of arena,
 * or static.
 */
const char *vf_adapter_setting(const struct host *host, const struct pci_function *function,
			       struct arena *arena);

/*
 * Returns vf_adapter_setting() of a network adapter whose config space was read and shows no
 * SR-IOV, which that setting may hide: there, the adapter alone knows whether it has VFs. NULL for
 * any other.
 */
const char *vf_hiding_setting(const struct host *host, const struct pci_function *function,
			      struct arena *arena);

/* How many VFs such an adapter has, as vf_budget_summary() says it of others. */
#define VF_HIDDEN_SUMMARY "none, and a setting of the adapter may be why"

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_TERM_H
#define PASSCHECK_MODEL_SRIOV_VF_TERM_H

#include "host/host.h"
#include "host/pci/capabilities.h"
#include "model/sriov/vf_driver.h"

/* What bounds how many VFs a PF can have. Of terms that allow as many, the first is named. */
enum vf_term_kind {
	VF_TERM_TOTAL_VFS,   /* TotalVFs of the capability */
	VF_TERM_KERNEL,      /* the kernel does without the capability, or refuses to enable it */
	VF_TERM_DRIVER,      /* the PF's driver, or want of one */
	VF_TERM_BUS_NUMBERS, /* bus numbers below the bridges above */
	VF_TERM_MMIO,        /* memory for the VF BARs */
	VF_TERM_DEPENDENCY_LINK, /* the function that its Function Dependency Link names */
};

enum { VF_TERM_COUNT = VF_TERM_DEPENDENCY_LINK + 1 };

/* Why a term allows no more, as far as remedies differ. */
enum vf_reason {
	VF_REASON_NONE,         /* it is as it should be, or is not known */
	VF_REASON_FIRMWARE_OFF, /* TotalVFs is 0 */
	VF_REASON_NO_KERNEL_SUPPORT,
	VF_REASON_BROKEN_CAPABILITY, /* its registers break a rule of the kernel */
	VF_REASON_REFUSED,           /* the kernel did without it; its log says why */
	VF_REASON_NO_DRIVER,
	VF_REASON_NO_HOOK,
	VF_REASON_VFIO_SRIOV_OFF, /* on vfio-pci, which gives no VFs */
	VF_REASON_DRIVER_LIMIT,
	VF_REASON_ARI_OFF, /* bus numbers, and the port above does not forward ARI */
	VF_REASON_BUS_RANGE,
	VF_REASON_UNPLACED_BAR,
	VF_REASON_RESIZED_BAR,
	VF_REASON_DEPENDENCY,
};

#define VF_UNLIMITED UINT32_MAX

/* How many VFs one term allows: not fewer than at_least, not more than at_most; the same where it
 * is known. A term that has no say allows VF_UNLIMITED. */
struct vf_term {
	uint32_t at_least;
	uint32_t at_most;
	enum vf_reason reason;
	const char *why;             /* a clause: "igb allows 7"; what is missing if unknown */
	const struct fact *evidence; /* NULL where it is not a single fact */
	const struct pci_function *bridge; /* of bus numbers: whose range ends first, or NULL */
};

/* A VF BAR as far as it can be seen. The kernel reserves size for each of TotalVFs. */
struct vf_bar {
	bool implemented;
	bool placed;
	bool wide; /* 64 bits */
	bool prefetchable;
	uint64_t span; /* bytes reserved, 0 unless placed */
	uint64_t size; /* bytes for one VF, 0 where that is not known */
};

struct vf_budget {
	const struct pci_function *function;
	struct sriov_capability capability;
	const struct vf_driver *driver; /* NULL: none, or nothing is known of it */
	struct vf_term terms[VF_TERM_COUNT];
	struct vf_bar bars[SRIOV_BAR_COUNT];
	uint32_t at_least;               /* the kernel takes as many for certain */
	uint32_t at_most;                /* and refuses more */
	enum vf_term_kind limited_by;    /* the term that gives at_most */
	const char *driver_may_refuse;   /* NULL, or a rule of the driver that no attribute shows */
	uint32_t driver_takes;           /* what the driver never refuses by that rule */
	const struct pci_function **vfs; /* those enabled now, by address */
	size_t vf_count;
};

/* A budget in the making. */
struct vf_builder {
	const struct host *host;
	struct arena *arena;
	struct vf_budget *budget;
};

/* A term that has no say; one that allows count, and why; one of which that is not known, and what
 * is missing. */
struct vf_term vf_unlimited(void);
struct vf_term vf_exactly(uint32_t count, enum vf_reason reason, const char *why,
			  const struct fact *evidence);
struct vf_term vf_unknown(const char *why, const struct fact *evidence);

/* Returns whether a term is known. */
bool vf_term_known(const struct vf_term *term);

/* Returns how many VFs a PF has now by sriov_numvfs, 0 where that was not read or is no count. */
uint32_t vf_enabled(const struct pci_function *function);

/* Returns "total_vfs", "kernel", "driver", "bus_numbers", "mmio" or "dependency_link". */
const char *vf_term_name(enum vf_term_kind kind);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_USABLE_VFS_H
#define PASSCHECK_MODEL_SRIOV_USABLE_VFS_H

#include "model/assign/assignability.h"
#include "model/isolation/isolation.h"
#include "model/sriov/vf_budget.h"

/* What bounds how many VFs could each go to a guest of its own. */
enum usable_limit {
	USABLE_BUDGET,       /* what bounds how many VFs there can be: the budget's own term */
	USABLE_GROUP,        /* VFs share a group with their PF, or with one another */
	USABLE_DENYLIST,     /* vfio-pci refuses VFs of this kind */
	USABLE_IOMMU,        /* no IOMMU translates the PF */
	USABLE_ARI,          /* requester ids that the port above does not reach without ARI */
	USABLE_VFIO,         /* the running kernel goes without a module of VFIO */
	USABLE_FIRMWARE,     /* the adapter's firmware offers none */
	USABLE_VGPU_PROFILE, /* VFs have no vGPU profile yet */
	USABLE_LIMIT_COUNT,
};

struct usable_vfs {
	uint32_t at_least; /* that many are certain */
	uint32_t at_most;  /* more are impossible; equal where the count is known */
	enum usable_limit limit;
	enum vf_term_kind term; /* of the budget */
	const char *why;        /* a clause; never NULL */
};

/* What the counts rest on. */
struct usable_grounds {
	const struct host *host;
	const struct vf_budgets *budgets;
	const struct isolation *isolation;
	const struct assignability *assignability;
	const struct interrupt_remapping *interrupts;
	const struct vfio_modules *vfio_modules;
};

/* What is amiss now, and is put right before guests get VFs. */
struct usable_mends {
	bool iommu;    /* it will translate, and remap interrupts */
	bool modules;  /* no word of the command line keeps VFIO's modules off */
	uint32_t made; /* VFs that a tool makes, whatever the budget says of its driver; 0: none */
};

struct usable_counts {
	struct usable_grounds grounds;
	struct usable_vfs **counts; /* by index in the host's functions; NULL: it has no budget */
};

/*
 * Counts, of every PF that has a budget, how many VFs could each go to a guest of its own, whether
 * or not they exist yet. VFs that exist have a group, which counts. Others join the group of the
 * lowest port above them that does not isolate (pci_device_group(), drivers/iommu/iommu.c, 6.1 to
 * 7.3); a port without ARI forwarding reaches device 0 alone of its secondary bus (PCI Express 6.0,
 * section 6.13). Memory comes from arena; short memory marks it.
 */
void usable_vfs_build(const struct usable_grounds *grounds, struct arena *arena,
		      struct usable_counts *ret);

/* Returns the count of a function of the host; NULL where it has no budget: vf_budget_of(). */
const struct usable_vfs *usable_vfs_of(const struct usable_counts *counts,
				       const struct pci_function *function);

/* Returns the count of a function that has a budget, as it is once the mends are made. */
struct usable_vfs usable_vfs_once_mended(const struct usable_counts *counts,
					 const struct pci_function *function,
					 const struct usable_mends *mends, struct arena *arena);

/* Returns the count of a PF with that budget, in memory of arena. */
struct usable_vfs usable_vfs_count(const struct usable_grounds *grounds,
				   const struct vf_budget *budget, struct arena *arena);

/* Returns how many VFs could each go to a guest of its own, and why: "unknown, at most 4: ...", in
 * memory of arena; NULL where that is vf_budget_summary() once more, or usable is NULL. */
const char *usable_vfs_summary(const struct usable_vfs *usable, struct arena *arena);

/* Returns whether the PF can give count guests a VF each. */
enum vf_answer usable_vfs_allow(const struct usable_vfs *usable, uint32_t count);

/* Returns how many VFs of a function are certain to be there for guests once they are made: 0 where
 * it has some now, or none is certain. */
uint32_t usable_vfs_to_make(const struct usable_counts *counts,
			    const struct pci_function *function);

/* Returns whether no guest is known to get any VF that the budget's PF has: vfio-pci's denylist has
 * them, or each is in the group of its PF, which would take them along (BLOCKER_OWN_PF). */
bool usable_vfs_out_of_reach(const struct usable_counts *counts, const struct vf_budget *budget);

/* Returns the word for what bounds the count: one of vf_term_name(), "group", "denylist", "iommu",
 * "ari", "vfio" or "firmware". */
const char *usable_vfs_limit_name(const struct usable_vfs *usable);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_VF_BUDGET_H
#define PASSCHECK_MODEL_VF_BUDGET_H

#include "host/capabilities.h"
#include "host/host.h"

/* What can limit the number of VFs, in the order in which the kernel comes upon it. */
enum vf_limit {
	VF_LIMIT_TOTAL,     /* TotalVFs of the capability */
	VF_LIMIT_KERNEL,    /* the kernel does without the capability: CONFIG_PCI_IOV, its rules */
	VF_LIMIT_NO_DRIVER, /* no driver to set VFs up, or one that does not do it */
	VF_LIMIT_DRIVER,    /* sriov_totalvfs, where the driver lowered it */
	VF_LIMIT_INITIAL,   /* InitialVFs that differ from TotalVFs */
	VF_LIMIT_MMIO,      /* VF BARs without a place in the windows above */
	VF_LIMIT_BUS,       /* bus numbers of the PF's bus and below */
	VF_LIMIT_COUNT,
};

enum vf_term_state {
	VF_TERM_FREE,    /* sets no limit of its own */
	VF_TERM_KNOWN,   /* value is the most VFs that it lets through */
	VF_TERM_UNKNOWN, /* could not be told; why says what is missing */
};

struct vf_term {
	enum vf_term_state state;
	uint32_t value;
	const char *why;             /* NULL where the value says it all */
	const struct fact *evidence; /* what the term was read from; NULL with state FREE */
};

/*
 * How many VFs a PF can have: the least of the terms. With a term unknown it is a bound: at most
 * that many.
 */
struct vf_budget {
	struct sriov_capability sriov;
	struct vf_term terms[VF_LIMIT_COUNT];
	uint32_t effective;
	enum vf_limit limited_by; /* the term that binds: the first that is as low as effective */
	bool is_bound;
	uint32_t buses_needed;  /* bus numbers beyond the PF's own for TotalVFs */
	uint64_t memory_needed; /* bytes of VF BARs for TotalVFs, 0 where not known */
};

/*
 * Computes the budget of a PF by the rules of sriov_enable() and sriov_numvfs_store() of
 * drivers/pci/iov.c and pci-sysfs.c (6.1 to 7.3). Returns false where the function has no SR-IOV
 * capability, or it could not be read. Text lies in arena.
 */
bool vf_budget_of(const struct host *host, struct arena *arena, const struct pci_function *function,
		  struct vf_budget *ret);

/* Returns the term's name in reports: "total_vfs", "driver", "bus_numbers", "mmio", … */
const char *vf_limit_name(enum vf_limit limit);

#endif

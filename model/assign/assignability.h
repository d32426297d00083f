/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_ASSIGNABILITY_H
#define PASSCHECK_MODEL_ASSIGN_ASSIGNABILITY_H

#include "host/boot/boolean.h"
#include "model/assign/companions.h"
#include "model/assign/host_use.h"
#include "model/assign/vfio_access.h"
#include "model/dma/reserved_memory.h"
#include "model/interrupts.h"
#include "model/isolation/isolation.h"

enum assignable_verdict {
	ASSIGNABLE,
	ASSIGNABLE_WITH, /* once the companions have left their host drivers */
	ASSIGNABLE_BLOCKED,
	ASSIGNABLE_UNDETERMINED,
	ASSIGNABLE_NOT_A_CANDIDATE, /* bridges, and IOMMUs */
};

enum { ASSIGNABLE_COUNT = ASSIGNABLE_NOT_A_CANDIDATE + 1 };

enum blocker_kind {
	BLOCKER_UNKNOWN, /* what keeps the verdict open: a fact that is not known */
	BLOCKER_REMAPPING_OFF,
	BLOCKER_NO_GROUP,
	BLOCKER_NOIOMMU, /* the group is one of VFIO's unsafe noiommu mode */
	BLOCKER_RESERVED_MEMORY,
	BLOCKER_DENYLIST,
	BLOCKER_VFS_ENABLED,
	BLOCKER_INTERRUPTS,   /* not remapped */
	BLOCKER_VFIO_MODULE,  /* the running kernel goes without a module of VFIO */
	BLOCKER_COHERENCY,    /* VFIO is not told that its DMA is coherent */
	BLOCKER_VMD,          /* below a VMD endpoint, which goes as a whole */
	BLOCKER_HOST_USE,     /* the host needs it, or a companion */
	BLOCKER_OWN_PF,       /* a companion with which the function itself goes */
	BLOCKER_BAR_UNPLACED, /* these three: model/assign/hardware_fault.h */
	BLOCKER_UNREACHABLE,
	BLOCKER_VGPU_PROFILE,
	BLOCKER_KIND_COUNT,
};

/* A reason why a function cannot be assigned, or why that cannot be told. */
struct blocker {
	enum blocker_kind kind; /* of what is missing, unknown or what it may be */
	const char *why;        /* "it is in no IOMMU group" */
	const struct fact *evidence;
	const struct pci_function *companion; /* whose use it is; NULL: the function's own */
	struct blocker *next;
};

struct assignable {
	enum assignable_verdict verdict;
	const struct pci_function *const *companions;
	size_t companion_count;
	struct blocker *blockers; /* where blocked; the first is what to say of it first */
	struct blocker *missing;  /* what is not known; decides where nothing blocks */
};

/* The judgement on every function of a host, by its index in host->pci.functions. */
struct assignability {
	const struct host *host;
	struct assignable *judgements;
	enum boolean denylist_disabled; /* whether vfio-pci is told to take what it denies */
};

/* What the judgement rests on. */
struct assignability_grounds {
	const struct host *host;
	const struct host_platform *platform;
	const struct dma_units *units;
	const struct isolation *isolation;
	const struct reserved_memory *memory;
	const struct host_uses *uses;
	const struct interrupt_remapping *interrupts;
	const struct companions *companions;
	const struct vfio_modules *vfio_modules;
};

/*
 * Judges which functions can go to a guest, by what the host needs, by the state of the
 * hardware, and by the rules of drivers/vfio/group.c, drivers/vfio/pci/vfio_pci.c and
 * drivers/iommu/iommu.c (field guide, pci.md, section 4). Memory comes from arena; short memory
 * marks it.
 */
void assignability_build(const struct assignability_grounds *grounds, struct arena *arena,
			 struct assignability *ret);

/* Returns the judgement on a function of the host: undetermined where memory was short. */
const struct assignable *assignability_of(const struct assignability *assignability,
					  const struct pci_function *function);

/* Returns "assignable", "assignable-with", "blocked", "undetermined" or "not-a-candidate". */
const char *assignable_verdict_name(enum assignable_verdict verdict);

/* Returns whether vfio-pci refuses the function by its denylist, as far as is known. */
bool assignable_may_be_denied(const struct assignable *assignable);

/*
 * Returns the blocker that the host itself needs the function, or NULL. No command that takes
 * the function away may be printed then.
 */
const struct blocker *assignable_host_use(const struct assignable *assignable);

/* As assignable_host_use(), of one of the function's companions. */
const struct blocker *assignable_companion_use(const struct assignable *assignable,
					       const struct pci_function *companion);

/* Returns "no-group", "vfs-enabled" and the like. */
const char *blocker_kind_name(enum blocker_kind kind);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_RESET_H
#define PASSCHECK_MODEL_ASSIGN_RESET_H

#include "model/assign/function_set.h"
#include "model/assign/host_use.h"

/* Whether the kernel can reset a function between two guests. */
enum reset_verdict {
	RESET_UNKNOWN, /* what it lists was not read, or hangs on what was not */
	RESET_WORKS,   /* a method that it lists can be used */
	RESET_NONE,    /* it lists none, or none that can be used */
};

/* A method that the kernel would try before one that works, although it cannot be used or is known
 * to go wrong. */
struct reset_flaw {
	const char *method; /* "bus", "flr" */
	const char *why;
	bool dangerous; /* the kernel takes it for good, and the device goes wrong */
	struct reset_flaw *next;
};

struct reset {
	enum reset_verdict verdict;
	const char *method; /* the first that works, NULL unless one does */
	struct reset_flaw *flaws;
	/* The family of a card that does not come back from the kernel's resets, unless it is to be
	 * reset in a way of its own (device_specific); NULL otherwise. */
	const char *card;
	bool card_sometimes; /* of which not all do */
	bool card_is_known;  /* to the module vendor_reset, which resets it in a way of its own */
};

/* Where an older kernel does not list the methods. */
#define RESET_UNLISTED_REMEDY                                                                      \
	"Boot Linux 5.15 or later, which names the methods in the function's reset_method"

/*
 * Judges the methods of reset_method. The kernel lists them when it finds the function: siblings
 * that come later rule "bus" out, which the list does not show (pci_parent_bus_reset(),
 * drivers/pci/pci.c). Known-bad devices stand in drivers/pci/quirks.c (7.3); older kernels list
 * what newer ones have learnt to leave alone. Memory comes from arena; short memory marks it.
 */
struct reset reset_judge(const struct host *host, struct arena *arena,
			 const struct pci_function *function);

/*
 * Returns whether the function is known to be graphics inside a processor of AMD, which resets of
 * the bus do not reach: function 0 of a device whose other functions are the processor's own (its
 * coprocessor, USB controllers and sound), which have AMD's id where a graphics card has ATI's.
 */
bool reset_is_processor_gpu(const struct pci *pci, const struct pci_function *function);

/* Returns whether a table has the device for a way to reset it that goes wrong. */
bool reset_is_known_bad(const struct pci_function *function);

/* Returns the first flaw that the kernel does not see, or NULL. */
const struct reset_flaw *reset_dangerous_flaw(const struct reset *reset);

/*
 * Returns whether VFIO can reset the function with the others of its device, where one guest has
 * them all: it is below a bridge, with no other device (vfio_pci_ioctl_pci_hot_reset()).
 */
bool reset_with_device(const struct host *host, const struct pci_function *function);

/*
 * Returns whether this kernel refuses VFIO a reset of the function's device as a whole, which
 * others grant: one of the device's functions has no reset of its own (pci_bus_resettable() of
 * drivers/pci/pci.c in 5.15.180, 6.1.134, 6.6.87, 6.12.23 and .24, 6.13.11 and .12, 6.14.2 and .3:
 * commit 479380efe162, and bc0b828ef6e5, which reverts it).
 */
bool reset_is_refused(const struct host *host, const struct pci_function *function);

/* What helps there. */
#define RESET_OTHER_KERNEL                                                                         \
	"Boot another kernel: 5.15.181, 6.1.135, 6.6.88, 6.12.25, 6.14.4 and those after them "    \
	"in their series no longer do that, nor does 6.15 or later"

/* What remains where it cannot be reset. */
#define RESET_ONE_GUEST "Assign it to one guest, and reboot the host before another gets it"

/* Returns whether one user can hold all functions of its bus, so VFIO resets them together: it is
 * below a bridge, none of them is one (vfio_pci_dev_set_resettable() wants ports, too), and the
 * host needs none. */
bool reset_bus_can_go(const struct host_uses *uses, const struct pci_function *function);

/* Returns what does not come back from a reset of the function's bus, also where VFIO resets all of
 * it together: the port above, or a function on the bus. NULL where none is known to. */
const struct pci_function *reset_bus_loses(const struct host *host,
					   const struct pci_function *function);

/* Returns "0000:01:00.0 often does not come back from a reset of the bus", of what
 * reset_bus_loses() returns, in memory of arena; NULL where that is NULL. */
const char *reset_bus_loss(const struct host *host, const struct pci_function *function,
			   struct arena *arena);

/*
 * Returns whether the other functions of its device go with the function, so VFIO resets them
 * together between two guests: they are of its IOMMU group, VFIO has them or a driver that keeps
 * VFIO from the group, none is a bridge, and the host needs none of them. VFIO's reset takes all of
 * the bus to be with it: vfio_pci_dev_set_resettable(), drivers/vfio/pci/vfio_pci_core.c.
 */
bool reset_with_group(const struct host_uses *uses, const struct pci_function *function);

/* The other functions of a device that is only reset as a whole. */
struct reset_siblings {
	const char *names;   /* "0000:01:00.1, 0000:01:00.2" */
	const char *why;     /* a sentence, of the function as "it", without a period; NULL: none */
	const char *finding; /* the id of the finding that explains it */
};

/*
 * Returns the other functions of its device that are not given with it, where the kernel has no way
 * to reset it alone and VFIO has one for them all (reset_with_device()): only where one user holds
 * them all. names is NULL where the host needs one of them, or one does not come back from that
 * (reset_bus_loses()). Memory comes from arena; short memory marks it.
 */
struct reset_siblings reset_siblings_of(const struct host_uses *uses, struct arena *arena,
					const struct pci_function *function,
					const struct function_set *given);

/* Returns "unknown", "works" or "none". */
const char *reset_verdict_name(enum reset_verdict verdict);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_LEAVING_H
#define PASSCHECK_MODEL_ASSIGN_LEAVING_H

#include "model/assign/assignability.h"
#include "model/assign/function_set.h"

/* How a companion leaves its host driver, so that functions can go to a guest. */
enum leaving {
	LEAVING_TO_VFIO, /* vfio-pci takes it */
	LEAVING_ALONG,   /* it is gone once such a function has left: nothing is to be done */
	/* vfio-pci does not take these: they only leave their drivers. */
	LEAVING_BRIDGE,
	LEAVING_PF,     /* of a VF that goes */
	LEAVING_DENIED, /* on vfio-pci's denylist, for all that is known */
};

/*
 * Tells how companion leaves where functions go. What is behind a VMD endpoint is gone as soon as
 * that leaves its driver, and VFs are before vfio-pci takes their PF; one that is with VFIO already
 * keeps them.
 */
enum leaving leaving_of(const struct assignability *assignability,
			const struct pci_function *companion, const struct function_set *functions);

/* The same where one function goes. */
enum leaving leaving_with(const struct assignability *assignability,
			  const struct pci_function *companion,
			  const struct pci_function *function);

/* Returns whether it leaves its driver and vfio-pci does not take it. */
bool leaving_only_unbinds(enum leaving leaving);

/* Returns what such a companion is, "bridge", "physical function" or "function". */
const char *leaving_word(enum leaving leaving);

#endif

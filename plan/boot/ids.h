/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BOOT_IDS_H
#define PASSCHECK_PLAN_BOOT_IDS_H

#include "plan/builder.h"

/* The option ids= of vfio-pci. */

/* Returns "10de:1eb8". */
const char *plan_ids_of(struct arena *arena, const struct pci_function *function);

/* Returns what tells vfio-pci at the next boot which ids it is to take: the running kernel's
 * command line or modprobe.d, but for a command line of the next boot that says so itself. */
const struct module_option *plan_find_ids(struct plan_builder *builder);

/* Says, where it could not be read what modprobe.d has of ids=, that it is open which are told. */
void plan_doubt_ids(struct plan_builder *builder);

/* Returns whether vfio-pci is configured to take the ids of the function: ids=. */
bool plan_ids_are_configured(struct plan_builder *builder, const struct pci_function *function);

/* Notes the ids of a function. Returns whether that was done before, or they were not read. */
bool plan_note_ids(const struct plan_builder *builder, struct function_set *noted,
		   const struct pci_function *function);

/* Returns whether vfio-pci is told of the function at boot by ids=, once entries that match what
 * stays with the host are out of it: one that is built in reads no file. */
bool plan_is_persistent(struct plan_builder *builder, const struct pci_function *function);
bool plan_vfio_is_built_in(const struct plan_builder *builder);

/* Returns a function that an entry of ids= matches and that is to stay with the host, or NULL: the
 * host needs it, or its driver makes the VFs that the plan is about. */
const struct pci_function *plan_ids_find_kept(const struct plan_builder *builder,
					      const char *entry);

/* Returns whether ids= names a PF whose driver makes the VFs that the plan is about. */
bool plan_ids_take_pf(struct plan_builder *builder, const struct pci_function *pf);

/* Returns whether the running kernel's command line has the ids, and a host driver was first. */
bool plan_ids_were_lost(struct plan_builder *builder, const struct pci_function *function);

#endif

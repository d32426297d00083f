/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_BUILDER_H
#define PASSCHECK_MODEL_ISOLATION_BUILDER_H

#include "model/dma/dma_units.h"
#include "model/isolation/isolation_group.h"
#include "model/platform.h"

/* Whether every function from a bridge up to the root bus isolates. */
enum path { PATH_UNSEEN, PATH_ISOLATES, PATH_FAILS, PATH_UNKNOWN };

/* What is known of one function while groups are formed. */
struct isolation_node {
	struct isolation_group *group;
	size_t bus_first; /* the functions of its bus, as indices: [bus_first, bus_end) */
	size_t bus_end;
	bool bus_has_aliases;
	bool placing; /* its group is being looked for; a hostile tree may lead back here */
	bool judged;
	struct acs acs;
	enum path path; /* from this function upward */
	enum merge merge;
	const char *why; /* it merges */
};

/* Groups in the making: isolation.c places functions, doubt.c finds what cannot be known. */
struct builder {
	const struct host *host;
	const struct host_platform *platform;
	const struct dma_units *units;
	struct acs_context context;
	struct arena *arena;
	struct isolation_node *nodes; /* by the index of the function in host->pci.functions */
};

/* Returns what is known of a function of the host. */
struct isolation_node *builder_node(const struct builder *builder,
				    const struct pci_function *function);

/* Returns whether a function isolates; it is judged once. */
const struct acs *builder_acs(const struct builder *builder, const struct pci_function *function);

/* Returns the path from the bridge above a function to its root bus. What is on a root bus has
 * nothing above it, but for that of a VMD endpoint. */
enum path builder_path_above(const struct builder *builder, const struct pci_function *function);

/* Returns whether a bridge merges what is below it into its group: it does its DMA, or the path
 * from it upward fails. */
bool builder_may_merge_below(const struct builder *builder, const struct pci_function *bridge);

/* Returns the index of the first function of the slot. */
size_t builder_slot_begin(const struct builder *builder, const struct pci_function *function);

/* Returns the next other function of the slot from index on, or NULL, and moves index behind it. */
const struct pci_function *builder_next_sibling(const struct builder *builder,
						const struct pci_function *function, size_t *index);

#endif

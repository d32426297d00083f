/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_LOADER_H
#define PASSCHECK_HOST_USAGE_USAGE_LOADER_H

#include "host/access/root.h"
#include "host/usage/usage_entry.h"

struct pool_members;
struct usage_routes;

/* Uses on their way into memory. */
struct usage_loader {
	struct root *root;
	struct arena *arena;
	struct usage *usage;
	size_t capacity;
	size_t gap_capacity;
	size_t link_capacity;
	size_t device_capacity;
	size_t idle_capacity;
	const struct pool_members *pools;  /* of ZFS; NULL until one is followed */
	const struct usage_routes *routes; /* NULL until an address is followed */
	size_t visits; /* of devices; a hostile tree may lead through its own endlessly */
};

/* Each appends; short memory marks the arena. */
void usage_add(struct usage_loader *loader, const struct usage_entry *entry);
void usage_add_gap(struct usage_loader *loader, const struct usage_entry *entry, const char *why);

/* Appends a function to the list of those of which something was not read. */
void usage_note_unread(struct usage_loader *loader, struct usage_link **links, size_t *count,
		       size_t *capacity, const struct pci_function *function,
		       const struct fact *fact);

/* Sorts such a list by function. */
void usage_sort_links(struct usage_link *links, size_t count);

/* Returns the names of the devices that uses were followed through so far, sorted. */
struct fact_list usage_followed(const struct usage_loader *loader);

/* Counts a device that is followed, which so many layers lie upon. Returns whether it may be: false
 * where it lies too deep, or too many were. */
bool usage_visit(struct usage_loader *loader, unsigned layers);

/* Returns the path in /sys/devices that an entry of a class folder leads to, or NULL where its link
 * was not read, or leads elsewhere. */
const char *usage_path_of(const struct usage_loader *loader, const char *folder, const char *name);

/* The same, and adds a gap where it returns NULL. */
const char *usage_resolve(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *folder, const char *name);

#endif

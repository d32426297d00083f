/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_LOADER_H
#define PASSCHECK_HOST_USAGE_USAGE_LOADER_H

#include "host/access/root.h"
#include "host/usage/usage_entry.h"
#include "host/usage/usage_routes.h"

struct pool_members;

/* Uses on their way into memory. */
struct usage_loader {
	struct root *root;
	struct arena *arena;
	struct usage *usage;
	size_t capacity;
	size_t gap_capacity;
	size_t link_capacity;
	size_t device_capacity;
	const struct pool_members *pools;  /* of ZFS; NULL until one is followed */
	const struct usage_routes *routes; /* NULL until an address is followed */
	size_t visits; /* of devices; a hostile tree may lead through its own endlessly */
};

/* Each appends; short memory marks the arena. */
void usage_add(struct usage_loader *loader, const struct usage_entry *entry);
void usage_add_gap(struct usage_loader *loader, const struct usage_entry *entry, const char *why);

/*
 * Appends the interfaces by which the host reaches the machine that the entry's file system comes
 * from, followed down to hardware, by its address ("192.168.1.5"; NULL: not known). Where that does
 * not tell all, appends a gap: the host needs an interface for it. where follows what the entry is
 * for: "of the network".
 */
void usage_follow_network(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *where, const char *address);

/* Appends a function to the list of those of which something was not read. */
void usage_note_unread(struct usage_loader *loader, struct usage_link **links, size_t *count,
		       size_t *capacity, const struct pci_function *function,
		       const struct fact *fact);

/* Sorts such a list by function. */
void usage_sort_links(struct usage_link *links, size_t count);

/*
 * Reads into *ret_up whether the link of the interface in folder is up: "up", or, of a driver that
 * tells no state, the carrier of an interface that the host has switched on (operstate_show() and
 * carrier_show(), net/core/net-sysfs.c; the latter gives EINVAL where it is off). Returns what
 * tells it; that is not known where the question stays open.
 */
struct fact_text usage_read_link(struct usage_loader *loader, const char *folder, bool *ret_up);

/*
 * Each follows a device down to hardware and adds an entry, made after the one given, for each
 * piece of it, or a gap: a block device by its number ("8:2"), by its node ("/dev/mapper/root"), by
 * its folder; a network interface by its name.
 */
void usage_follow_number(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *number);
void usage_follow_node(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *node);
void usage_follow_folder(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path);
void usage_follow_link(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *folder, const char *name); /* an entry of a folder of links */
void usage_follow_interface(struct usage_loader *loader, const struct usage_entry *entry,
			    const char *name);

/* Returns the names of the devices that uses were followed through so far, sorted. */
struct fact_list usage_followed(const struct usage_loader *loader);

/* Returns the path in /sys/devices that an entry of a class folder leads to, or NULL where its link
 * was not read. */
const char *usage_path_of(const struct usage_loader *loader, const char *folder, const char *name);

/* Returns the kernel's name of the block device at a node ("dm-0" of "/dev/mapper/root"), or NULL.
 */
const char *usage_name_of_node(struct usage_loader *loader, const char *node);

/* Returns whether a block device is memory, or a file, which lies on a file system that is mounted
 * itself. */
bool usage_is_no_hardware(const char *name);

/* Where something mounted could not be followed: lists the hardware below any block device, which
 * it may lie on. */
void usage_load_carriers(struct usage_loader *loader);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_NETWORK_H
#define PASSCHECK_HOST_USAGE_USAGE_NETWORK_H

#include "host/usage/usage_loader.h"
#include "host/usage/usage_routes.h"

/* Follows a network interface by its name down to hardware, and adds an entry, made after the one
 * given, for each piece of it, or a gap. */
void usage_follow_interface(struct usage_loader *loader, const struct usage_entry *entry,
			    const char *name);

/*
 * Appends the interfaces by which the host reaches the machine that the entry's file system comes
 * from, followed down to hardware, by its address ("192.168.1.5"; NULL: not known). Where that does
 * not tell all, appends a gap: the host needs an interface for it. where follows what the entry is
 * for: "of the network".
 */
void usage_follow_network(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *where, const char *address);

/* The same for a block device, or an NVMe controller, that comes from another machine: RBD, NBD,
 * NVMe over Fabrics, iSCSI. Returns false, and does nothing, where that at path is another. */
bool usage_follow_network_disk(struct usage_loader *loader, const struct usage_entry *entry,
			       const char *path);

/*
 * Returns what a capture keeps of the attribute address of a controller of NVMe over Fabrics or of
 * a connection of iSCSI: names of ports of Fibre Channel, and of other addresses the interfaces
 * that lead there by the routes (usage_ways_mark()). Memory comes from arena.
 */
const char *usage_trim_server(struct arena *arena, const struct fact_text *address,
			      const struct usage_routes *routes);

/*
 * Reads into *ret_up whether the link of the interface in folder is up: "up", or, of a driver that
 * tells no state, the carrier of an interface that the host has switched on (operstate_show() and
 * carrier_show(), net/core/net-sysfs.c; the latter gives EINVAL where it is off). Returns what
 * tells it; that is not known where the question stays open.
 */
struct fact_text usage_read_link(struct usage_loader *loader, const char *folder, bool *ret_up);

/* Reads into *ret_set_up whether the host has the interface in folder set up, with a link or
 * without. Returns false where that was not read. */
bool usage_read_set_up(struct usage_loader *loader, const char *folder, bool *ret_set_up);

#endif

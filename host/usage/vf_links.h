/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_VF_LINKS_H
#define PASSCHECK_HOST_USAGE_VF_LINKS_H

#include "host/access/fact.h"
#include "host/base/arena.h"

/*
 * What a physical function keeps of its network VFs, which sysfs does not show: the kernel's answer
 * to RTM_GETLINK with RTEXT_FILTER_VF (rtnl_fill_vfinfo(), net/core/rtnetlink.c).
 */

/* What a driver does not tell is VF_LINK_UNKNOWN, or NULL. */
enum { VF_LINK_UNKNOWN = -1 };

struct vf_link {
	uint32_t number;       /* among the VFs of its physical function, from 0 on */
	const char *mac;       /* "52:54:00:0a:0b:0c"; all zeros: the VF has none of its own */
	int64_t vlan;          /* 0: none */
	int64_t qos;           /* the priority of its frames in that VLAN, 0 to 7 */
	int64_t vlan_protocol; /* ETH_P_8021Q or ETH_P_8021AD, since 4.9 */
	int64_t trust;         /* 0 or 1 */
	int64_t spoof_check;
};

/* The VFs of one physical function, sorted by number. Some may be missing. */
struct vf_links_of_pf {
	const char *interface;
	const char *device; /* the physical function's address; NULL before 5.14 */
	struct vf_link *vfs;
	size_t count;
	struct vf_links_of_pf *next;
};

struct vf_links {
	struct fact fact; /* not captured: not asked for, or not of a live host */
	struct vf_links_of_pf *first, *last;
};

/*
 * Opens a socket to ask by. Returns it, for who closes it, or a negative errno. It needs no
 * privilege, and reaches the network namespace of the caller.
 */
int vf_links_open(void);

/* Asks for the links of this network namespace. Memory comes from arena; short memory marks it. */
void vf_links_load(int descriptor, struct arena *arena, struct vf_links *ret);

/*
 * Adds what messages of the kernel say. Returns whether more follow; one that is not as long
 * as it says makes the fact malformed, one that is an error unreadable. Strings lie in arena.
 */
bool vf_links_parse(const void *bytes, size_t length, struct arena *arena, struct vf_links *links);

#endif

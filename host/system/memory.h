/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_MEMORY_H
#define PASSCHECK_HOST_SYSTEM_MEMORY_H

#include "host/access/root.h"
#include "host/base/number_set.h"

/* A pool of huge pages of one size: /sys/kernel/mm/hugepages/hugepages-SIZEkB. */
struct hugepage_pool {
	uint64_t page_size; /* bytes */
	struct fact_number pages;
	struct fact_number free_pages;
};

/* A NUMA node: /sys/devices/system/node/nodeID. */
struct memory_node {
	uint32_t id;
	struct fact fact; /* of its cpulist */
	struct number_set cpus;
	struct hugepage_pool *hugepages; /* those of the node */
	size_t hugepage_count;
};

/* What memory the host has to give to guests. */
struct memory {
	struct fact_number total;         /* bytes, MemTotal */
	struct fact_number hugepage_size; /* bytes, the default size */
	struct fact hugepages_fact;       /* of /sys/kernel/mm/hugepages */
	struct hugepage_pool *hugepages;
	size_t hugepage_count;
	struct fact nodes_fact; /* of /sys/devices/system/node; absent: no NUMA */
	struct memory_node *nodes;
	size_t node_count;
	/* Bytes that the reader's session may lock, its soft limit; INT64_MAX: without limit. */
	struct fact_number lock_limit;
};

void memory_load(struct root *root, struct arena *arena, struct memory *ret);

#endif

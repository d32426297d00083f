/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_DOMAIN_FILES_H
#define PASSCHECK_CLI_INPUT_DOMAIN_FILES_H

#include "guest/libvirt/domain_xml.h"

/* Limit on how many documents are read. */
enum { LIMIT_DOMAIN_FILES = 65536 };

/* Limit on how many mappings and resources are read: each guest's device is looked up in them. */
enum { LIMIT_DOMAIN_POOLS = 1024 };

/* The domains and networks that the command line names. */
struct domain_files {
	struct arena *arena;
	struct domain *domains;
	size_t domain_count;
	size_t domain_capacity;
	struct domain_network *networks;
	size_t network_count;
	size_t network_capacity;
	struct domain_pool *pools;
	size_t pool_count;
	size_t pool_capacity;
};

/*
 * Reads a file of libvirt XML or a guest of another stack (guest/read/), every *.xml, *.conf,
 * *.cfg, *.yaml and *.yml file of a folder in the order of their names, or standard input where
 * path is "-". Returns 0, or a negative errno after complaining.
 */
int domain_files_read(struct domain_files *files, const char *path);

#endif

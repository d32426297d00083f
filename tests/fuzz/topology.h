/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_FUZZ_TOPOLOGY_H
#define PASSCHECK_TESTS_FUZZ_TOPOLOGY_H

#include "tests/fuzz/firmware.h"
#include "tests/fuzz/host.h"

/* A whole host made of an input's records: its platform, and its functions. */

enum { MOST_FUNCTIONS = 24, MOST_GROUPS = 8, PATH_SIZE = 512, ADDRESS_SIZE = 16 };

/* The platform as the input has it. */
struct platform_record {
	uint8_t table;    /* an enum firmware_table */
	uint8_t flags;    /* of the table */
	uint8_t kernel;   /* of kernels */
	uint8_t lost;     /* which of the host's files are missing, by bits */
	uint8_t damage;   /* an enum firmware_damage */
	uint8_t value;    /* of the damaged byte */
	uint8_t place[2]; /* where it is, little-endian */
};

/* What else a function is, by bits of its record. */
enum {
	TRAIT_MULTIFUNCTION = 0x1,
	TRAIT_CONFIG_LOST = 0x2,
	TRAIT_CLASS_LOST = 0x4,
	TRAIT_NAMED = 0x8,     /* to a unit of the table */
	TRAIT_RESERVED = 0x10, /* the table keeps memory for it */
};

/* A function as the input has it. */
struct record {
	uint8_t kind;   /* of kinds */
	uint8_t parent; /* of the records before, and the root bus */
	uint8_t devfn;  /* on its parent's bus */
	uint8_t driver; /* of drivers */
	uint8_t group;  /* from MOST_GROUPS on: none */
	uint8_t acs;    /* its control, and in the highest bit whether it has the capability */
	uint8_t vfs;    /* of an SR-IOV capability */
	uint8_t traits;
};

struct function_kind {
	bool bridge;
	int port_type; /* negative: conventional */
	uint32_t class_code;
};

/* A function on its way into the host. */
struct function {
	struct record record;
	const struct function_kind *kind;
	int parent; /* its place in the topology; negative: on the root bus */
	char address[ADDRESS_SIZE];
	char path[PATH_SIZE];
	unsigned bus; /* behind a bridge */
	bool grouped;
	bool bound;    /* to a driver */
	bool harmless; /* its driver may stay while another of its group is with a guest */
};

struct topology {
	struct platform_record platform;
	struct function functions[MOST_FUNCTIONS];
	size_t count;
};

/* Makes a host of the input: its platform, and functions as long as there are records. */
void topology_read(const uint8_t *bytes, size_t size, struct topology *ret);

/* Returns the same host before anything of it was lost or damaged. */
struct topology topology_whole(const struct topology *topology);

void topology_fill(const struct topology *topology, struct fuzz_host *host);

/* Returns the function at an address, or NULL. */
const struct function *topology_find(const struct topology *topology, const char *address);

enum firmware_table topology_table(const struct topology *topology);
enum firmware_damage topology_damage(const struct topology *topology);

/* Returns whether the kernel remaps interrupts: with VT-d the table's flags tell. */
bool topology_remaps(const struct topology *topology);

/* Returns whether firmware gives no table, as on a machine that has none. */
bool topology_lost_table(const struct topology *topology);

/* Returns whether the host shows no unit that translates: its groups are then those of the next
 * boot, at which the kernel asks ports to isolate (pci_request_acs()). */
bool topology_lost_units(const struct topology *topology);

/*
 * Returns whether the kernel keeps a function from guests for the memory that a sound table
 * reserves for it: RMRRs but those of displays, and from 6.6 on what AMD's table lists. An RMR it
 * heeds on some hosts only.
 */
bool topology_is_held(const struct topology *topology, const struct function *function);

#endif

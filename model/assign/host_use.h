/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_HOST_USE_H
#define PASSCHECK_MODEL_ASSIGN_HOST_USE_H

#include "host/host.h"

/* One thing that the host uses a function for. */
struct host_use {
	const struct usage_entry *entry;
	const struct pci_function
		*through; /* the VF that carries it, where the function is its PF */
	const struct host_use *next;
};

/* A network link of the host that is up. */
struct host_link {
	const struct usage_entry *entry;
	const struct pci_function *function; /* NULL: it is on none */
};

/* What the host uses each function for, by the function's index in host->pci.functions. */
struct host_uses {
	const struct host *host;
	const struct host_use **uses;
	/* Whether one has block devices below it, by its index; NULL: not told, or not asked. */
	const bool *carries;
	struct host_link *links; /* that are up, the last first */
	size_t link_count;
	bool links_apart; /* they are on functions that do not go together */
	/* A link that is up, but may lead to the management controller alone; NULL: none. */
	const struct usage_entry *unsure;
};

/* Maps what host/usage/usage.h found to functions. Memory comes from arena; short memory marks it.
 */
void host_uses_build(const struct host *host, struct arena *arena, struct host_uses *ret);

/* Returns what the host uses the function for, NULL where nothing is known. */
const struct host_use *host_uses_of(const struct host_uses *uses,
				    const struct pci_function *function);

/* Returns the first use of that kind, or NULL. */
const struct host_use *host_uses_of_kind(const struct host_uses *uses,
					 const struct pci_function *function, enum usage_kind kind);

/*
 * Returns the use without which the host cannot do (a mount, swap, the default route, the
 * only network link that is up, or one of those that go together), or NULL.
 */
const struct host_use *host_uses_vital(const struct host_uses *uses,
				       const struct pci_function *function);

/*
 * Returns that use in words, in memory of arena, and why the host cannot do without a link: "the
 * network link eth0, the only one that is up". NULL where there is none.
 */
const char *host_uses_vital_words(const struct host_uses *uses, const struct pci_function *function,
				  struct arena *arena);

/*
 * Returns, in memory of arena, why the host is cut off from the network once these functions have
 * left it together, with what goes along with them: each of its links that are up is on one of
 * them. NULL where a link stays, where none is up, and where one function has them all, which
 * host_uses_vital() tells of that one.
 */
const char *host_uses_cut_off(const struct host_uses *uses,
			      const struct pci_function *const *functions, size_t count,
			      struct arena *arena);

/* Returns whether it is known that a function, which is no VF, has interfaces, and that no link of
 * theirs is up: an interface that is set up has none without a cable. */
bool host_uses_has_links_down(const struct host_uses *uses, const struct pci_function *function);

/* Returns whether one of the host's links that are up leaves the host with the function. */
bool host_uses_takes_link(const struct host_uses *uses, const struct pci_function *function);

/* What leaves it open whether the host needs a function. */
struct host_use_doubt {
	const struct fact *evidence; /* NULL: none, it is known */
	const char *why;
};

/*
 * Returns why it is not known whether the host needs a function that a host driver holds. Where
 * nothing was read of what the host uses, there is no such doubt on each function: the host has one
 * warning, host-use.unknown. Memory comes from arena.
 */
struct host_use_doubt host_uses_doubt(const struct host_uses *uses,
				      const struct pci_function *function, struct arena *arena);

/* Returns a fact that names where a use was read, in memory of arena; NULL where that is short. */
const struct fact *host_use_evidence(struct arena *arena, const char *source);

/* Returns what of the function's own devices (interfaces, outputs) was not read, so that the host
 * may use them, or NULL. */
const struct fact *host_uses_unread_device(const struct host_uses *uses,
					   const struct pci_function *function);

/* Returns the same of a memory device of CXL, whose memory the host may have without a driver, as
 * firmware has set it up; NULL of others. */
const struct fact *host_uses_unread_memory(const struct host_uses *uses,
					   const struct pci_function *function);

/* Returns "/ (nvme0n1p2)", "the default route (eth0)" and the like, in memory of arena. */
const char *host_use_words(struct arena *arena, const struct host_use *use);

#endif

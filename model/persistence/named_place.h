/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_NAMED_PLACE_H
#define PASSCHECK_MODEL_PERSISTENCE_NAMED_PLACE_H

#include "host/host.h"

/* An address that the host's configuration means. */
struct named_place {
	struct pci_address address;
	char name[PCI_ADDRESS_SIZE];
	const struct pci_function *now; /* what is there; NULL: nothing */
};

/*
 * Reads the address out of a name that systemd gives an interface by its place, "enP1p5s0f1np1":
 * systemd.net-naming-scheme(7). Returns false for other names, for those of VFs, and for those of
 * what lies behind a function (USB).
 */
bool named_place_parse(const char *interface, struct pci_address *ret);

/*
 * Returns whether a setting is for functions by their addresses, or by names that tell these, and
 * can be for none of them: nothing is there, or what has no VFs. *ret is the first such place,
 * of the setting's subject before its line. False where the host's functions were not listed, where
 * an interface has that name, where another word of the setting is for a function that is there,
 * and where a bridge is there: it stands for what is below it.
 */
bool named_place_is_gone(const struct host *host, const struct sriov_setting *setting,
			 struct named_place *ret);

/* An interface that the host's configuration means. */
struct named_interface {
	const char *name;
	const struct pci_function *now; /* the function that the name tells, whose interfaces have
					   others; NULL: it tells none */
};

/*
 * Returns whether a setting names an interface that no function of the host has, in a path of
 * /sys/class/net, as its subject, or in KERNEL== of a rule of udev: the first such. A name that
 * tells no place counts of such a path alone, in what runs once udev has named all, and where each
 * function that could have it has one. Memory comes from arena.
 */
bool named_interface_is_gone(const struct host *host, const struct sriov_setting *setting,
			     struct arena *arena, struct named_interface *ret);

#endif

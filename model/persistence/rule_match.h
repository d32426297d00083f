/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_RULE_MATCH_H
#define PASSCHECK_MODEL_PERSISTENCE_RULE_MATCH_H

#include "host/boot/boolean.h"
#include "host/pci/pci.h"
#include "host/sriov/sriov_place.h"

/* Rules of udev(7) that make VFs, each a line: when they act, and for which function. */

/* What a line says that a setting is for. */
enum match {
	MATCH_NONE,    /* it names nothing */
	MATCH_ANY,     /* a variable, a pattern or a name that may mean any PF */
	MATCH_UNKNOWN, /* it waits for what no boot may have, or asks for what is not read */
	MATCH_OTHER,
	MATCH_PF,
};

/* Upon which events a rule acts. */
enum rule_upon {
	RULE_UPON_ARRIVAL,
	RULE_UPON_CHANGE, /* which no device has to have while the host boots */
	RULE_UPON_REMOVAL,
};

/* Returns upon which events a rule acts: one that does not say it, upon every event. */
enum rule_upon rule_acts_upon(struct arena *arena, const char *rule);

/*
 * Returns whether what a rule compares fits a PF or an interface of it as they arrive, whatever the
 * event. MATCH_NONE: nothing of it tells one device from others. MATCH_UNKNOWN: it compares what is
 * not read, or is not understood. A name is compared with that of the device, one of parents with
 * those above it, too; the kernel may have given an interface another name. source: the rule's
 * file, whose name tells what udev knows by then. Memory comes from arena.
 */
enum match rule_match(struct arena *arena, const char *rule, const char *source,
		      const struct pci_function *pf);

/* Returns the key for which udev ignores a rule, NULL for none: udev_rule_refused_key(). Memory
 * comes from arena. */
const char *rule_refused_key(struct arena *arena, const char *rule);

/*
 * Returns whether a rule that speaks of VFs makes some upon the devices that it is for: no where
 * udev ignores it, and where it compares their number and writes none. Unknown where it runs what
 * does not speak of VFs itself, or is not understood. place: of its file.
 */
enum boolean rule_makes_vfs(const struct sriov_place *place, const char *rule);

/* Returns whether a rule writes the number as a function is added, and not again as its driver is
 * bound, which may be later: udev itself loads the driver upon the same event, behind all rules
 * (80-drivers.rules). Without a driver the kernel refuses the number (ENOENT). */
bool rule_is_before_driver(struct arena *arena, const char *rule);

/*
 * Returns whether a rule waits for an interface of the PF to be added by a name that udev itself
 * gives it, and not for its renaming ("move"): as it is added it has the kernel's name, unless the
 * initramfs has renamed it. Memory comes from arena.
 */
bool rule_is_before_name(struct arena *arena, const char *rule, const struct pci_function *pf);

/* Returns what a rule writes and runs, words of its values with blanks between them: it may name
 * another function than that upon whose event it acts. Memory comes from arena. */
const char *rule_effect(struct arena *arena, const char *rule);

#endif

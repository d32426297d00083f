/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_PERSISTENCE_H
#define PASSCHECK_MODEL_PERSISTENCE_PERSISTENCE_H

#include "model/persistence/link_match.h"
#include "model/sriov/vf_driver.h"

/* Whether the host's configuration makes VFs of a PF at boot. */
enum persistence {
	PERSISTENCE_NONE,    /* no line makes VFs of it */
	PERSISTENCE_REFUSED, /* a line writes a number that its driver does not take, or is not
				applied */
	PERSISTENCE_UNKNOWN, /* a line may: it names no one PF, is not understood, or may not act */
	PERSISTENCE_MADE,    /* a line that names the PF, its interface or its driver makes VFs */
	PERSISTENCE_COUNT,
};

/* A line that makes VFs of a PF at boot, or may. */
struct vf_persistence {
	enum persistence state;
	const struct sriov_setting *setting; /* NULL: none */
	bool early;                          /* the interface is down when it writes, or may be */
	bool before_driver;                  /* the PF may have no driver when it writes */
	bool before_name;                    /* its interface may have no such name yet then */
	const struct link_file *shadow;      /* that is applied in its place, or may be; or NULL */
	bool counted;                        /* whether it tells a number */
	int64_t count;
	size_t digits; /* where in the line the number stands */
};

/* The lines for one PF, in the order in which their places are read. */
struct vf_makers {
	struct vf_persistence *lines;
	size_t count;
	size_t capacity;
};

struct persistences {
	const struct host *host;
	struct vf_makers **makers; /* by index in host->pci.functions; NULL: no PF */
};

/*
 * Finds what makes VFs of each PF at boot: lines of configuration files, and options on the kernel
 * command line. A line that takes VFs away makes none, enable_sriov is a switch of vfio-pci and no
 * count, and max_vfs of xe and i915 allows VFs and makes none. A number that is written is refused
 * by a driver without sriov_configure (ENOENT: sriov_numvfs_store()), whatever it is, and makes no
 * VFs with a driver that needs its interface up (vf_driver.h) where udev or systemd-tmpfiles write
 * it, which is before the network is set up. A .link file makes none where another is applied in
 * its place (link_match.h). Time is linear in lines and PFs each. Memory comes
 * from arena; short memory marks it.
 */
void persistences_build(const struct host *host, struct arena *arena, struct persistences *ret);

/*
 * Returns whether a setting is what the SR-IOV network operator has set last, on a host where
 * nothing shows that it does so at the next boot: sriov_place.h. Linear in the host's settings.
 */
bool vf_setting_is_record(const struct host *host, const struct sriov_setting *setting);

/* Returns the lines for a function of the host, NULL where it is no PF. */
const struct vf_makers *vf_makers_of(const struct persistences *persistences,
				     const struct pci_function *pf);

/* Returns the line that counts: of those that are certain the one that makes as many VFs as
 * wanted, else the last. */
struct vf_persistence vf_persistence_of(const struct persistences *persistences,
					const struct pci_function *pf, int64_t wanted);

/*
 * Returns whether two lines make different numbers of VFs of a PF, of which the kernel refuses the
 * second: sriov_numvfs_store() gives EBUSY unless the number is 0 before. A file that takes VFs
 * away knows, but one that declares that there are none takes away those of another. *ret_other is
 * at odds with *ret_one.
 */
bool vf_makers_conflict(const struct vf_makers *makers, const struct vf_persistence **ret_one,
			const struct vf_persistence **ret_other);

/*
 * What a udev rule that makes VFs of a PF begins with. The PF's driver makes them, so the rule
 * waits until it is bound (uevent "bind", since 4.14). Where it was bound before the rules were
 * read, built in or in the initramfs, the device is added once more when udev starts:
 * systemd-udev-trigger.service.
 */
#define VF_RULE_EVENT "ACTION==\"add|bind\", SUBSYSTEM==\"pci\", "

/* Where passcheck tells to put such rules, and looks for what to take back. */
#define VF_RULES_FILE "/etc/udev/rules.d/70-passcheck-vfs.rules"

/*
 * Returns the rule that makes that many VFs of a PF with whatever driver it is bound to. driver is
 * what is known of it, or NULL. One that needs its interface up has none yet when it is bound: its
 * rule waits for the interface, whose name udev may change after the rule was read. Memory comes
 * from arena; short memory marks it.
 */
const char *vf_rule(struct arena *arena, const struct pci_function *pf,
		    const struct vf_driver *driver, int64_t vfs);

/* Returns whether a line takes the VFs away that there are: it writes 0. An option of a driver that
 * is 0 makes none, and netplan writes no 0 (apply_sriov_config() of its netplan_cli/cli/sriov.py).
 */
bool vf_persistence_takes_away(const struct vf_persistence *line);

/* Returns where the line stands, for a sentence: a path, or "the kernel command line". */
const char *vf_persistence_place(const struct vf_persistence *line);

/* Returns the next PF behind one (NULL: the first), in order of address, of which the same line
 * makes VFs, or may; NULL: no more. Linear in the host's functions and their lines. */
const struct pci_function *vf_persistence_next_pf(const struct persistences *persistences,
						  const struct vf_persistence *line,
						  const struct pci_function *after);

/* Returns whether both lines stand in one file and have the same text: an edit by text changes
 * both. */
bool vf_persistence_alike(const struct vf_persistence *one, const struct vf_persistence *other);

/* Returns how many lines for pf are like this one, itself among them. */
size_t vf_persistence_count_alike(const struct persistences *persistences,
				  const struct pci_function *pf, const struct vf_persistence *line);

/* Returns whether the line is in a file of a package, which an update replaces: one of that name in
 * /etc counts in its place. */
bool vf_persistence_is_of_package(const struct vf_persistence *line);

/* Returns whether a line for pf can be edited where it stands: it is in a file that its owner does
 * not write itself, stands there as one line of which nothing was replaced, and all lines of that
 * file that are like it are for pf, too. */
bool vf_persistence_editable(const struct persistences *persistences, const struct pci_function *pf,
			     const struct vf_persistence *line);

#endif

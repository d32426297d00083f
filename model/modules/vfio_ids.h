/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODULES_VFIO_IDS_H
#define PASSCHECK_MODEL_MODULES_VFIO_IDS_H

#include "host/pci/pci_function.h"

/* The longest ids= that vfio-pci has room for, in characters: ids[] of drivers/vfio/pci/vfio_pci.c.
 * A longer one is an error, and no entry counts (param_set_copystring(), kernel/params.c). */
enum { VFIO_IDS_LONGEST = 1023 };

enum vfio_id_field {
	VFIO_ID_VENDOR,
	VFIO_ID_DEVICE,
	VFIO_ID_SUBVENDOR,
	VFIO_ID_SUBDEVICE,
	VFIO_ID_CLASS,
	VFIO_ID_MASK,
	VFIO_ID_FIELDS
};

/* An entry of ids=. What it does not name matches everything. */
struct vfio_id {
	uint32_t fields[VFIO_ID_FIELDS];
};

/*
 * Parses an entry as vfio_pci_fill_ids() does (drivers/vfio/pci/vfio_pci.c, Linux 7.3): at least
 * VENDOR:DEVICE, in hexadecimal. Returns how many characters of text it takes, and passes over the
 * rest; 0 where the kernel ignores the entry, and *ret says nothing then.
 */
size_t vfio_id_parse(const char *text, struct vfio_id *ret);

/* An entry of a list, as it stands there, without blanks around it. */
struct vfio_ids_entry {
	const char *text; /* no string: it goes on behind the entry */
	size_t length;
	struct vfio_id id;
	bool counts; /* false: the kernel ignores it */
};

/* Takes the next entry off a list, "" at its end. Returns whether there was one. */
bool vfio_ids_next(const char **list, struct vfio_ids_entry *ret);

/* Returns whether a list has that entry, however it is written there. */
bool vfio_ids_have(const char *list, const struct vfio_id *id);

/* Returns whether vfio-pci has room for the list, so its entries count. */
bool vfio_ids_fit(const char *list);

/* What vendor and device of an entry are for. */
enum vfio_id_kind {
	VFIO_ID_ONE,        /* one kind of device */
	VFIO_ID_ANY_DEVICE, /* every device of a vendor */
	VFIO_ID_ANY_VENDOR, /* devices of every vendor */
	VFIO_ID_ANYTHING,
	VFIO_ID_KINDS
};

enum vfio_id_kind vfio_id_kind(const struct vfio_id *id);

/* Returns whether an entry names the function: pci_match_one_device() of drivers/pci/pci.h. */
bool vfio_id_matches(const struct vfio_id *id, const struct pci_function *function);

/* Returns whether an entry of a list, NULL for none, names the function. */
bool vfio_ids_match(const char *list, const struct pci_function *function);

#endif

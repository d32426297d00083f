/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/vfio_ids.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t any = 0xffffffff; /* PCI_ANY_ID */

size_t vfio_id_parse(const char *text, struct vfio_id *ret)
{
	const char *begin = text;
	size_t length = 0;

	*ret = (struct vfio_id){{0, 0, any, any, 0, 0}};
	for (size_t i = 0; i < VFIO_ID_FIELDS; i++) {
		char *end;
		while (isspace((unsigned char)*text))
			text++;
		if (!isxdigit((unsigned char)*text))
			break;
		ret->fields[i] = (uint32_t)strtoul(text, &end, 16);
		if (i >= VFIO_ID_DEVICE)
			length = (size_t)(end - begin);
		if (*end != ':')
			break;
		text = end + 1;
	}
	return length;
}

static bool field_matches(uint32_t wanted, const struct fact_number *value)
{
	return wanted == any || (fact_known(&value->fact) && wanted == value->value);
}

bool vfio_id_matches(const struct vfio_id *id, const struct pci_function *function)
{
	uint32_t difference = id->fields[VFIO_ID_CLASS] ^ (uint32_t)function->class_code.value;

	return field_matches(id->fields[VFIO_ID_VENDOR], &function->vendor) &&
	       field_matches(id->fields[VFIO_ID_DEVICE], &function->device) &&
	       field_matches(id->fields[VFIO_ID_SUBVENDOR], &function->subsystem_vendor) &&
	       field_matches(id->fields[VFIO_ID_SUBDEVICE], &function->subsystem_device) &&
	       !(difference & id->fields[VFIO_ID_MASK]);
}

enum vfio_id_kind vfio_id_kind(const struct vfio_id *id)
{
	bool device = id->fields[VFIO_ID_DEVICE] == any;

	if (id->fields[VFIO_ID_VENDOR] == any)
		return device ? VFIO_ID_ANYTHING : VFIO_ID_ANY_VENDOR;
	return device ? VFIO_ID_ANY_DEVICE : VFIO_ID_ONE;
}

bool vfio_ids_have(const char *list, const struct vfio_id *id)
{
	struct vfio_ids_entry entry;

	while (vfio_ids_next(&list, &entry)) {
		if (entry.counts && memcmp(&entry.id, id, sizeof(*id)) == 0)
			return true;
	}
	return false;
}

bool vfio_ids_fit(const char *list)
{
	return strnlen(list, VFIO_IDS_LONGEST + 1) <= VFIO_IDS_LONGEST;
}

/* vfio_pci_fill_ids() passes over empty entries. */
bool vfio_ids_next(const char **list, struct vfio_ids_entry *ret)
{
	const char *text = *list + strspn(*list, ", ");

	if (!*text) {
		*list = text;
		return false;
	}
	*ret = (struct vfio_ids_entry){.text = text, .length = strcspn(text, ",")};
	*list = text + ret->length;
	ret->counts = vfio_id_parse(text, &ret->id) != 0;
	while (text[ret->length - 1] == ' ')
		ret->length--;
	return true;
}

bool vfio_ids_match(const char *list, const struct pci_function *function)
{
	struct vfio_ids_entry entry;

	if (!list || !vfio_ids_fit(list))
		return false;
	while (vfio_ids_next(&list, &entry)) {
		if (entry.counts && vfio_id_matches(&entry.id, function))
			return true;
	}
	return false;
}

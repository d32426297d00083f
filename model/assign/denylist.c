/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/denylist.h"

#include <pci/header.h>
#include <stddef.h>

#include "host/base/array.h"

/* A device of Intel's, and the release whose vfio-pci was the first to refuse it. */
struct entry {
	uint16_t device;
	uint8_t major, minor;
};

/* The list began in 5.9. */
static const struct kernel_version first_list = {5, 9, 0};

/* QAT of the first generation; DSA and IAX of Sapphire Rapids, of commit 95feb3160eef. */
static const struct entry entries[] = {
	{0x19e2, 5, 9}, {0x19e3, 5, 9}, {0x37c8, 5, 9},  {0x37c9, 5, 9},
	{0x0435, 5, 9}, {0x0443, 5, 9}, {0x0b25, 6, 10}, {0x0cfe, 6, 10},
};

static const struct entry *find(int64_t vendor, int64_t device)
{
	if (vendor != PCI_VENDOR_ID_INTEL)
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(entries); i++) {
		if (device == entries[i].device)
			return &entries[i];
	}
	return NULL;
}

/* Whether the kernel has the entry by its age: unknown where another may have brought it. */
static enum boolean has_entry(const struct host *host, const struct entry *entry)
{
	const struct fact_text *option = &host->modules.vfio_pci_no_denylist;
	struct fact running = modules_present(&host->modules, "vfio_pci");
	bool is_of_first = entry->major == first_list.major && entry->minor == first_list.minor;
	struct kernel_version version;

	if (!host_kernel_version(host, &version) ||
	    kernel_at_least(&version, entry->major, entry->minor) ||
	    (is_of_first && fact_known(&option->fact)))
		return BOOLEAN_YES;
	return !kernel_at_least(&version, first_list.major, first_list.minor) &&
			       fact_known(&running) && fact_absent(&option->fact)
		       ? BOOLEAN_NO
		       : BOOLEAN_UNKNOWN;
}

enum boolean denylist_refuses(const struct host *host, enum boolean disabled, int64_t vendor,
			      int64_t device)
{
	const struct entry *entry = find(vendor, device);

	if (!entry || disabled == BOOLEAN_YES)
		return BOOLEAN_NO;
	enum boolean has = has_entry(host, entry);
	return has == BOOLEAN_YES && disabled == BOOLEAN_UNKNOWN ? BOOLEAN_UNKNOWN : has;
}

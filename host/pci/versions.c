/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/versions.h"

#include <stdlib.h>
#include <string.h>

struct driver_version {
	const char *name;
	struct fact_text version;
};

static int compare_drivers(const void *a, const void *b)
{
	const struct driver_version *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* Makes an entry for each driver that has a function. Returns how many there are. */
static size_t list_drivers(const struct pci *pci, struct driver_version *drivers)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < pci->count; i++) {
		const struct fact_text *driver = &pci->functions[i].driver;
		if (fact_known(&driver->fact))
			drivers[count++].name = driver->text;
	}
	if (count)
		qsort(drivers, count, sizeof(*drivers), compare_drivers);
	for (size_t i = 0; i < count; i++) {
		if (!kept || strcmp(drivers[kept - 1].name, drivers[i].name) != 0)
			drivers[kept++] = drivers[i];
	}
	return kept;
}

void pci_versions_load(struct root *root, struct arena *arena, const struct pci *pci,
		       struct pci_versions *ret)
{
	*ret = (struct pci_versions){
		.drivers = arena_array(arena, pci->count + 1, sizeof(*ret->drivers)),
	};
	if (!ret->drivers)
		return;
	ret->count = list_drivers(pci, ret->drivers);
	for (size_t i = 0; i < ret->count; i++) {
		struct driver_version *driver = &ret->drivers[i];
		driver->version =
			root_read_line(root, arena,
				       arena_printf(arena, "/sys/bus/pci/drivers/%s/module/version",
						    driver->name));
	}
}

const struct fact_text *pci_driver_version(const struct pci_versions *versions,
					   const struct pci_function *function)
{
	const struct driver_version key = {.name = function->driver.text};

	if (!fact_known(&function->driver.fact))
		return NULL;
	const struct driver_version *found =
		bsearch(&key, versions->drivers, versions->count, sizeof(key), compare_drivers);
	return found ? &found->version : NULL;
}

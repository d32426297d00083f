/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pci.h"

#include <inttypes.h>
#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/pci/pci_attributes.h"

#define DEVICES "/sys/bus/pci/devices"

enum { MOST_VMD_ENDPOINTS = 64 };

struct vmd_endpoints {
	const struct pci_function *endpoints[MOST_VMD_ENDPOINTS];
	size_t count;
};

static int compare_functions(const void *left, const void *right)
{
	const struct pci_function *a = left, *b = right;

	return pci_address_compare(&a->address, &b->address);
}

/* Parses a name that the kernel can have given: it spells each address in one way. */
static bool parse_name(const char *name, struct pci_address *ret)
{
	char spelled[PCI_ADDRESS_SIZE];

	if (pci_address_parse(name, ret) != 0)
		return false;
	pci_address_format(ret, spelled);
	return strcmp(name, spelled) == 0;
}

/* Sorts the names into addresses and others. Returns false when memory is short. */
static bool sort_names(struct arena *arena, const struct fact_list *names, struct pci *ret)
{
	const char **foreign = arena_array(arena, names->count + 1, sizeof(*foreign));

	ret->functions = arena_array(arena, names->count + 1, sizeof(*ret->functions));
	if (!foreign || !ret->functions)
		return false;
	for (size_t i = 0; i < names->count; i++) {
		struct pci_function *function = &ret->functions[ret->count];
		if (!parse_name(names->names[i], &function->address)) {
			foreign[ret->foreign_count++] = names->names[i];
			continue;
		}
		function->name = names->names[i];
		ret->count++;
	}
	ret->foreign = foreign;
	qsort(ret->functions, ret->count, sizeof(*ret->functions), compare_functions);
	return true;
}

/* Returns the name of the folder that path lies in, or NULL at the top. */
static const char *parent_name(struct arena *arena, const char *path)
{
	const char *end = strrchr(path, '/');

	if (!end || end == path)
		return NULL;
	const char *start = end;
	while (start > path && start[-1] != '/')
		start--;
	return arena_copy(arena, start, (size_t)(end - start));
}

/* "pci0000:00", or "pci10000:00" below a VMD endpoint: a root bus. */
static bool is_root_bus(const char *name)
{
	return begins_with(name, "pci") && strchr(name, ':');
}

const char *pci_host_bridge(const struct pci_function *function, struct arena *arena)
{
	const char *end = function->path ? strrchr(function->path, '/') : NULL;

	while (end && end > function->path) {
		const char *start = memrchr(function->path, '/', (size_t)(end - function->path));
		const char *name =
			start ? arena_copy(arena, start + 1, (size_t)(end - start - 1)) : "";

		if (is_root_bus(name))
			return name;
		end = start;
	}
	return NULL;
}

/*
 * Returns the function whose folder holds path and that name stands for, or NULL. As its folder is
 * above, no chain of such functions runs in a circle.
 */
static const struct pci_function *find_above(const struct pci *pci, const char *path,
					     const char *name)
{
	const struct pci_function *above = name ? pci_find_name(pci, name) : NULL;

	return above && lies_below(path, above->path) ? above : NULL;
}

/* Returns the VMD endpoint whose folder holds that of the function's root bus, or NULL. */
static const struct pci_function *find_vmd_above(const struct pci *pci, struct arena *arena,
						 const struct pci_function *function)
{
	const char *root_bus = strstr(
		function->path, arena_printf(arena, "/pci%" PRIx32 ":", function->address.domain));
	if (!root_bus)
		return NULL;
	const char *path =
		arena_copy(arena, function->path, (size_t)(root_bus + 1 - function->path));
	return find_above(pci, function->path, parent_name(arena, path));
}

/* vmd_ids of drivers/pci/controller/vmd.c */
static bool has_vmd_id(const struct pci_function *function)
{
	static const uint16_t ids[] = {0x201d, 0x28c0, 0x467f, 0x4c3d, 0xa77f,
				       0x7d0b, 0xad0b, 0x9a0b, 0xb60b, 0xb06f};

	if (!pci_knows_ids(function) || function->vendor.value != PCI_VENDOR_ID_INTEL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
		if (function->device.value == ids[i])
			return true;
	}
	return false;
}

/* One that has a domain: its driver makes that. Where the driver is not known the ids tell. */
static bool is_vmd_endpoint(const struct pci_function *function)
{
	if (function->address.domain >= PCI_FIRST_VMD_DOMAIN)
		return false;
	return fact_known(&function->driver.fact) ? strcmp(function->driver.text, "vmd") == 0
						  : has_vmd_id(function);
}

/* The VMD endpoints of a host; none where there are more than a host has. */
static struct vmd_endpoints find_vmd_endpoints(const struct pci *pci)
{
	struct vmd_endpoints found = {0};

	for (size_t i = 0; i < pci->count; i++) {
		if (!is_vmd_endpoint(&pci->functions[i]))
			continue;
		if (found.count == MOST_VMD_ENDPOINTS)
			return (struct vmd_endpoints){0};
		found.endpoints[found.count++] = &pci->functions[i];
	}
	return found;
}

/*
 * Returns the VMD endpoint whose domain function is in, or NULL where it is not known. Where the
 * folders do not tell, the group does: VMD does the DMA of its domain, so both are in one
 * (pci_real_dma_dev() of arch/x86/pci/common.c).
 */
static const struct pci_function *find_vmd(const struct pci *pci, struct arena *arena,
					   const struct vmd_endpoints *vmds,
					   const struct pci_function *function)
{
	if (function->address.domain < PCI_FIRST_VMD_DOMAIN)
		return NULL;
	const struct pci_function *vmd = find_vmd_above(pci, arena, function);
	for (size_t i = 0; !vmd && i < vmds->count; i++) {
		if (pci_same_group(vmds->endpoints[i], function))
			vmd = vmds->endpoints[i];
	}
	return !vmd && vmds->count == 1 ? vmds->endpoints[0] : vmd;
}

/* Returns the PF that the VF names. A VF has no VFs of its own. */
static const struct pci_function *find_pf(const struct pci *pci,
					  const struct pci_function *function)
{
	const struct pci_function *pf = NULL;

	if (pci_is_vf(function))
		pf = pci_find_name(pci, function->physfn.text);
	return pf && !pci_is_vf(pf) ? pf : NULL;
}

static void link_function(const struct pci *pci, struct arena *arena,
			  const struct vmd_endpoints *vmds, struct pci_function *function)
{
	const char *name = parent_name(arena, function->path);

	function->vmd = find_vmd(pci, arena, vmds, function);
	function->pf = find_pf(pci, function);
	function->parent = find_above(pci, function->path, name);
	if (function->parent)
		function->parent_state = FACT_KNOWN;
	else if (name && is_root_bus(name))
		function->parent_state = FACT_ABSENT;
}

/* Settles the type of a function, and first that of a parent that comes behind it by address. */
static enum pcie_type settle_type(const struct pci_function *function)
{
	const struct pci_function *parent = function->parent;
	enum pcie_type above = PCIE_UNKNOWN;

	if (parent)
		above = parent < function ? parent->pcie_type : settle_type(parent);
	return pcie_type_below(above, &function->config);
}

/* Returns the folder of a function, or NULL where its link leads to what has another name: sysfs
 * gives both the same (bus_add_device() of drivers/base/bus.c). */
static const char *find_folder(struct root *root, struct arena *arena, const char *name)
{
	const char *path = root_entry_path(root, arena, DEVICES, name);

	return strcmp(last_part(path), name) == 0 ? path : NULL;
}

void pci_load(struct root *root, struct arena *arena, const struct iommu_groups *groups,
	      struct pci *ret)
{
	struct fact_list names = root_list(root, arena, DEVICES);

	*ret = (struct pci){.fact = names.fact};
	if (!fact_known(&names.fact) || !sort_names(arena, &names, ret))
		return;
	root_enter_listed(root, DEVICES);
	for (size_t i = 0; i < ret->count; i++)
		ret->functions[i].path = find_folder(root, arena, ret->functions[i].name);
	for (size_t i = 0; i < ret->count; i++) {
		if (!ret->functions[i].path) {
			ret->functions[i].path = arena_path(arena, DEVICES, ret->functions[i].name);
			pci_attributes_forget(&ret->functions[i]);
			continue;
		}
		root_enter(root, ret->functions[i].path);
		pci_attributes_read(root, arena, groups, ret->functions, ret->count,
				    &ret->functions[i]);
	}
	root_leave(root);
	const struct vmd_endpoints vmds = find_vmd_endpoints(ret);
	for (size_t i = 0; i < ret->count; i++)
		link_function(ret, arena, &vmds, &ret->functions[i]);
	for (size_t i = 0; i < ret->count; i++) {
		ret->functions[i].pcie_type = settle_type(&ret->functions[i]);
		ret->shows_resets |= fact_known(&ret->functions[i].reset_method.fact);
	}
}

const struct pci_function *pci_find(const struct pci *pci, const struct pci_address *address)
{
	return pci_functions_find(pci->functions, pci->count, address);
}

const struct pci_function *pci_find_name(const struct pci *pci, const char *name)
{
	return pci_functions_find_name(pci->functions, pci->count, name);
}

const struct pci_function *pci_find_path(const struct pci *pci, struct arena *arena,
					 const char *path)
{
	char *copy = arena_copy(arena, path, strlen(path)), *save = NULL;
	const struct pci_function *result = NULL;

	for (char *part = strtok_r(copy, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
		const struct pci_function *function = pci_find_name(pci, part);
		if (function)
			result = function;
	}
	return result;
}

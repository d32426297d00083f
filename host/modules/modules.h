/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_MODULES_MODULES_H
#define PASSCHECK_HOST_MODULES_MODULES_H

#include "host/access/root.h"

/* A driver of VFIO for one kind of device, which can do more with it than vfio-pci: an alias
 * "vfio_pci:…" of modules.alias. */
struct vfio_variant {
	uint32_t vendor;
	uint32_t device;
	const char *module;
};

/* U16_MAX, what dma_entry_limit is unless it is set (drivers/vfio/vfio_iommu_type1.c): how many
 * pieces of memory VFIO maps for a guest. */
enum { TYPE1_USUAL_MAPPINGS = 65535 };

/* A loaded module that uses symbols of another, which modprobe loads first; "-" as "_". */
struct module_use {
	const char *module;
	const char *user;
};

struct modules {
	struct fact_list loaded; /* of /proc/modules; "-" as "_" */
	struct module_use *uses; /* of /proc/modules */
	size_t use_count;
	struct fact_list builtin; /* of /lib/modules/RELEASE/modules.builtin; "-" as "_" */
	/* Of /lib/modules/RELEASE/modules.dep, those that modules_want(); "-" as "_". */
	struct fact_list available;
	struct fact variants_fact; /* of /lib/modules/RELEASE/modules.alias */
	struct vfio_variant *variants;
	size_t variant_count;
	struct fact_node vfio_pci; /* /sys/bus/pci/drivers/vfio-pci: the driver takes functions */
	/* Parameters that the running modules show, absent where a module is not there. */
	struct fact_text type1_unsafe_interrupts;   /* vfio_iommu_type1 allow_unsafe_interrupts */
	struct fact_text type1_dma_entry_limit;     /* vfio_iommu_type1 dma_entry_limit */
	struct fact_text iommufd_unsafe_interrupts; /* iommufd allow_unsafe_interrupts */
	struct fact_text vfio_noiommu;              /* vfio enable_unsafe_noiommu_mode */
	struct fact_text vfio_pci_no_denylist;      /* vfio_pci disable_denylist */
	struct fact_text vfio_pci_no_idle_d3;       /* vfio_pci disable_idle_d3 */
	struct fact_text vfio_pci_no_vga;           /* vfio_pci disable_vga */
	struct fact_text vfio_pci_sriov; /* vfio_pci enable_sriov: whether it gives VFs of a PF */
};

/* release may be NULL: builtin is then not captured. */
void modules_load(struct root *root, struct arena *arena, const char *release, struct modules *ret);

/* Returns whether a module is loaded or built in ("-" and "_" are equal): known where a list has
 * it, absent where both lists were read and neither has it. */
struct fact modules_present(const struct modules *modules, const char *name);

/* Returns whether a module is known to be loaded, and not built in. "-" and "_" are equal. */
bool modules_loaded(const struct modules *modules, const char *name);

/* Returns whether a module is known to be built into the kernel. */
bool modules_built_in(const struct modules *modules, const char *name);

/* Returns whether a module's driver is seen to take functions, whatever lists say: told of vfio_pci
 * alone. */
bool modules_driver_runs(const struct modules *modules, const char *name);

/* Returns what /sys/module/MODULE/parameters/NAME shows, not captured where it is not among those
 * that are read. "-" and "_" are equal. */
const struct fact_text *modules_parameter(const struct modules *modules, const char *module,
					  const char *name);

/* Returns whether modprobe finds a module for the running kernel, or needs none: known where it is
 * loaded, built in or available, absent where all three lists were read and none has it. */
struct fact modules_available(const struct modules *modules, const char *name);

/* Returns whether a line of length bytes of modules.dep is of a module that passcheck looks for. */
bool modules_want(const char *line, size_t length);

/* Returns whether a line of length bytes of modules.alias is of a variant driver of VFIO. */
bool modules_want_alias(const char *line, size_t length);

/* Returns whether path is that of a modules.alias: all that a capture needs of it is what
 * modules_want_alias(). */
bool modules_cover_alias(const char *path);

/* Returns whether path is that of a modules.dep: all that a capture needs of it is what
 * modules_want(). */
bool modules_cover(const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_VFIO_ACCESS_H
#define PASSCHECK_MODEL_ASSIGN_VFIO_ACCESS_H

#include "model/boot/line_effects.h"

/*
 * Returns whether the kernel is known to give devices out by themselves alone, through /dev/iommu:
 * it has /dev/vfio/devices, and lacks /dev/vfio/GROUP or the container that groups are put into
 * (drivers/vfio/Kconfig and drivers/iommu/iommufd/Kconfig, since 6.6).
 */
bool vfio_needs_iommufd(const struct host *host);

/* Returns whether VFIO cannot take devices without the module on this host: not where the kernel is
 * known not to have it as a module of its own. */
bool vfio_needs_module(const struct host *host, const char *module);

enum vfio_module_state {
	VFIO_MODULE_UNKNOWN, /* lists were not read */
	VFIO_MODULE_THERE,   /* loaded, built in, or to be loaded */
	VFIO_MODULE_REFUSED, /* by the command line or modprobe.d */
	VFIO_MODULE_MISSING, /* the running kernel has none */
	VFIO_MODULE_GONE,    /* the folder of the running kernel's modules is gone */
};

/* A module without which VFIO takes no device. */
struct vfio_module {
	const char *name;
	enum vfio_module_state state;
	bool by_command_line; /* words there refuse it, or may */
	struct fact fact;     /* what tells */
	const char *why;      /* a sentence; NULL where it is there */
};

/* Those that VFIO needs: one takes the function, the other maps the guest's memory. */
enum { VFIO_MODULE_DRIVER, VFIO_MODULE_MEMORY, VFIO_MODULE_COUNT };

struct vfio_modules {
	struct vfio_module items[VFIO_MODULE_COUNT];
};

/*
 * Finds out whether the running kernel has the modules of VFIO, or can load them. effects are those
 * of its command line. Memory comes from arena; short memory marks it. Sources:
 * drivers/vfio/Kconfig, drivers/iommu/iommufd/Kconfig; blacklisted() of kernel/module/main.c;
 * modprobe.d(5).
 */
void vfio_modules_find(const struct host *host, const struct line_effects *effects,
		       struct arena *arena, struct vfio_modules *ret);

/* Returns whether VFIO lacks the module, unknown where lists were not read, or words of the command
 * line may refuse it. */
enum boolean vfio_module_is_lacking(const struct vfio_module *module);

/* Returns whether nothing but words of the command line, which a plan removes, keeps modules away.
 * True, too, where none is kept away. */
bool vfio_modules_lack_by_words(const struct vfio_modules *modules);

/*
 * Returns whether vfio-pci, once it has the function, takes away what holds its memory for the
 * boot's picture, as it does with VGA controllers from 6.0 on (vfio_pci_vga_init(),
 * drivers/vfio/pci/vfio_pci_core.c). Not of one that it has already.
 */
bool vfio_frees_display(const struct host *host, const struct pci_function *function);

/*
 * Returns why vfio-pci does not offer a function's VGA ports to guests, a clause, and in
 * *ret_evidence what shows it; NULL where it does or nothing shows that it does not.
 * vfio_pci_core_enable() of drivers/vfio/pci/vfio_pci_core.c, drivers/vfio/pci/Kconfig. Memory
 * comes from arena; short memory marks it.
 */
const char *vfio_vga_refusal(const struct host *host, struct arena *arena,
			     const struct pci_function *function, const struct fact **ret_evidence);

#endif

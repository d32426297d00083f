/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/vfio_access.h"

#include <ctype.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "model/assign/vfio_driver.h"
#include "model/modules/module_option.h"

bool vfio_needs_iommufd(const struct host *host)
{
	const struct kconfig *kconfig = &host->kconfig;

	if (kconfig_get(kconfig, "VFIO_DEVICE_CDEV") == KCONFIG_NO)
		return false;
	return kconfig_lacks(kconfig, "VFIO_GROUP") ||
	       (kconfig_lacks(kconfig, "VFIO_CONTAINER") &&
		kconfig_lacks(kconfig, "IOMMUFD_VFIO_CONTAINER"));
}

/* What maps the guest's memory: of the containers, the one that this architecture or this kernel
 * has. */
static const char *memory_module(const struct host *host)
{
	const struct kconfig *kconfig = &host->kconfig;

	if (vfio_needs_iommufd(host) ||
	    (fact_known(&kconfig->fact) &&
	     kconfig_get(kconfig, "IOMMUFD_VFIO_CONTAINER") == KCONFIG_YES))
		return "iommufd";
	return cpu_is_architecture(&host->cpu, "ppc64") ? "vfio_iommu_spapr_tce"
							: "vfio_iommu_type1";
}

/* Those that vfio_pci cannot do without where the kernel has them: vfio_pci_core came with 5.15,
 * vfio_virqfd went with 6.2, and from then on vfio is linked with iommufd (drivers/vfio/Makefile).
 */
static bool is_of_driver(const char *module)
{
	static const char *const names[] = {"vfio_pci_core", "vfio_virqfd", "vfio", "iommufd"};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (cmdline_same_name(module, names[i]))
			return true;
	}
	return false;
}

/* Returns whether module is other, or one that other cannot do without. */
static bool is_needed_by(const char *module, const char *other)
{
	return cmdline_same_name(module, other) ||
	       (is_of_driver(module) && strcmp(other, "vfio_pci") == 0);
}

bool vfio_needs_module(const struct host *host, const char *module)
{
	const struct fact available = modules_available(&host->modules, module);

	return is_needed_by(module, "vfio_pci") ? !is_of_driver(module) || !fact_absent(&available)
						: cmdline_same_name(module, memory_module(host));
}

/* Returns the first word of the command line that refuses the module, or the first that may if none
 * does for certain; NULL if none may. */
static const struct line_effect *find_refusal(const struct host *host,
					      const struct line_effects *effects,
					      const char *module)
{
	const struct line_effect *open = NULL;

	for (const struct line_effect *it = effects->first; it; it = it->next) {
		enum boolean refuses = line_effect_refuses(it, host);
		if (refuses == BOOLEAN_NO || it->by_hand || !is_needed_by(it->module, module))
			continue;
		if (refuses == BOOLEAN_YES)
			return it;
		if (!open)
			open = it;
	}
	return open;
}

/* Returns whether modprobe has to load the module, and runs the command of its line: not for one
 * that the kernel has already or does not know, and not for certain where it may be built in. */
static bool is_to_be_loaded(const struct modules *modules, const char *module)
{
	const struct fact present = modules_present(modules, module);
	const struct fact available = modules_available(modules, module);

	return !fact_known(&present) && !fact_absent(&available) &&
	       (fact_absent(&present) || fact_known(&available));
}

/* Returns a line of modprobe.d that keeps the module from being loaded, and the module that it
 * names, which may be one that this one needs. */
static const struct modprobe_line *find_line(const struct host *host, struct arena *arena,
					     const char *module, const char **ret_refused)
{
	for (size_t i = 0; i < host->modprobe.count; i++) {
		const struct modprobe_line *line = &host->modprobe.lines[i];
		const char *refused = modprobe_refused(arena, line);
		if (!refused || !is_needed_by(refused, module) ||
		    !is_to_be_loaded(&host->modules, refused))
			continue;
		*ret_refused = refused;
		return line;
	}
	return NULL;
}

/* What the kernel's configuration says of the module, whose option has its name in capitals:
 * KCONFIG_OTHER where nothing is known. */
static enum kconfig_value configured(const struct host *host, const char *module)
{
	enum kconfig_value value;
	char option[64] = "";

	for (size_t i = 0; i < sizeof(option) - 1 && module[i]; i++)
		option[i] = (char)toupper((unsigned char)module[i]);
	value = kconfig_get(&host->kconfig, option);
	return value == KCONFIG_NO && !kconfig_lacks(&host->kconfig, option) ? KCONFIG_OTHER
									     : value;
}

/* A container has a /lib/modules of its own, often none. */
static bool is_folder_gone(const struct host *host)
{
	const struct modules *modules = &host->modules;

	return !hypervisor_container(&host->hypervisor) && fact_absent(&modules->builtin.fact) &&
	       fact_absent(&modules->available.fact) && fact_known(&modules->loaded.fact) &&
	       modules->loaded.count;
}

/* Of a module that the kernel has not yet: whether it could be loaded, by the lists. */
static void judge_lists(const struct host *host, struct arena *arena, struct vfio_module *module)
{
	enum kconfig_value value = configured(host, module->name);
	bool there, missing;

	module->fact = modules_available(&host->modules, module->name);
	there = fact_known(&module->fact);
	missing = fact_absent(&module->fact);
	if (!fact_settled(&module->fact) && (value == KCONFIG_YES || value == KCONFIG_NO)) {
		module->fact = host->kconfig.fact;
		there = value == KCONFIG_YES;
		missing = !there;
	}
	if (there) {
		module->state = VFIO_MODULE_THERE;
	} else if (missing) {
		module->state = VFIO_MODULE_MISSING;
		module->why =
			arena_printf(arena, "the running kernel has no module %s", module->name);
	} else if (is_folder_gone(host)) {
		module->state = VFIO_MODULE_GONE;
		module->why = arena_printf(
			arena, "%s is not loaded, and the modules of the running kernel are gone",
			module->name);
	} else {
		module->why = "cannot tell whether the kernel has the modules of VFIO";
	}
}

/* Of a module that is not loaded: whether something keeps it from that, or from starting. A line of
 * modprobe.d stays where the command line's words are taken off. */
static void judge_refusals(const struct host *host, const struct line_effects *effects,
			   struct arena *arena, struct vfio_module *module)
{
	const struct line_effect *refusal = find_refusal(host, effects, module->name);
	const char *refused = NULL;
	const struct modprobe_line *line = find_line(host, arena, module->name, &refused);

	if (line) {
		module->state = VFIO_MODULE_REFUSED;
		module->fact = (struct fact){.state = FACT_KNOWN, .source = line->source};
		module->why =
			arena_printf(arena, "modprobe.d keeps modprobe from loading %s", refused);
	} else if (refusal) {
		module->state = line_effect_refuses(refusal, host) == BOOLEAN_YES
					? VFIO_MODULE_REFUSED
					: VFIO_MODULE_UNKNOWN;
		module->fact = host->cmdline.fact;
		module->why = refusal->statement;
		module->by_command_line = true;
	}
}

static struct vfio_module find_module(const struct host *host, const struct line_effects *effects,
				      struct arena *arena, const char *name)
{
	const struct modules *modules = &host->modules;
	struct vfio_module module = {.name = name};

	if (modules_driver_runs(modules, name)) {
		module.state = VFIO_MODULE_THERE;
		module.fact = modules->vfio_pci.fact;
		return module;
	}
	judge_lists(host, arena, &module);
	if (!modules_loaded(modules, name) &&
	    (module.state == VFIO_MODULE_THERE || module.state == VFIO_MODULE_UNKNOWN))
		judge_refusals(host, effects, arena, &module);
	return module;
}

void vfio_modules_find(const struct host *host, const struct line_effects *effects,
		       struct arena *arena, struct vfio_modules *ret)
{
	*ret = (struct vfio_modules){{
		[VFIO_MODULE_DRIVER] = find_module(host, effects, arena, "vfio_pci"),
		[VFIO_MODULE_MEMORY] = find_module(host, effects, arena, memory_module(host)),
	}};
}

enum boolean vfio_module_is_lacking(const struct vfio_module *module)
{
	switch (module->state) {
	case VFIO_MODULE_THERE:
		return BOOLEAN_NO;
	case VFIO_MODULE_UNKNOWN:
		return BOOLEAN_UNKNOWN;
	case VFIO_MODULE_REFUSED:
	case VFIO_MODULE_MISSING:
	case VFIO_MODULE_GONE:
		break;
	}
	return BOOLEAN_YES;
}

bool vfio_modules_lack_by_words(const struct vfio_modules *modules)
{
	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++) {
		const struct vfio_module *module = &modules->items[i];
		if (module->state != VFIO_MODULE_THERE && !module->by_command_line)
			return false;
	}
	return true;
}

bool vfio_frees_display(const struct host *host, const struct pci_function *function)
{
	struct kernel_version version;

	return pci_class(function) == PCI_CLASS_DISPLAY_VGA && !driver_is_vfio(function) &&
	       host_kernel_version(host, &version) && kernel_at_least(&version, 6, 0);
}

const char *vfio_vga_refusal(const struct host *host, struct arena *arena,
			     const struct pci_function *function, const struct fact **ret_evidence)
{
	int class_code = pci_class(function);
	struct module_switch off = module_option_switch(host, arena, "vfio_pci", "disable_vga");

	*ret_evidence = &function->class_code.fact;
	if (class_code >= 0 && class_code != PCI_CLASS_DISPLAY_VGA)
		return "it is no VGA controller";
	*ret_evidence = &host->kconfig.fact;
	if (kconfig_lacks(&host->kconfig, "VFIO_PCI_VGA"))
		return "the kernel is built without CONFIG_VFIO_PCI_VGA";
	*ret_evidence = off.fact;
	return off.value == BOOLEAN_YES ? "its option disable_vga is set" : NULL;
}

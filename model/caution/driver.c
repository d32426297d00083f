/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/assign/vfio_driver.h"
#include "model/caution/builder.h"
#include "model/own_commands.h"

static void add_lacking(struct caution_builder *builder, const struct pci_function *function,
			const struct vfio_driver *driver)
{
	const struct caution caution = {
		.kind = CAUTION_VARIANT,
		.why = arena_printf(builder->arena,
				    "this kernel has no %s, without which a guest gets none of its "
				    "memory, and the guest's driver fails",
				    driver->name),
		.finding = "caution.variant",
		.remedy = arena_printf(builder->arena,
				       "Run a kernel that has the module %s (Linux 6.9 and later, "
				       "CONFIG_NVGRACE_GPU_VFIO_PCI)",
				       driver->module),
		.evidence = &builder->host->modules.available.fact,
	};

	caution_add(builder, function, &caution);
}

static void add_plain(struct caution_builder *builder, const struct pci_function *function,
		      const struct vfio_driver *driver)
{
	struct arena *arena = builder->arena;
	struct caution caution = {
		.kind = CAUTION_VARIANT,
		.why = arena_printf(arena,
				    "it is on vfio-pci, from which a guest gets none of its "
				    "memory, and the guest's driver fails: %s shows it",
				    driver->name),
		.finding = "caution.variant",
		.remedy = arena_printf(arena, "Bind it to %s while no guest has it", driver->name),
		.evidence = &function->driver.fact,
	};

	lines_add(arena, &caution.commands, "modprobe %s", driver->module);
	lines_add(arena, &caution.commands, "echo %s > /sys/bus/pci/devices/%s/driver_override",
		  driver->name, function->name);
	lines_add(arena, &caution.commands, "echo %s > /sys/bus/pci/drivers/vfio-pci/unbind",
		  function->name);
	lines_add(arena, &caution.commands, "echo %s > /sys/bus/pci/drivers_probe", function->name);
	caution_add(builder, function, &caution);
}

/* Where another driver has it, a plan has the variant take it. */
void caution_variant(struct caution_builder *builder, const struct pci_function *function)
{
	const struct modules *modules = &builder->host->modules;
	const struct vfio_driver *driver = vfio_driver_required(modules, function);

	if (!driver || driver_stays(function))
		return;
	if (strcmp(vfio_driver_to_be(modules, function), driver->name) != 0)
		add_lacking(builder, function, driver);
	else if (driver_is_vfio(function))
		add_plain(builder, function, driver);
}

/* vfio_pci_validate_vf_token(), drivers/vfio/pci/vfio_pci_core.c (5.7 and later; before, vfio-pci
 * had no VFs). */
void caution_vf_token(struct caution_builder *builder, const struct pci_function *function)
{
	const struct pci_function *pf = pci_is_vf(function) ? function->pf : NULL;

	if (pci_is_vf(function) && (!pf || !fact_settled(&pf->driver.fact))) {
		const struct caution unread = {
			.kind = CAUTION_VF_TOKEN,
			.why = "cannot tell whether its physical function is on vfio-pci",
			.finding = "caution.vf-token",
			.evidence = pf ? &pf->driver.fact : &function->physfn.fact,
		};
		caution_add_unknown(builder, function, &unread);
	}
	if (!pf || !driver_is_vfio(pf))
		return;
	const struct caution caution = {
		.kind = CAUTION_VF_TOKEN,
		.why = arena_printf(
			builder->arena,
			"its physical function %s is on %s: VFIO opens it only for a process that "
			"knows the VF token set by the program that has the physical function open",
			pf->name, pf->driver.text),
		.finding = "caution.vf-token",
		.remedy = arena_printf(
			builder->arena,
			"Start that program with a token (DPDK: --vfio-vf-token=UUID), and give "
			"QEMU 8.1 or newer the same (-device vfio-pci,…,vf-token=UUID), as libvirt "
			"has no field for it; or give the physical function back to its host "
			"driver, if there is one, which asks for none (" OWN_PLAN_BACK " %s)",
			pf->name),
		.evidence = &pf->driver.fact,
	};
	caution_add(builder, function, &caution);
}

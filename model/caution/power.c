/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/caution/builder.h"
#include "model/modules/module_option.h"

/* What the power of a function can come to while no guest has it. */
enum power { POWER_STAYS, POWER_UNKNOWN, POWER_ENDS };

/* What vfio-pci has, and sleeps so now, has lost its power already. */
static bool has_lost_power(const struct pci_function *function)
{
	return driver_is_vfio(function) && fact_text_is(&function->power_state, "D3cold");
}

/* Until 5.19 vfio-pci itself sent a function to D3hot, and its port stayed awake:
 * vfio_pci_core_register_device(), drivers/vfio/pci/vfio_pci_core.c. */
static bool keeps_ports_awake(const struct host *host)
{
	return host_kernel_has(host, 5, 19) == BOOLEAN_NO;
}

/* A port goes off by power resources of ACPI (_PR3): acpi_bus_get_power_flags(),
 * drivers/acpi/scan.c. vfio-pci sets power/control to auto when it takes a function. */
static enum power power_of(const struct host *host, const struct pci_function *function)
{
	if (driver_is_vfio(function) && fact_text_is(&function->power_control, "on"))
		return POWER_STAYS;
	if (has_lost_power(function))
		return POWER_ENDS;
	if (keeps_ports_awake(host) || platform_has_acpi(host) == BOOLEAN_NO)
		return POWER_STAYS;
	if (fact_known(&function->d3cold_allowed.fact) && !function->d3cold_allowed.value)
		return POWER_STAYS;
	if (fact_known(&function->port_power.fact))
		return POWER_ENDS;
	return fact_absent(&function->port_power.fact) ? POWER_STAYS : POWER_UNKNOWN;
}

/* pcie_port_pm=off: drivers/pci/pci.c */
static bool ports_stay_awake(const struct host *host)
{
	const struct cmdline_parameter *parameter = cmdline_find(&host->cmdline, "pcie_port_pm");

	return parameter && parameter->value && strcmp(parameter->value, "off") == 0;
}

static const char *remedy(const struct host *host, struct arena *arena)
{
	return modules_built_in(&host->modules, "vfio_pci")
		       ? arena_printf(arena, "Boot with vfio-pci.disable_idle_d3=1 on %s",
				      declared_system_place(host))
		       : arena_printf(arena,
				      "Write options vfio-pci disable_idle_d3=1 to %s, or boot "
				      "with vfio-pci.disable_idle_d3=1",
				      declared_system_module_options(host));
}

static void add_unknown(struct caution_builder *builder, const struct pci_function *function)
{
	const struct caution caution = {
		.kind = CAUTION_POWER,
		.why = "cannot tell whether its port can cut its power while no guest has it "
		       "(D3cold), from which some cards do not come back; "
		       "vfio-pci.disable_idle_d3=1 avoids that",
		.finding = "caution.power",
		.evidence = &function->port_power.fact,
	};

	caution_add_unknown(builder, function, &caution);
}

/*
 * vfio-pci lets a function go to D3hot while nothing has it open, and its port, if nothing else
 * below is awake, off: vfio_pci_core_register_device(), drivers/vfio/pci/vfio_pci_core.c.
 */
void caution_power(struct caution_builder *builder, const struct pci_function *function)
{
	bool on_vfio = driver_is_vfio(function);

	if (pci_base_class(function) != PCI_BASE_CLASS_DISPLAY || pci_is_vf(function) ||
	    ports_stay_awake(builder->host))
		return;
	struct module_switch idle =
		module_option_switch(builder->host, builder->arena, "vfio_pci", "disable_idle_d3");
	enum power power = power_of(builder->host, function);
	if (power == POWER_STAYS || idle.value == BOOLEAN_YES)
		return;
	if (power == POWER_UNKNOWN ||
	    (idle.value == BOOLEAN_UNKNOWN && !has_lost_power(function))) {
		if (on_vfio)
			add_unknown(builder, function);
		return;
	}
	const struct caution caution = {
		.kind = CAUTION_POWER,
		.why = "while no guest has it, vfio-pci lets its port cut its power (D3cold), from "
		       "which some cards do not come back",
		.finding = "caution.power",
		.remedy = remedy(builder->host, builder->arena),
		.evidence = has_lost_power(function) ? &function->power_state.fact
						     : &function->port_power.fact,
	};
	if (on_vfio)
		caution_add(builder, function, &caution);
	else
		caution_add_planned(builder, function, &caution);
}

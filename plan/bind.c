/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/pcie.h"
#include "plan/builder.h"

enum { MOST_NAMED = 8 };

static void load_driver(struct plan_builder *builder, const char *driver)
{
	struct fact loaded = modules_present(&builder->host->modules, driver);
	struct plan_step *step;

	if (fact_known(&loaded))
		return;
	step = plan_add_step(builder, PLAN_NOW, "load-vfio", NULL, "Load the driver %s", driver);
	plan_load_module(builder, step, driver);
	step->done = plan_condition(builder, "[ -e /sys/bus/pci/drivers/%s ]", driver);
}

/* vfio-pci, and each variant that a function requires. */
static void load_vfio(struct plan_builder *builder)
{
	struct text_line *loaded = NULL;

	load_driver(builder, "vfio-pci");
	lines_append_once(builder->arena, &loaded, "vfio-pci");
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const char *driver = plan_vfio_driver(builder, function);

		if (plan_leaving(builder, function) != LEAVING_TO_VFIO ||
		    driver_is_vfio(function) || lines_have(loaded, driver))
			continue;
		lines_append_once(builder->arena, &loaded, driver);
		load_driver(builder, driver);
	}
}

/* Returns how many functions that stay as they are, and not with VFIO, have the ids of this one, by
 * which new_id goes. */
static size_t count_kept_twins(const struct plan_builder *builder,
			       const struct pci_function *function)
{
	const struct twin_list twins = twins_of(&builder->model->twins, function);
	size_t count = 0;

	for (size_t i = 0; plan_kept_twin(builder, function) && i < twins.count; i++)
		count += plan_stays(builder, twins.functions[i]) &&
			 !plan_is_on_vfio(twins.functions[i]);
	return count;
}

/* Returns what is behind a VMD endpoint, whose driver takes it away, as a sentence; NULL: nothing.
 */
static const char *why_with_disks(struct plan_builder *builder, const struct pci_function *endpoint)
{
	const struct pci *pci = &builder->host->pci;
	struct buffer names = {.arena = builder->arena, .separator = ", ", .most = MOST_NAMED};

	for (size_t i = 0; i < pci->count; i++) {
		if (pci->functions[i].vmd == endpoint && !pcie_is_bridge(&pci->functions[i]))
			buffer_item(&names, "%s", pci->functions[i].name);
	}
	return names.count ? arena_printf(builder->arena,
					  "what is behind it leaves the host with it: %s",
					  buffer_list(&names))
			   : NULL;
}

/* Returns why the function is bound by its address, or at all; NULL where that needs no reason. */
static const char *why_bound_so(struct plan_builder *builder, const struct pci_function *function)
{
	struct arena *arena = builder->arena;

	if (strcmp(plan_vfio_driver(builder, function), "vfio-pci") != 0)
		return PLAN_WHY_VARIANT;
	if (function_set_has(&builder->cards, function))
		return "it is of one graphics card with what is asked for: VFIO resets the card "
		       "only where the guest has all of it";
	size_t twins = count_kept_twins(builder, function);
	if (!twins)
		return why_with_disks(builder, function);
	return arena_printf(arena,
			    "driver_override names this function alone; new_id would take every "
			    "%04" PRIx64 ":%04" PRIx64 ", of which the host keeps %zu more",
			    function->vendor.value, function->device.value, twins);
}

static const char *unbind_id(enum leaving leaving)
{
	switch (leaving) {
	case LEAVING_BRIDGE:
		return "unbind-bridge";
	case LEAVING_PF:
		return "unbind-pf";
	case LEAVING_DENIED:
	case LEAVING_TO_VFIO:
	case LEAVING_ALONG:
		break;
	}
	return "unbind-companion";
}

/* A companion that vfio-pci does not take only has to leave its driver. */
static void unbind(struct plan_builder *builder, enum leaving leaving,
		   const struct pci_function *companion)
{
	if (!fact_settled(&companion->driver.fact))
		plan_add_unknown(builder, "the driver of %s could not be read", companion->name);
	if (!fact_known(&companion->driver.fact))
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_NOW, unbind_id(leaving), companion,
			      "Unbind the %s %s from its driver %s, which keeps its group from the "
			      "guest",
			      leaving_word(leaving), companion->name, companion->driver.text);

	plan_unbind(builder, &step->commands, companion);
	plan_run(builder, &step->undo, "echo %s > /sys/bus/pci/drivers_probe", companion->name);
	step->done = plan_condition(builder, "is_free %s", companion->name);
	if (leaving == LEAVING_DENIED)
		step->why = "vfio-pci refuses devices of its kind (its denylist), so the guest "
			    "gets the others without it";
}

static void add_bind_commands(struct plan_builder *builder, struct plan_step *step,
			      const struct pci_function *function)
{
	const char *name = function->name, *driver = plan_vfio_driver(builder, function);
	bool held = fact_known(&function->driver.fact);

	if (!fact_text_is(&function->driver_override, driver))
		plan_run(builder, &step->commands, "echo %s > " PLAN_DEVICES "/%s/driver_override",
			 driver, name);
	if (held)
		plan_unbind(builder, &step->commands, function);
	plan_run(builder, &step->commands, "echo %s > /sys/bus/pci/drivers_probe", name);
	plan_unbind_vfio(builder, &step->undo, function, held);
	step->done = plan_condition(builder, "is_on %s %s", name, driver);
	step->begun = plan_condition(builder, "is_on %s %s || is_free %s", name, driver, name);
}

/* An empty line takes the override away: driver_set_override(), drivers/base/driver.c. */
void plan_unbind_vfio(struct plan_builder *builder, struct plan_command **list,
		      const struct pci_function *function, bool probe)
{
	const char *name = function->name;

	plan_run(builder, list, "echo > " PLAN_DEVICES "/%s/driver_override", name);
	plan_unbind(builder, list, function);
	if (probe)
		plan_run(builder, list, "echo %s > /sys/bus/pci/drivers_probe", name);
}

static void add_bind_alternatives(struct plan_builder *builder, struct plan_step *step,
				  const struct pci_function *function)
{
	bool persists = builder->wish->how == PLAN_HOW_BOOT;
	struct plan_command **commands;

	if (!boot_tools_has(&builder->host->boot_tools, BOOT_TOOL_DRIVERCTL))
		return;
	commands = plan_add_alternative(
		builder, step,
		persists ? "with driverctl, which also keeps it over reboots, instead of this and "
			   "of the steps that keep it so"
			 : "with driverctl");
	plan_run(builder, commands, "driverctl %sset-override %s %s", persists ? "" : "--nosave ",
		 function->name, plan_vfio_driver(builder, function));
}

static void bind_function(struct plan_builder *builder, const struct pci_function *function)
{
	const struct fact_text *driver = &function->driver;
	const char *taker = plan_vfio_driver(builder, function);
	struct plan_step *step;

	if (!fact_settled(&driver->fact)) {
		plan_add_unknown(builder, "the driver of %s could not be read", function->name);
		return;
	}
	if (driver_is_vfio(function))
		return;
	plan_disable_vfs(builder, function);
	step = fact_known(&driver->fact) ? plan_add_step(builder, PLAN_NOW, "bind", function,
							 "Bind %s to %s instead of %s",
							 function->name, taker, driver->text)
					 : plan_add_step(builder, PLAN_NOW, "bind", function,
							 "Bind %s to %s", function->name, taker);
	step->why = why_bound_so(builder, function);
	add_bind_commands(builder, step, function);
	add_bind_alternatives(builder, step, function);
}

void plan_bind(struct plan_builder *builder)
{
	plan_free_display(builder);
	load_vfio(builder);
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		enum leaving leaving = plan_leaving(builder, function);

		if (leaving == LEAVING_TO_VFIO)
			bind_function(builder, function);
		else if (leaving_only_unbinds(leaving) && !plan_asks_for(builder, function))
			unbind(builder, leaving, function);
	}
}

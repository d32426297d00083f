/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guest/stacks/stack.h"
#include "model/assign/vfio_driver.h"
#include "model/own_commands.h"
#include "plan/boot/modprobe_file.h"
#include "plan/builder.h"

/* The way in which libvirt takes functions from their drivers when the guest starts, and gives them
 * back when it ends: managed='yes', https://libvirt.org/formatdomain.html#host-device-assignment.
 */

/* Returns whether the function has to leave its driver, and libvirt, which gives it to no guest,
 * does not see to that. */
static bool is_left(struct plan_builder *builder, const struct pci_function *function)
{
	return leaving_only_unbinds(plan_leaving(builder, function)) &&
	       !plan_asks_for(builder, function) && !fact_absent(&function->driver.fact);
}

/* libvirt chooses variants of vfio-pci from 10.0 on. */
static bool is_given_plain(const struct plan_builder *builder, const struct pci_function *function)
{
	return !driver_is_vfio(function) &&
	       strcmp(plan_vfio_driver(builder, function), "vfio-pci") != 0 &&
	       hypervisor_libvirt_before(&builder->host->hypervisor, 10, 0);
}

/* Returns whether some function has still to go to VFIO: else managed='yes' spares nothing. */
static bool has_work(const struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (!driver_is_vfio(builder->taken[i]))
			return true;
	}
	return false;
}

static bool is_for_another_stack(const struct plan_wish *wish)
{
	return wish->stack && stack_find(wish->stack);
}

bool plan_managed_does(struct plan_builder *builder)
{
	if (!hypervisor_has_libvirt(&builder->host->hypervisor) ||
	    plan_display_is_in_use(builder) || is_for_another_stack(builder->wish) ||
	    !has_work(builder))
		return false;
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		if (is_left(builder, function) || is_given_plain(builder, function) ||
		    pci_has_vfs(function) || plan_takes_token(builder, function))
			return false;
	}
	return true;
}

void plan_managed(struct plan_builder *builder)
{
	if (hypervisor_lacks_libvirt(&builder->host->hypervisor))
		plan_add_obstacle(builder,
				  "libvirt is not installed on this host, and nothing "
				  "else does what managed='yes' asks for: see " OWN_PLAN_AT_BOOT);
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		if (is_left(builder, function))
			plan_add_obstacle(builder,
					  "libvirt does not take the %s %s from its driver, which "
					  "keeps its group from the guest: see " OWN_PLAN_AT_BOOT,
					  leaving_word(plan_leaving(builder, function)),
					  function->name);
		if (is_given_plain(builder, function))
			plan_add_obstacle(
				builder,
				"this libvirt gives %s to vfio-pci, and a guest needs it on "
				"%s: see " OWN_PLAN_AT_BOOT,
				function->name, plan_vfio_driver(builder, function));
		if (!driver_is_vfio(function))
			plan_disable_vfs(builder, function);
	}
	plan_free_display(builder);
	plan_drop_refusals(builder);
	plan_keep_vfs(builder);
}

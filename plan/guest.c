/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guest/hostdev/forms.h"
#include "guest/libvirt/daemon.h"
#include "guest/stacks/installed.h"
#include "guest/stacks/qemu.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_access.h"
#include "model/assign/vfio_driver.h"
#include "model/own_commands.h"
#include "plan/builder.h"

static const char *names(struct plan_builder *builder)
{
	struct buffer text = {.arena = builder->arena, .separator = " "};

	for (size_t i = 0; i < builder->count; i++)
		buffer_item(&text, "%s", builder->functions[i]->name);
	return buffer_text(&text);
}

/* Returns one that takes a VF token, for which QEMU alone has a field, or NULL. */
static const struct pci_function *find_token_taker(const struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->count; i++) {
		if (plan_takes_token(builder, builder->functions[i]))
			return builder->functions[i];
	}
	return NULL;
}

/* Returns the first words of a way to a guest: one behind the first is instead of it. */
static const char *way(struct plan_builder *builder, const char *first, const char *other)
{
	return builder->guest_ways++ ? other : first;
}

/* virsh asks a daemon. */
static void start_libvirt(struct plan_builder *builder)
{
	struct text_line *start = NULL, *stop = NULL;
	struct plan_step *step;

	if (!libvirt_is_silent(&builder->host->hypervisor))
		return;
	step = plan_add_step(builder, PLAN_GUEST, "libvirt-start", NULL,
			     "Have libvirt's daemon listen, now and at every boot");
	const char *how = libvirt_start(builder->host, builder->arena, &start, &stop);

	if (!start)
		step->why = how;
	plan_run_lines(builder, &step->commands, start);
	plan_run_lines(builder, &step->undo, stop);
}

/* What the files of integrated graphics do not do by themselves. */
static void warn_of_graphics(struct plan_builder *builder, struct plan_step *step)
{
	for (size_t i = 0; i < builder->count; i++) {
		const struct pci_function *function = builder->functions[i];
		if (!cautions_find(&builder->model->cautions, function, CAUTION_IGD))
			continue;
		step->why = arena_printf(
			builder->arena, "%s. Of %s: " HOSTDEV_IGD_SLOT "%s", step->why,
			function->name,
			caution_offers_opregion(builder->host, function)
				? ". Its file shows the <qemu:override> for its OpRegion, which "
				  "attach-device leaves off"
				: "");
	}
}

static void give_by_libvirt(struct plan_builder *builder)
{
	start_libvirt(builder);
	struct plan_step *step =
		plan_add_step(builder, PLAN_GUEST, "libvirt", NULL,
			      "%s it to a guest of libvirt: attach each file to the domain GUEST",
			      way(builder, "Assign", "Or assign"));

	/* Named after the device: what an earlier plan left is not attached again. */
	const char *folder =
		arena_printf(builder->arena, "passcheck-%s", builder->functions[0]->name);

	plan_run(builder, &step->commands, "mkdir %s", folder);
	plan_run(builder, &step->commands, OWN_XML_FILES " %s %s", folder, names(builder));
	plan_run(builder, &step->commands,
		 "for device in %s/*.xml; do virsh attach-device GUEST \"$device\" --config; done",
		 folder);
	plan_run(builder, &step->undo,
		 "for device in %s/*.xml; do virsh detach-device GUEST \"$device\" --config; done",
		 folder);
	plan_run(builder, &step->undo, "rm -r %s", folder);
	step->why = "libvirt raises the limit on locked memory itself";
	warn_of_graphics(builder, step);
}

static void refuse_token(struct plan_builder *builder, const struct hostdev_target *target)
{
	for (size_t i = 0; i < builder->count; i++) {
		const struct pci_function *function = builder->functions[i];
		const char *why =
			hostdev_lacks_token(target, builder->model, function, builder->arena);
		if (!why)
			continue;
		plan_add_obstacle(builder, "%s: %s", function->name, why);
		return;
	}
}

/* Such a function is of no use to a guest once the stack has bound it to vfio-pci. */
static void refuse_binding(struct plan_builder *builder, const struct stack *stack)
{
	for (size_t i = 0; stack->target.binds && i < builder->count; i++) {
		const struct pci_function *function = builder->functions[i];
		const char *driver = plan_vfio_driver(builder, function);
		if (strcmp(driver, "vfio-pci") != 0)
			plan_add_obstacle(builder,
					  "%s: %s binds it to vfio-pci, and it must stay with its "
					  "driver %s",
					  function->name, stack->title, driver);
	}
}

/* Returns the forms of what is asked for; the plan removes what blocks them now. */
static struct hostdev_forms forms_of(struct plan_builder *builder,
				     const struct hostdev_target *target)
{
	const struct hostdev_options options = {.force = true, .target = target};
	struct hostdev_misfit misfit;
	struct hostdev_forms forms = {0};

	hostdev_forms_build(builder->model, builder->functions, builder->count, &options,
			    builder->arena, &forms, &misfit);
	return forms;
}

static void give_by_qemu(struct plan_builder *builder)
{
	const struct hostdev_forms forms = forms_of(builder, &stack_qemu.target);
	const struct stack_order order = {
		.model = builder->model,
		.arena = builder->arena,
		.forms = &forms,
	};
	const char *command = qemu_command(&order, vfio_needs_iommufd(builder->host), " ");

	if (!command)
		return;
	struct plan_step *step = plan_add_step(builder, PLAN_GUEST, "qemu", NULL, "%s",
					       way(builder, "Start QEMU with these arguments",
						   "Or start QEMU by hand, with these arguments"));
	plan_run(builder, &step->commands, "ulimit -l unlimited");
	plan_run(builder, &step->commands, "%s", command);
	const struct pci_function *vf = find_token_taker(builder);
	const char *slot = qemu_slot_note(&order);
	step->why = arena_printf(
		builder->arena,
		"VFIO pins all memory of the guest, beyond what RLIMIT_MEMLOCK allows; huge "
		"pages are not needed%s%s%s%s%s",
		slot ? ". " : "", slot ? slot : "",
		vf ? ". UUID is the VF token that the program that has " : "",
		vf && vf->pf ? vf->pf->name
		: vf         ? "the physical function"
			     : "",
		vf ? " open has set" : "");
}

static void give_by_stack(struct plan_builder *builder, const struct stack *stack)
{
	struct plan_step *step = plan_add_step(builder, PLAN_GUEST, stack->name, NULL,
					       "%s it to a guest of %s: this prints the %s",
					       way(builder, "Assign", "Or assign"), stack->title,
					       stack->target.word);

	plan_run(builder, &step->commands, OWN_FORMAT "%s %s", stack->name, names(builder));
}

/* Returns whether a stack other than libvirt is known to be installed, and has its step. */
static bool give_by_installed(struct plan_builder *builder)
{
	bool any = false;

	for (size_t i = 0; i < HYPERVISOR_STACK_COUNT; i++) {
		enum hypervisor_stack stack = (enum hypervisor_stack)i;
		if (!stack_is_on_host(builder->host, stack))
			continue;
		give_by_stack(builder, stack_installed(stack));
		any |= hypervisor_has(&builder->host->hypervisor, stack);
	}
	return any;
}

static void give_by_what_is_there(struct plan_builder *builder)
{
	bool token = find_token_taker(builder);
	bool any = !token && give_by_installed(builder);

	if (!token && libvirt_may_run_guests(builder->host))
		give_by_libvirt(builder);
	if (!any)
		give_by_qemu(builder);
}

void plan_guest(struct plan_builder *builder)
{
	const char *asked = builder->wish->stack;
	const struct stack *stack = asked ? stack_find(asked) : NULL;

	if (builder->plan->obstacles || !builder->count)
		return;
	if (asked || builder->wish->how == PLAN_HOW_MANAGED)
		refuse_token(builder, stack ? &stack->target : &hostdev_libvirt);
	if (stack)
		refuse_binding(builder, stack);
	if (builder->plan->obstacles)
		return;
	if (!asked && builder->wish->how != PLAN_HOW_MANAGED)
		give_by_what_is_there(builder);
	else if (!stack)
		give_by_libvirt(builder);
	else if (stack == &stack_qemu)
		give_by_qemu(builder);
	else
		give_by_stack(builder, stack);
}

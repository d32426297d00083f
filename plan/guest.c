/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "guest/hostdev/form.h"
#include "host/access/buffer.h"
#include "model/pcie.h"
#include "plan/builder.h"

static const char *names(struct plan_builder *builder)
{
	struct buffer text = {.arena = builder->arena, .separator = " "};

	for (size_t i = 0; i < builder->count; i++)
		buffer_item(&text, "%s", builder->functions[i]->name);
	return buffer_text(&text);
}

static void give_by_libvirt(struct plan_builder *builder)
{
	if (hypervisor_lacks_libvirt(&builder->host->hypervisor))
		return;
	struct plan_step *step = plan_add_step(
		builder, PLAN_GUEST, "libvirt", NULL,
		"Give it to a guest of libvirt: attach each file to the domain GUEST");

	const char *folder = "passcheck-devices";

	plan_run(builder, &step->commands, "mkdir %s", folder);
	plan_run(builder, &step->commands, "passcheck --format xml --split %s %s", folder,
		 names(builder));
	plan_run(builder, &step->commands,
		 "for device in %s/*.xml; do virsh attach-device GUEST \"$device\" --config; done",
		 folder);
	plan_run(builder, &step->undo,
		 "for device in %s/*.xml; do virsh detach-device GUEST \"$device\" --config; done",
		 folder);
	step->why = "libvirt raises the limit on locked memory itself";
}

/* Returns the guest's function number, and whether others share its slot: function 0 must be there,
 * and so the first one is it. */
static unsigned guest_function(const struct plan_builder *builder, size_t index, bool *ret_shared)
{
	unsigned before = 0, all = 0;

	for (size_t i = 0; i < builder->count; i++) {
		if (!pcie_same_device(builder->functions[i], builder->functions[index]))
			continue;
		before += i < index;
		all++;
	}
	*ret_shared = all > 1;
	return before;
}

/* QEMU 7.2 takes a domain of 16 bits in host=, and any in sysfsdev=. */
static const char *source(struct arena *arena, const struct pci_function *function)
{
	return function->address.domain > HOSTDEV_LARGEST_DOMAIN
		       ? arena_printf(arena, "sysfsdev=/sys/bus/pci/devices/%s", function->name)
		       : arena_printf(arena, "host=%s", function->name);
}

static const char *qemu_device(struct plan_builder *builder, size_t index, unsigned *port)
{
	struct arena *arena = builder->arena;
	const struct pci_function *function = builder->functions[index];
	bool shared;
	unsigned number = guest_function(builder, index, &shared);
	const char *root_port = "", *place = "";

	/* Firmware and drivers look for integrated graphics in one place alone. */
	if (cautions_find(&builder->model->cautions, function, CAUTION_IGD))
		return arena_printf(arena,
				    "-device vfio-pci,%s,bus=pcie.0,addr=02.0,x-igd-opregion=on",
				    source(arena, function));
	if (number == 0) {
		++*port;
		root_port =
			arena_printf(arena, "-device pcie-root-port,id=rp%u,chassis=%u,slot=%u ",
				     *port, *port, *port);
	}
	if (shared)
		place = arena_printf(arena, ",addr=0.%u%s", number,
				     number ? "" : ",multifunction=on");
	return arena_printf(arena, "%s-device vfio-pci,%s,bus=rp%u%s", root_port,
			    source(arena, function), *port, place);
}

/* The emulator of the host's architecture, and its machine that has root ports of PCI Express. NULL
 * where QEMU has none. */
static const char *emulator(const struct host *host)
{
	if (strcmp(host->cpu.architecture ? host->cpu.architecture : "", "aarch64") == 0)
		return "qemu-system-aarch64 -machine virt,gic-version=host -accel kvm -cpu host";
	if (!host->cpu.architecture || cpu_is_x86(&host->cpu))
		return "qemu-system-x86_64 -machine q35";
	return NULL;
}

static void give_by_qemu(struct plan_builder *builder)
{
	bool only = hypervisor_lacks_libvirt(&builder->host->hypervisor);

	if (!emulator(builder->host))
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_GUEST, "qemu", NULL,
			      only ? "Start QEMU with these arguments"
				   : "Or start QEMU by hand, with these arguments");
	struct buffer command = {.arena = builder->arena, .separator = " "};
	unsigned port = 0;

	buffer_item(&command, "%s", emulator(builder->host));
	for (size_t i = 0; i < builder->count; i++)
		buffer_item(&command, "%s", qemu_device(builder, i, &port));
	plan_run(builder, &step->commands, "ulimit -l unlimited");
	plan_run(builder, &step->commands, "%s", buffer_text(&command));
	step->why = "VFIO pins all memory of the guest, beyond what RLIMIT_MEMLOCK allows; huge "
		    "pages are not needed";
}

void plan_guest(struct plan_builder *builder)
{
	if (builder->plan->obstacles || !builder->count)
		return;
	give_by_libvirt(builder);
	if (builder->wish->how != PLAN_HOW_MANAGED)
		give_by_qemu(builder);
}

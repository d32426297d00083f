/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/stacks/qemu.h"

#include <string.h>

#include "guest/stacks/json.h"
#include "host/base/affix.h"
#include "model/assign/vfio_access.h"
#include "model/shell.h"

/* A port has its chassis and slot for itself (pcie_chassis_add_slot(), hw/pci/pcie_port.c of 7.2):
 * this chassis is none of those that libvirt and people count from 1. */
enum { CHASSIS = 200 };

/* For the token that the user of the physical function has set: QEMU 8.1 and later. */
#define VF_TOKEN_BLANK "UUID"

/* Of the object that stands for /dev/iommu: QEMU 9.0 and later (docs/devel/vfio-iommufd.rst). */
#define IOMMUFD_ID "iommufd0"

/* Where firmware and drivers look for integrated graphics, and nowhere else. QEMU gives the first
 * free slot of q35's root bus to a network card that nobody asked for, behind that of its display
 * (pc_nic_init() after pc_vga_init(), hw/i386/pc_q35.c), and to each device without an address, in
 * the order of the command line. "-nic none" keeps only the first away (net_param_nic(),
 * net/net.c). */
static const char igd_slot[] = "02";

static const char *device_argument(struct stack_object *properties)
{
	struct arena *arena = properties->members.arena;

	return arena_printf(arena, "-device %s", shell_word(arena, stack_object_text(properties)));
}

static const char *root_port(struct arena *arena, unsigned number, const char *id)
{
	struct stack_object port = stack_object(arena);

	stack_add_text(&port, "driver", "pcie-root-port");
	stack_add_text(&port, "id", id);
	stack_add_text(&port, "bus", "pcie.0");
	stack_add_number(&port, "chassis", CHASSIS);
	stack_add_number(&port, "slot", number);
	return device_argument(&port);
}

/* QEMU takes a domain of 16 bits in host=, and any in sysfsdev=. */
static void add_source(struct stack_object *device, const struct pci_function *function)
{
	if (function->address.domain > HOSTDEV_LARGEST_DOMAIN)
		stack_add_text(device, "sysfsdev",
			       arena_printf(device->members.arena, "/sys/bus/pci/devices/%s",
					    function->name));
	else
		stack_add_text(device, "host", function->name);
}

static const char *vfio_device(const struct stack_order *order, const struct hostdev_form *form,
			       bool iommufd, const char *bus, const char *slot)
{
	struct arena *arena = order->arena;
	struct stack_object device = stack_object(arena);

	stack_add_text(&device, "driver", "vfio-pci");
	add_source(&device, form->function);
	stack_add_text(&device, "bus", bus);
	stack_add_text(&device, "addr", arena_printf(arena, "%s.%u", slot, form->guest.function));
	if (form->multifunction)
		stack_add_true(&device, "multifunction");
	if (cautions_find(&order->model->cautions, form->function, CAUTION_IGD) &&
	    caution_offers_opregion(order->model->host, form->function))
		stack_add_true(&device, "x-igd-opregion");
	if (cautions_find(&order->model->cautions, form->function, CAUTION_VF_TOKEN))
		stack_add_text(&device, "vf-token", VF_TOKEN_BLANK);
	if (iommufd)
		stack_add_text(&device, "iommufd", IOMMUFD_ID);
	return device_argument(&device);
}

static bool is_graphics(const struct stack_order *order, const struct stack_device *device)
{
	return cautions_find(&order->model->cautions, device->functions[0]->function, CAUTION_IGD);
}

static void add_device(const struct stack_order *order, const struct stack_device *device,
		       bool iommufd, unsigned *ports, struct buffer *arguments)
{
	bool graphics = is_graphics(order, device);
	const char *bus = graphics ? "pcie.0" : arena_printf(order->arena, "vfio%u", ++*ports);

	if (!graphics)
		buffer_item(arguments, "%s", root_port(order->arena, *ports, bus));
	for (size_t i = 0; i < device->count; i++)
		buffer_item(arguments, "%s",
			    vfio_device(order, device->functions[i], iommufd, bus,
					graphics ? igd_slot : "0"));
}

/* What the host calls the emulator: RHEL has it as /usr/libexec/qemu-kvm alone. */
static const char *program(const struct host *host, const char *usual)
{
	const struct fact *qemu = &hypervisor_first_of(host->hypervisor.qemu, QEMU_COUNT)->fact;

	return fact_known(qemu) && strcmp(last_part(qemu->source), usual) != 0 ? qemu->source
									       : usual;
}

/* The emulator of the host's architecture, and its machine that has root ports of PCI Express. NULL
 * where QEMU has none. */
static const char *emulator(const struct host *host, struct arena *arena)
{
	if (cpu_is_architecture(&host->cpu, "aarch64"))
		return arena_printf(arena, "%s -machine virt,gic-version=host -accel kvm -cpu host",
				    program(host, "qemu-system-aarch64"));
	if (!host->cpu.architecture || cpu_is_x86(&host->cpu))
		return arena_printf(arena, "%s -machine q35 -accel kvm -cpu host",
				    program(host, "qemu-system-x86_64"));
	return NULL;
}

/* Of all devices they come first, so that no port takes their slot. */
static void add_graphics(const struct stack_order *order, const struct stack_devices *devices,
			 bool iommufd, struct buffer *arguments)
{
	unsigned ports = 0;
	bool any = false;

	for (size_t i = 0; i < devices->count; i++) {
		if (!is_graphics(order, &devices->devices[i]))
			continue;
		if (!any)
			buffer_item(arguments, "-nic none");
		any = true;
		add_device(order, &devices->devices[i], iommufd, &ports, arguments);
	}
}

const char *qemu_slot_note(const struct stack_order *order)
{
	const struct stack_devices devices = stack_devices_of(order);

	for (size_t i = 0; i < devices.count; i++) {
		if (is_graphics(order, &devices.devices[i]))
			return "-nic none keeps QEMU's own network card off the guest address "
			       "00:02.0: give the guest one by -netdev and a -device behind these "
			       "arguments, not by -nic";
	}
	return NULL;
}

const char *qemu_command(const struct stack_order *order, bool iommufd, const char *separator)
{
	const char *start = emulator(order->model->host, order->arena);
	struct stack_devices devices = stack_devices_of(order);
	struct buffer command = {.arena = order->arena, .separator = separator};
	unsigned ports = 0;

	if (!start)
		return NULL;
	buffer_item(&command, "%s", start);
	if (iommufd)
		buffer_item(&command, "-object iommufd,id=" IOMMUFD_ID);
	add_graphics(order, &devices, iommufd, &command);
	for (size_t i = 0; i < devices.count; i++) {
		if (!is_graphics(order, &devices.devices[i]))
			add_device(order, &devices.devices[i], iommufd, &ports, &command);
	}
	return buffer_text(&command);
}

/* The other way to the same devices, where the host has both, stands behind the command, in one
 * line that is a comment. */
static const char *other_way(const struct stack_order *order)
{
	const struct host *host = order->model->host;

	if (vfio_needs_iommufd(host) || !fact_known(&host->hypervisor.iommufd.fact) ||
	    hypervisor_qemu_before(&host->hypervisor, 9, 0))
		return "";
	return arena_printf(order->arena,
			    "# QEMU 9.0 and newer also takes them through /dev/iommu:\n# %s\n",
			    qemu_command(order, true, " "));
}

static const char *write(const struct stack_order *order)
{
	bool iommufd = vfio_needs_iommufd(order->model->host);
	const char *command = qemu_command(order, iommufd, " \\\n  ");
	const char *slot = qemu_slot_note(order);

	if (!command)
		return "# passcheck knows no machine of QEMU with root ports of PCI Express for "
		       "this architecture.\n";
	return arena_printf(
		order->arena, "%s%s%s%s\n%s",
		"# VFIO pins all memory of the guest: `ulimit -l unlimited` before, unless root "
		"starts it.\n",
		iommufd ? "# This kernel gives devices out through /dev/iommu alone, for QEMU 9.0 and "
			  "newer.\n"
			: "",
		slot ? arena_printf(order->arena, "# %s.\n", slot) : "", command, other_way(order));
}

const struct stack stack_qemu = {
	.name = "qemu",
	.title = "QEMU",
	.target =
		{
			.word = "command for QEMU",
			.taker = "QEMU",
			.largest_domain = UINT32_MAX,
			.takes_tokens = true,
		},
	.write = write,
};

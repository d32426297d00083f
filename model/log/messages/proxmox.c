/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/array.h"
#include "model/log/message.h"

/* Proxmox VE's task log: PVE/QemuServer/PCI.pm. */
static const struct log_message rows[] = {
	{
		.id = "proxmox-reset",
		.source = LOG_PROXMOX,
		.severity = LOG_MAY,
		.forms = {"failed to reset PCI device '{f}', but trying to continue",
			  "reset': Inappropriate ioctl for device"},
		.meaning =
			"The kernel has no way to reset the function (ENOTTY). The guest starts.",
		.findings = {"reset.none", "reset.unusable", "reset.broken"},
		.related = {"reset.card"},
		.settle = "Look at the function's reset_method.",
		.remedy = "Assign it to one guest, and reboot the host before another gets it.",
	},
	{
		.id = "proxmox-no-iommu",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"cannot prepare PCI pass-through, IOMMU not present",
			  "Cannot open iommu_group: {e}"},
		.meaning = "There is no IOMMU group: DMA remapping is off, or the function is in "
			   "no group.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "iommu-groups.with-driver"},
		.related = {"dma-units.uncovered"},
		.settle = "Look whether /sys/kernel/iommu_groups has entries.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup and on the kernel command line.",
	},
	{
		.id = "proxmox-function-in-use",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"PCI device '{f}' already in use by VMID '{n}'",
			  "PCI device '{f}' already in use by process"},
		.meaning = "Another guest that runs has the function, or Proxmox VE still has it "
			   "reserved for one.",
		.related = {"domain-functions.twice"},
		.settle = "Look with qm list whether that guest runs.",
		.remedy = "Shut the other guest down, or give this one another function.",
	},
	{
		/* PVE/QemuServer/PCI.pm, PVE/Mapping/PCI.pm */
		.id = "proxmox-mapping-stale",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"PCI device mapping invalid (hardware probably changed)"},
		.meaning = "A resource mapping does not describe the function as it is now: its "
			   "ids, subsystem or IOMMU group differ, or the mapping lacks them. "
			   "Proxmox VE does not start the guest.",
		.related = {"domain-devices.mapping-stale"},
		.settle = "Compare /etc/pve/mapping/pci.cfg with the function: passcheck domain "
			  "does, given both.",
		.remedy = "Choose the device in the mapping anew. Addresses and groups change with "
			  "the kernel, the firmware setup and the cards in the host.",
	},
	{
		.id = "proxmox-not-q35",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"q35 machine model is not enabled"},
		.meaning = "The guest takes a function with pcie=1, and its machine type is not "
			   "q35.",
		.related = {"domain-guest-address.no-pcie"},
		.settle = "Look in the guest's configuration for machine: and for pcie=1.",
		.remedy = "Set machine: q35, or take pcie=1 out.",
	},
	{
		.id = "proxmox-legacy-igd",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"legacy IGD assignment requires ",
			  "legacy IGD assignment is not compatible with ",
			  "only one device can be assigned in legacy-igd mode"},
		.meaning = "The guest takes Intel's graphics with legacy-igd=1, which goes with "
			   "the machine type i440fx and vga: none alone, and without x-vga.",
		.related = {"caution.igd"},
		.settle = "Look in the guest's configuration for machine:, vga: and hostpci.",
		.remedy = "Do what the rest of the line says, or take legacy-igd=1 out.",
	},
	{
		.id = "proxmox-mapping-missing",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"PCI device mapping not found for '"},
		.meaning = "The guest asks for a resource mapping that has no device on this node.",
		.related = {"domain-devices.mapping-not-given"},
		.settle = "Look in /etc/pve/mapping/pci.cfg which nodes the mapping has.",
		.remedy = "Add a device of this node to the mapping.",
	},
	{
		.id = "proxmox-function-missing",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"no PCI device found for '{f}'", "no pci device info for device '{f}'"},
		.meaning =
			"The guest's configuration names a function that the host does not have.",
		.related = {"domain-functions.missing"},
		.fact = LOG_FACT_MISSING,
		.settle = "Look for the address in lspci.",
		.remedy = "Correct the address: it changes when cards are added or moved.",
	},
	{
		.id = "proxmox-not-bound",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"can't unbind/bind PCI group to VFIO '{f}'",
			  "can't unbind/bind PCI group", "can't bind PCI device '{f}'",
			  "can't reset PCI device '{f}'"},
		.meaning = "Proxmox VE could not take the function from its driver, or reset it.",
		.findings = {"host-use.vital", "host-use.console", "caution.in-use", "reset.none",
			     "assignability.unreachable"},
		.inconclusive = true,
		.settle = "Look in the kernel's log, and what the host uses the function for.",
		.remedy = "Stop what uses the function, or bind it to vfio-pci at boot.",
	},
	{
		.id = "proxmox-no-vfio",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"Cannot find vfio-pci module!", "Cannot bind {f} to vfio"},
		.meaning =
			"Proxmox VE could not load vfio-pci, or vfio-pci did not take the function.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused",
			     "iommu-groups.none", "iommu-groups.ungrouped",
			     "assignability.blocked"},
		.inconclusive = true,
		.settle =
			"Look whether modprobe vfio-pci works, and in the kernel's log for what it "
			"says of the function.",
		.remedy = "Reboot if the kernel was updated; otherwise look for blacklist and "
			  "install lines on vfio_pci in /etc/modprobe.d.",
		.explained_by = {"vfio-probe-refused", "denylist", "pf-has-vfs"},
	},
};

const struct log_table log_proxmox_messages = {rows, ARRAY_LENGTH(rows)};

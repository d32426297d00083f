/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "model/log/message.h"

/*
 * What QEMU says of a function that it cannot take: hw/vfio/, hw/pci/pci.c. The step and the errno
 * decide where the text does not: drivers/vfio/group.c, container.c, iommufd.
 */
static const struct log_message rows[] = {
	{
		.id = "no-group",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"no iommu_group found: {e}", "no iommu_group found"},
		.meaning =
			"The function is in no IOMMU group, so the IOMMU is off, or does not cover "
			"the function.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "iommu-groups.with-driver"},
		.related = {"dma-units.uncovered"},
		.fact = LOG_FACT_NO_GROUP,
		.settle =
			"Look whether /sys/kernel/iommu_groups has an entry, and the function a link "
			"iommu_group.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup and on the kernel command line.",
	},
	{
		.id = "group-node-missing",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"failed to open /dev/vfio/{g}: {e}",
			  "Could not open '/dev/vfio/{g}': {e}"},
		.errors = {ENOENT},
		.versions = "QEMU 10 has the second",
		.meaning =
			"No function of the group is on a driver of VFIO, or VFIO is not loaded.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.related = {"assignability.companions", "kernel-config.missing"},
		.fact = LOG_FACT_NOT_ON_VFIO,
		.settle = "Look which drivers hold the functions of the group.",
		.remedy =
			"Bind the function to vfio-pci before the guest starts, or let libvirt do so "
			"(managed='yes').",
	},
	{
		.id = "group-busy",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"failed to open /dev/vfio/{g}: {e}",
			  "Could not open '/dev/vfio/{g}': {e}"},
		.errors = {EBUSY},
		.meaning = "Another program has the group open: another guest, DPDK, SPDK.",
		.related = {"domain-groups.shared-group", "isolation.shared-group"},
		.settle = "Look who has /dev/vfio/GROUP open.",
		.remedy = "Stop the other user; the functions of one group go to one guest.",
	},
	{
		.id = "group-denied",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"failed to open /dev/vfio/{g}: {e}",
			  "Could not open '/dev/vfio/{g}': {e}",
			  "failed to open /dev/vfio/vfio: {e}",
			  "Could not open '/dev/vfio/vfio': {e}"},
		.errors = {EACCES, EPERM},
		.meaning =
			"QEMU may not open the node: its owner and mode, a device cgroup, SELinux "
			"or AppArmor, or the security settings of a pod forbid it.",
		.findings = {"lockdown-selinux.sysfs-denied", "iommu-groups.noiommu"},
		.inconclusive = true,
		.settle =
			"Look at the owner and mode of the node, and for lines of the audit log at "
			"that time.",
		.remedy =
			"Let libvirt start the guest, which gives QEMU the node; otherwise allow it "
			"by a udev rule.",
	},
	{
		.id = "container-node-missing",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"failed to open /dev/vfio/vfio: {e}",
			  "Could not open '/dev/vfio/vfio': {e}"},
		.errors = {ENOENT, ENODEV},
		.meaning = "VFIO is not loaded, or the node is not there where QEMU runs, as in a "
			   "container.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.related = {"kernel-config.missing"},
		.fact = LOG_FACT_VFIO_NOT_LOADED,
		.settle = "Look whether /dev/vfio/vfio is there where QEMU runs.",
		.remedy = "Load vfio-pci; give the container its nodes.",
	},
	{
		.id = "group-not-viable",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"group {g} is not viable",
			 "Please ensure all devices within the iommu_group are bound to their vfio "
			 "bus driver"},
		.meaning =
			"A driver of the host holds another function of the group, so VFIO gives no "
			"function of it to a guest.",
		.findings = {"assignability.companions"},
		.related = {"isolation.shared-group", "domain-groups.incomplete"},
		.fact = LOG_FACT_GROUP_HELD,
		.settle =
			"Look which drivers hold the functions of the group: bridges, pci-stub and "
			"none are fine.",
		.remedy =
			"Take all functions of the group from the host's drivers, or move the card "
			"to a slot that isolates.",
	},
	{
		.id = "container-refuses-group",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"failed to setup container for group {g}: Failed to set group container: {e}",
			 "failed to set group container: {e}", "Failed to set group container: {e}",
			 "cannot add VFIO group to container, error {e}",
			 "cannot add vfio group to container, error {e}",
			 "error bind device fd={n} to iommufd={n}: {e}"},
		.errors = {EINVAL},
		.meaning =
			"The kernel does not let the group into a guest's address space: firmware "
			"reserves memory for a function of it (from Linux 6.6 on).",
		.findings = {"reserved-memory.blocks", "reserved-memory.blocks-all"},
		.inconclusive = true,
		.settle = "Look for regions of type direct in the group's reserved_regions.",
		.remedy = "Turn off in the firmware setup what uses that memory, or move the card.",
		.explained_by = {"one-to-one-mapping"},
	},
	{
		.id = "container-refuses-owner",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"failed to setup container for group {g}: Failed to set group container: {e}",
			 "failed to set group container: {e}", "Failed to set group container: {e}",
			 "cannot add VFIO group to container, error {e}",
			 "cannot add vfio group to container, error {e}"},
		.errors = {EBUSY, EPERM},
		.meaning = "Another driver, or another user of VFIO, has the DMA of the group. Of "
			   "EPERM also: up to Linux 6.5 firmware reserves memory for a function of "
			   "it, or interrupts are not remapped.",
		.findings = {"assignability.companions", "reserved-memory.blocks",
			     "reserved-memory.blocks-all", "interrupt-remapping.off",
			     "interrupt-remapping.off-allowed", "interrupt-remapping.partly",
			     "interrupt-remapping.not-isolated",
			     "interrupt-remapping.partly-isolated"},
		.fact = LOG_FACT_GROUP_HELD,
		.inconclusive = true,
		.settle = "Look which drivers hold the functions of the group, and who has "
			  "/dev/vfio/GROUP open.",
		.remedy = "Take all functions of the group from the host's drivers.",
		.explained_by = {"rmrr", "attach-without-remapping"},
	},
	{
		.id = "iommu-refuses-container",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"failed to setup container for group {g}: Failed to set iommu for container: "
			 "{e}",
			 "failed to set iommu for container: {e}",
			 "Failed to set iommu for container: {e}",
			 "error bind device fd={n} to iommufd={n}: {e}"},
		.errors = {EPERM},
		.meaning =
			"The IOMMU does not take the group: interrupts are not remapped (on Arm: not "
			"isolated), or, up to Linux 6.5, firmware reserves memory for a function of "
			"it.",
		.findings = {"interrupt-remapping.off", "interrupt-remapping.partly",
			     "interrupt-remapping.not-isolated",
			     "interrupt-remapping.partly-isolated", "reserved-memory.blocks",
			     "reserved-memory.blocks-all", "interrupt-remapping.off-allowed"},
		.settle = "Look for IR- chips in /proc/interrupts, on Arm for ITS- ones, and for "
			  "regions of type direct in the group's reserved_regions.",
		.remedy = "Have interrupts remapped: firmware setup, kernel command line; on Arm "
			  "an interrupt controller with an ITS.",
		.explained_by = {"attach-without-remapping", "rmrr"},
	},
	{
		.id = "no-iommu-models",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"No available IOMMU models"},
		.meaning = "VFIO's driver for IOMMUs, vfio_iommu_type1, is not loaded.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.related = {"kernel-config.missing"},
		.fact = LOG_FACT_TYPE1_NOT_LOADED,
		.settle = "Look for vfio_iommu_type1 in /proc/modules.",
		.remedy = "Load vfio_iommu_type1.",
	},
	{
		.id = "device-refused",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"error getting device from group {g}: {e}"},
		.errors = {EIO},
		.meaning =
			"The driver of the function, mostly the manager of its vGPUs, refused to "
			"open it.",
		.findings = {"assignability.vgpu-profile"},
		.inconclusive = true,
		.settle = "Look in the log of the vGPU manager (nvidia-vgpu-mgr) at that time.",
		.remedy = "Look whether the profile, its license and the guest's other vGPUs fit.",
	},
	{
		.id = "device-wants-token",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"error getting device from group {g}: {e}"},
		.errors = {EACCES},
		.meaning = "VFIO does not open the function: a VF wants a token that QEMU did not "
			   "give, or gave wrongly, or the kernel cannot wake the function.",
		.findings = {"caution.vf-token"},
		.inconclusive = true,
		.fact = LOG_FACT_NO_TOKEN,
		.settle = "Look which driver holds the PF: a token is wanted only where that is "
			  "vfio-pci.",
		.remedy = "With the PF on vfio-pci, give it back to its own driver, or give QEMU "
			  "the same vf-token= for both. Otherwise boot another kernel: some of mid "
			  "2025, as 6.8.12-12 and 6.14.8-1 of Proxmox VE, cannot wake functions "
			  "without power management, as VFs are.",
		.explained_by = {"vf-token"},
	},
	{
		.id = "device-wants-no-token",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"error getting device from group {g}: {e}"},
		.errors = {EINVAL},
		.meaning = "VFIO does not open the function. A VF gets this error where QEMU gives "
			   "a token (vf-token=) and its PF is not on vfio-pci; otherwise the "
			   "driver of the function refuses.",
		.fact = LOG_FACT_NO_TOKEN,
		.settle = "Look for vf-token= in the guest's configuration, and in the kernel's "
			  "log for what VFIO says of the function at that time.",
		.remedy = "Take vf-token= out where the PF is not on vfio-pci.",
		.explained_by = {"vf-token-unwanted"},
	},
	{
		/* vfio_group_ioctl_get_device_fd(): no device of that name is open to VFIO */
		.id = "device-not-in-group",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"error getting device from group {g}: {e}"},
		.errors = {ENODEV},
		.meaning =
			"Another function of the group is on vfio-pci, and this one is on another "
			"driver, or was lost by vfio-pci.",
		.related = {"assignability.companions"},
		.fact = LOG_FACT_NOT_ON_VFIO,
		.inconclusive = true,
		.settle = "Look which driver holds the function.",
		.remedy = "Bind the function to vfio-pci before the guest starts.",
	},
	{
		.id = "device-not-got",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"error getting device from group {g}",
			 "Verify all devices in group {g} are bound to vfio-<bus> or pci-stub and not "
			 "already in use"},
		.meaning = "VFIO did not open the function.",
		.findings = {"assignability.vgpu-profile"},
		.related = {"assignability.companions"},
		.inconclusive = true,
		.settle = "Look which drivers hold the functions of the group.",
		.remedy = "Take all functions of the group from the host's drivers.",
		.explained_by = {"device-refused", "device-wants-token", "device-wants-no-token",
				 "device-not-in-group"},
	},
	{
		.id = "device-attached-twice",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"device is already attached",
			  "group {g} used in multiple address spaces"},
		.meaning =
			"The guest's configuration has the function twice, or puts functions of one "
			"group behind different vIOMMUs.",
		.related = {"domain-functions.twice", "domain-groups.shared-group"},
		.settle = "Run passcheck domain on the guest's configuration.",
		.remedy = "Take the function out once; keep the functions of a group together.",
	},
	{
		.id = "cannot-reset",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"vfio: Cannot reset device {f}, no available reset mechanism",
			  "Cannot reset device {f}, no available reset mechanism"},
		.meaning =
			"The kernel has no way to reset the function. The guest starts; the next one "
			"gets the function in the state that it is left in.",
		.findings = {"reset.none", "reset.unusable", "reset.broken"},
		.related = {"reset.card"},
		.settle = "Look at the function's reset_method.",
		.remedy = "Assign it to one guest, and reboot the host before another gets it.",
	},
	{
		.id = "reset-needs-group",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"Cannot reset device {f}, depends on group {g} which is not owned",
			  "depends on group {g} which is not owned",
			  "Cannot reset device {f}, depends on device {f} which is not owned"},
		.meaning =
			"Only a reset of the whole bus resets the function, and the guest does not "
			"have all that is on it.",
		.findings = {"reset.unusable", "reset.none", "reset.broken"},
		.related = {"reset.card"},
		.settle = "Look at the function's reset_method, and at what else is on its bus.",
		.remedy = "Give all functions of the bus to the guest.",
	},
	{
		.id = "config-unreadable",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"this isn't a PCI device", "unexpected number of io regions",
			  "stuck in D3"},
		.meaning = "The function's config space reads as nonsense: it is asleep, or dead.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.fact = LOG_FACT_UNREACHABLE,
		.settle =
			"Look at the function's power_state, and whether its config space reads as "
			"all ones.",
		.remedy = "Power the host off and on; keep the device from D3cold.",
		.explained_by = {"device-inaccessible", "not-ready"},
	},
	{
		/* pci_irq_handler() meets an interrupt pin that reads as 0xff */
		.id = "qemu-assertion",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"pci_irq_handler: Assertion"},
		.meaning =
			"QEMU aborted because the function's config space reads as all ones: the "
			"function is off the bus.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.settle =
			"Look at the power_state of the guest's functions, and whether their config "
			"spaces read as all ones.",
		.remedy = "Power the host off and on; keep the device from D3cold.",
		.explained_by = {"device-inaccessible", "not-ready"},
	},
	{
		.id = "intx-shared",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Failed to set up TRIGGER eventfd signaling for interrupt INTX-0: "
			  "VFIO_DEVICE_SET_IRQS failure: {e}",
			  "Failed to set up TRIGGER eventfd signaling for interrupt INTX-0",
			  "Failed to setup INTx fd: {e}", "failed to setup INTx fd: {e}"},
		.versions = "QEMU up to 3.1 says that it failed to setup INTx fd",
		.meaning =
			"The function shares its old interrupt line with a device of the host, and "
			"cannot mask it.",
		.findings = {"caution.intx"},
		.settle = "Look in /proc/interrupts who shares the line.",
		.remedy = "Take the other device from its driver, or move one of the cards to "
			  "another slot.",
		.explained_by = {"intx-flags"},
	},
	{
		.id = "intx-flags",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"genirq: Flags mismatch irq {n}. {x} (vfio-intx({f}))",
			  "genirq: Flags mismatch irq {n}"},
		.meaning = "Two users want one interrupt line, and one of them alone.",
		.findings = {"caution.intx"},
		.settle = "Look in /proc/interrupts who shares the line.",
		.remedy = "Take the other device from its driver.",
	},
	{
		.id = "guest-slot-taken",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"PCI: slot {n} function {n} not available for {*}, in use by ",
			  "PCI: slot {n} function {n} not available for {*}, reserved"},
		.meaning = "Two devices of the guest want the same address.",
		.related = {"domain-guest-address.taken"},
		.settle = "Run passcheck domain on the guest's configuration.",
		.remedy = "Give one of them another address, or none: libvirt then chooses.",
	},
	{
		.id = "guest-multifunction",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"PCI: single function device can't be populated in function",
			  ".0 indicates single function, but"},
		.meaning = "Function 0 of a slot of the guest lacks multifunction='on'.",
		.related = {"domain-guest-address.not-multifunction"},
		.settle = "Run passcheck domain on the guest's configuration.",
		.remedy = "Set multifunction='on' on function 0.",
	},
	{
		.id = "cdev-denied",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Could not open '/dev/vfio/devices/vfio{n}': {e}",
			  "failed to open /dev/vfio/devices/vfio{n}: {e}",
			  "Could not open '/dev/iommu': {e}", "failed to open /dev/iommu: {e}",
			  "/dev/iommu opening failed: {e}", "cannot open IOMMUFD device: {e}",
			  "cannot open VFIO device {*}: {e}"},
		.errors = {EACCES, EPERM},
		.meaning = "QEMU or libvirt may not open a node of iommufd: its owner and mode, a "
			   "device cgroup, SELinux or AppArmor, or the security settings of a pod "
			   "forbid it.",
		.findings = {"lockdown-selinux.sysfs-denied"},
		.inconclusive = true,
		.settle = "Look at the owner and mode of /dev/iommu and /dev/vfio/devices, and for "
			  "lines of the audit log at that time.",
		.remedy =
			"Let libvirt start the guest, which gives QEMU the nodes; otherwise allow "
			"them by a udev rule.",
	},
	{
		.id = "cdev-missing",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"failed to find vfio-dev/vfioX/dev", "Could not open '/dev/iommu': {e}",
			 "failed to open /dev/iommu: {e}", "/dev/iommu opening failed: {e}",
			 "lstat /dev/vfio/devices/vfio{n}: ",
			 "/dev/iommu does not exist (is your kernel config missing CONFIG_IOMMUFD?)",
			 "(is your kernel config missing CONFIG_VFIO_DEVICE_CDEV?)",
			 "IOMMUFD is not supported by host kernel",
			 "cannot find VFIO device for PCI device {f}"},
		.meaning =
			"The guest wants iommufd, and the kernel offers no /dev/iommu, or no device "
			"nodes of VFIO.",
		.related = {"kernel-config.recommended"},
		.fact = LOG_FACT_NO_CDEV,
		.inconclusive = true,
		.settle = "Look for CONFIG_IOMMUFD and CONFIG_VFIO_DEVICE_CDEV in the kernel's "
			  "configuration.",
		.remedy = "Use a kernel with both, or let QEMU use groups (no iommufd object).",
	},
	{
		.id = "migration-refused",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms =
			{"VFIO migration is not supported in kernel",
			 "Migration is currently not supported with vIOMMU",
			 "VFIO device doesn't support device and IOMMU dirty tracking",
			 "Migration is disabled for VFIO device",
			 "Multiple VFIO devices migration is supported only if all of them support "
			 "P2P migration",
			 "VFIO migration is not supported with ",
			 "cannot migrate a domain with <hostdev mode="},
		.meaning = "The guest cannot be migrated while it has the function; it runs.",
		.findings = {"migration.pinned", "migration.variant-unused"},
		.settle = "Look whether a variant driver of VFIO holds the function.",
		.remedy = "Unplug the function before the migration.",
	},
	{
		.id = "rom-unread",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"vfio-pci: Cannot read device rom at {f}", "Cannot read device rom",
			  "Device option ROM contents are probably invalid (check dmesg)",
			  "vfio-pci: Device ROM size is zero at {f}"},
		.meaning =
			"QEMU could not read the function's ROM. Without a ROM the guest runs, and "
			"may show no picture while it boots.",
		.findings = {"boot-gpu.shadow-rom", "assignability.unreachable"},
		.inconclusive = true,
		.settle = "Look at the function's boot_vga and the size of its ROM in resource.",
		.remedy = "Give the guest a ROM file (<rom file=...>) if it shows no picture.",
		.explained_by = {"rom-invalid"},
	},
	{
		/* pci_add_option_rom(), hw/pci/pci.c */
		.id = "romfile-missing",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"failed to find romfile \"", "failed to load romfile \"",
			  "romfile \"{*}\" is empty", "romfile \"{*}\" too large"},
		.meaning = "QEMU cannot use the file that the guest names as the ROM of a device: "
			   "it is not there, is empty or too large, or cannot be read.",
		.settle = "Look for the file, at its size, and who may read it; Proxmox VE takes "
			  "the names from /usr/share/kvm.",
		.remedy = "Put the file where the configuration names it, or take romfile= out.",
	},
	{
		/* vfio_err_notifier_handler() */
		.id = "guest-stopped-by-error",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Unrecoverable error detected. Please collect any data possible and then "
			  "kill the guest"},
		.meaning = "A fatal error of the function's PCIe link stopped the guest.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for lines of AER at that time, and whether the "
			  "function answers.",
		.remedy = "Power the host off and on. If it comes again, reseat the card, and try "
			  "pcie_aspm=off.",
		.explained_by = {"device-stopped-answering", "port-contained"},
	},
	{
		.id = "bar-not-mapped",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"Failed to mmap {f} BAR {n}. Performance may be slow",
			  "Failed to mmap {*} BAR {n}. Performance may be slow"},
		.meaning =
			"QEMU could not map a BAR, and passes each access on: mostly because the "
			"host holds the BAR.",
		.findings = {"boot-gpu.framebuffer"},
		.inconclusive = true,
		.settle = "Look in /proc/iomem, as root, what lies within the function's BAR.",
		.remedy = "Keep the boot's picture off the function.",
		.explained_by = {"bar-held"},
	},
	{
		.id = "bar-write-failed",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio_region_write({f}:region{n}+{x}, {x},{n}) failed: {e}",
			  "vfio_region_read({f}:region{n}+{x}, {n}) failed: {e}",
			  "vfio_region_write({*}) failed: {e}",
			  "vfio_region_read({*}) failed: {e}"},
		.meaning =
			"The guest's access to a BAR failed: busy, where the host holds the BAR; "
			"an input/output error, where the device is asleep or gone.",
		.findings = {"boot-gpu.framebuffer", "assignability.unreachable"},
		.inconclusive = true,
		.settle =
			"Look in /proc/iomem, as root, what lies within the function's BAR, and at "
			"its power_state.",
		.remedy = "Keep the boot's picture off the function.",
		.explained_by = {"bar-held", "device-inaccessible", "bar-not-mapped"},
	},
};

const struct log_table log_qemu_messages = {rows, ARRAY_LENGTH(rows)};

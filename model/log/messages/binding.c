/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "model/log/message.h"

/* Binding to vfio-pci, resets, ROMs and power: drivers/vfio/, drivers/pci/, drivers/base/dd.c. */
static const struct log_message rows[] = {
	{
		/* vfio_group_find_or_alloc() finds no group; vfio_register_group_dev() no
		 * coherent DMA; or the denylist, a line before */
		.id = "vfio-probe-refused",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"vfio-pci: probe of {f} failed with error {e}",
			  "probe with driver vfio-pci failed with error {e}"},
		.errors = {EINVAL},
		.versions = "the second from Linux 6.11",
		.meaning =
			"vfio-pci did not take the function: it is in no IOMMU group; or VFIO is "
			"not told that its DMA is coherent, as on boards with Arm processors; or "
			"it is on the driver's denylist: then the line before says so.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "assignability.blocked"},
		.related = {"iommu-groups.with-driver", "dma-units.uncovered",
			    "acpi-iort.incoherent"},
		.blockers = {BLOCKER_DENYLIST, BLOCKER_COHERENCY},
		.fact = LOG_FACT_NO_GROUP,
		.settle = "Look whether the function has a link iommu_group in sysfs.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup and on the kernel command line.",
		.explained_by = {"denylist"},
	},
	{
		.id = "vfio-probe-failed",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"vfio-pci: probe of {f} failed with error {e}",
			  "probe with driver vfio-pci failed with error {e}"},
		.versions = "the second from Linux 6.11",
		.meaning =
			"vfio-pci did not take the function. A line before says why; EBUSY means "
			"that it is a PF with VFs.",
		.findings = {"assignability.blocked", "assignability.unreachable"},
		.inconclusive = true,
		.settle = "Look at the lines of the function before it.",
		.remedy = "Put right what those lines name.",
		.explained_by = {"pf-has-vfs", "device-inaccessible"},
	},
	{
		.id = "denylist",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {" exists in vfio-pci device denylist, driver probing disallowed"},
		.versions = "Linux 5.9 and later",
		.meaning =
			"vfio-pci refuses this device: it can harm the host from within a guest.",
		.findings = {"assignability.blocked"},
		.blockers = {BLOCKER_DENYLIST},
		.settle = "Compare the function's vendor and device with the denylist of vfio-pci.",
		.remedy = "Use another device. disable_denylist=1 takes a protection of the host "
			  "away.",
	},
	{
		/* pci_enable_resources(), drivers/pci/setup-res.c */
		.id = "bar-not-assigned",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"]: not assigned; can't enable device",
			  "]: not claimed; can't enable device",
			  "can't enable device: BAR {n} [mem size {x}{*}] not assigned"},
		.meaning =
			"A BAR of the function has no address, so the kernel does not enable it, "
			"and vfio-pci cannot open it.",
		.findings = {"assignability.bar-unplaced"},
		.settle = "Look at lines 1 to 6 of the function's resource: 0x20000000 among the "
			  "flags is no address.",
		.remedy = "Turn Above 4G Decoding on in the firmware setup; if that is not enough, "
			  "boot with pci=realloc.",
		.explained_by = {"bar-without-room"},
	},
	{
		/* vfio_pci_core_request() */
		.id = "device-wanted-back",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Relaying device request to user",
			  "No device request channel registered, blocked until released by user",
			  "Device is currently in use, task \""},
		.meaning =
			"The host takes the function away from vfio-pci (unbind, removal, fewer VFs) "
			"while a guest has it, and waits until the guest lets go.",
		.settle = "Look which guest has the function.",
		.remedy = "Take the function out of the guest, or shut the guest down.",
	},
	{
		/* pcie_wait_for_link_status(), drivers/pci/pci.c; pcie_failed_link_retrain(),
		 * drivers/pci/quirks.c */
		.id = "link-stays-down",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Data Link Layer Link Active not set in {n} msec", ": retraining failed"},
		.meaning = "The link below the port is down: nothing is in it, or it did not come "
			   "back after a reset.",
		.findings = {"assignability.unreachable", "reset.card"},
		.inconclusive = true,
		.settle = "Look whether the function below the port answers: its config space must "
			  "not read as all ones.",
		.remedy = "Switch the host off and on: a reboot may not reset the card.",
	},
	{
		.id = "gpu-driver-failed",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"NVRM: GPU {f}: RmInitAdapter failed!",
			  "NVRM: GPU {f}: rm_init_adapter failed",
			  "amdgpu: Fatal error during GPU init"},
		.meaning =
			"The GPU's own driver could not start it. After a guest had the GPU, it may "
			"not have come back from the reset.",
		.findings = {"reset.card", "assignability.unreachable",
			     "assignability.bar-unplaced", "reset.broken"},
		.inconclusive = true,
		.settle = "Look whether the line comes after a boot, too, before any guest had the "
			  "GPU.",
		.remedy = "Switch the host off and on.",
	},
	{
		.id = "gpu-off-the-bus",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"GPU has fallen off the bus", "unknown chipset (ffffffff)"},
		.meaning = "The GPU does not answer its driver any more: it lost power, or did not "
			   "come back from a reset.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.inconclusive = true,
		.settle = "Look whether its config space reads as all ones.",
		.remedy = "Power the host off and on. If it comes again, look at the power supply, "
			  "and keep the GPU from D3cold.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		/* snd_hdac_bus_init_cmd_io(), sound/hda; nvme_warn_reset(), nvme_wait_ready();
		 * sanity_check_mmio_access(), i915, and verify_lmem_ready(), xe; igb_rd32() */
		.id = "registers-all-ones",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"CORB reset timeout#{n}, CORBRP = 65535",
			  "controller is down; will reset: CSTS=0xffffffff",
			  "Device not ready; aborting reset, CSTS=0xffffffff",
			  "Device not ready; aborting initialisation, CSTS=0xffffffff",
			  "Device is non-operational; MMIO access returns 0xFFFFFFFF!",
			  "PCIe link lost"},
		.meaning = "The device's registers read as all ones: it did not come back from a "
			   "reset or from sleep, or its link went down.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.inconclusive = true,
		.settle = "Look at the function's power_state, and whether its config space reads "
			  "as all ones, too.",
		.remedy = "Power the host off and on. If it comes again, keep the device from "
			  "sleep: d3cold_allowed 0, and for an NVMe drive pcie_aspm=off.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		/* nvme_wait_ready(), drivers/nvme/host/core.c: without CSTS before 5.10. CSTS of
		 * all ones is told by the row above: its forms begin with more text. */
		.id = "nvme-not-ready",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Device not ready; aborting initialisation",
			  "Device not ready; aborting reset",
			  "Device not ready; aborting shutdown"},
		.meaning = "The NVMe controller did not become ready, so the driver, on the host "
			   "or in the guest, lets go of it. A VF does so until it has queues and "
			   "is online.",
		.findings = {"vf-setup.nvme", "assignability.unreachable", "reset.broken",
			     "reset.none", "reset.unusable"},
		.inconclusive = true,
		.settle = "Look whether the controller is a VF (it has a physfn in sysfs), and "
			  "whether the line comes after a guest ended.",
		.remedy = "Give a VF its queues and set it online, with nvme virt-mgmt. Reset or "
			  "power-cycle any other controller, and look whether its firmware has an "
			  "update.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		/* xhci_hc_died(), xhci_resume(): drivers/usb/host */
		.id = "usb-controller-died",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"xHCI host controller not responding, assume dead",
			  "HC died; cleaning up", "Controller not ready at resume {e}"},
		.meaning = "The USB controller stopped answering the host's driver. After a guest "
			   "had it, it may not have come back from the reset.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.none",
			     "reset.unusable"},
		.inconclusive = true,
		.settle = "Look whether the lines come after a guest ended, and whether the "
			  "controller was unplugged (Thunderbolt).",
		.remedy = "Power the host off and on. Leave the controller on vfio-pci when the "
			  "guest ends.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		/* mpt3sas_base.c */
		.id = "hba-not-operational",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"SAS host is non-operational !!!!"},
		.meaning =
			"The firmware of a SAS adapter does not answer its driver. After a guest "
			"had the adapter, it may not have come back from the reset.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.none",
			     "reset.unusable"},
		.inconclusive = true,
		.settle = "Look whether the line comes after a boot, too, before any guest had the "
			  "adapter.",
		.remedy = "Power the host off and on. Keep the guest's firmware from the adapter's "
			  "boot ROM: <rom bar='off'/> in libvirt, rombar=0 in Proxmox VE.",
	},
	{
		/* __report_bad_irq(), kernel/irq/spurious.c */
		.id = "interrupt-unhandled",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"nobody cared (try booting with the \"irqpoll\" option)"},
		.meaning =
			"No driver took an interrupt of a line, and the kernel switched the line off. "
			"Functions that share it lose theirs, as one on vfio-pci with INTx.",
		.settle = "Look in /proc/interrupts which drivers share the line.",
		.remedy = "Have the guest's driver use MSI, or move the card to another slot.",
	},
	{
		.id = "denylist-disabled",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"device denylist disabled - allowing device", "device denylist disabled"},
		.meaning =
			"vfio-pci took a device of its denylist because disable_denylist is set.",
		.findings = {"unsafe-options.denylist-disabled"},
		.settle = "Look at /sys/module/vfio_pci/parameters/disable_denylist.",
		.remedy = "Remove disable_denylist from the options of vfio-pci.",
	},
	{
		/* vfio_pci_fill_ids(), drivers/vfio/pci/vfio_pci.c */
		.id = "vfio-ids-malformed",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"vfio_pci: invalid id string \"", "vfio_pci: failed to add dynamic id ["},
		.meaning = "An entry of vfio-pci's ids is malformed, so vfio-pci takes no function "
			   "because of it.",
		.findings = {"vfio-driver.id-malformed", "vfio-driver.id-stray"},
		.settle =
			"Look at ids= of vfio-pci, in /etc/modprobe.d and on the kernel command line.",
		.remedy = "Write VENDOR:DEVICE in hex, with commas between, and no blanks.",
	},
	{
		.id = "pf-has-vfs",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Cannot bind to PF with SR-IOV enabled"},
		.meaning = "vfio-pci takes no physical function that has virtual ones.",
		.findings = {"assignability.blocked"},
		.blockers = {BLOCKER_VFS_ENABLED},
		.fact = LOG_FACT_VFS_ENABLED,
		.settle = "Look whether the function's sriov_numvfs is 0.",
		.remedy = "Write 0 to the function's sriov_numvfs, then bind it.",
	},
	{
		.id = "vf-token",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"VF token required to access device", "Incorrect VF token"},
		.meaning =
			"The PF is on vfio-pci, so whoever opens its VFs must give the token set "
			"by the program that has the PF open.",
		.findings = {"caution.vf-token"},
		.inconclusive = true,
		.settle = "Look which driver holds the PF.",
		.remedy = "Give the PF back to its own driver, or give QEMU the same vf-token= for "
			  "both.",
	},
	{
		/* vfio_pci_validate_vf_token(), drivers/vfio/pci/vfio_pci_core.c */
		.id = "vf-token-unwanted",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"VF token incorrectly provided"},
		.meaning = "QEMU gave a VF token for a function that wants none: one that is no VF "
			   "and has none, or a VF whose PF is not on vfio-pci.",
		.settle = "Look for vf-token= in the guest's configuration, and which driver holds "
			  "the PF.",
		.remedy = "Take vf-token= out.",
	},
	{
		/* vfio_pci_bus_notifier() */
		.id = "vf-driver-differs",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"bound to driver {*} while PF bound to driver "},
		.meaning = "The PF is on vfio-pci, and a driver of the host took one of its VFs: "
			   "whoever has the PF can harm that driver.",
		.findings = {"caution.vf-token"},
		.inconclusive = true,
		.settle = "Look which drivers hold the PF and its VFs.",
		.remedy = "Bind the VF to vfio-pci, or give the PF back to its own driver.",
	},
	{
		.id = "igd-regions",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Failed to setup Intel IGD regions"},
		.meaning =
			"vfio-pci did not find what belongs to Intel's graphics: the OpRegion, the "
			"host bridge at 00:00.0, or the LPC bridge at 00:1f.0.",
		.related = {"caution.igd"},
		.fact = LOG_FACT_NO_HOST_BRIDGE,
		.settle =
			"Look whether 00:00.0 is a host bridge and 00:1f.0 an ISA bridge; with VMD "
			"on they are not.",
		.remedy = "Turn VMD off in the firmware setup.",
	},
	{
		.id = "bar-held",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"BAR {n}: can't reserve [mem {x}-{x}{*}]",
			  "BAR {n} [mem {x}-{x}{*}]: can't reserve",
			  "can't reserve [mem {x}-{x}{*}]"},
		.meaning = "Something on the host holds the memory of this BAR: usually the boot "
			   "framebuffer. The guest sees no picture, or gets "
			   "errors on writes.",
		.findings = {"boot-gpu.framebuffer"},
		.inconclusive = true,
		.settle =
			"Look in /proc/iomem, as root, what lies within the function's BAR: BOOTFB, "
			"efifb, simpledrm.",
		.remedy =
			"Keep the boot's picture off the function: initcall_blacklist=sysfb_init on "
			"the kernel command line, or video=efifb:off for efifb. Where simpledrm is "
			"built in, use a kernel without it.",
	},
	{
		.id = "rom-invalid",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Invalid PCI ROM header signature: expecting 0xaa55, got {x}",
			  "Invalid PCI ROM data signature", "No more image in the PCI ROM",
			  "No more images in PCI ROM"},
		.meaning =
			"The function's ROM could not be read as one. That is normal for integrated "
			"graphics; the display of the boot has a shadow copy instead; a sleeping "
			"device reads as ones.",
		.findings = {"boot-gpu.shadow-rom", "assignability.unreachable"},
		.inconclusive = true,
		.settle = "Look at the function's boot_vga, power_state and the size of its ROM in "
			  "resource.",
		.remedy = "Give the guest a ROM file (<rom file=...>) if it shows no picture.",
	},
	{
		/* pci_dev_wait(), drivers/pci/pci.c */
		.id = "not-ready",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"not ready {n}ms after FLR; giving up",
			  "not ready {n}ms after bus reset; giving up",
			  "not ready {n}ms after resume; giving up",
			  "not ready {n}ms after D3hot->D0; giving up",
			  "not ready {n}ms after {*}; giving up"},
		.meaning = "The device did not come back from a reset or from sleep.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.fact = LOG_FACT_UNREACHABLE,
		.settle = "Look whether the function's config space reads as all ones.",
		.remedy =
			"Power the host off and on; choose another reset_method, or keep the device "
			"from D3cold (d3cold_allowed 0).",
	},
	{
		.id = "not-ready-yet",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"not ready {n}ms after {*}; waiting"},
		.meaning = "The device takes long to come back from a reset or from sleep.",
		.findings = {"assignability.unreachable"},
		.fact = LOG_FACT_UNREACHABLE,
		.settle =
			"Look whether a line follows that gives up, or whether the function answers "
			"now.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		/* 6.1; 5.10; older */
		.id = "device-inaccessible",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Unable to change power state from {s} to {s}, device inaccessible",
			  "can't change power state from {s} to {s} (config space inaccessible)",
			  "Refused to change power state from {s} to {s}",
			  "refused to change power state from {s} to {s}",
			  "Refused to change power state, currently in {s}",
			  "refused to change power state, currently in {s}",
			  "Device config space inaccessible; unable to "},
		.meaning =
			"The device is off the bus: its config space reads as all ones. libvirt then "
			"reports header type 127.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card",
			     "caution.power"},
		.fact = LOG_FACT_UNREACHABLE,
		.settle =
			"Look at the function's power_state, and whether its config space reads as "
			"all ones.",
		.remedy =
			"Power the host off and on. Then keep the device from sleep: d3cold_allowed "
			"0, or disable_idle_d3=1 for vfio-pci; stop what powers it down.",
		.explained_by = {"not-ready"},
	},
	{
		/* vfio_pci_core_enable(), vfio_df_ioctl() */
		.id = "resume-failed",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"vfio: runtime resume failed {e}", "runtime resume failed {e}"},
		.meaning = "The function did not wake for the guest.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card",
			     "caution.power"},
		.inconclusive = true,
		.settle =
			"Look at the function's power_state, and whether its config space reads as "
			"all ones.",
		.remedy = "Power the host off and on; then keep the device from sleep: "
			  "d3cold_allowed 0, or disable_idle_d3=1 for vfio-pci.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		/* pcie_flr(), drivers/pci/pci.c */
		.id = "pending-transaction",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms =
			{"timed out waiting for pending transaction; performing function level reset "
			 "anyway",
			 "timed out waiting for pending transaction; performing AF function level "
			 "reset anyway"},
		.meaning =
			"A transfer was under way when the function was reset. Alone it harms "
			"nothing; before a line that the device is not ready, the device is dead.",
		.findings = {"assignability.unreachable"},
		.fact = LOG_FACT_UNREACHABLE,
		.settle = "Look for a line that the device is not ready.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		.id = "reset-method-refused",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Unsupported reset method '",
			  "All device reset methods disabled by user"},
		.versions = "Linux 5.15 and later",
		.meaning = "What was written to reset_method names none that the function has, or "
			   "turned all off.",
		.findings = {"reset.none", "reset.unusable"},
		.inconclusive = true,
		.settle = "Look at the function's reset_method.",
		.remedy = "Write one of the methods that the function has, or \"default\".",
	},
	{
		.id = "vendor-reset-failed",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"failed to reset device", "SMU error {x}", "psp mode1 reset failed"},
		.versions = "the module vendor-reset, which is not part of Linux",
		.meaning = "An AMD GPU could not be reset.",
		.findings = {"reset.none", "reset.broken", "assignability.unreachable",
			     "reset.card"},
		.inconclusive = true,
		.settle = "Look whether the function answers, and what reset_method names.",
		.remedy = "Power the host off and on before the GPU goes to another guest.",
	},
	{
		.id = "noiommu",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Adding kernel taint for vfio-noiommu group on device",
			  "Adding kernel taint for vfio-noiommu cdev",
			  "vfio-noiommu device opened by user"},
		.meaning =
			"VFIO took the function without an IOMMU: programs of this system, such as "
			"DPDK, can use it, and no guest can.",
		.findings = {"iommu-groups.noiommu"},
		.settle = "Look at /sys/module/vfio/parameters/enable_unsafe_noiommu_mode.",
		.remedy = "For a guest, turn the IOMMU on, and enable_unsafe_noiommu_mode off. A "
			  "virtual machine has one only from its hypervisor.",
	},
	{
		.id = "attach-without-remapping",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"No interrupt remapping support. Use the module param "
			  "\"allow_unsafe_interrupts\"",
			  "No interrupt remapping for {f}", "No interrupt remapping support"},
		.meaning = "Interrupts are not remapped, or on Arm not isolated, so VFIO refuses "
			   "to attach the function (EPERM).",
		.findings = {"interrupt-remapping.off", "interrupt-remapping.off-allowed",
			     "interrupt-remapping.partly", "interrupt-remapping.not-isolated",
			     "interrupt-remapping.partly-isolated"},
		.settle = "Look for IR- chips in /proc/interrupts, on Arm for ITS- ones.",
		.remedy = "Have interrupts remapped: firmware setup, kernel command line; on Arm "
			  "an interrupt controller with an ITS. The parameter "
			  "allow_unsafe_interrupts lets a guest send any interrupt.",
	},
	{
		/* iommufd_device_bind(), drivers/iommu/iommufd/device.c */
		.id = "unsafe-msi",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"MSI interrupts are not secure, they cannot be isolated by the platform"},
		.versions = "Linux 6.2 and later, with iommufd",
		.meaning = "iommufd gave the function to a guest although its interrupts are not "
			   "remapped, or on Arm not isolated, as allow_unsafe_interrupts lets it: "
			   "the guest can send any interrupt.",
		.findings = {"interrupt-remapping.off-allowed", "interrupt-remapping.off",
			     "interrupt-remapping.partly", "interrupt-remapping.not-isolated",
			     "interrupt-remapping.partly-isolated"},
		.settle = "Look for IR- chips in /proc/interrupts, on Arm for ITS- ones.",
		.remedy = "Have interrupts remapped: firmware setup, kernel command line; then "
			  "take allow_unsafe_interrupts out.",
	},
	{
		/* patches of intel_iommu_attach_device() and intel_iommu_setup(), not of Linux */
		.id = "rmrr-relaxed",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Intel-IOMMU: assuming all RMRRs are relaxable",
			  "Device was ineligible for IOMMU domain attach due to platform RMRR "
			  "requirement"},
		.versions = "kernels with the relax_rmrr patch, as Proxmox VE's and Unraid's",
		.meaning = "The kernel gives functions to guests although firmware reserves memory "
			   "for their own use. Guests start; firmware and the guest may write over "
			   "each other's memory.",
		.findings = {"unsafe-options.relaxed-rmrr"},
		.related = {"reserved-memory.blocks", "reserved-memory.blocks-all"},
		.inconclusive = true,
		.settle = "Look at /proc/cmdline for relax_rmrr, and for regions of type direct in "
			  "the reserved_regions of the function's group.",
		.remedy = "Turn off in the firmware setup what uses that memory (on HPE servers: "
			  "shared memory of that slot); then take relax_rmrr out.",
	},
	{
		.id = "rmrr",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Device is ineligible for IOMMU domain attach due to platform RMRR "
			  "requirement"},
		.versions = "Linux up to 6.5",
		.meaning =
			"Firmware reserves memory for this function's own use (RMRR), so no guest "
			"may have it (EPERM).",
		.findings = {"reserved-memory.blocks", "reserved-memory.blocks-all"},
		.settle =
			"Look for a region of type direct in the reserved_regions of the function's "
			"group.",
		.remedy = "Turn off in the firmware setup what uses that memory (on HPE servers: "
			  "shared memory of that slot), or move the card.",
	},
	{
		.id = "one-to-one-mapping",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Firmware has requested this device have a 1:1 IOMMU mapping, rejecting"},
		.versions = "Linux 6.6 and later",
		.meaning =
			"Firmware reserves memory for this function's own use, so no guest may have "
			"it (EINVAL).",
		.findings = {"reserved-memory.blocks", "reserved-memory.blocks-all"},
		.settle =
			"Look for a region of type direct in the reserved_regions of the function's "
			"group.",
		.remedy = "Turn off in the firmware setup what uses that memory (on HPE servers: "
			  "shared memory of that slot), or move the card.",
	},
	{
		/* vfio_iommu_type1.c */
		.id = "memlock",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"vfio_pin_pages_remote: RLIMIT_MEMLOCK ({n}) exceeded",
			  "vfio_pin_page_external: Task {*}RLIMIT_MEMLOCK ({n}) exceeded",
			  "RLIMIT_MEMLOCK ({n}) exceeded"},
		.meaning =
			"QEMU's process may not lock as much memory as the guest has: the number is "
			"its limit in bytes.",
		.related = {"memory.lock-limit"},
		.fact = LOG_FACT_LOCK_LIMIT,
		.settle =
			"Compare the limit of QEMU's process (/proc/PID/limits, Max locked memory) "
			"with the memory of the guest, once for each function behind a vIOMMU.",
		.remedy = "Raise the limit of locked memory for who starts QEMU, or have libvirt "
			  "start it as root.",
	},
};

const struct log_table log_binding_messages = {rows, ARRAY_LENGTH(rows)};

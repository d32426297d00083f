/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "model/log/message.h"

/* Faults while the host runs: drivers/iommu/intel/dmar.c, drivers/iommu/amd/iommu.c,
 * drivers/pci/pcie/aer.c. */
static const struct log_message rows[] = {
	{
		/* intel_iommu_map(), drivers/iommu/intel/iommu.c */
		.id = "mapped-beyond-width",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"iommu width ({n}) is not sufficient for the mapped address"},
		.meaning =
			"VT-d translates as many bits of address as the line says, and a guest's "
			"memory or a BAR of its devices lies beyond. Of a BAR, transfers between "
			"devices fail, and the guest runs; with memory beyond it does not start.",
		.related = {"iommu-capabilities.narrow", "domain-memory.beyond-iommu",
			    "caution.address-width"},
		.settle = "Look in QEMU's log beside it for vfio_dma_map or "
			  "vfio_container_dma_map, and whether the guest stopped.",
		.remedy = "Keep the guest's addresses below that width: a smaller physical address "
			  "width of its processor (<maxphysaddr>), or less memory.",
	},
	{
		/* quirk_dma_func1_alias() and the like, drivers/pci/quirks.c */
		.id = "vt-d-no-entry",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms =
			{"[DMA Read] Request device [{f}] {*}Present bit in context entry is clear",
			 "[DMA Write] Request device [{f}] {*}Present bit in context entry is clear",
			 "[DMA Read {*}] Request device [{f}] {*}Present bit in context entry is "
			 "clear",
			 "[DMA Write {*}] Request device [{f}] {*}Present bit in context entry is "
			 "clear"},
		.meaning =
			"The IOMMU has no entry for the address that a device sent under. Where the "
			"host has no function there, another function of the card sends in its name "
			"(SATA controllers of Marvell send as function 1), and the kernel does not "
			"know that of this card: with the IOMMU on it fails on the host and in a "
			"guest. Where it has one, nobody had that set up just then.",
		.settle = "Look in lspci whether the host has a function at that address.",
		.remedy =
			"Where it has none, boot a newer kernel, which may know the card, or take "
			"another card.",
	},
	{
		.id = "vt-d-fault",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms =
			{"[DMA Read] Request device [{f}] {*}fault addr {x} [fault reason {x}]",
			 "[DMA Write] Request device [{f}] {*}fault addr {x} [fault reason {x}]",
			 "[DMA Read {*}] Request device [{f}] {*}fault addr {x} [fault reason {x}]",
			 "[DMA Write {*}] Request device [{f}] {*}fault addr {x} [fault reason {x}]",
			 "[DMA Read {*}] Request device [{f}] ",
			 "[DMA Write {*}] Request device [{f}] ",
			 "[INTR-REMAP] Request device [{f}] "},
		.versions = "Linux up to 5.10 prints numbers without 0x",
		.meaning =
			"The function read or wrote at an address where the IOMMU maps nothing for "
			"it. Left-over DMA of a guest that restarts is harmless; an address in "
			"memory that firmware reserves for the function is not.",
		.related = {"reserved-memory.blocks", "reserved-memory.blocks-all"},
		.fact = LOG_FACT_RESERVED,
		.settle =
			"Compare the address with the reserved_regions of the function's group, and "
			"the time with guests that started or stopped.",
		.remedy =
			"If it goes on in a running guest, update the device's firmware and driver.",
	},
	{
		.id = "vt-d-fault-status",
		.source = LOG_KERNEL,
		.forms = {"DRHD: handling fault status reg"},
		.meaning = "The IOMMU reports faults; the next line names the function.",
	},
	{
		.id = "iommu-no-answer",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Invalidation Time-out Error", "ITE cleared",
			  "IOTLB_INV_TIMEOUT device={f}", "IOTLB_INV_TIMEOUT",
			  "Completion-Wait loop timed out", "AMD-Vi: Command buffer timeout",
			  "CMD_SYNC timeout at {x}"},
		.meaning =
			"A device that caches translations (ATS) no longer answers the IOMMU: it is "
			"off, or dead after a reset.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.settle =
			"Read the config space of the devices with ATS: one that reads as all ones "
			"is gone. Look at power_state, too.",
		.remedy =
			"Power the host off and on, and choose another reset_method for the device.",
	},
	{
		.id = "amd-vi-fault",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Event logged [IO_PAGE_FAULT device={f}{*}address={x}",
			  "Event logged [INVALID_DEVICE_REQUEST device={f}",
			  "IO_PAGE_FAULT device={f}{*}address={x}",
			  "Event logged [IO_PAGE_FAULT domain={*}address={x}",
			  "Event logged [IO_PAGE_FAULT", "INVALID_DEVICE_REQUEST device={f}",
			  "Event logged [INVALID_DEVICE_REQUEST"},
		.meaning =
			"The function read or wrote at an address where the IOMMU maps nothing for "
			"it. Left-over DMA of a guest that restarts is harmless; an address in "
			"memory that firmware reserves for the function is not.",
		.related = {"reserved-memory.blocks", "reserved-memory.blocks-all"},
		.fact = LOG_FACT_RESERVED,
		.settle =
			"Compare the address with the reserved_regions of the function's group, and "
			"the time with guests that started or stopped.",
		.remedy =
			"If it goes on in a running guest, update the device's firmware and driver.",
	},
	{
		/* arm_smmu_print_evt(), arm-smmu-v3.c; arm_smmu_context_fault(), arm-smmu.c */
		.id = "smmu-fault",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"event: F_TRANSLATION client: {f}", "event: F_PERMISSION client: {f}",
			  "event 0x10 received:", "Unhandled context fault: fsr={x}, iova={x}"},
		.versions = "the first two from Linux 6.15",
		.meaning =
			"A device read or wrote at an address where the SMMU maps nothing for it. "
			"Left-over DMA of a guest that restarts is harmless.",
		.related = {"reserved-memory.blocks", "reserved-memory.blocks-all"},
		.settle = "Compare the time with guests that started or stopped.",
		.remedy =
			"If it goes on in a running guest, update the device's firmware and driver.",
	},
	{
		/* pnv_eeh_next_error() and eeh_dev_check_failure(), arch/powerpc */
		.id = "eeh-frozen",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"EEH: Frozen PE#{x} on PHB#{x} detected",
			  "EEH: Frozen PE#{x} detected on PHB#{x}"},
		.meaning = "A POWER host stopped a group of functions after an error, as DMA to "
			   "where nothing is mapped. They read as all ones until they are reset.",
		.related = {"assignability.unreachable"},
		.settle = "Look at the lines of EEH after it, which name the functions and tell "
			  "whether they recovered; compare the time with guests that started or "
			  "stopped.",
		.remedy = "If it comes again with a guest, update the device's firmware and "
			  "driver.",
	},
	{
		/* eeh_handle_normal_event() */
		.id = "eeh-given-up",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"EEH: Unable to recover from failure from PHB#{x}-PE#{x}",
			  "EEH: PHB#{x}-PE#{x} has failed {n} times in the"},
		.meaning = "A POWER host gave functions up after errors that did not end.",
		.findings = {"assignability.unreachable"},
		.inconclusive = true,
		.settle = "Look at the lines of EEH before it, which name the functions.",
		.remedy = "Reseat or replace the card, then power the host off and on.",
		.explained_by = {"eeh-frozen"},
	},
	{
		/* "Corrected" up to 6.1, "Correctable" from 6.12 */
		.id = "link-noise",
		.source = LOG_KERNEL,
		.forms = {"PCIe Bus Error: severity=Corrected",
			  "PCIe Bus Error: severity=Correctable"},
		.meaning = "The link corrected a transmission error. It is noise that buries other "
			   "lines, and no fault of passthrough.",
		.remedy = "Reseat the card, or turn ASPM off; pci=noaer only hides it.",
	},
	{
		.id = "link-noise-counted",
		.source = LOG_KERNEL,
		.forms = {"error message received from {f}", "error received: {f}"},
		.meaning = "A port received an error report; the lines after this one say which "
			   "error.",
	},
	{
		.id = "device-stopped-answering",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"PCIe Bus Error: severity=Uncorrected (Fatal)",
			  "PCIe Bus Error: severity=Uncorrectable (Fatal)"},
		.meaning =
			"A fatal error on the link: with a completion timeout (CmpltTO), the device "
			"below stopped answering, as one does that fails to come back from a reset.",
		.findings = {"assignability.unreachable", "reset.card"},
		.inconclusive = true,
		.settle =
			"Look whether the config space of the devices below this port reads as all "
			"ones.",
		.remedy = "Power the host off and on.",
	},
	{
		.id = "link-error",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"PCIe Bus Error: severity=Uncorrected (Non-Fatal)",
			  "PCIe Bus Error: severity=Uncorrectable (Non-Fatal)"},
		.meaning =
			"The link lost data that it could not repair; the driver or the guest sees "
			"an error.",
		.settle = "Look for a fatal error, and for lines of the device's driver, after it.",
		.remedy = "Reseat the card, and update its firmware.",
	},
	{
		/* dpc_process_error(), drivers/pci/pcie/dpc.c */
		.id = "port-contained",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"DPC: containment event, status:{x}"},
		.meaning =
			"A port cut off what is below it after an error of the link. A guest that "
			"has that function loses it.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.inconclusive = true,
		.settle =
			"Look whether the function below the port answers, and at the lines of AER "
			"beside it.",
		.remedy = "Power the host off and on. Reseat the card if it comes again.",
	},
	{
		/* pcie_do_recovery(), drivers/pci/pcie/err.c */
		.id = "recovery-failed",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"AER: can't recover (no error_detected callback)",
			  "AER: device recovery failed"},
		.meaning = "After an error of the link a driver did not bring the device back. "
			   "vfio-pci stops the guest instead.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.inconclusive = true,
		.settle = "Look which error of the link stands before it, and whether the function "
			  "answers.",
		.remedy = "Power the host off and on.",
		.explained_by = {"device-stopped-answering"},
	},
	{
		/* drivers/pci/hotplug/pciehp_ctrl.c */
		.id = "slot-link-down",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"): Link Down", "): Card not present"},
		.meaning = "For the kernel the slot lost its card: a reset took the link down, the "
			   "power was cut, or somebody pulled the card.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.inconclusive = true,
		.settle =
			"Look whether a line that the link is up follows, and whether the card is "
			"in lspci.",
		.remedy = "Power the host off and on if the card does not come back.",
	},
};

const struct log_table log_fault_messages = {rows, ARRAY_LENGTH(rows)};

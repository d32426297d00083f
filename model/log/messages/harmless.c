/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "model/log/message.h"

/* Lines that look like a fault, or like the proof of something, and are neither. */
static const struct log_message rows[] = {
	{
		.id = "efifb-assigned",
		.source = LOG_KERNEL,
		.forms = {"BAR {n}: assigned to efifb", "setting as boot VGA device",
			  "BAR {n} [mem {*}]: assigned to efifb"},
		.meaning = "The kernel tells which display firmware used.",
	},
	{
		.id = "vt-d-option-read",
		.source = LOG_KERNEL,
		.forms = {"DMAR: IOMMU enabled"},
		.meaning =
			"The kernel read intel_iommu=on. The line does not prove that VT-d is on: "
			"it also comes on a host without it, or with AMD-Vi.",
	},
	{
		.id = "vt-d-runs",
		.source = LOG_KERNEL,
		.forms = {"DMAR: Intel(R) Virtualization Technology for Directed I/O"},
		.meaning = "VT-d is on.",
	},
	{
		.id = "iommu-v2-missing",
		.source = LOG_KERNEL,
		.forms = {"AMD IOMMUv2 functionality not available on this system"},
		.meaning = "The IOMMU has no feature that passthrough could use.",
	},
	{
		.id = "vfio-loaded",
		.source = LOG_KERNEL,
		.forms = {"VFIO - User Level meta-driver version"},
		.meaning = "VFIO is loaded. The line does not say which functions it has.",
	},
	{
		.id = "vfio-ids-read",
		.source = LOG_KERNEL,
		.forms = {"vfio_pci: add [{i}", "vfio_pci: add ["},
		.meaning = "vfio-pci read its option ids. The line does not say which functions "
			   "vfio-pci has.",
	},
	{
		.id = "device-enabled",
		.source = LOG_KERNEL,
		.forms = {"enabling device ({x} -> {x})"},
		.meaning = "A driver switched the device on.",
	},
	{
		.id = "capability-hidden",
		.source = LOG_KERNEL,
		.forms = {"vfio_ecap_init: hiding ecap", "vfio_cap_init: hiding cap"},
		.meaning = "vfio-pci keeps a capability from guests that they could not use.",
	},
	{
		.id = "graphics-translated",
		.source = LOG_KERNEL,
		.forms = {"Skip IOMMU disabling for graphics"},
		.meaning = "The IOMMU translates the graphics, too.",
	},
	{
		.id = "units-differ",
		.source = LOG_KERNEL,
		.forms = {"DMAR: IOMMU feature ", "IOMMU feature "},
		.meaning = "The IOMMUs differ in a feature; the kernel uses what all have.",
	},
	{
		.id = "parameters-passed-on",
		.source = LOG_KERNEL,
		.forms = {"Unknown kernel command line parameters \""},
		.meaning = "Words of the kernel command line are for programs, as BOOT_IMAGE= is: "
			   "the kernel passes them on.",
	},
	{
		.id = "amd-vi-on-anyway",
		.source = LOG_KERNEL,
		.forms = {"AMD-Vi: Unknown option - 'on'"},
		.meaning = "amd_iommu=on is nothing that the kernel knows: AMD-Vi is on without "
			   "it.",
	},
	{
		.id = "locked-down",
		.source = LOG_KERNEL,
		.forms = {"Kernel is locked down from"},
		.meaning = "The kernel is locked down, as with Secure Boot. VFIO works; what does "
			   "not says so in lines of its own.",
	},
	{
		/* 6 is PCI_ROM_RESOURCE, "ROM" from Linux 6.8 on. */
		.id = "rom-without-room",
		.source = LOG_KERNEL,
		.forms = {": BAR 6: no space for [mem size {x}{*}]",
			  ": BAR 6: failed to assign [mem size {x}{*}]",
			  "ROM [mem size {x}{*}]: can't assign; no space",
			  "ROM [mem size {x}{*}]: failed to assign"},
		.meaning = "The kernel found no room for a card's option ROM, which few guests "
			   "need.",
	},
	{
		/* init_iommu_perf_ctr() of drivers/iommu/amd/init.c */
		.id = "iommu-counters",
		.source = LOG_KERNEL,
		.forms = {"Unable to read/write to IOMMU perf counter"},
		.meaning = "perf does not count what the IOMMU does. Passthrough is not affected.",
	},
	{
		/* dmar_match_pci_path(): of an RMRR, and of any other entry of the table */
		.id = "vt-d-path-short",
		.source = LOG_KERNEL,
		.forms = {"RMRR entry for device {f} is broken - applying workaround"},
		.meaning = "Firmware's DMAR table names a function by its own bus, and not by the "
			   "path from its root port. The kernel takes it as it is meant.",
	},
	{
		.id = "vmd-domain",
		.source = LOG_KERNEL,
		.forms = {"Bound to PCI domain {x}"},
		.meaning = "Intel's VMD shows the drives behind it in a PCI domain of their own.",
	},
	{
		.id = "vga-decodes",
		.source = LOG_KERNEL,
		.forms = {"vgaarb: changed VGA decodes: olddecodes=",
			  "vgaarb: VGA decodes changed: olddecodes=",
			  "changed VGA decodes: olddecodes=", "VGA decodes changed: olddecodes="},
		.meaning = "The old VGA ports were passed to another display.",
	},
	{
		.id = "msr-ignored",
		.source = LOG_KERNEL,
		.forms = {"ignored rdmsr: {x}", "ignored wrmsr: {x}", "ignored rdmsr",
			  "unhandled rdmsr: {x}", "unhandled wrmsr: {x}"},
		.meaning =
			"KVM answered a register that it does not know, as the option ignore_msrs "
			"asks.",
	},
	{
		.id = "intx-broken",
		.source = LOG_KERNEL,
		.forms = {"Masking broken INTx support"},
		.meaning = "vfio-pci keeps an interrupt from guests that this device cannot mask.",
	},
	{
		.id = "irq-bypass-refused",
		.source = LOG_KERNEL,
		.forms = {"irq bypass producer (token {x}) registration fails: {e}",
			  "irq bypass producer (eventfd {x}) registration fails: {e}",
			  "irq bypass consumer (token {x}) registration fails: {e}",
			  "irq bypass consumer (eventfd {x}) registration fails: {e}"},
		.meaning =
			"An interrupt of the function goes to the guest by way of the host, which "
			"costs a little time and breaks nothing.",
	},
	{
		.id = "bogus-intx",
		.source = LOG_KERNEL,
		.forms = {"Hardware bug: VF reports bogus INTx pin {n}"},
		.meaning = "VFs have no old interrupt; vfio-pci ignores what this one claims.",
	},
	{
		/* vfio_pci_bus_notifier() */
		.id = "vf-captured",
		.source = LOG_KERNEL,
		.forms = {"Captured SR-IOV VF {f} driver_override"},
		.meaning =
			"The PF is on vfio-pci, which keeps the drivers of the host off its new VFs.",
	},
	{
		.id = "module-builtin",
		.source = LOG_MODPROBE,
		.forms = {"Module vfio_pci is builtin", "Module vfio is builtin",
			  "Module vfio_iommu_type1 is builtin"},
		.meaning = "The driver is part of the kernel, so there is no module to load.",
	},
	{
		.id = "reset-told",
		.source = LOG_KERNEL,
		.forms = {"vfio-pci {f}: resetting", "vfio-pci {f}: reset done"},
		.versions = "Linux 6.10 and later",
		.meaning = "vfio-pci resets the function, as it does for each guest.",
	},
	{
		.id = "console-leaves",
		.source = LOG_KERNEL,
		.forms = {"vgaarb: deactivate vga console",
			  "Console: switching to colour dummy device"},
		.meaning = "The text console left a display that another driver takes.",
	},
	{
		.id = "nvidia-finds-none",
		.source = LOG_KERNEL,
		.forms = {"NVRM: The NVIDIA probe routine was not called for {n} device(s)"},
		.meaning = "NVIDIA's driver finds no GPU, because another driver has it, as "
			   "vfio-pci is meant to.",
	},
	{
		.id = "bars-restored",
		.source = LOG_KERNEL,
		.forms = {"reset recovery - restoring BARs", "reset_recovery - restoring BARs"},
		.meaning = "vfio-pci wrote the BARs again after a reset. Once, it is harmless.",
	},
	{
		.id = "translation-was-on",
		.source = LOG_KERNEL,
		.forms = {"Translation was enabled for dmar{n} but we are not in kdump mode",
			  "Translation was enabled for "},
		.meaning = "Firmware left translation on; the kernel starts it anew.",
	},
	{
		/* quirk_fixed_dma_alias(), pci_quirk_enable_intel_pch_acs(): drivers/pci/quirks.c
		 */
		.id = "requester-id-known",
		.source = LOG_KERNEL,
		.forms = {"Enabling fixed DMA alias to "},
		.meaning =
			"The kernel knows that the device sends under another function's id, and "
			"translates that, too.",
	},
	{
		.id = "acs-workaround",
		.source = LOG_KERNEL,
		.forms = {"Intel PCH root port ACS workaround enabled",
			  "Intel SPT PCH root port ACS workaround enabled"},
		.meaning = "The port isolates in a way of its own, which the kernel knows.",
	},
	{
		/* iomem_map_sanity_check(), kernel/resource.c */
		.id = "mapping-too-wide",
		.source = LOG_KERNEL,
		.forms = {"resource sanity check: requesting "},
		.meaning = "A mapping reaches beyond its resource, as that of a boot display's ROM "
			   "does. The kernel goes on.",
	},
	{
		/* pf_enable_vfs(), drivers/gpu/drm/xe/xe_pci_sriov.c */
		.id = "vfs-made",
		.source = LOG_KERNEL,
		.forms = {"PF: Enabled {n} of {n} VF"},
		.meaning = "The graphics driver made the VFs.",
	},
	{
		.id = "default-domain",
		.source = LOG_KERNEL,
		.forms = {"iommu: Default domain type: "},
		.meaning = "The line says how the host's own DMA is translated; that of guests "
			   "always is.",
	},
};

const struct log_table log_harmless_messages = {rows, ARRAY_LENGTH(rows)};

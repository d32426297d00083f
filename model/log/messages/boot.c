/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "model/log/message.h"

/* What the kernel says of IOMMUs and of the remapping of interrupts while it boots:
 * drivers/iommu/, arch/x86/kernel/. */
static const struct log_message rows[] = {
	{
		.id = "vt-d-off",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"DMAR: IOMMU disabled"},
		.meaning =
			"intel_iommu=off stands on the command line of that boot, so VT-d is off.",
		.findings = {"kernel-cmdline.iommu-off"},
		.settle = "Look at /proc/cmdline for intel_iommu=off.",
		.remedy = "Remove intel_iommu=off from the kernel command line and reboot.",
	},
	{
		/* detect_intel_iommu(), drivers/iommu/intel/dmar.c: flag 8 of the DMAR table */
		.id = "vt-d-off-by-firmware",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Firmware forces DMA remapping off"},
		.versions = "Linux 7.3 and later",
		.meaning = "Firmware's DMAR table asks for VT-d to stay off, and the kernel obeys, "
			   "whatever the command line says.",
		.findings = {"iommu-groups.none"},
		.settle = "Look at the flags of the DMAR table: 8 is that demand.",
		.remedy = "Turn VT-d on in the firmware setup, or update the firmware.",
	},
	{
		/* intel_iommu_setup(), drivers/iommu/intel/iommu.c */
		.id = "igfx-off",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"DMAR: Disable GFX device mapping",
			  "DMAR: Disable integrated GPU device mapping"},
		.meaning =
			"intel_iommu=igfx_off stands on the command line of that boot: VT-d does "
			"not translate Intel's integrated graphics, which is then in no group.",
		.findings = {"iommu-groups.ungrouped", "dma-units.mismatch"},
		.inconclusive = true,
		.settle = "Look at /proc/cmdline for igfx_off, and whether 00:02.0 has a link "
			  "iommu_group.",
		.remedy = "Remove igfx_off if a guest is to have the integrated graphics.",
	},
	{
		/* quirk_iommu_igfx(), quirk_calpella_no_shadow_gtt(): drivers/iommu/intel/iommu.c
		 */
		.id = "graphics-not-translated",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Disabling IOMMU for graphics on this chipset",
			  "BIOS has allocated no shadow GTT; disabling IOMMU for graphics"},
		.meaning =
			"The kernel keeps Intel's integrated graphics of this chipset from VT-d, "
			"whatever the command line says, so they are in no group. Other "
			"functions are not affected.",
		.findings = {"iommu-groups.ungrouped", "dma-units.mismatch"},
		.inconclusive = true,
		.settle = "Look whether 00:02.0 has a link iommu_group.",
		.remedy = "Give the guest another graphics card. Where firmware allocated no "
			  "shadow GTT, its setup may have a setting for VT-d with graphics.",
	},
	{
		.id = "iommu-option-unknown",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"DMAR: Unknown option - '", "AMD-Vi: Unknown option - '"},
		.versions = "Linux 6.1 and later",
		.meaning = "The kernel does not know a word behind intel_iommu= or amd_iommu=, and "
			   "ignores it.",
		.findings = {"kernel-cmdline.no-effect", "kernel-cmdline.misspelt"},
		.inconclusive = true,
		.settle =
			"Compare the words behind intel_iommu= and amd_iommu= in /proc/cmdline with "
			"those that this kernel knows.",
		.remedy = "Remove the word, or put the right one there.",
	},
	{
		.id = "vt-d-table-empty",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"No DMAR devices found", "No DRHD structure found in DMAR table",
			  "Parse DMAR table failure", "Invalid DMAR haw",
			  "Record passes table end"},
		.meaning =
			"Firmware's DMAR table names no IOMMU, or the kernel refused the table, so "
			"VT-d stays off.",
		.findings = {"acpi-dmar.no-unit", "acpi-dmar.malformed", "acpi-dmar.zero-length",
			     "acpi-dmar.past-end", "acpi-dmar.short-structure",
			     "acpi-dmar.no-registers", "acpi-dmar.width", "acpi-dmar.name",
			     "acpi-dmar.far-registers", "acpi-dmar.absent",
			     "interrupt-firmware.table-refused", "iommu-groups.none"},
		.settle = "Read the DMAR table as root: /sys/firmware/acpi/tables/DMAR.",
		.remedy = "Turn VT-d on in the firmware setup, or update the firmware.",
	},
	{
		.id = "vt-d-unit-at-zero",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Your BIOS is broken; DMAR reported at address 0!"},
		.meaning = "An IOMMU in firmware's DMAR table has no registers (address 0), so the "
			   "kernel leaves VT-d off.",
		.findings = {"acpi-dmar.no-registers", "iommu-groups.none"},
		.settle = "Read the DMAR table as root: /sys/firmware/acpi/tables/DMAR.",
		.remedy = "Update the firmware.",
	},
	{
		.id = "vt-d-unit-all-ones",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Your BIOS is broken; DMAR reported at address {x} returns all ones!"},
		.meaning = "Firmware's DMAR table names an IOMMU whose registers do not answer: "
			   "firmware did not switch VT-d on.",
		.findings = {"dma-units.idle", "interrupt-firmware.table-refused",
			     "acpi-dmar.far-registers", "iommu-groups.none"},
		.settle = "Compare the units of the DMAR table with /sys/class/iommu: the one that "
			  "the message names is missing there.",
		.remedy = "Turn VT-d on in the firmware setup; if it is on, update the firmware.",
	},
	{
		.id = "vt-d-table-defect",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Your BIOS is broken; bad RMRR [",
			  "RHSA refers to non-existent DMAR unit",
			  "ANDD object name is not NUL-terminated",
			  "No firmware reserved region can cover this RMRR ["},
		.meaning =
			"Firmware's DMAR table has a defect. An ANDD name without an end makes the "
			"kernel refuse the table; the others leave VT-d on.",
		.findings = {"acpi-dmar.reserved-region", "acpi-dmar.affinity", "acpi-dmar.name"},
		.settle = "Read the DMAR table as root: /sys/firmware/acpi/tables/DMAR.",
		.remedy = "Update the firmware.",
	},
	{
		/* dmar_insert_dev_scope(), drivers/iommu/intel/dmar.c */
		.id = "vt-d-scope-conflict",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Device scope type does not match for {f}"},
		.meaning = "Firmware's DMAR table calls a bridge an endpoint, or an endpoint a "
			   "bridge, so the kernel leaves the remapping of DMA off.",
		.findings = {"dma-units.scope-conflict", "iommu-groups.none",
			     "iommu-groups.ungrouped"},
		.settle = "Compare the device scopes of the DMAR table with the header types of "
			  "those functions.",
		.remedy = "Update the firmware.",
	},
	{
		.id = "vt-d-no-width",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"No supported address widths. Not attempting DMA translation"},
		.meaning =
			"An IOMMU supports no address width that the kernel knows, so it does not "
			"translate.",
		.findings = {"iommu-capabilities.no-width", "dma-units.idle",
			     "iommu-groups.ungrouped", "iommu-groups.none"},
		.settle = "Look at /sys/class/iommu/dmar*/intel-iommu/cap.",
		.remedy = "Update the firmware.",
	},
	{
		.id = "amd-vi-table-defect",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"IVRS table error:", "IVRS invalid checksum"},
		.meaning = "The kernel refused firmware's IVRS table, so AMD-Vi stays off.",
		.findings = {"acpi-ivrs.malformed", "acpi-ivrs.checksum", "acpi-ivrs.past-end",
			     "acpi-ivrs.zero-length", "acpi-ivrs.short-block",
			     "acpi-ivrs.entry-length", "acpi-ivrs.no-unit",
			     "acpi-ivrs.no-registers", "acpi-ivrs.special-device",
			     "interrupt-firmware.table-refused", "iommu-groups.none"},
		.settle = "Read the IVRS table as root: /sys/firmware/acpi/tables/IVRS.",
		.remedy = "Update the firmware.",
	},
	{
		/* iommu_map_mmio_space(), drivers/iommu/amd/init.c */
		.id = "amd-vi-registers",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"AMD-Vi: Can not reserve memory region {x}-{x} for mmio"},
		.meaning =
			"The registers of an IOMMU lie where something else is, or at address 0, "
			"so AMD-Vi stays off.",
		.findings = {"acpi-ivrs.no-registers", "iommu-groups.none"},
		.inconclusive = true,
		.settle = "Compare the base addresses of the IVRS table with /proc/iomem, as root.",
		.remedy = "Update the firmware.",
	},
	{
		.id = "amd-vi-features-differ",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Found inconsistent EFR"},
		.meaning =
			"The IVRS table and an IOMMU's register tell different features; the kernel "
			"goes by one of them.",
		.settle = "Compare /sys/class/iommu/ivhd*/amd-iommu/features with the IVRS table.",
		.remedy = "Update the firmware.",
	},
	{
		.id = "group-refused",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Failed to add to iommu group"},
		.meaning =
			"The function got no IOMMU group, and without one VFIO does not take it.",
		.findings = {"iommu-groups.ungrouped", "iommu-groups.none"},
		.related = {"dma-units.uncovered"},
		.fact = LOG_FACT_NO_GROUP,
		.settle = "Look whether the function has a link iommu_group in sysfs.",
		.remedy = "Update the firmware; if that does not help, use a newer kernel.",
	},
	{
		/* iommu_snp_enable(), drivers/iommu/amd/init.c */
		.id = "snp-without-iommu",
		.source = LOG_KERNEL,
		.forms = {"SNP: IOMMU disabled or configured in passthrough mode, SNP cannot be",
			  "SNP: IOMMU is disabled or configured in passthrough mode, SNP cannot be",
			  "SNP: IOMMU is either disabled or configured in passthrough mode",
			  "SNP: IOMMU disabled, SNP cannot be",
			  "SNP: IOMMU configured in passthrough mode, SNP cannot be",
			  "SNP: IOMMU is configured with V2 page table mode, SNP cannot be",
			  "SNP: IOMMU SNP feature not enabled, SNP cannot be"},
		.meaning =
			"The host cannot run SEV-SNP guests: they need an IOMMU that translates, "
			"with its first kind of page tables. Other guests get devices all the "
			"same.",
		.related = {"secure-guests.snp-blocked"},
		.remedy =
			"For SEV-SNP guests, remove iommu=pt, iommu.passthrough=1 and amd_iommu= "
			"from the kernel command line, and turn SEV-SNP on in the firmware setup.",
	},
	{
		/* enable_IR_x2apic(), arch/x86/kernel/apic/apic.c: alone it says that there is no
		 * remapping at all. */
		.id = "x2apic-without-remapping",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"x2apic: IRQ remapping doesn't support X2APIC mode"},
		.meaning =
			"The kernel turned x2APIC off because interrupts are not remapped in that "
			"mode. Without a line that remapping is enabled in xapic mode, interrupts "
			"are not remapped at all.",
		.findings = {"interrupt-remapping.off", "interrupt-remapping.off-allowed",
			     "interrupt-remapping.partly"},
		.related = {"kernel-config.missing", "interrupt-firmware.unused"},
		.settle = "Look for IR- chips in /proc/interrupts, and for CONFIG_IRQ_REMAP in the "
			  "kernel's configuration.",
		.remedy = "Use a kernel with CONFIG_IRQ_REMAP, and turn VT-d or AMD-Vi on.",
		.explained_by = {"interrupt-remapping-on"},
	},
	{
		.id = "interrupt-remapping-failed",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Failed to enable irq remapping. You are vulnerable",
			  "Not enabling interrupt remapping",
			  "This system BIOS has enabled interrupt remapping",
			  "AMD-Vi: Disabling interrupt remapping"},
		.meaning = "Interrupts are not remapped, so VFIO refuses every function unless "
			   "allow_unsafe_interrupts is set.",
		.findings = {"interrupt-remapping.off", "interrupt-remapping.off-allowed",
			     "interrupt-remapping.partly"},
		.related = {"interrupt-firmware.not-offered", "interrupt-firmware.table-refused",
			    "interrupt-firmware.unit-incapable", "interrupt-firmware.unused",
			    "kernel-cmdline.interrupt-remapping-off"},
		.settle = "Look for IR- chips in /proc/interrupts.",
		.remedy = "Update the firmware. The 5500 and 5520 chipsets of an early stepping "
			  "cannot remap interrupts: take another board.",
	},
	{
		/* a patch of distributions, not of Linux */
		.id = "acs-override",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"PCIe ACS overrides enabled"},
		.versions = "kernels with the ACS override patch",
		.meaning = "pcie_acs_override= splits groups that the hardware does not isolate: "
			   "functions in different guests may reach each other and the host.",
		.findings = {"kernel-cmdline.acs-override"},
		.settle = "Look at /proc/cmdline for pcie_acs_override.",
		.remedy =
			"Remove it unless you trust the guests as much as the host; move the card "
			"to a slot that isolates.",
	},
	{
		.id = "ioapic-uncovered",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"ioapic {n} has no mapping iommu, interrupt remapping will be disabled",
			  "IOAPIC[{n}] not in IVRS table", "No southbridge IOAPIC found"},
		.meaning =
			"Firmware's table leaves an I/O APIC out, so the kernel turns the remapping "
			"of interrupts off.",
		.findings = {"interrupt-firmware.ioapic-uncovered",
			     "interrupt-firmware.no-southbridge", "interrupt-remapping.off",
			     "interrupt-remapping.off-allowed"},
		.settle = "Compare the I/O APICs of the MADT with those of the DMAR or IVRS table.",
		.remedy =
			"Update the firmware; on AMD, ivrs_ioapic[ID]=ADDRESS on the kernel command "
			"line helps until then.",
	},
	{
		/* feat_ctl.c; cpu/amd.c from 6.12 */
		.id = "virtualization-off",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"VMX (outside TXT) disabled by BIOS",
			  "SVM disabled (by BIOS) in MSR_VM_CR", "SVM disabled (by BIOS)",
			  "VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL", "kvm: disabled by bios",
			  "kvm: no hardware support", "SVM not supported by CPU {n}",
			  "VMX not supported by CPU {n}"},
		.meaning =
			"The processor runs no guests with KVM: firmware has that switched off, or "
			"the hypervisor that this machine is a guest of does not pass it on. The "
			"IOMMU has a switch of its own.",
		.findings = {"cpu-virtualization.no-feature", "cpu-virtualization.no-kvm"},
		.settle = "Look for vmx or svm among the flags of /proc/cpuinfo.",
		.remedy = "Turn on VT-x, or SVM, in the firmware setup; for a guest, nested "
			  "virtualisation in its hypervisor.",
	},
	{
		/* kvm_arm_init(), arch/arm64/kvm/arm.c */
		.id = "kvm-not-at-el2",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"HYP mode not available"},
		.meaning = "The kernel was not started in hypervisor mode (EL2), so this Arm host "
			   "runs no guests with KVM.",
		.findings = {"cpu-virtualization.not-at-el2", "cpu-virtualization.no-kvm"},
		.settle = "Look whether /dev/kvm exists.",
		.remedy = "Have the firmware, or the hypervisor that this machine is a guest of, "
			  "start the kernel at EL2.",
	},
	{
		.id = "interrupt-remapping-on",
		.source = LOG_KERNEL,
		.forms = {"DMAR-IR: Enabled IRQ remapping in x2apic mode",
			  "DMAR-IR: Enabled IRQ remapping in xapic mode",
			  "AMD-Vi: Interrupt remapping enabled"},
		.meaning = "Interrupts are remapped, as VFIO wants it.",
	},
	{
		.id = "x2apic-opt-out",
		.source = LOG_KERNEL,
		.forms = {"x2apic is disabled because BIOS sets x2apic opt out bit",
			  "Your BIOS has requested that x2apic be disabled",
			  "Your BIOS is broken and requested that x2apic be disabled",
			  "Use 'intremap=no_x2apic_optout'"},
		.meaning = "Firmware asks for no x2APIC. Interrupts are remapped all the same.",
	},
	{
		.id = "vt-d-opt-in",
		.source = LOG_KERNEL,
		.forms = {"Intel-IOMMU force enabled due to platform opt in"},
		.meaning = "Firmware asked for the IOMMU, which is on without a parameter.",
	},
};

const struct log_table log_boot_messages = {rows, ARRAY_LENGTH(rows)};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_FIXES_H
#define PASSCHECK_CHECKS_SUPPORT_FIXES_H

/*
 * What fixes findings of several kinds, for the tables of kinds: sentences that a kind's own may
 * stand before or behind.
 */

/* For what takes privilege to read. */
#define FIX_READ_AS_ROOT "Run passcheck as root, or capture the host as root."

/* For what was not read, for whatever reason. */
#define FIX_READ_AT_ALL                                                                            \
	"Audit the host itself, or capture it again with passcheck capture; do so as root where "  \
	"access was denied."

/* For what can only be due to the capture. */
#define FIX_CAPTURE_AGAIN "Capture the host again."

/* For what a container hides. */
#define FIX_LEAVE_CONTAINER "Run passcheck on the host itself, outside of any container."

/* For a defect of an ACPI table, named by a literal: "DMAR". */
#define FIX_ACPI_TABLE(name)                                                                       \
	"Update the firmware; if that does not help, its maker must correct the " name " table. "  \
	"In a virtual machine, update the hypervisor that makes the table."

/* For a line that means a device which is not at its address any more. */
#define FIX_MOVED_RULE                                                                             \
	"Write the device's address of today into the rule (lspci -D shows it), or remove the "    \
	"rule where the device is gone."

/* For interrupt remapping that the kernel was told, or built, not to use. */
#define FIX_REMAPPING_REFUSED                                                                      \
	"Remove intremap=off, nointremap, noapic, nolapic or disableapic (with AMD-Vi, "           \
	"amd_iommu=off too) from the kernel command line and reboot, or boot a kernel that has "   \
	"CONFIG_IRQ_REMAP."

/* For interrupt remapping that firmware does not offer. */
#define FIX_REMAPPING_BY_FIRMWARE                                                                  \
	"Switch on interrupt remapping in the firmware setup, or update the firmware."

/* For interrupt remapping that an erratum keeps off. */
#define FIX_REMAPPING_BY_CHIPSET                                                                   \
	"Where the chipset is to blame (Intel 5500, 5520 or X58), no setting lifts its erratum: "  \
	"use a machine with another one, or, if you trust the guests as much as the host, set "    \
	"allow_unsafe_interrupts of vfio_iommu_type1."

/* For interrupt remapping that a hypervisor does not offer. */
#define FIX_REMAPPING_BY_HYPERVISOR                                                                \
	"A virtual machine needs a virtual IOMMU with interrupt remapping, if devices are to be "  \
	"passed on from it."

/* What such a hypervisor is to give, for platform_virtual_remedy(). */
#define VIRTUAL_REMAPPING "a virtual IOMMU with interrupt remapping"

#endif

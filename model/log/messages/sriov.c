/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "model/log/message.h"

/* Enabling VFs: drivers/pci/iov.c, and the drivers of PFs. */
static const struct log_message rows[] = {
	{
		/* sriov_enable() */
		.id = "vf-memory",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"not enough MMIO resources for SR-IOV", "SR-IOV: IOV BARS not allocated"},
		.meaning =
			"A BAR of the VFs has no addresses, so the kernel enables none (ENOMEM).",
		.findings = {"vf-budget.memory", "vf-budget.none"},
		.settle =
			"Look at lines 8 to 13 of the function's resource: all zero is no address.",
		.remedy =
			"Turn SR-IOV and Above 4G Decoding on in the firmware setup; if that is not "
			"enough, boot with pci=realloc.",
	},
	{
		/* pci_assign_unassigned_resources(), setup-bus.c; in 5.10 BAR 7 is the first of VFs
		 */
		.id = "vf-bar-unplaced",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"VF BAR {n} [mem size {x}{*}]: can't assign; no space",
			  "VF BAR {n} [mem size {x}{*}]: failed to assign",
			  ": BAR 7: no space for [mem size {x}{*}]",
			  ": BAR 8: no space for [mem size {x}{*}]",
			  ": BAR 9: no space for [mem size {x}{*}]",
			  ": BAR 10: no space for [mem size {x}{*}]",
			  ": BAR 11: no space for [mem size {x}{*}]",
			  ": BAR 12: no space for [mem size {x}{*}]",
			  ": BAR 7: failed to assign [mem size {x}{*}]",
			  ": BAR 8: failed to assign [mem size {x}{*}]",
			  ": BAR 9: failed to assign [mem size {x}{*}]",
			  ": BAR 10: failed to assign [mem size {x}{*}]",
			  ": BAR 11: failed to assign [mem size {x}{*}]",
			  ": BAR 12: failed to assign [mem size {x}{*}]",
			  "VF(n) BAR{n} space: [mem 0x00000000-{x}{*}]"},
		.versions = "the first two from Linux 6.8, and in stable series",
		.meaning =
			"The memory of the VFs has no addresses from firmware, or the kernel found "
			"none. Unless a later line assigns them, no VF can be enabled.",
		.findings = {"vf-budget.memory", "vf-budget.none"},
		.settle =
			"Look at lines 8 to 13 of the function's resource: all zero is no address.",
		.remedy =
			"Turn SR-IOV and Above 4G Decoding on in the firmware setup; if that is not "
			"enough, boot with pci=realloc.",
	},
	{
		/* BARs 7 to 12, those of VFs, are told by the row above: its forms begin with more
		 * text. */
		.id = "bar-without-room",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {": BAR {n} [mem size {x}{*}]: can't assign; no space",
			  ": BAR {n} [mem size {x}{*}]: failed to assign",
			  ": BAR {n}: no space for [mem size {x}{*}]",
			  "NVRM: BAR{n} is 0M @ 0x0 (PCI:{f})",
			  ": BAR {n}: failed to assign [mem size {x}{*}]",
			  ": bridge window [mem size {x}{*}]: can't assign; no space",
			  ": bridge window [mem size {x}{*}]: failed to assign"},
		.versions = "those with the size before the colon from Linux 6.8, and in stable "
			    "series",
		.meaning =
			"The kernel found no room for a BAR, or for the window of a bridge (BAR 13 "
			"to 16). Unless a later line assigns it, no guest can use the card.",
		.findings = {"assignability.bar-unplaced"},
		.settle = "Look at lines 1 to 6 of the function's resource: 0x20000000 among the "
			  "flags, or all zero, is no address.",
		.remedy = "Turn Above 4G Decoding on in the firmware setup; if that is not enough, "
			  "boot with pci=realloc.",
	},
	{
		/* i915 and xe: their resize of the BAR of the card's memory */
		.id = "bar-not-resized",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Failed to resize BAR{n} to {n}M ({e})",
			  "Failed to resize BAR{n} to {n}M ("},
		.meaning = "The BAR of the card's memory keeps the size that firmware gave it. The "
			   "card works; Intel's Arc cards are slow with so small a BAR, in a "
			   "guest, too.",
		.settle = "Compare the size of the BAR in resource with the largest of "
			  "resource2_resize.",
		.remedy = "Turn Above 4G Decoding and Resizable BAR on in the firmware setup, and "
			  "boot by UEFI without CSM.",
	},
	{
		/* ixgbe_probe(); of the module behind the port */
		.id = "sfp-refused",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"failed to load because an unsupported SFP+ or QSFP module type was "
			  "detected",
			  "failed to load because an unsupported SFP+ module type was detected"},
		.meaning = "The NIC's driver refuses the module in the port, so the host has no "
			   "interface and no VFs of it. VFIO assigns the port all the same; the "
			   "driver in the guest refuses the module in the same way.",
		.settle = "Look whether the port has a driver, and which module is in it.",
		.remedy =
			"Use a module that the driver knows, or load ixgbe with "
			"allow_unsupported_sfp=1, where the port is: on the host or in the guest.",
	},
	{
		.id = "vf-bus-numbers",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"can't enable {n} VFs (bus {x} out of range of [bus{*}])"},
		.meaning =
			"The VFs would lie on a bus that the port above does not reach (ENOMEM).",
		.findings = {"vf-budget.bus-numbers"},
		.settle =
			"Compare sriov_offset and sriov_stride with the last bus of the port above.",
		.remedy = "Turn ARI on in the firmware setup, or boot with pci=hpbussize=N or "
			  "pci=assign-busses.",
	},
	{
		/* sriov_numvfs_store(): ENOENT, though the file is there */
		.id = "pf-driver-without-vfs",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"driver does not support SR-IOV configuration via sysfs",
			  "driver does not support SRIOV configuration via sysfs"},
		.meaning = "The driver that holds the PF cannot enable VFs; the write fails with "
			   "\"No such file or directory\".",
		.findings = {"sriov-vfs.stub-driver"},
		.inconclusive = true,
		.settle =
			"Look which driver holds the PF, and whether that driver enables VFs: the "
			"i915 of Linux does not, nor does a DKMS module that was not built for this "
			"kernel.",
		.remedy =
			"Use a driver for the PF that enables VFs, built for the kernel that runs.",
	},
	{
		.id = "pf-without-driver",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"no driver bound to device; cannot configure SR-IOV"},
		.versions = "Linux 6.1 and later",
		.meaning = "No driver holds the PF, and it is the driver that enables VFs.",
		.findings = {"sriov-vfs.no-driver"},
		.settle = "Look whether the PF has a link driver in sysfs.",
		.remedy = "Bind the PF to its driver.",
	},
	{
		.id = "vfs-beyond-total",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: Numerical result out of range",
			  "sriov_numvfs: numerical result out of range",
			  "echo: write error: Numerical result out of range",
			  "sh: write error: Numerical result out of range"},
		.meaning = "More VFs were asked for than the PF has (sriov_totalvfs).",
		.findings = {"sriov-vfs.limited-by-driver"},
		.inconclusive = true,
		.settle = "Compare the number with the PF's sriov_totalvfs.",
		.remedy =
			"Ask for fewer, or raise the number in the device's own setup (for NVIDIA "
			"ConnectX: mstconfig, NUM_OF_VFS).",
	},
	{
		.id = "vfs-without-memory",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: Cannot allocate memory",
			  "sriov_numvfs: cannot allocate memory",
			  "echo: write error: Cannot allocate memory",
			  "sh: write error: Cannot allocate memory"},
		.meaning =
			"The kernel enabled no VF: a BAR of the VFs has no addresses, or they need "
			"a bus that is not reached.",
		.findings = {"vf-budget.memory", "vf-budget.bus-numbers", "vf-budget.none"},
		.settle = "Look in the kernel's log for the line on MMIO resources or on the bus.",
		.remedy = "Turn SR-IOV, ARI and Above 4G Decoding on in the firmware setup.",
		.explained_by = {"vf-memory", "vf-bus-numbers", "vf-bar-unplaced"},
	},
	{
		.id = "vfs-refused-by-driver",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: No such file or directory",
			  "sriov_numvfs: no such file or directory",
			  "echo: write error: No such file or directory",
			  "sh: write error: No such file or directory"},
		.meaning =
			"A write to sysfs failed. For sriov_numvfs, where it is there, it means that "
			"no driver holds the PF, or one that cannot enable VFs. Where it is not, "
			"the path names no interface or function of today.",
		.findings = {"sriov-vfs.no-driver", "sriov-vfs.stub-driver",
			     "sriov-config.no-interface", "sriov-config.gone"},
		.inconclusive = true,
		.settle = "Look whether the file is there, and in the kernel's log for the line on "
			  "the driver.",
		.remedy = "Use a driver for the PF that enables VFs, or correct the path.",
		.explained_by = {"pf-driver-without-vfs", "pf-without-driver"},
	},
	{
		.id = "write-busy",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: Device or resource busy",
			  "sriov_numvfs: device or resource busy",
			  "echo: write error: Device or resource busy",
			  "sh: write error: Device or resource busy"},
		.meaning =
			"A write to sysfs failed (EBUSY). For sriov_numvfs: there are VFs, and "
			"their number can change only after a write of 0. For bind: the function "
			"has a driver.",
		.findings = {"sriov-vfs.enabled"},
		.inconclusive = true,
		.settle = "Look at the PF's sriov_numvfs, and at the function's driver.",
		.remedy = "Write 0 to sriov_numvfs, then the number; unbind the function from its "
			  "driver before it is bound to another.",
		.explained_by = {"vfs-already-enabled"},
	},
	{
		.id = "bind-invalid",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"drivers/vfio-pci/bind: Invalid argument",
			  "echo: write error: Invalid argument",
			  "sh: write error: Invalid argument",
			  "drivers/vfio-pci/bind: invalid argument",
			  "drivers/vfio-pci/bind': Invalid argument",
			  "sriov_numvfs: Invalid argument", "sriov_numvfs: invalid argument"},
		.meaning =
			"A write to sysfs failed (EINVAL). For vfio-pci's bind: the function is in "
			"no IOMMU group, is a bridge, or is on the denylist. For sriov_numvfs: the "
			"driver refuses that number.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "assignability.blocked"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for what vfio-pci, or the PF's driver, says of "
			  "the function.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup and on the kernel command line.",
		.explained_by = {"vfio-probe-refused", "denylist"},
	},
	{
		.id = "write-no-device",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"echo: write error: No such device", "sh: write error: No such device",
			  "drivers/vfio-pci/bind: no such device",
			  "drivers/vfio-pci/bind': No such device"},
		.meaning =
			"A write to sysfs failed (ENODEV). For bind: the driver does not know the "
			"function's ids, and driver_override does not name it; up to Linux 5.10 "
			"also that it refused the function, as vfio-pci does without an IOMMU "
			"group. For unbind: that driver does not have the function.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped"},
		.inconclusive = true,
		.settle = "Look at the function's driver and driver_override.",
		.remedy = "Write the driver's name to the function's driver_override, then its "
			  "address to drivers_probe.",
		.explained_by = {"vfio-probe-refused", "denylist"},
	},
	{
		.id = "vfs-no-space",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: No space left on device",
			  "sriov_numvfs: no space left on device",
			  "echo: write error: No space left on device",
			  "sh: write error: No space left on device"},
		.meaning = "A write to sysfs failed (ENOSPC). For sriov_numvfs: the device has no "
			   "interrupts, queues or memory left for that many VFs.",
		.findings = {"sriov-vfs.limited-by-driver"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for what the PF's driver says at that time.",
		.remedy = "Ask for fewer VFs; with Intel's E810, keep irdma from loading, which "
			  "takes its interrupts.",
		.explained_by = {"pf-driver-limited"},
	},
	{
		.id = "vfs-not-supported",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: Operation not supported",
			  "sriov_numvfs: operation not supported",
			  "echo: write error: Operation not supported",
			  "sh: write error: Operation not supported"},
		.meaning = "A write to sysfs failed (EOPNOTSUPP). For sriov_numvfs: the PF's "
			   "driver makes no VFs in the state that the adapter is in.",
		.inconclusive = true,
		.settle = "Look in the kernel's log for what the PF's driver says at that time, "
			  "and when it was loaded.",
		.remedy = "With Intel's E810, install the package that has "
			  "intel/ice/ddp/ice.pkg, and load ice again.",
		.explained_by = {"ice-safe-mode", "pf-firmware-recovery"},
	},
	{
		/* ice_request_fw() of ice_main.c, ice_check_sriov_allowed() (6.1 to 7.1) */
		.id = "ice-safe-mode",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"SR-IOV cannot be configured - Device is in Safe Mode",
			  "The DDP package file was not found or could not be read. Entering Safe "
			  "Mode",
			  "Advanced features disabled - Device now in Safe Mode"},
		.meaning =
			"The driver ice did not find the adapter's DDP package, or could not load "
			"it. The adapter then runs in Safe Mode: the network works, and no VFs can "
			"be made (EOPNOTSUPP).",
		.settle = "Look whether the host has /lib/firmware/intel/ice/ddp/ice.pkg, and "
			  "whether the initramfs has it where that loads ice.",
		.remedy = "Install the package that has it (linux-firmware; in Debian "
			  "firmware-misc-nonfree or firmware-intel-misc), make the initramfs anew, "
			  "and load ice again.",
	},
	{
		/* sriov_enable(): InitialVFs and TotalVFs of the capability differ */
		.id = "vfs-io-error",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: Input/output error", "sriov_numvfs: input/output error",
			  "echo: write error: Input/output error",
			  "sh: write error: Input/output error"},
		.meaning =
			"A write to sysfs failed (EIO). For sriov_numvfs: the device's capability "
			"is at odds with itself, or its firmware does not answer the driver.",
		.findings = {"vf-budget.none", "sriov.cannot-enable"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for what the PF's driver says at that time.",
		.remedy = "Update the device's firmware, or reset it.",
	},
	{
		/* lookup_open() of fs/namei.c: EACCES where O_CREAT finds no file and the folder's
		 * file system, as sysfs, creates none. */
		.id = "vfs-write-denied",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: Permission denied", "sriov_numvfs: permission denied",
			  "sriov_numvfs: Read-only file system",
			  "sriov_numvfs: read-only file system"},
		.meaning =
			"The write is not permitted: its user is not root, sysfs is read-only as "
			"in a container, or a security policy forbids it. Of a shell of root on "
			"the host itself it says that the file is not there: the function has no "
			"SR-IOV, or a setting hides it.",
		.findings = {"sriov.hidden", "sriov.no-kernel-support",
			     "lockdown-selinux.sysfs-denied"},
		.inconclusive = true,
		.settle = "Look whether the file is there, who writes, and in /proc/self/mountinfo "
			  "how it has sysfs mounted.",
		.remedy =
			"Where the file is not there, use a device that has SR-IOV, or switch it on "
			"in the setup of the adapter. Otherwise write as root on the host itself; "
			"with sudo, pipe the number to sudo tee.",
	},
	{
		/* igb_enable_sriov(), ixgbe_pci_sriov_enable(), mlx5_core_sriov_configure() */
		.id = "vfs-not-permitted",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"sriov_numvfs: Operation not permitted",
			  "sriov_numvfs: operation not permitted",
			  "echo: write error: Operation not permitted",
			  "sh: write error: Operation not permitted"},
		.meaning =
			"A write to sysfs failed (EPERM). For sriov_numvfs: the PF's driver makes "
			"no VFs, or fewer, in the state that the adapter is in. igb wants MSI-X "
			"and 7 at most; ixgbe takes fewer with several traffic classes or offloaded "
			"macvlans.",
		.findings = {"sriov-vfs.limited-by-driver", "vf-budget.driver-limit"},
		.related = {"vf-budget.up-to"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for what the PF's driver says at that time.",
		.remedy = "Ask for fewer VFs, or change what the driver objects to.",
		.explained_by = {"pf-driver-limited", "vfs-held"},
	},
	{
		.id = "write-exists",
		.source = LOG_SHELL,
		.severity = LOG_MAY,
		.forms = {"new_id: File exists", "echo: write error: File exists",
			  "sh: write error: File exists"},
		.meaning = "A write to sysfs failed (EEXIST). For new_id: the driver has these ids "
			   "already, which takes nothing from another driver.",
		.settle = "Look which driver has the function.",
		.remedy = "Unbind the function from its driver, then write its address to the "
			  "other's bind.",
	},
	{
		.id = "vfs-already-enabled",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {" VFs already enabled. Disable before enabling"},
		.meaning = "The PF has VFs; their number can change only after a write of 0 "
			   "(EBUSY).",
		.findings = {"sriov-vfs.enabled"},
		.fact = LOG_FACT_VFS_ENABLED,
		.settle = "Look at the PF's sriov_numvfs.",
		.remedy = "Write 0 to the PF's sriov_numvfs, then the number.",
	},
	{
		/* bnxt_sriov_configure(): the write succeeds all the same */
		.id = "pf-interface-down",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Reject SRIOV config request since if is down",
			  "Reject SRIOV config request when FW reset is in progress"},
		.meaning =
			"The PF's driver makes no VFs while its network interface is down, or while "
			"its firmware starts anew. The write to sriov_numvfs succeeds all the same.",
		.related = {"vf-budget.up-to"},
		.settle =
			"Look at the PF's sriov_numvfs, and with ip link whether its interface is "
			"up.",
		.remedy = "Set the PF's interface up, then write the number again; at boot, have a "
			  "rule wait for the interface and not for the driver.",
	},
	{
		/* i40e_pci_sriov_configure() and i40e_ndo_set_vf_*(), ice_sriov_configure() */
		.id = "pf-not-ready",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Cannot enable SR-IOV virtual functions while the device is undergoing "
			  "diagnostic testing",
			  "Unable to configure VFs, other operation is pending",
			  "Cannot enable SR-IOV, device not ready"},
		.meaning = "The PF's driver was busy with a test, a reset or another change of "
			   "its VFs, and made none.",
		.settle = "Look in the kernel's log what the driver does at that time.",
		.remedy = "Write the number again; at boot, write it when the PF's interface is "
			  "up.",
	},
	{
		/* i40e_check_recovery_mode(), ice_print_recovery_msg(), ixgbe_check_fw_error() */
		.id = "pf-firmware-recovery",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"SR-IOV cannot be configured - Device is in Recovery Mode",
			  "Firmware recovery mode detected. Limiting functionality"},
		.meaning = "The adapter's firmware is damaged, or an update of it was not "
			   "completed. Its driver then makes no VFs.",
		.settle = "Look with ethtool -i at the version of its firmware.",
		.remedy = "Write the adapter's firmware anew with its vendor's tool (Intel: "
			  "nvmupdate64e), and power the host off and on.",
	},
	{
		/* __ixgbe_enable_sriov() */
		.id = "pf-uses-xdp",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"SRIOV is not supported with XDP"},
		.meaning = "A program of XDP is on the PF's interface, and ixgbe makes no VFs "
			   "while one is (EINVAL).",
		.settle = "Look with ip -details link at the PF's interface.",
		.remedy = "Take the program off (ip link set dev INTERFACE xdp off), then write "
			  "the number again.",
	},
	{
		/* pci_vfs_assigned() is true of VFs that Xen's pciback has, and KVM's own
		 * assignment before 4.12; VFIO does not set PCI_DEV_FLAGS_ASSIGNED. */
		.id = "vfs-held",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"because some are assigned to VMs", "since some VFs are assigned to VMs",
			  "VFs are assigned - not disabling SR-IOV", "VFs will not be deallocated",
			  "Can't disable {n} VFs, {n} are still assigned"},
		.meaning = "Guests have VFs of the PF, so its driver keeps them all, and their "
			   "number stays as it is.",
		.settle = "Look which guests run that have VFs of this PF.",
		.remedy = "Shut these guests down, then write 0 and the number again.",
	},
	{
		/* esw_offloads_start() and esw_create_offloads_fdb_tables() of mlx5_core,
		 * ice_eswitch_mode_set() */
		.id = "switchdev-refused",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Failed setting eswitch to offloads",
			  "Failed setting eswitch back to legacy",
			  "Failed to create slow path FDB Table err {e}",
			  "Can't set offloads mode, SRIOV legacy not enabled",
			  "Changing eswitch mode is allowed only if there is no VFs created",
			  "switchdev cannot be configured - "},
		.meaning = "The PF did not change to switchdev mode. Its VFs go on in legacy mode, "
			   "and have no representors.",
		.related = {"vf-setup.switchdev"},
		.settle = "Look with devlink dev eswitch show which mode the PF is in.",
		.remedy = "Take the drivers from the VFs before the mode is set, and bind them "
			  "again afterwards; ice wants it set while there are no VFs.",
	},
	{
		/* igbvf, ixgbevf, iavf and drivers of Wangxun; in the guest, too */
		.id = "vf-without-pf",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"PF still in reset state", ": PF still resetting",
			  "Failed to communicate with PF; waiting before retry"},
		.meaning =
			"The VF's driver got no answer from the PF, so the VF does not work yet: "
			"the PF's interface is down, or starts anew.",
		.related = {"vf-setup.pf-down"},
		.settle = "Look with ip link on the host whether the PF's interface is up.",
		.remedy = "Set the PF's interface up on the host, and load the VF's driver again.",
	},
	{
		/* adf_do_enable_sriov(), drivers/crypto/intel/qat */
		.id = "qat-without-iommu",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"IOMMU should be enabled for SR-IOV to work correctly"},
		.meaning = "No IOMMU translates the PF, so none of its VFs can go to a guest. Some "
			   "kernels refuse to make them (EINVAL).",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped", "iommu-groups.noiommu"},
		.settle = "Look whether the PF has a link iommu_group in sysfs.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup and on the kernel command line.",
	},
	{
		/* adf_do_enable_sriov() and adf_do_disable_sriov() of qat_common: EBUSY */
		.id = "qat-in-use",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"420xx {f}: Device busy", "4xxx {f}: Device busy",
			  "6xxx {f}: Device busy", "c3xxx {f}: Device busy",
			  "c6xx {f}: Device busy", "dh895xcc {f}: Device busy",
			  "Cannot disable SR-IOV, device in use",
			  "Cannot disable SR-IOV, device in reset"},
		.meaning = "The number of the accelerator's VFs stays as it is: programs or the "
			   "kernel's cryptography use the device, or it is being reset.",
		.settle = "Look who uses it: in /proc/crypto, drivers whose name begins with qat_ "
			  "and whose refcnt is above 1 (IPsec, disk encryption); and guests that "
			  "have its VFs.",
		.remedy = "Stop what uses it, then write the number again. At boot, write it "
			  "before such users start.",
	},
	{
		/* nv_pci_probe() of NVIDIA's driver for vGPUs */
		.id = "nvidia-vf-refused",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Aborting probe for VF {f} since PF is not bound to nvidia driver"},
		.meaning = "NVIDIA's driver did not take the VF, as its PF is on another driver. "
			   "The VF then has no vGPU profile.",
		.settle = "Look which driver has the PF.",
		.remedy = "Bind the PF to nvidia before its VFs are made with sriov-manage.",
	},
	{
		/* nv_pci_probe(), too */
		.id = "nvidia-vf-without-iommu",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Aborting probe for VF {f} since IOMMU is not present on the system"},
		.meaning = "NVIDIA's driver did not take the VF, as no IOMMU translates it. The VF "
			   "then has no vGPU profile.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped", "iommu-groups.noiommu"},
		.inconclusive = true,
		.settle = "Look whether the VF has a link iommu_group in sysfs.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup and on the kernel command line.",
	},
	{
		/* wait_fw_init() of mlx5_core: of VFs, and of the host's PFs of a DPU */
		.id = "mlx5-firmware-waits",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Waiting for FW initialization, timeout abort in",
			  "Waiting for FW pre-initialization, timeout abort in"},
		.meaning =
			"The adapter's firmware does not answer the driver yet: it starts, or has "
			"failed. On the host of a DPU it waits for the DPU. Each VF waits for "
			"up to two minutes.",
		.settle =
			"Look whether the PF has a network interface: it is gone while the firmware "
			"is in error.",
		.remedy = "Wait until the DPU has started, or reset the firmware, before VFs are "
			  "made.",
	},
	{
		/* probe_one() and mlx5_load_one() of mlx5_core */
		.id = "mlx5-not-started",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"mlx5_init_one failed with error code {e}",
			  "mlx5_load_one failed with error code {e}"},
		.meaning = "mlx5_core did not start the function: the adapter's firmware does not "
			   "answer, or refuses what the driver asks. A VF can go to a guest all "
			   "the same, where the guest's driver meets that firmware.",
		.settle = "Look at the lines before it, which say what failed.",
		.remedy = "Update the adapter's firmware; on the host of a DPU, wait until it has "
			  "started.",
		.explained_by = {"mlx5-firmware-waits"},
	},
	{
		/* NVIDIA's script, where /proc/driver/nvidia/gpus/.../unbindLock stays 0 */
		.id = "sriov-manage-busy",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"Cannot obtain unbindLock"},
		.meaning = "sriov-manage could not take the GPU from its users, and made no VFs: a "
			   "program has it open.",
		.findings = {"caution.in-use"},
		.inconclusive = true,
		.settle = "Look who has /dev/nvidia* open: nvidia-persistenced, monitoring, a "
			  "device plugin.",
		.remedy = "End it, then run sriov-manage again.",
	},
	{
		/* pci_setup_device(), probe.c: ids of VFs beyond function 7 read as ones */
		.id = "vf-unreachable",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"unknown header type 7f, ignoring device"},
		.meaning =
			"A function reads as all ones. Right after VFs were enabled: the port above "
			"does not forward ARI, so VFs beyond function 7 are not reached.",
		.findings = {"assignability.unreachable"},
		.related = {"kernel-cmdline.ari-off"},
		.inconclusive = true,
		.settle =
			"Look at ARI Forwarding Enable of the port above (DevCtl2 bit 5), and at the "
			"PF's ari_enabled.",
		.remedy = "Turn ARI forwarding on in the firmware setup, or take another slot.",
	},
	{
		.id = "pf-driver-failed",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"pci_enable_sriov failed : {e}", "mlx5_device_enable_sriov failed : {e}",
			  "failed to enable eswitch SRIOV ({e})", "Failed to enable SR-IOV: {e}",
			  "Failed to enable SR-IOV, error {e}", "Failed to enable SRIOV VFs",
			  "Failed to init vf in hardware before enable sriov, error {e}",
			  "Cannot enable SRIOV: {e}", "Failed to enable PCI sriov: {e}",
			  "Failed to enable {n} VFs ({e})", "Fail to enable sriov, status = {x}",
			  "Not enough resources for {n} VFs", "SRIOV enable failed {e}",
			  "SRIOV enable failed, num VF is {n}",
			  "continuing without SR-IOV (err = {e})"},
		.meaning =
			"The PF's driver did not enable the VFs. Where a line of the PCI core stands "
			"before it, that is the cause; otherwise it is the device's own budget.",
		.findings = {"vf-budget.memory", "vf-budget.bus-numbers", "vf-budget.none"},
		.inconclusive = true,
		.settle =
			"Look for a line on MMIO resources or on the bus before it, and at what the "
			"device's firmware allows.",
		.remedy = "Ask for fewer VFs, or raise their number in the device's own setup.",
		.explained_by = {"vf-memory", "vf-bus-numbers", "vf-unreachable"},
	},
	{
		/* ixgbe_pci_sriov_enable(), bnxt_sriov_enable(), bnxt_cfg_hw_sriov(),
		 * ice_pci_sriov_ena(), mlx4_enable_sriov(), and Intel's and AMD's own drivers */
		.id = "pf-driver-limited",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Limited to {n} VFs due to device resource",
			  "Only {n} MSI-X interrupts available", "Can start at most {n} VFs",
			  " VFs requested; only {n} enabled", "Support for SR-IOV is not available",
			  "Creating more than {n} VFs is not allowed",
			  "Cannot enable VF's as all resources are used by PF",
			  "Unable to reserve resources for SRIOV",
			  "Only able to reserve resources for {n} VFs",
			  "Requested VFs {n}, can enable {n}",
			  "Can't enable {n} VFs, max VFs supported is {n}",
			  "Not enough queues to support minimum of {n} queue pairs per VF",
			  "requested vfs ({n}) > available vfs ({n})",
			  "VF number {n} to be enabled exceeds the vf limit {n}",
			  "No VFs could be associated with this PF!"},
		.meaning =
			"The PF's driver allows fewer VFs than were asked for, by the device's own "
			"budget.",
		.findings = {"sriov-vfs.limited-by-driver", "vf-budget.driver-limit"},
		.inconclusive = true,
		.settle = "Compare the PF's sriov_totalvfs with TotalVFs of its capability.",
		.remedy = "Ask for fewer VFs, or raise their number in the device's own setup.",
	},
};

const struct log_table log_sriov_messages = {rows, ARRAY_LENGTH(rows)};

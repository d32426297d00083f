/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "model/log/message.h"

/* Who starts guests and programs without libvirt: Proxmox VE's task log (PVE/QemuServer/PCI.pm);
 * DPDK, which SPDK uses, too (lib/eal/linux/eal_vfio.c, usertools/dpdk-devbind.py); plugins of
 * Kubernetes, and Nova (nova/exception.py, nova/compute/claims.py). */
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
			  "PCI device '{f}' already in use by process",
			  "PCI device '{f}' already in use by running VMID '{n}'",
			  "PCI device '{f}' is currently reserved for use by VMID '{n}'"},
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
		/* choose_hostpci_devices(): of a mapping with several devices */
		.id = "proxmox-none-free",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"could not find a free device for 'hostpci{n}'"},
		.meaning = "Every device of the guest's resource mapping is with another guest, or "
			   "with this guest already.",
		.related = {"domain-functions.twice"},
		.settle = "Look with qm list which guests run, and which of them use the mapping.",
		.remedy = "Shut another guest down, or add a device to the mapping.",
	},
	{
		.id = "proxmox-function-twice",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"device '{f}' assigned more than once"},
		.meaning = "The guest's configuration has the function twice: a slot without a "
			   "function (01:00) stands for all functions of it.",
		.related = {"domain-functions.twice"},
		.settle = "Run passcheck domain on the guest's configuration.",
		.remedy = "Take one of the hostpci lines out.",
	},
	{
		/* PVE/QemuServer/PCI/Mdev.pm; parse_hostpci() */
		.id = "proxmox-vgpu",
		.source = LOG_PROXMOX,
		.severity = LOG_STOPS,
		.forms = {"pci device '{f}' does not support mediated devices",
			  "pci device '{f}' has no type '",
			  "pci device '{f}' has no available instances of '",
			  "could not create '{*}' for pci devices '{f}'",
			  "no nvidia sysfs api for '{f}'",
			  "vgpu type '{*}' not available for '{f}'",
			  "could not set vgpu type to '{*}' for '{f}'",
			  "unable to reset vgpu type for '{f}'",
			  "cannot use mediated device with multifunction device"},
		.meaning = "The function does not give the vGPU that mdev= asks for: its driver "
			   "makes no vGPUs, does not know the type, or has none left; or the guest "
			   "names a slot with several functions.",
		.related = {"assignability.vgpu-profile"},
		.settle = "Look at mdev_supported_types of the function; of an NVIDIA VF at "
			  "nvidia/creatable_vgpu_types.",
		.remedy = "Name one function with its number, and a type that it offers now. For "
			  "NVIDIA, enable the VFs with sriov-manage first.",
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
		.related = {"caution.igd", "domain-guest-address.legacy-igd"},
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
	{
		.id = "dpdk-group-not-viable",
		.source = LOG_DPDK,
		.severity = LOG_STOPS,
		.forms = {"EAL: {f} VFIO group is not viable!", "VFIO group is not viable!"},
		.meaning =
			"A driver of the host holds another function of the group, so VFIO gives "
			"no function of it to a program.",
		.findings = {"assignability.companions"},
		.related = {"isolation.shared-group"},
		.fact = LOG_FACT_GROUP_HELD,
		.settle =
			"Look which drivers hold the functions of the group: bridges, pci-stub and "
			"none are fine.",
		.remedy =
			"Take all functions of the group from the host's drivers, or move the card "
			"to a slot that isolates.",
	},
	{
		/* vfio_type1_dma_mem_map() of DPDK, which SPDK uses, too */
		.id = "dpdk-map-failed",
		.source = LOG_DPDK,
		.severity = LOG_STOPS,
		.forms = {"annot set up DMA remapping, error {n} ({*})",
			  "DMA remapping failed, error {n} ({*})"},
		.meaning = "VFIO did not map memory of a program. Error 12 is the limit of memory "
			   "that the program may lock; 14 and 22 are memory that the IOMMU cannot "
			   "reach or that is no plain memory.",
		.findings = {"memory.lock-limit"},
		.related = {"iommu-capabilities.narrow"},
		.inconclusive = true,
		.settle =
			"Compare the limit of the process (/proc/PID/limits, Max locked memory) with "
			"its hugepages.",
		.remedy = "Raise the limit of locked memory for the user who starts the program.",
		.explained_by = {"memlock"},
	},
	{
		/* rte_vfio_setup_device(): pci_bus has seen a driver of VFIO before */
		.id = "dpdk-no-group",
		.source = LOG_DPDK,
		.severity = LOG_STOPS,
		.forms = {"not managed by VFIO driver, skipping"},
		.meaning = "DPDK found no IOMMU group of the function, or no /dev/vfio/GROUP. In a "
			   "container that has no /dev/vfio the line says nothing of the host.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped"},
		.fact = LOG_FACT_NOT_ON_VFIO,
		.inconclusive = true,
		.settle = "Look whether the function has a link iommu_group in sysfs, and whether "
			  "/dev/vfio/GROUP is there where the program runs.",
		.remedy = "Bind the function to vfio-pci; give a container /dev/vfio.",
	},
	{
		.id = "dpdk-group-not-opened",
		.source = LOG_DPDK,
		.severity = LOG_STOPS,
		.forms = {"Cannot open /dev/vfio/{g}: {e}"},
		.meaning = "The program could not open the group's node: busy, where a guest or "
			   "another program has it open; otherwise its user may not.",
		.related = {"isolation.shared-group"},
		.settle = "Look who has /dev/vfio/GROUP open, and at its owner and mode.",
		.remedy = "Stop the other user, or give the program's user the node by a udev "
			  "rule.",
	},
	{
		/* vfio_set_iommu_type() */
		.id = "dpdk-no-iommu-type",
		.source = LOG_DPDK,
		.severity = LOG_STOPS,
		.forms = {"failed to select IOMMU type"},
		.meaning =
			"The IOMMU does not take the group: interrupts are not remapped (on Arm: "
			"not isolated), VFIO's driver for IOMMUs is not loaded, or, up to Linux "
			"6.5, firmware reserves memory for a function of the group.",
		.findings = {"interrupt-remapping.off", "interrupt-remapping.off-allowed",
			     "interrupt-remapping.partly", "interrupt-remapping.not-isolated",
			     "interrupt-remapping.partly-isolated", "reserved-memory.blocks",
			     "reserved-memory.blocks-all", "vfio-driver.missing",
			     "vfio-driver.refused"},
		.inconclusive = true,
		.settle = "Look for IR- chips in /proc/interrupts, on Arm for ITS- ones, for "
			  "vfio_iommu_type1 in /proc/modules, and for regions of type direct in "
			  "the group's reserved_regions.",
		.remedy = "Have interrupts remapped: firmware setup, kernel command line.",
		.explained_by = {"attach-without-remapping", "rmrr"},
	},
	{
		.id = "dpdk-device-refused",
		.source = LOG_DPDK,
		.severity = LOG_STOPS,
		.forms = {"Getting a vfio_dev_fd for {f} failed"},
		.meaning = "VFIO did not open the function: a VF whose PF is on vfio-pci wants a "
			   "token, another function of the group is on vfio-pci and this one is "
			   "not, or the kernel cannot wake the function.",
		.findings = {"caution.vf-token"},
		.related = {"assignability.companions"},
		.fact = LOG_FACT_NOT_ON_VFIO,
		.inconclusive = true,
		.settle = "Look which driver holds the function, and its PF.",
		.remedy = "Bind the function to vfio-pci. With the PF on vfio-pci, give the PF's "
			  "token: --vfio-vf-token.",
		.explained_by = {"vf-token"},
	},
	{
		/* bind_one() of dpdk-devbind.py; the error stands there from DPDK 20.11 on */
		.id = "dpdk-bind-failed",
		.source = LOG_DPDK,
		.severity = LOG_STOPS,
		.forms = {"Error: bind failed for {f} - Cannot bind to driver vfio-pci"},
		.meaning = "vfio-pci did not take the function: it is in no IOMMU group, is a "
			   "bridge or on the denylist, or is a PF with VFs.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "assignability.blocked"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for what vfio-pci says of the function.",
		.remedy = "First put the function's group and IOMMU right: passcheck FUNCTION.",
		.explained_by = {"vfio-probe-refused", "denylist", "pf-has-vfs"},
	},
	{
		/* Harvester's pcidevices: its webhook and its controller of claims */
		.id = "harvester-no-group",
		.source = LOG_KUBERNETES,
		.severity = LOG_STOPS,
		.forms = {"has no iommuGroup available", "missing group for address: {f}"},
		.meaning = "Harvester finds no IOMMU group of the function: DMA remapping is off, "
			   "or the function is in no group.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "iommu-groups.with-driver"},
		.related = {"dma-units.uncovered", "acpi-iort.no-smmu"},
		.settle = "Look whether the function has a link iommu_group in sysfs.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup (on Arm the SMMU) and on the kernel "
			"command line.",
	},
	{
		/* LoadConf() of sriov-cni, pkg/config/config.go */
		.id = "cni-without-vf",
		.source = LOG_KUBERNETES,
		.severity = LOG_STOPS,
		.forms = {"LoadConf(): VF pci addr is required"},
		.meaning = "The SR-IOV CNI plugin got no VF for the pod: the network names no "
			   "resource of the device plugin, or the pod asks for none.",
		.settle = "Look at the annotation k8s.v1.cni.cncf.io/resourceName of the "
			  "NetworkAttachmentDefinition, and at the node's allocatable resources.",
		.remedy = "Name the device plugin's resource in the annotation, and ask for one of "
			  "it in the pod.",
	},
	{
		/* mellanox_plugin.go of the SR-IOV network operator */
		.id = "operator-locked-down",
		.source = LOG_KUBERNETES,
		.severity = LOG_STOPS,
		.forms = {"mellanox device detected when in lockdown mode"},
		.meaning =
			"The SR-IOV network operator sets the firmware of Mellanox adapters, which "
			"a kernel that is locked down (Secure Boot) does not let it do. It makes no "
			"VFs of them.",
		.findings = {"lockdown-selinux.locked"},
		.settle = "Look at /sys/kernel/security/lockdown.",
		.remedy = "Turn Secure Boot off in the firmware setup; or set SRIOV_EN and "
			  "NUM_OF_VFS by hand, and have the operator leave its plugin out "
			  "(disablePlugins of its SriovOperatorConfig).",
	},
	{
		/* configSriovDevice() of its sriov.go */
		.id = "operator-vfs-beyond-total",
		.source = LOG_KUBERNETES,
		.severity = LOG_STOPS,
		.forms = {"NumVfs ({n}) is larger than TotalVfs ({n})"},
		.meaning = "A policy of the SR-IOV network operator asks for more VFs than the PF "
			   "has (sriov_totalvfs).",
		.findings = {"sriov-vfs.limited-by-driver"},
		.inconclusive = true,
		.settle = "Compare numVfs of the policy with the PF's sriov_totalvfs.",
		.remedy = "Lower numVfs, or raise the number in the device's own setup (for NVIDIA "
			  "ConnectX: mstconfig, NUM_OF_VFS).",
	},
	{
		.id = "operator-dpu",
		.source = LOG_KUBERNETES,
		.severity = LOG_STOPS,
		.forms = {"is in DPU mode. Firmware configuration changes are not supported"},
		.meaning = "The BlueField runs as a DPU: the number of the host's VFs is set from "
			   "the DPU.",
		.settle =
			"Look with mstconfig at INTERNAL_CPU_MODEL and INTERNAL_CPU_OFFLOAD_ENGINE.",
		.remedy = "Set the number on the DPU, or run the card in NIC mode.",
	},
	{
		.id = "nova-none-free",
		.source = LOG_NOVA,
		.severity = LOG_STOPS,
		.forms = {"Claim pci failed",
			  "Attempt to consume PCI device {n}:{f} from empty pool",
			  "PCI device request {*} failed"},
		.meaning = "Nova found no free device for the instance on this host: all are with "
			   "instances, its device_spec names none that fits, or those that fit are "
			   "on another NUMA node.",
		.settle = "Look at device_spec in nova.conf, at the devices that Nova lists for "
			  "the host, and at the NUMA nodes that the flavor asks for.",
		.remedy = "Free a device, or add one to device_spec. With "
			  "hw:pci_numa_affinity_policy=preferred a flavor takes devices of other "
			  "NUMA nodes.",
	},
	{
		.id = "nova-other-taken",
		.source = LOG_NOVA,
		.severity = LOG_STOPS,
		.forms = {"Not all Virtual Functions of PF {n}:{f} are free",
			  "Physical Function {n}:{f}, related to VF {n}:{f} is "},
		.meaning = "Nova gives a PF to an instance only while none has its VFs, and a VF "
			   "only while none has the PF.",
		.settle = "Look which instances have VFs of the PF, or the PF.",
		.remedy = "Free the others, or let device_spec name PFs for one use only.",
	},
};

const struct log_table log_stack_messages = {rows, ARRAY_LENGTH(rows)};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "model/log/message.h"

/* The guest's memory that QEMU has the IOMMU map: hw/vfio/common.c, container.c, iommufd.c. The
 * errno decides. */
static const struct log_message rows[] = {
	{
		.id = "map-beyond-memlock",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "vfio_container_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "VFIO_MAP_DMA failed: {e}"},
		.errors = {ENOMEM},
		.versions = "the second is QEMU 10's, the third is gone there",
		.meaning =
			"QEMU may not lock the guest's memory: its limit is too low. With a vIOMMU "
			"it locks the memory once for each function.",
		.findings = {"memory.lock-limit"},
		.related = {"domain-memory.lock-limit"},
		.inconclusive = true,
		.settle =
			"Compare the limit of QEMU's process (/proc/PID/limits, Max locked memory) "
			"with the guest's memory, and look for RLIMIT_MEMLOCK in the kernel's log.",
		.remedy = "Raise the limit of locked memory for who starts QEMU, or have libvirt "
			  "start it as root.",
		.explained_by = {"memlock"},
	},
	{
		.id = "map-beyond-width",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "vfio_container_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "VFIO_MAP_DMA failed: {e}"},
		.errors = {EINVAL},
		.meaning =
			"The IOMMU does not map that address: it lies beyond its width, or in a "
			"reserved window. If it is a BAR, only transfers between devices fail, and "
			"the guest runs.",
		.related = {"iommu-capabilities.narrow", "domain-memory.beyond-iommu",
			    "caution.address-width"},
		.fact = LOG_FACT_BEYOND_WIDTH,
		.inconclusive = true,
		.settle =
			"Compare the address with the width of the IOMMU (the second number is the "
			"address in the guest).",
		.remedy = "Keep the guest's addresses below the IOMMU's width: a smaller physical "
			  "address width of its processor (<maxphysaddr>), or less memory.",
	},
	{
		.id = "map-entries-used-up",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "vfio_container_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "VFIO_MAP_DMA failed: {e}"},
		.errors = {ENOSPC},
		.meaning =
			"The guest wants more mappings than VFIO allows a container: confidential "
			"guests and virtio-mem map page by page.",
		.related = {"memory.few-mappings"},
		.fact = LOG_FACT_ENTRY_LIMIT,
		.settle = "Look at /sys/module/vfio_iommu_type1/parameters/dma_entry_limit.",
		.remedy = "Raise dma_entry_limit of vfio_iommu_type1.",
	},
	{
		.id = "map-entries-run-out",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"possibly running out of DMA mappings"},
		.meaning =
			"The guest's memory may need more mappings than VFIO allows a container.",
		.related = {"memory.few-mappings"},
		.fact = LOG_FACT_ENTRY_LIMIT,
		.settle = "Look at /sys/module/vfio_iommu_type1/parameters/dma_entry_limit.",
		.remedy = "Raise dma_entry_limit of vfio_iommu_type1, or use larger blocks of "
			  "virtio-mem.",
		.explained_by = {"map-entries-used-up"},
	},
	{
		.id = "map-of-bar",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"IOMMU_IOAS_MAP failed: {e}, PCI BAR?",
			  "vfio_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "vfio_container_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "VFIO_MAP_DMA failed: {e}"},
		.errors = {EFAULT},
		.meaning =
			"iommufd does not map BARs, so devices of the guest cannot transfer to each "
			"other directly. The guest runs. On memory (\"Region dimm1\") it is an error.",
		.settle = "Look whether the region in the message is memory or a BAR.",
		.remedy =
			"Let QEMU use groups (no iommufd object) if devices transfer to each other.",
	},
	{
		.id = "map-of-bar-hint",
		.source = LOG_QEMU,
		.forms = {"PCI peer-to-peer transactions on BARs are not supported"},
		.meaning = "Devices of the guest cannot transfer to each other directly.",
	},
	{
		.id = "map-failed",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "vfio_container_dma_map({*}, {x}, {x}, {*}) = {e}",
			  "VFIO_MAP_DMA failed: {e}", "IOMMU_IOAS_MAP failed: {e}"},
		.meaning = "The IOMMU did not map memory of the guest.",
		.settle = "The error tells more: look it up in the kernel's log at that time.",
	},
	{
		/* hw_error() of vfio_listener_region_add() */
		.id = "map-ends-guest",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio: DMA mapping failed, unable to continue"},
		.meaning = "The running guest was stopped because memory that it plugged in, or a "
			   "BAR, could not be mapped.",
		.related = {"memory.lock-limit", "iommu-capabilities.narrow"},
		.settle = "Look at the error before it.",
		.explained_by = {"map-beyond-memlock", "map-beyond-width", "map-entries-used-up",
				 "map-of-bar", "map-failed"},
	},
	{
		.id = "memory-listener",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"memory listener initialization failed: Region {*}:",
			  "memory listener initialization failed"},
		.meaning = "The guest does not start because memory of it could not be mapped.",
		.related = {"memory.lock-limit", "iommu-capabilities.narrow"},
		.settle = "Look at the error behind it, or in the next line.",
		.explained_by = {"map-beyond-memlock", "map-beyond-width", "map-entries-used-up",
				 "map-of-bar", "map-failed"},
	},
	{
		.id = "viommu-too-wide",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"aw-bits {n} > host aw-bits {n}", "supported values for aw-bits are",
			  "Supported values for aw-bits are"},
		.meaning = "The guest's vIOMMU is wider than the host's IOMMU.",
		.related = {"iommu-capabilities.narrow", "domain-iommu.too-wide"},
		.fact = LOG_FACT_VIOMMU_WIDTH,
		.settle = "Compare the two numbers of the line.",
		.remedy = "Set aw-bits of the vIOMMU to the host's width.",
	},
	{
		/* pc_memory_init() of hw/i386/pc.c */
		.id = "guest-address-width",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"phys-bits too low ({n})"},
		.versions = "from QEMU 7.1 on",
		.meaning =
			"The guest's processor has fewer bits of address than the guest's memory "
			"needs, with what may be plugged in (maxmem) and a window for BARs. "
			"With an AMD processor 1 TiB and more lies above 1 TiB, beyond addresses "
			"that the IOMMU keeps for itself.",
		.settle =
			"Compare the bits in the line with the address sizes of /proc/cpuinfo; 40 "
			"is what QEMU gives where nothing is said.",
		.remedy =
			"Give the guest the host's bits: <maxphysaddr mode='passthrough'/> in "
			"<cpu>, phys-bits=host in cpu: of Proxmox VE, -cpu host,host-phys-bits=on. "
			"Where it has them already, lower the guest's memory or maxmem.",
	},
	{
		.id = "memory-slots",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"KVM_SET_USER_MEMORY_REGION failed", "no free slot available",
			  "kvm_set_user_memory_region: "},
		.meaning =
			"KVM did not take a piece of the guest's memory: it has too many, or one "
			"lies beyond the processor's addresses.",
		.settle =
			"Compare the address in the line with the address sizes of /proc/cpuinfo.",
		.remedy = "Plug less memory and fewer devices in, or narrow the guest's addresses.",
	},
};

const struct log_table log_qemu_memory_messages = {rows, ARRAY_LENGTH(rows)};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "model/log/message.h"

/* What QEMU says of a function that it has, or of the guest around it: hw/vfio/pci.c, igd.c,
 * hw/i386/intel_iommu.c, hw/pci/msix.c, system/memory. Texts of QEMU 7.2 to 11.1. */
static const struct log_message rows[] = {
	{
		/* msix_init(); vfio_msix_early_setup() */
		.id = "msix-layout",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"table & pba overlap, or they don't fit in BARs, or don't align",
			 "hardware reports invalid configuration, MSIX PBA outside of specified BAR"},
		.meaning = "The function's MSI-X table does not lie where QEMU can pass it on. A "
			   "function that is asleep or dead reads as nonsense, too.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.inconclusive = true,
		.settle = "Look whether lspci -vv shows a sound MSI-X capability of the function.",
		.remedy = "Power the host off and on if it does not; otherwise try QEMU's option "
			  "x-msix-relocation=bar2 of vfio-pci, and a newer QEMU.",
		.explained_by = {"device-inaccessible", "not-ready"},
	},
	{
		/* vfio_msi_enable(), vfio_msix_enable() */
		.id = "msi-not-enabled",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"vfio: failed to enable vectors, {e}",
			  "vfio: failed to enable MSI-X, {e}",
			  "vfio: Error: Failed to setup MSI fds: {e}",
			  "vfio: Error: Failed to enable MSI", "failed to enable vectors, {e}"},
		.meaning =
			"The kernel did not set up the interrupts that the guest's driver asked for: "
			"the function is gone, or the host has no vectors left.",
		.findings = {"assignability.unreachable"},
		.inconclusive = true,
		.settle =
			"Look in the kernel's log at that time, and whether the function's config "
			"space reads as all ones.",
		.remedy = "Power the host off and on if the function is gone; otherwise give the "
			  "guest fewer queues.",
		.explained_by = {"device-inaccessible", "not-ready"},
	},
	{
		.id = "config-access-failed",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio_pci_read_config({f}, {*}) failed: {e}",
			  "vfio_pci_write_config({f}, {*}) failed: {e}",
			  "failed to read PCI MSIX FLAGS: {e}",
			  "failed to read PCI MSIX TABLE: {e}", "failed to read PCI MSIX PBA: {e}",
			  "failed to read device config space"},
		.meaning = "QEMU could not read or write the function's config space: the function "
			   "is asleep or gone, or the kernel takes it away.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.inconclusive = true,
		.settle = "Look at the function's power_state, and whether its config space reads "
			  "as all ones.",
		.remedy = "Power the host off and on; keep the device from D3cold.",
		.explained_by = {"device-inaccessible", "not-ready", "device-wanted-back"},
	},
	{
		/* kvm_cpu_exec(): KVM could not fetch from a BAR that vfio-pci no longer maps */
		.id = "kvm-run-failed",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"error: kvm run failed Bad address"},
		.meaning =
			"The guest was stopped when it touched memory that is not there: mostly a BAR "
			"of a function that left the bus, or that the host holds.",
		.findings = {"assignability.unreachable", "boot-gpu.framebuffer"},
		.inconclusive = true,
		.settle = "Look in the kernel's log at that time for a function that does not "
			  "answer, and in /proc/iomem, as root, who holds its BARs.",
		.remedy = "Power the host off and on if the function is gone.",
		.explained_by = {"device-inaccessible", "not-ready", "bar-held"},
	},
	{
		.id = "qemu-host-missing",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"no such host device"},
		.meaning = "QEMU was given a function that the host does not have.",
		.related = {"domain-functions.missing"},
		.fact = LOG_FACT_MISSING,
		.settle = "Look for the address in lspci.",
		.remedy = "Correct the address: it changes when cards are added or moved.",
	},
	{
		/* set_pci_host_devaddr(), hw/core/qdev-properties-system.c; vfio_pci_realize() */
		.id = "qemu-host-malformed",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Property 'vfio-pci.host' doesn't take value '",
			  "No provided host device", "Use -device vfio-pci,host=DDDD:BB:DD.F or "},
		.meaning = "QEMU was given no address of a function, or one that it does not read: "
			   "it wants DDDD:BB:DD.F, with a domain of at most four digits.",
		.related = {"domain-devices.address-malformed"},
		.settle = "Compare host= with the address that lspci -D shows.",
		.remedy = "Write the address as lspci -D shows it. Of a domain above FFFF, as VMD "
			  "has, give sysfsdev=/sys/bus/pci/devices/ADDRESS in place of host=.",
	},
	{
		/* qdev and QOM: an option that this QEMU was built without, or is too old for */
		.id = "qemu-option-unknown",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Property 'vfio-pci.{*}' not found",
			  "Property 'vfio-pci-nohotplug.{*}' not found",
			  "Parameter 'qom-type' does not accept value 'iommufd'",
			  "IOMMUFD is not supported by this version of qemu",
			  "'vfio-pci' is not a valid device model name"},
		.meaning = "The guest gives the function an option that this QEMU does not know: "
			   "iommufd is one from QEMU 9.0 on, and ramfb one of "
			   "vfio-pci-nohotplug.",
		.settle = "Compare the option with those of -device vfio-pci,help.",
		.remedy = "Take the option out, or run a QEMU that has it.",
	},
	{
		/* vfio_pci_igd_config_quirk(), igd.c */
		.id = "igd-legacy",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms =
			{"IGD device {f} cannot support legacy mode due to existing devices at address "
			 "1f.0",
			 "IGD device {f} does not support LPC bridge access,legacy mode disabled",
			 "IGD LPC bridge access is not supported by kernel",
			 "IGD host bridge access is not supported by kernel",
			 "IGD legacy mode disabled",
			 "IGD device {f} has no ROM, legacy mode disabled",
			 "IGD device {f} is unsupported in legacy mode, try SandyBridge or newer",
			 "OpRegion is not supported on hotplugged device"},
		.meaning =
			"QEMU passes Intel's graphics on without its legacy mode, in which it is the "
			"guest's first display and firmware's tables come along. Whether the guest "
			"shows a picture depends on its firmware and driver.",
		.related = {"caution.igd"},
		.fact = LOG_FACT_NO_HOST_BRIDGE,
		.settle = "Look at the guest's machine type and at the graphics' address in it: "
			  "legacy mode wants 00:02.0, and up to QEMU 9.2 the machine type pc. "
			  "QEMU before 10.1 does not know Meteor Lake and newer.",
		.remedy =
			"Leave it if the guest shows a picture; otherwise set the address 00:02.0 "
			"and x-igd-opregion=on.",
	},
	{
		/* vfio_pci_igd_override_gms(), igd.c; of -1 is a generation that QEMU does not know
		 */
		.id = "igd-memory-size",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"x-igd-gms is not supported on this device"},
		.meaning = "QEMU does not set the size of the graphics' own memory that the guest "
			   "asks for with x-igd-gms.",
		.related = {"caution.igd"},
		.settle = "Look at x-igd-gms of the guest: it counts pieces of 32 MiB, and is for "
			  "Intel's graphics of generations that this QEMU knows.",
		.remedy = "Take x-igd-gms out: firmware's own size is then used.",
	},
	{
		/* vfio_pci_igd_opregion_detect(), igd.c; vfio_pci_init(),
		   drivers/vfio/pci/vfio_pci.c */
		.id = "igd-opregion-missing",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Device does not supports IGD OpRegion feature",
			  "device does not supports IGD OpRegion feature",
			  "Device does not support IGD OpRegion feature",
			  "does not support requested IGD OpRegion feature"},
		.meaning = "The guest wants the OpRegion of Intel's graphics (x-igd-opregion=on), "
			   "and vfio-pci does not show it. VFs have none.",
		.related = {"caution.igd", "kernel-config.recommended"},
		.fact = LOG_FACT_NO_OPREGION,
		.settle = "Look for CONFIG_VFIO_PCI_IGD, and at the function's class: up to Linux "
			  "6.14 only VGA controllers (0x030000) have it.",
		.remedy = "Take x-igd-opregion=on out, or run a kernel that shows it: 6.15 or "
			  "later for graphics that are not the host's first display.",
	},
	{
		.id = "vga-not-offered",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"device does not support requested feature x-vga",
			  "failed getting region info for VGA region index"},
		.meaning = "The guest wants the function's old VGA ports (x-vga=on), and vfio-pci "
			   "does not offer them: its VGA support is off, or the function is not "
			   "a display.",
		.related = {"domain-drivers.no-vga", "kernel-config.recommended"},
		.settle = "Look at /sys/module/vfio_pci/parameters/disable_vga, for "
			  "CONFIG_VFIO_PCI_VGA, and at the function's class.",
		.remedy = "Take x-vga=on out (Proxmox: x-vga=0): guests that boot with UEFI do not "
			  "need it.",
	},
	{
		/* vfio_display_dmabuf_init(), vfio_display_probe(): hw/vfio/display.c */
		.id = "display-without-opengl",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"vfio-display-dmabuf: opengl not available",
			  "vfio: device doesn't support any (known) display method"},
		.meaning = "The guest is to show a vGPU's own picture (display='on'), and its "
			   "display has no OpenGL, or the vGPU has no picture.",
		.settle = "Look at <graphics> of the guest for <gl enable='yes'/>, and at display= "
			  "of its <hostdev>.",
		.remedy = "Set <gl enable='yes'/> in <graphics type='spice'> or 'egl-headless', or "
			  "take display='on' out.",
	},
	{
		/* vtd_machine_done_notify_one(); amdvi_iommu_notify_flag_changed() */
		.id = "viommu-unfit",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms =
			{"Device assignment is not allowed without enabling caching-mode=on for Intel "
			 "IOMMU",
			 "We need to set caching-mode=on for intel-iommu to enable device assignment",
			 "requires iommu notifier which is not currently supported",
			 "requires dma-remap=1",
			 "requires iommu MAP notifier which is not currently supported"},
		.meaning = "The guest's vIOMMU does not tell QEMU what it maps, so no function of "
			   "the host can be behind it.",
		.related = {"domain-iommu.no-caching-mode", "domain-iommu.amd",
			    "domain-iommu.smmuv3"},
		.settle = "Look at the <iommu> device of the guest.",
		.remedy = "Set caching_mode='on' in the driver of the guest's intel <iommu>; in "
			  "place of amd-iommu use intel or virtio (from QEMU 10.2 on, "
			  "amd-iommu,dma-remap=on), in place of an SMMUv3 virtio.",
	},
	{
		/* x86_iommu_realize() of hw/i386/x86-iommu.c; libvirt, src/qemu/qemu_validate.c */
		.id = "viommu-irqchip",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Interrupt Remapping cannot work with kernel-irqchip=on",
			  "IOMMU interrupt remapping requires split I/O APIC"},
		.meaning = "The guest's vIOMMU is to remap interrupts, and KVM has the guest's "
			   "whole interrupt controller, so it does not start.",
		.settle = "Look at intremap of the vIOMMU, and at kernel-irqchip of -machine or "
			  "<ioapic> in <features>.",
		.remedy = "Write <ioapic driver='qemu'/> into <features> (QEMU: -machine "
			  "q35,kernel-irqchip=split), or take intremap out.",
	},
	{
		/* host_memory_backend, qemu_ram_alloc(): not hw/vfio, but VFIO wants all of it */
		.id = "guest-memory-short",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"cannot set up guest memory '{*}': {e}",
			  "unable to map backing store for guest RAM: {e}",
			  "Insufficient free host memory pages available to allocate guest RAM",
			  "qemu_prealloc_mem: preallocating memory failed: {e}"},
		.meaning =
			"The host does not have the memory that the guest wants. A guest with a function "
			"of the host has all of its memory from the start, and cannot share it.",
		.findings = {"memory.node-without-hugepages"},
		.inconclusive = true,
		.settle = "Compare the guest's memory with free -m, or with HugePages_Free of "
			  "/proc/meminfo where it uses huge pages.",
		.remedy = "Give the guest less memory, stop others, or reserve more huge pages.",
	},
	{
		.id = "guest-bus",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"No 'PCI' bus found for device 'vfio-pci'", "Bus 'pcie.0' not found",
			  "Bus '{*}' not found", "does not support hotplugging",
			  "PCI: no slot/function available for vfio-pci, all in use or reserved"},
		.meaning = "The guest has no place for the function: not the bus that its "
			   "configuration names, none that takes a device while it runs, or none "
			   "that is free.",
		.related = {"domain-guest-address.no-such-slot",
			    "domain-guest-address.no-such-bus"},
		.settle = "Look at the machine type and the PCI controllers of the guest: pcie.0 "
			  "is a bus of q35, pci.0 one of pc.",
		.remedy = "Name a bus that the machine type has; add a pcie-root-port for each "
			  "function that is plugged in while the guest runs.",
	},
	{
		/* iommufd_cdev_getfd(), iommufd.c: drivers of VFIO have vfio-dev from Linux 6.1 on
		 */
		.id = "cdev-not-on-vfio",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"couldn't open directory /sys/bus/pci/devices/{f}/vfio-dev: {e}",
			  "couldn't open directory {*}/vfio-dev: {e}"},
		.errors = {ENOENT},
		.meaning = "The guest wants iommufd, and the function is on no driver of VFIO, or "
			   "the kernel is older than 6.1.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.related = {"kernel-config.recommended"},
		.fact = LOG_FACT_NOT_ON_VFIO,
		.inconclusive = true,
		.settle = "Look which driver holds the function.",
		.remedy = "Bind the function to vfio-pci before the guest starts, or let libvirt "
			  "do so (managed='yes').",
	},
	{
		/* iommufd_cdev_getfd(): the error is not told */
		.id = "cdev-not-opened",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Failed to open /dev/vfio/devices/vfio{n}"},
		.meaning = "QEMU could not open the function's node: it is not there where QEMU "
			   "runs, QEMU may not open it, or another program has the group open.",
		.related = {"isolation.shared-group", "lockdown-selinux.sysfs-denied"},
		.settle = "Look whether the node is there, at its owner and mode, and who has it "
			  "or /dev/vfio/GROUP open.",
		.remedy = "Let libvirt start the guest, which gives QEMU the node; otherwise allow "
			  "it by a udev rule, and stop the other user.",
	},
	{
		/* iommufd_cdev_attach_ioas_hwpt(), iommufd.c; IOMMU_IOAS_* of the kernel */
		.id = "iommufd-refuses-attach",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"error attach {f} ({n}) to id={n}: {e}",
			  "error attach {f} ({n}) pasid {n} to id={n}: {e}"},
		.errors = {EINVAL, EPERM},
		.meaning =
			"iommufd does not let the function into the guest's address space: firmware "
			"reserves memory for it, interrupts are not remapped, or the guest has memory "
			"where the IOMMU reserves addresses.",
		.findings = {"reserved-memory.blocks", "reserved-memory.blocks-all",
			     "interrupt-remapping.off", "interrupt-remapping.off-allowed",
			     "interrupt-remapping.partly", "interrupt-remapping.not-isolated",
			     "interrupt-remapping.partly-isolated"},
		.inconclusive = true,
		.settle = "Look for regions of type direct in the group's reserved_regions, and "
			  "for IR- chips in /proc/interrupts, on Arm for ITS- ones.",
		.remedy =
			"Turn off in the firmware setup what uses that memory, and have interrupts "
			"remapped.",
		.explained_by = {"one-to-one-mapping"},
	},
	{
		.id = "iommufd-busy",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"error attach {f} ({n}) to id={n}: {e}",
			  "error bind device fd={n} to iommufd={n}: {e}",
			  "Could not open '/dev/vfio/devices/vfio{n}': {e}",
			  "failed to open /dev/vfio/devices/vfio{n}: {e}"},
		.errors = {EBUSY},
		.meaning = "Another guest or program has the function or its group, or a driver of "
			   "the host holds another function of the group.",
		.findings = {"assignability.companions"},
		.related = {"isolation.shared-group"},
		.fact = LOG_FACT_GROUP_HELD,
		.inconclusive = true,
		.settle = "Look who has /dev/vfio/GROUP or /dev/vfio/devices/vfioN open, and which "
			  "drivers hold the functions of the group.",
		.remedy = "Stop the other user, or take the group from the host's drivers.",
	},
	{
		/* The step is told, and an error that no other row knows. */
		.id = "container-failed",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"failed to setup container for group {g}: {*}: {e}",
			  "failed to setup container for group {g}",
			  "error bind device fd={n} to iommufd={n}: {e}",
			  "error attach {f} ({n}) to id={n}: {e}", "Failed to allocate hwpt: {e}"},
		.meaning = "VFIO did not take the group or the function into the guest's address "
			   "space.",
		.findings = {"reserved-memory.blocks", "reserved-memory.blocks-all",
			     "interrupt-remapping.off", "interrupt-remapping.partly",
			     "interrupt-remapping.not-isolated",
			     "interrupt-remapping.partly-isolated"},
		.related = {"assignability.companions"},
		.inconclusive = true,
		.settle =
			"Look in the kernel's log at that time: it says more than the error does.",
		.remedy = "For a vGPU, look in its manager's log, too.",
		.explained_by = {"map-beyond-memlock", "map-beyond-width", "map-entries-used-up",
				 "map-of-bar", "map-failed"},
	},
	{
		/* The last row of /dev/vfio/GROUP: without an error, or with another. */
		.id = "group-not-opened",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"failed to open /dev/vfio/{g}", "Could not open '/dev/vfio/{g}'"},
		.meaning = "QEMU could not open the group's node.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.related = {"assignability.companions"},
		.inconclusive = true,
		.settle = "Look whether the node is there, who may open it, and who has it open.",
		.remedy =
			"Bind the function to vfio-pci before the guest starts, or let libvirt do "
			"so (managed='yes').",
	},
	{
		/* vfio_pci_realize(): EEH or AER of the host */
		.id = "recovery-not-enabled",
		.source = LOG_QEMU,
		.forms = {"Could not enable error recovery for the device"},
		.meaning = "QEMU will not stop the guest at an error of the link. The guest runs.",
	},
	{
		/* vfio_pci_size_rom(), of the devices of rom_denylist, hw/vfio/pci-quirks.c */
		.id = "rom-kept-away",
		.source = LOG_QEMU,
		.forms = {"Rom loading for device at {f} has been disabled due to system "
			  "instability issues"},
		.meaning = "QEMU keeps this device's ROM from the guest, as the ROM is known to "
			   "harm guests. The guest has the device.",
	},
	{
		.id = "rom-known-bad",
		.source = LOG_QEMU,
		.severity = LOG_MAY,
		.forms = {"Device at {f} is known to cause system instability issues during option "
			  "rom execution"},
		.meaning = "QEMU knows this device's ROM to harm guests, and the configuration "
			   "(rombar or romfile) makes it load the ROM all the same.",
		.settle = "Look at rombar and romfile of the function in the guest.",
		.remedy = "Take both out, or set <rom bar='off'/>.",
	},
	{
		.id = "no-dma-buf",
		.source = LOG_QEMU,
		.forms = {"VFIO dma-buf not supported in kernel, using mmap fallback, P2P DMA will "
			  "not work"},
		.versions = "QEMU 11 and later",
		.meaning = "Devices of the guest cannot transfer to each other directly with this "
			   "kernel. The guest runs.",
	},
	{
		.id = "viommu-discard",
		.source = LOG_QEMU,
		.forms = {"Using vfio with vIOMMUs and coordinated discarding of RAM"},
		.meaning = "QEMU warns that a guest with a vIOMMU may pin more memory than it has.",
	},
};

const struct log_table log_qemu_device_messages = {rows, ARRAY_LENGTH(rows)};

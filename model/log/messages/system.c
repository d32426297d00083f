/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "model/log/message.h"

/* Command line, modules, lockdown, and the host's own drivers. */
static const struct log_message rows[] = {
	{
		.id = "parameters-unknown",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		/* Others are told as harmless: boot loaders add BOOT_IMAGE=. */
		.forms = {"Unknown kernel command line parameters \"{*}iom",
			  "Unknown kernel command line parameters \"{*}vfio",
			  "Unknown kernel command line parameters \"{*}acs_override",
			  "Unknown kernel command line parameters \"{*}intremap",
			  "Unknown kernel command line parameters \"{*}relax_rmrr",
			  "Unknown kernel command line parameters \"{*}vfs=",
			  "Unknown kernel command line parameters \"{*}enable_guc",
			  "Unknown kernel command line parameters \"{*}sriov",
			  "Unknown kernel command line parameters \"{*}efifb",
			  "Unknown kernel command line parameters \"{*}disable_idle_d3",
			  "Unknown kernel command line parameters \"{*}disable_vga",
			  "Unknown kernel command line parameters \"{*}allow_unsafe",
			  "Unknown kernel command line parameters \"{*}kvm"},
		.versions = "Linux 5.14 and later",
		.meaning =
			"The kernel does not know some words of its command line, and one of them "
			"is meant for passthrough. It has no effect.",
		.findings = {"kernel-cmdline.misspelt", "kernel-cmdline.no-effect"},
		.inconclusive = true,
		.settle = "Compare the words that the line names with those in /proc/cmdline.",
		.remedy = "Put the right word there.",
	},
	{
		.id = "module-option-ignored",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"unknown parameter 'max_vfs' ignored", "unknown parameter 'ids' ignored",
			  "unknown parameter 'disable_vga' ignored",
			  "unknown parameter 'disable_idle_d3' ignored",
			  "vfio_pci: unknown parameter '", "vfio_iommu_type1: unknown parameter '"},
		.meaning =
			"A module has no such option: ids is one of vfio-pci and not of vfio, and "
			"max_vfs is gone from most drivers.",
		.findings = {"sriov-config.max-vfs-ignored", "vfio-driver.options-not-applied",
			     "vfio-driver.option-unknown"},
		.inconclusive = true,
		.settle = "Look for the option in /etc/modprobe.d and on the kernel command line.",
		.remedy =
			"Give the option to the module that has it; write to sriov_numvfs instead of "
			"using max_vfs.",
	},
	{
		.id = "vfio-module-missing",
		.source = LOG_MODPROBE,
		.severity = LOG_STOPS,
		.forms = {"Module vfio-pci not found in directory",
			  "Module vfio_pci not found in directory", "could not insert 'vfio_pci'",
			  "could not insert 'vfio-pci'"},
		.meaning =
			"vfio-pci could not be loaded: the running kernel has no such module, as "
			"after an update that a reboot is to follow, or refuses it.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.related = {"kernel-config.missing"},
		.settle = "Look for vfio-pci below /lib/modules, in the folder of the running "
			  "kernel.",
		.remedy =
			"Reboot if the kernel was updated; otherwise install the kernel's modules.",
	},
	{
		.id = "vfio-pci-not-loaded",
		.source = LOG_SHELL,
		.severity = LOG_STOPS,
		.forms = {"drivers/vfio-pci/new_id: no such file or directory",
			  "drivers/vfio-pci/new_id: No such file or directory",
			  "drivers/vfio-pci/bind: no such file or directory",
			  "drivers/vfio-pci/bind: No such file or directory",
			  "bind failed for {f} - Cannot open /sys/bus/pci/drivers/vfio-pci/"},
		.meaning = "vfio-pci was not loaded when a function was to be given to it.",
		.findings = {"vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.inconclusive = true,
		.settle = "Look for /sys/bus/pci/drivers/vfio-pci.",
		.remedy = "Load vfio-pci.",
		.explained_by = {"vfio-module-missing"},
	},
	{
		.id = "module-in-use",
		.source = LOG_MODPROBE,
		.severity = LOG_MAY,
		.forms = {"FATAL: Module {*} is in use", "ERROR: Module {*} is in use"},
		.meaning =
			"A module stays loaded because something uses it, as a display server its "
			"GPU. The function stays with its driver.",
		.findings = {"caution.in-use", "host-use.console", "host-use.vital"},
		.inconclusive = true,
		.settle = "Look who has the device open (/dev/dri, /dev/nvidia*, /dev/snd), and in "
			  "lsmod which module uses it.",
		.remedy =
			"Stop what uses the device, or bind it to vfio-pci at boot before its driver.",
	},
	{
		/* ahci_remap_check(), drivers/ata/ahci.c */
		.id = "nvme-remapped",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Found {n} remapped NVMe devices",
			  "Switch your BIOS from RAID to AHCI mode to use them"},
		.meaning =
			"The SATA controller is in RAID mode (Intel RST) and hides NVMe disks behind "
			"itself. They are no PCI functions then: neither the host nor a guest "
			"can have them alone.",
		.settle = "Look at remapped_nvme of the controller in sysfs: how many it hides.",
		.remedy = "Switch the controller from RAID to AHCI in the firmware setup, after a "
			  "look whether an installed system boots from an array of it.",
	},
	{
		.id = "kvm-missing",
		.source = LOG_QEMU,
		.severity = LOG_STOPS,
		.forms = {"Could not access KVM kernel module: {e}",
			  "failed to initialize kvm: {e}", "failed to initialize KVM: {e}"},
		.meaning = "QEMU cannot open /dev/kvm: KVM is not loaded, the processor's "
			   "virtualisation is off, or QEMU has no access to it.",
		.findings = {"cpu-virtualization.no-feature", "cpu-virtualization.no-kvm",
			     "kvm.not-loaded"},
		.inconclusive = true,
		.settle = "Look at /dev/kvm, and for vmx or svm among the flags of /proc/cpuinfo.",
		.remedy = "Turn VT-x, or SVM, on in the firmware setup, and load kvm_intel or "
			  "kvm_amd.",
		.explained_by = {"virtualization-off"},
	},
	{
		.id = "virqfd-gone",
		.source = LOG_MODPROBE,
		.severity = LOG_MAY,
		.forms = {"Module vfio_virqfd not found", "module not found: 'vfio_virqfd'",
			  "module not found: `vfio_virqfd'", "module not found: vfio_virqfd",
			  "Failed to find module 'vfio_virqfd'"},
		.versions = "Linux 6.2 and later, which has it within vfio",
		.meaning =
			"A list of modules names vfio_virqfd, which newer kernels do not have. The "
			"initramfs may have been built without the others.",
		.findings = {"vfio-driver.virqfd"},
		.settle = "Look for vfio_virqfd in the lists of modules below /etc.",
		.remedy = "Remove vfio_virqfd from the list, and build the initramfs anew.",
	},
	{
		.id = "lockdown",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"direct PCI access is restricted", "raw MSR access is restricted",
			  "unsigned module loading is restricted"},
		.meaning =
			"The kernel is locked down (Secure Boot). VFIO itself works; modules that "
			"are not signed, and tools that write config space, do not.",
		.findings = {"lockdown-selinux.locked"},
		.settle = "Look at /sys/kernel/security/lockdown.",
		.remedy = "Sign the module, or turn Secure Boot off.",
	},
	{
		.id = "driver-in-use",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"NVRM: Attempting to remove device {f} with non-zero usage count"},
		.meaning =
			"A program of the host has the GPU open, so taking it from its driver hangs.",
		.findings = {"caution.in-use", "host-use.console", "host-use.vital"},
		.inconclusive = true,
		.settle = "Look who has /dev/nvidia* or the function's /dev/dri open: a display "
			  "server, nvidia-persistenced, a container.",
		.remedy =
			"Stop what uses the GPU, or bind it to vfio-pci at boot before its driver.",
	},
	{
		.id = "driver-crashed",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"unbind_store+{x}/{x}"},
		.meaning =
			"A driver crashed or hung while a function was taken from it; the write to "
			"unbind does not return.",
		.findings = {"caution.in-use", "host-use.console", "host-use.vital"},
		.inconclusive = true,
		.settle =
			"Look at the lines of the call trace: the module in square brackets is the "
			"driver.",
		.remedy = "Reboot. Bind the function to vfio-pci at boot before that driver.",
		.explained_by = {"driver-in-use"},
	},
	{
		.id = "boot-console-on-gpu",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"Initialized simpledrm "},
		.meaning =
			"simpledrm shows the boot's picture, and holds the memory of the GPU that "
			"firmware used. When a guest gets that GPU, vfio-pci cannot reserve its "
			"BAR.",
		.findings = {"boot-gpu.framebuffer"},
		.settle =
			"Look in /proc/iomem, as root, within which function's BAR simpledrm lies.",
		.remedy = "Use a kernel without simpledrm, or keep the function for the host.",
	},
	{
		/* hugetlb_hstate_alloc_pages(), mm/hugetlb.c, and its function for one node */
		.id = "hugepages-short",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"HugeTLB: allocating {n} of page size {*} failed. Only allocated {n} "
			  "hugepages",
			  "HugeTLB: allocating {n} of page size {*} failed node{n}. Only allocated "
			  "{n} hugepages"},
		.meaning = "The kernel could not set aside as many huge pages as the command line "
			   "asks for. A guest that needs the rest does not start.",
		.related = {"domain-memory.hugepages"},
		.settle = "Compare nr_hugepages in /sys/kernel/mm/hugepages with the memory of the "
			  "guests that are to have huge pages.",
		.remedy = "Ask for fewer, or add memory; on a host with several NUMA nodes, ask "
			  "for them by node (hugepages=0:N,1:N).",
	},
	{
		/* __oom_kill_process(), mm/oom_kill.c */
		.id = "guest-killed",
		.source = LOG_KERNEL,
		.severity = LOG_STOPS,
		.forms = {"Out of memory: Killed process {n} (kvm)",
			  "Out of memory: Killed process {n} (qemu-system-x86)",
			  "Out of memory: Killed process {n} (qemu-kvm)"},
		.meaning = "The host ran out of memory and killed a guest. With a function of the "
			   "host, a guest holds all its memory from the start: ballooning gives "
			   "none of it back.",
		.related = {"domain-memory.beyond-host"},
		.settle = "Add up the memory of the guests that run, and what else the host keeps "
			  "(on ZFS, the ARC).",
		.remedy = "Give the guests less memory, or limit the rest: on ZFS, zfs_arc_max.",
	},
	{
		/* split_lock_warn(), arch/x86/kernel/cpu; sysctl kernel.split_lock_mitigate */
		.id = "split-lock",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"CPU {n}/KVM/{n} took a split_lock trap at address: {x}"},
		.meaning = "A program in a guest locks memory across two cache lines, and the "
			   "kernel slows the guest's processor down each time: the guest stutters.",
		.settle = "Look whether kernel.split_lock_mitigate is 1; the number behind KVM is "
			  "that of a thread of the guest's QEMU.",
		.remedy = "Set kernel.split_lock_mitigate to 0, or boot with "
			  "split_lock_detect=off.",
	},
	{
		/* README of NVIDIA's driver on notebooks; amdgpu_get_bios(),
		 * drivers/gpu/drm/amd/amdgpu/amdgpu_bios.c */
		.id = "vbios-not-found",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"ailed to copy vbios to system memory", "Unable to locate a BIOS ROM"},
		.meaning =
			"The GPU's driver, mostly in a guest, found no video BIOS. That of a "
			"notebook's second graphics, and of graphics inside an AMD processor, is in "
			"the host's firmware, of which a guest has nothing.",
		.findings = {"caution.rom", "boot-gpu.shadow-rom"},
		.inconclusive = true,
		.settle =
			"The address in a guest's line is one of the guest: see which function of "
			"the host it is, and whether the guest is given a ROM file.",
		.remedy =
			"Give the guest the card's video BIOS as a file (<rom file=...>, romfile=).",
		.explained_by = {"rom-invalid"},
	},
	{
		.id = "gpu-dead-in-guest",
		.source = LOG_KERNEL,
		.severity = LOG_MAY,
		.forms = {"PSP firmware loading failed", "PSP tmr init failed",
			  "PSP create ring failed!", "PSP load kdb failed!", "PSP load sos failed!",
			  "PSP load tmr failed!"},
		.meaning =
			"amdgpu, mostly in a guest, could not start the GPU. On the host, a BAR that "
			"could not be reserved is a cause.",
		.findings = {"boot-gpu.framebuffer"},
		.inconclusive = true,
		.settle =
			"Look in the host's log for a BAR that can't be reserved; the address in a "
			"guest's line is one of the guest.",
		.remedy = "Keep the boot's picture off the GPU; power the host off and on.",
		.explained_by = {"bar-held"},
	},
};

const struct log_table log_system_messages = {rows, ARRAY_LENGTH(rows)};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/caution_advice.h"
#include "checks/support/check.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "model/own_commands.h"

enum kind { IGD, ROM, VARIANT, NVLINK, VF_TOKEN, ADDRESS_WIDTH, POWER, IN_USE, INTX, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[IGD] = {"caution.igd",
		 "The function is Intel's integrated graphics. VFIO gives it to a guest like any "
		 "other. A guest's driver finds the screens by the OpRegion, a memory in which the "
		 "host's firmware describes them; before Linux 6.15 VFIO shows that only where the "
		 "graphics are a VGA controller, the first display of the host. To show a picture "
		 "before the guest's driver runs, it needs more: the guest address 00:02.0 on the "
		 "root bus, and a ROM for the guest's firmware (docs/igd-assign.txt of QEMU). "
		 "GVT-g (mediated devices of i915) ends with the tenth generation; SR-IOV begins "
		 "with the twelfth, and takes the driver xe or an i915 from outside the kernel.",
		 "In libvirt, give the hostdev <address type='pci' domain='0' bus='0' slot='2' "
		 "function='0'/> and QEMU x-igd-opregion=on, which libvirt takes by <qemu:override>. "
		 "For computing alone neither is needed."},
	[ROM] = {"caution.rom",
		 "The function is graphics inside an AMD processor. Its video BIOS is a part of the "
		 "host's firmware, which gives it to the host's driver in the ACPI table VFCT. A guest "
		 "has no such table, and the function has no ROM: the guest's driver ends with "
		 "\"Unable to locate a BIOS ROM\" (Linux) or code 43 (Windows). Or it is the second "
		 "graphics of a notebook (class 0302 or 0380: NVIDIA's Optimus, AMD's PowerXpress): "
		 "its screens are those of the graphics inside the processor, and mostly an ACPI "
		 "method (_ROM, ATRM) of the host has its video BIOS. Where the finding is unknown, "
		 "passcheck could not read whether the host is a notebook.",
		 "Take the video BIOS from /sys/firmware/acpi/tables/VFCT, or from an image of the "
		 "host's firmware, and give it to the guest: <rom file='/path/to/rom'/> in libvirt, "
		 "romfile= of QEMU and Proxmox VE. For a notebook's second graphics that may not do: "
		 "NVIDIA's driver looks for an ACPI method _ROM, which the guest gets by a table of "
		 "its own (-acpitable of QEMU), and for a battery."},
	[VARIANT] =
		{"caution.variant",
		 "The function is a GPU of NVIDIA's Grace superchips (GH200, GB200, GB300). Its "
		 "memory is a part of the host's, not of a BAR, and a guest gets it as the BAR that "
		 "nvgrace_gpu_vfio_pci makes of it. With vfio-pci the guest's driver finds no "
		 "memory, and fails.",
		 "Run a kernel with CONFIG_NVGRACE_GPU_VFIO_PCI (Linux 6.9 and later), load the "
		 "module nvgrace_gpu_vfio_pci, and bind the function to it: libvirt 10.0 and later "
		 "does so itself for managed='yes'."},
	[NVLINK] =
		{"caution.nvlink",
		 "The function is a GPU of a host with NVSwitches, as HGX boards have them (A100, "
		 "H100, H200). NVIDIA's driver waits until Fabric Manager has set up their fabric. "
		 "In a guest that has GPUs and no NVSwitches nothing does so: nvidia-smi shows the "
		 "GPU, its fabric stays \"In Progress\", and CUDA ends with error 802 (system not "
		 "yet initialized). A card for a slot in such a host does not wait.",
		 "For a guest with one GPU, give the guest's module nvidia its option "
		 "NVreg_NvLinkDisable=1. For several with NVLink, run Fabric Manager on the host in "
		 "the mode of shared NVSwitches (FABRIC_MODE=1), and activate the partition before "
		 "the guest starts; or give all GPUs and all NVSwitches to one guest, which then "
		 "runs Fabric Manager."},
	[VF_TOKEN] =
		{"caution.vf-token",
		 "The physical function of this VF is on vfio-pci, so a program that the kernel "
		 "does not trust controls it, and could harm the guest that has the VF. From Linux "
		 "5.7 on VFIO opens the VF only for a process that gives the token (a UUID) that "
		 "the program which has the physical function open has set.",
		 "Start that program with a token (DPDK: --vfio-vf-token=UUID), and QEMU 8.1 or "
		 "newer with the same one (-device vfio-pci,…,vf-token=UUID); libvirt has no field "
		 "for it. Or bind the physical function to its host driver, whose VFs need no "
		 "token: " OWN_PLAN_BACK " FUNCTION says how."},
	[ADDRESS_WIDTH] =
		{"caution.address-width",
		 "The function has 64-bit BARs, and its IOMMU translates fewer bits of address than "
		 "the processor has. A guest's firmware places such BARs near the end of the "
		 "addresses that the guest's processor has, which with host-passthrough are the "
		 "host's. VFIO then cannot map them (VFIO_MAP_DMA failed: -22), and other devices of "
		 "the guest do not reach them.",
		 "Limit the guest's addresses to what the IOMMU translates: <maxphysaddr "
		 "mode='passthrough' limit='39'/> in the <cpu> of a libvirt domain (8.7 and later), "
		 "guest-phys-bits=39 for QEMU's -cpu host."},
	[POWER] =
		{"caution.power",
		 "While no guest has a function, vfio-pci lets it sleep, and the port above may "
		 "cut its power off (D3cold). Most cards come back, and some do not: they read as "
		 "all ones until the host is booted again. Where the finding is unknown, passcheck "
		 "could not read whether the port can cut the power.",
		 "Give the module vfio-pci its option disable_idle_d3=1: in a file of "
		 "/etc/modprobe.d, or as vfio-pci.disable_idle_d3=1 on the kernel command line. The "
		 "card then takes more power while it idles."},
	[IN_USE] =
		{"caution.in-use",
		 "The host uses the function for something that it can live without: a network link "
		 "that is up, or a part of a bond, bridge or switch; a device of LVM, dm-crypt or MD "
		 "that lies on its disks; a screen that is lit; a serial console; a program that "
		 "has its node open (of a display, sound card, disk, tuner, camera, accelerator or "
		 "serial adapter of USB), which is searched for where FUNCTIONs are named, in a "
		 "plan, and for guests. When the function leaves its driver, that is lost, and "
		 "drivers of displays may hang.",
		 "End the use before the function leaves its driver: take the interface out of the "
		 "network's configuration, deactivate what lies on the disks, stop the desktop and "
		 "other programs."},
	[INTX] =
		{"caution.intx",
		 "The function's old interrupt line (INTx) has other users on the host, and VFIO "
		 "wants it alone: the function cannot be kept from raising it (DisINTx of PCI 2.3), "
		 "as the kernel knows of some. QEMU asks for the line before the guest can choose "
		 "MSI, and ends with \"Failed to setup INTx fd: Device or resource busy\". Of a "
		 "conventional PCI card without MSI nobody can tell from outside: the finding is "
		 "then unknown, as where passcheck could not read who has the line.",
		 "Take what shares the line from its driver while the guest runs: /proc/interrupts "
		 "names it. Or move one of the cards to another slot, which mostly has another "
		 "line. vfio-pci.nointxmask=1 does not help: it takes the line alone for every "
		 "function."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static const struct finding_kind *kind_of(const char *id)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (strcmp(kinds[i].id, id) == 0)
			return &kinds[i];
	}
	return NULL;
}

/* "0000:00:02.0 is Intel's integrated graphics, …": what begins with "it" names the function. */
static const char *summary_of(struct findings *findings, const struct pci_function *function,
			      const struct caution *caution)
{
	if (begins_with(caution->why, "it "))
		return arena_printf(findings->arena, "%s %s", function->name,
				    caution->why + strlen("it "));
	return arena_printf(findings->arena, "%s: %s", function->name, caution->why);
}

static void report(const struct check_context *context, const struct pci_function *function,
		   const struct caution *caution)
{
	const struct finding_kind *kind = kind_of(caution->finding);

	/* Other checks explain the rest. */
	if (!kind)
		return;
	bool stays = caution_stays(caution, &context->model->host_uses, function);
	struct finding *finding = finding_add(
		context->findings, kind, stays ? FINDING_NOT_APPLICABLE : FINDING_WARN,
		subject_function(function), "%s", summary_of(context->findings, function, caution));
	finding_caution_advice(finding, caution);
	/* Graphics that a word keeps from the IOMMU are in no group. */
	if (kind == &kinds[IGD])
		finding_follows(finding, "iommu-groups.ungrouped", subject_function(function));
	if (kind == &kinds[IN_USE])
		finding_follows(finding, "host-use.vital", subject_function(function));
}

static void report_unknown(struct findings *findings, const struct pci_function *function,
			   const struct caution *caution)
{
	const struct finding_kind *kind = kind_of(caution->finding);

	/* What a capture does not cover is no news of the host; the function's page has it. */
	if (!kind || caution->evidence->state == FACT_NOT_CAPTURED)
		return;
	struct finding *finding =
		finding_add(findings, kind, FINDING_UNKNOWN, subject_function(function), "%s",
			    summary_of(findings, function, caution));
	finding_evidence_state(finding, caution->evidence);
	finding_remedy_unread(finding, caution->evidence);
}

static void judge(const struct check_context *context, const struct pci_function *function)
{
	const struct cautions *cautions = &context->model->cautions;

	for (const struct caution *caution = cautions_of(cautions, function); caution;
	     caution = caution->next)
		report(context, function, caution);
	for (const struct caution *caution = cautions_unknown_of(cautions, function); caution;
	     caution = caution->next)
		report_unknown(context->findings, function, caution);
}

static void run(const struct check_context *context)
{
	for (size_t i = 0; i < context->host->pci.count; i++)
		judge(context, &context->host->pci.functions[i]);
}

const struct check check_caution = {
	.id = "caution",
	.title = "What does VFIO accept that may give a guest trouble?",
	.needs = "ids, drivers, power and devices of functions, and the IOMMU's registers; no "
		 "privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};

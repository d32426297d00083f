/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "model/assign/reset.h"
#include "model/caution/builder.h"

enum { IGD_DEVICE = 2, ATI = 0x1002, NVIDIA = 0x10de };

bool caution_is_igd(const struct pci_function *function)
{
	const struct pci_address *address = &function->address;

	return fact_known(&function->vendor.fact) &&
	       function->vendor.value == PCI_VENDOR_ID_INTEL &&
	       pci_base_class(function) == PCI_BASE_CLASS_DISPLAY && address->domain == 0 &&
	       address->bus == 0 && address->device == IGD_DEVICE && address->function == 0;
}

/*
 * Returns whether kernels keep these integrated graphics from the IOMMU, whatever the command line
 * says: quirk_iommu_igfx() of drivers/iommu/intel/iommu.c, by the ids of the graphics or of the
 * host bridge beside them, which the graphics' own are next to. Of Q35 and QM57 not all kernels do.
 */
static bool is_refused(const struct pci_function *function)
{
	static const struct {
		uint16_t first, last;
	} devices[] = {
		{0x0042, 0x0046}, /* QM57, by its host bridge 0044 */
		{0x1600, 0x163f}, /* Broadwell */
		{0x29b2, 0x29b2}, /* Q35 */
		{0x2a42, 0x2a42}, /* GM45, by its host bridge 2a40 */
		{0x2e02, 0x2e92}, /* G4x, by their host bridges 2e00 to 2e90 */
	};

	for (size_t i = 0; i < ARRAY_LENGTH(devices); i++) {
		if (function->device.value >= devices[i].first &&
		    function->device.value <= devices[i].last)
			return true;
	}
	return !fact_known(&function->device.fact);
}

bool caution_parameter_keeps_igd(const struct cmdline_parameter *parameter)
{
	return parameter->value && cmdline_same_name(parameter->name, "intel_iommu") &&
	       cmdline_list_has(parameter->value, "igfx_off");
}

bool caution_keeps_igd(const struct host *host, const struct pci_function *function)
{
	if (!fact_absent(&function->group.fact) || !caution_is_igd(function) ||
	    is_refused(function))
		return false;
	for (size_t i = 0; i < host->cmdline.count; i++) {
		if (caution_parameter_keeps_igd(&host->cmdline.parameters[i]))
			return true;
	}
	return false;
}

/*
 * Whether VFIO shows a guest the OpRegion: vfio_pci_open_device(), drivers/vfio/pci/vfio_pci.c. Up
 * to 6.14 that is for VGA controllers alone (vfio_pci_is_intel_display() came with 6.15).
 */
bool caution_offers_opregion(const struct host *host, const struct pci_function *function)
{
	struct kernel_version version;

	if (kconfig_lacks(&host->kconfig, "VFIO_PCI_IGD"))
		return false;
	return pci_class(function) == PCI_CLASS_DISPLAY_VGA ||
	       (host_kernel_version(host, &version) && kernel_at_least(&version, 6, 15));
}

bool caution_qemu_gives_opregion(const struct host *host)
{
	const struct hypervisor *hypervisor = &host->hypervisor;

	return fact_known(&hypervisor->qemu_version.fact) &&
	       !hypervisor_qemu_before(hypervisor, 10, 1);
}

#define GRAPHICS     "it is Intel's integrated graphics"
#define AT_THE_PLACE "the guest address 0000:00:02.0 (not below a root port)"

static struct caution kept_caution(const struct host *host)
{
	return (struct caution){
		.why = GRAPHICS ", which igfx_off on the kernel command line keeps from the IOMMU, "
				"and so from any guest",
		.remedy = "Take igfx_off out of intel_iommu= and reboot; then give it " AT_THE_PLACE
			  " and x-igd-opregion=on",
		.evidence = &host->cmdline.fact,
	};
}

/* Without the OpRegion, QEMU refuses x-igd-opregion=on. */
static struct caution blind_caution(const struct host *host, const struct pci_function *function)
{
	if (pci_class(function) == PCI_CLASS_DISPLAY_VGA)
		return (struct caution){
			.why = GRAPHICS ", whose OpRegion this kernel does not show to guests: a "
					"guest's driver may find no screen",
			.remedy = "Run a kernel with CONFIG_VFIO_PCI_IGD; with this one, QEMU does "
				  "not start with x-igd-opregion=on",
			.evidence = &host->kconfig.fact,
		};
	return (struct caution){
		.why = GRAPHICS ", which is not the first display of this host: VFIO does not show "
				"its OpRegion to guests, whose driver may find no screen",
		.remedy = "Make it the first display in the firmware setup, or run Linux 6.15 or "
			  "later with CONFIG_VFIO_PCI_IGD; without that, QEMU does not start with "
			  "x-igd-opregion=on",
		.evidence = &function->class_code.fact,
	};
}

/* What guests' drivers and firmware want: docs/igd-assign.txt of QEMU 10. */
static struct caution picture_caution(const struct pci_function *function)
{
	if (pci_class(function) == PCI_CLASS_DISPLAY_VGA)
		return (struct caution){
			.why = GRAPHICS
			": a guest's driver finds its screens by the OpRegion, and "
			"only at the guest address 00:02.0 on the root bus does the "
			"guest show a picture before that driver runs",
			.remedy = "Give it x-igd-opregion=on and " AT_THE_PLACE
				  "; for a picture before the driver runs, give it a ROM for the "
				  "guest's firmware, too (romfile=)",
			.evidence = &function->vendor.fact,
		};
	return (struct caution){
		.why = GRAPHICS ", which is not the first display of this host: a guest shows no "
				"picture on it before its driver runs, and that finds its screens "
				"by the OpRegion",
		.remedy = "Give it x-igd-opregion=on; for a picture from the start, make it the "
			  "first display in the firmware setup, and give it " AT_THE_PLACE,
		.evidence = &function->class_code.fact,
	};
}

void caution_igd(struct caution_builder *builder, const struct pci_function *function)
{
	struct caution caution;

	if (!caution_is_igd(function))
		return;
	if (caution_keeps_igd(builder->host, function))
		caution = kept_caution(builder->host);
	else if (!caution_offers_opregion(builder->host, function))
		caution = blind_caution(builder->host, function);
	else
		caution = picture_caution(function);
	caution.kind = CAUTION_IGD;
	caution.finding = "caution.igd";
	caution_add(builder, function, &caution);
}

/* Its video BIOS is a part of the firmware, which tells it by the table VFCT:
 * amdgpu_get_bios_apu(), drivers/gpu/drm/amd/amdgpu/amdgpu_bios.c. */
static void add_in_processor(struct caution_builder *builder, const struct pci_function *function)
{
	const struct caution caution = {
		.kind = CAUTION_ROM,
		.why = "it is graphics inside an AMD processor, whose video BIOS the host's "
		       "firmware has and the function has not: a guest's driver finds none",
		.finding = "caution.rom",
		.remedy = "Take its video BIOS from the ACPI table VFCT (or from the firmware's "
			  "image) and give it to the guest as a file: <rom file='/path/to/rom'/> "
			  "in libvirt, romfile= of QEMU",
		.evidence = &function->vendor.fact,
	};

	caution_add(builder, function, &caution);
}

/*
 * What helps a card whose screens are wired to other graphics (NVIDIA's Optimus, AMD's
 * PowerXpress): github.com/lion328/gpu-passthrough, lantian.pub on "Optimus MUXless". Its video
 * BIOS is what an ACPI method gives: _ROM, drivers/gpu/drm/nouveau/nvkm/subdev/bios/shadowacpi.c;
 * ATRM, amdgpu_atrm_get_bios() of drivers/gpu/drm/amd/amdgpu/amdgpu_bios.c.
 */
static void add_notebook(struct caution_builder *builder, const struct pci_function *function)
{
	const struct caution caution = {
		.kind = CAUTION_ROM,
		.why = "it is a notebook's second graphics, without a screen, and its video BIOS "
		       "mostly is in the host's firmware alone: a guest's driver may find none",
		.finding = "caution.rom",
		.remedy = "Give the guest its video BIOS as a file: <rom file='/path/to/rom'/> in "
			  "libvirt, romfile= of QEMU. Where NVIDIA's driver ends with code 43 all "
			  "the same, give the guest an ACPI table (-acpitable of QEMU) with a "
			  "method _ROM at the card's guest address, and a battery. Show the "
			  "guest's picture on a virtual display or by the network",
		.evidence = &builder->host->chassis.fact,
	};

	caution_add(builder, function, &caution);
}

static void add_perhaps_notebook(struct caution_builder *builder,
				 const struct pci_function *function)
{
	const struct caution caution = {
		.kind = CAUTION_ROM,
		.why = "cannot tell whether it is a notebook's second graphics, whose video BIOS "
		       "is in the host's firmware and whose screens are other graphics'",
		.finding = "caution.rom",
		.evidence = &builder->host->chassis.fact,
	};

	caution_add_unknown(builder, function, &caution);
}

/* Forms of a computer with a screen of its own: SMBIOS 3.7, 7.4.1. */
static bool is_notebook(int64_t chassis)
{
	static const int64_t types[] = {8, 9, 10, 14, 30, 31, 32};

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		if (types[i] == chassis)
			return true;
	}
	return false;
}

/* Graphics of NVIDIA and AMD that are no VGA controller have no screen, or show nothing of the
 * boot. */
static bool is_without_screen(const struct pci_function *function)
{
	int class = pci_class(function);

	return (class == PCI_CLASS_DISPLAY_3D || class == PCI_CLASS_DISPLAY_OTHER) &&
	       !pci_is_vf(function) && fact_known(&function->vendor.fact) &&
	       (function->vendor.value == NVIDIA || function->vendor.value == ATI);
}

bool caution_has_integrated_graphics(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (caution_is_igd(&pci->functions[i]) ||
		    reset_is_processor_gpu(pci, &pci->functions[i]))
			return true;
	}
	return false;
}

void caution_rom(struct caution_builder *builder, const struct pci_function *function)
{
	const struct host *host = builder->host;

	if (reset_is_processor_gpu(&host->pci, function))
		add_in_processor(builder, function);
	else if (!is_without_screen(function) || !builder->has_integrated_graphics)
		return;
	else if (!fact_settled(&host->chassis.fact))
		add_perhaps_notebook(builder, function);
	else if (fact_known(&host->chassis.fact) && is_notebook(host->chassis.value))
		add_notebook(builder, function);
}

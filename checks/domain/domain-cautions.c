/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/caution_advice.h"
#include "checks/support/check.h"

#include <string.h>

#include "host/base/array.h"
#include "model/dma/iommu_registers.h"
#include "model/pcie.h"

enum kind { CAUTION, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[CAUTION] =
		{"domain-cautions.caution",
		 "VFIO accepts a function that a domain uses, but the guest may have trouble with it: the "
		 "summary says why. passcheck FUNCTION shows the function's own "
		 "finding.",
		 "Do what the remedy says before the guest starts, or make sure that the "
		 "guest works without it."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Whether the domain has every other function of the card. */
static bool has_whole_card(const struct domain_map *map, const struct domain_use *use)
{
	const struct pci *pci = &map->host->pci;
	const struct pci_function *function = use->function + 1;

	for (; function < pci->functions + pci->count && pcie_same_device(use->function, function);
	     function++) {
		if (!domain_map_find(map, use->domain, function))
			return false;
	}
	return true;
}

/* Whether the domain has an NVSwitch: who gives it some gives it all. */
static bool has_nvswitch(const struct domain_map *map, const struct domain *domain)
{
	const struct pci *pci = &map->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		if (caution_is_nvswitch(&pci->functions[i]) &&
		    domain_map_find(map, domain, &pci->functions[i]))
			return true;
	}
	return false;
}

/* QEMU's igd code looks at the place alone: 00:02.0. */
static bool has_igd_place(const struct domain_device *device)
{
	const struct pci_address *guest = &device->guest;

	return device->place == DOMAIN_PLACE_PCI && guest->bus == 0 && guest->device == 2 &&
	       guest->function == 0;
}

/* Legacy mode takes the LPC bridge's place, where a q35 has one of its own, and a ROM (docs/
 * igd-assign.txt). */
static bool is_legacy(const struct domain_use *use)
{
	return has_igd_place(use->device) && !domain_is_q35(use->domain) &&
	       (use->device->has_rom || !caution_lacks_rom(use->function));
}

/* Whether QEMU gives the guest the OpRegion: told so, by default, or in legacy mode. */
static bool has_opregion(const struct domain_map *map, const struct domain_use *use)
{
	if (use->domain->opregion != DOMAIN_UNSET)
		return use->domain->opregion == DOMAIN_ON;
	return caution_qemu_gives_opregion(map->host) || is_legacy(use);
}

/* Without its OpRegion to give, QEMU refuses to start where it is told to. */
static bool is_igd_heeded(const struct domain_map *map, const struct domain_use *use)
{
	return has_igd_place(use->device) && has_opregion(map, use) &&
	       (use->domain->opregion != DOMAIN_ON ||
		caution_offers_opregion(map->host, use->function));
}

/*
 * Returns the bits of address that the XML gives the guest's processor, 0 where it leaves that to
 * QEMU: those of the host, at most the limit, or an own number (qemuBuildCpuCommandLine() of
 * libvirt).
 */
static unsigned guest_bits(const struct domain_map *map, const struct domain *domain)
{
	unsigned host_bits = map->host->cpu.physical_bits, limit = domain->address_limit;

	if (domain->address_bits || !limit)
		return domain->address_bits;
	return host_bits && host_bits < limit ? host_bits : limit;
}

static bool fits_iommu(const struct domain_map *map, const struct domain_use *use)
{
	struct iommu_registers registers;
	unsigned width = iommu_width_of(&map->model->dma_units, use->function, &registers);
	unsigned bits = guest_bits(map, use->domain);

	return width && bits && bits <= width;
}

/* Whether the domain has what the caution asks for. */
static bool is_heeded(const struct domain_map *map, const struct domain_use *use,
		      const struct caution *caution)
{
	if (caution->kind == CAUTION_ADDRESS_WIDTH)
		return fits_iommu(map, use);
	if (caution->kind == CAUTION_SPLIT_DEVICE)
		return has_whole_card(map, use);
	if (caution->kind == CAUTION_NVLINK)
		return has_nvswitch(map, use->domain);
	if (caution->kind == CAUTION_ROM)
		return use->device->has_rom && !use->device->rom_bar_off;
	return caution->kind == CAUTION_IGD && is_igd_heeded(map, use);
}

#define PROXMOX_OPREGION "a line args: -set device.hostpciN." DOMAIN_OPREGION "=on"

static bool is_of_proxmox(const struct domain_use *use)
{
	return use->domain->other_stack && strcmp(use->device->element, "hostpci") == 0;
}

/* What the caution asks for in the words of who runs the guest. */
static void advise(struct finding *finding, const struct domain_use *use,
		   const struct caution *caution)
{
	finding_caution_advice(finding, caution);
	if (caution->kind == CAUTION_IGD && caution->remedy && is_of_proxmox(use))
		finding_remedy(finding,
			       "%s. In Proxmox VE: legacy-igd=1 on its hostpci line, with machine: "
			       "pc and vga: none, %s " PROXMOX_OPREGION,
			       caution->remedy, caution_lacks_rom(use->function) ? "and" : "or");
}

static void report(const struct domain_use *use, const struct caution *caution,
		   struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[CAUTION], FINDING_WARN,
					      subject_domain(use->domain->name), "%s uses %s: %s",
					      use->domain->name, use->function->name, caution->why);

	finding_about(finding, use->function->name);
	advise(finding, use, caution);
}

/* In its place, and yet without a screen. */
static bool lacks_opregion(const struct domain_map *map, const struct domain_use *use,
			   const struct caution *caution)
{
	return caution->kind == CAUTION_IGD && has_igd_place(use->device) &&
	       !has_opregion(map, use) && caution_offers_opregion(map->host, use->function);
}

static void report_opregion(const struct domain_use *use, const struct caution *caution,
			    struct findings *findings)
{
	bool off = use->domain->opregion == DOMAIN_OFF;
	struct finding *finding = finding_add(
		findings, &kinds[CAUTION], FINDING_WARN, subject_domain(use->domain->name),
		"%s uses %s, Intel's integrated graphics, without its OpRegion, by which a guest's "
		"driver finds its screens: %s",
		use->domain->name, use->function->name,
		off                          ? DOMAIN_OPREGION " is off"
		: domain_is_q35(use->domain) ? "QEMU before 10.1 gives it on a q35 machine only "
					       "where it is told to"
					     : "QEMU before 10.1 gives it unasked only where the "
					       "graphics or romfile= has a ROM");

	finding_evidence_state(finding, caution->evidence);
	finding_remedy(finding, "Give it " DOMAIN_OPREGION "=on (%s)",
		       is_of_proxmox(use) ? "by " PROXMOX_OPREGION
					  : "in libvirt by <qemu:override>");
}

/* QEMU leaves such a file to BIOS in the guest, which UEFI does not ask, and a driver finds it
 * nowhere: pci_add_option_rom(), hw/pci/pci.c. */
static bool hides_rom(const struct domain_use *use, const struct caution *caution)
{
	return caution->kind == CAUTION_ROM && use->device->has_rom && use->device->rom_bar_off;
}

static void report_rom_bar(const struct domain_use *use, const struct caution *caution,
			   struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[CAUTION], FINDING_WARN, subject_domain(use->domain->name),
		"%s uses %s with its ROM BAR off: the guest's driver does not find the video BIOS "
		"in the file that it is given",
		use->domain->name, use->function->name);

	finding_evidence_state(finding, caution->evidence);
	finding_remedy(finding, "Take rombar=0 out, in libvirt bar='off' of <rom>");
}

static void judge_list(const struct domain_map *map, const struct domain_use *use,
		       const struct caution *caution, struct findings *findings)
{
	for (; caution; caution = caution->next) {
		if (lacks_opregion(map, use, caution))
			report_opregion(use, caution, findings);
		else if (hides_rom(use, caution))
			report_rom_bar(use, caution, findings);
		else if (!is_heeded(map, use, caution) &&
			 !caution_stays(caution, &map->model->host_uses, use->function))
			report(use, caution, findings);
	}
}

/* Addresses of the guest's own that the host's processor would not lead to. */
static void judge_width(const struct domain_map *map, const struct domain_use *use,
			struct findings *findings)
{
	struct iommu_registers registers;
	unsigned width = iommu_width_of(&map->model->dma_units, use->function, &registers);
	unsigned bits = guest_bits(map, use->domain);
	const struct caution *known =
		cautions_find(&map->model->cautions, use->function, CAUTION_ADDRESS_WIDTH);

	if (known || !width || bits <= width || !caution_has_wide_bar(use->function))
		return;
	struct finding *finding = finding_add(
		findings, &kinds[CAUTION], FINDING_WARN, subject_domain(use->domain->name),
		"%s uses %s: it has 64-bit BARs, and its IOMMU translates %u bits of address where "
		"<maxphysaddr> gives the guest %u: the guest's firmware may place them where VFIO "
		"cannot map them",
		use->domain->name, use->function->name, width, bits);
	const struct fact_number *evidence =
		registers.kind == IOMMU_VTD ? &registers.capability : &registers.efr;
	finding_evidence(finding, &evidence->fact, "%#llx", (unsigned long long)evidence->value);
	finding_remedy(finding, "Give the guest's <maxphysaddr> at most %u bits", width);
}

static void judge(const struct domain_map *map, const struct domain_use *use,
		  struct findings *findings)
{
	const struct cautions *cautions = &map->model->cautions;

	judge_width(map, use, findings);
	judge_list(map, use, cautions_of(cautions, use->function), findings);
	judge_list(map, use, cautions_planned_of(cautions, use->function), findings);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->use_count; i++) {
		const struct domain_use *use = &map->uses[i];
		if (domain_map_is_first(map, use))
			judge(map, use, context->findings);
	}
}

const struct check check_domain_cautions = {
	.id = "domain-cautions",
	.title = "What does VFIO accept that harms guests of these domains?",
	.needs = "the XML of domains, and what an audit of their host needs",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/iommu_registers.h"

#include <inttypes.h>
#include <stdio.h>

#include "host/base/array.h"

enum {
	SAGAW_SHIFT = 8,
	SAGAW_MASK = 0x1f,
	MGAW_SHIFT = 16,
	MGAW_MASK = 0x3f,
	HATS_SHIFT = 10,
	HATS_MASK = 0x3,
};

enum source { CAPABILITY, EXTENDED_CAPABILITY, EFR };

struct feature {
	const char *name;
	enum iommu_kind kind;
	enum source source;
	unsigned bit;
};

static const struct feature features[] = {
	[IOMMU_CACHING_MODE] = {"caching_mode", IOMMU_VTD, CAPABILITY, 7},
	[IOMMU_PAGES_2M] = {"pages_2m", IOMMU_VTD, CAPABILITY, 34},
	[IOMMU_PAGES_1G] = {"pages_1g", IOMMU_VTD, CAPABILITY, 35},
	[IOMMU_POSTED_INTERRUPTS] = {"posted_interrupts", IOMMU_VTD, CAPABILITY, 59},
	[IOMMU_COHERENT] = {"coherent", IOMMU_VTD, EXTENDED_CAPABILITY, 0},
	[IOMMU_QUEUED_INVALIDATION] = {"queued_invalidation", IOMMU_VTD, EXTENDED_CAPABILITY, 1},
	[IOMMU_DEVICE_TLB] = {"device_tlb", IOMMU_VTD, EXTENDED_CAPABILITY, 2},
	[IOMMU_INTERRUPT_REMAPPING] = {"interrupt_remapping", IOMMU_VTD, EXTENDED_CAPABILITY, 3},
	[IOMMU_EXTENDED_INTERRUPTS] = {"extended_interrupts", IOMMU_VTD, EXTENDED_CAPABILITY, 4},
	[IOMMU_PASS_THROUGH] = {"pass_through", IOMMU_VTD, EXTENDED_CAPABILITY, 6},
	[IOMMU_SNOOP_CONTROL] = {"snoop_control", IOMMU_VTD, EXTENDED_CAPABILITY, 7},
	[IOMMU_NESTED] = {"nested", IOMMU_VTD, EXTENDED_CAPABILITY, 26},
	[IOMMU_PAGE_REQUESTS] = {"page_requests", IOMMU_VTD, EXTENDED_CAPABILITY, 29},
	[IOMMU_PASID] = {"pasid", IOMMU_VTD, EXTENDED_CAPABILITY, 40},
	[IOMMU_SCALABLE_MODE] = {"scalable_mode", IOMMU_VTD, EXTENDED_CAPABILITY, 43},
	[IOMMU_AMD_DEVICE_TLB] = {"device_tlb", IOMMU_AMD_VI, CAPABILITY, 24},
	[IOMMU_NOT_PRESENT_CACHE] = {"not_present_cache", IOMMU_AMD_VI, CAPABILITY, 26},
	[IOMMU_AMD_PAGE_REQUESTS] = {"page_requests", IOMMU_AMD_VI, EFR, 1},
	[IOMMU_AMD_X2APIC] = {"x2apic", IOMMU_AMD_VI, EFR, 2},
	[IOMMU_GUEST_TRANSLATION] = {"guest_translation", IOMMU_AMD_VI, EFR, 4},
	[IOMMU_GUEST_APIC] = {"guest_apic", IOMMU_AMD_VI, EFR, 7},
	[IOMMU_GUEST_APIC_MODE] = {"guest_apic_mode", IOMMU_AMD_VI, EFR, 21},
	[IOMMU_SECURE_NESTED_PAGING] = {"secure_nested_paging", IOMMU_AMD_VI, EFR, 63},
};

ASSERT_COVERS(features, IOMMU_FEATURE_COUNT);

/* The table's image of the EFR counts where IVinfo says that it is valid. */
static void read_image(const struct ivrs_block *ivhd, const struct ivrs *ivrs,
		       struct iommu_registers *ret)
{
	if (fact_known(&ret->efr.fact) || !ivhd || !ivrs || !ivrs_has_efr(ivhd) ||
	    !(ivrs->ivinfo & IVINFO_EFR_SUPPORTED))
		return;
	ret->efr = (struct fact_number){
		.fact = {.state = FACT_KNOWN, .source = "/sys/firmware/acpi/tables/IVRS"},
		.value = (int64_t)ivhd->efr,
	};
	ret->efr2 = ret->efr;
	ret->efr2.value = (int64_t)ivhd->efr2;
}

/* Registers that answer all ones are not there: the unit is listed, and does not run. */
static void refuse_all_ones(struct fact_number *number)
{
	if (fact_known(&number->fact) && (uint64_t)number->value == UINT64_MAX)
		number->fact.state = FACT_MALFORMED;
}

void iommu_registers_read(const struct dma_unit *unit, const struct ivrs *ivrs,
			  struct iommu_registers *ret)
{
	const struct iommu_unit *running = unit->running;

	*ret = (struct iommu_registers){.kind = unit->kind};
	if (running) {
		ret->capability = running->capability;
		ret->extended_capability = running->extended_capability;
		if (unit->kind == IOMMU_VTD) {
			refuse_all_ones(&ret->capability);
			refuse_all_ones(&ret->extended_capability);
		}
		if (unit->kind == IOMMU_AMD_VI)
			iommu_parse_features(&running->features, &ret->efr, &ret->efr2);
	}
	read_image(unit->ivhd, ivrs, ret);
}

void iommu_parse_features(const struct fact_text *text, struct fact_number *ret_efr,
			  struct fact_number *ret_efr2)
{
	struct fact_number efr = {.fact = text->fact}, efr2 = {.fact = text->fact};
	uint64_t first = 0, second = 0;
	int end = 0;

	if (fact_known(&text->fact)) {
		int count = sscanf(text->text, "%" SCNx64 "%n:%" SCNx64 "%n", &first, &end, &second,
				   &end);
		if (count < 1 || (text->text[end] && text->text[end] != '\n'))
			efr.fact.state = FACT_MALFORMED;
		else
			efr.value = (int64_t)(first > second ? first : second);
		efr2.fact.state = count == 2 ? efr.fact.state : FACT_ABSENT;
		if (fact_known(&efr2.fact))
			efr2.value = (int64_t)(first > second ? second : first);
	}
	*ret_efr = efr;
	*ret_efr2 = efr2;
}

static const struct fact_number *find_register(const struct iommu_registers *registers,
					       enum source source)
{
	switch (source) {
	case CAPABILITY:
		return &registers->capability;
	case EXTENDED_CAPABILITY:
		return &registers->extended_capability;
	case EFR:
		return &registers->efr;
	}
	return &registers->capability;
}

bool iommu_has_feature(const struct iommu_registers *registers, enum iommu_feature feature,
		       bool *ret)
{
	const struct feature *row = &features[feature];
	const struct fact_number *number = find_register(registers, row->source);

	if (row->kind != registers->kind || !fact_known(&number->fact))
		return false;
	*ret = (uint64_t)number->value >> row->bit & 1;
	return true;
}

const char *iommu_feature_name(enum iommu_feature feature)
{
	return features[feature].name;
}

static unsigned vtd_width(uint64_t capability)
{
	/* By bit of SAGAW; the others are reserved. */
	static const unsigned widths[] = {[1] = 39, [2] = 48, [3] = 57};
	unsigned guest = (capability >> MGAW_SHIFT & MGAW_MASK) + 1, widest = 0;

	for (unsigned bit = 0; bit < ARRAY_LENGTH(widths); bit++) {
		if (capability >> SAGAW_SHIFT & SAGAW_MASK & 1u << bit && widths[bit] > widest)
			widest = widths[bit];
	}
	return guest < widest ? guest : widest;
}

unsigned iommu_address_width(const struct iommu_registers *registers)
{
	/* By HATS, the levels of the host's page tables: 4, 5 and 6; 3 is reserved. */
	static const unsigned amd_widths[HATS_MASK + 1] = {48, 57, 64, 0};

	if (registers->kind == IOMMU_VTD && fact_known(&registers->capability.fact))
		return vtd_width((uint64_t)registers->capability.value);
	if (registers->kind == IOMMU_AMD_VI && fact_known(&registers->efr.fact))
		return amd_widths[(uint64_t)registers->efr.value >> HATS_SHIFT & HATS_MASK];
	return 0;
}

unsigned iommu_width_of(const struct dma_units *units, const struct pci_function *function,
			struct iommu_registers *ret_registers)
{
	const struct dma_match *match = dma_units_match(units, function);

	if (!match || !match->unit || !match->unit->running)
		return 0;
	iommu_registers_read(match->unit, units->ivrs, ret_registers);
	return iommu_address_width(ret_registers);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_IOMMU_REGISTERS_H
#define PASSCHECK_MODEL_DMA_IOMMU_REGISTERS_H

#include "model/dma/dma_units.h"

/*
 * What an IOMMU can do, by its registers: CAP and ECAP of VT-d (Intel VT-d specification, section
 * 11.4; drivers/iommu/intel/iommu.h), the capability header and the extended feature register of
 * AMD-Vi (AMD specification 48882, sections 3.2 and 3.4; drivers/iommu/amd/amd_iommu_types.h).
 */
struct iommu_registers {
	enum iommu_kind kind;
	struct fact_number capability;          /* VT-d CAP, AMD-Vi capability header */
	struct fact_number extended_capability; /* VT-d ECAP */
	struct fact_number efr;                 /* AMD-Vi, of sysfs or of the IVRS */
	struct fact_number efr2;
};

enum iommu_feature {
	/* VT-d */
	IOMMU_CACHING_MODE, /* the unit is a virtual one */
	IOMMU_POSTED_INTERRUPTS,
	IOMMU_PAGES_2M,
	IOMMU_PAGES_1G,
	IOMMU_COHERENT,
	IOMMU_QUEUED_INVALIDATION,
	IOMMU_DEVICE_TLB, /* ATS */
	IOMMU_INTERRUPT_REMAPPING,
	IOMMU_EXTENDED_INTERRUPTS, /* x2APIC */
	IOMMU_PASS_THROUGH,
	IOMMU_SNOOP_CONTROL,
	IOMMU_NESTED,
	IOMMU_PAGE_REQUESTS,
	IOMMU_PASID,
	IOMMU_SCALABLE_MODE,
	/* AMD-Vi */
	IOMMU_AMD_DEVICE_TLB,
	IOMMU_NOT_PRESENT_CACHE, /* the unit is a virtual one */
	IOMMU_AMD_PAGE_REQUESTS,
	IOMMU_AMD_X2APIC,
	IOMMU_GUEST_TRANSLATION,
	IOMMU_GUEST_APIC,
	IOMMU_GUEST_APIC_MODE,
	IOMMU_SECURE_NESTED_PAGING,
	IOMMU_FEATURE_COUNT,
};

/* Collects the registers of a unit. ivrs may be NULL. */
void iommu_registers_read(const struct dma_unit *unit, const struct ivrs *ivrs,
			  struct iommu_registers *ret);

/*
 * Parses amd-iommu/features: "EFR", and later "EFR2:EFR" or "EFR:EFR2", by kernel. Of two the
 * larger is taken for EFR, whose high fields are in use since long.
 */
void iommu_parse_features(const struct fact_text *text, struct fact_number *ret_efr,
			  struct fact_number *ret_efr2);

/* Returns whether the unit's kind has the feature and its register is known; *ret says whether it
 * is set. */
bool iommu_has_feature(const struct iommu_registers *registers, enum iommu_feature feature,
		       bool *ret);

/* Returns the feature's name in reports: "snoop_control". */
const char *iommu_feature_name(enum iommu_feature feature);

/* Returns the bits of address that the unit translates: for VT-d the smaller of MGAW and the widest
 * SAGAW, for AMD-Vi by HATS. 0 where that is not known. */
unsigned iommu_address_width(const struct iommu_registers *registers);

/* As iommu_address_width(), of the running unit that translates a function; *ret_registers are
 * those of that unit where the width is known. */
unsigned iommu_width_of(const struct dma_units *units, const struct pci_function *function,
			struct iommu_registers *ret_registers);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACPI_IORT_H
#define PASSCHECK_HOST_ACPI_IORT_H

#include "host/acpi/acpi.h"

/*
 * The I/O remapping table of Arm (DEN0049, E.f): which SMMU translates which requester, and which
 * ITS takes its interrupts. What the kernel makes of a damaged one: drivers/acpi/arm64/iort.c of
 * Linux 6.1 to 7.3.
 */

enum iort_type {
	IORT_ITS_GROUP,
	IORT_NAMED_COMPONENT,
	IORT_ROOT_COMPLEX,
	IORT_SMMU_V2, /* SMMUv1 and SMMUv2 */
	IORT_SMMU_V3,
	IORT_PMCG, /* a group of performance counters */
	IORT_RMR,  /* reserved memory ranges */
	IORT_TYPE_COUNT,
};

enum { IORT_SINGLE_MAPPING = 0x1 };        /* of a mapping: whatever the input, one output */
enum { IORT_SMMU_V2_COHERENT_WALK = 0x2 }; /* of an SMMUv1 or SMMUv2 */
enum { IORT_SMMU_V3_COHERENT = 0x1 };      /* COHACC override of an SMMUv3 */
enum { IORT_RMR_REMAP_PERMITTED = 0x1 };   /* of an RMR */
enum { IORT_ROOT_COMPLEX_ATS = 0x1 };      /* of a root complex */

/* Input ids from input_base on, id_count of them and one more, and what they become. */
struct iort_mapping {
	uint32_t input_base;
	uint32_t id_count; /* the number of ids minus one */
	uint32_t output_base;
	uint32_t reference; /* offset in the table of the node that takes the output */
	uint32_t flags;
	const struct iort_node *target; /* NULL where no node begins there */
};

struct iort_region {
	uint64_t base;
	uint64_t length;
};

struct iort_node {
	uint8_t type;
	uint8_t revision;
	uint16_t length; /* in bytes */
	uint32_t identifier;
	size_t offset;
	bool complete; /* it holds the fixed part of its type; the members below are 0 otherwise */
	struct iort_mapping *mappings;
	size_t mapping_count;

	uint32_t flags; /* of a named component, an SMMU, an RMR */
	uint64_t base;  /* registers of an SMMU; page 0 of a PMCG */

	uint32_t *its; /* ITS group: the identifiers of its ITSs, as the MADT has them */
	size_t its_count;

	/* Named component and root complex */
	uint64_t memory_properties;
	uint8_t address_limit;   /* bits of an address */
	const char *device_name; /* named component: its path in the ACPI namespace */
	uint32_t ats_attribute;  /* root complex, as the next two */
	uint32_t segment;
	uint16_t pasid;

	/* SMMUs */
	uint64_t span;                    /* SMMUv1 and SMMUv2: bytes of registers */
	uint32_t model;                   /* of the implementation */
	uint32_t global_interrupt_offset; /* SMMUv1 and SMMUv2 */
	uint32_t context_interrupt_count;
	uint32_t pmu_interrupt_count;
	uint64_t vatos; /* SMMUv3, as what follows */
	uint32_t event_interrupt;
	uint32_t pri_interrupt;
	uint32_t error_interrupt;
	uint32_t sync_interrupt;
	uint32_t proximity_domain;
	uint32_t id_mapping_index; /* which mapping is that of its own interrupts */

	/* PMCG */
	uint64_t page1;
	uint32_t overflow_interrupt;
	uint32_t reference; /* offset in the table of what it counts for */

	struct iort_region *regions; /* RMR */
	size_t region_count;
};

enum iort_defect {
	IORT_BAD_CHECKSUM,
	IORT_TRAILING_BYTES, /* more bytes were read than the header claims */
	IORT_BAD_OFFSET,     /* the first node lies outside of the table, or in its header */
	IORT_ZERO_LENGTH,    /* of a node */
	IORT_PAST_END,       /* a node that leaves the table */
	IORT_TOO_FEW_NODES,  /* the table ends before as many nodes as it claims */
	IORT_SHORT_NODE,     /* a node without all of its fixed part */
	IORT_UNKNOWN_NODE,
	IORT_BAD_MAPPINGS,   /* mappings that leave their node */
	IORT_NULL_REFERENCE, /* a mapping to offset 0 */
	IORT_BAD_REFERENCE,  /* a mapping to where no node begins */
	IORT_BAD_LIST,       /* ITS identifiers, a name or memory ranges that leave their node */
	IORT_UNMAPPED_RMR,   /* reserved memory for nobody */
	IORT_TOO_MANY,       /* more than passcheck is ready to look at */
	IORT_DEFECT_COUNT,
};

/* Limits of what is decoded; no real table comes near. */
enum { IORT_MOST_NODES = 4096, IORT_MOST_ITEMS = 4096 };

struct iort {
	struct acpi_header header;
	bool intact;         /* signature and length hold: the members below are decoded */
	uint32_t node_count; /* as the table claims */
	struct iort_node *nodes;
	size_t count;
	struct acpi_defects defects;
};

/* Decodes a table of length bytes; memory comes from arena. Returns 0, or -EBADMSG where fewer
 * bytes than an ACPI header were read. Defects are recorded, not errors. */
int iort_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct iort *ret);

/* Returns what the kernel makes of a defect. */
enum acpi_consequence iort_consequence(enum iort_defect defect);

/* Returns whether a node of that type is an SMMU. */
bool iort_is_smmu(uint8_t type);

/* Returns "its-group", "smmu-v3", …, or "unknown". */
const char *iort_type_name(uint8_t type);

/*
 * Follows the mappings of a root complex to the SMMU that translates a requester id, as
 * iort_node_map_id() does. Returns it and the stream id, or NULL where none does.
 */
const struct iort_node *iort_find_smmu(const struct iort *iort, uint32_t segment,
				       uint16_t requester_id, uint32_t *ret_stream);

/*
 * Follows the mappings of a root complex, and of the SMMU behind it where there is one, to the ITSs
 * that take the interrupts of a requester id, as iort_dev_find_its_id() does. Returns their group,
 * or NULL where none does.
 */
const struct iort_node *iort_find_its(const struct iort *iort, uint32_t segment,
				      uint16_t requester_id);

/* Returns whether a range of reserved memory is for what an SMMU knows by that stream id. */
bool iort_rmr_is_for(const struct iort_node *rmr, const struct iort_node *smmu, uint32_t stream);

#endif

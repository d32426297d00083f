/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACPI_VIOT_H
#define PASSCHECK_HOST_ACPI_VIOT_H

#include "host/acpi/acpi.h"

/*
 * The virtual I/O translation table (ACPI 6.5, section 5.2.34): which virtio-iommu of a virtual
 * machine translates which requester. What the kernel makes of a damaged one: drivers/acpi/viot.c
 * of Linux 5.14 to 7.3.
 */

enum viot_type {
	VIOT_PCI_RANGE = 1,
	VIOT_MMIO_ENDPOINT,
	VIOT_IOMMU_PCI,
	VIOT_IOMMU_MMIO,
	VIOT_TYPE_END,
};

struct viot_node {
	uint8_t type;
	uint16_t length; /* in bytes */
	size_t offset;
	bool complete; /* it holds the fixed part of its type; the members below are 0 otherwise */

	/* PCI range: requester ids of segments, both ends of each included */
	uint16_t first_segment;
	uint16_t last_segment;
	uint16_t first_id;
	uint16_t last_id;

	uint32_t endpoint;    /* PCI range: number of its first endpoint; MMIO: of its only one */
	uint16_t output_node; /* both: offset in the table of the IOMMU that translates them */
	const struct viot_node *iommu; /* NULL where no IOMMU is described there */

	uint16_t segment;      /* IOMMU that is a PCI function, as the next */
	uint16_t requester_id; /* its own */
	uint64_t base;         /* MMIO: of an endpoint or of an IOMMU */
};

enum viot_defect {
	VIOT_BAD_CHECKSUM,
	VIOT_TRAILING_BYTES, /* more bytes were read than the header claims */
	VIOT_OUTSIDE,        /* the head of a node lies outside of the table */
	VIOT_EMPTY_NODE,     /* a node shorter than its head */
	VIOT_PAST_END,       /* a node that leaves the table */
	VIOT_SHORT_NODE,     /* an endpoint without all of its fixed part */
	VIOT_UNKNOWN_NODE,
	VIOT_NO_IOMMU, /* endpoints whose IOMMU is not where they say, or is cut short */
	VIOT_TOO_MANY, /* more than passcheck is ready to look at */
	VIOT_DEFECT_COUNT,
};

/* Limit of what is decoded; no real table comes near. */
enum { VIOT_MOST_NODES = 4096 };

struct viot {
	struct acpi_header header;
	bool intact;         /* signature and length hold: the members below are decoded */
	uint16_t node_count; /* as the table claims */
	struct viot_node *nodes;
	size_t count;
	struct acpi_defects defects;
};

/* Decodes a table of length bytes; memory comes from arena. Returns 0, or -EBADMSG where fewer
 * bytes than an ACPI header were read. Defects are recorded, not errors. */
int viot_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct viot *ret);

/* Returns what the kernel makes of a defect. */
enum acpi_consequence viot_consequence(enum viot_defect defect);

/* Returns whether a node of that type is an IOMMU. */
bool viot_is_iommu(uint8_t type);

/* Returns "pci-range", "virtio-iommu-pci", …, or "unknown". */
const char *viot_type_name(uint8_t type);

/*
 * Returns the IOMMU that translates a requester id, or NULL where none does. Of several ranges that
 * hold it the last one counts (viot_pci_dev_iommu_init()).
 */
const struct viot_node *viot_find_iommu(const struct viot *viot, uint32_t segment,
					uint16_t requester_id);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACPI_DMAR_H
#define PASSCHECK_HOST_ACPI_DMAR_H

#include "host/acpi/acpi.h"

/*
 * The DMA remapping table of VT-d (Intel VT-d specification, chapter 8), and what the kernel does
 * with a damaged one (drivers/iommu/intel/dmar.c, Linux 7.2).
 */

enum {
	DMAR_DRHD,
	DMAR_RMRR,
	DMAR_ATSR,
	DMAR_RHSA,
	DMAR_ANDD,
	DMAR_SATC,
	DMAR_SIDP,
	DMAR_TYPE_COUNT, /* types from here on are unknown */
};

/* The table's flags. */
enum {
	DMAR_INTERRUPT_REMAPPING = 0x1,
	DMAR_X2APIC_OPT_OUT = 0x2,
	DMAR_PLATFORM_OPT_IN = 0x4, /* firmware protects against DMA before the kernel does */
};

enum { DMAR_INCLUDE_PCI_ALL = 0x1 }; /* of a DRHD */

enum {
	DMAR_SCOPE_ENDPOINT = 1,
	DMAR_SCOPE_BRIDGE,
	DMAR_SCOPE_IOAPIC,
	DMAR_SCOPE_HPET,
	DMAR_SCOPE_NAMESPACE,
	DMAR_SCOPE_TYPE_COUNT,
};

struct dmar_path {
	uint8_t device;
	uint8_t function;
};

/* A device that a structure speaks of: the path leads from start_bus down through bridges. */
struct dmar_scope {
	uint8_t type;
	uint8_t flags;
	uint8_t enumeration_id; /* IOAPIC id, HPET number, or device number of an ANDD */
	uint8_t start_bus;
	const struct dmar_path *path;
	size_t depth;
};

struct dmar_structure {
	uint16_t type;
	uint16_t length; /* in bytes */
	size_t offset;
	bool complete; /* it holds the fixed part of its type; the members below are 0 otherwise */
	uint16_t segment;          /* DRHD, RMRR, ATSR, SATC, SIDP */
	uint8_t flags;             /* DRHD, ATSR, SATC */
	uint8_t size;              /* DRHD: the registers take 2^size pages */
	uint64_t base;             /* DRHD, RHSA: of the registers; RMRR: first byte */
	uint64_t end;              /* RMRR: last byte */
	uint32_t proximity_domain; /* RHSA */
	uint8_t device_number;     /* ANDD */
	const char *name;          /* ANDD, NULL otherwise */
	const struct dmar_scope *scopes;
	size_t scope_count;
};

enum dmar_defect {
	DMAR_BAD_CHECKSUM,
	DMAR_TRAILING_BYTES,      /* more bytes were read than the header claims */
	DMAR_BAD_WIDTH,           /* a host address width below 12 bits */
	DMAR_ZERO_LENGTH,         /* of a structure */
	DMAR_PAST_END,            /* a structure that leaves the table */
	DMAR_SHORT_STRUCTURE,     /* a structure without all of its fixed part */
	DMAR_BAD_SCOPE_LENGTH,    /* a scope below 6 bytes, or one that leaves its structure */
	DMAR_UNKNOWN_SCOPE,       /* a scope of a reserved type */
	DMAR_NO_UNIT,             /* no DRHD */
	DMAR_NO_REGISTERS,        /* a DRHD whose register base is 0 */
	DMAR_FAR_REGISTERS,       /* a DRHD whose register base is beyond the address width */
	DMAR_UNALIGNED_REGISTERS, /* a DRHD whose register base is within a page */
	DMAR_SECOND_CATCH_ALL,    /* a DRHD of INCLUDE_PCI_ALL behind another of its segment */
	DMAR_DUPLICATE_UNIT,      /* a DRHD of an earlier one's segment and base */
	DMAR_UNTERMINATED_NAME,   /* an ANDD's name without NUL */
	DMAR_UNKNOWN_AFFINITY,    /* an RHSA of which no DRHD precedes it */
	DMAR_BAD_RESERVED_REGION, /* an RMRR that is not made of whole pages, or is empty */
	DMAR_TOO_MANY,            /* more than passcheck is ready to look at */
	DMAR_DEFECT_COUNT,
};

/* Limits of what is decoded; no real table comes near. */
enum { DMAR_MOST_STRUCTURES = 4096, DMAR_MOST_SCOPES = 16384 };

struct dmar {
	struct acpi_header header;
	bool intact;                 /* signature and length hold: the members below are decoded */
	unsigned host_address_width; /* bits */
	uint8_t flags;
	struct dmar_structure *structures;
	size_t count;
	bool refused; /* for one of the defects, of which the list may leave some out */
	struct acpi_defects defects;
};

/* Decodes a table of length bytes; memory comes from arena. Returns 0, or -EBADMSG where fewer
 * bytes than an ACPI header were read. Defects are recorded, not errors. */
int dmar_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct dmar *ret);

/* Returns what the kernel makes of a defect. */
enum acpi_consequence dmar_consequence(enum dmar_defect defect);

/* Returns whether the kernel takes units and regions from the table: it is intact, and no defect
 * makes the kernel give up on it. */
bool dmar_accepted(const struct dmar *dmar);

/* Returns "drhd", "rmrr", …, or NULL for an unknown type. */
const char *dmar_type_name(uint16_t type);

/* Returns "endpoint", "bridge", "ioapic", "hpet", "namespace", or NULL for a reserved type. */
const char *dmar_scope_name(uint8_t type);

#endif

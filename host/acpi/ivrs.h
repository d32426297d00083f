/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACPI_IVRS_H
#define PASSCHECK_HOST_ACPI_IVRS_H

#include "host/acpi/acpi.h"

/*
 * The I/O virtualisation reporting structure of AMD-Vi (AMD IOMMU specification 48882, chapter 5),
 * and what the kernel does with a damaged one (drivers/iommu/amd/init.c, Linux 7.0).
 */

/* Types of blocks. */
enum {
	IVRS_IVHD_LEGACY = 0x10,
	IVRS_IVHD_EFR = 0x11,
	IVRS_IVMD_ALL = 0x20,
	IVRS_IVMD_ONE = 0x21,
	IVRS_IVMD_RANGE = 0x22,
	IVRS_IVHD_MIXED = 0x40,
};

/* Types of device entries. */
enum {
	IVRS_ENTRY_PAD = 0,
	IVRS_ENTRY_ALL = 1,
	IVRS_ENTRY_SELECT = 2,
	IVRS_ENTRY_RANGE_START = 3,
	IVRS_ENTRY_RANGE_END = 4,
	IVRS_ENTRY_ALIAS_SELECT = 66,
	IVRS_ENTRY_ALIAS_RANGE_START = 67,
	IVRS_ENTRY_EXTENDED_SELECT = 70,
	IVRS_ENTRY_EXTENDED_RANGE_START = 71,
	IVRS_ENTRY_SPECIAL = 72,
	IVRS_ENTRY_HID = 240,
};

/* Varieties of special devices. */
enum { IVRS_SPECIAL_IOAPIC = 1, IVRS_SPECIAL_HPET = 2 };

/* How an ACPI device's UID is given. */
enum { IVRS_UID_NONE, IVRS_UID_INTEGER, IVRS_UID_STRING };

/* The flags of an IVMD. */
enum { IVMD_UNITY = 0x1, IVMD_READ = 0x2, IVMD_WRITE = 0x4, IVMD_EXCLUSION = 0x8 };

/* The fields of IVinfo. */
enum { IVINFO_EFR_SUPPORTED = 0x1, IVINFO_DMA_REMAPPED = 0x2 };

enum { IVRS_HID_SIZE = 8 };

struct ivrs_entry {
	uint8_t type;
	uint8_t setting;    /* of the device table entry */
	uint16_t device_id; /* requester id */
	uint16_t alias;     /* alias and special entries: the requester id that is used */
	uint32_t extended;  /* extended entries; bit 31: ATS disabled */
	uint8_t handle;     /* special: IOAPIC id or HPET number */
	uint8_t variety;    /* special */
	size_t offset;
	const char *hid; /* ACPI device; NULL for others, as the next two */
	const char *cid;
	const uint8_t *uid;
	uint8_t uid_format;
	uint8_t uid_length; /* bytes of uid */
};

struct ivrs_block {
	uint8_t type;
	uint8_t flags;
	uint16_t length; /* in bytes */
	size_t offset;
	bool complete; /* it holds the fixed part of its type; the members below are 0 otherwise */
	bool chosen;   /* an IVHD of the type that the kernel uses */
	uint16_t device_id; /* IVHD: the IOMMU's own; IVMD: the first that it is for */
	uint16_t segment;

	/* IVHD */
	uint16_t capability_offset; /* in the IOMMU's config space */
	uint64_t base;              /* of its registers */
	uint16_t info;
	uint32_t features; /* feature reporting of type 0x10, attributes of the others */
	uint64_t efr;      /* of types 0x11 and 0x40 */
	uint64_t efr2;
	struct ivrs_entry *entries;
	size_t entry_count;

	/* IVMD */
	uint16_t last_device_id; /* of a range */
	uint64_t start;
	uint64_t memory_length;
};

enum ivrs_defect {
	IVRS_BAD_CHECKSUM,
	IVRS_TRAILING_BYTES,   /* more bytes were read than the header claims */
	IVRS_ZERO_LENGTH,      /* of a block */
	IVRS_PAST_END,         /* a block that leaves the table */
	IVRS_SHORT_BLOCK,      /* a block without all of its fixed part */
	IVRS_NO_UNIT,          /* no IVHD of the type that the kernel chooses */
	IVRS_NO_REGISTERS,     /* a chosen IVHD whose register base is 0 */
	IVRS_BAD_ENTRY_LENGTH, /* an entry of no known length, or one that leaves its block */
	IVRS_UNKNOWN_ENTRY,
	IVRS_OPEN_RANGE,  /* a range start without end, or an end without start */
	IVRS_BAD_HID,     /* an ACPI device entry without name, or outside type 0x40 */
	IVRS_BAD_UID,     /* an ACPI device entry with a UID of no known form */
	IVRS_BAD_SPECIAL, /* a special device entry that is neither IOAPIC nor HPET */
	IVRS_TOO_MANY,    /* more than passcheck is ready to look at */
	IVRS_DEFECT_COUNT,
};

/* Limits of what is decoded; no real table comes near. */
enum { IVRS_MOST_BLOCKS = 1024, IVRS_MOST_ENTRIES = 65536 };

struct ivrs {
	struct acpi_header header;
	bool intact; /* signature and length hold: the members below are decoded */
	uint32_t ivinfo;
	uint8_t chosen_type;
	struct ivrs_block *blocks;
	size_t count;
	bool refused; /* for one of the defects, of which the list may leave some out */
	struct acpi_defects defects;
};

/* Decodes a table of length bytes; memory comes from arena. Returns 0, or -EBADMSG where fewer
 * bytes than an ACPI header were read. Defects are recorded, not errors; those of device entries
 * only in blocks that the kernel uses. */
int ivrs_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct ivrs *ret);

/* Returns what the kernel makes of a defect. */
enum acpi_consequence ivrs_consequence(enum ivrs_defect defect);

/* Returns whether the kernel takes units and regions from the table. */
bool ivrs_accepted(const struct ivrs *ivrs);

/* Returns whether a block of that type describes an IOMMU, or memory. */
bool ivrs_is_ivhd(uint8_t type);
bool ivrs_is_ivmd(uint8_t type);

/* Returns whether the block says more than that there is one of its type: the extended features. */
bool ivrs_has_efr(const struct ivrs_block *block);

/* Returns whether an entry of that type has an alias. */
bool ivrs_entry_has_alias(uint8_t type);

#endif

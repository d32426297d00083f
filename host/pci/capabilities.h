/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_CAPABILITIES_H
#define PASSCHECK_HOST_PCI_CAPABILITIES_H

#include "host/pci/config.h"

/*
 * Registers of the capabilities that passthrough depends on, decoded from config space; offsets and
 * bits by linux/pci_regs.h (7.3). Each result carries where the capability stands; its other fields
 * are zero unless that is known. A capability whose registers were not all read is unreadable.
 */

/* PCI Express capability 0x10. */
struct express_capability {
	struct capability capability;
	uint8_t port_type; /* PCI_EXP_TYPE_* of <pci/header.h>: 0 endpoint, 4 root port, … */
	bool slot_implemented;
	bool flr;
	uint32_t slot_capabilities; /* 0 where the register is not there */
	uint32_t link_capabilities; /* 0 where the function has no link */
	uint16_t link_status;
	bool ari_forwarding_supported; /* DevCap2 bit 5 */
	bool ari_forwarding_enabled;   /* DevCtl2 bit 5 */
};

/* Access Control Services, extended capability 0x0d. Bits: SV 1 TB 2 RR 4 CR 8 UF 10 EC 20 DT 40
 * (hex). */
struct acs_capability {
	struct capability capability;
	uint16_t supported; /* ACSCap */
	uint16_t enabled;   /* ACSCtl */
};

/* The same registers of Sunrise Point's root ports, which have them twice as wide:
 * pci_quirk_intel_spt_pch_acs(), drivers/pci/quirks.c. */
struct wide_acs_capability {
	struct capability capability;
	uint32_t supported;
	uint32_t enabled;
};

/* Alternative Routing-ID Interpretation, extended capability 0x0e. */
struct ari_capability {
	struct capability capability;
	uint8_t next_function;
};

/* Address Translation Services, extended capability 0x0f. */
struct ats_capability {
	struct capability capability;
	bool enabled;
};

enum { SRIOV_BAR_COUNT = 6 };

/* SR-IOV, extended capability 0x10. VF numbers are counts; offset and stride are in requester ids.
 */
struct sriov_capability {
	struct capability capability;
	uint32_t capabilities;
	uint16_t control; /* VFE 1, MSE 8, ARI hierarchy 10 (hex) */
	uint16_t status;
	uint16_t initial_vfs;
	uint16_t total_vfs;
	uint16_t num_vfs;
	uint8_t dependency_link;
	uint16_t first_vf_offset;
	uint16_t vf_stride;
	uint16_t vf_device_id;
	uint32_t supported_page_sizes;
	uint32_t system_page_size;
	uint32_t vf_bars[SRIOV_BAR_COUNT];
};

/*
 * Resizable BAR, extended capability 0x15, and VF Resizable BAR, 0x24, of the same registers: bytes
 * of each BAR now, of a VF BAR for one VF; 0 where it is not listed. Of the sizes that it can have,
 * bit n stands for 2^n MiB.
 */
struct rebar_capability {
	struct capability capability;
	uint64_t sizes[SRIOV_BAR_COUNT];
	uint64_t supported[SRIOV_BAR_COUNT];
};

/* Page Request Interface, extended capability 0x13. */
struct pri_capability {
	struct capability capability;
	bool enabled;
};

/* Process Address Space ID, extended capability 0x1b. */
struct pasid_capability {
	struct capability capability;
	uint8_t width; /* bits */
	bool enabled;
};

/* Device Serial Number, extended capability 3: an EUI-64. Functions of one device may share it. */
struct serial_capability {
	struct capability capability;
	uint64_t number; /* 0: left out of a capture, or never set */
};

/* MSI, capability 5. */
struct msi_capability {
	struct capability capability;
	bool enabled;
};

/* MSI-X, capability 0x11. */
struct msix_capability {
	struct capability capability;
	bool enabled;
	uint16_t table_size; /* vectors */
};

/*
 * Every capability that passcheck reads, one row each of the table in capabilities.c. That table
 * says how each is decoded; what a live host is asked for follows from it, and so do the tests.
 */
enum capability_kind {
	CAPABILITY_EXPRESS,
	CAPABILITY_ACS,
	CAPABILITY_WIDE_ACS,
	CAPABILITY_ARI,
	CAPABILITY_ATS,
	CAPABILITY_SRIOV,
	CAPABILITY_REBAR,
	CAPABILITY_VF_REBAR,
	CAPABILITY_PRI,
	CAPABILITY_PASID,
	CAPABILITY_SERIAL,
	CAPABILITY_MSI,
	CAPABILITY_MSIX,
	CAPABILITY_VPD, /* which a capture looks for: none of its registers is decoded */
	CAPABILITY_KIND_COUNT,
};

/* The registers of a capability of any kind. Each begins with where the capability stands. */
union capability_registers {
	struct capability capability;
	struct express_capability express;
	struct acs_capability acs;
	struct wide_acs_capability wide_acs;
	struct ari_capability ari;
	struct ats_capability ats;
	struct sriov_capability sriov;
	struct rebar_capability rebar;
	struct pri_capability pri;
	struct pasid_capability pasid;
	struct serial_capability serial;
	struct msi_capability msi;
	struct msix_capability msix;
};

/* Finds a capability, and reads none of its registers. */
struct capability capability_find(const struct config_space *config, enum capability_kind kind);

/* Finds a capability and decodes its registers; members of its kind that are not there are zero. */
union capability_registers capability_decode(const struct config_space *config,
					     enum capability_kind kind);

/* As capability_decode(), each with the type of its kind. */
static inline struct express_capability express_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_EXPRESS).express;
}

static inline struct acs_capability acs_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_ACS).acs;
}

static inline struct wide_acs_capability wide_acs_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_WIDE_ACS).wide_acs;
}

static inline struct ari_capability ari_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_ARI).ari;
}

static inline struct ats_capability ats_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_ATS).ats;
}

static inline struct sriov_capability sriov_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_SRIOV).sriov;
}

static inline struct rebar_capability rebar_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_REBAR).rebar;
}

static inline struct rebar_capability vf_rebar_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_VF_REBAR).rebar;
}

static inline struct pri_capability pri_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_PRI).pri;
}

static inline struct pasid_capability pasid_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_PASID).pasid;
}

static inline struct serial_capability serial_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_SERIAL).serial;
}

static inline struct msi_capability msi_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_MSI).msi;
}

static inline struct msix_capability msix_decode(const struct config_space *config)
{
	return capability_decode(config, CAPABILITY_MSIX).msix;
}

/*
 * Returns the blocks of a config space (descriptor.h) that decoding every kind of capability needs
 * next. The conventional 256 bytes are read whole: their lists fill most of them.
 */
uint64_t capabilities_wanted(const uint8_t *bytes, size_t length, uint64_t unread);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/capabilities.h"

#include <errno.h>
#include <pci/header.h>

/* Reads registers of one capability, and remembers whether one of them was not read. */
struct reader {
	const struct config_space *config;
	size_t offset;
	bool failed;
};

static uint8_t read8(struct reader *reader, size_t offset)
{
	uint8_t value = 0;

	reader->failed |= !config_read8(reader->config, reader->offset + offset, &value);
	return value;
}

static uint16_t read16(struct reader *reader, size_t offset)
{
	uint16_t value = 0;

	reader->failed |= !config_read16(reader->config, reader->offset + offset, &value);
	return value;
}

static uint32_t read32(struct reader *reader, size_t offset)
{
	uint32_t value = 0;

	reader->failed |= !config_read32(reader->config, reader->offset + offset, &value);
	return value;
}

/* What stands where registers of a capability were not all read. */
static struct capability truncated(struct capability capability)
{
	capability.state = FACT_UNREADABLE;
	capability.error = EIO;
	return capability;
}

/* The registers that version 1 of the capability need not have. */
static void decode_version_2(struct reader *reader, struct express_capability *express)
{
	express->ari_forwarding_supported = read32(reader, PCI_EXP_DEVCAP2) & PCI_EXP_DEVCAP2_ARI;
	express->ari_forwarding_enabled = read16(reader, PCI_EXP_DEVCTL2) & PCI_EXP_DEVCTL2_ARI;
}

struct express_capability express_decode(const struct config_space *config)
{
	struct express_capability express = {.capability =
						     config_capability(config, PCI_CAP_ID_EXP)};
	struct reader reader = {.config = config, .offset = express.capability.offset};

	if (express.capability.state != FACT_KNOWN)
		return express;
	uint16_t flags = read16(&reader, PCI_EXP_FLAGS);
	express.port_type = (uint8_t)((flags & PCI_EXP_FLAGS_TYPE) >> 4);
	express.slot_implemented = flags & PCI_EXP_FLAGS_SLOT;
	express.flr = read32(&reader, PCI_EXP_DEVCAP) & PCI_EXP_DEVCAP_FLRESET;
	if (express.slot_implemented)
		express.slot_capabilities = read32(&reader, PCI_EXP_SLTCAP);
	if ((flags & PCI_EXP_FLAGS_VERS) >= 2)
		decode_version_2(&reader, &express);
	if (reader.failed)
		return (struct express_capability){.capability = truncated(express.capability)};
	return express;
}

struct acs_capability acs_decode(const struct config_space *config)
{
	struct acs_capability acs = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_ACS)};
	struct reader reader = {.config = config, .offset = acs.capability.offset};

	if (acs.capability.state != FACT_KNOWN)
		return acs;
	acs.supported = read16(&reader, PCI_ACS_CAP);
	acs.enabled = read16(&reader, PCI_ACS_CTRL);
	if (reader.failed)
		return (struct acs_capability){.capability = truncated(acs.capability)};
	return acs;
}

struct ari_capability ari_decode(const struct config_space *config)
{
	struct ari_capability ari = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_ARI)};
	struct reader reader = {.config = config, .offset = ari.capability.offset};

	if (ari.capability.state != FACT_KNOWN)
		return ari;
	ari.next_function = (uint8_t)(read16(&reader, PCI_ARI_CAP) >> 8);
	if (reader.failed)
		return (struct ari_capability){.capability = truncated(ari.capability)};
	return ari;
}

struct ats_capability ats_decode(const struct config_space *config)
{
	struct ats_capability ats = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_ATS)};
	struct reader reader = {.config = config, .offset = ats.capability.offset};

	if (ats.capability.state != FACT_KNOWN)
		return ats;
	ats.enabled = read16(&reader, PCI_ATS_CTRL) & PCI_ATS_CTRL_ENABLE;
	if (reader.failed)
		return (struct ats_capability){.capability = truncated(ats.capability)};
	return ats;
}

static void decode_sriov(struct reader *reader, struct sriov_capability *sriov)
{
	sriov->capabilities = read32(reader, PCI_IOV_CAP);
	sriov->control = read16(reader, PCI_IOV_CTRL);
	sriov->status = read16(reader, PCI_IOV_STATUS);
	sriov->initial_vfs = read16(reader, PCI_IOV_INITIALVF);
	sriov->total_vfs = read16(reader, PCI_IOV_TOTALVF);
	sriov->num_vfs = read16(reader, PCI_IOV_NUMVF);
	sriov->dependency_link = read8(reader, PCI_IOV_FDL);
	sriov->first_vf_offset = read16(reader, PCI_IOV_OFFSET);
	sriov->vf_stride = read16(reader, PCI_IOV_STRIDE);
	sriov->vf_device_id = read16(reader, PCI_IOV_DID);
	sriov->supported_page_sizes = read32(reader, PCI_IOV_SUPPS);
	sriov->system_page_size = read32(reader, PCI_IOV_SYSPS);
	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++)
		sriov->vf_bars[i] = read32(reader, PCI_IOV_BAR_BASE + 4 * i);
}

struct sriov_capability sriov_decode(const struct config_space *config)
{
	struct sriov_capability sriov = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_SRIOV)};
	struct reader reader = {.config = config, .offset = sriov.capability.offset};

	if (sriov.capability.state != FACT_KNOWN)
		return sriov;
	decode_sriov(&reader, &sriov);
	if (reader.failed)
		return (struct sriov_capability){.capability = truncated(sriov.capability)};
	return sriov;
}

/* One entry of (VF) Resizable BAR: PCIe 6.0, section 7.8.6.3. */
enum {
	REBAR_CONTROL = 8, /* of the first entry; the others follow every 8 bytes */
	REBAR_ENTRY_SIZE = 8,
	REBAR_LARGEST = 43, /* 2^43 MiB, the largest size that the capability can name */
};

#define REBAR_INDEX(control) ((control)&0x7)
#define REBAR_COUNT(control) ((control) >> 5 & 0x7)
#define REBAR_SIZE(control)  ((control) >> 8 & 0x3f)

struct vf_rebar_capability vf_rebar_decode(const struct config_space *config)
{
	struct vf_rebar_capability rebar = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_VF_REBAR)};
	struct reader reader = {.config = config, .offset = rebar.capability.offset};

	if (rebar.capability.state != FACT_KNOWN)
		return rebar;
	size_t count = REBAR_COUNT(read32(&reader, REBAR_CONTROL));
	for (size_t i = 0; i < count; i++) {
		uint32_t control = read32(&reader, REBAR_CONTROL + REBAR_ENTRY_SIZE * i);
		if (REBAR_INDEX(control) < SRIOV_BAR_COUNT && REBAR_SIZE(control) <= REBAR_LARGEST)
			rebar.sizes[REBAR_INDEX(control)] = UINT64_C(1)
							    << (20 + REBAR_SIZE(control));
	}
	if (reader.failed)
		return (struct vf_rebar_capability){.capability = truncated(rebar.capability)};
	return rebar;
}

struct pri_capability pri_decode(const struct config_space *config)
{
	struct pri_capability pri = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_PRI)};
	struct reader reader = {.config = config, .offset = pri.capability.offset};

	if (pri.capability.state != FACT_KNOWN)
		return pri;
	pri.enabled = read16(&reader, PCI_PRI_CTRL) & PCI_PRI_CTRL_ENABLE;
	if (reader.failed)
		return (struct pri_capability){.capability = truncated(pri.capability)};
	return pri;
}

struct pasid_capability pasid_decode(const struct config_space *config)
{
	struct pasid_capability pasid = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_PASID)};
	struct reader reader = {.config = config, .offset = pasid.capability.offset};

	if (pasid.capability.state != FACT_KNOWN)
		return pasid;
	pasid.width = PCI_PASID_CAP_WIDTH(read16(&reader, PCI_PASID_CAP));
	pasid.enabled = read16(&reader, PCI_PASID_CTRL) & PCI_PASID_CTRL_ENABLE;
	if (reader.failed)
		return (struct pasid_capability){.capability = truncated(pasid.capability)};
	return pasid;
}

struct serial_capability serial_decode(const struct config_space *config)
{
	/* PCI Express 6.0, section 7.9.3: the lower half stands first. */
	enum { LOWER = 4, UPPER = 8 };
	struct serial_capability serial = {
		.capability = config_extended_capability(config, PCI_EXT_CAP_ID_DSN)};
	struct reader reader = {.config = config, .offset = serial.capability.offset};

	if (serial.capability.state != FACT_KNOWN)
		return serial;
	serial.number = (uint64_t)read32(&reader, UPPER) << 32 | read32(&reader, LOWER);
	if (reader.failed)
		serial.capability = truncated(serial.capability);
	return serial;
}

/* Sunrise Point's root ports have the registers twice as wide: drivers/pci/quirks.c,
 * pci_quirk_intel_spt_pch_acs(). */
static void need_acs(const struct config_space *config)
{
	struct acs_capability acs = acs_decode(config);
	uint32_t wide_control;

	if (acs.capability.state == FACT_KNOWN)
		config_read32(config, acs.capability.offset + 8u, &wide_control);
}

uint64_t capabilities_wanted(const uint8_t *bytes, size_t length, uint64_t unread)
{
	enum { CONVENTIONAL_BLOCKS = (1 << CONFIG_CONVENTIONAL_SIZE / BLOCK_SIZE) - 1 };
	uint64_t missed = 0;
	const struct config_space config = {
		.fact.state = FACT_KNOWN,
		.bytes = bytes,
		.length = length,
		.unread = unread,
		.missed = &missed,
	};

	if (unread & CONVENTIONAL_BLOCKS)
		return CONVENTIONAL_BLOCKS;
	need_acs(&config);
	ari_decode(&config);
	ats_decode(&config);
	sriov_decode(&config);
	vf_rebar_decode(&config);
	pri_decode(&config);
	pasid_decode(&config);
	serial_decode(&config);
	return missed;
}

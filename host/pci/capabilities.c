/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/capabilities.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"

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

/* The registers that version 1 of the capability need not have. */
static void decode_version_2(struct reader *reader, struct express_capability *express)
{
	express->ari_forwarding_supported = read32(reader, PCI_EXP_DEVCAP2) & PCI_EXP_DEVCAP2_ARI;
	express->ari_forwarding_enabled = read16(reader, PCI_EXP_DEVCTL2) & PCI_EXP_DEVCTL2_ARI;
}

/* Integrated endpoints and event collectors sit in the root complex: pcie_cap_has_lnkctl(),
 * drivers/pci/access.c. */
static bool has_link(uint8_t port_type)
{
	return port_type != PCI_EXP_TYPE_ROOT_INT_EP && port_type != PCI_EXP_TYPE_ROOT_EC;
}

static void read_express(struct reader *reader, union capability_registers *ret)
{
	struct express_capability *express = &ret->express;
	uint16_t flags = read16(reader, PCI_EXP_FLAGS);

	express->port_type = (uint8_t)((flags & PCI_EXP_FLAGS_TYPE) >> 4);
	express->slot_implemented = flags & PCI_EXP_FLAGS_SLOT;
	express->flr = read32(reader, PCI_EXP_DEVCAP) & PCI_EXP_DEVCAP_FLRESET;
	if (has_link(express->port_type)) {
		express->link_capabilities = read32(reader, PCI_EXP_LNKCAP);
		express->link_status = read16(reader, PCI_EXP_LNKSTA);
	}
	if (express->slot_implemented)
		express->slot_capabilities = read32(reader, PCI_EXP_SLTCAP);
	if ((flags & PCI_EXP_FLAGS_VERS) >= 2)
		decode_version_2(reader, express);
}

static void read_acs(struct reader *reader, union capability_registers *ret)
{
	ret->acs.supported = read16(reader, PCI_ACS_CAP);
	ret->acs.enabled = read16(reader, PCI_ACS_CTRL);
}

static void read_wide_acs(struct reader *reader, union capability_registers *ret)
{
	enum { WIDE_CONTROL = 8 };

	ret->wide_acs.supported = read32(reader, PCI_ACS_CAP);
	ret->wide_acs.enabled = read32(reader, WIDE_CONTROL);
}

static void read_ari(struct reader *reader, union capability_registers *ret)
{
	ret->ari.next_function = (uint8_t)(read16(reader, PCI_ARI_CAP) >> 8);
}

static void read_ats(struct reader *reader, union capability_registers *ret)
{
	ret->ats.enabled = read16(reader, PCI_ATS_CTRL) & PCI_ATS_CTRL_ENABLE;
}

static void read_sriov(struct reader *reader, union capability_registers *ret)
{
	struct sriov_capability *sriov = &ret->sriov;

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

/* One entry of (VF) Resizable BAR: PCIe 6.0, sections 7.8.6 and 7.8.7. */
enum {
	REBAR_CAPABILITY = 4, /* of the first entry; the others follow every 8 bytes */
	REBAR_CONTROL = 8,
	REBAR_ENTRY_SIZE = 8,
	REBAR_LARGEST = 43, /* 2^43 MiB, the largest size that the capability can name */
};

#define REBAR_INDEX(control) ((control)&0x7)
#define REBAR_COUNT(control) ((control) >> 5 & 0x7)
#define REBAR_SIZE(control)  ((control) >> 8 & 0x3f)
/* Sizes from 1 MiB on stand in one register, those from 2^28 MiB on in the other. */
#define REBAR_SUPPORTED(capability, control)                                                       \
	((uint64_t)(capability) >> 4 | (uint64_t)((control) >> 16) << 28)

static void read_rebar(struct reader *reader, union capability_registers *ret)
{
	size_t count = REBAR_COUNT(read32(reader, REBAR_CONTROL));

	for (size_t i = 0; i < count; i++) {
		uint32_t sizes = read32(reader, REBAR_CAPABILITY + REBAR_ENTRY_SIZE * i);
		uint32_t control = read32(reader, REBAR_CONTROL + REBAR_ENTRY_SIZE * i);
		size_t bar = REBAR_INDEX(control);
		if (bar >= SRIOV_BAR_COUNT || REBAR_SIZE(control) > REBAR_LARGEST)
			continue;
		ret->rebar.sizes[bar] = UINT64_C(1) << (20 + REBAR_SIZE(control));
		ret->rebar.supported[bar] = REBAR_SUPPORTED(sizes, control);
	}
}

static void read_pri(struct reader *reader, union capability_registers *ret)
{
	ret->pri.enabled = read16(reader, PCI_PRI_CTRL) & PCI_PRI_CTRL_ENABLE;
}

static void read_pasid(struct reader *reader, union capability_registers *ret)
{
	ret->pasid.width = PCI_PASID_CAP_WIDTH(read16(reader, PCI_PASID_CAP));
	ret->pasid.enabled = read16(reader, PCI_PASID_CTRL) & PCI_PASID_CTRL_ENABLE;
}

static void read_serial(struct reader *reader, union capability_registers *ret)
{
	/* PCI Express 6.0, section 7.9.3: the lower half stands first. */
	enum { LOWER = 4, UPPER = 8 };

	ret->serial.number = (uint64_t)read32(reader, UPPER) << 32 | read32(reader, LOWER);
}

static void read_msi(struct reader *reader, union capability_registers *ret)
{
	ret->msi.enabled = read16(reader, PCI_MSI_FLAGS) & PCI_MSI_FLAGS_ENABLE;
}

static void read_msix(struct reader *reader, union capability_registers *ret)
{
	uint16_t control = read16(reader, PCI_MSI_FLAGS);

	ret->msix.enabled = control & PCI_MSIX_ENABLE;
	ret->msix.table_size = (uint16_t)((control & PCI_MSIX_TABSIZE) + 1);
}

struct decoder {
	uint16_t id;
	bool extended;
	/* NULL: it is only looked for. */
	void (*read)(struct reader *reader, union capability_registers *ret);
};

static const struct decoder decoders[] = {
	[CAPABILITY_EXPRESS] = {PCI_CAP_ID_EXP, false, read_express},
	[CAPABILITY_ACS] = {PCI_EXT_CAP_ID_ACS, true, read_acs},
	[CAPABILITY_WIDE_ACS] = {PCI_EXT_CAP_ID_ACS, true, read_wide_acs},
	[CAPABILITY_ARI] = {PCI_EXT_CAP_ID_ARI, true, read_ari},
	[CAPABILITY_ATS] = {PCI_EXT_CAP_ID_ATS, true, read_ats},
	[CAPABILITY_SRIOV] = {PCI_EXT_CAP_ID_SRIOV, true, read_sriov},
	[CAPABILITY_REBAR] = {PCI_EXT_CAP_ID_REBAR, true, read_rebar},
	[CAPABILITY_VF_REBAR] = {PCI_EXT_CAP_ID_VF_REBAR, true, read_rebar},
	[CAPABILITY_PRI] = {PCI_EXT_CAP_ID_PRI, true, read_pri},
	[CAPABILITY_PASID] = {PCI_EXT_CAP_ID_PASID, true, read_pasid},
	[CAPABILITY_SERIAL] = {PCI_EXT_CAP_ID_DSN, true, read_serial},
	[CAPABILITY_MSI] = {PCI_CAP_ID_MSI, false, read_msi},
	[CAPABILITY_MSIX] = {PCI_CAP_ID_MSIX, false, read_msix},
	[CAPABILITY_VPD] = {PCI_CAP_ID_VPD, false, NULL},
};

ASSERT_COVERS(decoders, CAPABILITY_KIND_COUNT);

struct capability capability_find(const struct config_space *config, enum capability_kind kind)
{
	const struct decoder *decoder = &decoders[kind];

	return decoder->extended ? config_extended_capability(config, decoder->id)
				 : config_capability(config, (uint8_t)decoder->id);
}

union capability_registers capability_decode(const struct config_space *config,
					     enum capability_kind kind)
{
	struct capability capability = capability_find(config, kind);
	struct reader reader = {.config = config, .offset = capability.offset};
	union capability_registers registers;

	memset(&registers, 0, sizeof(registers));
	if (capability.state == FACT_KNOWN && decoders[kind].read)
		decoders[kind].read(&reader, &registers);
	if (reader.failed) {
		memset(&registers, 0, sizeof(registers));
		capability.state = FACT_UNREADABLE;
		capability.error = EIO;
	}
	registers.capability = capability;
	return registers;
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
	for (size_t kind = 0; kind < CAPABILITY_KIND_COUNT; kind++)
		capability_decode(&config, (enum capability_kind)kind);
	return missed;
}

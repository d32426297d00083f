/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/acs_quirks.h"

#include <pci/header.h>

#include "model/pcie.h"

enum { ANY_DEVICE = -1, VENDOR_INTEL = 0x8086, VENDOR_ZHAOXIN = 0x1d17, VENDOR_WANGXUN = 0x8088 };

/* When an entry of the table applies, and what it then says. */
enum quirk {
	ISOLATES,            /* always */
	ISOLATES_ROOT_PORT,  /* a root port */
	ISOLATES_INTEGRATED, /* a root complex integrated endpoint */
	AMD_SOUTHBRIDGE,     /* multi-function, on the root bus, of a host with IVRS */
	INTEL_PCH,           /* a root port: isolates where the kernel's workaround applies */
	INTEL_SPT,           /* a root port with 32-bit ACS registers */
	ZHAOXIN_PORT,        /* a port: isolates if listed, fails otherwise */
	FAILS_UNLISTED,      /* what no earlier entry listed fails */
};

struct quirk_row {
	int vendor;
	int first; /* device ids, a range with both ends in it; ANY_DEVICE */
	int last;
	int step; /* 2: only every second id */
	enum quirk quirk;
};

#define ONE(vendor, device, quirk)                                                                 \
	{                                                                                          \
		vendor, device, device, 1, quirk                                                   \
	}
#define RANGE(vendor, first, last, quirk)                                                          \
	{                                                                                          \
		vendor, first, last, 1, quirk                                                      \
	}
#define EVEN(vendor, first, last, quirk)                                                           \
	{                                                                                          \
		vendor, first, last, 2, quirk                                                      \
	}

/* pci_dev_acs_enabled[], in its order: the first that applies decides. */
static const struct quirk_row rows[] = {
	ONE(0x1002, 0x4385, AMD_SOUTHBRIDGE),
	ONE(0x1002, 0x439c, AMD_SOUTHBRIDGE),
	ONE(0x1002, 0x4383, AMD_SOUTHBRIDGE),
	ONE(0x1002, 0x439d, AMD_SOUTHBRIDGE),
	ONE(0x1002, 0x4384, AMD_SOUTHBRIDGE),
	ONE(0x1002, 0x4399, AMD_SOUTHBRIDGE),
	ONE(0x1022, 0x780f, AMD_SOUTHBRIDGE),
	ONE(0x1022, 0x7809, AMD_SOUTHBRIDGE),
	ONE(0x1924, 0x0903, ISOLATES),
	ONE(0x1924, 0x0923, ISOLATES),
	ONE(0x1924, 0x0a03, ISOLATES),
	/* Intel 82598, 82599, X520, X540: 10 gigabit. */
	ONE(0x8086, 0x10c6, ISOLATES),
	ONE(0x8086, 0x10db, ISOLATES),
	ONE(0x8086, 0x10dd, ISOLATES),
	ONE(0x8086, 0x10e1, ISOLATES),
	ONE(0x8086, 0x10f1, ISOLATES),
	RANGE(0x8086, 0x10f7, 0x10fc, ISOLATES),
	ONE(0x8086, 0x1507, ISOLATES),
	ONE(0x8086, 0x1514, ISOLATES),
	ONE(0x8086, 0x151c, ISOLATES),
	ONE(0x8086, 0x1529, ISOLATES),
	ONE(0x8086, 0x152a, ISOLATES),
	ONE(0x8086, 0x154d, ISOLATES),
	ONE(0x8086, 0x154f, ISOLATES),
	ONE(0x8086, 0x1551, ISOLATES),
	ONE(0x8086, 0x1558, ISOLATES),
	/* 82580 */
	ONE(0x8086, 0x1509, ISOLATES),
	RANGE(0x8086, 0x150e, 0x1511, ISOLATES),
	ONE(0x8086, 0x1516, ISOLATES),
	ONE(0x8086, 0x1527, ISOLATES),
	/* 82576 */
	ONE(0x8086, 0x10c9, ISOLATES),
	RANGE(0x8086, 0x10e6, 0x10e8, ISOLATES),
	ONE(0x8086, 0x150a, ISOLATES),
	ONE(0x8086, 0x150d, ISOLATES),
	ONE(0x8086, 0x1518, ISOLATES),
	ONE(0x8086, 0x1526, ISOLATES),
	/* 82575 */
	ONE(0x8086, 0x10a7, ISOLATES),
	ONE(0x8086, 0x10a9, ISOLATES),
	ONE(0x8086, 0x10d6, ISOLATES),
	/* I350 */
	RANGE(0x8086, 0x1521, 0x1524, ISOLATES),
	/* 82571 */
	RANGE(0x8086, 0x105e, 0x1060, ISOLATES),
	ONE(0x8086, 0x10d9, ISOLATES),
	/* I219 */
	RANGE(0x8086, 0x15b7, 0x15b8, ISOLATES),
	ONE(0x8086, ANY_DEVICE, ISOLATES_INTEGRATED),
	ONE(0x17cb, 0x0400, ISOLATES),
	ONE(0x17cb, 0x0401, ISOLATES),
	ONE(0x17cb, 0x0115, ISOLATES),
	ONE(0x17cb, 0x0111, ISOLATES),
	ONE(0x17cb, 0x0120, ISOLATES),
	ONE(0x1dbf, 0x0401, ISOLATES),
	RANGE(0x8086, 0x3b42, 0x3b51, INTEL_PCH),
	RANGE(0x8086, 0x1c10, 0x1c1f, INTEL_PCH),
	RANGE(0x8086, 0x1e10, 0x1e1f, INTEL_PCH),
	RANGE(0x8086, 0x8c10, 0x8c1f, INTEL_PCH),
	RANGE(0x8086, 0x9c10, 0x9c1b, INTEL_PCH),
	RANGE(0x8086, 0x9c90, 0x9c9b, INTEL_PCH),
	EVEN(0x8086, 0x1d10, 0x1d1e, INTEL_PCH),
	RANGE(0x8086, 0x8d10, 0x8d1e, INTEL_PCH),
	EVEN(0x8086, 0x8c90, 0x8c9e, INTEL_PCH),
	RANGE(0x8086, 0xa110, 0xa11f, INTEL_SPT),
	RANGE(0x8086, 0xa167, 0xa16a, INTEL_SPT),
	RANGE(0x8086, 0xa290, 0xa29f, INTEL_SPT),
	RANGE(0x8086, 0xa2e7, 0xa2ee, INTEL_SPT),
	RANGE(0x8086, 0x9d10, 0x9d1b, INTEL_SPT),
	ONE(0x19a2, 0x0710, ISOLATES),
	ONE(0x10df, 0x0720, ISOLATES),
	RANGE(0x177d, 0xa000, 0xa7ff, ISOLATES_ROOT_PORT),
	ONE(0x177d, 0xaf84, ISOLATES_ROOT_PORT),
	ONE(0x177d, 0xb884, ISOLATES_ROOT_PORT),
	ONE(0x177d, 0xa026, ISOLATES),
	ONE(0x177d, 0xa059, ISOLATES),
	ONE(0x177d, 0xa060, ISOLATES),
	ONE(0x10e8, 0xe004, ISOLATES),
	RANGE(0x1def, 0xe005, 0xe00c, ISOLATES),
	ONE(0x14e4, 0x16d7, ISOLATES),
	RANGE(0x14e4, 0x1750, 0x1752, ISOLATES),
	RANGE(0x14e4, 0x1760, 0x1763, ISOLATES),
	ONE(0x14e4, 0xd714, ISOLATES),
	ONE(0x0014, 0x3c09, ISOLATES),
	ONE(0x0014, 0x3c19, ISOLATES),
	ONE(0x0014, 0x3c29, ISOLATES),
	ONE(0x0014, 0x7a09, ISOLATES),
	ONE(0x0014, 0x7a19, ISOLATES),
	ONE(0x0014, 0x7a29, ISOLATES),
	ONE(0x0014, 0x7a39, ISOLATES),
	ONE(0x0014, 0x7a49, ISOLATES),
	ONE(0x0014, 0x7a59, ISOLATES),
	ONE(0x0014, 0x7a69, ISOLATES),
	ONE(0x1c36, 0x0031, ISOLATES_ROOT_PORT),
	ONE(VENDOR_ZHAOXIN, 0x3038, ISOLATES),
	ONE(VENDOR_ZHAOXIN, 0x3104, ISOLATES),
	ONE(VENDOR_ZHAOXIN, 0x9083, ISOLATES),
	RANGE(0x1957, 0x8d80, 0x8d83, ISOLATES),
	RANGE(0x1957, 0x8d88, 0x8d8b, ISOLATES),
	RANGE(0x1957, 0x8d90, 0x8d93, ISOLATES),
	RANGE(0x1957, 0x8d98, 0x8d9b, ISOLATES),
	RANGE(0x1957, 0x8da0, 0x8da1, ISOLATES),
	RANGE(0x1957, 0x8da8, 0x8da9, ISOLATES),
	RANGE(0x1957, 0x8db0, 0x8db1, ISOLATES),
	RANGE(0x1957, 0x8db8, 0x8db9, ISOLATES),
	ONE(VENDOR_ZHAOXIN, ANY_DEVICE, ZHAOXIN_PORT),
	RANGE(VENDOR_WANGXUN, 0x0100, 0x010f, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x1001, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x2001, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x5010, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x5025, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x5040, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x5110, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x5125, ISOLATES),
	ONE(VENDOR_WANGXUN, 0x5140, ISOLATES),
	ONE(VENDOR_WANGXUN, ANY_DEVICE, FAILS_UNLISTED),
};

static bool row_matches(const struct quirk_row *row, int64_t vendor, int64_t device)
{
	if (vendor != row->vendor)
		return false;
	if (row->first == ANY_DEVICE)
		return true;
	return device >= row->first && device <= row->last &&
	       (device - row->first) % row->step == 0;
}

static struct acs isolates(void)
{
	return (struct acs){.verdict = ACS_ISOLATES};
}

static struct acs fails(const char *why)
{
	return (struct acs){.verdict = ACS_FAILS, .why = why};
}

static struct acs unknown(const char *why)
{
	return (struct acs){.verdict = ACS_UNKNOWN, .why = why};
}

/* pci_quirk_amd_sb_acs(): Request and Completion Redirect are what such functions do. */
static bool judge_southbridge(const struct acs_context *context,
			      const struct pci_function *function, struct acs *ret)
{
	const struct fact *ivrs = &context->host->acpi.ivrs.fact;

	if (pcie_multifunction_of(function) != MULTIFUNCTION_YES ||
	    function->parent_state != FACT_ABSENT || fact_absent(ivrs))
		return false;
	*ret = ivrs->state == FACT_NOT_CAPTURED ? unknown("hangs on an IVRS table not captured")
						: isolates();
	return true;
}

/* The LPC bridge whose root complex registers the workaround for these ports goes through. */
static const struct pci_function *find_lpc(const struct host *host,
					   const struct pci_function *function)
{
	struct pci_address address = {.domain = function->address.domain, .device = 0x1f};

	return pci_find(&host->pci, &address);
}

/*
 * pci_quirk_intel_pch_acs(): the kernel sets IRBNCE in the port's MPC register as a sign that its
 * workaround applies, which it does where the LPC bridge's RCBA is enabled.
 */
static struct acs judge_pch(const struct acs_context *context, const struct pci_function *function)
{
	enum { MPC = 0xd8, MPC_IRBNCE = 1 << 26, RCBA = 0xf0, RCBA_ENABLE = 1 };
	const struct pci_function *lpc = find_lpc(context->host, function);
	uint32_t mpc, rcba;

	if (!config_read32(&function->config, MPC, &mpc))
		return unknown("has registers of the PCH workaround that were not read");
	if (mpc & MPC_IRBNCE)
		return isolates();
	if (context->translation)
		return fails("did not get the kernel's PCH workaround");
	if (!lpc || !config_read32(&lpc->config, RCBA, &rcba))
		return unknown("hangs on an LPC bridge that was not read");
	return rcba & RCBA_ENABLE ? isolates() : fails("cannot get the kernel's PCH workaround");
}

/* pci_quirk_intel_spt_pch_acs(): the registers are 32 bits wide, and ACSCtl stands at 8. */
static bool judge_spt(const struct acs_context *context, const struct pci_function *function,
		      struct acs *ret)
{
	enum { SPT_CTRL = 8 };
	struct acs_capability acs = acs_decode(&function->config);
	size_t offset = acs.capability.offset;
	uint32_t supported, enabled;

	if (acs.capability.state == FACT_ABSENT)
		return false;
	*ret = unknown("has ACS registers that were not read");
	if (acs.capability.state != FACT_KNOWN ||
	    !config_read32(&function->config, offset + PCI_ACS_CAP, &supported) ||
	    !config_read32(&function->config, offset + SPT_CTRL, &enabled))
		return true;
	uint32_t needed = ACS_REQUIRED & supported;
	if (!context->translation)
		enabled |= needed;
	*ret = isolates();
	if ((enabled & needed) != needed)
		*ret = (struct acs){.verdict = ACS_FAILS,
				    .missing = (uint16_t)(needed & ~enabled),
				    .why = "lacks ACS bits"};
	return true;
}

/* pci_quirk_zhaoxin_pcie_ports_acs() */
static bool judge_zhaoxin(const struct pci_function *function, struct acs *ret)
{
	enum pcie_type type = pcie_type_of(function);
	int64_t device = function->device.value;

	if (type != PCIE_ROOT_PORT && type != PCIE_DOWNSTREAM_PORT)
		return false;
	bool listed = (device >= 0x0710 && device <= 0x071e) || device == 0x0721 ||
		      (device >= 0x0723 && device <= 0x0752);
	*ret = listed ? isolates() : fails("is a port that the kernel does not trust");
	return true;
}

static bool apply(const struct quirk_row *row, const struct acs_context *context,
		  const struct pci_function *function, struct acs *ret)
{
	enum pcie_type type = pcie_type_of(function);

	*ret = isolates();
	switch (row->quirk) {
	case ISOLATES:
		return true;
	case ISOLATES_ROOT_PORT:
		return type == PCIE_ROOT_PORT;
	case ISOLATES_INTEGRATED:
		return type == PCIE_INTEGRATED_ENDPOINT;
	case AMD_SOUTHBRIDGE:
		return judge_southbridge(context, function, ret);
	case INTEL_PCH:
		if (type == PCIE_ROOT_PORT)
			*ret = judge_pch(context, function);
		return type == PCIE_ROOT_PORT;
	case INTEL_SPT:
		return type == PCIE_ROOT_PORT && judge_spt(context, function, ret);
	case ZHAOXIN_PORT:
		return judge_zhaoxin(function, ret);
	case FAILS_UNLISTED:
		*ret = fails("is a function that the kernel does not trust");
		return true;
	}
	return false;
}

bool acs_quirk(const struct acs_context *context, const struct pci_function *function,
	       struct acs *ret)
{
	if (!fact_known(&function->vendor.fact) || !fact_known(&function->device.fact))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (row_matches(&rows[i], function->vendor.value, function->device.value) &&
		    apply(&rows[i], context, function, ret))
			return true;
	}
	return false;
}

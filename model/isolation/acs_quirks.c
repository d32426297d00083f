/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/acs_quirks.h"

#include <pci/header.h>

#include "host/base/array.h"
#include "host/pci/capabilities.h"
#include "model/pcie.h"

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

/* With which release a row came, where one from 6.1 on is known to lack it; or where it is of most
 * hosts of Intel's, as the one with 5.8. */
enum arrival {
	BEFORE_6_1,
	WITH_5_8,
	WITH_6_3,
	WITH_6_12,
	WITH_6_13_WANGXUN,
	WITH_6_13_BROADCOM,
	WITH_6_16,
	WITH_7_0,
	ARRIVAL_COUNT,
};

#define LATE(release)                                                                              \
	"isolates by a quirk of newer kernels (" release " has it), which this one may lack"

struct quirk_row {
	uint16_t vendor;
	bool any_device;
	uint16_t first; /* of a range of device ids */
	uint16_t last;  /* of the range; 0: first alone */
	bool even;      /* of the range only every second id */
	enum quirk quirk;
	enum arrival arrival;
};

enum { MOST_STABLE = 5 };

/* Releases that are known to have a row: of the kernel's own, from one on; of stable ones, from a
 * point release on at the latest. Whether others took it over is not known. */
static const struct {
	unsigned major;
	unsigned minor;
	struct kernel_version stable[MOST_STABLE];
	const char *why;
} arrivals[] = {
	[BEFORE_6_1] = {0},
	[WITH_5_8] = {5, 8, {{4, 14, 185}, {4, 19, 129}, {5, 4, 48}, {5, 7, 5}}, LATE("5.8")},
	[WITH_6_3] = {6, 3, {{6, 1, 20}, {6, 2, 7}}, LATE("6.3")},
	[WITH_6_12] = {6, 12, {{6, 1, 114}, {6, 6, 58}, {6, 11, 5}}, LATE("6.12")},
	[WITH_6_13_WANGXUN] = {6, 13, {{6, 1, 120}, {6, 6, 66}, {6, 12, 5}}, LATE("6.13")},
	[WITH_6_13_BROADCOM] = {6, 13, {{6, 1, 123}, {6, 6, 69}, {6, 12, 8}}, LATE("6.13")},
	[WITH_6_16] = {6, 16, {{6, 1, 143}, {6, 6, 96}, {6, 12, 36}, {6, 15, 5}}, LATE("6.16")},
	[WITH_7_0] = {7,
		      0,
		      {{6, 1, 165}, {6, 6, 128}, {6, 12, 75}, {6, 18, 17}, {6, 19, 6}},
		      LATE("7.0")},
};

ASSERT_COVERS(arrivals, ARRIVAL_COUNT);

/* pci_dev_acs_enabled[], in its order: the first that applies decides. */
static const struct quirk_row rows[] = {
	/* AMD southbridges */
	{.vendor = 0x1002, .first = 0x4385, .quirk = AMD_SOUTHBRIDGE},
	{.vendor = 0x1002, .first = 0x439c, .quirk = AMD_SOUTHBRIDGE},
	{.vendor = 0x1002, .first = 0x4383, .quirk = AMD_SOUTHBRIDGE},
	{.vendor = 0x1002, .first = 0x439d, .quirk = AMD_SOUTHBRIDGE},
	{.vendor = 0x1002, .first = 0x4384, .quirk = AMD_SOUTHBRIDGE},
	{.vendor = 0x1002, .first = 0x4399, .quirk = AMD_SOUTHBRIDGE},
	{.vendor = 0x1022, .first = 0x780f, .quirk = AMD_SOUTHBRIDGE},
	{.vendor = 0x1022, .first = 0x7809, .quirk = AMD_SOUTHBRIDGE},
	/* Solarflare */
	{.vendor = 0x1924, .first = 0x0903, .quirk = ISOLATES},
	{.vendor = 0x1924, .first = 0x0923, .quirk = ISOLATES},
	{.vendor = 0x1924, .first = 0x0a03, .quirk = ISOLATES},
	/* Intel 82598, 82599, X520, X540 */
	{.vendor = 0x8086, .first = 0x10c6, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10db, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10dd, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10e1, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10f1, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10f7, .last = 0x10fc, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1507, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1514, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x151c, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1529, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x152a, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x154d, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x154f, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1551, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1558, .quirk = ISOLATES},
	/* 82580 */
	{.vendor = 0x8086, .first = 0x1509, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x150e, .last = 0x1511, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1516, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1527, .quirk = ISOLATES},
	/* 82576 */
	{.vendor = 0x8086, .first = 0x10c9, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10e6, .last = 0x10e8, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x150a, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x150d, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1518, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x1526, .quirk = ISOLATES},
	/* 82575 */
	{.vendor = 0x8086, .first = 0x10a7, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10a9, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10d6, .quirk = ISOLATES},
	/* I350 */
	{.vendor = 0x8086, .first = 0x1521, .last = 0x1524, .quirk = ISOLATES},
	/* 82571 */
	{.vendor = 0x8086, .first = 0x105e, .last = 0x1060, .quirk = ISOLATES},
	{.vendor = 0x8086, .first = 0x10d9, .quirk = ISOLATES},
	/* I219 */
	{.vendor = 0x8086, .first = 0x15b7, .last = 0x15b8, .quirk = ISOLATES},
	{.vendor = 0x8086, .any_device = true, .quirk = ISOLATES_INTEGRATED, .arrival = WITH_5_8},
	/* Qualcomm root ports */
	{.vendor = 0x17cb, .first = 0x0400, .quirk = ISOLATES},
	{.vendor = 0x17cb, .first = 0x0401, .quirk = ISOLATES},
	{.vendor = 0x17cb, .first = 0x0115, .quirk = ISOLATES, .arrival = WITH_6_12},
	{.vendor = 0x17cb, .first = 0x0111, .quirk = ISOLATES, .arrival = WITH_7_0},
	{.vendor = 0x17cb, .first = 0x0120, .quirk = ISOLATES, .arrival = WITH_7_0},
	/* HXT root port */
	{.vendor = 0x1dbf, .first = 0x0401, .quirk = ISOLATES},
	/* Intel chipsets before Sunrise Point, then Sunrise Point and after */
	{.vendor = 0x8086, .first = 0x3b42, .last = 0x3b51, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x1c10, .last = 0x1c1f, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x1e10, .last = 0x1e1f, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x8c10, .last = 0x8c1f, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x9c10, .last = 0x9c1b, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x9c90, .last = 0x9c9b, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x1d10, .last = 0x1d1e, .even = true, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x8d10, .last = 0x8d1e, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0x8c90, .last = 0x8c9e, .even = true, .quirk = INTEL_PCH},
	{.vendor = 0x8086, .first = 0xa110, .last = 0xa11f, .quirk = INTEL_SPT},
	{.vendor = 0x8086, .first = 0xa167, .last = 0xa16a, .quirk = INTEL_SPT},
	{.vendor = 0x8086, .first = 0xa290, .last = 0xa29f, .quirk = INTEL_SPT},
	{.vendor = 0x8086, .first = 0xa2e7, .last = 0xa2ee, .quirk = INTEL_SPT},
	{.vendor = 0x8086, .first = 0x9d10, .last = 0x9d1b, .quirk = INTEL_SPT},
	/* Emulex */
	{.vendor = 0x19a2, .first = 0x0710, .quirk = ISOLATES},
	{.vendor = 0x10df, .first = 0x0720, .quirk = ISOLATES},
	/* Cavium */
	{.vendor = 0x177d, .first = 0xa000, .last = 0xa7ff, .quirk = ISOLATES_ROOT_PORT},
	{.vendor = 0x177d, .first = 0xaf84, .quirk = ISOLATES_ROOT_PORT},
	{.vendor = 0x177d, .first = 0xb884, .quirk = ISOLATES_ROOT_PORT},
	{.vendor = 0x177d, .first = 0xa026, .quirk = ISOLATES},
	{.vendor = 0x177d, .first = 0xa059, .quirk = ISOLATES},
	{.vendor = 0x177d, .first = 0xa060, .quirk = ISOLATES},
	/* APM X-Gene and Ampere */
	{.vendor = 0x10e8, .first = 0xe004, .quirk = ISOLATES},
	{.vendor = 0x1def, .first = 0xe005, .last = 0xe00c, .quirk = ISOLATES},
	/* Broadcom */
	{.vendor = 0x14e4, .first = 0x16d7, .quirk = ISOLATES},
	{.vendor = 0x14e4, .first = 0x1750, .last = 0x1752, .quirk = ISOLATES},
	{.vendor = 0x14e4,
	 .first = 0x1760,
	 .last = 0x1763,
	 .quirk = ISOLATES,
	 .arrival = WITH_6_13_BROADCOM},
	{.vendor = 0x14e4, .first = 0xd714, .quirk = ISOLATES},
	/* Loongson */
	{.vendor = 0x0014, .first = 0x3c09, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x3c19, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x3c29, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x7a09, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x7a19, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x7a29, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x7a39, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x7a49, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x7a59, .quirk = ISOLATES, .arrival = WITH_6_16},
	{.vendor = 0x0014, .first = 0x7a69, .quirk = ISOLATES, .arrival = WITH_6_16},
	/* Amazon Annapurna */
	{.vendor = 0x1c36, .first = 0x0031, .quirk = ISOLATES_ROOT_PORT},
	/* Zhaoxin: functions, and below its ports */
	{.vendor = 0x1d17, .first = 0x3038, .quirk = ISOLATES},
	{.vendor = 0x1d17, .first = 0x3104, .quirk = ISOLATES},
	{.vendor = 0x1d17, .first = 0x9083, .quirk = ISOLATES},
	/* NXP root ports */
	{.vendor = 0x1957, .first = 0x8d80, .last = 0x8d83, .quirk = ISOLATES},
	{.vendor = 0x1957, .first = 0x8d88, .last = 0x8d8b, .quirk = ISOLATES},
	{.vendor = 0x1957, .first = 0x8d90, .last = 0x8d93, .quirk = ISOLATES},
	{.vendor = 0x1957, .first = 0x8d98, .last = 0x8d9b, .quirk = ISOLATES},
	{.vendor = 0x1957, .first = 0x8da0, .last = 0x8da1, .quirk = ISOLATES},
	{.vendor = 0x1957, .first = 0x8da8, .last = 0x8da9, .quirk = ISOLATES},
	{.vendor = 0x1957, .first = 0x8db0, .last = 0x8db1, .quirk = ISOLATES},
	{.vendor = 0x1957, .first = 0x8db8, .last = 0x8db9, .quirk = ISOLATES},
	{.vendor = 0x1d17, .any_device = true, .quirk = ZHAOXIN_PORT},
	/* Wangxun */
	{.vendor = 0x8088, .first = 0x0100, .last = 0x010f, .quirk = ISOLATES, .arrival = WITH_6_3},
	{.vendor = 0x8088, .first = 0x1001, .quirk = ISOLATES, .arrival = WITH_6_3},
	{.vendor = 0x8088, .first = 0x2001, .quirk = ISOLATES, .arrival = WITH_6_3},
	{.vendor = 0x8088, .first = 0x5010, .quirk = ISOLATES, .arrival = WITH_6_13_WANGXUN},
	{.vendor = 0x8088, .first = 0x5025, .quirk = ISOLATES, .arrival = WITH_6_13_WANGXUN},
	{.vendor = 0x8088, .first = 0x5040, .quirk = ISOLATES, .arrival = WITH_6_13_WANGXUN},
	{.vendor = 0x8088, .first = 0x5110, .quirk = ISOLATES, .arrival = WITH_6_13_WANGXUN},
	{.vendor = 0x8088, .first = 0x5125, .quirk = ISOLATES, .arrival = WITH_6_13_WANGXUN},
	{.vendor = 0x8088, .first = 0x5140, .quirk = ISOLATES, .arrival = WITH_6_13_WANGXUN},
	{.vendor = 0x8088, .any_device = true, .quirk = FAILS_UNLISTED},
};

static bool row_matches(const struct quirk_row *row, int64_t vendor, int64_t device)
{
	if (vendor != row->vendor)
		return false;
	if (row->any_device)
		return true;
	if (!row->last)
		return device == row->first;
	return device >= row->first && device <= row->last &&
	       !(row->even && (device - row->first) % 2);
}

/* pci_quirk_amd_sb_acs(): Request and Completion Redirect are what such functions do. */
static bool judge_southbridge(const struct acs_context *context,
			      const struct pci_function *function, struct acs *ret)
{
	const struct fact *ivrs = &context->host->acpi.ivrs.fact;
	enum pcie_multifunction multifunction = pcie_multifunction_of(function);

	if (multifunction == MULTIFUNCTION_NO || function->parent_state == FACT_KNOWN ||
	    fact_absent(ivrs))
		return false;
	*ret = acs_isolates();
	if (multifunction == MULTIFUNCTION_UNKNOWN || function->parent_state != FACT_ABSENT ||
	    ivrs->state == FACT_NOT_CAPTURED)
		*ret = acs_unknown(
			"isolates only on a host with an IVRS table, which was not seen");
	return true;
}

/*
 * pci_quirk_enable_intel_pch_acs(): the kernel's workaround goes through the root complex registers
 * that the LPC bridge of the same bus maps, and fails only where that has them off. As a sign of it
 * the kernel sets IRBNCE in the port's MPC register.
 */
static struct acs judge_pch(const struct acs_context *context, const struct pci_function *function)
{
	enum { MPC = 0xd8, MPC_IRBNCE = 1 << 26, RCBA = 0xf0, RCBA_ENABLE = 1, LPC_DEVICE = 0x1f };
	struct pci_address address = {
		.domain = function->address.domain,
		.bus = function->address.bus,
		.device = LPC_DEVICE,
	};
	const struct pci_function *lpc = pci_find(&context->host->pci, &address);
	uint32_t mpc, rcba;

	if (lpc && config_read32(&lpc->config, RCBA, &rcba))
		return rcba & RCBA_ENABLE
			       ? acs_isolates()
			       : acs_fails(ACS_PCH_WORKAROUND,
					   "cannot get the kernel's workaround for chipsets "
					   "without ACS (its LPC bridge has RCBA off)");
	if (context->translation == TRANSLATION_ON && config_read32(&function->config, MPC, &mpc) &&
	    mpc & MPC_IRBNCE)
		return acs_isolates();
	return acs_unknown("has an LPC bridge whose registers were not read");
}

/* pci_quirk_intel_spt_pch_acs(): the registers are 32 bits wide, and ACSCtl stands at 8. */
static bool judge_spt(const struct acs_context *context, const struct pci_function *function,
		      struct acs *ret)
{
	struct wide_acs_capability acs = wide_acs_decode(&function->config);

	if (acs.capability.state == FACT_ABSENT)
		return false;
	*ret = acs_unknown("has an ACS capability that was not read");
	if (acs.capability.state == FACT_KNOWN)
		*ret = acs_judge_bits(context, function, acs.supported, acs.enabled);
	return true;
}

/* pci_quirk_zhaoxin_pcie_ports_acs() */
static bool judge_zhaoxin(const struct pci_function *function, struct acs *ret)
{
	int64_t device = function->device.value;

	if (function->pcie_type != PCIE_ROOT_PORT && function->pcie_type != PCIE_DOWNSTREAM_PORT)
		return false;
	bool listed = (device >= 0x0710 && device <= 0x071e) || device == 0x0721 ||
		      (device >= 0x0723 && device <= 0x0752);
	*ret = listed ? acs_isolates()
		      : acs_fails(ACS_DISTRUSTED, "is a port that the kernel does not trust");
	return true;
}

static bool apply(const struct quirk_row *row, const struct acs_context *context,
		  const struct pci_function *function, struct acs *ret)
{
	enum pcie_type type = function->pcie_type;

	*ret = acs_isolates();
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
		*ret = acs_fails(ACS_DISTRUSTED, "is a function that the kernel does not trust");
		return true;
	}
	return false;
}

static bool is_in_kernel(const struct quirk_row *row, const struct host *host)
{
	const struct kernel_version *stable = arrivals[row->arrival].stable;
	struct kernel_version version;

	if (row->arrival == BEFORE_6_1)
		return true;
	if (!host_kernel_version(host, &version))
		return false;
	for (size_t i = 0; i < MOST_STABLE && stable[i].major; i++) {
		if (version.major == stable[i].major && version.minor == stable[i].minor)
			return version.point >= stable[i].point;
	}
	return kernel_at_least(&version, arrivals[row->arrival].major,
			       arrivals[row->arrival].minor);
}

enum acs_quirk_state acs_quirk(const struct acs_context *context,
			       const struct pci_function *function, struct acs *ret)
{
	if (!pci_knows_ids(function)) {
		*ret = acs_unknown("has ids that were not read");
		return ACS_QUIRK_APPLIES;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (!row_matches(&rows[i], function->vendor.value, function->device.value) ||
		    !apply(&rows[i], context, function, ret))
			continue;
		if (is_in_kernel(&rows[i], context->host))
			return ACS_QUIRK_APPLIES;
		*ret = acs_unknown(arrivals[rows[i].arrival].why);
		return ACS_QUIRK_LATE;
	}
	return ACS_QUIRK_NONE;
}

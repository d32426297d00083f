/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/acs.h"

#include "host/pci/capabilities.h"
#include "model/isolation/acs_override.h"
#include "model/isolation/acs_quirks.h"
#include "model/pcie.h"

/*
 * The kernel takes Source Validation from the capability of two switches that do it wrong: up to
 * 6.18 it does not, from 7.0 on it does (drivers/pci/quirks.c).
 */
static enum acs_support ignores_validation(const struct host *host,
					   const struct pci_function *function)
{
	struct kernel_version version;

	if (!fact_known(&function->vendor.fact) || function->vendor.value != 0x111d ||
	    (function->device.value != 0x80b5 && function->device.value != 0x8090))
		return ACS_SUPPORT_NO;
	if (!host_kernel_version(host, &version))
		return ACS_SUPPORT_UNKNOWN;
	if (kernel_at_least(&version, 7, 0))
		return ACS_SUPPORT_YES;
	return kernel_at_least(&version, 6, 19) ? ACS_SUPPORT_UNKNOWN : ACS_SUPPORT_NO;
}

static struct acs judge_registers(const struct acs_context *context,
				  const struct pci_function *function)
{
	struct acs_capability acs = acs_decode(&function->config);

	if (acs.capability.state == FACT_ABSENT)
		return acs_fails(ACS_NO_CAPABILITY, "has no ACS capability");
	if (acs.capability.state != FACT_KNOWN)
		return acs_unknown("has an ACS capability that was not read");
	enum acs_support ignored = ignores_validation(context->host, function);
	if (ignored == ACS_SUPPORT_YES)
		acs.supported &= (uint16_t)~ACS_SV;
	struct acs result = acs_judge_bits(context, function, acs.supported, acs.enabled);
	if (ignored == ACS_SUPPORT_UNKNOWN && result.missing == ACS_SV)
		return acs_unknown("validates sources in a way that some kernels do not count");
	return result;
}

static struct acs judge_multifunction(const struct acs_context *context,
				      const struct pci_function *function)
{
	switch (pcie_multifunction_of(function)) {
	case MULTIFUNCTION_NO:
		return acs_isolates();
	case MULTIFUNCTION_YES:
		return judge_registers(context, function);
	case MULTIFUNCTION_UNKNOWN:
		break;
	}
	return acs_unknown("has a header that was not read");
}

/* By type and registers alone. */
static struct acs judge_type(const struct acs_context *context, const struct pci_function *function)
{
	/* A VF is an endpoint, and never one of several functions to the kernel. */
	if (pci_is_vf(function))
		return acs_isolates();
	switch (function->pcie_type) {
	case PCIE_UNKNOWN:
		return acs_unknown("has capabilities that were not read");
	case PCIE_NONE:
		return acs_fails(ACS_CONVENTIONAL, "is conventional PCI");
	case PCIE_TO_PCI_BRIDGE:
	case PCI_TO_PCIE_BRIDGE:
		return acs_fails(ACS_TYPE, "is a bridge to conventional PCI");
	case PCIE_EVENT_COLLECTOR:
		return acs_fails(ACS_TYPE, "is an event collector, which cannot isolate");
	case PCIE_ROOT_PORT:
	case PCIE_DOWNSTREAM_PORT:
		return judge_registers(context, function);
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
	case PCIE_UPSTREAM_PORT:
	case PCIE_INTEGRATED_ENDPOINT:
		return judge_multifunction(context, function);
	case PCIE_RESERVED:
		return acs_isolates();
	}
	return acs_unknown("has a type that is not known");
}

/* Rows of the quirk table that came late: what their absence would give counts where it isolates
 * all the same. */
static struct acs judge_late(const struct acs_context *context, const struct pci_function *function,
			     const struct acs *quirk)
{
	struct acs plain = judge_type(context, function);

	return plain.verdict == ACS_ISOLATES ? plain : *quirk;
}

struct acs acs_judge(const struct acs_context *context, const struct pci_function *function)
{
	struct acs quirk;

	switch (acs_quirk(context, function, &quirk)) {
	case ACS_QUIRK_APPLIES:
		return quirk;
	case ACS_QUIRK_LATE:
		return judge_late(context, function, &quirk);
	case ACS_QUIRK_NONE:
		break;
	}
	if (context->override && acs_override_covers(context->override, function))
		return acs_isolates();
	return judge_type(context, function);
}

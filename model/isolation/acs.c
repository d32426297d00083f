/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/acs.h"

#include <stdio.h>
#include <string.h>

#include "host/pci/capabilities.h"
#include "model/isolation/acs_quirks.h"
#include "model/pcie.h"

enum { LONGEST_ENTRY = 256, FLAG_BITS = 7 };

/* What became of one entry of a list. */
enum match { MATCH_MALFORMED, MATCH_NO, MATCH_YES };

static bool has_devfn(const struct pci_function *function, unsigned device, unsigned number)
{
	return function->address.device == (device & 0x1f) &&
	       function->address.function == (number & 7);
}

/* "[DOMAIN:]BUS:DEVICE.FUNCTION", the whole text. */
static enum match match_address(const char *text, const struct pci_function *function)
{
	unsigned domain, bus, device, number;
	char end;

	if (sscanf(text, "%x:%x:%x.%x%c", &domain, &bus, &device, &number, &end) != 4) {
		domain = 0;
		if (sscanf(text, "%x:%x.%x%c", &bus, &device, &number, &end) != 3)
			return MATCH_MALFORMED;
	}
	if (domain != function->address.domain || bus != function->address.bus ||
	    !has_devfn(function, device, number))
		return MATCH_NO;
	return MATCH_YES;
}

/*
 * An address, and behind it "/DEVICE.FUNCTION" for each step down from there: the last part is the
 * function's own, and the address that of a bridge above. pci_dev_str_match_path().
 */
static enum match match_path(char *text, const struct pci_function *function)
{
	char *slash;

	while ((slash = strrchr(text, '/'))) {
		unsigned device, number;
		char end;

		if (sscanf(slash, "/%x.%x%c", &device, &number, &end) != 2)
			return MATCH_MALFORMED;
		if (!has_devfn(function, device, number) || !function->parent)
			return MATCH_NO;
		function = function->parent;
		*slash = '\0';
	}
	return match_address(text, function);
}

static bool has_id(const struct fact_number *id, unsigned short wanted)
{
	return wanted == 0 || (fact_known(&id->fact) && id->value == wanted);
}

/* "VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]", where 0 stands for any. */
static enum match match_ids(const char *text, const struct pci_function *function)
{
	unsigned short vendor, device, subvendor, subdevice;
	int end = 0;

	if (sscanf(text, "%hx:%hx:%hx:%hx%n", &vendor, &device, &subvendor, &subdevice, &end) !=
	    4) {
		subvendor = subdevice = 0;
		if (sscanf(text, "%hx:%hx%n", &vendor, &device, &end) != 2)
			return MATCH_MALFORMED;
	}
	if (has_id(&function->vendor, vendor) && has_id(&function->device, device) &&
	    has_id(&function->subsystem_vendor, subvendor) &&
	    has_id(&function->subsystem_device, subdevice))
		return MATCH_YES;
	return text[end] == '\0' ? MATCH_NO : MATCH_MALFORMED;
}

/* "FLAGS@": a digit for each bit, the lowest last; x leaves a bit as it is. Returns what follows,
 * or NULL. */
static char *skip_flags(char *entry)
{
	char *at = strchr(entry, '@');

	if (!at || strspn(entry, "01xX") != (size_t)(at - entry))
		return NULL;
	for (const char *digit = entry; digit + FLAG_BITS < at; digit++) {
		if (*digit == '0' || *digit == '1')
			return NULL;
	}
	return at + 1;
}

static enum match match_entry(char *entry, bool with_flags, const struct pci_function *function)
{
	char *device = with_flags ? skip_flags(entry) : entry;

	if (!device)
		return MATCH_MALFORMED;
	return strncmp(device, "pci:", 4) == 0 ? match_ids(device + 4, function)
					       : match_path(device, function);
}

bool acs_list_names(const char *list, bool with_flags, const struct pci_function *function)
{
	char entry[LONGEST_ENTRY];

	while (*list) {
		size_t length = strcspn(list, ";");
		if (length >= sizeof(entry))
			return false;
		memcpy(entry, list, length);
		entry[length] = '\0';
		switch (match_entry(entry, with_flags, function)) {
		case MATCH_YES:
			return true;
		case MATCH_MALFORMED:
			return false;
		case MATCH_NO:
			break;
		}
		list += length + (list[length] == ';');
	}
	return false;
}

enum acs_support acs_knows_config_acs(const struct host *host)
{
	struct kernel_version version;

	if (!host_kernel_version(host, &version))
		return ACS_SUPPORT_UNKNOWN;
	return kernel_at_least(&version, 6, 11) ? ACS_SUPPORT_YES : ACS_SUPPORT_NO;
}

static struct acs isolates(void)
{
	return (struct acs){.verdict = ACS_ISOLATES};
}

static struct acs unknown(const char *why)
{
	return (struct acs){.verdict = ACS_UNKNOWN, .why = why};
}

static struct acs fails(enum acs_reason reason, const char *why)
{
	return (struct acs){.verdict = ACS_FAILS, .reason = reason, .why = why};
}

/* What the command line has done, or will do, to a function's ACSCtl. */
enum override {
	OVERRIDE_NONE,
	OVERRIDE_NO_REDIRECTION, /* the kernel's bits without those of redirection */
	OVERRIDE_AS_IT_IS,       /* what it is now, whether or not the IOMMU runs */
	OVERRIDE_UNKNOWN,        /* hangs on the kernel's version, which was not read */
};

/*
 * pci_enable_acs(): up to 6.10 disable_acs_redir= takes redirection out of the bits that the kernel
 * sets; with config_acs= came that a function which a list names keeps the firmware's bits but
 * for those that the list sets or clears, and gets none of the kernel's. Lists act with the IOMMU
 * off too, so that its ACSCtl shows the result already.
 */
static enum override override_of(const struct acs_context *context,
				 const struct pci_function *function)
{
	const char *redirection = context->parameters->disable_acs_redir_list;
	const char *bits = context->parameters->config_acs_list;
	bool no_redirection = redirection && acs_list_names(redirection, false, function);
	bool configured = bits && acs_list_names(bits, true, function);

	if (!no_redirection && !configured)
		return OVERRIDE_NONE;
	switch (acs_knows_config_acs(context->host)) {
	case ACS_SUPPORT_YES:
		return OVERRIDE_AS_IT_IS;
	case ACS_SUPPORT_NO:
		return no_redirection ? OVERRIDE_NO_REDIRECTION : OVERRIDE_NONE;
	case ACS_SUPPORT_UNKNOWN:
		break;
	}
	return OVERRIDE_UNKNOWN;
}

struct acs acs_judge_bits(const struct acs_context *context, const struct pci_function *function,
			  uint32_t supported, uint32_t enabled)
{
	/* Bits that the capability lacks are hard-wired good: pci_acs_flags_enabled(). */
	uint32_t needed = supported & ACS_REQUIRED;
	enum override override = override_of(context, function);
	uint32_t missing = needed & ~enabled;

	if (!missing && context->translation == TRANSLATION_ON)
		return isolates();
	if (context->translation != TRANSLATION_ON) {
		if (override == OVERRIDE_UNKNOWN)
			return unknown("is named by an ACS option of a kernel of unknown version");
		if (override == OVERRIDE_NO_REDIRECTION)
			missing = needed & ACS_REDIRECTION;
		else if (override == OVERRIDE_NONE && context->translation == TRANSLATION_OFF)
			missing = 0;
		else if (override == OVERRIDE_NONE && missing)
			return unknown("may get its ACS bits from an IOMMU of unknown state");
	}
	if (!missing)
		return isolates();
	return (struct acs){
		.verdict = ACS_FAILS,
		.reason = override == OVERRIDE_NONE ? ACS_BITS_OFF : ACS_BITS_SWITCHED_OFF,
		.missing = (uint16_t)missing,
		.why = "has ACS bits that are off",
	};
}

/*
 * The kernel takes Source Validation from the capability of two switches that do it wrong
 * (drivers/pci/quirks.c, 7.3). Since when is not known, but 6.12 does not.
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
	if (kernel_at_least(&version, 7, 3))
		return ACS_SUPPORT_YES;
	return kernel_at_least(&version, 6, 13) ? ACS_SUPPORT_UNKNOWN : ACS_SUPPORT_NO;
}

static struct acs judge_registers(const struct acs_context *context,
				  const struct pci_function *function)
{
	struct acs_capability acs = acs_decode(&function->config);

	if (acs.capability.state == FACT_ABSENT)
		return fails(ACS_NO_CAPABILITY, "has no ACS capability");
	if (acs.capability.state != FACT_KNOWN)
		return unknown("has an ACS capability that was not read");
	enum acs_support ignored = ignores_validation(context->host, function);
	if (ignored == ACS_SUPPORT_YES)
		acs.supported &= (uint16_t)~ACS_SV;
	struct acs result = acs_judge_bits(context, function, acs.supported, acs.enabled);
	if (ignored == ACS_SUPPORT_UNKNOWN && result.missing == ACS_SV)
		return unknown("validates sources in a way that some kernels do not count");
	return result;
}

static struct acs judge_multifunction(const struct acs_context *context,
				      const struct pci_function *function)
{
	switch (pcie_multifunction_of(function)) {
	case MULTIFUNCTION_NO:
		return isolates();
	case MULTIFUNCTION_YES:
		return judge_registers(context, function);
	case MULTIFUNCTION_UNKNOWN:
		break;
	}
	return unknown("has a header that was not read");
}

struct acs acs_judge(const struct acs_context *context, const struct pci_function *function)
{
	struct acs quirk;

	if (acs_quirk(context, function, &quirk))
		return quirk;
	/* A VF is an endpoint, and never one of several functions to the kernel. */
	if (pci_is_vf(function))
		return isolates();
	switch (pcie_type_of(function)) {
	case PCIE_UNKNOWN:
		return unknown("has capabilities that were not read");
	case PCIE_NONE:
		return fails(ACS_CONVENTIONAL, "is conventional PCI");
	case PCIE_TO_PCI_BRIDGE:
	case PCI_TO_PCIE_BRIDGE:
		return fails(ACS_TYPE, "is a bridge to conventional PCI");
	case PCIE_EVENT_COLLECTOR:
		return fails(ACS_TYPE, "is an event collector, which cannot isolate");
	case PCIE_ROOT_PORT:
	case PCIE_DOWNSTREAM_PORT:
		return judge_registers(context, function);
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
	case PCIE_UPSTREAM_PORT:
	case PCIE_INTEGRATED_ENDPOINT:
		return judge_multifunction(context, function);
	case PCIE_RESERVED:
		return isolates();
	}
	return unknown("has a type that is not known");
}

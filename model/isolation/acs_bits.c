/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/acs_bits.h"

#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"

static const struct bit_name {
	uint16_t bit;
	const char *name;
} bit_names[] = {
	{ACS_SV, "SV"}, {ACS_TB, "TB"}, {ACS_RR, "RR"}, {ACS_CR, "CR"},
	{ACS_UF, "UF"}, {ACS_EC, "EC"}, {ACS_DT, "DT"},
};

const char *acs_bit_name(uint16_t bit)
{
	for (size_t i = 0; i < ARRAY_LENGTH(bit_names); i++) {
		if (bit_names[i].bit == bit)
			return bit_names[i].name;
	}
	return NULL;
}

const char *acs_bit_names(struct arena *arena, uint16_t bits)
{
	struct buffer names = {.arena = arena, .separator = " "};

	for (size_t i = 0; i < ARRAY_LENGTH(bit_names); i++) {
		if (bits & bit_names[i].bit)
			buffer_item(&names, "%s", bit_names[i].name);
	}
	return buffer_text(&names);
}

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
	return begins_with(device, "pci:") ? match_ids(device + 4, function)
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

/* Whether the flags of an entry, "01x" and the like before "@", clear a bit that isolates. */
static bool entry_lowers(const char *entry, size_t length)
{
	const char *at = memchr(entry, '@', length);

	for (size_t bit = 0; at && entry + bit < at; bit++) {
		if (at[-1 - (ptrdiff_t)bit] == '0' && bit < FLAG_BITS && ACS_REQUIRED >> bit & 1)
			return true;
	}
	return false;
}

bool acs_list_lowers(const char *list)
{
	while (*list) {
		size_t length = strcspn(list, ";");
		if (entry_lowers(list, length))
			return true;
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

struct acs acs_isolates(void)
{
	return (struct acs){.verdict = ACS_ISOLATES};
}

struct acs acs_unknown(const char *why)
{
	return (struct acs){.verdict = ACS_UNKNOWN, .why = why};
}

struct acs acs_fails(enum acs_reason reason, const char *why)
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
 * off too, so its ACSCtl shows the result already.
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
		return acs_isolates();
	if (context->translation != TRANSLATION_ON) {
		if (override == OVERRIDE_UNKNOWN)
			return acs_unknown(
				"is named by an ACS option of a kernel of unknown version");
		if (override == OVERRIDE_NO_REDIRECTION)
			missing = needed & ACS_REDIRECTION;
		else if (override == OVERRIDE_NONE && context->translation == TRANSLATION_OFF)
			missing = 0;
		else if (override == OVERRIDE_NONE && missing)
			return acs_unknown("may get its ACS bits from an IOMMU of unknown state");
	}
	if (!missing)
		return acs_isolates();
	return (struct acs){
		.verdict = ACS_FAILS,
		.reason = override == OVERRIDE_NONE ? ACS_BITS_OFF : ACS_BITS_SWITCHED_OFF,
		.missing = (uint16_t)missing,
		.why = "has ACS bits that are off",
	};
}

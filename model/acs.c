/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/acs.h"

#include <stdio.h>
#include <string.h>

#include "host/capabilities.h"
#include "model/acs_quirks.h"
#include "model/pcie.h"

enum { LONGEST_FLAGS = 7 };

static bool parse_path(const char *text, const struct pci_function *function)
{
	unsigned domain = 0, bus, device, number;
	int end = 0;

	if (sscanf(text, "%x:%x:%x.%x%n", &domain, &bus, &device, &number, &end) != 4 || !end) {
		domain = 0;
		end = 0;
		if (sscanf(text, "%x:%x.%x%n", &bus, &device, &number, &end) != 3 || !end)
			return false;
	}
	if (domain != function->address.domain)
		return false;
	/* A path of several parts ends with the function itself; a bridge on the way is not it. */
	const struct pci_function *start = function;
	size_t parts = 0;
	for (const char *slash = strchr(text, '/'); slash; slash = strchr(slash + 1, '/'))
		parts++;
	for (; parts > 0; parts--) {
		const char *slash = text;
		for (size_t i = 0; i < parts; i++)
			slash = strchr(slash + (i > 0), '/');
		unsigned part_device, part_number;
		if (sscanf(slash, "/%x.%x", &part_device, &part_number) != 2 ||
		    start->address.device != part_device ||
		    start->address.function != part_number || !start->parent)
			return false;
		start = start->parent;
	}
	return start->address.bus == bus && start->address.device == device &&
	       start->address.function == number;
}

static bool id_matches(const struct fact_number *id, unsigned wanted)
{
	return wanted == 0 || (fact_known(&id->fact) && id->value == (int64_t)wanted);
}

/* "pci:VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]"; 0 stands for any. */
static bool parse_ids(const char *text, const struct pci_function *function)
{
	unsigned vendor, device, subvendor = 0, subdevice = 0;

	if (sscanf(text, "pci:%x:%x:%x:%x", &vendor, &device, &subvendor, &subdevice) < 2)
		return false;
	return id_matches(&function->vendor, vendor) && id_matches(&function->device, device) &&
	       id_matches(&function->subsystem_vendor, subvendor) &&
	       id_matches(&function->subsystem_device, subdevice);
}

/* Copies the entry of a list that ends at ";" or NUL. Returns what follows, or NULL at the end. */
static const char *next_entry(const char *list, char entry[static 256])
{
	size_t length = strcspn(list, ";");

	snprintf(entry, 256, "%.*s", length < 256 ? (int)length : 0, list);
	return list[length] ? list + length + 1 : NULL;
}

static bool entry_matches(const char *entry, const struct pci_function *function)
{
	return strncmp(entry, "pci:", 4) == 0 ? parse_ids(entry, function)
					      : parse_path(entry, function);
}

bool acs_list_matches(const char *list, const struct pci_function *function)
{
	char entry[256];

	while (list) {
		list = next_entry(list, entry);
		if (entry_matches(entry, function))
			return true;
	}
	return false;
}

/* config_acs= is a list of FLAGS@FUNCTION: a digit a bit, the last for SV, x for "as it is". */
static uint16_t apply_config_acs(const char *list, const struct pci_function *function,
				 uint16_t control)
{
	char entry[256];

	while (list) {
		list = next_entry(list, entry);
		const char *at = strchr(entry, '@');
		size_t digits = at ? (size_t)(at - entry) : 0;
		if (!at || digits > LONGEST_FLAGS || !entry_matches(at + 1, function))
			continue;
		for (size_t i = 0; i < digits; i++) {
			uint16_t bit = (uint16_t)(1u << (digits - 1 - i));
			if (entry[i] == '1')
				control |= bit;
			else if (entry[i] == '0')
				control &= (uint16_t)~bit;
		}
		return control;
	}
	return control;
}

/* config_acs= exists from 6.12 on: pci_enable_acs(), drivers/pci/pci.c. */
static bool knows_config_acs(const struct host *host)
{
	struct kernel_version version;

	return host_kernel_version(host, &version) && kernel_at_least(&version, 6, 12);
}

static uint16_t control_of(const struct acs_context *context, const struct pci_function *function,
			   const struct acs_capability *acs)
{
	const struct kernel_parameters *parameters = context->parameters;
	uint16_t control = acs->enabled;

	if (context->translation)
		return control;
	control |= acs->supported & ACS_REQUIRED;
	if (parameters->disable_acs_redir_list &&
	    acs_list_matches(parameters->disable_acs_redir_list, function))
		control &= (uint16_t) ~(ACS_RR | ACS_CR | ACS_EC);
	if (parameters->config_acs_list && knows_config_acs(context->host))
		control = apply_config_acs(parameters->config_acs_list, function, control);
	return control;
}

bool acs_effective(const struct acs_context *context, const struct pci_function *function,
		   uint16_t *ret)
{
	struct acs_capability acs = acs_decode(&function->config);

	if (acs.capability.state != FACT_KNOWN)
		return false;
	*ret = control_of(context, function, &acs);
	return true;
}

static struct acs verdict(enum acs_verdict verdict, const char *why)
{
	return (struct acs){.verdict = verdict, .why = why};
}

/* pci_acs_flags_enabled(): bits that the capability lacks are hard-wired good. */
static struct acs judge_registers(const struct acs_context *context,
				  const struct pci_function *function)
{
	struct acs_capability acs = acs_decode(&function->config);

	if (acs.capability.state == FACT_ABSENT)
		return verdict(ACS_FAILS, "has no ACS capability");
	/* The kernel does without what it cannot reach, whatever else knows of it. */
	if (acs.capability.state != FACT_KNOWN)
		return verdict(ACS_UNKNOWN, "has ACS registers that were not read");
	uint16_t needed = acs.supported & ACS_REQUIRED;
	uint16_t missing = (uint16_t)(needed & ~control_of(context, function, &acs));
	if (!missing)
		return verdict(ACS_ISOLATES, NULL);
	return (struct acs){.verdict = ACS_FAILS, .missing = missing, .why = "lacks ACS bits"};
}

static struct acs judge_multifunction(const struct acs_context *context,
				      const struct pci_function *function)
{
	switch (pcie_multifunction_of(function)) {
	case MULTIFUNCTION_NO:
		return verdict(ACS_ISOLATES, NULL);
	case MULTIFUNCTION_YES:
		return judge_registers(context, function);
	case MULTIFUNCTION_UNKNOWN:
		return verdict(ACS_UNKNOWN, "has a header that was not read");
	}
	return verdict(ACS_UNKNOWN, NULL);
}

struct acs acs_judge(const struct acs_context *context, const struct pci_function *function)
{
	struct acs quirk;

	if (acs_quirk(context, function, &quirk))
		return quirk;
	switch (pcie_type_of(function)) {
	case PCIE_UNKNOWN:
		return verdict(ACS_UNKNOWN, "has capabilities that were not read");
	case PCIE_NONE:
		return verdict(ACS_FAILS, "is conventional PCI");
	case PCIE_TO_PCI_BRIDGE:
	case PCI_TO_PCIE_BRIDGE:
	case PCIE_EVENT_COLLECTOR:
		return verdict(ACS_FAILS, "is of a type that cannot have ACS");
	case PCIE_ROOT_PORT:
	case PCIE_DOWNSTREAM_PORT:
		return judge_registers(context, function);
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
	case PCIE_UPSTREAM_PORT:
	case PCIE_INTEGRATED_ENDPOINT:
		return judge_multifunction(context, function);
	}
	return verdict(ACS_UNKNOWN, NULL);
}

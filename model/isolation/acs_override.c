/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/acs_override.h"

#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/pci/capabilities.h"
#include "model/pcie.h"

/* "id:VENDOR:DEVICE" */
static bool names_id(const char *word, const struct pci_function *function)
{
	unsigned vendor, device;

	return sscanf(word, "id:%4x:%4x", &vendor, &device) == 2 &&
	       pci_has_ids(function, vendor, device);
}

static bool word_covers(const char *word, const struct pci_function *function)
{
	switch (function->pcie_type) {
	case PCIE_ROOT_PORT:
	case PCIE_DOWNSTREAM_PORT:
		return begins_with(word, "downstream") || names_id(word, function);
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
	case PCIE_UPSTREAM_PORT:
	case PCIE_INTEGRATED_ENDPOINT:
		return (begins_with(word, "multifunction") &&
			pcie_multifunction_of(function) == MULTIFUNCTION_YES) ||
		       names_id(word, function);
	case PCIE_UNKNOWN:
	case PCIE_NONE:
		return false;
	default:
		return names_id(word, function);
	}
}

bool acs_override_covers(const char *value, const struct pci_function *function)
{
	if (acs_decode(&function->config).capability.state != FACT_ABSENT)
		return false;
	while (*value) {
		if (word_covers(value, function))
			return true;
		value += strcspn(value, ",");
		value += *value == ',';
	}
	return false;
}

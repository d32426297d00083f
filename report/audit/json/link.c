/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "report/audit/json/elements.h"

/* PCI Express Base 6.0, 7.5.3.6: the numbers of link speeds. */
static const char *speed_name(uint32_t number)
{
	switch (number) {
	case 1:
		return "2.5 GT/s";
	case 2:
		return "5 GT/s";
	case 3:
		return "8 GT/s";
	case 4:
		return "16 GT/s";
	case 5:
		return "32 GT/s";
	case 6:
		return "64 GT/s";
	default:
		return NULL;
	}
}

/* A width of 0 is that of a link that is down, or of a VF, whose registers are its PF's. */
static void add_width(struct json *json, struct json_item *object, const char *key, uint32_t width)
{
	if (width)
		json_add_integer(json, object, key, width);
	else
		json_add_null(json, object, key);
}

struct json_item *json_link(struct json *json, const struct pci_function *function)
{
	struct express_capability express = express_decode(&function->config);
	uint32_t most = express.link_capabilities, now = express.link_status;

	if (express.capability.state != FACT_KNOWN || !most)
		return json_null(json);
	struct json_item *object = json_object(json);
	json_add_text(json, object, "speed", speed_name(now & PCI_EXP_LNKSTA_SPEED));
	add_width(json, object, "width", (now & PCI_EXP_LNKSTA_WIDTH) >> 4);
	json_add_text(json, object, "max_speed", speed_name(most & PCI_EXP_LNKCAP_SPEED));
	add_width(json, object, "max_width", (most & PCI_EXP_LNKCAP_WIDTH) >> 4);
	return object;
}

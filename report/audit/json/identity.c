/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "report/audit/json/elements.h"

/* Bits 31 to 19 of the Slot Capabilities register. */
enum { SLOT_NUMBER_SHIFT = 19 };

/*
 * Returns the number of the physical slot that function is in, that of the nearest port above which
 * has a slot; 0 where none is known. A port says 0 of what is soldered on, too (PCI Express 6.0,
 * section 7.5.3.9).
 */
static uint32_t physical_slot(const struct pci_function *function)
{
	for (const struct pci_function *port = function->parent; port; port = port->parent) {
		struct express_capability express = express_decode(&port->config);

		if (express.capability.state == FACT_KNOWN && express.slot_implemented)
			return express.slot_capabilities >> SLOT_NUMBER_SHIFT;
		if (express.capability.state != FACT_KNOWN &&
		    express.capability.state != FACT_ABSENT)
			return 0;
	}
	return 0;
}

/* As lspci writes it. A VF has none of its own. */
static void add_serial(struct json *json, struct json_item *object,
		       const struct pci_function *function, bool tells)
{
	struct serial_capability serial = serial_decode(&function->config);
	char text[sizeof("00-00-00-00-00-00-00-00")];
	size_t length = 0;

	if (!tells || serial.capability.state != FACT_KNOWN || !serial.number) {
		json_add_null(json, object, "serial");
		return;
	}
	for (int shift = 56; shift >= 0; shift -= 8)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%02x",
					   length ? "-" : "",
					   (unsigned)(serial.number >> shift & 0xff));
	json_add_text(json, object, "serial", arena_copy(json->arena, text, length));
}

void json_add_identity(struct json *json, struct json_item *object,
		       const struct pci_function *function, bool tells_serial)
{
	uint32_t slot = physical_slot(function);

	json_add_fact_hex(json, object, "vendor_id", &function->vendor, 4);
	json_add_fact_hex(json, object, "device_id", &function->device, 4);
	json_add_fact_hex(json, object, "subsystem_vendor_id", &function->subsystem_vendor, 4);
	json_add_fact_hex(json, object, "subsystem_device_id", &function->subsystem_device, 4);
	if (slot)
		json_add_integer(json, object, "physical_slot", slot);
	else
		json_add_null(json, object, "physical_slot");
	add_serial(json, object, function, tells_serial);
}

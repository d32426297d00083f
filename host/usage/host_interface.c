/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/host_interface.h"

#include <string.h>

#include "host/base/buffer.h"

/* Types of structures, and the types in one of type 42. */
enum { TYPE_HOST_INTERFACE = 42, TYPE_END = 127 };
enum { INTERFACE_NETWORK = 0x40, DEVICE_USB = 0x02, DEVICE_USB_V2 = 0x04 };

/* Bytes of a structure: its type, its length without strings, its handle; of type 42 the type of
 * the interface, how many bytes tell more of it, and these: the type of the device, and its ids. */
enum {
	AT_LENGTH = 1,
	HEADER_SIZE = 4,
	AT_INTERFACE = 4,
	AT_DATA_LENGTH = 5,
	AT_DEVICE = 6,
	AT_IDS = 7, /* of USB v2 one further: its own length stands before */
	IDS_SIZE = 4,
};

static uint16_t word_at(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

/* Takes the ids that a structure of that length has. */
static void take(const uint8_t *bytes, size_t length, struct host_interfaces *ret)
{
	if (length <= AT_DEVICE || bytes[0] != TYPE_HOST_INTERFACE ||
	    bytes[AT_INTERFACE] != INTERFACE_NETWORK || ret->count == MOST_HOST_INTERFACES)
		return;
	uint8_t device = bytes[AT_DEVICE];
	size_t at = AT_IDS + (device == DEVICE_USB_V2);
	size_t end = (size_t)AT_DEVICE + bytes[AT_DATA_LENGTH];
	if ((device != DEVICE_USB && device != DEVICE_USB_V2) || at + IDS_SIZE > length ||
	    at + IDS_SIZE > end)
		return;
	ret->ids[ret->count++] = (struct usb_ids){word_at(bytes + at), word_at(bytes + at + 2)};
}

/* Returns where the strings behind a structure end: two zeros, also where there are none. */
static size_t end_of_strings(const uint8_t *bytes, size_t length, size_t at)
{
	while (at + 1 < length && (bytes[at] || bytes[at + 1]))
		at++;
	return at + 2;
}

void host_interfaces_parse(const struct fact_text *table, struct host_interfaces *ret)
{
	const uint8_t *bytes = (const uint8_t *)table->text;
	size_t at = 0, length = fact_known(&table->fact) ? table->length : 0;

	*ret = (struct host_interfaces){.fact = table->fact};
	while (at + HEADER_SIZE <= length && bytes[at] != TYPE_END) {
		size_t size = bytes[at + AT_LENGTH];
		if (size < HEADER_SIZE || size > length - at)
			return;
		take(bytes + at, size, ret);
		at = end_of_strings(bytes, length, at + size);
	}
}

struct fact_text host_interfaces_trim(struct arena *arena, const struct fact_text *table)
{
	static const char end[] = {TYPE_END, HEADER_SIZE, 0, 0, 0, 0};
	enum { SIZE = AT_IDS + IDS_SIZE };
	struct buffer kept = {.arena = arena};
	struct host_interfaces found;

	host_interfaces_parse(table, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct usb_ids *ids = &found.ids[i];
		/* The handle is 0; two zeros end the strings. */
		const uint8_t bytes[SIZE + 2] = {TYPE_HOST_INTERFACE,
						 SIZE,
						 0,
						 0,
						 INTERFACE_NETWORK,
						 SIZE - AT_DEVICE,
						 DEVICE_USB,
						 (uint8_t)ids->vendor,
						 (uint8_t)(ids->vendor >> 8),
						 (uint8_t)ids->product,
						 (uint8_t)(ids->product >> 8)};
		buffer_add(&kept, (const char *)bytes, sizeof(bytes));
	}
	buffer_add(&kept, end, sizeof(end));
	return (struct fact_text){
		.fact = table->fact, .text = buffer_text(&kept), .length = kept.length};
}

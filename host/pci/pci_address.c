/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pci_address.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { DOMAIN_MIN_DIGITS = 4, DOMAIN_MAX_DIGITS = 8 };

/* Parses digits hex digits, and the character that must follow them. */
static bool parse_field(const char **text, size_t digits, char end, uint32_t *ret)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits; i++) {
		char c = (*text)[i];
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value = value << 4 | (uint32_t)(c - 'A' + 10);
		else
			return false;
	}
	if ((*text)[digits] != end)
		return false;
	*text += digits + (end != '\0');
	*ret = value;
	return true;
}

int pci_address_parse(const char *text, struct pci_address *ret)
{
	const char *colon = strchr(text, ':');
	size_t digits = colon ? (size_t)(colon - text) : 0;
	uint32_t domain, bus, device, function;

	if (digits < DOMAIN_MIN_DIGITS || digits > DOMAIN_MAX_DIGITS ||
	    !parse_field(&text, digits, ':', &domain) || !parse_field(&text, 2, ':', &bus) ||
	    !parse_field(&text, 2, '.', &device) || !parse_field(&text, 1, '\0', &function) ||
	    device > 31 || function > 7)
		return -EINVAL;
	*ret = (struct pci_address){domain, (uint8_t)bus, (uint8_t)device, (uint8_t)function};
	return 0;
}

/* Parses an address of length bytes, which may lack its domain. */
static bool parse_part(const char *part, size_t length, struct pci_address *ret)
{
	static const char first_domain[] = "0000:";
	char text[PCI_ADDRESS_SIZE] = "";
	size_t domain = length == strlen("BB:DD.F") ? strlen(first_domain) : 0;

	if (domain + length >= sizeof(text))
		return false;
	memcpy(text, first_domain, domain);
	memcpy(text + domain, part, length);
	return pci_address_parse(text, ret) == 0;
}

static bool is_of_address(char c)
{
	return isxdigit((unsigned char)c) || c == ':' || c == '.';
}

bool pci_address_next(const char *text, size_t length, size_t *offset, struct pci_address *ret)
{
	while (*offset < length) {
		size_t begin = *offset;
		while (*offset < length && is_of_address(text[*offset]))
			++*offset;
		if (parse_part(text + begin, *offset - begin, ret))
			return true;
		*offset += *offset == begin;
	}
	return false;
}

/* Writes the lowest digits of value in hex, and the character that follows them. Returns what is
 * behind it. */
static char *format_field(char *text, uint32_t value, size_t digits, char end)
{
	for (size_t i = digits; i-- > 0; value >>= 4)
		text[i] = "0123456789abcdef"[value & 0xf];
	text[digits] = end;
	return text + digits + 1;
}

void pci_address_format(const struct pci_address *address, char text[static PCI_ADDRESS_SIZE])
{
	size_t digits = DOMAIN_MIN_DIGITS;

	while (digits < DOMAIN_MAX_DIGITS && address->domain >> 4 * digits)
		digits++;
	text = format_field(text, address->domain, digits, ':');
	text = format_field(text, address->bus, 2, ':');
	text = format_field(text, address->device & 31u, 2, '.');
	format_field(text, address->function & 7u, 1, '\0');
}

int pci_address_compare(const struct pci_address *a, const struct pci_address *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	return (int)pci_requester_id(a) - (int)pci_requester_id(b);
}

uint8_t pci_devfn(const struct pci_address *address)
{
	return (uint8_t)(address->device << 3 | address->function);
}

uint16_t pci_requester_id(const struct pci_address *address)
{
	return (uint16_t)(address->bus << 8 | pci_devfn(address));
}

struct pci_address pci_address_of(uint32_t domain, uint16_t requester_id)
{
	return (struct pci_address){
		.domain = domain,
		.bus = (uint8_t)(requester_id >> 8),
		.device = requester_id >> 3 & 0x1f,
		.function = requester_id & 7,
	};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/selector.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/class_word.h"

enum { SLOT_WHOLE = -1 };

/* Reads hex digits, at least one and at most `most`. Returns what is behind them, or NULL. */
static const char *read_hex(const char *text, int most, unsigned *ret)
{
	int count = 0;

	for (*ret = 0; count < most && isxdigit((unsigned char)text[count]); count++) {
		int digit = tolower((unsigned char)text[count]);
		*ret = *ret * 16 + (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
	}
	return count && !isxdigit((unsigned char)text[count]) ? text + count : NULL;
}

/* Reads "BB:DD.F", or "BB:DD" for the whole slot; marks are what stands between them. */
static bool parse_slot(const char *text, const char marks[static 2], struct pci_address *ret,
		       int *ret_function)
{
	unsigned bus, device, function;
	const char *rest = read_hex(text, 2, &bus);

	rest = rest && *rest == marks[0] ? read_hex(rest + 1, 2, &device) : NULL;
	if (!rest || device > 0x1f)
		return false;
	*ret = (struct pci_address){.bus = (uint8_t)bus, .device = (uint8_t)device};
	*ret_function = SLOT_WHOLE;
	if (!*rest)
		return true;
	rest = *rest == marks[1] ? read_hex(rest + 1, 1, &function) : NULL;
	if (!rest || *rest || function > 7)
		return false;
	*ret_function = (int)function;
	return true;
}

/* As parse_slot(), with a domain of 4 to 8 digits in front, or without. */
static bool parse_address(const char *text, const char marks[static 2], struct pci_address *ret,
			  int *ret_function)
{
	unsigned domain = 0;
	const char *rest = read_hex(text, 8, &domain);

	if (parse_slot(text, marks, ret, ret_function))
		return true;
	if (!rest || rest - text < 4 || *rest != marks[0] ||
	    !parse_slot(rest + 1, marks, ret, ret_function))
		return false;
	ret->domain = domain;
	return true;
}

static bool matches_address(const char *selector, const struct pci_function *function)
{
	static const char prefix[] = "pci_"; /* of libvirt's node devices */
	bool libvirt = strncmp(selector, prefix, sizeof(prefix) - 1) == 0;
	const struct pci_address *address = &function->address;
	struct pci_address wanted;
	int number;

	if (!parse_address(selector + (libvirt ? sizeof(prefix) - 1 : 0), libvirt ? "__" : ":.",
			   &wanted, &number))
		return false;
	return wanted.domain == address->domain && wanted.bus == address->bus &&
	       wanted.device == address->device &&
	       (number == SLOT_WHOLE || number == address->function);
}

static bool matches_group(const char *selector, const struct pci_function *function)
{
	static const char prefix[] = "group:";
	const char *digits = selector + sizeof(prefix) - 1;
	char *end;

	if (strncmp(selector, prefix, sizeof(prefix) - 1) != 0 || !isdigit((unsigned char)*digits))
		return false;
	long number = strtol(digits, &end, 10);
	return !*end && fact_known(&function->group.fact) && function->group.value == number;
}

static bool parse_id(const char *text, size_t length, unsigned *ret)
{
	char digits[5] = "";

	if (length < 1 || length > 4)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return false;
		digits[i] = text[i];
	}
	return sscanf(digits, "%x", ret) == 1;
}

static bool matches_ids(const char *selector, const struct pci_function *function)
{
	const char *colon = strchr(selector, ':');
	unsigned vendor, device;

	if (!colon || !parse_id(selector, (size_t)(colon - selector), &vendor) ||
	    !parse_id(colon + 1, strlen(colon + 1), &device))
		return false;
	return pci_has_ids(function, vendor, device);
}

bool selector_matches(const char *selector, const struct pci_function *function)
{
	return matches_address(selector, function) || matches_group(selector, function) ||
	       matches_ids(selector, function) || class_word_matches(selector, function) ||
	       fact_list_find(&function->netdevs, selector);
}

size_t selector_count(const char *selector, const struct host *host)
{
	size_t count = 0;

	for (size_t i = 0; i < host->pci.count; i++)
		count += selector_matches(selector, &host->pci.functions[i]);
	return count;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/selector.h"

#include <ctype.h>
#include <pci/header.h>
#include <stdio.h>
#include <string.h>

#include "host/access/array.h"

/* Class codes of the PCI Code and ID Assignment Specification; those of 8 bits name a base class.
 */
struct class_word {
	const char *word;
	int code;
	int bits;
};

static const struct class_word class_words[] = {
	{.word = "gpu", .code = PCI_BASE_CLASS_DISPLAY, .bits = 8},
	{.word = "nic", .code = PCI_BASE_CLASS_NETWORK, .bits = 8},
	{.word = "nvme", .code = CLASS_NVM, .bits = 16},
	{.word = "fc", .code = PCI_CLASS_SERIAL_FIBER, .bits = 16},
};

static bool matches_class_word(const char *selector, const struct pci_function *function)
{
	int code = pci_class(function);

	for (size_t i = 0; i < ARRAY_LENGTH(class_words); i++) {
		const struct class_word *word = &class_words[i];
		if (strcmp(selector, word->word) == 0)
			return code >= 0 && code >> (16 - word->bits) == word->code;
	}
	return false;
}

static bool matches_address(const char *selector, const struct pci_function *function)
{
	struct pci_address address;
	char whole[PCI_ADDRESS_SIZE];

	if (pci_address_parse(selector, &address) == 0)
		return pci_address_compare(&address, &function->address) == 0;
	/* Without a domain, as lspci prints it, domain 0 is meant. */
	int length = snprintf(whole, sizeof(whole), "0000:%s", selector);
	if (length < 0 || (size_t)length >= sizeof(whole) ||
	    pci_address_parse(whole, &address) != 0)
		return false;
	return pci_address_compare(&address, &function->address) == 0;
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
	return fact_known(&function->vendor.fact) && function->vendor.value == vendor &&
	       fact_known(&function->device.fact) && function->device.value == device;
}

static bool matches_netdev(const char *selector, const struct pci_function *function)
{
	for (size_t i = 0; i < function->netdevs.count; i++) {
		if (strcmp(selector, function->netdevs.names[i]) == 0)
			return true;
	}
	return false;
}

bool selector_matches(const char *selector, const struct pci_function *function)
{
	return matches_address(selector, function) || matches_ids(selector, function) ||
	       matches_class_word(selector, function) || matches_netdev(selector, function);
}

size_t selector_count(const char *selector, const struct host *host)
{
	size_t count = 0;

	for (size_t i = 0; i < host->pci.count; i++)
		count += selector_matches(selector, &host->pci.functions[i]);
	return count;
}

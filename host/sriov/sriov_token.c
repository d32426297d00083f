/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_token.h"

#include <ctype.h>
#include <string.h>

#include "host/base/array.h"
#include "host/pci/pci_address.h"

static bool is_redacted_before(const char *line, size_t offset)
{
	size_t length = strlen(SRIOV_REDACTED);

	return offset >= length && memcmp(line + offset - length, SRIOV_REDACTED, length) == 0;
}

/* Returns whether a byte may stand beside a colon in an address, or in a pattern of addresses. */
static bool is_of_address(char byte)
{
	return isxdigit((unsigned char)byte) || (byte && strchr("[]?*", byte));
}

bool sriov_is_delimiter(const char *line, size_t length, size_t offset)
{
	const char *byte = line + offset;

	if (*byte == ':')
		return offset == 0 || offset + 1 == length || !is_of_address(byte[-1]) ||
		       !is_of_address(byte[1]) || is_redacted_before(line, offset);
	return *byte == '\0' || isspace((unsigned char)*byte) || strchr(",;=\"'<>{}()&|$\\", *byte);
}

struct fact_line sriov_token_at(const char *line, size_t length, size_t offset)
{
	struct fact_line token = {.text = line + offset};

	while (offset + token.length < length &&
	       !sriov_is_delimiter(line, length, offset + token.length))
		token.length++;
	return token;
}

bool sriov_token_is_listed(const struct fact_line *token, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(list[i]) == token->length &&
		    memcmp(list[i], token->text, token->length) == 0)
			return true;
	}
	return false;
}

bool sriov_token_is_address(const struct fact_line *token)
{
	char text[PCI_ADDRESS_SIZE] = "";
	struct pci_address address;

	if (token->length >= sizeof(text))
		return false;
	memcpy(text, token->text, token->length);
	return pci_address_parse(text, &address) == 0;
}

bool sriov_token_is_interface(const struct fact_line *token)
{
	static const char *const prefixes[] = {"eth", "eno", "enp", "enP",
					       "ens", "ib",  "ibp", "ibs"};
	enum { LONGEST = 15 }; /* IFNAMSIZ */

	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
		size_t length = strlen(prefixes[i]);
		if (token->length > length && token->length <= LONGEST &&
		    memcmp(token->text, prefixes[i], length) == 0 &&
		    isdigit((unsigned char)token->text[length]))
			return true;
	}
	return false;
}

bool sriov_token_names_sriov(const struct fact_line *token)
{
	enum { LONGEST = 80 };
	static const char word[] = "sriov";

	if (token->length > LONGEST)
		return false;
	for (size_t i = 0; i + strlen(word) <= token->length; i++) {
		if (strncasecmp(token->text + i, word, strlen(word)) == 0)
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/domain_pool.h"

#include <stdlib.h>
#include <string.h>

enum { HEX = 16, ID_DIGITS = 4 };

bool pool_choice_read_ids(const char *text, struct pool_choice *choice)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (!text || strspn(text, hex) != ID_DIGITS || text[ID_DIGITS] != ':' ||
	    strspn(text + ID_DIGITS + 1, hex) != ID_DIGITS)
		return false;
	choice->vendor = strtol(text, NULL, HEX);
	choice->device = strtol(text + ID_DIGITS + 1, NULL, HEX);
	return true;
}

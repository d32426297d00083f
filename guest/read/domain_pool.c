/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/domain_pool.h"

#include <stdlib.h>
#include <string.h>

enum { HEX = 16, ID_DIGITS = 4 };

struct pool_ids pool_ids_read(const char *text)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (!text || strspn(text, hex) != ID_DIGITS || text[ID_DIGITS] != ':' ||
	    strspn(text + ID_DIGITS + 1, hex) != ID_DIGITS)
		return (struct pool_ids){-1, -1};
	return (struct pool_ids){strtol(text, NULL, HEX), strtol(text + ID_DIGITS + 1, NULL, HEX)};
}

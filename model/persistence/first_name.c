/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/first_name.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

static const char *const names[] = {"eth0", "eth1", "eth2", "eth3", "eth4", "eth5", "eth6",
				    "eth7", "eth8", "eth9", "ib0",  "ib1",  "ib2",  "ib3"};

const char *const *first_names(size_t *ret_count)
{
	*ret_count = ARRAY_LENGTH(names);
	return names;
}

bool first_name_is(const char *name)
{
	size_t length = strcspn(name, "0123456789");

	return ((length == 3 && begins_with(name, "eth")) ||
		(length == 2 && begins_with(name, "ib"))) &&
	       name[length] && !name[length + strspn(name + length, "0123456789")];
}

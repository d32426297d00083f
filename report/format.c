/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/format.h"

#include <string.h>

const struct format *format_find(const struct format_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->formats[i].name, name) == 0)
			return &table->formats[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/renderer.h"

#include <string.h>

const struct renderer *renderer_find(const char *name)
{
	for (size_t i = 0; i < renderer_registry_count; i++) {
		if (strcmp(renderer_registry[i]->name, name) == 0)
			return renderer_registry[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/mdev.h"

#include <errno.h>
#include <string.h>

#include "host/base/affix.h"

#define MDEV_PATH "/sys/bus/mdev/devices"

enum { MOST_MDEVS = 4096 };

bool mdev_is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	return begins_with_form(text, form) && !text[strlen(form)];
}

void mdevs_load(struct root *root, struct arena *arena, struct mdevs *ret)
{
	struct fact_list list = root_list(root, arena, MDEV_PATH);

	*ret = (struct mdevs){.fact = list.fact};
	if (list.count > MOST_MDEVS) {
		ret->fact.state = FACT_MALFORMED;
		ret->fact.error = EFBIG;
		return;
	}
	ret->items = arena_array(arena, list.count + 1, sizeof(*ret->items));
	for (size_t i = 0; ret->items && i < list.count; i++)
		ret->items[ret->count++] = (struct mdev){
			.uuid = list.names[i],
			.path = root_entry_path(root, arena, MDEV_PATH, list.names[i]),
		};
}

const struct mdev *mdevs_find(const struct mdevs *mdevs, const char *uuid)
{
	for (size_t i = 0; i < mdevs->count; i++) {
		if (strcasecmp(mdevs->items[i].uuid, uuid) == 0)
			return &mdevs->items[i];
	}
	return NULL;
}

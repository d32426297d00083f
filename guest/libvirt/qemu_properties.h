/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_QEMU_PROPERTIES_H
#define PASSCHECK_GUEST_LIBVIRT_QEMU_PROPERTIES_H

#include <stdbool.h>

#include "host/base/arena.h"

struct cJSON;

/* What an option of QEMU is given: "KEY=VALUE,…", of which the first may leave out its key; or
 * JSON. */
struct qemu_properties {
	struct arena *arena;
	const char *text;
	const char *first; /* the key that may be left out */
	bool is_json;
	const struct cJSON *object; /* NULL where the JSON is damaged */
	struct cJSON *owned;        /* the outermost object */
};

/* Opens what an option is given; first is NULL where every value has its key. What is opened is to
 * be closed. Memory that is left comes from arena; short memory marks it. */
void qemu_properties_open(struct arena *arena, const char *text, const char *first,
			  struct qemu_properties *ret);
void qemu_properties_close(struct qemu_properties *properties);

/* Returns the value of a property as a text of its own, which lives as long as the arena, or NULL
 * where it is not given. What is true in JSON is "on". */
const char *qemu_property(const struct qemu_properties *properties, const char *key);

/* Returns the same, also of a number that JSON has without quotes. */
const char *qemu_property_number(const struct qemu_properties *properties, const char *key);

#endif

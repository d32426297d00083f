/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/guest/libvirt/elements.h"

/* As libvirt names it: by UUID and parent, and what of them is neither letter nor digit is "_". */
static const char *node_name(struct arena *arena, const struct hostdev_form *form, const char *uuid)
{
	char *name = arena_printf(arena, "mdev_%s_%s", uuid, form->function->name);

	for (size_t i = 0; name && name[i]; i++) {
		if (strchr("-:.", name[i]))
			name[i] = '_';
	}
	return name;
}

void xml_mdev_device(struct xml *xml, struct arena *arena, const struct hostdev_form *form,
		     const struct hostdev_options *options)
{
	xml_start(xml, "device");
	xml_text_element(xml, "name", node_name(arena, form, options->mdev_uuid));
	xml_text_element(xml, "parent", hostdev_nodedev_name(arena, &form->function->address));
	xml_start(xml, "capability");
	xml_attribute(xml, "type", "mdev");
	xml_start(xml, "type");
	xml_attribute(xml, "id", options->mdev_type);
	xml_end(xml);
	xml_text_element(xml, "uuid", options->mdev_uuid);
	xml_end(xml);
	xml_end(xml);
}

void xml_mdev_hostdev(struct xml *xml, const struct hostdev_options *options)
{
	xml_start(xml, "hostdev");
	xml_attribute(xml, "mode", "subsystem");
	xml_attribute(xml, "type", "mdev");
	xml_attribute(xml, "model", "vfio-pci");
	xml_start(xml, "source");
	xml_start(xml, "address");
	xml_attribute(xml, "uuid", options->mdev_uuid);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
}
